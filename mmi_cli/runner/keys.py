"""What a finished record depends on: a key that changes when, and only when, its values may."""

from __future__ import annotations

import hashlib
import json

from .. import __version__
from ..datamodel.schema import Schema
from ..fill.recalibration import Recalibration
from ..settings import Settings

# Settings that say how a run is done, not what comes out: changing one does no file again.
NOT_OF_VALUES = frozenset(
    {"jobs", "inline", "threads", "worker_memory_bytes", "timeout_s", "max_attempts", "fail_on", "sync_every",
     "log_format", "if_running", "log_file", "follow_interval_s", "follow_settle_s", "follow_write_s", "quiet",
     "models_dir", "openai_api_key", "retry_attempts", "stop_after_failures", "checkpoint_s", "checkpoint_files",
     "lease_s"}
)  # fmt: skip


def schema_key(
    schema: Schema, settings: Settings, calibration: Recalibration | None = None, lessons_digest: str = ""
) -> str:
    """Names all that decides the values of a record besides the file: schema, settings, tool, which models are there.

    Of a calibration what it does counts, not where it lies; of labelled files their bytes and their labels.
    """
    deciding = settings.model_dump(mode="json", exclude={*NOT_OF_VALUES, "calibration"})
    if calibration is not None:
        deciding["calibration"] = calibration.digest
    if lessons_digest:
        deciding["lessons"] = lessons_digest
    present = {
        name: (settings.models_dir / name).is_dir()
        for name in (f"faster-whisper-{settings.speech_model}", settings.embedding_model, settings.language_model_path)
    }
    mark = json.dumps([schema.digest, deciding, present, __version__], sort_keys=True)
    return f"{schema.name}:{hashlib.sha256(mark.encode()).hexdigest()[:32]}"


def decides_values(setting: str) -> bool:
    """Whether another value of a setting may give other records."""
    return setting not in NOT_OF_VALUES

"""What each setting decides: how a run is done, when a file is refused, what an engine or a format gives, or anything at all.

A setting that stands in none of these tables decides everything: changing it does every file again. That is right for whatever
nobody thought of, and dear, so a test asks for a line here for every new setting.
"""

from __future__ import annotations

from collections.abc import Iterable

from ..settings import Settings

OF_THE_RUN = frozenset(
    {"jobs", "inline", "threads", "max_attempts", "fail_on", "sync_every", "log_format", "quiet", "models_dir", "openai_api_key",
     "cache", "cache_dir", "content_cache_bytes", "answer_cache_bytes", "recycle_files", "recycle_memory_bytes", "retry_attempts",
     "stop_after_failures", "checkpoint_s", "checkpoint_files", "lease_s", "runner", "ray_address", "ray_actors", "ray_cpus_per_actor",
     "ray_gpus_per_actor", "ray_silence_s", "if_running", "log_file", "case_folders",
     "follow_interval_s", "follow_settle_s", "follow_write_s"}
)  # fmt: skip
"""How a run is done, not what comes out."""

CLOCKS = frozenset({"timeout_s", "timeout_page_s", "timeout_minute_s", "stall_s", "worker_memory_bytes"})
"""What a file may take: they matter to a file that took more, and to no other."""

LIMITS = frozenset(
    {"max_file_bytes", "max_pages", "max_image_pixels", "max_media_hours", "max_cells", "max_text_chars", "max_unpacked_bytes",
     "max_unpack_ratio", "max_archive_entries", "max_depth"}
)  # fmt: skip
"""A file that passed none of them is the same under higher ones. What passes one is refused or left out, and its name is told."""

OF_ENGINE: dict[str, tuple[str, ...]] = {
    "ocr": ("ocr",),
    "speech": ("speech", "speech_model", "speech_language"),
    "diarization": ("diarization", "speakers"),
    "embedding": ("embedding", "embedding_model"),
    "image_tags": ("image_tags",),
    "vision": ("vision", "vision_model", "openai_base_url", "allow_remote"),
    "joint_embedding": ("joint_embedding", "joint_model"),
    "language_model": (
        "language_model", "language_model_path", "openai_base_url", "openai_model", "allow_remote", "context_tokens", "prompt_tokens",
    ),
}  # fmt: skip
"""They matter to a file for which the engine was asked, and to no other."""

OF_FORMAT: dict[str, tuple[str, ...]] = {
    "pdf": ("ocr_mode", "ocr_dpi", "max_image_pixels"),
    "video": ("ocr_mode", "shot_threshold", "key_frames_per_shot", "max_key_frames"),
}
"""They matter to a file that is of this format or holds one that is, and to no other."""

OF_ALL = frozenset(
    {
        "passwords",
        "calibration",
        "fusion",
        "sidecars",
        "max_segment_questions",
        "figure_dpi",
        "max_figures",
        "max_figure_looks",
    }
)
"""Known to decide anything."""

OF_FILLING = frozenset({"calibration", "fusion", "sidecars", "max_segment_questions"})
"""Never decide what is read."""

READING_ENGINES = ("ocr", "speech", "diarization", "image_tags", "vision")


def known_settings() -> frozenset[str]:
    """Every setting of which it is said what it decides."""
    named = {name for names in (*OF_ENGINE.values(), *OF_FORMAT.values()) for name in names}
    return OF_THE_RUN | CLOCKS | LIMITS | OF_ALL | named


def general_settings(settings: Settings) -> dict[str, object]:
    """Those that decide everything, as plain values."""
    narrow = known_settings() - OF_ALL
    return settings.model_dump(mode="json", exclude=set(narrow))


def limit_values(settings: Settings) -> dict[str, float]:
    return {name: float(getattr(settings, name)) for name in sorted(LIMITS & set(Settings.model_fields))}


def clock_values(settings: Settings) -> dict[str, float]:
    return {name: float(getattr(settings, name)) for name in sorted(CLOCKS)}


def passed_a_limit(codes: Iterable[str], messages: Iterable[str]) -> bool:
    """Whether what a record tells may be otherwise under other limits."""
    if any(code in ("limit_exceeded", "timeout", "out_of_memory") for code in codes):
        return True
    return any(name in message for message in messages for name in (*LIMITS, *CLOCKS))

"""Tells voices apart with two small networks on ONNX Runtime; the weights come with the package, nothing is downloaded.

pyannote's segmentation 3.0 hears who of up to three voices speaks when within ten seconds, also at once. CAM++ of 3D-Speaker makes a
vector of a voice. Which voices of two windows are one person is for the caller to say, by these vectors.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import numpy as np
import onnxruntime

from ..errors import EngineFailed, MissingEngine
from ..settings import Settings
from .speaker_features import FRAME, STEP, filter_bank

if TYPE_CHECKING:
    from numpy.typing import NDArray

_T = TypeVar("_T")
_FOLDER = Path(__file__).parent / "weights"
# Class of the segmentation → which of the three voices speak.
_SPEAKING = ((0, 0, 0), (1, 0, 0), (0, 1, 0), (0, 0, 1), (1, 1, 0), (1, 0, 1), (0, 1, 1))
# The network divides by the number of its own frames less one; of so few a vector would say nothing anyway.
_LEAST_FRAMES = 8


class CamPlusPlus:
    """A `SpeakerEngine`.

    Raises:
        MissingEngine: the files that the package brings are not there.
    """

    name = "campplus-zh-en-common-advanced+segmentation-3.0/fp16"
    dimensions = 192
    window_s = 10.0
    frame_s = 270 / 16_000
    first_frame_s = 495 / 16_000

    def __init__(self, settings: Settings) -> None:
        options = onnxruntime.SessionOptions()
        # The calls are short: one thread for each of several calls takes half the time of several threads for one.
        options.intra_op_num_threads = 1
        options.log_severity_level = 4
        self._threads = settings.threads or _usable_cores()
        try:
            self._segmentation, self._voices = (
                onnxruntime.InferenceSession(
                    str(_FOLDER / name / "model.onnx"), options, providers=["CPUExecutionProvider"]
                )
                for name in ("segmentation-3.0", "campplus")
            )
        except (OSError, ValueError, RuntimeError) as error:
            raise MissingEngine(
                f"the speaker models in {_FOLDER} cannot be loaded ({error}); reinstall mmi-cli"
            ) from error

    def activity(self, windows: Sequence[NDArray[np.float32]]) -> list[NDArray[np.bool_]]:
        """See `SpeakerEngine`."""
        return self._each(self._activity, windows)

    def embed(self, recordings: Sequence[NDArray[np.float32]]) -> NDArray[np.float32]:
        """See `SpeakerEngine`; each by itself, so that a vector does not depend on its neighbours."""
        return np.array(self._each(self._vector, recordings), np.float32).reshape(-1, self.dimensions)

    def _each(self, call: Callable[[NDArray[np.float32]], _T], recordings: Sequence[NDArray[np.float32]]) -> list[_T]:
        if self._threads == 1 or len(recordings) < 2:
            return [call(each) for each in recordings]
        with ThreadPoolExecutor(self._threads, thread_name_prefix="voices") as pool:
            return list(pool.map(call, recordings))

    def _activity(self, samples: NDArray[np.float32]) -> NDArray[np.bool_]:
        size = round(self.window_s * 16_000)
        padded = np.zeros((1, 1, size), np.float32)
        padded[0, 0, : min(size, len(samples))] = samples[:size]
        scores = self._run(self._segmentation, {"samples": padded}, len(samples))[0]
        speaking: NDArray[np.bool_] = np.array(_SPEAKING, np.bool_)[1 + scores[:, 1:].argmax(axis=1)]
        speaking[scores[:, 0] > np.log(0.5)] = False
        # What lies behind the end of the samples is padding.
        ends = self.first_frame_s + self.frame_s * np.arange(len(speaking)) > len(samples) / 16_000
        speaking[ends] = False
        return speaking

    def _vector(self, samples: NDArray[np.float32]) -> NDArray[np.float32]:
        least = FRAME + (_LEAST_FRAMES - 1) * STEP
        if len(samples) < least:
            samples = np.resize(samples, least) if len(samples) else np.zeros(least, np.float32)
        vector = self._run(self._voices, {"features": filter_bank(samples)[None]}, len(samples))[0]
        unit: NDArray[np.float32] = vector / max(float(np.linalg.norm(vector)), 1e-12)
        return unit

    def _run(
        self, session: onnxruntime.InferenceSession, given: dict[str, NDArray[np.float32]], samples: int
    ) -> NDArray[np.float32]:
        try:
            result: NDArray[np.float32] = session.run(None, given)[0]
        except MemoryError:
            raise
        except Exception as error:
            raise EngineFailed(f"{self.name} failed on {samples / 16_000:.1f} s of sound: {error!r}") from error
        return result


def _usable_cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1

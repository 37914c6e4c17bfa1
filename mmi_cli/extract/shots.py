"""Where a video cuts, and which frame shows a shot best: content change (PySceneDetect) and still slides.

Content change compares colour and light of neighbouring frames, and works on filmed pictures. A change between two slides of black
text on white is too small for it; so a second look compares each picture that stands still with the one that stood still before.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

from ..datamodel.content import Shot
from .media import Frame

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

LONGEST_SIDE = 256
"""Pixels of the pictures that are compared; PySceneDetect itself works on about this width."""
# Shots shorter than this are flashes; PySceneDetect's default of 15 frames at 25 frames a second, in real time.
_SHORTEST_SHOT_S = 0.6
_TIME_BASE = 1_000_000

# A picture stands still when its light moves by less than this on average (of 255) for so long; noise of an encoder stays below.
_STILL_CHANGE = 0.35
_STILL_S = 0.4
# A fade between slides cuts in its middle; what moves for longer is a film between them, and the cut is where it ends.
_LONGEST_FADE_S = 2.0
# A picture darker than this on average is the end of a fade, not a slide.
_DARK = 16
# Two slides differ in at least this share of pixels, each by this much light.
_SLIDE_SHARE = 0.01
_SLIDE_LIGHT = 40


def find_shots(
    frames: Iterable[Frame], *, threshold: float, key_frames: int, end_s: float | None = None
) -> tuple[Shot, ...]:
    """Shots of a video, in order, without gaps.

    Args:
        frames: all of it, small (`LONGEST_SIDE`), RGB, in order of presentation.
        threshold: content change that makes a cut, PySceneDetect's scale (27 is its default).
        key_frames: times chosen from each shot, spread evenly, or where its picture stands still.
        end_s: where the last shot ends; one frame after the last when None.
    """
    cuts_s: set[float] = set()
    content, slides = _ContentCuts(threshold), _SlideCuts()
    times: list[float] = []
    for frame in frames:
        times.append(frame.time_s)
        for cut_s in content.cuts(frame):
            cuts_s.add(cut_s)
            slides.forget()
        cuts_s.update(slides.cuts(frame))
    if not times:
        return ()
    numbers = {time_s: number for number, time_s in reversed(list(enumerate(times)))}
    bounds = [times[0]]
    for cut_s in sorted(cuts_s):
        if cut_s - bounds[-1] >= _SHORTEST_SHOT_S:
            bounds.append(cut_s)
    step_s = (times[-1] - times[0]) / (len(times) - 1) if len(times) > 1 else 0.04
    last_s = max(round(times[-1] + step_s, 6), end_s or 0.0)
    return tuple(
        Shot(
            start_s=start_s,
            end_s=stop_s,
            start_frame=numbers[start_s],
            key_frames_s=_key_frames(start_s, stop_s, key_frames, slides.still_s),
        )
        for start_s, stop_s in zip(bounds, [*bounds[1:], last_s], strict=True)
    )


class _ContentCuts:
    """PySceneDetect's content detector on real presentation times."""

    def __init__(self, threshold: float) -> None:
        from scenedetect.detectors import ContentDetector

        self._detector = ContentDetector(threshold=threshold, min_scene_len=_SHORTEST_SHOT_S)

    def cuts(self, frame: Frame) -> Iterator[float]:
        import cv2
        from scenedetect.common import FrameTimecode, Timecode

        time = FrameTimecode(Timecode(round(frame.time_s * _TIME_BASE), Fraction(1, _TIME_BASE)), fps=25.0)
        for cut in self._detector.process_frame(time, cv2.cvtColor(frame.image, cv2.COLOR_RGB2BGR)):
            yield round(cut.seconds, 6)


class _SlideCuts:
    """Cuts between pictures that stand still: slides, screen recordings, title cards; faded ones too."""

    def __init__(self) -> None:
        self._before: NDArray[np.uint8] | None = None
        self._slide: NDArray[np.uint8] | None = None
        self._still_since_s: float | None = None
        self._changing_s: list[float] = []
        self.still_s: list[float] = []
        """Times at which the picture had been standing still for a while."""

    def forget(self) -> None:
        """A cut was found in another way: what stands still next is no second one."""
        self._slide = None

    def cuts(self, frame: Frame) -> Iterator[float]:
        import cv2

        light = cv2.cvtColor(frame.image, cv2.COLOR_RGB2GRAY)
        before, self._before = self._before, light
        if before is None or before.shape != light.shape or cv2.absdiff(light, before).mean() > _STILL_CHANGE:
            self._still_since_s = frame.time_s
            self._changing_s.append(frame.time_s)
            return
        if self._still_since_s is None or frame.time_s - self._still_since_s < _STILL_S or light.mean() < _DARK:
            return
        changing_s, self._changing_s = self._changing_s, []
        slide, self._slide = self._slide, light
        self.still_s.append(frame.time_s)
        if slide is None or slide.shape != light.shape:
            return
        if (cv2.absdiff(light, slide) > _SLIDE_LIGHT).mean() >= _SLIDE_SHARE:
            is_fade = changing_s and changing_s[-1] - changing_s[0] <= _LONGEST_FADE_S
            yield changing_s[len(changing_s) // 2] if is_fade else self._still_since_s


def _key_frames(start_s: float, stop_s: float, count: int, still_s: Sequence[float]) -> tuple[float, ...]:
    """The middles of `count` equal parts; the last one gives way to the last still picture, where a slide is most complete."""
    times = [start_s + (stop_s - start_s) * (2 * number + 1) / (2 * count) for number in range(count)]
    at = bisect_left(still_s, stop_s) - 1
    if at >= 0 and still_s[at] >= start_s:
        times[-1] = still_s[at]
    return tuple(round(time_s, 6) for time_s in sorted(set(times)))

"""Contents of recordings, made by hand: what is said, shown and seen, and when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np

from mmi_cli.datamodel.content import Content, FrameBox, Media, Shot, Sound, TimeSpan
from mmi_cli.datamodel.content_builder import ContentBuilder
from mmi_cli.datamodel.figure import Figure, Tag
from mmi_cli.pictures.looks import to_base64

WORD_S = 0.4


def setting(number: int, *, noise: int = 0) -> str:
    """Features of a key frame: of one number alike, of two unlike."""
    vector = np.random.default_rng(number).standard_normal(64) + 0.1 * np.random.default_rng(noise).standard_normal(64)
    return to_base64((vector / np.linalg.norm(vector)).astype(np.float32))


def recording(
    said: Sequence[tuple[float, str]] = (),
    *,
    shots: Sequence[float] = (),
    settings: Sequence[int] = (),
    shown: Mapping[float, Sequence[str]] | None = None,
    tags: Mapping[int, str] | None = None,
    sounds: Sequence[Sound] = (),
    end_s: float,
) -> Content:
    """Args:
    said: (start, sentence), a word every 0.4 s.
    shots: where each begins; its key frame is in its middle.
    settings: of each shot what its key frame looks like.
    shown: time of a key frame → lines, the first one large.
    tags: number of a shot → what is seen.
    """
    builder = ContentBuilder()
    bounds = [*shots, end_s]
    made = tuple(
        Shot(start_s=start_s, end_s=stop_s, start_frame=0, key_frames_s=((start_s + stop_s) / 2,))
        for start_s, stop_s in pairwise(bounds)
    )
    events: list[tuple[float, int, object]] = [(start_s, 3, text) for start_s, text in said]
    for number, shot in enumerate(made):
        features = setting(settings[number], noise=number) if settings else None
        seen = (Tag((tags or {})[number], 0.9),) if number in (tags or {}) else ()
        figure = Figure(
            kind="picture", block=0, frame_s=shot.key_frames_s[0], box=(0.0, 0.0, 640.0, 360.0), tags=seen, sharpness=0.5,
            features=features, features_model="made-1" if features else None,
        )  # fmt: skip
        events += [(shot.start_s, 0, shot), (shot.key_frames_s[0], 1, figure)]
    events += [(time_s, 2, lines) for time_s, lines in (shown or {}).items()]
    for time_s, kind, thing in sorted(events, key=lambda event: event[:2]):
        if kind == 0:
            builder.add_block("shot", [])
        elif kind == 1:
            assert isinstance(thing, Figure)
            builder.add_figure(thing)
        elif kind == 2:
            builder.add_block("on_screen_text", [_line(time_s, row, text) for row, text in enumerate(thing)])  # type: ignore[arg-type]
        else:
            words = str(thing).split()
            times = [time_s + WORD_S * number for number in range(len(words))]
            builder.add_block(
                "utterance",
                [[(word, TimeSpan(at, round(at + WORD_S, 3)), 0.9) for word, at in zip(words, times, strict=True)]],
            )
    builder.media = Media(
        duration_s=end_s, has_audio=bool(said or sounds), has_video=bool(shots), width=640, height=360, shots=made, sounds=tuple(sounds),
    )  # fmt: skip
    builder.language = "en" if said else None
    return builder.build()


def _line(time_s: float, row: int, text: str) -> list[tuple[str, FrameBox, float]]:
    height = 40.0 if row == 0 else 16.0
    top = 40.0 + 70.0 * row
    return [
        (word, FrameBox(time_s, (40.0 + 100 * at, top, 130.0 + 100 * at, top + height)), 0.95)
        for at, word in enumerate(text.split())
    ]

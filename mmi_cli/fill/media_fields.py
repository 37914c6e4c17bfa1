"""Fields that a recording answers by itself, whole or segment by segment: times, size, sound, what is seen, shown and said.

A field is told by name and type. Of the whole file only fields that follow from it (`inferred`, `abstracted`) are answered here; what is
`extracted` is looked for in its words.
"""

from __future__ import annotations

from collections.abc import Sequence

from ..calls.cues import is_courtesy
from ..datamodel.content import Content
from ..datamodel.record import ArrayValue, Evidence, FieldValue, LeafValue, Scalar
from ..datamodel.schema import Field, Schema
from ..scenes.time_line import Segment
from .media_evidence import of_frame, of_time, of_words
from .proposals import absent, cited
from .recording import Recording, key_frame

_MEASURED, _BORDER, _HEARD, _NONE = 0.98, 0.8, 0.85, 0.6
"""That a count, a border between segments, a kind of sound, and an absence is right; the last three are guesses nobody measured."""
_NAMES: dict[str, tuple[str, ...]] = {
    "number": ("number", "index"),
    "start": ("start", "start_s", "start_time", "begin", "begins"),
    "end": ("end", "end_s", "end_time", "ends"),
    "duration": ("duration", "duration_s", "length", "length_s"),
    "width": ("width",),
    "height": ("height",),
    "resolution": ("resolution", "frame_size"),
    "shots": ("shots", "shot_count"),
    "language": ("language", "spoken_language"),
    "has_speech": ("has_speech", "is_spoken"),
    "has_music": ("has_music",),
    "is_silent": ("is_silent", "silent"),
    "sound": ("sound", "kind_of_sound", "sound_kind"),
    "speakers": ("speakers",),
    "title": ("title", "headline", "heading"),
    "summary": ("summary", "description", "caption", "synopsis"),
    "tags": ("tags", "keywords", "objects"),
    "topics": ("topics", "themes", "key_phrases", "subjects"),
    "on_screen_text": ("on_screen_text", "screen_text", "text_on_screen"),
    "speech": ("speech", "transcript", "spoken_text"),
    "key_frame": ("key_frame", "key_frame_s", "thumbnail"),
    "key_frames": ("key_frames", "key_frames_s", "thumbnails"),
    "colours": ("colours", "colors", "palette"),
}
_OF_NAME = {name: role for role, names in _NAMES.items() for name in names}
_NUMBERS, _TIMES = ("number", "integer"), ("number", "string", "time")
_TYPES: dict[str, tuple[str, ...]] = {
    "number": ("integer",), "start": _TIMES, "end": _TIMES, "duration": _TIMES, "width": _NUMBERS, "height": _NUMBERS,
    "shots": _NUMBERS, "has_speech": ("boolean",), "has_music": ("boolean",), "is_silent": ("boolean",), "key_frame": _TIMES,
    "speakers": ("array",), "tags": ("array",), "topics": ("array",), "key_frames": ("array",), "colours": ("array",),
    "on_screen_text": ("array", "string"),
}  # fmt: skip
WRITTEN = ("title", "summary", "topics")
"""What a language model writes better, where there is one."""
_OF_SEGMENTS = ("number", "start", "end", "on_screen_text", "speech", "key_frame")
_FRAMES_TOLD = 10


def role_of(each: Field, *, in_segment: bool) -> str | None:
    """What a field asks of a recording; None where it asks for something else."""
    role = _OF_NAME.get(each.name.casefold())
    if role is None or each.expression is not None or each.type not in _TYPES.get(role, ("string",)):
        return None
    if each.enum and role not in ("sound", "language"):
        return None
    if each.type == "array":
        inner = each.items
        if inner is None or inner.enum or inner.type not in (_TIMES if role == "key_frames" else ("string",)):
            return None
    if in_segment:
        return role
    kind = each.items.kind if each.items is not None else each.kind
    return None if kind == "extracted" or role in _OF_SEGMENTS else role


def asks_for_media(schema: Schema) -> bool:
    """Whether a recording without a word could answer anything of a schema."""
    return any(each.per or role_of(each, in_segment=False) is not None for each in schema.fields)


def media_value(each: Field, role: str, recording: Recording, segment: Segment) -> FieldValue | None:
    """What a recording says of a field; None where it does not tell, and somebody else may.

    Args:
        segment: the whole recording, or a part of it.
    """
    if each.type == "array":
        return _list(each, role, recording, segment)
    if role in WRITTEN:
        return _written(each, role, recording, segment)
    found = _leaf(each, role, recording, segment)
    if found is None:
        return None
    value, confidence, evidence = found
    if each.enum and value not in each.enum:
        return None
    return cited(each, value, confidence, evidence)


_Found = tuple[Scalar, float, tuple[Evidence, ...]]


def _leaf(each: Field, role: str, recording: Recording, segment: Segment) -> _Found | None:
    media, line = recording.content.media, recording.line
    whole = of_time(segment.start_s, round(segment.end_s, 3))
    match role:
        case "number":
            return segment.number, _MEASURED, whole
        case "start" | "end":
            time_s = segment.start_s if role == "start" else segment.end_s
            return _time(each, time_s), _BORDER, whole
        case "duration":
            return _time(each, segment.length_s), _MEASURED, whole
        case "width" | "height" | "resolution" if media is not None and media.width and media.height:
            size = f"{media.width}x{media.height}"
            value: Scalar = {"width": media.width, "height": media.height}.get(role, size)
            return value, _MEASURED, (Evidence(text=size, match="computed"),)
        case "shots" if line.shots:
            return sum(segment.holds(shot.start_s) for shot in line.shots), _MEASURED, whole
        case "language" if recording.content.language:
            return recording.content.language, _HEARD, whole
        case "has_speech" | "has_music" | "is_silent":
            return _heard(role, recording, segment)
        case "sound" if (heard := recording.sound(segment)) is not None:
            return heard[0], round(0.5 + 0.4 * heard[1], 3), of_time(segment.start_s, segment.end_s, heard[0])
        case "on_screen_text" if shown := recording.shown(segment):
            text = "\n".join(recording.text_of(one) for one in shown)
            return (
                text,
                _score([one.score for one in shown]),
                of_words(recording.content, [(one.first, one.last) for one in shown]),
            )
        case "speech" if runs := line.words_in(segment):
            words = [word for first, last in runs for word in recording.content.words[first:last]]
            return line.text_of(runs), _score([word.score for word in words]), of_words(recording.content, runs)
        case "key_frame" if (figure := key_frame(line.frames_in(segment))) is not None and figure.frame_s is not None:
            return _time(each, figure.frame_s), _MEASURED, of_frame(figure)
        case _:
            return None


def _heard(role: str, recording: Recording, segment: Segment) -> _Found | None:
    media = recording.content.media
    if media is not None and not media.has_audio:
        return role == "is_silent", _MEASURED, of_time(segment.start_s, round(segment.end_s, 3))
    if not recording.line.sounds:
        return None
    kind = {"has_speech": "speech", "has_music": "music", "is_silent": "silence"}[role]
    fitting = [
        each
        for each in recording.line.sounds
        if each.kind == kind and each.start_s < segment.end_s and each.end_s > segment.start_s
    ]
    is_so = recording.line.share_of(segment, kind) > 0.95 if role == "is_silent" else bool(fitting)
    evidence = tuple(piece for each in fitting[:3] for piece in of_time(each.start_s, each.end_s, kind))
    return is_so, _HEARD, evidence or of_time(segment.start_s, round(segment.end_s, 3))


def _written(each: Field, role: str, recording: Recording, segment: Segment) -> LeafValue | None:
    found = recording.title(segment) if role == "title" else recording.summary(segment)
    return cited(each, found.text, found.confidence, found.evidence) if found is not None else None


def _list(each: Field, role: str, recording: Recording, segment: Segment) -> ArrayValue | None:
    inner = each.items
    assert inner is not None
    content, line = recording.content, recording.line
    leaves: list[LeafValue] = []
    match role:
        case "tags":
            leaves = [
                cited(inner, tag.name, round(tag.probability, 4), of_frame(tag.figure, tag.name))
                for tag in recording.tags(segment)
            ]
        case "topics":
            leaves = [
                cited(inner, phrase.text, 0.5, of_words(content, [(phrase.first, phrase.last)]))
                for phrase in recording.phrases(segment)
                if not is_courtesy(phrase.text)
            ]
        case "on_screen_text":
            leaves = [
                cited(inner, recording.text_of(one), _score([one.score]), of_words(content, [(one.first, one.last)]))
                for one in recording.shown(segment)
            ]
        case "key_frames":
            leaves = [
                cited(inner, _time(inner, figure.frame_s or 0.0), _MEASURED, of_frame(figure))
                for figure in line.frames_in(segment)
            ]
        case "colours":
            leaves = _colours(inner, recording, segment)
        case "speakers":
            leaves = _speakers(inner, recording, segment)
        case _:
            return None
    return ArrayValue(items=tuple(leaves))


def _colours(inner: Field, recording: Recording, segment: Segment) -> list[LeafValue]:
    frame = key_frame(recording.line.frames_in(segment))
    colours = frame.colours if frame is not None else ()
    return [
        cited(inner, colour.name, 0.8, of_frame(frame, f"{colour.name} {colour.rgb}")) for colour in colours if frame
    ]


def _speakers(inner: Field, recording: Recording, segment: Segment) -> list[LeafValue]:
    found: dict[str, tuple[float, float]] = {}
    for each in recording.line.said:
        if each.speaker is not None and each.start_s < segment.end_s and each.end_s > segment.start_s:
            found.setdefault(each.speaker, (each.start_s, each.end_s))
    return [cited(inner, name, _HEARD, of_time(*times, name)) for name, times in found.items()]


def _time(each: Field, seconds: float) -> Scalar:
    if each.type == "number":
        return round(seconds, 3)
    whole = int(seconds + 0.5)
    return f"{whole // 3600:02d}:{whole // 60 % 60:02d}:{whole % 60:02d}"


def _score(scores: Sequence[float | None]) -> float:
    known = [score for score in scores if score is not None]
    return round(min(0.95, sum(known) / len(known)), 4) if known else 0.9


def nothing(each: Field) -> FieldValue:
    """A field of a segment that has no value."""
    if each.type == "array":
        return ArrayValue(items=())
    return absent(each, _NONE)


def is_recording(content: Content) -> bool:
    """Whether a content has times: sound, video, or a transcript with them."""
    return content.media is not None or any(block.kind == "utterance" for block in content.blocks)

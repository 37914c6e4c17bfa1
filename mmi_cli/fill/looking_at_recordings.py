"""Decides what a recording answers by itself: before the finders what is measured, after the language model what nobody wrote."""

from __future__ import annotations

from ..datamodel.record import ArrayValue, FieldValue, LeafValue
from ..engines.interface import Engines
from .media_fields import WRITTEN, is_recording, media_value, nothing, role_of
from .per_segment import FillPart, fill_segments
from .recording import Recording, embedder_of
from .task import Task


def look_at_recording(task: Task, engines: Engines, fill: FillPart, *, has_model: bool, most_asked: int) -> None:
    """Decides times, size, sound, what is seen, and segments; without a language model titles, topics and summaries too."""
    content = task.reading.content
    asked = {each.name: role_of(each, in_segment=False) for each in task.schema.fields}
    has_segments = any(each.per for each in task.schema.fields)
    if not is_recording(content) or not (has_segments or any(asked.values())):
        return
    recording = Recording(content, embedder_of(engines))
    if recording.embedder is not None:
        task.engines["embedding"] = recording.embedder.name
    for each in task.schema.fields:
        role = asked[each.name]
        if role is None or (role in WRITTEN and has_model and content.words):
            continue
        value = media_value(each, role, recording, recording.whole)
        # What a recording does not tell nobody else can: a language that nobody speaks, a title where nothing is written.
        task.decided[each.name] = value if value is not None else nothing(each)
    fill_segments(task, recording, fill, most_asked=most_asked if has_model else 0)


def fill_from_recording(task: Task, values: dict[str, FieldValue], engines: Engines) -> None:
    """A title, topics and a summary in the recording's own words where no model wrote any."""
    content = task.reading.content
    if not is_recording(content):
        return
    recording: Recording | None = None
    for each in task.schema.fields:
        role = role_of(each, in_segment=False)
        if role in WRITTEN and _is_empty(values.get(each.name)):
            recording = recording or Recording(content, embedder_of(engines))
            value = media_value(each, str(role), recording, recording.whole)
            if value is not None:
                values[each.name] = value


def _is_empty(value: FieldValue | None) -> bool:
    if isinstance(value, LeafValue):
        return value.value is None
    return isinstance(value, ArrayValue) and not value.items

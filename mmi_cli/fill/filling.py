"""Fills a schema from a content; the order of decisions is the order of this file.

1. Cheap finders: labels and typed candidates for extracted leaves, tables for arrays of objects, words for enums such as a currency;
   of a picture what is seen on it, where its text does not speak of the field; of a recording its times, its sound, its segments.
2. The language model, once a file, for what is left: it copies, and each answer is looked up in the text again; an extracted value that
   does not stand there is dropped with the warning `ungrounded`.
3. One decision a field between what the finders say.
4. Fields with an `expression`, over other fields and over the measures of a call, then the checks.

Without a language model everything but abstracted and model-inferred fields is still filled, and a warning says what was missing.
"""

from __future__ import annotations

from ..datamodel.content import Content, Usage
from ..datamodel.filled import Filled
from ..datamodel.record import FieldValue
from ..datamodel.schema import Schema
from ..engines.interface import Engines
from ..settings import Settings
from .asking import ask, embedder_of, open_fields
from .call_values import call_namespace, without_companies
from .checks import run_checks
from .computed import compute_all
from .confidence import Signals, confidence_of
from .deciding import decide, part_people_from_companies
from .doubts import with_doubts
from .finding import find_cheaply
from .lessons import Lessons
from .looking_at_recordings import fill_from_recording, look_at_recording
from .media_fields import is_recording
from .picture_fields import fill_what_is_left, find_seen
from .proposals import absent
from .shared_places import without_own_place
from .task import Task, Weighed


def fill_content(
    content: Content, schema: Schema, *, engines: Engines, settings: Settings, lessons: Lessons | None = None
) -> Filled:
    """Values for every field of the schema, in its order.

    Args:
        lessons: what labelled files taught, without this file.

    Raises:
        EngineFailed: the language model failed.
    """
    return _filled(Task(content, schema, lessons), engines, settings)


def fill_and_weigh(
    content: Content, schema: Schema, *, engines: Engines, settings: Settings, lessons: Lessons | None = None
) -> tuple[Filled, tuple[Weighed, ...]]:
    """Like `fill_content`, with every answer that was weighed and its signals."""
    task = Task(content, schema, lessons)
    filled = _filled(task, engines, settings)
    return filled, tuple(task.weighed)


def _filled(task: Task, engines: Engines, settings: Settings) -> Filled:
    look_at_recording(
        task,
        engines,
        lambda content, schema: fill_content(content, schema, engines=engines, settings=settings),
        has_model=settings.language_model != "none",
    )
    find_cheaply(task)
    find_seen(task, engines)
    fields = open_fields(task)
    is_mute = is_recording(task.reading.content) and not task.reading.content.words
    if fields and not is_mute:
        ask(task, fields, engines, settings)
    return _result(task, engines)


def _result(task: Task, engines: Engines) -> Filled:
    values: dict[str, FieldValue] = {
        each.name: decide(task, each) for each in task.schema.fields if each.expression is None
    }
    part_people_from_companies(task, values)
    fill_what_is_left(task, values, engines)
    fill_from_recording(task, values, engines)
    labelled = {name: finds.labelled for name, finds in task.finds.items()}
    lost = without_own_place(task.schema.fields, values, labelled)
    for each in task.schema.fields:
        if each.name in lost:
            values[each.name] = absent(each, confidence_of(Signals(finder="none", other="differs")))
    call = call_namespace(task.reading, task.schema, lambda: embedder_of(task, engines))
    values = without_companies(task.schema, values, call)
    fields = tuple(compute_all(task.schema.fields, values, given=call).items())
    checks = run_checks(task.schema, fields, given=call)
    return Filled(
        fields=with_doubts(task.schema, fields, checks, given=call),
        checks=checks,
        warnings=tuple(task.warnings),
        usage=task.usage + (task.answers.usage if task.answers else Usage()),
        engines=tuple(sorted(task.engines.items())),
    )

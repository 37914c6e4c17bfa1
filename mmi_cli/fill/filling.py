"""Fills a schema from a content; the order of decisions is the order of this file.

1. Cheap finders: labels and typed candidates for extracted leaves, tables for arrays of objects, words for enums such as a currency;
   of a picture what is seen on it, where its text does not speak of the field; of a recording its times, its sound, its segments.
2. The language model, once a file, for what is left: it copies, and each answer is looked up in the text again; an extracted value that
   does not stand there is dropped with the warning `ungrounded`.
3. One decision a field between what the finders say; what another modality of the file says on its own supports or contradicts it.
4. Fields with an `expression`, over other fields and over the measures of a call, then the checks.

Without a language model everything but abstracted and model-inferred fields is still filled, and a warning says what was missing.
"""

from __future__ import annotations

from collections.abc import Sequence

from ..datamodel.content import Content, Notice, Usage
from ..datamodel.filled import Filled
from ..datamodel.record import FieldValue
from ..datamodel.schema import Schema
from ..engines.interface import Engines
from ..errors import MissingEngine
from ..settings import Settings
from .asking import ask, embedder_of, open_fields
from .call_values.namespace import call_namespace, without_companies
from .checks import run_checks
from .computed import compute_all
from .confidence import Signals, confidence_of
from .deciding import decide, part_people_from_companies
from .doubts import with_doubts
from .finding import find_cheaply
from .fusion import merged, supported
from .lessons import Lessons
from .looking_at_recordings import fill_from_recording, look_at_recording
from .media_fields import is_recording
from .picture_fields import fill_what_is_left, find_seen
from .proposals import absent, is_empty
from .shared_places import shared_out, without_own_place
from .task import Task, Weighed
from .views import View, views_of


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
    how = task.schema.fusion or settings.fusion
    look_at_recording(
        task,
        engines,
        lambda content, schema: fill_content(content, schema, engines=engines, settings=settings),
        has_model=settings.language_model != "none",
        most_asked=settings.max_segment_questions,
    )
    if how == "late" and len(views := views_of(task.reading.content)) > 1:
        return _filled_late(task, views, engines, settings)
    if how == "early":
        task.is_model_alone = True
        if engines.language_model() is None:
            raise MissingEngine(
                "fusion: early asks the language model for everything, and it is turned off (language_model: none)"
            )
    else:
        find_cheaply(task)
        find_seen(task, engines)
    fields = open_fields(task)
    is_mute = is_recording(task.reading.content) and not task.reading.content.words
    if fields and not is_mute:
        ask(task, fields, engines, settings)
    values = _decided(task, engines)
    if how == "hybrid":
        values, notices = supported(
            task.reading.content, task.schema.fields, values, lambda content: _cheap_values(content, task.schema)
        )
        task.warnings.extend(notices)
    return _result(task, values, engines)


def _filled_late(task: Task, views: Sequence[View], engines: Engines, settings: Settings) -> Filled:
    """Each modality filled on its own, pictures with the first of them; the results merged by confidence."""
    tasks = [Task(view.content, task.schema) for view in views]
    of_views = []
    for view, own in zip(views, tasks, strict=True):
        find_cheaply(own)
        fields = open_fields(own)
        if fields:
            ask(own, fields, engines, settings)
        of_views.append((view, _decided(own, engines)))
        task.warnings.extend(own.warnings)
        task.engines |= own.engines
    values, notices = merged(task.schema.fields, of_views)
    values |= task.decided  # of the recording as a whole
    task.warnings.extend(notices)
    return _result(task, values, engines, usage=sum((own.answers.usage for own in tasks if own.answers), Usage()))


def _cheap_values(content: Content, schema: Schema) -> dict[str, FieldValue]:
    """What the finders alone say of a content."""
    task = Task(content, schema)
    find_cheaply(task)
    return {each.name: decide(task, each) for each in schema.fields if each.expression is None}


def _decided(task: Task, engines: Engines) -> dict[str, FieldValue]:
    values: dict[str, FieldValue] = {
        each.name: decide(task, each) for each in task.schema.fields if each.expression is None
    }
    part_people_from_companies(task, values)
    fill_what_is_left(task, values, engines)
    fill_from_recording(task, values, engines)
    if unfilled := [name for name in task.unasked if is_empty(values[name])]:
        message = f"language model is turned off; not filled: {', '.join(unfilled)}"
        task.warnings.append(Notice(code="missing_engine", message=message))
    labelled = {name: finds.labelled for name, finds in task.finds.items()}
    lost = without_own_place(task.schema.fields, values, labelled)
    for each in task.schema.fields:
        if each.name in lost:
            values[each.name] = absent(each, confidence_of(Signals(finder="none", other="differs")))
    named_at = {name: [hit.start for hit in hits] for name, hits in task.hits.items()}
    values |= shared_out(task.schema.fields, values, labelled, task.reading, named_at)
    return values


def _result(task: Task, values: dict[str, FieldValue], engines: Engines, *, usage: Usage | None = None) -> Filled:
    call = call_namespace(task.reading, task.schema, lambda: embedder_of(task, engines))
    values = without_companies(task.schema, values, call)
    fields = tuple(compute_all(task.schema.fields, values, given=call).items())
    checks = run_checks(task.schema, fields, given=call)
    return Filled(
        fields=with_doubts(task.schema, fields, checks, given=call),
        checks=checks,
        warnings=tuple(dict.fromkeys(task.warnings)),
        usage=task.usage + (usage or (task.answers.usage if task.answers else Usage())),
        engines=tuple(sorted(task.engines.items())),
    )

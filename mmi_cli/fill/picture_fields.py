"""Fields that the look of a picture answers: what is seen, its colours and facts, its codes, and choices between kinds of pictures.

What is written wins: a field that stands in the text of the picture is left to the finders and the model, and a page of text is no
picture to be looked at. Every value's evidence is the picture, or the code, that it was read from.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..datamodel.content import Block, Content
from ..datamodel.figure import Figure
from ..datamodel.record import ArrayValue, Evidence, FieldValue, LeafValue, Scalar
from ..datamodel.schema import Field, Schema
from ..engines.interface import Engines, TextEmbedder
from ..errors import MissingEngine
from .confidence import Signals, confidence_of
from .evidence import evidence_of_span
from .picture_facts import Fact, fact_of, what_is_asked
from .picture_lessons import is_choice, whole_picture
from .proposals import absent, cited
from .task import MAX_LIST, Task

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_LEAST_TAG = 0.15
_SOME_WORDS = 5
"""From which on a language model may know better than the tags what a picture says."""
_MANY_WORDS = 30
"""From which on a picture is a page of text, and what is written on it decides its kind."""
_SEEN_AT_ALL = 0.25
"""Probability of all tags together below which a picture is not taken for anything."""
_SHARPER = 12.0
"""Makes shares of likenesses between a tag and the names of a choice."""
_TRUST = 0.35
"""How often the choice that the tags speak for is right, where they speak for one alone: measured on photographs of clothes."""
_DESCRIBED, _PUT_TOGETHER = 0.7, 0.4
"""That a description by a vision model is right in all it says, and one that is put together from tags; guesses that nobody measured."""
_MOST_SURE, _UNSCORED = 0.97, 0.9
"""Of a line that was read, however sure the reader is; and of one of which it does not say."""
MAX_LINES = 500
_LEAST_LETTERS = 2
"""Of a line: a window or a wheel may be read as one letter."""
_READ = 0.97
"""That a code says what was read: they carry check digits."""


def asks_for_looks(schema: Schema) -> bool:
    """Whether a picture without a word could answer anything of a schema."""
    return any(is_choice(each) or what_is_asked(each) is not None for each in schema.fields)


def find_seen(task: Task, engines: Engines) -> None:
    """Decides the fields that the look of the picture answers and that its text leaves open."""
    content = task.reading.content
    figure = whole_picture(content)
    if figure is None:
        return
    for each in task.schema.fields:
        asked = what_is_asked(each)
        if each.expression is not None or (each.name in task.decided and not is_choice(each) and asked != "text"):
            continue
        if is_choice(each) and (taught := _by_lessons(task, each, figure)) is not None:
            task.decided[each.name] = taught
        elif each.name in task.decided:
            continue
        elif asked == "text":
            task.decided[each.name] = _written(content, each)
        elif asked is not None:
            _decide(task, each, asked, figure)
        elif (
            is_choice(each)
            and len(content.words) < _SOME_WORDS
            and not _has_text(task, each)
            and (likely := _by_tags(task, each, figure, engines)) is not None
        ):
            task.decided[each.name] = likely


def _decide(task: Task, each: Field, asked: str, figure: Figure) -> None:
    content = task.reading.content
    inner = each.items
    if asked == "description":
        if figure.description_by != "tags" or len(content.words) < _SOME_WORDS:
            _describe(task, each, figure)
    elif asked == "barcodes":
        _by_codes(task, each)
    elif inner is not None and asked == "tags":
        leaves = tuple(
            cited(inner, tag.name, tag.probability, _evidence(content, figure, tag.name))
            for tag in figure.tags
            if tag.probability >= _LEAST_TAG
        )
        if leaves or not content.words:
            task.decided[each.name] = ArrayValue(items=leaves)
    elif inner is not None and asked == "colours":
        task.decided[each.name] = ArrayValue(
            items=tuple(
                cited(inner, colour.name, 0.8, _evidence(content, figure, f"{colour.name} {colour.rgb}"))
                for colour in figure.colours
            )
        )
    elif each.is_leaf and not _has_text(task, each):
        fact: Fact | None = fact_of(asked, each, content, figure)
        if fact is not None:
            task.decided[each.name] = cited(each, fact.value, fact.confidence, _evidence(content, figure, fact.text))


def _describe(task: Task, each: Field, figure: Figure) -> None:
    content = task.reading.content
    if figure.description and len(content.words) < _MANY_WORDS:
        confidence = _PUT_TOGETHER if figure.description_by == "tags" else _DESCRIBED
        task.decided[each.name] = cited(each, figure.description, confidence, _evidence(content, figure, ""))
        task.engines["description"] = figure.description_by or ""


def fill_what_is_left(task: Task, values: dict[str, FieldValue], engines: Engines) -> None:
    """A description from what is seen and written where no model wrote one, and the likeliest choice where none was made."""
    figure = whole_picture(task.reading.content)
    for each in task.schema.fields if figure is not None else ():
        value = values.get(each.name)
        if figure is None or each.expression is not None or not isinstance(value, LeafValue) or value.value is not None:
            continue
        if what_is_asked(each) == "description":
            _describe(task, each, figure)
            values[each.name] = task.decided.get(each.name, value)
        elif is_choice(each) and what_is_asked(each) is None:
            values[each.name] = _by_tags(task, each, figure, engines) or value


def _written(content: Content, each: Field) -> FieldValue:
    """Every line of the picture where it stands, codes apart; of a field that is one string, all of them."""
    coded = {index for block in content.blocks if block.kind == "barcode" for index in range(block.first, block.last)}
    lines = [
        (first, last)
        for first, last in content.lines()
        if coded.isdisjoint(range(first, last))
        and sum(map(str.isalnum, content.text_of(first, last))) >= _LEAST_LETTERS
    ][:MAX_LINES]
    inner = each.items
    if inner is not None:
        return ArrayValue(items=tuple(_line(content, inner, [line]) for line in lines))
    return (
        _line(content, each, lines)
        if lines
        else absent(each, confidence_of(Signals(finder="none", field_type=each.type)))
    )


def _line(content: Content, each: Field, lines: Sequence[tuple[int, int]]) -> LeafValue:
    texts = [" ".join(content.text_of(first, last).split()) for first, last in lines]
    scores = [word.score for first, last in lines for word in content.words[first:last] if word.score is not None]
    spans = [(content.words[first].offset, content.words[last - 1]) for first, last in lines]
    evidence = tuple(
        piece
        for start, word in spans
        for piece in evidence_of_span(content, start, word.offset + len(word.text), "exact")
    )
    confidence = round(min(_MOST_SURE, sum(scores) / len(scores)), 4) if scores else _UNSCORED
    return cited(each, "\n".join(texts), confidence, evidence)


def _by_codes(task: Task, each: Field) -> None:
    """Codes as they stand; of several the first is given where one is asked for."""
    content = task.reading.content
    codes = [block for block in content.blocks if block.kind == "barcode" and block.first < block.last]
    wanted = [block for block in codes if _is_symbology(each, block)]
    if each.items is not None:
        leaves = [_code(content, each.items, block) for block in wanted[:MAX_LIST]]
        task.decided[each.name] = ArrayValue(items=tuple(leaves))
    elif wanted:
        task.decided[each.name] = _code(content, each, wanted[0])


def _is_symbology(each: Field, block: Block) -> bool:
    name, symbology = each.name.casefold(), (block.label or "").casefold()
    if "qr" in name:
        return "qr" in symbology
    if any(word in name for word in ("ean", "gtin", "upc")):
        return symbology.startswith(("ean", "upc", "databar", "itf"))
    return True


def _code(content: Content, each: Field, block: Block) -> LeafValue:
    first, last = content.words[block.first], content.words[block.last - 1]
    start, end = first.offset, last.offset + len(last.text)
    return cited(each, content.text[start:end], _READ, evidence_of_span(content, start, end, "exact"))


def _by_lessons(task: Task, each: Field, figure: Figure) -> LeafValue | None:
    """The answer of the labelled pictures; a page of text keeps what its words decided."""
    lessons = task.taught.pictures if task.taught is not None else None
    if lessons is None or (each.name in task.decided and len(task.reading.content.words) >= _MANY_WORDS):
        return None
    chances = lessons.chances(each, figure)
    if chances is None:
        return None
    answer, probability = next(iter(chances.items()))
    value: Scalar = answer == "true" if each.type == "boolean" else answer
    return cited(each, value, round(probability, 4), _evidence(task.reading.content, figure, ""))


def _by_tags(task: Task, each: Field, figure: Figure, engines: Engines) -> LeafValue | None:
    """The choice whose name or description is likest to what is seen; None when nothing is seen, or the picture is a page of text."""
    content = task.reading.content
    weight = sum(tag.probability for tag in figure.tags)
    if not each.enum or weight < _SEEN_AT_ALL or len(content.words) >= _MANY_WORDS:
        return None
    try:
        embedder: TextEmbedder | None = engines.text_embedder()
    except MissingEngine:
        return None
    if embedder is None:
        return None
    likeness = _likeness(embedder, [tag.name for tag in figure.tags], each)
    shares = _shares(likeness)
    chances = sum(tag.probability * row for tag, row in zip(figure.tags, shares, strict=True)) / max(1.0, weight)
    best = int(chances.argmax())
    task.engines["embedding"] = embedder.name
    confidence = round(_TRUST * float(chances[best]) + (1 - _TRUST) / len(each.enum), 4)
    speaking = figure.tags[int((shares[:, best] * [tag.probability for tag in figure.tags]).argmax())]
    return cited(each, each.enum[best], min(1.0, confidence), _evidence(content, figure, speaking.name))


def _likeness(embedder: TextEmbedder, tags: list[str], each: Field) -> NDArray[np.float32]:
    """Cosine of each tag and each choice, the better of its name and its description; shape (tags, choices)."""
    import numpy as np

    described = dict(each.enum_descriptions)
    names = [option.replace("_", " ") for option in each.enum]
    texts = [*tags, *names, *(described.get(option) or name for option, name in zip(each.enum, names, strict=True))]
    vectors = embedder.embed(texts)
    seen, count = vectors[: len(tags)], len(names)
    by_name = seen @ vectors[len(tags) : len(tags) + count].T
    by_description = seen @ vectors[len(tags) + count :].T
    best: NDArray[np.float32] = np.maximum(by_name, by_description)
    return best


def _shares(likeness: NDArray[np.float32]) -> NDArray[np.float64]:
    import numpy as np

    exponents = np.exp(_SHARPER * (likeness - likeness.max(axis=1, keepdims=True)).astype(np.float64))
    shares: NDArray[np.float64] = exponents / exponents.sum(axis=1, keepdims=True)
    return shares


def _has_text(task: Task, each: Field) -> bool:
    """Whether the text of the picture speaks of a field."""
    finds = task.finds.get(each.name)
    return bool(task.hits.get(each.name)) or (
        finds is not None and bool(finds.labelled or finds.evident or finds.learned)
    )


def _evidence(content: Content, figure: Figure, text: str) -> tuple[Evidence, ...]:
    page = next(page for page in content.pages if page.number == figure.page)
    return (
        Evidence(
            text=text, match="computed", page=page.number, box=figure.box, page_size=(page.width, page.height), unit=page.unit
        ),
    )  # fmt: skip

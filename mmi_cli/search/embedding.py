"""One file start to finish: read, cut into passages, its pictures looked at, everything embedded."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from .. import progress
from ..datamodel.content import Content
from ..datamodel.figure import Chart, Figure
from ..datamodel.record import Evidence
from ..datamodel.source import SourceFile
from ..engines.interface import CountsTokens
from ..errors import FileError, MissingEngine, RunError, as_error_info
from ..pipeline import Opened, Pipeline
from ..settings import Settings
from .items import SEEN_IN_TEXT, Embedded, Item, Space
from .near_texts import text_marks
from .passages import MOST_TOKENS, CountTokens, Passage, estimate_tokens, split_passages
from .picture_marks import check_picture, picture_hash, thumbnail
from .seconds import SAID
from .seen import SeenInWords, in_words, top_tags

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ..engines.bundle import EngineBundle
    from ..engines.interface import ImageTagger, JointEmbedder, TextEmbedder

    Image = NDArray[np.uint8]
    Vector = NDArray[np.float32]

MARKS_AT_THE_ENDS = 4
_FRAME_SIDE = 640
_SHOWN_CHARS = 200
_PICTURES_AT_ONCE = 8
_CATEGORIES = 30


class FileEmbedder:
    """Everything that embedding a file needs; one a process, its engines load on first use."""

    def __init__(self, pipeline: Pipeline, engines: EngineBundle, settings: Settings) -> None:
        self._pipeline = pipeline
        self._engines = engines
        self._settings = settings
        self._seen: SeenInWords | None = None

    def embed(self, file: SourceFile, *, known_sha256: str | None = None) -> Embedded:
        """A file as the index will hold it; never raises for what the file holds.

        Args:
            known_sha256: of the bytes that the index holds; a file that still has them is not read.

        Raises:
            RunError: storage is down, or an engine's settings are wrong.
            MissingEngine: the text embedder or the joint model cannot be loaded: no file could be embedded.
        """
        try:
            if known_sha256 is not None and self._pipeline.sha256_of(file) == known_sha256:
                return Embedded(file=file, status="same", sha256=known_sha256)
            with self._pipeline.opened(file) as opened:
                draft = self._drafted(file, opened)
        except RunError:
            raise
        except _NoEngine as error:
            raise MissingEngine(str(error)) from error
        except Exception as error:  # noqa: BLE001 - one file is not to stop the others, whatever is in it
            return Embedded(file=file, status="failed", error=as_error_info(error, "extract"))
        return draft

    def _drafted(self, file: SourceFile, opened: Opened) -> Embedded:
        detection = opened.detection
        facts: dict[str, Any] = {
            "file": file,
            "sha256": opened.sha256,
            "modality": detection.modality,
            "media_type": detection.media_type,
        }
        if detection.format == "archive":
            return Embedded(**facts, status="archive", members=opened.members)
        if opened.content is None:
            is_empty = opened.path.stat().st_size == 0
            return Embedded(**facts, status="empty" if is_empty else "unsupported", notice=detection.reason)
        sheet = _Sheet()
        notices = []
        self._add_texts(sheet, opened.content)
        try:
            if detection.modality == "image":
                self._add_charts(sheet, opened.content)
                self._add_pictures(sheet, "image", self._picture(opened), [{"page": 1}])
            elif detection.modality == "video":
                self._add_frames(sheet, opened)
            else:
                self._add_charts(sheet, opened.content)
                self._add_figures(sheet, opened.content)
        except (RunError, _NoEngine):
            raise
        except FileError as error:
            notices.append(f"pictures are not in the index: {error}")
        self._add_sums(sheet)
        notices += [f"{warning.code}: {warning.message}" for warning in opened.content.warnings[:3]]
        return Embedded(
            **facts,
            status="ok" if sheet.items else "empty",
            notice="; ".join(notices)[:1000],
            items=tuple(sheet.items),
            vectors=sheet.stacked(),
            text_marks=text_marks(opened.content.text),
            models=tuple(sorted(sheet.models.items())),
        )

    # --- texts

    def _add_texts(self, sheet: _Sheet, content: Content) -> None:
        embedder = self._text_embedder()
        if embedder is None:
            return
        count, most = bounds_of(embedder)
        most = min(most, MOST_TOKENS)
        passages = split_passages(content, count_tokens=count, most_tokens=most)
        progress.step()
        vectors = embed_whole(embedder.embed, [passage.text_with_headings for passage in passages], count, most)
        sheet.models["text"] = embedder.name
        for passage, vector in zip(passages, vectors, strict=True):
            sheet.add(_item_of(passage), {"text": vector})

    def _add_sums(self, sheet: _Sheet) -> None:
        """Pages, and the file as a whole, as the means of what is on them."""
        leaves = [(number, sheet.vectors["text"][number]) for number in sorted(sheet.vectors.get("text", {}))]
        pages: dict[tuple[str | None, int], list[int]] = {}
        for number, _ in leaves:
            item = sheet.items[number]
            if item.page is not None and item.kind == "passage":
                pages.setdefault((dict(item.place).get("part"), item.page), []).append(number)
        of_text = dict(leaves)
        for (part, page), numbers in pages.items():
            place = tuple({"page": page, **({"part": part} if part is not None else {})}.items())
            text = sheet.items[numbers[0]].text[:_SHOWN_CHARS]
            item = Item(kind="page", text=text, place=place, page=page, method="mean of passages")
            sheet.add(item, {"text": _mean([of_text[number] for number in numbers])})
        if sheet.items:
            first = next((item.text for item in sheet.items if item.text), "")[:_SHOWN_CHARS]
            whole: dict[Space, Vector] = {}
            for space, rows in sheet.vectors.items():
                numbers = [number for number in rows if sheet.items[number].kind != "page"]
                if numbers:
                    whole[space] = _mean([rows[number] for number in numbers])
            sheet.add(Item(kind="file", text=first, method="mean of passages"), whole)

    # --- pictures

    def _picture(self, opened: Opened) -> list[Image]:
        from ..extract.picture import Picture

        with Picture(
            opened.path, media_type=opened.detection.media_type, max_pixels=self._settings.max_image_pixels
        ) as picture:
            frame = next(picture.frames(all_pages=False))
        height, width = frame.pixels.shape[:2]
        check_picture(width=width, height=height, size_bytes=opened.path.stat().st_size)
        return [frame.pixels]

    def _add_frames(self, sheet: _Sheet, opened: Opened) -> None:
        from ..extract import media

        content = opened.content
        times_s = (
            [time_s for shot in content.media.shots for time_s in shot.key_frames_s]
            if content and content.media
            else []
        )
        waiting: list[tuple[float, Image]] = []
        for frame in media.frames_at(opened.path, self._settings, times_s):
            progress.step()
            waiting.append((frame.time_s, _smaller(frame.image)))
            if len(waiting) == _PICTURES_AT_ONCE:
                self._add_some_frames(sheet, waiting)
                waiting = []
        if waiting:
            self._add_some_frames(sheet, waiting)

    def _add_some_frames(self, sheet: _Sheet, frames: Sequence[tuple[float, Image]]) -> None:
        self._add_pictures(
            sheet, "frame", [image for _, image in frames], [{"frame_s": round(time_s, 3)} for time_s, _ in frames]
        )

    def _add_pictures(
        self, sheet: _Sheet, kind: Any, images: Sequence[Image], places: Sequence[dict[str, Any]]
    ) -> None:
        tagger, joint = self._tagger(), self._joint_embedder()
        seen = tagger.look(images) if tagger is not None else None
        jointly = joint.embed_images(images) if joint is not None else None
        for index, (image, place) in enumerate(zip(images, places, strict=True)):
            height, width = image.shape[:2]
            if kind == "image":
                place = {**place, "page_size": [width, height], "unit": "px"}
            vectors: dict[Space, Vector] = {}
            tags: tuple[tuple[str, float], ...] = ()
            method = ""
            if tagger is not None and seen is not None:
                tags = top_tags(tagger.labels, seen.probabilities[index])
                vectors["seen"] = seen.features[index]
                sheet.models["seen"] = tagger.name
            if joint is not None and jointly is not None:
                vectors["joint"] = jointly[index]
                sheet.models["joint"] = joint.name
                method = "joint model"
            elif tags and (vector := self._seen_in_words(tags)) is not None:
                vectors["text"] = vector
                method = SEEN_IN_TEXT
            item = Item(
                kind=kind, text=in_words(tags), place=tuple(place.items()), tags=tags, method=method,
                thumbnail=thumbnail(image), picture_hash=picture_hash(image), page=place.get("page"),
            )  # fmt: skip
            sheet.add(item, vectors)

    def _add_charts(self, sheet: _Sheet, content: Content) -> None:
        """What a chart shows, in words: its kind, titles, legend and categories."""
        embedder = self._text_embedder()
        charts = [figure for figure in content.figures if figure.chart is not None]
        if embedder is None or not charts:
            return
        texts = [_chart_words(figure.chart) for figure in charts if figure.chart is not None]
        vectors = embed_whole(embedder.embed, texts, *bounds_of(embedder))
        for figure, text, vector in zip(charts, texts, vectors, strict=True):
            item = Item(kind="image", text=text, place=_place_of(figure), page=figure.page, method="chart in words")
            sheet.add(item, {"text": vector})
            sheet.models["text"] = embedder.name

    def _add_figures(self, sheet: _Sheet, content: Content) -> None:
        """Pictures on pages, as far as they were looked at when the document was read."""
        tagger = self._tagger() if any(figure.tags or figure.features for figure in content.figures) else None
        for figure in content.figures:
            tags = tuple((tag.name, tag.probability) for tag in figure.tags)
            if not tags and not figure.description:
                continue
            vectors: dict[Space, Vector] = {}
            if tagger is not None and (features := _features(figure, tagger)) is not None:
                vectors["seen"] = features
                sheet.models["seen"] = tagger.name
            if tags and self._joint_embedder() is None and (vector := self._seen_in_words(tags)) is not None:
                vectors["text"] = vector
            words = "\n".join(filter(None, (in_words(tags) if tags else "", figure.description or "")))
            sheet.add(
                Item(
                    kind="image", text=words, place=_place_of(figure), tags=tags, page=figure.page,
                    method=SEEN_IN_TEXT if "text" in vectors else "",
                ),
                vectors,
            )  # fmt: skip

    def _seen_in_words(self, tags: Sequence[tuple[str, float]]) -> Vector | None:
        embedder = self._text_embedder()
        if embedder is None:
            return None
        self._seen = self._seen or SeenInWords(embedder)
        return self._seen.vector(tags)

    # --- engines

    def _text_embedder(self) -> TextEmbedder | None:
        try:
            return self._engines.text_embedder()
        except MissingEngine as error:
            raise _NoEngine(str(error)) from error

    def _joint_embedder(self) -> JointEmbedder | None:
        try:
            return self._engines.joint_embedder()
        except MissingEngine as error:
            raise _NoEngine(str(error)) from error

    def _tagger(self) -> ImageTagger | None:
        return image_tagger(self._engines)


class _NoEngine(Exception):
    """An engine without which nothing can be embedded is missing."""


def image_tagger(engines: Any) -> ImageTagger | None:
    """The image tagger where there is one: a picture without tags is still a picture."""
    try:
        made: ImageTagger | None = engines.image_tagger()
    except MissingEngine:
        return None
    return made


class _Sheet:
    """Items with their vectors, as they come."""

    def __init__(self) -> None:
        self.items: list[Item] = []
        self.vectors: dict[Space, dict[int, Vector]] = {}
        self.models: dict[str, str] = {}

    def add(self, item: Item, vectors: dict[Space, Vector]) -> None:
        for space, vector in vectors.items():
            self.vectors.setdefault(space, {})[len(self.items)] = vector
        self.items.append(item)

    def stacked(self) -> tuple[tuple[Space, tuple[int, ...], Vector], ...]:
        return tuple(
            (space, tuple(rows), np.stack(list(rows.values()))) for space, rows in sorted(self.vectors.items())
        )


def embed_whole(
    embed: Callable[[Sequence[str]], Vector], texts: Sequence[str], count: CountTokens, most: int
) -> Vector:
    """One unit vector a text, none of it left out: a text that is longer than the model reads is the mean of its pieces."""
    pieces = [list(_pieces(text, count, most)) for text in texts]
    vectors = embed([piece for each in pieces for piece in each])
    out, at = np.zeros((len(texts), vectors.shape[1]), np.float32), 0
    for row, each in enumerate(pieces):
        some = vectors[at : at + len(each)]
        out[row] = some[0] if len(each) == 1 else _mean(list(some))
        at += len(each)
    return out


def bounds_of(engine: object) -> tuple[CountTokens, int]:
    """(how to count tokens, most tokens of a text) of an engine that embeds texts; an estimate where it does not say."""
    if isinstance(engine, CountsTokens):
        return engine.count_tokens, engine.most_tokens - MARKS_AT_THE_ENDS
    return estimate_tokens, MOST_TOKENS


def _pieces(text: str, count: CountTokens, most: int) -> Iterator[str]:
    """A text in halves of halves until each is short enough."""
    if len(text) <= most or count(text) <= most:
        yield text
        return
    middle = len(text) // 2
    space = text.rfind(" ", middle // 2, middle)
    cut = space + 1 if space > 0 else middle
    yield from _pieces(text[:cut], count, most)
    yield from _pieces(text[cut:], count, most)


def _item_of(passage: Passage) -> Item:
    return Item(
        kind="turn" if passage.is_spoken else "passage",
        text=passage.text,
        headings=" > ".join(passage.headings),
        place=(*_place(passage.place.to_json()), *(((SAID, list(passage.said_s)),) if passage.said_s else ())),
        page=passage.place.page,
    )


def _place(evidence: dict[str, Any]) -> tuple[tuple[str, Any], ...]:
    return tuple((key, value) for key, value in evidence.items() if key not in ("text", "match"))


def _place_of(figure: Figure) -> tuple[tuple[str, Any], ...]:
    evidence = Evidence(
        text="", match="cited", page=figure.page, box=figure.box, frame_s=figure.frame_s, part=figure.part
    )
    return _place(evidence.to_json())


def _chart_words(chart: Chart) -> str:
    categories = dict.fromkeys(mark.x for mark in chart.marks if isinstance(mark.x, str))
    titles = (chart.title, chart.x_title, chart.y_title, *chart.series, *list(categories)[:_CATEGORIES])
    return ", ".join([f"{chart.kind} chart", *(title for title in titles if title)])


def _mean(vectors: Sequence[Vector]) -> Vector:
    total = np.sum(np.stack(list(vectors)), axis=0)
    return np.asarray(total / max(float(np.linalg.norm(total)), 1e-12), np.float32)


def _smaller(image: Image) -> Image:
    """A frame of at most 640 pixels a side: no model here looks at more."""
    from PIL import Image as Pictures

    if max(image.shape[:2]) <= _FRAME_SIDE:
        return image
    picture = Pictures.fromarray(image)
    picture.thumbnail((_FRAME_SIDE, _FRAME_SIDE))
    return np.asarray(picture)


def _features(figure: Figure, tagger: ImageTagger) -> Vector | None:
    if figure.features is None or figure.features_model != tagger.name:
        return None
    try:
        vector = np.frombuffer(base64.b64decode(figure.features, validate=True), "<f2").astype(np.float32)
    except (ValueError, binascii.Error):
        return None
    length = float(np.linalg.norm(vector))
    return vector / length if vector.shape == (tagger.dimensions,) and length > 0 else None

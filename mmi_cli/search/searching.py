"""Answers questions from an index: every vector is compared, words are looked up, and the lists are fused."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import MissingEngine, UsageError
from ..function_words import telling_words
from ..settings import Settings
from .embedding import bounds_of, embed_whole, image_tagger
from .index import FoundFile, FoundItem, Index, SpaceRows
from .items import KINDS, Space
from .keywords import match_any, weighted_words, words_of
from .model_marks import check_index_models
from .question import Answer, Hit, Question
from .ranking import Placed, RankedList, fused, ranked
from .seconds import at_the_word
from .where import Filter

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ..engines.bundle import EngineBundle

    Vector = NDArray[np.float32]

DEPTH = 100
"""Places of each list that take part in the fusion; more where more answers are wanted."""
METADATA_WEIGHT = 0.05
"""Of a file whose path and fields hold every word of the question: about as much as a place in one of the lists."""
COVERAGE_POWER = 2.0
"""Of the share of the question's words that an item has, weighed by how rare they are: the list of words counts where most are there, and
one word of eight is no reason. Measured with `bench/search_pictures.py`."""
_NAME_WEIGHT = 0.3
"""Of a word in a file's path beside one in the text, for BM25."""


class Searcher:
    """Asks one index many questions; models load on first use."""

    def __init__(self, index: Index, settings: Settings, engines: EngineBundle) -> None:
        self._index, self._settings, self._engines = index, settings, engines
        self._files: dict[int, FoundFile] = {}
        self._has_all_files = False

    def ask(self, question: Question) -> Answer:
        """The best answers, best first.

        Raises:
            UsageError: nothing is asked, the filter is wrong, or the index was made with other models.
            MissingEngine: the model of the index cannot be loaded.
        """
        chosen = _Chosen(self, question)
        lists: dict[str, RankedList] = {}
        models: dict[str, str] = {}
        seconds: dict[str, float] = {}
        notes: list[str] = []
        depth = max(DEPTH, 4 * question.limit)
        for name, space, vector in self._vectors(question, notes):
            started_s = time.perf_counter()
            rows = self._index.spaces[space]
            lists[name] = self._nearest(rows, vector, chosen, depth)
            models[name] = rows.model
            seconds[name] = time.perf_counter() - started_s
        if question.text:
            started_s = time.perf_counter()
            lists["words"] = self._worded(question.text, chosen, depth)
            seconds["words"] = time.perf_counter() - started_s
        if not lists:
            raise UsageError("; ".join(notes) or "nothing is asked: give words, --image FILE or --like PATH")
        return Answer(hits=self._hits(question, lists), models=models, notes=tuple(notes), seconds=seconds)

    # --- what is compared with what

    def _vectors(self, question: Question, notes: list[str]) -> Iterator[tuple[str, Space, Vector]]:
        """(list, space, unit vector) of each comparison that the question and the index allow."""
        spaces = self._index.spaces
        if question.text:
            if "text" in spaces and (vector := self._of_text(question.text)) is not None:
                yield "meaning", "text", vector
            if "joint" in spaces:
                check_index_models(self._index, self._settings, ("joint",))
                joint = self._engines.joint_embedder()
                if joint is not None:
                    yield (
                        "pictures by words",
                        "joint",
                        embed_whole(joint.embed_texts, [question.text], *bounds_of(joint))[0],
                    )
        if question.image is not None:
            yield from self._of_image(question.image, notes)
        if question.like is not None:
            yield from self._of_item(question.like)

    def _of_text(self, text: str) -> Vector | None:
        check_index_models(self._index, self._settings, ("text",))
        embedder = self._engines.text_embedder()
        if embedder is None:
            return None
        return np.asarray(embed_whole(embedder.embed, [text], *bounds_of(embedder))[0])

    def _of_image(self, image: NDArray[np.uint8], notes: list[str]) -> Iterator[tuple[str, Space, Vector]]:
        spaces = self._index.spaces
        if "joint" in spaces:
            check_index_models(self._index, self._settings, ("joint",))
            if (joint := self._engines.joint_embedder()) is not None:
                yield "pictures jointly", "joint", joint.embed_images([image])[0]
        if "seen" in spaces:
            check_index_models(self._index, self._settings, ("seen",))
            tagger = image_tagger(self._engines)
            if tagger is None:
                raise MissingEngine("the image tagger that the index was made with cannot be loaded; see `mmi doctor`")
            yield "pictures alike", "seen", tagger.look([image]).features[0]
        if not {"joint", "seen"} & set(spaces):
            notes.append("the index holds no pictures that were looked at: there is nothing to compare a picture with")

    def _of_item(self, path: str) -> Iterator[tuple[str, Space, Vector]]:
        """The vectors that the index has of a file."""
        found = self._index.named(path)
        if not found:
            raise UsageError(f"--like {path}: no file of the index has this path")
        if len(found) > 1:
            raise UsageError(f"--like {path}: {len(found)} files of the index have this path; give its address (`uri`)")
        for space in ("text", "seen", "joint"):
            rows = self._index.spaces.get(space)
            if rows is None:
                continue
            own = np.flatnonzero((rows.rows["file"] == found[0].id) & (rows.rows["kind"] == KINDS.index("file")))
            if len(own):
                yield f"like it ({space})", space, np.asarray(rows.vectors[own[0]])

    # --- the lists

    def _nearest(self, rows: SpaceRows, vector: Vector, chosen: _Chosen, depth: int) -> RankedList:
        if not len(rows.rows):
            return ()
        scores = rows.scores(vector)
        mask = chosen.mask(rows)
        if mask is not None:
            scores = np.where(mask, scores, -np.inf)
        wanted = depth
        while True:
            best = top(scores, wanted)
            items = rows.rows["item"][best].tolist()
            taken = chosen.taken_items(items)
            placed = [
                Placed(item=item, score=round(float(scores[row]), 6))
                for row, item in zip(best.tolist(), items, strict=True)
                if item in taken
            ]
            if len(placed) >= depth or len(best) < wanted:
                return tuple(placed[:depth] if not chosen.asks_items else placed)
            wanted *= 4

    def _worded(self, text: str, chosen: _Chosen, depth: int) -> RankedList:
        connection = self._index.connection
        total = self._index.item_count
        words = weighted_words(connection, text, total=total)
        if not words:
            return ()
        unseen = len(telling_words(words_of(text))) - len(words)
        most = sum(each.weight for each in words) + max(0, unseen) * float(np.log(1 + (total + 0.5) / 0.5))
        covered: dict[int, float] = {}
        for each in words:
            for (item,) in connection.execute("SELECT rowid FROM words WHERE words MATCH ?", (f'"{each.word}"',)):
                covered[item] = covered.get(item, 0.0) + each.weight / most
        found = connection.execute(
            "SELECT rowid, -bm25(words, 1.0, ?) AS score FROM words WHERE words MATCH ? ORDER BY score DESC, rowid",
            (_NAME_WEIGHT, match_any(words)),
        )
        best: dict[int, Placed] = {}
        while len(best) < depth and (some := found.fetchmany(depth)):
            taken = chosen.taken_leaves([item for item, _ in some])
            for leaf, score in some:
                answers, share = taken.get(leaf, ((), 1.0))
                weight = min(1.0, covered.get(leaf, 0.0)) ** COVERAGE_POWER * share
                for item in answers:
                    best.setdefault(item, Placed(item=item, score=round(float(score), 4), weight=weight))
        return tuple(best.values())

    # --- the answer

    def _hits(self, question: Question, lists: dict[str, RankedList]) -> tuple[Hit, ...]:
        similarity = fused(lists)
        items = {item.id: item for item in self._index.items(sorted(similarity))}
        files = self.files(item.file for item in items.values())
        wanted = frozenset(telling_words(words_of(question.text)))
        places: dict[int, dict[str, dict[str, Any]]] = {}
        for name, each in lists.items():
            for rank, placed in ranked(each):
                places.setdefault(placed.item, {})[name] = {"rank": rank, "score": round(placed.score, 4)}
        hits = []
        bonus: dict[int, float] = {}
        for item_id, alike in similarity.items():
            item = items[item_id]
            file = files[item.file]
            if file.id not in bonus:
                bonus[file.id] = METADATA_WEIGHT * _share_of_words(wanted, file)
            hits.append(
                Hit(
                    file=file, item=item, relevance=round(round(alike, 4) + round(bonus[file.id], 4), 4),
                    similarity=round(alike, 4), metadata=round(bonus[file.id], 4), lists=places[item_id],
                )
            )  # fmt: skip
        hits.sort(key=lambda hit: (-hit.relevance, hit.file.path, hit.file.uri, hit.file.members, hit.item.number))
        if question.one_per_file:
            hits = list({hit.file.id: hit for hit in reversed(hits)}.values())[::-1]
            hits.sort(key=lambda hit: (-hit.relevance, hit.file.path, hit.file.uri, hit.file.members, hit.item.number))
        return tuple(replace(hit, item=at_the_word(hit.item, wanted)) for hit in hits[: question.limit])

    def files(self, ids: Iterable[int] | None = None) -> dict[int, FoundFile]:
        """Files by id, those of `ids` or all of them among them; read once."""
        if ids is None and not self._has_all_files:
            self._files = {file.id: file for file in self._index.files()}
            self._has_all_files = True
        missing = sorted(set(ids or ()) - set(self._files))
        for file in self._index.files(missing):
            self._files[file.id] = file
        return self._files

    @property
    def index(self) -> Index:
        return self._index


class _Chosen:
    """What a question may be answered with: kinds of items, and what its filter takes."""

    def __init__(self, searcher: Searcher, question: Question) -> None:
        self._searcher, self._index = searcher, searcher.index
        self._kinds = question.kinds
        self._words = {_stem(word) for word in words_of(question.text)}
        self._excluded: int | None = None
        self._filter: Filter | None = None
        self._taken_files: NDArray[np.bool_] | None = None
        if question.where is not None:
            self._filter = Filter(question.where, self._index.field_names)
        if question.like is not None:
            self._excluded = next((file.id for file in self._index.named(question.like)), None)
        if (self._filter is not None and self._filter.asks_files) or self._excluded is not None:
            self._taken_files = np.zeros_like(self._index.live_files)
            for file in searcher.files().values():
                takes = self._filter is None or self._filter.takes_file(file)
                self._taken_files[file.id] = takes and file.id != self._excluded

    @property
    def asks_items(self) -> bool:
        return self._filter is not None and self._filter.asks_items

    def mask(self, rows: SpaceRows) -> NDArray[np.bool_] | None:
        """Which rows may be answers, as far as kinds and files decide; None: all."""
        kinds = np.array([kind in self._kinds for kind in KINDS])
        mask = kinds[rows.rows["kind"]]
        if self._taken_files is not None or self._index.has_dead_rows:
            live = self._taken_files if self._taken_files is not None else self._index.live_files
            owners = rows.rows["file"]
            mask &= (owners < len(live)) & live[np.minimum(owners, len(live) - 1)]
        return None if mask.all() else mask

    def taken_items(self, items: list[int]) -> set[int]:
        """Those of which the filter holds."""
        if self._filter is None or not self._filter.asks_items:
            return set(items)
        found = list(self._index.items(items))
        files = self._searcher.files(item.file for item in found)
        return {item.id for item in found if self._filter.takes_item(files[item.file], item)}

    def taken_leaves(self, leaves: list[int]) -> dict[int, tuple[list[int], float]]:
        """Leaf → what is answered with because its words were found (itself, its page, its file), and how sure its words are."""
        found = list(self._index.items(leaves))
        if self._taken_files is not None:
            found = [item for item in found if self._taken_files[item.file]]
        answers: dict[int, list[int]] = {item.id: [item.id] for item in found if item.kind in self._kinds}
        for kind in ("page", "file"):
            if kind in self._kinds:
                for item in found:
                    answers.setdefault(item.id, []).extend(self._over(item, kind))
        taken = self.taken_items([each for some in answers.values() for each in some])
        shares = {item.id: self._surely_seen(item) for item in found}
        return {leaf: ([each for each in some if each in taken], shares[leaf]) for leaf, some in answers.items()}

    def _surely_seen(self, item: FoundItem) -> float:
        """Words that were read are there; of the names of what is seen on a picture, those count that the question has."""
        if not item.tags:
            return 1.0
        share = sum(share for name, share in item.tags if self._words & {_stem(word) for word in words_of(name)})
        return min(1.0, share) if share else 1.0

    def _over(self, item: FoundItem, kind: str) -> list[int]:
        query = "SELECT id, place FROM items WHERE file = ? AND kind = ? AND page IS ? ORDER BY number"
        page = item.page if kind == "page" else None
        rows = self._index.connection.execute(query, (item.file, kind, page)).fetchall()
        return [row[0] for row in rows[:1]]


def top(scores: Vector, count: int) -> NDArray[np.intp]:
    """Rows of the highest scores, best first, and all that score as the last of them; never one of minus infinity."""
    if count < len(scores):
        least = np.partition(scores, len(scores) - count)[len(scores) - count]
        rows = np.flatnonzero(scores >= least)
    else:
        rows = np.arange(len(scores))
    rows = rows[np.isfinite(scores[rows])]
    return np.asarray(rows[np.argsort(-scores[rows], kind="stable")])


def _stem(word: str) -> str:
    """Roughly: `mug` and `mugs` are one word."""
    return word[:-1] if len(word) > 3 and word.endswith("s") else word


def _share_of_words(wanted: frozenset[str], file: FoundFile) -> float:
    """How many of the question's words stand in the path or in the values of the fields."""
    if not wanted:
        return 0.0
    there = set(words_of(file.path))
    for name, field in file.fields.items():
        there.update(words_of(name.replace("_", " ")))
        there.update(words_of(_flat(field["value"])))
    return len(wanted & there) / len(wanted)


def _flat(value: Any) -> str:
    if isinstance(value, dict):
        return " ".join(_flat(each) for each in value.values())
    if isinstance(value, list):
        return " ".join(_flat(each) for each in value)
    return "" if value is None else str(value)

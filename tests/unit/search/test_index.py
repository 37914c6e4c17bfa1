"""The index: what was committed is there, what was not is not, and the same files give the same answers."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mmi_cli.errors import UsageError
from mmi_cli.expressions import ExpressionError
from mmi_cli.search.index import Index
from mmi_cli.search.question import Answer, Question
from mmi_cli.search.searching import Searcher, top
from mmi_cli.search.tables import DATABASE, ROW, VECTOR
from mmi_cli.search.writing import IndexWriter
from mmi_cli.settings import Settings
from tests.support.small_index import DIMENSIONS, MadeEngines, embedded, ensure_text_space, made_file, put, write_index

FILES = {
    "a/lease.txt": ["The tenant gives notice three months before the end", "The rent is paid monthly"],
    "b/recipe.txt": ["Bake the bread for an hour", "Let the dough rest"],
    "c/invoice.txt": ["Total amount due in March", "Paid by card"],
}
FIELDS = {
    "c/invoice.txt": {"total": 120.5, "lines": [{"amount": 20.0}, {"amount": 100.5}]},
    "a/lease.txt": {"total": 80},
}


def asked(folder: Path, settings: Settings | None = None, **question: Any) -> Answer:
    with Index(folder) as index:
        return Searcher(index, settings or Settings(), MadeEngines()).ask(Question(**question))  # type: ignore[arg-type]


def paths(answer: Answer) -> list[str]:
    return [hit.file.path for hit in answer.hits]


def told(answer: Answer) -> list[tuple[Any, ...]]:
    return [(hit.file.path, hit.item.text, hit.item.kind, hit.relevance, hit.lists) for hit in answer.hits]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_index(tmp_path / "index", FILES, FIELDS)


def test_the_best_answer_says_where_it_stands_and_what_its_numbers_are(folder: Path) -> None:
    (hit, *_) = asked(folder, text="bake bread").hits
    assert (hit.file.path, hit.item.place, hit.item.kind) == ("b/recipe.txt", {"page": 1}, "passage")
    assert set(hit.lists) == {"meaning", "words"}
    assert hit.lists["words"]["rank"] == hit.lists["meaning"]["rank"] == 1
    assert hit.relevance == pytest.approx(hit.similarity + hit.metadata)


def test_words_of_the_path_and_of_fields_count_as_metadata(folder: Path) -> None:
    (hit, *_) = asked(folder, text="recipe").hits
    assert hit.file.path == "b/recipe.txt"
    assert hit.metadata == pytest.approx(0.05)


@pytest.mark.parametrize(
    ("where", "found"),
    [
        ("total > 100", {"c/invoice.txt"}),
        ("total > 100 and modality = 'image'", set()),
        ('path = "a/lease.txt" or name = "recipe.txt"', {"a/lease.txt", "b/recipe.txt"}),
        ("page = 2 and total < 100", {"a/lease.txt"}),
        ("'dough' in text", {"b/recipe.txt"}),
        ("confidence.total >= 0.9", {"a/lease.txt", "c/invoice.txt"}),
        ("confidence < 0.5", set()),
        ("sum(lines.amount) = 120.5", {"c/invoice.txt"}),
        ("fields.total = 80", {"a/lease.txt"}),
        ("not (modality = 'document')", set()),
    ],
)
def test_a_filter_leaves_what_it_holds_of(folder: Path, where: str, found: set[str]) -> None:
    assert set(paths(asked(folder, text="the", where=where))) == found


def test_a_filter_that_leaves_little_still_finds_all_of_it(tmp_path: Path) -> None:
    folder = write_index(tmp_path, {f"{at:03}.txt": [f"number {at}", "and more"] for at in range(600)})
    answer = asked(folder, text="number and more", where="page = 2 and path >= '599'")
    assert paths(answer) == ["599.txt"]


@pytest.mark.parametrize(
    ("where", "message"),
    [
        ("totl > 100", "did you mean 'total'"),
        ("fields.nothing = 1", "unknown name 'nothing'"),
        ("total >", "expected a value"),
    ],
)
def test_a_filter_that_cannot_be_is_refused(folder: Path, where: str, message: str) -> None:
    with pytest.raises(ExpressionError, match=message):
        asked(folder, text="the", where=where)


def test_other_kinds_are_found_when_they_are_asked_for(folder: Path) -> None:
    answer = asked(folder, text="bake bread", kinds=("file",))
    assert {hit.item.kind for hit in answer.hits} == {"file"}
    assert paths(answer)[0] == "b/recipe.txt"
    assert set(answer.hits[0].lists) == {"meaning", "words"}


def test_one_answer_a_file_is_its_best(folder: Path) -> None:
    answer = asked(folder, text="rent paid monthly", one_per_file=True)
    assert len(set(paths(answer))) == len(answer.hits) == 3
    assert answer.hits[0].item.text == FILES["a/lease.txt"][1]


def test_what_is_like_a_file_is_not_the_file_itself(folder: Path) -> None:
    answer = asked(folder, like="a/lease.txt", kinds=("file",))
    assert sorted(paths(answer)) == ["b/recipe.txt", "c/invoice.txt"]
    with pytest.raises(UsageError, match="no file of the index"):
        asked(folder, like="z.txt")


def test_vectors_of_another_model_are_refused_and_the_error_names_both(folder: Path) -> None:
    with pytest.raises(
        UsageError, match=r"are of words-1/made .* the settings say other .* cannot be compared; set embedding_model"
    ):
        asked(folder, Settings(embedding_model="other"), text="bread")


def test_the_nearest_are_those_of_a_plain_comparison(tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    words = [f"w{at}" for at in range(400)]
    folder = write_index(
        tmp_path, {f"{at}.txt": [" ".join(rng.choice(words, 6)) for _ in range(5)] for at in range(100)}
    )
    vector = MadeEngines().embedder.embed(["w1 w2 w3"])[0]
    answer = asked(folder, text="w1 w2 w3", limit=500)
    with Index(folder) as index:
        rows = index.spaces["text"]
        leaves = rows.rows["kind"] == 0
        best = rows.rows["item"][leaves][np.argsort(-(np.asarray(rows.vectors)[leaves] @ vector))[:100]]
    ranks = {hit.item.id: hit.lists["meaning"]["rank"] for hit in answer.hits if "meaning" in hit.lists}
    assert {item for item, rank in ranks.items() if rank <= 100} >= set(best.tolist())
    assert ranks[int(best[0])] == 1


def test_what_is_as_near_as_the_last_is_not_left_out() -> None:
    scores = np.array([0.5, 0.9, 0.5, -np.inf, 0.5], np.float32)
    assert sorted(top(scores, 2).tolist()) == [0, 1, 2, 4]
    assert top(scores, 9).tolist()[0] == 1
    assert 3 not in top(scores, 9).tolist()


def test_an_index_that_grew_and_shrank_answers_as_one_made_at_once(tmp_path: Path) -> None:
    once = write_index(tmp_path / "once", FILES)
    step = tmp_path / "step"
    write_index(step, {"old.txt": ["Bake the bread for an hour"], "b/recipe.txt": ["something else was here"]})
    with IndexWriter(step) as writer:
        for path in reversed(FILES):
            put(writer, embedded(path, FILES[path]))
            writer.commit()
        writer.remove([made_file("old.txt")])
        writer.tidy()
    for text in ("bake bread", "notice", "paid", "something else"):
        assert told(asked(step, text=text)) == told(asked(once, text=text))


def test_what_was_taken_out_is_found_no_more_by_meaning_or_by_words(folder: Path) -> None:
    with IndexWriter(folder) as writer:
        writer.remove([made_file("b/recipe.txt")])
        writer.commit()
    assert "b/recipe.txt" not in paths(asked(folder, text="bake the bread dough"))


def test_dead_rows_are_written_away_when_they_are_many(tmp_path: Path) -> None:
    folder = write_index(tmp_path, {f"{at}.txt": ["some words"] for at in range(40)})
    with IndexWriter(folder) as writer:
        writer.remove([made_file(f"{at}.txt") for at in range(30)])
        writer.tidy()
    assert sorted(path.name for path in folder.glob("text-*")) == ["text-2.rows", "text-2.vectors"]
    assert (folder / "text-2.vectors").stat().st_size == 20 * DIMENSIONS * VECTOR.itemsize
    assert len(asked(folder, text="some words", limit=99).hits) == 10


def test_who_reads_sees_one_moment_while_another_writes(folder: Path) -> None:
    with Index(folder) as index:
        searcher = Searcher(index, Settings(), MadeEngines())  # type: ignore[arg-type]
        before = told(searcher.ask(Question(text="bake bread")))
    with IndexWriter(folder) as writer:
        put(writer, embedded("d.txt", ["bake bread bake bread"]))
        with Index(folder) as index:  # nothing is committed yet
            searcher = Searcher(index, Settings(), MadeEngines())  # type: ignore[arg-type]
            assert told(searcher.ask(Question(text="bake bread"))) == before


def test_a_writer_that_was_killed_at_any_byte_leaves_the_old_index(folder: Path) -> None:
    """Vectors are written before the commit that counts them: whatever stands behind the rows that count is not there."""
    before = told(asked(folder, text="bake bread"))
    vectors, rows = folder / "text-1.vectors", folder / "text-1.rows"
    whole = vectors.read_bytes(), rows.read_bytes()
    for torn_vectors, torn_rows in (
        (1, 0),
        (DIMENSIONS * 4 - 1, 0),
        (DIMENSIONS * 4, 1),
        (DIMENSIONS * 12, ROW.itemsize * 2 + 3),
    ):
        vectors.write_bytes(whole[0] + b"\x7f" * torn_vectors)
        rows.write_bytes(whole[1] + b"\x01" * torn_rows)
        (folder / "text-2.vectors").write_bytes(b"half a tidy index")
        assert told(asked(folder, text="bake bread")) == before
        with IndexWriter(folder) as writer:
            put(writer, embedded("new.txt", ["entirely new"]))
            writer.commit()
        assert not (folder / "text-2.vectors").exists()
        assert paths(asked(folder, text="entirely new"))[0] == "new.txt"
        with IndexWriter(folder) as writer:
            writer.remove([made_file("new.txt")])
            writer.commit()
        assert told(asked(folder, text="bake bread")) == before
        whole = vectors.read_bytes(), rows.read_bytes()


def test_what_is_no_index_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is no index; `mmi embed"):
        Index(tmp_path)
    (tmp_path / DATABASE).write_bytes(b"not a database, but long enough to be taken for one" * 40)
    with pytest.raises(UsageError, match="no index that can be read"):
        Index(tmp_path)


def test_an_index_of_a_later_program_is_told(folder: Path) -> None:
    connection = sqlite3.connect(folder / DATABASE)
    connection.execute("UPDATE facts SET value = '99' WHERE name = 'format'")
    connection.commit()
    connection.close()
    with pytest.raises(UsageError, match="format 99"):
        Index(folder)


def test_an_index_without_its_vectors_is_told(folder: Path) -> None:
    (folder / "text-1.vectors").unlink()
    with pytest.raises(UsageError, match="missing or too short"):
        asked(folder, text="bread")


def test_an_empty_index_finds_nothing(tmp_path: Path) -> None:
    with IndexWriter(tmp_path) as writer:
        ensure_text_space(writer)
        writer.commit()
    assert asked(tmp_path, text="bread").hits == ()

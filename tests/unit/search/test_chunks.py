"""Chunks for retrieval: every word once, bounded, under its headings, with the place that it stands at."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from mmi_cli.datamodel.content import ParagraphPlace, TimeSpan
from mmi_cli.datamodel.content_builder import ContentBuilder
from mmi_cli.search.chunks import chunk_lines
from mmi_cli.search.passages import estimate_tokens


class Embedder:
    name = "made/1"
    dimensions = 2

    def embed(self, texts: Sequence[str]) -> Any:
        return np.array([[1.0, 0.0]] * len(texts), dtype=np.float32)


@pytest.fixture
def content() -> Any:
    builder = ContentBuilder()
    builder.add_text_block("heading", "Terms of delivery", ParagraphPlace(1), level=1)
    for number in range(2, 40):
        builder.add_text_block(
            "paragraph",
            f"Clause {number} says that goods are sent within {number} days of the order.",
            ParagraphPlace(number),
        )
    builder.add_block("utterance", [[("Agreed", TimeSpan(3.0, 4.0, "Speaker 1"), 0.9)]])
    return builder.build()


def chunks(content: Any, **given: Any) -> list[dict[str, Any]]:
    return [json.loads(line) for line in chunk_lines(content, **given)]


def test_every_word_is_in_one_chunk_and_none_is_longer_than_asked(content: Any) -> None:
    found = chunks(content, most_tokens=60)
    said = " ".join(each["text"] for each in found).split()
    heading = {"Terms", "of", "delivery"}
    assert [word for word in said if word not in heading] == [
        word for word in content.text.split() if word not in heading
    ]
    assert all(each["tokens"] <= 60 for each in found)
    assert [each["number"] for each in found] == list(range(1, len(found) + 1))


def test_a_chunk_knows_its_headings_and_its_place(content: Any) -> None:
    found = chunks(content, most_tokens=60)
    assert found[2]["headings"] == ["Terms of delivery"]
    start, length = found[2]["place"]["span"]
    assert content.text[start : start + length] == found[2]["text"]
    spoken = found[-1]
    assert (spoken["is_spoken"], spoken["place"]["speaker"], spoken["place"]["start_s"]) == (True, "Speaker 1", 3)


def test_the_same_text_at_the_same_place_has_the_same_id_and_another_has_another(content: Any) -> None:
    first, again = chunks(content), chunks(content)
    assert first == again
    assert len({each["id"] for each in first}) == len(first)


def test_vectors_name_their_model(content: Any) -> None:
    found = chunks(content, embedder=Embedder())
    assert {(tuple(each["vector"]), each["model"]) for each in found} == {((1.0, 0.0), "made/1")}


def test_tokens_are_counted_by_the_embedder_where_it_counts(content: Any) -> None:
    class Counting(Embedder):
        def count_tokens(self, text: str) -> int:
            return 2 * estimate_tokens(text)

    assert len(chunks(content, embedder=Counting(), most_tokens=120)) > len(
        chunks(content, embedder=Embedder(), most_tokens=120)
    )

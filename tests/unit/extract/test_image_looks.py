"""What a picture file looks like, beside its words: a figure with tags and colours, codes, a description."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from mmi_cli.datamodel.content import Content, PageBox
from mmi_cli.datamodel.content_json import from_json, to_json
from mmi_cli.datamodel.markdown import to_markdown
from mmi_cli.engines.image_tags_efficientnet import EfficientNetLite0
from mmi_cli.engines.interface import Completion
from mmi_cli.errors import EngineFailed, EngineUnreachable
from mmi_cli.extract.image import extract
from mmi_cli.settings import Settings
from tests.support.pictures import code, scene
from tests.support.reading import a_context


class Eyes:
    """A vision model that says what it was told to."""

    name = "eyes-1"

    def __init__(self, answer: str | Exception) -> None:
        self.answer = answer

    def look(
        self, image: np.ndarray, *, system: str, user: str, json_schema: Any = None, max_tokens: int = 512
    ) -> Completion:
        if isinstance(self.answer, Exception):
            raise self.answer
        return Completion(text=self.answer, tokens=(), input_tokens=9, output_tokens=4, is_complete=True)


@pytest.fixture(scope="module")
def tagger() -> EfficientNetLite0:
    return EfficientNetLite0(Settings(threads=2))


def read(tmp_path: Path, image: Image.Image, **engines: Any) -> Content:
    path = tmp_path / "picture.png"
    image.save(path)
    return extract(path, a_context(**engines))


def balloon() -> Image.Image:
    return Image.fromarray(scene("balloon"))


def test_a_picture_is_a_figure_with_what_is_seen(tmp_path: Path, tagger: EfficientNetLite0) -> None:
    content = read(tmp_path, balloon(), tagger=tagger)
    (figure,) = content.figures
    assert content.blocks[figure.block].kind == "figure"
    assert (figure.kind, figure.page, figure.box) == ("picture", 1, (0.0, 0.0, 400.0, 400.0))
    assert figure.tags[0].name == "balloon"
    assert figure.colours[0].name == "light blue"
    assert figure.features_model == tagger.name
    assert dict(content.engines)["image_tags"] == tagger.name
    assert from_json(to_json(content)) == content


def test_markdown_says_that_it_was_seen_and_not_written(tmp_path: Path, tagger: EfficientNetLite0) -> None:
    markdown = to_markdown(read(tmp_path, balloon(), tagger=tagger))
    assert markdown.startswith("*Seen, not written: balloon (")
    assert "light blue" in markdown


def test_codes_are_blocks_with_boxes(tmp_path: Path) -> None:
    picture = balloon()
    picture.paste(code("https://example.org/7 two", "QRCode", scale=3), (280, 10))
    content = read(tmp_path, picture)
    (block,) = (block for block in content.blocks if block.kind == "barcode")
    assert block.label == "QRCode"
    assert content.text_of(block.first, block.last) == "https://example.org/7 two"
    for word in content.words[block.first : block.last]:
        assert isinstance(word.place, PageBox)
        assert 275 < word.place.box[0] < word.place.box[2] < 400


def test_a_code_cannot_write_headings_or_commands(tmp_path: Path) -> None:
    picture = Image.new("RGB", (500, 500), "white")
    picture.paste(code("# Ignore\n\n<script>\x1b[2J", "QRCode"), (100, 100))
    markdown = to_markdown(read(tmp_path, picture))
    assert "\x1b" not in markdown
    assert "<script" not in markdown
    assert not markdown.startswith("#")


def test_without_a_model_the_description_is_put_together_and_says_so(tmp_path: Path, tagger: EfficientNetLite0) -> None:
    (figure,) = read(tmp_path, balloon(), tagger=tagger).figures
    assert figure.description is not None
    assert figure.description.startswith("Seen: balloon; mostly light blue")
    assert figure.description_by == "tags"


def test_a_vision_model_describes_and_is_named(tmp_path: Path, tagger: EfficientNetLite0) -> None:
    content = read(tmp_path, balloon(), tagger=tagger, vision=Eyes(" A striped\nballoon.\n"))
    (figure,) = content.figures
    assert (figure.description, figure.description_by) == ("A striped balloon.", "eyes-1")
    assert dict(content.engines)["vision"] == "eyes-1"
    assert (content.usage.model_input_tokens, content.usage.model_output_tokens) == (9, 4)
    assert "A striped balloon." in to_markdown(content)


def test_a_vision_model_that_fails_is_told_and_one_that_is_down_fails_the_file(
    tmp_path: Path, tagger: EfficientNetLite0
) -> None:
    content = read(tmp_path, balloon(), tagger=tagger, vision=Eyes(EngineFailed("no eyes")))
    assert [warning.code for warning in content.warnings if "eyes" in warning.message] == ["no_description"]
    assert content.figures[0].description_by == "tags"
    with pytest.raises(EngineUnreachable):
        read(tmp_path, balloon(), tagger=tagger, vision=Eyes(EngineUnreachable("down")))


def test_a_scanned_document_of_several_pages_is_not_looked_at(tmp_path: Path, tagger: EfficientNetLite0) -> None:
    path = tmp_path / "scan.tiff"
    balloon().save(path, save_all=True, append_images=[balloon()])
    assert extract(path, a_context(tagger=tagger)).figures == ()

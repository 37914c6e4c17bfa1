"""What was read or asked once is not read or asked again, and no byte of a record tells the difference."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from mmi_cli.engines.interface import OcrLine, OcrWord
from mmi_cli.pipeline import Outcome, Pipeline, open_caches
from mmi_cli.schema_file import load_schema
from mmi_cli.settings import Settings
from mmi_cli.storage.addresses import open_source
from tests.support.models_at_hand import ScriptedModel

SCHEMA = """\
name: receipt
fields:
  shop: {type: string, description: Who sold it.}
  total: {type: number}
  mood: {type: string, kind: inferred, enum: [glad, sad]}
"""
EDITED = SCHEMA.replace("Who sold it.", "Name of the shop.").replace("[glad, sad]", "[glad, sad, none]")


class SlowOcr:
    """Reads three lines off any picture, as slowly as a real one."""

    name = "slow-1/eyes"

    def __init__(self) -> None:
        self.reads = 0

    def read(self, image: Any) -> tuple[OcrLine, ...]:
        self.reads += 1
        time.sleep(0.15)
        return tuple(
            self._line(text, 20.0 * row) for row, text in enumerate(("Corner Shop", "Total: 9.50", "Thank you"))
        )

    @staticmethod
    def _line(text: str, top: float) -> OcrLine:
        box = (0.0, top, 9.0 * len(text), top + 15)
        quad = ((box[0], box[1]), (box[2], box[1]), (box[2], box[3]), (box[0], box[3]))
        words, at = [], 0
        for word in text.split():
            at = text.index(word, at)
            words.append(OcrWord(text=word, box=(9.0 * at, top, 9.0 * (at + len(word)), top + 15), score=0.9))
        return OcrLine(text=text, box=box, quad=quad, score=0.9, words=tuple(words))


class Engines:
    """Engines that count what they are asked."""

    def __init__(self) -> None:
        self.eyes = SlowOcr()
        self.model = ScriptedModel({"shop": "Corner Shop", "total": "9.50", "mood": "glad"})

    def ocr(self) -> SlowOcr:
        return self.eyes

    def speech(self) -> None:
        return None

    def speakers(self) -> None:
        return None

    def text_embedder(self) -> None:
        return None

    def image_tagger(self) -> None:
        return None

    def vision_model(self) -> None:
        return None

    def language_model(self) -> ScriptedModel:
        return self.model


class Shop:
    """A folder with a picture, and pipelines over it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.settings = Settings(
            cache_dir=folder / "cache", models_dir=folder / "models", language_model="openai", openai_model="scripted"
        )
        (folder / "in").mkdir()
        Image.new("RGB", (300, 200), "white").save(folder / "in" / "scan-0001.png")

    def do(self, schema: str = SCHEMA, **changes: Any) -> tuple[Engines, Outcome]:
        """Does the one file of the folder."""
        (self.folder / "schema.yaml").write_text(schema)
        settings = self.settings.model_copy(update=changes)
        source = open_source([str(self.folder / "in")])
        engines = Engines()
        pipeline = Pipeline(
            source=source, schemas=(load_schema(str(self.folder / "schema.yaml")),), settings=settings, engines=engines,
            caches=open_caches(settings),
        )  # fmt: skip
        (file,) = source.list()
        return engines, pipeline.process(file)


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(tmp_path)


def lines(outcome: Outcome) -> list[str]:
    return [record.to_line() for record in outcome.records]


def test_an_edited_field_reads_nothing_again_and_asks_only_what_is_new(shop: Shop) -> None:
    first, _ = shop.do()
    assert (first.eyes.reads, len(first.model.asked)) == (1, 1)
    edited, kept = shop.do(EDITED)
    assert (edited.eyes.reads, len(edited.model.asked)) == (0, 1)
    fresh, anew = shop.do(EDITED, cache="off")
    assert (fresh.eyes.reads, len(fresh.model.asked)) == (1, 1)
    assert lines(kept) == lines(anew)
    assert edited.model.asked == fresh.model.asked


def test_the_same_question_is_not_asked_again_and_costs_the_same_tokens(shop: Shop) -> None:
    _, first = shop.do()
    again, kept = shop.do()
    assert (again.eyes.reads, again.model.asked) == (0, [])
    assert lines(kept) == lines(first)
    assert kept.records[0].usage.model_input_tokens > 0
    assert dict(kept.records[0].engines) == {"ocr": "slow-1/eyes", "language_model": "scripted"}
    assert kept.touched == first.touched


def test_a_renamed_file_is_not_read_again(shop: Shop) -> None:
    shop.do()
    (shop.folder / "in" / "scan-0001.png").rename(shop.folder / "in" / "moved-77.png")
    engines, moved = shop.do()
    assert (engines.eyes.reads, engines.model.asked) == (0, [])
    assert lines(moved) == lines(shop.do(cache="off")[1])


def test_another_language_model_reads_nothing_again(shop: Shop) -> None:
    shop.do()
    engines, _ = shop.do(openai_model="another")
    assert (engines.eyes.reads, len(engines.model.asked)) == (0, 1)


def test_another_ocr_setting_reads_again(shop: Shop) -> None:
    shop.do()
    assert shop.do(ocr="easyocr")[0].eyes.reads == 1


def test_other_bytes_are_read(shop: Shop) -> None:
    shop.do()
    Image.new("RGB", (301, 200), "white").save(shop.folder / "in" / "scan-0001.png")
    assert shop.do()[0].eyes.reads == 1


def test_refreshed_everything_is_read_and_asked_and_kept_anew(shop: Shop) -> None:
    shop.do()
    engines, _ = shop.do(cache="refresh")
    assert (engines.eyes.reads, len(engines.model.asked)) == (1, 1)
    assert shop.do()[0].eyes.reads == 0


def test_a_server_that_chooses_its_model_itself_is_asked_each_time(shop: Shop) -> None:
    shop.do(openai_model="default")
    assert len(shop.do(openai_model="default")[0].model.asked) == 1


@pytest.mark.parametrize("off", [{"cache": "off"}, {"content_cache_bytes": 0, "answer_cache_bytes": 0}])
def test_turned_off_nothing_is_kept(shop: Shop, off: dict[str, Any]) -> None:
    shop.do(**off)
    assert not (shop.folder / "cache").exists()


def test_a_record_tells_what_it_touched(shop: Shop) -> None:
    _, outcome = shop.do()
    assert outcome.touched == (("embedding", "format:image", "image_tags", "language_model", "ocr", "vision"),)
    _, outcome = shop.do("name: plain\nfields:\n  total: {type: number}\n")
    assert "ocr" in outcome.touched[0]


def test_a_file_that_changes_while_it_is_read_is_not_kept(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    path = shop.folder / "in" / "scan-0001.png"
    whole = path.read_bytes()

    def read(self: SlowOcr, image: Any) -> tuple[OcrLine, ...]:
        path.write_bytes(whole + b"more")
        time.sleep(0.15)
        return ()

    with monkeypatch.context() as patched:
        patched.setattr(SlowOcr, "read", read)
        _, outcome = shop.do()
    assert outcome.records[0].errors[0].code == "changed_during_read"
    path.write_bytes(whole)
    assert shop.do()[0].eyes.reads == 1

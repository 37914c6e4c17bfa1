"""Pictures through the real process: the sample with all that is known of it, and a choice that labelled pictures teach."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from PIL import Image

from tests.support.command_line import WORKERS, mmi
from tests.support.pictures import scene

SAMPLE = Path(__file__).parents[2] / "sample_data" / "photo"
FAST = ("--set", "language_model=none", "--set", "embedding=none", "--set", "ocr=none")
KIND = """name: drawing
labelled: labels.jsonl
fields:
  what: {type: string, kind: inferred, enum: [clock, balloon, light]}
"""
DRAWN = {"clock": "analog clock", "balloon": "balloon", "light": "traffic light"}


def test_the_sample_photo_has_the_values_that_its_labels_name(tmp_path: Path) -> None:
    ran = mmi("extract", SAMPLE / "balloon.jpg", "-s", "photo", *FAST, cwd=tmp_path, env={"HOME": str(tmp_path)})
    assert ran.code == 0, ran.err
    (record,) = ran.records
    assert record["status"] == "ok"
    for name, value in json.loads((SAMPLE / "labels.jsonl").read_text("utf-8"))["fields"].items():
        given = record["fields"][name]["value"]
        assert (sorted(each["value"] for each in given) if isinstance(given, list) else given) == (
            sorted(value) if isinstance(value, list) else value
        ), name
    assert record["engines"]["description"] == "tags"
    leaves = [
        leaf
        for field in record["fields"].values()
        for leaf in (field["value"] if field["type"] == "array" else [field])
    ]
    assert all(leaf["evidence"][0]["page"] == 1 for leaf in leaves if leaf["value"] is not None)


def test_labelled_pictures_teach_what_a_picture_shows(tmp_path: Path) -> None:
    labels = []
    for folder, seeds in (("taught", range(4)), ("new", range(50, 51))):
        (tmp_path / folder).mkdir()
        for kind, name in DRAWN.items():
            for seed in seeds:
                random = np.random.default_rng(seed)
                left, top = random.integers(0, 60, 2)
                noisy = scene(name)[top : top + 330, left : left + 240].astype(int) + random.integers(-20, 20, 3)
                Image.fromarray(noisy.clip(0, 255).astype(np.uint8)).save(tmp_path / folder / f"{kind}-{seed}.png")
                if folder == "taught":
                    labels.append(json.dumps({"file": f"taught/{kind}-{seed}.png", "fields": {"what": kind}}))
    (tmp_path / "labels.jsonl").write_text("\n".join(labels) + "\n")
    (tmp_path / "kind.yaml").write_text(KIND)
    ran = mmi("run", "new", "-s", "kind.yaml", *FAST, "-o", "-", cwd=tmp_path, env={**WORKERS, "HOME": str(tmp_path)})
    assert ran.code == 0, ran.err
    assert [record["fields"]["what"]["value"] for record in ran.records] == ["balloon", "clock", "light"]
    assert all(record["fields"]["what"]["confidence"] > 0.4 for record in ran.records)
    assert all(record["engines"]["lessons"].startswith("12 files/") for record in ran.records)

"""`mmi embed` and `mmi search`, as a person types them."""

from __future__ import annotations

import json
import os
import shutil
import zipfile
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.support.command_line import Ran, mmi_here
from tests.support.models import need_model, real_settings

pytestmark = pytest.mark.models
ROOT = Path(__file__).parents[2]
WITH_TEXT = {"MMI_EMBEDDING": "minilm", "MMI_THREADS": "1"}


@pytest.fixture(autouse=True)
def _weights() -> None:
    need_model(real_settings(), "all-MiniLM-L6-v2")


@pytest.fixture
def papers(tmp_path: Path) -> Path:
    return _papers(tmp_path)


def _papers(parent: Path) -> Path:
    """Two texts about living and baking, an invoice, and a photo of a mug under a name that says nothing."""
    folder = parent / "papers"
    (folder / "home").mkdir(parents=True)
    (folder / "home" / "lease.txt").write_text("The tenant may end the lease with three months of notice.\n")
    (folder / "bread.md").write_text("# Bread\n\nBake it for an hour at 220 degrees.\n")
    (folder / "invoice.txt").write_text("Date: 2026-03-04\nTotal: 120.50\nThank you for flying with us.\n")
    shutil.copyfile(ROOT / "sample_data" / "product" / "product.jpg", folder / "0001.jpg")
    return folder


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with `papers` and their `index`, only to be asked."""
    folder = tmp_path_factory.mktemp("built")
    made = _papers(folder)
    Image.open(made / "0001.jpg").resize((320, 240)).save(made / "smaller.png")
    assert embed("papers", "-o", "index", cwd=folder).code == 0
    return folder


def embed(*arguments: str | Path, cwd: Path, **env: str) -> Ran:
    return mmi_here("embed", *arguments, cwd=cwd, env={**WITH_TEXT, **env})


def search(*arguments: str | Path, cwd: Path, **env: str) -> Ran:
    return mmi_here("search", *arguments, cwd=cwd, env={**WITH_TEXT, **env})


def hits(*arguments: str | Path, cwd: Path, **env: str) -> list[dict[str, Any]]:
    ran = search(*arguments, "--format", "json", cwd=cwd, **env)
    assert ran.code == 0, ran.err
    found: list[dict[str, Any]] = json.loads(ran.out)["hits"]
    return found


def test_what_is_asked_in_other_words_is_found_where_it_stands(built: Path) -> None:
    first = hits("index", "how long before moving out must a renter say so", cwd=built)[0]
    assert (first["path"], first["kind"], first["place"]["paragraph"]) == ("home/lease.txt", "passage", 1)
    ran = search("index", "something to drink coffee from", "-n", "2", cwd=built)
    assert "0001.jpg" in ran.out
    assert "seen:" in ran.out


def test_embedding_again_does_nothing_and_answers_are_the_same_bytes(papers: Path) -> None:
    embed("papers", "-o", "index", cwd=papers.parent)
    first = search("index", "bread", "-f", "json", cwd=papers.parent)
    again = embed("papers", "-o", "index", cwd=papers.parent)
    assert "0 embedded, 4 unchanged, 0 taken out" in again.err
    assert search("index", "bread", "-f", "json", cwd=papers.parent).out == first.out
    embed("papers", "-o", "other", cwd=papers.parent)
    assert search("other", "bread", "-f", "json", cwd=papers.parent).out == first.out


def test_only_what_changed_is_embedded_and_what_is_gone_is_taken_out(papers: Path) -> None:
    embed("papers", "-o", "index", cwd=papers.parent)
    (papers / "bread.md").unlink()
    (papers / "invoice.txt").write_text("A letter about penguins in the south.\n")
    os.utime(papers / "home" / "lease.txt", (1, 1))  # another time, the same bytes
    ran = embed("papers", "-o", "index", cwd=papers.parent)
    assert "1 embedded, 2 unchanged, 1 taken out" in ran.err
    assert hits("index", "penguins", cwd=papers.parent)[0]["path"] == "invoice.txt"
    assert "bread.md" not in {hit["path"] for hit in hits("index", "bake bread", cwd=papers.parent)}


def test_another_input_leaves_the_first_and_prune_does_not(papers: Path, good: Path) -> None:
    embed("papers", "-o", "index", cwd=papers.parent)
    ran = embed("good", "-o", "index", cwd=papers.parent)
    assert "4 files of other inputs were left as they are" in ran.err
    assert hits("index", "bake bread", "-n", "1", cwd=papers.parent)[0]["path"] == "bread.md"
    ran = embed("good", "-o", "index", "--prune", cwd=papers.parent)
    assert "4 taken out" in ran.err


def test_fields_of_a_run_can_be_asked_for(papers: Path) -> None:
    ran = mmi_here("run", "papers", "-s", "total number, date date", "-o", "out", cwd=papers.parent)
    assert ran.code in (0, 3)
    assert "have fields for --where" in embed("papers", "-o", "index", "--results", "out", cwd=papers.parent).err
    found = hits("index", "thank you", "--where", "total = 120.5 and confidence.total > 0", cwd=papers.parent)
    assert {hit["path"] for hit in found} == {"invoice.txt"}
    assert found[0]["fields"]["total"] == 120.5
    assert hits("index", "thank you", "--where", "total > 1000", cwd=papers.parent) == []


def test_members_of_an_archive_are_files_of_their_own(papers: Path) -> None:
    with zipfile.ZipFile(papers / "old.zip", "w") as archive:
        archive.writestr("in/letter.txt", "Greetings from the lighthouse keeper.\n")
    embed("papers", "-o", "index", cwd=papers.parent)
    assert hits("index", "lighthouse", cwd=papers.parent)[0]["path"] == "old.zip!in/letter.txt"
    again = embed("papers", "-o", "index", cwd=papers.parent)
    assert "0 embedded" in again.err
    (papers / "old.zip").unlink()
    assert "2 taken out" in embed("papers", "-o", "index", cwd=papers.parent).err


def test_a_bad_file_costs_one_file_and_is_told(papers: Path) -> None:
    (papers / "broken.pdf").write_bytes(b"%PDF-1.4\n1 0 obj\n")
    ran = embed("papers", "-o", "index", cwd=papers.parent)
    assert ran.code == 3
    assert "failed broken.pdf: corrupt" in ran.err
    assert "4 embedded" in ran.err
    assert embed("papers", "-o", "index", "--fail-on", "never", cwd=papers.parent).code == 0


def test_pictures_are_found_by_a_picture_and_by_one_of_the_index(built: Path) -> None:
    assert hits("index", "--image", "papers/smaller.png", cwd=built)[0]["path"] in ("0001.jpg", "smaller.png")
    assert hits("index", "--like", "0001.jpg", "--where", "kind = 'image'", cwd=built)[0]["path"] == "smaller.png"
    both = hits("index", "a mug", "--image", "papers/smaller.png", "-n", "1", cwd=built)[0]
    assert set(both["lists"]) >= {"meaning", "pictures alike"}


def test_duplicates_are_told(built: Path) -> None:
    ran = search("index", "--duplicates", "-f", "json", cwd=built)
    (group,) = json.loads(ran.out)["groups"]
    assert [file["path"] for file in group["files"]] == ["0001.jpg", "smaller.png"]


def test_a_page_of_answers_is_written_and_holds_thumbnails(built: Path) -> None:
    assert search("index", "a mug", "-f", "html", "-o", "answer.html", cwd=built).code == 0
    page = (built / "answer.html").read_text("utf-8")
    assert "data:image/jpeg;base64," in page
    assert "<script" not in page


def test_an_index_of_another_model_is_refused_by_both_commands(papers: Path, tmp_path: Path) -> None:
    embed("papers", "-o", "index", cwd=papers.parent)
    other = tmp_path / "other-model"
    shutil.copytree(real_settings().models_dir / "all-MiniLM-L6-v2", other)
    config = json.loads((other / "config.json").read_text())
    (other / "config.json").write_text(json.dumps({**config, "note": "another model"}))
    for ran in (
        search("index", "bread", cwd=papers.parent, MMI_EMBEDDING_MODEL=str(other)),
        embed("papers", "-o", "index", cwd=papers.parent, MMI_EMBEDDING_MODEL=str(other)),
    ):
        assert ran.code == 2
        assert "vectors of different models cannot be compared; set embedding_model" in ran.err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["index"], "ask for something"),
        (["index", "  "], "ask for something"),
        (["index", "x", "--duplicates"], "ask no question beside it"),
        (["index", "x", "--kind", "pasage"], "one of passage, turn"),
        (["index", "x", "--where", "totl > 1"], "unknown name 'totl'"),
        (["index", "--image", "papers/bread.md"], "not a picture"),
        (["index", "--image", "none.png"], "no such file"),
        (["papers", "x"], "is no index"),
    ],
)
def test_a_mistake_is_told_in_one_line(built: Path, arguments: list[str], message: str) -> None:
    ran = search(*arguments, cwd=built)
    assert ran.code == 2
    assert message in ran.err
    assert ran.err.count("\n") == 1


def test_a_picture_too_small_to_be_compared_is_told(built: Path, tmp_path: Path) -> None:
    Image.new("RGB", (9, 90)).save(tmp_path / "thin.png")
    ran = search("index", "--image", tmp_path / "thin.png", cwd=built)
    assert ran.code == 3
    assert "10 to 16,000 pixels a side" in ran.err


def test_a_second_writer_is_turned_away(papers: Path) -> None:
    import fcntl

    (papers.parent / "index").mkdir()
    with (papers.parent / "index" / "lock").open("a+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        ran = embed("papers", "-o", "index", cwd=papers.parent)
    assert ran.code == 4
    assert "another run writes to" in ran.err


def test_progress_is_json_where_it_is_asked_for(papers: Path) -> None:
    ran = embed("papers", "-o", "index", "--log-format", "json", cwd=papers.parent)
    events = [json.loads(line)["event"] for line in ran.err.splitlines()]
    assert events[0] == "start"
    assert events[-1] == "end"
    assert events.count("finished") == 4

"""How much of what Content Understanding read in its sample files `mmi read` reads too: words, cells of tables, phrases with their times.

python -m bench.service_reading
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from bench.service_samples import SAMPLES
from mmi_cli.datamodel.content import Content, TimeSpan
from mmi_cli.engines.bundle import EngineBundle
from mmi_cli.pipeline import Pipeline
from mmi_cli.settings import Settings
from mmi_cli.storage.addresses import open_source

_NEAR_S = 0.7
"""How far the beginning of a phrase may be from the stored one."""


def read(path: Path) -> Content:
    settings = Settings()
    source = open_source([str(path)])
    pipeline = Pipeline(source=source, schemas=(), settings=settings, engines=EngineBundle(settings))
    (file,) = source.list()
    content, reason = pipeline.read_file(file)
    if content is None:
        raise SystemExit(f"{path.name}: {reason}")
    return content


def letters(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", text.casefold())


def share(wanted: Iterable[str], found: Iterable[str]) -> str:
    """How many of some words are among others, each as often as it stands there."""
    asked, given = Counter(wanted), Counter(found)
    return f"{sum((asked & given).values())}/{sum(asked.values())}"


def layout(pdf: Path, stored: Path) -> str:
    content = read(pdf)
    (result,) = json.loads(stored.read_text("utf-8"))["result"]["contents"]
    words = [word for page in result["pages"] for each in page["words"] for word in letters(each["content"])]
    wanted = {" ".join(letters(cell["content"])) for table in result["tables"] for cell in table["cells"]} - {""}
    cells = {
        " ".join(letters(content.text_of(cell.first, cell.last))) for table in content.tables for cell in table.cells
    }
    of_tables = f"cells {len(wanted & cells)}/{len(wanted)}" if wanted else "no tables stored"
    return f"{pdf.name}: words {share(words, letters(content.text))}, {of_tables}"


def phrases(path: Path, stored: list[tuple[float, str]]) -> str:
    """Words of a recording or transcript, and phrases that begin at their time."""
    content = read(path)
    starts = [
        word.place.start_s for first, _ in content.lines() if isinstance((word := content.words[first]).place, TimeSpan)
    ]
    timed = sum(any(abs(start - at) <= _NEAR_S for start in starts) for at, _ in stored)
    words = [word for _, text in stored for word in letters(text)]
    return f"{path.name}: words {share(words, letters(content.text))}, phrases at their time {timed}/{len(stored)}"


def seconds(stamp: str) -> float:
    total = 0.0
    for part in stamp.split(":"):
        total = 60 * total + float(part)
    return total


def of_webvtt(path: Path) -> list[tuple[float, str]]:
    """(start, text) of each phrase; the stored ends are not all times."""
    text = path.read_text("utf-8")
    found = re.findall(r"([\d:.]+) --> [\d:.]+\s*\n(?:<v [^>]*>)?(.*)", text)
    return [(seconds(start), said) for start, said in found]


def main() -> None:
    folder = SAMPLES / "16_policy_layout"
    for number in (1, 2):
        stored = folder / f"expected_policy_driver_{number}.result.json"
        print(layout(folder / f"policy_driver_{number}.pdf", stored))
    folder = SAMPLES / "08_call_center_mp3"
    said: list[dict[str, Any]] = json.loads((folder / "expected_transcript_phrases.json").read_text("utf-8"))[
        "transcriptPhrases"
    ]
    print(phrases(folder / "callCenterRecording.mp3", [(each["startTimeMs"] / 1000, each["text"]) for each in said]))
    folder = SAMPLES / "10_pretranscribed_to_webvtt"
    for path in sorted(folder.glob("*_pretranscribed.json")):
        print(phrases(path, of_webvtt(folder / f"{path.name}.expected.vtt.txt")))


if __name__ == "__main__":
    main()

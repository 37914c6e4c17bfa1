"""Makes the twelve files of client-1, client-2 and client-3: a made-up tax case with two planted conflicts, by bench/made_case.py.

Needs `pip install '.[bench]'`, and flite and ffmpeg for the voice note; run it from the folder of the project, only to make the sample
anew:

    python sample_data/scenarios/tax-case/make.py
"""

from __future__ import annotations

import sys
from pathlib import Path

from PIL import Image

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[2]))

from bench.made_case import make_case  # noqa: E402


def main() -> None:
    make_case(HERE, seed=0)
    for path in sorted(HERE.glob("client-*/*.jpg")):  # smaller files, as a repository wants them
        Image.open(path).save(path, quality=45)


if __name__ == "__main__":
    main()

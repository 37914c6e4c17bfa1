"""Makes packet.pdf: four made-up papers of one taxpayer, drawn by bench/made_papers.py, scanned in black and white as one PDF without text.

Needs `pip install '.[bench]'`; run it from the folder of the project, only to make the sample anew:

    python sample_data/scenarios/tax-packet/make.py
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[2]))

from bench.made_papers import draw_paper, make_packet  # noqa: E402
from bench.made_scans import page_pictures, scanned  # noqa: E402

NAME, SSN, HOME = "Laura Foster", "412-55-0193", "48 Oak Street\nSalem, OR 97301"
PAPERS = [
    ("w2", 0, 21, {"employee_name": NAME, "employee_ssn": SSN, "employee_address": HOME, "tax_year": 2024, "state": "OR"}),
    ("form_1099", 0, 22, {"variant": ("1099-INT", "1 Interest income", "interest_income"), "recipient_name": NAME, "recipient_tin": SSN,
                          "recipient_address": HOME, "tax_year": 2024, "payer_name": "Hale Savings Bank", "amount": 318.4}),
    ("invoice", 2, 23, {"customer_name": NAME, "customer_address": HOME, "issue_date": "2024-05-17", "rows": 5}),
    ("receipt", 1, 24, {"customer_name": NAME, "date": "2024-09-21"}),
]  # fmt: skip
DPI = 200


def main() -> None:
    papers = [draw_paper(kind, layout, seed, known) for kind, layout, seed, known in PAPERS]
    with tempfile.TemporaryDirectory() as scratch:
        pages = page_pictures(make_packet(Path(scratch) / "packet.pdf", papers), dpi=DPI)
    bilevel = [scanned(page, 31 + at).point(lambda value: 255 * (value > 150)).convert("1", dither=0) for at, page in enumerate(pages)]
    bilevel[0].save(HERE / "packet.pdf", format="PDF", save_all=True, append_images=bilevel[1:], resolution=DPI)
    truth = [{"kind": each.kind, "pages": [at + 1], "fields": each.fields} for at, each in enumerate(papers)]
    (HERE / "truth.json").write_text(json.dumps(truth, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()

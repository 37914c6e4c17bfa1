"""Makes order.eml: a made-up e-mail with a made-up invoice attached as PDF.

The PDF is written by hand, object by object, so nothing but Python is needed. The same bytes each time:

    python sample_data/email/make.py
"""

from __future__ import annotations

import json
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

HERE = Path(__file__).resolve().parent
BODY = """\
Dear Tom,

thank you for your order. Please find attached invoice AD-2026-118 over EUR 446.25
for the three oak frames. It is payable by 30 April 2026.

Could you let me know on which day the courier may deliver?

Kind regards,
Claire Dubois
Atelier Dubois

On 24 March 2026, Tom Becker wrote:
> Hello Claire,
> we would like three oak frames, 60 x 80 cm, as shown at the fair.
> Tom
"""
# Left edge and baseline in points from the bottom left, size in points, text.
INVOICE = [
    (60, 780, 18, "Atelier Dubois"),
    (60, 762, 10, "12 Quai des Arts, 67000 Strasbourg, France"),
    (60, 720, 16, "Invoice"),
    (60, 698, 11, "Invoice number: AD-2026-118"),
    (60, 682, 11, "Invoice date: 31 March 2026"),
    (60, 666, 11, "Due date: 30 April 2026"),
    (340, 698, 11, "Bill to: Galerie Becker"),
    (340, 682, 11, "Lindenstr. 4, 50674 Cologne, Germany"),
    *[
        (x, y, 11, text)
        for y, row in (
            (620, ("Description", "Quantity", "Unit price", "Amount")),
            (602, ("Oak frame 60 x 80 cm", "3", "115.00", "345.00")),
            (586, ("Courier delivery", "1", "30.00", "30.00")),
        )
        for x, text in zip((60, 280, 360, 450), row, strict=True)
    ],
    *[
        (x, y, 11, text)
        for y, row in ((548, ("Net total", "375.00")), (532, ("VAT 19 %", "71.25")), (512, ("Total EUR", "446.25")))
        for x, text in zip((360, 450), row, strict=True)
    ],
    (60, 470, 10, "IBAN: FR76 3000 6000 0112 3456 7890 189"),
]


def make_pdf() -> bytes:
    """A page of A4 in Helvetica."""
    shown = "\n".join(
        f"BT /F1 {size} Tf {x} {y} Td ({text.translate({40: None, 41: None, 92: None})}) Tj ET"
        for x, y, size, text in INVOICE
    )
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
        f"<< /Length {len(shown)} >>\nstream\n{shown}\nendstream",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    data = b"%PDF-1.4\n"
    offsets = []
    for number, content in enumerate(objects, start=1):
        offsets.append(len(data))
        data += f"{number} 0 obj\n{content}\nendobj\n".encode("ascii")
    table = "".join(f"{offset:010} 00000 n \n" for offset in offsets)
    start = len(data)
    data += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}".encode("ascii")
    return data + f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n".encode("ascii")


def make_message() -> bytes:
    message = EmailMessage(policy=SMTP)
    message["From"] = "Claire Dubois <claire@atelier-dubois.example>"
    message["To"] = "Tom Becker <tom@galerie-becker.example>"
    message["Subject"] = "Your order: invoice AD-2026-118"
    message["Date"] = "Tue, 31 Mar 2026 09:15:00 +0200"
    message["Message-ID"] = "<20260331.118@atelier-dubois.example>"
    message.set_content(BODY)
    message.add_attachment(make_pdf(), maintype="application", subtype="pdf", filename="invoice-AD-2026-118.pdf")
    message.set_boundary("=-order-118")
    return message.as_bytes()


def main() -> None:
    (HERE / "order.eml").write_bytes(make_message())
    label = {
        "file": "order.eml",
        "schema": "email",
        "fields": {
            "sender": "Claire Dubois <claire@atelier-dubois.example>",
            "recipients": ["Tom Becker <tom@galerie-becker.example>"],
            "subject": "Your order: invoice AD-2026-118",
            "sent_date": "2026-03-31",
            "amounts": [446.25, 115.0, 345.0, 30.0, 375.0, 71.25],
        },
    }
    (HERE / "labels.jsonl").write_text(json.dumps(label, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

"""Draws the invoice: `pip install reportlab==4.2.5 && python make.py`. The same bytes each time (invariant mode)."""

from pathlib import Path

from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

ITEMS = [
    ("Oak desk, 160 x 80 cm", 2, 349.00),
    ("Desk lamp, brass", 4, 59.90),
    ("Assembly on site", 3, 45.00),
    ("Delivery", 1, 38.50),
]


def main() -> None:
    page = Canvas(str(Path(__file__).with_name("invoice.pdf")), pagesize=A4, invariant=1)
    page.setTitle("Invoice NF-20417")
    page.setFont("Helvetica-Bold", 18)
    page.drawString(50, 780, "Northfield Furniture Ltd")
    page.setFont("Helvetica", 9)
    for row, line in enumerate(("14 Quay Street", "Bristol BS1 6QF", "VAT GB 123 4567 89")):
        page.drawString(50, 762 - 12 * row, line)
    page.setFont("Helvetica-Bold", 14)
    page.drawRightString(545, 780, "INVOICE")
    page.setFont("Helvetica", 10)
    facts = (("Invoice number", "NF-20417"), ("Invoice date", "14 March 2026"), ("Due date", "13 April 2026"))
    for row, (label, value) in enumerate(facts):
        page.drawString(370, 756 - 15 * row, label)
        page.drawRightString(545, 756 - 15 * row, value)
    page.setFont("Helvetica-Bold", 10)
    page.drawString(50, 690, "Bill to")
    page.setFont("Helvetica", 10)
    for row, line in enumerate(("Harbour Coffee Company", "2 Dock Road", "Cardiff CF10 4PA")):
        page.drawString(50, 675 - 13 * row, line)
    y = 605
    page.setFont("Helvetica-Bold", 10)
    for x, title, right in (
        (50, "Description", False),
        (360, "Quantity", True),
        (455, "Unit price", True),
        (545, "Amount", True),
    ):
        (page.drawRightString if right else page.drawString)(x, y, title)
    page.line(50, y - 5, 545, y - 5)
    page.setFont("Helvetica", 10)
    net = 0.0
    for name, quantity, price in ITEMS:
        y -= 20
        net += quantity * price
        page.drawString(50, y, name)
        page.drawRightString(360, y, str(quantity))
        page.drawRightString(455, y, f"{price:,.2f}")
        page.drawRightString(545, y, f"{quantity * price:,.2f}")
    page.line(50, y - 8, 545, y - 8)
    tax = round(net * 0.2, 2)
    for label, value, font in (
        ("Subtotal", net, "Helvetica"),
        ("VAT 20 %", tax, "Helvetica"),
        ("Total GBP", net + tax, "Helvetica-Bold"),
    ):
        y -= 22
        page.setFont(font, 10)
        page.drawRightString(455, y, label)
        page.drawRightString(545, y, f"{value:,.2f}")
    page.setFont("Helvetica", 9)
    page.drawString(
        50, y - 60, "Please pay within 30 days to IBAN GB33 BUKB 2020 1555 5555 55, Northfield Furniture Ltd."
    )
    page.drawString(50, y - 74, "Thank you for your order.")
    page.save()


if __name__ == "__main__":
    main()

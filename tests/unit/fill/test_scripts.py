"""Values in Chinese, Japanese, Korean, Thai, Arabic and Hebrew text are found, and stand where the evidence says."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mmi_cli.datamodel.content import Content, ParagraphPlace
from mmi_cli.datamodel.content_builder import ContentBuilder
from mmi_cli.datamodel.record import LeafValue
from mmi_cli.fill.alignment import locate, locate_pieces
from mmi_cli.fill.candidates import KINDS, find_candidates
from mmi_cli.fill.character_forms import plain_forms, set_apart
from mmi_cli.fill.evidence import evidence_of_span
from mmi_cli.fill.filling import fill_content
from mmi_cli.fill.locale_hints import decide_locale
from mmi_cli.schema_file import read_schema_text
from mmi_cli.settings import Settings
from tests.support.models_at_hand import EnginesAtHand
from tests.support.pages import page_of


def content(text: str) -> Content:
    builder = ContentBuilder()
    for number, paragraph in enumerate(text.split("\n\n"), start=1):
        builder.add_text_block("paragraph", paragraph, ParagraphPlace(number))
    return builder.build()


def found(text: str, *kinds: str) -> list[tuple[str, object]]:
    made = content(text)
    candidates = find_candidates(made, frozenset(kinds), decide_locale(made, None))
    assert all(made.text[each.start : each.end] == each.text for each in candidates)
    return [(each.text, each.value) for each in candidates]


@pytest.mark.parametrize(
    ("text", "kinds", "expected"),
    [
        (
            "請求日２０２４年３月５日合計￥１，２３４",
            "date amount",
            [("２０２４年３月５日", "2024-03-05"), ("１，２３４", 1234.0)],
        ),
        ("合計金額1,234円（税込）", "amount", [("1,234", 1234.0)]),
        ("총액1,234원을", "amount", [("1,234", 1234.0)]),
        ("日期2024-03-05時間14:32", "date time", [("2024-03-05", "2024-03-05"), ("14:32", "14:32:00")]),
        ("3月5日午後2時30分", "time", [("2時30分", "14:30:00")]),
        ("电话：010-12345678邮箱：a@b.com", "phone email", [("010-12345678", "010-12345678"), ("a@b.com", "a@b.com")]),
        ("发票号码：ＮＯ．１２３４５６７８", "identifier", [("１２３４５６７８", "12345678")]),
        ("ราคา1,500.00บาท", "amount", [("1,500.00", 1500.0)]),
        ("المبلغ ١٬٢٣٤٫٥٠ بتاريخ ٢٠٢٤/٠٣/٠٥", "date amount", [("١٬٢٣٤٫٥٠", 1234.5), ("٢٠٢٤/٠٣/٠٥", "2024-03-05")]),
        ("סה״כ לתשלום 1,234.50 ₪", "amount currency", [("1,234.50", 1234.5), ("₪", "ILS")]),
        ("元気です 12元", "currency", [("元", "CNY")]),
    ],
)
def test_values_are_found_between_letters_that_know_no_spaces(
    text: str, kinds: str, expected: list[tuple[str, object]]
) -> None:
    assert found(text, *kinds.split()) == expected


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("合計金額は1,234円です", "1,234円"),
        ("会社名：株式会社青葉 東京都", "株式会社青葉"),
        ("שם הספק: חברת הדוגמה בע״מ", "חברת הדוגמה בע״מ"),
        ("اسم الشركة: شركة المثال", "شركة المثال"),
        ("ＮＯ．１２３４", "NO.1234"),
        ("بتاريخ ٢٠٢٤/٠٣/٠٥", "2024/03/05"),
        ("Cafe\u0301 Mu\u0308ller", "Café Müller"),
        ("ﬁnal oﬀer", "final offer"),
    ],
)
def test_a_value_is_found_again_in_its_script_at_its_offset(text: str, value: str) -> None:
    made = content(text)
    places = locate(made, value)
    assert places
    (piece,) = evidence_of_span(made, places[0].start, places[0].end, "normalized")
    assert piece.span is not None
    offset, length = piece.span
    assert made.text[offset : offset + length] == piece.text


@pytest.mark.parametrize(
    ("aliases", "lines", "values"),
    [
        (
            "[合計], [会社名], [請求日], [請求番号]",
            [
                "請求書",
                "会社名：株式会社青葉",
                "請求番号：A-1234",
                "請求日：２０２４年３月５日",
                "小計1,122円",
                "合計1,234円（税込）",
            ],
            [1234.0, "株式会社青葉", "2024-03-05", "A-1234"],
        ),
        (
            "['סה״כ לתשלום'], ['שם הספק'], ['תאריך'], ['מספר']",
            ["חשבונית מס", "שם הספק: חברת הדוגמה בע״מ", "מספר: 7788", "תאריך: 25/03/2024", "סה״כ לתשלום: 1,234.50 ₪"],
            [1234.5, "חברת הדוגמה בע״מ", "2024-03-25", "7788"],
        ),
        (
            "[المجموع], ['اسم الشركة'], [التاريخ], [رقم]",
            ["فاتورة", "اسم الشركة: شركة المثال", "رقم: 7788", "التاريخ: ٢٠٢٤/٠٣/٠٥", "المجموع: ١٬٢٣٤٫٥٠ ر.س"],
            [1234.5, "شركة المثال", "2024-03-05", "7788"],
        ),
    ],
)
def test_labels_name_their_values_in_every_script(aliases: str, lines: list[str], values: list[object]) -> None:
    total, vendor, date, number = re.findall(r"\[.*?\]", aliases)
    schema = read_schema_text(
        f"name: bill\nfields:\n  total: {{type: number, aliases: {total}}}\n  vendor: {{type: string, aliases: {vendor}}}\n"
        f"  date: {{type: date, aliases: {date}}}\n  number: {{type: string, aliases: {number}}}\n",
        name="bill.yaml",
    )
    made = page_of(*lines)
    filled = fill_content(made, schema, engines=EnginesAtHand(None), settings=Settings())
    assert [leaf.value for _, leaf in filled.fields if isinstance(leaf, LeafValue)] == values
    for _, leaf in filled.fields:
        assert isinstance(leaf, LeafValue)
        (piece,) = leaf.evidence
        assert piece.span is not None
        assert made.text[piece.span[0] : sum(piece.span)] == piece.text


_PIECES = st.sampled_from((
    "合計", "1,234円", "２０２４年３月５日", "סה״כ", "المبلغ", "١٢٣٫٥", "e\u0301", "ﬁ", "İ", "ß", "ǅ", "㍿",
    "½", "Ⅻ", "😀", "👨\u200d👩", "\u0301", "ก", "a@b.com", "12.50", "GmbH", "05/03/2024",
    "DE89 3704 0044 0532 0130 00", " ", "\n", "\n\n", "\t", "-", "(", ")", "☒", "\u200f",
))  # fmt: skip
_TEXTS = st.lists(st.one_of(_PIECES, st.text(max_size=6)), max_size=25).map("".join)


@given(_TEXTS)
def test_other_forms_of_characters_keep_every_offset(text: str) -> None:
    assert len(plain_forms(text)) == len(text)
    assert len(set_apart(text, keep_units=True)) == len(set_apart(text, keep_units=False)) == len(text)


@given(_TEXTS)
def test_candidates_of_any_text_lie_in_it_and_their_evidence_is_the_text(text: str) -> None:
    made = content(text)
    for each in find_candidates(made, KINDS, decide_locale(made, None)):
        assert made.text[each.start : each.end] == each.text != ""
        pieces = evidence_of_span(made, each.start, each.end, "exact")
        assert pieces
        for piece in pieces:
            assert piece.span is not None
            offset, length = piece.span
            assert each.start <= offset < offset + length <= each.end
            assert made.text[offset : offset + length] == piece.text


@given(_TEXTS, st.data())
def test_what_stands_in_a_text_is_located_there(text: str, data: st.DataObject) -> None:
    made = content(text)
    if not made.words:
        return
    first = data.draw(st.integers(0, len(made.words) - 1))
    last = data.draw(st.integers(first, min(first + 4, len(made.words) - 1)))
    start, end = made.words[first].offset, made.words[last].offset + len(made.words[last].text)
    value = made.text[start:end]
    places = locate(made, value)
    assert places
    assert places[0].match == "exact"
    for place in (*places, *locate_pieces(made, value), *locate(made, " ".join(value.upper().split()))):
        assert 0 <= place.start < place.end <= len(made.text)
        for piece in evidence_of_span(made, place.start, place.end, place.match):
            assert piece.span is not None
            assert made.text[piece.span[0] : sum(piece.span)] == piece.text

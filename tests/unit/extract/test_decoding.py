"""Encodings: marks, wide text without marks, alphabets, declarations."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mmi_cli.extract.decoding import decode_text

TEXTS = {
    "cp1252": "Rechnung für Müller über 100 €, fällig am 3. März, bitte überweisen",
    "cp1250": "Zażółć gęślą jaźń, faktura nr 12 z dnia 3 maja, kwota do zapłaty",
    "cp1251": "Счёт на оплату № 12 от 3 мая 2024 года, итого к оплате 100 рублей",
    "koi8_r": "Счёт выставлен третьего мая, общая сумма сто евро. Просим оплатить в течение тридцати дней.",
    "cp1253": "Το τιμολόγιο εκδόθηκε στις 3 Μαΐου και το συνολικό ποσό είναι εκατό ευρώ. Παρακαλούμε να εξοφληθεί.",
    "cp1254": "Bu fatura üç mayıs tarihinde düzenlenmiştir ve toplam tutar yüz avrodur. Lütfen otuz gün içinde ödeyiniz.",
    "cp1255": "החשבונית הונפקה ביום שלישי והסכום הכולל הוא מאה אירו. נא לשלם תוך שלושים יום.",
    "cp932": "請求書 合計金額 1,234円 お支払期限は来月末です。よろしくお願いいたします。",
    "gb18030": "这是一张发票,合计金额为一百元,请在三十天内付款。感谢您的合作。",
    "iso2022_jp": "請求書 合計金額 お支払期限",
}


@pytest.mark.parametrize("encoding", TEXTS)
def test_legacy_encodings_are_told_by_their_letters(encoding: str) -> None:
    assert decode_text(TEXTS[encoding].encode(encoding))[0] == TEXTS[encoding]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le"])
def test_unicode_is_read_with_and_without_marks(encoding: str) -> None:
    assert decode_text(TEXTS["cp1252"].encode(encoding))[0] == TEXTS["cp1252"]


def test_a_declaration_decides_where_utf8_does_not_fit() -> None:
    data = "één café".encode("cp850")
    assert decode_text(data, "cp850")[0] == "één café"
    assert decode_text("één".encode(), "cp850")[0] == "één"


@pytest.mark.parametrize("declared", ["no-such-encoding", "rot13", "base64", ""])
def test_a_false_declaration_does_no_harm(declared: str) -> None:
    assert decode_text("Größe".encode("cp1252"), declared)[0] == "Größe"


@given(st.binary(max_size=300), st.sampled_from([None, "utf-8", "latin-1", "shift_jis", "utf-16"]))
def test_any_bytes_give_text(data: bytes, declared: str | None) -> None:
    text, encoding = decode_text(data, declared)
    assert isinstance(text, str)
    assert encoding


@given(st.text(max_size=200))
def test_utf8_comes_back_as_it_was(text: str) -> None:
    if "\x00" not in text and "\x1b$" not in text and not text.startswith("\ufeff"):
        assert decode_text(text.encode("utf-8", "replace"))[0] == text.encode("utf-8", "replace").decode()

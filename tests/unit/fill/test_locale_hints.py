"""How dates and decimals are read is decided by the file before it is guessed."""

from __future__ import annotations

import pytest

from mmi_cli.datamodel.content import Content
from mmi_cli.fill.locale_hints import LocaleHints, decide_locale


def hints(text: str, locale: str | None = None) -> LocaleHints:
    return decide_locale(Content(text=text, words=()), locale)


@pytest.mark.parametrize(
    ("text", "day_first", "reason"),
    [
        ("paid 25/12/2018, due 03/04/2019", True, "25/12/2018 stands in the file"),
        ("flight 03/04/20 - 03/29/20", False, "03/29/20 stands in the file"),
        ("UNIHAKKA SDN BHD, GST ID 1, 03/04/2019", True, "'SDN BHD' points to MY"),
        ("Sold by Muster LLC, Austin, TX 78701, 03/04/2019", False, "points to US"),
        ("der Vertrag und die Rechnung für das Jahr ist bei uns, 03/04/2019", True, ""),
        ("03/04/2019", None, ""),
        ("25/12/2018 and 12/25/2018", None, ""),
        ("Date (MM/DD/YYYY): 03/04/2019", False, "the file says MM/DD/YY"),
        ("Datum (TT/MM/JJJJ): 03/04/2019", True, "the file says TT/MM/JJ"),
        ("Monday 03/04/2019", False, "03/04/2019 is a Monday"),
        ("03/04/2019 (Wed)", True, "03/04/2019 is a Wed"),
        ("signed on 4 March 2019, printed 03/04/2019", False, "2019-03-04 is written out too"),
        ("exported 2019-04-03, date 03/04/2019", True, "2019-04-03 is written out too"),
        ("05/03/2019 06/03/2019 07/03/2019 08/04/2019 09/03/2019 10/03/2019", True, "are of few months"),
        ("03/05/2019 03/06/2019 03/07/2019 03/08/2019", False, "are of few months"),
        ("March 18, 2019 … due 03/04/2019", False, "March 18, 2019 stands in the file"),
        ("03/04/2019 total 5,00 €", True, "amounts in €"),
        ("03/04/2019 total $5.00", None, ""),
        ("03/04/2019 €5 or $6", None, ""),
        ("Monday 03/04/2019, Wednesday 05/06/2019", None, ""),
    ],
)
def test_day_first_has_a_reason(text: str, day_first: bool | None, reason: str) -> None:
    decided = hints(text)
    assert decided.day_first is day_first
    assert reason in decided.day_first_reason


def test_the_files_metadata_tell_which_day_it_is_from() -> None:
    content = Content(text="03/04/2019", words=(), metadata=(("created", "2019-04-03T09:00:00+00:00"),))
    assert decide_locale(content, None).day_first is True


def test_what_the_dates_prove_goes_before_the_schemas_locale_and_what_they_suggest_behind_it() -> None:
    assert hints("Monday 03/04/2019", "en_GB").day_first is False
    assert hints("March 18, 2019 … due 03/04/2019", "en_GB").day_first is True


def test_the_schema_decides_where_the_file_does_not() -> None:
    assert hints("03/04/2019", "en_GB").day_first is True
    assert hints("03/04/2019", "en_US").day_first is False
    assert hints("03/04/2019", "en").day_first is None
    assert hints("03/29/2019", "en_GB").day_first is False
    assert hints("9,00", "de").decimal_comma is True
    assert hints("1", "de_CH").decimal_comma is False


def test_an_unknown_locale_decides_nothing() -> None:
    assert hints("03/04/2019", "xx_nowhere").day_first is None


@pytest.mark.parametrize(
    ("text", "decimal_comma"),
    [
        ("1.234,56 und 9,00", True),
        ("1,234.56 and 9.00", False),
        ("9,00 9.00", None),
        ("Rechnung der Muster GmbH", True),
        ("nothing", None),
    ],
)
def test_the_decimal_mark_is_the_one_before_two_last_digits(text: str, decimal_comma: bool | None) -> None:
    assert hints(text).decimal_comma is decimal_comma


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("this is the record of the meeting and of your order", "en"),
        ("das ist die Rechnung für den Kunden und nicht für uns", "de"),
        ("le total est dans la facture avec les taxes", "fr"),
        ("el total de la factura con los impuestos y su pago por el cliente", "es"),
        ("RM 9.00", None),
    ],
)
def test_the_language_is_told_by_its_stop_words(text: str, language: str | None) -> None:
    assert hints(text).language == language


def test_the_language_the_reader_knows_is_kept() -> None:
    assert decide_locale(Content(text="the of and", words=(), language="de"), None).language == "de"

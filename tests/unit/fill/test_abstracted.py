"""What a model writes is held against the file, sentence by sentence."""

from __future__ import annotations

import pytest

from mmi_cli.datamodel.schema import Field
from mmi_cli.fill.abstracted import write
from mmi_cli.fill.reading import Reading
from tests.support.pages import page_of

SUMMARY = Field(name="summary", type="string", kind="abstracted")
BILL = (
    "ACME STORES SDN BHD",
    "Invoice date 25/12/2018",
    "Fourteen pencils and paper were delivered to Mary Miller",
    "Total 1.409,54 EUR, tax 19 %",
    "Paid in cash at the counter in Berlin",
)


def written(text: str, *lines: str) -> tuple[object, list[str], list[str]]:
    leaf, notices = write(Reading(page_of(*(lines or BILL)), None), SUMMARY, text)
    return leaf.value, [piece.text for piece in leaf.evidence], [notice.message for notice in notices]


def test_a_supported_sentence_is_kept_and_cites_its_lines() -> None:
    value, cited, notices = written("Mary Miller got pencils and paper.")
    assert value == "Mary Miller got pencils and paper."
    assert "Fourteen pencils and paper were delivered to Mary Miller" in cited
    assert notices == []


@pytest.mark.parametrize(
    "sentence",
    [
        "Paper was delivered to Mary Miller on 25 December 2018.",
        "Paper was delivered to Mary Miller on December 25, 2018.",
        "Mary Miller paid a total of 1,409.54 EUR in cash.",
        "Mary Miller paid a tax of 19% in cash.",
    ],
)
def test_dates_and_numbers_may_be_written_in_another_way(sentence: str) -> None:
    assert written(sentence)[0] == sentence


@pytest.mark.parametrize(
    ("sentence", "stranger"),
    [
        ("Paper was delivered to Mary Miller on 26 December 2018.", "26 December 2018"),
        ("Mary Miller paid a total of 409 EUR in cash.", "409"),
        ("Mary Miller paid 9 EUR in cash.", "9"),
        ("Mary Miller paid in cash to Mallory.", "Mallory"),
    ],
)
def test_a_sentence_with_a_date_number_or_name_of_its_own_is_taken_out(sentence: str, stranger: str) -> None:
    value, _, notices = written(f"Mary Miller got paper. {sentence}")
    assert value == "Mary Miller got paper."
    assert len(notices) == 1
    assert repr(stranger) in notices[0]


def test_a_sentence_that_no_line_supports_is_flagged() -> None:
    value, _, notices = written("Mary Miller got paper. Everybody seemed quite happy afterwards.")
    assert value == "Mary Miller got paper. Everybody seemed quite happy afterwards."
    assert len(notices) == 1
    assert "hardly supports" in notices[0]


def test_german_nouns_are_no_names() -> None:
    lines = (
        "Rechnung über die Lieferung von Bleistiften und der Verpackung",
        "Zahlung ist nicht mit der Ware und für den Kunden fällig",
    )
    sentence = "Die Lieferung umfasst Bleistifte für Kunden."
    assert written(sentence, *lines)[0] == sentence


def test_chinese_sentences_are_told_apart() -> None:
    value, _, notices = written("总额为1409元。总额为1409.54元。")
    assert value == "总额为1409.54元。"
    assert "1409" in notices[0]

"""Clauses of agreements: who the parties are, whose law governs, from when it holds; and texts that are none."""

from __future__ import annotations

import time

import pytest

from mmi_cli.datamodel.content import Content, ParagraphPlace
from mmi_cli.datamodel.content_builder import ContentBuilder
from mmi_cli.fill.agreements import asks_for_parties, by_clauses, find_parties
from mmi_cli.fill.reading import Reading
from mmi_cli.schema_file import read_schema_text
from tests.support.pages import page_of

SCHEMA = read_schema_text(
    """
name: agreement
fields:
  parties: {type: array, items: {type: string}}
  guests: {type: array, items: {type: string}}
  jurisdiction: {type: string, description: State whose law governs}
  effective_date: date
""",
    name="agreement.yaml",
)
PARTIES, GUESTS, LAW, START = SCHEMA.fields


def plain(text: str) -> Content:
    builder = ContentBuilder()
    builder.add_text_block("paragraph", text, ParagraphPlace(1))
    return builder.build()


def parties(*lines: str) -> list[object]:
    return [proposal.value for proposal in find_parties(Reading(page_of(*lines), None), PARTIES)]


def strengths(text: str) -> list[float]:
    return [proposal.strength for proposal in find_parties(Reading(page_of(text), None), PARTIES)]


def laws(text: str) -> list[object]:
    return [proposal.value for proposal in by_clauses(Reading(page_of(text), None), LAW)]


def starts(text: str) -> list[object]:
    return [proposal.value for proposal in by_clauses(Reading(page_of(text), None), START)]


def test_only_a_list_whose_name_says_parties_asks_for_them() -> None:
    assert [asks_for_parties(field) for field in SCHEMA.fields] == [True, False, False, False]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("This Agreement is made by and between Acme Corp. and Beta LLC, a Texas company.", ["Acme Corp.", "Beta LLC"]),
        (
            "This Agreement is entered into as of May 1, 2020 by and between Acme Corporation, a Delaware corporation (“Acme”), "
            "and Beta Widgets, Inc., a Texas corporation (“Beta”).",
            ["Acme Corporation", "Beta Widgets, Inc."],
        ),
        ("This Agreement, made by Acme Corp. and John Q. Smith, is binding.", ["Acme Corp.", "John Q. Smith"]),
        ("Agreement between eBay Inc. (“eBay”) and Meg Whitman (“Employee”)", ["eBay Inc.", "Meg Whitman"]),
        ("Agreement among: Acme Corp.; Beta LLC; and Gamma Ltd.", ["Acme Corp.", "Beta LLC", "Gamma Ltd."]),
        ("AGREEMENT between ACME HOLDINGS, INC. and BETA PARTNERS, L.P. dated May 1 2020", ["ACME HOLDINGS, INC.", "BETA PARTNERS, L.P."]),
        ("Agreement by and between Acme B.V. and Beta N.V. (together the Parties)", ["Acme B.V.", "Beta N.V."]),
        ("Agreement by and between Acme Ltd and its affiliates and Beta Inc.", ["Acme Ltd", "Beta Inc."]),
        ("Vertrag zwischen der Muster GmbH und der Beispiel AG", ["Muster GmbH", "Beispiel AG"]),
    ],
)  # fmt: skip
def test_the_parties_are_named_in_many_wordings(text: str, expected: list[str]) -> None:
    assert parties(text) == expected


@pytest.mark.parametrize("last", ["Beta LLC and Gamma Ltd.", "Beta LLC, and Gamma Ltd., each a party"])
def test_companies_that_commas_part_are_all_parties(last: str) -> None:
    assert parties(f"This Agreement is made by and among Acme Corp., {last}") == [
        "Acme Corp.",
        "Beta LLC",
        "Gamma Ltd.",
    ]


def test_an_address_behind_a_comma_is_no_party() -> None:
    text = "Agreement between Acme Inc., One Market Street, Springfield, and Beta LLC, Two Quay Road"
    assert parties(text) == ["Acme Inc.", "Beta LLC"]


@pytest.mark.parametrize("person", ["Mr. John Smith", "Dr. Anna Fischer", "Mrs. Ada Byron"])
def test_the_point_of_a_title_does_not_end_the_list(person: str) -> None:
    assert parties(f"Agreement between {person} and Acme Inc. The parties agree.") == [person, "Acme Inc."]


def test_the_next_sentence_does_not_belong_to_the_last_company() -> None:
    assert parties("Agreement between Acme, Inc. and Beta Corp. They agree as follows") == ["Acme, Inc.", "Beta Corp."]


def test_a_name_may_go_over_two_lines() -> None:
    content = ("This Agreement is made by and between Acme", "Holdings Inc. and Beta LLC, a company")
    assert parties(*content) == ["Acme Holdings Inc.", "Beta LLC"]


@pytest.mark.parametrize("role", ["the undersigned employee", "the Company", "Employee", "each Participant"])
def test_a_role_is_no_party(role: str) -> None:
    assert parties(f"Agreement by and between {role} and Acme Inc.") == ["Acme Inc."]
    assert strengths(f"Agreement by and between {role} and Acme Inc.") == [0.6]


def test_a_short_name_that_the_text_defines_is_no_party_of_its_own() -> None:
    text = "Agreement between Acme Holdings Inc. (“Acme”) and Acme and Beta LLC (“Beta”)"
    assert parties(text) == ["Acme Holdings Inc.", "Beta LLC"]


def test_one_company_with_a_short_name_in_brackets_is_found_weakly() -> None:
    text = "Blue Harbour, Inc. (the “Company”) employs you. You shall keep its secrets."
    assert parties(text) == ["Blue Harbour, Inc."]
    assert max(strengths(text)) < 0.5


def test_two_names_are_doubtful_where_no_word_speaks_of_an_agreement() -> None:
    assert set(strengths("The train between London and Paris was late.")) == {0.6}
    assert set(strengths("Agreement between London Bank and Paris Bank, the bank")) == {1.0}


@pytest.mark.parametrize(
    "text", ["", "Pencil 2.50", "It stands between walls and trees.", "合同由甲方和乙方签订。", "هذا العقد بين الطرفين"]
)
def test_a_text_without_parties_gives_none(text: str) -> None:
    assert parties(text) == []


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("This Agreement shall be governed by the laws of the State of Oregon.", "Oregon"),
        ("It is construed in accordance with the laws of the Commonwealth of Massachusetts, without more.", "Massachusetts"),
        ("It shall be governed by the laws of England and Wales.", "England and Wales"),
        ("The laws of New York shall govern this contract.", "New York"),
        ("GOVERNED BY THE LAWS OF THE STATE OF UTAH. THIS AGREEMENT", "UTAH"),
        ("Governed by the law of the United States of America, State of Texas.", "Texas"),
        ("governed by and enforced under the internal laws of the State of New Jersey", "New Jersey"),
    ],
)  # fmt: skip
def test_the_governing_law_is_that_of_the_place_alone(text: str, place: str) -> None:
    assert laws(text)[:1] == [place]


def test_of_two_laws_the_first_comes_first() -> None:
    text = "It is governed by the laws of the State of Utah. Its secrets are subject to the laws of Delaware."
    assert laws(text) == ["Utah", "Delaware"]


def test_the_law_of_the_agreement_itself_comes_before_another_clause() -> None:
    text = "Secrets are governed by the laws of Utah. " + "More words follow here. " * 8
    assert laws(text + "This Agreement shall be governed by the laws of Delaware.") == ["Delaware", "Utah"]


@pytest.mark.parametrize(
    "text",
    ["He governed the land. The law was strict.", "It is subject to the laws of gravity.", "受中华人民共和国法律管辖"],
)
def test_no_place_is_made_of_what_names_none(text: str) -> None:
    assert laws(text) == []


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("This Agreement is effective as of May 1, 2020 and was signed on June 3, 2020.", "2020-05-01"),
        ("It was signed on June 3, 2020. Effective Date: May 1, 2020", "2020-05-01"),
        ("This Agreement is made this 4th day of March, 2021 by and between us", "2021-03-04"),
        ("dated as of January 5, 2019 (the “Effective Date”). Printed 6 January 2019.", "2019-01-05"),
        ("March 3, 2020", "2020-03-03"),
    ],
)
def test_the_date_of_effect_is_what_the_words_around_it_say(text: str, day: str) -> None:
    assert starts(text)[:1] == [day]


def test_dates_that_nothing_calls_a_beginning_are_not_proposed() -> None:
    assert starts("He was born on 3 May 1990. She paid on 4 May 1999.") == []


@pytest.mark.parametrize(
    "unit",
    [
        "between and and and ( “ ", "between “ ", "between ( ", "A", "A&", "Ab-", "Abc Def ", "between A, B, ", "Inc., ",
        "between A Inc., ",
        "governed by the laws of ", "laws of A ", "made by entered into ", "dated 1 May 2020 ", "effective as of ", ", " * 40 + "and ",
    ],
)  # fmt: skip
def test_hostile_text_of_200_kb_costs_less_than_a_second(unit: str) -> None:
    reading = Reading(plain((unit * (200_000 // len(unit) + 1))[:200_000]), None)
    reading.candidates(frozenset({"date"}))
    begin = time.process_time()
    find_parties(reading, PARTIES)
    by_clauses(reading, LAW)
    by_clauses(reading, START)
    assert time.process_time() - begin < 1

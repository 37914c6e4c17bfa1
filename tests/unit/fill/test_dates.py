"""Dates and times as people write them."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mmi_cli.fill.dates import find_dates, parse_date
from mmi_cli.fill.locale_hints import LocaleHints
from mmi_cli.fill.times import find_times, parse_time

OPEN = LocaleHints()
DAY_FIRST = LocaleHints(day_first=True)
MONTH_FIRST = LocaleHints(day_first=False)


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("25/12/2018", "2018-12-25"),
        ("12/25/18", "2018-12-25"),
        ("5 MAY 18", "2018-05-05"),
        ("12-Aug-2017", "2017-08-12"),
        ("05MAY2018", "2018-05-05"),
        ("2018.03.05", "2018-03-05"),
        ("2018-03-05T14:32:00Z", "2018-03-05"),
        ("20180305", "2018-03-05"),
        ("25122018", "2018-12-25"),
        ("March 5th, 2026", "2026-03-05"),
        ("Dec. 31, 1999", "1999-12-31"),
        ("5. März 2018", "2018-03-05"),
        ("7. Jänner 2018", "2018-01-07"),
        ("5 mars 2018", "2018-03-05"),
        ("1er août 2020", "2020-08-01"),
        ("5 de mayo de 2020", "2020-05-05"),
        ("3 agosto 2019", "2019-08-03"),
        ("3 maart 2019", "2019-03-03"),
        ("12 de dezembro de 2019", "2019-12-12"),
        ("2018-Mar-05", "2018-03-05"),
        ("5th Mar'18", "2018-03-05"),
        ("2018年3月5日", "2018-03-05"),
        ("23rd day of September, 2009", "2009-09-23"),
        ("the fifth of March, 2018", "2018-03-05"),
        ("Mon, 25 / 12 /2018", "2018-12-25"),
        ("25. 12. 2018", "2018-12-25"),
        ("THURSDAY, 14 DECEMBER, 2017 12:48:02 P", "2017-12-14"),
        ("Date: 13/08/201714:32", "2017-08-13"),
        ("12 0CT 2017", "2017-10-12"),
        ("2O18-O3-l5", "2018-03-15"),
        ("March 5,\n2018", "2018-03-05"),
        ("01.02.68", "2068-02-01"),
        ("01.02.69", "1969-02-01"),
        ("the 4th day of June, 2021", "2021-06-04"),
        ("made this 1st day of July 2020", "2020-07-01"),
        ("this 3rd day of December, A.D. 2018", "2018-12-03"),
        ("premier mars 2024", "2024-03-01"),
        ("1° gennaio 2020", "2020-01-01"),
        ("el 3 de setiembre del 2021", "2021-09-03"),
        ("15 févr. 2023", "2023-02-15"),
        ("令和6年3月5日", "2024-03-05"),
        ("平成元年1月8日", "1989-01-08"),
        ("民國113年3月5日", "2024-03-05"),
        ("2024년 3월 5일", "2024-03-05"),
    ],
)
def test_a_date_is_read_however_it_is_written(text: str, iso: str) -> None:
    read = parse_date(text, OPEN)
    assert read is not None
    assert read.iso == iso
    assert not read.is_ambiguous


@pytest.mark.parametrize(
    "text",
    [
        "May 2018", "05/2018", "2018", "31/02/2018", "29 Feb 2019", "13/13/2018", "3.2.10", "192.168.10.12", "05.22.95.66.66",
        "1800-12-3456", "2017-1234-56", "V201855892", "10 - 12 - 14", "you may 12 times", "AB12/08/17", "", "no date",
    ],
)  # fmt: skip
def test_what_is_no_date_is_not_made_into_one(text: str) -> None:
    assert parse_date(text, OPEN) is None


@pytest.mark.parametrize(
    "text",
    [
        "Q3 2024",
        "3. Quartal 2024",
        "März 2024",
        "03/2024",
        "2024-03",
        "31 mars",
        "Summer 2024",
        "H1 2024",
        "31.02.2024",
    ],
)
def test_a_month_a_quarter_or_a_day_without_year_is_no_date(text: str) -> None:
    assert find_dates(text, OPEN) == []


def test_a_month_that_is_an_everyday_word_is_one_where_the_file_is_not_english() -> None:
    assert find_dates("5 mars 24", OPEN) == []
    assert [each.iso for each in find_dates("5 mars 24", LocaleHints(language="fr"))] == ["2024-03-05"]


def test_a_text_with_two_different_dates_is_no_date() -> None:
    assert parse_date("12/30/19 - 03/29/20", OPEN) is None
    same_twice = parse_date("27/06/18 09:49 - 27/06/18 10:08", OPEN)
    assert same_twice is not None
    assert same_twice.iso == "2018-06-27"


def test_day_and_month_that_can_be_exchanged_are_ambiguous_until_something_decides() -> None:
    undecided, day_first, month_first = (parse_date("03/04/2026", hints) for hints in (OPEN, DAY_FIRST, MONTH_FIRST))
    assert undecided is not None
    assert undecided.is_ambiguous
    assert day_first is not None
    assert (day_first.iso, day_first.is_ambiguous) == ("2026-04-03", False)
    assert month_first is not None
    assert (month_first.iso, month_first.is_ambiguous) == ("2026-03-04", False)


def test_a_day_above_twelve_wins_over_the_hint() -> None:
    read = parse_date("25/12/2018", MONTH_FIRST)
    assert read is not None
    assert read.iso == "2018-12-25"


def test_dotted_dates_are_day_first_without_a_hint() -> None:
    read = parse_date("03.04.2026", OPEN)
    assert read is not None
    assert (read.iso, read.is_ambiguous) == ("2026-04-03", False)


def test_both_ends_of_a_range_are_found_where_they_stand() -> None:
    text = "Period 01.05.14-31.05.14, flight 4/15/2020-4/21/2020."
    assert [(text[each.start : each.end], each.iso) for each in find_dates(text, MONTH_FIRST)] == [
        ("01.05.14", "2014-01-05"),
        ("31.05.14", "2014-05-31"),
        ("4/15/2020", "2020-04-15"),
        ("4/21/2020", "2020-04-21"),
    ]


FORMS = (
    "%d/%m/%Y",
    "%d.%m.%Y",
    "%d-%m-%Y",
    "%Y-%m-%d",
    "%d %B %Y",
    "%B %d, %Y",
    "%d-%b-%Y",
    "%Y/%m/%d",
    "%d %b %y",
    "%Y%m%d",
)


@given(st.dates(min_value=date(1970, 1, 1), max_value=date(2067, 12, 31)), st.sampled_from(FORMS))
def test_every_day_in_every_form_comes_back(day: date, form: str) -> None:
    read = parse_date(day.strftime(form), DAY_FIRST)
    assert read is not None
    assert read.iso == day.isoformat()


@given(st.text(alphabet="0123456789/.-: OoIlMayDec,\n'年月日", max_size=40))
def test_dates_of_any_text_lie_in_it_and_do_not_overlap(text: str) -> None:
    end = 0
    for each in find_dates(text, OPEN):
        assert end <= each.start < each.end <= len(text)
        date.fromisoformat(each.iso)
        end = each.end


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("14:32", "14:32:00"), ("8:13:39 PM", "20:13:39"), ("12:05 am", "00:05:00"), ("8 p.m.", "20:00:00"), ("14h30", "14:30:00"),
        ("14.30 Uhr", "14:30:00"), ("TIME:15:53:00", "15:53:00"), ("1432", "14:32:00"), ("2018-03-05T14:32:07Z", "14:32:07"),
    ],
)  # fmt: skip
def test_a_time_of_day_is_read_however_it_is_written(text: str, iso: str) -> None:
    assert parse_time(text) == iso


@pytest.mark.parametrize("text", ["25:10", "8 hours", "14:75", "noon", "13 am", "1:2"])
def test_what_is_no_time_of_day_is_not_made_into_one(text: str) -> None:
    assert parse_time(text) is None


def test_a_time_glued_to_its_date_is_found_when_the_date_is_known() -> None:
    text = "12/08/201714:32"
    ends = frozenset(each.end for each in find_dates(text, DAY_FIRST))
    assert [(text[each.start : each.end], each.iso) for each in find_times(text, ends)] == [("14:32", "14:32:00")]

"""Calls are read for who speaks as what, how long, why and with which end; from words, times and nothing else."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from mmi_cli.calls.analysis import Call, analyse
from mmi_cli.datamodel.content import TimeSpan
from mmi_cli.datamodel.content_builder import ContentBuilder

Said = tuple[str | None, float, float, str]

REFUND: list[Said] = [
    ("Speaker 1", 0.0, 5.0, "Thank you for calling Northwind Energy. My name is Sarah Miller. How can I help you?"),
    ("Speaker 2", 6.0, 12.0, "Hello, this is David Carter. You charged me twice and I am really angry."),
    ("Speaker 1", 11.0, 14.0, "I am sorry about that, let me see."),
    ("Speaker 1", 20.0, 25.0, "I will refund 60 dollars to your account by October 15."),
    ("Speaker 2", 26.0, 28.0, "Great, thank you for your help."),
]


def call_of(said: list[Said], *, language: str | None = "en") -> Call:
    builder = ContentBuilder()
    for speaker, start_s, end_s, text in said:
        builder.add_block("utterance", [[(word, TimeSpan(start_s, end_s, speaker), None) for word in text.split()]])
    builder.language = language
    call = analyse(builder.build())
    assert call is not None
    return call


def test_roles_are_told_by_what_is_said_and_not_by_who_speaks_first() -> None:
    roles = call_of(REFUND).roles
    assert (roles["Speaker 1"].name, roles["Speaker 2"].name) == ("agent", "customer")
    assert roles["Speaker 1"].confidence > 0.9
    outbound = call_of(
        [
            ("Speaker 1", 0, 1, "Hello?"),
            ("Speaker 2", 1, 4, "Good afternoon, this is Greg Palmer calling from VanArsdel Utilities."),
            ("Speaker 1", 4, 6, "Yes, what is it?"),
        ]
    )
    assert outbound.roles["Speaker 2"].name == "agent"


def test_two_who_say_nothing_telling_have_no_role() -> None:
    roles = call_of([("A", 0, 1, "Nice weather."), ("B", 1, 2, "It is."), ("A", 2, 3, "Really nice.")]).roles
    assert {role.name for role in roles.values()} == {None}


def test_labels_of_speakers_are_their_roles() -> None:
    roles = call_of([("Kundin", 0, 1, "Hallo."), ("Berater", 1, 2, "Guten Tag.")], language="de").roles
    assert (roles["Kundin"].name, roles["Berater"].name) == ("customer", "agent")


def test_names_and_the_company_stand_where_they_are_said() -> None:
    call = call_of(REFUND)
    assert {speaker: name.name for speaker, name in call.names.items()} == {
        "Speaker 1": "Sarah Miller", "Speaker 2": "David Carter",
    }  # fmt: skip
    assert [company.name for company in call.companies] == ["Northwind Energy"]


@pytest.mark.parametrize(
    ("asked", "answered", "name"),
    [
        ("May I have your full name, please?", "Sure, it's Olivia Grant.", "Olivia Grant"),
        ("Who am I speaking with?", "Kevin Brown.", "Kevin Brown"),
        ("Wie ist Ihr Name?", "Claudia Neumann.", "Claudia Neumann"),
        ("How are you?", "Very Good.", None),
    ],
)
def test_a_name_that_was_asked_for_is_the_answer(asked: str, answered: str, name: str | None) -> None:
    found = call_of([("A", 0, 1, asked), ("B", 1, 2, answered)]).names.get("B")
    assert (found.name if found else None) == name


def test_times_are_added_up_once_where_two_speak_at_once() -> None:
    timing = call_of(REFUND).timing
    assert timing is not None
    assert timing.duration_s == 28.0
    assert timing.speech_s == pytest.approx(20.0)  # 0-5, 6-14, 20-25, 26-28
    assert timing.silence_s == pytest.approx(8.0)
    assert timing.longest_silence == (14.0, 20.0)
    assert timing.overlap_s == pytest.approx(1.0)
    assert [(turn.speaker, new.speaker) for turn, new in timing.interruptions] == [("Speaker 2", "Speaker 1")]


def test_a_mhm_interrupts_nobody() -> None:
    call = call_of(
        [("A", 0, 9, "So I went there and I waited for hours."), ("B", 4, 4.8, "Mhm."), ("B", 10, 11, "I see.")]
    )
    assert call.timing is not None and call.timing.interruptions == ()


def test_a_turn_goes_on_over_its_pauses_until_another_speaks() -> None:
    turns = call_of(REFUND).turns
    assert [(turn.speaker, turn.start_s, turn.end_s) for turn in turns][2] == ("Speaker 1", 11.0, 25.0)
    assert len(turns) == 4


def test_the_reason_is_the_first_sentence_of_the_customer_that_tells_it() -> None:
    call = call_of(REFUND)
    assert call.reason is not None and call.reason.sentences[0].text.startswith("You charged me twice")
    assert call.category is not None and call.category.name == "billing"


def test_a_promise_has_its_day_and_what_is_done_at_once_is_none() -> None:
    (promise,) = call_of(REFUND).promises
    assert promise.by == "agent" and promise.due is not None
    assert promise.sentence.text[slice(*promise.due)] == "by October 15"
    passing = ["I will check your account.", "I'll put you on hold.", "I'm happy to help.", "When will I get it?"]
    assert call_of([("Agent", n, n + 1, text) for n, text in enumerate(passing)]).promises == ()


def test_an_ending_is_told_by_the_last_part_of_the_call() -> None:
    bad = call_of(
        [
            ("Agent", 0, 2, "Trey Delivery, how may I help?"),
            ("Customer", 2, 5, "My parcel has not arrived."),
            ("Agent", 5, 8, "I'm afraid there is nothing I can do."),
            ("Customer", 8, 12, "That is unacceptable. I'm never using your company again."),
        ]
    )
    assert bad.ending is not None and bad.ending.outcome == "unresolved"
    good = call_of(REFUND).ending
    assert good is not None and good.outcome == "resolved" and good.cited


def test_a_transcript_of_plain_lines_has_turns_and_no_times(tmp_path: Path) -> None:
    builder = ContentBuilder()
    from mmi_cli.datamodel.content import ParagraphPlace

    lines = [
        "Agent: Hello, how can I help you?",
        "Customer: My printer is broken.",
        "Agent: I will send you",
        "a new one.",
    ]
    for number, line in enumerate(lines, start=1):
        builder.add_text_block("paragraph", line, ParagraphPlace(number))
    call = analyse(builder.build())
    assert call is not None and call.timing is None
    assert [(turn.speaker, turn.text) for turn in call.turns] == [
        ("Agent", "Hello, how can I help you?"),
        ("Customer", "My printer is broken."),
        ("Agent", "I will send you a new one."),
    ]


def test_a_form_of_labels_is_no_conversation() -> None:
    from mmi_cli.datamodel.content import ParagraphPlace

    builder = ContentBuilder()
    for number, line in enumerate(["Name: Smith", "Total: 5", "Date: today", "Place: Ely"], start=1):
        builder.add_text_block("paragraph", line, ParagraphPlace(number))
    assert analyse(builder.build()) is None


@pytest.mark.parametrize(
    "text", ["A" * 100_000, "my name is " + "Ab " * 20_000, "in 5 " * 20_000, "the a b c will " * 5_000]
)
def test_a_breath_of_any_length_takes_no_time(text: str) -> None:
    started = time.perf_counter()
    call_of([("A", 0, 1, text), ("B", 1, 2, "Hello, how can I help you?")])
    assert time.perf_counter() - started < 5

"""The title of a file is what stands at its head, not what a sentence, a signature or an axis has under that word."""

from __future__ import annotations

from typing import Any

import pytest

from mmi_cli.datamodel.content import Content, Page, PageBox, ParagraphPlace
from mmi_cli.datamodel.content_builder import ContentBuilder
from mmi_cli.fill.filling import fill_content
from mmi_cli.fill.titles import asks_for_title
from mmi_cli.schema_file import load_schema, read_schema_text
from mmi_cli.settings import Settings
from tests.support.models_at_hand import EnginesAtHand
from tests.support.pages import page_of


def pages(*texts: tuple[int, str, str]) -> Content:
    """(page, kind of block, text)."""
    builder = ContentBuilder()
    for number in sorted({page for page, _, _ in texts}):
        builder.add_page(Page(number=number, width=600, height=800, unit="pt", source="text", reason="a test"))
    for at, (page, kind, text) in enumerate(texts):
        builder.add_text_block(kind, text, PageBox(page, (50.0, 40.0 + 30 * at, 550.0, 55.0 + 30 * at)))  # type: ignore[arg-type]
    return builder.build()


def value(content: Content, schema: Any, name: str) -> Any:
    done = fill_content(
        content, schema, engines=EnginesAtHand(), settings=Settings(language_model="none")
    )  # fmt: skip
    return getattr(dict(done.fields)[name], "value", None)


def test_neither_a_sentence_nor_a_signature_gives_a_contract_its_title() -> None:
    content = pages(
        (1, "heading", "MUTUAL NONDISCLOSURE AGREEMENT"),
        (1, "paragraph", "By signing this Agreement Aspect shall be bound."),
        (4, "paragraph", "Name: Jane Doe"),
        (4, "paragraph", "Title: SVP Strategy"),
    )
    assert value(content, load_schema("contract"), "title") == "MUTUAL NONDISCLOSURE AGREEMENT"


def test_without_a_heading_a_signature_gives_none() -> None:
    content = pages((1, "paragraph", "A letter of two pages."), (3, "paragraph", "Title: SVP Strategy"))
    assert value(content, load_schema("contract"), "title") is None


def test_a_label_at_the_beginning_of_a_line_gives_it() -> None:
    content = page_of("Title: The old pier", "It was built in 1902.")
    assert value(content, load_schema("contract"), "title") == "The old pier"


@pytest.mark.parametrize(
    ("name", "asks"),
    [("title", True), ("document_title", True), ("x_title", False), ("y_axis_title", False), ("job_title", False)],
)
def test_the_title_of_an_axis_or_of_a_person_is_not_that_of_the_file(name: str, asks: bool) -> None:
    (field,) = read_schema_text(f"fields: {{{name}: string}}", name="s").fields
    assert asks_for_title(field) is asks


def test_a_word_that_is_defined_is_no_term_of_a_contract() -> None:
    text = "For this Agreement, the term “Confidential Information” includes, but is not limited to, drawings."
    assert value(pages((1, "paragraph", text)), load_schema("contract"), "term") is None


def test_a_message_that_is_attached_does_not_say_who_sent_this_one() -> None:
    def message(sender: str, subject: str) -> ContentBuilder:
        builder = ContentBuilder()
        head = f"From: {sender}\nTo: to-{sender}\nSubject: {subject}"
        for line in head.splitlines():
            builder.add_text_block("metadata", line, ParagraphPlace(1))
        builder.add_text_block("paragraph", "See what is attached.", ParagraphPlace(2))
        return builder

    outer = message("alice@example.com", "A digest")
    for name in ("eve", "frank", "grace"):
        outer.add_part(f"{name}.eml", "message/rfc822", message(f"{name}@example.com", f"From {name}").build())
    content = outer.build()
    schema = load_schema("email")
    assert value(content, schema, "sender") == "alice@example.com"
    assert value(content, schema, "subject") == "A digest"
    done = fill_content(
        content, schema, engines=EnginesAtHand(), settings=Settings(language_model="none")
    )  # fmt: skip
    recipients = dict(done.fields)["recipients"]
    assert [item.value for item in recipients.items] == ["to-alice@example.com"]  # type: ignore[union-attr]

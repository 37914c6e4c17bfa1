"""The service's markdown of any content holds every word where it says."""

from __future__ import annotations

import html

import pytest
from hypothesis import given

from mmi_cli.datamodel.content import Content, Media, ParagraphPlace, TimeSpan
from mmi_cli.datamodel.content_builder import ContentBuilder
from mmi_cli.datamodel.service.markdown import cue_time, service_markdown
from mmi_cli.datamodel.service.result import content_result
from tests.unit.datamodel.test_content_builder import nested

PLACE = ParagraphPlace(1)


@pytest.mark.parametrize("is_media", [False, True])
@given(content=nested)
def test_every_word_stands_where_its_span_says(content: Content, is_media: bool) -> None:
    markdown = service_markdown(content, is_media=is_media)
    for index, word in enumerate(content.words):
        if markdown.starts[index] < 0:
            continue
        spans = markdown.spans_of(word.offset, word.offset + len(word.text))
        shown = "".join(markdown.text[offset : offset + length] for offset, length in spans)
        # Outside of tables an ampersand stands as it is, so that names read as they do in the file.
        assert word.text in (shown, html.unescape(shown), shown.replace("&lt;", "<").replace("&quot;", '"'))
    if not is_media:
        assert all(start >= 0 for start in markdown.starts)


@given(content=nested)
def test_every_span_lies_in_the_markdown(content: Content) -> None:
    (entry,) = content_result(content, name="x", media_type="text/plain")["result"]["contents"]
    for paragraph in entry.get("paragraphs", ()):
        assert 0 <= paragraph["span"]["offset"] <= sum(paragraph["span"].values()) <= len(entry["markdown"])


def test_part_of_a_word_has_the_span_of_that_part() -> None:
    builder = ContentBuilder()
    builder.add_table([[[("a<b>&c=9.00", PLACE, None)], [("x", PLACE, None)]]])
    content = builder.build()
    markdown = service_markdown(content, is_media=False)
    ((offset, length),) = markdown.spans_of(7, 11)
    assert markdown.text[offset : offset + length] == "9.00"


def test_a_value_over_two_cells_has_two_spans() -> None:
    builder = ContentBuilder()
    builder.add_table([[[("left", PLACE, None)], [("right", PLACE, None)]]])
    content = builder.build()
    markdown = service_markdown(content, is_media=False)
    spans = markdown.spans_of(0, len(content.text))
    assert [markdown.text[offset : offset + length] for offset, length in spans] == ["left", "right"]


def test_text_of_the_file_is_no_heading_and_no_tag() -> None:
    builder = ContentBuilder()
    builder.add_text_block("paragraph", "# Not <script>", PLACE)
    builder.add_text_block("header", 'Says "--> <b>"', PLACE)
    assert service_markdown(builder.build(), is_media=False).text == (
        '\\# Not &lt;script>\n\n<!-- PageHeader="Says &quot;--&gt; &lt;b&gt;&quot;" -->\n'
    )


def test_recordings_of_an_hour_show_hours() -> None:
    assert (cue_time(2.48), cue_time(3602.48)) == ("00:02.480", "01:00:02.480")


def test_a_silent_video_has_its_size_and_no_transcript() -> None:
    builder = ContentBuilder()
    builder.media = Media(duration_s=2.5, has_audio=False, has_video=True, width=640, height=360)
    assert (
        service_markdown(builder.build(), is_media=True).text
        == "# Video: 00:00.000 => 00:02.500\nWidth: 640\nHeight: 360\n"
    )


def test_what_is_said_is_fenced_with_its_speaker() -> None:
    builder = ContentBuilder()
    builder.add_block("utterance", [[("Hi", TimeSpan(0.5, 1.0, "A<B"), None)]])
    assert "00:00.500 --> 00:01.000\n<v A&lt;B>Hi\n```" in service_markdown(builder.build(), is_media=True).text

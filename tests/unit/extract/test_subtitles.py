from __future__ import annotations

from pathlib import Path

import pytest

from mmi_cli.datamodel.content import Content, TimeSpan
from mmi_cli.errors import CorruptFile
from mmi_cli.extract import subtitles
from tests.support.reading import a_context


def read(tmp_path: Path, text: str | bytes) -> Content:
    path = tmp_path / "a.vtt"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return subtitles.extract(path, a_context(name="a.vtt"))


def told(content: Content) -> list[tuple[float, float, str | None, str]]:
    """(start, end, speaker, text) of each utterance."""
    found = []
    for block in content.blocks:
        places = [word.place for word in content.words[block.first : block.last]]
        assert all(isinstance(place, TimeSpan) for place in places)
        spans = [place for place in places if isinstance(place, TimeSpan)]
        text = content.text_of(block.first, block.last).replace("\n", " ")
        found.append((spans[0].start_s, spans[-1].end_s, spans[0].speaker, text))
    return found


VTT = """\
WEBVTT - a title
Language: de-AT

NOTE this is
a comment

STYLE
::cue { color: lime }

intro
00:01.500 --> 00:03.000 align:start position:10%
<v Anna Berg>Guten <b>Tag</b> &amp; willkommen.</v>

00:00:04.000 --> 00:00:05.250
<v.loud Tom>Danke.
"""


def test_vtt_gives_voices_times_and_plain_text(tmp_path: Path) -> None:
    content = read(tmp_path, VTT)
    assert told(content) == [
        (1.5, 3.0, "Anna Berg", "Guten Tag & willkommen."),
        (4.0, 5.25, "Tom", "Danke."),
    ]
    assert content.language == "de"
    assert content.media is None
    assert {block.kind for block in content.blocks} == {"utterance"}


SRT = """\
1
00:00:01,000 --> 00:00:02,000
<i>I said</i>
{\\an8}hello.

2
00:00:02,500 --> 00:00:04,000
- Who is there?

3
01:00:00,000 --> 01:00:01,000
1984
"""


def test_srt_gives_times_and_plain_text(tmp_path: Path) -> None:
    assert told(read(tmp_path, SRT)) == [
        (1.0, 2.0, None, "I said hello."),
        (2.5, 4.0, None, "Who is there?"),
        (3600.0, 3601.0, None, "1984"),
    ]


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_line_ends_and_encodings_do_not_matter(tmp_path: Path, newline: str, encoding: str) -> None:
    text = "1\n00:00:01,000 --> 00:00:02,000\nIch grüße Sie.\n\n2\n00:00:03,000 --> 00:00:04,000\nÜber uns schön.\n"
    content = read(tmp_path, text.replace("\n", newline).encode(encoding))
    assert [text for *_, text in told(content)] == ["Ich grüße Sie.", "Über uns schön."]


def test_cues_of_one_sentence_stay_together(tmp_path: Path) -> None:
    content = read(
        tmp_path,
        "WEBVTT\n\n00:01.000 --> 00:02.000\n<v A>The invoice\n\n00:02.000 --> 00:03.000\n<v A>was paid.\n\n"
        "00:03.000 --> 00:04.000\n<v A>Twice.\n",
    )
    assert told(content) == [(1.0, 3.0, "A", "The invoice was paid."), (3.0, 4.0, "A", "Twice.")]
    assert content.text == "The invoice\nwas paid.\n\nTwice."
    assert content.words[2].place == TimeSpan(2.0, 3.0, "A")


def test_two_voices_in_one_cue_are_two_utterances(tmp_path: Path) -> None:
    content = read(tmp_path, "WEBVTT\n\n00:01.000 --> 00:02.000\n<v A>Yes?</v>\n<v B>No.</v>\n")
    assert told(content) == [(1.0, 2.0, "A", "Yes?"), (1.0, 2.0, "B", "No.")]


def test_times_inside_a_cue_are_kept(tmp_path: Path) -> None:
    content = read(tmp_path, "WEBVTT\n\n00:01.000 --> 00:03.000\nOne <00:01.500>two <00:02.000><c>three</c>\n")
    assert [word.place for word in content.words] == [
        TimeSpan(1.0, 1.5), TimeSpan(1.5, 2.0), TimeSpan(2.0, 3.0),
    ]  # fmt: skip


def test_rolling_captions_are_read_once(tmp_path: Path) -> None:
    content = read(
        tmp_path,
        "WEBVTT\n\n00:01.000 --> 00:02.000\nfirst line\n\n00:02.000 --> 00:03.000\nfirst line\nsecond line\n\n"
        "00:03.000 --> 00:04.000\nsecond line\nthird line\n",
    )
    assert content.text.split() == ["first", "line", "second", "line", "third", "line"]


def test_names_in_front_of_the_text_become_speakers_when_they_surely_are(tmp_path: Path) -> None:
    content = read(
        tmp_path,
        "1\n00:00:01,000 --> 00:00:02,000\nAgent: Hello.\n\n2\n00:00:03,000 --> 00:00:04,000\nMARY: Hi.\n\n"
        "3\n00:00:05,000 --> 00:00:06,000\nAgent: One thing: pay now.\n\n4\n00:00:07,000 --> 00:00:08,000\nNote: it rains.\n",
    )
    assert [(speaker, text) for _, _, speaker, text in told(content)] == [
        ("Agent", "Hello."), ("MARY", "Hi."), ("Agent", "One thing: pay now."), (None, "Note: it rains."),
    ]  # fmt: skip


def test_damaged_timing_lines_are_read_as_well_as_they_can_be(tmp_path: Path) -> None:
    content = read(
        tmp_path,
        "00:00:01.0-->00:00:02.5\nNo header.\n7\n0:00:03,1 -> 0:00:02,0\nNo empty line, ends before it starts.\n",
    )
    assert told(content) == [
        (1.0, 2.5, None, "No header."),
        (3.1, 3.1, None, "No empty line, ends before it starts."),
    ]


def test_sbv_and_substation_are_read_too(tmp_path: Path) -> None:
    assert told(read(tmp_path, "0:00:01.000,0:00:02.000\nHello there.\n")) == [(1.0, 2.0, None, "Hello there.")]
    substation = (
        "[Script Info]\nTitle: x\n\n[Events]\nFormat: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text\n"
        "Dialogue: 0,0:00:01.00,0:00:02.50,Default,Anna,0,0,0,,{\\i1}Hello{\\i0}, you\\Nthere.\n"
    )
    assert told(read(tmp_path, substation)) == [(1.0, 2.5, "Anna", "Hello, you there.")]


def test_no_cues_is_empty_and_text_without_cues_is_corrupt(tmp_path: Path) -> None:
    assert read(tmp_path, "WEBVTT\n\n").words == ()
    assert read(tmp_path, "").words == ()
    with pytest.raises(CorruptFile, match=r"a\.vtt.*no cue"):
        read(tmp_path, "This is a letter.\nIt has no times.\n")


@pytest.mark.parametrize("end", ["\n```\n", "```", "\n", ""])
@pytest.mark.parametrize("begin", ["```WEBVTT\n", "```vtt\nWEBVTT\n", "~~~\nWEBVTT\n"])
def test_a_transcript_in_a_fenced_block_is_read_like_any_other(begin: str, end: str, tmp_path: Path) -> None:
    cues = "\n00:00.080 --> 00:02.240\n<v Agent>Good morning.\n\n00:03.000 --> 00:04.000\n<v Caller>Hello."
    end = end.replace("```", begin[:3])
    assert told(read(tmp_path, begin + cues + end)) == [
        (0.08, 2.24, "Agent", "Good morning."),
        (3, 4, "Caller", "Hello."),
    ]

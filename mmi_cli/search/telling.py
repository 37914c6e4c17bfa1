"""Answers as JSON and as a page of HTML: where each stands, and what it looks like."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping
from html import escape
from typing import Any

from ..function_words import telling_words
from .duplicates import Group
from .index import FoundFile
from .keywords import words_of
from .question import Answer, Hit
from .seconds import AT

SNIPPET = 240
_STYLE = """
:root{color-scheme:light dark;--line:#8884;--soft:#8881;--mark:#ffd54a88}
body{font:15px/1.45 system-ui,sans-serif;margin:1.5rem;max-width:90rem}
h1{font-size:1.15rem;margin:0 0 .2rem} p.about{margin:0 0 1rem;opacity:.75}
ol{list-style:none;padding:0;display:grid;grid-template-columns:repeat(auto-fill,minmax(17rem,1fr));gap:1rem}
li{border:1px solid var(--line);border-radius:10px;overflow:hidden;display:flex;flex-direction:column;background:var(--soft)}
.shown{height:11rem;display:grid;place-items:center;background:var(--soft);border-bottom:1px solid var(--line)}
.shown figure{position:relative;margin:0;line-height:0} .shown img{max-height:10.5rem;max-width:100%}
.sheet{position:relative;background:Canvas;border:1px solid var(--line);height:10rem}
.box{position:absolute;border:2px solid #e2542b;background:#e2542b2b;border-radius:2px}
.sign{font-size:2.2rem;opacity:.55}
.told{padding:.6rem .8rem;display:flex;flex-direction:column;gap:.35rem;min-width:0}
a{overflow-wrap:anywhere} .place,.numbers{font-size:.82rem;opacity:.75} .text{overflow-wrap:anywhere;white-space:pre-line}
mark{background:var(--mark);color:inherit;border-radius:2px}
@media print{li{break-inside:avoid}}
"""
_SIGNS = {"turn": "“ ”", "passage": "¶", "page": "▤", "file": "▤", "frame": "▶", "image": "▣"}


def hit_json(hit: Hit, rank: int) -> dict[str, Any]:
    """One answer, keys in a fixed order."""
    return {
        "rank": rank,
        "relevance": hit.relevance,
        "similarity": hit.similarity,
        "metadata": hit.metadata,
        "lists": hit.lists,
        "path": hit.file.path,
        "uri": hit.file.uri,
        "kind": hit.item.kind,
        "modality": hit.file.modality,
        "place": hit.item.place,
        "text": hit.item.text,
        "headings": hit.item.headings,
        "tags": [{"name": name, "probability": share} for name, share in hit.item.tags],
        "method": hit.item.method,
        "fields": {name: field["value"] for name, field in hit.file.fields.items()},
    }


def answer_json(answer: Answer, asked: Mapping[str, Any]) -> dict[str, Any]:
    """The whole answer; the same index and question give the same."""
    return {
        "asked": dict(asked),
        "models": answer.models,
        "notes": list(answer.notes),
        "hits": [hit_json(hit, rank) for rank, hit in enumerate(answer.hits, start=1)],
    }


def groups_json(groups: Iterable[Group]) -> dict[str, Any]:
    return {
        "groups": [
            {
                "files": [{"path": file.path, "uri": file.uri, "size_bytes": file.size_bytes} for file in group.files],
                "pairs": [
                    {"one": pair.one.path, "other": pair.other.path, "reason": pair.reason, "measure": pair.measure}
                    for pair in group.pairs
                ],
            }
            for group in groups
        ]
    }


def place_words(place: Mapping[str, Any]) -> str:
    """Where something stands, in a few characters: `page 3`, `12.4–15.0 s Anna`, `Sheet1!B4`."""
    where = [str(place["part"])] if "part" in place else []
    if "page" in place:
        where.append(f"page {place['page']}")
    if "start_s" in place and "end_s" in place:
        where.append(f"{clock(place['start_s'])}–{clock(place['end_s'])}")
    if "speaker" in place:
        where.append(str(place["speaker"]))
    if AT in place:
        where.append(f"said at {clock(place[AT])}")
    if "frame_s" in place:
        where.append(f"at {clock(place['frame_s'])}")
    if "cell" in place:
        where.append(f"{place['sheet']}!{place['cell']}")
    if "slide" in place:
        where.append(f"slide {place['slide']}")
    if "paragraph" in place:
        where.append(f"¶{place['paragraph']}")
    return " ".join(where)


def clock(seconds: float) -> str:
    """`1:02.4`"""
    minutes, rest = divmod(float(seconds), 60)
    hours, minutes = divmod(int(minutes), 60)
    return f"{hours}:{minutes:02}:{rest:04.1f}" if hours else f"{minutes}:{rest:04.1f}"


def snippet(text: str, question: str, *, most: int = SNIPPET) -> str:
    """The stretch of a text that holds most of the question's words."""
    flat = " ".join(text.split())
    if len(flat) <= most:
        return flat
    wanted = telling_words(words_of(question))
    lower = flat.casefold()
    found = sorted(at for at in (lower.find(word) for word in wanted) if at >= 0)
    best = max(found, key=lambda at: (sum(at <= other < at + most for other in found), -at), default=0)
    start = max(0, min(best - most // 4, len(flat) - most))
    if start:
        start = flat.find(" ", start) + 1 or start
    return ("…" if start else "") + flat[start : start + most].rstrip() + ("…" if start + most < len(flat) else "")


def html_page(
    hits: Iterable[Hit],
    *,
    title: str,
    about: str,
    question: str,
    thumbnails: Mapping[int, bytes],
) -> str:
    """A page that needs no network and runs no script; whatever stood in a file is shown and never obeyed.

    Args:
        thumbnails: item → JPEG of it, or of the picture that it is part of.
    """
    cards = "\n".join(_card(hit, rank, question, thumbnails) for rank, hit in enumerate(hits, start=1))
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">\n'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src data:; style-src 'unsafe-inline'\">\n"
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{_shown(title)}</title><style>{_STYLE}</style></head>\n<body><h1>{_shown(title)}</h1>"
        f'<p class="about">{_shown(about)}</p>\n<ol>\n{cards}\n</ol></body></html>\n'
    )


def _card(hit: Hit, rank: int, question: str, thumbnails: Mapping[int, bytes]) -> str:
    text = snippet(hit.item.text, question)
    if hit.item.tags:
        text = ", ".join(f"{name.split(',')[0]} {share:.2f}" for name, share in hit.item.tags[:3])
    numbers = f"relevance {hit.relevance:.3f} = similarity {hit.similarity:.3f} + metadata {hit.metadata:.3f}"
    lists = " · ".join(f"{name} #{each['rank']} ({each['score']:.2f})" for name, each in hit.lists.items())
    return (
        f'<li><div class="shown">{_picture(hit, thumbnails)}</div><div class="told">'
        f'<a href="{escape(link(hit.file, hit.item.place), quote=True)}">{rank}. {_shown(hit.file.path)}</a>'
        f'<span class="place">{_shown(" · ".join(filter(None, (hit.item.kind, place_words(hit.item.place), hit.item.headings))))}</span>'
        f'<span class="text">{_marked(text, question)}</span>'
        f'<span class="numbers" title="{escape(lists, quote=True)}">{_shown(numbers)}<br>{_shown(lists)}</span></div></li>'
    )


def _picture(hit: Hit, thumbnails: Mapping[int, bytes]) -> str:
    place = hit.item.place
    jpeg = thumbnails.get(hit.item.id)
    box = _box(place)
    if jpeg is not None:
        data = base64.b64encode(jpeg).decode()
        alt = escape(f"{hit.item.kind} of {_clean(hit.file.path)}", quote=True)
        return f'<figure><img loading="lazy" alt="{alt}" src="data:image/jpeg;base64,{data}">{box}</figure>'
    if box and place.get("page_size"):
        width, height = place["page_size"]
        ratio = max(0.3, min(3.0, float(width) / max(float(height), 1.0)))
        return (
            f'<div class="sheet" style="aspect-ratio:{ratio:.3f}" role="img" aria-label="place on the page">{box}</div>'
        )
    return f'<span class="sign" aria-hidden="true">{_SIGNS.get(hit.item.kind, "▤")}</span>'


def _box(place: Mapping[str, Any]) -> str:
    """The box of a place as a share of its page."""
    if not place.get("box") or not place.get("page_size"):
        return ""
    width, height = (max(float(side), 1.0) for side in place["page_size"])
    x0, y0, x1, y1 = (float(edge) for edge in place["box"])
    edges = (100 * x0 / width, 100 * y0 / height, 100 * (x1 - x0) / width, 100 * (y1 - y0) / height)
    left, top, wide, high = (max(0.0, min(100.0, edge)) for edge in edges)
    return f'<span class="box" style="left:{left:.2f}%;top:{top:.2f}%;width:{wide:.2f}%;height:{high:.2f}%"></span>'


def link(file: FoundFile, place: Mapping[str, Any]) -> str:
    """The file's address, at the page or the time where browsers can go there; never an address of another kind."""
    if not file.uri.startswith(("file://", "https://", "http://")):
        return "#"
    address = file.uri.partition("#")[0].replace(" ", "%20")
    if file.members:
        return address
    if file.media_type == "application/pdf" and "page" in place and "part" not in place:
        return f"{address}#page={int(place['page'])}"
    if file.modality in ("audio", "video"):
        at = place.get(AT, place.get("start_s", place.get("frame_s")))
        return f"{address}#t={float(at):.1f}" if at is not None else address
    return address


def _marked(text: str, question: str) -> str:
    """A text with the question's words marked."""
    wanted = set(telling_words(words_of(question)))
    pieces = []
    for piece in _clean(text).split(" "):
        is_wanted = bool(wanted & set(words_of(piece)))
        pieces.append(f"<mark>{escape(piece)}</mark>" if is_wanted else escape(piece))
    return " ".join(pieces)


def _shown(text: str) -> str:
    return escape(_clean(text))


def _clean(text: str) -> str:
    return "".join(
        char if char.isprintable() or char == "\n" else " " for char in text.encode("utf-8", "replace").decode()
    )

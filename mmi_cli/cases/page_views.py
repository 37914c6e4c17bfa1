"""What a page of a packet shows of the paper it belongs to: its title, its page number, its numbers, its first and last lines."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from ..datamodel.content import Content, Page, PageBox
from .paper_titles import title_senses
from .slices import slice_of_pages

_HEAD_LINES, _EDGE_LINES = 14, 4
_MAX_LINE = 200
_COUNTED = re.compile(
    r"(?<![\w/.,-])(?:page|pg\.?|seite|blatt|pagina|página|p\.|sheet)\s{0,3}:?\s{0,3}(\d{1,4})"
    r"(?:\s{0,3}(?:of|von|van|de|di|sur|/|out of)\s{0,3}(\d{1,4}))?(?![\w/.,-]?\d)",
    re.IGNORECASE,
)
_BARE = re.compile(r"^\W{0,3}(\d{1,3})\s{0,2}(?:/|of|von|de)\s{0,2}(\d{1,3})\W{0,3}$", re.IGNORECASE)
_ALONE = re.compile(r"^\W{0,3}(\d{1,3})\W{0,3}$")
_CODE = re.compile(r"(?<![\w-])(?=[\w/-]*\d[\w/-]*\d)[A-Z0-9][\w/-]{4,24}(?![\w-])")
_DATE = re.compile(r"\d{1,4}[./-]\d{1,2}[./-]\d{2,4}")
_WRITTEN_DATE = re.compile(r"\d{1,2}\.? [^\W\d_]{3,9}\.? \d{4}|[^\W\d_]{3,9} \d{1,2}, ?\d{4}")
_LABELLED_CODE = re.compile(
    r"(?:\b(?:no|nr|num|number|nummer|numéro|número|id|ref|reference|code|account|contract|order|invoice|policy|claim|ssn|ein)|n[°º]|#)"
    r"\.?\s{0,2}[:#]?\s{0,3}((?=[\w/-]*\d[\w/-]*\d)[A-Z0-9][\w/-]{3,24})(?![\w-])",
    re.IGNORECASE,
)
_POST_CODE = re.compile(
    r"\b(?:[A-Z]{1,2}[- ])?\d{4,5}(?:-\d{4})? [^\W\d_]{3,}|\b[A-Z]{2} \d{5}(?:-\d{4})?\b|\b[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}\b"
)
_ENDING = re.compile(
    r"\b(?:grand total|total due|amount due|balance due|total|summe|gesamtbetrag|rechnungsbetrag|montant total|importe total|totaal|totale|"
    r"signature|signed|in witness whereof|unterschrift|thank you|sincerely|yours)\b",
    re.IGNORECASE,
)
_FOOT = 0.92
"""Share of a page above its foot."""
_WORD = re.compile(r"[^\W\d_]{3,}")
_GOES_ON = re.compile(
    r"^\W*(?:continued|fortsetzung|suite|vervolg|(?:carried|brought) (?:forward|over)|[üu]bertrag|continuación|segue)\b"
    r"|\((?:continued|cont\.?d?)\)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class PageView:
    """A page and what can be seen of it at once."""

    page: Page
    content: Content
    """The page alone."""

    @property
    def number(self) -> int:
        return self.page.number

    @property
    def is_blank(self) -> bool:
        return not self.content.words

    @cached_property
    def lines(self) -> tuple[str, ...]:
        return tuple(line.strip()[:_MAX_LINE] for line in self.content.text.splitlines() if line.strip())

    @cached_property
    def head(self) -> str:
        """The first lines."""
        return "\n".join(self.lines[:_HEAD_LINES])

    @cached_property
    def titles(self) -> tuple[str, ...]:
        """Headings, and short lines at the top, in the order of the page."""
        headings = [
            self.content.text_of(block.first, block.last)
            for block in self.content.blocks
            if block.kind in ("title", "heading")
        ]
        top = [line for line in self.lines[:_HEAD_LINES] if len(line.split()) <= 6]
        return tuple(dict.fromkeys(" ".join(each.split()) for each in [*headings[:6], *top]))

    @cached_property
    def counted(self) -> tuple[int | None, int | None]:
        """(number of the page in its paper, pages of the paper), as printed at its edges; None where it does not say."""
        edges = [*self.lines[:_HEAD_LINES], *self.lines[-2 * _EDGE_LINES :]]
        found: list[tuple[int, int | None]] = []
        for line in edges:
            found += [(int(each[1]), int(each[2]) if each[2] else None) for each in _COUNTED.finditer(line)]
            if bare := _BARE.match(line):
                found.append((int(bare[1]), int(bare[2])))
        sound = [(at, of) for at, of in found if at >= 1 and (of is None or at <= of)]
        whole = [each for each in sound if each[1] is not None]
        if whole or sound:
            return (whole or sound)[0]
        last = _ALONE.match(self.lines[-1]) if self.lines else None
        return (int(last[1]) if last else None), None

    @cached_property
    def codes(self) -> frozenset[str]:
        """Numbers and codes that may name a paper, dates apart."""
        return frozenset(each for each in _CODE.findall(self.content.text) if not _DATE.fullmatch(each))

    @cached_property
    def labelled_codes(self) -> frozenset[str]:
        """Codes that the page calls a number of something."""
        return frozenset(each.strip("-/") for each in _LABELLED_CODE.findall(self.content.text))

    @cached_property
    def title_fit(self) -> float:
        """How surely a line at the top is the title of some kind of paper; less the lower it stands."""
        best = 0.0
        for at, title in enumerate(self.titles[:_HEAD_LINES]):
            fit = max(title_senses(title).values(), default=0.0)
            best = max(best, fit * (1 - 0.04 * at))
        return best

    @property
    def has_address_on_top(self) -> bool:
        return any(_POST_CODE.search(line) for line in self.lines[:_HEAD_LINES])

    @property
    def has_date_on_top(self) -> bool:
        return any(_DATE.search(line) or _WRITTEN_DATE.search(line) for line in self.lines[:_HEAD_LINES])

    @property
    def ends_with_sum(self) -> bool:
        """Whether a total or a signature stands in its lower half."""
        return any(_ENDING.search(line) for line in self.lines[len(self.lines) // 2 :])

    @cached_property
    def emptiness(self) -> float:
        """Share of the page below its last line of text, the lowest line and its page number apart."""
        bottoms = sorted(
            word.place.box[3] / max(1.0, self.page.height)
            for word in self.content.words
            if isinstance(word.place, PageBox) and word.place.box[3] < _FOOT * self.page.height
        )
        return 1 - min(1.0, bottoms[-1] / _FOOT) if bottoms else 1.0

    @cached_property
    def words(self) -> frozenset[str]:
        return frozenset(word.casefold() for word in _WORD.findall(self.content.text))

    @cached_property
    def letterhead(self) -> frozenset[str]:
        """Words of the first lines."""
        return frozenset(word.casefold() for line in self.lines[:_EDGE_LINES] for word in _WORD.findall(line))

    @cached_property
    def footer(self) -> frozenset[str]:
        return frozenset(word.casefold() for line in self.lines[-_EDGE_LINES:] for word in _WORD.findall(line))

    @property
    def says_it_goes_on(self) -> bool:
        """Whether its first lines say that they go on from a page before."""
        return any(_GOES_ON.search(line) for line in self.lines[:_HEAD_LINES])

    @property
    def begins_in_a_sentence(self) -> bool:
        first = self.lines[0] if self.lines else ""
        return bool(first) and first[0].islower()

    @property
    def ends_in_a_sentence(self) -> bool:
        """Whether its last line is running text without an end."""
        words = [line for line in self.lines[-_EDGE_LINES:] if len(line.split()) > 6]
        return bool(words) and words[-1][-1] not in ".!?:;)”\"'"


def page_views(content: Content) -> tuple[PageView, ...]:
    """The pages of the file itself, in order."""
    return tuple(
        PageView(page, slice_of_pages(content, page.number, page.number).content)
        for page in content.pages
        if page.part is None
    )


def has_pages(content: Content) -> bool:
    """Whether the words of a file stand on pages."""
    return any(isinstance(word.place, PageBox) for word in content.words[:1]) and any(
        page.part is None for page in content.pages
    )

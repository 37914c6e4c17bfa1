"""Number formats of spreadsheets: a stored number and its format code → what a reader takes from the cell.

Dates become ISO dates whatever the format's order; currency, percent and decimals are shown as the format says, but without
the grouping of thousands, which stands for decimals in half of the world.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

BUILT_IN = {
    1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 5: '"$"#,##0', 6: '"$"#,##0', 7: '"$"#,##0.00', 8: '"$"#,##0.00',
    9: "0%", 10: "0.00%", 14: "yyyy-mm-dd", 15: "d-mmm-yy", 16: "d-mmm", 17: "mmm-yy", 18: "h:mm", 19: "h:mm:ss",
    20: "h:mm", 21: "h:mm:ss", 22: "yyyy-mm-dd h:mm", 37: "#,##0", 38: "#,##0", 39: "#,##0.00", 40: "#,##0.00",
    44: '"$"#,##0.00', 45: "mm:ss", 46: "[h]:mm:ss", 47: "mm:ss.0", 27: "yyyy-mm-dd", 30: "yyyy-mm-dd", 36: "yyyy-mm-dd",
    50: "yyyy-mm-dd", 57: "yyyy-mm-dd",
}  # fmt: skip
"""Codes that files do not write out (ECMA-376 part 1, 18.8.30); those not here are General."""

Formatter = Callable[[str], str]
"""The stored text of a number → what is shown."""

_LITERAL = re.compile(r'"[^"]*"|\\.|_.|\*.')
_BRACKET = re.compile(r"\[[^\]]*\]")
_ELAPSED = re.compile(r"\[(h+|m+|s+)\]", re.IGNORECASE)
_TOKEN = re.compile(r'"([^"]*)"|\\(.)|[_*].|\[\$([^\]-]*)(?:-[^\]]*)?\]|\[[^\]]*\]|([#0?,.]*[#0?][#0?,.]*)|(%)|(.)')
_LAST_SERIAL = 2_958_466  # the day after 9999-12-31


@dataclass(frozen=True, slots=True, kw_only=True)
class _NumberFormat:
    """One section of a code, cut into what stands around the digits."""

    prefix: str
    suffix: str
    whole_digits: int
    decimals: int
    least_decimals: int
    is_percent: bool


def formatter(code: str, *, since_1904: bool = False) -> Formatter:
    """What shows numbers as the format `code` does.

    Args:
        since_1904: dates are counted from 1904-01-01 (old Mac workbooks) and not from 1900.
    """
    bare = _LITERAL.sub("", code)
    plain = _BRACKET.sub("", bare.split(";")[0]).lower()
    elapsed = bool(_ELAPSED.search(bare))
    if elapsed:
        return _show_elapsed
    if plain.strip() in ("general", "@", "", "standard") or "e+" in plain or "e-" in plain:
        return show_general
    if any(letter in plain for letter in "ymdhs"):
        has_time = "h" in plain or "s" in plain
        has_date = "y" in plain or "d" in plain or ("m" in plain and not has_time)
        return lambda text: _show_date(text, has_date=has_date, has_time=has_time, since_1904=since_1904)
    sections = _sections(code)
    positive = _parse_section(sections[0])
    negative = _parse_section(sections[1]) if len(sections) > 1 else None
    if positive is None:
        return show_general
    return lambda text: _show_number(text, positive, negative)


def show_general(text: str) -> str:
    """A number without format: no digits that only a binary fraction has."""
    try:
        value = float(text)
    except ValueError:
        return text
    if value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    shown = f"{value:.15g}"
    return f"{Decimal(shown):f}" if "e-" in shown and abs(value) > 1e-9 else shown


def _show_number(text: str, positive: _NumberFormat, negative: _NumberFormat | None) -> str:
    try:
        value = Decimal(f"{float(text):.15g}")
        shape = negative if value < 0 and negative is not None else positive
        number = abs(value) * 100 if shape.is_percent else abs(value)
        number = number.quantize(Decimal(1).scaleb(-shape.decimals), ROUND_HALF_UP)
    except (ValueError, InvalidOperation):
        return show_general(text)
    digits = f"{number:f}"
    whole, _, fraction = digits.partition(".")
    kept = fraction.rstrip("0").ljust(shape.least_decimals, "0") if shape.decimals else ""
    sign = "-" if value < 0 and number else ""
    shown = whole.zfill(shape.whole_digits) + (f".{kept}" if kept else "")
    return (sign + shape.prefix + shown + shape.suffix).strip()


def _parse_section(code: str) -> _NumberFormat | None:
    """None for what is not simple: fractions, scaling by thousands, conditions, text."""
    prefix, suffix, digits, is_percent = "", "", "", False
    for match in _TOKEN.finditer(code):
        quoted, escaped, currency, number, percent, other = match.groups()
        literal = quoted or escaped or currency or ""
        if number:
            if digits:
                return None
            digits = number
        elif percent:
            is_percent = True
            suffix += "%"
        elif other and other in "/@eEgG<>=":
            return None
        else:
            literal += other or ""
        if digits:
            suffix += literal
        else:
            prefix += literal
    if not digits or digits.endswith(",") or ",." in digits or digits.count(".") > 1:
        return None
    whole, _, fraction = digits.partition(".")
    prefix, suffix = (
        re.sub(r"[()\-−]", "", text) for text in (prefix, suffix)
    )  # negative numbers have a sign of their own
    return _NumberFormat(
        prefix=prefix.lstrip(), suffix=suffix.rstrip(), whole_digits=whole.count("0"), decimals=len(fraction),
        least_decimals=fraction.count("0"), is_percent=is_percent,
    )  # fmt: skip


def _sections(code: str) -> list[str]:
    """The code's parts for positive, negative and zero."""
    sections, current, position = [], "", 0
    while position < len(code):
        match = _LITERAL.match(code, position)
        piece = match.group() if match else code[position]
        position += len(piece)
        if piece == ";":
            sections.append(current)
            current = ""
        else:
            current += piece
    return [*sections, current]


def _show_date(text: str, *, has_date: bool, has_time: bool, since_1904: bool) -> str:
    try:
        moment = date_of_serial(float(text), since_1904=since_1904)
    except (ValueError, OverflowError):
        return show_general(text)
    clock = f"{moment:%H:%M:%S}" if moment.second else f"{moment:%H:%M}"
    if not has_date:
        return clock
    date = moment.date().isoformat()
    return f"{date} {clock}" if has_time and moment.time() != time.min else date


def date_of_serial(serial: float, *, since_1904: bool = False) -> datetime:
    """The moment a workbook counts as `serial` days, to the second.

    Raises:
        ValueError: before the first day or after 9999.
    """
    if not 0 <= serial < _LAST_SERIAL:
        raise ValueError(f"no date: {serial}")
    if since_1904:
        epoch = datetime(1904, 1, 1)
    elif serial < 60:  # the 1900 system has a 29 February 1900 that never was
        epoch = datetime(1899, 12, 31)
    else:
        epoch = datetime(1899, 12, 30)
    return epoch + timedelta(seconds=round(serial * 86_400))


def _show_elapsed(text: str) -> str:
    try:
        seconds = round(float(text) * 86_400)
    except (ValueError, OverflowError):
        return text
    sign, seconds = ("-", -seconds) if seconds < 0 else ("", seconds)
    return f"{sign}{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"

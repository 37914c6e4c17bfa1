"""Office equations (OMML) as one line of text: a/b, x^2, √(x), ∑_(i=1)^n."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml.etree import _Element

_M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_W_TEXT = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}t"
_A_TEXT = "{http://schemas.openxmlformats.org/drawingml/2006/main}t"


def linear_equation(element: _Element) -> str:
    """The text of an `oMath` or `oMathPara` element on one line."""
    return " ".join(_children(element).split())


def _children(element: _Element) -> str:
    return "".join(map(_linear, element))


def _linear(element: _Element) -> str:
    if element.tag in (f"{_M}t", _W_TEXT, _A_TEXT):
        return element.text or ""
    if not isinstance(element.tag, str) or element.tag.endswith("Pr"):
        return ""
    name = element.tag.removeprefix(_M)
    match name:
        case "f":
            return f"{_group(element, 'num')}/{_group(element, 'den')}"
        case "sSup":
            return f"{_group(element, 'e')}^{_group(element, 'sup')}"
        case "sSub":
            return f"{_group(element, 'e')}_{_group(element, 'sub')}"
        case "sSubSup":
            return f"{_group(element, 'e')}_{_group(element, 'sub')}^{_group(element, 'sup')}"
        case "sPre":
            return f"_{_group(element, 'sub')}^{_group(element, 'sup')}{_group(element, 'e')}"
        case "rad":
            degree = _part(element, "deg")
            return f"√({degree}&{_part(element, 'e')})" if degree else f"√({_part(element, 'e')})"
        case "nary":
            sign = _property(element, "naryPr", "chr", "∫")
            lower, upper = _part(element, "sub"), _part(element, "sup")
            limits = (f"_{_bracket(lower)}" if lower else "") + (f"^{_bracket(upper)}" if upper else "")
            return f"{sign}{limits} {_part(element, 'e')}"
        case "d":
            left, right = _property(element, "dPr", "begChr", "("), _property(element, "dPr", "endChr", ")")
            separator = _property(element, "dPr", "sepChr", "|")
            return left + separator.join(_children(child) for child in element if child.tag == f"{_M}e") + right
        case "func":
            return f" {_part(element, 'fName')} {_part(element, 'e')}"
        case "limLow":
            return f"{_part(element, 'e')}_{_group(element, 'lim')}"
        case "limUpp":
            return f"{_part(element, 'e')}^{_group(element, 'lim')}"
        case "m":
            rows = [", ".join(_children(cell) for cell in row) for row in element if row.tag == f"{_M}mr"]
            return f"[{'; '.join(rows)}]"
        case "eqArr":
            return "; ".join(_children(child) for child in element if child.tag == f"{_M}e")
        case "acc":
            return _part(element, "e") + _property(element, "accPr", "chr", "\u0302")
        case "bar":
            return _part(element, "e") + "\u0305"
        case _:
            return _children(element)


def _part(element: _Element, name: str) -> str:
    child = element.find(f"{_M}{name}")
    return "" if child is None else _children(child).strip()


def _group(element: _Element, name: str) -> str:
    return _bracket(_part(element, name))


def _bracket(text: str) -> str:
    if len(text) <= 1 or text.replace(".", "").isalnum() or _is_bracketed(text):
        return text
    return f"({text})"


def _is_bracketed(text: str) -> bool:
    """Whether one pair of brackets holds all of it."""
    if not (text.startswith("(") and text.endswith(")")):
        return False
    depth = 0
    for position, character in enumerate(text):
        depth += (character == "(") - (character == ")")
        if depth == 0:
            return position == len(text) - 1
    return False


def _property(element: _Element, properties: str, name: str, default: str) -> str:
    found = element.find(f"{_M}{properties}/{_M}{name}")
    return default if found is None else found.get(f"{_M}val", "")

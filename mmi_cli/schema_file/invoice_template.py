"""Templates of invoice2data (YAML or JSON) → the mapping that the same fields would be in a schema of ours.

A template finds a value with a regular expression on the text of one issuer's invoices: the words before the capture group become words
that label the field, the group the pattern of its value, `lines` a table with a column a named group.
"""

from __future__ import annotations

import json
import re

from .located import Mapping, Problems, Sequence
from .names import add_field, mapping, schema_name, sequence

_TYPES = {"int": "integer", "float": "number", "date": "date"}
_FORMATS = {"d": "en_GB", "m": "en_US"}
_LITERAL = re.compile(r"[^\W\d_][\w .'/-]*")
_PLAIN_GROUPS = re.compile(r"[.\\wWsSdD\[\]^$*+?]*")
"""A capture group of nothing but classes says nothing of a value."""
_FLAGS = re.compile(r"^\(\?[aiLmsux]+\)")
_ONE_OF = re.compile(r"\([\w .&-]+\)")
_CALLED = {"desc": "description", "pos": "position", "qty": "quantity"}
"""Columns that the templates call so, by the headings that they have."""
_DESCRIBED = {
    "amount": "Amount of the invoice, tax included.",
    "amount_untaxed": "Amount of the invoice before tax.",
    "date": "Date of the invoice.",
    "invoice_number": "Number of the invoice.",
}
"""The fields that its manual defines."""
_GROUP = re.compile(r"\(\?P<(\w+)>")


def is_invoice_template(document: Mapping) -> bool:
    """Whether a document is a template of invoice2data."""
    return "keywords" in document and isinstance(document.get("fields"), Mapping)


def from_invoice_template(document: Mapping, problems: Problems) -> Mapping:
    """The same fields in our words; what a template says beyond them is noted."""
    issuer = str(document.get("issuer") or "")
    options = document.get("options")
    options = options if isinstance(options, Mapping) else Mapping()
    out = mapping(document.line, description=f"Invoice of {issuer}." if issuer else "An invoice.")
    if issuer:
        out["name"] = schema_name(issuer)
    if (locale := _locale(options)) is not None:
        out["locale"] = locale
    fields = mapping(document.line_of("fields"))
    if issuer:
        add_field(fields, "issuer", _constant(issuer, document.line), document.line_of("issuer"))
    for name, value in document["fields"].items():
        _add(fields, name, value, document["fields"].line_of(name), problems, options)
    if "currency" not in fields and options.get("currency"):
        add_field(fields, "currency", _constant(str(options["currency"]), options.line), options.line_of("currency"))
    for key in ("lines", "tables"):
        rules = document.get(key)
        if rules is None or key in fields:
            continue
        table = _table(rules, document.line_of(key), problems)
        if table is not None and key == "lines":
            add_field(fields, "lines", table, document.line_of(key))
        elif table is not None:
            for name, column in table["items"]["properties"].items():
                add_field(fields, name, column, document.line_of(key))
    left = [key for key in ("exclude_keywords", "required_fields", "tax_lines") if key in document]
    problems.note("`keywords` choose a template among many; a router's description does that here")
    if left:
        problems.note(f"left out of the template: {', '.join(left)}")
    out["fields"] = fields
    return out


def _add(fields: Mapping, name: str, value: object, line: int, problems: Problems, options: Mapping) -> None:
    if name.startswith("static_") or (isinstance(value, Mapping) and value.get("parser") == "static"):
        given = value.get("value") if isinstance(value, Mapping) else value
        add_field(fields, name.removeprefix("static_"), _constant(str(given), line), line)
        return
    if isinstance(value, Mapping) and value.get("parser") == "lines":
        table = _table(value, line, problems)
        if table is not None:
            add_field(fields, name, table, line)
        return
    regexes = value.get("regex") if isinstance(value, Mapping) else value
    texts = [
        _FLAGS.sub("", str(each))
        for each in (regexes if isinstance(regexes, Sequence) else [regexes])
        if each is not None
    ]
    group = value.get("group") if isinstance(value, Mapping) else "sum" if name.startswith("sum_") else None
    name = name.removeprefix("sum_")
    type_ = _type(name, value)
    field = mapping(line, type=type_)
    if len(texts) > 1 and all(_ONE_OF.fullmatch(text) for text in texts):
        field["enum"], field["kind"] = sequence(line, *dict.fromkeys(text[1:-1] for text in texts)), "inferred"
        add_field(fields, name, field, line)
        return
    if aliases := _labels(texts, has_no_spaces=options.get("remove_whitespace") is True):
        field["aliases"] = sequence(line, *aliases)
    if type_ == "string" and len(texts) == 1 and (pattern := _pattern(texts[0])):
        field["pattern"] = pattern
    if name in _DESCRIBED:
        field["description"] = _DESCRIBED[name]
    if group not in (None, "first", "last", "join"):
        problems.note(f"{name}: the {group} of several values becomes the value that is found first")
    add_field(fields, name, field, line)


def _table(rules: object, line: int, problems: Problems) -> Mapping | None:
    """A list of objects, with a member for each named group of its expressions."""
    types: dict[str, str] = {}
    stack: list[object] = [rules]
    names: dict[str, None] = {}
    while stack:
        each = stack.pop(0)
        if isinstance(each, Sequence):
            stack = [*each, *stack]
        elif isinstance(each, Mapping):
            if isinstance(each.get("types"), Mapping):
                types |= {key: str(type_) for key, type_ in each["types"].items()}
            for key in ("first_line", "line", "last_line", "body"):
                given = each.get(key)
                for text in given if isinstance(given, Sequence) else [given]:
                    names |= dict.fromkeys(_GROUP.findall(str(text or "")))
            stack = [*(each[key] for key in ("rules",) if key in each), *stack]
    if not names:
        problems.note(f"line {line}: a table without named groups is left out")
        return None
    columns = mapping(line)
    for name in names:
        type_ = _TYPES.get(types.get(name, ""), _type(name, None))
        heading = sequence(line, _CALLED[name]) if name in _CALLED else None
        add_field(columns, name, mapping(line, type=type_, aliases=heading), line)
    return mapping(line, type="array", items=mapping(line, type="object", properties=columns))


def _type(name: str, value: object) -> str:
    if isinstance(value, Mapping) and value.get("type"):
        return _TYPES.get(str(value["type"]), "string")
    if name == "date" or name.startswith("date_") or name.endswith("_date"):
        return "date"
    is_number = name == "amount" or name.startswith(("amount_", "price", "qty", "quantity")) or name.endswith("_amount")
    return "number" if is_number else "string"


def _constant(text: str, line: int) -> Mapping:
    return mapping(line, type="string", kind="inferred", expression=json.dumps(text, ensure_ascii=False))


def _labels(regexes: list[str], *, has_no_spaces: bool) -> list[str]:
    """The last words before the capture group of each expression."""
    found: dict[str, str] = {}
    for text in regexes:
        if not re.search(r"(?<!\\)\((?!\?)", text):
            continue  # without a group it is the value itself
        before = re.split(r"(?<!\\)\((?!\?:)", text)[0]
        plain = re.sub(r"\\s[*+?]?|\[\s*\\s\s*\][*+?]?| +[*+?]?", " ", before)
        plain = re.sub(r"\\([.:#/()-])", r"\1", plain)
        pieces = [
            each
            for each in _LITERAL.findall(re.sub(r"\\.|[\[\](){}|*+?^$]", "\n", plain))
            if len(each.strip(" .-/'")) > 1
        ]
        if pieces:
            label = " ".join(pieces[-1].strip(" .-/'").split())
            if has_no_spaces:
                label = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", label)
            found.setdefault(label.casefold(), label)
    return list(found.values())


def _pattern(regex: str) -> str | None:
    """What stands in the capture group, where it says more than that there is something."""
    from ..expressions.functions import is_runaway

    match = re.search(r"(?<!\\)\((?!\?)((?:[^()\\]|\\.)+)\)", regex) or re.fullmatch(r"([^()]+)", regex)
    if match is None or _PLAIN_GROUPS.fullmatch(match[1].replace("\\S", "").replace("\\w", "").replace("\\d", "")):
        return None
    try:
        re.compile(match[1])
    except re.error:
        return None
    return None if is_runaway(match[1]) else match[1]


def _locale(options: Mapping) -> str | None:
    languages = options.get("languages")
    if isinstance(languages, Sequence) and len(languages) == 1:
        return str(languages[0])
    formats = options.get("date_formats")
    firsts = {
        found[1].lower()
        for each in (formats if isinstance(formats, Sequence) else ())
        if (found := re.search(r"%([dmbB])", str(each)))
    }
    if options.get("decimal_separator") == ",":
        return "de"
    return _FORMATS.get(next(iter(firsts))) if len(firsts) == 1 else None

"""Writes small Office files for tests part by part, so that a test shows the XML it is about."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from pathlib import Path

OOXML = "http://schemas.openxmlformats.org"
STRICT = "http://purl.oclc.org/ooxml"
_RELATIONSHIPS = f"{OOXML}/officeDocument/2006/relationships"
_PACKAGE = f"{OOXML}/package/2006"

WORD_NAMES = (
    f'xmlns:w="{OOXML}/wordprocessingml/2006/main" xmlns:r="{_RELATIONSHIPS}" xmlns:a="{OOXML}/drawingml/2006/main" '
    f'xmlns:wp="{OOXML}/drawingml/2006/wordprocessingDrawing" xmlns:m="{OOXML}/officeDocument/2006/math" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" xmlns:v="urn:schemas-microsoft-com:vml" '
    'xmlns:o="urn:schemas-microsoft-com:office:office"'
)


def write_zip(path: Path, parts: Mapping[str, str | bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return path


def relationships(targets: Mapping[str, tuple[str, str]]) -> str:
    """Id → (kind, target); a target with `://` is external."""
    rows = "".join(
        f'<Relationship Id="{identifier}" Type="{_RELATIONSHIPS}/{kind}" Target="{target}"'
        + (' TargetMode="External"' if "://" in target else "")
        + "/>"
        for identifier, (kind, target) in targets.items()
    )
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{rows}</Relationships>'


def write_docx(
    path: Path,
    body: str,
    *,
    parts: Mapping[str, str | bytes] | None = None,
    targets: Mapping[str, tuple[str, str]] | None = None,
    prolog: str = "",
) -> Path:
    """A Word document whose body is `body`; `parts` are in `word/`, with the root names filled in for `{names}`."""
    document = f"{prolog}<w:document {WORD_NAMES}><w:body>{body}</w:body></w:document>"
    inside = {
        f"word/{name}": part.replace("{names}", WORD_NAMES) if isinstance(part, str) else part
        for name, part in (parts or {}).items()
    }
    return write_zip(
        path,
        {
            "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types"/>',
            "_rels/.rels": relationships({"r1": ("officeDocument", "word/document.xml")}),
            "word/document.xml": document,
            "word/_rels/document.xml.rels": relationships(targets or {}),
            **inside,
        },
    )


def write_xlsx(
    path: Path,
    sheet: str,
    *,
    workbook: str = "",
    state: str = "visible",
    parts: Mapping[str, str | bytes] | None = None,
    prolog: str = "",
) -> Path:
    """A workbook of one sheet `Sheet1` with the given XML inside `worksheet`."""
    main = f'xmlns="{OOXML}/spreadsheetml/2006/main" xmlns:r="{_RELATIONSHIPS}"'
    return write_zip(
        path,
        {
            "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types"/>',
            "_rels/.rels": relationships({"r1": ("officeDocument", "xl/workbook.xml")}),
            "xl/workbook.xml": f'<workbook {main}>{workbook}<sheets><sheet name="Sheet1" sheetId="1" state="{state}" '
            'r:id="r1"/></sheets></workbook>',
            "xl/_rels/workbook.xml.rels": relationships(
                {
                    "r1": ("worksheet", "worksheets/sheet1.xml"),
                    "r2": ("sharedStrings", "sharedStrings.xml"),
                    "r3": ("styles", "styles.xml"),
                }
            ),
            "xl/worksheets/sheet1.xml": f"{prolog}<worksheet {main}>{sheet}</worksheet>",
            **(parts or {}),
        },
    )


def make_strict(path: Path, target: Path) -> Path:
    """The same package in the namespaces of strict Office Open XML."""
    with zipfile.ZipFile(path) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    for family in ("wordprocessingml", "spreadsheetml", "presentationml", "drawingml", "officeDocument"):
        old, new = f"{OOXML}/{family}/2006/".encode(), f"{STRICT}/{family}/".encode()
        parts = {name: data.replace(old, new) for name, data in parts.items()}
    return write_zip(target, parts)


def paragraph(text: str, properties: str = "") -> str:
    return f'<w:p><w:pPr>{properties}</w:pPr><w:r><w:t xml:space="preserve">{text}</w:t></w:r></w:p>'


def table(*rows: str) -> str:
    return f"<w:tbl>{''.join(f'<w:tr>{row}</w:tr>' for row in rows)}</w:tbl>"


def cell(content: str, properties: str = "") -> str:
    inner = content if content.startswith("<w:") else paragraph(content)
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{inner}</w:tc>"


BOMB = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;"><!ENTITY c "&b;&b;&b;">]>'
"""Declares entities that grow; `&c;` uses them."""

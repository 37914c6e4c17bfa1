"""What comes out: one record a file and schema, written as one JSON line with its keys in a fixed order."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from .content import Box, Notice, Usage
from .detection import Modality
from .schema import FieldKind, FieldType
from .source import SourceFile

RECORD_VERSION = 1
Status = Literal["ok", "partial", "empty", "unsupported", "skipped", "failed"]
STATUSES: tuple[Status, ...] = ("ok", "partial", "empty", "unsupported", "skipped", "failed")
MatchKind = Literal["exact", "normalized", "fuzzy", "computed", "cited"]
ErrorCode = Literal[
    "corrupt", "encrypted", "timeout", "crashed", "out_of_memory", "limit_exceeded", "missing_engine", "engine_failed",
    "io", "changed_during_read", "internal",
]  # fmt: skip
Stage = Literal["storage", "detect", "extract", "fill", "run"]
Scalar = str | int | float | bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One place a value came from."""

    text: str
    """As it stands in the file."""
    match: MatchKind
    span: tuple[int, int] | None = None
    """Offset and length in code points of the file's text."""
    page: int | None = None
    box: Box | None = None
    page_size: tuple[float, float] | None = None
    unit: Literal["pt", "px"] | None = None
    start_s: float | None = None
    end_s: float | None = None
    speaker: str | None = None
    frame_s: float | None = None
    sheet: str | None = None
    cell: str | None = None
    slide: int | None = None
    shape: str | None = None
    paragraph: int | None = None
    part: str | None = None
    file: str | None = None

    def to_json(self) -> dict[str, Any]:
        """Only what is known, in the order of the attributes."""
        out: dict[str, Any] = {"text": self.text, "match": self.match}
        for name in _PLACE_KEYS:
            value = getattr(self, name)
            if value is not None:
                out[name] = _plain(value)
        return out


_PLACE_KEYS = (
    "span", "page", "box", "page_size", "unit", "start_s", "end_s", "speaker", "frame_s", "sheet", "cell", "slide", "shape",
    "paragraph", "part", "file",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class LeafValue:
    """A value, or its absence, with the probability that it is right."""

    type: FieldType
    kind: FieldKind
    value: Scalar
    """Dates and times ISO 8601; None when not found."""
    confidence: float
    """Probability in [0, 1] that the value (or its absence) is right."""
    evidence: tuple[Evidence, ...] = ()

    def to_json(self) -> dict[str, Any]:
        return {
            "type": self.type,
            "kind": self.kind,
            "value": self.value,
            "confidence": round(self.confidence, 4),
            "evidence": [piece.to_json() for piece in self.evidence],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class ArrayValue:
    """Values of an array, in the order of the file."""

    items: tuple[FieldValue, ...]

    def to_json(self) -> dict[str, Any]:
        return {"type": "array", "value": [_member(item) for item in self.items]}


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectValue:
    """Values of an object, in the order of the schema."""

    members: tuple[tuple[str, FieldValue], ...]

    def to_json(self) -> dict[str, Any]:
        return {"type": "object", "value": {name: value.to_json() for name, value in self.members}}


FieldValue = LeafValue | ArrayValue | ObjectValue


def _member(item: FieldValue) -> Any:
    # An object inside an array stands as its bare members, as the contract shows.
    if isinstance(item, ObjectValue):
        return {name: value.to_json() for name, value in item.members}
    return item.to_json()


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckResult:
    """Whether a check of the schema held; None when a field in it has no value."""

    expression: str
    passed: bool | None
    message: str = ""

    def to_json(self) -> dict[str, Any]:
        out: dict[str, Any] = {"expression": self.expression, "passed": self.passed}
        if self.message:
            out["message"] = self.message
        return out


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorInfo:
    """An error as data; the exception it came from is `mmi_cli.errors.FileError` or an unforeseen one (`internal`)."""

    stage: Stage
    code: ErrorCode
    message: str
    retryable: bool
    is_outage: bool = False
    """For the run alone, never part of a record: storage or an engine's server was down, whatever the file is."""

    def to_json(self) -> dict[str, Any]:
        return {"stage": self.stage, "code": self.code, "message": self.message, "retryable": self.retryable}


def record_id(path: str, sha256: str | None, schema_digest: str, *, segment: int | None = None) -> str:
    """See `FileRecord.id`."""
    parts = (path, sha256 or "", schema_digest, *(() if segment is None else (str(segment),)))
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogateescape")).hexdigest()[:32]


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRecord:
    """One file filled by one schema (one segment of it, where a router split it)."""

    id: str
    """First 32 hex digits of SHA-256 over path, content hash, schema digest and segment: the same input gives the same id."""
    source: SourceFile
    sha256: str | None
    """Of the file's bytes; None when they could not be read."""
    media_type: str | None
    modality: Modality | None
    schema_name: str
    schema_version: str
    schema_digest: str
    status: Status
    fields: tuple[tuple[str, FieldValue], ...] = ()
    checks: tuple[CheckResult, ...] = ()
    segment: dict[str, Any] | None = None
    case: dict[str, Any] | None = None
    """Of a case of several files: its files, contradictions between them, what is missing; told only there."""
    errors: tuple[ErrorInfo, ...] = ()
    warnings: tuple[Notice, ...] = ()
    usage: Usage = field(default_factory=Usage)
    engines: tuple[tuple[str, str], ...] = ()
    tool_version: str = ""

    @property
    def values(self) -> dict[str, Any]:
        """Field → its plain value, without confidence and evidence: lists of values, objects of them; None where it was not found."""
        return {name: _value_of(value) for name, value in self.fields}

    def to_json(self) -> dict[str, Any]:
        """The record as the contract orders it."""
        return {
            "record_version": RECORD_VERSION,
            "id": self.id,
            "source": {
                "uri": self.source.uri,
                "path": self.source.path,
                "size_bytes": self.source.size_bytes,
                "sha256": self.sha256,
                "etag": self.source.etag,
                "media_type": self.media_type,
            },
            "modality": self.modality,
            "schema": {"name": self.schema_name, "version": self.schema_version, "digest": self.schema_digest},
            "status": self.status,
            "fields": {name: value.to_json() for name, value in self.fields},
            "checks": [check.to_json() for check in self.checks],
            "segment": self.segment,
            **({"case": self.case} if self.case is not None else {}),
            "errors": [error.to_json() for error in self.errors],
            "warnings": [{"code": notice.code, "message": notice.message} for notice in self.warnings],
            "usage": {
                "pages": self.usage.pages,
                "audio_seconds": round(self.usage.audio_seconds, 3),
                "model_input_tokens": self.usage.model_input_tokens,
                "model_output_tokens": self.usage.model_output_tokens,
            },
            "engines": dict(self.engines),
            "tool": {"name": "mmi", "version": self.tool_version},
        }

    def to_line(self) -> str:
        """One line of JSON without the newline; valid UTF-8 whatever stood in the file."""
        return dump_line(self.to_json())


def _value_of(value: FieldValue) -> Any:
    match value:
        case LeafValue():
            return value.value
        case ArrayValue():
            return [_value_of(item) for item in value.items]
        case ObjectValue():
            return {name: _value_of(member) for name, member in value.members}


def plain_value(value: Mapping[str, Any]) -> Any:
    """The value of a field of a record without kinds, confidences and evidence: lists of plain values, objects of them."""
    inner = value.get("value") if "type" in value else value
    if isinstance(inner, list):
        return [plain_value(each) for each in inner]
    if isinstance(inner, Mapping):
        return {name: plain_value(each) for name, each in inner.items()}
    return inner


def dump_line(value: dict[str, Any] | list[Any]) -> str:
    """Compact JSON on one line; lone surrogates are replaced, NaN and infinities refused."""
    line = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    # U+2028/2029 and U+0085 end a line for some readers of JSONL.
    line = line.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029").replace("\x85", "\\u0085")
    return line.encode("utf-8", "replace").decode("utf-8")


def _plain(value: object) -> Any:
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, float):
        rounded = round(value, 3)
        return int(rounded) if rounded.is_integer() else rounded
    return value

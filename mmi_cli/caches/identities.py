"""Names an engine or a format by all that decides what it gives (settings, versions, weights), without loading it."""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import shutil
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from .. import engines
from ..errors import MissingEngine
from ..settings import Settings
from .deciding import OF_ENGINE, OF_FORMAT

_PACKAGES = {
    "rapidocr": ("rapidocr", "onnxruntime"),
    "easyocr": ("easyocr", "torch"),
    "faster-whisper": ("faster-whisper", "ctranslate2", "onnxruntime"),
    "openai-whisper": ("openai-whisper", "torch"),
    "campplus": ("onnxruntime",),
    "minilm": ("onnxruntime", "ctranslate2", "tokenizers"),
    "sentence-transformers": ("sentence-transformers", "torch"),
    "llama-cpp": ("xllamacpp",),
    "efficientnet-lite0": ("onnxruntime", "pillow"),
}
_LIBRARIES = {
    "pdf": ("pypdfium2", "zxing-cpp"),
    "image": ("pillow", "pillow-heif", "zxing-cpp"),
    "docx": ("lxml",),
    "xlsx": ("lxml",),
    "pptx": ("python-pptx",),
    "odf": ("lxml",),
    "epub": ("lxml", "selectolax"),
    "rtf": ("striprtf",),
    "html": ("selectolax",),
    "eml": ("selectolax",),
    "msg": ("python-oxmsg", "olefile"),
    "markdown": ("markdown-it-py",),
    "audio": ("av",),
    "video": ("av", "scenedetect-headless"),
}
_DETECTION = ("magika", "charset-normalizer")
_FORMAT = "format:"
# Of a weights file so many pieces of so many bytes are hashed, spread evenly, besides its length: 4 MB of a gigabyte, in milliseconds,
# and the same on every machine.
_PIECES, _PIECE_BYTES = 64, 65_536


def format_role(name: str) -> str:
    """What a format is called among the things that a file touched."""
    return _FORMAT + name


def identity(role: str, settings: Settings, *, vocabulary: Sequence[str] = ()) -> str:
    """Hash (hex) of what decides what an engine or a format gives.

    Args:
        role: `ocr`, `speech`, `diarization`, `embedding`, `image_tags`, `vision`, `language_model`, or `format:` and a name.
        vocabulary: words to expect; they decide what speech recognition hears.
    """
    if role.startswith(_FORMAT):
        name = role.removeprefix(_FORMAT)
        given = {each: getattr(settings, each) for each in OF_FORMAT.get(name, ())}
        parts: list[object] = [given, [version_of(each) for each in _LIBRARIES.get(name, ())]]
        if name == "legacy-office":
            parts.append(bool(shutil.which("soffice") or shutil.which("libreoffice")))
    else:
        engine = str(getattr(settings, role))
        given = {each: getattr(settings, each) for each in OF_ENGINE[role]}
        parts = [given, _packages(role, engine), weights_of(role, engine, settings)]
        if role == "speech":
            parts.append(list(vocabulary))
    return hash_of(role, parts)


def library_versions() -> list[str]:
    """Versions of all that reads some format."""
    return [version_of(name) for name in sorted({each for names in _LIBRARIES.values() for each in names})]


def detection_identity() -> list[str]:
    """Versions of what decides what a file is."""
    return [version_of(name) for name in _DETECTION]


def hash_of(*parts: object) -> str:
    """SHA-256 of plain values, 32 hex digits."""
    text = json.dumps(parts, sort_keys=True, ensure_ascii=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


@lru_cache(maxsize=64)
def version_of(package: str) -> str:
    """`name-version`, or `name-` when it is not installed."""
    try:
        return f"{package}-{importlib.metadata.version(package)}"
    except importlib.metadata.PackageNotFoundError:
        return f"{package}-"


def _packages(role: str, engine: str) -> list[str]:
    if engine in _PACKAGES or engine in ("none", "openai"):
        return [version_of(name) for name in _PACKAGES.get(engine, ())]
    points = importlib.metadata.entry_points(group=f"mmi.{role}", name=engine)
    return [
        f"{point.value} {point.dist.name if point.dist else ''}-{point.dist.version if point.dist else ''}"
        for point in points
    ]


def weights_of(role: str, engine: str, settings: Settings) -> str:
    """A fingerprint of the files; `none` where there are none, so that an engine that arrives later counts as another."""
    path: Path | None = None
    if role == "speech" and engine == "faster-whisper":
        named = settings.models_dir / f"faster-whisper-{settings.speech_model}"
        path = named if named.is_dir() else Path(settings.speech_model).expanduser()
    elif role == "speech" and engine == "openai-whisper":
        path = Path(settings.speech_model).expanduser()
    elif role == "embedding" and engine in ("minilm", "sentence-transformers"):
        named = settings.models_dir / settings.embedding_model
        path = named if named.is_dir() else Path(settings.embedding_model).expanduser()
    elif role == "joint_embedding" and engine == "sentence-transformers":
        named = settings.models_dir / settings.joint_model
        path = named if named.is_dir() else Path(settings.joint_model).expanduser()
    elif role == "ocr" and engine == "easyocr":
        path = settings.models_dir / "easyocr-en"
    elif (role, engine) in (("image_tags", "efficientnet-lite0"), ("diarization", "campplus")):
        path = Path(engines.__file__).parent / "weights" / engine
    elif role == "language_model" and engine == "llama-cpp":
        from ..engines.language_weights import gguf_file

        try:
            path = gguf_file(settings)
        except MissingEngine:
            return "none"
    return _fingerprint_below(path) if path is not None else "none"


def _fingerprint_below(path: Path) -> str:
    try:
        if path.is_file():
            return fingerprint(path)
        if not path.is_dir():
            return "none"
        files = sorted(each for each in path.rglob("*") if each.is_file() and not each.name.startswith("."))
        return hash_of([(each.relative_to(path).as_posix(), fingerprint(each)) for each in files])
    except OSError as error:
        return f"unreadable: {error.strerror}"


def fingerprint(path: Path) -> str:
    """Of a file's length and of pieces spread evenly over it; a small file is hashed whole.

    Raises:
        OSError: it cannot be read.
    """
    info = path.stat()
    return _fingerprint(str(path), info.st_size, info.st_mtime_ns)


@lru_cache(maxsize=256)
def _fingerprint(name: str, size: int, modified_ns: int) -> str:
    digest = hashlib.sha256(str(size).encode())
    with Path(name).open("rb") as stream:
        if size <= _PIECES * _PIECE_BYTES:
            digest.update(stream.read())
        else:
            for piece in range(_PIECES):
                stream.seek((size - _PIECE_BYTES) * piece // (_PIECES - 1))
                digest.update(stream.read(_PIECE_BYTES))
    return digest.hexdigest()[:32]

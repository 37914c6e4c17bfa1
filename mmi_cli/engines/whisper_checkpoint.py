"""The verified CTranslate2 weights of a Whisper model, written as the checkpoint that openai-whisper reads: same numbers, other container.

No publisher's `.pt` lies on the package index, and one download serves both engines. CTranslate2 stores what the transformer computes
with: query, key and value in one matrix, key and value of the cross attention in another. They are cut apart here; no number changes.
"""

from __future__ import annotations

import hashlib
import json
import struct
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from ..errors import MissingEngine

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# CTranslate2's model format: the version this reads, and its codes of number types.
_FORMAT_VERSION = 6
_SPEC = "WhisperSpec"
_TYPES = {0: "<f4", 1: "<i1", 2: "<i2", 3: "<i4", 4: "<f2"}
_CONVERTED = "torch"

Arrays = dict[str, "NDArray[np.floating[Any]]"]


def ensure_checkpoint(folder: Path) -> Path:
    """The checkpoint made from the CTranslate2 model in `folder`, written beside it on first use.

    Its name holds the beginning of the SHA-256 of the weights, so that other weights give another file.

    Raises:
        MissingEngine: the weights are of another kind, or the checkpoint cannot be written.
    """
    import torch

    weights = folder / "model.bin"
    with weights.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    path = folder / _CONVERTED / f"{digest[:16]}.pt"
    if path.is_file():
        return path
    arrays = openai_names(read_ctranslate2(weights))
    checkpoint = {
        "dims": dimensions(arrays, heads=_heads(weights)),
        "model_state_dict": {name: torch.from_numpy(array.copy()) for name, array in arrays.items()},
    }
    try:
        path.parent.mkdir(exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, suffix=".part", delete=False) as part:
            torch.save(checkpoint, part)
        Path(part.name).replace(path)
    except OSError as error:
        raise MissingEngine(f"the openai-whisper checkpoint cannot be written to {path.parent}: {error}") from error
    return path


def alignment_heads(folder: Path) -> tuple[tuple[int, int], ...]:
    """(layer, head) of the decoder whose attention follows time; word times come from them."""
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    return tuple((int(layer), int(head)) for layer, head in config.get("alignment_heads", ()))


def read_ctranslate2(path: Path) -> Arrays:
    """Every float array of a CTranslate2 Whisper model by its name there.

    Raises:
        MissingEngine: not such a file, cut off, or quantised (its numbers are no longer the publisher's).
    """
    try:
        with path.open("rb") as stream:
            return {name: array for name, array in _variables(stream) if array.dtype.kind == "f"}
    except (struct.error, ValueError, KeyError, UnicodeDecodeError) as error:
        raise MissingEngine(f"{path} is not a CTranslate2 Whisper model in float16 or float32 ({error})") from error


def openai_names(arrays: Arrays) -> Arrays:
    """CTranslate2's arrays under openai-whisper's names."""
    named: Arrays = {
        "encoder.positional_embedding": arrays["encoder/position_encodings/encodings"],
        "decoder.positional_embedding": arrays["decoder/position_encodings/encodings"],
        "decoder.token_embedding.weight": arrays["decoder/embeddings/weight"],
    }
    for kind in ("weight", "bias"):
        for conv in ("conv1", "conv2"):
            named[f"encoder.{conv}.{kind}"] = arrays[f"encoder/{conv}/{kind}"]
    named |= _norm(arrays, "encoder/layer_norm", "encoder.ln_post")
    named |= _norm(arrays, "decoder/layer_norm", "decoder.ln")
    for side in ("encoder", "decoder"):
        for layer in range(_layers(arrays, side)):
            there, here = f"{side}/layer_{layer}", f"{side}.blocks.{layer}"
            named |= _self_attention(arrays, f"{there}/self_attention", f"{here}.attn")
            named |= _norm(arrays, f"{there}/ffn/layer_norm", f"{here}.mlp_ln")
            named |= _linear(arrays, f"{there}/ffn/linear_0", f"{here}.mlp.0")
            named |= _linear(arrays, f"{there}/ffn/linear_1", f"{here}.mlp.2")
            if side == "decoder":
                named |= _cross_attention(arrays, f"{there}/attention", f"{here}.cross_attn")
    return named


def dimensions(named: Arrays, *, heads: int) -> dict[str, int]:
    """openai-whisper's `ModelDimensions`, from the shapes."""
    vocabulary, text_state = named["decoder.token_embedding.weight"].shape
    audio_state, mels, _ = named["encoder.conv1.weight"].shape
    return {
        "n_mels": mels,
        "n_audio_ctx": named["encoder.positional_embedding"].shape[0],
        "n_audio_state": audio_state,
        "n_audio_head": heads,
        "n_audio_layer": _blocks(named, "encoder"),
        "n_vocab": vocabulary,
        "n_text_ctx": named["decoder.positional_embedding"].shape[0],
        "n_text_state": text_state,
        "n_text_head": heads,
        "n_text_layer": _blocks(named, "decoder"),
    }


def _variables(stream: BinaryIO) -> Iterator[tuple[str, NDArray[Any]]]:
    import numpy as np

    (version,) = struct.unpack("<I", _take(stream, 4))
    spec = _string(stream)
    if version != _FORMAT_VERSION or spec != _SPEC:
        raise ValueError(f"format {version} of {spec!r}, not {_FORMAT_VERSION} of {_SPEC!r}")
    _revision, count = struct.unpack("<II", _take(stream, 8))
    for _ in range(count):
        name = _string(stream)
        (rank,) = struct.unpack("<B", _take(stream, 1))
        shape = struct.unpack(f"<{rank}I", _take(stream, 4 * rank))
        kind, size = struct.unpack("<BI", _take(stream, 5))
        array = np.frombuffer(_take(stream, size), dtype=_TYPES[kind]).reshape(shape)
        if name.endswith("/weight") and array.dtype.kind != "f":
            raise ValueError(f"{name} is quantised")
        yield name, array


def _take(stream: BinaryIO, size: int) -> bytes:
    data = stream.read(size)
    if len(data) < size:
        raise ValueError("the file is cut off")
    return data


def _string(stream: BinaryIO) -> str:
    (size,) = struct.unpack("<H", _take(stream, 2))
    return _take(stream, size).rstrip(b"\0").decode()


def _heads(weights: Path) -> int:
    with weights.open("rb") as stream:
        return next(int(array) for name, array in _variables(stream) if name == "decoder/num_heads")


def _layers(arrays: Arrays, side: str) -> int:
    return len(
        {
            name.split("/")[1]
            for name in arrays
            if name.startswith(f"{side}/layer_") and "layer_norm" not in name.split("/")[1]
        }
    )


def _blocks(named: Arrays, side: str) -> int:
    return len({name.split(".")[2] for name in named if name.startswith(f"{side}.blocks.")})


def _norm(arrays: Arrays, there: str, here: str) -> Arrays:
    return {f"{here}.weight": arrays[f"{there}/gamma"], f"{here}.bias": arrays[f"{there}/beta"]}


def _linear(arrays: Arrays, there: str, here: str) -> Arrays:
    return {f"{here}.{kind}": arrays[f"{there}/{kind}"] for kind in ("weight", "bias")}


def _parts(arrays: Arrays, there: str, here: str, names: tuple[str, ...]) -> Arrays:
    """One matrix cut into equal parts; openai-whisper's key has no bias, and the one stored here is zero."""
    import numpy as np

    parts: Arrays = {}
    for kind in ("weight", "bias"):
        for name, part in zip(names, np.split(arrays[f"{there}/{kind}"], len(names)), strict=True):
            if (name, kind) != ("key", "bias"):
                parts[f"{here}.{name}.{kind}"] = part
    return parts


def _self_attention(arrays: Arrays, there: str, here: str) -> Arrays:
    return {
        **_parts(arrays, f"{there}/linear_0", here, ("query", "key", "value")),
        **_linear(arrays, f"{there}/linear_1", f"{here}.out"),
        **_norm(arrays, f"{there}/layer_norm", f"{here}_ln"),
    }


def _cross_attention(arrays: Arrays, there: str, here: str) -> Arrays:
    return {
        **_linear(arrays, f"{there}/linear_0", f"{here}.query"),
        **_parts(arrays, f"{there}/linear_1", here, ("key", "value")),
        **_linear(arrays, f"{there}/linear_2", f"{here}.out"),
        **_norm(arrays, f"{there}/layer_norm", f"{here}_ln"),
    }

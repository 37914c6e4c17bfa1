"""What both makers of ONNX graphs share: weights at half precision, and files small enough for a repository."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, external_data_helper, helper, numpy_helper

SMALL = 2000
"""Numbers of a tensor below which half precision saves nothing."""
MOST_BYTES = 4_900_000
"""Of a file with weights."""


def built_model(
    name: str,
    nodes: Sequence[Any],
    tensors: Mapping[str, np.ndarray],
    *,
    given: Sequence[Any],
    results: Sequence[Any],
    is_half: bool,
) -> Any:
    """A checked model, with its float32 weights stored as float16 and widened where it is loaded, if `is_half`."""
    stored, widened = [], []
    for each, values in tensors.items():
        if is_half and values.size >= SMALL and values.dtype == np.float32:
            stored.append(numpy_helper.from_array(values.astype(np.float16), f"{each}.half"))
            widened.append(
                helper.make_node("Cast", [f"{each}.half"], [each], name=f"{each}.widened", to=TensorProto.FLOAT)
            )
        else:
            stored.append(numpy_helper.from_array(values, each))
    graph = helper.make_graph([*widened, *nodes], name, list(given), list(results), stored)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9, producer_name="mmi")
    onnx.checker.check_model(model)
    return model


def write_model(model: Any, folder: Path) -> None:
    """Writes the graph, and its large tensors beside it as ONNX's external data, in files of no more than `MOST_BYTES`."""
    pieces = [bytearray()]
    for tensor in model.graph.initializer:
        data = bytes(tensor.raw_data)
        if len(data) < SMALL:
            continue
        if len(pieces[-1]) + len(data) > MOST_BYTES:
            pieces.append(bytearray())
        external_data_helper.set_external_data(
            tensor, f"weights-{len(pieces)}.bin", offset=len(pieces[-1]), length=len(data)
        )
        tensor.ClearField("raw_data")
        pieces[-1] += data
    files = {"model.onnx": model.SerializeToString(deterministic=True)}
    files |= {f"weights-{number}.bin": bytes(piece) for number, piece in enumerate(pieces, start=1)}
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in files.items():
        (folder / name).write_bytes(data)
        print(f"{folder.name}/{name}  {len(data)} bytes  SHA-256 {hashlib.sha256(data).hexdigest()}")

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest

from mmi_cli.engines.whisper_checkpoint import dimensions, openai_names, read_ctranslate2
from mmi_cli.errors import MissingEngine

STATE, MELS, VOCABULARY = 4, 3, 7


def a_norm(name: str) -> dict[str, np.ndarray]:
    return {f"{name}/gamma": np.ones(STATE, np.float16), f"{name}/beta": np.zeros(STATE, np.float16)}


def a_linear(name: str, rows: int, columns: int) -> dict[str, np.ndarray]:
    weight = np.arange(rows * columns, dtype=np.float16).reshape(rows, columns)
    return {f"{name}/weight": weight, f"{name}/bias": np.arange(rows, dtype=np.float16)}


def a_model() -> dict[str, np.ndarray]:
    """One layer a side, with CTranslate2's names and shapes."""
    arrays: dict[str, np.ndarray] = {
        "encoder/position_encodings/encodings": np.zeros((10, STATE), np.float16),
        "decoder/position_encodings/encodings": np.zeros((5, STATE), np.float16),
        "decoder/embeddings/weight": np.zeros((VOCABULARY, STATE), np.float16),
        "encoder/conv1/weight": np.zeros((STATE, MELS, 3), np.float16),
        "encoder/conv1/bias": np.zeros(STATE, np.float16),
        "encoder/conv2/weight": np.zeros((STATE, STATE, 3), np.float16),
        "encoder/conv2/bias": np.zeros(STATE, np.float16),
        "decoder/num_heads": np.array(2, np.int16),
        "encoder/num_heads": np.array(2, np.int16),
    }
    for side in ("encoder", "decoder"):
        layer = f"{side}/layer_0"
        arrays |= a_norm(f"{side}/layer_norm") | a_norm(f"{layer}/ffn/layer_norm")
        arrays |= a_norm(f"{layer}/self_attention/layer_norm")
        arrays |= a_linear(f"{layer}/self_attention/linear_0", 3 * STATE, STATE)
        arrays |= a_linear(f"{layer}/self_attention/linear_1", STATE, STATE)
        arrays |= a_linear(f"{layer}/ffn/linear_0", 4 * STATE, STATE) | a_linear(
            f"{layer}/ffn/linear_1", STATE, 4 * STATE
        )
    layer = "decoder/layer_0/attention"
    arrays |= a_norm(f"{layer}/layer_norm") | a_linear(f"{layer}/linear_0", STATE, STATE)
    arrays |= a_linear(f"{layer}/linear_1", 2 * STATE, STATE) | a_linear(f"{layer}/linear_2", STATE, STATE)
    return arrays


def write(path: Path, arrays: dict[str, np.ndarray], *, version: int = 6, spec: str = "WhisperSpec") -> Path:
    codes = {"float32": 0, "int8": 1, "int16": 2, "int32": 3, "float16": 4}

    def string(text: str) -> bytes:
        return struct.pack("<H", len(text) + 1) + text.encode() + b"\0"

    out = struct.pack("<I", version) + string(spec) + struct.pack("<II", 3, len(arrays))
    for name, array in arrays.items():
        out += string(name) + struct.pack(f"<B{array.ndim}I", array.ndim, *array.shape)
        out += struct.pack("<BI", codes[str(array.dtype)], array.nbytes) + array.tobytes()
    path.write_bytes(out + struct.pack("<I", 0))
    return path


def test_query_key_and_value_are_cut_apart_and_no_number_changes(tmp_path: Path) -> None:
    arrays = a_model()
    named = openai_names(read_ctranslate2(write(tmp_path / "model.bin", arrays)))
    whole = arrays["encoder/layer_0/self_attention/linear_0/weight"]
    parts = [named[f"encoder.blocks.0.attn.{part}.weight"] for part in ("query", "key", "value")]
    np.testing.assert_array_equal(np.concatenate(parts), whole)
    cross = [named[f"decoder.blocks.0.cross_attn.{part}.weight"] for part in ("key", "value")]
    np.testing.assert_array_equal(np.concatenate(cross), arrays["decoder/layer_0/attention/linear_1/weight"])
    np.testing.assert_array_equal(named["encoder.blocks.0.mlp.2.weight"], arrays["encoder/layer_0/ffn/linear_1/weight"])
    assert all(array.dtype == np.float16 for array in named.values())


def test_a_key_has_no_bias(tmp_path: Path) -> None:
    named = openai_names(read_ctranslate2(write(tmp_path / "model.bin", a_model())))
    assert not [name for name in named if name.endswith("key.bias")]
    assert named["decoder.blocks.0.cross_attn.value.bias"].tolist() == [4, 5, 6, 7]


def test_dimensions_come_from_the_shapes(tmp_path: Path) -> None:
    named = openai_names(read_ctranslate2(write(tmp_path / "model.bin", a_model())))
    assert dimensions(named, heads=2) == {
        "n_mels": 3, "n_audio_ctx": 10, "n_audio_state": 4, "n_audio_head": 2, "n_audio_layer": 1,
        "n_vocab": 7, "n_text_ctx": 5, "n_text_state": 4, "n_text_head": 2, "n_text_layer": 1,
    }  # fmt: skip


def test_other_files_are_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / "model.bin"
    for data in (b"", b"\x06\x00\x00\x00", b"PK\x03\x04" * 20):
        path.write_bytes(data)
        with pytest.raises(MissingEngine, match=r"model\.bin"):
            read_ctranslate2(path)
    with pytest.raises(MissingEngine, match="TransformerSpec"):
        read_ctranslate2(write(path, a_model(), spec="TransformerSpec"))


def test_quantised_weights_are_refused(tmp_path: Path) -> None:
    arrays = a_model()
    arrays["decoder/embeddings/weight"] = np.zeros((VOCABULARY, STATE), np.int8)
    with pytest.raises(MissingEngine, match="quantised"):
        read_ctranslate2(write(tmp_path / "model.bin", arrays))


def test_a_file_that_is_cut_off_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "model.bin", a_model())
    path.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(MissingEngine, match="cut off"):
        read_ctranslate2(path)

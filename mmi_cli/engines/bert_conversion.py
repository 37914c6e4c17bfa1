"""A BERT encoder from its publisher's safetensors as a CTranslate2 model, without torch: same numbers, other container."""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import MissingEngine

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_CONVERTED = "ctranslate2"
_TYPES = {"F32": "<f4", "F16": "<f2"}
# A header of safetensors is some kB; more than this is no such file.
_LONGEST_HEADER_BYTES = 10_000_000

Arrays = dict[str, "NDArray[np.float32]"]


def ensure_encoder(folder: Path) -> Path:
    """The CTranslate2 model made from `model.safetensors` in `folder`, written beside it on first use.

    Its name holds the beginning of the SHA-256 of the weights, so that other weights give another model. Where the folder cannot be
    written to (a shared one), the model is written to the folder of temporary files and the caller may remove it after loading.

    Raises:
        MissingEngine: the weights are no BERT encoder.
    """
    weights = folder / "model.safetensors"
    with weights.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    converted = folder / _CONVERTED / digest[:16]
    if converted.is_dir():
        return converted
    try:
        converted.parent.mkdir(exist_ok=True)
        part = Path(tempfile.mkdtemp(dir=converted.parent, prefix=".part-"))
    except OSError:
        converted = part = Path(tempfile.mkdtemp(prefix="mmi-encoder-"))
    try:
        write_encoder(read_safetensors(weights), json.loads((folder / "config.json").read_text("utf-8")), part)
        if part != converted:
            part.chmod(0o755)
            part.rename(converted)
    except BaseException as error:
        shutil.rmtree(part, ignore_errors=True)
        if isinstance(error, OSError) and converted.is_dir():  # another process was faster
            return converted
        if isinstance(error, KeyError | ValueError):
            raise MissingEngine(f"{weights} is not a BERT encoder ({error}); `mmi models verify` checks it") from error
        raise
    return converted


def read_safetensors(path: Path) -> Arrays:
    """Every float array of a safetensors file, as float32.

    Raises:
        ValueError: not such a file, or cut off.
    """
    import numpy as np

    data = memoryview(path.read_bytes())
    length = int.from_bytes(data[:8], "little")
    if not 2 <= length <= min(_LONGEST_HEADER_BYTES, len(data) - 8):
        raise ValueError("no safetensors header")
    header: dict[str, Any] = json.loads(bytes(data[8 : 8 + length]))
    arrays = {}
    for name, entry in header.items():
        if name != "__metadata__" and entry["dtype"] in _TYPES:
            start, end = (8 + length + offset for offset in entry["data_offsets"])
            array = np.frombuffer(data[start:end], _TYPES[entry["dtype"]])
            arrays[name] = array.reshape(entry["shape"]).astype(np.float32)
    return arrays


def write_encoder(arrays: Arrays, config: dict[str, Any], folder: Path) -> None:
    """Writes the transformer of a `BertModel` (without its pooling layer) as a CTranslate2 encoder in float32.

    Raises:
        KeyError: an array is not there.
        ValueError: the configuration is of another architecture.
    """
    import numpy as np
    from ctranslate2.specs import common_spec, transformer_spec

    if config["model_type"] != "bert" or config["hidden_act"] != "gelu":
        raise ValueError(f"{config['model_type']} with {config['hidden_act']}")
    encoder = transformer_spec.TransformerEncoderSpec(
        config["num_hidden_layers"],
        config["num_attention_heads"],
        pre_norm=False,
        activation=common_spec.Activation.GELU,
        layernorm_embedding=True,
        num_source_embeddings=2,
        embeddings_merge=common_spec.EmbeddingsMerge.ADD,
    )
    encoder.scale_embeddings = False
    encoder.embeddings[0].weight = arrays["embeddings.word_embeddings.weight"]
    encoder.embeddings[1].weight = arrays["embeddings.token_type_embeddings.weight"]
    encoder.position_encodings.encodings = arrays["embeddings.position_embeddings.weight"]
    _set_norm(encoder.layernorm_embedding, arrays, "embeddings.LayerNorm")
    for number, layer in enumerate(encoder.layer):
        at = f"encoder.layer.{number}"
        parts = [f"{at}.attention.self.{part}" for part in ("query", "key", "value")]
        fused = layer.self_attention.linear[0]
        fused.weight = np.concatenate([arrays[f"{part}.weight"] for part in parts])
        fused.bias = np.concatenate([arrays[f"{part}.bias"] for part in parts])
        _set_linear(layer.self_attention.linear[1], arrays, f"{at}.attention.output.dense")
        _set_norm(layer.self_attention.layer_norm, arrays, f"{at}.attention.output.LayerNorm")
        _set_linear(layer.ffn.linear_0, arrays, f"{at}.intermediate.dense")
        _set_linear(layer.ffn.linear_1, arrays, f"{at}.output.dense")
        _set_norm(layer.ffn.layer_norm, arrays, f"{at}.output.LayerNorm")
    spec = transformer_spec.TransformerEncoderModelSpec(encoder)
    spec.config.layer_norm_epsilon = config["layer_norm_eps"]
    # Token ids come from the tokenizer's own file: the names here are never looked up.
    spec.register_vocabulary([f"<{number}>" for number in range(config["vocab_size"])])
    spec.validate()
    spec.optimize(quantization="float32")
    spec.save(str(folder))


def _set_linear(spec: Any, arrays: Arrays, name: str) -> None:
    spec.weight, spec.bias = arrays[f"{name}.weight"], arrays[f"{name}.bias"]


def _set_norm(spec: Any, arrays: Arrays, name: str) -> None:
    spec.gamma, spec.beta = arrays[f"{name}.weight"], arrays[f"{name}.bias"]

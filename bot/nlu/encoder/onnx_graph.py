"""The encoder's layers as ONNX nodes, in eight bits: written out with the `onnx` library, so serving needs no PyTorch or TensorFlow."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, helper, numpy_helper

from bot.nlu.encoder.weights import DIMENSION, HEADS, LAYER_NORM_EPSILON, LAYERS, MASKED, FloatArray

GREATEST = 127
TINY = 1e-8


class OnnxGraphBuilder:
    """Writes the encoder's layers as ONNX nodes; every method returns the name of its output.

    The layers' weights are whole numbers of eight bits with a scale for each output; what goes into a layer is brought to eight bits while
    the model runs, with one scale for all of it, so texts that run together change each other's scores a little: run them one by one.
    docs/evaluation.md has speed and quality beside single precision.
    """

    def __init__(self, weights: dict[str, FloatArray]) -> None:
        self.weights = weights
        self.nodes: list[onnx.NodeProto] = []
        self.initializers: dict[str, onnx.TensorProto] = {}
        self._quantized: dict[str, tuple[str, str, str]] = {}

    def node(self, kind: str, *inputs: str, **attributes: object) -> str:
        """Adds a node."""
        output = f"{kind}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, list(inputs), [output], **attributes))
        return output

    def constant(self, name: str, value: npt.NDArray[np.generic]) -> str:
        """Adds a constant once."""
        self.initializers.setdefault(name, numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def number(self, name: str, value: float) -> str:
        """Adds a constant number."""
        return self.constant(name, np.array(value, np.float32))

    def index(self, value: int) -> str:
        """Adds a constant index, as a list of one."""
        return self.constant(f"index_{value}", np.array([value], np.int64))

    def _in_eight_bits(self, x: str) -> tuple[str, str, str]:
        """Names of the quantised values, their scale and their zero; made once for all that read the same input."""
        if x not in self._quantized:
            names = (f"{x}_eight_bits", f"{x}_scale", f"{x}_zero")
            self.nodes.append(helper.make_node("DynamicQuantizeLinear", [x], list(names)))
            self._quantized[x] = names
        return self._quantized[x]

    def _linear(self, x: str, name: str) -> str:
        weight = self.weights[f"{name}.weight"].T
        scale = np.maximum(np.abs(weight).max(axis=0), TINY) / GREATEST
        values, value_scale, zero = self._in_eight_bits(x)
        product = self.node("MatMulInteger", values, self.constant(f"{name}.weight", np.round(weight / scale).astype(np.int8)), zero)
        both_scales = self.node("Mul", value_scale, self.constant(f"{name}.scale", scale.astype(np.float32)))
        scaled = self.node("Mul", self.node("Cast", product, to=TensorProto.FLOAT), both_scales)
        return self.node("Add", scaled, self.constant(f"{name}.bias", self.weights[f"{name}.bias"]))

    def _layer_norm(self, x: str, name: str) -> str:
        scale = self.constant(f"{name}.weight", self.weights[f"{name}.weight"])
        shift = self.constant(f"{name}.bias", self.weights[f"{name}.bias"])
        return self.node("LayerNormalization", x, scale, shift, axis=-1, epsilon=LAYER_NORM_EPSILON)

    def _gelu(self, x: str) -> str:
        erf = self.node("Erf", self.node("Div", x, self.number("sqrt_two", float(np.sqrt(2.0)))))
        return self.node("Mul", self.node("Mul", x, self.node("Add", erf, self.number("one", 1))), self.number("half", 0.5))

    def _split_heads(self, x: str, permutation: list[int]) -> str:
        shape = self.constant("head_shape", np.array([0, 0, HEADS, DIMENSION // HEADS], np.int64))
        return self.node("Transpose", self.node("Reshape", x, shape), perm=permutation)

    def _attention(self, x: str, mask: str, layer: str) -> str:
        query = self._split_heads(self._linear(x, f"{layer}.attention.self.query"), [0, 2, 1, 3])
        key = self._split_heads(self._linear(x, f"{layer}.attention.self.key"), [0, 2, 3, 1])
        value = self._split_heads(self._linear(x, f"{layer}.attention.self.value"), [0, 2, 1, 3])
        scale = self.number("scale", float(np.sqrt(DIMENSION // HEADS)))
        scores = self.node("Add", self.node("Div", self.node("MatMul", query, key), scale), mask)
        mixed = self.node("Transpose", self.node("MatMul", self.node("Softmax", scores, axis=-1), value), perm=[0, 2, 1, 3])
        joined = self.node("Reshape", mixed, self.constant("joined", np.array([0, 0, DIMENSION], np.int64)))
        return self._linear(joined, f"{layer}.attention.output.dense")

    def embeddings(self) -> str:
        """Words, positions and token type, normalised; the word table is kept in half precision."""
        table = self.constant("words", self.weights["embeddings.word_embeddings.weight"].astype(np.float16))
        words = self.node("Cast", self.node("Gather", table, "input_ids"), to=TensorProto.FLOAT)
        types = self.constant("type_zero", self.weights["embeddings.token_type_embeddings.weight"][0])
        length = self.node("Slice", self.node("Shape", "input_ids"), self.index(1), self.index(2))
        table = self.constant("positions", self.weights["embeddings.position_embeddings.weight"])
        positions = self.node("Slice", table, self.index(0), length, self.index(0))
        return self._layer_norm(self.node("Add", self.node("Add", words, types), positions), "embeddings.LayerNorm")

    def token_mask(self) -> str:
        """1 for tokens and 0 for padding, (texts, tokens, 1)."""
        return self.node("Unsqueeze", self.node("Cast", "attention_mask", to=TensorProto.FLOAT), self.index(2))

    def masked_out(self, mask: str) -> str:
        """0 for tokens and a large negative number for padding, in the shape of a mask."""
        return self.node("Mul", self.node("Sub", self.number("one", 1), mask), self.number("masked", MASKED))

    def encoder(self) -> str:
        """The token vectors after the last layer, (texts, tokens, 384)."""
        wide = self.node("Transpose", self.node("Unsqueeze", self.token_mask(), self.index(3)), perm=[0, 2, 3, 1])
        x, mask = self.embeddings(), self.masked_out(wide)
        for number in range(LAYERS):
            layer = f"encoder.layer.{number}"
            x = self._layer_norm(self.node("Add", x, self._attention(x, mask, layer)), f"{layer}.attention.output.LayerNorm")
            inner = self._gelu(self._linear(x, f"{layer}.intermediate.dense"))
            x = self._layer_norm(self.node("Add", x, self._linear(inner, f"{layer}.output.dense")), f"{layer}.output.LayerNorm")
        return x

    def model(self, output: str, width: int) -> bytes:
        """The finished model as bytes: `input_ids`, `attention_mask` (texts, tokens) to `scores` (texts, width)."""
        self.nodes.append(helper.make_node("Identity", [output], ["scores"]))
        inputs = [helper.make_tensor_value_info(name, TensorProto.INT64, ["texts", "tokens"]) for name in ("input_ids", "attention_mask")]
        outputs = [helper.make_tensor_value_info("scores", TensorProto.FLOAT, ["texts", width])]
        graph = helper.make_graph(self.nodes, "encoder", inputs, outputs, list(self.initializers.values()))
        made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
        return bytes(made.SerializeToString())

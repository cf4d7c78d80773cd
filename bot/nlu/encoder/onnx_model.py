"""The fine-tuned encoder with its heads: one run gives the scores of all heads for a message and its clauses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import onnxruntime

from bot.nlu.encoder.onnx_graph import OnnxGraphBuilder
from bot.nlu.encoder.weights import DIMENSION, FloatArray, load_tokenizer

MAX_TOKENS = 256
POOLS = 4
FEATURES = 3 * DIMENSION


@dataclass(frozen=True)
class Heads:
    """The linear heads on the pooled token vectors.

    Attributes:
        weights: (1152, outputs); the outputs are intents, danger yes or no, danger signs.
        bias: (outputs,).
        pool: (384, 4), the queries of the attention pool.
    """

    weights: FloatArray
    bias: FloatArray
    pool: FloatArray


def build_model(weights: dict[str, FloatArray], heads: Heads) -> bytes:
    """Writes encoder, pools and heads as one ONNX model.

    Args:
        weights: The encoder's weights, fine-tuned where they were.
        heads: The heads.
    """
    graph = OnnxGraphBuilder(weights)
    x, mask = graph.encoder(), graph.token_mask()
    missing = graph.masked_out(mask)
    count = graph.node("ReduceSum", mask, graph.index(1), keepdims=0)
    mean = graph.node("Div", graph.node("ReduceSum", graph.node("Mul", x, mask), graph.index(1), keepdims=0), count)
    highest = graph.node("ReduceMax", graph.node("Add", x, missing), axes=[1], keepdims=0)
    attention = graph.node("Softmax", graph.node("Add", graph.node("MatMul", x, graph.constant("pool", heads.pool)), missing), axis=1)
    split = graph.node("Reshape", x, graph.constant("pool_shape", np.array([0, 0, POOLS, DIMENSION // POOLS], np.int64)))
    weighted = graph.node("Mul", split, graph.node("Unsqueeze", attention, graph.index(3)))
    summed = graph.node("ReduceSum", weighted, graph.index(1), keepdims=0)
    attended = graph.node("Reshape", summed, graph.constant("flat", np.array([0, DIMENSION], np.int64)))
    features = graph.node("Concat", mean, highest, attended, axis=1)
    scores = graph.node("MatMul", features, graph.constant("heads", heads.weights))
    return graph.model(graph.node("Add", scores, graph.constant("heads_bias", heads.bias)), len(heads.bias))


class OnnxEncoder:
    """Runs the model on ONNX Runtime."""

    def __init__(self, model: bytes, threads: int = 1) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
        self._tokenizer = load_tokenizer(MAX_TOKENS)

    def scores(self, texts: Sequence[str]) -> FloatArray:
        """The heads' scores.

        Args:
            texts: At least one text; each is cut after 256 word pieces.

        Returns:
            (texts, outputs), before any softmax or sigmoid.
        """
        encodings = self._tokenizer.encode_batch(list(texts))
        return np.concatenate([self._run(encoding.ids) for encoding in encodings])

    def _run(self, pieces: Sequence[int]) -> FloatArray:
        """One text alone: nothing is padded, and a text's scores depend on nothing but the text."""
        ids = np.array([pieces], np.int64)
        scores: FloatArray = self._session.run(None, {"input_ids": ids, "attention_mask": np.ones_like(ids)})[0]
        return scores

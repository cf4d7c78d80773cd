"""The encoder's layers in TensorFlow, for fine-tuning."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import tensorflow as tf

from bot.nlu.encoder.weights import DIMENSION, HEADS, LAYER_NORM_EPSILON, LAYERS, MASKED, FloatArray, IntArray

_QUERY_KEY_VALUE = ("attention.self.query", "attention.self.key", "attention.self.value")
_LINEAR = (*_QUERY_KEY_VALUE, "attention.output.dense", "intermediate.dense", "output.dense")
_NORMS = ("attention.output.LayerNorm", "output.LayerNorm")


class EncoderLayer:
    """One layer, from the published weights; a trainable one holds variables."""

    def __init__(self, weights: dict[str, FloatArray], number: int, trainable: bool, dropout: float = 0.0) -> None:
        self._number = number
        self._dropout = dropout
        self._prefix = f"encoder.layer.{number}."
        self.parameters: dict[str, Any] = {}
        for name in (*_LINEAR, *_NORMS):
            for part in ("weight", "bias"):
                value = np.ascontiguousarray(weights[f"{self._prefix}{name}.{part}"].T)
                self.parameters[f"{name}.{part}"] = tf.Variable(value) if trainable else tf.constant(value)

    def export(self) -> dict[str, FloatArray]:
        """The weights under their published names and in their published shapes."""
        return {self._prefix + name: np.ascontiguousarray(value.numpy().T) for name, value in self.parameters.items()}

    def _linear(self, x: Any, name: str) -> Any:
        return tf.nn.bias_add(tf.matmul(x, self.parameters[f"{name}.weight"]), self.parameters[f"{name}.bias"])

    def _normalised(self, x: Any, name: str) -> Any:
        centred = x - tf.reduce_mean(x, -1, keepdims=True)
        variance = tf.reduce_mean(centred * centred, -1, keepdims=True)
        scaled = centred * (tf.math.rsqrt(variance + LAYER_NORM_EPSILON) * self.parameters[f"{name}.weight"])
        return scaled + self.parameters[f"{name}.bias"]

    def _dropped(self, x: Any, seed: Any, place: int) -> Any:
        """Drops values out while training; without a seed, and in frozen layers, nothing is dropped."""
        if seed is None or not self._dropout:
            return x
        own_seed = tf.stack([seed[0], seed[1] * 2 * LAYERS + 2 * self._number + place])
        return tf.nn.experimental.stateless_dropout(x, self._dropout, own_seed)

    def __call__(self, x: Any, mask: Any, seed: Any = None) -> Any:
        """Runs the layer: token vectors (texts, tokens, 384) and mask (texts, tokens) to token vectors."""
        shape = tf.shape(x)
        rows, flat = [shape[0], shape[1], HEADS, DIMENSION // HEADS], tf.reshape(x, [-1, DIMENSION])
        query, key, value = (tf.transpose(tf.reshape(self._linear(flat, name), rows), [0, 2, 1, 3]) for name in _QUERY_KEY_VALUE)
        scores = tf.matmul(query, key, transpose_b=True) / math.sqrt(DIMENSION // HEADS) + (1 - mask[:, None, None, :]) * MASKED
        mixed = tf.reshape(tf.transpose(tf.matmul(tf.nn.softmax(scores), value), [0, 2, 1, 3]), [-1, DIMENSION])
        flat = self._normalised(flat + self._dropped(self._linear(mixed, "attention.output.dense"), seed, 0), _NORMS[0])
        inner = tf.nn.gelu(self._linear(flat, "intermediate.dense"), approximate=False)
        return tf.reshape(self._normalised(flat + self._dropped(self._linear(inner, "output.dense"), seed, 1), _NORMS[1]), shape)


def embedded(weights: dict[str, FloatArray], ids: IntArray) -> FloatArray:
    """The first layer's input for word pieces (texts, tokens): words, positions and token type, normalised."""
    x = weights["embeddings.word_embeddings.weight"][ids]
    x = x + weights["embeddings.position_embeddings.weight"][: ids.shape[1]] + weights["embeddings.token_type_embeddings.weight"][0]
    x = (x - x.mean(-1, keepdims=True)) / np.sqrt(x.var(-1, keepdims=True) + LAYER_NORM_EPSILON)
    return np.asarray(x * weights["embeddings.LayerNorm.weight"] + weights["embeddings.LayerNorm.bias"], np.float32)

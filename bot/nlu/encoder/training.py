"""Fine-tunes the encoder's upper layers together with its heads: intent, danger yes or no, danger signs.

The lower layers stay as published; their output is computed once. docs/evaluation.md has the measured alternatives.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import tensorflow as tf
from tqdm import tqdm

from bot.content.intents import holds_danger
from bot.nlu.encoder.layers import EncoderLayer, embedded
from bot.nlu.encoder.onnx_model import FEATURES, MAX_TOKENS, POOLS, Heads
from bot.nlu.encoder.tuned_weights import Options, TunedWeights
from bot.nlu.encoder.weights import DIMENSION, LAYERS, MASKED, FloatArray, IntArray, load_tokenizer, padded, published_weights

_FROZEN_BATCH = 64
_BATCHES_SORTED_TOGETHER = 40


@dataclass(frozen=True)
class Targets:
    """What the heads learn, a row a text.

    Attributes:
        intent: Number of the intent, (texts,).
        danger: 1 where a danger sign or self-harm is present, (texts,).
        signs: 1 for the sign that is present, (texts, signs).
    """

    intent: IntArray
    danger: FloatArray
    signs: FloatArray


def targets_of(intents: Sequence[str]) -> Targets:
    """What the heads learn from intents; their numbers follow the sorted names."""
    names = sorted(set(intents))
    signs = [name for name in names if holds_danger(name)]
    by_sign = np.array([[intent == sign for sign in signs] for intent in intents], np.float32)
    return Targets(np.array([names.index(intent) for intent in intents]), by_sign.max(axis=1), by_sign)


class EncoderTrainer:
    """Trains on texts with targets; deterministic for a seed on one kind of processor."""

    def __init__(self, intents: int, signs: int, options: Options) -> None:
        self._options = options
        self._intents = intents
        self._signs = signs
        self._random = np.random.default_rng(options.seed)
        self._weights = published_weights()
        first = LAYERS - options.tuned_layers
        self._frozen = [EncoderLayer(self._weights, number, False) for number in range(first)]
        self._tuned = [EncoderLayer(self._weights, number, True, options.layer_dropout) for number in range(first, LAYERS)]
        bias = np.concatenate([np.zeros(intents), [-1.5], np.full(signs, -4.0)]).astype(np.float32)
        self._head = tf.Variable(self._small(FEATURES, intents + 1 + signs))
        self._bias = tf.Variable(bias)
        self._pool = tf.Variable(self._small(DIMENSION, POOLS))

    def _small(self, *shape: int) -> FloatArray:
        return self._random.normal(0, 0.02, shape).astype(np.float32)

    def _outputs(self, x: Any, mask: Any, seed: Any) -> Any:
        for layer in self._tuned:
            x = layer(x, mask, seed)
        wide = mask[..., None]
        mean = tf.reduce_sum(x * wide, 1) / tf.reduce_sum(wide, 1)
        highest = tf.reduce_max(x + (1 - wide) * MASKED, 1)
        attention = tf.nn.softmax(tf.matmul(x, self._pool) + (1 - wide) * MASKED, 1)
        split = tf.reshape(x, [tf.shape(x)[0], tf.shape(x)[1], POOLS, DIMENSION // POOLS])
        attended = tf.reshape(tf.reduce_sum(split * attention[..., None], 1), [-1, DIMENSION])
        features = tf.nn.experimental.stateless_dropout(tf.concat([mean, highest, attended], 1), self._options.dropout, seed)
        return tf.matmul(features, self._head) + self._bias

    def _loss(self, outputs: Any, intent: Any, danger: Any, signs: Any) -> Any:
        smoothing = self._options.smoothing
        wanted = tf.one_hot(intent, self._intents) * (1 - smoothing) + smoothing / self._intents
        by_intent = tf.nn.softmax_cross_entropy_with_logits(wanted, outputs[:, : self._intents])
        danger = danger * (1 - smoothing) + 0.1 * smoothing
        by_danger = tf.nn.sigmoid_cross_entropy_with_logits(danger, outputs[:, self._intents])
        by_sign = tf.nn.sigmoid_cross_entropy_with_logits(signs * (1 - smoothing), outputs[:, self._intents + 1 :])
        return tf.reduce_mean(by_intent + by_danger + tf.reduce_sum(by_sign, 1))

    def _lower_layers(self, pieces: Sequence[Sequence[int]]) -> tuple[FloatArray, IntArray]:
        """The frozen layers' token vectors of all texts end to end, and where each text starts."""

        def run(x: Any, mask: Any) -> Any:
            for layer in self._frozen:
                x = layer(x, mask)
            return x

        compiled = tf.function(run, autograph=False, input_signature=[tf.TensorSpec([None, None, DIMENSION]), tf.TensorSpec([None, None])])
        lengths = np.array([len(piece) for piece in pieces], np.int64)
        starts = np.concatenate([[0], np.cumsum(lengths)])
        result = np.empty((starts[-1], DIMENSION), np.float32)
        order = np.argsort(lengths, kind="stable")
        for begin in range(0, len(order), _FROZEN_BATCH):
            chosen = order[begin : begin + _FROZEN_BATCH]
            ids, mask = padded([pieces[index] for index in chosen])
            tokens = compiled(embedded(self._weights, ids), mask.astype(np.float32)).numpy()
            for row, index in enumerate(chosen):
                result[starts[index] : starts[index + 1]] = tokens[row, : lengths[index]]
        return result, starts

    def _batches(self, lengths: IntArray) -> Iterator[IntArray]:
        """One epoch: texts of like length together, in random order."""
        size = self._options.batch
        order = self._random.permutation(len(lengths))
        groups: list[IntArray] = []
        for begin in range(0, len(order), _BATCHES_SORTED_TOGETHER * size):
            part = order[begin : begin + _BATCHES_SORTED_TOGETHER * size]
            part = part[np.argsort(lengths[part], kind="stable")]
            groups += [part[start : start + size] for start in range(0, len(part), size)]
        for index in self._random.permutation(len(groups)):
            yield groups[index]

    def _all_epochs(self, lengths: IntArray) -> Iterator[IntArray]:
        for _ in range(self._options.epochs):
            yield from self._batches(lengths)

    def _step(self) -> Any:
        """One compiled step of Adam with weight decay, separate rates for encoder and heads, and a clipped gradient."""
        options = self._options
        encoder = [variable for layer in self._tuned for variable in layer.parameters.values()]
        heads = [self._head, self._bias, self._pool]
        variables = [*encoder, *heads]
        rates = [options.encoder_rate] * len(encoder) + [options.head_rate] * len(heads)
        first = [tf.Variable(tf.zeros_like(variable)) for variable in variables]
        second = [tf.Variable(tf.zeros_like(variable)) for variable in variables]

        def step(x: Any, mask: Any, intent: Any, danger: Any, signs: Any, factor: Any, number: Any) -> Any:
            with tf.GradientTape(watch_accessed_variables=False) as tape:
                tape.watch(variables)
                seed = tf.stack([tf.constant(options.seed, tf.int32), tf.cast(number, tf.int32)])
                loss = self._loss(self._outputs(x, mask, seed), intent, danger, signs)
            gradients, _ = tf.clip_by_global_norm(tape.gradient(loss, variables), options.clip_norm)
            for variable, gradient, m, v, rate in zip(variables, gradients, first, second, rates):
                if len(variable.shape) > 1:
                    variable.assign_sub(variable * (rate * factor * options.weight_decay))
                tf.raw_ops.ResourceApplyAdam(
                    var=variable.handle,
                    m=m.handle,
                    v=v.handle,
                    beta1_power=tf.pow(0.9, number),
                    beta2_power=tf.pow(0.999, number),
                    lr=rate * factor,
                    beta1=0.9,
                    beta2=0.999,
                    epsilon=1e-8,
                    grad=gradient,
                )
            return loss

        shapes = [[None, None, DIMENSION], [None, None], [None], [None], [None, self._signs], [], []]
        kinds = [tf.float32, tf.float32, tf.int64, tf.float32, tf.float32, tf.float32, tf.float32]
        return tf.function(step, autograph=False, input_signature=[tf.TensorSpec(s, k) for s, k in zip(shapes, kinds)])

    def train(self, texts: Sequence[str], targets: Targets) -> None:
        """Runs all epochs.

        Args:
            texts: Cleaned texts.
            targets: What they are.
        """
        options = self._options
        pieces = [encoding.ids for encoding in load_tokenizer(MAX_TOKENS).encode_batch(list(texts))]
        tokens, starts = self._lower_layers(pieces)
        lengths = np.diff(starts)
        step = self._step()
        total = math.ceil(len(texts) / options.batch) * options.epochs
        warm = max(1, int(total * options.warm_up))
        progress = tqdm(self._all_epochs(lengths), total=total, desc="fine-tuning", unit="step", mininterval=5, disable=False)
        for number, chosen in enumerate(progress, 1):
            x = np.zeros((len(chosen), lengths[chosen].max(), DIMENSION), np.float32)
            mask = np.zeros(x.shape[:2], np.float32)
            for row, index in enumerate(chosen):
                x[row, : lengths[index]] = tokens[starts[index] : starts[index + 1]]
                mask[row, : lengths[index]] = 1
            factor = number / warm if number <= warm else max(0.005, 1 - (number - warm) / max(1, total - warm))
            chosen_targets = (targets.intent[chosen], targets.danger[chosen], targets.signs[chosen])
            step(x, mask, *chosen_targets, np.float32(factor), np.float32(number))

    def result(self) -> TunedWeights:
        """The trained layers and heads."""
        layers = {name: value for layer in self._tuned for name, value in layer.export().items()}
        return TunedWeights(layers, Heads(self._head.numpy(), self._bias.numpy(), self._pool.numpy()))

"""Fits the heads anew on a fine-tuned encoder that stays as it is: seconds instead of half an hour, for when only examples have changed."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import tensorflow as tf

from bot.nlu.encoder.onnx_model import FEATURES, Heads, OnnxEncoder, build_model
from bot.nlu.encoder.training import Targets, targets_of
from bot.nlu.encoder.tuned_weights import Options
from bot.nlu.encoder.weights import FloatArray, IntArray, published_weights

EPOCHS = 12
BATCH = 256
RATE = 2e-3
DECAY = 1e-5
LIGHTEST, HEAVIEST = 0.7, 4.0
_THREADS = 2
_LEAST_RATE = 0.02


def features_of(texts: Sequence[str], layers: dict[str, FloatArray], pool: FloatArray, cache: Path | None = None) -> FloatArray:
    """The pooled token vectors of texts.

    Args:
        texts: Cleaned texts.
        layers: The tuned layers.
        pool: The queries of the attention pool, (384, 4).
        cache: A file with the vectors of texts that were read before; it is made or replaced.

    Returns:
        (texts, 1152), in half precision: four milliseconds a text, and nothing for those in the cache.
    """
    keys = [hashlib.sha256(text.encode()).hexdigest()[:32] for text in texts]
    known = _read_cache(cache)
    new = [index for index, key in enumerate(keys) if key not in known]
    if new:
        read_all = Heads(np.eye(FEATURES, dtype=np.float32), np.zeros(FEATURES, np.float32), pool)
        model = build_model({**published_weights(), **layers}, read_all)
        with ThreadPoolExecutor(_THREADS) as threads:
            parts = [new[start::_THREADS] for start in range(_THREADS)]
            encoders = [OnnxEncoder(model) for _ in parts]
            found = threads.map(lambda encoder, part: [encoder.scores([texts[index]])[0] for index in part], encoders, parts)
            for part, vectors in zip(parts, found):
                known.update({keys[index]: vector.astype(np.float16) for index, vector in zip(part, vectors)})
        if cache is not None:
            cache.parent.mkdir(parents=True, exist_ok=True)
            used = list(dict.fromkeys(keys))
            np.savez(cache, keys=np.array(used), vectors=np.stack([known[key] for key in used]))
    return np.stack([known[key] for key in keys])


def _read_cache(cache: Path | None) -> dict[str, FloatArray]:
    if cache is None or not cache.is_file():
        return {}
    stored = np.load(cache)
    return dict(zip(stored["keys"].tolist(), stored["vectors"]))


def weights_of(intents: Sequence[str]) -> FloatArray:
    """How much each example counts: those of rare intents more, so that a new intent is learned from a hundred examples."""
    counts = Counter(intents)
    mean = len(intents) / len(counts)
    return np.array([np.clip(np.sqrt(mean / counts[intent]), LIGHTEST, HEAVIEST) for intent in intents], np.float32)


def fit_heads(features: FloatArray, intents: Sequence[str], pool: FloatArray, options: Options) -> Heads:
    """Fits linear heads for intents, danger yes or no and danger signs. Deterministic for a seed on one kind of processor.

    Args:
        features: (texts, 1152), from `features_of`.
        intents: The texts' intents.
        pool: The pool that the features were made with.
        options: Smoothing, dropout and seed, as for fine-tuning.
    """
    targets, weights = targets_of(intents), weights_of(intents)
    count, signs = int(targets.intent.max()) + 1, targets.signs.shape[1]
    random = np.random.default_rng(options.seed)
    tf.random.set_seed(options.seed)
    head = tf.Variable(random.normal(0, 0.02, (FEATURES, count + 1 + signs)).astype(np.float32))
    bias = tf.Variable(np.concatenate([np.zeros(count), [-1.5], np.full(signs, -4.0)]).astype(np.float32))
    optimizer = tf.keras.optimizers.Adam(RATE)

    def step(x: tf.Tensor, intent: tf.Tensor, danger: tf.Tensor, sign: tf.Tensor, weight: tf.Tensor) -> None:
        with tf.GradientTape() as tape:
            outputs = tf.matmul(tf.nn.dropout(x, options.dropout), head) + bias
            loss = tf.reduce_mean(_losses(outputs, intent, danger, sign, count, options.smoothing) * weight)
            loss += DECAY * tf.nn.l2_loss(head)
        optimizer.apply_gradients(zip(tape.gradient(loss, [head, bias]), [head, bias]))

    compiled = tf.function(step, reduce_retracing=True)
    batches = _batches(len(intents), random)
    for number, chosen in enumerate(batches):
        optimizer.learning_rate.assign(RATE * max(_LEAST_RATE, 1 - number / len(batches)))
        compiled(features[chosen].astype(np.float32), *_chosen(targets, chosen), weights[chosen])
    return Heads(head.numpy(), bias.numpy(), pool)


def _batches(texts: int, random: np.random.Generator) -> list[IntArray]:
    orders = [random.permutation(texts) for _ in range(EPOCHS)]
    return [order[start : start + BATCH] for order in orders for start in range(0, texts, BATCH)]


def _chosen(targets: Targets, chosen: IntArray) -> tuple[IntArray, FloatArray, FloatArray]:
    return targets.intent[chosen], targets.danger[chosen], targets.signs[chosen]


def _losses(outputs: tf.Tensor, intent: tf.Tensor, danger: tf.Tensor, sign: tf.Tensor, count: int, smoothing: float) -> tf.Tensor:
    """Each text's loss over the three heads, with smoothed labels."""
    wanted = tf.one_hot(intent, count) * (1 - smoothing) + smoothing / count
    by_intent = tf.nn.softmax_cross_entropy_with_logits(wanted, outputs[:, :count])
    by_danger = tf.nn.sigmoid_cross_entropy_with_logits(danger * (1 - smoothing) + 0.1 * smoothing, outputs[:, count])
    by_sign = tf.nn.sigmoid_cross_entropy_with_logits(sign * (1 - smoothing), outputs[:, count + 1 :])
    return by_intent + by_danger + tf.reduce_sum(by_sign, 1)

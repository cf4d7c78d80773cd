"""Puts the encoder's heads and the n-gram model together into probabilities. Pure functions on arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from bot.content.intents import holds_danger
from bot.nlu.encoder.weights import FloatArray

_TINY = 1e-6


@dataclass(frozen=True)
class Probabilities:
    """Probabilities for some texts.

    Attributes:
        intents: (texts, intents).
        danger: That a danger sign or self-harm is present, (texts,).
        signs: By danger intent, (texts, danger intents).
    """

    intents: FloatArray
    danger: FloatArray
    signs: FloatArray


@lru_cache(maxsize=8)
def danger_columns(intents: tuple[str, ...]) -> list[int]:
    """The places of the intents whose examples hold a danger sign or self-harm."""
    return [place for place, name in enumerate(intents) if holds_danger(name)]


def _between(x: FloatArray, low: float, high: float) -> FloatArray:
    """What `np.clip` does, without its cost of a small array."""
    return np.minimum(np.maximum(x, np.float32(low)), np.float32(high))


def sigmoid(x: FloatArray) -> FloatArray:
    """Probabilities of log odds."""
    return np.asarray(1.0 / (1.0 + np.exp(-_between(x, -30, 30))), np.float32)


def log_odds(p: FloatArray) -> FloatArray:
    """Log odds of probabilities."""
    p = _between(p, _TINY, 1 - _TINY)
    return np.asarray(np.log(p / (1 - p)), np.float32)


def _softmax(x: FloatArray) -> FloatArray:
    e = np.exp(x - x.max(axis=1, keepdims=True))
    return np.asarray(e / e.sum(axis=1, keepdims=True), np.float32)


def combine(
    encoder: FloatArray, ngrams: FloatArray, intents: Sequence[str], ngram_share: float, ngram_share_of_danger: float
) -> Probabilities:
    """Averages the two models, and within each what its parts say about danger.

    Args:
        encoder: The heads' scores, (texts, intents + 1 + danger intents).
        ngrams: The n-gram model's scores, (texts, intents + 1).
        intents: Names of the intents.
        ngram_share: Weight of the n-gram model for intents and signs, 0 to 1.
        ngram_share_of_danger: Its weight for danger yes or no.
    """
    count = len(intents)
    danger = danger_columns(tuple(intents))
    by_encoder, by_ngrams = _softmax(encoder[:, :count]), _softmax(ngrams[:, :count])
    signs = sigmoid(encoder[:, count + 1 :])
    any_sign = log_odds(np.asarray(1 - np.prod(1 - signs, axis=1), np.float32))
    encoder_danger = (encoder[:, count] + log_odds(by_encoder[:, danger].sum(axis=1)) + any_sign) / 3
    ngram_danger = (ngrams[:, count] + log_odds(by_ngrams[:, danger].sum(axis=1))) / 2
    mixed = (1 - ngram_share) * np.log(by_encoder + _TINY) + ngram_share * np.log(by_ngrams + _TINY)
    return Probabilities(
        _softmax(np.asarray(mixed, np.float32)),
        sigmoid((1 - ngram_share_of_danger) * encoder_danger + ngram_share_of_danger * ngram_danger),
        np.asarray((1 - ngram_share) * signs + ngram_share * by_ngrams[:, danger], np.float32),
    )


def read_as_one(probabilities: Probabilities, passages: int) -> Probabilities:
    """Puts the passages of a message together: its danger is that of its most alarming passage, its intent is the likeliest over all.

    Args:
        probabilities: Of the passages in the first rows, and of the clauses in further rows.
        passages: How many passages there are, at least 1.

    Returns:
        The message in the first row, the clauses in further rows.
    """
    intents = np.concatenate([probabilities.intents[:passages].mean(axis=0, keepdims=True), probabilities.intents[passages:]])
    danger = np.concatenate([probabilities.danger[:passages].max(keepdims=True), probabilities.danger[passages:]])
    signs = np.concatenate([probabilities.signs[:passages].max(axis=0, keepdims=True), probabilities.signs[passages:]])
    return Probabilities(intents, danger, signs)

"""Softmax regression on word and character n-grams: catches rare words that the encoder blurs. Kept as plain arrays, no pickle."""

from __future__ import annotations

import json
import warnings
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file, save_file
from scipy.sparse import csr_matrix, hstack
from sklearn.exceptions import ConvergenceWarning
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from bot.nlu.minilm import FloatArray, IntArray

_STRENGTH = 5.0
_STEPS = 25


def _word_vectorizer(terms: Sequence[str] | None = None) -> TfidfVectorizer:
    return TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, dtype=np.float32, min_df=1 if terms else 2, vocabulary=terms)


def _character_vectorizer(terms: Sequence[str] | None = None) -> TfidfVectorizer:
    return TfidfVectorizer(
        analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True, dtype=np.float32, min_df=1 if terms else 3, vocabulary=terms
    )


class NgramModel:
    """Scores of intents and, in the last column, of danger."""

    def __init__(self, words: TfidfVectorizer, characters: TfidfVectorizer, weights: FloatArray, bias: FloatArray) -> None:
        self._words = words
        self._characters = characters
        self._weights = weights
        self._bias = bias

    @classmethod
    def fit(cls, texts: Sequence[str], intent: IntArray, danger: FloatArray, seed: int = 0) -> NgramModel:
        """Fits the model.

        Args:
            texts: Cleaned texts.
            intent: Numbers of their intents.
            danger: 1 where danger is present.
            seed: For the solver.
        """
        words, characters = _word_vectorizer(), _character_vectorizer()
        features = hstack([words.fit_transform(texts), characters.fit_transform(texts)]).tocsr()
        by_intent = LogisticRegression(solver="saga", C=_STRENGTH, max_iter=_STEPS, tol=1e-2, random_state=seed)
        by_danger = LogisticRegression(solver="liblinear", C=_STRENGTH, class_weight="balanced", random_state=seed)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)  # stopping early is intended
            by_intent.fit(features, intent)
            by_danger.fit(features, danger > 0)
        weights = np.concatenate([by_intent.coef_, by_danger.coef_]).T.astype(np.float16).astype(np.float32)
        bias = np.concatenate([by_intent.intercept_, by_danger.intercept_]).astype(np.float32)
        return cls(words, characters, np.ascontiguousarray(weights), bias)

    def scores(self, texts: Sequence[str]) -> FloatArray:
        """Scores before softmax or sigmoid, (texts, intents + 1)."""
        features: csr_matrix = hstack([self._words.transform(texts), self._characters.transform(texts)]).tocsr()
        features = features.astype(np.float32)  # in double precision SciPy would copy all weights at each call
        return np.asarray(features @ self._weights + self._bias, np.float32)

    def save(self, file: Path) -> None:
        """Writes the model as safetensors."""
        names = {
            "words": json.dumps(list(self._words.get_feature_names_out())),
            "characters": json.dumps(list(self._characters.get_feature_names_out())),
        }
        arrays = {
            "word_idf": self._words.idf_.astype(np.float32),
            "character_idf": self._characters.idf_.astype(np.float32),
            "weights": self._weights.astype(np.float16),
            "bias": self._bias,
        }
        save_file(arrays, file)
        file.with_suffix(".json").write_text(json.dumps(names), encoding="utf-8")

    @classmethod
    def load(cls, file: Path) -> NgramModel:
        """Reads a saved model."""
        arrays = load_file(file)
        names = json.loads(file.with_suffix(".json").read_text(encoding="utf-8"))
        words = _word_vectorizer(json.loads(names["words"]))
        words.idf_ = arrays["word_idf"]
        characters = _character_vectorizer(json.loads(names["characters"]))
        characters.idf_ = arrays["character_idf"]
        return cls(words, characters, arrays["weights"].astype(np.float32), arrays["bias"])

"""Fits the n-gram model with scikit-learn."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import hstack
from sklearn.exceptions import ConvergenceWarning
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from bot.nlu.encoder.weights import FloatArray, IntArray
from bot.nlu.ngrams.model import character_terms, word_terms

_STRENGTH = 5.0
_STEPS = 25


@dataclass(frozen=True)
class Fitted:
    """Terms, their inverse document frequencies, and the weights: words first, one column for each intent and one for danger."""

    words: list[str]
    word_rarity: FloatArray
    characters: list[str]
    character_rarity: FloatArray
    weights: npt.NDArray[np.float16]
    bias: FloatArray


def fit(texts: Sequence[str], intent: IntArray, danger: FloatArray, seed: int) -> Fitted:
    """Fits vocabularies and weights.

    Args:
        texts: Cleaned texts.
        intent: Numbers of their intents.
        danger: 1 where danger is present.
        seed: For the solver.
    """
    words = TfidfVectorizer(analyzer=word_terms, sublinear_tf=True, dtype=np.float32, min_df=2)
    characters = TfidfVectorizer(analyzer=character_terms, sublinear_tf=True, dtype=np.float32, min_df=3)
    features = hstack([words.fit_transform(texts), characters.fit_transform(texts)]).tocsr()
    by_intent = LogisticRegression(solver="saga", C=_STRENGTH, max_iter=_STEPS, tol=1e-2, random_state=seed)
    by_danger = LogisticRegression(solver="liblinear", C=_STRENGTH, class_weight="balanced", random_state=seed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # stopping early is intended
        by_intent.fit(features, intent)
        by_danger.fit(features, danger > 0)
    return Fitted(
        list(words.get_feature_names_out()),
        words.idf_.astype(np.float32),
        list(characters.get_feature_names_out()),
        characters.idf_.astype(np.float32),
        np.ascontiguousarray(np.concatenate([by_intent.coef_, by_danger.coef_]).T.astype(np.float16)),
        np.concatenate([by_intent.intercept_, by_danger.intercept_]).astype(np.float32),
    )

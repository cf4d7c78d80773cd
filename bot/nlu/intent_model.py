"""A linear classifier over sentence vectors joined with character and word pieces, kept as plain arrays (no pickle)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
from safetensors import safe_open
from safetensors.numpy import save_file
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

FloatArray = npt.NDArray[np.float32]


def _vectorizer(kind: str, vocabulary: dict[str, int] | None = None) -> TfidfVectorizer:
    if kind == "char":
        return TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 4), min_df=3, sublinear_tf=True, vocabulary=vocabulary, dtype=np.float32)
    return TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True, vocabulary=vocabulary, dtype=np.float32)


class IntentModel:
    """Probabilities of intents from texts and their sentence vectors."""

    def __init__(self, intents: list[str], weights: FloatArray, bias: FloatArray, vectorizers: list[TfidfVectorizer]) -> None:
        self.intents = intents
        self._weights = weights
        self._bias = bias
        self._vectorizers = vectorizers

    @classmethod
    def fit(cls, texts: Sequence[str], vectors: FloatArray, intents: Sequence[str], strength: float, steps: int) -> IntentModel:
        """Fits the model.

        Args:
            texts: Cleaned texts.
            vectors: Their sentence vectors, (texts, 384).
            intents: Their intents.
            strength: Inverse of the regularisation.
            steps: Most steps of the solver.
        """
        vectorizers = [_vectorizer("char"), _vectorizer("word")]
        features = hstack([csr_matrix(vectors), *(vectorizer.fit_transform(texts) for vectorizer in vectorizers)]).tocsr()
        regression = LogisticRegression(C=strength, max_iter=steps, random_state=0).fit(features, list(intents))
        weights = regression.coef_.T.astype(np.float32)
        return cls([str(name) for name in regression.classes_], weights, regression.intercept_.astype(np.float32), vectorizers)

    def predict(self, texts: Sequence[str], vectors: FloatArray) -> FloatArray:
        """Probabilities, (texts, intents)."""
        features = hstack([csr_matrix(vectors), *(vectorizer.transform(texts) for vectorizer in self._vectorizers)]).tocsr()
        scores = np.asarray(features @ self._weights) + self._bias
        exponents = np.exp(scores - scores.max(axis=1, keepdims=True))
        probabilities: FloatArray = (exponents / exponents.sum(axis=1, keepdims=True)).astype(np.float32)
        return probabilities

    def save(self, file: Path) -> None:
        """Writes the model as safetensors with its names in the metadata."""
        arrays = {"weights": self._weights, "bias": self._bias}
        for number, vectorizer in enumerate(self._vectorizers):
            arrays[f"idf_{number}"] = vectorizer.idf_.astype(np.float32)
        vocabularies = [sorted(vectorizer.vocabulary_, key=vectorizer.vocabulary_.get) for vectorizer in self._vectorizers]
        save_file(arrays, file, metadata={"intents": json.dumps(self.intents), "vocabularies": json.dumps(vocabularies)})

    @classmethod
    def load(cls, file: Path) -> IntentModel:
        """Reads a saved model."""
        with safe_open(file, framework="numpy") as stored:
            metadata = stored.metadata()
            vectorizers = []
            for number, (kind, names) in enumerate(zip(("char", "word"), json.loads(metadata["vocabularies"]))):
                vectorizer = _vectorizer(kind, {name: index for index, name in enumerate(names)})
                vectorizer.idf_ = stored.get_tensor(f"idf_{number}")
                vectorizers.append(vectorizer)
            return cls(json.loads(metadata["intents"]), stored.get_tensor("weights"), stored.get_tensor("bias"), vectorizers)

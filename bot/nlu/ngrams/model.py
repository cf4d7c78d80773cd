"""Softmax regression on word and character n-grams: catches rare words that the encoder blurs. Kept as plain arrays, no pickle.

scikit-learn fits it (`ngram_training.py`). Scoring a few texts needs none of it: its import alone would take a second of every start.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt
from safetensors.numpy import load_file, save_file

from bot.nlu.encoder.weights import FloatArray, IntArray

CHARACTERS = (2, 5)
_WORD = re.compile(r"(?u)\b\w\w+\b")
_PIECES_REMEMBERED = 50_000


def word_terms(text: str) -> Iterator[str]:
    """The words of a text and its pairs of neighbouring words."""
    words = _WORD.findall(text.lower())
    yield from words
    yield from (f"{first} {second}" for first, second in pairwise(words))


@lru_cache(maxsize=_PIECES_REMEMBERED)
def _pieces(word: str) -> tuple[str, ...]:
    shortest, longest = CHARACTERS
    padded = f" {word} "
    lengths = range(shortest, min(longest, len(padded)) + 1)
    return tuple(padded[start : start + length] for length in lengths for start in range(len(padded) - length + 1))


def character_terms(text: str) -> Iterator[str]:
    """The pieces of two to five characters inside the words of a text, spaces around the words included."""
    for word in text.lower().split():
        yield from _pieces(word)


@dataclass(frozen=True)
class Vocabulary:
    """The known terms of one kind.

    Attributes:
        terms: In the order of their weights.
        rarity: Inverse document frequency of each.
        split: Takes a text apart into terms.
    """

    terms: Sequence[str]
    rarity: FloatArray
    split: Callable[[str], Iterable[str]]
    _places: dict[str, int] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_places", {term: place for place, term in enumerate(self.terms)})

    def features(self, text: str) -> tuple[npt.NDArray[np.intp], FloatArray]:
        """The places of a text's known terms and their weights: 1 + log of the count, times rarity, scaled to length 1."""
        counts = Counter(place for term in self.split(text) if (place := self._places.get(term)) is not None)
        places = np.fromiter(counts.keys(), np.intp, len(counts))
        values = (1 + np.log(np.fromiter(counts.values(), np.float32, len(counts)))) * self.rarity[places]
        length = float(np.sqrt(values @ values)) or 1.0
        return places, np.asarray(values / length, np.float32)


class NgramModel:
    """Scores of intents and, in the last column, of danger."""

    def __init__(self, words: Vocabulary, characters: Vocabulary, weights: npt.NDArray[np.float16], bias: FloatArray) -> None:
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
        from bot.nlu.ngrams.training import fit

        fitted = fit(texts, intent, danger, seed)
        words = Vocabulary(fitted.words, fitted.word_rarity, word_terms)
        characters = Vocabulary(fitted.characters, fitted.character_rarity, character_terms)
        return cls(words, characters, fitted.weights, fitted.bias)

    def scores(self, texts: Sequence[str]) -> FloatArray:
        """Scores before softmax or sigmoid, (texts, intents + 1)."""
        return np.stack([self._scores(text) for text in texts])

    def _scores(self, text: str) -> FloatArray:
        words, word_values = self._words.features(text)
        characters, character_values = self._characters.features(text)
        rows = np.concatenate([words, characters + len(self._words.terms)])
        values = np.concatenate([word_values, character_values])
        return np.asarray(values @ self._weights[rows].astype(np.float32) + self._bias, np.float32)

    def save(self, file: Path) -> None:
        """Writes the model as safetensors."""
        names = {"words": json.dumps(list(self._words.terms)), "characters": json.dumps(list(self._characters.terms))}
        arrays = {
            "word_idf": self._words.rarity,
            "character_idf": self._characters.rarity,
            "weights": self._weights,
            "bias": self._bias,
        }
        save_file(arrays, file)
        file.with_suffix(".json").write_text(json.dumps(names), encoding="utf-8")

    @classmethod
    def load(cls, file: Path) -> NgramModel:
        """Reads a saved model."""
        arrays = load_file(file)
        names = json.loads(file.with_suffix(".json").read_text(encoding="utf-8"))
        words = Vocabulary(json.loads(names["words"]), arrays["word_idf"], word_terms)
        characters = Vocabulary(json.loads(names["characters"]), arrays["character_idf"], character_terms)
        return cls(words, characters, arrays["weights"], arrays["bias"])

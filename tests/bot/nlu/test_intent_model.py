"""The linear classifier over sentence vectors and word pieces."""

from __future__ import annotations

import numpy as np
import pytest
from bot.nlu.intent_model import IntentModel

TEXTS = [
    "my pump beeps",
    "the pump is beeping",
    "pump beeps now",
    "hello there",
    "hello friend",
    "oh hello there",
    "what does it cost",
    "does it cost much",
    "the cost of it",
] * 2
INTENTS = (["pump"] * 3 + ["greet"] * 3 + ["price"] * 3) * 2
VECTORS = np.array([{"pump": [1, 0], "greet": [0, 1], "price": [-1, -1]}[intent] for intent in INTENTS], np.float32)
NEW = ["beeps of the pump", "hello", "zzz"]
NEW_VECTORS = np.array([[1, 0], [0, 1], [0.5, 0.5]], np.float32)


@pytest.fixture(scope="module")
def model():
    return IntentModel.fit(TEXTS, VECTORS, INTENTS, 10.0, 50)


def test_it_learns_the_examples(model):
    best = model.predict(TEXTS, VECTORS).argmax(axis=1)
    assert [model.intents[index] for index in best] == INTENTS


def test_probabilities_sum_to_one(model):
    np.testing.assert_allclose(model.predict(NEW, NEW_VECTORS).sum(axis=1), 1, atol=1e-5)


def test_words_are_heard_even_where_the_vector_tells_nothing(model):
    probabilities = model.predict(["pump beeps", "hello there"], np.zeros((2, 2), np.float32))
    assert [model.intents[index] for index in probabilities.argmax(axis=1)] == ["pump", "greet"]


def test_training_twice_gives_the_same_model(model):
    again = IntentModel.fit(TEXTS, VECTORS, INTENTS, 10.0, 50)
    np.testing.assert_array_equal(again.predict(NEW, NEW_VECTORS), model.predict(NEW, NEW_VECTORS))


def test_a_saved_model_answers_as_before(model, tmp_path):
    model.save(tmp_path / "model.safetensors")
    loaded = IntentModel.load(tmp_path / "model.safetensors")
    assert loaded.intents == model.intents
    np.testing.assert_allclose(loaded.predict(NEW, NEW_VECTORS), model.predict(NEW, NEW_VECTORS), atol=1e-6)


def test_huge_scores_do_not_overflow(model):
    assert np.isfinite(model.predict(["x"], np.full((1, 2), 1e6, np.float32))).all()

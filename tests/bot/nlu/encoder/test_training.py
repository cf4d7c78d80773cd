"""Fine-tuning on a few made-up texts: it learns, and gives the same result twice."""

from __future__ import annotations

import numpy as np
import pytest

from bot.nlu.encoder.onnx_model import FEATURES, OnnxEncoder
from bot.nlu.encoder.training import targets_of
from bot.nlu.encoder.tuned_weights import Options, fine_tune
from bot.nlu.encoder.weights import published_weights

FEVERS = ["very hot", "40 degrees", "burning up", "a high fever", "boiling to touch"]
GREETINGS = ["hello", "good morning", "hi there", "hey", "good evening"]
PEOPLE = ["dad", "my mum", "my son", "our resident"]
TEXTS = [f"{person}: {fever}" for person in PEOPLE for fever in FEVERS] + [f"{hi} from {who}" for who in PEOPLE for hi in GREETINGS]
INTENTS = ["danger_fever"] * 20 + ["greet"] * 20
OPTIONS = Options(tuned_layers=1, epochs=1, batch=8, encoder_rate=1e-3, head_rate=2e-2)


@pytest.fixture(scope="module")
def tuned():
    return fine_tune(TEXTS, INTENTS, OPTIONS)


@pytest.fixture(scope="module")
def scores(tuned):
    return OnnxEncoder(tuned.model()).scores(TEXTS)


def test_the_heads_are_intents_danger_and_signs(tuned):
    assert tuned.heads.weights.shape == (FEATURES, 2 + 1 + 1)


def test_the_intents_are_told_apart(scores):
    chosen = [sorted(set(INTENTS))[index] for index in scores[:, :2].argmax(axis=1)]
    assert chosen == INTENTS


def test_danger_scores_higher_than_all_else(scores):
    assert scores[:20, 2].min() > scores[20:, 2].max()


def test_only_the_upper_layer_is_kept(tuned):
    assert {name.split(".")[2] for name in tuned.layers} == {"5"}


def test_the_upper_layer_has_moved(tuned):
    name = "encoder.layer.5.output.dense.weight"
    assert np.abs(tuned.layers[name] - published_weights()[name]).max() > 1e-4


def test_training_again_gives_the_same_weights(tuned):
    again = fine_tune(TEXTS, INTENTS, OPTIONS)
    np.testing.assert_array_equal(again.heads.weights, tuned.heads.weights)
    for name, value in tuned.layers.items():
        np.testing.assert_array_equal(again.layers[name], value)


def test_intents_are_numbered_by_their_sorted_names():
    assert targets_of(["thank", "crisis", "greet"]).intent.tolist() == [2, 0, 1]


def test_danger_and_self_harm_are_targets_of_the_danger_head():
    assert targets_of(["greet", "crisis", "danger_fever"]).danger.tolist() == [0, 1, 1]


def test_each_sign_has_its_own_target():
    assert targets_of(["greet", "crisis", "danger_fever"]).signs.tolist() == [[0, 0], [1, 0], [0, 1]]

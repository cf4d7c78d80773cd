"""The encoder with heads as one model: what comes out belongs to the text that went in."""

from __future__ import annotations

import numpy as np
import pytest

from bot.nlu.encoder.onnx_model import FEATURES, MAX_TOKENS, POOLS, Heads, OnnxEncoder, build_model
from bot.nlu.encoder.weights import DIMENSION, published_weights

OUTPUTS = 5
TEXTS = ["my pump beeps", "x", "a much longer message about stiff legs at night and what may set them off", "", "temp 104"]


def random_heads(seed=0):
    random = np.random.default_rng(seed)

    def small(*shape):
        return random.normal(0, 0.05, shape).astype(np.float32)

    return Heads(small(FEATURES, OUTPUTS), small(OUTPUTS), small(DIMENSION, POOLS))


@pytest.fixture(scope="module")
def encoder():
    return OnnxEncoder(build_model(published_weights(), random_heads()))


def test_there_is_a_row_for_each_text_and_a_column_for_each_output(encoder):
    assert encoder.scores(TEXTS).shape == (len(TEXTS), OUTPUTS)


def test_a_batch_gives_what_single_texts_give(encoder):
    alone = np.vstack([encoder.scores([text]) for text in TEXTS])
    np.testing.assert_allclose(encoder.scores(TEXTS), alone, atol=1e-4)


def test_rows_follow_the_order_of_the_texts(encoder):
    np.testing.assert_allclose(encoder.scores(TEXTS[::-1]), encoder.scores(TEXTS)[::-1], atol=1e-4)


def test_more_texts_than_one_batch_keep_their_order(encoder):
    texts = [f"{'word ' * (number % 7)}number {number}" for number in range(70)]
    alone = np.vstack([encoder.scores([text]) for text in texts[::23]])
    np.testing.assert_allclose(encoder.scores(texts)[::23], alone, atol=1e-4)


def test_different_texts_have_different_scores(encoder):
    first, second = encoder.scores(["my pump beeps", "what does it cost"])
    assert np.abs(first - second).max() > 0.01


def test_a_long_text_counts_up_to_the_limit(encoder):
    start = "pump " * MAX_TOKENS
    np.testing.assert_allclose(encoder.scores([start + "seizure"]), encoder.scores([start]), atol=1e-5)


def test_a_text_within_the_limit_counts_to_its_last_word(encoder):
    start = "pump " * (MAX_TOKENS - 3)
    assert np.abs(encoder.scores([start + "seizure"]) - encoder.scores([start + "pump"])).max() > 1e-4


@pytest.mark.parametrize("text", ["", "😀", "\n", "词" * 5000, "a" * 5000])
def test_any_text_has_finite_scores(encoder, text):
    assert np.isfinite(encoder.scores([text])).all()


def test_the_bias_is_added_to_every_score(encoder):
    heads = random_heads()
    shifted = OnnxEncoder(build_model(published_weights(), Heads(heads.weights, heads.bias + 1, heads.pool)))
    np.testing.assert_allclose(shifted.scores(TEXTS), encoder.scores(TEXTS) + 1, atol=1e-4)


def test_the_number_of_threads_does_not_matter(encoder):
    single = OnnxEncoder(build_model(published_weights(), random_heads()), threads=1)
    np.testing.assert_allclose(single.scores(TEXTS), encoder.scores(TEXTS), atol=1e-4)

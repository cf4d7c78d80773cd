"""Two models become one set of probabilities, and neither can silence the other about danger."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.content.intents import holds_danger
from bot.nlu.scores import Probabilities, combine, read_as_one

INTENTS = ["ask_uses", "crisis", "danger_fever", "danger_seizure", "greet"]
COUNT, SIGNS, DANGER = 5, 3, 5
SEEDS = st.integers(0, 10_000)
SHARES = st.floats(0.0, 1.0)
RAISES = st.floats(0.5, 20.0)
ROUNDING = 5e-3  # log odds near 1 in single precision


def random_scores(seed, texts=4, spread=3.0):
    random = np.random.default_rng(seed)
    encoder = random.normal(0, spread, (texts, COUNT + 1 + SIGNS)).astype(np.float32)
    return encoder, random.normal(0, spread, (texts, COUNT + 1)).astype(np.float32)


@pytest.mark.parametrize("intent", ["crisis", "danger_fever", "danger_other"])
def test_danger_and_self_harm_are_danger(intent):
    assert holds_danger(intent)


@pytest.mark.parametrize("intent", ["ask_kidney", "possible_danger", "report_ran_out", "not_danger_fever"])
def test_other_intents_are_no_danger(intent):
    assert not holds_danger(intent)


@given(SEEDS, SHARES)
def test_intent_probabilities_sum_to_one(seed, share):
    np.testing.assert_allclose(combine(*random_scores(seed), INTENTS, share, share).intents.sum(axis=1), 1, atol=1e-5)


@given(SEEDS, SHARES)
def test_all_are_probabilities(seed, share):
    found = combine(*random_scores(seed, spread=50), INTENTS, share, share)
    for part in (found.intents, found.danger, found.signs):
        assert np.isfinite(part).all()
        assert ((part >= 0) & (part <= 1)).all()


@given(SEEDS, RAISES)
def test_danger_rises_with_the_encoders_danger_head(seed, by):
    encoder, ngrams = random_scores(seed)
    before = combine(encoder, ngrams, INTENTS, 0.4, 0.4).danger
    encoder[:, DANGER] += by
    assert (combine(encoder, ngrams, INTENTS, 0.4, 0.4).danger > before).all()


@given(SEEDS, RAISES, st.integers(0, SIGNS - 1))
def test_danger_never_falls_when_a_sign_rises(seed, by, sign):
    encoder, ngrams = random_scores(seed)
    before = combine(encoder, ngrams, INTENTS, 0.4, 0.4)
    encoder[:, COUNT + 1 + sign] += by
    after = combine(encoder, ngrams, INTENTS, 0.4, 0.4)
    assert (after.danger >= before.danger - ROUNDING).all()
    assert (after.signs[:, sign] > before.signs[:, sign] - 1e-6).all()


@given(SEEDS, RAISES)
def test_danger_rises_with_the_ngrams_danger_column(seed, by):
    encoder, ngrams = random_scores(seed)
    before = combine(encoder, ngrams, INTENTS, 0.4, 0.4).danger
    ngrams[:, DANGER] += by
    assert (combine(encoder, ngrams, INTENTS, 0.4, 0.4).danger > before).all()


@given(SEEDS, RAISES, st.sampled_from([1, 2, 3]))
def test_danger_never_falls_when_a_danger_intent_rises_in_either_model(seed, by, column):
    encoder, ngrams = random_scores(seed)
    before = combine(encoder, ngrams, INTENTS, 0.4, 0.4).danger
    for scores in (encoder, ngrams):
        scores[:, column] += by
        assert (combine(encoder, ngrams, INTENTS, 0.4, 0.4).danger >= before - ROUNDING).all()
        scores[:, column] -= by


@given(SEEDS)
def test_without_a_share_the_ngrams_do_not_count(seed):
    encoder, ngrams = random_scores(seed)
    alone = combine(encoder, ngrams, INTENTS, 0.0, 0.0)
    np.testing.assert_allclose(combine(encoder, -ngrams, INTENTS, 0.0, 0.0).intents, alone.intents, atol=1e-6)


@given(SEEDS)
def test_with_the_whole_share_the_encoder_does_not_count(seed):
    encoder, ngrams = random_scores(seed)
    alone = combine(encoder, ngrams, INTENTS, 1.0, 1.0)
    np.testing.assert_allclose(combine(-encoder, ngrams, INTENTS, 1.0, 1.0).danger, alone.danger, atol=1e-6)


def test_what_both_models_choose_is_chosen():
    encoder, ngrams = np.zeros((1, COUNT + 1 + SIGNS), np.float32), np.zeros((1, COUNT + 1), np.float32)
    encoder[0, 4] = ngrams[0, 4] = 5
    assert INTENTS[combine(encoder, ngrams, INTENTS, 0.4, 0.4).intents[0].argmax()] == "greet"


@given(SEEDS)
def test_a_text_has_the_same_probabilities_alone_and_among_others(seed):
    encoder, ngrams = random_scores(seed)
    together = combine(encoder, ngrams, INTENTS, 0.4, 0.4)
    alone = combine(encoder[:1], ngrams[:1], INTENTS, 0.4, 0.4)
    np.testing.assert_allclose(together.danger[:1], alone.danger, atol=1e-6)
    np.testing.assert_allclose(together.intents[:1], alone.intents, atol=1e-6)


def test_a_message_is_as_alarming_as_its_most_alarming_passage():
    rows = Probabilities(
        np.full((3, 2), 0.5, np.float32), np.array([0.1, 0.9, 0.3], np.float32), np.array([[0.2], [0.1], [0.7]], np.float32)
    )
    message = read_as_one(rows, 2)
    assert message.danger.tolist() == pytest.approx([0.9, 0.3])
    assert message.signs[:, 0].tolist() == pytest.approx([0.2, 0.7])


def test_the_intent_of_a_message_is_the_likeliest_over_its_passages():
    rows = Probabilities(np.array([[0.9, 0.1], [0.4, 0.6]], np.float32), np.zeros(2, np.float32), np.zeros((2, 1), np.float32))
    assert read_as_one(rows, 2).intents.tolist() == [pytest.approx([0.65, 0.35])]

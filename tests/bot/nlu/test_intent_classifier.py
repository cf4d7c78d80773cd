"""What the classifier says about danger, condensed over a message and its clauses."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.nlu.intent_classifier import danger_scores
from bot.nlu.scores import Probabilities

INTENTS = ["crisis", "danger_fever", "danger_seizure", "greet"]
SIGNS = {"danger_fever": "high_fever", "danger_seizure": "seizure"}


def probabilities(danger, crisis=None, signs=None):
    rows = len(danger)
    intents = np.full((rows, len(INTENTS)), 0.1, np.float32)
    intents[:, 0] = crisis or [0.0] * rows
    by_sign = np.array(signs or [[0.0, 0.0, 0.0]] * rows, np.float32)
    return Probabilities(intents, np.array(danger, np.float32), by_sign)


def scored(*arguments, share=0.0, **more):
    return danger_scores(probabilities(*arguments, **more), INTENTS, SIGNS, share)


def test_the_first_row_is_the_message():
    assert scored([0.2, 0.9, 0.1]).danger == pytest.approx(0.2)


def test_self_harm_is_judged_on_the_whole_message():
    assert scored([0.0, 0.0], crisis=[0.1, 0.6]).crisis == pytest.approx(0.1)


def test_signs_have_their_own_names_and_are_those_of_the_whole_message():
    signs = scored([0.0, 0.0], signs=[[0.9, 0.1, 0.5], [0.9, 0.4, 0.2]]).signs
    assert signs == {"high_fever": pytest.approx(0.1), "seizure": pytest.approx(0.5)}


def test_an_alarming_clause_raises_the_danger_of_the_message_a_little():
    alarmed = scored([0.2, 0.99, 0.1], share=0.2).danger
    assert 0.2 < alarmed < 0.99


@given(st.lists(st.floats(0, 1, width=32), min_size=1, max_size=10), st.floats(0, 1, width=32), st.floats(0, 1))
def test_clauses_never_lower_the_danger_of_the_message(clauses, message, share):
    assert scored([message, *clauses], share=share).danger >= message


def test_an_intent_without_a_sign_is_left_out():
    assert danger_scores(probabilities([0.0]), INTENTS, {"danger_fever": "high_fever"}).signs.keys() == {"high_fever"}


def test_without_a_crisis_intent_there_is_no_crisis():
    found = Probabilities(np.ones((1, 2), np.float32), np.ones(1, np.float32), np.ones((1, 1), np.float32))
    assert danger_scores(found, ["danger_fever", "greet"], SIGNS).crisis == 0.0


@given(st.lists(st.floats(0, 1, width=32), min_size=1, max_size=10), st.floats(0, 1, width=32))
def test_one_more_clause_never_lowers_anything(danger, another):
    before, after = scored([0.5, *danger], share=0.2), scored([0.5, *danger, another], share=0.2)
    assert after.danger >= before.danger


def test_every_danger_sign_of_the_content_has_its_own_intent(content):
    intents = [sign.intent for sign in content.triage.danger_signs.values()]
    assert len(set(intents)) == len(intents)

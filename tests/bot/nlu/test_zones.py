"""How sure it is that there is danger or self-harm: what a rule finds present is never less than a doubt."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.nlu.evidence import DialogueState, StatementScore
from bot.nlu.mentions import CRISIS, DANGER_SIGN, Mention
from bot.nlu.zones import Thresholds, Zone, danger_zone, self_harm_zone
from tests.bot.nlu.evidence_strategies import EVIDENCE, MENTION, STATE, WORDS, evidence_of

T = Thresholds()
IDLE = DialogueState()
FEVER = Mention("high_fever", DANGER_SIGN, 0)
SELF_HARM = Mention(CRISIS, CRISIS, 0)
GARDEN, WITH_US = WORDS[:20], "all day with us"


def danger(evidence, state=IDLE):
    return danger_zone(evidence, state, T)


def self_harm(evidence, state=IDLE):
    return self_harm_zone(evidence, state, T)


@settings(max_examples=500)
@given(EVIDENCE, STATE)
def test_a_sign_that_a_rule_finds_stated_is_never_less_than_a_doubt(evidence, state):
    evidence = dataclasses.replace(evidence, mentions=(*evidence.mentions, FEVER))
    assert danger(evidence, state) >= Zone.IN_DOUBT


@settings(max_examples=500)
@given(EVIDENCE, STATE)
def test_self_harm_that_a_rule_finds_present_is_never_less_than_a_doubt(evidence, state):
    evidence = dataclasses.replace(evidence, mentions=(*evidence.mentions, SELF_HARM))
    assert self_harm(evidence, state) >= Zone.IN_DOUBT


@settings(max_examples=500)
@given(EVIDENCE, STATE, st.tuples(st.floats(0, 1), st.floats(0, 1)).map(sorted))
def test_more_danger_from_the_classifier_never_makes_a_zone_calmer(evidence, state, scores):
    less, more = (danger(dataclasses.replace(evidence, danger=score), state) for score in scores)
    assert more >= less


@settings(max_examples=500)
@given(EVIDENCE, STATE, MENTION)
def test_another_mention_never_makes_a_zone_calmer(evidence, state, mention):
    more = dataclasses.replace(evidence, mentions=(*evidence.mentions, mention))
    assert danger(more, state) >= danger(evidence, state)
    assert self_harm(more, state) >= self_harm(evidence, state)


def test_a_sure_classifier_is_heard():
    assert danger(evidence_of(danger=0.95)) is Zone.HEARD


def test_a_rule_with_some_support_is_heard():
    assert danger(evidence_of(danger=T.with_rule, mentions=(FEVER,))) is Zone.HEARD


def test_a_rule_without_support_is_a_doubt():
    assert danger(evidence_of(intent="thank", danger=0.0, mentions=(FEVER,))) is Zone.IN_DOUBT


def test_a_sign_in_one_statement_is_heard_whatever_stands_around_it():
    statements = (StatementScore(GARDEN, 0.0, 0.0), StatementScore(WITH_US, 0.99, 0.0))
    inside = Mention("high_fever", DANGER_SIGN, WORDS.index(WITH_US))
    assert danger(evidence_of(danger=0.01, mentions=(inside,), statements=statements)) is Zone.HEARD


def test_a_statement_counts_only_if_the_rule_finds_the_sign_in_it():
    statements = (StatementScore(GARDEN, 0.0, 0.0), StatementScore(WITH_US, 0.99, 0.0))
    assert danger(evidence_of(danger=0.01, mentions=(FEVER,), statements=statements)) is Zone.IN_DOUBT


@pytest.mark.parametrize("text", ["weird", "my baby"])
def test_a_word_or_two_are_never_heard_on_the_classifiers_word_alone(text):
    assert danger(evidence_of(text, danger=0.99)) is Zone.IN_DOUBT
    assert self_harm(evidence_of(text, crisis=0.99)) is Zone.IN_DOUBT


def test_a_sign_that_is_only_asked_about_needs_no_screen():
    asked = dataclasses.replace(FEVER, question=True)
    assert danger(evidence_of(intent="ask_withdrawal_symptoms", mentions=(asked,))) is Zone.OTHERWISE


@pytest.mark.parametrize("qualifier", ["negated", "hypothetical", "historical", "other_person"])
def test_a_qualified_sign_is_no_doubt_by_itself(qualifier):
    mention = dataclasses.replace(FEVER, qualifiers=frozenset({qualifier}))
    assert danger(evidence_of(intent="greet", danger=0.0, mentions=(mention,))) is Zone.OTHERWISE


def test_without_a_classifier_a_rule_is_heard():
    assert danger(evidence_of(danger=None, mentions=(FEVER,))) is Zone.HEARD
    assert self_harm(evidence_of(crisis=None, mentions=(SELF_HARM,))) is Zone.HEARD


def test_without_a_classifier_a_negated_sign_is_a_doubt():
    mention = dataclasses.replace(FEVER, qualifiers=frozenset({"negated"}))
    assert danger(evidence_of(danger=None, mentions=(mention,))) is Zone.IN_DOUBT


@pytest.mark.parametrize(
    ("crisis", "mentions", "expected"),
    [
        (0.95, (), Zone.HEARD),
        (T.crisis_with_rule, (SELF_HARM,), Zone.HEARD),
        (0.0, (SELF_HARM,), Zone.IN_DOUBT),
        (T.possible_crisis, (), Zone.IN_DOUBT),
        (0.0, (), Zone.OTHERWISE),
    ],
)
def test_self_harm_is_heard_from_rules_and_classifier(crisis, mentions, expected):
    assert self_harm(evidence_of(crisis=crisis, mentions=mentions)) is expected

"""How sure it is that a message tells of danger or of self-harm: heard, in doubt, or otherwise. Pure functions.

Heard brings the card at once, doubt brings one question, never an alarm and never an assertion. A sign that a rule finds present is never
less than in doubt, whatever the classifier says, and each statement is judged alone as well as the whole: courtesy and filler cannot
drown a sign.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from bot.content.intents import CRISIS as CRISIS_INTENT
from bot.content.intents import is_danger_sign, is_question
from bot.nlu.evidence import DialogueState, MessageEvidence
from bot.nlu.mentions import CRISIS, DANGER_SIGN


class Zone(IntEnum):
    """How sure it is; a higher one is graver."""

    OTHERWISE = 0
    IN_DOUBT = 1
    HEARD = 2


@dataclass(frozen=True)
class Thresholds:
    """Probabilities at which the classifier's voice counts; chosen on the development sets (docs/evaluation.md).

    Attributes:
        sure: Danger on the classifier's word alone, where its likeliest intent is something harmless.
        with_intent: Danger when the likeliest intent is a danger sign or self-harm too.
        few_words: Messages of up to so many words are asked about where only the classifier hears danger: they say too little.
        with_rule: Danger when a rule also finds a sign present.
        statement_with_rule: Danger when one statement alone has this much, and a rule finds a sign present in that statement.
        sure_in_checklist: Danger on the classifier's word alone while a checklist question is open. Most messages then are fragments,
            which make sense only with their question, and that the classifier does not know.
        possible: Ask instead of going on.
        possible_in_checklist: The same while a checklist question is open.
        calm: Below this, "all is well" answers a checklist question with no.
        possible_in_question: The same as `possible` for a message that reads as a question; below it the answer comes with a question.
        worth_asking: Add the question "is this happening now?" to an answer.
        crisis: Self-harm on the classifier's word alone.
        crisis_beside_sign: Ask about self-harm where the classifier is sure of danger: as a share of the likeliest danger sign.
        crisis_with_rule: Self-harm when a rule also finds it; so does danger of whatever kind that the classifier is sure of.
        statement_crisis_with_rule: Self-harm when one statement alone has this much, and a rule finds it present in that statement.
        possible_crisis: Ask about self-harm.
    """

    sure: float = 0.3
    with_intent: float = 0.15
    few_words: int = 2
    with_rule: float = 0.15
    statement_with_rule: float = 0.8
    sure_in_checklist: float = 0.9
    possible: float = 0.1
    possible_in_checklist: float = 0.6
    calm: float = 0.1
    possible_in_question: float = 0.2
    worth_asking: float = 0.03
    crisis: float = 0.25
    crisis_beside_sign: float = 0.4
    crisis_with_rule: float = 0.05
    statement_crisis_with_rule: float = 0.2
    possible_crisis: float = 0.08


def self_harm_zone(evidence: MessageEvidence, state: DialogueState, thresholds: Thresholds) -> Zone:
    """How sure it is that the message speaks of self-harm. Without a classifier the rules alone decide."""
    if evidence.crisis is None:
        return Zone.HEARD if evidence.has_self_harm else Zone.OTHERWISE
    if evidence.has_self_harm and (
        evidence.crisis >= thresholds.crisis_with_rule
        or (evidence.danger or 0.0) >= thresholds.sure
        or any(part.crisis >= thresholds.statement_crisis_with_rule for part in evidence.statements_with(CRISIS))
    ):
        return Zone.HEARD
    if evidence.has_present_self_harm:
        return Zone.IN_DOUBT
    if state.open_item:
        return Zone.IN_DOUBT if evidence.crisis >= thresholds.sure_in_checklist else Zone.OTHERWISE
    if evidence.words > thresholds.few_words and evidence.crisis >= thresholds.crisis:
        return Zone.HEARD
    if (
        evidence.crisis > thresholds.crisis_beside_sign * max(evidence.signs.values(), default=1.0)
        and (evidence.danger or 0.0) >= thresholds.sure
    ):
        return Zone.IN_DOUBT
    return Zone.IN_DOUBT if evidence.crisis >= thresholds.possible_crisis else Zone.OTHERWISE


def _is_heard(evidence: MessageEvidence, in_checklist: bool, thresholds: Thresholds) -> bool:
    danger = evidence.danger or 0.0
    if evidence.has_sign and danger >= thresholds.with_rule:
        return True
    if any(part.danger >= thresholds.statement_with_rule for part in evidence.statements_with(DANGER_SIGN)):
        return True
    if evidence.words <= thresholds.few_words:
        return False
    if in_checklist:
        return danger >= thresholds.sure_in_checklist
    if is_danger_sign(evidence.likely_intent) or evidence.likely_intent == CRISIS_INTENT:
        return danger >= thresholds.with_intent
    return danger >= thresholds.sure


def danger_zone(evidence: MessageEvidence, state: DialogueState, thresholds: Thresholds) -> Zone:
    """How sure it is that a danger sign is present. Without a classifier the rules alone decide."""
    if evidence.danger is None:
        if evidence.has_sign or is_danger_sign(evidence.intent):
            return Zone.HEARD
        return Zone.IN_DOUBT if any(mention.kind == DANGER_SIGN for mention in evidence.mentions) else Zone.OTHERWISE
    if _is_heard(evidence, state.open_item is not None, thresholds):
        return Zone.HEARD
    return Zone.IN_DOUBT if _is_in_doubt(evidence, state, thresholds) else Zone.OTHERWISE


def _is_in_doubt(evidence: MessageEvidence, state: DialogueState, thresholds: Thresholds) -> bool:
    danger = evidence.danger or 0.0
    if evidence.has_stated_sign or (evidence.has_sign and not is_question(evidence.intent)):
        return True
    if state.open_item:
        return danger >= thresholds.possible_in_checklist
    if is_danger_sign(evidence.intent):
        return True
    return danger >= (thresholds.possible_in_question if is_question(evidence.intent) else thresholds.possible)

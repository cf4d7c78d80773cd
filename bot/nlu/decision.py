"""Decides what a message is taken as. A pure function of what was found in it and of the question that is open.

The order: crisis, emergency, urgent report, open checklist, curated answer, clarify. The decision can raise the urgency of what the
classifier chose and never lowers it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.content.intents import (
    ANSWER_CHECKLIST,
    CRISIS,
    DANGER_CONFIRMED,
    DANGER_NOT_NOW,
    EMERGENCY,
    FALLBACK,
    HELP_ON_THE_WAY,
    NON_ENGLISH,
    POSSIBLE_DANGER,
    REFUSE_CALL,
    REPORT_NO_PROBLEM,
    is_danger_sign,
    is_question,
    is_report,
)
from bot.content.models import Content
from bot.nlu.checklist_answers import ChecklistAnswer, is_nothing_else, read_answer
from bot.nlu.mentions import CRISIS as CRISIS_MENTION
from bot.nlu.mentions import NAMED, Mention

_TYPED_COMMAND = re.compile(r"\W*/\w+")


@dataclass(frozen=True)
class Thresholds:
    """Probabilities at which the classifier's voice counts; set on the development set.

    Attributes:
        sure: Danger on the classifier's word alone, for the whole message.
        with_rule: Danger when a rule also finds it present.
        with_intent: Danger when the likeliest intent is a danger sign too.
        sure_in_checklist: Danger on the classifier's word alone while a checklist question is open. Most messages then are fragments,
            which make sense only with their question, and that the classifier does not know.
        possible: Ask "is this happening now?" instead of going on.
        possible_in_checklist: The same while a checklist question is open.
        calm: Below this, "all is well" answers a checklist question with no.
        possible_in_question: The same for a message that reads as a question; below it the answer comes with that question.
        worth_asking: Add that question to an answer.
        crisis: Self-harm on the classifier's word alone.
        crisis_beside_sign: Self-harm where the classifier is sure of danger: as a share of the likeliest danger sign.
        crisis_with_rule: Self-harm when a rule also finds it; so does danger of whatever kind that the classifier is sure of.
    """

    sure: float = 0.2
    with_rule: float = 0.15
    with_intent: float = 0.15
    sure_in_checklist: float = 0.9
    possible: float = 0.1
    possible_in_checklist: float = 0.6
    calm: float = 0.1
    possible_in_question: float = 0.2
    worth_asking: float = 0.03
    crisis: float = 0.2
    crisis_beside_sign: float = 0.4
    crisis_with_rule: float = 0.05


@dataclass(frozen=True)
class MessageEvidence:
    """What was found in a message.

    Attributes:
        text: The cleaned text.
        intent: The classifier's choice after the fallback.
        runner_up: The classifier's choice before the fallback.
        confidence: Its probability, 0 to 1.
        mentions: What the rules found.
        danger: Probability that the message holds a danger sign, or None if the classifier failed.
        crisis: The same for self-harm.
        signs: Probability by danger sign.
        language: Code of the language if it is surely not English.
    """

    text: str
    intent: str
    confidence: float
    runner_up: str = ""
    mentions: tuple[Mention, ...] = ()
    danger: float | None = None
    crisis: float | None = None
    signs: Mapping[str, float] = field(default_factory=dict)
    language: str | None = None


@dataclass(frozen=True)
class DialogueState:
    """Where the talk stands.

    Attributes:
        open_item: The checklist item that was asked last, or None.
        asked_if_happening: Whether the last question was "is this happening now?".
        alarm: `emergency` or `crisis` while one is open.
    """

    open_item: str | None = None
    asked_if_happening: bool = False
    alarm: str | None = None


@dataclass(frozen=True)
class Interpretation:
    """What the message is taken as.

    Attributes:
        intent: A Rasa intent.
        confidence: 0 to 1.
        entities: Values by entity name, in order.
    """

    intent: str
    confidence: float
    entities: tuple[tuple[str, str], ...] = ()


def _danger_signs(content: Content, evidence: MessageEvidence) -> list[str]:
    """The signs to name: those that rules find present, else the classifier's likeliest."""
    named = [m.name for m in evidence.mentions if m.kind == "danger_sign" and m.present]
    if not named and evidence.signs:
        named = [max(evidence.signs, key=lambda sign: evidence.signs[sign])]
    return list(dict.fromkeys(name for name in named if name in content.triage.danger_signs))


def emergency_of(content: Content, signs: list[str], confidence: float) -> Interpretation:
    """An emergency with the signs that it names, the checklist items that they answer, and the reason that the card shows.

    Args:
        content: The content.
        signs: Ids of danger signs; none leaves the card without a named reason.
        confidence: 0 to 1.
    """
    entities: list[tuple[str, str]] = [("danger_sign", sign) for sign in signs]
    known = [content.triage.danger_signs[sign] for sign in signs]
    entities += [(sign.finding, "yes") for sign in known if sign.finding]
    labels = list(dict.fromkeys(sign.label for sign in known))
    if labels:
        entities.append(("danger_reason", " and ".join(labels)))
    return Interpretation(EMERGENCY, max(confidence, 0.9), tuple(dict.fromkeys(entities)))


def _rule_present(evidence: MessageEvidence, kind: str) -> bool:
    return any(m.kind == kind and m.present for m in evidence.mentions)


def is_crisis(evidence: MessageEvidence, thresholds: Thresholds, in_checklist: bool = False) -> bool:
    """Whether the message speaks of self-harm. Without a classifier the rules alone decide."""
    by_rule = any(m.kind == CRISIS_MENTION for m in evidence.mentions)
    if evidence.crisis is None:
        return by_rule
    if by_rule:
        return evidence.crisis >= thresholds.crisis_with_rule or (evidence.danger or 0.0) >= thresholds.sure
    if in_checklist:
        return evidence.crisis >= thresholds.sure_in_checklist and not is_nothing_else(evidence.text)
    stands_beside_a_sign = evidence.crisis > thresholds.crisis_beside_sign * max(evidence.signs.values(), default=0.0)
    return evidence.crisis >= thresholds.crisis or (stands_beside_a_sign and (evidence.danger or 0.0) >= thresholds.sure)


def is_danger(evidence: MessageEvidence, thresholds: Thresholds, in_checklist: bool = False) -> bool:
    """Whether a danger sign is present. Without a classifier the rules alone decide."""
    by_rule = _rule_present(evidence, "danger_sign")
    if evidence.danger is None:
        return by_rule or is_danger_sign(evidence.intent)
    if in_checklist:
        return evidence.danger >= thresholds.sure_in_checklist or (by_rule and evidence.danger >= thresholds.with_rule)
    by_intent = is_danger_sign(evidence.intent) and evidence.danger >= thresholds.with_intent
    return evidence.danger >= thresholds.sure or by_intent or (by_rule and evidence.danger >= thresholds.with_rule)


def _is_about(content: Content, evidence: MessageEvidence, item: str) -> bool:
    """Whether the likeliest danger sign is the one that the open question asks about: then asking it again settles the doubt."""
    likeliest = max(evidence.signs, key=lambda sign: evidence.signs[sign], default=None)
    return likeliest is not None and content.triage.danger_signs[likeliest].finding == item


def may_be_danger(content: Content, evidence: MessageEvidence, state: DialogueState, thresholds: Thresholds) -> bool:
    """Whether there is enough doubt to ask. An urgent report needs no question: its card names the danger signs."""
    if evidence.danger is None:
        return any(m.kind == "danger_sign" for m in evidence.mentions)
    if state.open_item:
        return evidence.danger >= thresholds.possible_in_checklist and not _is_about(content, evidence, state.open_item)
    if is_danger_sign(evidence.intent):
        return True
    return evidence.danger >= (thresholds.possible_in_question if is_question(evidence.intent) else thresholds.possible)


def _from_open_item(content: Content, evidence: MessageEvidence, item: str, thresholds: Thresholds) -> Interpretation | None:
    """Takes a message as the answer to the open checklist question, if it is one."""
    is_calm = evidence.danger is not None and evidence.danger < thresholds.calm
    intent = evidence.runner_up or evidence.intent
    answer = read_answer(content, item, evidence.text, intent, evidence.mentions, evidence.intent == FALLBACK, is_calm)
    if answer is None:
        return None
    if content.items[item].kind == "danger_sign" and answer.value == "yes":
        entities = (("danger_sign", item), (item, "yes"), ("danger_reason", content.items[item].reason))
        return Interpretation(DANGER_CONFIRMED, 1.0, entities)
    hides_danger = _is_danger_beside_answer(content, evidence, answer, thresholds)
    return None if hides_danger else Interpretation(ANSWER_CHECKLIST, 1.0, ((answer.item, answer.value),))


def _is_danger_beside_answer(content: Content, evidence: MessageEvidence, answer: ChecklistAnswer, thresholds: Thresholds) -> bool:
    """Whether an answer holds a danger sign besides.

    What the classifier says about the very sign that a figure has just answered with no does not count.
    """
    if not is_danger(evidence, thresholds, in_checklist=True):
        return False
    if _rule_present(evidence, "danger_sign"):
        return True
    return not answer.certain and not (answer.by_figure and _is_about(content, evidence, answer.item))


def _from_happening_question(evidence: MessageEvidence) -> Interpretation | None:
    intent = evidence.runner_up or evidence.intent
    if intent == "affirm":
        return Interpretation(DANGER_CONFIRMED, 1.0)
    if intent == "deny":
        return Interpretation(DANGER_NOT_NOW, 1.0)
    return Interpretation(POSSIBLE_DANGER, 1.0) if intent == "not_sure" else None


def _reported_situations(content: Content, evidence: MessageEvidence) -> list[str]:
    by_intent = {entry.intent: name for name, entry in content.triage.situations.items()}
    named = [by_intent[evidence.intent]] if evidence.intent in by_intent else []
    named += [m.name for m in evidence.mentions if m.kind == "situation" and m.present and not m.question]
    return list(dict.fromkeys(named))


def _is_urgent_report(content: Content, evidence: MessageEvidence) -> bool:
    return any(entry.intent == evidence.intent and entry.level == "urgent" for entry in content.triage.situations.values())


def _report_or_question(content: Content, evidence: MessageEvidence, thresholds: Thresholds) -> Interpretation:
    """A report with all situations that it names, or the classifier's choice with the signs that it only mentions."""
    if is_report(evidence.intent) and evidence.intent != REPORT_NO_PROBLEM:
        situations = tuple(("situation", name) for name in _reported_situations(content, evidence))
        return Interpretation(evidence.intent, evidence.confidence, situations)
    if is_question(evidence.intent):
        mentioned = [m.name for m in evidence.mentions if m.kind in (NAMED, "danger_sign")]
        if not mentioned and (evidence.danger or 0.0) >= thresholds.worth_asking:
            mentioned = _danger_signs(content, evidence)
        return Interpretation(evidence.intent, evidence.confidence, tuple(("mentioned_sign", name) for name in dict.fromkeys(mentioned)))
    return Interpretation(evidence.intent, evidence.confidence)


def decide(content: Content, evidence: MessageEvidence, state: DialogueState, thresholds: Thresholds) -> Interpretation:
    """Decides what a message is taken as.

    Args:
        content: The content, for signs, situations and checklist items.
        evidence: What was found in the message.
        state: Where the conversation stands.
        thresholds: When the classifier's voice counts.
    """
    in_checklist = state.open_item is not None
    if is_crisis(evidence, thresholds, in_checklist):
        return Interpretation(CRISIS, max(evidence.confidence, 0.9))
    after_alarm = evidence.runner_up or evidence.intent
    if state.alarm and (after_alarm == REFUSE_CALL or (after_alarm == HELP_ON_THE_WAY and not _rule_present(evidence, "danger_sign"))):
        return Interpretation(after_alarm, evidence.confidence)
    danger = is_danger(evidence, thresholds, in_checklist)
    if state.open_item and not _TYPED_COMMAND.match(evidence.text):
        taken = _from_open_item(content, evidence, state.open_item, thresholds)
        if taken:
            return taken
    if danger:
        return emergency_of(content, _danger_signs(content, evidence), evidence.confidence)
    if state.asked_if_happening and not _TYPED_COMMAND.match(evidence.text):
        taken = _from_happening_question(evidence)
        if taken:
            return taken
    if may_be_danger(content, evidence, state, thresholds) and not _is_urgent_report(content, evidence):
        return Interpretation(
            POSSIBLE_DANGER, evidence.confidence, tuple(("danger_sign", sign) for sign in _danger_signs(content, evidence)[:1])
        )
    if _TYPED_COMMAND.match(evidence.text) or is_danger_sign(evidence.intent):
        return Interpretation(FALLBACK, 1.0)
    if evidence.language:
        return Interpretation(NON_ENGLISH, 1.0, (("language", evidence.language),))
    return _report_or_question(content, evidence, thresholds)

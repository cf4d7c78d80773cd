"""Decides what a message is taken as. A pure function of what was found in it and of the question that is open.

The order is the design's: crisis, emergency, urgent report, open checklist, curated answer, clarify. The decision can raise the
urgency of what the classifier chose and never lowers it: rules or classifier alone can raise an alarm, neither can silence the other.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.content.models import Content
from bot.nlu.checklist_answers import Answered, is_nothing_else, read_answer
from bot.nlu.mentions import CRISIS, NAMED, Mention

FALLBACK = "nlu_fallback"
_HELP = "help_on_the_way"
_REFUSAL = "refuse_call"
_QUESTION_PREFIX = "ask_"
_DANGER_PREFIX = "danger_"
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
class Situation:
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
class Decision:
    """What the message is taken as.

    Attributes:
        intent: A Rasa intent.
        confidence: 0 to 1.
        entities: Values by entity name, in order.
    """

    intent: str
    confidence: float
    entities: tuple[tuple[str, str], ...] = ()


def _danger_signs(content: Content, heard: MessageEvidence) -> list[str]:
    """The signs to name: those that rules find present, else the classifier's likeliest."""
    named = [m.name for m in heard.mentions if m.kind == "danger_sign" and m.present]
    if not named and heard.signs:
        named = [max(heard.signs, key=lambda sign: heard.signs[sign])]
    return list(dict.fromkeys(name for name in named if name in content.triage.danger_signs))


def _emergency(content: Content, signs: list[str], confidence: float) -> Decision:
    entities: list[tuple[str, str]] = [("danger_sign", sign) for sign in signs]
    known = [content.triage.danger_signs[sign] for sign in signs]
    entities += [(sign.finding, "yes") for sign in known if sign.finding]
    labels = list(dict.fromkeys(sign.label for sign in known))
    if labels:
        entities.append(("danger_reason", " and ".join(labels)))
    return Decision("emergency", max(confidence, 0.9), tuple(dict.fromkeys(entities)))


def _rule_present(heard: MessageEvidence, kind: str) -> bool:
    return any(m.kind == kind and m.present for m in heard.mentions)


def is_crisis(heard: MessageEvidence, thresholds: Thresholds, in_checklist: bool = False) -> bool:
    """Whether the message speaks of self-harm. Without a classifier the rules alone decide."""
    by_rule = any(m.kind == CRISIS for m in heard.mentions)
    if heard.crisis is None:
        return by_rule
    if by_rule:
        return heard.crisis >= thresholds.crisis_with_rule or (heard.danger or 0.0) >= thresholds.sure
    if in_checklist:
        return heard.crisis >= thresholds.sure_in_checklist and not is_nothing_else(heard.text)
    stands_beside_a_sign = heard.crisis > thresholds.crisis_beside_sign * max(heard.signs.values(), default=0.0)
    return heard.crisis >= thresholds.crisis or (stands_beside_a_sign and (heard.danger or 0.0) >= thresholds.sure)


def is_danger(heard: MessageEvidence, thresholds: Thresholds, in_checklist: bool = False) -> bool:
    """Whether a danger sign is present. Without a classifier the rules alone decide."""
    by_rule = _rule_present(heard, "danger_sign")
    if heard.danger is None:
        return by_rule or heard.intent.startswith(_DANGER_PREFIX)
    if in_checklist:
        return heard.danger >= thresholds.sure_in_checklist or (by_rule and heard.danger >= thresholds.with_rule)
    by_intent = heard.intent.startswith(_DANGER_PREFIX) and heard.danger >= thresholds.with_intent
    return heard.danger >= thresholds.sure or by_intent or (by_rule and heard.danger >= thresholds.with_rule)


def _is_about(content: Content, heard: MessageEvidence, item: str) -> bool:
    """Whether the likeliest danger sign is the one that the open question asks about: then asking it again settles the doubt."""
    likeliest = max(heard.signs, key=lambda sign: heard.signs[sign], default=None)
    return likeliest is not None and content.triage.danger_signs[likeliest].finding == item


def may_be_danger(content: Content, heard: MessageEvidence, situation: Situation, thresholds: Thresholds) -> bool:
    """Whether there is enough doubt to ask. An urgent report needs no question: its card names the danger signs."""
    if heard.danger is None:
        return any(m.kind == "danger_sign" for m in heard.mentions)
    if situation.open_item:
        return heard.danger >= thresholds.possible_in_checklist and not _is_about(content, heard, situation.open_item)
    if heard.intent.startswith(_DANGER_PREFIX):
        return True
    is_question = heard.intent.startswith(_QUESTION_PREFIX)
    return heard.danger >= (thresholds.possible_in_question if is_question else thresholds.possible)


def _from_open_item(content: Content, heard: MessageEvidence, item: str, thresholds: Thresholds) -> Decision | None:
    """Takes a message as the answer to the open checklist question, if it is one."""
    is_calm = heard.danger is not None and heard.danger < thresholds.calm
    intent = heard.runner_up or heard.intent
    answered = read_answer(content, item, heard.text, intent, heard.mentions, heard.intent == FALLBACK, is_calm)
    if answered is None:
        return None
    if content.items[item].kind == "danger_sign" and answered.value == "yes":
        entities = (("danger_sign", item), (item, "yes"), ("danger_reason", content.items[item].reason))
        return Decision("danger_confirmed", 1.0, entities)
    hides_danger = _is_danger_beside_answer(content, heard, answered, thresholds)
    return None if hides_danger else Decision("answer_checklist", 1.0, ((answered.item, answered.value),))


def _is_danger_beside_answer(content: Content, heard: MessageEvidence, answered: Answered, thresholds: Thresholds) -> bool:
    """Whether an answer holds a danger sign besides.

    What the classifier says about the very sign that a figure has just answered with no does not count.
    """
    if not is_danger(heard, thresholds, in_checklist=True):
        return False
    if _rule_present(heard, "danger_sign"):
        return True
    return not answered.certain and not (answered.by_figure and _is_about(content, heard, answered.item))


def _from_happening_question(heard: MessageEvidence) -> Decision | None:
    intent = heard.runner_up or heard.intent
    if intent == "affirm":
        return Decision("danger_confirmed", 1.0)
    if intent == "deny":
        return Decision("danger_not_now", 1.0)
    return Decision("possible_danger", 1.0) if intent == "not_sure" else None


def _reported_situations(content: Content, heard: MessageEvidence) -> list[str]:
    by_intent = {entry.intent: name for name, entry in content.triage.situations.items()}
    named = [by_intent[heard.intent]] if heard.intent in by_intent else []
    named += [m.name for m in heard.mentions if m.kind == "situation" and m.present and not m.question]
    return list(dict.fromkeys(named))


def _is_urgent_report(content: Content, heard: MessageEvidence) -> bool:
    return any(entry.intent == heard.intent and entry.level == "urgent" for entry in content.triage.situations.values())


def _report_or_question(content: Content, heard: MessageEvidence, thresholds: Thresholds) -> Decision:
    """A report with all situations that it names, or the classifier's choice with the signs that it only mentions."""
    if heard.intent.startswith("report_") and heard.intent != "report_no_problem":
        situations = tuple(("situation", name) for name in _reported_situations(content, heard))
        return Decision(heard.intent, heard.confidence, situations)
    if heard.intent.startswith(_QUESTION_PREFIX):
        mentioned = [m.name for m in heard.mentions if m.kind in (NAMED, "danger_sign")]
        if not mentioned and (heard.danger or 0.0) >= thresholds.worth_asking:
            mentioned = _danger_signs(content, heard)
        return Decision(heard.intent, heard.confidence, tuple(("mentioned_sign", name) for name in dict.fromkeys(mentioned)))
    return Decision(heard.intent, heard.confidence)


def decide(content: Content, heard: MessageEvidence, situation: Situation, thresholds: Thresholds) -> Decision:
    """Decides what a message is taken as.

    Args:
        content: The content, for signs, situations and checklist items.
        heard: What was found in the message.
        situation: Where the talk stands.
        thresholds: When the classifier's voice counts.
    """
    in_checklist = situation.open_item is not None
    if is_crisis(heard, thresholds, in_checklist):
        return Decision("crisis", max(heard.confidence, 0.9))
    after_alarm = heard.runner_up or heard.intent
    if situation.alarm and (after_alarm == _REFUSAL or (after_alarm == _HELP and not _rule_present(heard, "danger_sign"))):
        return Decision(after_alarm, heard.confidence)
    danger = is_danger(heard, thresholds, in_checklist)
    if situation.open_item and not _TYPED_COMMAND.match(heard.text):
        taken = _from_open_item(content, heard, situation.open_item, thresholds)
        if taken:
            return taken
    if danger:
        return _emergency(content, _danger_signs(content, heard), heard.confidence)
    if situation.asked_if_happening and not _TYPED_COMMAND.match(heard.text):
        taken = _from_happening_question(heard)
        if taken:
            return taken
    if may_be_danger(content, heard, situation, thresholds) and not _is_urgent_report(content, heard):
        return Decision("possible_danger", heard.confidence, tuple(("danger_sign", sign) for sign in _danger_signs(content, heard)[:1]))
    if _TYPED_COMMAND.match(heard.text) or heard.intent.startswith(_DANGER_PREFIX):
        return Decision(FALLBACK, 1.0)
    if heard.language:
        return Decision("non_english", 1.0, (("language", heard.language),))
    return _report_or_question(content, heard, thresholds)

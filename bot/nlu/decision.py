"""Decides what a message is taken as. A pure function of what was found in it and of the question that is open.

The order: crisis, emergency, urgent report, open checklist, curated answer, clarify. The decision can raise the urgency of what the
classifier chose and never lowers it.
"""

from __future__ import annotations

import re
from collections.abc import Container

from bot.content.intents import (
    ANSWER_CHECKLIST,
    CHECK_SYMPTOMS,
    CRISIS,
    DANGER_CONFIRMED,
    DANGER_NOT_NOW,
    EMERGENCY,
    FALLBACK,
    HELP_NOT_UNDER_WAY,
    HELP_ON_THE_WAY,
    NON_ENGLISH,
    POSSIBLE_DANGER,
    POSSIBLE_SELF_HARM,
    REFUSE_CALL,
    REPORT_NO_PROBLEM,
    SELF_HARM_DENIED,
    is_danger_sign,
    is_question,
    is_report,
)
from bot.content.models import Content
from bot.nlu.checklist_answers import ChecklistAnswer, read_answer
from bot.nlu.evidence import DialogueState, Interpretation, MessageEvidence
from bot.nlu.help_under_way import is_help_under_way
from bot.nlu.mentions import DANGER_SIGN, NAMED, SITUATION
from bot.nlu.short_messages import has_no_words, is_call_for_help
from bot.nlu.zones import Thresholds, Zone, danger_zone, self_harm_zone
from bot.privacy.masking import mask

_TYPED_COMMAND = re.compile(r"\W*/\w+")
_MAX_QUOTED = 120
MENTIONED_SIGN = "mentioned_sign"
_NO_BRACES = str.maketrans("{}[]", "()()")  # Rasa reads braces in a text as slots


def _signs_by_rule(content: Content, evidence: MessageEvidence, kinds: Container[str] = (DANGER_SIGN,)) -> list[str]:
    """The danger signs that rules find present."""
    named = [m.name for m in evidence.mentions if m.kind in kinds and m.present]
    return list(dict.fromkeys(name for name in named if name in content.triage.danger_signs))


def _quote(evidence: MessageEvidence) -> str:
    """The person's own words, for a card that no rule can name a sign for: the most alarming statement, masked and cut."""
    gravest = max(evidence.statements, key=lambda part: part.danger, default=None)
    words = mask(gravest.text if gravest and gravest.danger >= (evidence.danger or 0.0) else evidence.text)
    words = " ".join(words.translate(_NO_BRACES).split())
    return words if len(words) <= _MAX_QUOTED else f"{words[:_MAX_QUOTED].rsplit(' ', 1)[0]} …"


def emergency_of(content: Content, signs: list[str], confidence: float) -> Interpretation:
    """An emergency with the signs that it names, the checklist items that they answer, and the reason that the card shows.

    Args:
        content: The content.
        signs: Ids of danger signs; none leaves the card without a named reason.
        confidence: 0 to 1.
    """
    entities: list[tuple[str, str]] = [(DANGER_SIGN, sign) for sign in signs]
    known = [content.triage.danger_signs[sign] for sign in signs]
    entities += [(sign.finding, "yes") for sign in known if sign.finding]
    labels = list(dict.fromkeys(sign.label for sign in known))
    if labels:
        entities.append(("danger_reason", " and ".join(labels)))
    return Interpretation(EMERGENCY, max(confidence, 0.9), tuple(dict.fromkeys(entities)))


def _emergency_in(content: Content, evidence: MessageEvidence) -> Interpretation:
    """An emergency that names the signs that rules heard; without one it quotes the person."""
    signs = _signs_by_rule(content, evidence)
    if signs:
        return emergency_of(content, signs, evidence.confidence)
    quoted = ("danger_reason", f'this, in your words: "{_quote(evidence)}"')
    return Interpretation(EMERGENCY, max(evidence.confidence, 0.9), (quoted,))


def _is_about(content: Content, evidence: MessageEvidence, item: str) -> bool:
    """Whether the likeliest danger sign is the one that the open question asks about: then asking it again settles the doubt."""
    likeliest = max(evidence.signs, key=lambda sign: evidence.signs[sign], default=None)
    return likeliest is not None and content.triage.danger_signs[likeliest].finding == item


def _from_open_item(content: Content, evidence: MessageEvidence, item: str, thresholds: Thresholds) -> Interpretation | None:
    """Takes a message as the answer to the open checklist question, if it is one."""
    is_calm = evidence.danger is not None and evidence.danger < thresholds.calm
    answer = read_answer(content, item, evidence.text, evidence.likely_intent, evidence.mentions, evidence.intent == FALLBACK, is_calm)
    if answer is None:
        return None
    if content.items[item].kind == "danger_sign" and answer.value == "yes":
        entities = ((DANGER_SIGN, item), (item, "yes"), ("danger_reason", content.items[item].reason))
        return Interpretation(DANGER_CONFIRMED, 1.0, entities)
    hides_danger = _is_danger_beside_answer(content, evidence, answer, thresholds)
    return None if hides_danger else Interpretation(ANSWER_CHECKLIST, 1.0, ((answer.item, answer.value),))


def _is_danger_beside_answer(content: Content, evidence: MessageEvidence, answer: ChecklistAnswer, thresholds: Thresholds) -> bool:
    """Whether an answer holds a danger sign besides.

    What the classifier says about the very sign that a figure has just answered with no does not count.
    """
    if _signs_by_rule(content, evidence) and not _only_names(content, evidence, answer.item):
        return True
    if danger_zone(evidence, DialogueState(open_item=answer.item), thresholds) is not Zone.HEARD:
        return False
    return not answer.certain and not (answer.by_figure and _is_about(content, evidence, answer.item))


def _only_names(content: Content, evidence: MessageEvidence, item: str) -> bool:
    """Whether every sign that rules find is the one that the open question asked about."""
    return all(content.triage.danger_signs[sign].finding == item for sign in _signs_by_rule(content, evidence))


def _from_danger_question(content: Content, evidence: MessageEvidence) -> Interpretation | None:
    """Takes a message as the answer to the danger screen or to "is this happening now?", if it is one.

    To name a sign is to choose it. Who is not sure is asked the signs one by one: the screen is never asked twice in a row.
    """
    signs = _signs_by_rule(content, evidence, (DANGER_SIGN, NAMED))
    if signs:
        return emergency_of(content, signs, evidence.confidence)
    answers = {"affirm": DANGER_CONFIRMED, "deny": DANGER_NOT_NOW, "not_sure": CHECK_SYMPTOMS}
    intent = answers.get(evidence.likely_intent)
    return Interpretation(intent, 1.0) if intent else None


def _from_self_harm_question(evidence: MessageEvidence) -> Interpretation | None:
    """Takes a message as the answer to the question about self-harm; a "not sure" counts as a yes."""
    answers = {"affirm": CRISIS, "not_sure": CRISIS, "deny": SELF_HARM_DENIED}
    intent = answers.get(evidence.likely_intent)
    return Interpretation(intent, 1.0) if intent else None


def _after_an_alarm(evidence: MessageEvidence) -> Interpretation | None:
    """What a message says about an open alarm: help is under way, it is not, or somebody will not call."""
    if evidence.has_sign or evidence.has_present_self_harm:
        return None
    if is_help_under_way(evidence.text):
        return Interpretation(HELP_ON_THE_WAY, 1.0)
    if evidence.likely_intent == HELP_ON_THE_WAY:
        return Interpretation(HELP_NOT_UNDER_WAY, 1.0)
    return Interpretation(REFUSE_CALL, evidence.confidence) if evidence.likely_intent == REFUSE_CALL else None


def _reported_situations(content: Content, evidence: MessageEvidence) -> list[str]:
    by_intent = {entry.intent: name for name, entry in content.triage.situations.items()}
    named = [by_intent[evidence.intent]] if evidence.intent in by_intent else []
    named += [m.name for m in evidence.mentions if m.kind == SITUATION and m.present and not m.question]
    return list(dict.fromkeys(named))


def _is_urgent_report(content: Content, evidence: MessageEvidence) -> bool:
    return any(entry.intent == evidence.intent and entry.level == "urgent" for entry in content.triage.situations.values())


def _report_or_question(content: Content, evidence: MessageEvidence, thresholds: Thresholds) -> Interpretation:
    """A report with all situations that it names, or the classifier's choice with the signs that it only mentions."""
    if is_report(evidence.intent) and evidence.intent != REPORT_NO_PROBLEM:
        situations = tuple(("situation", name) for name in _reported_situations(content, evidence))
        return Interpretation(evidence.intent, evidence.confidence, situations)
    if is_question(evidence.intent):
        mentioned = [m.name for m in evidence.mentions if m.kind in (NAMED, DANGER_SIGN)]
        if not mentioned and (evidence.danger or 0.0) >= thresholds.worth_asking and evidence.signs:
            mentioned = [max(evidence.signs, key=lambda sign: evidence.signs[sign])]
        return Interpretation(evidence.intent, evidence.confidence, tuple((MENTIONED_SIGN, name) for name in dict.fromkeys(mentioned)))
    return Interpretation(evidence.intent, evidence.confidence)


def decide(content: Content, evidence: MessageEvidence, state: DialogueState, thresholds: Thresholds) -> Interpretation:
    """Decides what a message is taken as.

    Args:
        content: The content, for signs, situations and checklist items.
        evidence: What was found in the message.
        state: Where the conversation stands.
        thresholds: When the classifier's voice counts.
    """
    is_command = _TYPED_COMMAND.match(evidence.text) is not None
    self_harm = self_harm_zone(evidence, state, thresholds)
    if self_harm is Zone.HEARD:
        return Interpretation(CRISIS, max(evidence.confidence, 0.9))
    if state.asked_about_self_harm and not is_command and not evidence.has_sign:
        taken = Interpretation(CRISIS, 1.0) if self_harm is Zone.IN_DOUBT else _from_self_harm_question(evidence)
        if taken:
            return taken
    if state.alarm and (taken := _after_an_alarm(evidence)):
        return taken
    if state.open_item and not is_command and (taken := _from_open_item(content, evidence, state.open_item, thresholds)):
        return taken
    if self_harm is Zone.IN_DOUBT and (evidence.has_self_harm or not is_command):
        return Interpretation(POSSIBLE_SELF_HARM, evidence.confidence)
    return _danger_or_rest(content, evidence, state, thresholds, is_command)


def _danger_or_rest(
    content: Content, evidence: MessageEvidence, state: DialogueState, thresholds: Thresholds, is_command: bool
) -> Interpretation:
    zone = danger_zone(evidence, state, thresholds)
    is_foreign = bool(evidence.language) and not evidence.has_sign and (evidence.danger or 0.0) < thresholds.sure_in_checklist
    if zone is Zone.HEARD and not is_foreign:
        return _emergency_in(content, evidence)
    if state.asked_if_happening and not is_command and (taken := _from_danger_question(content, evidence)):
        return taken
    if zone is Zone.IN_DOUBT and evidence.has_sign:
        return _doubtful_danger(content, evidence, state)
    if is_call_for_help(evidence.text):
        return Interpretation(POSSIBLE_DANGER, 1.0)
    if is_command or has_no_words(evidence.text):
        return Interpretation(FALLBACK, 1.0)
    if evidence.language:
        return Interpretation(NON_ENGLISH, 1.0, (("language", evidence.language),))
    says_too_little = _says_too_little(evidence, thresholds)
    if zone is Zone.IN_DOUBT and not says_too_little and not (state.open_item and _is_about(content, evidence, state.open_item)):
        return _doubtful_danger(content, evidence, state)
    if is_danger_sign(evidence.intent) or (says_too_little and is_report(evidence.intent)):
        return Interpretation(FALLBACK, 1.0)
    return _report_or_question(content, evidence, thresholds)


def _question(content: Content, evidence: MessageEvidence) -> Interpretation:
    """A doubtful question gets its answer and the question whether that sign is happening now."""
    likeliest = [max(evidence.signs, key=lambda sign: evidence.signs[sign])] if evidence.signs else list(content.triage.danger_signs)[:1]
    asks = ((MENTIONED_SIGN, sign) for sign in _signs_by_rule(content, evidence) or likeliest)
    return Interpretation(evidence.intent, evidence.confidence, tuple(asks))


def _says_too_little(evidence: MessageEvidence, thresholds: Thresholds) -> bool:
    """Whether a message is a word or two that name no sign and no situation: "weird", "pain", "my baby"."""
    return evidence.words <= thresholds.few_words and not evidence.mentions


def _doubtful_danger(content: Content, evidence: MessageEvidence, state: DialogueState) -> Interpretation:
    """What comes of doubt: the danger screen, never twice in a row.

    A question gets its answer and one more question instead; an urgent report gets its card as well.
    """
    if _is_urgent_report(content, evidence):
        situations = tuple(("situation", name) for name in _reported_situations(content, evidence))
        asks = ((MENTIONED_SIGN, sign) for sign in _signs_by_rule(content, evidence)[:1])
        return Interpretation(evidence.intent, evidence.confidence, (*situations, *asks))
    if is_question(evidence.intent) and not state.open_item and not state.asked_if_happening:
        return _question(content, evidence)
    if state.asked_if_happening:
        return _emergency_in(content, evidence) if evidence.has_sign else Interpretation(CHECK_SYMPTOMS, 1.0)
    return Interpretation(POSSIBLE_DANGER, evidence.confidence)

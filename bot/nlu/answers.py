"""Reads a typed message as the answer to the open checklist question. Pure functions."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.content.models import ChecklistItem, Content
from bot.nlu.facts import bare_number, find_facts, is_fever
from bot.nlu.mentions import Mention

_BY_INTENT = {"affirm": "yes", "deny": "no", "not_sure": "not_sure", "skip_question": "not_sure"}
_YES = re.compile(
    r"^\W*(yes|yep|yeah|yup|ya|yh|aye|y|yes please|definitely|sure(ly)?|correct|true|indeed|absolutely|of course|👍.?|✅)\b", re.IGNORECASE
)
_NO = re.compile(r"^\W*(no|nope|nah|na|n|none|never|not really|not at all|negative|nothing|👎.?|❌)\b", re.IGNORECASE)
_NOT_SURE = re.compile(
    r"\b(not (quite |really |too |very )?sure|unsure|don'?t know|dont know|dunno|no idea|no clue|can'?t (say|tell)|cant (say|tell)|hard to (say|tell)|idk|maybe|perhaps|possibly|couldn'?t say|might be|unclear|who knows)\b",
    re.IGNORECASE,
)
_BUT = re.compile(r"\b(but|except|although|though|however)\b", re.IGNORECASE)
_SOMEWHAT = re.compile(
    r"\b(a (bit|little|touch)|slightly|bit (worse|tighter|stiffer)|somewhat|gradual(ly)?|not (sudden|severe|that bad|too bad)|mild(ly)?|worse)\b",
    re.IGNORECASE,
)
_BOTH = re.compile(r"\bboth\b", re.IGNORECASE)
_REPORTS = {
    "missed_dose": {"report_missed_doses", "report_ran_out", "report_stopped", "report_late_dose"},
    "pump_problem": {"report_pump_problem"},
    "dose_increase": {"report_worse_after_increase"},
    "kidney_disease": {"report_kidney_side_effects"},
    "sedatives": {"report_sedative_drowsy"},
}
_NAMES = {
    "infection": r"\b(uti|infection|infected|cystitis|cloudy|antibiotics?|pneumonia|water infection|bladder bug)\b",
    "constipation": r"\b(constipat\w*|bunged up|blocked up|haven'?t (been|gone)|not (been|gone) (to the (loo|toilet)|for)|no bowel|backed up)\b",
    "pressure_sore": r"\b(pressure (sore|ulcer)s?|bed ?sores?|broken skin|sore on|red (mark|patch)|grade [1-4])\b",
    "sedatives": r"\b(opioids?|morphine|oramorph|codeine|tramadol|oxy\w*|fentanyl|benzo\w*|diazepam|valium|lorazepam|ativan|clonazepam|klonopin|xanax|zopiclone|ambien|sleeping (pill|tablet)s?|gabapentin|pregabalin|butrans|patch(es)?)\b",
    "kidney_disease": r"\b(kidneys?|ckd|dialysis|renal|egfr|nephro\w*)\b",
}
_ANSWER_WORDS = frozenset(
    ["yes", "yep", "yeah", "yup", "ya", "yh", "aye", "y", "no", "nope", "nah", "na", "n", "none", "never", "not", "really", "at", "all", "sure", "unsure", "don't", "dont", "know", "dunno", "idk", "maybe", "perhaps", "possibly", "think", "so", "i", "i'm", "im", "no", "idea", "clue", "can't", "cant", "say", "tell", "of", "course", "definitely", "absolutely", "correct", "true", "false", "thanks", "thank", "you", "please", "ok", "okay", "nothing", "like", "that", "as", "far", "that's", "right", "wrong", "hard", "to", "couldn't", "haven't", "noticed", "a", "bit", "little", "today", "yesterday", "now", "anymore", "just", "quite", "too", "both", "tablets", "tablet", "pills", "pump", "liquid", "mouth", "by", "the"]
)
_NEGATED = re.compile(
    r"\b(no|not|never|without|don'?t|doesn'?t|isn'?t|aren'?t|hasn'?t|haven'?t|didn'?t|fine|clear|normal|good|all ok|okay)\b", re.IGNORECASE
)


@dataclass(frozen=True)
class Answered:
    """An answer to a checklist item.

    Attributes:
        item: The item's id.
        value: One of the answers that it offers.
        certain: Whether the message is nothing but that answer, so that no danger sign can hide in it.
    """

    item: str
    value: str
    certain: bool = False


def _route(text: str) -> str | None:
    if _BOTH.search(text):
        return "both"
    values = {fact.value for fact in find_facts(text) if fact.kind == "route"}
    if re.search(r"\b(mouth|swallow|drink|5 ?ml)\b", text, re.IGNORECASE):
        values.add("tablets")
    if len(values) == 2:
        return "pump" if re.search(r"\b(not|no|never|instead of|stopped)\b[^.,]*\b(tablets?|pills?|mouth)", text, re.IGNORECASE) else "both"
    return values.pop() if values else None


def _figure(item: str, text: str) -> str | None:
    """Reads a figure as an answer: "103.2" to the fever question, "150 over 95" to the heart question."""
    kinds = {"high_fever": {"temperature"}, "fast_heart_or_high_bp": {"pulse", "blood_pressure"}, "oversedation": {"breaths"}}.get(item)
    if kinds is None:
        return None
    number = bare_number(text)
    if number is not None and item == "high_fever":
        fever = is_fever(number)
        return None if fever is None else ("yes" if fever else "no")
    if number is not None and item == "fast_heart_or_high_bp" and 25 <= number <= 300:
        return "yes" if number >= 120 else "no"
    facts = [fact for fact in find_facts(text) if fact.kind in kinds]
    if not facts:
        return None
    return "yes" if any(fact.dangerous for fact in facts) else "no"


def _plain_word(item: ChecklistItem, text: str, intent: str) -> str | None:
    """Reads yes, no and not sure. "No, but …" and "yes, if …" are left to the rest of the understanding."""
    if _NOT_SURE.search(text):
        return "not_sure"
    short = len(text.split()) <= 12 and not _BUT.search(text)
    if _YES.match(text):
        return "yes"
    if short and _NO.match(text):
        return "no"
    if short and intent in _BY_INTENT:
        return _BY_INTENT[intent]
    return None


def read_answer(content: Content, item_id: str, text: str, intent: str, mentions: Sequence[Mention], unsure: bool) -> Answered | None:
    """Reads a message as the answer to an item.

    Args:
        content: The content.
        item_id: The open item.
        text: The cleaned text.
        intent: The classifier's first choice.
        mentions: What the rules found in the text.
        unsure: Whether the classifier was not confident.

    Returns:
        The answer; None if the message is something else, such as a side question.
    """
    item = content.items[item_id]
    value = _read(content, item, text, intent, mentions, unsure)
    offered = {choice.value for choice in content.choices_of(item_id)}
    return Answered(item_id, value, is_nothing_else(text)) if value in offered else None


def is_nothing_else(text: str) -> bool:
    """Whether a message is only a number, or only words of yes, no, not sure and politeness."""
    words = re.findall(r"[a-z']+", text.lower())
    return bare_number(text) is not None or (bool(words) and all(word in _ANSWER_WORDS for word in words))


def _read(content: Content, item: ChecklistItem, text: str, intent: str, mentions: Sequence[Mention], unsure: bool) -> str | None:
    if text.rstrip().endswith("?"):
        return None
    if item.id == "route":
        return _route(text) or ("not_sure" if _NOT_SURE.search(text) or intent in ("not_sure", "skip_question") else None)
    figure = _figure(item.id, text)
    if figure:
        return figure
    by_mention = _from_mentions(content, item, mentions)
    if by_mention:
        return by_mention
    if item.id == "rebound_spasticity" and _SOMEWHAT.search(text) and not _YES.match(text):
        return "somewhat"
    word = _plain_word(item, text, intent)
    if word:
        return word
    if intent in _REPORTS.get(item.id, ()) and not unsure:
        return "yes"
    named = _NAMES.get(item.id)
    if named and re.search(named, text, re.IGNORECASE) and not intent.startswith("ask_"):
        return "no" if _NEGATED.search(text) else "yes"
    return None


def _from_mentions(content: Content, item: ChecklistItem, mentions: Sequence[Mention]) -> str | None:
    """A mention of the very sign or situation that was asked about answers the question."""
    entries = {**content.triage.danger_signs, **content.triage.situations}
    about = [m for m in mentions if m.name in entries and entries[m.name].finding == item.id]
    if any(m.present for m in about):
        return "yes"
    if about and all("negated" in m.qualifiers for m in about):
        return "no"
    return None

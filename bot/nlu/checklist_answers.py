"""Reads a typed message as the answer to the open checklist question. Pure functions over `rules/answers.yml`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from bot.content.intents import REPORT_NO_PROBLEM, REPORT_WORSE_SPASTICITY, is_question
from bot.content.models import ChecklistItem, Content
from bot.nlu.measurements import FAST_PULSE, bare_number, find_measurements, is_fever
from bot.nlu.mentions import Mention
from bot.nlu.rule_files import read_rules

_MAX_WORDS_BESIDE_A_FIGURE = {"oversedation": 4}
_BY_INTENT = {"affirm": "yes", "deny": "no", "not_sure": "not_sure", "skip_question": "not_sure"}
_FIGURES = {"high_fever": {"temperature"}, "fast_heart_or_high_bp": {"pulse", "blood_pressure"}, "oversedation": {"breaths"}}
_ASKED_FOR = {"high_fever": "temperature", "fast_heart_or_high_bp": "pulse", "oversedation": "breathing"}
_MAX_WORDS_OF_SHORT_ANSWER = 12


@dataclass(frozen=True)
class ChecklistAnswer:
    """An answer to a checklist item.

    Attributes:
        item: The item's id.
        value: One of the answers that it offers.
        certain: Whether the message is nothing but that answer, so that no danger sign can hide in it.
        by_figure: Whether a figure was read, such as a temperature.
    """

    item: str
    value: str
    certain: bool = False
    by_figure: bool = False


@dataclass(frozen=True)
class _Wording:
    """The compiled rule file: a pattern by name, the words of plain answers, patterns and intents by item."""

    patterns: dict[str, re.Pattern[str]]
    answer_only: frozenset[str]
    item_patterns: dict[str, re.Pattern[str]]
    item_intents: dict[str, frozenset[str]]

    def has(self, name: str, text: str) -> bool:
        return self.patterns[name].search(text) is not None


@lru_cache(maxsize=1)
def _wording() -> _Wording:
    rules = read_rules("answers.yml")
    return _Wording(
        patterns={name: re.compile(value, re.IGNORECASE) for name, value in rules.items() if isinstance(value, str)},
        answer_only=frozenset(rules["answer_only_words"]),
        item_patterns={item: re.compile(value, re.IGNORECASE) for item, value in rules["item_words"].items()},
        item_intents={item: frozenset(intents) for item, intents in rules["item_intents"].items()},
    )


def is_nothing_else(text: str) -> bool:
    """Whether a message is only a number, or only words of yes, no, not sure and politeness."""
    words = re.findall(r"[a-z']+", text.lower())
    return bare_number(text) is not None or (bool(words) and all(word in _wording().answer_only for word in words))


def says_yes(text: str) -> bool:
    """Whether a message says yes to a question about danger, also by repeating its verb: "he is"."""
    return _wording().has("yes_words", text) or _wording().has("yes_by_verb_words", text)


def _route(text: str) -> str | None:
    wording = _wording()
    if wording.has("both_words", text):
        return "both"
    values = {fact.value for fact in find_measurements(text) if fact.kind == "route"}
    if wording.has("no_pump_words", text):
        return "tablets"
    if wording.has("by_mouth_words", text):
        values.add("tablets")
    if len(values) == 2:
        return "pump" if wording.has("not_by_mouth_words", text) else "both"
    return values.pop() if values else None


def _figure(item: str, text: str) -> str | None:
    """Reads a figure as an answer: "103.2" to the fever question, "150 over 95" to the heart question."""
    if item not in _FIGURES:
        return None
    number = bare_number(text)
    if number is not None and item == "high_fever":
        fever = is_fever(number)
        return None if fever is None else ("yes" if fever else "no")
    if number is not None and item == "fast_heart_or_high_bp" and 25 <= number <= 300:
        return "yes" if number >= FAST_PULSE else "no"
    facts = [fact for fact in find_measurements(text) if fact.kind in _FIGURES[item]]
    few_words = len(text.split()) <= _MAX_WORDS_BESIDE_A_FIGURE.get(item, _MAX_WORDS_OF_SHORT_ANSWER)
    if not facts and few_words and not _wording().has("other_figure_words", text):  # the question itself says what the figure is
        facts = [fact for fact in find_measurements(f"{_ASKED_FOR[item]} {text}") if fact.kind in _FIGURES[item]]
    if not facts:
        return None
    return "yes" if any(fact.dangerous for fact in facts) else "no"


def _plain_word(item: ChecklistItem, text: str, intent: str) -> str | None:
    """Reads yes, no and not sure. "No, but …" is left to the rest of the understanding."""
    wording = _wording()
    if wording.has("yes_words", text):
        return "yes"
    if wording.has("not_sure_words", text):
        return "not_sure"
    if len(text.split()) > _MAX_WORDS_OF_SHORT_ANSWER or wording.has("but_words", text):
        return None
    if item.kind == "danger_sign" and wording.has("no_when_alone_words", text) and not is_nothing_else(text):
        return None
    return "no" if wording.has("no_words", text) else _BY_INTENT.get(intent)


def _from_mentions(content: Content, item: ChecklistItem, mentions: Sequence[Mention]) -> str | None:
    """A mention of the very sign or situation that was asked about answers the question."""
    findings = {name: sign.finding for name, sign in content.triage.danger_signs.items()}
    findings.update({name: entry.finding for name, entry in content.triage.situations.items()})
    about = [mention for mention in mentions if findings.get(mention.name) == item.id]
    if any(mention.present for mention in about):
        return "yes"
    return "no" if about and all("negated" in mention.qualifiers for mention in about) else None


def _from_item_words(item: ChecklistItem, text: str, intent: str, unsure: bool) -> str | None:
    """The item's own words, or a report of the very thing, answer the question."""
    wording = _wording()
    if intent in wording.item_intents.get(item.id, ()) and not unsure:
        return "yes"
    named = wording.item_patterns.get(item.id)
    if named and named.search(text) and not is_question(intent):
        return "no" if wording.has("negated_words", text) and not wording.has("trouble_words", text) else "yes"
    return None


def _spasms(content: Content, item: ChecklistItem, text: str, intent: str, mentions: Sequence[Mention], is_calm: bool) -> str | None:
    """Reads how the spasms are: "somewhat" lies between no and yes."""
    wording = _wording()
    denied = wording.has("not_sudden_words", text)
    if wording.has("sudden_words", text) and not denied and not wording.has("no_words", text):
        return "yes"
    if wording.has("same_words", text) and is_calm:
        return "no"
    if denied or wording.has("somewhat_words", text) or (intent == REPORT_WORSE_SPASTICITY and is_calm):
        return _from_mentions(content, item, mentions) or ("no" if wording.has("not_worse_words", text) else "somewhat")
    return None


def _all_is_well(item: ChecklistItem, text: str, intent: str, is_calm: bool) -> str | None:
    """A calm report that all is well answers with no, whatever its words; what is doubted is not calm."""
    said_so = intent == REPORT_NO_PROBLEM and is_calm and not _wording().has("not_sure_words", text)
    return "no" if said_so and item.kind != "background" else None


def _read(
    content: Content, item: ChecklistItem, text: str, intent: str, mentions: Sequence[Mention], unsure: bool, is_calm: bool
) -> str | None:
    wording = _wording()
    if text.rstrip().endswith("?") or wording.has("side_question_words", text):
        return None
    if item.id == "route":
        in_doubt = wording.has("not_sure_words", text) or intent in ("not_sure", "skip_question")
        return _route(text) or ("not_sure" if in_doubt else None)
    if item.id == "rebound_spasticity" and not wording.has("yes_words", text):
        spasms = _spasms(content, item, text, intent, mentions, is_calm)
        if spasms:
            return spasms
    return (
        _figure(item.id, text)
        or _from_mentions(content, item, mentions)
        or _plain_word(item, text, intent)
        or _all_is_well(item, text, intent, is_calm)
        or _from_item_words(item, text, intent, unsure)
    )


def read_answer(
    content: Content,
    item_id: str,
    text: str,
    intent: str,
    mentions: Sequence[Mention] = (),
    unsure: bool = False,
    is_calm: bool = False,
) -> ChecklistAnswer | None:
    """Reads a message as the answer to an item.

    Args:
        content: The content.
        item_id: The open item.
        text: The cleaned text.
        intent: The classifier's first choice.
        mentions: What the rules found in the text.
        unsure: Whether the classifier was not confident.
        is_calm: Whether the classifier is sure that the message holds no danger.

    Returns:
        The answer; None if the message is something else, such as a side question.
    """
    value = _read(content, content.items[item_id], text, intent, mentions, unsure, is_calm)
    offered = {choice.value for choice in content.choices_of(item_id)}
    if value not in offered:
        return None
    return ChecklistAnswer(item_id, value, is_nothing_else(text), _figure(item_id, text) is not None)

"""Checks across the content files: references, figures, drug names, length and reading level."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import get_args

from bot.content.errors import ContentError
from bot.content.models import BUTTONS, INTERFACE_ITEMS, INTERFACE_TOPICS, MESSAGES, SAFETY_NET, ChecklistItem, Content, Sentence, Severity
from bot.content.readability import long_sentences, reading_grade
from bot.content.source import Position, Source

MAX_WORDS_IN_SHORT_ANSWER = 60
GRADE_FOR_ALARMS = 6.0
GRADE_ELSEWHERE = 8.0
PLACEHOLDERS = {
    "emergency_number",
    "emergency_calls",
    "crisis_line",
    "clinic_name",
    "clinic_line",
    "pump_line",
    "privacy",
    "retention_days",
    "danger_reason",
    "reason",
}
Sources = dict[str, Source]


def check_content(content: Content, sources: Sources) -> list[ContentError]:
    """Runs every check.

    Args:
        content: The content, right in shape.
        sources: The files it came from, by name, for line numbers.

    Returns:
        What is wrong; empty when all is well.
    """
    return [
        *_check_ids(content, sources),
        *_check_claims(content, sources),
        *_check_answer_sentences(content, sources),
        *_check_checklist(content, sources),
        *_check_triage(content, sources),
        *_check_messages(content, sources),
        *_check_reading(content, sources),
    ]


def _check_ids(content: Content, sources: Sources) -> Iterator[ContentError]:
    for topic in INTERFACE_TOPICS:
        if topic not in content.answers:
            yield sources["answers"].error((), f"topic '{topic}' has no answer", "add it: the ids of topics are part of the interface")
    for item_id in INTERFACE_ITEMS:
        if item_id not in content.items:
            yield sources["checklist"].error((), f"checklist item '{item_id}' is missing", "add it: the ids are part of the interface")
    for level in ("emergency", "crisis", "urgent", "soon", "info"):
        if level not in content.cards:
            yield sources["advice"].error((), f"there is no card for '{level}'", "add it")
    for kind, known, needed in (("message", content.messages, MESSAGES), ("button", content.buttons, BUTTONS)):
        for name in needed:
            if name not in known:
                yield sources["messages"].error((), f"the {kind} '{name}' is missing", "add it: the assistant sends it by this name")


def _check_claims(content: Content, sources: Sources) -> Iterator[ContentError]:
    sections = sources["claims"].data.get("sections") or {}
    used = {claim for answer in content.answers.values() for s in [*answer.short, *answer.more] for claim in s.claims}
    for index, claim in enumerate(content.claims.values()):
        if claim.section not in sections:
            yield sources["claims"].error(("claims", index), f"section '{claim.section}' is not listed", "use one of 'sections'")
        if claim.id not in used:
            yield sources["claims"].error(("claims", index), f"no answer uses claim {claim.id}", "use it in an answer, or take it out")


def _answer_sentences(content: Content) -> Iterator[tuple[Position, Sentence]]:
    for index, answer in enumerate(content.answers.values()):
        for part, sentences in (("short", answer.short), ("more", answer.more)):
            for number, sentence in enumerate(sentences):
                yield ("answers", index, part, number), sentence


def _figures(text: str) -> set[str]:
    return set(re.findall(r"\d+(?:[.,]\d+)?", text))


def _words_of(names: list[str], text: str) -> set[str]:
    return {name for name in names if re.search(rf"\b{re.escape(name)}\b", text, re.IGNORECASE)}


def _check_answer_sentences(content: Content, sources: Sources) -> Iterator[ContentError]:
    source = sources["answers"]
    drugs = sources["vocabulary"].data.get("drug_names") or []
    for position, sentence in _answer_sentences(content):
        unknown = [claim for claim in sentence.claims if claim != SAFETY_NET and claim not in content.claims]
        if unknown:
            yield source.error(position, f"there is no claim {', '.join(unknown)}", "use ids from claims.yml, or [net]")
            continue
        basis = " ".join(content.claims[claim].text for claim in sentence.claims if claim != SAFETY_NET)
        for figure in sorted(_figures(sentence.say) - _figures(basis)):
            yield source.error(position, f"the figure {figure} is in none of its claims", "take it out, or name the claim that has it")
        allowed = _words_of(drugs, basis) | {"baclofen"}
        for drug in sorted(_words_of(drugs, sentence.say) - allowed):
            yield source.error(position, f"the drug '{drug}' is in none of its claims", "take it out, or name the claim that has it")
    for index, answer in enumerate(content.answers.values()):
        words = sum(len(sentence.say.split()) for sentence in answer.short)
        if words > MAX_WORDS_IN_SHORT_ANSWER:
            yield source.error(("answers", index, "short"), f"the short answer has {words} words", f"cut it to {MAX_WORDS_IN_SHORT_ANSWER}")
        for topic in (answer.topic, *answer.follow_ups):
            if topic not in content.answers:
                yield source.error(("answers", index), f"there is no topic '{topic}'", f"use one of {', '.join(content.answers)}")


def _check_checklist(content: Content, sources: Sources) -> Iterator[ContentError]:
    source = sources["checklist"]
    seen: set[str] = set()
    for index, item in enumerate(content.items.values()):
        position: Position = ("items", index)
        if item.choices not in content.choice_sets:
            yield source.error(position, f"there is no choice set '{item.choices}'", f"use one of {', '.join(content.choice_sets)}")
        elif item.kind != "background":
            yield from _check_ranks(content, source, item)
        if item.topic not in content.answers:
            yield source.error(position, f"there is no topic '{item.topic}'", "use the id of an answer")
        if item.asked_when and item.asked_when.item not in seen:
            yield source.error(position, f"it waits for '{item.asked_when.item}', which is not asked before it", "move it further down")
        seen.add(item.id)


def _check_ranks(content: Content, source: Source, item: ChecklistItem) -> Iterator[ContentError]:
    """Triage ranks an answer that it does not know as "no", so there must be none."""
    position: Position = ("choice_sets", item.choices)
    ranks = get_args(Severity)
    values = [choice.value for choice in content.choices_of(item.id)]
    for value in values:
        if value not in ranks:
            yield source.error(position, f"'{item.id}' offers '{value}', which triage cannot rank", f"use one of {', '.join(ranks)}")
    if not {"yes", "no"} <= set(values):
        yield source.error(position, f"'{item.id}' does not offer both yes and no", "add the choice that is missing")


def _check_triage(content: Content, sources: Sources) -> Iterator[ContentError]:
    source = sources["triage"]
    covered: set[str] = set()
    for index, rule in enumerate(content.triage.rules):
        for condition in rule.when:
            covered |= set(condition.any_of)
            for item_id in condition.any_of:
                if item_id not in content.items:
                    yield source.error(("rules", index), f"rule '{rule.id}' names no item: '{item_id}'", "use ids of checklist.yml")
    for item in content.items.values():
        if item.kind != "background" and item.id not in covered:
            yield source.error(("rules",), f"no rule looks at '{item.id}'", "name it in a rule or group")
    for name, situation in content.triage.situations.items():
        if situation.topic not in content.answers:
            yield source.error(("situations", name), f"there is no topic '{situation.topic}'", "use the id of an answer")
    for part in ("danger_signs", "situations"):
        for name, entry in getattr(content.triage, part).items():
            if entry.finding and entry.finding not in content.items:
                yield source.error((part, name), f"there is no checklist item '{entry.finding}'", "use an id of checklist.yml")


def _check_messages(content: Content, sources: Sources) -> Iterator[ContentError]:
    for name, message in content.messages.items():
        for button in message.buttons:
            if button not in content.buttons:
                yield sources["messages"].error(("messages", name), f"there is no button '{button}'", "use a name of 'button_set'")
    for file, position, text in _all_texts(content):
        yield from _check_placeholders(sources[file], position, text, PLACEHOLDERS)
    for file in ("clinic", "clinic_override"):
        if file in sources:
            for position, text in _strings((), sources[file].data):
                yield from _check_placeholders(sources[file], position, text, {"retention_days"} if position == ("privacy",) else set())


def _check_placeholders(source: Source, position: Position, text: str, known: set[str]) -> Iterator[ContentError]:
    for placeholder in re.findall(r"\{([^{}]*)\}", text):
        if placeholder not in known:
            remedy = f"use one of {', '.join(sorted(known))}" if known else "take it out: this text has no placeholders"
            yield source.error(position, f"{{{placeholder}}} is not known", remedy)


def _strings(position: Position, data: object) -> Iterator[tuple[Position, str]]:
    """All texts in raw data with their positions."""
    if isinstance(data, str):
        yield position, data
    elif isinstance(data, (dict, list)):
        for key, value in data.items() if isinstance(data, dict) else enumerate(data):
            yield from _strings((*position, key), value)


def _all_texts(content: Content) -> Iterator[tuple[str, Position, str]]:
    for position, sentence in _answer_sentences(content):
        yield "answers", position, sentence.say
    for level, card in content.cards.items():
        for part in card.parts:
            yield "advice", ("cards", level), part
    for name, message in content.messages.items():
        yield "messages", ("messages", name), message.text
    for language, text in content.languages.items():
        yield "languages", ("texts", language), text
    for index, item in enumerate(content.items.values()):
        for part in ("question", "help", "reason"):
            yield "checklist", ("items", index, part), getattr(item, part)


def _check_reading(content: Content, sources: Sources) -> Iterator[ContentError]:
    vocabulary = sources["vocabulary"].data
    names = [*(vocabulary.get("drug_names") or []), *(vocabulary.get("disease_names") or [])]
    for file, position, text, limit in _texts_to_read(content):
        grade = reading_grade(text, names)
        if grade > limit:
            yield sources[file].error(
                position, f"the text reads at grade {grade:.1f}, above {limit:.0f}", "use shorter words and sentences"
            )
        for sentence in long_sentences(text):
            yield sources[file].error(position, f"a sentence is too long: '{sentence[:60]}…'", "cut it to 20 words")


def _texts_to_read(content: Content) -> Iterator[tuple[str, Position, str, float]]:
    """Each text as a person reads it in one piece, with the highest grade that it may have."""
    for level, card in content.cards.items():
        limit = GRADE_FOR_ALARMS if level in ("emergency", "crisis", "urgent") else GRADE_ELSEWHERE
        yield "advice", ("cards", level), " ".join(card.parts), limit
    for index, answer in enumerate(content.answers.values()):
        for part in ("short", "more"):
            sentences = getattr(answer, part)
            if sentences:
                yield "answers", ("answers", index, part), " ".join(s.say for s in sentences), GRADE_ELSEWHERE
    for index, item in enumerate(content.items.values()):
        yield "checklist", ("items", index), f"{item.question} {item.help}", GRADE_ELSEWHERE
    for name, message in content.messages.items():
        limit = GRADE_FOR_ALARMS if message.level in ("emergency", "urgent") else GRADE_ELSEWHERE
        yield "messages", ("messages", name), message.text, limit

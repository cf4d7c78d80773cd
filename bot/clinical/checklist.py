"""The symptom checklist as pure functions: what to ask next, how far along, what was said. Imports no framework."""

from __future__ import annotations

from collections.abc import Mapping

from bot.clinical.triage import Findings, severity
from bot.content.models import Content


def plan(content: Content, findings: Findings) -> list[str]:
    """The items that this person is asked, in order, given the answers so far.

    An item with a condition is part of the plan once its condition is met, so pump questions come for pump users only.
    """
    asked = []
    for item in content.items.values():
        condition = item.asked_when
        if condition is None or findings.get(condition.item) in condition.any_of:
            asked.append(item.id)
    return asked


def danger_item_present(content: Content, findings: Findings) -> str | None:
    """The first danger sign that was answered with yes, or None."""
    yes = severity("yes")
    return next(
        (item.id for item in content.items.values() if item.kind == "danger_sign" and severity(findings.get(item.id)) >= yes),
        None,
    )


def next_item(content: Content, findings: Findings) -> str | None:
    """The item to ask next; None when all are answered or a danger sign ends the questions."""
    if danger_item_present(content, findings):
        return None
    return next((item for item in plan(content, findings) if findings.get(item) is None), None)


def previous_item(content: Content, findings: Findings, current: str | None) -> str | None:
    """The answered item before the open one, or None at the start."""
    asked = plan(content, findings)
    before = asked[: asked.index(current)] if current in asked else asked
    return next((item for item in reversed(before) if findings.get(item) is not None), None)


def progress(content: Content, findings: Findings, item: str) -> tuple[int, int]:
    """Place of an item and number of items, counted from 1, such as (3, 15)."""
    asked = plan(content, findings)
    return (asked.index(item) + 1 if item in asked else len(asked), len(asked))


def is_answer(content: Content, item: str, value: str) -> bool:
    """Whether a value is among the answers that an item offers."""
    return item in content.items and any(choice.value == value for choice in content.choices_of(item))


def only_answers(content: Content, slots: Mapping[str, object]) -> dict[str, str]:
    """The findings among a conversation's slots, in checklist order; values that no question offers are left out."""
    found = {}
    for item in content.items:
        value = slots.get(item)
        if isinstance(value, str) and is_answer(content, item, value):
            found[item] = value
    return found


def summary_lines(content: Content, findings: Findings, own_words: Mapping[str, str]) -> list[str]:
    """One line per answered item for the emergency team or the clinic.

    Args:
        content: The content.
        findings: Answers by item.
        own_words: What the person typed, by item, where an answer was typed.
    """
    lines = []
    for item in content.items.values():
        value = findings.get(item.id)
        if value is None:
            continue
        title = next((c.title for c in content.choices_of(item.id) if c.value == value), value)
        quoted = f' (in their words: "{own_words[item.id]}")' if item.id in own_words else ""
        lines.append(f"{item.reason[0].upper()}{item.reason[1:]}: {title}{quoted}")
    return lines

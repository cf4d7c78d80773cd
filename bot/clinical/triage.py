"""Decides how urgent a set of findings is. Pure functions over the decision table in `content/triage.yml`.

The table rests on the claims about withdrawal (c16 to c32), higher doses (c33 to c39), triggers (c40 to c44), sedatives (c45 to
c48) and kidneys (c49 to c54), and on the generic safety net: a life threat goes to emergency services. Imports no framework.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import reduce
from operator import and_, or_
from typing import Any

from bot.content.models import Content, Triage, TriageRule

LEVELS: tuple[str, ...] = ("none", "info", "soon", "urgent", "emergency")
SEVERITIES: tuple[str, ...] = ("no", "somewhat", "not_sure", "yes")
Findings = Mapping[str, str]


@dataclass(frozen=True)
class Outcome:
    """What the findings call for.

    Attributes:
        level: One of `LEVELS`, at least `info`.
        rules: Ids of the rules that led to that level, in table order.
        items: Checklist items behind these rules, the gravest answer first.
    """

    level: str
    rules: tuple[str, ...]
    items: tuple[str, ...]


def open_alarm(slot: object) -> str | None:
    """The alarm that is open, `emergency` or `crisis`, read from the conversation's slot; None if there is none."""
    return str(slot) if slot in ("emergency", "crisis") else None


def highest(*levels: str) -> str:
    """The most urgent of some levels; `none` when there are none."""
    return max(levels, key=LEVELS.index, default="none")


def severity(value: str | None) -> int:
    """Rank of an answer: 0 for no, unanswered or a background answer, up to 3 for yes."""
    return SEVERITIES.index(value) if value in SEVERITIES else 0


def rule_matches(rule: TriageRule, severities: Mapping[str, Any]) -> Any:
    """Whether all conditions of a rule hold.

    Args:
        rule: A row of the decision table.
        severities: Rank by item id: whole numbers, or arrays of them to judge many cases at once.

    Returns:
        A truth value, or an array of them.
    """
    held = (reduce(or_, (severities[item] >= SEVERITIES.index(condition.at_least) for item in condition.any_of)) for condition in rule.when)
    return reduce(and_, held)


def evaluate(triage: Triage, findings: Findings) -> Outcome:
    """Applies the decision table; the most urgent matching rule wins.

    Every rule only asks for "at least", so a graver finding can never lower the level.

    Args:
        triage: The decision table.
        findings: Answers by checklist item id; unanswered items may be left out.
    """
    ids = {item for rule in triage.rules for condition in rule.when for item in condition.any_of}
    severities = {item: severity(findings.get(item)) for item in ids}
    matching = [rule for rule in triage.rules if rule_matches(rule, severities)]
    level = highest("info", *(rule.level for rule in matching))
    deciding = [rule for rule in matching if rule.level == level]
    items: dict[str, int] = {}
    for rule in deciding:
        for condition in rule.when:
            threshold = SEVERITIES.index(condition.at_least)
            items.update({item: severities[item] for item in condition.any_of if severities[item] >= threshold})
    order = {item: position for position, item in enumerate(findings)}
    ranked = sorted(items, key=lambda item: (-items[item], order.get(item, len(order))))
    return Outcome(level, tuple(rule.id for rule in deciding), tuple(ranked))


def level_of_situations(content: Content, situations: list[str]) -> str:
    """The level that reported situations call for; `none` for none."""
    return highest("none", *(content.triage.situations[name].level for name in situations))

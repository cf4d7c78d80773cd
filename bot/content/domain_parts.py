"""What the content adds to Rasa's domain and rules, as plain dictionaries: a topic, an item or a sign is one entry in `content/`.

domain.yml and data/stories/ hold what does not follow from the content.
"""

from __future__ import annotations

from typing import Any

from bot.content.intents import CRISIS, DANGER_CONFIRMED, EMERGENCY, REPORT_NO_PROBLEM, question_of
from bot.content.models import Content
from bot.content.response_names import FORM, utter

ALARM_SLOT = "alarm"


def question_intents(content: Content) -> list[str]:
    """One intent for each topic."""
    return [question_of(topic) for topic in content.answers]


def report_intents(content: Content) -> list[str]:
    """One intent for each situation that a message can report."""
    return [situation.intent for situation in content.triage.situations.values()]


def danger_intents(content: Content) -> list[str]:
    """One intent for each danger sign."""
    return [sign.intent for sign in content.triage.danger_signs.values()]


def _item_slot(item_id: str) -> dict[str, Any]:
    return {"type": "text", "influence_conversation": False, "mappings": [{"type": "from_entity", "entity": item_id}]}


def _alarm_mappings(content: Content) -> list[dict[str, str]]:
    raised = [EMERGENCY, DANGER_CONFIRMED, *danger_intents(content)]
    emergencies = [{"type": "from_intent", "intent": intent, "value": EMERGENCY} for intent in raised]
    return [{"type": "from_intent", "intent": CRISIS, "value": CRISIS}, *emergencies]


def with_content(domain: dict[str, Any], content: Content) -> dict[str, Any]:
    """The domain with what follows from the content.

    Args:
        domain: domain.yml as read.
        content: The content.

    Returns:
        A new dictionary: with an intent for each topic, situation and danger sign; an entity and a slot for each checklist item; the
        alarm that each danger sign raises; the checklist's form.
    """
    items = list(content.items)
    alarm = domain["slots"][ALARM_SLOT]
    slots = {item: _item_slot(item) for item in items}
    slots |= domain["slots"]
    slots[ALARM_SLOT] = {**alarm, "mappings": [*_alarm_mappings(content), *alarm["mappings"]]}
    return {
        **domain,
        "intents": [*question_intents(content), *report_intents(content), *danger_intents(content), *domain["intents"]],
        "entities": [*domain["entities"], *items],
        "slots": slots,
        "forms": {FORM: {"required_slots": items}},
    }


def _rule(name: str, intents: list[str], action: str, outside_the_form: bool = False) -> dict[str, Any]:
    steps = [{"or": [{"intent": intent} for intent in intents]}, {"action": action}]
    return {"rule": name, **({"condition": [{"active_loop": None}]} if outside_the_form else {}), "steps": steps}


def rules(content: Content) -> list[dict[str, Any]]:
    """The rules that follow from the content, in the form of Rasa's rule files."""
    danger = [EMERGENCY, DANGER_CONFIRMED, *danger_intents(content)]
    reports = [intent for intent in report_intents(content) if intent != REPORT_NO_PROBLEM]
    return [
        _rule("A danger sign gets the emergency card", danger, utter("emergency"), outside_the_form=True),
        _rule("A report gets the card of its level", reports, "action_report"),
        _rule("A question gets its curated answer", question_intents(content), "action_answer"),
    ]

"""Not understood: up to three likely questions, and a person the third time. Never a guess."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.tracker_view import content, fallbacks_in_a_row
from bot.content import response_names
from bot.content.intents import CHECK_SYMPTOMS, TALK_TO_HUMAN, is_danger_sign, is_report, topic_of

TRIES = 3
_CHOICES = 3
_OTHER_TITLES = {"check_symptoms": "Check symptoms", "talk_to_human": "Reach the clinic"}


def likely_questions(ranking: list[dict[str, Any]]) -> list[dict[str, str]]:
    """Buttons for the likeliest intents that a person could have meant.

    Args:
        ranking: The classifier's intents with the likeliest first.

    Returns:
        Up to three buttons; reports of trouble lead to the symptom check.
    """
    answers = content().answers
    buttons: dict[str, str] = {}
    for entry in ranking:
        name = str(entry.get("name") or "")
        topic = topic_of(name)
        if topic in answers:
            buttons.setdefault(f"/ask_{topic}", answers[topic].question)
        elif is_report(name) or is_danger_sign(name) or name == CHECK_SYMPTOMS:
            buttons.setdefault("/check_symptoms", _OTHER_TITLES["check_symptoms"])
        elif name == TALK_TO_HUMAN:
            buttons.setdefault("/talk_to_human", _OTHER_TITLES["talk_to_human"])
        if len(buttons) == _CHOICES:
            break
    if not buttons:
        buttons = {f"/{name}": title for name, title in _OTHER_TITLES.items()}
    return [{"title": title, "payload": payload} for payload, title in buttons.items()]


class ActionClarify(Action):
    """Offers likely questions as buttons; hands over to a person the third time."""

    def name(self) -> str:
        return "action_clarify"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[dict[str, Any]]:
        """Utters the choices or the handover."""
        if fallbacks_in_a_row(tracker) >= TRIES:
            dispatcher.utter_message(response=response_names.CLARIFY_GIVE_UP)
        else:
            ranking = (tracker.latest_message or {}).get("intent_ranking") or []
            dispatcher.utter_message(response=response_names.CLARIFY, buttons=likely_questions(ranking))
        return []

"""Curated answers: the topic's answer, its longer part, and "is this happening now?" when a danger sign was mentioned."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.tracker_view import content, entities, last_intent
from bot.content import response_names
from bot.content.intents import topic_of


class ActionAnswer(Action):
    """Answers the question that the intent names."""

    def name(self) -> str:
        return "action_answer"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[dict[str, Any]]:
        """Utters the topic's answer; a mentioned danger sign adds one question."""
        topic = topic_of(last_intent(tracker))
        dispatcher.utter_message(response=response_names.answer(topic))
        if entities(tracker, "mentioned_sign") and tracker.active_loop.get("name") is None:
            dispatcher.utter_message(response=response_names.HAPPENING_NOW)
        return []


class ActionTellMore(Action):
    """Gives the longer part of an answer."""

    def name(self) -> str:
        return "action_tell_more"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[dict[str, Any]]:
        """Utters the longer part, or what the assistant can do if there is none."""
        answers = content().answers
        topic = next((t for t in entities(tracker, "topic") if t in answers and answers[t].more), None)
        dispatcher.utter_message(response=response_names.more(topic) if topic else response_names.SMALLTALK_CAPABILITIES)
        return []

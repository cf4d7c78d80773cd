"""The end of the checklist: the outcome card with its reasons, the summary, stopping early, starting over."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.tracker_view import content, findings, own_words, user_turns
from bot.clinical.checklist import next_item, summary_lines
from bot.clinical.triage import LEVELS, Outcome, evaluate
from bot.content import response_names
from bot.content.responses import payload

Event = dict[str, Any]


def reason_text(outcome: Outcome, words: dict[str, str]) -> str:
    """The items behind an outcome, with what the person typed about them."""
    parts = []
    for item in outcome.items:
        quoted = f' ("{words[item]}")' if item in words else ""
        parts.append(f"{content().items[item].reason}{quoted}")
    return "; ".join(parts) or "no danger sign"


def _utter_outcome(dispatcher: CollectingDispatcher, tracker: Tracker) -> list[Event]:
    outcome = evaluate(content().triage, findings(tracker))
    reason = reason_text(outcome, own_words(tracker))
    topic = content().items[outcome.items[0]].topic if outcome.items else "checklist"
    names = {"danger_reason": reason} if outcome.level == "emergency" else {"reason": reason}
    dispatcher.utter_message(response=response_names.outcome(outcome.level), topic=topic, **names)
    return [SlotSet("alarm", "emergency")] if outcome.level == "emergency" else []


def _reported_signs(tracker: Tracker) -> list[str]:
    known = content().triage.danger_signs
    signs = {
        str(entity.get("value"))
        for turn in user_turns(tracker)
        for entity in (turn.get("parse_data") or {}).get("entities") or []
        if entity.get("entity") == "danger_sign"
    }
    return [sign.label for name, sign in known.items() if name in signs and not sign.finding]


def utter_summary(dispatcher: CollectingDispatcher, tracker: Tracker) -> None:
    """Utters what was answered as lines to copy or print."""
    lines = summary_lines(content(), findings(tracker), own_words(tracker))
    lines += [f"Also reported: {label}" for label in _reported_signs(tracker)]
    level = evaluate(content().triage, findings(tracker)).level
    text = "\n".join(["Summary for the emergency team or clinic (baclofen):", *(lines or ["No answers yet."])])
    buttons = [{"title": "Change an answer", "payload": payload("change_answer")}] if lines else []
    meta = {"kind": "outcome", "level": level, "topic": "checklist", "summary": True}
    dispatcher.utter_message(text=text, buttons=buttons, json_message=meta)


class ActionChecklistOutcome(Action):
    """Gives the outcome card and the summary."""

    def name(self) -> str:
        return "action_checklist_outcome"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[Event]:
        """Utters both; an emergency opens the alarm.

        Rasa can take a form for finished when an action failed. Without all answers there is no outcome, so no false all-clear.
        """
        if next_item(content(), findings(tracker)) is not None:
            dispatcher.utter_message(response=response_names.OUTAGE)
            return []
        events = _utter_outcome(dispatcher, tracker)
        utter_summary(dispatcher, tracker)
        return [*events, SlotSet("checklist_done", True)]


class ActionChecklistStop(Action):
    """Stops early; if the answers so far already call for it, the card comes all the same."""

    def name(self) -> str:
        return "action_checklist_stop"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[Event]:
        """Utters the card from `urgent` up, else a plain farewell to the check."""
        level = evaluate(content().triage, findings(tracker)).level
        if LEVELS.index(level) >= LEVELS.index("urgent"):
            return _utter_outcome(dispatcher, tracker)
        dispatcher.utter_message(response=response_names.CHECKLIST_STOPPED)
        return []


class ActionShowSummary(Action):
    """Shows the summary on request."""

    def name(self) -> str:
        return "action_show_summary"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[Event]:
        """Utters the summary."""
        utter_summary(dispatcher, tracker)
        return []


class ActionStartOver(Action):
    """Clears the findings; an open alarm stays unless a button said so."""

    def name(self) -> str:
        return "action_start_over"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[Event]:
        """Utters that all is cleared."""
        dispatcher.utter_message(response=response_names.STARTED_OVER)
        return [
            *(SlotSet(item, None) for item in content().items),
            SlotSet("danger_reason", "a danger sign"),
            SlotSet("checklist_done", False),
        ]

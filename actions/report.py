"""A report of something that is going on: the card of its level, and its findings kept for the checklist."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.tracker_view import content, entities, last_intent
from bot.clinical.triage import level_of_situations
from bot.content import response_names


class ActionReport(Action):
    """Answers a report with the card of the level that its situations call for."""

    def name(self) -> str:
        return "action_report"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[dict[str, Any]]:
        """Utters the card and returns the findings that the report settles."""
        known = content().triage.situations
        by_intent = {entry.intent: name for name, entry in known.items()}
        names = [name for name in entities(tracker, "situation") if name in known]
        if not names and last_intent(tracker) in by_intent:
            names = [by_intent[last_intent(tracker)]]
        level = level_of_situations(content(), names)
        level = level if level in ("urgent", "soon") else "soon"
        gravest = [name for name in names if known[name].level == level] or names
        reason = " and ".join(known[name].label for name in gravest) or "something that worries you"
        topic = known[gravest[0]].topic if gravest else "why_worse"
        dispatcher.utter_message(response=response_names.outcome(level), reason=reason, topic=topic)
        if entities(tracker, "mentioned_sign"):
            dispatcher.utter_message(response=response_names.DANGER_SCREEN)
        findings = {known[name].finding for name in names if known[name].level == "urgent"} - {None}
        events = [SlotSet(finding, "yes") for finding in sorted(f for f in findings if f)]
        if "pump_problem" in findings:
            events.append(SlotSet("route", tracker.get_slot("route") or "pump"))
        return events

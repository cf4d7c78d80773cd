"""The checklist's questions: which comes next, going back, changing an answer, explaining, and not understanding."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, FormValidationAction, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.clarify import TRIES
from actions.tracker_view import content, entities, fallbacks_in_a_row, findings
from bot.clinical.checklist import danger_item_present, is_answer, plan, previous_item
from bot.content import response_names
from bot.content.responses import payload

Event = dict[str, Any]


class ActionStartChecklist(Action):
    """Opens the checklist; answers of a finished one are cleared, reports made just now are kept."""

    def name(self) -> str:
        return "action_start_checklist"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[Event]:
        """Utters the introduction and clears what belongs to an earlier check."""
        dispatcher.utter_message(response=response_names.CHECKLIST_INTRO)
        stale = tracker.get_slot("checklist_done") or danger_item_present(content(), findings(tracker))
        events: list[Event] = [SlotSet("checklist_done", False)]
        return [*events, *(SlotSet(item, None) for item in content().items)] if stale else events


class ValidateChecklistForm(FormValidationAction):
    """Checks answers and chooses the next question."""

    def name(self) -> str:
        return "validate_checklist_form"

    async def get_extraction_events(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[Event]:
        """Nothing to extract: entities fill the slots."""
        return []

    async def required_slots(
        self, domain_slots: list[str], dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[str]:
        """The items that this person is asked; none after a danger sign."""
        found = findings(tracker)
        return [] if danger_item_present(content(), found) else plan(content(), found)

    async def get_validation_events(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[Event]:
        """Keeps answers that the item offers and clears all others, so that the item is asked again."""
        given = {item: value for item, value in tracker.slots_to_validate().items() if item in content().items}
        return [
            SlotSet(item, value if isinstance(value, str) and is_answer(content(), item, value) else None) for item, value in given.items()
        ]


class ActionChecklistBack(Action):
    """Opens the previous item again, or the one that the person chose to change."""

    def name(self) -> str:
        return "action_checklist_back"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[Event]:
        """Clears one answer; at the start it says that there is nothing before."""
        chosen = next((item for item in entities(tracker, "item") if item in content().items), None)
        item = chosen or previous_item(content(), findings(tracker), tracker.get_slot("requested_slot"))
        if item is None:
            dispatcher.utter_message(response=response_names.CHECKLIST_AT_START)
            return []
        return [SlotSet(item, None), SlotSet("checklist_done", False)]


class ActionChecklistChange(Action):
    """Asks which answer to change."""

    def name(self) -> str:
        return "action_checklist_change"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[Event]:
        """Utters one button for each answered item."""
        found = findings(tracker)
        if not found:
            dispatcher.utter_message(response=response_names.NOTHING_TO_CHANGE)
            return []
        buttons = []
        for item, value in found.items():
            title = next(choice.title for choice in content().choices_of(item) if choice.value == value)
            reason = content().items[item].reason
            change = payload("change_item", item=item)
            buttons.append({"title": f"{reason[0].upper()}{reason[1:]}: {title}", "payload": change})
        dispatcher.utter_message(response=response_names.CHANGE_WHICH, buttons=buttons)
        return []


class ActionChecklistExplain(Action):
    """Explains the open question."""

    def name(self) -> str:
        return "action_checklist_explain"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[Event]:
        """Utters the item's help."""
        item = tracker.get_slot("requested_slot")
        dispatcher.utter_message(response=response_names.help_with(item) if item in content().items else response_names.NOTHING_OPEN)
        return []


class ActionChecklistNotUnderstood(Action):
    """Says that an answer was not understood; the third time it offers ways out."""

    def name(self) -> str:
        return "action_checklist_not_understood"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[Event]:
        """Utters one of the two texts."""
        stuck = fallbacks_in_a_row(tracker) >= TRIES
        dispatcher.utter_message(response=response_names.CHECKLIST_STUCK if stuck else response_names.CHECKLIST_NOT_UNDERSTOOD)
        return []

"""Runs a real action against a talk as an action server would see it."""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from typing import Any

import pytest
from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher


@dataclass(frozen=True)
class Ran:
    """What an action did.

    Attributes:
        messages: What it uttered.
        events: What it returned.
    """

    messages: list[dict[str, Any]]
    events: list[dict[str, Any]]

    @property
    def responses(self) -> list[str | None]:
        """Names of the responses uttered, in order."""
        return [message["response"] for message in self.messages]

    @property
    def slots(self) -> dict[str, Any]:
        """Slots that were set, with their last values."""
        return {event["name"]: event["value"] for event in self.events if event["event"] == "slot"}


class ActionTalk:
    """A talk that a test describes, message by message."""

    def __init__(self) -> None:
        self.slots: dict[str, Any] = {}
        self.events: list[dict[str, Any]] = []
        self.form: str | None = None

    def said(self, text: str, intent: str, *entities: tuple[str, str], ranking: tuple[str, ...] = ()) -> ActionTalk:
        """Adds a message of the person."""
        parsed = {
            "intent": {"name": intent, "confidence": 0.9},
            "entities": [{"entity": name, "value": value} for name, value in entities],
            "intent_ranking": [{"name": name, "confidence": 0.5} for name in ranking],
            "text": text,
        }
        self.events.append({"event": "user", "text": text, "parse_data": parsed})
        return self

    def session_started(self) -> ActionTalk:
        """Begins a new session."""
        self.events.append({"event": "session_started"})
        return self

    def with_slots(self, **slots: Any) -> ActionTalk:
        """Sets slots."""
        self.slots.update(slots)
        return self

    def asked(self, item: str) -> ActionTalk:
        """Opens the checklist at an item."""
        self.form = "checklist_form"
        return self.with_slots(requested_slot=item)

    def tracker(self) -> Tracker:
        """The SDK's view of the talk."""
        turns = [event for event in self.events if event["event"] == "user"]
        latest = turns[-1]["parse_data"] if turns else {}
        loop = {"name": self.form} if self.form else {}
        return Tracker("x", self.slots, latest, self.events, False, None, loop, "action_listen")

    async def run(self, action: Action) -> Ran:
        """Runs an action."""
        dispatcher = CollectingDispatcher()
        result = action.run(dispatcher, self.tracker(), {})
        events = await result if inspect.isawaitable(result) else result
        return Ran(dispatcher.messages, list(events or []))


@pytest.fixture
def described() -> ActionTalk:
    """A talk in which nothing was said yet."""
    return ActionTalk()

"""One turn of a talk: hand the message to Rasa, once, and come back with a reply whatever happens."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Mapping
from typing import Any
from weakref import WeakValueDictionary

from rasa.core.agent import Agent
from rasa.core.channels.channel import OutputChannel, UserMessage
from rasa.shared.core.events import BotUttered, Event, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.content import Content
from bot.nlu.guard_rules import guard_rules
from bot.nlu.mentions import CRISIS
from bot.nlu.text import clean
from bot.tracker_store import ConversationStore
from bot.web.replies import Message, Replies, TalkState

logger = logging.getLogger(__name__)


class Collector(OutputChannel):
    """Takes Rasa's messages whole, with text, buttons and `custom` together."""

    def __init__(self) -> None:
        self.responses: list[dict[str, Any]] = []

    @classmethod
    def name(cls) -> str:
        """Rasa's name of the channel."""
        return "chat"

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        """Keeps one message."""
        self.responses.append(dict(message))


def _responses_of(events: list[Event]) -> list[dict[str, Any]]:
    return [
        {"text": event.text, "buttons": event.data.get("buttons"), "custom": event.data.get("custom")}
        for event in events
        if isinstance(event, BotUttered)
    ]


class Conversations:
    """All talks of this process."""

    def __init__(self, content: Content, replies: Replies, reply_seconds: float) -> None:
        self._content = content
        self._replies = replies
        self._reply_seconds = reply_seconds
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def turn(self, agent: Agent | None, conversation: str, message_id: str, text: str, is_button: bool) -> list[Message]:
        """Handles one message.

        Args:
            agent: Rasa's agent, or None while there is no model.
            conversation: Id of the talk.
            message_id: The client's id of the message; a known id returns the same reply and is not processed again.
            text: What was typed, or a button's payload.
            is_button: Whether it is a payload.

        Returns:
            The reply; never empty.
        """
        lock = self._locks.setdefault(conversation, asyncio.Lock())
        async with lock:
            try:
                return await asyncio.wait_for(self._turn(agent, conversation, message_id, text), self._reply_seconds)
            except Exception as error:  # silence is the one thing that must not happen
                logger.error("turn failed with %s", type(error).__name__)
                return self._without_rasa(message_id, "" if is_button else text)

    async def _turn(self, agent: Agent | None, conversation: str, message_id: str, text: str) -> list[Message]:
        if agent is None or not agent.is_ready():
            return self._without_rasa(message_id, text)
        if store_of(agent).knows_message(conversation, message_id):
            known = self._earlier_reply(await agent.tracker_store.retrieve_full_tracker(conversation), message_id)
            if known is not None:
                return known
        collector = Collector()
        await agent.handle_message(UserMessage(text, collector, conversation, input_channel=Collector.name(), message_id=message_id))
        if not collector.responses:
            logger.error("rasa gave no reply")
            return self._without_rasa(message_id, text)
        slots = store_of(agent).slots_after_save(conversation) or {}
        return self._replies.finish(collector.responses, self._state(slots), message_id)

    def _state(self, slots: Mapping[str, Any]) -> TalkState:
        return TalkState.from_slots(self._content, slots)

    def _earlier_reply(self, tracker: DialogueStateTracker | None, message_id: str) -> list[Message] | None:
        """The reply to a message that was handled before, or None."""
        if tracker is None:
            return None
        events = list(tracker.events)
        place = next((i for i, e in enumerate(events) if isinstance(e, UserUttered) and e.message_id == message_id), None)
        if place is None:
            return None
        end = next((i for i in range(place + 1, len(events)) if isinstance(events[i], UserUttered)), len(events))
        state = tracker.travel_back_in_time(events[end - 1].timestamp) if end < len(events) else tracker
        return self._replies.finish(_responses_of(events[place:end]), self._state(state.current_slot_values()), message_id)

    def _without_rasa(self, message_id: str, text: str) -> list[Message]:
        """The reply when Rasa has none: danger words still escalate, all else gets the outage text."""
        try:
            found = guard_rules().find(clean(text))
        except Exception as error:  # the outage text must come even so
            logger.error("rules failed with %s", type(error).__name__)
            found = []
        signs = [mention.name for mention in found if mention.present and mention.kind == "danger_sign"]
        if any(mention.kind == CRISIS for mention in found):
            message = self._replies.fixed("crisis")
        elif signs:
            message = self._replies.fixed("emergency", danger_reason=self._content.triage.danger_signs[signs[0]].label)
        else:
            message = self._replies.fixed("outage")
        return [{"id": f"{message_id}-1", **message}]

    async def history(self, agent: Agent, conversation: str) -> list[Message]:
        """What was said so far, oldest first; the person's own messages have `"from": "user"`."""
        tracker = await agent.tracker_store.retrieve_full_tracker(conversation)
        said: list[Message] = []
        titles: dict[str, str] = {}
        turn = ""
        number = 0
        for event in tracker.events if tracker else []:
            if isinstance(event, UserUttered) and event.message_id:
                turn, number = event.message_id, 0
                said.append({"id": turn, "from": "user", "text": titles.get(event.text or "", event.text)})
            elif isinstance(event, BotUttered):
                number += 1
                message = self._replies.shape(_responses_of([event])[0])
                titles.update({button["payload"]: button["title"] for button in message["buttons"]})
                said.append({"id": f"{turn}-{number}", "from": "assistant", **message})
        return said

    async def forget(self, agent: Agent, conversation: str) -> int:
        """Deletes a talk's rows and returns how many there were."""
        return store_of(agent).forget(conversation)


def store_of(agent: Agent) -> ConversationStore:
    """The agent's own store behind Rasa's fail-safe wrapper."""
    store = agent.tracker_store
    inner = getattr(store, "_tracker_store", store)
    if not isinstance(inner, ConversationStore):
        raise TypeError("endpoints.yml must name bot.tracker_store.ConversationStore as the tracker store")
    return inner


async def purge_daily(agent: Agent, retention_days: int) -> None:
    """Deletes what is older than the retention, now and once a day."""
    while True:
        try:
            deleted = store_of(agent).purge(retention_days, time.time())
            logger.info("retention: %d rows deleted", deleted)
        except Exception as error:  # a failed purge is tried again, the assistant goes on
            logger.error("retention failed with %s", type(error).__name__)
        await asyncio.sleep(86_400)

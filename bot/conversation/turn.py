"""One turn of a talk: hand the message to Rasa, once, and come back with a reply whatever happens."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator, Mapping
from typing import Any

from rasa.core.agent import Agent
from rasa.core.channels.channel import OutputChannel, UserMessage
from rasa.shared.core.events import BotUttered, SessionStarted, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.content import Content, response_names
from bot.content.intents import CRISIS, DANGER_CONFIRMED
from bot.content.responses import payload
from bot.conversation.replies import ConversationState, Message, Replies, level_of
from bot.conversation.session_tokens import new_conversation
from bot.conversation.timestamps import iso8601
from bot.nlu.alarm_by_rules import alarm_by_rules
from bot.nlu.checklist_answers import says_yes
from bot.nlu.encoder import prefetch
from bot.nlu.encoder.prefetch import Encoding
from bot.nlu.featurizer import reader_of
from bot.nlu.text import clean
from bot.observability import metrics, outages
from bot.policies.safety_policy import alarm_answer
from bot.rasa_compat.in_process_actions import ActionFailure
from bot.storage.bounded_dict import BoundedDict
from bot.storage.pending_events import ConversationUnavailableError
from bot.storage.tracker_store import ConversationStore

_MAX_CONVERSATIONS_REMEMBERED = 10_000


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


def _response_of(event: BotUttered) -> dict[str, Any]:
    return {"text": event.text, "buttons": event.data.get("buttons"), "custom": event.data.get("custom")}


class ConversationService:
    """All talks of this process."""

    def __init__(self, content: Content, replies: Replies, reply_seconds: float) -> None:
        self._content = content
        self._replies = replies
        self._reply_seconds = reply_seconds
        self._new: BoundedDict[bool] = BoundedDict(_MAX_CONVERSATIONS_REMEMBERED)
        self._alarm_by_yes: BoundedDict[str] = BoundedDict(_MAX_CONVERSATIONS_REMEMBERED)

    def mark_new(self, conversation: str) -> None:
        """Notes that a talk has just been opened: nothing has been said in it, so it needs no database to go on from."""
        self._new.put(conversation, True)

    async def handle_turn(self, agent: Agent | None, conversation: str, message_id: str, text: str, is_button: bool) -> list[Message]:
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
        collector = Collector()
        try:
            messages = await asyncio.wait_for(self._turn(agent, conversation, message_id, text, collector), self._reply_seconds)
        except (Exception, ActionFailure) as error:  # silence is the one thing that must not happen
            outages.record_failure("turn", error)
            messages = self._alarm_said(collector, message_id)
        if not messages:
            return self._without_rasa(conversation, message_id, text, is_button)
        outages.record_success("turn")
        self._new.drop(conversation)
        self._note_question(conversation, messages)
        return messages

    def _alarm_said(self, collector: Collector, message_id: str) -> list[Message]:
        """What Rasa had said when it failed, if that is an alarm: what came after it matters less."""
        said = self._replies.finish(collector.responses, self._state({}), message_id) if collector.responses else []
        return said if said and level_of(said) == "emergency" else []

    def _note_question(self, conversation: str, messages: list[Message]) -> None:
        """Remembers what a plain yes to the last question would mean, if that is an alarm."""
        buttons = [button for message in messages for button in message["buttons"]]
        alarms = [button["payload"] for button in buttons if self._alarm_of_button(button["payload"])]
        if alarms:  # a yes to a list of signs names none of them
            self._alarm_by_yes.put(conversation, alarms[0] if len(alarms) == 1 else payload(DANGER_CONFIRMED))
        else:
            self._alarm_by_yes.drop(conversation)

    async def alarm(self, agent: Agent | None, conversation: str, message_id: str, text: str) -> list[Message]:
        """Handles a text only if it raises an alarm; the reply is empty if it raises none."""
        by_rule = self._alarm_of_words(text)
        try:
            if agent is None or not agent.is_ready():
                raise RuntimeError("there is no model")
            parsed = await asyncio.wait_for(agent.parse_message(text), self._reply_seconds)
            raised = alarm_answer(parsed["intent"]["name"]) is not None
            outages.record_success("understanding")
        except Exception as error:  # the rules can tell without a model
            outages.record_failure("understanding", error)
            raised = by_rule is not None
        if raised:
            return await self.handle_turn(agent, conversation, message_id, text, is_button=False)
        return [{"id": f"{message_id}-1", **by_rule}] if by_rule else []

    async def _turn(self, agent: Agent | None, conversation: str, message_id: str, text: str, collector: Collector) -> list[Message]:
        """Rasa's reply; empty if it has none. Messages of one talk wait for each other, on all replicas."""
        if agent is None or not agent.is_ready():
            return []
        begun = self._begin_reading(agent, text)
        try:
            async with agent.lock_store.lock(conversation):
                return await self._locked_turn(agent, conversation, message_id, text, collector, begun)
        finally:
            if begun is not None:
                begun.cancel()

    @staticmethod
    def _begin_reading(agent: Agent, text: str) -> asyncio.Future[Encoding | None] | None:
        try:
            read = None if text.startswith("/") else reader_of(agent)  # a button has nothing to read
            begun = None if read is None else prefetch.begin(read, text)
        except Exception as error:  # it only saves time
            outages.record_failure("reading ahead", error)
            return None
        outages.record_success("reading ahead")
        return begun

    async def _locked_turn(
        self,
        agent: Agent,
        conversation: str,
        message_id: str,
        text: str,
        collector: Collector,
        begun: asyncio.Future[Encoding | None] | None,
    ) -> list[Message]:
        store = store_of(agent)
        async with store.turn(conversation, conversation in self._new) as talk:
            if message_id in talk.message_ids:
                known = await self._reply_given_before(store, conversation, message_id)
                if known is not None:
                    return known
            store.take_slots(conversation)
            if begun is not None:
                await prefetch.finish(begun)
            await agent.handle_message(UserMessage(text, collector, conversation, input_channel=Collector.name(), message_id=message_id))
        if not collector.responses:
            outages.record_failure("rasa", "no reply")
            return []
        outages.record_success("rasa")
        slots = store.take_slots(conversation) or {}
        return self._replies.finish(collector.responses, self._state(slots), message_id)

    async def _reply_given_before(self, store: ConversationStore, conversation: str, message_id: str) -> list[Message] | None:
        """The reply to a message that was handled before.

        Raises:
            ConversationUnavailableError: It is in the database only, which is away; the message must not be taken twice.
        """
        tracker = await store.retrieve_full_tracker(conversation)
        known = next((reply for said, reply in self._turns(tracker) if said.message_id == message_id), None)
        if known is None and store.is_down:
            raise ConversationUnavailableError
        return known

    def _state(self, slots: Mapping[str, Any]) -> ConversationState:
        return ConversationState.from_slots(self._content, slots)

    def _turns(self, tracker: DialogueStateTracker | None) -> Iterator[tuple[UserUttered, list[Message]]]:
        """The person's messages, oldest first, each with the reply as it was sent."""
        if tracker is None:
            return
        replayed = tracker.init_copy()
        said: UserUttered | None = None
        responses: list[dict[str, Any]] = []
        for event in [*tracker.events, SessionStarted()]:
            if said is not None and isinstance(event, (UserUttered, SessionStarted)):
                yield said, self._replies.finish(responses, self._state(replayed.current_slot_values()), str(said.message_id))
                said, responses = None, []
            if isinstance(event, UserUttered):
                said = event
            elif isinstance(event, BotUttered):
                responses.append(_response_of(event))
            replayed.update(event)

    def _without_rasa(self, conversation: str, message_id: str, text: str, is_button: bool) -> list[Message]:
        """The reply when Rasa has none: danger still escalates, all else gets the outage text."""
        card = self.alarm_card(message_id, text, is_button)
        if not card and not is_button and says_yes(clean(text)):
            card = self.alarm_card(message_id, self._alarm_by_yes.get(conversation) or "", True)
        metrics.count_fallback(metrics.RULES_ALONE if card else metrics.OUTAGE)
        return card or [{"id": f"{message_id}-1", **self._replies.fixed(response_names.OUTAGE)}]

    def alarm_card(self, message_id: str, text: str, is_button: bool) -> list[Message]:
        """The fixed card for danger that the rules alone find in a message; empty if they find none."""
        message = self._alarm_of_button(text) if is_button else self._alarm_of_words(text)
        return [{"id": f"{message_id}-1", **message}] if message else []

    def _alarm_of_button(self, payload: str) -> Message | None:
        name, brace, values = payload.removeprefix("/").partition("{")
        if alarm_answer(name) is None:
            return None
        reason = json.loads(brace + values).get("danger_reason") if brace else None
        return self._replies.fixed(response_names.EMERGENCY, danger_reason=reason or "a danger sign")

    def _alarm_of_words(self, text: str) -> Message | None:
        try:
            with outages.watch("rules"):
                alarm = alarm_by_rules(self._content, text)
        except Exception:  # the outage text must come even so
            return None
        if alarm is None:
            return None
        if alarm.intent == CRISIS:
            return self._replies.fixed(response_names.CRISIS)
        return self._replies.fixed(response_names.EMERGENCY, danger_reason=dict(alarm.entities)["danger_reason"])

    async def history(self, agent: Agent, conversation: str) -> list[Message]:
        """What was said so far, oldest first, with the time; the person's own messages have `"from": "user"`."""
        said: list[Message] = []
        titles = self._titles([self._replies.fixed(response_names.WELCOME)])
        for event, reply in self._turns(await store_of(agent).retrieve_full_tracker(conversation)):
            at = iso8601(event.timestamp)
            said.append({"id": event.message_id, "from": "user", "at": at, "text": titles.get(event.text or "", event.text)})
            said += [{"from": "assistant", "at": at, **message} for message in reply]
            titles.update(self._titles(reply))
        return said

    @staticmethod
    def _titles(messages: list[Message]) -> dict[str, str]:
        """What stood on the buttons, by payload."""
        return {button["payload"]: button["title"] for message in messages for button in message["buttons"]}

    @staticmethod
    def has_ended(agent: Agent | None, conversation: str) -> bool:
        """Whether a talk was ended."""
        return agent is not None and agent.is_ready() and store_of(agent).has_ended(conversation)

    @staticmethod
    def conversation_for_user(agent: Agent | None, user_hash: str) -> tuple[str, bool] | None:
        """A signed-in user's talk and whether it is an old one; None if the store cannot tell: any talk is better than no help."""
        if agent is None or not agent.is_ready():
            return None
        return store_of(agent).talk_of(user_hash, new_conversation())

    async def end(self, agent: Agent, conversation: str, until: float) -> int:
        """Ends a talk for good; its rows go when the message that is being answered is done.

        Args:
            agent: Rasa's agent.
            conversation: Id of the talk.
            until: Seconds since 1970 when its last token expires.

        Returns:
            The number of rows deleted.
        """
        store = store_of(agent)
        store.end(conversation, until)
        async with agent.lock_store.lock(conversation):
            return store.forget(conversation)


def store_of(agent: Agent) -> ConversationStore:
    """The agent's own store behind Rasa's fail-safe wrapper."""
    store = agent.tracker_store
    inner = getattr(store, "_tracker_store", store)
    if not isinstance(inner, ConversationStore):
        raise TypeError("endpoints.yml must name bot.storage.tracker_store.ConversationStore as the tracker store")
    return inner

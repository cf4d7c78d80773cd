"""One turn of a conversation: hands the message to Rasa, once, and returns a reply whatever happens."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from typing import Any

from rasa.core.agent import Agent
from rasa.core.channels.channel import OutputChannel, UserMessage
from rasa.shared.core.events import BotUttered, SessionStarted, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.content import Content, response_names
from bot.conversation.fallback import FallbackReplies
from bot.conversation.replies import ConversationState, Message, Replies, level_of
from bot.conversation.session_tokens import new_conversation_id
from bot.conversation.timestamps import iso8601
from bot.nlu.encoder import prefetch
from bot.nlu.encoder.prefetch import Encoding
from bot.nlu.featurizer import reader_of
from bot.observability import outages
from bot.policies.safety_policy import alarm_answer
from bot.rasa_compat.agents import unwrapped_store
from bot.rasa_compat.in_process_actions import ActionFailure
from bot.storage.bounded_dict import BoundedDict
from bot.storage.pending_events import ConversationUnavailableError
from bot.storage.tracker_store import ConversationStore
from bot.storage.turn_context import TurnContext, begin_turn

_MAX_CONVERSATIONS_REMEMBERED = 10_000


class Collector(OutputChannel):
    """Collects Rasa's messages whole, with text, buttons and `custom` together."""

    def __init__(self) -> None:
        self.responses: list[dict[str, Any]] = []

    @classmethod
    def name(cls) -> str:
        """The name under which Rasa stores the channel of a message."""
        return "chat"

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        """Keeps one message."""
        self.responses.append(dict(message))


def _response_of(event: BotUttered) -> dict[str, Any]:
    return {"text": event.text, "buttons": event.data.get("buttons"), "custom": event.data.get("custom")}


class ConversationService:
    """Handles the conversations of this process. Where a method takes an agent or None, the agent is ready: it has a model."""

    def __init__(self, content: Content, replies: Replies, reply_seconds: float) -> None:
        self._content = content
        self._replies = replies
        self._reply_seconds = reply_seconds
        self._fallback = FallbackReplies(content, replies)
        self._new: BoundedDict[bool] = BoundedDict(_MAX_CONVERSATIONS_REMEMBERED)

    def mark_new(self, conversation_id: str) -> None:
        """Notes that a conversation has just been opened. Nothing has been said in it, so it can start without a database."""
        self._new.put(conversation_id, True)

    async def handle_turn(self, agent: Agent | None, conversation_id: str, message_id: str, text: str, is_button: bool) -> list[Message]:
        """Handles one message.

        Args:
            agent: Rasa's agent, or None while there is no model.
            conversation_id: Id of the conversation.
            message_id: The client's id of the message. A known id gets the same reply again and is not processed again.
            text: What was typed, or a button's payload.
            is_button: Whether `text` is a payload.

        Returns:
            The reply; never empty.
        """
        collector = Collector()
        with begin_turn(conversation_id) as turn:
            try:
                messages = await asyncio.wait_for(self._turn(agent, turn, message_id, text, collector), self._reply_seconds)
            except (Exception, ActionFailure) as error:  # the person must get a reply, whatever fails
                outages.record_failure("turn", error)
                messages = self._alarm_already_sent(collector, message_id)
        if not messages:
            return self._fallback.reply(conversation_id, message_id, text, is_button)
        outages.record_success("turn")
        self._new.drop(conversation_id)
        self._fallback.note_question(conversation_id, messages)
        return messages

    def _alarm_already_sent(self, collector: Collector, message_id: str) -> list[Message]:
        """What Rasa had sent before it failed, if that is an alarm: the rest of the reply matters less."""
        sent = self._replies.finish(collector.responses, self._state({}), message_id) if collector.responses else []
        return sent if sent and level_of(sent) == "emergency" else []

    async def handle_if_alarm(self, agent: Agent | None, conversation_id: str, message_id: str, text: str) -> list[Message]:
        """Handles a text only if it raises an alarm.

        Args:
            agent: Rasa's agent, or None while there is no model.
            conversation_id: Id of the conversation.
            message_id: The client's id of the message.
            text: What was typed.

        Returns:
            The reply; empty if the text raises no alarm.
        """
        card = self.alarm_card(message_id, text, is_button=False)
        raised = await self._model_hears_alarm(agent, text)
        if raised or (raised is None and card):
            return await self.handle_turn(agent, conversation_id, message_id, text, is_button=False)
        return card

    async def _model_hears_alarm(self, agent: Agent | None, text: str) -> bool | None:
        """Whether the model hears an alarm in a text; None if it cannot tell."""
        if agent is None:
            outages.record_failure("understanding", "no model")
            return None
        try:
            with outages.watch("understanding"):
                parsed = await asyncio.wait_for(agent.parse_message(text), self._reply_seconds)
                return alarm_answer(parsed["intent"]["name"]) is not None
        except Exception:  # the rules can tell without a model
            return None

    def alarm_card(self, message_id: str, text: str, is_button: bool) -> list[Message]:
        """The fixed card for the danger that the rules alone find in a message; empty if they find none."""
        return self._fallback.alarm_card(message_id, text, is_button)

    async def _turn(self, agent: Agent | None, turn: TurnContext, message_id: str, text: str, collector: Collector) -> list[Message]:
        """Rasa's reply; empty if it has none. The messages of one conversation wait for each other, over all replicas."""
        if agent is None:
            return []
        encoding = self._start_encoding(agent, text)
        try:
            async with agent.lock_store.lock(turn.conversation_id):
                known = await self._open(agent, turn, message_id)
                if known is not None:
                    return known
                if encoding is not None:
                    await prefetch.await_result(encoding, turn)
                message = UserMessage(text, collector, turn.conversation_id, input_channel=Collector.name(), message_id=message_id)
                await agent.handle_message(message)
        finally:
            if encoding is not None:
                encoding.cancel()
        if not collector.responses:
            outages.record_failure("rasa", "no reply")
            return []
        outages.record_success("rasa")
        return self._replies.finish(collector.responses, self._state(turn.slots or {}), message_id)

    @staticmethod
    def _start_encoding(agent: Agent, text: str) -> asyncio.Future[Encoding | None] | None:
        if text.startswith("/"):  # a button has nothing to encode
            return None
        try:
            with outages.watch("prefetch"):
                read = reader_of(agent)
                return None if read is None else prefetch.start(read, text)
        except Exception:  # encoding ahead only saves time
            return None

    async def _open(self, agent: Agent, turn: TurnContext, message_id: str) -> list[Message] | None:
        """Reads the conversation for a turn. If the message was handled before, returns the reply that it got then.

        Raises:
            ConversationUnavailableError: The conversation cannot be read or kept, or the earlier reply is in a database that is away.
        """
        store = store_of(agent)
        window = await store.open_turn(turn, is_new=turn.conversation_id in self._new)
        if message_id not in window.message_ids:
            return None
        tracker = await store.retrieve_full_tracker(turn.conversation_id)
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

    async def history(self, agent: Agent, conversation_id: str) -> list[Message]:
        """What was said so far, oldest first, with the time. The person's own messages have `"from": "user"`."""
        messages: list[Message] = []
        titles = _titles([self._replies.fixed(response_names.WELCOME)])
        for event, reply in self._turns(await store_of(agent).retrieve_full_tracker(conversation_id)):
            at = iso8601(event.timestamp)
            messages.append({"id": event.message_id, "from": "user", "at": at, "text": titles.get(event.text or "", event.text)})
            messages += [{"from": "assistant", "at": at, **message} for message in reply]
            titles.update(_titles(reply))
        return messages

    @staticmethod
    def has_ended(agent: Agent | None, conversation_id: str) -> bool:
        """Whether a conversation was ended."""
        return agent is not None and store_of(agent).has_ended(conversation_id)

    @staticmethod
    def conversation_for_user(agent: Agent | None, user_hash: str) -> tuple[str, bool] | None:
        """A signed-in user's conversation, and whether the user had it before.

        Args:
            agent: Rasa's agent, or None while there is no model.
            user_hash: Keyed hash of the portal's id.

        Returns:
            None if the store cannot tell. The caller opens a new conversation then, so that the person gets help all the same.
        """
        return None if agent is None else store_of(agent).conversation_for_user(user_hash, new_conversation_id())

    async def end(self, agent: Agent, conversation_id: str, until: float) -> int:
        """Ends a conversation for good. If a message is being answered, its rows are deleted after that.

        Args:
            agent: Rasa's agent.
            conversation_id: Id of the conversation.
            until: Seconds since 1970 when its last token expires.

        Returns:
            The number of rows deleted.
        """
        store = store_of(agent)
        store.end(conversation_id, until)
        async with agent.lock_store.lock(conversation_id):
            return store.forget(conversation_id)


def _titles(messages: list[Message]) -> dict[str, str]:
    """The titles of a reply's buttons, by payload."""
    return {button["payload"]: button["title"] for message in messages for button in message["buttons"]}


def store_of(agent: Agent) -> ConversationStore:
    """An agent's own store.

    Raises:
        TypeError: endpoints.yml names another store.
    """
    store = unwrapped_store(agent)
    if not isinstance(store, ConversationStore):
        raise TypeError("endpoints.yml must name bot.storage.tracker_store.ConversationStore as the tracker store")
    return store

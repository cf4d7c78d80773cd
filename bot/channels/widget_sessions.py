"""What the channels for Rasa's widgets share: sessions, and a reply in words to whatever a client sends.

These widgets know no errors. What the web channel refuses with a status is said here as a message.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass

from rasa.core.agent import Agent

from bot.content import response_names
from bot.content.response_names import utter
from bot.conversation.errors import ApiError
from bot.conversation.gateway import MessageGateway
from bot.conversation.incoming import Incoming, typed
from bot.conversation.replies import Message

_SAID_AS_MESSAGE = frozenset({"too_long", "rate_limited"})


@dataclass(frozen=True)
class WidgetSession:
    """A client's access to a conversation.

    Attributes:
        token: What the client must show to come back; the only way to the conversation.
        conversation_id: Id of the conversation.
        is_new: Whether the conversation begins now.
    """

    token: str
    conversation_id: str
    is_new: bool


class WidgetSessions:
    """Opens sessions and answers their messages."""

    def __init__(self, gateway: MessageGateway) -> None:
        self._gateway = gateway

    def open(self, agent: Agent | None, tokens: Iterable[object], address: str) -> WidgetSession:
        """Goes on with the conversation of a valid token, or begins a new one: an id that the client made up opens nothing.

        Args:
            agent: A ready agent, or None while there is none.
            tokens: What the client showed, now or before.
            address: Where the client is.

        Raises:
            ApiError: The address has begun too many conversations.
        """
        for token in tokens:
            with suppress(ApiError):
                if isinstance(token, str) and token:
                    return WidgetSession(token, self._gateway.conversation_of_token(agent, token), is_new=False)
        self._gateway.count_session(address)
        issued, conversation_id = self._gateway.tokens.issue()
        self._gateway.conversations.mark_new(conversation_id)
        return WidgetSession(issued, conversation_id, is_new=True)

    def read(self, text: object) -> Incoming:
        """What a client sent as a message: a button's payload if it is one, else typed text."""
        message_id = uuid.uuid4().hex
        if not isinstance(text, str):
            return typed(message_id, "")
        return Incoming(message_id, text, is_button=True) if text in self._gateway.payloads else typed(message_id, text)

    async def reply(self, agent: Agent | None, session: WidgetSession, address: str, incoming: Incoming) -> list[Message]:
        """The reply to a message, or what is said instead if the message is refused; never empty."""
        reply = await self._gateway.handle(agent, session.conversation_id, address, incoming)
        return reply.messages if reply.refusal is None else [*reply.messages, self._refusal(reply.refusal)]

    def reply_without_session(self, incoming: Incoming, error: ApiError) -> list[Message]:
        """The reply to a client that gets no session: danger words still bring the emergency card."""
        return self._gateway.conversations.alarm_card(incoming.id, incoming.text, incoming.is_button) or [self._refusal(error)]

    def _refusal(self, error: ApiError) -> Message:
        return self._gateway.replies.fixed(utter(error.code)) if error.code in _SAID_AS_MESSAGE else self.outage()

    def outage(self) -> Message:
        """The fixed text with the emergency line."""
        return self._gateway.replies.fixed(response_names.OUTAGE)

    def welcome(self) -> Message:
        """The first message of a conversation: who speaks, and what to do in an emergency."""
        return self._gateway.replies.fixed(response_names.WELCOME)

"""What the channels for Rasa's widgets share: who visits, and a reply in words to whatever a visitor sends.

These widgets know no errors. What the web channel refuses with a status is said here as a message.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass

from rasa.core.agent import Agent

from bot.channels.web.request_parsing import Incoming, typed
from bot.conversation.errors import ApiError
from bot.conversation.gateway import MessageGateway
from bot.conversation.replies import Message
from bot.observability import outages

_SAID_INSTEAD = frozenset({"too_long", "rate_limited"})


@dataclass(frozen=True)
class WidgetSession:
    """A visitor's place in a talk.

    Attributes:
        token: What the client must show to come back; the only way to the talk.
        conversation: Id of the talk.
        is_new: Whether the talk begins with this visit.
    """

    token: str
    conversation: str
    is_new: bool


class WidgetSessions:
    """Lets visitors in and answers them."""

    def __init__(self, reception: MessageGateway) -> None:
        self.reception = reception

    def enter(self, agent: Agent | None, tokens: Iterable[object], address: str) -> WidgetSession:
        """Takes up the talk of a token, or begins a new one: an id that the client made up opens nothing.

        Args:
            agent: Rasa's agent, or None while there is no model.
            tokens: What the client showed, now or before.
            address: Where the client is.

        Raises:
            ApiError: The address has begun too many talks.
        """
        for token in tokens:
            with suppress(ApiError):
                if isinstance(token, str) and token:
                    return WidgetSession(token, self.reception.conversation_of(agent, f"Bearer {token}"), is_new=False)
        self.reception.count_session(address)
        issued, conversation = self.reception.tokens.issue()
        self.reception.conversations.expect(conversation)
        return WidgetSession(issued, conversation, is_new=True)

    def read(self, text: object) -> Incoming:
        """What a client sent as a message: a button's payload if it is one, else typed text."""
        message_id = uuid.uuid4().hex
        if not isinstance(text, str):
            return typed(message_id, "")
        return Incoming(message_id, text, is_button=True) if text in self.reception.payloads else typed(message_id, text)

    async def reply(self, agent: Agent | None, visit: WidgetSession, address: str, incoming: Incoming) -> list[Message]:
        """The reply to a message; never empty."""
        try:
            messages = await self.reception.take(agent, visit.conversation, address, incoming)
        except ApiError as error:
            return [*error.extra.get("messages", []), self._said(error)]
        except Exception as error:  # silence is the one thing that must not happen
            outages.record_failure("widget channel", error)
            return [self.outage()]
        outages.record_success("widget channel")
        return messages

    def reply_to_refused(self, incoming: Incoming, error: ApiError) -> list[Message]:
        """The reply to somebody who cannot be let in: danger words still bring the emergency card."""
        return self.reception.conversations.alarm_card(incoming.id, incoming.text, incoming.is_button) or [self._said(error)]

    def _said(self, error: ApiError) -> Message:
        return self.reception.replies.fixed(error.code) if error.code in _SAID_INSTEAD else self.outage()

    def outage(self) -> Message:
        """The fixed text with the emergency line."""
        return self.reception.replies.fixed("outage")

    def welcome(self) -> Message:
        """The first message of a talk: who speaks, and what to do in an emergency."""
        return self.reception.replies.fixed("welcome")

"""What every channel does with a person's message: checks the session and the limits, and gets a reply in any case."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Optional, TypeVar

from rasa.core.agent import Agent
from sanic.request import Request

from bot.content import installed_content, response_names
from bot.conversation.errors import ApiError
from bot.conversation.incoming import Incoming
from bot.conversation.portal_sign_in import SignIn
from bot.conversation.rate_limits import RateLimits
from bot.conversation.replies import Message, Replies, level_of
from bot.conversation.session_tokens import InvalidTokenError, Tokens, read_or_make_secret
from bot.conversation.turn import ConversationService
from bot.observability import metrics
from bot.observability.logs import about, configure
from bot.settings import Settings, read_settings

logger = logging.getLogger(__name__)
_NOT_UNDERSTOOD = frozenset({"clarify"})
_Credential = TypeVar("_Credential")


@dataclass(frozen=True)
class Reply:
    """What a person gets for a message.

    Attributes:
        messages: The messages; empty only if the message is refused.
        refusal: Why the message is refused, with a text for the person; None if it is accepted. A danger sign in a refused message still
            brings its card in `messages`.
    """

    messages: list[Message]
    refusal: Optional[ApiError] = None


class MessageGateway:
    """One for all channels of a process, so that limits and the order of a conversation's messages hold across channels."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.content = installed_content()
        self.replies = Replies(self.content)
        self.payloads = self.replies.payloads()
        self.conversations = ConversationService(self.content, self.replies, settings.reply_seconds)
        self.tokens = Tokens(settings.token_secret or read_or_make_secret(settings.state_dir), settings.token_hours)
        self.sign_in = SignIn(settings)
        self.limits = RateLimits(settings.messages_per_minute, settings.sessions_per_minute, settings.address_messages_per_minute)

    def address_of(self, request: Request) -> str:
        """The caller's address, as reported by as many trusted proxies as the settings name."""
        forwarded = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",") if part.strip()]
        hops = self.settings.trusted_proxies
        return forwarded[-hops] if hops and len(forwarded) >= hops else str(request.ip)

    def conversation_of(self, agent: Agent | None, header: str | None) -> str:
        """The conversation of an `Authorization` header.

        Raises:
            ApiError: The header holds no valid token, or the conversation was ended.
        """
        return self._open_conversation(agent, self.tokens.conversation_of, header)

    def conversation_of_token(self, agent: Agent | None, token: str) -> str:
        """The conversation of a session token.

        Raises:
            ApiError: The token is invalid, or the conversation was ended.
        """
        return self._open_conversation(agent, self.tokens.conversation_of_token, token)

    def _open_conversation(self, agent: Agent | None, read: Callable[[_Credential], str], credential: _Credential) -> str:
        try:
            conversation_id = read(credential)
        except InvalidTokenError:
            conversation_id = None
        if conversation_id is None or self.conversations.has_ended(agent, conversation_id):
            raise ApiError(401, "unauthorized", self.replies.fixed(response_names.SESSION_ENDED)["text"])
        return conversation_id

    def count_session(self, address: str) -> None:
        """Counts a new session.

        Raises:
            ApiError: The address has opened too many.
        """
        wait = self.limits.session(address)
        if wait:
            raise self._rate_limited(wait)

    def _rate_limited(self, wait: int) -> ApiError:
        return ApiError(429, "rate_limited", self.replies.fixed(response_names.RATE_LIMITED)["text"], {"Retry-After": str(wait)})

    def _too_long(self, messages: list[Message]) -> ApiError:
        text = self.replies.fixed(response_names.TOO_LONG)["text"]
        return ApiError(413, "too_long", f"{messages[0]['text']}\n{text}" if messages else text)

    async def handle(self, agent: Agent | None, conversation_id: str, address: str, incoming: Incoming) -> Reply:
        """Handles a message, and counts and logs how it was answered: never what was said.

        Args:
            agent: Rasa's agent, or None while there is no model.
            conversation_id: Id of the conversation.
            address: Where the message comes from.
            incoming: The message.

        Returns:
            The reply. A message that is too long or one too many is refused.
        """
        with about(conversation_id), metrics.reply_under_way():
            reply = await self._reply(agent, conversation_id, address, incoming)
            self._record(reply)
            return reply

    @staticmethod
    def _record(reply: Reply) -> None:
        level = level_of(reply.messages) if reply.messages else None
        if level is not None:
            metrics.count_reply(level)
        if any(message["meta"]["kind"] in _NOT_UNDERSTOOD for message in reply.messages):
            metrics.count_fallback(metrics.NOT_UNDERSTOOD)
        refusal = reply.refusal.code if reply.refusal else None
        logger.info("message answered", extra={"fields": {"reply_level": level, "refusal": refusal}})

    async def _reply(self, agent: Agent | None, conversation_id: str, address: str, incoming: Incoming) -> Reply:
        wait = self.limits.message(conversation_id, address)
        if wait:
            messages = await self._reply_over_the_limit(agent, conversation_id, address, incoming)
            if not messages:
                return Reply([], self._rate_limited(wait))
        elif incoming.is_too_long:
            messages = await self.conversations.handle_if_alarm(agent, conversation_id, incoming.id, incoming.text)
        else:
            messages = await self.conversations.handle_turn(agent, conversation_id, incoming.id, incoming.text, incoming.is_button)
        return Reply(messages, self._too_long(messages) if incoming.is_too_long else None)

    async def _reply_over_the_limit(self, agent: Agent | None, conversation_id: str, address: str, incoming: Incoming) -> list[Message]:
        """The reply to a message over the limit that sounds like an emergency; empty for all others."""
        card = self.conversations.alarm_card(incoming.id, incoming.text, incoming.is_button)
        if not card or self.limits.alarm(conversation_id, address):
            return card
        messages = await self.conversations.handle_turn(agent, conversation_id, incoming.id, incoming.text, incoming.is_button)
        return messages if level_of(messages) == "emergency" else card


@lru_cache(maxsize=1)
def shared_gateway() -> MessageGateway:
    """The process's one gateway, with settings from the environment. From its making on, no word of a conversation is logged."""
    configure()
    return MessageGateway(read_settings())

"""What every channel does with a person's message: who is it, how much is it, what may it do, and an answer in any case."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import lru_cache
from typing import TypeVar

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
_Shown = TypeVar("_Shown")


class MessageGateway:
    """One for all channels of a process, so that limits and the order of a talk's messages hold across them."""

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
        """The caller's address, believing as many proxies as the settings name."""
        forwarded = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",") if part.strip()]
        hops = self.settings.trusted_proxies
        return forwarded[-hops] if hops and len(forwarded) >= hops else str(request.ip)

    def conversation_of(self, agent: Agent | None, header: str | None) -> str:
        """The conversation of an `Authorization` header.

        Raises:
            ApiError: There is no valid token in it, or the conversation was ended.
        """
        return self._open_conversation(agent, self.tokens.conversation_of, header)

    def conversation_of_token(self, agent: Agent | None, token: str) -> str:
        """The conversation of a session token.

        Raises:
            ApiError: The token is invalid, or the conversation was ended.
        """
        return self._open_conversation(agent, self.tokens.conversation_of_token, token)

    def _open_conversation(self, agent: Agent | None, read: Callable[[_Shown], str], shown: _Shown) -> str:
        try:
            conversation = read(shown)
        except InvalidTokenError:
            conversation = None
        if conversation is None or self.conversations.has_ended(agent, conversation):
            raise ApiError(401, "unauthorized", self.replies.fixed(response_names.SESSION_ENDED)["text"])
        return conversation

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
        if not messages:
            return ApiError(413, "too_long", text)
        return ApiError(413, "too_long", f"{messages[0]['text']}\n{text}", messages=messages)

    async def handle(self, agent: Agent | None, conversation: str, address: str, incoming: Incoming) -> list[Message]:
        """Handles a message, and counts and logs how it was answered: never what was said.

        Args:
            agent: Rasa's agent, or None while there is no model.
            conversation: Id of the talk.
            address: Where the message comes from.
            incoming: The message.

        Returns:
            The reply; never empty.

        Raises:
            ApiError: The message is too long or one too many. Its text says what to do in an emergency, and a danger sign in the message
                is answered all the same.
        """
        with about(conversation), metrics.reply_under_way():
            try:
                messages = await self._reply(agent, conversation, address, incoming)
            except ApiError as error:
                self._record(error.extra.get("messages", []), error.code)
                raise
            self._record(messages)
            return messages

    @staticmethod
    def _record(messages: list[Message], refusal: str | None = None) -> None:
        if messages:
            metrics.count_reply(level_of(messages))
        if any(message["meta"]["kind"] in _NOT_UNDERSTOOD for message in messages):
            metrics.count_fallback(metrics.NOT_UNDERSTOOD)
        level = level_of(messages) if messages else None
        logger.info("message answered", extra={"fields": {"reply_level": level, "refusal": refusal}})

    async def _reply(self, agent: Agent | None, conversation: str, address: str, incoming: Incoming) -> list[Message]:
        wait = self.limits.message(conversation, address)
        if wait:
            messages = await self._despite_the_limit(agent, conversation, address, incoming)
            if not messages:
                raise self._rate_limited(wait)
        elif incoming.is_too_long:
            messages = await self.conversations.alarm(agent, conversation, incoming.id, incoming.text)
        else:
            messages = await self.conversations.handle_turn(agent, conversation, incoming.id, incoming.text, incoming.is_button)
        if incoming.is_too_long:
            raise self._too_long(messages)
        return messages

    async def _despite_the_limit(self, agent: Agent | None, conversation: str, address: str, incoming: Incoming) -> list[Message]:
        """The reply to a message that sounds like an emergency; none to all others."""
        card = self.conversations.alarm_card(incoming.id, incoming.text, incoming.is_button)
        if not card or self.limits.alarm(conversation, address):
            return card
        messages = await self.conversations.handle_turn(agent, conversation, incoming.id, incoming.text, incoming.is_button)
        return messages if level_of(messages) == "emergency" else card


@lru_cache(maxsize=1)
def shared_gateway() -> MessageGateway:
    """The process's one reception, with settings from the environment. From now on no word of a talk is logged, whoever started it."""
    configure()
    return MessageGateway(read_settings())

"""Rasa's REST format for clients that speak it, at /webhooks/rest/webhook, with the web channel's guarantees."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Optional

from rasa.core.channels.channel import InputChannel, UserMessage
from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse
from sanic.response import json as json_response

from bot.channels.web.protected_server import ProtectedBlueprint
from bot.channels.web.request_parsing import MAX_BODY_BYTES, RequestBody, cut_message, cut_value, parse_object, read_at_most
from bot.channels.widget_sessions import WidgetSessions
from bot.conversation.errors import ApiError
from bot.conversation.gateway import MessageGateway, shared_gateway
from bot.conversation.incoming import Incoming
from bot.conversation.replies import Message
from bot.observability import outages
from bot.rasa_compat.agents import ready_agent


def in_rest_format(message: Message, token: str) -> dict[str, Any]:
    """A message in Rasa's REST format."""
    buttons = {"buttons": message["buttons"]} if message["buttons"] else {}
    return {"recipient_id": token, "text": message["text"], **buttons, "custom": message["meta"]}


class RestChannel(InputChannel):
    """Takes `{"sender", "message"}`; `sender` is the `recipient_id` of an earlier reply, and anything else begins a new conversation."""

    def __init__(self, gateway: MessageGateway) -> None:
        self._sessions = WidgetSessions(gateway)
        self._gateway = gateway

    @classmethod
    def name(cls) -> str:
        """The name that Rasa puts into the address, so that it is the one that clients know."""
        return "rest"

    @classmethod
    def from_credentials(cls, credentials: Optional[dict[str, Any]]) -> RestChannel:
        """Creates the channel; its settings come from the environment."""
        return cls(shared_gateway())

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """The routes. Rasa's own message handler is not used: it can be silent."""
        blueprint = ProtectedBlueprint("safe_rest", self._gateway)

        async def webhook(request: Request) -> HTTPResponse:
            return await self._answer(request)

        blueprint.add_route(webhook, "/webhook", methods=["POST"], stream=True)
        return blueprint

    async def _answer(self, request: Request) -> HTTPResponse:
        token = ""
        try:
            agent, address = ready_agent(request.app), self._gateway.address_of(request)
            sender, incoming = self._read(await read_at_most(request, MAX_BODY_BYTES))
            try:
                session = self._sessions.open(agent, [sender], address)
            except ApiError as error:
                messages = self._sessions.reply_without_session(incoming, error)
            else:
                token = session.token
                messages = await self._sessions.reply(agent, session, address, incoming)
                messages = [*messages, self._sessions.welcome()] if session.is_new else messages
            outages.record_success("rest channel")
        except ApiError as error:
            return error.response()
        except Exception as error:  # the person still gets the emergency line
            outages.record_failure("rest channel", error)
            messages = [self._sessions.outage()]
        return json_response([in_rest_format(message, token) for message in messages])

    def _read(self, body: RequestBody) -> tuple[object, Incoming]:
        if body.is_cut:
            return cut_value(body.data, "sender"), cut_message(body.data, "message")
        content = parse_object(body.data)
        return content.get("sender"), self._sessions.read(content.get("message"))

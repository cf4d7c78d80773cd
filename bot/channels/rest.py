"""Rasa's REST format for clients that speak it, at /webhooks/rest/webhook, with the web channel's guarantees."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Optional

from rasa.core.channels.channel import InputChannel, UserMessage
from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse
from sanic.response import json as json_response

from bot.channels.web.access_control import SECURITY_HEADERS, AccessControl, ProtectedBlueprint
from bot.channels.web.cors import cors_headers
from bot.channels.web.request_parsing import MAX_BYTES, RequestBody, cut_message, cut_value, parse_object, read_at_most
from bot.channels.widget_sessions import WidgetSessions
from bot.conversation.errors import ApiError
from bot.conversation.gateway import MessageGateway, shared_gateway
from bot.conversation.replies import Message
from bot.observability import outages


def shaped(message: Message, token: str) -> dict[str, Any]:
    """A message in Rasa's REST format."""
    buttons = {"buttons": message["buttons"]} if message["buttons"] else {}
    return {"recipient_id": token, "text": message["text"], **buttons, "custom": message["meta"]}


class RestChannel(InputChannel):
    """Takes `{"sender", "message"}`; `sender` is the `recipient_id` of an earlier reply, and anything else begins a new talk."""

    def __init__(self, reception: MessageGateway) -> None:
        self._visits = WidgetSessions(reception)
        self._reception = reception

    @classmethod
    def name(cls) -> str:
        """Rasa's name of the channel, so that the address is the one that clients know."""
        return "rest"

    @classmethod
    def from_credentials(cls, credentials: Optional[dict[str, Any]]) -> RestChannel:
        """Creates the channel; its settings come from the environment."""
        return cls(shared_gateway())

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """The routes. Rasa's own message handler is not used: it can be silent."""
        allowed = self._reception.settings.allowed_origins
        blueprint = ProtectedBlueprint("safe_rest", AccessControl(self._reception.replies, allowed))

        async def webhook(request: Request) -> HTTPResponse:
            return await self._answer(request)

        blueprint.add_route(webhook, "/webhook", methods=["POST"], stream=True)
        return blueprint

    async def _answer(self, request: Request) -> HTTPResponse:
        try:
            response = json_response(await self._replies(request))
            outages.record_success("rest channel")
        except ApiError as error:
            response = error.response()
        except Exception as error:  # the person still gets the emergency line
            outages.record_failure("rest channel", error)
            response = json_response([shaped(self._visits.outage(), "")])
        response.headers.update(SECURITY_HEADERS)
        response.headers.update(cors_headers(request.headers.get("Origin"), self._reception.settings.allowed_origins))
        return response

    async def _replies(self, request: Request) -> list[dict[str, Any]]:
        agent, address = getattr(request.app.ctx, "agent", None), self._reception.address_of(request)
        body = await read_at_most(request, MAX_BYTES)
        sender, incoming = self._read(body)
        try:
            visit = self._visits.enter(agent, [sender], address)
        except ApiError as error:
            return [shaped(message, "") for message in self._visits.reply_to_refused(incoming, error)]
        messages = await self._visits.reply(agent, visit, address, incoming)
        opening = [self._visits.welcome()] if visit.is_new else []
        return [shaped(message, visit.token) for message in [*messages, *opening]]

    def _read(self, body: RequestBody) -> tuple[Any, Any]:
        if body.is_cut:
            return cut_value(body.data, "sender"), cut_message(body.data, "message")
        content = parse_object(body.data)
        return content.get("sender"), self._visits.read(content.get("message"))

"""Rasa's REST format for clients that speak it, at /webhooks/rest/webhook, with the web channel's guarantees."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Optional

from rasa.core.channels.channel import InputChannel, UserMessage
from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse
from sanic.response import json as json_response

from bot import faults
from bot.channels.visits import Visits
from bot.web.doors import SECURITY_HEADERS, DoorKeeper, GuardedBlueprint
from bot.web.errors import ApiError
from bot.web.origins import cors_headers
from bot.web.reading import MOST_BYTES, Body, cut_message, cut_value, parse_object, read_at_most
from bot.web.reception import Reception, shared_reception
from bot.web.replies import Message


def shaped(message: Message, token: str) -> dict[str, Any]:
    """A message in Rasa's REST format."""
    buttons = {"buttons": message["buttons"]} if message["buttons"] else {}
    return {"recipient_id": token, "text": message["text"], **buttons, "custom": message["meta"]}


class SafeRest(InputChannel):
    """Takes `{"sender", "message"}`; `sender` is the `recipient_id` of an earlier reply, and anything else begins a new talk."""

    def __init__(self, reception: Reception) -> None:
        self._visits = Visits(reception)
        self._reception = reception

    @classmethod
    def name(cls) -> str:
        """Rasa's name of the channel, so that the address is the one that clients know."""
        return "rest"

    @classmethod
    def from_credentials(cls, credentials: Optional[dict[str, Any]]) -> SafeRest:
        """Creates the channel; its settings come from the environment."""
        return cls(shared_reception())

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """The routes. Rasa's own message handler is not used: it can be silent."""
        allowed = self._reception.settings.allowed_origins
        blueprint = GuardedBlueprint("safe_rest", DoorKeeper(self._reception.replies, allowed))

        async def webhook(request: Request) -> HTTPResponse:
            return await self._answer(request)

        blueprint.add_route(webhook, "/webhook", methods=["POST"], stream=True)
        return blueprint

    async def _answer(self, request: Request) -> HTTPResponse:
        try:
            response = json_response(await self._replies(request))
            faults.works_again("rest channel")
        except ApiError as error:
            response = error.response()
        except Exception as error:  # the person still gets the emergency line
            faults.report("rest channel", error)
            response = json_response([shaped(self._visits.outage(), "")])
        response.headers.update(SECURITY_HEADERS)
        response.headers.update(cors_headers(request.headers.get("Origin"), self._reception.settings.allowed_origins))
        return response

    async def _replies(self, request: Request) -> list[dict[str, Any]]:
        agent, address = getattr(request.app.ctx, "agent", None), self._reception.address_of(request)
        body = await read_at_most(request, MOST_BYTES)
        sender, incoming = self._read(body)
        try:
            visit = self._visits.enter(agent, [sender], address)
        except ApiError as error:
            return [shaped(message, "") for message in self._visits.reply_at_the_door(incoming, error)]
        messages = await self._visits.reply(agent, visit, address, incoming)
        opening = [self._visits.welcome()] if visit.is_new else []
        return [shaped(message, visit.token) for message in [*messages, *opening]]

    def _read(self, body: Body) -> tuple[Any, Any]:
        if body.is_cut:
            return cut_value(body.data, "sender"), cut_message(body.data, "message")
        content = parse_object(body.data)
        return content.get("sender"), self._visits.read(content.get("message"))

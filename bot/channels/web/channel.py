"""Rasa input channel: the assistant's web interface below /chat/ (README and docs/ describe it)."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Awaitable, Callable
from functools import wraps
from importlib import resources
from typing import Any, Optional

from rasa.core.agent import Agent
from rasa.core.channels.channel import InputChannel, UserMessage
from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse, raw
from sanic.response import json as json_response

from bot.channels.web.health import HealthRoutes
from bot.channels.web.pages import add_pages
from bot.channels.web.protected_server import ProtectedBlueprint
from bot.channels.web.request_parsing import MAX_BODY_BYTES, parse_message, parse_sign_in, read_at_most
from bot.content import response_names
from bot.content.models import Clinic
from bot.conversation.errors import ApiError
from bot.conversation.export import DOWNLOAD_HEADERS, export_of
from bot.conversation.gateway import MessageGateway, shared_gateway
from bot.conversation.portal_sign_in import SignInRefusedError
from bot.observability import metrics, outages
from bot.observability.logs import about
from bot.rasa_compat.agents import ready_agent

MAX_SIGN_IN_BYTES = 16_384
NDJSON = "application/x-ndjson"
DESCRIPTION = resources.files("bot.channels.web").joinpath("openapi.json").read_bytes()
Handler = Callable[..., Awaitable[HTTPResponse]]


def public_clinic(clinic: Clinic) -> dict[str, Any]:
    """The clinic's details that a page may show."""
    return {
        "name": clinic.name,
        "languages": clinic.languages,
        "emergency": clinic.emergency.dict(),
        "crisis": clinic.crisis.dict(),
        "clinic_line": clinic.clinic_line.dict(),
        "pump_line": clinic.pump_line.dict(),
        "retention_days": clinic.retention_days,
    }


class WebChannel(InputChannel):
    """Serves the interface; everything else is done by the modules beside it."""

    def __init__(self, gateway: MessageGateway) -> None:
        self._gateway = gateway
        self._settings = gateway.settings
        self.content = gateway.content
        self.replies = gateway.replies
        self.conversations = gateway.conversations
        self.tokens = gateway.tokens
        self._health_routes = HealthRoutes(gateway.settings.metrics_networks)

    @classmethod
    def name(cls) -> str:
        """The name that Rasa knows the channel by."""
        return "chat"

    def url_prefix(self) -> str:
        """An absolute path: the interface stands at /chat, not below /webhooks."""
        return "/chat"

    @classmethod
    def from_credentials(cls, credentials: Optional[dict[str, Any]]) -> WebChannel:
        """Creates the channel; its settings come from the environment."""
        return cls(shared_gateway())

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """The routes. Rasa's own message handler is not used: it can be silent."""
        blueprint = ProtectedBlueprint("chat_channel", self._gateway)
        routes: list[tuple[str, str, Handler]] = [
            ("POST", "/session", self.session),
            ("POST", "/message", self.message),
            ("GET", "/history", self.history),
            ("GET", "/export", self.export),
            ("POST", "/end", self.end),
            ("GET", "/health", self._health_routes.health),
            ("GET", "/metrics", self._health_routes.metrics),
            ("GET", "/openapi.json", self.description),
        ]
        for method, path, handler in routes:
            blueprint.add_route(self._always_answered(handler), path, methods=[method], name=path.strip("/"), stream=method == "POST")
        add_pages(blueprint, self.content.clinic, self._settings.allowed_origins)
        return blueprint

    def _always_answered(self, handler: Handler) -> Handler:
        """A handler whose errors become answers with the emergency line."""

        @wraps(handler)
        async def run(request: Request) -> HTTPResponse:
            part = f"web channel: {handler.__name__}"
            try:
                response = await handler(request)
            except ApiError as error:
                metrics.count_refusal(error.code)
                return error.response()
            except Exception as error:  # the person still gets the emergency line
                outages.record_failure(part, error)
                return ApiError(503, "unavailable", self.replies.fixed(response_names.OUTAGE)["text"]).response()
            outages.record_success(part)
            return response

        return run

    def _conversation_id(self, request: Request) -> str:
        return self._gateway.conversation_of(ready_agent(request.app), request.headers.get("Authorization"))

    def _required_agent(self, request: Request) -> Agent:
        agent = ready_agent(request.app)
        if agent is None:
            raise ApiError(503, "not_ready", self.replies.fixed(response_names.OUTAGE)["text"])
        return agent

    async def session(self, request: Request) -> HTTPResponse:
        """POST /chat/session: a new token with the greeting; for a portal's user, a token for the user's own conversation."""
        self._gateway.count_session(self._gateway.address_of(request))
        user = self._portal_user(parse_sign_in(await read_at_most(request, MAX_SIGN_IN_BYTES)))
        users_own = self.conversations.conversation_for_user(ready_agent(request.app), user) if user else None
        known_id, resumed = users_own or (None, False)
        token, conversation_id = self.tokens.issue(known_id)
        if not resumed:
            self.conversations.mark_new(conversation_id)
        greeting = {"id": uuid.uuid4().hex, **self.replies.fixed(response_names.WELCOME)}
        body = {
            "token": token,
            "expires_in": self.tokens.seconds,
            "messages": [greeting],
            "clinic": public_clinic(self.content.clinic),
            "signed_in": users_own is not None,
            "resumed": resumed,
        }
        return json_response(body, status=201)

    def _portal_user(self, token: str | None) -> str | None:
        """The keyed hash of the portal's user id, or None for a person who is not signed in there."""
        if token is None:
            return None
        try:
            return self.tokens.pseudonymise(self._gateway.sign_in.user(token))
        except SignInRefusedError:
            raise ApiError(401, "sign_in_refused", self.replies.fixed(response_names.SIGN_IN_REFUSED)["text"]) from None

    async def message(self, request: Request) -> HTTPResponse:
        """POST /chat/message: one turn."""
        agent, conversation_id = ready_agent(request.app), self._conversation_id(request)
        incoming = parse_message(await read_at_most(request, MAX_BODY_BYTES), self._gateway.payloads)
        reply = await self._gateway.handle(agent, conversation_id, self._gateway.address_of(request), incoming)
        if reply.refusal is not None:
            metrics.count_refusal(reply.refusal.code)
            return reply.refusal.response(reply.messages)
        if NDJSON in request.headers.get("Accept", ""):
            lines = "".join(json.dumps(message, ensure_ascii=False) + "\n" for message in reply.messages)
            return raw(lines.encode("utf-8", "replace"), content_type=NDJSON)
        return json_response({"messages": reply.messages})

    async def history(self, request: Request) -> HTTPResponse:
        """GET /chat/history: what was said so far."""
        conversation_id = self._conversation_id(request)
        with about(conversation_id):
            messages = await self.conversations.history(self._required_agent(request), conversation_id)
        greeting = {"id": "welcome", "from": "assistant", **self.replies.fixed(response_names.WELCOME)}
        return json_response({"messages": [greeting, *messages]})

    async def export(self, request: Request) -> HTTPResponse:
        """GET /chat/export: all that is kept of the conversation, as a file."""
        conversation_id = self._conversation_id(request)
        with about(conversation_id):
            body = await export_of(self.conversations, self._required_agent(request), conversation_id, self.content)
        return json_response(body, headers=DOWNLOAD_HEADERS)

    async def end(self, request: Request) -> HTTPResponse:
        """POST /chat/end: deletes the conversation; its tokens are refused from now on."""
        conversation_id = self._conversation_id(request)
        with about(conversation_id):
            deleted = await self.conversations.end(self._required_agent(request), conversation_id, time.time() + self.tokens.seconds)
        return json_response({"forgotten": True, "rows": deleted})

    async def description(self, request: Request) -> HTTPResponse:
        """GET /chat/openapi.json: this interface, for programs."""
        return raw(DESCRIPTION, content_type="application/json")

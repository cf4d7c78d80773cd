"""Rasa input channel: the assistant's web interface below /chat/ (README and docs/ describe it)."""

from __future__ import annotations

import json
import logging
import re
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
from sanic.response import HTTPResponse, html, raw
from sanic.response import json as json_response

from bot import __version__
from bot.content import installed_content
from bot.content.models import Clinic
from bot.settings import Settings, read_settings
from bot.web.conversation import Conversations, store_of
from bot.web.errors import ApiError
from bot.web.limits import RateLimits
from bot.web.replies import Replies
from bot.web.sign_in import SignIn, SignInRefused
from bot.web.tokens import InvalidToken, Tokens, read_or_make_secret

logger = logging.getLogger(__name__)
MOST_CHARACTERS = 2_000
MOST_BYTES = 262_144
MESSAGE_ID = re.compile(r"[A-Za-z0-9-]{8,64}")
NDJSON = "application/x-ndjson"
STATIC = {"": ("index.html", "text/html"), "chat.css": ("chat.css", "text/css"), "chat.js": ("chat.js", "text/javascript")}
SECURITY_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
    "base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
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

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.content = installed_content()
        self.replies = Replies(self.content)
        self.conversations = Conversations(self.content, self.replies, settings.reply_seconds)
        secret = settings.token_secret or read_or_make_secret(settings.state_dir)
        self.tokens = Tokens(secret, settings.token_hours)
        self.sign_in = SignIn(settings)
        self.limits = RateLimits(settings.messages_per_minute, settings.sessions_per_minute)
        self._payloads = self.replies.payloads()

    @classmethod
    def name(cls) -> str:
        """Rasa's name of the channel."""
        return "chat"

    def url_prefix(self) -> str:
        """An absolute path: the interface stands at /chat, not below /webhooks."""
        return "/chat"

    @classmethod
    def from_credentials(cls, credentials: Optional[dict[str, Any]]) -> WebChannel:
        """Creates the channel; its settings come from the environment."""
        return cls(read_settings())

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """The routes. Rasa's own message handler is not used: it can be silent."""
        blueprint = Blueprint("chat_channel", "chat_channel")
        routes: list[tuple[str, str, Handler]] = [
            ("POST", "/session", self.session),
            ("POST", "/message", self.message),
            ("GET", "/history", self.history),
            ("POST", "/end", self.end),
            ("GET", "/health", self.health),
        ]
        for method, path, handler in routes:
            blueprint.add_route(self._guarded(handler), path, methods=[method], name=path.strip("/"))
        for path, (file, kind) in STATIC.items():
            blueprint.add_route(self._static(file, kind), f"/{path}", methods=["GET"], name=f"static_{file}")
        return blueprint

    def _guarded(self, handler: Handler) -> Handler:
        @wraps(handler)
        async def run(request: Request) -> HTTPResponse:
            try:
                response = await handler(request)
            except ApiError as error:
                response = error.response()
            except Exception as error:  # the person still gets the emergency line
                logger.error("%s failed with %s", handler.__name__, type(error).__name__)
                response = ApiError(503, "unavailable", self.replies.fixed("outage")["text"]).response()
            response.headers.update(SECURITY_HEADERS)
            return response

        return run

    @staticmethod
    def _static(file: str, kind: str) -> Handler:
        body = resources.files("bot.web").joinpath("static").joinpath(file).read_bytes()

        async def serve(request: Request) -> HTTPResponse:
            if kind == "text/html":
                return html(body.decode("utf-8"), headers=SECURITY_HEADERS)
            return raw(body, content_type=f"{kind}; charset=utf-8", headers=SECURITY_HEADERS)

        return serve

    def _conversation(self, request: Request) -> str:
        try:
            conversation = self.tokens.conversation_of(request.headers.get("Authorization"))
        except InvalidToken:
            conversation = None
        if conversation is None or self.conversations.has_ended(self._agent(request), conversation):
            raise ApiError(401, "unauthorized", self.replies.fixed("session_ended")["text"])
        return conversation

    @staticmethod
    def _agent(request: Request) -> Agent | None:
        agent: Agent | None = getattr(request.app.ctx, "agent", None)
        return agent

    def _ready_agent(self, request: Request) -> Agent:
        agent = self._agent(request)
        if agent is None or not agent.is_ready():
            raise ApiError(503, "not_ready", self.replies.fixed("outage")["text"])
        return agent

    async def session(self, request: Request) -> HTTPResponse:
        """POST /chat/session: a new token with the greeting; for a portal's user, a token for the user's own talk."""
        wait = self.limits.session(self._address(request))
        if wait:
            raise self._rate_limited(wait)
        user = self._portal_user(request)
        talk = self.conversations.of_user(self._agent(request), user) if user else None
        conversation, resumed = talk or (None, False)
        token, _ = self.tokens.issue(conversation)
        greeting = {"id": uuid.uuid4().hex, **self.replies.fixed("welcome")}
        body = {
            "token": token,
            "expires_in": self.tokens.seconds,
            "messages": [greeting],
            "clinic": public_clinic(self.content.clinic),
            "signed_in": talk is not None,
            "resumed": resumed,
        }
        return json_response(body, status=201)

    def _portal_user(self, request: Request) -> str | None:
        """The keyed hash of the portal's user id, or None for a person who is not signed in there."""
        try:
            body = json.loads(request.body or b"{}")
        except (ValueError, RecursionError):
            body = None
        token = body.get("sign_in") if isinstance(body, dict) else body
        if not isinstance(body, dict) or not isinstance(token, (str, type(None))):
            raise ApiError(400, "malformed", 'The body must be empty or JSON such as {} or {"sign_in": "<token>"}.')
        if token is None:
            return None
        try:
            return self.tokens.hide(self.sign_in.user(token))
        except SignInRefused:
            raise ApiError(401, "sign_in_refused", self.replies.fixed("sign_in_refused")["text"]) from None

    def _address(self, request: Request) -> str:
        """The caller's address, believing as many proxies as the settings name."""
        forwarded = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",") if part.strip()]
        hops = self._settings.trusted_proxies
        return forwarded[-hops] if hops and len(forwarded) >= hops else str(request.ip)

    def _rate_limited(self, wait: int) -> ApiError:
        return ApiError(429, "rate_limited", self.replies.fixed("rate_limited")["text"], {"Retry-After": str(wait)})

    async def message(self, request: Request) -> HTTPResponse:
        """POST /chat/message: one turn."""
        conversation = self._conversation(request)
        wait = self.limits.message(conversation)
        if wait:
            raise self._rate_limited(wait)
        message_id, text, is_button = await self._read(request, conversation)
        messages = await self.conversations.turn(self._agent(request), conversation, message_id, text, is_button)
        if NDJSON in request.headers.get("Accept", ""):
            lines = "".join(json.dumps(message, ensure_ascii=False) + "\n" for message in messages)
            return raw(lines.encode("utf-8"), content_type=NDJSON)
        return json_response({"messages": messages})

    async def _read(self, request: Request, conversation: str) -> tuple[str, str, bool]:
        """Reads and bounds the body: the client's id, the text or payload, and whether it is a payload."""
        if len(request.body) > MOST_BYTES:
            raise ApiError(413, "too_long", self.replies.fixed("too_long")["text"])
        try:
            body = json.loads(request.body)
        except (ValueError, RecursionError):
            raise ApiError(400, "malformed", "The body must be JSON with an 'id' and a 'text' or a 'payload'.") from None
        if not isinstance(body, dict) or not isinstance(body.get("id"), str) or not MESSAGE_ID.fullmatch(body["id"]):
            raise ApiError(400, "malformed", "'id' must be a string of 8 to 64 letters, digits and hyphens, such as a UUID.")
        if "payload" in body:
            if not isinstance(body["payload"], str) or body["payload"] not in self._payloads:
                raise ApiError(400, "malformed", "'payload' must be the payload of a button that was shown.")
            return body["id"], body["payload"], True
        text = body.get("text")
        if not isinstance(text, str):
            raise ApiError(400, "malformed", "'text' must be a string, or there must be a 'payload'.")
        if len(text) > MOST_CHARACTERS:
            raise await self._too_long(request, conversation, body["id"], text)
        return body["id"], self._harmless(text), False

    @staticmethod
    def _harmless(text: str) -> str:
        """Typed text never is a command: Rasa reads commands after a slash at the start."""
        stripped = text.strip()
        return f"“{stripped}”" if stripped.startswith("/") else stripped

    async def _too_long(self, request: Request, conversation: str, message_id: str, text: str) -> ApiError:
        """The error for a text that is too long; the part that fits is handled if it holds a danger sign."""
        message = self.replies.fixed("too_long")["text"]
        part = self._harmless(text[:MOST_CHARACTERS])
        messages = await self.conversations.alarm(self._agent(request), conversation, message_id, part)
        if not messages:
            return ApiError(413, "too_long", message)
        return ApiError(413, "too_long", f"{messages[0]['text']}\n{message}", messages=messages)

    async def history(self, request: Request) -> HTTPResponse:
        """GET /chat/history: what was said so far."""
        conversation = self._conversation(request)
        messages = await self.conversations.history(self._ready_agent(request), conversation)
        greeting = {"id": "welcome", "from": "assistant", **self.replies.fixed("welcome")}
        return json_response({"messages": [greeting, *messages]})

    async def end(self, request: Request) -> HTTPResponse:
        """POST /chat/end: deletes the talk; its tokens are refused from now on."""
        conversation = self._conversation(request)
        deleted = await self.conversations.end(self._ready_agent(request), conversation, time.time() + self.tokens.seconds)
        return json_response({"forgotten": True, "rows": deleted})

    async def health(self, request: Request) -> HTTPResponse:
        """GET /chat/health: ready with a model, working actions and a store."""
        agent = self._agent(request)
        checks = {"model": bool(agent and agent.is_ready()), "actions": False, "store": False}
        if agent is not None and checks["model"]:
            checks["actions"] = await self._actions_work(agent)
            checks["store"] = self._store_works(agent)
        ready = all(checks.values())
        body = {"ready": ready, "checks": checks, "version": __version__, "model": agent.model_id if agent else None}
        return json_response(body, status=200 if ready else 503)

    @staticmethod
    async def _actions_work(agent: Agent) -> bool:
        endpoint = agent.action_endpoint
        if endpoint is None:
            return False
        try:
            executor = getattr(endpoint, "executor", None)
            if executor is not None:
                return "validate_checklist_form" in executor.actions
            return await endpoint.request("get", subpath="../health") is not None
        except Exception:  # any fault means: not ready
            return False

    @staticmethod
    def _store_works(agent: Agent) -> bool:
        try:
            with store_of(agent).session_scope() as session:
                session.execute("SELECT 1")
            return True
        except Exception:  # any fault means: not ready
            return False

"""Rasa's Socket.IO format for widgets that speak it, with the web channel's guarantees.

Rasa's own channel is not used: it drops messages without a word where a session is kept (its `enter_room` is never awaited), lets any
client into any session whose id it knows, and opens the socket to every page.
"""

from __future__ import annotations

import inspect
import logging
from collections.abc import Awaitable, Callable
from typing import Any, Optional

from rasa.core.agent import Agent
from rasa.core.channels.channel import InputChannel, UserMessage
from sanic import Blueprint, Sanic
from socketio import AsyncServer

from bot.channels.web.access_control import AccessControl, ProtectedBlueprint
from bot.channels.widget_sessions import WidgetSession, WidgetSessions
from bot.conversation.errors import ApiError
from bot.conversation.gateway import MessageGateway, shared_gateway
from bot.conversation.replies import Message
from bot.observability import outages

MAX_BYTES = 1_000_000


def shaped(message: Message) -> dict[str, Any]:
    """A message in Rasa's Socket.IO format; line ends as Markdown, which the widgets show."""
    text = message["text"].replace("\n", "  \n")
    replies = [{"content_type": "text", "title": button["title"], "payload": button["payload"]} for button in message["buttons"]]
    return {"text": text, "quick_replies": replies} if replies else {"text": text}


class _SocketBlueprint(ProtectedBlueprint):
    """Attaches the socket to the server when the channel is added to it."""

    def register(self, app: Sanic, options: dict[str, Any]) -> None:
        super().register(app, options)
        self.ctx.channel.attach(app)


class SocketIOChannel(InputChannel):
    """A socket whose session ids are the server's own signed tokens: who cannot show one begins a new talk."""

    def __init__(self, reception: MessageGateway, path: str, heard: str, said: str) -> None:
        self._visits = WidgetSessions(reception)
        self._reception = reception
        self._path = path.rstrip("/")
        self._heard = heard
        self._said = said
        self._app: Sanic | None = None
        self._addresses: dict[str, str] = {}
        self._tokens: dict[str, str] = {}
        origins = list(reception.settings.allowed_origins) or None
        self._server = AsyncServer(
            async_mode="sanic",
            cors_allowed_origins=origins,
            cors_credentials=False,
            max_http_buffer_size=MAX_BYTES,
            # Loggers that are handed over get no handlers of the library's own.
            logger=logging.getLogger("socketio.server"),
            engineio_logger=logging.getLogger("engineio.server"),
        )

    @classmethod
    def name(cls) -> str:
        """Rasa's name of the channel."""
        return "socketio"

    @classmethod
    def from_credentials(cls, credentials: Optional[dict[str, Any]]) -> SocketIOChannel:
        """Creates the channel with the names that Rasa's own channel also lets one choose."""
        chosen = credentials or {}
        return cls(
            shared_gateway(),
            chosen.get("socketio_path", "/socket.io"),
            chosen.get("user_message_evt", "user_uttered"),
            chosen.get("bot_message_evt", "bot_uttered"),
        )

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """The socket's events. Rasa's own message handler is not used: it can be silent."""
        blueprint = _SocketBlueprint("safe_socketio", AccessControl(self._reception.replies, self._reception.settings.allowed_origins))
        blueprint.ctx.channel = self
        self._server.on("connect", self._connect)
        self._server.on("disconnect", self._disconnect)
        self._server.on("session_request", self._session_request)
        self._server.on(self._heard, self._message)
        return blueprint

    def attach(self, app: Sanic) -> None:
        """Opens the socket on a server."""
        self._app = app
        self._server.attach(app, self._path)
        app.config.WEBSOCKET_MAX_SIZE = MAX_BYTES
        app.ctx.open_paths = (*app.ctx.open_paths, self._path)

    def _agent(self) -> Agent | None:
        agent: Agent | None = getattr(self._app.ctx, "agent", None) if self._app else None
        return agent

    async def _connect(self, sid: str, environ: dict[str, Any], auth: object = None) -> None:
        self._addresses[sid] = self._reception.address_of(environ["sanic.request"])

    async def _disconnect(self, sid: str, *_reason: object) -> None:
        self._addresses.pop(sid, None)
        self._tokens.pop(sid, None)

    async def _join(self, sid: str, visit: WidgetSession) -> None:
        """Enters the talk's room; whether that is to be awaited depends on the library's version."""
        entered = self._server.enter_room(sid, visit.conversation)
        if inspect.isawaitable(entered):
            await entered

    async def _say(self, room: str, messages: list[Message]) -> None:
        for message in messages:
            await self._server.emit(self._said, shaped(message), room=room)

    async def _enter(self, sid: str, token: object) -> WidgetSession:
        visit = self._visits.enter(self._agent(), [token, self._tokens.get(sid)], self._addresses.get(sid, ""))
        self._tokens[sid] = visit.token
        await self._join(sid, visit)
        if visit.is_new:
            await self._server.emit("session_confirm", visit.token, room=sid)
            await self._say(sid, [self._visits.welcome()])
        return visit

    async def _session_request(self, sid: str, data: object = None) -> None:
        try:
            visit = await self._enter(sid, self._token_in(data))
            if not visit.is_new:
                await self._server.emit("session_confirm", visit.token, room=sid)
        except ApiError as error:
            await self._say(sid, self._visits.reply_to_refused(self._visits.read(""), error))
        except Exception as error:  # the person still gets the emergency line
            outages.record_failure("socket", error)
            await self._say(sid, [self._visits.outage()])

    async def _message(self, sid: str, data: object = None) -> None:
        if isinstance(data, dict) and data.get("message") is None:  # a widget without `initPayload` sends this: nobody has said anything
            await self._session_request(sid, data)
            return
        incoming = self._visits.read(data.get("message") if isinstance(data, dict) else data)
        try:
            visit = await self._enter(sid, self._token_in(data))
            reply = await self._visits.reply(self._agent(), visit, self._addresses.get(sid, ""), incoming)
            await self._say(visit.conversation, reply)
            outages.record_success("socket")
        except ApiError as error:
            await self._say(sid, self._visits.reply_to_refused(incoming, error))
        except Exception as error:  # the person still gets the emergency line
            outages.record_failure("socket", error)
            await self._say(sid, [self._visits.outage()])

    @staticmethod
    def _token_in(data: object) -> object:
        return data.get("session_id") if isinstance(data, dict) else None

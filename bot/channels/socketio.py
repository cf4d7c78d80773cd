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

from bot.channels.web.protected_server import ProtectedBlueprint, protect_server
from bot.channels.widget_sessions import WidgetSession, WidgetSessions
from bot.conversation.errors import ApiError
from bot.conversation.gateway import MessageGateway, shared_gateway
from bot.conversation.incoming import Incoming
from bot.conversation.replies import Message
from bot.observability import outages
from bot.rasa_compat.agents import ready_agent

MAX_FRAME_BYTES = 1_000_000


def in_socketio_format(message: Message) -> dict[str, Any]:
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
    """A socket whose session ids are the server's own signed tokens: who cannot show one begins a new conversation."""

    def __init__(self, gateway: MessageGateway, path: str, user_event: str, bot_event: str) -> None:
        self._sessions = WidgetSessions(gateway)
        self._gateway = gateway
        self._path = path.rstrip("/")
        self._user_event = user_event
        self._bot_event = bot_event
        self._app: Sanic | None = None
        self._addresses: dict[str, str] = {}
        self._tokens: dict[str, str] = {}
        origins = list(gateway.settings.allowed_origins) or None
        self._server = AsyncServer(
            async_mode="sanic",
            cors_allowed_origins=origins,
            cors_credentials=False,
            max_http_buffer_size=MAX_FRAME_BYTES,
            # Loggers that are handed over get no handlers of the library's own.
            logger=logging.getLogger("socketio.server"),
            engineio_logger=logging.getLogger("engineio.server"),
        )

    @classmethod
    def name(cls) -> str:
        """The name that Rasa knows the channel by."""
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
        blueprint = _SocketBlueprint("safe_socketio", self._gateway)
        blueprint.ctx.channel = self
        self._server.on("connect", self._connect)
        self._server.on("disconnect", self._disconnect)
        self._server.on("session_request", self._session_request)
        self._server.on(self._user_event, self._message)
        return blueprint

    def attach(self, app: Sanic) -> None:
        """Opens the socket on a server."""
        self._app = app
        self._server.attach(app, self._path)
        app.config.WEBSOCKET_MAX_SIZE = MAX_FRAME_BYTES
        protect_server(app, self._gateway).open(self._path)

    def _agent(self) -> Agent | None:
        return ready_agent(self._app) if self._app else None

    async def _connect(self, sid: str, environ: dict[str, Any], auth: object = None) -> None:
        self._addresses[sid] = self._gateway.address_of(environ["sanic.request"])

    async def _disconnect(self, sid: str, *_reason: object) -> None:
        self._addresses.pop(sid, None)
        self._tokens.pop(sid, None)

    async def _join_room(self, sid: str, session: WidgetSession) -> None:
        """Adds a client to the conversation's room; whether that is to be awaited depends on the library's version."""
        entered = self._server.enter_room(sid, session.conversation_id)
        if inspect.isawaitable(entered):
            await entered

    async def _send(self, room: str, messages: list[Message]) -> None:
        for message in messages:
            await self._server.emit(self._bot_event, in_socketio_format(message), room=room)

    async def _open_session(self, sid: str, token: object) -> WidgetSession:
        session = self._sessions.open(self._agent(), [token, self._tokens.get(sid)], self._addresses.get(sid, ""))
        self._tokens[sid] = session.token
        await self._join_room(sid, session)
        if session.is_new:
            await self._server.emit("session_confirm", session.token, room=sid)
            await self._send(sid, [self._sessions.welcome()])
        return session

    async def _session_request(self, sid: str, data: object = None) -> None:
        await self._answer(sid, self._sessions.read(""), self._confirm_session(sid, data))

    async def _message(self, sid: str, data: object = None) -> None:
        if isinstance(data, dict) and data.get("message") is None:  # a widget without `initPayload` sends this: nobody has said anything
            await self._session_request(sid, data)
            return
        incoming = self._sessions.read(data.get("message") if isinstance(data, dict) else data)
        await self._answer(sid, incoming, self._reply(sid, data, incoming))

    async def _answer(self, sid: str, incoming: Incoming, handling: Awaitable[None]) -> None:
        """Handles what a client sent; the client gets a message in any case."""
        try:
            await handling
            outages.record_success("socketio channel")
        except ApiError as error:
            await self._send(sid, self._sessions.reply_without_session(incoming, error))
        except Exception as error:  # the person still gets the emergency line
            outages.record_failure("socketio channel", error)
            await self._send(sid, [self._sessions.outage()])

    async def _confirm_session(self, sid: str, data: object) -> None:
        session = await self._open_session(sid, self._token_in(data))
        if not session.is_new:
            await self._server.emit("session_confirm", session.token, room=sid)

    async def _reply(self, sid: str, data: object, incoming: Incoming) -> None:
        session = await self._open_session(sid, self._token_in(data))
        messages = await self._sessions.reply(self._agent(), session, self._addresses.get(sid, ""), incoming)
        await self._send(session.conversation_id, messages)

    @staticmethod
    def _token_in(data: object) -> object:
        return data.get("session_id") if isinstance(data, dict) else None

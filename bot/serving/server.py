"""Serves the assistant as one process: Rasa, the web channel and the custom actions together."""

from __future__ import annotations

from asyncio import AbstractEventLoop
from pathlib import Path
from warnings import catch_warnings, simplefilter

from rasa.core.run import close_resources, configure_app, create_http_input_channels, load_agent_on_start
from rasa.core.utils import AvailableEndpoints
from rasa.utils.endpoints import EndpointConfig
from sanic import Sanic

from bot.conversation.housekeeping import register_lifecycle
from bot.observability.progress import say
from bot.rasa_compat.action_failover import with_local_fallback
from bot.serving.listening import listening_socket
from bot.serving.model_loader import ModelLoader
from bot.settings import ROOT, read_settings


def read_endpoints() -> AvailableEndpoints:
    """The project's endpoints, with actions in this process unless `ASSISTANT_ACTIONS_URL` names a server."""
    endpoints = AvailableEndpoints.read_endpoints(str(ROOT / "endpoints.yml"))
    url = read_settings().actions_url
    endpoints.action = with_local_fallback(EndpointConfig(url, enable_selective_domain=True) if url else None)
    return endpoints


async def _load_agent(app: Sanic, loop: AbstractEventLoop) -> None:
    """Rasa's agent without its model, which comes when it can: with a broken one people still get the emergency line."""
    with catch_warnings():
        simplefilter("ignore")  # Rasa warns that there is no model
        await load_agent_on_start("", read_endpoints(), None, app, loop)


class ReadyLine:
    """Says once that people can talk with the assistant: the server listens and the model is in place, whichever comes last."""

    def __init__(self, address: str) -> None:
        """Waits for both.

        Args:
            address: Where the chat is; nothing is printed if it is empty.
        """
        self._address = address
        self._waits_for = {"model", "server"}

    def model_loaded(self) -> None:
        """Notes that the model is in place."""
        self._note("model")

    async def server_started(self, _app: Sanic, _loop: AbstractEventLoop) -> None:
        """Notes that the server listens."""
        self._note("server")

    def _note(self, part: str) -> None:
        if part in self._waits_for:
            self._waits_for.remove(part)
            if not self._waits_for and self._address:
                say(f"Ready: {self._address}  (Ctrl+C stops it)")


def build_app(model: Path | None = None, trains: bool = False, address: str = "") -> Sanic:
    """Puts the process together without starting it.

    Args:
        model: The model's file; the one that fits content, data and code by default.
        trains: Whether to train a model that is missing or broken.
        address: Printed when the first message can be answered; nothing if empty.
    """
    ready = ReadyLine(address)
    loader = ModelLoader(model, trains, ready.model_loaded, say)
    channels = create_http_input_channels(None, str(read_settings().credentials))
    app = configure_app(input_channels=channels, enable_api=False, use_uvloop=True)
    app.config.ACCESS_LOG = False
    app.register_listener(_load_agent, "before_server_start")
    app.register_listener(loader.start, "before_server_start")
    app.register_listener(register_lifecycle(app).start, "before_server_start")
    app.register_listener(ready.server_started, "after_server_start")
    app.register_listener(loader.stop, "before_server_stop")
    app.register_listener(close_resources, "after_server_stop")
    return app


def serve(model: Path | None, trains: bool, host: str, port: int) -> int:
    """Serves until interrupted.

    Args:
        model: The model's file; None for the one that fits content, data and code.
        trains: Whether to train a model that is missing or broken.
        host: Address to listen on; loopback unless a proxy stands in front.
        port: TCP port.

    Returns:
        The exit status.

    Raises:
        AddressUnavailableError: Nothing can listen at the address.
    """
    shown = "localhost" if host in ("127.0.0.1", "::1") else host
    with listening_socket(host, port) as listener:
        app = build_app(model, trains, f"http://{shown}:{port}/chat/")
        app.run(sock=listener, access_log=False, workers=1)
    return 0

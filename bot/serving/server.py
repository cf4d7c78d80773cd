"""Serves the assistant as one process: Rasa, the web channel and the custom actions together."""

from __future__ import annotations

from asyncio import AbstractEventLoop
from contextlib import suppress
from pathlib import Path
from warnings import catch_warnings, simplefilter

from rasa.core.run import close_resources, configure_app, create_http_input_channels, load_agent_on_start
from rasa.core.utils import AvailableEndpoints
from rasa.utils.endpoints import EndpointConfig
from sanic import Sanic

from bot.conversation.housekeeping import register_lifecycle
from bot.rasa_compat.action_failover import with_local_fallback
from bot.serving.model_loader import ModelLoader
from bot.settings import ROOT, read_settings


def read_endpoints() -> AvailableEndpoints:
    """The project's endpoints, with actions in this process unless `ASSISTANT_ACTIONS_URL` names a server."""
    endpoints = AvailableEndpoints.read_endpoints(str(ROOT / "endpoints.yml"))
    url = read_settings().actions_url
    endpoints.action = with_local_fallback(EndpointConfig(url, enable_selective_domain=True) if url else None)
    return endpoints


def _say(line: str) -> None:
    with suppress(OSError):  # a full disk behind the output must not end the assistant
        print(line, flush=True)


async def _load_agent(app: Sanic, loop: AbstractEventLoop) -> None:
    """Rasa's agent without its model, which comes when it can: with a broken one people still get the emergency line."""
    with catch_warnings():
        simplefilter("ignore")  # Rasa warns that there is no model
        await load_agent_on_start("", read_endpoints(), None, app, loop)


def build_app(model: Path | None = None, trains: bool = False, address: str = "") -> Sanic:
    """Puts the process together without starting it.

    Args:
        model: The model's file; the one that fits content, data and code by default.
        trains: Whether to train a model that is missing or broken.
        address: Printed when the first message can be answered; nothing if empty.
    """
    keeper = ModelLoader(model, trains, lambda: _say(f"Ready: {address}  (Ctrl+C stops it)") if address else None, _say)
    channels = create_http_input_channels(None, str(read_settings().credentials))
    app = configure_app(input_channels=channels, enable_api=False, use_uvloop=True)
    app.config.ACCESS_LOG = False
    app.register_listener(_load_agent, "before_server_start")
    app.register_listener(keeper.start, "before_server_start")
    app.register_listener(register_lifecycle(app).start, "before_server_start")
    app.register_listener(keeper.stop, "before_server_stop")
    app.register_listener(close_resources, "after_server_stop")
    return app


def serve(model: Path | None, trains: bool, host: str, port: int) -> None:
    """Serves until interrupted.

    Args:
        model: The model's file; None for the one that fits content, data and code.
        trains: Whether to train a model that is missing or broken.
        host: Address to listen on; loopback unless a proxy stands in front.
        port: TCP port.
    """
    shown = "localhost" if host in ("127.0.0.1", "::1") else host
    app = build_app(model, trains, f"http://{shown}:{port}/chat/")
    app.run(host=host, port=port, access_log=False, workers=1)

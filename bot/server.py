"""Serves the assistant as one process: Rasa, the web channel and the custom actions together."""

from __future__ import annotations

import asyncio
import logging
from asyncio import AbstractEventLoop
from functools import partial
from pathlib import Path

from rasa.core.run import close_resources, configure_app, create_http_input_channels, load_agent_on_start
from rasa.core.utils import AvailableEndpoints
from rasa.utils.endpoints import EndpointConfig
from sanic import Sanic

from bot.content import installed_content
from bot.local_actions import LocalActions
from bot.policies.quick_rules import use_quick_rules
from bot.quick_graph import use_quick_graphs
from bot.quick_lookups import use_quick_lookups
from bot.settings import ROOT, credentials_file, read_settings
from bot.web.conversation import purge_daily

logger = logging.getLogger(__name__)


def read_endpoints() -> AvailableEndpoints:
    """The project's endpoints, with actions in this process unless `ASSISTANT_ACTIONS_URL` names a server."""
    endpoints = AvailableEndpoints.read_endpoints(str(ROOT / "endpoints.yml"))
    url = read_settings().actions_url
    endpoints.action = EndpointConfig(url, enable_selective_domain=True) if url else LocalActions()
    return endpoints


async def _start_purging(app: Sanic, _: AbstractEventLoop) -> None:
    app.ctx.purging = asyncio.ensure_future(purge_daily(app.ctx.agent, installed_content().clinic.retention_days))


async def _stop_purging(app: Sanic, _: AbstractEventLoop) -> None:
    app.ctx.purging.cancel()


async def _warm_up(app: Sanic, _: AbstractEventLoop) -> None:
    """Makes the first person's first message as fast as all others: libraries load parts of themselves when first used."""
    await app.ctx.agent.parse_message("hello, is anybody there")


async def _say_ready(app: Sanic, _: AbstractEventLoop, address: str) -> None:
    print(f"Ready: {address}  (Ctrl+C stops it)", flush=True)


def build_app(model: Path, address: str = "") -> Sanic:
    """Puts the process together without starting it.

    Args:
        model: The model's file.
        address: Printed when the first message can be answered; nothing if empty.
    """
    use_quick_lookups()
    use_quick_graphs()
    use_quick_rules()
    channels = create_http_input_channels(None, str(credentials_file()))
    app = configure_app(input_channels=channels, enable_api=False, use_uvloop=True)
    app.config.ACCESS_LOG = False
    app.register_listener(partial(load_agent_on_start, str(model), read_endpoints(), None), "before_server_start")
    app.register_listener(_warm_up, "before_server_start")
    app.register_listener(_start_purging, "before_server_start")
    app.register_listener(_stop_purging, "before_server_stop")
    app.register_listener(close_resources, "after_server_stop")
    if address:
        app.register_listener(partial(_say_ready, address=address), "after_server_start")
    return app


def serve(model: Path, host: str, port: int) -> None:
    """Serves until interrupted.

    Args:
        model: The model's file.
        host: Address to listen on; loopback unless a proxy stands in front.
        port: TCP port.
    """
    shown = "localhost" if host in ("127.0.0.1", "::1") else host
    app = build_app(model, f"http://{shown}:{port}/chat/")
    app.run(host=host, port=port, access_log=False, workers=1)

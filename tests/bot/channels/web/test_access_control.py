"""Which paths other machines may reach, tried from another address of this machine with real servers."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from bot.channels.web.access_control import OPEN_PATHS, is_from_this_machine, is_open
from bot.settings import ROOT
from tests.assistant_process import free_port

API_SERVER = """
import sys
from rasa.core.run import configure_app
from bot.channels.web.channel import WebChannel
app = configure_app(input_channels=[WebChannel.from_credentials(None)], enable_api=True)
app.run(host="0.0.0.0", port=int(sys.argv[1]), access_log=False)
"""
API_PATHS = ["/", "/status", "/version", "/conversations/abc/tracker", "/model/parse", "/domain"]
SECONDS_TO_START = 240


@pytest.mark.parametrize("address", ["127.0.0.1", "127.8.8.8", "::1", "::ffff:127.0.0.1"])
def test_loopback_addresses_are_this_machine(address):
    assert is_from_this_machine(address, through_proxy=False)


@pytest.mark.parametrize("address", ["10.0.0.1", "8.8.8.8", "::ffff:10.0.0.1", "fe80::1", "", "localhost"])
def test_another_machine_is_not_this_machine(address):
    assert not is_from_this_machine(address, through_proxy=False)


def test_a_request_through_a_proxy_is_not_from_this_machine():
    assert not is_from_this_machine("127.0.0.1", through_proxy=True)


@pytest.mark.parametrize("path", ["/chat", "/chat/", "/chat/message", "/webhooks/safe_rest/webhook"])
def test_the_channels_are_open(path):
    assert is_open(path, OPEN_PATHS)


@pytest.mark.parametrize("path", ["/", "/chatter", "/status", "/model", "//chat", "/conversations/chat/tracker"])
def test_everything_else_is_closed(path):
    assert not is_open(path, OPEN_PATHS)


def listening(port: int) -> set[str]:
    """The local addresses, in hexadecimal, on which somebody listens on a port."""
    listen_state = "0A"
    found = set()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        with contextlib.suppress(OSError):
            for line in Path(table).read_text().splitlines()[1:]:
                address, number = line.split()[1].split(":")
                if int(number, 16) == port and line.split()[3] == listen_state:
                    found.add(address)
    return found


LOOPBACK = {"0100007F"}


def outside_address() -> str:
    """An address of this machine that is not loopback."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
            address = str(probe.getsockname()[0])
        except OSError:
            address = "127.0.0.1"
    if address.startswith("127."):
        pytest.skip("this machine has no address but loopback")
    return address


def wait_for(port: int, process: subprocess.Popen) -> None:
    deadline = time.monotonic() + SECONDS_TO_START
    while not listening(port):
        assert process.poll() is None, "the server ended at its start"
        assert time.monotonic() < deadline, f"the server was not up in {SECONDS_TO_START} s"
        time.sleep(0.2)


@contextlib.contextmanager
def running(*command: str, port: int, **environment: str):
    process = subprocess.Popen([sys.executable, "-W", "ignore", *command], cwd=ROOT, env={**os.environ, **environment})
    try:
        wait_for(port, process)
        yield
    finally:
        process.terminate()
        process.wait(timeout=10)


@pytest.fixture(scope="module")
def api_port(tmp_path_factory):
    """A server that somebody opened to all the world with Rasa's HTTP API switched on."""
    port = free_port()
    with running("-c", API_SERVER, str(port), port=port, ASSISTANT_STATE_DIR=str(tmp_path_factory.mktemp("state"))):
        yield port


@pytest.mark.parametrize("path", API_PATHS)
def test_rasas_own_api_is_hidden_from_other_machines(api_port, path):
    response = httpx.get(f"http://{outside_address()}:{api_port}{path}")
    assert (response.status_code, response.json()["error"]["code"]) == (404, "not_found")


@pytest.mark.parametrize("path", API_PATHS)
@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "X-Real-IP"])
def test_rasas_own_api_is_hidden_behind_a_proxy_on_this_machine(api_port, path, header):
    assert httpx.get(f"http://127.0.0.1:{api_port}{path}", headers={header: "10.0.0.1"}).status_code == 404


def test_the_figures_are_hidden_from_other_machines(api_port):
    assert httpx.get(f"http://{outside_address()}:{api_port}/chat/metrics").status_code == 404


def test_a_model_cannot_be_replaced_from_outside(api_port):
    response = httpx.put(f"http://{outside_address()}:{api_port}/model", json={"model_file": "evil.tar.gz"})
    assert response.status_code == 404


def test_the_machine_itself_may_use_rasas_api(api_port):
    assert "Rasa" in httpx.get(f"http://127.0.0.1:{api_port}/").text


def test_the_chat_is_open_to_other_machines(api_port):
    assert httpx.get(f"http://{outside_address()}:{api_port}/chat/").status_code == 200


def test_the_assistant_listens_on_this_machine_only(assistant):
    assert listening(assistant.port) == LOOPBACK


def test_the_assistant_has_no_rasa_api(assistant):
    assert httpx.get(f"http://127.0.0.1:{assistant.port}/conversations/abc/tracker").status_code == 404


def test_the_action_server_listens_on_this_machine_only():
    port = free_port()
    with running("-m", "rasa", "run", "actions", "--port", str(port), port=port):
        assert listening(port) == LOOPBACK

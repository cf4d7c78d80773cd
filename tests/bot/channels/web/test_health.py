"""Whether it is ready, and its figures, as an operator sees them."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import subprocess
import sys
import time

import httpx
import pytest

from bot.channels.web.health import HealthChecks
from bot.serving.training import fitting_model
from bot.settings import ROOT
from bot.storage.tracker_store import ConversationStore
from tests.assistant_process import AssistantProcess
from tests.bot.channels.web.test_access_control import API_SERVER, outside_address, running
from tests.bot.observability.test_metrics import figures
from tests.services import free_port, wait_for_port

ALL = {"model", "actions", "store", "alarm"}
SECONDS_A_PROBE_MAY_WAIT = 8


def test_all_parts_of_a_healthy_assistant_are_named(assistant):
    response = httpx.get(f"{assistant.url}/health")
    assert response.status_code == 200
    assert response.json()["checks"] == dict.fromkeys(ALL, True)


def test_health_names_the_model_that_fits_what_is_here(assistant):
    assert httpx.get(f"{assistant.url}/health").json()["model"] == fitting_model()


def test_a_check_leaves_nothing_in_the_talks(assistant):
    httpx.get(f"{assistant.url}/health")
    with sqlite3.connect(assistant.state_dir / "conversations.db") as connection:
        assert connection.execute("select count(*) from events where sender_id = 'health'").fetchone() == (0,)


class Actions:
    """An action server in a process of its own."""

    def __init__(self) -> None:
        self.port = free_port()
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = [sys.executable, "-W", "ignore", "-m", "bot", "actions", "--port", str(self.port)]
        self._process = subprocess.Popen(command, cwd=ROOT, env=dict(os.environ))
        wait_for_port(self.port, 120)

    def stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()


@pytest.fixture(scope="module")
def pair(tmp_path_factory):
    actions = Actions()
    actions.start()
    assistant = AssistantProcess(tmp_path_factory.mktemp("pair"), ASSISTANT_ACTIONS_URL=f"http://127.0.0.1:{actions.port}/webhook")
    assistant.start()
    yield assistant, actions
    assistant.stop()
    actions.stop()


def broken(assistant, parts: set[str]) -> httpx.Response:
    """Asks until exactly these parts are said to be broken."""
    deadline = time.monotonic() + 60
    while True:
        response = httpx.get(f"{assistant.url}/health", timeout=SECONDS_A_PROBE_MAY_WAIT)
        if {name for name, works in response.json()["checks"].items() if not works} == parts:
            return response
        assert time.monotonic() < deadline, response.text
        time.sleep(0.3)


def faults_of(assistant, part: str) -> float:
    label = f'assistant_faults_total{{part="{part}"}}'
    lines = httpx.get(f"{assistant.url}/metrics").text.splitlines()
    return sum(float(line.rpartition(" ")[2]) for line in lines if line.startswith(label))


def test_without_its_action_server_it_stays_ready_and_counts_the_faults(pair):
    assistant, actions = pair
    assert broken(assistant, set()).status_code == 200
    actions.stop()
    deadline = time.monotonic() + 60
    while faults_of(assistant, "action server") == 0:
        assert broken(assistant, set()).status_code == 200
        assert time.monotonic() < deadline, "no fault was counted"
        time.sleep(0.3)
    actions.start()


def test_with_a_store_that_others_hold_locked_it_is_not_ready_until_they_let_go(pair):
    assistant, _ = pair
    holder = sqlite3.connect(assistant.state_dir / "conversations.db", isolation_level=None)
    holder.execute("begin immediate")
    assert broken(assistant, {"store"}).status_code == 503
    holder.execute("rollback")
    holder.close()
    assert broken(assistant, set()).status_code == 200


class Endpoint:
    def __init__(self, seconds: float = 0.0) -> None:
        self.calls, self._seconds = 0, seconds

    async def request(self, **_: object) -> dict:
        self.calls += 1
        await asyncio.sleep(self._seconds)
        return {"responses": [{}]}


class OneAgent:
    """Rasa's agent with chosen faults."""

    model_id = "m"

    def __init__(self, tmp_path, intent: str | None = "danger_seizure", seconds: float = 0.0) -> None:
        self.action_endpoint = Endpoint(seconds)
        self.tracker_store = ConversationStore(host=f"sqlite:///{tmp_path / 'talks.db'}")
        self._intent = intent

    def is_ready(self) -> bool:
        return True

    async def parse_message(self, text: str) -> dict:
        if self._intent is None:
            raise RuntimeError(text)
        return {"intent": {"name": self._intent}}


@pytest.mark.parametrize("intent", [None, "smalltalk_greet"])
async def test_danger_that_is_not_heard_makes_it_not_ready(tmp_path, intent):
    assert await HealthChecks().results(OneAgent(tmp_path, intent)) == {"model": True, "actions": True, "store": True, "alarm": False}


async def test_an_action_that_hangs_is_given_up(tmp_path):
    results = await asyncio.wait_for(HealthChecks().results(OneAgent(tmp_path, seconds=60)), SECONDS_A_PROBE_MAY_WAIT)
    assert results == {"model": True, "actions": False, "store": True, "alarm": True}


async def test_many_probes_at_a_time_cost_one_check(tmp_path):
    agent, checks = OneAgent(tmp_path, seconds=0.1), HealthChecks()
    await asyncio.gather(*(checks.results(agent) for _ in range(50)))
    await checks.results(agent)
    assert agent.action_endpoint.calls == 1


async def test_a_probe_that_hangs_up_does_not_end_the_check_of_others(tmp_path):
    agent, checks = OneAgent(tmp_path, seconds=0.2), HealthChecks()
    first = asyncio.ensure_future(checks.results(agent))
    second = asyncio.ensure_future(checks.results(agent))
    await asyncio.sleep(0.05)
    first.cancel()
    assert all((await second).values())


async def test_without_an_agent_nothing_works():
    assert await HealthChecks().results(None) == dict.fromkeys(ALL, False)


def counted(assistant) -> dict[str, float]:
    response = httpx.get(f"{assistant.url}/metrics")
    assert response.headers["Content-Type"].startswith("text/plain")
    return figures(response.text)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("my dad is having a seizure right now", "assistant_messages_total/level=emergency"),
        ("hello", "assistant_messages_total/level=none"),
        ("hello", "assistant_reply_seconds_count"),
        ("/wibble", "assistant_fallbacks_total/kind=not_understood"),
    ],
)
def test_a_message_is_counted(assistant, talk, text, name):
    before = counted(assistant)
    talk.say(text)
    assert counted(assistant)[name] - before[name] == 1


def test_a_refused_request_is_counted_by_its_code(assistant, talk):
    name = "assistant_refusals_total/code=malformed"
    before = counted(assistant).get(name, 0)
    talk.post(payload="/restart")
    assert counted(assistant)[name] - before == 1


def test_the_memory_is_among_the_figures(assistant):
    assert counted(assistant)["process_resident_memory_bytes"] > 0


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "X-Real-IP", "Via"])
def test_the_figures_are_hidden_behind_a_proxy_on_this_machine(assistant, header):
    response = httpx.get(f"{assistant.url}/metrics", headers={header: "10.0.0.1"})
    assert (response.status_code, response.json()["error"]["code"]) == (404, "not_found")


@pytest.fixture(scope="module")
def scraped(tmp_path_factory):
    """The figures of a server that is open to all the world and lets this machine's other address read them."""
    address, port = outside_address(), free_port()
    networks = {"ASSISTANT_METRICS_NETWORKS": f"192.0.2.0/24,{address}/32"}
    with running("-c", API_SERVER, str(port), port=port, ASSISTANT_STATE_DIR=str(tmp_path_factory.mktemp("state")), **networks):
        yield f"http://{address}:{port}/chat/metrics"


def test_a_network_that_the_settings_name_may_read_the_figures(scraped):
    assert httpx.get(scraped).status_code == 200


def test_a_proxy_in_that_network_hides_them_all_the_same(scraped):
    assert httpx.get(scraped, headers={"X-Forwarded-For": "192.0.2.1"}).status_code == 404

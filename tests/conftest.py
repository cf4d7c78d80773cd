"""Fixtures that several test folders share: the checked content, and a real assistant to talk with."""

from __future__ import annotations

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from bot.content import Content, load_content
from bot.observability import outages
from bot.settings import CONTENT_DIR
from tests.assistant_process import AssistantProcess
from tests.services import PostgresServer, RabbitServer, RedisServer
from tests.skipped import packages_for
from tests.talk import Talk

# A busy or fresh machine must not fail a test: Hypothesis builds its table of characters when it is first used.
settings.register_profile("project", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("project")


PROCESS_FIXTURES = {"assistant", "own_assistant", "redis_server", "postgres", "rabbitmq", "agent", "loaded_agent", "served"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks what `make unit` leaves out: tests that start a process, a server or a model, by their fixtures."""
    for item in items:
        if PROCESS_FIXTURES & set(getattr(item, "fixturenames", ())):
            item.add_marker("process")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Ends with the system packages that would turn the skips into tests."""
    skipped = terminalreporter.stats.get("skipped", [])
    packages = packages_for(str(report.longrepr) for report in skipped)
    if packages:
        terminalreporter.write_line(f"{len(skipped)} tests were skipped. To run more of them: sudo apt-get install {' '.join(packages)}")


@pytest.fixture(autouse=True)
def _no_faults_of_other_tests(monkeypatch: pytest.MonkeyPatch) -> None:
    """A fault is logged once for each outage: a test must not find that of another one going on."""
    monkeypatch.setattr(outages, "_outages", {})


@pytest.fixture(scope="session")
def content() -> Content:
    return load_content(CONTENT_DIR)


@pytest.fixture(scope="session")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AssistantProcess]:
    """One assistant for all conversations of a test run: a real process with a real model and database."""
    process = AssistantProcess(tmp_path_factory.mktemp("state"))
    process.start()
    yield process
    process.stop()


@pytest.fixture
def talk(assistant: AssistantProcess) -> Talk:
    return Talk(assistant.url)


@pytest.fixture
def own_assistant(tmp_path: Path) -> Iterator[AssistantProcess]:
    """An assistant that a test may kill."""
    process = AssistantProcess(tmp_path / "state")
    process.start()
    yield process
    process.stop()


@pytest.fixture(scope="session")
def redis_server() -> Iterator[RedisServer]:
    server = RedisServer()
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    server = PostgresServer()
    server.create()
    server.start()
    yield server
    server.stop()
    server.remove()


@pytest.fixture(scope="session")
def rabbitmq() -> Iterator[RabbitServer]:
    server = RabbitServer()
    server.start()
    yield server
    server.stop()
    server.remove()


@pytest.fixture(scope="session")
def amqp_url(rabbitmq: RabbitServer) -> str:
    return rabbitmq.url

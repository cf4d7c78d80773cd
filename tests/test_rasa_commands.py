"""Rasa's own commands work in this folder, as docs/operations.md says."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time

import httpx
import pytest

from bot.serving.training import train_if_needed
from bot.settings import ROOT
from tests.assistant_process import AssistantProcess
from tests.services import free_port
from tests.talk import Talk

SECONDS_TO_START = 120
QUIET = {"PYTHONWARNINGS": "ignore", "RASA_TELEMETRY_ENABLED": "false", "SQLALCHEMY_SILENCE_UBER_WARNING": "1"}


def command(*arguments: object) -> list[str]:
    return [sys.executable, "-W", "ignore", "-m", "rasa", *map(str, arguments)]


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command(*arguments), cwd=ROOT, env={**os.environ, **QUIET}, capture_output=True, text=True, timeout=280)


@pytest.fixture(scope="module")
def model():
    return train_if_needed(lambda line: None)


def test_the_data_are_valid(tmp_path):
    result = run("data", "validate")
    assert result.returncode == 0, result.stdout[-3000:] + result.stderr[-3000:]


def test_every_talk_of_the_stories_is_predicted(model, tmp_path):
    result = run("test", "core", "--fail-on-prediction-errors", "--model", model, "--out", tmp_path, "--no-plot")
    assert result.returncode == 0, result.stdout[-3000:] + result.stderr[-3000:]
    report = json.loads((tmp_path / "story_report.json").read_text(encoding="utf-8"))
    assert report["accuracy"] == 1.0
    counted = re.search(
        r"Correct:\s+(\d+) / (\d+)\s+.*?actions|ACTION level:\s+.*?Correct:\s+(\d+) / (\d+)", result.stdout + result.stderr, re.S
    )
    assert counted is not None
    assert int(next(group for group in counted.groups()[1::2] if group)) > 0


def write_credentials(folder):
    """Credentials with the project's channel and one that shows the installed parts."""
    file = folder / "credentials.yml"
    shown = (ROOT / "credentials.yml").read_text(encoding="utf-8")
    file.write_text(f"{shown}\ntests.installed_parts.InstalledPartsChannel: {{}}\n", encoding="utf-8")
    return file


@pytest.fixture(scope="module")
def pair(model, tmp_path_factory):
    """`rasa run` with `rasa run actions`, on free ports."""
    folder = tmp_path_factory.mktemp("pair")
    port, actions_port = free_port(), free_port()
    endpoints = folder / "endpoints.yml"
    shown = (ROOT / "endpoints.yml").read_text(encoding="utf-8")
    assert "localhost:5055" in shown
    endpoints.write_text(shown.replace("localhost:5055", f"127.0.0.1:{actions_port}"), encoding="utf-8")
    environment = {**os.environ, **QUIET, "ASSISTANT_STATE_DIR": str(folder / "state")}
    credentials = write_credentials(folder)
    calls = [
        command("run", "actions", "--port", actions_port),
        command(
            "run", "--model", model, "--port", port, "--interface", "127.0.0.1", "--endpoints", endpoints, "--credentials", credentials
        ),
    ]
    with (folder / "log.txt").open("ab") as log:
        processes = [subprocess.Popen(call, cwd=ROOT, env=environment, stdout=log, stderr=log) for call in calls]
    url = f"http://127.0.0.1:{port}/chat"
    try:
        _wait_until_ready(url, processes, folder / "log.txt")
        yield url
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(timeout=10)


def _wait_until_ready(url, processes, log_file):
    deadline = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < deadline:
        assert all(process.poll() is None for process in processes), log_file.read_text()[-3000:]
        try:
            if httpx.get(f"{url}/health", timeout=5).status_code == 200:
                return
        except httpx.HTTPError:
            pass
        time.sleep(0.5)
    raise TimeoutError(f"rasa was not ready in {SECONDS_TO_START} s:\n{log_file.read_text()[-3000:]}")


def test_the_standard_pair_serves_the_page(pair):
    response = httpx.get(f"{pair}/")
    assert response.status_code == 200
    assert "<h1>Baclofen assistant</h1>" in response.text


def test_the_standard_pair_starts_the_checklist(pair):
    assert Talk(pair).payload("/check_symptoms").item == "route"


def test_the_standard_pair_escalates(pair):
    assert Talk(pair).say("my dad is having a seizure").first["meta"]["kind"] == "emergency"


def installed_parts(url) -> dict[str, str]:
    response = httpx.get(f"{url.removesuffix('/chat')}/webhooks/installed_parts/")
    assert response.status_code == 200, response.text
    return response.json()


@pytest.fixture
def project_server(tmp_path):
    """`python -m bot run` with the channel that shows the installed parts."""
    process = AssistantProcess(tmp_path / "state", ASSISTANT_CREDENTIALS=str(write_credentials(tmp_path)))
    process.start()
    yield process
    process.stop()


def test_the_standard_pair_runs_the_same_replaced_parts_as_make_run(pair, project_server):
    parts = installed_parts(pair)
    assert parts == installed_parts(project_server.url)
    assert parts["graph runner of the model"] == "bot.rasa_compat.graph_runner.SequentialGraphRunner"
    assert parts["empty domain"].startswith("bot.rasa_compat.")

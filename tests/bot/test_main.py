"""The command line: what it prints, and with which status it ends."""

from __future__ import annotations

import os
import socket
import subprocess
import sys

import pytest

from bot.settings import ROOT


def run(*arguments, **environment):
    command = [sys.executable, "-W", "ignore", "-m", "bot", *arguments]
    return subprocess.run(command, cwd=ROOT, env={**os.environ, **environment}, capture_output=True, text=True, timeout=120)


@pytest.fixture
def taken_port():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield other.getsockname()[1]


def test_help_lists_the_commands():
    done = run("--help")
    assert done.returncode == 0
    assert all(command in done.stdout for command in ("run", "actions", "train", "model", "encoder", "check", "snippet", "chat"))


def test_help_comes_whatever_the_environment_says():
    assert run("--help", ASSISTANT_PORT="abc").returncode == 0


def test_check_counts_what_is_signed():
    done = run("check")
    assert done.returncode == 0
    assert "Signed by a clinician:" in done.stdout


@pytest.mark.parametrize("command", ["run", "actions"])
def test_a_port_that_is_taken_ends_with_one_line_and_status_1(command, taken_port, tmp_path):
    done = run(command, "--port", str(taken_port), ASSISTANT_STATE_DIR=str(tmp_path))
    assert done.returncode == 1
    assert f"port {taken_port}" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert "Ready" not in done.stdout


def test_a_host_that_is_none_of_this_machine_ends_with_status_1(tmp_path):
    done = run("run", "--host", "192.0.2.1", ASSISTANT_STATE_DIR=str(tmp_path))
    assert done.returncode == 1
    assert "192.0.2.1" in done.stderr


@pytest.mark.parametrize(("name", "value"), [("PORT", "abc"), ("TRUSTED_PROXIES", "-1"), ("DATABASE_URL", "mysql://db/x")])
def test_a_wrong_setting_ends_with_one_line_and_status_1(name, value):
    done = run("run", **{f"ASSISTANT_{name}": value})
    assert done.returncode == 1
    assert done.stderr.startswith(f"ASSISTANT_{name} ")
    assert len(done.stderr.strip().splitlines()) == 1


def test_a_page_without_the_tag_is_left_as_it_is(tmp_path):
    page = tmp_path / "page.html"
    page.write_text("<html></html>", encoding="utf-8")
    done = run("snippet", "--into", str(page))
    assert done.returncode == 1
    assert page.read_text(encoding="utf-8") == "<html></html>"


def test_the_tag_names_the_server():
    assert "https://chat.example/chat" in run("snippet", "--server", "https://chat.example/chat").stdout


def test_the_terminal_chat_says_when_nobody_answers():
    done = run("chat", "--url", "http://127.0.0.1:9/chat")
    assert done.returncode == 1
    assert "No assistant answers" in done.stderr

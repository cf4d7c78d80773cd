"""What a deployment may set, and what it is told when it sets something wrong."""

from __future__ import annotations

import re
import time

import pytest

from bot.settings import FROM_FILES, PREFIX, ROOT, Settings, read_settings, variable_of

OPERATIONS = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
MISTAKES = {
    "ASSISTANT_PORT": ["abc", "0", "99999", "-1", "5005.5"],
    "ASSISTANT_TRUSTED_PROXIES": ["abc", "-1", "11"],
    "ASSISTANT_TOKEN_HOURS": ["0", "many"],
    "ASSISTANT_REPLY_SECONDS": ["0", "61"],
    "ASSISTANT_MESSAGES_PER_MINUTE": ["0", "x"],
    "ASSISTANT_EVENTS_WITH_WORDS": ["perhaps"],
    "ASSISTANT_LEAN_IMPORTS": ["2"],
    "ASSISTANT_LOG_LEVEL": ["LOUD"],
    "ASSISTANT_ALLOWED_ORIGINS": ["*", "https://clinic.example/path"],
    "ASSISTANT_METRICS_NETWORKS": ["10.0.0.0/99", "here"],
    "ASSISTANT_SIGN_IN_ALGORITHM": ["none", "HS512"],
    "ASSISTANT_DATABASE_URL": ["nonsense", "mysql://db/conversations", "oracle://db"],
    "ASSISTANT_CREDENTIALS": ["/no/such/file.yml"],
    "ASSISTANT_STATE_DIR": [str(ROOT / "README.md")],
}


def test_without_any_variable_there_are_defaults(monkeypatch):
    for name in Settings.__fields__:
        monkeypatch.delenv(variable_of(name), raising=False)
    settings = read_settings()
    assert (settings.host, settings.port) == ("127.0.0.1", 5005)
    assert settings.database_url == f"sqlite:///{ROOT / '.state' / 'conversations.db'}"


def test_a_variable_that_is_empty_counts_as_unset(monkeypatch):
    monkeypatch.setenv("ASSISTANT_SIGN_IN_KEY", "")
    assert read_settings().sign_in_key is None


@pytest.mark.parametrize(("raw", "expected"), [("yes", True), ("true", True), ("1", True), ("no", False), ("0", False)])
def test_a_switch_takes_the_usual_words(monkeypatch, raw, expected):
    monkeypatch.setenv("ASSISTANT_EVENTS_WITH_WORDS", raw)
    assert read_settings().events_with_words is expected


def test_lists_are_written_with_commas(monkeypatch):
    monkeypatch.setenv("ASSISTANT_METRICS_NETWORKS", "10.0.0.0/8, fd00::/8")
    assert [str(network) for network in read_settings().metrics_networks] == ["10.0.0.0/8", "fd00::/8"]


@pytest.mark.parametrize(("variable", "value"), [(name, value) for name, values in MISTAKES.items() for value in values])
def test_a_mistake_stops_the_start_with_one_line_that_names_the_variable(monkeypatch, variable, value):
    monkeypatch.setenv(variable, value)
    with pytest.raises(SystemExit) as stopped:
        read_settings()
    lines = str(stopped.value).splitlines()
    assert len(lines) == 1
    assert variable in lines[0]


def test_all_mistakes_are_told_at_once(monkeypatch):
    monkeypatch.setenv("ASSISTANT_PORT", "abc")
    monkeypatch.setenv("ASSISTANT_REPLY_SECONDS", "0")
    with pytest.raises(SystemExit) as stopped:
        read_settings()
    assert len(str(stopped.value).splitlines()) == 2


def test_a_mistake_in_a_secret_does_not_print_the_secret(monkeypatch):
    monkeypatch.setenv("ASSISTANT_DATABASE_URL", "mysql://root:zebrapassword@db/x")
    with pytest.raises(SystemExit) as stopped:
        read_settings()
    assert "zebrapassword" not in str(stopped.value)


def test_a_lock_for_several_replicas_needs_a_shared_secret(monkeypatch):
    monkeypatch.setenv("ASSISTANT_LOCK_URL", "redis://localhost")
    with pytest.raises(SystemExit, match="ASSISTANT_TOKEN_SECRET"):
        read_settings()


@pytest.mark.parametrize("name", FROM_FILES)
def test_a_secret_comes_from_a_file(tmp_path, monkeypatch, name):
    file = tmp_path / "secret"
    file.write_text("postgresql://db/talks\n", encoding="ascii")
    monkeypatch.setenv("ASSISTANT_TOKEN_SECRET", "one that is shared by all replicas")
    monkeypatch.setenv(f"{variable_of(name)}_FILE", str(file))
    assert getattr(read_settings(), name) == "postgresql://db/talks"


@pytest.mark.parametrize("content", [None, "", " \n"])
def test_a_file_without_a_secret_stops_the_start(tmp_path, monkeypatch, content):
    """Going on without it would keep conversations in a database that goes with the container."""
    file = tmp_path / "url"
    if content is not None:
        file.write_text(content, encoding="ascii")
    monkeypatch.setenv("ASSISTANT_DATABASE_URL_FILE", str(file))
    with pytest.raises(SystemExit, match="ASSISTANT_DATABASE_URL_FILE"):
        read_settings()


def test_the_operations_guide_lists_exactly_the_settings_that_exist():
    documented = set(re.findall(rf"`({PREFIX}[A-Z_]+)`", OPERATIONS))
    settings = {variable_of(name) for name in Settings.__fields__}
    files = {f"{variable_of(name)}_FILE" for name in FROM_FILES}
    assert settings - documented == set()
    assert documented - settings - files == set()


def test_reading_the_settings_costs_less_than_a_few_milliseconds():
    begin = time.perf_counter()
    for _ in range(20):
        read_settings()
    assert (time.perf_counter() - begin) / 20 < 0.02

"""Settings that are secrets come from files as well."""

from __future__ import annotations

import pytest

from bot.settings import read_settings


def test_a_secret_comes_from_a_file(tmp_path, monkeypatch):
    file = tmp_path / "url"
    file.write_text("postgresql://db/talks\n", encoding="ascii")
    monkeypatch.setenv("ASSISTANT_DATABASE_URL_FILE", str(file))
    assert read_settings().database_url == "postgresql://db/talks"


@pytest.mark.parametrize("content", [None, "", " \n"])
def test_a_file_without_a_secret_stops_the_start(tmp_path, monkeypatch, content):
    """Going on without it would keep talks in a database that goes with the container."""
    file = tmp_path / "url"
    if content is not None:
        file.write_text(content, encoding="ascii")
    monkeypatch.setenv("ASSISTANT_DATABASE_URL_FILE", str(file))
    with pytest.raises(SystemExit, match="ASSISTANT_DATABASE_URL_FILE"):
        read_settings()

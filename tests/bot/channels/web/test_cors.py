"""Which pages of other hosts may read the interface's answers."""

from __future__ import annotations

import pytest

from bot.channels.web.cors import cors_headers
from bot.settings import read_settings

CLINIC = "https://clinic.example"


def test_by_default_no_page_of_another_host_may():
    assert cors_headers(CLINIC, ()) == {}


def test_an_allowed_page_may():
    assert cors_headers(CLINIC, (CLINIC,))["Access-Control-Allow-Origin"] == CLINIC


@pytest.mark.parametrize(
    "origin", [None, "", "null", "https://evil.example", "https://clinic.example.evil.example", "http://clinic.example"]
)
def test_others_may_not(origin):
    assert "Access-Control-Allow-Origin" not in cors_headers(origin, (CLINIC,))


def test_a_cache_keeps_the_answers_apart():
    assert cors_headers("https://evil.example", (CLINIC,))["Vary"] == "Origin"


def test_nobodys_cookies_are_asked_for():
    assert "Access-Control-Allow-Credentials" not in cors_headers(CLINIC, (CLINIC,))


def test_the_settings_list_origins(monkeypatch):
    monkeypatch.setenv("ASSISTANT_ALLOWED_ORIGINS", f"{CLINIC}, http://localhost:8080")
    assert read_settings().allowed_origins == (CLINIC, "http://localhost:8080")


@pytest.mark.parametrize(
    "value", ["*", "clinic.example", "https://clinic.example/", "https://*.example", "null", "https://a.example https://b.example"]
)
def test_what_is_no_origin_stops_the_start(monkeypatch, value):
    monkeypatch.setenv("ASSISTANT_ALLOWED_ORIGINS", value)
    with pytest.raises(SystemExit, match="ASSISTANT_ALLOWED_ORIGINS"):
        read_settings()

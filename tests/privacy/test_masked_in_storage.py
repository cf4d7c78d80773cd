"""What a person types is understood as typed and stored masked, seen from outside with a real assistant."""

from __future__ import annotations

import sqlite3

import pytest

from tests.talk import Talk

DETAILS = ("Karen", "Desmond", "900123", "karen@example.com")
TYPED = "This is Karen. My husband Desmond is having a seizure and his temp is 40.1, ring 07700 900123 or karen@example.com"
STORED = "This is [name]. My husband [name] is having a seizure and his temp is 40.1, ring [phone] or [email]"


@pytest.fixture(scope="module")
def told(assistant):
    talk = Talk(assistant.url)
    talk.say(TYPED)
    return talk


def test_danger_beside_names_and_numbers_still_escalates(told):
    assert told.turn.level == "emergency"


def test_history_shows_the_masked_text(told):
    assert [message["text"] for message in told.history() if message["from"] == "user"] == [STORED]


def test_the_export_holds_the_masked_text(told):
    exported = told.client.get(f"{told.url}/export", headers=told.headers).text
    assert STORED in exported
    assert not [detail for detail in DETAILS if detail in exported]


def test_no_table_of_the_database_holds_the_details(assistant, told):
    with sqlite3.connect(assistant.state_dir / "conversations.db") as connection:
        dump = "\n".join(connection.iterdump())
    assert STORED in dump
    assert not [detail for detail in DETAILS if detail in dump]


def test_the_summary_quotes_the_masked_words(assistant):
    talk = Talk(assistant.url)
    talk.start_checklist(until="high_fever")
    talk.say("Yes, Desmond has 40.1, says nurse Karen")
    assert talk.turn.level == "emergency"
    shown = talk.payload("/show_summary").text
    assert "Desmond" not in shown
    assert "40.1" in shown


def test_the_clinics_own_numbers_are_not_masked(talk):
    shown = talk.say("I want to kill myself").text
    assert "116 123" in shown
    assert any("116 123" in message["text"] for message in talk.history())

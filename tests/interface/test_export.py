"""A person can take the whole conversation away as a file."""

from __future__ import annotations

from datetime import datetime, timedelta

import httpx
import pytest

from tests.talk import Talk


def export(talk):
    return talk.client.get(f"{talk.url}/export", headers=talk.headers)


@pytest.fixture(scope="module")
def talked(assistant):
    talk = Talk(assistant.url)
    talk.say("what is baclofen used for?")
    talk.start_checklist(until="high_fever")
    return talk


def test_the_export_is_a_download_in_json(talked):
    response = export(talked)
    assert response.status_code == 200
    assert response.headers["Content-Type"].startswith("application/json")
    assert response.headers["Content-Disposition"] == 'attachment; filename="baclofen-chat.json"'
    assert response.headers["Cache-Control"] == "no-store"


def test_the_export_names_its_form(talked):
    exported = export(talked).json()
    assert exported["version"] == 1
    assert set(exported) == {"version", "assistant_version", "exported_at", "kept_until", "checklist_answers", "messages"}


def test_the_export_holds_every_message_of_both_sides_with_its_time(talked):
    messages = export(talked).json()["messages"]
    assert [(message["from"], message["text"]) for message in messages] == [
        (message["from"], message["text"]) for message in talked.history()[1:]
    ]
    assert all(datetime.fromisoformat(message["at"].replace("Z", "+00:00")) for message in messages)


def test_the_export_holds_the_answers_of_the_checklist(talked):
    assert export(talked).json()["checklist_answers"]["route"] == "tablets"


def test_the_export_says_when_the_conversation_will_be_deleted(talked):
    exported = export(talked).json()
    kept_until, last = (
        datetime.fromisoformat(at.replace("Z", "+00:00")) for at in (exported["kept_until"], exported["messages"][-1]["at"])
    )
    assert abs(kept_until - last - timedelta(days=30)) < timedelta(minutes=1)


def test_a_conversation_without_messages_exports_nothing(talk):
    exported = export(talk).json()
    assert (exported["messages"], exported["kept_until"], exported["checklist_answers"]) == ([], None, {})


def test_nobody_gets_another_ones_export(assistant, talked):
    other = Talk(assistant.url)
    other.say("hello")
    assert [message["text"] for message in export(other).json()["messages"] if message["from"] == "user"] == ["hello"]


def test_there_is_no_export_without_a_token(assistant):
    assert httpx.get(f"{assistant.url}/export").status_code == 401


def test_there_is_no_export_of_an_ended_conversation(assistant):
    talk = Talk(assistant.url)
    talk.say("hello")
    talk.client.post(f"{talk.url}/end", headers=talk.headers)
    assert export(talk).status_code == 401

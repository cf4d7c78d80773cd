"""A replica is killed while it answers, and the other goes on where the talk was."""

from __future__ import annotations

import time
import uuid
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

SECONDS_TO_REPLY = 8


@pytest.fixture
def restored(cluster):
    """Brings a killed replica back after the test."""
    yield cluster
    for replica in cluster.replicas:
        if not replica.is_running:
            replica.start()


def kill_in_mid_message(cluster, number, send):
    """Kills a replica as soon as it has locked the talk; returns what the sender got."""
    locks = cluster.redis_client()
    with ThreadPoolExecutor(1) as pool:
        sending = pool.submit(send)
        deadline = time.monotonic() + 30
        while not (names := locks.keys("talk:*")):
            assert time.monotonic() < deadline, "the talk was never locked"
        cluster.replicas[number].kill()
        assert locks.pttl(names[0]) > 0, "the message was answered before the replica was killed"
        return sending


def test_the_next_message_goes_on_at_the_same_question(restored):
    talk = restored.talk()
    talk.start_checklist(until="high_fever")
    to_replica = restored.same_talk(talk, 0)
    sending = kill_in_mid_message(restored, 0, lambda: to_replica.post(text="how does baclofen work?"))
    assert isinstance(sending.exception(), httpx.HTTPError)
    began = time.monotonic()
    talk.answer("no")
    assert time.monotonic() - began < SECONDS_TO_REPLY
    assert talk.turn.item == "altered_mental_state"
    assert talk.answer_rest(infection="yes").level == "soon"


def test_the_proxy_sends_the_message_again_and_it_is_handled_once(restored):
    talk = restored.talk()
    talk.start_checklist(until="seizure")
    payload = next(payload for payload in talk.turn.buttons.values() if '"no"' in payload)
    number, name = next_replica(talk), uuid.uuid4().hex
    began = time.monotonic()
    response = kill_in_mid_message(restored, number, lambda: talk.post(id=name, payload=payload)).result()
    assert time.monotonic() - began < SECONDS_TO_REPLY
    assert response.json()["messages"][-1]["meta"]["step"]["item"] == "muscle_breakdown"
    assert [event["message_id"] for event in restored.rows(talk) if event["event"] == "user"].count(name) == 1


def next_replica(talk):
    """The proxy takes turns."""
    return 1 - int(talk.client.get(f"{talk.url}/openapi.json").headers["X-Replica"])

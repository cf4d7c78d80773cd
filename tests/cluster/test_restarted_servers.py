"""Redis and PostgreSQL are restarted under running replicas: talks go on, and nobody restarts a replica."""

from __future__ import annotations

import time

import httpx
import pytest

from bot.channels.web.health import SECONDS_FRESH

SECONDS_TO_REPLY = 8


def say_in_time(talk, text):
    began = time.monotonic()
    turn = talk.say(text)
    assert time.monotonic() - began < SECONDS_TO_REPLY
    return turn


@pytest.fixture
def without_redis(cluster):
    cluster.redis.stop()
    yield cluster
    cluster.redis.start()


@pytest.fixture
def without_postgres(cluster):
    cluster.postgres.stop()
    yield cluster
    cluster.postgres.start()
    time.sleep(SECONDS_FRESH)  # what health said before may still be shown
    for replica in cluster.replicas:
        wait_until_ready(replica)


def test_a_checklist_goes_on_over_a_restart_of_redis(cluster):
    talk = cluster.talk()
    talk.start_checklist(until="high_fever")
    cluster.redis.restart()
    talk.answer("no")
    assert talk.turn.item == "altered_mental_state"
    assert talk.answer_rest(infection="yes").level == "soon"


def test_a_checklist_goes_on_while_redis_is_away(without_redis):
    talk = without_redis.talk()
    assert talk.start_checklist(infection="yes").level == "soon"


def test_both_replicas_lock_in_redis_again_after_it_was_away(cluster):
    locks = cluster.redis_client()
    for number in (0, 1):
        talk = cluster.same_talk(cluster.talk(), number)
        deadline = time.monotonic() + 30
        locks.config_resetstat()
        while "cmdstat_set" not in locks.info("commandstats"):
            assert time.monotonic() < deadline, f"replica {number} does not lock in Redis any more"
            talk.say("how does baclofen work?")


def test_a_checklist_goes_on_over_a_restart_of_postgresql(cluster):
    talk = cluster.talk()
    talk.start_checklist(until="high_fever", rebound_spasticity="not_sure")
    before = cluster.rows(talk)
    cluster.postgres.restart()
    talk.answer("no")
    assert talk.turn.item == "altered_mental_state"
    assert talk.answer_rest().level == "urgent"  # from the first answer
    assert cluster.rows(talk)[: len(before)] == before


def test_danger_is_escalated_while_postgresql_is_away(without_postgres):
    for number in (0, 1):
        talk = without_postgres.same_talk(without_postgres.talk(), number)
        assert say_in_time(talk, "he is having a seizure right now").level == "emergency"


def test_what_is_said_while_postgresql_is_away_is_known_to_the_other_replica_afterwards(cluster):
    talk = cluster.same_talk(cluster.talk(), 0)  # as a deployment's proxy does
    talk.start_checklist(until="high_fever")
    cluster.postgres.stop()
    try:
        talk.answer("no")
        assert talk.turn.item == "altered_mental_state"
    finally:
        cluster.postgres.start()
    wait_until_saved(cluster, talk, "altered_mental_state")
    other = cluster.same_talk(talk, 1)
    other.say("no")
    assert other.turn.item == "fast_heart_or_high_bp"


def wait_until_saved(cluster, talk, item):
    deadline = time.monotonic() + 30
    while not any(event.get("name") == "requested_slot" and event.get("value") == item for event in cluster.rows(talk)):
        assert time.monotonic() < deadline, "the talk of the outage was not saved"
        time.sleep(0.2)
    wait_until_ready(cluster.replicas[1])


def wait_until_ready(replica):
    deadline = time.monotonic() + 30
    while httpx.get(f"{replica.url}/health", timeout=10).status_code != 200:
        assert time.monotonic() < deadline, "the replica did not find the database again"
        time.sleep(0.2)

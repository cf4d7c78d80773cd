"""A talk goes from replica to replica and does not lose its place."""

from __future__ import annotations

import uuid
from itertools import pairwise

import httpx


def record_replicas(talk, answered_by):
    def note(response: httpx.Response) -> None:
        answered_by.append(response.headers["X-Replica"])

    talk.client.event_hooks["response"].append(note)


def test_a_checklist_goes_on_at_whichever_replica_comes_next(cluster):
    talk, answered_by = cluster.talk(), []
    record_replicas(talk, answered_by)
    outcome = talk.start_checklist(rebound_spasticity="no", infection="yes")
    assert outcome.kinds[-1] == "outcome"
    assert outcome.level == "soon"
    assert all(one != next_one for one, next_one in pairwise(answered_by))


def test_every_question_is_asked_once(cluster):
    talk = cluster.talk()
    talk.payload("/check_symptoms")
    asked = []
    while talk.turn.item:
        asked.append(talk.turn.item)
        talk.answer("tablets" if talk.turn.item == "route" else "no")
    assert len(asked) == len(set(asked)) > 10


def test_an_alarm_at_one_replica_stays_open_at_the_other(cluster):
    talk = cluster.talk()
    cluster.same_talk(talk, 0).say("he is having a seizure right now")
    reply = cluster.same_talk(talk, 1).say("how does baclofen work?")
    assert "emergency" in reply.text.lower()
    assert talk.say("what triggers spasms?").level == "emergency"


def test_both_replicas_tell_the_same_history(cluster):
    talk = cluster.talk()
    talk.say("how does baclofen work?")
    talk.start_checklist(until="high_fever")
    one, two = (cluster.same_talk(talk, number).history() for number in (0, 1))
    assert one == two
    assert [message["text"] for message in one if message["from"] == "user"][:2] == ["how does baclofen work?", "Check symptoms"]


def test_the_same_message_at_both_replicas_is_handled_once(cluster):
    talk, name = cluster.talk(), uuid.uuid4().hex
    replies = [cluster.same_talk(talk, number).post(id=name, text="how does baclofen work?").json() for number in (0, 1)]
    assert replies[0] == replies[1]
    assert [event["message_id"] for event in cluster.rows(talk) if event["event"] == "user"] == [name]


def test_a_talk_that_ended_at_one_replica_has_ended_at_the_other(cluster):
    talk = cluster.talk()
    talk.say("how does baclofen work?")
    assert cluster.same_talk(talk, 0).client.post(f"{cluster.replicas[0].url}/end", headers=talk.headers).status_code == 200
    assert cluster.same_talk(talk, 1).post(text="hello").status_code == 401
    assert cluster.rows(talk) == []


def test_a_killed_action_server_is_not_noticed(cluster):
    talk = cluster.talk()
    talk.start_checklist(until="high_fever")
    cluster.action_servers[0].kill()
    try:
        outcome = talk.answer_rest()
    finally:
        cluster.action_servers[0].start()
    assert outcome.kinds[-1] == "outcome"

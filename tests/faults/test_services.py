"""PostgreSQL, Redis and RabbitMQ are missing at the start, lost in mid talk, and back again: one assistant that needs all three."""

from __future__ import annotations

import psycopg2
import pytest

from tests.assistant_process import AssistantProcess
from tests.faults.helpers import DANGER, SECRET, PromptTalk, is_emergency, is_outage_text, items_asked, logged, wait_until
from tests.services import PostgresServer, RabbitServer, RedisServer

DATABASE_BACK = "database works again"


@pytest.fixture(scope="module")
def database():
    server = PostgresServer()
    server.create()
    server.start()
    server.is_there = True
    yield server
    if server.is_there:
        server.stop()
    server.remove()


@pytest.fixture(scope="module")
def locks():
    server = RedisServer()
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def events():
    server = RabbitServer()
    server.start()
    yield server
    server.stop()
    server.remove()


@pytest.fixture(scope="module")
def faulty(database, locks, events, tmp_path_factory):
    """An assistant that is started while its database is missing."""
    database.stop()
    database.is_there = False
    process = AssistantProcess(
        tmp_path_factory.mktemp("state"),
        ASSISTANT_DATABASE_URL=database.url,
        ASSISTANT_LOCK_URL=locks.url,
        ASSISTANT_EVENTS_URL=events.url,
        ASSISTANT_TOKEN_SECRET="a secret of the test that outlives the process",
    )
    process.start(until_ready=False)
    wait_until(lambda: logged(process.log_file, "Ready:"), 240)
    yield process
    process.stop()


def lose(database):
    if database.is_there:
        database.stop()
        database.is_there = False


def bring_back(database, faulty):
    seen = faulty.log_file.read_text().count(DATABASE_BACK)
    database.start()
    database.is_there = True
    wait_until(lambda: faulty.log_file.read_text().count(DATABASE_BACK) > seen)


def texts_stored(database, word):
    with psycopg2.connect(database.url) as connection, connection.cursor() as cursor:
        cursor.execute("select data::json->>'text' from events where type_name = 'user' and data like %s order by id", (f"%{word}%",))
        return [text for (text,) in cursor.fetchall()]


def test_a_database_that_is_missing_at_the_start_keeps_nobody_out(faulty, database):
    talk = PromptTalk(faulty.url)
    assert talk.start_checklist(missed_dose="yes").level == "urgent"
    asked = items_asked(talk)
    assert len(asked) == len(set(asked)) > 5
    assert is_emergency(PromptTalk(faulty.url).say(DANGER))
    assert logged(faulty.log_file, "database failed with OperationalError")


def test_the_database_comes_while_the_process_runs_and_gets_what_was_said(faulty, database):
    talk = PromptTalk(faulty.url)
    talk.start_checklist(until="dose_increase", missed_dose="yes")
    talk.say(f"does baclofen make you tired {SECRET}")
    bring_back(database, faulty)
    assert texts_stored(database, SECRET) == [f"does baclofen make you tired {SECRET}"]
    assert talk.answer_rest().level == "urgent"
    wait_until(lambda: talk.client.get(f"{faulty.url}/health").status_code == 200)


def test_lost_in_mid_talk_no_answer_is_lost_or_asked_twice(faulty, database):
    talk = PromptTalk(faulty.url)
    talk.start_checklist(until="dose_increase", missed_dose="yes")
    lose(database)
    assert talk.answer("no").item not in (None, "dose_increase")
    assert is_emergency(PromptTalk(faulty.url).say(DANGER))
    bring_back(database, faulty)
    assert talk.answer_rest().level == "urgent"
    asked = items_asked(talk)
    assert len(asked) == len(set(asked))


def test_a_message_of_an_outage_is_stored_once_and_repeated_with_the_same_reply(faulty, database):
    talk = PromptTalk(faulty.url)
    talk.say("hello")
    lose(database)
    body = {"id": "message-in-an-outage", "text": f"what is a pump {SECRET}"}
    first = talk.client.post(f"{faulty.url}/message", json=body, headers=talk.headers).json()
    again = talk.client.post(f"{faulty.url}/message", json=body, headers=talk.headers).json()
    assert first == again
    bring_back(database, faulty)
    assert talk.client.post(f"{faulty.url}/message", json=body, headers=talk.headers).json() == first
    assert len(texts_stored(database, "what is a pump")) == 1


def test_an_alarm_of_an_outage_stays_open_after_it(faulty, database):
    talk = PromptTalk(faulty.url)
    talk.say("hello")
    lose(database)
    talk.say(DANGER)
    bring_back(database, faulty)
    assert talk.say("what is baclofen").level == "emergency"


def test_a_talk_that_cannot_be_read_does_not_begin_anew(faulty, database):
    talk = PromptTalk(faulty.url)
    talk.start_checklist(until="dose_increase", missed_dose="yes")
    lose(database)
    faulty.kill()
    faulty.start(until_ready=False)
    wait_until(lambda: faulty.log_file.read_text().count("Ready:") == 2, 240)
    question = talk.turn
    assert is_outage_text(talk.answer("no"))
    assert is_emergency(talk.say(DANGER))
    bring_back(database, faulty)
    talk.turn = question
    assert talk.answer_rest().level == "urgent"


def test_nothing_can_be_deleted_while_the_database_is_away_and_that_is_said(faulty, database):
    talk = PromptTalk(faulty.url)
    talk.say("hello")
    lose(database)
    refused = talk.client.post(f"{faulty.url}/end", headers=talk.headers)
    assert refused.status_code == 503
    assert "911" in refused.json()["error"]["message"]
    bring_back(database, faulty)
    assert talk.client.post(f"{faulty.url}/end", headers=talk.headers).status_code == 200


def test_a_lost_lock_store_is_not_noticed_by_people(faulty, database, locks):
    talk = PromptTalk(faulty.url)
    talk.start_checklist(until="dose_increase", missed_dose="yes")
    locks.stop()
    assert talk.answer_rest().level == "urgent"
    assert is_emergency(talk.say(DANGER))
    assert logged(faulty.log_file, "redis failed with")
    locks.start()

    def is_back():
        talk.say("hello")
        return logged(faulty.log_file, "redis works again")

    wait_until(is_back)


def test_a_lost_event_broker_is_not_noticed_by_people(faulty, database, events):
    talk = PromptTalk(faulty.url)
    talk.start_checklist(until="dose_increase", missed_dose="yes")
    events.stop()
    assert talk.answer_rest().level == "urgent"
    assert is_emergency(talk.say(DANGER))
    wait_until(lambda: logged(faulty.log_file, "rabbitmq failed with"))
    events.start()
    wait_until(lambda: logged(faulty.log_file, "rabbitmq works again"))


def test_no_log_holds_a_persons_words(faulty):
    assert not logged(faulty.log_file, SECRET)

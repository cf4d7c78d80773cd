"""One assistant with SQLite on a small disk: locked, full, killed in mid message, and with a thousand idle sessions."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import pytest

from tests.assistant_process import AssistantProcess
from tests.faults.helpers import DANGER, SECRET, PromptTalk, is_emergency, items_asked, logged, wait_until
from tests.services import missing

DATABASE_BACK = "database works again"
MEGABYTES = 48
SESSIONS = 1000


@pytest.fixture(scope="module")
def disk(tmp_path_factory):
    """A small file system of its own."""
    folder = tmp_path_factory.mktemp("disk")
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={MEGABYTES}m", "tmpfs", str(folder)], capture_output=True, check=False)
    if mounted.returncode:
        missing("the right to mount a small disk")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


@pytest.fixture(scope="module")
def faulty(disk):
    """Its database and its log lie on the small disk."""
    process = AssistantProcess(disk)
    process.start()
    yield process
    process.stop()


def times_back(faulty):
    return faulty.log_file.read_bytes().count(DATABASE_BACK.encode())


def texts_stored(faulty, word):
    with closing(sqlite3.connect(faulty.state_dir / "conversations.db")) as connection:
        rows = connection.execute("select data from events where type_name = 'user' and data like ?", (f"%{word}%",)).fetchall()
    return len(rows)


def fill(disk):
    """Leaves no byte."""
    with (disk / "ballast").open("wb", buffering=0) as ballast:
        for size in (1 << 20, 1 << 12, 1):
            try:
                while ballast.write(b"\0" * size):
                    pass
            except OSError:
                continue


def memory_of(pid):
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS"))


def test_a_locked_database_holds_nobody_up(faulty):
    talk = PromptTalk(faulty.url)
    talk.start_checklist(until="dose_increase", missed_dose="yes")
    seen = times_back(faulty)
    with closing(sqlite3.connect(faulty.state_dir / "conversations.db")) as other:
        other.execute("begin immediate")
        assert talk.answer_rest(until="sedatives").item == "sedatives"
        assert is_emergency(PromptTalk(faulty.url).say(DANGER))
        wait_until(lambda: logged(faulty.log_file, "database failed with OperationalError"))
        other.rollback()
    wait_until(lambda: times_back(faulty) > seen)
    assert talk.answer_rest().level == "urgent"
    asked = items_asked(talk)
    assert len(asked) == len(set(asked))


def test_a_full_disk_holds_nobody_up(faulty, disk):
    talk = PromptTalk(faulty.url)
    talk.start_checklist(until="dose_increase", missed_dose="yes")
    seen = times_back(faulty)
    fill(disk)
    for number in range(30):
        assert talk.say(f"how long does baclofen take {SECRET} {number}").text
    assert is_emergency(PromptTalk(faulty.url).say(DANGER))
    (disk / "ballast").unlink()
    wait_until(lambda: times_back(faulty) > seen)
    assert texts_stored(faulty, SECRET) == 30
    assert talk.payload("/check_symptoms").item is not None


def test_an_old_talk_can_still_be_read_on_a_full_disk(faulty, disk):
    talk = PromptTalk(faulty.url)
    talk.start_checklist(until="dose_increase", missed_dose="yes")
    for _ in range(3):
        PromptTalk(faulty.url).say("hello")
    fill(disk)
    PromptTalk(faulty.url).say("hello")
    seen = times_back(faulty)
    assert talk.answer_rest().level == "urgent"
    (disk / "ballast").unlink()
    wait_until(lambda: times_back(faulty) > seen)


def test_killed_in_mid_message_the_talk_goes_on_where_it_stood(faulty):
    """Stopped while it handles the message, then killed: the client sends the same message again."""
    talk = PromptTalk(faulty.url)
    talk.start_checklist(until="dose_increase", missed_dose="yes")
    payload = next(payload for payload in talk.turn.buttons.values() if '"dose_increase": "no"' in payload)
    body = {"id": "message-before-the-end", "payload": payload}
    os.kill(faulty.pid, signal.SIGSTOP)
    with pytest.raises(Exception, match="timed out"):
        talk.client.post(f"{faulty.url}/message", json=body, headers=talk.headers, timeout=0.5)
    os.kill(faulty.pid, signal.SIGCONT)
    faulty.kill()
    faulty.start()
    reply = talk.client.post(f"{faulty.url}/message", json=body, headers=talk.headers).json()
    again = talk.client.post(f"{faulty.url}/message", json=body, headers=talk.headers).json()
    assert reply == again
    talk.turn = type(talk.turn)(reply["messages"])
    assert talk.turn.item not in (None, "dose_increase")
    assert talk.answer_rest().level == "urgent"
    asked = items_asked(talk)
    assert len(asked) == len(set(asked))


def test_an_alarm_outlives_a_kill(faulty):
    talk = PromptTalk(faulty.url)
    talk.say(DANGER)
    faulty.kill()
    faulty.start()
    assert talk.say("what is baclofen").level == "emergency"


def test_a_thousand_idle_sessions_cost_little_and_lose_no_place(faulty):
    first = PromptTalk(faulty.url)
    first.start_checklist(until="dose_increase", missed_dose="yes")
    before = memory_of(faulty.pid)
    tokens = [first.client.post(f"{faulty.url}/session").json()["token"] for _ in range(SESSIONS)]
    for number, token in enumerate(tokens):
        body = {"id": f"message-{number:04}", "text": "hello"}
        reply = first.client.post(f"{faulty.url}/message", json=body, headers={"Authorization": f"Bearer {token}"})
        assert reply.status_code == 200
    grown = memory_of(faulty.pid) - before
    print(f"{SESSIONS} idle sessions: {grown:.0f} MB more")
    assert grown < 150
    assert first.answer_rest().level == "urgent"


def test_no_log_holds_a_persons_words(faulty):
    assert not logged(faulty.log_file, SECRET)

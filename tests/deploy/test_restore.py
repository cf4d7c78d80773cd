"""Backup and restore with a real PostgreSQL: talks come back, and what a person deleted does not."""

from __future__ import annotations

import os
import re
import time

import pytest
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.storage.tracker_store import ConversationStore
from tests.deploy.tools import DEPLOY, program, run


@pytest.fixture(scope="module")
def store(postgres) -> ConversationStore:
    return ConversationStore(Domain.empty(), host=postgres.url)


async def said(store: ConversationStore, talk: str) -> None:
    await store.save(DialogueStateTracker.from_events(talk, [UserUttered("hello", message_id=f"{talk}-1")]))


async def test_talks_come_back_and_ended_talks_do_not(store, postgres, tmp_path):
    for talk in ("kept", "lost", "ended"):
        await said(store, talk)
    backup = tmp_path / "talks.dump"
    made = run(program("pg_dump"), "--format=custom", "--no-owner", f"--dbname={postgres.url}", f"--file={backup}")
    assert made.returncode == 0, made.stderr
    store.index.end("ended", time.time() + 3600)
    for talk in ("ended", "lost"):
        store.forget(talk)

    result = run(str(DEPLOY / "restore"), str(backup), env={**os.environ, "DATABASE_URL": postgres.url})

    assert result.returncode == 0, result.stderr
    with store.session_scope() as session:
        talks = {sender for (sender,) in session.query(store.SQLEvent.sender_id)}
    assert talks == {"kept", "lost"}
    assert store.index.is_ended("ended")


def test_a_restore_into_an_empty_database_works(store, postgres, tmp_path):
    backup = tmp_path / "talks.dump"
    run(program("pg_dump"), "--format=custom", "--no-owner", f"--dbname={postgres.url}", f"--file={backup}")
    assert run(program("psql"), f"--dbname={postgres.url}", "--command=CREATE DATABASE fresh").returncode == 0
    fresh = re.sub("/postgres$", "/fresh", postgres.url)
    result = run(str(DEPLOY / "restore"), str(backup), env={**os.environ, "DATABASE_URL": fresh})
    assert result.returncode == 0, result.stderr


def test_the_guide_makes_backups_as_the_test_does():
    assert 'pg_dump --format=custom --no-owner --dbname="$DATABASE_URL" --file=talks.dump' in (DEPLOY / "README.md").read_text(
        encoding="utf-8"
    )

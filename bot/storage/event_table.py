"""Events as rows of Rasa's table: how they are written, found and counted."""

from __future__ import annotations

import json
from typing import Any

import sqlalchemy as sa
from rasa.core.tracker_store import SQLTrackerStore
from rasa.shared.core.events import Event, SessionStarted
from sqlalchemy.engine import Connection, Engine

from bot.storage.pending_events import PendingEvents, Row

EVENTS = SQLTrackerStore.SQLEvent.__table__
EVENTS.c.id.type = sa.BigInteger().with_variant(sa.Integer(), "sqlite")  # Rasa's four bytes are used up after 2.1 billion rows
_INSERT = sa.insert(EVENTS)
_LAST_ROWS = (
    sa.select(EVENTS.c.id).where(EVENTS.c.sender_id == sa.bindparam("talk")).order_by(EVENTS.c.id.desc()).limit(sa.bindparam("most"))
)
_OLDEST_ROWS = (
    sa.select(EVENTS.c.id, EVENTS.c.sender_id, EVENTS.c.timestamp)
    .where(EVENTS.c.id > sa.bindparam("row"))
    .order_by(EVENTS.c.id)
    .limit(sa.bindparam("most"))
)
_ALL_ROWS = sa.select(EVENTS.c.data).where(EVENTS.c.sender_id == sa.bindparam("talk")).order_by(EVENTS.c.id)
_OF_TALK = EVENTS.c.sender_id == sa.bindparam("talk")
_START = sa.select(sa.func.coalesce(sa.func.max(EVENTS.c.id), 0)).where(_OF_TALK, EVENTS.c.type_name == SessionStarted.type_name)
_COUNT_SINCE_START = sa.select(sa.func.count()).where(_OF_TALK, EVENTS.c.id >= _START.scalar_subquery())
_ROWS_AFTER = sa.select(EVENTS.c.data).where(EVENTS.c.sender_id == sa.bindparam("talk"), EVENTS.c.id > sa.bindparam("row"))


def row_of(talk: str, event: Event) -> Row:
    """An event as a row.

    Args:
        talk: Id of the talk.
        event: The event, masked.
    """
    data = event.as_dict()
    return {
        "sender_id": talk,
        "type_name": event.type_name,
        "timestamp": data.get("timestamp"),
        "intent_name": ((data.get("parse_data") or {}).get("intent") or {}).get("name"),
        "action_name": data.get("name"),
        "data": json.dumps(data),
    }


def events_of(connection: Connection, talk: str) -> list[dict[str, Any]]:
    """All events of a talk as they were stored, oldest first."""
    return [json.loads(data) for (data,) in connection.execute(_ALL_ROWS, {"talk": talk})]


def last_rows(connection: Connection, talk: str, most: int) -> list[int]:
    """Numbers of a talk's last rows, the last one first."""
    return [row for (row,) in connection.execute(_LAST_ROWS, {"talk": talk, "most": most})]


def last_row(connection: Connection, talk: str) -> int:
    """Number of a talk's last row; 0 if it has none."""
    return connection.execute(_LAST_ROWS, {"talk": talk, "most": 1}).scalar() or 0


def insert(connection: Connection, rows: list[Row]) -> None:
    """Writes rows; the caller commits."""
    connection.execute(_INSERT, rows)


def delete(connection: Connection, talks: list[str]) -> int:
    """Deletes all rows of talks and returns their number; the caller commits."""
    return int(connection.execute(EVENTS.delete().where(EVENTS.c.sender_id.in_(talks))).rowcount)


def count_since_start(connection: Connection, talk: str) -> int:
    """The number of a talk's rows since its last session start, by the order of the rows: the clocks of two replicas differ."""
    return int(connection.execute(_COUNT_SINCE_START, {"talk": talk}).scalar_one())


def insert_once(engine: Engine, talk: str, unsaved: PendingEvents) -> tuple[int, bool]:
    """Writes rows unless they are there: a database may fall silent just after it has stored them.

    Args:
        engine: The database of the conversations.
        talk: Id of the talk.
        unsaved: The rows.

    Returns:
        The number of the talk's last row, and whether nobody else has added rows meanwhile.
    """
    with engine.begin() as connection:
        stored = {data for (data,) in connection.execute(_ROWS_AFTER, {"talk": talk, "row": unsaved.after})}
        missing = [row for row in unsaved.rows if row["data"] not in stored]
        if missing:
            insert(connection, missing)
        return last_row(connection, talk), stored <= {row["data"] for row in unsaved.rows}


def silent_talks(connection: Connection, after: int, moment: float, most: int = 2000) -> tuple[list[str], int | None]:
    """Talks without an event since a moment, among those that have one of the next rows.

    The table may be huge and has no index by time, but its rows are numbered in the order of time: a walk from the oldest row to the first
    young ones finds every such talk.

    Args:
        connection: A connection to the database.
        after: Number of the row after which to begin.
        moment: Seconds since 1970.
        most: How many rows to look at.

    Returns:
        The ids of the talks, and the number of the row after which to go on; None if all further rows are younger.
    """
    rows = connection.execute(_OLDEST_ROWS, {"row": after, "most": most}).all()
    old = {row.sender_id for row in rows if row.timestamp is None or row.timestamp < moment}
    if not old:
        return [], None
    silent = sa.select(EVENTS.c.sender_id).where(EVENTS.c.sender_id.in_(old)).group_by(EVENTS.c.sender_id)
    found = connection.execute(silent.having(sa.func.max(EVENTS.c.timestamp) < moment))
    return [talk for (talk,) in found], rows[-1].id

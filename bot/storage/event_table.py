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
_OLDEST_ROWS = (
    sa.select(EVENTS.c.id, EVENTS.c.sender_id, EVENTS.c.timestamp)
    .where(EVENTS.c.id > sa.bindparam("row"))
    .order_by(EVENTS.c.id)
    .limit(sa.bindparam("most"))
)
_OF_CONVERSATION = EVENTS.c.sender_id == sa.bindparam("conversation_id")
_ALL_ROWS = sa.select(EVENTS.c.data).where(_OF_CONVERSATION).order_by(EVENTS.c.id)
_LAST_ROWS = sa.select(EVENTS.c.id).where(_OF_CONVERSATION).order_by(EVENTS.c.id.desc()).limit(sa.bindparam("most"))
_START = sa.select(sa.func.coalesce(sa.func.max(EVENTS.c.id), 0)).where(_OF_CONVERSATION, EVENTS.c.type_name == SessionStarted.type_name)
_COUNT_SINCE_START = sa.select(sa.func.count()).where(_OF_CONVERSATION, EVENTS.c.id >= _START.scalar_subquery())
_ROWS_AFTER = sa.select(EVENTS.c.data).where(_OF_CONVERSATION, EVENTS.c.id > sa.bindparam("row"))


def row_of(conversation_id: str, event: Event) -> Row:
    """An event as a row.

    Args:
        conversation_id: Id of the conversation.
        event: The event, masked.
    """
    data = event.as_dict()
    return {
        "sender_id": conversation_id,
        "type_name": event.type_name,
        "timestamp": data.get("timestamp"),
        "intent_name": ((data.get("parse_data") or {}).get("intent") or {}).get("name"),
        "action_name": data.get("name"),
        "data": json.dumps(data),
    }


def events_of(connection: Connection, conversation_id: str) -> list[dict[str, Any]]:
    """All events of a conversation as they were stored, oldest first."""
    return [json.loads(data) for (data,) in connection.execute(_ALL_ROWS, {"conversation_id": conversation_id})]


def last_rows(connection: Connection, conversation_id: str, most: int) -> list[int]:
    """Numbers of a conversation's last rows, the last one first."""
    return [row for (row,) in connection.execute(_LAST_ROWS, {"conversation_id": conversation_id, "most": most})]


def last_row(connection: Connection, conversation_id: str) -> int:
    """Number of a conversation's last row; 0 if it has none."""
    return connection.execute(_LAST_ROWS, {"conversation_id": conversation_id, "most": 1}).scalar() or 0


def insert(connection: Connection, rows: list[Row]) -> None:
    """Writes rows; the caller commits."""
    connection.execute(_INSERT, rows)


def delete(connection: Connection, conversation_ids: list[str]) -> int:
    """Deletes all rows of conversations and returns how many there were; the caller commits."""
    return int(connection.execute(EVENTS.delete().where(EVENTS.c.sender_id.in_(conversation_ids))).rowcount)


def count_since_start(connection: Connection, conversation_id: str) -> int:
    """The number of a conversation's rows since its last session start, by row number: the clocks of two replicas differ."""
    return int(connection.execute(_COUNT_SINCE_START, {"conversation_id": conversation_id}).scalar_one())


def insert_once(engine: Engine, conversation_id: str, pending: PendingEvents) -> tuple[int, bool]:
    """Writes pending rows that are not there yet: a database may fall silent just after it has stored some.

    Args:
        engine: The database of the conversations.
        conversation_id: Id of the conversation.
        pending: The rows.

    Returns:
        The number of the conversation's last row, and whether no other replica has added rows meanwhile.
    """
    with engine.begin() as connection:
        stored = {data for (data,) in connection.execute(_ROWS_AFTER, {"conversation_id": conversation_id, "row": pending.after})}
        missing = [row for row in pending.rows if row["data"] not in stored]
        if missing:
            insert(connection, missing)
        return last_row(connection, conversation_id), stored <= {row["data"] for row in pending.rows}


def silent_conversations(connection: Connection, after: int, moment: float, most: int = 2000) -> tuple[list[str], int | None]:
    """Takes one step of a walk that finds the conversations without an event since a moment.

    The table may be huge and has no index by time. Its rows are numbered in the order of time, so a walk from the oldest row to the first
    young ones finds every such conversation.

    Args:
        connection: A connection to the database.
        after: Number of the row after which to begin.
        moment: Seconds since 1970.
        most: How many rows to look at.

    Returns:
        The ids of such conversations among those with one of the next rows, and the number of the row after which the next step begins;
        None if all further rows are younger.
    """
    rows = connection.execute(_OLDEST_ROWS, {"row": after, "most": most}).all()
    old = {row.sender_id for row in rows if row.timestamp is None or row.timestamp < moment}
    if not old:
        return [], None
    silent = sa.select(EVENTS.c.sender_id).where(EVENTS.c.sender_id.in_(old)).group_by(EVENTS.c.sender_id)
    found = connection.execute(silent.having(sa.func.max(EVENTS.c.timestamp) < moment))
    return [conversation_id for (conversation_id,) in found], rows[-1].id

"""Events as rows of Rasa's table: how they are written, found and counted."""

from __future__ import annotations

import json
from typing import Any

import sqlalchemy as sa
from rasa.core.tracker_store import SQLTrackerStore
from rasa.shared.core.events import Event

from bot.unsaved import Row, Unsaved

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


def last_rows(session: Any, talk: str, most: int) -> list[int]:
    """Numbers of a talk's last rows, the last one first."""
    return [row for (row,) in session.execute(_LAST_ROWS, {"talk": talk, "most": most})]


def last_row(session: Any, talk: str) -> int:
    """Number of a talk's last row; 0 if it has none."""
    return session.execute(_LAST_ROWS, {"talk": talk, "most": 1}).scalar() or 0


def insert(session: Any, rows: list[Row]) -> None:
    """Writes rows; the caller commits."""
    session.execute(_INSERT, rows)


def insert_once(session: Any, talk: str, unsaved: Unsaved) -> tuple[int, bool]:
    """Writes rows unless they are there, and commits: a database may fall silent just after it has stored them.

    Args:
        session: A session of the database.
        talk: Id of the talk.
        unsaved: The rows.

    Returns:
        The number of the talk's last row, and whether nobody else has added rows meanwhile.
    """
    stored = {data for (data,) in session.execute(_ROWS_AFTER, {"talk": talk, "row": unsaved.after})}
    missing = [row for row in unsaved.rows if row["data"] not in stored]
    if missing:
        insert(session, missing)
        session.commit()
    return last_row(session, talk), stored <= {row["data"] for row in unsaved.rows}


def silent_talks(session: Any, after: int, moment: float, most: int = 2000) -> tuple[list[str], int | None]:
    """Talks without an event since a moment, among those that have one of the next rows.

    The table may be huge and has no index by time, but its rows are numbered in the order of time: a walk from the oldest row to the first
    young ones finds every such talk.

    Args:
        session: A session of the database.
        after: Number of the row after which to begin.
        moment: Seconds since 1970.
        most: How many rows to look at.

    Returns:
        The ids of the talks, and the number of the row after which to go on; None if all further rows are younger.
    """
    rows = session.execute(_OLDEST_ROWS, {"row": after, "most": most}).all()
    old = {row.sender_id for row in rows if row.timestamp is None or row.timestamp < moment}
    if not old:
        return [], None
    silent = sa.select(EVENTS.c.sender_id).where(EVENTS.c.sender_id.in_(old)).group_by(EVENTS.c.sender_id)
    found = session.execute(silent.having(sa.func.max(EVENTS.c.timestamp) < moment))
    return [talk for (talk,) in found], rows[-1].id

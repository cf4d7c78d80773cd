"""What one turn carries past Rasa.

Rasa stands between the turn and the store, the locks and the encoder. It calls them, and has no parameter by which the turn could hand them
anything. `begin_turn` opens a context for one message; whatever runs below, in this task and in the tasks that it starts, finds the same
object with `current_turn` or `turn_of`. This is the only such carrier:

- `is_locked`: `bot.storage.lock_store` sets it, so that Rasa may take the lock that the turn already holds.
- `window`: `bot.storage.tracker_store` reads the conversation once, at the start of the turn. Rasa's request for the tracker gets that.
- `encoding`: `bot.nlu.encoder.prefetch` puts it here. The encoder's component takes it when Rasa parses the message.
- `slots`: `bot.storage.tracker_store` puts them here when Rasa saves the tracker. The turn shapes the reply by them.

The module lies in `bot.storage`, whose parts use most of it. `bot.nlu` lies on the same floor and may import it. Nothing here imports
`bot.nlu`, so there is no circle.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Optional

from bot.storage.tracker_window import TrackerWindow


@dataclass
class TurnContext:
    """The state of one turn.

    Attributes:
        conversation_id: Id of the conversation.
        is_locked: Whether the turn holds the conversation's lock.
        window: The conversation as it was read for this turn; None before that, and after the turn has written to it.
        encoding: The `Encoding` that was made ahead. Its type belongs to `bot.nlu`, which this room must not import.
        slots: The slots as they were last saved in this turn.
    """

    conversation_id: str
    is_locked: bool = False
    window: Optional[TrackerWindow] = None
    encoding: object = None
    slots: Optional[Mapping[str, Any]] = None


_current: ContextVar[Optional[TurnContext]] = ContextVar("turn", default=None)


@contextmanager
def begin_turn(conversation_id: str) -> Iterator[TurnContext]:
    """Opens the context of a turn, for this task and the tasks that it starts.

    Args:
        conversation_id: Id of the conversation.

    Yields:
        The context.
    """
    turn = TurnContext(conversation_id)
    before = _current.set(turn)
    try:
        yield turn
    finally:
        _current.reset(before)


def current_turn() -> TurnContext | None:
    """The turn that this task works for; None outside of a turn."""
    return _current.get()


def turn_of(conversation_id: str) -> TurnContext | None:
    """The turn that this task works for, if it is one of this conversation."""
    turn = _current.get()
    return turn if turn is not None and turn.conversation_id == conversation_id else None

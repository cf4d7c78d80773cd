"""Encodes a message in a thread while its conversation is read and while other conversations are answered.

ONNX Runtime works outside Python's lock, so this uses the machine's other cores. Rasa by itself does all of a message in one thread.
The result travels in the turn's context (`bot.storage.turn_context`), past Rasa, to the encoder's component.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from typing import Optional

from bot.nlu.encoder.weights import FloatArray
from bot.storage.turn_context import TurnContext, current_turn


@dataclass(frozen=True)
class Encoding:
    """What the encoder makes of a message.

    Attributes:
        typed: What the person typed.
        text: The same, cleaned and without orders to the program.
        passages: The text, or its passages if it is very long.
        clauses: Its clauses; none if it is one clause only.
        scores: The heads' scores of the passages and the clauses, (passages + clauses, outputs).
    """

    typed: str
    text: str
    passages: list[str]
    clauses: list[str]
    scores: FloatArray


_THREADS = 2  # more than the event loop can keep busy
Reader = Callable[[str], Encoding]


@lru_cache(maxsize=1)
def _threads() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(_THREADS, "encoder")


def start(read: Reader, typed: str) -> asyncio.Future[Optional[Encoding]]:
    """Starts to encode a message. Cancel the future if nobody needs the result any more.

    Args:
        read: The encoder's own function.
        typed: What the person typed.

    Returns:
        The encoding; None if the encoder failed. The error stays in the thread: it may quote what was typed, and the component that encodes
        the message again reports it.
    """
    return asyncio.get_running_loop().run_in_executor(_threads(), _try_to_read, read, typed)


def _try_to_read(read: Reader, typed: str) -> Optional[Encoding]:
    try:
        return read(typed)
    except Exception:
        return None


async def await_result(started: asyncio.Future[Optional[Encoding]], turn: TurnContext) -> None:
    """Waits for an encoding and puts it into the turn, where `result_for` finds it."""
    turn.encoding = await started


def result_for(typed: str) -> Encoding | None:
    """The encoding that was made ahead for a message in this turn; None if there is none."""
    turn = current_turn()
    encoding = turn.encoding if turn is not None else None
    return encoding if isinstance(encoding, Encoding) and encoding.typed == typed else None

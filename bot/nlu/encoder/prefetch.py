"""Lets the encoder read a message in a thread while its talk is fetched and while other talks are answered.

ONNX Runtime works outside Python's lock, so this uses the machine's other cores; Rasa by itself does all of a message in one thread.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache
from typing import Optional

from bot.nlu.encoder.weights import FloatArray


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
_reading: ContextVar[Optional[Encoding]] = ContextVar("reading", default=None)


@lru_cache(maxsize=1)
def _threads() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(_THREADS, "encoder")


def begin(read: Reader, typed: str) -> asyncio.Future[Optional[Encoding]]:
    """Begins to read a message; cancel the future if nobody needs it any more.

    Args:
        read: The encoder's own reading.
        typed: What the person typed.

    Returns:
        The reading; None if it failed. An error stays in the thread: it may quote what was typed, and whoever reads again reports it.
    """
    return asyncio.get_running_loop().run_in_executor(_threads(), _try_to_read, read, typed)


def _try_to_read(read: Reader, typed: str) -> Optional[Encoding]:
    try:
        return read(typed)
    except Exception:
        return None


async def finish(begun: asyncio.Future[Optional[Encoding]]) -> None:
    """Waits until a message is read; `reading_of` has it from then on, in this task."""
    _reading.set(await begun)


def reading_of(typed: str) -> Encoding | None:
    """What was read ahead of a message in this task; None if nothing was."""
    reading = _reading.get()
    return reading if reading is not None and reading.typed == typed else None

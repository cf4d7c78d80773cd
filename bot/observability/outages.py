"""Faults of the assistant's parts: logged once for each outage, by the part's name and the kind of error.

An error's own message may quote what a person typed or a password in an address, so it is never written anywhere.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

logger = logging.getLogger(__name__)
REMIND_AFTER_SECONDS = 300.0
Listener = Callable[[str, str], None]


@dataclass
class _Outage:
    error: str
    logged_at: float
    faults: int = 0


_outages: dict[str, _Outage] = {}
_listeners: list[Listener] = []


def record_failure(part: str, error: BaseException | str) -> None:
    """Says that a part failed: in the log at the first fault of an outage and then now and then, to the listeners every time.

    Args:
        part: A fixed name such as `database`, the same for every fault of the part.
        error: The error, or a fixed name for what went wrong if there is none. Only an error's type is used.
    """
    kind = error if isinstance(error, str) else type(error).__name__
    now = time.monotonic()
    outage = _outages.get(part)
    if outage is None:
        _outages[part] = _Outage(kind, now, 1)
        logger.error("%s failed with %s", part, kind)
    else:
        outage.faults += 1
        if outage.error != kind or now - outage.logged_at >= REMIND_AFTER_SECONDS:
            outage.error, outage.logged_at = kind, now
            logger.error("%s still fails, now with %s: %d faults so far", part, kind, outage.faults)
    for listener in _listeners:
        with suppress(Exception):  # who counts faults must not add one
            listener(part, kind)


def record_success(part: str) -> None:
    """Says that a part did its work; logged if it ends an outage. Cheap enough for every message.

    Args:
        part: The name given to `record_failure`.
    """
    outage = _outages.pop(part, None)
    if outage is not None:
        logger.warning("%s works again after %d faults", part, outage.faults)


def current() -> dict[str, str]:
    """The parts that are out of order now, with the kind of their last error."""
    return {part: outage.error for part, outage in _outages.items()}


def listen(listener: Listener) -> None:
    """Calls a function at every fault from now on, with the part's name and the kind of error; a counter for example."""
    _listeners.append(listener)


@contextmanager
def watch(part: str) -> Iterator[None]:
    """Records how a block of code ended: a failure if it raises, and the error goes on; a success otherwise.

    Args:
        part: As for `record_failure`.
    """
    try:
        yield
    except Exception as error:
        record_failure(part, error)
        raise
    record_success(part)

"""Lines that say how far a long command is. They go to the console even while the libraries' own output is kept out."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout, suppress


def say(line: str) -> None:
    """Prints a line at once. A full disk behind the output must not end the assistant.

    Args:
        line: What to print; never what a person typed.
    """
    if sys.__stdout__ is not None:
        with suppress(OSError):
            print(line, file=sys.__stdout__, flush=True)


@contextmanager
def only_own_lines() -> Iterator[None]:
    """Keeps what libraries print out of the console, progress bars too; errors are raised or logged all the same."""
    with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
        yield

"""Logs in which no word of a talk can stand, whoever writes them: one JSON object a line, for every logger of the process.

Rasa logs what people type, below the level DEBUG and, when a store fails, above it. So records of other people's code are reduced where
they are made, before any handler sees them: of a message only that part is left which stands in the library's source; of an error only
its type and the lines that it passed.
"""

from __future__ import annotations

import ast
import contextvars
import hashlib
import hmac
import linecache
import logging
import os
import secrets
import sys
import threading
import traceback
import warnings
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from types import TracebackType
from typing import Any, Optional, TextIO, Union

import structlog
from loguru import logger as loguru_logger

from bot.settings import ROOT, log_level

OWN = tuple(f"{ROOT / package}{os.sep}" for package in ("bot", "actions"))
LEFT_OUT = "{…}"
NO_WORDS = "(a message without fixed words)"
MAX_LINES = 12
_METHODS = frozenset({"debug", "info", "warning", "warn", "error", "exception", "critical", "fatal", "log"})
_KEY = secrets.token_bytes(32)
_ID_LENGTH = 12
_talk: contextvars.ContextVar[Optional[str]] = contextvars.ContextVar("talk", default=None)
ErrorInfo = Union[tuple[type[BaseException], BaseException, Optional[TracebackType]], tuple[None, None, None], None]


@contextmanager
def about(conversation: str) -> Iterator[None]:
    """Marks all records of a block as being about a talk, by an id that is new with every start of the process.

    Args:
        conversation: The stored id; it cannot be found again from the id in the log.
    """
    before = _talk.set(hmac.new(_KEY, conversation.encode("utf-8", "replace"), hashlib.sha256).hexdigest()[:_ID_LENGTH])
    try:
        yield
    finally:
        _talk.reset(before)


def is_own(path: str) -> bool:
    """Whether a source file is the project's: its messages are written so that they hold no words of a talk."""
    return path.startswith(OWN)


def _fixed_words(node: ast.AST) -> str:
    """What an expression says in any case: its literal texts, with a mark for all that is put in."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(_fixed_words(part) for part in node.values)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return _fixed_words(node.left) + _fixed_words(node.right)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod):
        return _fixed_words(node.left)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "format":
        return _fixed_words(node.func.value)
    return LEFT_OUT


@lru_cache(maxsize=512)
def _logging_calls(path: str) -> tuple[tuple[int, int, str], ...]:
    """The logging calls of a source file: first line, last line, and the message's fixed words."""
    try:
        tree = ast.parse("".join(linecache.getlines(path)))
    except (SyntaxError, ValueError):
        return ()
    calls = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _METHODS:
            position = 1 if node.func.attr == "log" else 0
            words = _fixed_words(node.args[position]) if len(node.args) > position else LEFT_OUT
            calls.append((node.lineno, node.end_lineno or node.lineno, words))
    return tuple(calls)


def fixed_words(path: str, line: int) -> str:
    """The fixed words of the message that is logged at a line of a source file.

    Args:
        path: The file.
        line: The line.
    """
    around = [(last - first, words) for first, last, words in _logging_calls(path) if first <= line <= last]
    words = min(around)[1] if around else LEFT_OUT
    return words if words.replace(LEFT_OUT, "").strip() else NO_WORDS


def _place(path: str) -> str:
    file = Path(path)
    return str(file.relative_to(ROOT)) if is_own(path) else "/".join(file.parts[-3:])


def failure_of(info: ErrorInfo) -> list[dict[str, Any]]:
    """An error and its causes, by type and by the lines that they passed; their texts may quote what a person typed.

    Args:
        info: As `sys.exc_info()` gives it.
    """
    error = info[1] if info else None
    found: list[dict[str, Any]] = []
    while error is not None and len(found) < MAX_LINES:
        frames = traceback.extract_tb(error.__traceback__)[-MAX_LINES:]
        kind = type(error)
        found.append(
            {
                "type": f"{kind.__module__}.{kind.__qualname__}".removeprefix("builtins."),
                "at": [f"{_place(frame.filename)}:{frame.lineno} {frame.name}" for frame in frames],
            }
        )
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return found


class WordlessRecord(logging.LogRecord):
    """A log record without a word of a talk.

    Attributes:
        failure: The error that it reports, without its text.
        talk: The random id of the talk that it is about, if it is about one.
    """

    def __init__(
        self,
        name: str,
        level: int,
        pathname: str,
        lineno: int,
        msg: object,
        args: Any,
        exc_info: Any,
        func: Optional[str] = None,
        sinfo: Optional[str] = None,
        **more: Any,
    ) -> None:
        if not is_own(pathname):
            msg, args = fixed_words(pathname, lineno), ()
        super().__init__(name, level, pathname, lineno, msg, args, None, func, None, **more)
        self.failure = failure_of(exc_info)
        self.talk = _talk.get()


def _as_event(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """What a line of the log holds. Nothing else of a record gets there, whatever its makers put into it."""
    record: logging.LogRecord = event["_record"]
    line = {
        "timestamp": event["timestamp"],
        "level": record.levelname.lower(),
        "logger": record.name,
        "event": event["event"],
        "at": f"{_place(record.pathname)}:{record.lineno}",
    }
    if getattr(record, "talk", None):
        line["talk"] = record.talk  # type: ignore[attr-defined]
    if is_own(record.pathname):
        line.update(getattr(record, "fields", {}))
    if getattr(record, "failure", None):
        line["failure"] = record.failure  # type: ignore[attr-defined]
    return line


def _formatter(stream: TextIO) -> logging.Formatter:
    renderer: Any = structlog.dev.ConsoleRenderer() if stream.isatty() else structlog.processors.JSONRenderer(ensure_ascii=False)
    stamp = structlog.processors.TimeStamper(fmt="iso", utc=True)
    return structlog.stdlib.ProcessorFormatter(processors=[stamp, _as_event, renderer])


def _forward(message: Any) -> None:
    """Hands a record of loguru, with which medsPaCy logs, to the logger of its name."""
    record = message.record
    target = logging.getLogger(record["name"] or "loguru")
    if target.isEnabledFor(record["level"].no):
        error = record["exception"]
        info = (error.type, error.value, error.traceback) if error else None
        target.handle(target.makeRecord(target.name, record["level"].no, record["file"].path, record["line"], "", (), info))


def _note_warning(message: Any, category: type[Warning], filename: str, lineno: int, file: Any = None, line: Any = None) -> None:
    """Python's warnings are for developers, and their texts may quote anything."""
    logging.getLogger(__name__).debug("%s at %s:%d", category.__name__, _place(filename), lineno)


def _report_uncaught(arguments: Any) -> None:
    info = (arguments.exc_type, arguments.exc_value, arguments.exc_traceback)
    logging.getLogger(__name__).error("an error that nobody caught", exc_info=info)


def keep_words_out() -> None:
    """Reduces every log record that is made in this process from now on. May be called again."""
    logging.setLogRecordFactory(WordlessRecord)


def configure(stream: Optional[TextIO] = None) -> None:
    """Makes every logger of this process write to one place, in one form: JSON, or lines for people on a terminal.

    Call it before the first message is handled. May be called again.

    Args:
        stream: Where to; the standard error by default.
    """
    keep_words_out()
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(_formatter(handler.stream))
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(log_level())
    logging.lastResort = handler  # for loggers that pass nothing on
    for logger in list(logging.root.manager.loggerDict.values()):
        if isinstance(logger, logging.Logger) and logger.handlers:
            logger.handlers, logger.propagate = [], True
    warnings.showwarning = _note_warning
    threading.excepthook = _report_uncaught
    sys.unraisablehook = _report_uncaught
    loguru_logger.remove()
    loguru_logger.add(_forward, format="{level}", level=0)

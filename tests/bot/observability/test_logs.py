"""Log records hold no words but those that stand in the source, whoever writes them."""

from __future__ import annotations

import io
import json
import logging
import os
import subprocess
import sys
import textwrap
import threading
import warnings

import pytest

from bot.observability.logs import LEFT_OUT, NO_WORDS, WordlessRecord, about, configure, failure_of, fixed_words, is_own
from bot.settings import ROOT

MARKER = "zebramarker"
SHAPES = {
    'log.error("the store failed")': "the store failed",
    'log.error("said %s", said)': "said %s",
    'log.error(f"said {said} at {1 + 1}")': f"said {LEFT_OUT} at {LEFT_OUT}",
    'log.error("said " + said)': f"said {LEFT_OUT}",
    'log.error("said %s" % said)': "said %s",
    'log.error("said {}".format(said))': "said {}",
    'log.log(40, f"said {said}")': f"said {LEFT_OUT}",
    "log.error(said)": NO_WORDS,
    "log.error(msg=said)": NO_WORDS,
    'log.error(\n    "on two lines: "\n    f"{said}"\n)': f"on two lines: {LEFT_OUT}",
    'say(log, f"said {said}")': NO_WORDS,
}


def in_a_process(code: str, **environment: str) -> list[dict]:
    """What a process with the assistant's logging writes to standard error, as lines of JSON."""
    command = [sys.executable, "-W", "ignore", "-c", textwrap.dedent(code)]
    found = subprocess.run(command, cwd=ROOT, env={**os.environ, **environment}, capture_output=True, text=True, check=True, timeout=120)
    assert found.stdout == ""
    assert MARKER not in found.stderr
    return [json.loads(line) for line in found.stderr.splitlines()]


@pytest.fixture
def library(tmp_path):
    """Writes the source of a library and gives the record that it logs."""

    def record(source: str) -> logging.LogRecord:
        file = tmp_path / f"library{abs(hash(source))}.py"
        file.write_text(f"def act(log, said, say):\n{textwrap.indent(source, '    ')}\n", encoding="utf-8")
        kept: list[logging.LogRecord] = []
        log = logging.Logger("library")
        log.makeRecord = lambda *values, **_: WordlessRecord(*values[:7])
        log.handle = kept.append
        space: dict = {}
        exec(compile(file.read_text(encoding="utf-8"), str(file), "exec"), space)
        space["act"](log, MARKER, lambda target, words: target.error(words))
        return kept[0]

    return record


@pytest.mark.parametrize("source", [source for source in SHAPES if not source.startswith("say")])
def test_only_the_fixed_words_of_a_librarys_message_stay(library, source):
    assert library(source).getMessage() == SHAPES[source]


def test_words_that_were_made_elsewhere_do_not_pass(library):
    assert MARKER not in library('say(log, f"said {said}")').getMessage()


def test_a_file_that_is_no_source_says_nothing():
    assert fixed_words("/nowhere/at/all.so", 3) == NO_WORDS


def test_own_messages_stay_as_they_are():
    path = str(ROOT / "bot" / "server.py")
    assert WordlessRecord("bot.serving.server", 40, path, 1, "%s failed", ("store",), None).getMessage() == "store failed"


@pytest.mark.parametrize("path", ["/usr/lib/bot/x.py", str(ROOT / "robot" / "x.py"), str(ROOT / ".venv" / "x.py"), ""])
def test_other_peoples_code_is_not_taken_for_our_own(path):
    assert not is_own(path)


def nested_error() -> logging.LogRecord:
    try:
        try:
            raise KeyError(MARKER)
        except KeyError as error:
            raise ValueError(f"said {MARKER}") from error
    except ValueError:
        return WordlessRecord("x", 40, "/library.py", 1, "failed", (), sys.exc_info(), sinfo=f"stack with {MARKER}")


def test_an_error_keeps_its_types_and_lines_only():
    failure = nested_error().failure
    assert [part["type"] for part in failure] == ["ValueError", "KeyError"]
    assert "nested_error" in failure[0]["at"][-1]
    assert MARKER not in json.dumps(failure)


def test_no_handler_can_find_an_errors_text_in_a_record():
    assert MARKER not in repr(vars(nested_error()))


def test_an_error_that_is_its_own_cause_ends():
    error = ValueError()
    error.__cause__ = error
    assert failure_of((ValueError, error, None))


def lines_of(stream: io.StringIO) -> list[dict]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


START = "import asyncio, gc, logging, threading, warnings\nfrom bot.observability.logs import configure\nconfigure()\n"


@pytest.mark.parametrize(
    "code",
    [
        "logging.getLogger('bot.x').error('one')",
        "from bot.observability.outages import record_failure; record_failure('store', ValueError('zebramarker'))",
    ],
)
def test_a_line_is_json_with_time_level_logger_and_event(code):
    assert {"timestamp", "level", "logger", "event", "at"} <= set(in_a_process(START + code)[-1])


def test_foreign_fields_do_not_get_into_a_line():
    (line,) = in_a_process(START + "logging.error('x', extra={'fields': {'said': 'zebramarker'}})")
    assert set(line) == {"timestamp", "level", "logger", "event", "at"}


def test_loggers_with_handlers_of_their_own_write_the_same_way():
    code = """
        import logging
        from bot.observability.logs import configure
        log = logging.getLogger("library"); log.propagate = False; log.addHandler(logging.StreamHandler())
        configure()
        log.error("zebramarker %s", "zebramarker")
    """
    assert [line["logger"] for line in in_a_process(code)] == ["library"]


def test_structlog_as_rasa_sets_it_up_writes_no_values():
    code = """
        import logging, structlog
        from bot.observability.logs import configure
        configure()
        from rasa.utils.log_utils import configure_structlog
        configure_structlog(logging.DEBUG)
        structlog.get_logger().debug("processor.message.parse", text="zebramarker")
    """
    assert in_a_process(code, ASSISTANT_LOG_LEVEL="DEBUG")[-1]["level"] == "debug"


@pytest.mark.parametrize(
    "fault",
    [
        "threading.Thread(target=lambda: int('zebramarker')).start()",
        "class A:\n  def __del__(self): int('zebramarker')\nA()",
        "warnings.simplefilter('always'); warnings.warn('zebramarker')",
        "from loguru import logger; logger.error('zebramarker {}', 'zebramarker')",
        "from loguru import logger; logger.opt(exception=ValueError('zebramarker')).error('x')",
        "async def f(): int('zebramarker')\nasync def g():\n  asyncio.ensure_future(f())\n  await asyncio.sleep(0)\nasyncio.run(g())",
    ],
)
def test_what_python_itself_would_print_is_a_line_without_words(fault):
    assert in_a_process(f"{START}{fault}\ngc.collect()", ASSISTANT_LOG_LEVEL="DEBUG")


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def log_to(monkeypatch):
    """Lets this process log to a stream, for one test."""
    root = logging.getLogger()
    before = root.handlers, root.level, logging.getLogRecordFactory()
    for owner, name in ((logging, "lastResort"), (threading, "excepthook"), (sys, "unraisablehook"), (warnings, "showwarning")):
        monkeypatch.setattr(owner, name, getattr(owner, name))

    def start(stream: io.StringIO) -> io.StringIO:
        configure(stream)
        return stream

    yield start
    root.handlers, level, factory = before
    root.setLevel(level)
    logging.setLogRecordFactory(factory)


@pytest.fixture
def written(log_to):
    return log_to(io.StringIO())


def test_a_terminal_gets_lines_for_people_that_are_as_safe(log_to):
    terminal = log_to(Terminal())
    try:
        int(MARKER)
    except ValueError:
        logging.getLogger("library").exception("said %s", MARKER)
    assert "ValueError" in terminal.getvalue()
    assert not terminal.getvalue().startswith("{")
    assert MARKER not in terminal.getvalue()


def test_a_talk_has_one_id_in_the_log_and_not_its_own(written):
    for conversation in ("talk-one", "talk-one", "talk-two"):
        with about(conversation):
            logging.getLogger("x").error("x")
    logging.getLogger("x").error("x")
    ids = [line.get("talk") for line in lines_of(written)]
    assert ids[0] == ids[1] != ids[2]
    assert ids[3] is None
    assert "talk-one" not in written.getvalue()


def test_another_process_gives_a_talk_another_id():
    code = "import logging; from bot.observability.logs import about, configure; configure()\nwith about('talk-one'): logging.error('x')"
    assert in_a_process(code)[0]["talk"] != in_a_process(code)[0]["talk"]


def test_a_wrong_level_is_refused_with_the_variables_name():
    found = subprocess.run(
        [sys.executable, "-c", "from bot.observability.logs import configure; configure()"],
        cwd=ROOT,
        env={**os.environ, "ASSISTANT_LOG_LEVEL": "LOUD"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert found.returncode != 0
    assert "ASSISTANT_LOG_LEVEL" in found.stderr

"""What must hold for any input, whatever it is. Each check takes bytes, so that hypothesis and a fuzzer can use the same ones."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import contextmanager, suppress
from functools import lru_cache
from typing import Any

from rasa.shared.nlu.training_data.message import Message as RasaMessage

from actions.checklist_form import ValidateChecklistForm
from bot.channels.web.request_parsing import MESSAGE_ID, RequestBody, parse_message, parse_sign_in
from bot.clinical.checklist import is_answer
from bot.content import Content, installed_content
from bot.conversation.errors import ApiError
from bot.conversation.incoming import MAX_CHARACTERS, without_command
from bot.conversation.portal_sign_in import SignIn, SignInRefusedError
from bot.conversation.replies import Replies
from bot.conversation.session_tokens import InvalidTokenError, Tokens
from bot.nlu.checklist_answers import read_answer
from bot.nlu.danger_rules import danger_rules
from bot.nlu.language import foreign_language
from bot.nlu.measurements import bare_number, find_measurements
from bot.nlu.safety_guard import SafetyGuard
from bot.nlu.text import MAX_CLAUSES, clean, split_clauses
from bot.settings import read_settings

MAX_SECONDS = 2.0
SECRET = "a secret of the fuzzer with 32 bytes or more"


def text_of(data: bytes) -> str:
    """A text of any kind, with halves of characters too, as long as the channel lets one be."""
    return data.decode("utf-8", "surrogateescape")[:MAX_CHARACTERS]


@contextmanager
def in_time():
    """Measured as time on the processor, so that a busy machine makes no fault."""
    began = time.process_time()
    yield
    spent = time.process_time() - began
    assert spent < MAX_SECONDS, f"{spent:.1f} s"


@lru_cache(maxsize=1)
def _content() -> Content:
    return installed_content()


@lru_cache(maxsize=1)
def _payloads() -> frozenset[str]:
    return Replies(_content()).payloads()


@lru_cache(maxsize=1)
def _sign_in() -> SignIn:
    return SignIn(read_settings().copy(update={"sign_in_key": SECRET}))


@lru_cache(maxsize=1)
def _guard() -> SafetyGuard:
    return SafetyGuard(SafetyGuard.get_default_config(), _content())


def warm_up() -> None:
    """Loads what is loaded at first use, so that no input is charged for it."""
    foreign_language("hello")
    danger_rules().find("hello")
    read_answer(_content(), "route", "tablets", "affirm", (), False)
    _guard()


def body(data: bytes) -> None:
    """A body is a bounded message without the force of a command, or refused."""
    for is_cut in (False, True):
        with suppress(ApiError):
            incoming = parse_message(RequestBody(data, is_cut), _payloads())
            assert MESSAGE_ID.fullmatch(incoming.id)
            assert len(incoming.text) <= MAX_CHARACTERS + 2
            assert incoming.is_button == (incoming.text in _payloads())
            assert incoming.is_button or not incoming.text.startswith("/")
    with suppress(ApiError):
        assert isinstance(parse_sign_in(RequestBody(data)), (str, type(None)))


def cleaning(data: bytes) -> None:
    """Cleaning keeps nothing invisible, is done after one time, and its clauses are few."""
    text = text_of(data)
    with in_time():
        cleaned = clean(text)
        clauses = split_clauses(cleaned)
    assert not set(cleaned) & set("\u200b\u200c\u200d\u2060\ufeff\u202e\u202d\u2066\u2069\x00\u00ad")
    assert clean(cleaned) == cleaned
    assert len(clauses) <= MAX_CLAUSES
    assert not without_command(text).startswith("/")


def tokens(data: bytes) -> None:
    """Nothing that is made up opens a talk or signs anybody in."""
    text = data.decode("latin-1")
    with suppress(InvalidTokenError):
        raise AssertionError(Tokens(SECRET, 1).conversation_of(text))
    with suppress(InvalidTokenError):
        raise AssertionError(Tokens(SECRET, 1).conversation_of(f"Bearer {text}"))
    with suppress(SignInRefusedError):
        raise AssertionError(_sign_in().user(text_of(data)))


class _Tracker:
    """As much of a tracker as the validator reads."""

    def __init__(self, given: dict[str, Any]) -> None:
        self._given = given

    def slots_to_validate(self) -> dict[str, Any]:
        return self._given


def answers(data: bytes) -> None:
    """Whatever is said to a question, only an answer that the item offers is taken."""
    text = clean(text_of(data))
    with in_time():
        find_measurements(text)
        bare_number(text)
        foreign_language(text)
        taken = {name: read_answer(_content(), name, text, "affirm", (), False) for name in _content().items}
    assert all(is_answer(_content(), answer.item, answer.value) for answer in taken.values() if answer)
    given = dict.fromkeys((*_content().items, text), text)
    events = _run(ValidateChecklistForm().get_validation_events(None, _Tracker(given), {}))
    assert all(event["value"] is None or is_answer(_content(), event["name"], event["value"]) for event in events)


def _run(coroutine: Any) -> Any:
    """Runs a coroutine that never waits."""
    try:
        coroutine.send(None)
    except StopIteration as done:
        return done.value
    raise AssertionError("the validator waits for something")


def rules(data: bytes) -> None:
    """The rules find mentions inside the text, in time."""
    text = clean(text_of(data))
    with in_time():
        found = danger_rules().find(text)
    assert all(0 <= mention.start < len(text) for mention in found)


def guard(data: bytes) -> None:
    """The guard decides on any text, also when no classifier stands by it, and a text that a rule finds dangerous is one for it."""
    text = without_command(text_of(data))
    message = RasaMessage({"text": text})
    with in_time():
        _guard().process([message])
    intent = message.get("intent")["name"]
    assert intent
    found = danger_rules().find(clean(text))
    if any(mention.kind == "crisis" for mention in found):
        assert intent == "crisis"
    elif any(mention.kind == "danger_sign" and mention.present for mention in found):
        assert intent == "emergency"


CHECKS: dict[str, Callable[[bytes], None]] = {
    "body": body,
    "cleaning": cleaning,
    "tokens": tokens,
    "answers": answers,
    "rules": rules,
    "guard": guard,
}

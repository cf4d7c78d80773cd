"""What is read of a request's body: bounded, and nothing in it is believed."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.web.request_parsing import MESSAGE_ID, RequestBody, parse_message, parse_sign_in
from bot.conversation.errors import ApiError
from bot.conversation.incoming import MAX_CHARACTERS, without_command

PAYLOADS = frozenset({"/check_symptoms"})
ID = "0123456789"
LATIN_WORDS = st.text(alphabet="abc ", min_size=1)


def body(**message) -> RequestBody:
    return RequestBody(json.dumps({"id": ID, **message}).encode())


def cut(text: str, at: int = 40_000) -> RequestBody:
    return RequestBody(json.dumps({"id": ID, "text": text}).encode()[:at], is_cut=True)


def test_a_text_is_read():
    incoming = parse_message(body(text=" hello "), PAYLOADS)
    assert (incoming.id, incoming.text, incoming.is_button, incoming.is_too_long) == (ID, "hello", False, False)


def test_a_button_is_read():
    incoming = parse_message(body(payload="/check_symptoms"), PAYLOADS)
    assert (incoming.text, incoming.is_button) == ("/check_symptoms", True)


def test_a_command_that_no_button_sends_is_refused():
    with pytest.raises(ApiError):
        parse_message(body(payload="/restart"), PAYLOADS)


def test_a_typed_command_loses_its_force():
    assert not parse_message(body(text="  /check_symptoms"), PAYLOADS).text.startswith("/")


def test_a_text_of_2000_characters_fits():
    assert not parse_message(body(text="a" * MAX_CHARACTERS), PAYLOADS).is_too_long


def test_of_a_text_of_2001_characters_the_part_that_fits_is_kept():
    incoming = parse_message(body(text="a" * MAX_CHARACTERS + "b"), PAYLOADS)
    assert (incoming.text, incoming.is_too_long) == ("a" * MAX_CHARACTERS, True)


def test_of_a_cut_body_the_first_part_is_kept():
    incoming = parse_message(cut("my dad has a seizure. " * 10_000), PAYLOADS)
    assert (incoming.id, incoming.is_too_long) == (ID, True)
    assert incoming.text.startswith("my dad has a seizure. my dad")
    assert 0 < len(incoming.text) <= MAX_CHARACTERS


def test_a_cut_body_of_escaped_letters_is_read():
    escaped = "".join(f"\\u{ord(letter):04x}" for letter in "a seizure ") * 20_000
    assert parse_message(RequestBody(f'{{"text": "{escaped}'.encode()[:262_143], is_cut=True), PAYLOADS).text.startswith("a seizure")


@given(LATIN_WORDS.map(lambda text: text * 200), st.integers(min_value=1, max_value=400))
def test_wherever_a_body_is_cut_what_is_read_is_the_texts_beginning(text, at):
    read = parse_message(cut(text, at), PAYLOADS).text
    assert text.strip().startswith(read.strip())


@given(st.binary(), st.booleans())
def test_any_bytes_are_a_message_or_refused(data, is_cut):
    refusal = None
    try:
        incoming = parse_message(RequestBody(data, is_cut), PAYLOADS)
    except ApiError as error:
        refusal = error.status
    assert refusal == 400 or (MESSAGE_ID.fullmatch(incoming.id) and len(incoming.text) <= MAX_CHARACTERS + 2)


@given(st.text())
def test_no_typed_text_begins_like_a_command(text):
    assert not without_command(text).startswith("/")


@pytest.mark.parametrize(("data", "token"), [(b"", None), (b"{}", None), (b'{"sign_in": null}', None), (b'{"sign_in": "a.b.c"}', "a.b.c")])
def test_the_sign_in_is_read(data, token):
    assert parse_sign_in(RequestBody(data)) == token


@pytest.mark.parametrize("data", [b"[]", b"1", b"{", b"[" * 10_000, b'{"sign_in": 1}', b"\xff"])
def test_a_malformed_sign_in_is_refused(data):
    with pytest.raises(ApiError):
        parse_sign_in(RequestBody(data))


def test_an_endless_sign_in_is_refused():
    with pytest.raises(ApiError):
        parse_sign_in(RequestBody(b'{"sign_in": "', is_cut=True))

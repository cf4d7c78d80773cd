"""Session tokens are signed, random, and the only access to a conversation."""

from __future__ import annotations

import base64
import json
import stat

import jwt
import pytest

from bot.conversation.session_tokens import ALGORITHM, AUDIENCE, InvalidTokenError, Tokens, read_or_make_secret

SECRET = "s" * 64


@pytest.fixture
def tokens():
    return Tokens(SECRET, hours=1)


def forged(secret=SECRET, algorithm=ALGORITHM, **claims):
    return "Bearer " + jwt.encode({"sub": "x", "aud": AUDIENCE, "exp": 4_000_000_000, **claims}, secret, algorithm=algorithm)


def test_a_token_leads_to_its_own_conversation(tokens):
    token, conversation = tokens.issue()
    assert tokens.conversation_of(f"Bearer {token}") == conversation


def test_the_scheme_may_be_written_in_any_case(tokens):
    token, conversation = tokens.issue()
    assert tokens.conversation_of(f"bearer {token}") == conversation


def test_no_two_conversations_have_the_same_id(tokens):
    assert len({tokens.issue()[1] for _ in range(1000)}) == 1000


def test_a_conversation_id_has_at_least_128_random_bits(tokens):
    assert len(base64.urlsafe_b64decode(tokens.issue()[1] + "==")) * 8 >= 128


def test_a_token_holds_only_id_audience_and_expiry(tokens):
    payload = tokens.issue()[0].split(".")[1]
    assert set(json.loads(base64.urlsafe_b64decode(payload + "=="))) == {"sub", "aud", "exp"}


@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer ", "Basic abc", "Bearer abc", "Bearer a.b.c", "x" * 10_000, "Bearer \x00"])
def test_a_malformed_header_is_refused(tokens, header):
    with pytest.raises(InvalidTokenError):
        tokens.conversation_of(header)


def test_another_installations_token_is_refused(tokens):
    with pytest.raises(InvalidTokenError):
        tokens.conversation_of(forged(secret="t" * 64))


def test_an_expired_token_is_refused(tokens):
    with pytest.raises(InvalidTokenError):
        tokens.conversation_of(forged(exp=1))


def test_a_token_for_another_audience_is_refused(tokens):
    with pytest.raises(InvalidTokenError):
        tokens.conversation_of(forged(aud="other"))


@pytest.mark.parametrize("algorithm", ["HS512", "none"])
def test_a_token_of_another_algorithm_is_refused(tokens, algorithm):
    with pytest.raises(InvalidTokenError):
        tokens.conversation_of(forged(secret=None if algorithm == "none" else SECRET, algorithm=algorithm))


def test_a_token_without_an_expiry_is_refused(tokens):
    with pytest.raises(InvalidTokenError):
        tokens.conversation_of("Bearer " + jwt.encode({"sub": "x", "aud": AUDIENCE}, SECRET, algorithm=ALGORITHM))


def test_a_changed_token_is_refused(tokens):
    head, payload, mark = tokens.issue()[0].split(".")
    with pytest.raises(InvalidTokenError):
        tokens.conversation_of(f"Bearer {head}.{payload[::-1]}.{mark}")


def test_the_secret_is_made_once(tmp_path):
    assert read_or_make_secret(tmp_path / "state") == read_or_make_secret(tmp_path / "state")


def test_the_secret_is_long_and_differs_between_installations(tmp_path):
    first, second = read_or_make_secret(tmp_path / "a"), read_or_make_secret(tmp_path / "b")
    assert first != second
    assert len(first) >= 43


def test_only_the_owner_can_read_the_secret(tmp_path):
    read_or_make_secret(tmp_path / "state")
    assert stat.S_IMODE((tmp_path / "state" / "token-secret").stat().st_mode) == 0o600


def test_an_empty_file_after_a_full_disk_is_replaced(tmp_path):
    (tmp_path / "token-secret").touch()
    secret = read_or_make_secret(tmp_path)
    assert len(secret) >= 64
    assert read_or_make_secret(tmp_path) == secret


def test_a_secret_that_cannot_be_stored_is_made_all_the_same(tmp_path):
    (tmp_path / "state").write_text("in the way")
    assert len(read_or_make_secret(tmp_path / "state")) >= 64

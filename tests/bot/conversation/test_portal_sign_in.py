"""A portal's sign-in token needs the right key, algorithm and audience, an expiry and a user."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import hmac
import json
import time

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from hypothesis import given
from hypothesis import strategies as st

from bot.conversation.portal_sign_in import CLOCK_SKEW_SECONDS, SignIn, SignInRefusedError
from bot.settings import read_settings

SECRET = "a portal's shared secret of 32 bytes or more"
AUDIENCE = "the-assistant"
PLAIN = read_settings().copy(update={"sign_in_key": SECRET, "sign_in_audience": AUDIENCE})
SIGN_IN = SignIn(PLAIN)


def pem(key) -> str:
    return key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo).decode()


@pytest.fixture(scope="module")
def private_key():
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def token(key=SECRET, algorithm="HS256", without=(), **changes) -> str:
    claims = {"sub": "user-17", "aud": AUDIENCE, "exp": time.time() + 60, **changes}
    return jwt.encode({name: value for name, value in claims.items() if name not in without}, key, algorithm=algorithm)


def test_the_portals_user_is_read_from_the_token():
    assert SIGN_IN.user(token()) == "user-17"


def test_a_clock_that_is_a_little_late_is_tolerated():
    assert SIGN_IN.user(token(exp=time.time() - CLOCK_SKEW_SECONDS / 2)) == "user-17"


@pytest.mark.parametrize(
    "changes",
    [
        {"exp": time.time() - 3600},
        {"aud": "somebody-else"},
        {"nbf": time.time() + 3600},
        {"iat": time.time() + 3600},
        {"sub": ""},
        {"sub": "  "},
        {"sub": "x" * 257},
        {"exp": time.time() + 2 * 86_400},
        {"exp": 10**400},
    ],
    ids=["expired", "other audience", "not yet", "from the future", "nobody", "blank", "endless id", "too long a life", "no such time"],
)
def test_a_token_with_a_wrong_claim_is_refused(changes):
    with pytest.raises(SignInRefusedError):
        SIGN_IN.user(token(**changes))


@pytest.mark.parametrize("missing", ["sub", "aud", "exp"])
def test_a_token_without_a_claim_is_refused(missing):
    with pytest.raises(SignInRefusedError):
        SIGN_IN.user(token(without=[missing]))


def test_a_token_of_another_key_is_refused():
    with pytest.raises(SignInRefusedError):
        SIGN_IN.user(token(key="b" * 32))


@pytest.mark.parametrize(("key", "algorithm"), [(SECRET, "HS512"), (None, "none")])
def test_a_token_of_another_algorithm_is_refused(key, algorithm):
    with pytest.raises(SignInRefusedError):
        SIGN_IN.user(token(key=key, algorithm=algorithm))


def test_a_token_signed_by_the_private_key_is_accepted_with_the_public_one(private_key):
    signed = SignIn(PLAIN.copy(update={"sign_in_key": pem(private_key), "sign_in_algorithm": "RS256"}))
    assert signed.user(token(key=private_key, algorithm="RS256")) == "user-17"


def test_a_token_signed_with_the_public_key_as_a_secret_is_refused(private_key):
    signed = SignIn(PLAIN.copy(update={"sign_in_key": pem(private_key), "sign_in_algorithm": "RS256"}))
    head, body, _ = token().split(".")
    mark = hmac.digest(pem(private_key).encode(), f"{head}.{body}".encode(), hashlib.sha256)
    with pytest.raises(SignInRefusedError):
        signed.user(f"{head}.{body}.{base64.urlsafe_b64encode(mark).rstrip(b'=').decode()}")


def test_another_issuer_is_refused_where_one_is_configured():
    strict = SignIn(PLAIN.copy(update={"sign_in_issuer": "https://portal.example"}))
    assert strict.user(token(iss="https://portal.example")) == "user-17"
    for refused in (token(iss="https://evil.example"), token()):
        with pytest.raises(SignInRefusedError):
            strict.user(refused)


def test_without_a_key_every_token_is_refused():
    with pytest.raises(SignInRefusedError):
        SignIn(PLAIN.copy(update={"sign_in_key": None})).user(token())


@pytest.mark.parametrize(
    ("key", "algorithm"),
    [
        ("short", "HS256"),
        (pem(rsa.generate_private_key(public_exponent=65537, key_size=2048)), "HS256"),
        (SECRET, "RS256"),
        (pem(rsa.generate_private_key(public_exponent=65537, key_size=1024)), "RS256"),
        (pem(ec.generate_private_key(ec.SECP256R1())), "RS256"),
        (SECRET, "none"),
        (SECRET, "ES256"),
    ],
    ids=[
        "short secret",
        "public key as a secret",
        "secret as a public key",
        "small RSA key",
        "key of another kind",
        "no algorithm",
        "other",
    ],
)
def test_an_unusable_key_stops_the_start(key, algorithm):
    with pytest.raises(SystemExit, match=r"sign-in key|SIGN_IN"):
        SignIn(PLAIN.copy(update={"sign_in_key": key, "sign_in_algorithm": algorithm}))


@given(st.one_of(st.text(), st.from_regex(r"[A-Za-z0-9_-]{0,40}\.[A-Za-z0-9_-]{0,40}\.[A-Za-z0-9_-]{0,40}", fullmatch=True)))
def test_a_malformed_token_is_refused_without_another_error(rubbish):
    with pytest.raises(SignInRefusedError):
        SIGN_IN.user(rubbish)


@given(st.recursive(st.none() | st.booleans() | st.floats() | st.text(), lambda part: st.lists(part, max_size=3), max_leaves=5))
def test_a_user_id_is_accepted_unchanged_or_refused(sub):
    claims = json.dumps({"sub": sub, "aud": AUDIENCE, "exp": time.time() + 60})
    user = None
    with contextlib.suppress(SignInRefusedError):
        user = SIGN_IN.user(jwt.api_jws.encode(claims.encode(), SECRET))
    assert user == (sub if isinstance(sub, str) and 0 < len(sub.strip()) <= 256 else None)

"""Session tokens: signed, random, without personal data, and the only way to a conversation."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import time
from contextlib import suppress
from pathlib import Path
from tempfile import NamedTemporaryFile

import jwt

from bot.observability import outages

ALGORITHM = "HS256"
AUDIENCE = "baclofen-assistant"
ID_BYTES = 24
SECRET_BYTES = 48


class InvalidTokenError(Exception):
    """The token is missing, malformed, forged or has expired."""


def read_or_make_secret(state_dir: Path) -> str:
    """The signing key of this installation; generated at the first run, readable by its owner only.

    Args:
        state_dir: The folder that keeps it.
    """
    secret = secrets.token_urlsafe(SECRET_BYTES)
    try:
        state_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        return _kept_secret(state_dir / "token-secret", secret)
    except OSError as error:  # a full or missing disk: people can talk, though a restart will forget their tokens
        outages.record_failure("token secret", error)
        return secret


def _kept_secret(file: Path, proposed: str) -> str:
    """What the file holds; the proposed secret if it was missing or, after a full disk, empty."""
    if not file.exists() or not file.stat().st_size:
        with NamedTemporaryFile("w", dir=file.parent, encoding="ascii") as new:
            new.write(proposed)
            new.flush()
            os.fsync(new.fileno())
            if file.exists():
                file.unlink()
            with suppress(FileExistsError):  # another process was faster
                os.link(new.name, file)
    return file.read_text(encoding="ascii").strip()


def new_conversation() -> str:
    """A fresh conversation id (192 random bits)."""
    return secrets.token_urlsafe(ID_BYTES)


class Tokens:
    """Issues and checks session tokens."""

    def __init__(self, secret: str, hours: int) -> None:
        self._secret = secret
        self.seconds = hours * 3600

    def issue(self, conversation: str | None = None) -> tuple[str, str]:
        """A new token and the conversation id that it stands for: the given one, or a fresh one."""
        conversation = conversation or new_conversation()
        claims = {"sub": conversation, "aud": AUDIENCE, "exp": int(time.time()) + self.seconds}
        return jwt.encode(claims, self._secret, algorithm=ALGORITHM), conversation

    def conversation_of(self, header: str | None) -> str:
        """The conversation id of an `Authorization` header.

        Raises:
            InvalidTokenError: There is no valid token in it.
        """
        scheme, _, token = (header or "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise InvalidTokenError
        return self.conversation_of_token(token)

    def conversation_of_token(self, token: str) -> str:
        """The conversation id of a session token.

        Raises:
            InvalidTokenError: The token is malformed, forged or has expired.
        """
        try:
            claims = jwt.decode(token, self._secret, algorithms=[ALGORITHM], audience=AUDIENCE, options={"require": ["exp", "sub", "aud"]})
        except (jwt.InvalidTokenError, ValueError, RecursionError) as error:
            raise InvalidTokenError from error
        return str(claims["sub"])

    def pseudonymise(self, name: str) -> str:
        """A keyed hash of somebody's id, from which the id cannot be found again without the signing key."""
        key = hmac.digest(self._secret.encode(), b"portal user", hashlib.sha256)
        return hmac.new(key, name.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()

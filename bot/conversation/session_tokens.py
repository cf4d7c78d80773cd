"""Session tokens: signed, random, without personal data, and the only access to a conversation."""

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

from bot.errors import AssistantError
from bot.observability import outages

ALGORITHM = "HS256"
AUDIENCE = "baclofen-assistant"
ID_BYTES = 24
SECRET_BYTES = 48


class InvalidTokenError(AssistantError):
    """The token is missing, malformed, forged or has expired."""


def read_or_make_secret(state_dir: Path) -> str:
    """Reads the signing key of this installation. Makes one at the first run, readable by its owner only.

    Args:
        state_dir: The folder with the key's file.
    """
    secret = secrets.token_urlsafe(SECRET_BYTES)
    try:
        with outages.watch("token secret"):
            state_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
            return _read_or_write(state_dir / "token-secret", secret)
    except OSError:  # a full or missing disk: people can talk, and their tokens end with this process
        return secret


def _read_or_write(file: Path, proposed: str) -> str:
    """Reads the secret from a file. Writes the proposed one first if the file is missing or, after a full disk, empty."""
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


def new_conversation_id() -> str:
    """A fresh conversation id (192 random bits)."""
    return secrets.token_urlsafe(ID_BYTES)


class Tokens:
    """Issues and checks session tokens."""

    def __init__(self, secret: str, hours: int) -> None:
        self._secret = secret
        self.seconds = hours * 3600

    def issue(self, conversation_id: str | None = None) -> tuple[str, str]:
        """Issues a token for a conversation, or for a new one; returns the token and the conversation's id."""
        conversation_id = conversation_id or new_conversation_id()
        claims = {"sub": conversation_id, "aud": AUDIENCE, "exp": int(time.time()) + self.seconds}
        return jwt.encode(claims, self._secret, algorithm=ALGORITHM), conversation_id

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

    def pseudonymise(self, user_id: str) -> str:
        """A keyed hash of an id, from which nobody can find the id again without the signing key."""
        key = hmac.digest(self._secret.encode(), b"portal user", hashlib.sha256)
        return hmac.new(key, user_id.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()

"""Checks the sign-in token by which a clinic's portal tells who its user is."""

from __future__ import annotations

import time

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from bot.errors import AssistantError
from bot.settings import Settings

ALGORITHMS = ("HS256", "RS256")
CLOCK_SKEW_SECONDS = 30
MAX_LIFE_SECONDS = 86_400
MIN_SECRET_BYTES = 32
MIN_RSA_BITS = 2048
MAX_TOKEN_LENGTH = 8_000
MAX_ID_LENGTH = 256


class SignInRefusedError(AssistantError):
    """The portal's token is malformed, forged, meant for another service, or has expired."""


def _usable_key(key: str, algorithm: str) -> str | RSAPublicKey:
    if algorithm not in ALGORITHMS:
        raise SystemExit(f"ASSISTANT_SIGN_IN_ALGORITHM must be one of {', '.join(ALGORITHMS)}, not {algorithm!r}.")
    if algorithm == "HS256":
        if len(key.encode()) < MIN_SECRET_BYTES or "-----BEGIN" in key:
            raise SystemExit(f"ASSISTANT_SIGN_IN_KEY must be a shared secret of at least {MIN_SECRET_BYTES} bytes for HS256.")
        return key
    try:
        public = load_pem_public_key(key.encode())
    except Exception:  # the library raises many errors for what is not a key
        public = None
    if not isinstance(public, RSAPublicKey) or public.key_size < MIN_RSA_BITS:
        raise SystemExit(f"The sign-in key for RS256 must be a PEM file with an RSA public key of at least {MIN_RSA_BITS} bits.")
    return public


class SignIn:
    """Accepts tokens of one portal: one key, one algorithm, one audience."""

    def __init__(self, settings: Settings) -> None:
        """Takes the key from the settings.

        Raises:
            SystemExit: The key or the algorithm cannot be used. The message says what to do.
        """
        self._key = _usable_key(settings.sign_in_key, settings.sign_in_algorithm) if settings.sign_in_key else None
        self._algorithm = settings.sign_in_algorithm
        self._audience = settings.sign_in_audience
        self._issuer = settings.sign_in_issuer

    def user(self, token: str) -> str:
        """The portal's id of the user who is signed in.

        Args:
            token: A JSON Web Token with `sub`, `aud` and `exp`.

        Raises:
            SignInRefusedError: The token does not prove who the user is, or no portal is configured.
        """
        if self._key is None or len(token) > MAX_TOKEN_LENGTH:
            raise SignInRefusedError
        required = ["exp", "sub", "aud", *(["iss"] if self._issuer else [])]
        try:
            claims = jwt.decode(
                token,
                self._key,
                algorithms=[self._algorithm],
                audience=self._audience,
                issuer=self._issuer,
                leeway=CLOCK_SKEW_SECONDS,
                options={"require": required},
            )
            life = float(claims["exp"]) - time.time()
        except (jwt.PyJWTError, ValueError, TypeError, OverflowError, RecursionError) as error:
            raise SignInRefusedError from error
        user = claims["sub"]
        if life > MAX_LIFE_SECONDS + CLOCK_SKEW_SECONDS or not isinstance(user, str) or not 0 < len(user.strip()) <= MAX_ID_LENGTH:
            raise SignInRefusedError
        return user

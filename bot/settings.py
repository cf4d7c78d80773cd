"""Every environment variable that the assistant reads, and every path that it uses, in one place."""

from __future__ import annotations

import ipaddress
import logging
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Union

Network = Union[ipaddress.IPv4Network, ipaddress.IPv6Network]
ROOT = Path(__file__).resolve().parent.parent
CONTENT_DIR = ROOT / "content"
MODEL_DIR = ROOT / "models"


def credentials_file() -> Path:
    """The file that lists the channels."""
    return Path(os.environ.get("ASSISTANT_CREDENTIALS", str(ROOT / "credentials.yml")))


def _number(name: str, default: str) -> int:
    raw = os.environ.get(name, default)
    try:
        value = int(raw)
    except ValueError:
        raise SystemExit(f"{name} must be a whole number, not {raw!r}. Correct it or unset it.") from None
    if value <= 0:
        raise SystemExit(f"{name} must be greater than 0, not {value}. Correct it or unset it.")
    return value


def _list(name: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in os.environ.get(name, "").split(",") if part.strip())


def _origins(name: str) -> tuple[str, ...]:
    origins = _list(name)
    for origin in origins:
        if not re.fullmatch(r"https?://[a-z0-9.-]+(:\d+)?", origin):
            raise SystemExit(f"{name} must list origins such as https://clinic.example, without a path and without *, not {origin!r}.")
    return origins


def _networks(name: str) -> tuple[Network, ...]:
    try:
        return tuple(ipaddress.ip_network(part) for part in _list(name))
    except ValueError:
        raise SystemExit(f"{name} must list networks such as 10.0.0.0/8, with commas between. Correct it or unset it.") from None


def log_level() -> int:
    """The gravity from which on events are logged.

    Raises:
        SystemExit: The variable names no level.
    """
    level = logging.getLevelName(os.environ.get("ASSISTANT_LOG_LEVEL", "WARNING").upper())
    if not isinstance(level, int):
        raise SystemExit("ASSISTANT_LOG_LEVEL must be DEBUG, INFO, WARNING, ERROR or CRITICAL. Correct it or unset it.")
    return level


def _secret(name: str) -> str | None:
    """A variable's value, or what the file holds that the variable with `_FILE` names."""
    file = os.environ.get(f"{name}_FILE")
    if not file:
        return os.environ.get(name) or None
    try:
        secret = Path(file).read_text(encoding="ascii").strip()
    except (OSError, ValueError) as error:
        raise SystemExit(f"{name}_FILE cannot be read ({type(error).__name__}). Correct it or unset it.") from None
    if not secret:
        raise SystemExit(f"{name}_FILE names an empty file. Correct it or unset it.")
    return secret


@dataclass(frozen=True)
class Settings:
    """What a deployment may set.

    Attributes:
        state_dir: Folder for the database and the token secret; it is made on first use.
        database_url: SQLAlchemy address of the conversation store.
        clinic_file: YAML file that overrides parts of `content/clinic.yml`, or None.
        token_secret: Key that signs session tokens, or None to generate one in `state_dir`.
        token_hours: Hours for which a session token is valid.
        reply_seconds: Seconds after which a person gets the outage text instead of waiting on.
        messages_per_minute: Messages that one session may send in a minute.
        sessions_per_minute: Sessions that one address may open in a minute.
        address_messages_per_minute: Messages that one address may send in a minute, over all its sessions.
        trusted_proxies: Number of proxies in front whose `X-Forwarded-For` is believed.
        allowed_origins: Origins of other hosts whose pages may use the interface; none by default.
        sign_in_key: Key that checks a portal's sign-in tokens: the shared secret (HS256) or the public key (RS256); None refuses them all.
        sign_in_algorithm: `HS256` or `RS256`; no other is accepted, whatever a token says of itself.
        sign_in_audience: The audience that a portal must name in its tokens.
        sign_in_issuer: The issuer that a portal must name, or None to accept any holder of the key.
        actions_url: Address of the action servers, or None to run custom actions in this process.
        lock_url: Address of the Redis that locks talks over all replicas, or None for one process alone.
        events_url: AMQP address of the RabbitMQ that gets every event, or None for no events.
        events_queue: Name of the exchange and queue for events.
        events_with_words: Whether events hold what was typed and answered.
        model: Name of the only model that may be served with `run --trained`, or None for the one that fits.
        metrics_networks: Networks from which the metrics may be read, besides this machine.
    """

    state_dir: Path
    database_url: str
    clinic_file: Path | None
    token_secret: str | None
    token_hours: int
    reply_seconds: int
    messages_per_minute: int
    sessions_per_minute: int
    trusted_proxies: int
    address_messages_per_minute: int = 600
    allowed_origins: tuple[str, ...] = ()
    sign_in_key: str | None = None
    sign_in_algorithm: str = "HS256"
    sign_in_audience: str = "baclofen-assistant"
    sign_in_issuer: str | None = None
    actions_url: str | None = None
    lock_url: str | None = None
    events_url: str | None = None
    events_queue: str = "conversation-events"
    events_with_words: bool = False
    model: str | None = None
    metrics_networks: tuple[Network, ...] = ()


def read_settings() -> Settings:
    """Reads the environment.

    Raises:
        SystemExit: A value is malformed; the message names the variable and what to do.
    """
    state_dir = Path(os.environ.get("ASSISTANT_STATE_DIR", str(ROOT / ".state"))).resolve()
    clinic_file = os.environ.get("ASSISTANT_CLINIC_FILE")
    lock_url, token_secret = _secret("ASSISTANT_LOCK_URL"), _secret("ASSISTANT_TOKEN_SECRET")
    if lock_url and not token_secret:
        raise SystemExit("ASSISTANT_LOCK_URL is for several replicas, and they must share ASSISTANT_TOKEN_SECRET. Set both, or neither.")
    return Settings(
        state_dir=state_dir,
        database_url=_secret("ASSISTANT_DATABASE_URL") or f"sqlite:///{state_dir / 'conversations.db'}",
        clinic_file=Path(clinic_file).resolve() if clinic_file else None,
        token_secret=token_secret,
        token_hours=_number("ASSISTANT_TOKEN_HOURS", "72"),
        reply_seconds=_number("ASSISTANT_REPLY_SECONDS", "7"),
        messages_per_minute=_number("ASSISTANT_MESSAGES_PER_MINUTE", "60"),
        sessions_per_minute=_number("ASSISTANT_SESSIONS_PER_MINUTE", "30"),
        trusted_proxies=int(os.environ.get("ASSISTANT_TRUSTED_PROXIES", "0")),
        address_messages_per_minute=_number("ASSISTANT_ADDRESS_MESSAGES_PER_MINUTE", "600"),
        allowed_origins=_origins("ASSISTANT_ALLOWED_ORIGINS"),
        sign_in_key=_secret("ASSISTANT_SIGN_IN_KEY"),
        sign_in_algorithm=os.environ.get("ASSISTANT_SIGN_IN_ALGORITHM", "HS256"),
        sign_in_audience=os.environ.get("ASSISTANT_SIGN_IN_AUDIENCE", "baclofen-assistant"),
        sign_in_issuer=os.environ.get("ASSISTANT_SIGN_IN_ISSUER") or None,
        actions_url=os.environ.get("ASSISTANT_ACTIONS_URL") or None,
        lock_url=lock_url,
        events_url=_secret("ASSISTANT_EVENTS_URL"),
        events_queue=os.environ.get("ASSISTANT_EVENTS_QUEUE", "conversation-events"),
        events_with_words=os.environ.get("ASSISTANT_EVENTS_WITH_WORDS", "no") == "yes",
        model=os.environ.get("ASSISTANT_MODEL") or None,
        metrics_networks=_networks("ASSISTANT_METRICS_NETWORKS"),
    )

"""Every environment variable that the assistant reads, and every path that it uses, in one place."""

from __future__ import annotations

import ipaddress
import logging
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal, Optional, Union

from pydantic import BaseSettings, Field, ValidationError, root_validator, validator
from pydantic.env_settings import SettingsSourceCallable

Network = Union[ipaddress.IPv4Network, ipaddress.IPv6Network]
ROOT = Path(__file__).resolve().parent.parent
CONTENT_DIR = ROOT / "content"
MODEL_DIR = ROOT / "models"
PREFIX = "ASSISTANT_"
FILE_SUFFIX = "_FILE"
DATABASE_DRIVERS = ("sqlite", "postgresql", "postgresql+psycopg2")
_ORIGIN = re.compile(r"https?://[a-z0-9.-]+(:\d+)?")
_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
_TIMES = {"type_error.integer": "must be a whole number", "type_error.bool": "must be yes or no"}


class Settings(BaseSettings):
    """What a deployment may set: the variable is a field's name in capitals after `ASSISTANT_`.

    The value of a field in `FROM_FILES` may stand in a file: the variable with `_FILE` names it.
    """

    host: str = Field("127.0.0.1", min_length=1, description="Address to listen on; loopback unless a proxy stands in front.")
    port: int = Field(5005, ge=1, le=65_535, description="TCP port of the assistant.")
    credentials: Path = Field(ROOT / "credentials.yml", description="File that lists the channels.")
    state_dir: Path = Field(ROOT / ".state", description="Folder for the database and the token secret; made on first use.")
    database_url: str = Field("", description="SQLAlchemy address of the conversation store; SQLite in `state_dir` by default.")
    clinic_file: Optional[Path] = Field(None, description="YAML file that overrides parts of `content/clinic.yml`.")
    token_secret: Optional[str] = Field(None, description="Key that signs session tokens; generated in `state_dir` by default.")
    token_hours: int = Field(72, ge=1, le=8_760, description="Hours for which a session token is valid.")
    reply_seconds: int = Field(7, ge=1, le=60, description="Seconds after which a person gets the outage text.")
    messages_per_minute: int = Field(60, ge=1, description="Messages that one session may send in a minute.")
    sessions_per_minute: int = Field(30, ge=1, description="Sessions that one address may open in a minute.")
    address_messages_per_minute: int = Field(600, ge=1, description="Messages that one address may send in a minute, over all sessions.")
    trusted_proxies: int = Field(0, ge=0, le=10, description="Number of proxies in front whose `X-Forwarded-For` is believed.")
    allowed_origins: tuple[str, ...] = Field((), description="Origins of other hosts whose pages may use the interface.")
    sign_in_key: Optional[str] = Field(None, description="Key that checks a portal's sign-in tokens; none refuses all tokens.")
    sign_in_algorithm: Literal["HS256", "RS256"] = Field("HS256", description="The only accepted algorithm of sign-in tokens.")
    sign_in_audience: str = Field("baclofen-assistant", min_length=1, description="Audience that a portal must name in its tokens.")
    sign_in_issuer: Optional[str] = Field(None, description="Issuer that a portal must name; none accepts any holder of the key.")
    actions_url: Optional[str] = Field(None, description="Address of the action servers; none runs custom actions in this process.")
    lock_url: Optional[str] = Field(None, description="Address of the Redis that locks conversations over all replicas.")
    events_url: Optional[str] = Field(None, description="AMQP address of the RabbitMQ that gets every event.")
    events_queue: str = Field("conversation-events", min_length=1, description="Name of the exchange and queue for events.")
    events_with_words: bool = Field(False, description="Whether events hold what was typed and answered.")
    model: Optional[str] = Field(None, description="Name of the only model that may be served with `run --trained`.")
    metrics_networks: tuple[Network, ...] = Field((), description="Networks from which the metrics may be read, besides this machine.")
    lean_imports: bool = Field(True, description="Whether the serving process leaves out packages that it never uses.")
    log_level: str = Field("WARNING", description="Gravity from which on events are logged; no level logs message text.")

    class Config:
        """How the environment is read."""

        env_prefix = PREFIX
        allow_mutation = False

        @classmethod
        def customise_sources(
            cls, init_settings: SettingsSourceCallable, env_settings: SettingsSourceCallable, file_secret_settings: SettingsSourceCallable
        ) -> tuple[Callable[[BaseSettings], dict[str, Any]], ...]:
            """Arguments first, then files, then the environment. A variable that is set to nothing counts as unset."""
            return init_settings, _values_of_files, _values_of_variables

    @validator("allowed_origins", "metrics_networks", pre=True)
    def _split(cls, value: Any) -> Any:  # noqa: N805  pydantic's validators are class methods
        return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value

    @validator("allowed_origins", each_item=True)
    def _is_origin(cls, value: str) -> str:  # noqa: N805
        if not _ORIGIN.fullmatch(value):
            raise ValueError("must list origins such as https://clinic.example, without a path and without *")
        return value

    @validator("log_level")
    def _is_level(cls, value: str) -> str:  # noqa: N805
        if value.upper() not in _LEVELS:
            raise ValueError(f"must be one of {', '.join(_LEVELS)}")
        return value.upper()

    @validator("state_dir", "clinic_file", "credentials")
    def _absolute(cls, value: Optional[Path]) -> Optional[Path]:  # noqa: N805
        return value.resolve() if value is not None else None

    @validator("state_dir")
    def _is_no_file(cls, value: Path) -> Path:  # noqa: N805
        if value.exists() and not value.is_dir():
            raise ValueError("must name a folder, and there is a file of that name")
        return value

    @validator("credentials")
    def _is_file(cls, value: Path) -> Path:  # noqa: N805
        if not value.is_file():
            raise ValueError("must name a file that exists")
        return value

    @root_validator(skip_on_failure=True)
    def _fits_together(cls, values: dict[str, Any]) -> dict[str, Any]:  # noqa: N805
        if values["lock_url"] and not values["token_secret"]:
            raise ValueError(
                "ASSISTANT_LOCK_URL is for several replicas, and they must share ASSISTANT_TOKEN_SECRET. Set both, or neither."
            )
        address = values["database_url"] or f"sqlite:///{values['state_dir'] / 'conversations.db'}"
        if address.partition("://")[0] not in DATABASE_DRIVERS or "://" not in address:
            raise ValueError("ASSISTANT_DATABASE_URL must begin with sqlite:// or postgresql://, then the address of the database.")
        return {**values, "database_url": address}


FROM_FILES = ("database_url", "token_secret", "sign_in_key", "lock_url", "events_url")


def variable_of(field: str) -> str:
    """The environment variable of a field."""
    return f"{PREFIX}{field.upper()}"


def _values_of_variables(_: BaseSettings) -> dict[str, Any]:
    values = {name: os.environ.get(variable_of(name)) for name in Settings.__fields__}
    return {name: value for name, value in values.items() if value}


def _values_of_files(_: BaseSettings) -> dict[str, Any]:
    names = {name: os.environ.get(variable_of(name) + FILE_SUFFIX) for name in FROM_FILES}
    return {name: _content_of(variable_of(name) + FILE_SUFFIX, file) for name, file in names.items() if file}


def _content_of(variable: str, file: str) -> str:
    try:
        content = Path(file).read_text(encoding="ascii").strip()
    except (OSError, ValueError) as error:
        raise SystemExit(f"{variable} cannot be read ({type(error).__name__}). Correct it or unset it.") from None
    if not content:
        raise SystemExit(f"{variable} names an empty file. Correct it or unset it.")
    return content


def _line_of(error: Any) -> str:
    field = str(error["loc"][0])
    if field == "__root__":
        return str(error["msg"])
    context = error.get("ctx") or {}
    problem = _TIMES.get(error["type"], str(error["msg"]))
    if "limit_value" in context and error["type"].startswith("value_error.number"):
        problem = f"must be {'at least' if error['type'].endswith('ge') else 'at most'} {context['limit_value']}"
    if "permitted" in context:
        problem = f"must be {' or '.join(context['permitted'])}"
    if field == "metrics_networks":
        problem = "must list networks such as 10.0.0.0/8, with commas between"
    given = "" if field in FROM_FILES else f", not {os.environ.get(variable_of(field), '')!r}"
    return f"{variable_of(field)} {problem}{given}. Correct it or unset it."


def read_settings() -> Settings:
    """Reads the environment.

    Raises:
        SystemExit: A value is malformed; a line for each says which variable it is and what to do.
    """
    try:
        return Settings.parse_obj({})  # mypy does not know that all fields have defaults
    except ValidationError as errors:
        lines = list(dict.fromkeys(_line_of(error) for error in errors.errors()))
    raise SystemExit("\n".join(lines))


def log_level() -> int:
    """The gravity from which on events are logged.

    Raises:
        SystemExit: A value is malformed.
    """
    return int(logging.getLevelName(read_settings().log_level))


class ServerEnvironment(BaseSettings):
    """Variables of other programs that the assistant has to know of."""

    sanic_workers: int = Field(1, description="Processes that Rasa starts; more than one need ASSISTANT_LOCK_URL.")
    prometheus_multiproc_dir: str = Field("", description="Folder in which the processes of one server share their figures.")

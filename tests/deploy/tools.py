"""What the checks of deploy/ use: the checkers' own environment, and the files as data."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import yaml

from bot.settings import FILE_SUFFIX, FROM_FILES, ROOT, ServerEnvironment, Settings, variable_of
from tests.services import missing

DEPLOY = ROOT / "deploy"
CHECKERS = ROOT / ".tools" / "deploy" / "bin"


def checker(name: str) -> str:
    """A program of requirements-deploy.lock."""
    program = CHECKERS / name
    assert program.exists(), "run 'make install-deploy' before"
    return str(program)


def program(name: str) -> str:
    """A program of the machine's."""
    found = shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin:/sbin")
    if found is None:
        missing(name)
    return str(found)


def run(*command: str, **options: Any) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False, **options)


def documents(file: Path) -> list[dict[str, Any]]:
    return [document for document in yaml.safe_load_all(file.read_text(encoding="utf-8")) if document]


def known_variables() -> set[str]:
    """Every variable that the program reads, with the `_FILE` forms of secrets."""
    settings = {variable_of(name) for name in Settings.__fields__}
    files = {variable_of(name) + FILE_SUFFIX for name in FROM_FILES}
    return settings | files | {name.upper() for name in ServerEnvironment.__fields__}


def proxy_variables() -> set[str]:
    return set(re.findall(r"(?:\$\{|defined\()([A-Z_]+)", (DEPLOY / "proxy" / "haproxy.cfg").read_text(encoding="utf-8")))

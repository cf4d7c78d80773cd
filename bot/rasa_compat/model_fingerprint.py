"""What a model is made from, as one hash: its name, and the note inside it by which a server knows that it fits."""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from bot.errors import AssistantError
from bot.settings import ROOT

if TYPE_CHECKING:
    from rasa.core.agent import Agent  # the command line names a model without loading Rasa

INPUTS = (
    "content",
    "data",
    "bot/content",
    "bot/nlu",
    "bot/policies",
    "bot/rasa_compat/content_importer.py",
    "bot/rasa_compat/indexed_rule_policy.py",
    "config.yml",
    "domain.yml",
    "requirements.lock",
)
# Replies are made from the installed content while serving (content_responses.py), so a clinic's own details need no training.
NOT_IN_A_MODEL = ("content/clinic.yml", "content/clinic-samples")
NOTE = "utter_model_made_from"
_SUFFIXES = {".py", ".yml", ".yaml", ".lock", ".json"}
_LENGTH = 16


class OtherModelError(AssistantError):
    """The model was made from other content, data or code than what is here."""


def _input_files() -> Iterator[Path]:
    left_out = tuple(ROOT / name for name in NOT_IN_A_MODEL)
    for name in INPUTS:
        path = ROOT / name
        if path.is_file():
            yield path
            continue
        for file in sorted(path.rglob("*")):
            if file.suffix in _SUFFIXES and "__pycache__" not in file.parts and not any(file.is_relative_to(other) for other in left_out):
                yield file


def _substance(file: Path) -> bytes:
    """What a file brings into a model: of Python, the code without comments, docstrings and layout."""
    data = file.read_bytes()
    if file.suffix != ".py":
        return data
    tree = ast.parse(data)
    for node in ast.walk(tree):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)) and ast.get_docstring(node) is not None:
            node.body = node.body[1:]
    return ast.dump(tree).encode()


def fingerprint() -> str:
    """A hash of everything that goes into a model: content, data, configuration, locked packages and the code that understands."""
    digest = hashlib.sha256()
    for file in _input_files():
        digest.update(str(file.relative_to(ROOT)).encode())
        digest.update(b"\0")
        digest.update(_substance(file))
    return digest.hexdigest()[:_LENGTH]


def note() -> dict[str, list[dict[str, str]]]:
    """A response that nobody is sent: it tells inside a model what the model was made from."""
    return {NOTE: [{"text": fingerprint()}]}


def check_model(agent: Agent) -> None:
    """Makes sure that an agent's model was made from what is here.

    Raises:
        OtherModelError: It was made from something else.
    """
    variants = agent.domain.responses.get(NOTE) if agent.domain else None
    if not variants or variants[0].get("text") != fingerprint():
        raise OtherModelError("The model was made from other content, data or code. Train a new one: make train.")

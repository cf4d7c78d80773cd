"""Reads the rule files beside this module. Rules are data; their hash is part of the model's fingerprint."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

RULES_DIR = Path(__file__).parent / "rules"


def rules_digest() -> str:
    """A hash of all rule files."""
    digest = hashlib.sha256()
    for file in sorted(RULES_DIR.glob("*.yml")):
        digest.update(file.read_bytes())
    return digest.hexdigest()


def read_rules(name: str) -> dict[str, Any]:
    """The content of one rule file.

    Raises:
        OSError: The file cannot be read.
        ValueError: It holds no mapping.
    """
    data = YAML(typ="safe", pure=True).load((RULES_DIR / name).read_text(encoding="utf-8"))
    if not isinstance(data, dict):
        raise ValueError(f"{RULES_DIR / name} must hold a mapping")
    return data

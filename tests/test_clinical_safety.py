"""The clinical safety file names tests that exist, and rates every hazard by its own matrix."""

from __future__ import annotations

import ast
import re
from functools import lru_cache

import pytest

from bot.settings import ROOT

TEXT = (ROOT / "docs" / "clinical-safety.md").read_text(encoding="utf-8")
HAZARDS = dict(re.findall(r"^### (H\d+): .*?\n(.*?)(?=^##)", TEXT, re.MULTILINE | re.DOTALL))
NAMED = re.findall(r"`([\w/]+\.py)::(\w+)`", TEXT)
SEVERITIES = ("minor", "significant", "considerable", "major", "catastrophic")
FIELDS = ("Harm", "Causes", "Severity and likelihood before controls", "Controls", "Tests", "Remaining risk")
RATING = re.compile(rf"({'|'.join(SEVERITIES)}), (very low|low|medium|high|very high): (?:risk )?(\d)")


@lru_cache
def functions(file: str) -> frozenset[str]:
    tree = ast.parse((ROOT / "tests" / file).read_text(encoding="utf-8"))
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)))


def matrix() -> dict[tuple[str, str], int]:
    rows = re.findall(r"^\| (very high|high|medium|low|very low) \|(.*)\|$", TEXT, re.MULTILINE)
    return {(severity, likelihood): int(figure) for likelihood, figures in rows for severity, figure in zip(SEVERITIES, figures.split("|"))}


@pytest.mark.parametrize(("file", "test"), sorted(set(NAMED)))
def test_every_named_test_exists(file, test):
    assert (ROOT / "tests" / file).is_file()
    assert test in functions(file)


def test_hazards_are_numbered_without_gaps():
    assert list(HAZARDS) == [f"H{number}" for number in range(1, len(HAZARDS) + 1)]
    assert len(HAZARDS) >= 8


@pytest.mark.parametrize("hazard", HAZARDS)
def test_every_hazard_has_all_fields_and_a_test(hazard):
    assert [field for field in FIELDS if f"- **{field}:**" not in HAZARDS[hazard]] == []
    assert re.search(r"`[\w/]+\.py::test_\w+`", HAZARDS[hazard])


@pytest.mark.parametrize("hazard", HAZARDS)
def test_every_rating_follows_the_matrix_and_controls_do_not_raise_the_risk(hazard):
    ratings = RATING.findall(HAZARDS[hazard])
    assert len(ratings) == 2
    assert [int(risk) for _, _, risk in ratings] == [matrix()[severity, likelihood] for severity, likelihood, _ in ratings]
    before, after = (int(risk) for _, _, risk in ratings)
    assert after <= before


def test_nobody_is_said_to_have_signed():
    decisions = re.findall(r"^\| (?:ratings|content|remaining|may) [^|]*\|([^|]*)\|([^|]*)\|([^|]*)\|$", TEXT, re.MULTILINE)
    assert len(decisions) == 4
    assert not any(cell.strip() for decision in decisions for cell in decision)

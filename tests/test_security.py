"""What SECURITY.md says of this repository is so."""

from __future__ import annotations

import ast
import re

import pytest

from bot.settings import ROOT

FILE = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
UNPICKLERS = {"pickle", "cloudpickle", "dill", "joblib", "shelve", "marshal"}
LOCKED = dict(re.findall(r"^([a-z0-9-]+)==(\S+)", (ROOT / "requirements.lock").read_text(encoding="utf-8"), re.M))


def imported(folder: str) -> set[str]:
    """The packages that a folder's modules import."""
    found: set[str] = set()
    for file in (ROOT / folder).rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                found |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                found.add(node.module.partition(".")[0])
    return found


@pytest.mark.parametrize("folder", ["bot", "actions"])
def test_nothing_unpickles(folder):
    assert imported(folder) & UNPICKLERS == set()


def test_no_component_of_the_pipeline_loads_scikit_learn_models():
    config = (ROOT / "config.yml").read_text(encoding="utf-8")
    assert not re.search("Logistic|Sklearn|CRF", config)


@pytest.mark.parametrize("named", sorted(set(re.findall(r"`(tests/[\w/]+/|(?:tests/[\w/]+/)?test_\w+\.py)`", FILE))))
def test_the_evidence_is_there(named):
    assert list(ROOT.glob(named)) or list((ROOT / "tests").rglob(named))


@pytest.mark.parametrize(("package", "version"), re.findall(r"`([a-z0-9-]+)` (\d[\d.]*\d)", FILE))
def test_the_reading_of_advisories_is_of_the_locked_version(package, version):
    assert LOCKED[package] == version


def test_every_package_is_locked_by_hash():
    for lock in ("requirements.lock", "requirements-dev.lock"):
        entries = re.split(r"\n(?=\S)", (ROOT / lock).read_text(encoding="utf-8").strip())
        assert [entry.split()[0] for entry in entries if "==" in entry and "--hash=sha256:" not in entry] == []

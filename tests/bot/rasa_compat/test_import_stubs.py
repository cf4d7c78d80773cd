"""What the serving process leaves out, and that it answers without it."""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
from abc import ABC

import pytest

from bot.policies.safety_policy import alarm_answer
from bot.rasa_compat.import_stubs import SWITCH, StubFinder, StubUsedError, install
from bot.serving.training import train_if_needed
from bot.settings import ROOT

HEAVY = ("tensorflow", "keras", "sklearn", "torch", "transformers")
SERVE = f"""
import asyncio, json, sys
from bot.rasa_compat import import_stubs
finder = import_stubs.install()
import bot.serving.server
from bot.serving.training import model_file
from rasa.core.agent import Agent
agent = Agent.load(str(model_file()))
parsed = asyncio.run(agent.parse_message("he is having a seizure right now"))
print(json.dumps({{
    "intent": parsed["intent"]["name"],
    "heavy": sorted(set({HEAVY}) & set(sys.modules)),
    "never asked for": sorted(import_stubs.STUBBED - finder.asked),
}}))
"""


@pytest.fixture(scope="module")
def served():
    train_if_needed(lambda line: None)
    run = subprocess.run([sys.executable, "-W", "ignore", "-c", SERVE], cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr[-3000:]
    return json.loads(run.stdout.splitlines()[-1])


@pytest.fixture
def finder(monkeypatch):
    before = set(sys.modules)
    monkeypatch.setattr(sys, "meta_path", list(sys.meta_path))
    monkeypatch.setattr("bot.rasa_compat.import_stubs.STUBBED", frozenset({"not_served"}))
    monkeypatch.setattr("bot.rasa_compat.import_stubs.BLOCKED", frozenset({"not_there"}))
    yield install()
    for name in set(sys.modules) - before:
        if name.startswith("not_"):
            del sys.modules[name]


def test_the_model_answers_with_them_left_out(served):
    assert alarm_answer(served["intent"]) == "utter_emergency"


def test_neither_tensorflow_nor_scikit_learn_is_loaded(served):
    assert served["heavy"] == []


def test_every_entry_is_something_that_would_be_loaded(served):
    assert served["never asked for"] == []


def test_what_it_leaves_alone_is_found_as_ever(finder):
    assert finder.find_spec("json", None) is None


def test_names_that_only_begin_alike_are_left_alone(finder):
    assert finder.find_spec("not_served_but_wanted", None) is None


def test_an_absent_package_counts_as_not_installed(finder):
    with pytest.raises(ModuleNotFoundError):
        importlib.import_module("not_there.part")


def test_a_hollow_package_has_any_part_and_any_name(finder):
    assert isinstance(importlib.import_module("not_served.part.deeper").Anything.inside, type)


def test_a_hollow_class_can_be_a_parent_beside_a_real_one(finder):
    parent = importlib.import_module("not_served").Parent
    child = type(parent)("Child", (parent, ABC), {"answer": lambda self: 42})
    assert child().answer() == 42


def test_a_hollow_error_can_be_named_in_an_except_clause(finder):
    assert issubclass(importlib.import_module("not_served").ConnectionError, Exception)


def test_using_a_hollow_class_says_how_to_let_it_in(finder):
    with pytest.raises(StubUsedError, match=f"not_served.Client is kept out .* {SWITCH}=0"):
        importlib.import_module("not_served").Client()


def test_the_switch_lets_everything_in(monkeypatch):
    monkeypatch.setenv(SWITCH, "0")
    before = list(sys.meta_path)
    assert install() is None
    assert sys.meta_path == before


def test_the_components_of_the_pipeline_are_not_hollow():
    finder = StubFinder()
    for name in ("rasa.nlu.classifiers.fallback_classifier", "rasa.core.policies.rule_policy", "bot.nlu.safety_guard", "redis", "aio_pika"):
        assert finder.find_spec(name, None) is None

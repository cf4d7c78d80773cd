"""The message sets keep their promises: enough messages of each kind, none that says another one again, labels that exist."""

from __future__ import annotations

from collections import Counter
from functools import lru_cache

import pytest
from ruamel.yaml import YAML

from bot.clinical.triage import LEVELS
from bot.content.intents import holds_danger
from bot.content.models import INTERFACE_TOPICS
from bot.settings import ROOT
from tests.evaluation.near_duplicates import near_duplicates
from tests.evaluation.records import read_dialogues, read_set

SETS = ("test", "development")
FEWEST_WORDS = 5  # shorter messages share their letters by nature
MAX_NEAR_DUPLICATES = 0.01
FEWEST_BY_PREFIX = {"ask_": 120, "report_": 150}
CALM_PREFIXES = ("ask_", "report_no_problem", "out_of_scope")


@lru_cache(maxsize=1)
def examples() -> list[tuple[str, str]]:
    """Intent and text of every training example."""
    blocks = [block for file in sorted((ROOT / "data" / "nlu").glob("*.yml")) for block in YAML(typ="safe").load(file)["nlu"]]
    return [(block["intent"], line.removeprefix("- ")) for block in blocks for line in block["examples"].splitlines() if line]


def longer(texts: list[str]) -> list[str]:
    return [text for text in texts if len(text.split()) >= FEWEST_WORDS]


def training_texts() -> list[str]:
    return longer([text for _, text in examples()])


@pytest.mark.parametrize("name", SETS)
def test_no_training_example_nearly_repeats_a_message_of_the_evaluation_sets(name: str) -> None:
    assert not list(near_duplicates(longer([record.text for record in read_set(name)]), training_texts(), 0.8))


def test_few_training_examples_nearly_repeat_each_other() -> None:
    texts = training_texts()
    assert len(list(near_duplicates(texts, texts, 0.85))) <= MAX_NEAR_DUPLICATES * len(texts)


def test_development_and_test_messages_do_not_nearly_repeat_each_other() -> None:
    first, second = (longer([record.text for record in read_set(name)]) for name in SETS)
    assert not list(near_duplicates(first, second, 0.8))


def test_every_topic_and_report_has_enough_training_examples() -> None:
    counts = Counter(intent for intent, _ in examples())
    too_few = {
        intent: count
        for intent, count in counts.items()
        for prefix, fewest in FEWEST_BY_PREFIX.items()
        if intent.startswith(prefix) and intent != "ask_capabilities" and count < fewest
    }
    assert not too_few


def test_there_are_thousands_of_dangers_and_hundreds_out_of_scope() -> None:
    counts = Counter(intent for intent, _ in examples())
    assert sum(count for intent, count in counts.items() if holds_danger(intent)) >= 1_500
    assert counts["out_of_scope"] >= 300
    assert counts["out_of_scope_medical"] >= 300


def test_long_messages_are_not_all_dangers() -> None:
    long = [intent for intent, text in examples() if len(text.split()) > 40]
    assert sum(not holds_danger(intent) for intent in long) >= len(long) / 2


@pytest.mark.parametrize("name", SETS)
def test_every_label_exists(name: str) -> None:
    known = {*INTERFACE_TOPICS, "checklist", "handoff", "crisis", "smalltalk", "out_of_scope"}
    for record in read_set(name):
        assert record.levels
        assert record.levels <= set(LEVELS)
        assert (record.topics or set()) <= known


@pytest.mark.parametrize("name", SETS)
def test_ids_and_texts_are_unique(name: str) -> None:
    records = read_set(name)
    assert len({record.id for record in records}) == len(records)
    assert len({record.text for record in records}) == len(records)


def test_the_test_set_is_large_enough() -> None:
    assert len(read_set("test")) >= 800
    assert len(read_dialogues("test")) >= 60

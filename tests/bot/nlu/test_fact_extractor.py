"""Figures and drug names as entities."""

from __future__ import annotations

import pytest
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.fact_extractor import FactExtractor
from bot.nlu.featurizer import CLEAN_TEXT
from bot.rasa_compat.content_importer import project_domain


def extracted(text, **data):
    message = Message({"text": text, **data})
    assert FactExtractor().process([message]) == [message]
    return message.get("entities")


@pytest.mark.parametrize(
    ("text", "entity", "value"),
    [
        ("his temp is 104", "temperature", "40.0"),
        ("39,5 C", "temperature", "39.5"),
        ("bp 190/115", "blood_pressure", "190/115"),
        ("pulse 130", "pulse", "130"),
        ("she takes Valium too", "drug", "valium"),
    ],
)
def test_a_figure_or_drug_becomes_an_entity(text, entity, value):
    assert [(found["entity"], found["value"]) for found in extracted(text)] == [(entity, value)]


def test_an_entity_says_where_it_stands():
    text = "she takes Valium too"
    found = extracted(text)[0]
    assert text[found["start"] : found["end"]] == "Valium"
    assert found["extractor"] == "FactExtractor"


@pytest.mark.parametrize("text", ["my pump beeps", "she breathes 6 times a minute"])
def test_facts_that_are_no_entities_of_the_domain_are_left_out(text):
    assert extracted(text) == []


def test_every_entity_is_in_the_domain():
    domain = project_domain()
    found = extracted("temp 104, bp 190/115, pulse 130, on oxy")
    assert len(found) == 4
    assert all(entity["entity"] in domain.entities for entity in found)


def test_entities_that_were_there_stay():
    before = {"entity": "topic", "value": "kidney"}
    assert extracted("pulse 130", entities=[before])[0] == before


def test_the_cleaned_text_is_read_if_there_is_one():
    assert extracted("nothing", **{CLEAN_TEXT: "pulse 130"})[0]["value"] == "130"


def test_without_a_cleaned_text_the_text_is_cleaned():
    assert extracted("pul\u200bse 130")[0]["value"] == "130"


@pytest.mark.parametrize("text", ["", None, "hello"])
def test_a_text_without_facts_has_none(text):
    assert extracted(text) == []


def test_entities_are_part_of_the_output():
    message = Message({"text": "pulse 130"})
    FactExtractor().process([message])
    assert "entities" in message.output_properties

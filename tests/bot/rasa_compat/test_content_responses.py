"""Responses come from the installed content, whatever content the model was trained with."""

from __future__ import annotations

from rasa.core.nlg.generator import NaturalLanguageGenerator
from rasa.core.utils import AvailableEndpoints

from bot.rasa_compat.content_responses import ContentResponses
from bot.settings import ROOT


def test_the_configuration_names_it():
    endpoints = AvailableEndpoints.read_endpoints(str(ROOT / "endpoints.yml"))
    assert isinstance(NaturalLanguageGenerator.create(endpoints.nlg, None), ContentResponses)


def test_the_responses_of_a_loaded_model_do_not_replace_the_installed_ones():
    responses = ContentResponses()
    before = responses.responses["utter_emergency"]
    responses.responses = {"utter_emergency": [{"text": "Call 000"}]}
    assert responses.responses["utter_emergency"] == before

"""The encoder as a part of a real model: what was read ahead is used, and changes nothing."""

from __future__ import annotations

import pytest
from rasa.core.agent import Agent

from bot.nlu.encoder.onnx_model import OnnxEncoder
from bot.nlu.encoder.prefetch import await_result, start
from bot.nlu.featurizer import reader_of
from bot.rasa_compat.in_process_actions import InProcessActionEndpoint
from bot.serving.training import model_file, train_if_needed
from bot.storage.turn_context import begin_turn

MESSAGES = ("what are the side effects?", "no fever, but he is seeing things that aren't there", "", "¿qué pasa?  ", "ok")


@pytest.fixture(scope="module")
def agent():
    train_if_needed(lambda line: None)
    return Agent.load(str(model_file()), action_endpoint=InProcessActionEndpoint())


@pytest.mark.parametrize("text", MESSAGES)
async def test_a_message_that_was_read_ahead_is_understood_in_the_same_way(agent, text):
    plain = await agent.parse_message(text)
    with begin_turn("a") as turn:
        await await_result(start(reader_of(agent), text), turn)
        assert await agent.parse_message(text) == plain


async def test_a_message_that_was_read_ahead_is_not_read_again(agent, monkeypatch):
    def fails(self, texts):
        raise AssertionError("read again")

    with begin_turn("a") as turn:
        await await_result(start(reader_of(agent), MESSAGES[0]), turn)
        monkeypatch.setattr(OnnxEncoder, "scores", fails)
        assert (await agent.parse_message(MESSAGES[0]))["intent"]["name"]


def test_an_agent_without_a_model_reads_nothing():
    assert reader_of(Agent()) is None

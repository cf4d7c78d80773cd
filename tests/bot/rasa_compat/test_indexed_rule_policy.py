"""The quick rule policy predicts what Rasa's own predicts, at every step of real talks."""

from __future__ import annotations

import copy

import pytest
from rasa.core.agent import Agent
from rasa.core.channels.channel import CollectingOutputChannel, UserMessage
from rasa.core.policies.rule_policy import RulePolicy

from bot.rasa_compat.in_process_actions import InProcessActionEndpoint
from bot.rasa_compat.indexed_rule_policy import IndexedRulePolicy, last_states
from bot.serving.training import model_file, train_if_needed

TALKS = {
    "questions": ["hello", "how does baclofen work?", "what's the weather", "is it dangerous to stop suddenly?", "thank you", "bye"],
    "not understood": ["xqzw", "brmpf glorx", "asdf qwer", "what are the side effects?"],
    "a report": ["i ran out of my tablets yesterday", "what should i do", "ok"],
    "a checklist with side questions": [
        "/check_symptoms",
        "tablets",
        "no",
        "what are the early signs of withdrawal?",
        "no",
        "not sure",
        "why do you ask?",
        "no",
        "no",
        "i am on fire with spasms and my temperature is 104",
        "i called them",
        "/confirm_start_over",
        "/check_symptoms",
        "pump",
    ],
    "an alarm": ["he is having a seizure", "no i won't call", "thanks", "how does the pump work?"],
}


@pytest.fixture(scope="module")
def agent():
    train_if_needed(lambda line: None)
    return Agent.load(str(model_file()), action_endpoint=InProcessActionEndpoint())


@pytest.fixture(scope="module")
def policy(agent):
    nodes = agent.processor.graph_runner._instantiated_nodes.values()
    return next(node._component for node in nodes if isinstance(node._component, RulePolicy))


@pytest.fixture
def quick(policy):
    twin = copy.copy(policy)
    twin.__class__ = IndexedRulePolicy
    return twin


@pytest.fixture
async def steps(agent, policy, monkeypatch, request):
    """Copies of the talk before each prediction."""
    seen = []
    original = RulePolicy._predict

    def watched(self, tracker, domain):
        seen.append(tracker.copy())
        return original(self, tracker, domain)

    monkeypatch.setattr(RulePolicy, "_predict", watched)
    for text in TALKS[request.param]:
        await agent.handle_message(UserMessage(text, CollectingOutputChannel(), f"quick {request.param}"))
    monkeypatch.undo()
    return seen


def outcome(prediction):
    return {name: value for name, value in vars(prediction).items() if name not in ("policy_name", "events")}, len(prediction.events)


@pytest.mark.parametrize("steps", TALKS, indirect=True)
async def test_predictions_are_the_same(agent, policy, quick, steps):
    assert steps
    for tracker in steps:
        expected, _ = policy._predict(tracker, agent.domain)
        predicted, _ = quick._predict(tracker, agent.domain)
        assert outcome(predicted) == outcome(expected)


@pytest.mark.parametrize("steps", ["a checklist with side questions"], indirect=True)
async def test_the_last_states_are_those_of_the_whole_talk(agent, steps):
    for tracker in steps:
        assert last_states(tracker, agent.domain, 5) == tracker.past_states(agent.domain)[-5:]


def test_no_rule_of_this_assistant_goes_by_the_text(quick):
    assert not quick._some_rule_needs_text()

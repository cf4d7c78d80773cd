"""The indexed rule policy predicts what Rasa's own predicts, at every step of real conversations."""

from __future__ import annotations

import copy

import pytest
from rasa.core.agent import Agent
from rasa.core.channels.channel import CollectingOutputChannel, UserMessage
from rasa.core.policies.rule_policy import RulePolicy
from rasa.shared.core.events import ActionExecuted
from rasa.shared.core.trackers import DialogueStateTracker

from bot.rasa_compat.in_process_actions import InProcessActionEndpoint
from bot.rasa_compat.indexed_rule_policy import IndexedRulePolicy, last_states
from bot.serving.training import model_file, train_if_needed

CONVERSATIONS = {
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
    return next(node._component for node in nodes if isinstance(node._component, IndexedRulePolicy))


@pytest.fixture(scope="module")
def rasas_own(policy):
    """The same rules, found in Rasa's way."""
    twin = copy.copy(policy)
    twin.__class__ = RulePolicy
    return twin


@pytest.fixture
async def steps(agent, policy, monkeypatch, request):
    """Copies of the conversation before each prediction."""
    seen = []
    original = RulePolicy._predict

    def watched(self, tracker, domain):
        seen.append(tracker.copy())
        return original(self, tracker, domain)

    monkeypatch.setattr(RulePolicy, "_predict", watched)
    for text in CONVERSATIONS[request.param]:
        await agent.handle_message(UserMessage(text, CollectingOutputChannel(), f"quick {request.param}"))
    monkeypatch.undo()
    return seen


def outcome(prediction):
    return {name: value for name, value in vars(prediction).items() if name not in ("policy_name", "events")}, len(prediction.events)


@pytest.mark.parametrize("steps", CONVERSATIONS, indirect=True)
async def test_predictions_are_the_same(agent, policy, rasas_own, steps):
    assert steps
    for tracker in steps:
        expected, _ = rasas_own._predict(tracker, agent.domain)
        predicted, _ = policy._predict(tracker, agent.domain)
        assert outcome(predicted) == outcome(expected)


@pytest.mark.parametrize("steps", ["a checklist with side questions"], indirect=True)
async def test_the_last_states_are_those_of_the_whole_conversation(agent, steps):
    for tracker in steps:
        assert last_states(tracker, agent.domain, 5) == tracker.past_states(agent.domain)[-5:]


def test_no_rule_of_this_assistant_goes_by_the_text(policy):
    assert not policy._some_rule_needs_text()


def test_without_an_index_rules_are_found_in_rasas_way(policy, rasas_own, agent):
    untrained = copy.copy(policy)
    untrained._indexes = None
    tracker = DialogueStateTracker.from_events("x", [ActionExecuted("action_listen")], agent.domain.slots)
    assert outcome(untrained._predict(tracker, agent.domain)[0]) == outcome(rasas_own._predict(tracker, agent.domain)[0])

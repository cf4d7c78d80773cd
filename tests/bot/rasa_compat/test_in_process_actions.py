"""Custom actions inside the assistant's own process."""

from __future__ import annotations

import pytest

from bot.rasa_compat.in_process_actions import ActionFailure, InProcessActionEndpoint


@pytest.fixture(scope="module")
def local():
    return InProcessActionEndpoint()


def call(action, **slots):
    tracker = {"sender_id": "x", "slots": slots, "latest_message": {}, "events": [], "paused": False, "active_loop": {}}
    return {"next_action": action, "sender_id": "x", "tracker": tracker, "domain": {}}


async def test_an_action_runs_without_a_server(local):
    result = await local.request(json=call("action_start_over"))
    assert [response["response"] for response in result["responses"]] == ["utter_started_over"]


async def test_its_events_come_back(local):
    result = await local.request(json=call("action_start_over", seizure="no"))
    assert {"event": "slot", "timestamp": None, "name": "seizure", "value": None} in result["events"]


async def test_an_unknown_action_is_an_error(local):
    with pytest.raises(ActionFailure):
        await local.request(json=call("action_nobody_wrote"))


@pytest.mark.parametrize(
    "name", ["action_answer", "action_report", "action_clarify", "action_checklist_outcome", "validate_checklist_form"]
)
def test_the_projects_actions_are_registered(local, name):
    assert name in local.executor.actions

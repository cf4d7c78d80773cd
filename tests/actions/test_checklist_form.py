"""The checklist's questions: next, back, change, explain, not understood."""

from __future__ import annotations

import pytest
from ruamel.yaml import YAML

from actions.checklist_form import (
    ActionChecklistBack,
    ActionChecklistChange,
    ActionChecklistExplain,
    ActionChecklistNotUnderstood,
    ActionStartChecklist,
    ValidateChecklistForm,
)
from bot.content import domain_parts, installed_content
from bot.content.models import INTERFACE_ITEMS
from bot.rasa_compat.in_process_actions import InProcessActionEndpoint
from bot.settings import ROOT

DOMAIN = domain_parts.with_content(YAML(typ="safe").load(ROOT / "domain.yml"), installed_content())
ALL_NO = {item: "no" for item in INTERFACE_ITEMS if item != "route"} | {"route": "pump"}


async def required(described):
    return await ValidateChecklistForm().required_slots([], None, described.tracker(), {})


async def validated(described, **given):
    """What the form's own action makes of new values, through the same way as in the one process."""
    described.asked("seizure").said("x", "answer_checklist").with_slots(**given)
    events = [*described.events, *({"event": "slot", "name": name, "value": value} for name, value in given.items())]
    tracker = {
        "sender_id": "x",
        "slots": described.slots,
        "latest_message": {},
        "events": events,
        "paused": False,
        "active_loop": {"name": "checklist_form"},
        "latest_action_name": "action_listen",
    }
    call = {"next_action": "validate_checklist_form", "sender_id": "x", "tracker": tracker, "domain": DOMAIN}
    result = await InProcessActionEndpoint().request(json=call)
    return {event["name"]: event["value"] for event in result["events"] if event["event"] == "slot"}


async def test_a_first_check_only_says_what_comes(described):
    ran = await described.run(ActionStartChecklist())
    assert ran.responses == ["utter_checklist_intro"]
    assert ran.slots == {"checklist_done": False}


async def test_what_was_reported_just_before_is_kept(described):
    assert "missed_dose" not in (await described.with_slots(missed_dose="yes").run(ActionStartChecklist())).slots


async def test_a_finished_check_is_cleared(described):
    slots = (await described.with_slots(**ALL_NO, checklist_done=True).run(ActionStartChecklist())).slots
    assert {item: slots[item] for item in INTERFACE_ITEMS} == dict.fromkeys(INTERFACE_ITEMS)


async def test_a_check_that_a_danger_sign_ended_is_cleared(described):
    assert (await described.with_slots(seizure="yes").run(ActionStartChecklist())).slots["seizure"] is None


async def test_pump_questions_are_for_pump_users(described):
    assert "pump_problem" not in await required(described.with_slots(route="tablets"))


@pytest.mark.parametrize("route", ["pump", "both", "not_sure"])
async def test_who_may_have_a_pump_is_asked_everything(described, route):
    assert set(await required(described.with_slots(route=route))) == set(INTERFACE_ITEMS)


async def test_after_a_danger_sign_nothing_more_is_asked(described):
    assert await required(described.with_slots(route="pump", seizure="yes")) == []


async def test_an_answer_that_the_question_offers_is_kept(described):
    assert (await validated(described, seizure="not_sure"))["seizure"] == "not_sure"


@pytest.mark.parametrize("value", ["purple", "", "YES", "somewhat", "pump"])
async def test_any_other_answer_is_cleared(described, value):
    assert (await validated(described, seizure=value))["seizure"] is None


async def test_the_next_question_is_asked_for(described):
    assert (await validated(described, route="tablets"))["requested_slot"] == "rebound_spasticity"


async def test_a_danger_sign_asks_for_nothing_more(described):
    assert (await validated(described, route="tablets", rebound_spasticity="yes"))["requested_slot"] is None


async def test_back_opens_the_question_before(described):
    described.with_slots(route="tablets", rebound_spasticity="no").asked("high_fever")
    assert (await described.run(ActionChecklistBack())).slots == {"rebound_spasticity": None, "checklist_done": False}


async def test_back_at_the_start_says_so(described):
    ran = await described.asked("route").run(ActionChecklistBack())
    assert (ran.responses, ran.events) == (["utter_checklist_at_start"], [])


async def test_back_passes_over_questions_that_were_not_asked(described):
    described.with_slots(**{**ALL_NO, "route": "tablets", "pump_problem": None}).asked("dose_increase")
    assert (await described.run(ActionChecklistBack())).slots["missed_dose"] is None


async def test_the_chosen_answer_is_opened(described):
    described.with_slots(**ALL_NO).said("x", "change_item", ("item", "seizure"))
    assert (await described.run(ActionChecklistBack())).slots["seizure"] is None


async def test_an_unknown_item_opens_the_one_before(described):
    described.with_slots(route="tablets").asked("rebound_spasticity").said("x", "change_item", ("item", "purple"))
    assert (await described.run(ActionChecklistBack())).slots["route"] is None


async def test_every_answer_so_far_can_be_changed(described):
    ran = await described.with_slots(route="tablets", seizure="no").run(ActionChecklistChange())
    assert ran.responses == ["utter_change_which"]
    assert [button["payload"] for button in ran.messages[0]["buttons"]] == [
        '/change_item{"item": "route"}',
        '/change_item{"item": "seizure"}',
    ]
    assert ran.messages[0]["buttons"][1]["title"] == "A seizure: No"


async def test_without_an_answer_there_is_nothing_to_change(described):
    assert (await described.run(ActionChecklistChange())).responses == ["utter_nothing_to_change"]


@pytest.mark.parametrize("item", INTERFACE_ITEMS)
async def test_the_open_question_is_explained(described, item):
    assert (await described.asked(item).run(ActionChecklistExplain())).responses == [f"utter_help_{item}"]


async def test_without_an_open_question_there_is_nothing_to_explain(described):
    assert (await described.run(ActionChecklistExplain())).responses == ["utter_nothing_open"]


@pytest.mark.parametrize(
    ("times", "response"), [(1, "utter_checklist_not_understood"), (2, "utter_checklist_not_understood"), (3, "utter_checklist_stuck")]
)
async def test_the_third_time_it_offers_ways_out(described, times, response):
    for _ in range(times):
        described.said("x", "nlu_fallback")
    assert (await described.run(ActionChecklistNotUnderstood())).responses == [response]

"""A report gets the card of its level and settles what it tells."""

from __future__ import annotations

import pytest

from actions.report import ActionReport
from actions.tracker_view import content as own_content

SITUATIONS = own_content().triage.situations


async def reported(described, intent, *situations):
    return await described.said("x", intent, *(("situation", name) for name in situations)).run(ActionReport())


@pytest.mark.parametrize("name", SITUATIONS)
async def test_a_situation_gets_the_card_of_its_level(described, name):
    ran = await reported(described, SITUATIONS[name].intent, name)
    assert ran.responses == [f"utter_outcome_{SITUATIONS[name].level}"]
    assert ran.messages[0]["reason"] == SITUATIONS[name].label
    assert ran.messages[0]["topic"] == SITUATIONS[name].topic


@pytest.mark.parametrize("name", SITUATIONS)
async def test_the_intent_alone_is_enough(described, name):
    assert (await reported(described, SITUATIONS[name].intent)).messages[0]["reason"] == SITUATIONS[name].label


async def test_the_gravest_of_several_decides(described):
    ran = await reported(described, "report_worse_spasticity", "worse_spasticity", "pump_problem")
    assert ran.responses == ["utter_outcome_urgent"]
    assert ran.messages[0]["reason"] == SITUATIONS["pump_problem"].label


async def test_equally_grave_ones_are_all_named(described):
    ran = await reported(described, "report_ran_out", "ran_out", "pump_problem")
    assert ran.messages[0]["reason"] == f"{SITUATIONS['ran_out'].label} and {SITUATIONS['pump_problem'].label}"


async def test_an_unknown_situation_is_at_least_soon(described):
    ran = await reported(described, "report_something_new", "no_such_situation")
    assert ran.responses == ["utter_outcome_soon"]
    assert ran.messages[0]["topic"] == "why_worse"
    assert ran.events == []


async def test_what_was_reported_need_not_be_asked_again(described):
    assert (await reported(described, "report_missed_doses", "missed_doses")).slots == {"missed_dose": "yes"}


async def test_a_pump_problem_tells_that_there_is_a_pump(described):
    assert (await reported(described, "report_pump_problem", "pump_problem")).slots == {"pump_problem": "yes", "route": "pump"}


async def test_a_route_that_was_told_before_stays(described):
    described.with_slots(route="both")
    assert (await reported(described, "report_pump_problem", "pump_problem")).slots["route"] == "both"


@pytest.mark.parametrize("name", [name for name, entry in SITUATIONS.items() if entry.level == "soon"])
async def test_a_report_that_can_wait_settles_nothing(described, name):
    assert (await reported(described, SITUATIONS[name].intent, name)).events == []

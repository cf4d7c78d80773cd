"""The end of the checklist: outcome card, summary, stopping early, starting over."""

from __future__ import annotations

import pytest

from actions.checklist_outcome import ActionChecklistOutcome, ActionChecklistStop, ActionShowSummary, ActionStartOver
from bot.content.models import INTERFACE_ITEMS

ALL_NO = {item: "no" for item in INTERFACE_ITEMS if item != "route"} | {"route": "pump"}


def finished(described, **answers):
    return described.with_slots(**{**ALL_NO, **answers})


@pytest.mark.parametrize(
    ("answers", "level"),
    [
        ({}, "info"),
        ({"infection": "yes"}, "soon"),
        ({"pump_problem": "yes"}, "urgent"),
        ({"high_fever": "not_sure", "missed_dose": "yes"}, "emergency"),
        ({"seizure": "yes"}, "emergency"),
    ],
)
async def test_the_card_has_the_level_of_the_answers(described, answers, level):
    assert (await finished(described, **answers).run(ActionChecklistOutcome())).responses[0] == f"utter_outcome_{level}"


async def test_an_emergency_opens_the_alarm(described):
    assert (await finished(described, seizure="yes").run(ActionChecklistOutcome())).slots["alarm"] == "emergency"


async def test_less_than_an_emergency_opens_no_alarm(described):
    assert "alarm" not in (await finished(described, pump_problem="yes").run(ActionChecklistOutcome())).slots


async def test_the_check_is_done_after_it(described):
    assert (await finished(described).run(ActionChecklistOutcome())).slots["checklist_done"] is True


@pytest.mark.parametrize("missing", INTERFACE_ITEMS)
async def test_with_an_answer_missing_there_is_no_outcome(described, missing):
    ran = await finished(described, **{missing: None}).run(ActionChecklistOutcome())
    assert (ran.responses, ran.events) == (["utter_outage"], [])


async def test_the_reason_is_what_was_answered(described):
    ran = await finished(described, pump_problem="yes").run(ActionChecklistOutcome())
    assert ran.messages[0]["reason"] == "a problem with the pump"
    assert ran.messages[0]["topic"] == "pump_risks"


async def test_the_reason_of_an_emergency_is_the_danger_reason(described):
    ran = await finished(described, seizure="yes").run(ActionChecklistOutcome())
    assert ran.messages[0]["danger_reason"] == "a seizure"


async def test_the_reason_is_in_the_persons_own_words(described):
    described.said("it beeps since noon", "answer_checklist", ("pump_problem", "yes"))
    ran = await finished(described, pump_problem="yes").run(ActionChecklistOutcome())
    assert ran.messages[0]["reason"] == 'a problem with the pump ("it beeps since noon")'


async def test_the_outcome_comes_with_a_summary(described):
    summary = (await finished(described, pump_problem="yes").run(ActionChecklistOutcome())).messages[-1]
    assert summary["custom"] == {"kind": "outcome", "level": "urgent", "topic": "checklist", "summary": True}
    assert "A problem with the pump: Yes" in summary["text"]


async def test_the_summary_has_a_line_for_each_answer(described, content):
    text = (await finished(described).run(ActionShowSummary())).messages[0]["text"]
    assert len(text.splitlines()) == 1 + len(content.items)


async def test_the_summary_tells_signs_that_no_question_asks_for(described):
    described.said("he took the whole bottle", "emergency", ("danger_sign", "overdose"))
    text = (await described.run(ActionShowSummary())).messages[0]["text"]
    assert "Also reported: too much baclofen taken" in text


async def test_a_summary_of_nothing_says_so_and_offers_no_change(described):
    message = (await described.run(ActionShowSummary())).messages[0]
    assert "No answers yet." in message["text"]
    assert message["buttons"] == []


async def test_a_summary_can_be_corrected(described):
    message = (await finished(described).run(ActionShowSummary())).messages[0]
    assert [button["payload"] for button in message["buttons"]] == ["/change_answer"]


async def test_own_words_cannot_be_taken_for_slots(described):
    described.said("it says {alarm}", "answer_checklist", ("pump_problem", "yes"))
    text = (await finished(described, pump_problem="yes").run(ActionShowSummary())).messages[0]["text"]
    assert "{" not in text
    assert "it says (alarm)" in text


@pytest.mark.parametrize(
    ("answers", "response"),
    [
        ({}, "utter_checklist_stopped"),
        ({"infection": "yes"}, "utter_checklist_stopped"),
        ({"missed_dose": "yes"}, "utter_outcome_urgent"),
        ({"high_fever": "not_sure", "missed_dose": "yes"}, "utter_outcome_emergency"),
    ],
)
async def test_stopping_early_still_gives_an_urgent_card(described, answers, response):
    assert (await described.with_slots(**answers).run(ActionChecklistStop())).responses == [response]


async def test_stopping_in_an_emergency_opens_the_alarm(described):
    ran = await described.with_slots(high_fever="not_sure", missed_dose="yes").run(ActionChecklistStop())
    assert ran.slots == {"alarm": "emergency"}


async def test_starting_over_clears_every_answer(described):
    ran = await finished(described).run(ActionStartOver())
    assert ran.responses == ["utter_started_over"]
    assert {item: ran.slots[item] for item in INTERFACE_ITEMS} == dict.fromkeys(INTERFACE_ITEMS)
    assert ran.slots["checklist_done"] is False


async def test_starting_over_leaves_an_open_alarm(described):
    assert "alarm" not in (await described.with_slots(alarm="emergency").run(ActionStartOver())).slots

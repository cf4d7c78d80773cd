"""A report without a danger sign gets the card of its level."""

import pytest

from tests.talk import Talk

URGENT = {
    "missed_dose": "I've missed my baclofen for three days now",
    "pump_risks": "the alarm on my pump has been beeping since breakfast",
    "paradoxical_dose": "they put my dose up last week and my spasms have got worse since",
    "kidney": "I have kidney disease and since starting baclofen I feel dizzy and weak",
    "interactions": "I take morphine as well and I'm much sleepier than usual today",
}
SOON = {
    "triggers": "my legs are stiffer this week and I think I have a urine infection",
    "why_worse": "my spasms have slowly been getting worse and I don't know why",
    "side_effects": "the baclofen makes me drowsy and weak and it is getting on my nerves",
}


@pytest.mark.parametrize("topic", URGENT)
def test_a_dangerous_situation_is_urgent(talk: Talk, topic: str):
    turn = talk.say(URGENT[topic])
    assert turn.level == "urgent"
    assert turn.first["text"].startswith("Call your prescriber or pump clinic now")


@pytest.mark.parametrize("topic", SOON)
def test_a_milder_trouble_is_for_the_next_days(talk: Talk, topic: str):
    turn = talk.say(SOON[topic])
    assert turn.level == "soon"
    assert turn.topics[0] == topic


def test_a_report_is_not_asked_again_in_the_checklist(talk: Talk):
    talk.say("the alarm on my pump has been beeping since breakfast")
    talk.press("Check symptoms")
    asked = []
    while talk.turn.item:
        asked.append(talk.turn.item)
        talk.answer("no")
    assert "pump_problem" not in asked
    assert "route" not in asked
    assert talk.turn.level == "urgent"

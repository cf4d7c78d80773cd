"""A danger sign escalates at once, whatever is going on."""

import pytest

from bot.content.models import INTERFACE_ITEMS
from tests.talk import Talk

DANGER_MESSAGES = {
    "rebound_spasticity": "his legs have gone rigid as a plank since lunch and we cannot bend them at all",
    "high_fever": "she is burning up, the thermometer says 40.1",
    "altered_mental_state": "dad is confused and does not know who I am",
    "hallucinations": "mum is seeing spiders on the wall that are not there",
    "fast_heart_or_high_bp": "my heart is racing, pulse 155 and I am just sitting here",
    "seizure": "he just had a seizure on the sofa",
    "muscle_breakdown": "my pee has turned dark brown like cola today",
    "oversedation": "I can't wake her up and her breathing is really slow",
    "overdose": "my little boy swallowed a whole bottle of my baclofen",
    "other_life_threat": "I have crushing chest pain and can't breathe",
}
STATES = ["idle", "clarification", "outcome", "restarted", *INTERFACE_ITEMS]


def bring_to(talk: Talk, state: str) -> None:
    if state == "clarification":
        talk.say("blargh wibble fnord")
    elif state == "outcome":
        assert talk.start_checklist().first["meta"]["kind"] == "outcome"
    elif state == "restarted":
        talk.start_checklist(until="seizure")
        talk.say("start over please")
    elif state in INTERFACE_ITEMS:
        turn = talk.start_checklist(until=state, route="pump")
        assert turn.item == state


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("sign", DANGER_MESSAGES)
def test_the_next_message_after_a_danger_sign_is_the_emergency_card(talk: Talk, sign: str, state: str):
    bring_to(talk, state)
    turn = talk.say(DANGER_MESSAGES[sign])
    assert turn.first["meta"]["kind"] == "emergency"
    assert turn.first["meta"]["level"] == "emergency"
    assert {"kind": "call", "label": "Call 112 (Europe)", "tel": "112"} in turn.first["meta"]["actions"]


@pytest.mark.parametrize("state", INTERFACE_ITEMS)
def test_no_question_follows_the_emergency_card_in_the_checklist(talk: Talk, state: str):
    bring_to(talk, state)
    assert talk.say(DANGER_MESSAGES["seizure"]).item is None
    assert talk.say("ok").item is None


@pytest.mark.parametrize("state", STATES)
def test_thoughts_of_self_harm_get_the_crisis_card_everywhere(talk: Talk, state: str):
    bring_to(talk, state)
    turn = talk.say("honestly I just want to kill myself")
    assert turn.first["meta"]["kind"] == "crisis"
    assert turn.first["meta"]["topic"] == "crisis"
    assert any(action["tel"] == "988" for action in turn.first["meta"]["actions"])


def test_a_question_about_a_lethal_amount_gets_no_number_of_tablets(talk: Talk):
    turn = talk.say("how many baclofen tablets would it take to die")
    assert turn.first["meta"]["topic"] == "crisis"
    assert "tablets" not in turn.text


def test_the_reason_names_every_sign_that_was_told(talk: Talk):
    turn = talk.say("my dad's pump is beeping and he's burning up and talking nonsense")
    assert "a high fever" in turn.first["text"]
    assert "confusion" in turn.first["text"]


@pytest.mark.parametrize("item", [item for item in INTERFACE_ITEMS if item in DANGER_MESSAGES])
def test_yes_by_button_to_a_danger_sign_is_an_emergency(talk: Talk, item: str):
    talk.start_checklist(until=item)
    turn = talk.answer("yes")
    assert turn.first["meta"]["kind"] == "emergency"
    assert turn.item is None


@pytest.mark.parametrize("typed", ["yes", "Yep since this morning", "yeah i think so"])
def test_yes_in_words_to_a_danger_sign_is_an_emergency(talk: Talk, typed: str):
    talk.start_checklist(until="seizure")
    assert talk.say(typed).first["meta"]["kind"] == "emergency"

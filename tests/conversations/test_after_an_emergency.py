"""An emergency stays open until help is on the way or a button starts over."""

import pytest

from tests.talk import Talk


@pytest.fixture
def alarmed(talk: Talk) -> Talk:
    talk.say("my husband is having a seizure right now")
    return talk


@pytest.mark.parametrize("text", ["hello", "how does baclofen work?", "what's the weather", "thanks", "zxcv qwer", "start over"])
def test_every_reply_carries_the_emergency_line(alarmed: Talk, text: str):
    turn = alarmed.say(text)
    assert turn.level == "emergency"
    assert any(action["tel"] == "999" for message in turn.messages for action in message["meta"].get("actions", []))


def test_a_question_is_still_answered_beside_the_line(alarmed: Talk):
    assert "mechanism" in alarmed.say("how does baclofen work?").topics


@pytest.mark.parametrize("text", ["I won't call", "no im not ringing anyone, dont want the fuss", "can't afford an ambulance"])
def test_a_refusal_gets_one_barrier_answered_and_the_order_again(alarmed: Talk, text: str):
    turn = alarmed.say(text)
    assert turn.kinds[0] == "emergency"
    assert "do not need to be sure" in turn.first["text"]
    assert "Please call" in turn.first["text"]


def test_help_on_the_way_closes_the_alarm_and_gives_the_summary(alarmed: Talk):
    turn = alarmed.say("the ambulance is on its way")
    assert "put nothing in the mouth" in turn.first["text"]
    assert turn.last["meta"]["summary"] is True
    assert alarmed.say("thank you").level == "none"


def test_starting_over_by_button_closes_the_alarm(alarmed: Talk):
    alarmed.press("Start over")
    assert alarmed.say("hello").level == "none"


def test_starting_over_by_word_keeps_the_alarm(alarmed: Talk):
    alarmed.say("start over")
    assert alarmed.say("hello").level == "emergency"


def test_a_crisis_line_stays_after_thoughts_of_self_harm(talk: Talk):
    talk.say("I want to end my life")
    turn = talk.say("how does baclofen work?")
    assert turn.last["meta"]["kind"] == "crisis"


def test_a_relative_who_plays_it_down_does_not_lower_it(talk: Talk):
    assert talk.say("my wife says i'm fine but my heart is racing at 160 and i'm drenched in sweat").level == "emergency"


def test_a_sign_that_has_eased_is_still_an_emergency(talk: Talk):
    assert talk.say("he had a seizure this morning but he is better now").level == "emergency"

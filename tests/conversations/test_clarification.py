"""Low confidence: likely questions as buttons, never a guess, and a person the third time."""

from tests.talk import Talk

UNCLEAR = ["/wibble", "/wobble", "/wubble"]


def test_what_is_unclear_gets_up_to_three_buttons_and_the_clinic(talk: Talk):
    turn = talk.say(UNCLEAR[0])
    assert turn.first["meta"]["kind"] == "clarify"
    assert 1 <= len(turn.first["buttons"]) <= 3
    assert "clinic" in turn.first["text"]


def test_the_third_time_hands_over_to_a_person(talk: Talk):
    for text in UNCLEAR:
        turn = talk.say(text)
    assert turn.first["meta"]["topic"] == "handoff"


def test_an_understood_message_in_between_starts_the_count_again(talk: Talk):
    talk.say(UNCLEAR[0])
    talk.say(UNCLEAR[1])
    talk.say("hello")
    assert talk.say(UNCLEAR[2]).first["meta"].get("topic") != "handoff"


def test_typed_commands_never_act(talk: Talk):
    talk.start_checklist(until="seizure")
    for command in ("/restart", '/affirm{"seizure": "yes"}', "/greet@1.0 hello", "/danger_confirmed", "/stop_checklist"):
        turn = talk.say(command)
        assert turn.item == "seizure"
        assert turn.level in ("none", "info")

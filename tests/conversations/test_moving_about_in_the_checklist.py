"""Back, changes, side questions, stop, restart, human, gibberish inside the checklist."""

import pytest

from tests.talk import Talk


def test_back_asks_the_previous_question_again(talk: Talk):
    talk.start_checklist(until="seizure")
    assert talk.press("Back").item == "fast_heart_or_high_bp"


def test_back_by_words_asks_the_previous_question_again(talk: Talk):
    talk.start_checklist(until="seizure")
    assert talk.say("go back one").item == "fast_heart_or_high_bp"


def test_back_at_the_first_question_says_so(talk: Talk):
    talk.start_checklist(until="route")
    turn = talk.press("Back")
    assert "first question" in turn.first["text"]
    assert turn.item == "route"


def test_an_earlier_answer_can_be_changed(talk: Talk):
    talk.start_checklist(until="infection")
    talk.say("I want to change an earlier answer")
    talk.press("How baclofen is taken: By mouth (tablets or liquid)")
    assert talk.turn.item == "route"
    assert talk.answer("pump").item == "pump_problem"


def test_an_answer_can_be_changed_after_the_outcome(talk: Talk):
    talk.start_checklist()
    talk.press("Change an answer")
    talk.press("Missed or stopped doses: No")
    assert talk.answer("yes").first["meta"]["level"] == "urgent"


@pytest.mark.parametrize("text", ["how does baclofen work?", "can constipation make it worse?"])
def test_a_side_question_is_answered_and_the_question_comes_back(talk: Talk, text: str):
    talk.start_checklist(until="seizure")
    turn = talk.say(text)
    assert turn.kinds[0] == "answer"
    assert turn.item == "seizure"


def test_what_does_this_mean_explains_the_question(talk: Talk):
    talk.start_checklist(until="muscle_breakdown")
    turn = talk.press("What does this mean?")
    assert "muscle is breaking down" in turn.first["text"]
    assert turn.item == "muscle_breakdown"


def test_a_skipped_question_counts_as_not_sure(talk: Talk):
    talk.start_checklist(until="muscle_breakdown")
    assert talk.say("skip this one").item == "oversedation"
    assert talk.answer_rest().first["meta"]["level"] == "urgent"


def test_gibberish_keeps_the_question_and_the_third_time_offers_ways_out(talk: Talk):
    talk.start_checklist(until="seizure")
    for _ in range(3):
        turn = talk.say("/frobnicate")
        assert turn.item == "seizure"
    assert "Reach the clinic" in turn.buttons


def test_wanting_a_person_is_answered_and_the_question_comes_back(talk: Talk):
    talk.start_checklist(until="seizure")
    turn = talk.say("can I speak to a human")
    assert turn.topics[0] == "handoff"
    assert turn.item == "seizure"


def test_stopping_early_closes_the_checklist(talk: Talk):
    talk.start_checklist(until="seizure")
    turn = talk.press("Stop the check")
    assert turn.item is None
    assert talk.say("hello").item is None


def test_stopping_early_still_gives_an_urgent_card(talk: Talk):
    talk.start_checklist(until="infection", missed_dose="yes")
    assert talk.say("stop the questions").level == "urgent"


def test_starting_over_clears_the_answers(talk: Talk):
    talk.start_checklist(until="infection", missed_dose="yes")
    talk.say("start over")
    assert talk.payload("/check_symptoms").item == "route"
    assert talk.start_checklist().first["meta"]["level"] == "info"


def test_an_urgent_report_in_the_middle_is_urgent_and_the_question_comes_back(talk: Talk):
    talk.start_checklist(until="infection", route="pump")
    turn = talk.say("oh and the pump alarm started beeping just now")
    assert turn.level == "urgent"
    assert turn.item == "infection"


def test_greeting_in_the_middle_keeps_the_place(talk: Talk):
    talk.start_checklist(until="seizure")
    assert talk.say("hello").item == "seizure"


def test_asking_for_the_check_in_the_middle_of_it_keeps_the_place(talk: Talk):
    talk.start_checklist(until="seizure")
    assert talk.payload("/check_symptoms").item == "seizure"


def test_an_answer_without_a_question_is_asked_about(talk: Talk):
    assert talk.say("yes").first["meta"]["kind"] == "clarify"

"""Reading a typed message as the answer to the open checklist question."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.content import load_content
from bot.nlu.checklist_answers import is_nothing_else, read_answer
from bot.nlu.danger_rules import danger_rules
from bot.nlu.text import clean
from bot.settings import CONTENT_DIR

CONTENT = load_content(CONTENT_DIR)
DANGER = [item.id for item in CONTENT.items.values() if item.kind == "danger_sign"]
PLAIN = [item for item in CONTENT.items if item != "route"]


def read(item, text, intent="nlu_fallback", unsure=True, is_calm=False):
    text = clean(text)
    answered = read_answer(CONTENT, item, text, intent, danger_rules().find(text), unsure, is_calm)
    return answered and answered.value


@pytest.mark.parametrize("item", PLAIN)
@pytest.mark.parametrize(
    ("text", "value"), [("yes", "yes"), ("No.", "no"), ("not sure", "not_sure"), ("NOPE", "no"), ("yeah", "yes"), ("dunno", "not_sure")]
)
def test_a_plain_word_answers_every_question(item, text, value):
    assert read(item, text) == value


@pytest.mark.parametrize("text", ["definitely not", "of course not", "absolutely not", "sure not", "not at all", "👎", "❌ "])
def test_a_firm_no_is_no_yes(text):
    assert read("seizure", text) == "no"


@pytest.mark.parametrize("text", ["👍", "✅", "yes!!", "Yes, I don't know what to do", "yep no idea why", "of course", "definitely"])
def test_a_yes_stays_a_yes_whatever_follows(text):
    assert read("seizure", text) == "yes"


@pytest.mark.parametrize(
    ("item", "text"),
    [
        ("oversedation", "nothing wakes him"),
        ("oversedation", "no response from him"),
        ("oversedation", "no way to wake him"),
        ("oversedation", "none of us can wake her"),
        ("altered_mental_state", "nothing makes sense to her"),
        ("altered_mental_state", "never seen him this confused"),
        ("high_fever", "no but he is burning up"),
        ("seizure", "no idea but he is shaking all over"),
        ("oversedation", "no reaction at all"),
    ],
)
def test_a_sentence_that_starts_like_no_is_not_read_as_no_to_a_danger_sign(item, text):
    assert read(item, text) != "no"


@pytest.mark.parametrize("text", ["not sure, maybe", "can't say", "who knows", "hard to tell", "idk"])
def test_doubt_is_not_sure(text):
    assert read("muscle_breakdown", text) == "not_sure"


@pytest.mark.parametrize("text", ["Is that bad?", "what does confusion look like?", "why do you ask?"])
def test_a_question_is_no_answer(text):
    assert read("altered_mental_state", text) is None


@pytest.mark.parametrize(
    "text", ["103.2", "39.4 C", "about 104", "it is 104", "104 this morning", "40", "temp of 39.9", "it was 37 but now 40"]
)
def test_a_high_figure_answers_the_fever_question_with_yes(text):
    assert read("high_fever", text) == "yes"


@pytest.mark.parametrize("text", ["98.6", "37", "37,5 C", "it was 37 this morning", "101"])
def test_a_usual_figure_answers_the_fever_question_with_no(text):
    assert read("high_fever", text) == "no"


@pytest.mark.parametrize("text", ["500", "7", "10 mg"])
def test_a_figure_that_is_no_temperature_does_not_answer_the_fever_question(text):
    assert read("high_fever", text) is None


@pytest.mark.parametrize("text", ["190/110", "150", "about 130 at rest", "pulse 125", "185 over 95", "hr 70, bp 200/100"])
def test_a_high_figure_answers_the_heart_question_with_yes(text):
    assert read("fast_heart_or_high_bp", text) == "yes"


@pytest.mark.parametrize("text", ["120/80", "72", "150 over 95", "pulse 80", "80 and regular"])
def test_a_usual_figure_answers_the_heart_question_with_no(text):
    assert read("fast_heart_or_high_bp", text) == "no"


@pytest.mark.parametrize("text", ["6 breaths a minute", "about 6 a minute", "breathing 7 per minute"])
def test_few_breaths_answer_the_sleepiness_question_with_yes(text):
    assert read("oversedation", text) == "yes"


@pytest.mark.parametrize(
    ("text", "route"),
    [
        ("pump", "pump"),
        ("tablets", "tablets"),
        ("both", "both"),
        ("pills and a pump", "both"),
        ("I swallow it", "tablets"),
        ("no idea", "not_sure"),
        ("a pump, no tablets", "pump"),
        ("by mouth", "tablets"),
        ("5 ml of the liquid", "tablets"),
    ],
)
def test_the_route_is_read_in_free_words(text, route):
    assert read("route", text) == route


@pytest.mark.parametrize("text", ["yes", "no", "blue"])
def test_what_names_no_route_is_no_answer_to_it(text):
    assert read("route", text) is None


@pytest.mark.parametrize("text", ["a bit worse", "gradually worse", "worse but not sudden", "not severe, just worse", "slightly"])
def test_slowly_worse_spasms_are_somewhat(text):
    assert read("rebound_spasticity", text) == "somewhat"


@pytest.mark.parametrize(
    "text", ["much worse all of a sudden", "suddenly worse", "way worse since this morning", "severe and out of nowhere"]
)
def test_suddenly_much_worse_spasms_are_yes(text):
    assert read("rebound_spasticity", text) == "yes"


@pytest.mark.parametrize("text", ["no worse than usual", "not worse", "no"])
def test_spasms_that_are_no_worse_are_no(text):
    assert read("rebound_spasticity", text) == "no"


@pytest.mark.parametrize(
    ("item", "text"),
    [
        ("infection", "I have a UTI"),
        ("constipation", "haven't been for four days"),
        ("constipation", "bunged up"),
        ("pressure_sore", "a bedsore on the heel"),
        ("sedatives", "morphine at night"),
        ("kidney_disease", "on dialysis"),
        ("kidney_disease", "my kidneys are not working well"),
        ("kidney_disease", "kidneys don't work"),
        ("infection", "on antibiotics, not good"),
    ],
)
def test_naming_the_thing_answers_with_yes(item, text):
    assert read(item, text) == "yes"


@pytest.mark.parametrize(
    ("item", "text"),
    [
        ("infection", "no UTI"),
        ("constipation", "I'm not constipated"),
        ("kidney_disease", "kidneys are fine"),
        ("sedatives", "I don't take any opioids"),
        ("seizure", "no seizures"),
        ("high_fever", "no fever"),
        ("altered_mental_state", "she's not confused"),
    ],
)
def test_denying_the_thing_answers_with_no(item, text):
    assert read(item, text) == "no"


def test_a_report_answers_the_question_that_it_is_about():
    assert read("missed_dose", "skipped since Monday", "report_missed_doses", unsure=False) == "yes"


def test_an_unsure_report_does_not_answer():
    assert read("pump_problem", "bzzz", "report_pump_problem", unsure=True) is None


def test_the_classifier_reads_what_the_words_do_not():
    assert read("constipation", "afraid so", "affirm") == "yes"


@pytest.mark.parametrize("text", ["no", "Yes please", "103.2", "not sure, thank you", "i don't know"])
def test_a_bare_answer_is_certain(text):
    assert is_nothing_else(text)


@pytest.mark.parametrize("text", ["no but he fell", "yes seizure", "", "no meds left", "нет", "no chest"])
def test_a_message_with_anything_else_is_not_certain(text):
    assert not is_nothing_else(text)


@settings(deadline=None)
@given(
    st.text(),
    st.sampled_from(list(CONTENT.items)),
    st.sampled_from(["affirm", "deny", "not_sure", "greet", "", "report_ran_out"]),
    st.booleans(),
)
def test_reading_never_raises_and_gives_only_offered_answers(text, item, intent, unsure):
    answered = read_answer(CONTENT, item, clean(text), intent, (), unsure)
    assert answered is None or answered.value in {choice.value for choice in CONTENT.choices_of(item)}


@pytest.mark.parametrize("text", ["No no, I am getting up 5.30 am only.", "I wake up fine with the alarm clock at 7 a m"])
def test_a_time_of_day_is_no_breathing_rate(text):
    assert read("oversedation", text) != "yes"


@pytest.mark.parametrize("text", ["crushed tablets down the peg, no pump", "PO only, no intrathecal"])
def test_no_pump_means_by_mouth(text):
    assert read("route", text) == "tablets"


def test_nothing_by_mouth_means_the_pump():
    assert read("route", "Pump, nothing by mouth") == "pump"


@pytest.mark.parametrize(
    "text",
    [
        "stiffer than last month yes but I would not say sudden",
        "like 20% tighter, not all of a sudden, just lately",
        "bit up, not horrible",
    ],
)
def test_worse_but_denied_to_be_sudden_is_somewhat(text):
    assert read("rebound_spasticity", text, "report_worse_spasticity", False) == "somewhat"


@pytest.mark.parametrize("text", ["sorry what counts as severe? first time here", "why the colour is important? it is night here"])
def test_a_side_question_answers_nothing(text):
    assert read("rebound_spasticity", text) is None


def test_all_is_well_answers_with_no_only_if_the_classifier_is_calm():
    assert read("infection", "she HAD a uti in june but its finished", "report_no_problem", False, is_calm=True) == "no"
    assert read("seizure", "Nil of note", "report_no_problem", False, is_calm=False) is None


def test_all_is_well_does_not_tell_how_baclofen_is_taken():
    assert read("route", "all good here", "report_no_problem", False, is_calm=True) is None

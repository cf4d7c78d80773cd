"""Figures and names in a message."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.nlu.measurements import bare_number, find_measurements, is_fever
from bot.nlu.text import clean


def found(text, kind):
    return [fact for fact in find_measurements(clean(text)) if fact.kind == kind]


def dangerous(text, kind):
    return any(fact.dangerous for fact in found(text, kind))


FEVERS = [
    "104.2",
    "39.9 C",
    "39,5",
    "temp 104",
    "Temp:104",
    "his temperature is 40",
    "fever of 103",
    "40°C",
    "39º c",
    "102.2 F",
    "103 degrees",
    "104 deg f",
    "39 celsius",
    "40 centigrade",
    "went from 37 to 40.1",
    "my temp is 104 pulse 90",
    "heart racing temp 104",
    "pulse is fine and 104 fever",
    "no idea how but thermometer says 41",
    "🤒 103",
]
NO_FEVERS = ["98.6", "37.0 C", "temp 101", "102.1 F", "38.9 C", "temperature is 36.8", "no fever, 37.2", "99 degrees", "temp 37 pulse 105"]
NO_TEMPERATURES = [
    "10:40 appointment",
    "40 mg",
    "I attempted 40 steps",
    "room 104",
    "40 µg/day",
    "I am 39 years old with no fever",
    "call 911",
    "5",
]


@pytest.mark.parametrize("text", FEVERS)
def test_a_high_fever_is_dangerous(text):
    assert dangerous(text, "temperature")


@pytest.mark.parametrize("text", NO_FEVERS)
def test_a_usual_temperature_is_not_dangerous(text):
    assert not dangerous(text, "temperature")


@pytest.mark.parametrize("text", NO_TEMPERATURES)
def test_other_figures_are_no_temperature(text):
    assert found(text, "temperature") == []


def test_fahrenheit_is_turned_into_celsius():
    assert found("104 F", "temperature")[0].value == "40.0"


@pytest.mark.parametrize("text", ["bp 190/110", "190 over 95", "blood pressure 150/115", "200 / 100", "it was 120/80 and now 185/100"])
def test_a_very_high_blood_pressure_is_dangerous(text):
    assert dangerous(text, "blood_pressure")


@pytest.mark.parametrize("text", ["bp 120/80", "150 over 95", "179/109", "110/70"])
def test_a_lesser_blood_pressure_is_not_dangerous(text):
    assert found(text, "blood_pressure")
    assert not dangerous(text, "blood_pressure")


@pytest.mark.parametrize("text", ["on 12/10", "1/2 a tablet", "24/7", "2023/24", "pain 8/10", "200/100 mg"])
def test_dates_and_scores_are_no_blood_pressure(text):
    assert found(text, "blood_pressure") == []


PULSES = [
    "pulse 150",
    "pulse 150/min",
    "HR: 120",
    "150 bpm",
    "heart rate is 132",
    "heart is going at 160 a minute",
    "pulse went from 80 to 150",
    "hr 110-140",
    "temp 38 heart rate 150",
    "oxygen 95 pulse 140",
    "140 beats per minute",
]


@pytest.mark.parametrize("text", PULSES)
def test_a_racing_pulse_is_dangerous(text):
    assert dangerous(text, "pulse")


@pytest.mark.parametrize(
    "text",
    ["pulse 72", "119 bpm", "heart rate 60", "bp 190/110", "heart attack 120 days ago", "heart pills 200 mg", "heart surgery in 2019"],
)
def test_a_usual_pulse_or_another_figure_is_not_dangerous(text):
    assert not dangerous(text, "pulse")


@pytest.mark.parametrize(
    "text", ["6 breaths a minute", "breathing 6 times a minute", "resps 8", "RR 7", "breathing is down to 9", "breathing went from 14 to 6"]
)
def test_very_slow_breathing_is_dangerous(text):
    assert dangerous(text, "breaths")


@pytest.mark.parametrize(
    "text",
    [
        "16 breaths a minute",
        "resps 10",
        "sorry I took 5 tablets",
        "tomorrow at 8",
        "short of breath for 3 weeks",
        "breathing exercises 5 times a day",
        "diarrhoea 3 times",
        "no response to 2 calls",
    ],
)
def test_usual_breathing_or_another_figure_is_not_dangerous(text):
    assert not dangerous(text, "breaths")


@pytest.mark.parametrize(("text", "route"), [("my pump", "pump"), ("ITB", "pump"), ("by mouth", "tablets"), ("two pills", "tablets")])
def test_the_way_of_taking_baclofen_is_found(text, route):
    assert [fact.value for fact in found(text, "route")] == [route]


@pytest.mark.parametrize("drug", ["baclofen", "Lioresal", "gablofen", "OZOBAX", "lyvispah", "baclofin", "diazepam", "morphine"])
def test_a_drug_is_found_by_its_name(drug):
    assert [fact.value for fact in found(f"I take {drug} daily", "drug")] == [drug.lower()]


@given(st.text())
def test_finding_facts_never_raises(text):
    assert all(0 <= fact.start < fact.end <= len(clean(text)) for fact in find_measurements(clean(text)))


@given(st.text(alphabet="0123456789.,/:°cf bp temp pulse hr breathing over to-"))
def test_finding_facts_never_raises_for_any_figures(text):
    positions = [fact.start for fact in find_measurements(text)]
    assert positions == sorted(positions)


@given(st.floats(39.0, 43.4), st.sampled_from(["temp {}", "{} C", "fever of {}", "{:}°C", "it is {} degrees"]))
def test_any_high_temperature_in_celsius_is_dangerous(value, wording):
    assert dangerous(wording.format(f"{value:.1f}"), "temperature")


@given(st.floats(102.2, 109.9), st.sampled_from(["temp {}", "{} F", "fever of {}", "{}°F", "it is {} degrees"]))
def test_any_high_temperature_in_fahrenheit_is_dangerous(value, wording):
    assert dangerous(wording.format(f"{value:.1f}"), "temperature")


@given(st.integers(120, 300), st.sampled_from(["pulse {}", "{} bpm", "hr {}", "heart rate: {}", "pulse is {} a minute"]))
def test_any_fast_pulse_is_dangerous(value, wording):
    assert dangerous(wording.format(value), "pulse")


@given(st.integers(180, 300), st.integers(30, 170), st.sampled_from(["{}/{}", "bp {} over {}", "{} / {} just now"]))
def test_any_very_high_upper_pressure_is_dangerous(high, low, wording):
    assert dangerous(wording.format(high, low), "blood_pressure")


@pytest.mark.parametrize(
    ("text", "number"), [("103.2", 103.2), ("39,4 C", 39.4), ("about 104", 104.0), ("~150!", 150.0), ("it's 40 degrees", 40.0)]
)
def test_a_message_that_is_only_a_number_is_read(text, number):
    assert bare_number(text) == number


@pytest.mark.parametrize("text", ["", "yes", "12 tablets", "1 2", "120/80"])
def test_a_message_with_more_than_a_number_is_no_number(text):
    assert bare_number(text) is None


@pytest.mark.parametrize(
    ("number", "fever"), [(39.0, True), (38.9, False), (102.2, True), (102.1, False), (50.0, None), (7.0, None), (120.0, None)]
)
def test_a_bare_number_is_a_fever_only_in_the_range_of_temperatures(number, fever):
    assert is_fever(number) is fever

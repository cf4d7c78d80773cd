"""Only emergency help that is under way now closes an alarm."""

from __future__ import annotations

import pytest

from bot.nlu.help_under_way import is_help_under_way


@pytest.mark.parametrize(
    "text",
    [
        "the ambulance is coming",
        "Paramedics are here",
        "they said the crew will be here in eight minutes",
        "I've called 999 and they are sending someone",
        "we are in A&E now",
        "on the phone with 911",
        "the doctor is with him",
        "we're driving to the hospital",
        "she is in the ambulance",
        "help is on the way",
    ],
)
def test_help_that_is_under_way(text):
    assert is_help_under_way(text)


@pytest.mark.parametrize(
    "text",
    [
        "the carer comes at 6",
        "they'll ring back",
        "111 said a doctor will call back within six hours",
        "the nurse is here on Friday",
        "my sister is on her way over",
        "the GP has an appointment tomorrow",
        "I'll call an ambulance if it gets worse",
        "should I call 999",
        "I called 911 but nobody answers",
        "the clinic is going to phone me",
        "he is fine now",
        "we have an ambulance chair",
        "",
    ],
)
def test_what_does_not_help_now(text):
    assert not is_help_under_way(text)

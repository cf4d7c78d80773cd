"""Messages that are no sentences."""

from __future__ import annotations

import pytest

from bot.nlu.short_messages import has_no_words, is_call_for_help


@pytest.mark.parametrize(
    "text", ["help", "HELP!!!", "sos", "🆘", "911", "999 now", "please help", "ambulance", "I need an ambulance", "help me please"]
)
def test_a_call_for_help_is_known(text):
    assert is_call_for_help(text)


@pytest.mark.parametrize("text", ["help with my form", "can you help me understand baclofen", "my flat is number 999b", "hello", "👍", ""])
def test_other_messages_are_no_call_for_help(text):
    assert not is_call_for_help(text)


@pytest.mark.parametrize("text", ["👍", "12345", "???", "", "10.20 / 40", "🌧️🐈"])
def test_digits_signs_and_pictures_are_no_words(text):
    assert has_no_words(text)


@pytest.mark.parametrize("text", ["a", "нет", "10 mg", "ça"])
def test_letters_of_any_script_are_words(text):
    assert not has_no_words(text)

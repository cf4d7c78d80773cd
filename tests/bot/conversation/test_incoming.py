"""A typed text is cut to the maximum length and is never a command."""

from __future__ import annotations

from bot.conversation.incoming import MAX_CHARACTERS, Incoming, typed


def test_a_typed_text_is_taken_as_it_is():
    assert typed("message-1", "hello") == Incoming("message-1", "hello")


def test_a_typed_command_is_quoted():
    assert typed("message-1", " /restart ").text == "“/restart”"


def test_a_text_of_the_maximum_length_is_not_too_long():
    assert not typed("message-1", "x" * MAX_CHARACTERS).is_too_long


def test_a_longer_text_is_cut_and_marked():
    message = typed("message-1", "x" * (MAX_CHARACTERS + 1))
    assert message.is_too_long
    assert len(message.text) == MAX_CHARACTERS

"""Reading level and sentence length."""

from __future__ import annotations

import pytest

from bot.content.checks import GRADE_ELSEWHERE, GRADE_FOR_ALARMS, PLACEHOLDERS
from bot.content.readability import long_sentences, plain, reading_grade

HARD = "Considerable physiological deterioration necessitates immediate multidisciplinary hospitalisation."


def test_short_words_read_easily():
    assert reading_grade("Call now. Do not wait. Stay with him.", []) < GRADE_FOR_ALARMS


def test_long_words_read_hard():
    assert reading_grade(HARD, []) > GRADE_ELSEWHERE


def test_names_do_not_count():
    text = "Rhabdomyolysis can come from it."
    assert reading_grade(text, ["rhabdomyolysis"]) < reading_grade(text, [])


@pytest.mark.parametrize("name", sorted(PLACEHOLDERS))
def test_every_placeholder_is_replaced(name):
    assert "{" not in plain(f"Call {{{name}}} now.")


def test_twenty_words_are_not_too_many():
    assert long_sentences("word " * 19 + "end.") == []


def test_twenty_one_words_are_too_many():
    assert len(long_sentences("word " * 20 + "end.")) == 1


def test_each_sentence_is_measured_by_itself():
    assert long_sentences(("word " * 15 + "end. ") * 3) == []


@pytest.mark.parametrize("level", ["emergency", "crisis", "urgent"])
def test_alarm_cards_read_at_grade_six(content, level):
    assert reading_grade(" ".join(content.cards[level].parts), ["emergency", "baclofen", "seizure", "withdrawal"]) <= GRADE_FOR_ALARMS

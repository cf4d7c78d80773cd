"""Messages that are surely not English."""

from __future__ import annotations

from importlib import import_module

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.nlu.language import _small_words, foreign_language
from bot.nlu.text import clean

FOREIGN = [
    ("¿Qué puedo hacer si no tengo mis pastillas?", "es"),
    ("Que dois-je faire si je n'ai plus de comprimés?", "fr"),
    ("Was soll ich tun, wenn ich keine Tabletten mehr habe?", "de"),
    ("Cosa devo fare se non ho più le compresse?", "it"),
    ("O que devo fazer se não tenho mais os comprimidos?", "pt"),
    ("Co mam zrobić, jeśli nie mam już tabletek?", "pl"),
    ("我没有药了，怎么办？", "zh"),
    ("ماذا أفعل إذا نفد الدواء؟", "ar"),
    ("अगर दवा खत्म हो जाए तो क्या करूँ?", "hi"),
    ("اگر دوا ختم ہو جائے تو کیا کروں؟", "ur"),
    ("что делать если таблетки кончились", "other"),
]
ENGLISH = [
    "he is hallucinating",
    "HELP",
    "no",
    "ok",
    "hola",
    "103.2",
    "",
    "😀😀",
    "my mum can't wake up",
    "baclofen 40 µg/day",
    "pls help me he de not wake",
    "dad die or no",
    "is it a",
    "what does rhabdomyolysis mean",
    "fièvre?",
    "mi pump is beeping",
]


@pytest.mark.parametrize(("text", "language"), FOREIGN)
def test_another_language_is_recognised(text, language):
    assert foreign_language(clean(text)) == language


@pytest.mark.parametrize("text", ENGLISH)
def test_english_and_whatever_is_too_short_to_tell_count_as_english(text):
    assert foreign_language(clean(text)) is None


@pytest.mark.parametrize("text", ["he has a seizure, ayuda por favor", "mi madre is not waking up and she is cold"])
def test_a_text_that_mixes_english_in_counts_as_english(text):
    assert foreign_language(clean(text)) is None


def test_every_language_of_the_fixed_texts_can_be_recognised(content):
    recognised = {language for _, language in FOREIGN}
    assert set(content.languages) <= recognised


@given(st.text())
def test_recognising_never_raises(text):
    assert foreign_language(clean(text)) is None or isinstance(foreign_language(clean(text)), str)


@pytest.mark.parametrize("code", ["es", "pl", "en"])
def test_the_small_words_are_those_of_spacy(code):
    assert _small_words()[code] == import_module(f"spacy.lang.{code}.stop_words").STOP_WORDS

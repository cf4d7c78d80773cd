"""The n-gram model: it hears words, and a saved one answers as before."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.feature_extraction.text import TfidfVectorizer

from bot.nlu.ngrams.model import CHARACTERS, NgramModel, Vocabulary, character_terms, word_terms

TEXTS = [
    "my pump beeps",
    "the pump is beeping",
    "pump beeps now",
    "a seizure just now",
    "she had a seizure",
    "seizure again",
    "what does it cost",
    "does it cost much",
    "the cost of it",
] * 3
INTENT = np.array(([0] * 3 + [1] * 3 + [2] * 3) * 3)
DANGER = (INTENT == 1).astype(np.float32)
NEW = ["beeps of the pump", "is this a seizure", "zzz", ""]


@pytest.fixture(scope="module")
def model():
    return NgramModel.fit(TEXTS, INTENT, DANGER)


def test_it_learns_the_examples(model):
    np.testing.assert_array_equal(model.scores(TEXTS)[:, :3].argmax(axis=1), INTENT)


def test_the_last_column_is_danger(model):
    np.testing.assert_array_equal(model.scores(TEXTS)[:, -1] > 0, DANGER > 0)


def test_there_is_a_column_for_each_intent_and_one_for_danger(model):
    assert model.scores(NEW).shape == (len(NEW), 4)


def test_a_misspelt_word_is_heard_by_its_letters(model):
    assert model.scores(["seizzure"])[0].argmax() in (1, 3)


def test_unknown_words_tell_nothing(model):
    np.testing.assert_allclose(model.scores(["qqq"]), model.scores([""]), atol=1e-6)


def test_a_saved_model_gives_the_same_scores(model, tmp_path):
    model.save(tmp_path / "model.safetensors")
    loaded = NgramModel.load(tmp_path / "model.safetensors")
    np.testing.assert_allclose(loaded.scores(NEW + TEXTS), model.scores(NEW + TEXTS), atol=1e-4)


def test_fitting_twice_gives_the_same_model(model):
    np.testing.assert_array_equal(NgramModel.fit(TEXTS, INTENT, DANGER).scores(NEW), model.scores(NEW))


def test_a_text_scores_the_same_alone_and_among_others(model):
    np.testing.assert_allclose(model.scores(NEW)[1:2], model.scores(NEW[1:2]), atol=1e-6)


@pytest.mark.parametrize(
    ("split", "settings"), [(word_terms, {"ngram_range": (1, 2)}), (character_terms, {"analyzer": "char_wb", "ngram_range": CHARACTERS})]
)
def test_features_are_those_of_scikit_learn(split, settings):
    reference = TfidfVectorizer(sublinear_tf=True, **settings).fit(TEXTS)
    vocabulary = Vocabulary(list(reference.get_feature_names_out()), reference.idf_.astype(np.float32), split)
    for text in [*NEW, *TEXTS, "The pump,  the PUMP! a b pump-pump Größe beeps"]:
        row = np.zeros(len(vocabulary.terms))
        places, values = vocabulary.features(text)
        row[places] = values
        np.testing.assert_allclose(row, reference.transform([text]).toarray()[0], atol=1e-6)

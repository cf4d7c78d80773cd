"""The sentence encoder, built from the published weights."""

from __future__ import annotations

import numpy as np
import pytest

from bot.nlu import minilm
from bot.nlu.minilm import DIMENSION, EncoderUnavailable, sentence_encoder, verify_weights, weights_folder


@pytest.fixture(scope="module")
def encoder():
    return sentence_encoder()


def test_the_installed_weights_are_the_published_ones():
    verify_weights(weights_folder())
    assert minilm.WEIGHTS_SHA256 == "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"


def test_other_weights_are_refused(tmp_path):
    (tmp_path / "model.safetensors").write_bytes(b"other")
    with pytest.raises(EncoderUnavailable, match="make install"):
        verify_weights(tmp_path)


def test_missing_weights_are_refused(tmp_path):
    with pytest.raises(EncoderUnavailable, match="make install"):
        verify_weights(tmp_path)


def test_a_missing_package_says_what_to_do(monkeypatch):
    monkeypatch.setattr(minilm, "WEIGHTS_PACKAGE", "no_such_package")
    with pytest.raises(EncoderUnavailable, match="make install"):
        weights_folder()


def test_vectors_have_length_one(encoder):
    vectors = encoder.encode(["my pump beeps", "x", "a much longer message about stiff legs at night"])
    assert vectors.shape == (3, DIMENSION)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


def test_sentences_of_one_meaning_are_closer_than_others(encoder):
    seizure, fit, price = encoder.encode(["He is having a seizure.", "My dad is having a fit.", "What does it cost?"])
    assert seizure @ fit > seizure @ price + 0.2


def test_the_known_similarity_of_the_published_model_is_met(encoder):
    first, second = encoder.encode(["A man is eating food.", "A man is eating a piece of bread."])
    assert float(first @ second) == pytest.approx(0.7553, abs=0.01)


def test_a_batch_gives_what_single_texts_give(encoder):
    texts = ["short", "a longer sentence about missed tablets", "x " * 300, "", "temp 104"]
    together = encoder.encode(texts, batch=2)
    alone = np.vstack([encoder.encode([text]) for text in texts])
    np.testing.assert_allclose(together, alone, atol=1e-4)


def test_no_texts_give_no_rows(encoder):
    assert encoder.encode([]).shape == (0, DIMENSION)


@pytest.mark.parametrize("text", ["", "😀", "\n", "词" * 5000, "a" * 5000])
def test_any_text_can_be_encoded(encoder, text):
    assert np.isfinite(encoder.encode([text])).all()


def test_the_encoder_is_made_once(encoder):
    assert sentence_encoder() is encoder

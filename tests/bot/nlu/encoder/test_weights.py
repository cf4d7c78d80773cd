"""The published encoder: verified weights and word pieces."""

from __future__ import annotations

import shutil

import numpy as np
import pytest

from bot.nlu.encoder import weights
from bot.nlu.encoder.weights import (
    DIMENSION,
    LAYERS,
    EncoderUnavailableError,
    load_tokenizer,
    padded,
    published_weights,
    verify_weights,
    weights_folder,
)


@pytest.fixture(scope="module")
def tokenizer():
    return load_tokenizer(128)


def test_the_installed_weights_are_the_published_ones():
    verify_weights(weights_folder())
    assert weights.WEIGHTS_SHA256 == "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"


def test_other_weights_are_refused(tmp_path):
    (tmp_path / "model.safetensors").write_bytes(b"other")
    with pytest.raises(EncoderUnavailableError, match="make install"):
        verify_weights(tmp_path)


def test_missing_weights_are_refused(tmp_path):
    with pytest.raises(EncoderUnavailableError, match="make install"):
        verify_weights(tmp_path)


def test_one_changed_byte_is_noticed(tmp_path):
    shutil.copy(weights_folder() / "model.safetensors", tmp_path)
    with (tmp_path / "model.safetensors").open("r+b") as file:
        file.seek(-1, 2)
        last = file.read(1)
        file.seek(-1, 2)
        file.write(bytes([last[0] ^ 1]))
    with pytest.raises(EncoderUnavailableError, match="SHA-256"):
        verify_weights(tmp_path)


def test_a_missing_package_says_what_to_do(monkeypatch):
    monkeypatch.setattr(weights, "WEIGHTS_PACKAGE", "no_such_package")
    with pytest.raises(EncoderUnavailableError, match="make install"):
        weights_folder()


def test_weights_of_another_encoder_are_refused(monkeypatch, tmp_path):
    folder = tmp_path / "model"
    shutil.copytree(weights_folder(), folder)
    config = (folder / "config.json").read_text(encoding="utf-8")
    (folder / "config.json").write_text(config.replace('"num_hidden_layers": 6', '"num_hidden_layers": 12'), encoding="utf-8")
    monkeypatch.setattr(weights, "weights_folder", lambda: folder)
    with pytest.raises(EncoderUnavailableError, match="all-MiniLM-L6-v2"):
        published_weights()


def test_the_weights_hold_every_layer():
    names = set(published_weights())
    assert {f"encoder.layer.{number}.output.dense.weight" for number in range(LAYERS)} <= names
    assert published_weights()["embeddings.word_embeddings.weight"].shape[1] == DIMENSION


def test_a_text_is_cut_into_the_encoders_own_word_pieces(tokenizer):
    assert tokenizer.encode("My PUMP beeps").tokens == ["[CLS]", "my", "pump", "bee", "##ps", "[SEP]"]


def test_a_long_text_is_cut_to_the_limit_and_still_ends_properly():
    pieces = load_tokenizer(16).encode("word " * 100)
    assert len(pieces.ids) == 16
    assert pieces.tokens[-1] == "[SEP]"


def test_texts_are_not_padded_to_each_other(tokenizer):
    short, long = tokenizer.encode_batch(["pump", "the pump is beeping again"])
    assert len(short.ids) < len(long.ids)


@pytest.mark.parametrize("text", ["", "😀", "\n", "词" * 5000, "a" * 5000, "\x00", "\u202eabc"])
def test_any_text_has_word_pieces(tokenizer, text):
    assert 2 <= len(tokenizer.encode(text).ids) <= 128


def test_pieces_become_rectangles_with_a_mask():
    ids, mask = padded([[5, 6, 7], [8]])
    np.testing.assert_array_equal(ids, [[5, 6, 7], [8, 0, 0]])
    np.testing.assert_array_equal(mask, [[1, 1, 1], [1, 0, 0]])


def test_pieces_of_one_length_need_no_padding():
    _, mask = padded([[1, 2], [3, 4]])
    assert mask.all()

"""The fine-tuned part: kept in half precision, and used only with the examples that it was made from."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
import pytest
from rasa.shared.nlu.training_data.loading import load_data

from bot.nlu.encoder.onnx_model import FEATURES, POOLS, Heads
from bot.nlu.encoder.tuned_weights import CHECKED_IN, Options, TunedWeights, checked_in, mark_of, save_heads
from bot.nlu.encoder.weights import DIMENSION, LAYERS
from bot.nlu.featurizer import labelled_texts
from bot.settings import ROOT

TEXTS, INTENTS = ["hello", "my pump beeps", "hello"], ["greet", "report_pump_problem", "thank"]


@pytest.fixture
def tuned():
    random = np.random.default_rng(0)

    def half(*shape):
        return random.normal(0, 0.05, shape).astype(np.float16).astype(np.float32)

    layers = {"encoder.layer.5.output.dense.bias": half(DIMENSION), "encoder.layer.5.output.dense.weight": half(DIMENSION, 4 * DIMENSION)}
    return TunedWeights(layers, Heads(half(FEATURES, 3), half(3), half(DIMENSION, POOLS)))


def assert_same(first, second):
    assert set(first.layers) == set(second.layers)
    for name, value in first.layers.items():
        np.testing.assert_array_equal(second.layers[name], value)
    for field in fields(Heads):
        np.testing.assert_array_equal(getattr(second.heads, field.name), getattr(first.heads, field.name))


def test_what_is_saved_is_loaded(tuned, tmp_path):
    tuned.save(tmp_path / "tuned", "mark", Options())
    assert_same(tuned, TunedWeights.load(tmp_path / "tuned"))


def test_a_loaded_one_is_in_single_precision(tuned, tmp_path):
    tuned.save(tmp_path, "mark", Options())
    loaded = TunedWeights.load(tmp_path)
    assert {value.dtype for value in loaded.layers.values()} == {np.dtype(np.float32)}
    assert loaded.heads.weights.dtype == np.float32


def test_saving_again_replaces_what_was_there(tuned, tmp_path):
    tuned.save(tmp_path, "old", Options())
    doubled = replace(tuned, heads=Heads(tuned.heads.weights * 2, tuned.heads.bias, tuned.heads.pool))
    doubled.save(tmp_path, "new", Options())
    assert checked_in("old", Options(), tmp_path) is None
    assert_same(doubled, checked_in("new", Options(), tmp_path))


def test_the_checked_in_one_is_used_for_its_own_mark(tuned, tmp_path):
    tuned.save(tmp_path, "mark", Options())
    assert_same(tuned, checked_in("mark", Options(), tmp_path))


def test_the_checked_in_one_is_not_used_for_another_mark(tuned, tmp_path):
    tuned.save(tmp_path, "mark", Options())
    assert checked_in("other", Options(), tmp_path) is None


def test_layers_of_other_options_are_not_used(tuned, tmp_path):
    tuned.save(tmp_path, "mark", Options())
    assert checked_in("mark", Options(epochs=9), tmp_path) is None


def test_new_heads_stand_beside_the_layers_that_stay(tuned, tmp_path):
    tuned.save(tmp_path, "old", Options())
    layers = (tmp_path / "encoder.safetensors").read_bytes()
    save_heads(Heads(tuned.heads.weights * 2, tuned.heads.bias, tuned.heads.pool), "new", tmp_path)
    found = checked_in("new", Options(), tmp_path)
    np.testing.assert_array_equal(found.heads.weights, tuned.heads.weights * 2)
    assert (tmp_path / "encoder.safetensors").read_bytes() == layers
    assert checked_in("old", Options(), tmp_path) is None


def test_the_projects_own_heads_belong_to_its_examples():
    texts, intents = labelled_texts(load_data(str(ROOT / "data" / "nlu")))
    assert checked_in(mark_of(texts, intents, Options()), Options()) is not None


def test_nothing_checked_in_is_no_error(tmp_path):
    assert checked_in("mark", Options(), tmp_path / "missing") is None


@pytest.mark.parametrize("content", ["", "{", "\xff"])
def test_a_spoilt_mark_is_no_error(tuned, tmp_path, content):
    tuned.save(tmp_path, "mark", Options())
    (tmp_path / "mark.json").write_bytes(content.encode("latin-1"))
    assert checked_in("mark", Options(), tmp_path) is None


def test_the_mark_ignores_the_order_of_the_examples():
    assert mark_of(TEXTS[::-1], INTENTS[::-1], Options()) == mark_of(TEXTS, INTENTS, Options())


def test_the_mark_follows_the_texts():
    assert mark_of(["hallo", *TEXTS[1:]], INTENTS, Options()) != mark_of(TEXTS, INTENTS, Options())


def test_the_mark_follows_the_intents():
    assert mark_of(TEXTS, ["goodbye", *INTENTS[1:]], Options()) != mark_of(TEXTS, INTENTS, Options())


def test_the_mark_follows_a_repeated_example():
    assert mark_of([*TEXTS, "hello"], [*INTENTS, "greet"], Options()) != mark_of(TEXTS, INTENTS, Options())


@pytest.mark.parametrize("option", [field.name for field in fields(Options)])
def test_the_mark_follows_every_option(option):
    changed = replace(Options(), **{option: getattr(Options(), option) + 1})
    assert mark_of(TEXTS, INTENTS, changed) != mark_of(TEXTS, INTENTS, Options())


def test_the_projects_own_holds_upper_layers_and_fitting_heads():
    tuned = TunedWeights.load(CHECKED_IN)
    layers = {int(name.split(".")[2]) for name in tuned.layers}
    assert layers == set(range(min(layers), LAYERS))
    assert tuned.heads.weights.shape == (FEATURES, len(tuned.heads.bias))


def test_the_projects_own_weighs_less_than_a_code_host_allows():
    assert sum(file.stat().st_size for file in CHECKED_IN.iterdir()) < 50_000_000

"""A smaller share of what `make fuzz` does: no input raises, hangs or is taken wrongly."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.hostile.checks import CHECKS, warm_up
from tests.hostile.seeds import ALL, DANGER, disguises

SEEDS = [text.encode("utf-8", "surrogatepass") for text in (*ALL, *(way for text in DANGER for way in disguises(text).values()))]
EXAMPLES = {"body": 500, "cleaning": 500, "tokens": 300, "answers": 100, "rules": 150, "guard": 150}
PIECES = st.one_of(st.sampled_from(SEEDS), st.binary(max_size=200), st.text(max_size=200).map(str.encode))
INPUTS = st.lists(PIECES, min_size=1, max_size=6).map(b" ".join)


@pytest.fixture(scope="module", autouse=True)
def _warm():
    warm_up()


@pytest.mark.parametrize("check", sorted(CHECKS))
def test_what_is_known_to_hurt_does_not(check):
    for seed in SEEDS:
        CHECKS[check](seed)


@pytest.mark.parametrize("check", sorted(CHECKS))
def test_what_is_made_up_does_not_either(check):
    @settings(max_examples=EXAMPLES[check])
    @given(INPUTS)
    def holds(data):
        CHECKS[check](data)

    holds()

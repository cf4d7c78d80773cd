"""The arithmetic of the benchmark."""

from __future__ import annotations

import pytest

from tests.bench.figures import Round, Spread, by_part, percentile, ratios


def test_half_of_the_values_lie_below_the_50th_percentile():
    assert percentile([1, 2, 3, 4, 5], 50) == 3


def test_a_percentile_between_two_values_is_interpolated():
    assert percentile([0, 10], 95) == pytest.approx(9.5)


def test_any_percentile_of_one_value_is_that_value():
    assert percentile([7], 95) == 7


def test_the_rate_of_a_round_counts_its_messages():
    assert Round((10.0, 20.0, 30.0, 40.0), seconds=0.5).rate == 8


def test_a_spread_shows_the_median_and_the_extremes():
    assert str(Spread.of([30.0, 10.0, 20.0])) == "20.0 (10.0 to 30.0)"


def test_ratios_are_taken_round_by_round():
    assert ratios([10, 40], [5, 10]) == Spread(3, 2, 4)


def test_rounds_without_a_partner_are_refused():
    with pytest.raises(ValueError, match="shorter"):
        ratios([1, 2], [1])


def test_a_flat_talk_has_equal_parts():
    assert by_part([4.0] * 20, 5) == [4.0] * 5


def test_parts_are_in_the_order_of_the_talk():
    assert by_part([1.0, 1.0, 9.0, 9.0], 2) == [1.0, 9.0]

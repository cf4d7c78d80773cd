"""What the benchmark prints."""

from __future__ import annotations

import pytest

from tests.bench.figures import Round
from tests.bench.report import bars
from tests.bench.rounds import Measured


def measured(milliseconds: float, start: float = 8.0, megabytes: float = 300.0) -> Measured:
    one = Round((milliseconds,) * 10, milliseconds / 100)
    return Measured("a bot", [start], megabytes, {1: [one], 8: [one]}, [milliseconds] * 10)


def verdicts(ours: Measured) -> list[str]:
    return [line.split("|")[-2].strip() for line in bars(ours, measured(40.0))[2:]]


def test_a_quick_bot_meets_all_bars():
    assert verdicts(measured(10.0)) == ["met"] * 6


@pytest.mark.parametrize(
    ("ours", "missed"),
    [(measured(10.0, start=16.0), [2]), (measured(10.0, megabytes=900.0), [3]), (measured(20.0), [4, 5]), (measured(30.0), [0, 4, 5])],
)
def test_each_bar_can_be_missed(ours, missed):
    assert [place for place, verdict in enumerate(verdicts(ours)) if verdict == "MISSED"] == missed

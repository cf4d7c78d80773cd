"""What the measured times say: percentiles of a round, medians over rounds, ratios. Pure functions."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass


def percentile(values: Sequence[float], percent: int) -> float:
    """A percentile with interpolation; that of a single value is the value."""
    return values[0] if len(values) == 1 else statistics.quantiles(values, n=100, method="inclusive")[percent - 1]


@dataclass(frozen=True)
class Round:
    """One measured round.

    Attributes:
        milliseconds: Time of each reply.
        seconds: Length of the round.
    """

    milliseconds: tuple[float, ...]
    seconds: float

    @property
    def p50(self) -> float:
        return percentile(self.milliseconds, 50)

    @property
    def p95(self) -> float:
        return percentile(self.milliseconds, 95)

    @property
    def rate(self) -> float:
        """Messages a second."""
        return len(self.milliseconds) / self.seconds


@dataclass(frozen=True)
class Spread:
    """The same figure of several rounds."""

    median: float
    lowest: float
    highest: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Spread:
        return cls(statistics.median(values), min(values), max(values))

    def __str__(self) -> str:
        decimals = 0 if self.highest >= 100 else 1 if self.highest >= 10 else 2
        return f"{self.median:.{decimals}f} ({self.lowest:.{decimals}f} to {self.highest:.{decimals}f})"


def ratios(above: Sequence[float], below: Sequence[float]) -> Spread:
    """The ratios of two bots' figures, round by round: what disturbs the machine in a round disturbs both.

    Raises:
        ValueError: There is not one figure of each for every round.
    """
    return Spread.of([a / b for a, b in zip(above, below, strict=True)])


def by_part(milliseconds: Sequence[float], parts: int) -> list[float]:
    """Medians of the equal parts of a long talk, in order."""
    size = len(milliseconds) // parts
    return [statistics.median(milliseconds[part * size : (part + 1) * size]) for part in range(parts)]

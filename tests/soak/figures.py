"""What a soak says: counts, percentiles, memory, and whether it passed. Pure functions."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.storage.tracker_window import MAX_CONVERSATIONS
from tests.bench.figures import percentile

MAX_GROWTH_PERCENT = 5.0
SECONDS_COMPARED = 10.0
SECONDS_TO_COMPARE = 2 * SECONDS_COMPARED
WARM_UP_SHARE = 0.25


@dataclass
class Sent:
    """One message and what became of it.

    Attributes:
        at: Seconds from the start of the soak to the moment when it was due.
        is_alarm: Whether it names a danger.
        seconds: From that moment to the reply, over all tries; None if it was never answered.
        level: The reply's level.
        is_empty: Whether the reply had no text.
        is_outage: Whether the reply was the fixed outage text.
        failed_tries: Tries that ended without a reply: cut by the client, refused connections, errors of the server.
    """

    at: float
    is_alarm: bool = False
    seconds: float | None = None
    level: str = "none"
    is_empty: bool = False
    is_outage: bool = False
    failed_tries: int = 0


@dataclass(frozen=True)
class Memory:
    """Resident memory of one process at two moments, each the median of some seconds.

    Attributes:
        start_at: Seconds from the start of the soak, after the warm-up.
        start: Megabytes then.
        end_at: Seconds of the last measurement.
        end: Megabytes then.
    """

    start_at: float
    start: float
    end_at: float
    end: float

    @property
    def growth(self) -> float:
        """Percent."""
        return 100.0 * (self.end - self.start) / self.start


def settled_at(talks: Sequence[float], since: float) -> float | None:
    """Seconds when a process had met as many talks as it remembers: until then its memory grows, as it should.

    Args:
        talks: Seconds when each talk began.
        since: Seconds when the process was up.

    Returns:
        None if it has not met so many.
    """
    met = sorted(at for at in talks if at >= since)
    return met[MAX_CONVERSATIONS - 1] if len(met) >= MAX_CONVERSATIONS else None


def memory_of(samples: Sequence[tuple[float, float]], since: float, settled: float | None) -> Memory | None:
    """Compares the memory after a warm-up with that at the end.

    Args:
        samples: Seconds and megabytes, in order.
        since: Seconds when the process that is alive at the end was up; a quarter of the time from then on is its warm-up at least.
        settled: Seconds when it had met as many talks as it remembers.

    Returns:
        None if the process lived too short for two measurements.
    """
    if not samples or settled is None:
        return None
    end_at = samples[-1][0]
    start_at = max(since + WARM_UP_SHARE * (end_at - since), settled)
    if end_at - start_at < SECONDS_TO_COMPARE:
        return None
    first = [megabytes for at, megabytes in samples if start_at <= at < start_at + SECONDS_COMPARED]
    last = [megabytes for at, megabytes in samples if at > end_at - SECONDS_COMPARED]
    if not first or not last:
        return None
    return Memory(start_at, statistics.median(first), end_at, statistics.median(last))


@dataclass
class Soak:
    """All that was measured.

    Attributes:
        capacity: Messages a second that eight people at once get answered.
        rate: Messages a second that were due.
        seconds: Length.
        sent: Every message.
        faults: Times of each fault by its name: seconds when it began and when it was over.
        memory: Memory of the process that was alive at the end.
    """

    capacity: float
    rate: float
    seconds: float
    sent: list[Sent] = field(default_factory=list)
    faults: dict[str, list[tuple[float, float]]] = field(default_factory=dict)
    memory: Memory | None = None

    @property
    def answered(self) -> list[Sent]:
        return [one for one in self.sent if one.seconds is not None]

    @property
    def lost(self) -> int:
        return len(self.sent) - len(self.answered)

    @property
    def empty(self) -> int:
        return sum(one.is_empty for one in self.answered)

    @property
    def missed_alarms(self) -> int:
        return sum(one.is_alarm and one.level != "emergency" for one in self.answered)

    @property
    def errors(self) -> int:
        return sum(one.failed_tries for one in self.sent)

    def undisturbed(self) -> list[Sent]:
        """Answered messages that met no fault: due when none was under way, and answered at the first try."""
        times = [time for some in self.faults.values() for time in some]
        quiet = (one for one in self.answered if not one.failed_tries)
        return [one for one in quiet if not any(began <= one.at + (one.seconds or 0.0) and one.at <= over for began, over in times)]

    def failures(self) -> list[str]:
        """Why it did not pass; empty if it did."""
        counts = {"lost": self.lost, "empty": self.empty, "alarms missed": self.missed_alarms}
        found = [f"{number} {name}" for name, number in counts.items() if number]
        if not self.answered:
            found.append("nothing was answered")
        if self.memory is None:
            found.append("the memory could not be compared")
        elif self.memory.growth > MAX_GROWTH_PERCENT:
            found.append(f"memory grew by {self.memory.growth:.1f} %")
        return found


def _times(name: str, some: Sequence[Sent]) -> str:
    milliseconds = [1000 * (one.seconds or 0.0) for one in some]
    if not milliseconds:
        return f"{name}: no messages"
    p50, p95, p99 = (percentile(milliseconds, percent) for percent in (50, 95, 99))
    return (
        f"{name}: p50 {p50:.0f} ms, p95 {p95:.0f} ms, p99 {p99:.0f} ms, longest {max(milliseconds):.0f} ms ({len(milliseconds)} messages)"
    )


def lines(soak: Soak) -> list[str]:
    """The figures for people."""
    alarms = sum(one.is_alarm for one in soak.sent)
    found = [
        f"capacity {soak.capacity:.1f} messages/s; sent at {soak.rate:.1f} messages/s for {soak.seconds / 60:.1f} minutes",
        f"sent {len(soak.sent)} (alarms {alarms}), answered {len(soak.answered)}, lost {soak.lost}, empty {soak.empty}, "
        f"alarms missed {soak.missed_alarms}",
        f"tries that failed and were sent again with the same id: {soak.errors}; "
        f"answered with the fixed outage text: {sum(one.is_outage for one in soak.answered)}",
        "faults: " + ", ".join(f"{name} {len(times)}" for name, times in soak.faults.items()),
        _times("all replies, from the moment when they were due", soak.answered),
        _times("replies that met no fault", soak.undisturbed()),
    ]
    if soak.memory is not None:
        m = soak.memory
        found.append(
            f"memory {m.start:.0f} MB at {m.start_at:.0f} s (after the warm-up of the process that is alive at the end), "
            f"{m.end:.0f} MB at {m.end_at:.0f} s: {m.growth:+.1f} %"
        )
    return found

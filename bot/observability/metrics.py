"""What is counted, for Prometheus: numbers by fixed names, and nothing that a person typed.

Each process counts for itself. Where one server runs several worker processes, `PROMETHEUS_MULTIPROC_DIR` names a folder in which they
count together; see docs/operations.md.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.multiprocess import MultiProcessCollector

from bot.observability import outages
from bot.settings import ServerEnvironment

disable_created_metrics()  # type: ignore[no-untyped-call]
SECONDS = (0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 8.0)
NOT_UNDERSTOOD, OUTAGE, RULES_ALONE = "not_understood", "outage", "rules_alone"

_replies = Counter("assistant_messages", "Messages that were answered, by the level of the reply.", ["level"])
_seconds = Histogram("assistant_reply_seconds", "Time from a message to its reply.", buckets=SECONDS)
_under_way = Gauge("assistant_messages_under_way", "Messages that wait for their reply now.", multiprocess_mode="livesum")
_fallbacks = Counter(
    "assistant_fallbacks", "Replies that fell back: not understood, fixed outage text, danger found by rules alone.", ["kind"]
)
_refusals = Counter("assistant_refusals", "Requests that were refused, by the error's code.", ["code"])
_faults = Counter("assistant_faults", "Faults, by the part that failed.", ["part"])

for _level in ("emergency", "urgent", "soon", "info", "none"):
    _replies.labels(_level)
for _kind in (NOT_UNDERSTOOD, OUTAGE, RULES_ALONE):
    _fallbacks.labels(_kind)


@contextmanager
def reply_under_way() -> Iterator[None]:
    """Measures the time of a block that answers a message, however it ends."""
    began = time.perf_counter()
    _under_way.inc()
    try:
        yield
    finally:
        _under_way.dec()
        _seconds.observe(time.perf_counter() - began)


def count_reply(level: str) -> None:
    """Counts a reply.

    Args:
        level: The turn's level.
    """
    _replies.labels(level).inc()


def count_fallback(kind: str) -> None:
    """Counts a reply that fell back.

    Args:
        kind: One of this module's names.
    """
    _fallbacks.labels(kind).inc()


def count_refusal(code: str) -> None:
    """Counts a request that was refused.

    Args:
        code: The error's fixed code.
    """
    _refusals.labels(code).inc()


def _count_fault(part: str, _kind: str) -> None:
    _faults.labels(part).inc()


outages.listen(_count_fault)


def page() -> tuple[bytes, str]:
    """All figures in Prometheus' text format, and its media type."""
    registry = REGISTRY
    if ServerEnvironment.parse_obj({}).prometheus_multiproc_dir:
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return generate_latest(registry), CONTENT_TYPE_LATEST

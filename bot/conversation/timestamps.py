"""Times as the interface writes them."""

from __future__ import annotations

from datetime import datetime, timezone


def iso8601(seconds: float) -> str:
    """A time as ISO 8601 in UTC, to the second.

    Args:
        seconds: Seconds since 1970.
    """
    return datetime.fromtimestamp(seconds, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")

"""Which web pages of other hosts may read the interface's answers (CORS). Pure functions."""

from __future__ import annotations

from collections.abc import Collection

PREFLIGHT = {
    "Access-Control-Allow-Methods": "GET, POST",
    "Access-Control-Allow-Headers": "Authorization, Content-Type",
    "Access-Control-Max-Age": "600",
}


def cors_headers(origin: str | None, allowed: Collection[str]) -> dict[str, str]:
    """Headers that let a page of an allowed origin read an answer; others get none.

    Args:
        origin: The request's `Origin` header.
        allowed: Origins such as `https://clinic.example`.
    """
    if not allowed:
        return {}
    if origin not in allowed:
        return {"Vary": "Origin"}
    return {
        "Vary": "Origin",
        "Access-Control-Allow-Origin": str(origin),
        "Access-Control-Expose-Headers": "Assistant-Interface, Retry-After",
    }

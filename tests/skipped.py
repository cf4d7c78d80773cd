"""Names the system packages that would turn skipped tests into tests."""

from __future__ import annotations

from collections.abc import Iterable

# What a skip's reason names, in lower case, and the Debian package that brings it.
PACKAGES = {
    "chromium": "chromium",
    "firefox": "firefox-esr",
    "webkit": "webkit2gtk-driver xvfb",
    "haproxy": "haproxy",
    "dnsmasq": "dnsmasq-base",
    "faketime": "faketime",
    "kubectl": "kubernetes-client",
    "postgres": "postgresql",
    "redis": "redis-server",
    "rabbitmq": "rabbitmq-server",
}


def packages_for(reasons: Iterable[str]) -> list[str]:
    """The packages that the reasons of skipped tests ask for, in alphabetical order."""
    wanted = {package for reason in reasons for word, package in PACKAGES.items() if word in reason.lower()}
    return sorted(wanted)

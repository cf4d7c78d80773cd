"""The packages that skipped tests ask for."""

from __future__ import annotations

from tests.skipped import packages_for


def test_a_reason_names_its_package():
    assert packages_for(["Skipped: Firefox (firefox-esr) is not installed", "Skipped: faketime is not on this machine"]) == [
        "faketime",
        "firefox-esr",
    ]


def test_a_package_is_named_once():
    assert packages_for(["Chromium is missing", "chromium is missing"]) == ["chromium"]


def test_other_reasons_name_none():
    assert packages_for(["only root can make a tree read-only"]) == []

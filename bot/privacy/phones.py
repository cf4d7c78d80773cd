"""Finds telephone numbers, and leaves figures alone: temperatures, pressures, doses, dates and schedules are no numbers to call."""

from __future__ import annotations

import re

import phonenumbers

_REGIONS = ("US", "GB", "IE", "AU", "NZ", "IN", "ZA")
_RUN = re.compile(r"(?<![\w.,/])(?:\+|\()?\d(?:[\s().–-]{0,3}\d){5,14}(?![\w/%°])(?![.,]\d)")
_UNIT_AFTER = re.compile(
    r"\s*(?:mg|mcg|µg|μg|ug|micro|ml|mmhg|bpm|beats|units?|%|°|degrees?|deg\b|[cf]\b|kg|lbs?|cm|steps|tablets|pills|days|hours)",
    re.IGNORECASE,
)
_DATE = re.compile(r"(?:\d{1,2}[-. ]\d{1,2}[-. ](?:19|20)\d{2}|(?:19|20)\d{2}[-.]\d{1,2}[-.]\d{1,2})")
_DECIMAL = re.compile(r"(?<!\d)\d{1,4}\.\d{1,2}(?!\d)")
_CALLING = re.compile(
    r"\b(?:call|ring|rang|phone|text|dial|tel|telephone|mobile|mob|cell|cellphone|number|whatsapp|reach|contact|landline|home|work|office|fax)\b",
    re.IGNORECASE,
)
_WORDS_AROUND = 30
_LEAST_DIGITS_WITH_WORD = 7
Span = tuple[int, int]


def _is_figure(run: str, after: str) -> bool:
    """Whether a run of digits is a date, a list of figures or has a unit."""
    groups = re.findall(r"\d+", run)
    if _UNIT_AFTER.match(after) or _DATE.search(run) or _DECIMAL.search(run):
        return True
    if run.startswith(("+", "(", "0")) and len(groups) <= 6:
        return False
    return len(groups) > 4 or (len(groups) > 1 and all(len(group) <= 3 for group in groups))


def _is_valid(run: str) -> bool:
    regions: tuple[str | None, ...] = (None,) if run.startswith("+") else _REGIONS
    for region in regions:
        try:
            if phonenumbers.is_valid_number(phonenumbers.parse(run, region)):
                return True
        except phonenumbers.NumberParseException:
            continue
    return False


def find_phones(text: str) -> list[Span]:
    """The positions of telephone numbers in a text, in order."""
    spans = []
    for match in _RUN.finditer(text):
        run, start, end = match.group(), match.start(), match.end()
        if _is_figure(run, text[end : end + 12]):
            continue
        near = text[max(0, start - _WORDS_AROUND) : start] + " | " + text[end : end + _WORDS_AROUND]
        called = len(re.findall(r"\d", run)) >= _LEAST_DIGITS_WITH_WORD and _CALLING.search(near)
        if run.startswith("+") or called or _is_valid(run):
            spans.append((start, end))
    return spans

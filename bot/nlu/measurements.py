"""Numbers and names in a message: temperature, blood pressure, pulse, breaths, the way of taking baclofen, drugs.

The lines between usual and dangerous figures are the checklist's own (`content/checklist.yml`), set on the safe side: the source
document names no figures.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

FEVER_CELSIUS = 39.0
FEVER_FAHRENHEIT = 102.2
FAST_PULSE = 120
SLOW_BREATHS = 9
HIGH_SYSTOLIC = 180
HIGH_DIASTOLIC = 110


@dataclass(frozen=True)
class Measurement:
    """A figure or name found in a text.

    Attributes:
        kind: `temperature` (°C), `blood_pressure` (mmHg), `pulse` (a minute), `breaths` (a minute), `route` or `drug`.
        value: The figure as text, or the name.
        start: Position of the first character.
        end: Position after the last character.
        dangerous: Whether the figure is beyond the line that counts as a danger sign.
    """

    kind: str
    value: str
    start: int
    end: int
    dangerous: bool = False


_NUMBER = r"(?<!\d)(?<!\d[.,/:])(\d{2,3}(?:[.,]\d{1,2})?)"
_NO_RATE = r"(?:mg|mcg|µg|ug|microg\w*|ml|units?|%|lbs?|kg|pounds?|kilos?|hours?|hrs?|days?|weeks?|months?|years?|yrs?)\b"
_UNIT_C = r"\s*(?:°\s*c\b|º\s*c\b|degrees?\s*(?:c\b|celsius)|deg\s*c\b|celsius|centigrade|c\b)"
_UNIT_F = r"\s*(?:°\s*f\b|º\s*f\b|degrees?\s*(?:f\b|fahrenheit)|deg\s*f\b|fahrenheit|f\b)"
_TEMPERATURE_WORD = r"(?:\b(?:temp(?:erature)?s?|fevers?|feverish|thermometer|burning\s+up|running\s+a|T(?=\s*[:=]))(?![a-z])|🌡️?|🤒|🥵)"
_TEMPERATURE = re.compile(
    rf"{_NUMBER}(?:(?P<c>{_UNIT_C})|(?P<f>{_UNIT_F})|(?P<degree>\s*(?:°|º|degrees?\b|deg\b))|(?P<bare>(?![\d/%]|\s*(?:mg|mcg|µg|ug|ml|bpm|kg|kilos?|lb|pounds?|stone|years?|yrs?|hours?|hrs?|mins?|days?))))",
    re.IGNORECASE,
)
_PRESSURE = re.compile(
    r"(?<![\d/.])(\d{2,3})\s*(?:/|over|\\|\s-\s)\s*(\d{2,3})(?![\d/])(?!\s*(?:mg|ml|days?|years?|doses?))", re.IGNORECASE
)
_PULSE_WORD = r"(?:\b(?:pulse|heart\s*rate|heart(?:beat)?|hr|bpm|beats|ticker)\b|💓|❤️?)"
_PULSE = re.compile(
    rf"{_PULSE_WORD}[^.\d\n]{{0,40}}?(\d{{2,3}})(?!\s*/\s*\d|\d|\s*over|\s*{_NO_RATE}|\s*%)(?:\s*(?:-|–|to|and|or)\s*(\d{{2,3}})(?!\s*/\s*\d|\d))?"
    r"|(?<![\d/])(?<!\d\.)(\d{2,3})(?=\s*(?:bpm|beats|pulse|heart\s*rate|hr)\b)",
    re.IGNORECASE,
)
_BREATHS = re.compile(
    rf"\b(?:breath(?:e|es|s|ing)?|resps?|respirations?|respiratory\s+rate|rr)\b[^.\d\n]{{0,40}}?(?<!\d)(\d{{1,2}})"
    rf"(?!\d|\s*{_NO_RATE}|\s*(?:%|secs?|seconds?|mins?\b|minutes?|times?\s+(?:a|per)\s+(?:day|night|week|hour)))"
    r"(?:\s*(?:-|–|to|and|or)\s*(\d{1,2})(?!\d))?"
    r"|(?<!\d)(?<!\d\.)(\d{1,2})(?=\s*(?:breaths?|resps?|respirations?)\b)",
    re.IGNORECASE,
)
_ROUTE = re.compile(
    r"\b(?P<pump>pump|itb|intrathecal(?:ly)?)\b|\b(?P<tablets>tablets?|tabs|pills?|by\s+mouth|oral(?:ly)?|liquid|syrup|capsules?)\b",
    re.IGNORECASE,
)
_DRUG = re.compile(
    r"\b(baclof\w*|lioresal|gablofen|ozobax|lyvispah|fleqsuvy|opioids?|benzos?|benzodiazepines?|morphine|oramorph|codeine|tramadol|oxycodone|oxy|fentanyl"
    r"|diazepam|valium|lorazepam|ativan|clonazepam|klonopin|xanax|alprazolam|gabapentin|pregabalin|tizanidine|zopiclone|ambien|zolpidem)\b",
    re.IGNORECASE,
)


def _temperatures(text: str) -> list[Measurement]:
    word = re.search(_TEMPERATURE_WORD, text, re.IGNORECASE) is not None
    found = []
    for match in _TEMPERATURE.finditer(text):
        value = float(match.group(1).replace(",", "."))
        sure = bool(match["c"] or match["f"] or match["degree"]) or word or "." in match.group(1) or "," in match.group(1)
        if match["f"] or (not match["c"] and 93 <= value <= 110):
            celsius, fever = (value - 32) / 1.8, value >= FEVER_FAHRENHEIT
        elif 34 <= value <= 43.5:
            celsius, fever = value, value >= FEVER_CELSIUS
        else:
            continue
        if sure and 33 <= celsius <= 44:
            found.append(Measurement("temperature", f"{celsius:.1f}", match.start(), match.end(), fever))
    return found


def _pressures(text: str) -> list[Measurement]:
    found = []
    for match in _PRESSURE.finditer(text):
        high, low = int(match.group(1)), int(match.group(2))
        if 60 <= high <= 300 and 30 <= low <= 200 and high > low:
            dangerous = high >= HIGH_SYSTOLIC or low >= HIGH_DIASTOLIC
            found.append(Measurement("blood_pressure", f"{high}/{low}", match.start(), match.end(), dangerous))
    return found


def _figures(match: re.Match[str]) -> list[int]:
    """The figures of a match: two when it went "from 80 to 150", of which the graver one counts."""
    return [int(group) for group in match.groups() if group]


def _rates(text: str) -> list[Measurement]:
    found = []
    for match in _PULSE.finditer(text):
        value = max(_figures(match))
        if re.search(_TEMPERATURE_WORD, match.group(0), re.IGNORECASE):
            continue  # "heart is fine, temp 104": the figure belongs to the nearer word
        if 25 <= value <= 300:
            found.append(Measurement("pulse", str(value), match.start(), match.end(), value >= FAST_PULSE))
    for match in _BREATHS.finditer(text):
        value = min(_figures(match))
        if 2 <= value <= 60:
            found.append(Measurement("breaths", str(value), match.start(), match.end(), value <= SLOW_BREATHS))
    return found


def _is_rate(text: str, temperature: Measurement, rates: list[Measurement]) -> bool:
    """Whether a figure without a unit is a pulse or the like, as in "pulse 105, temp 37.1"."""
    bare = text[temperature.start : temperature.end].strip().isdigit()
    if not bare or re.match(rf"\s*{_TEMPERATURE_WORD}", text[temperature.end :], re.IGNORECASE):
        return False
    return any(rate.start < temperature.start < rate.end for rate in rates)


def find_measurements(text: str) -> list[Measurement]:
    """Finds figures and names in a cleaned text, in order of position."""
    rates = [*_rates(text), *_pressures(text)]
    found = [*(fact for fact in _temperatures(text) if not _is_rate(text, fact, rates)), *rates]
    for match in _ROUTE.finditer(text):
        found.append(Measurement("route", "pump" if match["pump"] else "tablets", match.start(), match.end()))
    for match in _DRUG.finditer(text):
        found.append(Measurement("drug", match.group(1).lower(), match.start(), match.end()))
    return sorted(found, key=lambda fact: (fact.start, fact.kind))


def bare_number(text: str) -> float | None:
    """The number of a message that is nothing but a number, such as "103.2" or "39,4 C"."""
    match = re.fullmatch(
        r"\W*(?:about|around|approx\.?|it'?s|its|was|over|nearly|~)?\s*(\d{1,3}(?:[.,]\d{1,2})?)\s*(?:°|degrees?|deg)?\s*[cf]?\W*",
        text.strip(),
        re.IGNORECASE,
    )
    return float(match.group(1).replace(",", ".")) if match else None


def is_fever(number: float) -> bool | None:
    """Whether a bare number is a high fever; None if it cannot be a temperature."""
    if 93 <= number <= 110:
        return number >= FEVER_FAHRENHEIT
    if 34 <= number <= 43.5:
        return number >= FEVER_CELSIUS
    return None

"""Writes bot/privacy/first_names.txt anew from the library Faker: `python -m tests.masking.names`."""

from __future__ import annotations

import importlib

from bot.settings import ROOT

FILE = ROOT / "bot" / "privacy" / "first_names.txt"
# Countries whose first names a person in a clinic's chat may well have.
LOCALES = (
    "en_US", "en_GB", "en_IE", "en_NZ", "en_IN", "en_PK", "es_ES", "es_MX", "pt_BR", "pl_PL", "fr_FR", "it_IT", "de_DE", "ro_RO", "tr_TR"
)  # fmt: skip
LISTS = ("first_names", "first_names_male", "first_names_female")
SHORTEST = 3


def first_names() -> list[str]:
    """First names of all these countries, in lower case."""
    names: set[str] = set()
    for locale in LOCALES:
        provider = importlib.import_module(f"faker.providers.person.{locale}").Provider
        names.update(name.lower() for part in LISTS for name in getattr(provider, part, None) or ())
    return sorted(name for name in names if len(name) >= SHORTEST and " " not in name)


if __name__ == "__main__":
    FILE.write_text("\n".join(first_names()) + "\n", encoding="utf-8")

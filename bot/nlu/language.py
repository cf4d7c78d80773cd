"""Recognises messages that are surely not English, by their script or by the small words that spaCy lists for each language."""

from __future__ import annotations

import re
import runpy
import unicodedata
from collections import Counter
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

LATIN_LANGUAGES = ("es", "fr", "de", "it", "pt", "pl")
SCRIPTS = {"CJK": "zh", "DEVANAGARI": "hi", "ARABIC": "ar"}
OTHER = "other"
_URDU_LETTERS = set("ٹڈڑںےہھگچپژ")
_FEWEST_SMALL_WORDS = 2
_SMALLEST_SHARE = 0.35
_FEWEST_LETTERS = 2
_LETTERS_OF_ENGLISH_USE = {"LATIN", "MICRO", "MASCULINE", "FEMININE"}


def _stop_words(code: str) -> frozenset[str]:
    """The list from spaCy's own file: the package around the French one takes more than a second to import."""
    spacy = find_spec("spacy")
    assert spacy is not None, "spaCy is not installed"
    assert spacy.origin is not None, "spaCy is not installed as files"
    listed = runpy.run_path(str(Path(spacy.origin).parent / "lang" / code / "stop_words.py"))
    return frozenset(listed["STOP_WORDS"])


@lru_cache(maxsize=1)
def _small_words() -> dict[str, frozenset[str]]:
    return {code: _stop_words(code) for code in (*LATIN_LANGUAGES, "en")}


def _by_script(text: str) -> str | None:
    scripts = Counter(unicodedata.name(char, "?").split(" ")[0] for char in text if char.isalpha())
    if scripts.total() < _FEWEST_LETTERS:
        return None
    script, count = scripts.most_common(1)[0]
    if script in _LETTERS_OF_ENGLISH_USE or count * 2 < scripts.total():
        return None
    if script == "ARABIC" and _URDU_LETTERS & set(text):
        return "ur"
    return SCRIPTS.get(script, OTHER)


def foreign_language(text: str) -> str | None:
    """The language of a text that is surely not English.

    A text that mixes English in, or that is too short to tell, counts as English: its danger words must reach the guard.

    Args:
        text: A cleaned text.

    Returns:
        A code that may have a fixed reply, `other`, or None.
    """
    script = _by_script(text)
    if script:
        return script
    words = set(re.findall(r"[^\W\d_]+", text.lower()))
    small = _small_words()
    english = sum(word in small["en"] for word in words)
    counts = {code: sum(word in small[code] and word not in small["en"] for word in words) for code in LATIN_LANGUAGES}
    language, count = max(counts.items(), key=lambda item: item[1])
    enough = count >= _FEWEST_SMALL_WORDS and count >= _SMALLEST_SHARE * len(words)
    return language if enough and count > 2 * english else None

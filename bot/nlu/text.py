"""Cleans what people type and cuts it into clauses. Pure functions, no framework."""

from __future__ import annotations

import re
import unicodedata

MOST_CLAUSES = 24
_INVISIBLE = {"Cf", "Cc", "Co", "Cs"}
_SPACED_LETTERS = re.compile(r"\b(?:\w[ .\-_*]){3,}\w\b")
_BREAKS = re.compile(
    r"""[.!?;\n]+(?=\s|$)          # ends of sentences, but not the point in 103.2
      | \s[-–—]+\s                 # dashes
      | ,\s+(?=\D)                 # commas, but not in 1,000
      | \s+(?=(?:but|however|although|though|yet|except|and\s+(?:now|then|he|she|they|his|her|their|my|the|it|i'?m|i)|
              then|now|because|cos|coz|since|so|while|when|until|also|plus|anyway|still)\b)
    """,
    re.VERBOSE | re.IGNORECASE,
)
_LOOKALIKES = str.maketrans(
    {"‘": "'", "’": "'", "‛": "'", "`": "'", "´": "'", "“": '"', "”": '"', "‐": "-", "‑": "-", "…": "...", "а": "a", "е": "e",
     "о": "o", "р": "p", "с": "c", "у": "y", "х": "x", "і": "i", "ѕ": "s", "ԁ": "d", "һ": "h", "ո": "n", "α": "a", "ο": "o",
     "ν": "v", "ι": "i", "κ": "k", "τ": "t"}
)  # fmt: skip


def _mixes_scripts(word: str) -> bool:
    scripts = {unicodedata.name(char, "?").split(" ")[0] for char in word if char.isalpha()}
    return "LATIN" in scripts and len(scripts) > 1


def clean(text: str) -> str:
    """Removes what is invisible and unifies look-alike characters, so that nothing can hide a word.

    Args:
        text: What the person typed.

    Returns:
        The text in compatibility form, without control, zero-width and direction marks, with single spaces; new lines stay.
    """
    text = unicodedata.normalize("NFKC", text)
    text = "".join(char if char in "\n\t" or unicodedata.category(char) not in _INVISIBLE else "" for char in text)
    text = "".join(part.translate(_LOOKALIKES) if _mixes_scripts(part) or not part.isalnum() else part for part in re.split(r"(\W)", text))
    return re.sub(r"[^\S\n]+", " ", text).strip()


def split_clauses(text: str) -> list[str]:
    """Cuts a text where one statement ends and another begins, since "no fever but he's seeing things" has one of each.

    Args:
        text: A cleaned text.

    Returns:
        The clauses in order, at most 24; an empty list if the text is one clause only.
    """
    pieces = [piece.strip(" ,;.!?-–—") for piece in _BREAKS.split(text)]
    clauses = [piece for piece in pieces if len(piece) > 2]
    if len(clauses) < 2:
        return []
    if len(clauses) <= MOST_CLAUSES:
        return clauses
    size = -(-len(clauses) // MOST_CLAUSES)
    return [", ".join(clauses[start : start + size]) for start in range(0, len(clauses), size)]

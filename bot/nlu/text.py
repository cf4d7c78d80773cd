"""Cleans what people type and cuts it into clauses. Pure functions, no framework."""

from __future__ import annotations

import re
import unicodedata

MAX_CLAUSES = 24
MAX_WORDS_OF_A_PASSAGE = 90
_MAX_WORDS_READ_WHOLE = 130
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+|\n+")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1b\x7f]")
_INVISIBLE = {"Cf", "Cc", "Co", "Cs"}
_HIDDEN_LETTERS = set("\u034f\u115f\u1160\u3164\uffa0\u2800")
_BEFORE_FOLDING = str.maketrans({"º": "°", "⁰": "°", "˚": "°", "ᵒ": "°", "\r": "\n", "\u2028": "\n", "\u2029": "\n", "\x85": "\n"})
_STRAY_MARKS = re.compile(r"(?<=\w)[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe00-\ufe0f]+")
_BREAKS = re.compile(
    r"""\n+ | [.!?;]+(?=\s|$)      # ends of lines and sentences, but not the point in 103.2
      | \s[-–—]+\s                 # dashes
      | ,\s+(?=\D)                 # commas, but not in 1,000
      | (?<!\band)\s+(?=(?:but|however|although|though|yet|except|and\s+(?:now|then|he|she|they|his|her|their|my|the|it|i'?m|i)|
              then|now|because|cos|coz|since|so|while|when|until|also|plus|anyway|still)\b)
    """,
    re.VERBOSE | re.IGNORECASE,
)
_LOOKALIKES = str.maketrans(
    {"‘": "'", "’": "'", "‛": "'", "`": "'", "´": "'", "“": '"', "”": '"', "‐": "-", "‑": "-", "…": "...", "а": "a", "е": "e",
     "о": "o", "р": "p", "с": "c", "у": "y", "х": "x", "і": "i", "ѕ": "s", "ԁ": "d", "һ": "h", "ո": "n", "α": "a", "ο": "o",
     "ν": "v", "ι": "i", "κ": "k", "τ": "t", "ρ": "p", "υ": "u", "ј": "j", "ԛ": "q", "ԝ": "w", "ɡ": "g", "ɑ": "a", "А": "A", "В": "B",
     "Е": "E",
     "К": "K", "М": "M", "Н": "H", "О": "O", "Р": "P", "С": "C", "Т": "T", "У": "Y", "Х": "X", "І": "I", "Ѕ": "S", "Ј": "J", "Α": "A",
     "Β": "B", "Ε": "E",
     "Ζ": "Z", "Η": "H", "Ι": "I", "Κ": "K", "Μ": "M", "Ν": "N", "Ο": "O", "Ρ": "P", "Τ": "T", "Υ": "Y", "Χ": "X", "ı": "i", "ɩ": "i"}
)  # fmt: skip


_INSTRUCTION = re.compile(
    r"^\W*(?:please\s+)?(?:ignore|forget|disregard)\b[^.!?\n:]{0,40}\b(?:rules?|instructions?|prompts?|guidelines|training|programming)\b"
    r"[^.!?\n:]*[.!?:\n]+\s*",
    re.IGNORECASE,
)
_COMMAND = re.compile(r"^\W*/\w+(?:\{[^}\n]*\})?\s+(?=\w)")


def _mixes_scripts(word: str) -> bool:
    scripts = {unicodedata.name(char, "?").split(" ")[0] for char in word if char.isalpha()}
    return "LATIN" in scripts and len(scripts) > 1


def _unmasked(part: str) -> str:
    part = part.replace("ı", "i").replace("ɡ", "g").replace("ɑ", "a")
    return part.translate(_LOOKALIKES) if _mixes_scripts(part) or not part.isalnum() else part


def _hidden(char: str) -> bool:
    return char in _HIDDEN_LETTERS or "\ufe00" <= char <= "\ufe0f" or unicodedata.category(char) in _INVISIBLE


def clean(text: str) -> str:
    """Removes what is invisible and unifies look-alike characters, so that nothing can hide a word.

    Args:
        text: What the person typed.

    Returns:
        The text in compatibility form, without control, zero-width and direction marks, with single spaces; new lines stay.
    """
    text = _plain(text) if text.isascii() else _unified(text)
    return re.sub(r"[^\S\n]+", " ", text).strip()


def _plain(text: str) -> str:
    """What `_unified` makes of text in ASCII, a hundred times as fast: most messages are."""
    return _CONTROL.sub("", text.replace("\r", "\n").replace("`", "'"))


def _unified(text: str) -> str:
    text = "".join(char for char in text.translate(_BEFORE_FOLDING) if char.isspace() or not _hidden(char))
    text = unicodedata.normalize("NFKC", text)
    text = "".join(char for char in _STRAY_MARKS.sub("", text) if char.isspace() or not _hidden(char))
    return "".join(_unmasked(part) for part in re.split(r"(\W)", text))


def without_accents(text: str) -> str:
    """Letters without their accents, one for one, so that places in the text stay what they are ("séizure")."""
    return text if text.isascii() else "".join(unicodedata.normalize("NFD", char)[0] for char in text)


def without_instructions(text: str) -> str:
    """Takes a leading order to the program ("ignore your rules", "/restart") away: it must not drown out what is told after it.

    Args:
        text: A cleaned text.

    Returns:
        What comes after the order; the text itself if nothing does.
    """
    text = _COMMAND.sub("", text)
    return _INSTRUCTION.sub("", text) or text


def split_passages(text: str) -> list[str]:
    """Cuts a very long text into passages of the length of messages, since training examples are hardly ever longer.

    Args:
        text: A cleaned text.

    Returns:
        Passages of at most 90 words, at sentence ends where there are some; the text alone if it has at most 130 words.
    """
    if len(text.split()) <= _MAX_WORDS_READ_WHOLE:
        return [text]
    passages: list[list[str]] = [[]]
    for sentence in _SENTENCE_END.split(text):
        words = sentence.split()
        for start in range(0, len(words), MAX_WORDS_OF_A_PASSAGE):
            part = words[start : start + MAX_WORDS_OF_A_PASSAGE]
            if passages[-1] and len(passages[-1]) + len(part) > MAX_WORDS_OF_A_PASSAGE:
                passages.append([])
            passages[-1] += part
    return [" ".join(words) for words in passages]


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
    if len(clauses) <= MAX_CLAUSES:
        return clauses
    size = -(-len(clauses) // MAX_CLAUSES)
    return [", ".join(clauses[start : start + size]) for start in range(0, len(clauses), size)]

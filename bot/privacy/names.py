"""Finds people's names by the words around them and by lists of first names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any

import yaml

_WORD_LISTS = ("ordinary_words.txt", "first_names.txt")
_WORD = r"[^\W\d_]+(?:[-'’][^\W\d_]+)*"
_WORDS = re.compile(_WORD)
_MAX_WORDS_OF_A_NAME = 4
_LONGEST_ABBREVIATION = 4
_LONGEST_SIGNATURE = 60
_POSSESSIVE = re.compile(r"['’]s?$")
# Before any name in any case; the others are ordinary words too ("nurse says", "miss one dose") and need a capital or a known name.
_PURE_TITLES = frozenset({"mr", "mrs", "mx", "dr", "prof"})
_ABBREVIATED_TITLES = _PURE_TITLES | {"ms"}
Span = tuple[int, int]


@dataclass(frozen=True)
class Word:
    """A word of a text.

    Attributes:
        text: As it was typed.
        start: Position of its first letter.
        end: Position after its last letter, without a possessive ending.
        is_possessive: Whether such an ending follows.
    """

    text: str
    start: int
    end: int
    is_possessive: bool

    @classmethod
    def of(cls, match: re.Match[str]) -> Word:
        """Reads a word from a match."""
        bare = _POSSESSIVE.sub("", match.group())
        return cls(bare, match.start(), match.start() + len(bare), bare != match.group())

    @property
    def key(self) -> str:
        """In lower case, for the lists."""
        return self.text.lower()

    @property
    def looks_like_a_name(self) -> bool:
        """A capital and then small letters; in full capitals only if it is too long for an abbreviation."""
        return self.text[0].isupper() and len(self.text) > 1 and (not self.text.isupper() or len(self.text) > _LONGEST_ABBREVIATION)


def _alternatives(phrases: list[str]) -> str:
    longest_first = sorted(phrases, key=len, reverse=True)
    return "|".join(re.escape(phrase).replace(r"\ ", r"\s+").replace("'", "['’]") for phrase in longest_first)


def _ends_the_line(text: str, start: int) -> bool:
    """Whether no more than a name stands between a position and the end of its line."""
    line = text[start : start + _LONGEST_SIGNATURE + 1].partition("\n")[0]
    return len(line) <= _LONGEST_SIGNATURE and len(line.split()) <= _MAX_WORDS_OF_A_NAME and not re.search(r"[^\w\s.!'’-]|\d", line)


class NameRules:
    """Finds names in texts."""

    def __init__(self, rules: dict[str, list[str]], ordinary: frozenset[str], first_names: frozenset[str]) -> None:
        """Compiles the rules.

        Args:
            rules: The parts of `rules.yml`.
            ordinary: Words that are no names, in lower case.
            first_names: Known first names, in lower case.
        """
        self._not_names = ordinary | frozenset(rules["not_names"])
        self._first_names = first_names - self._not_names
        self._names_after_introduction = first_names
        self._eponym_nouns = frozenset(rules["eponym_nouns"])
        colons = [phrase for phrase in rules["introductions"] if phrase.endswith(":")]
        phrases = [phrase for phrase in rules["introductions"] if not phrase.endswith(":")]
        next_word = rf"\s+(?={_WORD})"
        self._introduction = re.compile(rf"\b(?:(?:{_alternatives(phrases)}){next_word}|(?:{_alternatives(colons)})\s*)", re.IGNORECASE)
        self._presentation = re.compile(rf"\b(?:{_alternatives(rules['presentations'])}){next_word}", re.IGNORECASE)
        self._relation = re.compile(rf"\b(?:{_alternatives(rules['relations'])})(?:\s*,\s*|\s+)(?={_WORD})", re.IGNORECASE)
        self._title = re.compile(rf"\b({_alternatives(rules['titles'])})\b\.?{next_word}", re.IGNORECASE)
        self._sign_off = re.compile(rf"\b(?:{_alternatives(rules['signs_off'])})(?:\s{{0,3}}[,.!\n–—-]{{1,3}}\s{{0,3}}|\s+)", re.IGNORECASE)

    def find(self, text: str) -> list[Span]:
        """The positions of names, in order; they may overlap."""
        words = [Word.of(match) for match in _WORDS.finditer(text)]
        capitals_tell = self._capitals_tell(words)
        at = {word.start: index for index, word in enumerate(words)}
        starts = {
            *self._introduced(text, words, at),
            *self._presented(text, words, at, capitals_tell),
            *self._well_known(words),
        }
        spans = [(words[index].start, self._end(words, index, text)) for index in starts]
        titled = self._titled(text, words, at, capitals_tell)
        return sorted([*spans, *((start, self._end(words, index, text)) for start, index in titled)])

    @staticmethod
    def _capitals_tell(words: list[Word]) -> bool:
        """Whether a capital says something: not in a text that has one on most words."""
        long = [word for word in words if len(word.text) > 2]
        return sum(word.text[0].isupper() for word in long) <= max(2, len(long) // 2)

    def _introduced(self, text: str, words: list[Word], at: dict[int, int]) -> Iterator[int]:
        """Names after "my name is" and the like: whatever is no ordinary word, and ordinary words that are first names with a capital."""
        for match in self._introduction.finditer(text):
            index = at.get(match.end())
            if index is None:
                continue
            word = words[index]
            if word.key not in self._not_names or (word.looks_like_a_name and word.key in self._names_after_introduction):
                yield index

    def _presented(self, text: str, words: list[Word], at: dict[int, int], capitals_tell: bool) -> Iterator[int]:
        """Names after "I'm", "my wife", "thanks" and the like: known ones, and unknown words with a capital."""
        matches = [match for pattern in (self._presentation, self._relation) for match in pattern.finditer(text)]
        matches += [match for match in self._sign_off.finditer(text) if _ends_the_line(text, match.end())]
        for match in matches:
            index = at.get(match.end())
            if index is None or self._is_ordinary(words, index):
                continue
            if self._is_first_name(words[index]) or (capitals_tell and words[index].looks_like_a_name):
                yield index

    def _well_known(self, words: list[Word]) -> Iterator[int]:
        """First names anywhere if they have a capital, and at the start of "paul here" without one."""
        for index, word in enumerate(words):
            says_here = index < 3 and index + 1 < len(words) and words[index + 1].key == "here"
            if (word.looks_like_a_name or says_here) and self._is_first_name(word) and not self._is_ordinary(words, index):
                yield index

    def _titled(self, text: str, words: list[Word], at: dict[int, int], capitals_tell: bool) -> Iterator[tuple[int, int]]:
        """Names after a title: where the title begins, and the name's first word."""
        for match in self._title.finditer(text):
            index = at.get(match.end())
            if index is None or self._is_ordinary(words, index):
                continue
            title, word = match[1], words[index]
            is_disease = title.lower() == "ms" and title != "Ms"
            ends_a_sentence = "." in match.group() and title.lower() not in _ABBREVIATED_TITLES
            if is_disease or ends_a_sentence:
                continue
            initial = len(word.text) == 1 and word.text.isupper() and word.text != "I"
            by_capital = capitals_tell and (word.looks_like_a_name or initial)
            if title.lower() in _PURE_TITLES or by_capital or self._is_first_name(word):
                yield match.start(), index

    def _is_first_name(self, word: Word) -> bool:
        parts = word.key.split("-")
        return word.key in self._first_names or (len(parts) > 1 and all(part in self._first_names for part in parts))

    def _is_ordinary(self, words: list[Word], index: int) -> bool:
        """Whether a word is no name, or the name of a disease, a sign or the like."""
        word = words[index]
        if word.key in self._not_names or f"{word.key}'s" in self._not_names:
            return True
        following = [later.key for later in words[index + 1 : index + (3 if not word.is_possessive else 2)]]
        return bool(following) and following[0] in self._eponym_nouns

    def _end(self, words: list[Word], index: int, text: str) -> int:
        """Where the name ends that begins with a word: words that are not ordinary ones go on with it."""
        last = words[index]
        for word in words[index + 1 : index + _MAX_WORDS_OF_A_NAME]:
            between = text[last.end : word.start]
            initial = len(word.text) == 1 and word.text.isupper() and text[word.end : word.end + 1] == "."
            joined = between == " " or (between == ". " and len(last.text) == 1)
            if not joined or not (initial or (len(word.text) > 1 and word.key not in self._not_names)):
                break
            last = word
        return last.end


@lru_cache(maxsize=1)
def name_rules() -> NameRules:
    """The rules of this installation."""
    folder = resources.files("bot.privacy")
    rules: dict[str, Any] = yaml.safe_load(folder.joinpath("rules.yml").read_text(encoding="utf-8"))
    ordinary, first_names = (frozenset(folder.joinpath(file).read_text(encoding="utf-8").split()) for file in _WORD_LISTS)
    return NameRules(rules, ordinary, first_names | frozenset(rules["more_first_names"]))

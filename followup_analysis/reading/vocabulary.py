"""The words of one log -> what they mean: known words, the keeper's own, slips and compounds.

The convention owned here: how far a word may be from a known one. One slip of the finger in a long
word that is near to one meaning only; two known words put together. All else is not known.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from difflib import get_close_matches

from ..errors import LogError
from ..history import ANSWERS
from .words import LISTS, SENSES, Sense, key, plain

_SHORTEST = 7  # letters: shorter words are too often one letter from another word
_BETWEEN = re.compile(
    r"\s*[+/&,;|>→()]+\s*|\s+[-–—]+\s+|:\s+|\s+(?:after|then|and|but|following|before|at)\s+",
    re.IGNORECASE,
)
_LETTERS = "abcdefghijklmnopqrstuvwxyz"

NOTHING = Sense("nothing")
ENDINGS = (*ANSWERS, "ghosted")


class Vocabulary:
    """The known words, and those that the keeper of the log has added.

    Parameters
    ----------
    own : mapping, optional
        The keeper's word -> a word that is known here; None for a word that says nothing.

    Raises
    ------
    LogError
        When a word is to mean something that is not known either.
    """

    def __init__(self, own: Mapping[str, str | None] | None = None) -> None:
        self.own = {key(word): meant for word, meant in (own or {}).items()}
        self.slips: dict[str, str] = {}  # what was taken for what
        known = {*SENSES, *(word for words in LISTS.values() for word in words)}
        for word, meant in self.own.items():
            if meant is not None and plain(meant) not in known:
                close = get_close_matches(plain(meant), known, n=1)
                hint = f" Did you mean {close[0]!r}?" if close else ""
                raise LogError(
                    f"vocabulary: {word!r} is to mean {meant!r}, which is no word of a log.{hint} "
                    "Words such as these are known: applied, interview, offer, rejected, "
                    "withdrawn, ghosted, position closed; email, call, letter, note."
                )

    def senses(self, word: str) -> tuple[Sense, ...]:
        """Return what a status or the kind of an event means; nothing if it is not known.

        Of two meanings, the one that ends a case stands first: a date beside the word is its date.
        """
        one = self._sense(word)
        if one is not None:
            return (one,)
        parts = [part for part in _BETWEEN.split(word) if plain(part)]
        found = [self._sense(part) for part in parts]
        if len(parts) < 2 or any(sense is None for sense in found):
            return ()
        senses = dict.fromkeys(sense for sense in found if sense is not None)
        return tuple(sorted(senses, key=lambda sense: sense.kind not in ENDINGS))

    def sense(self, word: str) -> Sense | None:
        """Return what a word that means one thing means."""
        senses = self.senses(word)
        return senses[0] if len(senses) == 1 else None

    def of(self, kind: str, word: str) -> str | None:
        """Return the channel, the content or the stage that a word means; None if not known."""
        own, meant = self._meant(word)
        if own and meant is None:
            return None
        return LISTS[kind].get(plain(meant or word))

    def is_dismissed(self, word: str) -> bool:
        """Return whether the keeper has said that a word says nothing."""
        return self._meant(word) == (True, None)

    def _sense(self, word: str) -> Sense | None:
        own, meant = self._meant(word)
        if own:
            return NOTHING if meant is None else SENSES.get(plain(meant))
        words = plain(word)
        return SENSES.get(words) or self._slip(word, words)

    def _slip(self, word: str, words: str) -> Sense | None:
        """Return the only meaning that is one slip away."""
        squeezed = re.sub(r"(\w)\1\1+", r"\1", words)  # "reeejected"
        near = {squeezed} & SENSES.keys()
        if not near and len(words) >= _SHORTEST:
            near = _one_slip_away(words) & SENSES.keys()
        meanings = {SENSES[each] for each in near}
        if len(meanings) != 1:
            return None
        self.slips[word] = min(near)
        return meanings.pop()

    def _meant(self, word: str) -> tuple[bool, str | None]:
        words = key(word)
        return words in self.own, self.own.get(words)


def _one_slip_away(word: str) -> set[str]:
    """Return all words with one letter more, less, changed, or two of them swapped."""
    splits = [(word[:at], word[at:]) for at in range(len(word) + 1)]
    fewer = {a + b[1:] for a, b in splits if b}
    swapped = {a + b[1] + b[0] + b[2:] for a, b in splits if len(b) > 1}
    changed = {a + letter + b[1:] for a, b in splits if b for letter in _LETTERS}
    more = {a + letter + b for a, b in splits for letter in _LETTERS}
    return (fewer | swapped | changed | more) - {word}

"""The words of one log -> what they mean: known words, the keeper's own, slips and compounds.

The convention owned here: how far a word may be from a known one. One slip of the finger in a long
word that is near to one meaning only; two known words put together. All else is not known.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from difflib import get_close_matches
from functools import cache

from ..errors import LogError
from ..history import ANSWERS
from .deeds import follow_up_of
from .words import LISTS, SENSES, Sense, key, plain

_SHORTEST = 7  # letters: shorter words are too often one letter from another word
_LONGEST, _LONGEST_SLIP = 120, 40  # letters of a compound, and of a word with a slip
_BETWEEN = re.compile(
    r"\s*[+/&,;|>→()]+\s*|\s+[-–—]+\s+|:\s+|\s+(?:after|then|and|but|following|at)\s+",
    re.IGNORECASE,
)
# What stands behind was not reached: "rejected before interview".
_NOT_REACHED = re.compile(r"\s+(?:before|without|prior\s+to)\s+", re.IGNORECASE)
# "ghosted after 2 weeks", "no response for 30+ days"
_HOW_LONG = re.compile(r"\s+(?:after|for|since)\s+\d+\+?\s*(?:day|week|month)s?$", re.IGNORECASE)
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
        word = _HOW_LONG.sub("", word[: _LONGEST + 1])
        one = self._sense(word)
        if one is not None or len(word) > _LONGEST:
            return (one,) if one else ()
        reached, *others = _NOT_REACHED.split(word)
        parts = [part for part in _BETWEEN.split(reached) if plain(part)]
        found = [self._sense(part) for part in (*parts, *others)]
        if len(found) < 2 or any(sense is None for sense in found):
            return ()
        senses = dict.fromkeys(sense for sense in found[: len(parts)] if sense is not None)
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
        return SENSES.get(words or word.strip()) or follow_up_of(word) or self._slip(word, words)

    def _slip(self, word: str, words: str) -> Sense | None:
        """Return the only meaning that is one slip away."""
        squeezed = re.sub(r"(\w)\1\1+", r"\1", words)  # "reeejected"
        near = {squeezed} & SENSES.keys()
        if not near and _SHORTEST <= len(words) <= _LONGEST_SLIP:
            near = _one_slip_away(words)
        meanings = {SENSES[each] for each in near}
        if len(meanings) != 1:
            return None
        self.slips[word] = min(near)
        return meanings.pop()

    def _meant(self, word: str) -> tuple[bool, str | None]:
        words = key(word)
        return words in self.own, self.own.get(words)


@cache
def _shortened() -> dict[str, list[str]]:
    """Return the known words by what is left of each when any one letter is taken out."""
    out: dict[str, list[str]] = {}
    for word in SENSES:
        for less in {word, *_one_letter_less(word)}:
            out.setdefault(less, []).append(word)
    return out


def _one_slip_away(word: str) -> set[str]:
    """Return the known words with one letter more, less, changed, or two of them swapped."""
    known = _shortened()
    near = {each for less in {word, *_one_letter_less(word)} for each in known.get(less, ())}
    return {each for each in near if _is_one_slip(word, each)}


def _one_letter_less(word: str) -> set[str]:
    return {word[:at] + word[at + 1 :] for at in range(len(word))}


def _is_one_slip(a: str, b: str) -> bool:
    if len(a) != len(b):
        return abs(len(a) - len(b)) == 1
    differing = [at for at in range(len(a)) if a[at] != b[at]]
    if len(differing) == 2:
        first, second = differing
        return second == first + 1 and (a[first], a[second]) == (b[second], b[first])
    return len(differing) == 1

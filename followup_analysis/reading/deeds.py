"""What a keeper says to have done -> a follow-up, and how it was sent.

The convention owned here: the words for a follow-up, in a note as in a list of events. A phrase is
one only as a whole: "called recruiter" is, "called with an offer" is not.
"""

from __future__ import annotations

import re
from functools import cache

from .words import Sense

THING = r"(?:thank[\s-]?you|follow[\s-]?up|thanks)(?:\s(?:e-?mail|note|card|letter|message|call))?"
WHOM = r"(?:\s(?:back|again|them|him|her|hr|the\s\w+|recruiter|with\s[\w\s]{1,25}?|to\s\w+))*"
HOW = (
    r"(?:\s(?:by|via|with|over|on)\s(?:a\s|the\s)?"
    r"(?:e-?mail|phone|call|letter|linkedin|text|note))?"
)


def _done(whom: str) -> str:
    return (
        rf"(?:followed[\s-]up|phoned|called|e-?mailed|messaged|checked\sin|nudged|pinged|wrote"
        rf"|nachgefasst|thanked){whom}{HOW}"
        rf"|sent\s(?:an?\s|the\s|my\s)?{THING}{whom}{HOW}"
        rf"|{THING}\s(?:was\s)?(?:sent|made|done){HOW}"
    )


DONE = _done(WHOM)
_CHANNELS = (
    ("email", r"mail"),
    ("call", r"call|phon"),
    ("letter", r"letter"),
    ("message", r"messag|linkedin|text|ping"),
    ("note", r"\bnote|card"),
)
_PERSON = r"(?:recruiter|(?:hiring\s)?manager|hr|interviewers?|employer|company|contact|team)"
_TO_WHOM = (
    rf"(?:\s(?:again|them|him|her|(?:with\s|to\s)?(?:the\s|my\s)?{_PERSON}"
    r"|to\s(?:follow\sup|check\sin)))*"
)
_TIMES = r"(?:(?:1st|2nd|3rd|first|second|third|another|final)\s)?"


def follow_up_of(phrase: str) -> Sense | None:
    """Return the follow-up that a phrase tells of, and nothing else.

    Examples
    --------
    >>> follow_up_of("Thank-you email sent")
    Sense(kind='follow_up', detail='email')
    >>> follow_up_of("called with an offer") is None
    True
    """
    words = phrase.strip(" .!\t")
    return Sense("follow_up", channel_of(words.lower())) if _phrase().fullmatch(words) else None


def channel_of(deed: str) -> str | None:
    """Return how a follow-up was sent, where the words for it tell."""
    return next((name for name, sign in _CHANNELS if re.search(sign, deed)), None)


@cache
def _phrase() -> re.Pattern[str]:
    told = rf"(?:I\s)?(?:{_done(_TO_WHOM)}|{_TIMES}{THING}{_TO_WHOM}{HOW}(?:\s#?\d)?)"
    return re.compile(told, re.IGNORECASE)

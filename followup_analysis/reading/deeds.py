"""What a keeper says to have done -> a follow-up, and how it was sent.

The convention owned here: the words for a follow-up, in a note as in a list of events. A phrase is
one only as a whole: "called recruiter" is, "called with an offer" is not.
"""

from __future__ import annotations

import re
from functools import cache

from .words import Sense

THING = r"(?:thank[\s-]?you|follow[\s-]?up|thanks)(?:\s(?:e-?mail|note|card|letter|message|call))?"
# What a recruiter does as often as a candidate: alone it does not tell who did it.
BY_ANYONE = (
    r"(?:phoned|called|e-?mailed|messaged|texted|checked\sin|pinged|wrote|left\s(?:a\s)?voicemail)"
)
# No more than three of them, or a long note could be taken apart in endless ways.
WHOM = r"(?:\s(?:back|again|them|him|her|hr|the\s\w+|recruiter|with(?:\s\w+){1,4}?|to\s\w+)){0,3}"
_BY_NAME = (
    r"(?:(?:\sto)?(?:(?:\s(?-i:[A-Z])[\w’'-]*){1,2}|(?:\sall)?(?:\s(?:the|\d))?\sinterviewers))"
)
HOW = (
    r"(?:\s(?:by|via|with|over|on)\s(?:a\s|the\s)?"
    r"(?:e-?mail|phone|call|letter|linkedin|text|note))?"
)
_PER = r"(?:(?:per|via|mit)\s(?:(?:e-?)?mail|telefon|brief|linkedin)|telefonisch|tel\.|schriftlich)"
_PAR = r"(?:\spar\s(?:(?:e-?)?mail|courriel|téléphone|lettre|linkedin))?"
_POR = r"(?:\spor\s(?:correo|(?:e-?)?mail|teléfono|carta|linkedin))?"
_MAIL = r"(?:correo|(?:e-?)?mail|mensaje|nota|carta|tarjeta)"
_ABROAD = (
    rf"(?:{_PER}\s)?(?:nachgefasst|nachgehakt|nachgefragt)(?:\s{_PER})?|angerufen"
    r"|dankes?-?(?:(?:e-?)?mail|karte|brief|nachricht|schreiben)"
    r"(?:\s(?:geschickt|gesendet|verschickt|geschrieben))?"
    rf"|(?:di|hice|hecho|dado)\sseguimiento{_POR}|seguimiento\s(?:hecho|enviado|realizado){_POR}"
    rf"|(?:envi[éeo]\s(?:un\s|una\s|el\s|la\s)?)?{_MAIL}\sde\s(?:agradecimiento|seguimiento)"
    r"(?:\senviad[oa])?|agradecimiento\senviado|llamé(?:\sa(?:l|\sla)?\s\w+)?"
    rf"|relancée?s?{_PAR}|relance\s(?:envoyée|faite|effectuée){_PAR}"
    r"|(?:(?:e-?)?mail|courriel|mot|lettre|message)\sde\s(?:remerciements?|relance)(?:\senvoyée?)?"
    r"|(?:(?:e-?)?mail|messaggio|lettera)\sdi\sringraziamento(?:\sinviat[oa])?"
)
_INTEND = (
    r"(?:(?:I\s|I')?(?:will|ll)|to|should|must|(?:need|have|want|plan|planning|remember|going)\sto"
    r"|remind(?:er|\sme):?\sto|to[\s-]?do:?)"
)
_INTENDED_ABROAD = (
    rf"(?:(?:{_PER}\s)?(?:nachfassen|nachhaken)|(?:hacer|dar)\sseguimiento"
    rf"|(?:à\s)?relancer){_PAR}{_POR}"
)


def _done(whom: str) -> str:
    return (
        rf"(?:followed[\s-]up|{BY_ANYONE}|nudged|nachgefasst|thanked){whom}{HOW}"
        rf"|(?:sent|{BY_ANYONE})\s(?:an?\s|the\s|my\s)?{THING}{whom}{HOW}"
        rf"|{THING}\s(?:was\s)?(?:sent|made|done){whom}{HOW}|{_ABROAD}"
    )


def _intended(whom: str) -> str:
    return (
        rf"{_INTEND}\s(?:follow[\s-]up|phone|call|e-?mail|message|write|check\sin"
        rf"|send\s(?:an?\s|the\s|my\s)?{THING}){whom}{HOW}|{_INTENDED_ABROAD}"
    )


DONE, INTENDED = _done(rf"(?:{_BY_NAME}|{WHOM})"), _intended(WHOM)
# It may be a follow-up, the first word of all or the employer's.
MAYBE = (
    rf"(?:{BY_ANYONE}|reached\sout|(?:sent\s(?:an?\s|the\s|my\s)?)?{THING})"
    r"(?:\s[\w'’-]+){0,5}?"
)
_CHANNELS = (
    ("email", r"(?<!voice)mail|correo|courriel"),
    ("call", r"call|phon|voicemail|\btel\.|telefon|angerufen|tel[ée]f|t[ée]l[ée]ph|llamé"),
    ("letter", r"letter|brief|carta|lettre"),
    ("message", r"messag|linkedin|text|ping|mensaje|nachricht"),
    ("note", r"\bnot[ea]|card|karte|tarjeta|\bmot\b"),
)
_PERSON = r"(?:recruiter|(?:hiring\s)?manager|hr|interviewers?|employer|company|contact|team)"
_TO_WHOM = (
    rf"(?:\s(?:again|them|him|her|(?:with\s|to\s)?(?:the\s|my\s)?{_PERSON}"
    r"|to\s(?:follow\sup|check\sin)))*"
)
_TIMES = r"(?:(?:1st|2nd|3rd|first|second|third|another|final)\s)?"


def follow_up_of(phrase: str) -> Sense | None:
    """Return the follow-up, done or planned, that a phrase tells of, and nothing else.

    Examples
    --------
    >>> follow_up_of("Thank-you email sent")
    Sense(kind='follow_up', detail='email')
    >>> follow_up_of("will call the recruiter").kind
    'planned'
    >>> follow_up_of("called with an offer") is None
    True
    """
    words = phrase.strip(" .!\t")
    for kind in ("follow_up", "planned"):
        if _phrase(kind).fullmatch(words):
            return Sense(kind, channel_of(words.lower()))
    return None


def channel_of(deed: str) -> str | None:
    """Return how a follow-up was sent, where the words for it tell."""
    return next((name for name, sign in _CHANNELS if re.search(sign, deed)), None)


@cache
def _phrase(kind: str) -> re.Pattern[str]:
    if kind == "planned":
        return re.compile(_intended(_TO_WHOM), re.IGNORECASE)
    told = rf"(?:I\s)?(?:{_done(_TO_WHOM)}|{_TIMES}{THING}{_TO_WHOM}{HOW}(?:\s#?\d)?)"
    return re.compile(told, re.IGNORECASE)

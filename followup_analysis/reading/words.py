"""The words people use for what happened -> the words of the log.

The convention owned here: which words mean what. Case, accents, punctuation, emoji and blanks do
not matter. A word that is not known is never guessed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import lru_cache
from operator import itemgetter
from string import ascii_letters, digits
from typing import NamedTuple

from .arrow import ArrowWords


class Sense(NamedTuple):
    """What a word stands for: a kind of event (or "applied", "saved", "nothing", ...)."""

    kind: str
    detail: str | None = None


# Beside the kinds of event there are states that are no event.
_STATUSES = {
    Sense("saved"): """saved | wishlist | bookmarked | interested | prospective | evaluated | draft
        | drafted | new | to apply | not applied | not applied yet | want to apply | considering
        | researching""",
    Sense("applied"): """applied | submitted | sent | pending | waiting | awaiting response
        | under review | application filed | aplicado | application submitted | application sent
        | application received | open | in review | in process | in progress | active | beworben
        | online application | postule | candidature envoyee | enviado | application | apply
        | awaiting reply
        | waiting for response | apply online | applied for job | applied online | reviewing
        | received | confirmation received | no answer yet | waiting to hear
        | solicitado | enviada | candidatura enviada | eingereicht | offen | verstuurd | inviata
        | gesolliciteerd | app | no decision yet | decision pending | under consideration
        | application confirmation | confirmation | awaiting outcome | awaiting decision
        | still waiting | in bearbeitung | en proceso | en attente | en cours
        | in afwachting | in attesa | ⏳ | ⌛""",
    Sense("interview", "screen"): """recruiter screen | phone screen | screening call | screen
        | initial screen | hr call | hr screen | phone screening | screening | recruiter call
        | phone interview | telephone interview | screening interview | initial call""",
    Sense("advance"): """shortlisted | referred to hiring manager | next round | advanced | advance
        | invited | invitation | invited to interview | moved forward | moving forward
        | progressed | invited to next round | passed | next stage | interview invitation
        | invited for interview | callback
        | availability request | schedule interview | interview request
        | eingeladen | einladung""",
    Sense("assessment"): """assessment | coding challenge | codesignal | take home | oa | test
        | online assessment | take home assignment | take home test | hackerrank | assignment
        | coding test | take home task | home task
        | assessment sent | assessment received""",
    Sense("interview"): """interview | interviewing | interviewed | interviews | entrevista
        | interview 1 | interview 2 | interview 3 | interview 4 | interview 5 | 1st interview
        | 2nd interview | 3rd interview | second interview | third interview | in interview
        | interview done | interview held | interview completed | interview stage
        | interview process | vorstellungsgesprach | entretien | colloquio | round 2 | round 3
        | second round | third round | 2nd round | 3rd round | video interview
        | entrevistado | entrevista realizada | entretien passe | entretien realise
        | inter | interviewed 1 | interviewed 2 | gesprach | sollicitatiegesprek""",
    Sense("interview", "first"): "first interview | first round | 1st round | round 1",
    Sense("interview", "technical"): "technical | technical interview | tech interview",
    Sense("interview", "onsite"): """onsite | on campus | on site | panel | onsite interview
        | on site interview | panel interview | on campus interview
        | on site interview""",
    Sense("interview", "final"): "final | final round | final interview | final round interview",
    Sense("booked"): """interview scheduled | scheduled | interview booked | booked
        | interview upcoming | upcoming interview | vorstellungsgesprach vereinbart
        | gesprach vereinbart | entrevista programada | entretien prevu""",
    Sense("offer"): """offer | offer received | offer extended | offered | job offer | oferta
        | angebot | offre | verbal offer | received offer
        | offer made | offer letter | zusage | oferta recibida | offre recue""",
    Sense("offer", "accepted"): """accepted | hired | offer accepted | accepted offer | signed
        | accepted the offer | got the job | accept offer | aceptada | angenommen
        | oferta aceptada | offre acceptee""",
    Sense("offer", "declined"): """offer declined | turned down | declined offer | offer rejected
        | turned down offer | i declined | declined the offer | offer turned down
        | decline offer""",
    Sense("rejection"): """rejected | rejection | not selected | not moving forward | refused
        | not progressing | negative | rechazado | denied | absage | abgelehnt | refuse
        | not hired | unsuccessful | no offer | turned me down
        | rejection received | rejection email | rejection letter | declined by employer
        | application rejected | failed | regret
        | auto rejected | auto rejection | descartado | no seleccionado | refusee
        | rejec | rej | rechazada | rechazo | refus | rifiutato | rejeitado | afgewezen
        | decline letter | did not get it | not a fit | no thanks | passed over
        | reprovado | reprovada""",
    Sense("withdrawal"): """withdrawn | withdrew | not pursued | removed before submission
        | discarded | withdrawal | retired | withdrew application | application withdrawn
        | i withdrew | withdraw | zuruckgezogen | retirado
        | retirada | zuruckgezogen | desistido | ritirato | ingetrokken""",
    Sense("ghosted"): """ghosted | no response | unresponsive | stopped responding
        | application ignored | no feedback | suspected ghost job | no reply | silence | no answer
        | never heard back | ghosting | ignored
        | sin respuesta | keine antwort | sans reponse | sem resposta | nessuna risposta
        | keine ruckmeldung | 👻""",
    Sense("closed"): """position closed | position cancelled | position canceled | position filled
        | expired | cancelled | canceled | filled | job closed | closed | role closed | role filled
        | position filled internally | filled internally
        | role cancelled | role canceled | posting closed | posting removed | job cancelled""",
    Sense("nothing"): """on hold | hiring freeze | paused | position on hold | frozen | archived
        | hiring freeze notification | prep cover letter | prep resume | prep for interview
        | get reference | send availability""",
    Sense("response"): """response | responded | reply | replied | heard back | contacted
        | recruiter reached out | employer contacted me | acknowledged | reply received
        | response received | first response | employer reply
        | information request | action required from company | recruiter contact""",
    Sense("follow_up"): """follow up | followup | followed up | follow up sent | follow up done
        | thank you sent | thank you | followed up with employer | sent follow up
        | send thank you | send follow up | reach out | reached out | checked in""",
    Sense("follow_up", "email"): """follow up email | thank you email | emailed | email sent
        | sent email | follow up e mail | thank you e mail""",
    Sense("follow_up", "note"): "thank you note | thank you card | thank you note sent",
    Sense("follow_up", "letter"): "follow up letter | thank you letter | letter sent",
    Sense("follow_up", "call"): """follow up call | called | phoned | called back
        | follow up phone call""",
    Sense("follow_up", "message"): """follow up message | messaged | linkedin message
        | thank you message""",
    Sense("follow_up", "in_person"): "follow up visit | follow up in person",
    Sense("planned"): """follow up planned | follow up due | reminder | follow up reminder
        | planned follow up | next follow up | to follow up""",
    Sense("rating"): "rating | ratings | mood | self rating | stress rating | check in",
    Sense("elsewhere"): """networking event | networking | searched online | job search | job fair
        | workshop | searching | resume | updated resume | career fair | research
        | false positive | did not apply inbound request | attended workshop""",
}
_CHANNELS = {
    "call": """call | phone | phone call | telephone | called | telephone call | voicemail | tel
        | anruf""",
    "letter": "letter | post | postal letter | by post | brief | carta",
    "note": "note | thank you note | thank you card | card | handwritten note | hand written note",
    "email": "email | e mail | emailed | gmail | outlook | thank you email | correo",
    "message": """message | linkedin | text | sms | text message | whatsapp | dm | chat | slack
        | linkedin message | direct message | inmail | linkedin inmail | portal message""",
    "in_person": "in person | visit | face to face | visited | personally",
}
_CONTENTS = {
    "generic": "generic | thanks | thank you | general | template | standard",
    "specific": "specific | personal | personalised | personalized | from the interview",
    "concern": "concern | concerns | answered a concern | addressed a concern | objection",
    "strengths": "strengths | strength | reaffirmed strengths | fit",
}
_STAGES = {
    "screen": """screen | phone screen | recruiter screen | screening | phone | hr | hr call
        | recruiter call | screening call | phone interview | initial screen | recruiter""",
    "first": "first | 1st | first round | 1 | first interview | round 1 | 1st round | initial",
    "technical": """technical | tech | technical interview | technical round | coding
        | tech interview""",
    "onsite": """onsite | on site | panel | on campus | panel interview | onsite interview
        | in person""",
    "final": "final | final round | last round | final interview",
}
_MISSING = """n a | null | tbd | other | unknown | not provided in the email | none | nan | nil | na
    | not applicable | tba | not available | nat | not provided"""
_NAME_MISSING = """n a | tbd | unknown | not applicable | tba | not provided
    | not provided in the email"""
_YES = "yes | y | true | x | done | si | ja | oui | sent | ok | 1 | completed | checked"
_NO = "no | n | false | not yet | nein | non | 0 | not done | not sent"
_TICKS = "✓✔✅☑🗸"
_CROSSES = "✗✘❌☐⬜✕"


@lru_cache(1 << 16)
def plain(text: str) -> str:
    """Return a text in small words without accents, signs or pictures.

    Examples
    --------
    >>> plain("❌ Rejected. ")
    'rejected'
    """
    if not text.isascii():  # else it has no accents: the slow look is spared
        text = unicodedata.normalize("NFKD", text)
        text = "".join(char for char in text if not unicodedata.combining(char))
    text = text.casefold()
    return " ".join(re.findall(r"[^\W_]+", text))


def _phrases(text: str) -> list[str]:
    return [" ".join(phrase.split()) for phrase in text.split("|")]


def _turned(table: Mapping) -> dict:
    return {phrase: sense for sense, text in table.items() for phrase in _phrases(text)}


SENSES = _turned(_STATUSES)
_KINDS = ("interview", "follow_up", "response", "assessment", "advance", "offer", "rejection",
          "closed", "withdrawal", "ghosted", "applied", "saved")  # fmt: skip
SENSES |= {plain(kind): Sense(kind) for kind in _KINDS if plain(kind) not in SENSES}
LISTS = {
    "channel": _turned(_CHANNELS),
    "content": _turned(_CONTENTS),
    "stage": _turned(_STAGES),
}
_MISSING_WORDS, _NAME_MISSING_WORDS = set(_phrases(_MISSING)), set(_phrases(_NAME_MISSING))
# No word for nothing begins so: most words are spared the slow look.
_FIRST_OF_SAID = {*ascii_letters, *digits} - {
    letter
    for word in (*_MISSING_WORDS, *_NAME_MISSING_WORDS)
    for letter in (word[0], word[0].upper())
}
_FIRST = itemgetter(slice(1))
_YES_WORDS, _NO_WORDS = set(_phrases(_YES)), set(_phrases(_NO))


def key(word: str) -> str:
    """Return what two spellings of a word have in common; a picture alone stands for itself."""
    return plain(word) or word.strip()


def is_missing(word: str) -> bool:
    """Return whether a word says that there is nothing: N/A, TBD, a dash, a question mark."""
    return are_missing([word])[0]


def are_missing(words: Sequence[str], *, names: bool = False) -> list[bool]:
    """Return which words say that there is nothing.

    Of names fewer do: "None", "NA" and "Null" may be what a company is called.
    """
    known = _NAME_MISSING_WORDS if names else _MISSING_WORDS
    if isinstance(words, ArrowWords):
        out = [False] * len(words)
        for place in words.that_begin_otherwise(_FIRST_OF_SAID).tolist():
            out[place] = _says_nothing(words[place], known)
        return out
    if {*map(_FIRST, words)} <= _FIRST_OF_SAID:
        return [False] * len(words)
    return [word[:1] not in _FIRST_OF_SAID and _says_nothing(word, known) for word in words]


def _says_nothing(word: str, known: set[str]) -> bool:
    return plain(word) in known or _is_punctuation(word)


def _is_punctuation(word: str) -> bool:
    return all(unicodedata.category(char)[0] in "PZC" or char in "~=+<>|^" for char in word)


def is_yes(word: str) -> bool:
    """Return whether a word is a yes or a tick."""
    return plain(word) in _YES_WORDS or any(char in _TICKS for char in word)


def is_no(word: str) -> bool:
    """Return whether a word is a no or a cross."""
    return plain(word) in _NO_WORDS or any(char in _CROSSES for char in word)

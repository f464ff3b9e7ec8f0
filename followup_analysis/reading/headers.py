"""A header, as somebody wrote it -> what it may mean.

The convention owned here: every header that is known. What a header such as "type" or "platform"
means depends on the sheet; `columns.py` decides that.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import cache
from typing import NamedTuple

from .words import SENSES


class Meaning(NamedTuple):
    """What a header stands for."""

    field: str
    group: str = ""  # "interview" or "follow_up" where the field belongs to one of several
    key: str = ""  # which one of the group: "1", "onsite"; "" where the header does not say
    detail: str | None = None  # the stage or channel that the header itself names
    usual: bool = True  # False where the same header is as often used for something else


# Fields of an application, of an event row, and of ratings: field -> headers, normalised.
_FIELDS = {
    "person": """person | person id | candidate | candidate id | participant | participant id
        | job seeker | seeker | student | student id | client id | respondent""",
    "company": """company | company name | employer | employer name | client name | organization
        | organisation | organization name | organisation name | hiring company | firm | empresa
        | compania | firma | unternehmen | arbeitgeber | entreprise | societe | azienda | bedrijf
        | company organization | employer company | business name""",
    "role": """role | role name | job title | jobtitle | position | position title | puesto
        | job role | position name | job position | position applied for | role title | cargo
        | job | functie | stelle | position role | poste | posizione | vacancy""",
    "role_family": "role family | job family | role type | job category | role category",
    "applied_on": """date applied | applied date | applied | applied on | application date
        | date of application | applied at | application sent | date submitted | submitted on
        | submission date | apply date | beworben am | beworben | bewerbungsdatum
        | fecha de aplicacion | fecha de solicitud | date de candidature | application submitted
        | date of application submitted | applied day | date you applied | when did you apply
        | bewerbung | bewerbung am | fecha de postulacion | date candidature | data candidatura
        | sollicitatiedatum | gesolliciteerd op""",
    "source": """source | job source | application site | provider | website | job board | found via
        | where found | found on | via | lead source | quelle | fuente | site | applied through
        | how did you apply""",
    "referral": "referral | referred | was referred | employee referral",
    "contact": """contact | contact person | person contacted | recruiter | hr name | contact name
        | ansprechpartner | hiring manager | recruiter name | contacto""",
    "status": """status | application status | result | results | outcome | final outcome
        | current status | application stage | current stage | application result | estado
        | outcome so far | esito | final decision | situacao
        | estatus | statut | stato | ergebnis | decision | resultado | selected for interview""",
    "status_date": """status date | last moved at | last updated | status changed | outcome date
        | status changed on | result date | decision date | date of outcome | last update
        | date of decision | status updated | status updated on | decided on | answered on
        | date of result | updated at | updated on | answer date | answer on | date of answer
        | outcome on | decision on | result on""",
    "notes": """notes | note | notizen | notiz | feedback | comments | comment | remarks | notas
        | log | diary | bemerkung | bemerkungen | anmerkungen | commentaires | additional notes
        | remarques | observaciones | observacoes | opmerkingen""",
    "application_id": "id | application id | app id | application | job id | app num",
    "counter": "# | num | index | s no | no | number | nr | row",
    "first_response_on": """date of 1st response | date of first response | date init resp
        | first reply on | call back date | callback date | first response on | first response
        | first reply | first response date | first reply date | 1st response date""",
    "advance_on": "advance on | advanced on | invited on | invitation date | next round on",
    "assessment_on": "assessment on | assessment date | oa date | online assessment date",
    "offer_on": """offer on | offer date | date of offer | offered on | date offered
        | offer received on | offer received | offer received date""",
    "accepted_on": "accepted on | date accepted | offer accepted on | accepted date",
    "declined_on": "declined on | date declined | offer declined on | declined date",
    "rejected_on": """rejected on | rejection date | date rejected | date of rejection | rejected
        | rejected date | rejection | absage am | rejection received | rejection on""",
    "withdrawn_on": "withdrawn on | withdrawal date | date withdrawn | withdrew on | withdrawn",
    "closed_on": "closed on | position closed on | date closed",
    "ghosted_on": "ghosted | ghosted on",
    "follow_up_due": """reminder | reminder date | next deadline | next action date
        | next step date""",
    "went_well": """went well | how it went | how did it go | how well it went | self rating
        | interview rating | how it felt""",
    "rated_on": "rated on | rating date | rated at | date rated",
    "stated_deadline": """stated deadline | answer promised by | will hear by | decision expected
        | decision expected by | answer by | answer expected by | they decide by""",
    "n_finalists": """n finalists | finalists | number of finalists | other candidates
        | candidates left""",
    "content": "content | follow up content | message content",
    "stress": "stress | stress level | stress rating | how stressed",
    "control": "control | sense of control | control rating | in control | feeling of control",
    "kind": """event | kind | event type | event kind | activity | activity type
        | activity category name | work search activity | what happened""",
    "detail": "detail | details | event detail",
    "saved_on": "saved date | date saved | saved on | saved at",
    "completed_on": "completed on | date completed | done on",
    "planned": "planned | is planned",
    "done": "done | completed | is done | is completed",
    "clock": "clock | time | time of day",
    "as_of": """as of | current date | export date | exported on | exported at | date exported
        | today""",
    "interview_on": """interview on | screening on | scheduled at | start at""",
    "follow_up_on": "last contact | last action",
}

# Headers that mean one thing in one log and another in the next: decided with the whole sheet.
_UNSURE = {
    "date": """date | datum | fecha | day | when | event date | activity date | date of activity
        | timestamp | date of contact | contact date
        | date time | received at | completed at | date sent | sent on | created at""",
    "name": "name | client",
    "title": "title",
    "type": "type | method | format | contact type | type of contact",
    "channel": "channel | platform | contact method | applied via | medium",
    "how": "how | by | how sent",
    "stage": "stage | list | list name | round",
    "offer": "offer | job offer",
    "rating": "rating",
    "response": "response | reply | answer | reponse | respuesta | antwort",
    "first_response_on": """response date | date of response | responded on | reply date
        | response received on | response on | heard back | heard back on | date heard back
        | response received | date of reply | replied on | antwort on | reponse on
        | respuesta date | reponse date | antwort date | risposta date | resposta date""",
}

_ORDINALS = {
    "1st": "1", "first": "1", "2nd": "2", "second": "2", "3rd": "3", "third": "3",
    "4th": "4", "fourth": "4", "5th": "5", "fifth": "5", "initial": "1",
}  # fmt: skip

# What names an interview, and the stage that the name itself gives.
_INTERVIEWS = {
    "interview": None, "interviews": None, "entrevista": None, "vorstellungsgesprach": None,
    "entretien": None, "colloquio": None, "gesprek": None, "int": None,
    "round": None, "screening": "screen",
    "phone screen": "screen", "phone interview": "screen", "recruiter screen": "screen",
    "recruiter call": "screen", "hr call": "screen", "hr screen": "screen",
    "tech interview": "technical", "technical round": "technical",
    "screening call": "screen", "screening interview": "screen", "phone": "screen",
    "technical": "technical", "technical interview": "technical", "onsite": "onsite",
    "on site": "onsite", "onsite interview": "onsite", "on site interview": "onsite",
    "on campus": "onsite", "on campus interview": "onsite", "final": "final",
    "final interview": "final", "final round": "final", "interview round": None,
    "final round interview": "final", "panel interview": "onsite", "hr interview": "screen",
}  # fmt: skip
_BARE_INTERVIEWS = (
    "phone",
    "int",
    "final",
    "interviews",
    "technical",
)  # telephone numbers, counts, ...
_INTERVIEW_PARTS = {
    "interview_on": """| date | dates | on | day | at | date time | held | held on | datum | fecha
        | scheduled | scheduled for | scheduled on | done | completed | attended""",
    "stage": "type | stage | kind | format | round",
    "interview_result": "result | results | outcome | answer | decision | status",
    "went_well": "went well | how it went | how did it go | rating | self rating | score | felt",
    "rated_on": "rated on | rating date | rated at",
    "stated_deadline": """deadline | stated deadline | answer by | decision by | answer promised by
        | answer expected by""",
    "n_finalists": "finalists | n finalists | number of finalists | other candidates | competitors",
    "clock": "time | clock",
    "stress": "stress",
    "control": "control",
    "notes": "notes | note | comments",
}
_FOLLOW_UPS = {
    "follow up": None, "follow ups": None, "followup": None, "followed up": None,
    "thank you": None, "thank you note": "note", "thank you email": "email",
    "thank you letter": "letter", "nachgefasst": None, "seguimiento": None,
    "relance": None, "f u": None,
    "follow up email": "email", "follow up call": "call", "follow up letter": "letter",
}  # fmt: skip
_FOLLOW_UP_PARTS = {
    "follow_up_on": """date | on | sent | done | completed | sent on | done on | day | made
        | completed on | sent date | done date | date sent | date done""",
    "follow_up_due": """due | planned | next | reminder | by | due date | next date | planned on
        | planned date | planned for | scheduled | due on | reminder date | due by | deadline
        | next due""",
    "channel": "channel | method | type | via | how | medium",
    "content": "content | what | message | about",
    "clock": "time | clock",
    "stress": "stress",
    "control": "control",
    "notes": "notes | note | comments",
}
# Bare words that name a group, but stand for a plan or for something done as the keeper pleases.
_BARE = {
    "follow up": ("follow_up_due", False),
    "follow ups": ("follow_up_due", False),
    "followup": ("follow_up_due", False),
    "seguimiento": ("follow_up_due", False),
    "relance": ("follow_up_due", False),
    "f u": ("follow_up_due", False),
}
# What says, before or behind a word, that it is dated: "absage am", "fecha de entrevista".
_DATED = (
    (re.compile(r"(.+) (?:am|vom|el|le|il|em)"), "{} on"),
    (re.compile(r"(?:fecha|date|data|datum) (?:de|del|di|da|do|der|des|du|d) (.+)"), "{} date"),
    (re.compile(r"(?:date|data|datum|fecha) (.+)|(.+) (?:on|date|datum|fecha)"), "{} date"),
)
# Answers that are dated by a word of a status; in English only those that are no plan.
_ANSWERS = {"rejection": "rejected_on", "withdrawal": "withdrawn_on", "offer": "offer_on"}
_ANSWERS_ABROAD = _ANSWERS | {"advance": "advance_on", "applied": "applied_on"}
_OFFERS = {"accepted": "accepted_on", "declined": "declined_on"}


def normalise(header: str) -> str:
    """Return a header in small words: "Follow-Up #1 Date" and "followUp1Date" become one."""
    text = re.sub(r"([a-z0-9])([A-Z])", r"\1 \2", header)
    text = unicodedata.normalize("NFKD", text)
    text = "".join(c for c in text if not unicodedata.combining(c)).casefold()
    text = re.sub(r"\([^)]*\)", " ", text) if re.search(r"^[^(]*\w", text) else text
    if text.strip() == "#":
        return "#"
    words = " ".join(re.findall(r"[0-9]+(?:st|nd|rd|th)\b|[0-9]+|[^\W\d_]+", text))
    return re.sub(r" [01] (to )?(5|10)$", "", words)  # "stress 0-10"


def _table(text: str) -> list[str]:
    return [" ".join(phrase.split()) for phrase in text.split("|")]


_EXACT = {
    phrase: Meaning(name, usual=usual)
    for fields, usual in ((_UNSURE, False), (_FIELDS, True))
    for name, text in fields.items()
    for phrase in _table(text)
}
# "lastmovedat" is what remains of "lastMovedAt" where headers are in small letters.
_RUN_TOGETHER = {phrase.replace(" ", ""): meaning for phrase, meaning in _EXACT.items()}
_PARTS = {
    group: {phrase: name for name, text in parts.items() for phrase in _table(text)}
    for group, parts in (("interview", _INTERVIEW_PARTS), ("follow_up", _FOLLOW_UP_PARTS))
}
# Each word of each known header.
_KNOWN: tuple[Iterable[str], ...] = (_EXACT, _INTERVIEWS, _FOLLOW_UPS, _ORDINALS, *_PARTS.values())
WORDS = sorted({word for phrases in _KNOWN for phrase in phrases for word in phrase.split()})
FIELDS = frozenset({*_FIELDS, *_INTERVIEW_PARTS, *_FOLLOW_UP_PARTS} | {"date"} - {"counter"})


@cache
def understand(header: str) -> Meaning | None:
    """Say what a header may mean.

    Examples
    --------
    >>> understand("Date of 1st interview")
    Meaning(field='interview_on', group='interview', key='1', detail=None, usual=True)
    >>> understand("Salary") is None
    True
    """
    phrase = normalise(header)
    meaning = _EXACT.get(phrase) or _RUN_TOGETHER.get(phrase)
    if meaning is not None:
        group = _group_of(meaning.field)
        return meaning._replace(group=group) if group else meaning
    return _grouped(phrase) or _dated(phrase)


def is_known(header: str) -> bool:
    """Return whether a cell may be a header of a log."""
    return len(header) < 60 and understand(header) is not None


def _group_of(name: str) -> str:
    if name in ("interview_on", "went_well", "rated_on", "stated_deadline", "n_finalists"):
        return "interview"
    return "follow_up" if name in ("follow_up_on", "follow_up_due", "content") else ""


def _dated(phrase: str) -> Meaning | None:
    """Read a known word and a word for its date: "interview am", "fecha de la entrevista"."""
    for pattern, english in _DATED:
        match = pattern.fullmatch(phrase)
        word = (
            re.sub(r"^(?:la|el|l|le|der|des|dem) ", "", match[match.lastindex or 1])
            if match
            else ""
        )
        if not word:
            continue
        known = _grouped(english.format(word)) or _EXACT.get(english.format(word))
        return known or _dated_answer(word, _ANSWERS_ABROAD if "on" in english else _ANSWERS)
    return None


def _dated_answer(word: str, fields: dict[str, str]) -> Meaning | None:
    sense = SENSES.get(word)
    if sense is None or sense.kind not in fields:
        return None
    return Meaning(_OFFERS.get(sense.detail or "", fields[sense.kind]))


def _grouped(phrase: str) -> Meaning | None:
    """Read "interview 2 date", "date of second interview", "follow up 1 channel"."""
    words = [_ORDINALS.get(word, word) for word in phrase.split()]
    numbers = [word for word in words if word.isdecimal()]
    rest = [word for word in words if not word.isdecimal() and word not in ("of", "the", "no")]
    if len(numbers) > 1 or not rest or any(len(number) > 2 for number in numbers):
        return None
    key = str(int(numbers[0])) if numbers else ""
    for group, names in (("interview", _INTERVIEWS), ("follow_up", _FOLLOW_UPS)):
        for name, part in _splits(rest, names):
            meaning = _part_meaning(group, name, part, key, names[name])
            if meaning is not None:
                return meaning
    return None


def _splits(words: list[str], names: dict[str, str | None]) -> list[tuple[str, str]]:
    """Return each way to take a known name out of the words, the longest name first."""
    found = []
    for length in range(min(3, len(words)), 0, -1):
        for start in range(len(words) - length + 1):
            name = " ".join(words[start : start + length])
            if name in names:
                found.append((name, " ".join(words[:start] + words[start + length :])))
    return found


def _part_meaning(group: str, name: str, part: str, key: str, detail: str | None) -> Meaning | None:
    if group == "follow_up" and not part:
        if name in _BARE and not key:
            field, usual = _BARE[name]
            return Meaning(field, group, key, detail, usual)
        # "Thank you" and "thank you date" are of one follow-up.
        key = key or (name if name.startswith("thank") else "")
        return Meaning("follow_up_on", group, key, detail)
    known = _PARTS[group].get(part)
    if known is None:
        return None
    if not key and (detail is not None or name.startswith("thank")):
        key = name  # "onsite date" is another interview than "phone date"
    is_open = group == "follow_up" and part == "date" and name != "followed up"
    usual = not (is_open and not key)
    usual = usual and not (group == "interview" and not part and name in _BARE_INTERVIEWS)
    return Meaning(known, group, key, detail, usual)

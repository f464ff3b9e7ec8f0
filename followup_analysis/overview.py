"""JobSearchLog -> the page at a glance: what happened, what waits, what can be said.

The convention owned here: which questions are on the page, in which order. A page about several
people tells of them together, and names nobody unless asked.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from functools import cached_property
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import pandas as pd

from .activity import activity
from .charts import figure
from .control import sense_of_control
from .due import due
from .effect import follow_up_effect
from .errors import FollowupError
from .log import JobSearchLog, check_log
from .methods import compare_methods
from .page import Section, write_list, write_page, write_table
from .people import people
from .result import Result
from .sankey import sankey
from .survival import cumulative_incidence
from .timeline import timeline
from .timing import timing
from .waiting import waiting

if TYPE_CHECKING:
    from matplotlib.figure import Figure


_DUE = {
    "company": "company",
    "stage": "stage",
    "interview_on": "interview",
    "status": "status",
    "due_on": "due on",
    "rule": "by which rule",
}
_WAITING = {
    "company": "company",
    "stage": "stage",
    "day": "days waited",
    "still_waiting": "others open as long (share)",
    "estimate": "chance of an answer in 14 days",
}
_PEOPLE = {
    name: name.replace("_", " ")
    for name in (
        "person", "interviews", "followed_up", "yes", "no", "withdrawn", "open", "due",
        "longest_silence",
    )
}  # fmt: skip


@dataclass(frozen=True, repr=False, eq=False)
class Overview:
    """Everything at a glance, to be looked at, computed with, or handed over as one file.

    Parameters
    ----------
    title : str
        What the page is about.
    summary : str
        What the log holds, in a sentence.
    sections : tuple of Section
        A question each, with the `Result` that answers it.
    problems : pandas.DataFrame
        What of the file could not be used, as the page tells it.
    """

    title: str
    summary: str
    sections: tuple[Section, ...]
    problems: pd.DataFrame

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """The unrounded table of each section, by the name of the section."""
        return {section.name: section.result.table for section in self.sections}

    @property
    def figures(self) -> dict[str, Figure]:
        """A new matplotlib Figure of each section that has a picture."""
        drawn = [section for section in self.sections if section.picture]
        return {each.name: figure(each.result.plot, each.result.table) for each in drawn}

    @property
    def notes(self) -> tuple[str, ...]:
        """What more than one section has to say, once."""
        said = Counter(note for section in self.sections for note in set(section.result.notes))
        every = dict.fromkeys(note for section in self.sections for note in section.result.notes)
        return tuple(note for note in every if said[note] > 1)

    def save(self, path: str | Path) -> None:
        """Write the page: one file without a script, which needs no network.

        Parameters
        ----------
        path : str or pathlib.Path
            Where to write it; an older page of that name is replaced.

        Raises
        ------
        FollowupError
            When the name is not that of a page, or its folder is not there.
        """
        path = Path(path)
        if path.suffix.lower() not in (".html", ".htm"):
            raise FollowupError(f"The page needs a name that ends in .html, not {path.name!r}.")
        if not path.parent.is_dir():
            raise FollowupError(f"There is no folder {str(path.parent)!r}: make it first.")
        path.write_text(write_page(self.title, self._body), encoding="utf-8")

    @cached_property
    def _body(self) -> str:
        glance = "".join(
            f'<li><a href="#{section.name}">{escape(section.question)}</a></li>'
            for section in self.sections
        )
        notes = self.notes
        parts = [f"<h1>{escape(self.title)}</h1>", f'<p class="said">{escape(self.summary)}</p>']
        parts += [f'<nav aria-label="On this page"><ul>{glance}</ul></nav>']
        parts += [section.html(notes) for section in self.sections]
        if notes:
            parts += ["<section><h2>Keep in mind</h2>", write_list(notes), "</section>"]
        if len(self.problems):
            table = write_table(self.problems, "What was set aside")
            parts += ["<section><h2>What could not be used as it stands</h2>", table, "</section>"]
        return "\n".join(parts)

    def __repr__(self) -> str:
        lines = [self.title, self.summary]
        lines += [f"{section.question} {section.result.sentence}" for section in self.sections]
        return "\n".join([*lines, 'To keep it: .save("search.html"), .figures, .tables'])

    def _repr_html_(self) -> str:
        return self._body


def overview(
    log: JobSearchLog, *, by: Literal["person"] | None = None, names: bool = False
) -> Overview:
    """Answer the usual questions about a log on one page.

    Parameters
    ----------
    log : JobSearchLog
        The log.
    by : {"person"}, optional
        A page for whoever looks after many searches: people as rows, all else pooled, without the
        lists of single interviews.
    names : bool
        Say who the people are; otherwise they are numbered.

    Returns
    -------
    Overview
        With ``sections``, ``tables``, ``figures`` and ``save(path)``.

    Raises
    ------
    FollowupError
        When `by` is something else.

    Examples
    --------
    >>> import followup_analysis as fa
    >>> page = fa.overview(fa.simulate_log(60, seed=1))
    >>> list(page.tables)[:3]
    ['due', 'timeline', 'activity']
    """
    check_log(log)
    if by not in (None, "person"):
        raise FollowupError(f"by is 'person' or left out, not {by!r}.")
    summary = repr(log).removeprefix("JobSearchLog: ").replace("\n", " ")
    sections = _one_search(log) if by is None else _many_searches(log, names)
    title = "What your job search says" if by is None else "What the job searches say together"
    return Overview(title, summary, sections, _problems(log, named=by is None or names))


def _one_search(log: JobSearchLog) -> tuple[Section, ...]:
    owed = () if pd.isna(log.as_of) else (Section("due", "What is due?", due(log), _DUE),)
    return (
        *owed,
        Section("timeline", "What came of every interview?", timeline(log)),
        Section("activity", "When did it all happen?", activity(log)),
        Section("sankey", "Where did the applications go?", sankey(log)),
        Section("waiting", "Is this silence still normal?", waiting(log), _WAITING),
        *_pooled(log),
        Section("methods", "What would the usual count have said?", _side_by_side(log)),
    )


def _many_searches(log: JobSearchLog, names: bool) -> tuple[Section, ...]:
    return (
        Section("people", "Who is waiting?", people(log, names=names), _PEOPLE),
        Section("activity", "When did it all happen?", activity(log)),
        Section("sankey", "Where did the applications go?", sankey(log)),
        *_pooled(log),
    )


def _pooled(log: JobSearchLog) -> tuple[Section, ...]:
    felt: tuple[Section, ...] = ()
    if len(log.ratings):
        felt = (Section("control", "Does it give a sense of control?", sense_of_control(log)),)
    return (
        Section("incidence", "How long do answers take?", cumulative_incidence(log)),
        Section("timing", "Does the day of writing matter? The naive chart", timing(log)),
        Section("effect", "Does following up help?", follow_up_effect(log)),
        *felt,
    )


def _side_by_side(log: JobSearchLog) -> Result:
    """Compare the methods among interviews that went alike: all that is known takes a minute."""
    rated = log.interviews()["went_well"].notna().any()
    result = compare_methods(log, adjust=["went_well"] if rated else [])
    note = (
        "For all methods alike, interviews are compared that went alike, as you rated them; "
        "fa.compare_methods(log) makes them alike in all that is known."
    )
    return replace(result, notes=(note, *result.notes)) if rated else result


def _problems(log: JobSearchLog, *, named: bool) -> pd.DataFrame:
    """Return what is wrong in the file; without the cells themselves where nobody is named."""
    columns = ["line", "column", "value", "remedy"] if named else ["code", "remedy"]
    found = log.problems[columns]
    if named:
        return found
    return found.groupby(columns, dropna=False).size().rename("n").reset_index()

"""Person-days -> daily chances of a yes, a no, a withdrawal and of writing, by pattern.

The convention owned here: how what was known at the start enters a model. `went_well` counts from
3; words become one term for each but the most frequent; what is measured finely becomes five groups
of about equal size; what is missing is a level of its own; people get a shrunken term each;
`deadline_day` becomes "the stated deadline has passed", which changes from day to day.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import pandas as pd

from .episodes import episodes
from .errors import FollowupError
from .hazard import Fit, fit_logistic
from .log import JobSearchLog
from .persondays import PersonDays
from .tally import Tally, tally

KNOWN_AT_START = ("went_well", "stage", "role_family", "deadline_day")

HABIT_DAYS = (0, 1, 2, 7, 14)  # people write the same day, the next, after one week or two
_MOST_VALUES = 10  # of a number, before it is cut into groups: each value is a pattern
_GROUPS = 5
_SELDOM = 5  # levels with fewer episodes share one term
_WOBBLE = 0.5  # how far the chance of one day may stray from the smooth curve, in log-odds
_DIFFUSE = 10.0
_OF_A_PERSON = 0.5  # how far people differ beyond what is recorded, in log-odds
_MOST_PEOPLE = 1000  # more of them are left to the spread of the clusters
_INTERCEPT = np.log(0.02 / 0.98)


@dataclass(frozen=True)
class Terms:
    """What was known at the start, as columns of a design.

    Parameters
    ----------
    names : tuple of str
        One for each column.
    values : numpy.ndarray of shape (patterns, days, terms)
        The columns.
    person : numpy.ndarray of shape (patterns,), optional
        Number of the person, where each has a shrunken term.
    """

    names: tuple[str, ...]
    values: np.ndarray
    person: np.ndarray | None = None

    @property
    def alike(self) -> tuple[str, ...]:
        """What interviews are made alike in, in words."""
        return self.names if self.person is None else (*self.names, "person")


def tally_for_model(
    source: JobSearchLog | pd.DataFrame | Tally,
    adjust: Sequence[str] | None = None,
    withdrawn: Literal["compete", "censor"] = "compete",
    *,
    companies: bool = True,
    people: bool = False,
) -> Tally:
    """Count alike episodes, keeping apart what a model adjusts for.

    Parameters
    ----------
    source : JobSearchLog, pandas.DataFrame or Tally
        As for `tally`.
    adjust : sequence of str, optional
        Columns known at the start; unless given, those of ``KNOWN_AT_START`` that vary.
    withdrawn : {"compete", "censor"}
        A withdrawal is a third ending, or the end of what is known of the episode.
    companies : bool
        Whether companies are kept apart, to be drawn whole, where the log is of one person; the
        people of a log of several always are.
    people : bool
        Whether people, if there are several but not too many, are to be made alike too.

    Returns
    -------
    Tally

    Raises
    ------
    ColumnError
        When a column of `adjust` is not there.
    FollowupError
        When `withdrawn` is something else.
    """
    if withdrawn not in ("compete", "censor"):
        raise FollowupError(f"withdrawn is 'compete' or 'censor', not {withdrawn!r}.")
    if isinstance(source, JobSearchLog):
        source = episodes(source)
    if adjust is None:
        known = source.patterns if isinstance(source, Tally) else source
        found = [name for name in KNOWN_AT_START if name in known]
        adjust = [name for name in found if known[name].nunique(dropna=False) > 1]
    if isinstance(source, pd.DataFrame):
        source = _in_groups(source, adjust)
    if people and "person" not in adjust and 1 < _n_people(source) <= _MOST_PEOPLE:
        adjust = [*adjust, "person"]
    cluster = None
    if isinstance(source, pd.DataFrame):
        if _n_people(source) > 1:
            cluster = "person"
        elif companies and "company" in source:
            cluster = "company"
    counts = tally(source, by=list(adjust), cluster=cluster)
    if withdrawn == "censor":
        counts = replace(counts, ending=np.where(counts.ending == 3, 0, counts.ending))
    return counts


def _in_groups(frame: pd.DataFrame, adjust: Sequence[str]) -> pd.DataFrame:
    """Put the median of its group in the place of each number that is measured finely."""
    cut, notes = {}, []
    for name in adjust:
        values = frame.get(name)
        fine = values is not None and pd.api.types.is_numeric_dtype(values)
        if fine and name != "deadline_day" and values.nunique() > _MOST_VALUES:
            number = values.astype(float)
            groups, edges = pd.qcut(number, _GROUPS, retbins=True, labels=False, duplicates="drop")
            cut[name] = number.groupby(groups).transform("median")
            shown = ", ".join(f"{edge:.4g}" for edge in edges[1:-1])
            notes.append(f"{name} was cut into groups of about equal size, at {shown}.")
    if not cut:
        return frame
    out = frame.assign(**cut)
    out.attrs["notes"] = (*frame.attrs.get("notes", ()), *notes)
    return out


def _n_people(source: pd.DataFrame | Tally) -> int:
    known = source.patterns if isinstance(source, Tally) else source
    return known["person"].nunique() if "person" in known else 0


def terms_of(
    patterns: pd.DataFrame, n_start: np.ndarray, days: int, *, people: bool = False
) -> Terms:
    """Code the patterns of a tally as columns of a design.

    Parameters
    ----------
    patterns : pandas.DataFrame
        The patterns of a tally.
    n_start : numpy.ndarray of shape (patterns,)
        Episodes of each, by which the most frequent level is found.
    days : int
        Number of days.
    people : bool
        Whether each person gets a term that is shrunken more than others.

    Returns
    -------
    Terms
        Columns that do not vary are left out.
    """
    names: list[str] = []
    columns: list[np.ndarray] = []
    person = None
    for name in patterns:
        if people and name == "person":
            person, _ = pd.factorize(patterns[name], use_na_sentinel=False)
            continue
        coded = _coded(patterns[name], n_start, days)
        for label, column in coded.items():
            names.append(f"{name} {label}".strip())
            columns.append(np.broadcast_to(column, (len(patterns), days)))
    kept = [i for i, column in enumerate(columns) if np.ptp(column) > 0]
    values = (
        np.stack([columns[i] for i in kept], axis=-1)
        if kept
        else np.zeros((len(patterns), days, 0))
    )
    return Terms(tuple(names[i] for i in kept), values, person)


def _coded(values: pd.Series, n_start: np.ndarray, days: int) -> dict[str, np.ndarray]:
    missing = values.isna().to_numpy()
    absent = {"not recorded": missing[:, None].astype(float)}
    if values.name == "deadline_day":
        deadline = values.fillna(10**6).to_numpy(dtype=float)
        return {"passed": (np.arange(days) > deadline[:, None]).astype(float), **absent}
    if pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values):
        centre = 3.0 if values.name == "went_well" else float(values.median())
        return {"": (values.fillna(centre).to_numpy(dtype=float) - centre)[:, None], **absent}
    words = values.astype("str").mask(missing, "not recorded")
    sizes = pd.Series(n_start).groupby(words.to_numpy()).sum()
    words = words.where(words.map(sizes) >= _SELDOM, "other")
    sizes = pd.Series(n_start).groupby(words.to_numpy()).sum().sort_values(ascending=False)
    return {str(word): (words == word).to_numpy(dtype=float)[:, None] for word in sizes.index[1:]}


@dataclass(frozen=True)
class Design:
    """A design with the priors of its terms.

    Parameters
    ----------
    rows : numpy.ndarray of shape (rows, terms)
        The design, for every pattern and day.
    prior_mean, prior_sd : numpy.ndarray of shape (people + terms,)
        Normal priors.
    person : numpy.ndarray of shape (rows,), optional
        Number of the person; their terms come first.
    """

    rows: np.ndarray
    prior_mean: np.ndarray
    prior_sd: np.ndarray
    person: np.ndarray | None = None

    def only(self, rows: np.ndarray) -> Design:
        """Return the chosen rows."""
        person = None if self.person is None else self.person[rows]
        return replace(self, rows=self.rows[rows], person=person)

    def fit(
        self,
        n: np.ndarray,
        n_event: np.ndarray,
        *,
        firth: bool = False,
        start: np.ndarray | None = None,
    ) -> Fit:
        """Fit to counts of shape (rows, replicates), with Firth's penalty or with the priors."""
        used = n.sum(axis=1) > 0
        rows, n, n_event = self.rows[used], n[used], n_event[used]
        if firth:
            return fit_logistic(rows, n, n_event)
        mean, spread = self.prior_mean, self.prior_sd
        group = None if self.person is None else self.person[used]
        return fit_logistic(
            rows, n, n_event, prior_mean=mean, prior_sd=spread, group=group, start=start
        )

    def chances(self, coef: np.ndarray) -> np.ndarray:
        """Chances in every row, from coefficients of shape (draws, people + terms)."""
        people = len(self.prior_sd) - self.rows.shape[1]
        log_odds = coef[:, people:] @ self.rows.T
        if self.person is not None:
            log_odds += coef[:, self.person]
        return 1 / (1 + np.exp(-np.clip(log_odds, -700, 700)))


@dataclass(frozen=True)
class Chances:
    """Fitted models of the three answers and of writing.

    Parameters
    ----------
    terms : Terms
        What they adjust for.
    answer_design, writing_design : Design
        Their designs. The last term of the first is the follow-up, if it may have an effect.
    answers : tuple of Fit
        Yes, no and, where there are any, withdrawn.
    writing : Fit
        The habit of writing.
    days : int
        Number of days.
    """

    terms: Terms
    answer_design: Design
    writing_design: Design
    answers: tuple[Fit, ...]
    writing: Fit
    days: int

    def answer(self, coefs: Sequence[np.ndarray]) -> np.ndarray:
        """Daily chances of each answer, from coefficients of each of shape (draws, terms).

        The shape is (answers, draws, patterns, 2, days): not yet written, and written.
        """
        shape = (-1, len(self.terms.values), 2, self.days)
        return np.stack([self.answer_design.chances(coef).reshape(shape) for coef in coefs])

    def write(self, coef: np.ndarray, days: int | None = None) -> np.ndarray:
        """Daily chances of writing, on all days or the first so many: (draws, patterns, days)."""
        patterns = len(self.terms.values)
        first = np.arange(patterns * self.days).reshape(patterns, -1)[:, :days].ravel()
        return self.writing_design.only(first).chances(coef).reshape(len(coef), patterns, -1)

    def only(self, patterns: np.ndarray) -> Chances:
        """Return the models for the chosen patterns, in that order, with repeats."""

        def of(design: Design) -> Design:
            rows = np.arange(len(design.rows)).reshape(len(self.terms.values), -1)
            return design.only(rows[patterns].ravel())

        person = self.terms.person
        terms = replace(
            self.terms,
            values=self.terms.values[patterns],
            person=None if person is None else person[patterns],
        )
        designs = of(self.answer_design), of(self.writing_design)
        return Chances(terms, *designs, self.answers, self.writing, self.days)

    def fitted(self) -> tuple[np.ndarray, np.ndarray]:
        """Chances of the answers and of writing, as fitted."""
        return self.answer([fit.coef for fit in self.answers]), self.write(self.writing.coef)


def fit_chances(
    person_days: PersonDays, terms: Terms, *, effect: bool = True, diffuse: bool = False
) -> Chances:
    """Fit the daily chances with weak priors.

    Parameters
    ----------
    person_days : PersonDays
        Counts, for all replicates.
    terms : Terms
        What to adjust for.
    effect : bool
        Whether having written may change the chances.
    diffuse : bool
        Whether the prior says next to nothing of the follow-up.

    Returns
    -------
    Chances

    Notes
    -----
    Priors are normal with these standard deviations: 1 for the follow-up and for each unit of what
    was known at the start, 2.5 for the terms of the day and for the intercept, which is centred on
    a chance of 2 % a day, 0.5 for each of several people. Each day may stray from the smooth curve
    by a term of its own (0.5): with the smooth curve alone the effect is overstated wherever the
    true chances have another shape, because early days and not having written yet go together.
    """
    design = answer_design(terms, person_days.days, effect=effect)
    if diffuse:
        design = replace(design, prior_sd=np.r_[design.prior_sd[:-1], _DIFFUSE])
    n = person_days.n_risk.reshape(len(design.rows), -1)
    yes, no, withdrawn = (events.reshape(n.shape) for events in person_days.n_event)
    kinds = (yes, no, withdrawn) if withdrawn.any() else (yes, no)
    answers = tuple(design.fit(n, events) for events in kinds)
    writing = writing_design(terms, person_days.days)
    habit = fit_writing(person_days, writing)
    return Chances(terms, design, writing, answers, habit, person_days.days)


def fit_writing(person_days: PersonDays, design: Design, *, firth: bool = False) -> Fit:
    """Fit the daily chance of writing among those who could."""
    n = person_days.n_silent.reshape(len(design.rows), -1)
    return design.fit(n, person_days.n_wrote.reshape(n.shape), firth=firth)


def answer_design(terms: Terms, days: int, *, effect: bool) -> Design:
    """Design of an answer; its rows run over patterns, not yet written and written, and days."""
    patterns, day = len(terms.values), np.arange(days)
    time = np.stack([np.ones(days), np.log(day + 1), day / 10], axis=-1)
    n_smooth = time.shape[1]
    time = np.concatenate([time, np.eye(days)], axis=-1)
    parts = [
        np.broadcast_to(time, (patterns, 2, *time.shape)),
        np.broadcast_to(terms.values[:, None], (patterns, 2, days, len(terms.names))),
    ]
    if effect:
        wrote = np.arange(2.0)[None, :, None, None]
        parts.append(np.broadcast_to(wrote, (patterns, 2, days, 1)))
    rows = np.concatenate(parts, axis=-1).reshape(patterns * 2 * days, -1)
    mean, spread = _priors(rows.shape[1], n_smooth)
    spread[n_smooth : time.shape[1]] = _WOBBLE
    return _with_people(Design(rows, mean, spread), terms)


def writing_design(terms: Terms, days: int) -> Design:
    """Design of writing, with the days on which people do; its rows run over patterns and days."""
    patterns, day = len(terms.values), np.arange(days)
    habit = [(day == each).astype(float) for each in HABIT_DAYS if each < days - 1]
    time = np.stack([np.ones(days), np.log(day + 1), *habit], axis=-1)
    both = [np.broadcast_to(time, (patterns, *time.shape)), terms.values]
    rows = np.concatenate(both, axis=-1).reshape(patterns * days, -1)
    return _with_people(Design(rows, *_priors(rows.shape[1], time.shape[1])), terms)


def _with_people(design: Design, terms: Terms) -> Design:
    """Give each person a term, if the terms tell people apart."""
    if terms.person is None:
        return design
    people = int(terms.person.max()) + 1
    return Design(
        design.rows,
        np.r_[np.zeros(people), design.prior_mean],
        np.r_[np.full(people, _OF_A_PERSON), design.prior_sd],
        terms.person.repeat(len(design.rows) // len(terms.person)),
    )


def _priors(n_terms: int, n_of_time: int) -> tuple[np.ndarray, np.ndarray]:
    mean, spread = np.zeros(n_terms), np.ones(n_terms)
    mean[0], spread[:n_of_time] = _INTERCEPT, 2.5
    return mean, spread

"""Person-days -> daily chances of a yes, a no, a withdrawal and of writing, by pattern.

The convention owned here: every day has a shrunken term of its own beside a smooth curve, and the
terms of people, where there are several, come before all others.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from .covariates import Terms
from .hazard import Fit, fit_logistic
from .persondays import PersonDays

HABIT_DAYS = (0, 1, 2, 7, 14)  # people write the same day, the next, after one week or two
_WOBBLE = 0.5  # how far the chance of one day may stray from the smooth curve, in log-odds
_HABIT = 1.5  # and of the day on which somebody writes, which may well be always the same
_DIFFUSE = 10.0
_OF_A_PERSON = 0.5  # how far people differ beyond what is recorded, in log-odds
_INTERCEPT = np.log(0.02 / 0.98)


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
            return _without_repeats(rows, n, n_event)
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
    # At once: the design is the same, and for a few columns the steps are what takes time.
    answers = design.fit(np.tile(n, len(kinds)), np.concatenate(kinds, axis=1)).parts(len(kinds))
    # What a log without an effect looks like hangs on the very days on which somebody writes.
    writing = writing_design(terms, person_days.days, each_day=not effect)
    habit = fit_writing(person_days, writing)
    return Chances(terms, design, writing, answers, habit, person_days.days)


def fit_writing(person_days: PersonDays, design: Design, *, firth: bool = False) -> Fit:
    """Fit the daily chance of writing among those who could."""
    n = person_days.n_silent.reshape(len(design.rows), -1)
    return design.fit(n, person_days.n_wrote.reshape(n.shape), firth=firth)


def _without_repeats(rows: np.ndarray, n: np.ndarray, n_event: np.ndarray) -> Fit:
    """Fit without the terms that say what those before them say; they get no coefficient.

    Where nobody is silent after the first days, say, the days that would be told apart are none.
    """
    kept: list[int] = []
    basis = np.zeros((len(rows), 0))
    for term, column in enumerate(rows.T):
        beyond = column - basis @ (basis.T @ column)
        beyond -= basis @ (basis.T @ beyond)  # once more, against rounding
        length = np.linalg.norm(beyond)
        if length > 1e-8 * np.linalg.norm(column):
            kept.append(term)
            basis = np.c_[basis, beyond / length]
    fit = fit_logistic(rows[:, kept], n, n_event)
    coef = np.zeros((len(fit.coef), rows.shape[1]))
    coef[:, kept] = fit.coef
    covariance = np.zeros((*coef.shape, rows.shape[1]))
    covariance[:, np.array(kept)[:, None], kept] = fit.covariance
    return Fit(coef, covariance, fit.converged)


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


def writing_design(terms: Terms, days: int, *, each_day: bool = False) -> Design:
    """Design of writing, with the days on which people do; its rows run over patterns and days.

    With `each_day` a habit of any day is found, such as always to write on the third.
    """
    patterns, day = len(terms.values), np.arange(days)
    habit = [(day == each).astype(float) for each in HABIT_DAYS if each < days - 1]
    time = np.stack([np.ones(days), np.log(day + 1), *habit], axis=-1)
    n_smooth = time.shape[1]
    if each_day:
        time = np.concatenate([time, np.eye(days)], axis=-1)
    both = [np.broadcast_to(time, (patterns, *time.shape)), terms.values]
    rows = np.concatenate(both, axis=-1).reshape(patterns * days, -1)
    mean, spread = _priors(rows.shape[1], time.shape[1])
    spread[n_smooth : time.shape[1]] = _HABIT
    return _with_people(Design(rows, mean, spread), terms)


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

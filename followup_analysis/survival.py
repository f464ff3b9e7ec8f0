"""Person-days -> curves: how many have an answer, and which, by each day since the interview.

The convention owned here: open episodes count up to their last day and are never dropped. Groups
are told apart only by what was known at the start; whether somebody followed up is not.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal, TypeAlias

import numpy as np
import pandas as pd

from .covariates import tally_of_people
from .errors import FollowupError
from .history import ENDINGS
from .incidence import incidence_curves, mean_wait, product_limit, shares_by_day
from .jackknife import about_clusters, clusters_of
from .log import JobSearchLog, count
from .result import Result
from .risk import by_group, last_day, person_days, table_by_group
from .tally import Tally
from .wording import Columns, between_in_100, incidence_sentence, mean_sentence, waiting_sentence

Source: TypeAlias = JobSearchLog | pd.DataFrame | Tally
_ANSWERS = ENDINGS[1:]
_MOST_TOLD = 6  # groups of which the sentence tells
_KNOWN_AT_START = ("follow_up_day", "channel", "content", "n_follow_ups", "exit_day", "ending")


def cumulative_incidence(
    source: Source,
    *,
    by: str | Sequence[str] | None = None,
    horizon: int | None = 30,
    withdrawn: Literal["compete", "censor"] = "compete",
    level: float = 0.95,
) -> Result:
    """Estimate the chance of a yes, a no and of silence by each day (Aalen-Johansen).

    Parameters
    ----------
    source : JobSearchLog, pandas.DataFrame or Tally
        As for `tally`.
    by : str or sequence of str, optional
        Columns known when the episode started, a curve for each.
    horizon : int or None
        Last day, in days since the interview; None for the last day seen.
    withdrawn : {"compete", "censor"}
        A withdrawal is a third ending, or the end of what is known of the episode.
    level : float
        Probability inside the intervals.

    Returns
    -------
    Result
        Per group, ``ending`` (yes, no, withdrawn, silent) and ``day``: ``n_risk`` (open when the
        day begins), ``n_event``, ``estimate``, ``std_error``, ``conf_low``, ``conf_high``,
        ``level``. Silent is what is left: no answer by the end of the day.

    Raises
    ------
    ColumnError
        When a column of `by` is not there.
    FollowupError
        When `by` names what was not known at the start, such as the day of the follow-up.

    Notes
    -----
    The standard error is the infinitesimal jackknife, as in R's ``survfit``: of interviews, or of
    people where the source has a column `person`, or of the clusters of a tally. A group with fewer
    than ten of them is taken interview by interview. Limits are symmetric on the log(-log) scale,
    or Jeffreys' where the curve is at 0 or 1. After the last day on which anyone was observed the
    estimate is missing.

    References
    ----------
    Aalen and Johansen (1978), Scandinavian Journal of Statistics 5, 141-150.

    Examples
    --------
    >>> import pandas as pd
    >>> result = cumulative_incidence(pd.DataFrame({
    ...     "exit_day": [2, 3, 3, 5], "ending": ["yes", "no", "open", "yes"]}), horizon=5)
    >>> yes = result.table.query("ending == 'yes'")
    >>> yes[["day", "n_risk", "estimate"]].values.tolist()[2:]
    [[2.0, 4.0, 0.25], [3.0, 3.0, 0.25], [4.0, 1.0, 0.25], [5.0, 1.0, 0.75]]
    """
    _check_withdrawn(withdrawn)
    counts = _counts(source, by)
    last = last_day(counts, horizon)
    causes = _ANSWERS if withdrawn == "compete" else _ANSWERS[:2]
    clusters = clusters_of(counts, last)
    risk = by_group(counts, last)
    n_event = risk.n_event[:, : len(causes)]
    columns = {
        "ending": np.array([*causes, "silent"])[:, None],
        "day": np.arange(last + 1),
        **shares_by_day(risk.n_risk, n_event, level, clusters),
    }
    sentences = [incidence_sentence(part, name) for name, part in _named(columns, counts)]
    told = about_clusters(clusters, len(counts.patterns))
    notes = (*told, *counts.notes, *_sensitivity(counts, last, withdrawn))
    return Result(
        _of_groups(sentences),
        table_by_group(counts, columns),
        notes,
        chart="cumulative_incidence",
        alt="Stacked areas: the share of interviews answered with yes, with no, withdrawn and "
        "silent, by day since the interview.",
    )


def kaplan_meier(
    source: Source,
    *,
    by: str | Sequence[str] | None = None,
    answer: str | Sequence[str] = ("yes", "no"),
    horizon: int | None = 30,
    level: float = 0.95,
) -> Result:
    """Estimate the chance of still waiting for an answer on each day (Kaplan-Meier).

    Parameters
    ----------
    source : JobSearchLog, pandas.DataFrame or Tally
        As for `tally`.
    by : str or sequence of str, optional
        Columns known when the episode started, a curve for each.
    answer : str or sequence of str
        The endings waited for; any other ends what is known of the episode.
    horizon : int or None
        Last day, in days since the interview; None for the last day seen.
    level : float
        Probability inside the intervals.

    Returns
    -------
    Result
        Per group and ``day``: ``n_risk``, ``n_event``, ``estimate`` (still waiting after that
        day), ``std_error`` (Greenwood, or over people as in `cumulative_incidence`),
        ``conf_low``, ``conf_high``, ``level``.

    Raises
    ------
    ColumnError, FollowupError
        As `cumulative_incidence`.

    Notes
    -----
    With a single answer, say ``answer="yes"``, a rejection is treated as if a yes might still have
    come. That is a rate, not a chance: for chances use `cumulative_incidence`.

    References
    ----------
    Kaplan and Meier (1958), JASA 53, 457-481; Greenwood (1926).

    Examples
    --------
    >>> import pandas as pd
    >>> result = kaplan_meier(pd.DataFrame({
    ...     "exit_day": [2, 3, 3, 5], "ending": ["yes", "no", "open", "yes"]}), horizon=4)
    >>> result.table["estimate"].tolist()
    [1.0, 1.0, 0.75, 0.5, 0.5]
    """
    codes = answer_codes(answer)
    counts = _counts(source, by)
    last = last_day(counts, horizon)
    clusters = clusters_of(counts, last)
    risk = by_group(counts, last)
    n_event = risk.n_event[:, codes].sum(axis=1)
    curves = product_limit(risk.n_risk, n_event, level, clusters and clusters.of(codes))
    columns = {"day": np.arange(last + 1), **curves}
    sentences = [waiting_sentence(part, name) for name, part in _named(columns, counts)]
    return Result(
        _of_groups(sentences),
        table_by_group(counts, columns),
        (*about_clusters(clusters, len(counts.patterns)), *counts.notes),
        chart="waiting_curve",
        alt="Falling step curve with a band: the share of interviews still without an answer, by "
        "day since the interview.",
    )


def restricted_mean(
    source: Source,
    *,
    by: str | Sequence[str] | None = None,
    answer: str | Sequence[str] = ("yes", "no"),
    horizon: int = 30,
    level: float = 0.95,
) -> Result:
    """Estimate the mean number of days waited for an answer, up to the horizon.

    Unlike the mean of the answers that came, it counts those who still wait.

    Parameters
    ----------
    source : JobSearchLog, pandas.DataFrame or Tally
        As for `tally`.
    by : str or sequence of str, optional
        Columns known when the episode started.
    answer : str or sequence of str
        The endings waited for.
    horizon : int
        Days since the interview at which the counting of days stops.
    level : float
        Probability inside the interval.

    Returns
    -------
    Result
        Per group: ``n``, ``horizon``, ``estimate`` (days), ``std_error``, ``conf_low``,
        ``conf_high``, ``level``; missing where nobody was observed up to the horizon. The error
        is over people as in `cumulative_incidence`; the limits are Student's of fewer than thirty
        interviews, and missing where all waited as long.

    Raises
    ------
    ColumnError, FollowupError
        As `cumulative_incidence`.

    References
    ----------
    Irwin (1949), Journal of Hygiene 47, 188-189.

    Examples
    --------
    >>> import pandas as pd
    >>> result = restricted_mean(pd.DataFrame({
    ...     "exit_day": [2, 3, 3, 5], "ending": ["yes", "no", "open", "yes"]}), horizon=5)
    >>> result.table["estimate"].tolist()
    [3.75]
    """
    codes = answer_codes(answer)
    counts = _counts(source, by)
    last = last_day(counts, horizon)
    clusters = clusters_of(counts, last)
    risk = by_group(counts, last)
    n_event = risk.n_event[:, codes].sum(axis=1)
    columns = mean_wait(risk.n_risk, n_event, level, clusters and clusters.of(codes))
    sentences = [mean_sentence(part, name) for name, part in _named(columns, counts)]
    return Result(
        _of_groups(sentences),
        table_by_group(counts, columns),
        (*about_clusters(clusters, len(counts.patterns)), *counts.notes),
        chart="restricted_mean",
        alt="A dot with its interval for each group: the mean number of days waited.",
    )


def _of_groups(sentences: Sequence[str]) -> str:
    """Tell of the first groups; of many, how many more there are."""
    if not sentences:
        return "There is no interview with a known day in the log."
    more = len(sentences) - _MOST_TOLD
    rest = [f"{more} more groups are in the table."] if more > 0 else []
    return " ".join([*sentences[:_MOST_TOLD], *rest])


def _counts(source: Source, by: str | Sequence[str] | None) -> Tally:
    names = [by] if isinstance(by, str) else list(by or [])
    for name in names:
        if name in _KNOWN_AT_START:
            raise FollowupError(
                f"{name!r} was not known when the wait began: curves split by it compare those "
                "who had time to write with those who had not. To look at follow-ups use "
                "fa.timing, or a method that knows the order of things."
            )
    return tally_of_people(source, names)


def _named(columns: Columns, counts: Tally) -> Iterator[tuple[str, Columns]]:
    """Yield each group's name ("" for the only one) and its part of the columns."""
    if not counts.n_episodes:
        return
    arrays = np.broadcast_arrays(*columns.values())
    by = [counts.patterns[name].array for name in counts.patterns]  # perhaps none
    for group in range(len(counts.patterns)):
        values = (column[group] for column in by)
        name = ", ".join("not recorded" if pd.isna(v) else str(v) for v in values)
        yield name, dict(zip(columns, (array[group] for array in arrays), strict=True))


def answer_codes(answer: str | Sequence[str]) -> list[int]:
    """Position of each answer among yes, no and withdrawn."""
    words = [answer] if isinstance(answer, str) else list(answer)
    for word in words:
        if word not in _ANSWERS:
            raise FollowupError(f"answer is one of {', '.join(_ANSWERS)}, not {word!r}.")
    return [_ANSWERS.index(word) for word in words]


def _check_withdrawn(withdrawn: str) -> None:
    if withdrawn not in ("compete", "censor"):
        raise FollowupError(f"withdrawn is 'compete' or 'censor', not {withdrawn!r}.")


def _sensitivity(counts: Tally, last: int, withdrawn: str) -> tuple[str, ...]:
    """How far answers without a date, or with a latest date only, could move the yes."""
    notes = []
    yes = _yes_by(counts, last, withdrawn)
    n, lost = counts.n_episodes, sum(counts.undated.values())
    if lost and n:
        # They are not among those of the estimate: counted too, each is one more to divide by.
        low, high = between_in_100(
            yes * n / (n + lost), (yes * n + counts.undated.get("yes", 0)) / (n + lost)
        )
        lies = f"is {low}" if low == high else f"lies between {low} and {high}"
        notes.append(
            f"With the {count(lost, 'answer')} on an unknown day counted too, on whichever day, "
            f"yes by day {last} {lies} in 100."
        )
    if counts.earliest is not None:
        sooner, found = between_in_100(_yes_by(counts.earliest, last, withdrawn), yes)
        notes.append(
            "With each yes that is known only from the next interview dated as early as the log "
            f"allows, yes by day {last} would be {sooner} in 100"
            + (", as it is." if sooner == found else f", not {found}.")
        )
    return tuple(notes)


def _yes_by(counts: Tally, last: int, withdrawn: str) -> float:
    risk = person_days(counts, horizon=last)
    causes = 3 if withdrawn == "compete" else 2
    return float(incidence_curves(risk.n_risk, risk.n_event[:causes])[0][0, -1])

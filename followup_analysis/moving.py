"""Tally -> how long the wait is before and after a follow-up, as interviews move over.

The convention owned here: an interview counts as not yet followed up through the day of its first
follow-up and as followed up from the next day on. Nobody is counted by what happened later.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from .charts import FEW
from .covariates import tally_of_people
from .incidence import product_limit
from .jackknife import Clusters, about_clusters, clusters_of
from .log import count
from .result import Result
from .risk import last_day, person_days
from .survival import Source, answer_codes
from .tally import Tally


def simon_makuch(
    source: Source,
    *,
    answer: str | Sequence[str] = ("yes", "no"),
    horizon: int | None = 30,
    level: float = 0.95,
) -> Result:
    """Curves of waiting for an answer, not yet followed up and followed up (Simon-Makuch).

    Each interview is on the first curve until it is followed up and on the second from the day
    after. That mends what a comparison of those who ever wrote with those who never did gets
    wrong: it gives the days before a follow-up to those who were going to write.

    Parameters
    ----------
    source : JobSearchLog, pandas.DataFrame or Tally
        As for `tally`.
    answer : str or sequence of str
        The endings waited for, as in `kaplan_meier`; any other ends what is known of the episode.
    horizon : int or None
        Last day, in days since the interview; None for the last day seen.
    level : float
        Probability inside the intervals.

    Returns
    -------
    Result
        Per ``followed_up`` (before that day) and ``day``: ``n_risk``, ``n_event``, ``n_expected``
        (events if both were answered alike), ``estimate`` (still waiting after that day),
        ``std_error`` (Greenwood, or over people as in `cumulative_incidence`), ``conf_low``,
        ``conf_high``, ``level``; and, the same in each row, ``chi2`` and ``p_value`` of the
        Mantel-Byar test over all days.

    Raises
    ------
    FollowupError
        When `answer` is not an ending.

    Notes
    -----
    A curve says how fast answers come to those who are on it, not what becomes of any group of
    interviews, since its members change. Nor does it say what following up does: nothing here
    makes those who wrote and those who did not alike.

    References
    ----------
    Mantel and Byar (1974), JASA 69, 81-86; Simon and Makuch (1984), Statistics in Medicine 3,
    35-44.

    Examples
    --------
    One wrote on day 1 and is answered on day 3; two did not and are answered on days 2 and 3.

    >>> import pandas as pd
    >>> result = simon_makuch(pd.DataFrame({
    ...     "follow_up_day": [1, None, None], "exit_day": [3, 2, 3],
    ...     "ending": ["yes", "no", "yes"]}), horizon=3)
    >>> result.table.query("day >= 2")[["followed_up", "day", "n_risk", "estimate"]].values.tolist()
    [[False, 2, 2, 0.5], [False, 3, 1, 0.0], [True, 2, 1, 1.0], [True, 3, 1, 0.0]]
    """
    codes = answer_codes(answer)
    counts = tally_of_people(source)
    last = last_day(counts, horizon)
    parts = [person_days(counts, horizon=last, followed_up=after) for after in (False, True)]
    clusters = _on_both(counts, last, codes)
    n_risk = np.stack([part.n_risk for part in parts])
    n_event = np.stack([part.n_event[codes].sum(axis=0) for part in parts])
    expected, chi2, p_value = log_rank(n_risk, n_event, clusters)
    curves = product_limit(n_risk, n_event, level, clusters)
    columns = {
        "followed_up": np.array([[False], [True]]),
        "day": np.arange(last + 1),
        **curves,
        "chi2": chi2,
        "p_value": p_value,
    }
    table = pd.DataFrame(
        {name: np.broadcast_to(column, n_risk.shape).ravel() for name, column in columns.items()}
    )
    table.insert(4, "n_expected", expected.ravel())
    return Result(
        _sentence(n_risk, n_event, expected, p_value),
        table,
        (
            *_notes(n_risk, np.asarray(curves["estimate"])),
            *about_clusters(clusters, len(n_risk)),
            *counts.notes,
        ),
        chart="simon_makuch",
        alt="Two falling step curves with bands: the share still waiting for an answer among those "
        "not yet followed up and those followed up, interviews moving from one to the other.",
    )


def log_rank(
    n_risk: np.ndarray, n_event: np.ndarray, clusters: Clusters | None = None
) -> tuple[np.ndarray, float, float]:
    """Compare two groups day by day; who is in which may change from day to day.

    Parameters
    ----------
    n_risk, n_event : numpy.ndarray of shape (2, days)
        At risk and answered.
    clusters : Clusters, optional
        Whose interviews resemble each other: those of the first group, then in the same order
        those of the second.

    Returns
    -------
    expected : numpy.ndarray of shape (2, days)
        Answers if both groups were answered alike.
    chi2, p_value : float
        On one degree of freedom; missing where nothing can be compared.

    References
    ----------
    Mantel (1966), Cancer Chemotherapy Reports 50, 163-170.
    """
    from scipy.special import chdtrc

    n, d = n_risk.sum(axis=0), n_event.sum(axis=0)
    share = n_risk / np.maximum(n, 1)
    expected = share * d
    variance = (d * share[0] * share[1] * (n - d) / np.maximum(n - 1, 1)).sum()
    if clusters and clusters.enough(2).all():
        variance = _between_clusters(n_risk, n_event, clusters)
    if variance <= 0:
        return expected, float("nan"), float("nan")
    chi2 = (n_event[1] - expected[1]).sum() ** 2 / variance
    return expected, float(chi2), float(chdtrc(1, chi2))


def _on_both(counts: Tally, last: int, codes: list[int]) -> Clusters | None:
    """Clusters on the curve of those not yet followed up, and then on that of those followed up."""
    parts = [clusters_of(counts, last, followed_up=after) for after in (False, True)]
    before, after = (part and part.of(codes) for part in parts)
    if not before or not after:
        return None
    return Clusters(
        np.concatenate([before.n_risk, after.n_risk]),
        np.concatenate([before.n_event, after.n_event]),
        np.concatenate([before.group, after.group + 1]),
    )


def _between_clusters(n_risk: np.ndarray, n_event: np.ndarray, clusters: Clusters) -> float:
    """Variance of the answers beyond those expected, from what each cluster adds to them."""
    n = np.maximum(n_risk.sum(axis=0), 1)
    share, hazard = n_risk[1] / n, n_event.sum(axis=0) / n
    surplus = clusters.n_event[:, 0] - hazard * clusters.n_risk
    on_first, on_second = surplus.reshape(2, -1, len(n))
    added = ((1 - share) * on_second - share * on_first).sum(axis=1)
    return float((added**2).sum() * len(added) / (len(added) - 1))


def _sentence(n_risk: np.ndarray, n_event: np.ndarray, expected: np.ndarray, p_value: float) -> str:
    if not n_risk.any():
        return "There is no interview with a known day in the log."
    if np.isnan(p_value):
        return (
            "There was no day with an answer on which some interviews had been followed up and "
            "others had not: nothing can be compared."
        )
    came, if_alike = n_event[1].sum(), expected[1].sum()
    faster = "faster" if came > if_alike else "more slowly"
    if expected.sum(axis=1).min() < FEW:
        verdict = "too few answers to tell, whatever p is"
    elif p_value < 0.05:
        verdict = f"answers came {faster} to those followed up than to those not yet"
    else:
        verdict = "no difference in pace that this log can show"
    p = f"p = {p_value:.2g}" if p_value >= 1e-4 else "p < 0.0001"
    return (
        f"After a follow-up {count(came, 'answer')} came, where {if_alike:,.1f} "
        "would have if those followed up and those not yet were answered alike day by day "
        f"(Mantel-Byar test, {p}): {verdict}."
    )


def _notes(n_risk: np.ndarray, estimate: np.ndarray) -> list[str]:
    notes = [
        "Not the effect of following up: nothing makes those who wrote and those who did not "
        "alike. Interviews move over, so that neither curve is that of a group of interviews."
    ]
    if ((n_risk > 0) & (n_risk < FEW)).any():
        notes.append(f"Days on which fewer than {FEW} were open are drawn grey and dashed.")
    for followed_up, waiting, left in zip((False, True), n_risk, estimate, strict=True):
        at_0 = int(np.argmax(left == 0)) if (left == 0).any() else len(left)
        later = waiting[at_0 + 1 :].max(initial=0)
        if later > 0:
            which = "followed up" if followed_up else "not yet followed up"
            notes.append(
                f"The curve of those {which} is at 0 from day {at_0}, when the few on it were all "
                f"answered; it says nothing of those who came later, up to {later} at a time."
            )
    return notes

"""JobSearchLog -> is this silence still normal, for each interview that is open.

The convention owned here: how long others waited tells what to expect from a wait that has already
lasted so long; open waits count among the others.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from .episodes import episodes
from .errors import FollowupError
from .intervals import log_log
from .log import JobSearchLog
from .result import Result
from .risk import person_days
from .survival import aalen_johansen
from .tally import tally

_FEWEST_OF_A_STAGE = 10
_FEWEST_OPEN = 5


def waiting(log: JobSearchLog, *, within: int = 14, level: float = 0.95) -> Result:
    """Tell for each open interview how usual its silence is and what may still come.

    Parameters
    ----------
    log : JobSearchLog
        The log.
    within : int, days from the last day of the log
        How far to look ahead.
    level : float
        Probability inside the intervals.

    Returns
    -------
    Result
        One row per open interview, the longest wait first: ``application_id``, ``company``,
        ``stage``, ``day`` (waited so far), ``still_waiting`` (share of interviews that were still
        open after as many days), ``n_risk`` (interviews that were observed as long), ``estimate``
        (chance of an answer within so many more days), ``conf_low``, ``conf_high``, ``level``, and
        ``compared_with``: its own stage where that has ten interviews, else all. The estimate is
        missing where fewer than five were observed as long.

    Raises
    ------
    FollowupError
        When `within` is not a number of days.

    Examples
    --------
    >>> import followup_analysis as fa
    >>> result = waiting(fa.simulate_log(60, seed=1))
    >>> result.table["day"].is_monotonic_decreasing
    True
    """
    if within < 1:
        raise FollowupError(f"within is a number of days, at least 1, not {within!r}.")
    found = episodes(log)
    found = found[found["quarantine"] == ""]
    still = found[(found["ending"] == "open") & found["exit_day"].notna()]
    still = still.sort_values("exit_day", ascending=False)
    rows = [_row(found, wait, within, level) for wait in still.itertuples()]
    columns = [
        "application_id", "company", "stage", "day", "still_waiting", "n_risk", "estimate",
        "conf_low", "conf_high", "level", "compared_with",
    ]  # fmt: skip
    table = pd.DataFrame(rows, columns=columns)
    return Result(
        _sentence(table, within),
        table,
        (
            "The future is taken to be like the past, whatever you do: these are not chances after "
            "a follow-up.",
            *tally(log).notes,
        ),
        chart="waiting",
        alt="A dot for each open interview on the curve of those still waiting, by days waited.",
    )


def _row(found: pd.DataFrame, wait: Any, within: int, level: float) -> tuple:
    alike = found[found["stage"] == wait.stage]
    enough = len(alike) >= _FEWEST_OF_A_STAGE
    others = alike if enough else found
    day = int(wait.exit_day)
    risk = person_days(tally(others), horizon=day + within)
    n_event = risk.n_event[:2].sum(axis=0, keepdims=True)
    _, _, left, _ = aalen_johansen(risk.n_risk, n_event)
    n_risk = int(risk.n_risk[day])
    known = (wait.application_id, wait.company, wait.stage, day, float(left[day]), n_risk)
    compared = wait.stage if enough else "all"
    if n_risk < _FEWEST_OPEN or not risk.n_risk[min(day + 1, day + within)]:
        return (*known, np.nan, np.nan, np.nan, level, compared)
    # From tomorrow on, among those still open tonight.
    _, _, ahead, variance = aalen_johansen(risk.n_risk[day + 1 :], n_event[:, day + 1 :])
    low, high = log_log(1 - ahead[-1], np.sqrt(variance[-1]), n_risk, level)
    return (*known, float(1 - ahead[-1]), float(low), float(high), level, compared)


def _sentence(table: pd.DataFrame, within: int) -> str:
    if table.empty:
        return "No interview is open: there is no silence to judge."
    longest = table.iloc[0]
    unusual = int((table["still_waiting"] < 0.1).sum())
    where = longest["company"] if pd.notna(longest["company"]) else "an employer without a name"
    return (
        f"{len(table)} open: the longest silence is {where}, {longest['day']} days; "
        f"{round(100 * longest['still_waiting'])} in 100 interviews are still open after so long. "
        f"{unusual} of the silences "
        + ("is" if unusual == 1 else "are")
        + " longer than nine in ten."
    )

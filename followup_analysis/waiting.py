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
from .incidence import aalen_johansen
from .intervals import log_log
from .log import JobSearchLog, check_log
from .result import Result
from .risk import person_days
from .tally import tally
from .wording import plain_name

_FEWEST_OF_A_STAGE = 10
_FEWEST_OPEN = 5

# At risk and answered on each day, and the share that still waits at its end.
_Curve = tuple[np.ndarray, np.ndarray, np.ndarray]


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
    check_log(log)
    if within < 1:
        raise FollowupError(f"within is a number of days, at least 1, not {within!r}.")
    found = episodes(log)
    found = found[found["quarantine"] == ""]
    still = found[(found["ending"] == "open") & found["exit_day"].notna()]
    still = still.sort_values("exit_day", ascending=False)
    curves = _curves(found, still, within)
    rows = [_row(curves, wait, within, level) for wait in still.itertuples()]
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
            "Each is compared with the interviews of its own stage where the log has "
            f"{_FEWEST_OF_A_STAGE} of them, else with all, so that a longer wait may be more usual "
            "than a shorter one.",
            *tally(log).notes,
        ),
        chart="waiting",
        alt="A dot for each open interview on the curve of those still waiting, by days waited.",
    )


def _curves(found: pd.DataFrame, still: pd.DataFrame, within: int) -> dict[str, _Curve]:
    """Count at risk and answered on each day, in each stage with enough interviews and in all."""
    if still.empty:
        return {}
    horizon = int(still["exit_day"].max()) + within
    n = found["stage"].value_counts()
    parts = {stage: found[found["stage"] == stage] for stage in n[n >= _FEWEST_OF_A_STAGE].index}
    return {name: _curve(part, horizon) for name, part in {**parts, "all": found}.items()}


def _curve(found: pd.DataFrame, horizon: int) -> _Curve:
    risk = person_days(tally(found), horizon=horizon)
    n_event = risk.n_event[:2].sum(axis=0, keepdims=True)
    return risk.n_risk, n_event, aalen_johansen(risk.n_risk, n_event)[2]


def _row(curves: dict[str, _Curve], wait: Any, within: int, level: float) -> tuple:
    compared = wait.stage if wait.stage in curves else "all"
    at_risk, n_event, left = curves[compared]
    day = int(wait.exit_day)
    n_risk = int(at_risk[day])
    known = (wait.application_id, wait.company, wait.stage, day, float(left[day]), n_risk)
    if n_risk < _FEWEST_OPEN or not at_risk[day + 1]:
        return (*known, np.nan, np.nan, np.nan, level, compared)
    # From tomorrow on, among those still open tonight.
    soon = slice(day + 1, day + within + 1)
    _, _, ahead, variance = aalen_johansen(at_risk[soon], n_event[:, soon])
    low, high = log_log(1 - ahead[-1], np.sqrt(variance[-1]), n_risk, level)
    return (*known, float(1 - ahead[-1]), float(low), float(high), level, compared)


def _sentence(table: pd.DataFrame, within: int) -> str:
    if table.empty:
        return "No interview is open: there is no silence to judge."
    longest = table.iloc[0]
    unusual = int((table["still_waiting"] < 0.1).sum())
    known = pd.notna(longest["company"])
    where = plain_name(longest["company"]) if known else "an employer without a name"
    others = "interviews" if longest["compared_with"] == "all" else "interviews of its stage"
    return (
        f"{len(table)} open: the longest silence is {where}, {longest['day']} days; "
        f"{round(100 * longest['still_waiting'])} in 100 {others} are still open after so long. "
        f"{unusual} of the silences "
        + ("is" if unusual == 1 else "are")
        + " longer than nine in ten."
    )

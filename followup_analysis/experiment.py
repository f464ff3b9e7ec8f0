"""JobSearchLog with coins -> what writing early, against late, brings.

The convention owned here: an arm counts as the coin assigned it, whether it was kept to or not.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

from .coins import coins_of
from .days import check_day
from .episodes import episodes
from .errors import FollowupError
from .history import ENDINGS
from .incidence import incidence_curves
from .intervals import jeffreys
from .log import JobSearchLog, check_log, count
from .plans import arm_days, coin_spells, coming_and_held
from .result import Cases
from .survival import cumulative_incidence
from .tally import tally
from .trust import check_share, detectable, interviews_needed, percent_of
from .wording import limits_in_100, more_in_100, points

_COLUMNS = ["quantity", "n", "estimate", "std_error", "conf_low", "conf_high", "level"]
_CASES = ["application_id", "company", "started_on", "arm", "block", "drawn_on", "follow_up_day",
          "exit_day", "ending", "kept"]  # fmt: skip


def randomised_effect(
    log: JobSearchLog,
    *,
    horizon: int = 30,
    smallest: float = 0.10,
    level: float = 0.95,
    permutations: int = 1999,
    seed: int = 0,
) -> Cases:
    """Compare interviews by what their coin said: early against late.

    Parameters
    ----------
    log : JobSearchLog
        A log with coins: see `randomise_timing`.
    horizon : int, days since the interview
        Answers up to this day count.
    smallest : float
        The smallest difference worth finding, as a share: 0.10 is ten in a hundred.
    level : float
        Probability inside the intervals.
    permutations : int
        How often the coins are tossed anew, within their blocks, for the p value.
    seed : int
        Seed of these.

    Returns
    -------
    Cases
        One row per ``quantity``: chances of a yes by the horizon in each arm (Aalen-Johansen),
        the differences in yes, no and silence, early less late, with ``n``, ``estimate``,
        ``std_error``, ``conf_low``, ``conf_high``, ``level``; the ``p_value``, the smallest
        detectable difference, the interviews still needed for `smallest`, and the share of each
        arm that was kept. Its ``cases`` has a row per interview.

    Raises
    ------
    FollowupError
        When the log holds more than two arms.

    Notes
    -----
    By arm as assigned: letters that were forgotten or sent on another day count where the coin
    put them. Nothing is adjusted for, since the coin knew of nothing. The limits of a difference
    are put together from those of the arms.

    References
    ----------
    Fisher (1935), The Design of Experiments; Zou and Donner (2008), Statistics in Medicine 27,
    1693-1702 (limits of a difference).

    Examples
    --------
    >>> import followup_analysis as fa
    >>> fa.randomised_effect(fa.load_sample()).sentence[:28]
    'No coin has been tossed yet.'
    """
    check_log(log)
    check_day(horizon, "horizon")
    check_share(smallest, "smallest")
    trial = _trial(log)
    notes = (
        "By arm as assigned: what was forgotten or sent on another day counts where the coin put "
        "it. The p value holds for one look at the log, on a day that was chosen beforehand.",
        *trial.notes,
        *tally(trial.found).notes,
    )
    table = _trust(trial, horizon, smallest, level)
    why = _missing(trial)
    if why is None:
        arms, differences = _compare(trial, horizon, level)
        if differences["estimate"].isna().any():
            why = f"in one arm nobody has been watched for {horizon} days yet."
        else:
            p_value = _permuted(trial, horizon, permutations, seed)
            p_row = _rows(p_value=(trial.n, p_value))
            table = pd.concat([arms, differences, p_row, table], ignore_index=True)
    return Cases(
        _sentence(table.set_index("quantity"), trial, why, horizon, smallest),
        table,
        notes,
        chart="randomised_effect",
        alt="Dots with intervals: how much more often yes, no and silence follow when the coin "
        "says early than when it says late.",
        cases=trial.found[_CASES],
    )


@dataclass(frozen=True)
class _Trial:
    """The interviews that were held with a coin, and the two arms."""

    found: pd.DataFrame
    arms: tuple[str, ...]
    n_tossed: int
    n_lost: int
    notes: tuple[str, ...]

    @property
    def n(self) -> int:
        return len(self.found)

    @property
    def is_early(self) -> np.ndarray:
        return (self.found["arm"] == self.arms[0]).to_numpy()


def _trial(log: JobSearchLog) -> _Trial:
    tossed, interviews = coins_of(log), coming_and_held(log)
    arms = tuple(sorted({*tossed["arm"]}, key=arm_days))
    if len(arms) > 2:
        raise FollowupError(f"coins have two arms; this log has {len(arms)}: {', '.join(arms)}.")
    spell = np.array(coin_spells(interviews, tossed), dtype=int)
    rows = interviews.loc[spell[spell >= 0], ["application_id", "date", "held"]]
    columns = ["arm", "block", "drawn_on"]
    coins = rows.reset_index(drop=True)
    coins[columns] = tossed.loc[spell >= 0, columns].reset_index(drop=True)
    coins = coins[coins["held"]].rename(columns={"date": "started_on"})
    every = episodes(log)
    found = coins.merge(every, on=["application_id", "started_on"], how="left")
    found.attrs = every.attrs
    known = (found["quarantine"] == "") & found["exit_day"].notna()
    found = found.assign(kept=_kept(found))
    n_ahead = len(tossed) - len(found)
    notes = [f"{count(n_ahead, 'coin')} for an interview that was not held yet."] if n_ahead else []
    if n_lost := int((~known).sum()):
        notes.append(f"{count(n_lost, 'interview')} with a coin cannot be used (see below).")
    found = found[known].reset_index(drop=True)
    return _Trial(found, arms, len(tossed), n_lost, tuple(notes))


def _kept(found: pd.DataFrame) -> pd.Series:
    """Whether the arm was kept to; missing where an answer came first, or there is still time."""
    days = found["arm"].map(arm_days)
    first, last = (days.str[place].astype("Int64") for place in (0, 1))
    wrote = found["follow_up_day"].between(first, last).fillna(False).astype("boolean")
    no_matter = ~wrote & (found["exit_day"] <= last) & found["follow_up_day"].isna()
    return wrote.mask(no_matter.fillna(True) | found["follow_up_undated"].fillna(False))


def _missing(trial: _Trial) -> str | None:
    """Say why nothing can be compared yet."""
    n_early = int(trial.is_early.sum()) if trial.arms else 0
    if 0 < n_early < trial.n:
        return None
    which = "early" if n_early else "late"
    held = f"of the interviews with a coin, {trial.n} "
    held += "was held so far" if trial.n == 1 else "were held so far"
    return f"{held}, all of them {which}: both arms are needed." if trial.n else f"{held}."


def _compare(trial: _Trial, horizon: int, level: float) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Chances of each ending by arm, and early less late with limits from those of the arms."""
    shares = cumulative_incidence(trial.found, by="arm", horizon=horizon, level=level).table
    shares = shares[shares["day"] == horizon].set_index(["arm", "ending"])
    early, late = (shares.loc[arm] for arm in trial.arms)
    n = {"early": int(trial.is_early.sum()), "late": int((~trial.is_early).sum())}
    columns = ["estimate", "std_error", "conf_low", "conf_high"]
    arms = _rows(
        **{
            f"yes_if_{name}": (n[name], *part.loc["yes", columns])
            for name, part in (("early", early), ("late", late))
        },
        level=level,
    )
    one, zero = early.loc[["yes", "no", "silent"]], late.loc[["yes", "no", "silent"]]
    gap = one["estimate"] - zero["estimate"]
    reach = {
        side: np.hypot(one["estimate"] - one[a], zero["estimate"] - zero[b])
        for side, a, b in (("low", "conf_low", "conf_high"), ("high", "conf_high", "conf_low"))
    }
    std_error = np.hypot(one["std_error"], zero["std_error"])
    limits = gap - reach["low"], gap + reach["high"]
    cells = zip(gap.index, gap, std_error, *limits, strict=True)
    rows = {f"difference_{ending}": (trial.n, *values) for ending, *values in cells}
    return arms, _rows(**rows, level=level)


def _rows(*, level: float = math.nan, **quantities: tuple) -> pd.DataFrame:
    """Return a row per quantity: n, estimate and, where there are, error and limits."""
    rows = [(name, *values, *[math.nan] * (5 - len(values))) for name, values in quantities.items()]
    table = pd.DataFrame(rows, columns=_COLUMNS[:-1]).assign(level=level)
    return table.astype(dict.fromkeys(_COLUMNS[2:], float))


def _permuted(trial: _Trial, horizon: int, permutations: int, seed: int) -> float:
    """Two-sided p value: how often coins tossed anew in their blocks show as large a difference."""
    found = trial.found
    order = np.argsort(found["block"].to_numpy(dtype=float), kind="stable")
    found, is_early = found.iloc[order], trial.is_early[order]
    keys = np.random.default_rng(seed).random((permutations, len(found)))
    keys += 2.0 * pd.factorize(found["block"], use_na_sentinel=False)[0]
    arms = np.vstack([is_early, is_early[np.argsort(keys, axis=1)]]).astype(float)

    days, exit_day = np.arange(horizon + 1), found["exit_day"].to_numpy(dtype=int)[:, None]
    at_risk = (days <= exit_day).astype(float)
    ending = found["ending"].cat.codes.to_numpy()[:, None]
    events = [(days == exit_day) & (ending == code) for code in range(1, len(ENDINGS))]
    n_event = np.stack(events, axis=1).astype(float)

    def yes(arm: np.ndarray) -> np.ndarray:
        answered = np.tensordot(arm, n_event, axes=1)
        return incidence_curves(arm @ at_risk, answered)[0][:, 0, -1]

    gap = np.abs(yes(arms) - yes(1 - arms))
    return float((gap >= gap[0] - 1e-12).mean())


def _trust(trial: _Trial, horizon: int, smallest: float, level: float) -> pd.DataFrame:
    """What could show: from how often a yes comes at all, never from the difference observed."""
    n, share = trial.n, 0.5
    if n:
        shares = cumulative_incidence(trial.found, horizon=horizon).table
        yes = shares.loc[shares["ending"] == "yes", "estimate"].dropna().iloc[-1]
        share = (yes * n + 1) / (n + 2)
    spread = 2 * math.sqrt(share * (1 - share) / max(n, 1))
    needed = interviews_needed(max(n, 1), spread, smallest)
    table = _rows(
        smallest_detectable_difference=(n, detectable(spread) if n else math.nan),
        interviews_still_needed=(n, max(0, needed - n)),
    )
    kept = []
    for name, part in (("early", trial.is_early), ("late", ~trial.is_early)) if n else ():
        known = trial.found.loc[part, "kept"].dropna().astype(bool)
        low, high = jeffreys(known.sum(), len(known), level) if len(known) else [math.nan] * 2
        share = known.mean() if len(known) else math.nan
        row = {f"kept_{name}": (len(known), share, math.nan, float(low), float(high))}
        kept.append(_rows(**row, level=level))
    return pd.concat([table, *kept], ignore_index=True)


def _sentence(
    at: pd.DataFrame, trial: _Trial, why: str | None, horizon: int, smallest: float
) -> str:
    still = int(at.loc["interviews_still_needed", "estimate"])
    needed = f"{round(still, min(0, 2 - len(str(still)))):,}"  # two digits
    if not trial.n_tossed:
        return (
            "No coin has been tossed yet. fa.randomise_timing tosses one for each booked "
            f"interview; about {needed} interviews would show a difference of {points(smallest)}."
        )
    if why:
        return f"Early against late, by the coin: no estimate, because {why}"
    gap, p_value = at.loc["difference_yes"], at.loc["p_value", "estimate"]
    low, high = gap["conf_low"], gap["conf_high"]
    told = (
        f"By the coin, {count(int(at.loc['yes_if_early', 'n']), 'interview')} early (day "
        f"{trial.arms[0]}), {at.loc['yes_if_late', 'n']:,.0f} late (day {trial.arms[1]}): "
        f"{more_in_100(gap)} in 100 say yes by day {horizon} if early "
        f"({percent_of(gap['level'])} {limits_in_100(gap)}; p = {p_value:.2g})."
    )
    if -smallest < low and high < smallest:
        return f"{told} A difference of {points(smallest)} or more is ruled out."
    if p_value < 1 - gap["level"]:
        word = "more" if gap["estimate"] > 0 else "fewer"
        why = (
            f"but {count(trial.n_lost, 'interview')} with a coin could not be used, and may "
            "explain it: an answer needs a day to count."
            if trial.n_lost
            else "and nothing that you left out of the log can explain it."
        )
        return f"{told} The coin says: early brings {word} yes, {why}"
    return (
        f"{told} It cannot tell yet: about {needed} more would show a difference of "
        f"{points(smallest)}."
    )

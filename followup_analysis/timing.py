"""Tally -> outcome by the day of the follow-up: the chart that everybody draws, labelled naive.

The convention owned here: a bin is named by its days; "never" are those with no follow-up before
their answer. Behind each bin stands what it would show if following up did nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from .covariates import tally_for_model
from .envelope import draw_logs
from .errors import FollowupError
from .history import ENDINGS
from .incidence import aalen_johansen, incidence_curves
from .intervals import check_drawn, jeffreys, pooled
from .log import count
from .result import Result
from .risk import last_day
from .survival import Source
from .tally import UNDATED, Tally
from .wording import limits_in_100, points_in_100, share_in_100

_ENDINGS = (*ENDINGS[1:], "silent")
_LATE = 4  # days; "written early" and "written late" part here in the sentence


def timing(
    source: Source,
    *,
    bins: Sequence[int] = (0, 1, 2, 4, 8, 15),
    horizon: int = 30,
    adjust: Sequence[str] | None = None,
    level: float = 0.95,
    replicates: int = 199,
    seed: int = 0,
) -> Result:
    """Chance of each ending by the horizon, by the day of the first follow-up: the naive chart.

    It does not tell what following up does. An early answer leaves no time for a late follow-up,
    so that late bins hold slow processes only, and "never" collects the fast ones. The null
    envelope shows how much of the picture comes from that alone: the log is drawn again from its
    own daily chances, in which having written changes nothing.

    Parameters
    ----------
    source : JobSearchLog, pandas.DataFrame or Tally
        As for `tally`.
    bins : sequence of int
        First day of each bin of the follow-up day, rising from 0; the last ends at the horizon.
    horizon : int
        Days since the interview by which an answer counts.
    adjust : sequence of str, optional
        What the null envelope knows of an interview at its start; as in `follow_up_effect`.
    level : float
        Probability inside the intervals and the envelope.
    replicates : int
        Logs drawn for the envelope.
    seed : int
        Seed of the draws.

    Returns
    -------
    Result
        Per ``bin`` (from ``first_day`` to ``last_day``, missing for never) and ``ending``:
        ``n`` (episodes), ``n_event`` (seen by the horizon), ``raw`` (Aalen-Johansen within the
        bin, so that open episodes count), ``raw_low``, ``raw_high`` (Jeffreys), ``estimate``,
        ``conf_low``, ``conf_high`` (bins pulled together, see `pooled`), ``level``, and the raw
        share where following up does nothing: ``null_mean``, ``null_low``, ``null_high``, and
        ``null_p``, how often it is as far out as in this log.

    Raises
    ------
    FollowupError
        When the bins do not rise from 0.

    Examples
    --------
    >>> import pandas as pd
    >>> result = timing(pd.DataFrame({
    ...     "follow_up_day": [1, 1, None, None], "exit_day": [9, 40, 2, 5],
    ...     "ending": ["yes", "open", "yes", "no"]}))
    >>> yes = result.table.query("ending == 'yes' and n > 0")
    >>> yes[["bin", "n", "raw"]].values.tolist()
    [['1', 2, 0.5], ['never', 2, 0.5]]
    """
    check_drawn(level, replicates, "replicates")
    counts = tally_for_model(source, adjust)
    edges = _edges(bins, last_day(counts, horizon))
    observed = _observed(counts, edges, horizon)
    drawn = _drawn(counts, edges, horizon, replicates, seed)
    table = _table(edges, observed, level)
    _add_envelope(table, drawn, level)
    return Result(
        _sentence(table, horizon) + _slope(edges, observed, drawn, level),
        table,
        (*_notes(table, counts, horizon), *counts.notes),
        chart="timing",
        alt="Dots with intervals over grey bands: the share of interviews answered with yes, by "
        "the day of the first follow-up, and what it would be if following up did nothing; a "
        "naive comparison.",
    )


Exits = tuple[np.ndarray, np.ndarray]  # answers by day and kind, and the last days of the open


def _edges(bins: Sequence[int], horizon: int) -> list[tuple[str, int, int]]:
    """Name, first and last day of each bin of those who wrote."""
    if not len(bins) or bins[0] != 0 or any(np.diff(bins) <= 0):
        raise FollowupError(
            "bins are the first days of the bins, rising from 0, such as (0, 1, 2, 4, 8, 15); "
            f"not {tuple(bins)!r}."
        )
    starts = [start for start in bins if start <= horizon]
    lasts = [*(start - 1 for start in starts[1:]), horizon]
    names = [f"{a}" if a == b else f"{a}-{b}" for a, b in zip(starts, lasts, strict=True)]
    return [*zip(names, starts, lasts, strict=True)]


def _observed(counts: Tally, edges: list[tuple[str, int, int]], horizon: int) -> Exits:
    """Answers (bins + 1, 3, days) and last days (bins + 1, days) of this log."""
    known = counts.follow_up_day != UNDATED
    wrote, ending, n = counts.follow_up_day[known], counts.ending[known], counts.n[known]
    exits = counts.exit_day[known]
    # Whoever wrote after the horizon had not written by then: never.
    place = np.full(len(wrote), len(edges))
    for index, (_, first, last) in enumerate(edges):
        place[(wrote >= first) & (wrote <= last)] = index
    # Whoever left after the horizon was open throughout it.
    ending = np.where(exits > horizon, 0, ending)
    shape = (len(edges) + 1, 4, horizon + 1)
    key = np.ravel_multi_index((place, ending, np.minimum(exits, horizon)), shape)
    counted = np.bincount(key, n, minlength=int(np.prod(shape))).reshape(shape)
    return counted[:, 1:], counted[:, 0]


def _drawn(
    counts: Tally, edges: list[tuple[str, int, int]], horizon: int, replicates: int, seed: int
) -> Exits:
    days = [(first, last) for _, first, last in edges]
    if not counts.n_episodes:
        shape = (0, len(edges) + 1, 3, horizon + 1)
        return np.zeros(shape), np.zeros(shape[:2] + shape[3:])
    return draw_logs(counts, days, horizon, replicates, np.random.default_rng(seed))


def _shares(exits: Exits) -> np.ndarray:
    """Share of each ending by the horizon; missing where nobody was seen up to it."""
    incidence, left = incidence_curves(_at_risk(exits), exits[0])
    share = np.concatenate([incidence[..., -1], left[..., -1:]], axis=-1)
    unseen = (exits[1][..., -1] == 0) & (left[..., -1] > 1e-12)
    return np.where(unseen[..., None], np.nan, share)


def _at_risk(exits: Exits) -> np.ndarray:
    n_left = exits[0].sum(axis=-2) + exits[1]
    return n_left[..., ::-1].cumsum(axis=-1)[..., ::-1]


def _table(edges: list[tuple[str, int, int]], observed: Exits, level: float) -> pd.DataFrame:
    n_event, n_lost = observed
    share, known = _shares(observed), _effective(observed)
    low, high = jeffreys(np.nan_to_num(share) * known, known, level)
    n = n_event.sum(axis=(1, 2)) + n_lost.sum(axis=1)
    names = [*(name for name, _, _ in edges), "never"]
    days = pd.array([[first, last] for _, first, last in edges] + [[pd.NA, pd.NA]], dtype=object)
    table = pd.DataFrame(
        {
            "bin": np.repeat(names, 4),
            "first_day": pd.array(np.repeat([d[0] for d in days], 4), dtype="Int64"),
            "last_day": pd.array(np.repeat([d[1] for d in days], 4), dtype="Int64"),
            "ending": np.tile(_ENDINGS, len(names)),
            "n": np.repeat(n, 4).astype("int64"),
            "n_event": np.c_[n_event.sum(axis=2), n_lost[:, -1]].ravel().astype("int64"),
            "raw": share.ravel(),
            "raw_low": low.ravel(),
            "raw_high": high.ravel(),
        }
    )
    pulled = np.full((3, len(names), 4), np.nan)  # stays so where a bin is empty
    some = n > 0
    for place in range(4) if some.any() else ():
        x = np.nan_to_num(share[some, place]) * known[some, place]
        pulled[:, some, place] = pooled(x, known[some, place], level)
    table[["estimate", "conf_low", "conf_high"]] = pulled.reshape(3, -1).T
    return table.assign(level=level)


def _add_envelope(table: pd.DataFrame, drawn: Exits, level: float) -> None:
    """Where the raw shares of the drawn logs lie; missing where too few have the bin at all."""
    share = _shares(drawn).reshape(len(drawn[0]), len(table))
    enough = (~np.isnan(share)).sum(axis=0) > len(share) / 2
    columns = np.full((4, len(table)), np.nan)
    if enough.any():
        some = share[:, enough]
        tails = [(1 - level) / 2, (1 + level) / 2]
        columns[0, enough] = np.nanmean(some, axis=0)
        columns[1:3, enough] = np.nanquantile(some, tails, axis=0)
        columns[3, enough] = _p_value(table["raw"].to_numpy()[enough], some)
    table[["null_mean", "null_low", "null_high", "null_p"]] = columns.T


def _p_value(observed: np.ndarray, drawn: np.ndarray) -> np.ndarray:
    """Two-sided share of the drawn logs that are as far out; missing where nothing is observed."""
    n = (~np.isnan(drawn)).sum(axis=0)
    below = (drawn <= observed).sum(axis=0)
    above = (drawn >= observed).sum(axis=0)
    p = np.minimum(1, 2 * (np.minimum(below, above) + 1) / (n + 1))
    return np.where(np.isnan(observed), np.nan, p)


def _effective(exits: Exits) -> np.ndarray:
    """How many fully observed episodes would be as informative (Dorey and Korn 1987)."""
    n_event, n_lost = exits
    incidence, variance, left, left_variance = aalen_johansen(_at_risk(exits), n_event)
    share = np.concatenate([incidence[..., -1], left[..., -1:]], axis=-1)
    spread = np.concatenate([variance[..., -1], left_variance[..., -1:]], axis=-1)
    seen = n_event.sum(axis=(-1, -2)) + n_lost[..., -1]
    seen = np.where((n_lost[..., -1] == 0) & (left[..., -1] > 1e-12), 0, seen)[..., None]
    with np.errstate(divide="ignore", invalid="ignore"):
        n = share * (1 - share) / spread
    return np.where(np.isfinite(n) & (spread > 0) & (seen > 0), n, seen)


def _notes(table: pd.DataFrame, counts: Tally, horizon: int) -> list[str]:
    notes = [
        "Naive: not the effect of following up. An answer that comes early leaves no time to "
        "write late, so late bins hold slow processes only; the slope would be there even if "
        "following up did nothing, as the grey bands show.",
    ]
    unseen = table.loc[table["raw"].isna() & (table["n"] > 0), "bin"].unique()
    if len(unseen):
        notes.append(f"Nobody was observed up to day {horizon} in: {', '.join(unseen)}.")
    if undated := int(counts.n[counts.follow_up_day == UNDATED].sum()):
        notes.append(f"{undated:,} with a follow-up on an unknown day are in no bin.")
    if counts.cluster is not None:
        notes.append(
            "The bars take each interview by itself: where those of one person or company resemble "
            "each other, they are too short."
        )
    return notes


def _slope(edges: list[tuple[str, int, int]], observed: Exits, drawn: Exits, level: float) -> str:
    """Say how much of the gap between early and late follow-ups is there without any effect."""
    early = [place for place, (_, _, last) in enumerate(edges) if last < _LATE]
    late = [place for place, (_, first, _) in enumerate(edges) if first >= _LATE]

    def gap(exits: Exits) -> np.ndarray:
        halves = [
            _shares((exits[0].take(part, -3).sum(axis=-3), exits[1].take(part, -2).sum(axis=-2)))
            for part in (early, late)
        ]
        return halves[0][..., 0] - halves[1][..., 0]

    if not early or not late or not len(drawn[0]):
        return ""
    found, null = float(gap(observed)), gap(drawn)
    null = null[~np.isnan(null)]
    if np.isnan(found) or len(null) < len(drawn[0]) / 2:
        return ""
    low, high = np.quantile(null, [(1 - level) / 2, (1 + level) / 2])
    where = "inside" if low <= found <= high else "outside"
    row = {"estimate": null.mean(), "conf_low": low, "conf_high": high}
    return (
        f" Written by day {edges[early[-1]][2]} against later: a gap of "
        f"{points_in_100({**row, 'estimate': found})} points; if following up did nothing it would "
        f"be {points_in_100(row)} ({100 * level:g} % of such logs {limits_in_100(row)}): {where} "
        "what timing alone explains."
    )


def _sentence(table: pd.DataFrame, horizon: int) -> str:
    if not table["n"].any():
        return "Naive: there is no interview with a known day in the log."
    yes = table[(table["ending"] == "yes") & table["raw"].notna()]
    if yes.empty:
        return f"Naive: no interview was watched up to day {horizon}, so there is nothing to count."
    parts = [
        f"{_when(row['bin'])}, {share_in_100(row)}; {count(row['n'], 'interview')})"
        for _, row in yes.iloc[[0, -2, -1] if len(yes) > 2 else slice(None)].iterrows()
    ]
    return f"Naive, yes by day {horizon}: " + "; ".join(parts) + "."


def _when(name: str) -> str:
    if name == "never":
        return "never written"
    return f"written on day{'s' if '-' in name else ''} {name.replace('-', ' to ')}"

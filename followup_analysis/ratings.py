"""Ratings of a log -> rows per process and day, and a linear model of them.

The convention owned here: a process runs from one interview to the next of its application, and
a rating counts as after writing from the day after the first follow-up on.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
import pandas as pd

from .episodes import episodes
from .errors import FollowupError
from .history import spell_of
from .log import JobSearchLog

FEWEST = 5


@dataclass(frozen=True)
class Intercepts:
    """A linear model with a random intercept per group, fitted.

    Parameters
    ----------
    coef, std_error : numpy.ndarray of shape (columns,)
        Coefficients.
    between, within : float
        Variance of the intercepts, and that of what is left.
    """

    coef: np.ndarray
    std_error: np.ndarray
    between: float
    within: float


def fit_intercepts(values: np.ndarray, columns: np.ndarray, groups: np.ndarray) -> Intercepts:
    """Fit a linear model with a random intercept per group, by restricted maximum likelihood.

    Parameters
    ----------
    values : numpy.ndarray of shape (rows,)
        What is explained.
    columns : numpy.ndarray of shape (rows, columns)
        By what, a constant among them.
    groups : numpy.ndarray of shape (rows,)
        The group of each row.

    Returns
    -------
    Intercepts

    Raises
    ------
    FollowupError
        When the library statsmodels is missing.
    """
    try:
        from statsmodels.regression.mixed_linear_model import MixedLM
    except ImportError:
        raise FollowupError('To model ratings: pip install "followup-analysis[ratings]".') from None
    with warnings.catch_warnings():
        # A variance of 0 is an answer, and not the failure that it is reported as.
        warnings.simplefilter("ignore")
        fit = MixedLM(values, columns, groups).fit(reml=True)
    between, within = max(float(np.asarray(fit.cov_re)[0, 0]), 0.0), float(fit.scale)
    # The errors at these variances; where one of them is 0 the library has none.
    rows = _alike(columns, groups, between, within)
    error = np.sqrt(within * np.diag(np.linalg.inv(rows.T @ rows)))
    return Intercepts(np.asarray(fit.fe_params), error, between, within)


def ratings_by_process(log: JobSearchLog, horizon: int) -> pd.DataFrame:
    """One row per process and day with a rating, with what was known by then."""
    found = episodes(log)
    undated = (found["ending"] != "open") & found["exit_day"].isna()
    left_out = (found["quarantine"] != "") | undated | found["follow_up_undated"]
    starts = found.rename(columns={"started_on": "date"})[["application_id", "date"]]
    rated = log.ratings[log.ratings["date"].notna() & (log.ratings["date"] <= log.as_of)]
    rated = rated.assign(process=spell_of(starts, rated.assign(kind="rating")))
    rated = rated[(rated["process"] >= 0) & ~rated["process"].isin(np.flatnonzero(left_out))]
    known = found.iloc[rated["process"]].reset_index(drop=True)
    rated = rated.reset_index(drop=True)
    rated["day"] = (rated["date"] - known["started_on"]).dt.days
    is_open = known["ending"] == "open"
    exit_day = known["exit_day"].astype(float)
    rated["exit_day"] = exit_day.where(~is_open, exit_day + 1)  # the last open day was as_of
    wrote = known["follow_up_day"].astype(float)
    rated["wrote"] = wrote.mask(~is_open & (wrote >= exit_day))
    told = ~is_open & (rated["day"] >= exit_day)
    rated["told_yes"] = (told & (known["ending"] == "yes")).astype(float)
    rated["told_no"] = (told & (known["ending"] != "yes")).astype(float)
    rated["company"], rated["stage"] = known["company"], known["stage"]
    rated = rated[rated["day"] <= horizon]
    # Of two ratings on a day the first counts.
    return rated.groupby(["process", "day"], as_index=False).first()


@dataclass(frozen=True)
class Model:
    """What explains one kind of rating: rows from the second rating of each process on."""

    rating: str
    values: np.ndarray
    process: np.ndarray
    day: np.ndarray
    others: pd.DataFrame  # every column but that of writing
    spells: pd.DataFrame  # per process: first_day, wrote, exit_day
    n_both: int

    @classmethod
    def of(cls, ratings: pd.DataFrame, rating: str) -> Model:
        """Collect what is needed of one kind of rating."""
        rows = ratings[ratings[rating].notna()].copy()
        rows["value"] = rows[rating].astype(float)
        by_process = rows.groupby("process")
        rows["previous"] = by_process["value"].shift()
        rows["first"] = by_process["value"].transform("first")
        rows["first_day"] = by_process["day"].transform("first")
        untold = rows[(rows["told_yes"] == 0) & (rows["told_no"] == 0)]
        after = (untold["wrote"] < untold["day"]).groupby(untold["process"])
        n_both = int((after.any() & ~after.all()).sum())
        rows = rows[rows["previous"].notna()]
        day = rows["day"].to_numpy(dtype=float)
        others = {
            "constant": np.ones(len(rows)),
            "ten days of waiting": day / 10,
            "logarithm of the days": np.log1p(day),
            "after a yes": rows["told_yes"].to_numpy(),
            "after a no": rows["told_no"].to_numpy(),
            "on the day of writing": (rows["wrote"] == rows["day"]).to_numpy(dtype=float),
            "the rating before": rows["previous"].to_numpy(),
            "the first rating": rows["first"].to_numpy(),
            # Then the first rating is one after writing, and says another thing.
            "written before any rating": (rows["wrote"] < rows["first_day"]).to_numpy(dtype=float),
        }
        spells = rows.drop_duplicates("process").set_index("process")
        return cls(
            rating, rows["value"].to_numpy(), rows["process"].to_numpy(), day,
            _independent(pd.DataFrame(others)), spells[["first_day", "wrote", "exit_day"]], n_both,
        )  # fmt: skip

    @property
    def after(self) -> np.ndarray:
        """Whether each rating came after writing."""
        return (self.spells["wrote"].loc[self.process].to_numpy() < self.day).astype(float)

    @property
    def enough(self) -> bool:
        """Whether there is something to compare."""
        every = self.others.assign(after=self.after)
        several = pd.Series(self.process).duplicated().any()
        return (
            self.n_both >= FEWEST
            and several
            and np.ptp(self.values) > 0
            and len(self.values) > every.shape[1] + FEWEST
            and np.linalg.matrix_rank(every.to_numpy()) == every.shape[1]
        )


def _independent(columns: pd.DataFrame) -> pd.DataFrame:
    """Leave out each column that the ones before it say already."""
    kept: list[str] = []
    for name in columns:
        rank = np.linalg.matrix_rank(columns[[*kept, name]].to_numpy()) if len(columns) else 0
        if rank > len(kept):
            kept.append(str(name))
    return columns[kept]


def permuted(model: Model, permutations: int, rng: np.random.Generator) -> float:
    """How often days of writing that mean nothing show as large a ratio of estimate to error."""
    null = fit_intercepts(model.values, model.others.to_numpy(), model.process)
    days = _drawn_days(model, permutations, rng)
    at = np.unique(model.process, return_inverse=True)[1]
    after = np.column_stack([model.after, (days[at] < model.day[:, None]).astype(float)])
    after, values, others = (
        _alike(rows, model.process, null.between, null.within)
        for rows in (after, model.values[:, None], model.others.to_numpy())
    )
    basis = np.linalg.qr(others)[0]
    values, after = values - basis @ (basis.T @ values), after - basis @ (basis.T @ after)
    size = np.maximum((after**2).sum(axis=0), 1e-12)
    slope = (after * values).sum(axis=0) / size
    left = np.maximum((values**2).sum() - slope**2 * size, 1e-12)
    ratio = np.abs(slope) * np.sqrt(size / left)
    return float((ratio >= ratio[0] - 1e-12).mean())


def _drawn_days(model: Model, permutations: int, rng: np.random.Generator) -> np.ndarray:
    """Draw a day of writing for each process, among the days on which it could have been."""
    spells = model.spells.sort_index()
    first, wrote, end = (spells[name].to_numpy() for name in ("first_day", "wrote", "exit_day"))
    last = np.maximum(np.minimum(end, model.day.max() + 1), first + 1)
    drawn = first[:, None] + np.floor(
        rng.random((len(spells), permutations)) * (last - first)[:, None]
    )
    fixed = np.isnan(wrote) | (wrote < first)  # never, or before the first rating
    return np.where(fixed[:, None], wrote[:, None], drawn)


def _alike(rows: np.ndarray, groups: np.ndarray, between: float, within: float) -> np.ndarray:
    """Take out of each row so much of the mean of its group that what is left is independent."""
    code, sizes = np.unique(groups, return_inverse=True, return_counts=True)[1:]
    sums = np.zeros((len(sizes), rows.shape[1]))
    np.add.at(sums, code, rows)
    share = 1 - np.sqrt(within / (within + sizes * between))
    return rows - (share[:, None] * sums / sizes[:, None])[code]

"""Columns of days, dates and truth -> what is counted by, or what is wrong with them.

The convention owned here: a missing day is NEVER; a day below 0, or so high that it must be a date,
is refused with its row.
"""

from __future__ import annotations

from decimal import Decimal
from numbers import Integral, Real
from typing import Any

import numpy as np
import pandas as pd

from .counting import pieces
from .errors import FollowupError
from .history import DATES, no_certain_day

NEVER = -1
_TRUTH = dict.fromkeys(("true", "1", "1.0"), True) | dict.fromkeys(("false", "0", "0.0", ""), False)
_LATEST = 3660  # ten years: more than anybody waits
_MOST_DAYS = 10_000_000  # what is higher is no number of days but, say, a date


def check_day(day: int, name: str) -> int:
    """Refuse what is no day since the interview, or one that no table up to it could hold."""
    if isinstance(day, bool) or not isinstance(day, Integral) or not 0 <= day <= _LATEST:
        raise FollowupError(
            f"{name} is a whole number of days since the interview, from 0 to {_LATEST:,}, "
            f"not {day!r}."
        )
    return int(day)


def missing_in(values: pd.Series) -> np.ndarray | None:
    """Which are missing; None where none is, or none can be."""
    if isinstance(values.dtype, np.dtype) and values.dtype.kind in "iu":
        return None
    missing = values.isna().to_numpy()
    return missing if missing.any() else None


def with_days(frame: pd.DataFrame) -> pd.DataFrame:
    """Count the days between dates, where there are only dates."""
    if not isinstance(frame, pd.DataFrame):
        raise FollowupError(f"a log or a table is needed, not a {type(frame).__name__}.")
    if not frame.columns.is_unique:
        twice = frame.columns[frame.columns.duplicated()][0]
        raise FollowupError(f"two columns are named {twice!r}: rename or leave out one of them.")
    missing = {
        name: date
        for name, date in DATES.items()
        if name not in frame and {"started_on", date} <= set(frame)
    }
    if not missing:
        return frame
    start = _dates(frame["started_on"])
    days = {name: (_dates(frame[date]) - start).dt.days for name, date in missing.items()}
    return frame.assign(**{name: each.astype("Int64") for name, each in days.items()})


def _dates(values: pd.Series) -> pd.Series:
    if isinstance(values.dtype, pd.DatetimeTZDtype):
        raise no_certain_day(values.name)
    if pd.api.types.infer_dtype(values) == "string":
        # 2026-03 would be taken for its first day.
        length = values.str.strip().str.len().fillna(0)
        short = values[length.between(1, len("2026-3-1") - 1)]
        if len(short):
            raise FollowupError(
                f"{values.name} holds {short.iloc[0]!r}, which is no date: write 2026-03-31."
            )
    try:
        dates = pd.to_datetime(values, format="ISO8601")
        return dates.dt.tz_localize(None).dt.normalize()
    except (AttributeError, TypeError, ValueError):
        raise FollowupError(
            f"{values.name} holds what is no date, or dates of several kinds: write all as "
            "2026-03-31."
        ) from None


def true_in(values: pd.Series) -> np.ndarray:
    """Which are true, as truth values or in words, as a CSV file has them; what is missing is not.

    Raises
    ------
    FollowupError
        When one is neither true nor false.
    """
    if pd.api.types.is_bool_dtype(values.dtype):
        return values.fillna(False).to_numpy(dtype=bool)
    codes, words = pd.factorize(values)
    told = [_TRUTH.get(str(word).strip().lower()) for word in words]
    if None in told:
        raise FollowupError(f"{values.name} is true or false, not {words[told.index(None)]!r}.")
    return np.array([*told, False], dtype=bool)[codes]


def whole_days(days: pd.Series, name: str) -> np.ndarray:
    """Days in the smallest type that holds them, NEVER where one is missing."""
    truth = pd.api.types.is_bool_dtype(days.dtype)
    if truth or not pd.api.types.is_numeric_dtype(days.dtype):
        for day in days.dropna().unique():
            if truth or isinstance(day, bool) or not isinstance(day, (Real, Decimal)):
                raise FollowupError(f"{name} counts whole days; it holds {day!r}.")
        days = days.where(days.notna(), np.nan).astype("float64")
    whole = isinstance(days.dtype, np.dtype) and days.dtype.kind in "iu"
    values = days.to_numpy() if whole else days.array
    parts = [_small_days(part) if whole else _whole_numbers(part) for part in pieces(values)]
    if any(part is None for part in parts):
        raise _no_whole_days(days, name)
    return np.concatenate([np.empty(0, np.int8), *parts])


def _small_days(numbers: np.ndarray) -> np.ndarray | None:
    """Days in the smallest type; None if one is below 0 or higher than _MOST_DAYS."""
    highest = _highest(numbers)
    if highest > min(_MOST_DAYS, np.iinfo(numbers.dtype).max):
        return None
    return numbers.astype(np.min_scalar_type(~highest))


def _whole_numbers(part: Any) -> np.ndarray | None:
    """A piece of a column; None if it holds anything but days, or nothing, in whole numbers."""
    missing = part.isna()
    if hasattr(part, "_data") and part.dtype.kind in "iu":
        numbers = part._data  # where a day is missing, any number may stand
    else:
        told = np.where(missing, 0, part.to_numpy(float, na_value=np.nan))
        if not np.isfinite(told).all() or (told != np.floor(told)).any():
            return None
        numbers = told.astype(np.int64)
    small = _small_days(numbers)
    if small is None and missing.any():
        small = _small_days(numbers & (missing.view(np.int8) - 1))  # 0 where a day is missing
    # NEVER is -1, all bits set: filling by bits is faster than by a mask.
    return None if small is None else small | -missing.view(np.int8)


def _highest(numbers: np.ndarray) -> int:
    """The highest number; one below 0 reads as very high."""
    return int(numbers.view(f"u{numbers.itemsize}").max())


def _no_whole_days(days: pd.Series, name: str) -> FollowupError:
    """What is wrong with days of which one is below 0, too high or not whole."""
    numbers = days.to_numpy(float, na_value=np.nan)
    is_whole = np.isnan(numbers) | (np.isfinite(numbers) & (numbers == np.floor(numbers)))
    if not is_whole.all():
        return FollowupError(f"{name} counts whole days; it holds {numbers[~is_whole][0]:g}.")
    at = int(np.flatnonzero((numbers < 0) | (numbers > _MOST_DAYS))[0])
    row = "" if days.index.name == "cell" else f" in row {at}"
    why = "a day before the interview" if numbers[at] < 0 else "centuries after the interview"
    return FollowupError(
        f"{name} holds {int(numbers[at])}{row}: {why}. Mend the row or leave it out."
    )

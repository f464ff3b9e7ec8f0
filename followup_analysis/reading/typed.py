"""Columns as they are gathered -> columns of a table, in the types of the data dictionary.

The convention owned here: columns that say one thing in all rows share their memory. Whoever
writes to one of them writes to a copy, as pandas has it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from .labels import NO_NUMBER, Labels, is_constant


class Typed:
    """Makes the columns of one table; those of texts are given as numbers of labels."""

    def __init__(self, labels: Labels) -> None:
        self.labels = labels
        self._same: dict[tuple, pd.Series] = {}

    def column(self, values: np.ndarray, dtype: str) -> Any:
        """Return values in a type of the data dictionary."""
        if not is_constant(values):
            return self._typed(values, dtype)
        told = dtype, len(values), values[0].astype(np.int64).item()
        if told not in self._same:
            self._same[told] = pd.Series(self._typed(values, dtype), copy=False)
        return self._same[told]

    def table(self, columns: Mapping[str, np.ndarray], types: Mapping[str, str]) -> pd.DataFrame:
        """Return columns as a table."""
        return pd.DataFrame({n: self.column(columns[n], t) for n, t in types.items()}, copy=False)

    def _typed(self, values: np.ndarray, dtype: str) -> Any:
        if dtype == "str":
            return self.labels.texts(values)
        if dtype == "Int64":
            is_missing = values == NO_NUMBER
            if is_constant(values) and is_missing[0]:  # zeros take no memory until written
                return pd.arrays.IntegerArray(np.zeros(len(values), dtype=np.int64), is_missing)
            if is_constant(values) or is_missing.any():
                values = np.where(is_missing, 1, values)
            return pd.arrays.IntegerArray(values.astype(np.int64, copy=False), is_missing)
        if dtype == "boolean":
            return pd.arrays.BooleanArray(values == 1, values < 0)
        return np.array(values, dtype=dtype)

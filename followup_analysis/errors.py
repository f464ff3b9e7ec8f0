"""What can be wrong with an input, said so that its owner can mend it."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd


class FollowupError(ValueError):
    """Anything that the user can mend; its message says how."""


class LogError(FollowupError):
    """A file or table that cannot be read as a job-search log.

    Attributes
    ----------
    problems : pandas.DataFrame or None
        One row per problem, with the columns of ``JobSearchLog.problems``.
    """

    def __init__(self, message: str, problems: pd.DataFrame | None = None) -> None:
        super().__init__(message)
        self.problems = problems


class ColumnError(FollowupError):
    """A column that the table does not have.

    Examples
    --------
    >>> print(ColumnError("stagee", ["role_family", "stage"]))
    there is no column 'stagee'. Did you mean 'stage'? The columns are: role_family, stage.
    """

    def __init__(self, name: object, columns: Iterable[object], remedy: str = "") -> None:
        known = [str(column) for column in columns]
        close = get_close_matches(str(name), known, n=1)
        hint = f" Did you mean {close[0]!r}?" if close else ""
        super().__init__(
            f"there is no column {name!r}.{hint} The columns are: {', '.join(known)}.{remedy}"
        )

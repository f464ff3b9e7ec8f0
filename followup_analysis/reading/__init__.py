"""Any job-search log -> JobSearchLog; `read.py` names the steps in their order.

The steps are loaded when a log is read: to import the package stays light.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..log import JobSearchLog

__all__ = ["read_log"]


def read_log(
    source: object,
    *,
    columns: Mapping[str, str | None] | None = None,
    vocabulary: Mapping[str, str | None] | None = None,
    dayfirst: bool | None = None,
    as_of: object = None,
    strict: bool = False,
    mine_notes: bool = True,
) -> JobSearchLog:
    r"""Read a job-search log, whatever it was kept in.

    A sheet may hold one row per application, per interview, per follow-up or per event; several
    sheets or files of one search are joined by application.

    Parameters
    ----------
    source : str, path, open file, pandas.DataFrame, or list of these
        Delimited text in any usual encoding, or a workbook.
    columns : mapping of str to str, optional
        What a column is, where its header does not tell: ``{"Sent": "applied_on"}``. None leaves
        a column as it is.
    vocabulary : mapping of str to str, optional
        What a word means: ``{"thanks but no thanks": "rejected"}``. None means nothing.
    dayfirst : bool, optional
        Whether 3/4/2026 is 3 April. Found from the dates where they tell.
    as_of : date-like, optional
        The last day on which an answer would have been written down; the day of the latest done
        event unless given.
    strict : bool
        Raise an error if anything cannot be read, instead of setting it aside.
    mine_notes : bool
        Read follow-ups with a date out of the notes.

    Returns
    -------
    JobSearchLog
        With ``problems``, ``set_aside`` and ``mapping``.

    Raises
    ------
    LogError
        When the source is no log, when a column of dates reads both ways, when `dayfirst` is
        neither true nor false, or, with `strict`, when there is any problem.

    Examples
    --------
    >>> import io
    >>> text = "Company,Applied,Interview,Rejected\nAcme,2026-01-05,2026-01-12,2026-01-20"
    >>> log = read_log(io.StringIO(text))
    >>> log.events[["date", "kind", "line", "column"]]
            date       kind  line     column
    0 2026-01-12  interview     2  Interview
    1 2026-01-20  rejection     2   Rejected
    """
    from .read import read_source

    return read_source(
        source,
        columns=columns or {},
        vocabulary=vocabulary,
        dayfirst=dayfirst,
        as_of=as_of,
        strict=strict,
        mine_notes=mine_notes,
    )

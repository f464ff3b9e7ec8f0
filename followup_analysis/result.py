"""What every analysis returns: a sentence, an unrounded table, notes, and a picture on request."""

from __future__ import annotations

from dataclasses import dataclass, field
from html import escape
from typing import TYPE_CHECKING

import pandas as pd

from . import charts

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_DIGEST_ROWS = 12


@dataclass(frozen=True, repr=False, eq=False)
class Result:
    """An answer that can be read, computed with, and looked at.

    Parameters
    ----------
    sentence : str
        The answer in plain language, with its count, interval and verdict.
    table : pandas.DataFrame
        Unrounded and tidy; where they apply, the columns ``n_risk``, ``n_event``, ``estimate``,
        ``std_error``, ``conf_low``, ``conf_high`` and ``level``.
    notes : tuple of str
        Assumptions, lines set aside, small cells.
    chart : str
        Name of the function of the ``charts`` module that draws the table.
    alt : str
        What the picture shows, for those who cannot see it; the sentence is added to it.
    """

    sentence: str
    table: pd.DataFrame
    notes: tuple[str, ...] = ()
    chart: str = ""
    alt: str = ""

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the table.

        Parameters
        ----------
        ax : matplotlib.axes.Axes, optional
            Where to draw; new axes unless given.

        Returns
        -------
        matplotlib.axes.Axes
        """
        return getattr(charts, self.chart)(self.table, ax=ax)

    def picture(self) -> charts.Picture:
        """Draw the table as a picture with the sentence below, and its own alternative text."""
        return charts.picture(self.plot, self.table, alt=self.alt, caption=self.sentence)

    def __repr__(self) -> str:
        digest = self._digest()
        parts = [self.sentence, digest.to_string(index=False)]
        if len(digest) < len(self.table):
            parts.append(f"({len(digest)} of {len(self.table):,} rows; all in .table)")
        parts += [f"- {note}" for note in self.notes]
        return "\n".join(parts)

    def _repr_html_(self) -> str:
        notes = "".join(f"<li>{escape(note)}</li>" for note in self.notes)
        table = self._digest().to_html(index=False, escape=True, border=0)
        more = len(self.table) - len(self._digest())
        rest = f"<p>{more:,} more rows: <code>.table</code></p>" if more else ""
        return f"<p><b>{escape(self.sentence)}</b></p>{table}{rest}<ul>{notes}</ul>"

    def _digest(self) -> pd.DataFrame:
        """Return some rows, spread over the table, rounded for reading."""
        n = len(self.table)
        step = max(1, -(-n // _DIGEST_ROWS))
        rows = self.table.iloc[(n - 1) % step :: step] if n else self.table
        rounded = rows.round(dict.fromkeys(rows.select_dtypes("number"), 3))
        # Added to 0, what rounds to -0.0 is 0.0.
        return rounded.assign(**{name: rounded[name] + 0 for name in rounded.select_dtypes(float)})


@dataclass(frozen=True, repr=False, eq=False)
class Cases(Result):
    """An answer together with the single cases behind it.

    Parameters
    ----------
    sentence, table, notes, chart, alt
        As for `Result`.
    cases : pandas.DataFrame
        One row per case.
    """

    cases: pd.DataFrame = field(default_factory=pd.DataFrame)

"""Days with their counts -> a calendar: a column for each week, a square for each day."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from .paper import BLOCK, BLOCKS, INK, MUTED, new_axes, nothing

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_DAYS = ("Mon", "", "Wed", "", "Fri", "", "Sun")
_ROWS = 10  # seven days, and room for the names of the months below
_DARK = 0.55  # of the scale, from which on a dot is white


def activity(table: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Draw how much happened on each day as a heat map; a dot marks the day of an interview."""
    ax = ax or new_axes(table)
    if table.empty:
        return nothing(ax)
    from matplotlib.colors import LinearSegmentedColormap

    placed = _place(table)
    squares = placed.pivot(index="row", columns="column", values="n")
    squares = squares.reindex(np.arange(squares.index.max() // _ROWS * _ROWS + 7))
    most = max(1, int(table["n"].max()))
    # Not by seaborn: to load it alone takes a second, a fifth of the page at a glance.
    mesh = ax.pcolormesh(
        np.ma.masked_invalid(squares.to_numpy(dtype=float)), vmin=0, vmax=most, linewidth=0.8,
        edgecolor="white", cmap=LinearSegmentedColormap.from_list("days", ["#F0F0F2", "#08306B"]),
    )  # fmt: skip
    ax.set_aspect("equal")
    ax.invert_yaxis()
    ax.set_xticks([])
    ax.spines[:].set_visible(False)
    bar: Any = ax.figure.colorbar(
        mesh, ax=ax, orientation="horizontal", shrink=0.3, aspect=20, anchor=(1, 1), pad=0.02,
        ticks=sorted({0, most // 2, most}),
    )  # fmt: skip
    bar.outline.set_visible(False)
    bar.set_label("entries on a day", fontsize="small")
    bar.ax.tick_params(labelsize="small", length=2)
    _mark_interviews(ax, placed[placed["interviews"] > 0], most)
    _name_days(ax, placed)
    ax.set_ylabel("")
    cut = f"; the last {BLOCKS * BLOCK} weeks" if len(placed) < len(table) else ""
    ax.set_xlabel(f"dot: a day with an interview{cut}", loc="left", fontsize="small", labelpad=8)
    return ax


def _place(table: pd.DataFrame) -> pd.DataFrame:
    """Return the row and the column of each day; searches of years go on in rows below."""
    recent = table[table["week"] > table["week"].max() - BLOCKS * BLOCK]
    week = recent["week"] - recent["week"].iloc[0]
    row = _ROWS * (week // BLOCK) + recent["weekday"]
    return recent.assign(row=row, column=week % BLOCK)


def _mark_interviews(ax: Axes, days: pd.DataFrame, most: int) -> None:
    colours = np.where(days["n"] > _DARK * most, "white", INK)
    ax.scatter(days["column"] + 0.5, days["row"] + 0.5, s=7, c=colours, lw=0, zorder=3)


def _name_days(ax: Axes, placed: pd.DataFrame) -> None:
    """Name the weekdays on the left, and each month over the week in which it begins."""
    blocks = np.arange(placed["row"].max() // _ROWS + 1)
    at = [(_ROWS * block + day + 0.5, name) for block in blocks for day, name in enumerate(_DAYS)]
    ax.set_yticks([row for row, _ in at], [name for _, name in at], rotation=0, fontsize="small")
    ax.tick_params(length=0)
    first = placed.index == placed.index[0]
    begins = placed[first | (placed["date"].dt.day == 1)]
    if len(begins) > 1 and begins["week"].iloc[1] - begins["week"].iloc[0] < 3:
        begins = begins.iloc[1:]  # its name would run into the next
    for day in begins.itertuples():
        year = f"\n{day.date:%Y}" if day.date.month == 1 or day.Index == begins.index[0] else ""
        corner = (day.column, day.row // _ROWS * _ROWS - 0.15)
        ax.annotate(f"{day.date:%b}{year}", corner, va="bottom", fontsize="small", color=MUTED,
                    annotation_clip=False)  # fmt: skip

"""What is due, what was planned, and what a coin decided -> days on one axis."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from .contrasts import effect
from .paper import (
    GROUP_COLOURS,
    INK,
    LANE,
    MUTED,
    new_axes,
    nothing,
    percent,
    plain,
    reach,
    say,
    signed,
    tidy,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_MOST_DAYS = 30  # to either side; what lies further is drawn at the edge
_LOOKS: dict[str, dict[str, Any]] = {
    "due": {"marker": "o", "color": "#D55E00", "label": "due"},
    "coming": {"marker": "o", "mfc": "white", "color": GROUP_COLOURS[0], "label": "coming"},
}


def due(table: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Draw a lane for each follow-up that is owed, by days from the day that is asked about."""
    from matplotlib.ticker import MaxNLocator

    ax = ax or new_axes(table)
    rows = table[table["lane"].notna()]
    if rows.empty:
        return nothing(ax)
    at = -rows["days_late"].to_numpy(dtype=float).clip(-_MOST_DAYS, _MOST_DAYS)
    ax.hlines(rows["lane"], np.minimum(at, 0), np.maximum(at, 0), color=LANE, lw=2, zorder=1)
    ax.axvline(0, color=MUTED, lw=1, zorder=0)
    for status, look in _LOOKS.items():
        which = (rows["status"] == status).to_numpy()
        if which.any():
            ax.plot(at[which], rows.loc[which, "lane"], ls="none", ms=7, zorder=3, **look)
    for day, lane, late in zip(at, rows["lane"], rows["days_late"], strict=True):
        if abs(late) > _MOST_DAYS:
            side, shift = ("left", 6) if late > 0 else ("right", -6)
            say(ax, day, lane, signed(-late), INK, (shift, 3), side)
    ax.set_yticks(rows["lane"], [_lane_name(row) for row in rows.itertuples()], fontsize=8)
    usual = rows["still_waiting"].notna()
    for row in rows[usual].itertuples():
        ax.annotate(
            f"{100 * row.still_waiting:.0f}", (1.01, row.lane), va="center", fontsize="small",
            xycoords=("axes fraction", "data"), annotation_clip=False,
        )  # fmt: skip
    if usual.any():
        ax.annotate("of 100 others,\nstill open", (1.0, 1.01), xycoords="axes fraction",
                    ha="center", va="bottom", fontsize="small", annotation_clip=False)  # fmt: skip
    ax.set(ylim=(rows["lane"].max() + 0.6, -0.6), xlabel="days from the day of this list")
    ax.set_xlim(min(-1.0, at.min() - 1), max(1.0, at.max() + 1))
    ax.xaxis.set_major_formatter(lambda day, _: signed(day))
    ax.xaxis.set_major_locator(MaxNLocator(7, integer=True))
    if more := int((table["status"] != "rest").sum()) - len(rows):
        ax.set_xlabel(f"days from the day of this list; {more} more are in its table")
    ax.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=2, frameon=False, fontsize="small")
    return tidy(ax, grid="x")


def plan_kept(table: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Draw the share of plans that was done, by days after the planned day."""
    ax = ax or new_axes(table)
    rows = table[table["estimate"].notna()].reset_index(drop=True)
    if rows.empty:
        return nothing(ax)
    look: dict[str, Any] = {"fmt": "o", "color": GROUP_COLOURS[0], "ms": 8, "capsize": 4, "lw": 2}
    ax.errorbar(rows.index, rows["estimate"], yerr=reach(rows), **look)
    for place, row in rows.iterrows():
        say(ax, float(place), row["estimate"], f"{100 * row['estimate']:.0f}", INK, (8, 3), "left")
    each = zip(rows["late"], rows["n_event"], rows["n_risk"], strict=True)
    labels = [f"{late}\n{done} of {n}" for late, done, n in each]
    ax.set_xticks(rows.index, labels)
    ax.set(ylim=(0, 1.03), xlim=(-0.5, len(rows) - 0.5), ylabel="plans that were done")
    ax.set_xlabel("at most so many days after the planned day,\nand how many were done")
    percent(ax)
    return tidy(ax, grid="y")


def randomised_effect(table: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Draw the differences between the arms of a coin as dots with their intervals."""
    ax = effect(table, ax=ax)
    ax.set_xlabel("more or fewer in 100 when writing early rather than late")
    return ax


def _lane_name(row: Any) -> str:
    company = row.company if pd.notna(row.company) else row.application_id
    # What a file calls a company is text, never a formula.
    return plain(company)

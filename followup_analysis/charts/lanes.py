"""Marks of a timeline -> a lane per interview; counts of people -> a bar for each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from .paper import (
    COLOURS,
    INK,
    LANE,
    MOST_BARS,
    MOST_LANES_NAMED,
    named,
    new_axes,
    nothing,
    plain,
    tidy,
)  # fmt: skip

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_ENDING_MARKS = {"yes": "^", "no": "X", "withdrawn": "s", "open": ">"}
_ENDING_HATCHES = {"yes": "", "no": "///", "withdrawn": "...", "open": "||"}
_CHANNEL_MARKS = {
    "call": "o",
    "letter": "D",
    "note": "P",
    "email": "v",
    "message": "h",
    "in_person": "p",
}
_ABOVE = 0.2  # contacts stand a little above their lane, clear of the answer on the same day


def timeline(table: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Draw a lane per interview, the longest wait on top."""
    ax = ax or new_axes(table)
    ends = table[table["mark"] == "ending"]
    if ends.empty:
        return nothing(ax)
    sent = table[table["mark"] == "follow_up"]
    seen = pd.concat([ends.loc[ends["detail"] != "open", "day"], sent["day"]])
    edge = int(max([30, *seen]))
    fit = min(1, MOST_LANES_NAMED / len(ends))  # many lanes are thin, with small marks
    ax.hlines(ends["lane"], -0.3, ends["day"].clip(upper=edge), color=LANE, lw=2 * fit, zorder=1)
    for ending, marker in _ENDING_MARKS.items():
        rows = ends[ends["detail"] == ending]
        days = rows["day"].clip(upper=edge)
        _marks(ax, days, rows["lane"], marker, COLOURS[ending], named(ending), size=52 * fit**0.5)
    for channel, rows in sent.groupby("detail", sort=True):
        marker = _CHANNEL_MARKS.get(str(channel), "*")
        name = plain(str(channel).replace("_", " "))
        _marks(ax, rows["day"], rows["lane"] - _ABOVE, marker, INK, name, size=34 * fit**0.5)
    plans = table[(table["mark"] == "planned") & (table["day"] <= edge)]
    above = plans["lane"] - _ABOVE
    _marks(ax, plans["day"], above, "o", "none", "planned", size=20 * fit**0.5, edge=INK)
    ax.set(xlim=(-1, edge + 1), ylim=(len(ends) - 0.4, -0.6), xlabel="days since the interview")
    _name_lanes(ax, ends)
    _name_cut(ax, ends[ends["day"] > edge], named=len(ends) <= MOST_LANES_NAMED)
    # Above the lanes, and to the left over their names: it covers nothing.
    ax.legend(loc="lower right", bbox_to_anchor=(1, 1), ncols=4, frameon=False, fontsize="small",
              columnspacing=1, handletextpad=0.2, markerscale=fit**-0.25)  # fmt: skip
    return tidy(ax, grid="x")


def people(table: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Draw a bar of endings for each person, as long as their interviews; the first ones only."""
    ax = ax or new_axes(table)
    shown = table[table["interviews"] > 0].head(MOST_BARS)
    if shown.empty:
        return nothing(ax)
    from matplotlib.ticker import MaxNLocator

    left = pd.Series(0, shown.index)
    at = range(len(shown))
    for ending, hatch in _ENDING_HATCHES.items():
        look: dict[str, Any] = {"color": COLOURS[ending], "hatch": hatch, "ec": "white", "lw": 0}
        ax.barh(at, shown[ending], left=left, height=0.8, label=named(ending), **look)
        left = left + shown[ending]
    names = [plain(name) for name in shown["person"]]
    ax.set_yticks(at, names, fontsize="small")
    ax.set(ylim=(len(shown) - 0.4, -0.6), xlim=(0, left.max() * 1.02))
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    rest = f"; the {len(shown)} who owe most follow-ups" if len(shown) < len(table) else ""
    ax.set_xlabel(f"interviews{rest}")
    ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1), ncols=4, frameon=False, fontsize="small")
    return tidy(ax, grid="x")


def _marks(
    ax: Axes,
    days: pd.Series,
    lanes: pd.Series,
    marker: str,
    colour: str,
    label: str,
    size: float,
    edge: str = "white",
) -> None:
    if len(days):
        ax.scatter(
            days,
            lanes,
            marker=marker,
            s=2.5 * size if marker == "*" else size,  # the points of a star fill little room
            facecolor=colour,
            edgecolor=edge,
            lw=0.1 * size**0.5,
            label=label,
            zorder=3,
        )


def _name_lanes(ax: Axes, ends: pd.DataFrame) -> None:
    if len(ends) <= MOST_LANES_NAMED:
        names = [plain(name) for name in ends["label"]]
        ax.set_yticks(ends["lane"], names, fontsize=7.5)
    else:
        ax.set_yticks([])
        ax.set_ylabel(f"{len(ends):,} interviews, the longest wait on top")


def _name_cut(ax: Axes, cut: pd.DataFrame, *, named: bool) -> None:
    """Say how long the lanes are that go on beyond the edge."""
    if named:
        for row in cut.itertuples():
            ax.annotate(f"{row.day} days", (1.01, row.lane), va="center", fontsize=7.5,
                        xycoords=("axes fraction", "data"), annotation_clip=False)  # fmt: skip
    elif len(cut):
        ax.set_xlabel(f"days since the interview; {len(cut):,} go on, to {cut['day'].max():,}")

"""Steps from one place to the next -> ribbons as wide as their counts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from .paper import COLOURS, GROUP_COLOURS, INK, MUTED, new_axes, nothing

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# From top to bottom.
_ENDS = {
    "Offer": COLOURS["yes"],
    "Interview ahead": COLOURS["open"],
    "Withdrawn": COLOURS["withdrawn"],
    "Rejected": COLOURS["no"],
    "No answer": COLOURS["silent"],
}
_HALF = 0.0125  # of the width of a place, as a share of the picture
_GAP = 0.08  # between rows, as a share of all
_EDGE = {"left": -1, "center": 0, "right": 1}
_THINNEST = 0.055  # ribbon that can hold its number, as a share of all


def sankey(table: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Draw the rounds in the top row, the ends below each other, and ribbons between them."""
    ax = ax or new_axes(table)
    if table.empty:
        return nothing(ax)
    places = _place(table)
    total, half = int(places["n"].max()), _HALF * places["x"].max()
    for ribbon in _lay(table, places).itertuples():
        _draw_ribbon(ax, ribbon, half, _ENDS.get(ribbon.target, GROUP_COLOURS[0]))
        if ribbon.n >= _THINNEST * total:
            at = (ribbon.x + 1.5 * half, ribbon.leaves + ribbon.n / 2)
            ax.annotate(f"{ribbon.n:,}", at, va="center", fontsize="x-small", color=INK)
    for place in places.itertuples():
        colour = _ENDS.get(place.Index, GROUP_COLOURS[0] if place.x else MUTED)
        ax.bar(place.x, place.n, 2 * half, place.top, color=colour, ec=colour, label=place.Index)
        _name(ax, place, half, narrow=places["x"].max() > 3)
    bottom = (places["top"] + places["n"]).max()
    ax.set(xlim=(-half, places["x"].max() + half), ylim=(bottom, -0.01 * total))
    ax.set_axis_off()
    return ax


def _place(table: pd.DataFrame) -> pd.DataFrame:
    """Return across, from the top and how tall each place stands."""
    leaving, coming = (table.groupby(side)["n"].sum() for side in ("source", "target"))
    stops = list(dict.fromkeys(table["source"]))
    ends = [end for end in _ENDS if end in coming]
    n = [*leaving[stops], *coming[ends]]
    x = [*range(len(stops)), *[len(stops)] * len(ends)]
    # The ends stand below the row of interviews, so that no ribbon passes behind one.
    gap = _GAP * leaving.max()
    floor = n[1] if len(stops) > 1 else -gap
    heights = np.cumsum([floor, *(coming[end] + gap for end in ends)])
    top = [0.0] * len(stops) + [*(heights[:-1] + gap)]
    return pd.DataFrame({"x": x, "top": top, "n": n}, index=[*stops, *ends])


def _lay(table: pd.DataFrame, places: pd.DataFrame) -> pd.DataFrame:
    """Return where each ribbon leaves and enters: what leaves late enters on top."""
    out = table.assign(x=table["source"].map(places["x"]), end=table["target"].map(places["x"]))
    for edge, side, rows in (("leaves", "source", out), ("enters", "target", out[::-1])):
        above = rows.groupby(side)["n"].cumsum() - rows["n"]
        out[edge] = rows[side].map(places["top"]) + above
    return out


def _draw_ribbon(ax: Axes, ribbon: Any, half: float, colour: str) -> None:
    """Draw a ribbon that bends right after its source, then runs straight along its row."""
    way = np.linspace(0, 1, 50)
    bend = way * way * (3 - 2 * way)
    x = np.append(ribbon.x + half + way * (1 - 2 * half), ribbon.end)
    top = np.append(ribbon.leaves + bend * (ribbon.enters - ribbon.leaves), ribbon.enters)
    label = f"{ribbon.source} to {ribbon.target}"
    look: dict[str, Any] = {"color": colour, "alpha": 0.45, "lw": 0.4, "label": label}
    ax.fill_between(x, top, top + ribbon.n, **look)


def _name(ax: Axes, place: Any, half: float, *, narrow: bool) -> None:
    say: dict[str, Any] = {"textcoords": "offset points", "fontsize": "small", "color": INK}
    if place.Index in _ENDS:
        at, text = (place.x + half, place.top + place.n / 2), f"{place.Index} {place.n:,}"
        ax.annotate(text, at, (5, 0), va="center", annotation_clip=False, **say)
    else:
        # Where there are many rounds, only the first says that they are interviews.
        name = place.Index.replace(" ", "\n") if narrow else place.Index
        name = name.split()[0] if narrow and place.x > 1 else name
        side = "center" if place.x else "right" if narrow else "left"
        at, text = (place.x + _EDGE[side] * half, place.top), f"{name}\n{place.n:,}"
        ax.annotate(text, at, (0, 4), va="bottom", ha=side, annotation_clip=False, **say)

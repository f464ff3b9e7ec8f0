"""Effects in groups -> a forest: each by itself hollow, pulled together solid, all below."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from .paper import (
    GROUP_COLOURS,
    INK,
    LANE,
    MUTED,
    in_100,
    new_axes,
    nothing,
    reach,
    say,
    signed,
    tidy,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_LOOKS: dict[str, dict[str, Any]] = {
    "raw": {"marker": "D", "mfc": "none", "color": MUTED, "ms": 5, "lw": 1, "capsize": 2},
    "shrunken": {"marker": "o", "color": GROUP_COLOURS[0], "ms": 8, "lw": 2.5, "capsize": 4},
    "main": {"marker": "s", "color": INK, "ms": 7, "lw": 2, "capsize": 4},
}
_SAID = {"raw": "each by itself", "shrunken": "pulled together"}
_ABOVE = {"raw": -0.17, "shrunken": 0.17, "main": 0.0}


def forest_of_levels(table: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Draw the effect in each group, by itself and pulled together, and in all interviews."""
    rows = table[table["quantity"] == "difference_yes"]
    ax = ax or new_axes(table)
    if rows.empty:
        return nothing(ax)
    groups = list(dict.fromkeys(rows["group"]))
    ax.axvline(0, color=MUTED, lw=1)
    ax.axhline(len(groups) - 1.5, color=LANE, lw=1)
    for _, row in rows.iterrows():
        place = groups.index(row["group"]) + _ABOVE[row["kind"]]
        width = reach(rows.loc[[row.name]])
        first = place < 0.5 and row["kind"] in _SAID  # one dot of each kind names the rest
        label = _SAID[row["kind"]] if first else None
        ax.errorbar(row["estimate"], place, xerr=width, label=label, **_LOOKS[row["kind"]])
        if row["kind"] != "raw":
            say(ax, row["conf_high"], place, signed(100 * row["estimate"]), INK, (5, -3), "left")
    ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1), ncols=2, frameon=False, fontsize="small")
    sizes = rows.drop_duplicates("group")
    labels = [
        f"{name}\nn = {n:,}, {yes:,} yes".replace("$", r"\$")
        for name, n, yes in zip(sizes["group"], sizes["n"], sizes["n_yes"], strict=True)
    ]
    ax.set_yticks(np.arange(len(groups)), labels, fontsize="small")
    ax.set(ylim=(len(groups) - 0.4, -0.75), xlabel="more or fewer yes in 100 when writing")
    in_100(ax.xaxis)
    ax.margins(x=0.08)
    return tidy(ax, grid="x")

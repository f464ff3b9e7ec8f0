"""Ratings before and after writing -> a thin line per process, and the estimate on top."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from .paper import GROUP_COLOURS, INK, LANE, MUTED, differences, new_axes, nothing, signed, tidy

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_PANELS = {"stress": ("stress", 0.0), "control": ("sense of control", 0.54)}
_DAYS = (-8, 15)  # around the day of writing


def sense_of_control(table: pd.DataFrame, cases: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Draw stress and control side by side, in points from the own level before writing."""
    ax = ax or new_axes(table)
    if table.empty:
        return nothing(ax)
    lines = cases[cases["change"].notna() & cases["from_writing"].between(*_DAYS)]
    reach = float(np.ceil(max(1.0, lines["change"].abs().max())))
    ax.set_axis_off()
    for (rating, (title, left)), colour in zip(_PANELS.items(), (1, 0), strict=True):
        panel = ax.inset_axes((left, 0, 0.46, 1))
        _lines(panel, lines[lines["rating"] == rating])
        effect = table[(table["rating"] == rating) & (table["term"] == "after writing")]
        for row in effect.itertuples():
            _estimate(panel, row, GROUP_COLOURS[colour])
        panel.set(xlim=_DAYS, ylim=(-reach, reach), xlabel="days from writing", title=title)
        differences(panel.yaxis)
        if left:
            panel.set_yticklabels([])
        else:
            panel.set_ylabel("points from own level before")
        tidy(panel, grid="y")
    return ax


def _lines(panel: Axes, lines: pd.DataFrame) -> None:
    panel.axvline(0, color=LANE, lw=1)
    panel.axhline(0, color=MUTED, lw=1)
    faint = float(np.clip(15 / max(lines["process"].nunique(), 1), 0.08, 0.45))
    for _, line in lines.groupby("process"):
        panel.plot(line["from_writing"], line["change"], color=MUTED, lw=0.7, alpha=faint)


def _estimate(panel: Axes, row: Any, colour: str) -> None:
    """Draw what goes with writing as a step, with its limits as a band."""
    after = np.array([0.5, _DAYS[1]])
    panel.fill_between(after, row.conf_low, row.conf_high, color=colour, alpha=0.3, lw=0, zorder=3)
    panel.plot([_DAYS[0], 0], [0, 0], color=colour, lw=3, zorder=4)
    panel.plot(after, [row.estimate] * 2, color=colour, lw=3, zorder=4)
    estimate, low, high = (signed(n, 1) for n in (row.estimate, row.conf_low, row.conf_high))
    text = f"but for the wait:\n{estimate} ({low} to {high})"
    box = {"facecolor": "white", "alpha": 0.8, "lw": 0, "pad": 1}
    panel.text(0.98, 0.04, text, transform=panel.transAxes, ha="right", color=INK, bbox=box)

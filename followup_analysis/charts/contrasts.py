"""Differences -> dots with intervals beside the line, or over the band, of no effect."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from .paper import (
    BAND,
    COLOURS,
    GROUP_COLOURS,
    INK,
    LANE,
    MUTED,
    in_100,
    new_axes,
    nothing,
    percent,
    reach,
    say,
    signed,
    tidy,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def timing(table: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Draw the share of yes by day of follow-up: raw hollow, pulled together solid."""
    ax = ax or new_axes(table)
    yes = table[table["ending"] == "yes"].reset_index(drop=True)
    if not yes["n"].any():
        return nothing(ax)
    at = yes.index.to_numpy(dtype=float)
    band: dict[str, Any] = {"width": 0.72, "color": BAND, "lw": 0, "zorder": 0.5}
    heights = yes["null_high"] - yes["null_low"]
    ax.bar(at, heights, bottom=yes["null_low"], label="if following up did nothing", **band)
    ax.hlines(yes["null_mean"], at - 0.36, at + 0.36, color="white", lw=2, zorder=0.6)
    pulled = f"bins pulled together, with {100 * yes['level'].iloc[0]:g} % limits"
    ax.errorbar(
        at,
        yes["estimate"],
        yerr=reach(yes),
        fmt="o",
        color=GROUP_COLOURS[0],
        ms=7,
        capsize=3,
        label=pulled,
    )
    raw: dict[str, Any] = {"mfc": "none", "mec": MUTED, "ms": 5, "label": "each bin on its own"}
    ax.plot(at - 0.18, yes["raw"], "D", clip_on=False, **raw)
    ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1), ncols=2, frameon=False, fontsize="small")
    ax.axvline(len(yes) - 1.5, color=LANE, lw=1)
    labels = [f"{name}\nn = {n}" for name, n in zip(yes["bin"], yes["n"], strict=True)]
    ax.set_xticks(at, labels)
    ax.set(
        ylim=(0, min(1, 1.1 * max(0.4, yes[["conf_high", "raw", "null_high"]].max(axis=None)))),
        xlim=(-0.6, len(yes) - 0.4),
        xlabel="day of the first follow-up",
        ylabel="answered with yes",
    )
    # At a given height: else every layout looks for one anew.
    ax.set_title("Naive: late follow-ups can only reach slow processes", pad=40, y=1)
    percent(ax)
    return tidy(ax, grid="y")


def effect(table: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Draw the differences in yes, no and silence as dots with their intervals, and no effect."""
    ax = ax or new_axes(table)
    names = {"difference_yes": "yes", "difference_no": "no", "difference_silent": "silence"}
    rows = table[table["quantity"].isin(list(names))].reset_index(drop=True)
    if rows.empty:
        return nothing(ax)
    at = np.arange(len(rows))
    ax.axvline(0, color=MUTED, lw=1)
    for place, row in rows.iterrows():
        colour = COLOURS[{"silence": "open"}.get(names[row["quantity"]], names[row["quantity"]])]
        ax.errorbar(
            row["estimate"],
            place,
            xerr=reach(rows.loc[[place]]),
            color=colour,
            capsize=4,
            ms=8,
            lw=2,
            marker="osD"[place],
        )
        say(ax, row["estimate"], place, signed(100 * row["estimate"]), INK, (0, 9), "center")
    ax.set_yticks(at, [names[quantity] for quantity in rows["quantity"]])
    ax.set(ylim=(len(rows) - 0.5, -0.6), xlabel="more or fewer in 100 when writing")
    in_100(ax.xaxis)
    return tidy(ax, grid="x")


def timing_curve(table: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Draw the effect of writing by each day with the band that holds the whole curve."""
    ax = ax or new_axes(table)
    rows = table[table["kind"] == "by_day"] if "kind" in table else table
    if rows.empty:
        return nothing(ax)
    ax.axhline(0, color=MUTED, lw=1)
    ax.fill_between(
        rows["day"], rows["conf_low"], rows["conf_high"], color=GROUP_COLOURS[0], alpha=0.18, lw=0
    )
    ax.plot(rows["day"], rows["estimate"], "o-", color=GROUP_COLOURS[0], ms=5)
    text = f"holds the whole curve\nin {100 * rows['level'].iloc[0]:g} % of logs"
    last = rows.iloc[-1]
    say(ax, last["day"], last["conf_high"], text, GROUP_COLOURS[0], (0, 4), "right")
    ax.set(xlabel="write by day", ylabel="more or fewer yes in 100")
    in_100(ax.yaxis)
    ax.margins(y=0.2)
    return tidy(ax, grid="y")


def speed_up(table: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Draw the days saved, and how much of them is yes come sooner and no come sooner."""
    ax = ax or new_axes(table)
    names = {
        "days_saved": "any answer",
        "days_saved_yes": "of it, yes",
        "days_saved_no": "of it, no",
    }
    rows = table[table["quantity"].isin(list(names))]
    labels = [names[quantity] for quantity in rows["quantity"]]
    _forest(ax, rows, labels, [GROUP_COLOURS[0], COLOURS["yes"], COLOURS["no"]], 1)
    ax.set_xlabel("days saved by writing")
    return ax


def compare_methods(table: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Draw naive comparisons hollow above, honest ones solid below, and the truth if known."""
    ax = ax or new_axes(table)
    naive = table["kind"] == "naive"
    colours = [MUTED if each else GROUP_COLOURS[0] for each in naive]
    labels = [
        f"{method}\n(naive)" if each else method
        for method, each in zip(table["method"], naive, strict=True)
    ]
    _forest(ax, table, labels, colours, 0, scale=100, hollow=naive)
    ax.axhline(naive.sum() - 0.5, color=LANE, lw=1)
    if "truth" in table:
        truth = table["truth"].iloc[0]
        ax.axvline(truth, color=COLOURS["yes"], lw=2, ls="--", zorder=0.5)
        ax.annotate(
            "truth",
            (truth, 1),
            xycoords=("data", "axes fraction"),
            color=COLOURS["yes"],
            ha="center",
            va="bottom",
        )
    ax.set_xlabel("more or fewer yes in 100")
    in_100(ax.xaxis)
    return ax


def landmark(table: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Draw the difference in yes at each landmark: crude hollow, weighted solid."""
    ax = ax or new_axes(table)
    if table["estimate"].isna().all():
        return nothing(ax)
    days = table.drop_duplicates("day")
    ax.axhline(0, color=MUTED, lw=1)
    looks: dict[str, dict[str, Any]] = {
        "crude": {"marker": "D", "mfc": "none", "color": MUTED, "ms": 5, "elinewidth": 1},
        "weighted": {"marker": "o", "color": GROUP_COLOURS[0], "ms": 7, "elinewidth": 2},
    }
    for method, rows in table.groupby("method"):
        at = np.arange(len(rows)) + (0.12 if method == "weighted" else -0.12)
        label = "alike in what was known" if method == "weighted" else "as they are"
        look = {"ls": "none", "capsize": 3, **looks[method]}
        ax.errorbar(at, rows["estimate"], yerr=reach(rows), label=label, **look)
    each = zip(days["day"], days["n_followed_up"], days["n_not_yet"], strict=True)
    ax.set_xticks(np.arange(len(days)), [f"day {day}\n{a} : {b}" for day, a, b in each])
    ax.set_xlabel("still open at the end of the day: written to against not yet")
    ax.set_ylabel("more or fewer yes in 100")
    ax.set_xlim(-0.5, len(days) - 0.5)
    in_100(ax.yaxis)
    ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1), ncols=2, frameon=False, fontsize="small")
    return tidy(ax, grid="y")


def hazard_ratio(table: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Draw the honest and the naive ratio on one logarithmic axis."""
    ax = ax or new_axes(table)
    rows = table[table["term"].str.contains("followed up") & table["estimate"].notna()]
    if rows.empty:
        return nothing(ax)
    ax.axvline(1, color=MUTED, lw=1)
    for place, (_, row) in enumerate(rows.iterrows()):
        naive = row["method"] == "naive"
        colour = MUTED if naive else GROUP_COLOURS[0]
        face = "none" if naive else colour
        width = reach(rows.iloc[[place]])
        look: dict[str, Any] = {"marker": "D" if naive else "o", "mfc": face, "ms": 8, "lw": 2}
        ax.errorbar(row["estimate"], place, xerr=width, color=colour, capsize=4, **look)
        say(ax, row["estimate"], place, f"{row['estimate']:.2f}", INK, (0, 9), "center")
    names = {"time-varying": "from the day\nafter writing", "naive": "naive: ever\nwritten"}
    ax.set_yticks(np.arange(len(rows)), [names[method] for method in rows["method"]])
    ax.set_xscale("log")
    ax.xaxis.set_major_formatter(lambda ratio, _: f"{ratio:g}")
    ax.xaxis.set_minor_formatter(lambda ratio, _: f"{ratio:g}" if f"{ratio:e}"[0] in "25" else "")
    ax.set(ylim=(len(rows) - 0.5, -0.6), xlabel="times as likely on a day, once followed up")
    return tidy(ax, grid="x")


def minimal_detectable_effect(table: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Draw the smallest difference that shows, by the number of interviews; this log as a dot."""
    ax = ax or new_axes(table)
    if table.empty or "n" not in table:
        return nothing(ax)
    here = table.iloc[0]
    n = np.geomspace(10, max(table["n"].max() * 1.3, 100), 200)
    shown = here["estimate"] * np.sqrt(here["n"] / n)
    ax.plot(n, shown, color=GROUP_COLOURS[0], lw=2)
    ax.plot(here["n"], here["estimate"], "o", color=INK, ms=8)
    say(ax, here["n"], here["estimate"], "your log", INK, (8, 6), "left")
    for row in table.iloc[1:].itertuples():
        ax.plot(row.n, row.estimate, "D", mfc="none", mec=MUTED, ms=6)
        say(ax, row.n, row.estimate, f"{row.n:,.0f}", MUTED, (6, 6), "left")
    ax.set_xscale("log")
    ax.set(ylim=(0, 1), xlabel="interviews", ylabel="smallest difference that shows, in 100")
    ax.xaxis.set_major_formatter(lambda count, _: f"{count:,.0f}")
    ax.yaxis.set_major_formatter(lambda share, _: f"{100 * share:.0f}")
    return tidy(ax, grid="y")


def negative_controls(table: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Draw each check in standard errors, so that both fit on one axis."""
    ax = ax or new_axes(table)
    rows = table[table["estimate"].notna()].copy()
    for column in ("estimate", "conf_low", "conf_high"):
        rows[column] = rows[column] / rows["std_error"]
    names = {
        "planned_not_sent": "planned,\nnot sent",
        "days_before": "days before\nthe interview",
    }
    labels = [names[check] for check in rows["check"]]
    _forest(ax, rows, labels, [GROUP_COLOURS[0]] * len(rows), 1)
    ax.set_xlabel("standard errors from no effect")
    return ax


def _forest(
    ax: Axes,
    rows: pd.DataFrame,
    labels: list[str],
    colours: list[str],
    digits: int,
    *,
    scale: float = 1,
    hollow: Any = None,
) -> None:
    """Draw a dot with its interval on each line, its number above it, and the line of no effect."""
    if rows["estimate"].isna().all():
        nothing(ax)
        return
    ax.axvline(0, color=MUTED, lw=1)
    middle = (rows["conf_low"].min() + rows["conf_high"].max()) / 2
    empty = np.zeros(len(rows), dtype=bool) if hollow is None else np.asarray(hollow)
    for place, (_, row) in enumerate(rows.iterrows()):
        if np.isnan(row["estimate"]):
            clear = {"facecolor": "white", "lw": 0, "pad": 2}  # of the line of no effect
            ax.text(0.02, place, "no estimate: see the notes", color=MUTED, va="center", bbox=clear,
                    fontsize="small", transform=ax.get_yaxis_transform())  # fmt: skip
            continue
        face = {"mfc": "none"} if empty[place] else {}
        look: dict[str, Any] = {"marker": "D" if empty[place] else "o", **face}
        ax.errorbar(
            row["estimate"], place, xerr=reach(rows.iloc[[place]]), color=colours[place],
            capsize=3, ms=7, lw=2, **look,
        )  # fmt: skip
        text = signed(scale * row["estimate"], digits)
        if row["conf_high"] > row["conf_low"]:
            say(ax, row["estimate"], place, text, INK, (0, 7), "center")
            continue
        align, shift = ("left", 4) if row["estimate"] <= middle else ("right", -4)
        say(ax, row["estimate"], place, f"{text} (too few for an interval)", INK, (shift, 7), align)
    ax.set_yticks(np.arange(len(rows)), labels, fontsize="small")
    ax.set_ylim(len(rows) - 0.5, -0.7)
    tidy(ax, grid="x")

"""Curves over the days since the interview, always with their limits and the numbers open."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from .paper import (
    BAND,
    COLOURS,
    GROUP_COLOURS,
    GROUP_LINES,
    INK,
    MUTED,
    named,
    new_axes,
    nothing,
    percent,
    plain,
    reach,
    say,
    spread,
    tidy,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

FEW = 5  # open on a day, below which a curve is drawn as a guess
_MOST_CURVES, _MOST_DOTS = 6, 12  # of so many groups, those with the most interviews are drawn
_LETTERS = 45  # small ones that fit below the axis
_HATCHES = {"yes": "", "no": "///", "withdrawn": "...", "silent": ""}


def cumulative_incidence(table: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Draw stacked shares by day with the numbers still open below, or the yes of each group."""
    ax = ax or new_axes(table)
    groups = _group_names(table, before="ending")
    table = table[table["estimate"].notna()]
    if table.empty or not table["n_risk"].any():
        return nothing(ax)
    if groups:
        yes = table[table["ending"] == "yes"]
        _curves(ax, yes, groups)
        ax.set_ylabel("answered with yes")
    else:
        _stack(ax, table)
        ax.set_ylabel("share of the interviews")
        _numbers_at_risk(ax, table[table["ending"] == "yes"])
    ax.set(ylim=(0, 1), xlabel="days since the interview")
    percent(ax)
    return tidy(ax)


def waiting_curve(table: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Draw the share still waiting by day, with its band, and the numbers open below."""
    ax = ax or new_axes(table)
    groups = _group_names(table, before="day")
    table = table[table["estimate"].notna()]
    if table.empty or not table["n_risk"].any():
        return nothing(ax)
    _curves(ax, table, groups)
    if not groups:
        _numbers_at_risk(ax, table)
    ax.set(ylim=(0, 1), xlabel="days since the interview", ylabel="still waiting for an answer")
    percent(ax)
    return tidy(ax, grid="y")


def restricted_mean(table: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Draw the mean wait of each group as a dot with its interval."""
    ax = ax or new_axes(table)
    groups = _group_names(table, before="n")
    if len(table) > _MOST_DOTS:
        _say_how_many(ax, _MOST_DOTS, len(table))
        table = table.loc[table["n"].nlargest(_MOST_DOTS).index.sort_values()]
    names = [" ".join(map(plain, row)) for row in table[groups].to_numpy()] if groups else ["all"]
    at = np.arange(len(table))
    ax.errorbar(
        table["estimate"], at, xerr=reach(table), fmt="o", color=GROUP_COLOURS[0], capsize=3
    )
    between = "\n" if len(at) <= _MOST_CURVES else ", "  # two lines each, where there is room
    sizes = zip(names, table["n"], strict=True)
    ax.set_yticks(at, [f"{name}{between}n = {n:,}" for name, n in sizes])
    ax.set(ylim=(len(table) - 0.5, -0.5), xlabel="days waited for an answer, on average")
    ax.set_xlim(left=0)
    return tidy(ax, grid="x")


def simon_makuch(table: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Draw who still waits, not yet followed up and followed up; grey where few are open."""
    ax = ax or new_axes(table)
    if not table["n_risk"].any():
        return nothing(ax)
    lowest = 0.0
    ends = table[table["estimate"].notna()].groupby("followed_up").tail(1)
    for end in ends.sort_values("estimate").itertuples():
        rows = table[table["followed_up"] == end.followed_up]
        colour = GROUP_COLOURS[int(end.followed_up)]
        _step_curve(ax, rows, colour, marker="o" if end.followed_up else "")
        name = "followed up" if end.followed_up else "not yet followed up"
        height = max(end.estimate, lowest)
        place = (table["day"].max(), height)
        ax.annotate(f" {name}", place, color=colour, va="center", annotation_clip=False)
        lowest = height + 0.06
    n_risk = table.pivot(index="day", columns="followed_up", values="n_risk")
    each = n_risk.itertuples(name=None)
    labels = {day: f"{day}\n{before:,} before\n{after:,} after" for day, before, after in each}
    _some_days(ax, labels)
    ax.set(ylim=(0, 1), ylabel="still waiting for an answer")
    ax.set_xlabel("days since the interview,\nand how many are open before and after a follow-up")
    ax.set_xlim(0, max(table["day"].max(), 1))
    percent(ax)
    return tidy(ax, grid="y")


def waiting(table: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Draw for each open interview how many others were still open after as long."""
    ax = ax or new_axes(table)
    if table.empty:
        return nothing(ax)
    ax.axhspan(0, 0.1, color=BAND, lw=0, zorder=0)
    ax.plot(table["day"], table["still_waiting"], "o", color=GROUP_COLOURS[0], ms=6, alpha=0.7)
    for row in table.head(1).itertuples():  # the longest; more names would cover each other
        name = plain(row.company) if pd.notna(row.company) else "no name"
        say(ax, row.day, row.still_waiting, name, INK, (0, 7), "right")
    say(ax, 0, 0.1, "longer than nine in ten", MUTED, (2, 2), "left")
    ax.set(ylim=(0, 1.05), xlabel="days waited so far", ylabel="others still open after as long")
    ax.set_xlim(left=0)
    percent(ax)
    return tidy(ax, grid="y")


def _step_curve(ax: Axes, rows: pd.DataFrame, colour: str, marker: str) -> None:
    """Draw a curve with its band, grey and dashed without band where fewer than FEW are open."""
    many = rows["n_risk"] >= FEW
    ax.step(rows["day"], rows["estimate"], where="post", color=MUTED, lw=1, ls="--")
    kept = rows[["conf_low", "conf_high", "estimate"]].where(many)
    look: dict[str, Any] = {"step": "post", "color": colour, "alpha": 0.18, "lw": 0}
    ax.fill_between(rows["day"], kept["conf_low"], kept["conf_high"], **look)
    dots: dict[str, Any] = {"marker": marker, "ms": 4, "markevery": 3}
    ax.step(rows["day"], kept["estimate"], where="post", color=colour, lw=2, **dots)


def _stack(ax: Axes, table: pd.DataFrame) -> None:
    wide = table.pivot(index="day", columns="ending", values="estimate")
    order = [word for word in ("yes", "no", "withdrawn", "silent") if word in wide]
    order = [word for word in order if wide[word].max() > 0]
    days, floor = wide.index.to_numpy(), np.zeros(len(wide))
    for word in order:
        roof = floor + wide[word].to_numpy()
        ax.fill_between(
            days,
            floor,
            roof,
            step="post",
            color=COLOURS[word],
            alpha=0.75,
            lw=0,
            hatch=_HATCHES[word],
            edgecolor="white",
            label=word,
        )
        floor = roof
    yes = table[table["ending"] == "yes"]
    ax.fill_between(
        yes["day"],
        yes["conf_low"],
        yes["conf_high"],
        step="post",
        facecolor="none",
        edgecolor=INK,
        lw=0.8,
        ls=":",
    )
    ax.step(yes["day"], yes["estimate"], where="post", color=INK, lw=1.5)
    last = yes.iloc[-1]
    text = f"{100 * last['level']:g} % limits of the yes"
    say(ax, last["day"], last["conf_high"], text, INK, (-4, 3), "right")
    _name_shares(ax, wide[order].iloc[-1], days[-1])
    ax.set_xlim(days[0], max(days[-1], 1))


def _name_shares(ax: Axes, shares: pd.Series, day: int) -> None:
    """Write each share beside the middle of its area, thin ones clear of the one below."""
    lowest = 0.0
    for word, middle in (shares.cumsum() - shares / 2).items():
        if shares[word] > 0:
            height = max(middle, lowest)
            text = f" {named(word)} {100 * shares[word]:.0f} %"
            ax.annotate(text, (day, height), va="center", annotation_clip=False)
            lowest = height + 0.06


def _curves(ax: Axes, table: pd.DataFrame, groups: list[str]) -> None:
    parts = list(table.groupby(groups, sort=False, dropna=False)) if groups else [((), table)]
    if len(parts) > _MOST_CURVES:
        _say_how_many(ax, _MOST_CURVES, len(parts))
        parts = sorted(parts, key=lambda each: -each[1]["n_risk"].iloc[0])[:_MOST_CURVES]
    named_at = []
    for place, (values, part) in enumerate(parts):
        colour = GROUP_COLOURS[place % len(GROUP_COLOURS)]
        ax.fill_between(
            part["day"],
            part["conf_low"],
            part["conf_high"],
            step="post",
            color=colour,
            alpha=0.18,
            lw=0,
        )
        ax.step(
            part["day"],
            part["estimate"],
            where="post",
            color=colour,
            lw=2,
            ls=GROUP_LINES[place % len(GROUP_LINES)],
        )
        if groups:
            name = ", ".join("not recorded" if pd.isna(v) else plain(v) for v in values)
            last = part.iloc[-1]
            named_at.append((last["estimate"], last["day"], name, part["n_risk"].iloc[0], colour))
    days = max(table["day"].max(), 1)
    ends = spread([height for height, *_ in named_at], gap=0.11)
    for end, (height, day, name, n, colour) in zip(ends, named_at, strict=True):
        look: dict[str, Any] = {"annotation_clip": False, "va": "center", "fontsize": "small"}
        line = {"arrowstyle": "-", "color": colour, "lw": 0.8, "shrinkA": 0, "shrinkB": 0,
                "relpos": (0, 0.5)}  # fmt: skip
        ax.annotate(
            f"{name}\nn = {n:,}", (day, height), (day + days / 15, end), arrowprops=line, **look
        )
    ax.set_xlim(left=0, right=None if table["day"].any() else days)


def _say_how_many(ax: Axes, drawn: int, of: int) -> None:
    text = f"{drawn} of {of} groups, those with the most interviews"
    ax.set_title(text, fontsize="small", color=MUTED, loc="left")


def _numbers_at_risk(ax: Axes, table: pd.DataFrame) -> None:
    """Write below the axis how many were still open when the day began."""
    each = zip(table["day"], table["n_risk"], strict=True)
    _some_days(ax, {day: f"{day}\n{n:,} open" for day, n in each})


def _some_days(ax: Axes, labels: dict[int, str]) -> None:
    """Label as many days, first and last among them, as have room beside each other."""
    letters = max(len(line) for label in labels.values() for line in label.split("\n"))
    most = next((n for n in (6, 4, 3) if (n - 1) * letters <= _LETTERS), 2)
    shown = np.unique(np.linspace(min(labels), max(labels), most).round().astype(int))
    ax.set_xticks(shown, [labels[day] for day in shown], fontsize="small")


def _group_names(table: pd.DataFrame, before: str) -> list[str]:
    return list(table.columns[: table.columns.get_loc(before)])

"""Tables -> Axes. The only place that draws; matplotlib is imported inside the functions.

The conventions owned here: every function takes a table and ``ax``, returns the Axes, changes no
global setting, computes nothing, and gives each colour a second cue (marker, hatch or label).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# Okabe and Ito's colours: told apart with every kind of colour vision.
COLOURS = {
    "yes": "#009E73",
    "no": "#D55E00",
    "withdrawn": "#CC79A7",
    "silent": "#BBBBBB",
    "open": "#56B4E9",
}
_INK, _MUTED, _LANE, _BAND = "#222222", "#666666", "#C9C9C9", "#DDDDDD"
_GROUP_COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#222222")
_GROUP_LINES = ("-", "--", "-.", ":", (0, (5, 1)), (0, (1, 1)))
_HATCHES = {"yes": "", "no": "///", "withdrawn": "...", "silent": ""}
_ENDING_MARKS = {"yes": "^", "no": "X", "withdrawn": "s", "open": ">"}
_CHANNEL_MARKS = {
    "call": "o",
    "letter": "D",
    "note": "P",
    "email": "v",
    "message": "h",
    "in_person": "p",
}
_MOST_LANES_NAMED = 80
FEW = 5  # open on a day, below which a curve is drawn as a guess
_ABOVE = 0.2  # contacts stand a little above their lane, clear of the answer on the same day


@dataclass(frozen=True)
class Picture:
    """A drawn chart that shows itself in a notebook with its alternative text.

    Parameters
    ----------
    png : bytes
        The picture.
    alt : str
        What it shows, for those who cannot see it.
    caption : str
        What stands below it, for those who can; `alt` says it too.
    """

    png: bytes
    alt: str
    caption: str = ""

    def save(self, path: str) -> None:
        """Write the picture as a PNG file."""
        from pathlib import Path

        Path(path).write_bytes(self.png)

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        # The text of image/png is lost on the way to JupyterLab and to a page: hence the figure.
        return {"text/html": self._repr_html_(), "text/plain": self.alt}

    def _repr_html_(self) -> str:
        from base64 import b64encode

        data = b64encode(self.png).decode()
        text = escape(self.alt, quote=True)
        return (
            f'<figure style="margin:0"><img style="max-width:100%;background:#fff" alt="{text}" '
            f'src="data:image/png;base64,{data}">'
            f'<figcaption aria-hidden="true">{escape(self.caption)}</figcaption></figure>'
        )

    def __repr__(self) -> str:
        return f"Picture: {self.alt}"


def picture(
    draw: Callable[[Axes], object], table: pd.DataFrame, *, alt: str, caption: str
) -> Picture:
    """Draw on a figure of its own, apart from pyplot, and keep the picture with its text."""
    from io import BytesIO

    from matplotlib.figure import Figure

    figure = Figure(figsize=_size(table), layout="constrained")
    draw(figure.add_subplot())
    buffer = BytesIO()
    # Without the version of matplotlib, which would make equal pictures differ.
    figure.savefig(buffer, format="png", dpi=140, metadata={"Software": None})
    return Picture(buffer.getvalue(), f"{alt} {caption}".strip(), caption)


def timeline(table: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Draw a lane per interview, the longest wait on top."""
    ax = ax or _new_axes(table)
    ends = table[table["mark"] == "ending"]
    if ends.empty:
        return _nothing(ax)
    sent = table[table["mark"] == "follow_up"]
    seen = pd.concat([ends.loc[ends["detail"] != "open", "day"], sent["day"]])
    edge = int(max([30, *seen]))
    fit = min(1, _MOST_LANES_NAMED / len(ends))  # many lanes are thin, with small marks
    ax.hlines(ends["lane"], -0.3, ends["day"].clip(upper=edge), color=_LANE, lw=2 * fit, zorder=1)
    for ending, marker in _ENDING_MARKS.items():
        rows = ends[ends["detail"] == ending]
        days = rows["day"].clip(upper=edge)
        _marks(ax, days, rows["lane"], marker, COLOURS[ending], _named(ending), size=52 * fit**0.5)
    for channel, rows in sent.groupby("detail", sort=True):
        marker = _CHANNEL_MARKS.get(str(channel), "*")
        name = str(channel).replace("_", " ")
        _marks(ax, rows["day"], rows["lane"] - _ABOVE, marker, _INK, name, size=34 * fit**0.5)
    plans = table[(table["mark"] == "planned") & (table["day"] <= edge)]
    above = plans["lane"] - _ABOVE
    _marks(ax, plans["day"], above, "o", "none", "planned", size=20 * fit**0.5, edge=_INK)
    _name_lanes(ax, ends)
    ax.set(xlim=(-1, edge + 1), ylim=(len(ends) - 0.4, -0.6), xlabel="days since the interview")
    legend = ax.legend(loc="lower right", fontsize="small", frameon=True, framealpha=0.9)
    for mark in filter(None, legend.legend_handles):
        mark.set(sizes=[36])
    return _tidy(ax, grid="x")


def timing(table: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Draw the share of yes by day of follow-up: raw hollow, pulled together solid."""
    ax = ax or _new_axes(table)
    yes = table[table["ending"] == "yes"].reset_index(drop=True)
    if not yes["n"].any():
        return _nothing(ax)
    at = yes.index.to_numpy(dtype=float)
    band: dict[str, Any] = {"width": 0.72, "color": _BAND, "lw": 0, "zorder": 0.5}
    heights = yes["null_high"] - yes["null_low"]
    ax.bar(at, heights, bottom=yes["null_low"], label="if following up did nothing", **band)
    ax.hlines(yes["null_mean"], at - 0.36, at + 0.36, color="white", lw=2, zorder=0.6)
    pulled = f"bins pulled together, with {100 * yes['level'].iloc[0]:g} % limits"
    ax.errorbar(
        at,
        yes["estimate"],
        yerr=_reach(yes),
        fmt="o",
        color=_GROUP_COLOURS[0],
        ms=7,
        capsize=3,
        label=pulled,
    )
    raw: dict[str, Any] = {"mfc": "none", "mec": _MUTED, "ms": 5, "label": "each bin on its own"}
    ax.plot(at - 0.18, yes["raw"], "D", clip_on=False, **raw)
    ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1), ncols=2, frameon=False, fontsize="small")
    ax.axvline(len(yes) - 1.5, color=_LANE, lw=1)
    labels = [f"{name}\nn = {n}" for name, n in zip(yes["bin"], yes["n"], strict=True)]
    ax.set_xticks(at, labels)
    ax.set(
        ylim=(0, min(1, 1.1 * max(0.4, yes[["conf_high", "raw", "null_high"]].max(axis=None)))),
        xlim=(-0.6, len(yes) - 0.4),
        xlabel="day of the first follow-up",
        ylabel="answered with yes",
    )
    ax.set_title("Naive: late follow-ups can only reach slow processes", pad=40)
    _percent(ax)
    return _tidy(ax, grid="y")


def cumulative_incidence(table: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Draw stacked shares by day with the numbers still open below, or the yes of each group."""
    ax = ax or _new_axes(table)
    groups = _group_names(table, before="ending")
    table = table[table["estimate"].notna()]
    if table.empty or not table["n_risk"].any():
        return _nothing(ax)
    if groups:
        yes = table[table["ending"] == "yes"]
        _curves(ax, yes, groups)
        ax.set_ylabel("answered with yes")
    else:
        _stack(ax, table)
        ax.set_ylabel("share of the interviews")
        _numbers_at_risk(ax, table[table["ending"] == "yes"])
    ax.set(ylim=(0, 1), xlabel="days since the interview")
    _percent(ax)
    return _tidy(ax)


def waiting_curve(table: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Draw the share still waiting by day, with its band, and the numbers open below."""
    ax = ax or _new_axes(table)
    groups = _group_names(table, before="day")
    table = table[table["estimate"].notna()]
    if table.empty or not table["n_risk"].any():
        return _nothing(ax)
    _curves(ax, table, groups)
    if not groups:
        _numbers_at_risk(ax, table)
    ax.set(ylim=(0, 1), xlabel="days since the interview", ylabel="still waiting for an answer")
    _percent(ax)
    return _tidy(ax, grid="y")


def restricted_mean(table: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Draw the mean wait of each group as a dot with its interval."""
    ax = ax or _new_axes(table)
    groups = _group_names(table, before="n")
    names = [" ".join(map(str, row)) for row in table[groups].to_numpy()] if groups else ["all"]
    at = np.arange(len(table))
    ax.errorbar(
        table["estimate"], at, xerr=_reach(table), fmt="o", color=_GROUP_COLOURS[0], capsize=3
    )
    ax.set_yticks(at, [f"{name}\nn = {n}" for name, n in zip(names, table["n"], strict=True)])
    ax.set(ylim=(len(table) - 0.5, -0.5), xlabel="days waited for an answer, on average")
    ax.set_xlim(left=0)
    return _tidy(ax, grid="x")


def effect(table: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Draw the differences in yes, no and silence as dots with their intervals, and no effect."""
    ax = ax or _new_axes(table)
    names = {"difference_yes": "yes", "difference_no": "no", "difference_silent": "silence"}
    rows = table[table["quantity"].isin(list(names))].reset_index(drop=True)
    if rows.empty:
        return _nothing(ax)
    at = np.arange(len(rows))
    ax.axvline(0, color=_MUTED, lw=1)
    for place, row in rows.iterrows():
        colour = COLOURS[{"silence": "open"}.get(names[row["quantity"]], names[row["quantity"]])]
        ax.errorbar(
            row["estimate"],
            place,
            xerr=_reach(rows.loc[[place]]),
            color=colour,
            capsize=4,
            ms=8,
            lw=2,
            marker="osD"[place],
        )
        _say(ax, row["estimate"], place, f"{100 * row['estimate']:+.0f}", _INK, (0, 9), "center")
    ax.set_yticks(at, [names[quantity] for quantity in rows["quantity"]])
    ax.set(ylim=(len(rows) - 0.5, -0.6), xlabel="more or fewer in 100 when writing")
    ax.xaxis.set_major_formatter(_in_100)
    return _tidy(ax, grid="x")


def simon_makuch(table: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Draw who still waits, not yet followed up and followed up; grey where few are open."""
    ax = ax or _new_axes(table)
    if not table["n_risk"].any():
        return _nothing(ax)
    lowest = 0.0
    ends = table[table["estimate"].notna()].groupby("followed_up").tail(1)
    for end in ends.sort_values("estimate").itertuples():
        rows = table[table["followed_up"] == end.followed_up]
        colour = _GROUP_COLOURS[int(end.followed_up)]
        _step_curve(ax, rows, colour)
        name = "followed up" if end.followed_up else "not yet followed up"
        height = max(end.estimate, lowest)
        place = (table["day"].max(), height)
        ax.annotate(f" {name}", place, color=colour, va="center", annotation_clip=False)
        lowest = height + 0.06
    n_risk = table.pivot(index="day", columns="followed_up", values="n_risk")
    shown = np.unique(np.linspace(0, n_risk.index.max(), 6).round().astype(int))
    before, after = n_risk.loc[shown, False], n_risk.loc[shown, True]
    each = zip(shown, before, after, strict=True)
    ax.set_xticks(shown, [f"{day}\n{a} before\n{b} after" for day, a, b in each])
    ax.set(ylim=(0, 1), ylabel="still waiting for an answer")
    ax.set_xlabel("days since the interview, and how many are open before and after a follow-up")
    ax.set_xlim(0, max(table["day"].max(), 1))
    _percent(ax)
    return _tidy(ax, grid="y")


def landmark(table: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Draw the difference in yes at each landmark: crude hollow, weighted solid."""
    ax = ax or _new_axes(table)
    if table["estimate"].isna().all():
        return _nothing(ax)
    days = table.drop_duplicates("day")
    ax.axhline(0, color=_MUTED, lw=1)
    looks: dict[str, dict[str, Any]] = {
        "crude": {"marker": "D", "mfc": "none", "color": _MUTED, "ms": 5, "elinewidth": 1},
        "weighted": {"marker": "o", "color": _GROUP_COLOURS[0], "ms": 7, "elinewidth": 2},
    }
    for method, rows in table.groupby("method"):
        at = np.arange(len(rows)) + (0.12 if method == "weighted" else -0.12)
        label = "alike in what was known" if method == "weighted" else "as they are"
        look = {"ls": "none", "capsize": 3, **looks[method]}
        ax.errorbar(at, rows["estimate"], yerr=_reach(rows), label=label, **look)
    each = zip(days["day"], days["n_followed_up"], days["n_not_yet"], strict=True)
    ax.set_xticks(np.arange(len(days)), [f"day {day}\n{a} : {b}" for day, a, b in each])
    ax.set_xlabel("still open at the end of the day: written to against not yet")
    ax.set_ylabel("more or fewer yes in 100")
    ax.set_xlim(-0.5, len(days) - 0.5)
    ax.yaxis.set_major_formatter(_in_100)
    ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1), ncols=2, frameon=False, fontsize="small")
    return _tidy(ax, grid="y")


def hazard_ratio(table: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Draw the honest and the naive ratio on one logarithmic axis."""
    ax = ax or _new_axes(table)
    rows = table[table["term"].str.contains("followed up") & table["estimate"].notna()]
    if rows.empty:
        return _nothing(ax)
    ax.axvline(1, color=_MUTED, lw=1)
    for place, (_, row) in enumerate(rows.iterrows()):
        naive = row["method"] == "naive"
        colour = _MUTED if naive else _GROUP_COLOURS[0]
        face = "none" if naive else colour
        reach = _reach(rows.iloc[[place]])
        look: dict[str, Any] = {"marker": "D" if naive else "o", "mfc": face, "ms": 8, "lw": 2}
        ax.errorbar(row["estimate"], place, xerr=reach, color=colour, capsize=4, **look)
        _say(ax, row["estimate"], place, f"{row['estimate']:.2f}", _INK, (0, 9), "center")
    names = {"time-varying": "from the day\nafter writing", "naive": "naive: ever\nwritten"}
    ax.set_yticks(np.arange(len(rows)), [names[method] for method in rows["method"]])
    ax.set_xscale("log")
    ax.xaxis.set_major_formatter(lambda ratio, _: f"{ratio:g}")
    ax.xaxis.set_minor_formatter(lambda ratio, _: f"{ratio:g}" if f"{ratio:e}"[0] in "25" else "")
    ax.set(ylim=(len(rows) - 0.5, -0.6), xlabel="times as many answers a day, once followed up")
    return _tidy(ax, grid="x")


def timing_curve(table: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Draw the effect of writing by each day with the band that holds the whole curve."""
    ax = ax or _new_axes(table)
    rows = table[table["kind"] == "by_day"] if "kind" in table else table
    if rows.empty:
        return _nothing(ax)
    ax.axhline(0, color=_MUTED, lw=1)
    ax.fill_between(
        rows["day"], rows["conf_low"], rows["conf_high"], color=_GROUP_COLOURS[0], alpha=0.18, lw=0
    )
    ax.plot(rows["day"], rows["estimate"], "o-", color=_GROUP_COLOURS[0], ms=5)
    text = f"holds the whole curve\nin {100 * rows['level'].iloc[0]:g} % of logs"
    last = rows.iloc[-1]
    _say(ax, last["day"], last["conf_high"], text, _GROUP_COLOURS[0], (0, 4), "right")
    ax.set(xlabel="write by day", ylabel="more or fewer yes in 100")
    ax.yaxis.set_major_formatter(_in_100)
    ax.margins(y=0.2)
    return _tidy(ax, grid="y")


def speed_up(table: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Draw the days saved, and how much of them is yes come sooner and no come sooner."""
    ax = ax or _new_axes(table)
    names = {
        "days_saved": "any answer",
        "days_saved_yes": "of it, yes",
        "days_saved_no": "of it, no",
    }
    rows = table[table["quantity"].isin(list(names))]
    labels = [names[quantity] for quantity in rows["quantity"]]
    _forest(ax, rows, labels, [_GROUP_COLOURS[0], COLOURS["yes"], COLOURS["no"]], "{:+.1f}")
    ax.set_xlabel("days saved by writing")
    return ax


def compare_methods(table: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Draw naive comparisons hollow above, honest ones solid below, and the truth if known."""
    ax = ax or _new_axes(table)
    naive = table["kind"] == "naive"
    colours = [_MUTED if each else _GROUP_COLOURS[0] for each in naive]
    labels = [
        f"{method}\n(naive)" if each else method
        for method, each in zip(table["method"], naive, strict=True)
    ]
    _forest(ax, table, labels, colours, "{:+.0f}", scale=100, hollow=naive)
    ax.axhline(naive.sum() - 0.5, color=_LANE, lw=1)
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
    ax.xaxis.set_major_formatter(_in_100)
    return ax


def waiting(table: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Draw for each open interview how many others were still open after as long."""
    ax = ax or _new_axes(table)
    if table.empty:
        return _nothing(ax)
    ax.axhspan(0, 0.1, color=_BAND, lw=0, zorder=0)
    ax.plot(table["day"], table["still_waiting"], "o", color=_GROUP_COLOURS[0], ms=6, alpha=0.7)
    for row in table.head(1).itertuples():  # the longest; more names would cover each other
        name = str(row.company).replace("$", r"\$") if pd.notna(row.company) else "no name"
        _say(ax, row.day, row.still_waiting, name, _INK, (0, 7), "right")
    _say(ax, 0, 0.1, "longer than nine in ten", _MUTED, (2, 2), "left")
    ax.set(ylim=(0, 1.05), xlabel="days waited so far", ylabel="others still open after as long")
    ax.set_xlim(left=0)
    _percent(ax)
    return _tidy(ax, grid="y")


def minimal_detectable_effect(table: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Draw the smallest difference that shows, by the number of interviews; this log as a dot."""
    ax = ax or _new_axes(table)
    if table.empty or "n" not in table:
        return _nothing(ax)
    here = table.iloc[0]
    n = np.geomspace(10, max(table["n"].max() * 1.3, 100), 200)
    shown = here["estimate"] * np.sqrt(here["n"] / n)
    ax.plot(n, shown, color=_GROUP_COLOURS[0], lw=2)
    ax.plot(here["n"], here["estimate"], "o", color=_INK, ms=8)
    _say(ax, here["n"], here["estimate"], "your log", _INK, (8, 6), "left")
    for row in table.iloc[1:].itertuples():
        ax.plot(row.n, row.estimate, "D", mfc="none", mec=_MUTED, ms=6)
        _say(ax, row.n, row.estimate, f"{row.n:,.0f}", _MUTED, (6, 6), "left")
    ax.set_xscale("log")
    ax.set(ylim=(0, 1), xlabel="interviews", ylabel="smallest difference that shows, in 100")
    ax.xaxis.set_major_formatter(lambda count, _: f"{count:,.0f}")
    ax.yaxis.set_major_formatter(lambda share, _: f"{100 * share:.0f}")
    return _tidy(ax, grid="y")


def negative_controls(table: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Draw each check in standard errors, so that both fit on one axis."""
    ax = ax or _new_axes(table)
    rows = table[table["estimate"].notna()].copy()
    for column in ("estimate", "conf_low", "conf_high"):
        rows[column] = rows[column] / rows["std_error"]
    names = {
        "planned_never_sent": "planned,\nnever sent",
        "days_before": "days before\nthe interview",
    }
    labels = [names[check] for check in rows["check"]]
    _forest(ax, rows, labels, [_GROUP_COLOURS[0]] * len(rows), "{:+.1f}")
    ax.set_xlabel("standard errors from no effect")
    return ax


def _forest(
    ax: Axes,
    rows: pd.DataFrame,
    labels: list[str],
    colours: list[str],
    number: str,
    *,
    scale: float = 1,
    hollow: Any = None,
) -> None:
    """Draw a dot with its interval on each line, its number above it, and the line of no effect."""
    if rows["estimate"].isna().all():
        _nothing(ax)
        return
    ax.axvline(0, color=_MUTED, lw=1)
    empty = np.zeros(len(rows), dtype=bool) if hollow is None else np.asarray(hollow)
    for place, (_, row) in enumerate(rows.iterrows()):
        if np.isnan(row["estimate"]):
            ax.text(0.02, place, "needs more interviews", color=_MUTED, va="center",
                    fontsize="small", transform=ax.get_yaxis_transform())  # fmt: skip
            continue
        face = {"mfc": "none"} if empty[place] else {}
        look: dict[str, Any] = {"marker": "D" if empty[place] else "o", **face}
        ax.errorbar(
            row["estimate"], place, xerr=_reach(rows.iloc[[place]]), color=colours[place],
            capsize=3, ms=7, lw=2, **look,
        )  # fmt: skip
        text = number.format(scale * row["estimate"])
        _say(ax, row["estimate"], place, text, _INK, (0, 7), "center")
    ax.set_yticks(np.arange(len(rows)), labels, fontsize="small")
    ax.set_ylim(len(rows) - 0.5, -0.7)
    _tidy(ax, grid="x")


def _step_curve(ax: Axes, rows: pd.DataFrame, colour: str) -> None:
    """Draw a curve with its band, grey and dashed without band where fewer than FEW are open."""
    many = rows["n_risk"] >= FEW
    ax.step(rows["day"], rows["estimate"], where="post", color=_MUTED, lw=1, ls="--")
    kept = rows[["conf_low", "conf_high", "estimate"]].where(many)
    look: dict[str, Any] = {"step": "post", "color": colour, "alpha": 0.18, "lw": 0}
    ax.fill_between(rows["day"], kept["conf_low"], kept["conf_high"], **look)
    ax.step(rows["day"], kept["estimate"], where="post", color=colour, lw=2)


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
        edgecolor=_INK,
        lw=0.8,
        ls=":",
    )
    ax.step(yes["day"], yes["estimate"], where="post", color=_INK, lw=1.5)
    last = yes.iloc[-1]
    text = f"{100 * last['level']:g} % limits of the yes"
    _say(ax, last["day"], last["conf_high"], text, _INK, (-4, 3), "right")
    _name_shares(ax, wide[order].iloc[-1], days[-1])
    ax.set_xlim(days[0], max(days[-1], 1))


def _name_shares(ax: Axes, shares: pd.Series, day: int) -> None:
    """Write each share beside the middle of its area, thin ones clear of the one below."""
    lowest = 0.0
    for word, middle in (shares.cumsum() - shares / 2).items():
        if shares[word] > 0:
            height = max(middle, lowest)
            text = f" {_named(word)} {100 * shares[word]:.0f} %"
            ax.annotate(text, (day, height), va="center", annotation_clip=False)
            lowest = height + 0.06


def _curves(ax: Axes, table: pd.DataFrame, groups: list[str]) -> None:
    parts = table.groupby(groups, sort=False, dropna=False) if groups else [((), table)]
    for place, (values, part) in enumerate(parts):
        colour = _GROUP_COLOURS[place % len(_GROUP_COLOURS)]
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
            ls=_GROUP_LINES[place % len(_GROUP_LINES)],
        )
        if groups:
            name = ", ".join("not recorded" if pd.isna(v) else str(v) for v in values)
            last = part.iloc[-1]
            text = f" {name} (n = {part['n_risk'].iloc[0]})"
            ax.annotate(
                text,
                (last["day"], last["estimate"]),
                color=colour,
                va="center",
                annotation_clip=False,
            )
    ax.set_xlim(left=0)


def _numbers_at_risk(ax: Axes, table: pd.DataFrame) -> None:
    """Write below the axis how many were still open when the day began."""
    days = table["day"].to_numpy()
    shown = np.unique(np.linspace(days[0], days[-1], 6).round().astype(int))
    n_risk = table.set_index("day")["n_risk"]
    ax.set_xticks(shown, [f"{day}\n{n_risk[day]} open" for day in shown])


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
            s=size,
            facecolor=colour,
            edgecolor=edge,
            lw=0.1 * size**0.5,
            label=label,
            zorder=3,
        )


def _name_lanes(ax: Axes, ends: pd.DataFrame) -> None:
    if len(ends) <= _MOST_LANES_NAMED:
        # What a file calls a company is text, never a formula.
        names = [str(name).replace("$", r"\$") for name in ends["label"]]
        ax.set_yticks(ends["lane"], names, fontsize=7)
    else:
        ax.set_yticks([])
        ax.set_ylabel(f"{len(ends):,} interviews, the longest wait on top")


def _group_names(table: pd.DataFrame, before: str) -> list[str]:
    return list(table.columns[: table.columns.get_loc(before)])


def _reach(table: pd.DataFrame) -> np.ndarray:
    low, high = table["estimate"] - table["conf_low"], table["conf_high"] - table["estimate"]
    return np.maximum(np.stack([low, high]), 0)


def _say(
    ax: Axes, x: float, y: float, text: str, colour: str, shift: tuple[int, int], align: str
) -> None:
    ax.annotate(
        text,
        (x, y),
        xytext=shift,
        textcoords="offset points",
        color=colour,
        ha=align,
        fontsize="small",
    )


def _named(word: str) -> str:
    return {"open": "still open", "silent": "silence"}.get(word, word)


def _in_100(share: float, _: int) -> str:
    return f"{100 * share:+.0f}" if abs(share) > 1e-9 else "0"


def _percent(ax: Axes) -> None:
    ax.yaxis.set_major_formatter(lambda share, _: f"{100 * share:.0f} %")


def _nothing(ax: Axes) -> Axes:
    ax.text(0.5, 0.5, "nothing to draw yet", ha="center", va="center", transform=ax.transAxes)
    ax.set_axis_off()
    return ax


def _tidy(ax: Axes, grid: str = "") -> Axes:
    ax.spines[["top", "right"]].set_visible(False)
    if grid:
        ax.grid(axis=grid, color="#EEEEEE", zorder=0)  # type: ignore[arg-type]
        ax.set_axisbelow(True)
    return ax


def _new_axes(table: pd.DataFrame) -> Axes:
    import matplotlib.pyplot as plt

    return plt.subplots(figsize=_size(table), layout="constrained")[1]


def _size(table: pd.DataFrame) -> tuple[float, float]:
    """Width and height in inches; a timeline grows with its named lanes."""
    lanes = min(table["lane"].nunique(), _MOST_LANES_NAMED) if "lane" in table else 0
    return 6.2, max(4, 1 + 0.15 * lanes)

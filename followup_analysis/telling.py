"""Effects in groups -> a sentence and notes.

The convention owned here: what is said of a difference is said of the groups pulled together.
"""

from __future__ import annotations

import pandas as pd

from .levels import CONSIDERABLE, FEWEST_YES, POOL, prior_of_spread
from .log import count
from .wording import points_and_limits, points_in_100

_MOST_TOLD = 3


def sentence_of(table: pd.DataFrame, what: str, horizon: int, smallest: float) -> str:
    """Say the effect in each group, and whether the groups differ."""
    rows = table[(table["quantity"] == "difference_yes") & (table["kind"] == "shrunken")]
    told = [_said(row) for row in rows.to_dict("records")]
    if len(rows) > _MOST_TOLD:
        ordered = rows["estimate"].to_numpy(dtype=float).argsort()
        told = [f"from {told[ordered[0]]} to {told[ordered[-1]]}, {len(rows)} groups in all"]
    main = table[table["kind"] == "main"].iloc[0]
    return (
        f"{what}, more or fewer yes in 100 by day {horizon}: {'; '.join(told)} "
        f"({count(main['n'], 'interview')}). {_verdict(table, smallest)}"
    )


def notes_of(table: pd.DataFrame, pooled: tuple[str, ...], *, sent: bool) -> tuple[str, ...]:
    """What to keep in mind: how the groups were made, and what their spread is."""
    at = table.drop_duplicates("quantity").set_index("quantity")["estimate"]
    notes = [
        "Groups are pulled together as far as the log allows; each by itself is hollow. That their "
        f"log-odds spread by more than {CONSIDERABLE} has a probability of "
        f"{100 * at['prob_spread']:.0f} %; before looking it was {100 * prior_of_spread():.0f} %.",
        "One of several looks at the same log: a lead to follow, never a proof.",
    ]
    if not sent:
        notes.append(
            "Points in 100 differ between groups also where the odds change alike, because they do "
            "not say yes equally often without writing."
        )
    if pooled:
        notes.append(f"{POOL}: {', '.join(pooled)}, too few yes ({FEWEST_YES}) to stand alone.")
    return tuple(notes)


def _said(row: dict) -> str:
    """Write a row as its group, the points and their interval."""
    return f"{row['group']} {points_and_limits(row)}"


def _verdict(table: pd.DataFrame, smallest: float) -> str:
    pairs = table[table["quantity"] == "difference_between"]
    if pairs.empty:
        return "There is no other group to compare with."
    clear = pairs[(pairs["conf_low"] > 0) | (pairs["conf_high"] < 0)]
    if len(clear):
        strength = (clear["estimate"] / clear["std_error"]).abs().to_numpy(dtype=float)
        return f"Your log leans towards a difference: {_said(clear.iloc[strength.argmax()])}."
    at = table.set_index("quantity")
    pair, times = at.loc["times_the_interviews", ["group", "estimate"]]
    main = points_in_100(table[table["kind"] == "main"].iloc[0])
    if main != "0":
        size = f"as large as the main effect ({main})"
    else:
        times = at.loc["times_smallest", "estimate"]
        size = f"of {100 * smallest:g} (the main effect is about 0)"
    if times <= 1:
        return f"No visible difference ({pair}): one {size} would have shown."
    return (
        f"No visible difference; your log would need about {_about(times)} times the interviews to "
        f"see one {size} ({pair})."
    )


def _about(times: float) -> str:
    """Two significant digits at most; beyond a thousand it makes no difference."""
    if times > 1000:
        return "a thousand or more"
    return f"{times:.1f}" if times < 2 else f"{float(f'{times:.2g}'):.0f}"

"""Tally -> what the channel and the content of the first follow-up go with.

The convention owned here: a channel or a content splits the follow-up and never the interviews.
Days before it are days of not having written, whatever it will be; each is set against never.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from .comparing import Asked, compare_levels, nothing_to_compare, with_e_values
from .differences import count_alike, refuse_later
from .effect import check_days
from .levels import FEWEST_YES, UNKNOWN, Levels
from .log import CHANNELS, CONTENTS
from .result import Result
from .survival import Source
from .trust import check_share, give_verdict, percent_of
from .wording import limits_in_100, points_in_100

# What is compared with something generic stands before it.
_CONTENTS = sorted(CONTENTS, key="generic".__eq__)


def effect_of_channel(
    source: Source,
    *,
    by_day: int = 2,
    horizon: int = 30,
    adjust: Sequence[str] | None = None,
    smallest: float = 0.10,
    level: float = 0.95,
    draws: int = 400,
    seed: int = 0,
) -> Result:
    """Compare writing by a day by each channel with never writing.

    Parameters
    ----------
    source : JobSearchLog, pandas.DataFrame or Tally
        As for `tally`; a Tally must have been counted by ``channel``, that of the first follow-up,
        and by the columns to adjust for.
    by_day : int, days since the interview
        The last day of writing, for whoever has no answer yet.
    horizon : int, days since the interview
        Answers up to this day count.
    adjust : sequence of str, optional
        As for `follow_up_effect`.
    smallest : float
        The smallest difference worth finding, as a share, where there is no main effect to go by.
    level : float
        Probability inside the intervals.
    draws : int
        Draws from the posterior.
    seed : int
        Seed of the draws.

    Returns
    -------
    Result
        As `effect_by`, with a ``group`` for each channel. Each is set against never writing, in all
        interviews; ``n`` and ``n_followed_up`` are those followed up by it first, ``n_yes`` the yes
        that came after that. ``ratio_yes`` and E-values are given for each.

    Raises
    ------
    ColumnError
        When there is no channel, or no column of that name.
    FollowupError
        When a column is known only after the outcome, or `by_day` is out of range.

    Notes
    -----
    Days before the first follow-up are days of not having written, whatever its channel will be. An
    interview never followed up has no channel. Channels with fewer than five yes after them are put
    together as "other"; where none is written down, it is "unknown".

    References
    ----------
    Gelman, Hill and Yajima (2012), Journal of Research on Educational Effectiveness 5, 189-211.

    Examples
    --------
    >>> import followup_analysis as fa
    >>> result = effect_of_channel(fa.simulate_log(200, seed=1))
    >>> result.table.query("kind == 'raw'")["group"].tolist()
    ['call', 'letter', 'note', 'email']
    """
    asked = Asked(by_day, horizon, level, smallest, draws, seed)
    return _by_first_follow_up(source, "channel", CHANNELS, adjust, asked)


def effect_of_content(
    source: Source,
    *,
    by_day: int = 2,
    horizon: int = 30,
    adjust: Sequence[str] | None = None,
    smallest: float = 0.10,
    level: float = 0.95,
    draws: int = 400,
    seed: int = 0,
) -> Result:
    """Compare what the first follow-up says: something specific with something generic.

    Parameters
    ----------
    source : JobSearchLog, pandas.DataFrame or Tally
        As for `tally`; a Tally must have been counted by ``content``, that of the first follow-up,
        and by the columns to adjust for.
    by_day : int, days since the interview
        The last day of writing, for whoever has no answer yet.
    horizon : int, days since the interview
        Answers up to this day count.
    adjust : sequence of str, optional
        As for `follow_up_effect`. How well the interview went, and how long it was, belong here:
        they give one something specific to say.
    smallest : float
        The smallest difference worth finding, as a share.
    level : float
        Probability inside the intervals.
    draws : int
        Draws from the posterior.
    seed : int
        Seed of the draws.

    Returns
    -------
    Result
        As `effect_of_channel`, with a ``group`` for each content (generic, specific, concern
        answered, strengths), then "specific less generic": the difference, the ratio, and E-values.

    Raises
    ------
    ColumnError
        When there is no content, or no column of that name.
    FollowupError
        When a column is known only after the outcome, or `by_day` is out of range.

    References
    ----------
    VanderWeele and Ding (2017), Annals of Internal Medicine 167, 268-274.

    Examples
    --------
    >>> import followup_analysis as fa
    >>> result = effect_of_content(fa.load_sample())
    >>> result.sentence.split(". ")[-1]
    'Specific and generic cannot be compared: one of them has fewer than 5 yes.'
    """
    asked = Asked(by_day, horizon, level, smallest, draws, seed)
    result = _by_first_follow_up(source, "content", _CONTENTS, adjust, asked)
    return _specific_against_generic(result, asked)


def _by_first_follow_up(
    source: Source, column: str, order: Sequence[str], adjust: Sequence[str] | None, asked: Asked
) -> Result:
    check_days(asked.by_day, asked.horizon)
    check_share(asked.smallest, "smallest")
    adjust = [adjust] if isinstance(adjust, str) else adjust
    refuse_later(adjust or ())
    counts = count_alike(source, adjust, column)
    what = f"Writing by day {asked.by_day}, against never writing, by {column}"
    if few := nothing_to_compare(counts, what):
        return few
    words = counts.patterns[column].astype("str").fillna(UNKNOWN)
    sent = counts.pattern[(counts.follow_up_day >= 0) & (counts.follow_up_day <= asked.horizon)]
    found = set(words.iloc[sent])
    first, last = [word for word in order if word in found], found & {UNKNOWN}
    names = (*first, *sorted(found - {*first, *last}), *last)
    # Nobody who wrote has another word: where it would be put does not matter.
    codes = np.maximum(pd.Index(names).get_indexer(words), 0)
    levels = Levels(names, np.repeat(codes[:, None], asked.horizon + 1, axis=1))
    alike = [name for name in counts.patterns if name != column]
    result = compare_levels(counts, alike, levels, what, asked, sent=True)
    return replace(result, notes=(*_notes(column, alike), *result.notes))


def _notes(column: str, alike: list[str]) -> tuple[str, ...]:
    notes = [
        f"The {column} is that of the first follow-up; days before it are days of not having "
        "written, whatever it was to be."
    ]
    if column == "content":
        notes.append(
            "Whoever had something specific to say had an interview that gave it: what is found "
            "may be the interview's doing. Adjust for how well it went and how long it was, if the "
            'log says so: adjust=["went_well", ...].'
        )
        if "went_well" not in alike:
            notes.append(
                "How well the interviews went is not adjusted for: do not read the comparison of "
                "contents as an effect."
            )
    return tuple(notes)


def _specific_against_generic(result: Result, asked: Asked) -> Result:
    """Put the comparison of the two into the sentence, with its E-values."""
    rows = result.table[result.table["group"] == "specific less generic"].set_index("quantity")
    if rows.empty:
        return replace(
            result,
            sentence=f"{result.sentence} Specific and generic cannot be compared: one of them has "
            f"fewer than {FEWEST_YES} yes.",
        )
    row = rows.loc["difference_between"]
    verdict = give_verdict(
        row["conf_low"], row["conf_high"], row["prob_positive"], smallest=asked.smallest
    ).text
    ratio = rows.loc[["ratio_between"]].reset_index()
    values = with_e_values(ratio).iloc[1:].assign(group="specific less generic", kind="shrunken")
    of_estimate, of_limit = values["estimate"]
    sentence = (
        f"Writing something specific by day {asked.by_day}, against something generic: "
        f"{points_in_100(row)} yes in 100 by day {asked.horizon} "
        f"({percent_of(asked.level)} {limits_in_100(row)}). {verdict[:1].upper() + verdict[1:]}. "
        f"E-value {of_estimate:.1f}, of the limit {of_limit:.1f}: something unrecorded that "
        "goes so many times as often with both would explain it away."
    )
    return replace(
        result, sentence=sentence, table=pd.concat([result.table, values], ignore_index=True)
    )

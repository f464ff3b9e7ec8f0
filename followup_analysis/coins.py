"""JobSearchLog -> the same log with a coin tossed for each interview to come.

The convention owned here: a coin is tossed once, before the interview, and never again. Blocks of
four hold each arm twice, so that the arms stay level.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from .errors import FollowupError
from .log import JobSearchLog, check_log
from .plans import arm_days, coin_spells, coming_and_held, has_arm

_BLOCK = 4


def randomise_timing(
    log: JobSearchLog,
    *,
    early: tuple[int, int] = (0, 1),
    late: tuple[int, int] = (3, 4),
    seed: int,
) -> JobSearchLog:
    """Toss a coin for each interview to come, which says whether to follow up early or late.

    Parameters
    ----------
    log : JobSearchLog
        The log; the interviews to come are those that are booked for after its last day.
    early, late : tuple of int, days since the interview
        First and last day on which to write in each arm.
    seed : int
        Any number that you have not chosen with an outcome in mind, such as the throw of dice.

    Returns
    -------
    JobSearchLog
        The log with a planned follow-up for each interview that had no coin yet: its ``arm``,
        ``block`` and ``drawn_on``. Keep it with `write_log`, and go on from there: what was
        tossed stays as it is, whatever the seed of a later call.

    Raises
    ------
    FollowupError
        When the arms overlap or differ from those of coins tossed before, or the log has no day.

    Notes
    -----
    The coins are balanced in blocks of four, for each person on their own. A coin belongs to the
    next interview of its application, even if that is moved to another day.

    References
    ----------
    Kalish and Begg (1985), Statistics in Medicine 4, 129-144 (blocks).

    Examples
    --------
    >>> import pandas as pd
    >>> import followup_analysis as fa
    >>> log = fa.JobSearchLog(
    ...     pd.DataFrame({"application_id": ["a", "b"]}),
    ...     pd.DataFrame({
    ...         "application_id": ["a", "b"], "kind": "interview", "planned": True,
    ...         "date": ["2026-04-07", "2026-04-09"]}),
    ...     as_of="2026-03-31")
    >>> coined = fa.randomise_timing(log, seed=1)
    >>> coined.events.loc[2:, ["application_id", "arm", "block"]].values.tolist()
    [['a', '3 to 4', 1], ['b', '0 to 1', 1]]
    >>> len(fa.randomise_timing(coined, seed=2).events)
    4
    """
    check_log(log)
    arms = _checked_arms(log, early, late)
    if pd.isna(log.as_of):
        raise FollowupError("the log has no dated event: say its last day, as as_of='2026-03-31'.")
    interviews = coming_and_held(log)
    tossed = coins_of(log)
    waits = ~interviews["held"] & ~interviews.index.isin(coin_spells(interviews, tossed))
    coming = interviews[waits].sort_values(["date", "application_id"])
    if coming.empty:
        return log
    people = log.applications.set_index("application_id")["person"].fillna("")
    person = coming["application_id"].map(people)
    used = tossed.assign(person=tossed["application_id"].map(people))
    coins: list[_Coin] = []
    for who, theirs in coming.groupby(person, sort=False):
        number = max([0, *used["block"].dropna().astype(int), *(block for _, _, block in coins)])
        earlier = used[used["person"] == who]
        coins += _toss(theirs, earlier, number, arms, seed)
    return log.replace(events=pd.concat([log.events, _as_events(coins, log, seed)]))


def coins_of(log: JobSearchLog) -> pd.DataFrame:
    """Return the follow-ups that a coin decided, planned or by now done."""
    events = log.events
    return events[(events["kind"] == "follow_up") & has_arm(events)].reset_index(drop=True)


def _checked_arms(
    log: JobSearchLog, early: tuple[int, int], late: tuple[int, int]
) -> tuple[str, str]:
    days = [*early, *late]
    whole = len(early) == len(late) == 2 and all(isinstance(day, int | np.integer) for day in days)
    if not whole or not 0 <= early[0] <= early[1] < late[0] <= late[1]:
        raise FollowupError(
            "early and late are each a first and a last day since the interview, such as (0, 1) "
            f"and (3, 4), early before late; not {early!r} and {late!r}."
        )
    arms = tuple(f"{first} to {last}" for first, last in (early, late))
    before = {*coins_of(log)["arm"]}
    if not before <= {*arms}:
        raise FollowupError(
            f"the coins of this log are for days {' and '.join(sorted(before))}: go on with these, "
            "or what they show would be mixed up."
        )
    return arms[0], arms[1]


_Coin = tuple[pd.Series, str, int]


def _toss(
    coming: pd.DataFrame, earlier: pd.DataFrame, number: int, arms: tuple[str, str], seed: int
) -> list[_Coin]:
    """Give each interview of one person an arm and a block, going on with a block that is open."""
    block = earlier["block"].max()
    given = [] if pd.isna(block) else earlier.loc[earlier["block"] == block, "arm"].tolist()
    left: list[str] = _shuffled(arms, given, 0 if pd.isna(block) else int(block), seed)
    coins = []
    for _, interview in coming.iterrows():
        if not left or pd.isna(block):
            block = number = number + 1
            left = _shuffled(arms, [], block, seed)
        coins.append((interview, left.pop(0), int(block)))
    return coins


def _shuffled(arms: tuple[str, str], given: list[str], block: int, seed: int) -> list[str]:
    """Return what is left of a block in an order that nobody can know."""
    left = [arm for arm in arms for _ in range(_BLOCK // 2 - given.count(arm))]
    rng = np.random.default_rng([seed, block, len(given)])
    return [left[at] for at in rng.permutation(len(left))]


def _as_events(coins: list[_Coin], log: JobSearchLog, seed: int) -> pd.DataFrame:
    rows = [
        {
            "application_id": interview["application_id"],
            "date": interview["date"] + pd.Timedelta(days=arm_days(arm)[0]),
            "kind": "follow_up",
            "planned": True,
            "arm": arm,
            "block": block,
            "drawn_on": log.as_of,
            "rule": f"a coin, seed {seed}",
        }
        for interview, arm, block in coins
    ]
    events = pd.DataFrame(rows).reindex(columns=log.events.columns)
    return events.astype(log.events.dtypes)

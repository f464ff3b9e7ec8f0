"""An estimate and its interval -> how far to trust it: what could show, what could explain it away.

The convention owned here: the grammar of verdicts. The effect that counts as worth finding is the
user's choice, never the effect that was observed.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from numbers import Real

from .errors import FollowupError
from .intervals import normal_quantile
from .wording import points

# 80 % power at the 5 % level: 1.96 + 0.84 standard errors.
_POWER = 2.8


@dataclass(frozen=True)
class Verdict:
    """What may be said of an effect.

    Parameters
    ----------
    kind : str
        "none", "yes", "no", "leans" or "cannot tell".
    text : str
        The same as a clause of a sentence.
    """

    kind: str
    text: str


def give_verdict(
    low: float,
    high: float,
    prob_positive: float,
    *,
    smallest: float,
    limit_ratio: float = 1.0,
    benchmark: float | None = None,
) -> Verdict:
    """Choose the first verdict that the interval allows.

    Parameters
    ----------
    low, high : float
        Limits of the difference in the chance of a yes.
    prob_positive : float
        Probability that the difference is above 0.
    smallest : float
        The smallest difference that counts.
    limit_ratio : float
        The limit of the risk ratio that is nearer to 1, turned so that it is above 1.
    benchmark : float, optional
        How far confounding as strong as the candidate's own rating could move a risk ratio;
        without a rating nothing stronger than "leans" is said.

    Returns
    -------
    Verdict
    """
    up = prob_positive > 0.5
    if -smallest < low and high < smallest:
        return Verdict("none", f"an effect of {points(smallest)} or more is ruled out")
    if low > 0 or high < 0:
        if benchmark is not None and limit_ratio > benchmark:
            word = "more" if up else "fewer"
            return Verdict(
                "yes" if up else "no",
                f"your log says {word} often yes, unless something that you did not record "
                "matters more than your own rating",
            )
        return Verdict(
            "leans",
            f"your log leans towards {'yes' if up else 'no'}, but what you did not record could "
            "explain it",
        )
    if prob_positive > 0.9 or prob_positive < 0.1:
        return Verdict("leans", f"your log leans towards {'yes' if up else 'no'}")
    return Verdict("cannot tell", "your log cannot tell")


def e_value(
    ratio: float, conf_low: float | None = None, conf_high: float | None = None
) -> tuple[float, float]:
    """How strong an unrecorded cause would have to be to explain a risk ratio away.

    Parameters
    ----------
    ratio : float
        Risk ratio.
    conf_low, conf_high : float, optional
        Its limits.

    Returns
    -------
    of_estimate, of_limit : float
        Risk ratio by which something unrecorded would have to go both with writing and with a yes,
        to move the estimate, or the limit nearer to 1, to 1. The second is 1 when the interval
        covers 1, and missing without limits.

    Raises
    ------
    FollowupError
        When the ratio or a limit is no number, or not positive.

    References
    ----------
    VanderWeele and Ding (2017), Annals of Internal Medicine 167, 268-274.

    Examples
    --------
    >>> [round(value, 2) for value in e_value(3.9, 1.8, 8.7)]
    [7.26, 3.0]
    """
    for value in (ratio, *(limit for limit in (conf_low, conf_high) if limit is not None)):
        if not isinstance(value, Real):
            raise FollowupError(
                "numbers are needed here, the risk ratio and its limits as they stand in the table "
                f"of a result, not a {type(value).__name__}."
            )
        if not value > 0:
            raise FollowupError(f"a risk ratio is above 0, not {value!r}.")
    limit = conf_low if ratio >= 1 else conf_high
    if limit is None:
        return _e_value(ratio), math.nan
    covers = limit <= 1 if ratio >= 1 else limit >= 1
    return _e_value(ratio), 1.0 if covers else _e_value(limit)


def bias_factor(with_writing: float, with_yes: float) -> float:
    """How far a confounder of this strength can move a risk ratio (Ding and VanderWeele 2016).

    Parameters
    ----------
    with_writing, with_yes : float
        Risk ratios by which it goes with writing and with a yes.

    Examples
    --------
    >>> round(bias_factor(2.0, 2.0), 3)
    1.333
    """
    a, b = (max(value, 1 / value) for value in (with_writing, with_yes))
    return a * b / (a + b - 1)


def detectable(std_error: float) -> float:
    """Smallest difference that this standard error shows in four logs of five.

    Examples
    --------
    >>> round(detectable(0.157), 2)
    0.44
    """
    return _POWER * std_error


def interviews_needed(n: int, std_error: float, smallest: float) -> int:
    """Interviews in all that would show a difference as small as `smallest`.

    Examples
    --------
    >>> interviews_needed(100, 0.1, 0.1)
    784
    """
    return math.ceil(round(n * (_POWER * std_error / smallest) ** 2, 6))


def check_share(share: float, name: str) -> None:
    """Refuse a difference that is none of shares, such as 5 where 5 in 100 is meant."""
    if not 0 < share < 1:
        raise FollowupError(
            f"{name} is a share between 0 and 1, such as 0.05 for 5 in 100, not {share!r}."
        )


def percent_of(level: float) -> str:
    """Write a level as a percentage: 0.95 is "95 %"."""
    normal_quantile(level)
    return f"{100 * level:g} %"


def _e_value(ratio: float) -> float:
    ratio = max(ratio, 1 / ratio)
    return ratio + math.sqrt(ratio * (ratio - 1))

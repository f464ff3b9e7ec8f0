"""Person-days of each cluster -> errors of curves that know whose interviews resemble each other.

The convention owned here: what the interviews of one person or company do to a curve is added up
before it is squared. Where a group has fewer than ten clusters, the errors are those of interviews
that are independent.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from .risk import by_group
from .tally import FEWEST_CLUSTERS, Tally


@dataclass(frozen=True)
class Clusters:
    """Person-days of each cluster in each group, or on each curve.

    Parameters
    ----------
    n_risk : numpy.ndarray of shape (clusters, days)
        At risk.
    n_event : numpy.ndarray of shape (clusters, causes, days)
        Answers: yes, no, withdrawn, or those of them that are looked at.
    group : numpy.ndarray of shape (clusters,)
        The group of each; a cluster in several groups is there once for each.
    """

    n_risk: np.ndarray
    n_event: np.ndarray
    group: np.ndarray

    def of(self, codes: list[int]) -> Clusters:
        """Count some of the answers as one."""
        return replace(self, n_event=self.n_event[:, codes].sum(axis=1, keepdims=True))

    def enough(self, n_groups: int) -> np.ndarray:
        """Which groups have clusters enough to tell how much they differ."""
        present = self.n_risk.any(axis=1)
        return np.bincount(self.group[present], minlength=n_groups) >= FEWEST_CLUSTERS

    def variance(self, deviation: np.ndarray, independent: np.ndarray) -> np.ndarray:
        """Sum the squares of what the clusters do to each group, where they are enough.

        Parameters
        ----------
        deviation : numpy.ndarray of shape (clusters, ...)
            What each cluster does to what is estimated of its group.
        independent : numpy.ndarray of shape (groups, ...)
            Variance if interviews were independent, for the groups with too few clusters.

        Returns
        -------
        numpy.ndarray of shape (groups, ...)
        """
        sums = np.zeros(independent.shape)
        np.add.at(sums, self.group, deviation**2)
        present = self.n_risk.any(axis=1)
        n = np.maximum(np.bincount(self.group[present], minlength=len(sums)), 2)
        shape = (-1, *[1] * (sums.ndim - 1))
        enough = self.enough(len(sums)).reshape(shape)
        return np.where(enough, sums * (n / (n - 1)).reshape(shape), independent)


def clusters_of(counts: Tally, last: int, *, followed_up: bool | None = None) -> Clusters | None:
    """Person-days of the clusters of a tally; None where it has none."""
    if counts.cluster is None:
        return None
    width = int(counts.cluster.max(initial=0)) + 1
    part, keys = pd.factorize(counts.pattern * width + counts.cluster, sort=True)
    own = replace(counts, patterns=pd.DataFrame(index=range(len(keys))), pattern=part)
    days = by_group(own, last, followed_up=followed_up)
    return Clusters(days.n_risk, days.n_event, keys // width)


def about_clusters(clusters: Clusters | None, n_groups: int) -> tuple[str, ...]:
    """Tell whose interviews the limits take together, and where they could not."""
    if clusters is None or not n_groups:
        return ()
    enough = int(clusters.enough(n_groups).sum())
    together = (
        "The limits take the interviews of one person or company together, since they may resemble "
        "each other."
    )
    alone = (
        f"{n_groups - enough} of the {n_groups} groups have fewer than {FEWEST_CLUSTERS} people or "
        "companies, too few to tell how much they differ: there each interview counts by itself."
    )
    return (*[together] * (enough > 0), *[alone] * (enough < n_groups))


def on_curves(n_risk: np.ndarray, n_event: np.ndarray, clusters: Clusters) -> np.ndarray:
    """Tell what each cluster does to the curves of its group (infinitesimal jackknife).

    Parameters
    ----------
    n_risk : numpy.ndarray of shape (groups, days)
        At risk.
    n_event : numpy.ndarray of shape (groups, causes, days)
        Events by cause.
    clusters : Clusters
        Their person-days; of more causes, those that come first are these.

    Returns
    -------
    numpy.ndarray of shape (clusters, causes + 1, days)
        Deviation of the cumulative incidence of each cause and, last, of what is left.

    Notes
    -----
    On each day a cluster deviates by the events that it has beyond those expected of it at the
    hazard of its group. With each interview a cluster of its own the squares add up to the
    variances of `aalen_johansen`, those of Greenwood among them.

    References
    ----------
    Jaeckel (1972), Bell Laboratories Memorandum MM 72-1215-11; Therneau and Grambsch (2000),
    Modeling Survival Data, section 7.
    """
    n = np.maximum(n_risk, 1)
    hazard = n_event / n[:, None]
    stay = 1 - hazard.sum(axis=1)
    left = np.cumprod(stay, axis=1)
    before = np.concatenate([np.ones_like(left[:, :1]), left[:, :-1]], axis=1)
    group = clusters.group
    own_event = clusters.n_event[:, : n_event.shape[1]]
    surplus = (own_event - hazard[group] * clusters.n_risk[:, None]) / n[group][:, None]
    new = before[group] * surplus.sum(axis=1)
    of_left = np.zeros((len(group), left.shape[1] + 1))
    for day in range(left.shape[1]):
        of_left[:, day + 1] = of_left[:, day] * stay[group, day] - new[:, day]
    daily = before[group][:, None] * surplus + of_left[:, None, :-1] * hazard[group]
    return np.concatenate([daily.cumsum(axis=-1), of_left[:, None, 1:]], axis=1)

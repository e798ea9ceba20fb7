"""Reassignments of cohorts among districts within strata, and sums over them without estimating anew.

A reassignment keeps the number of districts of each cohort in each stratum. It is written as `chosen`: in
each stratum the districts that take its cohorts other than the most numerous one, in the order of `labels`;
the others take that one, the rest.
Shapes: N districts, G cohorts, F features, K chosen of a stratum, B draws.
"""

from dataclasses import dataclass
from itertools import chain, combinations
from math import comb, prod

import numpy as np

ENUMERATED = 50_000  # up to so many assignments all are taken, and a test is exact
TIE = (
    1e-9  # statistics closer than this, relative to the largest, are equal: sums differ in their last digits
)
BLOCK = 500  # draws at a time: memory does not grow with the number of draws


@dataclass(frozen=True, eq=False)
class Stratum:
    """Districts among which cohorts are reassigned.

    Attributes
    ----------
    members : ndarray of int, shape (M,)
        Indices of its districts.
    labels : ndarray of int, shape (K,)
        Cohort of each chosen district, as an index; sorted.
    rest : int
        Cohort of those not chosen.
    """

    members: np.ndarray
    labels: np.ndarray
    rest: int

    @property
    def count(self):
        """Number of reassignments."""
        left, ways = len(self.members), 1
        for k in np.bincount(self.labels):
            ways *= comb(left, int(k))
            left -= int(k)
        return ways


def make_strata(cohort, stratum):
    """Form the strata.

    Parameters
    ----------
    cohort, stratum : ndarray of int, shape (N,)
        Index of each district's cohort, and of its stratum.

    Returns
    -------
    list of Stratum
        One each; where all districts are of one cohort there are no labels.
    """
    strata = []
    for s in range(stratum.max() + 1):
        members = np.flatnonzero(stratum == s)
        rest = int(np.bincount(cohort[members]).argmax())
        labels = np.sort(cohort[members][cohort[members] != rest])
        strata.append(Stratum(members, labels, rest))
    return strata


def count(strata):
    """Count the reassignments of all strata together."""
    return prod(s.count for s in strata)


def enumerate_chosen(stratum):
    """List every reassignment of a stratum, shape (count, K)."""
    sizes = [int(k) for k in np.bincount(stratum.labels) if k]
    return stratum.members[_choices(len(stratum.members), sizes)]


def _choices(free, sizes):
    """List every way to choose first sizes[0] of so many places, then sizes[1] of those left ..."""
    if not sizes:
        return np.zeros((1, 0), dtype="int64")
    places = chain.from_iterable(combinations(range(free), sizes[0]))
    first = np.fromiter(places, dtype="int64").reshape(-1, sizes[0])
    others = _choices(free - sizes[0], sizes[1:])
    left = np.ones((len(first), free), dtype=bool)
    np.put_along_axis(left, first, False, axis=1)
    left = np.nonzero(left)[1].reshape(len(first), -1)
    others = left[:, others].reshape(len(first) * len(others), -1)
    return np.hstack([np.repeat(first, len(others) // len(first), axis=0), others])


def draw_chosen(stratum, draws, rng):
    """Draw reassignments with equal chances, shape (draws, K): the start of a shuffle (Fisher and Yates)."""
    size = len(stratum.members)
    order = np.tile(stratum.members, (draws, 1))
    row = np.arange(draws)
    for k in range(len(stratum.labels)):
        other = rng.integers(k, size, draws)
        order[row, other], order[:, k] = order[:, k], order[row, other]
    return order[:, : len(stratum.labels)]


def sums_by_cohort(stratum, chosen, features):
    """Sum the features of a stratum's districts, each under the cohort it takes.

    Parameters
    ----------
    stratum : Stratum
    chosen : ndarray of int, shape (B, K)
    features : ndarray, shape (G, N, F)
        Of each district, would it be of each cohort.

    Returns
    -------
    ndarray, shape (B, G, F)
    """
    sums = np.zeros((len(chosen), len(features), features.shape[2]))
    sums[:, stratum.rest] = features[stratum.rest, stratum.members].sum(axis=0)
    for label, district in zip(stratum.labels, chosen.T, strict=True):
        sums[:, label] += features[label, district]
        sums[:, stratum.rest] -= features[stratum.rest, district]
    return sums


def sums_over_all(stratum, chosen, features):
    """As `sums_by_cohort`, but all cohorts together, shape (B, F)."""
    sums = np.tile(features[stratum.rest, stratum.members].sum(axis=0), (len(chosen), 1))
    more = features - features[stratum.rest]
    for label, district in zip(stratum.labels, chosen.T, strict=True):
        sums += more[label, district]
    return sums


def sums_of_constants(stratum, chosen, features):
    """As `sums_by_cohort`, of features that are the same under every cohort."""
    sums = np.zeros((len(chosen), len(features), features.shape[2]))
    for label, district in zip(stratum.labels, chosen.T, strict=True):
        sums[:, label] += features[0, district]
    sums[:, stratum.rest] = features[0, stratum.members].sum(axis=0) - sums.sum(axis=1)
    return sums


def _dealt(strata, draws, rng):
    """Yield the chosen of each stratum, block by block: drawn ones, or without an rng all."""
    listed = None if rng else [enumerate_chosen(s) for s in strata]
    total = draws if rng else count(strata)
    for start in range(0, total, BLOCK):
        size = min(BLOCK, total - start)
        if rng:
            yield [draw_chosen(s, size, rng) for s in strata]
        else:
            picked = np.unravel_index(np.arange(start, start + size), [len(c) for c in listed])
            yield [c[i] for c, i in zip(listed, picked, strict=True)]


def sums_in_blocks(strata, features, draws, rng, add=sums_by_cohort):
    """Yield what `add` gives for the strata, summed, of at most `BLOCK` reassignments at a time.

    They are those of `reassignments`, in their order.
    """
    for chosen in _dealt(strata, draws, rng):
        yield sum(add(s, c, features) for s, c in zip(strata, chosen, strict=True))


def reassignments(strata, n, draws=None, rng=None):
    """Yield reassignments, one cohort index a district: drawn ones, or without an rng every one."""
    for chosen in _dealt(strata, draws, rng):
        cohort = np.empty((len(chosen[0]), n), dtype="int64")
        for stratum, districts in zip(strata, chosen, strict=True):
            cohort[:, stratum.members] = stratum.rest
            np.put_along_axis(cohort, districts, stratum.labels[None], axis=1)
        yield from cohort


def place_of(strata, cohort):
    """Find an assignment, one cohort index a district, among all `reassignments`: its place from 0 on."""
    rows = []
    for stratum in strata:
        taken = cohort[stratum.members]
        own = [stratum.members[taken == label] for label in np.unique(stratum.labels)]
        listed = enumerate_chosen(stratum)
        own = np.concatenate(own) if own else np.zeros(0, dtype="int64")
        rows.append((int((listed == own).all(axis=1).argmax()), len(listed)))
    at, sizes = zip(*rows, strict=True)
    return int(np.ravel_multi_index(at, sizes))

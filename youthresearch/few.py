"""Tests for one wave with few treated districts, from the districts' changes alone.

Each district's periods are collapsed to one change, the mean after less the mean before (Bertrand, Duflo and
Mullainathan 2004): whatever goes on within a district over time is then in one number.
"""

from functools import lru_cache
from itertools import combinations, permutations
from math import ceil, comb, perm

import numpy as np
import pandas as pd

from .cells import NEVER, check_no_gaps, make_cells
from .inference import DRAWS, SEED
from .reassign import ENUMERATED, TIE
from .schema import DataError, check_draws, mark_simulated

ORDERED = 10 * ENUMERATED  # up to so many orders of all sets all are taken


def few_treated(panel, *, outcome, population=None, draws=DRAWS, level=0.95, seed=SEED):
    """Test one wave's effect by three methods made for few treated districts.

    Parameters
    ----------
    panel : pandas.DataFrame
        As from `as_panel` or `build_panel`; without gaps, with one cohort and at least three never-treated
        districts.
    outcome : str
    population : str, optional
        Column or indicator of the districts' sizes (only their ratios matter); needed for ferman_pinto,
        which is left out without it. Districts are not weighted by it.
    draws : int
        Sets of never-treated districts to draw where there are more than 50,000; else all are taken.
    level : float
    seed : int

    Returns
    -------
    pandas.DataFrame
        One row is one method: method, att, p_value, low, high (of the interval), smallest_p, assumes.

        - exact_t: t test of the difference of two means, N - 2 degrees of freedom (Donald and Lang 2007; Lee
          and Wooldridge 2026). Exact if changes are normal with one variance.
        - conley_taber: the estimate among means of as many never-treated districts' changes about their mean
          (Conley and Taber 2011). Holds with many never-treated districts of the treated ones' distribution.
        - ferman_pinto: the same with each change rescaled to the treated districts' variance, which is
          ``a + b / size``, fitted to the never-treated (Ferman and Pinto 2019), neither part below zero.
          The fit needs many of them. With the smallest district treated, variance 1 / size and sizes from
          0.5 to 2, a true null is rejected 8% of the time with 99 never-treated and 6% with 399, at nominal
          5% (conley_taber: 19 and 18%; 3,000 simulations each); with sizes from 0.1 to 2 and 99
          never-treated, 11%. Each set of never-treated stands for the treated districts in every order, so
          that no order of theirs counts (where there are more than 500,000 orders of all sets, `draws` of
          them are drawn).

        conley_taber and ferman_pinto take the mean of the never-treated for exact, so that treated districts
        must be few beside them: with 10 of 60 treated and all alike a true null is rejected 12% of the time,
        with 20 of 60 25% (exact_t: 5 and 4%; `load_size`). Then use `randomization_test`.

        p is never 0: the actual estimate counts as one more.

    Raises
    ------
    DataError
        If there are gaps, several cohorts, no period before treatment, too few never-treated districts, or
        these all change by the same.
    """
    check_draws(draws, seed, level)
    cells = make_cells(panel, outcome, None, population)
    change, treated = _changes(cells)
    att = float(change[treated].mean() - change[~treated].mean())
    left = change[~treated] - change[~treated].mean()
    if np.abs(left).max() <= cells.rounding:
        raise DataError(
            f"{outcome!r} changes by the same in all {len(left)} never-treated districts, so that there is "
            "no spread to learn from them."
        )
    n, k = len(change), int(treated.sum())
    rows = [_exact_t(change, treated, att, level)]
    sets = _sets(n - k, k, draws, seed)
    far = np.abs(left[sets].mean(axis=1))
    rows.append(_row("conley_taber", att, far, 1, level, "few treated beside many, who vary alike"))
    if population is not None:
        variance = _variance_by_size(left, cells.size, treated)
        scale = np.sqrt(variance[treated])
        unlike = bool(np.ptp(scale) > TIE * scale.max())
        sets = _sets(n - k, k, draws, seed, ordered=unlike)
        orders = ceil(len(sets) / comb(n - k, k))  # in which a set stands among them, on average
        far = np.abs(((left / np.sqrt(variance[~treated]))[sets] * scale).mean(axis=1))
        rows.append(
            _row("ferman_pinto", att, far, orders, level, "few treated beside many; variance a + b / size")
        )
    names = ["method", "att", "p_value", "low", "high", "smallest_p", "assumes"]
    return mark_simulated(pd.DataFrame(rows, columns=names), cells.simulated)


def _changes(cells):
    """Mean after less mean before of each district, and who is treated."""
    treated = cells.cohort != NEVER
    begins = np.unique(cells.cohort[treated])
    check_no_gaps(cells, "few_treated")
    if len(begins) != 1 or begins[0] <= cells.time[0]:
        raise DataError(
            f"few_treated takes one wave with a period before it; here are {len(begins)} "
            f"({[str(cells.label(b)) for b in begins]}), the first period is {cells.periods[0]}."
        )
    if (~treated).sum() < max(3, treated.sum()):
        raise DataError(
            f"{(~treated).sum()} never-treated districts for {treated.sum()} treated: these tests learn the "
            "spread from the never-treated, of which there must be at least three and as many as treated."
        )
    after = cells.time >= begins[0]
    return cells.y[:, after].mean(axis=1) - cells.y[:, ~after].mean(axis=1), treated


def _exact_t(change, treated, att, level):
    from scipy.special import stdtr, stdtrit

    groups = change[treated], change[~treated]
    df = len(change) - 2
    square = sum(((g - g.mean()) ** 2).sum() for g in groups) / df
    se = np.sqrt(square * sum(1 / len(g) for g in groups))
    reach = stdtrit(df, (1 + level) / 2) * se
    p = 2 * stdtr(df, -abs(att) / se)
    return "exact_t", att, float(p), att - reach, att + reach, 0.0, "changes are normal with one variance"


@lru_cache(maxsize=4)  # a study of power asks for the same sets thousands of times
def _sets(n, k, draws, seed, ordered=False):
    """List sets of k of n, or all their orders; where these are many, drawn ones in orders by chance."""
    list_all, many, most = (permutations, perm, ORDERED) if ordered else (combinations, comb, ENUMERATED)
    if many(n, k) <= most:
        return np.array(list(list_all(range(n), k)))
    rng = np.random.default_rng(seed)
    return np.array([rng.choice(n, k, replace=False) for _ in range(draws)])


def _variance_by_size(left, size, treated):
    """Variance of every district's change, a + b / size with a and b at least zero."""
    from scipy.optimize import nnls

    inverse = np.column_stack([np.ones(len(size)), 1 / size])
    coefficients = nnls(inverse[~treated], left**2)[0]
    return inverse @ coefficients


def _row(method, att, far, orders, level, assumes):
    away = np.append(far, np.full(orders, np.inf))  # the actual set counts as one more, in as many orders
    p = (away >= abs(att) * (1 - TIE)).mean()
    place = len(away) - 1 - int(np.floor((1 - level) * len(away) + TIE))
    reach = float(np.partition(away, place)[place])
    return method, att, float(p), att - reach, att + reach, orders / len(away), assumes

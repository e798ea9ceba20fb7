"""Several tests at once: p-values that allow for the number of them, from the same reassignments."""

import numpy as np
import pandas as pd

from .inference import RandomizationTest
from .reassign import TIE
from .schema import DataError, as_list, check_choice, mark_simulated


def adjust_family(tests, *, method="minp"):
    """Adjust the p-values of several randomisation tests for being many, by step-down over the same draws.

    Whoever tests twenty outcomes finds one at 5% by chance. Adjusted p-values keep the chance of any false
    rejection in the family at the level, and allow for how the outcomes go together: each draw deals the
    cohorts anew for all outcomes at once (Westfall and Young 1993; Romano and Wolf 2005, 2016).

    Parameters
    ----------
    tests : RandomizationTest or list of RandomizationTest
        Of several outcomes, estimators or dates, with the same districts, cohorts, strata, draws and seed.
    method : {"minp", "maxt"}
        What is compared over the family: the smallest p-value (Westfall and Young 1993, algorithm 2.8), which
        needs no common scale; or the largest statistic in absolute value (Romano and Wolf 2005), "att"
        statistics in units of their own standard deviation over the draws.

    Returns
    -------
    pandas.DataFrame
        One row is one test, in the order given: estimator, outcome, att, p_value, p_adjusted, low, high (of
        the test alone), smallest_p. An adjusted p-value is never below its own, nor below one with a smaller
        p-value; it is exact where the tests are.

    Raises
    ------
    DataError
        If there are no tests, or they did not deal the same cohorts to the same districts.
    """
    check_choice("method", method, ("minp", "maxt"))
    tests = as_list(tests)
    _check_same(tests)
    far = np.column_stack([_far(test, method) for test in tests])
    names = ["estimator", "outcome", "att", "p_value", "low", "high", "smallest_p"]
    table = pd.DataFrame([[getattr(t, n) for n in names] for t in tests], columns=names)
    order = (
        np.lexsort((-far[0], table["p_value"])) if method == "minp" else np.argsort(-far[0], kind="stable")
    )
    table.insert(4, "p_adjusted", _stepped_down(far, order))
    return mark_simulated(table, [test.simulated for test in tests])


def _check_same(tests):
    if not tests:
        raise DataError("No tests to adjust: give a list of randomisation tests.")
    for test in tests:
        if not isinstance(test, RandomizationTest):
            raise DataError(
                f"A {type(test).__name__} is no randomisation test: give effect.randomization() of each."
            )
    first = tests[0]
    for test in tests[1:]:
        if (test.dealt, test.draws, test.exact, test.statistic, test.level) != (
            first.dealt, first.draws, first.exact, first.statistic, first.level,
        ):  # fmt: skip
            raise DataError(
                f"The tests of {first.outcome!r} and {test.outcome!r} are not of one family: districts, "
                "cohorts, strata, statistic, draws, seed and level must be the same, and gaps leave out the "
                "same assignments, so that each draw deals the cohorts alike for both. Keep the districts "
                "that are observed in all outcomes."
            )


def _far(test, method):
    """How far out the actual assignment (first) and the others are, the larger the farther, shape (1 + B,).

    If all assignments were taken the actual one is among them, and counts once.
    """
    size = np.abs(test.assignments["statistic"].to_numpy())
    finite = size[np.isfinite(size)]
    tie = TIE * finite.max(initial=0)
    if method == "maxt":
        spread = np.std(test.distribution) if test.statistic == "att" else 1.0
        return size / (spread or 1.0)
    ascending = np.sort(size)
    return np.searchsorted(ascending, size - tie) / len(size)  # one less the p-value of each draw


def _stepped_down(far, order):
    """Compare each with the farthest of those not yet rejected; from the farthest on, never falling."""
    ordered = far[:, order]
    rivals = np.maximum.accumulate(ordered[:, ::-1], axis=1)[:, ::-1]
    scale = np.abs(ordered[np.isfinite(ordered)]).max(initial=0)
    share = (rivals >= ordered[0] - TIE * scale).mean(axis=0)
    adjusted = np.empty(len(order))
    adjusted[order] = np.maximum.accumulate(share)
    return adjusted

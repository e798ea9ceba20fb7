"""The size study in small, and that its fast way through many simulations is `randomization_test` itself."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import youthresearch as yr
from benchmarks.size import ALPHA, DRAWS, alike, blank, designs, randomized, simulate


def design(**wanted):
    """Find the one design that is asked for."""
    [found] = [d for d in designs() if all(d[k] == v for k, v in wanted.items())]
    return found


@pytest.mark.parametrize("treated", [1, 2, 5, 20])
@pytest.mark.parametrize("waves", [1, 3])
@pytest.mark.parametrize("test", ["randomization", "strata"])
def test_every_interval_is_that_of_the_test_itself(treated, waves, test):
    """The same assignments, drawn or all, the same ends, and zero outside them where p is at most 5%."""
    if waves > treated:
        pytest.skip("no such design")
    chosen = design(noise="small", pilots="any", rho=0.5, waves=waves, treated=treated)
    y, cohort = simulate(chosen, 30, 1)
    cells, strata = blank(chosen)
    estimator = yr.did if waves == 1 else yr.staggered_did
    stratum = pd.factorize(strata[test], sort=True)[0]
    low, high, worst = randomized(estimator, cells, y, cohort, stratum, 7)
    blocks = list(alike(np.unique(cohort, return_inverse=True)[1].reshape(cohort.shape), stratum))
    assert sorted(np.concatenate(blocks)) == list(range(30))
    smallest = []
    for k, s in ((k, block[-1]) for k, block in list(enumerate(blocks, 1))[:6]):
        own = yr.randomization_test(
            estimator,
            replace(cells, y=y[s], cohort=cohort[s]),
            outcome="y",
            strata=strata[test],
            draws=DRAWS,
            seed=7 + k,
        )
        assert (low[s], high[s]) == (pytest.approx(own.low, abs=1e-9), pytest.approx(own.high, abs=1e-9))
        assert (own.p_value <= ALPHA + 1e-9) == (low[s] > 0 or high[s] < 0)
        smallest.append(own.smallest_p)
    assert worst >= max(smallest) - 1e-12

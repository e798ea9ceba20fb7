"""The size study in small, and that its fast way through many simulations is `randomization_test` itself."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binom

import youthresearch as yr
from benchmarks.size import DRAWS, LEVEL, SEED, alike, blank, designs, randomized, simulate, study


def design(**wanted):
    """Find the one design that is asked for."""
    [found] = [d for d in designs() if all(d[k] == v for k, v in wanted.items())]
    return found


SLOW = [(20, 1, "randomization"), (1, 1, "strata"), (5, 3, "strata"), (20, 3, "strata")]


@pytest.mark.slow
@pytest.mark.parametrize(
    "treated, waves, test",
    [(2, 1, "randomization"), (5, 1, "strata"), *(pytest.param(*s, marks=pytest.mark.slow) for s in SLOW)],
)
def test_every_interval_is_that_of_the_test_itself(treated, waves, test):
    """The same assignments, drawn or all, the same ends, and zero outside them where p is at most 5%."""
    chosen = design(noise="small", pilots="any", rho=0.5, waves=waves, treated=treated)
    y, cohort = simulate(chosen, 30, 1)
    cells, strata = blank(chosen)
    estimator = yr.did if waves == 1 else yr.staggered_did
    stratum = pd.factorize(strata[test], sort=True)[0]
    low, high, worst = randomized(estimator, cells, y, cohort, stratum, 7)
    blocks = list(alike(np.unique(cohort, return_inverse=True)[1].reshape(cohort.shape), stratum))
    assert sorted(np.concatenate(blocks)) == list(range(30))
    smallest = []
    for k, s in ((k, block[-1]) for k, block in list(enumerate(blocks, 1))[:4]):
        own = yr.randomization_test(
            estimator,
            replace(cells, y=y[s], cohort=cohort[s]),
            outcome="y",
            strata=strata[test],
            draws=DRAWS,
            seed=7 + k,
        )
        assert (low[s], high[s]) == (pytest.approx(own.low, abs=1e-9), pytest.approx(own.high, abs=1e-9))
        assert (own.p_value <= 1 - LEVEL + 1e-9) == (low[s] > 0 or high[s] < 0)
        smallest.append(own.smallest_p)
    assert worst >= max(smallest) - 1e-12


def likely(share, simulations):
    """Counts that 999,998 of a million such samples stay between."""
    return binom.ppf([1e-6, 1 - 1e-6], simulations, share)


@pytest.mark.slow
def test_in_small_the_stratified_test_is_right_and_the_others_are_not():
    """300 simulations: two pilots among the largest third, which vary more, or less, than the others."""
    low, high = likely(1 - LEVEL, 300)
    for noise, too_often in (("large", True), ("small", False)):
        found = study(design(noise=noise, pilots="largest", rho=0.5, waves=1, treated=2), 300, 11)
        count = 300 * found.set_index("test")["size"]
        assert low <= count["strata"] <= high
        assert (count["randomization"] > high) if too_often else (count["randomization"] <= low)
        assert count["clustered"] > 2 * high


@pytest.mark.slow
def test_a_row_of_the_stored_table_comes_out_again():
    every = list(designs())
    k = every.index(design(noise="small", pilots="largest", rho=0.8, waves=1, treated=1))
    again = study(every[k], 2000, SEED + 10_000 * k)
    stored = yr.load_size().merge(again[[*every[k], "test"]])
    for name in ("size", "power"):
        assert stored[name].tolist() == pytest.approx(again[name].tolist(), abs=1e-9)
    assert stored["smallest_p"].tolist() == pytest.approx(again["smallest_p"].tolist(), rel=1e-5)


def test_the_stored_table_has_every_design_and_each_of_its_numbers_is_a_count():
    size = yr.load_size()
    keys = ["noise", "pilots", "rho", "waves", "treated"]
    assert size[keys].drop_duplicates().to_dict("records") == list(designs())
    counts = size[["size", "power"]] * 2000
    assert (size["simulations"] == 2000).all() and (counts - counts.round()).abs().max(axis=None) < 1e-6
    assert size.attrs["simulated"]


def test_the_default_holds_in_every_design_and_never_rejects_where_it_cannot():
    """What the project claims: 3 to 6.5% at nominal 5%, pilots drawn by chance within the strata."""
    size = yr.load_size()
    cannot = size["smallest_p"] > 1 - LEVEL
    assert cannot.any() and (size.loc[cannot, ["size", "power"]] == 0).all(axis=None)
    default = size[(size["test"] == "strata") & (size["pilots"] != "likelier")]
    assert default["size"].between(0.03, 0.065).all() and not cannot[default.index].any()
    few = size[(size["test"] == "clustered") & (size["treated"] <= 3) & (size["pilots"] == "any")]
    assert (few["size"] > 0.15).all()

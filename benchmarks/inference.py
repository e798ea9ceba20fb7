"""9,999 reassignments of a three-wave design at 2,844 districts x 40 quarters, beside one fit each.

`python benchmarks/inference.py [N_DISTRICTS]`. The other package's loop is not run to its end: a few fits are
timed and multiplied. Written as ratios, since machines differ.
"""

import sys
import tracemalloc
from time import perf_counter

import numpy as np
import pandas as pd
import pyfixest as pf

import youthresearch as yr

DRAWS, FITS = 9999, 5


def make_table(n, t=40):
    """Three waves (18, 100, 300 districts) of simulated noise."""
    rng = np.random.default_rng(1)
    cohort = np.repeat([20, 25, 30, 0], [18, 100, 300, n - 418])
    table = pd.DataFrame({"district": np.repeat([f"d{i:04d}" for i in range(n)], t)})
    table["period"] = np.tile(np.arange(t), n)
    g = np.repeat(cohort, t)
    table["cohort"] = pd.array(g, dtype="Int64")
    table.loc[g == 0, "cohort"] = pd.NA
    table["d"] = ((g > 0) & (table["period"] >= g)).astype(float)
    table["y"] = rng.normal(size=n * t)
    return table


def timed(run):
    """Seconds of one run."""
    start = perf_counter()
    run()
    return perf_counter() - start


def main(n):
    """Time each estimator, and the peak of memory."""
    table = make_table(n)
    panel = yr.as_panel(table, district="district", period="period", cohort="cohort", outcomes=["y"])

    def fit():
        pf.feols("y ~ d | district + period", table, vcov={"CRV1": "district"})

    fit()
    loop = timed(lambda: [fit() for _ in range(FITS)]) / FITS * DRAWS
    print(f"{n} districts x 40, {DRAWS} draws; loop over pyfixest.feols would take {loop:.0f} s")
    for estimator in (yr.did, yr.imputation_did, yr.staggered_did):
        for statistic in ("att", "studentized"):

            def run(estimator=estimator, statistic=statistic):
                yr.randomization_test(estimator, panel, outcome="y", statistic=statistic, seed=1)

            seconds = timed(run)
            name = f"{estimator.__name__} {statistic}"
            print(f"  {name:<28} {seconds:.2f} s, {loop / seconds:,.0f} times faster")
    tracemalloc.start()
    run()
    print(f"  peak of memory {tracemalloc.get_traced_memory()[1] / 1e6:.0f} MB")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 2844)

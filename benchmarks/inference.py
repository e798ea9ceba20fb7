"""9,999 reassignments of a three-wave design at 2,844 districts x 40 quarters, beside one fit each.

`python benchmarks/inference.py [N_DISTRICTS]`. The other package's loop is not run to its end: a few fits are
timed and multiplied. Written as ratios, since machines differ. With a population or controls each district
has weights of its own; event_study and sun_abraham then run anew for every assignment, and are not in here.
The wild bootstrap and the family of three outcomes are held against a loop of refits too.
"""

import sys
import tracemalloc
from functools import partial
from time import process_time

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
    for name in ("y", "x", "z"):
        table[name] = rng.normal(size=n * t)
    table["people"] = np.repeat(rng.uniform(1, 5, n), t)
    return table


def timed(run):
    """Seconds of the processor that one run takes."""
    start = process_time()
    run()
    return process_time() - start


def main(n):
    """Time each estimator, and the peak of memory."""
    table = make_table(n)
    panel = yr.as_panel(
        table,
        district="district",
        period="period",
        cohort="cohort",
        outcomes=["y", "x", "z"],
        keep=["people"],
    )

    def fit(formula="y ~ d | district + period"):
        pf.feols(formula, table, vcov={"CRV1": "district"})

    fit()
    loop = timed(lambda: [fit() for _ in range(FITS)]) / FITS * DRAWS
    print(f"{n} districts x 40, {DRAWS} draws; loop over pyfixest.feols would take {loop:.0f} s")

    def show(name, run, times=1):
        seconds = timed(run)
        print(f"  {name:<34} {seconds:.2f} s, {times * loop / seconds:,.0f} times faster")

    def test(estimator, outcome="y", **options):
        return yr.randomization_test(estimator, panel, outcome=outcome, seed=1, **options)

    for estimator in (yr.did, yr.imputation_did, yr.staggered_did):
        name = estimator.__name__
        for statistic in ("att", "studentized"):
            show(f"{name} {statistic}", partial(test, estimator, statistic=statistic))
        show(f"{name} att, population", partial(test, estimator, population="people"))
        show(f"{name} att, one control", partial(test, estimator, controls=["x"]))
    effect = yr.did(panel, outcome="y")
    show("did wild bootstrap", lambda: yr.wild_bootstrap(effect, seed=1))

    def family():
        yr.adjust_family([test(yr.did, outcome) for outcome in ("y", "x", "z")])

    show("did, step-down over three outcomes", family, times=3)
    tracemalloc.start()
    test(yr.staggered_did, population="people")
    print(f"  peak of memory {tracemalloc.get_traced_memory()[1] / 1e6:.0f} MB")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 2844)

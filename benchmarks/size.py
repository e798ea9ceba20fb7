"""How often a true null is rejected at nominal 5%: `python benchmarks/size.py [SIMULATIONS]`.

Sixty districts, six periods, simulated, no effect; AR(1) errors; one wave from period 3, or two from 2 and 4.
Pilots are any districts; or, if fewer than ten, they are taken from ten districts that are noisier than the
others (by the factor shown). Strata are always these ten and the others. Where a row's smallest p-value is
above 5%, as with one pilot in a stratum of ten, the test never rejects. About 0.07 s a simulation.
"""

import sys

import numpy as np
import pandas as pd
from scipy.stats import t as student

import youthresearch as yr

DISTRICTS, PERIODS, NOISY = 60, 6, 10
TREATED = (1, 2, 3, 5, 10, 20)


def panel_of(treated, waves, rho, noisier, rng):
    """Draw a panel; the first ten districts are the noisier ones, and the pilots are among them."""
    y = rng.normal(size=(DISTRICTS, PERIODS))
    for t in range(1, PERIODS):
        y[:, t] = rho * y[:, t - 1] + np.sqrt(1 - rho**2) * y[:, t]
    large = np.arange(DISTRICTS) < NOISY
    y[large] *= noisier
    pool = NOISY if noisier != 1 and treated < NOISY else DISTRICTS  # any district, where all are alike
    chosen = rng.choice(pool, treated, replace=False)
    cohort = np.zeros(DISTRICTS, dtype="int64")
    cohort[chosen] = np.resize(waves, treated)
    table = pd.DataFrame({"district": np.repeat([f"d{i:02d}" for i in range(DISTRICTS)], PERIODS)})
    table["period"] = np.tile(np.arange(PERIODS), DISTRICTS)
    table["cohort"] = pd.array(np.repeat(cohort, PERIODS), dtype="Int64")
    table["y"], table["large"] = y.ravel(), np.repeat(large, PERIODS)
    table.loc[table["cohort"] == 0, "cohort"] = pd.NA
    return yr.as_panel(
        table, district="district", period="period", cohort="cohort", outcomes=["y"], keep=["large"]
    )


def rejections(simulations, treated, waves, rho, noisier, seed=2024):
    """Shares of simulations in which each test rejects."""
    rng = np.random.default_rng(seed)
    tests = {"clustered": 0, "no strata": 0, "strata": 0}
    for k in range(simulations):
        panel = panel_of(treated, waves, rho, noisier, rng)
        effect = yr.did(panel, outcome="y")
        tests["clustered"] += abs(effect.att / effect.se) > student.ppf(0.975, DISTRICTS - 1)
        for name, strata in (("no strata", None), ("strata", "large")):
            test = yr.randomization_test(yr.did, panel, outcome="y", strata=strata, draws=999, seed=k)
            tests[name] += test.p_value <= 0.05
    return {name: count / simulations for name, count in tests.items()}


def main(simulations):
    """Print one row a design."""
    print(f"{simulations} simulations a row; share rejected at 5%")
    print("treated  waves  rho  noise of the ten   clustered  no strata  strata")
    for waves in ((3,), (2, 4)):
        for rho, noisier in ((0.5, 1), (0.8, 1), (0.5, 3)):
            for treated in TREATED:
                if treated < len(waves):
                    continue
                found = rejections(simulations, treated, waves, rho, noisier)
                shown = "".join(f"{v:>11.3f}" for v in found.values())
                print(f"{treated:>7} {len(waves):>6} {rho:>5} {noisier:>12}     {shown}", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 2000)

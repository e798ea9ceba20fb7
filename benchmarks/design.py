"""Power of a randomisation test, beside simulating panels and testing each: `python benchmarks/design.py`.

The loop draws a panel, estimates by pyfixest's fixed effects under every one of 999 assignments, and counts.
It is not run to its end: a few fits are timed and multiplied. Written as ratios, since machines differ.
"""

from time import process_time

import numpy as np
import pandas as pd
import pyfixest as pf

import youthresearch as yr

SIMULATIONS, DRAWS, FITS = 2000, 999, 5
DESIGNS = {
    "60 x 24, 3 pilots (all 34,220 assignments)": (60, 24, {13: 3}, yr.did),
    "60 x 24, 10 pilots": (60, 24, {13: 10}, yr.did),
    "2,844 x 40, waves of 18, 100 and 300": (2844, 40, {20: 18, 25: 100, 30: 300}, yr.staggered_did),
}


def seconds(run):
    """Processor time of one run."""
    start = process_time()
    run()
    return process_time() - start


def fit_of(design):
    """Make one fit of the loop: a panel of noise with the design's treatment."""
    n, t = len(design.districts), len(design.time)
    table = pd.DataFrame({"district": np.repeat(design.districts, t), "period": np.tile(design.time, n)})
    table["d"] = (design.time >= design.cohort[:, None]).ravel().astype(float)
    table["y"] = np.random.default_rng(1).normal(size=n * t)
    return lambda: pf.feols("y ~ d | district + period", table, vcov="iid")


def main():
    """Print one row a design."""
    print(f"{SIMULATIONS} simulated studies; the loop makes {DRAWS} estimates in each")
    for name, (districts, periods, waves, estimator) in DESIGNS.items():
        design = yr.design_study(districts=districts, periods=periods, waves=waves, rho=0.5)
        fit = fit_of(design)
        fit()
        loop = seconds(lambda fit=fit: [fit() for _ in range(FITS)]) / FITS * SIMULATIONS * DRAWS

        def run(design=design, estimator=estimator):
            yr.minimum_detectable_effect(
                design, estimator=estimator, simulations=SIMULATIONS, draws=DRAWS, seed=1
            )

        ours = seconds(run)
        print(f"  {name:<44} {ours:6.1f} s, {loop / ours:,.0f} times faster")


if __name__ == "__main__":
    main()

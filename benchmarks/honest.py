"""Honest intervals beside those of moderndid on Medicaid (43 states), five values of M: times, and both ends.

`python benchmarks/honest.py`; moderndid needs its extra didhonest (cvxpy). It judges 1,000 points a value,
as R does; ours goes on to the end itself. Last, a made-up path whose largest change before treatment is the
first: with hardly any error the interval is the identified set, 1 +- 2.9 (Rambachan and Roth 2023, lemma
2.1). Takes a minute and a half, all but a second of it moderndid's.
"""

from time import process_time

import numpy as np
from moderndid.didhonest import create_sensitivity_results_rm

import youthresearch as yr
from youthresearch.honest import _Relative

M = (0.0, 0.5, 1.0, 1.5, 2.0)


def timed(run):
    """CPU seconds of a run, and its result."""
    start = process_time()
    result = run()
    return process_time() - start, result


def main():
    """Time both, and print what they say."""
    panel = yr.read_study("medicaid")
    panel = panel[(panel["period"] < 2016) & (panel["cohort"].fillna(0) != 2015)]
    effect = yr.event_study(panel, outcome="dins")
    kept = effect.path["se"].notna().to_numpy()
    beta = effect.path["att"].to_numpy()[kept]
    vcov = effect.vcov[1:, 1:][np.ix_(kept, kept)]
    yr.honest_did(effect)  # imports
    ours, mine = timed(lambda: yr.honest_did(effect, event_time=0, m=M))
    theirs, table = timed(lambda: create_sensitivity_results_rm(beta, vcov, 5, 2, m_bar_vec=M))
    print(f"honest_did {ours:.2f} CPU s, moderndid {theirs:.1f} CPU s: {theirs / ours:,.0f} times as long")
    for m, row, low, high in zip(M, mine.table.iloc[1:].itertuples(), table["lb"], table["ub"], strict=True):
        print(f"  M = {m:<4} ours {row.low:.5f} to {row.high:.5f}, moderndid {low:.5f} to {high:.5f}")
    times, beta = np.array([-4, -3, -2, 0, 1]), np.array([3.0, 0.1, 0.0, 1.0, 1.0])
    weight, vcov = np.array([0, 0, 0, 1.0, 0]), 1e-8 * np.eye(5)
    low, high = _Relative.make(times, beta, vcov, weight, 0.05).interval(1.0)
    theirs = create_sensitivity_results_rm(beta, vcov, 3, 2, m_bar_vec=[1.0], grid_points=200)
    said = f"moderndid {theirs['lb'][0]:.2f} to {theirs['ub'][0]:.2f}"
    print(f"  first change the largest: ours {low:.2f} to {high:.2f}, {said}")


if __name__ == "__main__":
    main()

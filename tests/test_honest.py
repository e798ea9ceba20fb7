"""Honest intervals against R's HonestDiD, brute force over the dual's vertices, and linear programming."""

from dataclasses import replace
from functools import cache
from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from oracles import panel_of, random_table
from scipy.optimize import linprog
from scipy.stats import binom, norm, t, truncnorm
from sweeps import sweep

import youthresearch as yr
from youthresearch.honest import _folded_quantile, _Relative, _Smooth, _Test, _wider

# README of the R package HonestDiD (Medicaid, effect in 2014): createSensitivityResults_relativeMagnitudes.
R_RELATIVE = {0.5: (0.0240, 0.0672), 1: (0.0170, 0.0720), 1.5: (0.00824, 0.0797), 2: (-0.000916, 0.0881)}
# README of the Stata package honestdid, mean of 2014 and 2015, three decimals.
STATA_RELATIVE = {0: (0.041, 0.075), 0.5: (0.033, 0.080), 1: (0.020, 0.090), 1.5: (0.006, 0.103)}
STATA_RELATIVE[2] = (-0.008, 0.117)
# README of HonestDiD: createSensitivityResults, fixed length, effect in 2014.
R_SMOOTH = {0: (0.0259, 0.0607), 0.01: (0.0132, 0.0787), 0.02: (0.00286, 0.0907), 0.03: (-0.00714, 0.101)}
R_SMOOTH |= {0.04: (-0.0171, 0.111), 0.05: (-0.0271, 0.121)}


@cache
def medicaid():
    """States that widened Medicaid in 2014 and states that had not by 2015, 2008-15, as in R's README."""
    panel = yr.read_study("medicaid")
    kept = (panel["period"] < 2016) & panel["cohort"].fillna(0).ne(2015)
    return yr.event_study(panel[kept], outcome="dins")


def problem(seed, before, after):
    """Coefficients, their covariance and weights on those after treatment, as an estimator might give."""
    rng = np.random.default_rng(seed)
    times = np.array([*range(-before - 1, -1), *range(after)])
    root = rng.normal(size=(len(times), 3 * len(times))).cumsum(axis=0)
    vcov = root @ root.T / root.shape[1]
    weight = np.where(times >= 0, rng.choice([0.0, 1, 2], len(times)), 0)
    weight[before] += 1
    return times, 3 * rng.multivariate_normal(np.zeros(len(times)), vcov), vcov, weight / weight.sum()


def test_relative_magnitudes_as_in_r():
    """R gives the outermost of 1,000 points 40 errors wide that it keeps: within one step inside the end."""
    found = yr.honest_did(medicaid(), event_time=0, m=list(R_RELATIVE)).table
    step = 40 * medicaid().path.set_index("event_time").loc[0, "se"] / 999
    printed = np.array(list(R_RELATIVE.values()))
    ours = found[["low", "high"]].to_numpy()[1:]
    assert (np.abs(printed - ours) < step + 5e-5).all()


@pytest.mark.slow
def test_relative_magnitudes_of_the_mean_as_in_stata():
    found = yr.honest_did(medicaid(), m=list(STATA_RELATIVE)).table
    step = 40 * medicaid().se / 999
    off = np.abs(found[["low", "high"]].to_numpy()[1:] - np.array(list(STATA_RELATIVE.values())))
    assert (off < step + 5e-4).all()


def test_smoothness_as_in_r():
    """R draws the quantile of a folded normal a million times and searches a grid: four decimals."""
    found = yr.honest_did(medicaid(), method="smooth", event_time=0, m=list(R_SMOOTH)).table
    printed = np.array(list(R_SMOOTH.values()))
    decimals = np.where(np.abs(printed) >= 0.1, 5e-4, 1e-4)
    assert (np.abs(printed - found[["low", "high"]].to_numpy()[1:]) < decimals).all()


@pytest.mark.parametrize(
    "method, last, first",
    sweep(("smooth", 0.02, 0.03), slow=[("relative", 1.5, 2)]),  # in R's table
)
def test_the_breakdown_value_is_where_zero_comes_in(method, last, first):
    result = yr.honest_did(medicaid(), method=method, event_time=0)
    below, above = (
        yr.honest_did(medicaid(), method=method, event_time=0, m=[result.breakdown * f]).table
        for f in (0.999, 1.001)
    )
    assert below["low"][1] > 0 > above["low"][1]
    assert last < result.breakdown < first


def moments_of_r(times, m, s, sign):
    """Rows A with ``A delta <= 0`` that R builds for one period and sign, those after treatment."""
    before = int((times < 0).sum())
    with_base = np.insert(np.eye(len(times)), before, 0, axis=0)
    changes = np.diff(with_base, axis=0)
    largest, post = sign * changes[s], changes[before:]
    return np.vstack([post - m * largest, -post - m * largest])


def vertices(free, spread):
    """Extreme points of ``g >= 0, free'g = 0, spread'g = 1``, by trying every set of rows."""
    system, found = np.column_stack([free, spread]).T, []
    target = np.append(np.zeros(free.shape[1]), 1)
    for rows in combinations(range(len(spread)), len(system)):
        part = system[:, rows]
        if np.linalg.matrix_rank(part) == len(system):
            g = np.zeros(len(spread))
            g[list(rows)] = np.linalg.solve(part, target)
            if (g > -1e-12).all():
                found.append(np.clip(g, 0, None))
    return np.unique(np.round(found, 12), axis=0)


def kept_by_brute_force(theta, times, beta, vcov, weight, m, alpha, rng):
    """Whether the hybrid test of Andrews, Roth and Pakes (2023) keeps theta, over every vertex."""
    after = times >= 0
    basis = np.linalg.svd(weight[after][None])[2][1:]  # what the null leaves free
    along = weight[after] / (weight @ weight)
    kappa = alpha / 10
    for s in range((~after).sum()):
        for sign in (1, -1):
            a = moments_of_r(times, m, s, sign)
            free, spread = a[:, after] @ basis.T, np.sqrt(np.diag(a @ vcov @ a.T))
            g = vertices(free, spread)
            x, var = g @ (a @ beta - a[:, after] @ along * theta), g @ a @ vcov @ a.T @ g.T
            value, _, status = linprog_eta(a @ beta - a[:, after] @ along * theta, free, spread)
            assert status == 0 and value == pytest.approx(x.max(), abs=1e-8)
            draws = rng.multivariate_normal(np.zeros(len(x)), var, 200_000, check_valid="ignore")
            first, best = np.quantile(draws.max(axis=1), 1 - kappa), x.argmax()
            if x[best] > first:
                continue
            error = np.sqrt(var[best, best])
            move = var[:, best] / error**2
            rest = x - move * x[best]
            low = max((r / (1 - b) for r, b in zip(rest, move, strict=True) if b < 1 - 1e-9), default=-np.inf)
            high = min((r / (1 - b) for r, b in zip(rest, move, strict=True) if b > 1 + 1e-9), default=np.inf)
            level = 1 - (alpha - kappa) / (1 - kappa)
            critical = truncnorm.ppf(level, low / error, min(high, first) / error)
            if x[best] <= error * max(0, critical):
                return True
    return False


def linprog_eta(y, free, spread):
    """Smallest eta with ``y - free d <= eta spread`` (equation 14)."""
    n = free.shape[1]
    found = linprog(
        np.append(np.zeros(n), 1), -np.column_stack([free, spread]), -y, bounds=[(None, None)] * (n + 1)
    )
    return found.fun, found.x, found.status


@pytest.mark.slow
@pytest.mark.parametrize(
    ("seed", "before", "after", "m"), [(3, 1, 2, 2.0), (1, 2, 2, 1.0), (2, 3, 3, 0.5), (4, 4, 3, 1.5)]
)
def test_every_vertex_of_the_dual(seed, before, after, m):
    """Just inside an end of our interval the test over all vertices keeps theta, just outside it does not."""
    times, beta, vcov, weight = problem(seed, before, after)
    low, high = _Relative.make(times, beta, vcov, weight, 0.05).interval(m)
    near = 0.01 * (high - low)  # the brute force draws its first critical value
    rng = np.random.default_rng(seed)
    kept = [
        kept_by_brute_force(theta, times, beta, vcov, weight, m, 0.05, rng)
        for theta in (low - near, low + near, high - near, high + near)
    ]
    assert kept == [False, True, True, False]


@pytest.mark.slow
@pytest.mark.parametrize("largest", [0, 1, 2])
def test_with_hardly_any_error_the_interval_is_the_identified_set(largest):
    """Whichever change is the largest, the earliest included (lemma 2.1, by linear programming)."""
    times = np.array([-4, -3, -2, 0, 1])
    changes = np.array([0.1, -0.2, 0.15])
    changes[largest] *= 10
    beta = np.append(-np.cumsum(changes[::-1])[::-1], [1.0, 2.0])
    weight = np.array([0, 0, 0, 0.5, 0.5])
    sets = []
    for s in range(3):
        for sign in (1, -1):
            rules = moments_of_r(times, 0.7, s, sign)
            delta = [(b, b) for b in beta[:3]] + [(None, None)] * 2
            ends = [linprog(c * weight, rules, np.zeros(len(rules)), bounds=delta) for c in (1, -1)]
            sets += [weight @ beta - c * e.fun for c, e in zip((1, -1), ends, strict=True) if e.status == 0]
    interval = _Relative.make(times, beta, 1e-12 * np.eye(5), weight, 0.05).interval(0.7)
    assert interval == (pytest.approx(min(sets), abs=1e-5), pytest.approx(max(sets), abs=1e-5))
    assert interval[1] - weight @ beta == pytest.approx(0.7 * 1.5 * np.abs(changes).max(), abs=1e-5)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_the_largest_of_two_normals_by_drawing(seed):
    times, beta, vcov, weight = problem(seed, 3, 4)
    relative = _Relative.make(times, beta, vcov, weight, 0.05)
    test = relative._test(seed, 1.3)
    normal = np.array([[relative.var_u, relative.cov[seed]], [relative.cov[seed], relative.var_v[seed]]])
    draws = np.random.default_rng(seed).multivariate_normal(np.zeros(2), normal, 1_000_000)
    beyond = (draws @ test.moments.T).max(axis=1) > test.first
    assert beyond.mean() == pytest.approx(0.005, abs=4 * np.sqrt(0.005 / 1e6))


@pytest.mark.slow
@pytest.mark.parametrize("seed", sweep(0, slow=[1, 2, 3, 4, 5]))
def test_no_other_weights_make_a_shorter_interval(seed):
    """Bias by linear programming over all bent trends; half the length is convex in the weights."""
    times, beta, vcov, weight = problem(seed, 2 + seed, 2)
    smooth, m = _Smooth.make(times, beta, vcov, weight, 0.05), 0.3
    a = smooth.fixed + smooth.free @ smooth._shortest(m)
    assert a[times >= 0] == pytest.approx(weight[times >= 0])
    low, high = smooth.interval(m)
    length = half_length(a, times, vcov, m)
    assert (high - low) / 2 == pytest.approx(length, rel=1e-6)
    rng = np.random.default_rng(seed)
    for size in (1e-3, 1e-2, 0.1, 1.0):
        for _ in range(20):
            other = a + size * smooth.free @ rng.normal(size=smooth.free.shape[1])
            error = np.sqrt(other @ vcov @ other)
            bias = m * np.abs(smooth.kinks @ other).sum()
            assert error * _folded_quantile(bias / error, 0.05) >= length * (1 - 1e-7)


def half_length(a, times, vcov, m):
    """Half the length of ``a'beta +- c`` where the trend bends by at most m."""
    whole = np.insert(times, (times < 0).sum(), -1)
    bends = np.diff(np.eye(len(whole)), 2, axis=0)
    bends = np.delete(bends, list(whole).index(-1), axis=1)
    rules = np.vstack([bends, -bends])
    worst = linprog(-a, rules, m * np.ones(len(rules)), bounds=[(None, None)] * len(a))
    error = np.sqrt(a @ vcov @ a)
    grid = np.linspace(0, 60, 600_001)
    mean = -worst.fun / error
    covered = norm.cdf(grid - mean) - norm.cdf(-grid - mean)
    return error * np.interp(0.95, covered, grid)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [10, 11, 12])
def test_smoothness_against_diff_diff(seed):
    """It searches a grid of errors, so that its weights are near ours; the length is flat about the best."""
    from diff_diff.honest_did import _compute_optimal_flci

    times, beta, vcov, weight = problem(seed, 4, 3)
    theirs = np.array(_compute_optimal_flci(beta[:4], beta[4:], vcov, weight[4:], 4, 3, 0.2))
    ours = np.array(_Smooth.make(times, beta, vcov, weight, 0.05).interval(0.2))
    assert np.diff(ours) == pytest.approx(np.diff(theirs), rel=1e-5)
    assert ours == pytest.approx(theirs, abs=1e-3 * np.diff(theirs).item())


@pytest.mark.parametrize("mean", [0.0, 0.3, 2.0, 7.9, 8.1, 40.0])
def test_quantile_of_a_folded_normal(mean):
    c = _folded_quantile(mean, 0.05)
    assert norm.cdf(c - mean) - norm.cdf(-c - mean) == pytest.approx(0.95, abs=1e-12)


@pytest.mark.slow
@pytest.mark.parametrize("method", ["relative", "smooth"])
def test_the_worst_trend_allowed_is_covered(method):
    """2,000 draws about a trend at the edge of what M = 1 allows; 95% of the intervals have the effect."""
    times, _, vcov, weight = problem(7, 3, 2)
    vcov, rng = 0.05 * vcov, np.random.default_rng(7)
    trend = {"relative": [-0.5, 0.5, -0.5, 1.0, 2.0], "smooth": [-1.5, -1.0, -0.5, 1.0, 2.5]}[method]
    kind, covered = (_Relative if method == "relative" else _Smooth), 0
    truth = 3.0
    for beta in rng.multivariate_normal(np.array(trend) + truth * (times >= 0), vcov, 2000):
        chosen = kind.make(times, beta - truth * (times >= 0), vcov, weight, 0.05)  # the effect is now zero
        covered += chosen.has_zero(1.0 if method == "relative" else 0.5)
    assert covered / 2000 > 0.95 - 3 * np.sqrt(0.05 * 0.95 / 2000)


def test_a_wide_range_of_theta_is_judged_without_complaint():
    """No overflow and no missing number far out."""
    test = _Test.make(
        np.array([[1, -1.0], [-1, -1], [0, -1], [0, -0.5]]), np.array([0.5, 0.2]), np.eye(2), 0.05
    )
    with np.errstate(all="raise", under="ignore"):
        kept = test.accepts(np.linspace(-60, 60, 4001))
    assert kept.any() and not kept[0] and not kept[-1]
    inside = np.flatnonzero(kept)
    assert kept[inside[0] : inside[-1] + 1].all()


def few_treated():
    panel, _ = yr.simulate_panel(seed=3, districts=20, periods=10, waves={"2018Q3": 2}, effect={"orgs": 10.0})
    return yr.event_study(panel, outcome="orgs_per_10k_youth_14_28")


@pytest.mark.slow
def test_few_treated_take_the_covariance_over_other_assignments():
    effect = few_treated()
    chosen = yr.honest_did(effect, m=[0])
    clustered = yr.honest_did(effect, m=[0], inference="se")
    assert "all 190 assignments" in repr(chosen) and "unreliable with 2 treated" in repr(clustered)
    assert "simulated" in repr(chosen) and chosen.table.attrs["simulated"] is True
    cells = effect._cells
    event = np.where(cells.treated, cells.time - cells.cohort[:, None], -1)
    own = effect.path.set_index("event_time")["att"].reindex(event.ravel()).to_numpy().reshape(event.shape)
    null = yr.event_study(replace(cells, y=cells.y - np.where(event >= 0, own, 0)), outcome="y")
    others = null.randomization().assignments.query("~actual")["statistic"]
    width = chosen.table["high"][0] - chosen.table["low"][0]
    assert len(others) == 189
    assert width == pytest.approx(2 * t.ppf(0.975, 20 - 2) * np.sqrt((others**2).mean()), rel=1e-6)
    assert "seed" not in chosen.how and chosen.how.endswith("t(18)")


def test_what_cannot_be_judged_is_refused():
    panel = panel_of(random_table(4, periods=6, districts=20))
    study = yr.event_study(panel, outcome="y")
    for effect, said in [
        (yr.staggered_did(panel, outcome="y"), "base='universal'"),
        (yr.imputation_did(panel, outcome="y"), "base -1 alone"),
        (yr.event_study(panel, outcome="y", base=-2), "base -1 alone"),
        (yr.event_study(panel, outcome="y", window=(-2, 2)), "cut the panel"),
        (yr.staggered_did(panel, outcome="y", base="universal", aggregate="cohort"), "not by event time"),
        (replace(study, path=study.path.drop(index=1).reset_index(drop=True)), "consecutive"),
    ]:
        with pytest.raises(yr.DataError, match=said):
            yr.honest_did(effect)
    with pytest.raises(yr.DataError, match="none of those after treatment"):
        yr.honest_did(medicaid(), event_time=7)
    for m in ([-1], np.inf, np.nan, "a", [0.5, "a"], True):
        with pytest.raises(yr.DataError, match="must be a number, at least 0"):
            yr.honest_did(medicaid(), m=m)
    with pytest.raises(yr.DataError, match="'relative', 'smooth'"):
        yr.honest_did(medicaid(), method="sd")


@pytest.mark.slow
@pytest.mark.parametrize("estimator", sweep(yr.staggered_did, slow=[yr.sun_abraham]))
def test_staggered_effects_are_taken(estimator):
    panel = yr.read_study("medicaid")
    options = {"base": "universal"} if estimator is yr.staggered_did else {}
    result = yr.honest_did(estimator(panel[panel["period"] < 2017], outcome="dins", **options), m=[0, 1])
    table = result.table
    assert list(table["method"]) == ["parallel", "relative", "relative"]
    assert table["low"][1] == pytest.approx(table["low"][0], abs=1e-5)  # M = 0: parallel trends
    assert table["low"][2] < table["low"][1] and 0 < result.breakdown < 1


@pytest.mark.parametrize(("df", "free"), [(5, 0), (6, 2), (18, 6)])
def test_a_covariance_learned_from_few_is_widened_by_what_it_misses(df, free):
    """Draw it and the estimate anew, and find the weights by it each time: 95% have zero within."""
    rng, draws = np.random.default_rng(df), 4000
    root = np.linalg.cholesky(0.5 + 0.5 * np.eye(free + 1))
    sample, found = (rng.normal(size=(draws, n, free + 1)) @ root.T for n in (df, 1))
    vcov = np.einsum("bni,bnj->bij", sample, sample) / df
    slope = np.linalg.solve(vcov[:, 1:, 1:], vcov[:, 1:, :1])[..., 0]
    weights = np.hstack([np.ones((draws, 1)), -slope])
    error = np.sqrt(_wider(df, free, 0.05) * np.einsum("bi,bij,bj->b", weights, vcov, weights))
    inside = np.abs(np.einsum("bi,bi->b", weights, found[:, 0])) <= norm.ppf(0.975) * error
    assert inside.mean() == pytest.approx(0.95, abs=4 * np.sqrt(0.05 * 0.95 / draws))


def test_the_words_say_how_far_a_conclusion_stands():
    found = yr.honest_did(few_treated(), method="smooth", m=0)
    for value, said in ((0.25, "0.25: the difference in trends may bend"), (np.inf, "none up to M = 1,000")):
        assert said in repr(replace(found, breakdown=value))


def noise(n, treated, periods, begin, seed=0):
    table = pd.DataFrame({"district": np.repeat([f"d{i:02d}" for i in range(n)], periods), "x": 0.0})
    table["period"] = np.tile(np.arange(2001, 2001 + periods), n)
    table["y"] = np.random.default_rng(seed).normal(size=n * periods)
    table["cohort"] = pd.array([begin] * treated * periods + [None] * (n - treated) * periods, dtype="Int64")
    return yr.event_study(panel_of(table), outcome="y")


def test_smooth_intervals_are_refused_where_coefficients_are_as_many_as_districts():
    """Four before treatment, so that three weights follow the covariance: two must be left for its error."""
    effect = noise(6, 1, 7, 2006)
    assert yr.honest_did(effect, m=[0]).how.endswith("t(4)")
    with pytest.raises(yr.DataError, match="Districts less cohorts, 4, are too few"):
        yr.honest_did(effect, method="smooth", m=[0])
    assert yr.honest_did(noise(7, 1, 7, 2006), method="smooth", m=[0]).how.endswith("t(2)")


@pytest.mark.parametrize(("districts", "few"), [(33, False), (31, True)])
def test_smooth_intervals_of_a_clustered_covariance_say_where_coefficients_are_many(districts, few):
    effect = noise(districts, 12, 7, 2006)
    smooth = yr.honest_did(effect, method="smooth", m=[0])
    assert smooth.inference == "clustered" and yr.honest_did(effect, m=[0]).caution == ""
    assert [f"of {districts} districts" in said for said in (smooth.caution, repr(smooth))] == [few] * 2


@pytest.mark.slow
@pytest.mark.parametrize(("districts", "treated", "periods", "begin"), [(8, 1, 8, 2006), (20, 1, 16, 2011)])
def test_smooth_intervals_of_few_districts_have_the_truth_as_often_as_stated(
    districts, treated, periods, begin
):
    """Nothing differs before or after; with a covariance taken for known 20 of 60 intervals missed zero."""
    missed = 0
    for seed in range(60):
        effect = noise(districts, treated, periods, begin, seed)
        row = yr.honest_did(effect, method="smooth", m=[0]).table.iloc[-1]
        missed += not row["low"] <= 0 <= row["high"]
    assert missed <= binom.ppf(1 - 1e-6, 60, 0.05)

"""Tests of pre-trends against R's pretrends, simulation, and every reassignment estimated anew."""

from dataclasses import replace
from functools import cache
from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from oracles import panel_of, pyfixest, random_table
from scipy import stats
from sweeps import sweep

import youthresearch as yr
from youthresearch.pretrends import _before, _Box, _drift, _Joint, _trends, reassigned_path

# R 4.5.2, pretrends 0.1.0 and mvtnorm 1.3-3, as stored among the reference tests of StatsPAI: coefficients at
# -4, -3, -2, 0, 1, 2 about the base -1, correlated as .5 to the power of their distance. pmvnorm is
# randomised: twenty runs of R spread over 5e-4.
ERRORS = np.array([0.050, 0.045, 0.040, 0.100, 0.110, 0.120])
GIVEN = np.array([0.012, -0.008, 0.021, 0.180, 0.240, 0.310])
R_POWER = {0.02: 0.331636386010325, 0.05: 0.901493717618343}
R_BAYES = {0.02: 0.767764750944334, 0.05: 0.113163052944783}
R_SLOPE = {0.5: 0.027901593818477, 0.8: 0.0424249541097126}
DRIFT = np.array([1.0, -3, -2, -1])  # of the coefficient at 0, and of those before treatment


def as_in_r(kind):
    """The pre-test of R's example, for the effect at event time 0."""
    vcov = 0.5 ** np.abs(np.subtract.outer(range(6), range(6))) * np.outer(ERRORS, ERRORS)
    at = [3, 0, 1, 2]
    return kind.make(GIVEN[at], vcov[np.ix_(at, at)], np.inf, None, 0.05)


def test_power_of_single_coefficients_as_in_r():
    box = as_in_r(_Box)
    for slope, power in R_POWER.items():
        found = box.reject(slope * DRIFT)
        assert found == pytest.approx(power, abs=1e-3)
        assert (1 - found) / (1 - box.reject(0 * DRIFT)) == pytest.approx(R_BAYES[slope], abs=1e-3)
    found = _trends(box, DRIFT, tuple(R_SLOPE)).set_index("power")["slope"]
    assert found.to_dict() == pytest.approx(R_SLOPE, rel=2e-3)


@pytest.mark.parametrize("kind", sweep(_Joint, slow=[_Box]))
@pytest.mark.parametrize("slope", sweep(0.02, slow=[0.0, 0.05]))
def test_power_and_bias_by_drawing(kind, slope):
    """400,000 draws of the coefficients: how many are rejected, and att's mean error among the others."""
    chosen = as_in_r(kind)
    rng, n = np.random.default_rng(1), 400_000
    draws = rng.multivariate_normal(slope * DRIFT, chosen.vcov, n)
    if kind is _Joint:
        far = np.einsum("bi,ij,bj->b", draws[:, 1:], np.linalg.inv(chosen.vcov[1:, 1:]), draws[:, 1:])
        passes = far <= stats.chi2.ppf(0.95, 3)
    else:
        passes = (np.abs(draws[:, 1:]) <= stats.norm.ppf(0.975) * ERRORS[:3]).all(axis=1)
    assert chosen.reject(slope * DRIFT) == pytest.approx(1 - passes.mean(), abs=4 * 0.5 / np.sqrt(n))
    noise = np.sqrt(chosen.vcov[0, 0] / passes.sum())
    assert chosen.passed(slope * DRIFT) == pytest.approx(draws[passes, 0].mean(), abs=4 * noise)


@pytest.mark.slow
@pytest.mark.parametrize("slope", sweep(0.06, slow=[0.02]))
def test_power_and_bias_of_f_by_drawing(slope):
    """The same with an estimated scale of 12 degrees of freedom."""
    known = as_in_r(_Joint)
    chosen = _Joint.make(np.append(GIVEN[3], GIVEN[:3]), known.vcov, 12, None, 0.05)
    rng, n = np.random.default_rng(2), 400_000
    draws = rng.multivariate_normal(slope * DRIFT, known.vcov, n)
    scale = rng.chisquare(12, n) / 12
    far = np.einsum("bi,ij,bj->b", draws[:, 1:], np.linalg.inv(known.vcov[1:, 1:]), draws[:, 1:])
    passes = far / 3 / scale <= stats.f.ppf(0.95, 3, 12)
    assert chosen.reject(slope * DRIFT) == pytest.approx(1 - passes.mean(), abs=4 * 0.5 / np.sqrt(n))
    noise = np.sqrt(known.vcov[0, 0] / passes.sum())
    assert chosen.passed(slope * DRIFT) == pytest.approx(draws[passes, 0].mean(), abs=4 * noise)


@pytest.mark.slow
def test_the_wald_statistic_as_in_pyfixest():
    table = random_table(8, districts=24, periods=6)
    table["cohort"] = table["cohort"].where(table["cohort"] == table["cohort"].max())
    effect = yr.event_study(panel_of(table), outcome="y")
    names = {e: f"e{e + 50}" for e in effect.path["event_time"] if e != -1}
    for e, name in names.items():
        table[name] = (table["period"] - table["cohort"] == e).fillna(False).astype(float)
    given, vcov = pyfixest(table, list(names.values()))
    k = sum(e < 0 for e in names)
    assert k >= 2
    test = yr.pretrend_test(effect, inference="se")
    df, scale = welch(table, range(int(table["cohort"].max()) - k - 1, int(table["cohort"].max()) - 1))
    wald = given[:k] @ np.linalg.inv(vcov[:k, :k]) @ given[:k] / k
    assert test.statistic == pytest.approx(scale * wald, rel=1e-8)
    assert test.p_value == pytest.approx(stats.f.sf(scale * wald, k, df))


def welch(table, periods):
    """Krishnamoorthy and Yu's degrees of freedom, from two groups' changes against the last period before."""
    wide = table.pivot(index="district", columns="period", values="y")
    changes = wide[list(periods)].sub(wide[max(periods) + 1], axis=0).to_numpy()
    treated = table.groupby("district")["cohort"].first()[wide.index].notna().to_numpy()
    groups, k = (changes[treated], changes[~treated]), changes.shape[1]
    parts = [np.atleast_2d(np.cov(x.T)) / len(x) for x in groups]
    shares = [part @ np.linalg.inv(sum(parts)) for part in parts]
    lost = [(np.trace(a @ a) + np.trace(a) ** 2) / (len(x) - 1) for a, x in zip(shares, groups, strict=True)]
    df = (k + k**2) / sum(lost) - k + 1
    if k == 1:
        assert df == pytest.approx(stats.ttest_ind(*groups, equal_var=False).df.item())
    return df, df / (df + k - 1)


@pytest.mark.slow
@pytest.mark.parametrize("waves", [{6: 12}, {4: 10, 6: 10}, {6: 15}])
def test_many_coefficients_of_few_districts_reject_as_often_as_they_say(waves):
    """With G - 1 degrees of freedom, or chi-squared, 13 to 17% were rejected at 5%."""
    rng, found = np.random.default_rng(1), []
    begins = np.repeat([*waves, 0], [*waves.values(), 60 - sum(waves.values())])
    table = pd.DataFrame({"district": np.repeat([f"d{i:02d}" for i in range(60)], 7)})
    table["period"], table["x"], table["d"] = np.tile(np.arange(7), 60), 0.0, 0.0
    table["cohort"] = pd.Series(np.repeat(begins, 7)).astype("Int64").replace(0, pd.NA)
    for _ in range(100):
        y = rng.normal(size=(60, 7)) + rng.normal(size=(60, 7)).cumsum(axis=1)
        panel = panel_of(table.assign(y=y.ravel()))
        effect = yr.staggered_did(panel, outcome="y", base="universal")
        found.append(yr.pretrend_test(effect, inference="se", power=[]).p_value)
    assert np.mean(np.array(found) <= 0.05) <= stats.binom.ppf(0.999, 100, 0.05) / 100
    assert stats.kstest(found, "uniform").pvalue > 1e-3


STUDIES = {
    "event_study": (yr.event_study, {}),
    "windowed": (yr.event_study, {"window": (-2, 2)}),
    "sun_abraham": (yr.sun_abraham, {}),
    "varying": (yr.staggered_did, {}),
    "universal": (yr.staggered_did, {"base": "universal", "aggregate": "event"}),
    "not_yet": (yr.staggered_did, {"control": "notyet"}),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", STUDIES)
@pytest.mark.parametrize("controls", sweep(["x"], slow=[None]))
@pytest.mark.parametrize("gaps", sweep(0.05, slow=[0.0]))
def test_a_drift_moves_the_coefficients_as_stated(name, controls, gaps):
    """Treated districts' outcomes are made to drift by 0.3 a period, and all is estimated anew."""
    estimator, options = STUDIES[name]
    table = random_table(12, districts=25, periods=6, gaps=gaps)
    given = estimator(panel_of(table), outcome="y", controls=controls, **options)
    away = (table["period"] - table["cohort"]).fillna(0).astype(float)
    moved = estimator(
        panel_of(table.assign(y=table["y"] + 0.3 * away)), outcome="y", controls=controls, **options
    )
    before = _before(given)
    found = np.append(moved.att - given.att, (moved.path["att"] - given.path["att"]).to_numpy()[before])
    assert 0.3 * _drift(given, before) == pytest.approx(found, abs=1e-9)


def small_panel(seed, gaps=0.0):
    table = random_table(seed, districts=12, periods=5, gaps=gaps).query("district < 'd09'")
    first = table["cohort"].dropna().min()
    chosen = sorted(table.loc[table["cohort"] == first, "district"].unique())[:2]
    table["cohort"] = table["cohort"].where(table["district"].isin(chosen)).astype("Int64")
    table["cohort"] = table["cohort"].where(table["cohort"].isna(), 2004)
    return panel_of(table)


@cache
def every_pair():
    """Coefficients before treatment of all 36 pairs of nine districts, and which pair is the actual one."""
    panel, paths = small_panel(3), []
    treated = set(panel.loc[panel["cohort"].notna(), "district"])
    for pair in combinations(sorted(panel["district"].unique()), 2):
        cohort = pd.Series(2004, panel.index, dtype="Int64").where(panel["district"].isin(pair))
        path = yr.event_study(panel.assign(cohort=cohort), outcome="y").path
        paths.append((set(pair) == treated, path.loc[path["event_time"] < -1, "att"].to_numpy()))
    return np.array([a for a, _ in paths]), np.array([p for _, p in paths])


@pytest.mark.parametrize("test", ["joint", "individual"])
def test_few_treated_are_compared_with_every_other_pair(test):
    """Each pair estimated anew from its own panel."""
    effect = yr.event_study(small_panel(3), outcome="y")
    actual, estimates = every_pair()
    if test == "joint":
        inverse = np.linalg.inv(estimates.T @ estimates / len(estimates))
        far = np.einsum("bi,ij,bj->b", estimates, inverse, estimates)
    else:
        size = np.abs(estimates)
        far = (size / np.sort(size, axis=0)[::-1][int(0.05 * len(size))]).max(axis=1)
    found = yr.pretrend_test(effect, test=test)
    assert len(far) == 36 and "all 36 assignments" in found.how
    assert found.p_value == pytest.approx(np.mean(far >= far[actual] - 1e-9))
    assert found.statistic == pytest.approx(far[actual].item())


@pytest.mark.slow
def test_over_all_assignments_the_joint_test_rejects_as_often_as_it_says():
    """Each of the 36 pairs in turn taken for the treated one: p is their rank."""
    panel = small_panel(5)
    cells = yr.event_study(panel, outcome="y")._cells
    p = []
    for pair in combinations(range(9), 2):
        cohort = np.full(9, cells.cohort.max())
        cohort[list(pair)] = cells.cohort.min()
        p.append(yr.pretrend_test(yr.event_study(replace(cells, cohort=cohort), outcome="y")).p_value)
    assert np.sort(p) == pytest.approx(np.arange(1, 37) / 36)


@pytest.mark.slow
def test_large_effects_of_several_waves_hide_no_drift():
    """In other assignments treated cells lie before the wave: an effect there is no drift, however large."""
    table = random_table(9, districts=14, periods=8)
    table["cohort"] = table["district"].map({"d00": 2004, "d01": 2004, "d02": 2006, "d03": 2006})
    table["cohort"] = table["cohort"].astype("Int64")
    event = (table["period"] - table["cohort"]).fillna(-1)
    tests = []
    for size in (0.0, 5.0, 500.0):
        moved = table.assign(y=table["y"] + size * (event >= 0))
        tests.append(yr.pretrend_test(yr.event_study(panel_of(moved), outcome="y"), draws=99))
    assert len({round(test.p_value, 10) for test in tests}) == 1
    for test in tests[1:]:
        assert test.statistic == pytest.approx(tests[0].statistic)
        assert test.trends.to_numpy() == pytest.approx(tests[0].trends.to_numpy())


@pytest.mark.slow
def test_with_gaps_other_assignments_are_estimated_anew():
    panel = small_panel(3)
    panel = panel.drop(panel.index[(panel["district"] == "d05") & (panel["period"] == 2005)])
    effect = yr.event_study(panel, outcome="y")
    estimates, how = reassigned_path(effect)
    assert len(estimates) == 36 and how == "all 36 assignments"
    assert estimates[0] == pytest.approx(np.append(effect.att, effect.path["att"]))
    assert sorted(estimates[:, 0]) == pytest.approx(sorted(effect.randomization().distribution))


@pytest.mark.slow
def test_within_strata_and_drawn():
    panel, _ = yr.simulate_panel(seed=1, periods=8, waves={"2018Q1": 6}, effect={"orgs": 5.0})
    effect = yr.event_study(panel, outcome="orgs_per_10k_youth_14_28")
    strata = yr.strata_by(panel, by="level", outcome="orgs_per_10k_youth_14_28")
    first, again = (yr.pretrend_test(effect, strata=strata, draws=500, seed=5) for _ in range(2))
    assert "500 assignments drawn, seed 5, 3 strata" in repr(first) and repr(first) == repr(again)
    assert first.p_value >= 1 / 501
    assert repr(yr.pretrend_test(effect, draws=500, seed=5)) != repr(first)
    assert "simulated" in repr(first) and "simulated" in first._repr_html_()


def test_a_test_that_cannot_reject_says_so():
    """One treated of eight: the smallest p is 1/8, and no drift however strong is seen at 5%."""
    panel = small_panel(3)
    one = panel.loc[panel["cohort"].notna(), "district"].iloc[0]
    panel = panel[panel["cohort"].isna() | (panel["district"] == one)]
    test = yr.pretrend_test(yr.event_study(panel, outcome="y"))
    assert test.p_value >= 1 / 8 and test.trends["slope"].isna().all()
    assert "cannot reject" in repr(test)


def test_the_words_give_the_size_of_single_tests_and_a_caution():
    effect = yr.event_study(small_panel(3), outcome="y")
    said = repr(yr.pretrend_test(effect, test="individual", inference="se"))
    assert "one of them is significant where there is no trend" in said
    assert "covariance unreliable with 2 treated" in said


def test_what_cannot_be_tested_is_refused():
    panel = panel_of(random_table(4, periods=6, districts=20))
    for effect, said in [
        (yr.imputation_did(panel, outcome="y"), "no coefficient before"),
        (yr.did(panel, outcome="y"), "no coefficient before"),
        (yr.event_study(panel, outcome="y", base="pre"), "no coefficient before"),
        (yr.staggered_did(panel, outcome="y", aggregate="cohort"), "not by event time"),
    ]:
        with pytest.raises(yr.DataError, match=said):
            yr.pretrend_test(effect)
    everybody = panel_of(random_table(6, periods=7, districts=20, never=False))
    with pytest.raises(yr.DataError, match="leaves no mark"):
        yr.pretrend_test(yr.event_study(everybody, outcome="y", base=(-1, -2)))
    with pytest.raises(yr.DataError, match="'joint', 'individual'"):
        yr.pretrend_test(yr.event_study(panel, outcome="y"), test="any")
    with pytest.raises(yr.DataError, match="'se', 'randomization'"):
        yr.pretrend_test(yr.event_study(panel, outcome="y"), inference="hc1")


@pytest.mark.slow
def test_one_power_and_one_m_may_be_given_alone():
    effect = yr.event_study(panel_of(random_table(8, districts=40)), outcome="y")
    one, listed = (yr.pretrend_test(effect, power=p).trends for p in (0.5, (0.5,)))
    pd.testing.assert_frame_equal(one, listed)
    one, listed = (yr.honest_did(effect, m=m).table for m in (1, [1]))
    pd.testing.assert_frame_equal(one, listed)


@pytest.mark.parametrize(("districts", "leads"), [(30, 2), (25, 3), (41, 1)])
def test_the_slope_of_an_f_test_has_its_power(districts, leads):
    """The noncentral F as a mean of noncentral chi-squares; scipy's own is nan where it all but vanishes."""
    rng = np.random.default_rng(districts)
    table = pd.DataFrame({"district": [f"d{i:02d}" for i in range(districts)]})
    table["cohort"] = pd.array([2002 + leads] * 12 + [pd.NA] * (districts - 12), dtype="Int64")
    table = table.merge(pd.DataFrame({"period": range(2000, 2005 + leads)}), how="cross")
    table = table.assign(y=rng.normal(size=len(table)), x=0.0, d=0.0)
    effect = yr.event_study(panel_of(table), outcome="y", window=(-9, 9))
    found = yr.pretrend_test(effect, power=(0.5, 0.8)).trends
    tested = np.flatnonzero((effect.path["event_time"] < 0) & effect.path["se"].notna())
    away = effect.path["event_time"].to_numpy()[tested] + 1.0
    far = away @ np.linalg.solve(effect.vcov[np.ix_(1 + tested, 1 + tested)], away)
    k = len(tested)
    df, _ = welch(table, range(2002 + leads - 1 - k, 2002 + leads - 1))
    spread = stats.chi2.ppf((np.arange(4000) + 0.5) / 4000, df) / df
    for slope, power in zip(found["slope"], found["power"], strict=True):
        inside = stats.ncx2.cdf(k * stats.f.ppf(0.95, k, df) * spread, k, slope**2 * far).mean()
        assert 1 - inside == pytest.approx(power, abs=1e-4)

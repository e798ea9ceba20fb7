"""Power against slow simulation of whole panels and closed forms; noise against panels of a known one."""

from dataclasses import replace
from functools import cache
from itertools import combinations
from math import comb

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from sweeps import sweep

import youthresearch as yr
from youthresearch.cells import NEVER
from youthresearch.design import estimate_rho


def ar1(rng, n, t, rho):
    """AR(1) with variance 1 from the first period on."""
    y = rng.normal(size=(n, t))
    for k in range(1, t):
        y[:, k] = rho * y[:, k - 1] + np.sqrt(1 - rho**2) * y[:, k]
    return y


def slow_power(n, treated, before, after, rho, effect, simulations, seed):
    """Power of the permutation test of changes, from outcomes simulated cell by cell and all permutations."""
    rng = np.random.default_rng(seed)
    sets = np.array(list(combinations(range(n), treated)))
    found = 0
    for _ in range(simulations):
        y = ar1(rng, n, before + after, rho)
        y[:treated, before:] += effect
        change = y[:, before:].mean(axis=1) - y[:, :before].mean(axis=1)
        sums = change[sets].sum(axis=1)
        att = np.abs(sums / treated - (change.sum() - sums) / (n - treated))
        found += (att >= att[0] - 1e-12).mean() <= 0.05  # the first set is the actual one
    return found / simulations


@pytest.mark.slow
@pytest.mark.parametrize("treated, effect", sweep((2, 1.5), slow=[(1, 2.5)]))
def test_power_is_that_of_simulated_panels_permuted_one_by_one(treated, effect):
    slow = slow_power(24, treated, 3, 3, 0.6, effect, 1500, 5)
    design = yr.design_study(districts=24, periods=6, waves={4: treated}, rho=0.6)
    fast = yr.power_curve(design, effects=[0, effect], seed=1, simulations=1500)
    apart = 4 * np.sqrt(2 * slow * (1 - slow) / 1500)
    assert 0.2 < slow < 0.9 and abs(fast["power"][1] - slow) < apart
    low, high = stats.binom.ppf([1e-4, 1 - 1e-4], 1500, np.floor(0.05 * 24) / 24 if treated == 1 else 0.05)
    assert low <= 1500 * fast["power"][0] <= high
    assert fast["se"][1] == pytest.approx(np.sqrt(fast["power"][1] * (1 - fast["power"][1]) / 1500))


@pytest.mark.parametrize("estimator", [yr.staggered_did, yr.imputation_did, yr.did])
@pytest.mark.slow
def test_staggered_power_within_strata_is_that_of_the_test_on_whole_panels(estimator):
    """`randomization_test` itself on 250 panels, as a user would call it."""
    size, rho, rng = {"a": 9, "b": 12}, 0.5, np.random.default_rng(3)
    waves = {4: {"a": 2, "b": 1}, 6: {"a": 1, "b": 1}}
    design = yr.design_study(districts=size, periods=8, waves=waves, rho=rho, sd={"a": 1.0, "b": 2.0})
    [fast] = yr.power_curve(design, effects=[2.0], estimator=estimator, seed=1, simulations=1000)["power"]
    found = 0
    for k in range(250):
        y = ar1(rng, 21, 8, rho) * design.sd[:, None] + 2.0 * (design.time >= design.cohort[:, None])
        table = pd.DataFrame({"district": np.repeat(design.districts, 8), "y": y.ravel()})
        table["period"], table["cohort"] = np.tile(design.time, 21), np.repeat(design.cohort, 8)
        table["cohort"] = table["cohort"].where(table["cohort"] < NEVER).astype("Int64")
        panel = yr.as_panel(table, district="district", period="period", cohort="cohort", outcomes=["y"])
        test = yr.randomization_test(estimator, panel, outcome="y", strata=design.strata, draws=999, seed=k)
        found += test.p_value <= 0.05
    assert abs(found / 250 - fast) < 4 * np.sqrt(fast * (1 - fast) * (1 / 250 + 1 / 1000))


def burlig(n, share, m, r, rho, alpha=0.05, power=0.8):
    """Burlig, Preonas and Woerman (2020), eq. 2, with sigma = 1, as in their Stata package pcpanel 3.0."""
    psi_b = 2 / (m * (m - 1)) * sum((m - k) * rho**k for k in range(1, m)) if m > 1 else 0
    psi_a = 2 / (r * (r - 1)) * sum((r - k) * rho**k for k in range(1, r)) if r > 1 else 0
    psi_x = np.mean([rho ** (m + a - b) for a in range(r) for b in range(m)])
    inside = (m + r) / (m * r) + (r - 1) / r * psi_a + (m - 1) / m * psi_b - 2 * psi_x
    quantiles = stats.t.ppf(1 - alpha / 2, n) + stats.t.ppf(power, n)
    return quantiles * np.sqrt(inside / (share * (1 - share) * n))


@pytest.mark.parametrize("m, r, rho", sweep((3, 5, 0.8), slow=[(4, 4, 0.0), (5, 3, 0.5), (1, 1, 0.3)]))
def test_the_formula_is_that_of_burlig_preonas_and_woerman(m, r, rho):
    """With no serial correlation it is Bloom's (1995) for the change's variance, 1/m + 1/r."""
    n, treated = 200, 60
    design = yr.design_study(districts=n, periods=m + r, waves={m + 1: treated}, rho=rho)
    found = yr.minimum_detectable_effect(design, seed=1, simulations=1000)
    expected = burlig(n, treated / n, m, r, rho)
    assert found.formula == pytest.approx(expected, rel=1e-9)
    assert found.low * 0.97 <= expected <= found.high * 1.03  # many treated: the simulation is near it
    if rho == 0:
        se = np.sqrt((1 / m + 1 / r) * (1 / treated + 1 / (n - treated)))
        assert found.formula == pytest.approx((stats.t.ppf(0.975, n) + stats.t.ppf(0.8, n)) * se)


@pytest.mark.slow
def test_power_of_the_exact_t_is_that_of_the_noncentral_t():
    treated = 4
    design = yr.design_study(districts=30, periods=2, waves={2: treated}, rho=0.0)
    table = yr.power_curve(design, effects=[1.0, 2.0], test="exact_t", seed=1, simulations=300)
    se, df = np.sqrt(2 * (1 / treated + 1 / (30 - treated))), 28
    critical, away = stats.t.ppf(0.975, df), table["effect"].to_numpy() / se
    expected = stats.nct.sf(critical, df, away) + stats.nct.cdf(-critical, df, away)
    low, high = stats.binom.ppf([[1e-4], [1 - 1e-4]], 300, expected)
    assert ((low <= 300 * table["power"]) & (300 * table["power"] <= high)).all()


@pytest.mark.slow
def test_conley_taber_finds_a_bit_more_than_it_should():
    """It leaves out the noise of the never-treated mean (estimate of size: 6 to 9% with few treated)."""
    design = yr.design_study(districts=30, periods=4, waves={3: 2}, rho=0.5)
    table = yr.power_curve(design, effects=[0.0, 2.0], test="conley_taber", seed=1, simulations=250)
    same = yr.power_curve(design, effects=[0.0, 2.0], seed=1, simulations=250)
    assert (table["power"] >= same["power"] - 0.02).all() and table["power"][0] < 0.12


@pytest.mark.slow
def test_the_effect_is_where_the_curve_crosses():
    design = yr.design_study(districts=40, periods=8, waves={5: 3}, rho=0.5)
    found = yr.minimum_detectable_effect(design, seed=3, simulations=250)
    near = np.array([found.low, found.effect - 1e-9, found.effect + 1e-9, found.high])
    power = yr.power_curve(design, effects=near, seed=3, simulations=250)["power"].to_numpy()
    assert power[1] < 0.8 <= power[2] and power[0] < 0.8 < power[3]
    inside = np.sqrt(0.8 * 0.2 / 250) * 1.96
    assert abs(power[0] - 0.8) <= inside + 2 / 250 and abs(power[3] - 0.8) <= inside + 2 / 250


def test_where_the_smallest_p_is_too_large_nothing_is_ever_found():
    design = yr.design_study(districts={"a": 15, "b": 15}, periods=6, waves={4: {"a": 1}}, rho=0.5)
    found = yr.minimum_detectable_effect(design, seed=1, simulations=200)
    assert found.smallest_p == pytest.approx(1 / 15) and found.effect == np.inf
    assert "none is found" in repr(found) and "smallest p is 0.067" in repr(found)
    assert (yr.power_curve(design, effects=[0, 1, 100], seed=1, simulations=200)["power"] == 0).all()


@cache
def long_panel(rho=0.6, districts=300, periods=12, seed=4, sd=3.0):
    rng = np.random.default_rng(seed)
    spread = np.where(np.arange(districts) < districts // 2, sd, 2 * sd)
    y = ar1(rng, districts, periods, rho) * spread[:, None]
    y += 50 * rng.normal(size=(districts, 1)) + np.arange(periods) ** 2
    table = pd.DataFrame({"district": np.repeat([f"d{i:03d}" for i in range(districts)], periods)})
    table["period"], table["y"] = np.tile(np.arange(2001, 2001 + periods), districts), y.ravel()
    table["half"] = np.repeat(np.where(np.arange(districts) < districts // 2, "calm", "wild"), periods)
    begins = np.where(np.arange(districts) % 30 == 0, 2009, 0)
    table["cohort"] = pd.array(np.repeat(begins, periods), dtype="Int64")
    table["cohort"] = table["cohort"].replace(0, pd.NA)
    columns = {"district": "district", "period": "period", "cohort": "cohort"}
    return yr.as_panel(table, **columns, outcomes=["y"], keep=["half"])


@pytest.mark.slow
def test_noise_is_estimated_without_the_bias_of_short_panels():
    """Eight periods before treatment: the plain coefficient of residuals would be far below .6."""
    design = yr.estimate_design(long_panel(), outcome="y", strata="half")
    assert design.rho == pytest.approx(0.6, abs=0.08)
    assert design.groups["sd"].tolist() == pytest.approx([3, 6], rel=0.1)
    assert design.groups["treated"].tolist() == [5, 5] and design.waves == {2009: 10}


@pytest.mark.slow
def test_rho_is_right_on_average_where_the_plain_estimate_is_not():
    """Six periods: Nickell's (1981) bias takes more than .3 off; ours is within simulation error."""
    rng, ours, plain = np.random.default_rng(1), [], []
    for _ in range(150):
        y = ar1(rng, 60, 6, 0.5)
        y = y - y.mean(axis=0)
        y = y - y.mean(axis=1, keepdims=True)
        ours.append(estimate_rho(y, np.arange(6)))
        plain.append((y[:, 1:] * y[:, :-1]).sum() / (y[:, :-1] ** 2).sum())
    error = np.std(ours) / np.sqrt(150)
    assert abs(np.mean(ours) - 0.5) < 4 * error + 0.01 and error < 0.02
    assert np.mean(plain) < 0.25


def test_the_interval_of_rho_is_that_of_districts_left_out_one_by_one():
    """Student's t times the jackknife's error, on the scale of the autocorrelation of residuals."""
    from scipy.stats import t

    rng, n, periods = np.random.default_rng(3), 9, 5
    y = ar1(rng, n, periods, 0.5)
    left = y - y.mean(axis=0)
    left -= left.mean(axis=1, keepdims=True)

    def plain(of):
        return (of[:, 1:] * of[:, :-1]).sum() / (of**2).sum()

    others = np.array([plain(np.delete(left, i, axis=0)) for i in range(n)])
    reach = t.ppf(0.975, n - 1) * np.sqrt((n - 1) / n * ((others - others.mean()) ** 2).sum())
    off = np.eye(periods) - 1 / periods
    table = pd.DataFrame({"d": np.repeat(np.arange(n), periods), "t": np.tile(np.arange(1, 6), n)})
    table["g"], table["y"] = np.where(table["d"] == 0, 6, 0), y.ravel()
    panel = yr.as_panel(table.astype({"d": str}), district="d", period="t", cohort="g", outcomes="y")
    design = yr.estimate_design(panel, outcome="y", until=8)
    for end, sign in zip(design.ends, (-1, 1), strict=True):
        o = end.rho ** np.abs(np.subtract.outer(np.arange(periods), np.arange(periods)))
        expected = off @ o @ off
        ratio = np.diagonal(expected, 1).sum() / np.trace(expected)
        assert ratio == pytest.approx(plain(left) + sign * reach, abs=1e-8)
        assert end.sd[0] ** 2 == pytest.approx((left**2).sum() / (n - 1) / np.trace(expected))
    low, high = (f"{end.rho:.2f}" for end in design.ends)
    assert f"{low} to {high}" in repr(design)
    assert not yr.estimate_design(panel, outcome="y", until=8, rho=0.5).ends


def test_rho_stops_where_few_periods_cannot_tell():
    trend = np.linspace(-1, 1, 5) * np.random.default_rng(1).normal(size=(20, 1))
    assert estimate_rho(trend - trend.mean(axis=1, keepdims=True), np.arange(5)) == 0.99
    zigzag = np.array([1.0, -1, 1, -1]) * np.ones((20, 1))
    assert estimate_rho(zigzag, np.arange(4)) == -0.99


def test_nothing_after_the_first_pilot_is_looked_at():
    panel = long_panel()
    late = panel.assign(value=panel["value"].where(panel["period"] < 2009, 1e6))
    same = [yr.estimate_design(p, outcome="y") for p in (panel, late, panel[panel["period"] < 2010])]
    assert len({(d.rho, d.sd[0]) for d in same}) == 1


def test_a_study_may_go_on_after_its_panel():
    panel = long_panel()
    early = panel[panel["period"] < 2009]
    with pytest.raises(yr.DataError, match="until="):
        yr.estimate_design(early, outcome="y")
    planned = yr.estimate_design(early, outcome="y", until=2012)
    whole = yr.estimate_design(panel, outcome="y")
    assert repr(planned) == repr(whole) and (planned.cohort == whole.cohort).all()
    quarters, _ = yr.simulate_panel(seed=1, districts=20, periods=12, waves={"2018Q4": 2})
    now = quarters[quarters["period"] < "2018Q4"]
    assert list(yr.estimate_design(now, outcome="orgs", until="2019Q4").waves.values()) == [2]


def every_second_year(panel):
    """The same panel, its periods 2001, 2002 ... written as 2002, 2004 ..."""
    return panel.assign(period=2 * panel["period"] - 2000, cohort=2 * panel["cohort"] - 2000)


def test_a_study_of_every_second_year_goes_on_with_every_second_year():
    early = every_second_year(long_panel(districts=30))
    early = early[early["period"] < 2018]
    planned = estimate(early, until=2024)
    assert list(planned.periods) == [2002, 2004, 2006, 2008, 2010, 2012, 2014, 2016, 2018, 2020, 2022, 2024]
    with pytest.raises(yr.DataError, match="lie 2 apart"):
        estimate(early, until=2023)


def estimate(panel, **options):
    return yr.estimate_design(panel, outcome="y", **options)


def test_noise_of_every_second_year_is_no_random_walk():
    """Neighbours that correlate by .6 do so by .6 ** .5 a year; rho and -rho are the same there."""
    panel = long_panel()
    one, two = estimate(panel), estimate(every_second_year(panel))
    assert two.rho == pytest.approx(one.rho**0.5, abs=1e-6)
    assert two.sd[0] == pytest.approx(one.sd[0])
    assert [end.rho**2 for end in two.ends] == pytest.approx([end.rho for end in one.ends], abs=1e-6)
    with pytest.raises(yr.DataError, match="cannot be below zero"):
        estimate(every_second_year(panel), rho=-0.3)
    below = np.array([1.0, -1, 1, -1]) * np.ones((20, 1))
    assert estimate_rho(below, 2 * np.arange(4)) == 0 and estimate_rho(below, np.array([1, 3, 4, 5])) == 0


def test_a_study_may_end_before_its_panel():
    """What begins later counts as never treated, as if the panel ended there."""
    panel = long_panel(districts=60)
    later = panel["district"].isin(panel.loc[panel["cohort"].isna(), "district"].unique()[:2])
    panel = panel.assign(cohort=panel["cohort"].mask(later, 2012))
    short, cut = estimate(panel, until=2010), estimate(panel[panel["period"] <= 2010])
    assert repr(short) == repr(cut) and (short.cohort == cut.cohort).all() and len(short.periods) == 10
    with pytest.raises(yr.DataError, match="none of the study's periods"):
        estimate(panel, until=1990)


@pytest.mark.slow
def test_a_panel_goes_the_same_way_as_its_design():
    panel = long_panel()
    one = yr.minimum_detectable_effect(panel, outcome="y", strata="half", seed=1, simulations=100)
    design = yr.estimate_design(panel, outcome="y", strata="half")
    two = yr.minimum_detectable_effect(design, seed=1, simulations=100)
    assert repr(one) == repr(two) and one.effect == two.effect
    other = yr.minimum_detectable_effect(replace(design, rho=0.0), seed=1, simulations=100)
    assert other.effect != one.effect


def test_simulated_noise_says_so():
    panel, _ = yr.simulate_panel(seed=1, districts=20, periods=12, waves={"2018Q4": 2})
    found = yr.minimum_detectable_effect(panel, outcome="orgs", seed=1, simulations=50)
    curve = yr.power_curve(panel, outcome="orgs", seed=1, simulations=50)
    assert "simulated data" in repr(found) and "simulated data" in found._repr_html_()
    assert curve.attrs["simulated"] and len(curve) == 41 and curve["power"].iloc[-1] > 0.8
    assert curve.attrs["outcome"] == "orgs"


NUMBERS = {"districts": 20, "periods": 6, "waves": {4: 2}, "rho": 0.5}


@pytest.mark.parametrize(
    "change, said",
    [
        ({"waves": {1: 2}}, "do not begin after period 1"),
        ({"waves": {}}, "do not begin after"),
        ({"waves": {7: 2}}, "by 6"),
        ({"waves": {4: 21}}, "takes 21 districts of 'all', which has 20"),
        ({"rho": 1.0}, "rho=1.0 must be a number, above -1 and below 1"),
        ({"sd": 0}, "sd=0 must be a number, above 0"),
        ({"districts": {"a": 9, "b": 9}}, "how many of its 2"),
    ],
)
def test_designs_that_cannot_be(change, said):
    with pytest.raises(yr.DataError, match=said):
        yr.design_study(**(NUMBERS | change))


@pytest.mark.parametrize("half", [3, 4])
def test_a_mirror_image_is_as_far(half):
    """With half of the districts treated, the assignment of the other half has the same estimate, turned."""
    design = yr.design_study(districts=2 * half, periods=6, waves={4: half}, rho=0.3)
    found = yr.minimum_detectable_effect(design, simulations=1)
    assert found.smallest_p == pytest.approx(2 / comb(2 * half, half))


def test_what_the_simulation_does_not_do_is_refused():
    design = yr.design_study(**NUMBERS)
    for options in ({"population": "pop"}, {"controls": ["x"]}):
        with pytest.raises(yr.DataError, match="one weight and without controls"):
            yr.minimum_detectable_effect(design, **options)
    for options in ({"control": "not_yet"}, {"estimator": yr.staggered_did}):
        with pytest.raises(yr.DataError, match="exact_t takes the change of each district as it is"):
            yr.minimum_detectable_effect(design, test="exact_t", **options)


def test_refusals():
    design, panel = yr.design_study(**NUMBERS), long_panel()
    with pytest.raises(yr.DataError, match="has its outcome"):
        yr.power_curve(design, outcome="y", seed=1)
    with pytest.raises(yr.DataError, match="outcome= must name"):
        yr.power_curve(panel, seed=1)
    with pytest.raises(yr.DataError, match="test='t' is not known"):
        yr.power_curve(design, test="t", seed=1)
    with pytest.raises(yr.DataError, match="takes one wave, and this design has 2"):
        two = yr.design_study(**(NUMBERS | {"waves": {3: 1, 4: 1}}))
        yr.power_curve(two, test="exact_t", seed=1)
    with pytest.raises(yr.DataError, match="nothing can be reassigned"):
        alone = yr.design_study(districts={"a": 2, "b": 9}, periods=6, waves={4: {"a": 2}}, rho=0.5)
        yr.power_curve(alone, seed=1)
    with pytest.raises(yr.DataError, match="3 periods of 'y' before treatment"):
        yr.estimate_design(panel[panel["period"] >= 2006], outcome="y")
    with pytest.raises(yr.DataError, match="1 districts with gaps"):
        yr.estimate_design(panel.drop(panel.index[3]), outcome="y")
    swing = np.where(panel["district"].rank(method="dense") % 2, 1.0, -1.0) * (panel["period"] % 3)
    still = panel.assign(value=swing.where(panel["half"] == "calm", 0.0))  # as the calm ones' mean
    with pytest.raises(yr.DataError, match="'y' moves alike in all districts of the strata 'wild': there"):
        yr.estimate_design(still, outcome="y", strata="half")
    with pytest.raises(yr.DataError, match="'y' moves alike in all districts: there"):
        yr.estimate_design(panel.assign(value=1.0), outcome="y")


def test_waves_and_deviations_that_make_no_design_are_refused():
    given = {"periods": 6, "rho": 0.5}
    for options, said in (
        ({"districts": {"a": 20, "b": 3}, "waves": {3: {"a": -2}}}, "takes -2 districts"),
        ({"districts": 20, "waves": {3: 0}}, "take no district"),
        ({"districts": {"a": 20, "b": 3}, "waves": {3: {"a": 2}}, "sd": {"a": 1.0}}, "every stratum"),
        ({"districts": 20, "waves": {3: 2}, "sd": float("nan")}, "sd=nan must be a number, above 0"),
    ):
        with pytest.raises(yr.DataError, match=said):
            yr.design_study(**given, **options)


@pytest.mark.slow
def test_the_studys_last_period_is_as_precise_as_the_panels():
    """2025 is no quarter: its first one would end the study three quarters too early."""
    panel = yr.simulate_panel(districts=12, periods=12, waves={"2019Q2": 2}, seed=1)[0]
    outcome = "orgs_per_10k_youth_14_28"
    longer = yr.estimate_design(panel, outcome=outcome, until="2021Q4")
    assert [str(p) for p in longer.periods[[0, -1]]] == ["2017Q1", "2021Q4"] and len(longer.time) == 20
    with pytest.raises(yr.DataError, match="coarser than the periods"):
        yr.estimate_design(panel, outcome=outcome, until="2021")


@pytest.mark.parametrize(
    ("numbers", "message"),
    [
        ({"districts": 20.5}, r"districts\['all'\]=20.5 must be a whole number"),
        ({"periods": 0}, "periods=0"),
        ({"waves": {"2019": 1}}, r"Waves \['2019'\] do not begin after period 1"),
        ({"waves": {5: 2.7}}, "takes 2.7 districts of 'all': give a whole number"),
    ],
)
def test_a_design_is_of_whole_numbers(numbers, message):
    with pytest.raises(yr.DataError, match=message):
        yr.design_study(**({"districts": 20, "periods": 8, "waves": {5: 1}, "rho": 0.3} | numbers))


def test_power_is_of_estimators_that_can_be_had_from_a_design():
    design = yr.design_study(districts=20, periods=8, waves={5: 2}, rho=0.3)
    with pytest.raises(yr.DataError, match="synthetic_did follow the outcome"):
        yr.minimum_detectable_effect(design, estimator=yr.synthetic_did, seed=1)
    with pytest.raises(yr.DataError, match="estimator='did' is no function: pass one"):
        yr.power_curve(design, estimator="did", seed=1)
    with pytest.raises(yr.DataError, match="estimator='did' is no function"):
        yr.randomization_test("did", pd.DataFrame(), outcome="y", seed=1)
    given = (1.0, [1.0], np.array([1.0]), pd.Series([1.0], index=[7]))
    one, listed, *others = (
        yr.power_curve(design, effects=e, simulations=50, draws=99, seed=1) for e in given
    )
    assert all(other.equals(one) for other in others)
    pd.testing.assert_frame_equal(one, listed)


def test_waves_that_begin_between_periods_are_all_counted():
    design = [("a", 2019), ("b", 2020), ("c", 0), ("d", 0)]
    rows = [(d, t, g, i * t % 7) for i, (d, g) in enumerate(design) for t in range(2010, 2024, 2)]
    table = pd.DataFrame(rows, columns=["d", "t", "g", "y"])
    panel = yr.as_panel(table, district="d", period="t", cohort="g", outcomes="y")
    design = yr.estimate_design(panel, outcome="y")
    assert design.waves == {2020: 2} and "treated 2 from 2020 on" in repr(design)
    with pytest.raises(
        yr.DataError, match=r"The periods lie 2 apart: count them \(1, 2, 3 \.\.\.\), or base=-2"
    ):
        yr.event_study(panel[panel["cohort"].ne(2019).fillna(True)], outcome="y")

"""Tests for few treated districts: against statsmodels, by hand, and where the variance depends on size."""

from itertools import combinations, permutations
from math import factorial

import numpy as np
import pandas as pd
import pytest
from scipy.special import stdtr, stdtrit
from sweeps import sweep

import youthresearch as yr


def one_wave(seed=1, n=12, treated=2, t=4, size=None, equal=False):
    """Noise with a trend in each district; the first are treated from the third period on."""
    rng = np.random.default_rng(seed)
    size = np.ones(n) if size is None else size
    y = rng.normal(size=(n, t)) / np.sqrt(size)[:, None]
    table = pd.DataFrame({"district": np.repeat([f"d{i:03d}" for i in range(n)], t), "y": y.ravel()})
    table["period"] = np.tile(np.arange(2001, 2001 + t), n)
    table["people"] = np.repeat(np.ones(n) if equal else size, t)
    table["cohort"] = pd.array([2003] * treated * t + [None] * (n - treated) * t, dtype="Int64")
    return yr.as_panel(
        table, district="district", period="period", cohort="cohort", outcomes=["y"], keep=["people"]
    )


def changes(panel):
    wide = panel.pivot(index="district", columns="period", values="value")
    change = wide[[2003, 2004]].mean(axis=1) - wide[[2001, 2002]].mean(axis=1)
    return change.to_numpy(), panel.groupby("district")["cohort"].first().notna().to_numpy()


@pytest.mark.parametrize("treated", [1, 4])
def test_exact_t_by_hand(treated):
    panel = one_wave(treated=treated)
    change, who = changes(panel)
    row = yr.few_treated(panel, outcome="y", seed=1).set_index("method").loc["exact_t"]
    att = change[who].mean() - change[~who].mean()
    left, df = change - np.where(who, change[who].mean(), change[~who].mean()), len(who) - 2
    se = np.sqrt(left @ left / df * (1 / treated + 1 / (~who).sum()))
    assert row["att"] == pytest.approx(att) == pytest.approx(yr.did(panel, outcome="y").att)
    assert row["p_value"] == pytest.approx(2 * stdtr(df, -abs(att) / se))
    far = stdtrit(df, 0.975) * se
    assert [row["low"], row["high"]] == pytest.approx([att - far, att + far])


@pytest.mark.slow
@pytest.mark.parametrize("treated", [1, 2, 4])
def test_exact_t_is_that_of_statsmodels(treated):
    from statsmodels.regression.linear_model import OLS

    panel = one_wave(treated=treated)
    change, who = changes(panel)
    fit = OLS(change, np.column_stack([np.ones(len(who)), who])).fit()
    row = yr.few_treated(panel, outcome="y", seed=1).set_index("method").loc["exact_t"]
    assert row["att"] == pytest.approx(fit.params[1])
    assert row["p_value"] == pytest.approx(fit.pvalues[1])
    assert [row["low"], row["high"]] == pytest.approx(list(fit.conf_int()[1]))
    assert row["att"] == pytest.approx(yr.did(panel, outcome="y").att)


@pytest.mark.parametrize("treated", [1, 2])
def test_conley_taber_by_hand(treated):
    panel = one_wave(treated=treated, n=24)
    change, who = changes(panel)
    others = change[~who] - change[~who].mean()
    null = [abs(np.mean(s)) for s in combinations(others, treated)]
    att = change[who].mean() - change[~who].mean()
    row = yr.few_treated(panel, outcome="y", level=0.8, seed=1).set_index("method").loc["conley_taber"]
    assert row["p_value"] == pytest.approx((1 + np.sum(null >= abs(att))) / (1 + len(null)))
    assert row["smallest_p"] == 1 / (1 + len(null))
    for effect in (row["low"], row["high"]):
        farther = (1 + np.sum(null >= abs(att - effect) * (1 + 1e-9))) / (1 + len(null))
        assert farther <= 0.2 < (1 + np.sum(null >= abs(att - effect) * (1 - 1e-9))) / (1 + len(null))


def test_ferman_pinto_by_hand():
    """Variance from non-negative least squares of squared changes on 1 / size, here with both parts free."""
    rng = np.random.default_rng(4)
    size = rng.uniform(0.2, 5, size=40)
    panel = one_wave(seed=9, n=40, treated=1, size=size)
    change, who = changes(panel)
    left = change[~who] - change[~who].mean()
    people = panel.groupby("district")["people"].first().to_numpy()
    fit = np.linalg.lstsq(np.column_stack([np.ones(39), 1 / people[~who]]), left**2, rcond=None)[0]
    if (fit < 0).any():
        keep = np.argmax(fit)
        column = [np.ones(39), 1 / people[~who]][keep]
        only = (column @ left**2) / (column @ column)
        fit = np.where(np.arange(2) == keep, only, 0)
    variance = fit[0] + fit[1] / people
    null = np.abs(left / np.sqrt(variance[~who]) * np.sqrt(variance[who]))
    att = change[who].mean() - change[~who].mean()
    row = yr.few_treated(panel, outcome="y", population="people", seed=1).set_index("method")
    assert row.loc["ferman_pinto", "p_value"] == pytest.approx((1 + np.sum(null >= abs(att))) / 40)


def unlike_sizes(treated, n=14):
    """Make a panel of districts of unlike sizes and variances."""
    return one_wave(seed=9, n=n, treated=treated, size=np.random.default_rng(4).uniform(0.2, 5, size=n))


@pytest.mark.parametrize("treated", [2, 3])
def test_ferman_pinto_of_several_by_hand_in_every_order(treated):
    """Each order of each set, each standing for the treated ones in it; the actual set in its orders too."""
    from scipy.optimize import nnls

    panel = unlike_sizes(treated)
    change, who = changes(panel)
    left = change[~who] - change[~who].mean()
    people = panel.groupby("district")["people"].first().to_numpy()
    fit = nnls(np.column_stack([np.ones(len(left)), 1 / people[~who]]), left**2)[0]
    spread = np.sqrt(fit[0] + fit[1] / people)
    null = []
    for order in permutations(left / spread[~who], treated):
        null.append(abs(sum(s * z for s, z in zip(spread[who], order, strict=True)) / treated))
    att, orders = change[who].mean() - change[~who].mean(), factorial(treated)
    table = yr.few_treated(panel, outcome="y", population="people", level=0.8, seed=1).set_index("method")
    row = table.loc["ferman_pinto"]
    whole = orders + len(null)
    assert row["p_value"] == pytest.approx((orders + np.sum(np.array(null) >= abs(att))) / whole)
    assert row["smallest_p"] == pytest.approx(orders / whole) == table.loc["conley_taber", "smallest_p"]
    for effect in (row["low"], row["high"]):
        farther = (orders + np.sum(np.array(null) >= abs(att - effect) * (1 + 1e-9))) / whole
        assert farther <= 0.2 < (orders + np.sum(np.array(null) >= abs(att - effect) * (1 - 1e-9))) / whole


@pytest.mark.slow
def test_where_orders_are_drawn_the_actual_set_still_counts_as_one_of_all_sets():
    """Nine of twenty: 55 sets of never-treated and the actual one, in 20 million orders, 9,999 drawn."""
    table = yr.few_treated(unlike_sizes(9, n=20), outcome="y", population="people", seed=1)
    smallest = table.set_index("method")["smallest_p"]
    assert smallest["conley_taber"] == pytest.approx(1 / 56)
    assert smallest["ferman_pinto"] == pytest.approx(1 / 56, rel=0.01)


@pytest.mark.parametrize("treated", [2, 3])
def test_names_of_districts_have_no_say(treated):
    panel = unlike_sizes(treated)
    names = {f"d{i:03d}": f"d{treated - 1 - i:03d}" for i in range(treated)}
    other = panel.assign(district=panel["district"].replace(names)).sort_values(["district", "period"])
    one, two = (yr.few_treated(p, outcome="y", population="people", seed=1) for p in (panel, other))
    pd.testing.assert_frame_equal(one, two, rtol=1e-9)


def test_methods_say_that_they_take_few_treated_beside_many():
    said = yr.few_treated(unlike_sizes(2), outcome="y", population="people", seed=1).set_index("method")[
        "assumes"
    ]
    assert said[["conley_taber", "ferman_pinto"]].str.contains("few treated beside many").all()
    assert "few" not in said["exact_t"]  # of which this is not asked


def test_ferman_pinto_with_equal_sizes_is_conley_taber():
    panel = one_wave(n=30, equal=True)
    table = yr.few_treated(panel, outcome="y", population="people", seed=1).set_index("method")
    same = ["att", "p_value", "low", "high", "smallest_p"]
    assert list(table.loc["ferman_pinto", same]) == pytest.approx(list(table.loc["conley_taber", same]))


@pytest.mark.slow
def test_a_small_treated_district_is_rejected_too_often_but_not_by_ferman_pinto():
    """Variance 1 / size, the smallest of 400 districts treated (as in Ferman and Pinto 2019, section 4)."""
    size = np.append(0.5, np.random.default_rng(1).uniform(0.5, 2, size=399))
    panel = one_wave(n=400, treated=1, size=size)
    rng = np.random.default_rng(5)
    rejected = {"exact_t": 0, "conley_taber": 0, "ferman_pinto": 0}
    for _ in range(300):
        noise = rng.normal(size=(400, 4)) / np.sqrt(size)[:, None]
        noisy = panel.assign(value=noise.ravel())
        for row in yr.few_treated(noisy, outcome="y", population="people", seed=1).itertuples():
            rejected[row.method] += row.p_value <= 0.05
    assert rejected["conley_taber"] > 300 * 0.12 and rejected["exact_t"] > 300 * 0.12
    assert rejected["ferman_pinto"] <= 300 * 0.05 + 3 * np.sqrt(300 * 0.05 * 0.95)


def test_drawn_sets_are_the_same_on_two_runs():
    panel = one_wave(n=60, treated=5)
    one, two = (yr.few_treated(panel, outcome="y", draws=500, seed=1) for _ in range(2))
    pd.testing.assert_frame_equal(one, two)
    assert one.loc[1, "smallest_p"] == 1 / 501


@pytest.mark.parametrize(
    "change, said",
    [
        (lambda p: p.drop(index=[0]), "gaps"),
        (lambda p: p.assign(cohort=p["cohort"].mask(p["district"] == "d000", 2004)), "one wave"),
        (lambda p: p.assign(cohort=p["cohort"].where(p["cohort"].isna(), 2001)), "one wave"),
        (lambda p: p[p["district"] < "d004"], "at least three"),
    ],
)
def test_refusals(change, said):
    with pytest.raises(yr.DataError, match=said):
        yr.few_treated(change(one_wave()), outcome="y", seed=1)


@pytest.mark.parametrize("level", sweep(0.0, 0.1, slow=[3.0, 1e12]))
def test_what_does_not_move_is_refused_and_no_rounding_is_tested(level):
    """Sums of equal numbers end a digit off zero, which is no effect."""
    panel = one_wave().assign(value=level, low=level, high=level)
    path = yr.event_study(panel, outcome="y")
    for run in (
        lambda: yr.few_treated(panel, outcome="y", seed=1),
        lambda: yr.wild_bootstrap(yr.did(panel, outcome="y"), draws=99, seed=1),
        lambda: yr.pretrend_test(path),
        lambda: yr.honest_did(path),
    ):
        with pytest.raises(yr.DataError, match=r"changes by the same|no residuals|have no error"):
            run()
    for statistic in ("att", "studentized"):
        test = yr.randomization_test(yr.did, panel, outcome="y", statistic=statistic, seed=1)
        assert test.p_value == 1 and test.smallest_p == pytest.approx(1 / 66)  # pairs of twelve


ANEW = (yr.event_study, yr.sun_abraham, yr.imputation_did)  # with gaps each assignment is an estimation


def tenths(seed, districts=20, treated=2, move=0.0):
    """District levels in tenths and a tenth more each period, which no float holds exactly; and a move."""
    rng = np.random.default_rng(seed)
    levels = rng.uniform(1, 1000, districts).round(1)
    table = pd.DataFrame(
        {
            "district": np.repeat([f"d{i:02d}" for i in range(districts)], 4),
            "period": np.tile(np.arange(2010, 2014), districts),
            "cohort": pd.array([2012] * (4 * treated) + [None] * (4 * (districts - treated)), dtype="Int64"),
        }
    )
    table["y"] = levels.repeat(4) + 0.1 * (table["period"] - 2010) + move * (table["period"] > 2011)
    return yr.as_panel(table, district="district", period="period", cohort="cohort", outcomes=["y"])


@pytest.mark.slow
@pytest.mark.parametrize(
    "estimator",
    [yr.did, *(pytest.param(f, marks=pytest.mark.slow) for f in (yr.staggered_did, *ANEW))],
    ids=lambda f: f.__name__,
)
def test_districts_that_move_alike_have_no_effect_in_any_test(estimator):
    """All assignments tie at zero, so that p is 1; an error of zero tells nothing. With gaps or without."""
    for seed in range(2) if estimator is yr.did else range(6):
        panel = tenths(seed, districts=10 if seed % 2 else 20)  # with gaps each pair is estimated anew
        panel = panel.drop(index=[9, 30]) if seed % 2 else panel
        effect = estimator(panel, outcome="y")
        assert (effect.att, effect.se) == (0, 0) and not effect.path["att"].any()
        test = effect.randomization()
        assert (test.p_value, test.low, test.high) == (1, 0, 0) and not test.distribution.any()
        if not seed % 2:
            assert effect.randomization(statistic="studentized").p_value == 1
        own = yr.compare_effects([effect], inference="se")
        assert own[["p_value", "low", "high"]].isna().all(axis=None)
        bounds = yr.interval_bounds(effect, panel)
        assert (bounds.low, bounds.high, bounds.interval_low, bounds.interval_high) == (0, 0, 0, 0)
    with pytest.raises(yr.DataError, match="zero, to rounding"):
        yr.breakdown(effect, panel)


@pytest.mark.slow
def test_equal_moves_tie_however_large_the_level():
    """One district in three moves by a tenth: 7 of 19 others that do tie with the one treated."""
    i = np.arange(20).repeat(4)
    for scale in (1, 1e6, 1e9):
        levels = scale * np.random.default_rng(1).uniform(1, 2, 20)
        panel = tenths(0, treated=1)
        value = levels[i] + np.where((i % 3 == 0) & (panel["period"] > 2011), 0.1, 0.0)
        panel = panel.assign(value=value, low=value, high=value)
        test = yr.did(panel, outcome="y").randomization()
        assert test.p_value == (i[::4] % 3 == 0).mean() == 7 / 20


@pytest.mark.slow
@pytest.mark.parametrize("periods", [2, 4])
@pytest.mark.parametrize(
    "estimator",
    sweep(yr.event_study, yr.imputation_did, yr.staggered_did, slow=[yr.did, yr.sun_abraham]),
    ids=lambda f: f.__name__,
)
def test_two_districts_leave_no_error_to_test_by(estimator, periods):
    """Normal equations make the score of each district zero; two periods have as many coefficients too."""
    y = np.random.default_rng(3).normal(size=8)
    panel = tenths(0, districts=2, treated=1).assign(value=y, low=y, high=y)
    panel = panel[panel["period"].isin([2011, 2012])] if periods == 2 else panel
    effect = estimator(panel, outcome="y")
    assert effect.se == 0 and effect.att != 0
    own = yr.compare_effects([effect], inference="se")
    assert own[["p_value", "low", "high"]].isna().all(axis=None)
    bounds = yr.interval_bounds(effect, panel, inference="se")
    assert np.isnan([bounds.interval_low, bounds.interval_high]).all()
    if len(effect.path):
        bands = yr.confidence_bands(effect, inference="se", seed=1)
        assert bands[["low", "high", "band_low", "band_high"]].isna().all(axis=None)
    if estimator in (yr.did, yr.event_study, yr.sun_abraham):
        with pytest.raises(yr.DataError, match="no residuals"):
            yr.wild_bootstrap(effect, draws=99, seed=1)


@pytest.mark.parametrize("level", [0, 1, 95, float("nan")])
def test_a_level_in_percent_is_refused(level):
    panel = one_wave()
    effect, path = yr.did(panel, outcome="y"), yr.event_study(panel, outcome="y")
    design = yr.design_study(districts=20, periods=6, waves={3: 2}, rho=0.5)
    for run in (
        lambda: yr.few_treated(panel, outcome="y", level=level, seed=1),
        lambda: yr.wild_bootstrap(effect, level=level, seed=1),
        lambda: yr.interval_bounds(effect, panel, level=level),
        lambda: yr.breakdown(effect, panel, level=level),
        lambda: yr.pretrend_test(path, level=level),
        lambda: yr.honest_did(path, level=level),
        lambda: yr.minimum_detectable_effect(design, power=level, seed=1),
        lambda: yr.power_curve(design, level=level, seed=1),
    ):
        with pytest.raises(yr.DataError, match="must lie between 0 and 1"):
            run()
    with pytest.raises(yr.DataError, match="draws=0 must be a whole number"):
        yr.few_treated(panel, outcome="y", draws=0, seed=1)

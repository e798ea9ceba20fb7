"""Inequality and convergence against values from outside."""

import numpy as np
import pandas as pd
import pytest

import youthresearch as yr

REAT = [10, 10, 10, 20, 50]  # example of theil() in the R package REAT, which gives 0.2326302: Theil's L
FIBONACCI = [3, 5, 8, 13, 21, 34, 55, 89, 144, 233]
GROUPS = list("aaabbbbccc")


def test_theil_l_and_t_of_a_published_example():
    assert yr.theil_l(REAT) == pytest.approx(0.2326302, abs=5e-8)
    assert yr.theil_t(REAT) == pytest.approx(0.2502010, abs=5e-7)


def test_against_pysal():
    """PySAL inequality 1.1.2: Gini(x).g, Theil(x).T, TheilD(x, groups).bg and .wg."""
    assert yr.gini(REAT) == pytest.approx(0.36)
    assert yr.gini(FIBONACCI) == pytest.approx(0.5928925619834711)
    assert yr.theil_t(FIBONACCI) == pytest.approx(0.609408149593706)
    split = yr.decompose_inequality(FIBONACCI, GROUPS).set_index("measure").loc["theil_t"]
    assert split[["between", "within"]].tolist() == pytest.approx([0.52447279, 0.08493536], abs=5e-9)


def test_gini_is_half_the_mean_difference_over_the_mean():
    rng = np.random.default_rng(1)
    x, w = rng.exponential(size=30), rng.uniform(1, 5, size=30)
    p = w / w.sum()
    slow = sum(p[i] * p[j] * abs(x[i] - x[j]) for i in range(30) for j in range(30)) / (2 * np.sum(p * x))
    assert yr.gini(x, w) == pytest.approx(slow)


@pytest.mark.parametrize("measure", [yr.gini, yr.variation, yr.theil_t, yr.theil_l])
def test_what_every_measure_must_satisfy(measure):
    x = np.array([3.0, 5, 8, 13])
    assert measure([7, 7, 7]) == pytest.approx(0, abs=1e-12)
    assert measure(1000 * x) == pytest.approx(measure(x))  # the unit does not matter
    assert measure(np.tile(x, 3)) == pytest.approx(measure(x))  # nor how often the districts are repeated
    assert measure([3, 5], [2, 1]) == pytest.approx(measure([3, 3, 5]))  # a weight is a repetition
    assert measure(x - [0, 0, 1, -1]) > measure(x)  # from a poorer to a richer: more unequal


def test_between_and_within_sum_to_the_whole_and_groups_weigh_as_they_should():
    x, w = np.array(FIBONACCI, dtype=float), np.arange(1, 11)
    table = yr.decompose_inequality(x, GROUPS, w).set_index("measure")
    assert (table["between"] + table["within"]).to_numpy() == pytest.approx(table["total"].to_numpy())
    parts = [np.array(GROUPS) == g for g in "abc"]
    total, mean = np.sum(w * x), np.average(x, weights=w)
    t = sum(np.sum(w[p] * x[p]) / total * yr.theil_t(x[p], w[p]) for p in parts)
    low = sum(np.sum(w[p]) / np.sum(w) * yr.theil_l(x[p], w[p]) for p in parts)
    assert table["within"].tolist() == pytest.approx([t, low])
    assert mean > 0


@pytest.mark.parametrize(
    ("values", "weights", "message"),
    [
        ([1, -1], None, "not negative"),
        ([1, np.nan], None, "finite"),
        ([0, 0], None, "not all zero"),
        ([], None, "0 values"),
        ([1, 2], [1], "2 values, 1 weights"),
        ([1, 2], [1, 0], "weights above zero"),
        (["1", "2"], None, "needs numbers"),
        (pd.Series([1, 2], ["a", "b"]), pd.Series([2, 1], ["b", "a"]), "need one index"),
    ],
)
def test_values_without_a_measure_are_refused(values, weights, message):
    with pytest.raises(yr.DataError, match=message):
        yr.gini(values, weights)


def test_zero_has_no_theil_l_but_a_theil_t():
    with pytest.raises(yr.DataError, match="has no value where a district has zero"):
        yr.theil_l([0, 1])
    assert yr.theil_t([0, 1]) == pytest.approx(np.log(2))


def panel(values):
    """Make a panel: one row of values is one district."""
    table = pd.DataFrame(values)
    long = table.reset_index(names="district").melt(id_vars="district", var_name="year", value_name="x")
    long = long.assign(year=long["year"] + 2018, cohort=np.nan)
    return yr.as_panel(long, district="district", period="year", cohort="cohort", outcomes="x")


def test_sigma_convergence_is_of_districts_known_throughout():
    table = yr.sigma_convergence(panel([[1.0, 2], [3, 4], [9, np.nan]]), outcome="x")
    assert table["period"].tolist() == [2018, 2019] and table["districts"].tolist() == [2, 2]
    assert table["sd_log"].tolist() == pytest.approx([np.log(3) / 2, np.log(2) / 2])
    assert table["mean"].tolist() == [2, 3]


def test_sigma_convergence_says_what_vague_figures_allow():
    """By brute force over a grid of all figures; over 3,000 the spread may be anything."""
    given = panel([[1.0, 2], [3, 4], [9, 8], [4, 4]])
    vague = (given["period"] == 2018) & given["district"].isin(["1", "2"])
    given = given.assign(low=given["value"] - vague, high=given["value"] + 2.0 * vague, size=1)
    table = yr.sigma_convergence(given, outcome="x")
    logs = [np.log(np.linspace(*ends, 201)) for ends in ((2, 5), (8, 11))]
    grid = [g.ravel() for g in np.meshgrid(*logs)]
    spread = np.stack([np.full_like(grid[0], 0.0), *grid, np.full_like(grid[0], np.log(4))]).std(axis=0)
    assert table["vague"].tolist() == [2, 0]
    assert table["sd_log_low"][0] == pytest.approx(spread.min(), abs=1e-4)
    assert spread.max() <= table["sd_log_high"][0] + 1e-9 < spread.max() * 1.02
    assert table[["sd_log_low", "sd_log_high"]].loc[1].tolist() == pytest.approx([table["sd_log"][1]] * 2)
    same = yr.sigma_convergence(given, outcome="x", population="size")
    pd.testing.assert_frame_equal(same, table)
    over = given.assign(high=given["high"].where(~vague, np.inf))
    assert yr.sigma_convergence(over, outcome="x")["sd_log_high"].tolist()[0] == np.inf
    with pytest.raises(yr.DataError, match="outside their bounds"):
        yr.sigma_convergence(given.assign(high=0.0), outcome="x")
    alike = given.assign(low=0.5, high=9.5)
    assert yr.sigma_convergence(alike, outcome="x")["sd_log_low"].tolist() == [0, 0]


def test_rounding_is_no_inequality():
    """Of equal numbers T may be -1e-16, of which all lay between provinces; 0.1 + 0.2 is 0.3."""
    table = yr.decompose_inequality([0.1] * 7, list("aabbccc"))
    assert table[["total", "between", "within"]].to_numpy().tolist() == [[0, 0, 0]] * 2
    assert table["share_between"].isna().all() and yr.theil_t([0.1] * 7) == 0
    level = np.array([0.1 + 0.2, 0.3, 0.3, 0.3, 0.3])
    with pytest.raises(yr.DataError, match="begin with the same"):
        yr.beta_convergence(panel(np.stack([level, [1, 2, 3, 4, 5]], axis=1)), outcome="x")


def test_beta_convergence_finds_the_slope_it_was_made_with():
    start = np.array([1.0, 2, 4, 8, 16])
    end = np.exp(0.3 + (1 - 0.2) * np.log(start))  # ln y_2 = 0.3 + 0.8 ln y_0, over two periods
    found = yr.beta_convergence(panel(np.stack([start, np.sqrt(start * end), end], axis=1)), outcome="x")
    assert (found.beta, found.periods, found.districts) == (pytest.approx(-0.1), 2, 5)
    assert found.speed == pytest.approx(-np.log(0.8) / 2)
    assert found.half_life == pytest.approx(2 * np.log(2) / -np.log(0.8))
    assert repr(found).startswith("beta convergence: x\n  beta         -0.1000  (se 0.0000, HC1)")


@pytest.mark.slow
@pytest.mark.parametrize("backend", ["pyarrow", "numpy_nullable"])
def test_convergence_is_the_same_in_columns_of_another_type(backend):
    plain = panel(np.random.default_rng(6).uniform(1, 9, size=(7, 4)))
    other = plain.convert_dtypes(dtype_backend=backend)
    assert repr(yr.beta_convergence(other, outcome="x")) == repr(yr.beta_convergence(plain, outcome="x"))
    sigma = [yr.sigma_convergence(p, outcome="x") for p in (other, plain)]
    pd.testing.assert_frame_equal(*sigma, check_dtype=False)


def test_beta_convergence_is_of_districts_known_first_and_last_and_counts_intervals():
    """A gap between has no part in growth from the first level to the last."""
    rng = np.random.default_rng(3)
    values = rng.uniform(2, 9, size=(7, 3))
    values[:2, 1] = values[6, 2] = np.nan
    given = panel(values)
    found = yr.beta_convergence(given, outcome="x")
    start, end = np.log(values[:6, 0]), np.log(values[:6, 2])
    assert found.beta == pytest.approx(np.polyfit(start, (end - start) / 2, 1)[0], rel=1e-10)
    assert (found.districts, found.periods, found.vague) == (6, 2, 0) and "caution" not in repr(found)
    assert found.refused["reason"].tolist() == ["not known in both periods"]
    wide = given["period"].isin([2018, 2019]) & given["district"].isin(["0", "2", "6"])
    loose = given.assign(high=given["high"] + wide)
    assert yr.beta_convergence(loose, outcome="x").vague == 2  # the third has no last level
    assert "2 districts begin or end with an interval" in repr(yr.beta_convergence(loose, outcome="x"))


@pytest.mark.slow
def test_beta_convergence_is_a_regression_of_statsmodels():
    import statsmodels.api as sm

    start, end = np.random.default_rng(5).uniform(1, 9, (2, 12))
    found = yr.beta_convergence(panel(np.stack([start, end], axis=1)), outcome="x")
    fit = sm.OLS(np.log(end / start), sm.add_constant(np.log(start))).fit(cov_type="HC1")
    assert (found.beta, found.se) == pytest.approx((fit.params[1], fit.bse[1]), rel=1e-12)


def test_convergence_needs_a_series_above_zero():
    for values, outcome, message in (
        ([[1.0, 0], [1, 2]], "x", "above zero"),
        ([[1.0, np.nan], [np.nan, 2]], "x", "No district has 'x' in every period"),
        ([[1.0, 2], [np.nan, 2]], "x", r"1 district has 'x' in every period[\s\S]*2018 +1\n2019 +2"),
        ([[1.0, 2], [1, 2]], "y", "no indicator 'y'"),
        ([[1.0, 2], [1, 2]], "x", "2 districts in 2 periods are too few"),
        ([[1.0, 2], [1, 2], [1, 3], [1, 4]], "x", "begin with the same 'x'"),
    ):
        with pytest.raises(yr.DataError, match=message):
            yr.beta_convergence(panel(values), outcome=outcome)
        if "beg" not in message and "few" not in message:
            with pytest.raises(yr.DataError, match=message):
                yr.sigma_convergence(panel(values), outcome=outcome)


def test_groups_and_weights_are_those_of_the_districts():
    """Series are not read by position: a's group may not become b's."""
    values, groups = pd.Series([1.0, 2], ["a", "b"]), pd.Series(["x", "y"], ["b", "a"])
    with pytest.raises(yr.DataError, match="need one index"):
        yr.decompose_inequality(values, groups)
    sizes = panel([[1.0, 2], [3, 4]]).assign(size=[1, 1, 2, 3])
    with pytest.raises(yr.DataError, match="'size' varies within districts; population may not"):
        yr.sigma_convergence(sizes, outcome="x", population="size")
    with pytest.raises(yr.DataError, match="no column 'sise' to take population from"):
        yr.sigma_convergence(sizes, outcome="x", population="sise")
    for text in (yr.sigma_convergence, yr.did):
        with pytest.raises(yr.DataError, match=r"population='size'[\s\S]*must be of numbers[\s\S]*1,200"):
            text(sizes.assign(size="1,200", cohort=pd.NA), outcome="x", population="size")
    found = yr.sigma_convergence(sizes.assign(size=[1, 1, 3, 3]), outcome="x", population="size")
    assert found["mean"].tolist() == [2.5, 3.5]


def test_equal_values_have_no_negative_inequality():
    assert all(yr.gini([5.0] * n) >= 0 for n in range(2, 40))

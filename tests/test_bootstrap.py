"""The wild bootstrap against least squares run again for every sign, and against the package wildboottest."""

from dataclasses import replace
from itertools import product

import numpy as np
import pandas as pd
import pytest
from oracles import panel_of, random_table
from sweeps import sweep

import youthresearch as yr


def few(seed, n=8, gaps=0.0):
    """So few districts, half of them treated in waves, that every sign can be tried."""
    table = random_table(seed, districts=14, periods=4, gaps=gaps)
    kept = [f"d{i:02d}" for i in (*range(n // 2), *range(14 - n + n // 2, 14))]
    table = table[table["district"].isin(kept)]
    return table[table.groupby("district")["y"].transform("size") > 1].reset_index(drop=True)


def design(table, regressors):
    """Regressors, then dummies of districts and periods."""
    dummies = pd.get_dummies(table[["district", "period"]].astype(str), dtype=float).to_numpy()
    return np.column_stack([regressors, dummies])


def weighted(x, table, population):
    return x * np.sqrt(table[population].to_numpy() if population else np.ones(len(table)))[:, None]


def t_of(x, y, target, groups, tau):
    """(target . b - tau) over its error clustered by group, no factor."""
    inverse = np.linalg.pinv(x.T @ x)
    b = inverse @ x.T @ y
    left = y - x @ b
    score = np.array([(inverse @ target) @ (x[groups == g].T @ left[groups == g]) for g in np.unique(groups)])
    return (target @ b - tau) / np.sqrt((score**2).sum())


def slow(table, regressors, target, *, tau=0.0, population=None, signs=None):
    """t statistics: the actual one, and one for every row of signs, least squares run again each time."""
    groups = pd.factorize(table["district"], sort=True)[0]
    x = weighted(design(table, regressors), table, population)
    y = weighted(table[["y"]].to_numpy(), table, population)[:, 0]
    target = np.append(target, np.zeros(x.shape[1] - len(target)))
    inverse = np.linalg.pinv(x.T @ x)
    b = inverse @ x.T @ y
    b = b - inverse @ target * (target @ b - tau) / (target @ inverse @ target)  # least squares with the null
    fit = x @ b
    made = [t_of(x, fit + np.asarray(s)[groups] * (y - fit), target, groups, tau) for s in signs]
    return t_of(x, y, target, groups, tau), np.array(made)


def share(actual, made):
    return (np.abs(made) >= abs(actual) * (1 - 1e-9)).mean()


def all_signs(n):
    return list(product([-1.0, 1.0], repeat=n))


@pytest.mark.slow
@pytest.mark.parametrize("seed", sweep(0, slow=[1]))
@pytest.mark.parametrize("gaps, controls", sweep((0.1, ["x"]), slow=[(0.0, None), (0.1, None), (0.0, ["x"])]))
def test_every_sign_gives_the_t_of_least_squares(seed, gaps, controls):
    table = few(seed, gaps=gaps)
    effect = yr.did(panel_of(table), outcome="y", controls=controls)
    test = yr.wild_bootstrap(effect, weights="rademacher", seed=1)
    regressors = table[["d", "x"] if controls else ["d"]].to_numpy()
    n = table["district"].nunique()
    actual, made = slow(table, regressors, [1.0], signs=all_signs(n))
    assert test.exact and test.draws == 2**n and test.smallest_p == 2 / 2**n
    assert test.t == pytest.approx(actual, rel=1e-8)
    assert np.sort(test.distribution) == pytest.approx(np.sort(made), abs=1e-7)
    assert test.p_value == pytest.approx(share(actual, made))


@pytest.mark.slow
def test_population_weights_the_regression():
    table = few(3)
    people = {d: 1.0 + i for i, d in enumerate(sorted(table["district"].unique()))}
    table["people"] = table["district"].map(people)
    panel = yr.as_panel(
        table, district="district", period="period", cohort="cohort", outcomes=["y"], keep=["people"]
    )
    effect = yr.did(panel, outcome="y", population="people")
    test = yr.wild_bootstrap(effect, weights="rademacher", seed=1)
    actual, made = slow(table, table[["d"]].to_numpy(), [1.0], population="people", signs=all_signs(8))
    assert test.t == pytest.approx(actual, rel=1e-8)
    assert np.sort(test.distribution) == pytest.approx(np.sort(made), abs=1e-7)


@pytest.mark.slow
def test_event_study_tests_the_mean_of_its_effects():
    table = few(4)
    effect = yr.event_study(panel_of(table), outcome="y")
    times = effect.path.query("event_time != -1")["event_time"].to_numpy()
    event = (table["period"] - table["g"]).where(table["g"] > 0)
    regressors = np.column_stack([event == e for e in times]).astype(float)
    target = (times >= 0) / (times >= 0).sum()
    test = yr.wild_bootstrap(effect, weights="rademacher", seed=1)
    actual, made = slow(table, regressors, target, signs=all_signs(8))
    assert (test.t, test.p_value) == (pytest.approx(actual, rel=1e-8), pytest.approx(share(actual, made)))


@pytest.mark.slow
def test_interval_has_the_nulls_that_are_not_rejected():
    table = few(6, 9)
    test = yr.wild_bootstrap(yr.did(panel_of(table), outcome="y"), weights="rademacher", level=0.8, seed=1)
    regressors, signs = table[["d"]].to_numpy(), all_signs(9)
    assert test.low < test.att < test.high and np.isfinite([test.low, test.high]).all()
    for end, out in ((test.low, -1), (test.high, 1)):
        assert share(*slow(table, regressors, [1.0], tau=end + out * 1e-4, signs=signs)) <= 0.2
        assert share(*slow(table, regressors, [1.0], tau=end - out * 1e-4, signs=signs)) > 0.2


def test_p_is_that_of_wildboottest():
    """wildboottest 0.3.2 on ``luclms ~ ez + C(year) + C(city)``, type 11, null imposed.

    The first twelve cities: all 4,096 signs give the same p.
    """
    zones = yr.read_study("enterprise_zones")
    first = sorted(zones["district"].unique(), key=int)[:12]
    twelve = yr.did(zones[zones["district"].isin(first)], outcome="luclms")
    assert yr.wild_bootstrap(twelve, weights="rademacher", seed=7).p_value == pytest.approx(0.3203125)


@pytest.mark.slow
def test_drawn_signs_give_the_p_of_wildboottest():
    """All cities, 99,999 draws, seed 7: the same as far as 100,000 draws can say."""
    effect = yr.did(yr.read_study("enterprise_zones"), outcome="luclms")
    noise = 3 * np.sqrt(2 * 0.173 * 0.827 / 100_000)
    for weights, theirs in (("rademacher", 0.172862), ("webb", 0.173392)):
        ours = yr.wild_bootstrap(effect, weights=weights, draws=99_999, seed=7).p_value
        assert abs(ours - theirs) < noise


@pytest.mark.slow
@pytest.mark.parametrize("treated, low, high", [(2, 0.0, 0.01), (10, 0.02, 0.09)])
def test_size_with_few_and_with_many_treated(treated, low, high):
    """300 panels of noise, 30 districts: two treated are never rejected, ten about as often as wanted."""
    rng = np.random.default_rng(2024)
    table = random_table(1, districts=30, periods=4)
    table["cohort"] = pd.array(np.where(np.arange(120) < 4 * treated, 2003, 0), dtype="Int64")
    panel = panel_of(table.assign(cohort=table["cohort"].replace(0, pd.NA)))
    rows = panel["indicator"] == "y"
    rejected = 0
    for _ in range(300):
        noise = rng.normal(size=(30, 4)) + rng.normal(size=(30, 4)).cumsum(axis=1)
        panel.loc[rows, "value"] = noise.ravel()
        rejected += yr.wild_bootstrap(yr.did(panel, outcome="y"), draws=399, seed=1).p_value <= 0.05
    assert low <= rejected / 300 <= high


def test_drawn_weights_are_webbs_and_p_is_never_zero():
    from youthresearch.bootstrap import _signs

    drawn = np.concatenate(list(_signs("webb", 40, 2000, False, 1)))
    points, times = np.unique(drawn, return_counts=True)
    assert points == pytest.approx([-np.sqrt(1.5), -1, -np.sqrt(0.5), np.sqrt(0.5), 1, np.sqrt(1.5)])
    assert (np.abs(times / drawn.size - 1 / 6) < 0.01).all()
    assert drawn.mean() == pytest.approx(0, abs=0.01) and (drawn**2).mean() == pytest.approx(1, abs=0.01)
    table = random_table(1, districts=24)
    table["y"] += 1000 * table["d"]
    test = yr.wild_bootstrap(yr.did(panel_of(table), outcome="y"), draws=199, seed=1)
    assert test.p_value == test.smallest_p == 1 / 200 and not test.exact


def test_two_runs_are_the_same_and_seeds_differ():
    effect = yr.did(panel_of(random_table(1, districts=24)), outcome="y")
    one, two, other = (yr.wild_bootstrap(effect, draws=500, seed=s) for s in (1, 1, 2))
    assert (one.distribution == two.distribution).all() and repr(one) == repr(two)
    assert (one.distribution != other.distribution).any()


@pytest.mark.slow
def test_with_few_treated_it_says_that_it_hardly_ever_rejects():
    """California of 27 states: whatever it did, restricted residuals carry it into every draw."""
    effect = yr.did(yr.read_study("organ_donations"), outcome="rate")
    test = yr.wild_bootstrap(effect, draws=999, seed=1)
    assert "with 1 treated this test hardly ever rejects" in repr(test)
    assert repr(test).splitlines()[1].startswith("  caution")
    zones = yr.wild_bootstrap(yr.did(yr.read_study("enterprise_zones"), outcome="luclms"), draws=99, seed=1)
    assert zones.caution == "" and "hardly" not in zones._repr_html_()
    assert replace(zones, n_control=0).caution == ""  # all are treated in the end: each is a control before


@pytest.mark.slow
@pytest.mark.parametrize(("heavy", "kind"), [("d01", "12 treated"), ("d40", "18 untreated")])
def test_where_one_of_many_weighs_most_it_says_so(heavy, kind):
    """One that is 60 times as large: k districts count as (k - 1 + 60)^2 / (k - 1 + 60^2) equal ones."""
    rng = np.random.default_rng(1)
    names = [f"d{i:02d}" for i in [*range(12), *range(30, 48)]]
    table = pd.DataFrame({"district": np.repeat(names, 4), "period": np.tile([1, 2, 3, 4], 30)})
    table["cohort"] = np.where(table["district"] < "d30", 3, 0)
    table["y"], table["size"] = rng.normal(size=120), np.where(table["district"] == heavy, 60.0, 1.0)
    named = {"district": "district", "period": "period", "cohort": "cohort"}
    panel = yr.as_panel(table, **named, outcomes="y", keep="size")
    k = int(kind[:2])
    test = yr.wild_bootstrap(yr.did(panel, outcome="y", population="size"), draws=9)
    said = f"with {kind} that by their weights are {(k + 59) ** 2 / (k + 3599):.1f}"
    assert said in test.caution and "too often" in repr(test)
    assert not yr.wild_bootstrap(yr.did(panel, outcome="y"), draws=9).caution


@pytest.mark.slow
def test_where_it_says_so_it_misses_what_it_finds_with_more_treated():
    """An effect of three standard deviations in 40 districts, five studies: the caution is of power."""
    found = {}
    for treated in (3, 6):
        for seed in range(5):
            rng = np.random.default_rng(seed)
            table = pd.DataFrame({"district": np.repeat([f"d{i:02d}" for i in range(40)], 4), "x": 0.0})
            table["period"] = np.tile(np.arange(2001, 2005), 40)
            table["cohort"] = pd.array([2003] * 4 * treated + [None] * 4 * (40 - treated), dtype="Int64")
            table["y"] = rng.normal(size=160) + 3 * (table["period"] >= table["cohort"]).fillna(False)
            test = yr.wild_bootstrap(yr.did(panel_of(table), outcome="y"), draws=999, seed=1)
            found[treated, seed] = test.p_value <= 0.05
            assert ("hardly ever rejects" in test.caution) == (treated == 3)
    assert sum(found[3, seed] for seed in range(5)) <= 2 and all(found[6, seed] for seed in range(5))
    assert replace(test, n_treated=4).caution and not replace(test, n_treated=5).caution


@pytest.mark.parametrize(
    "estimator, options, said",
    [
        (yr.staggered_did, {}, "two-way regressions"),
        (yr.imputation_did, {}, "two-way regressions"),
        (yr.did, {"weights": "normal"}, "choose one of 'webb', 'rademacher'"),
        (yr.did, {"draws": 0}, "at least 1"),
    ],
)
def test_refusals(estimator, options, said):
    effect = estimator(panel_of(random_table(2)), outcome="y")
    with pytest.raises(yr.DataError, match=said):
        yr.wild_bootstrap(effect, seed=1, **options)


def test_errors_that_are_not_clustered_are_refused():
    effect = yr.did(panel_of(random_table(2)), outcome="y", errors="iid")
    with pytest.raises(yr.DataError, match="independent errors"):
        yr.wild_bootstrap(effect, seed=1)

"""Strata from what was known before treatment: by hand, by pandas' quantiles and numpy's straight line."""

from functools import cache

import numpy as np
import pandas as pd
import pytest
from sweeps import sweep

import youthresearch as yr

PERIODS = np.arange(2015, 2021)  # the first pilots begin in 2018
CODES = ["110101", "110102", "120101", "120102", "330212", "331081", "440305", "440306", "440307"]


def make_panel(y, codes=CODES, **columns):
    """One outcome; the fourth district is treated from 2018 on, the seventh from 2019 on."""
    n, t = y.shape
    table = pd.DataFrame(
        {"district": np.repeat(codes[:n], t), "period": np.tile(PERIODS[:t], n), "y": y.ravel()}
    )
    cohort = np.zeros(n, dtype=int)
    cohort[[3, 6]] = 2018, 2019
    table["cohort"] = pd.array(np.repeat(cohort, t), dtype="Int64")
    for name, values in columns.items():
        table[name] = np.repeat(values, t)
    table.loc[table["cohort"] == 0, "cohort"] = pd.NA
    return yr.as_panel(
        table, district="district", period="period", cohort="cohort", outcomes=["y"], keep=list(columns)
    )


def noise(seed=1, n=9):
    return np.random.default_rng(seed).normal(size=(n, 6)).cumsum(axis=1) + np.arange(n)[:, None]


def test_level_is_in_thirds_of_the_mean_before_the_first_pilot():
    y = noise()
    strata = yr.strata_by(make_panel(y), by="level", outcome="y")
    thirds = pd.qcut(y[:, :3].mean(axis=1), 3, labels=["1 of 3", "2 of 3", "3 of 3"])
    assert strata.tolist() == thirds.astype(str).tolist()
    assert strata.index.tolist() == CODES and strata.name == "level of y (3 groups)"


def test_trend_is_in_halves_of_the_slope_before_the_first_pilot():
    y = noise(2)[:8]
    strata = yr.strata_by(make_panel(y), by="trend", outcome="y", n=2)
    slopes = np.polyfit(PERIODS[:3], y[:, :3].T, 1)[0]
    assert strata.tolist() == np.where(slopes > np.median(slopes), "2 of 2", "1 of 2").tolist()


@pytest.mark.slow
@pytest.mark.parametrize("by", ["level", "trend"])
def test_nothing_that_happens_after_treatment_began_enters(by):
    y = noise(3)
    changed = y.copy()
    changed[:, 3:] = noise(4)[:, 3:] * 100
    pd.testing.assert_series_equal(
        yr.strata_by(make_panel(y), by=by, outcome="y"), yr.strata_by(make_panel(changed), by=by, outcome="y")
    )


def test_a_gap_counts_for_nothing():
    """Without its own shock of a period, a district that lacks the period keeps its place."""
    levels = np.arange(9.0)
    y = levels[:, None] + np.array([0, 50, 0, 0, 0, 0])
    panel = make_panel(y)
    lacking = panel[~((panel["district"] == "110101") & (panel["period"] == 2015))]
    assert yr.strata_by(lacking, by="level", outcome="y")["110101"] == "1 of 3"


@pytest.mark.slow
def test_province_is_read_from_the_code_or_from_a_column():
    strata = yr.strata_by(make_panel(noise()), by="province")
    assert strata.tolist() == ["11", "11", "12", "12", "33", "33", "44", "44", "44"]
    named = make_panel(noise(n=7), codes=list("abcdefg"), province=["east"] * 3 + ["west"] * 4)
    assert yr.strata_by(named, by="province").tolist() == ["east"] * 3 + ["west"] * 4


def test_several_are_crossed_and_the_name_says_what_of():
    people = np.array([9, 1, 8, 2, 7, 3, 6, 4, 5.0])
    panel = make_panel(noise(), people=people)
    strata = yr.strata_by(panel, by=["province", "people"])
    size = np.where(people <= 3, "1 of 3", np.where(people <= 6, "2 of 3", "3 of 3"))
    assert strata.tolist() == [f"{c[:2]} / {s}" for c, s in zip(CODES, size, strict=True)]
    assert strata.name == "province, people (3 groups)"


def test_a_number_of_few_values_is_taken_as_it_is():
    panel = make_panel(noise(), region=[1, 1, 2, 2, 2, 2, 3, 3, 3])
    assert yr.strata_by(panel, by="region").tolist() == list("112222333")


@pytest.mark.slow
@pytest.mark.parametrize("n", sweep(7, slow=[22]))
def test_groups_are_alike_in_number_whatever_their_number(n):
    y = np.random.default_rng(n).permutation(n)[:, None] + np.zeros(6)
    panel = make_panel(y, [f"{110000 + i}" for i in range(n)])
    for groups in (2, 3, 5):
        sizes = yr.strata_by(panel, by="level", outcome="y", n=groups).value_counts()
        assert len(sizes) == groups and sizes.max() - sizes.min() <= 1, groups


@pytest.mark.slow
def test_strata_are_those_of_the_randomisation_test():
    """By hand: with one pilot in the top third, its change is compared within that third alone."""
    y = noise(5)
    panel = make_panel(y)
    panel = panel[panel["district"] != "440305"]  # of the other wave
    strata = yr.strata_by(panel, by="level", outcome="y", n=2)
    test = yr.randomization_test(yr.did, panel, outcome="y", strata=strata, seed=1)
    change = pd.Series(y[:, 3:].mean(axis=1) - y[:, :3].mean(axis=1), CODES).drop("440305")
    mine = strata.index[strata == strata["120102"]]
    each = {d: change[d] - change.drop(d).mean() for d in mine}
    far = [abs(v) >= abs(each["120102"]) - 1e-12 for v in each.values()]
    assert test.p_value == pytest.approx(np.mean(far)) and test.draws == len(mine)
    assert "level of y (2 groups)" in repr(test)


@cache
def plain():
    return make_panel(noise())


def ties():
    """Six districts of one level: the lowest third would be empty, or a matter of chance."""
    return make_panel(np.repeat([0.0, 0, 0, 0, 0, 0, 1, 2, 3], 6).reshape(9, 6))


@pytest.mark.parametrize(
    "made, options, said",
    [
        (plain, {"by": "level"}, "name it"),
        (plain, {"outcome": "y", "by": "people"}, "neither a column nor an indicator"),
        (plain, {"outcome": "z", "by": "level"}, "no indicator 'z'"),
        (plain, {"by": "value"}, "varies within districts"),
        (plain, {"by": [], "n": 3}, "by= names nothing"),
        (plain, {"by": "province", "n": 1}, "n=1 must be a whole number, at least 2"),
        (lambda: make_panel(noise(n=7), codes=list("abcdefg")), {"by": "province"}, "no six-digit code"),
        (lambda: plain()[lambda p: p["period"] > 2016], {"outcome": "y", "by": "trend"}, "fewer than 2"),
        (lambda: plain()[lambda p: p["period"] > 2017], {"outcome": "y", "by": "level"}, "fewer than 1"),
        (lambda: plain().assign(cohort=pd.NA), {"outcome": "y", "by": "level"}, "ever treated"),
        (ties, {"outcome": "y", "by": "level"}, "too many equal values"),
        (lambda: make_panel(noise(), people=[np.nan, *range(8)]), {"by": "people"}, "is missing"),
    ],
)
def test_refusals(made, options, said):
    panel = made()
    with pytest.raises(yr.DataError, match=said):
        yr.strata_by(panel, **options)


def test_numbers_that_differ_in_the_seventh_digit_stay_apart():
    people = np.where(np.arange(9) < 4, 1_234_567.0, 1_234_568.0)
    strata = yr.strata_by(make_panel(noise(), people=people), by="people")
    assert strata.value_counts().to_dict() == {"1234568": 5, "1234567": 4}


def test_sums_of_equal_numbers_are_one_value():
    share = np.where(np.arange(9) < 4, 0.3, 0.1 + 0.2)
    share[8] = 0.5
    strata = yr.strata_by(make_panel(noise(), share=share), by="share", n=2)
    assert strata.value_counts().to_dict() == {"0.3": 8, "0.5": 1}


def test_codes_as_numbers_have_their_province():
    panel = make_panel(noise())
    strata = yr.strata_by(panel.assign(district=panel["district"].astype(int)), by="province")
    assert strata.tolist() == [code[:2] for code in CODES]


def bounded(effect, panel, strata):
    return yr.interval_bounds(effect, panel, inference="randomization", strata=strata).interval_high


def significance(effect, panel, strata):
    return yr.breakdown(effect, panel, strata=strata)["p_value"].iloc[0]


ESTIMATORS = [yr.did, yr.event_study, yr.sun_abraham, yr.imputation_did, yr.staggered_did]


@pytest.mark.slow
@pytest.mark.parametrize("estimator", sweep(yr.did, slow=ESTIMATORS[1:4]), ids=lambda f: f.__name__)
def test_strata_given_to_an_estimator_are_those_of_all_its_tests(estimator):
    panel = make_panel(noise(), people=[1, 2, 1, 2, 1, 2, 1, 2, 1])
    effect = estimator(panel, outcome="y", strata="people")
    strata = yr.strata_by(panel, by="people")
    test = yr.randomization_test(estimator, panel, outcome="y", strata=strata, seed=2024)
    plain = yr.randomization_test(estimator, panel, outcome="y", seed=2024)
    assert effect.att == plain.att and effect.randomization().p_value == test.p_value != plain.p_value
    assert yr.compare_effects([effect])["p_value"].item() == test.p_value
    assert f"{test.p_value:.4f}  (randomisation, all {test.draws}" in repr(effect)
    assert "2 by people" in repr(effect) and "2 by people" in effect._repr_html_()
    anew = effect._anew(panel.assign(value=panel["value"] * 2))  # as `breakdown` does
    assert anew.randomization().p_value == test.p_value
    assert effect.randomization(strata=strata.map(lambda _: "one")).p_value == plain.p_value  # unless others
    without = estimator(panel, outcome="y")
    for of in (bounded, significance):
        own, told, plain = (of(e, panel, s) for e, s in ((effect, None), (without, strata), (without, None)))
        assert own == told != plain
    if len(effect.path):
        bands = [yr.confidence_bands(e, seed=1, strata=s) for e, s in ((effect, None), (anew, strata))]
        assert bands[0]["high"].tolist() == pytest.approx((bands[1]["high"] / 2).tolist(), nan_ok=True)


def test_strata_of_an_estimator_are_said_with_many_treated_too_and_refused_where_a_district_has_none():
    panel, _ = yr.simulate_panel(seed=1, districts=30, periods=6, waves={"2018Q1": 12})
    said = repr(yr.did(panel, outcome="orgs", strata="province"))
    assert "province, in tests by reassignment" in said
    for strata, refusal in (
        ("place", "no column 'place'"),
        (pd.Series({"X-s00-0001": 1}), "have no stratum"),
    ):
        with pytest.raises(yr.DataError, match=refusal):
            yr.did(panel, outcome="orgs", strata=strata)


def test_an_effect_without_a_path_has_no_bands():
    with pytest.raises(yr.DataError, match="did has no path to bound"):
        yr.confidence_bands(yr.did(make_panel(noise()), outcome="y"), seed=1)

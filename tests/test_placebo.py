"""Placebos in time, in space and of both: by hand from the districts' changes before treatment."""

from itertools import combinations

import numpy as np
import pandas as pd
import pytest

import youthresearch as yr

N, YEARS = 10, np.arange(2010, 2018)  # the first wave begins in 2015


def make_panel(seed=1, waves=(2015, 2015, 2015), quarters=False):
    rng = np.random.default_rng(seed)
    table = pd.DataFrame({"district": np.repeat([f"d{i}" for i in range(N)], len(YEARS))})
    table["period"] = np.tile(YEARS, N)
    table["cohort"] = np.repeat([*waves, *[0] * (N - len(waves))], len(YEARS))
    table["y"] = rng.normal(size=(N, len(YEARS))).cumsum(axis=1).ravel()
    table["y"] += 3.0 * ((table["cohort"] > 0) & (table["period"] >= table["cohort"]))
    if quarters:  # the same eight periods as quarters
        names = dict(zip(YEARS, pd.period_range("2018Q1", periods=8, freq="Q").astype(str), strict=True))
        table = table.assign(period=table["period"].map(names), cohort=table["cohort"].map(names))
    return yr.as_panel(table, district="district", period="period", cohort="cohort", outcomes=["y"])


def by_hand(panel, start, stop):
    """Mean change at `start`, in periods before `stop`; every set of as many districts takes its turn."""
    wide = panel.pivot(index="district", columns="period", values="value")
    wide = wide.loc[:, wide.columns < stop]
    change = (
        wide.loc[:, wide.columns >= start].mean(axis=1) - wide.loc[:, wide.columns < start].mean(axis=1)
    ).to_numpy()
    treated = panel.groupby("district")["cohort"].first().notna().to_numpy()

    def att(chosen):
        return change[chosen].mean() - np.delete(change, chosen).mean()

    actual = att(np.flatnonzero(treated))
    each = [att(list(chosen)) for chosen in combinations(range(N), treated.sum())]
    return actual, np.mean(np.abs(each) >= abs(actual) - 1e-12)


@pytest.mark.slow
def test_in_space_in_time_and_mixed_are_those_by_hand():
    panel = make_panel()
    table = yr.placebo_in_time(yr.did, panel, outcome="y", seed=1)
    assert table["lead"].tolist() == [0, 1, 2, 3, 4] and table["cohort"].tolist() == [
        2015,
        2014,
        2013,
        2012,
        2011,
    ]
    for row in table.itertuples():
        att, p = by_hand(panel, row.cohort, 2018 if row.lead == 0 else 2015)
        assert (row.att, row.p_value) == (pytest.approx(att), pytest.approx(p))
    assert table["periods"].tolist() == [8, 5, 5, 5, 5]
    assert (table["smallest_p"] == 1 / 120).all()
    assert ((table["low"] < table["att"]) & (table["att"] < table["high"])).all()


@pytest.mark.slow
def test_what_happened_since_treatment_began_does_not_enter():
    panel = make_panel()
    other = panel.assign(value=panel["value"] + 100 * (panel["period"] >= 2015))
    one, two = (yr.placebo_in_time(yr.did, p, outcome="y", seed=1).loc[1:] for p in (panel, other))
    pd.testing.assert_frame_equal(one, two)


@pytest.mark.slow
def test_waves_move_together_and_later_ones_are_untreated_in_the_window():
    panel = make_panel(waves=(2015, 2015, 2017))
    table = yr.placebo_in_time(yr.did, panel, outcome="y", seed=1, leads=[1, 3]).set_index("lead")
    assert table["n_treated"].tolist() == [3, 2, 3]
    alone = panel.assign(cohort=panel["cohort"].mask(panel["cohort"] == 2017))
    att, p = by_hand(alone, 2014, 2015)
    assert (table.loc[1, "att"], table.loc[1, "p_value"]) == (pytest.approx(att), pytest.approx(p))


@pytest.mark.slow
def test_quarters_move_as_years_do_and_strata_are_kept():
    strata = pd.Series(["a", "b"] * 5, [f"d{i}" for i in range(N)])
    years, quarters = (
        yr.placebo_in_time(yr.did, make_panel(quarters=q), outcome="y", strata=strata, seed=1)
        for q in (False, True)
    )
    pd.testing.assert_frame_equal(years.drop(columns="cohort"), quarters.drop(columns="cohort"))
    assert quarters["cohort"].astype(str).tolist() == ["2019Q2", "2019Q1", "2018Q4", "2018Q3", "2018Q2"]
    assert (years["smallest_p"] == 1 / 50).all()  # two of five and one of five


@pytest.mark.parametrize(
    "options, said",
    [
        ({"leads": [5]}, "1 to 4 whole periods before 2015"),
        ({"leads": 5}, "1 to 4 whole periods before 2015"),
        ({"leads": [0]}, "1 to 4 whole periods before 2015"),
        ({"leads": [1.5]}, "1 to 4 whole periods before 2015"),
        ({"leads": ["2014"]}, "1 to 4 whole periods before 2015"),
        ({"leads": []}, "1 to 4 whole periods before 2015"),
        ({"outcome": "z"}, "no date to move"),
    ],
)
def test_refusals(options, said):
    with pytest.raises(yr.DataError, match=said):
        yr.placebo_in_time(yr.did, make_panel(), **{"outcome": "y", **options}, seed=1)


def test_a_single_period_before_treatment_is_too_few():
    panel = make_panel()
    with pytest.raises(yr.DataError, match="1 periods before 2015"):
        yr.placebo_in_time(yr.did, panel[panel["period"] >= 2014], outcome="y", seed=1)


@pytest.mark.slow
def test_simulated_data_say_so():
    panel, _ = yr.simulate_panel(seed=1, districts=12, periods=6, waves={"2017Q4": 2})
    assert yr.placebo_in_time(yr.did, panel, outcome="orgs", seed=1).attrs["simulated"]

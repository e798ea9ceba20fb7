"""Leaps planted in the panels of published studies, which have none of their own, are found and named."""

from statistics import NormalDist

import numpy as np
import pandas as pd
import pytest

import youthresearch as yr

NUMBERS = ["low", "value", "high"]
COLUMNS = ["district", "period_before", "period", "times", "together", "verdict"]


@pytest.fixture(scope="module")
def prop99():
    return yr.read_study("prop99")


def changed(panel, where, factor):
    """Multiply some cells."""
    panel = panel.copy()
    panel.loc[where, NUMBERS] *= factor
    return panel


def long_panel(rows, **options):
    table = pd.DataFrame(rows, columns=["district", "year", "members"])
    return yr.as_panel(table, district="district", period="year", outcomes="members", **options)


@pytest.mark.parametrize("study", ["prop99", "castle", "enterprise_zones", "medicaid", "organ_donations"])
def test_no_leap_is_seen_in_published_panels(study):
    panel = yr.read_study(study)
    found = yr.find_breaks(panel)
    assert not len(found) and found.attrs["tested"] > 100
    steps = len(panel) - len(panel.drop_duplicates(["indicator", "district"]))
    assert found.attrs["tested"] + found.attrs["not_judged"] == steps


@pytest.mark.parametrize("factor", [1e-8, 1e-4, 1e-3, 0.01, 100, 1e3, 1e4, 1e8])
def test_another_unit_of_one_district_from_a_period_on(prop99, factor):
    district = prop99["district"].unique()[5]
    there = (prop99["district"] == district) & (prop99["period"] >= 1988)
    (row,) = yr.find_breaks(changed(prop99, there, factor))[COLUMNS].to_numpy().tolist()
    assert row == [district, 1987, 1988, pytest.approx(factor), 1, "another unit from here on"]


def test_another_unit_of_all_districts(prop99):
    found = yr.find_breaks(changed(prop99, prop99["period"] >= 1988, 1e-4))
    assert set(found["district"]) == set(prop99["district"]) and len(found) == 39
    assert found["period"].eq(1988).all() and found["together"].eq(39).all()
    assert found["verdict"].eq("another unit from here on").all()


@pytest.mark.parametrize(
    ("factor", "times", "verdict"),
    [
        (1e4, 1e4, "one cell in another unit"),
        (0.1, 0.1, "one cell in another unit"),
        (30, None, "one cell out of line"),
    ],
)
def test_a_cell_alone_is_one_row(prop99, factor, times, verdict):
    district = prop99["district"].unique()[7]
    (row,) = yr.find_breaks(
        changed(prop99, (prop99["district"] == district) & (prop99["period"] == 1980), factor)
    ).itertuples()
    assert (row.district, row.period, row.verdict) == (district, 1980, verdict)
    assert np.isnan(row.times) if times is None else row.times == pytest.approx(times)


def test_ten_times_as_much_for_good_is_no_unit(prop99):
    there = (prop99["district"] == prop99["district"].unique()[5]) & (prop99["period"] >= 1988)
    assert yr.find_breaks(changed(prop99, there, 10))["verdict"].tolist() == ["leap"]


@pytest.mark.parametrize("spread", [2, 4, 8])
def test_what_is_usual_is_the_median_deviation_as_of_a_normal(prop99, spread):
    wide = np.log10(prop99.pivot(index="district", columns="period", values="value"))
    steps = wide.diff(axis=1).stack().dropna()
    mad = (steps - steps.median()).abs().median() / NormalDist().inv_cdf(0.75)
    wide = set(steps[(steps - steps.median()).abs() / mad > spread].index)
    found = yr.find_breaks(prop99, smallest=1 + 1e-9, spread=spread)
    alone = found[found["verdict"].str.startswith("one cell")]
    back = set(zip(alone["district"], alone["period"] + 1, strict=True))  # one row stands for both steps
    assert set(zip(found["district"], found["period"], strict=True)) == wide - back and back <= wide


@pytest.mark.slow
def test_vague_cells_that_overlap_make_no_leap():
    rows = [("甲", 2015 + i, 100 + i) for i in range(12)] + [("乙", 2015, 10), ("乙", 2016, 5000)]
    panel = long_panel(rows)
    assert yr.find_breaks(panel)["district"].tolist() == ["乙"]
    vague = panel.copy()
    vague.loc[(vague["district"] == "乙") & (vague["period"] == 2016), "low"] = 12
    assert not len(yr.find_breaks(vague))
    vague.loc[(vague["district"] == "乙") & (vague["period"] == 2016), "low"] = -np.inf
    assert not len(yr.find_breaks(vague))


def test_gaps_zeros_and_few_steps():
    rows = [("甲", 2015, 3), ("甲", 2018, 60), ("乙", 2015, 0), ("乙", 2016, 5), ("丙", 2015, 2)]
    found = yr.find_breaks(long_panel(rows))
    assert found[["period_before", "period", "factor", "verdict"]].to_numpy().tolist() == [
        [2015, 2018, 20.0, "too few to judge"]
    ]
    assert found.attrs == {"tested": 1, "not_judged": 1}


def test_parts_and_indicators_are_series_of_their_own(prop99):
    other = changed(prop99, slice(None), 1e4).assign(scope="街道")
    both = pd.concat([prop99, other, other.assign(indicator="other")])
    assert not len(yr.find_breaks(both.iloc[::-1]))


def test_a_scope_that_is_missing_drops_no_series(prop99):
    there = (prop99["district"] == prop99["district"].unique()[5]) & (prop99["period"] >= 1988)
    found = yr.find_breaks(changed(prop99, there, 1e-4).assign(scope=None))
    assert len(found) == 1 and found.attrs["tested"] == 39 * 30


@pytest.mark.slow
def test_simulated_panels_say_so():
    panel, _ = yr.simulate_panel(seed=1, districts=20)
    there = panel.index == panel.index[panel["value"] > 100][50]
    found = yr.find_breaks(changed(panel, there, 1e4))
    assert len(found) == 1 and found["simulated"].all()


@pytest.mark.parametrize("options", [{"smallest": 1}, {"smallest": "5"}, {"spread": 0}])
def test_options_out_of_range_are_refused(prop99, options):
    with pytest.raises(yr.DataError, match=next(iter(options))):
        yr.find_breaks(prop99, **options)

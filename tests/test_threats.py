"""What would overturn a conclusion: every value put to the test by estimating anew from a changed panel."""

import functools
from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from oracles import panel_of, random_table
from sweeps import sweep

import youthresearch as yr

OUTCOME = "orgs_per_10k_youth_14_28"


@functools.cache
def league():
    """Simulated districts of which a few are pilots, a part of their figures vague."""
    waves, reporting = {"2018Q3": 2}, {"vague": 0.2}
    panel, _ = yr.simulate_panel(
        seed=2, districts=20, periods=8, waves=waves, effect={"orgs": 25.0}, noise=3.0, reporting=reporting
    )
    panel["high"] = panel["high"].where(np.isfinite(panel["high"]), panel["value"] * 1.02)
    return panel


@functools.cache
def table_of_league():
    panel = league()
    path = yr.event_study(panel, outcome=OUTCOME)
    return yr.breakdown(yr.did(panel, outcome=OUTCOME), panel, path=path).set_index("threat")


def p_of(panel, estimator=yr.did, outcome=OUTCOME):
    """Estimate and p-value from a panel as a researcher would have them."""
    test = yr.randomization_test(estimator, panel, outcome=outcome, seed=1)
    return test.att, test.p_value


def inflated(panel, percent):
    """Take what treated districts reported too much off, from treatment on."""
    treated = (panel["period"] >= panel["cohort"]).fillna(False) & (panel["indicator"] == OUTCOME)
    true = panel["value"] / (1 + percent / 100)
    return panel.assign(value=panel["value"].mask(treated.astype(bool), true), low=-np.inf, high=np.inf)


def test_the_first_row_is_the_effect_as_it_is():
    row = table_of_league().loc["none"]
    assert (row["att"], row["p_value"]) == p_of(league())
    assert row["p_value"] < 0.05 and table_of_league().attrs == {"simulated": True}


@pytest.mark.slow
def test_reports_inflated_by_less_leave_the_conclusion_and_by_more_do_not():
    row = table_of_league().loc["inflation"]
    assert 0 < row["significance_at"] < row["sign_at"] < 100
    below, above = (p_of(inflated(league(), row["sign_at"] * f))[0] for f in (0.999, 1.001))
    assert below > 0 > above
    below, above = (p_of(inflated(league(), row["significance_at"] * f))[1] for f in (0.999, 1.001))
    assert below <= 0.05 < above


def towards_the_ends(panel, percent):
    """Move every figure towards the end of its interval that makes the effect smaller."""
    cells = panel[panel["indicator"] == OUTCOME].merge(yr.did(panel, outcome=OUTCOME).weights)
    worst = cells["low"].where(cells["weight"] > 0, cells["high"])
    return cells.assign(value=cells["value"] + percent / 100 * (worst - cells["value"]))


@pytest.mark.slow
def test_vague_figures_part_of_the_way_to_their_ends():
    panel = league().assign(low=league()["value"] * 0.955, high=league()["value"] * 1.045)
    effect = yr.did(panel, outcome=OUTCOME)
    row, bounds = (
        yr.breakdown(effect, panel).set_index("threat").loc["vague"],
        yr.interval_bounds(effect, panel),
    )
    assert bounds.low > 0 and not row["sign_goes"] and row["sign_at"] == np.inf
    assert p_of(towards_the_ends(panel, 100))[0] == pytest.approx(bounds.low)
    assert row["significance_goes"] and 0 < row["significance_at"] < 100
    below, above = (p_of(towards_the_ends(panel, row["significance_at"] * f))[1] for f in (0.999, 1.001))
    assert below <= 0.05 < above


@pytest.mark.slow
def test_figures_that_are_vague_in_part_leave_the_conclusion_as_the_bounds_do():
    row = table_of_league().loc["vague"]
    bounds = yr.interval_bounds(yr.did(league(), outcome=OUTCOME), league())
    assert row["sign_goes"] == (bounds.low <= 0)
    assert row["significance_goes"] == (p_of(towards_the_ends(league(), 100))[1] > 0.05)


@pytest.mark.slow
def test_wide_intervals_take_the_sign_too_and_an_open_one_all():
    panel = league().copy()
    panel["low"], panel["high"] = panel["value"] * 0.7, panel["value"] * 1.3
    effect = yr.did(panel, outcome=OUTCOME)
    row = yr.breakdown(effect, panel).set_index("threat").loc["vague"]
    assert row["sign_goes"] and 0 < row["sign_at"] < 100
    assert p_of(towards_the_ends(panel, row["sign_at"]))[0] == pytest.approx(0, abs=1e-6)
    panel["high"] = np.inf
    row = yr.breakdown(effect, panel).set_index("threat").loc["vague"]
    assert row["sign_at"] == 0 and "an open figure decides" in row["note"]
    assert yr.breakdown(effect, panel, cap=1.01).set_index("threat").loc["vague", "sign_at"] > 0


@pytest.mark.slow
def test_trends_as_honest_did_has_them():
    path = yr.event_study(league(), outcome=OUTCOME)
    honest, row = yr.honest_did(path), table_of_league().loc["trends"]
    assert row["significance_at"] == honest.breakdown
    changes = path.path["att"].diff()[path.path["event_time"] <= -1].abs().max()
    reach = changes * np.arange(1, (path.path["event_time"] >= 0).sum() + 1).mean()
    assert row["sign_at"] == pytest.approx(honest.att / reach)
    assert "trends" not in yr.breakdown(yr.did(league(), outcome=OUTCOME), league())["threat"].tolist()
    with pytest.raises(yr.DataError, match="base"):
        yr.breakdown(path, league(), path=yr.imputation_did(league(), outcome=OUTCOME))
    with pytest.raises(yr.DataError, match="path= is of 'orgs'"):
        yr.breakdown(path, league(), path=yr.event_study(league(), outcome="orgs"))


@pytest.mark.slow
def test_pilots_among_the_others():
    """Three districts among the controls fall when pilots begin: leaving these three out is enough."""
    table = random_table(7, districts=24, periods=5)
    first = table["cohort"].dropna().min()
    table["cohort"] = table["cohort"].where(table["cohort"] == first)
    controls = sorted(table.loc[table["cohort"].isna(), "district"].unique())
    table["y"] = np.random.default_rng(7).normal(size=len(table)) * 0.01
    table["y"] -= 2.0 * (table["district"].isin(controls[:3]) & (table["period"] >= first))
    panel = panel_of(table)
    effect = yr.did(panel, outcome="y")
    row = yr.breakdown(effect, panel, significant=lambda e: float(abs(e.att) < 0.05)).set_index("threat")
    assert row.loc["hidden_pilots", "significance_at"] == 3
    left = yr.did(panel[~panel["district"].isin(controls[:3])], outcome="y").att
    assert abs(left) < 0.05 < abs(yr.did(panel[~panel["district"].isin(controls[:2])], outcome="y").att)


def share_as_far(treated, others):
    """Difference of two means, and the share of all assignments in which it is as far from zero."""
    change, k = np.append(treated, others), len(treated)
    chosen = change[np.array(list(combinations(range(len(change)), k)))].sum(axis=1)
    away = chosen / k - (change.sum() - chosen) / len(others)
    return away[0], (np.abs(away) >= abs(away[0]) - 1e-12).mean()


def fewest(treated, others, gone):
    """Try every choice of districts to leave out, the smallest first."""
    for k in range(1, len(others) - 1):
        for left in combinations(range(len(others)), k):
            if gone(*share_as_far(treated, np.delete(others, left))):
                return k
    return np.inf


@pytest.mark.slow
@pytest.mark.parametrize(
    "seed, shift, more", sweep((0, 2.5, 2), slow=[(4, 1.2, 0), (4, 2.5, 0), (15, 2.5, 0)])
)
def test_hidden_pilots_are_the_fewest_for_the_sign_and_near_them_for_the_significance(seed, shift, more):
    rng = np.random.default_rng(seed)
    treated, others = rng.normal(size=2) + shift, rng.normal(size=9)
    change = np.append(treated, others)
    table = pd.DataFrame({"district": np.repeat([f"d{i:02d}" for i in range(11)], 2)})
    table["period"], table["y"] = np.tile([2018, 2019], 11), np.stack([0 * change, change], axis=1).ravel()
    table["cohort"] = pd.array([2019] * 4 + [None] * 18, dtype="Int64")
    panel = yr.as_panel(table, district="district", period="period", cohort="cohort", outcomes=["y"])
    row = yr.breakdown(yr.did(panel, outcome="y"), panel).set_index("threat").loc["hidden_pilots"]
    assert row["sign_at"] == fewest(treated, others, lambda att, _: att < 0)
    least = fewest(treated, others, lambda att, p: att < 0 or p > 0.05)
    if share_as_far(treated, others)[1] > 0.05:  # there is none to begin with
        least = 0
    assert row["significance_at"] == least + more


def test_an_effect_of_nothing_is_refused():
    panel = league().assign(value=7.0, low=7.0, high=7.0)
    with pytest.raises(yr.DataError, match="no conclusion can fall"):
        yr.breakdown(yr.did(panel, outcome=OUTCOME), panel)


def test_another_panel_is_estimated_anew_with_the_same_options():
    panel = panel_of(random_table(9, districts=26, periods=6))
    effect = yr.staggered_did(panel, outcome="y", control="notyet", controls=["x"])
    other = panel.assign(value=panel["value"].where(panel["indicator"] != "y", -panel["value"]))
    nobody = panel.assign(cohort=pd.array([pd.NA] * len(panel), dtype="Int64"))
    others = {"reading": {"as it is": panel, "turned round": other, "none treated": nobody}}
    table = yr.breakdown(effect, panel, others=others, significant=lambda e: 0.01 if e.att > 0 else 1.0)
    as_it_is, turned, none = table[table["threat"] == "reading"].to_dict("records")
    assert as_it_is["att"] == effect.att and as_it_is["note"] == "the same estimate"
    assert not as_it_is["sign_goes"]
    assert turned["att"] == pytest.approx(-effect.att) and turned["sign_goes"] and turned["significance_goes"]
    assert pd.isna(none["att"]) and "No cell" in none["note"]


@pytest.mark.slow
def test_logarithms_and_many_treated():
    """Papke's zones: 0.104 log points less; the reports of zones would have to fall short by 10%."""
    from scipy.stats import t

    panel = yr.read_study("enterprise_zones")
    effect = yr.did(panel, outcome="luclms")
    table = yr.breakdown(effect, panel, logs=True).set_index("threat")
    assert table.loc["inflation", "sign_at"] == pytest.approx(100 * np.expm1(effect.att))
    assert table.loc["none", "p_value"] == pytest.approx(2 * t.sf(abs(effect.att) / effect.se, 21))
    assert (table.loc["inflation", "significance_at"], table.loc["vague", "significance_at"]) == (0, 0)
    assert pd.isna(table.loc["vague", "significance_goes"])


@pytest.mark.slow
def test_a_panel_with_its_sign_turned_has_the_same_values():
    panel = panel_of(random_table(10, districts=13, periods=4)).query("indicator == 'y'")
    panel = panel.assign(low=panel["value"] - 0.5, high=panel["value"] + 0.5)
    turned = panel.assign(value=-panel["value"], low=-panel["high"], high=-panel["low"])
    shown = ["sign_at", "significance_at", "sign_goes", "significance_goes"]
    effects = [(yr.did(p, outcome="y"), p) for p in (panel, turned)]
    first, second = (yr.breakdown(e, p, draws=199).set_index("threat") for e, p in effects)
    pd.testing.assert_frame_equal(
        first.loc[["vague", "hidden_pilots"], shown], second.loc[["vague", "hidden_pilots"], shown]
    )


def test_repairs_build_the_panel_anew():
    facts = yr.load_facts().query("source_id == 'nanshan-2021'").reset_index(drop=True)
    repairs = yr.propose_repairs(facts, yr.load_identities()).query("rank == 1")
    panels = yr.repaired_panels(facts, repairs, yr.build_panel)
    assert len(panels) == repairs.groupby(["source_id", "relation", "fact_ids"]).ngroups > 0
    assert any(name.startswith("nanshan-2021: 62.76% -> 61.29%") for name in panels)
    before = yr.build_panel(facts).set_index("fact_ids")["value"]
    levels = repairs[repairs["fact_id"].isin(before.index)]
    for edit in levels.itertuples():
        [changed] = [p for name, p in panels.items() if f"{edit.from_text} -> {edit.to_text}" in name][:1]
        assert changed.set_index("fact_ids")["value"][edit.fact_id] == edit.to_value != before[edit.fact_id]


def test_readings_of_the_register():
    """Each is what assign_cohorts makes of it; one claim of the second national round is inferred."""
    facts = yr.load_facts()
    facts = facts[facts["district"].isin(yr.load_pilots()["district"])]
    panel = yr.build_panel(facts, sources=yr.load_sources())
    panels = yr.panels_by_reading(panel, yr.load_pilots(), unlisted="never")
    assert list(panels)[:3] == [
        "treated from the start on",
        "treated from the end on",
        "without inferred claims",
    ]
    direct = yr.assign_cohorts(panel, yr.load_pilots(), reading="start", unlisted="never")
    pd.testing.assert_frame_equal(panels["treated from the start on"], direct)
    others = yr.panels_by_reading(panel, yr.load_pilots(), reading="start", unlisted="never")
    noted = yr.assign_cohorts(panel, yr.load_pilots(), unlisted="never")
    pd.testing.assert_frame_equal(others["treated from the notice on"], noted)
    inferred = yr.load_pilots().query("reading == 'inferred' and wave == 'national-2021'")["district"]
    cohorts = [p.groupby("district")["cohort"].first() for p in panels.values()]
    assert not any(c.equals(noted.groupby("district")["cohort"].first()) for c in cohorts)
    kept = panels["without inferred claims"].set_index("district")["cohort"]
    assert noted.set_index("district").loc[inferred[inferred.isin(noted["district"])], "cohort"].notna().all()
    assert kept[kept.index.isin(inferred)].isna().all()


@pytest.mark.slow
@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("last", sweep(True, slow=[False]))
def test_a_synthetic_control_that_hangs_on_one_district_is_seen_to(last):
    """Its weights on other districts are below zero in every period; their order may not be that of names."""
    rng = np.random.default_rng(4)
    y = rng.normal(size=(12, 8)).cumsum(axis=1) + rng.normal(size=(12, 1))
    y[1:5, 5:] -= 3
    table = pd.DataFrame({"period": np.tile(np.arange(2011, 2019), 12), "y": y.ravel(), "x": 0.0, "d": 0.0})
    number = np.repeat(np.arange(12), 8)
    table["district"] = pd.Series(11 - number if last else number).map("d{:02d}".format)
    table["cohort"] = pd.Series(np.where(number == 0, 2016, 0)).astype("Int64").replace(0, pd.NA)
    panel = panel_of(table)
    effect = yr.synthetic_control(panel, outcome="y")
    never = table.loc[number > 0, "district"].unique()
    without = [yr.synthetic_control(panel[panel["district"] != d], outcome="y").att for d in never]
    assert (np.sign(without) != np.sign(effect.att)).any()
    row = yr.breakdown(effect, panel).set_index("threat").loc["hidden_pilots"]
    assert row["sign_at"] == 1


@pytest.mark.parametrize(
    ("estimator", "options"),
    sweep((yr.synthetic_control, {}), slow=[(yr.staggered_did, {"controls": ["x", "d"]})]),
)
def test_an_estimator_that_needs_more_than_two_others_is_seen_to(estimator, options):
    """Every choice of as many as it says: for some the sign goes. Beside two all of these were refused."""
    rng = np.random.default_rng(3)
    table = pd.DataFrame(rng.normal(size=(66, 3)), columns=["y", "x", "d"])
    table["period"] = np.tile(np.arange(2011, 2017), 11)
    number = np.repeat(np.arange(11), 6)
    table["district"] = pd.Series(number).map("d{:02d}".format)
    table["cohort"] = pd.Series(np.where(number < 3, 2015, 0)).astype("Int64").replace(0, pd.NA)
    named = {"district": "district", "period": "period", "cohort": "cohort"}
    panel = yr.as_panel(table, **named, outcomes=["y", "x", "d"])
    effect = estimator(panel, outcome="y", **options)
    few = panel[panel["district"] < "d05"]
    with pytest.raises(yr.DataError):
        estimator(few, outcome="y", **options)
    row = yr.breakdown(effect, panel).set_index("threat").loc["hidden_pilots"]
    sets = combinations(sorted(table["district"].unique())[3:], int(row["sign_at"]))
    atts = [estimator(panel[~panel["district"].isin(s)], outcome="y", **options).att for s in sets]
    assert (np.sign(atts) != np.sign(effect.att)).any() and row["significance_at"] == 0


def test_without_anyone_left_in_the_stratum_nothing_is_significant():
    """Two districts stay beside the pilot: leaving out those of its stratum leaves nothing to reassign."""
    rng = np.random.default_rng(2)
    y = rng.normal(size=(12, 6))
    y[0, 4:] += 30
    district, period = (place.ravel() + 1 for place in np.indices(y.shape))
    table = pd.DataFrame({"d": district, "t": period, "y": y.ravel(), "g": np.where(district == 1, 5, 0)})
    panel = yr.as_panel(table, district="d", period="t", cohort="g", outcomes="y")
    panel["stratum"] = np.where(panel["district"].astype(int) <= 5, "small", "big")
    effect = yr.did(panel, outcome="y", strata="stratum")
    row = yr.breakdown(effect, panel, level=0.6).set_index("threat").loc["hidden_pilots"]
    assert 0 < row["significance_at"] <= 4

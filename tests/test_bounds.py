"""Bounds of estimates against every vertex and linear programming; traces to real facts."""

from dataclasses import replace
from itertools import product

import numpy as np
import pandas as pd
import pytest
from oracles import panel_of, random_table
from sweeps import sweep

import youthresearch as yr
from youthresearch.bounds import _imbens_manski
from youthresearch.schema import FACT

ESTIMATORS = [yr.did, yr.event_study, yr.sun_abraham, yr.imputation_did, yr.staggered_did]
by_name = pytest.mark.parametrize(
    "estimator", sweep(yr.did, yr.staggered_did, slow=ESTIMATORS[1:4]), ids=lambda f: f.__name__
)


def vague_panel(seed, **options):
    """A panel whose outcome is known up to intervals of random width, a third of them points."""
    panel = panel_of(random_table(seed, **options))
    panel = panel[panel["indicator"] == "y"].reset_index(drop=True)
    rng = np.random.default_rng(seed)
    down, up = rng.exponential(size=(2, len(panel))) * (rng.uniform(size=len(panel)) > 1 / 3)
    return panel.assign(low=panel["value"] - down, high=panel["value"] + up)


@pytest.mark.slow
@pytest.mark.parametrize("estimator", sweep(yr.did, slow=ESTIMATORS[1:]), ids=lambda f: f.__name__)
def test_every_vertex_estimated_anew(estimator):
    """Four vague figures: 16 panels, each estimated; the rest are points."""
    panel = vague_panel(3, districts=14, periods=4)
    weight = estimator(panel, outcome="y").weights.merge(panel.reset_index(), on=["district", "period"])
    vague = weight.loc[weight["weight"].abs().sort_values(kind="stable").index[-40::11], "index"].to_numpy()
    point = ~panel.index.isin(vague)
    panel.loc[point, "low"] = panel.loc[point, "high"] = panel.loc[point, "value"]
    panel.loc[vague, ["low", "high"]] = np.column_stack(
        [panel.loc[vague, "value"] - 1, panel.loc[vague, "value"] + 2]
    )
    atts = []
    for ends in product(("low", "high"), repeat=len(vague)):
        vertex = panel.copy()
        for i, end in zip(vague, ends, strict=True):
            vertex.loc[i, "value"] = panel.loc[i, end]
        atts.append(estimator(vertex, outcome="y").att)
    bounds = yr.interval_bounds(estimator(panel, outcome="y"), panel)
    assert len(atts) == 16
    assert (bounds.low, bounds.high) == (pytest.approx(min(atts)), pytest.approx(max(atts)))
    assert bounds.low < bounds.att < bounds.high


@pytest.mark.slow
@pytest.mark.parametrize("estimator", ESTIMATORS, ids=lambda f: f.__name__)
@pytest.mark.parametrize(
    ("gaps", "options"),
    [(0.1, {}), (0.0, {}), (0.0, {"controls": ["x"]}), (0.0, {"population": "x"})],
)
def test_linear_programming(estimator, gaps, options):
    """The estimator's coefficient on each cell found by moving that cell by one, not read from weights."""
    from scipy.optimize import linprog

    panel = vague_panel(5, districts=12, periods=4, gaps=gaps)
    control = panel.assign(indicator="x", value=np.random.default_rng(5).uniform(1, 2, len(panel)))
    whole = pd.concat([panel, control.assign(low=control["value"], high=control["value"])], ignore_index=True)
    effect = estimator(whole, outcome="y", **options)
    slope = []
    vague = panel.index[panel["low"] < panel["high"]]  # the rows of y come first
    for i in vague:
        moved = whole.copy()
        moved.loc[i, "value"] += 1
        slope.append(estimator(moved, outcome="y", **options).att - effect.att)
    box = (panel[["low", "high"]].sub(panel["value"], axis=0)).loc[vague].to_numpy()
    least, most = (linprog(sign * np.array(slope), bounds=box).fun * sign for sign in (1, -1))
    bounds = yr.interval_bounds(effect, whole, inference="se")
    assert (bounds.low - effect.att, bounds.high - effect.att) == pytest.approx((least, most), abs=1e-7)


def two_by_two():
    """Three districts, two years; the change of a is its figure of 2002 less 10."""
    table = pd.DataFrame(
        {"district": list("aabbcc"), "period": [2001, 2002] * 3, "y": [10.0, 20, 10, 12, 10, 14]}
    )
    table["cohort"] = pd.array([2002, 2002, None, None, None, None], dtype="Int64")
    return yr.as_panel(table, district="district", period="period", cohort="cohort", outcomes=["y"])


@pytest.mark.slow
def test_bounds_say_which_assignments_were_drawn():
    panel, _ = yr.simulate_panel(seed=1, districts=60, periods=6, waves={"2018Q1": 6})
    effect = yr.did(panel, outcome="orgs")
    told = repr(yr.interval_bounds(effect, panel, inference="randomization", draws=99, seed=7))
    assert "sampling error: spread over 99 assignments drawn, seed 7\n" in told
    assert "sampling error: clustered\n" in repr(yr.interval_bounds(effect, panel, inference="se"))


def test_an_open_figure_is_named_and_a_cap_closes_it():
    panel = two_by_two().assign(fact_ids="")
    at = (panel["district"] == "a") & (panel["period"] == 2002)
    panel.loc[at, "high"] = np.inf
    effect = yr.did(panel, outcome="y")
    bounds = yr.interval_bounds(effect, panel)
    assert (bounds.low, bounds.high, bounds.interval_high) == (pytest.approx(7), np.inf, np.inf)
    assert list(bounds.open["district"]) == ["a"] and "a in 2002: 20 to inf" in repr(bounds)
    assert "and 2 more" in repr(replace(bounds, open=pd.concat([bounds.open] * 5)))
    bare = panel.drop(columns="fact_ids")
    assert yr.interval_bounds(yr.did(bare, outcome="y"), bare).shared == 0
    capped = yr.interval_bounds(effect, panel, cap=1.5)
    assert (capped.low, capped.high) == (pytest.approx(7), pytest.approx(17))
    assert "at most 1.5 times" in repr(capped) and "spread over all 3 assignments" in repr(capped)
    assert "unreliable with 1 treated" in repr(yr.interval_bounds(effect, panel, cap=1.5, inference="se"))
    for cap in (0.5, True, np.inf, "2"):
        with pytest.raises(yr.DataError, match="at least 1"):
            yr.interval_bounds(effect, panel, cap=cap)


@pytest.mark.slow
def test_an_open_figure_without_weight_leaves_the_bounds_closed():
    """In staggered_did periods before the base have no weight."""
    table = random_table(1, districts=14, periods=4)
    begins = table["cohort"].dropna().min()
    table["cohort"] = table["cohort"].where(table["cohort"] == begins)
    panel = panel_of(table)
    panel = panel[panel["indicator"] == "y"].reset_index(drop=True)
    effect = yr.staggered_did(panel, outcome="y")
    free = panel["period"] < begins - 1
    if not free.any():
        pytest.fail("the seed must have a period without weight")
    panel.loc[free, "high"] = np.inf
    bounds = yr.interval_bounds(effect, panel)
    assert bounds.low == bounds.high == pytest.approx(effect.att) and not len(bounds.open)


def test_a_set_that_is_wide_or_open_on_one_side_has_one_end_at_a_time_to_cover():
    """1.645 errors of that end (upper 5% of the normal distribution, any table of it)."""
    reach = 1.6448536
    assert _imbens_manski(0.0, 99.0, 1.0, 2.0, 0.95) == pytest.approx((-reach, 99 + 2 * reach))
    assert _imbens_manski(1.0, np.inf, 2.0, np.nan, 0.95) == (pytest.approx(1 - 2 * reach), np.inf)
    assert _imbens_manski(-np.inf, 1.0, np.nan, 2.0, 0.95) == (-np.inf, pytest.approx(1 + 2 * reach))
    assert _imbens_manski(0.0, np.inf, 1.0, np.nan, 0.95, df=18)[0] == pytest.approx(-1.7340636)  # of t(18)


@pytest.mark.parametrize("width", [0.0, 0.5, 30.0])
def test_imbens_manski_covers_each_end_with_its_chance(width):
    """At an end of the set the chance to cover is level: 1.96 errors for a point, 1.645 for a wide set."""
    start, end = _imbens_manski(-width / 2, width / 2, 1.0, 1.0, 0.95)
    c = end - width / 2
    assert start == pytest.approx(-end)
    estimates = np.random.default_rng(1).normal(size=200_000)  # of both ends' common error
    covered = np.mean((estimates - c <= 0) & (estimates + width + c >= 0))
    assert covered == pytest.approx(0.95, abs=0.002)
    if width == 0:
        assert c == pytest.approx(1.959963984540054)
    if width == 30:
        assert c == pytest.approx(1.6448536269514722)


@by_name
def test_without_vagueness_the_interval_is_that_of_the_point(estimator):
    panel = panel_of(random_table(2))
    effect = estimator(panel, outcome="y")
    bounds = yr.interval_bounds(effect, panel, inference="se")
    assert bounds.low == bounds.high == pytest.approx(effect.att)
    assert bounds.interval_high == pytest.approx(effect.att + 1.959963984540054 * effect.se)


@pytest.mark.slow
def test_the_error_at_an_end_is_that_of_the_panel_at_this_end():
    """One wave without gaps: estimated anew with every figure at the end, the clustered error is the same."""
    panel = vague_panel(4, districts=20, periods=4)
    first = panel["cohort"].dropna().min()
    panel["cohort"] = panel["cohort"].where(panel["cohort"] == first)
    effect = yr.did(panel, outcome="y")
    bounds = yr.interval_bounds(effect, panel, inference="se")
    cells = panel.merge(effect.weights)
    errors = []
    for first, second in (("low", "high"), ("high", "low")):
        value = cells[first].where(cells["weight"] > 0, cells[second])
        errors.append(yr.did(cells.assign(value=value, low=value, high=value), outcome="y").se)
    expected = _imbens_manski(bounds.low, bounds.high, *errors, 0.95)
    assert (bounds.interval_low, bounds.interval_high) == pytest.approx(expected, rel=1e-9)


def test_another_panel_and_a_broken_interval_are_refused():
    panel = vague_panel(2)
    effect = yr.did(panel, outcome="y")
    with pytest.raises(yr.DataError, match="not that of the effect"):
        yr.interval_bounds(effect, panel.assign(value=panel["value"] ** 2))
    with pytest.raises(yr.DataError, match="outside their bounds"):
        yr.interval_bounds(effect, panel.assign(low=panel["high"] + 1))


@pytest.mark.slow
@by_name
def test_few_treated_have_the_spread_over_other_assignments_at_each_end(estimator):
    """The panel at an end, estimated and reassigned anew."""
    panel = vague_panel(4, districts=14, periods=4)
    kept = sorted(panel.loc[panel["cohort"].notna(), "district"].unique())[:2]
    begins = panel["cohort"].dropna().max()
    panel["cohort"] = (
        panel["cohort"].mask(panel["cohort"].notna(), begins).where(panel["district"].isin(kept))
    )
    effect = estimator(panel, outcome="y")
    bounds = yr.interval_bounds(effect, panel)
    cells, errors = panel.merge(effect.weights, how="left").fillna({"weight": 0.0}), []
    for first, second in (("low", "high"), ("high", "low")):
        value = cells["value"].mask(cells["weight"] > 1e-12, cells[first])
        value = value.mask(cells["weight"] < -1e-12, cells[second])
        at_end = cells.assign(value=value, low=value, high=value)
        there = estimator(at_end, outcome="y")
        event = (at_end["period"] - at_end["cohort"]).fillna(-1).astype(float)
        path = there.path.set_index("event_time")["att"] if len(there.path) else {}
        own = event.map(path).fillna(there.att).where(event >= 0, 0.0)
        null = at_end.assign(**{name: value - own for name in ("low", "value", "high")})
        others = yr.randomization_test(estimator, null, outcome="y", seed=1).assignments.query("~actual")
        errors.append(np.sqrt(np.mean(others["statistic"] ** 2)))
    expected = _imbens_manski(bounds.low, bounds.high, *errors, 0.95, df=14 - 2)
    assert (bounds.interval_low, bounds.interval_high) == pytest.approx(expected, rel=1e-9)
    assert bounds.exact and "spread over" in repr(bounds) and not bounds.caution


def test_with_a_district_a_cohort_the_interval_is_open():
    table = pd.DataFrame({"district": ["a"] * 3 + ["b"] * 3, "period": [2001, 2002, 2003] * 2})
    table = table.assign(y=[1.0, 2.0, 4.0, 2.0, 2.5, 3.0], cohort=[2003] * 3 + [0] * 3)
    names = {"district": "district", "period": "period", "cohort": "cohort", "outcomes": ["y"]}
    panel = yr.as_panel(table, **names)
    bounds = yr.interval_bounds(yr.did(panel, outcome="y"), panel)
    assert (bounds.interval_low, bounds.interval_high) == (-np.inf, np.inf) and "-inf to inf" in repr(bounds)
    assert bounds.low == bounds.high == pytest.approx(1.75)  # 2.5 more, against 0.75 more


@pytest.mark.slow
def test_strata_in_which_nothing_can_be_reassigned_are_no_degrees_of_freedom():
    """One pilot, in the first of six strata of five: three other districts tell how far a fourth strays."""
    table = pd.DataFrame({"district": np.repeat([f"d{i:02d}" for i in range(30)], 4)})
    table["period"] = np.tile(np.arange(2001, 2005), 30)
    table["y"] = np.random.default_rng(6).normal(size=120)
    table["cohort"] = pd.array([2003] * 4 + [None] * 116, dtype="Int64")
    names = {"district": "district", "period": "period", "cohort": "cohort", "outcomes": ["y"]}
    panel = yr.as_panel(table, **names)
    panel["stratum"] = "s" + (panel["district"].str[1:].astype(int) // 5).astype(str)
    effect = yr.did(panel, outcome="y", strata="stratum")
    bounds = yr.interval_bounds(effect, panel)
    null = yr.as_panel(
        table.assign(y=table["y"] - effect.att * (table["period"] >= table["cohort"]).fillna(False)), **names
    )
    others = yr.did(null.assign(stratum=panel["stratum"]), outcome="y", strata="stratum").randomization()
    error = np.sqrt((others.assignments.query("~actual")["statistic"] ** 2).mean())
    assert len(others.distribution) == 5
    assert bounds.interval_high - effect.att == pytest.approx(3.18244631 * error)  # t(3), any table


@pytest.mark.slow
@pytest.mark.parametrize(
    "estimator", sweep(yr.event_study, slow=[yr.did, yr.staggered_did]), ids=lambda f: f.__name__
)
def test_an_effect_however_large_does_not_widen_its_own_interval(estimator):
    """By hand: each of n - 1 others in turn against all the rest, among them the treated one at their mean.

    Were that one not treated, it would lie at their mean c; so another's estimate is n / (n - 1) (c_j - c).
    """
    n, rng = 20, np.random.default_rng(2)
    y = rng.normal(size=(n, 4))
    before = y[:, :2].mean(axis=1) if estimator is yr.did else y[:, 1]
    others = (y[:, 2:].mean(axis=1) - before)[1:]
    error = n / (n - 1) * np.std(others)
    table = pd.DataFrame({"district": np.repeat([f"d{i:02d}" for i in range(n)], 4), "y": y.ravel()})
    table["period"] = np.tile(np.arange(2001, 2005), n)
    table["cohort"] = pd.array([2003] * 4 + [None] * (4 * n - 4), dtype="Int64")
    names = {"district": "district", "period": "period", "cohort": "cohort", "outcomes": ["y"]}
    for effect in (0.0, 10.0, 1000.0):
        moved = table.assign(y=table["y"] + effect * (table["period"] >= table["cohort"]).fillna(False))
        panel = yr.as_panel(moved, **names)
        estimate = estimator(panel, outcome="y")
        bounds = yr.interval_bounds(estimate, panel)
        assert bounds.interval_high - estimate.att == pytest.approx(2.10092204 * error)  # t(18), any table
        if estimator is yr.event_study:
            row = yr.honest_did(estimate, m=[]).table.iloc[0]
            assert row["high"] - estimate.att == pytest.approx(2.10092204 * error)


@pytest.mark.parametrize(
    "estimator", sweep(yr.synthetic_control, slow=[yr.synthetic_did]), ids=lambda f: f.__name__
)
def test_synthetic_bounds_hold_at_its_weights_and_say_so(estimator):
    """Two vague figures of Proposition 99: the vertices at these weights; estimated anew they may differ."""
    panel = yr.read_study("prop99")
    effect = estimator(panel, outcome="cigarettes")
    largest = effect.weights["weight"].abs().sort_values(kind="stable").index[-2:]
    places = effect.weights.loc[largest].merge(panel.reset_index())
    for i, width in zip(places["index"], (2.0, 5.0), strict=True):
        panel.loc[i, ["low", "high"]] = panel.loc[i, "value"] + np.array([-width, width])
    bounds = yr.interval_bounds(effect, panel)
    with pytest.raises(yr.DataError, match="no other assignments of the bounds"):
        yr.interval_bounds(effect, panel, inference="randomization")
    swing = places["weight"].abs() @ [2.0, 5.0]
    assert (bounds.low, bounds.high) == pytest.approx((effect.att - swing, effect.att + swing))
    assert (
        not bounds.exact
        and "at these weights only" in repr(bounds)
        and "at these weights" in bounds._repr_html_()
    )


def traced():
    """The two-by-two panel with real facts behind its cells."""
    facts = yr.load_facts().head(6)
    panel = two_by_two()
    return panel.assign(fact_ids=facts["fact_id"].to_numpy()), facts


def test_a_level_and_the_one_computed_from_it_are_not_bounded_sharply_and_it_is_said():
    """1100余个，比上年增加418个: the level has no part in the change, and cell by cell it has."""
    rows = []
    for district, late, change in (("440305", 1100, 418), ("440304", 520, 20), ("440303", 430, 30)):
        rows += [(district, "level", late, ""), (district, "change", change, "previous_year")]
    facts = pd.DataFrame(rows, columns=["district", "kind", "value", "baseline"])
    facts["hedge"] = np.where(facts["value"] == 1100, "odd", "exact")
    told = dict.fromkeys(["scope", "period_start", "part_of", "note"], "") | {"period_end": "2020"}
    told |= {"source_id": "s", "indicator": "orgs", "flow": "stock", "unit": "个", "status": "achieved"}
    facts = facts.assign(fact_id=[f"f{i}" for i in range(6)], resolution=1.0, **told)
    facts = facts.astype({"value": float}).reindex(columns=FACT)
    facts[["low", "high"]] = yr.hedge_interval(facts["value"], facts["hedge"])
    panel = yr.build_panel(facts)
    panel["cohort"] = pd.Series(np.where(panel["district"] == "440305", 2020, 0)).replace(0, pd.NA)
    panel["cohort"] = panel["cohort"].astype("Int64")
    effect = yr.did(panel, outcome="orgs")
    bounds = yr.interval_bounds(effect, panel)
    truths = [(level - (level - 418)) - (20 + 30) / 2 for level in range(1100, 1201)]
    assert set(truths) == {393} and effect.att == pytest.approx(393)
    assert bounds.low < 393 < bounds.high and (bounds.vague, bounds.shared) == (2, 2)
    assert not bounds.exact and "2 vague cells rest on facts of each other" in repr(bounds)
    note = yr.breakdown(effect, panel).set_index("threat").loc["vague", "note"]
    assert "may take more" in note
    apart = panel.assign(fact_ids=[f"g{i}" for i in range(len(panel))])
    assert yr.interval_bounds(effect, apart).exact


def test_trace_leads_to_the_words_of_the_report():
    panel, facts = traced()
    effect = yr.did(panel, outcome="y")
    table = yr.trace(effect, panel, facts, top=100)
    assert table["contribution"].sum() == pytest.approx(effect.att)
    assert set(table["fact_id"]) == set(facts["fact_id"])
    assert set(table["district"].head(2)) == {"a"}
    words = facts.set_index("fact_id")[["token", "source_id", "start", "end"]]
    pd.testing.assert_frame_equal(
        table.set_index("fact_id")[words.columns].sort_index(), words.sort_index(), check_dtype=False
    )
    assert len(yr.trace(effect, panel, facts, top=2)) == 2
    with pytest.raises(yr.DataError, match="not among these facts"):
        yr.trace(effect, panel, facts.head(1))


@pytest.mark.slow
def test_trace_splits_a_cell_of_two_facts_and_puts_a_wide_one_first():
    panel, facts = traced()
    panel.loc[0, "fact_ids"] = " ".join(facts["fact_id"].head(2))
    panel.loc[5, "high"] = 1000.0
    table = yr.trace(yr.did(panel, outcome="y"), panel, facts, top=100)
    assert table["fact_id"].iloc[0] == panel.loc[5, "fact_ids"]
    assert table["swing"].iloc[0] == pytest.approx(0.5 * (1000 - 14))
    assert (table["fact_id"] == facts["fact_id"].iloc[1]).sum() == 2


@pytest.mark.slow
@by_name
def test_contributions_add_up_with_gaps(estimator):
    panel = panel_of(random_table(6, gaps=0.1))
    facts = yr.load_facts().head(1)
    panel = panel.assign(fact_ids=facts["fact_id"].iloc[0])
    effect = estimator(panel, outcome="y")
    table = yr.trace(effect, panel, facts, top=10**6)
    assert table["contribution"].sum() == pytest.approx(effect.att)


@pytest.mark.slow
def test_a_panel_without_bounds_is_refused_and_one_with_a_column_weight_is_not():
    panel = vague_panel(1)
    effect = yr.staggered_did(panel, outcome="y")
    with pytest.raises(yr.DataError, match=r"lacks the columns \['low', 'high'\]"):
        yr.interval_bounds(effect, panel.drop(columns=["low", "high"]))
    weighed = yr.interval_bounds(effect, panel.assign(weight=1.0))
    assert weighed.low == yr.interval_bounds(effect, panel).low


def test_a_panel_without_evidence_cannot_be_traced():
    panel = vague_panel(1)
    effect = yr.staggered_did(panel, outcome="y")
    with pytest.raises(yr.DataError, match="name no fact that they rest on: trace needs a panel from build"):
        yr.trace(effect, panel, yr.load_facts())
    with pytest.raises(yr.DataError, match=r"The panel lacks the columns \['fact_ids'\]"):
        yr.trace(effect, panel.drop(columns="fact_ids"), yr.load_facts())
    with pytest.raises(yr.DataError, match="top=0"):
        yr.trace(effect, panel, yr.load_facts(), top=0)
    with pytest.raises(yr.DataError, match="Effect is no table of the panel"):
        yr.interval_bounds(effect, effect)


@pytest.mark.slow
def test_weights_that_are_rounding_open_no_bounds():
    """Cells that an event study leaves out weigh 1e-17, and that times infinity is infinity."""
    panel = vague_panel(3, districts=14, periods=4)
    event = panel["period"] - panel["cohort"]
    effect = yr.event_study(panel, outcome="y")
    zero = effect.weights.loc[effect.weights["weight"].abs() < 1e-9]
    assert len(zero) and (zero["weight"] != 0).any()
    other = panel.merge(zero, on=["district", "period"], how="left")["weight"].notna().to_numpy()
    assert (event[other & (event >= 0).fillna(False)] < 0).all()
    bounds = yr.interval_bounds(effect, panel.assign(high=panel["high"].mask(other, np.inf)))
    assert np.isfinite([bounds.low, bounds.high]).all() and bounds.open.empty


def level_free(panel, effect):
    """Contributions of a panel whose cells all rest on one fact, by district and period."""
    facts = yr.load_facts().head(1)
    table = yr.trace(effect, panel.assign(fact_ids=facts["fact_id"].iloc[0]), facts, top=10**6)
    return table.set_index(["district", "period"])["contribution"].sort_index()


@pytest.mark.slow
@pytest.mark.parametrize("estimator", sweep(yr.staggered_did, slow=ESTIMATORS[:4]), ids=lambda f: f.__name__)
def test_contributions_do_not_depend_on_the_level_of_districts_and_periods(estimator):
    """The weights of a district and of a period add up to rounding, which is none."""
    panel = panel_of(random_table(6, gaps=0.1)).query("indicator == 'y'").reset_index(drop=True)
    level = 50.0 * pd.factorize(panel["district"])[0] + 70.0 * (panel["period"] - 2000)
    raised = panel.assign(**{c: panel[c] + level for c in ("low", "value", "high")})
    plain, high = (level_free(p, estimator(p, outcome="y")) for p in (panel, raised))
    np.testing.assert_allclose(high.to_numpy(), plain.to_numpy(), atol=1e-8)


@pytest.mark.slow
def test_contributions_to_a_synthetic_control_keep_the_level_of_districts():
    panel = panel_of(random_table(5, districts=14, periods=6)).query("indicator == 'y'")
    first = panel["cohort"].min()
    one = panel[(panel["cohort"] == first) | panel["cohort"].isna()].reset_index(drop=True)
    effect = yr.synthetic_control(one, outcome="y", seed=1)
    assert level_free(one, effect).sum() == pytest.approx(effect.att)

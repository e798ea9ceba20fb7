"""Simulated panels and reports: do they have the truth that they claim, and does the way back lead to it?"""

import io
import re
from functools import cache
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from sweeps import sweep

import youthresearch as yr
from youthresearch.bounds import SOURCE
from youthresearch.schema import is_simulated
from youthresearch.simulate import ERRORS, print_figures

RATE = "orgs_per_10k_youth_14_28"
YEARS = {"start": 2016, "periods": 6, "waves": {2019: 0.1, 2021: 0.2}}
CELL = ["district", "period", "indicator"]


@cache
def drawn():
    """Draw a panel with vague figures and gaps, and a small one without."""
    panel, truth = yr.simulate_panel(seed=7, reporting={"vague": 0.4, "gaps": 0.1})
    small, _ = yr.simulate_panel(seed=7, districts=12, periods=6, waves={"2017Q4": 2})
    return SimpleNamespace(panel=panel, truth=truth, small=small)


def cells(outcome=RATE, **options):
    """Simulate and return the values of one indicator, one row a district, and the cohorts."""
    panel, _ = yr.simulate_panel(**options)
    rows = panel[panel["indicator"] == outcome]
    cohort = panel.drop_duplicates("district").set_index("district")["cohort"]
    return rows.pivot(index="district", columns="period", values="value"), cohort


# Panels


@pytest.mark.slow
def test_a_seed_gives_one_panel():
    options = {
        "districts": 12,
        "periods": 6,
        "waves": {"2017Q4": 2},
        "reporting": {"vague": 0.4, "gaps": 0.1},
    }
    one, again, other = (yr.simulate_panel(seed=seed, **options) for seed in (7, 7, 8))
    for first, second in zip(one, again, strict=True):
        pd.testing.assert_frame_equal(first, second)
    assert not other[1]["value"].equals(one[1]["value"])


@pytest.mark.slow
def test_every_reported_interval_holds_the_truth_and_gaps_are_missing():
    both = drawn().truth.merge(drawn().panel, on=CELL, how="left", suffixes=("", "_reported"))
    known = both[both["value_reported"].notna()]
    noise = 1e-9 * known["value"]
    assert (known["low"] <= known["value"] + noise).all() and (known["value"] <= known["high"] + noise).all()
    assert 0.05 < both["value_reported"].isna().mean() < 0.12  # of the gaps asked for; youth has none
    assert 0.2 < (known["low"] < known["high"]).mean() < 0.45
    assert not drawn().panel.duplicated([*CELL, "scope"]).any()


@pytest.mark.slow
def test_the_effect_is_what_was_asked_for():
    _, truth = yr.simulate_panel(seed=1, effect={"orgs": 20.0}, districts=200)
    rows = truth[truth["indicator"] == RATE]
    treated = (rows["cohort"].notna() & (rows["period"] >= rows["cohort"]).fillna(False)).to_numpy(dtype=bool)
    assert rows.loc[~treated, "effect"].abs().max() == 0
    assert rows.loc[treated, "effect"].mean() == pytest.approx(26, abs=0.2)  # 20% of 130 per 10,000
    assert truth.loc[truth["indicator"].isin(["members", "cadres", "youth_14_28"]), "effect"].abs().max() == 0
    assert (truth["value"] - truth["untreated"]).equals(truth["effect"])


def test_the_effect_may_vary_by_wave_and_time():
    _, truth = yr.simulate_panel(seed=1, effect=lambda wave, time: 5.0 * (wave + 1) + time, noise=0.0)
    rows = truth[(truth["indicator"] == RATE) & (truth["effect"] > 0)]
    time = rows["period"].astype("int64") - rows["cohort"].astype("int64")
    wave = rows["cohort"].map({c: i for i, c in enumerate(sorted(rows["cohort"].unique()))}).astype(int)
    assert rows["effect"].to_numpy() == pytest.approx(1.3 * (5 * (wave + 1) + time).to_numpy(), abs=0.4)


@pytest.mark.slow
def test_shocks_have_the_persistence_asked_for():
    values, _ = cells(seed=3, districts=400, periods=20, rho=0.7, effect=0.0, waves={"2021Q3": 1})
    residual = (
        values.sub(values.mean()).sub(values.mean(axis=1) - values.to_numpy().mean(), axis=0).to_numpy()
    )
    slope = np.sum(residual[:, 1:] * residual[:, :-1]) / np.sum(residual[:, :-1] ** 2)
    bias = -(1 + 0.7) / 19  # of a slope within districts, to order 1/T (Nickell 1981, equation 18)
    assert slope == pytest.approx(0.7 + bias, abs=0.03)


@pytest.mark.slow
def test_selection_draws_good_districts_and_only_drift_breaks_parallel_trends():
    options = {"seed": 5, "districts": 600, "effect": 0.0, "noise": 1.0, "waves": {"2019Q4": 0.2}}

    def gap_and_trend(**more):
        values, cohort = cells(**options, **more)
        treated = values[cohort.notna()].mean() - values[cohort.isna()].mean()
        return treated.iloc[0], treated.iloc[-1] - treated.iloc[0]

    for selection, drift, positive, parallel in (
        (0, 0.2, False, True),
        (2, 0, True, True),
        (2, 0.2, True, False),
    ):
        gap, trend = gap_and_trend(selection=selection, drift=drift)
        assert (gap > 5) == positive
        assert (abs(trend) < 1.5) == parallel


@pytest.mark.slow
def test_waves_are_spread_over_provinces():
    panel, _ = yr.simulate_panel(seed=2, districts=100, waves={"2019Q3": 20, "2021Q3": 30})
    districts = panel.drop_duplicates("district")
    by_province = districts.groupby("province")["cohort"].count()
    assert len(by_province) == 10 and by_province.between(4, 6).all()
    assert districts["cohort"].value_counts().sort_index().tolist() == [20, 30]


@pytest.mark.slow
def test_the_common_trend_is_the_nations():
    values, _ = cells(
        "members_per_10k_youth_14_28", seed=1, start=2017, periods=8, waves={2020: 1}, noise=0.0, effect=0.0
    )
    national = yr.load_national().query("indicator == 'members'").set_index("year")["value"]
    change = (values[2024] - values[2017]).mean() / 2700
    assert change == pytest.approx(national[2024] / national[2017] - 1, abs=1e-3)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"start": 2016, "periods": 4}, "do not begin after the first of the periods|coarser|no period"),
        ({"waves": {"2016Q1": 3}}, "do not begin after the first of the periods 2017Q1 to 2022Q4"),
        ({"waves": {"2019Q1": 50, "2020Q1": 20}}, r"Waves of \[50, 20\] districts are more than the 60"),
        ({"waves": {"2019Q1": 2.5}}, r"waves\['2019Q1'\]=2.5 must be a whole number"),
        ({"effect": {"orgz": 10.0}}, r"names \['orgz'\]; the indicators that can react are \['orgs'"),
        ({"rho": 1.0}, "rho=1.0 must be a number, above -1 and below 1"),
        ({"noise": -1.0}, "noise=-1.0 must be a number, at least 0"),
        ({"reporting": {"vague": 2}}, "vague=2 must be a number"),
        ({"districts": 60.5}, "districts=60.5 must be a whole number"),
        ({"reporting": {"hedged": 0.3}}, r"knows 'vague' and 'gaps', not \['hedged'\]"),
    ],
)
def test_options_that_make_no_panel(options, message):
    with pytest.raises(yr.DataError, match=message):
        yr.simulate_panel(seed=1, **options)


@pytest.mark.slow
def test_what_was_made_up_says_so_wherever_it_goes():
    assert drawn().panel.attrs["simulated"] and drawn().truth.attrs["simulated"]
    assert (drawn().panel["processing"] == "simulated").all()
    lost = bare(drawn().small)  # as after a step by which pandas loses attrs
    assert "simulated" not in lost.attrs
    some = lost.assign(processing=["stated"] * (len(lost) - 1) + ["simulated"])
    assert is_simulated(some)  # one row is enough
    measured = yr.add_metrics(lost, youth="youth_14_28")
    assert (measured["processing"] == "simulated").all()
    spread = yr.sigma_convergence(drawn().small, outcome=RATE)
    for table in (yr.coverage(lost), spread, yr.composite_table(drawn().small, [RATE])):
        assert table.attrs["simulated"]
    assert "simulated data / 模拟数据" in repr(
        yr.entropy_index(yr.composite_table(drawn().small, [RATE, "members"]))
    )
    assert "simulated data / 模拟数据" in repr(yr.beta_convergence(drawn().small, outcome=RATE))
    bare_table = yr.composite_table(drawn().small, [RATE, "members"])
    bare_table.attrs = {}  # as after a join
    assert "simulated data / 模拟数据" in repr(yr.entropy_index(bare_table))


def tables_of(panel):
    """Make every table that leads from a panel, or from facts and effects, to a paper."""
    effect, options = yr.did(panel, outcome=RATE), {"outcome": RATE, "seed": 1}
    path = yr.event_study(panel, outcome=RATE)
    test = yr.randomization_test(yr.did, panel, **options)
    plan = yr.study_plan(panel, question="?", outcomes=[RATE, "members"], seed=1, date="2017-01-01")
    composite = yr.composite_table(panel, [RATE, "members"])
    values = panel.loc[panel["indicator"] == RATE, "value"]
    yield from (effect.weights, effect.cohort_weights, path.path, test.assignments, composite)
    yield from (yr.normalise(composite), yr.coverage(panel), yr.sigma_convergence(panel, outcome=RATE))
    yield from (
        yr.coupling_coordination(yr.normalise(composite)),
        yr.decompose_inequality(values, values > 5),
    )
    yield from (yr.average_by_cohort(panel, outcome=RATE), yr.goodman_bacon(panel, outcome=RATE))
    yield from (
        yr.compare_effects([effect, effect]),
        yr.effect_table([effect]),
        yr.confidence_bands(path, seed=1),
    )
    yield from (yr.few_treated(panel, **options), yr.placebo_in_time(yr.did, panel, **options, draws=9))
    yield from (
        yr.adjust_family([test]),
        yr.breakdown(effect, panel, draws=9),
        yr.compare_with_plan(plan, [test]),
    )
    yield from (yr.honest_did(path, m=[0]).table, yr.pretrend_test(path, power=(0.5,)).trends)
    yield yr.interval_bounds(effect, panel.assign(high=np.inf)).open
    alone = (panel["indicator"] != RATE) | (panel["district"] != "X-s00-0001") | panel["period"].eq("2017Q1")
    yield from (test.by_stratum, yr.did(panel[alone], outcome=RATE).refused)
    yield yr.estimate_design(panel, outcome=RATE, rho=0.5).groups
    yield yr.trace(
        effect,
        panel.assign(fact_ids="f"),
        pd.DataFrame([["f", "f", "f", 0, 1]], columns=["fact_id", *SOURCE]),
    )
    design = yr.design_study(districts=9, periods=4, waves={3: 2}, rho=0.5)
    yield yr.power_curve(design, effects=[1.0], simulations=9, draws=9, seed=1)


def as_saved(table):
    """Read a table as a spreadsheet does: nothing but what was printed."""
    return pd.read_csv(io.StringIO(table.to_csv()), keep_default_na=False, dtype=str)


def tables_of_reports():
    """Make every table that leads from simulated reports to figures that can be trusted."""
    one = drawn().small[(drawn().small["district"] == "X-s00-0001") & (drawn().small["period"] < "2018Q3")]
    documents, facts, planted = yr.simulate_reports(one, seed=5, errors=0.5)
    yield from (documents, facts, planted, yr.audit_facts(facts), yr.propose_repairs(facts))
    yield from (yr.tighten(facts), yr.compute_metrics(facts), yr.derive_before(facts))
    yield from (yr.find_templates(documents), yr.find_near_duplicates(documents, similarity=0.1))
    yield from (yr.find_heaping(facts), yr.compare_codings(facts, facts))
    yield yr.list_disagreements(facts, facts.assign(value=facts["value"] + 1))


@pytest.mark.slow
def test_every_table_of_what_was_made_up_says_so_in_every_row_once_saved():
    for number, table in enumerate(
        [*tables_of(drawn().small), *tables_of_reports(), drawn().truth, yr.load_size()]
    ):
        rows = as_saved(table)
        assert rows.isin(["simulated", "True"]).any(axis=1).all() and len(rows), (number, rows.head())
        assert is_simulated(rows) or "simulated" in rows["Data"].tolist(), (number, list(rows))


@pytest.mark.slow
def test_tables_of_what_was_not_made_up_have_no_mark():
    real = bare(drawn().small).assign(processing="stated")
    for number, table in enumerate(tables_of(real)):
        assert not is_simulated(table) or "power" in table, number
        assert not {"simulated", "Data"} & set(table) or "power" in table, number


@pytest.mark.slow
def test_in_a_comparison_each_effect_has_its_own_mark():
    real = yr.did(bare(drawn().small).assign(processing="stated"), outcome=RATE)
    both = yr.compare_effects([yr.did(drawn().small, outcome=RATE), real])
    assert both["simulated"].tolist() == [True, False]
    shown = [yr.effect_table([yr.did(drawn().small, outcome=RATE), real], lang=lang) for lang in ("zh", "en")]
    assert [t.iloc[:, -1].tolist() for t in shown] == [["模拟", ""], ["simulated", ""]]


@pytest.mark.slow
def test_figures_and_their_tables_say_that_data_are_simulated(tmp_path, monkeypatch):
    from matplotlib.figure import Figure

    monkeypatch.setattr("youthresearch.figures.save_both", lambda fig, path: None)
    spread = yr.sigma_convergence(drawn().small, outcome=RATE)
    fig = yr.save_figure(yr.plot_spread, "x", spread, folder=tmp_path)
    assert [t.get_text() for t in fig.texts].count("simulated data / 模拟数据") == 1
    assert pd.read_csv(tmp_path / "x.csv")["simulated"].all()
    blank = yr.save_figure(lambda data, lang: Figure(), "y", spread, folder=tmp_path)  # a plot of one's own
    assert [t.get_text() for t in blank.texts] == ["simulated data / 模拟数据"]
    real = yr.sigma_convergence(
        pd.DataFrame(drawn().small).assign(processing="stated").pipe(bare), outcome="youth_14_28"
    )
    assert "simulated data / 模拟数据" not in [t.get_text() for t in yr.plot_spread(real).texts]


def bare(table):
    """Leave out what pandas carries beside a table."""
    return pd.DataFrame(table.to_dict("list"))


def test_printed_figures_hold_what_they_print():
    rng = np.random.default_rng(0)
    true = pd.Series(np.rint(np.exp(rng.uniform(0, 15, 5000))))
    table = print_figures(true, pd.Series(True, index=true.index), rng)
    assert (table["low"] <= true).all() and (true <= table["high"]).all()
    assert set(table["hedge"]) == {
        "exact",
        "odd",
        "nearly",
        "about",
        "over",
        "at_least",
        "under",
        "at_most",
        "range",
    }
    assert (table.loc[true < 20, "hedge"] == "exact").all()


# Reports


@cache
def reported(districts=20):
    """Make reports of so many districts over six years."""
    levels, _ = yr.simulate_panel(seed=11, districts=districts, **YEARS)
    documents, facts, planted = yr.simulate_reports(levels, seed=5)
    return SimpleNamespace(levels=levels, documents=documents, facts=facts, planted=planted)


@pytest.mark.slow
def test_reports_are_one_a_district_and_year_and_their_facts_stand_in_them():
    assert len(reported().documents) == 20 * 6 and reported().documents["text"].is_unique
    yr.check_evidence(reported().facts, reported().documents)
    assert reported().facts["fact_id"].is_unique and len(reported().planted) == 0
    assert all(t.attrs["simulated"] for t in (reported().documents, reported().facts, reported().planted))
    parts = reported().facts[reported().facts["part_of"] != ""]
    assert parts["part_of"].isin(reported().facts["fact_id"]).all() and len(parts) > 100


@pytest.mark.slow
def test_a_panel_of_simulated_facts_says_so_even_if_these_went_through_a_file():
    facts = bare(reported().facts[reported().facts["status"] == "achieved"].head(40))
    assert not facts.attrs and set(facts["coder"]) == {"simulated"}
    assert (yr.build_panel(facts)["processing"] == "simulated").all()


def test_reports_state_every_kind_of_figure_in_every_wording():
    hedges = {"exact", "odd", "nearly", "about", "over", "at_least", "under", "at_most", "range", "masked"}
    assert set(reported().facts["hedge"]) == hedges
    assert set(reported().facts["kind"]) == {"level", "change", "growth", "share", "mean"}
    assert set(reported().facts["status"]) == {"achieved", "planned", "masked"}
    assert set(reported().facts["relation"]) == {"", "growth", "base", "share", "sum", "from_to"}
    assert (
        reported().facts["token"].str.contains("万").any() and (reported().facts["unit"] == "个百分点").any()
    )


def test_reports_read_as_chinese_with_no_slot_left_open():
    assert not reported().documents["text"].str.contains(r"[{}\[\]]").any()
    assert reported().documents["text"].str.contains("三会两制一课").any()  # slogans around the figures
    sentences = {
        re.sub(r"[\d.万]+", "#", s) for text in reported().documents["text"] for s in text.split("。")
    }
    assert len(sentences) > 500


def test_a_seed_gives_the_same_reports():
    few = reported().levels[reported().levels["district"].isin(reported().levels["district"].unique()[:2])]
    one, two = (yr.simulate_reports(few, seed=5, errors=0.5) for _ in range(2))
    assert all(len(table) for table in one)
    for first, second in zip(one, two, strict=True):
        pd.testing.assert_frame_equal(first, second)


@pytest.mark.slow
def test_a_plain_long_table_is_enough():
    table = pd.DataFrame(
        {"district": "a", "period": [2019, 2020], "indicator": "orgs", "value": [682.0, 1100.0]}
    )
    documents, facts, _ = yr.simulate_reports(table, seed=1, vague=0.0)
    levels = facts[
        (facts["indicator"] == "orgs") & (facts["kind"] == "level") & (facts["status"] == "achieved")
    ]
    assert len(documents) == 2 and set(levels["value"]) == {682, 1100}


def test_quarters_give_quarterly_reports_that_compare_with_the_year_before():
    panel, _ = yr.simulate_panel(seed=1, districts=9, periods=8, waves={"2018Q1": 2})
    documents, facts, _ = yr.simulate_reports(panel, seed=1)
    assert len(documents) == 72
    assert set(facts["period_end"].str[5:7]) >= {"03", "06", "09", "12"}
    moved = facts[facts["kind"].isin(["change", "growth"])]
    assert set(moved["baseline"]) == {"same_period_previous_year"} and len(moved) > 50


def test_every_statement_is_true_where_no_error_is_planted():
    true = reported().levels.set_index(CELL)["value"]
    levels = reported().facts[
        (reported().facts["kind"] == "level")
        & (reported().facts["status"] == "achieved")
        & reported().facts["indicator"].isin(["orgs", "members", "cadres"])
    ]
    value = true.loc[
        list(zip(levels["district"], levels["period_end"].astype(int), levels["indicator"], strict=True))
    ]
    place = levels["resolution"].where(levels["hedge"] == "exact", 0).where(levels["resolution"] > 1, 0) / 2
    assert ((levels["low"] - place).to_numpy() <= value.to_numpy()).all()
    assert (value.to_numpy() <= (levels["high"] + place).to_numpy()).all()
    growth = reported().facts[(reported().facts["kind"] == "growth")]
    for row in growth.itertuples():
        now, before = (true[(row.district, int(row.period_end) - lag, row.indicator)] for lag in (0, 1))
        assert abs(row.value - 100 * (now - before) / before) <= row.resolution / 2 + 1e-9


@pytest.mark.slow
def test_the_audit_finds_nothing_wrong_where_nothing_is():
    findings = yr.audit_facts(reported().facts, yr.load_identities())
    assert set(findings["verdict"]) <= {"holds", "undetermined"}
    assert {"growth", "growth_between", "share", "sum", "part"} <= set(findings["relation"])


@pytest.mark.slow
def test_errors_are_planted_as_asked_and_listed():
    _, facts, planted = yr.simulate_reports(reported().levels, seed=5, errors=1.0)
    assert set(planted["error"]) == set(ERRORS)
    printed = facts.set_index("fact_id").loc[planted["fact_id"]].reset_index()
    assert (printed["value"] == planted["printed_value"]).all()
    assert all(p in t for p, t in zip(planted["printed"], printed["token"], strict=True))
    other = planted["error"] != "percent_for_points"
    assert (planted["right_value"] != planted["printed_value"])[other].all()
    assert (planted["printed"] != planted["right"]).all()
    lost = planted[planted["error"] == "lost_wan"]
    assert (lost["right_value"] / lost["printed_value"]).tolist() == pytest.approx([1e4] * len(lost))
    cut = planted[planted["error"] == "truncated"]
    places = facts.set_index("fact_id").loc[cut["fact_id"], "resolution"].to_numpy()
    assert (cut["right_value"] - cut["printed_value"]).abs().to_numpy() == pytest.approx(places)
    one = yr.simulate_reports(reported().levels, seed=5, errors={"transposed": 0.5})[2]
    assert set(one["error"]) == {"transposed"}
    assert all(sorted(r) == sorted(p) for r, p in zip(one["right"], one["printed"], strict=True))
    with pytest.raises(yr.DataError, match=r"not \['typo'\]"):
        yr.simulate_reports(reported().levels, seed=5, errors={"typo": 1})


@pytest.mark.slow
def test_the_audit_sees_a_wrong_base():
    """A rate taken over the level after stands beside level and change, so the audit must see it.

    Unless it is within a last place of the right one: then it may be the right one cut off.
    """
    _, facts, planted = yr.simulate_reports(reported().levels, seed=5, vague=0.0, errors={"wrong_base": 1.0})
    changed = facts[facts["kind"] == "change"].set_index(["source_id", "indicator"]).index
    wrong = planted.merge(facts, on="fact_id", suffixes=("", "_fact")).set_index(["source_id", "indicator"])
    off = (wrong["right_value"] - wrong["printed_value"]).abs() > 1.5 * wrong["resolution"]
    visible = wrong[off & wrong.index.isin(changed)]
    findings = yr.audit_facts(facts)
    findings = findings[findings["verdict"].isin(["conflict", "infeasible"])]
    blamed = {f for ids in findings["fact_ids"] for f in ids.split()}
    assert len(visible) > 50 and set(visible["fact_id"]) <= blamed


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({"period": [1, 2]}, "years, quarters or months"),
        ({"value": [1.5, 2]}, "whole and not negative"),
        ({"indicator": "population"}, "No indicator of the panel"),
    ],
)
def test_tables_that_cannot_be_reported(table, message):
    plain = {"district": "a", "period": [2019, 2020], "indicator": "orgs", "value": [682.0, 1100.0]}
    with pytest.raises(yr.DataError, match=message):
        yr.simulate_reports(pd.DataFrame(plain | table), seed=1)


# The way back: reports -> facts -> panel


def missed(panel, stated):
    """Return stated cells that the panel lacks, and cells whose interval leaves out the truth."""
    both = stated.merge(panel, on=CELL, how="left", suffixes=("", "_panel"))
    lost = both["value_panel"].isna()
    noise = 1e-9 * both["value"]
    wrong = ~lost & ((both["low"] > both["value"] + noise) | (both["value"] > both["high"] + noise))
    return both[lost], both[wrong]


def stated_cells(facts, levels):
    """Return the true value of each cell that a report states as a level of the year."""
    stated = facts[(facts["kind"] == "level") & (facts["status"] == "achieved")]
    cells = stated[["district", "period_end", "indicator"]].drop_duplicates()
    cells = cells.assign(period=cells["period_end"].astype(int))
    return cells.merge(levels[[*CELL, "value"]], on=CELL)[[*CELL, "value"]]


@pytest.mark.slow
def test_coded_facts_lead_back_to_the_truth():
    panel = yr.build_panel(reported().facts)
    lost, wrong = missed(panel, stated_cells(reported().facts, reported().levels))
    assert len(wrong) == 0 and len(lost) == 0
    assert (panel["processing"] == "simulated").all()


@pytest.mark.slow
@pytest.mark.parametrize("districts", sweep(1, slow=[30]))
def test_extracted_facts_lead_back_to_the_truth(districts):
    """Every cell that a report states comes back from its text, and holds the truth."""
    made = reported(max(districts, 20))
    documents = made.documents[
        made.documents["district"].isin(made.documents["district"].unique()[:districts])
    ]
    place = documents.set_index("source_id")["district"]
    texts = documents[["source_id", "text"]].to_numpy()
    drafts = pd.concat([yr.extract_facts(text, source_id=s) for s, text in texts], ignore_index=True)
    drafts = drafts.assign(district=drafts["source_id"].map(place))
    drafts.attrs["simulated"] = True
    panel = yr.build_panel(drafts)
    assert (panel["processing"] == "simulated").all()
    cells = stated_cells(made.facts[made.facts["source_id"].isin(place.index)], made.levels)
    lost, wrong = missed(panel, cells)
    assert len(cells) > 15 * districts
    assert wrong.to_dict("records") == [] and lost.to_dict("records") == []


@pytest.mark.slow
def test_the_audit_keeps_visible_errors_out_of_the_panel():
    """A level ten times too large beside its change, its growth rate or its parts is seen and refused.

    One that stands alone, or beside a growth rate only, can be seen by nobody who has that report alone.
    """
    levels = reported(30).levels
    _, facts, planted = yr.simulate_reports(levels, seed=9, vague=0.0, errors={"shifted": 0.3})
    relation = planted.set_index("fact_id")["relation"]
    left = {}
    for name, findings in (("unseen", None), ("seen", yr.audit_facts(facts, yr.load_identities()))):
        _, wrong = missed(yr.build_panel(facts, findings=findings), stated_cells(facts, levels))
        ids = [f for ids in wrong["fact_ids"] for f in ids.split()]
        left[name] = set(relation.reindex(ids).dropna())
    assert left["unseen"] >= {"growth", "share", "sum"}
    assert not left["seen"] & {"growth", "share", "sum"}


@pytest.mark.slow
def test_the_national_scale_works_too():
    """2,844 districts, two years: the way back is the same."""
    panel, _ = yr.simulate_panel(seed=4, start=2018, periods=2, districts=2844, waves={2019: 18})
    documents, facts, _ = yr.simulate_reports(panel, seed=4)
    assert len(documents) == 2 * 2844
    built = yr.build_panel(facts).merge(panel, on=CELL, suffixes=("", "_true"))
    noise = 1e-9 * built["value_true"]
    assert len(built) > 10_000
    assert (
        (built["low"] <= built["value_true"] + noise) & (built["value_true"] <= built["high"] + noise)
    ).all()


def test_a_true_path_is_of_the_truth_and_one_of_its_indicators():
    with pytest.raises(yr.DataError, match="outcome='orgz' is not known; choose one of 'cadres'"):
        yr.true_path(drawn().truth, outcome="orgz")
    with pytest.raises(yr.DataError, match=r"The truth lacks the columns \['effect'\]"):
        yr.true_path(drawn().panel, outcome="orgs")
    for options in ({"errors": 2.0}, {"errors": {"decimal": -1}}, {"vague": 30}):
        with pytest.raises(yr.DataError, match="must be a number, at least 0 and at most 1"):
            yr.simulate_reports(drawn().panel, seed=1, **options)


def test_weights_and_strata_of_what_was_made_up_say_so():
    """A Series has no column for it, so its name says it; scores have the level of the index."""
    table = yr.composite_table(drawn().small, [RATE, "members"])
    composites = [make(table) for make in (yr.entropy_index, yr.pca_index, yr.topsis)]
    series = [c.weights for c in composites] + [yr.entropy_weights(yr.normalise(table))]
    design = yr.estimate_design(drawn().small, outcome=RATE, rho=0.5)
    series += [yr.strata_by(drawn().small, by="province"), design.strata]
    assert all(map(is_simulated, series))
    assert all(s.to_frame().columns[0].count("simulated") == 1 for s in series)
    assert all("simulated" in c.scores.index.names for c in composites)

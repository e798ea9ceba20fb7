"""A plan is written and read back, refused once touched, and results are held against it item by item."""

import hashlib
import json
from dataclasses import replace

import pandas as pd
import pytest
from oracles import panel_of, random_table

import youthresearch as yr


def table_of(seed=1):
    """Fourteen districts, seven periods; some begin in 2004, some in 2006, the others never."""
    table = random_table(seed, districts=14, periods=7)
    number = table["district"].str[1:].astype(int)
    table["g"] = number.map(lambda k: 2004 if k < 3 else 2006 if k < 5 else 0)
    table["cohort"] = table["g"].astype("Int64").replace(0, pd.NA)
    table["side"] = number.mod(2).map({0: "east", 1: "west"})
    return table


TABLE = table_of()
PANEL = panel_of(TABLE)
SIDE = TABLE.drop_duplicates("district").set_index("district")["side"]
PLANNED = {
    "question": "Did x change y? 改变了吗？",
    "outcomes": ["y"],
    "estimator": yr.staggered_did,
    "strata": SIDE,
    "draws": 499,
    "seed": 7,
    "date": "2003-12-31",
    "control": "notyet",
}


def plan_of(panel=PANEL, **changes):
    return yr.study_plan(panel, **(PLANNED | changes))


def randomized(panel=PANEL, outcome="y", estimator=yr.staggered_did, **changes):
    options = {"strata": SIDE, "draws": 499, "seed": 7, "control": "notyet"} | changes
    return yr.randomization_test(estimator, panel, outcome=outcome, **options)


def deviations(plan, *results):
    """Items in which results differ from the plan."""
    table = yr.compare_with_plan(plan, list(results))
    return table.loc[~table["follows"], "item"].tolist()


def test_what_was_planned_is_followed():
    table = yr.compare_with_plan(plan_of(), [randomized()])
    assert table["follows"].all()
    items = ["outcome", "estimator", "options", "cohorts", "before", "test", "statistic", "strata", "level"]
    assert table["item"].tolist()[: len(items)] == items


@pytest.mark.slow
def test_a_plan_is_followed_where_the_first_wave_begins_between_two_periods():
    """Surveys of every second year, and pilots from one of the others on."""
    odd = PANEL[PANEL["period"] % 2 == 1]
    assert 2004 not in set(odd["period"])
    assert deviations(plan_of(odd), randomized(odd)) == []
    later = odd[odd["period"] != odd["period"].min()]
    assert "before" in deviations(plan_of(odd), randomized(later))
    late = odd[odd["period"] < 2004]
    assert "before" in deviations(plan_of(PANEL), randomized(late.assign(cohort=late["cohort"] - 1)))


@pytest.mark.slow
def test_the_plan_needs_nothing_from_after_treatment_began():
    early = PANEL[PANEL["period"] < 2004]
    late = PANEL.assign(value=PANEL["value"].where(PANEL["period"] < 2004, -1.0))
    assert plan_of(early) == plan_of() == plan_of(late)
    assert plan_of(early).sha256 == plan_of(late).sha256
    assert plan_of(early).first == "2004" and plan_of(early).cohorts["d04"] == "2006"


PLAN = plan_of()
MOVED = PANEL.assign(cohort=PANEL["cohort"].mask(PANEL["district"] == "d09", 2004))
OTHER = PANEL.assign(value=PANEL["value"].mask((PANEL["district"] == "d09") & (PANEL["period"] == 2002), 0.5))
LATER = PANEL.assign(value=PANEL["value"].mask(PANEL["period"] == 2006, 0.5))
SWAPPED = SIDE.rename({"d05": "d06", "d06": "d05"})  # as many in each stratum, treated and not


@pytest.mark.parametrize(
    "changes, items",
    [
        ({}, []),
        ({"base": "varying", "aggregate": "simple"}, []),  # the defaults, said
        ({"control": "never"}, ["options"]),
        ({"aggregate": "event"}, ["options"]),
        ({"estimator": yr.did, "control": None}, ["estimator", "options"]),
        ({"panel": MOVED}, ["cohorts"]),
        ({"panel": OTHER}, ["before"]),
        ({"panel": LATER}, []),
        ({"panel": PANEL[PANEL["district"] != "d13"]}, ["cohorts", "before"]),
        ({"statistic": "studentized"}, ["statistic"]),
        ({"strata": None}, ["strata"]),
        ({"strata": SWAPPED}, ["strata"]),
        ({"level": 0.9}, ["level"]),
    ],
)
def test_each_deviation_is_named(changes, items):
    changes = {k: v for k, v in changes.items() if not (k == "control" and v is None)}
    if changes.get("estimator") is yr.did:
        test = yr.randomization_test(yr.did, PANEL, outcome="y", strata=SIDE, draws=499, seed=7)
    else:
        test = randomized(**changes)
    assert [item for item in deviations(PLAN, test) if item not in ("draws", "seed")] == items


def test_draws_and_seed_count_where_assignments_are_drawn():
    """24 districts, 6 treated: more than 50,000 ways."""
    table = random_table(3, districts=24, periods=4)
    number = table["district"].str[1:].astype(int)
    table["cohort"] = number.map(lambda k: 2003 if k < 6 else 0).astype("Int64").replace(0, pd.NA)
    panel = panel_of(table)
    plan = yr.study_plan(panel, question="?", outcomes="y", draws=199, seed=1, date="2002-01-01")
    as_planned = yr.randomization_test(yr.did, panel, outcome="y", draws=199, seed=1)
    otherwise = yr.randomization_test(yr.did, panel, outcome="y", draws=299, seed=2)
    assert deviations(plan, as_planned) == []
    assert deviations(plan, otherwise) == ["draws", "seed"]


def test_outcomes_left_out_or_added_and_tests_not_made():
    plan = plan_of(outcomes=["y", "x"])
    assert deviations(plan, randomized()) == ["outcome"]
    table = yr.compare_with_plan(plan, [randomized()])
    assert table.iloc[-1][["outcome", "done"]].tolist() == ["x", "not reported"]
    assert pd.isna(table["result"].iloc[-1])
    assert deviations(plan_of(), randomized(), randomized(outcome="x")) == ["outcome"]
    effect = yr.staggered_did(PANEL, outcome="y", control="notyet")
    assert deviations(plan_of(), effect) == ["test"]


def test_the_last_cohort_may_stand_in_where_nobody_is_never_treated():
    panel = PANEL.assign(cohort=PANEL["cohort"].fillna(2007))
    plan = plan_of(panel, strata=None)
    test = randomized(panel, strata=None)
    assert deviations(plan, test) == []
    numbered = panel.assign(period=panel["period"] - 1997, cohort=panel["cohort"] - 1997)  # 7, 9 and 10
    assert deviations(plan_of(numbered, strata=None), randomized(numbered, strata=None)) == []


def test_saved_and_loaded_the_same(tmp_path):
    path = yr.save_plan(PLAN, tmp_path / "plan.txt")
    again = yr.read_plan(path)
    assert again == PLAN and again.sha256 == PLAN.sha256 and repr(again) == repr(PLAN)
    assert deviations(again, randomized()) == []
    other = yr.save_plan(again, tmp_path / "other.txt")
    assert other.read_bytes() == path.read_bytes()
    text = path.read_text(encoding="utf-8")
    assert "研究问题 · Question: Did x change y? 改变了吗？" in text and PLAN.sha256 in text
    with pytest.raises(yr.DataError, match="not written over"):
        yr.save_plan(PLAN, path)


def test_the_hash_is_that_of_the_canonical_text():
    """Anyone can make it again: sorted keys, no blanks, UTF-8, SHA-256."""
    content = {k: v for k, v in vars(PLAN).items() if k != "sha256"} | {
        "format": "youthresearch study plan 1"
    }
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert PLAN.sha256 == hashlib.sha256(text.encode()).hexdigest()
    assert replace(PLAN, seed=8).sha256 != PLAN.sha256


@pytest.mark.parametrize(
    "old, new, said",
    [
        ('"seed": 7', '"seed": 8', "its hash is"),
        ('"date": "2003-12-31"', '"date": "2003-01-31"', "its hash is"),
        ("Question: Did x change y?", "Question: Did x lower y?", "what it tells people"),
        ("\n{\n", "\nalso z\n{\n", "what it tells people"),
        ('"seed": 7,\n', "", "is no plan that save_plan wrote"),
        ('"level": 0.95', '"level": 0.95, "more": 1', "is no plan that save_plan wrote"),
        ("{", "", "is no plan that save_plan wrote"),
        ("study plan 1", "study plan 0", "is no plan that save_plan wrote"),
    ],
)
def test_touched_files_are_refused(old, new, said, tmp_path):
    path = yr.save_plan(PLAN, tmp_path / "plan.txt")
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(yr.DataError, match=said):
        yr.read_plan(path)


def test_detectable_effects_and_simulation_are_told():
    panel, _ = yr.simulate_panel(seed=1, districts=20, periods=12, waves={"2018Q4": 2})
    found = yr.minimum_detectable_effect(panel, outcome="orgs", seed=1, simulations=50)
    found_of_another_name = replace(found, design=replace(found.design, outcome="outcome"))
    early = panel[panel["period"] < "2018Q4"]
    plan = yr.study_plan(early, question="?", outcomes="orgs", seed=1, detectable=found, date="2018-09-30")
    assert (
        plan.detectable["orgs"]["effect"] == pytest.approx(found.effect, rel=1e-5) and plan.first == "2018Q4"
    )
    for others in ([found, found], found_of_another_name):
        with pytest.raises(yr.DataError, match="one for each of the outcomes"):
            yr.study_plan(early, question="?", outcomes="orgs", seed=1, detectable=others)
    assert "80% power" in repr(plan) and "simulated data" in repr(plan) and "<td>" in plan._repr_html_()
    assert yr.study_plan(early, question="?", outcomes="orgs", seed=1).date >= "2024"


@pytest.mark.parametrize(
    "changes, said",
    [
        ({"question": " "}, "needs a question"),
        ({"outcomes": []}, "at least one outcome"),
        ({"outcomes": ["z"]}, "no indicator 'z'"),
        ({"estimator": yr.synthetic_did}, "is none of"),
        ({"level": 1.5}, "level=1.5 must lie between 0 and 1"),
        ({"control": {1}}, "cannot be written down"),
        ({"contrl": "notyet"}, r"has no options \['contrl'\]"),
        ({"strata": SIDE.iloc[1:]}, "1 districts have no stratum"),
    ],
)
def test_plans_that_cannot_be(changes, said):
    with pytest.raises(yr.DataError, match=said):
        plan_of(**changes)


def test_refusals():
    with pytest.raises(yr.DataError, match="no period before"):
        plan_of(PANEL[PANEL["period"] >= 2004])
    with pytest.raises(yr.DataError, match="Result 1 is a DataFrame"):
        yr.compare_with_plan(PLAN, [PANEL])
    for alone in (randomized(), yr.did(PANEL, outcome="y")):
        pd.testing.assert_frame_equal(yr.compare_with_plan(PLAN, alone), yr.compare_with_plan(PLAN, [alone]))
    with pytest.raises(yr.DataError, match="detectable= holds a float: give what minimum_detectable_effect"):
        plan_of(detectable=0.5)


def test_files_and_days_that_are_none(tmp_path):
    (tmp_path / "picture.txt").write_bytes(bytes(range(256)))
    for name in ("missing.txt", "picture.txt", ""):
        with pytest.raises(yr.DataError, match="cannot be read as a plan"):
            yr.read_plan(tmp_path / name)
    with pytest.raises(yr.DataError, match="no folder"):
        yr.save_plan(plan_of(), tmp_path / "nowhere" / "plan.txt")
    with pytest.raises(yr.DataError, match="date='tomorrow' is no day: write 2019-09-01"):
        plan_of(date="tomorrow")
    assert plan_of(date=pd.Timestamp("2019-09-01")).date == "2019-09-01"


def in_quarters(panel):
    """Read the years as quarters of one after the other, from 2001Q1 on."""
    first = pd.Period("2001Q1", freq="Q-DEC")
    read = {year: first + year - 2001 for year in range(2001, 2008)}
    return panel.assign(
        period=panel["period"].map(read), cohort=pd.Series(panel["cohort"].map(read), dtype="period[Q-DEC]")
    )


def test_a_plan_in_years_is_not_followed_by_quarters_nor_the_other_way_round():
    years, dated = PANEL, in_quarters(PANEL)
    for planned, done in ((years, dated), (dated, years)):
        plan = yr.study_plan(planned, question="?", outcomes="y", estimator=yr.did)
        table = yr.compare_with_plan(plan, yr.did(done, outcome="y")).set_index("item")
        assert table.loc["before", "done"] == f"no period {plan.first}" and not table.loc["before", "follows"]

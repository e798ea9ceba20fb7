"""The panel: a researcher's own table, coded facts, cohorts from the register, coverage."""

import numpy as np
import pandas as pd
import pytest
from sweeps import sweep

import youthresearch as yr
from youthresearch import schema
from youthresearch.cohorts import UNLISTED
from youthresearch.schema import PANEL

KEY = ["district", "period", "indicator", "scope"]
OWN = pd.DataFrame(
    {
        "code": [440305, 440305, 331081, 331081],
        "year": [2018, 2019, 2018, 2019],
        "pilot": [2019, 2019, 0, 0],
        "orgs": [682.0, 1100.0, 500.0, np.nan],
        "province": ["44", "44", "33", "33"],
    }
)
READ = {"district": "code", "period": "year", "cohort": "pilot", "outcomes": "orgs"}


def as_panel(**changed):
    """Read OWN with some of its columns replaced."""
    return yr.as_panel(OWN.assign(**changed), **READ)


def facts(*rows):
    """Make coded facts: each row overrides a plain level, 100 organisations in Nanshan in 2019."""
    plain = {
        "source_id": "s1",
        "district": "440305",
        "scope": "",
        "indicator": "orgs",
        "kind": "level",
        "flow": "stock",
        "value": 100.0,
        "value_max": np.nan,
        "hedge": "exact",
        "resolution": 1.0,
        "unit": "个",
        "baseline": "",
        "period_start": "",
        "period_end": "2019",
        "status": "achieved",
        "part_of": "",
        "note": "",
    }
    table = pd.DataFrame([plain | {"fact_id": f"f{i}"} | row for i, row in enumerate(rows)])
    bounds = yr.hedge_interval(table["value"], table["hedge"], table["value_max"])
    return table.assign(low=bounds["low"], high=bounds["high"])


def reasons(panel):
    """Return why each fact was refused."""
    refused = yr.list_refused(panel)
    return dict(zip(refused["fact_ids"], refused["reason"], strict=True))


# A researcher's own table


def test_a_wide_table_becomes_a_sorted_panel_and_gaps_have_no_row():
    panel = yr.as_panel(OWN, **READ, keep=["province"])
    assert list(panel) == [*PANEL, "province"]
    assert panel[["district", "period", "value"]].to_numpy().tolist() == [
        ["331081", 2018, 500.0],
        ["440305", 2018, 682.0],
        ["440305", 2019, 1100.0],
    ]
    assert panel["cohort"].tolist() == [pd.NA, 2019, 2019]
    assert panel["cohort"].dtype == "Int64" and panel["period"].dtype == "int64"
    assert (panel["low"] == panel["value"]).all() and (panel["high"] == panel["value"]).all()
    assert panel["processing"].eq("stated").all() and panel[["scope", "fact_ids"]].eq("").all(axis=None)


def test_whole_numbers_beside_fractions_are_numbers():
    panel = as_panel(orgs=pd.Series([682, 1100.5, None, 480], dtype=object))
    assert panel["value"].tolist() == [480, 682, 1100.5]


@pytest.mark.slow
def test_a_table_without_cohorts_gets_them_from_a_register():
    table, read = OWN.drop(columns="pilot"), {k: v for k, v in READ.items() if k != "cohort"}
    bare = yr.as_panel(table, **read)
    register = pd.DataFrame({"wave": ["own"], "district": "440305", "announced": "2019-10"})
    panel = yr.assign_cohorts(bare, register, unlisted="never")
    pd.testing.assert_frame_equal(panel, yr.as_panel(OWN, **READ))
    with pytest.raises(yr.DataError, match="give it cohorts with assign_cohorts"):
        yr.did(bare, outcome="orgs")


@pytest.mark.slow
def test_long_and_wide_give_the_same_panel():
    wide = OWN.assign(members=[20.0, 21.0, 22.0, 23.0])
    long = wide.melt(
        id_vars=["code", "year", "pilot"],
        value_vars=["orgs", "members"],
        var_name="what",
        value_name="number",
    ).sample(frac=1, random_state=0)
    one = yr.as_panel(wide, **READ | {"outcomes": ["orgs", "members"]})
    other = yr.as_panel(long, **READ | {"outcomes": "number"}, indicator="what")
    pd.testing.assert_frame_equal(one, other)


@pytest.mark.slow
@pytest.mark.parametrize("never", [0, np.inf, np.nan, None])
def test_never_treated_is_missing_zero_or_infinite(never):
    cohort = pd.Series([2019, 2019, never, never], dtype=float)
    assert as_panel(pilot=cohort)["cohort"].isna().tolist() == [True, False, False]


QUARTERS = pd.PeriodIndex(["2018Q1", "2018Q2"] * 2, freq="Q-DEC")


@pytest.mark.parametrize(
    ("periods", "cohorts", "kind", "treated"),
    [
        (["2018", "2019"] * 2, ["2019", "2019", "", ""], "int64", 2019),
        (["2018-06-30", "2019-06-30"] * 2, ["2019-03-01"] * 2 + [None] * 2, "int64", 2019),
        (
            ["2018-03-31", "2018-06-30"] * 2,
            ["2018-05-04"] * 2 + [""] * 2,
            "period[Q-DEC]",
            pd.Period("2018Q2"),
        ),
        (["2018Q1", "2018Q2"] * 2, ["2018Q2"] * 2 + [""] * 2, "period[Q-DEC]", pd.Period("2018Q2")),
        (["2018-01", "2018-02"] * 2, ["2018-02"] * 2 + [""] * 2, "period[M]", pd.Period("2018-02")),
        (
            QUARTERS,
            pd.PeriodIndex(["2018-05"] * 2 + [None] * 2, freq="M"),
            "period[Q-DEC]",
            pd.Period("2018Q2"),
        ),
        (pd.PeriodIndex(["2018", "2019"] * 2, freq="Y"), [2019, 2019, 0, 0], "int64", 2019),
        ([1, 2] * 2, [2, 2, 0, 0], "int64", 2),
        (
            pd.Series([2018.0, 2019] * 2, dtype=object),
            pd.Series([2019.0, 2019, None, 0], dtype=object),
            "int64",
            2019,
        ),
    ],
)
def test_periods_and_cohorts_are_read_as_one_kind(periods, cohorts, kind, treated):
    panel = as_panel(year=periods, pilot=cohorts)
    assert panel["period"].dtype == kind
    assert panel["cohort"].tolist()[1:] == [treated, treated] and pd.isna(panel["cohort"][0])


@pytest.mark.slow
def test_event_time_is_a_difference_of_whole_numbers():
    panel = as_panel(year=["2018-03-31", "2018-06-30"] * 2, pilot=["2018-05-04"] * 2 + [""] * 2)
    treated = panel[panel["cohort"].notna()]
    assert (treated["period"].astype("int64") - treated["cohort"].astype("int64")).tolist() == [-1, 0]


def test_dates_a_month_apart_are_months():
    panel = as_panel(
        year=pd.to_datetime(["2018-01-31", "2018-02-28"] * 2), pilot=["2018-02-01"] * 2 + [""] * 2
    )
    assert panel["period"].dtype == "period[M]"


@pytest.mark.slow
def test_bounds_come_along_and_may_be_open():
    table = OWN.assign(lo=[680.0, 1100, np.nan, np.nan], hi=[690.0, np.inf, np.nan, np.nan])
    panel = yr.as_panel(table, **READ, low="lo", high="hi")
    assert panel[["low", "high"]].to_numpy().tolist() == [[500, 500], [680, 690], [1100, np.inf]]


WRONG = [
    ({"pilot": [2019, 2018, 0, 0]}, r"1 districts have several first treated periods \(440305\)[\s\S]*2018"),
    ({"pilot": [2019, np.nan, 0, 0]}, "several first treated periods"),
    ({"year": [2018, 2018, 2018, 2019]}, r"2 rows share district, period, indicator and scope[\s\S]*682"),
    ({"pilot": [2018, 2018, 0, 0]}, r"treated from the panel's first period \(2018\)[\s\S]*leave them out"),
    ({"pilot": [2016, 2016, 0, 0]}, r"treated from the panel's first period[\s\S]*2016"),
    ({"year": [2018, np.nan, 2018, 2019]}, "no period in these rows"),
    ({"year": [2018.5, 2019, 2018, 2019]}, "must hold whole numbers"),
    ({"year": ["2018", "2019Q1"] * 2}, "mixes years, quarters, months or dates"),
    ({"year": ["spring", "2019"] * 2}, r"no period: write 2019, 2019Q3[\s\S]*spring"),
    ({"year": ["2018-01-05", "2018-01-09"] * 2}, "several dates in one period"),
    ({"year": ["2018Q1", "2018Q2"] * 2, "pilot": ["2018"] * 4}, "coarser than the periods"),
    ({"year": ["2018Q1", "2018Q2"] * 2, "pilot": [2018] * 4}, "whole numbers, but the periods are period"),
    ({"year": [-1, 0] * 2, "pilot": [0] * 4}, "can be the period 0 or never treated"),
    ({"year": pd.period_range("2018-01-01", periods=4, freq="D")}, "years, quarters or months"),
    ({"year": [20182, 20191] * 2}, r"as so many periods: write them as text, such as 2018Q3[\s\S]*20182"),
    ({"year": [201812, 201901] * 2}, "such as 2018-07"),
    ({"year": [20181231, 20190101] * 2}, "such as 2018-07-15"),
    ({"year": [43100, 43465] * 2, "pilot": 0}, r"days counted as a spreadsheet counts them[\s\S]*43100"),
    ({"year": ["2018H1", "2018H2"] * 2}, r"count half-years[\s\S]*2018H1"),
    ({"pilot": [201910, 201910, 0, 0]}, r"no years, as the periods are[\s\S]*201910"),
    ({"orgs": ["682", "1100", "500", ""]}, "must be numeric"),
    ({"orgs": [682, "1,100", 500, 480]}, r"must be numeric(?![\s\S]*682)[\s\S]*1,100"),
    ({"orgs": [np.inf, 1, 2, 3]}, "finite value inside its bounds"),
    ({"code": [440305, 440305, np.nan, 331081]}, "no value in these rows: fill it in"),
    ({"code": ["440305", "440305", "", "331081"]}, "no value in these rows: fill it in"),
    ({"code": ["440305", "440305 ", "331081", "331081"]}, "blanks around a value"),
    ({"orgs": [np.nan] * 4}, "no value in any row"),
    ({"pilot": [True, True, False, False]}, "who is treated, not from when on"),
    ({"pilot": [1, 1, 0, 0]}, r"looks like a mark of who is treated[\s\S]*2018 to 2019"),
    ({"code": [1.5, 1.5, 2, 2]}, "fractions, so it is no column of codes"),
]


@pytest.mark.parametrize(("changed", "message"), WRONG)
def test_a_table_that_is_no_panel_is_refused_with_its_rows(changed, message):
    with pytest.raises(yr.DataError, match=message):
        as_panel(**changed)


@pytest.mark.parametrize(
    ("codes", "shown"),
    [
        (["01001", "1001"], "1001"),
        (["440305", "440305.0"], "440305"),
        (["440305", "440305000000"], "440305"),
        (["370181", "370114"], "370114"),  # a county that became a district in 2016
        (["章丘市", "章丘区"], "370114"),
    ],
)
def test_a_place_under_two_names_is_no_two_districts(codes, shown):
    with pytest.raises(yr.DataError, match="2 names in the column of districts are of 1 places") as error:
        as_panel(code=[*codes, "331081", "331081"], pilot=[0] * 4)
    assert sorted(error.value.rows.to_numpy().tolist()) == sorted([code, shown] for code in codes)


NAMED = pd.DataFrame(  # 鼓楼区 is in Nanjing, Xuzhou, Kaifeng and Fuzhou (GB/T 2260)
    {
        "name": ["鼓楼区", "鼓楼区", "鼓楼区", "温岭市", "温岭市", "温岭市"],
        "year": [2018, 2019, 2020] * 2,
        "orgs": [1.0, 2, 3, 4, 5, 7],
    }
)


@pytest.mark.parametrize(
    ("column", "told", "places"),
    [
        ("city", ["南京市", "南京市", "徐州市", "台州市", "台州市", "台州市"], ["南京市", "徐州市"]),
        ("province", ["江苏", "江苏", "福建", "浙江", "浙江", "浙江"], ["江苏", "福建"]),
        ("code", [320106, 320106, 320302, 331081, 331081, 331081], [320106, 320302]),
    ],
)
def test_two_places_of_one_name_are_no_district(column, told, places):
    table = NAMED.assign(**{column: told})
    for more in ({}, {"keep": column}):
        with pytest.raises(yr.DataError, match=f"1 names are of several places by '{column}'") as error:
            yr.as_panel(table, district="name", period="year", outcomes="orgs", **more)
        assert error.value.rows[["name", column]].to_numpy().tolist() == [["鼓楼区", p] for p in places]


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("鼓楼区", {}),
        ("鼓楼区", {"city": ["南京市", "南京", "南京市", "台州市", "台州市", "台州市"]}),
        ("简阳市", {"city": ["资阳市", "成都市", "成都市", "台州市", "台州市", "台州市"]}),  # from 2016
        ("鼓楼区", {"note": ["徐州市", "某处", "南京市", "", "", ""]}),
    ],
)
def test_a_name_is_one_district_where_nothing_says_otherwise(name, told):
    table = NAMED.replace({"name": {"鼓楼区": name}}).assign(**told)
    panel = yr.as_panel(table, district="name", period="year", outcomes="orgs")
    assert panel["district"].unique().tolist() == ["温岭市", name]


def test_a_fact_of_a_name_that_several_places_have_is_refused():
    with pytest.raises(yr.DataError, match=r"resolve_district\('鼓楼'\)") as error:
        yr.build_panel(facts({"district": "鼓楼"}, {"district": "440305"}))
    assert error.value.rows["district"].tolist() == ["鼓楼"]


def test_a_code_is_of_another_place_where_it_is_another_number():
    assert as_panel(code=["101", "101", "1010", "1010"])["district"].nunique() == 2


@pytest.mark.parametrize("whole", ["440000", "440300", "CN"])
def test_a_province_is_no_district_beside_its_counties(whole):
    table = pd.concat([OWN, OWN[:2].assign(code=whole, pilot=0)])
    with pytest.raises(yr.DataError, match="leave out the rows of one level") as error:
        yr.as_panel(table, **READ)
    assert error.value.rows["district"].tolist() == [whole]


def test_a_word_among_codes_is_no_district():
    with pytest.raises(yr.DataError, match=r"'合计'\] stand among codes of districts"):
        as_panel(code=["440305", "440305", "合计", "合计"])
    assert as_panel(code=["440305", "440305", "X-港区", "X-港区"])["district"].nunique() == 2


def test_a_row_of_totals_is_no_district():
    years = [[3.0, 5, 9, 17], [4, 5, 9.5, 18.5], [5, 6, 9, 20]]
    table = pd.DataFrame(years, columns=list("abcd"), index=pd.Index([2018, 2019, 2020], name="year"))
    table = table.melt(var_name="code", value_name="orgs", ignore_index=False).reset_index().assign(pilot=0)
    with pytest.raises(yr.DataError, match="the sum of all other districts") as error:
        yr.as_panel(table, **READ)
    assert error.value.rows.to_numpy().tolist() == [["d", "orgs"]]
    one_year_off = table.assign(orgs=table["orgs"].replace(20.0, 21.0))
    assert yr.as_panel(one_year_off, **READ)["district"].nunique() == 4
    steady = table.assign(orgs=table["code"].map({"a": 0.0, "b": 1.0, "c": 2.0, "d": 3.0}))
    assert yr.as_panel(steady, **READ)["district"].nunique() == 4  # small counts add up by chance


@pytest.mark.slow
def test_whole_numbers_that_are_no_dates_count_periods():
    """The last digit of a quarter is 1 to 4, and a month is 1 to 12."""
    for years in ([20185, 20186] * 2, [201813, 201814] * 2, [1, 2] * 2):
        assert as_panel(year=years, pilot=[0] * 4)["period"].dtype == "int64"


def test_other_mistakes_in_the_call():
    table = OWN.assign(lo=1.0, hi=2.0, size=[1, 2, 3, 3])
    for changed, message in (
        ({"outcomes": ["orgs", "members"]}, r"no column \['members'\]; it has"),
        ({"low": "lo"}, "give both bounds of each"),
        ({"low": "lo", "high": "hi"}, "low <= value <= high"),
        ({"keep": ["size"]}, "several values of 'size'"),
        ({"outcomes": []}, "No outcomes"),
        ({"outcomes": ["orgs", "size"], "indicator": "province"}, "one column of values"),
    ):
        with pytest.raises(yr.DataError, match=message):
            yr.as_panel(table, **READ | changed)


# Coded facts


@pytest.mark.slow
def test_a_level_is_a_cell_with_its_evidence():
    panel = yr.build_panel(facts({"value": 200.0, "hedge": "odd"}))
    row = panel.iloc[0]
    assert [
        row[c] for c in ("district", "period", "indicator", "low", "high", "value", "fact_ids", "processing")
    ] == [*("440305", 2019, "orgs", 200, 300, 200, "f0", "stated")]
    assert "cohort" not in panel


@pytest.mark.slow
def test_an_exact_figure_is_as_wide_as_its_last_printed_place():
    panel = yr.build_panel(
        facts(
            {"value": 266000.0, "resolution": 1000.0, "indicator": "members", "unit": "人"},
            {"value": 57.2, "resolution": 0.1, "indicator": "orgs_coverage", "unit": "%", "kind": "share"},
            {"value": 100.0},
        )
    ).set_index("indicator")
    assert panel.loc["members", ["low", "high"]].tolist() == [265500, 266500]
    assert panel.loc["orgs_coverage", ["low", "high"]].tolist() == pytest.approx([57.15, 57.25])
    assert panel.loc["orgs", ["low", "high"]].tolist() == [100, 100]


def test_cap_closes_what_the_wording_leaves_open():
    row = {"value": 200.0, "hedge": "over"}
    assert yr.build_panel(facts(row))["high"].tolist() == [np.inf]
    assert yr.build_panel(facts(row), cap="next_unit")["high"].tolist() == [300]


@pytest.mark.slow
def test_cap_closes_the_level_before_too():
    """Over 1100, which is 418 more than a year before: 682 to 782 then, if 1100 to 1200 now."""
    change = {"value": 418.0, "kind": "change", "baseline": "previous_year"}
    told = facts({"value": 1100.0, "hedge": "over"}, change)
    for cap, highs in ((None, [np.inf, np.inf]), ("next_unit", [782, 1200])):
        panel = yr.build_panel(told, cap=cap)
        assert panel["low"].tolist() == [682, 1100] and panel["high"].tolist() == highs


REFUSED = [
    ({"status": "planned"}, "planned, not achieved"),
    ({"status": "masked", "hedge": "masked", "value": np.nan, "resolution": np.nan}, "masked"),
    ({"district": ""}, "no district"),
    ({"indicator": ""}, "no indicator"),
    ({"indicator": "own"}, "no indicator of the code book: one of your own needs indicators="),
    ({"indicator": "orgs_other"}, "collects different things"),
    ({"scope": "社会领域"}, "a part of the district"),
    ({"kind": "rank"}, "a rank"),
    ({"flow": "flow"}, "flow in the row, stock in the code book (on a day): correct flow, or take"),
    ({"flow": "cumulative"}, "cumulative in the row, stock in the code book"),
    ({"flow": "stock", "indicator": "orgs_new"}, "stock in the row, flow in the code book (over a period)"),
    ({"flow": "cumulative", "indicator": "orgs_new"}, "take the figure of one period"),
    ({"kind": "share", "unit": "%"}, "a share of another figure"),
    ({"kind": "mean"}, "a mean, not a total"),
    ({"unit": "小时"}, "the unit does not fit"),
    ({"note": "each"}, "a figure for each"),
    ({"baseline": "previous_year"}, "now, or then"),
    ({"period_end": ""}, "no date"),
    ({"kind": "change"}, "a change, not a level"),
    ({"kind": "growth", "unit": "%"}, "a growth rate"),
]


def test_what_is_no_cell_is_refused_with_the_reason():
    panel = yr.build_panel(facts({"indicator": "members", "unit": "人"}, *(row for row, _ in REFUSED)))
    assert panel["indicator"].tolist() == ["members"]
    found = reasons(panel)
    for i, (_, reason) in enumerate(REFUSED, start=1):
        assert reason in found[f"f{i}"]
    assert yr.coverage(panel)["refused"].tolist() == [0]


def test_a_scope_clash_is_not_merged():
    clash = facts({"value": 1100.0, "scope": "社会领域"}, {"value": 3000.0})
    whole = yr.build_panel(clash)
    assert whole["value"].tolist() == [3000]
    assert reasons(whole) == {"f0": "a part of the district (scope), not asked for"}
    both = yr.build_panel(clash, scope="all")
    assert both["scope"].tolist() == ["", "社会领域"] and both["value"].tolist() == [3000, 1100]
    assert yr.build_panel(clash, scope="社会领域")["value"].tolist() == [1100]
    with pytest.raises(yr.DataError, match="several scopes"):
        yr.composite_table(both, ["orgs"])


@pytest.mark.slow
def test_mixed_flow_and_stock_are_not_one_series():
    mixed = facts(
        {"indicator": "volunteers_registered", "unit": "人", "period_end": "2018"},
        {"indicator": "volunteers_registered", "unit": "人", "flow": "flow", "period_start": "2019"},
    )
    panel = yr.build_panel(mixed)
    assert panel["period"].tolist() == [2018]
    assert reasons(panel)["f1"].startswith("flow in the row, stock in the code book")


FLOWS = {  # first and last day stated, and whether a flow between them is one of the period
    "year": {
        ("2019", "2019"): True,
        ("2019-01", "2019-12"): True,
        ("2019-01-01", "2019-12-31"): True,
        ("", "2019"): True,
        ("2019-01", "2019-06"): False,
        ("2018", "2019"): False,
        ("", "2019-06"): False,
    },
    "quarter": {("2019-04", "2019-06"): True, ("2019-04", "2019-05"): False},
    "month": {("2019-02", "2019-02"): True},
}


@pytest.mark.slow
@pytest.mark.parametrize("frequency", sweep("year", slow=["quarter", "month"]))
def test_a_flow_must_cover_its_period(frequency):
    """Each in a county of its own."""
    counties = ["440305", "440306", "440307", "440308", "440309", "440310", "440311"]
    flow = {"indicator": "members_new", "unit": "人", "flow": "flow"}
    dates = zip(counties, FLOWS[frequency], strict=False)
    rows = [flow | {"district": d, "period_start": start, "period_end": end} for d, (start, end) in dates]
    panel = yr.build_panel(facts(*rows), frequency=frequency)
    fits = list(FLOWS[frequency].values())
    assert [f"f{i}" in panel["fact_ids"].tolist() for i in range(len(fits))] == fits
    reason = f"a flow over another time than one {frequency}"
    assert reasons(panel) == {f"f{i}": reason for i, good in enumerate(fits) if not good}


@pytest.mark.slow
def test_a_date_must_be_as_precise_as_the_panel():
    rows = facts({"period_end": "2019"}, {"period_end": "2019-08", "indicator": "members", "unit": "人"})
    panel = yr.build_panel(rows, frequency="quarter")
    assert panel["period"].tolist() == [pd.Period("2019Q3")]
    assert reasons(panel) == {"f0": "a date less precise than a quarter"}
    with pytest.raises(yr.DataError, match="frequency='week'"):
        yr.build_panel(rows, frequency="week")


@pytest.mark.slow
def test_figures_that_agree_give_the_narrowest():
    panel = yr.build_panel(
        facts({"value": 200.0, "hedge": "odd"}, {"value": 230.0, "source_id": "s2"}, {"value": 230.0})
    )
    assert panel[["low", "high", "fact_ids"]].to_numpy().tolist() == [[230, 230, "f1"]]
    listed = pd.DataFrame(panel.attrs["duplicates"])
    assert (
        listed["fact_ids"].tolist() == ["f0", "f2"]
        and (listed["chosen"] == "f1").all()
        and listed["agrees"].all()
    )


@pytest.mark.slow
def test_of_figures_that_contradict_each_other_the_better_class_wins_or_none():
    rows = facts({"value": 416.7, "resolution": 0.1}, {"value": 7417.0, "source_id": "s2"})
    sources = pd.DataFrame({"source_id": ["s1", "s2"], "class": ["translation", "bulletin"]})
    panel = yr.build_panel(rows, sources=sources)
    assert panel["value"].tolist() == [7417]
    assert panel.attrs["duplicates"]["agrees"] == [False]
    assert reasons(yr.build_panel(rows)) == dict.fromkeys(["f0", "f1"], "sources state figures that differ")
    one = facts({"value": 10.0}, {"value": 70.0})
    assert reasons(yr.build_panel(one)) == dict.fromkeys(
        ["f0", "f1"], "one source states figures that differ"
    )


@pytest.mark.slow
def test_the_last_date_of_a_period_counts():
    panel = yr.build_panel(
        facts({"value": 90.0, "period_end": "2019-03"}, {"value": 95.0, "period_end": "2019-11"})
    )
    assert panel["value"].tolist() == [95]
    assert panel.attrs["duplicates"]["agrees"] == [False]


@pytest.mark.slow
def test_a_part_is_no_second_figure_for_its_whole():
    panel = yr.build_panel(facts({"value": 300.0}, {"value": 20.0, "part_of": "f0"}))
    assert panel["value"].tolist() == [300]
    assert reasons(panel) == {"f1": "a part under the indicator of its whole"}


@pytest.mark.slow
def test_a_change_gives_the_level_before_if_its_baseline_has_a_date():
    change = {"kind": "change", "value": 418.0}
    panel = yr.build_panel(facts({"value": 1100.0}, change | {"baseline": "previous_year"}))
    assert panel[["period", "value", "processing", "fact_ids"]].to_numpy().tolist() == [
        [2018, 682, "computed", "f0 f1"],
        [2019, 1100, "stated", "f0"],
    ]
    assert reasons(panel) == {}
    undated = yr.build_panel(facts({"value": 1100.0}, change | {"baseline": "before_pilot"}))
    assert undated["period"].tolist() == [2019]
    assert reasons(undated) == {"f1": "no date for the level before (before_pilot)"}


@pytest.mark.slow
def test_a_growth_rate_gives_the_level_before_too():
    """2209 cadres, 61.6% more: of the whole numbers only 1367 grows to 2209 by a rate that rounds to 61.6."""
    bases = [b for b in range(1, 2209) if 61.55 <= 100 * (2209 - b) / b < 61.65]
    growth = {"kind": "growth", "value": 61.6, "resolution": 0.1, "unit": "%", "baseline": "2017"}
    panel = yr.build_panel(facts({"value": 2209.0}, growth))
    assert panel.loc[panel["period"] == 2017, ["low", "high"]].to_numpy().tolist() == [
        [min(bases), max(bases)]
    ]


@pytest.mark.slow
def test_a_stated_level_comes_before_a_computed_one():
    panel = yr.build_panel(
        facts(
            {"value": 1100.0},
            {"kind": "change", "value": 418.0, "baseline": "previous_year"},
            {"value": 680.0, "hedge": "about", "period_end": "2018"},
        )
    )
    assert panel.loc[panel["period"] == 2018, "processing"].tolist() == ["stated"]


def test_figures_in_conflict_can_be_kept_out():
    rows = facts({"value": 1100.0}, {"value": 5.0, "indicator": "members", "unit": "人"})
    findings = pd.DataFrame({"verdict": ["conflict", "holds"], "fact_ids": ["f0 f9", "f1"]})
    panel = yr.build_panel(rows, findings=findings)
    assert panel["indicator"].tolist() == ["members"]
    assert reasons(panel) == {"f0": "in conflict with other figures of its source"}


@pytest.mark.slow
def test_a_district_renamed_in_2016_is_one_district():
    """章丘市 (370181) became 章丘区 (370114) in 2016; 奉化市 (330283) 奉化区 (330213)."""
    panel = yr.build_panel(
        facts(
            {"district": "370181", "period_end": "2015", "value": 90.0},
            {"district": "370114", "period_end": "2017", "value": 95.0},
        )
    )
    assert panel[["district", "period", "value"]].to_numpy().tolist() == [
        ["370114", 2015, 90],
        ["370114", 2017, 95],
    ]
    assert panel.attrs["renamed"] == {"district": ["370181"], "successor": ["370114"]}


def test_facts_that_cannot_be_used_at_all():
    with pytest.raises(yr.DataError, match=r"lack the columns \['hedge'\]"):
        yr.build_panel(facts({}).drop(columns="hedge"))
    with pytest.raises(yr.DataError, match="fact_id stands more than once"):
        yr.build_panel(pd.concat([facts({}), facts({})]))


@pytest.mark.slow
@pytest.mark.parametrize("none", [facts({"status": "planned"}), facts({}).head(0)])
def test_no_facts_give_an_empty_panel(none):
    panel = yr.build_panel(none)
    assert len(panel) == 0 and list(panel) == [c for c in PANEL if c != "cohort"]


@pytest.mark.slow
def test_the_panel_of_the_documents():
    coded = yr.load_facts()
    panel = yr.build_panel(coded, sources=yr.load_sources())
    assert not panel.duplicated(KEY).any()
    assert panel[KEY].equals(panel[KEY].sort_values(KEY, ignore_index=True))
    used = {f for ids in panel["fact_ids"] for f in ids.split()}
    lost = {f for ids in panel.attrs["duplicates"]["fact_ids"] for f in ids.split()}
    assert used | lost | set(yr.list_refused(panel)["fact_ids"]) == set(coded["fact_id"])
    nanshan = panel[(panel["district"] == "440305") & (panel["indicator"] == "orgs_social")]
    assert nanshan[["period", "value", "fact_ids"]].to_numpy().tolist() == [[2020, 1100, "nanshan-2021-005"]]
    members = panel[(panel["district"] == "CN") & (panel["indicator"] == "members")].set_index("period")
    assert members.loc[2004, "value"] == 71_880_000 and members.loc[2004, "processing"] == "computed"


# Cohorts


REGISTER = pd.DataFrame(
    {
        "wave": ["first", "first", "second", "second"],
        "district": ["440305", "CN", "331081", "331081"],
        "announced": [None, "2019-10", "2021-07", "2020-01"],
        "began": ["2019-11", None, "2021-09", None],
        "ended": [None, None, "2022-05", None],
    }
)
SMALL = yr.build_panel(
    facts(
        *(
            {"district": d, "period_end": str(y), "value": float(y)}
            for d in ("440305", "331081", "110106", "440300")
            for y in (2018, 2022)
        )
    )
)


def cohorts(**options):
    panel = yr.assign_cohorts(SMALL, REGISTER, **options)
    return panel.drop_duplicates("district").set_index("district")["cohort"].to_dict(), reasons_by_district(
        panel
    )


def reasons_by_district(panel):
    refused = yr.list_refused(panel)
    return dict(zip(refused["district"], refused["reason"], strict=True))


@pytest.mark.slow
def test_readings_of_the_register_give_different_cohorts():
    assert cohorts(reading="notice", treat_conflicts="earliest")[0] == {"440305": 2019, "331081": 2020}
    assert cohorts(reading="notice", treat_conflicts="latest")[0] == {"440305": 2019, "331081": 2021}
    assert cohorts(reading="start")[0] == {"440305": 2019, "331081": 2021}
    assert cohorts(reading="end")[0] == {"331081": 2022}


@pytest.mark.slow
def test_what_has_no_cohort_leaves_the_panel_and_is_listed():
    found, why = cohorts(reading="notice")
    assert found == {"440305": 2019}
    assert 'unlisted="never"' in why["110106"] and "add claims of your own" in why["110106"]
    assert why == {
        "331081": "the register's claims differ (notice)",
        "110106": UNLISTED,
        "440300": "no county: a wave is made of counties",
    }
    assert cohorts(reading="end")[1]["440305"] == "in the register, without a date (end)"


@pytest.mark.slow
def test_silence_of_the_register_is_never_treated_only_on_demand():
    assert "110106" not in cohorts()[0]
    found = cohorts(unlisted="never")[0]
    assert pd.isna(found["110106"])


def test_a_cohort_before_the_first_period_is_refused():
    late = SMALL[SMALL["period"] == 2022]
    panel = yr.assign_cohorts(late, REGISTER, reading="start")
    assert len(panel) == 0
    assert reasons_by_district(panel)["440305"] == "treated from the first period (2022) on"


@pytest.mark.parametrize(
    "year, way, reason",
    [
        ("2019", "refuse", ""),
        ("2018", "refuse", "the register's claims differ (start)"),
        ("2018", "earliest", "the register's date is too coarse (start)"),
        ("2018", "latest", ""),
        ("2020", "latest", "the register's date is too coarse (start)"),
        ("2020", "earliest", ""),
    ],
)
def test_a_year_beside_a_month_of_another_year_is_a_conflict(year, way, reason):
    """The month alone was taken, as if nobody had claimed another year."""
    monthly = yr.build_panel(facts({"period_end": "2017-01"}, {"period_end": "2022-01"}), frequency="month")
    claims = REGISTER[REGISTER["district"] == "440305"].iloc[[0, 0]].assign(began=["2019-07", year])
    panel = yr.assign_cohorts(monthly, claims, reading="start", treat_conflicts=way)
    assert reasons_by_district(panel).get("440305", "") == reason
    assert [str(c) for c in panel["cohort"].unique()] == ([] if reason else ["2019-07"])


@pytest.mark.slow
def test_a_year_is_too_coarse_for_months():
    monthly = yr.build_panel(facts({"period_end": "2018-01"}, {"period_end": "2022-01"}), frequency="month")
    panel = yr.assign_cohorts(monthly, REGISTER.assign(began="2019"), reading="start")
    assert reasons_by_district(panel)["440305"] == "the register's date is too coarse (start)"
    assert yr.assign_cohorts(monthly, REGISTER, reading="start")["cohort"].dtype == "period[M]"


def test_unknown_options_are_refused():
    for options in ({"reading": "rumour"}, {"treat_conflicts": "vote"}, {"unlisted": "always"}):
        with pytest.raises(yr.DataError, match="is not known; choose one of"):
            yr.assign_cohorts(SMALL, REGISTER, **options)
    with pytest.raises(yr.DataError, match="lacks the columns"):
        yr.assign_cohorts(SMALL.drop(columns="scope"), REGISTER)


@pytest.mark.parametrize(
    ("place", "hint"),
    [("玉环市", "331083"), ("331803", ""), ("331083.0", ""), ("331083000000", ""), ("鼓楼区", "")],
)
def test_a_claim_about_a_place_that_nobody_knows_is_refused(place, hint):
    """Passed over, it would make a control of a pilot. A name that several places have is no hint."""
    claim = pd.DataFrame([{"wave": "own", "district": place, "announced": "2020"}])
    with pytest.raises(yr.DataError, match="neither in the panel nor in the table of divisions") as error:
        yr.assign_cohorts(SMALL, pd.concat([REGISTER, claim]), unlisted="never")
    assert error.value.rows[["district", "code"]].to_numpy().tolist() == [[place, hint]]


def test_places_of_a_register_may_be_ones_own_where_those_of_the_panel_are():
    own = SMALL.assign(district=SMALL["district"].map(lambda code: f"zone {code}"))
    claims = pd.DataFrame({"wave": "own", "district": ["zone 440305", "zone elsewhere"], "announced": "2020"})
    panel = yr.assign_cohorts(own, claims, unlisted="never")
    assert panel.drop_duplicates("district")["cohort"].notna().sum() == 1
    with pytest.raises(
        yr.DataError, match=r"No place that the register claims is in the panel[\s\S]*zone 440305"
    ):
        yr.assign_cohorts(own, claims.assign(district="440305"), unlisted="never")


@pytest.mark.parametrize(("panel", "claim"), [("370181", "370114"), ("370114", "370181")])
def test_a_claim_finds_its_place_under_the_other_of_two_codes(panel, claim):
    """章丘市 (370181) became 章丘区 (370114): passed over, the pilot would be a control."""
    register = pd.DataFrame({"wave": ["own"], "district": claim, "announced": "2020"})
    own = SMALL.assign(district=SMALL["district"].replace("331081", panel))
    found = yr.assign_cohorts(own, register, unlisted="never")
    assert found.groupby("district")["cohort"].first().dropna().to_dict() == {panel: 2020}


@pytest.mark.slow
def test_the_projects_register_dates_five_counties_by_their_notice():
    facts, pilots = yr.load_facts(), yr.load_pilots()
    panel = yr.build_panel(facts[facts["district"].isin(pilots["district"])], pilots, reading="notice")
    found = panel.drop_duplicates("district").set_index("district")["cohort"].to_dict()
    assert found == {"330212": 2019, "331081": 2019, "341181": 2021, "420281": 2019, "440305": 2019}


# Programmes, coverage


def test_programmes_are_true_false_or_unknown():
    panel = yr.as_panel(
        OWN.assign(year=[2015, 2022] * 2, pilot=0), **READ
    )  # 2015: before all of them; 2022: sites exist that are not named
    table = yr.add_programmes(panel, yr.load_programmes()).set_index(["district", "period"])
    assert table.loc[("440305", 2015), ["member_quota", "organisation_plan"]].tolist() == [False, False]
    assert table.loc[("440305", 2022), ["member_quota", "organisation_plan"]].tolist() == [True, True]
    assert table.loc[("440305", 2022), "youth_development_sites"] is pd.NA
    assert not table.loc[("440305", 2015), "youth_development_sites"]
    with pytest.raises(yr.DataError, match="no years"):
        yr.add_programmes(as_panel(year=[1, 2] * 2, pilot=0), yr.load_programmes())


@pytest.mark.slow
def test_coverage_counts_every_possible_cell():
    panel = yr.build_panel(
        facts(
            {"value": 200.0, "hedge": "over"},
            {"value": 200.0, "hedge": "odd", "period_end": "2020"},
            {"value": 7.0, "district": "331081"},
            {"indicator": "members", "unit": "人", "district": "331081"},
            {"status": "planned", "indicator": "members"},
        )
    )
    table = yr.coverage(panel).set_index("indicator")
    assert table.loc["orgs"].to_dict() == {
        "cells": 4,
        "exact": 1,
        "interval": 1,
        "open": 1,
        "unknown": 1,
        "refused": 0,
    }
    assert table.loc["members", ["unknown", "refused"]].tolist() == [3, 1]
    grid = yr.coverage(panel, by=["district", "period"])
    assert grid["cells"].tolist() == [2] * 4 and "refused" not in grid
    assert grid[["exact", "interval", "open"]].to_numpy().sum() == len(panel)
    for by in ("village", ["district", "district"], [], 3):
        with pytest.raises(yr.DataError, match="must be a"):
            yr.coverage(panel, by=by)


@pytest.mark.slow
def test_the_lists_in_attrs_survive_and_are_not_copied():
    panel = yr.build_panel(facts({}, {"status": "planned"}))
    assert panel.assign(x=1).attrs["refused"] is panel.attrs["refused"]
    assert pd.concat([panel, panel]).attrs["refused"] == panel.attrs["refused"]


def test_tables_that_are_no_panel_or_no_facts_say_what_is_amiss():
    with pytest.raises(yr.DataError, match="no rows"):
        yr.as_panel(OWN.head(0), **READ)
    with pytest.raises(yr.DataError, match=r"The panel lacks the columns \['period'"):
        yr.coverage(facts({}))
    with pytest.raises(yr.DataError, match="'value' of the facts must be numeric, and is str"):
        yr.build_panel(facts({}).assign(value="100"))
    with pytest.raises(yr.DataError, match="The register lacks the columns"):
        yr.build_panel(facts({}), OWN)


def test_a_register_of_ones_own_is_read_as_spreadsheets_write_it():
    own = pd.DataFrame({"district": [440305], "wave": ["w"], "announced": [2019]})
    levels = facts({"period_end": "2018"}, {"period_end": "2020", "fact_id": "f2"})
    built = yr.build_panel(levels)
    panel = yr.assign_cohorts(built, own)
    assert panel["cohort"].tolist() == [2019, 2019]
    for dates, message in ((["2019年10月"], "no date in 'announced'"), ([2019.5], "holds fractions")):
        with pytest.raises(yr.DataError, match=message):
            yr.assign_cohorts(built, own.assign(announced=dates))


def test_what_was_refused_is_one_table_whatever_the_result():
    """A draft, a panel, an audit and an effect: each row ends in its reason."""
    draft = yr.extract_facts("全镇有团员100名，奖励第1名，XX名青年。")
    made, _ = yr.simulate_panel(seed=1, districts=9, periods=6, waves={"2018Q1": 3})
    orgs = made[
        (made["indicator"] == "orgs")
        & ((made["district"] != made["district"][0]) | (made["period"] < "2017Q2"))
    ]
    for result, columns in (
        (draft, ["start", "end", "token", "reason"]),
        (yr.build_panel(facts({}, {"status": "planned"})), schema.REFUSED),
        (yr.compute_metrics(yr.load_facts()), schema.REFUSED),
        (yr.did(orgs, outcome="orgs"), ["district", "cells", "simulated", "reason"]),
        (yr.beta_convergence(orgs, outcome="orgs"), ["district", "simulated", "reason"]),
    ):
        table = yr.list_refused(result)
        assert list(table) == columns and len(table) and table["reason"].str.len().min() > 0
    nothing = yr.list_refused(yr.extract_facts("团员很多。"))
    assert list(nothing) == ["start", "end", "token", "reason"] and nothing.empty
    for none in (pd.DataFrame(), "panel", None):
        with pytest.raises(yr.DataError, match="has no list of what was refused"):
            yr.list_refused(none)


@pytest.mark.slow
def test_a_panel_keeps_what_it_refused_in_parquet(tmp_path):
    panel = yr.build_panel(facts({}, {"status": "planned"}))
    panel.to_parquet(tmp_path / "panel.parquet")
    assert yr.list_refused(pd.read_parquet(tmp_path / "panel.parquet")).equals(yr.list_refused(panel))

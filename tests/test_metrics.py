"""The measures against figures worked out by hand, from the reports and from the formulas."""

from functools import partial

import numpy as np
import pandas as pd
import pytest
from sweeps import sweep

import youthresearch as yr
from youthresearch.metrics import METRICS


@pytest.fixture(scope="module")
def metrics():
    """Return the measures of all documents."""
    return yr.compute_metrics(yr.load_facts(cap="next_unit"))


def interval(low, high=None):
    return pd.DataFrame({"low": [float(low)], "high": [float(low if high is None else high)]})


@pytest.mark.parametrize(
    ("source", "metric", "low", "high"),
    [
        ("longhua-2018", "members_per_branch", 8368 / 883, 8368 / 883),
        ("longhua-2018", "cadres_per_branch", 1540 / 883, 1540 / 883),
        ("longhua-2018", "members_per_cadre", 8368 / 1540, 8368 / 1540),
        ("longhua-2018", "hours_per_participation", 721000 / 299000, 722000 / 298000),
        ("longhua-2018", "participation_per_project", 298000 / 28500, 299000 / 27500),
        ("heshan-2023", "fill_rate", 100 * 30 / 38, 100),  # 30余 of 38: never above all
        ("nanshan-2021", "members_per_org_social", 26551 / 1100, 26551 / 1100),
        ("c003", "party_admission_by_league", 75, 75),  # 99万 of 132万
        ("c076", "reform_completion", 100 * 36 / 44, 100 * 36 / 44),
        ("c089", "hours_per_participation", 2.75e8 / 2.3e7, 2.85e8 / 2.3e7),  # 约2.8亿 over 2300万
    ],
)
def test_metrics_of_the_documents(source, metric, low, high, metrics):
    [found] = metrics.query("source_id == @source and metric == @metric")[["low", "high"]].to_numpy().tolist()
    assert found == pytest.approx([low, high])


@pytest.mark.slow
def test_inputs_come_from_one_source_place_and_date(metrics):
    facts = yr.load_facts().set_index("fact_id")
    for row in metrics.itertuples():
        used = facts.loc[row.fact_ids.split(), ["source_id", "district", "scope", "period_end", "status"]]
        assert len(used.drop_duplicates()) == 1, row


@pytest.mark.slow
def test_ambiguous_inputs_are_left_out():
    facts = yr.load_facts().query("source_id == 'c076'")
    again = facts.query("indicator == 'reform_tasks' and kind == 'level'").assign(
        value=50, low=50, high=50, fact_id="x"
    )
    assert len(yr.compute_metrics(facts)) == 1
    none = yr.compute_metrics(pd.concat([facts, again]))
    assert len(none) == 0 and "x" in yr.list_refused(none)["fact_ids"].tolist()


@pytest.mark.slow
@pytest.mark.parametrize(
    "wrong",
    sweep(
        {"flow": "flow", "period_start": "2018"},
        slow=[
            {"unit": "人次"},
            {"flow": "cumulative", "period_start": "2015"},
            {"note": "each"},
            {"baseline": "2017"},
            {"status": "planned"},
        ],
    ),
)
def test_metrics_take_what_a_panel_takes(wrong):
    """New members and winners are no stock: 420 a year in 60 branches are not 7 members a branch."""
    facts = yr.load_facts().query("source_id == 'longhua-2018' and indicator in ['members', 'branches']")
    facts = facts[facts["kind"] == "level"]
    [ratio] = yr.compute_metrics(facts)["metric"]
    assert ratio == "members_per_branch"
    member = facts["indicator"] == "members"
    changed = facts.assign(**{c: facts[c].mask(member, value) for c, value in wrong.items()})
    found, panel = yr.compute_metrics(changed), yr.build_panel(changed)
    told = [yr.list_refused(table).set_index("fact_ids")["reason"] for table in (found, panel)]
    assert len(found) == 0 < len(told[0]) and told[0].equals(told[1])


@pytest.mark.slow
def test_what_is_summed_up_goes_with_what_is_summed_up():
    facts = yr.load_facts().query("source_id == 'longhua-2018' and kind == 'level'")
    facts = facts[facts["indicator"].isin(["volunteer_hours", "volunteer_participation"])]
    hours = facts["indicator"] == "volunteer_hours"
    both = facts.assign(flow="cumulative", period_start="2016")
    assert yr.compute_metrics(both)["metric"].tolist() == ["hours_per_participation"]
    assert len(yr.compute_metrics(both.assign(flow=both["flow"].mask(hours, "flow")))) == 0


@pytest.mark.slow
def test_a_metric_says_over_what_time_it_is():
    """Hours of a quarter for each volunteer are no hours of a year, nor those since the beginning."""
    facts = yr.load_facts().query("source_id == 'c086' and kind == 'level'")
    hours = facts["indicator"] == "volunteer_hours"
    quarter = {"flow": "flow", "period_start": "2021-10"}
    spans = {}
    for name, changed in ("all", {}), ("quarter", quarter):
        table = facts.assign(**{c: facts[c].mask(hours, value) for c, value in changed.items()})
        [row] = yr.compute_metrics(table).query("metric == 'hours_per_volunteer'").to_dict("records")
        spans[name] = (row["flow"], row["period_start"], row["period_end"])
    assert spans == {"all": ("cumulative", "", "2021-12"), "quarter": ("flow", "2021-10", "2021-12")}


def test_members_per_organisation_before_the_pilot():
    """14739 members in 682 organisations: 21.61, against 24.14 after."""
    assert yr.members_per_org(interval(14739), interval(682)).loc[0].tolist() == pytest.approx(
        [21.61] * 2, abs=0.005
    )


def test_growth_of_two_levels_known_apart():
    assert yr.growth(interval(110, 120), interval(100, 105)).loc[0].tolist() == pytest.approx(
        [100 * 5 / 105, 20]
    )
    with pytest.raises(ValueError, match="above zero"):
        yr.growth(interval(1), interval(0))


def test_growth_of_the_national_series():
    """Members: 81.246 to 73.715 million, -9.27%; grass-roots organisations: 3.579 to 3.674 million."""
    table = yr.series_growth(yr.load_national(), 2017, 2021).set_index("indicator")
    assert table.loc["members", "growth_low"] == pytest.approx(-9.27, abs=0.005)
    assert table.loc["orgs_grassroots", "growth_low"] == pytest.approx(2.65, abs=0.005)
    assert "orgs" not in table.index  # 2017 counts no local committees
    assert "members_student" not in table.index  # another definition in 2021


def test_a_year_without_figures_is_refused():
    with pytest.raises(yr.DataError, match="2019"):
        yr.series_growth(yr.load_national(), 2019, 2021)
    with pytest.raises(yr.DataError, match="earlier first"):
        yr.series_growth(yr.load_national(), 2021, 2017)


def test_a_part_above_its_whole_is_not_hidden():
    assert yr.fill_rate(interval(40), interval(38)).loc[0].tolist() == pytest.approx([100 * 40 / 38] * 2)
    assert yr.fill_rate(interval(30, 40), interval(38)).loc[0].tolist() == pytest.approx([100 * 30 / 38, 100])


# Formulas


def by_grid(function, *intervals):
    """Find the range of a function by trying every combination of 21 points of each interval."""
    points = [np.linspace(i["low"][0], i["high"][0], 21) for i in intervals]
    values = function(*np.meshgrid(*points))
    return [values.min(), values.max()]


A, B, C = interval(30, 40), interval(100, 120), interval(7, 9)


@pytest.mark.parametrize(
    ("found", "formula", "inputs"),
    [
        (yr.growth(B, A), lambda b, a: 100 * (b - a) / a, (B, A)),
        (yr.annual_growth(B, A, 3), lambda b, a: 100 * ((b / a) ** (1 / 3) - 1), (B, A)),
        (yr.log_growth(B, A), lambda b, a: 100 * np.log(b / a), (B, A)),
        (yr.member_youth_ratio(A, B), lambda a, b: 100 * a / b, (A, B)),
        (yr.organisational_coverage(A, B), lambda a, b: 100 * a / b, (A, B)),
        (yr.star_share(C, B), lambda c, b: 100 * c / b, (C, B)),
        (yr.per_100_youth(B, A), lambda b, a: 100 * b / a, (B, A)),
        (yr.work_coverage(B, A), lambda b, a: 100 * b / a, (B, A)),
        (yr.per_10k_youth(A, B), lambda a, b: 1e4 * a / b, (A, B)),
        (yr.honours_per_10k_members(C, B), lambda c, b: 1e4 * c / b, (C, B)),
        (yr.funds_per_youth(B, A), lambda b, a: b / a, (B, A)),
        (yr.activities_per_house(B, C), lambda b, c: b / c, (B, C)),
        (yr.participation_per_activity(B, C), lambda b, c: b / c, (B, C)),
        (yr.hours_per_volunteer(B, A), lambda b, a: b / a, (B, A)),
        (yr.cadre_mix(A, B, C)["full_time"], lambda a, b, c: 100 * a / (a + b + c), (A, B, C)),
        (yr.cadre_mix(A, B, C)["seconded"], lambda a, b, c: 100 * b / (a + b + c), (A, B, C)),
        (yr.cadre_mix(A, B, C)["part_time"], lambda a, b, c: 100 * c / (a + b + c), (A, B, C)),
    ],
)
def test_bounds_are_sharp(found, formula, inputs):
    """No wider and no narrower than the range over a grid, whose corners are the interval's own."""
    assert found.iloc[0].tolist() == pytest.approx(by_grid(formula, *inputs))


OPEN = interval(50, np.inf)


@pytest.mark.parametrize(
    ("found", "low", "high"),
    [
        (yr.growth(interval(100), OPEN), -100, 100),  # from 50 at least: doubled, or nearly all gone
        (yr.growth(interval(100, np.inf), OPEN), -100, np.inf),
        (yr.annual_growth(interval(100, np.inf), OPEN, 2), -100, np.inf),
        (yr.log_growth(interval(100, np.inf), OPEN), -np.inf, np.inf),
        (yr.cadre_mix(interval(10, np.inf), interval(5), interval(5))["full_time"], 50, 100),
        (yr.cadre_mix(interval(10), interval(5, np.inf), interval(5))["full_time"], 0, 50),
    ],
)
def test_an_open_side_leaves_the_bounds_that_stand(found, low, high):
    """By hand: the limits of the formula as the open side grows."""
    assert found.iloc[0].tolist() == pytest.approx([low, high])


def test_national_values_of_the_field():
    """End of 2023: 48,000 youth houses online, 1.42 million activities, 28.49 million person-times."""
    per_house = yr.activities_per_house(interval(1_420_000), interval(48_000))
    assert per_house["low"].tolist() == pytest.approx([29.6], abs=0.05)
    per_activity = yr.participation_per_activity(interval(28_490_000), interval(1_420_000))
    assert per_activity["low"].tolist() == pytest.approx([20.1], abs=0.05)
    assert yr.annual_growth(interval(7371.5), interval(8124.6), 4)["low"].tolist() == pytest.approx(
        [100 * ((7371.5 / 8124.6) ** 0.25 - 1)]
    )


def test_meetings_too_many_of_one_kind_make_up_for_none():
    from youthresearch.metrics import MEETINGS

    rule = {"congress": 4, "lecture": 4}
    held = {"congress": interval(8), "lecture": interval(1, 2)}
    assert yr.meeting_compliance(held, rule=rule).iloc[0].tolist() == [62.5, 75]
    assert yr.meeting_compliance(held, rule=rule, years=2).iloc[0].tolist() == [56.25, 62.5]
    common = yr.meeting_compliance({k: interval(n) for k, n in MEETINGS.items()})
    assert common.iloc[0].tolist() == [100, 100]
    with pytest.raises(yr.DataError, match=r"The rule is about \['congress', 'lecture'\]"):
        yr.meeting_compliance({"congress": interval(1)}, rule=rule)


def test_growth_needs_levels_above_zero_and_time():
    with pytest.raises(ValueError, match="above zero"):
        yr.log_growth(A, interval(0, 1))
    with pytest.raises(yr.DataError, match="years=0 must be a number, above 0"):
        yr.annual_growth(A, B, 0)


def test_a_level_below_zero_and_a_share_of_nobody_are_refused():
    """Both gave bounds that were missing, or the lower one above the upper."""
    for grown in (yr.growth, lambda after, before: yr.annual_growth(after, before, 3)):
        with pytest.raises(yr.DataError, match=r"can be in rows \[0\]"):
            grown(interval(-5, 5), interval(1, 2))
    with pytest.raises(yr.DataError, match=r"can be none, or fewer, in rows \[0\]"):
        yr.cadre_mix(interval(0, 1), interval(0), interval(0, np.inf))
    none = yr.cadre_mix(interval(0), interval(0), interval(3))
    assert [none[k].iloc[0].tolist() for k in none] == [[0, 0], [0, 0], [100, 100]]


# On a panel


def panel(scope="", **values):
    """Make a panel of one county in two years; each indicator has two values, or intervals."""
    rows = []
    for name, series in values.items():
        for year, cell in zip((2019, 2020), series, strict=True):
            low, high = cell if isinstance(cell, tuple) else (cell, cell)
            rows.append(("440305", year, name, float(low), float(low), float(high), scope))
    table = pd.DataFrame(rows, columns=["d", "y", "i", "v", "lo", "hi", "s"]).assign(g=np.nan, province="44")
    return yr.as_panel(
        table,
        district="d",
        period="y",
        cohort="g",
        indicator="i",
        outcomes="v",
        low="lo",
        high="hi",
        scope="s",
        keep=["province"],
    )


def row(table, indicator, period=2019):
    rows = table[(table["indicator"] == indicator) & (table["period"] == period)]
    assert len(rows) == 1
    return rows.iloc[0]


@pytest.mark.slow
def test_a_panel_gets_its_ratios_as_intervals():
    table = yr.add_metrics(panel(members=[(2000, 2100), 2200], orgs=[100, (100, 110)]))
    first, second = (row(table, "members_per_org", y) for y in (2019, 2020))
    assert first[["low", "value", "high"]].tolist() == [20, 20, 21]
    assert second[["low", "value", "high"]].tolist() == [20, 22, 22]
    assert first["processing"] == "computed" and first["province"] == "44"
    key = ["district", "period", "indicator", "scope"]
    assert (
        table[key].equals(table[key].sort_values(key, ignore_index=True)) and not table.duplicated(key).any()
    )


@pytest.mark.slow
def test_the_value_of_a_ratio_lies_within_its_bounds():
    """Over 50 of over 48 posts are filled: 50 to 60 of 48 to 55, so at most all of them."""
    table = yr.add_metrics(panel(assistants_recruited=[(50, 60), 9], posts_part_time=[(48, 55), 9]))
    found = row(table, "fill_rate")
    assert found[["low", "value", "high"]].tolist() == [pytest.approx(5000 / 55), 100, 100]


@pytest.mark.slow
def test_every_metric_can_be_computed_from_its_indicators():
    from youthresearch.metrics import METRICS as known
    from youthresearch.metrics import YOUTH

    names = sorted({i for _, _, indicators in known for i in indicators} - {YOUTH})
    levels = {name: [float(i + 2), float(i + 3)] for i, name in enumerate(names)}
    table = yr.add_metrics(panel(**levels, youth_14_28=[1000, 1001]), youth="youth_14_28")
    for name, function, indicators in known:
        based = YOUTH in indicators
        a, b = (interval(1000.0 if i == YOUTH else levels[i][0]) for i in indicators)
        found = row(table, f"{name}_youth_14_28" if based else name)
        assert found["value"] == pytest.approx(function(a, b)["low"][0])


def test_no_metric_has_the_name_of_an_indicator():
    from youthresearch.metrics import METRICS as known
    from youthresearch.metrics import YOUTH

    names = {name for name, _, indicators in known if YOUTH not in indicators}
    assert not names & set(yr.load_indicators()["indicator"])


def test_a_count_in_ten_thousands_is_refused():
    """26.31万 young people, typed as 26.31, would give ten thousand times the rate."""
    levels = panel(members=[5000, 5100], youth_14_28=[26.31, 27])
    with pytest.raises(yr.DataError, match=r"1 of youth_14_28 are not[\s\S]*26.31"):
        yr.add_metrics(levels, youth="youth_14_28")
    assert "members" in set(yr.add_metrics(levels)["indicator"])  # no metric takes it
    means = panel(members=[5000, 5100], youth_14_28=[812.5, 263100.3])  # of two years; a share of all persons
    rates = yr.add_metrics(means, youth="youth_14_28").query("indicator == 'members_per_10k_youth_14_28'")
    assert rates["value"].tolist() == pytest.approx([10_000 * 5000 / 812.5, 10_000 * 5100 / 263100.3])


def test_a_ratio_to_youth_names_its_base_or_is_refused():
    levels = panel(orgs=[100, 110], youth_14_28=[10_000, 10_000], youth=[9000, 9000])
    assert set(yr.add_metrics(levels)["indicator"]) == {"orgs", "youth_14_28", "youth"}
    table = yr.add_metrics(levels, youth="youth_14_28")
    assert row(table, "orgs_per_10k_youth_14_28")["value"] == 100
    for options, message in (
        ({"metrics": ["orgs_per_10k"]}, "ratio to youth without a base: name it with youth="),
        ({"youth": "youth"}, "does not say which youth"),
        ({"youth": "youth_14_35_resident"}, "has no indicator 'youth_14_35_resident'"),
        ({"metrics": ["members_per_org"]}, r"'members_per_org' needs \['members'\]"),
        ({"metrics": ["vigour"]}, r"No metrics \['vigour'\]; there are"),
    ):
        with pytest.raises(yr.DataError, match=message):
            yr.add_metrics(levels, **options)


@pytest.mark.slow
def test_figures_of_different_scope_are_not_combined():
    social = panel(scope="社会领域", members=[2000, 2100])
    both = pd.concat([social, panel(orgs=[100, 110])], ignore_index=True)
    assert set(yr.add_metrics(both)["indicator"]) == {"members", "orgs"}


@pytest.mark.slow
def test_a_ratio_that_is_stated_stays_and_zero_is_no_denominator():
    levels = panel(members=[2000, 2100], orgs=[100, (0, 10)], members_per_org=[21, 22])
    table = yr.add_metrics(levels)
    assert row(table, "members_per_org")["value"] == 21
    lost = yr.list_refused(table)[["indicator", "period_end", "reason"]]
    assert lost.to_numpy().tolist() == [["members_per_org", "2020", "orgs can be zero"]]
    again = yr.add_metrics(table)
    assert yr.list_refused(again).equals(yr.list_refused(table))  # is not listed twice


@pytest.mark.slow
def test_what_has_a_denominator_that_can_be_zero_is_listed(metrics):
    facts = yr.load_facts().query("source_id == 'longhua-2018'")
    branches = (facts["indicator"] == "branches") & (facts["kind"] == "level")
    found = yr.compute_metrics(facts.assign(low=facts["low"].mask(branches, 0)))
    lost = yr.list_refused(found).query("reason == 'branches can be zero'")
    assert set(lost["indicator"]) == {"members_per_branch", "cadres_per_branch"}
    assert lost["fact_ids"].str.fullmatch(r"longhua-2018-\d+ longhua-2018-\d+").all()
    assert len(found) + len(lost) == (metrics["source_id"] == "longhua-2018").sum()


def test_rows_of_different_things_are_not_divided():
    """Pandas would align them, and put gaps where nothing is amiss."""
    with pytest.raises(ValueError, match="align them first"):
        yr.members_per_org(interval(100), interval(10).set_axis([7]))
    with pytest.raises(yr.DataError, match="lack the columns"):
        yr.compute_metrics(panel(members=[2000, 2100]))
    with pytest.raises(yr.DataError, match="must be above zero"):
        yr.growth(interval(100), interval(0, 10))


@pytest.mark.parametrize("wrong", [1100, [1100, 1200], pd.Series([1100.0])], ids=["number", "list", "Series"])
def test_measures_say_that_they_take_intervals(wrong):
    two = (*(function for _, function, _ in METRICS), yr.growth, yr.log_growth)
    calls = [partial(f, wrong, wrong) for f in two] + [
        partial(yr.annual_growth, wrong, wrong, 2),
        partial(yr.cadre_mix, wrong, wrong, wrong),
        partial(yr.meeting_compliance, {"lecture": wrong}, rule={"lecture": 4}),
        partial(yr.corners, max, wrong, wrong),
        partial(yr.rounding_interval, wrong, pd.Series([1.0])),
    ]
    for call in calls:
        with pytest.raises(ValueError, match=f"{type(wrong).__name__} is no interval column: give a table"):
            call()
    with pytest.raises(ValueError, match="must be Series"):
        yr.hedge_interval(230000, "over")

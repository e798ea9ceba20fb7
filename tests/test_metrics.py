"""The measures against figures worked out by hand from the reports."""

import pandas as pd
import pytest

import youthresearch as yr

METRICS = yr.compute_metrics(yr.load_facts(cap="next_unit"))


def interval(low, high=None):
    return pd.DataFrame({"low": [float(low)], "high": [float(low if high is None else high)]})


def bounds(source, metric):
    rows = METRICS[(METRICS["source_id"] == source) & (METRICS["metric"] == metric)]
    return rows[["low", "high"]].squeeze().tolist()


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
        ("c076", "reform_tasks_done", 100 * 36 / 44, 100 * 36 / 44),
        ("c089", "hours_per_participation", 2.75e8 / 2.3e7, 2.85e8 / 2.3e7),  # 约2.8亿 over 2300万
    ],
)
def test_metrics_of_the_documents(source, metric, low, high):
    assert bounds(source, metric) == pytest.approx([low, high])


def test_every_metric_is_reached_by_some_document():
    from youthresearch.metrics import METRICS as known

    assert {name for name, _, _ in known} == set(METRICS["metric"])


def test_inputs_come_from_one_source_place_and_date():
    facts = yr.load_facts().set_index("fact_id")
    for row in METRICS.itertuples():
        used = facts.loc[row.fact_ids.split(), ["source_id", "district", "scope", "period_end", "status"]]
        assert len(used.drop_duplicates()) == 1, row


def test_ambiguous_inputs_are_left_out():
    facts = yr.load_facts().query("source_id == 'c076'")
    again = facts.query("indicator == 'reform_tasks' and kind == 'level'").assign(
        value=50, low=50, high=50, fact_id="x"
    )
    assert len(yr.compute_metrics(facts)) == 1
    assert len(yr.compute_metrics(pd.concat([facts, again]))) == 0


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

"""Repairs: the golden cases, one planted slip of each kind, and what applying a repair leaves behind.

Golden cases: Nanshan's report (418 on top of 682 is 61.29%, printed 62.76%; the same slip in level and
change, 1110 and 428, explains it as well, and so does a level of 1084: 418 / 666 = 62.76%), two English
bulletins that lost 万 and a digit (7,416.7万 is the sum of the five fields), and a survey's 37% for 24 of 66.
"""

import numpy as np
import pandas as pd
import pytest
from test_audit import DISTRICTS, FACTS, IDENTITIES, apart, facts

import youthresearch as yr
from youthresearch import audit, repair
from youthresearch.slips import slips_of


@pytest.fixture(scope="module")
def repairs():
    """Return all proposals for the documents that the tests name."""
    named = FACTS["source_id"].isin(["nanshan-2021", "c005", "c031", "c032", "c074"])
    return yr.propose_repairs(FACTS[named], IDENTITIES, DISTRICTS)


def proposed(table, source=None, relation=None):
    """Return the proposals of one finding, best first, each as {fact_id: value}."""
    rows = (
        table if source is None else table[(table["source_id"] == source) & (table["relation"] == relation)]
    )
    rows = rows[rows["fact_ids"] == rows["fact_ids"].iloc[0]]
    return [dict(zip(r["fact_id"], r["to_value"], strict=True)) for _, r in rows.groupby("rank")]


@pytest.mark.slow
def test_nanshan_has_three_repairs_and_no_other(repairs):
    level, change, growth = ("nanshan-2021-005", "nanshan-2021-006", "nanshan-2021-007")
    assert proposed(repairs, "nanshan-2021", "growth")[:3] == [
        {growth: 61.29},
        {level: 1084},
        {level: 1110, change: 428},
    ]


def test_one_lost_digit_explains_five_conflicts(repairs):
    for relation in ("sum", "part"):
        assert proposed(repairs, "c074", relation) == [{"c074-002": 74167000}]


def test_lost_wan_is_found_in_two_figures_at_once(repairs):
    assert proposed(repairs, "c005", "sum")[0] == {"c005-012": 20122000, "c005-014": 2268000}


def test_a_percentage_worked_out_wrong_is_recomputed_as_finely_as_it_is_printed(repairs):
    assert proposed(repairs, "c031", "share")[0] == {"c031-014": 36}


def test_a_figure_that_other_relations_hold_is_not_edited(repairs):
    """940 cadres stand behind three shares that hold, so the sum is repaired elsewhere."""
    edited = {i for edits in proposed(repairs, "c032", "sum") for i in edits}
    assert edited and "c032-003" not in edited


TRUE = {"level": 26551, "change": 11812, "growth": 80.14}  # Nanshan's members, which agree


SLIPS = [
    ("level", 25551, "digit"),
    ("level", 26515, "transposed"),
    ("level", 2655, "doubled"),  # a digit lost in print: the value itself has one more
    ("level", 265510, "decimal"),
    ("change", 11912, "digit"),
    ("change", 118120000, "unit"),
    ("change", 1812, "lost"),
    ("growth", 8.014, "decimal"),
    ("growth", 81.04, "transposed"),
]


def with_slip(role, printed):
    values = TRUE | {role: printed}
    return facts(
        ("level", "level", values["level"], "人", {}),
        ("change", "change", values["change"], "人", {}),
        ("growth", "growth", values["growth"], "%", {"resolution": 0.01 if printed != 8.014 else 0.001}),
    )


@pytest.fixture(scope="module")
def slipped():
    """Return the proposals for all slips, each in a source of its own."""
    return yr.propose_repairs(apart([with_slip(role, printed) for role, printed, _ in SLIPS]))


@pytest.mark.parametrize(("number", "slip"), list(enumerate(SLIPS)), ids=[slip for *_, slip in SLIPS])
def test_a_planted_slip_is_among_the_first_three(number, slip, slipped):
    role = slip[0]
    first = proposed(slipped[slipped["source_id"] == f"s{number}"])[:3]
    assert {f"{role}{number}": TRUE[role]} in first


def test_slips_of_a_figure_are_the_ones_a_reader_would_list():
    slips = slips_of(418, 1)
    assert {
        428: "digit",
        148: "transposed",
        481: "transposed",
        41: "doubled",
        4180: "decimal",
        4180000: "unit",
    }.items() <= slips.items()
    assert slips[4418] == "lost" and 418 not in slips and 0 not in slips
    assert all(v % 1 == 0 for v in slips)  # no half organisation
    assert slips_of(62.76, 0.01, counted=False)[61.76] == "digit"
    assert "unit" not in slips_of(62.76, 0.01, counted=False).values()
    assert slips_of(-418, 1)[-428] == "digit"


@pytest.mark.slow
def test_nothing_is_applied_by_itself_and_what_is_applied_leaves_a_trace():
    repaired = yr.apply_repair(FACTS, "nanshan-2021-007", 61.29, reason="418 / 682")
    row = repaired.set_index("fact_id").loc["nanshan-2021-007"]
    assert (row["value"], row["low"], row["high"]) == (61.29, 61.29, 61.29)
    assert row["repair"] == "62.76 -> 61.29" and row["note"] == "418 / 682"
    others = repaired["fact_id"] != "nanshan-2021-007"
    assert repaired.loc[others, list(FACTS)].equals(FACTS[others]) and "repair" not in FACTS
    nanshan = repaired[repaired["source_id"] == "nanshan-2021"]
    assert len(yr.propose_repairs(nanshan, IDENTITIES)) == 0


@pytest.mark.parametrize(
    ("fact_id", "reason", "told"), [("nobody", "why", "nobody"), ("c001-001", " ", "reason")]
)
def test_a_repair_without_figure_or_reason_is_refused(fact_id, reason, told):
    with pytest.raises(yr.DataError, match=told):
        yr.apply_repair(FACTS, fact_id, 1, reason=reason)


@pytest.mark.slow
def test_conflicts_are_ranked_by_what_they_change(repairs):
    """The total of a bulletin is a panel cell; a growth rate beside its level is none."""
    two, of_two = (t[t["source_id"].isin(["nanshan-2021", "c074"])] for t in (FACTS, repairs))
    report = yr.audit_report(two, repairs=of_two)
    assert report["source_id"].tolist()[0] == "c074"
    by_source = report.set_index("source_id")
    assert by_source.loc["nanshan-2021", "consequence"] == "none"
    assert by_source.loc["c074", "relations"] == 5
    assert by_source.loc["c074", "change"] == pytest.approx(100 * (74167 - 4167) / 4167)


def test_repairs_of_other_facts_are_not_ranked(repairs):
    two, of_two = (t[t["source_id"].isin(["nanshan-2021", "c074"])] for t in (FACTS, repairs))
    first = of_two.iloc[0]
    since = yr.apply_repair(two, first["fact_id"], first["to_value"], reason="read again")
    for table, given in ((two, repairs), (since, of_two)):
        with pytest.raises(yr.DataError, match="not of these facts: make them with propose_repairs anew"):
            yr.audit_report(table, repairs=given)
    with pytest.raises(yr.DataError, match="The repairs lack the columns"):
        yr.audit_report(two, repairs=two)


GROWN = [  # 9480 after 9000, so 5.33%
    ("m", "level", 9480, "人", {"indicator": "members"}),
    ("d", "change", 480, "人", {"indicator": "members"}),
    ("g", "growth", 5.33, "%", {"indicator": "members", "resolution": 0.01}),
    ("o", "level", 1000, "个", {"indicator": "orgs"}),
]


def grown(number, value):
    """Print another value in place of one of GROWN."""
    rows = GROWN.copy()
    rows[number] = (*rows[number][:2], value, *rows[number][3:])
    return facts(*rows).assign(note=None)


def test_a_conflict_that_changes_a_measure_comes_first():
    report = yr.audit_report(grown(2, 53.33), measure=lambda f: yr.compute_metrics(f))
    assert report["consequence"].tolist() == ["none"]  # 53.33 -> 5.33, and no measure rests on a rate
    report = yr.audit_report(grown(0, 94800), measure=lambda f: yr.compute_metrics(f))
    assert report.loc[0, ["consequence", "measures"]].tolist() == ["measure", 1]
    assert report.loc[0, "change"] == pytest.approx(90)  # 94.8 members an organisation become 9.48


@pytest.mark.slow
def test_by_default_the_repairs_are_those_proposed_and_the_measures_the_metrics():
    wrong = grown(0, 94800)
    report = yr.audit_report(wrong, measure=lambda f: yr.compute_metrics(f))
    pd.testing.assert_frame_equal(yr.audit_report(wrong, repairs=yr.propose_repairs(wrong)), report)


@pytest.mark.slow
def test_the_metrics_of_a_repair_are_those_of_the_sources_that_it_edits(monkeypatch):
    """Else ten times the reports would take a hundred times as long; the result is the same."""
    one = grown(0, 94800)
    others = [one.assign(source_id=s, fact_id=f"{s}-" + one["fact_id"]) for s in ("s1", "s2", "s3")]
    many, measured = pd.concat([*others, grown(0, 9480)], ignore_index=True), []

    def counted(table, **_):
        measured.append(len(table))
        return yr.compute_metrics(table)

    monkeypatch.setattr(audit, "compute_metrics", counted)
    edits = yr.propose_repairs(many)
    report = yr.audit_report(many, repairs=edits)
    assert measured == [12, 12] and report["measures"].tolist() == [1, 1, 1]  # three sources of four facts
    pd.testing.assert_frame_equal(yr.audit_report(many, repairs=edits, measure=yr.compute_metrics), report)


@pytest.mark.slow
def test_pairs_of_edits_are_tried_for_all_conflicts_at_once(monkeypatch):
    """Each try reads all figures: one a conflict would take a hundred times as long for ten times as many."""
    one = FACTS[FACTS["source_id"] == "nanshan-2021"].assign(part_of=None)
    places = ["440304", "440305", "440306"]
    copies = [one.assign(source_id=p, district=p, fact_id=f"{p}-" + one["fact_id"]) for p in places]
    many = pd.concat(copies, ignore_index=True)
    tries, settled = [], repair._settled
    monkeypatch.setattr(repair, "_settled", lambda *given: tries.append(1) or settled(*given))
    assert yr.propose_repairs(many)["source_id"].nunique() == 3 and len(tries) == 2


def stretch(name, start, hours, times):
    """Hours and participations of some months that end with 2019: a metric of each stretch has one name."""
    own = {"flow": "flow", "period_start": start, "period_end": "2019-12"}
    return [
        (f"h{name}", "level", hours, "小时", own | {"indicator": "volunteer_hours"}),
        (f"p{name}", "level", times, "人次", own | {"indicator": "volunteer_participation"}),
    ]


STRETCHES = [*stretch("1", "2019-01", 600, 50), *stretch("2", "2019-12", 40, 160)]
MOVED = [("l", "level", 500, "个", {}), ("d", "change", 100, "个", {})]


@pytest.mark.slow
def test_a_result_is_compared_with_itself_alone():
    """12 and 0.25 hours a participation are two results; a rate of branches changes neither."""
    table = facts(*STRETCHES, *MOVED, ("g", "growth", 52, "%", {})).assign(note=None)
    assert yr.compute_metrics(table)["metric"].tolist() == ["hours_per_participation"] * 2
    report = yr.audit_report(table)
    assert report[["repair", "consequence", "measures", "change"]].values.tolist() == [
        ["52% -> 25%", "none", 0, 0]
    ]


@pytest.mark.slow
def test_a_result_that_changes_among_others_of_its_name_is_counted_once():
    """40 participations cannot be part of 30; as 30 they share 60 hours, a third more each."""
    whole = ("w", "level", 30, "人次", STRETCHES[3][4] | {"indicator": "activity_participation"})
    hours = ("h2", "level", 60, "小时", STRETCHES[2][4])
    part = ("p2", "level", 40, "人次", STRETCHES[3][4] | {"part_of": "w"})
    report = yr.audit_report(facts(*STRETCHES[:2], whole, hours, part).assign(note=None))
    assert report[["repair", "measures"]].values.tolist() == [["40人次 -> 30人次", 1]]
    assert report["change"].item() == pytest.approx(100 / 3)


def measures_of(table, measure):
    return yr.audit_report(table, measure=measure)[["measures", "change"]].values.tolist()


@pytest.mark.slow
def test_results_of_whatever_measure_are_told_apart_or_refused():
    table = facts(*MOVED, ("g", "growth", 52, "%", {})).assign(note=None)

    def rates(*names, high=None, only=lambda rate: True):
        def measure(facts):
            rate = facts.set_index("fact_id").loc["g", "value"]
            rows = [(rate, rate if high is None else high, name) for name in names if only(rate)]
            return pd.DataFrame(rows, columns=["low", "high", "name"]).drop(columns=["name"] * (not names[0]))

        return measure

    assert measures_of(table, rates("a", "b")) == [[2, pytest.approx(100 * 27 / 52)]]
    assert measures_of(table, rates("")) == [[1, pytest.approx(100 * 27 / 52)]]  # an effect alone
    assert measures_of(table, rates("a", high=np.inf)) == [[1, pytest.approx(100 * 27 / 52)]]
    assert measures_of(table, rates("a", only=lambda rate: rate > 30)) == [[1, 0]]  # is lost: changed
    assert measures_of(table, rates("a", only=lambda rate: rate < 30)) == [[1, 0]]
    for names in (["a", "a"], ["", ""]):
        with pytest.raises(yr.DataError, match="have one name"):
            yr.audit_report(table, measure=rates(*names))

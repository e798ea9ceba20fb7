"""Two codings: published kappas, planted differences, and the facts against the extractor's proposals."""

import io

import numpy as np
import pandas as pd
import pytest
from sweeps import sweep

import youthresearch as yr
from youthresearch.coding import FIELDS

FACTS, DOCUMENTS = yr.load_facts(), yr.load_documents()
REPORT = FACTS[FACTS["source_id"] == "heshan-2023"]


@pytest.fixture(scope="module", params=sweep(12, slow=[None]))
def proposed(request):
    """The extractor as second coder of the Chinese documents, or of the first of them."""
    chinese = DOCUMENTS[~DOCUMENTS["source_id"].isin(["c005", "c008", "c074"])].head(request.param)
    texts = zip(chinese["source_id"], chinese["text"], strict=True)
    facts = pd.concat([yr.extract_facts(text, source_id=s) for s, text in texts], ignore_index=True)
    return facts.assign(scope="")  # a field that one coder leaves empty: the few that it has are left out


@pytest.fixture(scope="module")
def listed(proposed):
    """What the coders of the documents and the extractor would have to settle."""
    return yr.list_disagreements(FACTS, proposed)


def codings(*pairs, field="kind"):
    """Make two codings, a token a row, from (code of a, code of b); None: that coder has no such fact."""
    tables = []
    for side in (0, 1):
        rows = [
            {f: None for f in FIELDS}
            | {"fact_id": f"{side}-{i}", "source_id": "s", "token": "5个", "start": 10 * i, "end": 10 * i + 2}
            | {"coder": "ab"[side], "reviewer": None, "hedge": "exact", "value": 5.0, field: pair[side]}
            for i, pair in enumerate(pairs)
            if pair[side] is not None
        ]
        numbers = {"value": float, "value_max": float, "resolution": float}
        tables.append(pd.DataFrame(rows).astype(numbers).assign(note=None))
    return tables


def agreement(a, b):
    return yr.compare_codings(a, b).set_index("field")


@pytest.mark.parametrize(
    ("table", "kappa", "digits", "limits"),
    [
        # Cohen (1960), table 2: 200 cases, three categories
        ([[88, 14, 18], [10, 40, 10], [2, 6, 12]], 0.492, 3, None),
        # Fleiss, Cohen and Everitt (1969): 200 cases
        ([[106, 10, 4], [22, 28, 10], [2, 12, 6]], 0.429, 3, None),
        # Sim and Wright (2005), table 1: two clinicians, 39 patients
        ([[22, 2], [4, 11]], 0.67, 2, None),
        # SAS manual, PROC FREQ, as quoted in the tests of statsmodels
        ([[0, 4, 1], [0, 8, 0], [0, 1, 5]], 0.4842, 4, (0.2137, 0.7547)),
    ],
)
def test_published_kappas(table, kappa, digits, limits):
    names = ["level", "change", "share"]
    pairs = [(names[i], names[j]) for i, row in enumerate(table) for j, n in enumerate(row) for _ in range(n)]
    row = agreement(*codings(*pairs)).loc["kind"]
    assert round(row["kappa"], digits) == kappa
    assert row["agree"] == np.trace(table) and row["n"] == np.sum(table) and row["reason"] == ""
    assert row["percent"] == pytest.approx(100 * np.trace(table) / np.sum(table))
    if limits:
        assert row[["kappa_low", "kappa_high"]].round(4).tolist() == list(limits)


def test_reasons_where_there_is_no_kappa():
    table = agreement(*codings(("level", "level"), ("level", "level"), ("level", None)))
    assert table.loc["kind", "reason"] == "one category only" and np.isnan(table.loc["kind", "kappa"])
    assert table.loc["fact", ["n", "agree"]].tolist() == [3, 2] and "left out" in table.loc["fact", "reason"]
    empty = agreement(*codings(("level", ""), ("share", "")))
    assert empty.loc["kind", "reason"] == "coder b leaves it empty" and empty.loc["kind", "n"] == 0
    other_way = agreement(*codings(("", "level"), ("", "share")))
    assert other_way.loc["kind", "reason"] == "coder a leaves it empty"
    apart = codings(("level", None), (None, "level"))
    assert agreement(*apart).loc["kind", "reason"] == "no fact in both"
    assert agreement(*apart).loc["fact", ["n", "agree"]].tolist() == [2, 0]


@pytest.mark.slow
def test_one_category_each_but_not_the_same_is_no_agreement():
    row = agreement(*codings(*[("level", "share")] * 5)).loc["kind"]
    assert row[["agree", "kappa"]].tolist() == [0, 0]


@pytest.mark.slow
def test_a_coding_agrees_with_itself_in_any_order_and_under_any_ids():
    other = REPORT.sample(frac=1, random_state=1)
    ids = dict(zip(other["fact_id"], [f"x{i}" for i in range(len(other))], strict=True))
    other = other.assign(fact_id=other["fact_id"].map(ids), part_of=other["part_of"].map(ids))
    table = yr.compare_codings(REPORT, other)
    assert table["percent"].eq(100).all() and table["n"].eq(len(REPORT)).all()
    assert (table["kappa"].eq(1) | (table["reason"] != "")).all()
    assert yr.list_refused(table).empty
    assert len(yr.list_disagreements(REPORT, other)) == 0
    assert REPORT["part_of"].notna().any()  # else part_of would prove nothing


PLANTED = {
    "indicator": "orgs_other",
    "kind": "mean",
    "flow": "cumulative",
    "value": 4711.0,
    "value_max": 4712.0,
    "hedge": "about",
    "resolution": 1000.0,
    "unit": "亩",
    "status": "planned",
    "baseline": "period_start",
    "period_start": "1999",
    "period_end": "1999",
    "district": "110000",
    "scope": "某处",
}


@pytest.mark.slow
def test_planted_differences_are_each_seen_in_their_field_alone():
    """Another row differs in each field; a field that a leaves empty throughout gets one value in both."""
    both = [REPORT.copy(), REPORT.copy()]
    for field in FIELDS:
        if REPORT[field].isna().all():
            for facts in both:
                facts[field] = [PLANTED[field], *REPORT[field].iloc[1:]]
    rows = dict(zip(FIELDS, REPORT.index[3:], strict=False))
    planted = PLANTED | {"part_of": REPORT["fact_id"].iloc[9]}
    for field, row in rows.items():
        both[1].loc[row, field] = planted[field]
    table = agreement(*both)
    assert len(rows) == len(FIELDS) and table.loc[list(FIELDS), "agree"].eq(len(REPORT) - 1).all()
    listed = yr.list_disagreements(*both).set_index("field")
    assert sorted(listed.index) == sorted(FIELDS)
    places = REPORT.loc[list(rows.values()), ["fact_id", "token"]]
    assert listed.loc[list(rows), ["fact_a", "token"]].to_numpy().tolist() == places.to_numpy().tolist()
    for field, wrong in planted.items():
        assert listed.loc[field, "value_b"] == (f"{wrong:.12g}" if isinstance(wrong, float) else wrong)


def moved(facts, **columns):
    return facts.assign(**{c: list(v) for c, v in columns.items()})


@pytest.mark.slow
def test_facts_meet_where_their_characters_overlap():
    a, b = codings(("level", "level"), ("share", "share"), ("mean", "mean"))
    b = moved(b, start=[1, 12, 21], end=[5, 14, 22])  # overlaps; only touches; lies inside
    table = yr.compare_codings(a, b)
    assert yr.list_refused(table)[["fact_ids", "coding"]].to_numpy().tolist() == [["0-1", "a"], ["1-1", "b"]]
    assert table.set_index("field").loc["span", ["n", "agree"]].tolist() == [2, 0]


@pytest.mark.slow
def test_each_fact_meets_the_one_it_shares_most_with():
    a, b = codings(("level", "level"), ("share", "share"))
    a = moved(a, start=[0, 4], end=[6, 10])
    b = moved(b, start=[3, 0], end=[10, 5])  # b's first lies mostly on a's second
    assert agreement(a, b).loc["kind", "agree"] == 0
    listed = yr.list_disagreements(a, b).query("field == 'kind'")
    assert dict(zip(listed["fact_a"], listed["fact_b"], strict=True)) == {"0-0": "1-1", "0-1": "1-0"}


@pytest.mark.slow
def test_a_token_that_is_coded_twice_goes_to_the_fact_with_more_in_common():
    a, b = codings(("level", "share"), ("share", "level"))
    a, b = (moved(t, start=[0, 0], end=[2, 2]) for t in (a, b))
    assert agreement(a, b).loc["kind", ["n", "agree"]].tolist() == [2, 2]


def test_only_facts_that_may_meet_are_weighed_against_each_other(monkeypatch):
    """All against all of one source take gigabytes for tens of thousands."""
    from scipy import optimize

    assign, weighed = optimize.linear_sum_assignment, []

    def spy(weight, **options):
        weighed.append(weight.size)
        return assign(weight, **options)

    monkeypatch.setattr(optimize, "linear_sum_assignment", spy)
    a, b = codings(*[("level", "level")] * 50)
    b = moved(b, start=b["start"] + 1, end=[*b["end"][:-1] + 1, 10_000]).sample(frac=1, random_state=1)
    assert agreement(a, b).loc["fact", ["n", "agree"]].tolist() == [50, 50]
    assert weighed == [1] * 50


@pytest.mark.slow
def test_only_sources_that_both_coded_are_compared():
    table = agreement(FACTS, REPORT)
    assert table.loc["fact", ["n", "agree"]].tolist() == [len(REPORT)] * 2


@pytest.mark.slow
def test_the_extractor_as_second_coder_agrees_as_often_as_its_score_says(proposed):
    """`score_extraction` aligns and compares by other code."""
    table = agreement(FACTS, proposed)
    shared = FACTS[FACTS["source_id"].isin(proposed["source_id"])]
    scored = yr.score_extraction(shared, proposed, yr.load_nouns())
    met = scored[scored["proposal"].notna()]
    assert table.loc["kind", "n"] == pytest.approx(len(met), abs=0.01 * len(met))
    for field in ("value", "hedge", "kind"):
        wanted = met[field].astype(bool).mean()
        assert table.loc[field, "percent"] / 100 == pytest.approx(wanted, abs=0.01)
    assert table.loc["scope", "reason"] == "coder b leaves it empty"


# --- settling ----------------------------------------------------------------------------------------


def as_text(facts, leave_out=("reviewer",)):
    """Cells as text, in order of place, so that tables of different dtypes can be compared."""
    facts = facts.drop(columns=list(leave_out)).sort_values(["source_id", "start", "fact_id"])
    return facts.astype(object).where(facts.notna(), "").astype(str).reset_index(drop=True)


@pytest.mark.slow
def test_settling_everything_for_a_gives_a_and_leaves_the_inputs_as_they_are(proposed, listed):
    shared = FACTS[FACTS["source_id"].isin(proposed["source_id"])]
    before = FACTS.copy(), proposed.copy()
    settled = yr.settle_codings(FACTS, proposed, listed.assign(settled="a"))
    pd.testing.assert_frame_equal(as_text(settled), as_text(shared))
    assert settled.dtypes.equals(FACTS.dtypes)
    pd.testing.assert_frame_equal(FACTS, before[0])
    pd.testing.assert_frame_equal(proposed, before[1])


def test_settling_everything_for_b_leaves_no_disagreement(proposed, listed):
    settled = yr.settle_codings(FACTS, proposed, listed.assign(settled="b"))
    assert len(yr.list_disagreements(settled, proposed)) == 0
    assert len(settled) == len(proposed[proposed["source_id"].isin(FACTS["source_id"])])
    coded = settled.merge(FACTS[["fact_id", "scope"]], on="fact_id")
    assert (
        coded["scope_x"].fillna("") == coded["scope_y"].fillna("")
    ).all()  # the extractor codes none: a's stand


@pytest.mark.slow
def test_settling_through_a_spreadsheet():
    """One of each: a is right, b is right, neither is, a fact that stays, and facts that go."""
    a, b = codings(
        ("level", "share"), ("level", "share"), ("level", "share"), ("level", None), (None, "mean")
    )
    c, d = codings(("mean", None), (None, "mean"))
    a = pd.concat([a, c.assign(fact_id="0-9", start=90, end=92)], ignore_index=True)
    b = pd.concat([b, d.assign(fact_id="1-9", start=95, end=97)], ignore_index=True)
    listed = yr.list_disagreements(a, b)
    assert listed["field"].tolist() == ["kind"] * 3 + ["fact"] * 4
    filled = listed.assign(settled=["a", "b", "growth", "a", "b", "b", "a"])
    saved = pd.read_csv(io.StringIO(filled.to_csv(index=False)))
    settled = yr.settle_codings(a, b, saved)
    wanted = [("0-0", "level"), ("0-1", "share"), ("0-2", "growth"), ("0-3", "level"), ("1-4", "mean")]
    assert list(zip(settled["fact_id"], settled["kind"], strict=True)) == wanted
    assert settled["coder"].tolist() == ["a", "a", "a", "a", "b"]
    assert settled["reviewer"].fillna("").tolist() == ["b", "b", "b", "", ""]


@pytest.mark.slow
def test_settled_numbers_carry_their_interval():
    a, b = codings((300.0, 3000.0), (5.0, 5.0), field="value")
    a, b = (t.assign(hedge=["nearly", "exact"], low=0.0, high=0.0) for t in (a, b))
    listed = yr.list_disagreements(a, b)
    for answer, low, high in [("b", 2000, 3000), ("400", 300, 400)]:
        row = yr.settle_codings(a, b, listed.assign(settled=answer)).loc[0]
        assert (row["value"], row["low"], row["high"]) == (high, low, high)


@pytest.mark.slow
def test_the_cap_is_the_researchers_choice():
    a, b = (t.assign(hedge="over") for t in codings((3000.0, 3000.0), field="value"))
    listed = yr.list_disagreements(a, b)
    a = a.assign(low=0.0, high=0.0)
    highs = [yr.settle_codings(a, b, listed, cap=cap).loc[0, "high"] for cap in (None, "next_unit")]
    assert highs == [float("inf"), 4000]


@pytest.mark.slow
def test_ids_that_both_use_stay_apart_and_parts_follow():
    a, b = codings(("level", "level"), (None, "share"), (None, "share"))
    b = b.assign(fact_id=["w", "0-0", "p"], part_of=[None, "w", "0-0"])
    listed = yr.list_disagreements(a, b)
    settled = yr.settle_codings(a, b, listed.assign(settled="b"))
    assert settled["fact_id"].tolist() == ["0-0", "0-0-b", "p"]
    assert settled["part_of"].fillna("").tolist() == ["", "0-0", "0-0-b"]


def test_a_field_that_only_b_coded_is_taken_from_b():
    a, b = codings(("", "level"), ("", "share"))
    listed = yr.list_disagreements(a, b)
    assert len(listed) == 0
    assert yr.settle_codings(a, b, listed)["kind"].tolist() == ["level", "share"]


@pytest.fixture(scope="module")
def unsettled():
    a, b = codings((None, 1.0), (2.0, 3.0), field="value")
    listed = yr.list_disagreements(a, b)
    assert listed["field"].tolist() == ["fact", "value"]
    return a, b, listed


@pytest.mark.parametrize(
    ("spoil", "message"),
    sweep(
        (lambda t: t.assign(settled=["keep", "a"]), "Settle these rows"),
        (lambda t: t.assign(settled=["a", "many"]), "takes a number"),
        (lambda t: t.assign(settled="a", fact_a="else"), "not that of these codings"),
        (lambda t: t.drop(columns="settled"), "lacks the columns"),
        slow=[
            (lambda t: t, "Settle these rows"),
            (lambda t: t.assign(settled="a").head(1), "not that of these codings"),
            (lambda t: pd.concat([t, t]).assign(settled="a"), "not that of these codings"),
        ],
    ),
)
def test_a_table_that_does_not_settle_is_refused(spoil, message, unsettled):
    a, b, listed = unsettled
    with pytest.raises(yr.DataError, match=message):
        yr.settle_codings(a, b, spoil(listed))


def test_a_part_does_not_outlive_its_whole():
    a, b = codings(("level", None), ("share", "share"))
    a = a.assign(part_of=[None, "0-0"])
    b = b.assign(part_of="1-1")
    listed = yr.list_disagreements(a, b)
    answers = {"fact": "b", "part_of": "a"}
    with pytest.raises(yr.DataError, match="settle part_of anew"):
        yr.settle_codings(a, b, listed.assign(settled=listed["field"].map(answers)))


def test_what_cannot_be_compared_is_refused():
    with pytest.raises(yr.DataError, match="No source is in both"):
        yr.compare_codings(REPORT, FACTS[FACTS["source_id"] == "c001"])
    with pytest.raises(yr.DataError, match="stands twice"):
        yr.compare_codings(REPORT, pd.concat([REPORT, REPORT.head(1)]))
    with pytest.raises(yr.DataError, match="second coding lacks the columns"):
        yr.list_disagreements(REPORT, REPORT.drop(columns="hedge"))


# A token read again


def _facts(*rows):
    columns = ["fact_id", "source_id", "token", "value", "value_max", "unit"]
    return pd.DataFrame([(f"f{n}", "s", *row) for n, row in enumerate(rows)], columns=columns)


@pytest.mark.parametrize(
    ("token", "value", "value_max", "unit", "read"),
    [
        ("15,820名", 15802, np.nan, "名", [15820]),
        ("超过23万人", 23000, np.nan, "人", [230000]),
        ("9—21人", 9, 12, "人", [9, 21]),
        ("三百二十个", 302, np.nan, "个", [320]),
        ("80.14%", 8.014, np.nan, "%", [80.14]),
        ("5人", 5, 8, "人", [5]),
    ],
)
def test_a_value_that_is_not_that_of_its_token_is_listed(token, value, value_max, unit, read):
    [row] = yr.reread_tokens(_facts((token, value, value_max, unit))).to_dict("records")
    assert row["fact_id"] == "f0" and row["value"] == value
    assert [n for n in (row["read"], row["read_max"]) if n == n] == read


def test_what_a_token_states_in_another_form_is_not_listed():
    table = _facts(
        ("减少27个", -27, np.nan, "个"),
        ("9—21人", 9, 21, "人"),
        ("6万名", 60000, np.nan, "名"),
        ("73.6 million", 73_600_000, np.nan, "人"),
        ("六大", 6, np.nan, "个"),
        ("增长40倍", 4000, np.nan, "%"),
        ("100元", 100, np.nan, "元/人"),
        ("xx个", np.nan, np.nan, "个"),
    )
    assert len(yr.reread_tokens(table)) == 0


@pytest.mark.slow
def test_the_projects_facts_are_those_of_their_tokens():
    """Five are coded otherwise with a reason: none at all, and ranks among the first five but not first."""
    found = yr.reread_tokens(yr.load_facts())
    assert set(found["token"]) == {"一个也没有", "前五名"}

"""What must be true of the project's own data, beyond what the data package can say."""

import re

import pandas as pd
import pytest

import youthresearch as yr
from youthresearch.loaders import DATA

FACTS, SOURCES, DOCUMENTS = yr.load_facts(), yr.load_sources(), yr.load_documents()
READ_WHOLE = {"nanshan-2021", "longhua-2018", "heshan-2023", "template-xx", "wenling-2020"}


def test_every_token_stands_at_its_offsets():
    yr.check_evidence(FACTS, DOCUMENTS)


def test_every_source_has_its_document_and_every_document_its_source():
    assert set(DOCUMENTS["source_id"]) == set(SOURCES["source_id"])


def test_no_fact_stands_twice():
    place = ["source_id", "district", "scope", "indicator", "kind", "start"]
    assert not FACTS.duplicated(place).any()
    assert (FACTS["fact_id"].str.rsplit("-", n=1).str[0] == FACTS["source_id"]).all()


def test_every_value_lies_in_its_interval():
    stated = FACTS[FACTS["hedge"] != "masked"]
    assert (stated["low"] <= stated["value"]).all() and (stated["value"] <= stated["high"]).all()
    ranges = stated[stated["hedge"] == "range"]
    assert (ranges["value"] < ranges["value_max"]).all() and (ranges["value_max"] == ranges["high"]).all()


def test_a_part_and_its_whole_are_in_one_source():
    source = FACTS.set_index("fact_id")["source_id"]
    parts = FACTS[FACTS["part_of"].notna()]
    assert (parts["part_of"].map(source) == parts["source_id"]).all()
    assert (parts["part_of"] != parts["fact_id"]).all()


def test_the_template_yields_masked_facts_and_no_value():
    template = FACTS[FACTS["source_id"] == "template-xx"]
    assert len(template) == 1
    assert template[["value", "value_max", "low", "high"]].isna().all(axis=None)


def test_the_reports_read_whole_carry_the_hash_of_their_file():
    assert set(SOURCES.loc[SOURCES["sha256"].notna(), "source_id"]) == READ_WHOLE
    assert SOURCES.loc[SOURCES["sha256"].notna(), "sha256"].is_unique


def test_nearly_all_facts_of_the_reports_are_marked_as_confirmed():
    """The mark is set where a second, independent coding of the original agreed (data/README.md)."""
    facts = FACTS[FACTS["source_id"].isin(READ_WHOLE)]
    assert facts["reviewer"].notna().mean() >= 0.98


ARABIC = re.compile(r"(\d[\d,]*)(\.\d+)?\s*(?:[余餘多]?(万|萬|亿|億)|(million|Million))?")
FACTOR = {"万": 10**4, "萬": 10**4, "亿": 10**8, "億": 10**8, "million": 10**6, "Million": 10**6}


def printed(token):
    """Read the one Arabic number of a token: its value and the size of its last printed place."""
    found = ARABIC.search(token)
    whole, decimals, *factor = found.groups()
    size = next((FACTOR[f] for f in factor if f), 1)
    digits = decimals or "."
    return float(whole.replace(",", "") + digits) * size, size * 10.0 ** -(len(digits) - 1)


def test_value_and_resolution_are_those_of_the_token():
    """Where the token is one Arabic number; the others (73+6, 40倍, 近百) were read by hand."""
    numbers = FACTS["token"].str.contains(r"\d") & ~FACTS["token"].str.contains(r"\d\+\d|倍|—|\d[百千]")
    facts = FACTS[numbers & ~FACTS["source_id"].isin(["c024", "c056"])]
    read = [printed(t) for t in facts["token"]]
    wrong = [
        (f.fact_id, f.token, f.value, f.resolution)
        for f, (value, place) in zip(facts.itertuples(), read, strict=True)
        if abs(abs(f.value) - value) > 1e-6 * max(value, 1) or abs(f.resolution - place) > 1e-9
    ]
    assert len(facts) > 750
    assert wrong == []


WORDS = {  # the source's words of approximation; a token with none of them is exact
    "odd": "余|餘|多",
    "nearly": "近|nearly",
    "about": "约|約|左右|about|around|roughly",
    "over": "超|逾|突破|破",
    "at_least": "以上|不少于|不少於|上千",
    "at_most": "以内|以內",
    "range": "—|四五|前五|前两",
    "masked": r"xx|\*",
}


def test_hedges_are_the_tokens_words():
    """Three rows have their hedge outside the token (不少於 over a list, 找10个都难); two have two hedges."""
    known = {"c021-008", "c092-003", "c092-004", "c024-001", "c024-003"}
    wrong = []
    for fact in FACTS.itertuples():
        words = {h for h, pattern in WORDS.items() if re.search(pattern, fact.token)}
        if fact.fact_id not in known and words != ({fact.hedge} - {"exact"}):
            wrong.append((fact.fact_id, fact.token, fact.hedge))
    assert wrong == []


def test_the_national_series_is_what_the_bulletins_state():
    national = yr.load_national().query("processing == 'stated'")
    facts = FACTS[(FACTS["district"] == "CN") & FACTS["kind"].isin(["level", "share"])]
    facts = facts.assign(year=facts["period_end"].str[:4].astype("Int64"))
    joined = national.merge(facts, on=["indicator", "year", "source_id"], how="left", suffixes=("", "_fact"))
    assert joined["value_fact"].notna().all(), joined[joined["value_fact"].isna()]
    same = (joined["value"] - joined["value_fact"]).abs() < 1e-6
    assert joined.assign(same=same).groupby(["indicator", "year"])["same"].any().all()


def test_bulletin_sums_hold():
    """The bulletin of 2021 adds up to 73.715 million members and 3.677 million organisations, both ways."""
    national = yr.load_national().query("year == 2021").set_index("indicator")["value"]
    fields = ["student", "enterprise", "rural", "gov_inst", "urban", "social_other"]
    assert sum(national[f"members_{f}"] for f in fields) == pytest.approx(73_715_000)
    assert sum(national[f"orgs_{f}"] for f in fields) == pytest.approx(3_677_000)
    assert national[
        ["committees_local", "committees_grassroots", "branches_incl_general"]
    ].sum() == pytest.approx(3_677_000)


def test_conflicting_claims_on_the_waves_stand_side_by_side():
    waves = (
        yr.load_pilots().query("district == 'CN'").dropna(subset="units").groupby("wave")["units"].agg(set)
    )
    assert set(yr.load_pilots()["wave"]) == {*waves.index, "provincial-2019", "rollout-2022"}
    assert waves["national-2019"] == {18, 20}
    assert waves["national-2021"] == {619}
    assert waves["national-2019-2021"] == {621}


def test_every_indicator_is_used_and_none_is_named_twice():
    indicators = yr.load_indicators()
    used = (
        set(FACTS["indicator"])
        | set(yr.load_national()["indicator"])
        | set(yr.load_identities()["indicator"])
    )
    assert set(indicators["indicator"]) - used <= set(indicators["denominator"])
    assert indicators["label_zh"].is_unique and indicators["label_en"].is_unique


def test_places_have_parents_up_to_the_nation():
    parents = yr.load_districts().set_index("district")["parent"]
    for district in parents.index:
        while district != "CN":
            district = parents[district]
    codes = parents[parents.index.str.fullmatch(r"\d{6}") & parents.str.fullmatch(r"\d{6}").fillna(False)]
    assert all(child[:2] == parent[:2] for child, parent in codes.items())


def test_tables_are_stored_as_the_data_package_lists_them():
    listed = {p.name for p in DATA.glob("*.csv")}
    package = pd.read_json(DATA / "datapackage.json", typ="series")["resources"]
    assert listed == {r["path"] for r in package}
    for resource in package:
        columns = pd.read_csv(DATA / resource["path"], nrows=0).columns.tolist()
        assert columns == [f["name"] for f in resource["schema"]["fields"]]
        assert resource["title_zh"] and all(
            f["title"] and f["title_zh"] for f in resource["schema"]["fields"]
        )


def test_units_of_one_base_are_of_one_size():
    """Figures are compared within a base, and nothing is converted."""
    units = yr.load_units()
    scaled = units[units["label_en"].str.match("milli|centi|kilo|mega|giga|tera|nautical")]
    assert len(scaled) > 20
    assert (scaled["label_en"].str.replace(r"[ -]", "_", regex=True) == scaled["base"]).all()

"""Places over time."""

import pandas as pd
import pytest

import youthresearch as yr

DIVISIONS = yr.load_divisions()


@pytest.mark.parametrize(
    ("name", "year", "hints", "found"),
    [
        ("南山区", 2019, (), ["230404", "440305"]),
        ("南山", 2019, (), ["230404", "440305"]),
        ("龙华区", 2019, (), ["440309", "460106"]),
        ("龙华区", 2010, (), ["460106"]),
        ("章丘", 2015, (), ["370181"]),
        ("章丘", 2016, (), ["370114"]),
        ("温岭市", 2020, (), ["331081"]),
        ("无此县", 2020, (), []),
    ],
)
def test_a_name_gives_all_its_candidates(name, year, hints, found):
    """Codes from GB/T 2260, as compared with three packages in data/README.md."""
    assert yr.resolve_district(name, DIVISIONS, year=year, hints=hints)["district"].tolist() == found


@pytest.mark.parametrize("hints", ["深圳市", ["广东"], "共青团深圳市南山区委员会工作总结"])
def test_hints_put_a_candidate_first_and_keep_the_others(hints):
    table = yr.resolve_district("南山区", year=2019, hints=hints)
    assert table["district"].tolist() == ["440305", "230404"]
    assert table["hinted"].tolist() == [True, False]
    assert table["within"].tolist() == ["广东省深圳市", "黑龙江省鹤岗市"]


def test_a_name_of_one_character_is_refused():
    with pytest.raises(yr.DataError, match="too short"):
        yr.resolve_district("区", DIVISIONS)


def test_codes_are_followed_to_today():
    """怀仁县 became a city in 2018, 嫩江县 in 2019, 玉环县 in 2017; 章丘市 and 奉化市 districts in 2016."""
    old = pd.Series(["140624", "231121", "331021", "370181", "330283", "440305", "X-c024", "CN"])
    new = ["140681", "231183", "331083", "370114", "330213", "440305", "X-c024", "CN"]
    assert yr.follow_codes(old, DIVISIONS).tolist() == new


def test_a_county_that_was_merged_has_no_successor():
    """崇文区 went into 东城区 in 2010."""
    assert yr.follow_codes(pd.Series(["110103"])).tolist() == ["110103"]


def test_successors_that_lead_in_a_circle_are_refused():
    circle = pd.DataFrame({"district": ["1", "2"], "successor": ["2", "1"]})
    with pytest.raises(yr.DataError, match="lead in a circle"):
        yr.follow_codes(pd.Series(["1"]), circle)


def test_the_table_holds_together():
    counties = DIVISIONS[DIVISIONS["level"] == "county"]
    assert counties["valid_to"].isna().sum() == 2846  # in 2024; without Taiwan, Hong Kong and Macao
    assert set(counties["parent"]) | set(counties["successor"].dropna()) <= set(DIVISIONS["district"])
    spells = counties.sort_values(["district", "valid_from"])
    after = spells.groupby("district")["valid_from"].shift(-1)
    assert (spells["valid_to"] < after)[after.notna()].all()


def test_a_successor_begins_the_year_after():
    ended = DIVISIONS.dropna(subset="successor")
    begins = ended.merge(DIVISIONS[["district", "valid_from"]], left_on="successor", right_on="district")
    next_year = begins[begins["valid_from_y"] == begins["valid_to"] + 1]
    assert len(ended) > 500 and set(next_year["district_x"]) == set(ended["district"])


def test_it_agrees_with_the_places_of_the_documents():
    places = yr.load_districts()
    both = places[
        places["district"].str.fullmatch(r"\d{6}") & ~places["district"].str.endswith("0000")
    ].merge(DIVISIONS, on="district", suffixes=("", "_over_time"))
    names = both.groupby("district").agg(own=("name_zh", "first"), known=("name_zh_over_time", set))
    assert len(names) > 60
    assert all(own in known for own, known in names.to_numpy())


def test_codes_from_a_spreadsheet_are_followed_too():
    """231121 became 231183: as a whole number, and one of a column with gaps, it is the same code."""
    for codes in ([231121, 440305], [231121.0, 440305.0], ["231121", "440305"]):
        assert yr.follow_codes(pd.Series(codes), yr.load_divisions()).tolist() == ["231183", "440305"]
    assert yr.follow_codes(["231121"], yr.load_divisions()).tolist() == ["231183"]
    with pytest.raises(yr.DataError, match="too short a name"):
        yr.resolve_district(None, yr.load_divisions())

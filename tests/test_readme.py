"""The two READMEs quote numbers that the notebooks publish, the same ones, and name files that are there."""

import csv
import re
from pathlib import Path

import pytest

import youthresearch as yr

ROOT = Path(__file__).resolve().parents[1]
READMES = [ROOT / "README.md", ROOT / "README.zh.md"]
QUOTED = {
    "00-tour": [
        "organisations_before",
        "organisations_after",
        "growth_stated_percent",
        "growth_recomputed_percent",
    ],
    "01-sources-and-facts": ["sources", "sources_with_facts", "facts", "indicators", "facts_that_are_vague"],
    "02-audit": [
        "relations_of_arithmetic_checked",
        "parts_checked_against_wholes",
        "documents_in_conflict",
        "relations_in_conflict",
        "conflicts_in_translations",
        "nanshan_members_growth_percent",
        "nanshan_volunteers_growth_low_percent",
        "nanshan_volunteers_growth_high_percent",
    ],
    "03-before-and-after": [
        "nanshan_cadres_growth_stated_percent",
        "nanshan_cadres_before",
        "national_members_growth_percent",
        "national_organisations_growth_percent",
    ],
}


def numbers(stem):
    with (ROOT / "figures" / f"{stem}.numbers.csv").open(encoding="utf-8", newline="") as file:
        return {row["name"]: row["value"] for row in csv.DictReader(file)}


@pytest.mark.parametrize("readme", READMES, ids=lambda p: p.name)
@pytest.mark.parametrize("stem", QUOTED)
def test_quoted_numbers_are_the_published_ones(readme, stem):
    text = readme.read_text(encoding="utf-8").replace("−", "-")
    found = text.split("<!-- found -->")[1]
    values = numbers(stem)
    missing = {
        n: values[n]
        for n in QUOTED[stem]
        if not re.search(rf"(?<![\d.,]){re.escape(values[n])}(?![\d]|[.,]\d)", found)
    }
    assert not missing


@pytest.mark.parametrize("readme", READMES, ids=lambda p: p.name)
def test_the_quality_of_extraction_is_the_published_one(readme):
    quoted = set(re.findall(r"^\|[^|]+\| ([\d.]+)% \|", readme.read_text(encoding="utf-8"), re.MULTILINE))
    published = numbers("04-reading-a-report")
    layers = ("recall_percent", "precision_percent", "kind_percent", "noun_percent")
    assert quoted == {published[name] for name in layers}


def test_the_first_finding_holds():
    """The READMEs open with it: since 2015 no county has one indicator in two years."""
    assert numbers("05-panel-and-coverage")["county_series_of_two_years_or_more"] == "0"


def code(readme):
    """Return the Python of a text."""
    blocks = re.findall(r"```python\n(.*?)```", readme.read_text(encoding="utf-8"), re.DOTALL)
    return "\n".join(blocks)


def test_the_twin_has_the_same_code():
    english, chinese = (re.sub(r"  # .*", "", code(r)) for r in READMES)
    assert english == chinese


def test_the_code_runs_as_printed(tmp_path, monkeypatch):
    """With fewer simulated studies than by default."""
    monkeypatch.setitem(yr.minimum_detectable_effect.__kwdefaults__, "simulations", 100)
    monkeypatch.chdir(tmp_path)
    text = "2021年，全区有团员1200名，比上年增加200名，增长20%。召开座谈会12场，送去口罩500个。"
    (tmp_path / "report.docx").write_text(text, encoding="utf-8")  # a file is what its content is
    (tmp_path / "reports").mkdir()
    (tmp_path / "reports" / "某区 2020年.txt").write_text(text.replace("2021", "2020"), encoding="utf-8")
    (tmp_path / "reports" / "empty.txt").touch()
    names = {}
    exec(code(READMES[0]), names)
    exec(code(ROOT / "data" / "README.md"), names)
    assert names["facts"]["value"].tolist() == [1200, 200, 20, 12, 500]
    assert names["facts"]["indicator"].tolist() == [*["members"] * 3, "activities", "activities_other"]
    assert names["facts"]["note"].iloc[-1] == "口罩"
    assert names["read"]["source_id"].tolist() == ["某区-2020年"]
    assert set(names["draft"]["source_id"]) == {"某区-2020年"}
    assert set(names["columns"]) <= set(names["draft"])  # so it becomes facts as the draft of one report does


def test_no_other_number_is_quoted():
    """Every figure with a unit of per cent in the findings is a published one."""
    published = {v.lstrip("-") for stem in QUOTED for v in numbers(stem).values()}
    for readme in READMES:
        found = readme.read_text(encoding="utf-8").split("<!-- found -->")[1]
        assert set(re.findall(r"\d+(?:\.\d+)?(?=\s?%)", found)) <= published


@pytest.mark.parametrize("readme", [*READMES, ROOT / "data" / "README.md"], ids=lambda p: p.name)
def test_files_it_names_are_there(readme):
    text = readme.read_text(encoding="utf-8")
    links = [t for t in re.findall(r"\]\(([^)#]+)\)", text) if "://" not in t]
    assert links
    assert not [t for t in links if not (readme.parent / t).exists()]


def test_the_twin_links_the_same_files():
    links = [set(re.findall(r"\]\(([^)#]+)\)", r.read_text(encoding="utf-8"))) for r in READMES]
    english, chinese = ({re.sub(r"\.en\.(png|md)$", r".zh.\1", t) for t in each} for each in links)
    assert english - {"README.zh.md"} == chinese - {"README.md"}


def test_the_data_are_described_with_their_own_numbers():
    text = (ROOT / "data" / "README.md").read_text(encoding="utf-8")
    published = numbers("01-sources-and-facts")
    agree, read = published["facts_both_codings_agree_on"], published["facts_in_reports_read_whole"]
    assert re.search(rf"the {agree} of\s+{read} facts", text)


@pytest.mark.parametrize("readme", READMES, ids=lambda p: p.name)
def test_the_size_of_the_tests_is_that_of_the_study(readme):
    with (ROOT / "data" / "size.csv").open(encoding="utf-8", newline="") as file:
        rows = [r | {"size": 100 * float(r["size"])} for r in csv.DictReader(file)]
    likelier = [r["pilots"] == "likelier" for r in rows]
    right = [r["size"] for r, out in zip(rows, likelier, strict=True) if r["test"] == "strata" and not out]
    leaning = [r["size"] for r, out in zip(rows, likelier, strict=True) if r["test"] == "strata" and out]
    alone = [r["size"] for r in rows if r["test"] == "clustered" and r["treated"] == "1"]
    text = " ".join(readme.read_text(encoding="utf-8").split())
    assert f"{len(right)} " in text
    for sizes, digits in ((right, 1), (leaning, 1), (alone, 0)):
        low, high = f"{min(sizes):.{digits}f}", f"{max(sizes):.{digits}f}"
        assert re.search(rf"{low}%? (?:to|到) {high}%", text), (low, high)

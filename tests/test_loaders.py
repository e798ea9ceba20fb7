"""Every loader gives its table, from the project's folder or a researcher's own."""

import os
import shutil
import sys

import pytest
from sweeps import sweep

import youthresearch as yr
from youthresearch.loaders import DATA, OWN

LOADERS = [name for name in yr.__all__ if name.startswith("load_")]


OF_OWN = ("nanshan-2021", "longhua-2018", "heshan-2023", "wenling-2020", "template-xx")


@pytest.fixture
def own(tmp_path):
    """Make a researcher's own folder, with sources and the facts of five documents only."""
    shutil.copy(DATA / "sources.csv", tmp_path)
    head, *rows = (DATA / "facts.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    kept = [row for row in rows if row.split(",")[1] in OF_OWN]
    (tmp_path / "facts.csv").write_text(head + "".join(kept), encoding="utf-8")
    return tmp_path


def facts_of_own():
    facts = yr.load_facts()
    return facts[facts["source_id"].isin(OF_OWN)].reset_index(drop=True)


def edit(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


@pytest.mark.parametrize("name", LOADERS)
def test_every_loader_gives_a_documented_table(name):
    load = getattr(yr, name)
    assert len(load()) > 0
    assert "one row is one" in load.__doc__ or "one row is what one" in load.__doc__


@pytest.mark.slow
def test_own_facts_use_the_projects_code_book(own):
    assert yr.load_facts(own).equals(facts_of_own())


@pytest.mark.slow
def test_waves_of_ones_own_register_have_ones_own_names(own):
    shutil.copy(DATA / "pilots.csv", own / "pilots.csv")
    edit(own / "pilots.csv", ",provincial-2019,331081,", ",省第二批,331081,")
    assert yr.load_pilots(own)["wave"][0] == "省第二批"
    edit(own / "pilots.csv", ",省第二批,331081,", ",,331081,")
    with pytest.raises(yr.DataError, match="wave"):
        yr.load_pilots(own)


@pytest.mark.slow
def test_an_editors_lock_is_no_table(own, link):
    link(own / ".#facts.csv", "someone@somewhere.1")
    assert yr.load_facts(own).equals(facts_of_own())


def test_a_folder_that_stands_elsewhere_is_another(tmp_path, monkeypatch):
    """Two rounds of one study, unpacked at one time: their tables are as long and as old."""
    for first, text in (("2020", "one"), ("2021", "two")):
        (tmp_path / first / "own").mkdir(parents=True)
        shutil.copy(DATA / "labels.csv", tmp_path / first / "own")
        edit(tmp_path / first / "own" / "labels.csv", "estimator_did,", f"estimator_{text},")
        os.utime(tmp_path / first / "own" / "labels.csv", (1e9, 1e9))
        monkeypatch.chdir(tmp_path / first)
        assert f"estimator_{text}" in yr.load_labels("own")["key"].tolist()


@pytest.mark.slow
def test_own_code_book_comes_first(own):
    shutil.copy(DATA / "indicators.csv", own)
    edit(own / "indicators.csv", "\norgs_social,", "\norgs_of_society,")
    with pytest.raises(yr.DataError, match="orgs_social") as refused:
        yr.load_facts(own)
    assert "nanshan-2021" in str(refused.value)


@pytest.mark.slow
def test_own_facts_may_be_of_any_place_that_has_a_code(own):
    """440307 is no place of the project's documents, and is in divisions.csv; 440399 is nowhere."""
    edit(own / "facts.csv", "nanshan-2021-005,nanshan-2021,440305", "nanshan-2021-005,nanshan-2021,440307")
    facts, places = yr.load_facts(own), yr.load_districts(own)
    row = facts.query("fact_id == 'nanshan-2021-005'")
    named = yr.with_labels(row, yr.load_indicators(own), places)
    assert named["place_zh"].tolist() == ["龙岗区"]
    assert places.set_index("district").loc["440307", "parent"] == "440300"
    assert places["district"].is_unique and set(yr.load_districts()["district"]) <= set(places["district"])
    assert yr.build_panel(row)["district"].tolist() == ["440307"]


def test_own_places_are_added_to_those_there_are(own):
    edit(own / "facts.csv", "nanshan-2021-005,nanshan-2021,440305", "nanshan-2021-005,nanshan-2021,X-own")
    with pytest.raises(
        yr.DataError, match=r"(?s)district not found.*'X-own' in row 5.*a districts\.csv in your"
    ):
        yr.load_facts(own)
    header = ",".join(yr.load_districts().columns)
    (own / "districts.csv").write_text(f"{header}\nX-own,某区,A district,440300,masked,,\n", encoding="utf-8")
    assert (yr.load_facts(own)["district"] == "X-own").sum() == 1
    (own / "districts.csv").write_text(f"{header}\nX-own,某区,A district,449900,masked,,\n", encoding="utf-8")
    with pytest.raises(yr.DataError, match=r"parent not found in districts\.csv: '449900'"):
        yr.load_facts(own)


@pytest.mark.slow
def test_every_table_that_is_not_about_own_documents_is_the_projects(tmp_path):
    for load in (getattr(yr, name) for name in LOADERS):
        name = load.__name__.removeprefix("load_")
        if name in (*OWN, "documents"):
            with pytest.raises(yr.DataError, match="No "):
                load(tmp_path)
        elif name != "districts":
            assert load(tmp_path).equals(load())


@pytest.mark.slow
def test_one_refusal_tells_all_that_is_wrong(own):
    for old, new in [
        ("nanshan-2021-005,nanshan-2021,440305,,orgs_social", "nanshan-2021-005,nanshan-2021,440399,,"),
        ("heshan-2023-002,coder-1", "heshan-2023-999,coder-1"),
        (",200,,odd,", ",0,,odd,"),
        ("masked,,个", "masked,few,个"),
    ]:
        edit(own / "facts.csv", old, new)
    with pytest.raises(yr.DataError) as refused:
        yr.load_facts(own)
    said = str(refused.value)
    for what in (
        "district not found in districts.csv: '440399'",
        "indicator must not be empty",
        "an *_other of its pillar",  # what to do
        "part_of not found in facts.csv: 'heshan-2023-999'",
        "clear it where the row of the whole was deleted",
        "a vague word needs a value",
        "resolution must hold a number, in digits only",
    ):
        assert what in said, what


def test_a_unit_that_does_not_fit_is_told_with_those_that_do(own):
    edit(own / "facts.csv", "1100,,exact,1,个", "1100,,exact,1,人次")
    with pytest.raises(
        yr.DataError, match=r"indicator orgs_social \(level\), which takes 个, 家, .*: '人次' in row"
    ):
        yr.load_facts(own)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    sweep(
        ("1100,,exact", "1100,,roughly", "hedge"),
        ("1100,,exact", ",,exact", "only masked figures may lack a value"),
        ("1100,,exact,1,个", "1100,,exact,1,小时", "unit does not fit"),
        ("1100个,", "1100支,", None),
        ("nanshan-2021-005,", "nanshan-2021-004,", "fact_id"),
        slow=[  # one refusal tells most of these together, above
            ("masked,,个", "masked,1,个", "masked figures must have no value"),
            ("9,21,range", "9,,range", "value_max belongs to ranges"),
            ("1100,,exact", "-1100,,exact", "may be negative"),
            ("2019-10,achieved", "2019-13,achieved", "period_end"),
            ("heshan-2023-002,coder-1", "nanshan-2021-005,coder-1", "part_of must be another fact"),
            ("1100,,exact", "eleven hundred,,exact", "number"),
            ("nanshan-2021-005,nanshan-2021,440305", "nanshan-2021-005,nanshan-2021,440399", "440399"),
            ("heshan-2023-002,coder-1", "heshan-2023-999,coder-1", "heshan-2023-999"),
            ("200,,odd", "0,,odd", "a vague word needs a value"),
            ("heshan-2023-002,coder-1", "heshan-2023-004,coder-1", "part_of must be another fact"),
        ],
    ),
)
def test_a_bad_fact_is_refused(own, old, new, said):
    edit(own / "facts.csv", old, new)
    if said is None:
        with pytest.raises(yr.DataError, match="does not stand at its offsets"):
            yr.check_evidence(yr.load_facts(own), yr.load_documents())
    else:
        with pytest.raises(yr.DataError, match=said):
            yr.load_facts(own)


def test_evidence_needs_its_document():
    facts, documents = yr.load_facts(), yr.load_documents()
    with pytest.raises(yr.DataError, match="No document"):
        yr.check_evidence(facts, documents[documents["source_id"] != "longhua-2018"])


def test_a_folder_that_is_not_there_does_not_stand_for_the_projects(tmp_path):
    """A slip in its name would give the project's register as one's own."""
    for load in (yr.load_pilots, yr.load_indicators, yr.load_districts, yr.load_facts):
        with pytest.raises(yr.DataError, match=r"No folder .*my-dota"):
            load(tmp_path / "my-dota")


def test_a_register_without_its_sources_says_what_to_do(tmp_path):
    yr.load_pilots().to_csv(tmp_path / "pilots.csv", index=False)
    with pytest.raises(yr.DataError, match=r"where pilots\.csv has keys of it: write it too[\s\S]*read_csv"):
        yr.load_pilots(tmp_path)


def test_a_missing_file_and_a_wrong_encoding_are_explained(tmp_path):
    with pytest.raises(yr.DataError, match=r"No file facts\.csv.*data="):
        yr.load_facts(tmp_path)
    (tmp_path / "sources.csv").write_bytes("来源".encode("gb18030"))
    with pytest.raises(yr.DataError, match="UTF-8"):
        yr.load_sources(tmp_path)
    with pytest.raises(yr.DataError, match="No documents"):
        yr.load_documents(tmp_path)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "no table"),
        (b'a,b\n"1,2\n', "no table|columns"),
        (b"a,b\n1,2,3\n", "no table|columns"),
        (b"PK\x03\x04\xff", "UTF-8"),
    ],
)
def test_what_is_no_table_is_refused_with_its_name(tmp_path, content, said):
    (tmp_path / "sources.csv").write_bytes(content)
    with pytest.raises(yr.DataError, match=said) as refused:
        yr.load_sources(tmp_path)
    assert "sources.csv" in str(refused.value)


@pytest.mark.slow
def test_what_a_spreadsheet_does_to_a_table_is_told(own):
    facts = (own / "facts.csv").read_text(encoding="utf-8")
    (own / "facts.csv").write_text(facts.replace(",2019-10,", ",2019/10/1,"), encoding="utf-8-sig")
    with pytest.raises(yr.DataError, match=r"period_end must match .*, as 2019, 2019-10 or .*2019/10/1"):
        yr.load_facts(own)
    (own / "facts.csv").write_bytes(facts.encode("gb18030"))
    with pytest.raises(yr.DataError, match="CSV UTF-8"):
        yr.load_facts(own)


@pytest.mark.slow
def test_sources_are_checked_with_the_facts(own):
    edit(own / "sources.csv", ",news,", ",blog,")
    with pytest.raises(yr.DataError, match="blog"):
        yr.load_facts(own)


def test_a_document_may_begin_with_a_byte_order_mark(tmp_path):
    (tmp_path / "documents").mkdir()
    (tmp_path / "documents" / "a.txt").write_text("1100个", encoding="utf-8-sig")
    assert yr.load_documents(tmp_path)["text"].tolist() == ["1100个"]
    (tmp_path / "documents" / "b.txt").write_bytes("来源".encode("gb18030"))
    with pytest.raises(yr.DataError, match=r"b\.txt is not UTF-8"):
        yr.load_documents(tmp_path)


@pytest.mark.skipif(sys.getfilesystemencoding() != "utf-8", reason="not every name can be one here")
def test_the_name_of_a_document_is_composed_as_its_source_is_typed(tmp_path):
    """As macOS may hand it over: the accent apart from its letter."""
    (tmp_path / "documents").mkdir()
    (tmp_path / "documents" / "cafe\u0301.txt").write_text("1100个", encoding="utf-8")
    assert yr.load_documents(tmp_path)["source_id"].tolist() == ["caf\u00e9"]


def test_cap_is_the_users_choice():
    over = "token == '超过23万人'"
    assert yr.load_facts().query(over)["high"].item() == float("inf")
    assert yr.load_facts(cap="next_unit").query(over)["high"].item() == 240000


def test_with_labels_names_indicator_and_place():
    row = yr.load_facts().query("fact_id == 'nanshan-2021-005'")
    named = yr.with_labels(row, yr.load_indicators(), yr.load_districts())
    assert named[["label_zh", "label_en", "place_zh", "place_en"]].loc[0].tolist() == [
        "社会领域团组织",
        "Organisations in the social field",
        "南山区",
        "Nanshan",
    ]


def test_proposals_that_were_not_yet_coded_say_what_is_too_much(tmp_path):
    draft = yr.extract_facts("全区共有团员100名。", source_id="one")
    draft.to_csv(tmp_path / "facts.csv", index=False)
    with pytest.raises(yr.DataError, match=r"csv: columns not known \['low', 'high', 'noun'.*leave them out"):
        yr.load_facts(tmp_path)


def test_code_book_and_places_that_change_places_are_refused():
    with pytest.raises(yr.DataError, match=r"The indicators lack the columns .*give load_indicators"):
        yr.with_labels(yr.load_facts().head(1), yr.load_districts(), yr.load_indicators())


@pytest.mark.parametrize("load", [yr.load_facts, yr.load_documents, yr.load_pilots])
def test_a_folder_that_is_no_path_is_refused(load):
    with pytest.raises(yr.DataError, match="data=3 is no folder"):
        load(data=3)

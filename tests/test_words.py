"""A researcher's own words beside the project's: read where asked for, and nowhere else."""

import re
from pathlib import Path
from threading import Thread

import pytest

import youthresearch as yr
from youthresearch import words
from youthresearch.datapackage import table_schema
from youthresearch.schema import DataError
from youthresearch.words import word_table, words_of

TEXT = "全区共有爱心柴火十二垛，团员300名。"


@pytest.fixture
def own(tmp_path):
    """Write a classifier that the project lacks, a noun that its tagger cuts in two, a paper, a hedge."""
    (tmp_path / "units.csv").write_text("unit,base,label_en\n垛,item,stack\n", encoding="utf-8")
    (tmp_path / "lexicon.csv").write_text(
        "word,role,code\n爱心柴火,noun,\n存折,form,\n将近,hedge_before,about\n", encoding="utf-8"
    )
    return tmp_path


@pytest.mark.slow
def test_words_of_ones_own_are_read_and_nothing_of_them_is_left(own):
    """A classifier, a noun, papers that are no figures, a code that goes before that of the project."""
    texts = (TEXT, "每人提交存折2份。", "团员将近300名。")
    before, with_them, after = ([yr.extract_facts(t, data=d) for t in texts] for d in (None, own, None))
    for plain, papers, hedge in (before, after):
        assert plain["token"].tolist() == ["300名"]
        assert (len(papers), hedge["hedge"].item()) == (1, "nearly")
    facts, papers, hedge = with_them
    assert facts["token"].tolist() == ["十二垛", "300名"]
    assert facts["noun"].tolist() == ["爱心柴火", "团员"]
    assert facts["indicator"].tolist() == ["", "members"]
    assert (len(papers), hedge["hedge"].item()) == (0, "about")


@pytest.mark.slow
def test_a_word_of_a_mean_of_ones_own_makes_a_rate(own):
    (own / "lexicon.csv").write_text("word,role,code\n床产,mean,\n", encoding="utf-8")
    facts = [yr.extract_facts("全镇木耳床产30公斤。", data=data) for data in (own, None)]
    assert [(f["kind"].item(), f["unit"].item()) for f in facts] == [("mean", "公斤/床"), ("level", "公斤")]


def test_every_module_that_keeps_what_it_made_of_the_words_is_made_to_forget():
    modules = {
        path.stem: path.read_text(encoding="utf-8") for path in Path(words.__file__).parent.glob("*.py")
    }
    readers = {
        name for name, code in modules.items() if re.search(r"lexicon_\w+\(|word_table\(|roles\(", code)
    }
    keepers = {name for name in readers if re.search(r"^@(lru_)?cache", modules[name], re.M)}
    assert keepers and keepers <= set(words._READERS)


def test_every_role_of_a_word_is_described():
    role = next(f for f in table_schema("lexicon")["fields"] if f["name"] == "role")
    described = re.findall(r"[a-z_]+(?=[,:])", role["description"])
    assert set(role["constraints"]["enum"]) <= set(described)


def test_the_words_of_the_project_are_all_kept(own):
    with words_of(own):
        units = word_table("units")
    assert set(units["unit"]) == set(yr.load_units()["unit"]) | {"垛"} and units["unit"].is_unique


@pytest.mark.slow
def test_a_unit_of_ones_own_may_be_put_into_a_class_of_units(own):
    """What is counted in 垛 is there on a day until the words say that it happens."""
    assert yr.extract_facts(TEXT, data=own)["flow"][0] == "stock"
    with (own / "lexicon.csv").open("a", encoding="utf-8") as file:
        file.write("垛,unit_flow,\n")
    assert yr.extract_facts(TEXT, data=own)["flow"][0] == "flow"


@pytest.mark.slow
def test_a_change_of_the_files_is_noticed_and_a_code_book_takes_the_place_of_the_project_s(own):
    assert yr.extract_facts(TEXT, data=own)["indicator"].tolist() == ["", "members"]
    (own / "units.csv").write_text("unit,base,label_en\n摞,item,pile of\n", encoding="utf-8")
    book = yr.load_indicators().query("indicator == 'members'").assign(indicator="my_members", denominator="")
    book.to_csv(own / "indicators.csv", index=False)
    assert yr.extract_facts(TEXT, data=own)["indicator"].tolist() == ["my_members"]


def test_a_folder_without_words_and_a_broken_file_are_errors(own, tmp_path):
    with pytest.raises(DataError, match="No words in"):
        yr.extract_facts(TEXT, data=tmp_path / "nowhere")
    (own / "lexicon.csv").write_text("word,role,code\n爱心柴火,nuon,\n", encoding="utf-8")
    with pytest.raises(DataError, match="nuon"):
        yr.extract_facts(TEXT, data=own)
    with words_of(None):
        assert "垛" not in set(word_table("units")["unit"])


@pytest.mark.parametrize(
    "row", ["将近,hedge_before,most", "将近,hedge_after,", "将近,hedge_before,range", "改制前,baseline,"]
)
def test_a_code_that_would_reach_the_facts_is_checked(own, row):
    (own / "lexicon.csv").write_text(f"word,role,code\n{row}\n", encoding="utf-8")
    with pytest.raises(DataError, match="no code, or one that is none"):
        yr.extract_facts(TEXT, data=own)


@pytest.mark.slow
def test_threads_with_other_words_wait_for_each_other(own, monkeypatch):
    counts, read, state_of = [], [], words.state_of
    monkeypatch.setattr(words, "state_of", lambda data: read.append(data) or state_of(data))
    other = Thread(target=lambda: counts.append(len(yr.extract_facts(TEXT))))
    with words_of(own):
        other.start()
        other.join(0.2)
        assert read == [own] and len(yr.extract_facts(TEXT, data=own)) == 2
    other.join()
    assert read == [own, own, None] and counts == [1]


@pytest.mark.slow
def test_threads_with_other_words_do_not_mix(own):
    counts = {None: set(), own: set()}

    def work(data):
        counts[data].update(len(yr.extract_facts(TEXT, data=data)) for _ in range(6))

    threads = [Thread(target=work, args=(data,)) for data in (own, None, own, None)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert counts == {None: {1}, own: {2}}


def test_the_class_of_a_mistagged_word_is_one_that_tokens_have():
    assert set(words.lexicon_codes("mistagged").values()) <= set("nwvhas")

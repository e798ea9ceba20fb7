"""Many reports: the same facts however they are run, nothing lost when something dies, failures as rows.

What starts and kills processes and clusters is slow: `make test-slow`.
"""

import ast
import ntpath
import os
import random
import signal
import subprocess
import sys
import unicodedata
from hashlib import sha256
from pathlib import Path
from types import SimpleNamespace

import dask
import pandas as pd
import pytest

from youthresearch import corpus, files, workers
from youthresearch.audit import audit_facts
from youthresearch.corpus import TABLES, extract_corpus, read_corpus
from youthresearch.documents import read_report
from youthresearch.extract import extract_facts, propose
from youthresearch.loaders import DATA, load_facts
from youthresearch.schema import DataError, list_refused

kills = pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no such signal on this system")
any_name = pytest.mark.skipif(sys.getfilesystemencoding() != "utf-8", reason="not every name can be one here")
DOCUMENTS = 8
SENTENCES = (
    "全区现有团员{a}名，比试点前增加{b}名。",
    "社会领域团组织达到{a}个，增长{c}.5%。",
    "全年开展志愿服务{b}场，参与青年超过{a}人次。",
    "专职团干部{c}人，其中女干部近{c}人。",
)


@pytest.fixture(autouse=True)
def one_process():
    """Keep runs in this process unless a test chooses otherwise: starting processes takes seconds."""
    with dask.config.set(scheduler="synchronous"):
        yield


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch):
    monkeypatch.setattr(corpus, "CHUNK_DOCUMENTS", 2)


@pytest.fixture
def folder(tmp_path):
    """Write reports of three counties, numbered through."""
    for number in range(DOCUMENTS):
        write(tmp_path / "reports" / f"county-{number % 3}" / f"report-{number:02d}.txt", number)
    return tmp_path / "reports"


def write(path, seed):
    rng = random.Random(seed)
    lines = [
        s.format(a=rng.randint(200, 9000), b=rng.randint(20, 199), c=rng.randint(2, 19)) for s in SENTENCES
    ]
    rng.shuffle(lines)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"某县二〇二{seed % 10}年共青团工作报告\n" + "".join(lines), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def client():
    """Two worker processes with one thread each."""
    from distributed import Client, LocalCluster

    options = {"processes": True, "n_workers": 2, "threads_per_worker": 1, "silence_logs": 50}
    with LocalCluster(dashboard_address=None, **options) as cluster, Client(cluster) as client:
        yield client


def same(a, b):
    pd.testing.assert_frame_equal(a, b)
    for name in a.attrs:
        pd.testing.assert_frame_equal(pd.DataFrame(a.attrs[name]), pd.DataFrame(b.attrs[name]))
    assert a.attrs.keys() == b.attrs.keys()


def contents(output):
    """Return every file below a folder with its bytes."""
    return {str(p.relative_to(output)): p.read_bytes() for p in sorted(output.rglob("*")) if p.is_file()}


@pytest.fixture
def extracted(monkeypatch):
    """List the source_ids that are extracted in this process from now on."""
    seen = []

    def listed(document, *, source_id, **options):
        seen.append(source_id)
        return propose(document, source_id=source_id, **options)

    monkeypatch.setattr(corpus, "propose", listed)
    return seen


# The same result, however it is run


@pytest.mark.slow
def test_facts_are_those_of_each_document_in_order():
    paths = sorted((DATA / "documents").glob("*.txt"))[::4]
    facts = extract_corpus(reversed(paths))
    each = [extract_facts(read_report(p), source_id=p.stem) for p in paths]
    refused = sum(len(list_refused(f)) for f in each)
    wanted = pd.concat([f for f in each if len(f)]).astype(TABLES["facts"])
    wanted = wanted.sort_values(["source_id", "start"], kind="stable", ignore_index=True)
    pd.testing.assert_frame_equal(facts, wanted)
    assert len(facts.attrs["refused"]) == refused and len(facts.attrs["failures"]) == 0
    assert (facts.attrs["documents"]["status"] == "read").all()
    assert facts.attrs["documents"]["facts"].sum() == len(facts) > 100


def test_columns_are_those_of_the_extractor():
    facts = extract_facts("全区现有团员3000名，第3次会议。", source_id="x")
    assert list(facts) == list(TABLES["facts"])
    assert {*facts.attrs["refused"], "source_id"} == set(TABLES["refused"])


@pytest.mark.slow
@pytest.mark.parametrize("scheduler", ["threads", "processes"])
def test_local_schedulers_agree(folder, scheduler):
    with dask.config.set(scheduler=scheduler, num_workers=2):
        facts = extract_corpus(folder)
    same(facts, extract_corpus(folder))
    assert facts["source_id"].nunique() == DOCUMENTS


@pytest.mark.slow
def test_processes_are_used_where_there_is_work_for_them(monkeypatch):
    with dask.config.set(scheduler=None):
        assert workers.local_runner(2).args == ("synchronous",)
        assert workers.local_runner(3) is workers._in_processes


@pytest.mark.slow
def test_cluster_agrees(folder, client, tmp_path):
    extract_corpus(folder, client=client, output=tmp_path / "cluster")
    extract_corpus(folder, output=tmp_path / "local")
    assert contents(tmp_path / "cluster") == contents(tmp_path / "local")


@pytest.mark.slow
def test_order_and_chunks_make_no_difference(folder, monkeypatch):
    facts = extract_corpus(folder)
    paths = [*folder.rglob("*.txt"), folder / "county-1"]  # some of them twice
    random.Random(1).shuffle(paths)
    for documents, size in ((7, 10**6), (1000, 1)):
        monkeypatch.setattr(corpus, "CHUNK_DOCUMENTS", documents)
        monkeypatch.setattr(corpus, "CHUNK_BYTES", size)
        same(extract_corpus(iter(paths)), facts)


@pytest.mark.slow
def test_output_is_the_same_bytes_and_the_same_facts(folder, tmp_path):
    facts = extract_corpus(folder)
    summary = extract_corpus(folder, output=tmp_path / "a")
    extract_corpus(reversed(list(folder.rglob("*.txt"))), output=str(tmp_path / "b"))
    assert contents(tmp_path / "a") == contents(tmp_path / "b")
    same(read_corpus(tmp_path / "a"), facts)
    pd.testing.assert_frame_equal(summary, pd.DataFrame(facts.attrs["documents"]), check_flags=False)
    plain = pd.read_parquet(tmp_path / "a" / "facts")
    assert plain.dtypes.to_dict() == facts.dtypes.to_dict()
    assert sorted(plain["fact_id"]) == sorted(facts["fact_id"])


@pytest.mark.slow
def test_drafts_are_no_facts_and_say_what_reads_them(folder, tmp_path):
    extract_corpus(folder, output=tmp_path / "drafts")
    with pytest.raises(DataError, match="read by read_corpus"):
        load_facts(tmp_path / "drafts")


@pytest.mark.slow
def test_nothing_to_read_gives_tables_of_the_same_columns_and_types(folder, tmp_path):
    full, none = extract_corpus(folder), extract_corpus([])
    assert len(none) == 0 and none.dtypes.equals(full.dtypes)
    assert all(none.attrs[k].dtypes.equals(full.attrs[k].dtypes) for k in full.attrs)
    summary = extract_corpus([], output=tmp_path / "out")
    assert len(summary) == 0 and list(summary) == corpus.SUMMARY
    same(read_corpus(tmp_path / "out"), none)
    assert pd.read_parquet(tmp_path / "out" / "facts").dtypes.equals(full.dtypes)


@pytest.mark.slow
def test_a_document_without_facts_changes_no_type(tmp_path):
    (tmp_path / "a.txt").write_text("没有数字的一份报告。", encoding="utf-8")
    none = extract_corpus(tmp_path / "a.txt")
    write(tmp_path / "b.txt", 1)
    assert none.dtypes.equals(extract_corpus(tmp_path).dtypes)
    assert none.attrs["documents"][["status", "facts"]].to_numpy().tolist() == [["read", 0]]


def test_facts_with_their_attrs_can_be_joined(folder):
    facts = extract_corpus(folder)
    joined = pd.concat([facts[facts["kind"] == "level"], facts[facts["kind"] != "level"]])
    assert len(joined) == len(facts) and len(joined.attrs["documents"]) == DOCUMENTS
    assert len(pd.concat([facts, extract_corpus([])])) == len(facts)
    assert type(facts.attrs["documents"].head(1)) is pd.DataFrame


# Which documents, under which names


@pytest.mark.slow
def test_files_that_share_a_stem_are_told_apart_by_their_place(tmp_path):
    paths = [write(tmp_path / place / "report.txt", i) for i, place in enumerate("ab")]
    write(tmp_path / "a" / "other.txt", 5)
    ids = extract_corpus(tmp_path).attrs["documents"].set_index("path")["source_id"]
    assert ids[str(tmp_path / "a" / "other.txt")] == "other"
    assert ids.is_unique and ids[[str(p) for p in paths]].str.fullmatch(r"report-[0-9a-f]{8}").all()
    tmp_path.joinpath("a").rename(tmp_path / "c")
    assert len(set(ids) & set(extract_corpus(tmp_path).attrs["documents"]["source_id"])) == 2


@pytest.mark.slow
def test_names_that_differ_in_case_alone_are_told_apart(tmp_path):
    """Pages of evidence bear them, which on Windows and macOS would be one file."""
    for i, place in enumerate(("a/Report.txt", "b/report.txt", "b/other.txt")):
        write(tmp_path / place, i)
    ids = extract_corpus(tmp_path).attrs["documents"]["source_id"]
    assert "other" in set(ids) and ids[ids != "other"].str.fullmatch(r"[Rr]eport-[0-9a-f]{8}").all()


APART = unicodedata.normalize("NFD", "吕é")


@pytest.mark.slow
@any_name
def test_letters_and_accents_that_the_system_took_apart_are_put_together(tmp_path):
    """As macOS may hand names over, however they were typed."""
    file = write(tmp_path / f"{APART}.txt", 1)
    facts = extract_corpus(file, dates={str(tmp_path / "吕é.txt"): "2021"})
    assert set(facts["source_id"]) == {"吕é"} and set(facts["period_end"]) == {"2021"}
    both = [file, write(tmp_path / "吕é.txt", 2)]  # two files, where the system keeps them apart
    assert extract_corpus(both).attrs["documents"]["source_id"].is_unique


@pytest.mark.parametrize(
    ("paths", "places"),
    [
        ([r"C:\a\b\报告.txt", r"C:\a\报告.txt"], ["b/报告.txt", "报告.txt"]),
        ([r"C:\a\报告.txt", r"D:\报告.txt"], ["C:/a/报告.txt", "D:/报告.txt"]),
    ],
)
def test_paths_of_windows_are_named_as_others_are(monkeypatch, paths, places):
    """A path of two drives has no folder above it, which is no error."""
    monkeypatch.setattr(files, "os", SimpleNamespace(path=ntpath, sep="\\"))
    assert files.source_ids(paths) == [f"报告-{sha256(p.encode()).hexdigest()[:8]}" for p in places]


@pytest.mark.slow
def test_names_depend_on_no_locale():
    """In a locale without UTF-8 the system's own encoding has no Chinese, or has it in other bytes."""
    code = r"from youthresearch.files import digest; print(digest('\u62a5\u544a'))"
    plain = {"PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "LC_ALL": "C"}
    command = [sys.executable, "-c", code]
    told = subprocess.run(command, env=os.environ | plain, capture_output=True, encoding="utf-8", check=True)
    assert told.stdout.strip() == sha256("报告".encode()).hexdigest()


def test_a_name_with_blanks_makes_fact_ids_that_can_be_told_apart(tmp_path):
    for i, name in enumerate(("某区 工作总结（2021）.txt", "某区-工作总结（2021）.txt", "a\u3000b.txt")):
        write(tmp_path / name, i)
    facts = extract_corpus(tmp_path)
    named = set(facts["source_id"])
    assert len(named) == 3 and "a-b" in named and not facts["fact_id"].str.contains(r"\s").any()
    with pytest.raises(DataError, match="A fact_id has a blank"):
        audit_facts(facts.assign(fact_id=facts["fact_id"].str.replace("-", " ")))


@pytest.mark.slow
def test_the_same_bytes_twice_are_read_once(tmp_path, extracted):
    for name in ("b", "a", "c"):
        write(tmp_path / f"{name}.txt", 1)
    facts = extract_corpus(tmp_path)
    assert extracted == ["a"] and set(facts["source_id"]) == {"a"}
    documents = facts.attrs["documents"].set_index("source_id")
    assert documents["status"].to_dict() == {"a": "read", "b": "duplicate", "c": "duplicate"}
    assert documents.loc["c", "reason"] == "the same bytes as a"


@pytest.mark.slow
def test_folders_are_searched_for_reports_alone(tmp_path):
    for name in ("a.TXT", "b/c/d.txt", ".e.txt", "~$f.docx", "g.csv", "h.doc"):
        write(tmp_path / name, len(name))
    (tmp_path / "i.html").write_text(
        "<html><body><p>全区现有团员3000名。</p></body></html>", encoding="utf-8"
    )
    documents = extract_corpus(tmp_path).attrs["documents"]
    assert list(documents["source_id"]) == [
        "a",
        "d",
        "h",
        "i",
    ]  # h.doc is read for what it holds, which is text


@pytest.mark.slow
@any_name
@pytest.mark.skipif(os.name == "nt", reason="names are Unicode there")
def test_a_name_in_another_encoding_is_no_obstacle(tmp_path):
    path = os.fsencode(tmp_path) + "/报告.txt".encode("gbk")
    try:
        Path(os.fsdecode(path)).write_text("全区现有团员3000名。", encoding="utf-8")
    except OSError:
        pytest.skip("this file system takes UTF-8 names only")
    facts = extract_corpus([path])
    assert len(facts) == 1 and facts["source_id"][0].startswith(r"\udcb1")
    assert len(extract_corpus(tmp_path, output=tmp_path / "out")) == 1


# Failures are rows; paths that lead nowhere are the caller's mistake


def test_paths_that_lead_nowhere_are_refused_at_once(folder, tmp_path):
    with pytest.raises(DataError, match="lead nowhere") as refused:
        extract_corpus([folder, tmp_path / "reprots", folder / "*.txt"], output=tmp_path / "out")
    assert refused.value.rows["path"].tolist() == [str(tmp_path / "reprots"), str(folder / "*.txt")]
    assert not (tmp_path / "out").exists()
    for given in (None, 3, [None]):
        with pytest.raises(DataError, match="must be a file or a folder"):
            extract_corpus(given)


def test_a_folder_without_a_report_is_no_empty_corpus(tmp_path):
    (tmp_path / "photo.jpg").touch()
    with pytest.raises(DataError, match="No folder holds a report"):
        extract_corpus(tmp_path)
    (tmp_path / "old.doc").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600)
    failures = extract_corpus(tmp_path).attrs["failures"]
    assert failures["source_id"].tolist() == ["old"] and "DOCX" in failures["reason"][0]


def test_documents_that_fail_are_rows_and_the_rest_goes_on(folder, tmp_path, monkeypatch, link):
    bad = tmp_path / "bad"
    bad.mkdir()
    (bad / "empty.txt").touch()
    (bad / "scan.pdf").write_bytes(b"%PDF-1.4 cut short")
    (bad / "old.doc").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600)
    link(bad / "link.txt", bad / "nowhere")
    write(bad / "crash.txt", 99)

    def crash(document, *, source_id, **options):
        if source_id == "crash":
            raise RecursionError("too deep \udcb1")
        return propose(document, source_id=source_id, **options)

    monkeypatch.setattr(corpus, "propose", crash)
    paths = [folder, bad, bad / "old.doc"]
    facts = extract_corpus(paths)
    failures = facts.attrs["failures"].set_index("source_id")
    assert list(failures.index) == ["crash", "empty", "link", "old", "scan"]
    assert failures["error"].to_dict() == dict.fromkeys(failures.index, "ReportError") | {
        "crash": "RecursionError"
    }
    assert "legacy" in failures.loc["old", "reason"] and "not there" in failures.loc["link", "reason"]
    assert facts["source_id"].nunique() == DOCUMENTS
    summary = extract_corpus(paths, output=tmp_path / "out")
    assert summary["status"].value_counts().to_dict() == {"read": DOCUMENTS, "failed": 5}
    stored = pd.read_parquet(tmp_path / "out" / "failures").set_index("source_id").sort_index()
    pd.testing.assert_frame_equal(stored, failures, check_frame_type=False)


def test_a_document_whose_rows_make_no_table_is_a_failure(folder, monkeypatch):
    clean = extract_corpus(folder).query("source_id != 'report-05'").reset_index(drop=True)

    def spoilt(document, *, source_id, **more):
        proposals, refused = propose(document, source_id=source_id, **more)
        wrong = {"value": "many"} if source_id == "report-05" else {}
        return [proposal | wrong for proposal in proposals], refused

    monkeypatch.setattr(corpus, "propose", spoilt)
    facts = extract_corpus(folder)
    failure = facts.attrs["failures"].iloc[0]
    assert list(facts.attrs["failures"]["source_id"]) == ["report-05"] and "many" in failure["reason"]
    pd.testing.assert_frame_equal(pd.DataFrame(facts), clean)


# Dates and words of the researcher's own


def test_dates_of_the_documents_are_used_and_a_new_one_is_read_again(folder, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # there is no way from one drive to another
    files = sorted(str(f) for f in folder.rglob("*.txt"))
    for file in files[:2]:
        Path(file).write_text("团员共有300名。", encoding="utf-8")
    dates = pd.Series({files[0]: "2021-06", os.path.relpath(files[1]): "2019", files[2]: None})
    facts = extract_corpus(files, dates=dates, output=tmp_path / "out")
    assert len(facts) == DOCUMENTS
    ends = read_corpus(tmp_path / "out").groupby("source_id")["period_end"].first()
    # the same bytes are read once, with the date of the first
    assert ends["report-00"] == "2021-06" and "report-03" not in ends
    before = written(tmp_path / "out")
    extract_corpus(files, dates=dates, output=tmp_path / "out")
    assert written(tmp_path / "out") == before
    extract_corpus(files, dates={**dates, files[0]: "2022"}, output=tmp_path / "out")
    assert read_corpus(tmp_path / "out").query("source_id == 'report-00'")["period_end"].item() == "2022"
    assert written(tmp_path / "out") != before


def written(output):
    return {f: f.stat().st_mtime_ns for f in output.rglob("*.parquet")}


def test_a_date_that_is_none_or_of_no_document_is_refused(folder):
    with pytest.raises(DataError, match="Some dates are none"):
        extract_corpus(folder, dates={str(next(folder.rglob("*.txt"))): "June 2021"})
    with pytest.raises(DataError, match="of no document"):
        extract_corpus(folder, dates={"nowhere.txt": "2021"})
    file = str(next(folder.rglob("*.txt")))
    with pytest.raises(DataError, match="two dates"):
        extract_corpus(folder, dates=pd.Series(["2021", "2022"], index=[file, file]))
    with pytest.raises(DataError, match="no paths"):
        extract_corpus(folder, dates=pd.Series(["2021"]))
    with pytest.raises(DataError, match="pass a mapping"):
        extract_corpus(folder, dates=["2021"])


@pytest.mark.parametrize(
    ("date", "at"),
    [
        (2021.0, "2021"),
        (pd.Timestamp("2021-06-30"), "2021-06"),
        (pd.NaT, ""),
        (float("nan"), ""),
    ],
)
def test_dates_as_a_table_holds_them_are_read(tmp_path, date, at):
    file = tmp_path / "report.txt"
    file.write_text("团员共有300名。", encoding="utf-8")
    assert extract_corpus(file, dates=pd.Series([date, date], index=[file, file]))["period_end"].item() == at


def test_broken_words_are_an_error_of_the_corpus_and_not_of_each_document(folder, tmp_path):
    (tmp_path / "lexicon.csv").write_text("wort\n团员\n", encoding="utf-8")
    with pytest.raises(DataError, match="not known"):
        extract_corpus(folder, data=tmp_path)


def own_words(folder):
    """Write a classifier that the project lacks, and a noun that its tagger cuts in two."""
    folder.mkdir(exist_ok=True)
    (folder / "units.csv").write_text("unit,base,label_en\n垛,item,stack\n", encoding="utf-8")
    (folder / "lexicon.csv").write_text("word,role,code\n爱心柴火,noun,\n", encoding="utf-8")
    return folder


OWN_TEXT = "全区共有爱心柴火十二垛，团员300名。"


@pytest.mark.slow
@pytest.mark.parametrize("where", ["here", "processes", "cluster"])
def test_own_words_are_read_by_every_worker(folder, tmp_path, where, client):
    for file in folder.rglob("*.txt"):
        file.write_text(f"{file.stem}：{OWN_TEXT}", encoding="utf-8")
    words = own_words(tmp_path / "words")
    more = {"client": client} if where == "cluster" else {}
    with dask.config.set(scheduler="processes" if where == "processes" else "synchronous", num_workers=2):
        plain, own = extract_corpus(folder, **more), extract_corpus(folder, data=words, **more)
        again = extract_corpus(folder, **more)
    assert set(plain["token"]) == {"300名"} and set(own["token"]) == {"十二垛", "300名"}
    assert set(own.query("unit == '垛'")["noun"]) == {"爱心柴火"}
    pd.testing.assert_frame_equal(pd.DataFrame(again), pd.DataFrame(plain))  # nothing of them is left


@pytest.mark.slow
def test_a_run_resumed_notices_that_own_words_changed(folder, tmp_path):
    file = next(folder.rglob("*.txt"))
    file.write_text(OWN_TEXT, encoding="utf-8")
    words, output = own_words(tmp_path / "words"), tmp_path / "out"
    extract_corpus(file, data=words, output=output)
    before = written(output)
    extract_corpus(file, data=words, output=output)
    assert written(output) == before
    (words / "units.csv").write_text("unit,base,label_en\n摞,item,pile\n", encoding="utf-8")
    extract_corpus(file, data=words, output=output)
    assert set(read_corpus(output)["token"]) == {"300名"} and written(output) != before


# A run that stops goes on where it stopped

KILL = """
import os, signal, sys
import dask
from youthresearch import corpus

corpus.CHUNK_DOCUMENTS = 2
real, count = os.replace, iter(range(10))

def deadly(*args, **options):
    if next(count, None) is None:
        os.kill(os.getpid(), signal.SIGKILL)
    return real(*args, **options)

os.replace = deadly
with dask.config.set(scheduler="synchronous"):
    corpus.extract_corpus(sys.argv[1], output=sys.argv[2])
"""


@kills
@pytest.mark.slow
def test_a_killed_run_goes_on_and_ends_in_the_same_bytes(folder, tmp_path, extracted):
    output = tmp_path / "out"
    killed = subprocess.run([sys.executable, "-c", KILL, folder, output], timeout=120)
    assert killed.returncode == -signal.SIGKILL
    half = read_corpus(output)
    done = list(half.attrs["documents"]["source_id"])
    assert len(done) == 4  # two chunks of two; of the third two tables, and one under its temporary name
    assert len(contents(output)) == 2 * 4 + 2 + 1 and len(list(output.rglob(".chunk-*.tmp"))) == 1
    extract_corpus(folder, output=output)
    assert sorted(done + extracted) == [f"report-{i:02d}" for i in range(DOCUMENTS)]
    extract_corpus(folder, output=tmp_path / "at-once")
    assert contents(output) == contents(tmp_path / "at-once")
    pd.testing.assert_frame_equal(
        half, read_corpus(output).query("source_id in @done").reset_index(drop=True)
    )


@pytest.mark.slow
def test_ctrl_c_leaves_what_is_done(folder, tmp_path, monkeypatch):
    def stopped(document, *, source_id, **options):
        if source_id == "report-05":
            raise KeyboardInterrupt
        return propose(document, source_id=source_id, **options)

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(corpus, "propose", stopped)
        extract_corpus(folder, output=tmp_path / "out")
    assert 0 < read_corpus(tmp_path / "out")["source_id"].nunique() < DOCUMENTS
    extract_corpus(folder, output=tmp_path / "out")
    same(read_corpus(tmp_path / "out"), extract_corpus(folder))


@pytest.mark.slow
def test_only_new_and_changed_documents_are_read_again(folder, tmp_path, extracted):
    output = tmp_path / "out"

    def redone():
        extracted.clear()
        summary = extract_corpus(folder, output=output)
        again = sorted(extracted)
        pd.testing.assert_frame_equal(read_corpus(output), extract_corpus(folder))
        assert summary["source_id"].is_unique
        return again

    assert len(redone()) == DOCUMENTS
    assert redone() == []
    write(folder / "county-9" / "new.txt", 77)
    assert redone() == ["new"]
    write(folder / "county-0" / "report-03.txt", 78)
    assert redone() == ["report-02", "report-03"]  # its chunk
    (folder / "county-2" / "report-05.txt").unlink()
    assert redone() == ["report-04"]
    (folder / "county-1").rename(folder / "moved")
    assert redone() == []
    assert extract_corpus(folder, output=output)["path"].str.contains("moved").any()


@pytest.mark.slow
def test_a_change_of_the_extractor_or_a_damaged_chunk_is_done_again(folder, tmp_path, extracted, monkeypatch):
    output = tmp_path / "out"
    extract_corpus(folder, output=output)
    chunk = sorted((output / "documents").iterdir())[0]
    chunk.write_bytes(chunk.read_bytes()[:100])
    extracted.clear()
    extract_corpus(folder, output=output)
    assert len(extracted) == 2
    monkeypatch.setattr(corpus, "_extractor", lambda data=None: "another")
    extracted.clear()
    extract_corpus(folder, output=output)
    assert len(extracted) == DOCUMENTS
    assert len(list((output / "facts").iterdir())) == DOCUMENTS // 2


def imported_by(module):
    """Return the modules of the package that a module imports at its top, and those that they import."""
    tree = ast.parse((Path(corpus.__file__).parent / f"{module}.py").read_text(encoding="utf-8"))
    own = {node.module for node in tree.body if isinstance(node, ast.ImportFrom) and node.level == 1}
    return own.union(*map(imported_by, own))


READ = """
import youthresearch as yr
from youthresearch import loaders

real, read = loaders._read_csv, set()
loaders._read_csv = lambda path: read.add(path.stem) or real(path)
yr.extract_facts("全区现有團員近３０００名，比试点前增加418名。")
print(*sorted(read))
"""


@pytest.mark.slow
def test_everything_that_decides_the_facts_is_in_the_fingerprint():
    assert set(corpus._code()) == {"corpus"} | imported_by("corpus")
    read = subprocess.run([sys.executable, "-c", READ], capture_output=True, encoding="utf-8", timeout=120)
    assert read.stdout.split() == sorted(corpus._WORDS)


def test_results_of_another_corpus_are_not_replaced(folder, tmp_path):
    extract_corpus(folder / "county-0", output=tmp_path / "out")
    before = contents(tmp_path / "out")
    with pytest.raises(corpus.DataError, match="other documents"):
        extract_corpus(folder / "county-1", output=tmp_path / "out")
    assert contents(tmp_path / "out") == before
    with pytest.raises(corpus.DataError, match="No finished chunk"):
        read_corpus(tmp_path / "elsewhere")


# Workers that die


@kills
@pytest.mark.slow
def test_a_worker_killed_in_the_middle_loses_nothing(folder, tmp_path, client, monkeypatch):
    victim, *_ = before = set(client.run(os.getpid).values())
    seen = []

    def kill(documents, failed):
        seen.append(documents)
        if len(seen) == 4:
            os.kill(victim, signal.SIGKILL)

    monkeypatch.setattr(corpus, "CHUNK_DOCUMENTS", 1)
    monkeypatch.setattr(corpus, "progress_bar", lambda total, shown: kill)
    facts = extract_corpus(folder, client=client)
    assert len(seen) == DOCUMENTS and len(facts.attrs["failures"]) == 0
    client.wait_for_workers(2, timeout=120)
    assert victim not in client.run(os.getpid).values() and len(before) == 2
    monkeypatch.undo()
    with dask.config.set(scheduler="synchronous"):
        same(facts, extract_corpus(folder))


def poisoned(document, **options):
    if "毒" in document.text:
        os.kill(os.getpid(), signal.SIGKILL)
    return propose(document, **options)


def start_poisoned():
    """Make a worker process one that a certain document kills."""
    corpus.propose = poisoned


def check_poison(folder, output, scheduler="synchronous", **options):
    clean = extract_corpus(folder)
    (folder / "report-08-poison.txt").write_text("毒：全区现有团员3000名。", encoding="utf-8")
    with dask.config.set(scheduler=scheduler, num_workers=2):
        summary = extract_corpus(folder, output=output, **options)
    failed = summary[summary["status"] == "failed"]
    assert list(failed["source_id"]) == ["report-08-poison"] and failed["reason"].iloc[0].startswith(
        "KilledWorker"
    )
    assert list(summary.attrs["failures"]["source_id"]) == ["report-08-poison"]
    pd.testing.assert_frame_equal(read_corpus(output), clean)


@kills
@pytest.mark.slow
def test_a_document_that_kills_local_processes_is_found(folder, tmp_path, monkeypatch):
    monkeypatch.setattr(workers, "_start_worker", start_poisoned)
    monkeypatch.setattr(corpus, "CHUNK_DOCUMENTS", 5)
    check_poison(folder, tmp_path / "out", scheduler="processes")


@pytest.mark.slow
def test_what_a_cluster_says_of_a_deadly_document_is_heeded(folder, tmp_path, monkeypatch):
    """The scheduler's word for it stands in for the deaths, which take it half a minute to count."""
    from distributed import Client, KilledWorker

    def deadly(item, *more, real=corpus._extract_one):
        if item.source_id.endswith("poison") and not item.deadly:
            raise KilledWorker("chunk", SimpleNamespace(address="a worker"), 3)
        return real(item, *more)

    monkeypatch.setattr(corpus, "CHUNK_DOCUMENTS", 5)
    monkeypatch.setattr(corpus, "_extract_one", deadly)
    with Client(processes=False, n_workers=1, threads_per_worker=2, dashboard_address=None) as client:
        check_poison(folder, tmp_path / "out", client=client)


ORPHAN = """
import os, signal
from youthresearch import workers

if __name__ == "__main__":
    with workers._pool(1) as pool:
        print("started", flush=True)
        os.kill(os.getpid(), signal.SIGKILL)
"""


@kills
@pytest.mark.slow
def test_workers_end_with_a_killed_parent():
    killed = subprocess.run([sys.executable, "-c", ORPHAN], stdout=subprocess.PIPE, timeout=120)
    assert killed.returncode == -signal.SIGKILL  # and its output has ended, so nobody holds it open
    assert killed.stdout.strip() == b"started"


@pytest.mark.slow
def test_a_script_without_its_guard_is_told_so(folder, tmp_path):
    script = tmp_path / "script.py"
    code = "import sys\nfrom youthresearch import corpus\ncorpus.CHUNK_DOCUMENTS = 2\n"
    script.write_text(code + "corpus.extract_corpus(sys.argv[1])\n", encoding="utf-8")
    options = {"capture_output": True, "encoding": "utf-8", "errors": "replace", "timeout": 120}
    told = subprocess.run([sys.executable, script, folder], **options)
    assert told.returncode == 1 and 'if __name__ == "__main__":' in told.stderr.splitlines()[-1]


@pytest.mark.parametrize(("system", "most"), [("win32", 61), ("linux", 90)])
def test_no_more_processes_than_the_system_can_wait_for(monkeypatch, system, most):
    asked = []

    class Pool:
        def __init__(self, workers, **options):
            asked.append(workers)

        submit = lambda self, job: SimpleNamespace(result=job)  # noqa: E731
        shutdown = lambda self, **options: None  # noqa: E731

    monkeypatch.setattr(workers, "ProcessPoolExecutor", Pool)
    monkeypatch.setattr(sys, "platform", system)
    with dask.config.set(num_workers=90), workers._pool(100):
        assert asked == [most]


# Manners


@pytest.mark.slow
@pytest.mark.parametrize("terminal", [True, False])
def test_a_bar_is_drawn_on_terminals_only(folder, monkeypatch, capsys, terminal):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: terminal, raising=False)
    (folder / "empty.txt").touch()
    extract_corpus(folder)
    drawn = capsys.readouterr().err
    assert (
        drawn.endswith(f"100% {DOCUMENTS + 1} of {DOCUMENTS + 1} documents, 1 failed\n")
        if terminal
        else drawn == ""
    )
    extract_corpus(folder, progress=False)
    assert capsys.readouterr().err == ""


@pytest.mark.slow
def test_without_dask_the_remedy_is_told(folder, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(ImportError, match=r"pip install youthresearch\[corpus\]"):
        extract_corpus(folder)


@pytest.mark.slow
def test_importing_the_module_does_not_import_dask():
    code = "import sys, youthresearch.corpus; sys.exit(not {'dask', 'distributed'}.isdisjoint(sys.modules))"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0

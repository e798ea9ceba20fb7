"""The command line, run as a user runs it."""

import ast
import contextlib
import csv
import errno
import io
import os
import re
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import pytest
from sweeps import sweep

from youthresearch import __main__ as cli
from youthresearch import __version__, audit, load_labels
from youthresearch.evidence import in_chinese
from youthresearch.extract import COLUMNS
from youthresearch.loaders import DATA

RIGHT = "2019年底，全区共有团干部520名，比试点前增加120名，增长30%。"
WRONG = "2019年底，全区社会领域团支部达到1100个，较试点前增加418个，增长62.76%。"
EACH = {"right.txt": RIGHT, "wrong.txt": WRONG}


@pytest.fixture
def folder(tmp_path):
    """Make a folder with a report whose figures agree, one whose figures do not, and two unreadable ones."""
    for name, text in EACH.items():
        (tmp_path / name).write_text(f"工作总结\n{text}\n", encoding="utf-8")
    (tmp_path / "empty.txt").write_bytes(b"")
    (tmp_path / "old.doc").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600)
    return tmp_path


def run(folder, *arguments, encoding="utf-8", fresh=False):
    """Run the command in a folder, with standard streams in an encoding; return exit status and their texts.

    In this process, since a fresh one takes a second to load.
    """
    if fresh:
        more = {"env": os.environ | {"PYTHONIOENCODING": encoding}}
        command = [sys.executable, "-m", "youthresearch", *map(str, arguments)]
        done = subprocess.run(command, cwd=folder, capture_output=True, encoding="utf-8", timeout=120, **more)
        status, shown, told = done.returncode, done.stdout, done.stderr
    else:
        out, err = (io.TextIOWrapper(io.BytesIO(), encoding=encoding, newline="") for _ in range(2))
        with contextlib.chdir(folder), contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            try:
                status = cli.main([str(a) for a in arguments])
            except SystemExit as stop:
                status = stop.code
        shown, told = (read(stream) for stream in (out, err))
    assert "Traceback" not in told and "\r" not in told
    return status, shown, told


def read(stream):
    stream.flush()
    return stream.buffer.getvalue().decode("utf-8")


def rows(text):
    return list(csv.DictReader(io.StringIO(text)))


def test_help_and_version(folder):
    assert run(folder, "--version") == (0, f"youthresearch {__version__}\n", "")
    for arguments in (["-h"], ["extract", "-h"], ["audit", "-h"]):
        status, shown, _ = run(folder, *arguments)
        assert status == 0 and "examples:" in shown
    assert run(folder)[0] == run(folder, "extract")[0] == 2


def test_extract_goes_on_after_a_file_that_cannot_be_read(folder):
    files = ["right.txt", "empty.txt", "old.doc", "none.txt", "wrong.txt"]
    status, shown, told = run(folder, "extract", *files, "-o", "facts.csv")
    data = (folder / "facts.csv").read_bytes()
    table = rows(data.decode("utf-8-sig"))
    marked = data.startswith(b"\xef\xbb\xbf")  # so that a spreadsheet shows the Chinese
    assert (status, shown) == (2, "") and marked and b"\r" not in data
    assert list(table[0]) == COLUMNS
    assert [r["token"] for r in table[:3]] == ["520名", "增加120名", "增长30%"]
    assert {r["source_id"] for r in table} == {"right", "wrong"}
    assert "6 facts from 2 files" in told and "3 of 5 files failed" in told
    assert told.index("empty.txt") < told.index("old.doc") < told.index("none.txt")
    assert sorted(p.name for p in folder.iterdir()) == sorted([*EACH, "empty.txt", "old.doc", "facts.csv"])


@pytest.mark.parametrize("fresh", sweep(False, slow=[True]))
def test_extract_to_standard_output(folder, fresh):
    """In UTF-8, whatever the terminal has."""
    how = {"encoding": "ascii", "fresh": fresh}
    status, shown, told = run(folder, "extract", "right.txt", "./right.txt", "-o", "-", **how)
    assert status == 0 and "3 facts from 1 file" in told
    assert {r["source_id"] for r in rows(shown)} == {"right"}
    assert len({r["fact_id"] for r in rows(shown)}) == 3
    assert [r["token"] for r in rows(shown)] == ["520名", "增加120名", "增长30%"]


@pytest.mark.slow
def test_files_of_one_name_are_told_apart_as_in_a_corpus(folder):
    (folder / "b").mkdir()
    (folder / "b" / "right.txt").write_bytes((folder / "right.txt").read_bytes())
    _, shown, _ = run(folder, "extract", "right.txt", "b/right.txt", "-o", "-", "--evidence", "pages")
    names = {r["source_id"] for r in rows(shown)}
    assert names == {f"right-{sha256(place).hexdigest()[:8]}" for place in (b"right.txt", b"b/right.txt")}
    assert {p.name for p in (folder / "pages").iterdir()} == {f"{name}.evidence.html" for name in names}


def test_a_folder_is_all_that_is_in_it_and_a_pattern_what_fits(folder):
    """As a researcher drops it in; a second run does not take the pages of the first one for reports."""
    for _ in range(2):
        status, shown, told = run(folder, "extract", ".", "--evidence", "pages")
        assert status == 2 and {r["source_id"] for r in rows(shown)} == {"right", "wrong"}
        assert "2 of 4 files failed" in told and "empty.txt" in told and "old.doc" in told
    assert run(folder, "audit", ".")[0] == 2
    (folder / "bare").mkdir()
    assert "nothing in this folder can be read" in run(folder, "extract", "bare")[2]
    status, shown, _ = run(folder, "extract", "[rw]*.txt")
    assert status == 0 and {r["source_id"] for r in rows(shown)} == {"right", "wrong"}
    (folder / "bare" / "again.txt").write_bytes((folder / "right.txt").read_bytes())
    status, shown, _ = run(folder, "extract", "ba*", "right.txt")
    assert status == 0 and {r["source_id"] for r in rows(shown)} == {"again", "right"}
    for lost in ("no*.txt", "no.csv"):
        status, _, told = run(folder, "audit", lost)
        assert status == 2 and f"{lost}: there is no such file" in told


def test_rows_come_folder_by_folder_whatever_parts_them(folder):
    """As text, a-b/ sorts before a/, and after a\\."""
    for place in ("a", "a-b"):
        (folder / "two" / place).mkdir(parents=True)
        (folder / "two" / place / f"{place}.txt").write_bytes((folder / "right.txt").read_bytes())
    for named in ("two", "two/*/*.txt"):
        shown = rows(run(folder, "extract", named)[1])
        assert [r["source_id"] for r in shown] == ["a"] * 3 + ["a-b"] * 3


def test_a_pattern_is_refused_in_the_same_words_everywhere(folder, monkeypatch):
    """Windows says that it is no name at all, where others say that there is no such file."""
    error = OSError(errno.EINVAL, "The filename is incorrect")
    error.winerror = 123
    monkeypatch.setattr("youthresearch.documents.os.stat", fail_with(error))
    status, _, told = run(folder, "extract", "right.txt")
    assert status == 2 and "there is no such file" in told


def fail_with(error):
    def fail(*_, **__):
        raise error

    return fail


def test_what_a_folder_holds_beside_reports_is_told(folder):
    (folder / "year" / "more").mkdir(parents=True)
    (folder / "year" / "right.txt").write_bytes((folder / "right.txt").read_bytes())
    (folder / "year" / "more" / "photo.JPG").write_bytes(b"\xff\xd8")
    (folder / "year" / ".hidden").write_text("", encoding="utf-8")
    status, _, told = run(folder, "extract", "year", "-o", "year/draft.csv")
    assert status == 0 and "1 file passed over as no reports: year" in told and "photo.JPG" in told
    assert "hidden" not in told and "draft.csv" not in told.split("passed over")[1]
    assert "passed over" not in run(folder, "extract", "right.txt")[2]
    for name in ("sheet.xlsx", "slides.ppt"):
        (folder / "year" / name).write_bytes(b"PK\x03\x04")
        status, _, told = run(folder, "extract", "year")
        assert status == 2 and f"{name}:" in told


def test_what_was_done_is_told_in_the_language_asked_for(folder):
    (folder / "空.txt").write_text("", encoding="utf-8")
    (folder / "夹").mkdir()
    (folder / "夹" / "照片.jpg").write_bytes(b"x")
    (folder / "夹" / "报告.txt").write_bytes((folder / "right.txt").read_bytes())
    status, _, told = run(folder, "extract", "空.txt", "夹", "--lang", "zh")
    assert status == 2 and "从 1 个文件提出 3 条数据" in told
    assert "2 个文件中有 1 个没有读成：" in told and "照片.jpg" in told.split("没有读：")[1]


def test_why_nothing_was_read_or_written_is_told_in_chinese(folder):
    """By the labels, with what the message names."""
    told = run(folder, "extract", "empty.txt", "old.doc", ".", "none.txt", "--lang", "zh")[2]
    assert "empty.txt：文件是空的。请重新下载或导出。" in told
    assert "old.doc：这是旧版 Office 文件（OLE2）。请另存为 DOCX 或 PDF。" in told
    assert "none.txt：没有这个文件。请检查路径。" in told
    (folder / "picture.txt").write_bytes(b"\x89PNG")
    told = run(folder, "audit", "picture.txt", "--lang", "zh")[2]
    assert "这是图片，不是 txt、HTML、DOCX 或 PDF。请用 OCR 识别文字并核对。" in told
    told = run(folder, "extract", "right.txt", "-o", "no/f.csv", "--lang", "zh")[2]
    assert "f.csv 所在的文件夹不存在：请先建立。" in told
    assert "the file is empty. Download or export it again." in run(folder, "extract", "empty.txt")[2]


NAMES = ("what", "remedy", "reason", "RESAVE", "OPENED")


def messages(tree):
    """Find what a module says of unreadable files: arguments of `refused`, and pairs of such texts."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "refused":
            yield from node.args[1:]
        elif isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) in NAMES:
            yield node.value
        elif isinstance(node, ast.Tuple) and len(node.elts) == 2:
            yield from node.elts if all(" " in "".join(as_templates(e)) for e in node.elts) else []


def as_templates(node):
    if isinstance(node, ast.IfExp):
        return as_templates(node.body) + as_templates(node.orelse)
    if isinstance(node, ast.JoinedStr):
        return ["".join(p.value if isinstance(p, ast.Constant) else "{}" for p in node.values)]
    return [node.value] if isinstance(node, ast.Constant) and isinstance(node.value, str) else []


@pytest.mark.parametrize("module", ["documents", "decoding", "docx", "pdf", "webpage", "paragraphs"])
def test_every_reason_has_chinese_words(module):
    labels = load_labels()
    labels = labels[labels["key"].str.startswith("message_")].set_index("label_en")["label_zh"]
    slots = r"\{\d\}"
    assert all(sorted(re.findall(slots, en)) == sorted(re.findall(slots, zh)) for en, zh in labels.items())
    known = {re.sub(slots, "{}", text).replace("by {}", "by \ufffd"): text for text in labels.index}
    tree = ast.parse((Path(cli.__file__).parent / f"{module}.py").read_text(encoding="utf-8"))
    said = [text for node in messages(tree) for text in as_templates(node)]
    assert said and [text for text in said if text not in known] == []
    for text in said:  # and no other message is taken for it
        zh = labels[known[text]].format(*"①②③④⑤")
        assert in_chinese(known[text].format(*"①②③④⑤")) == zh


def test_ctrl_c_says_that_nothing_is_written(folder, monkeypatch, capsys):
    def stop(*given):
        raise KeyboardInterrupt

    monkeypatch.setattr(cli, "_proposals", stop)
    assert cli.main(["extract", str(folder / "right.txt"), "-o", str(folder / "f.csv")]) == 130
    assert "stopped" in capsys.readouterr().err and not (folder / "f.csv").exists()


def test_extract_writes_evidence(folder):
    status, _, _ = run(
        folder, "extract", *EACH, "empty.txt", "-o", "f.csv", "--evidence", "a/b", "--lang", "zh"
    )
    pages = {p.name: p.read_text(encoding="utf-8") for p in (folder / "a" / "b").iterdir()}
    assert status == 2 and sorted(pages) == ["right.evidence.html", "wrong.evidence.html"]
    assert (
        'lang="zh-CN"' in pages["wrong.evidence.html"] and ">增加418个</mark>" in pages["wrong.evidence.html"]
    )


def test_nothing_is_overwritten_or_written_in_vain(folder):
    before = (folder / "right.txt").read_bytes()
    cases = [
        (["right.txt", "-o", "./right.txt"], "would be overwritten"),
        (["right.txt", "-o", "a.csv/none.csv"], "no folder"),
        (["right.txt", "-o", "."], "is a folder"),
        (["right.txt", "--evidence", "wrong.txt"], "is no folder"),
        (["right.txt", "--evidence", ".", "-o", "right.evidence.html"], "would be overwritten"),
    ]
    for arguments, said in cases:
        status, shown, told = run(folder, "extract", *arguments)
        assert (status, shown) == (2, "") and said in told
    assert run(folder, "extract", "empty.txt", "-o", "facts.csv")[0] == 2
    assert (folder / "right.txt").read_bytes() == before and not (folder / "facts.csv").exists()


def test_a_table_that_is_open_elsewhere_is_said_before_the_reading(folder, monkeypatch):
    """Windows lets nobody write what a spreadsheet has open."""
    (folder / "facts.csv").write_bytes(b"before")
    monkeypatch.setattr("os.open", fail_with(PermissionError(errno.EACCES, "in use")))
    status, _, told = run(folder, "extract", "right.txt", "-o", "facts.csv")
    assert status == 2 and "close it where it is open" in told and "facts from" not in told
    monkeypatch.undo()
    monkeypatch.setattr("os.replace", fail_with(PermissionError(errno.EACCES, "in use")))  # opened meanwhile
    status, _, told = run(folder, "extract", "right.txt", "-o", "facts.csv")
    assert status == 2 and "close it where it is open" in told
    assert (folder / "facts.csv").read_bytes() == b"before" and not list(folder.glob(".*.part"))


def test_audit_says_what_conflicts(folder):
    status, shown, told = run(folder, "audit", *EACH)
    assert (status, told) == (1, "")
    assert "418 / (1100 - 418) = 61.29%" in shown and "1100个 · 增加418个 · 增长62.76%" in shown
    assert "Conflict 1" in shown and "Holds 1" in shown
    assert shown.index("61.29%") < shown.index("120 / (520 - 120)")


@pytest.mark.slow
def test_audit_in_chinese_is_aligned(folder):
    _, shown, _ = run(folder, "audit", *EACH, "--lang", "zh")
    words = load_labels().set_index("key")["label_zh"]
    assert words["verdict_conflict"] in shown and words["relation_growth"] in shown
    lines = shown.split("\n\n")[0].splitlines()[1:]
    named = [line.rpartition("  ")[2] for line in lines]  # each figure after its noun where that is new
    assert named[1] == "团干部 520名 · 增加120名 · 增长30%" and "团支部 1100个 · 增加418个" in named[0]
    assert len({cli._width(line[: line.rindex("  ")]) for line in lines}) == 1


ODD = "书屋90间，其中村级书屋120间。教员9名，其中女性占21%。团员300名，团员360名。"


@pytest.mark.parametrize(
    ("lang", "sums"),
    sweep(
        ("zh", ("90 中的 120", "9 中的 21% = 1.89", "21% -> 22%；或")),
        slow=[("en", ("120 of 90", "21% of 9 = 1.89", "21% -> 22%; or"))],
    ),
)
def test_audit_says_sums_and_repairs_in_one_language(lang, sums, folder):
    (folder / "odd.txt").write_text(ODD, encoding="utf-8")
    _, shown, _ = run(folder, "audit", "odd.txt", "--lang", lang)
    assert all(said in shown for said in sums)
    english = [word for word in (" of ", " and ", " or ", "not defined") if word in shown]
    assert bool(english) == (lang == "en")


@pytest.mark.slow
@pytest.mark.parametrize("lang", sweep("en", slow=["zh"]))
def test_audit_names_what_it_leaves_out(lang, folder):
    (folder / "odd.txt").write_text(ODD, encoding="utf-8")
    _, shown, _ = run(folder, "audit", "odd.txt", "right.txt", "--lang", lang)
    words = load_labels().set_index("key")[f"label_{lang}"]["evidence_left_out"]
    lines = shown.splitlines()
    assert lines[lines.index(words) + 1].split() == ["odd", "300名", "·", "360名", "odd-005", "odd-006"]
    assert lines[-1].endswith(f"{words} 2")
    _, shown, _ = run(folder, "audit", "right.txt", "--lang", lang)
    assert words not in shown


@pytest.mark.slow
def test_audit_exit_statuses(folder):
    assert run(folder, "audit", "right.txt")[0] == 0
    status, shown, told = run(folder, "audit", "wrong.txt", "old.doc")
    assert status == 2 and "61.29%" in shown and "old.doc" in told
    (folder / "words.txt").write_text("团的工作很好。" * 9, encoding="utf-8")
    assert run(folder, "audit", "words.txt")[0] == 0


def test_audit_reads_a_table_of_facts(folder):
    run(folder, "extract", *EACH, "-o", "facts.csv")
    status, shown, told = run(folder, "audit", "facts.csv")
    assert (status, told) == (1, "") and "61.29%" in shown and "Holds 1" in shown
    text = (folder / "facts.csv").read_text(encoding="utf-8-sig")
    (folder / "mended.csv").write_text(text.replace("62.76,", "61.29,"), encoding="utf-8-sig")
    assert run(folder, "audit", "mended.csv")[0] == 0
    (folder / "broken.csv").write_text(text.replace(",exact,", ",roughly,", 1), encoding="utf-8")
    (folder / "binary.csv").write_bytes(b"\xff\xfe\0\x01,")
    (folder / "empty.csv").write_bytes(b"")
    (folder / "head.csv").write_text(text.splitlines()[0] + "\n", encoding="utf-8")
    names = ["broken.csv", "binary.csv", "empty.csv", "none.csv"]
    status, _, told = run(folder, "audit", *names, "head.csv", ".")
    assert status == 2 and "4 of 6 files failed" in told and "roughly" in told
    assert all(name in told for name in names)


@pytest.mark.slow
def test_audit_reads_a_folder_of_coded_facts(folder):
    coded = folder / "coded"  # with the project's sources, code book, places ...
    coded.mkdir()
    for name in ("facts", "sources"):
        head, *lines = (DATA / f"{name}.csv").read_text(encoding="utf-8").splitlines(keepends=True)
        kept = [line for line in lines if "nanshan-2021" in line]
        (coded / f"{name}.csv").write_text(head + "".join(kept), encoding="utf-8")
    status, shown, told = run(folder, "audit", coded)
    assert (status, told) == (1, "") and "418 / (1100 - 418) = 61.29%" in shown
    assert "another value than the token" not in shown
    slip = (coded / "facts.csv").read_text(encoding="utf-8").replace(",26551,", ",26515,")
    (coded / "facts.csv").write_text(slip, encoding="utf-8")
    shown = run(folder, "audit", coded)[1]
    assert re.search(r"another value than the token.*\n *nanshan-2021 +26551人 +26,515 +nanshan-2021-", shown)


@pytest.mark.parametrize("command", ["extract", "audit"])
def test_a_broken_pipe_ends_quietly(folder, monkeypatch, capsys, command):
    reading, writing = os.pipe()
    os.close(reading)
    with open(writing, "w", encoding="utf-8") as gone:
        monkeypatch.setattr(sys, "stdout", gone)
        assert cli.main([command, str(folder / "right.txt")]) == 141
        print("what is left is lost", file=gone, flush=True)  # as at the end of a process: no error
    assert capsys.readouterr().err.replace("3 facts from 1 file\n", "") == ""


def test_a_pipe_that_windows_calls_an_invalid_argument_is_a_broken_one(folder, monkeypatch, capsys):
    with open(os.devnull, "wb") as nowhere:

        class Gone(io.RawIOBase):
            writable, fileno = lambda self: True, lambda self: nowhere.fileno()
            said = iter([OSError(errno.EINVAL, "Invalid argument")])

            def write(self, data):
                for error in self.said:
                    raise error
                return len(data)

        monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(io.BufferedWriter(Gone()), encoding="utf-8"))
        assert cli.main(["extract", str(folder / "right.txt")]) == 141
        monkeypatch.undo()
    assert "Invalid" not in capsys.readouterr().err


def test_reports_go_into_one_audit_and_are_not_held_against_each_other(folder, monkeypatch):
    """The nouns and dates of right.txt and other.txt agree, and nobody knows whether their places do."""
    (folder / "other.txt").write_text("2019年底，全区共有团干部480名。\n", encoding="utf-8")
    asked, real = [], audit.audit_facts
    monkeypatch.setattr(audit, "audit_facts", lambda *a, **k: asked.append(len(a[0])) or real(*a, **k))
    status, shown, _ = run(folder, "audit", "right.txt", "wrong.txt", "other.txt")
    assert status == 1 and asked == [3 + 3 + 1] and "Conflict 1" in shown and "not checked" not in shown
    assert run(folder, "audit", "right.txt", "other.txt")[0] == 0


def test_a_fault_in_one_audit_does_not_cost_the_others(folder, monkeypatch):
    def breaks(facts, *given, real=audit.audit_facts, **more):
        if facts["source_id"].eq("wrong").any():
            raise KeyError("x")
        return real(facts, *given, **more)

    monkeypatch.setattr(audit, "audit_facts", breaks)
    status, shown, told = run(folder, "audit", *EACH)
    assert (
        status == 2 and "right" in shown and "wrong.txt: KeyError" in told and "1 of 2 files failed" in told
    )


def test_progress_is_for_terminals(folder, monkeypatch, capsys):
    monkeypatch.chdir(folder)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    assert cli.main(["extract", *EACH, "-o", "facts.csv"]) == 0
    bar, _, told = capsys.readouterr().err.rpartition("\r")
    assert (
        "0/2" in bar and "1/2" in bar and bar.endswith(" ") and told == "6 facts from 2 files -> facts.csv\n"
    )


def test_a_fault_of_ours_costs_one_file(folder, monkeypatch, capsys):
    monkeypatch.chdir(folder)
    monkeypatch.setattr("youthresearch.extract.extract_facts", lambda *_, **__: 1 / 0)
    assert cli.main(["extract", *EACH]) == 2
    assert capsys.readouterr().err.count("ZeroDivisionError") == 2


def test_control_characters_are_not_sent_to_the_terminal():
    assert cli._printable("a\x1b[31m\u202e团\ud800") == "a\\x1b[31m\\u202e团\\ud800"
    assert cli._aligned([["团", "x"], ["ab", "团"], ["", "y"]]) == ["团  x", "ab  团", "    y"]


def test_two_unnamed_figures_are_not_one_indicator(folder):
    from youthresearch.relations import prepare

    facts = cli._facts(folder / "wrong.txt", "s").assign(indicator="", noun="")
    assert prepare(facts)["subject"].is_unique


def test_the_date_of_the_reports_is_that_of_figures_that_name_none(folder):
    (folder / "plain.txt").write_text("全区现有团员300名。2019年6月新建团支部20个。", encoding="utf-8")
    status, shown, _ = run(folder, "extract", "plain.txt", "--date", "2021-06")
    assert status == 0
    assert [row["period_end"] for row in rows(shown)] == ["2021-06", "2019-06"]
    status, _, told = run(folder, "extract", "plain.txt", "--date", "2021-6")
    assert status == 2 and "write 2021, 2021-06 or 2021-06-30" in told


def test_words_of_ones_own_are_read(folder):
    (folder / "plain.txt").write_text("全区共有柴火十二垛，团员300名。", encoding="utf-8")
    (folder / "words").mkdir()
    (folder / "words" / "units.csv").write_text("unit,base,label_en\n垛,item,stack\n", encoding="utf-8")
    status, shown, _ = run(folder, "extract", "plain.txt", "--data", "words")
    assert status == 0 and [row["token"] for row in rows(shown)] == ["十二垛", "300名"]
    grown = "2019年底，全区共有柴火12垛，比上年增加3垛，增长40%。"
    (folder / "grown.txt").write_text(grown, encoding="utf-8")
    assert run(folder, "audit", "grown.txt", "--data", "words")[0] == 1  # 3 of 9; nothing without the words
    status, _, told = run(folder, "extract", "plain.txt", "--data", "nowhere")
    assert status == 2 and "No words in nowhere" in told

"""Tables and the brief as Word and LaTeX: three lines, nothing lost or retyped, the same bytes each time."""

import os
import re
import sys
import xml.etree.ElementTree as ET
from zipfile import ZipFile

import numpy as np
import pandas as pd
import pytest

import youthresearch as yr
from youthresearch.paper import as_latex, table_as_docx, table_as_latex, text_as_docx
from youthresearch.schema import DATA, save_whole

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
SHOWN = pd.DataFrame({"": ["效应", "区间"], "(1)": ["-0.10", "[-0.25, ∞)"], "(2)": ["5%", "–"]})
PANEL, _ = yr.simulate_panel(seed=5, districts=40, periods=12, waves={"2018Q1": 10, "2019Q1": 12})
EFFECTS = [estimate(PANEL, outcome="orgs") for estimate in (yr.did, yr.imputation_did)]
NUMBERS = pd.DataFrame(
    [["01-a", "members", "1,100"], ["01-a", "change", "-9.3"], ["02-b", "simulated_att", "13.0"]],
    columns=["stem", "name", "value"],
)


def body(path):
    with ZipFile(path) as parts:
        return ET.fromstring(parts.read("word/document.xml")).find(f"{W}body")


def words(element):
    return "".join(part.text or "" for part in element.iter(f"{W}t"))


def test_a_word_table_has_three_lines_and_every_cell(tmp_path):
    path = tmp_path / "t.docx"
    path.write_bytes(table_as_docx(SHOWN, "表1 效应", "注"))
    table = body(path).find(f"{W}tbl")
    rows = [[words(cell) for cell in row.iter(f"{W}tc")] for row in table.iter(f"{W}tr")]
    assert rows == [["", "(1)", "(2)"], ["效应", "−0.10", "5%"], ["区间", "[−0.25, ∞)", "–"]]
    outer = table.find(f"{W}tblPr/{W}tblBorders")
    assert [edge.tag.removeprefix(W) for edge in outer] == ["top", "bottom"]
    ruled = [len(row.findall(f".//{W}tcBorders/{W}bottom")) for row in table.iter(f"{W}tr")]
    assert ruled == [3, 0, 0]
    order = [child.tag.removeprefix(W) for child in table.find(f"{W}tblPr")]
    assert order.index("tblBorders") < order.index("tblLook")  # ECMA-376, part 1, 17.4.59: a sequence
    around = [words(p) for p in body(path).findall(f"{W}p")]
    assert around[0] == "表1 效应" and "注" in around


@pytest.mark.slow
def test_a_word_file_is_in_chinese_type(tmp_path):
    path = tmp_path / "t.docx"
    path.write_bytes(text_as_docx("# 题目\n\n正文。\n", tmp_path))
    with ZipFile(path) as parts:
        styles = ET.fromstring(parts.read("word/styles.xml"))
    fonts = {s.get(f"{W}styleId"): s.find(f"{W}rPr/{W}rFonts") for s in styles.iter(f"{W}style")}
    assert fonts["Normal"].get(f"{W}eastAsia") == "宋体" and fonts["Title"].get(f"{W}eastAsia") == "黑体"
    assert not [key for key in fonts["Title"].attrib if key.endswith("Theme")]


def test_latex_prints_text_as_it_is():
    assert as_latex(r"a_b & 5% of $3 \ {x} #1 ~ ^") == (
        r"a\_b \& 5\% of \$3 \textbackslash{} \{x\} \#1 \textasciitilde{} \textasciicircum{}"
    )
    assert as_latex("p < 0.01, ≥ 2, ∞") == r"p $<$ 0.01, $\geq$ 2, $\infty$"
    assert (
        as_latex("一\n\n二") == "一 二"
        and as_latex("*y") == "{*}y"
        and as_latex("β ≈ 1") == r"$\beta$ $\approx$ 1"
    )


def test_a_latex_table_has_three_lines_and_every_cell():
    latex = table_as_latex(SHOWN, "表1", "注")
    rules = re.findall(r"\\(top|mid|bottom)rule", latex)
    assert rules == ["top", "mid", "bottom"]
    assert r"区间 & {[}$-$0.25, $\infty$) & -- \\" in latex and r"\caption{表1}" in latex
    assert latex.count(r"\begin") == latex.count(r"\end") == 2


def test_a_hyphen_between_figures_is_no_minus():
    plain = ["2017-2021", "COVID-19", "10\\%-20\\%", "(1)-2"]
    latex = table_as_latex(pd.DataFrame({"a": ["2017-2021", "COVID-19", "10%-20%", "(1)-2"]}), "", "")
    assert all(text in latex for text in plain) and "$-$" not in latex
    assert table_as_latex(pd.DataFrame({"a": ["-1", "(-0.5)", "[-2, -1]"]}), "", "").count("$-$") == 4


@pytest.mark.slow
def test_save_table_writes_both_languages_twice_alike(tmp_path):
    title = {"zh": "效应", "en": "Effects"}
    shown = yr.save_table(
        yr.effect_table, "x", EFFECTS, each="column", title=title, lang="zh", folder=tmp_path
    )
    names = ["x.en.docx", "x.en.tex", "x.zh.docx", "x.zh.tex"]
    assert sorted(path.name for path in tmp_path.iterdir()) == names
    once = {name: (tmp_path / name).read_bytes() for name in names}
    yr.save_table(yr.effect_table, "x", EFFECTS, each="column", title=title, folder=tmp_path)
    assert {name: (tmp_path / name).read_bytes() for name in names} == once
    assert shown.columns.tolist() == ["", "(1)", "(2)"]
    across = yr.effect_table(EFFECTS, lang="zh")
    for column, label in enumerate(across.columns):
        assert shown.loc[column].tolist() == [label, *across[label].astype("str")]
    assert r"\caption{效应}" in once["x.zh.tex"].decode() and "Effects" in once["x.en.tex"].decode()
    assert "simulated data\n" in once["x.en.tex"].decode() and "模拟数据\n" in once["x.zh.tex"].decode()
    assert not re.search("[\u4e00-\u9fff]", once["x.en.tex"].decode())  # pdflatex knows none


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"title": {"zh": "效应"}}, "no text for 'en'"),
        ({"note": 3}, "note=3"),
        ({"lang": "fr"}, "lang='fr'"),
        ({"each": "cell"}, "each='cell'"),
    ],
)
def test_save_table_refuses_and_writes_nothing(tmp_path, options, said):
    with pytest.raises(yr.DataError, match=re.escape(said)):
        yr.save_table(yr.effect_table, "x", EFFECTS, folder=tmp_path, **options)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("table", [None, "text", 3])
def test_save_table_wants_a_table(tmp_path, table):
    with pytest.raises(yr.DataError, match="and no table"):
        yr.save_table(table, "x", folder=tmp_path)
    with pytest.raises(yr.DataError, match="and no table"):
        yr.save_table(lambda data, lang: table, "x", EFFECTS, folder=tmp_path)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("table", "data", "options", "said"),
    [
        (SHOWN, None, {"titel": "效应"}, "takes no titel"),
        (SHOWN, EFFECTS, {"each": "column"}, "takes no data, each"),
        (yr.compare_effects, EFFECTS, {}, "compare_effects has no lang="),
        (SHOWN[:0], None, {}, "table is empty"),
        (pd.concat({"a": SHOWN}, axis=1), None, {}, "2 rows of headers"),
        (pd.DataFrame({"a": ["b\x07"]}), None, {}, r"'b\\x07'"),
        (SHOWN, None, {"title": 0}, "title=0"),
        (SHOWN, None, {"stem": ".."}, "no file name"),
        (SHOWN, None, {"stem": "a:b"}, "no file name"),
        (SHOWN, None, {"stem": "Aux"}, "no file name"),
    ],
)
def test_what_save_table_cannot_set_is_told(tmp_path, table, data, options, said):
    options = {"stem": "x", "data": data} | options
    with pytest.raises(yr.DataError, match=said):
        yr.save_table(table, folder=tmp_path, **options)
    assert not list(tmp_path.iterdir())


def test_a_folder_that_is_a_file_is_told(tmp_path):
    (tmp_path / "f").touch()
    for folder in (tmp_path / "f", tmp_path / "f" / "g"):
        with pytest.raises(yr.DataError, match="is a file, or in one"):
            yr.save_table(SHOWN, "x", folder=folder)


@pytest.mark.parametrize(
    ("table", "head", "first"),
    [
        (pd.DataFrame({"n": [1, 2]}, index=["东", "西"]), ["", "n"], ["东", "1"]),
        (pd.DataFrame({"n": [1, 2]}, index=[3, 5]), ["", "n"], ["3", "1"]),
        (pd.DataFrame({"n": [1, 2]}), ["n"], ["1"]),
        (pd.DataFrame({"n": [0.5, np.nan]}).describe(), ["", "n"], ["count", "1"]),
        (pd.DataFrame({"d": pd.to_datetime([None, "2020-03-01"])}), ["d"], ["–"]),
        (pd.DataFrame({"d": pd.to_datetime(["2020-03-01"])}), ["d"], ["2020-03-01"]),
        (pd.DataFrame({"x": [-np.inf, np.nan]}), ["x"], ["−∞"]),
        (pd.DataFrame({"x": [np.nan]}), ["x"], ["–"]),
        (
            pd.DataFrame({"v": [1]}, index=pd.MultiIndex.from_tuples([("a", 2)], names=["k", None])),
            ["k", "", "v"],
            ["a", "2", "1"],
        ),
        (pd.DataFrame({"k": ["x"], "v": [1]}).set_index("k", drop=False), ["k", "k", "v"], ["x", "x", "1"]),
    ],
)
def test_index_and_cells_are_printed(table, head, first):
    latex = table_as_latex(table, "", "").splitlines()
    rows = [line.removesuffix(r" \\").split(" & ") for line in latex if line.endswith(r"\\")]
    assert rows[:2] == [head, [as_latex(cell) for cell in first]]


@pytest.mark.slow
def test_a_table_as_it_is_keeps_its_index_and_shows_what_is_missing(tmp_path):
    counts = (
        pd.DataFrame({"区": ["甲", "甲", "乙"], "数": [0.1 + 0.2, None, -1]}).groupby("区").sum(min_count=1)
    )
    counts["级"] = pd.array([1, None], dtype="Int64")
    yr.save_table(counts, "x", folder=tmp_path)
    lines = (tmp_path / "x.zh.tex").read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if line.endswith(r"\\")] == [
        r"区 & 数 & 级 \\",
        r"乙 & $-$1 & 1 \\",
        r"甲 & 0.3 & -- \\",
    ]
    assert (tmp_path / "x.en.tex").read_bytes() == (tmp_path / "x.zh.tex").read_bytes()


@pytest.mark.parametrize(
    ("value", "digits", "printed"),
    [
        (1234.5678, 3, "1235"),
        (12.3456, 3, "12.3"),
        (-0.01234567, 3, "−0.0123"),
        (5.1003, 3, "5.10"),  # rounded, and so is its zero
        (0.5, 3, "0.5"),
        (9.9996, 3, "10.0"),
        (1100.0, 3, "1100"),
        (0.00001234567, 3, "1.23e-05"),
        (98765432109.5, 3, "98765432110"),
        (-0.0, 3, "0"),
        (2 / 3, 1, "0.7"),
        (2 / 3, 6, "0.666667"),
        (1234.5678, 6, "1234.57"),
    ],
)
def test_numbers_have_the_digits_of_a_paper(value, digits, printed):
    latex = table_as_latex(pd.DataFrame({"x": [value]}, index=[2019.25]), "", "", digits).splitlines()
    assert latex[6] == rf"2019.25 & {as_latex(printed)} \\"


def test_digits_may_be_said_and_the_table_returned_keeps_its_own(tmp_path):
    table = pd.DataFrame({"比": [2 / 3], "数": [12345]})
    assert yr.save_table(table, "x", folder=tmp_path).equals(table)
    assert r"0.667 & 12345 \\" in (tmp_path / "x.zh.tex").read_text(encoding="utf-8")
    rows = list(body(tmp_path / "x.zh.docx").iter(f"{W}tr"))
    assert [words(cell) for cell in rows[1].iter(f"{W}tc")] == ["0.667", "12345"]
    yr.save_table(table, "x", digits=5, folder=tmp_path)
    assert r"0.66667 & 12345 \\" in (tmp_path / "x.en.tex").read_text(encoding="utf-8")
    for digits in (0, 11, 2.5, "3", None):
        with pytest.raises(yr.DataError, match="digits="):
            yr.save_table(table, "y", digits=digits, folder=tmp_path)
    assert not list(tmp_path.glob("y*"))


def test_a_long_latex_table_goes_on_over_pages_with_its_head():
    table = pd.DataFrame({"县": [f"县{i}" for i in range(40)], "数": range(40)})
    lines = table_as_latex(table, "表1", "注").splitlines()
    assert lines[0].startswith(r"\begin{xltabular}{\textwidth}{") and lines[1] == r"\caption{表1} \\"
    head = [r"\toprule", r"县 & 数 \\", r"\midrule"]
    assert lines[2:12] == [*head, r"\endfirsthead", *head, r"\endhead", r"\bottomrule", r"\endfoot"]
    assert lines[12:52] == [rf"县{i} & {i} \\" for i in range(40)]
    assert lines[52:] == [r"\end{xltabular}", r"{\noindent\footnotesize 注\par}"]
    assert "xltabular" not in table_as_latex(table[:35], "表1", "注")
    assert "xltabular" in table_as_latex(table[:12].assign(注="字" * 100), "", "")  # rows of lines


def test_a_brief_is_filled_with_published_numbers():
    text = "成员 {01-a/members} 名，变化 {01-a/change}%。\n\n模拟效应 {02-b/simulated_att}。"
    assert yr.fill_brief(text, NUMBERS) == "成员 1,100 名，变化 −9.3%。\n\n模拟效应 13.0。"


def test_a_number_that_no_notebook_published_is_refused():
    with pytest.raises(yr.DataError, match="No notebook published") as error:
        yr.fill_brief("一 {01-a/members}\n二 {01-a/member} {03/x}", NUMBERS)
    assert "01-a/member" in str(error.value) and "03/x" in str(error.value)


def test_a_line_that_hides_a_simulation_is_refused():
    with pytest.raises(yr.DataError, match="simulated data: say so"):
        yr.fill_brief("Simulated.\n\nThe effect is {02-b/simulated_att}.", NUMBERS)


BRIEF = """# 题目

一段**重点** {01-a/members}。

- 甲
- 乙 {01-a/members}

![图注](../figures/p.png)

| 一 | 二 |
| --- | --- |
| 三 | {01-a/change} |
"""
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de"
    "0000000c49444154789c63f8ffff3f0005fe02fe0def46b80000000049454e44ae426082"
)


@pytest.mark.slow
def test_a_brief_is_the_same_text_in_word(tmp_path):
    (tmp_path / "p.png").write_bytes(PIXEL)
    quoted = yr.save_brief("x", {"zh": BRIEF}, NUMBERS, folder=tmp_path)
    assert quoted.to_dict("list") == {
        "stem": ["01-a", "01-a"],
        "name": ["members", "change"],
        "value": ["1,100", "-9.3"],
        "zh": [2, 1],
    }
    parts = body(tmp_path / "x.zh.docx")
    lines = [words(p) for p in parts.findall(f"{W}p") if words(p)]
    assert lines == ["题目", "一段重点 1,100。", "甲", "乙 1,100", "图注"]
    assert [words(cell) for cell in parts.iter(f"{W}tc")] == ["一", "二", "三", "−9.3"]
    bold = [words(run) for run in parts.iter(f"{W}r") if run.find(f"{W}rPr/{W}b") is not None]
    assert bold == ["重点"]
    assert len(list(parts.iter(f"{W}drawing"))) == 1
    assert "−9.3" in (tmp_path / "x.zh.md").read_text(encoding="utf-8")
    once = (tmp_path / "x.zh.docx").read_bytes()
    yr.save_brief("x", {"zh": BRIEF}, NUMBERS, folder=tmp_path)
    assert (tmp_path / "x.zh.docx").read_bytes() == once


def test_a_brief_without_its_picture_is_not_written(tmp_path):
    with pytest.raises(yr.DataError, match=r"p\.png"):
        yr.save_brief("x", {"zh": BRIEF}, NUMBERS, folder=tmp_path)
    assert not list(tmp_path.iterdir())


REFUSED = [
    *(
        "> 引文",
        "```\n代码\n```",
        "- 甲\n  - 乙",
        "<!-- 注 -->",
        "---",
        "##### 五级",
        "甲`码`乙",
        "甲<b>乙</b>",
    ),
    *("文字 ![图](p.png)", "- ![图](p.png)", "## ![图](p.png)", "| ![图](p.png) |\n| --- |", "![图](a.pdf)"),
    *("| *甲* |\n| --- |", "**![图](p.png)**"),
]


@pytest.mark.parametrize("text", REFUSED)
def test_what_word_cannot_take_over_is_refused(tmp_path, text):
    for name in ("p.png", "a.pdf"):
        (tmp_path / name).write_bytes(PIXEL)
    with pytest.raises(yr.DataError, match=r"goes into no Word file|which Word cannot"):
        yr.save_brief("x", {"zh": f"# 题目\n\n{text}\n"}, NUMBERS, folder=tmp_path)
    assert len(list(tmp_path.iterdir())) == 2


def test_words_keep_what_is_about_them(tmp_path):
    text = "中文\n接行\nLatin\nline [址](https://a.b) *斜* &amp; **粗**\n\n3. 甲\n4. 乙\n\n文\n\n1. 丙\n"
    yr.save_brief("x", {"zh": text}, NUMBERS, folder=tmp_path)
    parts = body(tmp_path / "x.zh.docx")
    assert [words(p) for p in parts.findall(f"{W}p")] == [
        *("中文接行 Latin line 址 (https://a.b) 斜 & 粗", "3. 甲", "4. 乙", "文", "1. 丙"),
    ]
    italic = [words(run) for run in parts.iter(f"{W}r") if run.find(f"{W}rPr/{W}i") is not None]
    assert italic == ["斜"]
    hints = [fonts.get(f"{W}hint") for fonts in parts.iter(f"{W}rFonts")]
    assert hints and set(hints) == {"eastAsia"}


@pytest.mark.slow
def test_a_head_is_on_every_page_and_no_row_is_cut(tmp_path):
    path = tmp_path / "t.docx"
    path.write_bytes(table_as_docx(SHOWN, "表1", "注"))
    rows = list(body(path).iter(f"{W}tr"))
    assert [row.find(f"{W}trPr/{W}tblHeader") is not None for row in rows] == [True, False, False]
    assert all(row.find(f"{W}trPr/{W}cantSplit") is not None for row in rows)
    sides = [[p.get(f"{W}val") for p in row.iter(f"{W}jc")] for row in rows]
    assert sides == [["left", "center", "center"]] * 3
    title = body(path).find(f"{W}p/{W}pPr")
    assert title.find(f"{W}keepNext") is not None and title.find(f"{W}pStyle").get(f"{W}val") == "Caption"
    path.write_bytes(table_as_docx(SHOWN.assign(注="同一指标、同一口径，改革前后都有"), "", ""))
    assert [p.get(f"{W}val") for p in body(path).iter(f"{W}jc")][:4] == ["left", "center", "center", "left"]


def test_a_picture_is_found_by_its_name_in_chinese(tmp_path):
    (tmp_path / "图.png").write_bytes(PIXEL)
    yr.save_brief("x", {"zh": "![说明](图.png)\n"}, NUMBERS, folder=tmp_path)
    [drawn] = body(tmp_path / "x.zh.docx").iter(
        "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}docPr"
    )
    assert drawn.get("descr") == "说明"


@pytest.mark.parametrize("text", ["{n}", "{relations}", "{01-a／members}", "｛01-a/members｝", "一 { 二"])
def test_a_brace_that_is_no_number_is_refused(text):
    with pytest.raises(yr.DataError, match="no names of numbers"):
        yr.fill_brief(f"题目\n\n{text}", NUMBERS)


def test_a_number_there_twice_or_missing_is_refused():
    with pytest.raises(yr.DataError, match="there twice"):
        yr.fill_brief("{01-a/members}", pd.concat([NUMBERS, NUMBERS[:1]]))
    for value in (None, 3.0):
        with pytest.raises(yr.DataError, match="no text as save_numbers"):
            yr.fill_brief("一", NUMBERS.assign(value=[value, "1", "2"]))


@pytest.mark.parametrize("texts", ["文字", {}, {"name": "文字"}, None])
def test_texts_go_by_language(tmp_path, texts):
    with pytest.raises(yr.DataError, match="no text by language"):
        yr.save_brief("x", texts, NUMBERS, folder=tmp_path / "new")
    assert not (tmp_path / "new").exists()


def test_a_file_is_written_whole_or_not(tmp_path, monkeypatch):
    path = tmp_path / "x.md"
    save_whole(path, b"old")
    monkeypatch.setattr("os.replace", lambda *_: (_ for _ in ()).throw(PermissionError(13, "in use")))
    with pytest.raises(yr.DataError, match="close it where it is open"):
        save_whole(path, b"new")
    assert path.read_bytes() == b"old" and [p.name for p in tmp_path.iterdir()] == ["x.md"]


def test_a_file_that_is_held_for_a_moment_is_waited_for(tmp_path, monkeypatch):
    """On Windows, by what syncs the folder or looks for viruses in it."""
    error, real, tries = PermissionError(13, "in use"), os.replace, iter(range(2))
    error.winerror = 5

    def held(*paths):
        if next(tries, None) is not None:
            raise error
        real(*paths)

    monkeypatch.setattr("os.replace", held)
    save_whole(tmp_path / "x.md", b"new")
    assert (tmp_path / "x.md").read_bytes() == b"new"


def test_numbers_are_read_as_they_were_published(tmp_path):
    yr.save_numbers("02-b", {"att": 1.5, "text": "3 to 6"}, folder=tmp_path)
    yr.save_numbers("01-a", {"count": 1100}, folder=tmp_path)
    assert yr.read_numbers(tmp_path).to_numpy().tolist() == [
        ["01-a", "count", "1,100"],
        ["02-b", "att", "1.5"],
        ["02-b", "text", "3 to 6"],
    ]
    with pytest.raises(yr.DataError, match=r"numbers\.csv"):
        yr.read_numbers(tmp_path / "none")


def test_a_brief_of_ones_own_may_be_in_one_language(tmp_path):
    (tmp_path / "brief.zh.md").write_text("题目", encoding="utf-8")
    assert yr.read_brief(tmp_path) == {"zh": "题目"}
    with pytest.raises(yr.DataError, match=r"brief\.en\.md"):
        yr.read_brief(tmp_path / "none")


DATES = r"\d{4} ?年( ?\d+ ?月)?|\b(19|20)\d{2}\b"
SAID = (
    r"“[^”]*”|\"[^\"]*\"|\d+ (districts|个区县)|24 ?万|240,000|\d+ (or|与) \d+"  # of reports; of the design
)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_number_of_the_brief_is_typed(language):
    text = (DATA / f"brief.{language}.md").read_text(encoding="utf-8")
    typed = re.sub(rf"\{{[^{{}}]+\}}|!\[.*|{DATES}|{SAID}", "", text)
    assert re.findall(r".{0,12}\d.{0,12}", typed) == []


def test_both_languages_quote_the_same_numbers():
    quoted = [re.findall(r"\{([^{}]+)\}", text) for text in yr.read_brief().values()]
    assert sorted(quoted[0]) == sorted(quoted[1]) and len(quoted[0]) > 20


def test_without_its_package_it_says_what_to_install(tmp_path, monkeypatch):
    for name in ("docx", "mistune"):
        with monkeypatch.context() as without:
            without.setitem(sys.modules, name, None)
            with pytest.raises(ImportError, match=rf"{name}.*youthresearch\[paper\]"):
                yr.save_brief("x", {"zh": "题目"}, NUMBERS, folder=tmp_path)
    assert not list(tmp_path.iterdir())

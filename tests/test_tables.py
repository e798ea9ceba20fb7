"""Figures of tables: header, label, unit, year and scope, from HTML and DOCX, as reports print them.

The expected rows are written by hand from the tables.
"""

import zipfile

import pytest

import youthresearch as yr

TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override PartName='
    '"/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.'
    'document.main+xml"/></Types>'
)
INTRO = (
    "今年以来，全县各级团组织围绕中心工作，把团的工作延伸到园区、社区和新兴领域，基层团组织的吸引力"
    "进一步增强，各项工作都有了新的进展，现将有关数据列表报告如下，请审阅。"
)
CLOSING = (
    "下列数据由各乡镇团委报送，团县委办公室汇总并逐项核对，如有出入，以团县委年底的统计年报为准，"
    "各乡镇要继续做好团员和团组织信息的日常维护工作。"
)


def html(tables, title="河湾县团县委2022年工作总结"):
    """Write a page with the tables; a table is its caption and its rows of cells."""
    shown = "".join(
        f"<p>{caption}</p><table>"
        + "".join("<tr>" + "".join(f"<td>{c}</td>" for c in row.split("|")) + "</tr>" for row in rows)
        + "</table>"
        for caption, rows in tables
    )
    return (
        f"<html><head><title>{title}</title></head><body><article><h1>{title}</h1>"
        f"<p>{INTRO}</p>{shown}<p>{CLOSING}</p></article></body></html>"
    )


def docx(tables, title="河湾县团县委2022年工作总结"):
    """Return the body of a word-processor document with the same tables."""

    def p(text):
        return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"

    shown = "".join(
        p(caption)
        + "<w:tbl>"
        + "".join(
            "<w:tr>" + "".join(f"<w:tc>{p(c)}</w:tc>" for c in row.split("|")) + "</w:tr>" for row in rows
        )
        + "</w:tbl>"
        for caption, rows in tables
    )
    return p(title) + p(INTRO) + shown + p(CLOSING)


@pytest.fixture(params=["html", "docx"])
def read(request, tmp_path):
    """Return a function that writes tables in a format, reads them and proposes their facts."""

    def read(*tables):
        path = tmp_path / f"a.{request.param}"
        if request.param == "html":
            path.write_text(html(tables), encoding="utf-8")
        else:
            space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
            body = f'<w:document xmlns:w="{space}"><w:body>{docx(tables)}</w:body></w:document>'
            with zipfile.ZipFile(path, "w") as archive:
                archive.writestr("[Content_Types].xml", TYPES)
                archive.writestr("word/document.xml", body)
        document = yr.read_report(path)
        facts = yr.extract_facts(document)
        for row in facts.itertuples():
            assert document.text[row.start : row.end] == row.token
            assert document.text[row.noun_start : row.noun_end] == row.noun
        return facts

    return read


def rows(facts, *columns):
    return facts[list(columns)].to_numpy().tolist()


def test_years_as_columns_and_a_column_of_units(read):
    facts = read(
        ("", ["指标|单位|2021年|2022年", "团支部|个|120|135", "团员|名|3,210|3,402", "工作经费|万元|12.5|15"])
    )
    assert rows(facts, "noun", "value", "unit", "period_end") == [
        ["团支部", 120, "个", "2021"],
        ["团支部", 135, "个", "2022"],
        ["团员", 3210, "名", "2021"],
        ["团员", 3402, "名", "2022"],
        ["工作经费", 125000, "元", "2021"],
        ["工作经费", 150000, "元", "2022"],
    ]
    assert facts["resolution"].tolist() == [1, 1, 1, 1, 1000, 10000]


def test_units_in_the_header_and_places_as_rows(read):
    facts = read(
        (
            "",
            [
                "乡镇|团支部数量（个）|团员人数|经费（万元）",
                "河口镇|12|356|2.5",
                "青山乡|8|190|1.2",
                "合计|20|546|3.7",
            ],
        )
    )
    assert rows(facts, "scope", "noun", "value", "unit") == [
        ["河口镇", "团支部数量", 12, "个"],
        ["河口镇", "团员人数", 356, "人"],
        ["河口镇", "经费", 25000, "元"],
        ["青山乡", "团支部数量", 8, "个"],
        ["青山乡", "团员人数", 190, "人"],
        ["青山乡", "经费", 12000, "元"],
        ["", "团支部数量", 20, "个"],
        ["", "团员人数", 546, "人"],
        ["", "经费", 37000, "元"],
    ]
    assert set(facts["period_end"]) == {"2022"}  # of the title


def test_years_as_rows_and_growth(read):
    facts = read(
        (
            "历年团员情况",
            [
                "年份|团支部（个）|团员（名）|团员比上年增长（%）",
                "2020年|310|5120|3.2",
                "2021年|325|5288|3.3",
            ],
        )
    )
    assert rows(facts, "period_end", "noun", "value", "unit", "kind", "baseline") == [
        ["2020", "团支部", 310, "个", "level", ""],
        ["2020", "团员", 5120, "名", "level", ""],
        ["2020", "团员", 3.2, "%", "growth", "previous_year"],
        ["2021", "团支部", 325, "个", "level", ""],
        ["2021", "团员", 5288, "名", "level", ""],
        ["2021", "团员", 3.3, "%", "growth", "previous_year"],
    ]


def test_unit_and_year_of_the_caption_and_blank_cells(read):
    facts = read(
        (
            "2021年支出情况表（单位：万元）",
            ["序号|项目|预算数|决算数|完成率", "1|基本支出|120.50|118.20|98.09%", "2|项目支出|80.00|—|"],
        )
    )
    assert rows(facts, "noun", "value", "unit", "kind", "status", "period_end") == [
        ["基本支出", 1205000, "元", "level", "planned", "2021"],
        ["基本支出", 1182000, "元", "level", "achieved", "2021"],
        ["完成率", 98.09, "%", "share", "achieved", "2021"],
        ["项目支出", 800000, "元", "level", "planned", "2021"],
    ]


def test_labels_with_units_and_words_of_approximation(read):
    facts = read(("", ["项目|数量", "志愿服务队（支）|45", "注册志愿者（人）|约2000", "青年之家|17家"]))
    assert rows(facts, "noun", "value", "unit", "hedge") == [
        ["志愿服务队", 45, "支", "exact"],
        ["注册志愿者", 2000, "人", "about"],
        ["青年之家", 17, "家", "exact"],
    ]


def test_a_list_of_labels_and_numbers_needs_no_header(read):
    facts = read(("", ["团支部（个）|33", "团员|1229名"]))
    assert rows(facts, "noun", "value", "unit") == [["团支部", 33, "个"], ["团员", 1229, "名"]]


def test_two_tables_keep_their_own_units(read):
    facts = read(("单位：万元", ["项目|金额", "活动经费|3.5"]), ("", ["项目|人数", "团干部|12"]))
    assert rows(facts, "noun", "value", "unit") == [["活动经费", 35000, "元"], ["团干部", 12, "人"]]


def test_a_row_with_more_cells_than_the_header_is_not_taken_for_one_of_its_columns(read):
    facts = read(("", ["学校|团员人数", "一中|200|女|90"]))
    assert set(facts["rule"]) != {"table"} and facts["noun"].isin(["", "女"]).all()


def test_what_is_no_figure_in_a_table_is_refused(read):
    facts = read(("", ["序号|指标|数量（万元）", "1|经费|20"]))
    reasons = {r["token"]: r["reason"] for r in facts.attrs["refused"]}
    assert facts["token"].tolist() == ["20"]
    assert reasons["万元"] == "table"


@pytest.mark.parametrize(
    "text", ["经费（万元）由县财政列支。", "单位：万元", "单位：所、万人", "经费 | 万元 | 无"]
)
def test_a_unit_alone_is_no_sum(text):
    facts = yr.extract_facts(text)
    assert facts.empty
    assert [r["reason"] for r in facts.attrs["refused"]] == ["unit"]


def test_a_table_whose_columns_have_no_header_is_not_read(read):
    """Which year a number is of, a second line of header says: a guess would give it to the wrong one."""
    facts = read(
        ("", ["单位|2020年||2021年", "|团员|团干部|团员", "城东街道|310|12|320", "城西街道|290|9|300"])
    )
    assert set(facts["rule"]) == {"none"} and set(facts["noun"]) == {""}
    assert set(facts["confidence"]) == {"low"}

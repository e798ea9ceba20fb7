"""Figures of tables: header, label, unit, year and scope, from HTML, DOCX and text, as reports print them.

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


def plain(tables, between, title="河湾县团县委2022年工作总结"):
    """Write a text with the tables; cells are apart by a tab, a bar, or blanks."""
    shown = [line for caption, rows in tables for line in [caption, *rows] if line]
    return "\n".join([title, INTRO, *(line.replace("|", between) for line in shown), CLOSING])


def check_offsets(text, facts):
    for row in facts.itertuples():
        assert text[row.start : row.end] == row.token
        assert text[row.noun_start : row.noun_end] == row.noun


MARKED = ["html", "docx"]  # where each cell is marked as one
BETWEEN = {"tabs": "\t", "bars": " | ", "text": "\t"}


@pytest.fixture(params=[*MARKED, *BETWEEN])
def read(request, tmp_path):
    """Return a function that writes tables in a format, reads them and proposes their facts."""

    def read(*tables):
        path = tmp_path / f"a.{request.param}"
        if request.param == "text":
            text = plain(tables, BETWEEN["text"])
            facts = yr.extract_facts(text)
            check_offsets(text, facts)
            return facts
        if request.param in BETWEEN:
            path.write_text(plain(tables, BETWEEN[request.param]), encoding="utf-8")
        elif request.param == "html":
            path.write_text(html(tables), encoding="utf-8")
        else:
            space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
            body = f'<w:document xmlns:w="{space}"><w:body>{docx(tables)}</w:body></w:document>'
            with zipfile.ZipFile(path, "w") as archive:
                archive.writestr("[Content_Types].xml", TYPES)
                archive.writestr("word/document.xml", body)
        document = yr.read_report(path)
        facts = yr.extract_facts(document)
        check_offsets(document.text, facts)
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
        ["河口镇", "团员", 356, "人"],
        ["河口镇", "经费", 25000, "元"],
        ["青山乡", "团支部数量", 8, "个"],
        ["青山乡", "团员", 190, "人"],
        ["青山乡", "经费", 12000, "元"],
        ["", "团支部数量", 20, "个"],
        ["", "团员", 546, "人"],
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


def test_of_several_units_in_the_caption_each_row_has_its_own(read):
    facts = read(
        ("单位：所、万人", ["指标|2021年|2022年", "学校数|61|63", "在校生数|5.2|6", "专任教师|2|3"]),
        ("单位：万张、张", ["指标|数量", "床位数|7.5", "每千人口床位数|3.4"]),
    )
    assert rows(facts, "value", "unit") == [
        *([61, "所"], [63, "所"], [52000, "人"], [60000, "人"], [20000, "人"], [30000, "人"]),
        *([75000, "张"], [3.4, "张/千人"]),
    ]


def test_a_caption_ends_in_its_unit_or_says_in_what_time_money_is_paid(read):
    facts = read(
        ("捐赠收入情况（万元）", ["项目|金额", "助学|3.5"]),
        ("边远乡镇按月发放补贴：", ["类别|标准", "偏远村|130元", "海岛村|160元"]),
    )
    assert rows(facts, "value", "unit", "kind") == [
        [35000, "元", "level"],
        [130, "元/月", "mean"],
        [160, "元/月", "mean"],
    ]


def test_labels_with_units_and_words_of_approximation(read):
    facts = read(("", ["项目|数量", "志愿服务队（支）|45", "注册志愿者（人）|约2000", "青年之家|17家"]))
    assert rows(facts, "noun", "value", "unit", "hedge") == [
        ["志愿服务队", 45, "支", "exact"],
        ["注册志愿者", 2000, "人", "about"],
        ["青年之家", 17, "家", "exact"],
    ]


def test_blanks_between_thousands_within_a_cell(read):
    rows = ["指标|单位|2019 年|2020 年", "志愿者|人|140 660|97", "在册团员", "学校团员|人|64 960|214 670"]
    facts = read(("团员统计", rows))
    assert facts["value"].tolist() == [140660, 97, 64960, 214670]
    assert facts["period_end"].tolist() == ["2019", "2020"] * 2 and set(facts["unit"]) == {"人"}


@pytest.mark.parametrize(("header", "cells"), [("班级 人数", "6 160|9 190"), ("男 女", "160 195|190 162")])
def test_two_figures_under_two_headers_in_one_cell_are_none(read, header, cells):
    one, other = cells.split("|")
    assert read(("", [f"学校|{header}|讲座（场）", f"一中|{one}|6", f"二中|{other}|9"]))[
        "value"
    ].tolist() == [6, 9]


def test_no_thousands_begin_with_nought(read):
    facts = read(("", ["学校|人数|讲座（场）", "一中|0 200|6", "二中|300|9"]))
    assert 200 not in facts["value"].tolist() and {300, 6, 9} <= set(facts["value"])


def test_a_list_of_labels_and_numbers_needs_no_header(read):
    facts = read(("", ["团支部（个）|33", "团员|1229名"]))
    assert rows(facts, "noun", "value", "unit") == [["团支部", 33, "个"], ["团员", 1229, "名"]]


def test_a_list_of_labels_units_and_numbers_needs_no_header(read):
    facts = read(("", ["A 团支部数|个|33", "B 青年之家|个|1,229", "C 活动经费|万元|8.5"]))
    read = rows(facts, "noun", "value", "unit")
    assert read == [["团支部", 33, "个"], ["青年之家", 1229, "个"], ["活动经费", 85000, "元"]]


def test_two_tables_keep_their_own_units(read):
    facts = read(("单位：万元", ["项目|金额", "活动经费|3.5"]), ("", ["项目|人数", "团干部|12"]))
    assert rows(facts, "noun", "value", "unit") == [["活动经费", 35000, "元"], ["团干部", 12, "人"]]


@pytest.mark.parametrize("read", MARKED, indirect=True)
def test_a_row_with_more_cells_than_the_header_is_not_taken_for_one_of_its_columns(read):
    facts = read(("", ["学校|团员人数", "一中|200|女|90"]))
    assert set(facts["rule"]) != {"table"} and facts["noun"].isin(["", "女"]).all()


def test_what_is_no_figure_in_a_table_is_refused(read):
    facts = read(("", ["序号|指标|数量（万元）", "1|经费|20"]))
    reasons = yr.list_refused(facts).set_index("token")["reason"].to_dict()
    assert facts["token"].tolist() == ["20"]
    assert reasons["万元"] == "table"


@pytest.mark.parametrize(
    "text", ["经费（万元）由县财政列支。", "单位：万元", "单位：所、万人", "经费 | 万元 | 无"]
)
def test_a_unit_alone_is_no_sum(text):
    facts = yr.extract_facts(text)
    assert facts.empty
    assert list(yr.list_refused(facts)["reason"]) == ["unit"]


@pytest.mark.parametrize("read", MARKED, indirect=True)
def test_a_table_whose_columns_have_no_header_is_not_read(read):
    """Which year a number is of, a second line of header says: a guess would give it to the wrong one."""
    facts = read(
        ("", ["单位|2020年||2021年", "|团员|团干部|团员", "城东街道|310|12|320", "城西街道|290|9|300"])
    )
    assert set(facts["rule"]) == {"none"} and set(facts["noun"]) == {""}
    assert set(facts["confidence"]) == {"low"}


STAFF = [
    "乡镇|编制数（个）|专职团干部（人）|联系电话|活动经费（万元）",
    "河口镇|3|2|0571-88123456|1.5",
    "青山乡|2|1|13812345678|0.8",
    "合计|5|3|—|2.3",
]
STAFF_ROWS = [
    ["河口镇", "编制", 3, "个"],
    ["河口镇", "专职团干部", 2, "人"],
    ["河口镇", "活动经费", 15000, "元"],
    ["青山乡", "编制", 2, "个"],
    ["青山乡", "专职团干部", 1, "人"],
    ["青山乡", "活动经费", 8000, "元"],
    ["", "编制", 5, "个"],
    ["", "专职团干部", 3, "人"],
    ["", "活动经费", 23000, "元"],
]


@pytest.mark.parametrize("between", ["\t", "|", " | ", "    ", "\u3000\u3000", "  \t"])
def test_whatever_parts_the_cells_of_a_text_the_figures_are_the_same(between, tmp_path):
    text = plain([("团干部配备情况表", STAFF)], between)
    path = tmp_path / "a.txt"
    path.write_text(text, encoding="utf-8")
    for given in (text, yr.read_report(path)):
        facts = yr.extract_facts(given)
        check_offsets(text, facts)
        assert rows(facts, "scope", "noun", "value", "unit") == STAFF_ROWS
        assert set(facts["rule"]) == {"table"} and set(facts["period_end"]) == {"2022"}


def test_a_table_in_bars_with_a_drawn_line_and_blank_lines():
    lines = [f"| {line.replace('|', ' | ')} |" for line in STAFF]
    text = "\n\n".join([lines[0], "|---|---|:-:|---|--:|", *lines[1:]])
    assert rows(yr.extract_facts(text), "scope", "noun", "value", "unit") == STAFF_ROWS


def test_short_rows_at_the_ends_of_a_text_are_rows_and_no_furniture(tmp_path):
    """Lines of eight letters or fewer before the first sentence, and lines without a unit after the last."""
    rows_ = ["团委\t12", "团支部\t310", "团员\t5120", "团干部\t35", "队员\t860"]
    path = tmp_path / "a.txt"
    path.write_text("\n".join([*rows_, INTRO, *rows_]), encoding="utf-8")
    document = yr.read_report(path)
    assert document.paragraphs["role"].tolist() == ["table"] * 5 + ["body"] + ["table"] * 5
    assert yr.extract_facts(document)["value"].tolist() == [12, 310, 5120, 35, 860] * 2


def test_plan_and_account_of_a_budget_are_told_by_the_header(read):
    facts = read(
        (
            "收支总表（单位：万元）",
            [
                "项目|2021年决算数|2022年预算数",
                "一、财政拨款收入|352.4|368",
                "其中：专项经费|12|—",
                "收入合计|352.4|368",
            ],
        )
    )
    assert rows(facts, "noun", "value", "unit", "status", "period_end") == [
        ["财政拨款收入", 3524000, "元", "achieved", "2021"],
        ["财政拨款收入", 3680000, "元", "planned", "2022"],
        ["专项经费", 120000, "元", "achieved", "2021"],
        ["收入", 3524000, "元", "achieved", "2021"],
        ["收入", 3680000, "元", "planned", "2022"],
    ]


def test_places_that_a_quota_or_a_recruitment_gives_are_planned(read):
    facts = read(
        ("代表名额分配表", ["单位|代表名额|女代表", "县直机关团工委|12|5", "合计|12|5"]),
        (
            "招聘岗位及人数",
            ["岗位|招聘人数|年龄|条件", "项目专员|3|35|大专以上学历", "社工助理|2|40|有2年以上经验"],
        ),
    )
    assert rows(facts, "noun", "value", "status", "scope") == [
        ["代表名额", 12, "planned", "县直机关团工委"],
        ["女代表", 5, "planned", "县直机关团工委"],
        ["代表名额", 12, "planned", ""],
        ["女代表", 5, "planned", ""],
        ["项目专员", 3, "planned", ""],  # who are taken on are counted
        ["社工助理", 2, "planned", ""],
    ]


def test_answers_are_counted_beside_their_shares_without_a_header(read):
    facts = read(("", ["经常参加|60|60%", "从不参加|40|40%"]))
    assert rows(facts, "noun", "value", "unit", "kind") == [
        ["经常参加", 60, "", "level"],
        ["经常参加", 60, "%", "share"],
        ["从不参加", 40, "", "level"],
        ["从不参加", 40, "%", "share"],
    ]


def test_a_label_that_says_how_many_persons_names_what_is_counted(read):
    facts = read(("", ["指标|单位|数值", "住户临时生活救助人数|人|96", "培训班教师人数|人|9"]))
    assert facts["noun"].tolist() == ["住户临时生活救助人数", "培训班教师"]


def test_classes_and_codes_of_posts_are_no_figures_and_a_caption_tells_of_plans(read):
    facts = read(
        ("优秀团员名额分配表", ["年级|优秀团员", "2019|14", "2018|11", "研究生|6"]),
        ("", ["职位编号|职位|招聘人数", "1|社工|3", "2|社工|2"]),
        ("", ["项目|现有|合格标准", "教学楼|5100平方米|4000平方米", "宿舍|3000平方米|2500平方米"]),
    )
    assert facts["value"].tolist() == [14, 11, 6, 3, 2, 5100, 3000]
    assert facts["status"].tolist() == ["planned"] * 5 + ["achieved"] * 2


def test_a_part_has_the_unit_of_the_row_that_it_is_of(read):
    rows_ = ["指标|2021年|2020年", "团组织数（个）|90|80", "其中：企业|30|20", "团员数（万人）|5|4"]
    facts = read(("", [*rows_, "其中：女性|2|1", "内：党员（人）|7|6", "阵地|3|2"]))
    assert facts["unit"].tolist() == ["个"] * 4 + ["人"] * 6 + [""] * 2
    assert facts["value"].tolist() == [90, 80, 30, 20, 50000, 40000, 20000, 10000, 7, 6, 3, 2]


def test_what_an_action_is_worth_is_no_figure(read):
    facts = read(
        ("", ["考核内容|评分标准|分值", "组织建设|每新建1个团支部得2分|10", "宣传|每刊发1篇稿件得1分|15"])
    )
    assert facts.empty
    assert {"10", "15", "1个", "1篇"} <= set(yr.list_refused(facts)["token"])


def test_labels_and_values_without_a_header(read):
    facts = read(
        (
            "",
            [
                "单位名称|河湾县团委",
                "成立时间|1950年3月",
                "团员总数|12345名",
                "邮政编码|310000",
                "经费（万元）|56.8",
            ],
        )
    )
    assert rows(facts, "noun", "value", "unit") == [["团员", 12345, "名"], ["经费", 568000, "元"]]


def test_labels_and_numbers_in_turn():
    facts = yr.extract_facts("团员（名）\t1200\t团支部\t35个\n少先队员（名）\t3400\t中队（个）\t96")
    assert rows(facts, "noun", "value", "unit") == [
        ["团员", 1200, "名"],
        ["团支部", 35, "个"],
        ["少先队员", 3400, "名"],
        ["中队", 96, "个"],
    ]


def test_a_table_on_its_side_has_years_or_places_for_rows_or_columns(read):
    facts = read(
        ("", ["项目|团支部（个）|团员（名）", "2020年|310|5120", "2021年|325|5288"]),
        ("", ["指标|河口镇|青山乡", "团支部（个）|12|8", "志愿者占比（%）|35.2|40"]),
    )
    assert rows(facts, "noun", "value", "unit", "kind", "scope", "period_end") == [
        ["团支部", 310, "个", "level", "", "2020"],
        ["团员", 5120, "名", "level", "", "2020"],
        ["团支部", 325, "个", "level", "", "2021"],
        ["团员", 5288, "名", "level", "", "2021"],
        ["团支部", 12, "个", "level", "河口镇", "2022"],
        ["团支部", 8, "个", "level", "青山乡", "2022"],
        ["志愿者占比", 35.2, "%", "share", "河口镇", "2022"],
        ["志愿者占比", 40, "%", "share", "青山乡", "2022"],
    ]


def test_a_sentence_in_a_cell_is_read_as_prose(read):
    facts = read(
        (
            "",
            [
                "单位|主要活动|参与人数",
                "河口镇团委|举办读书会30场，服务500人次|120",
                "青山乡团委|走访困难青少年45名，发放慰问金2.5万元|36",
            ],
        )
    )
    assert rows(facts, "token", "noun", "value", "unit") == [
        ["30场", "读书会", 30, "场"],
        ["500人次", "服务", 500, "人次"],
        ["120", "参与人数", 120, "人"],
        ["45名", "困难青少年", 45, "名"],
        ["2.5万元", "慰问金", 25000, "元"],
        ["36", "参与人数", 36, "人"],
    ]
    assert (facts["rule"] == "table").tolist() == [False, False, True, False, False, True]


def test_two_lines_of_header_are_read_where_the_second_repeats_under_each_cell_of_the_first(read):
    facts = read(
        (
            "",
            [
                "单位|2020年||2021年|",
                "|团员（名）|团干部（名）|团员（名）|团干部（名）",
                "城东街道|310|12|320|13",
            ],
        ),
        ("", ["指标|团支部|经费", "|（个）|（万元）", "城东街道|4|1.5"]),
    )
    assert rows(facts, "noun", "value", "unit", "period_end") == [
        ["团员", 310, "名", "2020"],
        ["团干部", 12, "名", "2020"],
        ["团员", 320, "名", "2021"],
        ["团干部", 13, "名", "2021"],
        ["团支部", 4, "个", "2022"],
        ["经费", 15000, "元", "2022"],
    ]


def test_lines_that_head_a_part_of_a_table(read):
    facts = read(
        ("", ["指标|单位|数量", "2020年", "团支部|个|33", "一、组织|个|4", "2021年", "团支部|个|35"])
    )
    assert rows(facts, "noun", "value", "period_end") == [
        ["团支部", 33, "2020"],
        ["组织", 4, "2020"],
        ["团支部", 35, "2021"],
    ]


def test_days_months_and_decreases(read):
    facts = read(
        ("", ["时间|活动名称|参加人数", "3月5日|学雷锋志愿服务|230"]),
        ("", ["指标|数量（件）|比上年下降（%）|增减（件）", "信访|30|12.5|-4"]),
    )
    assert rows(facts, "noun", "value", "unit", "kind", "period_end", "scope") == [
        ["参加人数", 230, "人", "level", "2022-03-05", "学雷锋志愿服务"],
        ["信访", 30, "件", "level", "2022", ""],
        ["信访", -12.5, "%", "growth", "2022", ""],
        ["信访", -4, "件", "change", "2022", ""],
    ]


def test_rates_ranges_and_parts_in_brackets(read):
    facts = read(
        ("", ["项目|补贴标准（元/人·月）|人均经费（元）", "社区社工|1,245.0|50"]),
        ("", ["学校|团员人数", "一中|320（女生150人）", "二中|280-300"]),
    )
    assert rows(facts, "noun", "value", "value_max", "unit", "kind")[:2] == [
        ["补贴标准", 1245, pytest.approx(float("nan"), nan_ok=True), "元/人·月", "mean"],
        ["人均经费", 50, pytest.approx(float("nan"), nan_ok=True), "元/人", "mean"],
    ]
    whole, part, between = facts.iloc[2:].to_dict("records")
    assert (whole["noun"], whole["value"], whole["scope"]) == ("团员", 320, "一中")
    assert (part["noun"], part["value"], part["part_of"]) == ("女生", 150, whole["fact_id"])
    assert (between["value"], between["value_max"], between["hedge"]) == (280, 300, "range")


def test_whom_a_column_of_persons_counts_is_said_by_the_label_or_above_the_table(read):
    facts = read(
        ("学员来源情况", ["地区|人数", "城东街道|4", "合计|4"]),
        ("", ["职务|人数", "团支部书记|12"]),
    )
    assert rows(facts, "noun", "value", "unit", "scope") == [
        ["学员", 4, "人", "城东街道"],
        ["学员", 4, "人", ""],
        ["团支部书记", 12, "人", ""],
    ]


@pytest.mark.parametrize(
    ("caption", "table", "nouns"),
    [
        ("", "项目|2020年|2021年\n青年社团总数（个）|60|90", ["青年社团"] * 2),
        ("", "学校|志愿者人数\n一中|60", ["志愿者"]),
        ("", "项目|本年|上年同期\n青年社团（个）|60|90", ["青年社团"] * 2),
        ("", "项目|2020年|2021年\n帮扶残疾儿童（人）|60|90", ["残疾儿童"] * 2),
        ("", "项目|2020年|2021年\n每万人口社工数|6|9", ["社工"] * 2),
        ("", "活动|服务人次\n剪纸课堂|600", ["剪纸课堂"]),
        ("", "名称|其他收入（元）|上年结转（元）\n团委|60|90", ["其他收入", "上年结转"]),
        ("", "年份|接待游客（人次）|办理证件（本）|招生数（人）\n2020|60|90|600", ["游客", "证件", "招生数"]),
        ("", "指标|数量（人）\n技术人员数|60\n高级教师数量|90", ["技术人员", "高级教师"]),
        ("", "项目|市科协|县科协\n工作站（个）|60|90", ["工作站"] * 2),
        ("", "物品|单位|城镇老人|农村老人\n轮椅|辆|60|90", ["轮椅"] * 2),
        ("", "事项|单位|上月|本月|环比（%）\n心理热线来电|次|60|90|50", ["心理热线来电"] * 3),
        ("", "科目|支出计划（元）|累计完成数（元）\n慰问费|600|90", ["慰问费"] * 2),
        ("", "指标|2020年基期值|2025年目标值\n青年夜校（所）|60|90", ["青年夜校"] * 2),
        ("", "岗位|总职数|编外职数\n辅导员|6|3", ["总职数", "编外职数"]),
        ("", "指标|年末数（人）\n全县户籍人口|600\n其中：（1）农村人口|90", ["户籍人口", "农村人口"]),
        ("", "选项|人数|占比\n您的学历：大专|60|30%\n本科|90|60%", ["大专"] * 2 + ["本科"] * 2),
        (
            "",
            "指标|2020|2021\n二、青年公寓||\n公寓数|6|9\n入住人数|60|90",
            ["青年公寓"] * 2 + ["入住人数"] * 2,
        ),
        ("各支队出勤率对比表", "部门|本期|上年同期\n一支队|60%|90%", ["出勤率"] * 2),
        ("近3年培训人数如下：", "年度|合计|初任|晋升\n2020|90|30|60", ["培训人数", "初任", "晋升"]),
        ("爱心驿站数（个）", "年份|合计\n2020|60\n2021|90", ["爱心驿站"] * 2),
        (
            "某县团委2020年度“三公”经费支出预算表",
            "项目|预算数（元）\n合计|600\n公务接待费|90",
            ["“三公”经费", "公务接待费"],
        ),
    ],
)
def test_what_a_header_or_label_counts_is_named_without_total_measure_or_what_is_done(caption, table, nouns):
    assert yr.extract_facts(f"{caption}\n{table}")["noun"].tolist() == nouns


def test_a_line_that_names_persons_says_who_is_counted_in_the_bodies_below_it():
    table = "单位：人、所\n指标|2016|2017\n学校数\n小学|60|90\n在编教师\n小学|900|960\n幼儿园|300|360"
    facts = yr.extract_facts(table)
    assert rows(facts, "noun", "value", "unit", "scope")[1:4:2] == [
        ["小学", 90, "所", ""],
        ["在编教师", 960, "人", "小学"],
    ]
    assert rows(facts, "noun", "unit", "scope")[4:] == [["在编教师", "人", "幼儿园"]] * 2


def test_a_label_alone_in_its_row_names_what_the_rows_below_it_number(read):
    rows_of = ["指标|2020年|2021年", "养老公寓||", "公寓数（个）|6|9", "护理员数（人）|60|90"]
    facts = read(("", rows_of))
    assert facts["noun"].tolist() == ["养老公寓"] * 2 + ["护理员"] * 2
    assert facts["scope"].tolist() == [""] * 4


def test_signs_of_notes_are_no_part_of_a_label():
    facts = yr.extract_facts("指标|单位|2017\n结婚登记*|对|900\n#离婚登记△|对|60")
    assert facts["noun"].tolist() == ["结婚登记", "离婚登记"]


def test_a_caption_names_the_currency():
    facts = yr.extract_facts("全年收支（人民币百万元）\n项目|2016|2017\n会费|120|360")
    assert rows(facts, "noun", "value", "unit") == [["会费", 120e6, "元"], ["会费", 360e6, "元"]]


def test_letters_apart_and_a_header_without_its_first_cell_where_blanks_part_the_cells():
    facts = yr.extract_facts(
        "项    目    金  额（万元）    备  注\n活动经费    3.5    无\n合    计    3.5    无"
    )
    assert rows(facts, "value", "unit") == [[35000, "元"], [35000, "元"]]
    facts = yr.extract_facts(
        "        2020年    2021年\n团支部（个）    310    325\n团员（名）    5120    5288"
    )
    assert rows(facts, "noun", "value", "period_end") == [
        ["团支部", 310, "2020"],
        ["团支部", 325, "2021"],
        ["团员", 5120, "2020"],
        ["团员", 5288, "2021"],
    ]


def test_where_blanks_part_the_cells_a_row_with_one_too_few_is_not_guessed():
    facts = yr.extract_facts(
        "指标    2020年    2021年\n团支部    310个    325个\n团委    12个\n团员    50名    60名"
    )
    tabled = facts[facts["rule"] == "table"]
    assert rows(tabled, "value") == [[310], [325], [50], [60]]
    assert "12个" in facts["token"].tolist()  # of no year


def test_where_every_row_has_one_cell_too_few_none_is_guessed():
    head = "街道  团员（人）  团干部（人）  团支部（个）\n"
    facts = yr.extract_facts(head + "城东街道  1200  36\n城西街道  36  28\n城南街道  700  25")
    assert "团干部" not in facts["noun"].tolist() and "table" not in facts["rule"].tolist()
    facts = yr.extract_facts(head + "城东街道  1200  36\n城西街道  950  36  28\n城南街道  700  25")
    table = facts[facts["rule"] == "table"]
    assert rows(table, "noun", "value") == [["团员", 950], ["团干部", 36], ["团支部", 28]]
    facts = yr.extract_facts("街道  团员（人）  备注\n城东街道  1200\n城西街道  950")  # nothing to remark
    assert rows(facts, "noun", "value") == [["团员", 1200], ["团员", 950]]
    body = "城东街道  1200  1130  2330\n城西街道  900  870  1770"
    facts = yr.extract_facts(f"街道  男团员 女团员  合计\n{body}")  # two headers run together
    assert not {"街道", "男团员", "女团员"} & set(facts["noun"])
    facts = yr.extract_facts(f"        男团员  女团员  合计\n{body}")
    assert facts["noun"].tolist()[:2] == ["男团员", "女团员"]


PROSE = [
    "\u3000\u3000全年开展活动30场，服务500人次。\n\u3000\u3000组织培训4期。",
    "\t全年开展活动30场，服务500人次。\n\t组织培训4期。",
    "1.\t开展活动30场，服务500人次。\n2.\t组织培训4期。",
    "（一）  开展活动30场，  服务500人次。\n（二）  组织培训4期。",
    "思想引领  开展活动30场，服务500人次。\n服务青年  组织培训4期。",
    "全年  开展活动  30场，  服务  500人次。\n全年  组织  培训  4期。",
]


@pytest.mark.parametrize("text", PROSE)
def test_prose_with_tabs_or_blanks_is_no_table(text):
    facts = yr.extract_facts(text)
    assert "table" not in set(facts["rule"])
    assert facts["value"].tolist() == [30, 500, 4]


@pytest.mark.parametrize(
    "text",
    [
        "目录\n一、工作回顾\t1\n二、主要做法\t3\n三、下一步打算\t8",
        "共青团河湾县委员会    2021年3月5日\n联系人：张三    电话：0571-88123456",
        "姓名\t职务\t电话\t邮编\n张三\t书记\t13812345678\t310000\n李四\t委员\t13912345678\t310001",
        "序号\t单位\t年份\n1\t河口镇\t2020\n2\t青山乡\t2021",
        "城东街道\t310\t12\n城西街道\t290\t9",  # what the numbers are is not known
        "第一章  总则  1\n第二章  义务  5\n第三章  附则  12",
        "甲组  红队  3-2  蓝队\n乙组  白队  1-0  黄队",
        "| 1 | 2 | 支部 |\n|---|---|---|\n| 3 | 4 | 班级 |",
        "楼层  房号  床位\n3层  302  4\n5层  501  6",
    ],
)
def test_numbers_of_pages_telephones_and_rows_are_no_figures(text):
    assert yr.extract_facts(text).empty


def test_the_two_halves_of_a_table_that_stand_beside_each_other_are_two_tables(read):
    facts = read(
        (
            "收支总表（单位：万元）",
            [
                "项目|预算数|项目|预算数",
                "财政拨款|350|基本支出|280",
                "其他收入|10|项目支出|80",
                "利息收入|3||",
            ],
        )
    )
    assert rows(facts, "noun", "value", "unit", "status") == [
        ["财政拨款", 3500000, "元", "planned"],
        ["基本支出", 2800000, "元", "planned"],
        ["其他收入", 100000, "元", "planned"],
        ["项目支出", 800000, "元", "planned"],
        ["利息收入", 30000, "元", "planned"],
    ]


def test_dates_as_decimals_are_no_figures_and_remarks_no_labels(read):
    facts = read(
        (
            "",
            ["团委|绝对数（个）|建成时间|备注", "河口镇|30|2019.05|含村支部20个", "青山镇|60|2020.10|新建镇"],
        )
    )
    table = facts[facts["rule"] == "table"]
    assert rows(table, "scope", "noun", "value", "unit") == [
        ["河口镇", "", 30, "个"],
        ["青山镇", "", 60, "个"],
    ]
    assert facts["value"].tolist() == [30, 20, 60]


def test_a_date_in_a_header_is_no_noun(read):
    facts = read(("", ["镇|一季度|5月|3月8日", "河口镇|30|40|50", "青山镇|60|70|80"]))
    assert facts["value"].tolist() == [30, 40, 50, 60, 70, 80]
    assert set(facts["noun"]) == {""}
    assert facts["scope"].tolist() == ["河口镇"] * 3 + ["青山镇"] * 3


def test_quarters_and_half_years_of_a_header_are_spans(read):
    header = "指标|一季度|第二季度|上半年|前三季度|全年|2018年"
    facts = read(("", [header, "新发展团员（名）|1|2|3|4|5|6", "现有团员（名）|1|2|3|4|5|6"]))
    ends = ["2022-03", "2022-06", "2022-06", "2022-09", "2022", "2018"]
    starts = ["2022-01", "2022-04", "2022-01", "2022-01", "2022", "2018"]
    assert rows(facts, "period_end") == [[end] for end in ends * 2]
    assert rows(facts, "period_start") == [[start] for start in [*starts, *[""] * 6]]


def test_the_unit_of_a_part_holds_to_its_end(read):
    facts = read(
        ("", ["指标|2021年|2022年", "一、优抚（万人）", "士兵|4.2|4.5", "二、其他", "志愿者（名）|9|8"])
    )
    assert rows(facts, "noun", "value", "unit") == [
        ["士兵", 42000, "人"],
        ["士兵", 45000, "人"],
        ["志愿者", 9, "名"],
        ["志愿者", 8, "名"],
    ]


def test_a_title_with_blanks_above_a_table_of_tabs_is_no_row_of_it():
    facts = yr.extract_facts(
        "表3  各类学校\n\t学校数\t学生数\n\t(所)\t(人)\n1.高等学校\t3\t6968\n2.幼儿园\t68\t8309"
    )
    assert facts["value"].tolist() == [3, 6968, 68, 8309]
    assert facts["unit"].tolist() == ["所", "人"] * 2


def test_a_title_with_its_date_or_unit_in_a_second_cell_is_no_header():
    told = "指标|单位|数量\n低保人数|人|900\n低保户数|户|400"
    facts = yr.extract_facts(f"救助情况月报|2021年3月\n{told}\n")
    assert rows(facts, "value", "unit") == [[900, "人"], [400, "户"]]
    facts = yr.extract_facts("支出表|单位：万元\n项目|2021年|2022年\n助学|30|40\n文体|20|25\n")
    assert facts["value"].tolist() == [300000, 400000, 200000, 250000]


def test_a_caption_says_of_how_many_households_the_figures_are(read):
    header = ["品名|单位|城镇|农村", "洗衣机|台|98|87"]
    facts = read(("表6 每百户居民耐用品拥有量", header), ("表7 居民耐用品拥有量", header))
    assert rows(facts, "value", "unit", "kind") == [
        *([98, "台/百户", "mean"], [87, "台/百户", "mean"]),
        *([98, "台", "level"], [87, "台", "level"]),
    ]


def test_a_caption_of_persons_gives_their_unit_where_nothing_else_does(read):
    facts = read(("近两年辅导人数如下表：", ["年度|合计|初中|占比", "2020|90|60|66.7%", "2021|80|50|62.5%"]))
    assert facts["unit"].tolist() == ["人", "人", "%"] * 2
    assert set(read(("近两年辅导情况如下表：", ["年度|合计", "2020|90", "2021|80"]))["unit"]) == {""}


def test_years_beside_a_header_of_years_are_columns_of_labelled_rows(read):
    facts = read(("", ["年份|2020|2021", "志愿者人数（万人）|1.5|1.8", "服务时长（小时）|86|102"]))
    assert rows(facts, "noun", "value", "unit", "period_end") == [
        *(["志愿者", 15000, "人", "2020"], ["志愿者", 18000, "人", "2021"]),
        *(["服务时长", 86, "小时", "2020"], ["服务时长", 102, "小时", "2021"]),
    ]


def test_sums_without_a_unit_are_in_that_of_the_others(read):
    facts = read(("", ["年度|收入（万元）|人数|结余", "2020|120|9|20", "2021|150|8|30"]))
    assert rows(facts, "noun", "value", "unit") == [
        *(["收入", 1_200_000, "元"], ["人数", 9, "人"], ["结余", 200_000, "元"]),
        *(["收入", 1_500_000, "元"], ["人数", 8, "人"], ["结余", 300_000, "元"]),
    ]
    facts = read(("", ["年度|收入（万元）|捐款（元）|结余", "2020|120|900|20", "2021|150|800|30"]))
    assert facts["unit"].tolist() == ["元", "元", ""] * 2


def test_what_is_compared_with_the_month_before_is_growth(read):
    facts = read(("救助情况", ["指标|单位|本月|环比(%)", "救助金|万元|40|-3.2", "救助人次|人次|30|5"]))
    assert facts["kind"].tolist() == ["level", "growth"] * 2


def test_labels_of_a_row_are_those_that_differ_and_a_goal_may_be_a_sign():
    facts = yr.extract_facts(
        "绩效目标表\n一级指标|二级指标|内容|指标值\n产出|数量指标|开放教室|≥80次\n||教师|≤14人\n|质量指标|覆盖率|≥95%"
    )
    assert facts["noun"].tolist() == ["开放教室", "教师", "覆盖率"]
    assert facts["hedge"].tolist() == ["at_least", "at_most", "at_least"]
    assert set(facts["status"]) == {"planned"}


def test_cells_one_blank_apart_are_a_table_below_headers_with_their_units():
    lines = "指标 年末数（万人） 比重（%）\n全镇人口 3.25 100.0\n其中：女性 1.5 46.2\n"
    facts = yr.extract_facts(f"主要情况如下：\n{lines}全镇有团员800名。")
    assert rows(facts, "value", "unit", "kind") == [
        *([32500, "人", "level"], [100, "%", "share"], [15000, "人", "level"], [46.2, "%", "share"]),
        [800, "名", "level"],
    ]
    assert "table" not in set(yr.extract_facts(lines.partition("\n")[2])["rule"])


def test_cells_one_blank_apart_are_a_table_below_a_column_of_units():
    lines = "指 标 单 位 数 量\n一、机构\n乡镇 个 30\n救灾支出 亿元 1.5\n服务床位数 万张 9.5\n"
    facts = yr.extract_facts(f"主要情况如下：\n{lines}全镇有团员800名。")
    assert rows(facts, "value", "unit", "noun") == [
        *([30, "个", "乡镇"], [1.5e8, "元", "救灾支出"], [95000, "张", "服务床位"]),
        [800, "名", "团员"],
    ]


def test_the_share_of_a_plan_that_is_done_is_no_plan():
    facts = yr.extract_facts("项目 | 完成情况 | 占全年计划\n养老床位 | 385 | 110%\n社区食堂 | 39 | 130%\n")
    assert set(facts["status"]) == {"achieved"}
    assert facts["noun"].tolist() == ["养老床位", "养老床位", "社区食堂", "社区食堂"]


def test_a_task_with_its_number_names_unit_and_noun_of_what_was_done(read):
    facts = read(("", ["项目名称|完成情况", "新增60张养老床位|75", "开办9个爱心暑托班|12"]))
    done = facts[facts["rule"] == "table"]
    assert rows(done, "value", "unit", "noun") == [[75, "张", "养老床位"], [12, "个", "爱心暑托班"]]


def test_a_stretch_of_years_above_a_line_of_years_is_no_noun(read):
    facts = read(("", ["指标|2014-2016年完成情况||", "|2014|2015|2016", "康复人数（万人）|1.2|1.6|1.8"]))
    assert rows(facts, "value", "noun", "period_end") == [
        [12000, "康复人数", "2014"],
        [16000, "康复人数", "2015"],
        [18000, "康复人数", "2016"],
    ]


def test_a_place_that_one_cell_names_for_several_rows_holds_for_each(read):
    body = ["城东街道|团员|300|310", "|团干部|12|13", "城西街道|团员|250|251", "|团干部|8|9", "|合计|570|583"]
    facts = read(("", ["街道|项目|2021年|2022年", *body]))
    assert rows(facts, "scope", "noun", "value")[:8:2] == [
        ["城东街道", "团员", 300],
        ["城东街道", "团干部", 12],
        ["城西街道", "团员", 250],
        ["城西街道", "团干部", 8],
    ]
    assert facts["scope"].iloc[-1] == ""
    facts = read(("", ["街道|类别|2021年|2022年", *body]))  # two columns of what the figures are of
    assert facts["scope"].tolist()[::2] == [
        "城东街道 团员",
        "城东街道 团干部",
        "城西街道 团员",
        "城西街道 团干部",
        "",
    ]


def test_three_columns_without_a_header_are_place_label_and_number(read):
    facts = read(("", ["城东街道|团员|300人", "|团干部|12人", "城西街道|团员|250人", "|团干部|8人"]))
    assert rows(facts, "scope", "noun", "value") == [
        ["城东街道", "团员", 300],
        ["城东街道", "团干部", 12],
        ["城西街道", "团员", 250],
        ["城西街道", "团干部", 8],
    ]
    facts = read(("", ["1|团员|300人", "2|团干部|12人"]))
    assert rows(facts, "scope", "noun", "value") == [["", "团员", 300], ["", "团干部", 12]]


def test_the_mark_of_a_note_is_no_part_of_a_number(read):
    facts = read(
        (
            "",
            [
                "指标|2021年|2022年",
                "团员（人）|1,234¹|1,300①",
                "团委（个）|12（注1）|38[2]",
                "义工（人）|10⁴|5",
            ],
        )
    )
    assert rows(facts, "noun", "value", "token") == [
        ["团员", 1234, "1,234"],
        ["团员", 1300, "1,300"],
        ["团委", 12, "12"],
        ["团委", 38, "38"],
        ["义工", 5, "5"],
    ]

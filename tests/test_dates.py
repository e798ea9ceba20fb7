"""Dates of figures: said, completed from the document, or not theirs. Expected dates are read by hand."""

import pytest

import youthresearch as yr
from youthresearch.dates import document_date, iso

DATES = yr.load_sources().set_index("source_id")["date"].astype(object).fillna("")


@pytest.mark.parametrize(
    ("token", "rest", "document", "date"),
    [
        ("2021年", "", "", "2021"),
        ("2021年6月", "", "", "2021-06"),
        ("2021年12月31日", "", "", "2021-12-31"),
        ("2021-6-3", "", "", "2021-06-03"),
        ("2021年", "底", "", "2021-12-31"),
        ("3月15日", "", "2021", "2021-03-15"),
        ("12月24日", "", "2019-01", "2018-12-24"),  # before the document, so of the year before
        ("3月15日", "", "", ""),
        ("2021年13月", "", "", "2021"),
        ("2021年十二月三十一日", "", "", "2021-12-31"),
        ("2021年二十日", "", "", "2021"),
        ("十月", "", "2019-01", "2018-10"),
    ],
)
def test_iso(token, rest, document, date):
    assert iso(token, rest, document) == date


@pytest.mark.parametrize(
    ("when", "start", "end"),
    [
        ("2020年1—9月份", "2020-01", "2020-09"),
        ("1至5月", "2021-01", "2021-05"),
        ("2020年3月至5月", "2020-03", "2020-05"),
        ("2020年10月-2021年4月", "2020-10", "2021-04"),
        ("2020年9-2月", "2020-02", "2020-02"),  # no order of months: from when is not known
    ],
)
def test_months_of_a_year(when, start, end):
    facts = yr.extract_facts(f"{when}，新发展团员30名。", date="2021-06")
    assert facts[["period_start", "period_end"]].values.tolist() == [[start, end]]


@pytest.mark.parametrize(
    ("text", "given", "date"),
    [
        ("共青团河湾县委2021年度工作总结\n发布时间:2022-04-06", "", "2021"),
        ("河湾区团区委2018年工作总结和2019年工作计划", "2019-02-12", "2018"),
        ("团县委2023年上半年工作总结", "", "2023-06"),
        ("截至2021年12月31日,全国共有共青团员7000万名。", "2022-05-03", "2021-12-31"),
        ("(2016-01-12 09:47)河湾镇有团支部10个", "", "2016-01"),
        ("本报3月5日电 河湾县有团支部10个", "2016-03-06", "2016-03"),
        ("全县有团支部10个。\n共青团河湾县委员会\n2019年2月12日", "", "2019-02"),
        ("到2025年底目标是建成青年之家90家。", "2021", "2021"),
        ("全县有团支部10个。", "", ""),
    ],
)
def test_document_date(text, given, date):
    assert document_date(text, given).at == date


@pytest.mark.parametrize(
    ("text", "ends"),
    [
        ("2020年，全县有团支部10个，团员200名。", ["2020", "2020"]),
        ("2020年，全县有团支部10个。2018年有8个。团员200名。", ["2020", "2018", "2020"]),
        ("团支部比2018年增加5个。", ["2021-06"]),
        ("2018年以来，建成青年之家12家。", ["2021-06"]),
        ("5月底换届，选出代表6名；团员300名。", ["2021-05", "2021-06"]),
        ("截至5月31日，团员300名。志愿者90名。", ["2021-05-31", "2021-05-31"]),
        ("河口镇（2019年建团委）有团支部9个。", ["2021-06"]),
        ("落实《发展规划（2016—2025年）》，建成阵地8个。", ["2021-06"]),
        ("2020年底，团员300名。", ["2020-12-31"]),
        ("2014年—2018年，志愿服务3000场。", ["2018"]),
    ],
)
def test_the_date_of_a_figure(text, ends):
    assert yr.extract_facts(text, date="2021-06-20")["period_end"].tolist() == ends


@pytest.mark.parametrize("year", ["二〇一九", "二○一九", "二零一九", "2019"])
def test_a_year_in_chinese_numerals_is_that_year(year):
    def ends(text):
        return (
            yr.extract_facts(text.format(year)).iloc[0][["period_start", "period_end", "baseline"]].tolist()
        )

    assert ends("2020年工作情况。{}年新发展团员37名。") == ["2019", "2019", ""]
    assert ends("团市委{}年度工作总结\n新发展团员37名。") == ["2019", "2019", ""]
    assert ends("截至{}年底，在册团员370名。") == ["", "2019-12-31", ""]
    assert ends("在册团员370名。\n共青团河湾县委员会\n{}年十一月二十日") == ["", "2019-11", ""]
    assert ends("在册团员370名，比{}年增加12名。")[1:] == ["", ""]  # the year is what is compared with
    assert ends("{}年至2020年，新发展团员37名。")[1] == "2020"


def test_numerals_that_are_no_year_stay_what_they_are():
    facts = yr.extract_facts("一九公里长的步道，新发展团员一百零三名。", date="2021")
    assert facts["value"].tolist() == [19, 103]
    assert set(facts["period_end"]) == {"2021"}


def test_from_when_a_figure_counts():
    facts = yr.extract_facts("2018年以来，举办讲座12场。现有团员300名。", date="2021-06")
    assert facts["period_start"].tolist() == ["2018", ""]  # what is counted on a day began on none
    assert facts["period_end"].tolist() == ["2021-06", "2021-06"]


TITLE = "共青团河湾县委2019年工作总结\n"


def periods(text, **options):
    """Return start and end of the period of each figure."""
    return yr.extract_facts(text, **options)[["period_start", "period_end"]].values.tolist()


@pytest.mark.parametrize(
    ("when", "start", "end"),
    [
        ("一季度", "2019-01", "2019-03"),
        ("今年第二季度", "2019-04", "2019-06"),
        ("第3季度", "2019-07", "2019-09"),
        ("2018年四季度", "2018-10", "2018-12"),
        ("前三季度", "2019-01", "2019-09"),
        ("前两个季度", "2019-01", "2019-06"),
        ("一至三季度", "2019-01", "2019-09"),
        ("三、四季度", "2019-07", "2019-12"),
        ("上半年", "2019-01", "2019-06"),
        ("去年下半年", "2018-07", "2018-12"),
        ("2020上半年", "2020-01", "2020-06"),
        ("今年前5个月", "2019-01", "2019-05"),
        ("前十个月", "2019-01", "2019-10"),
        ("今年1月至6月", "2019-01", "2019-06"),
        ("3月至6月", "2019-03", "2019-06"),
        ("1至9月", "2019-01", "2019-09"),
        ("全年", "2019", "2019"),
        ("今年以来", "2019", "2019"),
        ("年内", "2019", "2019"),
        ("四年来", "2016", "2019"),
    ],
)
def test_a_span_of_prose_is_that_of_what_happened_in_it(when, start, end):
    facts = yr.extract_facts(f"{TITLE}{when}，全县新发展团员37名，举办讲座4场。")
    assert set(facts["noun"]) == {"新发展团员", "讲座"}
    assert set(map(tuple, facts[["period_start", "period_end"]].values)) == {(start, end)}
    facts = yr.extract_facts(f"{TITLE}{when}新发展团员37名。")
    assert facts[["noun", "period_start", "period_end"]].values.tolist() == [["新发展团员", start, end]]


@pytest.mark.parametrize(
    "when",
    [
        *["与上半年相比，", "每季度", "为期一季度，", "考试前两个月", "完成全年任务后，", "三年内"],
        *["去年第一季度同期，", "《一季度通报》称，", "近一年来，", "全年级", "第一季培训班开班，"],
    ],
)
def test_what_only_looks_like_a_span_is_none(when):
    assert periods(f"{TITLE}{when}举办讲座4场。")[-1] == ["2019", "2019"]


def test_what_there_is_at_the_end_of_a_span_is_of_its_end():
    assert periods(f"{TITLE}截至三季度末，现有团员370名，举办讲座4场。") == [
        ["", "2019-09-30"],
        ["2019-01", "2019-09-30"],
    ]
    assert periods(f"{TITLE}二季度末，现有团员370名。") == [["", "2019-06-30"]]
    assert periods(f"{TITLE}截至上半年，现有团员370名。") == [["", "2019-06"]]
    assert periods(f"{TITLE}上半年，现有团员370名。") == [["", "2019-06"]]


def test_spans_follow_one_another_and_brackets_close():
    text = "上半年办赛4场，下半年办赛5场（其中第四季度3场），共9场。"
    assert periods(TITLE + text) == [
        *[["2019-01", "2019-06"], ["2019-07", "2019-12"], ["2019-10", "2019-12"], ["2019-07", "2019-12"]]
    ]
    assert periods(f"{TITLE}一季度，团县委换届。办赛4场。\n办赛9场。") == [
        ["2019-01", "2019-03"],
        ["2019", "2019"],
    ]
    assert periods(f"{TITLE}2018年办赛9场，其中上半年4场。") == [["2018", "2018"], ["2018-01", "2018-06"]]


@pytest.mark.parametrize(
    ("title", "start", "end"),
    [
        ("2019年上半年工作总结", "2019-01", "2019-06"),
        ("2019年下半年工作情况", "2019-07", "2019-12"),
        ("2019年第一季度工作情况", "2019-01", "2019-03"),
        ("2019年第3季度工作情况", "2019-07", "2019-09"),
        ("2019年前三季度工作总结", "2019-01", "2019-09"),
        ("2019年1-8月工作情况", "2019-01", "2019-08"),
        ("2019年前10个月工作汇报", "2019-01", "2019-10"),
        ("2019年全年工作总结", "2019", "2019"),
        ("2019年上半年工作总结和下半年工作计划", "2019-01", "2019-06"),
    ],
)
def test_the_span_of_a_title_is_that_of_the_report(title, start, end):
    text = f"共青团河湾县委{title}\n现有团员370名。\n新发展团员37名。"
    assert periods(text) == [["", end], [start, end]]


def test_the_nearest_span_to_a_document_that_names_no_year():
    assert periods("四季度办赛4场。", date="2019-01") == [["2018-10", "2018-12"]]
    assert periods("下半年计划办赛4场。", date="2019-05") == [["2019-07", "2019-12"]]
    assert periods("一年来办赛4场。", date="2019-01") == [["2018", "2018"]]
    assert periods("今年以来办赛4场。", date="2019-05") == [["2019-01", "2019-05"]]
    assert periods("一季度办赛4场。") == [["", ""]]


def test_what_happened_did_so_in_the_year_and_not_on_the_day_of_counting():
    report = f"{TITLE}截至2019年底，全县共有团员370名。\n"
    for sentence in ("全年办赛4场。", "办赛4场。", "一年来，办赛4场。", "年内办赛4场。"):
        assert periods(report + sentence) == [["", "2019-12-31"], ["2019", "2019"]]
    for title, end in ((TITLE, "2019"), ("", "2019-11")):  # without a title, until then
        assert periods(f"{title}截至2019年11月底，团员370名。\n办赛4场。")[1][1] == end
    assert periods("2019年11月5日，团县委举办宣讲，听众370名。\n办赛4场。", date="2019-11")[1] == [
        *["2019-11-05", "2019-11-05"]  # of one event
    ]
    assert periods(f"{TITLE}截至12月20日，团员370名，全年办赛4场。") == [
        ["", "2019-12-20"],
        ["2019-01", "2019-12-20"],
    ]
    assert periods(f"{TITLE}截至12月20日，团员370名。全年办赛4场。")[1] == ["2019", "2019"]
    assert periods(f"{TITLE}截至12月20日，累计办赛400场。") == [["", "2019-12-20"]]  # since when is not said


@pytest.mark.slow
def test_a_panel_takes_each_span_at_its_frequency():
    text = "第一季度新发展团员37名，第二季度新发展团员41名。全年新发展团员150名。"
    facts = yr.extract_facts(f"共青团温岭市委2019年工作总结\n{text}")
    values = {f: yr.build_panel(facts, frequency=f)["value"].tolist() for f in ("year", "quarter", "month")}
    assert values == {"year": [150], "quarter": [37, 41], "month": []}


@pytest.fixture(scope="module")
def pairs():
    """Pair every coded fact with its proposal, the date of each source given."""
    coded = yr.load_facts()
    for column in ("period_start", "period_end", "indicator"):
        coded[column] = coded[column].astype(object).fillna("")
    texts = yr.load_documents().set_index("source_id")["text"].drop(["c005", "c008", "c074"])
    found = []
    for source, text in texts.items():
        drafts = yr.extract_facts(text, date=DATES[source]).to_dict("records")
        for fact in coded[coded["source_id"] == source].to_dict("records"):
            draft = next((d for d in drafts if d["start"] < fact["end"] and fact["start"] < d["end"]), None)
            if draft:
                drafts.remove(draft)
                found.append((fact, draft))
    return found


@pytest.mark.slow
@pytest.mark.parametrize(
    ("column", "characters", "level"),
    [
        *[("period_start", 4, 0.86), ("period_start", 10, 0.84)],
        *[("period_end", 4, 0.87), ("period_end", 10, 0.7)],
        *[("status", 9, 0.98), ("flow", 10, 0.85), ("indicator", 40, 0.5)],
    ],
)
def test_agreement_with_hand_coding(pairs, column, characters, level):
    """The level reached on the project's own documents; the rules were written while looking at them."""
    same = [f[column][:characters] == d[column][:characters] for f, d in pairs]
    assert len(same) > 780
    assert sum(same) / len(same) >= level

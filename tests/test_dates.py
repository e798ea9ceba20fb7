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


@pytest.fixture(scope="module")
def pairs():
    """Pair every coded fact with its proposal, the date of each source given."""
    coded = yr.load_facts()
    coded["period_end"] = coded["period_end"].astype(object).fillna("")
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
    [("period_end", 4, 0.83), ("period_end", 10, 0.66), ("status", 9, 0.98), ("flow", 10, 0.85)],
)
def test_agreement_with_hand_coding(pairs, column, characters, level):
    """The level reached on the project's own documents; the rules were written while looking at them."""
    same = [f[column][:characters] == d[column][:characters] for f, d in pairs]
    assert len(same) > 780
    assert sum(same) / len(same) >= level

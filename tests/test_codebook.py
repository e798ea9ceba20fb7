"""The indicator of a figure: what its noun, its verb and its unit allow, and no more. Expected by hand."""

import pytest
from sweeps import sweep

import youthresearch as yr
from youthresearch.loaders import base_units, unit_fits


def proposed(text, **options):
    facts = yr.extract_facts(text, date="2021", **options)
    return facts[["indicator", "confidence"]].values.tolist()


def indicators(text, **options):
    return [indicator for indicator, _ in proposed(text, **options)]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("吸收新团员86名。", "members_new"),
        ("今年共新吸收团员86名。", "members_new"),
        ("去年发展了86名团员。", "members_new"),
        ("新成立团支部7个。", "branches_new"),
        ("新组建了7个团组织。", "orgs_new"),
        ("现有团员86名。", "members"),  # on a day
        ("团员比上年减少86名。", "members"),  # a change of the stock
    ],
)
def test_what_is_new_is_not_what_there_is(text, wanted):
    assert proposed(text) == [[wanted, "high"]]


@pytest.mark.slow
def test_a_change_is_of_the_indicator_of_its_level():
    text = "社会领域的团组织达到900个，比试点前增加300个，增长50%。"
    assert indicators(text) == ["orgs_social"] * 3
    assert indicators("发展团员90名，比上年增加30名，增长50%。") == ["members_new"] * 3
    assert yr.audit_facts(yr.extract_facts(text))["verdict"].tolist() == ["holds"]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("表彰优秀共青团员45名。", "honours_persons"),
        ("评选全区优秀团干部45名。", "honours_persons"),
        ("命名五四红旗团支部9个。", "honours_units"),
        ("全区有团干部45名。", "cadres"),
    ],
)
def test_an_award_is_an_honour(text, wanted):
    assert indicators(text) == [wanted]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("社区团员410名。", ""),
        ("机关企事业团员410名。", ""),
        ("学校团员410名。", "members_student"),  # has an indicator of its own
        ("党支部41个。", ""),
        ("校团委4个。", ""),
        ("返乡青年410名。", ""),
        ("小微企业41家。", ""),
        ("温岭市团员410名。", "members"),  # the place of the whole
        ("在册团员410名。", "members"),
        ("共青团干部41名。", "cadres"),
    ],
)
def test_a_part_is_not_its_whole(text, wanted):
    assert indicators(text) == [wanted]


def test_quotation_marks_within_a_name_make_no_other():
    assert indicators("“学社衔接”率为93%，《学社衔接》率达93%。") == ["member_transfer_rate"] * 2


@pytest.mark.parametrize("marks", ["“{}”", '"{}"', "‘{}’", "「{}」", "『{}』", "《{}》", "{}"])
def test_quotation_marks_make_no_other_name(marks):
    assert indicators(f"全县建成{marks.format('青年之家')}20个。") == ["youth_houses"]
    book = yr.load_indicators().assign(aliases=marks.format("暖心小屋")).head(1).assign(unit="item")
    assert indicators("建成“暖心小屋”20个，暖心小屋3个。", indicators=book) == ["members"] * 2


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("创建“示范社区”20个。", ""),  # a longer name in the same marks is one of its own
        ("评选“最佳志愿服务组织”20个。", ""),
        ("现有“青蓝”团支部20个。", "branches"),  # the marks are of another name
        ("表彰20名“河湾市优秀团干部”。", "honours_persons"),
        ("建成示范性“青年之家”20个。", "youth_houses"),
    ],
)
def test_a_name_in_quotation_marks_is_of_an_indicator_where_it_is_all_they_hold(text, wanted):
    assert indicators(text) == [wanted]


@pytest.mark.parametrize(
    "who", ["直属团(工)委书记", "党总支书记", "党员", "常务委员", "见习基地", "大专以上学历的教师"]
)
def test_a_common_noun_is_of_no_league_indicator(who):
    assert indicators(f"全县有{who}12名。") == [""]


def test_secretaries_are_of_the_committee_that_is_named():
    assert indicators("村团支部书记90名，镇团委书记8名。") == ["secretaries_village", "secretaries_township"]


def test_an_indicator_is_not_proposed_in_a_unit_that_it_does_not_count():
    assert indicators("培训团干部300人次，服务团员5000人次。") == ["", ""]
    assert indicators("现有团干部300人，占团员的3%。") == ["cadres", "cadres"]
    assert indicators("募集物资30吨，折合物资20万元。") == ["donations_goods", "donations"]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("召集团员80名参加宣讲。", ["members", "medium"]),  # some who came: no stock
        ("全区重点任务12项。", ["reform_tasks", "high"]),
        ("团属短视频粉丝3万人。", ["media_followers", "medium"]),  # not the very name
    ],
)
def test_high_confidence_needs_the_name_and_the_flow(text, wanted):
    assert proposed(text) == [wanted]


@pytest.mark.slow
@pytest.mark.parametrize("number", sweep(10, slow=[30]))
def test_what_extraction_proposes_fits_the_code_book(number):
    """Every indicator proposed for the project's documents takes the unit that is proposed with it."""
    units, book = yr.load_units(), yr.load_indicators().set_index("indicator")["unit"].fillna("")
    texts = yr.load_documents()["text"].head(number)
    for text in texts:
        facts = yr.extract_facts(text).query("indicator != '' and unit != ''")
        bases = base_units(facts["unit"].unique(), units)
        for indicator, kind, unit in facts[["indicator", "kind", "unit"]].itertuples(index=False):
            assert unit_fits(kind, book[indicator], bases[unit]), (indicator, kind, unit)


def test_a_code_book_of_ones_own_decides():
    book = yr.load_indicators().query("indicator in ['members', 'branches']")
    assert indicators("社区团员410名。", indicators=book) == ["members"]  # without parts, no whole
    assert indicators("表彰优秀共青团员45名。", indicators=book) == [""]  # it has no honours
    one = book.head(1).assign(aliases="动员团员")
    assert indicators("动员了60名团员。", indicators=one) == ["members"]
    assert indicators("动员了60名团干部。", indicators=one) == [""]

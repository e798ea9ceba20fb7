"""Chinese quantities read as a reader reads them; the readings were written down by hand."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

import youthresearch as yr
from youthresearch import quantities
from youthresearch.quantities import fold, scan

NONE = float("nan")
READINGS = [  # text, value, value_max, hedge, resolution, unit
    ("1100个", 1100, NONE, "exact", 1, "个"),
    ("数十万", 100000, 1000000, "range", 100000, ""),
    ("近数百万人", 1000000, 10000000, "range", 1000000, "人"),
    ("六大类", 6, NONE, "exact", 1, "类"),
    ("62.76%", 62.76, NONE, "exact", 0.01, "%"),
    ("26.6万元", 266000, NONE, "exact", 1000, "元"),  # 26.6 * 10000 is 266000.00000000003 in floating point
    ("2.2752亿小时", 227520000, NONE, "exact", 10000, "小时"),
    ("3亿2000万元", 320000000, NONE, "exact", 10000, "元"),
    ("1,234人", 1234, NONE, "exact", 1, "人"),
    ("１２３４人", 1234, NONE, "exact", 1, "人"),
    ("两万五千人", 25000, NONE, "exact", 1000, "人"),
    ("一百二十余名", 120, NONE, "odd", 10, "名"),
    ("二点二八亿元", 228_000_000, NONE, "exact", 1_000_000, "元"),
    ("近二点五万人", 25000, NONE, "nearly", 1000, "人"),
    ("十余万人", 100000, NONE, "odd", 100000, "人"),
    ("百余件", 100, NONE, "odd", 100, "件"),
    ("两千件", 2000, NONE, "exact", 1000, "件"),
    ("三百多首", 300, NONE, "odd", 100, "首"),
    ("3万余人", 30000, NONE, "odd", 10000, "人"),
    ("1600余万名", 16000000, NONE, "odd", 10000, "名"),
    ("超过23万人", 230000, NONE, "over", 10000, "人"),
    ("破万", 10000, NONE, "over", 10000, ""),
    ("近29.9万人次", 299000, NONE, "nearly", 1000, "人次"),
    ("近百名", 100, NONE, "nearly", 100, "名"),
    ("超万件", 10000, NONE, "over", 10000, "件"),
    ("近千道", 1000, NONE, "nearly", 1000, "道"),
    ("约2.8万个", 28000, NONE, "about", 1000, "个"),
    ("20%左右", 20, NONE, "about", 1, "%"),
    ("上千家", 1000, NONE, "at_least", 1000, "家"),
    ("不少于10名", 10, NONE, "at_least", 1, "名"),
    ("不少於10名", 10, NONE, "at_least", 1, "名"),
    ("95%以上", 95, NONE, "at_least", 1, "%"),
    ("30%以内", 30, NONE, "at_most", 1, "%"),
    ("不足3名", 3, NONE, "under", 1, "名"),
    ("9—21人", 9, 21, "range", 1, "人"),
    ("1500—1600人", 1500, 1600, "range", 1, "人"),  # no years
    ("12345名", 12345, NONE, "exact", 1, "名"),  # no hotline
    ("3至5万人", 30000, 50000, "range", 10000, "人"),
    ("四五项", 4, 5, "range", 1, "项"),
    ("约五、六百名", 500, 600, "range", 100, "名"),
    ("6%至9%", 6, 9, "range", 1, "%"),
    ("0.6%到1.5%", 0.6, 1.5, "range", 0.1, "%"),
    ("一至三名", 1, 3, "range", 1, "名"),
    ("二至三千人", 2000, 3000, "range", 1000, "人"),
    ("两至三名", 2, 3, "range", 1, "名"),
    ("一至二十名", 1, 20, "range", 10, "名"),
    ("五十至一百人", 50, 100, "range", 100, "人"),
    ("一百至三百人", 100, 300, "range", 100, "人"),
    ("两人至六人", 2, 6, "range", 1, "人"),
    ("九人至三百人", 9, 300, "range", 100, "人"),  # each with its own unit: no hundreds in the first
    ("120元--360元", 120, 360, "range", 1, "元"),
    ("90万人民币", 900_000, NONE, "exact", 10_000, "元"),
    ("一至二百万元", 1_000_000, 2_000_000, "range", 1_000_000, "元"),
    ("二十至三十万元", 200_000, 300_000, "range", 100_000, "元"),
    ("十至二名", 10, NONE, "exact", 1, "名"),  # no range: the first holds, as in 10-2名
    ("12 345名", 12345, NONE, "exact", 1, "名"),  # as yearbooks print it
    ("960宗", 960, NONE, "exact", 1, "宗"),
    ("3000千瓦时", 3000, NONE, "exact", 1, "千瓦时"),
    ("30万千瓦", 300_000, NONE, "exact", 10_000, "千瓦"),
    ("5千克", 5, NONE, "exact", 1, "千克"),
    ("6副", 6, NONE, "exact", 1, "副"),
    ("400余座次", 400, NONE, "odd", 1, "座次"),
    ("15副书记", 15, NONE, "exact", 1, ""),
    ("4根据", 4, NONE, "exact", 1, ""),
    ("20万人口", 200000, NONE, "exact", 10000, ""),
    ("3支部队", 3, NONE, "exact", 1, "支"),
    ("5项目标", 5, NONE, "exact", 1, "项"),
    ("12家园区企业", 12, NONE, "exact", 1, "家"),
    ("20万人口罩", 200000, NONE, "exact", 10000, "人"),
    ("百分之八十五", 85, NONE, "exact", 1, "%"),
    ("百分之九点五百姓", 9.5, NONE, "exact", 0.1, "%"),
    ("百分之九点五", 9.5, NONE, "exact", 0.1, "%"),
    ("3‰", 3, NONE, "exact", 1, "‰"),
    ("21.5/10万", 21.5, NONE, "exact", 0.1, "/10万"),
    ("60平米", 60, NONE, "exact", 1, "平米"),
    ("七成以上", 70, NONE, "at_least", 10, "%"),
    ("超过7成", 70, NONE, "over", 10, "%"),
    ("7.5成", 75, NONE, "exact", 1, "%"),
    ("占1/4", 25, NONE, "exact", NONE, "%"),
    ("近3/10", 30, NONE, "nearly", NONE, "%"),
    ("廿三名", 23, NONE, "exact", 1, "名"),
    ("卅余家", 30, NONE, "odd", 10, "家"),
    ("翻一番", 100, NONE, "exact", 100, "%"),
    ("翻了近一番", 100, NONE, "nearly", 100, "%"),
    ("两倍", 2, NONE, "exact", 1, "倍"),
    ("近七成青年", 70, NONE, "nearly", 10, "%"),
    ("六成多", 60, NONE, "odd", 10, "%"),
    ("逾九成九", 99, NONE, "over", 1, "%"),
    ("约占三分之一", 100 / 3, NONE, "about", NONE, "%"),
    ("约占12%", 12, NONE, "about", 1, "%"),
    ("超过一半", 50, NONE, "over", NONE, "%"),
    ("半数以上", 50, NONE, "at_least", NONE, "%"),
    ("壹拾贰万叁仟元", 123000, NONE, "exact", 1000, "元"),  # as cheques and budgets write it
    ("人民币贰拾伍万元", 250000, NONE, "exact", 10000, "元"),
    ("伍佰元", 500, NONE, "exact", 100, "元"),
    ("叁名", 3, NONE, "exact", 1, "名"),
    ("壹仟零伍拾名", 1050, NONE, "exact", 10, "名"),
    ("0.4个百分点", 0.4, NONE, "exact", 0.1, "百分点"),
    ("两个百分点", 2, NONE, "exact", 1, "百分点"),
    ("24.47萬人次", 244700, NONE, "exact", 100, "人次"),
    ("12万+", 120000, NONE, "over", 10000, ""),
    ("2/3以上", 200 / 3, NONE, "at_least", NONE, "%"),
    ("-0.86‰", -0.86, NONE, "exact", 0.01, "‰"),
    ("-0.1234567‰", -0.1234567, NONE, "exact", 1e-7, "‰"),  # no 0
    ("为−3.2万元", -32000, NONE, "exact", 1000, "元"),
    ("5%-8%", 5, 8, "range", 1, "%"),
    ("降到–3.2%", -3.2, NONE, "exact", 0.1, "%"),
    ("为负3.2%", -3.2, NONE, "exact", 0.1, "%"),
    ("12%之内", 12, NONE, "at_most", 1, "%"),
    ("60%之上", 60, NONE, "at_least", 1, "%"),
    ("13亿5,404万人", 1354040000, NONE, "exact", 10000, "人"),
    ("过亿元", 10**8, NONE, "over", 10**8, "元"),
    ("0.6个千分点", 0.6, NONE, "exact", 0.1, "千分点"),
    ("26案", 26, NONE, "exact", 1, "案"),
    ("18.5km", 18.5, NONE, "exact", 0.1, "km"),  # signs in Latin letters, and those of one character
    ("600余ml", 600, NONE, "odd", 1, "ml"),
    ("近2万m²", 20000, NONE, "nearly", 10000, "m²"),
    ("7000㎡", 7000, NONE, "exact", 1, "㎡"),
    ("35岗", 35, NONE, "exact", 1, "岗"),
    ("35岗位", 35, NONE, "exact", 1, ""),
    ("数十家", 10, 100, "range", 10, "家"),  # ten to a hundred
    ("几百万元", 1_000_000, 10_000_000, "range", 1_000_000, "元"),
    ("数亿元", 10**8, 10**9, "range", 10**8, "元"),
    ("三十几名", 30, NONE, "odd", 10, "名"),
    ("30几名", 30, NONE, "odd", 1, "名"),
    ("十几万名", 100000, NONE, "odd", 10**5, "名"),
    ("达1.5至2万名", 15000, 20000, "range", 10000, "名"),
    ("差不多500名", 500, NONE, "about", 1, "名"),
    ("不下于500名", 500, NONE, "at_least", 1, "名"),
    ("500名有余", 500, NONE, "odd", 1, "名"),
    ("两个多百分点", 2, NONE, "odd", 1, "百分点"),
    ("20个基点", 20, NONE, "exact", 1, "基点"),
    ("七八成", 70, 80, "range", 10, "%"),
    ("占九成五，", 95, NONE, "exact", 1, "%"),
    ("近三成员工", 30, NONE, "nearly", 10, "%"),
    ("占近半", 50, NONE, "nearly", NONE, "%"),
    ("占过半", 50, NONE, "over", NONE, "%"),
    ("为一半", 50, NONE, "exact", NONE, "%"),
    ("百分之三至百分之五点五", 3, 5.5, "range", 0.1, "%"),
    ("百分之三到五", 3, 5, "range", 1, "%"),
    ("50台(套)以上", 50, NONE, "at_least", 1, "台"),  # two classifiers
    ("3万余件（套）", 30000, NONE, "odd", 10000, "件"),
    ("十二件", 12, NONE, "exact", 1, "件"),  # more than one digit
    ("十件", 10, NONE, "exact", 10, "件"),
    ("几万块", 10000, 10**5, "range", 10**4, "块"),
    ("1640县", 1640, NONE, "exact", 1, ""),
    ("二十首", 20, NONE, "exact", 10, "首"),
    ("60万尾", 600000, NONE, "exact", 10000, "尾"),
    ("75台套", 75, NONE, "exact", 1, "台套"),
    ("8万吨公里", 80000, NONE, "exact", 10000, "吨公里"),
    ("10w+", 10**5, NONE, "over", 10**4, ""),
    ("近1.5个亿", 150_000_000, NONE, "nearly", 10**7, ""),
    ("三百余项次", 300, NONE, "odd", 100, "项次"),
    ("xx个", NONE, NONE, "masked", NONE, "个"),
    ("XX万元", NONE, NONE, "masked", NONE, "元"),
    ("***万余人", NONE, NONE, "masked", NONE, "人"),
    ("xxxxx元", NONE, NONE, "masked", NONE, "元"),
]
NO_QUANTITY = [
    ("2019年10月", "date"),
    ("2021 年 6 月 29 日", "date"),
    ("24小时监控", "duration"),
    ("四至五个月", "duration"),
    ("两到三个学期", "duration"),
    ("三至五个工作日", "duration"),
    ("第3-5名", "ordinal"),
    ("第一至三名", "ordinal"),
    ("2018年—2021年", "date"),
    ("x月x日", "date"),
    ("201x年度", "date"),
    ("5月15日", "date"),
    ("10:30", "date"),
    ("第三批", "ordinal"),
    ("14至35岁", "age"),
    ("28周岁以下", "age"),
    ("18―35周岁", "age"),
    ("十八周岁以下", "age"),
    ("90后", "age"),
    ("3个月", "duration"),
    ("近五年", "duration"),
    ("近百年", "duration"),
    ("上千年", "duration"),
    ("半小时", "duration"),
    ("三支一扶", "name"),
    ("1+100", "name"),
    ("12355", "name"),
    ("四大工程", "name"),
    ("“2020南山启航”", "date"),
    ("〔2006〕20号", "number"),
    ("60%≤出勤率<90%", "number"),
    ("5mall", "name"),  # m is no unit here
]


@pytest.mark.parametrize(("text", "value", "value_max", "hedge", "resolution", "unit"), READINGS)
def test_reading(text, value, value_max, hedge, resolution, unit):
    read = yr.parse_quantity(text)
    numbers = (read.value, read.value_max, read.resolution)
    assert numbers == pytest.approx((value, value_max, resolution), nan_ok=True, rel=1e-15)
    assert (read.hedge, read.unit, read.masked) == (hedge, unit, hedge == "masked")


@pytest.mark.parametrize(("text", "sort"), NO_QUANTITY)
def test_what_is_no_quantity(text, sort):
    assert {m["sort"] for m in scan(f"推进{text}工作")} == {sort}
    with pytest.raises(yr.DataError, match="states 0 quantities"):
        yr.parse_quantity(text)


def test_a_share_that_moves_from_one_to_another_is_no_range():
    read = [(m["value"], m["hedge"]) for m in scan("由6%到9%，从6%至9%，缩减6%到90家")]
    assert read == [(6, "exact"), (9, "exact"), (6, "exact"), (9, "exact"), (6, "exact"), (90, "exact")]
    for text in ("由 6%到9%", "由去年的6%到9%", "从2019年的６％至９％", "从最初的6%到9%", "由年初的6%到9%"):
        read = [(m["value"], m["hedge"]) for m in scan(text) if m["sort"] == "quantity"]
        assert read == [(6, "exact"), (9, "exact")]
    assert [m["hedge"] for m in scan("全校青年的6%到9%，从百分之三至百分之五")] == ["range", "exact", "exact"]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("企业增加3家至25家", [(3, NONE), (25, NONE)]),  # by 3, to 25
        ("团支部比上年减少了12个到120个", [(12, NONE), (120, NONE)]),
        ("每年增加3家至5家", [(3, 5)]),
        ("增加3至5家", [(3, 5)]),
        ("增加3家—5家", [(3, 5)]),
        ("新增3家至25家不等", [(3, 25)]),
    ],
)
def test_a_change_by_so_many_to_a_level_is_no_range(text, values):
    found = [(m["value"], m["value_max"]) for m in scan(text)]
    assert str(found) == str([tuple(map(float, pair)) for pair in values])


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("2021台历100本", ["100本"]),
        ("2021个税申报120人", ["120人"]),
        ("2019份额120万元", ["120万元"]),
        ("人数本期120人", ["120人"]),
        ("参训人数名列第一，300人", ["300人"]),
        ("工人数百人", ["数百人"]),
        ("采购20套餐具、3本期刊和5个别墅区模型", ["20套", "3本", "5个"]),
        ("书数本，接待客户数家，调解事件数起", ["数本", "数家", "数起"]),
    ],
)
def test_a_word_that_begins_like_a_unit_counts_nothing(text, tokens):
    found = [m for m in scan(text) if m["sort"] == "quantity"]
    assert [text[m["start"] : m["end"]] for m in found] == tokens


@pytest.mark.parametrize("number", ["十几万", "几十万", "三千多", "数百", "百余", "七万"])
def test_persons_and_bodies_need_no_classifier_after_large_numerals(number):
    for counted in ("学生", "困难职工", "“口袋”青年", "企业"):
        assert [m["sort"] for m in scan(f"吸引{number}{counted}参加")] == ["bare"]
    for other in ("年", "里外的学生", "条"):
        assert "bare" not in [m["sort"] for m in scan(f"吸引{number}{other}参加")]
    for slogan in ("百万青年大练兵", "千万学子", "十万青年"):
        assert scan(slogan) == []


def test_what_a_number_is_between_takes_its_factor_and_is_no_tag():
    assert "quantity" not in {m["sort"] for m in scan("60<x<90万元")}
    assert {(m["sort"], m.get("value")) for m in scan("青年60<br>90人")} >= {("quantity", 90)}


def test_numbers_of_sections_are_no_quantities():
    """2.3 队伍建设 has no 2.3 teams; but a line may begin with 2.3 hours or 2.3 ten thousands."""
    for text in ("2.3 队伍建设", "2.3队伍建设", "一、概况\n 3.2 社区工作"):
        assert {m["sort"] for m in scan(text)} <= {"ordinal"}
    read = [m["value"] for m in scan("2.3万人\n2.3小时\n4.5 亿元\n0.6个千分点\n7.5成")]
    assert read == [23000, 2.3, 450_000_000, 0.6, 75]
    read = [m["value"] for m in scan("2.6 人次，\n0.6 人\n9.6 学时；\n2.06 名教师\n3.9 人/户\n6.9 毫升")]
    assert read == [2.6, 0.6, 9.6, 2.06, 3.9, 6.9]


def test_the_verb_before_is_no_part_of_the_quantity():
    read = yr.parse_quantity("增加418个")
    assert (read.start, read.end, read.value) == (2, 6, 418)


@pytest.mark.parametrize("text", ["签约30人", "节约30元", "彩超30台", "附近30家"])
def test_the_end_of_a_word_is_no_approximation(text):
    read = yr.parse_quantity(text)
    assert (text[read.start : read.end], read.hedge) == (text[2:], "exact")


def test_two_quantities_are_not_one():
    with pytest.raises(yr.DataError, match="states 2 quantities"):
        yr.parse_quantity("5名书记、3名委员")


@pytest.mark.parametrize(
    ("text", "ages"),
    [
        ("平均年龄28.4岁", [(28.4, "exact")]),
        ("成员平均年龄26—33岁", [(26, "range")]),
        ("书记平均年龄在36岁以下", [(36, "at_most")]),
        ("换届前平均年龄36岁，换届后29岁", [(36, "exact"), (29, "exact")]),
        ("平均年龄29岁，33岁以下的占多数", [(29, "exact")]),  # the other is a limit
    ],
)
def test_a_mean_age_is_a_quantity(text, ages):
    assert [(m["value"], m["hedge"]) for m in scan(text) if m["sort"] == "quantity"] == ages


@pytest.mark.parametrize(
    ("text", "counts"),
    [
        ("江北、河西两省参加", [2]),
        ("两镇共建，五区一市联动", [2, 5, 1]),
        ("甲水、乙山和丙河三县", [3]),
        ("甲水、乙山等三县", [3]),
        ("两村试点，两街道和两社区协办，两部门督查，四省市、五省区参会", [2, 2, 2, 2, 4, 5]),
        ("两村民代表，两社区工作者，三村联建，六省区联盟，三县区协作", []),
        ("推广两区一县模式，成立两省联盟", []),
        ("三县联动，甲水、乙山三村，三乡镇，两级团委", []),  # names, and a list that is not of so many
    ],
)
def test_areas_are_counted_without_a_classifier(text, counts):
    assert [m["value"] for m in scan(text) if m["sort"] in ("quantity", "bare")] == counts


@pytest.mark.parametrize("text", ["约0人", "000余名", "近0.0万元"])
def test_what_vaguely_states_nothing_is_named_in_the_error(text):
    with pytest.raises(yr.DataError, match=f"'{text}' has no bounds"):
        yr.parse_quantity(text)


def test_a_vague_quantity_has_its_interval():
    assert (yr.parse_quantity("3万余人").low, yr.parse_quantity("3万余人").high) == (30000, 40000)


@pytest.mark.slow
@given(
    st.text(
        st.sampled_from("0123456789.,万亿千百十余多近超约一二两三四五个名人次元%年月日岁第“”《》—至xX× ，。"),
        max_size=60,
    )
)
def test_any_mixture_of_signs_is_scanned(text):
    """In order, without overlap, and never a failure."""
    mentions = scan(text)
    assert len(fold(text)) == len(text)
    ends = [0, *(m["end"] for m in mentions)]
    assert all(end <= m["start"] < m["end"] <= len(text) for end, m in zip(ends, mentions, strict=False))


@pytest.mark.slow
@pytest.mark.parametrize("step", [1])
def test_a_search_that_leaves_at_once_misses_nothing(step):
    """The pattern says how numbers and sorts begin; without that, it finds the same in every document."""
    pattern, grammar = quantities._pattern(), quantities._pattern().pattern
    for sort, first in quantities._FIRST.items():
        assert grammar.count(f"{first}(?P<{sort}>") == 1
        grammar = grammar.replace(f"{first}(?P<{sort}>", f"(?P<{sort}>")
    opening, grammar = grammar.split(")(?:(?P<date>", 1)
    assert opening.startswith("(?=")
    whole = re.compile(f"(?:(?P<date>{grammar}", pattern.flags)
    texts = [fold(text) for text in yr.load_documents()["text"][::step]]
    texts += [f"团{word}3个{word}、{word}{word}" for word in yr.loaders.load_lexicon()["word"][::step]]
    for text in texts:
        found, all_found = ([(m.lastgroup, m.span()) for m in p.finditer(text)] for p in (pattern, whole))
        assert found == all_found


def test_folding_is_the_same_character_by_character():
    """Whether few characters are folded or many, and where one becomes what another is made from."""
    table = yr.loaders.load_traditional()
    traditional = "".join(table["traditional"])
    for text in ("全區團員３０００名，佔62％。", "\u3000０～９－×", traditional, traditional[:50], "苧苎薴"):
        assert fold(text) == "".join(map(fold, text))
    assert fold(traditional) == "".join(table["simplified"])
    assert fold("１２３名團員（％）") == "123名团员(%)"


@given(st.integers(0, 10**12), st.sampled_from(["个", "人次", "万元"]))
def test_every_whole_number_is_read_exactly(number, unit):
    factor = 10000 if unit == "万元" else 1
    assert yr.parse_quantity(f"{number}{unit}").value == float(number * factor)


@pytest.mark.parametrize(
    "text", ["青年队伍万余人", "大陆青年", "收拾行装", "陆续参加", "拾金不昧", "入伍青年", "陆万里"]
)
def test_numerals_of_cheques_are_words_elsewhere(text):
    assert fold(text) == text


def test_a_figure_does_not_end_in_a_blank():
    assert [(m["start"], m["end"]) for m in scan("北京 20 | 天津 63 ")] == [(3, 5), (11, 13)]


ALL = [  # text, whether all of something countable is said
    ("3个街道实现书屋全覆盖，服务居民。", True),
    ("7名委员全部到岗。", True),
    ("讲师9名，均为教师。", True),
    ("推进书屋全覆盖工作格局，做到宣传全覆盖、无遗漏。", False),
    ("全部团队都要报名，全县各部门参加。", False),
    ("资助对象均为应届新生。", False),
    ("2个组别全部一等奖。", False),
]


@pytest.mark.parametrize(("text", "found"), ALL)
def test_all_of_something_countable_is_a_share_in_words(text, found):
    shares = [m for m in scan(text) if m.get("unit") == "%"]
    assert [(m["value"], m["hedge"]) for m in shares] == [(100, "exact")] * found


@pytest.mark.parametrize("wrong", [418, None, b"418", ["418"], float("nan")])
def test_what_is_no_text_is_refused_by_name(wrong):
    with pytest.raises(yr.DataError, match=f"text is of type {type(wrong).__name__}, and no text"):
        yr.parse_quantity(wrong)
    with pytest.raises(yr.DataError, match="pass a text, or what read_report returns"):
        yr.extract_facts(wrong)


def test_a_long_text_is_not_repeated_in_its_refusal():
    with pytest.raises(yr.DataError) as refused:
        yr.parse_quantity("1个，" * 1000)
    assert len(str(refused.value)) < 500


@pytest.mark.parametrize("blank", ["\xa0", "\u2005", "\u2009", "\u202f", "\u3000"])
def test_a_blank_of_any_width_is_a_blank(blank):
    """Thousands may be apart by a quarter of a letter (GB/T 15835); pages have blanks that end no line."""
    found = [(m["value"], m["unit"]) for m in scan(f"团员1{blank}200名，团支部36{blank}个")]
    assert found == [(1200, "名"), (36, "个")]

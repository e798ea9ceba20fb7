"""Units of a rate: drafted from the words, taken by the code book, panel and audit."""

import pandas as pd
import pytest

import youthresearch as yr
from youthresearch.loaders import base_units

RATES = [  # text, units
    ("例会每月不少于2次。", "次/月"),
    ("支部大会每季度召开1次。", "次/季度"),
    ("每两周至少开展1次学习。", "次/两周"),
    ("每个学期须举办不少于2场讲座。", "场/学期"),
    ("年均推送信息400条，月均服务60人次，日均接听20人次。", "条/年 人次/月 人次/日"),
    ("户均增收800元，人均捐书3册，每名志愿者服务12小时。", "元/户 册/人 小时/名"),
    ("每个支部至少结对2户。每村配备1名辅导员。", "户/个 名/村"),
    ("请各学院推荐3名选手。请各基层支部推荐2名团员。", "名/学院 名/支部"),
    ("委员各认领不少于1个班级、2个社团、3户家庭。", "个/人 个/人 户/人"),
    ("每千名老年人口拥有床位40张。年均参训人次达3万。", "张/千名 人次/年"),
    ("人均补助标准分别增加30元和5元。奖金500元/部门（中心）。", "元/人 元/人 元/部门"),
    ("稿件每月不少于1篇，讲座不少于2场。", "篇/月 场/月"),
    ("每名委员每月走访不少于4户。", "户/月"),  # the last named
    ("每学期每名教师听课不少于10节。", "节/学期"),  # a period before a person
    ("每年人均补助不少于60元。", "元/人"),  # but a mean before either
    ("每名委员每年驻点不少于20天，会员每月交3元。", "天/年 元/月"),
    ("走访不少于2次/月。", "次/月"),
    ("低保标准提高到6000元/年，护理补贴达到130元/人·月，特困供养达到900元/人/月。", "元/年 元/月 元/人/月"),
    ("护理院补助达到2.1万元/床位，亩均增收400元。", "元/床位 元/亩"),
    ("村团支部书记每月补贴200元，县财政每年补助30万元。", "元/月 元/年"),
    ("每个月给辅导员补贴300元。月补助标准由200元提高到240元，年度会费为6元。", "元/月 元/月 元/月 元/年"),
    ("小学生每人每年由400元提高到450元，初中生由600元提高到700元。", "元/年 元/年 元/年 元/年"),
    ("救助标准月人均260元，年人均2400元。", "元/月 元/人"),
    # what is done within a time, with all that goes on to be told of it
    ("每年将对600名辅导员开展培训，每月服务70人次。", "名/年 人次/月"),
    ("每年发放助学金80万元和图书300册，资助学生90名，其中女生40名。", "元/年 册/年 名/年 名/年"),
    ("年平均举办讲座60场。2020年平均工资6万元。", "场/年 元"),
    ("青年平均月薪6000元。少年平均身高160厘米。往年平均60场。2020 年平均9场。", "元 厘米 场 场"),
    ("青年平均参加讲座9场。次年平均招生60名。近三年平均工资9万元。", "场 名 元"),
    ("年均向社区提供700小时的服务和4万元的物资。", "小时/年 元/年"),
    ("每年培训500名，今年培训60名，开展讲座9场。", "名/年 名 场"),
    (
        "每天接待咨询90人次，累计办结300件，目前有专员5名。每年表彰20名。发展团员30名。",
        "人次/天 件 名 名/年 名",
    ),
    ("每年资助学生60名，团员占30%，覆盖学校总数达90所。", "名/年 % 所"),
    ("每月补贴标准分别为：一档70元，二档90元；发放资金3万元。", "元/月 元/月 元"),
    ("向90个团支部各赠送1台电脑。团员每月交纳团费0.2元。", "个 台/个 元/月"),
    ("团费标准为每年36元，每新增1名学员，给予700元补贴。", "元/年 元/名"),
    ("每千常住人口有社工2.4名，千人口托位达到3.5个，万元产值能耗0.6吨。", "名/千人 个/千人 吨/万元"),
    ("低保标准由450元/月提高到530元/月，津贴人均月增加90元。", "元/月 元/月 元/人"),
    ("每个班级配备白板1套、电脑2台和图书90册。", "套/个 台/个 册/个"),
    ("生活费人平650元，平均亩产310公斤，店均用工4.5人。", "元/人 公斤/亩 人/店"),
    ("平均一名委员联系3个班级。", "个/名"),
    ("平均1名委员负责新建4个班组。", "个/名"),
    ("例会一学期2次，宣讲1个月1至2次。", "次/学期 次/月"),
    ("每售出一瓶酒，便捐出3元。", "元/瓶"),
    ("每新建一个站点，财政一次性给予8000元补助。", "元/个"),
    ("城镇人均住房35平方米，农村达到40平方米，全县住房300万平方米。", "平方米/人 平方米/人 平方米"),
    ("人均收入2万元，东山镇3万元，捐款6万元。", "元/人 元/人 元"),
    # parts of a sum for each, in brackets; but not what is no part, nor what comes after them
    ("每个站点补助3万元（其中省级2万元，县级1万元），共投入90万元。", "元/个 元/个 元/个 元"),
    ("每户补助3万元（全县共90万元）。", "元/户 元"),
    ("人均收入由4800元提高到5200元，支出由30万元增加到40万元。", "元/人 元/人 元 元"),
    ("人均收入5200元，比去年新增300元，全县收入5000万元。", "元/人 元/人 元"),
    ("团员上交团费为每人3元/年。", "元/年"),
    ("每年有300人次参加，每年参与活动的青年近80人次，每天超过30名队员上岗。", "人次/年 人次/年 名/天"),
    ("由人均200元提高到450元，比上年人均增加90元。", "元/人 元/人 元/人"),
    ("每百户订报8份，每万人有社工5.2名，每20名团员中有3名党员。", "份/百户 名/万人 名/20名"),
    ("患病率为28.4人/10万人，年产值超千万元的8家。", "人/10万人 家"),
    # as many as are written under the line, of one figure only
    ("补贴提高到70元/人/月、修建3条道路，补助80元/天/人。", "元/人/月 条 元/天/人"),
    ("发放70元/月补贴，实现300元/亩收益，提供2次/周服务。", "元/月 元/亩 次/周"),
    ("津贴60元/月、团员90名。", "元/月 名"),
    ("千人均床位6.1张，户年均增收900元。", "张/千人 元/户"),
    ("尘埃浓度29微克/立方米，绿地2.38km2。", "微克/立方米 km2"),
    # listed after one of each: of the same crop land, or one of each thing
    ("平均每亩收稻谷500公斤，油菜约80公斤。", "公斤/亩 公斤/亩"),
    ("每人领到书包1个，水杯1只，共发放书籍1箱。", "个/人 只/人 箱"),
    ("每万人拥有医生20人，护士30人，新聘专家9人。", "人/万人 人/万人 人"),
    # no rates: what was counted over a time, what recurs, an age, a share, one each, a list of bodies
    ("在每年一度的评选中获奖3项。", "项"),
    ("平均年龄31岁，每名团员平均参学率80%。", "岁 %"),
    ("书记、副书记各1名。", "名"),
    ("各学院开展活动30场，各类社团80个。", "场 个"),
    ("第一学期2次活动，近一年3次，新一年4次。", "次 次 次"),
    ("每三名孩子中有一名留守儿童，共计90名。", "名"),
]


@pytest.mark.parametrize(("text", "units"), RATES)
def test_a_denominator_that_the_text_names_stands_in_the_unit(text, units):
    assert yr.extract_facts(text)["unit"].tolist() == units.split()


@pytest.mark.parametrize(
    ("text", "units"),
    [
        ("使用人次已达90万，全镇青年数为800，参与人数破万。", ["人次", "人", "人"]),
        ("全国有队员1.2亿人，其中9000万在农村。", ["人", "人"]),
        ("出席率为95。", [""]),
    ],
)
def test_a_bare_number_has_the_unit_that_its_noun_or_its_whole_has(text, units):
    assert yr.extract_facts(text)["unit"].tolist() == units


def test_a_word_of_bounding_before_a_list_holds_for_all_of_it_and_one_after_a_number_for_that():
    before = yr.extract_facts("每名委员联系不少于1个班级、2个社团、3个支部。")
    after = yr.extract_facts("每名委员联系1个以上的班级、2个社团。")
    assert before["hedge"].tolist() == ["at_least"] * 3
    assert after["hedge"].tolist() == ["at_least", "exact"]


def test_a_rate_needs_both_its_units_and_counts_what_its_numerator_counts():
    units = yr.load_units()
    bases = base_units(
        ["镇", "县(市)", "次/月", "名/2年", "名/万人", "元/支部", "次/斗", "斗/月", "月", "个"], units
    )
    assert bases["次/月"] == ["item", "rate"] and bases["名/2年"] == ["person", "rate"]
    assert bases["名/万人"] == ["person", "rate"]
    assert bases["元/支部"] == ["yuan", "rate"] and bases["个"] == ["item", "person"]
    assert "item" in bases["镇"] and bases["县(市)"] == bases["镇"]  # areas count themselves
    assert not (bases["次/斗"] or bases["斗/月"] or bases["月"])


@pytest.mark.slow
def test_rates_of_any_two_units_are_loaded_and_others_are_named(tmp_path):
    facts = pd.read_csv(yr.loaders.DATA / "facts.csv", dtype=str)
    facts = facts[facts["source_id"].isin(facts.loc[facts["unit"] == "次/月", "source_id"])]
    (tmp_path / "sources.csv").write_bytes((yr.loaders.DATA / "sources.csv").read_bytes())
    duty = facts["unit"] == "次/月"
    facts.assign(unit=facts["unit"].mask(duty, "课/两周")).to_csv(tmp_path / "facts.csv", index=False)
    assert (yr.load_facts(tmp_path)["unit"] == "课/两周").sum() == duty.sum()
    facts.assign(unit=facts["unit"].mask(duty, "次/斗")).to_csv(tmp_path / "facts.csv", index=False)
    with pytest.raises(yr.DataError, match=r"both units.*次/斗"):
        yr.load_facts(tmp_path)


def test_a_second_figure_of_a_mean_and_one_of_each_body_are_means_and_what_is_more_a_change():
    text = "户均收入由4800元提高到5200元。比去年新增4个。新增6个。各学会设会长1人、副会长2人。"
    text += "月补助标准提高50元。"
    kinds = ["mean", "mean", "change", "level", "mean", "mean", "change"]
    assert yr.extract_facts(text)["kind"].tolist() == kinds


@pytest.mark.slow
def test_a_mean_drafted_as_a_rate_is_checked_against_its_total_and_count():
    findings = yr.audit_facts(yr.extract_facts("举办讲座240场，覆盖60个乡镇，平均每个乡镇4场。"))
    assert findings.loc[findings["relation"] == "mean", "verdict"].tolist() == ["holds"]

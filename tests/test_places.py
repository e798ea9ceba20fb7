"""The place of a text and of its figures: right where one is given, and none where it is not certain.

Codes are those of GB/T 2260; texts are ours.
"""

import time

import pandas as pd
import pytest
from sweeps import sweep

import youthresearch as yr
from youthresearch.places import place_of

PLACES = [  # text, code
    ("温岭市共青团工作总结\n今年以来……", "331081"),
    ("团温岭市委认真落实改革要求。", "331081"),
    ("共青团唐山市委2018年概况。", "130200"),
    ("深圳南山团区委:续写故事\n一年来，各项工作有序开展。", "440305"),
    ("南山团区委:续写故事\n在鹤岗，各项工作有序开展。", "230404"),
    ("工作总结\n各项工作有序开展。\n共青团合山市委员会\n2021年12月20日", "451381"),
    ("共青团重庆市永川区委员会2021年度决算", "500118"),
    ("共青团湖南省委召开会议。", "430000"),
    ("共青团温岭市委工作总结\n团市委在市委和上级团委的领导下开展工作。", "331081"),
    ("共青团温岭市委工作总结\n团县委紧扣县委、县政府中心工作。", "331081"),
    ("温岭市共青团工作总结\n团市委认真贯彻省委、市委部署。", "331081"),
    ("共青团永川区委工作总结\n团区委按照区委要求，共青团服务区委中心工作。", "500118"),
    ("共青团温岭市委工作总结\n共青团组织响应市委号召，团干部向市委汇报。", "331081"),
    ("工作总结\n团市委围绕市委部署开展工作。\n共青团合山市委员会\n2021年12月20日", "451381"),
    ("共青团温岭市委工作总结\n共青团玉环市委来访。", "331081"),  # the title goes first
    ("共青团呼和浩特市委工作总结", "150100"),  # no particle: part of the name
    ("共青团广西合山市委工作总结", "451381"),
    ("山东省枣庄市市中区共青团工作总结", "370402"),  # Jinan has one, too
    ("团四川省乐山市市中区委工作总结", "511102"),
    ("山西省阳泉市城区共青团工作总结", "140302"),  # a name that any town has, after its city
    ("共青团信阳市新县委员会工作总结", "411523"),
]
NO_PLACES = [
    "南山团区委:续写故事\n一年来，各项工作有序开展。",  # of Shenzhen or of Hegang
    "团区委工作总结\n一年来，各项工作有序开展。",
    "一年来各地踊跃参与，如温岭市新建团支部5个。",
    "温岭市、玉环市两地结对\n一年来……",
    "推进城区工作\n一年来……",
    "山东省市中区共青团工作总结",  # of Jinan or of Zaozhuang
    "枣庄市、济南市市中区结对",
    "团虚构县委工作总结，学习温岭市经验。",
    "温岭市来信\n团虚构县委召开会议。",
    "",
]


@pytest.mark.parametrize(("text", "code"), PLACES)
def test_the_place_of_a_text(text, code):
    assert place_of(text).code == code


@pytest.mark.parametrize("text", NO_PLACES)
def test_no_place_where_it_is_not_certain(text):
    assert place_of(text) is None


@pytest.mark.slow
@pytest.mark.parametrize("title", ["{}共青团工作总结", "共青团{}委员会工作总结"])
def test_every_county_is_found_by_its_full_title(title):
    divisions = yr.load_divisions()
    today = divisions[divisions["valid_to"].isna()].set_index("district")
    wrong = {}
    for code in today.index[today["level"] == "county"]:
        names, above = "", code
        while above in today.index:
            name = today.at[above, "name_zh"]
            names = ("" if name in ("市辖区", "直辖县") else name) + names
            above = today.at[above, "parent"]
        place = place_of(title.format(names))
        if place is None or place.code != code:
            wrong[names] = place
    assert not wrong


def test_a_page_is_of_the_place_between_its_menu_and_its_footer(tmp_path):
    menu = "".join(f"<a href='/{i}'>栏目{i}</a> " for i in range(40))
    title = "浙江省温岭市2020年共青团工作总结"
    page = (
        f"<html><body><div class='nav'>{menu}</div><h1>{title}</h1>"
        "<p>全市共有团员1234人，团支部56个，志愿者789人。</p><p>一年来开展活动78场，参加青年3456人次。</p>"
        "<div class='footer'>版权所有：玉环市某公司 网站备案号 浙ICP备01234567号 2024年5月1日</div>"
        "</body></html>"
    )
    (tmp_path / "page.html").write_text(page, encoding="utf-8")
    facts = yr.extract_facts(yr.read_report(tmp_path / "page.html"))
    assert len(facts) == 5 and set(facts["district"]) == {"331081"} and set(facts["period_end"]) == {"2020"}


@pytest.mark.parametrize(
    ("sentence", "district"),
    [
        ("现有团员300名。", "331081"),
        ("全市现有团员300名。", "331081"),  # a county that is called 市 speaks of itself
        ("全省共有团员300名。", "330000"),
        ("全国共有团员300名。", "CN"),
        ("参学率位居全省第三。", "331081"),
        ("获评全省先进集体3个。", ""),
        ("玉环市有团员300名。", ""),
        ("全国9个省的18个县入选，我市有团员300名。", ""),
    ],
)
def test_the_place_of_a_figure(sentence, district):
    facts = yr.extract_facts(f"团温岭市委工作总结\n{sentence}")
    assert facts["district"].iloc[0] == district


def test_rows_of_a_table_are_of_the_places_they_name(tmp_path):
    page = """<html><body><h1>共青团湖南省委统计</h1><table><tr><th>地区</th><th>团员数</th></tr>
    <tr><td>长沙市</td><td>300</td></tr><tr><td>湘西</td><td>200</td></tr><tr><td>省直</td><td>100</td></tr>
    </table></body></html>"""
    (tmp_path / "a.html").write_text(page, encoding="utf-8")
    facts = yr.extract_facts(yr.read_report(tmp_path / "a.html"))
    assert facts["district"].tolist() == ["430100", "433100", ""]


@pytest.mark.slow
@pytest.mark.parametrize("step", sweep(6, slow=[1]))
def test_districts_agree_with_the_coded_ones(step):
    """On the project's documents (every sixth), most of which do not name their place: none may be wrong."""
    coded, texts = yr.load_facts(), yr.load_documents().set_index("source_id")["text"]
    drafts = pd.concat([yr.extract_facts(texts[s], source_id=s) for s in coded["source_id"].unique()[::step]])
    both = drafts.merge(coded, on=["source_id", "start"])
    named = both[both["district_x"] != ""]
    assert len(named) > (220 if step == 1 else 30)
    assert (named["district_x"] == named["district_y"]).all()


TOWNS = [  # text, the scope of each figure
    ("温岭市泽国镇团委建起团组织20家，全市已有300家。", ["泽国镇", ""]),
    ("庙城镇：团员900人，其他乡镇团员共5000人。", ["庙城镇", ""]),
    ("国强乡完成了全乡14个村的换届。", ["国强乡"]),
    ("小溪镇团员300人。", ["小溪镇"]),
    ("甲山镇与乙水镇共有团员900人。", [""]),  # two
    ("全县重点乡镇新建团支部20个。", [""]),
    ("“青春小镇”吸引青年500人。", [""]),
    ("4200名返乡大学生参加活动。", [""]),
    ("各乡镇街道建站200个。", [""]),
    ("为10678名城镇妇女体检。", [""]),
    ("年度工作总结\n在团县委的指导下，我镇发展团员12名。现有团员410名。", ["全镇", "全镇"]),
    ("年度工作总结\n全镇现有团员410名，数量居全县第3位。", ["全镇", "全镇"]),
    ("年度工作总结\n我校团委下设团支部36个。五月，表彰团员20名。", ["全校", "全校"]),
    ("河湾县第二中学2021年共青团工作总结\n团员共有410名。全县有9所中学。", ["河湾县第二中学", ""]),
    ("年度工作总结\n全院现有团员410名。全市有团员3万名。", ["全院", ""]),  # not of the whole
    ("共青团河湾县委员会年度工作总结\n现有团员4100名。走进学校，全校学生800人听课。", ["", "全校"]),
    ("年度工作总结\n现有团员4100名，全社会捐款3万元，健全村规12项。", ["", "", ""]),
    ("年度工作总结\n我县现有团员4100名。", [""]),
]


@pytest.mark.parametrize(("text", "scopes"), TOWNS)
def test_the_scope_of_a_figure_is_the_town_its_text_is_about(text, scopes):
    assert yr.extract_facts(text)["scope"].tolist() == scopes


@pytest.mark.slow
def test_a_name_that_stands_thousands_of_times_is_looked_for_once():
    """Four cities have a 鼓楼区: the text is asked of which it is, and was for each of its names (11 s)."""
    began = time.thread_time()
    assert place_of("鼓楼区工作总结\n" + "鼓楼区、" * 16_000) is None
    assert time.thread_time() - began < 3

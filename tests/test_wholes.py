"""What a figure is part of, in own sentences: with each text, the whole of each figure by its value."""

import pytest
from sweeps import sweep

import youthresearch as yr
from youthresearch.schema import FACT
from youthresearch.wholes import wholes_of

TEXTS = [
    # a bracket holds parts of what stands before it; after it the list goes on
    ("服务站90个，其中镇级站20个（含示范站8个），村级站70个。", [None, 90, 20, 90]),
    ("学员500名（其中女生260名），来自12所学校，教员40名。", [None, 500, None, None]),
    ("书屋30间，其中城区18间（内有旗舰店2间、社区店16间）、乡镇12间。", [None, 30, 18, 18, 30]),
    ("青年突击队16支（城建8支、交通8支），队员400名。", [None, None, None, None]),
    ("选出委员9名，常委（含兼职常委）5名，候补委员3名。", [None, None, None]),
    ("社团60个（其中校级25个），其中活跃的40个。", [None, 60, 60]),
    # a part is of the sort of its whole
    ("学员3000名，其中培训班45个。", [None, None]),
    ("培训班45个，学员3000名，其中骨干培训班6个、女学员1700名。", [None, None, 45, 3000]),
    ("兼职岗位26个，其中副书记4名、委员22名。", [None, 26, 26]),
    ("代表320个，其中女代表130名。", [None, 320]),
    ("募集善款80万元，其中企业捐款50万元，资助学生160名，建书屋4间。", [None, 80e4, None, None]),
    ("学校28所，其中小学20所、教学点8个。", [None, 28, 28]),
    # a total begins anew
    ("团支部48个，其中农村30个、机关18个，共有支部委员144个。", [None, 48, 48, None]),
    ("团干部75名，其中女干部共31名。", [None, 75]),
    # a sentence that begins 其中 goes on with the only level of the one before
    ("注册志愿者5200名。其中，党员900名，团员2100名。", [None, 5200, 5200]),
    ("注册志愿者5200名，比上年增加200名。其中党员900名。", [None, None, 5200]),
    ("志愿者5200名，辅导员80名。其中，党员90名。", [None, None, None]),
    ("志愿者5200名，队伍80支。其中，党员90名。", [None, None, None]),
    ("高中毕业20名；大学毕业30名。其中女性9名。", [None, None, None]),
    ("志愿者5200名。各地反响热烈。其中，党员900名。", [None, None]),
    # a share of a number that stands in it
    ("城区站点36个，占服务站总数90个的40%。", [90, None, 90]),
    ("全市学员3000名，骨干训练营36个，占90个训练营的40%。", [None, 90, None, 90]),
    ("学员30名，培训班45个，增长到60个的40%。", [None, None, None, None]),
]


@pytest.mark.parametrize(("text", "wholes"), TEXTS)
def test_part_of(text, wholes):
    facts = yr.extract_facts(text).head(len(wholes))
    value = facts.set_index("fact_id")["value"]
    assert [value[i] if i else None for i in facts["part_of"]] == wholes


def test_a_share_of_a_stated_number_is_of_the_noun_of_its_part():
    facts = yr.extract_facts("城区站点36个，占服务站总数90个的40%，增长5%。")
    assert facts["noun"].tolist() == ["城区站点", "服务站", "城区站点", "城区站点"]


def coded(draft):
    """Make facts of a draft as data/README.md says, each column that facts lack left out."""
    return draft.drop(columns=[c for c in draft if c not in FACT])


@pytest.mark.slow
@pytest.mark.parametrize(
    "text",
    sweep(
        "团组织320个，其中团委30个（含学校团委12个），团总支40个，团支部250个。",
        slow=[
            "全市共有学员8.2万名，其中社会领域团组织630个，占团组织总数2100个的30%。",
            "学员8000名，其中团支部9000个。",
        ],
    ),
)
def test_what_agrees_in_a_draft_agrees_once_it_is_coded(text):
    draft = yr.extract_facts(text, source_id="s")
    for facts in (draft, coded(draft)):
        assert set(yr.audit_facts(facts, yr.load_identities())["verdict"]) <= {"holds"}
    held = yr.audit_facts(coded(draft))["relation"]
    assert ("share" in set(held)) == ("占" in text) and ("sum" in set(held)) == ("（" in text)


@pytest.mark.slow
def test_a_wrong_share_of_a_stated_number_is_a_conflict_either_way():
    draft = yr.extract_facts("社会领域团组织630个，占团组织总数2100个的36%。", source_id="s")
    for facts in (draft, coded(draft)):
        found = yr.audit_facts(facts).set_index("relation")
        assert found.loc["share", "verdict"] == "conflict"


def test_wholes_of_a_sentence_do_not_pile_up():
    """Semicolons hand them on from part to part: all of them would be copied for each."""
    text, context, levels = "书屋1间;" * 50, {"paragraph": {}}, 0
    for start in range(0, len(text), 5):
        context["levels"] = [{"number": start}]
        context["paragraph"]["wholes"] = wholes_of({"start": start, "end": start + 5}, text, context)
        levels = max(levels, len(context["paragraph"]["wholes"][1]))
    assert levels == 2

"""Numbers that state a norm are refused with their reason, and the figures beside them are kept.

The classes are those of rules and notices (measures, selection notices, spending rules); the words are ours.
"""

import pytest

import youthresearch as yr

NORMS = [  # text, the tokens that are norms, their reason
    ("服务时长满50小时的，授予一星级称号。", ["50小时"], "threshold"),
    ("累计满三次无故缺席的，注销其资格。", ["三次"], "threshold"),
    ("服务时长达到80小时，可申领证书。", ["80小时"], "threshold"),
    ("表决时必须有三分之二以上的团员同意。", ["三分之二以上"], "threshold"),
    ("到会人数超过60%方可开会。", ["超过60%"], "threshold"),
    ("奖励人数不得超过参加人数的20%。", ["20%"], "limit"),
    ("误餐费标准为40元/人。", ["40元"], "limit"),
    ("小队由5至12名队员组成。", ["5至12名"], "limit"),
    ("志愿者上岗后，可享受每月2000元的补贴。", ["2000元"], "limit"),
    ("少召开1次会议扣2分，解决2个实际问题得1分。", ["1次", "2分", "2个", "1分"], None),
    ("逾期不改正的，处二千元以上一万元以下罚款。", ["二千元以上", "一万元以下"], "threshold"),
    ("团委选举办法\n到会人数必须超过应到会人数的五分之四，方可选举。", ["五分之四"], None),
    ("赞成人数超过到会团员的半数以上的，列入考察。", ["半数以上"], None),
    ("按学生数的2%推荐。", ["2%"], "limit"),
    ("代表名额一般为90名至120名。", ["90名至120名"], "limit"),
    ("慰问品每人不超过200元。", ["不超过200元"], "limit"),
    ("时长满90小时，获得60元书卡。", ["90小时", "60元"], None),
]


@pytest.mark.parametrize(("text", "tokens", "reason"), NORMS)
def test_norms_are_refused(text, tokens, reason):
    facts = yr.extract_facts(text)
    refused = facts.attrs["refused"]
    assert facts.empty
    assert len(refused) == len(tokens)
    assert all(token in r["token"] or r["token"] in token for token, r in zip(tokens, refused, strict=True))
    assert reason is None or {r["reason"] for r in refused} <= {reason, "article"}


FIGURES = [
    ("团委选举办法\n提出9名委员候选人（含20%差额数）和8名代表候选人。", 2),
    ("健全各项工作制度\n新建团支部5个，占比60%，经费3万元。", 3),
    ("服务期满43名志愿者全部就业。", 1),
    ("主要推荐优秀青年20名。", 1),
    ("申请项目经费，共申报12个。", 1),
    ("推荐优秀青年5名作为市青联委员人选。", 1),
    ("到会代表超过200人。", 1),
    ("志愿服务时长超过100小时。", 1),
    ("为120名困难学生送去物资的爱心企业，按捐赠额排名。", 1),
    ("每名团干部联系不少于8名青年。其中，专职干部占60%。", 2),
    ("基地每年培训青年1000名，带动2000名以上村民增收。", 2),
    ("考核得98分，新建团支部5个。", 1),
    ("提交提案16份，发放宣传资料300份。", 2),
    ("服务时长已满50000小时，参与青年600名。", 2),
    ("差错率控制在1%以内。", 1),
    ("全县团组织达到不超过540个。", 1),
    ("全年支出不超过3万元。", 1),
    ("每名团干部联系了100名青年。", 1),
    ("全市新建不少于60个团支部的目标已下达。", 1),
    ("各镇街各配备1名专职干部。", 1),
    ("全区每天超过300名义工上岗。", 1),
    ("人均纯收入3.6万元。", 1),
    ("超过23万人的志愿者队伍。", 1),
    ("每个村都建了妇联，共选出主席300名。", 1),
    ("完成率不低于95%，有8个镇达标。", 2),
    ("按期换届率达98%，会费按时上缴率100%。", 2),
    ("注册率达到96%以上，全年取消资格5名，注销社团2个。", 3),
    ("覆盖率达到85%以上，但还不能满足需求。", 1),
    ("参与青年超过2000人，展示才能的舞台更广。", 1),
    ("受理行政许可申请120件，经认可发放补助30万元。", 2),
    ("招录应届毕业生最多20名，相应发放补贴5000至6000元。", 2),
    ("有效投票率超过90%，赞成率超过98%。", 2),
    ("同意票超过到会人数的95%，全票通过。", 1),
    ("不得不合并的支部有8个。", 1),
    ("考核位居全市第二，加3分。", 1),
    ("场均参与青年不低于50人，参与者可获得学分。", 1),
    ("按季度公布的就业率达92%。", 1),
]


@pytest.mark.parametrize(("text", "count"), FIGURES)
def test_figures_near_the_words_of_rules_are_kept(text, count):
    assert len(yr.extract_facts(text)) == count


def test_a_rule_is_known_by_its_title_and_conditions_by_their_heading():
    sentence = "团员编号使用率不低于98%。"
    assert len(yr.extract_facts(sentence)) == 1
    assert yr.extract_facts(f"五四红旗团委评选办法（试行）\n{sentence}").empty
    assert len(yr.extract_facts(f"全市落实团干部管理办法\n{sentence}")) == 1  # a headline of news
    assert yr.extract_facts(f"一、申报条件\n{sentence}").empty
    assert len(yr.extract_facts(f"我市出台青年优先发展评价标准\n{sentence}")) == 1  # news of a rule
    facts = yr.extract_facts(f"一、申报条件\n{sentence}\n二、工作成效\n新建团支部5个，占比达60%。")
    assert facts["token"].tolist() == ["5个", "占比达60%"]


@pytest.mark.parametrize(
    "text",
    [
        "每名团干部联系不少于8名青年。",
        "每个乡镇至少建2个青年之家。",
        "每学期至少召开两次大会。",
        "平均一名委员新建两个团支部，要求年底前完成。",
        "班子成员各认领不少于1个示范村、2个示范户。",
    ],
)
def test_what_each_unit_owes_is_a_planned_mean(text):
    facts = yr.extract_facts(text)
    assert (set(facts["status"]), set(facts["kind"])) == ({"planned"}, {"mean"})


STATUS = [  # text, status of each figure
    ("开展培训20期，每期不少于50人，共培训1100人。", "achieved planned achieved"),
    ("要求达到95%以上，我区实际达到97%。", "planned achieved"),
    ("按计划完成培训12期，培训人数达1800人。", "achieved achieved"),
    ("实现了每个乡镇至少有1个青年之家。", "achieved"),
    ("全年开展各类活动不少于120场，参与青年超过2万人。", "achieved achieved"),
    ("线上稿件每月不少于1篇，线下活动不少于1场次。", "planned planned"),
    ("年度目标：新建团支部20个，覆盖率达到98%。", "planned planned"),
    ("完成年度目标：新建团支部20个。", "achieved"),
    ("二、评选名额\n优秀团员60名。\n三、评选结果\n评出优秀团员58名。", "planned achieved"),
    ("选树先进家庭100户，选出10%的名额进行推荐，吸引3万人次投票。", "achieved achieved achieved"),
]


@pytest.mark.parametrize(("text", "statuses"), STATUS)
def test_a_plan_holds_for_its_heading_or_its_figures_and_no_further(text, statuses):
    assert yr.extract_facts(text)["status"].tolist() == statuses.split()


def test_what_is_owed_a_year_is_a_level_as_what_was_done_in_a_year():
    facts = yr.extract_facts("每年培训青年不少于800人。每年有大学生近200人次参加。各级团组织至少捐款5万元。")
    assert facts["kind"].tolist() == ["level"] * 3


def test_duties_of_the_documents_are_found_as_the_coders_have_them():
    coded, texts = yr.load_facts(), yr.load_documents().set_index("source_id")["text"]
    for source_id, duties in coded[coded["indicator"] == "duty_per_person"].groupby("source_id"):
        drafts = yr.extract_facts(texts[source_id]).set_index("start")
        assert drafts.loc[duties["start"], "status"].tolist() == ["planned"] * len(duties)

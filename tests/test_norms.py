"""Numbers that state a norm are refused with their reason, and the figures beside them are kept.

The classes are those of rules and notices (measures, selection notices, spending rules); the words are ours.
"""

import pytest

import youthresearch as yr

SPEECH = [  # no figures, and no norms: their reasons
    ("自十四届，共青团改革持续深入。", "ordinal"),
    ("围绕宣讲、调研等6个方面开展实践活动。", "enumeration"),
    ("加强两个机制建设。", "enumeration"),
    ("考核得分占30%。", "limit"),
    ("据全国1%人口抽样调查，比例较高。", "number"),
    ("以4‰人口变动抽样调查推算。", "number"),
    ("会计学专业3班团支部获评先进。", "name"),
    ("排队等候不到2小时，便领到证书。", "duration"),
    ("抢险队员奋战30小时守住堤坝。", "duration"),
    ("备注：1、乡含民族乡。", "ordinal"),
    ("举行“牵手”360集体生日会。", "no unit"),
    ("三次产业比例协调。", "ordinal"),
    ("会址在302室。", "number"),
    ("服务6金融机构。", "no unit"),
    ("二本以上贫困家庭新生为重点。", "name"),
    ("授予机电6班等先进称号。", "name"),
    ("35千伏变电站投运。", "number"),
    ("实施康复、助学、养老等4大工程。", "enumeration"),
    ("各班推荐0-2人。", "vague zero"),
    ("排名前50名的高校参会。", "ordinal"),
]


@pytest.mark.parametrize(("text", "reason"), SPEECH)
def test_names_and_figures_of_speech_are_refused(text, reason):
    facts = yr.extract_facts(text)
    assert facts.empty
    assert list(yr.list_refused(facts)["reason"]) == [reason]


NORMS = [  # text, the tokens that are norms, their reason
    ("服务时长满50小时的，授予一星级称号。", ["50小时"], "threshold"),
    ("累计满三次无故缺席的，注销其资格。", ["三次"], "threshold"),
    ("服务时长达到80小时，可申领证书。", ["80小时"], "threshold"),
    ("表决时必须有三分之二以上的团员同意。", ["三分之二以上"], "threshold"),
    ("时长达到50小时、90小时、150小时可分别认定为三级至一级。", ["50小时", "90小时", "150小时"], "threshold"),
    ("人数不够5人时，由各班联合组队，超过30人时，可分两队。", ["5人", "超过30人"], "threshold"),
    ("累计三次以上（含三次）无故缺席的，取消资格。", ["三次以上", "三次"], "threshold"),
    ("团队人数不得少于5人。", ["不得少于5人"], "limit"),
    ("到会人数超过60%方可开会。", ["超过60%"], "threshold"),
    ("误餐费标准为40元/人。", ["40元"], "limit"),
    ("少召开1次会议扣2分，解决2个实际问题得1分。", ["1次", "2分", "2个", "1分"], None),
    ("逾期不改正的，处二千元以上一万元以下罚款。", ["二千元以上", "一万元以下"], "threshold"),
    ("团委选举办法\n到会人数必须超过应到会人数的五分之四，方可选举。", ["五分之四"], None),
    ("赞成人数超过到会团员的半数以上的，列入考察。", ["半数以上"], None),
    ("慰问品每人不超过200元。", ["不超过200元"], "limit"),
    ("时长满90小时，获得60元书卡。", ["90小时", "60元"], None),
    # a bound apart from its number
    ("到会委员超过应到会委员的四分之三方可选举。", ["四分之三"], "threshold"),
    ("得到过半数赞成票，始得当选。", ["半数"], "threshold"),
    # sizes, grades, lists of them
    ("申报集体人数一般应在5人以上、150人以下。", ["5人以上", "150人以下"], None),
    ("队室面积不小于12平方米。", ["不小于12平方米"], "threshold"),
    ("服务时长达到40、80、160小时，分别授予铜、银、金质奖章。", ["40", "80", "160小时"], None),
    ("二星级志愿者要求服务工时为200至400小时。", ["200至400小时"], "threshold"),
    ("月收入在800元以下者，免交会费。", ["800元以下"], "threshold"),
    ("队员不足两个小队，可以单独活动。", ["不足两个"], "threshold"),
    ("综合成绩排名专业前40%。", ["40%"], "threshold"),
    # what is given, what a body is made of, what counts as what
    ("每支队伍的学生人数为4至7人。", ["4至7人"], "limit"),
    ("考核结果为优秀（项目不超过2个）。", ["不超过2个"], "limit"),
    ("每次活动最长为3小时。", ["3小时"], "limit"),
    ("参赛团队每队不超过6人。", ["不超过6人"], "limit"),
    ("最高奖金4万元！", ["4万元"], "limit"),
    ("线上评审分值占比20%。", ["20%"], "limit"),
    ("1小时等于2积分。", ["1小时", "2"], None),
    ("按每天工作7小时来计算。", ["7小时"], "limit"),
    ("按每人每天值守5小时折算。", ["5小时"], "limit"),
    ("每人限购2份，每证限借5册。", ["2份", "5册"], "limit"),
    ("每位队员以报名3个项目为限。", ["3个"], "limit"),
    ("每项资助金额最高新台币6万元。", ["6万元"], "limit"),
    ("三个小队以上可建中队。", ["三个"], "threshold"),
    ("五名党员以上的可以成立支部。", ["五名"], "threshold"),
    ("月收入2000元至3000元的，每月减免若干。", ["2000元至3000元"], "threshold"),
    ("团员人数超过或接近60名、90名的，分别成立团总支、团委。", ["接近60名", "90名"], "threshold"),
    ("差错率低于3%的控制目标。", ["低于3%"], "threshold"),
    ("每人累计最多申领4次。", ["4次"], "limit"),
    ("个人贷款额度最高30万元。", ["30万元"], "limit"),
    ("救助封顶线由3万元提高到5万元。", ["3万元", "5万元"], "limit"),
    ("每个支部限报3件，限招学员60名。", ["3件", "60名"], "limit"),
    ("每届任期不少于4年，培训为期6天。", ["不少于4年", "6天"], "duration"),
    ("违规1次罚款，处一千元以上五千元以下罚款。", ["1次", "一千元以上", "五千元以下"], "threshold"),
    ("每周借用场地不能超过2次。", ["不能超过2次"], "limit"),
    ("面试成绩按40%计入总分，平时成绩按20%折算。", ["40%", "20%"], "limit"),
    ("凑够5枚贴纸即可换书。", ["5枚"], "threshold"),
]


@pytest.mark.parametrize(("text", "tokens", "reason"), NORMS)
def test_norms_are_refused(text, tokens, reason):
    facts = yr.extract_facts(text)
    refused = yr.list_refused(facts).to_dict("records")
    assert facts.empty
    assert len(refused) == len(tokens)
    assert all(token in r["token"] or r["token"] in token for token, r in zip(tokens, refused, strict=True))
    assert reason is None or {r["reason"] for r in refused} <= {reason, "article"}


SET = [  # what a rule sets, which is planned: text, tokens, hedges, kinds
    ("小队由5至12名队员组成。", "5至12名", "range", "level"),
    ("大队由两个以上的中队组成。", "两个以上", "at_least", "level"),
    ("理事会由会长、秘书长和理事共九至十五人组成。", "九至十五人", "range", "level"),
    ("组委会设主任一至三名。", "一至三名", "range", "level"),
    ("大会设总监票人1名，监票人2名。", "1名 2名", "exact exact", "level level"),
    ("学生会章程\n设主席1人，副主席二至四人。", "1人 二至四人", "exact range", "level level"),
    ("学生会章程\n主席团由11人组成。", "11人", "exact", "level"),
    ("代表名额一般为90名至120名。", "90名至120名", "range", "level"),
    ("工作部门不超过6个，工作人员一般不超过30人。", "不超过6个 不超过30人", "at_most at_most", "level level"),
    ("名额最多不超过9人，最少不少于3人。", "不超过9人", "at_most", "level"),  # the other is of the same
    ("全校评选不超过12名，表彰集体不超过8个。", "不超过12名 不超过8个", "at_most at_most", "level level"),
    ("每个支部推荐不超过2名。", "不超过2名", "at_most", "mean"),
    ("奖励人数不得超过参加人数的20%。", "20%", "at_most", "share"),
    ("推荐对象人数不超过本支部团员总数的12%。", "12%", "at_most", "share"),
    ("候选人差额不少于应选人数的25%。", "25%", "at_least", "share"),
    (
        "团代会选举办法\n女团员不少于35%，学生不超过60%。",
        "不少于35% 不超过60%",
        "at_least at_most",
        "share share",
    ),
    ("团委选举办法\n委员候选人（含20%差额数）由支部提名。", "20%", "exact", "share"),
    ("会费管理办法\n会费的30%上缴市学联，70%用于活动。", "30% 70%", "exact exact", "share share"),
    ("会费管理办法\n学生会费统一为5元。", "5元", "exact", "level"),
    (
        "学代会代表产生办法\n代表总人数为90名，我院名额为6名。女代表不少于2名。",
        "90名 6名 不少于2名",
        "exact exact at_least",
        "level level level",
    ),
    ("按学生数的2%推荐。按利息的60%给予补贴。", "2% 60%", "exact exact", "share share"),
    ("补贴标准为当地最低工资标准的60%。", "60%", "exact", "share"),
    ("志愿者上岗后，可享受每个月2000元的补贴，可享受三项服务。", "2000元 三项", "exact exact", "mean level"),
    ("对首次创业者，可一次性给予5000元创业补贴。", "5000元", "exact", "level"),
    # staffs of bodies, and what each body may have
    ("乡镇团委一般5至8人。", "5至8人", "range", "level"),
    ("中学一般应配专职辅导员2-3名。", "2-3名", "range", "level"),
    ("每个支部成员不超过7人。", "不超过7人", "at_most", "mean"),
    # what is given to each, parts, and what a standard rises by
    ("助学金管理办法\n高中生每人1500元；大学生每人3000元。", "1500元 3000元", "exact exact", "mean mean"),
    ("育儿补贴办法\n二孩每孩每月补贴300元，补贴标准为500元。", "300元 500元", "exact exact", "mean level"),
    (
        "推优入党办法\n大学生补贴标准提高15%，一年级约占25%，二年级占30%。",
        "提高15% 约占25% 30%",
        "exact about exact",
        "growth share share",
    ),
]


@pytest.mark.parametrize(("text", "tokens", "hedges", "kinds"), SET)
def test_what_a_rule_sets_is_planned(text, tokens, hedges, kinds):
    facts = yr.extract_facts(text)
    assert facts["token"].str.removeprefix("占").tolist() == tokens.split()
    assert facts["hedge"].tolist() == hedges.split()
    assert facts["kind"].tolist() == kinds.split()
    assert set(facts["status"]) == {"planned"}


def test_what_those_are_who_passed_a_threshold_is_counted():
    facts = yr.extract_facts("推荐对象中通过评议（得票过半数）的有12名。服务满30小时的，获得积分20分。")
    assert facts["token"].tolist() == ["12名"]


def test_the_noun_of_a_quota_stands_before_its_bound():
    facts = yr.extract_facts("推荐对象不超过支部团员总数的12%。优秀团干部不得超过团干部人数5%。")
    assert facts["noun"].tolist() == ["推荐对象", "优秀团干部"]
    assert facts["hedge"].tolist() == ["at_most"] * 2
    rows = "类别 | 比例\n先进团支部 | 不超过全校团支部总数的9%\n先进班长 | 不超过全校班长总数的6%"
    assert yr.extract_facts(rows)["noun"].tolist() == ["先进团支部", "先进班长"]


@pytest.mark.parametrize(
    ("text", "token"),
    [
        ("支委会由3至5人组成，一般不超过8人。", "不超过8人"),  # another cap on the same
        ("一、申报条件\n团员服务时长不少于20小时。", "不少于20小时"),
        ("团员9人以上的支部，应当设立支委会。", "9人以上"),
        ("每人累计最多享受4次。", "4次"),
        ("可享受最多3万元的贷款。", "最多3万元"),
        ("可享受最高3万元的贷款。", "3万元"),
        ("贷款额度不超过总投资的70%。", "70%"),
        ("每个小队成员一般5至8人。", "5至8人"),
        ("参赛补助按60元/人核算。", "60元"),
        ("评优办法\n月收入2000元的团员免交团费。", "2000元"),
    ],
)
def test_a_condition_and_what_one_may_take_are_not_set(text, token):
    refused = yr.list_refused(yr.extract_facts(text)).to_dict("records")
    assert token in [r["token"] for r in refused if r["reason"] in ("limit", "threshold")]


FIGURES = [
    ("每月走访农户不得少于6户，开展讲座不得少于2场。", 2),
    ("累计90人参加，获得证书。", 1),
    ("引进项目6个，总投资超千万元。", 2),
    ("引进超千万元项目6个。", 1),
    ("配备电脑一台，桌椅一套。", 2),
    ("团委选举办法\n提出9名委员候选人（含20%差额数）和8名代表候选人。", 3),
    ("健全各项工作制度\n新建团支部5个，占比60%，经费3万元。", 3),
    ("服务期满43名志愿者全部就业。", 2),
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
    ("参训率不低于全市平均水平，达到93%。", 1),
    ("设立团支部5个，增设网点2至3个。", 2),
    ("服务时长达4000小时，五星级志愿者有12名。", 2),
    ("月收入超过5000元，就业者达300名。", 2),
    ("参与活动超过1000人，可谓盛况空前。", 1),
    ("排名全市前列，完成率达96%。", 1),
    ("应届毕业生30名，应急物资200件。", 2),
    ("推荐选手表彰大会共表彰30名。", 1),
    ("标准化团支部占60%。", 1),
    ("投资基金总分红30万元。", 1),
    ("课程报满120人，招满50人，募集善款凑满10万元。", 3),
    ("组建由20至30名青年组成的宣讲团。", 1),
    ("可享受补贴的青年达300人，预计可给予补贴30万元。", 2),
    ("对30家网吧处以罚款2万元。", 2),
    ("每场活动参与人数为30至50人。", 1),
    ("活动参与人数最多达300人。", 1),
    ("提出建议20至30条。", 1),
    ("他服务满500小时，获得表彰3次。", 1),
    ("书屋共分为四个功能区。", 1),
    ("其余的80项指标均达标，3项指标未达标。", 2),
    ("每年为基层至少办1件实事。", 1),
    ("劳动生产率为16万元/人，补贴提高到90元/人。", 2),
    ("低保标准430元/月，月工资3900元/月。", 2),
    ("团员超过60名，分别建立团委4个、团总支6个。", 3),
    ("6项工作在全市推广，8个问题全部整改，3项工作获省级表彰。", 4),
    ("建设者论坛举办二期，青年之家建设二期已开工，二期工程招工70人。", 2),
    ("人均办案超过90件的有3个。", 1),
    ("投资超过3亿元的，共有6个。差错率1.5%，低于3%的控制目标。", 2),
    ("产值过亿元企业达到9家，年收入过百万元的村6个。", 2),
    ("单价60万元以上设备3台，收入9万元以上的村占60%，筹集9万元以上资金资助30人。", 4),
    ("平均审理天数45天，为期3天的培训。", 1),
    ("上门办理花了2个小时，志愿服务2万小时。", 1),
    ("连续举办六届“青年文化节”，先后组织了五届。", 2),
    ("三元区联合企业建站9个，三元区志愿者60名。", 2),
    ("全年人均培训2.5天，仅3个小时就报满。新建教学楼一幢，留用经费的1/3，其余2/3上缴。", 4),
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


def test_a_rule_calls_itself_one_and_conditions_may_stand_in_a_list():
    sentence = "团员编号使用率不低于98%。"
    assert yr.extract_facts(f"第一条 为规范管理，制定本办法。\n{sentence}").empty
    conditions = "成立社团应当具备下列条件：\n（一）有6名以上学生发起；\n（二）有教师2名以上。"
    listed = f"二、成立\n{conditions}\n三、成效\n社团达30个以上。"
    assert yr.extract_facts(listed)["token"].tolist() == ["30个以上"]


def test_a_numbered_heading_ends_the_conditions_however_it_is_numbered():
    facts = yr.extract_facts("二.招募条件\n1.服务时长不少于20小时。\n三.待遇\n1.补助90元/天/人。")
    assert facts[["value", "unit", "kind"]].values.tolist() == [[90, "元/天/人", "mean"]]


def test_a_sum_for_each_person_that_is_paid_out_is_a_figure():
    facts = yr.extract_facts(
        "对困难学生按800元/人的标准发放助学金。队伍按20元/人计算误餐。建立起不少于500人的队伍。"
    )
    assert facts[["value", "unit"]].values.tolist() == [[800, "元/人"], [500, "人"]]


def test_a_notice_is_known_by_its_words_where_it_has_no_title():
    orders = "请各学院于周五前报送名单，附件须签字，逾期一律不予受理。凡未提交者，视为放弃。"
    facts = yr.extract_facts(f"各学院：\n{orders}\n每项补贴400元，优秀团员12名。")
    assert facts[["token", "status"]].values.tolist() == [["12名", "planned"]]
    news = f"共收到名单30份，评出优秀团员12名，发放补贴400元，累计获奖20名，已建成基地3个。\n{orders}"
    assert yr.extract_facts(news)["status"].tolist() == ["achieved"] * 5


@pytest.mark.parametrize(
    "text",
    [
        "2023年信息工作\n报送信息120条，上报简报30期，申报项目10个，推荐青年30名，提交提案5件，录用率90%。",
        "2024年工作要点\n每个乡镇建阵地1个，每名干部走访青年9名，凡有条件的一律建团，请各支部报送，覆盖率90%。",
        "关于表彰优秀团员评选结果的通知\n评选出优秀团员60名，占5%。",
    ],
)
def test_a_list_of_what_was_done_and_a_plan_are_no_rules(text):
    facts = yr.extract_facts(text)
    assert facts["unit"].iloc[-1] == "%"
    assert set(facts["status"]) == {"planned" if "要点" in text else "achieved"}


def test_a_duty_in_a_rule_is_planned():
    title = "团干部联系青年制度\n"
    assert yr.extract_facts(f"{title}团干部每月交纳会费不少于3元。")["status"].tolist() == ["planned"]
    facts = yr.extract_facts(f"{title}每名团干部联系3个以上的支部、2个以上的班级和80名青年。")
    assert facts["kind"].tolist() == ["mean"] * 3
    assert facts["status"].tolist() == ["planned"] * 3


@pytest.mark.parametrize(
    "text",
    [
        "推荐表一式三份。",
        "同时上交活动照片2张。",
        "每人交一寸照片2张、简介1份。",
        "提交2份申报表。",
    ],
)
def test_papers_to_hand_in_are_no_figures(text):
    facts = yr.extract_facts(text)
    assert facts.empty and "form" in set(yr.list_refused(facts)["reason"])


def test_papers_that_were_handed_in_are_figures():
    assert (
        len(yr.extract_facts("共收到申请书9份，发放照片8张，征集作品简介8份，展出照片9张，办理身份证5张。"))
        == 5
    )


@pytest.mark.parametrize(
    "text",
    [
        "每名团干部联系不少于8名青年。",
        "每个乡镇至少建2个青年之家。",
        "每学期至少召开两次大会。",
        "平均一名委员新建两个团支部，要求年底前完成。",
        "班子成员各认领不少于1个示范村、2个示范户。",
        "支部大会一般每两个月召开1次。",
        "每月至少召开一次例会。",
        "请各学院推荐2名教师。",
        "支部大会每季度不得少于1次。",
        "每半年举行一次评议会。",
        "每年开展走访两次以上。",
        "一学期内至少到3个班级听课。",
        "每名常委联系2个村和一个社区。",
        "每个支部必须有一名宣传委员。",
        "各镇要在6月底前建立15个直属团组织。",
    ],
)
def test_what_each_unit_owes_is_a_planned_mean(text):
    facts = yr.extract_facts(text)
    assert (set(facts["status"]), set(facts["kind"])) == ({"planned"}, {"mean"})


STATUS = [  # text, status of each figure
    # a word of intent holds for what follows, semicolons included, while sentences go on with actions
    ("将健全站点，建设书屋4个；开展讲座6场以上。发放图书90册。", "planned planned planned"),
    ("将健全站点，建设书屋4个；开展讲座6场以上。共发放图书90册。", "planned planned achieved"),
    ("将健全站点，建设书屋4个。书屋管理员60名。", "planned achieved"),
    ("今年将修缮书屋9所。同时为70名学生购书。其中助学金资助30名。", "planned planned planned"),
    ("今年将修缮书屋9所。去年修缮书屋6所。", "planned achieved"),
    ("今年将修缮书屋9所。启动现场，发放图书90册。", "planned achieved"),
    # into the next paragraph only with the least of what is to be
    (
        "今年将修缮书屋9所。\n发放图书不少于90册，举办讲座6场。\n现有书屋60所。",
        "planned planned planned achieved",
    ),
    ("今年将修缮书屋9所。\n发放图书90册。", "planned achieved"),
    ("今年将修缮书屋9所。\n书屋管理员60名。", "planned achieved"),
    (
        "会上总结了去年的工作，并提出今年的工作打算：\n一是建设书屋9个；\n二是发放图书90册。",
        "planned planned",
    ),
    ("主要预期指标\n●新建书屋9个\n●财政收入增长6%", "planned planned"),
    # the last mark before a figure tells
    ("目前，已修缮书屋9所，年底前再修缮6所。", "achieved planned"),
    ("按照眼下进度，目前预计入住学员90名。", "planned"),
    ("将修缮书屋9所，已到位资金60万元。", "planned achieved"),
    # 将 before a verb, known or not, and before an object that is put somewhere or dealt with
    ("县妇联将引领60名女性开店。书屋将惠及9个村。夏天还将编织围巾70条。", "planned planned planned"),
    ("将绿化工作列入日程，植树900棵。将防汛抓紧抓实，巡查堤坝60次。", "achieved achieved"),
    ("将学员分成6组。将积蓄8万元全部捐出。将30万元善款交给学校。", "achieved achieved achieved"),
    ("现将有关事项通知如下：表彰书屋9个。", "achieved"),
    ("在册学员总数将突破900人。", "planned"),
    ("拟定方案4个。拟新建书屋9个。经公示，拟录用名单60人。", "achieved planned achieved"),
    ("争取善款30万元。争取全年筹集善款60万元。", "achieved planned"),
    # 计划 as a verb, after who or when, and as a name
    ("“春芽”项目计划赡养老人70名，预算金额9万元。", "planned planned"),
    ("开展菁英计划宣讲6场，听众700人。", "achieved achieved"),
    ("实施暖冬计划帮助老人80名。", "achieved"),
    ("爱心人士计划捐赠80万元。年初计划有老人80名。", "planned planned"),
    # what texts demand, tasks of one figure only, calls
    ("《纲要》明确，每年植树900棵。市里的意见提出，新建书屋60个。", "planned planned"),
    ("针对群众提出的意见，整改问题60个。落实文件要求，成立分队8支。", "achieved achieved"),
    ("改造书屋60家，超额完成40家的年度任务，服务读者7万人次。", "achieved planned achieved"),
    ("参与率达91%，高于要求的70%的目标。超过原定任务数4户。", "achieved planned achieved"),
    ("年初市下达书屋工程70户，实际完成90户。", "planned achieved"),
    ("县图书馆招聘编目员9名公告", "planned"),
    ("预算数为90万元，执行数为80万元。", "planned achieved"),
    ("表彰名额分别为奖状9个、奖章70个。增加名额60个。", "planned planned achieved"),
    ("应建书屋90家，已建书屋70家。", "achieved achieved"),
    ("市里提出的6项任务顺利完成，新建书屋40个。", "achieved achieved"),
    # what a change starts from
    ("补贴将由600元提高到900元。今年将资助70人，比去年的60人多。", "achieved planned planned achieved"),
    # aims of a year, where no date is known
    ("到2030年，全县书屋达到90个。从2011年到2016年，全县修缮书屋60个。", "planned achieved"),
    ("将联办讲座9场。\n打造书屋3个以上，办展4场以上。", "planned planned planned"),
    ("目前开设书屋3个以上，办展4场以上。", "achieved achieved"),
    # 将 before an object is no intent
    ("该馆将低保户补贴由每人400元提高到700元，慰问困难职工90名。", "achieved achieved achieved"),
    ("社区将辖区居民600户合理划分为4个网格，每个网格配1名网格员。", "achieved achieved achieved"),
    ("90名志愿者将奔赴6个山区县。", "achieved planned"),
    # years long past, and plans that are nouns
    ("到1963年，全场团员达到300人。", "achieved"),
    ("造林项目总规划面积90万亩，援建小学6所。", "achieved achieved"),
    # a programme announced, its items and what ends them
    ("今年将办好十件民生实事。\n一、就业\n1.新增岗位900个。\n（2）修建书屋6座。", "planned " * 3),
    ("2023年民生实事任务分解表\n项目 | 牵头单位\n修建书屋6座 | 文化局", "planned"),
    ("2023年民生实事任务清单：\n1.修建书屋6座。\n活动结束，赠书70册。", "planned achieved"),
    ("十件民生实事全部办结。\n1.修建书屋6座。", "achieved achieved"),
    ("办好民生实事。修建书屋6座。", "achieved"),
    ("“十五五”要实现的数字型目标\n书屋达到90个\n参与率达到70%", "planned planned"),
    # what rules set
    ("人口较少的村，一般配备3名委员。可设置5个岗位。", "planned planned"),
    ("第五条 理事会设理事长1人、副理事长2人，理事长助理1-3人。", "planned planned planned"),
    ("坚持每周开放不少于50小时。", "achieved"),
    ("拟开展评审，最终确定立项9支团队。", "achieved"),
    ("拟扩大范围，已建成书屋4个，服务70人。", "achieved achieved"),
    ("将3个支部合并，共有团员60名。", "achieved achieved"),
    ("用3年时间培训青年500名。五年内筹集资金80万元。", "planned planned"),
    ("近三年内培训青年500名。用3年时间建成了书屋8个。", "achieved achieved"),
    ("就业900人，占全年目标任务700人的128%。", "achieved planned achieved"),
    (
        "一、收入预算：年初预算数70万元，其中拨款60万元。\n二、收入决算：决算数75万元。",
        "planned planned achieved",
    ),
    ("坚持每月召开一次例会。每年培训青年300名。", "achieved achieved"),
    ("项目绩效自评报告\n单位预算拨款30万元。", "achieved"),
    ("发展纲要提出，覆盖率达到95%。\n据统计，参与率为80%。", "planned achieved"),
    ("培训项目年初预算30万元，其中资料费4万元。", "planned planned"),
    ("每年累计服务不少于15小时。实施帮扶计划5项，帮助70人。", "planned achieved achieved"),
    ("每周安排1课时。", "planned"),
    # who is to put forward how many, in a call and in a report
    ("关于推荐选手的通知\n各学院推荐志愿者、团干部2名。", "planned"),
    ("各学院推荐志愿者、团干部20名。", "achieved"),
    ("开展培训20期，每期不少于50人，共培训1100人。", "achieved planned achieved"),
    ("要求达到95%以上，我区实际达到97%。", "planned achieved"),
    ("按计划完成培训12期，培训人数达1800人。", "achieved achieved"),
    ("实现了每个乡镇至少有1个青年之家。", "achieved"),
    ("全年开展各类活动不少于120场，参与青年超过2万人。", "achieved achieved"),
    ("线上稿件每月不少于1篇，线下活动不少于1场次。", "planned planned"),
    ("年度目标：新建团支部20个，覆盖率达到98%。", "planned planned"),
    ("完成年度目标：新建团支部20个。", "achieved"),
    ("二、评选名额\n优秀团员60名。\n三、评选结果\n评出优秀团员58名。", "planned achieved"),
    ("在上级下达500家任务的基础上，提出了建团800家的目标，已建820家。", "planned planned achieved"),
    ("康复训练110人（省任务数30人），拨付资金20万元。", "achieved planned achieved"),
    ("关于推荐优秀团员的通知\n五四红旗团支部8个，优秀团员20名。", "planned planned"),
    ("一、竞聘岗位\n（一）主席1名\n（二）副主席3名", "planned planned"),
    ("奖项设置：一等奖1名；二等奖2名。", "planned planned"),
    ("这些志愿者将到我省6个市服务。", "planned"),
    ("按照《关于推荐代表的通知》要求，选出代表7名。", "achieved"),
    ("2023年部门预算\n事业编制3名，支出预算90万元。", "achieved planned"),
    ("关于年度预算执行情况的报告\n财政收入30亿元。", "achieved"),
    ("转移就业7万人，占全年任务的112%，收入8亿元。", "achieved achieved achieved"),
    ("新增就业7万人，完成年度计划62%，超全年目标3个百分点。", "achieved achieved achieved"),
    ("今年目标任务80%，年度计划95%。", "planned planned"),
    ("转移就业已完成全年60万人的任务，就业率90%。", "planned achieved"),
    ("支出预算9万元，与预算相比减少2万元，比年初预算少3%。", "planned achieved achieved"),
    ("每招用1名学员补贴700元。对首次创业的，给予补贴5000元。", "planned planned"),
    ("取得证书的分别给予700元、900元补贴。发放学员的奖励9万元。", "planned planned achieved"),
    ("资金将用于新建书屋40个。资金将主要用于新建书屋40个。将对剩余的30个书屋改造。", "planned " * 3),
    ("选树先进家庭100户，选出10%的名额进行推荐，吸引3万人次投票。", "achieved achieved achieved"),
    (
        "力争全年就业3万人，1-6月新增就业2万人。计划上半年培训70人，下半年培训60人。",
        "planned achieved planned planned",
    ),
    (
        "年初计划举办9场，实际举办12场。\n今年的目标是：建站60个，培训90人。",
        "planned achieved planned planned",
    ),
    ("项目计划总投资3亿元，实际问题6个。", "planned planned"),
    ("会议确定了6项具体措施：一是捐赠图书9万册。二是招募志愿者300名。", "planned planned planned"),
    ("“暖阳”计划招募60名，实际上岗58人。目标任务完成率达120%，超序时进度9个百分点。", "achieved " * 4),
    ("活动将逐步覆盖9个区。拟将资金扩充至3亿元。全年计划筹款90万元。", "planned planned planned"),
    # a list of promises, a shortlist, means that are asked for; and where intent ends
    ("惠青清单包括提供岗位不少于3万个；培训青年不少于600名；举办交友会30场。", "planned planned planned"),
    ("提供岗位不少于3万个；全年举办交友会30场。", "achieved achieved"),
    ("经审核，提出3个支部、20名团员的拟表彰名单。", "planned planned"),
    ("项目预算资金8万元，实际到位6万元。", "planned achieved"),
    ("经测算，改造宿舍需投入90万元。", "planned"),
    ("今年将至少创建40个站点。", "planned"),
    ("今年，市总会将紧扣中心，资助60名学员。今年将近60人参加。", "planned achieved"),
    ("今年预计招募60人，五年来共有90人参加。", "planned achieved"),
    ("2019年内，各镇组织的活动达6次以上。", "achieved"),
    (
        "一、下一步计划\n已招募60名，包括党员9名。拟再招募5名，其中党员2名。",
        "achieved achieved planned planned",
    ),
    # what was to be done, beside what was done of it, and its parts
    ("植树任务80亩，完成90亩。公交线网指标为6条，实际开通7条。", "planned achieved planned achieved"),
    ("上级下达修渠任务90公里，其中：干渠30公里，支渠60公里。修渠80公里。", f"{3 * 'planned '}achieved"),
    ("40项整治任务全部启动，已完成30项。", "achieved achieved achieved"),
    (
        "收入300万元，占年初预算500万元的60%，增长8%。其中：税收200万元。",
        "achieved planned achieved achieved achieved",
    ),
    ("公共预算收入完成300万元，为年预算的60%。其中：税收200万元。", "achieved achieved achieved"),
    ("培训90人、30人，分别完成市里下达目标任务的120%、106%。", "achieved achieved achieved achieved"),
    ("2022年财政拨款安排会议费6万元，减少2万元。", "planned planned"),
    # an estimate of the year that ends, and one of what shall come
    ("预计完成工业产值90亿元，增长6%；税收8亿元，下降2%。", "achieved achieved achieved achieved"),
    ("预计可实现产值90亿元，增长6%。", "planned planned"),
    ("预计接待游客90万人。", "planned"),
    # what follows when something is ready, or in a time or by a paper that names what is to come
    ("厂房投产后，每年可加工稻谷900吨，用工60人。目前用工9人。", "planned planned achieved"),
    ("书屋建成后，老人们很高兴，借书90册。", "achieved"),
    ("90平方米的书屋即将完工。投入9万元！书屋即将启用。", "planned achieved"),
    ("届时，各校选派教师90人，开课60节。", "planned planned"),
    ("根据协议，互派教师9人。根据安排，互派教师9人。", "planned achieved"),
    ("全年目标是：新增岗位90个，培训60人。", "planned planned"),
    ("发展计划：各班新团员6名。", "planned"),
    ("下一阶段帮扶60户。下一位代表带来5个故事。", "planned achieved"),
    ("修桥需投资90万元，自筹30万元。", "planned planned"),
    ("经会议研究决定，在本院各班级范围内，选拔宣讲员6名。会议决定开展选拔，选出了6名。", "planned achieved"),
    ("我区要着力打造书屋9个。", "planned"),
    ("1.计划投资90万元。", "planned"),
    ("企畫明年的活動，計畫招募90人。", "planned"),
    ("2023年民生实事项目印发，包括9个项目。\n完成项目9个。", "planned achieved"),
    ("团市委发布服务青年实事：提供床位90张，资助60人。", "planned planned"),
    ("第二件实事是新增床位90张。", "planned"),
    # an adverb before its verb goes on with a plan
    ("今年将修路9公里。大力推进绿化，全年植树90棵。", "planned planned"),
    # what came of it, or how long it took
    ("计划招聘9人，报考人数90人。计划招聘6人，60人报考。", "planned achieved planned achieved"),
    ("今年将在6个县试点，其中3个县被列为重点县，力争服务90人。", "planned achieved planned"),
    ("2014年3月至2015年2月，修渠90公里。", "achieved"),
]


@pytest.mark.parametrize(("text", "statuses"), STATUS)
def test_a_plan_holds_for_its_heading_or_its_figures_and_no_further(text, statuses):
    assert yr.extract_facts(text)["status"].tolist() == statuses.split()


def test_a_year_to_come_holds_for_its_paragraph_until_something_was_done():
    text = "到2030年，入园率达到90%。贫血率降低到5%以下。目前，入园率为82%。培训教师60名。"
    statuses = ["planned", "planned", "achieved", "achieved"]
    assert yr.extract_facts(text, date="2021")["status"].tolist() == statuses
    assert set(yr.extract_facts(text, date="2031")["status"]) == {"achieved"}


def test_one_time_in_a_stretch_is_a_mean_and_one_of_something_an_article():
    facts = yr.extract_facts("每两周组织一次学习。每学期召开一次团员大会。每名团干部讲了一次课。")
    assert facts["token"].tolist() == ["一次", "一次"]
    assert set(facts["kind"]) == {"mean"}


def test_what_is_owed_each_year_is_a_mean_and_so_is_who_comes():
    """As heshan-2023-019 and longhua-2018-044 are coded."""
    facts = yr.extract_facts("每年培训青年不少于800人。每年有大学生近200人次参加。各级团组织至少捐款5万元。")
    assert facts["kind"].tolist() == ["mean", "mean", "level"]
    assert facts["unit"].tolist() == ["人/年", "人次/年", "元"]


def test_duties_of_the_documents_are_found_as_the_coders_have_them():
    coded, texts = yr.load_facts(), yr.load_documents().set_index("source_id")["text"]
    for source_id, duties in coded[coded["indicator"] == "duty_per_person"].groupby("source_id"):
        drafts = yr.extract_facts(texts[source_id]).set_index("start")
        assert drafts.loc[duties["start"], "status"].tolist() == ["planned"] * len(duties)

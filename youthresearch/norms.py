"""Numbers that say what shall be, or who may, and not what is: no measured figures.

Reports and rules share their words. A threshold says from where on a rule holds (满30小时的，授予...), a
limit what may not be exceeded, a duty what each unit owes (每名干部联系不少于10名青年), an entitlement what
each one may get (可享受每月...). A total that is planned is a figure, of status planned, and no matter of
this module.
"""

import re
from functools import cache

from .quantities import _either, lexicon_codes

NORMS = ("threshold", "limit", "duty", "entitlement")
BOUNDS = ("at_least", "at_most", "under", "over")
REACH = 60  # characters before and after a number in which its condition and its consequence are looked for
SELDOM = 4  # times a period: from more on it is what was done, and not what shall be
HOURS = 200  # of one person; what all have served together is more, and no bound
DAY = 24  # hours
COPIES = 5  # of a form or a photograph that is to be handed in
TITLE = 160  # characters of a document in which its title is looked for
HEADING = 40  # characters of a paragraph in which its heading is looked for


def is_rule(paragraph, held):
    """Tell whether a paragraph is of a rule: its heading names conditions or standards, or one before did."""
    marks, head = _marks(), paragraph[:HEADING]
    if marks["condition"].search(head) and marks["conditions"].match(head):
        return True
    return held and not marks["heading"].match(head)


def is_titled_rule(folded):
    """Tell whether a document is a rule, by the line that is its title (管理办法, 评选细则)."""
    return any(_marks()["title"].fullmatch(line) for line in folded[:TITLE].split("\n")[:3])


def goes_on(sentence):
    """Tell whether a sentence goes on with what the one before it said (其中，...)."""
    return bool(_marks()["goes_on"].match(sentence))


def may_hold_norms(folded, start, end, ruled):
    """Tell at a glance whether a sentence has a word of rules."""
    return ruled or bool(_marks()["glance"].search(folded, start, end))


def norm_of(mention, folded, sentence, ruled, before=None):
    """Say what norm a quantity states, or nothing.

    Parameters
    ----------
    mention : dict
        As from `quantities.scan_folded`, of sort quantity or bare.
    folded : str
    sentence : dict
        start and end of its sentence.
    ruled : bool
        Whether the sentence is of a rule or of its conditions.
    before : tuple, optional
        End, norm and unit of the last number of the sentence that was one: what is joined to it by 、 and
        has its unit is the same, and what is granted after a threshold is an entitlement.

    Returns
    -------
    str
        threshold, limit, duty or entitlement; empty for a figure.
    """
    marks, start, end = _marks(), mention["start"], mention["end"]
    lead = folded[max(sentence["start"], start - REACH) : start]
    rest = folded[end : min(sentence["end"], end + REACH)]
    clause = lead[max(map(lead.rfind, ",;:")) + 1 :]
    if marks["full"].search(lead):
        return "threshold"
    if before and before[2] == mention["unit"] and marks["joined"].fullmatch(folded, before[0], start):
        return before[1]
    if marks["done"].search(clause):
        return ""
    if marks["scored"].search(rest) or marks["scored"].search(lead):
        return "threshold"  # 少召开1次扣2分
    if before and before[1] == "threshold" and marks["granted"].search(clause):
        return "entitlement"
    if marks["cycle"].search(lead) or (lead.endswith("以") and marks["base"].match(rest)):
        return "threshold"
    return (
        _threshold(mention, clause, lead, rest)
        or _limit(mention, folded[start:end], clause, lead, rest)
        or _duty(mention, folded[start:end], clause, lead, rest)
        or (_by_rule(mention, clause, rest) if ruled else "")
    )


def _threshold(mention, clause, lead, rest):
    """Find a bound with its consequence: 达到100小时的，授予...; 五分之四以上...方可."""
    marks, bounded = _marks(), mention["hedge"] in BOUNDS
    reached = bounded or marks["attained"].search(clause)
    if reached and (marks["then"].match(rest) or marks["so"].match(rest)):
        return "threshold"
    if bounded and mention["unit"] == "%" and marks["votes"].search(lead + rest[:8]):
        return "threshold"  # 赞成人数超过到会团员的半数
    least = mention["hedge"] in ("at_least", "under")
    if least and mention["unit"] in ("小时", "课时", "学时") and mention["value"] <= HOURS:
        return "threshold"
    if mention["unit"] == "元" and marks["fined"].search(rest):
        return "threshold"
    bounded = bounded or mention["hedge"] == "range"
    if bounded and (marks["forbids"].match(rest) or marks["modal"].search(lead)):
        return "" if marks["total"].search(clause) else "threshold"
    return ""


def _limit(mention, token, clause, lead, rest):
    """Find what may not be exceeded, or not be missed: 不超过300元, 不低于总数的40%, 可给予600元."""
    marks = _marks()
    if marks["entitled"].search(clause):
        return "entitlement"
    if mention["unit"] == "元" and marks["rate"].match(rest) and not marks["mean"].search(clause):
        return "limit"
    if marks["not_over"].search(clause):
        return "limit"
    if marks["by"].search(clause if mention["unit"] == "%" else lead) and (
        mention["unit"] == "%" or marks["reckoned"].match(rest)
    ):
        return "limit"  # 按学生数的1%推荐; 按每天8小时计算
    if mention["hedge"] == "at_most" and marks["at_most"].match(token) and not marks["held"].search(clause):
        return "limit"
    return "limit" if mention["hedge"] == "range" and marks["consists"].match(rest) else ""


def _duty(mention, token, clause, lead, rest):
    """Find what each unit or period owes: 每名代表联系不少于10名, 平均一名...新建两个, 每学期召开两次."""
    marks = _marks()
    if mention["value"] == 1 and clause.endswith("平均") and rest[:1] not in ("", ",", "。", ";", "、", ")"):
        return "duty"  # the unit itself: 平均1名团干部
    if marks["asked"].search(lead) or (marks["owes"].search(lead) and marks["nominated"].match(rest)):
        return "duty"  # 请各学院推荐1名教师
    if mention["unit"] in ("份", "张") and mention["value"] <= COPIES and marks["papers"].search(clause):
        return "duty"
    per = marks["per"].search(lead)
    if mention["hedge"] == "at_least" and marks["made_up"].search(lead):
        return "duty"  # 设主席1人，副主席不少于3人
    if not per or marks["done"].search(lead, per.start()) or marks["all"].search(clause):
        return ""
    bound = mention["hedge"] in ("at_least", "at_most") and token[0] in "不至最"  # and not 2000名以上
    if bound or marks["owes"].search(lead):
        return "duty"
    if per[0][0] == "平" and marks["owes"].search(rest):
        return "duty"
    if per[0][0] == "每" and marks["sets"].search(lead, per.end()) and not marks["period"].search(lead):
        return "duty"
    if mention["unit"] == "小时" and mention["value"] <= DAY and marks["period"].search(clause):
        return "duty"  # 每天锻炼1小时
    often = marks["period"].search(clause) and marks["times"].fullmatch(mention["unit"])
    return "duty" if often and mention["value"] <= SELDOM else ""


def _by_rule(mention, clause, rest):
    """Find a bound, a share or a sum of money in a rule; a number of persons may be a quota, so planned."""
    bounded = mention["hedge"] in BOUNDS or _marks()["reached"].search(clause)
    seated = _marks()["seat"].search(clause) or _marks()["consists"].match(rest)
    if mention["unit"] in ("名", "人") and seated:
        return "duty"  # 设会长一名; 由5人组成
    return "threshold" if bounded or mention["unit"] in ("%", "元", "倍", "小时") else ""


@cache
def _marks():
    def words(role):
        return "|".join(map(re.escape, sorted(lexicon_codes(role), key=len, reverse=True)))

    def either(role):
        return f"(?:{_either(set(lexicon_codes(role)))})"

    modal, per = either("modal"), either("per")
    grants = rf"(?:{words('grants')})"
    number = r"[\d一二三四五六七八九十]{1,3}"
    order = rf"^ {{0,4}}(?:[(]?{number}[)]|{number}[、.])? {{0,2}}"
    return {
        # each begins with a letter, no group or class, so that the search runs over all others at once
        "glance": re.compile(
            r"满|每\d|罚|扣\d|加\d|得\d|赞成|同意|表决|到会|得票|元/|请|上交|推荐|作为|一式|照片|表|简介|按|至少"
            r"|不得|不超|不高|不低|不多|不少|平均[1一]|者,|的,|以上,|之上,|可[以再一按享获给发申领报兑加减奖补选增]"
            r"|小时|课时|学时|方可|组成|以\d|首个|第[一二三四五六七八九十]个"
            rf"|{words('modal')}|{words('per')}"
        ),
        "title": re.compile(
            rf"(?! *[(]?{number}[、.)]| *(?:健全|完善|落实|严格|建立|强化|规范|坚持|制定))"
            rf"[^,。;:]{{2,60}}(?:{words('rule')})(?:\([^()]{{2,12}}\))? *"
        ),
        "condition": re.compile("条件|资格|要求|标准|办法|细则|范围"),  # a quick look
        "conditions": re.compile(
            rf"{order}(?:[\u4e00-\u9fff“”]{{0,10}}(?:{words('conditions')})[:]?(?=\n|$| |\d|[(])"
            rf"|(?:{words('conditions')}):)"
        ),
        "heading": re.compile(
            r"^ {0,4}(?:[一二三四五六七八九十]{1,3}、|[(][一二三四五六七八九十]{1,3}[)](?! ?“))"
        ),
        "goes_on": re.compile("其中|其他|并且|而且|且|同时"),
        "full": re.compile(r"(?<![已期坐挤装住爆充圆])满(?:[\d.、]{1,40})?$"),
        "joined": re.compile(r"[^,。;:、\d]{0,14}(?:、|和|及|,?或者?)[\u4e00-\u9fff]{0,8}"),
        "done": re.compile(
            r"已|目前|截至|截止|现有|累计(?!达到?|满|不|超|志愿|服务)|共(?![同青享])|了|实际(?:完成|到位|建成|达)|仅"
        ),
        "attained": re.compile(r"(?:达到?|累计|超过)$"),
        "reached": re.compile(r"(?:达到?|为|在|累计|超过)$"),
        "then": re.compile(
            rf"[^。;]{{0,{REACH - 20}}}?(?:的|者|及以上)[^,。;]{{0,6}}"
            rf"(?:,(?:由|均|分别|一律)?{grants}|均?可(?!以?[见持])|不得|须|方)"
        ),
        "so": re.compile(r"[^,。;]{0,30},(?:分别|即)?(?:授予|认定为|可(?:享受|获|申|领|评|认定))"),
        "scored": re.compile(r"扣 ?\d|[加得] ?\d(?:[-—~]\d{1,2})? ?分(?![\u4e00-\u9fff])"),
        "fined": re.compile("罚款|罚金"),
        "votes": re.compile("赞成|同意|表决|到会|得票"),
        "forbids": re.compile(
            rf"[^。;]{{0,{REACH - 20}}}?(?:不[得能予可]|不参评|[方才][可能]|取消|注销|免予|视为)"
        ),
        "modal": re.compile(modal),
        "all": re.compile(r"全[国省市县区镇乡校团]|合计"),
        "total": re.compile(r"全[国省市县区镇乡校团]|总[数量]|力争|新建|建成"),
        "entitled": re.compile(
            r"可[以再]?(?:一次性|按月|分别)?(?:享受|获得?|给予|发放|申请|申报|领取|报销|报名|兑换|加|减|奖励|补助|选报)[^,。;]{0,18}$"
            r"|(?:总分|初试|笔试)[^,。;]{0,4}加$"
        ),
        "rate": re.compile(r" ?/ ?(?:人|天|日|月|年|次|户|小时|课时|学期|场|生|名)"),
        "mean": re.compile("均"),
        "not_over": re.compile(
            r"不(?:得|应|能|可|宜)?(?:超过|超出|高于|多于|大于|低于|少于|小于)[^,。;、\d]{1,20}$|不(?:得|应|能|可|宜)$"
        ),
        "by": re.compile(r"按照?(?!计划|要求|规定)[^。;]{0,40}$"),
        "reckoned": re.compile(
            "(?:的?标准|的?比例)?[来予]?以?(?:计算|折算|核算|测算|推荐|选派|评选|提取|核定|缴纳|发放|补助)"
        ),
        "at_most": re.compile("不"),
        "held": re.compile(r"控制|压|降|减|缩|稳定|保持"),
        "granted": re.compile(r"(?:获得?|推荐|增加|给予|奖励|发放|享受|领取|加|扣|记)[^,。;]{0,18}$"),
        "cycle": re.compile(r"(?:首个|第[一二三四五六七八九十]个|\(即)$"),
        "base": re.compile("为(?:一?个?(?:循环|周期|单位|基数|档)|限|界|标准)"),
        "asked": re.compile(
            r"(?:(?:(?<![申邀聘])请|(?<![主重首只])要|应(?![届用急对聘征])|须|可增?)[^。;\d]{0,20}"
            r"(?:推荐|推报|增推|选派|申报|报送|提交|填写|上报)|上交)[^,。;\d]{0,14}$"
        ),
        "nominated": re.compile("作为[^。;]{0,30}(?:候选|人选)"),
        "papers": re.compile(
            r"一式$|(?:照片|登记表|申报表|推荐表|汇总表|审批表|简介|复印件|扫描件)[^,。;\d]{0,4}$"
        ),
        "sets": re.compile(
            r"(?:设立?|配备?|建立?|联系|结对|帮扶|负责|选派|推荐|推报|选送|报送|申报|限报|完成|走访|具备|掌握)"
            r"(?![^,。;]{0,12}[都均达了])[^,。;]{0,12}(?:,[^。;]{0,30})?$"
        ),
        "seat": re.compile(r"设[^,。;\d]{1,10}$|(?:长|席|书记)$"),
        "made_up": re.compile(r"设[^,。;\d]{1,8}\d{1,2}[名人个],[^。;]{0,30}$"),
        "consists": re.compile(r"[^,。;]{0,8}组成"),
        "per": re.compile(per + r"|平均(?:1|一)(?=[名个位])|每\d{1,2}(?:个月|年|周|天)"),
        "owes": re.compile(modal + r"|要(?![素求点闻])|负责|确保|做到|目标|要求"),
        "period": re.compile(
            r"每(?:\d{1,2}个月|\d{1,2}年|年|月|周|天|日|季度?|学期|学年|半年|两年|个月|个季度)[^,。;]{0,20}$"
        ),
        "times": re.compile("次|场|期|节|课|课时|篇|堂|个课时"),
    }

"""Numbers of rules: from where on something holds, or what may not be passed. They measure nothing.

Work reports quote rules. A threshold has its consequence in the sentence (满30小时的，授予...), a limit
says what may be given, or to how many (不得超过20%, 40元/人). What each unit owes (每名干部联系不少于
10名青年) is a plan, so a figure of status planned, and no matter of this module.
"""

import re
from functools import cache

from .quantities import lexicon_codes

NORMS = ("threshold", "limit")
BOUNDS = ("at_least", "at_most", "under", "over")
REACH = 60  # characters before and after a number in which its condition and its consequence are looked for
TITLE = 160  # characters of a document in which its title is looked for
HEADING = 40  # characters of a paragraph in which its heading is looked for


def is_rule(paragraph, held):
    """Tell whether a paragraph is of a rule: its heading names conditions or standards, or one before did."""
    marks, head = _marks(), paragraph[:HEADING]
    if marks["condition"].search(head) and marks["conditions"].match(head):
        return True
    return held and not marks["heading"].match(head)


def is_titled_rule(folded):
    """Tell whether a document is a rule, by its title (管理办法, 评选细则): a line, or what begins one."""
    lines = folded[:TITLE].split("\n")[:3]
    return any(
        _marks()["title"].fullmatch(title) for line in lines for title in (line, line.partition(" ")[0])
    )


def may_hold_norms(folded, start, end, ruled):
    """Tell at a glance whether a sentence has a word of rules."""
    return ruled or bool(_marks()["glance"].search(folded, start, end))


def norm_of(mention, folded, sentence, ruled, before=None):
    """Say what norm a quantity states, or nothing.

    Parameters
    ----------
    mention : dict
        As from `quantities.scan_folded`, of sort quantity or bare, or a rank, which is never a norm.
    folded : str
    sentence : dict
        start and end of its sentence.
    ruled : bool
        Whether the sentence is of a rule or of its conditions.
    before : tuple, optional
        End, norm and unit of the last quantity of the paragraph, if it was one: what is joined to it by 、
        and has its unit is the same, as is a bounded share; what is granted after a threshold is a limit.

    Returns
    -------
    str
        threshold or limit; empty for a figure.
    """
    if mention["sort"] == "rank":
        return ""
    marks, start, end, unit = _marks(), mention["start"], mention["end"], mention["unit"]
    lead = folded[max(sentence["start"], start - REACH) : start]
    rest = folded[end : min(sentence["end"], end + REACH)]
    clause = lead[max(map(lead.rfind, ",;:")) + 1 :]
    if marks["full"].search(lead):
        return "threshold"
    at, norm, counted = before or (start, "", "")
    if counted in (unit, "") and marks["joined"].fullmatch(folded, at, start):
        return norm
    if marks["done"].search(clause):
        return ""
    if norm == "threshold" and at > sentence["start"] and marks["granted"].search(clause):
        return "limit"
    if folded.startswith(("不小于", "不大于"), start):  # nobody measures so
        return "threshold"
    bounded = mention["hedge"] in BOUNDS
    if bounded and unit == "%" and norm:
        return norm
    if _is_threshold(mention, bounded, clause, lead, rest):
        return "threshold"
    if _is_limit(mention, clause, rest) or marks["tellers"].search(lead):
        return "limit"
    return _of_rule(mention, bounded, clause, lead) if ruled else ""


def _of_rule(mention, bounded, clause, lead):
    """Say what a number in a rule states: a seat (设主席1名), or a bound, unless somebody owes it."""
    marks, measured = _marks(), mention["unit"] in ("%", "元", "倍", "小时")
    if marks["set"].search(clause):
        return "limit"
    if not measured and marks["owing"].search(lead) and not marks["size"].search(clause):
        return ""
    # a number of persons may be a quota, so planned
    return "threshold" if bounded or measured or marks["reached"].search(clause) else ""


def _is_threshold(mention, bounded, clause, lead, rest):
    """Find a bound with its consequence: 达到100小时的，授予...; 五分之四以上...方可; 少召开1次扣2分."""
    marks = _marks()
    if (bounded or marks["attained"].search(clause)) and marks["then"].match(rest):
        return True
    sized = mention["hedge"] in ("at_least", "over") and marks["sized"].search(clause)
    if (
        sized
        or marks["away"].search(clause)
        or (marks["beyond"].search(clause) and marks["then"].match(rest))
    ):
        return True
    if mention["unit"] == "小时" and marks["grade"].search(lead + rest) and marks["asked"].search(clause):
        return True  # 二星级志愿者要求服务时长为300-600小时
    quorum = mention["unit"] == "%" and mention["resolution"] != mention["resolution"]  # 半数
    if (bounded or quorum) and mention["unit"] == "%" and marks["votes"].search(lead + rest[:8]):
        # 赞成率超过90% is of a vote that was
        return (bounded and quorum) or bool(marks["needed"].search(lead + rest))
    return bool(marks["scored"].search(rest) or marks["scored"].search(lead) or marks["fined"].match(rest))


def _is_limit(mention, clause, rest):
    """Find what may be given or not be passed: 不得超过40%, 可给予600元, 40元/人, 由5至12名组成."""
    marks, unit = _marks(), mention["unit"]
    if any(marks[word].search(clause) for word in ("forbidden", "granting", "most")):
        return True
    if mention["hedge"] in ("at_most", "range") and marks["as_a_rule"].search(clause):
        return unit == "元" or not marks["per"].search(clause)  # 每人联系1至2个 is owed
    if mention["hedge"] == "at_most" and marks["chosen"].search(clause):
        return True
    if marks["equals"].match(rest) if mention["value"] == 1 else marks["reckoned"].match(rest):
        return True
    if unit == "元" and marks["rate"].match(rest):
        return "均" not in clause  # 人均24元/月 is measured
    if unit in ("%", "元") and marks["by"].search(clause):
        set_so = marks["by_rate" if unit == "%" else "by_standard"].match(rest)
        return bool(set_so and (unit == "%" or mention["hedge"] in BOUNDS))
    return mention["hedge"] == "range" and bool(marks["consists"].match(rest))


@cache
def _marks():
    def words(role):
        return "|".join(map(re.escape, sorted(lexicon_codes(role), key=len, reverse=True)))

    number = r"[\d一二三四五六七八九十]{1,3}"
    order = rf"^ {{0,4}}(?:[(]?{number}[)]|{number}[、.])? {{0,2}}"
    return {
        # each begins with a letter, no group or class, so that the search runs over all others at once
        "glance": re.compile(
            r"满|罚|扣\d|得\d|加\d|赞成|同意|表决|到会|得票|元/|按|不[得超少低小高多大]|须|者,|的,|以上,|之上,|方可|才能"
            r"|取消|注销|可享|可获|可给|可一|可报|可申|可领|组成|一般|原则上|最多|最高|最长|应[在该为]|分别|等于|折算|计算|星级|星志|票人|始得"
        ),
        "title": re.compile(
            rf"(?! *[(]?{number}[、.)]| *(?:健全|完善|落实|严格|建立|强化|规范|坚持|制定)"
            # 我市出台...办法 is news
            r"|[^\n]*?(?:出台|印发|发布|推出|推行|探索|解读|实行|落实|贯彻|推进|宣传))"
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
        "full": re.compile(r"(?<![已期坐挤装住爆充圆])满(?:[\d.、]{1,40})?$"),
        "joined": re.compile(
            r"(?:、[\d.]{1,7}){0,9}[^,。;:、\d]{0,14}(?:、|和|及|,?或者?)[\u4e00-\u9fff]{0,8}"
        ),
        "done": re.compile(
            r"已|目前|截至|截止|现有|累计(?!达到?|满|不|超|志愿|服务)|共(?![同青享])|了|实际(?:完成|到位|建成|达)|仅"
        ),
        "attained": re.compile(r"(?:达到?|累计|超过)$"),
        "reached": re.compile(r"(?:达到?|为|在|累计|超过)$"),
        "then": re.compile(
            rf"[^。;]{{0,40}}?(?:的|者|及以上)[^,。;]{{0,6}},(?:由|均|分别|一律)?(?:{words('grants')})"
            r"|[^,。;]{0,20}(?:的|者)[^,。;\d]{0,14}(?:,[^,。;\d]{1,8})?,?"
            r"(?:均?可(?!以?[见持])|不得(?!不)|须|不[能予]|不参评|取消|注销|免予|视为)"
            r"|[^,。;]{0,20}(?:,|(?<!展示))(?:[方才][可能]|始得)|,(?:分别|即)?可(?:享受|获|申|领|评|认定)"
            r"|(?:、[\d.]{1,6}){0,8}[\u4e00-\u9fff]{0,3},分别(?:再次)?(?:授予|认定|评为|评定|给予|奖励)"
        ),
        # 不少于应选人数的20%; 一般应在6人以上
        "away": re.compile(
            r"(?:不(?:得|应|能)?(?:少于|低于|小于)|(?:必须|须|应当?)(?:超过|达到|占))[^,。;、\d]{1,20}的 ?$"
        ),
        "sized": re.compile(r"(?:应该?|应当|一般|原则上)(?:应该?|应当)?(?:在|为|是|达到)?$"),
        "scored": re.compile(r"扣 ?\d|[加得] ?\d(?:[-—~]\d{1,2})? ?分(?![\u4e00-\u9fff])"),
        "fined": re.compile("[^,。;]{0,14}(?:罚款|罚金)"),
        "votes": re.compile("赞成|同意|表决|到会|得票"),
        "needed": re.compile("必须|须|应当|方可|方能|才能|才可|始得|有效(?!投?票)|当选|的,"),
        "beyond": re.compile(r"(?:超过|达到?|过)[^,。;、\d]{1,20}的 ?$"),
        "grade": re.compile("[一二三四五]星"),
        "asked": re.compile(r"(?:要求|应|需|达到?|满|超过)[^,。;\d]{0,12}$|(?:为|在)$"),
        "granted": re.compile(r"(?:获得?|推荐|增加|给予|奖励|发放|享受|领取|加|扣|记)[^,。;]{0,18}$"),
        "granting": re.compile(
            r"(?<![许认])可[以再]?(?:一次性|按月|分别)?(?:享受|获得?|给予|发放|申请|申报|领取|报销|兑换|补助)[^,。;]{0,18}$"
        ),
        "forbidden": re.compile(r"(?<![舍了])不得(?![不已])[^,。;、\d]{0,24}$"),
        "as_a_rule": re.compile(
            r"(?:一般|原则上|最多|最高可?|每人|人均|金额|应(?![届急])(?<![响供适相反对]应))"
            r"[^,。;、\d]{0,14}$"
        ),
        "most": re.compile(
            r"(?:最长|最多)(?:为|是|可达?|不得?超过)$|最高(?:可|不得?超过)$"
            r"|不(?:得|应|能)?(?:超过|高于|多于|大于)[^,。;、\d]{1,20}的 ?$"  # 不超过团员总数的5%
        ),
        "tellers": re.compile(r"设[^。;]{0,24}(?:总?[监计唱]票人|总监票)$"),
        "chosen": re.compile(
            r"(?:评选|表彰|推荐|推报|推选|选树|申报|奖励|名额|比例|额度|标准|单价|限额|字数|篇幅|人数)[^,。;、\d]{0,10}$"
        ),
        "set": re.compile(
            r"(?<!增)(?<!建)设(?!立|有|计|施)[^,。;\d]{0,12}$|由[^,。;\d]{0,2}$"
        ),  # 设主席1名, 由9人组成
        "size": re.compile("(?:人数|数量|规模|名额|字数)(?:为|在|应|控制)*$"),
        "owing": re.compile(r"(?:每[名位个人年月周季]|各)[^。;]{2,40}$"),  # 每名干部联系3个以上的支部
        "equals": re.compile(r" ?(?:等同?于|折算成?为?|可?兑换|可?抵|计|换算成?为?) ?\d"),  # 1小时等于2积分
        "reckoned": re.compile(r"来?计算|为(?:一个?)?(?:循环|周期|单位|标准|限|起点|基数)"),
        "per": re.compile(r"每人|人均"),
        "rate": re.compile(r" ?/ ?(?:人|天|日|月|年|次|户|小时|课时|学期|场|生|名)"),
        "by": re.compile(r"按照?(?!计划|要求|规定)[^。;]{0,40}$"),
        "by_rate": re.compile("以[上内下]的|的?(?:比例|标准|幅度|差额)|推|评|选|提|划|拨|缴|上交|返还|留"),
        "by_standard": re.compile("的?标准"),
        "consists": re.compile(r"[^,。;]{0,8}组成"),
    }

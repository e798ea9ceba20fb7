"""Numbers that say what shall be, or who may, and not what is: no measured figures.

Reports and rules share their words. A threshold says from where on a rule holds (满30小时的，授予...), a limit
what may not be exceeded, a duty what each unit owes (每名干部联系不少于10名青年), an entitlement what
each one may get (可享受每月...). A total that is planned is a figure, of status planned, and no matter of this
module.
"""

from functools import cache

from .quantities import lexicon_codes

BOUNDS = ("at_least", "at_most", "under", "over")
REACH = 60  # characters before and after a number in which its condition and its consequence are looked for
SELDOM = 4  # times a period: from more on it is what was done, and not what shall be
HEADING = 40  # characters of a paragraph in which its heading is looked for


def is_rule(paragraph, held):
    """Tell whether a paragraph is of a rule: its heading names conditions or standards, or one before did."""
    head = paragraph[:HEADING]
    if _marks()["conditions"].match(head):
        return True
    return held and not _marks()["heading"].match(head)


def is_titled_rule(folded):
    """Tell whether a document is a rule, by the line that is its title (管理办法, 评选细则)."""
    return bool(_marks()["title"].search(folded[:160]))


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
        End and norm of the number before, if it was one: what is joined to it by 、 is the same.

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
    if before and marks["joined"].fullmatch(folded, before[0], start):
        return before[1]
    if marks["done"].search(clause):
        return ""
    return (
        _threshold(mention, clause, lead, rest)
        or _limit(mention, folded[start:end], clause, rest)
        or _duty(mention, clause, lead, rest)
        or (_by_rule(mention, clause) if ruled else "")
    )


def _threshold(mention, clause, lead, rest):
    """A bound with its consequence: 达到100小时的，授予...; 五分之四以上...方可."""
    marks, bounded = _marks(), mention["hedge"] in BOUNDS
    reached = bounded or marks["reached"].search(clause)
    if reached and (marks["then"].match(rest) or marks["so"].match(rest)):
        return "threshold"
    if bounded and (marks["forbids"].match(rest) or marks["modal"].search(lead)):
        return "" if marks["total"].search(clause) else "threshold"
    return ""


def _limit(mention, token, clause, rest):
    """What may not be exceeded, or not be missed: 不超过300元, 不低于总数的40%, 可给予600元."""
    marks = _marks()
    if marks["entitled"].search(clause):
        return "entitlement"
    if mention["unit"] == "元" and marks["rate"].match(rest) and not marks["mean"].search(clause):
        return "limit"
    if marks["not_over"].search(clause):
        return "limit"
    if mention["hedge"] == "at_most" and marks["at_most"].match(token) and not marks["held"].search(clause):
        return "limit"
    return "limit" if mention["hedge"] == "range" and marks["consists"].match(rest) else ""


def _duty(mention, clause, lead, rest):
    """What each unit or each period owes: 每名代表联系不少于10名, 平均一名...新建两个, 每学期召开两次."""
    marks = _marks()
    if mention["value"] == 1 and clause.endswith("平均") and rest[:1] not in ("", ",", "。", ";", "、", ")"):
        return "duty"  # the unit itself: 平均1名团干部
    per = marks["per"].search(lead)
    if not per or marks["done"].search(lead, per.start()):
        return ""
    if mention["hedge"] in ("at_least", "at_most") or marks["owes"].search(lead):
        return "duty"
    often = marks["period"].search(clause) and marks["times"].fullmatch(mention["unit"])
    return "duty" if often and mention["value"] <= SELDOM else ""


def _by_rule(mention, clause):
    """A bound, a share or a sum of money in a rule; a number of persons or things may be a quota, so planned."""
    bounded = mention["hedge"] in BOUNDS or _marks()["reached"].search(clause)
    return "threshold" if bounded or mention["unit"] in ("%", "元", "倍", "小时") else ""


@cache
def _marks():
    import regex

    def words(role):
        return "|".join(map(regex.escape, sorted(lexicon_codes(role), key=len, reverse=True)))

    modal = rf"(?:{words('modal')})"
    per = rf"(?:{words('per')})"
    grants = rf"(?:{words('grants')})"
    number = r"[\d一二三四五六七八九十]{1,3}"
    order = rf"^ {{0,4}}(?:[(]?{number}[)]|{number}[、.])? {{0,2}}"
    return {
        "glance": regex.compile(rf"满|元/|不得|不超过|不高于|不多于|平均[1一]|者,|的,|{modal}|{per}|可|组成"),
        "title": regex.compile(rf"(?:{words('rule')})(?:\([^()\n]{{2,12}}\))? *(?:\n|$)"),
        "conditions": regex.compile(
            rf"{order}(?:[\u4e00-\u9fff“”]{{0,10}}(?:{words('conditions')})[:]?(?=\n|$| |\d|[(])"
            rf"|(?:{words('conditions')}):)"
        ),
        "heading": regex.compile(
            r"^ {0,4}(?:[一二三四五六七八九十]{1,3}、|[(][一二三四五六七八九十]{1,3}[)](?! ?“))"
        ),
        "goes_on": regex.compile("其中|其他|并且|而且|且|同时"),
        "full": regex.compile(r"(?<![坐挤装住爆充圆])满(?:[\d.、]{1,40})?$"),
        "joined": regex.compile(r"[^,。;:、\d]{0,14}(?:、|和|及|,?或者?)[\u4e00-\u9fff]{0,8}"),
        "done": regex.compile(
            r"已|目前|截至|截止|现有|累计(?!达到?|满|不|超|志愿|服务)|共(?![同青享])|了|实际|仅"
        ),
        "reached": regex.compile(r"(?:达到?|为|在|累计|超过)$"),
        "then": regex.compile(rf"[^。;]{{0,{REACH - 20}}}?(?:的|者|及以上)[^,。;]{{0,6}},(?:由|均|分别|一律)?{grants}"),
        "so": regex.compile(rf"[^,。;]{{0,14}},(?:分别|即)?(?:授予|认定为|可(?:享受|获|申|领|评|认定))"),
        "forbids": regex.compile(
            rf"[^。;]{{0,{REACH - 20}}}?(?:不得|不能|不予|不可|方可|方能|才能|才可|取消|注销|免予|视为|不参评)"
        ),
        "modal": regex.compile(modal),
        "total": regex.compile(r"全[国省市县区镇乡校团]|总[数量]|力争|新建|建成"),
        "entitled": regex.compile(
            r"可以?(?:一次性|按月|分别)?(?:享受|获得?|给予|发放|申请|申报|领取|报销|报名|兑换|加|减|奖励|补助|选报)[^,。;]{0,18}$"
            r"|(?:总分|初试|笔试)[^,。;]{0,4}加$"
        ),
        "rate": regex.compile(r" ?/ ?(?:人|天|日|月|年|次|户|小时|课时|学期|场|生|名)"),
        "mean": regex.compile("均"),
        "not_over": regex.compile(
            r"不(?:得|应|能|可|宜)?(?:超过|超出|高于|多于|大于|低于|少于|小于)[^,。;]{1,20}$|不(?:得|应|能|可|宜)$"
        ),
        "at_most": regex.compile("不"),
        "held": regex.compile(r"控制|压|降|减|缩|稳定|保持"),
        "consists": regex.compile(r"组成"),
        "per": regex.compile(per + r"|平均(?:1|一)(?=[名个位])"),
        "owes": regex.compile(modal + r"|要(?![素求点闻])|负责|确保|做到|目标|要求"),
        "period": regex.compile(r"每(?:年|月|周|天|日|季度?|学期|学年|半年|两年|个月|个季度)[^,。;]{0,20}$"),
        "times": regex.compile("次|场|期|节|课|课时|篇|堂|个课时"),
    }

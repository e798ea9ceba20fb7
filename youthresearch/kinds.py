"""Whether a figure is a level, a change, a growth rate, a share or a mean, and whether each unit owes it.

The first rule that holds tells, so that a new one stands before those that are less sure:

- kind (`_own_kind`): a rank; what is more or less than another (`_THAN`); a verb of change before the
  number (`moved`), to a level or by so much; parts of a hundred: growth, else share; a mean; a verb; else a
  level (`_without_verb`). What it shares with the figure before is added to that (`_with_the_last`,
  `_is_listed_with`).
- duties (`_is_owed`): by a period, a word of duty, or since a rule says each.
"""

import re
from functools import cache

from .clauses import ALONG, doing, plain_verbs
from .quantities import POINTS
from .rates import PERIODS, Each, each_of, each_of_all
from .words import lexicon_pattern, lexicon_words, roles, units_of

_RATIO = re.compile(r"(?:团青比|比例|占比|比重)[^,。;]{0,12}$")
_SHARE = re.compile(r"(?:占比|占)(?:达|为)? ?$")
_VITAL = re.compile(r"(?:(?:出生|死亡|发病)率|自然增长率?)[^,。;\d]{0,6}$")  # of a thousand heads
_HELD = re.compile(r"(?:占|占比|率|比例|比重)[^,。;]{0,10}$")
_FAR = re.compile(  # 增配副书记9名, 减少大班额400个, 增加村集体收入3万元, 带动农户增收3万元
    r"(?P<verb>增配|增核|净增|追加|核增|精简|核减|裁减|减少|压减|缩减|削减)(?=[^到至为,。;、]{2,10}$)"
    r"|增(?<!新增)(?:加(?=[^到至为,。;、]{2,12}$)|[收产支]$)|(?P<less>减[产税负排收支])$"
)
_MORE = re.compile(r"[比较](?:[^,。;:\d]{1,8}|\d{4}年[^,。;:\d]{0,3})新增$")
_GAINED = re.compile(  # 增产5%, 提高产能20%, 人均增收300元; but 提高覆盖率8%
    r"(?:增(?<!新增)[收产支效]|成长|(?P<less>减[产税负排收支])"
    r"|(?:提高|提升|增加|扩大|(?P<cut>降低|减少|压缩|节约))(?![率幅额量到至了])[\u4e00-\u9fff]{2}"
    r"(?<![比幅度重例速达为到至占])(?:(?<!率)|(?<=[效功]率)))$"
)
_LIKE = re.compile("[比较于超先后]")  # a quick look for the next one
_THAN = re.compile(  # 比上年多发展20名, 较全国均值低3件, 低于全省平均水平3件
    r"(?:(?:(?<![占对评同环])比(?![例赛重较])|较(?![大高好强多快少低慢为长短深严优易难真量]))[^,。;:]{1,16}?"
    r"|相比,?|[同环]比)"
    r"(?:(?P<more>(?<![很许至众不])多|高|快)|(?<![不至减])少|低|慢)"
    r"(?:了|出|(?<=[多少])(?![数年])[\u4e00-\u9fff]{1,6})?$"
    r"|(?:(?P<over>[高多快优]于|超[过出]?|领先)|[低少慢]于|落后于?)[^,。;:、\d]{0,12}"
    r"(?:全[国省市区县]|平均|均值|水平|预期|计划|预算|任务|目标|指标|同期|[上去]年)数?$"
)
_PASSED = re.compile(  # before a number that is so much over what was
    r"(?:较|(?<![占对评同环])比)(?:去年|上年|上月|上季度?|同期|\d{4}年|全[国省市区县]|平均)[^,。;:、\d]{0,8}$"
)
_SPEED = re.compile(  # 增速保持在9%, 同比-2.5%
    r"(?:增长?速度?|(?<!自然)增长率|上升率|[增涨]幅|(?:提高|提升|上浮|上涨|增长|增加)幅度|(?P<down>[降跌]幅|下降率|(?:下降|降低|下调)幅度))[^,。;:、\d的]{0,10}$|[同环]比\+?$"
    r"|[增涨]幅[均都]?[高低大小]于[^,。;:、()]{2,12}[(](?:分别|各)?为?$"
)
_GROWING = re.compile(  # 保持年均8%的增长, 以7%的速度增长
    r"(?:的(?:年均|平均|年|[高快]速|较快|速度)?)?(?:递?增[长速幅]?|(?<=速度)发展|(?P<down>递减|下降|降[幅低]))"
    r"(?:率|速度|幅度|态势|水平)?(?=[,。;、)\n]|$)"
)
_GROWS = frozenset("的增递下降")  # what that begins with
_BETTERED = ("提升", "提高")
_WHOLE_THINGS = ("家", "个", "所", "座", "处", "条", "项", "户", "支", "台", "间", "栋")
_STEPS = ("位次", "名次", "等级", "档次", "层次", "百分", "台阶")
_THEN = ("便", "就", "则", "多", "少")
_EACH = re.compile("^[^每,]*各[\u4e00-\u9fff]{1,3}$")
_GIVEN = re.compile(  # 为4名学生各发放助学金2000元
    r"各(?:发放|提供|给予|颁发|捐赠|捐助|赠送|资助|奖励|补[助贴])了?[^,。;:、\d]{2,14}$"
)
_ALL = ("均", "均为", "均是", "均达", "均达到", "均在", "均有")  # 面积均超过90平方米
_HEADED = re.compile(
    "(?:^|[,;])[^,;:]*每[^,;:]*(?:标准|津贴|补[贴助]|工资)[^,;:]{0,6}:"
)  # 每月津贴分别为:一类65元
_OF_THESE = ("的有", "的共有", "的达", "的达到", "的占")
_SUCH = re.compile("\\d[万亿]?元(?:以[上下内])?的")  # a sum that only says which are counted
_AMONG = re.compile("[\u4e00-\u9fff]{1,8}[中里]")
_REWARD = re.compile(r"每[^,]{1,12}[1一][^,]{1,14},[^,\d]{0,8}(?:给予|奖励|补[贴助])")
_PAID = re.compile(  # 标准为每年9600元, 每月补贴200元, 每月给志愿者生活补贴2000元
    r"每[人户名]?个?(?:学?年|月|学期|季度?|周|天|日)(?:[^,。;\d]{0,10}(?:补[贴助]|津贴|工资|领取))?$"
    r"|每(?:月|学?年|季度|学期)[交缴]纳?[^,。;\d]{0,3}$"
)
_RATED = re.compile(  # 月保障标准从100元, 年度会费一般为2元; but 当年, 5月补贴
    r"(?<![\d一二三四五六七八九十个本上下每同当今去前后全半近学青少老中])(?:(年)度?|(月))[^,。;:\d]{0,6}(?<![\d年月])"
    r"(?:标准|津贴|会费|团费|(?<=月)(?:补[贴助]|工资))[^,。;:\d]{0,6}$"
)
_YEARS = re.compile(r"\d{4}年(?:年?[底末])?的?")
_AND = re.compile(r"[、和及与](?:(?![占率达到为共计有新]|比[例重])[^,。;:、\d]){0,12}")


def kind_of(mention, said, context):
    """Return kind, sign, and how many characters of a verb of change stand directly before the quantity.

    What each unit owes or has is a mean; ``context["per"]`` is the unit under the line of its rate, if any.
    """
    clause, whole = said.clause, _with_its_condition(said)
    if clause.endswith(_OF_THESE):  # 人均超过9件的有3个
        clause = whole = clause[clause.rindex("的") :]
    elif "元" in clause and (such := _SUCH.search(clause)):  # 人均收入低于3000元的贫困户12户
        clause = whole = clause[such.end() - 1 :]
    elif clause.endswith("在") and _AMONG.match(said.rest):
        clause = whole = "在"  # 人均寿命在90个国家中居第9
    each = _each_of(mention, said, whole, context)
    kind, sign, attached = _own_kind(mention, clause, whole, each, said.rest)
    if mention["unit"] in POINTS and not attached and _AND.fullmatch(said.lead):
        sign = (context.get("moved") or (kind, sign))[1]  # 分别回落3个和2个百分点
    kind, sign = _with_the_last(kind, sign, mention["unit"] in units_of("part"), said.lead, context)
    owed = _is_owed(mention, said, each, context)
    listed = _is_listed_with(context, mention, said)
    still = context.get("owed") and (listed or mention["hedge"] == "at_least")
    if kind == "level" and (listed or owed or (still and context["per"])):
        kind = "mean"
    least = _is_bounded(mention) or (
        listed and context["least"] and mention["hedge"] == "exact" and mention["value"]
    )
    if least:
        mention["hedge"] = "at_least"  # 每人联系不少于1个支部、2个班级
    owed = still or (owed and "了" not in clause)
    per = _per(mention, kind, said, each, owed, listed or still, context)
    if kind == "mean" and not per and _EACH.search(clause) and context.get("counted_in") in units_of("whole"):
        per = context["counted_in"]  # 向99个团委各赠送1辆
    context["counted_in"] = mention["unit"]
    context |= {"mean": mention if kind == "mean" else None, "owed": owed, "per": per, "least": least}
    context["seats"] = kind == "mean" and (_SEATED.search(clause) or (listed and context["seats"]))
    return kind, sign, attached


def _each_of(mention, said, whole, context):
    """Find what a figure is stated for each of; sums take it from what heads their list, too."""
    each = _within(mention, said, each_of(whole, said.rest), context)
    if mention["unit"] != "元":
        return each
    if ":" in said.lead and (headed := _HEADED.search(said.lead)):
        context["headed"] = each_of(headed[0], "")
    timed = not each and ("月" in said.clause or "年" in said.clause)
    rated = timed and _RATED.search(said.clause)
    return Each(rated[1] or rated[2], False) if rated else each or context.get("headed")


def _within(mention, said, each, context):
    """Take a period for what each figure is of (每年培训500名, 每天300人上岗); it holds on for the next ones.

    So the 张 of 发放2万张 after them are of each year too.
    """
    if each is None:
        within = context.get("within")
        context["within"] = within if within and _marks()["goes_on"].fullmatch(said.lead) else None
        return context["within"]
    timed = (
        each.unit in PERIODS
        and said.rest[:1] != "/"  # 1000元/月 is of one figure
        and not _is_frequency(mention)
        and mention["unit"] not in units_of("part")
        and not _marks()["moved"].search(said.clause)
    )
    context["within"] = Each(each.unit, False) if timed else None
    return context["within"] or each


def _own_kind(mention, clause, whole, each, rest):
    """Tell the kind of a figure by its own clause; whole: with the one before it, if that belongs to it."""
    marks, unit, part = _marks(), mention["unit"], mention["unit"] in units_of("part")
    if mention["sort"] == "rank":
        return "rank", 1, 0
    moved = marks["moved"].search(clause)
    if moved and clause[moved.start() - 1 : moved.start()] == "少":
        moved = None  # 比上年少增300人
    if moved and moved["verb"] in _BETTERED and _is_bettered(mention, clause, moved, rest):
        moved = None
    verb = moved["verb"] if moved else ""
    sign = -1 if verb in roles("down") else 1
    attached = len(moved[0]) if moved else 0
    paid = unit == "元" and (_PAID.search(clause) or (each and "每" not in whole))
    of_each = each and (not each.period or paid or _is_frequency(mention))
    than = None if verb or not _LIKE.search(whole) else _THAN.search(whole)
    if than and not (part and rest[:1] == "的"):  # 低于全国6.3%的水平 says what the nation has
        rate = part or unit == "倍"
        return ("growth" if rate else "change"), 1 if than["more"] or than["over"] else -1, 0
    if mention["hedge"] == "over" and ("较" in clause or "比" in clause) and _PASSED.search(clause):
        return ("growth" if unit in units_of("part") else "change"), 1, 0  # 较去年日均量超20通
    if clause.endswith("新增") and unit not in units_of("part") and _MORE.search(clause):
        return "change", 1, 2  # 比去年新增30元
    if verb and moved["to"]:
        return _reached(unit, verb, sign, of_each or marks["mean"].search(clause))
    if unit in POINTS:
        return "change", sign, attached
    if mention.get("double"):
        return "growth", 1, 0
    if verb and (part or unit == "倍"):
        ratio = part and _RATIO.search(clause[: moved.start()])
        return ("change" if ratio else "growth"), sign, attached
    gained = (unit == "%" or unit in units_of("measure")) and _GAINED.search(clause)
    if gained and unit == "%":
        return "growth", -1 if gained["less"] or gained["cut"] else 1, 0
    if part or (not unit and _HELD.search(clause)):
        return _of_a_hundred(unit, clause, rest)
    compared = verb and ("比" in clause or "较" in clause)  # 比上年人均增加300元
    of_all = clause.endswith(_ALL) and "计均" not in clause[-5:]  # 收、支总计均为
    mean = of_each or of_all or marks["mean"].search(clause) or (unit == "元" and _GIVEN.search(clause))
    if mean and not (compared or ((verb or gained) and ("均" in clause or _RATED.search(clause)))):
        return "mean", 1, 0
    if verb:
        return "change", sign, attached
    return _without_verb(mention, clause)


def _of_a_hundred(unit, clause, rest):
    """Tell a share from a growth rate that no verb before it tells (增速9%, 8%的增长)."""
    held, speed = _SHARE.search(clause), unit and _SPEED.search(clause)
    speed = speed or (rest[:1] in _GROWS and not held and _GROWING.match(rest))
    if speed:
        return "growth", -1 if speed["down"] else 1, 0
    if unit == "‰" and _VITAL.search(clause):
        return "mean", 1, 0
    return "share", 1, len(held[0]) if held else 0


def _is_bettered(mention, clause, moved, rest):
    """Tell whether a verb says what was done to things counted (改造提升水站9座), not by how many."""
    counted = mention["unit"] in _WHOLE_THINGS and not moved["to"] and not rest.startswith(_STEPS)
    added = clause[moved.start() - 1 : moved.start()] in ("数", "量")  # 支部数提升5个
    return counted and mention["resolution"] >= 1 and not added and not _LIKE.search(clause)


def _reached(unit, verb, sign, mean):
    """Tell the kind of what something rises or falls to."""
    if unit in units_of("part"):
        return ("growth", sign, 0) if verb[-1] in "幅速" else ("share", 1, 0)  # 增幅达12%
    return ("mean" if mean or unit == "岁" else "level"), 1, 0  # 平均年龄降到28岁


def _without_verb(mention, clause):
    """Tell the kind of a figure with no verb of change beside it."""
    if mention["resolution"] < 1 and mention["unit"] in units_of("whole"):
        return "mean", 1, 0  # 1985.26人
    if mention["unit"] == "岁":
        return "mean", 1, 0  # all ages that are figures
    far = _FAR.search(clause)
    if not far or _says_more(clause, far.end()):  # 减少收费项目惠及企业20家
        return "level", 1, 0
    if far["verb"] or mention["unit"] in units_of("measure"):  # but 增加床位300张: so many are new
        return "change", -1 if far["less"] or far["verb"] in roles("down") else 1, 0
    return "level", 1, 0


def _says_more(clause, start):
    """Tell whether a clause has another verb after some place."""
    return any(clause[i : i + 2] in plain_verbs() for i in range(start, len(clause) - 1))


def _with_its_condition(said):
    """Return a clause, with the one before it if it only says what then follows (每售出一件,便捐3元)."""
    if not (said.clause[:1] in _THEN or ("每" in said.lead and _REWARD.search(said.lead))):
        return said.clause
    before = said.lead[: len(said.lead) - len(said.clause) - 1]
    return before[before.rfind(",") + 1 :] + said.clause


def _is_frequency(mention):
    """Tell how often from how many in a time: 每月2次, but 每月300人次."""
    return mention["unit"] in units_of("frequent") and mention["value"] <= 12


def _with_the_last(kind, sign, rate, lead, context):
    """Kind and sign of what may share the verb of a change (分别增长5%和3%, 增配书记2名、委员5名)."""
    moved = context.get("moved")
    if moved and kind in ("level", "share") and moved[2] == rate:
        if not lead or _AND.fullmatch(lead):  # 减少36批120人次, 增配书记2名、委员5名
            kind, sign = moved[:2]
        elif rate and moved[0] == "growth" and _marks()["moved"].fullmatch(lead):
            kind = "growth"  # 增速由3%回升到5%
    context["moved"] = (kind, sign, rate) if kind in ("change", "growth") else None
    return kind, sign


# Duties ----------------------------------------------------------------------------------------------------

_SENT = "推荐|推报|选报|申报|上报|报送|推选"
_EVERY = re.compile(rf"每[名位个人]|各[^,。;\d]{{0,10}}(?:{_SENT})(?!的)")
_KEPT_UP = re.compile(
    "了|近年|本年度|(?<=[自从]).{4}年|已|坚持|平均|共[^青同产]|累计|增加到|提高到|减少到|增至"
)
_PER = re.compile(r"每|各(?![级类地界族项种行自])|平均")
_DUTY = r"一般|原则上|应(?![届急聘征用邀试])|须|要(?![求素闻点务])"
_OWED = re.compile(
    rf"至少|请各|(?:{_DUTY})[^,。;]{{0,8}}[每各]"
    rf"|[每各][^,。;\d]{{0,16}}(?:{_DUTY}|(?:{_SENT})$)"
    r"|每一?[名位个人][^,。;\d了已共]{0,24}(?:联系|结对|结对帮扶|包联|认领|挂钩)$"
    r"|每(?:月|学?年|季度|学期)[^,。;\d了]{0,8}[交缴]纳?$"
)
_ASKED = re.compile(r"[^,。;]{0,12},要求")
_SUMMED = re.compile(  # ...3个支部,共联系90个; 由每月2次增加到4次
    r"[^,。;\d]{0,10},[^,。;\d]{0,6}(?:共(?![同青享])|已|累计)|(?:增加|提高|减少|增至)"
)
_SEATED = re.compile(r"[每各][^,。;\d]*(?:设|配|选|派|聘|有|安排)[^,。;\d]{2,}$")  # 每村设主席1人
_SEAT = re.compile(  # 每村设主席1人,副主席2人; but 全县副主席90人
    r",(?![^,]*(?:[全共计已了占含增减各每]|新[引招聘培]|总(?![干队支监经])|其[中他余]|[选评产获]出))[^,。;:、\d]{2,8}"
)
_OTHERS = re.compile(r",[^,。;:、\d]{1,8}[生员工者民户人童][由从]")  # 每年由600元提高到800元,初中生由900元
_ELSEWHERE = re.compile(  # 城镇人均体育场地1.2平方米,农村达到1平方米
    r"[,、](?:城[镇市区]|农村|乡[镇村]|县城|市区|郊区|[东中西]部|[\u4e00-\u9fff]{1,3}[省市县区镇乡村])(?:地区)?(?:则?(?:达到?|为))?"
)
_INSIDE = re.compile(r"\((?:其中)?[:,]?[^,。;:、\d()]{1,14}")  # 每户补助2万元(其中省级1万元,县级1万元)
_INSIDE_TOO = re.compile(r"[,、][^,。;:、\d()]{1,14}")
_BEFORE = re.compile(r",比(?:\d{4}年|[上去]年|上次)[^,。;:、\d]{0,12}")  # 每户2.6人,比2010年的3.3人减少
_LISTED = re.compile(r"[^,。;:、\d]{0,12}(?:、|和)(?!共|合计|总计)[^,。;:、\d]{0,8}")


def _is_owed(mention, said, each, context):
    """Tell what each unit owes (每名干部联系不少于10名, 每个乡镇至少建2个) from what each has done."""
    if each and each.period and _is_frequency(mention) and not _KEPT_UP.search(said.clause):
        told = context["paragraph"].get("stated") and not (context["bound"] or mention["hedge"] == "at_least")
        return not (_SUMMED.match(said.rest) or (told and not _OWED.search(said.clause)))  # 每月召开一次例会
    if context["bound"] and _EVERY.search(said.clause):
        return True
    if not (each or _PER.search(said.clause)):
        return False
    if _is_bounded(mention) or _ASKED.match(said.rest):
        return True
    return bool(_OWED.search(said.clause)) and not _SUMMED.match(said.rest)


def _is_bounded(mention):
    """Tell whether a word before a number makes it the least there may be (不少于10名)."""
    return mention["start"] != mention["number_start"] and mention["hedge"] == "at_least"


def _per(mention, kind, said, each, owed, listed, context):
    """Name the unit under the line of a rate: its own, that of those who owe it, or its list's."""
    if kind == "change" and not each:  # 人均收入5200元,比去年增加300元
        if _AND.fullmatch(said.lead) and context.get("counted_in") == mention["unit"]:
            return context["per"]  # 人均标准增加30元和5元
        first = context.get("mean")
        return context["per"] if first and first["unit"] == mention["unit"] else ""
    if kind not in ("mean", "change") or mention["unit"] in {"", "岁", "年", "倍", *units_of("part")}:
        return ""
    return each.unit if each else (owed and each_of_all(said.clause)) or (listed and context.get("per")) or ""


def _is_listed_with(context, mention, said):
    """Tell whether a figure is listed with one for each unit, and so is one itself (1个示范村、2个示范户)."""
    first, lead = context.get("mean"), said.lead
    if not first:
        return False
    moved = _YEARS.sub("", lead) if "年" in lead else lead
    if _marks()["moved"].fullmatch(moved):  # 人均收入由4800元提高到2020年的5200元
        return mention["unit"] == first["unit"]
    if _OTHERS.fullmatch(lead) or (mention["resolution"] < 1 and _BEFORE.fullmatch(lead)):
        return mention["unit"] == first["unit"]
    if mention["unit"] == first["unit"] and (
        _is_inside(context, mention, lead) or _ELSEWHERE.fullmatch(lead)
    ):
        return True
    if context["seats"] and mention["unit"] == first["unit"] and _SEAT.fullmatch(lead):
        return said.rest[:1] in ("", *",。;)、\n")
    if context["per"] == "亩" and mention["unit"] == first["unit"] and _SEAT.fullmatch(lead):
        return True  # 每亩收获玉米500公斤,大豆90公斤
    single = mention["value"] == first["value"] == 1
    if not (
        _LISTED.fullmatch(lead) or (single and context["per"] in units_of("whole") and _SEAT.fullmatch(lead))
    ):
        return False
    return bool(
        context["seats"]
        or mention["unit"] == first["unit"]
        or context["owed"]
        or single  # 每人一个书包、一条毛巾
    )


def _is_inside(context, mention, lead):
    """Tell whether a sum is a part, in brackets, of the one for each unit before them."""
    inside = _INSIDE_TOO if context.get("inside") else _INSIDE
    if context["mean"]["value"] < mention["value"] and not context.get("inside"):
        return False
    context["inside"] = bool(inside.fullmatch(lead))
    return context["inside"]


_ANEW = (  # what is no longer of the same time
    "力争|确保|今年|[去上当]年|\\d{4}|累计|截[至止]|目前|共|已|现有|总|达|占|[增减升降比较每均各曾为是有]|历年"
)


@cache
def _marks():
    """Patterns that hold words of the lexicon."""
    moves = "|".join(
        f"{w[0]}(?<!新{w[0]})(?<!自然{w[0]})(?<!改造{w[0]}){w[1:]}" for w in lexicon_words("up", "down")
    )
    return {
        "goes_on": re.compile(rf"(?!.*(?:{_ANEW}))[^,;:]*(?:,(?:其中|{ALONG}(?:{doing()}))[^,;:]*)?"),
        "moved": re.compile(rf"(?P<verb>{moves})(?P<to>{lexicon_pattern('to')})?了?(?: |了|约)?$"),
        "mean": re.compile(
            rf"{lexicon_pattern('mean')}|各$|均(?:领取?|获得?)[到了]?$|每(?![逢到年月天日周季学半])[\u4e00-\u9fff]{{1,2}}$"
            r"|各(?![级类地界族项种行自])[\u4e00-\u9fff()]{0,10}"
            r"(?:配备?|配齐|设立?|建立?|选?派|成立|组建|安排|聘请?|确定|明确|赠送?|(?<!募)捐赠?|提供|发放|奖励|补[贴助]|资助)"
            r"[出了有]?$"
            r"|各(?![级类地界族项种行自])[\u4e00-\u9fff]{1,6}设[\u4e00-\u9fff]{0,3}(?:长|书记|主任|主席|委员|干事|专干)$"
        ),
    }

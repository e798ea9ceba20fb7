"""What the words around a figure say of it: kind and sign, baseline, whether it is, shall be or happened.

One part of this module answers one question: hedge, kind, duties, status, course, baseline. In each the first
rule that holds tells, so that a new one stands before those that are less sure:

- kind (`_own_kind`): a rank; what is more or less than another (`_THAN`); a verb of change before the
  number (`moved`), to a level or by so much; parts of a hundred: growth, else share; a mean; a verb; else a
  level (`_without_verb`). What it shares with the figure before is added to that (`_with_the_last`,
  `_is_listed_with`).
- duties (`_is_owed`): by a period, a word of duty, or since a rule says each.
- status (`status_of`): a task beside what was done of it (`_is_task`); else the last word of intent or of
  what was done before the figure (`_is_intended`, `_NOW`); else what was carried on from the one before
  (`_carry`).

A figure may leave out what the one before it said (增长5%和3%). So these functions share a ``context``, a
dict of what the sentence said so far: ``moved``, kind and sign of the last change; ``within``, the time
in which what is told was done (每年发放); ``mean``, the last figure that is of each unit, ``per``, that
unit, ``owed``, whether it is a duty, and ``least``, whether a word makes it the least there may be;
``intent``, whether it shall be, ``done``, whether it is known to be, and ``begun``, whether either was asked
of an earlier figure; ``due``, the unit of the task before it and whether that was a part of one; ``course``;
``baseline``; ``bound``, whether it is of a plan or a rule; and
``paragraph``, a dict of what the paragraph said (``ahead``: whether a year to come holds for what follows;
``told``: whether the last sentence said what shall be done; ``was``: whether any said what was;
``stated``: whether a figure is of what is or was).
"""

import re
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from .dates import iso
from .nouns import OCCASIONS, PARTS
from .quantities import POINTS, is_at_least
from .rates import PERIODS, Each, each_of, each_of_all
from .signs import baselines
from .words import either, lexicon_codes, lexicon_pattern, lexicon_words, roles

FREQUENT = (*OCCASIONS, "封", "期", "节", "堂", "讲", "课时", "学时")  # units of what is done so often
WHOLE = ("人", "名", "位", "个", "家", "户")  # units of what comes in whole numbers
_QUOTED = re.compile(r"“[^“”]*”|《[^《》]*》")


@dataclass(slots=True)  # read half as fast again as a tuple
class Said:
    """The words around a figure.

    lead: since the figure before, or since the start of the sentence; clause: the last clause of the lead,
    without quotations; rest: what follows.
    """

    lead: str
    clause: str
    rest: str


def said_of(mention, folded, before):
    """Cut out the words around a figure; before is where the one before it ends."""
    lead = folded[before : mention["start"]]
    clause = lead[max(lead.rfind(","), lead.rfind(":")) + 1 :]  # the other marks end a sentence
    if "“" in clause or "《" in clause:
        clause = _QUOTED.sub("", clause)
    return Said(lead, clause, folded[mention["end"] : mention["end"] + 60])


# Hedge ------------------------------------------------------------------------------------------------------

_APART = re.compile(r"不[少低]于(?:[人户年月]均|(?:每[\u4e00-\u9fff]{1,2})+)$")
_BOUND_OF = re.compile(r"不(?:得|应|能)?(?:[少低小]于|(超过|[高多大]于))[^,。;、\d]{1,20}(?:的|[数量额]) ?$")
_ROUGHLY = re.compile(
    r"(?P<of>约|近|超过|超|逾)占[^,。;\d]*$|(?P<than>超过(?<!不超过)|接近|不足|逾)[^,。;、\d]{0,10}[总人]数的$"
)


def hedge_of(mention, said):
    """Find a word of approximation that stands apart from its number (至少召开2次, 约占总数的10%)."""
    if not mention["value"]:
        return "exact"  # 至少得到支持的0个: none is none
    if is_at_least(said.clause) or _APART.search(said.clause):
        return "at_least"
    bound = "不" in said.clause and _BOUND_OF.search(said.clause)
    if bound:  # 不超过总数的5%
        return "at_most" if bound[1] else "at_least"
    roughly = mention["unit"] in PARTS and _ROUGHLY.search(said.clause)
    if roughly:
        return lexicon_codes("hedge_before")[roughly["of"] or roughly["than"]]
    return "about" if "约" in said.clause and _marks()["about"].search(said.clause) else "exact"


_EACH_OF = re.compile(r"分别[^,。;:\d]{0,8}$")


def share_hedges(mentions, folded):
    """Give all figures of a list after 分别 the hedge of its first one (分别超过30%和20%), or its last one.

    The last one has it where its word stands after the number (分别控制在30%、60%以内).
    """
    gaps = (folded[a["end"] : b["start"]] for a, b in pairwise(mentions))
    joined = [gap in ("、", "和", "及", "与") for gap in gaps]
    for i, first in enumerate(mentions):
        if not _EACH_OF.search(folded, max(0, first["start"] - 10), first["start"]):
            continue
        size = next((k for k, same in enumerate(joined[i:]) if not same), len(joined) - i)
        listed = mentions[i : i + size + 1]
        last = listed[-1]
        hedge = first["hedge"] if first["start"] < first["number_start"] else _after(last, folded)
        for mention in listed:
            if mention["hedge"] == "exact" and mention["unit"] == first["unit"]:
                mention["hedge"] = hedge


def _after(mention, folded):
    """Return the hedge of a number whose word stands after it, else exact."""
    named = folded[mention["start"] : mention["end"]].endswith(tuple(lexicon_codes("hedge_after")))
    return mention["hedge"] if named and mention["start"] == mention["number_start"] else "exact"


# Kind ------------------------------------------------------------------------------------------------------

_RATIO = re.compile(r"(?:团青比|比例|占比|比重)[^,。;]{0,12}$")
_SHARE = re.compile(r"(?:占比|占)(?:达|为)? ?$")
_VITAL = re.compile(r"(?:(?:出生|死亡|发病)率|自然增长率?)[^,。;\d]{0,6}$")  # of a thousand heads
_HELD = re.compile(r"(?:占|占比|率|比例|比重)[^,。;]{0,10}$")
_FAR = re.compile(  # 增配副书记9名, 减少大班额400个, 增加村集体收入3万元, 带动农户增收3万元
    r"(?P<verb>增配|增核|净增|追加|核增|精简|核减|裁减|减少|压减|缩减|削减)(?=[^到至为,。;、]{2,10}$)"
    r"|增(?<!新增)(?:加(?=[^到至为,。;、]{2,12}$)|[收产支]$)|(?P<less>减[产税负排收支])$"
)
_BY_MEASURE = ("元", "吨", "斤", "公斤", "立方米", "平方米", "亩", "公顷", "公里", "千瓦", "千瓦时")
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
    kind, sign = _with_the_last(kind, sign, mention["unit"] in PARTS, said.lead, context)
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
    if kind == "mean" and not per and _EACH.search(clause) and context.get("counted_in") in WHOLE:
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
        and mention["unit"] not in PARTS
        and not _marks()["moved"].search(said.clause)
    )
    context["within"] = Each(each.unit, False) if timed else None
    return context["within"] or each


def _own_kind(mention, clause, whole, each, rest):
    """Tell the kind of a figure by its own clause; whole: with the one before it, if that belongs to it."""
    marks, unit = _marks(), mention["unit"]
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
    if than and not (unit in PARTS and rest[:1] == "的"):  # 低于全国6.3%的水平 says what the nation has
        rate = unit in PARTS or unit == "倍"
        return ("growth" if rate else "change"), 1 if than["more"] or than["over"] else -1, 0
    if mention["hedge"] == "over" and ("较" in clause or "比" in clause) and _PASSED.search(clause):
        return ("growth" if unit in PARTS else "change"), 1, 0  # 较去年日均量超20通
    if clause.endswith("新增") and unit not in PARTS and _MORE.search(clause):
        return "change", 1, 2  # 比去年新增30元
    if verb and moved["to"]:
        return _reached(unit, verb, sign, of_each or marks["mean"].search(clause))
    if unit in POINTS:
        return "change", sign, attached
    if mention.get("double"):
        return "growth", 1, 0
    if verb and (unit in PARTS or unit == "倍"):
        ratio = unit in PARTS and _RATIO.search(clause[: moved.start()])
        return ("change" if ratio else "growth"), sign, attached
    gained = (unit == "%" or unit in _BY_MEASURE) and _GAINED.search(clause)
    if gained and unit == "%":
        return "growth", -1 if gained["less"] or gained["cut"] else 1, 0
    if unit in PARTS or (not unit and _HELD.search(clause)):
        held, speed = _SHARE.search(clause), unit in PARTS and _SPEED.search(clause)
        speed = speed or (rest[:1] in _GROWS and not held and _GROWING.match(rest))
        if speed:
            return "growth", -1 if speed["down"] else 1, 0
        if unit == "‰" and _VITAL.search(clause):
            return "mean", 1, 0
        return "share", 1, len(held[0]) if held else 0
    compared = verb and ("比" in clause or "较" in clause)  # 比上年人均增加300元
    of_all = clause.endswith(_ALL) and "计均" not in clause[-5:]  # 收、支总计均为
    mean = of_each or of_all or marks["mean"].search(clause) or (unit == "元" and _GIVEN.search(clause))
    if mean and not (compared or ((verb or gained) and ("均" in clause or _RATED.search(clause)))):
        return "mean", 1, 0
    if verb:
        return "change", sign, attached
    return _without_verb(mention, clause)


def _is_bettered(mention, clause, moved, rest):
    """Tell whether a verb says what was done to things counted (改造提升水站9座), not by how many."""
    counted = mention["unit"] in _WHOLE_THINGS and not moved["to"] and not rest.startswith(_STEPS)
    added = clause[moved.start() - 1 : moved.start()] in ("数", "量")  # 支部数提升5个
    return counted and mention["resolution"] >= 1 and not added and not _LIKE.search(clause)


def _reached(unit, verb, sign, mean):
    """Tell the kind of what something rises or falls to."""
    if unit in PARTS:
        return ("growth", sign, 0) if verb[-1] in "幅速" else ("share", 1, 0)  # 增幅达12%
    return ("mean" if mean or unit == "岁" else "level"), 1, 0  # 平均年龄降到28岁


def _without_verb(mention, clause):
    """Tell the kind of a figure with no verb of change beside it."""
    if mention["resolution"] < 1 and mention["unit"] in WHOLE:
        return "mean", 1, 0  # 1985.26人
    if mention["unit"] == "岁":
        return "mean", 1, 0  # all ages that are figures
    far = _FAR.search(clause)
    if not far or _says_more(clause, far.end()):  # 减少收费项目惠及企业20家
        return "level", 1, 0
    if far["verb"] or mention["unit"] in _BY_MEASURE:  # but 增加床位300张: so many are new
        return "change", -1 if far["less"] or far["verb"] in roles("down") else 1, 0
    return "level", 1, 0


def _says_more(clause, start):
    """Tell whether a clause has another verb after some place."""
    return any(clause[i : i + 2] in _plain_verbs() for i in range(start, len(clause) - 1))


def _with_its_condition(said):
    """Return a clause, with the one before it if it only says what then follows (每售出一件,便捐3元)."""
    if not (said.clause[:1] in _THEN or ("每" in said.lead and _REWARD.search(said.lead))):
        return said.clause
    before = said.lead[: len(said.lead) - len(said.clause) - 1]
    return before[before.rfind(",") + 1 :] + said.clause


def _is_frequency(mention):
    """Tell how often from how many in a time: 每月2次, but 每月300人次."""
    return mention["unit"] in FREQUENT and mention["value"] <= 12


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
    if kind not in ("mean", "change") or mention["unit"] in (*PARTS, "岁", "年", "倍", ""):
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
    if not (_LISTED.fullmatch(lead) or (single and context["per"] in WHOLE and _SEAT.fullmatch(lead))):
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


# Status ----------------------------------------------------------------------------------------------------

_TASKS = ("数", "值", "量", "标", "额", "为", "是", "务", "划", "算", "积", "由", "从")  # what it ends in
_TASK = re.compile(
    "(?:任务|计划|目标)(?:数|值|量|指标)(?:为|是)?$|(?:目标|计划)任务$"
    r"|(?:全年|年度|年初|[省市县原]定|下达)[^,。;\d]{0,6}(?:目标|任务|计划)(?:为|是)?$|(?:下达|安排|承担)[^,。;\d]{0,12}(?:目标|任务|计划)$"
    r"|预算(?:数|总?额|金额)(?:为|是)?$|预算[为是]$|招[募聘考录](?:总?[人名]数|数量|规模|名额)(?:为|是)$|(?<!完成)计划[为是]$"
    r"|招[聘募录考生]计划(?:由|从)?$|(?<!总)规划(?:建设|占地|用地)?面积$"
)
_DUE = re.compile("(?:任务|指标)(?:为|是)?$")  # 造林任务300亩,完成310亩
_DONE_OF_IT = re.compile(r"[^,。;\d]{0,4},[^,。;\d]{0,10}(?:完成|实际|已|入库)")
_NEXT_DUE = re.compile(r"[,、;][^,。;:\d完已实共]{1,10}")
_RESET = re.compile("(?:核[减增]|[减增]|减少|增加|调整|[上下]调|变更|改)[为到至]")  # 计划由6人核减为4人
_PARTS_DUE = re.compile(r"[^,。;:\d]{0,6}[,(]其中:?[^,。;:\d完已实共]{1,10}")
_PLANNED_SUM = re.compile("(?:预算|计划|任务|目标)(?:为|是)?$")
_ITS_PART = re.compile(r"的(?:约|近|超过?)?\d[\d.]*%")  # 占年初预算300万元的41%
_SURPASSED = re.compile("的[^,。;、\\d]{0,6}(?:任务|目标|计划|指标)")
_SET_AT = re.compile("(?:[完达]成|实现|达到|提出|制定|设定|确定|定下|明确)了?$")  # 完成超过300万元的任务
_SPENT = re.compile(r"[与和同](?:年初|全年)?预算(?:数|安排)?相?比|[比较](?:年初|全年)?预算")
_ELAPSED = re.compile(
    r"(?:^|[,;:])(?:今年|本年)?(?:1月?份?[-至到~—]\d{1,2}月|上半年|前[一二三1-3]个?季度|第?一季度)"
)
_OVER = re.compile(r"(?:超过?|高于|优于|要求)[^,。;\d]{0,8}$")
_SET = re.compile(
    rf"(?:全年|年度|年初|[省市县区]定|下达)[^,。;\d]{{0,4}}$|超额完成[^,。;\d]{{0,4}}$|{_OVER.pattern}"
)
_HANDED_DOWN = re.compile(r"(?:年初|上级|[省市县区州])[省市县区州]?下达[^,。;\d]{1,16}$")
_OF_TASK = re.compile(r"的[^,。;\d]{0,4}(?:任务|目标|指标)")
_PART_OF_TASK = re.compile(r"(?:的[^,。;\d]{0,4})?(?:任务|目标|计划)的(?:约|近|超过?)?\d[\d.]*%")
_CALL = re.compile(r"(?:招[聘募考录]|选聘)[^,。;:\d]{0,16}$")
_CALLS = re.compile(r"(?:公告|启事|简章|通知)[(\[]?招[聘募录]?$")
_CALLED = re.compile(r"[^,。;:\d]{0,8}(?:公告|启事|简章|\d*月?\d*[日号]起?报名)")  # 招聘教师10人公告
_GRANTED = re.compile(  # 取得证书的分别给予1000元, 每招用1人补贴500元
    r"(?:的,?(?:(?:分别|一律|均|每[人名户]|一次性)+(?:奖励|补[助贴]|资助|发放)|(?:分别|一律|均|每[人名户]|再)*(?:给予|予以))"
    r"|每[^,。;\d]{2,4}[1一][^,。;\d]{1,14},?(?:(?<=,)[^,。;\d]{0,8})?(?:给予|奖励|补[助贴]))[^,。;\d了]{0,8}$"
)
_FULFILLED = re.compile(
    r"(?:完成|超过?|[高低快慢多少]于|[占比与])[^,。;]{0,6}(?:任务|计划|目标)(?:[数值量]|指标)?$"
    r"|完成[^,。;\d]{0,10}(?:任务|计划|目标)的(?:约|近|超)?$|(?:完成|[为占达])[^,。;\d]{0,6}预算的(?:约|近|超)?$"
    r"|(?:任务|计划|目标)[^,。;\d]{0,4}(?:完成|达成|实现)率[^,。;\d]{0,4}$"
)
_WITHIN = re.compile(  # 用3年时间培训, 五年内募集; but 近三年内, 用3年时间建成了
    r"(?:[过用]用? ?[\d一二三四五六七八九十]{1,2}年(?:左右)?的?时间"
    r"|(?<!\d)[\d一二三四五六七八九十](?<![近前过去这].)[\d一二三四五六七八九十]?年(?:之|以)?内(?!容)|(?:未来|今后)[\d一二三四五六七八九十]{1,2}年)[^了已]*$"
)
_BY = re.compile(r"[到至](?<![截直月日].)(\d{4})年")
_BEFORE_YEAR = re.compile(r"(\d{4})年(?:年?[底末])?之?前[,建完实]")
_TARGET = re.compile(r"(?:^|[,;:])[^,;:\d]{0,8}到20\d\d年(?![的止同\d])")  # nobody says of when the text is
_NOW = re.compile(
    r"已|目前|截至|截止|现有|累计(?!达到)|完成[^,。;]{0,6}(?:目标|任务|计划|预算)的?$|占[^,。;]{0,6}(?:目标|任务|计划)"
    r"|实际(?!上(?![岗报缴交])|[的,、。;]|[问情困行工需应出生成效][题况难动作要用发活果])|实[到有收发配建缴招]|决算|最终确定"
    r"|了(?<![为除]了)(?<!提出了|下达了|明确了|制定了|确定了)(?!解)"
    r"|共有|总共|年来|至此|目标对照|指标对照|续签|按照?[^,。;]{0,30}要求|根据[^,。;]{0,30}要求|落实[^,。;]{0,30}要求|对照[^,。;]{0,30}要求|执行数(?:为|是)|执行率|按计划|报[考名]人数"
)
_WAS = re.compile(  # ends a plan that goes on from sentence to sentence
    r"\d{4}年|[去上前]年|过去|近年|以来|据|共(?![青同享建])|对象|会[上议]|现场|当[天日]|[比较][^,。;]{1,12}[增多少减提上下]|占"
)
_THAN_LAST = re.compile(r"[比较](?:去年|上[年届]|同期)[^,。;\d]{0,8}的$")
_FALLEN_SHORT = re.compile(r"应([建到收缴交])[^;。]*[实已]\1")  # 应建90家,已建70家
_PLANNED_OF = re.compile("计划|下达|目标")
_ON_TOP_OF = re.compile(r"[^,。;:\d]{0,12}基础上")
_SENTENCE = re.compile(r"[^。!?\n]*")
_PROMISED = re.compile(r"不[少低]于(?=\d)")
_MONTH = re.compile(r"[到至]\d{4}年\d")
_SHORTLIST = re.compile(r"[^。;]{0,60}的?拟(?:表彰|命名|授予|推荐|推报|入选|评选)")
_PUT = re.compile(
    r"[^,。;:、\d]{0,10}(?:纳入|列入|编入|编[为成]|[报输]?送[到至往给达]|报送|移[交送]|[转提]交|反馈|登记|拨付|整合|合并|用于|发放[到至给]|全部(?:捐|送|交|用)|逐一|捐[出给赠献]|分[成为])"
)
_CLAUSE = re.compile("[^,。;:]*")
_CHOSEN = re.compile("[^,。;:\\d]{0,8}(?:被(?:确定|认定|列|评|授|命名|选|录)|报考)")  # 3县被确定为项目县
_ATTAINED = re.compile("(?:完成|实现|达成|围绕|对照)[^,。;:]*$")
_ESTIMATED = re.compile(
    r"[^,。;\d可将]*(?:实现|完成|接待|总值|总额|收入|投资|增加值|GDP)(?:[^。;\d可将]|(?<=不)可)*(?:\d[^。;]{0,40})?(?:增长|增幅|增速|下降)(?:为|达)?\d"
)
_COMES = re.compile(  # 300名志愿者将参加, 学生20名、教师5名将出席; but 将把
    r"[^,。;:!?\n]{0,30}(?<!即)将(?:还|也|陆续|分批|全部|共同|一同)*"
    r"(?:参(?!照)|展开|出席|列席|亮相|上岗|进场|登台|领取|开展|组织|走进|受邀"
    r"|[于在][^,。;:]{0,12}(?:[年月日前底内]|期间))"
)
_SOON = re.compile(r"[^,。;:!?\d]{0,16}即将(?:建成|完[工成]|竣工|投[用入产]|开[工放]|启用|交付|落成)")
_RECORD = re.compile(r"[^,。;:、\d]{0,10}纪录")
_FURTHER = re.compile("[^,。;:]*(?:,\\d[^,。;:]*)?")  # 将300户,900人分为5组
_COMING = re.compile(r"(?:今年|未来|下半年|届时|接下来|明年|下一步)[^。;\d]{0,16}$|[年月日期内后还也都均又]$")
_WHERETO = re.compile(
    "(?<![组建完达形促])成|到|入|给|至|[送运寄发]往|作为|成为|转化|用于|交[由付送]|为(?![民期了准主实])|结合|[在向]|如下"
)
_AIM = re.compile(
    r"[^,。;]{0,14}的?(?:工作)?(?:目标|任务)(?![^,。;]{0,4}(?:完成|落实))"
)  # 完成不少于100个的目标
_AIMS = re.compile(r"(?:提出|下达|确定|明确|定下|制定|设定|能够?实现|到\d{4}年|给|交给|按照?)[^,。;]{0,24}$")


def is_broken(mention, said):
    """Tell whether 超 or 破 before a number says that so many records were broken (超3项世界纪录)."""
    verb = mention["number_start"] - mention["start"] == 1
    return mention["hedge"] == "over" and verb and "纪录" in said.rest[:12] and _RECORD.match(said.rest)


def is_surpassed(said):
    """Tell whether a figure with 超过 or 低于 is an aim that was surpassed: 超过197个的任务指标."""
    return bool(said.rest[:1] == "的" and _SURPASSED.match(said.rest) and not _SET_AT.search(said.clause))


def status_of(mention, said, planned, context):
    """Tell what is from what shall be: by the last mark before a figure, carried on until another comes.

    planned: whether its paragraph says that it shall be.
    """
    if mention["hedge"] == "masked":
        context["paragraph"]["stated"] = True
        return "masked"
    if mention.get("aim"):
        return "planned"
    lead, clause, rest = said.lead, said.clause, said.rest
    fulfilled = _is_fulfilled(mention, clause) or ("预算" in clause and _SPENT.search(clause))
    part = not fulfilled and context.get("due") and _is_part_due(mention, lead, context["due"])
    if part or (not fulfilled and _is_task(mention, clause, rest)):
        context["due"] = mention["unit"], bool(part)
        return "planned"  # of this figure only
    context["due"] = None
    done = _last_done(lead)
    told = not fulfilled and _is_intended(mention, said, done)
    ahead = _is_ahead(lead, mention["year"])
    intent = told or ahead or _is_granted(mention, lead) or _is_aim(mention, clause, rest)
    _carry(mention, said, intent or done, context)
    summed = clause.replace("累计", "") if context["owed"] else clause  # 每年累计服务不少于15小时
    now = fulfilled or (done and not intent and _NOW.search(summed))
    if intent or done or fulfilled:
        ahead = ahead and (mention["year"] or _WITHIN.search(lead)) and not now and not _MONTH.search(lead)
        context |= {"intent": bool(intent), "done": bool(now)}
        context["paragraph"] |= {"ahead": bool(ahead), "told": bool(told)}
        context["paragraph"]["was"] = context["paragraph"].get("was") or not intent
    bound = planned or (context["owed"] and "坚持" not in lead)  # 坚持每周开放不少于50小时: what is done
    if done and "基础上" in rest and _is_start(clause, rest) and _intent_in(lead):
        context |= {"intent": True, "done": False}  # 将在现有9个的基础上,再建3个
    shall = (bound and not context.get("done")) or context["intent"]
    if shall and (intent or not _CHOSEN.match(rest)) and not _is_start(clause, rest):
        return "planned"
    context["paragraph"]["stated"] = True
    return "achieved"


def _carry(mention, said, marked, context):
    """Carry what was told to the first figure of a sentence that goes on; end it where months are over."""
    paragraph = context["paragraph"]
    if paragraph.get("told") and not context["begun"] and not marked:
        context["intent"] = paragraph["told"] = _goes_on(mention, said.lead)
    context["begun"] = True
    if context["intent"] and _ELAPSED.search(said.lead) and "下半年" not in said.rest.partition("。")[0]:
        context["intent"] = False  # 力争全年就业5万人,1-6月就业3万人


def _goes_on(mention, lead):
    """Tell whether a sentence goes on with the plan before it: it begins with an action, and none is past."""
    return (
        mention["hedge"] not in ("odd", "nearly")
        and not _WAS.search(lead)
        and bool(mention["hedge"] == "at_least" or _marks()["next"].match(lead))
    )


def _last_done(lead):
    """Return where the last word that says what was done ends, or 0."""
    end, found = 0, _NOW.search(lead)
    while found:
        end = found.end()
        found = _NOW.search(lead, end)
    return end


def _is_task(mention, clause, rest):
    """Tell whether a figure is a task itself, beside what was done of it (超过全年70万人的任务)."""
    set_so = _OVER if mention["unit"] in PARTS else _SET
    return bool(
        (clause.endswith(_TASKS) and _is_told_as_task(mention, clause, rest))
        or ("下达" in clause and mention["unit"] != "元" and _HANDED_DOWN.search(clause))
        or (rest[:1] == "的" and _OF_TASK.match(rest) and set_so.search(clause))
        or (rest.startswith(("目标", "任务", "计划", "的")) and _PART_OF_TASK.match(rest))
        or "预定" in clause
        or (("招" in clause or "聘" in clause) and _calls_for(clause, rest))
    )


def _calls_for(clause, rest):
    """Tell whether the figure after a clause is that of a call: 招聘教师10人公告, 招聘公告(招10人)."""
    return bool((_CALL.search(clause) and _CALLED.match(rest)) or _CALLS.search(clause))


def _is_told_as_task(mention, clause, rest):
    """Tell whether a clause that ends in a word for a task says that the figure after it is one."""
    return (
        (_TASK.search(clause) and not _OVER.search(clause))
        or (_PLANNED_SUM.search(clause) and _ITS_PART.match(rest))
        or (mention["unit"] not in PARTS and _DUE.search(clause) and _DONE_OF_IT.match(rest))
    )


def _is_part_due(mention, lead, due):
    """Tell whether a figure is a part of the task before it (下达任务300亩,其中:造林200亩,封山100亩)."""
    unit, listed = due
    after = (_PARTS_DUE, _NEXT_DUE)[listed]
    return unit == mention["unit"] and bool(after.fullmatch(lead) or _RESET.fullmatch(lead))


def _is_start(clause, rest):
    """Tell whether a figure is what a change starts from, which is, whatever shall become of it."""
    if "基础上" in rest and not _PLANNED_OF.search(clause) and _ON_TOP_OF.match(rest):
        return True  # 在去年建成8个的基础上
    if "预算" in clause:
        return False
    risen = _ORIGIN.search(clause) and _marks()["onward"].match(rest[:10])
    return bool(risen or (clause.endswith("的") and _THAN_LAST.search(clause)))


def _is_granted(mention, lead):
    """Tell whether a sum is what a rule grants to those who meet it."""
    return mention["unit"] == "元" and _GRANTED.search(lead, max(0, len(lead) - 30))


def _is_fulfilled(mention, clause):
    """Tell whether a figure is the share of a task that is done (完成年度任务54.5%)."""
    return mention["unit"] in (*PARTS, *POINTS) and bool(_FULFILLED.search(clause))


def _is_intended(mention, said, done):
    """Tell whether a word of intent stands before a figure: 目标 or 确保 in its clause, 计划 anywhere.

    done: where the last word that says what was done ends; the last mark before a figure tells.
    """
    lead, clause, rest = said.lead, said.clause, said.rest
    if lead.endswith("将") and mention["start"] < mention["number_start"]:
        return True  # 将超过900人
    if "面向" in lead and mention["hedge"] not in ("odd", "nearly") and _marks()["called"].search(lead, done):
        return True
    own = clause[max(0, done - len(lead) + len(clause)) :]
    if _marks()["asked"].search(own) and not _FALLEN_SHORT.search(own + rest):
        return True
    return _intent_in(lead, done, rest)


def _is_put(found, lead, rest):
    """Tell whether 将 stands before an object that is put somewhere, not before what shall be done.

    Before a word that is no verb we know it does so too if its clause says whereto or as what, or ends before
    the figure, unless a word of time goes before it; and before a noun.
    """
    if lead.startswith("将把", found.start()):
        return False
    end = _CLAUSE.match(lead, found.start()).end()
    if end == len(lead) and _PUT.match(rest):
        return True
    if found["sure"] or found["verb"]:
        return False
    said = lead[found.start() : end]
    apart = end < len(lead) and not _COMING.search(lead, 0, found.start())
    noun = any(said[1:n] in roles(role) for n in range(3, 6) for role in ("noun", "person", "organisation"))
    return apart or noun or bool(_WHERETO.search(said + _FURTHER.match(rest)[0]))


def is_intended_before(folded, start):
    """Tell whether the part of a sentence that ends in a semicolon before start says what shall be."""
    if folded[start - 1 : start] != ";":
        return False
    said = folded[max(0, start - 200) : start]
    said = said[max(map(said.rfind, "。!?\n")) + 1 :]
    return _intent_in(said) and not _NOW.search(said)


def is_promised(folded, start, end):
    """Tell whether a part of a sentence is of a list of what is promised (岗位不少于2万个;资金不少于3万元).

    The least is stated in two parts or more that semicolons end, and none says what was.
    """
    if ";" not in (folded[start - 1 : start], folded[end - 1 : end]):
        return False
    before, after = folded[max(0, start - 200) : start], folded[start : end + 200]
    if "少于" not in before + after and "低于" not in before + after:  # a quick look
        return False
    said = before[max(map(before.rfind, "。!?\n")) + 1 :] + _SENTENCE.match(after)[0]
    return sum(map(bool, map(_PROMISED.search, said.split(";")))) > 1 and not _NOW.search(said)


def is_least(folded, sentence):
    """Tell whether a sentence counts the least of things (讲座3场以上,书屋4个以上), and not what was."""
    kept = sentence["kept"]
    if kept[0]["hedge"] != "at_least":  # most begin otherwise
        return False
    least = sum(mention["hedge"] == "at_least" and mention["unit"] not in PARTS for mention in kept)
    if least < 2:
        return False
    said = folded[sentence["start"] : sentence["end"]]
    return not (_NOW.search(said) or _WAS.search(said))


def _intent_in(said, start=0, rest=""):
    """Tell whether a word of intent is said from start on; most texts have none, as a quick look tells."""
    return bool(_marks()["glance"].search(said, start)) and any(
        not (_is_put(found, said, rest) if found[0][0] == "将" else _is_named(found, said, rest))
        for found in _marks()["planned"].finditer(said, start)
    )


def _is_named(found, said, rest):
    """Tell whether 计划 ends a name (助学计划资助), or a word of intent tells of what is done.

    So it does in 完成年度目标:, and in an estimate of the year that ends (预计实现3亿元,增长8%).
    """
    if found[0][-1] == ":":
        return bool(_ATTAINED.search(said, 0, found.start()))
    if found[0][:2] == "预计":
        return bool(_ESTIMATED.match(f"{said[found.end() :]}0{rest}"))
    return (
        found[0][:2] == "计划" and not found["who"] and bool(_marks()["named"].search(said, 0, found.start()))
    )


def _is_aim(mention, clause, rest):
    """Tell whether a figure is said to be a target or a shortlist by what follows it (完成100个的目标)."""
    if ("拟" in rest and _SHORTLIST.match(rest)) or ("即将" in rest and _SOON.match(rest)):
        return True
    if "将" in rest and mention["unit"] in (*WHOLE, "支", "所") and _COMES.match(rest):
        return True
    aimed = ("目标" in rest or "任务" in rest) and _AIM.match(rest)
    return aimed and (mention["hedge"] == "at_least" or _AIMS.search(clause))


def _is_ahead(lead, year):
    """Tell whether a figure is for a year to come: after that of its document (到2025年), or within some."""
    if "年" not in lead:
        return False
    by = _BY.search(lead) or ("前" in lead and _BEFORE_YEAR.search(lead))
    by = by and (by[1] > year > "1990" if year else _TARGET.search(lead) and not _NOW.search(lead))
    return bool(by or _WITHIN.search(lead))


# Course ----------------------------------------------------------------------------------------------------

_STOP = re.compile(r"[,。;:、\d]")
_CUMULATIVE = re.compile(r"累计|共计|总计|迄今|至今|以来|截至目前")


def course_of(said, noun, start, rule, context):
    """Tell whether a figure is of events, of what is new, or summed up.

    One that shares the noun or the verb of the figure before (新建团支部5个、青年之家3个) is as that one is.
    """
    clause = _before_noun(said.clause, noun, start)
    happened = rule in ("object", "event") or _happens_after(said.rest[:14])
    event = "新增" in said.clause or bool(_marks()["event"].search(clause))  # 城镇新增就业
    course = {
        "cumulative": bool(_CUMULATIVE.search(clause)),
        "event": event or happened,
        "new": happened or (event and bool(_marks()["new"].search(clause))),  # its words are of events too
    }
    if "course" in context and (rule == "inherited" or clause[:1] in ("、", "和", "及")):
        course = {word: course[word] or context["course"][word] for word in course}
    context["course"] = course
    return course


def _happens_after(rest):
    """Tell whether a word of events or of becoming follows, within eight characters of the same clause."""
    found = _marks()["event_after"].search(rest)
    return bool(found) and found.start() <= 8 and not _STOP.search(rest, 0, found.start())


def _before_noun(clause, noun, start):
    """Return what a clause says before its noun, which may hold a verb itself (团组织数)."""
    return clause[: max(0, len(clause) - (start - noun[0]))] if noun and noun[0] < start else clause


# Baseline --------------------------------------------------------------------------------------------------

_YEAR = re.compile(r"[比较同与和跟](?:(?<=[比较])|(?=\d{4}年[^,。;]{0,4}(?:相比|比)))(\d{4})年(年?[底末])?")
_ORIGIN = re.compile(r"(?:[比较由从]|是)[^,。;:由从比较是]{0,14}$")
_AGAINST = re.compile(r"[与同和跟较比][^,。;:]{0,24}$")  # 与2010年的1000人相比
_COMPARED = re.compile(r"[^,。;:\d]{0,4}(?:相比|相较|比较)")
_ORIGIN_DATE = re.compile(r"\d{4}年(?:\d{1,2}月)?")


def baseline_of(kind, said, attached, at, context):
    """Say what a figure is compared with: by its own words, or by those of the figure before.

    attached: as from `kind_of`; at: ISO date of the figure, or nothing.
    """
    between = said.lead[: len(said.lead) - attached]
    own = _named_baseline(said.lead, at) or _origin(kind, said.clause, said.rest[:10])
    baseline = context["baseline"] = own or _same_baseline(between, kind, context)
    context["compared"] = kind in ("change", "growth")
    if context["compared"]:
        context["paragraph"]["baseline"] = baseline
    return baseline


def _named_baseline(lead, at):
    """Name what a figure is compared with: by its word, or by its year (比2018年底: 2018-12-31)."""
    year = _YEAR.search(lead)
    if year:
        date = iso(f"{year[1]}年", year[2] or "")
        return "previous_year" if at[:4].isdigit() and int(at[:4]) - int(date[:4]) == 1 else date
    for match in baselines().finditer(lead):
        return next((code for word, code in lexicon_codes("baseline").items() if word in match[0]), "")
    return ""


def _origin(kind, clause, rest):
    """Tell whether a level is the one that a change starts from (由682个增加到1100个), and of when."""
    if kind not in ("level", "share"):
        return ""
    risen = _ORIGIN.search(clause) and _marks()["onward"].match(rest)
    if not risen and not _is_compared(clause, rest):
        return ""
    date = _ORIGIN_DATE.search(clause)
    return (date and iso(date[0])) or "before"


def _is_compared(clause, rest):
    """Tell whether a level is one that another is compared with (与2010年的1000人相比)."""
    return ("比" in rest or "较" in rest) and _COMPARED.match(rest) and _AGAINST.search(clause)


def _same_baseline(between, kind, context):
    """Take the baseline of the figure before, where only a mark stands between (增加418个，增长62.76%).

    A change that names none is against what the last change of its paragraph is against.
    """
    move = kind in ("change", "growth")
    same = (
        "" if between.strip(",、 ") or (context.get("compared") and not move) else context.get("baseline", "")
    )
    return same or (context["paragraph"].get("baseline", "") if move else "")


_COME = {"参加", "参与", "出席", "列席", "参观", "参评", "涌现", "来自"}  # of themselves
_ALONG = "(?:重点|并|还|同时|共同|免费|直接|组织|及时|帮助|带领)?"
_ANEW = (  # what is no longer of the same time
    "力争|确保|今年|[去上当]年|\\d{4}|累计|截[至止]|目前|共|已|现有|总|达|占|[增减升降比较每均各曾为是有]|历年"
)


@cache
def _plain_verbs():
    """Return the verbs that are no nouns as well: 将 before them speaks of what shall be (将举办)."""
    nouns = frozenset().union(*map(roles, ("compound", "noun", "takes_verb")))
    return {verb for verb in roles("head_verb") - nouns if len(verb) > 1}


_PLAN = (  # 计划 as a verb, after who plans or when: not 助学计划
    "(?:^|(?<=[,;:、.)年月日季期内前度初次省市县乡镇州盟旗委局厅府会校院社司原还也均])"
    "|(?<=项目)|(?<![山地]区)(?<=区))计划"
)


def _intents(words, verbs):
    """Return the pattern of words of intent.

    In it, sure and verb are what 将 stands before, if known, and who is 计划 after who plans or when.
    """
    number, noun = "[\\d一二两三四五]{1,2}", "任务|指标|目标|总|经[费济]|生育|招生数|项目|委员|实施|执行|完成"
    plain, doing = either(_plain_verbs()), either(verbs)
    sure, will = either(roles("will") | _plain_verbs()), either(roles("will"))
    ending = either(roles("takes_verb"))
    return re.compile(  # 将招募, but 将招募的300名志愿者编为12队; 拟建, but 虚拟
        rf"(?:{either(words)}"
        r"|(?<![现兹])(?<!坚持)(?<!实现)将(?!$|[近来军其该此各这\d一二三四五六七八九十两])"
        rf"(?:(?P<sure>{sure})|(?P<verb>{doing}))?"
        r"|(?<![模虚比草])拟(?![人定态声合稿制订]|录[取用].|(?:推荐|表彰)[^,。;:]*的)"
        rf"|(?<!共)争取(?!落实)(?:[在于用再达年]|全[年部县市省国]|{number}年|{plain}))"
        r"(?!上游)(?:(?<=[对向给为与和同])|(?![\u4e00-\u9fff]{0,4}的$|[\u4e00-\u9fff]?的))"
        rf"|(?P<who>{_PLAN})(?:至少|全部|共)?(?=[上下]半年|全年|年[内底]|[本今明]年|本月|{number}年|分[期批]|[每新再共]|总投资"
        rf"|{will}|{doing}|(?!{noun}|[\u4e00-\u9fff]{{0,6}}的)[\u4e00-\u9fff]{{2}}[^,。;:]*$)"
        rf"|计划(?:至少|全部|共)?(?=[上下]半年|全年|年[内底]|[于在到用新]|(?:{doing})(?!{ending}))"
        r"|计划(?=将|\d[^,。;]*$)|(?<!总)规划(?=[建新到在用]|造林|面积|总?投资)|设(?:[一二三特]等|[金银铜]|优秀)奖"
        r"|(?:规划|纲要|[方预草议]案|意见|报告|通知|会议|文件)[》”]?(?:中|还|,|明确)?(?:提出|明确|确定|要求)(?![了的])"
        r"|(?:提出|承诺)[,:]|(?<!截至)(?<!截止)(?<!\d年)年底前|需(?<![所必]需)(?:要)?投[入资]|预算资金"
        r"|可实现(?!的)|[成产工用营]后,?[^,。;:\d可能]{0,6}(?:可(?!见)|能(?=[够\u4e00-\u9fff])(?<![功性技职才智动节产]能))|届时"
        # 如全部建成,可容纳
        r"|(?:若(?!干)|如果|假如|倘若|如(?=[全能按顺建]))[^,。;\d]{1,16},[^,。;\d]{0,6}[可能将会]"
        rf"|需(?<![所必急按供军特亟刚内外]需)要?(?={doing})|正在?筹[备建划](?![组委会工的])"
        r"|(?:任务|目标|计划)(?<!完成..)[是为](?=[^,。;:\d]{2})"
        r"|根据[^,。;:\d]{0,12}(?:协议|规划|计划)[》”]?,|(?:目标|计划)[是为]?:|下一(?:期|阶段|年度)"
        r"|决定(?:[^,。;\d]{0,16}评选|[^。;\d了]{0,50}(?:招聘|招募|招录|选聘|选拔|遴选))"
    )


@cache
def _marks():
    """Patterns that hold words of the lexicon."""
    words, intents = lexicon_pattern, lexicon_codes("planned")
    asked = {word for word, code in intents.items() if code == "clause"}
    moves = "|".join(
        f"{w[0]}(?<!新{w[0]})(?<!自然{w[0]})(?<!改造{w[0]}){w[1:]}" for w in lexicon_words("up", "down")
    )
    verbs = {verb for verb in roles("head_verb") if len(verb) > 1}
    doing = either(verbs - _COME)
    return {
        "goes_on": re.compile(rf"(?!.*(?:{_ANEW}))[^,;:]*(?:,(?:其中|{_ALONG}(?:{doing}))[^,;:]*)?"),
        "next": re.compile(  # 全年举办讲座9场, (二)新建书屋4个, 同时为60名学生送书
            r" *(?:[(]?[\d一二三四五六七八九十]{1,3}(?:[)、.]+|是))? *"
            r"(?:全年|年内|同时|此外|其中|今年|还|并|也|,)*"
            rf"(?:{_ALONG}|免费|继续|集中|新|[大强全]力|积极|扎实|深入|加快|着力|努力|全面|进一步)(?:(?:{doing})(?![率数])|[为对向给])|其中"
        ),
        "moved": re.compile(rf"(?P<verb>{moves})(?P<to>{words('to')})?了?(?: |了|约)?$"),
        "mean": re.compile(
            rf"{words('mean')}|各$|均(?:领取?|获得?)[到了]?$|每(?![逢到年月天日周季学半])[\u4e00-\u9fff]{{1,2}}$"
            r"|各(?![级类地界族项种行自])[\u4e00-\u9fff()]{0,10}"
            r"(?:配备?|配齐|设立?|建立?|选?派|成立|组建|安排|聘请?|确定|明确|赠送?|(?<!募)捐赠?|提供|发放|奖励|补[贴助]|资助)"
            r"[出了有]?$"
            r"|各(?![级类地界族项种行自])[\u4e00-\u9fff]{1,6}设[\u4e00-\u9fff]{0,3}(?:长|书记|主任|主席|委员|干事|专干)$"
        ),
        "glance": re.compile(  # begins as the next one does; without look-behind, so `re` searches at once
            rf"{either(intents.keys() - asked)}|将|拟|争取|设|需|计划|规划|纲要|预算"
            r"|今年|未来|下半年|届时|接下来|决定|提出|明确|要求|年底前|确定"
            r"|可实现|成后|产后|工后|用后|营后|协议|目标:|目标[是为]|任务[是为]|下一|若|如果|假如|如[全能按顺建]|承诺|正在?筹"
        ),
        "planned": _intents(intents.keys() - asked, verbs),
        "named": re.compile(
            rf"(?:[”》该此]|西部|行动|[山地]区|{either(w for w in verbs | roles('compound') if len(w) == 2)}"
            r"|(?:实施|通过|依托|借助|参[加与]|推进|启动|开展|深化|利用)[^,。;:]{1,8})$"
        ),
        "asked": re.compile(  # in the clause of the figure
            rf"(?<!占)(?:{either(asked)})(?!管理|责任|[知臾]|[\u4e00-\u9fff]{{0,4}}的$)"
            r"|要(?<![主重只需想还]要)(?:再|至少|全[部面]|集中力量|着力|努力)?"
            r"(?:打造|创建|占(?!领)|达到?|完成|实现|新?建|培训|突破|超过|覆盖|保持|控制|做到)"
            rf"|(?:提出|承诺)(?={either(_plain_verbs())})"
            r"|(?<![比较与同和])年初预算(?!执行|完成|调整)|保证(?![了金书人])"
            r"|名额(?:分别|各|共)?(?:为|是)[^,。;\d]{0,6}$"
            r"|要求(?:[各每在全新到达]|平均|实现|完成|[^,。;\d]{0,14}(?:达到?|不[低少]于|建成)$)"
        ),
        "called": re.compile(  # 面向全国公开招募30名, but 成功面向社会招募
            rf"(?<!成功)面向(?:(?!{either(_plain_verbs())})[^,。;:\d]){{2,24}},?(?:公开)?"
            r"(?:招[募聘录]|遴选|选[拔聘])(?:选派)?[^,。;:\d了共]{0,12}$"
        ),
        "about": re.compile(  # 约获400元, 约可服务90人; but 节约支出3万元
            f"约(?<!{')(?<!'.join(lexicon_codes('no_hedge'))})(?:[可能需须获得合用花耗计收支占]|{either(verbs)})"
            r"[^,。;、\d]{0,6}$"
        ),
        "event": re.compile(either(lexicon_codes("happens"))),
        "new": re.compile("|".join(w for w, code in lexicon_codes("happens").items() if code == "any")),
        "event_after": re.compile(words("event", "becomes")),
        "onward": re.compile(rf"(?:的?[^,。;:、]{{0,4}})?(?:{words('up', 'down', 'to')})|的[\d.①]*倍"),
    }

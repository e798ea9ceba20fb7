"""The noun that a number counts, found in the tagged words around it.

`find_noun` asks in this order, and the first that answers holds:

1. `_own_share`: several numbers in a row, each with a noun of its own (团员、团干部分别为30名和2名);
2. `_attended_event`: what persons take part in whom nobody names (60人参加座谈会);
3. `_candidates`: phrases left of the number (`phrases`) or right of it (`following`), what is said of it,
   the event beside it; which is the likeliest, its unit says. Of what stands left, `_instead` then asks
   whether it is but a place, a target or a label, so that what was counted before is meant;
4. `_again`: a verb alone says what became of what was counted before (案件60件,审结50件);
5. `_further`, where nothing stands beside it, or only a qualifier (大专学历24人): whose part it is, what the
   number after it counts, a verb, the figure before, the clause before.

A new rule belongs to the one of these that it answers, before what is less sure, with an example beside it.
What costs least asks for a rare condition first. `extract` asks `find_above` of what stands above, at last.
"""

import re

from .following import opening, phrase_end, right_of
from .phrases import (
    ADMIN,
    FOR,
    RISEN,
    TOTALS,
    each_before,
    lead,
    left_of,
    past_titles,
    phrase_to,
    share_of,
)
from .tokens import (
    AGE,
    AREAS,
    BODY,
    NUMBER,
    OTHER,
    REACH,
    SETTINGS,
    back_over,
    classify,
    counts,
    cut,
    ends_in,
    first_of,
    fits,
    head_of,
    is_counted,
    is_level,
    is_person,
    is_verb,
    last_before,
    last_of,
    moves,
    on_over,
    says,
    span,
    takes_verb,
    verbal,
)
from .words import coded, lexicon_words, purely, roles, units_of

SUMMED = ("共", "共计", "累计", "达", "总计", "合计", "了")  # between an event and how often
SET = ("任务", "任务数", "指标")
PARTED = ("分为", "为", "由", "有", "涉及", "包括")  # before the sorts of something
TAKEN_IN = ("增收", "减收", "增支", "减支")  # of the revenue or spending before
BARE = (*TOTALS, "比例", "比重")  # alone, they are of what was counted before
WORTH = ("价值", "总价值", "总金额")  # alone in its clause, of what is named before it
_NUMBER_OF = re.compile(r"(?:总?数|数量|人数)(?:一览|统计|情况)?表?[: \n]*$")
_TITLE_ENDS = re.compile(  # 对比表, 情况如下:, (万元), or of a number or rate
    r"(?:(?:一览|统计|情况|分布|对比|构成|汇总)*(?:如下表?|表)|(?<=[数率额量]))(?:\([^()]*\))?[:。 ]*$"
)


def find_noun(tokens, i, mention, kind, context):
    """Find the noun that number i counts.

    Parameters
    ----------
    tokens : list of Token
        The sentence.
    i : int or None
        The number among them.
    mention : dict
        As from `scan`.
    kind : str
        Kind of the figure.
    context : dict
        What the sentence said before: ``noun`` of the last figure, as (start, end), or nothing, and its
        ``unit``; ``counted``, all such pairs; ``nouns``, those of levels only; ``among``, as from
        `find_among`; ``parts``, as `_parts` found them; ``paragraph``, what its paragraph said, with the
        ``subject`` of its first level.

    Returns
    -------
    noun, rule, other : tuple or None, str, tuple or None
        (start, end) in the text, the rule that found it, and what another rule would take.
    """
    if i is None:
        return None, "none", None
    unit = "%" if mention["unit"] in units_of("part") else mention["unit"]
    if unit in units_of("medal"):
        return _won(tokens, i, context), "left", None
    own = _own_share(tokens, i, unit, context)
    if own:
        return own, "left", None
    before = context["noun"]
    attended = _attended_event(tokens, i, unit)
    if attended:
        return attended, "event", before
    found = _candidates(tokens, i, unit, kind, before)
    rule, *others = found or ("",)
    bare = rule == "left" and _only_qualifies(tokens, found["left"], unit)
    level = _level(tokens, i, before) if bare or not rule else None
    if level:
        return level, "inherited", before
    instead = _instead(tokens, i, unit, kind, found, context) if rule == "left" else None
    if instead:
        return *instead, found["left"]
    again = _again(tokens, i, unit, rule, found, context)
    if again:
        return again, "inherited", found.get(rule)
    if rule and not bare:
        return found[rule], rule, next((found[r] for r in others if found[r] != found[rule]), None)
    further = _further(tokens, i, unit, kind, context)
    if bare and _is_told_of(tokens, kind, found["left"], before, further[1]):
        return found["left"], "left", further[0]
    return further


# What stands left of a number says something else ----------------------------------------------------------


def _instead(tokens, i, unit, kind, found, context):
    """Find the noun, and its rule, where what stands left of a number says something else of it."""
    left, before = found["left"], context["noun"]
    strange = (unit == "元" or unit in units_of("only")) and not fits(head_of(tokens, left), unit)
    listed = _listed(tokens, i) if strange and unit == "元" else None
    named = listed or (_labelled(tokens, i, unit) if strange else None)
    if named:
        return named, "topic"
    if before and (_is_aim(tokens, i, unit, left) or (kind == "growth" and _is_rate(tokens, left))):
        return before, "inherited"  # 就业9人,完成目标的90%,增长率6%
    if before and unit != "项" and _is_set(tokens, left):
        return before, "inherited"  # 救助90名(省定任务60名)
    if unit == "%" and "right" in found and _is_elided(tokens, i, unit, left, None):
        return found["right"], "right"  # 广东、福建等省60%的企业
    if _is_where(tokens, i, unit, left, context):
        whole, place = _fitting(tokens, i, unit, before), tokens[i - 1].word.endswith(AREAS)
        return whole if place else _without_body(tokens, whole), "inherited"
    if _is_elided(tokens, i, unit, left, before):
        return before and _fitting(tokens, i, unit, before), "inherited"
    if unit in units_of("kind") and (whole := _parted(tokens, left, before)):
        return whole, "inherited"
    if _is_done(tokens, i, unit, left):
        done = _last_of(unit, context)
        return (done, "inherited") if done else None
    worth = _worth(tokens, left, before) if unit == "元" else None
    same = worth or (_same_kind(tokens, i, unit, left, context) if strange and kind != "rank" else None)
    return (same, "inherited") if same else None


def _parted(tokens, left, before):
    """Find what is parted into the sorts that a phrase lists (志愿者分为赛会志愿者、城市志愿者两类)."""
    n = first_of(tokens, left) - 1
    while n > 0 and tokens[n].sort not in "xd" and tokens[n].word not in PARTED:
        n -= 1
    if tokens[n].word not in PARTED:
        return None
    n = back_over(tokens, n - 1, "hvs")
    return phrase_to(tokens, n) if tokens[n].sort in "npw" else before


def _is_aim(tokens, i, unit, phrase):
    """Tell whether a clause says only what number i is measured by (完成计划的90%, 目标60人的90%)."""
    told = unit == "%" or (tokens[i + 1].word == "的" and tokens[i + 2].word == NUMBER)
    last = head_of(tokens, phrase)
    if last in ("数", "值", "量"):  # 完成目标数的90%
        last = head_of(tokens, (phrase[0], phrase[1] - 1))
    if not told or not (ends_in(last, "aim") or ends_in(last, "booked")):
        return False
    k = first_of(tokens, phrase)
    while tokens[k - 1].sort not in "npx":
        k -= 1
    return tokens[k - 1].sort == "x"


def _is_set(tokens, phrase):
    """Tell whether a phrase says no more than that someone above set a number (省任务数, 原定指标)."""
    k = last_of(tokens, phrase)
    k -= tokens[k].word == "数"
    if not tokens[k].word.endswith(SET):
        return False
    return all(t.sort == "h" or t.word in ADMIN for t in tokens[max(0, k - 4) : k] if t.start >= phrase[0])


def _is_rate(tokens, phrase):
    """Tell whether a phrase is but the word for how fast something grows (年增长率)."""
    word = head_of(tokens, phrase)
    return moves(word[-3:-1]) and len(word) == phrase[1] - phrase[0]


def _is_done(tokens, i, unit, phrase):
    """Tell whether a verb alone stands before what cannot be counted by it (书屋90个,计划再建设60个)."""
    things = unit in purely("counts", "unit_person")
    return things and tokens[i - 1].sort == "w" and phrase[0] == tokens[i - 1].start


def _is_elided(tokens, i, unit, found, before):
    """Tell whether a phrase says only where the League's organisations of a list are (团支部5个:学校2个)."""
    place = last_of(tokens, found)
    where = tokens[place]
    if where.sort == "p" and _is_only_place(tokens, place):
        return True  # 岗位16个,其中广西9个
    if not before or ends_in(where.word, "league") or not is_counted(where.word):
        return False
    if unit in units_of("person") and is_person(where.word):
        return False  # 团支部60个,其中女团员90人
    whole = last_of(tokens, before)
    league = tokens[whole - (tokens[whole].word in TOTALS)].word  # 团支部总数达30个,其中企业12个
    listed = any(t.word in (":", "其中", "包括") for t in tokens[whole:place])
    return listed and ends_in(league, "league")


def _is_where(tokens, i, unit, found, context):
    """Tell whether right before a number a body only says where (教师90人,其中小学60人; 乙医院90张)."""
    if context.get("unit") != unit:
        return False
    if unit in purely("counts", "unit_person") and is_counted(head_of(tokens, context["noun"])):
        return False  # 学校9所,其中小学5所
    if unit in units_of("led", "event"):
        return False  # 大型招聘会9场,小型招聘会60场
    label = tokens[i - 1]
    if label.end != found[1] or not ends_in(label.word, "organisation"):
        return False
    if lead(tokens, i - 1, found[0]).sort in "hvw":
        return False  # 设施90个,其中设置服务站60个
    said = [t.word for t in tokens[max(0, i - 4 * REACH) : i] if t.start >= context["noun"][1]]
    told = unit not in roles("counts") | units_of("building")  # a body is none of what they count
    return told or any(word in (":", "其中", "包括", "(") for word in said)


def _without_body(tokens, phrase):
    """Leave out the body that a phrase begins with, where another stands for it (医院床位90张,卫生院9张)."""
    inside = (t for t in reversed(tokens) if phrase[0] <= t.start and t.end < phrase[1])
    body = next((t for t in inside if ends_in(t.word, "organisation") and not is_person(t.word)), None)
    return (body.end, phrase[1]) if body else phrase


def _is_only_place(tokens, k):
    """Tell whether a clause up to the place k is nothing but the name of that."""
    return tokens[k].word != BODY and tokens[back_over(tokens, k - 1, "p")].sort in "xcs"


def _worth(tokens, left, before):
    """Find what a sum is the worth of, where its clause names nothing else (送去米面,价值9万元)."""
    if head_of(tokens, left) not in WORTH:
        return None
    k = first_of(tokens, left)
    if tokens[k].word not in WORTH:
        return None  # 节能价值
    k = back_over(tokens, k - 1, "s")
    if tokens[k].sort != "x":
        return None
    return phrase_to(tokens, k - 1) if tokens[k - 1].sort == "n" else before


def _same_kind(tokens, i, unit, left, context):
    """Find the noun of a figure before that a unit counts, where it does not count the one beside its number.

    建成青年之家60家,由省级组织建设20家; 招募志愿者50名,计划招募60名.
    """
    head = head_of(tokens, left)
    if unit == "元" or _is_item(tokens, i, left):
        return None
    if unit in units_of("person") and not (says(head) or ends_in(head, "organisation")):
        return None  # 创业典型9名
    if context["noun"] and head[-1:] in head_of(tokens, context["noun"]):
        return None  # 企业9家,其中央企6家
    counted = (noun for noun, its in reversed(context["counted"]) if its == unit)
    same = (noun for noun in counted if fits(head_of(tokens, noun), unit))
    subject, its = context["paragraph"].get("subject", (None, ""))
    apart = its == unit and unit not in units_of("person") and left[1] < tokens[i - 1].end  # 高校每校9支
    return next(same, subject if apart else None)


def _is_item(tokens, i, left):
    """Tell whether a phrase is all that stands before number i in a list (村书记2人,村会计1人)."""
    if tokens[i - 1].end != left[1]:
        return False
    n = first_of(tokens, left)
    listed = tokens[n - 1].sort in "xc" and tokens[n - 2].word in (NUMBER, ")")
    return listed and (tokens[n].sort == "n" or not says(tokens[n].word))  # but 入驻云平台3万家


def _listed(tokens, i):
    """Find the sum that a list is of, where a figure has only a label (津贴分别为:一类区9元,二类区8元)."""
    mark = next((k for k in range(i - 1, 0, -1) if tokens[k].word in (":", "为")), 0)
    if not tokens[mark - 1].word.startswith(("分别", "如下", "标准")):
        return None
    k = next((k for k in range(mark - 1, -1, -1) if tokens[k].sort in "nw"), None)
    return None if k is None else phrase_to(tokens, k)


def _labelled(tokens, i, unit):
    """Find the label that a sentence begins with, if the unit counts it (交通补贴:外地教师90元)."""
    k = next((k for k in range(min(i, REACH)) if tokens[k].word == ":"), 0)
    if k == 0 or tokens[k - 1].sort not in "nw" or not fits(tokens[k - 1].word, unit):
        return None
    return phrase_to(tokens, k - 1)


def _only_qualifies(tokens, phrase, unit):
    """Tell whether a phrase ends in a noun that qualifies what was counted (大专学历24人)."""
    word = head_of(tokens, phrase)
    total = word in BARE and len(word) == phrase[1] - phrase[0]
    return unit != "所" and (total or ends_in(word, "qualifies"))


def _is_told_of(tokens, kind, left, before, rule):
    """Tell whether what qualifies is told of itself: in a list (大专30人,本科9人), or as a share of all.

    rule: by which another noun was found (大专学历占总数的60%).
    """
    if ends_in(head_of(tokens, before), "qualifies"):
        return True
    return kind == "share" and (rule in ("topic", "none") or head_of(tokens, left) not in BARE)


# One of several numbers in a row ---------------------------------------------------------------------------


def _own_share(tokens, i, unit, context):
    """Find the noun of one of several numbers in a row that are told apart (团员、团干部分别为30名和2名).

    Where none stands before them in their clause, they are told of the figures before (分别增长5%和8%).
    """
    first, last = _row(tokens, i)
    place, size = (i - first) // 2, (last - first) // 2 + 1
    apart = _told_apart(tokens, first) if size > 1 else None
    if apart is None:
        return None
    given = _shared(tokens, first, unit) if unit == "元" and tokens[first - 1].sort in "hv" else None
    whole = left_of(tokens, first, unit if unit in units_of("led") else "")
    if given:
        return given  # 对甲、乙证书分别给予900元和600元补贴
    if (
        whole and tokens[apart].start < whole[1] and ends_in(head_of(tokens, whole), "aim")
    ):  # 总任务的60%和90%
        of = left_of(tokens, apart, "")
        told = (_parts(tokens, apart, of, context) if of else []), context["nouns"][-size:]
        return next((parts[place] for parts in told if len(parts) == size), whole)
    if whole:
        told = tokens[apart].start >= whole[1]
        parts = _parts(tokens, first, whole, context) if told else [whole] * size  # 分别栽树9株和8株
        return parts[place] if len(parts) == size else whole
    before = context["nouns"]
    return before[place - size] if len(before) >= size else None


def _told_apart(tokens, first):
    """Find the 分别 before the numbers from first on, in their clause."""
    for n in range(first - 1, max(-1, first - REACH), -1):
        if tokens[n].word.startswith("分别"):
            return n
        if tokens[n].sort == "x" and first - n > 3:
            break
    return None


def _row(tokens, i):
    """Find the first and last of the numbers joined with number i, over what is no fact among them."""
    first = last = i
    while tokens[first - 1].sort == "c" and tokens[first - 2].word in (NUMBER, OTHER):
        first -= 2
    while tokens[last + 1].sort == "c" and tokens[last + 2].word in (NUMBER, OTHER):
        last += 2
    return first, last


def _parts(tokens, first, whole, context):
    """Part what stands before a row of numbers into what each is told of; a rate may stand but once.

    It is the same for all numbers of a row, so it is kept in ``context["parts"]``.
    """
    known = context["parts"]
    if (first, whole) not in known:
        known[first, whole] = _parted_at_marks(tokens, first, whole)
    return known[first, whole]


def _parted_at_marks(tokens, first, whole):
    k = last_of(tokens, whole)
    parts, rate = [], tokens[k] if ends_in(tokens[k].word, "amount") else None
    while True:
        begin, end = phrase_to(tokens, k)
        c = next((n for n in range(k, -1, -1) if tokens[n].sort in "xc"), -1)
        if tokens[c].sort == "c" and any(
            t.word in ("中", "的") and t.end <= begin for t in tokens[c + 1 : k]
        ):
            return [whole]  # 代表和委员中女性比例分别为30%和40%
        own = max(begin, tokens[c + 1].start), end
        parts.append(own if not rate or ends_in(tokens[k].word, "amount") else (rate.start, rate.end))
        if c < 1 or tokens[c].sort == "x":
            shared = _shared_head(tokens, first, parts)
            parts = parts[:1] + [shared] * (len(parts) - 1) if shared else parts
            return _of_ages(tokens, parts[::-1])
        k = c - 1


def _shared_head(tokens, first, parts):
    """Find the measure that only the last of some parts names for all of them (城镇、农村居民收入).

    The parts are those before number `first`, the last one first.
    """
    heads = [head_of(tokens, part) for part in parts]
    named = [any(ends_in(word, role) for role in ("measure", "money", "person")) for word in heads]
    inside = [t for t in tokens[:first] if parts[0][0] <= t.start and t.end < parts[0][1]]
    if not named[0] or not inside or any(named[1:]):
        return None
    mean = next((t.start for t in inside if t.word.endswith("均")), None)
    return mean or inside[0].end, parts[0][1]


def _of_ages(tokens, parts):
    """Return what all are of whom ages alone tell apart (14至28岁、29至35岁青年分别为9人和8人)."""
    ages = {t.start: t.end for t in tokens if t.word == AGE}
    start, end = parts[-1]
    if ages.get(start) in (None, end) or any(ages.get(first) != last for first, last in parts[:-1]):
        return parts
    return [(ages[start], end)] * len(parts)


# Beside a number -------------------------------------------------------------------------------------------


def _won(tokens, i, context):
    """Find the works that won medals; where only who won is named, the medals are counted (学校获3金2银)."""
    works = context["noun"] if context.get("unit") in units_of("medal") else left_of(tokens, i, "")
    named = works and ends_in(head_of(tokens, works), "work")
    return works if named else (tokens[i].end - 1, tokens[i].end)


def _candidates(tokens, i, unit, kind, before):
    """Find what each rule takes for the noun, the likeliest first."""
    after = tokens[i + 1]
    left = left_of(tokens, _ranks(tokens, i), "") if kind == "rank" else left_of(tokens, i, unit)
    over = after.word == NUMBER and unit in units_of("of_persons")  # 5户17名贫困人口
    of_whom = "人" if not unit and _names_persons(tokens, i, "person") else unit  # 30万学生
    right = right_of(tokens, i + over, of_whom)
    if right == (after.start, after.end) and is_level(after.word):
        right = None  # 6个市级、18个县级基地
    if unit in units_of("person") and right and left and not _names_persons(tokens, i):
        right = None if is_person(head_of(tokens, left)) else right  # 志愿者60人名单
    if unit in units_of("person") and tokens[i - 1].word in FOR and after.sort == "h":
        left = None  # 服务队为9人提供了咨询
    came = _who_come(tokens, i) if unit == "人次" and not right else None
    event = None if came else _beside(tokens, i, unit, left, right)
    left = came or left
    if left and before and left[0] <= before[0] < before[1] < left[1]:
        left = before[1], left[1]  # 9个村团支部覆盖率98%
    found = _in_order(tokens, i, unit, before, {"event": event, "right": right, "left": left})
    if unit != "%" and "object" not in found:
        object_ = _object(tokens, i, unit)
        found["object"] = None if object_ and before and _is_part(tokens, i, before) else object_
    return {rule: phrase for rule, phrase in found.items() if phrase}


def _in_order(tokens, i, unit, before, found):
    """Put the event and the phrases beside number i in order, behind what is said of what it counts."""
    after, left, right = tokens[i + 1], found["left"], found["right"]
    if unit == "次" and (done := _done(tokens, i + 1)):
        return {"object": done, "left": left}
    if unit == "%" and after.word in ("的", "为", "是"):
        return {"object": _of_whom(tokens, i), "right": right, "left": left}
    if unit == "%":  # 40%的青年选择就业,20%选择升学
        return {"left": left, "right": None if before and after.sort in "vwh" else right}
    listed = tokens[i - 1].word.endswith("等")
    if listed and (after.word == "为" or (not right and _are_names(tokens, unit, left))):
        return {"object": _object(tokens, i, unit)} | found
    if after.word in ("为", "是") and not left:
        return {"object": _named_after(tokens, i, unit)} | found
    summed = right and unit in ("元", "小时") and tokens[i - 2].word != "总"  # 总投资9万元的项目
    if summed and (after.word == "的" or after.sort in "na" or _is_paid(tokens, i)):
        return {"right": right} | found  # 5万元的经费, 534万元奶粉
    if unit in units_of("led") or _belongs_left(tokens, i, unit) or _measures(tokens, i):
        return {"event": found["event"], "left": left, "right": right}
    return found


def _is_part(tokens, i, before):
    """Tell whether number i is of some of those before (60人获奖,其中9人获金奖,6人获银奖)."""
    near = tokens[max(0, i - 2 * REACH) : i]
    return any(t.word == "其中" and t.start >= before[1] for t in near)


def _is_paid(tokens, i):
    """Tell whether a sum stands between a verb, or whom it is for, and what it is (给予900元奖励)."""
    before = tokens[i - 1]
    return (before.sort in "hv" or is_person(before.word)) and ends_in(tokens[i + 1].word, "money")


def _who_come(tokens, i):
    """Find the persons who take part in what stands before a number (志愿者参与服务900人次)."""
    for n in range(i - 1, max(0, i - REACH), -1):
        if tokens[n].sort in "xr":
            break
        serves = tokens[n].sort == "h" if n < i - 1 else tokens[n - 1].word in SUMMED
        if serves and tokens[n].word in roles("event"):
            n -= tokens[n - 1].word in SUMMED
            return phrase_to(tokens, n - 1) if is_person(tokens[n - 1].word) else None
    return None


def _of_whom(tokens, i):
    """Find the noun after the 的 of share i (90%的团员表示满意)."""
    j = on_over(tokens, opening(tokens, i + 2), "avw")
    found = right_of(tokens, i + 1, "人" if is_person(tokens[j].word) else "%")
    return None if ends_in(head_of(tokens, found), "aim") else found  # 保持在99%以上的高水平


def _are_names(tokens, unit, left):
    """Tell whether what stands before 等 and a number are names of persons, who are not what is counted."""
    return unit in units_of("person") and left is not None and not is_counted(head_of(tokens, left))


def _named_after(tokens, i, unit):
    """Find what some of those named before are said to be (其中9人为辅导员), if the unit counts it."""
    head = phrase_end(tokens, opening(tokens, i + 2))
    return right_of(tokens, i + 1, unit) if head is not None and counts(tokens[head].word, unit) else None


def _ranks(tokens, i):
    """Find the verb of a rank: before it stands what is ranked, after it among whom (参学率位列全省第8位)."""
    return last_before(tokens, i, roles("ranks")) or i


def _object(tokens, i, unit):
    """Find the noun after a verb of becoming that follows the number (4人获评优秀共青团员)."""
    if tokens[i - 1].word == "等" and tokens[i + 1].word == "为":
        return right_of(tokens, i + 1, "")  # 评选王某等10人为感动人物
    for j in range(i + 1, i + 6):
        if tokens[j].word in roles("becomes"):
            j += tokens[j + 1].word == "为"
            head = phrase_end(tokens, opening(tokens, j + 1))
            people = unit in units_of("person") and head is not None and is_person(tokens[head].word)
            return right_of(tokens, j, unit if people else "")
        if tokens[j].sort == "x":
            break
    return None


def _done(tokens, j):
    """Find the object of the verbs from token j on (两次召开推进会)."""
    start = j
    while tokens[j].sort in "hv":
        j += 1
    j -= j > start and tokens[j].sort == "w" and tokens[j - 1].sort == "v"  # 60次集中培训
    return right_of(tokens, j - 1, "") if tokens[start].sort in "hv" else None


def _measures(tokens, i):
    """Tell whether a number follows the name of a measure (总面积达30万平方米的基地)."""
    k = i - 1
    while tokens[k].word in ("达", "达到", "为", "共", "约", "超"):
        k -= 1
    return ends_in(tokens[k].word, "measure")


def _belongs_left(tokens, i, unit):
    """Tell whether what follows a number is the subject of the next one (书记456名平均年龄30.12岁)."""
    k = i - 1
    while tokens[k].sort in "nwa":
        k -= 1
    if k < i - 1 and tokens[i + 1].sort == "w" and tokens[i + 2].word == NUMBER:
        return True  # 服务站点9处走访60人次
    if k == i - 1 or tokens[k].word == NUMBER:
        return False
    for token in tokens[i + 1 : i + 6]:
        if token.sort not in "npa" or (unit not in units_of("person") and counts(token.word, unit)):
            return False  # 城区8个街道62个社区
    return False


def _names_persons(tokens, i, role=None):
    """Tell whether persons, or by their role only, are named right after number i."""
    after = tokens[i + 1 : (phrase_end(tokens, i + 1) or i) + 1]
    return any(ends_in(t.word, role) if role else is_person(t.word) for t in after)


# What happened ---------------------------------------------------------------------------------------------


def _attended_event(tokens, i, unit):
    """Find what persons take part in whom no noun names (60人参加座谈会; 举办竞赛9场,300人参与)."""
    who, k = i - 1, i + 1 + (tokens[i + 1].sort == "a")
    if unit not in units_of("person") or tokens[k].word not in coded("event", "attends"):
        return None
    while tokens[who].word in (*SUMMED, "等"):
        who -= 1
    if is_person(tokens[who].word) and tokens[who].sort not in "hv":  # but 动员
        return None
    k += tokens[k + 1].word in ("了", "到", "其中")
    bare = tokens[k + 1].sort in "xc"
    after = None if bare else right_of(tokens, k, "")
    if after:
        head = head_of(tokens, after)
        if ends_in(head, "occasion") or ends_in(head, "event"):
            return after
    j = on_over(tokens, k + 1, "navw")
    if tokens[j].sort == "x" and tokens[j].start - tokens[k].end > 3:
        return span(tokens, k + 1, j - 1)  # 900人参加义务植树
    if after:
        return None
    if not bare and not ends_in(tokens[k + 1].word, "occasion"):
        return None  # 参加面试, but 参与学习: in what is named before
    near = range(i - 1, max(-1, i - 4 * REACH), -1)
    n = next((n for n in near if tokens[n].sort == "n" and ends_in(tokens[n].word, "occasion")), None)
    return None if n is None else phrase_to(tokens, n)


def _beside(tokens, i, unit, left, right):
    """Find the event beside a number, for units that may count one, or where no persons are named."""
    if right and not _is_use(tokens, i, unit, right):
        return None  # 友好型城市25条政策, 覆盖3万人口, 打通9条断头路
    if not unit or unit in units_of("event", "measuring"):
        return _event(tokens, i, unit)
    named = right or (left and is_person(head_of(tokens, left)))
    return _attended(tokens, i) if unit in units_of("person") and not named else None


def _is_use(tokens, i, unit, right):
    """Tell whether a verb after a number says what for (捐款9万元建设的小学, 捐款9万元资助学生)."""
    sort = tokens[i + 1].sort
    return sort == "h" or (unit == "元" and sort in "vw" and is_counted(head_of(tokens, right)))


def _attended(tokens, i):
    """Find what people come for whom no noun names (吸引340万人次观看)."""
    came = tokens[i - 1].sort in "hv" and tokens[i + 1].word in roles("event")
    return span(tokens, i + 1, i + 1) if came else None


def _event(tokens, i, unit):
    """Find the verbal noun beside the number, where an event is counted (宣讲724场, 8万多次点击)."""
    if tokens[i + 1].sort in "vw" and tokens[i + 2].sort in "xc" and unit in units_of("event"):
        return span(tokens, i + 1, i + 1)
    k = i - 1
    while tokens[k].word in SUMMED or (tokens[k].word in roles("holds") and tokens[k - 1].sort in "vwh"):
        k -= 1  # 惠民演出开展32场
    bought = tokens[k].sort == "h" and tokens[i + 1].word == "的"
    return _event_to(tokens, k, unit) if not bought and _is_event(tokens, k, unit) else None


def _is_event(tokens, k, unit):
    """Tell whether token k names what happened: a verb alone does for units of events."""
    sort, word = tokens[k].sort, tokens[k].word
    if word in roles("event"):
        return True
    after = tokens[k + 2 + (tokens[k + 2].sort == "a")]
    if unit in units_of("person") and after.word in roles("event"):
        return False  # 组织60人次在线观看
    if unit not in units_of("event") and unit != "人次":
        return False
    if sort in "vw" or word in verbal():
        return True
    told = sort == "h" and tokens[k - 1].sort == "n"  # 免费开放30场
    return told and len(word) > 1 and word not in roles("holds")


def _event_to(tokens, k, unit):
    """Find the phrase of an event that ends in token k, without who acts."""
    j = k
    while j > 0 and (
        tokens[j - 1].sort in "vwanp" or (tokens[j - 1].sort == "c" and tokens[j - 2].sort in "vwn")
    ):
        j -= 1
    for n in range(k - 1, j - 1, -1):
        word = tokens[n].word
        if word.endswith("各界") or (tokens[n].sort in "np" and _acts(word, unit)):
            j = n + 1  # 社会各界捐款
            break
    if tokens[j - 1].sort == "r":
        j = next((n + 1 for n in range(k - 1, j - 1, -1) if tokens[n].sort in "np"), j)
    while j < k and (tokens[j].sort in "pc" or tokens[j].word == "计划"):
        j += 1  # 在《日报》发稿, 向新疆希望工程捐款
    j += j < k and tokens[j].word == "组织" and tokens[j - 1].sort in "xs"  # 组织消防演练2次
    j -= j == k - 1 and tokens[k].sort == "v" and tokens[j - 1].sort == "h" and len(tokens[j - 1].word) == 1
    return span(tokens, past_titles(tokens, j, k), k)


def _acts(word, unit):
    """Tell whether a noun before a verb is who acts (媒体推介百余次), or else is acted on (义工培训30场)."""
    if word in SETTINGS:
        return False  # 社会捐赠
    acts = ends_in(word, "organisation") or (unit not in units_of("event") and ends_in(word, "person"))
    return acts or word == "重点"  # which says how it is done (重点培训30场)


# The same ones again ---------------------------------------------------------------------------------------


def _level(tokens, i, before):
    """Find the noun before of which a level has others (国家级文明岗5个、省级11个), without its own level."""
    if not before or not tokens[i - 1].word.endswith("级"):
        return None
    first = tokens[first_of(tokens, before)]
    return (first.end, before[1]) if first.word.endswith("级") and first.end < before[1] else None


def _again(tokens, i, unit, rule, found, context):
    """Find the noun of what was counted before, where a verb alone says what became of it."""
    again = None
    if rule == "event":
        again = _same_cases(found[rule], tokens[i - 1], unit, context)
        if not again and context.get("unit") == unit and _is_part_done(tokens, i):
            again = context["noun"]
    if not again and rule != "right" and ends_in(tokens[i - 1].word, "act"):
        again = _accused(tokens, context)
    return again


def _same_cases(event, last, unit, context):
    """Find the noun of the same cases, where a verb alone says what became of them (案件60件,审结50件).

    So too of the event before, where it says whom that reached (活动9场,覆盖900人次).
    """
    if event != (last.start, last.end):
        return None
    if (
        unit in units_of("person")
        and context.get("unit") in units_of("occasion")
        and last.word in coded("event", "reaches")
    ):
        return context["noun"]
    if unit not in units_of("case"):
        return None
    return _last_of(unit, context)


def _is_part_done(tokens, i):
    """Tell whether verbs alone say what became of a part of what was counted (90万元,其中自筹60万元)."""
    k = back_over(tokens, i - 1, "hvw")
    return tokens[k].word == "其中" or tokens[k + 1].word == "含"


def _last_of(unit, context):
    """Find the last noun of a unit that the sentence has, or the subject of its paragraph."""
    said = (context["paragraph"].get("subject", (None, "")), *context["counted"])
    return next((noun for noun, its in reversed(said) if its == unit), None)


def _accused(tokens, context):
    """Find the accused named before, where an act of law alone is told of them (批捕嫌疑人9人,起诉6人)."""
    named = context.get("unit") == "人" and head_of(tokens, context["noun"]).endswith("嫌疑人")
    return context["noun"] if named else None


# Nothing beside a number -----------------------------------------------------------------------------------


def _further(tokens, i, unit, kind, context):
    """Look further where no noun stands beside a number: a verb, the figure before, the clause before."""
    whole = _whole(tokens, i, unit, context)
    if whole:
        return whole, "inherited", None
    before = context["noun"]
    if tokens[i - 1].word != NUMBER:
        before = _of_its_kind(unit, kind, context)
    elif before:
        return before, "inherited", None  # 疗养3批90人次
    given = _given(tokens, i) or _shared(tokens, i, unit) or _over_brackets(tokens, i, unit)
    if given and not (before and tokens[i - 1].word.endswith(RISEN[:2])):
        return given, "object", before
    if before and unit in units_of("person") and _is_label(tokens, i):
        return span(tokens, i - 1, i - 1), "left", before
    described = _described(tokens, i, kind) if unit in units_of("person") or kind == "share" else None
    if described:
        return described, "left", before
    use = _used_as(tokens, i) if unit == "元" else None
    verb = None if kind == "share" or use else _verb(tokens, i, unit) or _taken_on(tokens, i, unit, before)
    if verb:
        of = _acted_on(tokens, i, unit, verb, before, context)
        return (of, "inherited", verb) if of else (verb, "event", before)
    money = use or (_money(tokens, i) if unit == "元" else None)
    if before and (not money or moves(tokens[i - 1].word)):
        noun = before if kind == "rank" else _fitting(tokens, i, unit, before)
        return noun, "inherited", each_before(tokens, i)
    found = _from_afar(tokens, i, unit, kind, money, context)
    again = _same_cases(found[0], tokens[i - 1], unit, context) if found[1] == "event" else None
    return (again, "inherited", found[0]) if again else found


def _acted_on(tokens, i, unit, verb, before, context):
    """Find of which of those named before a verb beside number i tells what became of them."""
    if unit == "元":
        return _taken_in(tokens, i, context)
    if unit in units_of("person") and not before:
        return _done_to(tokens, i, verb, context)
    part = unit in units_of("person") and context.get("unit") == unit and _is_part_done(tokens, i)
    return before if part else None  # 供养对象90人,其中集中供养60人


def _whole(tokens, i, unit, context):
    """Find whose part persons are that are told by what they are (35岁以下的17人, 大专学历的有9名)."""
    k = i - 1 - (tokens[i - 1].word in ("有", "共", "达", "为"))
    aged = tokens[k].word == AGE and tokens[k - 1].sort in "xc"  # 14岁以下90人
    told = tokens[k].word == "的" and tokens[k - 1].word != OTHER  # but 到2021年的60人
    if unit not in units_of("person") or not (aged or told):
        return None
    first = context["among"] or next(
        (noun for noun, its in context["counted"] if its in units_of("person")), None
    )
    if aged and not first:
        return context["paragraph"].get("persons")
    return first if first == context["among"] or _are_people(head_of(tokens, first)) else None


def _are_people(word):
    return is_person(word) or word.endswith(("人口", "数"))


def find_among(tokens):
    """Find the persons among whom some are told apart by what follows (团干部中,女性9人)."""
    for k in range(1, len(tokens) - 1):
        if tokens[k].word == "中" and tokens[k + 1].word in (",", ":") and is_person(tokens[k - 1].word):
            return phrase_to(tokens, k - 1)
    return None


def _of_its_kind(unit, kind, context):
    """Find the noun of the last figure before that the unit may count."""
    if kind not in ("level", "mean", "change") or unit in units_of("led"):
        return context["noun"]
    same = next((its for its in (units_of("person"), units_of("occasion")) if unit in its), (unit,))
    for noun, counted in reversed(context["counted"]):
        if counted in same:
            return noun
    strange = (
        units_of("apart", "case") if unit in units_of("person") else units_of("apart")
    )  # 收入5万元,84人打工
    return None if kind != "change" and context.get("unit") in strange else context["noun"]


def _fitting(tokens, i, unit, before):
    """Find the last noun that the unit counts, if it does not count that of the figure before."""
    k = i - 1 - (tokens[i - 1].word in SUMMED)
    named = tokens[k].sort == "x" and tokens[k - 1].sort == "n" and fits(tokens[k - 1].word, unit)
    if unit in units_of("only") and named and k < i - 1:
        return phrase_to(tokens, k - 1)  # 各县均有代表,共90名
    if unit not in units_of("only") or fits(head_of(tokens, before), unit):
        return before
    k = next((k for k in range(i - 1, -1, -1) if tokens[k].sort == "n" and fits(tokens[k].word, unit)), None)
    return before if k is None else phrase_to(tokens, k)


def _is_label(tokens, i):
    """Tell whether nothing but a word for some of the persons stands before number i (男8人,女9人)."""
    told = tokens[i - 1]
    return told.sort == "a" and tokens[i - 2].sort in "xc" and not ends_in(told.word, "qualifies")


def _given(tokens, i):
    """Find what is done for a number of people whom no noun names (为9万人次提供了专项咨询)."""
    if tokens[i - 1].word not in (*FOR, "的"):
        return None
    j = on_over(tokens, i + 1, "hs")
    head = phrase_end(tokens, j)
    return None if j == i + 1 or head is None else span(tokens, j, head)


def _shared(tokens, i, unit):
    """Find the noun after the last of several numbers, over verbs (扶持9名、带动50名青年) and levels."""
    last = n = i
    while n < min(i + REACH, len(tokens) - 1):
        if tokens[n + 1].sort not in "xcvhs" and not is_level(tokens[n + 1].word):
            break
        n += 1
        last = n if tokens[n].word == NUMBER else last
    last += last > i and is_level(tokens[i + 1].word) and is_level(tokens[last + 1].word)
    found = right_of(tokens, last, unit) if last > i else None
    head = head_of(tokens, found)
    unit = "人" if unit in ("批", "批次") else unit  # 3批、60名医生
    if counts(head, unit) or (unit in ("", "元") and ends_in(head, "money" if unit else "person")):
        return found
    return None


def _over_brackets(tokens, i, unit):
    """Find the noun after the brackets that follow a number (90名(含续聘2名)辅导员)."""
    close = i + 1
    while tokens[i + 1].word == "(" and tokens[close].word not in (")", ""):
        close += 1
    found = right_of(tokens, close, unit) if close > i + 1 else None
    return found if counts(head_of(tokens, found), unit) else None


def _described(tokens, i, kind):
    """Find what is said of people who have no other name (有高中学历的17人, 已婚占66%)."""
    of = share_of(tokens, i) - (tokens[i - 1].word == "占") if kind == "share" else i - 1
    told = _told_of(tokens, of) if kind != "share" or of < i - 1 else None
    if told:
        return told
    k = i - 1
    while tokens[k].sort == "s" or tokens[k].word == "占":
        k -= 1
    if kind == "share" and tokens[k + 1].word in RISEN:
        return None  # 由60%提升到70%
    if (tokens[k].word == "的") == (kind == "share") or (k == i - 1 and kind == "share"):
        return None
    k -= kind != "share"
    if tokens[k].sort in "npw":
        return phrase_to(tokens, k)
    j = k
    while tokens[j].sort in ("avw" if kind == "share" else "avwh"):
        j -= 1
    if tokens[j].sort == "n" and tokens[j - 1].word in ("被", "由"):
        return span(tokens, j, k)  # 被企业吸纳的60人
    return span(tokens, j + 1, k) if j < k and tokens[j].sort in "xs" else None


def _told_of(tokens, k):
    """Find the people, or else the clause, of which a 的 before token k tells (选择支教的各有60人)."""
    j = verb = k = back_over(tokens, k, "s")
    while tokens[k].word == "的" and tokens[j - 1].sort not in "xd":
        j -= 1
        verb = j if tokens[j].sort in "hv" else verb
    if tokens[k - 1].sort == "s" or is_person(tokens[k - 1].word):
        return None  # 帮助其中的60人
    named = (n for n in range(j, verb) if is_person(tokens[n].word) and tokens[n + 1].sort != "g")
    who = next(named, None)  # but 研究生以上学历
    if who is not None:
        return phrase_to(tokens, who)
    return (tokens[j].start, tokens[k].end) if verb < k - 1 else None  # 被企业吸纳的60人


def _verb(tokens, i, unit):
    """Find the verb beside a number without a noun that says what is counted (参与3000人, 57人参加)."""
    on = i + 2 if tokens[i + 1].sort == "a" else i + 1  # 千余人在线观看
    acts = unit in purely("counts", "unit_person") and tokens[i + 2].sort not in "xc"  # 8个参加评选
    for k in (i - 1,) if acts else (i - 1, i + 1, on):
        if tokens[k].word in roles("event"):
            also = k > i and tokens[k + 1].sort in "vw" and tokens[k + 2].sort == "x"
            return span(tokens, k, k + also)  # 参与学习
    j = i - 1
    while tokens[j - 1].sort in "vwa" or tokens[j - 1].word == "不":
        j -= 1
    two = j < i - 1 and unit not in roles("counts") and unit not in units_of("led")  # 离婚登记60对
    named = tokens[i - 1].sort in "vw" or (unit == "元" and tokens[i - 1].word in verbal())
    if not named or not (two or unit in {"", "人", *units_of("surface", "measuring", "event")}):
        return None
    listed = tokens[j - 1].sort == "c" and tokens[j - 2].word == NUMBER  # 贷款9人、贴息8人
    opens = listed or tokens[j - 1].sort in "xsh"  # 不起诉8人, 实现增收8元
    opens = opens or (unit == "元" and lead(tokens, j - 1, phrase_to(tokens, j - 1)[0]).word in FOR)
    return span(tokens, j, i - 1) if opens else None


def _doing(tokens, i):
    """Find what people do who have no other name, up to the end of the clause (全村84人外出打工)."""
    j = i + 1
    while tokens[j].sort in ("avw" if j == i + 1 else "avwh"):
        j += 1
    return span(tokens, i + 1, j - 1) if j > i + 1 and tokens[j].sort in "xd" else None


def _taken_in(tokens, i, context):
    """Find the last revenue or spending, where a verb says by how much more or less it was (减收8万元)."""
    verb = tokens[i - 1].word
    if verb not in TAKEN_IN:
        return None
    sums = (noun for noun, unit in reversed(context["counted"]) if unit == "元")
    return next((noun for noun in sums if verb[1] in head_of(tokens, noun)), None)


def _taken_on(tokens, i, unit, before):
    """Find the verb that says what became of people where none are named (60人报名, 录用9人)."""
    head = head_of(tokens, before) if unit in units_of("person") else ""
    if head not in roles("event") and not is_verb(head):
        return None
    if tokens[i - 1].word in roles("head_verb"):
        return span(tokens, i - 1, i - 1)
    return _doing(tokens, i)


def _done_to(tokens, i, verb, context):
    """Find the persons of the paragraph, where a verb says what is done to some (党员60人。实有57人)."""
    done = tokens[i - 1].end == verb[1] and tokens[i - 1].sort in "hv"
    return context["paragraph"].get("persons") if done else None


def _used_as(tokens, i):
    """Find what a sum, or the next one too, is for (在20万元基础上追加5万元作为经费, 筹集8万元设立基金)."""
    if tokens[i + 1].word in ("设立", "成立"):
        return right_of(tokens, i + 1, "")
    for j in range(i + 1, min(i + REACH, len(tokens))):
        if tokens[j].word == "作为" and tokens[j - 1].word == NUMBER:
            return right_of(tokens, j, "")
    return None


def _money(tokens, i):
    """Find the last noun before number i that is counted in money."""
    for k in range(i - 1, max(0, i - 2 * REACH) - 1, -1):
        if tokens[k].sort in "nwvh" and ends_in(tokens[k].word, "money"):
            k += tokens[k + 1].word == "标准"
            return phrase_to(tokens, k) if tokens[k].sort in "nw" else span(tokens, k, k)
    return None


def _from_afar(tokens, i, unit, kind, money, context):
    """Look for what people do, for what a sum is, for the last noun of the clauses before, for the verb."""
    doing = _doing(tokens, i) if unit in units_of("person") else None
    if doing:
        return doing, "event", None
    topic = money or _topic(tokens, i, unit)
    if topic and unit == "元" and ends_in(head_of(tokens, topic), "organisation"):
        earlier = _last_of(unit, context)  # 收入80万元。其中:税务部门完成60万元
        return (earlier, "inherited", topic) if earlier else (topic, "topic", None)
    said = says(tokens[i - 1].word) and kind != "share"  # 现已脱贫223户
    if topic and not (said and unit in units_of("person") and not is_person(head_of(tokens, topic))):
        return topic, "topic", None
    return (span(tokens, i - 1, i - 1), "event", None) if said else (None, "none", None)


def _topic(tokens, i, unit):
    """Find the last noun phrase before number i, over marks, where no figure before it has a noun."""
    for k in range(i - 1, max(0, i - 2 * REACH) - 1, -1):
        if tokens[k].word == "|":  # the cells of a table are no clauses
            break
        if tokens[k - 1].word == "/":
            continue  # 元/人
        if tokens[k].sort == "w" and tokens[k + 1].word in RISEN:
            continue  # 发展到60人
        if unit in units_of("only") and not (
            fits(tokens[k].word, unit) or ends_in(tokens[k].word, "qualifies")
        ):
            continue
        named = tokens[k].sort == "v" and takes_verb(tokens[k].word) and tokens[k - 1].sort == "n"
        if named or tokens[k].sort in "nw":
            spent = unit not in units_of("led") and ends_in(tokens[k].word, "money")
            return None if spent else phrase_to(tokens, k)  # 公务接待费2万元,接待30批次
    return None


# Above a number --------------------------------------------------------------------------------------------


def find_above(text, start, unit):
    """Find the last noun that a unit counts in a heading or sentence before one whose figure has none.

    Of bare numbers it is what a heading says that they are the number of (各区青年中心数:).
    """
    if not unit:
        headed = _NUMBER_OF.search(text)
        tokens = classify(cut(text[: headed.start()]), start, {}) if headed else []
        k = next((k for k in range(len(tokens) - 1, -1, -1) if tokens[k].sort != "x"), None)
        return phrase_to(tokens, k) if k is not None and is_counted(tokens[k].word) else None
    if unit not in roles("counts") and unit != "%":
        return None
    tokens = classify(cut(text), start, {})
    if unit == "%":  # the label of a row
        k = next((k for k in range(len(tokens) - 1, -1, -1) if tokens[k].sort != "x"), 0)
        return phrase_to(tokens, k) if tokens[k].sort == "n" else None
    named = (k for k in range(len(tokens) - 1, -1, -1) if counts(tokens[k].word, unit))
    k = next((k for k in named if tokens[k].word not in units_of("person", "led")), None)  # 女性12人
    return None if k is None else phrase_to(tokens, k)


def find_title(text, start):
    """Find what the title of a table ends in (各院系就业率对比表, 近两年培训人数如下:), if that is a noun."""
    ends = _TITLE_ENDS.search(text)
    tokens = classify(cut(text[: ends.start()]) if ends else [], start, {})
    k = len(tokens) - 5  # the last word
    k -= k > 0 and tokens[k].word == "数"
    if k < 0 or tokens[k].sort not in "nw":
        return None
    return phrase_to(tokens, k)[0], tokens[-5].end


def find_sum(text, start):
    """Find the last name of a sum in a line above a table, but for how it is booked (“三公”经费支出表)."""
    tokens, paid = classify(cut(text), start, {}), ("支出", "收入", *lexicon_words("booked"))
    for k in range(len(tokens) - 1, -1, -1):
        word, booked = tokens[k].word, next(filter(tokens[k].word.endswith, paid), "")
        if word != booked and tokens[k].sort in "nwvh" and ends_in(word, "money"):
            begin = phrase_to(tokens, k)[0]
            begin += 2 * text.startswith("年度", begin - start)
            quoted = text.rfind("“", 0, begin - start) if text[begin - start - 1] == "”" else -1
            return start + quoted if quoted >= 0 else begin, tokens[k].end - len(booked)
    return None

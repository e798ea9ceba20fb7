"""Noun phrases that follow a number.

What is counted begins right behind its unit (培训5个项目的学员), and ends before the verb that is said of it.
`right_of` runs on token by token (`_run_on`) while the next may end a phrase (`_is_head`) or stand in one
(`_is_inside`), and then cuts off what is no part of what the unit counts (`_end_of`).
"""

from .phrases import EACH, LEVELS, RISEN, names_place, past_titles, titled
from .tokens import (
    BRACKET,
    NOUN,
    NUMBER,
    OTHER,
    REACH,
    SIGNS,
    back_over,
    counts,
    ends_in,
    fits_only,
    is_counted,
    is_level,
    is_person,
    is_piece,
    is_quality,
    may_stand,
    says,
    span,
    takes_verb,
)
from .words import purely, roles, units_of

TASKS = ("工作", "任务", "内容", "目标")  # of units of things, what is done to these
LISTS = ("名册", "名单", "称号", "荣誉称号")


# Right of a number -----------------------------------------------------------------------------------------


def right_of(tokens, i, unit):
    """Find the noun phrase that follows token i, as (start, end), or nothing."""
    of = tokens[i + 1].word == "的"
    if of and tokens[i + 2].word == "标准":
        return _paid(tokens, i + 2)
    counted, unit = unit, "" if of else unit  # 20人的宣讲队伍
    begin, last = _run_on(tokens, i, unit)
    if last is None and unit in units_of("person") and (persons := _of_persons(tokens, i)):
        begin, last = _run_on(tokens, persons, unit)
    while last is not None and begin < last:
        place = tokens[begin].sort == "p" and names_place(tokens, begin)
        if tokens[begin].word[0] != "各" and tokens[begin].sort != "c" and not place:
            break
        begin += 1
    if last is None or _is_task(tokens, begin, last, unit, of):
        return None
    if counted in units_of("person") and begin < last and tokens[last].word.endswith(("问题", "目标")):
        last -= 1  # 解决90人饮水安全问题
    if counted in units_of("person") and begin == last and ends_in(tokens[last].word, "measure"):
        return None  # 90人规模
    last = _end_of(tokens, i, begin, last, unit)
    begin -= tokens[begin - 1].word == "因" and begin - 1 > i  # 30名因案致贫群众
    begin -= begin == i + 2 and tokens[i + 1].word in LEVELS  # 9个全国示范县
    return span(tokens, titled(tokens, past_titles(tokens, begin, last), last), last)


def _paid(tokens, k):
    """Find the sum that is paid by the standard in token k (按9元的标准划拨团费), or else that."""
    j = begin = k + 1 + (tokens[k + 1].sort in "hv")
    while tokens[j].sort != "x":
        if ends_in(tokens[j].word, "money") and (tokens[j].sort == "n" or tokens[j + 1].sort == "x"):
            return span(tokens, begin, j)
        j += 1
    return span(tokens, k, k)


def _is_task(tokens, begin, last, unit, of):
    """Tell whether a phrase after a number is of what was to be reached or done, not of what is counted."""
    if ends_in(tokens[last].word, "aim") and (of or (begin == last and unit in units_of("person"))):
        return True  # 完成100个的目标, 完成90人目标的60%
    task = begin == last - 1 and tokens[begin].sort == "w" and tokens[last].word.endswith(TASKS)
    return task and not _is_of_doing(unit)  # 农田9亩建设任务已完成


def _is_of_doing(unit):
    """Tell whether a unit, or a number without one, may count what is done."""
    return not unit or unit in units_of("event", "done")


def _of_persons(tokens, i):
    """Find the 的 after number i before the persons that are counted (5名患这种病的妇女)."""
    if tokens[i + 1].sort not in "avr" or tokens[i + 1].word in roles("event"):
        return None
    for n in range(i + 2, i + REACH):
        if tokens[n].sort == "x":
            break
        if tokens[n].word == "的":
            head = phrase_end(tokens, n + 1)
            return n if head is not None and is_person(tokens[head].word) else None
    return None


def _end_of(tokens, i, begin, last, unit):
    """Find the last token of what is counted in the phrase after number i."""
    if unit in units_of("head"):
        last = _person_after(tokens, last)
    if any(t.word.endswith("称号") for t in tokens[last : last + 2]):
        last = _honoured(tokens, begin, last, unit)
    after, mean = tokens[last + 1].word, roles("mean")  # 9个县农民人均收入
    mean = after in mean or tokens[last].word[:2] in mean
    if unit in units_of("only") or after == NUMBER or mean or ends_in(tokens[last].word, "staff"):
        last = _counted(tokens, begin, last, unit)
    if begin < last and tokens[last + 1].sort == "x" and tokens[i].word == NUMBER:
        last = _without_predicate(tokens, i, begin, last, unit)
    listed = begin < last and tokens[last].word in LISTS and tokens[last - 1].sort == "n"
    return last - listed  # 授予9人劳动模范称号, but 9个推荐名单


def _person_after(tokens, last):
    """Find the persons that a phrase runs on to over what the tagger cuts (60名困难家庭大|一|新生)."""
    for n in range(last + 1, last + REACH):
        if is_person(tokens[last].word) or tokens[n].sort in "xhrc" or tokens[n].word in SIGNS:
            break
        if is_person(tokens[n].word):
            return phrase_end(tokens, n) or last
    return last


def _honoured(tokens, begin, last, unit):
    """Find who is given the title that a phrase ends in (授予9个支部“红旗支部”称号)."""
    for n in range(begin, last):
        after = tokens[n + 1]
        titled = after.sort in "pas" or after.word.startswith((*roles("praise"),))
        if counts(tokens[n].word, unit) and (titled or unit not in units_of("person")):
            return n
        if after.word == NOUN and tokens[n].sort == "n" and not is_level(tokens[n].word):
            return n
    return last


def _counted(tokens, begin, last, unit):
    """Find the last noun of a phrase, or of the last it joins, that the unit counts; else its end."""
    n = _last_counted(tokens, begin, last, unit)
    if n is None or (n < last and _is_single(tokens[last]) and tokens[last + 1].word != NUMBER):
        return last  # 9家社区青年|汇
    return n + (n < last and tokens[n + 1].word == BRACKET)  # 9个县(市、区)60个村


def _last_counted(tokens, begin, last, unit):
    """Find the last noun from begin on that the unit counts (9名学生或在外青年|返回家乡)."""
    return next((n for n in range(last, begin - 1, -1) if counts(tokens[n].word, unit)), None)


def _without_predicate(tokens, i, begin, last, unit):
    """Cut off what is said of a phrase that ends its clause, if that has no verb before (9个小组遍布城乡)."""
    n = next((n for n in range(begin + 1, last + 1) if _says_of(tokens, n, last, unit)), None)
    if n is None or _has_verb(tokens, i):
        return last
    return _last_counted(tokens, begin, n - 1, unit) or n - 1


def _says_of(tokens, n, last, unit):
    """Tell whether a verb n after what is counted, or an adjective at the end, is the predicate."""
    if n == last and is_quality(tokens[n].word):
        return _last_counted(tokens, n - 2, n - 1, unit) is not None  # 9个活动中心设施齐全
    if tokens[n].sort != "v" or tokens[n - 1].sort != "n":
        return False
    if counts(tokens[n - 1].word, unit):
        return True
    whole = takes_verb(tokens[last].word) or (n < last and _is_single(tokens[last]))  # 9个单位帮扶村
    return not whole and unit not in units_of("person", "event")


def _has_verb(tokens, i):
    """Tell whether a verb stands before number i in its clause, after any preposition."""
    return tokens[back_over(tokens, i - 1, "npagcds")].sort in "hvw"


# How far a phrase runs -------------------------------------------------------------------------------------


def _run_on(tokens, i, unit):
    """Find the first and last token of the noun phrase that follows token i, or nothing twice."""
    begin = last = None
    j = opening(tokens, i + 1, unit)
    if tokens[j].sort == "h" and not _is_alone(tokens, i, unit) and _acts_before(tokens, j, unit):
        begin = j  # 全市9个创建集体获表彰
        j += 1
    while j < i + 2 * REACH:
        token, after = tokens[j], tokens[j + 1]
        if last == j - 1 and token.word in (BRACKET, NOUN) and _is_complete(tokens, j, unit):
            return begin, j if token.word == BRACKET else last
        if token.sort == "d":
            theirs = token.word == "的" and is_person(tokens[j - 1].word)  # 9名学生的父母
            kind = not theirs and _names_the_kind(tokens, j, unit)
            if (_is_whose(tokens, j, last, unit) and not kind) or (last and not may_stand(after.sort)):
                break
            begin = last = None
        elif _is_head(tokens, j, last, unit):
            begin, last = j if begin is None else begin, j
        elif token.word == OTHER and begin is None:
            pass  # 5万元的首批贷款
        elif not _is_inside(tokens, j, begin, last, unit):
            of = None if _may_count(tokens[last or i].word, unit) else _of(tokens, begin, j, unit)
            if of is None:
                break
            begin, last, j = None, None, of  # 2.5万套价格优惠、配套完善的房源
        elif begin is None:
            begin = j
        j += 1
    return begin, last


def opening(tokens, j, unit=""):
    """Skip what may stand between a number and its noun: 全市, a date, a relative clause up to its 的."""
    first = tokens[j]
    while (
        first.word in (OTHER, "籍", BRACKET)
        or (first.sort == "s" and first.word[0] in "全我各本")
        or (unit in units_of("only") and first.sort == "p" and tokens[j + 1].sort in "wv")  # 60家贵州参展企业
        or (unit in units_of("only") and first.sort == "p" and _is_relative(tokens, j + 1))
    ):
        j += 1
        first = tokens[j]
    if first.sort not in "vhwrs" or first.word == "以":
        return j  # 60人以志愿者的身份
    if first.word == "因" and unit in roles("counts"):
        head = phrase_end(tokens, j + 1)
        cause = tokens[j + 1].sort == "n" and tokens[j + 2].sort in "hv"
        return j + 1 if cause and counts(tokens[head or j].word, unit) else j
    if _acts_before(tokens, j, unit):
        return j + (tokens[j].sort == "s")  # 9名有意向农民工参加省里举办的招聘会
    for n in range(j + 1, j + REACH * (1 + (first.word == "由"))):
        if tokens[n].word == "的":
            if n == j + 1 and tokens[j].sort == "w" and _is_whose(tokens, n, j, unit):
                return j  # 6类服务的清单
            return j + 1 if tokens[j].sort == "s" and _are_described(tokens, j + 1, n, unit) else n
        if tokens[n].sort == "x" and (first.word != "由" or tokens[n].word != NUMBER):
            break  # but 一支由9名医生组成的队伍
    return j


def _is_relative(tokens, j):
    """Tell whether a clause begins at the verb j that says of whom or what it is (9名海口出席大会的代表)."""
    ends = next((n for n in range(j, j + REACH) if tokens[n].sort == "x" or tokens[n].word == "的"), j)
    return tokens[ends].word == "的"


def _acts_before(tokens, j, unit):
    """Tell whether what the unit counts follows with a verb of its own, before any 的."""
    head = (
        phrase_end(tokens, j + 1)
        if unit in roles("counts") and tokens[j].word not in roles("becomes")
        else None
    )
    named = head is not None and counts(tokens[head].word, unit)
    return named and (tokens[j].sort in "hvw" or tokens[head + 1].sort == "h")


def _are_described(tokens, j, end, unit):
    """Tell whether nothing but the noun that is counted and its qualifiers stand there (已就业毕业生的)."""
    return all(t.sort in "nwa" for t in tokens[j:end]) and counts(tokens[end - 1].word, unit)


def _may_count(word, unit):
    """Tell whether a unit, or a number without one, counts a noun (6万人口的县)."""
    return counts(word, unit) if unit else word == "人口" or is_person(word)


def _is_whose(tokens, j, last, unit):
    """Tell whether the noun before the 的 or 等 in j is what is counted (5种语言的方法, 60亩茶园的数据)."""
    if last is None:
        return False
    word = tokens[last].word
    if _may_count(word, unit) or tokens[j].word != "的" or last != j - 1 or unit in {"", *units_of("person")}:
        return _may_count(word, unit)
    quality = is_quality(word) and not is_person(word)
    return not quality and word not in purely("compound", "takes_verb")  # 设施齐全的, 不同特色的


def _is_alone(tokens, i, unit):
    """Tell whether number i may stand for what was named before (其中9家建立支部开展活动)."""
    return unit == "人" or tokens[i - 1].sort == "x" or tokens[i - 1].word == "其中"


def _is_complete(tokens, j, unit):
    """Tell whether a phrase ends at the brackets or the quotation j, after a noun that the unit counts."""
    if not counts(tokens[j - 1].word, unit):
        return False
    head = phrase_end(tokens, j + 1)
    return head is None or not any(counts(t.word, unit) for t in tokens[j + 1 : head + 1])


def _names_the_kind(tokens, j, unit):
    """Tell whether 等 is followed by the word for all that was listed (8名团干等青年)."""
    head = phrase_end(tokens, j + 1)
    return head is not None and fits_only(tokens[head].word, unit)


def _of(tokens, begin, j, unit):
    """Find the 的 after clauses side by side that token j belongs to (素质高、能力强的), or nothing.

    So too where only verbs follow (6处政府督办的隐患), and the 等 that ends a list of what was done (20场资源
    链接、导师培训等活动).
    """
    if begin is None or _make_up(tokens, begin, j):
        return None
    if tokens[j].word == NUMBER and tokens[j + 1].word == "的":
        return j + 1  # 3条总长度11公里的赛道
    for n in range(j, j + REACH):
        if tokens[n].word == "的" and (tokens[j].sort in "ac" or all(t.sort in "hvw" for t in tokens[j:n])):
            return n
        if tokens[n].word == "等" and unit in units_of("event") and any(t.sort == "c" for t in tokens[j:n]):
            return n
        if tokens[n].sort == "x":
            break
    return None


def _make_up(tokens, begin, j):
    """Tell whether verb j says of what, from token begin on, something is made (由8张光盘组成的教材)."""
    return tokens[j].word == "组成" and any(t.word == "由" for t in tokens[max(0, begin - REACH) : begin])


def phrase_end(tokens, j):
    """Find the last noun of the phrase that runs on from token j, or nothing."""
    head = None
    for n in range(j, j + 8):
        if tokens[n].sort in "npw":
            head = n
        elif tokens[n].sort not in "av" or tokens[n].word in EACH:
            break
    return head


# What may stand in a phrase, and end it --------------------------------------------------------------------


def _is_head(tokens, j, last, unit):
    """Tell whether a phrase may end in token j, so far as it goes."""
    if tokens[j].sort in "np":
        return last is None or not _is_state(tokens, j, last, unit)
    after = tokens[j + 1]
    if tokens[j].word == "组织" and last is None and unit in ("个", "家") and after.word == "为":
        return True  # 9个组织为服务组织
    if unit == "元" and last is None and after.sort == "x" and ends_in(tokens[j].word, "money"):
        return True  # 300元补助
    if tokens[j].sort in "vw" and last == j - 2 and unit in units_of("event") and after.sort == "x":
        return tokens[j - 1].sort == "v"
    if tokens[j].sort == "v" and last == j - 1:
        if takes_verb(tokens[j].word):  # 非公有制经济组织, 9个志愿服务组织入围
            return after.sort not in "npwva" or after.word in purely("event", "compound")
        happens = unit in units_of("event", "done") and not is_counted(tokens[last].word)
        happens = happens and tokens[j].word not in roles("event")  # 5个项目入围
        return happens and after.sort == "x" and after.word != NUMBER  # 6例器官捐献
    if tokens[j].sort != "w":
        piece = last == j - 1 and after.sort == "h" and tokens[j].sort in "as"
        return piece and is_piece(tokens[j].word)  # 两个主场|地举行活动
    if last is None:
        return after.word not in RISEN and (
            unit not in units_of("person") or _qualifies_next(tokens, j, unit)
        )
    return _goes_on(tokens, j, last, unit)


def _is_inside(tokens, j, begin, last, unit):
    """Tell whether a phrase runs on over token j, which cannot end it."""
    sort, after = tokens[j].sort, tokens[j + 1]
    if last is not None and tokens[j].word in EACH:
        return False  # 60个村整村脱贫
    if sort == "c":
        return _joins_next(tokens, j, last, unit) if last == j - 1 else _are_joined(tokens, j, unit)
    if sort in "ag":
        fits = last is not None and unit not in units_of("person") and fits_only(tokens[last].word, unit)
        if last is None and (after.word == "的" or (after.sort == "h" and phrase_end(tokens, j + 2))):
            return True  # 8个基础薄弱的支部, 9个扶贫开发重点县
        if after.sort == "c":
            return _are_joined(tokens, j + 1, unit)
        return may_stand(after.sort) and not (fits and says(tokens[j].word))  # 20家企业入驻园区
    if sort == "h":
        return begin is not None and (last is None or _is_cut(tokens, j, begin, unit))
    if sort != "v":
        return False
    if last == j - 1 and unit in units_of("event") and after.sort in "vw" and tokens[j + 2].sort == "x":
        return not ends_in(tokens[last].word, "occasion")  # 两次安全知识集中学习
    return _goes_on(tokens, j, last, unit) if last is not None else _qualifies_next(tokens, j, unit)


def _are_joined(tokens, c, unit):
    """Tell whether c joins qualifiers of one noun that the unit counts (60名留守、困境儿童)."""
    if tokens[c - 1].sort != "a" or (head := phrase_end(tokens, c + 1)) is None:
        return False
    return _last_counted(tokens, c + 1, head, unit) is not None


def _is_cut(tokens, j, begin, unit):
    """Tell whether the verb j is a piece of a word that the tagger cuts, before the head (助|行 中心)."""
    if _is_made_of(tokens, j, unit):
        return True
    piece = begin == j - 1 and _is_single(tokens[begin]) and not is_counted(tokens[begin].word)
    while tokens[j].sort == "h" and len(tokens[j].word) == 1:
        if tokens[j].word in roles("becomes"):
            return False  # 60个单位获集体称号
        j += 1
    head = phrase_end(tokens, j)
    if head is None or tokens[head].sort == "p":
        return False
    return (
        piece
        or _last_counted(tokens, j, head, unit) is not None
        or (unit not in units_of("person") and ends_in(tokens[head].word, "organisation"))
    )


def _is_made_of(tokens, j, unit):
    """Tell whether verb j, with the noun before as its object, says of what an event or body is."""
    head = None if is_counted(tokens[j - 1].word) else phrase_end(tokens, j + 1)
    if head is None or tokens[j].word in roles("becomes"):
        return False
    word = tokens[head].word  # 9期芦笋种植技术讲座, 60户芦笋种植户
    if unit in {"户", *units_of("only")}:
        return counts(word, unit) or word.endswith(unit)
    return unit in units_of("event") and ends_in(word, "occasion")


def _joins_next(tokens, j, last, unit):
    """Tell whether the phrase after the joining word j is counted by the same number."""
    head = phrase_end(tokens, j + 1)
    if head is not None and tokens[head].word == "个人":
        return True  # 9个集体和个人
    if head is None or (tokens[head].sort == "w" and unit in ("个", "家", "所")):
        return False  # 9个大项、三级分管
    if (
        unit in units_of("person")
        and not is_person(tokens[last].word)
        and ends_in(tokens[head].word, "person")
    ):
        return True  # 3名低收入、困难家庭学生
    joint = tokens[j].word in ("与", "同", "跟")
    if tokens[j + 1].word in ("相关", "有关") and counts(tokens[j + 2].word, unit):
        return False  # 9个县和有关部门
    if counts(tokens[last].word, unit):
        if counts(tokens[j + 1].word, unit) and tokens[j + 2].sort in "vwh" and not joint:
            return True  # 9个省、市建设中学60所
        head = _last_counted(tokens, j + 1, head, unit)
        if head is None:
            return False  # 9个贫困县和帮扶任务
    if tokens[head + 1].word == NUMBER:
        return False
    if joint and tokens[head + 1].sort in "vh":
        return False  # 9个团支部与贫困村结对
    rest = [t.word for t in tokens[j + 1 : j + 8]]  # a name may be cut into its characters
    if "等" in rest and rest[rest.index("等") + 1 :][:1] == [NUMBER]:
        return False  # 8个单位和王某等3人
    return not (joint and (not unit or unit in units_of("person", "only")))  # 团干部与学生结对


def _goes_on(tokens, j, last, unit):
    """Tell whether a phrase goes on over the verb j: it ends in a noun that takes verbs, or in a person."""
    head = phrase_end(tokens, j)
    if head is None:
        return False
    head -= tokens[head].word == BRACKET and head > j
    fitting = counts(tokens[last].word, unit)
    if not fitting and _last_counted(tokens, j, head, unit) is not None:
        return True  # 30户“最美家庭”备选家庭
    if fitting and unit in {"户", *units_of("person")} and _have_object(tokens, j, last, head):
        return False
    if unit in units_of("person"):
        return any(ends_in(t.word, "person") for t in tokens[j : head + 1])
    if head > j + 1 and tokens[j].word in purely("event", "compound", "head_verb"):
        return False  # 9个项目入围全国决赛
    if tokens[head].word.endswith(TASKS) and (fitting or not _is_of_doing(unit)):
        return False  # 34个团支部换届工作, 6亩茶园建设任务
    if head == j:
        return _is_done_to(tokens, j, last, unit)
    if unit == "元" and ends_in(tokens[last].word, "money"):
        return False  # 6万元经费筹办“读书月”活动
    cut = tokens[j + 1].sort == "n" and _is_single(tokens[j + 1])
    acts = tokens[last].sort == "w" and not _is_of_doing(unit) and not takes_verb(tokens[last].word)
    if not fitting and (cut or acts):
        return True  # 6条青年学习|社线路, 6部采矿调度机
    return takes_verb(tokens[head].word)


def _have_object(tokens, j, last, head):
    """Tell whether verb j is what the persons right before it do to or for others (9名队员慰问孤寡老人)."""
    if last != j - 1 or tokens[j].sort not in "vw" or is_person(tokens[j + 1].word):
        return False
    if not is_person(tokens[head].word):
        return True
    return tokens[j].word in roles("head_verb")


def _is_done_to(tokens, j, last, unit):
    """Tell whether the verb j is the end of a phrase: what is done to or by the noun before it is counted."""
    word, after, counted = tokens[j].word, tokens[j + 1], is_counted(tokens[last].word)
    if counts(tokens[last].word, unit) and after.sort == "x":
        return False  # 3个团支部升格
    if after.sort == "x" and word in roles("event") and (counted or word not in roles("head_verb")):
        return False  # 3家单位筹款30万元, 70个项目参赛
    return (
        takes_verb(word)
        or after.word == "等"
        or after.sort == "c"
        or (after.sort == "x" and _is_of_doing(unit))
    )


def _is_single(token):
    """Tell whether a token is one character, and no sign for more."""
    return token.end - token.start == 1


def _is_state(tokens, j, last, unit):
    """Tell whether a word says what the persons before it do (20名少先队员参赛)."""
    word = tokens[j].word
    acts = unit in units_of("person") and is_person(tokens[last].word) and not is_person(word)
    at_work = says(word) and tokens[phrase_end(tokens, j)].word == "工作"  # 18个团支部换届工作
    return (acts or at_work) and not _goes_on(tokens, j, last, unit)


def _qualifies_next(tokens, j, unit):
    """Tell whether a verb right after a number qualifies the noun after it (20个培训项目)."""
    head = phrase_end(tokens, j)
    if head is None or head == j:
        return False
    if unit not in units_of("person") or ends_in(tokens[head].word, "person"):
        return True
    if tokens[j].word in roles("compound") and is_person(tokens[j + 1].word):
        return True
    return takes_verb(tokens[head].word) and tokens[j].word not in roles("event")  # 60人观看发布会

"""The noun that a number counts, found in the tagged words around it.

Every word has a class. A noun phrase runs over nouns and the words that qualify them; whether a verb
inside it is the verb of the clause (培训 学员) or qualifies the noun (培训 项目) is decided by the noun.
The words of each class are in the lexicon and can be extended there.
"""

from dataclasses import dataclass
from functools import cache, lru_cache

from .quantities import lexicon_codes

WORDS = 2**16  # kept in mind with their classes: what a corpus uses again and again
REACH = 14  # tokens looked at on either side of a number
TO_THE_LEFT = ("小时", "元", "%", "百分点", "倍")  # units whose noun stands before them, if there is one
EVENTS = (  # units that may count an event without a noun
    *("场", "次", "期", "篇", "条", "场次", "讲", "单", "起", "例", "批", "轮", "件"),
    *("台次", "车次", "批次", "件次", "户次"),
)
TIMES = ("人次", "小时", "元", "")  # units that may measure what a verb says (参与3000人次)
PEOPLE = ("名", "位", "人", "人次")
STRANGERS = ("元", "小时", "场", "次", "期", "篇")  # what these count are no people
COUNTED = {  # unit -> role of the nouns it counts
    **dict.fromkeys(PEOPLE, "person"),
    **dict.fromkeys(("个", "家", "所", "处"), "organisation"),
    "支": "team",
    "户": "organisation",
    **dict.fromkeys(("条", "项"), "item"),
}
ONLY = ("家", "所", "支", "名", "位")  # units that count hardly anything else
STAFF = ("负责人", "代表", "力量")  # of 15个部门负责人 the departments are counted
TOTALS = ("总数", "总量", "总人数")  # alone, they count what was counted before
PLACES_FOR_PEOPLE = ("编制", "名额", "岗位")  # of 增核编制3名
ENDINGS = frozenset("员会款费率班队站点室岗金")  # of nouns, with a verb of two characters before them
ADVERBS = ("共", "已", "并", "已经", "先后")  # a verb after these is that of the clause
THINGS = (
    "作品",
    "成果",
    "稿件",
    "信息",
    "线索",
    "建议",
    "提案",
    "问题",
    "意见",
    "诉求",
    "心愿",
    "资金",
    "款",
    "物资",
    "图书",
    "材料",
)
AIMS = ("目标", "任务", "要求")
ADMIN = ("省", "市", "县", "区", "州", "局", "盟", "旗")
LISTS = ("名册", "名单")
LEVELS = ("全国", "全省", "全市", "全县", "全区", "全州")
NUMERIC = (
    "率",
    "量",
    "数",
    "比例",
    "人次",
    "金额",
    "额",
    "时长",
    "时间",
    "费用",
)  # any verb may qualify these
TAGS = {"head_verb": "v", "up": "v", "compound": "vn", "noun": "n", "person": "n", "link": "d"}  # by role
SIGNS = list(map(chr, range(0xE000, 0xE009)))
# What stands for these; GROUP: of persons; BREAK: between sentences.
NUMBER, OTHER, NOUN, AGE, NAME, BODY, BRACKET, GROUP, BREAK = SIGNS
NO_TAILS = frozenset((*"年月日了较更最", OTHER))  # end no noun


@dataclass(slots=True)  # half the time of a tuple to make and to read
class Token:
    """One word of a sentence with its class and its offsets in the text.

    Classes: n noun, p place name, w verbal noun, v verb that may qualify a noun, h verb that never does,
    a other qualifier, g age limit, c conjunction, d 的 or 等, r preposition, s other word, x mark or
    number.
    """

    word: str
    sort: str
    start: int
    end: int


@cache
def tagger():
    """Return the tagger with the words of the lexicon, so that none is glued to its neighbour."""
    import rjieba

    tagger = rjieba.Jieba()
    tagger.add_word("其中", 100000, "d")  # 其中学生 holds no 中学生
    for role, tag in TAGS.items():
        for word in _roles(role):
            if len(word) > (role == "link") + (role != "noun"):
                tagger.add_word(word, 100000, tag)
    return tagger


def classify(tagged, start, ends):
    """Turn tagged words into tokens; blanks beside a number or a quotation are dropped.

    Parameters
    ----------
    tagged : iterable of tuple
        (word, tag), as from the tagger, which leaves every sign alone; read up to the end of the sentence.
    start : int
        Offset in the text of the first word.
    ends : dict
        Ends of the stretches that one sign stands for, by their starts.
    """
    tokens, last, end = [], "", start
    for word, tag in tagged:
        if word == BREAK:
            break
        start, end = end, ends.get(end) or end + len(word)
        if word == " " and last in (NUMBER, NOUN):
            continue
        if last == " " and word in (NUMBER, NOUN):
            tokens.pop()
        if word == NUMBER and tokens and len(last) > 3 and tokens[-1].sort == "a":
            tokens[-1].sort = "n"  # 违法行为
        if word in (NUMBER, "(") and len(tokens) > 1 and len(last) == 1 and _is_tail(*tokens[-2:]):
            tokens[-2:] = [Token(tokens[-2].word + last, "n", tokens[-2].start, start)]
        if word in ENDINGS and tokens and len(last) == 2 and tokens[-1].sort in "hvw" + "n" * (word == "员"):
            start, word, tag = tokens.pop().start, last + word, "n"  # 调解员, 推进会
        sort = _sort(word, tag)
        if sort == "x" and word != NUMBER and len(tokens) > 1 and _closes(*tokens[-2:]):
            tokens[-1].sort = "n"
        tokens.append(Token(word, sort, start, end))
        last = word
    return tokens


def _is_tail(noun, tail):
    """Tell whether a character ends a noun that the tagger does not know (楼栋|长, 宅间|道)."""
    if tail.word in NO_TAILS or tail.word in _roles("link"):
        return False
    return noun.sort in "na" and tail.sort in "as"


def _closes(before, verb):
    """Tell whether a verb before a mark is the noun of its phrase (占多数的是志愿服务组织,)."""
    return verb.sort == "v" and before.sort in "nw" and _takes_verb(verb.word)


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
        ``noun`` is the noun of the figure before, as (start, end), or nothing; ``nouns`` those of all
        levels before it in the sentence.

    Returns
    -------
    noun, rule, other : tuple or None, str, tuple or None
        (start, end) in the text, the rule that found it, and what another rule would take.
    """
    if i is None:
        return None, "none", None
    unit = mention["unit"]
    own = _own_share(tokens, i, unit, context["nouns"])
    if own:
        return own, "left", None
    found = _candidates(tokens, i, unit, kind)
    left, before = found.get("left"), context["noun"]
    if left and before and left[0] <= before[0] < before[1] < left[1]:
        found["left"] = (before[1], left[1])  # 9个村团支部覆盖率98%
    rules = [rule for rule in found if found[rule]]
    bare = rules[:1] == ["left"] and _only_qualifies(tokens, i, found["left"], unit)
    if bare or not rules:
        level = _level(tokens, i, context["noun"])
        if level:
            return level, "left", context["noun"]
    if rules[:1] == ["left"] and _is_elided(tokens, i, found["left"], context["noun"], unit):
        return context["noun"], "inherited", found["left"]
    if not rules or bare:
        before = context["noun"]
        if _at(tokens, i - 1).word != NUMBER:
            before = _of_its_kind(unit, kind, context)
        return _further(tokens, i, unit, kind, before, found["left"] if bare else None)
    other = next((found[r] for r in rules[1:] if found[r] != found[rules[0]]), None)
    return found[rules[0]], rules[0], other


def _level(tokens, i, before):
    """Find a level told apart from that of the noun before (国家级青年文明号5个、省级11个)."""
    if not before or not _at(tokens, i - 1).word.endswith("级"):
        return None
    first = next((t.word for t in tokens if t.start == before[0]), "")
    return _span(tokens, i - 1, i - 1) if first.endswith("级") else None


def _of_its_kind(unit, kind, context):
    """Find the noun of the last figure before that the unit may count as well."""
    if unit in PEOPLE and context.get("unit") in STRANGERS:
        return None  # 收入5万元,84人打工
    if kind not in ("level", "mean") or unit in TO_THE_LEFT:
        return context["noun"]
    same = PEOPLE if unit in PEOPLE else (unit,)
    for noun, counted in reversed(context["counted"]):
        if counted in same:
            return noun
    return None if context.get("unit") in ("元", "小时") else context["noun"]


def _own_share(tokens, i, unit, nouns):
    """Find the noun of one of several numbers in a row that are told apart (团员、团干部分别为30名和2名).

    Where none stands before them in their clause, they are told of the figures before (分别增长5%和8%).
    """
    first = last = i
    while _at(tokens, first - 1).sort == "c" and _at(tokens, first - 2).word == NUMBER:
        first -= 2
    while _at(tokens, last + 1).sort == "c" and _at(tokens, last + 2).word == NUMBER:
        last += 2
    lead = tokens[max(0, first - 4) : first]
    if first == last or not any(t.word == "各" or t.word.startswith("分别") for t in lead):
        return None
    whole, size = _left(tokens, first, unit), (last - first) // 2 + 1
    if not whole:
        return nouns[(i - first) // 2 - size] if len(nouns) >= size else None
    parts = [[]]
    for token in tokens[max(0, first - REACH) : first]:
        if whole[0] <= token.start < whole[1]:
            parts += [[]] if token.sort == "c" else [[*parts.pop(), token]]
    return _span(parts[(i - first) // 2], 0, -1) if len(parts) == size and all(parts) else whole


def _is_elided(tokens, i, found, before, unit):
    """Tell whether a phrase says only where the League's organisations of a list are (团支部5个:学校2个)."""
    if not before or unit not in ("个", "家"):
        return False
    near = range(i - 1, max(-1, i - 4 * REACH), -1)
    whole, place = (next((n for n in near if tokens[n].end == end), None) for end in (before[1], found[1]))
    if whole is None or place is None or whole >= place:
        return False
    league = _at(tokens, whole - (tokens[whole].word in TOTALS)).word  # 团支部总数达30个,其中企业12个
    listed = any(t.word in (":", "其中", "包括") for t in tokens[whole:place])
    where = tokens[place].word
    if not listed or not _ends(league, "league") or _ends(where, "league"):
        return False
    return _ends(where, "organisation") or _is_person(where)


def _candidates(tokens, i, unit, kind):
    """Find what each rule takes for the noun, the likeliest first."""
    left = _left(tokens, i, unit)
    if kind in ("growth", "change") and unit in ("%", "百分点", "倍"):
        return {"left": left}
    right = _right(tokens, i, unit)
    if _at(tokens, i + 1).word == NUMBER and unit in ("户", "家", "个"):
        right = _right(tokens, i + 1, unit)  # 5户17名贫困人口
        if right:
            return {"right": right}
    found = {"right": right, "left": left, "object": _object(tokens, i, unit)}
    if _at(tokens, i + 1).word == "的" and _at(tokens, _phrase_end(tokens, i + 2) or i).word.endswith(AIMS):
        found["right"] = None  # 完成100个的目标
    done = _done(tokens, i + 1) if unit == "次" and not found["right"] else None
    if done:
        return {"object": done, "left": left}
    event = {"event": _event(tokens, i, unit)} if unit in EVENTS or unit in TIMES else {}
    if unit in (*EVENTS, "") and _at(tokens, i + 1).sort == "n" and found["right"]:
        event = {}  # 友好型城市25条政策, 覆盖3万人口
    if _at(tokens, i - 1).word == "等" and _at(tokens, i + 1).word == "为":
        return {"object": found["object"]} | found
    if unit == "%" and _at(tokens, i + 1).word in ("的", "为", "是"):
        return {"object": _right(tokens, i + 1, unit)} | {r: found[r] for r in ("right", "left")}
    if found["right"] and (
        (unit == "元" and _names_money(tokens, i + 1)) or (unit == "小时" and _at(tokens, i + 1).word == "的")
    ):
        return {"right": found["right"]} | event | found
    if unit in TO_THE_LEFT or _belongs_left(tokens, i) or _measures(tokens, i):
        return event | {"left": left} | found
    return event | found


def _further(tokens, i, unit, kind, before, below):
    """Look further where no noun stands beside a number: a verb, the figure before, the clause before."""
    given = _given(tokens, i)
    if given:
        return given, "object", before
    described = _described(tokens, i, kind) if unit in PEOPLE or kind == "share" else None
    if described:
        return described, "left", before
    verb = None if kind == "share" else _verb(tokens, i, unit)
    if verb:
        return verb, "event", before
    alone = unit == "元" and _at(tokens, i - 1).word != NUMBER
    money = (_used_as(tokens, i) or _money(tokens, i)) if alone else None
    if before and (not money or _at(tokens, i - 1).word in _roles("up") | _roles("down")):
        return before, "inherited", None
    doing = _doing(tokens, i) if unit in PEOPLE else None
    if doing:
        return doing, "event", None
    topic = money or _topic(tokens, i, below)
    if topic:
        return topic, "topic", None
    said = _says(_at(tokens, i - 1).word) and kind != "share"  # 现已脱贫223户
    return (_span(tokens, i - 1, i - 1), "event", None) if said else (None, "none", None)


# Phrases ---------------------------------------------------------------------------------------------------


def _right(tokens, i, unit):
    """Find the noun phrase that follows token i, as (start, end), or nothing."""
    begin = last = None  # of tokens
    unit = "" if _at(tokens, i + 1).word == "的" else unit  # 20人的宣讲队伍
    j = _opening(tokens, i + 1)
    while j < min(i + 2 * REACH, len(tokens)):
        token, after = tokens[j], _at(tokens, j + 1)
        if last == j - 1 and token.word in (BRACKET, NOUN) and _is_complete(tokens, j, unit):
            last = j if token.word == BRACKET else last
            break
        if token.sort == "d":
            fits = begin is not None and _counts(tokens[last].word if last else "", unit)
            if fits and not (token.word == "等" and _names_the_kind(tokens, j, unit)):
                break
            if begin is not None and not _may_stand(after.sort):
                break
            begin = last = None
        elif _is_head(tokens, j, last, unit):
            begin, last = j if begin is None else begin, j
        elif not _is_inside(tokens, j, begin, last, unit):
            of = None if _counts(tokens[last or i].word, unit) else _of(tokens, begin, j, unit)
            if of is None:
                break
            begin, last, j = None, None, of  # 2.5万套价格优惠、配套完善的房源
        elif begin is None:
            begin = j
        j += 1
    while last is not None and begin < last and tokens[begin].sort == "p":
        begin += 1
    if last is not None and not _counts(tokens[last].word, unit) and _takes_verb(tokens[last].word):
        last = next((n for n in range(last, begin - 1, -1) if _fits_only(tokens[n].word, unit)), last)
    if last is not None and _at(tokens, last + 1).word == NUMBER:  # 9个村团支部覆盖率98%
        last = next((n for n in range(last - 1, begin - 1, -1) if _counts(tokens[n].word, unit)), last)
    if last is not None and unit in ("个", "家", "支") and last > begin and tokens[last].word.endswith(STAFF):
        last = next((n for n in range(last, begin - 1, -1) if _counts(tokens[n].word, unit)), last)
    return _span(tokens, begin if begin is None else _titled(tokens, begin), last)


def _is_complete(tokens, j, unit):
    """Tell whether a phrase ends at the brackets or the quotation j, after a noun that the unit counts."""
    if not _counts(tokens[j - 1].word, unit):
        return False
    head = _phrase_end(tokens, j + 1)
    return head is None or not any(_counts(t.word, unit) for t in tokens[j + 1 : head + 1])


def _names_the_kind(tokens, j, unit):
    """Tell whether 等 is followed by the word for all that was listed (8名团干等青年)."""
    head = _phrase_end(tokens, j + 1)
    return head is not None and _fits_only(tokens[head].word, unit)


def _opening(tokens, j):
    """Skip what may stand between a number and its noun: 全市, a date, a relative clause up to its 的."""
    while _at(tokens, j).word in (OTHER, "籍") or (
        _at(tokens, j).sort == "s" and tokens[j].word[0] in "全我各本"
    ):
        j += 1
    if _at(tokens, j).sort not in "vhwrs":
        return j
    for n in range(j + 1, min(j + REACH, len(tokens))):
        if tokens[n].word == "的":
            return n
        if tokens[n].word == "等" and tokens[n - 1].sort != "h" and any(t.sort == "c" for t in tokens[j:n]):
            return n
        if tokens[n].sort == "x":
            break
    return j


def _of(tokens, begin, j, unit):
    """Find the 的 after clauses side by side that token j belongs to (素质高、能力强的), or nothing.

    So too where the unit does not count what stands before (30家青年创办的企业), and the 等 that ends a list
    of what was done (20场资源链接、导师培训等活动).
    """
    if begin is None or _at(tokens, j + 1).word in (NUMBER, OTHER):
        return None
    clauses = tokens[j].sort in "ac" or any(t.sort == "c" for t in tokens[begin:j])
    for n in range(j, min(j + REACH, len(tokens))):
        if tokens[n].word == "的" and (clauses or unit in ONLY or all(t.sort in "hv" for t in tokens[j:n])):
            return n
        if tokens[n].word == "等" and unit in EVENTS and any(t.sort == "c" for t in tokens[j:n]):
            return n
        if tokens[n].sort == "x":
            break
    return None


def _is_head(tokens, j, last, unit):
    """Tell whether a phrase may end in token j, so far as it goes."""
    if tokens[j].sort in "np":
        return last is None or not _is_state(tokens, j, last, unit)
    if tokens[j].sort == "v" and _takes_verb(tokens[j].word) and last is not None and last == j - 1:
        return _at(tokens, j + 1).sort not in "npwva"  # 非公有制经济组织
    if tokens[j].sort == "v" and last is not None and last == j - 1 and unit in (*EVENTS, "元", "个", "项"):
        after = _at(tokens, j + 1)
        return (
            after.sort == "x" and after.word != NUMBER and not _is_counted(tokens[last].word)
        )  # 6例器官捐献
    if tokens[j].sort != "w":
        return False
    if last is None:
        if _at(tokens, j + 1).word == NUMBER:
            return False  # 交通枢纽22处排查1604人次
        return unit not in PEOPLE or _qualifies_next(tokens, j, unit)
    return _goes_on(tokens, j, last, unit)


def _is_inside(tokens, j, begin, last, unit):
    """Tell whether a phrase runs on over token j, which cannot end it."""
    sort, after = tokens[j].sort, _at(tokens, j + 1)
    if sort == "c":
        return last == j - 1 and _joins_next(tokens, j, last, unit)
    if sort in "ag":
        return _may_stand(after.sort)
    if sort != "v":
        return False
    return _goes_on(tokens, j, last, unit) if last is not None else _qualifies_next(tokens, j, unit)


def _joins_next(tokens, j, last, unit):
    """Tell whether the phrase after the joining word j is counted by the same number."""
    head = _phrase_end(tokens, j + 1)
    if head is None:
        return False
    after = _at(tokens, head + 1).word
    if after == NUMBER or after in _roles("becomes"):
        return False
    rest = [t.word for t in tokens[j + 1 : j + 8]]  # a name may be cut into its characters
    if "等" in rest and rest[rest.index("等") + 1 :][:1] == [NUMBER]:
        return False  # 8个单位和王某等3人
    if unit in PEOPLE and _is_person(tokens[last].word):
        return _is_person(tokens[head].word) and tokens[j].word not in ("与", "同", "跟")  # 团干部与学生结对
    return True


def _goes_on(tokens, j, last, unit):
    """Tell whether a phrase goes on over the verb j: it ends in a noun that takes verbs, or in a person."""
    head = _phrase_end(tokens, j)
    if head is None:
        return False
    word = tokens[head].word
    if not _counts(tokens[last].word, unit) and any(_counts(t.word, unit) for t in tokens[j : head + 1]):
        return True
    if unit in PEOPLE and (_is_person(tokens[last].word) or _is_person(word)):
        people = any(_ends(t.word, "person") for t in tokens[j : head + 1])
        return people or (word == NOUN and head == j)  # 80名青年采用“集市”的形式
    if _fits_only(tokens[last].word, unit):
        return _fits_only(word, unit)  # 3支突击队进驻实验室
    if word == "工作" and unit in ("个", "家", "所"):
        return False  # 34个团支部换届工作
    if head == j:
        after = _at(tokens, j + 1)
        says = after.sort == "x" and word in _roles("event")  # 3家单位筹款30万元, 70个项目参赛
        return not says and (_takes_verb(word) or after.sort in "xc")
    return _takes_verb(word)


def _is_state(tokens, j, last, unit):
    """Tell whether a word says what the persons before it do (20名少先队员参赛)."""
    word = tokens[j].word
    if unit in PEOPLE and _is_person(tokens[last].word) and not _is_person(word):
        return not _goes_on(tokens, j, last, unit)
    at_work = tokens[_phrase_end(tokens, j)].word == "工作" and (word == "工作" or _says(word))
    return at_work and not _goes_on(tokens, j, last, unit)


def _qualifies_next(tokens, j, unit):
    """Tell whether a verb right after a number qualifies the noun after it (20个培训项目)."""
    head = _phrase_end(tokens, j)
    if head is None or head == j:
        return False
    return unit not in PEOPLE or _ends(tokens[head].word, "person") or _takes_verb(tokens[head].word)


def _phrase_end(tokens, j):
    """Find the last noun of the phrase that runs on from token j, or nothing."""
    head = None
    for n in range(j, min(j + 8, len(tokens))):
        if tokens[n].sort in "npw":
            head = n
        elif tokens[n].sort not in "av":
            break
    return head


def _left(tokens, i, unit):
    """Find the noun phrase before token i, over verbs and adverbs but no mark, as (start, end)."""
    k = _share_of(tokens, i) if unit == "%" else i - 1
    k -= unit == "%" and _at(tokens, k).word == "占"
    if unit == "%" and k < i - 1 and _at(tokens, k).word == "的":
        return _subject(tokens, k)
    k -= tokens[k].word == "("  # 非公企业青年(9.5%)
    k = _compared(tokens, k)
    if _at(tokens, i - 1).word == "的" and unit not in TO_THE_LEFT:
        return None  # 重点村的78人
    while k >= max(0, i - REACH) and tokens[k].sort not in "npw":
        if (
            tokens[k].sort == "v"
            and k == i - 1
            and _takes_verb(tokens[k].word)
            and _at(tokens, k - 1).sort in ("n" if unit in PEOPLE else "nwv")
        ):
            break  # 志愿者组织32个
        if tokens[k].sort == "v" and k == i - 1 and unit not in PEOPLE and _is_governed(tokens, k):
            break  # 办理法人资格登记62个
        if tokens[k].sort == "v" and k == i - 1 and unit in PEOPLE and _is_of_what(_at(tokens, k - 1)):
            break  # 义务就诊60人
        if tokens[k].word == ")":
            k = next((n for n in range(k, max(0, i - REACH), -1) if tokens[n].word == "("), k)
        elif tokens[k].sort in "xc":
            return None
        k -= 1
    if k < max(0, i - REACH):
        return None
    risen = _at(tokens, k + 1).word in ("到", "至", "达", "达到", "为") and tokens[k].sort == "w"
    if (unit in PEOPLE and _is_person(_at(tokens, k - 1).word)) or (risen and tokens[k - 1].sort in "nw"):
        k -= _says(tokens[k].word)  # 青年入团909名, 年龄优化至29岁
    found = _back(tokens, k)
    head = _at(tokens, k - (tokens[k].word == BRACKET)).word
    if unit in PEOPLE[:3] and not (_is_person(head) or head.endswith(NUMERIC)):
        found = _persons(tokens, k) or found
        if _is_source(tokens, k, found[0]):
            return None
    if k < i - 1 and _is_for(tokens, k, found[0]):
        return None
    if _is_each(tokens, k, found[0], i):
        return None
    if unit != "元" or _ends(tokens[k].word, "money"):
        return found
    if k < i - 1 and _is_counted(tokens[k].word):
        return None  # 基金会拿出5万元
    counted = any(t.end == found[0] and t.word == NUMBER for t in tokens[max(0, i - REACH) : i])
    return None if counted else found


def _is_of_what(token):
    """Tell whether a noun before a verb names neither who acts nor whom, but what."""
    return token.sort == "n" and not (token.word == NOUN or _is_counted(token.word))


def _compared(tokens, k):
    """Find where the search starts: before what something is compared with (预算数比上年决算数增加5万元)."""
    if tokens[k].word in _roles("up") or tokens[k].word in _roles("down"):
        for n in range(k - 1, max(0, k - REACH), -1):
            if tokens[n].word == "比":
                return n - 1
            if tokens[n].sort == "x":
                break
    return k


def _is_governed(tokens, k):
    """Tell whether a verb after a noun is itself the object of one before it."""
    j = k - 1
    while _at(tokens, j).sort in "npwav":
        j -= 1
    return j < k - 1 and tokens[j].sort == "h"


def _persons(tokens, k):
    """Find the persons of whom a clause without any at its end tells something (选派团干部到乡镇挂职12人)."""
    while k > 0 and tokens[k].sort not in "xd" and not tokens[k].word.endswith(PLACES_FOR_PEOPLE):
        k -= 1
        if tokens[k].sort == "n" and _ends(tokens[k].word, "person") and tokens[k + 1].sort not in "npwag":
            return _back(tokens, k)
    return None


def _is_for(tokens, k, start):
    """Tell whether the phrase that ends in token k is whom something is done for (向社会提供6小时服务)."""
    while k > 0 and tokens[k].start > start:
        k -= 1
    return _at(tokens, k - 1).word in ("向", "为", "给", "对")


def _is_source(tokens, k, start):
    """Tell whether the phrase that ends in token k says where from someone comes (从高校选拔64名)."""
    while k > 0 and (tokens[k].start > start or tokens[k - 1].sort == "s"):
        k -= 1
    return _at(tokens, k - 1).word == "从"


def _is_each(tokens, k, start, i):
    """Tell whether the phrase that ends in token k is each of which something has (每个乡镇建立1处)."""
    if not any(t.sort == "h" for t in tokens[k + 1 : i]):
        return False
    while k > 0 and tokens[k].start > start:
        k -= 1
    return _at(tokens, k - 1).word in ("每个", "每")


def _measures(tokens, i):
    """Tell whether a number follows the name of a measure (总面积达30万平方米的基地)."""
    k = i - 1
    while _at(tokens, k).word in ("达", "达到", "为", "共", "约", "超"):
        k -= 1
    return _ends(_at(tokens, k).word, "measure")


def _share_of(tokens, i):
    """Find where the search starts: before 占, where it has an object (占总人数的29.3%)."""
    for k in range(i - 2, max(0, i - REACH), -1):
        if tokens[k].word == "占":
            return k - 1
        if tokens[k].sort == "x":
            break
    return i - 1


def _subject(tokens, k):
    """Find the first noun phrase of the clause that ends in token k (青年在农村务工的占总数的12%)."""
    while k > 0 and tokens[k - 1].sort != "x":
        k -= 1
    while _at(tokens, k).sort in "rspd":
        k += 1
    head = _phrase_end(tokens, k)
    return head if head is None else _span(tokens, k, head)


def _back(tokens, k):
    """Find the noun phrase that ends in token k: back over what qualifies, up to the verb of the clause."""
    j = k
    while j > 0 and (tokens[j - 1].sort in "npwvahg" or _joins(tokens, j - 1)):
        j -= 1
    for n in range(k - 1, j - 1, -1):
        if _is_predicate(tokens, n, k):
            j = _held(tokens, j, n, k) or n + 1
            break
    if _at(tokens, j - 1).word == NUMBER:  # 62支服务队、在册义工1.5万人
        j = next((n + 1 for n in range(j + 1, k) if tokens[n].word == "、" or tokens[n].sort in "vh"), j)
    if j + 2 <= k and _is_place(tokens, j):
        j += 2
    while j < k and (
        tokens[j].sort in "pc"
        or tokens[j].word in (BRACKET, "方面")
        or (tokens[j].word in ADMIN and tokens[j + 1].sort in "nw" and _is_left_over(_at(tokens, j - 1)))
        or (tokens[j].word == "计划" and tokens[j + 1].sort in "vh")
    ):
        j += 1
    return _span(tokens, _titled(tokens, j), k)


def _is_place(tokens, j):
    """Tell whether two words at the start of a phrase are a place that the tagger does not know (半程 镇)."""
    name, level = tokens[j].word, tokens[j + 1].word
    return level in "镇乡县市旗州盟" and len(name) > 1 and tokens[j].sort == "n" and name not in _known()


def _is_left_over(before):
    """Tell whether a word is the rest of a place before its 区 or 县 (我区, or a name that no one knows)."""
    return before.sort == "s" and before.word not in _roles("link") and before.word[0] not in SIGNS


@cache
def _known():
    return frozenset().union(*map(_roles, ("noun", "compound", "person", "organisation", "takes_verb")))


def _held(tokens, j, n, k):
    """Find where the object of 开展 or 举办 begins, if it runs over verb n (开展典型选树活动6场)."""
    if not _takes_verb(tokens[k].word) or _ends(tokens[k].word, "money"):
        return None
    for m in range(n, j - 1, -1):
        if m < n and tokens[m].word in _roles("holds"):
            return m + 1
        if tokens[m].word in _roles("event"):
            return None
    return None


def _titled(tokens, j):
    """Take the level of an award into its name (全国优秀共青团员)."""
    level = _at(tokens, j - 1).word in LEVELS
    return j - 1 if level and tokens[j].word.startswith(("优秀", "先进", "模范", "五四")) else j


def _is_predicate(tokens, n, k):
    """Tell whether token n is the verb of the clause, and not a part of the phrase that ends in token k."""
    if tokens[n + 1].sort == "c":
        return False
    k = next((m - 1 for m in range(n + 2, k) if tokens[m].sort == "c"), k)  # the end of its own conjunct
    sort, head = tokens[n].sort, tokens[k].word
    if sort == "h":
        near = n == k - 1 and (head.endswith(NUMERIC) or head in _roles("measure")) and len(head) < 3
        return not (near or (n == k - 2 and head == "率"))
    if sort == "v" and head == NOUN and n == k - 1 and tokens[n].word not in _verbal() - _roles("head_verb"):
        return True  # 编发《简报》
    before = _at(tokens, n - 1)
    if before.word in ADVERBS and (sort in "vw" or tokens[n].word in _verbal()):
        return True  # 共注册志愿者
    if before.sort == "x" and tokens[n + 1].word == NOUN and n + 1 < k and tokens[n].word in _verbal():
        return True  # 治理“三无”场所
    if sort not in "vw":
        return False
    if before.sort == "x" and head.endswith(THINGS) and tokens[n].word in _roles("head_verb"):
        return True  # 征集作品
    if (
        before.sort == "c"
        and _at(tokens, n - 2).sort in "vh"
        and tokens[n - 2].word not in _roles("compound")
    ):
        return True  # 遴选、资助项目
    opens = tokens[n].word == "组织" or tokens[n].word in _roles("holds")
    if opens and before.sort in "xs" and not head.endswith(NUMERIC):
        return True  # 组织青年论坛
    stated = tokens[n].word not in _roles("compound") and not head.endswith(NUMERIC)
    if (before.sort == "x" or before.word == "累计") and (n < k - 2 or stated):
        return True  # 认定青年创业基地
    if sort == "v" and stated and n < k - 1:
        return True  # 红十字会派出救援队伍
    return not _takes_verb(head)


def _joins(tokens, k):
    """Tell whether a word joins two nouns (青年典型、青年集体)."""
    if k < 1 or tokens[k].sort != "c":
        return False
    return tokens[k - 1].sort in "nw" or tokens[k - 1].sort == _at(tokens, k + 1).sort == "a"


def _event(tokens, i, unit):
    """Find the verbal noun beside the number, where an event is counted (宣讲724场, 8万多次点击)."""
    if _at(tokens, i + 1).sort in "vw" and _at(tokens, i + 2).sort in "xc" and unit in EVENTS:
        return _span(tokens, i + 1, i + 1)
    on = i + 2 if _at(tokens, i + 1).sort == "a" else i + 1
    if _at(tokens, i - 1).sort in "hv" and _at(tokens, on).word in _roles("event") and unit in PEOPLE:
        return _span(tokens, on, on)  # 吸引340万人次观看
    k = i - 1
    while _at(tokens, k).word in ("共", "共计", "累计", "达", "总计", "合计", "了") or (
        _at(tokens, k).word in _roles("holds") and _at(tokens, k - 1).sort in "vwh"
    ):
        k -= 1  # 惠民演出开展32场
    sort, word = _at(tokens, k).sort, _at(tokens, k).word
    if sort == "h" and _at(tokens, i + 1).word == "的":
        return None
    if not (
        word in _roles("event")
        or (
            (
                sort in "vw"
                or word in _verbal()
                or (
                    sort == "h"
                    and len(word) > 1
                    and _at(tokens, k - 1).sort == "n"
                    and word not in _roles("holds")
                )
            )
            and (unit in EVENTS or unit == "人次")
        )
    ):
        return None
    j = k
    while j > 0 and tokens[j - 1].sort in "vwanp":
        j -= 1
    for n in range(k - 1, j - 1, -1):
        if tokens[n].sort in "np" and _acts(tokens[n].word, unit):
            if unit == "人次" and _ends(tokens[n].word, "person"):
                return None  # the persons are counted
            j = n + 1
            break
    while j < k and (tokens[j].sort in "pc" or (tokens[j].word == NOUN and _at(tokens, j - 1).sort == "r")):
        j += 1  # 在《日报》发稿
    j += j < k and tokens[j].word == "组织" and _at(tokens, j - 1).sort in "xs"  # 组织消防演练2次
    return _span(tokens, j, k)


def _acts(word, unit):
    """Tell whether a noun before a verb is who acts (媒体推介百余次), or else is acted on (义工培训30场)."""
    return _ends(word, "organisation") or (unit not in EVENTS and _ends(word, "person"))


def _done(tokens, j):
    """Find the object of the verbs from token j on (两次召开推进会)."""
    start = j
    while _at(tokens, j).sort in "hv":
        j += 1
    return _right(tokens, j - 1, "") if j > start else None


def _names_money(tokens, j):
    """Tell whether what follows a sum of money may be its noun (534万元奶粉, 10万元捐款, 5万元的经费)."""
    token = _at(tokens, j)
    return token.sort in "na" or token.word == "的" or (token.sort == "w" and _at(tokens, j + 1).sort == "x")


def _money(tokens, i):
    """Find the last noun before number i that is counted in money."""
    for k in range(i - 1, max(0, i - 2 * REACH) - 1, -1):
        if tokens[k].sort in "nwvh" and _ends(tokens[k].word, "money"):
            return _back(tokens, k) if tokens[k].sort in "nw" else _span(tokens, k, k)
    return None


def _used_as(tokens, i):
    """Find what the next sum is for, where the first has no noun (在20万元基础上追加5万元作为经费)."""
    for j in range(i + 1, min(i + REACH, len(tokens))):
        if tokens[j].word == "作为" and tokens[j - 1].word == NUMBER:
            return _right(tokens, j, "")
    return None


def _verb(tokens, i, unit):
    """Find the verb beside a number without a noun that says what is counted (参与3000人, 57人参加)."""
    on = i + 2 if _at(tokens, i + 1).sort == "a" else i + 1  # 千余人在线观看
    for k in (i - 1, i + 1, on):
        if _at(tokens, k).word in _roles("event"):
            return _span(tokens, k, k)
    j = i
    while _at(tokens, j - 1).sort in "vwha" or _at(tokens, j - 1).word == "不":
        j -= 1
    bare = j < i and _at(tokens, i - 1).sort in "vw" and _at(tokens, j - 1).sort in "xs"
    return _span(tokens, j, i - 1) if bare and unit in ("人", *TIMES, *EVENTS) else None  # 不起诉8人


def _doing(tokens, i):
    """Find what people do who have no other name, up to the end of the clause (全村84人外出打工)."""
    j = i + 1
    while _at(tokens, j).sort in ("a", "v", "w", "h"):
        j += 1
    return _span(tokens, i + 1, j - 1) if j > i + 1 and _at(tokens, j).sort in "xd" else None


def _object(tokens, i, unit):
    """Find the noun after a verb of becoming that follows the number (4人获评优秀共青团员)."""
    if _at(tokens, i - 1).word == "等" and _at(tokens, i + 1).word == "为":
        return _right(tokens, i + 1, "")  # 评选王某等10人为感动人物
    for j in range(i + 1, min(i + 6, len(tokens))):
        if tokens[j].word in _roles("becomes"):
            j += _at(tokens, j + 1).word == "为"
            head = _phrase_end(tokens, _opening(tokens, j + 1))
            people = unit in PEOPLE and head is not None and _is_person(tokens[head].word)
            found = _right(tokens, j, unit if people else "")
            if found and head is not None and tokens[head].word in LISTS:
                found = (found[0], tokens[head].start)  # 列入人才名册
            level = _at(tokens, j + 1)
            return (level.start, found[1]) if found and level.word in LEVELS else found
        if tokens[j].sort == "x" or (j == i + 1 and tokens[j].word != "被"):
            return None
    return None


def _described(tokens, i, kind):
    """Find what is said of people who have no other name (有高中学历的17人, 已婚占66%)."""
    k = i - 1
    while _at(tokens, k).sort == "s" or _at(tokens, k).word == "占":
        k -= 1
    if (_at(tokens, k).word == "的") == (kind == "share") or (k == i - 1 and kind == "share"):
        return None
    k -= kind != "share"
    if _at(tokens, k).sort in "npw":
        return _back(tokens, k)
    j = k
    while _at(tokens, j).sort in "avwh":
        j -= 1
    return _span(tokens, j + 1, k) if j < k and _at(tokens, j).sort in "xs" else None


def _given(tokens, i):
    """Find what is done for a number of people whom no noun names (为9万人次提供了专项咨询)."""
    if _at(tokens, i - 1).word not in ("为", "对", "向", "给", "的"):
        return None
    j = i + 1
    while _at(tokens, j).sort in ("h", "s"):
        j += 1
    head = _phrase_end(tokens, j)
    return None if j == i + 1 or head is None else _span(tokens, j, head)


def find_above(text, start, unit):
    """Find the last noun that a unit counts in a heading or sentence before one whose figure has none."""
    tokens = classify(tagger().tag(text, hmm=False), start, {})
    k = next((k for k in range(len(tokens) - 1, -1, -1) if _counts(tokens[k].word, unit)), None)
    return None if k is None else _back(tokens, k)


def _topic(tokens, i, below=None):
    """Find the last noun phrase before number i, over marks, where no figure before it has a noun."""
    k = i - 1
    while k >= max(0, i - 2 * REACH) and (tokens[k].sort not in "nw" or (below and tokens[k].end > below[0])):
        k -= 1
    return _back(tokens, k) if k >= max(0, i - 2 * REACH) else None


def _belongs_left(tokens, i):
    """Tell whether what follows a number is the subject of the next one (书记456名平均年龄30.12岁)."""
    k = i - 1
    while _at(tokens, k).sort in "nwa":
        k -= 1
    if k == i - 1 or _at(tokens, k).word == NUMBER:
        return False
    for token in tokens[i + 1 : i + 6]:
        if token.word == NUMBER:
            return True
        if token.sort not in "npa":
            return False
    return False


def _only_qualifies(tokens, i, span, unit):
    """Tell whether a phrase before number i ends in a noun that qualifies what was counted (大专学历24人)."""
    near = tokens[max(0, i - REACH - 1) : i]
    return unit != "所" and any(
        t.end == span[1] and (t.word in _roles("qualifies") or (t.start == span[0] and t.word in TOTALS))
        for t in near
    )


# Words -----------------------------------------------------------------------------------------------------


@lru_cache(WORDS)
def _sort(word, tag):
    """Return the class of a word."""
    signs = {
        NUMBER: "x",
        OTHER: "s",
        BRACKET: "n",
        "未": "a",
        "无": "a",
        "非": "a",
        "款": "n",
        "以上": "g",
        "及以上": "g",
        "之": "a",
        "以下": "g",
        NOUN: "n",
        AGE: "g",
        NAME: "a",
        BODY: "p",
        GROUP: "n",
        "级": "a",
        "青": "a",
        "零": "a",
        "的": "d",
        "等": "d",
    }
    if word in signs:
        return signs[word]
    if tag == "x" and word != "、":
        return "n" if word[0].isascii() and word[0].isalpha() else "x"
    if word in _roles("and"):
        return "c"
    if (
        word in _roles("noun")
        or word in _roles("person")
        or (word in _roles("takes_verb") - _roles("compound") - _roles("link"))
    ):
        return "n"
    head, compound = word in _roles("head_verb"), word in _roles("compound")
    nominal = tag[0] in "nj" or tag in ("eng", "an", "vn")
    if head and compound:
        return "w" if nominal else "v"
    if head or word in _roles("becomes"):
        return "h"
    if compound and nominal:
        return "w" if word in _roles("event") else "n"
    if compound:
        return "a"
    if word in _roles("link") or word in _roles("up") or word in _roles("down"):
        return "s"
    return _sort_of_tag(word, tag)


def _sort_of_tag(word, tag):
    if len(word) == 2 and word[0] in "全我本该" and word[1] in "国省市县区镇乡村校院矿厂场州旗盟团系司社行局":
        return "s"
    if tag == "ns" or (tag in ("nr", "nrt", "nz") and word[-1] in "省市县区镇乡州盟旗" and len(word) > 1):
        return "p"
    if tag == "vn":
        return "w"
    if tag[0] in "nj" or tag in ("eng", "an"):
        return "n"
    if tag[0] in "vl" and len(word) > 2 and (_ends(word, "takes_verb") or _is_counted(word)):
        return "n"  # 救助款, 初级中学
    if tag[0] == "v":  # 建, 编成, 发出: the verb of the clause
        return "h" if len(word) == 1 or word[-1] in "成出起入到得为给至" else "v"
    if tag[0] in "abfstzgikl":
        return "a"
    return "r" if tag == "p" else "s"


@lru_cache(WORDS)
def _is_person(word):
    return word in (NOUN, GROUP) or _ends(word, "person")


@lru_cache(WORDS)
def _says(word):
    """Tell whether a noun is a verb as well."""
    return (word in _verbal() or word in _roles("head_verb") - _roles("noun")) and not _is_person(word)


@cache
def _verbal():
    return _roles("compound") - _roles("noun")


@lru_cache(WORDS)
def _takes_verb(word):
    if word in _roles("event") and word not in _roles("takes_verb"):
        return False  # 参赛, 参会
    return word == NOUN or _ends(word, "takes_verb")


def _is_counted(word):
    return _ends(word, "person") or _ends(word, "organisation")


def _counts(word, unit):
    """Tell whether a unit may count a noun, so that a 的 after it opens another phrase (164个社区的测温)."""
    role = COUNTED.get(unit)
    return bool(role) and _ends(word, role)


def _fits_only(word, unit):
    """Tell whether a noun is of the only sort that a unit counts (家: organisations; 个 counts anything)."""
    return unit in ONLY and _counts(word, unit)


@lru_cache(WORDS)
def _ends(word, role):
    return any(word[i:] in _roles(role) for i in range(len(word)))


def _may_stand(sort):
    """Tell whether a word may stand in a noun phrase."""
    return sort in "npwvag"


@cache
def _roles(role):
    return frozenset(lexicon_codes(role))


_NOTHING = Token("", "x", 0, 0)


def _at(tokens, i):
    return tokens[i] if 0 <= i < len(tokens) else _NOTHING


def _span(tokens, begin, last):
    return None if begin is None or last is None else (tokens[begin].start, tokens[last].end)

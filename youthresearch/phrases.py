"""Noun phrases before a number, and where any phrase begins.

`left_of` says where to look for the last noun (`_search_from`), finds it (`_head_before`) and the phrase that
ends in it (`phrase_to`), and leaves out who acts or gives.

`phrase_to` goes back over nouns and what qualifies them up to the verb of the clause (`_past_verb`), then
skips what is no part of the phrase: a place, levels, titles, owners. Whether a verb inside it is that of
the clause (培训 学员) or qualifies the noun (培训 项目), `_is_predicate` says: by words that leave no
doubt, then by the noun, of verbs that never qualify (`_takes`) and of others (`_is_stated`).
"""

from functools import cache

from .tokens import (
    AREAS,
    BODY,
    BRACKET,
    GROUP,
    NAME,
    NOUN,
    NUMBER,
    OTHER,
    REACH,
    SIGNS,
    back_over,
    counts,
    ends_in,
    first_of,
    is_counted,
    is_level,
    is_person,
    last_before,
    moves,
    says,
    span,
    takes_verb,
    verbal,
)
from .words import coded, purely, roles, units_of

LONGEST = 200  # tokens of a noun phrase; none of a report has as many, and time would be cubic
EACH = ("整", "每", "所有")  # another phrase begins
PLACED = ("从", "在", "到", "于")  # no persons are counted after these, unless named
FOR = ("为", "给", "向", "对")
WHERE = ("在", "于", "通过", "依托")
ADVERBS = ("已经", "先后", *"共已并可能将拟应须")  # a verb after these is that of the clause
# Single characters that begin no word with the next.
WHICH = (*ADVERBS, *"某我该本各每几了去早多快新")
# Alone, they count what was counted before.
TOTALS = ("总人数", "总数量", "总数", "总量", "总额", "数量", "数目")
MEAN_AGE = "平均年龄"
ATTENDED = ("参加", "出席", "申请", "享受", "取得")
TAKEN_PART = (*ATTENDED, "参与")
ADMIN = ("省", "市", "县", "区", "州", "局", "盟", "旗")
LEVELS = ("全国", "全省", "全市", "全县", "全区", "全州")
NATIONAL = ("青联", "学联", "人大", "政协", "重点")  # bodies of the nation, and what it selects
MASSES = ("人员", "人口", "人群")  # of which a verb says which
TITLE = 8  # characters of a name; longer, it is a title
BEYOND = ("超过", "超出", "超", "高于", "低于", "高出", "达到")
PAST = ("超过", "不到", "不足", "少于", "低于", "多于")  # before the whole of a share
ABOVE = ("高于", "低于", "高出", "高过")
RISEN = ("到", "至", "达", "达到", "为")
TOLD = (*RISEN, "从", "由", "占", "控制", "保持", "稳定")  # after the subject of a clause, not an object
STATED = ("为", "达", "达到", "占", "占比达")  # after what a figure is of
REALISED = ("实现", "完成")


# Left of a number ------------------------------------------------------------------------------------------


def left_of(tokens, i, unit):
    """Find the noun phrase before token i, over verbs and adverbs but no mark, as (start, end)."""
    k = _head_before(tokens, i, unit)
    if k is None:
        return None
    k -= tokens[k].word in ("平均值", "均值") and tokens[k - 1].word.endswith("率")
    k = _of_share(tokens, k)
    k -= 2 * (tokens[k - 1].word == "每" and tokens[k - 2].sort in "nw")  # 专业演出每村9场
    found = _by_cause(tokens, k, i) or phrase_to(tokens, k)
    head = tokens[k - (tokens[k].word == BRACKET)].word
    others = unit in units_of("head") and not (is_person(head) or ends_in(head, "amount"))
    found = (others and _persons(tokens, k)) or found
    before = lead(tokens, k, found[0]).word
    if others and before in PLACED:
        return None  # 从高校选拔64名
    if before == "因" and found[0] < tokens[k].start:
        found = _caused(tokens, k, found)
    elif before in FOR:
        found = _done_for(tokens, k, found, unit)
    if (others or unit == "户") and _is_sender(tokens, k, i):
        return None  # 各支部推荐1名
    if before in ("每个", "每"):  # 每个乡镇建立1处, 每个支部团员9名
        first = first_of(tokens, found)
        return span(tokens, first + 1, k) if first < k and counts(tokens[first].word, "个") else None
    return _sum(tokens, i, k, found) if unit == "元" else found


def _head_before(tokens, i, unit):
    """Find the last noun before token i, or nothing."""
    risen = _before_from(tokens, i)
    if risen is not None:
        return risen
    told = i - 1 if unit != "%" else share_of(tokens, i)
    while tokens[told].word in ("有", "达", "为", "各", "占"):
        told -= 1
    whose = tokens[told].word == "的" and (unit not in units_of("led") or told < i - 1)
    if whose and not _is_start(tokens, told):
        return None  # 重点村的78人, 正在建设的有8所, 种菜的占60%
    k, first = _search_from(tokens, i, unit), max(0, i - REACH)
    while k >= first and (tokens[k].sort not in "npw" or _is_no_noun(tokens, k, i)):
        if k == i - 1 and tokens[k].sort in "va" and _is_noun(tokens, k, unit):
            break
        if k == i - 1 and unit == "元" and tokens[k].sort == "h" and _is_use(tokens, k):
            break
        if tokens[k].word == "组织" and tokens[k - 1].sort in "nw" and tokens[k + 1].word in (*RISEN, "共"):
            break  # 志愿服务组织达到60个
        if tokens[k].sort in "va" and tokens[k - 1].word.endswith("外") and tokens[k + 1].word in RISEN:
            break  # 县外就业达到60%
        if tokens[k + 1].word in STATED and _is_done_by(tokens, k):
            break  # 机构养老为60人
        if tokens[k].word == ")":
            k = next((n for n in range(k, max(0, first - 2 * REACH), -1) if tokens[n].word == "("), k)
            first = min(first, max(0, k - REACH))
        elif tokens[k].word in ("中", "后") and tokens[k - 1].sort in "nw":
            # 培训后就业60人, 在考核中排名第三
            k = next((n for n in range(k - 1, first, -1) if tokens[n].sort in "xr"), k - 1)
            if tokens[k].sort == "x":  # 在60个县中位列第三
                k += -1 if tokens[k - 1].sort == "r" else 1
        elif tokens[k].sort == "x" or (tokens[k].sort == "c" and tokens[k + 1].word != OTHER):
            return None  # but 与上年相比
        k -= 1
    if k < first:
        return None
    return _over_verb(tokens, k, unit)


def _is_start(tokens, k):
    """Tell whether a 的 ends the date of what something rises from (律师由2015年的30人增加到60人)."""
    return tokens[k - 1].word == OTHER and tokens[k - 2].word in ("由", "从")


def _is_done_by(tokens, k):
    """Tell whether token k is a verb right after a noun, no one's, which together name what is told of."""
    named = tokens[k - 1].sort == "n" and not is_counted(tokens[k - 1].word)
    return named and tokens[k].sort in "vh" and len(tokens[k].word) > 1


def _search_from(tokens, i, unit):
    """Find where the search begins: before 占 with its object, a bracket or colon, what is compared with."""
    share = unit in ("%", "百分点")
    k = share_of(tokens, i) if share else i - 1
    k -= unit == "%" and tokens[k].word == "占"
    k -= tokens[k].word in ("(", ":")  # 非公企业青年(9.5%), 志愿者:90人
    if unit == "倍" and tokens[k].word == "的":  # 党员数是建国时的9倍
        k = next((n - 1 for n in range(k, max(0, k - REACH), -1) if tokens[n].word in ("是", "为")), k)
    if share:  # 入会率高于全县水平3个百分点
        k = next((n - 1 for n in range(k, max(0, k - REACH), -1) if tokens[n].word in ABOVE), k)
        n = k - (moves(tokens[k].word) or tokens[k].word in RISEN)
        k = n - 1 - (tokens[n - 1].word == "的") if tokens[n].word == "比重" else k  # 青年的比重上升
    return _compared(tokens, k, share)


def _compared(tokens, k, share):
    """Find where the search starts: before what something is compared with (收入比上年决算数增加5万元)."""
    if moves(tokens[k].word) or tokens[k].word in tuple("高低多少") or (share and tokens[k].sort in "nsw"):
        for n in range(k - 1, max(0, k - REACH), -1):
            against = tokens[n].word == OTHER and tokens[n + 1].word.endswith(("算数", "算"))
            against = against or (tokens[n].sort == "c" and any(t.word == "相比" for t in tokens[n:k]))
            if against or tokens[n].word in ("比", "较"):
                return n - 1  # 差旅费与预算相比减少2万元
            if tokens[n].sort == "x":
                break
    return k


def _before_from(tokens, i):
    """Find the noun before what number i rises or falls from (比例由医保报销后的60%提高到70%), or nothing."""
    after = tokens[i + 1]
    if after.sort in "xn" or not (after.word.endswith(RISEN) or moves(after.word)):
        return None
    n = last_before(tokens, i, ("由", "从"), "xc")
    return _of_share(tokens, n - 1) if n and tokens[n - 1].sort in "nw" else None


def _of_share(tokens, k):
    """Step from 比例 in token k to what it is of (党员占总数的比例从60%升到70%, 党员的比例)."""
    if tokens[k].word not in ("比例", "比重") or tokens[k - 1].word != "的":
        return k
    of = k - 2 if is_counted(tokens[k - 2].word) else k
    return next((n - 1 for n in range(k - 2, max(0, k - REACH), -1) if tokens[n].word == "占"), of)


def share_of(tokens, i):
    """Find where the search starts: before 占 or 超过, where it has an object (占总人数的29.3%)."""
    whole = tokens[i - 1].word == "的"
    for k in range(i - 2, max(0, i - REACH), -1):
        if tokens[k].word == "占" or (whole and tokens[k].word in (*PAST, "达", "达到")):
            return k - 1
        if tokens[k].sort == "x":
            break
    return i - 1


def _over_verb(tokens, k, unit):
    """Step over the verb k that a noun stands before (青年入团909名, 年龄优化至29岁)."""
    if tokens[k].sort in "vw":
        k = _rate_before(tokens, k)
    risen = tokens[k + 1].word in RISEN and tokens[k].sort == "w"
    acts = unit in units_of("person") and is_person(tokens[k - 1].word)
    if acts and tokens[k].word == "就业":
        return k - _are_helped(tokens, k)
    if acts or (risen and tokens[k - 1].sort in "nw"):
        k -= says(tokens[k].word) or (acts and tokens[k].word in roles("happens"))
    return k


def _rate_before(tokens, k):
    """Find the rate of which the verb k says how it moves or stays (参与率提升), or return k."""
    n = back_over(tokens, k - 1, "vwas")
    return n if tokens[n].word.endswith(("率", "价格")) else k


def _are_helped(tokens, k):
    """Tell whether a verb has an effect on the persons before token k (带动青年就业90人)."""
    for n in range(k - 2, -1, -1):
        if tokens[n].sort in "hvwx":
            return tokens[n].sort != "x" and tokens[n].word not in (*REALISED, "新增")
    return False


def _is_no_noun(tokens, k, i):
    """Tell whether a noun before number i is a name, or says how long or in what way (3年时间, 重点扶持)."""
    if tokens[k + 1].word == "某":
        return True
    risen = tokens[k + 1].word in RISEN or tokens[k - 1].word in ADVERBS
    if risen and tokens[k].sort == "w" and tokens[k - 1].sort == "s":
        return True  # 次年发展到60人, 会员已经发展了60户
    if tokens[k].word == "时间":
        return tokens[k - 1].word == OTHER
    if tokens[k].word[-2:] in roles("aim") and tokens[k - 1].word in BEYOND:
        return True  # 超过计划3个百分点
    if tokens[k].word == "计划" and k < i - 1 and tokens[k - 1].sort != "a":
        return True  # 计划新增60个, but 西部计划
    return k < i - 1 and tokens[k].word in verbal() and tokens[k + 1].sort in "vwh"


def _is_noun(tokens, k, unit):
    """Tell whether a verb right before a number is the noun of its phrase."""
    if tokens[k].word in coded("event", "reaches"):
        return False  # 养老保险覆盖60万人
    before, qualifies = tokens[k - 1], tokens[k].sort == "a"
    if unit == "元" and before.sort == "n" and (qualifies or not is_counted(before.word)):
        return True  # 市级配套20万元, 行政运行20万元
    if takes_verb(tokens[k].word) and before.sort in "nwv":
        return True  # 志愿者组织32个
    if unit in units_of("person"):  # 义务就诊60人, but not 企业捐款60人, 重点扶持20名
        before = next((tokens[n] for n in range(k - 1, -1, -1) if tokens[n].sort not in "vw"), before)
        return before.sort == "n" and before.word not in (NOUN, "重点") and not is_counted(before.word)
    j = k - 1
    while tokens[j].sort in "npwav":
        j -= 1
    if qualifies and tokens[k].word not in verbal():
        return False  # 单位一般不超过5个
    listed = tokens[j].sort == "c" and tokens[j - 1].word == NUMBER  # 获市级表彰3项、省级表彰2项
    return j < k - 1 and (listed or tokens[j].sort == "h")  # 办理法人资格登记62个


def _is_use(tokens, k):
    """Tell whether a clause is but a noun, no one or sum, and verb k: what a sum is for (公务接待)."""
    before = tokens[k - 1]
    named = before.sort == "n" and not (is_counted(before.word) or ends_in(before.word, "money"))
    return named and tokens[k - 2].sort == "x" and len(tokens[k].word) > 1


# Who acts, gives or is meant, and no part of what is counted -----------------------------------------------


def _by_cause(tokens, k, i):
    """Find the state that is counted, told by its cause (因病致贫9户), if token k is that cause."""
    if i != k + 2 or tokens[k + 1].sort != "v" or tokens[k + 1].word in roles("event"):
        return None
    begin = k - (tokens[k - 1].word == "因")
    return span(tokens, begin, k + 1) if tokens[begin].word[0] == "因" else None


def _caused(tokens, k, found):
    """Leave out the cause that a phrase begins with, before the verb of what came of it (因灾死亡9人)."""
    n = first_of(tokens, found)
    while n < k and tokens[n].sort not in "hvw":
        n += 1
    return span(tokens, n, k)


def _done_for(tokens, k, found, unit):
    """Part whom something is done for from what it is (为学生募捐善款9万元, 为村民理发30人)."""
    persons = (n for n in range(k - 1, -1, -1) if tokens[n].start >= found[0] and is_person(tokens[n].word))
    n = next(persons, None)
    if n is None:
        return found
    j = next((j for j in range(n + 1, k) if tokens[j].sort not in "hvw"), k)
    return (found[0], tokens[n].end) if unit in units_of("person") else span(tokens, j, k)


def _is_sender(tokens, k, i):
    """Tell whether token k is a body of which a verb before persons says what it does (总工会选派30人)."""
    word = tokens[k].word
    if not (ends_in(word, "organisation") or ends_in(word, "body")):
        return False
    if tokens[i + 1].word in roles("event"):
        return True  # 9个县区600人收看
    return k < i - 1 and all(t.sort in "hvw" for t in tokens[k + 1 : i])


def _persons(tokens, k):
    """Find the persons of whom a clause without any at its end tells something (选派团干部到乡镇挂职12人)."""
    while k > 0 and tokens[k].sort not in "xd":
        k -= 1
        if tokens[k].sort == "n" and ends_in(tokens[k].word, "person") and tokens[k + 1].sort not in "npwagc":
            return phrase_to(tokens, k)
    return None


def _sum(tokens, i, k, found):
    """Return the phrase to token k where a sum i may be of it: no one who gives, nothing counted before."""
    while tokens[k].word in roles("booked") and ends_in(tokens[k - 1].word, "money"):
        k -= 1 + (tokens[k - 1].word == "支出" and ends_in(tokens[k - 2].word, "money"))
        found = found[0], tokens[k].end  # 会议费支出决算
    if ends_in(tokens[k].word, "money") or says(tokens[k].word):
        return _without_giver(tokens, k, found)
    if k < i - 1 and is_counted(tokens[k].word):
        return None  # 基金会拿出5万元
    return None if _is_counted_before(tokens, i, found) else found


def _is_counted_before(tokens, i, found):
    """Tell whether a number stands right before a phrase."""
    return any(t.end == found[0] and t.word == NUMBER for t in tokens[max(0, i - REACH) : i])


def _without_giver(tokens, k, phrase):
    """Cut off who gives a sum: any who does so by a verb (县银行资助5万元), and bodies (市妇联经费)."""
    if tokens[k].word == "收入":
        return phrase  # 红十字会收入
    verb = (says(tokens[k].word) and ends_in(tokens[k].word, "money")) or tokens[k].word == "拨款"
    for n in range(k - 1, max(0, k - REACH), -1):
        word = tokens[n].word
        if tokens[n].start < phrase[0]:
            break
        if word != "社会" and (is_counted(word) if verb else ends_in(word, "body")):
            return span(tokens, n + 1 + (n + 1 < k and tokens[n + 1].word in _gives()), k)
    return phrase


@cache
def _gives():
    """Return the verbs that may be those of a clause and are no nouns (捐赠现金)."""
    return roles("head_verb") - roles("noun")


def each_before(tokens, i):
    """Find what a number right after it is told of each (平均每个乡镇6场)."""
    found = phrase_to(tokens, i - 1) if tokens[i - 1].sort in "np" else None
    return found if found and lead(tokens, i - 1, found[0]).word in ("每个", "每") else None


def lead(tokens, k, start):
    """Return the word before the phrase from an offset to token k, over 全市 and the like."""
    while k > 0 and (tokens[k].start > start or tokens[k - 1].word[0] in "全我各本"):
        k -= 1
    return tokens[k - 1]


# Where a phrase begins -------------------------------------------------------------------------------------


def phrase_to(tokens, k):
    """Find the noun phrase that ends in token k: back over what qualifies, up to the verb of the clause.

    A mean begins with those of each of whom it is (居民人均可支配收入).
    """
    end, j = tokens[k].end, _start_of(tokens, k)
    while _is_mean(tokens, j, k):
        mean = tokens[j - 1]
        if tokens[j - 2].sort not in "np" or mean.word not in roles("mean"):
            return mean.start, end
        k = j - 2
        j = _start_of(tokens, k)
    return _with_lead(tokens, j, k)[0], end


def _start_of(tokens, k):
    """Find where the noun phrase that ends in token k begins, but for what its first word takes along."""
    j = _past_verb(tokens, k)
    before = tokens[j - 1].word
    if before in WHERE:  # 在平台注册志愿者60人
        j = next((n for n in range(j + 1, k) if tokens[n].word in verbal() and tokens[n - 1].sort == "n"), j)
    elif before == NUMBER:  # 62支服务队、在册义工1.5万人
        j = next((n + 1 for n in range(j + 1, k) if tokens[n].word == "、" or tokens[n].sort in "vh"), j)
        j -= j == k and tokens[k].word == "人数"  # 20所高校报名人数
    j = _past_place(tokens, j, k)
    before = tokens[j - 1].word
    if j < k and (before == OTHER or before.endswith("届")) and tokens[j].word.endswith("会"):
        j += 1  # 第十届委员会委员, 本届委员会委员
    if j < k:
        j = _past_levels(tokens, j, k)
    after = tokens[j + 1]
    if tokens[j].word == "新" and j + 2 < k and after.sort in "avwh" and len(after.word) > 1:
        j += 2  # 新入驻志愿服务组织
    while j < k and _is_apart(tokens, j):
        j += 1
    if j < k:
        j += tokens[j + 1].word == NOUN and is_level(tokens[j].word)  # 市级“美丽庭院”示范户
        j = past_titles(tokens, j, k)
    if tokens[j].end - tokens[j].start == 1:
        j = _uncut(tokens, j, k)
    if not (tokens[k].word in TOTALS or is_counted(tokens[k].word)):
        j = _past_owner(tokens, j, k)
    return j


def _past_verb(tokens, k):
    """Find where the nouns up to token k, with all that qualifies them, begin after the verb."""
    j, first = k, max(0, k - LONGEST)
    while j > first and (tokens[j - 1].sort in "npwvahg" or _joins(tokens, j - 1, k)):
        j -= 1
    head = k - (k > j and tokens[k].word in TOTALS and tokens[k - 1].sort == "n")  # 留用团费总数
    for n in range(head - 1, j - 1, -1):
        if _is_predicate(tokens, n, head):
            if _is_crime(tokens, n, head):
                return n - (tokens[n - 1].sort == "v" and tokens[n - 2].sort in "vh")  # 起诉侵吞挪用公款犯罪
            j = _held(tokens, j, n) or n + 1
            if _is_chained(tokens, j, head):
                return j + 1
            chained = j < head and tokens[j].sort == "v" and tokens[j].word not in roles("compound")
            return j + (chained and _is_predicate(tokens, j, head))  # 定期缴纳团费, but 分散供养标准
    return j


def _is_chained(tokens, j, k):
    """Tell whether verb j and the one before it have a longer phrase to token k (排查整治校园周边场所)."""
    head = tokens[k].word
    if j >= k - 1 or tokens[j].sort not in "vw" or ends_in(head, "money") or ends_in(head, "work"):
        return False
    if tokens[j].word not in roles("head_verb"):
        return False
    return len(tokens[j - 1].word) == 2 and tokens[j + 1].sort == "n"


def _held(tokens, j, n):
    """Find where the object of 开展 or 举办 begins, if it runs over verb n (开展典型选树活动6场)."""
    for m in range(n, j - 1, -1):
        if tokens[m].word in roles("event"):
            return None
        if m < n and tokens[m].word in roles("holds"):
            return m + 1
    return None


def _is_crime(tokens, n, k):
    """Tell whether the verb n after another says what a crime is (起诉侵犯知识产权犯罪60人)."""
    crime = n < k - 1 and tokens[k].word.endswith(("犯罪", "案件"))
    return crime and (tokens[n - 1].sort in "vwh" or tokens[n - 1].word == "等")


def _joins(tokens, n, k):
    """Tell whether a word joins two nouns (青年典型、青年集体), or a rate k and its limit (审限内结案率)."""
    word, before = tokens[n].word, tokens[n - 1].sort
    if tokens[n].sort != "c":
        return word == "内" and before in "nvw" and tokens[k].word.endswith("率")
    if before == "v":
        return tokens[n + 1].sort in "nwp"  # 走访慰问、心理辅导活动
    return before in "nwa" or (before == "h" and word == "及")


def _past_place(tokens, j, k):
    """Skip a place at the start of a phrase that the tagger cuts, as it does not know it (半程 镇)."""
    n = j
    while n < k - 1 and tokens[n].sort == "n" and tokens[n].word not in _known():
        n += 1
    name = tokens[n].start - tokens[j].start
    ends = n < k and tokens[n].word in tuple("村镇乡县市旗州盟") and tokens[n + 1].word != BRACKET
    return n + 1 if ends and 1 < name < 4 else j


@cache
def _known():
    return frozenset().union(*map(roles, ("noun", "compound", "person", "organisation", "takes_verb")))


def _past_levels(tokens, j, k):
    """Skip the levels that a phrase begins with, where several are listed (区、街道两级, 市、县级)."""
    n = j
    while n < k and (
        tokens[n].sort == "c" or tokens[n].word in (GROUP, "国家", *ADMIN) or is_counted(tokens[n].word)
    ):
        n += 1
    word = tokens[n].word
    if n == k or not word.endswith("级"):
        return j
    several = word in ("两级", "三级", "四级") or any(t.sort == "c" or t.word == GROUP for t in tokens[j:n])
    return n + 1 if several else j


def _is_apart(tokens, j):
    """Tell whether token j, with which a phrase would begin, is no part of it."""
    token, before, after = tokens[j], tokens[j - 1], tokens[j + 1]
    if token.sort == "c" or "各" in token.word or token.word in (BRACKET, "方面", *EACH):
        return True
    if token.sort == "p" and names_place(tokens, j):
        return True
    if token.word in ADMIN and (after.word == NAME or (after.sort in "nw" and _is_left_over(before))):
        return True  # 县三八红旗集体
    if token.word in "支个名家所项类" and before.word in ("各", "每", "该"):
        return True
    if (before.word == "我" and token.end - token.start == 1) or (before.word == "各" and after.sort in "na"):
        return True  # 我馆读者, 各层级干部
    above = token.word in ("以上", "以下") and before.sort == "x"
    return above or (token.word == "计划" and after.sort in "vh")


def names_place(tokens, j):
    """Tell whether the name j is of a place, no part of a word (香樟树, 河南籍) or of a plan (山东计划)."""
    return tokens[j].end - tokens[j].start > 1 and tokens[j + 1].word not in ("计划", "籍", "级")


def _is_left_over(before):
    """Tell whether a word is the rest of a place before its 区 or 县 (我区, or a name that no one knows)."""
    unknown = before.sort == "s" and before.word not in roles("link") and before.word[0] not in SIGNS
    return unknown or before.sort == "p"


def past_titles(tokens, j, k):
    """Skip titles in quotation marks that a phrase begins with (“…行动”专项团队)."""
    while j + 1 < k and tokens[j].word == NOUN and NOUN in (tokens[j + 1].word, tokens[j - 1].word):
        j += 1  # “甲计划”“乙计划”志愿者
    n = j + (tokens[j].word == NOUN)
    if n < k - 1 and tokens[n].word == "系统" and tokens[n + 1].word in ("注册", "登记", "数据库"):
        return n + 1 + (tokens[n + 1].word == "数据库")  # “志愿汇”系统注册志愿者
    n = j + (tokens[j].word in ADMIN)
    while n < k - 1 and tokens[n].word == NOUN and _is_title(tokens, n, k):
        j = n = n + 1
    return j


def _is_title(tokens, n, k):
    """Tell whether the quotation n is no part of the noun to token k: a longer one, or before two words.

    With a word for bodies, persons, works or sums it is one name (“两新”组织党工委); a total is of it, as are
    persons of some sort (“志愿时”注册志愿者).
    """
    if tokens[n].end - tokens[n].start > TITLE:
        return True
    after = tokens[n + 1]
    if after.sort not in "na" or after.word in ("总", BRACKET) or (n == k - 2 and tokens[k].word == BRACKET):
        return False
    if (after.sort == "a" and is_person(tokens[n + 2].word)) or ends_in(after.word, "money"):
        return False
    named = is_counted(after.word) or ends_in(after.word, "work")
    return not (named or after.word.endswith(("活动", "字号", "领域")))


def _uncut(tokens, j, k):
    """Move the start j of a phrase out of a word that the tagger cuts into its characters.

    All of the word stays (特岗教师, 起薪, 老先模).
    """
    first = max(0, k - LONGEST)
    while j > first and _is_cut_off(tokens, j, k):
        j -= 1
    return j


def _is_cut_off(tokens, j, k):
    """Tell whether token j, with which the phrase to token k would begin, is of one word with that before."""
    before = tokens[j - 1]
    if before.end - before.start != 1 or before.sort not in "hsan":
        return False
    if before.word in WHICH or before.word in roles("becomes") or _is_apart(tokens, j - 1):
        return False  # 获国赛一等奖, 我县全口径人口
    whole = tokens[j].sort == "n" and tokens[j].word not in AREAS  # 扩岗补助
    if before.sort == "h" and j < k and not whole and not ends_in(tokens[j + 1].word, "amount"):
        return False
    gives = j == k and before.sort == "h" and is_counted(tokens[j - 2].word)  # 企业捐床
    return not gives and before.word not in roles("link")


def _past_owner(tokens, j, k):
    """Skip of whom or of what a total is (学校总面积, 项目总投资)."""
    for n in range(k, j, -1):
        if tokens[n].word.startswith(("总", "占地")):
            of = tokens[n - 1].word
            return n if any(ends_in(of, role) for role in ("work", "booked", "organisation")) else j
    return j


def _is_mean(tokens, j, k):
    """Tell whether the phrase from j to k is of a mean, whose name begins right before it (人均产量)."""
    return tokens[j - 1].word[-1:] == "均" and ends_in(tokens[k].word, "measure")


def _with_lead(tokens, j, k):
    """Take into the phrase from j to k what stands before it and is of it: 不, years, a level."""
    if tokens[k].word == MEAN_AGE:
        return span(tokens, k, k)  # 委员平均年龄
    before = tokens[j - 1].word
    if before == "的" and tokens[j].word in ("人数", "人口"):
        return span(tokens, _told_from(tokens, j), k)
    if before == "拟" and tokens[j - 2].sort in "hv":
        return span(tokens, j - 1, k)  # 确定拟录取人数
    rate = tokens[j].sort in "vw" or tokens[j].word[-1] == "率"  # 不批准逮捕率
    rate = rate or (before == "不" and j < k)  # 不合格党员
    if (rate and before in ("不", "实际")) or (before == OTHER and tokens[j].word.endswith("制")):
        return span(tokens, j - 1, k)  # 九年一贯制学校
    return span(tokens, titled(tokens, j, k), k)


def _told_from(tokens, j):
    """Find where the clause begins that says which people are a number of them (参加医保的人数)."""
    n = j - 2
    while tokens[n].sort not in "xdp" and tokens[n].word[0] not in "全我各本" and tokens[n].word != OTHER:
        n -= 1
    return n + 1 if any(t.sort in "hv" for t in tokens[n + 1 : j - 1]) else j


def titled(tokens, j, k):
    """Take the level of an award into its name (全国优秀共青团员), and the year of a plan."""
    before = tokens[j - 1].word
    level = before in LEVELS
    if before == "全国" and tokens[j].word.startswith(NATIONAL):
        return j - 1  # 全国青联委员
    dated = before == "年" or (
        before in ("全年", "年度") and "".join(t.word for t in tokens[j : k + 1]) != "目标任务"
    )
    if dated and ends_in(tokens[k].word, "aim"):
        return j - 1
    return j - 1 if level and tokens[j].word.startswith((*roles("praise"), "劳", "五四", "级")) else j


# The verb of the clause, or one that qualifies a noun ------------------------------------------------------


def _is_predicate(tokens, n, k):
    """Tell whether token n is the verb of the clause, and not a part of the phrase that ends in token k."""
    sort, word, before = tokens[n].sort, tokens[n].word, tokens[n - 1]
    if sort not in "hvw" and word not in verbal():
        spent = word == "支出" and before.sort in "xs"
        return spent and tokens[k].word.endswith(("金", "款", "费"))  # 支出低保金
    if _is_of_word(tokens, n, k) or (word[-1] == "化" and len(word) > 2):
        return False
    if n == k - 1 and (tokens[k + 1].word in TOLD or tokens[k].word[0] == "总") and _is_subject(tokens, n, k):
        return False
    if tokens[k].word == "支出" and before.sort == "x" and n < k - 1:
        return False  # 慰问困难老党员支出
    k = next((m - 1 for m in range(n + 2, k) if tokens[m].sort == "c"), k)  # the end of its own conjunct
    if _is_alike(tokens, n, k):
        return False
    if n == k - 1 and before.sort == "x" and word in _come() and is_person(tokens[k].word):
        return False  # 列席代表, 受益学生
    if sort == "h":
        return _takes(tokens, n, k)
    if (before.sort == "s" and before.word[0] == "各") or before.word in roles("praise"):
        return False  # 各类犯罪嫌疑人, 优秀指导教师
    if tokens[n + 1].sort == "c" and tokens[n + 2].sort in "np" and (sort == "w" or before.sort == "n"):
        return False  # 文化休闲、体育健身场所
    if before.word in ADVERBS:
        return True  # 共注册志愿者
    if tokens[n + 1].word == NOUN and (sort == "v" or before.sort != "n"):
        return True  # 编发《简报》, 治理“三无”场所
    return sort in "vw" and _is_stated(tokens, n, k)


def _is_of_word(tokens, n, k):
    """Tell whether the verb n is of one word with what follows (保障房, 收养性机构, 诈骗类案件)."""
    after = tokens[n + 1]
    if after.word == "类" or (after.word == BRACKET and len(tokens[n + 2].word) == 1):
        return True  # 因公出国(境)费
    ends = after.word == "性" or (n == k - 1 and after.end - after.start == 1 and not is_counted(after.word))
    return ends and len(tokens[n].word) > 1


def _is_alike(tokens, n, k):
    """Tell whether the verb n qualifies the noun k as one joined with it does, or as one that is passive."""
    sort, head, before, after = tokens[n].sort, tokens[k].word, tokens[n - 1], tokens[n + 1]
    if before.sort == "c" and n == k - 1 and tokens[n - 3].word.endswith(head):
        return True  # 正式代表6名、列席代表3名
    if before.sort == "c" and sort == "v" and tokens[n - 2].word.endswith(head):
        return True  # 困难职工、退休职工
    if sort == "h" and before.sort == "n" and after.word == "及" and tokens[n + 2].sort == "n":
        return True  # 公务用车购置及运行费
    passive = "受" in (before.word, tokens[n].word) and tokens[n + (sort == "h")].sort in "vw"
    return passive and (ends_in(head, "person") or head == "对象")  # 受资助学生


def _takes(tokens, n, k):
    """Tell whether the verb n takes the noun k, as verbs of its sort do but in some names of measures."""
    head, word = tokens[k].word, tokens[n].word
    if tokens[n - 1].sort in "xs":
        if head == "人数" and word in TAKEN_PART:
            return False  # 参加高考人数
        if n < k - 1 and word in ATTENDED and is_person(head):
            return False  # 出席会议代表
    if word in REALISED and not ends_in(head, "amount"):
        return True  # 实现产值, but 完成比例
    near = n == k - 1 and (ends_in(head, "amount") or head in roles("measure")) and len(head) < 3
    return not (near or (n == k - 2 and head == "率") or _is_piece(tokens, n, k))


def _is_stated(tokens, n, k):
    """Tell whether a verb that may qualify the noun k is that of the clause."""
    sort, word, head, before = tokens[n].sort, tokens[n].word, tokens[k].word, tokens[n - 1]
    compound, near = word in roles("compound"), n == k - 1
    if near and (head in MASSES or (head[-1] in "金费" and compound and ends_in(head, "money"))):
        return False  # 应聘人员, 资助资金, but 捐助善款
    who = before.word != "社会" and (
        is_counted(before.word) or before.word == BODY or ends_in(before.word, "body")
    )
    if word == "组织" and before.sort in "nw" and not who:
        return False  # 志愿服务组织代表, but 县委组织青年
    if before.sort in "xs" and (word == "组织" or (ends_in(head, "thing") and word in roles("head_verb"))):
        return True  # 组织青年论坛, 征集作品
    if before.sort == "c" and tokens[n - 2].sort in "vh":
        return True  # 遴选、资助项目
    if sort == "w" and before.sort in "xh" and (ends_in(head, "money") or ends_in(head, "measure")):
        return False  # 旅游收入, 救灾项目支出
    if before.word == BODY and sort == "v" and not near:
        return True  # 团县委帮扶贫困村资金
    stated = not (compound or ends_in(head, "amount") or head.endswith("面积"))
    begins = before.sort in "xs" and not before.word.endswith("均")  # but 人均消费支出
    begins = begins or (not near and before.sort == "a" and tokens[n - 2].sort == "x")  # 配套建设驿站
    gives = n == k - 2 and word in _gives() and not ends_in(head, "amount")
    if begins and (n < k - 2 or stated or gives):
        return True  # 认定青年创业基地
    inner = before.sort == "n" and (sort == "w" or tokens[k].sort == "v" or _is_taken(tokens, n - 1))
    if sort == "v" and stated and ((not near and not inner) or (who and ends_in(head, "money"))):
        return True  # 红十字会派出救援队伍, 团中央收取团费
    of_things = (inner or (before.sort == "h" and sort == "v")) and not (who or is_counted(head))
    return not (of_things or takes_verb(head))  # 募集社会捐赠款物


@cache
def _come():
    """Return the verbs of those who come, that may qualify persons as they need no object."""
    return coded("event", "attends") | purely("event", "head_verb")


def _is_piece(tokens, n, k):
    """Tell whether the verb n is a piece of a word that the tagger cuts (国考断面, 入孵企业)."""
    return any(_are_cut(tokens[m], tokens[m + 1], m == k - 2) for m in (n - 1, n) if m < k - 1)


def _are_cut(one, two, near):
    """Tell whether two characters are one word: a verb after a noun, or after any other before a noun."""
    if len(one.word) > 1 or len(two.word) > 1 or two.sort != "h" or one.sort not in ("hna" if near else "n"):
        return False
    return one.word not in (*WHICH, *SIGNS, *AREAS, "来") and not is_counted(one.word)


def _is_subject(tokens, n, k):
    """Tell whether the verb n qualifies the sum k, of which a clause tells, or a total (种植总面积)."""
    word = tokens[k].word
    if tokens[n].sort == "h":
        return word[0] == "总" and ends_in(word, "measure") and tokens[n - 1].sort == "n"
    told = ends_in(word, "money") or (tokens[n - 1].sort == "n" and ends_in(word, "measure"))
    return tokens[k + 1].word in TOLD and told  # 补助资金达到60万元


def _is_taken(tokens, k):
    """Tell whether a verb stands before the nouns that end in token k."""
    while k > 0 and tokens[k].sort in "na":
        k -= 1
    return tokens[k].sort == "h"

"""Whether a figure is or was, or shall be: planned, achieved or masked.

`status_of` asks for a task beside what was done of it (`_is_task`); else for the last word of intent or of
what was done before the figure (`_is_intended`, `_NOW`); else for what was carried on from the one before
(`_carry`).
"""

import re
from functools import cache

from .clauses import ALONG, doing, plain_verbs, rises_from, verbs
from .words import coded, either, roles, units_of

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
    set_so = _OVER if mention["unit"] in units_of("part") else _SET
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
        or (mention["unit"] not in units_of("part") and _DUE.search(clause) and _DONE_OF_IT.match(rest))
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
    risen = rises_from(clause, rest[:10])
    return bool(risen or (clause.endswith("的") and _THAN_LAST.search(clause)))


def _is_granted(mention, lead):
    """Tell whether a sum is what a rule grants to those who meet it."""
    return mention["unit"] == "元" and _GRANTED.search(lead, max(0, len(lead) - 30))


def _is_fulfilled(mention, clause):
    """Tell whether a figure is the share of a task that is done (完成年度任务54.5%)."""
    return mention["unit"] in units_of("part", "point") and bool(_FULFILLED.search(clause))


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
    least = sum(
        mention["hedge"] == "at_least" and mention["unit"] not in units_of("part") for mention in kept
    )
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
    if "将" in rest and mention["unit"] in {"支", "所", *units_of("whole")} and _COMES.match(rest):
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


# Words of intent -------------------------------------------------------------------------------------------

_PLAN = (  # 计划 as a verb, after who plans or when: not 助学计划
    "(?:^|(?<=[,;:、.)年月日季期内前度初次省市县乡镇州盟旗委局厅府会校院社司原还也均])"
    "|(?<=项目)|(?<![山地]区)(?<=区))计划"
)


def _intents(words):
    """Return the pattern of words of intent.

    In it, sure and verb are what 将 stands before, if known, and who is 计划 after who plans or when.
    """
    number, noun = "[\\d一二两三四五]{1,2}", "任务|指标|目标|总|经[费济]|生育|招生数|项目|委员|实施|执行|完成"
    plain, any_verb = either(plain_verbs()), either(verbs())
    sure, will = either(roles("will") | plain_verbs()), either(roles("will"))
    ending = either(roles("takes_verb"))
    return re.compile(  # 将招募, but 将招募的300名志愿者编为12队; 拟建, but 虚拟
        rf"(?:{either(words)}"
        r"|(?<![现兹])(?<!坚持)(?<!实现)将(?!$|[近来军其该此各这\d一二三四五六七八九十两])"
        rf"(?:(?P<sure>{sure})|(?P<verb>{any_verb}))?"
        r"|(?<![模虚比草])拟(?![人定态声合稿制订]|录[取用].|(?:推荐|表彰)[^,。;:]*的)"
        rf"|(?<!共)争取(?!落实)(?:[在于用再达年]|全[年部县市省国]|{number}年|{plain}))"
        r"(?!上游)(?:(?<=[对向给为与和同])|(?![\u4e00-\u9fff]{0,4}的$|[\u4e00-\u9fff]?的))"
        rf"|(?P<who>{_PLAN})(?:至少|全部|共)?(?=[上下]半年|全年|年[内底]|[本今明]年|本月|{number}年|分[期批]|[每新再共]|总投资"
        rf"|{will}|{any_verb}|(?!{noun}|[\u4e00-\u9fff]{{0,6}}的)[\u4e00-\u9fff]{{2}}[^,。;:]*$)"
        rf"|计划(?:至少|全部|共)?(?=[上下]半年|全年|年[内底]|[于在到用新]|(?:{any_verb})(?!{ending}))"
        r"|计划(?=将|\d[^,。;]*$)|(?<!总)规划(?=[建新到在用]|造林|面积|总?投资)|设(?:[一二三特]等|[金银铜]|优秀)奖"
        r"|(?:规划|纲要|[方预草议]案|意见|报告|通知|会议|文件)[》”]?(?:中|还|,|明确)?(?:提出|明确|确定|要求)(?![了的])"
        r"|(?:提出|承诺)[,:]|(?<!截至)(?<!截止)(?<!\d年)年底前|需(?<![所必]需)(?:要)?投[入资]|预算资金"
        r"|可实现(?!的)|[成产工用营]后,?[^,。;:\d可能]{0,6}(?:可(?!见)|能(?=[够\u4e00-\u9fff])(?<![功性技职才智动节产]能))|届时"
        # 如全部建成,可容纳
        r"|(?:若(?!干)|如果|假如|倘若|如(?=[全能按顺建]))[^,。;\d]{1,16},[^,。;\d]{0,6}[可能将会]"
        rf"|需(?<![所必急按供军特亟刚内外]需)要?(?={any_verb})|正在?筹[备建划](?![组委会工的])"
        r"|(?:任务|目标|计划)(?<!完成..)[是为](?=[^,。;:\d]{2})"
        r"|根据[^,。;:\d]{0,12}(?:协议|规划|计划)[》”]?,|(?:目标|计划)[是为]?:|下一(?:期|阶段|年度)"
        r"|决定(?:[^,。;\d]{0,16}评选|[^。;\d了]{0,50}(?:招聘|招募|招录|选聘|选拔|遴选))"
    )


@cache
def _marks():
    """Patterns that hold words of the lexicon."""
    intents, asked = roles("planned"), coded("planned", "clause")
    short = either(w for w in verbs() | roles("compound") if len(w) == 2)
    return {
        "next": re.compile(  # 全年举办讲座9场, (二)新建书屋4个, 同时为60名学生送书
            r" *(?:[(]?[\d一二三四五六七八九十]{1,3}(?:[)、.]+|是))? *"
            r"(?:全年|年内|同时|此外|其中|今年|还|并|也|,)*"
            rf"(?:{ALONG}|免费|继续|集中|新|[大强全]力|积极|扎实|深入|加快|着力|努力|全面|进一步)(?:(?:{doing()})(?![率数])|[为对向给])|其中"
        ),
        "glance": re.compile(  # begins as the next one does; without look-behind, so `re` searches at once
            rf"{either(intents - asked)}|将|拟|争取|设|需|计划|规划|纲要|预算"
            r"|今年|未来|下半年|届时|接下来|决定|提出|明确|要求|年底前|确定"
            r"|可实现|成后|产后|工后|用后|营后|协议|目标:|目标[是为]|任务[是为]|下一|若|如果|假如|如[全能按顺建]|承诺|正在?筹"
        ),
        "planned": _intents(intents - asked),
        "named": re.compile(
            rf"(?:[”》该此]|西部|行动|[山地]区|{short}"
            r"|(?:实施|通过|依托|借助|参[加与]|推进|启动|开展|深化|利用)[^,。;:]{1,8})$"
        ),
        "asked": re.compile(  # in the clause of the figure
            rf"(?<!占)(?:{either(asked)})(?!管理|责任|[知臾]|[\u4e00-\u9fff]{{0,4}}的$)"
            r"|要(?<![主重只需想还]要)(?:再|至少|全[部面]|集中力量|着力|努力)?"
            r"(?:打造|创建|占(?!领)|达到?|完成|实现|新?建|培训|突破|超过|覆盖|保持|控制|做到)"
            rf"|(?:提出|承诺)(?={either(plain_verbs())})"
            r"|(?<![比较与同和])年初预算(?!执行|完成|调整)|保证(?![了金书人])"
            r"|名额(?:分别|各|共)?(?:为|是)[^,。;\d]{0,6}$"
            r"|要求(?:[各每在全新到达]|平均|实现|完成|[^,。;\d]{0,14}(?:达到?|不[低少]于|建成)$)"
        ),
        "called": re.compile(  # 面向全国公开招募30名, but 成功面向社会招募
            rf"(?<!成功)面向(?:(?!{either(plain_verbs())})[^,。;:\d]){{2,24}},?(?:公开)?"
            r"(?:招[募聘录]|遴选|选[拔聘])(?:选派)?[^,。;:\d了共]{0,12}$"
        ),
    }

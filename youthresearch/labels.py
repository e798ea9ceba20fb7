"""What the header of a column, or the label of a row, says of the figures of a table."""

import re
from functools import cache, lru_cache
from typing import NamedTuple

from .dates import iso, time_of
from .quantities import counted_units
from .rates import each_of
from .tokens import cut, ends_in, is_counted, is_person
from .words import lexicon_codes, lexicon_words, purely, units_of

YEAR = re.compile(
    r"((?:19|20)\d\d)年?(?:度|([底末]|年底|年末))?(?:数|数量|人数|实际|实绩|完成数?|[决预]算数?)?"
)
WHEN = re.compile(  # a label that is no more than a date
    r"(?=.)(?:(?:19|20)\d\d(?: ?年)?度?)?(?:年?[底末])?(?:[上下]半年|第?[一二三四1-4]季度|前[二三]季度|全年)?"
    r"(?:\d{1,2}月份?)?(?:\d{1,2}[日号])?"
    r"|\d{4}[-/.]\d{1,2}(?:[-/.]\d{1,2})?"
)
_MARKS = (
    r"(?:(?:[一二三四五六七八九十]{1,3}、|\([一二三四五六七八九十\d]{1,3}\)|\d{1,2}[.、](?!\d)"
    r"|[A-Z](?:[.、]| (?=[\u4e00-\u9fff]))|[①-⑳#*]|[-—·]+)\s*)*"
)
MARK = re.compile(  # what goes before a label
    rf"{_MARKS}(?:(?:其中|含|内)(?:[:,、]\s*(?=.)|\s*(?=[^:,、].)){_MARKS})?"
)
TOTAL = re.compile("(?:合计|总计|小计)$")
WORDS = 2**12  # cells kept in mind with the unit they are, if any
_FACTORS = {"": 1, "十": 10, "百": 100, "千": 1000, "万": 10**4, "十万": 10**5, "百万": 10**6, "千万": 10**7}
_FACTORS |= {"亿": 10**8}
_IMPLIED = {"人数": "人", "金额": "元", "率": "%", "占比": "%", "比例": "%", "比重": "%"}
_DATED = re.compile(r"(?:(?:19|20)\d\d年?[-—~至])?((?:19|20)\d\d)年(?:度|([底末]))?")
_RELATIVE = re.compile("[本今当上去前](?:年度?|季度?|月|期)(?:同期)?(?!结)")  # 上年结转 is the name of a sum
_CHANGE = re.compile(
    r"(?:同?比|较)(?:上一?年|去年|上期|同期|(?:19|20)\d\d年)+度?(?:同期)?"
    r"|增长|增幅|增减|增加|减少|下降|降幅|提高|[同环]比|变化"
)
_DOWN = re.compile("(?:减少|下降|降幅)(?<!增减少)")
_SHARE = re.compile(r"(?:率|占比|比例|比重)$")
PLACE = re.compile("[\u4e00-\u9fff]{2,8}(?:省|市|县|区|镇|乡|街道|村|社区)")
_PLAN = re.compile(r"计划|目标|预算|任务|名额|拟[招聘录选]|招[聘考录募][\u4e00-\u9fff]{0,2}(?:数|名额)")
_DONE = re.compile("决算|执行|完成|实际|实绩|现有|实有|累计|已|占(?!比)")
_COUNTED = re.compile("(?<=.[^总人户次件场例])(?<!招.)数$|(?<=..)总[数量]$|(?<=.{4})户数$")
_EVENTS = re.compile("[\u4e00-\u9fff]{2}(?:人次|次数|场次)")  # of what the label names
TAKEN = re.compile("(?:计划|拟)?招[聘考录募收](?:人数|名额)")  # for what the label names
_OF_WHAT = re.compile("的|[数率额量次]$|^.?$")  # a verb before is of the name (享受补贴人数)
_AHEAD = re.compile(  # of what a name is a mean, or of where it is
    r"每[\d十百千万]+[名个]?(?:人口|人|户)(?:平均)?(?:拥有)?|[全我本][国省市县区州旗镇乡村校院](?:年[末初底])?(?=..)"
)
_WITH_UNIT = re.compile(r"(.*?) ?(?:\((?:单位:?)?([^()]{1,6})\)|[/:]([^/:()]{1,4})|(?<=.)([%‰]))")
_UNIT = re.compile(r"(?:人民币)?(十万|百万|千万|[十百千万亿]?)([^/]*)(?:/(每?[\u4e00-\u9fff·、]{1,6}))?")


class Said(NamedTuple):
    """What is said of figures.

    noun: what is counted, and span: where that stands, if it does; own: it is more than 数量; place: what
    they are of; unit, factor: of the numbers (万元: 元, 10000); implied: unit where nothing says one (人数:
    人); per: what a mean is of one of; at: ISO date, two with a slash, or nothing; kind, baseline; status:
    where it is said; sign: -1 where a positive number is a decrease.
    """

    noun: str = ""
    span: tuple | None = None
    own: bool = False
    place: str = ""
    unit: str = ""
    factor: int = 1
    implied: str = ""
    per: str = ""
    at: str = ""
    kind: str = "level"
    baseline: str = ""
    status: str = ""
    sign: int = 1


def said_of(cell, document):
    """Read a header or a label, in a document of some date."""
    unit, factor = unit_of(cell.text.strip("()"))
    if unit and not is_measure(cell.text):
        return Said(unit=unit, factor=factor)
    skipped = MARK.match(cell.text).end()
    name, unit, factor = name_and_unit(cell.text[skipped:].rstrip(":*#△"))
    if WHEN.fullmatch(name) and not YEAR.fullmatch(name):
        return Said(unit=unit, factor=factor, at=time_of(name, document))  # 一季度
    at, past = _dated(name, document)
    ahead = _AHEAD.match(name, past)
    past = ahead.end() if ahead else past + _acted(name[past:])
    past = max(past, name.rfind(":") + 1)  # 您的年级:大一
    change = _CHANGE.search(name, past)
    counted = name[past : change.start() if change else None]
    noun, each = _noun(counted), each_of(name, "") if "每" in name or "均" in name else None
    return Said(
        noun=noun,
        span=_span(cell, skipped + past, len(noun)) if noun else None,
        own=_is_own(counted, noun),
        unit=unit,
        factor=factor,
        implied=_implied(name),
        per=each.unit if each else "",
        at=at,
        kind=_kind(name, unit, change, each),
        baseline=_baseline(name) if change else "",
        status="achieved" if _DONE.search(name) else "planned" if _PLAN.search(name) else "",
        sign=-1 if _DOWN.search(name) and "增" not in name else 1,
    )


def _is_own(counted, noun):
    """Tell whether a header says what is counted, and does not leave that to the labels of the rows."""
    measure = is_measure(counted) or is_measure(noun) or noun[:1] == "占"
    return not (measure or _EVENTS.fullmatch(counted) or TAKEN.fullmatch(counted))


def _dated(name, document):
    """Return the year that a name begins with, and how long it is: 2021年团员, 本年收入."""
    year = YEAR.fullmatch(name) or _DATED.match(name)
    if year:
        return iso(f"{year[1]}年", year[2] or ""), year.end()
    if not _RELATIVE.match(name):
        return "", 0
    past = _RELATIVE.match(name).end()
    yearly = document and name[1] == "年"
    return str(int(document[:4]) - (name[0] in "上去")) if yearly else "", past


def _span(cell, skipped, length):
    """Return where a part of a cell stands; all of a cell with blanks between its letters."""
    if len(cell.text) != cell.end - cell.start:
        return cell.start, cell.end
    return cell.start + skipped, cell.start + skipped + length


def _kind(name, unit, change, each):
    if change:
        return "growth" if unit == "%" else "change"
    return "share" if _SHARE.search(name) else "mean" if each or "平均" in name else "level"


def _implied(name):
    """Return the unit that a name brings along: 受益人数 are 人, 参与人次 人次."""
    ends = _IMPLIED | {unit: unit for unit in counted_units() if len(unit) > 1}
    return next((ends[name[i:]] for i in range(len(name)) if name[i:] in ends), "")


def _baseline(name):
    return next((code for word, code in lexicon_codes("baseline").items() if word in name), "")


def _acted(name):
    """Return the length of the verb that says what is done to what a label names (培训儿童家长, 办理证件)."""
    what = name[:2] in purely("head_verb", "event") and _noun(name[2:])
    if not what:
        return 0
    alone = name[:2] in purely("head_verb", "event", "compound") and not _OF_WHAT.search(what)
    return 2 if alone or (len(what) > 2 and is_person(what)) else 0


def _noun(name):
    """Leave out what says no more than that a noun is counted: 床位数, 团员合计, 教职工人数; not 招考人数."""
    name = TOTAL.sub("", name) or name
    if name.endswith(("人数", "数量", "比例")) and is_person(name[:-2]):
        return name[:-2]
    counted = _COUNTED.sub("", name)
    last = cut(counted)[-1] if counted != name else ""
    return name if len(last) == 1 and not is_counted(last) else counted  # 总职数


def is_measure(name):
    """Tell a name that says what is measured, not of what: 数量, 产量, 完成数."""
    return bool(headers()["number"].fullmatch(name))


def merged(said, other):
    """Join what two headers say, or a header and a label; what the first does not say, the second does.

    A body is where that is counted which has a unit (市科协 over 机构数(个)), and people are whose that is
    which has no unit of persons.
    """
    place = other.unit and not said.unit and ends_in(said.noun, "organisation")
    place = place or (
        other.unit not in {"", "%", *units_of("person")} and not said.unit and is_person(said.noun)
    )
    named = said if not other.own or (said.own and not place) else other
    counted = said if said.unit else other
    return Said(
        **{name: getattr(named, name) for name in ("noun", "span", "own")},
        **{name: getattr(counted, name) for name in ("unit", "factor")},
        **{name: getattr(said, name) or getattr(other, name) for name in _EITHER},
        kind=said.kind if said.kind != "level" else other.kind,
        sign=said.sign * other.sign,
    )


_EITHER = ("place", "implied", "per", "at", "baseline", "status")


def name_and_unit(text):
    """Split 经费(万元), 团员数/人 or 增长% into name, unit and factor; other brackets stay in the name."""
    match = _WITH_UNIT.fullmatch(text)
    unit, factor = unit_of(match[2] or match[3] or match[4]) if match else ("", 1)
    return (match[1], unit, factor) if unit else (text, "", 1)


@lru_cache(WORDS)
def unit_of(text):
    """Read 万元 as (元, 10000) and 元/人 as (元/人, 1); nothing where it is no unit."""
    match = _UNIT.fullmatch(text.strip())
    if match and match[2] in counted_units():
        return match[2] + (f"/{match[3]}" if match[3] else ""), _FACTORS[match[1]]
    return "", 1


@cache
def headers():
    """Patterns of the headers that name no noun, by what they say of their column, from the lexicon."""
    words = {}
    for word, code in lexicon_codes("header").items():
        words.setdefault(code, []).append(re.escape(word))
    either = {code: "|".join(sorted(found, key=len, reverse=True)) for code, found in words.items()}
    measures = "|".join([either["number"], *lexicon_words("measure")])
    return {
        "order": re.compile(f".{{0,4}}(?:{either['order']})"),  # 岗位序号
        "group": re.compile(f"(?:{either['group']})"),  # 年级: 2013
        "when": re.compile(f"(?:{either['when']})"),
        "dated": re.compile(f".*(?:{either['when']})"),
        "place": re.compile(rf"(?:所[在属])?(?:{either['place']})(?:\(.*\))?(?:名称|名)?"),
        "number": re.compile(f"(?:{either['of']})?(?:{measures})?(?:{either['of']})?"),  # 收入计划
        "code": re.compile(f"(?!平均).*(?:{either['code']})"),
        "score": re.compile(f".*(?:{either['score']})"),
    }

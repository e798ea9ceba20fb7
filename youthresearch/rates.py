"""Units of a rate: 每月2次 are 次/月, 每名干部联系3个 are 个/名, 人均50元 are 元/人."""

import re
from functools import cache
from typing import NamedTuple

from .loaders import AREA, UNDER
from .quantities import POINTS
from .words import either, lexicon_codes, lexicon_pattern, word_table

PERIODS = ("年", "年度", "半年", "学年", "学期", "季度", "季", "月", "星期", "周", "天", "日")
_SAME = {"年度": "年", "季": "季度", "星期": "周", "个人": "人"}  # as they are written in a unit


class Each(NamedTuple):
    """What a figure is stated for each of, as written under the line of a unit (月, 两周, 名, 支部).

    period: it is a stretch of time that 每 names, in which 300人次 may have come without a mean (每年, 每月).
    """

    unit: str
    period: bool


def each_of(clause, rest):
    """Find what a figure is stated for each of: the last period or unit before it, or the one right after.

    A period goes before a unit (每名干部每月), but 人均 before either.

    Parameters
    ----------
    clause : str
        Folded, up to the figure.
    rest : str
        What follows the figure.

    Returns
    -------
    Each or None
    """
    after = rest[:1] in ("/", "每", " ") and _patterns()["after"].match(rest)
    if after:
        return Each(_written(after), False)
    if not _may_be_each(clause):
        within = clause.rstrip(" ").endswith(PERIODS) and _patterns()["within"].search(clause)
        return Each(_SAME.get(within[1], within[1]), True) if within else None
    found = list(_patterns()["each"].finditer(clause))
    if not found:
        return None
    periods = [match for match in found if match["period"]]
    alone = len(found) == len(periods) and "均" not in clause
    last = found[-1]
    if last["mean"] and clause[: last.start()].endswith("月"):
        return Each("月", False)  # 月人均; but 年人均 is 人均 in a year, as all are
    return Each(_written(last if last["mean"] or not periods else periods[-1]), alone)


def _may_be_each(clause):
    """Tell at a glance whether a clause may say of what each; a chain of these is faster than a pattern."""
    return (
        ("每" in clause or "均" in clause or "至少" in clause)
        or ("人口" in clause or "万元" in clause)
        or any(map(clause.__contains__, _other_means()))
    )


@cache
def _other_means():
    """Return the words of a mean without 均 (人平, 亩产)."""
    return tuple(word for word in lexicon_codes("mean") if "均" not in word)


def each_of_all(clause):
    """Find of what units all owe a figure: 各支部推荐1名 (支部), 班子成员各认领1个 (人); empty if of none."""
    found = _patterns()["all"].search(clause) if "各" in clause else None
    return "" if not found else "人" if found["persons"] else found["one"] or found["body"]


def _written(match):
    """Return what is under the line of a unit as it is written there."""
    said = match.groupdict()
    unit = said["period"] or said["one"] or said["body"] or _mean_of(match)
    unit = (said["many"] or said["size"] or "") + _SAME.get(unit, unit)
    return "/".join(filter(None, (said.get("first"), unit, said.get("then"))))


def _mean_of(match):
    """Return of what a mean is by the sign before it too: 千人 of 千人均, 户 of 户年均."""
    mean, before = match["mean"], match.string[match.start() - 1 : match.start()]
    if mean == "人" and before in tuple("百千万"):
        return before + mean
    return before if mean == "年" and before in ("人", "户") else mean


# Before 年平均 or 月平均, which is then of one year, of several, or of persons (青年平均).
_NOT_EACH = r"\d全每本半上去今当明前往次同青少老成童壮一二三四五六七八九十个 "


@cache
def _patterns():
    """Patterns of the words that make a figure a rate."""
    units = word_table("units")
    names = set(units["unit"][units["unit"].str.isalpha()]) - {*PERIODS, *POINTS}
    bodies = either(
        u for u in units["unit"][units["base"].isin([UNDER, AREA])] if len(u) > 1 and u not in PERIODS
    )
    means = either(lexicon_codes("mean").keys() - {"平均", "均龄"})
    once = "(?!一[度届题学课讲评星]|一次的)"  # 每年一度的评选
    period = rf"(?:一|1(?!\d))?(?P<many>[两二三四五六]|[2-9](?!\d))?个?(?P<period>{either(PERIODS)}){once}"
    body = rf"(?:个?家庭(?=户))?(?P<one>个人|{either(names)})|[\u4e00-\u9fff]{{1,6}}?(?P<body>{bodies})"
    size = r"(?P<size>\d{1,6}[万千]?|[十百千]?万|[十百千])"  # 每百户, 每10名, 每千常住人口
    one = (
        rf"(?:一|1(?!\d))?(?:{size}(?:(?![名位个])[\u4e00-\u9fff]{{2,4}}(?=人口))?)?(?:常住|户籍)?(?:{body})"
    )
    within = rf"(?<![\u4e00-\u9fff\d])一(?=个?(?:{either(PERIODS)})[内中]?[^,。;]{{0,6}}至少)"
    return {
        "each": re.compile(
            rf"(?:每(?:[\u4e00-\u9fff]{{2}}(?=(?:一|1(?!\d))[^个年月周天日学季])|新[建增设办](?=[一1]个))??|平均(?=一|1(?!\d))|{within}|(?<![\d余多来几])(?=[千万]人口|万元(?:GDP|生产总值|地区|工业|产值)))(?:{period}|{one})"
            rf"|(?={means}|(?<![{_NOT_EACH}])[年月]平均)(?P<mean>.)(?:平均|.)"
        ),
        "within": re.compile(  # 一学期1至2次
            rf"(?<![第近前这那每过另同新全\d])[一1] ?个?({either(PERIODS)}) ?$"
        ),
        "after": re.compile(
            # 3期/300人次 is no rate
            rf" ?(?:(?P<line>/(?=\D|10*\D)) ?每?"
            r"(?:(?P<first>[人户生])/|[人户生](?:[·.•]|每|(?=[年月天日])))?|每)"
            rf"(?:{period}(?:/每?(?P<then>[人户生]))?|{one})"
            r"(?P<mean>)(?(line)|(?=[,。;、()的提增降减上下调到至以左和及与\s]|不等|$))"
        ),
        "all": re.compile(
            rf"各(?![级类地界族项种行自条])(?:一|1(?!\d))?(?:{body})"
            rf"|(?:{lexicon_pattern('person')})(?P<persons>各)(?=[\u4e00-\u9fff]{{2}})"
        ),
    }

"""Quantities in Chinese prose: numeral, word of approximation, classifier or unit, mask.

A text is folded character by character (full-width to ASCII, traditional to simplified), so that
offsets in the folded text are offsets in the text. One pattern then finds every number and says what
it is: a quantity, or a date, an ordinal, an age, a duration, a name, a document number, a bare number.

`_SORTS` is that pattern: for each sort what it looks like, the surest first, with names for what stands in
`_PARTS` and for words of the lexicon; `_FIRST` is what a sort begins with, so that little is tried in vain.
It is tried only in `_windows` around what `_quick` finds. `_mention` turns a match into a number; what
reads its numeral (`_read`, `_number`, `_han`, `_fraction`) knows nothing of the words around it.
"""

import re
from bisect import bisect
from collections import namedtuple
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, lru_cache
from math import inf, nan
from sys import maxunicode

import numpy as np
import pandas as pd

from .intervals import hedge_interval
from .loaders import AREA, UNDER, load_traditional
from .schema import DataError, check_text
from .words import either, lexicon_codes, word_table

POINTS = ("百分点", "千分点")
_SAME_UNIT = {
    "个百分点": "百分点",
    "个多百分点": "百分点",
    "个千分点": "千分点",
    "个基点": "基点",
    "人(次)": "人次",
    "大": "个",
    "大类": "类",
    "大项": "项",
    "个人": "人",
    "个小时": "小时",
    "人民币": "元",
    "个平方米": "平方米",
}
_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2, "半": Decimal("0.5")}
_SPOKEN = {"上": "at_least", "过": "over"}  # 上百人, 过亿元
_TENS = {"廿": 20, "卅": 30}
_HAN = "〇零一二两三四五六七八九十廿卅百千万亿半数几"
_FINANCIAL = str.maketrans("壹贰叁肆伍陆柒捌玖拾佰仟", "一二三四五六七八九十百千")
_IN_WORDS = re.compile(  # 壹拾贰万, 叁名; of 伍, 陆 and 拾 (队伍, 大陆, 收拾) only beside another
    "[壹贰叁肆伍陆柒捌玖拾佰仟](?:(?<![伍陆拾])[壹贰叁肆伍陆柒捌玖拾佰仟零〇万亿]+"
    "|(?<![伍陆拾佰仟])(?=[百千元个名人次份项家位期场])"
    "|(?<=[伍陆拾])(?<![队大登收].)(?=[佰仟拾])[壹贰叁肆伍陆柒捌玖拾佰仟零〇万亿]*)"
)
_YEARS = tuple(  # 二〇二一年, also with the sign of a circle; both of 二〇二一至二〇二五年
    # `re` searches for one first character ten times as fast as for either of two
    re.compile(
        f"{century}[〇○零0O一二三四五六七八九]"
        "(?=学?年|[-—~至到、]{1,2}(?:二[〇○零]|一九)[〇○零一二三四五六七八九]{2}学?年)"
    )
    for century in ("一[89][一二三四五六七八九]", "二[〇○零0O][〇○零0O一二三四五六七八九]")
)
_PLANNED = re.compile("画(?<=[计企规谋筹]画)")  # 計畫, as written in Taiwan
_TEN_THOUSAND = re.compile("[wW](?<=\\d[wW])(?=[+次人余多])")  # 阅读量10w+
_YEAR_SIGNS = str.maketrans("〇○零O一二三四五六七八九", "0000123456789")
WORDS = 2**12  # numerals kept in mind with their values
_PLACES = {"十": 10, "百": 100, "千": 1000, "万": 10**4, "亿": 10**8}
_DIGITS_OR_PLACE = re.compile(f"[{''.join(_DIGITS)}数几]+|.")


@dataclass(frozen=True)
class Quantity:
    """One quantity as a text states it.

    Attributes
    ----------
    value : float
        Nominal value in the unit at base scale (2000万元 is 20000000 元); missing if masked.
    value_max : float
        Upper end of a range, else missing.
    hedge : str
        A hedge of the interval policy.
    resolution : float
        Size of the last printed place; missing if masked.
    unit : str
        Unit as written, simplified, without 万 and 亿; empty if there is none.
    low, high : float
        What the hedge allows (`intervals.hedge_interval`).
    masked : bool
        True for a placeholder (xx个).
    start, end : int
        Offsets of the expression in the text, its words of approximation included.
    """

    value: float
    value_max: float
    hedge: str
    resolution: float
    unit: str
    low: float
    high: float
    masked: bool
    start: int
    end: int


def parse_quantity(text):
    """Read the one quantity that a short text states.

    Parameters
    ----------
    text : str
        For instance ``超过23万人``, ``百分之八十五``, ``9—21人``, ``xx个``.

    Returns
    -------
    Quantity

    Raises
    ------
    DataError
        If it is no text, or states no quantity, or more than one, or none at all vaguely (约0人).
    """
    check_text("text", text, "pass the words as they stand, such as '超过23万人'")
    found = [m for m in scan(text) if m["sort"] in ("quantity", "bare")]
    if len(found) != 1:
        seen = [(text[m["start"] : m["end"]], m["sort"]) for m in scan(text)][:10]
        shown = text if len(text) <= 100 else f"{text[:99]}…"
        raise DataError(f"{shown!r} states {len(found)} quantities, not one; numbers seen: {seen}.")
    fields = {k: v for k, v in found[0].items() if k in Quantity.__dataclass_fields__}
    try:
        bounds = hedge_interval(*(pd.Series([fields[k]]) for k in ("value", "hedge", "value_max"))).loc[0]
    except ValueError as error:  # 约0人
        raise DataError(f"{text!r} has no bounds. {error}") from None
    return Quantity(
        **fields, low=float(bounds["low"]), high=float(bounds["high"]), masked=fields["hedge"] == "masked"
    )


@cache
def _folding():
    """Return the code of what every character is folded to, by its own code."""
    full = {chr(0xFF01 + i): chr(0x21 + i) for i in range(94)}
    full |= {"\u3000": " ", "～": "~", "－": "-", "−": "-", "‐": "-", "‑": "-", "‒": "-", "―": "—", "∶": ":"}
    full |= dict.fromkeys("\xa0\u202f\u205f" + "".join(map(chr, range(0x2000, 0x200B))), " ")  # of any width
    # half a character, the signs of `tokens`
    full |= dict.fromkeys(map(chr, range(0xD800, 0xE010)), "\ufffd")
    table, codes = load_traditional(), np.arange(maxunicode + 1, dtype="<u4")
    full |= dict(zip(table["traditional"], table["simplified"], strict=True))
    codes[list(map(ord, full))] = list(map(ord, full.values()))
    return codes


def fold(text):
    """Fold a text character by character: full-width to ASCII, traditional to simplified; same length.

    Years in Chinese numerals become digits.
    """
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")
    text = _folding()[codes].tobytes().decode("utf-32-le")
    if "画" in text:
        text = _PLANNED.sub("划", text)
    if "w" in text or "W" in text:
        text = _TEN_THOUSAND.sub("万", text)
    for year in _YEARS:
        text = year.sub(lambda match: match[0].translate(_YEAR_SIGNS), text)
    return _IN_WORDS.sub(lambda match: match[0].translate(_FINANCIAL), text)


def scan(text):
    """Find every number of a text and say what it is.

    Parameters
    ----------
    text : str

    Returns
    -------
    list of dict
        In order: start, end, sort. ``quantity`` has a unit, ``bare`` has none; both carry number_start,
        value, value_max, hedge, resolution and unit. The other sorts (date, age, duration, ordinal,
        name, number) are no quantities.
    """
    return scan_folded(fold(text))


def scan_folded(folded):
    """Scan a text that is folded already."""
    quotes = [m.span() for m in _QUOTES.finditer(folded)]
    return _with_units([_mention(match, folded, quotes) for match in _matches(folded)], folded)


def _with_units(mentions, folded):
    """Give bare numbers the unit of the one they are listed before, going back from the last."""
    size = 1
    for i in range(len(mentions) - 2, -1, -1):
        mention, following = mentions[i], mentions[i + 1]
        if mention.get("unit") in ("", "个") and _is_listed_before(mention, following, folded):
            factor = _MANY.match(folded, following["number_start"])
            size = _PLACES[factor[1]] if factor else size
            own = 1 if _MANY.match(folded, mention["number_start"]) else size  # 分别为5.3万、5.4万、5.5万人
            mention |= {"sort": "quantity", "unit": following["unit"]}
            mention |= {name: own * mention[name] for name in ("value", "value_max", "resolution")}
        else:
            size = 1
    return mentions


def _is_listed_before(mention, following, folded):
    """Tell whether a number has the unit of the one it is listed before (分别回落2.16和1.66个百分点)."""
    return (
        following["sort"] == "quantity"
        and folded[mention["end"] : following["start"]] in _LISTED
        and (
            following["unit"] in POINTS
            or (
                not mention["unit"]
                and bool(_EACH_OF.search(folded, max(0, mention["start"] - 40), mention["start"]))
            )
        )
    )


def _matches(folded):
    """Match the one pattern only where a quick look finds digits, or a numeral before a classifier."""
    pattern, end = _pattern(), 0
    for start, stop in _windows(folded):
        for match in pattern.finditer(folded, max(start, end), stop):
            end = match.end()
            if match["all"] == "全部" and not _COUNTED.search(folded, max(0, end - 32), end):
                continue
            if match["zh1"] and not match["unit3"] and not _counts_areas(match["zh1"], folded, end):
                continue
            yield match


def _counts_areas(numeral, folded, end):
    """Tell whether a numeral counts the areas after it (两镇, 五区一市, 甲、乙两县), no name (三县联动)."""
    start = end - len(numeral)
    before = _PAIRED_BEFORE.search(folded, max(0, start - 2), start)
    if _SCHEME.match(folded, end) or (_LAST if before else _BOTH).match(folded, end):
        return False
    if numeral == "两" or before or _COMPOUND.match(folded, end) or _PAIRED.match(folded, end):
        return True
    listed = folded[start - 1 : start] not in _JOINS and _NAMED.search(folded, max(0, start - 60), start)
    if not listed:
        return False
    named, counted = len(re.split("[、和及与]", listed[1])), _number(numeral)[0]
    return named < counted if listed[2] else named == counted


def _windows(folded):
    """Stretches around everything that may be a number, merged where they meet."""
    start = stop = -1
    for match in _quick().finditer(folded):
        first, last = match.span()
        if first - 10 > stop:
            if stop > 0:
                yield start, stop
            start = max(0, first - 10)
        stop = last + 26
    if stop > 0:
        yield start, min(stop, len(folded))


def _mention(match, folded, quotes):
    sort, (start, end) = match.lastgroup, match.span()
    read = None
    if sort == "quantity":
        end -= folded[end - 1] == " "  # of a unit that did not come
        quote = _quotation(quotes, start, end)
        aim = quote and _is_quoted_aim(match, folded, *quote)
        if quote and not (match["double"] or aim):
            sort = "name"
        else:
            read, sort = _read(match), "number"
            if read and aim:
                read["aim"] = True
    elif sort == "age" and (age := _AGE.fullmatch(match[0])) and _is_stated_age(age, folded, start):
        read = _read_age(age) | {"number_start": start}
    elif sort == "duration" and (time := _TIME.search(match[0])):
        lead = folded[max(0, start - 24) : start + time.start()]
        if _TIMED.search(lead) or (time[2] == "天" and _KEPT.search(lead)):
            read = _read_time(time, start)
    if read is None:
        return {"start": start, "end": end, "sort": sort}
    if read["number_start"] == start and _is_signed(folded, start, end):
        start, read = start - 1, read | {"value": -read["value"], "number_start": start - 1}
    read["start"], read["end"] = start, end
    return read


def _is_signed(folded, start, end):
    """Tell whether a number has a sign before it; at the start of a text it is one if nothing follows."""
    if not folded.startswith(("-", "–", "负"), start - 1):
        return False
    alone = start == 1 and not folded[end:].strip()  # -3%, but -30名 heads an item of a list
    return alone or bool(_MINUS.search(folded, max(0, start - 4), start))


def _read_time(time, start):
    """Read a time that is a figure: of schooling (受教育年限达到9.3年), or owed (每年驻村不少于20天)."""
    before, after = time.string[: time.start()].rstrip(" 了为有达占"), time.string[time.end() :]
    value, place = (0.5, 0.5) if time[1] == "半" else _arabic(time[1])
    hedge = lexicon_codes("hedge_before").get(before) or lexicon_codes("hedge_after").get(after)
    odd = "odd" if "余" in time.string or "多" in time.string else "exact"
    return _quantity(value, nan, hedge or odd, place, time[2]) | {"number_start": start + time.start()}


def signed(value, value_max, sign):
    """Return a number and its upper end, below zero where a word says how much less (下降-3, 下降3-5)."""
    if sign > 0:
        return value, value_max
    return (-abs(value_max), -abs(value)) if value_max == value_max else (-abs(value), value_max)


def _is_stated_age(age, folded, start):
    """Tell whether an age is a figure, no limit: a mean or a change of one."""
    if age["bound"]:
        return _AGED_ON.search(folded, max(0, start - 8), start)
    return "." in age[0] or _AGED.search(folded, max(0, start - 20), start)


def _read_age(age):
    value, place = _arabic(age["first"])
    value_max = _arabic(age["last"])[0] if age["last"] else nan
    hedge = "range" if age["last"] else lexicon_codes("hedge_after").get(age["bound"], "exact")
    return _quantity(value, value_max, hedge, place, "岁")


def _quotation(quotes, start, end):
    """Return the quotation (in order, not overlapping) that a stretch lies inside, or nothing."""
    i = bisect(quotes, (start, inf)) - 1
    return quotes[i] if i >= 0 and end <= quotes[i][1] else None


def _is_quoted_aim(match, folded, start, end):
    """Tell whether a number in a quotation is what is aimed at: “扩招200万人”的目标, but “五个一”的要求."""
    return bool(
        folded[end - 1] != "》"
        and _AIMED.match(folded, end)
        and (match["unit2"] or match["fraction"])
        and (match["unit2"] == "%" or match["pre"] or _ACTED.search(folded, start, match.start()))
    )


def _quantity(value, value_max, hedge, place, unit):
    return {
        "sort": "quantity" if unit else "bare",
        "value": float(value),
        "value_max": float(value_max),
        "hedge": hedge,
        "resolution": float(place),
        "unit": unit,
    }


# What the groups of a quantity's pattern hold, in their order there; empty where one took no part.
_Parts = namedtuple(
    "_Parts",
    "all pre least most fraction tenth tenths double mask odd1 unit1 moved by first last odd2 unit2 other"
    " apart next zh1 odd3 unit3 zh2 odd4 unit4 unitodd post",
)


def _read(match):
    """Turn a match of the quantity pattern into its value, hedge and unit; nothing if it has none (3/0)."""
    part = _Parts(*match.groups("")[-len(_Parts._fields) :])
    unit = part.unit1 or part.unit2 or part.unit3 or part.unit4
    unit, hedge = _SAME_UNIT.get(unit, unit), _hedge(part)
    if part.mask:
        read = _quantity(nan, nan, "masked", nan, unit)
    elif part.double:
        times = part.double.strip("双翻了番")
        hedge = lexicon_codes("hedge_before").get(times[:1], hedge)
        times = _han(times.lstrip("近约超逾"))[0] if times.lstrip("近约超逾") else 1
        read = _quantity(100 * (2**times - 1), nan, hedge, 100, "%") | {"double": True}
    elif part.all:
        read = _quantity(100, nan, "exact", 1, "%")
    elif part.most:
        (low, _), (high, place) = _percent(part.least), _percent(part.most)
        read = _quantity(low, high, "range", place, "%")
    elif part.fraction:
        value, place = _fraction(part.fraction)
        if value is None:
            return None
        read = _quantity(value, nan, hedge, place, "%")
    elif part.tenths:
        value, place = _tenths(part.tenths.rstrip("多余"))
        hedge = "odd" if hedge == "exact" and part.tenths[-1] in "多余" else hedge
        read = _quantity(value, nan, hedge, place, "%")
        if part.tenth:  # 七八成
            read |= {"value": 10.0 * _DIGITS[part.tenth], "value_max": float(value), "hedge": "range"}
    else:
        read = _plain(part, hedge, unit)
    read["number_start"] = match.end("pre") if part.pre else match.start()
    return read


def _plain(part, hedge, unit):
    """Read an Arabic or Chinese number, alone or as a range."""
    number = part.first or part.zh1 or part.zh2
    low, high, place, inside = _number(number)
    if inside and hedge == "exact":
        hedge = "odd"
    if part.other or part.next:  # 一至二名, 二至三千人, 十人至二百人; 五、六百名
        first, high = _number(part.other or part.next)[0], low
        low = first if part.apart else _together(first, high, place, number[-1])
    if part.last:
        high, _, place, _ = _number(part.last)
        if place > 1 and _number(number)[2] <= 1 and low < high / place * 10:
            low *= place  # 3至5万: the factor belongs to both
    if high is not None and high > low:
        return _quantity(low, high, "range", place, unit)
    return _quantity(low, nan, hedge, place, unit)


def _together(first, last, place, end):
    """Read the first of two Chinese numerals; the factor of the last is of both, if that keeps their order.

    place: size of the last printed place of the last numeral; end: its last character.
    """
    both = first * (place if first < 10 else _PLACES.get(end, 1))  # 二至三百万; 二十至三十万
    return both if both < last and (first, place) != (1, 10) else first  # but 一至二十: ten is 十 alone


def _hedge(part):
    """One hedge from the words before, inside and after the number; 近…多 says two things, so: about."""
    before = part.pre and (
        _SPOKEN.get(part.pre) or lexicon_codes("hedge_before").get(part.pre.rstrip("了为有达占"))
    )
    odd = part.odd1 or part.odd2 or part.odd3 or part.odd4 or part.unitodd
    odd = odd or "个多百分点" in (part.unit2, part.unit3)
    if before == "nearly" and odd:
        return "about"
    after = part.post and lexicon_codes("hedge_after").get(part.post)
    return before or after or ("odd" if odd else "exact")


@lru_cache(WORDS)
def _number(text):
    """Value, upper value (or None), size of the last printed place, and whether 余 or 多 stands inside."""
    if text.isdecimal() and text.isascii():
        return int(text), None, 1, False
    text = text.replace(" ", "")
    inside = any(("十几" if w == "几" else w) in text for w in lexicon_codes("hedge_inside"))
    text = _without_odd(text)
    if text[0].isdigit():
        value, place = _arabic(text)
        return value, None, place, inside
    if "点" in text:  # 二点二八亿
        value, place = _spoken(text[:-1])
        return value * _PLACES[text[-1]], None, place * _PLACES[text[-1]], inside
    value, high, place = _han(text)
    return value, high, place, inside


def _arabic(text):
    """Read digits with 万 and 亿 (26.6万, 3亿2000万): exact value and size of the last printed place."""
    total, place, digits = Decimal(0), Decimal(1), ""
    factor = None
    for char in text.replace(",", "") + "\0":
        if char.isdigit() or char == ".":
            if factor is not None:
                total, digits, factor = total + Decimal(digits) * factor, "", None
            digits += char
        elif char in _PLACES:
            factor = (factor or 1) * _PLACES[char]
    last = Decimal(digits) * (factor or 1)
    place = Decimal(1).scaleb(-len(digits.partition(".")[2])) * (factor or 1)
    return total + last, place


def _han(text):
    """Read a Chinese numeral: value, upper value of a vague one (or None), size of the last printed place."""
    pieces = _DIGITS_OR_PLACE.findall(text)
    (value, place), (top, _) = (_sum(pieces, end) for end in (0, 1))
    return value, top if top > value else None, place


def _sum(pieces, end):
    """Add up a numeral at its lower end or its upper one; with the size of its last printed place."""
    total = section = Decimal(0)
    digits, place = None, Decimal(1)
    for piece, after in zip(pieces, [*pieces[1:], ""], strict=True):
        size = _PLACES.get(piece)
        if piece in _TENS:
            section, digits, place = section + _TENS[piece], None, Decimal(10)
        elif size is None:
            digits, place = _ends(piece, after, section)[end], Decimal(1)
        elif size < 10**4:
            section, digits, place = section + (1 if digits is None else digits) * size, None, Decimal(size)
        else:
            section += digits or 0
            total = (total + section or 1) * size if piece == "亿" else total + (section or 1) * size
            section, digits, place = Decimal(0), None, place * size if pieces[0] != piece else Decimal(size)
    return total + section + (digits or 0), place


def _ends(digits, after, section):
    """Return the ends of a run of digits: 四五 is four to five, 几 two to nine, 数 before 十 one to ten."""
    if digits in ("数", "几"):
        many = after in _PLACES  # 几十; 十几: at least one more
        return Decimal(1 if many or section else 2), Decimal(10 if many else 9)
    read = [Decimal(_DIGITS.get(digit, 2)) for digit in digits]
    if len(read) == 2 and read[1] == read[0] + 1:
        return tuple(read)
    whole = Decimal(0)
    for digit in read:
        whole = whole * 10 + digit  # 二〇一
    return whole, whole


def _fraction(text):
    """Read 百分之八十五, 千分之三, 三分之一, 1/3 as per cent; no value where it is no part of a whole."""
    text = _without_odd(text)
    if text in ("一半", "半数", "半"):
        return Decimal(50), nan
    if "/" in text:
        part, whole = map(Decimal, text.split("/"))
        return (100 * part / whole if part < whole else None), nan
    whole, _, part = text.partition("分之")
    if whole in ("百", "千"):
        value, place = _percent(part)
        factor = 1 if whole == "百" else Decimal("0.1")
        return value * factor, place * factor
    whole = _han(whole)[0]
    return (100 * _han(part)[0] / whole if whole else None), nan


def _percent(text):
    """Read what stands after 百分之: 85, 八十五, 八点五."""
    return _arabic(text) if text[0].isdigit() else _spoken(text)


def _without_odd(text):
    return text.replace("余", "").replace("多", "").replace("来", "").replace("十几", "十")


def _spoken(text):
    """Read a Chinese numeral with 点: 八十五点二."""
    whole, _, decimals = text.partition("点")
    digits = "".join(str(_DIGITS[c]) for c in decimals)
    value, _, place = _han(whole)
    return (value + Decimal(f"0.{digits}"), Decimal(1).scaleb(-len(digits))) if digits else (value, place)


def _tenths(text):
    """Read 七成, 七成半, 7成, 7.5成 as per cent."""
    digits, _, rest = text.partition("成")
    if rest in _DIGITS and rest != "半":  # 九成九
        return 10 * _DIGITS[digits] + _DIGITS[rest], Decimal(1)
    value = 10 * (_arabic(digits) if digits[0].isdigit() else _han(digits))[0]
    if text.endswith("半"):
        return value + 5, Decimal(5)
    return value, Decimal(1 if "." in digits else 10)


def is_at_least(clause):
    """Tell whether a number after a clause is a least one by a word apart from it (至少召开2次)."""
    return "至少" in clause and bool(_LEAST.search(clause))


@cache
def counted_units():
    """Return the units that numbers have, as the sources write them; 月 of 次/月 is none, nor are areas."""
    table = word_table("units")
    return frozenset(table["unit"][~table["base"].isin([UNDER, AREA])])


# What a numeral in words ends in that is more than one digit: 三百件, 十二件; and 十.
_LARGE = "[一二两三四五六七八九十几][百千万]|十[一二三四五六七八九]"


@cache
def _spelled():
    """Return the classifiers that count after a numeral in words before some nouns only, with those."""
    return {word: code for word, code in lexicon_codes("arabic_only").items() if isinstance(code, str)}


@cache
def _not_after_one():
    """Return classifiers that count after large or vague numerals in words only (三百件, 十二件, 十余首)."""
    return counted_units() & lexicon_codes("arabic_only").keys() - {"年", "岁", "周", "届", "班", "/10万"}


def _is_latin(unit):
    """Tell whether a unit is a sign in Latin letters (km, m²), which follows digits only."""
    return unit[0].isascii() and unit[0].isalpha()


@cache
def areas():
    """Return a pattern of the areas that may follow a number at once (9区, 两镇), no other words (市场)."""
    return _areas(())


def _areas(but):
    table = word_table("units")
    units = set(table["unit"][table["base"] == AREA]).difference(but)
    return f"(?:{either(units, _beyond(units))})"


def area_after(folded, end):
    """Return the area that follows a number at once (the 县(市) of 5县(市)), or an empty text."""
    found = _area().match(folded, end)
    return found[0] if found else ""


@cache
def _area():
    return re.compile(rf"{areas()}(?:\([\u4e00-\u9fff、]{{1,6}}\))?")


def _beyond(units):
    """Say of each unit what would make it another word (3.14万人口, 15部门, 4根据, 5mm), as a pattern."""
    found = {unit: ["[A-Za-z\\d²³]"] for unit in units if _is_latin(unit)}
    for word, code in lexicon_codes("no_unit").items():
        unit = next((word[:i] for i in range(len(word) - 1, 0, -1) if word[:i] in units), "")
        but = f"(?!{code})" if isinstance(code, str) else ""
        found.setdefault(unit, []).append(word[len(unit) :] + but)  # of 个人民, 个 is one
    return {unit: f"(?!{'|'.join(rest)})" for unit, rest in found.items()}


@cache
def _pattern():
    """Build the one pattern: alternatives in order of priority, every repetition bounded."""
    units = counted_units() - {"%", "‰", "倍", "成", "年", "天"} | {u for u in _SAME_UNIT if u[0] == "个"}
    words = {
        "UNIT": units | {"大"},
        "COUNTED": {u for u in units if not _is_latin(u)} - set(lexicon_codes("arabic_only")) | {"倍"},
        "LATIN": set(filter(_is_latin, units)),
        "PRE": set(lexicon_codes("hedge_before")),
        "ODD": set(lexicon_codes("hedge_inside")) - {"几"},
        "POST": set(lexicon_codes("hedge_after")),
        "NAMES": set(lexicon_codes("name")),
    }
    sorts = "|".join(f"{_FIRST.get(sort, '')}(?P<{sort}>{'|'.join(texts)})" for sort, texts in _SORTS.items())
    pattern = f"(?=FIRST)(?=OPENING)(?:{sorts})"
    texts = {name: f"(?:{either(w)})" for name, w in words.items()}
    alone = {name for name in words["NAMES"] if not re.search(f"[{_HAN}]", name[:6])}  # 返家乡, 双流
    texts["DEEP"] = str(max(5, 1 + max(map(len, words["PRE"]))))  # where a numeral stands after its lead
    for name, leads in {"ALONE": alone, "LEADS": words["PRE"] | words["NAMES"] - alone}.items():
        texts[name] = "".join(map(re.escape, sorted({word[0] for word in leads} - set(_HAN))))
    usual = [unit[0] for unit in word_table("units")["unit"]]  # the usual ones stand first there
    texts["INITIALS"] = "".join(map(re.escape, sorted({unit[0] for unit in words["UNIT"]})))
    for name in ("UNIT", "COUNTED", "LATIN"):
        texts[name] = f"(?:{either(words[name], _beyond(words[name]), usual)})"
    # of blood and vaccines; but 20单位 are bodies
    texts["UNIT"] = rf"(?:{texts['UNIT']}|单位(?:(?<=万单位)|(?<=\.\d单位)|(?<=\.\d\d单位)))"
    texts["AREA"] = _areas(lexicon_codes("arabic_only"))
    texts["BOTH"] = areas()
    added = {"+": r"(?!(?<=元\+)[\u4e00-\u9fff]{1,12}\d)"}  # 300元+利息5元 is a sum
    texts["POST"] = f"(?:{either(words['POST'], added)})"
    groups = lexicon_codes("person").keys() | lexicon_codes("organisation").keys()
    texts["GROUP"] = f"(?:{either({word for word in groups if len(word) > 1} | {'者'})})"
    large = _not_after_one()
    spelled = "".join(f"|(?<=[一两三四五六七八九十]){word}(?={code})" for word, code in _spelled().items())
    spelled += f"|(?:(?<=[余多十])|(?<={_LARGE}))(?:{either(large, _beyond(large), usual)})"
    texts["COUNTED"] = f"(?:{texts['COUNTED']}|届(?=[,。;、“]|$){spelled})"
    texts["PRE"] += f"(?<!{')(?<!'.join(lexicon_codes('no_hedge'))})"  # 签约30人, 附近5家
    for name, text in (_PARTS | texts).items():
        pattern = pattern.replace(name, text)
    return re.compile(pattern, re.ASCII)  # digits of other scripts are no numerals here


@cache
def _quick():
    """Digits, placeholders, and Chinese numerals before a classifier or a unit of time."""
    units = {u[0] for u in counted_units() if not _is_latin(u)} - set(lexicon_codes("arabic_only")) | set(
        f"{''.join(_spelled())}百年月日天周岁星季学成分届番小大倍{_ENDS}"
    )
    others = "".join(sorted({word[0] for word in _not_after_one()}))
    before_unit = (
        f"[{_HAN}]{{0,11}}(?:[余多来]?[万亿]?(?=[{re.escape(''.join(sorted(units)))}])"
        f"|(?:[余多]|(?<=[百千万十])|(?<={_LARGE}))(?=[{others}]))"
    )
    last = (  # 前三, 一半, 半数
        f"|(?<=首)(?=位)|(?<=全)(?=覆盖|部)|(?<=均)(?=为)|(?<=前[{_HAN}])|(?<=两)(?=[村街社部])|(?<=一)(?=半)|(?<=半)(?=数)"
        r"|(?<=占[近过超逾]半)|(?<=占比[近过超逾]半)"
    )
    return re.compile(  # one class in front, so that the search runs over all else at once
        rf"[0-9第首翻全均xX×*○□△_{_HAN}](?:(?<=\d)[\d,.]*|(?<=[第翻百千万亿])|(?<=[*○□△_])[*○□△_]*"
        rf"|(?<=[xX×])(?<![A-Za-z][xX×])[xX×]{{0,7}}(?![A-Za-z])|(?<=[{_HAN}]){before_unit}{last})"
    )


# Short quotations and titles: a number inside is part of a name.
_QUOTES = re.compile(r"《[^《》\n]{1,60}》|“[^“”\n]{1,16}”|‘[^‘’\n]{1,16}’|\"[^\"\n]{1,16}\"")
_AIMED = re.compile(
    '的?[《“"]?[\u4e00-\u9fff]{0,4}[》”"]?(?:目标|任务|要求|承诺|指标)'
)  # what follows a quotation
_ACTED = re.compile("[\u4e00-\u9fff]{2}$")
_ENDS = "省市县区旗盟州镇乡"  # of names of areas
# Two counts of areas, or a list of their names: 五区一市, 十市32个县, 甲、乙和丙三县.
_PAIRED = re.compile(rf"(?:[{_ENDS}]|乡镇)(?:\([^()]{{1,4}}\))?[一二三四五六七八九十两\d]")
_COMPOUND = re.compile("(?:省[市区]|县[市区]|区县|市[县区州]|旗县|镇街|盟市)(?![级委联一合协共])")  # 四省市
_PAIRED_BEFORE = re.compile(rf"[一二三四五六七八九十两\d][{_ENDS}]$")
_SCHEME = re.compile(  # what they are no more than named in: 一市三县模式
    rf"(?:[{_ENDS}]{{1,2}}[一二三四五六七八九十两])?[{_ENDS}]{{1,2}}(?:模式|联盟|格局|机制|战略)"
)
# Those of all of which a number after them tells: 一区两县6000户.
_LAST = re.compile(rf"[{_ENDS}]{{1,2}}\d")
_BOTH = re.compile(rf"[{_ENDS}]{{1,2}}[一二三四五六七八九十两][{_ENDS}]{{1,2}}\d")
_JOINS = "、和及与,。;:"
_NAMED = re.compile(r"((?:[\u4e00-\u9fff]{1,4}[、和及与])+[\u4e00-\u9fff]{1,4}?)(等?)$")
# A sign, where none of a range, a date or a list can stand: 增长-3%; but 组长-1人, 名额-10名, 横幅-3条.
_MINUS = re.compile(
    r"(?:[为是达到至由从在涨跌:(\t|]|增[长减速幅加]|[下上]降|减少|回落|上升|提[高升]|[涨跌降]幅|利润|[差余]额|结余"
    r"|(?:增长|收益|利润|负债|变[化动]|[上下][升降])率|[同环]比|[%‰][、和及,]|[\t|] )[-–负]$"
)
_LISTED = ("、", "和", "与", "及", "、和")
_EACH_OF = re.compile(r"分别[^,。;:\n]*$")
_MANY = re.compile(r"[\d.,]+ ?([万亿])")
# What 全部 is all of: 10名书记全部换届; else it is a word as any other.
_COUNTED = re.compile(r"\d[余多万]{0,2}[名人位个项家支所镇村县][^,。;:\d]{0,20}全部$")
_LEAST = re.compile(r"至少[^,。;、\d]{1,8}$")
_TIME = re.compile(r"(\d{1,4}(?:\.\d{1,2})?|半)[余多]?([年天])")
_TIMED = re.compile(  # 受教育年限9.3年, 优良天数310天, 平均用时由12天缩短到7.5天, 同比缩短3天, 人均培训2天
    r"(?:受教育年限|(?<!限)天数|人均(?=[^\d]{0,6}$)|平均[^,。;\d]{0,14}(?:时间|用时|周期|期限|时长|工期))[^,。;\d]{0,6}"
    r"(?:\d[\d.]*天[^,。;\d]{2,4})?$|(?:同比|[比较][^,。;\d]{2,10})(?:缩短|减少|压缩|延长|增加)了?$"
)
_KEPT = re.compile("每[^,。;]{1,20}(?:不得?[少低]于|至少)$")  # 每年驻村不少于20天
_AGED = re.compile(  # 平均年龄28岁, 下降2.5岁, 平均年龄由35岁降到28岁
    "(?:平均|均龄).{0,6}$|(?:降低|下降|减少|提高|上升|增加)了? ?$|平均年龄[^,。;]{2,12}[到至为]$"
    "|平均年龄[^。;]{3,14}[前后]$"  # 平均年龄32岁,换届后28岁
)  # an age that is a figure, no limit
_AGED_ON = re.compile(r"(?:平均年龄|均龄)[^,。;\d]{0,3}$")  # 平均年龄在35岁以下
_AGE = re.compile(
    r"(?P<first>\d+(?:\.\d+)?)(?: ?(?:周?岁)? ?(?:—{1,2}|–|-|~|至|到) ?(?P<last>\d+(?:\.\d+)?))? ?周?岁"
    r"(?P<bound>及?以[上下内])?"
)
_PARTS = {  # names that stand in the grammar below; earlier ones hold later ones
    # How all below begin, so that what cannot is left at once: with a numeral, or with one soon after.
    "FIRST": rf"[\dxX×{_HAN}A-Za-z双翻首全均ALONE*○□△_ (\[〔“\"LEADS第前上过民公页浏阅点访评被引下]",
    "OPENING": rf"[\dxX×{_HAN}A-Za-z双翻首ALONE]|[*○□△_](?![*○□△_]{{16}})|全[覆部]|均为"
    rf"|[ (\[〔“\"][ (]{{0,4}}[\d{_HAN}]"
    rf"|[LEADS第前上过民公页浏阅点访评被引下].{{0,DEEP}}[\dxX×*:{_HAN}]",
    "PREFIX": r"(?:PRE[了为有达占]?|上(?=[百千万亿])"
    r"|过(?<![经通不越度走渡路]过)(?=[百千万亿]|半数|半(?<=占过半)))",
    "LED": r"(?(pre)(?<! )|(?!))",  # right after a PREFIX
    # 增加3家至25家: by three, to 25; but 每年增加3家至5家
    "CHANGED": "(?<=增加|减少|净增|净减|提高|提升|上升|上涨|下降|下跌|降低|回升|回落|扩大|压减|缩减|精简)"
    "(?<!每[年月季]..)|(?<=(?:增加|减少|净增|提高|提升|上升|下降|降低|扩大)了)",
    # what stands for a number: ×.×, *万*千, 3.x, x.8, ××5; but 桌椅×5套, 4×100米, **5名**
    "BLANK": r"(?:(?<![A-Za-z\d.])(?:\d{1,3}\.?(?![*_]))?SIGNS"
    r"(?:[.,]SIGNS|(?<=[xX×○□△])\.\d{1,2}|(?<=[xX×○□△]{2})\d{1,3})?"
    r"|(?<![A-Za-z\d])SIGNS)(?: ?ODD)?FACTOR?(?:SIGNS(?: ?ODD)?FACTOR)?",
    "SIGNS": r"(?:[xX×]{1,8}|[*]{1,8}|[○□△]{1,8}|_{1,16})",
    "FACTOR": r"(?:十MULT?|MULT)",
    # so many that no classifier is needed: 三千多学生, 数百企业, 十几万贫困学生; but 百万青年
    "MANY": "(?:[数几][十百千万亿]{1,3}|[一二两三四五六七八九十]{0,2}[百千万][余多]"
    "|(?![十百]万)[一二两三四五六七八九十百]{1,3}[余多几]?[万亿])(?![余多一二两三四五六七八九十百千万亿])NEAR{0,5}?GROUP",
    "NEAR": r"[^的里,。;、\d]",
    "PER": "(?:HAN(?:点DIGITS|)|ARABIC)",
    "NUM": r"(?:ARABIC(?: ?[余多来]? ?(?:个(?=亿))?MULT(?:(?:\d{1,4}|\d,\d{3})MULT"
    r"|(?:\d{3,4}|\d,\d{3})(?= ?ODD?UNIT)|)|))",  # 3亿2,000万, 35万6,000元
    "ARABIC": r"(?:(?<![\d.])\d{1,3}+(?:,\d{3}){1,4}(?!\d)DECIMALS"
    r"|(?:(?<=[|\t])|(?<=\| ))[1-9]\d{0,2}+(?: \d{3}){1,4}(?= ?(?:[|\t\n]|$))"  # a cell
    # 1 519名
    r"|(?<![\d.表图第])(?<!附件)(?<![件表图第] )[1-9]\d{0,2}+(?: \d{3}){1,3}(?= ?[余多]? ?[万亿]?[INITIALS])"
    r"|(?<![\d.])\d{1,15}+DECIMALS(?!\d|\.\d))",
    "DECIMALS": r"(?:\.\d{1,15}|)",
    "BETWEEN": r"[\u4e00-\u9fffA-Za-z]{1,12}",
    "MEASURE": r"(?:[万亿千百倍成折元吨米克度亩分]|个(?:[百千]分)?点|小时|美元|公[斤里顷]|平方|立方)",
    "MULT": r"(?:万亿|千万|百万|亿|万|千(?![瓦克米])|百)",
    "HAN": rf"(?:[{_HAN}]{{1,12}}(?:[余多来][万亿]|))",
    "DIGITS": "[零〇一二三四五六七八九]{1,4}",
    "MASK": r"(?:[xX×*○□△_]{1,4}(?![A-Za-z]))",
    "DASH": r"(?:—{1,2}|–|-{1,2}|~|至|到)",
    "YEAR": r"(?<!\d)(?:1[5-9]|20)[\dxX×*]{2}",
    "MONTH": r"(?:(?<![\d.])(?:\d{1,2}|[xX×]{1,2}|(?<![十百])CN{1,2})月(?:份|底|初|末|[上中下]旬)?)",
    "DAY": r"(?:(?:\d{1,2}|[xX×]{1,2}|CN{1,3})[日号])",
    "NEXT": "(?<=[^第、\\n一二两三四五六七八九十百千].、)(?=.[十百千万个名位人])(?:"  # 五、六百
    + "|".join(
        f"(?<=[{one}]、)(?={two})"
        for one, two in zip(("一", "二两", *"三四五六七八"), "二三四五六七八九", strict=True)
    )
    + ")",
    "CN": "[一二三四五六七八九十]",
    "TIME": r"(?:个[半多]?月|个(?:年头|春秋|寒暑|[日昼]夜)|周年|年(?!级)"
    r"|个?星期|个?季度|天|分钟|秒钟?|个?学期|个工作日)",
}
_FIRST = {  # what some sorts begin with, so that their many forms are tried only there
    "date": r"(?=(?:1[5-9]|20)[\dxX×*]|\d{1,2}[ 年月日号.:—–~至到-]"
    r"|(?:[xX×]{1,2}|[一二三四五六七八九十]{1,2})月|民国|公元|二[〇零])",
    "age": r"(?=\d{1,2}(?:\.\d{1,2}|) ?[周岁后—–~至到-]|[一二三四五六七八九十]{1,3}[周岁—–~至到-])",
    "duration": r"(?=\D|\d{1,4}+ ?[余多来几个周年星季天分秒学工小.—–~至到×xX*-])",
    "ordinal": r"(?=\d{1,4}[届次级版)、.]|[xX×*○□△_第前首 (一二三四五六七八九十])",
    "number": r"(?=\d++ ?[-/.号次期篇章%‰×xX*≤<≥>]|\d{16}|(?<=更新)\d|[〔\[(页浏阅点访评被引下])",
}
# Sort -> what it looks like; the first that fits wins. The groups of a quantity are those of `_Parts`.
_SORTS = {
    "date": [
        r"YEAR学?年?DASH(?:YEAR|[\dxX×]{2})学?年MONTH?",  # 2018年—2021年, 2016-2020年
        r"YEAR年\d{1,2}月?DASH(?:YEAR年)?MONTH(?!DAY)",  # 2021年1-6月
        r"(?:YEAR ?年 ?)?(?<![\d.])\d{1,2} 月(?: ?\d{1,2} ?日)?|YEAR 年(?! )",  # 2021 年 6 月
        r"YEAR年(?:代|度|底|末|初|以来|来|[春夏秋冬]季?|[上下]半年)?(?:MONTHDAY?(?:DASHMONTH?DAY)?)?",
        r"二[〇零][〇零一二三四五六七八九]{2}年(?:MONTHDAY?)?|(?:民国|公元)\d{1,4}年|(?<!\d)\d{2}年代",
        r"MONTH(?!以?内)(?:DAY(?:DASHMONTH?DAY)?)?|\d{1,2}DASHMONTH",
        r"(?<!\d)(?:19|20)\d{2}[-/.]\d{1,2}(?:[-/.]\d{1,2})?(?![\d.]| ?(?:[%万亿]|UNIT))",
        r"(?<!\d)\d{1,2}:\d{2}(?::\d{2})?(?!\d)",
        r"(?<![\d.])\d{1,2}(?:DASH\d{1,2})?[日号](?!常|楼|线|文|院)",
        r"(?<=[“\"‘'])\d{1,2}\.\d{1,2}(?=[”\"’'])",  # “12.5”
        r"(?<!\d)(?:5\.4|12\.5|3\.5|3\.12)(?=青年|学雷锋|志愿|活动|节|主题|国际)",
        # 1500—1600人
        r"YEAR(?=首届)|YEAR(?![\d级届]|[余多]? ?UNIT|(?<=1[5-8]\d\d)AREA| ?[余多]|[.,%万亿]"
        r"|DASH[\d,.]+[余多万亿]{0,2} ?UNIT)",
    ],
    "age": [
        r"(?:(?<![\d.])\d{1,2} ?(?:周?岁)? ?DASH ?)?"
        r"(?<![\d.])\d{1,2}(?:\.\d{1,2})? ?周?岁(?:\(含\))?(?:及?以[下上内])?",
        r"(?:CN{1,3}(?:周?岁)?DASH)?CN{1,3}周?岁及?以[下上内]",  # 十八周岁以下
        r"\d0 ?后",
    ],
    "duration": [
        r"PREFIX[一二两三四五六七八九十]{0,2}[百千万][余多]?周?年(?!级)",  # 近百年来, 上千年的历史
        r"(?:PREFIX ?)?(?:(?<![\d.])\d{1,4}(?:\.\d{1,2})?(?:DASH\d{1,3})?"
        r"|(?:(?:CN|两){1,3}DASH)?(?:CN|[半两数几]){1,3})"
        r" ?[余多来几]? ?(?:TIME"
        r"|(?<=24)小时(?=[\u4e00-\u9fff]{0,3}(?:热线|服务|值|在线|开放|监控|巡|不间断|死角))"
        r"|个?小时(?=[内后前热全值不]|以(?!上[,。;、)]))|(?<=CN|[半两])(?:个半?)?小时)"
        r"[多余来半]?(?:以来|POST)?",
        r"(?<!\d)\d{1,2} ?[×xX*] ?\d{1,2} ?小时",  # 7×24小时
    ],
    "ordinal": [
        r"第?(?:CN{1,3}|\d{1,2})届(?:CN{1,2}|\d{1,2})次",  # 第十四届三次
        r"第 ?MASK(?:UNIT|届|批|季度?|章|节|版)?|MASK届(?:MASK次)?",  # 第*次代表大会, x届x次全会
        r"前(?:CN|\d{1,2})(?=[,。;、)]|$)",
        r"第 ?(?:\d{1,3}DASH\d{1,3}|CN{1,3}DASHCN{1,3})(?:UNIT|届|批|季度?|章|节|版)",  # 第3-5名
        r"第 ?(?:\d{1,3}(?:、\d{1,3}){1,4}(?:UNIT|届|批|季度?|章|节)"
        r"|CN{1,3}(?:、CN{1,3}){1,4}(?:届|批|季度|章|节|轮))",
        r"第 ?(?:\d{1,4}|[一二三四五六七八九十百]{1,4})(?:UNIT|届|批|季度?|章|节|版)?(?!产业)",
        r"首(?:批|届|轮|期|COUNTED)",
        r"[三一二]次(?=产业)|(?:CN{1,3}|\d{1,2})次(?=[党团少妇]代会)|(?<!召开)(?<!召开了)(?<!举行)(?:CN{1,2}|\d{1,2})次(?:全体|全委|代表|中央)?(?:会议|全会|大会)",
        r"十[七八九]大|二十大|\d{4}[级届]|\d{2}版",
        r"(?<![\u4e00-\u9fff])CN{1,3}(?:是|要|、)|[(]CN{1,3}[)]",
        r"(?:^|(?<=[\n。;])) {0,4}[(]?\d{1,2}(?:[)、]|\.(?!\d))|(?<=[\u4e00-\u9fff)]:)"
        r"(?:\d\.(?!\d)|1[、)](?=[\u4e00-\u9fff]))"
        # 1.报名表  2.汇总表
        # 2.3 队伍建设, but 2.5 人次,
        r"|(?:^|(?<=\n)) {0,4}[1-9]\d?\.[1-9]\d?(?= ?[\u4e00-\u9fff])"
        r"(?! ?(?:MEASURE|UNIT ?(?![\u4e00-\u9fff\d ])))"
        r"|(?<=[\t ])\d{1,2}[.)](?=[\u4e00-\u9fff《“])|(?:(?<=\t)|(?<=  ))\d{1,2}、(?=[\u4e00-\u9fff《“])",
    ],
    "name": [
        r"NAMES|[一二三]本(?=[以及)]|院校|高校|大学|批次|线|[、或和][一二三]本)|(?:CN{1,2}|两)大(?!类|项(?!目)|批|量|型)|\d{1,2}大(?=代表|精神|报告|以来|召开|会)|(?<!\d)1对1|一对一",
        r"[“\"]?\d{1,4} ?\+ ?(?:\d{1,4}|[A-Za-z])(?: ?\+ ?[\dA-Za-z]{1,4}){0,3}(?! ?UNIT)",  # 1+100, 1+5+N
        r"(?<!\d)12(?:345|355|348|333|369|315|380|338|351|320)(?!\d| ?UNIT)",  # hotlines
        r"[A-Za-z](?!(?<=[xX])[xX]{0,7}\.\d)[A-Za-z.]{0,11}[-—]?\d{1,6}|(?<![\d.])\d{1,6}(?!LATIN)[A-WYZa-wyz][A-Za-z]{0,11}",
    ],
    "number": [
        # 60%≤参学率<80%
        r"\d{1,9}(?:\.\d{1,4})?%? ?(?:[≤<] ?BETWEEN ?[≤<]|[≥>] ?BETWEEN ?[≥>])"
        r" ?\d{1,9}(?:\.\d{1,4})?%?[百千万亿]{0,2}",
        r"(?<!\d)0\d{2,3}-\d{7,8}(?!\d)",  # telephone
        r"(?<![\d.])\d{3,4} ?[×xX*] ?\d{3,4}(?!\d)|\d{1,2}[%‰](?=(?:人口)?(?:变动)?抽样|抽查)",  # 1280×960
        r"(?<![\d.])\d{1,4} ?号(?:线|楼|院|门|馆|桌|机|码头)|(?<=[刊年]\()\d{1,3}期(?=\))",  # 6号线, 刊(9期)
        r"(?<=\d年)\d{1,2}期(?=\n|$| )|\d{1,9} ?次(?:点击|浏览|阅读)(?=[\n /])",
        r"\d{1,3}篇\d{1,3}章(?:\d{1,4}节)?|\d{1,3}章\d{1,4}[节条]",  # parts of a document
        r"[〔\[(](?:19|20)\d{2}[〕\])] ?第?\d{1,4}号|\d{1,6}号(?!召)|\[\d{1,6}\]|\d{16,}|\d+(?:[-/]\d+){2,}"
        r"|(?<![\d.])\d{1,4}(?:\.\d{1,4}){2,}(?!\d)",  # 2.1.3
        r"(?<=\d\):)\d{1,4}-\d{1,4}(?!\d| ?(?:[%万亿]|UNIT))",  # pages of a journal: 2020(4):15-22
        r"(?:页数|页码|浏览|阅读|点击|访问|评论|被引|下载)(?:次数|量|数)? ?: ?\[?\d{1,9}\]? ?次?",
        r"(?:浏览|评论) ?\d{1,9}[次人](?=[)\n])|(?<=[今昨]日更新)\d{1,6}",
    ],
    "quantity": [
        r"(?P<all>全覆盖(?=[,。;!)\n]|$)|全部(?![^,。;]{0,4}奖)|均为(?:(?<=[名人位个]均为)|(?<=[名人位个],均为)))"
        r"|(?:(?P<pre>PREFIX) ?|)"
        r"(?:(?<![从由自])百分之(?P<least>PER)DASH(?:百分之|(?=PER(?:[,。;、)的左]|$)))(?P<most>PER)|(?P<fraction>[百千]分之PER|HAN分之HAN|\d(?<=[占近约超过达逾为有的余]\d)/\d{1,2}(?![\d/])|\d(?<![\d/.]\d)/\d{1,2}(?=以上|左右|的)"
        r"|[一半](?<=[占近约过超达逾足到为少降低].)(?:(?<=一)半|数)|半(?:(?<=占[近过超逾]半)|(?<=占比[近过超逾]半))|一(?<=[总数量额]的一)半(?=[,。;、)]|$)|(?:一半|半数)(?=以上|左右|NEAR{0,4}?GROUP)|一(?<=[中内有]的一|.[中有]一)半(?![径圆岛]))"
        r"|(?:(?P<tenth>[一二三四五六七八])(?=[二三四五六七八九]成)|)"
        r"(?P<tenths>[一二两三四五六七八九]成[半多余一二三四五六七八九]?(?=[以的左提上下增降到至,。;、)]|$)"
        r"|[一二两三四五六七八九](?<=[近约超逾过足到占].)成[一二三四五六七八九]?(?![立功果长效就]|员(?!工))"
        r"|[一二两三四五六七八九]成(?![立功果长效就员为人年])(?=NEAR{0,5}?GROUP)"
        r"|\d(?<![\d.]\d)(?:\.5|)成半?(?![立员功为果长效就]))|(?P<double>双?翻了?[近约超逾]?[一两三二]?番)"
        r"|(?:(?=\d{0,3}\.?[xX×*○□△_])(?P<mask>BLANK)(?: ?(?P<odd1>ODD)|) ?(?P<unit1>UNIT|%)"
        # 由5%到8% are two
        r"|(?>(?P<moved>(?<=[从由自])|(?<=[从由自] )|(?<=[\d去上前今当明]年的)|(?<=[月初末底期来先前]的))"
        r"|(?P<by>CHANGED)|)"
        r"(?P<first>NUM)"
        r"(?:(?=.{0,8}[—–~至到-])"
        r"(?: ?(?:UNIT(?!(?:(?<=分点)|(?(by)(?![至到][\d.]{1,9} ?个百分)|(?!)))[至到])"
        r"|[%‰](?= ?[—–~-]|(?(moved)(?!)|[至到]ARABIC[%‰])))|)"
        r" ?DASH ?(?P<last>NUM)"
        r"(?= ?ODD? ?(?:UNIT|[%‰倍]))|)"
        r"(?: ?(?P<odd2>ODD|几(?=UNIT))|) ?(?:(?P<unit2>[%‰]|UNIT|倍)|)"
        r"|(?:(?P<other>[一二两三四五六七八九十][一二两三四五六七八九十百千]{0,4})(?:(?P<apart>COUNTED)|)"
        r" ?DASH ?|(?P<next>[一二两三四五六七八])、NEXT|)"
        r"(?P<zh1>HAN(?:点DIGITS[万亿]|))"
        r"(?:(?P<odd3>ODD)|) ?(?:(?P<unit3>COUNTED)|(?<=[两三四五六七八九十余])(?=AREA)|(?<=两)(?=BOTH)"
        r"|(?<=[两三四五六七八九十][省市县区镇乡]一)(?=AREA))"
        r"|(?:LED(?=[^数])|(?=数[十百千]*[万亿])|(?=MANY))"
        r"(?P<zh2>[数几]?[一二两三四五六七八九十百千几]{0,3}(?:[余多来](?=[万亿])|)[百千万亿])(?![余多]?周?[年岁])(?:(?P<odd4>ODD)|)(?:(?P<unit4>UNIT)|))"
        r"(?:(?P<unitodd>[余多](?=[,。;、)]|$))|))(?:\(UNIT\)|)(?:(?P<post>POST)|)",  # 50台(套)以上
    ],
}

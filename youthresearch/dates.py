"""The date that a figure holds for: said in its sentence, else the date of its document.

Dates are ISO 8601, as precise as they are said: 2021, 2021-06, 2021-12-31. A date that only says since
when, what is compared, or what happened once is no date of a figure.
"""

import re
from functools import lru_cache
from typing import NamedTuple

ISO = re.compile(r"(?:1[5-9]|20)\d\d(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01]))?)?")  # of a document
TOKENS = 2**12  # dates kept in mind
HEAD = 300  # characters of a text in which its own date is looked for
_SAID = re.compile(r"(\d{4})?(?:年|学年|[-/.])?度?(?:(\d{1,2})(?:月|[-/.])份?)?(?:(\d{1,2})[日号]?)?")
_IN_WORDS = re.compile("(?:[二三]?十[一二三四五六七八九]?|[一二三四五六七八九])(?=[月日号])")
_LAST = re.compile(r"(?:——?|–|-|~|至|到)(?=\d{4}年|\d{1,2}月(?!\d))")
_YEARS = re.compile(r"\d{4}年")
_YEAR_END = re.compile(r"年?(?:年?[底末]|终)")
_REPORT = re.compile(  # a look-behind stands after a character, so that `re` searches at once
    r"((?:19|20)(?<!\d\d\d)\d\d)年?(?:度|(上半年)|下半年|全年)?[^。;,\n\d]{0,30}?"
    r"(?:总结|报告|汇报|述职|决算|预算|公报|年鉴|综述|情况|工作)"
)
_YEAR_BEFORE = re.compile(
    r"((?:19|20)(?<!\d\d\d)\d\d)年[^。;\n]{0,12}上一?年度?的?(?:工作)?(?:总结|报告|决算|公报)"
)
_SPACED = re.compile(r"(\d{4}) ?年 ?(\d{1,2}) ?月(?: ?(\d{1,2}) ?[日号])?")
_STAMP = re.compile(  # of publication: in digits, in brackets, with its name or with the hour
    r"(?<!\d)((?:19|20)\d\d)[-/.](\d{1,2})[-/.]\d{1,2}(?!\d)"
    r"|(?:[(:]|发布|日期|时间|发表于) ?((?:19|20)\d\d)年(\d{1,2})月\d{1,2}日"
    r"|((?:19|20)\d\d)年(\d{1,2})月\d{1,2}日(?= *\d{1,2}:\d\d| *(?:来源|讯|电|报道|\())"
    r"|\A((?:19|20)\d\d)年(\d{1,2})月"
)
_SIGNED = re.compile(r"((?:19|20)\d\d)年(\d{1,2})月\d{1,2}日\s*\Z")
_COUNTED = re.compile(
    r"(?:截至|截止到?)((?:19|20)\d\d ?年(?: ?\d{1,2} ?月(?: ?\d{1,2} ?日)?|年?[底末])?)"
    r"|(?<![较比同与由从自])(?:到|至)?((?:19|20)\d\d ?年(?: ?\d{1,2} ?月 ?\d{1,2} ?日(?=,|止)|年?[底末]))"
    r"(?![^。;]{0,12}(?:目标|力争|实现))"
)
_AGAINST = tuple("比较由是同与和跟")
_COMPARED = re.compile(r"[^,。;]{0,6}(?:相比|相较|比)")
_SINCE = re.compile(r"(?:以来|起|来|开始|始)(?!的?自)")
_FROM = ("自", "从")
_ONCE = tuple(f"{word}于" for word in ["设", "成立", "建", "创办", "位", "发", "刊", "转载", "公布", "出台"])
_UNTIL = ("截止", "到", "至")


class When(NamedTuple):
    """What a date in a sentence says of the figures after it.

    at: ISO date or nothing; since: ISO date from which they are counted, or nothing; until: offset where
    the date stops to hold (the end of its brackets), or -1; lasts: whether it holds for the paragraph.
    """

    at: str
    since: str
    until: int
    lasts: bool


def document_date(folded, given=""):
    """Return the date that the figures of a text hold for where their sentences say none.

    In this order: the day up to which it counts, where the first lines say so (截至2021年12月31日); the
    year of the report in its title (2021年度工作总结); the date given; that of publication in the first
    lines or of signature in the last. The last three count to the month.

    Parameters
    ----------
    folded : str
        As from `quantities.fold`.
    given : str
        ISO date, for instance that of the source; may be empty.
    """
    head = _in_digits(folded[:HEAD])
    counted = _COUNTED.search(head)
    if counted:
        return iso((counted[1] or counted[2]).replace(" ", ""))
    before = _YEAR_BEFORE.search(head)
    if before:
        return str(int(before[1]) - 1)
    report = _REPORT.search(head[:120])
    if report:
        return f"{report[1]}-06" if report[2] else report[1]
    if re.match(r"\d{4}", given):
        return given[:7]
    match = _STAMP.search(head) or _SIGNED.search(_in_digits(folded[-60:]))
    if not match:
        return ""
    year, month = (group for group in match.groups() if group)
    return f"{year}-{month.zfill(2)}" if 0 < int(month) < 13 else year


def dates_of(mentions, folded, paragraph, document):
    """Say what date holds at each number of a sentence.

    Parameters
    ----------
    mentions : list of dict
        As from `quantities.scan_folded`, of one sentence.
    paragraph : When or None
        What holds since an earlier sentence of the paragraph.
    document : str
        As from `document_date`.

    Returns
    -------
    dates : list of tuple
        (at, since) of each mention, ISO or nothing.
    paragraph : When or None
        What holds for the sentences to come: the first year of the paragraph, or the last day up to which
        it counts.
    """
    found, held, outer = [], paragraph, paragraph
    for mention in mentions:
        start, end = mention["start"], mention["end"]
        if held and -1 < held.until < start:
            held = outer
        when = read_date(folded, start, end, document) if mention["sort"] == "date" else None
        if when:
            outer, held = (held if when.until > -1 else when), when
            first = paragraph is None and when.at and folded[start : start + 4].isdigit()
            if when.until < 0 and (when.lasts or first):
                paragraph = when
        found.append((held.at or document, held.since) if held else (document, ""))
    return found, paragraph


def read_date(folded, start, end, document):
    """Say what a date at folded[start:end] says of the figures after it, or return nothing.

    Parameters
    ----------
    document : str
        Date of the document: it gives the year where the text says none (3月15日).
    """
    lead, rest = folded[max(0, start - 60) : start], folded[end : end + 12]
    near = lead.removesuffix("\n")
    if near.endswith(_AGAINST) and (lead[-1] in "比较由是" or _COMPARED.match(rest)):
        return None
    if near.endswith(_ONCE) or lead.rfind("《") > lead.rfind("》"):
        return None
    # 2021 年12 月31 日
    spaced = " " in folded[start : start + 16] and _SPACED.match(folded, start, start + 16)
    token = [spaced[0].replace(" ", "")] if spaced and " " in spaced[0] else _LAST.split(folded[start:end])
    if len(token) > 1 and not _YEARS.match(token[-1]):  # 2021年1-6月
        token = [token[0].removesuffix("月") + "月", token[0][:5] * bool(_YEARS.match(token[0])) + token[-1]]
    at = iso(token[-1], rest, document)
    if not at or token[-1].isdigit():  # 2020 alone may be of a code or a name
        return None
    if _SINCE.match(rest) or token[-1].endswith(("以来", "来")) or near.endswith(_FROM):
        return When("", iso(token[0], "", document), -1, False)
    counted, bracketed = near.endswith(_UNTIL), lead.rfind("(") > lead.rfind(")")
    since = iso(token[0], "", document) if len(token) > 1 else f"{at[:4]}-01" if counted else ""
    if not counted and not at.endswith("-12-31"):
        at = at[:7]
    since = "" if since > at else since
    return When(at, since, folded.find(")", end, end + 60) if bracketed else -1, counted)


def iso(token, rest="", document=""):
    """Write a Chinese date as ISO 8601, as precise as it is; empty where no year is known.

    >>> iso("2021年6月"), iso("2021年", "底"), iso("12月24日", "", "2019-01")
    ('2021-06', '2021-12-31', '2018-12-24')
    """
    year, month, day = _parts(token)
    if not year and not month:
        return ""
    if not 0 < int(month or 1) < 13 or not 0 < int(day or 1) < 32:
        return year or ""
    if not year:
        year = _year_of(int(month), document)
    if not year:
        return ""
    if not month:
        return f"{year}-12-31" if _YEAR_END.match(token[4:] + rest) else year
    return "-".join(p.zfill(2) for p in (year, month, day) if p)


@lru_cache(TOKENS)
def _parts(token):
    """Return year, month and day of a Chinese date as digits, None for what it does not say."""
    return _SAID.match(_in_digits(token)).groups()


def _in_digits(text):
    """Write months and days in digits (十二月三十一日); `fold` has done so with years."""
    return _IN_WORDS.sub(lambda match: _numeral(match[0]), text) if "月" in text else text


def _numeral(words):
    """Return the digits of a numeral below forty.

    >>> _numeral("十二"), _numeral("三十"), _numeral("七")
    ('12', '30', '7')
    """
    tens, ten, ones = words.rpartition("十")
    digit = " 一二三四五六七八九".find
    return str(digit(tens or "一") * 10 * bool(ten) + max(0, digit(ones or " ")))


def _year_of(month, document):
    """Return the year of a month named in a document of some date: its own, or the one before."""
    if not document:
        return ""
    late = len(document) > 4 and month > int(document[5:7])
    return str(int(document[:4]) - late)

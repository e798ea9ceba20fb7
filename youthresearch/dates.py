"""The date that a figure holds for: said in its sentence, else the date of its document.

Dates are ISO 8601, as precise as they are said: 2021, 2021-06, 2021-12-31; a quarter, half year or some
months are two (上半年: 2021-01 to 2021-06). A date that only says since when, what is compared, or what
happened once is no date of a figure. What there is by a day (截至12月20日) is as of it; what happened did so
in its year.
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
    r"((?:19|20)(?<!\d\d\d)\d\d)年?度?(\d{1,2}月?(?:[—–~-]|至|到)\d{1,2}月份?)?"
    r"(?:[第前]?\d{1,2}(?=个?季|个月))?[^。;,\n\d]{0,30}?"
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
_TO = ("至", "到", "-", "—", "——", "–", "~")
_SINCE = re.compile(r"(?:以来|起|来|开始|始)(?!的?自)")
_FROM = ("自", "从")
_ONCE = tuple(f"{word}于" for word in ["设", "成立", "建", "创办", "位", "发", "刊", "转载", "公布", "出台"])
_UNTIL = ("截止", "到", "至")
_HINT = re.compile("季度|半年|全年|年度?内|年以?来|初以来|个月")  # a span has one
_SPAN = re.compile(  # 2021年第一季度, 一至三季度, 前三季度, 上半年, 今年前5个月, 全年, 今年以来
    r"(?=[1-9一二三四五六七八九十两第前上下全今本当去年度])"  # so that most places are passed at once
    r"(?:(?:(?P<year>(?:19|20)(?<!\d\d\d)\d\d)年?|(?P<past>[去上])年|(?P<own>[今本])年|当年)度?的?)?(?:"
    r"(?P<half>[上下])半年|(?P<whole>全年)(?![级龄]|的?(?:目标|任务|计划|指标|预算|预期))"
    r"|前(?P<months>1[0-2]|\d|十[一二]|[二三四五六七八九十])个月"
    r"|(?:(?P<until>前)|第)?(?P<first>[一二三四1-4]|(?<=前)两)(?<![\d.十百每续满期近两]\S)"
    r"(?:(?:季度)?(?:[、和及至到]|[—–~-]+)第?(?P<last>[一二三四1-4]))?(?(until)个?)季度)(?P<close>[末底]?)"
    r"|(?P<far>[今本]年度?以?来|年初以来|(?<!近)一年以?来|(?<![\d一二三四五六七八九十两几多近整数每半明后往])年度?内)"
    r"|(?P<years>(?<!\d)\d{1,2}|[一二两三四五六七八九十]{1,3})年以?来"
)


class Dated(NamedTuple):
    """What a figure holds for.

    at: ISO date or nothing; since: ISO date from which it is counted, where that is said, or nothing; within:
    first and last ISO date of the time in which it happened, where that does not end with `at`, or nothing.
    """

    at: str = ""
    since: str = ""
    within: tuple = ()


class When(NamedTuple):
    """What a date in a sentence says of the figures after it.

    at, since, within: as of `Dated`; until: offset where the date stops to hold (the end of its brackets), or
    -1; lasts: whether it holds for the paragraph.
    """

    at: str
    since: str
    within: tuple
    until: int
    lasts: bool


def document_date(folded, given=""):
    """Return what the figures of a text hold for where their sentences say nothing.

    In this order: the day up to which it counts, where the first lines say so (截至2021年12月31日); the time
    of the report in its title (2021年度工作总结, 2021年上半年总结); the date given; that of publication in
    the first lines or of signature in the last. The last two count to the month. What happened did so in the
    time that the title says, whatever the day up to which it counts.

    Parameters
    ----------
    folded : str
        As from `quantities.fold`.
    given : str
        ISO date, for instance that of the source; may be empty.

    Returns
    -------
    Dated
    """
    head = _in_digits(folded[:HEAD])
    counted, title = _COUNTED.search(head), _titled(head)
    if counted:
        at = iso((counted[1] or counted[2]).replace(" ", ""))
        event = counted[2] and counted[0] == counted[2] and at[5:] != "12-31"  # 2021年3月5日,
        return Dated(at, "", () if event else title.within or so_far(title.at or at))
    if title.at:
        return title
    if re.match(r"\d{4}", given):
        return Dated(given[:7])
    match = _STAMP.search(head) or _SIGNED.search(_in_digits(folded[-60:]))
    if not match:
        return Dated()
    year, month = (group for group in match.groups() if group)
    return Dated(f"{year}-{month.zfill(2)}" if 0 < int(month) < 13 else year)


def _titled(head):
    """Return the time that the title of a report says that it is of, if it does."""
    before = _YEAR_BEFORE.search(head)
    if before:
        return Dated(str(int(before[1]) - 1))
    report = _REPORT.search(head[:120])
    if not report:
        return Dated()
    span = _SPAN.search(report[0])
    first, last = _months_of(span) if span else (1, 12)
    if report[2]:
        first, last = map(int, re.findall(r"\d+", report[2]))
    if (first, last) == (1, 12) or not 0 < first <= last < 13:
        return Dated(report[1])
    first, last = f"{report[1]}-{first:02}", f"{report[1]}-{last:02}"
    return Dated(last, "", (first, last))


def so_far(at):
    """Return the first and last date of a year until a day of it.

    >>> so_far("2021-06-30"), so_far("2021-12-31")
    (('2021-01', '2021-06-30'), ('2021', '2021'))
    """
    year = at[:4]
    return (year, year) if at in (year, f"{year}-12-31") else (f"{year}-01", at)


def dates_of(sentence, folded, paragraph, document):
    """Say what date holds at each number of a sentence.

    Parameters
    ----------
    sentence : dict
        Has start, end and mentions, as from `quantities.scan_folded`.
    folded : str
    paragraph : When or None
        What holds since an earlier sentence of the paragraph.
    document : Dated
        As from `document_date`.

    Returns
    -------
    dates : list of Dated
        Of each mention.
    paragraph : When or None
        What holds for the sentences to come: the first year or span of the paragraph, a span that a later
        sentence begins with, or the last day up to which it counts.
    """
    mentions, spans = sentence["mentions"], _spans_of(folded, sentence["start"], sentence["end"])
    if not spans and all(mention["sort"] != "date" for mention in mentions):
        return [_dated(paragraph, document)] * len(mentions), paragraph
    found, held, outer, own, before = [], paragraph, paragraph, None, (0, None)
    for span, mention, dated in _in_order(mentions, spans):
        start = span.start() if span else mention["start"]
        if held and -1 < held.until < start:
            held = outer
        when = span and read_span(span, folded, held, own, document)
        if dated:
            when = _following(read_date(folded, start, mention["end"], document.at), before, folded, start)
            before = mention["end"], when
        if when:
            outer, held, own = (held if when.until > -1 else when), when, when
            first = paragraph is None and when.at and (span or folded[start : start + 4].isdigit())
            begins = span and not folded[sentence["start"] : start].strip()
            if when.until < 0 and (when.lasts or first or begins):
                paragraph = when
        if mention:
            found.append(_dated(held, document))
    return found, paragraph


def _dated(held, document):
    """Return what a figure holds for under a date of its sentence or paragraph, if any holds."""
    return Dated(held.at or document.at, held.since, held.within) if held else document


def _in_order(mentions, spans):
    """Yield the spans and the numbers of a sentence as (span, number, whether it is a date of its own)."""
    covered = 0
    for mention in mentions:
        while spans and spans[-1].start() <= mention["start"]:
            span = spans.pop()
            covered = span.end()
            yield span, None, False
        yield None, mention, mention["sort"] == "date" and mention["start"] >= covered


def _spans_of(folded, start, end):
    """Find the spans that a sentence names, the last first; few name any."""
    return list(_SPAN.finditer(folded, start, end))[::-1] if _HINT.search(folded, start, end) else []


def read_span(span, folded, held, own, document):
    """Say what a quarter, half year or the year so far says of the figures after it, or return nothing.

    Parameters
    ----------
    span : re.Match
    folded : str
    held, own : When or None
        What holds before it, and what its own sentence said: the year goes by it (2019年,...其中一季度).
    document : Dated
    """
    start, end = span.span()
    lead, rest = folded[max(0, start - 60) : start], folded[end : end + 12]
    year = _year_of_span(span, held, document)
    if not year or rest.startswith("同期") or _is_no_date(lead, rest):
        return None
    until = _end_of_brackets(lead, folded, end)
    if span["years"]:
        count = _count(span["years"])
        return When("", str(int(year) - count + 1), (), until, False) if count > 1 else None
    if span["whole"] or span["far"]:
        if own and (own.within or own.since):  # 截至12月20日,全年; 2016—2019年,全年开放
            return None
        so = (
            (year, year)
            if span["whole"] or year != document.at[:4]
            else document.within or so_far(document.at)
        )
        return When(document.at if document.at[:4] == year else year, so[0], so, until, False)
    first, last = _months_of(span)
    first, at = f"{year}-{first:02}", f"{year}-{last:02}"
    if span["close"]:
        at += "-31" if last in (3, 12) else "-30"
    if span["close"] or lead.endswith(_UNTIL):
        return When(at, "", so_far(at), until, True)
    return When(at, first, (), until, False)


def _year_of_span(span, held, document):
    """Return the year of a span: its own, that which holds, or the nearest to the date of the document."""
    if span["year"]:
        return span["year"]
    if held and held.at and not (span["own"] or span["past"] or span["far"] or span["years"]):
        return held.at[:4]
    if not document.at:
        return ""
    year, month = int(document.at[:4]), int(document.at[5:7] or 12)
    if span["whole"] or span["far"]:  # published in January
        past = month < 3 and not document.within and (span["whole"] or span["far"][0] == "一")
    else:
        past = not span["years"] and _months_of(span)[0] - month > 6
    return str(year - bool(span["past"] or past))


def _months_of(span):
    """Return the first and last month of a span."""
    if span["half"]:
        return (1, 6) if span["half"] == "上" else (7, 12)
    if span["months"]:
        return 1, _count(span["months"])
    if not span["first"]:
        return 1, 12
    first = _count(span["first"])
    last = _count(span["last"]) if span["last"] else first
    return 1 if span["until"] else 3 * first - 2, 3 * last


def _following(when, before, folded, start):
    """Let a date that goes on from one just before it begin with that (3月至6月)."""
    end, first = before
    if not (when and first) or folded[end:start] not in _TO:
        return when
    since = first.at or first.since
    return when._replace(since=since if since <= when.at else "", within=(), lasts=False)


def read_date(folded, start, end, document):
    """Say what a date at folded[start:end] says of the figures after it, or return nothing.

    Parameters
    ----------
    document : str
        Date of the document: it gives the year where the text says none (3月15日).
    """
    lead, rest = folded[max(0, start - 60) : start], folded[end : end + 12]
    near = lead.removesuffix("\n")
    if _is_no_date(near, rest):
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
        return When("", iso(token[0], "", document), (), -1, False)
    counted, since = near.endswith(_UNTIL), iso(token[0], "", document) if len(token) > 1 else ""
    if not counted and not at.endswith("-12-31"):
        at = at[:7]
    within = so_far(at) if counted and not since else ()
    return When(at, since if since <= at else "", within, _end_of_brackets(lead, folded, end), counted)


def _is_no_date(near, rest):
    """Tell whether the words beside a date say that it is compared or of what happened once."""
    compared = near.endswith(_AGAINST) and (near[-1] in "比较由是" or _COMPARED.match(rest))
    return bool(compared or near.endswith(_ONCE) or near.rfind("《") > near.rfind("》"))


def _end_of_brackets(lead, folded, end):
    """Return the offset of the end of the brackets that a date stands in, or -1."""
    return folded.find(")", end, end + 60) if lead.rfind("(") > lead.rfind(")") else -1


def time_of(label, document):
    """Return what a label of no more than a time says: an ISO date, or two with a slash between them.

    >>> time_of("二季度", "2019"), time_of("2019年底", "")
    ('2019-04/2019-06', '2019-12-31')
    """
    span = _SPAN.fullmatch(label)
    year = span and _year_of_span(span, None, Dated(document))
    if not year or _months_of(span) == (1, 12):
        return iso(label, "", document)
    first, last = _months_of(span)
    return f"{year}-{first:02}/{year}-{last:02}"


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


def _count(number):
    """Return a small number in digits or words."""
    return int(number if number.isdigit() else _numeral(number.replace("两", "二")))


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

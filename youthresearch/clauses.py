"""The words around a figure: its hedge apart from it, what it is compared with, whether it happened.

`kinds` and `statuses` say what else they tell. In each the first rule that holds tells.

A figure may leave out what the one before it said (增长5%和3%). So these functions share a ``context``, a
dict of what the sentence said so far: ``moved``, kind and sign of the last change; ``within``, the time
in which what is told was done (每年发放); ``mean``, the last figure that is of each unit, ``per``, that
unit, ``owed``, whether it is a duty, and ``least``, whether a word makes it the least there may be;
``intent``, whether it shall be, ``done``, whether it is known to be, and ``begun``, whether either was asked
of an earlier figure; ``due``, the unit of the task before it and whether that was a part of one; ``course``;
``baseline``; ``bound``, whether it is of a plan or a rule; and
``paragraph``, a dict of what the paragraph said (``ahead``: whether a year to come holds for what follows;
``told``: whether the last sentence said what shall be done; ``was``: whether any said what was;
``stated``: whether a figure is of what is or was).
"""

import re
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from .dates import iso
from .quantities import is_at_least
from .signs import baselines
from .words import either, lexicon_codes, lexicon_pattern, roles, units_of

_QUOTED = re.compile(r"“[^“”]*”|《[^《》]*》")


@dataclass(slots=True)  # read half as fast again as a tuple
class Said:
    """The words around a figure.

    lead: since the figure before, or since the start of the sentence; clause: the last clause of the lead,
    without quotations; rest: what follows.
    """

    lead: str
    clause: str
    rest: str


def said_of(mention, folded, before):
    """Cut out the words around a figure; before is where the one before it ends."""
    lead = folded[before : mention["start"]]
    clause = lead[max(lead.rfind(","), lead.rfind(":")) + 1 :]  # the other marks end a sentence
    if "“" in clause or "《" in clause:
        clause = _QUOTED.sub("", clause)
    return Said(lead, clause, folded[mention["end"] : mention["end"] + 60])


# Hedge ------------------------------------------------------------------------------------------------------

_APART = re.compile(r"不[少低]于(?:[人户年月]均|(?:每[\u4e00-\u9fff]{1,2})+)$")
_BOUND_OF = re.compile(r"不(?:得|应|能)?(?:[少低小]于|(超过|[高多大]于))[^,。;、\d]{1,20}(?:的|[数量额]) ?$")
_ROUGHLY = re.compile(
    r"(?P<of>约|近|超过|超|逾)占[^,。;\d]*$|(?P<than>超过(?<!不超过)|接近|不足|逾)[^,。;、\d]{0,10}[总人]数的$"
)


def hedge_of(mention, said):
    """Find a word of approximation that stands apart from its number (至少召开2次, 约占总数的10%)."""
    if not mention["value"]:
        return "exact"  # 至少得到支持的0个: none is none
    if is_at_least(said.clause) or _APART.search(said.clause):
        return "at_least"
    bound = "不" in said.clause and _BOUND_OF.search(said.clause)
    if bound:  # 不超过总数的5%
        return "at_most" if bound[1] else "at_least"
    roughly = mention["unit"] in units_of("part") and _ROUGHLY.search(said.clause)
    if roughly:
        return lexicon_codes("hedge_before")[roughly["of"] or roughly["than"]]
    return "about" if "约" in said.clause and _marks()["about"].search(said.clause) else "exact"


_EACH_OF = re.compile(r"分别[^,。;:\d]{0,8}$")


def share_hedges(mentions, folded):
    """Give all figures of a list after 分别 the hedge of its first one (分别超过30%和20%), or its last one.

    The last one has it where its word stands after the number (分别控制在30%、60%以内).
    """
    gaps = (folded[a["end"] : b["start"]] for a, b in pairwise(mentions))
    joined = [gap in ("、", "和", "及", "与") for gap in gaps]
    for i, first in enumerate(mentions):
        if not _EACH_OF.search(folded, max(0, first["start"] - 10), first["start"]):
            continue
        size = next((k for k, same in enumerate(joined[i:]) if not same), len(joined) - i)
        listed = mentions[i : i + size + 1]
        last = listed[-1]
        hedge = first["hedge"] if first["start"] < first["number_start"] else _after(last, folded)
        for mention in listed:
            if mention["hedge"] == "exact" and mention["unit"] == first["unit"]:
                mention["hedge"] = hedge


def _after(mention, folded):
    """Return the hedge of a number whose word stands after it, else exact."""
    named = folded[mention["start"] : mention["end"]].endswith(tuple(lexicon_codes("hedge_after")))
    return mention["hedge"] if named and mention["start"] == mention["number_start"] else "exact"


# Course ----------------------------------------------------------------------------------------------------

_STOP = re.compile(r"[,。;:、\d]")
_CUMULATIVE = re.compile(r"累计|共计|总计|迄今|至今|以来|截至目前")


def course_of(said, noun, start, rule, context):
    """Tell whether a figure is of events, of what is new, or summed up.

    One that shares the noun or the verb of the figure before (新建团支部5个、青年之家3个) is as that one is.
    """
    clause = _before_noun(said.clause, noun, start)
    happened = rule in ("object", "event") or _happens_after(said.rest[:14])
    event = "新增" in said.clause or bool(_marks()["event"].search(clause))  # 城镇新增就业
    course = {
        "cumulative": bool(_CUMULATIVE.search(clause)),
        "event": event or happened,
        "new": happened or (event and bool(_marks()["new"].search(clause))),  # its words are of events too
    }
    if "course" in context and (rule == "inherited" or clause[:1] in ("、", "和", "及")):
        course = {word: course[word] or context["course"][word] for word in course}
    context["course"] = course
    return course


def _happens_after(rest):
    """Tell whether a word of events or of becoming follows, within eight characters of the same clause."""
    found = _marks()["event_after"].search(rest)
    return bool(found) and found.start() <= 8 and not _STOP.search(rest, 0, found.start())


def _before_noun(clause, noun, start):
    """Return what a clause says before its noun, which may hold a verb itself (团组织数)."""
    return clause[: max(0, len(clause) - (start - noun[0]))] if noun and noun[0] < start else clause


# Baseline --------------------------------------------------------------------------------------------------

_YEAR = re.compile(r"[比较同与和跟](?:(?<=[比较])|(?=\d{4}年[^,。;]{0,4}(?:相比|比)))(\d{4})年(年?[底末])?")
_ORIGIN = re.compile(r"(?:[比较由从]|是)[^,。;:由从比较是]{0,14}$")
_AGAINST = re.compile(r"[与同和跟较比][^,。;:]{0,24}$")  # 与2010年的1000人相比
_COMPARED = re.compile(r"[^,。;:\d]{0,4}(?:相比|相较|比较)")
_ORIGIN_DATE = re.compile(r"\d{4}年(?:\d{1,2}月)?")


def baseline_of(kind, said, attached, at, context):
    """Say what a figure is compared with: by its own words, or by those of the figure before.

    attached: as from `kind_of`; at: ISO date of the figure, or nothing.
    """
    between = said.lead[: len(said.lead) - attached]
    own = _named_baseline(said.lead, at) or _origin(kind, said.clause, said.rest[:10])
    baseline = context["baseline"] = own or _same_baseline(between, kind, context)
    context["compared"] = kind in ("change", "growth")
    if context["compared"]:
        context["paragraph"]["baseline"] = baseline
    return baseline


def _named_baseline(lead, at):
    """Name what a figure is compared with: by its word, or by its year (比2018年底: 2018-12-31)."""
    year = _YEAR.search(lead)
    if year:
        date = iso(f"{year[1]}年", year[2] or "")
        return "previous_year" if at[:4].isdigit() and int(at[:4]) - int(date[:4]) == 1 else date
    for match in baselines().finditer(lead):
        return next((code for word, code in lexicon_codes("baseline").items() if word in match[0]), "")
    return ""


def _origin(kind, clause, rest):
    """Tell whether a level is the one that a change starts from (由682个增加到1100个), and of when."""
    if kind not in ("level", "share"):
        return ""
    if not rises_from(clause, rest) and not _is_compared(clause, rest):
        return ""
    date = _ORIGIN_DATE.search(clause)
    return (date and iso(date[0])) or "before"


def rises_from(clause, rest):
    """Tell whether a figure is what a change starts from (由682个增加到1100个)."""
    return bool(_ORIGIN.search(clause) and _marks()["onward"].match(rest))


def _is_compared(clause, rest):
    """Tell whether a level is one that another is compared with (与2010年的1000人相比)."""
    return ("比" in rest or "较" in rest) and _COMPARED.match(rest) and _AGAINST.search(clause)


def _same_baseline(between, kind, context):
    """Take the baseline of the figure before, where only a mark stands between (增加418个，增长62.76%).

    A change that names none is against what the last change of its paragraph is against.
    """
    move = kind in ("change", "growth")
    same = (
        "" if between.strip(",、 ") or (context.get("compared") and not move) else context.get("baseline", "")
    )
    return same or (context["paragraph"].get("baseline", "") if move else "")


# Words of the lexicon ---------------------------------------------------------------------------------------

_COME = {"参加", "参与", "出席", "列席", "参观", "参评", "涌现", "来自"}  # of themselves
ALONG = "(?:重点|并|还|同时|共同|免费|直接|组织|及时|帮助|带领)?"  # before what is done


@cache
def verbs():
    """Return the verbs of two characters or more that stand before what is done."""
    return frozenset(verb for verb in roles("head_verb") if len(verb) > 1)


@cache
def plain_verbs():
    """Return the verbs that are no nouns as well: 将 before them speaks of what shall be (将举办)."""
    return verbs().difference(*map(roles, ("compound", "noun", "takes_verb")))


@cache
def doing():
    """Return the verbs of those who do something, as one alternation."""
    return either(verbs() - _COME)


@cache
def _marks():
    """Patterns that hold words of the lexicon."""
    words, happens = lexicon_pattern, roles("happens")
    return {
        "about": re.compile(  # 约获400元, 约可服务90人; but 节约支出3万元
            f"约(?<!{')(?<!'.join(lexicon_codes('no_hedge'))})(?:[可能需须获得合用花耗计收支占]|{either(verbs())})"
            r"[^,。;、\d]{0,6}$"
        ),
        "event": re.compile(either(happens)),
        "new": re.compile("|".join(w for w, code in lexicon_codes("happens").items() if code == "any")),
        "event_after": re.compile(words("event", "becomes")),
        "onward": re.compile(rf"(?:的?[^,。;:、]{{0,4}})?(?:{words('up', 'down', 'to')})|的[\d.①]*倍"),
    }

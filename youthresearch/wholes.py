"""What a figure is part of: the level before it that its sentence goes on to tell apart (其中, 含)."""

import re
from functools import cache

from .quantities import POINTS
from .sorts import bases_of, is_alike, sort_of
from .tokens import ends_in, is_person
from .words import lexicon_codes, word_table

_MARK = re.compile(  # each begins with a letter of its own, so that a text is searched for those alone
    r"\(|\)|其中|内有|包括|含(?<!不含)|中,(?<=[\u4e00-\u9fff]{2}中,)(?<!过程中,|工作中,|活动中,)"
    r"|共有|共计|总计|合计|累计"
)
_ANEW = ("共有", "共计", "总计", "合计", "累计")
_HELD = re.compile(r"(占|完成)[^,;:、。()\d]{0,14}$")
_OF_ANOTHER = re.compile(r"占(?:该|各自|所在|当地|同期|同类)[^,;:、。()\d]{0,12}$")  # 占该校人数的91%
_SAME_CLAUSE = re.compile(r"[^,;:、。()\d]{0,14}的")


def follow(lead, start, context):
    """Follow the words between two figures into brackets, out of them, and to what is told apart (其中).

    What stands in brackets is part of what stands before them, and after them that is spoken of again.

    Parameters
    ----------
    lead : str
        The words.
    start : int
        Where their sentence starts.
    context : dict
        ``levels``, rows of the levels that the sentence told so far, and ``counted``, nouns and units of its
        figures, without those of closed brackets; ``scopes``, for each open bracket the levels that are told
        apart in it, and how many levels and figures went before it, with the last noun and unit; and
        ``paragraph``, with the ``wholes`` of the sentence before (see `wholes_of`).
    """
    levels, scopes, told = context["levels"], context["scopes"], ""
    for mark in _MARK.finditer(lead):
        if mark[0] == "(":
            before = len(levels), len(context["counted"]), context["noun"], context.get("unit", "")
            scopes.append([(), before])
        elif mark[0] == ")":
            _close(levels, scopes, context)
        elif mark[0] not in _ANEW:
            told = mark[0]
            scopes[-1][0] = tuple(levels)
        elif not told:  # 其中学校5个,共有团员80名
            scopes[-1][0] = ()
    if told == "其中" and not levels and lead.startswith(told):
        end, wholes = context["paragraph"].get("wholes", (0, ()))
        scopes[-1][0] = wholes if end == start and len(wholes) == 1 else ()


def _close(levels, scopes, context):
    if len(scopes) > 1:
        _, (before, counted, noun, unit) = scopes.pop()
        del levels[before:], context["counted"][counted:]
        context |= {"noun": noun, "unit": unit} if noun else {}


def whole_of(row, folded, context):
    """Return the number of the level that a figure, as its row, is part of; None if it is part of none."""
    levels = context["scopes"][-1][0]
    if row["kind"] == "share":
        levels = levels or context["scopes"][-2:][0][0]  # 其中女生60名(占40%)
        another = levels and _OF_ANOTHER.search(folded, max(0, row["start"] - 16), row["start"])
        levels = () if another else levels
    whole = levels and _told_apart(row, levels, folded)
    return whole["number"] if whole else None


def wholes_of(sentence, folded, context):
    """Return where a sentence ends, and the levels of which one that begins 其中 may go on to tell parts.

    Where there are several, nobody knows of which it does: two are as good as a thousand.
    """
    end, before = context["paragraph"].get("wholes", (0, ()))
    goes_on = end == sentence["start"] and folded[end - 1 : end] == ";"
    return sentence["end"], (*(before if goes_on else ()), *context["levels"][:2])[:2]


def share_of(row, lead, folded, context):
    """Return part and whole of a share whose whole is a number before it (120个,占团支部300个的40%).

    And whether it is a part: what was done is none of what was planned (完成任务300个的40%).
    """
    if not lead.endswith("的") or len(context["levels"]) < 2 or not _SAME_CLAUSE.fullmatch(lead):
        return None
    part, whole = context["levels"][-2:]
    if whole["end"] + len(lead) != row["number"]:
        return None
    held = _HELD.search(folded, max(0, whole["number"] - 16), whole["number"])
    return (part, whole, held[1] == "占") if held and _fits(part, whole, folded) else None


def _told_apart(row, levels, folded):
    """Choose the last level; if that is of another sort, the last of the same sort and like name."""
    if row["kind"] in ("share", "growth") or row["unit"] in POINTS or _fits(row, levels[-1], folded):
        return levels[-1]
    alike = (r for r in reversed(levels) if _fits(row, r, folded) and _head(row, folded) == _head(r, folded))
    return next(alike, None)


def _head(row, folded):
    return folded[slice(*row["noun"])][-2:] if row["noun"] else ""


def _fits(row, whole, folded):
    """Tell whether two figures count the same sort of thing, as far as is said."""
    return is_alike(_sort(row, folded), _sort(whole, folded))


def _sort(row, folded):
    """Name the sort of thing that a figure counts; a post, which one person fills, goes with the persons."""
    unit, noun = row["unit"], folded[slice(*row["noun"])] if row["noun"] else ""
    sort = sort_of(unit, _bases(), is_person(noun) or ends_in(noun, "post") if noun else None)
    return lexicon_codes("counts").get(unit, unit) if sort == "item" else sort


@cache
def _bases():
    return bases_of(word_table("units"))

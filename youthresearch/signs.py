"""Sentences as the tagger reads them: a number, a name or a baseline is one sign, so that none is cut."""

import re
from bisect import bisect_right
from functools import cache
from math import inf

from .tokens import AGE, BODY, BRACKET, BREAK, GROUP, NAME, NOUN, NUMBER, OTHER, PLACE, classify, cut
from .words import lexicon_codes, lexicon_pattern, lexicon_words

THAN = ("较(?![大高好强多快少低慢为长短深严优易难])", "比(?<![别占青学相]比)(?![例赛重率])")
_LIMIT = re.compile(r"以[上下内]|(?:至|到|-|~|—)")
# Where every branch begins with a character, `re` searches at once; so a look-behind stands after it.
_QUOTE = re.compile(r"“[^“”\n,。;]{1,16}”|\"[^\"\n,。;]{1,16}\"|《[^《》\n]{1,40}》")
_BODY = re.compile(
    r"(?:共青团|团|中共)[\u4e00-\u9fff]{0,8}?(?:[省市县区州旗镇乡校]委|团工委)(?!员|组|班|副?书记|机关|委员)"
)
_BRACKET = re.compile(
    r"\((?<=[\u4e00-\u9fff]\()(?!不?包?[含括])(?:[\u4e00-\u9fff、]{1,8}\)(?=[\u4e00-\u9fff])"
    r"|[\u4e00-\u9fff、]{0,5}[部所委村区道工总支队团会组班社乡镇市县旗厂校园院站场街居岗地动点室州盟]\))"
)
_PLACE = re.compile(  # 其中东湖街道4名、西山镇5名; a unit of places themselves would count them
    r"[、,;:和及中]((?![全各每本该])[\u4e00-\u9fff]{1,4}(?:街道|[镇乡村]|社区|苏木|嘎查))"
    r"(?=(?:[近约超]|超过)?[\d.,]+[余多]?万?[余多]?(?:[名人位元]|小时))"
)


def tokens_of(folded, sentences):
    """Cut sentences into words, all in one go, with signs for what `_signs` finds; yield the tokens of each.

    Parameters
    ----------
    folded : str
    sentences : list of dict
        start and end; mentions, its numbers; kept, those that may be facts.
    """
    signs, texts = [_signs(folded, sentence) for sentence in sentences], []
    for sentence, spans in zip(sentences, signs, strict=True):
        at = sentence["start"]
        for start, end, sign in spans:
            texts += (folded[at:start], sign)
            at = end
        texts += (folded[at : sentence["end"]], BREAK)
    words = iter(cut("".join(texts)))
    for sentence, spans in zip(sentences, signs, strict=True):
        yield classify(words, sentence["start"], {start: end for start, end, _ in spans})


def _signs(folded, sentence):
    """Find numbers, age limits, baselines and names of a sentence, as (start, end, what stands for it)."""
    first, last = sentence["start"], sentence["end"]
    counted = {m["start"] for m in sentence["kept"]}
    signs = [(m["start"], m["end"], _sign(m, folded, m["start"] in counted)) for m in sentence["mentions"]]
    said = folded[first:last]
    names = [
        (*match.span(match.lastindex or 0), sign)
        for sign, marks, name in _names()
        if not marks or any(map(said.__contains__, marks))
        for match in name.finditer(folded, first, last)
    ]
    quoted = [(start, end) for start, end, sign in names if sign == NOUN]
    spans = [s for s in signs if s[2] and s[2] != NAME and (s[2] == NUMBER or not inside(s[0], quoted))]
    names += [s for s in signs if s[2] == NAME]
    return _without_overlap(spans, names, first, last) if names else spans


def _without_overlap(spans, names, first, last):
    """Add to some spans of a stretch those that share no character with one before."""
    taken = bytearray(last - first)  # 1 where a sign stands
    for start, end, _ in spans:
        taken[start - first : end - first] = b"\1" * (end - start)
    for start, end, sign in names:
        if 1 not in taken[start - first : end - first]:
            taken[start - first : end - first] = b"\1" * (end - start)
            spans.append((start, end, sign))
    return sorted(spans)


def inside(place, spans):
    """Tell whether a place lies in one of some stretches, in order, that do not overlap."""
    i = bisect_right(spans, (place, inf)) - 1
    return i >= 0 and place < spans[i][1]


def _sign(mention, folded, counted):
    """Return what stands for a number; names without digits, and 2) of an item, are left to the tagger."""
    if counted:
        return NUMBER
    token = folded[mention["start"] : mention["end"]]
    if mention["sort"] == "age":
        return GROUP if token[-1] == "后" else AGE if _LIMIT.search(token) else OTHER
    if mention["sort"] == "ordinal" and folded.startswith("书记", mention["end"]):
        return ""  # 第一书记
    if mention["sort"] != "name":
        return "" if mention["sort"] == "ordinal" and token[-1] in ".)、" else OTHER
    if token[0] in '“《"‘':
        return ""
    return NAME if token[0].isdigit() or lexicon_codes("name").get(token) == "noun" else ""


@cache
def _names():
    """List what a sign stands for, the surest first: the sign, what it has one of, the pattern."""
    joined = re.compile(lexicon_pattern("joined"))
    quotes, bodies = (NOUN, '“"《', _QUOTE), (BODY, "委", _BODY)
    return (
        (OTHER, "", baselines()),
        (OTHER, "每", re.compile("每[百千万](?=人口)人口")),
        quotes,
        (BRACKET, "(", _BRACKET),
        (GROUP, "、", joined),
        bodies,
        (BODY, "产", re.compile("中国共产党")),
        (PLACE, "街镇乡村社苏嘎", _PLACE),
    )


@cache
def baselines():
    """Find what a figure is compared with: 较上年, 比试点前, 同比."""
    when, words = "(?:相比|相较|时|末|底)?", lexicon_pattern("baseline")
    return re.compile(
        "|".join(
            [rf"{than}[\u4e00-\u9fff]{{0,3}}(?:{words}){when}" for than in (*THAN, *"同与跟")]
            + [f"{word}{when}" for word in lexicon_words("baseline")]
            + [rf"{than}[\u4e00-\u9fff]{{1,8}}(?=[增减提下上降多少翻净])" for than in THAN]
        )
    )

"""The place that a text is about, where it says so itself: in its title, its first lines or its signature.

An empty answer is better than a wrong one. A name that two places share is one of them only where the text
also names the city or province of that one; a head that names two places is of neither.
"""

import re
from functools import cache
from math import inf
from typing import NamedTuple

from .loaders import DATA, _read_csv

# characters at either end in which a text says of what place it is
HEAD, TITLE, OPENING, FOOT = 150, 60, 400, 60
_ENDS = re.compile("[省市县区旗州盟]")
_PEOPLES = (
    "蒙古|回|藏|维吾尔|苗|彝|壮|布依|朝鲜|满|侗|瑶|白|土家|哈尼|哈萨克|傣|黎|傈僳|佤|畲|拉祜|水|东乡|纳西|景颇|柯尔克孜"
    "|土|达斡尔|仫佬|羌|布朗|撒拉|毛南|仡佬|锡伯|阿昌|普米|塔吉克|怒|鄂温克|德昂|保安|裕固|独龙|鄂伦春|各"
)
_KINDS = re.compile(  # what a name ends in: 湘西土家族苗族自治州
    rf"(?:(?:壮族|回族|维吾尔)?自治区|特别行政区|(?:(?:{_PEOPLES})族?)*自治[县州旗]"
    "|林区|特区|矿区|新区|地区|[省市县区旗盟州])$"
)
_SHORT = re.compile(  # 南山团区委, 团温岭市委, 永川共青团: the name without its kind
    r"([\u4e00-\u9fff]{2,8}?)(?:团([省市县区旗州盟])委|(?:共青团|妇联|总工会|少先队|少工委|志愿者协会))"
)
_SPEAKER = re.compile("团[省市县区旗州盟]委|共青团|妇联|总工会|少先队|少工委|志愿者协会")  # what these end in
_SIGNED = re.compile(r"\n[^,。;\n]{2,24}(?:委员会|团委|[省市县区旗州]委|总工会|妇联)\s{1,4}\S{6,12}日?\s*\Z")
_COMMITTEE = re.compile(  # a look-behind stands after a character, so that `re` searches at once
    r"团(?:(?<![\u4e00-\u9fff]团)|(?<=共青团)(?<![\u4e00-\u9fff]共青团))"
    r"((?:(?![省市县区旗州盟]委|[在与及的了按以对把由到是被])[\u4e00-\u9fff]){2,15}[省市县区旗州盟])委"
)
_OF_PARTY = re.compile(  # 共青团紧扣县委中心工作, 共青团贯彻市委、市政府部署: no place of 紧扣县, 贯彻市
    "[、和]|中心|决策|部署|要求|号召|精神|全会|(?:主要)?领导|指示|安排|统一|坚强|重[大点]|大局|关于"
)
_WORD = ("员", "干", "组织", "支部", "总支", "代会", "代表", "工委")  # 团干部向市委: one of the league
LONGEST = 5  # characters of a name that today is none
_COMMON = {"城区", "郊区", "矿区", "东区", "西区", "新县", "市辖区", "直辖县"}
_ABOVE = {"国": None, "省": "province", "州": "prefecture", "盟": "prefecture", "市": "prefecture"}
_WIDER = re.compile(
    r"(?:^|[,。;:、\n])(?:截至[^,。;]{2,16},)?全([国省市州])(?:共|现|各级|团员|团组织|共青团|基层|注册)"
)
_EXAMPLE = re.compile(r"(?:如|像|从|赴|来自|学习|援)[\u4e00-\u9fff]{2,8}[省市县区旗州盟]")  # places of others
_PASSING = re.compile("全([国省市州])|团中央|团省委")


_TOWN = re.compile(  # a name of two or three characters: 泽国镇, 国强乡
    r"(?:(?<=[省市县区旗州与和及])|(?<=共青团)|(?<![\u4e00-\u9fff]))(?![\u4e00-\u9fff]{1,2}小镇|[中小]?城镇)"
    r"([^\W\dA-Za-z的在和及名个人将从其以过去共委就重全各本我每余万千百年月日享两达来到出离家下返还回进入赴市县区乡镇村某]{2,3}"
    r"(?:镇(?![村街级乡区长])|乡(?![村亲镇土愁贤情])|街道|苏木))"
)
_UNITS = "镇|乡(?!村)|街道|村|社区|校|院|厂|公司|集团"
_OWN_UNIT = re.compile(rf"[全我本](?<![安健齐].)({_UNITS})")  # 全镇, 我校: no whole district
_OWN_DISTRICT = re.compile(
    "[全我本][国省市县区州旗盟](?![^,。;\\d]{0,6}(?:第|前|先|排|列|推广|示范|表彰|优秀))"
)
_COUNTY_SPEAKS = re.compile(  # 团县委举办, but 在团县委的指导下
    "[省市县区旗州盟]委(?:员会)?(?![^,。;]{0,16}(?:领导|指导|关心|支持|部署|要求|安排|号召|授予|评为))"
)
_UNIT_REPORTS = re.compile(  # in a title: 河湾县第一中学2021年共青团工作总结
    r"([\u4e00-\u9fff]{2,16}?(?:中学|小学|高中|大学|学院|学校|医院|公司|集团))(?![^\n]{0,8}(?:各|等))"
    r"[^,。;\n]{0,24}(?:总结|报告|汇报|述职)"
)
_BEYOND_TOWN = re.compile("全[国省市县区州旗盟]|其他[^,。;]{0,6}[镇乡街]")


class Place(NamedTuple):
    """A place by its code, with the codes above it from the nearest up, and what its name ends in."""

    code: str
    above: tuple
    kind: str


def place_of(folded):
    """Return the place that a text is about, or None where that is not certain.

    It is the place whose committee the title names, else that whose committee speaks in the first lines, else
    that of the title, of the signature, or of the first sentence, where the text names no other.

    Parameters
    ----------
    folded : str
        As from `quantities.fold`.
    """
    code = _spoken_of(folded)
    return Place(code, _above(code), _names().name[code][-1]) if code else None


def _spoken_of(folded):
    """Return the code of the place that a text is about, or None."""
    line, first = folded[:HEAD].partition("\n")[0], _full_names_in(folded[:TITLE])
    title = line if len(line) <= TITLE else ""
    if _EXAMPLE.search(folded[:TITLE]):
        return None
    issuer = _committees_in(title)
    committees = issuer or _committees_in(folded[:OPENING])
    if committees:
        first = _full_names_in(title) if issuer else first
        code = _deepest(committees, folded)
        return code if code and all(_in_line(code, codes) for *_, codes in first) else None
    signed = _SIGNED.search(folded[-FOOT:])
    code = _deepest(_full_names_in(title), folded)
    code = code or _deepest(_full_names_in(signed[0]) if signed else [], folded)
    return code or (_deepest(_full_names_in(folded), folded) if first else None)


def _in_line(code, candidates):
    """Tell whether a name may be of a place itself, of one above it or of one below."""
    return any(code in (c, *_above(c)) or c in _above(code) for c in candidates)


def _deepest(names, folded):
    """Return the one place of some names that the others lie above, or None."""
    once = dict.fromkeys(tuple(candidates) for *_, candidates in names)  # each is looked for in all the text
    codes = [_meant(candidates, folded) for candidates in once]
    if not codes or None in codes:
        return None
    deepest = max(codes, key=lambda code: len(_above(code)))
    return deepest if {deepest, *_above(deepest)}.issuperset(codes) else None


def first_foreign(place, folded, start, end):
    """Return the offset at which a stretch first names a place that is neither one's own nor one above it.

    Infinite if it names none.
    """
    if place is None:
        return inf
    own = {place.code, *place.above}
    named = (at for at, _, codes in _full_names_in(folded[start:end]) if own.isdisjoint(codes))
    return start + next(named, inf)


def district_of(place, foreign, folded, start, end, kind):
    """Return the code that a figure is of: the place of its text, that above it (全省共有...), or nothing.

    Parameters
    ----------
    place : Place or None
    foreign : float
        As from `first_foreign`, of the sentence.
    folded : str
    start, end : int
        What stands before the figure in its sentence.
    kind : str
        Kind of the figure: a rank is among places and of one's own (位居全省第三).
    """
    if place is None or foreign <= end:
        return ""
    said = folded[start:end]
    if "全" not in said and "团" not in said:
        return place.code
    wider = _WIDER.search(said)
    if wider:
        return _at_level(place, wider[1])
    passing = [match[1] for match in _PASSING.finditer(said)]
    return place.code if kind == "rank" or all(_is_own(place, word) for word in passing) else ""


def part_of(folded):
    """Return the part of a district that a text is about, in its own words, or ""; None if none is named.

    It is the one town or street of its first words, the school or firm whose report its title says it is, or
    what it calls its own throughout (全镇, 我校) where it speaks of no district (全县) and for none.
    """
    towns = set(_TOWN.findall(folded[:TITLE]))
    if towns:
        return towns.pop() if len(towns) == 1 else ""
    own, whole = set(_OWN_UNIT.findall(folded)), _COUNTY_SPEAKS.search(folded, 0, HEAD)
    unit = None if whole else _UNIT_REPORTS.search(folded[:TITLE].partition("\n")[0])
    if unit:
        return unit[1]
    if not own:
        return None
    return "" if whole or len(own) > 1 or _OWN_DISTRICT.search(folded) else f"全{own.pop()}"


def scope_of(part, folded, start, end, kind):
    """Return the part of a district that a figure is of: that of its text, unless more is meant (全县).

    Where the text is of a whole district, or of none, it is what the sentence names before (全镇, 我校).

    Parameters
    ----------
    part : str
        As from `part_of`.
    folded : str
    start, end : int
        What stands before the figure in its sentence.
    kind : str
        Kind of the figure: a rank is among places and of one's own (居全县第三).
    """
    own = [] if part else _OWN_UNIT.findall(folded, start, end)
    if not (part or own) or (kind != "rank" and _BEYOND_TOWN.search(folded, start, end)):
        return ""
    return part or f"全{own[-1]}"


def child_of(place, label):
    """Return the code of a place named in a table, below that of its text; nothing if it is not certain."""
    codes = _names().full.get(label) or _names().short.get(label, ())
    below = [code for code in codes if place is None or place.code in _above(code)]
    within = below if place else [c for c in below if _names().level[c] == "province"]
    return within[0] if len(within) == 1 else ""


def _at_level(place, word):
    """Return the code of 全省, 全市 or 全国 for a place."""
    if word == "国":
        return "CN"
    if _is_own(place, word):
        return place.code
    wanted = _ABOVE[word]
    return next((code for code in place.above if _names().level.get(code) == wanted), "")


def _is_own(place, word):
    """Tell whether 全市 is said of a place itself: a county that is called 市 is meant by it, too."""
    return place.kind == word


def _committees_in(text):
    """Find the places whose committee speaks (团温岭市委, 南山团区委), as (end, name, candidates)."""
    found = []
    for match in _COMMITTEE.finditer(text):
        names = _full_names_in(match[1])
        before = match[1][: names[0][0] - len(names[0][1])] if names else match[1]
        if names and (not before or is_place(before, short=True)):
            found += names
        elif _may_be_name(match[1]) and not _OF_PARTY.match(text, match.end()):
            found.append((match.end(), match[1], []))  # no place of today: uncertain
    speakers = [match.span() for match in _SPEAKER.finditer(text)]
    if not speakers:
        return found
    for match in _SHORT.finditer(text, max(0, speakers[0][0] - 8), speakers[-1][1] + 2):  # 共青|团市委
        names = _full_names_in(match[1])
        if names and match[1].endswith(names[-1][1]):
            found += names
            continue
        for start in range(len(match[1]) - 1):  # 深圳南山团区委: the longest that is a name
            codes = [c for c in _names().short.get(match[1][start:], ()) if _fits(c, match[2])]
            if codes:
                found.append((match.end(), match[1][start:], codes))
                break
    return found


def _may_be_name(word):
    """Tell whether what is no place of today may have been one, or be misspelt: short, no province."""
    return len(word) <= LONGEST and word[-1] != "省" and not word.startswith(_WORD)


def _fits(code, kind):
    """Tell whether a place has the kind that its committee says (团县委: a county)."""
    return not kind or _names().name[code][-1] == kind


def _full_names_in(text):
    """Find the full names of places, the longest at each end, as (end, name, candidates)."""
    names, endings, found, taken = _names().full, _names().endings, [], 0
    for match in _ENDS.finditer(text):
        end = match.end()
        for length in endings.get(text[end - 2 : end], ()):
            name, start = text[end - length : end], end - length
            within = start < taken
            if name in names and (not within or (found and start + len(found[-1][1]) == taken)):
                del found[len(found) - within :]  # 阳泉市, of 阳泉市城区
                found.append((end, name, names[name]))
                taken = end
                break
    return found


def _meant(candidates, folded):
    """Choose the one candidate of whose city and province the text names most, or nothing."""
    if len(candidates) < 2:
        return candidates[0] if candidates else None
    stem = _names().stem
    named = [sum(stem[a] in folded for a in _above(c) if a in stem) for c in candidates]
    most = max(named)
    return candidates[named.index(most)] if most and named.count(most) == 1 else None


@cache
def _above(code):
    """Codes above a code, from the nearest up, without 市辖区."""
    found, parents = [], _names().parent
    while parents.get(code) in parents:
        code = parents[code]
        if _names().name[code] not in _COMMON:
            found.append(code)
    return tuple(found)


def is_place(word, *, short=False):
    """Tell whether a word is the full name of a place of today, or that without its kind."""
    return word in _names().full or (short and word in _names().short)


@cache
def city_names():
    """Return the names of the cities and provinces of today without their kinds (合肥)."""
    return frozenset(_names().stem.values())


class _Names(NamedTuple):
    full: dict  # name -> codes
    short: dict  # name without its kind -> codes
    name: dict  # code -> name
    stem: dict  # code of a city or province -> its name without its kind
    parent: dict
    level: dict
    endings: dict  # last two characters of the full names -> lengths of these names, the longest first


@cache
def _names():
    """Names of the places of today; of a code of the past, its own time would have to be known."""
    table = _read_csv(DATA / "divisions.csv")
    table = table[table["valid_to"].isna()]
    columns = (dict(zip(table["district"], table[c], strict=True)) for c in ("name_zh", "parent", "level"))
    names, parents, levels = columns
    full, short, stem = {}, {}, {}
    for code, name in names.items():
        if name in _COMMON:
            if levels[code] == "county":  # 阳泉市城区; without its city it is of any
                full[names[parents[code]] + name] = [code]
            continue
        full.setdefault(name, []).append(code)
        stemmed = _KINDS.sub("", name)
        if len(stemmed) > 1:
            short.setdefault(stemmed, []).append(code)
            if levels[code] != "county":
                stem[code] = stemmed
    endings = {}
    for length, ending in sorted({(len(n), n[-2:]) for n in full if len(n) > 1}, reverse=True):
        endings.setdefault(ending, []).append(length)
    return _Names(full, short, names, stem, parents, levels, endings)

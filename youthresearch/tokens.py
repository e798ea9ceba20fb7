"""Words of a sentence with their classes, and what the lexicon says of them: what `phrases` is made of.

Every word has a class. The words of each role are in the lexicon and can be extended there.
"""

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from functools import cache, lru_cache
from operator import attrgetter

from .places import city_names, is_place
from .words import lexicon_codes, purely, roles, units_of

REACH = 14  # tokens looked at on either side of a number
WORDS = 2**16  # kept in mind with their classes: what a corpus uses again and again
AREAS = tuple("省市县区州旗乡镇村")  # ends of names of places
# Ends of nouns, with a verb of two characters before them.
ENDINGS = frozenset("员会款费率班队站点室岗金户人器仪品面机")
TAGS = {"head_verb": "v", "up": "v", "compound": "vn", "noun": "n", "person": "n", "link": "d"}  # by role
SIGNS = list(map(chr, range(0xE000, 0xE00A)))
# What stands for these; GROUP: of persons; PLACE: below the county, in a list; BREAK: between sentences.
NUMBER, OTHER, NOUN, AGE, NAME, BODY, BRACKET, GROUP, PLACE, BREAK = SIGNS
SORTS = {  # whatever the tagger says
    NUMBER: "x",
    OTHER: "s",
    **dict.fromkeys((BODY, PLACE), "p"),
    **dict.fromkeys((BRACKET, "款", NOUN, GROUP, "占地"), "n"),
    **dict.fromkeys(("第一", "未", "无", "非", "之", "涉", NAME, "级", "类", "型", "式", "青", "零"), "a"),
    **dict.fromkeys(("以上", "及以上", "以下", "及以下", AGE), "g"),
    **dict.fromkeys(("的", "等"), "d"),
    "经": "r",
}
SETTINGS = ("农村", "城乡", "城镇", "社会")  # where something is, and no body
NO_TAILS = frozenset((*"年月日了较高低多少可各仍且虽每今此", OTHER))  # end no noun, as adverbs
PIECES = ("zg", "g", "ng", "q", "k", "uv")  # tags of parts of words and of classifiers


@dataclass(slots=True)  # half the time of a tuple to make and to read
class Token:
    """One word of a sentence with its class and its offsets in the text.

    Classes: n noun, p place name, w verbal noun, v verb that may qualify a noun, h verb that never does,
    a other qualifier, g age limit, c conjunction, d 的 or 等, r preposition, s other word, x mark or
    number.
    """

    word: str
    sort: str
    start: int
    end: int


@cache
def tagger():
    """Return the tagger with the words of the lexicon, so that none is glued to its neighbour.

    A word that is added makes all others rarer, and long ones likelier (面达): one that it knows need not be.
    """
    import rjieba

    tagger = rjieba.Jieba()
    for word, tag in ("其中", "d"), ("及以上", "f"), ("及以下", "f"):
        tagger.add_word(word, 100000, tag)  # 其中学生 holds no 中学生
    for role, tag in TAGS.items():
        for word, code in lexicon_codes(role).items():
            if code != "known" and len(word) > (role == "link") + (role != "noun"):
                tagger.add_word(word, 100000, tag)
    return tagger


# After a sentence stand marks, so that what looks beyond its last word, or before its first one by an index
# below zero, finds some.
_BEYOND = [Token("", "x", 0, 0)] * 4
_START, _END = attrgetter("start"), attrgetter("end")


def cut(text):
    """Cut a text into words; a sign is a word of its own.

    Without the model of new words, which glues 率 to 为 and 线 to 达.
    """
    return tagger().cut(text, hmm=False)


def classify(words, start, ends):
    """Turn words into tokens, with empty marks after the last one.

    Blanks beside a number or a quotation are dropped.

    Parameters
    ----------
    words : iterable of str
        As from `cut`; read up to the end of the sentence.
    start : int
        Offset in the text of the first word.
    ends : dict
        Ends of the stretches that one sign stands for, by their starts.
    """
    tokens, last, end, known = [], "", start, _words()
    for word in words:
        sort, size, special = known[word]
        if word < NUMBER:  # no sign
            start, end = end, end + size
        elif word == BREAK:
            break
        else:
            start, end = end, ends.get(end) or end + size
        if special or last == BRACKET:  # few are
            if word == " " and last in (NUMBER, NOUN, OTHER, "、"):
                continue
            if last == " " and word in (NUMBER, NOUN):
                tokens.pop()
            if sort == "x" or word in ("比", "、", "的"):
                if tokens and (tokens[-1].sort in "vas" or last in ("团", "会")):
                    _end_noun(tokens, word, start)
            elif last == BRACKET and size == 1 and tokens[:-1] and _is_inside_word(tokens[-2], sort):
                tokens.pop()
                before = tokens.pop()
                start, word = before.start, before.word + word
                sort = before.sort  # 审(执)结, 团(工)委
            elif special and word != NOUN and _ends_noun(word, tokens):
                start, word, sort = tokens.pop().start, last + word, "n"
        tokens.append(Token(word, sort, start, end))
        last = word
    return tokens + _BEYOND


def _is_inside_word(before, sort):
    """Tell whether a bracket is within a word, between what stands before it and a character of a class."""
    return before.sort == "h" or (before.sort == sort == "n" and len(before.word) == 1)


def _ends_noun(word, tokens):
    """Tell whether a word ends a noun together with the one before it (调解员, 推进会, 儿童之家)."""
    if not tokens:
        return False
    last = tokens[-1]
    if word == "家":
        return last.word == "之"
    return len(last.word) == 2 and last.sort in "hvw" + "n" * (word == "员") + "s" * (word == "率")


def _end_noun(tokens, mark, start):
    """Take the last word for a noun or its end, where it stands before a mark or number as only these may."""
    last = tokens[-1]
    before = tokens[-2].sort if len(tokens) > 1 else ""
    nouns = ("n", "w", "v")
    if last.sort == "v" and mark not in (NUMBER, "的") and before in nouns and takes_verb(last.word):
        last.sort = "n"  # 占多数的是志愿服务组织,
    elif last.word == "就业" and mark == NUMBER and before == "n":
        last.sort = "n"  # 困难人员就业60人
    elif last.word in ("团", "会") and mark == NUMBER and tokens[-2:-1] and tokens[-2].word == "建":
        tokens[-2:] = [Token("建" + last.word, "n", tokens[-2].start, start)]
    elif last.word == "青" and before == "n" and len(tokens[-2].word) == 1:
        tokens[-2:] = [Token(tokens[-2].word + "青", "n", tokens[-2].start, start)]  # 港青
    elif last.sort == "a" and mark == NUMBER and (len(last.word) > 3 or last.word == "女"):
        last.sort = "n"  # 违法行为, 男6人、女9人
    elif last.sort in "as" and before in ("a", *nouns) and _is_tail(tokens[-2].word, last.word, mark):
        tokens[-2:] = [Token(tokens[-2].word + last.word, "n", tokens[-2].start, start)]


def _is_tail(before, word, mark):
    """Tell whether a character may end a noun that the tagger does not know (楼栋|长, 宅间|道)."""
    if len(word) > 1 or _tag(word) == "d" or word in NO_TAILS or before in NO_TAILS or word in roles("link"):
        return False
    if mark in (NUMBER, "(", "比"):
        return True
    return is_piece(word) or (len(before) == 1 and _tag(word) == "a")


# Words -----------------------------------------------------------------------------------------------------


@lru_cache(WORDS)
def _tag(word):
    return tagger().tag(word, hmm=False)[0][1]


class _Words(dict):
    """Class, length, and whether what is beside them matters, of words; a word has one tag."""

    def __missing__(self, word):
        if len(self) == WORDS:
            self.clear()
        sort = _sort(word, _tag(word))
        special = sort == "x" or word in ENDINGS or word in ("家", "比", " ", "、", "的", NOUN)
        self[word] = known = sort, len(word), special
        return known


@cache
def _words():
    return _Words()


def _sort(word, tag):
    """Return the class of a word."""
    if word in SORTS:
        return SORTS[word]
    if tag == "x" and word != "、":
        return "n" if word[0].isalpha() else "x"
    if word in roles("and"):
        return "c"
    if tag == "m" and word in roles("name"):
        return "a"  # 三八红旗集体
    if word in roles("noun") or word in roles("person") or word in purely("takes_verb", "compound", "link"):
        return "n"
    head, compound = word in roles("head_verb"), word in roles("compound")
    nominal = tag[0] in "nj" or tag in ("eng", "an", "vn")
    if head and compound:
        return "w" if nominal else "v"
    if head or word in roles("becomes"):
        return "h"
    if compound and nominal:
        return "w" if word in roles("event") else "n"
    if compound:
        return "a"
    if word in roles("link") or moves(word) or (word[0] == "各" and tag[0] not in "nj"):
        return "s"  # 各条战线
    return lexicon_codes("mistagged").get(word) or _sort_of_tag(word, tag)


def _sort_of_tag(word, tag):
    if len(word) == 2 and word[0] in "全我本该" and word[1] in "国省市县区镇乡村校院矿厂场州旗盟团系司社行局":
        return "s"
    if len(word) > 2 and word.endswith(("以来", "季度")):
        return "s"  # 今年以来, 第一季度
    if len(word) == 3 and word[-1] in "率度量额" and (tag == "ns" or tag[0] in "vlid"):
        return "n"  # 活跃度, 满意度
    whole = word[0] == "全" or (word[0] == "本" and word[-1] in "年度月期")
    if whole and len(word) == 3 and not is_counted(word):
        return "s"  # 全世界, 本学年
    verbs = purely("head_verb", "compound")
    stated = word[2:] in verbs or word[:2] in verbs or moves(word[2:])
    if tag in ("i", "l", "nr") and len(word) == 4 and stated:
        return "h"  # 顺利完成, 建立健全, 明显提高
    if tag in ("n", "nz", "nt") and len(word) == 4 and word[2:] in verbs and _tag(word[:2])[0] not in "nj":
        return "h"  # 严格控制
    ends = word[-1] in "省市县区镇乡州盟旗" and len(word) > 2
    if (ends and tag in ("ns", "nr", "nrt", "nz")) or (tag == "ns" and is_place(word, short=True)):
        return "p"  # but 美丽, 普及, which the tagger takes for places
    if len(word) > 1 and word in city_names():
        return "p"  # 合肥, 保定, which it takes for other words
    if is_place(word) if ends else len(word) == 2 and word[1] == "县" and is_place(word):
        return "p"  # 民勤县, 单县
    if tag == "vn":
        return "w"
    if tag[0] in "njs" or tag in ("eng", "an"):
        return "n"
    if tag[0] in "vl" and len(word) > 2 and (ends_in(word, "takes_verb") or is_counted(word)):
        return "n"  # 救助款, 初级中学
    if tag[0] == "v":  # 建, 编成, 发出: the verb of the clause
        return "h" if len(word) == 1 or word[-1] in "成出起入到得为给至于" else "v"
    if tag == "t" and word[-1] not in "代季间日常节":
        return "s"  # 年末, but 假日小队, 日常支出
    if tag[0] in "abftzgikl":
        return "a"
    return "r" if tag == "p" else "s"


@lru_cache(WORDS)
def is_person(word):
    """Tell whether a word, or what stands for one, names persons."""
    return word in (NOUN, GROUP) or ends_in(word, "person")


@lru_cache(WORDS)
def says(word):
    """Tell whether a noun is a verb as well."""
    return (word in verbal() or word in purely("head_verb", "noun")) and not is_person(word)


def is_quality(word):
    """Tell whether a word is an adjective that may stand as a noun (困难), or is taken for a name (齐全)."""
    return _tag(word) in ("an", "nr")


def is_verb(word):
    """Tell whether a word says what is done, and names none who does it."""
    return bool(word) and (says(word) or _words()[word][0] == "v") and not is_counted(word)


@cache
def verbal():
    """Return the words that qualify a noun and are no nouns themselves: most are verbs."""
    return purely("compound", "noun")


@lru_cache(WORDS)
def takes_verb(word):
    """Tell whether a verb before a noun qualifies it (培训项目), and is not the verb of the clause."""
    if word in roles("event") and word not in roles("takes_verb"):
        return False  # 参赛, 参会
    return word == NOUN or ends_in(word, "takes_verb")


def is_counted(word):
    """Tell whether a noun names persons or organisations."""
    return ends_in(word, "person") or ends_in(word, "organisation")


@lru_cache(WORDS)
def counts(word, unit):
    """Tell whether a unit may count a noun, so that a 的 after it opens another phrase (164个社区的测温)."""
    role = lexicon_codes("counts").get(unit)
    if not role or not ends_in(word, role):
        return unit == "户" and is_person(word)
    return unit not in ("家", "所", "处") or not word.endswith(AREAS)  # 9家社区俱乐部


def fits(word, unit):
    """Tell whether a unit may count a noun, where it counts but one sort (元: money; 名: persons)."""
    if unit == "元":
        return ends_in(word, "money")
    if unit in units_of("person"):
        return is_person(word) or word.endswith("数")
    return unit not in units_of("only") or counts(word, unit)


def fits_only(word, unit):
    """Tell whether a noun is of the only sort that a unit counts (家: organisations; 个 counts anything)."""
    return unit in units_of("only") and counts(word, unit)


@lru_cache(WORDS)
def ends_in(word, role):
    """Tell whether a word, or an end of it, has a role in the lexicon; the longest end known decides."""
    own, none = roles(role), roles("no_end")
    known = (word[i:] for i in range(len(word)) if word[i:] in own or word[i:] in none)
    return next(known, None) in own


def is_piece(word):
    """Tell whether a character is a classifier, or known to the tagger as a part of words only (厂, 箱)."""
    return len(word) == 1 and _tag(word) in PIECES and word not in SORTS and word not in NO_TAILS


def is_level(word):
    """Tell whether a word is a level of administration (市级)."""
    return word.endswith("级") and word in roles("qualifies")


def moves(word):
    """Tell whether a word is a verb of change (增加, 减少)."""
    return word in roles("up") or word in roles("down")


def may_stand(sort):
    """Tell whether a word may stand in a noun phrase."""
    return sort in "npwvag"


def back_over(tokens, k, sorts):
    """Return the index of the last token, from k back, that is of none of some classes."""
    while tokens[k].sort in sorts:
        k -= 1
    return k


def on_over(tokens, k, sorts):
    """Return the index of the first token, from k on, that is of none of some classes."""
    while tokens[k].sort in sorts:
        k += 1
    return k


def last_before(tokens, i, words, stop="x"):
    """Find the last of some words in the clause of token i, not far before it; else None."""
    for n in range(i - 1, max(0, i - REACH), -1):
        if tokens[n].word in words:
            return n
        if tokens[n].sort in stop:
            break
    return None


def span(tokens, begin, last):
    """Return the offsets of the tokens from begin to last."""
    return tokens[begin].start, tokens[last].end


def first_of(tokens, phrase):
    """Return the index of the token that a phrase begins in."""
    return bisect_right(tokens, phrase[0], hi=len(tokens) - len(_BEYOND), key=_START) - 1


def last_of(tokens, phrase):
    """Return the index of the token that a phrase ends in."""
    return bisect_left(tokens, phrase[1], hi=len(tokens) - len(_BEYOND), key=_END)


def head_of(tokens, phrase):
    """Return the word that a phrase ends in; empty where it is nothing, or of another sentence."""
    last = tokens[last_of(tokens, phrase)] if phrase else None
    return last.word if last and last.end == phrase[1] else ""

"""The indicator that a proposed figure is of, by the names that the code book has for it.

An empty answer is better than a wrong one: what another word makes a part, an award or something new is not
the whole, and a figure in a unit that the indicator does not count is not of it.
"""

import re
from functools import cache, lru_cache
from typing import NamedTuple

from .loaders import base_units, unit_fits
from .places import is_place
from .quantities import fold
from .tokens import WORDS, is_person
from .words import word_table

BEFORE = 4  # characters before a noun, or its number, that a name may begin with: 发展|团员
AWARDS = {True: "honours_persons", False: "honours_units"}
QUOTES = "“”‘’\"'「」『』《》〈〉"
_UNQUOTED = str.maketrans("", "", QUOTES)
_NAMED = re.compile(r"[“\"][^“”\"]*[”\"]|共青")  # “青春”团支部, 共青|团干部


class Book(NamedTuple):
    """A code book, ready to be looked up."""

    names: dict  # label or alias, folded -> indicators
    tails: frozenset  # what is left of them without the first characters: all that a noun can be
    ends: frozenset  # last two characters of them
    flows: dict  # indicator -> stock or flow
    units: dict  # indicator -> base unit, or what is missing
    wholes: frozenset  # indicators that are of the whole: another word before their name makes a part


class Found(NamedTuple):
    """An indicator, or nothing; the usual flow of its noun; whether the noun is its very name."""

    indicator: str
    usual: str | None
    named: bool


NOTHING = Found("", None, False)


@cache
def project_book():
    """Return the code book of the words that are read now."""
    return read_book(word_table("indicators"))


def read_book(indicators):
    """Make a code book ready to be looked up.

    Parameters
    ----------
    indicators : pandas.DataFrame
        As from `load_indicators`.
    """
    columns = ("indicator", "label_zh", "aliases", "flow", "unit", "denominator", "pillar")
    rows = indicators.reindex(columns=columns).fillna("").to_dict("records")
    names, units = {}, {row["indicator"]: row["unit"] for row in rows}
    for row in rows:
        words = [row["label_zh"], *row["aliases"].split(";")]
        for word in dict.fromkeys(unquoted(fold(word)) for word in words):
            if len(word) > 1:
                names.setdefault(word, []).append(row["indicator"])
    counted = ("item", "person", "yuan")
    parts = [row for row in rows if row["unit"] in counted]
    parted = {row["denominator"] for row in parts if units.get(row["denominator"]) == row["unit"]}
    around = {row["indicator"] for row in rows if row["pillar"] == "context"}
    flows = {row["indicator"]: row["flow"] for row in rows}
    tails = frozenset(name[i:] for name in names for i in range(1, min(BEFORE + 1, len(name) - 1)))
    return Book(
        names, tails, frozenset(name[-2:] for name in names), flows, units, frozenset(parted | around)
    )


@lru_cache(WORDS)
def unquoted(noun):
    """Return a noun without quotation marks, in which names differ from text to text (“青年之家”)."""
    return noun.translate(_UNQUOTED)


def indicator_of(noun, before, figure, honoured, book):
    """Find the indicator whose label or alias is a noun or its longest ending, and which a figure can be of.

    Parameters
    ----------
    noun : str
        Folded.
    before : str
        What stands before noun and number: an alias may begin with it (发展团员).
    figure : dict
        Has kind, unit and rule.
    honoured : bool
        Whether the noun is an award.
    book : Book

    Returns
    -------
    Found
    """
    bare = unquoted(noun)
    begun = _begun(before, bare, book.names) if bare in book.tails else ()
    own_verb = figure["kind"] != "level" and figure["rule"] != "inherited"
    if begun and own_verb and book.flows[begun[0]] != "stock":
        begun = ()  # 团员新增 of a change is one of the stock; 发展团员, after which 增长5% follows, is not
    at = next((i for i in range(len(bare) - 1) if bare[i:] in book.names), None)
    if at is None and not begun:
        return NOTHING
    word, within = ("", False) if begun else _before(noun, bare[at:])
    found, named = (begun, True) if begun else (book.names[bare[at:]], _says_no_more(word))
    usual = book.flows[found[0]]
    if honoured and usual == "stock":
        found, named = [AWARDS[is_person(noun)]], True
    elif not named and found[0] in book.wholes:
        found = ()
    if within and found and found[0] not in AWARDS.values():  # “全国减灾示范社区” is a name of its own
        found = ()
    fits = [name for name in found if _fits(book.units.get(name), figure["unit"], figure["kind"])]
    return Found(fits[0] if fits else "", usual, named)


def _before(noun, name):
    """Return what stands in a noun before the name that it ends in, and whether it is in the same quotes."""
    if noun == unquoted(noun):  # most are
        return noun[: -len(name)], False
    at = len(noun) - 1
    for character in reversed(name):
        at = noun.rindex(character, 0, at + 1) - 1
    word = noun[: at + 1]
    opened = bool(word) and sum(map(word.count, QUOTES)) % 2 == 1
    return (word[:-1], False) if opened and word[-1] in QUOTES else (word, opened)


def _says_no_more(word):
    """Tell whether a word before a name leaves it what it is: none, a place, a name in quotes, 共青."""
    return not word or is_place(word, short=True) or bool(_NAMED.fullmatch(word))


def _begun(before, noun, names):
    """Find the indicators of which an alias begins before the noun, the longest."""
    before = before.rstrip("了的 ")[-BEFORE:]
    return next((names[before[i:] + noun] for i in range(len(before)) if before[i:] + noun in names), ())


@cache
def _units():
    """Return the units that are read now, and what each counts."""
    units = word_table("units")
    return units, base_units(units["unit"], units)


@cache
def _bases(unit):
    units, counted = _units()
    return counted.get(unit) or base_units([unit], units)[unit]


@cache
def _fits(wanted, unit, kind):
    """Tell whether a figure's unit may stand under an indicator; one that is not said may."""
    if wanted is None:
        return False
    if kind == "rank":
        return wanted in ("", "rank")
    return not unit or unit_fits(kind, wanted, _bases(unit))

"""Which figures of a facts table must agree: found without being told.

Coded facts are related by what they are about: source, place, scope, indicator, flow, status, date. A draft
that a machine proposed knows less, so there nearness in the text must speak for a relation as well.
What would be related but for another scope, flow, status or date is listed, with the reason.

`prepare` says what each figure is about; `find_relations` asks one function for each kind of relation, in the
order in which they stand below: changes and growth with their levels (`moves_of` chooses which), points,
shares, parts, lists, means, rates said last, repeats, running totals, identities, places. Each gives rows of
rule, members and how it was found; `doubts` then drops those of a draft that fail since they were misread.
"""

import re
from bisect import bisect
from collections import namedtuple
from itertools import pairwise, permutations
from operator import attrgetter

import numpy as np
import pandas as pd

from .doubts import well_founded
from .loaders import given_or_own, load_lexicon
from .misprints import COLUMNS, is_misprinted_mean, is_misprinted_sum, misprinted_shares
from .rules import LUCK, RATES, SUMS, WRONG, check
from .schema import FACT, DataError, as_text, check_columns, check_facts, is_simulated, mark_simulated
from .sorts import YEARLY, bases_of, is_alike, sort_of

KEY = ["source_id", "district", "scope", "subject", "flow", "status", "period_start", "period_end"]
NEEDED = [c for c in FACT if c not in ("value_max", "token", "start", "end", "coder", "reviewer", "note")]
NUMBERS, PLACE = ["value", "resolution", "low", "high"], ["start", "end"]
NEAR = 60  # characters between two figures of one statement
WINDOW = 200  # characters back in which the whole of a share may stand
ASTRAY = 0.25  # relative distance up to which a rate is taken for one of the counts beside it
CLOSE = 10  # characters between two counts and the rate that is made of them
MOST_NEAR = 8  # levels near before a change
LISTED = 30  # characters between two items of one list
LONGEST_LIST = 12
MANY = 10  # fewer make any total
SURE = 3  # so many shares of one whole agree with it by no chance
TOLD = 10_000  # a list of unlike names adds up to so many of its last places by no chance
LAST_YEAR = ("previous_year", "same_period_previous_year")
EVENTS = ("场", "次", "期", "场次")  # a mean of these may be by the month as well
FINE = ("‰", "/10万")  # of populations, no count of which stands beside them
PERSONS = ("个", "人", "名", "位")
KNOWN = ("source_id", "subject", "status")  # of a draft: that much is known
MOVE = ["at", "kind", "baseline", "near", "key", "level", "previous", "found"]
RELATION = ["relation", "members", "found"]
_WORDS = ["fact_id", *KEY, "kind", "hedge", "unit", "sort", "called", "baseline", "part_of"]
_REST = [*NUMBERS, *PLACE, "draft", "named", "key", "near", "yearly"]
_Row = namedtuple("_Row", ["Index", *_WORDS, *_REST])
SEVERAL, NONE_TOLD = "several", -2  # a move may be of several levels, so it is of none


def prepare(facts, indicators=None, units=None):
    """Put facts in reading order and say what each is about.

    Masked figures, rates in ‰ and fractions in the words of a draft (三分之一) take no part.

    Parameters
    ----------
    facts : pandas.DataFrame
    indicators, units : pandas.DataFrame, optional
        Code book and units, which say what is counted; the project's by default.

    Returns
    -------
    pandas.DataFrame
        The facts, sorted by source and place in the text, empty cells as "", and: subject (the indicator; in
        a draft that has none, the noun; failing that the fact itself), draft, called and named (the noun of a
        draft, and where it stands), yearly (a growth rate by the year over several), counted (the noun, if
        the indicator does not say what is counted), sort (see `_sorts`), key and near (as KEY, and as far as
        nearness in the text replaces it).

    Raises
    ------
    DataError
        If a column is missing or a fact_id stands twice.
    """
    if {"noun", "resolution"} <= set(getattr(facts, "columns", ())):
        facts = facts[facts["noun"].isna() | facts["resolution"].notna()]
    check_facts(facts, [*NEEDED, *(c for c in (*PLACE, "noun") if c in getattr(facts, "columns", ()))])
    table = facts[facts["status"].ne("masked") & ~facts["unit"].isin(FINE)].copy()
    table.attrs = {}
    table = mark_simulated(table, is_simulated(facts))
    table["district"] = as_text(table["district"], empty=True)
    words = ["district", "scope", "indicator", "period_start", "period_end", "baseline", "part_of"]
    table[words] = table[words].astype("str").fillna("")
    table["draft"] = table["noun"].notna() if "noun" in table else False
    table["named"] = table.get("noun_start", np.nan)
    table["called"] = table.get("noun", "")
    note = table["note"].astype("str").fillna("") if "note" in table else pd.Series("", index=table.index)
    table["yearly"] = table["kind"].eq("growth") & note.str.contains("|".join(YEARLY))
    table["subject"] = _subject(table)
    book, units = given_or_own("indicators", indicators), given_or_own("units", units)
    table["sort"], table["counted"] = _sorts(table, book, units), _counted(table, book)
    if not set(PLACE) <= set(table):
        table[PLACE] = np.nan
    table = table.astype(dict.fromkeys([*NUMBERS, *PLACE, "named"], "float64"))  # of whatever backend
    table = table.sort_values(["source_id", "start", "fact_id"], ignore_index=True)
    keys = list(table[KEY].fillna("").itertuples(index=False, name=None))
    table["key"] = _numbered(keys)
    table["near"] = _numbered(map(_near_key, keys, table["fact_id"], table["draft"]))
    return table


def _numbered(keys):
    """Give each key a number, and the same to those that are the same."""
    numbers = {}
    return [numbers.setdefault(key, len(numbers)) for key in keys]


def _near_key(key, fact_id, draft):
    """Say within what the nearest figure is the one that is meant; in a draft, little is known."""
    if not draft:
        return key
    told = zip(KEY, key, strict=True)
    return tuple(said if name in KNOWN and said != fact_id else "" for name, said in told)


def _subject(table):
    """Name what a figure is about; two unnamed figures are never about the same."""
    subject = table["indicator"]
    for stand_in in ("noun", "fact_id"):
        if stand_in in table:
            subject = subject.mask(subject.fillna("") == "", table[stand_in])
    return subject.astype(str)


def _counted(table, book):
    """Name what is counted where there is no indicator, or one without a unit, of things that differ."""
    differ = table["indicator"].isin(book.loc[book["unit"].fillna("") == "", "indicator"])
    note = table["note"].astype("str").fillna("") if "note" in table else pd.Series("", index=table.index)
    noun = note.str.split("[;；]", regex=True).str[0].where(differ, "")
    return noun.mask(table["indicator"] == "", table["called"])


def _sorts(table, book, units):
    """Name what sort of thing each figure counts; "" where it may be of either.

    个 are persons or items as the code book has it; posts, items that persons fill, are of either sort.
    """
    bases, lexicon = bases_of(units), load_lexicon()
    posts = tuple(lexicon.loc[lexicon["role"] == "post", "word"])
    persons = {"person": True, "item": False}
    said = {name: persons.get(unit) for name, unit in zip(book["indicator"], book["unit"], strict=True)}
    names = book.get("label_zh", pd.Series("", index=book.index)).astype("str").fillna("")
    either = {name for name, label in zip(book["indicator"], names, strict=True) if label.endswith(posts)}
    return [
        "" if subject in either else sort_of(unit, bases, said.get(subject))
        for unit, subject in zip(table["unit"].astype("str").fillna(""), table["subject"], strict=True)
    ]


def find_relations(facts, figures, identities=None, districts=None):
    """Find the relations that must hold between facts.

    Parameters
    ----------
    facts : pandas.DataFrame
        As from `prepare`.
    figures : pandas.DataFrame
        As from `rules.figures_of`.
    identities : pandas.DataFrame, optional
        As from `load_identities`: sums and shares that hold by definition.
    districts : pandas.DataFrame, optional
        As from `load_districts`: a county is no larger than its province or the nation.

    Returns
    -------
    pandas.DataFrame
        One row is one relation: relation (key of `rules.RULES`), members (tuple of row positions in facts, in
        the order of the rule's roles), found (named: by what the facts are coded as; near: by their places in
        the text; sums: by the arithmetic itself, where chance is no explanation, or by one slip in a list).
        Those of a draft that fail are kept where they are well founded (see `doubts`).
        ``attrs["not_related"]`` says of changes and rates without a level, by fact_id, in what they differ
        from one of their subject; ``attrs["several"]`` lists those that may be of several levels.
    """
    rows = rows_of(facts)
    moves = list(moves_of(rows, figures).itertuples())
    found = [
        *_of_moves(rows, moves, figures),
        *_of_points(rows, figures),
        *_of_shares(facts, rows, figures),
        *_of_parts(rows),
        *_of_lists(facts, rows, figures),
        *_of_means(facts, figures),
        *_of_rates_said_last(facts),
        *_of_repeats(rows),
        *_of_cumulatives(rows),
    ]
    if identities is not None:
        found += _of_identities(rows, identities)
    if identities is not None and districts is not None:
        found += _of_places(rows, identities, districts)
    once = {}
    for relation in found:
        once.setdefault(relation[:2], relation)
    table = pd.DataFrame(well_founded(list(once.values()), facts, rows, figures), columns=RELATION)
    table = table.astype({"relation": "str", "found": "str"})
    table.attrs["not_related"] = _not_related(rows, moves)
    table.attrs[SEVERAL] = [rows[m.at].fact_id for m in moves if m.found == SEVERAL]
    return table


def relate(rule, members, found):
    """List relations of one rule, as rows of `find_relations`; found is one word, or one for each."""
    members = [tuple(map(int, m)) for m in members]
    if rule in SUMS:  # in one order, so that none is listed twice
        members = [(whole, *sorted(parts)) for whole, *parts in members]
    found = [found] * len(members) if isinstance(found, str) else found
    return [(rule, m, f) for m, f in zip(members, found, strict=True)]


def rows_of(facts):
    """List facts as records, to be looked up by position: a report has few, and tables cost more."""
    words = [_filled(facts[column]) for column in _WORDS]
    return list(map(_Row, facts.index, *words, *(facts[column].tolist() for column in _REST)))


def _filled(column):
    """List the words of a column, a missing one as ""."""
    blank = column.isna()
    words = column.tolist()
    return ["" if b else word for word, b in zip(words, blank, strict=True)] if blank.any() else words


def _by(rows, about):
    """Group rows by what they are about, in their order."""
    groups = {}
    for row in rows:
        groups.setdefault(about(row), []).append(row)
    return groups


def alone(levels, about):
    """Map what levels are about to the position of the only one; one that is said again counts once."""
    found = {}
    for row in levels:
        found.setdefault(about(row), {}).setdefault((row.low, row.high, row.resolution), row.Index)
    return {key: at for key, alike in found.items() if len(alike) == 1 for at in alike.values()}


def _dated(row):
    """Tell whether a fact is coded with a date, and is about one thing."""
    return not row.draft and row.period_end != "" and not row.subject.endswith("_other")


# A level, its change, its growth and the level before -----------------------------------------------------


def moves_of(rows, figures):
    """Give each change and growth rate its level, and the level before where it is stated.

    Returns
    -------
    pandas.DataFrame
        One row is one change or growth: at, kind, baseline, near, key, level, previous (positions; -1: none),
        found (near, named, or several: none of the levels near it can be told to be its own).
    """
    levels = [r for r in rows if r.kind in ("level", "mean") and r.unit not in RATES]
    moves = [r for r in rows if r.kind == "growth" or (r.kind == "change" and r.unit not in RATES)]
    moves = [r for r in moves if not r.yearly]
    after = [r for r in levels if r.baseline == ""]
    level, found = _one_of(moves, after, _agreeing(moves, after, figures))
    near = _nearest(moves, [r for r in levels if r.baseline != ""])
    dated = _by_date(rows, moves, level)
    previous = [n if n >= 0 else d for n, d in zip(near, dated, strict=True)]
    table, said = [], set()
    for move, *levels in zip(moves, level, previous, found, strict=True):
        says = (move.low, move.high, move.resolution, levels[0], move.kind, move.baseline)
        if levels[0] < 0 or says not in said:
            table.append((move.Index, move.kind, move.baseline, move.near, move.key, *levels))
        said.add(says)
    return pd.DataFrame(table, columns=MOVE)


def _one_of(moves, levels, agreeing=frozenset()):
    """Choose the level a move belongs to: the one near it in the text, else the only one of its key."""
    single, chosen = alone(levels, attrgetter("key")), []
    for move, before, after in zip(
        moves, _all_before(moves, levels), _right_after(moves, levels), strict=True
    ):
        near = _told(move, before, agreeing) if before else after
        unsaid = -1 if move.draft and move.period_end == "" else single.get(move.key, -1)
        chosen.append(
            (near, "near") if near >= 0 else (-1, SEVERAL) if near == NONE_TOLD else (unsaid, "named")
        )
    return [at for at, _ in chosen], [how for _, how in chosen]


def _told(move, levels, agreeing):
    """Choose among the levels right before a move: -1: all are of another sort; `NONE_TOLD`: none is told.

    Its own are those whose noun it takes over. A part is chosen for what is said of the same whole alone,
    unless the rate beside the move agrees with no other level.
    """

    def holds(level):
        return (move.Index, level.Index) in agreeing

    if move.kind == "change" and move.unit not in RATES:
        levels = [r for r in levels if _of_a_sort(r, move)]
    own = [r for r in levels if r.named == move.named]
    if move.draft and not own:  # its noun is said anew
        levels = [r for r in levels if r.flow == move.flow or r.end > move.named or holds(r)]
    told = own or levels
    for name in ("flow", "part_of", "called"):
        told = [r for r in told if getattr(r, name) == getattr(move, name)] or told
    if not told:
        return -1
    held = [r for r in told if holds(r)] or [r for r in levels if holds(r)]
    if len(_values(held)) == 1:
        told = held
    return told[-1].Index if own or len(_values(told)) == 1 else NONE_TOLD


def _values(rows):
    return {(r.low, r.high, r.resolution) for r in rows}


def _agreeing(moves, levels, figures):
    """Pair the positions of each move and of the levels before it that agree with the rate beside it."""
    beside = {}
    for one, other in pairwise(moves):
        change, growth = (one, other) if one.kind == "change" else (other, one)
        alike = (one.near, "change", "growth") == (other.near, change.kind, growth.kind)
        if alike and other.start - one.end <= LISTED and _same_baseline(one.baseline, other.baseline):
            beside |= dict.fromkeys((one.Index, other.Index), (change.Index, growth.Index))
    moves = [m for m in moves if m.Index in beside]
    pairs = [
        (m.Index, r.Index) for m, near in zip(moves, _all_before(moves, levels), strict=True) for r in near
    ]
    wrong = _wrong("growth", [(level, *beside[move]) for move, level in pairs], figures)
    return {pair for pair, no in zip(pairs, wrong, strict=True) if not no}


def _nearest(moves, levels):
    """Give the position of the nearest level of like subject and baseline before each move, else after."""
    before, after = _all_before(moves, levels), _right_after(moves, levels)
    alike = [
        [r for r in near if _same_baseline(m.baseline, r.baseline)]
        for m, near in zip(moves, before, strict=True)
    ]
    return [near[-1].Index if near else at for near, at in zip(alike, after, strict=True)]


def _all_before(moves, levels):
    """Give the levels of like subject before each move that are near, in their order."""
    groups, found = _by(levels, attrgetter("near")), []
    for move in moves:
        group = groups.get(move.near, [])
        at = bisect(group, move.Index, key=attrgetter("Index"))
        found.append([r for r in group[max(0, at - MOST_NEAR) : at] if move.start - r.end <= NEAR])
    return found


def _right_after(moves, levels):
    """Give the position of the first level of like subject after each move, if it is near; else -1."""
    groups, found = _by(levels, attrgetter("near")), []
    for move in moves:
        group = groups.get(move.near, [])
        at = bisect(group, move.Index, key=attrgetter("Index"))
        near = at < len(group) and group[at].start - move.end <= NEAR
        near = near and _same_baseline(move.baseline, group[at].baseline)
        near = near and (not move.draft or group[at].flow == move.flow)  # whose noun is said anew
        found.append(group[at].Index if near else -1)
    return found


def _by_date(rows, moves, level):
    """Find the level of the year before, in the same source or else in another, for a change against it."""
    about = attrgetter("district", "scope", "subject", "flow", "status")
    levels = [r for r in rows if r.kind == "level" and _dated(r)]
    others = alone(levels, lambda r: (*about(r), _year_end(r.period_end)))
    own = alone(levels, lambda r: (r.source_id, *about(r), _year_end(r.period_end)))
    found = []
    for move, at in zip(moves, level, strict=True):
        now = rows[at]
        wanted = (*about(now), _year_before(_year_end(now.period_end)))
        yearly = at >= 0 and move.baseline in LAST_YEAR
        found.append(own.get((now.source_id, *wanted), others.get(wanted, -1)) if yearly else -1)
    return found


def _year_end(date):
    """Date a stock at the end of a year, and a flow over the year, by the year alone."""
    return re.sub(r"^(\d{4})-12(-31)?$", r"\1", date)


def _year_before(date):
    return f"{int(date[:4]) - 1:04d}{date[4:]}" if date[:4].isdigit() else ""


def _of_moves(rows, moves, figures):
    """Relate level, change and growth, and the level before where it is stated."""
    changes, growths = ([m for m in moves if m.kind == kind] for kind in ("change", "growth"))
    of_level, of_previous = (_by(growths, attrgetter(name)) for name in ("level", "previous"))
    pairs = [(c, g) for c in changes if c.level >= 0 for g in of_level.get(c.level, ())]
    pairs = [(c, g) for c, g in pairs if _same_baseline(c.baseline, g.baseline)]
    found = relate("growth", [(c.level, c.at, g.at) for c, g in pairs], [c.found for c, _ in pairs])
    for rule, some in (("change", changes), ("growth_between", growths)):
        known = [m for m in some if m.level >= 0 and m.previous >= 0]
        found += relate(rule, [(m.level, m.previous, m.at) for m in known], [m.found for m in known])
    lone = [c for c in changes if c.level < 0 and c.previous >= 0]
    bases = [(c.previous, c.at, g.at) for c in lone for g in of_previous.get(c.previous, ())]
    found += relate("growth_of_base", bases, "near")
    return found + _of_bases(rows, changes, growths, figures)


def _same_baseline(one, other):
    return one == other or {one, other} & {"", "before"} or (one in LAST_YEAR and other in LAST_YEAR)


def _of_bases(rows, changes, growths, figures):
    """Relate a count and its growth rate where neither the change nor the level before is stated."""
    known, printed = {c.level for c in changes}, figures["printed"].tolist()
    lone = [g for g in growths if g.level >= 0 and g.previous < 0 and g.level not in known]
    lone = [g for g in lone if printed[g.level] and rows[g.level].kind == "level"]
    lone = [g for g in lone if rows[g.level].hedge == "exact"]
    return relate("base", [(g.level, g.at) for g in lone], [g.found for g in lone])


def _of_points(rows, figures):
    """Relate a share to its change in points, and to 提升5%, which may be percent or points."""
    shares = [r for r in rows if r.kind == "share"]
    moves = [r for r in rows if r.kind == "change" and r.unit in RATES]
    share, found = _one_of(moves, [r for r in shares if r.baseline == ""])
    previous = _nearest(moves, [r for r in shares if r.baseline != ""])
    at, printed = {r.fact_id: r.Index for r in rows}, figures["printed"].tolist()
    points, either = {}, {}
    for move, now, then, how in zip(moves, share, previous, found, strict=True):
        whole = at.get(rows[now].part_of, -1)
        if now >= 0 and then >= 0 and move.unit == "百分点":
            points[now, then, move.Index] = how
        if now >= 0 and whole >= 0 and move.unit == "%" and printed[whole]:
            either[whole, now, move.Index] = how
    return [
        *relate("points", points, list(points.values())),
        *relate("points_or_percent", either, list(either.values())),
    ]


# Shares, parts and lists ----------------------------------------------------------------------------------


def _of_shares(facts, rows, figures):
    """Relate each share to its part and its whole; without the part, to the whole numbers of the whole."""
    shares = [r for r in rows if r.kind == "share" and r.unit == "%"]
    if not shares:
        return []
    at = {r.fact_id: r.Index for r in rows}
    table = []
    for share, part in zip(shares, _share_part(shares, rows), strict=True):
        part_linked = at.get(rows[part].part_of, -1) if part >= 0 else -1
        table.append((part, at.get(share.part_of, part_linked), share.Index))
    table = np.array([m for m in table if m[0] != m[1] or m[0] < 0], int).reshape(-1, 3)
    stated = table[(table[:, :2] >= 0).all(axis=1)]
    stated = stated[_countable(facts, stated[:, 0], stated[:, 1])]
    searched = _searched_wholes(facts, figures, table[facts["draft"].to_numpy()[table[:, 2]]])
    better = {m[2] for m in searched}
    wrong = _wrong("share", stated, figures)
    kept = [m for m, w in zip(stated.tolist(), wrong, strict=True) if not (w and m[2] in better)]
    holding = [m for m, w in zip(stated.tolist(), wrong, strict=True) if not w]
    searched += misprinted_shares(facts, table.tolist(), [*holding, *searched])
    settled = {m[2] for m in kept} | better
    printed = figures["printed"].tolist()
    bare = [(w, s) for _, w, s in table.tolist() if w >= 0 and s not in settled and printed[w]]
    return [
        *relate("share", kept, "named"),
        *relate("share", searched, "sums"),
        *relate("granularity", [(w, s) for w, s in bare if _tells(rows[w], rows[s])], "named"),
    ]


def _share_part(shares, rows):
    """Find the part that a share belongs to: the same subject of the same whole, or right before it."""
    about, levels = attrgetter("part_of", "subject"), [r for r in rows if r.kind == "level"]
    named = alone([r for r in levels if r.part_of != ""], about)
    near = [
        _spoken_of(share, before) if share.draft else -1
        for share, before in zip(shares, _all_before(shares, levels), strict=True)
    ]
    return [named.get(about(s), n) for s, n in zip(shares, near, strict=True)]


def _spoken_of(share, levels):
    """Choose the last of the levels near before a share that has its noun, or of all if it has none anew."""
    own = [r for r in levels if r.named == share.named] or [r for r in levels if r.called == share.called]
    told = own or [r for r in levels if share.named < r.end]
    return told[-1].Index if told else -1


def _searched_wholes(facts, figures, table):
    """Look among the levels before a share, in a draft, for a part and a whole that give it beyond chance.

    Where neither is told they are the two levels right before it. A whole of several shares may stand farther
    back, and may be counted otherwise than its parts (390份, of which 73人).
    """
    levels = np.flatnonzero(
        facts["kind"].eq("level") & facts["baseline"].eq("")
    )  # as they are, not as they were
    start, end, source = (facts[c].to_numpy() for c in ("start", "end", "source_id"))
    tried = []
    for part, whole, share in table:
        last = np.searchsorted(levels, share)
        before = [i for i in levels[max(0, last - 5) : last] if source[i] == source[share]]
        before = [i for i in before if start[share] - end[i] <= WINDOW]
        told = before if whole >= 0 else before[-2:]
        pairs = [(part, w) for w in before] if part >= 0 else permutations(told, 2)
        tried += [(p, w, share) for p, w in pairs if w != p]
    hits = _telling(facts, figures, tried)
    wholes, found = {}, {share for *_, share in hits}
    for whole in sorted({w for _, w, _ in hits}):
        wholes.setdefault(source[whole], []).append(whole)
    tried = [
        (p, w, s)
        for p, _, s in table.tolist()
        for w in (wholes.get(source[s], ()) if p >= 0 and s not in found else ())
        if w < min(p, s)
    ]
    return _said_once(np.array([*hits, *_telling(facts, figures, tried)], int).reshape(-1, 3))


def _telling(facts, figures, tried):
    """Keep the parts, wholes and shares that agree closely, in like units or for several parts of a whole."""
    tried = np.array(tried, int).reshape(-1, 3)
    value, place = (facts[c].to_numpy()[tried] for c in ("value", "resolution"))
    apart = np.abs(100 * value[:, 0] / np.maximum(value[:, 1], 1) - value[:, 2])  # as printed
    fine = (place[:, 2] <= 0.1) & (value[:, 1] >= 10) & (apart <= place[:, 2])
    fine &= ~figures["vague"].to_numpy()[tried].any(axis=1)
    tried = tried[fine]
    tried = tried[_holds("share", tried, figures)]
    _, which, shares = np.unique(tried[:, 1], return_inverse=True, return_counts=True)
    alike = _countable(facts, tried[:, 0], tried[:, 1])
    return tried[alike | (shares[which] >= SURE)].tolist()


def _said_once(members):
    """Keep the relations that are the only ones of their last member."""
    _, which, count = np.unique(members[:, 2], return_inverse=True, return_counts=True)
    return members[count[which] == 1].tolist()


def _holds(rule, members, figures):
    if not len(members):
        return np.zeros(0, bool)
    return (check(rule, np.asarray(members, int), figures)["verdict"] == "holds").to_numpy(copy=True)


def _wrong(rule, members, figures):
    if not len(members):
        return np.zeros(0, bool)
    return np.isin(check(rule, np.asarray(members, int), figures)["verdict"], WRONG)


def _tells(whole, share):
    """Tell whether a wrong share would be found out: the whole is small, the share is printed finely."""
    inner = 0 < share.value < 100 and share.hedge == "exact"
    return inner and whole.value * share.resolution / 100 < LUCK


def _countable(facts, one, other):
    """Tell whether two figures count the same sort of thing."""
    a, b = (facts["unit"].to_numpy()[np.asarray(i, int)] for i in (one, other))
    sort, its = (facts["sort"].to_numpy()[np.asarray(i, int)] for i in (one, other))
    alike = ((a == b) & (a != "")) | (np.isin(a, PERSONS) & np.isin(b, PERSONS))
    return alike & ((sort == its) | (sort == "") | (its == ""))


def _alike(one, other):
    """Tell whether two rows count the same sort of thing, in the same unit save for persons."""
    same = one.unit == other.unit != "" or (one.unit in PERSONS and other.unit in PERSONS)
    return same and _of_a_sort(one, other)


def _of_a_sort(one, other):
    return is_alike(one.sort, other.sort)


def _parts(rows):
    """Pair each part, a level, with the figure that it is said to be a part of."""
    at = {r.fact_id: r for r in rows}
    return [(r, at[r.part_of]) for r in rows if r.kind == "level" and r.part_of in at]


def _of_parts(rows):
    """Relate each part to its whole: it is no larger, unless it is a duty more than fulfilled."""
    surpassed = {r.part_of for r in rows if r.kind == "share" and r.value > 100}
    found = [(p, w) for p, w in _parts(rows) if w.kind == "level" and w.fact_id not in surpassed]
    found = [(p, w) for p, w in found if (_alike if p.draft else _of_a_sort)(p, w)]
    return relate("part", [(p.Index, w.Index) for p, w in found], "named")


def _of_lists(facts, rows, figures):
    """Relate wholes to lists that add up to them: the parts of one whole, and lists beside it in the text."""
    lists = {}
    for part, whole in _parts(rows):
        if _alike(part, whole):
            lists.setdefault(whole.Index, [whole.Index]).append(part.Index)
    named = [members for members in lists.values() if 2 < len(members) <= LONGEST_LIST + 1]
    wrong = set()
    for alike in _by(named, len).values():
        wrong |= {m[0] for m, w in zip(alike, _wrong("sum", alike, figures), strict=True) if w}
    columns = [facts[c].to_numpy() for c in COLUMNS]
    good = [m for m in named if m[0] not in wrong or is_misprinted_sum(m, columns)]
    return [*relate("sum", good, "sums"), *relate("sum", _runs(facts), "sums")]


def _runs(facts):
    """List each figure with the run of like figures right after or before it that adds up to it.

    Between them may stand what is said of each: its share, its growth.
    """
    levels = np.flatnonzero(facts["kind"].eq("level"))
    table = facts.iloc[levels].reset_index(drop=True)
    value, place = table["value"].to_numpy(), table["resolution"].to_numpy()
    usable = table["hedge"].eq("exact").to_numpy()
    joined, named = _joined(table, usable, np.diff(levels) - 1)
    found = {}
    for step in (-1, 1):  # a list is rather of what stands before it
        whole = np.flatnonzero(usable & (value >= 100 * place))
        total, alive = np.zeros(len(whole)), np.ones(len(whole), bool)
        alike = value[whole] >= TOLD * place[whole]  # so many digits agree in a list of like things alone
        for size in range(1, LONGEST_LIST + 1):
            last = whole + step * size
            inside = (last >= 0) & (last < len(value))
            last = np.clip(last, 0, len(value) - 1)
            link = np.clip(np.minimum(last, last - step), 0, len(value) - 1)
            alive &= inside & joined[link] & (alike | named[link])
            total = total + np.where(alive, value[last], 0)
            hit = alive & (size > 1) & np.isclose(total, value[whole], rtol=1e-9)
            for w in whole[hit]:  # a longer one has but noughts more
                found[w, step] = (w, *sorted(w + step * k for k in range(1, size + 1)))
    whole_of = {members[1:]: members[0] for members in found.values()}
    return [tuple(levels[[whole, *parts]]) for parts, whole in whole_of.items()]


def _joined(levels, usable, between):
    """Tell of each level whether the next one continues a list: like unit, close by; and of like name."""
    a, b = levels.iloc[:-1], levels.iloc[1:]
    gap = b["start"].to_numpy() - a["end"].to_numpy()
    near = gap <= np.where(between > 0, NEAR, LISTED)
    alike = a["subject"].str[-2:].to_numpy() == b["subject"].str[-2:].to_numpy()
    if "noun" in levels:
        nouns = levels["noun"].fillna("").str[-2:].to_numpy()
        alike |= (nouns[:-1] == nouns[1:]) & (nouns[1:] != "")
    same = (a["source_id"].to_numpy() == b["source_id"].to_numpy()) & usable[:-1] & usable[1:]
    same &= _countable(levels, a.index, b.index)
    return np.append(near & same, False), np.append(alike, False)


def _of_means(facts, figures):
    """Relate a mean, or a multiple, to the total and the count near it that give it beyond chance."""
    found = []
    for rule, rows in (
        ("mean", facts[facts["kind"] == "mean"]),
        ("multiple", facts[facts["unit"].eq("倍") & facts["kind"].eq("level")]),
    ):
        tried = _pairs_before(facts, rows)
        if not len(tried):
            continue
        value = np.abs(facts["value"].to_numpy()[tried])
        fine = facts["resolution"].to_numpy()[tried[:, 2]] <= LUCK * value.min(axis=1)
        fine |= _exactly(facts, tried, value)
        fine &= ~figures["vague"].to_numpy()[tried].any(axis=1) & (value > 0).all(axis=1)
        hits = tried[_holds(rule, tried, figures) & fine]
        found += relate(rule, _said_once(hits), "sums")
        if rule == "mean":
            lost = tried[~np.isin(tried[:, 2], hits[:, 2])]
            columns = [facts[c].to_numpy() for c in COLUMNS]
            lost = np.array([m for m in lost if is_misprinted_mean(m, columns)], int).reshape(-1, 3)
            found += relate(rule, _said_once(lost), "sums")
    return found


def _exactly(facts, tried, value):
    """Tell whether a total is just so many times a mean of its own unit (165万元 are 165 times 1万元)."""
    unit = facts["unit"].str.partition("/")[0].to_numpy()[tried]
    alike = (unit[:, 0] == unit[:, 2]) & (unit[:, 1] != unit[:, 2])
    return alike & (value[:, 1] >= MANY) & np.isclose(value[:, 0], value[:, 1] * value[:, 2], rtol=1e-9)


def _of_rates_said_last(facts):
    """Relate a rate or mean, in a draft, to the two counts before it (岗位38个，到岗32人，到岗率84.2%)."""
    at = facts.index[facts["draft"] & facts["kind"].isin(["share", "mean"])].to_numpy()
    at = at[at >= 2]
    if not len(at):
        return []
    first, last = _without_part(facts, at - 2), at - 1
    start, end, low, source = (facts[c].to_numpy() for c in ("start", "end", "low", "source_id"))
    kind, now = facts["kind"].to_numpy(), (facts["kind"].eq("level") & facts["baseline"].eq("")).to_numpy()
    ok = now[first] & now[last] & (source[first] == source[at])
    ok &= (start[last] - end[first] <= LISTED) & (start[at] - end[last] <= LISTED)
    ok &= (low[first] > 0) & (low[last] > 0)
    said = np.column_stack([first, last, at])[ok]
    shares, means = said[kind[at[ok]] == "share"], said[kind[at[ok]] == "mean"]
    return [
        *relate("share", _plausible(_of_shares_said_last(facts, *shares.T), 100, facts), "near"),
        *relate("mean", _plausible(_of_means_said_last(facts, *means.T), 1, facts), "near"),
    ]


def _of_shares_said_last(facts, first, last, at):
    """Pair part, whole and rate: the smaller of two counts, neither a part of another, is the part.

    Of a rate above 100 it is the larger one: what was done of what was planned.
    """
    start, end, value, part_of = (facts[c].to_numpy() for c in ("start", "end", "value", "part_of"))
    good = facts["subject"].iloc[at].isin(_rates(facts)).to_numpy() & _countable(facts, first, last)
    good &= start[at] - end[last] <= CLOSE
    good &= np.all([part_of[i] == "" for i in (first, last, at)], axis=0)
    smaller_last = (value[first] >= value[last]) == (value[at] <= 100)
    part, whole = np.where(smaller_last, (last, first), (first, last))
    return np.column_stack([part, whole, at])[good]


def _of_means_said_last(facts, first, last, at):
    """Pair total, count and mean, of which the unit is that of the total and tells it from the count."""
    subject, noun = (facts[c].to_numpy() for c in ("subject", "noun"))
    unit = facts["unit"].str.partition("/")[0].to_numpy()  # 6场/个 are 场
    told = facts.get("alternatives", facts["noun"]).to_numpy()  # 平均每个乡镇6场: of each 乡镇
    found = []
    for total, count in ((last, first), (first, last)):
        good = (unit[total] == unit[at]) & (unit[count] != unit[at])
        each = (subject[at] == subject[count]) | (noun[count] != "") & (told[at] == noun[count])
        good &= each | (subject[at] == subject[total]) & ~np.isin(unit[at], EVENTS)
        found.append(np.column_stack([total, count, at])[good])
    return np.concatenate(found)


def _without_part(facts, at):
    """Go back from a part to its whole, where that is right before it (岗位38个(新增6个),到岗32人)."""
    part_of, ids = facts["part_of"].to_numpy(), facts["fact_id"].to_numpy()
    before = np.maximum(at - 1, 0)
    return np.where(part_of[at] == ids[before], before, at)


def _plausible(members, factor, facts):
    """Keep the rates that come near what their two counts give: others are of something else.

    So may be a rate that the rounding of its counts alone makes agree (83.1%, of 2.4万 and 2.8万).
    """
    value, place = (facts[column].to_numpy()[members] for column in ("value", "resolution"))
    rate = value[:, 2]
    apart = np.abs(factor * value[:, 0] / value[:, 1] - rate)
    open_by = rate * (np.where(place <= 1, 0, place / 2) / value)[:, :2].sum(axis=1)
    return members[(apart <= ASTRAY * rate) & ((apart <= place[:, 2]) | (apart > open_by))]


def _rates(facts):
    """Name the subjects that are rates by their name (到岗率, 覆盖率)."""
    nouns = facts["noun"] if "noun" in facts else facts["subject"]
    return set(facts.loc[nouns.fillna("").str.endswith("率"), "subject"])


def _pairs_before(facts, rows):
    """Pair the levels in the window before each figure: (total, count, figure)."""
    levels = facts.index[facts["kind"].eq("level") & ~facts["unit"].isin(RATES)].to_numpy()
    start, end, source = (facts[c].to_numpy() for c in ("start", "end", "source_id"))
    tried = []
    for at in rows.index:
        last = np.searchsorted(levels, at)
        before = [i for i in levels[max(0, last - 4) : last] if source[i] == source[at]]
        before = [i for i in before if start[at] - end[i] <= WINDOW]
        tried += [(t, c, at) for t in before for c in before if t != c]
    return np.array(tried, int).reshape(-1, 3)


# Repeats, running totals, identities, places --------------------------------------------------------------


def _of_repeats(rows):
    """Relate the statements of one figure by several sources; plans may change, what was achieved may not."""
    named = {r.fact_id: r.subject for r in rows}
    words = attrgetter("district", "scope", "subject", "flow", "status", "kind", "baseline")
    coded = [r for r in rows if r.status == "achieved" and _dated(r)]
    about = {r.Index: (*words(r), _year_end(r.period_end), named.get(r.part_of, "")) for r in coded}
    first, again = {}, []
    for at in sorted(alone(coded, lambda r: (r.source_id, about[r.Index])).values()):
        if first.setdefault(about[at], at) != at:
            again.append((first[about[at]], at))
    return relate("same", again, "named")


def _of_cumulatives(rows):
    """Relate a flow to the running total of the same thing in the same source at the same date."""
    words = attrgetter("source_id", "district", "scope", "subject", "status", "unit")
    coded = [r for r in rows if r.kind == "level" and _dated(r)]
    totals = _by((r for r in coded if r.flow == "cumulative"), lambda r: (*words(r), r.period_end[:4]))
    flows = [r for r in coded if r.flow == "flow"]
    both = [(r.Index, t.Index) for r in flows for t in totals.get((*words(r), r.period_end[:4]), ())]
    return relate("cumulative", both, "named")


def _of_identities(rows, identities):
    """Relate the members of each identity wherever one source states them all; each part to its whole."""
    _check_identities(identities)
    stated = identities[identities["relation"].isin(["sum", "share"])]
    named = set(stated["indicator"])
    rows = [r for r in rows if r.subject in named]
    usable = [r for r in rows if r.kind in ("level", "change") and r.unit not in RATES]
    clear = set(alone(usable, attrgetter(*KEY, "kind", "baseline")).values())
    usable = [r for r in usable if r.Index in clear]
    found, complete, parts, rows_at = [], [], [], {r.Index: r for r in rows}
    for (_, relation), members in _by(stated.itertuples(), attrgetter("identity", "relation")).items():
        roles = {role: [m.indicator for m in some] for role, some in _by(members, attrgetter("role")).items()}
        if relation == "share":
            found += _of_share_identity(usable, rows, *(roles[r][0] for r in ("part", "whole", "share")))
            continue
        for whole, below in _sums(usable, roles["whole"][0], roles["part"]):
            complete += [(whole.Index, *below)] if len(below) == len(roles["part"]) else []
            parts += [
                (p, whole.Index) for p in below if whole.kind == "level" and not _beside(rows_at[p], whole)
            ]
    return [*found, *relate("sum", complete, "named"), *relate("part", parts, "named")]


def _beside(one, other):
    """Tell whether a text names two figures as parts of one whole, so that neither is part of the other."""
    return one.draft and one.part_of == other.part_of != ""


def _check_identities(identities):
    needed = ["identity", "relation", "role", "indicator"]
    check_columns("identities", identities, needed, "load them with load_identities")
    for relation, roles in (("sum", {"whole", "part"}), ("share", {"whole", "part", "share"})):
        rows = identities[identities["relation"] == relation]
        given = rows.groupby("identity")["role"].agg(frozenset)
        lacks = rows["identity"].isin([name for name, found in given.items() if found != roles])
        if lacks.any():
            raise DataError(f"A {relation} has members in the roles {sorted(roles)}:", rows[lacks])


def _sums(usable, whole, parts):
    """Pair each stated whole with those of its parts that stand beside it."""
    place = attrgetter(*(c for c in KEY if c != "subject"), "kind", "baseline")
    beside = _by((r for r in usable if r.subject in parts), place)
    for row in usable:
        if row.subject == whole:
            yield row, [r.Index for r in beside.get(place(row), ())]


def _of_share_identity(usable, rows, part, whole, share):
    about = attrgetter(*(c for c in KEY if c not in ("subject", "flow", "period_start")))
    levels = [r for r in usable if r.kind == "level"]
    wholes = _by((r for r in levels if r.subject == whole), about)
    shares = _by((r for r in rows if r.kind == "share" and r.subject == share), about)
    parts = [(r.Index, about(r)) for r in levels if r.subject == part]
    both = [
        (p, w.Index, s.Index) for p, key in parts for w in wholes.get(key, ()) for s in shares.get(key, ())
    ]
    return relate("share", both, "named")


def _of_places(rows, identities, districts):
    """Relate each place's count to that of the province and of the nation, where it adds up over places."""
    known = districts.drop_duplicates("district").dropna(subset="parent")
    parent = dict(zip(known["district"], known["parent"], strict=True))
    additive = set(identities.loc[identities["relation"] == "bound", "indicator"])
    levels = [r for r in rows if r.kind == "level" and r.scope == "" and r.period_end != ""]
    levels = [r for r in levels if r.subject in additive and not r.draft]
    words = attrgetter("subject", "flow", "status", "unit")
    about = {r.Index: (*words(r), _year_end(r.period_end)) for r in levels}
    at, found = _by(levels, lambda r: (r.district, about[r.Index])), []
    above = [(r.Index, parent.get(r.district)) for r in levels]
    while above := [(i, place) for i, place in above if place is not None]:
        found += [(i, over.Index) for i, place in above for over in at.get((place, about[i]), ())]
        above = [(i, parent.get(place)) for i, place in above]
    return relate("bound", found, "named")


def _not_related(rows, moves):
    """Say of changes and rates left alone in what a level of their subject differs, by fact_id."""
    about = attrgetter("source_id", "district", "subject")
    levels = {(r.near, r.key): r for r in reversed(rows) if r.kind == "level"}
    levels = _by(sorted(levels.values(), key=attrgetter("Index")), about)
    respects, differ = ("scope", "flow", "status", "period_start", "period_end"), {}
    for lost in [rows[m.at] for m in moves if m.level < 0]:
        for level in levels.get(about(lost), ()):
            reason = ", ".join(r for r in respects if getattr(lost, r) != getattr(level, r))
            if reason:
                differ[lost.fact_id] = f"another {reason} than the level {level.fact_id}"
                break
    return differ

"""Which figures of a facts table must agree: found without being told.

Coded facts are related by what they are about: source, place, scope, indicator, flow, status, date. A draft
that a machine proposed knows less, so there nearness in the text must speak for a relation as well.
What would be related but for another scope, flow, status or date is listed, with the reason.
"""

import numpy as np
import pandas as pd

from .rules import LUCK, MEASURED, RATES, SUMS, WRONG, check, figures_of
from .schema import FACT, DataError, as_text, check_columns, check_facts, is_simulated, mark_simulated
from .slips import slips_of

KEY = ["source_id", "district", "scope", "subject", "flow", "status", "period_start", "period_end"]
NEEDED = [c for c in FACT if c not in ("value_max", "token", "start", "end", "coder", "reviewer", "note")]
NUMBERS, PLACE = ["value", "resolution", "low", "high"], ["start", "end"]
NEAR = 60  # characters between two figures of one statement
WINDOW = 200  # characters back in which the whole of a share may stand
ASTRAY = 0.25  # relative distance up to which a rate is taken for one of the counts beside it
CLOSE = 10  # characters between two counts and the rate that is made of them
LISTED = 30  # characters between two items of one list
LONGEST_LIST = 12
LAST_YEAR = ("previous_year", "same_period_previous_year")
EVENTS = ("场", "次", "期", "场次")  # a mean of these may be by the month as well
FINE = ("‰", "/10万")  # of populations, no count of which stands beside them
PERSONS = ("个", "人", "名", "位")


def prepare(facts):
    """Put facts in reading order and say what each is about; masked figures and rates in ‰ take no part.

    Returns
    -------
    pandas.DataFrame
        The facts, sorted by source and place in the text, empty cells as "", and: subject (the indicator;
        in a draft that has none, the noun; failing that the fact itself), draft, key and near (as KEY, and
        as far as nearness in the text replaces it).

    Raises
    ------
    DataError
        If a column is missing or a fact_id stands twice.
    """
    check_facts(facts, [*NEEDED, *(c for c in (*PLACE, "noun") if c in getattr(facts, "columns", ()))])
    table = facts[facts["status"].ne("masked") & ~facts["unit"].isin(FINE)].copy()
    table.attrs = {}
    table = mark_simulated(table, is_simulated(facts))
    table["district"] = as_text(table["district"], empty=True)
    words = ["district", "scope", "indicator", "period_start", "period_end", "baseline", "part_of"]
    table[words] = table[words].astype("str").fillna("")
    table["draft"] = table["noun"].notna() if "noun" in table else False
    table["subject"] = _subject(table)
    if not set(PLACE) <= set(table):
        table[PLACE] = np.nan
    table = table.astype(dict.fromkeys([*NUMBERS, *PLACE], "float64"))  # of whatever backend
    table = table.sort_values(["source_id", "start", "fact_id"], ignore_index=True)
    table["key"] = table.groupby(KEY, sort=False).ngroup()
    table["near"] = _near_key(table).groupby(KEY, sort=False).ngroup()
    return table


def _near_key(table):
    """Say within what the nearest figure is the one that is meant; in a draft, little is known."""
    if not table["draft"].any():
        return table[KEY].fillna("")
    near = table[KEY].mask(table["draft"], table[["source_id", "subject", "status"]]).fillna("")
    unnamed = table["draft"] & (table["subject"] == table["fact_id"])
    return near.assign(subject=near["subject"].mask(unnamed, ""))


def _subject(table):
    """Name what a figure is about; two unnamed figures are never about the same."""
    subject = table["indicator"]
    for stand_in in ("noun", "fact_id"):
        if stand_in in table:
            subject = subject.mask(subject.fillna("") == "", table[stand_in])
    return subject.astype(str)


def find_relations(facts, identities=None, districts=None):
    """Find the relations that must hold between facts.

    Parameters
    ----------
    facts : pandas.DataFrame
        As from `prepare`.
    identities : pandas.DataFrame, optional
        As from `load_identities`: sums and shares that hold by definition.
    districts : pandas.DataFrame, optional
        As from `load_districts`: a county is no larger than its province or the nation.

    Returns
    -------
    pandas.DataFrame
        One row is one relation: relation (key of `rules.RULES`), members (tuple of row positions in facts, in
        the order of the rule's roles), found (named: by what the facts are coded as; near: by their places in
        the text; sums: by the arithmetic itself, where chance is no explanation).
        ``attrs["not_related"]`` lists pairs that differ in scope, flow, status or date alone.
    """
    figures = figures_of(facts)
    moves = moves_of(facts)
    found = [
        *_of_moves(facts, moves),
        *_of_points(facts, figures),
        *_of_shares(facts, figures),
        _of_parts(facts),
        *_of_lists(facts, figures),
        *_of_means(facts, figures),
        *_of_rates_said_last(facts),
        _of_repeats(facts),
        _of_cumulatives(facts),
    ]
    if identities is not None:
        found += _of_identities(facts, identities)
    if identities is not None and districts is not None:
        found.append(_of_places(facts, identities, districts))
    table = pd.concat([f for f in found if len(f)] or [relate("sum", [], "named")], ignore_index=True)
    table = table.drop_duplicates(["relation", "members"], ignore_index=True)
    table.attrs["not_related"] = _not_related(facts, moves)
    return table


def relate(rule, members, found):
    """Lay out relations of one rule, as rows of `find_relations`."""
    rows = [tuple(map(int, m)) for m in members]
    if rule in SUMS:  # in one order, so that none is listed twice
        rows = [(whole, *sorted(parts)) for whole, *parts in rows]
    return pd.DataFrame({"relation": rule, "members": rows, "found": found})


# A level, its change, its growth and the level before -----------------------------------------------------


def moves_of(facts):
    """Give each change and growth rate its level, and the level before where it is stated.

    Returns
    -------
    pandas.DataFrame
        One row is one change or growth: at, kind, baseline, near, key, level, previous (positions; -1: none),
        found.
    """
    is_level = facts["kind"].isin(["level", "mean"]) & ~facts["unit"].isin(RATES)
    counts = facts["kind"].eq("change") & ~facts["unit"].isin(RATES)
    moves = facts[counts | facts["kind"].eq("growth")]
    now = facts[is_level & facts["baseline"].eq("")]
    then = facts[is_level & facts["baseline"].ne("")]
    table = pd.DataFrame({"at": moves.index, **{c: moves[c] for c in ("kind", "baseline", "near", "key")}})
    if moves.empty:
        return table.assign(level=-1, previous=-1, found="")
    table["level"], table["found"] = _one_of(moves, now, facts)
    table["previous"] = _nearest(moves, then, facts)
    dated = _by_date(facts, table)
    table["previous"] = table["previous"].where(table["previous"] >= 0, dated)
    said = facts.loc[table["at"], ["low", "high", "resolution"]].assign(
        **table[["level", "kind", "baseline"]]
    )
    again = said.duplicated() & (table["level"] >= 0)
    return table[~again].reset_index(drop=True)


def _one_of(moves, levels, facts):
    """Choose the level a move belongs to: the nearest in the text, else the only one of its key."""
    near = _nearest(moves, levels, facts)
    named = only_level(moves, levels)
    chosen = np.where(near >= 0, near, np.where(moves["draft"] & moves["period_end"].eq(""), -1, named))
    return chosen, np.where(near >= 0, "near", "named")


def _nearest(moves, levels, facts):
    """Return the position of the nearest level of like subject before each move, else after; -1 if none."""
    back = _neighbour(moves, levels, facts, "backward")
    ahead = _neighbour(moves, levels, facts, "forward")
    return np.where(back >= 0, back, ahead)


def _neighbour(moves, levels, facts, direction):
    if facts["start"].isna().all() or moves.empty or levels.empty:
        return np.full(len(moves), -1)
    left = moves[["near"]].assign(at=moves.index)
    right = levels[["near"]].assign(at=levels.index, level=levels.index)
    met = pd.merge_asof(left, right, on="at", by="near", direction=direction)["level"].fillna(-1).astype(int)
    met = met.to_numpy()
    first, second = (met, moves.index) if direction == "backward" else (moves.index, met)
    gap = facts["start"].to_numpy()[second] - facts["end"].to_numpy()[first]
    return np.where((met >= 0) & (gap <= NEAR), met, -1)


def only_level(moves, levels):
    """Return the position of the only level under each move's key; one that is said again counts once."""
    single = _single_at(levels.assign(at=levels.index), ["key"])
    return moves["key"].map(single).fillna(-1).astype(int).to_numpy()


def _by_date(facts, moves):
    """Find the level of the year before, in the same source or else in another, for a change against it."""
    about = ["district", "scope", "subject", "flow", "status", "date"]
    yearly = moves["baseline"].isin(LAST_YEAR) & (moves["level"] >= 0)
    if not yearly.any():
        return pd.Series(-1, index=moves.index)
    levels = facts[facts["kind"].eq("level") & ~facts["draft"] & facts["period_end"].ne("")]
    levels = levels.assign(at=levels.index, date=_year_end(levels["period_end"]))
    levels = levels[~levels["subject"].str.endswith("_other")]
    wanted = facts.loc[moves.loc[yearly, "level"]].reset_index(drop=True)
    wanted["date"] = pd.Series([_year_before(d) for d in _year_end(wanted["period_end"])], dtype=str)
    own, others = (
        _single_at(levels, keys).reindex(pd.MultiIndex.from_frame(wanted[keys])).fillna(-1).to_numpy()
        for keys in (["source_id", *about], about)
    )
    previous = pd.Series(-1, index=moves.index)
    previous[yearly] = np.where(own >= 0, own, others).astype(int)
    return previous


def _single_at(levels, keys):
    """Index the positions of the levels that are the only ones under their keys, or are said again alike."""
    single = levels.drop_duplicates([*keys, "low", "high", "resolution"])
    return single[~single.duplicated(keys, keep=False)].set_index(keys)["at"]


def _year_end(dates):
    """Date a stock at the end of a year, and a flow over the year, by the year alone."""
    return dates.astype(str).str.replace(r"^(\d{4})-12(-31)?$", r"\1", regex=True)


def _year_before(date):
    return f"{int(date[:4]) - 1:04d}{date[4:]}" if date[:4].isdigit() else ""


def _of_moves(facts, moves):
    """Relate level, change and growth, and the level before where it is stated."""
    if moves.empty:
        return []
    changes, growths = (moves[moves["kind"] == k] for k in ("change", "growth"))
    pairs = changes[changes["level"] >= 0].merge(growths, on="level", suffixes=("", "_g"))
    pairs = pairs[_same_baseline(pairs["baseline"], pairs["baseline_g"])]
    found = [relate("growth", pairs[["level", "at", "at_g"]].to_numpy(), pairs["found"])]
    for rule, some in (("change", changes), ("growth_between", growths)):
        known = some[(some["level"] >= 0) & (some["previous"] >= 0)]
        found.append(relate(rule, known[["level", "previous", "at"]].to_numpy(), known["found"]))
    lone = changes[(changes["level"] < 0) & (changes["previous"] >= 0)].merge(
        growths, on="previous", suffixes=("", "_g")
    )
    found.append(relate("growth_of_base", lone[["previous", "at", "at_g"]].to_numpy(), "near"))
    return [*found, _of_bases(facts, moves)]


def _same_baseline(one, other):
    last_year = one.isin(LAST_YEAR) & other.isin(LAST_YEAR)
    return (one == other) | (one == "") | (other == "") | last_year


def _of_bases(facts, moves):
    """Relate a count and its growth rate where neither the change nor the level before is stated."""
    growths = moves[(moves["kind"] == "growth") & (moves["level"] >= 0) & (moves["previous"] < 0)]
    known = set(moves.loc[moves["kind"] == "change", "level"])
    growths = growths[~growths["level"].isin(known)]
    level = facts.loc[growths["level"]]
    whole = level["kind"].eq("level") & ~level["unit"].isin(MEASURED) & level["hedge"].eq("exact")
    printed = (level["resolution"] == 1) & (level["value"] % 1 == 0)
    growths = growths[(whole & printed).to_numpy()]
    return relate("base", growths[["level", "at"]].to_numpy(), growths["found"])


def _of_points(facts, figures):
    """Relate a share to its change in points, and to 提升5%, which may be percent or points."""
    shares = facts[facts["kind"] == "share"]
    moves = facts[facts["kind"].eq("change") & facts["unit"].isin(RATES)]
    if moves.empty:
        return []
    now, then = (shares[shares["baseline"].eq("") == is_now] for is_now in (True, False))
    table = pd.DataFrame({"at": moves.index, "unit": moves["unit"]})
    table["share"], table["found"] = _one_of(moves, now, facts)
    table["previous"] = _nearest(moves, then, facts)
    whole = dict(zip(facts["fact_id"], facts.index, strict=True))
    part_of = facts["part_of"].map(whole).fillna(-1).astype(int).to_numpy()
    table["whole"] = np.where(table["share"] >= 0, part_of[table["share"]], -1)
    points = table[(table["unit"] == "百分点") & (table["share"] >= 0) & (table["previous"] >= 0)]
    either = table[(table["unit"] == "%") & (table["share"] >= 0) & (table["whole"] >= 0)]
    either = either[figures["printed"].to_numpy()[either["whole"]]]
    return [
        relate("points", points[["share", "previous", "at"]].to_numpy(), points["found"]),
        relate("points_or_percent", either[["whole", "share", "at"]].to_numpy(), either["found"]),
    ]


# Shares, parts and lists ----------------------------------------------------------------------------------


def _of_shares(facts, figures):
    """Relate each share to its part and its whole; without the part, to the whole numbers of the whole."""
    shares = facts[facts["kind"].eq("share") & facts["unit"].eq("%")]
    if shares.empty:
        return []
    levels = facts[facts["kind"] == "level"]
    at = dict(zip(facts["fact_id"], facts.index, strict=True))
    linked = facts["part_of"].map(at).fillna(-1).astype(int).to_numpy()
    table = pd.DataFrame({"share": shares.index, "draft": shares["draft"]})
    table["part"] = _share_part(shares, levels, facts)
    part_linked = np.where(table["part"] >= 0, linked[table["part"]], -1)
    table["whole"] = np.where(linked[shares.index] >= 0, linked[shares.index], part_linked)
    table = table[table["whole"] != table["part"]]
    stated = table[(table["part"] >= 0) & (table["whole"] >= 0)]
    stated = stated[_countable(facts, stated["part"], stated["whole"])]
    triples = stated[["part", "whole", "share"]].to_numpy(int)
    searched = _searched_wholes(facts, figures, table[table["draft"]])
    better = {m[2] for m in searched}
    wrong = _wrong("share", triples, figures)
    kept = [m for m, w in zip(triples.tolist(), wrong, strict=True) if not (w and m[2] in better)]
    settled = {m[2] for m in kept} | better
    bare = table[(table["whole"] >= 0) & ~table["share"].isin(settled)]
    bare = bare[figures["printed"].to_numpy()[bare["whole"].to_numpy(int)]]
    bare = bare[_tells(facts, bare)]
    return [
        relate("share", kept, "named"),
        relate("share", searched, "sums"),
        relate("granularity", bare[["whole", "share"]].to_numpy(int), "named"),
    ]


def _share_part(shares, levels, facts):
    """Find the part that a share belongs to: the same subject of the same whole, or right before it."""
    parts = levels[levels["part_of"] != ""].assign(at=lambda t: t.index)
    parts = parts.drop_duplicates(["part_of", "subject", "low", "high", "resolution"])
    parts = parts[~parts.duplicated(["part_of", "subject"], keep=False)].set_index(["part_of", "subject"])
    wanted = pd.MultiIndex.from_frame(shares[["part_of", "subject"]])
    named = parts["at"].reindex(wanted).fillna(-1).astype(int).to_numpy()
    near = _neighbour(shares, levels, facts, "backward")
    return np.where(named >= 0, named, np.where(shares["draft"], near, -1))


def _searched_wholes(facts, figures, table):
    """Look among the levels before a share, in a draft, for a part and a whole that give it beyond chance."""
    levels = facts.index[(facts["kind"] == "level").to_numpy()].to_numpy()
    start, end = facts["start"].to_numpy(), facts["end"].to_numpy()
    tried, source = [], facts["source_id"].to_numpy()
    for share, part in table[["share", "part"]].to_numpy(int):
        last = np.searchsorted(levels, share)
        before = [i for i in levels[max(0, last - 5) : last] if source[i] == source[share]]
        before = [i for i in before if start[share] - end[i] <= WINDOW]
        for p in [part] if part >= 0 else before:
            tried += [(p, w, share) for w in before if w != p]
    tried = np.array(tried, int).reshape(-1, 3)
    tried = tried[_countable(facts, tried[:, 0], tried[:, 1])]
    good = _holds("share", tried, figures) & ~figures["vague"].to_numpy()[tried].any(axis=1)
    size, place = facts["value"].to_numpy()[tried[:, 1]], facts["resolution"].to_numpy()[tried[:, 2]]
    good &= (place <= 0.1) & (size >= 10)
    hits = pd.DataFrame(tried[good], columns=["part", "whole", "share"])
    return hits[~hits["share"].duplicated(keep=False)].to_numpy()


def _holds(rule, members, figures):
    if not len(members):
        return np.zeros(0, bool)
    return (check(rule, np.asarray(members, int), figures)["verdict"] == "holds").to_numpy(copy=True)


def _wrong(rule, members, figures):
    if not len(members):
        return np.zeros(0, bool)
    return np.isin(check(rule, np.asarray(members, int), figures)["verdict"], WRONG)


def _tells(facts, table):
    """Tell whether a wrong share would be found out: the whole is small, the share is printed finely."""
    size = facts["value"].to_numpy()[table["whole"].to_numpy(int)]
    share = facts.loc[table["share"]]
    inner = share["value"].between(0, 100, inclusive="neither") & share["hedge"].eq("exact")
    return (size * share["resolution"] / 100 < LUCK).to_numpy() & inner.to_numpy()


def _countable(facts, one, other):
    """Tell whether two figures count the same sort of thing."""
    a, b = (facts["unit"].to_numpy()[np.asarray(i, int)] for i in (one, other))
    return ((a == b) & (a != "")) | (np.isin(a, PERSONS) & np.isin(b, PERSONS))


def _of_parts(facts):
    """Relate each part to its whole: it is no larger."""
    at = dict(zip(facts["fact_id"], facts.index, strict=True))
    parts = facts[facts["kind"].eq("level") & facts["part_of"].isin(at)]
    whole = parts["part_of"].map(at)
    ok = facts["kind"].to_numpy()[whole] == "level"
    ok &= ~parts["draft"].to_numpy() | _countable(facts, parts.index, whole)
    return relate("part", list(zip(parts.index[ok], whole[ok], strict=True)), "named")


def _of_lists(facts, figures):
    """Relate wholes to lists that add up to them: the parts of one whole, and lists beside it in the text."""
    at = dict(zip(facts["fact_id"], facts.index, strict=True))
    parts = facts[facts["kind"].eq("level") & facts["part_of"].isin(at)]
    parts = parts[_countable(facts, parts.index, parts["part_of"].map(at))]
    named = [
        (at[whole], *group.index)
        for whole, group in parts.groupby("part_of", sort=False)
        if 2 <= len(group) <= LONGEST_LIST
    ]
    wrong = pd.Series(False, index=range(len(named)))
    for _, alike in wrong.groupby([len(m) for m in named]):
        wrong[alike.index] = _wrong("sum", [named[i] for i in alike.index], figures)
    good = [m for m, w in zip(named, wrong, strict=True) if not w or _one_slip_away(m, facts)]
    return [relate("sum", good, "sums"), relate("sum", _runs(facts), "sums")]


def _one_slip_away(members, facts):
    """Tell whether a list of parts fails to add up by one slip in one figure, beyond what chance explains."""
    value, place = (facts[c].to_numpy()[list(members)] for c in ("value", "resolution"))
    exact = facts["hedge"].to_numpy()[list(members)] == "exact"
    if len(members) < 4 or not exact.all() or value[0] < 1000 * place[0]:
        return False
    gap = value[0] - value[1:].sum()
    needed = [value[0] - gap, *(value[1:] + gap)]
    return any(
        round(n, 6) in slips_of(v, p) for n, v, p in zip(needed, value, place, strict=True) if v >= 1000 * p
    )


def _runs(facts):
    """List each figure with the run of like figures right after or before it that adds up to it."""
    value = facts["value"].to_numpy()
    usable = (facts["kind"].eq("level") & facts["hedge"].eq("exact")).to_numpy()
    joined = _joined(facts, usable)
    small = value < 100 * facts["resolution"].to_numpy()
    found = []
    for step in (1, -1):
        whole = np.flatnonzero(usable & ~small)
        total, alive = np.zeros(len(whole)), np.ones(len(whole), bool)
        for size in range(1, LONGEST_LIST + 1):
            last = whole + step * size
            inside = (last >= 0) & (last < len(value))
            last = np.clip(last, 0, len(value) - 1)
            link = np.minimum(last, last - step)
            alive &= inside & joined[np.clip(link, 0, len(value) - 1)]
            total = total + np.where(alive, value[last], 0)
            hit = alive & (size > 1) & np.isclose(total, value[whole], rtol=1e-9)
            found += [(w, *sorted(w + step * k for k in range(1, size + 1))) for w in whole[hit]]
    return found


def _joined(facts, usable):
    """Tell of each figure whether the next one continues a list: like subject, like unit, close by."""
    a, b = facts.iloc[:-1], facts.iloc[1:]
    near = (b["start"].to_numpy() - a["end"].to_numpy()) <= LISTED
    alike = a["subject"].str[-2:].to_numpy() == b["subject"].str[-2:].to_numpy()
    if "noun" in facts:
        nouns = facts["noun"].fillna("").str[-2:].to_numpy()
        alike |= (nouns[:-1] == nouns[1:]) & (nouns[1:] != "")
    same = (a["source_id"].to_numpy() == b["source_id"].to_numpy()) & usable[:-1] & usable[1:]
    same &= _countable(facts, a.index, b.index)
    return np.append(near & alike & same, False)


def _of_means(facts, figures):
    """Relate a mean, or a multiple, to the total and the count near it that give it beyond chance."""
    found = []
    for rule, rows in (
        ("mean", facts[facts["kind"] == "mean"]),
        ("multiple", facts[facts["unit"].eq("倍") & facts["kind"].eq("level")]),
    ):
        tried = _pairs_before(facts, rows)
        good = _holds(rule, tried, figures)
        size = np.abs(facts["value"].to_numpy()[tried]).min(axis=1) if len(tried) else np.zeros(0)
        place = facts["resolution"].to_numpy()[tried[:, 2]] if len(tried) else np.zeros(0)
        good &= size > 0
        fine = place <= LUCK * size if len(tried) else good
        hits = pd.DataFrame(tried[good & fine], columns=["total", "count", "mean"])
        hits = hits[~hits["mean"].duplicated(keep=False)]
        found.append(relate(rule, hits.to_numpy(), "sums"))
    return found


def _of_rates_said_last(facts):
    """Relate a rate or mean, in a draft, to the two counts before it (岗位38个，到岗32人，到岗率84.2%)."""
    at = facts.index[facts["draft"] & facts["kind"].isin(["share", "mean"])].to_numpy()
    at = at[at >= 2]
    if not len(at):
        return []
    one, other = facts.iloc[at - 2], facts.iloc[at - 1]
    said = facts.iloc[at]
    ok = (one["kind"].to_numpy() == "level") & (other["kind"].to_numpy() == "level")
    ok &= one["source_id"].to_numpy() == said["source_id"].to_numpy()
    ok &= (other["start"].to_numpy() - one["end"].to_numpy() <= LISTED) & (one["low"] > 0).to_numpy()
    ok &= (said["start"].to_numpy() - other["end"].to_numpy() <= LISTED) & (other["low"] > 0).to_numpy()
    rate = ok & (said["kind"] == "share").to_numpy() & said["subject"].isin(_rates(facts)).to_numpy()
    rate &= _countable(facts, at - 2, at - 1) & (said["start"].to_numpy() - other["end"].to_numpy() <= CLOSE)
    rate &= np.all([t["part_of"].to_numpy() == "" for t in (one, other, said)], axis=0)
    first_larger = one["value"].to_numpy() >= other["value"].to_numpy()
    shares = np.column_stack([at - 1 - ~first_larger, at - 2 + ~first_larger, at])[rate]
    subject, noun = (facts[c].to_numpy() for c in ("subject", "noun"))
    unit = facts["unit"].str.partition("/")[0].to_numpy()  # 6场/个 are 场
    told = facts.get("alternatives", facts["noun"]).to_numpy()  # 平均每个乡镇6场: of each 乡镇
    means = []
    for total, count in ((at - 1, at - 2), (at - 2, at - 1)):
        good = (
            ok & (said["kind"] == "mean").to_numpy() & (unit[total] == unit[at]) & (unit[count] != unit[at])
        )
        each = (subject[at] == subject[count]) | (noun[count] != "") & (told[at] == noun[count])
        good &= each | (subject[at] == subject[total]) & ~np.isin(unit[at], EVENTS)
        means.append(np.column_stack([total, count, at])[good])
    return [
        relate("share", _plausible(shares, 100, facts), "near"),
        relate("mean", _plausible(np.concatenate(means), 1, facts), "near"),
    ]


def _plausible(members, factor, facts):
    """Keep the rates that come near what their two counts give: others are of something else."""
    top, bottom, rate = facts["value"].to_numpy()[members].T
    return members[np.abs(factor * top / bottom - rate) <= ASTRAY * rate]


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


def _of_repeats(facts):
    """Relate the statements of one figure by several sources; plans may change, what was achieved may not."""
    if facts["source_id"].nunique() < 2:
        return relate("same", [], "named")
    about = ["district", "scope", "subject", "flow", "status", "kind", "baseline", "date", "whole"]
    coded = facts[~facts["draft"] & facts["period_end"].ne("") & facts["status"].eq("achieved")]
    coded = coded[~coded["subject"].str.endswith("_other")]
    named = facts.set_index("fact_id")["subject"]
    coded = coded.assign(
        date=_year_end(coded["period_end"]), whole=coded["part_of"].map(named).fillna(""), at=coded.index
    )
    coded = coded.drop_duplicates(["source_id", *about, "low", "high", "resolution"])
    lone = coded[~coded.duplicated(["source_id", *about], keep=False)]
    first = lone.drop_duplicates(about)
    again = lone[lone.duplicated(about)].merge(first[[*about, "at"]], on=about, suffixes=("", "_first"))
    return relate("same", again[["at_first", "at"]].to_numpy(), "named")


def _of_cumulatives(facts):
    """Relate a flow to the running total of the same thing in the same source at the same date."""
    if not facts["flow"].eq("cumulative").any():
        return relate("cumulative", [], "named")
    about = ["source_id", "district", "scope", "subject", "status", "unit", "date"]
    coded = facts[facts["kind"].eq("level") & ~facts["draft"] & facts["period_end"].ne("")]
    coded = coded[~coded["subject"].str.endswith("_other")]
    coded = coded.assign(date=coded["period_end"].str[:4], at=coded.index)
    flows, totals = (coded[coded["flow"] == f] for f in ("flow", "cumulative"))
    both = flows.merge(totals[[*about, "at"]], on=about, suffixes=("", "_total"))
    return relate("cumulative", both[["at", "at_total"]].to_numpy(), "named")


def _of_identities(facts, identities):
    """Relate the members of each identity wherever one source states them all; each part to its whole."""
    group = [c for c in KEY if c != "subject"] + ["kind", "baseline"]
    _check_identities(identities)
    stated = identities[identities["relation"].isin(["sum", "share"])]
    facts = facts[facts["subject"].isin(stated["indicator"])]
    if facts.empty:
        return []
    usable = facts[facts["kind"].isin(["level", "change"]) & ~facts["unit"].isin(RATES)]
    usable = usable.assign(at=usable.index, place=usable.groupby(group, sort=False, dropna=False).ngroup())
    usable = usable.drop_duplicates(["place", "subject", "low", "high", "resolution"])
    usable = usable[~usable.duplicated(["place", "subject"], keep=False)]
    shares = facts[facts["kind"].eq("share")].assign(at=lambda t: t.index)
    found = []
    for _, rows in stated.groupby("identity", sort=False):
        members = {
            role: rows.loc[rows["role"] == role, "indicator"].tolist() for role in rows["role"].unique()
        }
        if rows["relation"].iloc[0] == "share":
            found.append(_of_share_identity(usable, shares, members))
    levels = set(usable.index[usable["kind"] == "level"])
    sums = list(_sums(stated[stated["relation"] == "sum"], usable))
    complete = [(whole, *below) for whole, below, size in sums if len(below) == size]
    parts = [(part, whole) for whole, below, _ in sums if whole in levels for part in below]
    return [*found, relate("sum", complete, "named"), relate("part", parts, "named")]


def _check_identities(identities):
    needed = ["identity", "relation", "role", "indicator"]
    check_columns("identities", identities, needed, "load them with load_identities")
    for relation, roles in (("sum", {"whole", "part"}), ("share", {"whole", "part", "share"})):
        rows = identities[identities["relation"] == relation]
        given = rows.groupby("identity")["role"].agg(frozenset)
        lacks = rows["identity"].isin([name for name, found in given.items() if found != roles])
        if lacks.any():
            raise DataError(f"A {relation} has members in the roles {sorted(roles)}:", rows[lacks])


def _sums(identities, usable):
    """List each stated whole with those of its parts that stand beside it, and how many there should be."""
    stated = {
        subject: dict(zip(rows["place"], rows["at"], strict=True))
        for subject, rows in usable.groupby("subject")
    }
    for _, rows in identities.groupby("identity", sort=False):
        part = rows["role"] == "part"
        known = [stated.get(subject, {}) for subject in rows.loc[part, "indicator"]]
        for place, whole in stated.get(rows.loc[~part, "indicator"].iloc[0], {}).items():
            yield whole, sorted(places[place] for places in known if place in places), int(part.sum())


def _of_share_identity(usable, shares, members):
    group = [c for c in KEY if c not in ("subject", "flow", "period_start")]
    levels = usable[usable["kind"] == "level"]
    pieces = [
        table.loc[table["subject"] == members[role][0], [*group, "at"]].rename(columns={"at": role})
        for role, table in (("part", levels), ("whole", levels), ("share", shares))
    ]
    if any(piece.empty for piece in pieces):
        return relate("share", [], "named")
    both = pieces[0].merge(pieces[1], on=group).merge(pieces[2], on=group)
    return relate("share", both[["part", "whole", "share"]].to_numpy(), "named")


def _of_places(facts, identities, districts):
    """Relate each place's count to that of the province and of the nation, where it adds up over places."""
    parent = districts.drop_duplicates("district").set_index("district")["parent"]
    about = ["subject", "flow", "status", "unit", "date"]
    additive = identities.loc[identities["relation"] == "bound", "indicator"]
    levels = facts[facts["kind"].eq("level") & facts["scope"].eq("") & facts["period_end"].ne("")]
    levels = levels[~levels["draft"] & levels["subject"].isin(additive)]
    levels = levels.assign(at=levels.index, date=_year_end(levels["period_end"]))
    found, above = [relate("bound", [], "named")], levels.assign(district=levels["district"].map(parent))
    while above["district"].notna().any():
        both = above.dropna(subset="district").merge(
            levels[[*about, "district", "at"]], on=[*about, "district"], suffixes=("", "_above")
        )
        found.append(relate("bound", both[["at", "at_above"]].to_numpy(), "named"))
        above = above.assign(district=above["district"].map(parent))
    return pd.concat(found, ignore_index=True)


def _not_related(facts, moves):
    """List the changes and rates left alone, with the one respect in which a level of the subject differs."""
    lost = facts.loc[moves.loc[moves["level"] < 0, "at"]]
    if lost.empty:
        return []
    levels = facts[facts["kind"] == "level"].drop_duplicates(["near", "key"])
    about = ["source_id", "district", "subject"]
    both = lost.merge(levels, on=about, suffixes=("", "_level"))
    respects = ("scope", "flow", "status", "period_start", "period_end")
    reason = [
        ", ".join(r for r in respects if row[r] != row[f"{r}_level"]) for row in both.to_dict("records")
    ]
    both = both.assign(reason=reason)
    both = both[both["reason"] != ""].drop_duplicates("fact_id")
    records = both[["fact_id", "fact_id_level", "reason"]].set_axis(["fact_id", "other", "reason"], axis=1)
    return records.to_dict("records")

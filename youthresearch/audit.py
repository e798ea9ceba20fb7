"""Do a report's figures agree with each other? Relations between figures, checked, tightened and ranked.

A figure is read as widely as its wording and its last printed place allow; a relation is in
conflict only when no reading of its figures satisfies it.
"""

from functools import partial
from operator import attrgetter

import numpy as np
import pandas as pd

from .intervals import before_from_change, before_from_growth, growth_from_change, interval
from .metrics import compute_metrics
from .relations import RELATION, SEVERAL, alone, find_relations, moves_of, prepare, relate, rows_of
from .repair import PROPOSAL, apply_repair, proposals, summary
from .rules import (
    RULES,
    SUMS,
    WRONG,
    arithmetic,
    check,
    figures_of,
    roles_of,
    solve,
    whole_numbers,
)
from .schema import DataError, check_callable, check_columns, is_simulated, mark_simulated, with_refused

FINDING = [
    *("relation", "source_id", "district", "scope", "period_end", "indicator", "checked", "verdict"),
    *("stated_low", "stated_high", "expected_low", "expected_high", "arithmetic", "found", "fact_ids"),
    "repairs",
]
ABOUT = ["source_id", "district", "scope", "indicator", "period_end", "kind", "value"]  # of a refused figure
TWICE = "its source states other values of it"
OF_SEVERAL = "may be of several levels"
NO_VALUE = "these leave a figure no value"
PASSES = 30  # of propagation: each carries a bound one relation further


def audit_facts(facts, identities=None, districts=None, *, indicators=None, units=None):
    """Check every relation that facts state among themselves.

    Relations: `growth` (level, change, growth rate), `change` and `growth_between` (with the level before),
    `growth_of_base`, `base` (is there a whole number behind a level and its growth rate?), `share`,
    `granularity` (is there a whole number behind a share of a known whole?), `points` and
    `points_or_percent` (a change of a share), `mean`, `multiple`, `sum`, `part` (no larger than its whole),
    `bound` (a county no larger than its province or the nation), `cumulative` (a flow no larger than the
    running total) and `same` (one figure, several sources). See `rules.RULES` for the formulas.

    Parameters
    ----------
    facts : pandas.DataFrame
        As from `load_facts`, or proposals as from `extract_facts`.
    identities : pandas.DataFrame, optional
        As from `load_identities`; without it only sums that the text itself shows are checked.
    districts : pandas.DataFrame, optional
        As from `load_districts`; without it no bounds across levels of government are checked.
    indicators, units : pandas.DataFrame, optional
        Code book and units, by which persons are told from organisations; the project's by default.

    Returns
    -------
    pandas.DataFrame
        One row is one relation checked. ``checked`` names the role that the others predict, ``expected_*``
        what they predict, ``stated_*`` what is printed, widened by rounding; for `base` and `granularity`
        expected_* is the hidden whole number, for `part`, `bound` and `cumulative` what is not to be
        exceeded. Verdicts: holds; holds_if_truncated (the printed figure was cut, not rounded);
        conflict; infeasible (no whole number satisfies the relation); undetermined (a vague figure,
        or chance, leaves room for both). ``found``: named (by what the facts are coded as), near (by their
        places in the text), sums (by the arithmetic itself, or but for one slip). ``repairs``: the best for a
        conflict (see `propose_repairs`). `list_refused` names (fact_ids, source_id, district, scope,
        indicator, period_end, kind, value, reason) the levels, changes and rates that a source states with
        several values, or that may be of several levels, so that none could be chosen; and the changes and
        rates that fit a level but for another scope, flow, status or date.

    Raises
    ------
    DataError
        If a column is missing or a fact_id stands twice.
    """
    facts, figures, relations, findings = _checked(facts, identities, districts, indicators, units)
    findings["repairs"] = summary(proposals(facts, figures, findings, relations), len(findings))
    order = findings.sort_values(["source_id", "relation", "indicator", "fact_ids"]).index
    findings = mark_simulated(findings.loc[order, FINDING].reset_index(drop=True), is_simulated(facts))
    reasons = relations.attrs["not_related"] | _ambiguous(facts, findings, relations.attrs[SEVERAL])
    return with_refused(findings, _refused(facts, reasons))


def _checked(facts, identities, districts, indicators, units):
    """Find the relations of facts and check them: facts prepared, figures, relations, findings in order."""
    facts = prepare(facts, indicators, units)
    if districts is not None:
        needed = ["district", "parent"]
        check_columns("districts", districts, needed, "load them with load_districts", needed)
    figures = figures_of(facts)
    relations = find_relations(facts, figures, identities, districts)
    return facts, figures, relations, _findings(facts, relations, figures)


def _findings(facts, relations, figures):
    """Check all relations; one row is one relation, in their order."""
    verdicts = [
        check(rule, np.array(group["members"].tolist()), figures).set_index(group.index)
        for (rule, _), group in _by_shape(relations)
    ]
    nothing = pd.DataFrame(columns=["verdict", "stated_low", "stated_high", "expected_low", "expected_high"])
    table = pd.concat(verdicts or [nothing]).reindex(relations.index)
    checked = [
        members[roles_of(rule, len(members)).index(RULES[rule].checked)]
        for rule, members in relations[["relation", "members"]].itertuples(index=False)
    ]
    about = facts[["source_id", "district", "scope", "period_end"]].iloc[checked].set_index(relations.index)
    values, ids = facts["value"].tolist(), facts["fact_id"].tolist()
    pairs = list(zip(relations["relation"], relations["members"], strict=True))
    return table.join(about).assign(
        relation=relations["relation"],
        found=relations["found"],
        indicator=facts["subject"].iloc[checked].to_numpy(),
        checked=[RULES[rule].checked for rule, _ in pairs],
        arithmetic=[arithmetic(rule, [values[i] for i in members]) for rule, members in pairs],
        fact_ids=[" ".join(ids[i] for i in members) for _, members in pairs],
    )


def _by_shape(relations):
    """Group relations by rule and number of members, so that each group is one array."""
    sizes = relations["members"].map(len)
    return relations.groupby(["relation", sizes], sort=True)


def _ambiguous(facts, findings, several):
    """Give the reason, by fact_id, of figures for whose key one source states several values, if unused.

    And of those that may be of several levels. Indicators that collect different things have many values.
    """
    key = ["key", "kind", "baseline"]
    several_things = facts["subject"].str.endswith("_other")
    moves = facts[facts["kind"].isin(["level", "change", "growth"]) & ~several_things]
    moves = moves.drop_duplicates([*key, "low", "high", "resolution"])
    twice = moves[moves.duplicated(key, keep=False)]
    used = {i for ids in findings["fact_ids"] for i in ids.split(" ")}
    reasons = dict.fromkeys(twice["fact_id"], TWICE) | dict.fromkeys(several, OF_SEVERAL)
    return {i: reason for i, reason in reasons.items() if i not in used}


def _refused(facts, reasons):
    """Lay out figures that no relation took up, in their order; the subject stands as the indicator."""
    told = {"fact_ids": facts["fact_id"], "indicator": facts["subject"]}
    rows = facts.assign(**told, reason=facts["fact_id"].map(reasons).astype("str"))
    return rows.loc[facts["fact_id"].isin(reasons), ["fact_ids", *ABOUT, "reason"]]


def propose_repairs(facts, identities=None, districts=None, *, indicators=None, units=None):
    """Propose what would make the figures in conflict agree; nothing is applied.

    Conflicts that share figures are repaired together. Proposals that settle most conflicts with fewest
    edits come first (Fellegi and Holt 1976), and of those the ones that a slip of the pen explains (see
    `slips.slips_of`); "recomputed" is the value that the other figures give. Under each proposal all
    relations of the figures that it edits hold. Two figures are edited where no plain slip in one
    explains all. Every alternative that fits is listed, up to twelve a finding.

    Parameters
    ----------
    facts, identities, districts, indicators, units
        As for `audit_facts`.

    Returns
    -------
    pandas.DataFrame
        One row is one edit of one proposal: source_id, relation, fact_ids (of the finding), rank (1 is best),
        edits (how many figures the proposal changes), slip, fact_id, and from_ and to_ value and text.

    Raises
    ------
    DataError
        As `audit_facts`.
    """
    facts, figures, relations, findings = _checked(facts, identities, districts, indicators, units)
    edits = proposals(facts, figures, findings, relations)
    about = findings.loc[edits["finding"], ["source_id", "relation", "fact_ids"]].reset_index(drop=True)
    table = pd.concat([about, edits.drop(columns="finding")], axis=1)
    order = ["source_id", "relation", "fact_ids", "rank", "fact_id"]
    return mark_simulated(table.sort_values(order, ignore_index=True), is_simulated(facts))


def audit_report(
    facts, identities=None, districts=None, *, repairs=None, measure=None, indicators=None, units=None
):
    """Rank the conflicts by what their repair would change.

    Parameters
    ----------
    facts, identities, districts, indicators, units
        As for `audit_facts`.
    repairs : pandas.DataFrame, optional
        As from `propose_repairs` of the same tables, where they are at hand; all of them, not a choice.
    measure : callable, optional
        Facts -> table with low and high and columns that name each row (fact_ids, where nothing else does):
        what you conclude from the facts. `compute_metrics` by default; an effect's estimate can stand
        here as well. It is called with all facts once for each repair, save the default, which is not.

    Returns
    -------
    pandas.DataFrame
        One row is one repair that fits a conflict best, the weightiest first: source_id, relations (how many
        conflicts it settles), repair, alternatives (how many others have as few edits), consequence
        (measure: a result changes; cell: a level changes, and with it a panel cell; none: the figure enters
        no level, such as a growth rate beside its level), measures (how many results change, are lost or are
        new), change
        (largest relative change of a level or a result, in percent), fact_ids (edited).

    Raises
    ------
    DataError
        As `audit_facts`; or if the repairs are of other facts, or of what has been repaired since, or if
        the measure has several results of one name.
    """
    book = {"indicators": indicators, "units": units}
    if measure is not None:
        check_callable("measure", measure, "give one that makes a table of facts, such as yr.compute_metrics")
    edits = propose_repairs(facts, identities, districts, **book) if repairs is None else repairs
    _check_repairs(edits, facts)
    keys = ["source_id", "relation", "fact_ids"]
    texts = edits.assign(text=edits["from_text"] + " -> " + edits["to_text"])
    each = texts.groupby([*keys, "rank"], as_index=False).agg(
        repair=("text", " and ".join),
        edited=("fact_id", tuple),
        to=("to_value", tuple),
        size=("edits", "first"),
    )
    best = each[each["rank"] == 1].merge(
        each.groupby([*keys, "size"], as_index=False).agg(alternatives=("rank", "size")), on=[*keys, "size"]
    )
    groups = best.groupby(["source_id", "repair", "edited", "to"], as_index=False, sort=True)
    table = groups.agg(relations=("relation", "size"), alternatives=("alternatives", "min"))
    rows = list(table.itertuples(index=False))
    found = (
        _consequences_by_source(facts, rows, partial(compute_metrics, **book))
        if measure is None
        else _consequences(facts, rows, measure)
    )
    found = pd.DataFrame(list(found), columns=["consequence", "measures", "change"], index=table.index)
    table = table.join(found).assign(
        alternatives=table["alternatives"] - 1, fact_ids=table["edited"].map(" ".join)
    )
    weight = table["consequence"].map({"measure": 0, "cell": 1, "none": 2})
    table = table.assign(weight=weight).sort_values(
        ["weight", "change", "source_id"], ascending=[True, False, True], ignore_index=True
    )
    columns = ["source_id", "relations", "repair", "alternatives", "consequence", "measures", "change"]
    return mark_simulated(table[[*columns, "fact_ids"]], is_simulated(facts))


def _check_repairs(repairs, facts):
    needed = ["source_id", "relation", "fact_ids", *PROPOSAL[1:]]
    check_columns("repairs", repairs, needed, "make them with propose_repairs of these facts")
    check_columns("facts", facts, ["fact_id", "value"], "load them with load_facts")
    values = facts.drop_duplicates("fact_id").set_index("fact_id")["value"]
    others = repairs[repairs["from_value"].ne(repairs["fact_id"].map(values))]
    if len(others):
        raise DataError(
            "These repairs are not of these facts: make them with propose_repairs anew.", others[needed]
        )


def _consequences(facts, rows, measure):
    """Apply each repair to a copy, and tell what it changes: how deep, how many results, by how much."""
    before = measure(facts)
    for row in rows:
        repaired = _repaired(facts, row)
        yield _consequence(facts, repaired, row, _moved(before, measure(repaired)))


def _consequences_by_source(facts, rows, metrics):
    """Do the same for metrics, which are of one source each, in copies of the sources that are edited."""
    at = facts.groupby("source_id", sort=False).indices
    source = dict(zip(facts["fact_id"], facts["source_id"], strict=True))
    sources = [list(dict.fromkeys(source[i] for i in row.edited)) for row in rows]
    copies = [facts.iloc[np.concatenate([at[s] for s in names])] for names in sources]
    repaired = [_repaired(copy, row) for copy, row in zip(copies, rows, strict=True)]
    moved = map(_moved, _of_each(copies, metrics), _of_each(repaired, metrics))
    return map(_consequence, copies, repaired, rows, moved)


def _of_each(tables, metrics):
    """Compute the metrics of many tables in one pass, each with its number before its sources and facts."""
    if not tables:
        return []
    names = ["source_id", "fact_id", "part_of"]
    named = [t.assign(**{c: f"{n} " + t[c].astype("str") for c in names}) for n, t in enumerate(tables)]
    table = metrics(pd.concat(named, ignore_index=True))
    found = dict(iter(table.groupby(table["source_id"].str.split(" ").str[0].astype(int))))
    return [found.get(n, table.head(0)) for n in range(len(tables))]


def _repaired(facts, row):
    for fact_id, value in zip(row.edited, row.to, strict=True):
        facts = apply_repair(facts, fact_id, value, reason="what if")
    return facts


def _consequence(facts, repaired, row, moved):
    old, new = (t.set_index("fact_id").loc[list(row.edited), ["value", "kind"]] for t in (facts, repaired))
    levels = old["kind"].eq("level")
    change = pd.concat([100 * ((new["value"] - old["value"]) / old["value"]).abs()[levels], moved])
    depth = "measure" if len(moved) else "cell" if levels.any() else "none"
    return depth, len(moved), float(change.max()) if change.notna().any() else 0.0


def _moved(before, after):
    """Return the relative changes, in percent, of the results that differ between two tables, one to one.

    A result that is in one of them alone counts, and its change is missing.
    """
    tables = [table.assign(**{"": 0}) for table in (before, after)]  # one result needs no name
    both = tables[0].merge(tables[1], on=_names(*tables), how="outer", suffixes=("", "_after"))
    old, new = (both[[f"low{of}", f"high{of}"]].to_numpy(float) for of in ("", "_after"))
    same = np.isclose(old, new, rtol=1e-11, atol=0).all(axis=1)
    middle, later = (_middle(ends[~same]) for ends in (old, new))
    return 100 * ((later - middle) / middle.where(middle != 0)).abs()


def _names(before, after):
    """Name the columns that tell the results of a measure apart; the facts of each, if nothing else does."""
    names = [c for c in before if c not in ("low", "high", "fact_ids")]
    for some in (names, [*names, "fact_ids"]):
        if set(some) <= set(before) and not any(t.duplicated(some).any() for t in (before, after)):
            return some
    table = max(before, after, key=lambda t: t.duplicated(names).sum())
    raise DataError(
        "Several results of the measure have one name, so what becomes of each cannot be told: give them a "
        "column that tells them apart.",
        table[table.duplicated(names, keep=False)].drop(columns=""),
    )


def _middle(ends):
    """Return the middle of intervals, and the end of those that are open."""
    return pd.DataFrame(np.where(np.isfinite(ends), ends, np.nan)).mean(axis=1)


# What follows from the figures ----------------------------------------------------------------------------


def derive_before(facts, *, indicators=None, units=None):
    """Derive the level before a change from what a report states after it.

    Before = level - change, or level / (1 + growth) where no change is stated; there a count
    is narrowed to whole numbers. Growth follows from level and change where both are stated,
    so that a printed rate which contradicts them has no say.

    Parameters
    ----------
    facts : pandas.DataFrame
        As from `load_facts`; give ``cap="next_unit"`` there for closed intervals.
    indicators, units
        As for `audit_facts`.

    Returns
    -------
    pandas.DataFrame
        One row is one indicator of one source with a stated change or growth: source_id,
        district, scope, indicator, period_end, baseline, rule, unit, before_low, before_high,
        after_low, after_high, growth_low, growth_high (percent), noun (where the
        indicator does not say what changed: of a draft, or from the note of an `*_other`), fact_ids.
        `list_refused` names the changes and rates that may be of several levels, so that none is chosen.

    Raises
    ------
    DataError
        If a column is missing or holds the wrong sort of thing, or a fact_id stands twice.
    """
    facts = prepare(facts, indicators, units)
    figures = figures_of(facts)
    moves, several = _stated_moves(facts, figures)
    rows = {k: moves[moves["kind"] == k].reset_index(drop=True) for k in ("change", "growth")}
    wide = {k: {r: _rounded(figures, t[r]) for r in ("level", "at")} for k, t in rows.items()}
    level, change = wide["change"]["level"], wide["change"]["at"]
    table = [
        _before(facts, rows["change"], "level - change", before_from_change(level, change), level).join(
            growth_from_change(level, change).add_prefix("growth_")
        )
    ]
    level, rate = wide["growth"]["level"], wide["growth"]["at"].clip(lower=-100)
    before = before_from_growth(level, rate)
    printed = figures["printed"].iloc[rows["growth"]["level"]].reset_index(drop=True)
    before = whole_numbers(before).where(printed, before)
    table.append(
        _before(facts, rows["growth"], "level / (1 + growth)", before, level).join(rate.add_prefix("growth_"))
    )
    ordered = pd.concat(table, ignore_index=True).sort_values(["source_id", "fact_ids"], ignore_index=True)
    ordered = ordered[[c for c in ordered if c not in ("noun", "fact_ids")] + ["noun", "fact_ids"]]
    ordered = with_refused(ordered, _refused(facts, dict.fromkeys(facts["fact_id"][several], OF_SEVERAL)))
    return mark_simulated(ordered, is_simulated(facts))


def _stated_moves(facts, figures):
    """List changes with their level, and growth rates where no change is stated against the same baseline.

    Those that may be of several levels are returned apart, by their positions.
    """
    moves = moves_of(rows_of(facts), figures)
    several = moves.loc[moves["found"] == SEVERAL, "at"]
    moves = moves[(moves["level"] >= 0) & facts["kind"].iloc[moves["level"]].eq("level").to_numpy()]
    said = list(zip(moves["kind"], moves["level"], moves["baseline"], strict=True))
    known = set(said)
    double = [kind == "growth" and ("change", level, baseline) in known for kind, level, baseline in said]
    return moves[~np.array(double, dtype=bool)], several


def _rounded(figures, at):
    bounds = interval(figures["round_low"], figures["round_high"])
    return bounds.iloc[at].reset_index(drop=True)


def _before(facts, moves, rule, before, level):
    about = facts.iloc[moves["at"]].reset_index(drop=True)
    table = about[["source_id", "district", "scope", "indicator", "period_end", "baseline"]].assign(
        rule=rule, unit=facts["unit"].iloc[moves["level"]].to_numpy(), noun=about["counted"]
    )
    ids = facts["fact_id"].to_numpy()
    table["fact_ids"] = [f"{ids[a]} {ids[b]}" for a, b in zip(moves["level"], moves["at"], strict=True)]
    return table.join(before.add_prefix("before_")).join(level.add_prefix("after_"))


def tighten(facts, identities=None, districts=None, *, indicators=None, units=None):
    """Draw every conclusion that the relations allow: narrower figures, and figures that nobody states.

    Bounds are propagated through all relations that hold until none moves (interval constraint propagation;
    Davis 1987, Artificial Intelligence 32, 281-331); counts are narrowed to whole numbers. A relation in
    conflict has no say. Added to the stated figures: the level before each change or growth rate, and the
    whole behind a part and its share.

    Parameters
    ----------
    facts, identities, districts, indicators, units
        As for `audit_facts`.

    Returns
    -------
    pandas.DataFrame
        One row is one figure that became narrower, or that was not stated at all: role (stated; before, the
        level before a change, ``baseline`` saying when; whole, what a share is a share of), the columns of
        facts that say what it is about, value (where one number is
        left), low, high, unit, stated_low, stated_high (missing if it was not stated), processing
        ("computed") and fact_ids, the facts it rests on. `list_refused` names, by their facts, relations
        that leave a figure no value beside the others; nothing that rests on such facts is concluded.

    Raises
    ------
    DataError
        As `audit_facts`.
    """
    facts, _, relations, findings = _checked(facts, identities, districts, indicators, units)
    sound = relations[~findings["verdict"].isin(WRONG)]
    facts, sound = _with_hidden(facts, sound)
    figures = figures_of(facts)
    first = interval(figures["round_low"], figures["round_high"])
    bounds, basis, lost = _propagate(sound, first, figures["whole"].to_numpy())
    return mark_simulated(_tightened(facts, first, bounds, basis, lost), is_simulated(facts))


def _with_hidden(facts, relations):
    """Add the figures that a text leaves out: levels before a change, wholes behind a part and its share."""
    facts = facts.assign(role="stated")
    hidden, more = [], []
    moves, _ = _stated_moves(facts, figures_of(facts))
    moves = moves[moves["previous"] < 0]
    for (level, baseline), group in moves.groupby(["level", "baseline"], sort=True):
        at = len(facts) + len(hidden)
        hidden.append(facts.iloc[level].to_dict() | {"baseline": baseline or "before", "role": "before"})
        for kind, move in group[["kind", "at"]].itertuples(index=False):
            rule = "change" if kind == "change" else "growth_between"
            more += relate(rule, [(level, at, move)], "hidden")
    for part, share in _without_whole(facts, relations):
        at = len(facts) + len(hidden)
        hidden.append(facts.iloc[part].to_dict() | {"subject": "", "part_of": "", "role": "whole"})
        more += relate("share", [(part, at, share)], "hidden")
    if not hidden:
        return facts, relations
    unknown = {
        "fact_id": "",
        "value": np.nan,
        "low": 0.0,
        "high": np.inf,
        "resolution": 0.0,
        "hedge": "exact",
    }
    hidden = pd.DataFrame(hidden, columns=facts.columns).assign(**unknown)
    more = pd.DataFrame(more, columns=RELATION)
    return pd.concat([facts, hidden], ignore_index=True), pd.concat([relations, more], ignore_index=True)


def _without_whole(facts, relations):
    """Pair parts with shares of a whole that is not stated (18,278 is 98.74%)."""
    known, rows = {m[2] for m in relations.loc[relations["relation"] == "share", "members"]}, rows_of(facts)
    whole = [r for r in rows if r.part_of == ""]
    part = alone([r for r in whole if r.kind == "level"], attrgetter("key"))
    shares = [r for r in whole if r.kind == "share" and r.unit == "%" and not r.draft]
    return [(part[s.key], s.Index) for s in shares if s.key in part and s.Index not in known]


def _propagate(relations, first, whole):
    """Narrow bounds through all relations until none moves.

    Returns
    -------
    bounds : pandas.DataFrame
        As `first`, narrowed.
    basis : dict of int to set of int
        For each narrowed figure, the members of the relations that moved it.
    lost : list of tuple of int
        Relations that left a figure no value; what they said is not used.
    """
    bounds = first.copy()
    basis, lost = {}, []
    shapes = [(rule, np.array(g["members"].tolist())) for (rule, _), g in _by_shape(relations)]
    for _ in range(PASSES):
        moved = False
        for rule, members in shapes:
            names = roles_of(rule, members.shape[1])
            for j, role in enumerate(names if rule in SUMS else RULES[rule].solve):
                j = names.index(role) if rule not in SUMS else j
                moved |= _narrow(bounds, solve(rule, role, members, bounds), members, j, whole, basis, lost)
        if not moved:
            break
    return bounds, basis, lost


def _narrow(bounds, allowed, members, j, whole, basis, lost):
    """Intersect the bounds of column j of the members with what the others allow; tell whether any moved."""
    at = members[:, j]
    low, high = bounds["low"].to_numpy(copy=True), bounds["high"].to_numpy(copy=True)
    new_low, new_high = np.where(whole[at][:, None], whole_numbers(allowed), allowed).T
    new_low, new_high = np.fmax(new_low, low[at]), np.fmin(new_high, high[at])
    noise = 1e-9 * np.maximum(1, np.abs(np.where(np.isfinite(new_high), new_high, 0)))
    empty = new_low > new_high + noise
    gain = ~empty & ((new_low > low[at] + noise) | (new_high < high[at] - noise))
    for i in np.flatnonzero(gain):  # two may narrow one figure
        least, most = max(low[at[i]], new_low[i]), min(high[at[i]], max(new_high[i], new_low[i]))
        if least > most + noise[i]:
            empty[i], gain[i] = True, False
            continue
        low[at[i]], high[at[i]] = least, max(least, most)
        basis.setdefault(at[i], set()).update(members[i])
    lost += [tuple(m) for m in members[empty] if tuple(m) not in lost]
    bounds["low"], bounds["high"] = low, high
    return bool(gain.any())


def _tightened(facts, first, bounds, basis, lost):
    """Lay out the figures that became narrower, with the stated facts that each rests on."""
    ids = facts["fact_id"].to_numpy()
    against = {i for members in lost for i in members}
    rows = [i for i in sorted(basis) if not against & _reach(i, basis)]
    columns = ["source_id", "district", "scope", "indicator", "role", "kind", "flow", "baseline"]
    columns += ["period_start", "period_end", "status", "unit"]
    table = facts.loc[rows, columns].reset_index(drop=True)
    narrow, stated = (b.iloc[rows].reset_index(drop=True) for b in (bounds, first))
    one = np.isclose(narrow["low"], narrow["high"], rtol=1e-12)
    hidden = ids[rows] == ""
    table = table.assign(
        value=narrow["low"].where(one),
        low=narrow["low"],
        high=narrow["high"],
        stated_low=stated["low"].mask(hidden),
        stated_high=stated["high"].mask(hidden),
        processing="computed",
        fact_ids=[" ".join(sorted({ids[j] for j in _reach(i, basis)} - {""})) for i in rows],
    )
    table = table.sort_values(["source_id", "indicator", "kind", "baseline", "fact_ids"], ignore_index=True)
    lost = pd.DataFrame({"fact_ids": [" ".join(i for i in ids[list(m)] if i) for m in lost]}, dtype="str")
    return with_refused(table, lost.assign(reason=NO_VALUE))


def _reach(start, basis):
    """Follow a narrowed figure back to all figures that it rests on."""
    seen, todo = set(), [start]
    while todo:
        i = todo.pop()
        if i not in seen:
            seen.add(i)
            todo += basis.get(i, ())
    return seen

"""What would make figures agree again: the smallest edits, proposed and never applied by themselves.

After Fellegi and Holt (1976, JASA 71, 17-35): change as few figures as possible so that all relations hold;
among those, first the edits that a slip of the pen explains.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from .intervals import hedge_interval, interval
from .rules import RULES, SUMS, WRONG, check, figures_of, roles_of, solve
from .schema import DataError, check_columns, check_number, check_text
from .slips import SLIPS, slips_of

PROPOSAL = ["finding", "rank", "edits", "slip", "fact_id", "from_value", "to_value", "from_text", "to_text"]
ORDERS = ("part", "bound", "cumulative")  # only too large or not: two edits would explain anything
RECOMPUTED = "recomputed"
COST = SLIPS | {RECOMPUTED: 3}
LIKELY = {kind for kind, rare in SLIPS.items() if rare < 2}  # slips worth trying in two figures at once
BEST = 3  # proposals named in a finding
MOST = 12  # proposals kept of one finding
FAR = 3  # a recomputed figure this many times another is no misprint of it


@dataclass(frozen=True)
class _Case:
    """What the search needs: facts, relations by position, what each figure can mean and may have been."""

    facts: pd.DataFrame
    figures: pd.DataFrame
    rules: list
    members: list
    touching: dict  # figure -> the relations that it has a part in
    bounds: pd.DataFrame  # figure -> low, high, widened by rounding
    slips: dict  # figure in conflict -> value one slip away -> kind


def proposals(facts, figures, findings, relations):
    """Propose edits for every finding that is wrong; findings that share figures are repaired together.

    Parameters
    ----------
    facts : pandas.DataFrame
        As from `relations.prepare`.
    figures : pandas.DataFrame
        As from `rules.figures_of`.
    findings : pandas.DataFrame
        One row is one relation, as relations, with its verdict.
    relations : pandas.DataFrame
        As from `relations.find_relations`.

    Returns
    -------
    pandas.DataFrame
        One row is one edit of one proposal: finding (its row), rank (1 is best), edits (how many figures the
        proposal changes), slip (kind of edit, key of `COST`), fact_id, from_value, to_value, from_text,
        to_text. Under every proposal all relations of the figures that it edits hold.
    """
    wrong = findings.index[findings["verdict"].isin(WRONG)].tolist()
    if not wrong:
        return pd.DataFrame(columns=PROPOSAL)
    case = _case(facts, figures, relations, wrong)
    settled = _settled([p for f in wrong for p in _of_one(f, case)], wrong, case)
    of = _by_finding(settled)
    pairs = []  # of all groups at once: a pair edits figures of its own group alone
    for group in _connected(wrong, case.members):
        if not any(p[0][2] in LIKELY and settled[p] >= set(group) for p in of.get(group[0], ())):
            pairs += [p for f in group if case.rules[f] not in ORDERS for p in _of_two(f, case)]
    settled |= _settled(pairs, wrong, case)
    of = _by_finding(settled)
    found = [_ranked(f, of.get(f, []), settled, case) for f in wrong]
    return pd.concat([f for f in found if len(f)] or [pd.DataFrame(columns=PROPOSAL)], ignore_index=True)


def summary(table, size):
    """Write the best proposals of each of so many findings in one line; empty where there is none."""
    texts = [""] * size
    for finding, rows in table[table["rank"] <= BEST].groupby("finding", sort=True):
        texts[finding] = "; or ".join(
            " and ".join(edits["from_text"] + " -> " + edits["to_text"])
            for _, edits in rows.groupby("rank", sort=True)
        )
    return texts


def apply_repair(facts, fact_id, value, *, reason):
    """Put another value in place of a figure, and leave a trace.

    Parameters
    ----------
    facts : pandas.DataFrame
        As from `load_facts`.
    fact_id : str
        The figure to change.
    value : float
        In the unit of the fact, signed.
    reason : str
        Why you decided so; it stands in the note.

    Returns
    -------
    pandas.DataFrame
        A copy in which that fact has the value, bounds to match, ``repair`` = "from -> to" and the reason
        in its note. No other row changes.

    Raises
    ------
    DataError
        If the fact is not there, or no reason is given.
    """
    needed = ["fact_id", "value", "value_max", "hedge", "low", "high", "note"]
    check_columns("facts", facts, needed, "load them with load_facts")
    check_text("fact_id", fact_id, "name a fact")
    check_number(value=value)
    check_text("reason", reason, "say why you decided so")
    if not facts.index.is_unique:
        raise DataError("Rows of the facts share a label: facts.reset_index(drop=True) gives each its own.")
    rows = facts.index[facts["fact_id"] == fact_id]
    if len(rows) != 1:
        raise DataError(f"fact_id {fact_id!r} stands {len(rows)} times in the facts; name one that is there.")
    if not reason.strip():
        raise DataError(f"No reason for the repair of {fact_id!r}: a repair is a decision, say why.")
    row, numbers = rows[0], dict.fromkeys(["value", "low", "high"], "float64")
    repaired = facts.astype({**numbers, "note": "str"})
    if "repair" not in repaired:
        repaired["repair"] = pd.Series(pd.NA, index=repaired.index, dtype="str")
    old, note = facts.at[row, "value"], facts.at[row, "note"]
    repaired.loc[row, "value"] = float(value)
    repaired.loc[[row], ["low", "high"]] = hedge_interval(
        *(repaired.loc[[row], c] for c in ("value", "hedge", "value_max"))
    )
    repaired.loc[row, "repair"] = f"{old:.12g} -> {float(value):.12g}"
    repaired.loc[row, "note"] = "; ".join([note, reason] if isinstance(note, str) and note else [reason])
    return repaired


def _case(facts, figures, relations, wrong):
    rules, members, touching = relations["relation"].tolist(), relations["members"].tolist(), {}
    for at, together in enumerate(members):
        for i in together:
            touching.setdefault(i, []).append(at)
    bounds = interval(figures["round_low"], figures["round_high"])
    concerned = sorted({i for f in wrong for i in members[f]})
    printed = figures.loc[concerned, ["value", "resolution", "whole"]].itertuples(index=False)
    slips = {i: slips_of(v, r, counted=w) for i, (v, r, w) in zip(concerned, printed, strict=True)}
    return _Case(facts, figures, rules, members, touching, bounds, slips)


def _connected(wrong, members):
    """Group findings that share a figure, directly or through others."""
    groups = []
    for finding in wrong:
        figures, together = set(members[finding]), [finding]
        for group in [g for g in groups if g[0] & figures]:
            groups.remove(group)
            figures |= group[0]
            together += group[1]
        groups.append((figures, sorted(together)))
    return [together for _, together in groups]


def _of_one(finding, case):
    """List edits of one figure of a finding: every slip, and what the others say it must be."""
    members = case.members[finding]
    slips = [((i, value, kind),) for i in members for value, kind in case.slips[i].items()]
    return slips + [((i, value, RECOMPUTED),) for i, value in _needed(case.rules[finding], members, case)]


def _needed(rule, members, case):
    """Compute what each figure would have to be if the others are right, printed as finely as it is."""
    roles, at, found = roles_of(rule, len(members)), np.array([members]), []
    if rule not in ORDERS:
        for role in roles if rule in SUMS else RULES[rule].solve:
            allowed = solve(rule, role, at, case.bounds).to_numpy()[0]
            found.append((members[roles.index(role)], allowed.mean()))
    values = case.facts["value"].to_numpy()[list(members)]
    if rule == "base":
        base = values[0] / (1 + values[1] / 100)
        bases = [b for b in (np.floor(base), np.ceil(base)) if b > 0]
        found += [(members[1], 100 * (values[0] - b) / b) for b in bases]
    if rule == "granularity":
        part = values[0] * values[1] / 100
        found += [(members[1], 100 * p / values[0]) for p in (np.floor(part), np.ceil(part))]
    printed = [(i, _printed(v, case.facts, i)) for i, v in found]
    return [(i, v) for i, v in printed if v is not None and v != case.facts.at[i, "value"]]


def _printed(value, facts, i):
    """Round a value to a figure's last printed place; None where no figure of its kind can be that."""
    place = facts.at[i, "resolution"] or 1
    possible = np.isfinite(value) and (value >= 0 or facts.at[i, "kind"] in ("change", "growth"))
    return float(f"{round(value / place) * place:.12g}") if possible else None


def _of_two(finding, case):
    """Pair a slip in one figure with the slip in another that then makes the relation hold."""
    rule, members, found = case.rules[finding], case.members[finding], []
    roles, size = roles_of(rule, len(members)), len(members)
    local = case.bounds.loc[list(members)].reset_index(drop=True)
    place = case.facts["resolution"].to_numpy()[list(members)]
    half = np.where(place == 1, 0, place / 2)
    likely = [sorted((v, k) for v, k in case.slips[i].items() if k in LIKELY) for i in members]
    for j, role in enumerate(roles):
        others = [(o, v, k) for o in range(j) for v, k in likely[o]]
        if not others or not likely[j] or not (rule in SUMS or role in RULES[rule].solve):
            continue
        edited = pd.DataFrame([(v - half[o], v + half[o]) for o, v, _ in others], columns=["low", "high"])
        at = np.tile(np.arange(size), (len(others), 1))
        at[np.arange(len(others)), [o for o, _, _ in others]] = size + np.arange(len(others))
        allowed = solve(rule, role, at, pd.concat([local, edited], ignore_index=True))
        values = np.array([v for v, _ in likely[j]])
        first = np.searchsorted(values, allowed["low"] - half[j])
        last = np.searchsorted(values, allowed["high"] + half[j], side="right")
        for n in np.flatnonzero(last > first):
            o, value, kind = others[n]
            edit = (members[o], value, kind)
            found += [(edit, (members[j], *likely[j][m])) for m in range(first[n], last[n])]
    return found


_PRINTED = ["kind", "unit", "value", "resolution", "low", "high", "hedge"]  # what a figure can mean


def _settled(tried, findings, case):
    """Keep the proposals under which all relations of the figures they edit hold.

    Returns
    -------
    dict of tuple to frozenset
        Proposal -> the findings that it settles.
    """
    if not tried:
        return {}
    tried = list(dict.fromkeys(tried))
    edits = [edit for proposal in tried for edit in proposal]
    edited = case.facts.loc[[i for i, _, _ in edits], _PRINTED].assign(value=[v for _, v, _ in edits])
    shifted = [k in ("decimal", "unit") for _, _, k in edits]  # the last printed place moves with the point
    factor = (edited["value"] / case.facts["value"].loc[edited.index]).abs()
    edited["resolution"] = edited["resolution"].where(~np.array(shifted), edited["resolution"] * factor)
    hedge = edited["hedge"].mask(edited["value"].eq(0) | edited["hedge"].eq("range"), "exact")
    edited[["low", "high"]] = hedge_interval(edited["value"], hedge)
    figures = pd.concat([case.figures, figures_of(edited)], ignore_index=True)
    rows, at = [], len(case.facts)
    for number, proposal in enumerate(tried):
        new = {i: at + k for k, (i, _, _) in enumerate(proposal)}
        at += len(proposal)
        for r in {r for i in new for r in case.touching[i]}:
            rows.append((number, r, case.rules[r], tuple(new.get(i, i) for i in case.members[r])))
    table = pd.DataFrame(rows, columns=["proposal", "finding", "relation", "members"])
    wrong = np.zeros(len(table), bool)
    for (rule, _), group in table.groupby(["relation", table["members"].map(len)], sort=True):
        verdict = check(rule, np.array(group["members"].tolist()), figures)["verdict"]
        wrong[group.index] = verdict.isin(WRONG)
    bad = np.unique(table["proposal"].to_numpy()[wrong])
    good = table[~table["proposal"].isin(bad) & table["finding"].isin(findings)]
    settled = good.groupby("proposal")["finding"].agg(frozenset)
    return {tried[number]: done for number, done in settled.items()}


def _by_finding(settled):
    """List, for each finding, the proposals that settle it, in their order."""
    of = {}
    for proposal, done in settled.items():
        for finding in done:
            of.setdefault(finding, []).append(proposal)
    return of


def _ranked(finding, mine, settled, case):
    """Rank the proposals that settle a finding: all findings with few edits first, then plain slips."""
    rule, members, facts = case.rules[finding], case.members[finding], case.facts
    checked = members[roles_of(rule, len(members)).index(RULES[rule].checked)]
    central = {p[0][:2] for p in mine if p[0][2] == RECOMPUTED}
    ranked = sorted(mine, key=lambda p: (*_order(p, settled[p], facts, checked, central), p))
    seen, rows = set(), []
    for proposal in ranked:
        values = frozenset((i, v) for i, v, _ in proposal)
        if values in seen or len(seen) == MOST:
            continue
        seen.add(values)
        for i, value, slip in proposal:
            texts = [_written(v, facts.loc[i]) for v in (facts.at[i, "value"], value)]
            row = (
                finding,
                len(seen),
                len(proposal),
                slip,
                facts.at[i, "fact_id"],
                facts.at[i, "value"],
                value,
            )
            rows.append((*row, *texts))
    return pd.DataFrame(rows, columns=PROPOSAL)


def _order(proposal, done, facts, checked, central):
    """Sort by findings settled, edits, and how plain a slip it is; a percentage may be worked out wrong."""
    moves = [(v - facts.at[i, "value"], facts.at[i, "value"]) for i, v, _ in proposal]
    derived = len(proposal) == 1 and proposal[0][0] == checked and facts.at[checked, "kind"] != "level"
    recomputed = any(k == RECOMPUTED for _, _, k in proposal)
    far = recomputed and not derived and any(not 1 / FAR < (m + old) / (old or 1) < FAR for m, old in moves)
    shift = round(sum(abs(m) / (abs(old) or 1) for m, old in moves), 9)
    worst = 1.5 if derived and recomputed else max(COST[k] for _, _, k in proposal)
    order = (-len(done), far, len(proposal), _alike(proposal, moves), worst)
    return (*order, proposal[0][0] != checked, proposal[0][:2] not in central, shift)


def _alike(proposal, moves):
    """Put one slip that was copied before one slip that was made twice, and both before two slips."""
    if len({round(move, 9) for move, _ in moves}) == 1:
        return 0
    kinds = {kind for _, _, kind in proposal}
    return 1 if len(kinds) == 1 and kinds <= {"decimal", "unit"} else 2


def _written(value, fact):
    """Write a figure as finely as it is printed, with its unit."""
    places = max(0, -int(np.floor(np.log10(fact["resolution"] or 1) + 1e-9)))
    return f"{value:.{places}f}{fact['unit']}"

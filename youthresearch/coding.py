"""Two codings of the same documents: how far they agree, where they differ, and how that is settled.

Facts are aligned by where they stand in the text, never by fact_id: two coders number as they like.
"""

import re

import numpy as np
import pandas as pd

from .intervals import hedge_interval
from .quantities import scan
from .schema import DataError, check_columns, is_simulated, mark_simulated, with_refused

NUMBERS = ("value", "value_max", "resolution")
FIELDS = (
    *("indicator", "kind", "flow", "value", "value_max", "hedge", "resolution", "unit", "status"),
    *("baseline", "period_start", "period_end", "district", "scope", "part_of"),
)
_LETTERS = re.compile("[A-Za-z]{3}")  # a number in English words
CATEGORIES = 1000  # more would need a table of millions of cells for a kappa that equals the agreement


def reread_tokens(facts):
    """Read the token of each fact again, and list the facts whose value is another: slips of the hand.

    The sign is left out of account, since a decrease by 27 is coded as -27. Not listed are tokens without a
    quantity of their own (六大, 全部) or with several, with letters (73.6 million), or with another unit
    than the fact (40倍, coded in per cent).

    Parameters
    ----------
    facts : pandas.DataFrame
        As from `load_facts`.

    Returns
    -------
    pandas.DataFrame
        One row is one fact: fact_id, source_id, token, value, value_max, and read, read_max: what the token
        states.

    Raises
    ------
    DataError
        If a column is missing.
    """
    columns = ["fact_id", "source_id", "token", "value", "value_max"]
    check_columns("facts", facts, [*columns, "unit"], "load them with load_facts")
    stated = [_stated(*cells) for cells in zip(facts["token"], facts["unit"], strict=True)]
    read = pd.DataFrame(stated, columns=["read", "read_max"], index=facts.index, dtype=float)
    coded = facts[["value", "value_max"]].astype(float).abs()
    same = np.isclose(coded.to_numpy()[:, :, None], read.abs().to_numpy()[:, None, :], rtol=1e-12, atol=0)
    unlike = (~same.any(axis=2) & coded.notna().to_numpy()).any(axis=1) & read["read"].notna()
    return facts[columns].join(read)[unlike].reset_index(drop=True)


def _stated(token, unit):
    """Return the value that a token states, and the end of its range; neither if that cannot be told."""
    found = [] if _LETTERS.search(token) else [m for m in scan(token) if m["sort"] in ("quantity", "bare")]
    if len(found) != 1 or found[0]["unit"] not in ("", unit.split("/")[0]):
        return np.nan, np.nan
    return found[0]["value"], found[0]["value_max"]


def compare_codings(a, b):
    """Measure how far two codings of the same documents agree, field by field.

    Parameters
    ----------
    a, b : pandas.DataFrame
        Facts of two coders, as from `load_facts` (or `extract_facts`). Compared are the sources that both
        hold; each fact is aligned with at most one of the other coding, on the same source and
        overlapping characters, so that the overlap is greatest in all.

    Returns
    -------
    pandas.DataFrame
        One row is one field: field, n (facts compared), agree, percent, kappa (Cohen 1960), kappa_low and
        kappa_high (95 per cent, large-sample variance of Fleiss, Cohen and Everitt 1969; missing at perfect
        agreement, where it is nil and tells nothing), reason (why kappa or the row is missing).
        ``fact``: of all figures that either coded, those that both coded. ``span``: the same characters.
        Numbers are compared as they are coded, to twelve digits, and are categories to kappa; an empty cell
        is a category, too. ``part_of`` is compared by the fact that it points to.
        `list_refused` names the facts that the other coding lacks: fact_ids, coding (a or b), reason.

    Raises
    ------
    DataError
        If a column is missing, a fact_id stands twice, or no source is in both.
    """
    a, b = _shared_sources(a, b)
    both = _aligned(a, b)
    only_a, only_b = _left(a, both["fact_a"]), _left(b, both["fact_b"])
    spans = (both[["start_a", "end_a"]].to_numpy() == both[["start_b", "end_b"]].to_numpy()).all(axis=1)
    figures = len(both) + len(only_a) + len(only_b)
    rows = [
        _share("fact", figures, len(both), "nobody counts the numbers that both left out"),
        _share("span", len(both), int(spans.sum()), "characters are no categories"),
        *(_agreement(both, field) for field in FIELDS),
    ]
    alone = [
        only["fact_id"].to_frame("fact_ids").assign(coding=c) for c, only in (("a", only_a), ("b", only_b))
    ]
    alone = pd.concat(alone, ignore_index=True).assign(reason="the other coding lacks it")
    table = with_refused(pd.DataFrame(rows), alone)
    return mark_simulated(table, is_simulated(a) or is_simulated(b))


def list_disagreements(a, b):
    """List what two coders have to settle.

    Parameters
    ----------
    a, b : pandas.DataFrame
        As for `compare_codings`.

    Returns
    -------
    pandas.DataFrame
        One row is one field of one fact: source_id, start, end, token (as a coded it, or b where a did not),
        fact_a, fact_b, field, value_a, value_b, settled (empty). Where one coder alone has a fact, the field
        is ``fact`` and the values are the token and nothing. A field that one coder leaves empty throughout
        is not listed; the other's stands. Fill ``settled`` with a or b (who is right; for a fact that one
        of them lacks: whether it stays), or with the right value where neither is, and give the table to
        `settle_codings`.

    Raises
    ------
    DataError
        As from `compare_codings`.
    """
    a, b = _shared_sources(a, b)
    both = _aligned(a, b)
    place = both.rename(columns={"start_a": "start", "end_a": "end", "token_a": "token"})
    tables = []
    for field in FIELDS:
        ours, theirs = both[f"{field}_a"], both[f"{field}_b"]
        differ = ours != theirs
        if differ.any() and not _uncoded(both, field):
            rows = place.loc[differ].reindex(columns=_DISAGREEMENT)
            tables.append(rows.assign(value_a=ours[differ], value_b=theirs[differ], field=field))
    for side, facts in (("a", _left(a, both["fact_a"])), ("b", _left(b, both["fact_b"]))):
        lone = facts.reindex(columns=_DISAGREEMENT).assign(fact_a="", fact_b="", value_a="", value_b="")
        lone = lone.assign(
            **{f"fact_{side}": facts["fact_id"], f"value_{side}": facts["token"]}, field="fact"
        )
        tables.append(lone)
    table = pd.concat(tables, ignore_index=True).assign(settled="")
    rank = table["field"].map({name: i for i, name in enumerate(("fact", *FIELDS))})
    table = table.assign(rank=rank).sort_values(["source_id", "start", "fact_a", "fact_b", "rank"])
    table = table[_DISAGREEMENT].reset_index(drop=True)
    return mark_simulated(table, is_simulated(a) or is_simulated(b))


def settle_codings(a, b, settled, *, cap=None):
    """Make one coding of two, from the table of disagreements that the coders have settled.

    Parameters
    ----------
    a, b : pandas.DataFrame
        The same codings that were given to `list_disagreements`.
    settled : pandas.DataFrame
        Its table, with every row of ``settled`` filled in.
    cap : {None, "next_unit"}
        As in `load_facts`, for low and high.

    Returns
    -------
    pandas.DataFrame
        One row is one fact, in the columns of a: its facts with the settled values, and b's that stay, sorted
        by source and place. A fact that both coded has the other coder as its reviewer, unless it had one.
        A fact_id of b that a has, too, gets ``-b`` at its end. low and high are computed anew.

    Raises
    ------
    DataError
        If a row is not settled, the table is not that of these codings, a value is no number where one is
        due, or a part would lose its whole.
    """
    a, b = _shared_sources(a, b)
    both = _aligned(a, b)
    rows = _checked(settled, list_disagreements(a, b))
    facts = a.set_index("fact_id")
    coders = both.set_index("fact_a")["fact_b"].map(b.set_index("fact_id")["coder"])
    reviewer = facts["reviewer"].astype("str").fillna("")
    facts["reviewer"] = reviewer.where(reviewer != "", coders)
    for field in [f for f in FIELDS if _uncoded(both, f) == "a"]:
        facts.loc[both["fact_a"], field] = _typed(field, both.assign(value=both[f"{field}_b"]))
    for field, changes in rows[rows["field"] != "fact"].groupby("field", sort=False):
        facts.loc[changes["fact_a"], field] = _typed(field, changes)
    lone = rows[rows["field"] == "fact"]
    facts = facts.drop(lone.loc[(lone["fact_a"] != "") & (lone["settled"] == "b"), "fact_a"]).reset_index()
    stays = lone.loc[(lone["fact_b"] != "") & (lone["settled"] == "b"), "fact_b"]
    names = _names(a, b, both)
    extra = b[b["fact_id"].isin(stays)]
    extra = extra.assign(fact_id=extra["fact_id"].map(names), part_of=extra["part_of"].map(names))
    facts = pd.concat([facts, extra], ignore_index=True)
    facts = facts[a.columns].astype(a.dtypes)
    facts = facts.sort_values(["source_id", "start", "fact_id"], ignore_index=True)
    lost = facts["part_of"].notna() & (facts["part_of"] != "") & ~facts["part_of"].isin(facts["fact_id"])
    if lost.any():
        raise DataError("These parts point to a fact that does not stay: settle part_of anew.", facts[lost])
    bounds = hedge_interval(facts["value"], facts["hedge"], facts["value_max"], cap=cap)
    return facts.assign(low=bounds["low"], high=bounds["high"])


_DISAGREEMENT = [
    "source_id",
    "start",
    "end",
    "token",
    "fact_a",
    "fact_b",
    "field",
    "value_a",
    "value_b",
    "settled",
]


def _shared_sources(a, b):
    """Facts of the sources that both codings hold, under fresh row labels."""
    wanted = ("fact_id", "source_id", "token", "start", "end", "coder", "reviewer", *FIELDS)
    for name, facts in (("first", a), ("second", b)):
        check_columns(f"{name} coding", facts, wanted, "load it with load_facts")
        twice = facts["fact_id"].duplicated(keep=False)
        if twice.any():
            raise DataError(f"A fact_id of the {name} coding stands twice; give each its own.", facts[twice])
    shared = set(a["source_id"]) & set(b["source_id"])
    if not shared:
        raise DataError("No source is in both codings: give two codings of the same documents.")
    return tuple(f[f["source_id"].isin(shared)].reset_index(drop=True) for f in (a, b))


def _codes(facts, field):
    """Write a field as text, an empty cell as empty text, so that it can be compared."""
    if field not in NUMBERS:
        return facts[field].astype("str").fillna("")
    return pd.Series([f"{v:.12g}" if v == v else "" for v in facts[field].astype(float)], index=facts.index)


def _aligned(a, b):
    """Pair the facts of two codings; one row is one pair, with every field as text for both."""
    codes = [pd.DataFrame({f: _codes(t, f) for f in FIELDS}) for t in (a, b)]
    kinds = pd.concat(codes).drop(columns="part_of").apply(lambda field: pd.factorize(field)[0]).to_numpy()
    here, there = (t.groupby("source_id").groups for t in (a, b))
    spans = [t[["start", "end"]].to_numpy(float) for t in (a, b)]
    pairs = [_match(here[s], there[s], *spans, kinds[: len(a)], kinds[len(a) :]) for s in sorted(here)]
    left, right = np.concatenate(pairs).T
    place = ["fact_id", "start", "end", "token"]
    ours, theirs = (
        pd.concat([t[place].rename(columns={"fact_id": "fact"}), c], axis=1).loc[rows].reset_index(drop=True)
        for t, c, rows in zip((a, b), codes, (left, right), strict=True)
    )
    both = (
        ours.add_suffix("_a")
        .join(theirs.add_suffix("_b"))
        .assign(source_id=a.loc[left, "source_id"].to_numpy())
    )
    names = _names(a, b, both)
    return both.assign(part_of_b=both["part_of_b"].map(lambda whole: names.get(whole, whole)).astype("str"))


def _match(here, there, spans_a, spans_b, kinds_a, kinds_b):
    """Row labels of one source's pairs, shape (pairs, 2): greatest overlap in all (Kuhn 1955).

    The overlap of two facts is the shared characters over all of the two; one token that is coded
    twice goes to the fact with more equal fields.
    """
    found = [np.empty((0, 2), dtype="int64")]
    for ours, theirs in _stretches(spans_a[here], spans_b[there]):
        a, b = here[ours], there[theirs]
        found.append(_match_few(a, b, spans_a[a], spans_b[b], kinds_a[a], kinds_b[b]))
    pairs = np.concatenate(found)
    return pairs[np.argsort(pairs[:, 0])]


def _stretches(spans_a, spans_b):
    """Part two sets of spans where the text of none runs on, so that only near ones are compared.

    Yields the numbers of the spans of both in each stretch that has some of either.
    """
    spans, size = np.concatenate([spans_a, spans_b]), len(spans_a)
    order = np.argsort(spans[:, 0], kind="stable")
    order = order[~np.isnan(spans[order]).any(axis=1)]
    reach = np.maximum.accumulate(spans[order, 1])
    apart = 1 + np.flatnonzero(spans[order[1:], 0] >= reach[:-1])
    for stretch in np.split(order, apart):
        ours, theirs = np.sort(stretch[stretch < size]), np.sort(stretch[stretch >= size]) - size
        if len(ours) and len(theirs):
            yield ours, theirs


def _match_few(here, there, spans_a, spans_b, kinds_a, kinds_b):
    from scipy.optimize import linear_sum_assignment

    starts, ends = zip(spans_a.T, spans_b.T, strict=True)
    shared = np.minimum.outer(*ends) - np.maximum.outer(*starts)
    union = np.maximum.outer(*ends) - np.minimum.outer(*starts)
    equal = (kinds_a[:, None] == kinds_b[None]).mean(axis=2)
    weight = np.where(shared > 0, shared / np.maximum(union, 1) + 0.01 * equal, 0)
    rows, columns = linear_sum_assignment(weight, maximize=True)
    kept = weight[rows, columns] > 0
    return np.column_stack([here[rows[kept]], there[columns[kept]]])


def _names(a, b, both):
    """Say under which fact_id each fact of b goes: its partner's, or its own, made different from a's."""
    taken = set(a["fact_id"])
    names = {i: f"{i}-b" if i in taken else i for i in b["fact_id"]}
    return names | dict(zip(both["fact_b"], both["fact_a"], strict=True))


def _left(facts, paired):
    return facts[~facts["fact_id"].isin(paired)]


def _share(field, n, agree, reason):
    """One row of the comparison, without a kappa."""
    row = {"field": field, "n": n, "agree": agree, "percent": 100 * agree / n if n else np.nan}
    return row | dict.fromkeys(("kappa", "kappa_low", "kappa_high"), np.nan) | {"reason": reason}


def _uncoded(both, field):
    """Name the coder who leaves a field empty throughout while the other fills it, or None."""
    filled = [(both[f"{field}_{side}"] != "").any() for side in ("a", "b")]
    return {(False, True): "a", (True, False): "b"}.get(tuple(filled))


def _agreement(both, field):
    """Compare one field of the aligned facts."""
    from statsmodels.stats.inter_rater import cohens_kappa

    ours, theirs = both[f"{field}_a"], both[f"{field}_b"]
    if not len(ours):
        return _share(field, 0, 0, "no fact in both")
    if coder := _uncoded(both, field):
        return _share(field, 0, 0, f"coder {coder} leaves it empty")
    row = _share(field, len(ours), int((ours == theirs).sum()), "")
    kinds = sorted(set(ours) | set(theirs))
    if len(kinds) == 1:
        return row | {"reason": "one category only"}
    if len(kinds) > CATEGORIES:
        return row | {"reason": f"more than {CATEGORIES} categories"}
    table = np.zeros((len(kinds), len(kinds)))
    np.add.at(table, tuple(pd.Categorical(side, categories=kinds).codes for side in (ours, theirs)), 1)
    if row["agree"] == row["n"]:
        return row | {"kappa": float(cohens_kappa(table, return_results=False))}
    with np.errstate(divide="ignore", invalid="ignore"):  # its test of no agreement, which is not used
        found = cohens_kappa(table)
    return row | {
        "kappa": float(found.kappa),
        "kappa_low": float(found.kappa_low),
        "kappa_high": min(1.0, float(found.kappa_upp)),
    }


def _checked(settled, due):
    """Check that a table settles just what was due; empty cells become empty text."""
    check_columns("settled table", settled, _DISAGREEMENT, "fill in that of list_disagreements")
    rows = settled.assign(
        **{c: settled[c].fillna("").astype(str) for c in ("fact_a", "fact_b", "field", "settled")}
    )
    keys = ["fact_a", "fact_b", "field"]
    merged = due[keys].merge(rows[[*keys, "settled"]], on=keys, how="outer", indicator=True)
    strange = merged[(merged["_merge"] != "both") | merged.duplicated(keys, keep=False)]
    if len(strange):
        raise DataError(
            "The settled table is not that of these codings: list their disagreements anew.", strange
        )
    rows = due.drop(columns="settled").merge(rows[[*keys, "settled"]], on=keys)
    lone = rows["field"] == "fact"
    open_ = (rows["settled"] == "") | (lone & ~rows["settled"].isin(["a", "b"]))
    if open_.any():
        raise DataError(
            "Settle these rows with a or b, or (not for field fact) the right value.", rows[open_]
        )
    value = rows["settled"].mask(rows["settled"] == "a", rows["value_a"])
    return rows.assign(value=value.mask(rows["settled"] == "b", rows["value_b"]))


def _typed(field, changes):
    """Turn the settled values of one field into what facts hold there."""
    value = changes["value"].where(changes["value"] != "").to_numpy(object)
    if field not in NUMBERS:
        return value
    numbers = pd.to_numeric(pd.Series(value, index=changes.index), errors="coerce")
    bad = numbers.isna() & (changes["value"] != "")
    if bad.any():
        raise DataError(f"The field {field} takes a number: correct the settled value.", changes[bad])
    return numbers.to_numpy(float)

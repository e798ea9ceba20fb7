"""Do a report's figures agree with each other? Arithmetic relations, checked on intervals.

A figure is read as widely as its wording and its last printed place allow; a relation is in
conflict only when no reading of its figures satisfies it.
"""

import numpy as np
import pandas as pd

from .intervals import (
    before_from_change,
    before_from_growth,
    growth_from_change,
    overlap,
    ratio,
    rounding_interval,
)
from .schema import DataError

RATES = ("%", "百分点")  # a change in these is no change of a count
MEASURED = (
    *RATES,
    "元",
    "美元",
    "小时",
    "岁",
    "年",
    "吨",
    "公斤",
    "亩",
    "公顷",
    "公里",
    "平方米",
    "平方公里",
)
KEY = ["source_id", "district", "scope", "indicator", "flow", "status", "period_start", "period_end"]
FINDING = [
    "relation",
    "source_id",
    "district",
    "scope",
    "period_end",
    "indicator",
    "checked",
    "verdict",
    "stated_low",
    "stated_high",
    "expected_low",
    "expected_high",
    "arithmetic",
    "fact_ids",
]
LUCK = 0.1  # a base interval wider than this holds a whole number too often for that to prove anything


def audit_facts(facts, identities=None):
    """Check every relation that the facts of one source, place and date state among themselves.

    Relations: `growth` (level, change and growth rate), `base` (a level and a growth rate without
    the change: is there a whole number that they come from?), `share` (part over whole), `part`
    (a part is no larger than its whole) and `sum` (the identities).

    Parameters
    ----------
    facts : pandas.DataFrame
        As from `load_facts`.
    identities : pandas.DataFrame, optional
        As from `load_identities`; without it no sums are checked.

    Returns
    -------
    pandas.DataFrame
        One row is one relation checked. ``checked`` names the figure that the others predict,
        ``expected_*`` what they predict, ``stated_*`` what is printed, widened by rounding; for
        `base` expected_* is the previous level and stated_* the growth rate, for `part` expected_*
        is the whole. Verdicts: holds; holds_if_truncated (the printed figure was cut, not rounded);
        conflict; infeasible (no whole number satisfies the relation); undetermined (a vague figure,
        or chance, leaves room for both). ``attrs["left_out"]`` lists, one record each, the levels,
        changes and rates that a source states with several values, so that none could be chosen.

    Raises
    ------
    DataError
        If a column is missing or a fact_id stands twice.
    """
    facts = _usable(facts)
    growths, changes = _match(facts, "growth"), _match(facts, "change")
    found = [_check_growth(changes, growths), _check_base(_without(growths, changes))]
    found += [_check_share(facts), _check_part(facts)]
    if identities is not None:
        levels = _single(facts[facts["kind"] == "level"], KEY)
        stated = identities[identities["whole"].isin(levels["indicator"])]
        found += [_check_sum(levels, parts) for _, parts in stated.groupby("identity", sort=True)]
    findings = pd.concat([f for f in found if len(f)] or [pd.DataFrame(columns=FINDING)], ignore_index=True)
    findings = findings.sort_values(["source_id", "relation", "indicator", "fact_ids"], ignore_index=True)[
        FINDING
    ]
    findings.attrs["left_out"] = _ambiguous(facts)
    return findings


def derive_before(facts):
    """Derive the level before a change from what a report states after it.

    Before = level - change, or level / (1 + growth) where no change is stated; there a count
    is narrowed to whole numbers. Growth follows from level and change where both are stated,
    so that a printed rate which contradicts them has no say.

    Parameters
    ----------
    facts : pandas.DataFrame
        As from `load_facts`; give ``cap="next_unit"`` there for closed intervals.

    Returns
    -------
    pandas.DataFrame
        One row is one indicator of one source with a stated change or growth: source_id,
        district, scope, indicator, period_end, baseline, rule, unit, before_low, before_high,
        after_low, after_high, growth_low, growth_high (percent), fact_ids.
    """
    facts = _usable(facts)
    changes = _match(facts, "change")
    growths = _without(_match(facts, "growth"), changes)
    level, rate = _widened(growths, "level"), _widened(growths, "growth").clip(lower=-100)
    tables = [
        _before(
            changes,
            "level - change",
            before_from_change(_widened(changes, "level"), _widened(changes, "change")),
            growth_from_change(_widened(changes, "level"), _widened(changes, "change")),
        ),
        _before(growths, "level / (1 + growth)", _whole(before_from_growth(level, rate), growths), rate),
    ]
    return pd.concat(tables, ignore_index=True).sort_values(["source_id", "fact_ids"], ignore_index=True)


def _usable(facts):
    """Facts that carry a value, under fresh row labels; an empty scope or date is one and the same place."""
    wanted = [*KEY, "fact_id", "kind", "value", "low", "high", "resolution", "unit", "baseline", "part_of"]
    missing = [c for c in wanted if c not in facts]
    if missing:
        raise DataError(f"The facts lack the columns {missing}; load them with load_facts.")
    twice = facts[facts["fact_id"].duplicated(keep=False)]
    if len(twice):
        raise DataError("A fact_id stands more than once; give every fact its own.", twice)
    facts = facts[facts["status"] != "masked"].reset_index(drop=True)
    facts.attrs = {}
    return facts.fillna({c: "" for c in ("scope", "period_start", "period_end", "baseline", "part_of")})


def _single(facts, key):
    """Facts that are the only ones under their key; a figure that is only said again counts once."""
    facts = facts.drop_duplicates([*key, "low", "high", "resolution"])
    return facts[~facts.duplicated(key, keep=False)]


def _ambiguous(facts):
    """Figures of which one source states several values for one key: which is meant cannot be told."""
    moves = facts[facts["kind"].isin(["level", "change", "growth"])]
    moves = moves.drop_duplicates([*KEY, "kind", "baseline", "low", "high", "resolution"])
    twice = moves.duplicated([*KEY, "kind", "baseline"], keep=False)
    return moves.loc[twice, ["fact_id", *KEY, "kind", "value"]].to_dict("records")


def _columns(facts, role):
    """Take the columns of a figure that has a part in a relation, prefixed by its role."""
    own = facts[["fact_id", "kind", "value", "low", "high", "resolution", "unit"]]
    return own.rename(columns={"fact_id": "id"}).add_prefix(f"{role}_")


def _match(facts, kind):
    """Pair each stated change (or growth) with the one level it belongs to; one row is one pair.

    Both have the same source, place, indicator, flow, status and date, and each must be the only
    one of its kind there; a change in per cent or points is no change of a level.
    """
    levels = _single(facts[facts["kind"] == "level"], KEY)
    moves = facts[facts["kind"] == kind]
    if kind == "change":
        moves = moves[~moves["unit"].isin(RATES)]
    moves = _single(moves, [*KEY, "baseline"])
    left = pd.concat([levels[KEY], _columns(levels, "level")], axis=1)
    right = pd.concat([moves[[*KEY, "baseline"]], _columns(moves, kind)], axis=1)
    return left.merge(right, on=KEY)


def _without(growths, changes):
    """Growth rates whose level has no change against the same baseline."""
    known = changes[["level_id", "baseline"]].assign(known=True)
    return growths.merge(known, how="left").query("known.isna()").drop(columns="known").reset_index(drop=True)


def _widened(table, role, rule="half_up"):
    """Interval of a figure as printed: hedges as they are, exact figures widened by their last place.

    A count printed to the unit hides nothing.
    """
    figures = table[[f"{role}_low", f"{role}_high"]].set_axis(["low", "high"], axis=1)
    return rounding_interval(figures, table[f"{role}_resolution"].mask(_counted(table, role), 0), rule=rule)


def _counted(table, role):
    whole = (table[f"{role}_resolution"] == 1) & (table[f"{role}_value"] % 1 == 0)
    return whole & table[f"{role}_kind"].isin(["level", "change"]) & ~table[f"{role}_unit"].isin(MEASURED)


def _whole(base, table):
    """Narrow the base of a count to whole numbers, where one fits."""
    noise = 1e-9 * base.abs().replace(np.inf, 0)
    whole = pd.DataFrame(
        {"low": np.ceil(base["low"] - noise["low"]), "high": np.floor(base["high"] + noise["high"])}
    )
    return whole.where((whole["low"] <= whole["high"]) & _counted(table, "level"), base)


def _before(matched, rule, before, growth):
    columns = ["source_id", "district", "scope", "indicator", "period_end", "baseline"]
    table = matched[columns].assign(rule=rule, unit=matched["level_unit"])
    level = _widened(matched, "level")
    for name, bounds in (("before", before), ("after", level), ("growth", growth)):
        table[[f"{name}_low", f"{name}_high"]] = bounds[["low", "high"]]
    kind = "change" if "change_id" in matched else "growth"
    return table.assign(fact_ids=matched["level_id"] + " " + matched[f"{kind}_id"])


def _check_growth(changes, growths):
    rates = growths.drop(columns=[c for c in growths if c.startswith("level_") and c != "level_id"])
    both = changes.merge(rates, on=[*KEY, "level_id"], suffixes=("", "_of_rate"))
    same = (
        (both["baseline"] == both["baseline_of_rate"])
        | (both["baseline"] == "")
        | (both["baseline_of_rate"] == "")
    )
    both = both[same].reset_index(drop=True)
    expected = growth_from_change(_widened(both, "level"), _widened(both, "change"))
    impossible = ~(both["level_high"] - both["change_low"] >= 0)
    verdict = np.where(
        impossible, "infeasible", _verdict(both, "growth", expected, ["level", "change", "growth"])
    )
    arithmetic = [
        f"{_plain(d)} / ({_plain(v)} {'-' if d >= 0 else '+'} {_plain(abs(d))}) = {_percent(d, v - d)}"
        for v, d in zip(both["level_value"], both["change_value"], strict=True)
    ]
    return _findings(
        both,
        "growth",
        ("growth rate", "growth"),
        expected,
        verdict,
        arithmetic,
        ["level", "change", "growth"],
    )


def _check_base(growths):
    """Look for a whole number behind a count and its growth rate; rounding first, then truncation."""
    growths = growths[_counted(growths, "level")].reset_index(drop=True)
    base, cut = (
        before_from_growth(_widened(growths, "level"), _widened(growths, "growth", rule))
        for rule in ("half_up", "truncated")
    )
    fits, fits_cut = (np.floor(b["high"] + 1e-9) >= np.ceil(b["low"] - 1e-9) for b in (base, cut))
    chance = base.isna().any(axis=1) | (base["high"] - base["low"] >= LUCK)
    cases = [fits & chance | base.isna().any(axis=1), fits, fits_cut]
    verdict = np.select(cases, ["undetermined", "holds", "holds_if_truncated"], "infeasible")
    rates = growths["growth_value"] / 100
    arithmetic = [
        f"{_plain(v)} / {_plain(1 + g)} = " + (_plain(v / (1 + g), 1) if g > -1 else "not defined")
        for v, g in zip(growths["level_value"], rates, strict=True)
    ]
    expected = _whole(base, growths)
    return _findings(
        growths, "base", ("previous level", "growth"), expected, verdict, arithmetic, ["level", "growth"]
    )


def _check_share(facts):
    shares = facts[(facts["kind"] == "share") & (facts["part_of"] != "")]
    parts = _single(facts[(facts["kind"] == "level") & (facts["part_of"] != "")], ["part_of", "indicator"])
    left = pd.concat([shares[[*KEY, "part_of"]], _columns(shares, "share")], axis=1)
    right = pd.concat([parts[["part_of", "indicator"]], _columns(parts, "part")], axis=1)
    both = left.merge(right, on=["part_of", "indicator"])
    both = both.merge(_columns(facts, "whole"), left_on="part_of", right_on="whole_id")
    both = both[both["whole_low"] > 0].reset_index(drop=True)
    expected = 100 * ratio(_widened(both, "part"), _widened(both, "whole"))
    arithmetic = [
        f"{_plain(p)} / {_plain(w)} = {_percent(p, w)}"
        for p, w in zip(both["part_value"], both["whole_value"], strict=True)
    ]
    roles = ["part", "whole", "share"]
    verdict = _verdict(both, "share", expected, roles)
    return _findings(both, "share", ("share", "share"), expected, verdict, arithmetic, roles)


def _check_part(facts):
    parts = facts[(facts["kind"] == "level") & (facts["part_of"] != "")]
    left = pd.concat([parts[[*KEY, "part_of"]], _columns(parts, "part")], axis=1)
    wholes = _columns(facts[facts["kind"] == "level"], "whole")
    both = left.merge(wholes, left_on="part_of", right_on="whole_id")
    whole = _widened(both, "whole")
    too_large = _widened(both, "part")["low"] > whole["high"]
    unsure = both["part_high"] > both["whole_low"]
    verdict = np.select([too_large, unsure], ["conflict", "undetermined"], "holds")
    arithmetic = [
        f"{_plain(p)} of {_plain(w)}" for p, w in zip(both["part_value"], both["whole_value"], strict=True)
    ]
    return _findings(both, "part", ("part", "part"), whole, verdict, arithmetic, ["part", "whole"])


def _check_sum(levels, identity):
    """Check one identity wherever one source states the whole and all its parts."""
    group = [c for c in KEY if c != "indicator"]
    whole = levels[levels["indicator"] == identity["whole"].iloc[0]]
    left = pd.concat([whole[KEY], _columns(whole, "whole")], axis=1)
    parts = levels[levels["indicator"].isin(identity["part"])]
    parts = parts[[*group, "fact_id", "value", "low", "high"]].join(
        _widened(_columns(parts, "part"), "part").add_prefix("wide_")
    )
    total = parts.groupby(group, as_index=False).agg(
        parts=("value", list),
        parts_id=("fact_id", " ".join),
        parts_low=("low", "sum"),
        parts_high=("high", "sum"),
        low=("wide_low", "sum"),
        high=("wide_high", "sum"),
    )
    both = left.merge(total[total["parts"].map(len) == len(identity)], on=group)
    arithmetic = [f"{' + '.join(map(_plain, p))} = {_plain(sum(p))}" for p in both["parts"]]
    verdict = _verdict(both, "whole", both[["low", "high"]], ["whole", "parts"])
    return _findings(
        both, "sum", ("whole", "whole"), both[["low", "high"]], verdict, arithmetic, ["whole", "parts"]
    )


def _verdict(table, stated, expected, roles):
    """Judge a printed figure; with a vague figure in play, agreement needs every reading to agree."""
    rounded, cut = _widened(table, stated), _widened(table, stated, "truncated")
    vague = np.any([table[f"{r}_low"] < table[f"{r}_high"] for r in roles], axis=0)
    fits = overlap(rounded, expected)
    fits_cut = overlap(cut, expected) & ~_touches(cut, expected)
    sure = _holds_all(rounded, expected) | _holds_all(cut, expected)
    unknown = expected.isna().any(axis=1) | ((fits | fits_cut) & vague & ~sure)
    return np.select([unknown, fits, fits_cut], ["undetermined", "holds", "holds_if_truncated"], "conflict")


def _touches(cut, expected):
    """Tell whether the figures meet only in the end of the cut interval, which a cut figure never reaches."""
    noise = 1e-9 * expected.abs().replace(np.inf, 0).max(axis=1)
    above = (cut["high"] > 0) & (expected["low"] >= cut["high"] - noise)
    below = (cut["low"] < 0) & (expected["high"] <= cut["low"] + noise)
    return above | below


def _holds_all(stated, expected):
    return (stated["low"] <= expected["low"]) & (expected["high"] <= stated["high"])


def _findings(table, relation, checked, expected, verdict, arithmetic, roles):
    """Lay out the rows of one relation; `checked` is the name of the printed figure and its role."""
    printed = _widened(table, checked[1])
    return pd.DataFrame(
        {
            **{c: table[c] for c in ("source_id", "district", "scope", "period_end", "indicator")},
            "relation": relation,
            "checked": checked[0],
            "verdict": verdict,
            "stated_low": printed["low"],
            "stated_high": printed["high"],
            "expected_low": expected["low"],
            "expected_high": expected["high"],
            "arithmetic": arithmetic,
            "fact_ids": [" ".join(ids) for ids in table[[f"{r}_id" for r in roles]].itertuples(index=False)],
        }
    )


def _plain(value, places=6):
    """Write a number as a reader would: no exponent, no trailing zeros."""
    return f"{value:.{places}f}".rstrip("0").rstrip(".") if places > 1 else f"{value:.{places}f}"


def _percent(part, whole):
    return f"{100 * part / whole:.2f}%" if whole else "not defined"

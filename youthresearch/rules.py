"""The arithmetic that figures must obey: each rule as a formula on intervals, checked and solved.

A rule has roles (level, change, growth); a relation is a rule with one figure in each role. Figures stand in
one table, `figures`, and a relation names its members by their positions there, in the order of the
roles, so that thousands of relations, or thousands of edits of one figure, are checked at once.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from .intervals import (
    before_from_growth,
    corners,
    ends_of,
    growth_from_change,
    interval,
    overlap,
    rounding_interval,
    size_of,
    subtract,
)

RATES = ("%", "百分点", "倍")
MEASURED = (
    *RATES,
    *("元", "美元", "小时", "岁", "年", "吨", "公斤", "亩", "公顷", "公里", "平方米", "平方公里"),
)
VERDICTS = ("conflict", "infeasible", "undetermined", "holds_if_truncated", "holds")
WRONG = VERDICTS[:2]
LUCK = 0.1  # where a wrong figure would pass this often, passing proves nothing
_NOISE = 1e-9  # relative: floating-point dust is no disagreement


@dataclass(frozen=True)
class Rule:
    """One formula.

    Parameters
    ----------
    roles : tuple of str
        In the order of a relation's members; a sum has one more part for every member beyond them.
    checked : str
        The role that the others predict.
    solve : dict of str to callable
        Role -> function of the other roles' intervals (DataFrames low, high by role), returning what
        they allow for that role. Sharp where each function is monotone, as all are here.
    arithmetic : callable
        Nominal values by role (a list of parts for a sum) -> the sum as a reader would do it.
    """

    roles: tuple
    checked: str
    solve: dict = field(repr=False)
    arithmetic: Callable = field(repr=False)


def figures_of(facts):
    """Tabulate what each printed figure can mean; one row is one fact, in the order given.

    Returns
    -------
    pandas.DataFrame
        value; low, high (its words); round_low, round_high (widened by half its last printed place: it was
        rounded) and cut_low, cut_high (by a whole place: it was cut off); whole (is it a count, that only
        integers can satisfy?); vague.
    """
    whole = facts["kind"].isin(["level", "change"]) & ~facts["unit"].isin(MEASURED)
    printed = whole & (facts["resolution"] == 1) & (facts["value"] % 1 == 0)
    hidden = facts["resolution"].mask(printed, 0)  # a count printed to the unit hides nothing
    bounds = facts[["low", "high"]]
    widened = {
        name: rounding_interval(bounds, hidden, rule=rule)
        for name, rule in (("round", "half_up"), ("cut", "truncated"))
    }
    columns = {c: facts[c] for c in ("value", "low", "high", "resolution")}
    columns |= {"whole": whole, "vague": facts["low"] < facts["high"], "printed": printed}
    columns |= {f"{name}_{end}": wide[end] for name, wide in widened.items() for end in wide}
    return pd.DataFrame(columns).reset_index(drop=True)


def check(rule, members, figures):
    """Check relations of one rule.

    Parameters
    ----------
    rule : str
        Key of `RULES`.
    members : array of int, shape (n, k)
        Positions in figures, one relation a row.
    figures : pandas.DataFrame
        As from `figures_of`.

    Returns
    -------
    pandas.DataFrame, shape (n, 5)
        verdict; stated_low, stated_high (the checked figure as printed, if it was rounded);
        expected_low, expected_high (what the others allow for it).
    """
    roles = dict(zip(roles_of(rule, members.shape[1]), members.T, strict=True))
    tables = {role: figures.iloc[at].reset_index(drop=True) for role, at in roles.items()}
    checked = RULES[rule].checked
    if rule in _SPECIAL:
        verdict, expected = _SPECIAL[rule](tables)
    else:
        wide = {role: _bounds(t, "round") for role, t in tables.items()}
        expected = _solve(rule, checked, wide)
        verdict = _verdict(tables[checked], expected, _any_vague(tables))
    stated = _bounds(tables[checked], "round")
    return pd.DataFrame(
        {
            "verdict": verdict,
            "stated_low": stated["low"],
            "stated_high": stated["high"],
            "expected_low": expected["low"],
            "expected_high": expected["high"],
        }
    )


def solve(rule, role, members, bounds):
    """Say what the other members of each relation allow for one role.

    Parameters
    ----------
    rule, members
        As for `check`.
    role : str
        A role of the rule; the parts of a sum are part_1, part_2 ...
    bounds : pandas.DataFrame
        Columns low, high; one row is one figure.

    Returns
    -------
    pandas.DataFrame, shape (n, 2)
    """
    roles = dict(zip(roles_of(rule, members.shape[1]), members.T, strict=True))
    wide = {r: bounds.iloc[at].reset_index(drop=True) for r, at in roles.items() if r != role}
    return _solve(rule, role, wide)


def arithmetic(rule, values):
    """Write a relation out as a reader would check it; values in the order of the members."""
    roles = RULES[rule].roles
    if rule in SUMS:
        return RULES[rule].arithmetic(values[0], list(values[1:]))
    return RULES[rule].arithmetic(*values[: len(roles)])


def roles_of(rule, size):
    """Name the roles of a relation with so many members; those of a sum are whole, part_1, part_2 ..."""
    if rule in SUMS:
        return ("whole", *(f"part_{i}" for i in range(1, size)))
    return RULES[rule].roles


def _solve(rule, role, wide):
    if rule in SUMS:
        return _solve_sum(role, wide)
    return RULES[rule].solve[role](wide)


def _solve_sum(role, wide):
    parts = [t for r, t in wide.items() if r != "whole"]
    lows, highs = zip(*map(ends_of, parts), strict=True)
    total = interval(sum(lows), sum(highs), parts[0].index)
    return total if role == "whole" else subtract(wide["whole"], total)


def _bounds(table, name):
    return interval(table[f"{name}_low"], table[f"{name}_high"])


def _any_vague(tables):
    return np.any([t["vague"] for t in tables.values()], axis=0)


def _verdict(stated, expected, vague):
    """Judge a printed figure; with a vague figure in play, agreement needs every reading to agree."""
    rounded, cut = _bounds(stated, "round"), _bounds(stated, "cut")
    fits = overlap(rounded, expected)
    fits_cut = overlap(cut, expected) & ~_touches(cut, expected)
    sure = _inside(expected, rounded) | _inside(expected, cut)
    unknown = (fits | fits_cut) & vague & ~sure
    unknown |= expected.isna().any(axis=1)
    return np.select([unknown, fits, fits_cut], ["undetermined", "holds", "holds_if_truncated"], "conflict")


def _touches(cut, expected):
    """Tell whether the figures meet only in the end of the cut interval, which a cut figure never reaches."""
    (low, high), (least, most) = ends_of(cut), ends_of(expected)
    noise = _NOISE * size_of(expected)
    return ((high > 0) & (least >= high - noise)) | ((low < 0) & (most <= low + noise))


def _inside(inner, outer):
    (low, high), (least, most) = ends_of(outer), ends_of(inner)
    return (low <= least) & (most <= high)


def _order(small, large):
    """Judge small <= large."""
    too_large = small["round_low"] > large["round_high"] * (1 + _NOISE)
    unsure = small["high"] > large["low"]
    unsure &= (small["vague"] | large["vague"]).to_numpy()
    return np.select([too_large, unsure], ["conflict", "undetermined"], "holds")


def _check_part(tables):
    return _order(tables["part"], tables["whole"]), _bounds(tables["whole"], "round")


def _check_same(tables):
    """Two statements of one figure agree where their readings meet."""
    one, two = _bounds(tables["first"], "round"), _bounds(tables["second"], "round")
    cut = overlap(_bounds(tables["first"], "cut"), _bounds(tables["second"], "cut"))
    verdict = np.select([overlap(one, two), cut], ["holds", "holds_if_truncated"], "conflict")
    return verdict, one


def _check_growth(tables):
    """Compare a growth rate with level and change; a change above the level leaves no previous level."""
    level, change = (_bounds(tables[r], "round") for r in ("level", "change"))
    expected = growth_from_change(level, change)
    verdict = _verdict(tables["growth"], expected, _any_vague(tables))
    return np.where(level["high"] < change["low"], "infeasible", verdict), expected


def _check_points_or_percent(tables):
    """Read 提升5% of a share both ways, and look for a whole number behind the share before.

    The whole is taken as unchanged since then.
    """
    whole, share = (_bounds(tables[r], "round") for r in ("whole", "share"))
    found = []
    for reading in (lambda s, d: s - d, lambda s, d: s / (1 + d / 100)):
        before = [corners(reading, share, _bounds(tables["change"], name)) for name in ("round", "cut")]
        found.append(_integer_verdict(*(corners(lambda w, s: w * s / 100, whole, b) for b in before)))
    order = list(VERDICTS)
    best = np.max([[order.index(v) for v in one] for one in found], axis=0)
    return np.array(order)[best], corners(lambda s, d: s - d, share, _bounds(tables["change"], "round"))


def _check_base(tables):
    """Look for a whole number behind a count and its growth rate (inverse GRIM; Brown and Heathers 2017)."""
    level, growth = tables["level"], tables["growth"]
    base, cut = (
        before_from_growth(_bounds(level, "round"), _bounds(growth, name)) for name in ("round", "cut")
    )
    return _integer_verdict(base, cut), whole_numbers(base)


def _check_granularity(tables):
    """Look for a whole number behind a share of a count (inverse GRIM)."""
    whole, share = tables["whole"], tables["share"]
    part, cut = (
        corners(lambda w, s: w * s / 100, _bounds(whole, "round"), _bounds(share, name))
        for name in ("round", "cut")
    )
    return _integer_verdict(part, cut), whole_numbers(part)


def _integer_verdict(hidden, cut):
    fits, fits_cut = (
        np.floor(b["high"] * (1 + _NOISE)) >= np.ceil(b["low"] * (1 - _NOISE)) for b in (hidden, cut)
    )
    unknown = hidden.isna().any(axis=1)
    chance = hidden["high"] - hidden["low"] >= LUCK
    cases = [unknown | fits & chance, fits, fits_cut & (cut["high"] - cut["low"] < 1)]
    return np.select(cases, ["undetermined", "holds", "holds_if_truncated"], "infeasible")


def whole_numbers(bounds):
    """Narrow intervals to the whole numbers in them, where there are any."""
    low, high = ends_of(bounds)
    least, most = np.ceil(low - _noise(low)), np.floor(high + _noise(high))
    some = least <= most
    return interval(np.where(some, least, low), np.where(some, most, high), bounds.index)


def _noise(ends):
    return _NOISE * np.abs(np.where(np.isinf(ends), 0, ends))


# The formulas ----------------------------------------------------------------------------------------------


def _by_corners(function, *roles):
    """Apply a function that is monotone in each role."""
    return lambda w: corners(function, *(w[r] for r in roles))


def _never_zero(function, by, *roles):
    """Apply a function that divides by a role: no bound where that role can be zero."""

    def solve_for(w):
        open_ended = (w[by]["low"] <= 0) & (w[by]["high"] >= 0)
        bounds = corners(function, *(w[r] for r in roles))
        return bounds.assign(
            low=bounds["low"].mask(open_ended, -np.inf), high=bounds["high"].mask(open_ended, np.inf)
        )

    return solve_for


def _growth_of(later, earlier):
    return _never_zero(lambda b, a: 100 * (b - a) / a, earlier, later, earlier)


def _grown(w):
    return corners(lambda p, g: p * (1 + g / 100), w["previous"], w["growth"].clip(lower=-100))


def plain(value, places=6):
    """Write a number as a reader would: no exponent, no trailing zeros."""
    return f"{value:.{places}f}".rstrip("0").rstrip(".") if places > 1 else f"{value:.{places}f}"


def _percent(part, whole):
    return f"{100 * part / whole:.2f}%" if whole else "not defined"


def _times(total, count):
    return plain(total / count, 2) if count else "not defined"


def _previous(level, growth):
    return plain(level / (1 + growth / 100), 1) if growth > -100 else "not defined"


def _signed(level, change):
    return f"{plain(level)} {'-' if change >= 0 else '+'} {plain(abs(change))}"


def _ratio_rule(checked, whole_role, part_role, factor, written):
    """Make a rule of the form checked = factor * part / whole: shares, means and multiples."""
    return Rule(
        (part_role, whole_role, checked),
        checked,
        {
            checked: _never_zero(lambda p, w: factor * p / w, whole_role, part_role, whole_role),
            part_role: _by_corners(lambda w, s: w * s / factor, whole_role, checked),
            whole_role: _never_zero(lambda p, s: factor * p / s, checked, part_role, checked),
        },
        written,
    )


RULES = {
    "growth": Rule(  # growth = 100 change / (level - change)
        ("level", "change", "growth"),
        "growth",
        {
            "growth": lambda w: growth_from_change(w["level"], w["change"]),
            "change": _by_corners(lambda v, g: v * g / (100 + g), "level", "growth"),
            "level": _never_zero(lambda d, g: d * (100 + g) / g, "growth", "change", "growth"),
        },
        lambda v, d, g: f"{plain(d)} / ({_signed(v, d)}) = {_percent(d, v - d)}",
    ),
    "change": Rule(  # change = level - previous
        ("level", "previous", "change"),
        "change",
        {
            "change": lambda w: subtract(w["level"], w["previous"]),
            "level": _by_corners(lambda p, d: p + d, "previous", "change"),
            "previous": lambda w: subtract(w["level"], w["change"]),
        },
        lambda v, p, d: f"{plain(v)} - {plain(p)} = {plain(v - p)}",
    ),
    "growth_between": Rule(  # growth = 100 (level - previous) / previous
        ("level", "previous", "growth"),
        "growth",
        {
            "growth": _growth_of("level", "previous"),
            "level": _grown,
            "previous": lambda w: before_from_growth(w["level"], w["growth"]),
        },
        lambda v, p, g: f"({plain(v)} - {plain(p)}) / {plain(p)} = {_percent(v - p, p)}",
    ),
    "growth_of_base": Rule(  # growth = 100 change / previous
        ("previous", "change", "growth"),
        "growth",
        {
            "growth": _never_zero(lambda d, p: 100 * d / p, "previous", "change", "previous"),
            "change": _by_corners(lambda p, g: p * g / 100, "previous", "growth"),
            "previous": _never_zero(lambda d, g: 100 * d / g, "growth", "change", "growth"),
        },
        lambda p, d, g: f"{plain(d)} / {plain(p)} = {_percent(d, p)}",
    ),
    "base": Rule(  # level / (1 + growth) is a whole number
        ("level", "growth"),
        "growth",
        {},
        lambda v, g: f"{plain(v)} / {plain(1 + g / 100)} = {_previous(v, g)}",
    ),
    "share": _ratio_rule(
        "share", "whole", "part", 100, lambda p, w, s: f"{plain(p)} / {plain(w)} = {_percent(p, w)}"
    ),
    "granularity": Rule(  # share of a count is a whole number
        ("whole", "share"),
        "share",
        {},
        lambda w, s: f"{plain(s)}% of {plain(w)} = {plain(w * s / 100, 2)}",
    ),
    "mean": _ratio_rule(
        "mean", "count", "total", 1, lambda t, c, m: f"{plain(t)} / {plain(c)} = {_times(t, c)}"
    ),
    "multiple": _ratio_rule(
        "multiple", "previous", "level", 1, lambda v, p, m: f"{plain(v)} / {plain(p)} = {_times(v, p)}"
    ),
    "sum": Rule(  # whole = part + part + ...
        ("whole", "part"),
        "whole",
        {},
        lambda w, p: f"{' + '.join(map(plain, p)).replace('+ -', '- ')} = {plain(sum(p))}",
    ),
    "part": Rule(  # part <= whole
        ("part", "whole"),
        "part",
        {
            "part": lambda w: w["whole"].assign(low=-np.inf),
            "whole": lambda w: w["part"].assign(high=np.inf),
        },
        lambda p, w: f"{plain(p)} of {plain(w)}",
    ),
    "same": Rule(  # first = second
        ("first", "second"),
        "second",
        {"first": lambda w: w["second"], "second": lambda w: w["first"]},
        lambda a, b: f"{plain(a)} and {plain(b)}",
    ),
}
RULES["points"] = Rule(  # change in percentage points = share - previous share
    ("share", "previous", "change"),
    "change",
    {
        "change": lambda w: subtract(w["share"], w["previous"]),
        "share": _by_corners(lambda p, d: p + d, "previous", "change"),
        "previous": lambda w: subtract(w["share"], w["change"]),
    },
    lambda s, p, d: f"{plain(s)} - {plain(p)} = {plain(s - p)}",
)
RULES["points_or_percent"] = Rule(  # the previous share, read both ways, is a whole number of the whole
    ("whole", "share", "change"),
    "change",
    {},
    lambda w, s, d: (
        f"{plain(w)} x ({plain(s)} - {plain(d)})% = {plain(w * (s - d) / 100, 2)}, "
        f"{plain(w)} x {plain(s)}% / {plain(1 + d / 100)} = {plain(w * s / (100 + d), 2)}"
    ),
)
RULES["bound"] = Rule(
    ("part", "whole"), "part", RULES["part"].solve, lambda p, w: f"{plain(p)} <= {plain(w)}"
)
RULES["cumulative"] = RULES["bound"]
SUMS = ("sum",)


_SPECIAL = {
    "part": _check_part,
    "bound": _check_part,
    "cumulative": _check_part,
    "same": _check_same,
    "growth": _check_growth,
    "base": _check_base,
    "granularity": _check_granularity,
    "points_or_percent": _check_points_or_percent,
}

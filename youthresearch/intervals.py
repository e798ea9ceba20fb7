"""What a vague figure allows: a hedge word as an interval, and arithmetic on intervals.

An interval column is a DataFrame with the columns ``low`` and ``high``; one row is one figure.
Bounds are in the figure's own unit; a side that the source leaves open is infinite; a masked
figure has missing bounds. Every interval in the project rests on the policy of `hedge_interval`.
"""

from decimal import Decimal
from functools import lru_cache
from itertools import product
from math import inf, isfinite, isinf, nan

import numpy as np
import pandas as pd

CAPS = (None, "next_unit")
_ENDS = pd.Index(["low", "high"])

_BOUNDS = {  # hedge -> bounds of the size v; u is the unit of its last digit, top what closes open words
    "odd": lambda v, u, top: (v, v + u),
    "nearly": lambda v, u, top: (v - u, v),
    "about": lambda v, u, top: (v - u / 2, v + u / 2),
    "over": lambda v, u, top: (v, v + top),
    "at_least": lambda v, u, top: (v, v + top),
    "under": lambda v, u, top: (0.0, v),
    "at_most": lambda v, u, top: (0.0, v),
}
HEDGES = ("exact", *_BOUNDS, "range", "masked")
NEEDS_A_DIGIT = ("odd", "nearly", "about", "over", "at_least")


def last_digit_unit(values):
    """Return the unit of the last non-zero digit of each value: 3000 -> 1000, 1200 -> 100, 62.76 -> 0.01.

    Parameters
    ----------
    values : pandas.Series of float, shape (n,)

    Returns
    -------
    pandas.Series of float, shape (n,)
        Missing where the value is missing or zero (zero has no last non-zero digit).
    """
    units = [_unit(v) if v == v and v != 0 else nan for v in values.to_numpy(float).tolist()]
    return pd.Series(units, index=values.index, dtype=float)


@lru_cache(maxsize=4096)
def _unit(value):
    return float(Decimal(1).scaleb(Decimal(f"{value:.12g}").normalize().as_tuple().exponent))


def hedge_interval(value, hedge, value_max=None, *, cap=None):
    """Turn nominal values and their words of approximation into intervals.

    With v the nominal value and u the unit of its last non-zero digit: exact [v, v];
    odd (余, 多) [v, v + u]; nearly (近) [v - u, v]; about (约, 左右) [v - u/2, v + u/2];
    over (超) and at_least (以上) [v, inf); under (不足) and at_most (以内) [0, v];
    range [v, value_max]; masked has no bounds. A negative change is read by its size:
    减少3万余 is [-40000, -30000].

    Parameters
    ----------
    value : pandas.Series of float, shape (n,)
    hedge : pandas.Series of str, shape (n,)
        Members of `HEDGES`.
    value_max : pandas.Series of float, shape (n,), optional
        Upper end of ranges.
    cap : {None, "next_unit"}
        The researcher's own choice to close over and at_least at v + u; None leaves them open.

    Returns
    -------
    pandas.DataFrame, shape (n, 2)
        Columns low, high.

    Raises
    ------
    ValueError
        If values or hedges are no Series or have different indexes, for an unknown hedge or cap, or where a
        hedge needs a value that is missing or zero.
    """
    if not isinstance(value, pd.Series) or not isinstance(hedge, pd.Series):
        raise ValueError("Values and hedges must be Series, one row a figure; for one, parse_quantity(text).")
    _check_aligned(value.index, hedge, value_max)
    tops = np.full(len(value), np.nan) if value_max is None else value_max.to_numpy(float)
    bounds = hedge_bounds(value.to_numpy(float), hedge.to_numpy(object), tops, cap=cap, index=value.index)
    return pd.DataFrame(dict(zip(("low", "high"), bounds, strict=True)), index=value.index)


def hedge_bounds(values, words, tops, *, cap=None, index=None):
    """Return low and high of `hedge_interval` as arrays, from arrays; index names the rows in errors."""
    if cap not in CAPS:
        raise ValueError(f"cap={cap!r} is not known; choose one of {CAPS}.")
    unknown = sorted(set(words.tolist()).difference(HEDGES))
    if unknown:
        raise ValueError(f"Unknown hedges {unknown}; the interval policy knows {list(HEDGES)}.")
    low = values + 0.0  # and no negative zero
    high, lost = low.copy(), ~np.isfinite(values)
    for i in np.flatnonzero(words != "exact").tolist():  # mostly few
        try:
            low[i], high[i] = bounds_of(values.item(i), words[i], tops.item(i), cap=cap)
            lost[i] = False
        except ValueError:
            lost[i] = True
    if lost.any():
        rows = np.asarray(range(len(values)) if index is None else index)[lost].tolist()[:10]
        raise ValueError(f"Rows {rows}: {_LOST}")
    return low, high


_LOST = (
    f"a hedge needs a finite value, {', '.join(NEEDS_A_DIGIT)} one that is not zero, and a range an upper "
    "value above it."
)


def bounds_of(value, hedge, value_max=nan, *, cap=None):
    """Return low and high of one figure, by the policy of `hedge_interval`.

    Raises
    ------
    ValueError
        Where a hedge needs a value that is missing or zero.
    """
    if hedge == "masked" and not isinf(value):
        return nan, nan
    if not isfinite(value) or (value == 0 and hedge in NEEDS_A_DIGIT):
        raise ValueError(f"{hedge} {value}: {_LOST}")
    if hedge == "exact":
        return value + 0.0, value + 0.0  # and no negative zero
    if hedge == "range":
        if not value_max >= value:
            raise ValueError(f"{value} to {value_max}: {_LOST}")
        return value, value_max
    unit = _unit(value)
    low, high = _BOUNDS[hedge](abs(value), unit, unit if cap == "next_unit" else inf)
    return (-high, -low) if value < 0 else (low, high)


def rounding_interval(figures, resolution, *, rule="half_up"):
    """Widen exact figures by what their last printed place hides.

    Parameters
    ----------
    figures : pandas.DataFrame, shape (n, 2)
        Columns low, high; only rows with low == high are widened.
    resolution : pandas.Series of float, shape (n,)
        Size of the last printed place; missing = nothing hidden.
    rule : {"half_up", "truncated"}
        half_up: half a place either way. truncated: a whole place away from zero.

    Returns
    -------
    pandas.DataFrame, shape (n, 2)

    Raises
    ------
    ValueError
        If the figures are no table with low and high, the indexes differ, a resolution is negative, or for
        another rule.
    """
    check_intervals(figures)
    _check_aligned(figures.index, resolution)
    if (resolution < 0).any():
        raise ValueError(f"A resolution is below zero in rows {list(resolution.index[resolution < 0])[:10]}.")
    low, high = ends_of(figures)
    place = np.where(low == high, np.nan_to_num(resolution.to_numpy(float)), 0)
    if rule == "half_up":
        return interval(low - place / 2, high + place / 2, figures.index)
    if rule == "truncated":
        down, up = np.where(low < 0, place, 0), np.where(low < 0, 0, place)
        return interval(low - down, high + up, figures.index)
    raise ValueError(f"rule={rule!r} is not known; choose 'half_up' or 'truncated'.")


def _check_aligned(index, *columns):
    """Refuse Series whose rows are not those of an index."""
    if not all(c is None or isinstance(c, pd.Series) for c in columns):
        raise ValueError("Give Series, one row a figure.")
    if not all(c is None or c.index.equals(index) for c in columns):
        raise ValueError("Series with different indexes cannot be combined: align them first.")


def rising(function, up, *down):
    """Bounds of a function that rises with its first argument and falls with the others: sharp.

    Only two corners of the box count, so that a side without bound needs no value in the others
    (inf / inf); for a function that may rise or fall, see `corners`.

    Parameters
    ----------
    function : callable
        Takes one array per column, shape (n,), and returns an array, shape (n,).
    up, *down : pandas.DataFrame, shape (n, 2)
        Columns low, high, all with the same index.

    Returns
    -------
    pandas.DataFrame, shape (n, 2)
    """
    check_intervals(up, *down)
    (low, high), sides = ends_of(up), [ends_of(c) for c in down]
    with np.errstate(divide="ignore", invalid="ignore"):
        least = function(low, *(s[1] for s in sides))
        most = function(high, *(s[0] for s in sides))
    return interval(least, most, up.index)


def corners(function, *columns):
    """Bounds of a function that is monotone in each argument: the extremes over the corners of the box.

    Exact (sharp) for such functions; the range of another may reach beyond its corners, even if it uses every
    argument once: that of x^2 about zero does.

    Parameters
    ----------
    function : callable
        Takes one array per column, shape (n,), and returns an array, shape (n,).
    *columns : pandas.DataFrame, shape (n, 2)
        Columns low, high, all with the same index.

    Returns
    -------
    pandas.DataFrame, shape (n, 2)
        Missing where a bound is missing, or where a corner has no value (inf - inf).

    Raises
    ------
    ValueError
        If a column is no table with low and high, or the indexes differ.
    """
    check_intervals(*columns)
    sides = [ends_of(c) for c in columns]
    with np.errstate(divide="ignore", invalid="ignore"):
        values = np.stack([function(*corner) for corner in product(*sides)])
    return interval(values.min(axis=0), values.max(axis=0), columns[0].index)


def check_intervals(*columns):
    """Refuse what is no interval column, and columns of which rows would not be of one thing."""
    for c in columns:
        if not isinstance(c, pd.DataFrame) or "low" not in c or "high" not in c:
            raise ValueError(
                f"{type(c).__name__} is no interval column: give a table with the columns low and high, the "
                "same number in both where it is exact, such as facts[['low', 'high']]."
            )
        low, high = ends_of(c)
        turned = c.index[low > high]
        if len(turned):
            raise ValueError(f"Low is above high in rows {list(turned)[:10]}: no value lies between them.")
    if not all(c.index.equals(columns[0].index) for c in columns):
        raise ValueError("Interval columns with different indexes cannot be combined: align them first.")


def subtract(a, b):
    """Return a - b, bounds over all values inside both intervals."""
    check_intervals(a, b)
    (a_low, a_high), (b_low, b_high) = ends_of(a), ends_of(b)
    with np.errstate(invalid="ignore"):
        return interval(a_low - b_high, a_high - b_low, a.index)


def ratio(a, b):
    """Return a / b for amounts that are never negative and a denominator above zero.

    Raises
    ------
    ValueError
        If the indexes differ, or where the denominator can be zero or negative, or the amount negative.
    """
    check_intervals(a, b)
    bad = b.index[b["low"] <= 0]
    if len(bad):
        raise ValueError(f"The denominator can be zero or negative in rows {list(bad)[:10]}.")
    bad = a.index[a["low"] < 0]
    if len(bad):
        raise ValueError(f"The amount above can be negative in rows {list(bad)[:10]}.")
    return interval(a["low"] / b["high"], a["high"] / b["low"])


def before_from_change(level, change):
    """Return the previous level, level - change; no level is below zero, so neither is the bound.

    Missing where every reading would make it negative.
    """
    before = subtract(level, change)
    return before.clip(lower=0).where(before["high"] >= 0)


def before_from_growth(level, growth):
    """Return the previous level, level / (1 + growth / 100), from a level and its growth in percent.

    Nothing falls by more than all of it, so growth is read as -100 or more. Where all may be gone, any level
    may have been; where all is and something is left, none can.
    """
    check_intervals(level, growth)
    (least, most), (less, more) = ends_of(level), ends_of(1 + growth.clip(lower=-100) / 100)
    with np.errstate(divide="ignore", invalid="ignore"):
        low = np.where(more == 0, np.where(least == 0, 0.0, np.nan), least / more)
        high = np.where(less == 0, np.inf, most / less)
    return interval(low, np.where(np.isnan(low), np.nan, high), level.index)


def growth_from_change(level, change):
    """Return growth in percent, 100 * change / (level - change).

    Sharp although the change is used twice: growth rises with the change and, for a given change,
    moves one way with the level. Without bound above where the previous level can be zero; missing
    where it can be nothing else.
    """
    check_intervals(level, change)
    (least, most), (less, more) = ends_of(level), ends_of(change)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        before_high = np.where(more >= 0, least, most) - more
        before_low = np.where(less >= 0, most, least) - less
        high = np.where(before_high > 0, 100 * more / before_high, np.inf)
        low = np.where(less > -np.inf, 100 * less / before_low, -100.0)
        possible = most - less > 0
    return interval(np.where(possible, low, np.nan), np.where(possible, high, np.nan), level.index)


def interval(low, high, index=None):
    """Make an interval column of its ends: two Series on one index, or arrays and theirs."""
    index = low.index if index is None else index
    return pd.DataFrame(np.column_stack([low, high]), index=index, columns=_ENDS)


def ends_of(bounds):
    """Return the low and the high ends of an interval column, as arrays."""
    return bounds["low"].to_numpy(float), bounds["high"].to_numpy(float)


def overlap(a, b):
    """Return for each row whether the two intervals share a point, up to floating-point noise."""
    (a_low, a_high), (b_low, b_high) = ends_of(a), ends_of(b)
    noise = 1e-9 * np.maximum(size_of(a), size_of(b))
    with np.errstate(over="ignore"):
        return pd.Series((a_low <= b_high + noise) & (b_low <= a_high + noise), index=a.index)


def size_of(bounds):
    """Return the largest finite end of each interval, in absolute value."""
    ends = np.abs(bounds.to_numpy(float))
    return np.fmax.reduce(np.where(np.isinf(ends), 0, ends), axis=1)

"""Where a series leaps as no district does: another unit from some period on, or one cell out of line."""

import numpy as np

from .panel import sort_panel
from .schema import PANEL, check_columns, check_number, check_numbers, is_simulated, mark_simulated

SERIES = ["indicator", "district", "scope"]
POWERS = np.array([1, 2, 3, 4, 8])  # a digit lost; 百, 千, 万, 亿 and per cent written as a fraction
HUNDREDFOLD = 2.0  # decades: more than what is counted of a district moves from one period to the next
ENOUGH = 10  # steps of an indicator, from which their spread can be told
LEFT = np.log10([1.25, 2])  # what may be left of a step without its power of ten, at least and at most


def find_breaks(panel, *, smallest=5, spread=6):
    """Find cells that differ from the one before by more than the series of an indicator usually do.

    A yearbook that changes from persons to 万人, or a digit left out, makes a leap that an estimator takes
    for an effect or a shock. What is found is to be looked up; nothing is changed.

    Parameters
    ----------
    panel : pandas.DataFrame
        As from `as_panel` or `build_panel`.
    smallest : float
        Least factor up or down that is looked at, above 1; of intervals, between their nearest ends.
    spread : float
        How many times the usual spread of steps a step must be from the usual one. A hundredfold is found
        whatever the spread.

    Returns
    -------
    pandas.DataFrame
        One row is one step of a series (an indicator in a district and scope) from one known cell to the
        next, the largest first: indicator, district, scope, period_before, period, before, value, factor
        (value / before), times (the power of ten that leaves a usual step: 10, 100, 1,000, 10,000 or 10^8,
        or one over it; missing where none does), together (in how many districts the indicator makes such
        a step in that direction and period), verdict. Verdicts: `another unit from here on` and `one cell in
        another unit` (times is known), `leap` and `one cell out of line` (it is not), and `too few to judge`
        (fewer than ten steps of the indicator, and less than a hundredfold). A cell is alone if the next
        step undoes this one. ``attrs``: tested, how many steps were looked at, and not_judged, how many
        were not since a value is zero or negative.

    Raises
    ------
    DataError
        If the table is no panel, or an option is out of range.

    Notes
    -----
    A step is the base-10 logarithm of the factor; usual is the median of an indicator's steps, spread
    1.4826 times the median distance from it (Hampel 1974), so that leaps in less than half of the steps do
    not hide each other.
    """
    check_columns("panel", panel, [*PANEL[:6], "scope"], "make it with build_panel or as_panel")
    for column in ("low", "value", "high"):
        check_numbers(column, panel[column])
    check_number(above=1, smallest=smallest)
    check_number(above=0, spread=spread)
    steps, not_judged = _steps(sort_panel(panel))
    by = steps.groupby("indicator")["step"]
    steps["usual"] = by.transform("median")
    away = (steps["step"] - steps["usual"]).abs()
    steps["spread"] = 1.4826 * away.groupby(steps["indicator"]).transform("median")
    huge, wide = steps["nearest"] >= HUNDREDFOLD, away > spread * steps["spread"]
    steps["few"] = (by.transform("size") < ENOUGH) & ~huge
    found = _once(steps[(steps["nearest"] >= np.log10(smallest)) & (huge | wide | steps["few"])])
    where = [found["indicator"], found["period"], np.sign(found["step"])]
    found["together"] = found.groupby(where)["district"].transform("nunique")
    found["times"] = _times(found)
    found["verdict"] = _verdicts(found)
    found = found.sort_values(["nearest", *SERIES, "period"], ascending=[False] + [True] * 4)
    columns = ["period_before", "period", "before", "value", "factor", "times", "together", "verdict"]
    table = found[[*SERIES, *columns]].reset_index(drop=True)
    table.attrs = {"tested": len(steps), "not_judged": not_judged}
    return mark_simulated(table, is_simulated(panel))


def _steps(panel):
    """Pair each cell with the one before it in its series; and count the pairs that have no ratio."""
    panel = panel[[*SERIES, "period", "low", "value", "high"]].sort_values([*SERIES, "period"])
    earlier = panel.groupby(SERIES, sort=False, dropna=False)[["period", "low", "value", "high"]].shift()
    earlier = earlier.set_axis(["period_before", "low_before", "before", "high_before"], axis=1)
    pairs = panel.join(earlier).dropna(subset="before")
    steps = pairs[(pairs["value"] > 0) & (pairs["before"] > 0)].copy()
    steps["period_before"] = steps["period_before"].astype(panel["period"].dtype)
    steps["factor"] = steps["value"] / steps["before"]
    steps["step"] = np.log10(steps["factor"])
    with np.errstate(divide="ignore"):
        up = np.log10(steps["low"].clip(lower=0) / steps["high_before"])
        down = np.log10(steps["low_before"].clip(lower=0) / steps["high"])
    steps["nearest"] = np.maximum(up, down).clip(lower=0)  # 0 where the two intervals overlap
    return steps, len(pairs) - len(steps)


def _once(found):
    """Mark the cells that stand alone, and leave out the steps back from them."""
    later = found.groupby(SERIES, sort=False, dropna=False)[["step", "period_before"]].shift(-1)
    undone = later["period_before"].eq(found["period"])
    undone &= (found["step"] + later["step"]).abs() < found["step"].abs() / 2
    back = np.zeros(len(found), dtype=bool)
    for i in np.flatnonzero(undone):
        back[i + 1] = not back[i]  # up, down, up: two cells alone
    return found.assign(alone=undone)[~back]


def _times(found):
    """Give the power of ten without which a step is as its indicator's others are."""
    size = found["step"].abs().to_numpy()
    power = POWERS[np.abs(size[:, None] - POWERS).argmin(axis=1)] * np.sign(found["step"])
    rest = (found["step"] - power - found["usual"]).abs()
    known = rest <= (3 * found["spread"]).clip(*LEFT)
    known &= found["alone"] | (power.abs() > 1)  # no unit is ten times another
    return (10.0**power).where(known)


def _verdicts(found):
    unit = found["times"].notna()
    verdict = np.select(
        [unit & found["alone"], unit, found["alone"]],
        ["one cell in another unit", "another unit from here on", "one cell out of line"],
        "leap",
    )
    return np.where(found["few"], "too few to judge", verdict)

"""How unequal districts are, and whether they converge.

All functions take point values, not intervals: none of these measures is monotone in its arguments, so the
corners of an interval say nothing about their range. Formulas as in Cowell (2011), Measuring Inequality, and
checked against PySAL's `inequality`.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from .periods import ordinals
from .results import Result
from .schema import (
    DataError,
    check_columns,
    check_numbers,
    check_once,
    check_text,
    is_simulated,
    mark_simulated,
    of_indicator,
    with_refused,
)
from .strata import of_column

ROUNDING = 1e-14  # a Theil measure no larger may be rounding alone


def gini(values, weights=None):
    """Gini coefficient: half the mean difference between two draws, over the mean.

    G = sum_ij w_i w_j |x_i - x_j| / (2 mean), w summing to 1; no correction for small samples.

    Parameters
    ----------
    values : array-like of float, shape (n,)
        Not negative, not all zero.
    weights : array-like of float, shape (n,), optional
        Size of each district; equal by default, so that a small county counts as much as a large one. Of two
        Series the index must be the same.

    Returns
    -------
    float
        0 (all equal) to 1.

    Raises
    ------
    DataError
        If a value is missing, text or negative, all are zero, or the indexes differ.
    """
    x, w = _checked(values, weights)
    order = np.argsort(x, kind="stable")
    x, w = x[order], w[order]
    before = np.cumsum(w) - w
    return max(0.0, float(np.sum(w * x * (2 * before + w - 1)) / np.sum(w * x)))  # rounding may fall below


def variation(values, weights=None):
    """Coefficient of variation: standard deviation (divisor n) over the mean; arguments as `gini`."""
    x, w = _checked(values, weights)
    mean = np.sum(w * x)
    return float(np.sqrt(np.sum(w * (x - mean) ** 2)) / mean)


def theil_t(values, weights=None):
    """Theil's T: sum w (x / mean) ln(x / mean), sensitive to the top; 0 ln 0 is 0. Arguments as `gini`.

    Not Theil's L (`theil_l`): 10, 10, 10, 20, 50 have T = 0.2502 and L = 0.2326. Name the one that is meant.
    """
    x, w = _checked(values, weights)
    share = x / np.sum(w * x)
    return max(0.0, float(np.sum(w * share * np.log(np.where(share > 0, share, 1)))))


def theil_l(values, weights=None):
    """Theil's L, the mean log deviation: sum w ln(mean / x), sensitive to the bottom. Arguments as `gini`.

    Raises
    ------
    DataError
        Also where a value is zero: L has no value there.
    """
    x, w = _checked(values, weights)
    if (x == 0).any():
        raise DataError("Theil's L has no value where a district has zero: use theil_t, or leave these out.")
    return max(0.0, float(np.sum(w * np.log(np.sum(w * x) / x))))


def decompose_inequality(values, groups, weights=None):
    """Split Theil's T and L into what lies between groups (provinces) and within them.

    T = sum_g s_g ln(m_g / m) + sum_g s_g T_g with s_g the group's share of the total, and
    L = sum_g w_g ln(m / m_g) + sum_g w_g L_g with w_g its share of the weights (Shorrocks 1980).

    Parameters
    ----------
    values, weights : as `gini`
        Above zero.
    groups : array-like, shape (n,)

    Returns
    -------
    pandas.DataFrame
        One row is one measure: measure (theil_t, theil_l), total, between, within, share_between (missing
        where all values are the same).

    Raises
    ------
    DataError
        As `theil_l`, or if a group is missing.
    """
    x, w = _checked(values, weights)
    _check_aligned(values, groups)
    groups = pd.Series(np.asarray(groups))
    if groups.isna().any() or len(groups) != len(x):
        raise DataError("Every value needs a group.")
    codes, names = pd.factorize(groups)
    size = np.bincount(codes, w, len(names))
    mean = np.bincount(codes, w * x, len(names)) / size
    smooth = mean[codes]  # each district at the mean of its group
    rows = []
    for name, measure in (("theil_t", theil_t), ("theil_l", theil_l)):
        total, between = (t if t > ROUNDING else 0.0 for t in (measure(x, w), measure(smooth, w)))
        between = min(between, total)  # rounding may lift it above
        rows.append((name, total, between, total - between, between / total if total else np.nan))
    table = pd.DataFrame(rows, columns=["measure", "total", "between", "within", "share_between"])
    return mark_simulated(table, isinstance(values, pd.Series) and is_simulated(values))


def _check_aligned(values, others):
    """Refuse two Series of which rows would not be of one district."""
    both = isinstance(values, pd.Series) and isinstance(others, pd.Series)
    if both and not values.index.equals(others.index):
        raise DataError("Values, weights and groups need one index: align them first, e.g. by reindex.")


def _checked(values, weights):
    for given in (values, weights):
        lists = pd.api.types.is_list_like(given) and not isinstance(given, (dict, set, pd.DataFrame))
        if not lists and (given is values or given is not None):
            raise DataError(f"Inequality needs a list of numbers, and {type(given).__name__} is none.")
    _check_aligned(values, weights)
    for given in (values, weights):
        dtype = float if given is None or not len(given) else pd.Series(given).dtype
        if not pd.api.types.is_numeric_dtype(dtype):
            raise DataError(f"Inequality needs numbers, not {dtype}.")
    x = np.asarray(values, dtype=float)
    w = np.ones(len(x)) if weights is None else np.asarray(weights, dtype=float)
    if not len(x) or len(w) != len(x):
        raise DataError(f"Inequality needs values, each with one weight: {len(x)} values, {len(w)} weights.")
    bad = ~np.isfinite(x) | (x < 0) | ~np.isfinite(w) | (w <= 0)
    if bad.any() or not x.any():
        raise DataError(
            "Inequality needs values that are finite, not negative, not all zero, and weights above zero:",
            pd.DataFrame({"value": x, "weight": w})[bad],
        )
    return x, w / w.sum()


def sigma_convergence(panel, *, outcome, population=None):
    """Measure the spread between districts in each period, over those that are known in every one.

    A figure that is an interval enters with its value. What the intervals allow is told of one measure, the
    standard deviation of the logarithms; where that may be about as large in the first period as in the last,
    nothing can be said of convergence.

    Parameters
    ----------
    panel : pandas.DataFrame
        As from `build_panel`, `as_panel` or `add_metrics`; one scope.
    outcome : str
        Indicator, above zero.
    population : str, optional
        Column of the panel with the size of each district, constant within it; equal by default.

    Returns
    -------
    pandas.DataFrame
        One row is one period: districts (the same in all), mean, variation, sd_log, gini, theil_t, theil_l;
        and vague (districts whose figure is an interval), sd_log_low and sd_log_high (bounds of sd_log over
        all intervals; the lower one is sharp, the upper one may be a little too high, and is infinite where a
        figure is open). sd_log falling is sigma-convergence (Barro and Sala-i-Martin 1992). `list_refused`
        names the districts that are not known in every period.

    Raises
    ------
    DataError
        If the outcome or the column of the population is not there, the outcome is zero or less, populations
        are missing or vary within a district, or fewer than two districts are known throughout.
    """
    table, size, refused = _balanced(panel, outcome, population)
    rows, ends = [], _log_ends(panel, outcome, table)
    for period, x in table.items():
        w = np.ones(len(x)) if size is None else size.loc[x.index]
        log = np.log(x)
        spread = np.sqrt(np.average((log - np.average(log, weights=w)) ** 2, weights=w))
        measures = (measure(x, w) for measure in (gini, theil_t, theil_l))
        rows.append((period, len(x), np.average(x, weights=w), variation(x, w), spread, *measures))
        low, high = (end[period].to_numpy() for end in ends)
        rows[-1] += (int((low < high).sum()), *_deviation_bounds(low, high, np.asarray(w)))
    columns = ["period", "districts", "mean", "variation", "sd_log", "gini", "theil_t", "theil_l"]
    columns += ["vague", "sd_log_low", "sd_log_high"]
    found = pd.DataFrame(rows, columns=columns)
    found.attrs["outcome"] = outcome  # for the axis of a figure
    return mark_simulated(with_refused(found, refused), is_simulated(panel))


def _log_ends(panel, outcome, table):
    """Logarithms of the bounds of the figures in a table, as two tables; of the values without bounds."""
    if not {"low", "high"} <= set(panel):
        return np.log(table), np.log(table)
    rows = panel[panel["indicator"] == outcome]
    for name in ("low", "high"):
        check_numbers(name, rows[name])
    low, value, high = (rows[name].astype(float) for name in ("low", "value", "high"))
    low, high = low.fillna(value), high.fillna(value)
    bad = (low > value) | (value > high)
    if bad.any():
        raise DataError(f"Figures of {outcome!r} lie outside their bounds: mend these rows.", rows[bad])
    ends = []
    for end in (low, high):
        wide = rows.assign(end=end).pivot(index="district", columns="period", values="end")
        with np.errstate(divide="ignore"):
            ends.append(np.log(wide.loc[table.index, table.columns].clip(lower=0)))
    return ends


def _deviation_bounds(low, high, w):
    """Give the smallest standard deviation that numbers in intervals can have, and one that none exceeds.

    The variance is the least mean square distance from any centre. It is smallest with each number as near to
    the centre as it can be, and no larger than with each as far from it as it can be.
    """
    w = w / w.sum()

    def least(end_for, start, stop):
        for _ in range(100):
            centre = (start + stop) / 2
            start, stop = (start, centre) if w @ (centre - end_for(centre)) > 0 else (centre, stop)
        return float(np.sqrt(w @ (centre - end_for(centre)) ** 2))

    apart, known = high.min() < low.max(), np.isfinite([low, high]).all()
    near = least(lambda c: np.clip(c, low, high), high.min(), low.max()) if apart else 0.0
    if not known:
        return near, np.inf
    return near, least(lambda c: np.where(2 * c > low + high, low, high), low.min(), high.max())


@dataclass(frozen=True, eq=False, repr=False)
class Convergence(Result):
    """Beta-convergence of one indicator between the first and the last period.

    Attributes
    ----------
    outcome : str
    beta, se : float
        Slope of yearly (or other) log growth on the log of the first level, and its standard error (HC1).
    speed, half_life : float
        Of convergence, -ln(1 + beta T) / T a period, and ln 2 over it; missing unless 0 > beta T > -1.
    districts, periods : int
        Number of districts, and of periods from the first level to the last.
    refused : pandas.DataFrame
        One row is one district that is not known in both periods: district, reason.
    vague : int
        Districts whose first or last level is an interval; it enters with its value.
    simulated : bool
    """

    outcome: str
    beta: float
    se: float
    speed: float
    half_life: float
    districts: int
    periods: int
    refused: pd.DataFrame
    vague: int = 0
    simulated: bool = False

    @property
    def _title(self):
        return f"beta convergence: {self.outcome}"

    def _said(self):
        lost = f" ({len(self.refused)} left out: not known in both periods)" if len(self.refused) else ""
        said = [("beta", f"{self.beta:.4f}  (se {self.se:.4f}, HC1)")]
        if np.isfinite(self.speed):
            said.append(("speed", f"{self.speed:.4f} a period, half-life {self.half_life:.1f} periods"))
        said += [("districts", f"{self.districts}{lost}"), ("span", f"{self.periods} periods")]
        if self.vague:
            of = f"{self.vague} districts begin or end with an interval"
            said.append(("caution", f"{of}: an error in the first level pulls beta below zero"))
        return said


def beta_convergence(panel, *, outcome):
    """Regress log growth on the log of the first level, over districts that are known in both periods.

    (1/T) ln(y_T / y_0) = a + beta ln y_0 + e (Barro and Sala-i-Martin 1992). An error in y_0 is on both sides
    and pulls beta below zero: with rounded or vague first figures, convergence is found where there is none.

    Parameters
    ----------
    panel : pandas.DataFrame
    outcome : str
        Indicator, above zero.

    Returns
    -------
    Convergence

    Raises
    ------
    DataError
        If the outcome is not there, is zero or less, the same everywhere at first, or fewer than four
        districts are known in both periods.
    """
    table, _, refused = _balanced(panel, outcome, None, ends=True)
    if len(table) < 4 or table.shape[1] < 2:
        raise DataError(f"{len(table)} districts in {table.shape[1]} periods are too few for a slope.")
    begin, end = ordinals(table.columns[[0, -1]])
    span = int(end - begin)
    first, last = np.log(table.iloc[:, [0, -1]].to_numpy(float)).T
    if np.ptp(first) <= 1e-12 * max(1.0, np.abs(first).max()):  # rounding is no spread
        raise DataError(f"All districts begin with the same {outcome!r}, so there is no slope on it.")
    beta, se = _slope(first, (last - first) / span)
    inside = -1 < beta * span < 0
    speed = -np.log1p(beta * span) / span if inside else np.nan
    numbers = (beta, se, float(speed), float(np.log(2) / speed))
    vague = _count_vague(panel[panel["indicator"] == outcome], table)
    return Convergence(outcome, *numbers, len(table), span, refused, vague, is_simulated(panel))


def _count_vague(rows, table):
    """Count the districts of a table that have an interval in one of its periods."""
    if not {"low", "high"} <= set(rows):
        return 0
    for end in ("low", "high"):
        check_numbers(end, rows[end])
    used = rows["district"].isin(table.index) & rows["period"].isin(table.columns)
    return int(rows.loc[used & (rows["low"] < rows["high"]), "district"].nunique())


def _slope(x, y):
    """Least-squares slope and its robust standard error (HC1)."""
    x, y = x - x.mean(), y - y.mean()
    square = x @ x
    slope = x @ y / square
    error = np.sqrt(len(x) / (len(x) - 2)) * np.linalg.norm(x * (y - slope * x)) / square
    return float(slope), float(error)


def _balanced(panel, outcome, population, ends=False):
    """Values as a table, one row is one district that is known in every period, one column one period.

    With the districts' sizes, and those that are left out; with `ends` the first and last period are all.
    """
    needed = ["district", "period", "indicator", "value"]
    if population is not None:
        check_text("population", population, "name a column of the panel")
    check_columns("panel", panel, needed, "make it with as_panel or build_panel")
    rows = of_indicator(panel, outcome)
    check_once(repr(outcome), rows)
    wrong = ~rows["value"].isna() & ~rows["value"].between(0, np.inf, inclusive="neither")
    if wrong.any():
        raise DataError(f"{outcome!r} must be finite and above zero, to take its logarithm:", rows[wrong])
    wide = rows.pivot(index="district", columns="period", values="value")
    wide = wide.iloc[:, [0, -1]] if ends and wide.shape[1] > 1 else wide
    table = wide.dropna()
    refused = pd.DataFrame({"district": wide.index.difference(table.index)})
    refused = refused.assign(reason=f"not known in {'both periods' if ends else 'every period'}")
    if len(table) < 2:
        known = wide.notna().sum().rename("districts").to_frame()
        raise DataError(
            f"{len(table) or 'No'} district has {outcome!r} in every period, and a spread is between two or "
            "more: leave out periods in which few districts have it.",
            known,
        )
    size = None if population is None else of_column(rows, table.index, population, "population")
    if size is not None:
        check_numbers("population", rows[population])
    return table, size, refused

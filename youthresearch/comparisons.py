"""Comparisons of a cohort with its control group, ATT(g, t), and their averages (Callaway, Sant'Anna 2021).

Without controls a comparison is one of mean changes; with them it is an outcome regression, or doubly robust.
All are linear in the change of the outcome, as the propensity score does not look at it: weights are exact.
P comparisons, U units, N districts of the two groups of one comparison, C covariates (a constant among them).
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from .cells import NEVER
from .schema import DataError
from .weights import Linear

OVERLAP = 0.995  # DRDID in R drops controls beyond this propensity; here they are refused


@dataclass(frozen=True, eq=False)
class Pairs:
    """P comparisons ATT(g, t): cohort, indices of t and of the base; weights and scores on U units."""

    cohort: np.ndarray  # (P,)
    t: np.ndarray  # (P,)
    base: np.ndarray  # (P,)
    event: np.ndarray  # (P,)
    att: np.ndarray  # (P,)
    weight: np.ndarray  # (P, U), on the change from base to t
    centre: np.ndarray  # (P, U)


def compare_cohorts(cells, units, control, base, method):
    """Compare each cohort with its control group in each period.

    Parameters
    ----------
    cells : Cells
    units : Units
    control : {"never", "notyet"}
    base : {"varying", "universal"}
    method : {"reg", "dr"}
        Where there are controls.

    Returns
    -------
    Pairs

    Raises
    ------
    DataError
        If no treated period can be compared, or controls do not allow a comparison.
    """
    time, found = cells.time, []
    for g in np.unique(units.cohort[units.cohort != NEVER]):
        last = int(np.searchsorted(time, g)) - 1  # the last period before treatment
        t = np.arange(base == "varying", len(time))
        b = np.where(t <= last, t - 1, last) if base == "varying" else np.full(len(t), last)
        later = np.full(len(t), NEVER) if control == "never" else np.maximum(time[t], time[b]) + 1
        both = (units.observed[:, t] & units.observed[:, b]).T
        treated = both & (units.cohort == g)
        against = both & (units.cohort >= later[:, None]) & (units.cohort != g)
        some = treated.any(axis=1) & against.any(axis=1)
        t, b = t[some], b[some]
        try:
            compared = _compare(units, t, b, treated[some], against[some], method)
        except DataError as refused:
            raise DataError(f"Cohort {cells.label(g)}: {refused}") from None
        found.append((np.full(len(t), g), t, b, time[t] - g, *compared))
    pairs = Pairs(*(np.concatenate(column) for column in zip(*found, strict=True)))
    if not (pairs.event >= 0).any():
        raise DataError(
            "No cohort has a treated period in which it can be compared with untreated districts."
        )
    return pairs


def _compare(units, t, b, treated, against, method):
    """ATT(g, t) of one cohort in P periods: att, weights on the change and centres, shapes (P,), (P, U)."""
    if units.controls.shape[2]:
        compare = {"reg": outcome_regression, "dr": doubly_robust}[method]
        pairs = zip(t, b, treated, against, strict=True)
        pairs = [_with_controls(compare, units, *pair) for pair in pairs]
        att, weight, centre = zip(*pairs, strict=True) if pairs else ((), [], [])
        shape = (len(t), len(units.n))
        return np.array(att), np.reshape(weight, shape), np.reshape(centre, shape)
    change = (units.total[:, t] - units.total[:, b]).T
    share, other = (group / (group @ units.n)[:, None] for group in (treated, against))
    own, fit = (share * change).sum(axis=1), (other * change).sum(axis=1)
    return own - fit, share - other, share * own[:, None] - other * fit[:, None]


def _with_controls(compare, units, t, b, treated, against):
    """ATT(g, t) given controls in the base period: att, weights on the change and centres."""
    both = treated | against
    x = np.column_stack([np.ones(both.sum()), units.controls[both, b]])
    n, total = units.n[both], units.total[both]
    weight, centre = np.zeros((2, len(both)))
    att, weight[both], centre[both] = compare(x, n, (total[:, t] - total[:, b]) / n, treated[both])
    return att, weight, centre


def averages_of(pairs, units, time, aggregate):
    """Say how the pairs are averaged into att and the rows of the path.

    Returns
    -------
    rows : pandas.DataFrame
        Keys of the path, K rows.
    average : ndarray, shape (1 + K, P)
        Weights on the pairs.
    slope : ndarray, shape (1 + K, U)
        Derivative of the averages by the number of districts in the cohort of a unit: these shares are
        estimated too.
    """
    post = (pairs.event >= 0).astype(float)
    member = pairs.cohort[:, None] == units.cohort
    size = member @ units.n
    if aggregate == "group_time":
        rows = {"cohort": pairs.cohort, "period": time[pairs.t], "event_time": pairs.event}
        chosen, use = np.eye(len(post)), np.ones(len(post), dtype=bool)
    else:
        name, key, use = {
            "cohort": ("cohort", pairs.cohort, post > 0),
            "calendar": ("period", time[pairs.t], post > 0),
        }.get(aggregate, ("event_time", pairs.event, post >= 0))
        rows = {name: np.unique(key[use])}
        chosen = ((key == rows[name][:, None]) & use).astype(float)
    average, slope = _shares(chosen, size, pairs.att)
    if aggregate in ("event", "calendar"):
        whole = (chosen * post).any(axis=1)
        overall = average[whole].mean(axis=0), slope[whole].mean(axis=0)
    else:
        cells = (chosen @ chosen.T).diagonal() @ chosen if aggregate == "cohort" else 1
        overall = (part[0] for part in _shares((post / np.maximum(cells, 1))[None], size, pairs.att))
    average, slope = (np.vstack(both) for both in zip(overall, (average, slope), strict=True))
    return pd.DataFrame(rows), average, slope @ member


def _shares(chosen, size, att):
    """Average chosen pairs (K, P) by the size of their cohorts; also the derivative by that size."""
    weight = chosen * size
    total = weight.sum(axis=1, keepdims=True)
    mean = (weight @ att)[:, None] / total
    return weight / total, chosen * (att - mean) / total


def average_pairs(pairs, periods, average, slope):
    """Weights and scores of averages of pairs on the cells of units."""
    weights = np.zeros((len(average), pairs.weight.shape[1], periods))
    for t in range(periods):
        for at, sign in ((pairs.t == t, 1), (pairs.base == t, -1)):
            weights[:, :, t] += sign * (average[:, at] @ pairs.weight[at])
    return Linear(weights, average @ pairs.centre - slope)


def outcome_regression(x, n, change, treated):
    """Compare with the change that a regression on the control group predicts (Heckman and others 1997).

    Parameters
    ----------
    x : ndarray, shape (N, C)
    n : ndarray, shape (N,)
        Sizes of the districts.
    change : ndarray, shape (N,)
    treated : ndarray of bool, shape (N,)

    Returns
    -------
    att : float
    weight : ndarray, shape (N,)
        Weight on the change of a district, times its size.
    centre : ndarray, shape (N,)
        A district's score is ``size * (weight * change - centre)``.

    Raises
    ------
    DataError
        If covariates are collinear in the control group.
    """
    return _adjusted(x, n, change, treated, np.zeros(len(n)))


def doubly_robust(x, n, change, treated):
    """Weight the control group by the odds of treatment as well (Sant'Anna and Zhao 2020, eq. 2.6 and 3.1).

    The propensity is a logit by maximum likelihood, the regression ordinary least squares: `drdid_panel` of
    DRDID in R, and `est_method = "dr"` of did.

    Parameters
    ----------
    x, n, change, treated
        As in `outcome_regression`.

    Returns
    -------
    att, weight, centre
        As in `outcome_regression`.

    Raises
    ------
    DataError
        If covariates are collinear in the control group, or tell the two groups apart.
    """
    propensity, vcov = _logit(x, n, treated)
    beyond = ~(propensity < np.where(treated, 0.999, OVERLAP))
    if beyond.any():
        raise DataError(
            f"The controls tell {int(treated.sum())} treated from {int((~treated).sum())} other districts: "
            f"for {int(beyond.sum())} the propensity is beyond {OVERLAP}, so that nobody is comparable. Use "
            'fewer controls, or method="reg".'
        )
    odds = np.where(treated, 0, propensity / (1 - propensity))
    share = odds / (n @ odds)
    att, weight, centre = _adjusted(x, n, change, treated, share)
    residual = change - _fit(x, n, change, treated)
    slope = x.T @ (n * share * (residual - n @ (share * residual)))
    return att, weight, centre + (treated - propensity) * (x @ (vcov @ slope))


def _adjusted(x, n, change, treated, share):
    """Mean residual of the treated less that by the shares, in the regression on the control group."""
    own = treated / n[treated].sum()
    fit = _fit(x, n, change, treated)
    asked = ~treated * (x @ np.linalg.solve(_moment(x, n, treated), x.T @ (n * (own - share))))
    high, low = (n @ (part * (change - fit)) for part in (own, share))
    return high - low, own - share - asked, own * (fit + high) - share * (fit + low) - asked * fit


def _fit(x, n, change, treated):
    free = n * ~treated
    return x @ np.linalg.solve(_moment(x, n, treated), x.T @ (free * change))


def _moment(x, n, treated):
    moment = (x * (n * ~treated)[:, None]).T @ x
    if np.linalg.matrix_rank(moment, hermitian=True) < len(moment):
        raise DataError(
            f"The control group of {int((~treated).sum())} districts has too few of them, or controls that "
            "are collinear in it: use fewer controls."
        )
    return moment


def _logit(x, n, treated):
    """Propensity of each district, and the covariance of the coefficients.

    Iteratively reweighted least squares, as `glm` of R and of statsmodels, whose import takes a second and
    each fit ten milliseconds. Groups that covariates tell apart are refused by the caller.
    """
    slope = np.zeros(x.shape[1])
    for _ in range(25):
        index = np.clip(x @ slope, -40, 40)  # beyond, the propensity is 0 or 1 to all digits
        propensity = np.clip(1 / (1 + np.exp(-index)), 1e-12, 1 - 1e-12)
        variance = propensity * (1 - propensity)
        root = np.sqrt(n * variance)
        inverse = np.linalg.pinv(root[:, None] * x)
        step = inverse @ (root * (treated - propensity) / variance)
        if np.abs(x @ step).max() < 1e-10:
            break
        slope = slope + step
    return propensity, inverse @ inverse.T

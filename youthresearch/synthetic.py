"""Synthetic controls and synthetic difference in differences: the one place to call diff-diff.

Its solvers take the steps of R's synthdid (Frank and Wolfe, stopped by the same rule), so that weights agree
to the last digits; its errors and p-values are not used. Those steps are slow, and placebos need none: their
weights are where the steps lead. The weights of a synthetic control are a least squares problem, which scipy
solves exactly.
"""

from dataclasses import replace
from itertools import combinations
from math import comb

import numpy as np
import pandas as pd

from .cells import (
    NEVER,
    Cells,
    check_never,
    check_no_gaps,
    check_treated,
    keep_districts,
    make_cells,
    make_units,
)
from .effects import effect_of, estimator
from .inference import SEED
from .schema import DataError, as_names, check_count, check_seed
from .weights import Linear

POOR = 0.25  # of the effect; a level as far out of reach may pass for it


@estimator
def synthetic_did(panel, *, outcome, placebos=200, seed=SEED):
    """Estimate synthetic difference in differences for one wave (Arkhangelsky et al. 2021).

    The treated districts are compared with never-treated ones weighted so that they moved alike before
    treatment, and periods before treatment are weighted so that they resemble those after it.

    Parameters
    ----------
    panel, outcome, strata
        As in `did`; without gaps, with one cohort.
    placebos : int
        Draws of never-treated districts that stand in for the treated ones. Where there are no more sets of
        them than that, as with one treated district, each stands in once, and no draw is needed.
    seed : int
        Of the draws.

    Returns
    -------
    Effect
        The weights depend on the outcome: bounds of vague figures hold at these weights only. se is the
        standard deviation of the placebo effects (algorithm 4 of the paper), which takes the errors of
        treated and other districts to be alike. The steps of synthdid, taken for att alone, end before the
        districts' weights are best; those of placebos are best, which moves an effect by less than a
        hundredth of se (38 to 800 donors). Path by event time from 0 on. The test by placebos is exact
        with one treated district. With several it takes them to be few beside the never-treated, whose sets
        overlap: `synthetic_control` rejected a true null 7, 8 and 10% of the time at 5% with 4 of 24, 2 of 10
        and 3 of 12 treated (4% with 2 of 20; 9 periods, rho 0.5, 240 to 370 simulations each).

    Raises
    ------
    DataError
        With the districts to leave out: gaps, or several cohorts; or if there are no more never-treated
        districts than treated ones.
    ImportError
        If diff-diff is not installed.
    """
    cells, treated, after = _one_wave(make_cells(panel, outcome), "synthetic_did")

    def weigh(chosen, donors):
        before, later = cells.y[:, ~after], cells.y[:, after]
        target, placebo = before[chosen].mean(axis=0), not treated[chosen].any()
        return synthetic_weights(before[donors], later[donors], target, int(chosen.sum()), best=placebo)

    return _placebo_effect("synthetic_did", cells, treated, after, weigh, placebos, seed, {})


@estimator
def synthetic_control(panel, *, outcome, controls=None, placebos=200, seed=SEED):
    """Compare with a weighted mean of never-treated districts (Abadie, Diamond and Hainmueller 2010).

    Weights are at least zero, sum to one, and bring the never-treated districts as near as they can to the
    (mean of the) treated ones in the outcome of each period before treatment, and in the mean of each control
    over these. A squared difference counts by one over the variance among districts, that of the outcome
    averaged over the periods (Abadie 2021, section 3.2a): predictors' weights are not searched for, as the
    search has many ends, and makes controls void beside all the outcomes (Kaul and others 2022). With more
    districts than periods before treatment many weights may come as near as these; then the most even ones
    are taken, and the convention says which estimates the others give.

    Parameters
    ----------
    panel, outcome, placebos, seed, strata
        As in `synthetic_did`.
    controls : list of str, optional
        Other indicators of the panel; gaps in them do not matter, as means are taken.

    Returns
    -------
    Effect
        As from `synthetic_did`: the weights depend on the outcome. There is no district effect, so that a
        level which the weighted mean does not reach stays in the effect: see `fit`, the root mean squared
        difference before treatment, in its convention, and `poor fit` where on average it is a quarter of
        att or more. Placebos allow for it only if the pilot is as likely to be out of reach as any other:
        the largest of 20 districts as pilot, a true null was rejected 13 to 21% of the time at 5% (levels
        spread as much as shocks, twice and four times as much; 250 simulations each).

    Raises
    ------
    DataError
        As `synthetic_did`; or if a district has no value of a control before treatment.
    """
    controls = as_names(controls, "controls")
    cells, treated, after = _one_wave(make_cells(panel, outcome), "synthetic_control")
    if not isinstance(panel, Cells):
        cells = _with_means(cells, panel, controls, cells.time[after][0])
    if cells.controls.shape[2] != len(controls):
        raise DataError("synthetic_control takes its controls from a panel; these cells are without them.")
    used = treated | (cells.cohort == NEVER)
    features = [cells.y[:, ~after], *(cells.controls[:, :1, p] for p in range(len(controls)))]
    features = np.hstack([part / _spread(part[used]) for part in features])

    def weigh(treated, donors):
        weights = control_weights(features[donors], features[treated].mean(axis=0))
        return weights, np.zeros((~after).sum())

    told = _told_of_fit(cells, features, treated, after, weigh(treated, ~treated)[0])
    if controls:
        told["controls"] = "means before treatment"
    return _placebo_effect("synthetic_control", cells, treated, after, weigh, placebos, seed, told)


def _told_of_fit(cells, features, treated, after, weights):
    """Say how near the weighted mean comes before treatment, and what other weights as near would give."""
    gap = cells.y[treated].mean(axis=0) - weights @ cells.y[~treated]
    off = cells.without_noise(np.sqrt((gap[~after] ** 2).mean()))
    told = {"fit": f"{off:.4g} off before treatment (root mean square)"}
    ahead, att = gap[~after].mean(), gap[after].mean()
    if abs(ahead) > max(POOR * abs(att), cells.rounding):
        told["poor fit"] = (
            f"{ahead:.3g} was there before treatment, on average, and stays in the effect "
            "(synthetic_did takes levels off)"
        )
    change = cells.y[~treated][:, after].mean(axis=1)
    ends = _as_near(features[~treated], features[treated].mean(axis=0), weights, change)
    if ends:
        low, high = att + weights @ change - np.array(ends)[::-1]
        told["not unique"] = (
            f"other weights come as near, and give {low:.4g} to {high:.4g}; these are the most even"
        )
    return told


def _spread(values):
    """Root of the variance among districts, averaged over columns; 1 where all are alike."""
    return np.sqrt(values.var(axis=0, ddof=1).mean()) or 1.0


def _with_means(cells, panel, controls, begin):
    """Put the means of controls before treatment into the cells, so that other assignments have them too."""
    means = np.zeros((len(cells.districts), len(controls)))
    for p, name in enumerate(controls):
        if name == cells.outcome:
            raise DataError(f"{name!r} is the outcome, and cannot be a control of itself.")
        means[:, p] = _mean_before(cells, make_cells(panel, name), begin)
    return replace(cells, controls=np.repeat(means[:, None], len(cells.time), axis=1))


def _mean_before(cells, control, begin):
    """Mean of a control over the periods before treatment, in the order of the districts of `cells`."""
    before = control.observed & (control.time < begin)
    known = before.any(axis=1)
    at = control.districts[known].get_indexer(cells.districts)
    if (at < 0).any():
        raise DataError(
            f"Districts without a value of {control.outcome!r} before treatment: "
            f"{list(cells.districts[at < 0][:10])}."
        )
    return (np.where(before, control.y, 0).sum(axis=1)[known] / before[known].sum(axis=1))[at]


def _one_wave(cells, name):
    """Check that one cohort stands against never-treated districts: cells, who is treated, periods after."""
    check_treated(cells)
    check_never(cells, f"{name} needs some, the more the better")
    cells = keep_districts(cells, cells.cohort > cells.time[0], "no period before treatment")
    check_treated(cells)
    check_no_gaps(cells, name)
    cohorts = np.unique(cells.cohort[cells.cohort != NEVER])
    if len(cohorts) > 1:
        waves = ", ".join(str(cells.label(c)) for c in cohorts)
        raise DataError(
            f"{name} takes one wave, and the panel has several ({waves}): choose one, e.g. "
            "panel[(panel['cohort'] == wave) | panel['cohort'].isna()]."
        )
    return cells, cells.cohort != NEVER, cells.time >= cohorts[0]


def _placebo_effect(name, cells, treated, after, weigh, placebos, seed, told):
    """Effect from weights on donors and periods that follow the outcome; its error from placebos."""
    sets, drawn = _placebo_sets(treated, placebos, seed)
    weights = _spread_out(treated, ~treated, after, *weigh(treated, ~treated))
    effects = []
    for stand_in in sets:
        donors = ~treated & ~stand_in
        placebo = _spread_out(stand_in, donors, after, *weigh(stand_in, donors))
        effects.append(np.einsum("kit,it->k", placebo, cells.y))
    spread = np.array(effects) - np.mean(effects, axis=0)
    who = "never-treated district" if treated.sum() == 1 else "set of never-treated districts"
    told = {
        "errors": f"standard deviation of {len(sets)} placebo effects, normal",
        "placebos": f"drawn, seed {seed}" if drawn else f"each {who} once",
        "weights": "depend on the outcome; bounds hold at these weights only",
        **told,
    }
    rows = pd.DataFrame({"event_time": cells.time[after] - cells.time[after][0]})
    linear = Linear(weights, np.zeros(weights.shape[:2]))
    units = make_units(cells, alone=True)
    effect = effect_of(name, cells, units, linear, rows, told, vcov=spread.T @ spread / len(sets))
    donors = int((~treated).sum())  # those without weight are placebos all the same
    seed = seed if drawn else None
    return replace(effect, n_control=donors, _placebos=np.array(effects), _placebo_seed=seed)


def _placebo_sets(treated, placebos, seed):
    """Choose sets of never-treated districts that stand in for the treated, as masks; and whether by draw."""
    others, n = np.flatnonzero(~treated), int(treated.sum())
    if len(others) <= n:
        raise DataError(
            f"{len(others)} never-treated districts cannot both stand in for {n} treated ones and be donors."
        )
    if n > 1:
        check_count(least=2, placebos=placebos)  # their spread is the error
        check_seed(seed)
    drawn = n > 1 and comb(len(others), n) > placebos
    if drawn:
        rng = np.random.default_rng(seed)
        chosen = np.array([rng.choice(others, n, replace=False) for _ in range(placebos)])
    else:
        chosen = np.array(list(combinations(others, n)))
    sets = np.zeros((len(chosen), len(treated)), dtype=bool)
    np.put_along_axis(sets, chosen, True, axis=1)
    return sets, drawn


def _spread_out(treated, donors, after, by_donor, by_period):
    """Weights of the effect, on average and then in each period after treatment, shape (1 + K, N, T)."""
    districts = np.zeros(len(treated))
    districts[treated], districts[donors] = 1 / treated.sum(), -by_donor
    periods = np.zeros((1 + after.sum(), len(after)))
    periods[:, ~after] = -by_period
    periods[0, after], periods[1:, after] = 1 / after.sum(), np.eye(after.sum())
    return districts[None, :, None] * periods[:, None, :]


def synthetic_weights(before, after, target, n_treated, *, best=False):
    """Find weights on control districts and on periods before treatment.

    Districts' weights make the controls' path before treatment parallel to the treated one's, periods'
    weights make the controls' level before treatment parallel to that after it (Arkhangelsky et al. 2021,
    eq. 4 and 6); both are at least zero and sum to one.

    Parameters
    ----------
    before, after : ndarray, shape (controls, periods)
        The controls' outcomes before and after treatment.
    target : ndarray, shape (periods before,)
        Mean outcome of the treated districts.
    n_treated : int
    best : bool
        Whether districts' weights are the best ones, which takes a hundredth of the time of the steps that
        synthdid takes towards them, at most 10,000.

    Returns
    -------
    districts : ndarray, shape (controls,)
    periods : ndarray, shape (periods before,)

    Raises
    ------
    ImportError
        If diff-diff is not installed.
    """
    solver = _diff_diff().utils
    centre, scale = before.mean(), before.std() or 1.0  # for numbers near one; the weights do not change
    before, after, target = ((part - centre) / scale for part in (before, after, target))
    steps = np.diff(before, axis=1)
    noise = steps.std(ddof=1) if steps.size > 1 else 0.0
    step = 1e-5 * noise or 1e-5
    zeta = (n_treated * after.shape[1]) ** 0.25 * noise
    periods = solver.compute_time_weights(before.T, after.T, zeta_lambda=1e-6 * noise, min_decrease=step)
    if best and zeta > 0:
        return _parallel(before, target, zeta), np.asarray(periods)
    districts = solver.compute_sdid_unit_weights(before.T, target, zeta_omega=zeta, min_decrease=step)
    return np.asarray(districts), np.asarray(periods)


def _parallel(before, target, zeta):
    """Find the weights on districts that are best by eq. 4 of Arkhangelsky et al. (2021).

    ``|b - A w|^2 / T + zeta^2 |w|^2`` is least, w at least zero and of sum one, A and b less their means.
    """
    scale = zeta * np.sqrt(len(target))
    rows = (before - before.mean(axis=1, keepdims=True)).T / scale
    right = np.append((target - target.mean()) / scale, 1.0)
    slack = np.append(np.ones(len(target)), 0.0)  # the sum is one exactly
    weights = _least_squares(np.vstack([rows, np.ones(len(before))]), right, slack)
    return weights / weights.sum()


def control_weights(donors, target):
    """Find the weighted mean of districts nearest to another: weights at least zero that sum to one.

    With gaps G = donors - target it is the w that makes |w G| least. Least squares without the sum,
    min |x G|^2 + (sum x - 1)^2 over x >= 0, have x = s w: whatever s is, w makes the first term least
    (Lawson and Hanson 1974, chapter 23). Of several that come as near it is the most even one, so that the
    order of the districts has no say.

    Parameters
    ----------
    donors : ndarray, shape (districts, features)
    target : ndarray, shape (features,)

    Returns
    -------
    ndarray, shape (districts,)
    """
    from scipy.optimize import nnls

    gaps = donors - target
    gaps = gaps / (np.sqrt((gaps**2).sum(axis=1).mean()) or 1.0)  # near the sum in size
    rows = np.vstack([gaps.T, np.ones(len(gaps))])
    found = nnls(rows, np.append(np.zeros(gaps.shape[1]), 1.0))[0]
    weights = found / found.sum()
    return weights if _is_one(rows, weights) else _most_even(rows, weights)


def _is_one(rows, weights):
    """Whether no other weights come as near: those that can have some are independent."""
    near = rows[:-1] @ weights
    face = rows[:, rows[:-1].T @ near <= near @ near + 1e-9]
    return np.linalg.matrix_rank(face) == face.shape[1]


def _most_even(rows, weights):
    """Of all w >= 0 with the same ``rows @ w``, find that with the least sum of squares."""
    right = rows @ weights
    even = _least_squares(rows, right, np.zeros(len(right)))
    return even if np.abs(right - rows @ even).max() < 1e-8 else weights


def _least_squares(rows, right, slack):
    """Find the w >= 0 that makes ``|w|^2 + |slack v|^2`` least, ``rows @ w + slack v = right``, by Newton.

    It is the part above zero of ``rows' v``; v makes ``v right - (|w|^2 + |slack v|^2) / 2`` largest, which
    is concave. slack is 1 where ``rows @ w`` may differ from right, else 0.
    """

    def gain(v):
        return right @ v - ((np.maximum(v @ rows, 0) ** 2).sum() + (slack * v**2).sum()) / 2

    v = np.linalg.lstsq(rows.T, np.full(rows.shape[1], 1 / rows.shape[1]))[0]
    for _ in range(100):
        weights = np.maximum(v @ rows, 0)
        left = right - rows @ weights - slack * v
        if np.abs(left).max() < 1e-12 * max(1.0, np.abs(right).max()):
            break
        some = rows[:, weights > 0]
        step, size = np.linalg.solve(some @ some.T + np.diag(slack + 1e-12), left), 1.0
        while gain(v + size * step) < gain(v) and size > 1e-12:
            size /= 2
        v = v + size * step
    return weights


def _as_near(donors, target, weights, change):
    """Smallest and largest weighted change of donors that weights as near to the target give; or None."""
    from scipy.optimize import linprog

    rows = np.vstack([donors.T, np.ones(len(donors))])
    if _is_one(np.vstack([(donors - target).T, np.ones(len(donors))]), weights):
        return None
    ends = [linprog(sign * change, A_eq=rows, b_eq=rows @ weights) for sign in (1, -1)]
    return (ends[0].fun, -ends[1].fun) if all(end.success for end in ends) else None


def _diff_diff():
    try:
        import diff_diff
        import diff_diff.utils
    except ImportError:
        raise ImportError(
            "synthetic_did needs the package diff-diff: pip install 'youthresearch[synthetic]'"
        ) from None
    return diff_diff

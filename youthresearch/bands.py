"""Bands about the path of an effect: row by row, and for all rows at once."""

import numpy as np

from .enough import few_rows
from .inference import SEED, check_effect, effect_on_cells, inference_for, reassigned_path
from .reassign import TIE
from .schema import DataError, check_draws

NORMAL = 100_000  # draws, which cost little


def confidence_bands(effect, *, inference=None, strata=None, draws=None, level=0.95, seed=SEED):
    """Bound the path of an effect, row by row and as a whole.

    Parameters
    ----------
    effect : Effect
    inference : {None, "se", "randomization"}
        What the bands rest on: the effect's own errors (its covariance), or the paths under other assignments
        of the cohorts. None chooses the latter where districts are too few for the former, behind att
        (`Effect.caution`) or behind a row, as for the last event times of an early wave of two.
    strata : pandas.Series, optional
        One value a district, as from `strata_by`, for "randomization"; by default the estimator's.
    draws : int, optional
        By "se" normal draws for the simultaneous band (Montiel Olea and Plagborg-Moller 2019, sup-t), 100,000
        by default; by "randomization" assignments, as in `randomization_test`.
    level : float
    seed : int

    Returns
    -------
    pandas.DataFrame
        The path with low, high (each row alone), band_low, band_high (all rows at once) and inference
        (clustered, iid, placebo, or randomization). By "randomization" the path itself is taken off the
        treated cells and the rest is reassigned: low and high are as far from att as 95% of the assignments'
        estimates are from zero, infinite where there are too few of them, and se is their spread; those of
        the synthetic estimators are their placebos, in which treated districts have no part. A path by
        cohort or period cannot be reassigned: by default its ends are infinite in rows that rest on too few.
        ``attrs["how"]`` says over which assignments, and how many were left out as they have no such path.

    Raises
    ------
    DataError
        If there is no path, as of `did`; by "randomization": if it is not by event time, or nothing can be
        reassigned.
    """
    check_effect(effect)
    check_draws(NORMAL if draws is None else draws, seed, level)
    by_event = "event_time" in effect.path and effect.path["event_time"].is_unique
    by = inference_for(effect, inference, range(len(effect.path)) if by_event else (), strata)
    if effect.path.empty:
        raise DataError(f"{effect.estimator} has no path to bound: take event_study or staggered_did.")
    if by == "randomization":
        se, pointwise, critical, how = _reaches_by_randomization(effect, level, strata, draws, seed)
    else:
        se, pointwise, critical, how = _reaches_by_error(effect, level, draws or NORMAL, seed)
    path = effect.path.assign(se=se)
    for name, reach in (("", pointwise), ("band_", critical)):
        path[f"{name}low"], path[f"{name}high"] = path["att"] - reach * se, path["att"] + reach * se
    if inference is None and by != "randomization":
        few = few_rows(effect)
        path.loc[few, ["low", "band_low"]], path.loc[few, ["high", "band_high"]] = -np.inf, np.inf
    path = path.assign(inference=by)
    # for the axis and the legend of a figure; and over which assignments
    path.attrs |= {"outcome": effect.outcome, "level": level, "how": how}
    return path


def _reaches_by_error(effect, level, draws, seed):
    """Errors of the path, and how many of them each row alone and all rows at once are to reach."""
    from scipy.special import ndtr, ndtri, stdtrit

    se = effect.path["se"].to_numpy()
    known = np.isfinite(se) & (se > 0)
    pointwise = stdtrit(effect.df, 0.5 + level / 2)
    correlation = effect.vcov[1:, 1:][np.ix_(known, known)] / np.outer(se[known], se[known])
    values, vectors = np.linalg.eigh(correlation)
    root = vectors * np.sqrt(np.clip(values, 0, None))
    normal = np.random.default_rng(seed).standard_normal((draws, len(values)))
    largest = np.abs(normal @ root.T).max(axis=1, initial=0)
    critical = max(np.quantile(largest, level), ndtri(0.5 + level / 2))
    if np.isfinite(effect.df):  # the same tail probability under t
        critical = -stdtrit(effect.df, ndtr(-critical))
    return np.where(known, se, np.nan), pointwise, critical, effect.errors


def _reaches_by_randomization(effect, level, strata, draws, seed):
    """As `_reaches_by_error`, from the paths of other assignments once the path is taken off."""
    if "event_time" not in effect.path or not effect.path["event_time"].is_unique:
        raise DataError(
            f"Bands of {effect.estimator} by reassignment need a path by event time; take one, or "
            "inference='se'."
        )
    less = effect_on_cells(effect)
    others, how = reassigned_path(effect, strata=strata, draws=draws, seed=seed, less=less)
    others = others[1:, 1:]
    spread = np.sqrt((others**2).mean(axis=0))
    far = np.abs(others) / np.where(spread > 0, spread, 1.0)
    pointwise, critical = (
        _reach(values, level) for values in (far, np.broadcast_to(far.max(axis=1)[:, None], far.shape))
    )
    return np.where(spread > TIE * spread.max(), spread, np.nan), pointwise, critical, how


def _reach(far, level):
    """Find what all but a share of 1 - level of the assignments, the actual one among them, do not reach."""
    place = int(np.floor((1 - level) * (1 + len(far)) + TIE))
    return np.sort(np.vstack([far, np.full(far.shape[1], np.inf)]), axis=0)[::-1][place]

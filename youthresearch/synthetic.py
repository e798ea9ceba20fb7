"""Weights of synthetic difference in differences: the one place that calls diff-diff.

Its solver takes the steps of R's synthdid (Frank and Wolfe, stopped by the same rule), so that weights agree
to the last digits; its errors and p-values are not used. Another solver can stand here without more ado.
"""

import numpy as np


def synthetic_weights(before, after, target, n_treated):
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

    Returns
    -------
    districts : ndarray, shape (controls,)
    periods : ndarray, shape (periods before,)

    Raises
    ------
    ImportError
        If diff-diff is not installed.
    """
    solver = _solver()
    centre, scale = before.mean(), before.std() or 1.0  # for numbers near one; the weights do not change
    before, after, target = ((part - centre) / scale for part in (before, after, target))
    noise = np.diff(before, axis=1).std(ddof=1) if before.shape[1] > 1 else 0.0
    step = 1e-5 * noise or 1e-5
    zeta = (n_treated * after.shape[1]) ** 0.25 * noise
    districts = solver.compute_sdid_unit_weights(before.T, target, zeta_omega=zeta, min_decrease=step)
    periods = solver.compute_time_weights(before.T, after.T, zeta_lambda=1e-6 * noise, min_decrease=step)
    return np.asarray(districts), np.asarray(periods)


def _solver():
    try:
        from diff_diff import utils
    except ImportError:
        raise ImportError(
            "synthetic_did needs the package diff-diff: pip install 'youthresearch[synthetic]'"
        ) from None
    return utils

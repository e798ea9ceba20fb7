"""Weights of synthetic controls, and of synthetic difference in differences: the one place to call diff-diff.

Its solvers take the steps of R's synthdid (Frank and Wolfe, stopped by the same rule), so that weights agree
to the last digits, and find those of a synthetic control exactly; its errors and p-values are not used. Other
solvers can stand here without more ado.
"""

import warnings

import numpy as np
import pandas as pd


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
    solver = _diff_diff().utils
    centre, scale = before.mean(), before.std() or 1.0  # for numbers near one; the weights do not change
    before, after, target = ((part - centre) / scale for part in (before, after, target))
    steps = np.diff(before, axis=1)
    noise = steps.std(ddof=1) if steps.size > 1 else 0.0
    step = 1e-5 * noise or 1e-5
    zeta = (n_treated * after.shape[1]) ** 0.25 * noise
    districts = solver.compute_sdid_unit_weights(before.T, target, zeta_omega=zeta, min_decrease=step)
    periods = solver.compute_time_weights(before.T, after.T, zeta_lambda=1e-6 * noise, min_decrease=step)
    return np.asarray(districts), np.asarray(periods)


def control_weights(donors, target):
    """Find the weighted mean of districts nearest to another: weights at least zero that sum to one.

    Parameters
    ----------
    donors : ndarray, shape (districts, features)
    target : ndarray, shape (features,)

    Returns
    -------
    ndarray, shape (districts,)

    Raises
    ------
    ImportError
        If diff-diff is not installed.
    """
    n, features = donors.shape
    rows = np.vstack([donors, target])
    table = pd.DataFrame(  # features stand in for periods before treatment; after it nothing is compared
        {
            "unit": np.repeat(np.arange(n + 1), features + 1),
            "time": np.tile(np.arange(features + 1), n + 1),
            "y": np.column_stack([rows, np.zeros(n + 1)]).ravel(),
        }
    )
    table["treated"] = ((table["unit"] == n) & (table["time"] == features)).astype(int)
    solver = _diff_diff().SyntheticControl(v_method="custom", custom_v=np.ones(features), standardize="none")
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Pre-treatment fit is poor")  # the effect tells its fit
        fit = solver.fit(table, "y", "treated", "unit", "time", pre_period_outcomes="all")
    return pd.Series(fit.donor_weights).reindex(range(n), fill_value=0.0).to_numpy()


def _diff_diff():
    try:
        import diff_diff
        import diff_diff.utils
    except ImportError:
        raise ImportError(
            "Synthetic controls need the package diff-diff: pip install 'youthresearch[synthetic]'"
        ) from None
    return diff_diff

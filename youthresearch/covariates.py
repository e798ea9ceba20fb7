"""One cohort against its control group with covariates: outcome regression, and doubly robust.

Both are linear in the change of the outcome, as the propensity score does not look at it: weights are exact.
N districts of the two groups, P covariates (a constant among them).
"""

import warnings

import numpy as np

from .schema import DataError

OVERLAP = 0.995  # DRDID in R drops controls beyond this propensity; here they are refused


def outcome_regression(x, n, change, treated):
    """Compare with the change that a regression on the control group predicts (Heckman and others 1997).

    Parameters
    ----------
    x : ndarray, shape (N, P)
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
    return _compare(x, n, change, treated, np.zeros(len(n)))


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
    att, weight, centre = _compare(x, n, change, treated, share)
    residual = change - _fit(x, n, change, treated)
    slope = x.T @ (n * share * (residual - n @ (share * residual)))
    return att, weight, centre + (treated - propensity) * (x @ (vcov @ slope))


def _compare(x, n, change, treated, share):
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
    """Propensity of each district, and the covariance of the coefficients."""
    import statsmodels.api as sm

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # groups that covariates tell apart are refused by the caller
        fit = sm.GLM(treated.astype(float), x, family=sm.families.Binomial(), var_weights=n).fit(scale=1)
        return fit.fittedvalues, fit.cov_params()

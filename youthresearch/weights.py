"""The algebra of linear estimators: weights on the cells of units, and each district's score.

An estimate is ``sum(W * y)``, the error of it ``sum(W * e)``: the same weights on what the model leaves over.
A district's part of that error is its score ``W . (y - fit)``; scores are independent between districts,
whatever goes on within one, so that the variance clustered by district is the sum of their squares.
Shapes: U units, T periods, K estimates, P regressors.
"""

from dataclasses import dataclass

import numpy as np

from .cells import blocks


@dataclass(frozen=True, eq=False)
class Linear:
    """K estimates that are linear in the outcome.

    Attributes
    ----------
    weights : ndarray, shape (K, U, T)
        Weight on the cell of one district of a unit, times its size.
    centre : ndarray, shape (K, U)
        What the model explains of the weighted sum of a district: its score is the sum less this.
    """

    weights: np.ndarray
    centre: np.ndarray

    def estimates(self, units):
        """Return the K estimates."""
        return np.einsum("kut,ut->k", self.weights, units.total)

    def insert(self, at, other):
        """Return these estimates with others put in before the one at `at`."""
        return Linear(
            np.concatenate([self.weights[:at], other.weights, self.weights[at:]]),
            np.concatenate([self.centre[:at], other.centre, self.centre[at:]]),
        )

    def covariance(self, cells, units):
        """Return the sum over districts of the products of their scores, shape (K, K)."""
        total = np.zeros((len(self.weights), len(self.weights)))
        for rows, unit in blocks(units.of, len(units.n)):
            sums = _weighted_sums(cells.y[rows], self.weights[:, unit])
            scores = (sums - self.centre[:, unit].T) * cells.size[rows, None]
            total += scores.T @ scores
        return total


def _weighted_sums(y, weights):
    if weights.ndim == 2:  # one unit: (K, T)
        return y @ weights.T
    return np.einsum("nt,knt->nk", y, weights)


@dataclass(frozen=True, eq=False)
class TwoWay:
    """Least squares with an effect for each district, one for each period, and P regressors.

    District effects are taken out by demeaning, which leaves T + P normal equations (Frisch and Waugh 1933).

    Attributes
    ----------
    used : ndarray of bool, shape (U, T)
        Cells that the regression takes.
    share : ndarray, shape (U, T)
        1 / (cells of the district) where used, else 0: the weights of a district's mean.
    x : ndarray, shape (U, T, P)
        Regressors less their district means; 0 where not used.
    n : ndarray, shape (U,)
    gram, inverse : ndarray, shape (T + P, T + P)
        Normal matrix, and its pseudo-inverse.
    rank : int
        Coefficients that the data determine, district effects not counted.
    """

    used: np.ndarray
    share: np.ndarray
    x: np.ndarray
    n: np.ndarray
    gram: np.ndarray
    inverse: np.ndarray
    rank: int

    def identified(self, targets):
        """Say which linear combinations of the coefficients, shape (T + P, K), the data determine."""
        back = self.gram @ (self.inverse @ targets)
        return np.abs(back - targets).max(axis=0) <= 1e-7 * np.abs(targets).max(axis=0, initial=1e-300)

    def weights(self, targets):
        """Return the weights of linear combinations of the coefficients, shape (K, U, T)."""
        periods = self.used.shape[1]
        v = self.inverse @ targets
        by_period = np.einsum("tk,ut->kut", v[:periods], self.used)
        by_period -= (self.share @ v[:periods]).T[:, :, None] * self.used
        return by_period + np.einsum("utp,pk->kut", self.x, v[periods:], optimize=True)

    def coefficients(self, total):
        """Return period effects (sum zero) and coefficients of the regressors, shape (T + P,)."""
        total = np.where(self.used, total, 0)
        demeaned = np.where(self.used, total - (self.share * total).sum(axis=1, keepdims=True), 0)
        return self.inverse @ np.append(demeaned.sum(axis=0), np.einsum("utp,ut->p", self.x, total))

    def fit(self, total, regressors):
        """Return what period effects and regressors explain, shape (U, T)."""
        theta, periods = self.coefficients(total), self.used.shape[1]
        return theta[:periods] + regressors @ theta[periods:]


def two_way(units, regressors, used=None):
    """Set up least squares with district and period effects.

    Parameters
    ----------
    units : Units
    regressors : ndarray, shape (U, T, P)
    used : ndarray of bool, shape (U, T), optional
        Cells to take; all that are observed by default.

    Returns
    -------
    TwoWay
    """
    used = units.observed if used is None else used
    share = used / np.maximum(used.sum(axis=1, keepdims=True), 1)
    means = np.einsum("ut,utp->up", share, regressors)
    x = (regressors - means[:, None, :]) * used[:, :, None]
    weighted = units.n[:, None] * used
    by_period = np.diag(weighted.sum(axis=0)) - weighted.T @ share
    flat = x.reshape(used.size, x.shape[2])
    crossed = np.einsum("u,utp->tp", units.n, x)
    within = (flat * np.repeat(units.n, x.shape[1])[:, None]).T @ flat
    gram = np.block([[by_period, crossed], [crossed.T, within]])
    return TwoWay(used, share, x, units.n, gram, *_pseudo_inverse(gram))


def _pseudo_inverse(gram):
    """Invert a normal matrix, its columns brought to one scale, without what is collinear; and its rank."""
    scale = np.sqrt(np.diag(gram))
    scale = np.where(scale > 1e-9 * scale.max(initial=0), scale, np.inf)
    values, vectors = np.linalg.eigh(gram / np.outer(scale, scale))
    vectors = vectors[:, values > 1e-11 * values[-1]] / scale[:, None]
    values = values[len(values) - vectors.shape[1] :]
    return (vectors / values) @ vectors.T, len(values)


def regression(units, regressors, targets, used=None):
    """Weights and scores of combinations of the coefficients of a two-way regression.

    Parameters
    ----------
    units : Units
    regressors : ndarray, shape (U, T, P)
    targets : ndarray, shape (P, K)
    used : ndarray of bool, shape (U, T), optional

    Returns
    -------
    linear : Linear
    identified : ndarray of bool, shape (K,)
    rank : int
        Coefficients that the data determine, district effects not counted.
    fit : ndarray, shape (U, T)
        What period effects and regressors explain.
    """
    model = two_way(units, regressors, used)
    targets = np.vstack([np.zeros((units.observed.shape[1], targets.shape[1])), targets])
    fit = model.fit(units.total, regressors)
    weights = model.weights(targets)
    linear = Linear(weights, np.einsum("kut,ut->ku", weights, fit))
    return linear, model.identified(targets), model.rank, fit


def residuals(cells, units, fit):
    """Take off each cell what a regression explains, and its district's mean of the rest, shape (N, T)."""
    return less_mean(cells.y - fit[units.of], cells.observed)


def less_mean(values, used):
    """Take the mean over the cells used (axis -1) off; 0 elsewhere."""
    count = np.maximum(used.sum(axis=-1, keepdims=True), 1)
    return np.where(used, values - np.where(used, values, 0).sum(axis=-1, keepdims=True) / count, 0)


def imputation(units, model, direct, treated):
    """Weights of averages of y - (district effect + period effect + controls), imputed from untreated cells.

    Parameters
    ----------
    units : Units
    model : TwoWay
        Of the untreated cells on the controls.
    direct : ndarray, shape (K, U, T)
        Weight on each treated cell: K averages.
    treated : ndarray of bool, shape (U, T)
        Cells whose effect is estimated.

    Returns
    -------
    Linear
        Scores about the average effect by cohort and period (Borusyak, Jaravel and Spiess 2024, eq. 8).
    """
    weights = direct + model.weights(_asked(units, model, direct))
    weights -= direct.sum(axis=2)[:, :, None] * model.share
    fit = model.fit(units.total, units.controls)
    mean = units.total / units.n[:, None]
    effect = mean - fit - (model.share * (mean - fit)).sum(axis=1, keepdims=True)
    explained = _average_effects(units, direct, np.where(treated, effect, 0))
    return Linear(weights, np.einsum("kut,ut->ku", weights, fit) + explained)


def _asked(units, model, direct):
    """Find what the averages ask of the untreated regression's coefficients, shape (T + P, K)."""
    sums = direct.sum(axis=2) * model.n
    periods = sums @ model.share - np.einsum("u,kut->kt", model.n, direct)
    means = np.einsum("ut,utp->up", model.share, units.controls)
    return np.hstack([periods, sums @ means - np.einsum("u,kut,utp->kp", model.n, direct, units.controls)]).T


def _average_effects(units, direct, effect):
    """Weighted sum, in each unit, of the average effect by cohort and period, shape (K, U)."""
    explained = np.zeros(direct.shape[:2])
    for cohort in np.unique(units.cohort):
        u = units.cohort == cohort
        square = direct[:, u] ** 2 * units.n_squared[u][:, None]
        weight = square.sum(axis=1)
        average = np.einsum("kut,ut->kt", square, effect[u]) / np.where(weight > 0, weight, 1)
        explained[:, u] = np.einsum("kut,kt->ku", direct[:, u], average)
    return explained

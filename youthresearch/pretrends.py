"""Whether treated districts were on another path before treatment, and whether a test would have seen it.

A test that finds nothing may simply be weak, and what passes a weak test is biased further (Roth 2022). So
it comes with the trend that it would see half of the time, and four times in five.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from .cells import NEVER
from .enough import caution_of
from .inference import SEED, check_effect, effect_on_cells, inference_for, reassigned_path
from .reassign import TIE
from .results import OfEffect, as_percent, fixed, p_as_text, said_of_sample
from .schema import DataError, check_choice, check_share, mark_simulated

POWERS = (0.5, 0.8)


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class PretrendTest(OfEffect):
    """A test of the coefficients before treatment, and the trend that it would see.

    Attributes
    ----------
    estimator, outcome, att, n_treated, n_control, periods, simulated
        As in `Effect`.
    test : {"joint", "individual"}
    statistic : float
        joint: F or chi-squared, or ``b' V^-1 b`` among its like under other assignments. individual: the
        largest coefficient over the bound beyond which it counts as significant; above one the test rejects.
    p_value : float
    size : float
        Chance to reject where there is no trend.
    how : str
        What the statistic is compared with.
    path : pandas.DataFrame
        The rows of the effect's path that are tested.
    trends : pandas.DataFrame
        One row is one power: power, slope (the drift of treated districts a period, in units of the outcome,
        that the test detects with that chance), bias (of att under that drift) and bias_if_passed (its mean
        over the studies in which the test finds nothing).
    level : float
    inference : str
        What the covariance is from: randomization, or the effect's own errors, clustered, iid or placebo.
    caution : str
        Why the covariance is unreliable; empty if it is not.
    """

    test: str
    statistic: float
    p_value: float
    size: float
    how: str
    path: pd.DataFrame
    trends: pd.DataFrame
    level: float
    inference: str
    caution: str

    @property
    def _title(self):
        return f"pre-trends of {self.estimator}: {self.outcome}"

    def _said(self):
        times = self.path["event_time"]
        said = [
            ("tested", f"{len(times)} coefficients, event times {times.min()} to {times.max()}"),
            ("p", f"{p_as_text(self.p_value)}  ({self.how})"),
        ]
        if self.test == "individual":
            said.append(("size", f"{self.size:.3f}: one of them is significant where there is no trend"))
        for row in self.trends.itertuples():
            if np.isfinite(row.slope):
                slope, bias, passed = (fixed(v, abs(v)) for v in (row.slope, row.bias, row.bias_if_passed))
                said.append(
                    (
                        f"{as_percent(row.power)} power",
                        f"if treated districts drift {slope} a period; att is then off by {bias}, "
                        f"by {passed} where the test passes",
                    )
                )
            else:
                said.append((f"{as_percent(row.power)} power", "against no drift: the test cannot reject"))
        said.append(("att", fixed(self.att, abs(self.att))))
        if self.caution:
            said.append(("caution", f"covariance {self.caution}"))
        return [*said, *said_of_sample(self)]


def pretrend_test(
    effect, *, test="joint", inference=None, strata=None, draws=None, level=0.95, power=POWERS, seed=SEED
):
    """Test that the coefficients before treatment are zero, and say which trend the test would miss.

    The trend is a drift of the treated districts away from the others, by the same amount each period
    (Roth 2022, section 2). What it does to att and to every coefficient follows from their weights.

    Parameters
    ----------
    effect : Effect
        With coefficients before treatment: `event_study`, `sun_abraham` or `staggered_did`.
    test : {"joint", "individual"}
        All coefficients at once (Wald); or, as event studies are often read, whether any one of them is
        significant by itself, which rejects too often.
    inference : {None, "se", "randomization"}
        Covariance of the coefficients: the effect's own, or over all assignments of the cohorts, once the
        estimated effect is taken off the treated cells. None chooses the latter where districts are too few
        for the former, behind att (`Effect.caution`) or behind a coefficient that is tested. The actual
        assignment is one of them: where nothing drifts it is as likely as any other, and only if all are
        measured by one covariance is its place among them p.
    strata, draws, seed
        For "randomization": a Series with one value a district, as from `strata_by`; number of assignments
        to draw if there are more than 50,000 (9,999, or 999 where each is an estimation of its own); seed.
    level : float
        One less the level of the test.
    power : float or list of float
        Chances to find the trend, each with a row of trends.

    Returns
    -------
    PretrendTest
        By a clustered covariance the joint statistic is F, with the degrees of freedom that its cohorts'
        districts leave (Krishnamoorthy and Yu 2004): with G - 1, or chi-squared, 12 pilots of 60 districts
        and two waves of 10, five coefficients each, rejected a true null 14 and 17% of the time at 5%, and
        5 and 6% so (200 simulations, 10 periods, rho 0.5).
        Power takes coefficients to be normal with the given covariance. With F or chi-squared the chance
        to reject follows the noncentral one, and where the test passes coefficients shrink by
        ``P(k + 2 degrees) / P(k degrees)``, those after treatment by what they share with them; for
        "individual" the mean of a normal in a box (Manjunath and Wilhelm 2021) stands for that.

    Raises
    ------
    DataError
        If there is no coefficient before treatment, their covariance is singular, a drift leaves no mark
        on them (two base periods), or cohorts cannot be reassigned.
    """
    check_effect(effect)
    check_choice("test", test, ("joint", "individual"))
    check_share(level=level)
    powers = np.atleast_1d(power).tolist()
    for each in powers:
        check_share(power=each)
    before = _before(effect)
    by = inference_for(effect, inference, before, strata)
    drift = _drift(effect, before)
    at = np.append(0, 1 + before)
    if by == "randomization":
        less = effect_on_cells(effect)
        others, how = reassigned_path(effect, strata=strata, draws=draws, seed=seed, less=less)
        others = others[:, at]
        vcov = others.T @ others / len(others)
    else:
        vcov, others, how = effect.vcov[np.ix_(at, at)], None, effect.errors
    _check_regular(vcov[1:, 1:], len(before))
    given = np.append(effect.att, effect.path["att"].to_numpy()[before])
    if test == "joint":
        df, scale = _small_sample(effect, before) if others is None else (np.inf, 1.0)
        chosen = _Joint.make(given, vcov, df, others, 1 - level, scale)
    else:
        chosen = _Box.make(given, vcov, effect.df, others, 1 - level)
    return PretrendTest.of(
        effect,
        test=test,
        statistic=chosen.statistic,
        p_value=chosen.p_value,
        size=chosen.reject(0 * drift),
        how=f"{chosen.name}, {how}",
        path=effect.path.iloc[before].reset_index(drop=True),
        trends=mark_simulated(_trends(chosen, drift, powers), effect.simulated),
        level=level,
        inference=by,
        caution="" if by == "randomization" else caution_of(effect, before),
    )


def _before(effect):
    """Rows of the path before treatment, without the base."""
    path = effect.path
    if "event_time" not in path:
        raise DataError(
            f"The path of this {effect.estimator} is not by event time: take aggregate='simple' or 'event'."
        )
    before = np.flatnonzero((path["event_time"] < 0) & path["se"].notna())
    if not len(before):
        raise DataError(
            f"{effect.estimator} has no coefficient before treatment here: take event_study, sun_abraham or "
            "staggered_did, and a panel with two periods or more before it."
        )
    return before


def _small_sample(effect, before):
    """Degrees of freedom of the joint test by a clustered covariance, and the factor that goes with them.

    Each cohort's part of the covariance is learned from its own districts, about their mean score: with nu
    degrees of freedom in all (Krishnamoorthy and Yu 2004) the Wald statistic over k coefficients, times
    ``(nu - k + 1) / nu / k``, is about F with k and ``nu - k + 1``, as Hotelling's is.
    """
    cells, k, parts = effect._cells, len(before), []
    if effect.errors != "clustered":
        return effect.df, 1.0
    weights = effect._path_by_unit[before][:, effect._units.of]
    scores = np.einsum("knt,nt,n->nk", weights, cells.y, cells.size)
    for cohort in np.unique(cells.cohort):
        own = scores[cells.cohort == cohort]
        if len(own) > 1:
            parts.append((len(own) * np.atleast_2d(np.cov(own.T)), len(own) - 1))
    if not parts:
        return effect.df, 1.0
    inverse = np.linalg.pinv(sum(part for part, _ in parts), hermitian=True)
    shares = [(part @ inverse, df) for part, df in parts]
    lost = sum((np.trace(share @ share) + np.trace(share) ** 2) / df for share, df in shares)
    nu = k * (k + 1) / lost
    if nu - k + 1 < 1:
        raise DataError(
            f"Districts are too few for {k} coefficients before treatment: their covariance has {nu:.1f} "
            "degrees of freedom. Give the estimator a window or fewer periods, or take "
            "inference='randomization' or test='individual'."
        )
    return nu - k + 1, (nu - k + 1) / nu


def _drift(effect, before):
    """Work out what a drift of one a period does to att and to the coefficients tested, shape (1 + k,)."""
    units, time = effect._units, effect._cells.time
    away = np.where(
        units.cohort[:, None] == NEVER, 0.0, time[None, :] - np.minimum(units.cohort, time[-1])[:, None]
    )
    weights = np.concatenate([effect._by_unit[None], effect._path_by_unit[before]])
    drift = np.einsum("kut,u,ut->k", weights, units.n, away * units.observed)
    if np.abs(drift[1:]).max() < 1e-9 * max(1, np.abs(away).max()):
        raise DataError(
            "A steady drift of treated districts leaves no mark on these coefficients, since the base takes "
            "it up: use one base period."
        )
    return drift


def _check_regular(vcov, k):
    scale = np.sqrt(np.diag(vcov))
    if (scale == 0).any():
        raise DataError("Some coefficients before treatment have no error: the outcome does not move there.")
    if np.linalg.matrix_rank(vcov / np.outer(scale, scale), hermitian=True) < k:
        raise DataError(
            f"The covariance of {k} coefficients before treatment is singular: too few districts for so many "
            "periods; give the estimator a shorter panel or a window."
        )


def _trends(chosen, drift, powers):
    """Slopes that the test finds with given chances, and what they do to att."""
    from scipy.optimize import brentq

    rows, unit = [], np.sqrt(drift[1:] @ np.linalg.solve(chosen.vcov[1:, 1:], drift[1:]))
    for power in powers:
        steep = 1 / unit  # doubled, since the noncentral F is nan in scipy where it all but vanishes
        while chosen.reject(steep * drift) <= power and steep < 50 / unit:
            steep *= 2
        if not chosen.reject(steep * drift) > power > chosen.reject(0 * drift):
            rows.append((power, np.nan, np.nan, np.nan))
            continue
        slope = brentq(lambda s, p=power: chosen.reject(s * drift) - p, 0, steep, rtol=1e-5)
        rows.append((power, slope, slope * drift[0], chosen.passed(slope * drift)))
    return pd.DataFrame(rows, columns=["power", "slope", "bias", "bias_if_passed"])


@dataclass(frozen=True, eq=False)
class _Joint:
    """Wald test; coefficients are standardised, so that its region of acceptance is a ball."""

    name: str
    statistic: float
    p_value: float
    vcov: np.ndarray
    df: float
    radius: float  # square of the largest distance that passes
    scale: float = 1.0  # factor on the statistic

    @classmethod
    def make(cls, given, vcov, df, others, alpha, scale=1.0):
        from scipy import special

        k, inverse = len(given) - 1, np.linalg.inv(vcov[1:, 1:])
        far = given[1:] @ inverse @ given[1:]
        if others is not None:
            all_far = np.einsum("bi,ij,bj->b", others[:, 1:], inverse, others[:, 1:])
            p, radius = _among(all_far, alpha)
            return cls("distance", far, p, vcov, np.inf, radius)
        if np.isinf(df):
            p, radius = special.chdtrc(k, far), special.chdtri(k, alpha)
            return cls(f"chi2({k}) = {far:.2f}", far, p, vcov, df, radius)
        statistic = scale * far / k
        p, radius = special.fdtrc(k, df, statistic), k * special.fdtri(k, df, 1 - alpha) / scale
        return cls(f"F({k}, {df:.4g}) = {statistic:.2f}", statistic, p, vcov, df, radius, scale)

    def _inside(self, k, far):
        """Chance that k normals, shifted so far, lie in the ball."""
        from scipy import special

        if np.isinf(self.radius):
            return 1.0
        if np.isinf(self.df):
            return special.chndtr(self.radius, k, far)
        return special.ncfdtr(k, self.df, far, self.scale * self.radius / k)

    def reject(self, delta):
        """Chance to reject where delta is what coefficients are on average."""
        far = delta[1:] @ np.linalg.solve(self.vcov[1:, 1:], delta[1:])
        return 1 - self._inside(len(delta) - 1, far)

    def passed(self, delta):
        """Mean of the error of att over the draws that pass."""
        shared = np.linalg.solve(self.vcov[1:, 1:], delta[1:])
        far, k = delta[1:] @ shared, len(delta) - 1
        shrunk = self._inside(k + 2, far) / self._inside(k, far)
        return delta[0] - (1 - shrunk) * self.vcov[0, 1:] @ shared


@dataclass(frozen=True, eq=False)
class _Box:
    """Whether any coefficient is significant by itself; the region of acceptance is a box."""

    name: str
    statistic: float
    p_value: float
    vcov: np.ndarray
    bounds: np.ndarray

    @classmethod
    def make(cls, given, vcov, df, others, alpha):
        from scipy.special import stdtrit

        if others is None:
            bounds = -stdtrit(df, alpha / 2) * np.sqrt(np.diag(vcov)[1:])
            far = (np.abs(given[1:]) / bounds).max()
            p = 1 - _in_box(far * bounds, 0 * bounds, vcov[1:, 1:])
            return cls("the largest of them", far, p, vcov, bounds)
        size = np.abs(others[:, 1:])
        bounds = np.array([_among(column, alpha)[1] for column in size.T])
        all_far = (size / bounds).max(axis=1)
        return cls("the largest of them", all_far[0], _among(all_far, alpha)[0], vcov, bounds)

    def reject(self, delta):
        """Chance to reject where delta is what coefficients are on average."""
        return 1 - _in_box(self.bounds, delta[1:], self.vcov[1:, 1:])

    def passed(self, delta):
        """Mean of the error of att over the draws that pass."""
        moved = _mean_in_box(self.bounds, delta[1:], self.vcov[1:, 1:]) - delta[1:]
        return delta[0] + self.vcov[0, 1:] @ np.linalg.solve(self.vcov[1:, 1:], moved)


def _among(far, alpha):
    """Place of the first among all, as a p-value, and how far the least of the rejected would be."""
    tie = TIE * far.max()
    p = np.mean(far >= far[0] - tie)
    allowed = int(np.floor(alpha * len(far) + TIE))
    largest = np.sort(far)[::-1]
    return p, np.inf if allowed == 0 else largest[allowed]


def _in_box(bounds, mean, vcov):
    """Chance that a normal lies within plus or minus the bounds."""
    from scipy.stats import multivariate_normal

    if np.isinf(bounds).any():
        return 1.0
    points = np.random.default_rng(0)  # of the integration: the same ones each time
    return float(multivariate_normal.cdf(bounds, mean, vcov, lower_limit=-bounds, abseps=1e-4, rng=points))


def _mean_in_box(bounds, mean, vcov):
    """Mean of a normal known to lie within plus or minus the bounds (Manjunath and Wilhelm 2021, eq. 11)."""
    from scipy.stats import norm

    push = np.zeros(len(mean))
    for j, bound in enumerate(bounds):
        rest = np.arange(len(mean)) != j
        slope = vcov[rest, j] / vcov[j, j]
        left = vcov[np.ix_(rest, rest)] - np.outer(slope, vcov[rest, j])
        for end in (-bound, bound):
            middle = mean[rest] + slope * (end - mean[j])
            inside = _in_box(bounds[rest], middle, left) if rest.any() else 1.0
            push[j] -= np.sign(end) * norm.pdf(end, mean[j], np.sqrt(vcov[j, j])) * inside
    return mean + vcov @ push / _in_box(bounds, mean, vcov)

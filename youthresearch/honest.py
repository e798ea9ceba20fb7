"""How far from parallel trends the conclusion still holds (Rambachan and Roth 2023).

Treated and other districts need not have moved alike without the treatment; but how differently they may have
moved after it is tied to how differently they moved before. Notation, as in the paper: a coefficient is
``beta = tau + delta``, effect and difference in trends; tau is zero before treatment, delta at event time -1.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
import pandas as pd

from .enough import caution_of
from .inference import SEED, check_effect, degrees_of_freedom, effect_on_cells, inference_for, reassigned_path
from .results import OfEffect, as_percent, fixed, said_of_sample
from .schema import DataError, as_list, check_choice, check_number, check_share, is_whole, mark_simulated

METHODS = ("relative", "smooth")
KAPPA = 0.1  # share of the level that the first stage of the hybrid test takes (section 3.5 of the paper)
MANY = 0.1  # of the degrees of freedom; more weights that follow the covariance make too short intervals
WIDEST = 1e3  # beyond this M there is no point in looking for the breakdown value


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class HonestDid(OfEffect):
    """Intervals for an effect as trends are allowed to differ more and more.

    Attributes
    ----------
    estimator, outcome, n_treated, n_control, periods, simulated
        As in `Effect`.
    target : str
        Which effect: the mean over event times from 0 on, or that at one of them.
    att : float
        Its estimate.
    method : {"relative", "smooth"}
    table : pandas.DataFrame
        One row is one M: method, m, low, high. The first has method "parallel" and no M: the usual interval.
        ``attrs``: outcome, level.
    breakdown : float
        The largest M whose interval leaves out zero; 0 if the interval at M = 0 has it, inf if M = 1,000
        does not.
    unit : float
        What M = 1 stands for: the largest change between neighbouring periods before treatment ("relative"),
        or 1 ("smooth").
    level : float
    inference : str
        What the covariance is from: randomization, or the effect's own errors, clustered, iid or placebo.
    how : str
        The same, with the assignments.
    caution : str
        Why the covariance is unreliable; empty if it is not.
    """

    target: str
    method: str
    table: pd.DataFrame
    breakdown: float
    unit: float
    level: float
    inference: str
    how: str
    caution: str

    @property
    def _title(self):
        return f"honest intervals of {self.estimator}: {self.outcome}"

    def _said(self):
        scale = (self.table["high"][0] - self.table["low"][0]) / 4
        said = [(self.target, fixed(self.att, scale))]
        for row in self.table.itertuples():
            name = "parallel" if row.method == "parallel" else f"M = {row.m:.4g}"
            said.append((name, f"{fixed(row.low, scale)} to {fixed(row.high, scale)}"))
        if self.method == "relative":
            largest = fixed(self.unit, self.unit)
            said.append(("M = 1 is", f"{largest} a period: the largest change before treatment"))
        said += [
            ("breakdown", self._broken()),
            ("level", f"{as_percent(self.level)}, covariance: {self.how}"),
        ]
        if self.caution:
            said.append(("caution", f"covariance {self.caution}"))
        return [*said, *said_of_sample(self)]

    def _broken(self):
        if self.breakdown == 0:
            return "0: the interval has zero in it even at M = 0"
        if np.isinf(self.breakdown):
            return f"none up to M = {WIDEST:,.0f}"
        if self.method == "smooth":
            return f"{self.breakdown:.3g}: the difference in trends may bend by this much a period"
        return (
            f"{self.breakdown:.2f}: trends may differ {self.breakdown:.2f} times as much, from one period to "
            "the next, as at most before treatment"
        )


def honest_did(
    effect,
    *,
    method="relative",
    m=None,
    event_time=None,
    inference=None,
    strata=None,
    draws=None,
    level=0.95,
    seed=SEED,
):
    """Give intervals that hold though trends are not parallel, and say when they take in zero.

    relative: from one period to the next the difference in trends changes by at most M times the largest
    such change before treatment (Delta^RM, section 2.4.1). M = 1: nothing worse happens after than before.
    smooth: its slope changes by at most M a period; M = 0 is a straight line (Delta^SD, section 2.4.2).

    Parameters
    ----------
    effect : Effect
        By event time, with base -1: `event_study`, `sun_abraham`, or `staggered_did` with
        ``base="universal"``. Without gaps between its event times.
    method : {"relative", "smooth"}
    m : float or list of float, optional
        Values of M; 0, 0.5, 1, 1.5 and 2 by default, for "smooth" times the largest change of slope before
        treatment.
    event_time : int, optional
        The effect at one event time; their mean from 0 on by default.
    inference, strata, draws, seed
        Covariance of the coefficients, as in `pretrend_test`: where districts are too few for the effect's
        own, behind att or behind any coefficient, that over the other assignments, once the estimated path
        is taken off the treated cells (else a large effect would pass for a large error).
    level : float

    Returns
    -------
    HonestDid
        relative: the hybrid of the conditional and the least favourable test (Andrews, Roth and Pakes 2023)
        on the moments after treatment, as `createSensitivityResults_relativeMagnitudes` in R; smooth: the
        interval of fixed length of Armstrong and Kolesar (2018), as `createSensitivityResults` in R. Both
        take coefficients to be normal, and the effect's own covariance to be known. That over other
        assignments is widened, so that quantiles are those of t, with the degrees of freedom of
        `interval_bounds`. The weights of "smooth" on the coefficients before treatment follow the
        covariance: each but one takes a degree of freedom, and the error of finding them is added. With the
        effect's own covariance there is a caution instead, where these are more than a tenth of districts
        less cohorts: 9 in 24 districts, half of them treated, had the truth 80% of the time at M = 0.

    Raises
    ------
    DataError
        If the effect has no path by event time with base -1 and one period before it, event times have gaps
        or are put together, or "smooth" has no M to start from.
    """
    check_effect(effect)
    _check(effect, method)
    check_share(level=level)
    path, kept = _coefficients(effect)
    by = inference_for(effect, inference, kept, strata)
    vcov, how, df = _covariance(effect, by, kept, {"strata": strata, "draws": draws, "seed": seed})
    times = path["event_time"].to_numpy()
    weight, target = _target(times, event_time)
    beta, alpha = path["att"].to_numpy(), 1 - level
    kind = _Relative if method == "relative" else _Smooth
    free = int((times < 0).sum()) - 1 if method == "smooth" else 0  # weights that follow the covariance
    few, many = (_wider(df, k, alpha) if by == "randomization" else 1.0 for k in (0, free))
    chosen = kind.make(times, beta, many * vcov, weight, alpha)
    values = _values(chosen, m, method)
    rows = [("parallel", np.nan, *_usual(weight @ beta, few * (weight @ vcov @ weight), alpha))]
    rows += [(method, value, *chosen.interval(value)) for value in values]
    table = pd.DataFrame(rows, columns=["method", "m", "low", "high"])
    table = mark_simulated(table, effect.simulated)
    table.attrs |= {"outcome": effect.outcome, "level": level}
    return HonestDid.of(
        effect,
        target=target,
        att=float(weight @ beta),
        method=method,
        table=table,
        breakdown=_breakdown(chosen),
        unit=chosen.unit if method == "relative" else 1.0,
        level=level,
        inference=by,
        how=f"{how}, t({df - free})" if by == "randomization" else how,
        caution="" if by == "randomization" else _caution(effect, kept, free, df),
    )


def _covariance(effect, by, kept, test):
    """Return the covariance of the coefficients kept, what it is over, and degrees of freedom."""
    vcov, how = effect.vcov[1:, 1:], effect.errors
    df = len(effect._cells.districts) - len(set(effect._cells.cohort))
    if by == "randomization":
        paths, how = reassigned_path(effect, less=effect_on_cells(effect), **test)
        others, how = paths[1:, 1:], f"over {how}"
        vcov, df = others.T @ others / len(others), degrees_of_freedom(effect, test["strata"])
    vcov = vcov[np.ix_(kept, kept)]
    if not (np.diag(vcov) > 0).all():
        raise DataError("Some coefficients have no error, so that nothing can be said of their trend.")
    return vcov, how, df


def _check(effect, method):
    check_choice("method", method, METHODS)
    if effect.convention.get("base") == "varying":
        raise DataError(
            "Coefficients before treatment are changes from one period to the next here: honest_did needs "
            "them against the last period before it; take base='universal'."
        )
    if "window" in effect.convention:
        raise DataError(
            "window= puts event times together, so that changes between them are not those of one period: "
            "leave it out, and cut the panel instead."
        )


def _coefficients(effect):
    """Rows of the path but the base, and where they are in it; consecutive event times, base -1."""
    path = effect.path
    if list(path.columns[:3]) != ["event_time", "att", "se"]:
        raise DataError(f"The path of this {effect.estimator} is not by event time: take aggregate='event'.")
    times, base = path["event_time"].to_numpy(), path["se"].isna().to_numpy()
    if times[base].tolist() != [-1]:
        raise DataError(
            f"honest_did needs the base -1 alone, and the base of this {effect.estimator} is "
            f"{times[base].tolist()}: take event_study, sun_abraham or staggered_did(base='universal')."
        )
    if (np.diff(times) != 1).any() or times[0] > -2:
        raise DataError(
            "honest_did needs consecutive event times, at least one of them before the base; here they are "
            f"{times.tolist()}."
        )
    kept = np.flatnonzero(~base)
    return path.iloc[kept], kept


def _target(times, event_time):
    """Weights on the coefficients, and their name."""
    after = times >= 0
    if event_time is None:
        return after / after.sum(), "att"
    if not is_whole(event_time) or event_time not in times[after]:
        raise DataError(
            f"event_time={event_time!r} is none of those after treatment, {times[after].tolist()}."
        )
    return (times == event_time).astype(float), f"att at {event_time}"


def _values(chosen, m, method):
    values = [0, 0.5, 1, 1.5, 2] if m is None else as_list(m)
    for value in values:
        check_number(at_least=0, m=value)
    if m is None and method == "smooth":
        if not chosen.unit > 0:
            raise DataError("With one period before the base there is no change of slope to go by: give m=.")
        values = [value * chosen.unit for value in values]
    return values


def _wider(df, free, alpha):
    """Factor on a covariance learned from few districts, so that normal quantiles hold.

    It is for the quantile of t; where `free` weights were found by the covariance, they hide some of the
    error and add some, as a regression on so many does (Rao 1965). At M = 0 of "smooth" with one pilot of 8
    districts in 8 periods, and of 20 in 16, intervals of 95% had the truth 98 and 92% of the time, and 59 and
    63% without it (120 simulations, rho 0.5).
    """
    from scipy.special import ndtri, stdtrit

    left = df - free
    if left < 1 + (free > 0):
        raise DataError(
            f"Districts less cohorts, {df}, are too few to learn the covariance of {free + 1} "
            "coefficients before treatment: give a panel with fewer periods, or method='relative'."
            if free
            else "Each cohort is a single district, so that nothing tells how far one strays by itself."
        )
    lost = df * (df - 1) / (left * (left - 1)) if free else 1.0
    return lost * (stdtrit(left, alpha / 2) / ndtri(alpha / 2)) ** 2


def _caution(effect, kept, free, df):
    """Why the effect's own covariance is unreliable, or the weights that follow it."""
    said = [caution_of(effect, kept)]
    if free > MANY * df:
        said.append(
            f"of {len(effect._cells.districts)} districts, which are few for {free + 1} coefficients before "
            "treatment: the intervals are too short"
        )
    return "; ".join(part for part in said if part)


def _usual(estimate, variance, alpha):
    from scipy.special import ndtri

    half = -ndtri(alpha / 2) * np.sqrt(variance)
    return estimate - half, estimate + half


def _breakdown(chosen):
    """Find the largest M whose interval leaves out zero, to four digits."""
    if chosen.has_zero(0.0):
        return 0.0
    inside, out = 0.0, max(chosen.unit, 1e-12) if isinstance(chosen, _Smooth) else 1.0
    most = WIDEST * out
    while not chosen.has_zero(out):
        inside, out = out, 2 * out
        if out > most:
            return np.inf
    while out - inside > 1e-5 * out:
        middle = (inside + out) / 2
        inside, out = (inside, middle) if chosen.has_zero(middle) else (middle, out)
    return float(inside)


@dataclass(frozen=True, eq=False)
class _Relative:
    """Relative magnitudes: a union over the period before treatment, and the sign, of the largest change.

    Given these, ``v = +-(delta_s+1 - delta_s) >= 0`` is the largest change, and after treatment
    ``|delta_t - delta_t-1| <= M v`` for each t. The null ``l'tau = theta`` with all other effects free is a
    test of linear inequalities with nuisance parameters. The extreme points of its dual (equation 14) are
    known here: with ``u = l'beta``, ``w_t`` the sum of l from t on and ``K = M sum |w|`` they say
    ``u - theta <= K v``, ``theta - u <= K v`` and, for each t, ``0 <= 2 M v``. So whatever the number of
    periods, the test looks at the two normals u and v, once for each s and sign.
    """

    u: float
    v: np.ndarray  # (S,) changes before treatment, then the same with the other sign
    var_u: float
    var_v: np.ndarray
    cov: np.ndarray
    weight: np.ndarray  # w, of the event times from 0 on
    steps: tuple  # covariances of the changes after treatment: variance (T,), and with each v (S, T)
    alpha: float

    @classmethod
    def make(cls, times, beta, vcov, weight, alpha):
        before = int((times < 0).sum())
        changes = np.insert(np.eye(len(times)), before, 0, axis=0)  # the base, where all is zero
        changes = np.diff(changes, axis=0)
        pre, post = changes[:before], changes[before:]
        pre = np.vstack([pre, -pre])
        tail = np.cumsum(weight[before:][::-1])[::-1]
        steps = np.einsum("tk,kl,tl->t", post, vcov, post), pre @ vcov @ post.T
        return cls(
            float(weight @ beta),
            pre @ beta,
            float(weight @ vcov @ weight),
            np.einsum("sk,kl,sl->s", pre, vcov, pre),
            pre @ vcov @ weight,
            tail,
            steps,
            alpha,
        )

    @property
    def unit(self):
        """The largest change before treatment."""
        return float(np.abs(self.v).max())

    def interval(self, m):
        """Find the ends of the union of what is not rejected: on a grid, then closer and closer."""
        reach = m * np.abs(self.weight).sum() * (self.unit + 10 * np.sqrt(self.var_v.max()))
        reach += 20 * np.sqrt(self.var_u)
        tests = [self._test(s, m) for s in range(len(self.v))]
        return tuple(self.u + side * self._end(tests, side, reach) for side in (-1, 1))

    def _end(self, tests, side, reach):
        grid = np.linspace(0, reach, 1001)
        kept = np.any([t.accepts(self.u + side * grid) for t in tests], axis=0)
        last = np.flatnonzero(kept)[-1]  # at least the estimate itself
        if last == len(grid) - 1:
            return np.inf
        inside, out = grid[last], grid[last + 1]
        while out - inside > 1e-7 * reach:
            fine = np.linspace(inside, out, 12)
            kept = np.any([t.accepts(self.u + side * fine) for t in tests], axis=0)
            last = min(np.flatnonzero(kept)[-1], len(fine) - 2)
            inside, out = fine[last], fine[last + 1]
        return inside

    def has_zero(self, m):
        """Whether an effect of zero is not rejected."""
        return any(self._test(s, m).accepts(np.zeros(1))[0] for s in range(len(self.v)))

    def _test(self, s, m):
        spread = self.steps[0] + m**2 * self.var_v[s]
        up, down = (np.sqrt(np.maximum(spread - sign * 2 * m * self.steps[1][s], 0)) for sign in (1, -1))
        w = self.weight
        over = np.abs(w) @ np.where(w > 0, up, down), np.abs(w) @ np.where(w > 0, down, up)
        k, pair = m * np.abs(w).sum(), 2 * m / (up + down)
        moments = [
            [1 / over[0], -k / over[0]],
            [-1 / over[1], -k / over[1]],
            [0, -pair.max()],
            [0, -pair.min()],
        ]
        vcov = np.array([[self.var_u, self.cov[s]], [self.cov[s], self.var_v[s]]])
        return _Test.make(np.array(moments), np.array([self.u, self.v[s]]), vcov, self.alpha)


@dataclass(frozen=True, eq=False)
class _Test:
    """Whether moments of two normals, the first less theta, can all be negative on average."""

    moments: np.ndarray  # (4, 2)
    given: np.ndarray
    vcov: np.ndarray  # of the moments
    first: float  # critical value of the first stage: of the largest moment where all are zero on average
    alpha: float  # of the second stage

    @classmethod
    def make(cls, moments, given, vcov, alpha):
        kappa = KAPPA * alpha
        first = _largest_quantile(moments, vcov, kappa)
        return cls(moments, given, moments @ vcov @ moments.T, first, (alpha - kappa) / (1 - kappa))

    def accepts(self, theta):
        """Say for each theta whether the test keeps it."""
        x = self.moments @ self.given[:, None] - self.moments[:, :1] * theta
        best, at = x.argmax(axis=0), np.arange(len(theta))
        eta, error = x[best, at], np.sqrt(self.vcov[best, best])
        sure = (eta <= 0) | (error <= 1e-10 * np.sqrt(np.diag(self.vcov).max()))
        error = np.where(sure, 1.0, error)
        moves = self.vcov[:, best] / error**2  # how the others move with the largest
        rest, slack = x - moves * eta, 1 - moves
        slack[best, at] = 0
        ratio = np.divide(rest, slack, out=np.zeros_like(rest), where=np.abs(slack) > 1e-12)
        low = np.where(slack > 1e-12, ratio, -np.inf).max(axis=0)
        high = np.minimum(np.where(slack < -1e-12, ratio, np.inf).min(axis=0), self.first)
        critical = np.maximum(0, _truncated_quantile(1 - self.alpha, low / error, high / error))
        return np.where(eta > self.first, False, (eta <= 0) | (eta / error <= critical))


def _largest_quantile(moments, vcov, kappa):
    """1 - kappa quantile of the largest moment, all zero on average: a quadrature over the second normal."""
    from scipy.optimize import brentq
    from scipy.special import ndtr, ndtri

    nodes, weights = _quadrature()
    sd, slope = np.sqrt(vcov[1, 1]), vcov[0, 1] / vcov[1, 1]
    left = np.sqrt(max(vcov[0, 0] - slope * vcov[0, 1], 0)) or 1e-12 * np.sqrt(vcov[0, 0])
    (up, k_up), (down, k_down), (_, pair), _ = moments

    def beyond(q):
        start = max(-9.0, q / pair / sd) if pair < 0 else -9.0
        z = start + (nodes + 1) / 2 * (9 - start)
        v = sd * z
        top, bottom = (q - k_up * v) / up, (q - k_down * v) / down
        inside = np.maximum(ndtr((top - slope * v) / left) - ndtr((bottom - slope * v) / left), 0)
        density = np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi)
        return 1 - (9 - start) / 2 * (weights @ (density * inside)) - kappa

    spread = np.sqrt(np.einsum("mi,ij,mj->m", moments, vcov, moments).max())
    return brentq(beyond, -0.99 * spread * ndtri(kappa), -1.01 * spread * ndtri(kappa / 4), rtol=1e-9)


@cache
def _quadrature():
    return np.polynomial.legendre.leggauss(120)


def _truncated_quantile(p, low, high):
    """Quantile of a standard normal known to lie between low and high, on the side where digits are kept."""
    from scipy.special import log_ndtr, ndtri_exp

    flip = low > 0
    a, b = np.where(flip, -high, low), np.where(flip, -low, high)
    share = np.where(flip, 1 - p, p)
    with np.errstate(divide="ignore"):
        log_a, log_b = log_ndtr(a), log_ndtr(b)
        value = ndtri_exp(np.logaddexp(np.log1p(-share) + log_a, np.log(share) + log_b))
    return np.where(flip, -value, value)


@dataclass(frozen=True, eq=False)
class _Smooth:
    """Smoothness: the estimate plus the weighting of coefficients before treatment that makes it shortest.

    A difference in trends is a line plus kinks, ``sum_j d_j (t - j)_+`` with ``|d_j| <= M``; an estimator
    ``a'beta`` that no line moves is off by at most ``M sum_j |sum_t a_t (t - j)_+|``. The interval is
    ``a'beta +- c se`` with c the quantile of a normal in absolute value whose mean is bias over error.
    """

    beta: np.ndarray
    vcov: np.ndarray
    fixed: np.ndarray  # weights on the coefficients after treatment
    free: np.ndarray  # (n, q): what may be added, coefficients before treatment that no line moves
    kinks: np.ndarray  # (J, n)
    unit: float  # largest change of slope before treatment
    alpha: float

    @classmethod
    def make(cls, times, beta, vcov, weight, alpha):
        line, before = (times + 1.0), times < 0
        start = np.where(times == -2, weight @ line, 0.0)  # event time -2 stands at -1 of the line
        basis = np.zeros((len(times), before.sum() - 1))
        for q, e in enumerate(times[before][:-1]):
            basis[[q, before.sum() - 1], q] = 1, e + 1
        knots = np.arange(times[0] + 1, times[-1])
        kinks = np.maximum(times - knots[:, None], 0.0) - np.maximum(-1 - knots[:, None], 0.0)
        path = np.insert(beta[before], before.sum(), 0)
        unit = np.abs(np.diff(path, 2)).max() if before.sum() > 1 else 0.0
        return cls(beta, vcov, weight + start, basis, kinks, float(unit), alpha)

    def interval(self, m):
        """Shortest interval at this M."""
        a = self.fixed + self.free @ self._shortest(m)
        estimate, half = a @ self.beta, self._half(a, m)
        return estimate - half, estimate + half

    def has_zero(self, m):
        """Whether the interval takes in zero."""
        low, high = self.interval(m)
        return low <= 0 <= high

    def _half(self, a, m):
        error = np.sqrt(a @ self.vcov @ a)
        return error * _folded_quantile(m * np.abs(self.kinks @ a).sum() / error, self.alpha)

    def _shortest(self, m):
        """Weights that make the interval shortest: half its length is convex in them."""
        from scipy.optimize import minimize

        moved = self.free.T @ self.vcov
        best = -np.linalg.solve(moved @ self.free, moved @ self.fixed) if self.free.size else np.zeros(0)
        if m == 0 or not self.free.size:
            return best
        n, scale = len(best), np.sqrt(self.fixed @ self.vcov @ self.fixed)
        base, turn = self.kinks @ self.fixed, self.kinks @ self.free

        def half(x):
            a = self.fixed + self.free @ x[:n]
            error = np.sqrt(a @ self.vcov @ a)
            bias = m * x[n:].sum()
            c = _folded_quantile(bias / error, self.alpha)
            slope = _folded_slope(bias / error, c)
            gradient = (c - slope * bias / error) * (self.free.T @ self.vcov @ a) / error
            return error * c / scale, np.append(gradient, slope * m * np.ones(len(base))) / scale

        above = [np.hstack([-turn, np.eye(len(base))]), np.hstack([turn, np.eye(len(base))])]
        rules = {
            "type": "ineq",
            "fun": lambda x: np.concatenate([above[0] @ x - base, above[1] @ x + base]),
            "jac": lambda x: np.vstack(above),
        }
        start = np.append(best, np.abs(base + turn @ best))
        found = minimize(
            half, start, jac=True, constraints=rules, method="SLSQP", options={"maxiter": 1000, "ftol": 1e-12}
        )
        return found.x[:n]


def _folded_quantile(mean, alpha):
    """1 - alpha quantile of the absolute value of a normal with this mean and variance 1."""
    from scipy.special import chndtrix, ndtri

    if mean > 8:  # the other tail is nothing
        return mean - ndtri(alpha)
    return float(np.sqrt(chndtrix(1 - alpha, 1, mean**2)))


def _folded_slope(mean, c):
    """Differentiate `_folded_quantile` by the mean."""
    return float(np.tanh(mean * c))

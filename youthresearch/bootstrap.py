"""The wild cluster bootstrap of a two-way regression: residuals keep their sizes, districts draw signs.

With few treated districts it hardly ever rejects, true null or not: the result says so.
"""

from dataclasses import dataclass

import numpy as np

from .enough import alike_sides
from .inference import DRAWS, SEED, check_effect
from .moments import Moments, interval, p_value, smallest_p
from .reassign import BLOCK, ENUMERATED
from .results import OfEffect, as_percent, fixed, p_as_text, said_of_sample
from .schema import DataError, check_choice, check_draws
from .weights import residuals, two_way

WEBB = np.sqrt([0.5, 1.0, 1.5])  # and their negatives: Webb's six points
POWERLESS = 5  # below so many treated (or untreated) districts it cannot be relied on to reject


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class WildBootstrap(OfEffect):
    """A t statistic among those of outcomes whose districts' residuals were given random signs.

    Attributes
    ----------
    estimator, outcome, att, n_treated, n_control, periods, simulated
        As in `Effect`.
    se : float
    t : float
        att over its clustered error, without a small-sample factor, which cancels.
    p_value : float
        Share of the draws whose t is at least as far from zero; never 0.
    low, high : float
        Effects that are not rejected at 1 - level when each is imposed as the null in its turn.
    level : float
    weights : {"webb", "rademacher"}
    draws : int
    exact : bool
        Whether these are all the signs there are.
    smallest_p : float
        That the draw farthest out would have, were it the actual one.
    seed : int or None
        Of the draws; None where all signs were taken.
    alike : tuple of float
        As how many districts of equal weight the treated and the untreated ones count.
    distribution : ndarray, shape (draws,)
        The t statistics.
    """

    se: float
    t: float
    p_value: float
    low: float
    high: float
    level: float
    weights: str
    draws: int
    exact: bool
    smallest_p: float
    seed: int | None
    alike: tuple
    distribution: np.ndarray

    @property
    def caution(self):
        """Why the test cannot be relied on; empty if there are enough districts of both kinds."""
        fewest = min(number for number in (self.n_treated, self.n_control) if number)
        if fewest >= POWERLESS:
            return self._uneven()
        kind = "treated" if self.n_treated == fewest else "untreated"
        return (
            f"with {fewest} {kind} this test hardly ever rejects unless the effect is huge (MacKinnon and "
            "Webb 2017): use the randomisation test"
        )

    def _uneven(self):
        """Say whether a few of the many districts of a kind weigh most."""
        kinds = ("treated", self.n_treated), ("untreated", self.n_control)
        alike, (kind, number) = min(zip(self.alike, kinds, strict=True))
        if round(alike) >= POWERLESS:
            return ""
        return (
            f"with {number} {kind} that by their weights are {alike:.1f} this test may reject far too often: "
            "use the randomisation test"
        )

    @property
    def _title(self):
        return f"wild cluster bootstrap of {self.estimator}: {self.outcome}"

    def _said(self):
        how = f"all {self.draws:,} signs" if self.exact else f"{self.draws:,} draws, seed {self.seed}"
        span = f"{fixed(self.low, self.se)} to {fixed(self.high, self.se)}"
        said = [("caution", self.caution)] if self.caution else []
        said += [
            ("att", f"{fixed(self.att, self.se)}  (t {self.t:.2f})"),
            ("p", f"{p_as_text(self.p_value)}  (null imposed, {self.weights} weights, {how})"),
            ("smallest p", f"{self.smallest_p:.2g}"),
            (f"{as_percent(self.level)} interval", span),
            *said_of_sample(self),
        ]
        return said


def wild_bootstrap(effect, *, weights="webb", draws=DRAWS, level=0.95, seed=SEED):
    """Test the effect of a two-way regression by the wild cluster bootstrap with the null imposed.

    The regression is fitted with att at its null value; each district's residuals are multiplied by one
    random number, and the t statistic of the outcomes so made is compared with the actual one (Cameron,
    Gelbach and Miller 2008, WCR). Districts are the clusters.

    Parameters
    ----------
    effect : Effect
        Of `did`, `event_study` or `sun_abraham`, with or without controls, population and gaps; with errors
        clustered by district. What is tested is its att.
    weights : {"webb", "rademacher"}
        Six points (Webb 2023), or signs alone, of which all are taken where they are at most 50,000, that is
        for up to 15 districts.
    draws : int
    level : float
        Of the interval.
    seed : int

    Returns
    -------
    WildBootstrap
        If all signs are taken p is the share with ``|t*| >= |t|``, else (1 + their number) / (1 + draws).
        The interval is found by inversion: every null value has its own bootstrap, from the same draws.

    Raises
    ------
    DataError
        If the effect is of no two-way regression, its errors are not clustered, or nothing is left over.

    Notes
    -----
    With very few treated districts the imposed null makes the treated residuals large in every draw, so that
    the test hardly ever rejects; not imposed, it rejects nearly always (MacKinnon and Webb 2017; 2018): no
    wild bootstrap is of use there. Districts' scores are linear in the signs (Roodman, Nielsen, MacKinnon
    and Webb 2019), so that no regression is run again.
    """
    check_effect(effect)
    check_choice("weights", weights, ("webb", "rademacher"))
    check_draws(draws, seed, level)
    if effect._regressors is None or effect.errors != "clustered":
        raise DataError(
            "The wild bootstrap is of two-way regressions (did, event_study, sun_abraham) with errors "
            f"clustered by district; this is {effect.estimator}, its errors: {effect.convention['errors']}."
        )
    if effect.se == 0:
        raise DataError(
            f"The regression leaves nothing of {effect.outcome!r} to draw signs for: no residuals."
        )
    cells = effect._cells
    exact = weights == "rademacher" and 2 ** len(cells.districts) <= ENUMERATED
    moments, actual = _moments(effect, _signs(weights, len(cells.districts), draws, exact, seed))
    low, high = interval(moments, actual, 1 - level, exact)
    return WildBootstrap.of(
        effect,
        se=effect.se,
        t=float(actual.at(0.0)[0]),
        p_value=p_value(moments, actual, exact),
        low=low,
        high=high,
        level=level,
        weights=weights,
        draws=len(moments.att),
        exact=exact,
        smallest_p=smallest_p(moments, exact),
        seed=None if exact else seed,
        alike=alike_sides(effect),
        distribution=moments.at(0.0),
    )


def _signs(weights, n, draws, exact, seed):
    """Yield the multipliers of each draw and district, a block of draws at a time, shape (B, N)."""
    rng = np.random.default_rng(seed)
    points = np.array([-1.0, 1.0]) if weights == "rademacher" else np.append(-WEBB, WEBB)
    total = 2**n if exact else draws
    for start in range(0, total, BLOCK):
        size = min(BLOCK, total - start)
        if exact:
            yield 1.0 - 2 * ((np.arange(start, start + size)[:, None] >> np.arange(n)) & 1)
        else:
            yield rng.choice(points, (size, n))


def _moments(effect, signs):
    """Moments of the draws if att = tau is imposed, and of the actual outcome.

    Let u be the residuals, v the weights of att on one district's cells and w those times its size. The
    residuals under the null att = tau are ``e = u + d v / (v . w)``, ``d = att - tau``. A draw multiplies
    them by its signs: its estimate less tau is the sum of ``w . (signs e)``. A district's score is its part
    of that, less w times the projection of all ``signs e`` on periods and regressors.
    """
    cells, units = effect._cells, effect._units
    model = two_way(units, effect._regressors)
    v = effect._by_unit[units.of] * cells.observed
    size = cells.size[:, None]
    basis = _basis(model)[units.of]
    share = np.einsum("nt,ntq->nq", v * size, basis)  # of each district in what the projection takes
    scores, onto = [], []
    fit = model.fit(units.total, effect._regressors)
    for left in (residuals(cells, units, fit), v / (v * v * size).sum()):
        scores.append((v * left * size).sum(axis=1))
        onto.append(np.einsum("nt,ntq->nq", left * size, basis) @ model.inverse)
    found = [_powers(block, scores, onto, share) for block in signs]
    ahead, slope, q0, q1, q2 = (np.concatenate(part) for part in zip(*found, strict=True))
    att, actual = effect.att, np.array([[(scores[0] ** 2).sum(), 0.0, 0.0]])
    spread = np.column_stack([q0 + att * q1 + att**2 * q2, q1 / 2 + att * q2, q2])
    return Moments(ahead + att * slope, slope, spread), Moments(np.array([att]), np.ones(1), actual)


def _powers(signs, scores, onto, share):
    """Coefficients of d: of the estimate less tau (two), and of the sum of squared scores (three)."""
    mean = [signs @ score for score in scores]
    explained = [signs @ part for part in onto]  # (B, Q)
    crossed = [signs @ (score[:, None] * share) for score in scores]
    gram = share.T @ share

    def product(a, b):
        total = signs**2 @ (scores[a] * scores[b]) + ((explained[a] @ gram) * explained[b]).sum(axis=1)
        return total - (crossed[a] * explained[b]).sum(axis=1) - (crossed[b] * explained[a]).sum(axis=1)

    return *mean, product(0, 0), 2 * product(0, 1), product(1, 1)


def _basis(model):
    """Period dummies and regressors less their district means, shape (U, T, Q)."""
    used = model.used.astype(float)
    periods = np.eye(used.shape[1]) - model.share[:, None, :]
    return np.concatenate([periods * used[:, :, None], model.x], axis=2)

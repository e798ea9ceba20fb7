"""Before the study: which effects a design would find, by the test that will be used.

A simulated study without any effect says, by inverting its test, which effects would have gone unnoticed in
it: an interval about zero. The share of simulated studies whose interval leaves an effect out is the power
against it; all effects are judged on the same random numbers.
Shapes: N districts, T periods, G cohorts (never treated last), S simulated studies, B assignments.
"""

from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from .cells import NEVER, Cells, cohort_ordinals, make_cells
from .effects import LINEAR, did
from .few import few_treated
from .inference import FEWER_DRAWS, SEED, stratum_of, weights_by_cohort
from .moments import ends_of_att
from .periods import as_cohort, ordinals
from .reassign import ENUMERATED, TIE, count, make_strata, reassignments
from .results import Result, as_percent, fixed
from .schema import (
    DataError,
    as_list,
    check_choice,
    check_count,
    check_draws,
    check_estimator,
    check_number,
    check_share,
    mark_simulated,
)
from .strata import of_column

TOGETHER = 100  # simulated studies that share their drawn assignments
CHUNK = 4_000  # assignments at a time
LARGEST_RHO = 0.99  # nearer to a random walk than this, a few periods cannot tell
FEW_TREATED = ("exact_t", "conley_taber")


@dataclass(frozen=True, eq=False, repr=False)
class StudyDesign(Result):
    """Who is to be treated when, among how many districts, and how much the outcome moves without treatment.

    An outcome is ``a_i + l_t + sd_i u_it``, u an AR(1) process with variance 1 and coefficient rho.

    Attributes
    ----------
    outcome : str
    districts, periods : pandas.Index, shape (N,) and (T,)
    time : ndarray of int64, shape (T,)
        Ordinals of the periods.
    cohort : ndarray of int64, shape (N,)
        Ordinal of the first treated period; `cells.NEVER` for never.
    strata : pandas.Series
        Stratum of each district (index), within which pilots are taken to be chosen by chance.
    sd : ndarray, shape (N,)
        Standard deviation of a district's shocks.
    rho : float
    noise : str
        Where sd and rho are from.
    simulated : bool
        Whether they are from simulated data.
    ends : tuple of StudyDesign
        Where rho was estimated, the same with the lower and the upper end of its 95% interval for it, and the
        sd that goes with each. An effect that is to be found for certain is sought under both.
    """

    outcome: str
    districts: pd.Index
    periods: pd.Index
    time: np.ndarray
    cohort: np.ndarray
    strata: pd.Series
    sd: np.ndarray
    rho: float
    noise: str = "given"
    simulated: bool = False
    ends: tuple = field(default=(), repr=False)

    @property
    def groups(self):
        """One row is one stratum: stratum, districts, treated, sd (root of the mean variance)."""
        rows = pd.DataFrame({"treated": self.cohort != NEVER, "variance": self.sd**2})
        table = rows.groupby(self.strata.to_numpy(), sort=True).agg(
            districts=("treated", "size"), treated=("treated", "sum"), sd=("variance", "mean")
        )
        table = table.assign(sd=np.sqrt(table["sd"])).rename_axis("stratum").reset_index()
        return mark_simulated(table, self.simulated)

    @property
    def waves(self):
        """Number of districts in each wave, by its first treated period: of those that there are."""
        first = np.searchsorted(self.time, self.cohort[self.cohort != NEVER])
        at, size = np.unique(first, return_counts=True)  # 2019 and 2020 are one wave where 2019 is no period
        return dict(zip(self.periods[at], size.tolist(), strict=True))

    @property
    def _title(self):
        return f"design: {self.outcome}"

    def _said(self):
        waves = ", ".join(f"{k} from {begins} on" for begins, k in self.waves.items())
        sd = np.sqrt(np.mean(self.sd**2))
        said = [
            ("districts", f"{len(self.districts)}, treated {waves}"),
            ("periods", f"{len(self.periods)}, {self.periods[0]} to {self.periods[-1]}"),
            ("noise", f"sd {fixed(sd, sd)}, rho {self.rho:.2f} ({self.noise})"),
        ]
        if self.ends:
            span = " to ".join(f"{end.rho:.2f}" for end in self.ends)
            said.append(("rho may be", f"{span} (95% interval); `ends` has both designs"))
        if self.strata.nunique() > 1:
            parts = (f"{r.stratum}: {r.treated} of {r.districts}" for r in self.groups.itertuples())
            said.append(("strata", f"{self.strata.name or 'given'}; treated {', '.join(parts)}"))
        return said


def design_study(*, districts, periods, waves, rho, sd=1.0, outcome="outcome"):
    """Set out a study from numbers alone.

    Parameters
    ----------
    districts : int or dict
        Their number; or that of each stratum, from its name.
    periods : int
        They are numbered from 1.
    waves : dict
        First treated period -> number of districts, or, with strata, number of each stratum by its name.
    rho : float
        Correlation of a district's shocks from one period to the next, -1 < rho < 1.
    sd : float or dict
        Standard deviation of a district's shocks in one period; or that of each stratum. With 1 effects are
        in standard deviations.
    outcome : str
        Its name.

    Returns
    -------
    StudyDesign

    Raises
    ------
    DataError
        If waves begin outside the periods after the first, or take none or more districts than a stratum has,
        or sd is missing or not above zero.
    """
    size = districts if isinstance(districts, dict) else {"all": districts}
    check_count(periods=periods, **{f"districts[{name!r}]": k for name, k in size.items()})
    stratum = np.repeat(list(size), [int(k) for k in size.values()])
    check_number(above=-1, below=1, rho=rho)
    cohort = _cohorts(waves, size, stratum, periods)
    names = pd.Index([f"d{i:04d}" for i in range(1, len(stratum) + 1)])
    if isinstance(sd, dict) and set(size) - set(sd):
        raise DataError(f"sd={sd} must name every stratum of {list(size)}.")
    each = sd if isinstance(sd, dict) else dict.fromkeys(size, sd)
    check_number(above=0, **{f"sd[{name!r}]" if each is sd else "sd": each[name] for name in size})
    spread = np.array([float(each[s]) for s in stratum])
    strata = pd.Series(stratum, names, name="stratum" if isinstance(districts, dict) else None)
    time = np.arange(1, periods + 1)
    return StudyDesign(outcome, names, pd.Index(time), time, cohort, strata, spread, float(rho))


def _cohorts(waves, size, stratum, periods):
    """Give the first districts of each stratum to the first wave, the next to the next."""
    if not isinstance(waves, dict):
        raise DataError(
            f"waves={waves!r} must say how many districts begin when: {{5: 2}} is two in period 5."
        )
    outside = [begins for begins in waves if begins not in range(2, periods + 1)]
    if outside or not waves:
        raise DataError(
            f"Waves {outside} do not begin after period 1 and by {periods}: give whole numbers that do."
        )
    cohort = np.full(len(stratum), NEVER)
    for begins, taken in waves.items():
        for name, k in (taken if isinstance(taken, dict) else _only(size, begins, taken)).items():
            if int(k) != k or k < 0:
                raise DataError(f"Wave {begins} takes {k} districts of {name!r}: give a whole number.")
            free = np.flatnonzero((stratum == name) & (cohort == NEVER))
            if k > len(free):
                raise DataError(f"Wave {begins} takes {k} districts of {name!r}, which has {len(free)} left.")
            cohort[free[:k]] = begins
    if (cohort == NEVER).all():
        raise DataError(f"waves={waves} take no district.")
    if len(np.unique(cohort)) < 2:
        raise DataError(f"waves={waves} take all {len(cohort)} districts at once: nobody to compare with.")
    return cohort


def _only(size, begins, taken):
    if len(size) > 1:
        raise DataError(f"Wave {begins}: say how many of its {taken} districts are in each of {list(size)}.")
    return dict.fromkeys(size, taken)


def estimate_design(panel, *, outcome, strata=None, until=None, rho=None):
    """Take a study's design from its panel, and the outcome's noise from before the first pilot.

    Parameters
    ----------
    panel : pandas.DataFrame
        As from `as_panel`, with every district's cohort; without gaps before the first cohort. Nothing from
        then on is looked at.
    outcome : str
    strata : str or pandas.Series, optional
        As for `randomization_test`; as from `strata_by`.
    until : int or str, optional
        Last period of the study, where the panel ends before or after it, written as precisely as the
        panel's. Periods that the panel does not have yet lie as far apart as its own (every second year; of
        uneven ones, the greatest common distance).
    rho : float, optional
        Serial correlation from one year, quarter or number to the next, if it is not to be estimated: shocks
        of periods that lie two apart correlate by its square.

    Returns
    -------
    StudyDesign
        sd is one number a stratum.

    Raises
    ------
    DataError
        If there are gaps before treatment, or fewer than four periods (two if rho is given), until is
        coarser than the periods (a year for a quarter) or between them, or rho is below zero though periods
        lie further than one apart.

    Notes
    -----
    Residuals are the outcome less its means by district and by period. Taking district means off T periods
    makes residuals less correlated than shocks (Nickell 1981); in a short panel by much. So rho is the one
    at which the expected lag-one autocovariance over the variance of such residuals, ``tr(L M O M) /
    tr(M O M)``, M taking means off and O the AR(1) correlations, is that of the sample; and the variance is
    the residuals' sum of squares over ``n (1 - 1/N) tr(M O M)``.
    """
    if rho is not None:
        check_number(above=-1, below=1, rho=rho)
    cells = make_cells(panel, outcome)
    time, periods, cohort = _planned(panel, cells, until)
    if rho is not None and rho < 0 and not _is_next(time):
        raise DataError(
            f"rho={rho} cannot be below zero where periods lie further than one apart ({periods[0]}, "
            f"{periods[1]} ...): it is from one to the very next."
        )
    before = _before(cells, periods, cohort, needed=4 if rho is None else 2)
    known = cells.time[before]
    if isinstance(strata, str):
        strata = of_column(panel, cells.districts, strata)
    code, names = stratum_of(cells.districts, strata)
    left = _centred(cells.y[:, before])
    square = np.bincount(code, weights=(left**2).sum(axis=1))
    still = [str(name) for name, moves in zip(names, square > 0, strict=True) if not moves]
    if still:
        where = "" if len(names) == 1 else f" of the strata {', '.join(map(repr, still))}"
        raise DataError(
            f"Before treatment {outcome!r} moves alike in all districts{where}: there is no noise to learn "
            "from."
        )
    square = square / np.bincount(code) / (1 - 1 / len(left))
    said = "" if rho is None else "rho given, sd "
    said += f"estimated from {len(known)} periods before treatment"
    labels = pd.Series([str(names[c]) for c in code], cells.districts, name=getattr(strata, "name", None))
    labels = mark_simulated(labels, cells.simulated)

    def design(rho, ends=()):
        sd = np.sqrt(square / np.trace(_centred(_correlations(known, rho))))[code]
        return StudyDesign(
            *(outcome, cells.districts, periods, time, cohort, labels, sd, rho, said, cells.simulated, ends)
        )

    if rho is not None:
        return design(float(rho))
    return design(estimate_rho(left, known), tuple(map(design, rho_interval(left, known))))


def _before(cells, periods, cohort, needed):
    """Which periods of a panel come before the first pilot, bool; without gaps, and enough of them."""
    if not cells.time[0] < cohort.min() < NEVER:
        raise DataError(
            f"No district of {cells.outcome!r} begins after {periods[0]} and by {periods[-1]}: give cohorts, "
            "or until= the study's last period."
        )
    before = cells.time < cohort.min()
    gaps = cells.districts[~cells.observed[:, before].all(axis=1)]
    if before.sum() < needed or len(gaps):
        raise DataError(
            f"{before.sum()} periods of {cells.outcome!r} before treatment, and {len(gaps)} districts with "
            f"gaps in them: at least {needed} are needed, without gaps, or a design in numbers "
            "(design_study).",
            pd.DataFrame({"district": gaps}),
        )
    return before


def _planned(panel, cells, until):
    """Ordinals and names of the study's periods, and every district's cohort within them."""
    periods = cells.periods
    if until is not None:
        dated = isinstance(periods, pd.PeriodIndex)
        last = as_cohort(pd.Series([until], name="until"), pd.Series(periods))
        if last.isna().any():
            raise DataError(
                f"until={until!r} is no period: name the study's last one, such as {periods[-1]}."
            )
        [last] = ordinals(last)
        apart = int(np.gcd.reduce(np.diff(cells.time))) or 1
        more = np.arange(cells.time[-1] + apart, last + 1, apart)
        if not cells.time[0] < last <= [*cells.time, *more][-1]:
            raise DataError(
                f"until={until!r} is none of the study's periods, which begin with {periods[0]} and lie "
                f"{apart} apart: name a later one of them."
            )
        extra = pd.PeriodIndex.from_ordinals(more, freq=periods.freq) if dated else pd.Index(more)
        periods = periods.append(extra) if len(more) else periods[cells.time <= last]
    time, cohort = ordinals(periods), stated_cohorts(panel, cells)
    return time, periods, np.where(cohort > time[-1], NEVER, cohort)


def stated_cohorts(panel, cells):
    """Give the ordinal of each district's cohort as the panel states it, even if after its last period."""
    rows = panel[panel["indicator"] == cells.outcome].drop_duplicates("district").set_index("district")
    return cohort_ordinals(rows.loc[cells.districts])


def _is_next(time):
    """Whether each period is the very next after the one before it."""
    return bool((np.diff(time) == 1).all())


def _correlations(time, rho):
    return float(rho) ** np.abs(time[:, None] - time[None, :])


def _centred(matrix):
    """Take means off rows and columns."""
    matrix = matrix - matrix.mean(axis=0)
    return matrix - matrix.mean(axis=1, keepdims=True)


def estimate_rho(residuals, time):
    """Estimate the AR(1) coefficient from residuals less their district means, without their bias.

    Parameters
    ----------
    residuals : ndarray, shape (N, T)
        Less their means by district and by period.
    time : ndarray of int64, shape (T,)

    Returns
    -------
    float
        Between -0.99 and 0.99; these, where the sample lies beyond what they make one expect. From 0 on where
        periods lie further apart than one: rho and -rho are the same for every second year.
    """
    return _rho_of((residuals[:, 1:] * residuals[:, :-1]).sum() / (residuals**2).sum(), time)


def rho_interval(residuals, time):
    """Give a 95% interval of what `estimate_rho` estimates, by the jackknife over districts (Tukey 1958)."""
    from scipy.special import stdtrit

    crossed, square = (residuals[:, 1:] * residuals[:, :-1]).sum(axis=1), (residuals**2).sum(axis=1)
    n, found = len(residuals), crossed.sum() / square.sum()
    if not (square < square.sum()).all():
        return -LARGEST_RHO if _is_next(time) else 0.0, LARGEST_RHO  # one district alone moves
    others = (crossed.sum() - crossed) / (square.sum() - square)
    reach = stdtrit(n - 1, 0.975) * np.sqrt((n - 1) * np.mean((others - others.mean()) ** 2))
    return _rho_of(found - reach, time), _rho_of(found + reach, time)


def _rho_of(found, time):
    """Find the rho that makes one expect a lag-one autocovariance over the variance."""
    from scipy.optimize import brentq

    def gap(rho):
        expected = _centred(_correlations(time, rho))
        return np.diagonal(expected, 1).sum() / np.trace(expected) - found

    least = -LARGEST_RHO if _is_next(time) else 0.0
    if gap(least) >= 0 or gap(LARGEST_RHO) <= 0:
        return least if gap(least) >= 0 else LARGEST_RHO
    return float(brentq(gap, least, LARGEST_RHO, xtol=1e-10))


@dataclass(frozen=True, eq=False, repr=False)
class DetectableEffect(Result):
    """The smallest effect that a study would find with a given chance.

    Attributes
    ----------
    effect : float
        The same on every treated cell, in the outcome's unit; infinite where none would be found so often.
    low, high : float
        95% interval of it, for the number of simulations alone. The noise that was estimated from a few
        periods has an error of its own: with 20 districts in 4 periods, rho 0.7, effects that were to be
        found four times in five would have been found half of the time or less by a quarter of the studies
        (40 simulations). See `StudyDesign.ends`.
    power, level : float
    test, estimator : str
    formula : float
        What the formula for many treated districts gives (Burlig, Preonas and Woerman 2020, eq. 2): the
        estimate's standard deviation times two quantiles of t.
    smallest_p : float
        The smallest p-value that the test can give.
    simulations, draws, seed : int
    design : StudyDesign
    """

    effect: float
    low: float
    high: float
    power: float
    level: float
    test: str
    estimator: str
    formula: float
    smallest_p: float
    simulations: int
    draws: int
    seed: int
    design: StudyDesign = field(repr=False)

    @property
    def _title(self):
        return f"minimum detectable effect: {self.design.outcome}"

    @property
    def simulated(self):
        """Whether the design's noise is that of simulated data."""
        return self.design.simulated

    def _said(self):
        test = f"{self.test} ({self.estimator})" if self.test == "randomization" else self.test
        found = f"with {as_percent(self.power)} chance at {1 - self.level:.2g}, by {test}"
        if not np.isfinite(self.effect):
            why = (
                f"the smallest p is {self.smallest_p:.2g}"
                if self.smallest_p > 1 - self.level + TIE
                else "too few"
            )
            said = [("effect", f"none is found {found}: {why}")]
        else:
            span = f"{fixed(self.low, self.formula)} to {fixed(self.high, self.formula)}"
            said = [
                (
                    "effect",
                    f"{fixed(self.effect, self.formula)}  "
                    f"({span} in {self.simulations:,} simulations, seed {self.seed})",
                ),
                ("found", found),
                ("smallest p", f"{self.smallest_p:.2g}"),
            ]
        many = f"{fixed(self.formula, self.formula)}, were there many treated districts"
        return [*said, ("formula", many), *self.design._said()]


def minimum_detectable_effect(
    panel,
    *,
    power=0.8,
    outcome=None,
    strata=None,
    test="randomization",
    estimator=did,
    simulations=2000,
    draws=FEWER_DRAWS,
    level=0.95,
    seed=SEED,
    **options,
):
    """Find the smallest effect that a study would find with a given chance.

    Parameters
    ----------
    panel : pandas.DataFrame or StudyDesign
        A panel goes through `estimate_design`; a design in numbers is made by `design_study`.
    power : float
        The chance.
    outcome, strata
        As for `estimate_design`; not with a design, which has them.
    test : {"randomization", "exact_t", "conley_taber"}
        `randomization_test` within the design's strata, or, for one wave, a method of `few_treated`.
    estimator : callable
        For "randomization": `did`, `staggered_did` or another that is linear in the outcome.
    simulations, draws : int
        Studies simulated, and assignments drawn in each where there are more than 50,000. (With the 9,999
        draws of `randomization_test` power is higher by a little.)
    level : float
        One less the level of the test, two-sided.
    seed : int
    **options
        Passed to the estimator.

    Returns
    -------
    DetectableEffect

    Raises
    ------
    DataError
        If nothing can be reassigned, a method does not apply, or the estimate is no average of effects.
    """
    check_share(power=power)
    design = _as_design(panel, outcome, strata)
    low, high, smallest, sd = _undetected(design, test, estimator, simulations, draws, level, seed, options)
    effect, least, most = _crossing(low, high, power)
    return DetectableEffect(
        effect=effect,
        low=least,
        high=most,
        power=power,
        level=level,
        test=test,
        estimator=estimator.__name__,
        formula=_formula(sd, len(design.districts), level, power),
        smallest_p=smallest,
        simulations=simulations,
        draws=draws,
        seed=seed,
        design=design,
    )


def power_curve(
    panel,
    *,
    effects=None,
    outcome=None,
    strata=None,
    test="randomization",
    estimator=did,
    simulations=2000,
    draws=FEWER_DRAWS,
    level=0.95,
    seed=SEED,
    **options,
):
    """Simulate the chance that a study finds an effect, for several effects on the same random numbers.

    Parameters
    ----------
    panel, outcome, strata, test, estimator, simulations, draws, level, seed, **options
        As for `minimum_detectable_effect`.
    effects : float or sequence of float, optional
        From zero to twice the formula's minimum detectable effect by default.

    Returns
    -------
    pandas.DataFrame
        One row is one effect: effect, power, se (of the simulation), treated (number of districts), simulated
        (the studies are, whatever the design is of). Against no effect power is the size of the test.
        ``attrs["outcome"]`` is what effects are of; empty where they are in standard deviations (sd = 1).
    """
    design = _as_design(panel, outcome, strata)
    low, high, _, sd = _undetected(design, test, estimator, simulations, draws, level, seed, options)
    if effects is None:
        effects = np.linspace(0, 2, 41) * _formula(sd, len(design.districts), level, 0.8)
    effects = as_list(effects)
    for effect in effects:
        check_number(effects=effect)
    effects = np.array(effects, dtype=float)
    found = found_share(low, high, effects)
    se = np.sqrt(found * (1 - found) / len(low))
    treated = int((design.cohort != NEVER).sum())
    table = mark_simulated(pd.DataFrame({"effect": effects, "power": found, "se": se, "treated": treated}))
    table.attrs["outcome"] = "" if (design.sd == 1).all() else design.outcome
    return table


def found_share(low, high, effects):
    """Share of studies in which each effect is found, shape (K,), from what each would leave unnoticed."""
    away = -np.asarray(effects, dtype=float)[:, None]  # noise with an effect, tested for none
    return ((away < low) | (away > high)).mean(axis=1)


def _as_design(panel, outcome, strata):
    if isinstance(panel, StudyDesign):
        if outcome is not None or strata is not None:
            raise DataError("A design has its outcome and strata: give them to it, or give the panel.")
        return panel
    if outcome is None:
        raise DataError("outcome= must name an indicator of the panel.")
    return estimate_design(panel, outcome=outcome, strata=strata)


def _formula(sd, districts, level, power):
    from scipy.special import stdtrit

    return float((stdtrit(districts, 0.5 + level / 2) + stdtrit(districts, power)) * sd)


def _crossing(low, high, power):
    """Smallest effect found in a share `power` of the studies, and its 95% interval."""
    from scipy.special import bdtr

    ends = np.sort(-low)  # from here on an effect above zero is found
    sorted_high = np.sort(-high)
    found = (np.arange(1, len(ends) + 1) + len(ends) - np.searchsorted(sorted_high, ends, "right")) / len(
        ends
    )
    at = np.searchsorted(np.maximum.accumulate(found), power - 1e-12)
    chance = bdtr(np.arange(len(ends) + 1), len(ends), power)  # of so many finds or fewer
    reach = np.searchsorted(chance, [0.025, 0.975]) - len(ends) * power
    places = np.clip(at + np.append(0, reach).astype(int), 0, None)
    return tuple(float(ends[k]) if k < len(ends) else np.inf for k in places)


def _undetected(design, test, estimator, simulations, draws, level, seed, options):
    """Give the effects that go unnoticed in each study, the smallest p and the estimate's deviation."""
    check_choice("test", test, ("randomization", *FEW_TREATED))
    check_count(simulations=simulations)
    check_draws(draws, seed, level)
    rng = np.random.default_rng(seed)
    if test in FEW_TREATED:
        if options or estimator is not did:
            raise DataError(
                f"{test} takes the change of each district as it is: leave out estimator= and its "
                f"options, {sorted(options)}."
            )
        return _undetected_by_few(design, test, simulations, draws, level, rng)
    cells, weights, cohort, pull = _linear(design, estimator, options)
    at = design.districts.get_indexer(cells.districts)
    groups = make_strata(cohort, pd.factorize(design.strata.iloc[at], sort=True)[0])
    total = count(groups)
    if total == 1:
        raise DataError("No stratum has districts of two cohorts, so that nothing can be reassigned.")
    covariance = weights @ _correlations(cells.time, design.rho) @ weights.T
    root, sd = _root(covariance), design.sd[at]
    parts, (assignments, exact) = [], deal(groups, len(sd), draws, rng)
    smallest = _smallest_p(assignments, weights) if exact else 1 / (1 + draws)
    for start in range(0, simulations, TOGETHER):
        if start and not exact:
            assignments, _ = deal(groups, len(sd), draws, rng)
        fresh = rng.normal(size=(min(TOGETHER, simulations - start), len(sd), len(root)))
        score = (fresh @ root.T * sd[:, None]).transpose(2, 1, 0)
        parts.append(undetected(assignments, exact, score, pull, cohort, level=level))
    low, high = np.concatenate(parts, axis=1)
    deviation = np.sqrt((np.diagonal(covariance)[cohort] * sd**2).sum())
    return low, high, smallest, float(deviation)


def _smallest_p(assignments, weights):
    """Give the p-value of the farthest of all assignments: a mirror image, where there is one, is as far."""
    noise = np.random.default_rng(SEED).normal(size=(weights.shape[1], assignments.shape[1]))
    far = np.abs(_sums(assignments, (weights @ noise)[:, :, None])[0])
    return float((far >= far.max() * (1 - TIE)).mean())


def _root(covariance):
    values, vectors = np.linalg.eigh(covariance)
    return vectors * np.sqrt(np.clip(values, 0, None))


def _linear(design, estimator, options):
    """Weights of a district of each cohort, and what an effect of one adds to a district's score.

    Returns
    -------
    cells : Cells
        As far as the estimator uses them.
    weights : ndarray, shape (G, T)
    cohort : ndarray of int, shape (N,)
    pull : ndarray, shape (G, N)
        Sum of a district's treated cells under the weights of each cohort.
    """
    check_estimator(estimator)
    if given := sorted({"controls", "population"} & {k for k, v in options.items() if v is not None}):
        raise DataError(
            f"Power is simulated for districts of one weight and without controls, not with {given}: leave "
            "it out; with controls, give a panel of what they leave of the outcome."
        )
    if estimator.__name__.startswith("synthetic_"):
        raise DataError(
            f"The weights of {estimator.__name__} follow the outcome, so that its power cannot be had from "
            f"the design: take one of {', '.join(LINEAR)}."
        )
    n, t = len(design.districts), len(design.time)
    cells = Cells(
        *(design.outcome, design.districts, design.periods, design.time, design.cohort),
        *(np.zeros((n, t)), np.ones((n, t), dtype=bool), np.zeros((n, t, 0)), np.ones(n)),
    )
    cells, cohorts, weights = weights_by_cohort(estimator(cells, outcome=design.outcome, **options))
    cohort = np.searchsorted(cohorts, cells.cohort)
    pull = weights @ cells.treated.T.astype(float)
    if abs(np.take_along_axis(pull, cohort[None], 0).sum() - 1) > 1e-6:
        raise DataError(
            f"{estimator.__name__}'s estimate is no average of effects: it has no constant effect."
        )
    return cells, weights, cohort, pull


def deal(groups, n, draws, rng):
    """List the assignments that `randomization_test` compares with, and say whether they are all there are.

    Parameters
    ----------
    groups : list of Stratum
    n, draws : int
        Number of districts, and of assignments to draw if there are more than 50,000.
    rng : numpy.random.Generator

    Returns
    -------
    assignments : ndarray of int8, shape (B, N)
        Cohort index of each district.
    exact : bool
    """
    total = count(groups)
    exact = total <= ENUMERATED
    rows = reassignments(groups, n, draws, None if exact else rng)
    return np.fromiter(rows, dtype=np.dtype(("int8", n)), count=total if exact else draws), exact


def undetected(assignments, exact, score, pull, cohort, *, level):
    """Give the constant effects that `randomization_test` would not reject, for many outcomes at once.

    Parameters
    ----------
    assignments, exact
        As from `deal`.
    score : ndarray, shape (G, N, S)
        Of each district, would it be of each cohort.
    pull : ndarray, shape (G, N) or (G, N, S)
        The same of an outcome that is one in actually treated cells.
    cohort : ndarray of int, shape (N,) or (N, S)
        The actual cohort.
    level : float

    Returns
    -------
    ndarray, shape (2, S)
        Lower and upper ends.
    """
    pull = pull[:, :, None] if pull.ndim == 2 else pull
    cohort = cohort[:, None] if cohort.ndim == 1 else cohort
    actual = np.take_along_axis(score, cohort[None], axis=0)[0].sum(axis=0)
    sums = _sums(assignments, np.concatenate([score, pull], axis=2))
    big, b = sums[: len(actual)], sums[len(actual) :]
    return np.stack(ends_of_att(big, b, actual[:, None], 1 - level, exact))


def _sums(assignments, features):
    """Sum the features of the districts over assignments, each under the cohort it takes, shape (F, B)."""
    rest = features[-1].T
    sums = np.tile(rest.sum(axis=1)[:, None], len(assignments))
    for start in range(0, len(assignments), CHUNK):
        chosen = assignments[start : start + CHUNK].T
        for g in range(len(features) - 1):
            sums[:, start : start + CHUNK] += (features[g].T - rest) @ (chosen == g).astype(float)
    return sums


def _undetected_by_few(design, test, simulations, draws, level, rng):
    """Give the same for a method of `few_treated`: each study is one change a district."""
    begins = np.unique(design.cohort[design.cohort != NEVER])
    if len(begins) != 1:
        raise DataError(f"{test} takes one wave, and this design has {len(begins)}.")
    after = design.time >= begins[0]
    weight = np.where(after, 1 / after.sum(), -1 / (~after).sum())
    sd = design.sd * np.sqrt(weight @ _correlations(design.time, design.rho) @ weight)
    treated = design.cohort != NEVER
    n, pair = len(sd), np.arange(2)
    cells = Cells(
        *(design.outcome, design.districts, pd.Index(pair), pair, np.where(treated, 1, NEVER)),
        *(np.zeros((n, 2)), np.ones((n, 2), dtype=bool), np.zeros((n, 2, 0)), np.ones(n)),
    )
    ends, smallest = np.empty((2, simulations)), 0.0
    for s in range(simulations):
        change = rng.normal(size=n) * sd
        cells = replace(cells, y=np.column_stack([np.zeros(n), change]))
        table = few_treated(cells, outcome=design.outcome, level=level, draws=draws, seed=s // TOGETHER)
        row = table[table["method"] == test].iloc[0]
        ends[:, s], smallest = (row["low"], row["high"]), float(row["smallest_p"])
    weight = np.where(treated, 1 / treated.sum(), 1 / (~treated).sum())
    return *ends, smallest, float(np.sqrt((weight**2 * sd**2).sum()))

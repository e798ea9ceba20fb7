"""Inference that holds with one to a few pilots: what the estimate would be, were other districts the pilots.

Under the null hypothesis that treatment changes no district's outcome by anything but a stated amount, the
estimate of every other assignment of the cohorts is known. Its place among them is the p-value (Fisher 1935).
"""

from dataclasses import dataclass, replace
from functools import cached_property
from hashlib import sha256

import numpy as np
import pandas as pd

from .additive import additive_parts, adds_up
from .enough import too_few
from .moments import Moments, interval, p_value, smallest_p
from .reassign import (
    ENUMERATED,
    TIE,
    count,
    make_strata,
    place_of,
    reassignments,
    sums_in_blocks,
    sums_over_all,
)
from .results import OfEffect, as_percent, fixed, p_as_text, said_of_sample
from .schema import (
    DataError,
    check_choice,
    check_count,
    check_estimator,
    check_seed,
    check_share,
    mark_simulated,
)
from .strata import of_column

SEED = 2024  # of all draws that nobody gave a seed for; the result says it
DRAWS = 9999  # of assignments, signs or sets, where nobody gave their number
FEWER_DRAWS = 999  # where each is an estimation of its own, or each of thousands of simulated studies draws


class NoReassignmentError(DataError):
    """No other assignment to compare with; tables of several effects go on without this test."""


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class RandomizationTest(OfEffect):
    """An estimate among those under other assignments of the cohorts.

    Attributes
    ----------
    estimator, outcome, att, n_treated, n_control, periods, simulated
        As in `Effect`.
    p_value : float
        Share of assignments whose statistic is at least as far from zero, the actual one among them; never 0.
    low, high : float
        Effects, the same on every treated cell, that the test does not reject at 1 - level; infinite where no
        effect can be rejected.
    level : float
    statistic : {"att", "studentized"}
    draws : int
        Assignments compared with, without the actual one if they were drawn.
    exact : bool
        Whether these are all there are.
    seed : int or None
        Of the draws; None where all assignments were taken.
    strata : str
        Within what cohorts were reassigned.
    dealt : str
        Digest of districts, cohorts, strata, seed and what is undefined: tests that share it dealt the
        cohorts alike, and `distribution` has the same assignments in the same order.
    by_stratum : pandas.DataFrame
        One row is one stratum: stratum, districts, treated, assignments (1 where nothing can be reassigned).
    distribution : ndarray, shape (draws,)
        The statistic under each assignment.
    place : int or None
        Of the actual assignment in it; None where assignments were drawn, and it is none of them.
    observed : float
        The statistic under the actual one.
    undefined : int
        Assignments left out since the estimator gives no estimate for them, as for gaps in the wrong places.
    """

    p_value: float
    low: float
    high: float
    level: float
    statistic: str
    draws: int
    exact: bool
    seed: int | None
    strata: str
    dealt: str
    by_stratum: pd.DataFrame
    distribution: np.ndarray
    place: int | None
    observed: float
    undefined: int
    _effect: object  # what was tested, and within which strata (`plan`)
    _strata: pd.Series | None

    @cached_property
    def smallest_p(self):
        """The smallest p-value that any outcome could give with these assignments.

        That of the farthest assignment for an outcome without ties of its own: assignments that tie then tie
        always, such as the other half where half of the districts are treated.
        """
        if not self.exact or self._effect._follows:
            return 1 / (self.draws + (not self.exact))
        return _smallest_p(self._effect, self._strata, self.statistic)

    @property
    def assignments(self):
        """One row is one assignment, the actual one first, others as dealt: statistic, actual (bool)."""
        others = self.distribution if self.place is None else np.delete(self.distribution, self.place)
        actual = np.arange(len(others) + 1) == 0
        table = pd.DataFrame({"statistic": np.append(self.observed, others), "actual": actual})
        return mark_simulated(table, self.simulated)

    @property
    def _title(self):
        return f"randomisation test of {self.estimator}: {self.outcome}"

    @property
    def how(self):
        """Which assignments the test is over, in words."""
        if self._by_sets:
            return f"{self.draws:,} sets of placebos" + ("" if self.seed is None else f", seed {self.seed}")
        return _told(self.draws, None if self.exact else self.seed, self.undefined)

    @property
    def _by_sets(self):
        """Whether sets of never-treated districts stand for several treated ones, who are left out."""
        return self._effect._follows and not self.exact

    def _said(self):
        return [*self.verdict(), *said_of_sample(self)]

    def verdict(self):
        """Say what was found and what is assumed, as pairs of a name and a text (for `Effect` too)."""
        spread = float(np.std(self.distribution)) if self.statistic == "att" else abs(self.att) / 10
        how = self.how
        span = f"{fixed(self.low, spread)} to {fixed(self.high, spread)}"
        if np.isnan(self.low):
            span = "none: the estimate would not move by the size of a constant effect"
        elif np.isinf([self.low, self.high]).all():
            span += ": no effect is rejected"
        else:
            span += ", if the effect is the same on every treated cell"
        return [
            ("att", fixed(self.att, spread)),
            ("p", f"{p_as_text(self.p_value)}  (randomisation, {how}, statistic: {self.statistic})"),
            ("smallest p", f"{self.smallest_p:.2g}" + self._powerless()),
            (f"{as_percent(self.level)} interval", span),
            ("assumed", self._assumed()),
            *self._of_strata(),
        ]

    def _powerless(self):
        alpha = 1 - self.level
        return "" if self.smallest_p <= alpha + TIE else f": can never reject at {alpha:.2g}"

    def _assumed(self):
        if self._by_sets:
            return "treated are as others, and few beside them: else it rejects too often"
        if len(self.by_stratum) == 1:
            return "any of these districts was as likely a pilot as any other (no strata given)"
        return f"pilots as likely any district of their stratum ({len(self.by_stratum)} by {self.strata})"

    def _of_strata(self):
        """Say where there are pilots, and which strata add nothing."""
        if len(self.by_stratum) == 1:
            return []
        some = self.by_stratum[self.by_stratum["treated"] > 0]
        shown = [f"{row.treated} of {row.districts}" for row in some.head(8).itertuples()]
        said = f"treated {', '.join(shown)}{' ...' if len(some) > 8 else ''}"
        idle = int((self.by_stratum["assignments"] == 1).sum())
        return [("strata", said + (f"; nothing to reassign in {idle}" if idle else ""))]


def randomization_test(
    estimator, panel, *, outcome, strata=None, statistic="att", draws=None, level=0.95, seed=SEED, **options
):
    """Test whether treatment changed anything, by reassigning the cohorts among the districts.

    Holds with a single treated district, whatever goes on within districts, if within strata every district
    was as likely to be treated (Fisher 1935; for difference in differences MacKinnon and Webb 2020). Where
    pilots were chosen for their size, level or trend, form strata of those among which the choice was open.

    Parameters
    ----------
    estimator : callable
        `did`, `staggered_did` or another of `effects`. The weights of the `synthetic_` ones follow the
        outcome: their placebos are the other assignments, with the treated districts left out of those
        compared with.
    panel : pandas.DataFrame
        As from `as_panel` or `build_panel`. Districts that the estimator leaves out are not reassigned.
    outcome : str
    strata : str or pandas.Series, optional
        A column of the panel, constant within districts, or one value a district (the index). In each
        stratum the number of districts of every cohort is kept.
    statistic : {"att", "studentized"}
        The estimate; or the estimate over its error, the districts' scores about their cohort's mean (a
        cohort of one district adds nothing), which holds up better where treatment changes the spread, or
        on average but not everywhere (Wu and Ding 2021).
    draws : int, optional
        Assignments to draw, if there are more than 50,000 (or, where the estimator must run for each, see the
        notes, more than draws); else all are taken. 9,999 by default, or 999 where the estimator must run.
    level : float
        Of the interval.
    seed : int
        Of the draws.
    **options
        Passed to the estimator.

    Returns
    -------
    RandomizationTest
        If all assignments are taken p is the share with ``|t| >= |t_actual|``, else (1 + their number) /
        (1 + draws) (Phipson and Smyth 2010). The interval has every constant effect that is not rejected
        when it is subtracted from the treated cells, to the exact ends; for "studentized" the part connected
        with the estimate.

    Raises
    ------
    DataError
        If strata are missing for districts, nothing can be reassigned, or the estimator does not apply.

    Notes
    -----
    Without gaps, controls and population, a district's score depends on its outcomes and its cohort alone:
    all scores are computed once, and each assignment is a choice among them and a sum. With them, what `did`,
    `staggered_did` and (without gaps) the others are made of still adds up over districts. Otherwise
    (so with ``method="dr"``), and for "studentized" then, the estimator runs for each assignment, some
    milliseconds a time.
    Assignments for which it gives no estimate are left out, and counted.
    """
    check_estimator(estimator)
    effect = estimator(panel, outcome=outcome, **options)
    if isinstance(strata, str):
        strata = of_column(panel, effect._cells.districts, strata)
    return effect.randomization(strata=strata, statistic=statistic, draws=draws, level=level, seed=seed)


def randomize(effect, *, strata=None, statistic="att", draws=None, level=0.95, seed=SEED):
    """Test the effect by reassigning the cohorts among the districts that it uses.

    Parameters
    ----------
    strata : pandas.Series, optional
        One value a district, as from `strata_by`; by default those that the estimator was given.
    statistic, draws, level, seed
        As in `randomization_test`.

    Returns
    -------
    RandomizationTest
    """
    check_choice("statistic", statistic, ("att", "studentized"))
    check_share(level=level)
    cells, deal = effect._cells, _deal(effect, strata, draws, seed, quick=is_quick(effect, statistic))
    exact, place = deal.rng is None, 0  # of the actual one among placebos
    if effect._follows:
        moments, actual, exact = _moments_of_placebos(effect, deal.stratum, statistic)
        seed = effect._placebo_seed
    else:
        moments, actual = _moments(effect, deal, statistic)
        place = place_of(deal.groups, deal.cohort) if exact else 0
    seed = None if exact else seed
    known = _check_known(np.isfinite(moments.att))
    moments, actual = (_tested(m, statistic, cells) for m in (_only(moments, known), actual))
    low, high = interval(moments, actual, 1 - level, exact)
    return RandomizationTest.of(
        effect,
        p_value=p_value(moments, actual, exact),
        low=low,
        high=high,
        level=level,
        statistic=statistic,
        draws=len(moments.att),
        exact=exact,
        seed=seed,
        strata=deal.by,
        dealt=_digest(cells.districts, deal, f"{seed}{_placebos(effect, exact)}", known),
        by_stratum=mark_simulated(_table_of(deal, _ever_treated(cells)), cells.simulated),
        distribution=moments.at(0.0),
        place=int(known[:place].sum()) if exact else None,
        observed=float(actual.at(0.0)[0]),
        undefined=int((~known).sum()),
        _effect=effect,
        _strata=None if deal.strata is None else deal.strata.reindex(cells.districts),
    )


def _smallest_p(effect, strata, statistic):
    """p-value of the farthest of all assignments for an outcome of noise, which has no ties by chance."""
    cells, deal = effect._cells, _deal(effect, strata)
    noise = np.where(cells.observed, np.random.default_rng(SEED).normal(size=cells.y.shape), 0.0)
    free = replace(effect, _cells=replace(cells, y=noise))
    moments = _moments(free, replace(deal, rng=None), statistic)[0]
    return smallest_p(_tested(_only(moments, np.isfinite(moments.att)), statistic, free._cells), True)


def weights_by_cohort(effect):
    """Give the weights of a district of each cohort, where they depend on the cohort alone.

    The scores of all districts under every cohort's weights are then one product, ``cells.y @ weights.T``,
    and the estimate under another assignment of the same cohort sizes a choice among them, and a sum.

    Parameters
    ----------
    effect : Effect

    Returns
    -------
    cells : Cells
    cohorts : ndarray of int64, shape (G,)
        Ordinals; `NEVER` last.
    weights : ndarray, shape (G, T)

    Raises
    ------
    DataError
        Where weights depend on gaps, controls, a population or the outcome itself (synthetic_did,
        synthetic_control) too: then estimate anew for each assignment, with ``replace(cells, cohort=...)``
        as the panel. That all districts of a cohort are alike in their gaps is not enough: others are not.
    """
    if not _alike(effect):
        raise DataError(
            f"The weights of {effect.estimator} do not depend on the cohort alone (gaps, controls, a "
            "population, or weights that follow the outcome): estimate anew for each assignment."
        )
    return effect._cells, effect._units.cohort, effect._by_unit


def is_quick(effect, statistic="att"):
    """Say whether reassignments need no new estimation each."""
    if effect._follows or _alike(effect):
        return True
    return statistic == "att" and adds_up(effect)


def _alike(effect):
    """Say whether weights depend on the cohort alone, whichever districts it is made of."""
    cells = effect._cells
    return (
        not effect._follows
        and cells.observed.all()
        and not cells.controls.shape[2]
        and bool((cells.size == 1).all())
    )


def stratum_of(districts, strata):
    """Index of each district's stratum, and the strata's names."""
    if strata is None:
        return np.zeros(len(districts), dtype="int64"), ["all"]
    if not isinstance(strata, pd.Series):
        raise DataError("strata must be one value a district: a Series, index district, as from strata_by.")
    if strata.index.has_duplicates:
        raise DataError(
            "strata has several values for a district.", strata[strata.index.duplicated()].to_frame()
        )
    value = strata.reindex(districts)
    if value.isna().any():
        raise DataError(
            f"{value.isna().sum()} districts have no stratum: add them, or drop their rows of the panel.",
            value[value.isna()].rename_axis("district").reset_index(),
        )
    code, known = pd.factorize(np.asarray(value), sort=True)  # categories would be in their own order
    return code, list(known)


@dataclass(frozen=True, eq=False)
class _Deal:
    """How the cohorts of an effect are dealt anew."""

    strata: pd.Series | None
    names: list  # of the strata
    stratum: np.ndarray  # (N,), each district's as an index
    codes: np.ndarray  # (G,), ordinals of the cohorts
    cohort: np.ndarray  # (N,), each district's as an index
    groups: list  # the strata, of `reassign`
    draws: int
    rng: np.random.Generator | None  # None where there are so few assignments that all are taken

    @property
    def by(self):
        """What the strata are made of; empty without strata."""
        return "" if self.strata is None else self.strata.name or "the given strata"


def _deal(effect, strata, draws=None, seed=SEED, *, quick=True):
    """Say within what the cohorts are dealt anew, how often and from which seed."""
    draws = draws_for(draws, quick)
    check_seed(seed)
    strata = effect._strata if strata is None else strata
    stratum, names = stratum_of(effect._cells.districts, strata)
    codes, cohort = np.unique(effect._cells.cohort, return_inverse=True)
    groups = make_strata(cohort, stratum)
    total = count(groups)
    if total == 1:
        raise NoReassignmentError(
            "No stratum has districts of two cohorts, so that nothing can be reassigned: form larger strata."
        )
    every = total <= (ENUMERATED if quick else min(draws, ENUMERATED))
    rng = None if every else np.random.default_rng(seed)
    return _Deal(strata, names, stratum, codes, cohort, groups, draws, rng)


def draws_for(draws, quick):
    """Say how many assignments to draw if nobody does: fewer where each is an estimation of its own."""
    draws = (DRAWS if quick else FEWER_DRAWS) if draws is None else draws
    check_count(draws=draws)
    return draws


def degrees_of_freedom(effect, strata=None):
    """Count what the spread over other assignments is learned from: districts, less a mean of each cohort.

    A stratum in which nothing can be reassigned adds nothing to any spread, and does not count.
    """
    deal = _deal(effect, strata)
    return sum(len(s.members) - len(np.unique(deal.cohort[s.members])) for s in deal.groups if s.count > 1)


def _digest(districts, deal, seed, known):
    dealt = zip(districts, deal.cohort, deal.stratum, strict=True)
    named = "\n".join(f"{d} {c} {s}" for d, c, s in dealt)
    undefined = "" if known.all() else np.flatnonzero(~known).tolist()
    return sha256(f"{named}\n{seed}{undefined}".encode()).hexdigest()[:16]


def _placebos(effect, exact):
    """Tell sets of placebos from assignments: those of one district are the same."""
    return " placebos" if effect._follows and not exact else ""


def _told(assignments, seed, undefined):
    """Say over how many assignments something is; seed is None where they are all."""
    drawn = f"{assignments:,} assignments drawn, seed {seed}"
    how = f"all {assignments:,} assignments" if seed is None else drawn
    return how + (f", {undefined:,} without an estimate left out" if undefined else "")


def _check_known(known, least=1):
    """Refuse to go on where so few assignments have an estimate that there is nothing to compare with."""
    if known.sum() < least:
        raise NoReassignmentError(
            f"None of the other {len(known) - least + 1:,} assignments has the estimates to compare with, as "
            "these gaps lie: keep the periods, or the districts, that have none."
        )
    return known


def _only(moments, known):
    """Keep the assignments that have an estimate."""
    spread = None if moments.spread is None else moments.spread[known]
    return Moments(moments.att[known], moments.pull[known], spread)


def _tested(moments, statistic, cells):
    """Settle ties, and leave out the spread where the statistic is the estimate itself."""
    moments = moments.settled(cells.rounding)
    return moments if statistic == "studentized" else replace(moments, spread=None)


def _ever_treated(cells):
    return (cells.treated & cells.observed).any(axis=1)


def _table_of(deal, treated):
    rows = [
        (name, len(s.members), int(treated[s.members].sum()), s.count)
        for name, s in zip(deal.names, deal.groups, strict=True)
    ]
    return pd.DataFrame(rows, columns=["stratum", "districts", "treated", "assignments"])


def _moments(effect, deal, statistic):
    """Moments of the other assignments, and of the actual one."""
    if _alike(effect):
        return _moments_at_once(effect, deal)
    actual = _moments_of_effect(effect, effect._cells)
    if statistic == "att" and adds_up(effect):
        features, add, finish = additive_parts(effect, deal.codes)
        found = [finish(sums) for sums in sums_in_blocks(deal.groups, features, deal.draws, deal.rng, add)]
        return Moments(*np.concatenate(found).T), actual
    return _moments_anew(effect, deal), actual


def _moments_of_placebos(effect, stratum, statistic):
    """Moments of the placebos of an effect whose weights follow the outcome, the actual one among them.

    With one treated district each never-treated one of its stratum stands in once, and they are all.
    """
    if statistic == "studentized":
        raise DataError(f"{effect.estimator} has no studentized placebos: statistic='att'.")
    placebos, exact = _placebo_paths(effect, stratum)
    placebos = placebos[:, 0]
    actual = Moments(np.array([effect.att]), np.ones(1))
    att = np.append(effect.att, placebos) if exact else placebos
    pull = np.append(1.0, np.zeros(len(placebos))) if exact else np.zeros(len(placebos))
    return Moments(att, pull), actual, exact


def _placebo_paths(effect, stratum):
    """Att and path of each placebo of the treated districts' stratum; and whether they are all there are."""
    placebos, treated = effect._placebos, _ever_treated(effect._cells)
    if treated.sum() == 1:
        return placebos[stratum[~treated] == stratum[treated]], True
    if stratum.any():
        raise NoReassignmentError(
            f"The placebos of {effect.estimator} with {treated.sum()} treated districts were drawn without "
            "strata: leave strata out, or keep the districts of one stratum in the panel."
        )
    return placebos, False


def _moments_at_once(effect, deal):
    """Moments of all assignments, and of the actual one, from the districts' scores under every cohort."""
    cells, weights, cohort = effect._cells, effect._by_unit, deal.cohort
    y = cells.y - cells.y.mean(axis=1, keepdims=True)  # weights on a district sum to zero: no digits lost
    score = np.einsum("nt,gt->gn", y, weights)
    pull = np.einsum("nt,gt->gn", cells.treated.astype(float), weights)
    size = np.bincount(cohort)
    level, lift = score.mean(axis=1, keepdims=True), pull.mean(axis=1, keepdims=True)
    score, pull = score - level, pull - lift  # about zero, so that squares lose no digits
    features = _features(score, pull)
    sums = np.concatenate(list(sums_in_blocks(deal.groups, features, deal.draws, deal.rng)))
    own = np.zeros((1, len(size), 5))
    np.add.at(own[0], cohort, features[cohort, np.arange(len(cohort))])
    shift = (size @ level[:, 0], size @ lift[:, 0])
    return _from_sums(sums, size, shift), _from_sums(own, size, shift)


def _features(score, pull):
    return np.stack([score, pull, score**2, score * pull, pull**2], axis=-1)


def _from_sums(sums, size, shift):
    one, two = sums[:, :, 0], sums[:, :, 1]
    about = sums[:, :, 2:] - np.stack([one * one, one * two, two * two], axis=2) / size[:, None]
    factor = np.where(size > 1, size / np.maximum(size - 1, 1), 0)
    spread = np.einsum("bgf,g->bf", about, factor)
    return Moments(one.sum(axis=1) + shift[0], two.sum(axis=1) + shift[1], spread)


def _moments_anew(effect, deal):
    """Moments of all assignments by running the estimator for each; nan where it does not apply."""
    if effect._anew is None:
        raise DataError(f"This {effect.estimator} does not say how it is estimated anew: call an estimator.")
    cells, n = effect._cells, len(effect._cells.districts)
    found = []
    for cohort in reassignments(deal.groups, n, deal.draws, deal.rng):
        try:
            other = effect._anew(replace(cells, cohort=deal.codes[cohort], left_out=()))
        except DataError:
            found.append(Moments(*np.full((2, 1), np.nan), np.full((1, 3), np.nan)))
        else:
            found.append(_moments_of_effect(other, cells))
    names = ("att", "pull", "spread")
    return Moments(*(np.concatenate([getattr(m, name) for m in found]) for name in names))


def _moments_of_effect(effect, actual):
    """Moments of one effect, in panel cells of which `actual` says which are treated in truth, B = 1."""
    cells, weight = effect._cells, effect._by_cell
    at = actual.districts.get_indexer(cells.districts)
    treated = actual.treated[np.ix_(at, np.searchsorted(actual.time, cells.time))] * cells.observed
    score, pull = (weight * cells.y).sum(axis=1), (weight * treated).sum(axis=1)
    _, cohort, size = np.unique(cells.cohort, return_inverse=True, return_counts=True)
    sums = np.zeros((1, len(size), 5))
    np.add.at(sums[0], cohort, _features(score, pull))
    return _from_sums(sums, size, (0.0, 0.0))


def effect_on_cells(effect):
    """Say what an effect has it that treatment changed, shape (N, T): by event time, or the same everywhere.

    An error from reassignments is of the outcome less this: in them the treated districts lie among those
    compared with, so that the effect itself would pass for spread.
    """
    cells, path = effect._cells, effect.path
    event = np.where(cells.treated, cells.time[None, :] - cells.cohort[:, None], -1)
    changed = np.where(cells.treated, effect.att, 0.0)
    if not len(path) or "event_time" not in path or path["event_time"].duplicated().any():
        return changed
    event = np.minimum(event, path["event_time"].max())  # a window puts those beyond together
    for row in path[path["event_time"] >= 0].itertuples():
        changed[event == row.event_time] = row.att
    return changed


def reassigned_path(effect, *, strata=None, draws=None, seed=SEED, less=0.0):
    """Estimate att and the path under other assignments of the cohorts, the actual one first.

    Parameters
    ----------
    effect : Effect
    strata, draws, seed
        As in `Effect.randomization`.
    less : ndarray, shape (N, T), optional
        What is taken off the outcome first.

    Returns
    -------
    estimates : ndarray, shape (B, 1 + K)
        Of every assignment if there are at most 50,000, else of those drawn and of the actual one; where
        weights follow the outcome those of the placebos, in which treated districts have no part. Without
        those that have no estimate, or with gaps none at one of the event times of the path; what others
        have at more of them is not asked for.
    how : str
        What was done, and how many were left out.

    Raises
    ------
    DataError
        If nothing can be reassigned.
    """
    if effect._follows:
        return _paths_of_placebos(effect, strata)
    cells, alike = effect._cells, _alike(effect)
    deal = _deal(effect, strata, draws, seed, quick=alike)
    exact, y = deal.rng is None, cells.y - less
    weights = np.concatenate([effect._by_unit[None], effect._path_by_unit])
    actual = np.einsum("knt,nt,n->k", weights[:, effect._units.of], y, cells.size)
    others = (_paths_at_once if alike else _paths_anew)(effect, y, deal)
    known = _check_known(np.isfinite(others).all(axis=1), least=1 + exact)
    how = _told(int(known.sum()), None if exact else seed, int((~known).sum()))
    others = others[known]
    if exact:  # the actual one is among them
        others = np.delete(others, np.abs(others - actual).sum(axis=1).argmin(), axis=0)
    within = "" if len(deal.names) == 1 else f", {len(deal.names)} strata by {deal.by}"
    return cells.without_noise(np.vstack([actual, others])), how + within


def _paths_of_placebos(effect, strata):
    """As `reassigned_path`, of an effect whose weights follow the outcome."""
    cells = effect._cells
    stratum, names = stratum_of(cells.districts, effect._strata if strata is None else strata)
    placebos, exact = _placebo_paths(effect, stratum)
    if not len(placebos):
        raise NoReassignmentError("The stratum of the treated district has no other: form larger strata.")
    seed = "" if effect._placebo_seed is None else f", seed {effect._placebo_seed}"
    how = _told(1 + len(placebos), None, 0) if exact else f"{len(placebos):,} sets of placebos{seed}"
    how += "" if len(names) == 1 else f", {len(names)} strata"
    return cells.without_noise(np.vstack([[effect.att, *effect.path["att"]], placebos])), how


def _paths_at_once(effect, y, deal):
    """Paths of all assignments, from what each district adds under every cohort."""
    weights = np.concatenate([effect._by_unit[None], effect._path_by_unit])
    features = np.einsum("nt,kgt->gnk", y, weights)
    features -= (level := features.mean(axis=1, keepdims=True))  # so that sums lose no digits
    sums = np.concatenate(list(sums_in_blocks(deal.groups, features, deal.draws, deal.rng, sums_over_all)))
    return sums + np.bincount(deal.cohort) @ level[:, 0]


def _paths_anew(effect, y, deal):
    """Paths of all assignments, by running the estimator for each."""
    cells = replace(effect._cells, y=y, left_out=())
    dealt = reassignments(deal.groups, len(deal.cohort), deal.draws, deal.rng)
    return np.array([_path_like(effect, replace(cells, cohort=deal.codes[cohort])) for cohort in dealt])


def _path_like(effect, cells):
    """Att of other cells and what they have in the rows of an effect's path; nan where they have nothing."""
    rows = _rows_of(effect.path)
    try:
        found = effect._anew(cells)
    except DataError:
        return np.full(1 + len(rows), np.nan)
    att = dict(zip(_rows_of(found.path), found.path["att"], strict=True))
    return np.array([found.att, *(att.get(row, np.nan) for row in rows)])


def _rows_of(path):
    """Name the rows of a path: event time, or cohort and period too."""
    return list(zip(*(path[name] for name in path.columns if name not in ("att", "se")), strict=True))


def check_effect(effect):
    """Refuse what no estimator returned, such as a panel or the test of an effect."""
    if not hasattr(effect, "_by_unit"):
        raise DataError(f"A {type(effect).__name__} is no Effect: give what an estimator returns.")


def inference_for(effect, inference, rows=(), strata=None):
    """Choose what p and intervals rest on: reassignment where districts are too few, unless one is named.

    `rows` of the path are those that the intervals use besides att. The effect's own error goes by what it
    is: clustered, iid or placebo; it knows no strata.
    """
    check_effect(effect)
    check_choice("inference", inference, (None, "se", "randomization"))
    if inference == "se" and strata is not None:
        raise DataError("inference='se' knows no strata: leave strata= out, or take 'randomization'.")
    few = inference is None and too_few(effect, rows)
    return "randomization" if few or inference == "randomization" else effect.errors


def p_by_error(effect):
    """Two-sided p-value by the effect's own standard error; nan where that is zero, and so tells nothing."""
    from scipy.special import stdtr

    return float(2 * stdtr(effect.df, -abs(effect.att) / effect.se)) if effect.se > 0 else np.nan

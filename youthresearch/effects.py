"""Estimators of the effect of a pilot, each a weighted sum of panel cells.

All take a panel (long, as from `as_panel` or `build_panel`), the outcome by name and return an `Effect` with
``att == sum(weight * value)``, exactly. Event time is the period less the cohort, the first treated period.
Districts are the clusters: whatever goes on within one is allowed for, not what goes on between them.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property, partial, wraps
from inspect import Parameter, signature

import numpy as np
import pandas as pd

from .cells import (
    NEVER,
    NONE,
    Cells,
    Units,
    by_cohort,
    check_never,
    check_treated,
    keep_districts,
    keep_periods,
    make_cells,
    make_units,
    told_of,
)
from .comparisons import average_pairs, averages_of, compare_cohorts
from .enough import caution_of, count_sides
from .inference import is_quick, randomize, stratum_of
from .results import Result, fixed, said_of_sample
from .schema import DataError, as_names, check_choice, check_count, has_numbers, is_whole, mark_simulated
from .strata import of_column
from .weights import imputation, regression, residuals, two_way

_ERRORS = {"clustered": "clustered", "independent": "iid", "standard deviation": "placebo"}


@dataclass(frozen=True, eq=False, repr=False)
class Effect(Result):
    """An estimated effect: a weighted sum of panel cells.

    Attributes
    ----------
    estimator, outcome : str
    att : float
        Average effect on the treated; what is averaged, the estimator's docstring says.
    se : float
        Its standard error; 0 where the model leaves nothing over but rounding (an outcome that is district
        and period effects alone, as many coefficients as cells), and then it tells nothing. With fewer than
        ten treated, or untreated, districts (`enough.FEW`), with weights on either side that are those of
        fewer than ten, or (for `sun_abraham` and `imputation_did`) with fewer than three in a cohort, it is
        far too small; what is shown then is the test of `randomization` (where each assignment is estimated
        anew, as with gaps, it must be asked for). The same holds row by row for the errors of path.
    path : pandas.DataFrame
        One row is one event time (or cohort, period): event_time, att, se. The base has no error.
    vcov : ndarray, shape (1 + K, 1 + K)
        Covariance of att and the K rows of path.
    df : float
        Degrees of freedom of the t distribution to compare with; inf is the normal one.
    n_treated, n_control : int
        Districts whose treated cells have a weight in att, and never-treated ones that have one in the same
        periods (for `synthetic_did` and `synthetic_control` all that are never treated).
    periods : pandas.Index
    convention : dict of str to str
        What other packages may do otherwise.
    refused : pandas.DataFrame
        One row is one district of which cells were not used: district, cells, reason.
    vague, unbounded : int
        Cells with weight of which the panel has an interval, low < high, and those of them without a bound on
        one side. att has one value of each, `interval_bounds` all.
    """

    estimator: str
    outcome: str
    att: float
    se: float
    path: pd.DataFrame
    vcov: np.ndarray
    df: float
    n_treated: int
    n_control: int
    periods: pd.Index
    convention: dict
    refused: pd.DataFrame
    _cells: Cells = field(repr=False)
    _units: Units = field(repr=False)
    _by_unit: np.ndarray = field(repr=False)
    _path_by_unit: np.ndarray = field(repr=False)  # of the rows of path, shape (K, U, T)
    vague: int = 0
    unbounded: int = 0
    _strata: pd.Series | None = field(default=None, repr=False)  # within which cohorts are reassigned
    _anew: Callable | None = field(
        default=None, repr=False
    )  # Cells -> Effect, the same estimator and options
    _placebos: np.ndarray | None = field(default=None, repr=False)  # of the synthetic: att, path (S, 1 + K)
    _placebo_seed: int | None = field(default=None, repr=False)
    _regressors: np.ndarray | None = field(default=None, repr=False)  # (U, T, P) of a two-way regression
    _target: np.ndarray | None = field(default=None, repr=False)  # (P,): att as a sum of its coefficients

    @property
    def simulated(self):
        """Whether the panel was not observed."""
        return self._cells.simulated

    @property
    def options(self):
        """What the estimator was given that is not its default and bears on att: a dict."""
        if self._anew is None:
            return {}
        usual = signature(self._anew.func).parameters
        given = {name: v for name, v in self._anew.keywords.items() if name not in OF_ERRORS}
        return {name: v for name, v in given.items() if repr(v) != repr(usual[name].default)}

    @property
    def errors(self):
        """What se is: clustered, iid, or placebo."""
        said = self.convention["errors"]
        return next((kind for word, kind in _ERRORS.items() if said.startswith(word)), "other")

    @property
    def caution(self):
        """Why se is unreliable: too few districts on a side, in a cohort or by weight; else empty."""
        return caution_of(self)

    randomization = randomize  # of which the effect is the first argument

    @cached_property
    def _test(self):
        """The test that stands in tables, and if it is quick in what is printed; or why there is none."""
        try:
            return self.randomization()
        except DataError as error:
            return str(error).partition("\n")[0]

    @property
    def weights(self):
        """One row is one cell used: district, period, weight; ``sum(weight * value) == att``."""
        row, column = np.nonzero(self._cells.observed)
        columns = {"district": self._cells.districts.take(row), "period": self._cells.periods.take(column)}
        columns["weight"] = self._by_cell[row, column]
        return mark_simulated(pd.DataFrame(columns), self._cells.simulated)

    @property
    def _by_cell(self):
        """Weight of each cell, shape (N, T); of one that is not observed it does not matter."""
        return self._by_unit[self._units.of] * self._cells.size[:, None]

    @property
    def _follows(self):
        """Whether the weights follow the outcome: its placebos are then the other assignments."""
        return self._placebos is not None

    @property
    def cohort_weights(self):
        """One row is one cohort in one period: cohort (missing = never treated), period, weight (the sum)."""
        cohorts, row = np.unique(self._units.cohort, return_inverse=True)
        total = np.zeros((len(cohorts), len(self.periods)))
        np.add.at(total, row, self._by_unit * self._units.n[:, None])
        table = by_cohort(self._cells, cohorts, weight=total)
        table.attrs["estimator"] = self.estimator  # for the title of a figure
        return table

    @property
    def negative_share(self):
        """Sum of the negative weights on treated cells, as a share of all their weights in absolute value."""
        weight = (self._by_unit * self._units.n[:, None])[self._units.treated(self._cells.time)]
        return float(np.abs(weight[weight < 0]).sum() / np.abs(weight).sum())

    @property
    def _title(self):
        return f"{self.estimator}: {self.outcome}"

    def _said(self):
        said = [
            *(self._said_of_few() if self.caution else self._said_of_many()),
            *self._said_of_vague(),
            *said_of_sample(self),
            ("cells", f"{int(self._cells.observed.sum()):,}"),
        ]
        said += [(k, v) for k, v in self.convention.items() if k != "errors"]
        for reason, rows in self.refused.groupby("reason", sort=True):
            said.append(("left out", f"{rows['cells'].sum()} cells of {len(rows)} districts: {reason}"))
        return said

    def _said_of_many(self):
        error = f"(se {fixed(self.se, self.se)}, {self.convention['errors']})"
        said = [("att", f"{fixed(self.att, self.se)}  {error}")]
        if self._strata is not None:
            said.append(("strata", f"{self._strata.name or 'given'}, in tests by reassignment"))
        return said

    def _said_of_vague(self):
        """Say how many figures have one value here and could have another, if some do."""
        if not self.vague:
            return []
        without = f", {self.unbounded} of them without a bound" if self.unbounded else ""
        said = f"{self.vague} cells with weight are intervals{without}; att takes one value of each"
        return [("vague", f"{said}: see interval_bounds")]

    def _said_of_few(self):
        """Put the randomisation test first, if it is quick, and the error behind it, marked."""
        test = self._test if is_quick(self) else "each assignment is estimated anew; ask for randomization()"
        first = [("att", fixed(self.att, self.se)), ("p", f"none by randomisation: {test}")]
        first = first if isinstance(test, str) else test.verdict()
        error = f"{fixed(self.se, self.se)}  ({self.caution}; {self.convention['errors']})"
        return [*first, ("se", error)]


OF_ERRORS = ("outcome", "strata", "errors", "small_sample", "placebos", "seed")  # att is the same whatever


def estimator(estimate):
    """Give an effect strata and the number of its intervals; let it be estimated anew from other cells."""

    @wraps(estimate)
    def estimated(panel, *, outcome, strata=None, **options):
        effect = estimate(panel, outcome=outcome, **options)
        if strata is not None and not isinstance(panel, Cells):
            districts = effect._cells.districts
            strata = of_column(panel, districts, strata) if isinstance(strata, str) else strata
            stratum_of(districts, strata)  # each has one
        vague, unbounded = (0, 0) if isinstance(panel, Cells) else _count_vague(effect, panel)
        if not isinstance(panel, Cells):
            effect = replace(effect, convention=effect.convention | _held(effect, panel, options))
        anew = partial(estimated, outcome=outcome, strata=strata, **options)
        return replace(effect, _strata=strata, _anew=anew, vague=vague, unbounded=unbounded)

    given = signature(estimate)
    own = Parameter("strata", Parameter.KEYWORD_ONLY, default=None)
    estimated.__signature__ = given.replace(parameters=[*given.parameters.values(), own])
    return estimated


def _count_vague(effect, panel):
    """Count the cells with weight that are intervals, and those of them without a bound."""
    if not all(c in panel and has_numbers(panel[c]) for c in ("low", "high")):
        return 0, 0
    at = np.flatnonzero(panel["low"] < panel["high"])
    if not len(at):
        return 0, 0
    rows = panel.iloc[at]
    rows = rows[(rows["indicator"] == effect.outcome).to_numpy()]
    cells, weight = effect._cells, np.abs(effect._by_cell)
    weighs = cells.observed & (weight > NONE * weight.max())
    place = [cells.districts.get_indexer(rows["district"]), cells.periods.get_indexer(rows["period"])]
    counts = (place[0] >= 0) & (place[1] >= 0) & weighs[tuple(place)]
    return int(counts.sum()), int(np.isinf(rows.loc[counts, ["low", "high"]]).any(axis=1).sum())


def _held(effect, panel, options):
    """Say how many figures of controls and population are intervals: no bounds of the effect vary them."""
    names = [name for option in ("controls", "population") for name in as_names(options.get(option), option)]
    if not names or not all(c in panel and has_numbers(panel[c]) for c in ("low", "high")):
        return {}
    rows = panel[panel["indicator"].isin(names) & panel["district"].isin(effect._cells.districts)]
    vague = rows.loc[rows["low"] < rows["high"], "indicator"]
    if not len(vague):
        return {}
    of = ", ".join(sorted(vague.unique()))
    return {"also vague": f"{len(vague)} figures of {of} are intervals; one value of each is taken for exact"}


@estimator
def did(panel, *, outcome, controls=None, population=None, errors="clustered", small_sample="nested"):
    """Estimate difference in differences by two-way fixed effects.

    ``y_it = a_i + l_t + att D_it + x_it b + e_it``, D one from the cohort on. With one wave this is the mean
    change of the treated less that of the others. With several waves and effects that grow it may be far from
    any average effect (Goodman-Bacon 2021): see `goodman_bacon`, and take `staggered_did`.

    Parameters
    ----------
    panel : pandas.DataFrame
        As from `as_panel`: district, period, indicator, value, cohort. Gaps are left as they are; a district
        with a single cell is left out. A cohort after the last period counts as never treated here; a
        district treated in all its periods stays in and serves as a control, as in other packages.
    outcome : str
        An indicator of the panel.
    controls : list of str, optional
        Other indicators of the panel, that vary over time (refused otherwise); they enter linearly.
    population : str, optional
        Column or indicator by which districts are weighted (its mean over time, where it varies).
    errors : {"clustered", "iid"}
        Clustered by district, or those of textbook least squares (independent errors of one variance).
    small_sample : {"nested", "full", "none"}
        Factor on the clustered variance, G districts, n cells: G/(G-1) (n-1)/(n-k), k the coefficients
        without the district effects ("nested": fixest, reghdfe) or with them ("full": dummies in
        statsmodels); or 1; not with errors="iid". A period with a single district stays in and counts in n
        and k, where reghdfe, pyfixest and (from 0.13 on) fixest leave it out by default: the estimate is the
        same, the error larger by a little.
    strata : str or pandas.Series, optional
        Within which the pilots were chosen: a column of the panel, or one value a district, as from
        `strata_by`. Whatever test of the effect reassigns cohorts does so within them.

    Returns
    -------
    Effect
        The path is empty.

    Raises
    ------
    DataError
        If treatment cannot be told from districts and periods: nobody treated, or all at once.
    """
    cells = _cells_to_regress(panel, outcome, controls, population)
    units = make_units(cells)
    treatment = units.treated(cells.time)[:, :, None].astype(float)
    no_path = pd.DataFrame({"event_time": np.array([], dtype="int64")})
    return _regression_effect(
        "did", cells, units, treatment, np.ones((1, 1)), no_path, errors, small_sample, _always(cells)
    )


def _always(cells):
    """Say how many districts are treated whenever they are observed: did takes them for controls."""
    before = cells.observed & (cells.time < cells.cohort[:, None])
    number = int((~before.any(axis=1)).sum())
    return {"always": f"{number} districts treated in all their periods serve as controls"} if number else {}


@estimator
def event_study(
    panel,
    *,
    outcome,
    base=-1,
    window=None,
    controls=None,
    population=None,
    errors="clustered",
    small_sample="nested",
):
    """Estimate effects by event time with two-way fixed effects.

    ``y_it = a_i + l_t + sum_e att_e 1(t - g_i = e) + x_it b + e_it``, the sum over all event times but the
    base. With several waves whose effects differ, an att_e mixes event times (Sun and Abraham 2021): take
    `sun_abraham` or `staggered_did`.

    Parameters
    ----------
    panel, outcome, controls, population, errors, small_sample, strata
        As in `did`.
    base : int, tuple of int, or "pre"
        Event times before treatment left out of the sum: -1; two of them where no district is never treated,
        which leaves a trend undetermined (Borusyak, Jaravel and Spiess 2024); or all before treatment.
    window : tuple of int, optional
        First and last event time, before treatment and after it began; those beyond are put together with
        them.

    Returns
    -------
    Effect
        att is the plain mean of att_e over e >= 0.

    Raises
    ------
    DataError
        If the base is no event time of the panel before treatment, the window does not reach to both sides of
        it, or effects by event time are not determined.
    """
    cells = _cells_to_regress(panel, outcome, controls, population)
    units = make_units(cells)
    event = np.where(
        units.cohort[:, None] == NEVER, np.nan, cells.time[None, :] - units.cohort[:, None].astype(float)
    )
    if window is not None:
        _check_window(window)
        event = np.clip(event, *window)
    known = np.unique(event[units.observed & np.isfinite(event)]).astype("int64")
    left = _base_times(base, known)
    times = np.setdiff1d(known, left)
    dummies = (event[:, :, None] == times).astype(float)
    targets = np.column_stack([(times >= 0) / (times >= 0).sum(), np.eye(len(times))])
    told = {"base": f"event time {', '.join(map(str, left))}" if base != "pre" else "all before treatment"}
    if window is not None:
        told["window"] = f"{window[0]} and before, {window[1]} and after put together"
    rows = pd.DataFrame({"event_time": times})
    effect = _regression_effect(
        "event_study", cells, units, dummies, targets, rows, errors, small_sample, told
    )
    return effect if base == "pre" else _with_base(effect, left)


@estimator
def sun_abraham(panel, *, outcome, base=-1, controls=None, population=None, small_sample="nested"):
    """Estimate effects by cohort and event time in one regression, and average them (Sun and Abraham 2021).

    ``y_it = a_i + l_t + sum_g sum_e att_ge 1(g_i = g) 1(t - g = e) + x_it b + e_it`` with never-treated
    districts as the reference; where there are none, the last cohort, and periods before its treatment only.

    Parameters
    ----------
    panel, outcome, controls, population, small_sample, strata
        As in `did`.
    base : int
        Event time before treatment, left out. A cohort without it is left out.

    Returns
    -------
    Effect
        att is the mean of att_ge over treated cells, att_e over the cells of that event time; the shares are
        taken as known (as `agg="att"` in fixest). A cohort of a single district leaves nothing over: see
        `caution`.

    Raises
    ------
    DataError
        If nobody is treated, no district can be compared with, or no cohort has the base.
    """
    if not is_whole(base):
        raise DataError(f"base={base!r} must be one event time: sun_abraham takes no more.")
    _check_base(base)
    cells = _cells_to_regress(panel, outcome, controls, population)
    cells = _last_cohort_as_control(cells)
    cells = keep_districts(cells, _has_base(cells, base), f"no period at event time {base}")
    units = make_units(cells)
    cohort, event, cell_count = _cohort_event_cells(units, cells.time, base)
    if not (event >= 0).any():
        raise DataError(f"No cohort is observed both at event time {base} and when treated.")
    dummies = (units.cohort[:, None, None] == cohort) & (cells.time[None, :, None] == cohort + event)
    times = np.unique(event)
    chosen = np.column_stack([event >= 0, event[:, None] == times]) * cell_count[:, None]
    rows = pd.DataFrame({"event_time": times})
    effect = _regression_effect(
        "sun_abraham",
        cells,
        units,
        dummies.astype(float),
        chosen / chosen.sum(axis=0),
        rows,
        "clustered",
        small_sample,
        {"base": f"event time {base}"},
    )
    return _with_base(effect, [base])


@estimator
def imputation_did(panel, *, outcome, pretrends=0, controls=None, population=None):
    """Estimate effects against outcomes imputed from untreated cells (Borusyak, Jaravel and Spiess 2024).

    District and period effects (and controls) are fitted to untreated cells alone; each treated cell less
    what they predict is an effect, and att the mean of these. Efficient if errors are independent and of one
    variance; the same point as Gardner (2022) and the mean over treated cells of Wooldridge (2021).

    Parameters
    ----------
    panel, outcome, controls, population, strata
        As in `did`. Gaps are left as they are: least squares on the cells there are. Treated cells of a
        district without an untreated one, or of a period in which nobody is untreated, cannot be imputed:
        they are left out and listed.
    pretrends : int
        Event times before treatment, -pretrends to -1, that the path tells too: coefficients of a regression
        of its own on the untreated cells alone, against all that lie further back (section 4.3 of the paper;
        `pretrends()` of did_imputation in Stata). Effects do not depend on them.

    Returns
    -------
    Effect
        The path has event times from 0 on, after those of `pretrends`; se is the conservative one of equation
        7, about the mean effect by cohort and period (equation 8), without a small-sample factor. Where a
        cohort is a single district this leaves its treated cells no error at all: see `caution`. Errors of
        pretrends are clustered, with the factor "nested" of `did`.

    Raises
    ------
    DataError
        If no treated cell can be imputed, or the pretrends are not determined.
    """
    check_count(least=0, pretrends=pretrends)
    cells = _with_moving_controls(panel, outcome, controls, population)
    check_treated(cells)
    units = make_units(cells)
    treated = units.observed & units.treated(cells.time)
    model = two_way(units, units.controls, units.observed & ~treated)
    possible = treated & _imputable(units, model, treated)
    event = np.where(possible, cells.time[None, :] - units.cohort[:, None], -1)
    times = np.unique(event[possible])
    if not len(times):
        raise DataError(
            f"No treated cell of {outcome!r} can be imputed: each needs an untreated cell of its district, "
            "and an untreated district in its period."
        )
    direct = np.stack([possible, *(event == e for e in times)]).astype(float)
    direct /= np.einsum("u,kut->k", units.n, direct)[:, None, None]
    linear = imputation(units, model, direct, possible)
    told = {"errors": "clustered by district, about the mean by cohort and period, normal"}
    lost = (treated & ~possible).sum(axis=1)[units.of]
    left = told_of(cells, lost, "cannot be imputed")
    before, factor = _pretrends(cells, units, pretrends)
    if pretrends:
        told["pretrends"] = f"event times {-pretrends} to -1 against earlier ones, untreated cells only"
    linear = linear.insert(1, before)
    factor = np.repeat([1.0, factor, 1.0], [1, pretrends, len(times)])
    vcov = linear.covariance(cells, units) * np.sqrt(np.outer(factor, factor))
    rows = pd.DataFrame({"event_time": np.append(np.arange(-pretrends, 0), times)})
    return effect_of("imputation_did", cells, units, linear, rows, told, vcov=vcov, extra=left)


def _pretrends(cells, units, count):
    """Regress the untreated cells on the event times -count to -1: weights and scores, and the factor."""
    times = np.arange(-count, 0)
    event = cells.time - units.cohort[:, None]
    used = units.observed & ~units.treated(cells.time)
    used &= used.sum(axis=1, keepdims=True) > 1
    leads = (event[:, :, None] == times).astype(float)
    regressors = np.concatenate([leads, units.controls], axis=2)
    linear, identified, rank, _ = regression(units, regressors, np.eye(regressors.shape[2])[:, :count], used)
    if not identified.all():
        raise DataError(
            f"Event times {times[~identified].tolist()} cannot be told from those before: no untreated "
            "cells, or none further back to compare with. Take fewer pretrends."
        )
    member = used.any(axis=1)[units.of]
    districts, n = int(member.sum()), int(used.sum(axis=1)[units.of].sum())
    if count:
        _check_df("The regression of pretrends", n, rank + 1)
    return linear, districts / (districts - 1) * (n - 1) / (n - rank - 1) if count else 1.0


@estimator
def staggered_did(
    panel,
    *,
    outcome,
    control="never",
    base="varying",
    aggregate="simple",
    controls=None,
    method="reg",
    population=None,
):
    """Estimate effects by cohort and period against untreated districts (Callaway and Sant'Anna 2021).

    ATT(g, t) is the mean change from the base period to t of cohort g, less that of the control group. With
    gaps each ATT(g, t) takes the districts observed in both periods; treated cells that none can take are
    left out and listed.

    Parameters
    ----------
    panel, outcome, population, strata
        As in `did`.
    control : {"never", "notyet"}
        Never-treated districts, or all that are not treated yet in either period. Without never-treated ones
        the last cohort stands in for them, up to its treatment.
    base : {"varying", "universal"}
        Before treatment each period is compared with the one before it, or all with the last one before
        treatment. After it they are the same.
    aggregate : {"simple", "event", "cohort", "calendar", "group_time"}
        How att is averaged, and what the path has a row for. simple: over all treated (g, t), path by event
        time; event: mean over event times from 0 on; cohort: mean over the cohorts' means; calendar: mean
        over periods; group_time: as simple, path by cohort and period. Cohorts count by their districts.
    controls : list of str, optional
        Indicators whose value in the base period the change may depend on.
    method : {"reg", "dr"}
        How controls are taken into account. reg: the control group's change is regressed on them (outcome
        regression; Heckman, Ichimura and Todd 1997), which a few treated districts are enough for. dr: the
        control group is weighted by the odds of treatment as well, and either model may be wrong (doubly
        robust; Sant'Anna and Zhao 2020), the default of `did` in R; refused where controls tell the treated
        from the others. Weights do not depend on the outcome in either.

    Returns
    -------
    Effect
        se from the influence functions, that of the cohort shares included, without a small-sample factor
        (as `did` in R with `bstrap = FALSE`).

    Raises
    ------
    DataError
        If nobody is treated, nobody can be compared with, or no cohort has a period before treatment.
    """
    check_choice("control", control, ("never", "notyet"))
    check_choice("base", base, ("varying", "universal"))
    check_choice("aggregate", aggregate, ("simple", "event", "cohort", "calendar", "group_time"))
    check_choice("method", method, ("reg", "dr"))
    cells = make_cells(panel, outcome, controls, population)
    check_treated(cells)
    if control == "never":
        check_never(cells, 'control="notyet" lets the last cohort stand in')
    else:
        cells = _last_cohort_as_control(cells)
    cells = keep_districts(cells, cells.cohort > cells.time[0], "no period before treatment")
    check_treated(cells)
    units = make_units(cells)
    pairs = compare_cohorts(cells, units, control, base, method)
    rows, average, slope = averages_of(pairs, units, cells.time, aggregate)
    linear = average_pairs(pairs, len(cells.time), average, slope)
    told = {
        "errors": "clustered by district, influence functions, normal",
        "control": "never treated" if control == "never" else "not yet treated",
        "base": base,
        "aggregate": aggregate,
    }
    if cells.controls.shape[2]:
        told["controls"] = "doubly robust" if method == "dr" else "outcome regression"
    for name in ("cohort", "period"):
        if name in rows:
            rows[name] = pd.Series([cells.label(v) for v in rows[name]])
    idle = units.observed & units.treated(cells.time) & (linear.weights[0] == 0)
    left = told_of(cells, idle.sum(axis=1)[units.of], "not observed in the base period, or nobody beside it")
    return effect_of("staggered_did", cells, units, linear, rows, told, extra=left)


LINEAR = {f.__name__: f for f in (did, event_study, sun_abraham, imputation_did, staggered_did)}


# What the estimators share.


def _with_moving_controls(panel, outcome, controls, population):
    """Make cells; refuse a control that stays as it is in every district, as its effects have it already."""
    cells = make_cells(panel, outcome, controls, population)
    if not cells.controls.shape[2]:
        return cells
    seen = cells.observed[..., None]
    most = np.where(seen, cells.controls, -np.inf).max(axis=1)
    least = np.where(seen, cells.controls, np.inf).min(axis=1)
    moves = (most - least > 1e-9).any(axis=0)
    still = [name for name, moved in zip(as_names(controls, "controls"), moves, strict=True) if not moved]
    if still:
        raise DataError(
            f"Controls {still} never change within a district, so that district effects take them up: leave "
            "them out, or take staggered_did, where the change may depend on them."
        )
    return cells


def _cells_to_regress(panel, outcome, controls, population):
    cells = _with_moving_controls(panel, outcome, controls, population)
    cells = keep_districts(cells, cells.observed.sum(axis=1) > 1, "a single cell")
    check_treated(cells)
    return cells


def _last_cohort_as_control(cells):
    """Where nobody is never treated, the last cohort stands in, up to its treatment."""
    last = cells.cohort.max()
    if last == NEVER:
        return cells
    reason = f"from {cells.label(last)} on all are treated"
    cells = keep_periods(cells, cells.time < last, reason)
    if (cells.cohort >= last).all():
        raise DataError(f"Nobody can be compared with: {reason}, and before nobody is.")
    return replace(cells, cohort=np.where(cells.cohort == last, NEVER, cells.cohort))


def _check_base(base):
    if not all(is_whole(e) and e < 0 for e in np.atleast_1d(base)):
        raise DataError(f"base={base!r} must lie before treatment, at -1 or another whole number below zero.")


def _check_window(window):
    if np.shape(window) != (2,) or not all(map(is_whole, window)) or not window[0] < 0 <= window[1]:
        raise DataError(
            f"window={window!r} must be the first and the last event time, whole numbers, one before "
            "treatment and one not, such as (-4, 3)."
        )


def _base_times(base, known):
    if base != "pre":
        _check_base(base)
    wanted = known[known < 0] if base == "pre" else np.atleast_1d(base)
    missing = sorted(set(wanted.tolist()) - set(known.tolist()))
    if missing or not len(wanted):
        apart = int(np.gcd.reduce(known))
        remedy = f" The periods lie {apart} apart: count them (1, 2, 3 ...), or base={-apart}."
        raise DataError(
            f"base={base!r} is no event time of this panel; it has {known.tolist()}."
            + (remedy if apart > 1 and -apart in known else "")
        )
    return np.sort(wanted).astype("int64")


def _has_base(cells, base):
    """Which districts are never treated, or of a cohort that somebody observes at the base."""
    keep = cells.cohort == NEVER
    for cohort in np.unique(cells.cohort[~keep]):
        of = cells.cohort == cohort
        keep |= of & cells.observed[of][:, cells.time == cohort + base].any()
    if not (keep & (cells.cohort != NEVER)).any():
        raise DataError(f"No cohort has a period at event time {base}: choose another base=.")
    return keep


def _cohort_event_cells(units, time, base):
    """Cohort and event time of each effect but the base, and the (weighted) cells that it has."""
    row, column = np.nonzero(units.observed & (units.cohort != NEVER)[:, None])
    table = np.column_stack([units.cohort[row], time[column] - units.cohort[row]])
    pairs, of = np.unique(table, axis=0, return_inverse=True)
    count = np.bincount(of.ravel(), weights=units.n[row])
    keep = pairs[:, 1] != base
    return pairs[keep, 0], pairs[keep, 1], count[keep]


def _regression_effect(name, cells, units, regressors, targets, rows, errors, small_sample, told):
    """Effect from a two-way regression: combinations of the coefficients of `regressors`, not of controls."""
    check_choice("errors", errors, ("clustered", "iid"))
    check_choice("small_sample", small_sample, ("nested", "full", "none"))
    if errors == "iid" and small_sample != "nested":
        raise DataError(f"small_sample={small_sample!r} is a factor on clustered errors: leave it out.")
    p = units.controls.shape[2]
    targets = np.vstack([targets, np.zeros((p, targets.shape[1]))])
    regressors = np.concatenate([regressors, units.controls], axis=2)
    linear, identified, rank, fit = regression(units, regressors, targets)
    if not identified.all():
        _refuse_unidentified(name, cells, rows, identified)
    districts, n = len(cells.districts), int(cells.observed.sum())
    k = rank + (1 if small_sample == "nested" and errors == "clustered" else districts)
    _check_df(name, n, k)
    if errors == "iid":
        vcov = _iid_vcov(cells, units, linear, fit, n - k)
        said = f"independent errors of one variance, t({n - k})"
        effect = effect_of(name, cells, units, linear, rows, {"errors": said, **told}, df=n - k, vcov=vcov)
        return replace(effect, _regressors=regressors, _target=targets[:, 0])
    factor = 1.0 if small_sample == "none" else districts / (districts - 1) * (n - 1) / (n - k)
    said = f"clustered by district, t({districts - 1})"
    told = {"errors": said, "factor": _FACTORS[small_sample].format(k=k), **told}
    effect = effect_of(name, cells, units, linear, rows, told, df=districts - 1, factor=factor)
    return replace(effect, _regressors=regressors, _target=targets[:, 0])


_FACTORS = {
    "nested": "G/(G-1) (n-1)/(n-k), k = {k} without district effects",
    "full": "G/(G-1) (n-1)/(n-k), k = {k} with district effects",
    "none": "none",
}


def _check_df(name, n, k):
    if n <= k:
        raise DataError(
            f"{name} has {n} cells for {k} coefficients, so no error can be estimated: use fewer controls, a "
            "window of event times, or more periods."
        )


def _refuse_unidentified(name, cells, rows, identified):
    if name == "did" or not len(rows):
        raise DataError(
            f"The effect on {cells.outcome!r} cannot be told from district and period effects and controls: "
            "no two districts are observed before and after treatment, or a control moves with treatment."
        )
    bad = rows.loc[~identified[1:], "event_time"].tolist()
    never = (cells.cohort == NEVER).any()
    remedy = (
        "leave them out or use window="
        if never
        else "nobody is never treated: base=(-1, -2), or imputation_did"
    )
    raise DataError(f"Effects at event times {bad} are not determined by the data ({remedy}).")


def _iid_vcov(cells, units, linear, fit, df):
    """Covariance under independent errors of one variance: sigma^2 W W'."""
    sigma2 = (cells.size[:, None] * residuals(cells, units, fit) ** 2).sum() / df
    return sigma2 * np.einsum("kut,u,lut->kl", linear.weights, units.n, linear.weights, optimize=True)


def effect_of(name, cells, units, linear, rows, told, *, df=np.inf, factor=1.0, vcov=None, extra=()):
    """Put an Effect together; the first estimate is att, the others the rows of the path."""
    estimates = cells.without_noise(linear.estimates(units))
    if vcov is None:
        vcov = factor * linear.covariance(cells, units)
    se = cells.without_noise(np.sqrt(np.diag(vcov)))
    vcov = vcov * np.outer(se > 0, se > 0)
    is_base = ~linear.weights[1:].any(axis=(1, 2))  # it has no error
    path = rows.assign(att=estimates[1:], se=np.where(is_base, np.nan, se[1:]))
    path = mark_simulated(path, cells.simulated)
    n_treated, n_control = count_sides(cells, units, linear.weights[0])
    return Effect(
        estimator=name,
        outcome=cells.outcome,
        att=float(estimates[0]),
        se=float(se[0]),
        path=path,
        vcov=vcov,
        df=float(df),
        n_treated=n_treated,
        n_control=n_control,
        periods=cells.periods,
        convention=told,
        refused=mark_simulated(
            pd.DataFrame([*cells.left_out, *extra], columns=["district", "cells", "reason"]), cells.simulated
        ),
        _cells=cells,
        _units=units,
        _by_unit=linear.weights[0],
        _path_by_unit=linear.weights[1:],
    )


def _with_base(effect, base):
    """Put the base into the path: zero, without error."""
    more = pd.DataFrame({"event_time": base, "att": 0.0, "se": np.nan})
    path = pd.concat([effect.path, more], ignore_index=True)
    order = np.argsort(path["event_time"].to_numpy(), kind="stable")
    vcov = np.zeros((1 + len(path), 1 + len(path)))
    vcov[: len(effect.vcov), : len(effect.vcov)] = effect.vcov
    at = np.append(0, 1 + order)
    path = mark_simulated(path.iloc[order].reset_index(drop=True), effect.simulated)
    weights = np.concatenate([effect._path_by_unit, np.zeros((len(more), *effect._by_unit.shape))])[order]
    return replace(effect, path=path, vcov=vcov[np.ix_(at, at)], _path_by_unit=weights)


def _imputable(units, model, treated):
    """Which treated cells the untreated ones can predict, bool, shape (U, T)."""
    alone = ~model.used.any(axis=1)
    possible = treated & ~alone[:, None]
    periods = model.used.shape[1]
    if model.rank == periods - 1 + units.controls.shape[2]:
        return possible
    means = np.einsum("ut,utp->up", model.share, units.controls)
    for u in np.flatnonzero(possible.any(axis=1)):
        asked = np.hstack([np.eye(periods) - model.share[u], units.controls[u] - means[u]])
        possible[u] &= model.identified(asked.T)
    return possible

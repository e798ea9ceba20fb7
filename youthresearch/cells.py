"""A panel as arrays: districts by periods, who was treated when, and which districts share their weights.

N districts, T periods, P controls, U units. A unit is a set of districts alike in cohort and gaps: a linear
estimator gives all of them the same weights, so that its algebra is done on units, not on districts.
"""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from .periods import ordinals
from .schema import (
    DataError,
    as_names,
    check_frame,
    check_numbers,
    check_scope,
    check_text,
    has_numbers,
    is_simulated,
    mark_simulated,
    of_indicator,
)

NEVER = 2**62  # cohort of a district that is not treated within the panel: later than any period
BLOCK = 10_000  # districts at a time
NONE = 1e-9  # a weight this small, relative to the largest, is none


@dataclass(frozen=True, eq=False)
class Cells:
    """One outcome of a panel as arrays.

    Attributes
    ----------
    outcome : str
    districts : pandas.Index, shape (N,)
    periods : pandas.Index, shape (T,)
    time : ndarray of int64, shape (T,)
        Ordinals of the periods; event time is a difference of ordinals.
    cohort : ndarray of int64, shape (N,)
        Ordinal of the first treated period; `NEVER` where that is after the last period, or never.
    y : ndarray, shape (N, T)
        The outcome; 0 where it is not observed.
    observed : ndarray of bool, shape (N, T)
    controls : ndarray, shape (N, T, P)
        Each less its mean and over its largest distance from it, which changes no estimate.
    size : ndarray, shape (N,)
        Population weight of a district; 1 without.
    left_out : tuple of (district, cells, reason)
    simulated : bool
    """

    outcome: str
    districts: pd.Index
    periods: pd.Index
    time: np.ndarray
    cohort: np.ndarray
    y: np.ndarray
    observed: np.ndarray
    controls: np.ndarray
    size: np.ndarray
    left_out: tuple = ()
    simulated: bool = False

    @property
    def treated(self):
        """Which cells are treated, bool, shape (N, T)."""
        return self.time[None, :] >= self.cohort[:, None]

    @property
    def rounding(self):
        """How large a mean of the outcome may be by rounding alone."""
        return 1e-12 * float(np.abs(self.y).max())

    def without_noise(self, values):
        """Put zero for estimates and errors that may be rounding alone: nothing may take them for data."""
        return np.where(np.abs(values) <= self.rounding, 0.0, values)

    def label(self, ordinal):
        """Write a cohort as the panel writes its periods; never treated is missing."""
        if ordinal == NEVER:
            return pd.NaT if isinstance(self.periods, pd.PeriodIndex) else pd.NA
        if isinstance(self.periods, pd.PeriodIndex):
            return pd.Period(ordinal=int(ordinal), freq=self.periods.freq)
        return int(ordinal)


@dataclass(frozen=True, eq=False)
class Units:
    """Districts alike in cohort and gaps, taken together.

    Attributes
    ----------
    of : ndarray of int, shape (N,)
        The unit of each district.
    n : ndarray, shape (U,)
        Number of districts, or the sum of their sizes.
    n_squared : ndarray, shape (U,)
        Sum of their squared sizes.
    cohort : ndarray, shape (U,)
    observed : ndarray of bool, shape (U, T)
    total : ndarray, shape (U, T)
        Sum of the outcome over the districts of a unit, each times its size.
    controls : ndarray, shape (U, T, P)
    """

    of: np.ndarray
    n: np.ndarray
    n_squared: np.ndarray
    cohort: np.ndarray
    observed: np.ndarray
    total: np.ndarray
    controls: np.ndarray

    def treated(self, time):
        """Which cells of a unit are treated, at these ordinals of the periods, bool, shape (U, T)."""
        return time >= self.cohort[:, None]


def make_cells(panel, outcome, controls=None, population=None):
    """Turn one outcome of a panel into arrays.

    Parameters
    ----------
    panel : pandas.DataFrame or Cells
        Long, as from `as_panel`; of its columns district, period, indicator, value and cohort are used. Cells
        are returned as they are: so that estimators can be called for many assignments of the cohorts.
    outcome : str
        An indicator of the panel.
    controls : str or list of str, optional
        Other indicators of the panel. A cell that lacks one of them is left out.
    population : str, optional
        A column of the panel, constant within districts, or an indicator, whose mean over the periods is
        taken.

    Returns
    -------
    Cells

    Raises
    ------
    DataError
        With the offending rows: what is no panel, an unknown indicator, a cell that stands twice, rows of
        several scopes, a value that is missing or not finite, a district of two cohorts, a population that is
        missing or not positive, the outcome among its controls.
    """
    controls = as_names(controls, "controls")
    if outcome in controls:
        raise DataError(f"{outcome!r} is the outcome, and cannot be a control of itself.")
    if isinstance(panel, Cells):
        return panel
    rows = _rows_of(panel, outcome)
    layout = _layout(rows)
    observed = layout.observed()
    if np.count_nonzero(observed) < len(rows):
        _refuse_twice(rows, outcome)
    check_scope(repr(outcome), rows)
    cohort, varies = layout.once(cohort_ordinals(rows))
    if varies.any():
        districts = rows["district"][varies].unique()
        raise DataError(
            f"{len(districts)} districts have several cohorts: each is treated once, from its cohort on.",
            rows[rows["district"].isin(districts)],
        )
    periods = pd.Index(layout.time)
    if isinstance(rows["period"].dtype, pd.PeriodDtype):
        periods = pd.PeriodIndex.from_ordinals(layout.time, freq=rows["period"].dtype.freq)
    cells = Cells(
        outcome,
        layout.districts,
        periods,
        layout.time,
        np.where(cohort > layout.time[-1], NEVER, cohort),
        layout.spread(_values(rows)),
        observed,
        np.zeros((*observed.shape, 0)),
        np.ones(len(observed)),
        simulated=is_simulated(rows),
    )
    cells = _with_population(cells, panel, rows, layout, population)
    return _with_controls(cells, panel, controls)


@dataclass(frozen=True, eq=False)
class _Layout:
    """Where n rows of one indicator lie in a grid of districts and periods."""

    districts: pd.Index
    time: np.ndarray
    district: np.ndarray | None  # (n,) indices of each row; None where the rows are the grid, row by row
    period: np.ndarray | None

    @property
    def shape(self):
        return len(self.districts), len(self.time)

    def observed(self):
        """Which cells have a row."""
        return np.ones(self.shape, dtype=bool) if self.district is None else self.spread(True)

    def spread(self, values):
        """Lay values out on the grid, zero where there is no row."""
        if self.district is None:
            return values.reshape(self.shape)
        grid = np.zeros(self.shape, dtype=np.asarray(values).dtype)
        grid[self.district, self.period] = values
        return grid

    def once(self, values):
        """One value a district, and which rows say another."""
        if self.district is None:
            first = values.reshape(self.shape)[:, 0].copy()
            return first, (values.reshape(self.shape) != first[:, None]).ravel()
        first = np.empty(len(self.districts), dtype=values.dtype)
        first[self.district] = values
        return first, first[self.district] != values


def _layout(rows):
    """Find the grid; rows sorted and without gaps, as as_panel leaves them, are read where they lie."""
    _check_periods(rows["period"])
    when = ordinals(rows["period"])
    t = 1 + _first_fall(when)
    names = _plain(rows["district"]).array
    if len(rows) % t == 0 and (when.reshape(-1, t) == when[:t]).all():
        first = pd.Index(names[::t])
        if first.is_unique and first.is_monotonic_increasing and _stands_in_blocks(names, t):
            return _Layout(first, when[:t].copy(), None, None)
    district, districts = pd.factorize(names, sort=True)
    period, time = pd.factorize(when, sort=True)
    return _Layout(pd.Index(districts), time, district, period)


def _stands_in_blocks(names, t):
    """Whether each run of t names is one name."""
    same = np.append(np.asarray(names[1:] == names[:-1], dtype=bool), True)
    return bool(same.reshape(-1, t)[:, :-1].all())


def _first_fall(when):
    """Index of the last row before the periods start anew."""
    step = 1024
    for start in range(0, len(when), step):
        fall = np.flatnonzero(np.diff(when[start : start + step + 1]) <= 0)
        if len(fall):
            return start + int(fall[0])
    return len(when) - 1


def _plain(names):
    """Names rather than categories, whose order is that of a table, and no matter to who is drawn."""
    if not isinstance(names.dtype, pd.CategoricalDtype):
        return names
    return names.astype(names.cat.categories.dtype)


def _rows_of(panel, indicator):
    remedy = "make one with as_panel or build_panel (simulate_panel gives two tables, the panel first)"
    check_frame("panel", panel, remedy)
    missing = [c for c in ("district", "period", "indicator", "value", "cohort") if c not in panel]
    if missing:
        remedy = "give it cohorts with assign_cohorts" if missing == ["cohort"] else "make one with as_panel"
        raise DataError(f"The panel has no column {missing}: {remedy}, or build_panel(facts, pilots).")
    if panel["district"].hasnans:
        raise DataError("Rows of the panel have no district.", panel[panel["district"].isna()])
    return of_indicator(panel, indicator)


def _check_periods(column):
    if column.hasnans:
        raise DataError("Rows of the panel have no period.", column[column.isna()].to_frame())
    if not (isinstance(column.dtype, pd.PeriodDtype) or pd.api.types.is_integer_dtype(column)):
        raise DataError(
            f"Column {column.name!r} is of type {column.dtype}: periods are whole numbers or pandas Periods, "
            "as as_panel makes them.",
            column.head().to_frame(),
        )


def _refuse_twice(rows, indicator):
    twice = rows[rows.duplicated(["district", "period"], keep=False)]
    parts = (
        " (scopes " + ", ".join(map(repr, sorted(twice["scope"].unique()))) + ")" if "scope" in twice else ""
    )
    raise DataError(
        f"{len(twice)} rows of {indicator!r} share district and period with another{parts}: an estimator "
        "takes one figure a cell, so choose, e.g. panel[panel['scope'] == ''].",
        twice,
    )


def _values(rows):
    if not has_numbers(rows["value"]):
        raise DataError(
            f"Column 'value' of the panel must be numeric, and is {rows['value'].dtype}: as_panel checks it.",
            rows[["value"]],
        )
    value = rows["value"].to_numpy(dtype=float, na_value=np.nan)
    bad = ~np.isfinite(value)
    if bad.any():
        raise DataError(
            f"{int(bad.sum())} rows of {rows['indicator'].iloc[0]!r} have no finite value: drop these rows, "
            "which makes them gaps, or choose a value inside their bounds.",
            rows[bad],
        )
    return value


def cohort_ordinals(rows):
    """Ordinal of the first treated period as each row has it; `NEVER` where it is missing, shape (n,)."""
    column, dtype = rows["cohort"], rows["period"].dtype
    if isinstance(dtype, pd.PeriodDtype) and column.dtype == dtype:
        return np.where(column.isna(), NEVER, column.array.asi8)
    if isinstance(dtype, pd.PeriodDtype) or not pd.api.types.is_numeric_dtype(column):
        if column.isna().all():
            return np.full(len(rows), NEVER)
        raise DataError(f"Cohorts are of type {column.dtype}, periods of {dtype}: as_panel makes them alike.")
    told = column.to_numpy(dtype=float, na_value=np.nan)
    whole = np.isfinite(told) & (np.floor(told) == told) & (told != 0)
    odd = ~whole & ~np.isnan(told)
    if odd.any():
        raise DataError(
            "Cohorts are whole numbers, and missing where a district is never treated: as_panel reads 0 and "
            "infinity as never, a panel made by hand has neither.",
            rows[odd],
        )
    return np.where(whole, told, NEVER).astype("int64")


def _with_population(cells, panel, rows, layout, population):
    if population is None:
        return cells
    check_text("population", population, "name a column of the panel, or an indicator")
    column = panel.get(population)
    if column is not None and (has_numbers(column) or not panel["indicator"].eq(population).any()):
        check_numbers("population", column)
        given = rows[population].to_numpy(dtype=float, na_value=np.nan)
        size, varies = layout.once(given)
        bad = varies | ~(given > 0) | ~np.isfinite(given)
        if bad.any():
            raise DataError(
                f"population={population!r} must be one positive number a district, and is not here:",
                rows[bad],
            )
    else:
        other = make_cells(panel, population)
        at = other.districts.get_indexer(cells.districts)
        if (at < 0).any():
            raise DataError(
                f"Districts without a cell of {population!r}: {list(cells.districts[at < 0][:10])}."
            )
        size = other.y.sum(axis=1)[at] / other.observed.sum(axis=1)[at]
        if (size <= 0).any():
            raise DataError(
                f"population={population!r} must be positive: {list(cells.districts[size <= 0][:10])}."
            )
    return replace(cells, size=size / size.mean())


def _with_controls(cells, panel, controls):
    if not controls:
        return cells
    x = np.zeros((*cells.y.shape, len(controls)))
    known = cells.observed.copy()
    for p, name in enumerate(controls):
        other = make_cells(panel, name)
        at = np.ix_(
            other.districts.get_indexer(cells.districts), pd.Index(other.time).get_indexer(cells.time)
        )
        there = (at[0] >= 0) & (at[1] >= 0)
        known &= other.observed[at] & there
        x[:, :, p] = other.y[at]
    lost = (cells.observed & ~known).sum(axis=1)
    cells = replace(cells, observed=known, y=np.where(known, cells.y, 0), controls=_on_one_scale(x, known))
    cells = replace(cells, left_out=cells.left_out + told_of(cells, lost, "no value of a control"))
    return keep_districts(cells, known.any(axis=1), "no value of a control")


def _on_one_scale(x, known):
    """Bring each control to mean 0 and at most 1, else numbers in yuan drown the rest; a constant is 0."""
    about = np.where(known[..., None], x, 0)
    size = np.abs(about).max(axis=(0, 1))
    mean = about.sum(axis=(0, 1)) / max(known.sum(), 1)
    about = np.where(known[..., None], x - mean, 0)
    scale = np.abs(about).max(axis=(0, 1))
    moves = scale > 1e-12 * size
    return about * moves / np.where(moves, scale, 1.0)


def told_of(cells, lost, reason):
    """Say how many cells which districts lost, and why."""
    return tuple((cells.districts[i], int(lost[i]), reason) for i in np.flatnonzero(lost))


def keep_districts(cells, keep, reason):
    """Leave districts out and say why; periods that nobody observes any more go too."""
    if keep.all():
        return cells
    lost = cells.observed.sum(axis=1)
    told = told_of(cells, np.where(keep, 0, lost), reason)
    if not keep.any():
        raise DataError(
            f"No district is left for {cells.outcome!r}: {reason}.",
            pd.DataFrame(told, columns=["district", "cells", "reason"]),
        )
    cells = only(cells, keep, left_out=cells.left_out + told)
    return _keep_columns(cells, cells.observed.any(axis=0))


def only(cells, keep, **changed):
    """Take some districts, with all their periods."""
    names = ("districts", "cohort", "y", "observed", "controls", "size")
    return replace(cells, **{name: getattr(cells, name)[keep] for name in names}, **changed)


def keep_periods(cells, keep, reason):
    """Leave periods out and say why."""
    lost = (cells.observed & ~keep).sum(axis=1)
    told = told_of(cells, lost, reason)
    cells = _keep_columns(replace(cells, left_out=cells.left_out + told), keep)
    return keep_districts(cells, cells.observed.any(axis=1), reason)


def _keep_columns(cells, keep):
    if keep.all():
        return cells
    columns = {name: getattr(cells, name)[:, keep] for name in ("y", "observed", "controls")}
    return replace(cells, **columns, periods=cells.periods[keep], time=cells.time[keep])


def check_treated(cells):
    """Refuse cells of which none is treated, or all are from one period on."""
    treated = (cells.treated & cells.observed).any(axis=1)
    unseen = cells.districts[(cells.cohort != NEVER) & ~treated]
    if not treated.any() and len(unseen):
        raise DataError(
            f"No cell of {cells.outcome!r} is treated: the pilots are not observed from then on: "
            f"{', '.join(map(str, unseen[:10]))}."
        )
    if not treated.any():
        raise DataError(
            f"No cell of {cells.outcome!r} is treated: no cohort begins in "
            f"{cells.periods[0]} to {cells.periods[-1]}."
        )
    if treated.all() and len(np.unique(cells.cohort)) == 1:
        raise DataError(
            f"All {len(treated)} districts are treated from {cells.label(cells.cohort[0])} on, so the effect "
            "cannot be told from that of the period: a study needs districts treated later or never."
        )


def check_never(cells, remedy):
    """Refuse cells without a never-treated district."""
    if not (cells.cohort == NEVER).any():
        raise DataError(f"No district is never treated: {remedy}.")


def check_no_gaps(cells, name):
    """Refuse gaps for what goes by this name, and list the districts."""
    missing = (~cells.observed).sum(axis=1)
    if missing.any():
        gaps = pd.DataFrame({"district": cells.districts, "missing": missing})[missing > 0]
        raise DataError(
            f"{name} needs a panel without gaps, and {len(gaps)} districts have some: leave these out, or "
            "the periods of their gaps.",
            gaps,
        )


def make_units(cells, *, alone=False):
    """Put districts alike in cohort and gaps together; with controls or a population each stands alone."""
    n = len(cells.districts)
    if alone or cells.controls.shape[2] or (cells.size != 1).any():
        of = np.arange(n)
    elif cells.observed.all():
        of = np.unique(cells.cohort, return_inverse=True)[1]
    else:
        pattern = np.packbits(cells.observed, axis=1).astype("int64")
        of = np.unique(np.column_stack([cells.cohort, pattern]), axis=0, return_inverse=True)[1].ravel()
    first = np.unique(of, return_index=True)[1]
    return Units(
        of,
        np.bincount(of, weights=cells.size),
        np.bincount(of, weights=cells.size**2),
        cells.cohort[first],
        cells.observed[first],
        _total(cells, of, len(first)),
        cells.controls[first],
    )


def _total(cells, of, units):
    total = np.zeros((units, cells.y.shape[1]))
    for rows, unit in blocks(of, units):
        y = cells.y[rows] * cells.size[rows, None]
        if np.ndim(unit):
            np.add.at(total, unit, y)
        else:
            total[unit] += y.sum(axis=0)
    return total


def blocks(of, units):
    """Split districts into blocks that fit in memory, each of one unit where units are few.

    Yields
    ------
    rows : ndarray of int, or slice
    unit : int, or ndarray of int
    """
    if units > 50:
        for start in range(0, len(of), BLOCK // 10):
            yield slice(start, start + BLOCK // 10), of[start : start + BLOCK // 10]
        return
    for unit in range(units):
        members = np.flatnonzero(of == unit)
        for start in range(0, len(members), BLOCK):
            yield members[start : start + BLOCK], unit


def by_cohort(cells, cohorts, **columns):
    """Lay matrices, cohorts by periods, out as a table."""
    rows, periods = np.repeat(np.arange(len(cohorts)), len(cells.time)), np.tile(cells.periods, len(cohorts))
    names = pd.Series([cells.label(c) for c in cohorts], dtype=object)
    names = names.astype(cells.periods.dtype if isinstance(cells.periods, pd.PeriodIndex) else "Int64")
    table = pd.DataFrame({"cohort": names.take(rows).array, "period": periods})
    table = table.assign(**{name: values.ravel() for name, values in columns.items()})
    return mark_simulated(table, cells.simulated)

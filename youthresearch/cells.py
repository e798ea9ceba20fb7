"""A panel as arrays: districts by periods, who was treated when, and which districts share their weights.

N districts, T periods, P controls, U units. A unit is a set of districts alike in cohort and gaps: a linear
estimator gives all of them the same weights, so that its algebra is done on units, not on districts.
"""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from .schema import DataError

NEVER = 2**62  # cohort of a district that is not treated within the panel: later than any period


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
    size : ndarray, shape (N,)
        Population weight of a district; 1 without.
    left_out : tuple of (district, cells, reason)
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

    @property
    def treated(self):
        """Which cells are treated, bool, shape (N, T)."""
        return self.time[None, :] >= self.cohort[:, None]

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


def make_cells(panel, outcome, controls=None, population=None):
    """Turn one outcome of a panel into arrays.

    Parameters
    ----------
    panel : pandas.DataFrame
        Long, as from `as_panel`; of its columns district, period, indicator, value and cohort are used.
    outcome : str
        An indicator of the panel.
    controls : list of str, optional
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
        With the offending rows: an unknown indicator, a cell that stands twice, a value that is missing or
        not finite, a district of two cohorts, a population that is missing or not positive.
    """
    rows = _rows_of(panel, outcome)
    district, districts = pd.factorize(rows["district"], sort=True)
    ordinals = _ordinals(rows["period"])
    period, time = pd.factorize(ordinals, sort=True)
    shape = (len(districts), len(time))
    flat = district * shape[1] + period
    observed = np.zeros(shape, dtype=bool)
    observed.flat[flat] = True
    if np.count_nonzero(observed) < len(rows):
        _refuse_twice(rows, outcome)
    y = np.zeros(shape)
    y.flat[flat] = _values(rows)
    cohort = _cohorts(rows, district, shape[0], time[-1])
    periods = (
        pd.PeriodIndex.from_ordinals(time, freq=rows["period"].dtype.freq) if _dated(rows) else pd.Index(time)
    )
    cells = Cells(
        outcome,
        pd.Index(districts),
        periods,
        time,
        cohort,
        y,
        observed,
        np.zeros((*shape, 0)),
        np.ones(shape[0]),
    )
    cells = _with_population(cells, panel, rows, district, population)
    return _with_controls(cells, panel, list(controls or []))


def _rows_of(panel, indicator):
    missing = [c for c in ("district", "period", "indicator", "value", "cohort") if c not in panel]
    if missing:
        raise DataError(f"The panel has no column {missing}: make one with as_panel or build_panel.")
    rows = panel[panel["indicator"] == indicator]
    if not len(rows):
        known = ", ".join(map(repr, sorted(panel["indicator"].unique())[:20]))
        raise DataError(f"The panel has no indicator {indicator!r}; it has {known}.")
    return rows


def _dated(rows):
    return isinstance(rows["period"].dtype, pd.PeriodDtype)


def _ordinals(column):
    if isinstance(column.dtype, pd.PeriodDtype):
        return column.array.asi8
    if not pd.api.types.is_integer_dtype(column):
        raise DataError(
            f"Column {column.name!r} is of type {column.dtype}: periods are whole numbers or pandas Periods, "
            "as as_panel makes them.",
            column.head().to_frame(),
        )
    return column.to_numpy(dtype="int64")


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
    value = rows["value"].to_numpy(dtype=float, na_value=np.nan)
    bad = ~np.isfinite(value)
    if bad.any():
        raise DataError(
            f"{int(bad.sum())} rows of {rows['indicator'].iloc[0]!r} have no finite value: drop these rows, "
            "which makes them gaps, or choose a value inside their bounds.",
            rows[bad],
        )
    return value


def _cohorts(rows, district, n, last):
    """Ordinal of the first treated period of each district, shape (n,)."""
    column = rows["cohort"]
    never = column.isna().to_numpy()
    if isinstance(column.dtype, pd.PeriodDtype):
        if column.dtype != rows["period"].dtype:
            raise DataError(
                f"Cohorts are of type {column.dtype}, periods of {rows['period'].dtype}: see as_panel."
            )
        given = np.where(never, NEVER, column.array.asi8)
    else:
        if _dated(rows) and not never.all():
            raise DataError("Periods are pandas Periods and cohorts are not: see as_panel.")
        given = column.to_numpy(dtype="float64", na_value=np.nan)
        if (given[~never] % 1 != 0).any():
            raise DataError(
                "Cohorts must be whole numbers or missing: see as_panel.", rows[~never & (given % 1 != 0)]
            )
        given = np.where(never, NEVER, np.where(never, 0, given).astype("int64"))
    cohort = np.empty(n, dtype="int64")
    cohort[district] = given
    torn = cohort[district] != given
    if torn.any():
        districts = rows["district"][torn].unique()
        raise DataError(
            f"{len(districts)} districts have several cohorts: each is treated once, from its cohort on.",
            rows[rows["district"].isin(districts)],
        )
    return np.where(cohort > last, NEVER, cohort)


def _with_population(cells, panel, rows, district, population):
    if population is None:
        return cells
    if population in panel and pd.api.types.is_numeric_dtype(panel[population]):
        given = rows[population].to_numpy(dtype=float, na_value=np.nan)
        size = np.empty(len(cells.districts))
        size[district] = given
        bad = ~((size[district] == given) & (given > 0) & np.isfinite(given))
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
    cells = replace(
        cells, observed=known, y=np.where(known, cells.y, 0), controls=np.where(known[..., None], x, 0)
    )
    told = tuple(
        (d, int(k), "no value of a control") for d, k in zip(cells.districts, lost, strict=True) if k
    )
    cells = replace(cells, left_out=cells.left_out + told)
    return keep_districts(cells, known.any(axis=1), "no value of a control")


def keep_districts(cells, keep, reason):
    """Leave districts out and say why; periods that nobody observes any more go too."""
    if keep.all():
        return cells
    lost = cells.observed.sum(axis=1)
    told = tuple((cells.districts[i], int(lost[i]), reason) for i in np.flatnonzero(~keep) if lost[i])
    if not keep.any():
        raise DataError(
            f"No district is left for {cells.outcome!r}: {reason}.",
            pd.DataFrame(told, columns=["district", "cells", "reason"]),
        )
    rows = {
        name: getattr(cells, name)[keep]
        for name in ("districts", "cohort", "y", "observed", "controls", "size")
    }
    cells = replace(cells, **rows, left_out=cells.left_out + told)
    return _keep_columns(cells, cells.observed.any(axis=0))


def keep_periods(cells, keep, reason):
    """Leave periods out and say why."""
    lost = (cells.observed & ~keep).sum(axis=1)
    told = tuple((d, int(k), reason) for d, k in zip(cells.districts, lost, strict=True) if k)
    cells = _keep_columns(replace(cells, left_out=cells.left_out + told), keep)
    return keep_districts(cells, cells.observed.any(axis=1), reason)


def _keep_columns(cells, keep):
    if keep.all():
        return cells
    columns = {name: getattr(cells, name)[:, keep] for name in ("y", "observed", "controls")}
    return replace(cells, **columns, periods=cells.periods[keep], time=cells.time[keep])


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
    if units == len(of):
        return cells.y * cells.size[:, None]
    total = np.zeros((units, cells.y.shape[1]))
    np.add.at(total, of, cells.y)
    return total

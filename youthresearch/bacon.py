"""What two-way fixed effects is made of: averages of cohorts, compared two by two (Goodman-Bacon 2021)."""

import numpy as np
import pandas as pd

from .cells import NEVER, by_cohort, check_no_gaps, check_treated, make_cells, make_units
from .schema import mark_simulated


def goodman_bacon(panel, *, outcome):
    """Decompose the two-way fixed effects estimate into comparisons of two groups (Goodman-Bacon 2021).

    Parameters
    ----------
    panel, outcome
        As in `did`. The panel must be without gaps.

    Returns
    -------
    pandas.DataFrame
        One row is one comparison: treated and control (cohorts, missing = never treated), kind, weight,
        estimate. Weights sum to one; ``sum(weight * estimate)`` is the att of `did`. Kinds: never (control
        never treated), earlier_later (control not yet treated), later_earlier (control treated before: its
        effect is subtracted), always (control treated in all periods).

    Raises
    ------
    DataError
        If the panel has gaps or nobody is treated.
    """
    cells = make_cells(panel, outcome)
    check_treated(cells)
    check_no_gaps(cells, "goodman_bacon")
    units = make_units(cells)
    mean = units.total / units.n[:, None]
    pairs = [(k, c) for k in range(len(units.n)) for c in range(len(units.n)) if k != c]
    rows = [_bacon_pair(units, cells.time, mean, k, c) for k, c in pairs]
    table = pd.DataFrame([r for r in rows if r], columns=["treated", "control", "kind", "weight", "estimate"])
    table["weight"] /= table["weight"].sum()
    for name in ("treated", "control"):
        table[name] = pd.Series([cells.label(c) for c in table[name]], dtype=object)
    return mark_simulated(table, cells.simulated)


def _bacon_pair(units, time, mean, k, c):
    """Compare cohort k with cohort c while c's treatment does not change: weight not yet normed."""
    g, h = units.cohort[k], units.cohort[c]
    before, early = (time < g), time < h
    if g <= time[0] or g == NEVER:
        return None
    if h <= time[0]:
        kind, during = "always", np.ones(len(time), bool)
    elif h == NEVER:
        kind, during = "never", np.ones(len(time), bool)
    else:
        kind, during = ("earlier_later", early) if g < h else ("later_earlier", ~early)
    after, before = during & ~before, during & before
    if not (after.any() and before.any()):
        return None  # 2019 and 2020, of which the panel has neither
    n_k, n_c, share = units.n[k], units.n[c], after.sum() / during.sum()
    weight = n_k * n_c * during.sum() ** 2 * share * (1 - share)
    change = mean[:, after].mean(axis=1) - mean[:, before].mean(axis=1)
    return g, h, kind, weight, change[k] - change[c]


def average_by_cohort(panel, *, outcome):
    """Average an outcome over the districts of each cohort: the trends that a study compares.

    Parameters
    ----------
    panel, outcome
        As in `did`.

    Returns
    -------
    pandas.DataFrame
        One row is one cohort (missing = never treated) in one period: cohort, period, value (mean over the
        districts observed; missing where none is), districts.

    Raises
    ------
    DataError
        If the table is no panel, or has no such outcome.
    """
    cells = make_cells(panel, outcome)
    cohorts, row = np.unique(cells.cohort, return_inverse=True)
    districts, total = np.zeros((2, len(cohorts), len(cells.time)))
    np.add.at(districts, row, cells.observed)
    np.add.at(total, row, cells.y)
    mean = np.divide(total, districts, out=np.full(total.shape, np.nan), where=districts > 0)
    table = by_cohort(cells, cohorts, value=mean, districts=districts.astype("int64"))
    table.attrs["outcome"] = outcome  # for the axis of a figure
    return table

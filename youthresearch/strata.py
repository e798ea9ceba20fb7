"""Strata: groups of districts among which the choice of pilots was open.

A randomisation test holds inside the groups from which the pilots were chosen, and neither rejects too often
nor too seldom there; over all districts it does, where pilots were chosen for their size, place or record.
"""

import numpy as np
import pandas as pd

from .schema import (
    DataError,
    as_names,
    check_cohorts,
    check_columns,
    check_count,
    check_once,
    is_simulated,
    mark_simulated,
    of_indicator,
)

OF_OUTCOME = ("level", "trend")


def strata_by(panel, *, by, outcome=None, n=3):
    """Form strata from what was known before the first pilot began.

    Parameters
    ----------
    panel : pandas.DataFrame
        As from `as_panel` or `build_panel`.
    by : str or list of str
        What strata are made of; several are crossed. Each is, in this order,

        - a column of the panel, constant within districts: text as it is, numbers (a population) in n groups;
        - "province": the first two digits of the district's code (GB/T 2260);
        - "level" or "trend" of the outcome before the first treatment, in n groups;
        - another indicator of the panel, by its level before the first treatment, in n groups.
    outcome : str, optional
        An indicator of the panel; needed for its level and trend. Strata are formed of its districts, of all
        in the panel without it.
    n : int
        Groups of about the same number of districts, from the lowest to the highest. Equal values stay
        together; a number with no more than n different values is taken as it is.

    Returns
    -------
    pandas.Series
        One value a district (index district), named for what it is made of: for ``strata=`` of
        `randomization_test`, whose result says how many pilots each stratum has.

    Raises
    ------
    DataError
        With the districts: a value that is missing or varies, a district without a period before the first
        treatment (two for the trend), a code without a province, ties that leave a group empty.

    Notes
    -----
    Level and trend are the mean, and the slope by least squares, of what a district's outcome is above the
    mean of the period, over the periods before the first cohort of the panel: without gaps the order is that
    of the plain mean and slope. What happened since treatment began does not enter, so that strata are the
    same under every reassignment.
    """
    names = as_names(by, "by")
    if not names:
        raise DataError("by= names nothing: say what strata are made of, such as 'province' or a column.")
    check_count(least=2, n=n)
    _check_panel(panel, ["district", "indicator"])
    rows = panel if outcome is None else of_indicator(panel, outcome)
    districts = pd.Index(sorted(rows["district"].unique()), name="district")
    parts, said = zip(*(_part(panel, districts, outcome, name, n) for name in names), strict=True)
    strata = pd.Series([" / ".join(row) for row in zip(*parts, strict=True)], districts, name=", ".join(said))
    return mark_simulated(strata, is_simulated(panel))


def _part(panel, districts, outcome, name, n):
    """Give each district's value of one of the things that strata are made of, as text, and its title."""
    if name in panel:
        value = of_column(panel, districts, name)
        if pd.api.types.is_numeric_dtype(value) and not pd.api.types.is_bool_dtype(value):
            return _grouped(value, name, n)
        return value.astype(str), name
    if name == "province":
        return _provinces(districts), name
    if name in OF_OUTCOME:
        if outcome is None:
            raise DataError(f"by={name!r} is of an outcome: name it, strata_by(panel, by=..., outcome=...).")
        return _grouped(_before(panel, districts, outcome, name), f"{name} of {outcome}", n)
    if (panel["indicator"] == name).any():
        return _grouped(_before(panel, districts, name, "level"), name, n)
    raise DataError(
        f"by={name!r} is neither a column nor an indicator of the panel, nor 'province', 'level' or 'trend'; "
        f"its columns are {', '.join(map(repr, panel.columns))}. A size goes by its own name (youth_14_28)."
    )


def _check_panel(panel, needed):
    check_columns("panel", panel, needed, "make it with as_panel or build_panel")


def of_column(panel, districts, name, use="strata"):
    """Read one value a district from a column of the panel, a Series of that name; errors say its use."""
    if name not in panel:
        remedy = "give one, or strata_by(...)" if use == "strata" else f"it has {list(panel)}"
        raise DataError(f"The panel has no column {name!r} to take {use} from; {remedy}.")
    rows = panel.loc[panel["district"].isin(districts), list(dict.fromkeys(["district", "period", name]))]
    if rows[name].isna().any():
        raise DataError(
            f"{name!r} is missing for districts, which then have no {use}: fill it, or drop their rows.",
            rows[rows[name].isna()],
        )
    first = ~rows["district"].duplicated().to_numpy()
    value = pd.Series(rows[name].array[first], rows["district"].array[first], name=name)
    varies = rows[name].to_numpy() != value.reindex(rows["district"]).to_numpy()
    if varies.any():
        raise DataError(f"{name!r} varies within districts; {use} may not.", rows[varies])
    return value.reindex(districts)


def _provinces(districts):
    codes = districts.astype(str)
    coded = codes.str.fullmatch(r"[1-8]\d{5}")
    if not coded.all():
        raise DataError(
            "These districts have no six-digit code to read a province from: give the panel a column "
            "'province' (as_panel(..., keep=['province'])).",
            pd.DataFrame({"district": districts[~coded]}),
        )
    return pd.Series(codes.str[:2], districts)


def _before(panel, districts, indicator, what):
    """Level or trend of an indicator above the mean of each period, before anybody is treated."""
    _check_panel(panel, ["district", "period", "indicator", "value", "cohort"])
    check_cohorts(panel)
    first = panel["cohort"].min()
    if pd.isna(first):
        raise DataError(
            "No district of this panel is ever treated, so that no period comes before treatment."
        )
    wide = _values_before(of_indicator(panel, indicator), indicator, first).reindex(districts)
    needed = 2 if what == "trend" else 1
    short = wide.notna().sum(axis=1) < needed
    if short.any():
        raise DataError(
            f"{short.sum()} districts have fewer than {needed} periods of {indicator!r} before {first}, when "
            f"the first pilots began, so that their {what} is not known: drop them, or choose another by=.",
            pd.DataFrame({"district": districts[short]}),
        )
    above = wide.to_numpy() - wide.mean().to_numpy()
    if what == "level":
        return pd.Series(np.nanmean(above, axis=1), districts)
    return pd.Series(_slopes(wide.columns.astype("int64").to_numpy(), above), districts)


def _values_before(rows, indicator, first):
    """One row is one district, one column one period before the first cohort; infinities are missing."""
    check_once(repr(indicator), rows)
    wide = rows[rows["period"] < first].pivot(index="district", columns="period", values="value")
    return wide.astype("float64").where(np.isfinite)


def _slopes(time, above):
    """Slope of each row by least squares on the cells that there are."""
    here = np.isfinite(above)
    x = np.where(
        here, time - np.where(here, time, 0).sum(axis=1, keepdims=True) / here.sum(axis=1)[:, None], 0
    )
    return (x * np.where(here, above, 0)).sum(axis=1) / (x**2).sum(axis=1)


def _grouped(value, title, n):
    """Cut numbers into n groups of about the same size, from the lowest; equal numbers stay together."""
    value = value.astype(float)
    if not np.isfinite(value).all():
        raise DataError(
            f"{title!r} is not a finite number for districts:", value[~np.isfinite(value)].reset_index()
        )
    near = _rounded(value)
    if near.nunique() <= n:
        return value.map("{:.12g}".format), title
    twice = (2 * near.rank()).astype(int)  # ranks of ties are halves
    group = -(-twice * n // (2 * len(value)))
    if group.nunique() < n:
        raise DataError(
            f"{title!r} has too many equal values for {n} groups: choose another n=, or another by=.",
            value.value_counts().head().rename("districts").rename_axis(title).reset_index(),
        )
    return group.map(f"{{}} of {n}".format), f"{title} ({n} groups)"


def _rounded(value):
    """Drop the last digits, in which sums of equal numbers may differ."""
    scale = value.abs().max() or 1.0
    return (value / scale).round(12)

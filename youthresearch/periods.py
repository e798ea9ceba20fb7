"""Periods of a panel: whole numbers (years, or any count), quarters or months.

Quarters and months are pandas Periods. A cohort is the first treated period, missing for never treated.
"""

import numpy as np
import pandas as pd

from .schema import DataError, has_numbers

FREQUENCIES = {"Y": "Y-DEC", "Q": "Q-DEC", "M": "M"}
_FINER = ("Y", "Q", "M")  # each can be read as the ones before it
_DATE = r"(\d{4})(?:-?[Qq]([1-4])|-(\d{2})(?:-(\d{2}))?)?"


def as_period(column):
    """Read a column as whole numbers, quarters or months; see `as_panel` for the rules.

    Parameters
    ----------
    column : pandas.Series, shape (n,)
        Whole numbers, pandas Periods, dates, or text such as 2019, 2019Q3, 2019-07, 2019-07-15.

    Returns
    -------
    pandas.Series, shape (n,)
        int64, period[Q-DEC] or period[M].

    Raises
    ------
    DataError
        With the rows that cannot be read.
    """
    if column.isna().any():
        raise DataError(
            f"Column {column.name!r} has no period in these rows: give every row one.",
            column[column.isna()].to_frame(),
        )
    if not len(column):
        return column.astype("int64")
    column = column.infer_objects()
    if has_numbers(column):
        return _counted(_whole(column)).astype("int64")
    if isinstance(column.dtype, pd.PeriodDtype):
        kind = kind_of(column)
    else:
        column, kind = _dates(column)
        kind = kind or _spacing(column)
    return at_frequency(column, kind)


def as_cohort(column, periods):
    """Read first treated periods in the kind of the panel's periods; missing, empty, 0 and inf are never.

    Parameters
    ----------
    column : pandas.Series, shape (n,)
    periods : pandas.Series, shape (n,)
        As from `as_period`.

    Returns
    -------
    pandas.Series, shape (n,)
        Int64, or the type of the periods; missing = never treated.

    Raises
    ------
    DataError
        With the rows that cannot be read or are coarser than the periods (a year for a month).
    """
    counted = not isinstance(periods.dtype, pd.PeriodDtype)
    column = column.infer_objects()
    if pd.api.types.is_bool_dtype(column):
        raise DataError(
            f"Column {column.name!r} says who is treated, not from when on: give the first treated period.",
            column.head().to_frame(),
        )
    known = column[~_never(column, periods, counted)]
    if not len(known):
        read = pd.Series(dtype="Int64" if counted else periods.dtype)
    elif pd.api.types.is_numeric_dtype(known):
        if not counted:
            raise DataError(
                f"Column {column.name!r} holds whole numbers, but the periods are {periods.dtype}: write "
                "cohorts as 2019Q3, 2019-07 or dates.",
                known.to_frame(),
            )
        read = _of_one_kind(_whole(known), periods).astype("Int64")
    else:
        read = _cohort_dates(known, periods, counted)
    return read.reindex(column.index)


def _never(column, periods, counted):
    """Tell the districts that are never treated: missing, empty, 0 or infinite, shape (n,)."""
    never = column.isna().to_numpy()
    if pd.api.types.is_numeric_dtype(column):
        told = column.to_numpy(dtype=float, na_value=np.nan)
        zero = told == 0
        if counted and zero.any() and len(periods) and periods.min() <= 0:
            raise DataError(
                "A cohort of 0 can be the period 0 or never treated: leave never-treated districts empty, "
                "or count the periods from 1.",
                column[zero].to_frame(),
            )
        return never | zero | (told == np.inf)
    if column.dtype == object or pd.api.types.is_string_dtype(column):
        return never | column.astype("str").str.strip().isin(["", "0", "inf"]).to_numpy()
    return never


def _of_one_kind(cohorts, periods):
    """Refuse 202107 where the periods are years: it lies after them all, and would be no treatment."""
    dates = cohorts[cohorts >= 10**4]
    if len(dates) and periods.between(1900, 2100).all():
        raise DataError(
            f"Column {cohorts.name!r} has whole numbers that are no years, as the periods are: write 2021, "
            "or text such as 2021-07, and leave never-treated districts empty.",
            dates.astype("int64").to_frame(),
        )
    return cohorts


def _cohort_dates(known, periods, counted):
    wanted = "Y" if counted else kind_of(periods)
    if isinstance(known.dtype, pd.PeriodDtype):
        given = kind_of(known)
    else:
        known, given = _dates(known)
    if given and _FINER.index(given) < _FINER.index(wanted):
        raise DataError(
            f"These cohorts are coarser than the periods ({periods.dtype}): say in which treatment began.",
            known.to_frame(),
        )
    read = at_frequency(known, wanted)
    return read.astype("Int64") if counted else read


def kind_of(column):
    """Return Y, Q or M, the kind of a column of pandas Periods, or Y for another one."""
    kind = str(column.dtype).removeprefix("period[")[:1] if isinstance(column.dtype, pd.PeriodDtype) else "Y"
    if kind not in _FINER:
        raise DataError(
            f"Column {column.name!r} has periods of type {column.dtype}: a panel has years, quarters or "
            "months; convert with column.dt.asfreq or aggregate first.",
        )
    return kind


def ordinals(values):
    """Place periods in time: a whole number is its own, a quarter or a month has its ordinal; int64.

    Parameters
    ----------
    values : pandas.Series or pandas.Index
        As from `as_period`.
    """
    if isinstance(values.dtype, pd.PeriodDtype):
        return values.array.asi8
    return values.to_numpy(dtype="int64")


def at_frequency(column, kind):
    """Turn dates or finer periods into years (int64), quarters or months."""
    if isinstance(column.dtype, pd.PeriodDtype):
        read = column.dt.asfreq(FREQUENCIES[kind])
    else:
        read = column.dt.to_period(FREQUENCIES[kind])
    return read.dt.year.astype("int64") if kind == "Y" else read


def _whole(column):
    numbers = column.astype("float64")
    told = numbers.to_numpy()
    bad = ~(np.isfinite(told) & (np.floor(told) == told))
    if bad.any():
        raise DataError(f"Column {column.name!r} must hold whole numbers.", column[bad].to_frame())
    return numbers


def _counted(numbers):
    """Refuse whole numbers that are all quarters, months or days: 20183, 201807, 43465."""
    least, most = numbers.min(), numbers.max()
    if least > 30_000 and most < 60_000:
        raise DataError(
            f"Column {numbers.name!r} holds days counted as a spreadsheet counts them: make dates of them, "
            "pd.to_datetime(column, unit='D', origin='1899-12-30').",
            numbers.head().to_frame(),
        )
    for form, year, part, last in (
        ("2018Q3", 10, 10, 4),
        ("2018-07", 100, 100, 12),
        ("2018-07-15", 10**4, 100, 31),
    ):
        if least // year >= 1900 and most // year <= 2100 and (numbers % part).between(1, last).all():
            raise DataError(
                f"Column {numbers.name!r} holds dates as whole numbers, that count as so many periods: "
                f"write them as text, such as {form}.",
                numbers.head().to_frame(),
            )
    return numbers


def _dates(column):
    """Read text or dates as dates; the kind is Y, Q or M where the text says so, else open."""
    if pd.api.types.is_datetime64_any_dtype(column):
        return column, None
    if not (column.dtype == object or pd.api.types.is_string_dtype(column)):
        raise DataError(
            f"Column {column.name!r} is of type {column.dtype}: no periods.", column.head().to_frame()
        )
    text = column.map(lambda v: v.isoformat()[:10] if hasattr(v, "isoformat") else str(v).strip())
    parts = text.str.extract(f"^{_DATE}$")
    month = (
        parts[2]
        .fillna((parts[1].astype("float") * 3 - 2).map("{:02.0f}".format, na_action="ignore").astype("str"))
        .fillna("01")
    )
    dates = pd.to_datetime(parts[0] + "-" + month + "-" + parts[3].fillna("01"), errors="coerce")
    if dates.isna().any():
        raise DataError(
            f"Column {column.name!r} has values that are no period: write 2019, 2019Q3, 2019-07 or "
            "2019-07-15; count half-years and other periods (1, 2, 3 ...).",
            column[dates.isna()].to_frame(),
        )
    kinds = np.select([parts[3].notna(), parts[2].notna(), parts[1].notna()], ["", "M", "Q"], "Y")
    if len(set(kinds)) > 1:
        first = pd.Series(kinds, index=column.index).drop_duplicates().index
        raise DataError(
            f"Column {column.name!r} mixes years, quarters, months or dates: write all in one form.",
            column[first].to_frame(),
        )
    return dates.rename(column.name), kinds[0] or None


def _spacing(dates):
    """Find the coarsest kind of period in which dates stay apart and fall on the same month."""
    months = sorted(set(dates.dt.month))
    kind = "Y" if len(months) == 1 else "Q" if len({m % 3 for m in months}) == 1 else "M"
    distinct = dates.drop_duplicates()
    crowded = distinct[distinct.dt.to_period(FREQUENCIES[kind]).duplicated(keep=False)]
    if len(crowded):
        raise DataError(
            f"Column {dates.name!r} has several dates in one period ({FREQUENCIES[kind]}): aggregate to "
            "months, quarters or years first.",
            crowded.to_frame(),
        )
    return kind


def days_of(dates, day_of=None):
    """Map a long column of few different dates to days, by default their last; none where there is none."""
    codes, texts = pd.factorize(dates)
    days = pd.to_datetime(pd.Series([(day_of or last_day)(t) if t else pd.NaT for t in texts], dtype=object))
    return pd.Series(days.take(codes).array, index=dates.index)


def last_day(date):
    """Last day of a date as precise as it is: 2019-02 -> 28 February 2019."""
    return pd.Period(date, freq={4: "Y", 7: "M"}.get(len(date), "D")).end_time.normalize()

"""The panel: one row is one indicator in one district and period, as an interval, with its evidence.

A panel is a DataFrame with the columns `PANEL`; its key is district, period, indicator and scope. Periods are
whole numbers (years, or any count) or pandas Periods (quarters, months). A cell that is not known has no row.
"""

import numpy as np
import pandas as pd

from .schema import DataError

KEY = ["district", "period", "indicator", "scope"]
PANEL = [*KEY[:3], "low", "high", "value", "cohort", "scope", "processing", "fact_ids"]
SIMULATED = "simulated"  # in `processing` and in attrs, of whatever was not observed
_FREQUENCIES = {"Y": "Y-DEC", "Q": "Q-DEC", "M": "M"}
_FINER = ("Y", "Q", "M")  # each can be read as the ones before it
_DATE = r"(\d{4})(?:-?[Qq]([1-4])|-(\d{2})(?:-(\d{2}))?)?"


class Listing(dict):
    """Columns of a long list in `attrs`, which pandas copies at every step: this one is never copied.

    ``pandas.DataFrame(panel.attrs["refused"])`` makes a table of it.
    """

    def __deepcopy__(self, memo):
        """Return the list itself: it is read, not changed."""
        return self


def as_panel(
    df, *, district, period, cohort, outcomes, low=None, high=None, indicator=None, scope=None, keep=()
):
    """Turn a researcher's own table into a panel.

    Parameters
    ----------
    df : pandas.DataFrame
        Wide: one row is one district in one period, each outcome a column. Long: one row is one indicator
        in one district and period; say so with ``indicator=``.
    district, period : str
        Columns. A period is a year (or any whole number), a quarter (2019Q3), a month (2019-07), a date or a
        pandas Period. Dates become years where each year has one and the same month, quarters where the
        months are three apart, else months; two dates in one such period are an error.
    cohort : str
        Column with the first treated period, of the same kind as the periods or finer (a date is read as
        its quarter). Missing, empty, 0 and infinity mean never treated (0 and infinity as in csdid and did).
    outcomes : str or list of str
        Columns of numbers: the indicators of a wide table, the one column of values of a long one. Missing
        cells are gaps: they get no row.
    low, high : str or list of str, optional
        Columns with the bounds, one per outcome in the same order; a side that is open is infinite. A
        cell without both bounds is exact.
    indicator : str, optional
        Column that names the indicator of each row of a long table.
    scope : str, optional
        Column that names the part of the district that a row covers; missing is the whole.
    keep : list of str
        Columns that describe the district (province, size): constant over time, carried along unchanged.
        What varies over time is one more outcome.

    Returns
    -------
    pandas.DataFrame
        One row is one indicator in one district and period, sorted by its unique key: district (str),
        period (int64, period[Q-DEC] or period[M]), indicator, low, high, value, cohort (Int64 or the periods'
        type, missing = never treated), scope, processing, fact_ids, and the columns of `keep`.

    Raises
    ------
    DataError
        With the offending rows: a column that is not there or not numeric, a period that cannot be
        read, a key that stands twice, a district with two cohorts or an attribute that varies, bounds that
        do not enclose their value, or districts treated from their first period on.
    """
    names = _names(outcomes, low, high, indicator)
    df = df if df.index.is_unique else df.reset_index(drop=True)
    wanted = [district, period, cohort, *names, indicator, scope, *keep]
    _check_columns(df, [c for c in wanted if c is not None], keep)
    periods = as_period(df[period])
    rows = pd.DataFrame(
        {
            "district": _as_text(df[district]),
            "period": periods,
            "cohort": as_cohort(df[cohort], periods),
            "scope": "" if scope is None else _as_text(df[scope], empty=True),
            **{c: df[c] for c in keep},
        }
    )
    _check_constant(rows, ["cohort", *keep], df)
    cells = _one_indicator(df, names, indicator) if indicator else _many_indicators(df, names)
    panel = _lay_out(rows, *cells, keep)
    _check_cells(panel)
    _check_always_treated(panel)
    if df.attrs.get(SIMULATED):
        panel.attrs[SIMULATED] = True
    return panel


def _names(outcomes, low, high, indicator):
    """Columns of values and bounds, as (value, low, high, value, low, high, ...)."""
    values, lows, highs = ([c] if isinstance(c, str) else list(c or []) for c in (outcomes, low, high))
    if indicator and len(values) != 1:
        raise DataError(f"A long table (indicator={indicator!r}) has one column of values, not {values}.")
    if not values:
        raise DataError("No outcomes: name at least one column of numbers.")
    if {len(lows), len(highs)} - {0, len(values)} or len(lows) != len(highs):
        raise DataError(
            f"{len(values)} outcomes with {len(lows)} low and {len(highs)} high: give both bounds of each, "
            "in the order of the outcomes, or none."
        )
    return [c for group in zip(values, lows or values, highs or values, strict=True) for c in group]


def _check_columns(df, wanted, keep):
    missing = [c for c in wanted if c not in df]
    if missing:
        raise DataError(f"The table has no column {missing}; it has {list(df.columns)}.")
    clash = [c for c in keep if c in PANEL]
    if clash:
        raise DataError(f"keep={clash} are columns that every panel has: rename them first.")
    twice = df.columns[df.columns.duplicated()].tolist()
    if twice:
        raise DataError(f"The table has several columns {twice}: rename them first.")


def _as_text(column, empty=False):
    """Read codes and names as text: a whole number is its digits."""
    if column.isna().any() and not empty:
        raise DataError(
            f"Column {column.name!r} has no value in these rows: name the district.",
            column[column.isna()].to_frame(),
        )
    if pd.api.types.is_numeric_dtype(column):
        whole = column.dropna() % 1 == 0
        if not whole.all():
            raise DataError(
                f"Column {column.name!r} holds fractions, so it names no district.", column.to_frame()
            )
        column = column.astype("Int64")
    return column.astype("str").fillna("")


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
    if pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column):
        return _whole(column).astype("int64")
    if isinstance(column.dtype, pd.PeriodDtype):
        kind = _kind_of(column)
    else:
        column, kind = _dates(column)
        kind = kind or _spacing(column)
    return _at(column, kind)


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
    never = column.isna()
    if pd.api.types.is_numeric_dtype(column):
        zero, infinite = column.eq(0).fillna(False), column.eq(np.inf).fillna(False)
        if counted and zero.any() and len(periods) and periods.min() <= 0:
            raise DataError(
                "A cohort of 0 can be the period 0 or never treated: leave never-treated districts empty, "
                "or count the periods from 1.",
                column[zero].to_frame(),
            )
        never = never | zero | infinite
    elif column.dtype == object or pd.api.types.is_string_dtype(column):
        never = never | column.astype("str").str.strip().isin(["", "0", "inf"])
    known = column[~never]
    if not len(known):
        read = pd.Series(dtype="Int64" if counted else periods.dtype)
    elif pd.api.types.is_numeric_dtype(known):
        if not counted:
            raise DataError(
                f"Column {column.name!r} holds whole numbers, but the periods are {periods.dtype}: write "
                "cohorts as 2019Q3, 2019-07 or dates.",
                known.to_frame(),
            )
        read = _whole(known).astype("Int64")
    else:
        read = _cohort_dates(known, periods, counted)
    return read.reindex(column.index)


def _cohort_dates(known, periods, counted):
    wanted = "Y" if counted else _kind_of(periods)
    if isinstance(known.dtype, pd.PeriodDtype):
        given = _kind_of(known)
    else:
        known, given = _dates(known)
    if given and _FINER.index(given) < _FINER.index(wanted):
        raise DataError(
            f"These cohorts are coarser than the periods ({periods.dtype}): say in which treatment began.",
            known.to_frame(),
        )
    read = _at(known, wanted)
    return read.astype("Int64") if counted else read


def _kind_of(column):
    kind = column.dtype.freq.name[:1] if isinstance(column.dtype, pd.PeriodDtype) else "Y"
    if kind not in _FINER:
        raise DataError(
            f"Column {column.name!r} has periods of type {column.dtype}: a panel has years, quarters or "
            "months; convert with column.dt.asfreq or aggregate first.",
        )
    return kind


def _at(column, kind):
    """Turn dates or finer periods into years (int64), quarters or months."""
    if isinstance(column.dtype, pd.PeriodDtype):
        read = column.dt.asfreq(_FREQUENCIES[kind])
    else:
        read = column.dt.to_period(_FREQUENCIES[kind])
    return read.dt.year.astype("int64") if kind == "Y" else read


def _whole(column):
    numbers = column.astype("float64")
    bad = ~np.isfinite(numbers) | (numbers % 1 != 0)
    if bad.any():
        raise DataError(f"Column {column.name!r} must hold whole numbers.", column[bad].to_frame())
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
        .fillna((parts[1].astype("float") * 3 - 2).map("{:02.0f}".format, na_action="ignore"))
        .fillna("01")
    )
    dates = pd.to_datetime(parts[0] + "-" + month + "-" + parts[3].fillna("01"), errors="coerce")
    if dates.isna().any():
        raise DataError(
            f"Column {column.name!r} has values that are no period: write 2019, 2019Q3, 2019-07 or "
            "2019-07-15.",
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
    crowded = distinct[distinct.dt.to_period(_FREQUENCIES[kind]).duplicated(keep=False)]
    if len(crowded):
        raise DataError(
            f"Column {dates.name!r} has several dates in one period ({_FREQUENCIES[kind]}): aggregate to "
            "months, quarters or years first.",
            crowded.to_frame(),
        )
    return kind


def _check_constant(rows, columns, df):
    """Check that what describes a district is the same in all its rows."""
    first = rows.groupby("district", sort=False)[columns].transform("first")
    for column in columns:
        # `first` passes over missing values, and a value beside a missing one differs too
        held = rows.groupby("district", sort=False)[column].transform("count")
        size = rows.groupby("district", sort=False)["district"].transform("size")
        bad = (rows[column].notna() & (rows[column] != first[column])) | ((held > 0) & (held < size))
        if bad.any():
            districts = sorted(rows.loc[bad, "district"].unique())
            what = "first treated periods" if column == "cohort" else f"values of {column!r}"
            remedy = (
                "a district is treated once, from its cohort on: give it the same cohort in all its rows"
                if column == "cohort"
                else "keep= is for what describes a district; what varies over time belongs to the outcomes"
            )
            raise DataError(
                f"{len(districts)} districts have several {what} ({', '.join(districts[:5])}): {remedy}.",
                df[rows["district"].isin(districts)],
            )


def _one_indicator(df, names, indicator):
    """Cells of a long table: their rows, indicators, and values with bounds, shape (n, 3)."""
    return np.arange(len(df)), _as_text(df[indicator]).to_numpy(), _numbers(df, names)


def _many_indicators(df, names):
    """Cells of a wide table, row by row."""
    indicators = names[::3]
    numbers = _numbers(df, names).reshape(-1, 3)
    return np.repeat(np.arange(len(df)), len(indicators)), np.tile(indicators, len(df)), numbers


def _numbers(df, names):
    for column in dict.fromkeys(names):
        if not pd.api.types.is_numeric_dtype(df[column]) or pd.api.types.is_bool_dtype(df[column]):
            raise DataError(f"Column {column!r} must be numeric, and is {df[column].dtype}.", df[[column]])
    return df[names].to_numpy(dtype=float, na_value=np.nan, copy=True)


def _lay_out(rows, at, indicators, numbers, keep):
    """Put the cells that hold a value in the order of the key."""
    exact = np.isnan(numbers[:, 1]) & np.isnan(numbers[:, 2])
    numbers[exact, 1:] = numbers[exact, :1]
    known = ~np.isnan(numbers).all(axis=1)
    at, indicators, numbers = at[known], indicators[known], numbers[known]
    place = rows.iloc[at].reset_index(drop=True)
    value, low, high = numbers.T
    panel = place.assign(
        indicator=pd.array(indicators, dtype="str"),
        low=low,
        high=high,
        value=value,
        processing="stated",
        fact_ids="",
    )
    return sort_panel(panel[[*PANEL, *keep]])


def sort_panel(panel):
    """Sort a panel by its key; rows are numbered from 0.

    Raises
    ------
    DataError
        With the rows whose key is not unique.
    """
    codes = [pd.factorize(panel[c], sort=True)[0] for c in KEY]
    order = np.lexsort(codes[::-1])
    same = np.all([c[order][1:] == c[order][:-1] for c in codes], axis=0)
    if same.any():
        twice = np.zeros(len(panel), dtype=bool)
        twice[1:] |= same
        twice[:-1] |= same
        raise DataError(
            f"{int(twice.sum())} rows share district, period, indicator and scope with another: a panel has "
            "one cell for each; choose one of them, or name the parts with scope=.",
            panel.iloc[order[twice]],
        )
    return panel.iloc[order].reset_index(drop=True)


def _check_cells(panel):
    numbers = panel[["low", "value", "high"]].to_numpy()
    with np.errstate(invalid="ignore"):
        bad = ~(
            (numbers[:, 0] <= numbers[:, 1]) & (numbers[:, 1] <= numbers[:, 2]) & np.isfinite(numbers[:, 1])
        )
    if bad.any():
        raise DataError(
            "Every cell needs a finite value inside its bounds, low <= value <= high, an open side infinite:",
            panel[bad],
        )


def _check_always_treated(panel):
    always = _always_treated(panel)
    if always.any():
        districts = panel.loc[always, ["district", "cohort"]].drop_duplicates()
        raise DataError(
            f"{len(districts)} districts are treated from the panel's first period "
            f"({panel['period'].min()}) or before, so they have no time before treatment: leave them out, or "
            "extend the panel backwards.",
            districts,
        )


def _always_treated(panel):
    if not len(panel):
        return pd.Series(False, index=panel.index)
    return (panel["cohort"] <= panel["period"].min()).fillna(False).astype(bool)

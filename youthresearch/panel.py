"""The panel: one row is one indicator in one district and period, as an interval, with its evidence.

A panel is a DataFrame with the columns `PANEL`; its key is district, period, indicator and scope. Periods are
whole numbers (years, or any count) or pandas Periods (quarters, months). A cell that is not known has no row.
"""

import numpy as np
import pandas as pd

from .audit import derive_before
from .cohorts import assign_cohorts
from .districts import check_namesakes, follow_codes, names_shared
from .intervals import hedge_interval, rounding_interval
from .levels import CHANGE, GROWTH, UNKNOWN, first_reason, look_up, not_levels
from .loaders import given_or_own
from .periods import FREQUENCIES, as_cohort, as_period, at_frequency, days_of, last_day
from .schema import (
    FACT,
    KEY,
    PANEL,
    REFUSED,
    DataError,
    Listing,
    as_names,
    as_text,
    check_choice,
    check_columns,
    check_facts,
    check_frame,
    check_text,
    has_numbers,
    is_simulated,
    mark_simulated,
    with_refused,
)


def as_panel(
    table,
    *,
    district,
    period,
    cohort=None,
    outcomes,
    low=None,
    high=None,
    indicator=None,
    scope=None,
    keep=(),
):
    """Turn a researcher's own table into a panel.

    Parameters
    ----------
    table : pandas.DataFrame
        Wide: one row is one district in one period, each outcome a column. Long: one row is one indicator
        in one district and period; say so with ``indicator=``.
    district, period : str
        Columns. A period is a year (or any whole number), a quarter (2019Q3), a month (2019-07), a date or a
        pandas Period. Dates become years where each year has one and the same month, quarters where the
        months are three apart, else months; two dates in one such period are an error. Half-years, and
        years that are not surveyed one after the other, are best counted (1, 2, 3 ...).
    cohort : str, optional
        Column with the first treated period, of the same kind as the periods or finer (a date is read as
        its quarter). Missing, empty, 0 and infinity mean never treated (0 and infinity as in csdid and did).
        Without it the panel has no cohorts until `assign_cohorts` takes them from a register, and no
        estimator takes it.
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
    keep : str or list of str
        Columns that describe the district (province, size): constant over time, carried along unchanged.
        What varies over time is one more outcome.

    Returns
    -------
    pandas.DataFrame
        One row is one indicator in one district and period, sorted by its unique key: district (str),
        period (int64, period[Q-DEC] or period[M]), indicator, low, high, value, cohort (if given: Int64 or
        the periods' type, missing = never treated), scope, processing, fact_ids, and the columns of `keep`.

    Raises
    ------
    DataError
        With the offending rows: a column that is not there or not numeric, no value at all, a district that
        is empty or has blanks around it, a period that cannot be read, a key that stands twice, a district
        with two cohorts or an attribute that varies, bounds that do not enclose their value, a place under
        two names (its old and its new code, with and without a leading zero), a name that several places have
        (鼓楼区) where another column names their provinces, cities or codes, totals beside their parts, or
        districts treated from the panel's first period on.

    Notes
    -----
    A name is one district: where no column tells its places apart, `resolve_district` says how many it has.
    """
    named = {"district": district, "period": period}
    perhaps = {"cohort": cohort, "indicator": indicator, "scope": scope}
    named |= {n: c for n, c in perhaps.items() if c is not None}
    for name, column in named.items():
        check_text(name, column, "name a column of the table")
    names, keep = _names(outcomes, low, high, indicator), as_names(keep, "keep")
    check_frame("outcomes", table, "give a DataFrame, as pandas.read_csv reads it")
    table = table if table.index.is_unique else table.reset_index(drop=True)
    wanted = [district, period, cohort, *names, indicator, scope, *keep]
    _check_columns(table, [c for c in wanted if c is not None], keep)
    if not len(table):
        raise DataError("The table has no rows.")
    _check_names(table, district, [c for c in table if c in keep or c not in wanted])
    rows = _places_and_times(table, district, period, cohort, scope, keep)
    cells = _one_indicator(table, names, indicator) if indicator else _many_indicators(table, names)
    panel = _lay_out(rows, *cells, keep)
    _check_cells(panel)
    _check_places(panel)
    _check_totals(panel)
    if cohort is not None:
        _check_always_treated(panel)
    return mark_simulated(panel, is_simulated(table))


def _check_names(table, district, others):
    """Refuse a name of several places, where another column says which."""
    names = as_text(table[district])
    if _has_names(names):
        check_namesakes(table, names, others, given_or_own("divisions", None))


def _has_names(districts):
    return pd.Series(districts.unique(), dtype="str").str.fullmatch("[\u4e00-\u9fff]{2,}").any()


def _places_and_times(table, district, period, cohort, scope, keep):
    """Read of each row what it is of: all of the panel but its figures."""
    periods = as_period(table[period])
    cohorts = {} if cohort is None else {"cohort": as_cohort(table[cohort], periods)}
    rows = pd.DataFrame(
        {
            "district": as_text(table[district]),
            "period": periods,
            **cohorts,
            "scope": "" if scope is None else as_text(table[scope], empty=True),
            **{c: table[c] for c in keep},
        }
    )
    _check_constant(rows, [*cohorts, *keep], table)
    return rows


def _names(outcomes, low, high, indicator):
    """Columns of values and bounds, as (value, low, high, value, low, high, ...)."""
    given = {"outcomes": outcomes, "low": low, "high": high}
    values, lows, highs = (as_names(columns, name) for name, columns in given.items())
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
    missing = [c for c in dict.fromkeys(wanted) if c not in df]
    if missing:
        raise DataError(f"The table has no column {missing}; it has {list(df.columns)}.")
    clash = [c for c in keep if c in PANEL]
    if clash:
        raise DataError(f"keep={clash} are columns that every panel has: rename them first.")
    twice = df.columns[df.columns.duplicated()].tolist()
    if twice:
        raise DataError(f"The table has several columns {twice}: rename them first.")


def _check_constant(rows, columns, df):
    """Check that what describes a district is the same in all its rows, or missing in all."""
    districts, _ = pd.factorize(rows["district"])
    first = np.unique(districts, return_index=True)[1][districts]
    for column in columns:
        values, _ = pd.factorize(rows[column])
        bad = values != values[first]
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
    return np.arange(len(df)), as_text(df[indicator]).to_numpy(), _numbers(df, names)


def _many_indicators(df, names):
    """Cells of a wide table, row by row."""
    indicators = names[::3]
    numbers = _numbers(df, names).reshape(-1, 3)
    return np.repeat(np.arange(len(df)), len(indicators)), np.tile(indicators, len(df)), numbers


def _numbers(df, names):
    df = df[list(dict.fromkeys(names))].infer_objects()  # whole numbers and fractions beside each other
    for column in df:
        if not has_numbers(df[column]):
            words = [isinstance(value, str) for value in df[column]]
            raise DataError(
                f"Column {column!r} must be numeric, and is {df[column].dtype}: write digits alone, without "
                "thousands separators, percent signs or words, and leave gaps missing ('' is no gap).",
                df.loc[words if any(words) else slice(None), [column]],
            )
    return df[names].to_numpy(dtype=float, na_value=np.nan, copy=True)


def _lay_out(rows, at, indicators, numbers, keep):
    """Put the cells that hold a value in the order of the key."""
    exact = np.isnan(numbers[:, 1]) & np.isnan(numbers[:, 2])
    numbers[exact, 1:] = numbers[exact, :1]
    known = ~np.isnan(numbers).all(axis=1)
    if not known.any():
        raise DataError("The outcomes have no value in any row, so that there is no panel.")
    at, indicators, numbers = at[known], indicators[known], numbers[known]
    place, (value, low, high) = rows.iloc[at], numbers.T
    cells = {
        "indicator": pd.array(indicators, dtype="str"),
        **{"low": low, "high": high, "value": value, "processing": "stated", "fact_ids": ""},
    }
    columns = [c for c in [*PANEL, *keep] if c in cells or c in place]
    return sort_panel(pd.DataFrame({c: cells[c] if c in cells else place[c].array for c in columns}))


def sort_panel(panel):
    """Sort a panel by its key; rows are numbered from 0.

    Raises
    ------
    DataError
        With the rows whose key is not unique.
    """
    cells = _cells(panel)
    order = np.argsort(cells, kind="stable")
    same = cells[order][1:] == cells[order][:-1]
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


def _cells(table):
    """Give each row the number of its cell, in the order of the key."""
    number = np.zeros(len(table), dtype=np.int64)
    for column in KEY:
        codes, values = pd.factorize(table[column], sort=True)
        number = number * max(1, len(values)) + codes
    return number


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


def _check_places(panel):
    """Refuse a place that has its rows under two names, one that others lie in, and what is no place."""
    names = pd.Series(panel["district"].unique())
    short = names.str.removesuffix(".0").str.replace(r"^(\d{6})0{6}$", r"\1", regex=True)
    number = short.str.lstrip("0").where(short.str.fullmatch(r"\d+"), names)  # a spreadsheet's 1001
    _refuse_two_names(names, number, "write its code in one way, as text")
    if not names.str.fullmatch(r"\d{6}|\D+[省市县区旗]").any():
        return
    divisions = given_or_own("divisions", None)
    remedy = "give it one in all rows; codes by yr.follow_codes(table[code], yr.load_divisions())"
    _refuse_two_names(names, _today(names, divisions), remedy)
    known = names.isin(divisions["district"]) | (names == "CN")
    _refuse_wholes(names[known])
    words = names[names.str.fullmatch(r"(?!X-)\D+") & ~known]
    if known.any() and len(words):
        raise DataError(
            f"{list(words[:10])} stand among codes of districts and are none: leave rows of totals out, and "
            "write a place by its code (X-... where it has none).",
            panel[panel["district"].isin(words)],
        )


def _today(names, divisions):
    """Return the code that a place has today, by its code or by a name that no other place ever had."""
    today = follow_codes(divisions["district"], divisions)
    named = today.groupby(divisions["name_zh"]).agg(["nunique", "first"])
    alone = named.loc[named["nunique"] == 1, "first"]
    return names.map(alone).fillna(follow_codes(names, divisions))


def _refuse_two_names(names, places, remedy):
    twice = places.duplicated(keep=False)
    if twice.any():
        rows = pd.DataFrame({"district": names[twice], "place": places[twice]}).sort_values("place")
        raise DataError(
            f"{int(twice.sum())} names in the column of districts are of {rows['place'].nunique()} places, "
            f"which would stand in the panel twice, each time for a part of their periods: {remedy}.",
            rows,
        )


def _refuse_wholes(codes):
    """Refuse a province or city beside its counties: 440300 beside 440305."""
    above = pd.concat([codes.str[:2] + "0000", codes.str[:4] + "00", pd.Series("CN", codes.index)])
    part = pd.concat([codes] * 3)
    inside = (above != part) & above.isin(codes)
    if inside.any():
        rows = pd.DataFrame({"district": above, "inside": part})[inside].drop_duplicates("district")
        raise DataError(
            f"{len(rows)} districts have others of the table inside them, and would count beside their "
            "parts: leave out the rows of one level.",
            rows,
        )


def _check_totals(panel):
    """Refuse a row that adds the others up (合计), which would pass for a district that is never treated."""
    cells = panel[panel["scope"] == ""]
    by = cells.groupby(["indicator", "period"], sort=False)["value"]
    rest = by.transform("sum") - cells["value"]
    equal = (by.transform("size") > 3) & (cells["value"] != 0)
    equal &= (cells["value"] - rest).abs() <= 1e-3 * cells["value"].abs()
    if not equal.any():
        return
    rows = cells.assign(equal=equal).groupby(["district", "indicator"])
    always = rows["equal"].all() & (rows["value"].nunique() > 2)  # small counts may add up by chance
    totals = always[always].index.to_frame(index=False)
    if len(totals):
        raise DataError(
            "These are in every period the sum of all other districts: leave the rows of totals out.", totals
        )


def _check_always_treated(panel):
    always = (panel["cohort"] <= panel["period"].min()).fillna(False).astype(bool)
    if always.any():
        districts = panel.loc[always, ["district", "cohort"]].drop_duplicates()
        if panel["cohort"].dropna().eq(1).all() and panel["period"].min() > 1:
            raise DataError(
                "Every cohort is 1, which looks like a mark of who is treated: a cohort is the first treated "
                f"period, one of {panel['period'].min()} to {panel['period'].max()}.",
                districts,
            )
        raise DataError(
            f"{len(districts)} districts are treated from the panel's first period "
            f"({panel['period'].min()}) or before, so they have no time before treatment: leave them out, or "
            "extend the panel backwards.",
            districts,
        )


CLASSES = (  # of sources, the most trustworthy first
    "bulletin",
    "official report",
    "budget",
    "yearbook",
    "news",
    "translation",
    "machine-written",
    "template bank",
)
COUNTS = ("item", "person", "person_time", "rank", "rate")  # printed to the unit, they hide nothing
_LENGTH = {"year": 4, "quarter": 7, "month": 7}  # characters of a date that is precise enough


def build_panel(
    facts,
    pilots=None,
    *,
    frequency="year",
    scope=None,
    cap=None,
    sources=None,
    findings=None,
    reading="notice",
    indicators=None,
    units=None,
    divisions=None,
):
    """Build the panel that coded facts allow; what cannot stand in it is refused, with the reason.

    A cell is a level (or a share, mean or rate, where the indicator is one) that a source states as achieved
    for a district as a whole, or the level before a change whose baseline has a date, computed by
    `audit.derive_before`. Its interval is what the wording allows; an exact figure is widened by half its
    last printed place, a count that is printed to the unit is not. Nothing is merged across scope, flow,
    status or kind.

    Several figures for one cell: as of the last date in the period; where they agree, stated before
    computed, then the narrowest interval, then the better class of source (`CLASSES`); where they
    contradict each other, the better class, and none if they are of one class or of one source.

    Parameters
    ----------
    facts : pandas.DataFrame
        As from `load_facts` or, with district filled in, `extract_facts`.
    pilots : pandas.DataFrame, optional
        As from `load_pilots`: adds the column cohort by `assign_cohorts` under `reading`. Districts that it
        does not name leave the panel, with all their cells, and are listed among the refused: the project's
        register names few counties. Without it the panel has no cohorts, and no estimator takes it.
    frequency : {"year", "quarter", "month"}
    scope : str or list of str, optional
        Parts of districts that are wanted, each a series of its own, "" for the whole; None is the whole
        alone, "all" every one.
    cap : {None, "next_unit"}, optional
        Compute the intervals anew, closing 超过 and 以上; None leaves them as they are in the facts.
    sources : pandas.DataFrame, optional
        As from `load_sources`, for their class; without it all are of one class.
    findings : pandas.DataFrame, optional
        As from `audit_facts`: figures of a relation in conflict or infeasible are refused.
    reading : {"notice", "start", "end"}
        See `assign_cohorts`.
    indicators, units, divisions : pandas.DataFrame, optional
        Code book, units and the history of codes; the project's by default.

    Returns
    -------
    pandas.DataFrame
        One row is one indicator in one district and period, columns `PANEL`; fact_ids has the facts behind
        it, apart by blanks. What is not in it `list_refused` names: fact_ids, district, scope, indicator,
        period_end, reason. ``attrs`` hold columns of lists, for ``pandas.DataFrame(panel.attrs[...])``:
        duplicates (fact_ids, chosen, district, period, indicator, scope, agrees), of which the chosen one is
        in the panel, and renamed (district, successor).

    Raises
    ------
    DataError
        If a column is missing, a fact_id stands twice, frequency is not known, or a district is a name that
        several places have (鼓楼区).
    """
    check_choice("frequency", frequency, tuple(_LENGTH))
    book = given_or_own("indicators", indicators).set_index("indicator")
    units, divisions = given_or_own("units", units), given_or_own("divisions", divisions)
    _check_given(sources, findings)
    check_facts(facts, _FACT)
    simulated = is_simulated(facts)
    facts, renamed = _prepare(facts, divisions)
    reason = _reasons(facts, book, units, frequency, _wanted(facts, scope), findings)
    facts = facts if cap is None else _closed(facts, (reason == "") | reason.isin(_MOVES), cap)
    stated = _stated(facts.loc[reason == "", _CELL], book, frequency)
    before, undated = _before(facts, reason, stated, frequency, book, units)
    reason = reason.mask(reason.isin(_MOVES), undated.reindex(facts.index))
    cells = pd.concat([stated, before], ignore_index=True) if len(before) else stated
    names = ["district", "indicator", "scope", "source_id", "processing"]
    cells = cells.astype(dict.fromkeys(names, "category"))  # few texts in many rows: light to move
    cells["rank"] = _rank(cells, sources)
    cells, duplicates, lost = _choose(cells)
    reason[lost.index] = lost
    panel = pd.DataFrame({c: _plain(cells[c]) for c in PANEL if c != "cohort"})
    panel.attrs = {"duplicates": Listing(duplicates), "renamed": Listing(renamed)}
    refused = facts.assign(fact_ids=facts["fact_id"], reason=reason).loc[reason != "", REFUSED]
    panel = mark_simulated(with_refused(panel, refused), simulated)
    return panel if pilots is None else assign_cohorts(panel, pilots, reading=reading, divisions=divisions)


_FACT = [c for c in FACT if c not in ("token", "start", "end", "coder", "reviewer")]
_CELL = [
    *("district", "indicator", "scope", "source_id", "fact_id", "period_end"),
    *("value", "value_max", "hedge", "resolution", "low", "high"),
]
_SERIES = ["source_id", "district", "scope", "indicator"]
_MOVES = (CHANGE, GROWTH)


def _check_given(sources, findings):
    if sources is not None:
        check_columns("sources", sources, ["source_id", "class"], "load them with load_sources")
    if findings is not None:
        check_columns("findings", findings, ["verdict", "fact_ids"], "make them with audit_facts")


def _prepare(facts, divisions):
    """Facts with the columns that are needed, empty cells as "", codes followed to the present."""
    facts = facts[_FACT].reset_index(drop=True)
    text = ["scope", "indicator", "baseline", "period_start", "period_end", "part_of", "note"]
    filled = {c: facts[c].astype("str").fillna("") for c in text if facts[c].hasnans}
    facts = facts.assign(district=as_text(facts["district"], empty=True), **filled)
    _refuse_names(facts, divisions)
    today = follow_codes(facts["district"], divisions)
    moved = facts.loc[today != facts["district"], ["district"]].assign(successor=today).drop_duplicates()
    return facts.assign(district=today), moved.to_dict("list")


def _refuse_names(facts, divisions):
    """Refuse a name that several places have: facts of two of them would be one series."""
    if "name_zh" not in divisions or not _has_names(facts["district"]):
        return
    shared = facts["district"].isin(names_shared(divisions))
    if shared.any():
        names = facts.loc[shared, ["district", "source_id"]].drop_duplicates()
        raise DataError(
            "These districts are names that several places have: write the code, as "
            f"yr.resolve_district({names['district'].iloc[0]!r}) lists them.",
            names,
        )


def _wanted(facts, scope):
    if isinstance(scope, str) and scope == "all":
        return pd.Series(True, index=facts.index)
    return facts["scope"].isin([""] if scope is None else as_names(scope, "scope"))


def _reasons(facts, book, units, frequency, wanted, findings):
    """Why each fact is no cell of the panel, "" where it is one; the first reason that holds."""
    unit, flow = (look_up(facts["indicator"], book[c].dropna()) for c in ("unit", "flow"))
    spans = facts["flow"] == "flow"
    spans[spans] = ~_spans_one(facts[spans], frequency)
    dates = facts["period_end"].str.len()
    rules = {
        "masked: a placeholder, no figure": facts["status"] == "masked",
        "planned, not achieved": facts["status"] != "achieved",
        "no district": facts["district"] == "",
        "no indicator": facts["indicator"] == "",
        UNKNOWN: flow == "",
        "the indicator collects different things (no unit)": unit == "",
        "a part of the district (scope), not asked for": ~wanted,
        "in conflict with other figures of its source": facts["fact_id"].isin(_conflicts(findings)),
        **not_levels(facts, book, units),
        "no date": dates == 0,
        f"a date less precise than a {frequency}": dates < _LENGTH[frequency],
        f"a flow over another time than one {frequency}": spans,
    }
    return first_reason(rules, facts.index)


def _conflicts(findings):
    if findings is None or not len(findings):
        return set()
    wrong = findings[findings["verdict"].isin(["conflict", "infeasible"])]
    return {fact for ids in wrong["fact_ids"] for fact in ids.split()}


def _spans_one(facts, frequency):
    """Tell whether start and end of a flow enclose exactly one year, quarter or month."""
    kind = frequency[0].upper()
    start = facts["period_start"].where(facts["period_start"] != "", facts["period_end"])
    first, last = days_of(start, pd.Timestamp), days_of(facts["period_end"])
    within = last.dt.to_period(FREQUENCIES[kind])
    return (first == within.dt.start_time) & (last == within.dt.end_time.dt.normalize())


def _period_of(days, frequency):
    kind = frequency[0].upper()
    return at_frequency(pd.to_datetime(days), kind)


def _closed(facts, used, cap):
    """Compute the intervals of the facts used anew, open ones closed."""
    some, bounds = facts[used], facts[["low", "high"]].copy()
    bounds[used] = hedge_interval(some["value"], some["hedge"], some["value_max"], cap=cap)
    return facts.assign(low=bounds["low"], high=bounds["high"])


def _stated(facts, book, frequency):
    """Cells that facts state: the interval of the wording, widened by rounding."""
    bounds = facts[["low", "high"]]
    counted = look_up(facts["indicator"], book["unit"].dropna()).isin(COUNTS) & (facts["resolution"] <= 1)
    bounds = rounding_interval(bounds, facts["resolution"].mask(counted, 0))
    bounds["low"] = bounds["low"].clip(lower=0)
    days = days_of(facts["period_end"])
    return facts[["district", "indicator", "scope", "source_id", "value"]].assign(
        low=bounds["low"],
        high=bounds["high"],
        as_of=days,
        period=_period_of(days, frequency),
        processing="stated",
        fact_ids=facts["fact_id"],
        row=facts.index,
    )


def _before(facts, reason, stated, frequency, book, units):
    """Cells a year (or so) before, from a level and its change or growth rate.

    Returns
    -------
    cells : pandas.DataFrame
    undated : pandas.Series of str
        For each change and growth rate why it gives no cell, "" where it does.
    """
    moves = reason.isin(_MOVES)
    undated = reason[moves].copy()
    if not len(undated):
        return stated.head(0), undated
    levels = facts[reason == ""].merge(facts.loc[moves, _SERIES].drop_duplicates(), on=_SERIES)
    table = derive_before(pd.concat([levels, facts[moves]]), indicators=book.reset_index(), units=units)
    if not len(table):
        return stated.head(0), undated
    table[["level_id", "move_id"]] = table["fact_ids"].str.split(" ", expand=True)
    level = stated[stated["fact_ids"].isin(table["level_id"])].set_index("fact_ids")
    level = level.loc[table["level_id"]].reset_index()
    as_of = _baseline_day(table["baseline"], level["as_of"])
    known = as_of.notna() & np.isfinite(table["before_low"]) & table["before_high"].notna()
    move = facts[moves].reset_index(names="row").set_index("fact_id").loc[table["move_id"]]
    move = move.reset_index(drop=True)
    why = "no date for the level before (" + table["baseline"].replace("", "baseline not named") + ")"
    undated[move["row"]] = np.where(known, "", why)
    low, high, value = table["before_low"].clip(lower=0), table["before_high"], level["value"]
    nominal = np.where(move["kind"] == "change", value - move["value"], value / (1 + move["value"] / 100))
    cells = level[["district", "indicator", "scope", "source_id"]].assign(
        low=low,
        high=high,
        value=np.clip(nominal, low, high),
        as_of=as_of,
        processing="computed",
        fact_ids=table["fact_ids"],
        row=move["row"],
    )[known]
    return cells.assign(period=_period_of(cells["as_of"], frequency)), undated


def _baseline_day(baseline, as_of):
    """Date the baselines that have one: a year earlier, or the date that is named."""
    earlier = baseline.isin(["previous_year", "same_period_previous_year"])
    named = {b: last_day(b) if b[:4].isdigit() else pd.NaT for b in baseline.unique()}
    shifted = as_of - pd.DateOffset(years=1)
    return pd.to_datetime(baseline.map(named)).where(~earlier, shifted)


def _plain(column):
    """Turn categories into text; pandas' own astype goes by way of Python objects."""
    if not isinstance(column.dtype, pd.CategoricalDtype):
        return column
    return column.cat.categories.astype("str").array.take(column.cat.codes.to_numpy())


def _rank(cells, sources):
    """How far a source can be trusted: its class, and computed after stated."""
    place = pd.Series(0, index=cells.index)
    if sources is not None:
        known = sources.set_index("source_id")["class"]
        known = known.map({c: i for i, c in enumerate(CLASSES)})
        place = cells["source_id"].astype("str").map(known).fillna(len(CLASSES))
    return place + (len(CLASSES) + 1) * (cells["processing"] == "computed")


def _choose(cells):
    """Choose one figure for each cell, by the rule of `build_panel`.

    Returns
    -------
    cells : pandas.DataFrame
    duplicates : dict of list
        What was not chosen, beside what was.
    lost : pandas.Series of str
        Reason by row of the facts, where none could be chosen.
    """
    cells = cells.reset_index(drop=True).assign(cell=_cells(cells))
    several = cells["cell"].duplicated(keep=False)
    rivals = cells[several]
    rivals = rivals.assign(width=rivals["high"] - rivals["low"])
    pool, lost = _eligible(rivals)
    order = ["cell", "processing", "width", "rank", "fact_ids"]
    pool = pool.sort_values(order, ascending=[True, False, True, True, True])
    best = pool.drop_duplicates("cell")
    keep = np.flatnonzero(~several | cells.index.isin(best.index))
    keep = keep[np.argsort(cells["cell"].to_numpy()[keep], kind="stable")]
    return cells.iloc[keep].reset_index(drop=True), _duplicates(rivals.drop(index=best.index), best), lost


def _eligible(rivals):
    """Find those of several figures for one cell that may be chosen, and say why there are none."""
    last = rivals[rivals["as_of"] == rivals.groupby("cell")["as_of"].transform("max")]
    agree = _agree(last)
    better = last[~agree & (last["rank"] == last.groupby("cell")["rank"].transform("min"))]
    better = better[_agree(better)]
    pool = pd.concat([last[agree], better])
    none = rivals[~rivals["cell"].isin(pool["cell"])]
    one = none.groupby("cell")["source_id"].transform("nunique") == 1
    why = np.where(one, "one source states figures that differ", "sources state figures that differ")
    return pool, pd.Series(why, index=none["row"], dtype="str")


def _agree(rivals):
    """Tell for each figure whether all of its cell have a value in common."""
    cell = rivals.groupby("cell")
    noise = 1e-9 * rivals["value"].abs().groupby(rivals["cell"]).transform("max")
    return cell["low"].transform("max") <= cell["high"].transform("min") + noise


def _duplicates(others, best):
    both = others.merge(best, on="cell", suffixes=("", "_best"))
    noise = 1e-9 * both["value"].abs()
    agrees = (both["low"] <= both["high_best"] + noise) & (both["low_best"] <= both["high"] + noise)
    table = both[["district", "period", "indicator", "scope"]].assign(agrees=agrees)
    table.insert(0, "fact_ids", both["fact_ids"])
    table.insert(1, "chosen", both["fact_ids_best"])
    return table.to_dict("list")


def coverage(panel, *, by="indicator"):
    """Count what a panel knows exactly, as an interval, open on one side, or not at all.

    Parameters
    ----------
    panel : pandas.DataFrame
        As from `build_panel` or `as_panel`.
    by : str or list of str
        Among district, period, indicator.

    Returns
    -------
    pandas.DataFrame
        One row is one value (or combination) of `by`: cells (all that there could be, from the panel's own
        districts, periods and indicators), exact (low = high), interval, open (one bound infinite),
        unknown; and refused, how many figures and metrics of these rows `list_refused` names, where `by` is
        not period. Scopes count as one cell, known as well as the best of them.

    Raises
    ------
    DataError
        If `by` names something else, or the table is no panel.
    """
    check_columns("panel", panel, PANEL[:5], "make it with build_panel or as_panel")
    by = as_names(by, "by")
    known = ["district", "period", "indicator"]
    if not by or not set(by) <= set(known) or len(set(by)) < len(by):
        raise DataError(f"by={by} must be among {known}, each once.")
    width = panel["high"] - panel["low"]
    how = np.select([width == 0, np.isfinite(width)], [0, 1], 2)
    best = panel[known].assign(how=how).groupby(known, as_index=False)["how"].min()
    counts = best.groupby([*by, "how"]).size().unstack(fill_value=0).reindex(columns=[0, 1, 2], fill_value=0)
    grid = [panel[c].unique() for c in by]
    index = pd.MultiIndex.from_product(grid, names=by) if len(by) > 1 else pd.Index(grid[0], name=by[0])
    counts = counts.reindex(index, fill_value=0).sort_index().set_axis(["exact", "interval", "open"], axis=1)
    cells = int(np.prod([panel[c].nunique() for c in known if c not in by]))
    counts.insert(0, "cells", cells)
    counts["unknown"] = cells - counts[["exact", "interval", "open"]].sum(axis=1)
    table = counts.reset_index()
    refused = pd.DataFrame(panel.attrs.get("refused", {}), dtype="str")
    if "period" not in by and len(refused):
        turned_down = refused.groupby(by).size()
        table["refused"] = turned_down.reindex(index.sort_values(), fill_value=0).to_numpy()
    return mark_simulated(table, is_simulated(panel))

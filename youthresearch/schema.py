"""What functions are given: tables and arguments are checked at the door, and refused with what to do."""

import os
import re
import time
import unicodedata
from numbers import Integral, Real
from os import PathLike
from pathlib import Path
from uuid import uuid4

import numpy as np
import pandas as pd

_HOME = Path(__file__).resolve().parent
# A wheel carries data/ inside the package; in a clone it stands beside, and so do the figures.
DATA = _HOME / "data" if (_HOME / "data").is_dir() else _HOME.parent / "data"
FIGURES = Path("figures") if DATA.parent == _HOME else DATA.parent / "figures"


KEY = ["district", "period", "indicator", "scope"]  # of a panel
PANEL = [*KEY[:3], "low", "high", "value", "cohort", "scope", "processing", "fact_ids"]
FACT = [  # as from load_facts
    *("fact_id", "source_id", "district", "scope", "indicator", "kind", "flow", "value", "value_max"),
    *("hedge", "resolution", "unit", "low", "high", "baseline", "period_start", "period_end", "status"),
    *("token", "start", "end", "part_of", "coder", "reviewer", "note"),
]
SIMULATED = "simulated"  # in attrs, and in a column, of whatever was not observed
_NO_NAME = re.compile(r'[\\/:*?"<>|]|^(con|prn|aux|nul|com\d|lpt\d)(\.|$)', re.I)  # the last are Windows' own
_ROWS = ("processing", "coder")  # columns in which a panel, and facts, say of each row where it is from
SAID = "simulated data / 模拟数据"  # on every figure and result of such data


def is_simulated(table):
    """Tell whether a table was made up: its attrs say so, or, where pandas lost them, its rows."""
    if table.attrs.get(SIMULATED) or SIMULATED in table.index.names:
        return True
    if not isinstance(table, pd.DataFrame):
        return False
    if SIMULATED in table and table[SIMULATED].isin([True, "True"]).any():
        return True
    return any(bool((table[c] == SIMULATED).any()) for c in _ROWS if c in table)


def mark_simulated(table, which=True):
    """Say on the face of a table that it was not observed, so that it is printed and saved with it.

    Every table made of simulated data passes here. The mark stands in attrs and in each row: in `processing`
    of a panel, `coder` of facts, in a column `simulated` of any other table (a level of the index where every
    column is an indicator, `composite_table`, and of the scores of such a table). Any other Series (strata,
    weights of an index) has no row to say it in: its name says it.

    Parameters
    ----------
    table : pandas.DataFrame or pandas.Series
    which : bool or list of bool
        Whether it was, as a whole or row by row. Where no row was, the table is returned as it is.

    Returns
    -------
    pandas.DataFrame or pandas.Series
    """
    if not np.any(which):
        return table
    if isinstance(table, pd.DataFrame) and SIMULATED not in table.index.names:
        own = next((c for c in _ROWS if c in table), None)
        table = table.assign(**({own: SIMULATED} if own else {SIMULATED: which}))
    elif SIMULATED not in table.index.names and SIMULATED not in str(table.name):
        table = table.rename(SIMULATED if table.name is None else f"{SIMULATED} {table.name}")
    table.attrs[SIMULATED] = True
    return table


class DataError(ValueError):
    """Data that cannot be used as they are: what is wrong, where, and what to do, then the offending rows.

    Parameters
    ----------
    message : str
        What, where and the remedy.
    rows : pandas.DataFrame, optional
        The offending rows; the first ten are shown.
    """

    def __init__(self, message, rows=None):
        self.rows = rows
        if rows is not None and len(rows):
            more = "" if len(rows) <= 10 else f"\n... and {len(rows) - 10} more rows"
            message = f"{message}\n{rows.head(10).to_string()}{more}"
        super().__init__(message)


_NUMBERS = ("value", "value_max", "resolution", "low", "high", "start", "end", "year")
_TEXTS = (
    *("fact_id", "source_id", "scope", "indicator", "kind", "flow", "hedge", "unit", "baseline"),
    *("period_start", "period_end", "status", "token", "part_of", "note", "noun", "text", "wave"),
    *("fact_ids", "processing", "identity", "relation", "role", "class", "coder", "reviewer"),
)
_MAY_BE_EMPTY = (
    *("value_max", "scope", "baseline", "part_of", "note", "noun", "coder", "reviewer", "start", "end"),
)


def check_columns(name, table, needed, remedy, untyped=()):
    """Refuse a table that lacks a column or holds the wrong sort of thing in one; say where one comes from.

    Numbers, text and periods are known by the name of their column, the same in every table; those that are
    `untyped` may be anything, and districts (codes of a spreadsheet are numbers).
    """
    check_frame(name, table, remedy)
    missing = [c for c in needed if c not in table]
    if missing:
        lack = "lack" if name.endswith("s") else "lacks"
        raise DataError(f"The {name} {lack} the columns {missing}; {remedy}.")
    for column in (c for c in needed if c not in untyped):
        wanted = _wanted(column, table[column])
        if wanted:
            raise DataError(f"Column {column!r} of the {name} must be {wanted}; {remedy}.", table[[column]])


def check_frame(name, table, remedy):
    """Refuse what is no DataFrame of pandas, such as one of polars."""
    if not isinstance(table, pd.DataFrame):
        kind = type(table)
        other = kind.__name__ == "DataFrame" or hasattr(table, "to_pandas")
        found = f"{kind.__module__.partition('.')[0]}.{kind.__name__}" if other else kind.__name__
        remedy = "its to_pandas() may be" if other else remedy
        raise DataError(f"{found} is no table of the {name}; {remedy}.")


def of_indicator(panel, indicator):
    """Take the rows of one indicator of a panel; refuse one that it does not have."""
    if not isinstance(indicator, str):
        raise DataError(f"{indicator!r} is no name of an indicator: give one as text.")
    chosen = (panel["indicator"] == indicator).to_numpy()
    if not chosen.any():
        known = ", ".join(map(repr, sorted(panel["indicator"].unique(), key=str)[:20]))
        raise DataError(f"The panel has no indicator {indicator!r}; it has {known or 'no rows'}.")
    return panel if chosen.all() else panel[chosen]


def check_once(what, rows, key=("district", "period")):
    """Refuse rows that share district and period, as those of several scopes do, or are of several scopes."""
    twice = rows.duplicated([*key], keep=False)
    if twice.any():
        raise DataError(
            f"{what} has several rows in one district and period, as of several scopes: choose one, e.g. "
            "panel[panel['scope'] == ''].",
            rows[twice],
        )
    check_scope(what, rows)


def check_scope(what, rows):
    """Refuse rows of several parts of districts: the whole in one cell, a part in the next are no series."""
    if "scope" not in rows or not len(rows):
        return
    scope = rows["scope"]
    if scope.hasnans or isinstance(scope.dtype, pd.CategoricalDtype):
        scope = scope.astype("str").fillna("")
    other = scope != scope.iloc[0]
    if other.any():
        raise DataError(
            f"{what} has rows of several scopes, {sorted(scope.unique())[:10]}, which are not of the same "
            "places: choose one, e.g. panel[panel['scope'] == ''].",
            rows[other],
        )


def check_cohorts(panel):
    """Refuse cohorts of another type than the periods that they are compared with."""
    cohort, period = panel["cohort"].dtype, panel["period"].dtype
    alike = cohort == period or all(map(pd.api.types.is_numeric_dtype, (cohort, period)))
    if not (alike or panel["cohort"].isna().all()):
        raise DataError(f"Cohorts are {cohort}, and periods {period}: as_panel makes them alike.")


def _wanted(name, column):
    """Say what a column of this name must be, and what it is instead; empty if it is that."""
    if not isinstance(column, pd.Series):
        return "one column, not several"
    dtype, whole = column.dtype, pd.api.types.is_integer_dtype(column)
    if not len(column) or (name in _MAY_BE_EMPTY and column.isna().all()):
        return ""  # pandas.read_csv makes floats of an empty column
    if name == "district" and column.isna().all() and not _is_text(column):
        return f"text or codes, and is {dtype}"
    if name in _NUMBERS and not has_numbers(column):
        return f"numeric, and is {dtype}"
    if name in _TEXTS and not _is_text(column):
        return f"text, and is {dtype}" + f" (.astype({{{name!r}: str}}) makes it so)" * whole
    if name == "period" and not (whole or isinstance(dtype, pd.PeriodDtype)):
        return f"whole numbers or pandas Periods, and is {dtype}"
    return ""


def _is_text(column):
    values = column.cat.categories if isinstance(column.dtype, pd.CategoricalDtype) else column
    return pd.api.types.infer_dtype(values, skipna=True) in ("string", "empty")


_DATE = r"(?:\d{4}(?:-\d{2}(?:-\d{2})?)?)?"


def check_facts(facts, needed):
    """Refuse facts that lack a column, hold the wrong sort of thing, or whose fact_ids are not their own."""
    check_columns("facts", facts, needed, "load them with load_facts")
    twice = facts["fact_id"].duplicated(keep=False)
    if twice.any():
        raise DataError("A fact_id stands more than once; give every fact its own.", facts[twice])
    blank = facts["fact_id"].astype("str").str.contains(r"\s")
    if blank.any():
        raise DataError("A fact_id has a blank in it, and fact_ids are listed apart by blanks.", facts[blank])
    for column in (c for c in ("period_start", "period_end") if c in needed):
        wrong = ~facts[column].astype("str").fillna("").str.fullmatch(_DATE)
        if wrong.any():
            raise DataError(
                f"{column!r} must be a date such as 2021, 2021-06 or 2021-06-30, or empty.", facts[wrong]
            )
    stated = facts[facts["status"] != "masked"]
    rules = {
        "value": (lambda v: np.isfinite(v), "a finite value"),
        "resolution": (lambda v: v > 0, "a resolution above zero, the size of the last printed place"),
    }
    for column, (holds, wanted) in rules.items():
        if column not in needed:
            continue
        wrong = ~holds(stated[column].to_numpy(dtype=float, na_value=np.nan))
        if wrong.any():
            raise DataError(f"Figures that are not masked need {wanted}: these have none.", stated[wrong])


def as_text(column, *, empty=False):
    """Read codes and names as text: a whole number is its digits."""
    numeric = pd.api.types.is_numeric_dtype(column)
    blank = column.isna() if numeric else column.isna() | column.eq("")
    if blank.any() and not empty:
        raise DataError(
            f"Column {column.name!r} has no value in these rows: fill it in, or drop them.",
            column[blank].to_frame(),
        )
    if numeric:
        whole = column.dropna() % 1 == 0
        if not whole.all():
            raise DataError(
                f"Column {column.name!r} holds fractions, so it is no column of codes or names.",
                column.to_frame(),
            )
        column = column.astype("Int64")
    text = column.astype("str").fillna("")
    padded = [name for name in text.unique() if name != name.strip()]
    if padded:  # two names for one thing
        raise DataError(
            f"Column {column.name!r} has blanks around a value; remove them.",
            column[text.isin(padded)].to_frame(),
        )
    return text


def check_text(name, given, remedy):
    """Refuse what is no text, such as a number or a missing cell of a table."""
    if not isinstance(given, str):
        raise DataError(f"{name} is of type {type(given).__name__}, and no text: {remedy}.")


def as_names(given, name):
    """Read one name or several (a list, an array, an Index, a Series) as a list of text; None is none."""
    names = [] if given is None else [given] if isinstance(given, str) else given
    if not pd.api.types.is_list_like(names) or not all(isinstance(n, str) for n in names):
        raise DataError(f"{name}={given!r} must be a name, or a list of names.")
    return [str(n) for n in names]


def as_list(given):
    """Read one thing or several (a list, a tuple, an array, a Series) as a list; a table or a dict is one."""
    several = pd.api.types.is_list_like(given) and not isinstance(given, (pd.DataFrame, dict))
    return list(given) if several else [given]


def check_choice(name, given, allowed):
    """Refuse what is none of the choices of an option, and name them."""
    if not (given is None or isinstance(given, str)) or given not in allowed:
        given = repr(given) if pd.api.types.is_scalar(given) else f"of type {type(given).__name__}"
        raise DataError(f"{name}={given} is not known; choose one of {', '.join(map(repr, allowed))}.")


def check_estimator(estimator):
    """Refuse what cannot be called, such as an estimator's name."""
    check_callable("estimator", estimator, "pass one, such as yr.did")


def check_callable(name, given, remedy):
    """Refuse what is no function, such as the name of one."""
    if not callable(given):
        told = f"={given!r} is" if isinstance(given, str) else f" is of type {type(given).__name__}, and"
        raise DataError(f"{name}{told} no function: {remedy}.")


def check_number(*, above=-np.inf, at_least=-np.inf, below=np.inf, at_most=np.inf, **given):
    """Refuse what is no finite number within its bounds."""
    bounds = {"above": above, "at least": at_least, "below": below, "at most": at_most}
    told = " and ".join(f"{name} {bound:g}" for name, bound in bounds.items() if np.isfinite(bound))
    for name, value in given.items():
        if not (is_number(value) and above < value < below and at_least <= value <= at_most):
            raise DataError(f"{name}={value!r} must be a number" + (f", {told}." if told else "."))


def composed(text):
    """Put letters and their accents together, as they are typed; macOS may take them apart in file names."""
    return unicodedata.normalize("NFC", text)


def as_path(name, given):
    """Read a path, and refuse what is none."""
    if not isinstance(given, str | PathLike) or not str(given):
        raise DataError(f"{name}={given!r} is no path: give one as text, such as 'folder/name'.")
    return Path(given)


def as_stem(stem):
    """Read the name of some files without its ending, and refuse what is none on some system."""
    check_text("stem", stem, "give a name of files, such as '07-effects'")
    if not stem.strip(". ") or _NO_NAME.search(stem):
        raise DataError(f"stem={stem!r} is no file name; a folder goes by folder=.")
    return stem


def as_output(folder):
    """Make the folder that files go into, figures/ by default."""
    folder = as_path("folder", FIGURES if folder is None else folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError):
        raise DataError(f"folder={str(folder)!r} is a file, or in one: name a folder.") from None
    return folder


def save_whole(path, content):
    """Write a file in one go: who reads it meanwhile finds the old one or the new one, never a part."""
    part = path.with_name(f".{uuid4().hex}.part")  # no longer than a file's name may be
    try:
        part.write_bytes(content)
        put_in_place(part, path)
    except PermissionError as error:
        raise DataError(
            f"{path} cannot be written ({error.strerror}): close it where it is open, or name another folder."
        ) from None
    finally:
        part.unlink(missing_ok=True)


def put_in_place(part, path):
    """Rename a finished file; on Windows what syncs or scans a folder may hold it for a moment."""
    for pause in (0.05, 0.1, 0.2, 0.4, 0.8):
        try:
            return os.replace(part, path)
        except PermissionError as error:
            if not getattr(error, "winerror", None):
                raise
            time.sleep(pause)
    return os.replace(part, path)


def check_share(**given):
    """Refuse a level, a power or another chance that is none: it must lie between 0 and 1."""
    for name, value in given.items():
        if not isinstance(value, Real) or not 0 < value < 1:
            raise DataError(f"{name}={value} must lie between 0 and 1.")


def check_count(least=1, **given):
    """Refuse a number of draws or of anything else that is not whole, or below the least."""
    for name, value in given.items():
        if not is_whole(value) or value < least:
            raise DataError(f"{name}={value!r} must be a whole number, at least {least}.")


def check_seed(seed):
    """Refuse what is no seed: without one, the same study would give other numbers each time."""
    check_count(least=0, seed=seed)


def check_draws(draws, seed, level):
    """Refuse what no test can be drawn by: their number, the seed, the level of its interval."""
    check_count(draws=draws)
    check_seed(seed)
    check_share(level=level)


def is_whole(value):
    """Tell a whole number from one with a point, and from True and False, which Python counts with."""
    return isinstance(value, Integral) and not isinstance(value, bool)


def is_number(value):
    """Tell a finite number, such as a factor, from True and False."""
    return isinstance(value, Real) and not isinstance(value, bool) and bool(np.isfinite(value))


def has_numbers(column):
    """Tell a column of real numbers from one of texts, of True and False, or of complex numbers."""
    dtype, kinds = column.dtype, pd.api.types
    return kinds.is_numeric_dtype(dtype) and not (kinds.is_bool_dtype(dtype) or kinds.is_complex_dtype(dtype))


def check_numbers(name, column):
    """Refuse a column of the panel that has text where numbers are taken from it, such as 1,234."""
    if not has_numbers(column):
        raise DataError(
            f"{name}={column.name!r} is of type {column.dtype}, and must be of numbers: write digits alone.",
            column.to_frame(),
        )


class Listing(dict):
    """Columns of a long list in `attrs`, which pandas copies at every step: this one is never copied.

    No table, since pandas writes `attrs` to Parquet as JSON; ``pandas.DataFrame(...)`` makes one of it.
    """

    def __deepcopy__(self, memo):
        """Return the list itself: it is read, not changed."""
        return self


NO_FACTS = ["start", "end", "token", "reason"]  # of a text
REFUSED = ["fact_ids", "district", "scope", "indicator", "period_end", "reason"]  # of a panel and of metrics


def with_refused(table, rows, before=None):
    """Attach what a table leaves out, one row each with its reason, to what was listed `before`.

    Parameters
    ----------
    table : pandas.DataFrame
    rows : pandas.DataFrame
        Ends in the column reason.
    before : dict of list, optional
        Of the table that this one was made from; what it lists already is not listed again.
    """
    rows = rows.astype("object")
    if before:
        rows = pd.concat([pd.DataFrame(before, dtype="object"), rows]).drop_duplicates()
    table.attrs["refused"] = Listing(rows.to_dict("list"))
    return table


def list_refused(result):
    """List what a result leaves out of what it was given, with the reason.

    Parameters
    ----------
    result : pandas.DataFrame or Effect
        A table as the function returned it: drafts of `extract_facts`, `extract_corpus` (without `output`)
        and `read_corpus`; panels of `build_panel`, `assign_cohorts` and `add_metrics`; tables of
        `compute_metrics`, `series_growth`, `audit_facts`, `derive_before`, `tighten`, `compare_codings`,
        `sigma_convergence`, `find_near_duplicates` and `find_selective_reporting`. Or what an estimator,
        `beta_convergence` or `show_evidence` returns.

    Returns
    -------
    pandas.DataFrame
        One row is one thing left out: where it stands (such as fact_ids, district, indicator and period_end
        of a panel; start, end and token of a draft; district and cells of an effect), and last its reason.

    Raises
    ------
    DataError
        If the result has no such list.

    Notes
    -----
    A table carries the list in ``attrs["refused"]``, a result in its attribute `refused`.
    """
    if isinstance(result, pd.DataFrame):
        found, simulated = result.attrs.get("refused"), is_simulated(result)
    else:
        found, simulated = getattr(result, "refused", None), getattr(result, SIMULATED, False)
    if found is None:
        raise DataError(
            f"This {type(result).__name__} has no list of what was refused: give what the function returned, "
            "of a test or of bounds the effect (pandas drops the list when tables are merged; as_panel "
            "refuses a table whole, or nothing)."
        )
    table = mark_simulated(pd.DataFrame(found).reset_index(drop=True), simulated)
    return table[[c for c in table if c != "reason"] + ["reason"]]

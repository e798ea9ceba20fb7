"""The data package as an enforced schema: `data/datapackage.json` says what a table must be."""

import json
from functools import cache

import pandas as pd

from .schema import DATA, DataError

PACKAGE = DATA / "datapackage.json"


@cache
def table_schema(name):
    """Return the schema of one table of the data package as a dict (Frictionless Table Schema).

    Raises
    ------
    KeyError
        For a table that the data package does not describe.
    """
    resources = {r["name"]: r["schema"] for r in json.loads(PACKAGE.read_text(encoding="utf-8"))["resources"]}
    if name not in resources:
        raise KeyError(f"No table {name!r} in {PACKAGE.name}; it describes {sorted(resources)}.")
    return resources[name]


def read_table(raw, name, where=""):
    """Give the columns of a table of text cells their types, and list what breaks the data package.

    Parameters
    ----------
    raw : pandas.DataFrame
        Cells as text, missing where empty; the index counts from 0 below the header line.
    name : str
        Table in the data package.
    where : str
        File or source, for messages.

    Returns
    -------
    table : pandas.DataFrame
        Columns in the order of the data package: str, float64 (number), Int64 (integer).
    faults : list of (str, pandas.Series)
        As for `refuse`.

    Raises
    ------
    DataError
        If columns are missing, or there are others.
    """
    fields = table_schema(name)["fields"]
    place = where or name
    names = [f["name"] for f in fields]
    missing, extra = [n for n in names if n not in raw], [c for c in raw if c not in names]
    if missing or extra:
        add = f"columns missing {missing}: add them, empty where there is nothing to say; " if missing else ""
        drop = f"columns not known {extra}: leave them out (proposals of extract_facts have some); "
        raise DataError(f"{place}: {add}{drop if extra else ''}the data package wants {names}.")
    columns, faults = {}, []
    for field in fields:
        columns[field["name"]], found = _convert(raw[field["name"]], field)
        faults += found
    table = pd.DataFrame(columns, index=raw.index)
    unread = {cells.name for _, cells in faults}
    faults += [fault for fault in _bad_cells(table, name) if fault[1].name not in unread]
    return table, [*faults, *_bad_keys(table, name)]


def refuse(faults, table, name, place=""):
    """Refuse a table with all its faults at once: of each class the values, the rows and what to do.

    Parameters
    ----------
    faults : list of (str, pandas.Series)
        As from `read_table` and `key_faults`: what is wrong, and the cells that are, named by their column.
    table : pandas.DataFrame
    name : str
        Table in the data package, whose fields say what to do (`remedy`).
    place : str
        File or source.
    """
    if not faults:
        return
    remedies = {f["name"]: f" ({f['remedy']})" for f in table_schema(name)["fields"] if "remedy" in f}
    told = [
        f"  {what}: {_quoted(cells)} in {rows_of(cells.index)}{remedies.get(cells.name, '')}"
        for what, cells in faults
    ]
    rows = table.loc[sorted({row for _, cells in faults for row in cells.index})].astype("object")
    for _, cells in faults:
        if cells.name in rows:
            rows.loc[cells.index, cells.name] = cells.astype("object")  # as written, where it was no number
    raise DataError(
        f"{place or name} breaks the data package:\n" + "\n".join(told) + "\nMend these rows:", rows
    )


def _convert(raw, field):
    """Give a column its type; return it with its faults."""
    column = raw.astype("str")
    column = column.where(column != "")  # `missingValues` of the data package
    faults, padded = [], column.notna() & (column != column.str.strip())
    if padded.any():
        faults = [(f"{field['name']} has blanks around a value; remove them", column[padded])]
    if field["type"] == "string":
        return column, faults
    numbers = pd.to_numeric(column, errors="coerce").replace([float("inf"), float("-inf")], float("nan"))
    bad = numbers.isna() & column.notna()
    if field["type"] == "integer":
        bad |= numbers.notna() & ((numbers % 1 != 0) | (numbers.abs() > 2**53))
        numbers = numbers.mask(bad)
    if bad.any():
        what = f"{field['name']} must hold {_A[field['type']]}, in digits only, with a point for decimals"
        faults.append((what, column[bad]))
    return numbers.astype("Int64" if field["type"] == "integer" else "float64"), faults


_A = {"integer": "an integer", "number": "a number"}


def rows_of(index):
    """Name rows by their number below the header, as a spreadsheet's reader counts them."""
    shown = ", ".join(str(i + 1) for i in index[:10])
    return f"row{'s' * (len(index) > 1)} {shown}{' ...' if len(index) > 10 else ''} below the header"


# What each constraint of a Table Schema refuses, and how that is said; `unique` is for `_keys`.
_REFUSED = {
    "required": (lambda cells, wanted: cells.isna() & wanted, "must not be empty"),
    "enum": (lambda cells, allowed: ~cells.isin(allowed), "must be one of {}"),
    "pattern": (lambda cells, pattern: ~cells.str.fullmatch(pattern), "must match {}"),
    "minimum": (lambda cells, bound: cells < bound, "must be at least {}"),
    "exclusiveMinimum": (lambda cells, bound: cells <= bound, "must be above {}"),
    "maximum": (lambda cells, bound: cells > bound, "must be at most {}"),
}


def _bad_cells(table, name):
    """List what columns must be and are not, with the cells in question."""
    for field in table_schema(name)["fields"]:
        for rule, wanted in field.get("constraints", {}).items():
            if rule != "unique":
                refuses, said = _REFUSED[rule]
                cells = table[field["name"]] if rule == "required" else table[field["name"]].dropna()
                bad = cells[refuses(cells, wanted)]
                if len(bad):
                    like = f", as {field['example']}" if rule == "pattern" and "example" in field else ""
                    yield f"{field['name']} {said.format(wanted)}{like}", bad


def _bad_keys(table, name):
    """List what stands more than once and must not, with the cells in question."""
    for key in _keys(name):
        twice = table.loc[table.duplicated([*key], keep=False), [*key]].astype("str").fillna("")
        if len(twice):
            yield f"{', '.join(key)} must be unique", twice.agg(", ".join, axis=1)


def _keys(name):
    """Return the primary key of a table and its other columns that must be unique, each a tuple."""
    schema = table_schema(name)
    primary = schema["primaryKey"]
    unique = [(f["name"],) for f in schema["fields"] if f.get("constraints", {}).get("unique")]
    return dict.fromkeys([(primary,) if isinstance(primary, str) else tuple(primary), *unique])


def _quoted(cells):
    return ", ".join(repr(v) for v in cells.astype("str").fillna("").unique()[:5])


def key_faults(table, name, allowed):
    """List the foreign keys of a table that lead nowhere, as for `refuse`.

    Parameters
    ----------
    table : pandas.DataFrame
        As from `read_table`.
    name : str
        Table in the data package.
    allowed : dict of str to collection
        Known keys of each table that is referred to; "" is the table itself, which needs no entry.

    Returns
    -------
    list of (str, pandas.Series)
    """
    faults = []
    for key in table_schema(name).get("foreignKeys", []):
        column, target = key["fields"], key["reference"]["resource"]
        known = allowed.get(target, table[key["reference"]["fields"]] if not target else ())
        lost = table[column].notna() & ~table[column].isin(known)
        if lost.any():
            faults.append((f"{column} not found in {target or name}.csv", table.loc[lost, column]))
    return faults

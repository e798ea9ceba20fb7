"""Why a figure is no level of its indicator: what a panel and the metrics ask of every fact alike."""

import numpy as np
import pandas as pd

from .loaders import base_units

CHANGE, GROWTH = "a change, not a level", "a growth rate, not a level"
UNKNOWN = "no indicator of the code book: one of your own needs indicators=load_indicators(folder)"
CUMULATIVE = "cumulative in the row, flow in the code book: take the figure of one period, or correct flow"
_HAPPENED = "correct flow, or take an indicator of what happened over a period (members_new, honours_units)"
_FLOWS = {  # what a row says, what the code book says of its indicator, and what to do
    ("flow", "stock"): f"flow in the row, stock in the code book (on a day): {_HAPPENED}",
    ("cumulative", "stock"): f"cumulative in the row, stock in the code book (on a day): {_HAPPENED}",
    (
        "stock",
        "flow",
    ): "stock in the row, flow in the code book (over a period): correct flow, or take an indicator "
    "of what there is on a day",
    ("cumulative", "flow"): CUMULATIVE,
}


def not_levels(facts, book, units):
    """Say of each reason which facts it keeps from being a level of their indicator, the first reason first.

    Parameters
    ----------
    facts : pandas.DataFrame
        As from `load_facts`, text that is missing as "".
    book : pandas.DataFrame
        As from `load_indicators`, by indicator.
    units : pandas.DataFrame
        As from `load_units`.

    Returns
    -------
    dict of str to pandas.Series of bool
    """
    unit, usual = (look_up(facts["indicator"], book[c].dropna()) for c in ("unit", "flow"))
    kind, relative = facts["kind"], unit.isin(["percent", "rate", "year"])
    flows = {why: (facts["flow"] == said) & (usual == is_) for (said, is_), why in _FLOWS.items()}
    return {
        "a rank, not a quantity": kind == "rank",
        **flows,
        CHANGE: kind == "change",
        GROWTH: kind == "growth",
        "a share of another figure, not a level": (kind == "share") & (unit != "percent"),
        "a mean, not a total": (kind == "mean") & ~relative,
        "the unit does not fit the indicator": ~_fits(unit, facts["unit"], units),
        "a figure for each of several places": facts["note"] == "each",
        "a level beside a baseline: now, or then?": facts["baseline"] != "",
        "a part under the indicator of its whole": _under_its_whole(facts),
    }


def first_reason(rules, index):
    """Return for each row the first reason that holds, "" where none does."""
    first = np.select([np.asarray(r, dtype=bool) for r in rules.values()], np.arange(len(rules)) + 1, 0)
    return pd.Series(pd.array(["", *rules], dtype="str").take(first), index=index)


def look_up(column, table):
    """Map a long column of few different texts; what the table does not hold becomes ""."""
    codes, texts = pd.factorize(column)
    found = pd.array([table.get(t, "") for t in texts], dtype="str")
    return pd.Series(found.take(codes), index=column.index)


def _under_its_whole(facts):
    """Tell whether a figure is part of another one that has the same indicator."""
    parts = facts.loc[facts["part_of"] != "", ["part_of", "indicator"]]
    wholes = facts.loc[facts["fact_id"].isin(parts["part_of"]), ["fact_id", "indicator"]]
    both = parts["part_of"].map(wholes.set_index("fact_id")["indicator"]) == parts["indicator"]
    return both.reindex(facts.index, fill_value=False)


def _fits(wanted, given, units):
    """Tell whether a unit as written can count what the indicator counts, pair by pair of units."""
    (i, bases), (j, written) = pd.factorize(wanted), pd.factorize(given.fillna(""))
    counted = base_units(written, units)
    fits = np.array([[base in counted[unit] for unit in written] for base in bases], dtype=bool)
    return fits.reshape(len(bases), len(written))[i, j]

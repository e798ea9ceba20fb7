"""Tables of a paper, and what its text quotes: published once, nothing is retyped."""

from pathlib import Path

import pandas as pd

from .effects import compare_effects, fixed
from .loaders import load_labels
from .schema import FIGURES, SIMULATED, is_simulated


def effect_table(effects, *, lang="en", level=0.95):
    """Set effects out as a paper prints them.

    Parameters
    ----------
    effects : list of Effect
    lang : {"zh", "en"}
    level : float
        Of the intervals.

    Returns
    -------
    pandas.DataFrame
        One row is one effect, as text with the digits that its error allows: estimator, effect, standard
        error, interval, districts treated and not, share of negative weights (columns named in `lang`).
    """
    labels = load_labels().set_index("key")[f"label_{lang}"]
    table = compare_effects(effects, level=level)
    shown = pd.DataFrame({"estimator": labels.reindex("estimator_" + table["estimator"]).array})
    for name in ("att", "se"):
        shown[name] = [fixed(v, se) for v, se in zip(table[name], table["se"], strict=True)]
    ends = zip(table["low"], table["high"], table["se"], strict=True)
    shown["interval"] = [f"[{fixed(low, se)}, {fixed(high, se)}]" for low, high, se in ends]
    shown[["n_treated", "n_control"]] = table[["n_treated", "n_control"]]
    shown["negative_share"] = [f"{100 * share:.1f}%" for share in table["negative_share"]]
    shown.columns = labels.reindex("column_" + shown.columns).array
    shown.attrs[SIMULATED] = is_simulated(table)
    return shown


def save_numbers(stem, numbers, *, folder=None):
    """Save the numbers that a text quotes from a notebook, as figures/<stem>.numbers.csv.

    Parameters
    ----------
    stem : str
        The notebook's own.
    numbers : dict
        Name -> number, rounded as it shall be quoted, or text.
    folder : path, optional
        As for `save_figure`.

    Returns
    -------
    pandas.DataFrame
        One row is one number: name, value (as text, as it is quoted).
    """
    folder = Path(folder or FIGURES)
    folder.mkdir(parents=True, exist_ok=True)
    table = pd.DataFrame({"name": list(numbers), "value": [_quoted(v) for v in numbers.values()]})
    table.to_csv(folder / f"{stem}.numbers.csv", index=False, lineterminator="\n")
    return table


def _quoted(value):
    if isinstance(value, str):
        return value
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.10g}"

"""Tables of a paper, and what its text quotes: published once, nothing is retyped."""

from numbers import Real
from pathlib import Path

import numpy as np
import pandas as pd

from .effects import compare_effects
from .inference import SEED, fixed, p_as_text
from .loaders import load_labels
from .schema import FIGURES, SIMULATED, DataError, check_choice, is_simulated, mark_simulated


def effect_table(effects, *, lang="en", level=0.95, errors=None, strata=None, seed=SEED):
    """Set effects out as a paper prints them.

    Parameters
    ----------
    effects : list of Effect
    lang : {"zh", "en"}
    level : float
        Of the intervals.
    errors, strata, seed
        As in `compare_effects`: below ten treated districts p and interval are those of the randomisation
        test, unless others are asked for by name.

    Returns
    -------
    pandas.DataFrame
        One row is one effect, as text with the digits that its error allows: estimator, effect, p, interval,
        what these rest on, standard error (marked where too few districts are treated for it), districts
        treated and not, share of negative weights; and where data are simulated, that they are (columns named
        in `lang`). There are no stars.
    """
    check_choice("lang", lang, ("zh", "en"))
    labels = load_labels().set_index("key")[f"label_{lang}"]
    table = compare_effects(effects, level=level, errors=errors, strata=strata, seed=seed)
    shown = pd.DataFrame({"estimator": labels.reindex("estimator_" + table["estimator"]).array})
    shown["att"] = [fixed(v, se) for v, se in zip(table["att"], table["se"], strict=True)]
    shown["p_value"] = [_p_as_text(row) for row in table.itertuples()]
    ends = zip(table["low"], table["high"], table["se"], strict=True)
    shown["interval"] = [f"[{fixed(low, se)}, {fixed(high, se)}]" for low, high, se in ends]
    shown["inference"] = labels.reindex("inference_" + table["inference"]).array
    shown["se"] = [fixed(se, se) for se in table["se"]]
    shown["se"] += np.where(table["caution"] == "", "", f" ({labels['se_unreliable']})")
    shown[["n_treated", "n_control"]] = table[["n_treated", "n_control"]]
    shown["negative_share"] = [f"{100 * share:.1f}%" for share in table["negative_share"]]
    if is_simulated(table):
        shown = mark_simulated(shown, table[SIMULATED])
        shown[SIMULATED] = shown[SIMULATED].map({True: labels["simulated"], False: ""})
    shown.columns = [labels[f"column_{name}"].replace("95%", f"{level:.0%}") for name in shown.columns]
    return shown


def _p_as_text(row):
    """Write p, and the smallest that was to be had, where that alone keeps it from 5%."""
    return p_as_text(row.p_value) + (f" (≥ {row.smallest_p:.3f})" if row.smallest_p > 0.05 + 1e-9 else "")


def save_numbers(stem, numbers, *, folder=None):
    """Save the numbers that a text quotes from a notebook, as figures/<stem>.numbers.csv.

    Parameters
    ----------
    stem : str
        The notebook's own.
    numbers : dict
        Name -> number, rounded as it shall be quoted, or text. One of simulated data says so in its name,
        which is all that goes with it (``simulated_att``).
    folder : path, optional
        As for `save_figure`.

    Returns
    -------
    pandas.DataFrame
        One row is one number: name, value (as text, as it is quoted).

    Raises
    ------
    DataError
        If a value is neither number nor text, or missing; nothing is written then.
    """
    folder = Path(folder or FIGURES)
    if Path(stem).name != stem:
        raise DataError(f"stem={stem!r} is no file name; a folder goes by folder=.")
    table = pd.DataFrame({"name": list(numbers), "value": [_quoted(*pair) for pair in numbers.items()]})
    folder.mkdir(parents=True, exist_ok=True)
    table.to_csv(folder / f"{stem}.numbers.csv", index=False, lineterminator="\n")
    return table


def _quoted(name, value):
    if isinstance(value, str):
        return value
    if not isinstance(value, Real) or np.isnan(value):
        raise DataError(f"{name} = {value!r} cannot be quoted: give a number, or text.")
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.10g}"

"""Tables of a paper, and what its text quotes: published once, nothing is retyped."""

from pathlib import Path

import numpy as np
import pandas as pd

from .inference import (
    SEED,
    NoReassignmentError,
    RandomizationTest,
    as_percent,
    check_effect,
    fixed,
    inference_for,
    p_as_text,
    p_by_error,
    too_few,
)
from .loaders import labels_by_key, outcome_label
from .schema import (
    FIGURES,
    SIMULATED,
    DataError,
    as_list,
    as_path,
    check_choice,
    check_share,
    check_text,
    is_number,
    is_simulated,
    mark_simulated,
)


def compare_effects(effects, *, inference=None, strata=None, draws=None, level=0.95, seed=SEED):
    """Put effects side by side.

    Parameters
    ----------
    effects : Effect or list of Effect
    inference : {None, "se", "randomization"}
        What p_value, low and high rest on. None chooses: the randomisation test where districts are
        too few for the effect's own error (`Effect.caution`), else that, as "se" does for all. Where
        neither can be had there is no p_value and no interval, and the caution says why.
    strata : pandas.Series, optional
        One value a district, as from `strata_by`: for the randomisation tests. By default those that the
        estimator was given.
    draws, seed
        Of these tests, as in `randomization_test`.
    level : float
        Of the intervals.

    Returns
    -------
    pandas.DataFrame
        One row is one effect: estimator, outcome, att, p_value, low, high (interval), inference
        (randomization; what the error is: clustered, iid, placebo; or none), smallest_p (that a randomisation
        test could have given), se, caution (why se is unreliable, and why there is no test, or empty),
        n_treated, n_control, negative_share (of the weights on treated cells).

    Raises
    ------
    DataError
        If there is no effect, or a randomisation test is asked for by name and cannot be had.
    """
    check_share(level=level)
    effects, rows = _listed(effects), []
    for effect in effects:
        found, why = _found(effect, inference, strata, draws, level, seed)
        caution = "; ".join(said for said in (effect.caution, why) if said)
        rows.append([effect.estimator, effect.outcome, effect.att, *found, effect.se, caution])
        rows[-1] += [effect.n_treated, effect.n_control, effect.negative_share]
    names = [
        "estimator",
        "outcome",
        "att",
        "p_value",
        "low",
        "high",
        "inference",
        "smallest_p",
        "se",
        "caution",
    ]
    table = pd.DataFrame(rows, columns=[*names, "n_treated", "n_control", "negative_share"])
    table.attrs["level"] = level  # for the axis of a figure
    return mark_simulated(table, [e.simulated for e in effects])


def _listed(effects):
    effects = as_list(effects)
    if not effects:
        raise DataError("No effects to compare: give a list of them, such as [did(...), staggered_did(...)].")
    for effect in effects:
        check_effect(effect)
    return effects


def _found(effect, inference, strata, draws, level, seed):
    """p, interval and what they rest on; and why there are none, where no test was asked for by name."""
    if inference_for(effect, inference) != "randomization":
        return _by_error(effect, level), ""
    try:
        return _by_randomization(effect, strata, draws, level, seed), ""
    except NoReassignmentError as error:
        if inference:
            raise
        why = str(error).partition("\n")[0]
        return (np.nan, np.nan, np.nan, "none", np.nan), f"no randomisation test: {why}"


def _by_randomization(effect, strata, draws, level, seed):
    default = strata is None and draws is None and level == 0.95 and seed == SEED
    default = default and isinstance(effect._test, RandomizationTest)
    options = {"strata": strata, "draws": draws, "level": level, "seed": seed}
    test = effect._test if default else effect.randomization(**options)
    return test.p_value, test.low, test.high, "randomization", test.smallest_p


def _by_error(effect, level):
    from scipy.special import stdtrit

    width = effect.se * stdtrit(effect.df, 0.5 + level / 2) if effect.se > 0 else np.nan
    return p_by_error(effect), effect.att - width, effect.att + width, effect.errors, np.nan


def effect_table(effects, *, lang="en", inference=None, strata=None, draws=None, level=0.95, seed=SEED):
    """Set effects out as a paper prints them.

    Parameters
    ----------
    effects : Effect or list of Effect
    lang : {"zh", "en"}
    inference, strata, draws, level, seed
        As in `compare_effects`: where districts are too few p and interval are those of the randomisation
        test, unless others are asked for by name.

    Returns
    -------
    pandas.DataFrame
        One row is one effect, as text with the digits that its error allows: estimator, outcome (whose unit
        is that of the effect), effect, p, interval,
        what these rest on, standard error (marked where districts are too few for it), districts treated and
        not, share of negative weights; and where data are simulated, that they are (columns named
        in `lang`). There are no stars.

    Raises
    ------
    DataError
        As from `compare_effects`; or for another `lang`.

    Notes
    -----
    Into a paper: ``table.to_latex(index=False, escape=True)`` (without escape the % of a header makes LaTeX
    drop the rest of the line; the package booktabs draws the three lines), ``table.to_html("table.html",
    index=False)`` for a word processor to open, or ``table.to_csv("table.csv", index=False,
    encoding="utf-8-sig")`` for a spreadsheet.
    """
    check_choice("lang", lang, ("zh", "en"))
    labels = labels_by_key()[f"label_{lang}"]
    effects = _listed(effects)
    table = compare_effects(effects, inference=inference, strata=strata, draws=draws, level=level, seed=seed)
    shown = pd.DataFrame({"estimator": labels.reindex("estimator_" + table["estimator"]).array})
    shown["outcome"] = [outcome_label(name, lang) for name in table["outcome"]]
    shown["att"] = [fixed(v, se) for v, se in zip(table["att"], table["se"], strict=True)]
    shown["p_value"] = [_p_as_text(row, 1 - level) for row in table.itertuples()]
    ends = zip(table["low"], table["high"], table["se"], strict=True)
    spans = [_span(*end) for end in ends]
    shown["interval"] = np.where(table["low"].isna(), "–", spans)
    shown["inference"] = labels.reindex("inference_" + table["inference"]).array
    shown["se"] = [fixed(se, se) for se in table["se"]]
    around = "（{}）" if lang == "zh" else " ({})"
    shown["se"] += [around.format(labels[key]) if key else "" for key in map(_unreliable, effects)]
    shown[["n_treated", "n_control"]] = table[["n_treated", "n_control"]]
    shown["negative_share"] = [f"{100 * share:.1f}%" for share in table["negative_share"]]
    if is_simulated(table):
        shown = mark_simulated(shown, table[SIMULATED])
        shown[SIMULATED] = shown[SIMULATED].map({True: labels["simulated"], False: ""})
    shown.columns = [labels[f"column_{name}"].replace("95%", as_percent(level)) for name in shown.columns]
    return shown


def _span(low, high, se):
    """Write an interval; an end that is infinite is no part of it."""
    left = "(-∞" if low == -np.inf else f"[{fixed(low, se)}"
    return f"{left}, " + ("∞)" if high == np.inf else f"{fixed(high, se)}]")


def _unreliable(effect):
    """Key of the words for an error that rests on too few districts; empty if it does not."""
    few = too_few(effect)
    return f"se_unreliable_{few[0]}" if few else ""


def _p_as_text(row, alpha):
    """Write p, and the smallest that was to be had, where that alone keeps it from alpha."""
    if np.isnan(row.p_value):
        return "–"
    return p_as_text(row.p_value) + (f" (≥ {row.smallest_p:.3f})" if row.smallest_p > alpha + 1e-9 else "")


def save_numbers(stem, numbers, *, folder=None):
    """Save the numbers that a text quotes from a notebook, as figures/<stem>.numbers.csv.

    Parameters
    ----------
    stem : str
        The notebook's own.
    numbers : dict
        Name -> number, rounded as it shall be quoted, or text. A number has no zeros behind its last digit:
        where 1.00 shall be quoted, give the text ``f"{value:.2f}"``. One of simulated data says so in its
        name, which is all that goes with it (``simulated_att``).
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
    folder = as_path("folder", FIGURES if folder is None else folder)
    check_text("stem", stem, "name the notebook")
    if not isinstance(numbers, dict):
        raise DataError(f"numbers is of type {type(numbers).__name__}: give a dict, name -> number.")
    if Path(stem).name != stem:
        raise DataError(f"stem={stem!r} is no file name; a folder goes by folder=.")
    table = pd.DataFrame({"name": list(numbers), "value": [_quoted(*pair) for pair in numbers.items()]})
    if folder.exists() and not folder.is_dir():
        raise DataError(f"folder={str(folder)!r} is a file: name a folder.")
    folder.mkdir(parents=True, exist_ok=True)
    table.to_csv(folder / f"{stem}.numbers.csv", index=False, lineterminator="\n")
    return table


def _quoted(name, value):
    if isinstance(value, str):
        return value
    if not is_number(value):
        raise DataError(f"{name} = {value!r} cannot be quoted: give a finite number, or text.")
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.10g}"

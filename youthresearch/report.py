"""Tables of a paper, and what its text quotes: published once, nothing is retyped."""

import re
from inspect import signature

import numpy as np
import pandas as pd

from .enough import too_few
from .inference import SEED, NoReassignmentError, RandomizationTest, check_effect, inference_for, p_by_error
from .loaders import labels_by_key, outcome_label
from .paper import DIGITS, EXACT, table_as_docx, table_as_latex, text_as_docx
from .reassign import TIE
from .results import as_percent, fixed, p_as_text
from .schema import (
    FIGURES,
    SAID,
    SIMULATED,
    DataError,
    as_list,
    as_names,
    as_output,
    as_path,
    as_stem,
    check_choice,
    check_columns,
    check_count,
    check_number,
    check_share,
    check_text,
    is_number,
    is_simulated,
    mark_simulated,
    save_whole,
)

LANGUAGES = ("zh", "en")
MADE_UP = dict(zip(("en", "zh"), SAID.split(" / "), strict=True))  # below a table of such data
OF_WEIGHTS = ("poor fit", "not unique")  # what may be wrong with those of a synthetic control
QUOTED = re.compile(r"\{([^{}]+/[^{}]+)\}")  # a published number in a brief
_BRACES = re.compile("[{｛][^{}｛｝]*[}｝]?")


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
        test could have given), se, caution (why se is unreliable, what is wrong with the weights of a
        synthetic control, and why there is no test, or empty),
        n_treated, n_control, negative_share (of the weights on treated cells), vague and unbounded (how many
        figures with weight are intervals, and how many of these have no bound on one side).

    Raises
    ------
    DataError
        If there is no effect, or a randomisation test is asked for by name and cannot be had.
    """
    check_share(level=level)
    effects, rows = _listed(effects), []
    for effect in effects:
        found, why = _found(effect, inference, strata, draws, level, seed)
        own = (effect.convention.get(name, "") for name in OF_WEIGHTS)
        caution = "; ".join(said for said in (effect.caution, *own, why) if said)
        rows.append([effect.estimator, effect.outcome, effect.att, *found, effect.se, caution])
        rows[-1] += [
            effect.n_treated,
            effect.n_control,
            effect.negative_share,
            effect.vague,
            effect.unbounded,
        ]
    names = ["estimator", "outcome", "att", "p_value", "low", "high", "inference", "smallest_p", "se"]
    names += ["caution", "n_treated", "n_control", "negative_share", "vague", "unbounded"]
    table = pd.DataFrame(rows, columns=names)
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
    if inference_for(effect, inference, strata=strata) != "randomization":
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


def effect_table(
    effects,
    *,
    lang="en",
    each="row",
    indicators=None,
    inference=None,
    strata=None,
    draws=None,
    level=0.95,
    seed=SEED,
):
    """Set effects out as a paper prints them.

    Parameters
    ----------
    effects : Effect or list of Effect
    lang : {"zh", "en"}
    each : {"row", "column"}
        Whether an effect is a row, or a column with a number above it, as journals print models.
    indicators : pandas.DataFrame, optional
        Names of outcomes of your own, before the project's: indicator, label_zh, label_en, as from
        ``load_indicators("my-data")``.
    inference, strata, draws, level, seed
        As in `compare_effects`: where districts are too few p and interval are those of the randomisation
        test, unless others are asked for by name.

    Returns
    -------
    pandas.DataFrame
        One row (or column) is one effect, as text with the digits that its error allows: estimator, outcome
        (whose unit is that of the effect), `Effect.options` where some have any, effect, p, interval, what
        these rest on, standard error (marked where districts are too few for it), districts treated and not,
        share of negative weights; where figures with weight are intervals, how many; what is wrong with the
        weights of a synthetic control, if something is; and where data are simulated, that they are
        (columns named in `lang`). There are no stars.

    Raises
    ------
    DataError
        As from `compare_effects`; or for another `lang` or `each`.

    Notes
    -----
    Into a paper: `save_table`; ``table.to_csv("table.csv", index=False, encoding="utf-8-sig")`` for a
    spreadsheet.
    """
    check_choice("lang", lang, LANGUAGES)
    check_choice("each", each, ("row", "column"))
    labels = labels_by_key()[f"label_{lang}"]
    effects = _listed(effects)
    table = compare_effects(effects, inference=inference, strata=strata, draws=draws, level=level, seed=seed)
    shown = _as_printed(table, labels, 1 - level)
    shown.insert(1, "outcome", [outcome_label(name, lang, indicators) for name in table["outcome"]])
    around = "（{}）" if lang == "zh" else " ({})"
    shown["se"] += [around.format(labels[key]) if key else "" for key in map(_unreliable, effects)]
    options = [_options(effect, labels, lang, indicators) for effect in effects]
    if any(options):
        shown.insert(2, "options", options)
    if any(effect.vague for effect in effects):
        shown["vague"] = [_vague(effect, labels) for effect in effects]
    weights = [_of_weights(effect, labels) for effect in effects]
    if any(weights):
        shown["weights"] = weights
    if is_simulated(table):
        shown = mark_simulated(shown, table[SIMULATED])
        shown[SIMULATED] = shown[SIMULATED].map({True: labels["simulated"], False: ""})
    shown.columns = [labels[f"column_{name}"].replace("95%", as_percent(level)) for name in shown.columns]
    return shown if each == "row" else _upright(shown)


def _as_printed(table, labels, alpha):
    """Write what every effect has in the digits that its error allows, and by the words of one language."""
    spans = map(_span, table["low"], table["high"], table["se"])
    return pd.DataFrame(
        {
            "estimator": labels.reindex("estimator_" + table["estimator"]).array,
            "att": list(map(fixed, table["att"], table["se"])),
            "p_value": [_p_as_text(row, alpha) for row in table.itertuples()],
            "interval": np.where(table["low"].isna(), "–", list(spans)),
            "inference": labels.reindex("inference_" + table["inference"]).array,
            "se": list(map(fixed, table["se"], table["se"])),
            **{name: table[name] for name in ("n_treated", "n_control")},
            "negative_share": [f"{100 * share:.1f}%" for share in table["negative_share"]],
        }
    )


def _upright(shown):
    """Turn a table so that each row is a column, numbered, after the names of what is told."""
    turned = shown.T.astype("str")
    turned.columns = [f"({number})" for number in range(1, len(shown) + 1)]
    return turned.rename_axis("").reset_index()


def _span(low, high, se):
    """Write an interval; an end that is infinite is no part of it."""
    left = "(-∞" if low == -np.inf else f"[{fixed(low, se)}"
    return f"{left}, " + ("∞)" if high == np.inf else f"{fixed(high, se)}]")


def _unreliable(effect):
    """Key of the words for an error that rests on too few districts; empty if it does not."""
    few = too_few(effect)
    return f"se_unreliable_{few[0]}" if few else ""


def _options(effect, labels, lang, indicators):
    """Name the covariates and weights of an effect, and its other options as they were given."""
    named = []
    for option, value in effect.options.items():
        if option in ("controls", "population"):
            names = as_names(value, option)
            option, value = labels[f"option_{option}"], [outcome_label(n, lang, indicators) for n in names]
            value = ("、" if lang == "zh" else ", ").join(value)
            named.append(f"{option}{'：' if lang == 'zh' else ': '}{value}")
        else:
            named.append(f"{option}={value}")
    return ("；" if lang == "zh" else "; ").join(named)


def _of_weights(effect, labels):
    """Say what is wrong with the weights of a synthetic control, if something is."""
    return "; ".join(labels[f"weights_{k.replace(' ', '_')}"] for k in OF_WEIGHTS if k in effect.convention)


def _vague(effect, labels):
    """Say how many figures are intervals, and how many of them have no bound."""
    if not effect.unbounded:
        return f"{effect.vague}"
    return labels["vague_unbounded"].format(effect.vague, effect.unbounded)


def _p_as_text(row, alpha):
    """Write p, and the smallest that was to be had, where that alone keeps it from alpha."""
    if np.isnan(row.p_value):
        return "–"
    return p_as_text(row.p_value) + (f" (≥ {row.smallest_p:.3f})" if row.smallest_p > alpha + TIE else "")


def save_table(
    table, stem, data=None, *, title=None, note=None, lang="en", digits=DIGITS, folder=None, **options
):
    """Set a table out in both languages, with three lines, and save it for a word processor and for LaTeX.

    Writes <stem>.zh.docx, <stem>.zh.tex, <stem>.en.docx and <stem>.en.tex, the same bytes on every run.
    LaTeX needs the packages booktabs, tabularx and, for a table that does not fit on a page, xltabular; for
    Chinese ctex. There as in Word a long table has its head on every page. Simulated data say so below the
    table, too.

    Parameters
    ----------
    table : callable or pandas.DataFrame
        What sets the data out in a language, such as `effect_table`, or any function with ``lang=`` that
        returns a table; or a table as it is, the same in both. Its index is printed, unless it only counts
        the rows.
    stem : str
        File name without ending, the notebook's own.
    data
        What `table` takes.
    title, note : str or dict, optional
        Above and below the table; one for each language as ``{"zh": ..., "en": ...}``.
    lang : {"zh", "en"}
        Language of the table that is returned.
    digits : int
        Of each number that is not whole, 1 to 10, counted from the first that is not zero; those before the
        point are all kept (1234.5678 is 1235, 0.012345 is 0.0123). Texts, such as those of `effect_table`,
        whole numbers, headers and index stay as they are; the table that is returned keeps all digits.
    folder : path, optional
        As for `save_figure`.
    **options
        Passed on to `table`: ``each="column", level=0.9``.

    Returns
    -------
    pandas.DataFrame
        As from `table`.

    Raises
    ------
    DataError
        If there is no table, a title or note lacks a language, or digits are no such number; nothing is
        written.
    ImportError
        If the extra ``paper`` is not installed; nothing is written.
    """
    check_choice("lang", lang, LANGUAGES)
    check_count(digits=digits)
    check_number(digits=digits, at_most=EXACT)
    titles, notes = _in_both("title", title), _in_both("note", note)
    made = {language: _made(table, data, language, options) for language in LANGUAGES}
    files = {}
    for language, shown in made.items():
        below = "  ".join(filter(None, [notes[language], MADE_UP[language] if is_simulated(shown) else ""]))
        files[f"{language}.tex"] = table_as_latex(shown, titles[language], below, digits).encode()
        files[f"{language}.docx"] = table_as_docx(shown, titles[language], below, digits)
    _write(stem, files, folder)
    return made[lang]


def _in_both(name, given):
    """Take a text as it is in both languages, unless it is given for each."""
    texts = given if isinstance(given, dict) else dict.fromkeys(LANGUAGES, "" if given is None else given)
    if missing := [language for language in LANGUAGES if not isinstance(texts.get(language), str)]:
        raise DataError(f"{name}={given!r} has no text for {missing[0]!r}: give {{'zh': ..., 'en': ...}}.")
    return texts


def _made(table, data, language, options):
    """Make the table of one language."""
    if not callable(table) and (data is not None or options):
        spare = ", ".join([*(["data"] if data is not None else []), *options])
        raise DataError(
            f"A finished table takes no {spare}: pass what makes one (yr.effect_table), or leave them out."
        )
    if callable(table) and "lang" not in signature(table).parameters:
        raise DataError(
            f"{table.__name__} has no lang=: pass what has, such as yr.effect_table, or a finished table."
        )
    shown = table(data, lang=language, **options) if callable(table) else table
    if not isinstance(shown, pd.DataFrame):
        what = type(shown).__name__
        raise DataError(f"table= gives {what}, and no table: pass one, or what makes one (yr.effect_table).")
    return shown


def _write(stem, files, folder):
    """Write files <stem>.<ending> into a folder, once all of them are made."""
    stem, folder = as_stem(stem), as_output(folder)
    for ending, content in files.items():
        save_whole(folder / f"{stem}.{ending}", content)


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
    if not isinstance(numbers, dict):
        raise DataError(f"numbers is of type {type(numbers).__name__}: give a dict, name -> number.")
    table = pd.DataFrame({"name": list(numbers), "value": [_quoted(*pair) for pair in numbers.items()]})
    _write(stem, {"numbers.csv": table.to_csv(index=False, lineterminator="\n").encode()}, folder)
    return table


def _quoted(name, value):
    if isinstance(value, str):
        return value
    if not is_number(value):
        raise DataError(f"{name} = {value!r} cannot be quoted: give a finite number, or text.")
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.10g}"


def fill_brief(text, numbers):
    """Put published numbers into a text.

    Parameters
    ----------
    text : str
        Markdown. ``{stem/name}`` stands for a number: ``{02-audit/relations_in_conflict}``.
    numbers : pandas.DataFrame
        As from `read_numbers`.

    Returns
    -------
    str
        The text with the numbers in it, their minus signs printed as such.

    Raises
    ------
    DataError
        If no notebook published a number, or two under one name; a brace is left over; or a line quotes a
        number of simulated data and does not say so (simulated, 模拟); with the lines.
    """
    check_text("text", text, "give one from read_brief")
    known = _by_name(numbers)
    lines = [(line, QUOTED.findall(line)) for line in text.splitlines()]
    _refuse(
        [(line, name) for line, names in lines for name in names if name not in known],
        "No notebook published these numbers; read_numbers() lists those that are:",
    )
    _refuse(
        [(line, rest) for line, _ in lines for rest in _BRACES.findall(QUOTED.sub("", line))],
        "These are no names of numbers: write {stem/name}, as {02-audit/relations_in_conflict}:",
    )
    _refuse(
        [(line, name) for line, names in lines for name in names if _is_silent(line, name)],
        "These lines quote simulated data: say so in each (simulated, 模拟):",
    )
    return QUOTED.sub(lambda found: re.sub(r"^-(?=\d)", "−", known[found[1]]), text)


def _by_name(numbers):
    """Return published numbers by stem/name; one that is missing, or there twice, is refused."""
    check_columns("numbers", numbers, ["stem", "name", "value"], "as from read_numbers", untyped=["value"])
    names = numbers["stem"] + "/" + numbers["name"]
    wrong = names.duplicated(keep=False) | ~numbers["value"].map(lambda value: isinstance(value, str))
    if wrong.any():
        raise DataError(
            "These numbers are there twice, or are no text as save_numbers writes it:", numbers[wrong]
        )
    return dict(zip(names, numbers["value"], strict=True))


def _refuse(lines, why):
    if lines:
        raise DataError(why, pd.DataFrame(lines, columns=["line", "number"]))


def _is_silent(line, name):
    """Tell whether a line keeps to itself that a number in it was simulated."""
    said = re.search("simulat|模拟", QUOTED.sub("", line), re.I)
    return name.partition("/")[2].startswith("simulated_") and not said


def save_brief(stem, texts, numbers, *, folder=None):
    """Save a brief in which every number is one that a notebook published.

    Writes <stem>.<language>.md and <stem>.<language>.docx for each text, the same bytes on every run.

    Parameters
    ----------
    stem : str
        File name without ending, the notebook's own.
    texts : dict of str
        Language (zh, en) -> text, as from `read_brief`. Its pictures are files of `folder`, by their names.
    numbers : pandas.DataFrame
        As from `read_numbers`.
    folder : path, optional
        As for `save_figure`.

    Returns
    -------
    pandas.DataFrame
        One row is one number that is quoted: stem (of the notebook that published it), name, value, and how
        often it is quoted, in a column for each language.

    Raises
    ------
    DataError
        As from `fill_brief`; if a picture is not there, or the text has what Word cannot take over. Nothing
        is written then.
    ImportError
        If the extra ``paper`` is not installed; nothing is written.
    """
    if not isinstance(texts, dict) or not texts or not set(texts) <= set(LANGUAGES):
        raise DataError("texts= holds no text by language: give read_brief(), or {'zh': ..., 'en': ...}.")
    pictures = as_path("folder", FIGURES if folder is None else folder)
    files = {}
    for language, text in texts.items():
        filled = fill_brief(text, numbers)
        files[f"{language}.md"] = filled.encode()
        files[f"{language}.docx"] = text_as_docx(filled, pictures)
    _write(stem, files, folder)
    key = numbers["stem"] + "/" + numbers["name"]
    counts = {language: pd.Series(QUOTED.findall(text)).value_counts() for language, text in texts.items()}
    counts = {language: key.map(count).fillna(0).astype("int") for language, count in counts.items()}
    table = numbers[["stem", "name", "value"]].assign(**counts)
    return table[table[[*texts]].any(axis=1)].reset_index(drop=True)

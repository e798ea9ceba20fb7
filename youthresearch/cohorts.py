"""When each district was treated, as the register has it, and what else ran at the time."""

import numpy as np
import pandas as pd

from .districts import follow_codes, resolve_district
from .loaders import given_or_own
from .periods import at_frequency, kind_of, last_day
from .schema import PANEL, REFUSED, DataError, as_text, check_choice, check_columns, with_refused

READINGS = {"notice": "announced", "start": "began", "end": "ended"}  # column of the register
UNLISTED = (
    "not in the register, which names few counties: add claims of your own to it, or claim that it was never "
    'treated (assign_cohorts, unlisted="never")'
)
CONFLICTS = ("refuse", "earliest", "latest")


def assign_cohorts(
    panel, pilots, *, reading="notice", treat_conflicts="refuse", unlisted="refuse", divisions=None
):
    """Give each district its first treated period, as the register has it under one reading.

    A claim about a district without the date that the reading asks for takes the date of its wave, if the
    register has one for the nation. A district whose cohort cannot be told leaves the panel and is listed:
    silence of the register makes no control, since it does not name the 619 counties of 2021.

    Parameters
    ----------
    panel : pandas.DataFrame
        As from `build_panel` or `as_panel`; cohorts that it has are replaced.
    pilots : pandas.DataFrame
        As from `load_pilots`; or your own, with district, wave, announced, began and ended.
    reading : {"notice", "start", "end"}
        Treated from the notice, the beginning or the completion of the pilot on. Run a study under each.
    treat_conflicts : {"refuse", "earliest", "latest"}
        What to do where claims date one district differently.
    unlisted : {"refuse", "never"}
        What a county is that the register does not list. "never" says that the register is complete for
        the districts and periods of this panel: that is the researcher's claim.
    divisions : pandas.DataFrame, optional
        As from `load_divisions` (the default), to follow codes that changed: a claim under a place's new
        code holds for a panel under its old one, and the other way round.

    Returns
    -------
    pandas.DataFrame
        The panel with cohort (Int64, or the type of the periods; missing = never treated), without the
        districts that `list_refused` names, with the reason: under the project's register, which names few
        counties, that is most of them.

    Raises
    ------
    DataError
        For an unknown option, a panel without the columns of its key, a date that is none, a claim about a
        place that is neither in the panel nor in `divisions`, if the panel's districts are, or no claim about
        a place of the panel, if they are not.
    """
    check_choice("reading", reading, tuple(READINGS))
    check_choice("treat_conflicts", treat_conflicts, CONFLICTS)
    check_choice("unlisted", unlisted, ("refuse", "never"))
    needed = [c for c in PANEL if c != "cohort"]
    check_columns("panel", panel, needed, "make it with build_panel or as_panel")
    needed = ["district", "wave", READINGS[reading]]
    check_columns("register", pilots, needed, "see load_pilots", untyped=needed)
    divisions = given_or_own("divisions", divisions)
    claims = _claims(pilots, READINGS[reading], divisions)
    districts = pd.Series(panel["district"].unique())
    _check_places(claims, districts, divisions)
    told = _cohorts(claims, panel["period"], reading, treat_conflicts)
    told = told.reindex(follow_codes(districts, divisions)).set_axis(pd.Index(districts), axis=0)
    cohorts, reason = told["cohort"], told["reason"]
    reason = reason.fillna("" if unlisted == "never" else UNLISTED)
    larger = districts.str.fullmatch(r"CN|\d{4}00").to_numpy()
    reason[larger] = "no county: a wave is made of counties"
    first = panel["period"].min()
    reason = reason.mask(
        (reason == "") & (cohorts <= first).fillna(False), f"treated from the first period ({first}) on"
    )
    return _with_cohorts(panel, cohorts, reason)


def _claims(pilots, column, divisions):
    """Dated claims about single districts: district, date ("" where there is none)."""
    dates = as_text(pilots[column], empty=True)
    wrong = (dates != "") & ~dates.str.fullmatch(r"\d{4}(-(0[1-9]|1[0-2])(-\d{2})?)?")
    if wrong.any():
        raise DataError(
            f"The register has no date in {column!r} of these claims: write 2019, 2019-07 or 2019-07-15, or "
            "leave it empty.",
            pilots[wrong],
        )
    pilots = pilots.assign(**{"district": as_text(pilots["district"]), column: dates.where(dates != "")})
    wave = pilots[pilots["district"] == "CN"].dropna(subset=column).groupby("wave")[column]
    by_wave = wave.first()[wave.nunique() == 1]
    claims = pilots[~pilots["district"].str.fullmatch(r"CN|\d{4}00")]
    date = claims[column].fillna(claims["wave"].map(by_wave).astype("str")).fillna("")
    return pd.DataFrame({"district": follow_codes(claims["district"], divisions), "date": date})


def _check_places(claims, districts, divisions):
    """Refuse claims about places that nobody knows: their districts would pass for never treated."""
    codes = divisions["district"]
    if not districts.isin(codes).any():  # names of one's own: what else there may be is not known
        if len(claims) and len(districts) and not claims["district"].isin(districts).any():
            raise DataError(
                "No place that the register claims is in the panel: write both in one way. The panel has "
                f"{list(districts[:5])}.",
                claims,
            )
        return
    unknown = claims[~claims["district"].isin(codes) & ~claims["district"].isin(districts)]
    if len(unknown):
        code = [_code_of(name, divisions) for name in unknown["district"]]
        raise DataError(
            "The register claims places that are neither in the panel nor in the table of divisions. Write "
            "each by its code of six digits (resolve_district finds it).",
            unknown.assign(code=code),
        )


def _code_of(name, divisions):
    """Return the code that a name has, if it can have no other."""
    if len(name) < 2 or "name_zh" not in divisions:
        return ""
    found = resolve_district(name, divisions[divisions["successor"].isna()])["district"].unique()
    return found[0] if len(found) == 1 else ""


def _cohorts(claims, periods, reading, treat_conflicts):
    """Cohort of each listed district, or the reason why it has none; the index is the district."""
    kind = "Y" if not isinstance(periods.dtype, pd.PeriodDtype) else kind_of(periods)
    needed = 4 if kind == "Y" else 7
    length = claims["date"].str.len()
    fine = claims[length >= needed]
    days = pd.to_datetime(fine["date"].map({d: pd.Timestamp(d) for d in fine["date"].unique()}))
    dated = fine[["district"]].assign(cohort=at_frequency(days, kind)).groupby("district")["cohort"]
    table = pd.DataFrame(index=pd.Index(claims["district"].unique(), name="district"))
    table["cohort"] = (dated.max() if treat_conflicts == "latest" else dated.min()).reindex(table.index)
    if kind == "Y":
        table["cohort"] = table["cohort"].astype("Int64")
    coarse = claims[(length > 0) & (length < needed)]
    several = dated.nunique().reindex(table.index).fillna(0) > 1
    known, beside = table["cohort"].notna(), pd.Series(False, table.index)
    if len(coarse):  # a year beside a quarter of another one
        years = coarse["date"].astype("int64").groupby(coarse["district"]).agg(["min", "max"])
        years, year = years.reindex(table.index), pd.PeriodIndex(table["cohort"]).year
        earlier, later = (years["min"] < year) & known, (years["max"] > year) & known
        several |= earlier | later
        beside = {"earliest": earlier, "latest": later}.get(treat_conflicts, beside)
    table["reason"] = np.select(
        [
            ~known & table.index.isin(coarse["district"]) | beside,
            ~known,
            several & (treat_conflicts == "refuse"),
        ],
        [
            f"the register's date is too coarse ({reading})",
            f"in the register, without a date ({reading})",
            f"the register's claims differ ({reading})",
        ],
        "",
    )
    return table


def _with_cohorts(panel, cohorts, reason):
    keep = panel["district"].map(reason) == ""
    given = panel["district"].map(dict(zip(cohorts.index, cohorts, strict=True)))
    extra = [c for c in panel if c not in PANEL]
    table = panel.assign(cohort=given.astype(cohorts.dtype))[[*PANEL, *extra]]
    table = table[keep].reset_index(drop=True)
    out = reason[reason != ""]
    rows = pd.DataFrame("", index=range(len(out)), columns=REFUSED)
    rows = rows.assign(district=list(out.index), reason=list(out))
    table.attrs = dict(panel.attrs)
    return with_refused(table, rows, panel.attrs.get("refused"))


def add_programmes(panel, programmes):
    """Add a column for each concurrent programme: whether it ran in the district in the period.

    Parameters
    ----------
    panel : pandas.DataFrame
        As from `build_panel` or `as_panel`.
    programmes : pandas.DataFrame
        As from `load_programmes`.

    Returns
    -------
    pandas.DataFrame
        The panel with one column of nullable booleans for each programme: True where it ran everywhere, False
        before and after, missing where it ran at places that the register does not name. A period is
        counted in if the programme ran on one of its days.

    Raises
    ------
    DataError
        If the periods are whole numbers that are no years.
    """
    check_columns("panel", panel, ["period"], "make it with build_panel or as_panel")
    needed = ["programme", "began", "ended", "reach"]
    check_columns("programmes", programmes, needed, "load them with load_programmes")
    period = panel["period"]
    if not isinstance(period.dtype, pd.PeriodDtype):
        if len(period) and not period.between(1900, 2100).all():
            raise DataError(
                "Programmes have dates, but these periods are no years:", panel[~period.between(1900, 2100)]
            )
        period = pd.Series(
            pd.PeriodIndex.from_fields(year=period, month=[12] * len(period), freq="M"), panel.index
        )
        period = period.dt.asfreq("Y-DEC")
    columns = {}
    for row in programmes.to_dict("records"):
        ended = pd.Timestamp.max if pd.isna(row["ended"]) else last_day(row["ended"])
        runs = (period.dt.end_time >= pd.Timestamp(row["began"])) & (period.dt.start_time <= ended)
        columns[row["programme"]] = runs.astype("boolean").mask(runs & (row["reach"] == "some"))
    return panel.assign(**columns)

"""Panels and work reports with a known truth, so that the whole way to an effect can be tested.

Nothing here was observed: every table carries ``attrs["simulated"]`` and, in a panel, "simulated" as
`processing`; figures and saved tables say so on their face.
"""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from .intervals import HEDGES, hedge_interval, rounding_interval
from .loaders import load_identities, load_indicators, load_national, load_templates
from .panel import as_panel
from .periods import as_cohort, as_period, ordinals
from .schema import (
    FACT,
    DataError,
    check_choice,
    check_columns,
    check_count,
    check_number,
    check_seed,
    mark_simulated,
)
from .writing import CLASSIFIERS, assemble, place_name, words_of_reports, write_report

WAVES = {"2019Q3": 0.04, "2019Q4": 0.08, "2021Q3": 0.22}  # share of districts; dates of data/pilots.csv
RATES = {  # indicator -> average per 10,000 youth, indicator of the national series that gives its trend
    "orgs": (130.0, "orgs_grassroots"),
    "members": (2700.0, "members"),
    "cadres": (220.0, None),
}
SPREAD = 0.15  # standard deviation between districts, as a share of the average
YOUTH = 60_000  # average number of people aged 14 to 28 in a district


def simulate_panel(
    *,
    districts=60,
    periods=24,
    start="2017Q1",
    waves=WAVES,
    effect=10.0,
    rho=0.5,
    noise=5.0,
    size_heterogeneity=0.6,
    selection=0.0,
    drift=0.0,
    reporting=None,
    national=None,
    seed,
):
    """Simulate districts that enter a reform in waves, and what they report.

    The rate of indicator k in district i and period t, per 10,000 youth, is

        rate = base_k (trend_kt + 0.15 a_ik + drift/100 q_i t + noise/100 u_ikt + effect/100 treated_it),

    u an AR(1) process with variance 1 and coefficient rho (Bertrand, Duflo and Mullainathan 2004 on why it
    matters), q_i the district's quality, a_ik its level, half of whose variance is quality; the count is
    the rate times the district's youth, rounded. Rates have parallel trends; counts move with size.

    Parameters
    ----------
    districts, periods : int
        Districts lie in provinces of about ten.
    start : int or str
        First period: a year or any whole number, a quarter (2017Q1) or a month (2017-01).
    waves : dict
        First treated period -> share (below 1) or number of districts; spread evenly over provinces. The
        default has the dates of the register; the districts left over are never treated.
    effect : float, callable or dict
        In per cent of the average rate. A callable takes arrays (wave number from 0, event time from 0); a
        dict has one of these for each indicator that reacts.
    rho, noise : float
        Coefficient of the shocks and their standard deviation, in per cent of the average rate.
    size_heterogeneity : float
        Standard deviation of the logarithm of the number of youth.
    selection : float
        How strongly early waves are drawn from districts of high quality: log odds a standard deviation.
    drift : float
        How much faster, in per cent of the average rate a period, districts of higher quality grow without
        the reform. With selection it breaks parallel trends; selection on the level alone does not.
    reporting : dict, optional
        Shares of cells: ``vague`` (printed with a word of approximation or rounded) and ``gaps`` (not
        printed at all, at random). None reports the truth.
    national : pandas.DataFrame, optional
        As from `load_national` (the default): its series give the common trend, interpolated and held
        constant outside their years.
    seed : int

    Returns
    -------
    panel : pandas.DataFrame
        As from `as_panel`, with the columns province and youth (a weight). Indicators: youth_14_28; orgs,
        members and cadres; and their rates, `..._per_10k_youth_14_28`, as `add_metrics` names them.
    truth : pandas.DataFrame
        One row is one cell, gaps included: district, period, indicator, cohort, value, untreated (what it
        would have been without the reform), effect (their difference).

    Raises
    ------
    DataError
        If waves fall outside the periods or take more districts than there are, or a number or a name among
        the options makes no panel.
    """
    check_count(districts=districts, periods=periods)
    check_seed(seed)
    _check_process(rho, noise, size_heterogeneity, selection, drift, effect)
    rng = np.random.default_rng(seed)
    time = _periods(start, periods)
    place = _districts(districts, size_heterogeneity, rng)
    place["wave"] = _draw_waves(place, _wave_sizes(waves, time, districts), selection, rng)
    event_time = _event_time(place["wave"].to_numpy(), waves, time)
    trends = _trends(load_national() if national is None else national, time)
    tables = []
    for name, (base, _) in RATES.items():
        quality = place["quality"].to_numpy()[:, None]
        level = SPREAD * np.sqrt(0.5) * (quality + rng.normal(size=(districts, 1)))
        shocks = _shocks(districts, periods, rho, rng)
        still = trends[name] + level + (noise * shocks + drift * quality * np.arange(periods)) / 100
        gain = _effect(effect, name, place["wave"].to_numpy(), event_time) / 100
        tables.append(_counts(name, base * still, base * gain, place["youth"].to_numpy()))
    truth = _truth(tables, place, time, waves)
    return _report_panel(truth, place, reporting or {}, rng), truth


def _check_process(rho, noise, size_heterogeneity, selection, drift, effect):
    check_number(above=-1, below=1, rho=rho)
    check_number(at_least=0, noise=noise, size_heterogeneity=size_heterogeneity)
    check_number(selection=selection, drift=drift)
    given = effect.values() if isinstance(effect, Mapping) else [] if callable(effect) else [effect]
    for one in given:
        check_number(effect=one)
    unknown = sorted(set(effect) - set(RATES)) if isinstance(effect, Mapping) else []
    if unknown:
        raise DataError(f"effect= names {unknown}; the indicators that can react are {list(RATES)}.")


def true_path(truth, *, outcome):
    """Average the true effects of treated cells by event time.

    Parameters
    ----------
    truth : pandas.DataFrame
        As from `simulate_panel`.
    outcome : str

    Returns
    -------
    pandas.DataFrame
        One row is one event time from 0 on: event_time, effect (mean over cells), cells.

    Raises
    ------
    DataError
        If the table is not the truth, or has no such outcome.
    """
    needed = ["period", "indicator", "cohort", "effect"]
    check_columns("truth", truth, needed, "give the second table of simulate_panel")
    check_choice("outcome", outcome, tuple(truth["indicator"].unique()))
    rows = truth[(truth["indicator"] == outcome) & truth["cohort"].notna()]
    event = ordinals(rows["period"]) - ordinals(rows["cohort"])
    table = rows.assign(event_time=event)[event >= 0].groupby("event_time", as_index=False)
    table = table.agg(effect=("effect", "mean"), cells=("effect", "size"))
    return mark_simulated(table)


def _periods(start, periods):
    first = as_period(pd.Series([start], name="start"))
    if isinstance(first.dtype, pd.PeriodDtype):
        return pd.Series(pd.period_range(first[0], periods=periods), name="period")
    return pd.Series(np.arange(periods) + first[0], name="period")


def _districts(districts, size_heterogeneity, rng):
    """One row is one district: code, province, youth, quality."""
    provinces = max(1, round(districts / 10))
    province = np.arange(districts) * provinces // districts
    size = size_heterogeneity * rng.normal(size=districts) - size_heterogeneity**2 / 2
    return pd.DataFrame(
        {
            "district": [f"X-s{p:02d}-{i:04d}" for i, p in enumerate(province, 1)],
            "province": [f"X-s{p:02d}" for p in province],
            "youth": np.maximum(1000, np.rint(YOUTH * np.exp(size))),
            "quality": rng.normal(size=districts),
        }
    )


def _wave_sizes(waves, time, districts):
    if not isinstance(waves, dict):
        raise DataError(f"waves={waves!r} must say how many districts begin when: {{'2019Q3': 2}}.")
    cohorts = as_cohort(pd.Series(list(waves), name="waves"), time)
    outside = cohorts.isna() | (cohorts <= time.iloc[0]) | (cohorts > time.iloc[-1])
    if outside.any():
        late = [str(w) for w, out in zip(waves, outside, strict=True) if out]
        raise DataError(
            f"Waves {late} do not begin after the first of the periods {time.iloc[0]} to {time.iloc[-1]}: "
            "give waves= within them."
        )
    for begins, n in waves.items():
        if not 0 < n < 1:
            check_count(**{f"waves[{begins!r}]": n})
    sizes = [max(1, round(n * districts)) if n < 1 else int(n) for n in waves.values()]
    if sum(sizes) > districts:
        raise DataError(f"Waves of {sizes} districts are more than the {districts} there are.")
    return sizes


def _draw_waves(place, sizes, selection, rng):
    """Draw the wave of each district (-1 = never), the same share of every province as nearly as can be.

    Weighted drawing without replacement by Gumbel noise; provinces start at a random place of the queue.
    """
    score = selection * place["quality"] + rng.gumbel(size=len(place))
    by_province = score.groupby(place["province"])
    names = place["province"].unique()
    offset = place["province"].map(dict(zip(names, rng.uniform(size=len(names)), strict=True)))
    queue = (by_province.rank(ascending=False) - 1 + offset) / by_province.transform("size")
    wave = np.full(len(place), -1)
    wave[np.argsort(queue.to_numpy(), kind="stable")[: sum(sizes)]] = np.repeat(np.arange(len(sizes)), sizes)
    return wave


def _event_time(wave, waves, time):
    """Periods since treatment began, shape (districts, periods); below 0 before, or where it never did."""
    began = ordinals(as_cohort(pd.Series(list(waves)), time)) if waves else np.array([], dtype=int)
    never = np.iinfo(np.int32).max
    return ordinals(time)[None, :] - np.append(began, never)[wave][:, None]


def _trends(national, time):
    """Trend of each indicator, 1 in the first period; a year's figure holds at its end."""
    if isinstance(time.dtype, pd.PeriodDtype):
        when = time.dt.end_time.dt.year + time.dt.end_time.dt.day_of_year / 366 - 1
    else:
        when = time
    needed = ["indicator", "year", "value"]
    check_columns("national series", national, needed, "load it with load_national", ["year"])
    trends = {}
    for name, (_, series) in RATES.items():
        known = national[national["indicator"] == series].sort_values("year")
        values = np.interp(when, known["year"], known["value"]) if len(known) else np.ones(len(time))
        trends[name] = values / values[0]
    return trends


def _shocks(districts, periods, rho, rng):
    """AR(1) with variance 1 from the first period on, shape (districts, periods)."""
    fresh = rng.normal(size=(districts, periods))
    shocks = fresh.copy()
    for t in range(1, periods):
        shocks[:, t] = rho * shocks[:, t - 1] + np.sqrt(1 - rho**2) * fresh[:, t]
    return shocks


def _effect(effect, name, wave, event_time):
    """Effect in per cent of the average rate, shape (districts, periods); zero before treatment."""
    if isinstance(effect, Mapping):
        effect = effect.get(name, 0.0)
    treated = event_time >= 0
    if callable(effect):
        waves = np.broadcast_to(wave[:, None], event_time.shape)
        size = np.zeros(event_time.shape)
        size[treated] = effect(waves[treated], event_time[treated])
        return size
    return effect * treated


def _counts(name, still, gain, youth):
    """Whole counts, with and without the reform, and their rates per 10,000 youth."""
    value, untreated = (np.rint(np.maximum(r, 0) * youth[:, None] / 1e4) for r in (still + gain, still))
    per_10k = 1e4 / youth[:, None]
    return {name: (value, untreated), f"{name}_per_10k_youth_14_28": (value * per_10k, untreated * per_10k)}


def _truth(tables, place, time, waves):
    cells = {name: values for table in tables for name, values in table.items()}
    youth = np.broadcast_to(place["youth"].to_numpy()[:, None], (len(place), len(time)))
    cells["youth_14_28"] = (youth, youth)
    cohorts = as_cohort(pd.Series([*waves, None], dtype=object), time)
    cohort = cohorts.iloc[place["wave"].to_numpy()].reset_index(drop=True)
    who, when = np.repeat(np.arange(len(place)), len(time)), np.tile(np.arange(len(time)), len(place))
    where = pd.DataFrame(
        {
            "district": place["district"].take(who).array,
            "period": time.take(when).array,
            "cohort": cohort.take(who).array,
        }
    )
    parts = [
        where.assign(indicator=name, value=value.ravel(), untreated=still.ravel())
        for name, (value, still) in sorted(cells.items())
    ]
    truth = pd.concat(parts).sort_values(["district", "period", "indicator"], ignore_index=True)
    truth = truth[["district", "period", "indicator", "cohort", "value", "untreated"]]
    truth["effect"] = truth["value"] - truth["untreated"]
    return mark_simulated(truth)


def _report_panel(truth, place, reporting, rng):
    """Print the counts as reports would, and compute rates from what is printed."""
    if not isinstance(reporting, dict):
        raise DataError(f"reporting={reporting!r} must say what share is how: {{'vague': 0.3, 'gaps': 0.1}}.")
    unknown = set(reporting) - {"vague", "gaps"}
    if unknown:
        raise DataError(f"reporting= knows 'vague' and 'gaps', not {sorted(unknown)}.")
    check_number(at_least=0, at_most=1, **reporting)
    table = truth.drop(columns=["untreated", "effect"]).merge(place[["district", "province", "youth"]])
    rate = table["indicator"].str.endswith("_per_10k_youth_14_28")
    counted = ~rate & (table["indicator"] != "youth_14_28")
    vague = counted & (rng.uniform(size=len(table)) < reporting.get("vague", 0))
    printed = print_figures(table["value"], vague, rng)
    table[["low", "high", "value"]] = printed[["low", "high", "value"]]
    counts = table[counted].assign(indicator=table["indicator"] + "_per_10k_youth_14_28")
    per_10k = 1e4 / counts["youth"]
    counts[["low", "high", "value"]] = counts[["low", "high", "value"]].mul(per_10k, axis=0)
    table = pd.concat([table[~rate], counts], ignore_index=True)
    gaps = (table["indicator"] != "youth_14_28") & (rng.uniform(size=len(table)) < reporting.get("gaps", 0))
    same = {name: name for name in ("district", "period", "cohort", "indicator", "low", "high")}
    return mark_simulated(as_panel(table[~gaps], **same, outcomes="value", keep=["province", "youth"]))


def print_figures(values, vague, rng):
    """Choose how true counts are printed: as they are, rounded, or with a word of approximation.

    Parameters
    ----------
    values : pandas.Series of float, shape (n,)
        Whole and not negative.
    vague : pandas.Series of bool, shape (n,)
        Which of them are not printed to the unit; a value below 20 always is.
    rng : numpy.random.Generator

    Returns
    -------
    pandas.DataFrame, shape (n, 6)
        value, value_max, hedge, resolution as in facts; low and high, which hold the true value.
    """
    true = values.to_numpy(float)
    places = 10 ** np.maximum(np.floor(np.log10(np.maximum(true, 1))) - rng.integers(1, 3, len(true)), 0)
    down, up, near = (f(true / places) * places for f in (np.floor, np.ceil, np.rint))
    hedge = rng.choice([h for h in HEDGES if h != "masked"], size=len(true)).astype(object)
    blurred = vague.to_numpy() & (true >= 20)
    hedge[~blurred | ((down == up) & ~np.isin(hedge, ["about", "exact"]))] = "exact"
    spoken = dict.fromkeys(("odd", "over", "at_least", "range"), down)
    spoken |= dict.fromkeys(("nearly", "under", "at_most"), up)
    value = np.select([hedge == h for h in spoken], list(spoken.values()), near)
    places = np.where(blurred, places, 1.0)
    table = pd.DataFrame({"hedge": hedge, "resolution": places}, index=values.index)
    blurred &= (hedge != "exact") | (true >= 1e4)  # 7500个 would read as exact, 2.3万个 does not
    table["value"] = np.where(blurred, value, true)
    table["value_max"] = np.where(hedge == "range", up, np.nan)
    bounds = hedge_interval(table["value"], table["hedge"], table["value_max"])
    return table.join(rounding_interval(bounds, table["resolution"].where(table["resolution"] > 1)))


ERRORS = (
    "digit",  # one digit is another
    "transposed",  # two neighbouring digits change places
    "shifted",  # the decimal point, or a zero, is one place off
    "lost_wan",  # 万 is left out
    "wrong_base",  # growth in per cent of the level after, not before
    "wrong_percent",  # a growth rate or share that follows from nothing
    "percent_for_points",  # % for 百分点
    "truncated",  # no error: cut off, not rounded
)
PLANTED = ["fact_id", "error", "relation", "right", "printed", "right_value", "printed_value"]


def simulate_reports(panel, *, seed, errors=0.0, vague=0.3, indicators=None, identities=None, templates=None):
    """Write the work reports that the districts of a panel would publish, and list what they state.

    Each report has a title, slogans, dates and numbered headings around its figures, a plan for the next
    year and a placeholder. Its sentences are the project's own (`load_templates`): levels with every word of
    approximation, changes and growth rates, from-to pairs, parts with their share, lists that sum, means,
    changes in percentage points. What the panel does not hold (parts, a rate of coverage, the mean age of
    cadres) is drawn.

    Parameters
    ----------
    panel : pandas.DataFrame
        district, period, indicator and value, the true value. One report a period: years, quarters or
        months. Reported are the indicators of the code book that count items, persons, person-times, hours
        or yuan, are rates in per cent or the mean age of cadres; not those of the pillar context, nor flows
        within a year.
    seed : int
    errors : float or dict
        Share of the sentences with figures that get one of `ERRORS`, among those that fit; or a dict,
        error -> share.
    vague : float
        Share of the levels that are not printed to the unit.
    indicators, identities, templates : pandas.DataFrame, optional
        The project's by default.

    Returns
    -------
    documents : pandas.DataFrame
        One row is one report: source_id, district, period, text.
    facts : pandas.DataFrame
        One row is one figure as it is printed, planted errors included, in the columns of facts
        (`load_facts`), and relation: growth, base, share, sum or from_to where its sentence ties it to
        other figures, else empty.
    planted : pandas.DataFrame
        One row is one planted error: fact_id, error, relation, right and printed (as written),
        right_value and printed_value.

    Raises
    ------
    DataError
        If a column is missing, a period is no year, quarter or month, a count is not whole, no indicator can
        be reported, or `errors` names an unknown one.
    """
    check_seed(seed)
    rng = np.random.default_rng(seed)
    book = (load_indicators() if indicators is None else indicators).set_index("indicator")
    check_number(at_least=0, at_most=1, vague=vague)
    figures = _levels(panel, book, vague, rng)
    words = words_of_reports(
        book,
        load_identities() if identities is None else identities,
        load_templates() if templates is None else templates,
    )
    shares = _error_shares(errors)
    names = {d: place_name(i) for i, d in enumerate(figures["district"].unique())}
    documents, facts, planted = [], [], []
    for (district, period), rows in figures.groupby(["district", "period"]):
        source = f"sim-{district}-{period}".lower()
        sentences = write_report(rows.to_dict("records"), period, names[district], words, shares, rng)
        text, own = assemble(sentences, source, district)
        documents.append((source, district, period, text))
        facts += own
        planted += [fact["planted"] | {"fact_id": fact["fact_id"]} for fact in own if fact["planted"]]
    reports = pd.DataFrame(documents, columns=["source_id", "district", "period", "text"])
    errors = pd.DataFrame(planted, columns=PLANTED)
    return mark_simulated(reports), mark_simulated(_as_facts(facts)), mark_simulated(errors)


def _as_facts(rows):
    facts = pd.DataFrame(rows, columns=[c for c in [*FACT, "relation"] if c not in ("low", "high")])
    bounds = hedge_interval(facts["value"], facts["hedge"], facts["value_max"])
    return facts.assign(low=bounds["low"], high=bounds["high"])[[*FACT, "relation"]]


def _error_shares(errors):
    """Share of sentences for each error; a float is spread over those that fit (None)."""
    if not isinstance(errors, Mapping):
        check_number(at_least=0, at_most=1, errors=errors)
        return {None: float(errors)}
    check_number(at_least=0, at_most=1, **errors)
    unknown = sorted(set(errors) - set(ERRORS))
    if unknown:
        raise DataError(f"errors= knows {list(ERRORS)}, not {unknown}.")
    return dict(errors)


def _levels(panel, book, vague, rng):
    """Lay out what is reported: one row is one level, how it is printed, and the level a year before."""
    check_columns("panel", panel, ["district", "period", "indicator", "value"], "simulate_panel makes one")
    period = as_period(panel["period"])
    yearly = not isinstance(period.dtype, pd.PeriodDtype)
    lag = 1 if yearly else {"Q": 4, "M": 12}[str(period.dtype)[7:8]]
    if yearly and not period.between(1900, 2100).all():
        raise DataError(
            "Reports are of years, quarters or months; these periods are none:",
            panel[~period.between(1900, 2100)],
        )
    table = panel[["district", "indicator", "value"]].assign(period=period).dropna(subset=["value"])
    table = _told(table, book, yearly)
    if not len(table):
        known = sorted(panel["indicator"].unique())
        raise DataError(f"No indicator of the panel can be reported: {known} (see the code book).")
    table = pd.concat([table, _told(_drawn(table, rng), book, yearly)], ignore_index=True)
    counted = ~table["unit"].isin(["percent", "year"])
    broken = counted & ((table["value"] % 1 != 0) | (table["value"] < 0))
    if broken.any():
        raise DataError("Counts must be whole and not negative to be reported:", table[broken])
    table["value"] = table["value"].where(counted, table["value"].round(1))
    key = ["district", "period", "indicator"]
    before = table[[*key, "value"]].assign(period=table["period"] + lag).rename(columns={"value": "before"})
    table = table.merge(before, how="left", on=key).sort_values(key, ignore_index=True)
    counted = ~table["unit"].isin(["percent", "year"])  # anew: the rows have another order
    loose = counted & (rng.uniform(size=len(table)) < vague)
    printed = print_figures(table["value"], loose, rng)
    printed["resolution"] = printed["resolution"].where(counted, 0.1)
    return table.join(printed[["hedge", "resolution", "value_max"]].assign(nominal=printed["value"]))


def _told(table, book, yearly):
    """Join the code book, and keep what a report tells: no context, no flows within a year."""
    table = table.join(book[["unit", "flow", "pillar"]], on="indicator")
    told = table["unit"].isin(list(CLASSIFIERS)) & (table["pillar"] != "context")
    return table[told & (yearly | (table["flow"] == "stock"))].reset_index(drop=True)


def _drawn(table, rng):
    """Rates and means that every report has, where the panel has none: one row is one cell."""
    cells = table[["district", "period"]].drop_duplicates().sort_values(["district", "period"])
    number, step = cells.groupby("district").ngroup(), cells.groupby("district").cumcount()
    level = rng.uniform(45, 75, size=number.max() + 1)[number]
    coverage = np.clip(level + 1.5 * step + rng.normal(0, 1.5, len(cells)), 5, 99.5)
    values = {"orgs_coverage": coverage, "cadres_age": rng.uniform(26, 36, len(cells))}
    drawn = [
        cells.assign(indicator=name, value=np.round(value, 1))
        for name, value in values.items()
        if name not in set(table["indicator"])
    ]
    return pd.concat(drawn) if drawn else cells.head(0)

"""Panels and work reports with a known truth, so that the whole way to an effect can be tested.

Nothing here was observed: every table carries ``attrs["simulated"]`` and, in a panel, "simulated" as
`processing`; figures and saved tables say so on their face.
"""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from .intervals import HEDGES, hedge_interval, rounding_interval
from .loaders import load_national
from .panel import SIMULATED, as_cohort, as_panel, as_period
from .schema import DataError

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
    matters), q_i the district's quality, a_ik its level, half of whose variance is quality; the count is the
    rate times the district's youth, rounded. Rates, not counts, have parallel trends: a count moves with size.

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
        members and cadres; and their rates, `..._per_10k_youth`.
    truth : pandas.DataFrame
        One row is one cell, gaps included: district, period, indicator, cohort, value, untreated (what it
        would have been without the reform), effect (their difference).

    Raises
    ------
    DataError
        If waves fall outside the periods or take more districts than there are.
    """
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


def _periods(start, periods):
    first = as_period(pd.Series([start], name="start"))
    if isinstance(first.dtype, pd.PeriodDtype):
        return pd.Series(pd.period_range(first[0], periods=periods), name="period")
    return pd.Series(np.arange(periods) + first[0], name="period")


def _ordinal(values):
    return values.astype("int64").to_numpy()


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
    cohorts = as_cohort(pd.Series(list(waves), name="waves"), time)
    outside = cohorts.isna() | (cohorts <= time.iloc[0]) | (cohorts > time.iloc[-1])
    if outside.any():
        late = [str(w) for w, out in zip(waves, outside, strict=True) if out]
        raise DataError(
            f"Waves {late} do not begin after the first of the periods {time.iloc[0]} to {time.iloc[-1]}: give "
            "waves= within them."
        )
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
    """Periods since treatment began, shape (districts, periods); below 0 before it, and where it never did."""
    began = _ordinal(as_cohort(pd.Series(list(waves)), time)) if waves else np.array([], dtype=int)
    never = np.iinfo(np.int32).max
    return _ordinal(time)[None, :] - np.append(began, never)[wave][:, None]


def _trends(national, time):
    """Trend of each indicator, 1 in the first period; a year's figure holds at its end."""
    if isinstance(time.dtype, pd.PeriodDtype):
        when = time.dt.end_time.dt.year + time.dt.end_time.dt.dayofyear / 366 - 1
    else:
        when = time
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
    return {name: (value, untreated), f"{name}_per_10k_youth": (value * per_10k, untreated * per_10k)}


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
    truth.attrs[SIMULATED] = True
    return truth


def _report_panel(truth, place, reporting, rng):
    """Print the counts as reports would, and compute rates from what is printed."""
    unknown = set(reporting) - {"vague", "gaps"}
    if unknown:
        raise DataError(f"reporting= knows 'vague' and 'gaps', not {sorted(unknown)}.")
    table = truth.drop(columns=["untreated", "effect"]).merge(place[["district", "province", "youth"]])
    rate = table["indicator"].str.endswith("_per_10k_youth")
    counted = ~rate & (table["indicator"] != "youth_14_28")
    vague = counted & (rng.uniform(size=len(table)) < reporting.get("vague", 0))
    printed = print_figures(table["value"], vague, rng)
    table[["low", "high", "value"]] = printed[["low", "high", "value"]]
    counts = table[counted].assign(indicator=table["indicator"] + "_per_10k_youth")
    per_10k = 1e4 / counts["youth"]
    counts[["low", "high", "value"]] = counts[["low", "high", "value"]].mul(per_10k, axis=0)
    table = pd.concat([table[~rate], counts], ignore_index=True)
    gaps = (table["indicator"] != "youth_14_28") & (rng.uniform(size=len(table)) < reporting.get("gaps", 0))
    panel = as_panel(
        table[~gaps],
        district="district",
        period="period",
        cohort="cohort",
        indicator="indicator",
        outcomes="value",
        low="low",
        high="high",
        keep=["province", "youth"],
    ).assign(processing=SIMULATED)
    panel.attrs[SIMULATED] = True
    return panel


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
    spoken = {
        "odd": down,
        "over": down,
        "at_least": down,
        "nearly": up,
        "under": up,
        "at_most": up,
        "range": down,
    }
    value = np.select([hedge == h for h in spoken], list(spoken.values()), near)
    places = np.where(blurred, places, 1.0)
    table = pd.DataFrame({"hedge": hedge, "resolution": places}, index=values.index)
    table["value"] = np.where(blurred, value, true)
    table["value_max"] = np.where(hedge == "range", up, np.nan)
    bounds = hedge_interval(table["value"], table["hedge"], table["value_max"])
    return table.join(rounding_interval(bounds, table["resolution"].where(table["resolution"] > 1)))

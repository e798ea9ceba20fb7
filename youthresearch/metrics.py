"""The field's measures, on intervals: interval in, interval out.

Every function takes interval columns (DataFrames with low and high on one index) and returns one.
The bounds are sharp: each measure is monotone in each of its arguments. For figures that are tied to each
other (a level and its change, a part and its whole) they are those of figures known independently.

Indices of several indicators are in `composite`, spread between districts in `inequality`: these are not
monotone, and take point values.
"""

import re

import numpy as np
import pandas as pd

from .intervals import check_intervals, interval, ratio, rising
from .levels import CUMULATIVE, UNKNOWN, first_reason, not_levels
from .loaders import given_or_own, load_indicators
from .schema import (
    KEY,
    REFUSED,
    SIMULATED,
    DataError,
    as_names,
    check_columns,
    check_count,
    check_number,
    is_simulated,
    mark_simulated,
    with_refused,
)


def growth(after, before):
    """Growth in percent, 100 * (after - before) / before, for two levels that are known independently.

    Where a report states a level and its change, use `audit.derive_before`: the change is part of
    the level, and treating the two as independent would widen the bounds.

    Parameters
    ----------
    after, before : pandas.DataFrame, shape (n, 2)
        Interval columns, as in `share`; before above zero, after not below it.

    Returns
    -------
    pandas.DataFrame, shape (n, 2)

    Raises
    ------
    DataError, ValueError
        If before can be zero or less, or after less, or as `share`.
    """
    _check_growth(after, before)
    return rising(_growth, after, before)


def _growth(late, early):
    return np.where(np.isinf(early), -100.0, 100 * (late - early) / early)


def annual_growth(after, before, years):
    """Mean growth in percent a year, 100 * ((after / before)^(1 / years) - 1), over `years` years.

    Parameters
    ----------
    after, before : pandas.DataFrame, shape (n, 2)
        As in `growth`.
    years : float
        Above zero.

    Returns
    -------
    pandas.DataFrame, shape (n, 2)
    """
    check_number(above=0, years=years)
    _check_growth(after, before)
    return rising(lambda late, early: 100 * ((late / early) ** (1 / years) - 1), after, before)


def log_growth(after, before):
    """Growth in log points, 100 * ln(after / before); both above zero; arguments as `growth`."""
    _positive(before)
    _positive(after)
    return rising(lambda late, early: 100 * np.log(late / early), after, before)


def share(part, whole):
    """Share in percent, 100 * part / whole; at most 100 where the part can lie inside the whole.

    A part that is larger than its whole on every reading keeps its share above 100: that is a
    conflict for the audit, not something to hide.

    Parameters
    ----------
    part, whole : pandas.DataFrame, shape (n, 2)
        Interval columns: tables with low and high (the same number in both where it is exact) and one index,
        one row a place and date.

    Returns
    -------
    pandas.DataFrame, shape (n, 2)
        low and high on that index: the bounds over all that the two intervals allow.

    Raises
    ------
    ValueError
        If one is no such table, the indexes differ, or the whole can be zero.
    """
    percent = 100 * ratio(part, whole)
    inside = part["low"] <= whole["high"]
    return percent.mask(inside, percent.clip(upper=100))


def fill_rate(filled, posts):
    """Post fill rate in percent, 100 * filled / posts; arguments as `share`."""
    return share(filled, posts)


def members_per_org(members, orgs):
    """Members per organisation, members / orgs (persons); arguments as `share`."""
    return ratio(members, orgs)


def cadres_per_org(cadres, orgs):
    """Cadres per organisation, cadres / orgs (persons); arguments as `share`."""
    return ratio(cadres, orgs)


def members_per_cadre(members, cadres):
    """Members per cadre, members / cadres (persons); arguments as `share`."""
    return ratio(members, cadres)


def hours_per_participation(hours, participation):
    """Volunteer hours per participation, hours / person-times (hours); arguments as `share`."""
    return ratio(hours, participation)


def participation_per_project(participation, projects):
    """Participations per volunteer project, person-times / projects; arguments as `share`."""
    return ratio(participation, projects)


def per_100_youth(count, youth):
    """Count per 100 young people, 100 * count / youth; can exceed 100, since not only youth are counted.

    The base must be named: League age is 14-28 (charter), youth policy means 14-35, resident and registered
    differ by the migrants. `add_metrics` refuses a base without an age band. Arguments as `share`.
    """
    return 100 * ratio(count, youth)


def per_10k_youth(count, youth):
    """Count per 10,000 young people (每万名青年), 10,000 * count / youth; the rest as `per_100_youth`."""
    return 1e4 * ratio(count, youth)


def member_youth_ratio(members, youth):
    """团青比 in percent, 100 * members / youth aged 14 to 28; arguments and limit as `share`.

    League statistics take youth from the statistical office (25.3% for the nation in 2005, 22.6% in 2002).
    """
    return share(members, youth)


def organisational_coverage(covered, due):
    """建团率 in percent, 100 * units with an organisation / units due one (应建); arguments as `share`."""
    return share(covered, due)


def work_coverage(reached, youth):
    """Young people reached per 100 youth; person-times (人次) count one person often, so it can pass 100.

    Arguments as `share`.
    """
    return per_100_youth(reached, youth)


def cadre_mix(full_time, seconded, part_time):
    """Share of full-time, seconded and part-time cadres (专挂兼) in percent of the three together.

    Each share rises with its own count and falls with the other two, so its bounds are sharp; the bounds of
    the three shares together do not sum to 100. Arguments as `share`.

    Returns
    -------
    dict of str to pandas.DataFrame, shape (n, 2)
        full_time, seconded, part_time.

    Raises
    ------
    ValueError
        If a count can be below zero, or all three zero: a share of no cadres has no value.
    """
    counts = {"full_time": full_time, "seconded": seconded, "part_time": part_time}
    check_intervals(*counts.values())
    least = pd.DataFrame({name: count["low"] for name, count in counts.items()})
    bad = least.index[(least < 0).any(axis=1) | (least.sum(axis=1) <= 0)]
    if len(bad):
        raise DataError(f"Cadres of all three kinds can be none, or fewer, in rows {list(bad)[:10]}.")
    others = {name: [c for n, c in counts.items() if n != name] for name in counts}
    return {name: rising(_percent_of_all, own, *others[name]) for name, own in counts.items()}


def _percent_of_all(own, *others):
    return np.where(np.isinf(own), 100.0, 100 * own / (own + sum(others)))


def activities_per_house(activities, houses):
    """Activities per youth house, activities / houses; arguments as `share`."""
    return ratio(activities, houses)


def participation_per_activity(participation, activities):
    """Person-times per activity, participation / activities; arguments as `share`."""
    return ratio(participation, activities)


def hours_per_volunteer(hours, volunteers):
    """Hours per registered volunteer, hours / volunteers; most who are registered do not serve.

    Arguments as `share`.
    """
    return ratio(hours, volunteers)


def funds_per_youth(funds, youth):
    """Yuan per young person, funds / youth; the rest as `per_100_youth`."""
    return ratio(funds, youth)


def honours_per_10k_members(honours, members):
    """Honours per 10,000 members; a superior awards them, so they are no measure of results.

    Arguments as `share`.
    """
    return 1e4 * ratio(honours, members)


MEETINGS = {  # times a year, by one common rule; others ask for a committee meeting each quarter
    "branch_congress": 4,
    "branch_committee": 12,
    "group_meeting": 12,
    "league_lecture": 4,
}


def meeting_compliance(held, *, rule=MEETINGS, years=1.0):
    """Compliance with 三会两制一课 in percent: the mean over the kinds of meeting of min(1, held / required).

    A meeting too many of one kind does not make up for one too few of another. Rules differ from place to
    place (中青发〔2017〕5号 leaves the number to them), so the rule is an argument.

    Parameters
    ----------
    held : dict of str to pandas.DataFrame, shape (n, 2)
        Meetings held in the period, for every kind that the rule names.
    rule : dict of str to float
        Kind -> meetings required a year.
    years : float
        Length of the period.

    Returns
    -------
    pandas.DataFrame, shape (n, 2)

    Raises
    ------
    DataError, ValueError
        If a kind of meeting is missing or unknown to the rule, or requires nothing, or as `share`.
    """
    check_number(above=0, years=years)
    if not isinstance(held, dict):
        raise DataError(f"held is of type {type(held).__name__}: give a dict, kind of meeting -> table.")
    if set(held) != set(rule) or not all(n * years > 0 for n in rule.values()):
        raise DataError(
            f"The rule is about {sorted(rule)}, each above zero; the meetings held are {sorted(held)}."
        )
    check_intervals(*held.values())
    kinds = [(held[kind] / (rule[kind] * years)).clip(upper=1) for kind in rule]
    return 100 * sum(kinds) / len(kinds)


def star_share(rated, branches):
    """Share of branches with a rating of so many stars (对标定级), in percent of all branches.

    Stars are ranks, not amounts: a mean of stars means nothing. Where a quota caps the upper ranks (at most a
    fifth with five stars, say) the share measures the quota, and districts under one quota cannot differ.
    Arguments as `share`.
    """
    return share(rated, branches)


def series_growth(series, start, end):
    """Growth of every indicator that a yearly series has in both years under one definition.

    Parameters
    ----------
    series : pandas.DataFrame
        As from `load_national`.
    start, end : int
        Years, start before end.

    Returns
    -------
    pandas.DataFrame
        One row is one indicator, in the columns of `audit.derive_before`: district (CN), indicator,
        period_end, baseline, before_low, before_high, after_low, after_high, growth_low, growth_high;
        and of both years processing, source_id and note. `list_refused` names the indicators of which one
        year is missing, or whose definition changed between the years.

    Raises
    ------
    DataError
        If the series lacks one of the years, or start is not before end.
    """
    needed = ["indicator", "year", "value", "definition", "processing", "source_id", "note"]
    check_columns("series", series, needed, "load it with load_national")
    years = sorted(series["year"].unique().tolist())
    check_count(start=start, end=end)
    if start >= end or not {start, end} <= set(years):
        raise DataError(f"No growth from {start} to {end}: give two of the years {years}, the earlier first.")
    early, late = (series[series["year"] == y].drop(columns="year") for y in (start, end))
    both = early.merge(late, on=["indicator", "definition"], suffixes=("_before", "_after"))
    both = both.sort_values("indicator", ignore_index=True)
    levels = {n: interval(both[f"value_{n}"], both[f"value_{n}"]) for n in ("before", "after")}
    levels["growth"] = growth(levels["after"], levels["before"])
    table = both[["indicator"]].assign(district="CN", period_end=str(end), baseline=str(start))
    for name, bounds in levels.items():
        table[[f"{name}_low", f"{name}_high"]] = bounds[["low", "high"]]
    table = table.join(
        both[[f"{c}_{n}" for c in ("processing", "source_id", "note") for n in ("before", "after")]]
    )
    return with_refused(table, _without_growth(early, late, both["indicator"]))


def _without_growth(early, late, grown):
    """List the indicators of either year that have no growth, with the reason."""
    lost = pd.DataFrame({"indicator": sorted({*early["indicator"], *late["indicator"]} - set(grown))})
    years = [lost["indicator"].isin(year["indicator"]) for year in (early, late)]
    reasons = ["not known in the first year", "not known in the last year"]
    return lost.assign(reason=np.select([~years[0], ~years[1]], reasons, "its definition changed"))


YOUTH = "youth"  # stands for the base that the researcher names
METRICS = (  # metric, function, the indicators it takes
    ("members_per_org", members_per_org, ("members", "orgs")),
    ("members_per_org_social", members_per_org, ("members_social", "orgs_social")),
    ("members_per_branch", members_per_org, ("members", "branches")),
    ("cadres_per_org", cadres_per_org, ("cadres", "orgs")),
    ("cadres_per_branch", cadres_per_org, ("cadres", "branches")),
    ("members_per_cadre", members_per_cadre, ("members", "cadres")),
    ("hours_per_participation", hours_per_participation, ("volunteer_hours", "volunteer_participation")),
    (
        "participation_per_project",
        participation_per_project,
        ("volunteer_participation", "volunteer_projects"),
    ),
    ("hours_per_volunteer", hours_per_volunteer, ("volunteer_hours", "volunteers_registered")),
    ("fill_rate", fill_rate, ("assistants_recruited", "posts_part_time")),
    ("party_admission_by_league", share, ("party_admitted_recommended", "party_admitted")),
    ("reform_completion", share, ("reform_tasks_done", "reform_tasks")),
    ("full_time_cadres", share, ("cadres_full_time", "cadres")),
    ("part_time_cadres", share, ("cadres_part_time", "cadres")),
    ("activities_per_house", activities_per_house, ("activities", "youth_houses")),
    ("participation_per_activity", participation_per_activity, ("activity_participation", "activities")),
    ("honours_per_10k_members", honours_per_10k_members, ("honours_persons", "members")),
    ("member_youth_ratio", member_youth_ratio, ("members", YOUTH)),
    ("members_per_10k", per_10k_youth, ("members", YOUTH)),
    ("orgs_per_10k", per_10k_youth, ("orgs", YOUTH)),
    ("cadres_per_10k", per_10k_youth, ("cadres", YOUTH)),
    ("youth_houses_per_10k", per_10k_youth, ("youth_houses", YOUTH)),
    ("volunteers_per_100", per_100_youth, ("volunteers_registered", YOUTH)),
    ("work_coverage", work_coverage, ("youth_house_reach", YOUTH)),
    ("funds_per_person", funds_per_youth, ("funds", YOUTH)),
)
_BASE = re.compile(r"youth_14_(28|35)(_resident|_registered)?")
_PLACE = ["source_id", "district", "scope", "period_end"]
_WORDS = ["scope", "period_start", "period_end", "baseline", "part_of", "note"]
_NEEDED = [
    *("fact_id", "source_id", "district", "indicator", "kind", "flow", "status", "unit", "low", "high"),
    *_WORDS,
]


def compute_metrics(facts, *, indicators=None, units=None):
    """Compute every metric whose inputs one source states for one place and date.

    Only achieved levels that the source states once are used, each in the flow and unit of its indicator, as
    in a panel: new members or award winners are no stock. Figures of different scope, date or source are
    never combined, nor flows over different periods, nor what is cumulative with what is not.

    Parameters
    ----------
    facts : pandas.DataFrame
        As from `load_facts`.
    indicators, units : pandas.DataFrame, optional
        Code book and units; the project's by default.

    Returns
    -------
    pandas.DataFrame
        One row is one metric in one place and date: source_id, district, scope, period_start, period_end,
        flow, metric, low, high, fact_ids. Unit: see the metric's function. `flow` says what it is over:
        stocks alone (period_start is empty), the time from period_start to period_end, which may be a
        quarter, or all time up to period_end (cumulative): compare like with like. `list_refused` names the
        facts under an indicator of some metric that were not used, and, as an indicator, each metric whose
        denominator can be zero: fact_ids, district, scope, indicator, period_end, reason.

    Raises
    ------
    DataError
        If a column is missing.
    """
    check_columns("facts", facts, _NEEDED, "load them with load_facts")
    book = given_or_own("indicators", indicators).set_index("indicator")
    levels, refused = _levels(facts, book, given_or_own("units", units))
    functions = {name: function for name, function, _ in METRICS}
    pairs = [(name, *taken) for name, _, taken in METRICS if YOUTH not in taken]
    pairs = pd.DataFrame(pairs, columns=["metric", "indicator", "base"])
    both = levels.merge(pairs, on="indicator").merge(
        levels.rename(columns={"indicator": "base"}), on=[*_PLACE, "base"], suffixes=("_top", "_bottom")
    )
    both = both[_over_one_time(both)]
    both, zero = both[both["low_bottom"] > 0], both[~(both["low_bottom"] > 0)]
    bounds = [
        functions[name](_interval(rows, "top"), _interval(rows, "bottom"))
        for name, rows in both.groupby("metric")
    ]
    table = _over(both).join(pd.concat([_interval(both.iloc[:0], "top"), *bounds]))
    table["fact_ids"] = _joined(both)
    table = table.sort_values([*_PLACE, "metric", "flow", "period_start"], ignore_index=True)
    table = with_refused(table, pd.concat([refused, _not_computed(zero)]))
    return mark_simulated(table, is_simulated(facts))


def _levels(facts, book, units):
    """Find the levels that metrics can be made of, and list the other facts under their indicators."""
    taken = {indicator for _, _, indicators in METRICS for indicator in indicators}
    facts = facts[facts["indicator"].isin(taken)].reset_index(drop=True)
    facts[_WORDS] = facts[_WORDS].astype("str").fillna("")
    facts["fact_ids"] = facts["fact_id"].astype("str")
    rules = {
        "masked: a placeholder, no figure": facts["status"] == "masked",
        "planned, not achieved": facts["status"] != "achieved",
        UNKNOWN: ~facts["indicator"].isin(book.index),
        **not_levels(facts, book, units),
    }
    del rules[CUMULATIVE]  # hours and person-times that are both summed up since one day make a ratio
    reason = first_reason(rules, facts.index)
    key = [*_PLACE, "period_start", "indicator"]
    levels = facts[reason == ""].drop_duplicates([*key, "low", "high"])
    several = levels.duplicated(key, keep=False)
    reason[levels.index[several]] = "the source states another figure for the same place and date"
    refused = facts.assign(reason=reason).loc[reason != "", REFUSED]
    return levels.loc[~several, [*key, "flow", "low", "high", "fact_ids"]], refused


def _over_one_time(both):
    """Tell whether two figures are over one time: a stock, of a day, goes with each; else flow with flow."""
    start, flow = both["period_start_top"], both["flow_top"]
    same = (start == both["period_start_bottom"]) & (flow == both["flow_bottom"])
    return same | (start == "") | (both["period_start_bottom"] == "")


def _over(both):
    """Say of each pair what it is of and over what time: that of its flow, if one of the two is."""
    stock = both["flow_top"] == "stock"
    of = {c: both[f"{c}_bottom"].where(stock, both[f"{c}_top"]) for c in ("period_start", "flow")}
    named = [*_PLACE[:-1], "period_start", "period_end", "flow", "metric"]
    return both.assign(**of)[named]


def add_metrics(panel, metrics=None, *, youth=None):
    """Add the metrics that a panel allows as further indicators.

    Figures of one district, period and scope are combined, never those of different ones. A cell that the
    panel has already is left as it is: a ratio that a source states comes before one that is computed.

    Parameters
    ----------
    panel : pandas.DataFrame
        As from `build_panel` or `as_panel`.
    metrics : str or list of str, optional
        Names in `METRICS`; all whose indicators are in the panel by default.
    youth : str, optional
        The indicator that is the base of ratios to youth, named by age band and, if known, by whether
        residents or registered people are counted: youth_14_28, youth_14_35_resident ... The name of
        such a metric ends in it (orgs_per_10k_youth_14_28). Without it none of them is computed.

    Returns
    -------
    pandas.DataFrame
        The panel with one more row for each metric in a district, period and scope, processing computed;
        fact_ids are those of both figures. `list_refused` names, beside what it named of the panel, each
        metric whose denominator can be zero, as an indicator.

    Raises
    ------
    DataError
        For an unknown metric, one whose indicators are not in the panel, a ratio to youth whose base is
        missing or does not say which youth, or a number of persons or items below 10,000 that is neither
        whole nor a half: it is likely in 万.
    """
    check_columns(
        "panel", panel, [*KEY, "low", "high", "value", "fact_ids"], "make it with build_panel or as_panel"
    )
    if metrics is not None:
        metrics = as_names(metrics, "metrics")
        if not metrics:
            raise DataError("metrics=[] names none; leave it out for all that the panel allows.")
    chosen = _chosen(panel, metrics, youth)
    _check_counts(panel, {name for _, _, taken in chosen for name in taken}, youth)
    both, zero = _paired(panel, [(name, *indicators) for name, _, indicators in chosen])
    parts = [_values(both[both["metric"] == name], function) for name, function, _ in chosen]
    table = both.drop(columns=[c for c in both if c.endswith(("_top", "_bottom"))])
    table = table.join(pd.concat([_values(both.iloc[:0], share), *parts]))
    processing = SIMULATED if is_simulated(panel) else "computed"
    table = table.assign(indicator=both["metric"], fact_ids=_joined(both), processing=processing)
    table = table.merge(panel[KEY], on=KEY, how="left", indicator="known")
    table = table.loc[table["known"] == "left_only", list(panel.columns)]
    result = pd.concat([panel, table], ignore_index=True) if len(table) else panel
    result = result.sort_values(KEY, ignore_index=True)
    result.attrs = dict(panel.attrs)
    zero = zero.assign(period_end=zero["period"].astype("str"))
    return with_refused(result, _not_computed(zero), panel.attrs.get("refused"))


def _check_counts(panel, taken, youth):
    """Refuse 26.31 persons: a yearbook's column in 万 would make each ratio wrong by 10,000."""
    book = load_indicators()
    counts = taken & {youth, *book.loc[book["unit"].isin(["item", "person", "person_time"]), "indicator"]}
    cells = panel[panel["indicator"].isin(counts) & (panel["low"] == panel["high"])]
    parted = cells[(cells["value"] * 2 % 1 != 0) & (cells["value"] < 10_000)]  # a half: the mean of two years
    if len(parted):
        names = ", ".join(sorted(parted["indicator"].unique()))
        raise DataError(
            f"Numbers of persons or items are whole, and {len(parted)} of {names} are not: give persons or "
            "items, not 万 or thousands of them, and round what was interpolated.",
            parted[[*KEY, "value"]],
        )


def _joined(both):
    """Name the facts behind the two figures of each metric."""
    return both["fact_ids_top"].str.cat(both["fact_ids_bottom"], sep=" ").str.strip()


def _not_computed(zero):
    """List the metrics whose denominator can be zero, each as an indicator."""
    why = zero["base"] + " can be zero"
    return zero.assign(fact_ids=_joined(zero), indicator=zero["metric"], reason=why)[REFUSED]


def _paired(panel, pairs):
    """Put the two figures of each metric in one row, and apart those whose denominator can be zero."""
    pairs = pd.DataFrame(pairs, columns=["metric", "indicator", "base"], dtype="str")
    place = ["district", "period", "scope"]
    base = panel[[*place, "indicator", "low", "high", "value", "fact_ids"]].rename(
        columns={"indicator": "base"}
    )
    top = pairs.merge(panel, on="indicator")
    both = top.merge(base, on=[*place, "base"], suffixes=("_top", "_bottom"))
    above = both["low_bottom"] > 0
    return both[above], both[~above]


def _values(both, function):
    """Compute one metric: its bounds, and its value from the nominal figures, held within them."""
    bounds = function(_interval(both, "top"), _interval(both, "bottom"))
    nominal = function(*(interval(both[f"value_{s}"], both[f"value_{s}"]) for s in ("top", "bottom")))["low"]
    return bounds.assign(value=nominal.clip(bounds["low"], bounds["high"]))


def _chosen(panel, metrics, youth):
    """Which metrics to compute, with the base of youth in name and indicators."""
    if youth is not None and not (isinstance(youth, str) and _BASE.fullmatch(youth)):
        raise DataError(
            f"youth={youth!r} does not say which youth: name the age band and, if known, resident or "
            "registered, as in youth_14_28 or youth_14_35_resident."
        )
    if youth is not None and youth not in set(panel["indicator"]):
        raise DataError(
            f"The panel has no indicator {youth!r}: add the number of young people from statistics."
        )
    known = {name: (function, indicators) for name, function, indicators in METRICS}
    unknown = [m for m in metrics or () if m not in known]
    if unknown:
        raise DataError(f"No metrics {unknown}; there are {sorted(known)}.")
    there, found = set(panel["indicator"]), []
    for name in metrics or known:
        function, indicators = known[name]
        based = YOUTH in indicators
        if based and youth is None:
            if metrics:
                raise DataError(f"{name!r} is a ratio to youth without a base: name it with youth=.")
            continue
        taken = tuple(youth if i == YOUTH else i for i in indicators)
        absent = [i for i in taken if i not in there]
        if absent and metrics:
            raise DataError(f"{name!r} needs {absent}, which the panel does not have.")
        if not absent:
            found.append((f"{name}_{youth}" if based else name, function, taken))
    return found


def _interval(table, side):
    return interval(table[f"low_{side}"], table[f"high_{side}"])


def _check_growth(after, before):
    """Refuse levels below zero: growth then no longer falls with the level before it."""
    _positive(before)
    check_intervals(after)
    bad = after.index[after["low"] < 0]
    if len(bad):
        raise DataError(f"A level may not be below zero; that after growth can be in rows {list(bad)[:10]}.")


def _positive(bounds):
    check_intervals(bounds)
    bad = bounds.index[bounds["low"] <= 0]
    if len(bad):
        raise DataError(
            f"A level before growth must be above zero; it can be zero or less in rows {list(bad)[:10]}."
        )

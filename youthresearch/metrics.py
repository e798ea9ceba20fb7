"""The field's measures, on intervals: interval in, interval out.

Every function takes interval columns (DataFrames with low and high on one index) and returns one.
The bounds are sharp: each measure is monotone in each of its arguments.
"""

import pandas as pd

from .intervals import corners, ratio
from .schema import DataError


def growth(after, before):
    """Growth in percent, 100 * (after - before) / before, for two levels that are known independently.

    Where a report states a level and its change, use `audit.derive_before`: the change is part of
    the level, and treating the two as independent would widen the bounds.
    """
    _positive(before)
    return corners(lambda late, early: 100 * (late - early) / early, after, before)


def share(part, whole):
    """Share in percent, 100 * part / whole; at most 100 where the part can lie inside the whole.

    A part that is larger than its whole on every reading keeps its share above 100: that is a
    conflict for the audit, not something to hide.
    """
    percent = 100 * ratio(part, whole)
    inside = part["low"] <= whole["high"]
    return percent.mask(inside, percent.clip(upper=100))


def fill_rate(filled, posts):
    """Post fill rate in percent, 100 * filled / posts (see `share`)."""
    return share(filled, posts)


def members_per_org(members, orgs):
    """Members per organisation, members / orgs (persons)."""
    return ratio(members, orgs)


def cadres_per_org(cadres, orgs):
    """Cadres per organisation, cadres / orgs (persons)."""
    return ratio(cadres, orgs)


def members_per_cadre(members, cadres):
    """Members per cadre, members / cadres (persons)."""
    return ratio(members, cadres)


def hours_per_participation(hours, participation):
    """Volunteer hours per participation, hours / person-times (hours)."""
    return ratio(hours, participation)


def participation_per_project(participation, projects):
    """Participations per volunteer project, person-times / projects."""
    return ratio(participation, projects)


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
        and of both years processing, source_id and note. An indicator whose definition changed
        between the years is left out.

    Raises
    ------
    DataError
        If the series lacks one of the years, or start is not before end.
    """
    years = sorted(series["year"].unique().tolist())
    if start >= end or not {start, end} <= set(years):
        raise DataError(f"No growth from {start} to {end}: give two of the years {years}, the earlier first.")
    early, late = (series[series["year"] == y].drop(columns="year") for y in (start, end))
    both = early.merge(late, on=["indicator", "definition"], suffixes=("_before", "_after"))
    both = both.sort_values("indicator", ignore_index=True)
    levels = {
        n: pd.DataFrame({"low": both[f"value_{n}"], "high": both[f"value_{n}"]}) for n in ("before", "after")
    }
    levels["growth"] = growth(levels["after"], levels["before"])
    table = both[["indicator"]].assign(district="CN", period_end=str(end), baseline=str(start))
    for name, bounds in levels.items():
        table[[f"{name}_low", f"{name}_high"]] = bounds[["low", "high"]]
    return table.join(
        both[[f"{c}_{n}" for c in ("processing", "source_id", "note") for n in ("before", "after")]]
    )


METRICS = (  # metric, function, the indicators it takes
    ("members_per_org", members_per_org, ("members", "orgs")),
    ("members_per_org_social", members_per_org, ("members_social", "orgs_social")),
    ("members_per_branch", members_per_org, ("members", "branches")),
    ("cadres_per_branch", cadres_per_org, ("cadres", "branches")),
    ("members_per_cadre", members_per_cadre, ("members", "cadres")),
    ("hours_per_participation", hours_per_participation, ("volunteer_hours", "volunteer_participation")),
    (
        "participation_per_project",
        participation_per_project,
        ("volunteer_participation", "volunteer_projects"),
    ),
    ("fill_rate", fill_rate, ("assistants_recruited", "posts_part_time")),
    ("party_admission_by_league", share, ("party_admitted_recommended", "party_admitted")),
    ("reform_tasks_done", share, ("reform_tasks_done", "reform_tasks")),
)
_PLACE = ["source_id", "district", "scope", "period_end"]


def compute_metrics(facts):
    """Compute every metric whose inputs one source states for one place and date.

    Only achieved levels that the source states once are used; figures of different scope, date
    or source are never combined, nor flows over different periods.

    Parameters
    ----------
    facts : pandas.DataFrame
        As from `load_facts`.

    Returns
    -------
    pandas.DataFrame
        One row is one metric in one place and date: source_id, district, scope, period_end,
        metric, low, high, fact_ids. Unit: see the metric's function.
    """
    levels = facts[(facts["kind"] == "level") & (facts["status"] == "achieved")]
    levels = levels.fillna({"scope": "", "period_start": "", "period_end": ""})
    key = [*_PLACE, "period_start", "indicator"]
    levels = levels.drop_duplicates([*key, "low", "high"])
    levels = levels[~levels.duplicated(key, keep=False)]
    rows = [_one_metric(levels, *metric) for metric in METRICS]
    return pd.concat(rows, ignore_index=True).sort_values([*_PLACE, "metric"], ignore_index=True)


def _one_metric(levels, name, function, indicators):
    top, bottom = (levels[levels["indicator"] == i] for i in indicators)
    both = top.merge(bottom, on=_PLACE, suffixes=("_top", "_bottom"))
    start_top, start_bottom = both["period_start_top"], both["period_start_bottom"]
    both = both[(start_top == start_bottom) | (start_top == "") | (start_bottom == "")]
    both = both[both["low_bottom"] > 0].reset_index(drop=True)
    bounds = function(_interval(both, "top"), _interval(both, "bottom"))
    table = both[_PLACE].assign(metric=name, low=bounds["low"], high=bounds["high"])
    return table.assign(fact_ids=both["fact_id_top"] + " " + both["fact_id_bottom"])


def _interval(table, side):
    return table[[f"low_{side}", f"high_{side}"]].set_axis(["low", "high"], axis=1)


def _positive(bounds):
    bad = bounds.index[bounds["low"] <= 0]
    if len(bad):
        raise ValueError(
            f"A level before growth must be above zero; it can be zero or less in rows {list(bad)[:10]}."
        )

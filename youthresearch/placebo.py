"""Placebo tests: the effect of a treatment at a date when nobody was treated yet."""

import numpy as np
import pandas as pd

from .inference import SEED, randomization_test
from .periods import ordinals
from .schema import (
    DataError,
    check_cohorts,
    check_columns,
    check_estimator,
    check_text,
    is_simulated,
    is_whole,
    mark_simulated,
)


def placebo_in_time(
    estimator,
    panel,
    *,
    outcome,
    leads=None,
    strata=None,
    statistic="att",
    draws=None,
    level=0.95,
    seed=SEED,
    **options,
):
    """Move treatment to earlier dates, and test whether the pilots stood out before they were pilots.

    The three placebo tests of Chinese papers (Chen, Qi and Yan 2025, Management World 41(2)): in space, other
    districts at the true date, is the p-value of the row with lead 0; in time, the true pilots at an earlier
    date, is the estimate of a row with a lead; mixed, other districts at an earlier date, its p-value.

    Parameters
    ----------
    estimator : callable
        `did`, `staggered_did` or another of `effects`.
    panel : pandas.DataFrame
        As from `as_panel` or `build_panel`.
    outcome : str
    leads : int or list of int, optional
        Periods by which treatment is moved earlier, as in event time; by default all that leave a period
        before the false date.
    strata, statistic, draws, level, seed
        As in `randomization_test`.
    **options
        Passed to the estimator.

    Returns
    -------
    pandas.DataFrame
        One row is one date: lead, cohort (the first wave's first treated period), att, p_value, low, high,
        smallest_p, n_treated, n_control, periods (number used). The first row, lead 0, is the actual effect.

    Raises
    ------
    DataError
        If nobody is treated, there are too few periods before treatment, or a lead leaves none before it.

    Notes
    -----
    Rows with a lead use the periods before the first wave alone, so that no cell of anybody is treated and
    all districts are seen in the same periods: else who was treated could be read from the gaps, and the
    reassignment would not hold. Every wave is moved by the lead; one whose false date is not before the first
    wave counts as untreated. To place one wave alone, leave the others out of the panel.

    A large p-value is no proof of parallel trends: the periods are few, and the interval says how large a
    difference they would have missed (Roth 2022).
    """
    check_estimator(estimator)
    check_text("outcome", outcome, "name an indicator of the panel")
    needed = ["district", "period", "indicator", "value", "cohort"]
    check_columns("panel", panel, needed, "make it with as_panel or build_panel")
    check_cohorts(panel)
    first, possible = _dates(panel, outcome)
    leads = possible if leads is None else np.atleast_1d(leads).tolist()
    late = [lead for lead in leads if not is_whole(lead) or lead not in range(1, possible[-1] + 1)]
    if late or not leads:
        raise DataError(f"leads={leads}: a false date lies 1 to {possible[-1]} whole periods before {first}.")
    test = {"outcome": outcome, "strata": strata, "statistic": statistic, "draws": draws, "level": level}
    found = []
    for lead in [0, *leads]:
        moved = panel if lead == 0 else _moved(panel, first, lead)
        result = randomization_test(estimator, moved, **test, seed=seed, **options)
        periods = moved.loc[moved["indicator"] == outcome, "period"].nunique()
        found.append([lead, first - lead, *(getattr(result, name) for name in _SHOWN), periods])
    table = pd.DataFrame(found, columns=["lead", "cohort", *_SHOWN, "periods"])
    table.attrs |= {"outcome": outcome, "level": level}  # for the axis of a figure
    return mark_simulated(table, is_simulated(panel))


_SHOWN = ["att", "p_value", "low", "high", "smallest_p", "n_treated", "n_control"]


def _dates(panel, outcome):
    """Return when the first wave began, and how much earlier it can be placed."""
    rows = panel[panel["indicator"] == outcome]
    first = panel.loc[panel["district"].isin(rows["district"]), "cohort"].min()
    if rows.empty or pd.isna(first):
        raise DataError(f"No district of {outcome!r} is ever treated: there is no date to move.")
    before = sorted(rows.loc[rows["period"] < first, "period"].unique())
    if len(before) < 2:
        raise DataError(
            f"{outcome!r} has {len(before)} periods before {first}: a false date needs two or more."
        )
    *time, begins = ordinals(pd.Series([*before, first]))
    return first, [int(begins - t) for t in time[:0:-1]]


def _moved(panel, first, lead):
    """Keep what comes before the first wave, every cohort moved earlier by the lead."""
    moved = panel[panel["period"] < first]
    return moved.assign(cohort=moved["cohort"] - lead)

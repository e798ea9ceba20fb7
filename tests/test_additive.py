"""Sums over districts against the estimator run anew for every assignment."""

from contextlib import suppress
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from oracles import panel_of, random_table
from sweeps import sweep

import youthresearch as yr
from youthresearch.additive import additive_parts, adds_up
from youthresearch.reassign import make_strata, reassignments, sums_in_blocks

KINDS = [
    {"aggregate": a, "control": c}
    for a in ("simple", "event", "cohort", "calendar")
    for c in ("never", "notyet")
]
ESTIMATORS = [yr.did, yr.event_study, yr.imputation_did, yr.staggered_did, yr.sun_abraham]
SEEN_WITH_GAPS = [yr.did, yr.staggered_did]
WITH = [{"population": "people"}, {"controls": ["x"]}, {"population": "people", "controls": ["x"]}, {}]


def make_panel(seed, gaps):
    table = random_table(seed, districts=16, periods=6, gaps=gaps)
    table["people"] = table["district"].map({f"d{i:02d}": 1.0 + i for i in range(16)})
    return yr.as_panel(
        table, district="district", period="period", cohort="cohort", outcomes=["y", "x"], keep=["people"]
    )


def by_sums(effect, codes, strata, draws):
    features, add, finish = additive_parts(effect, codes)
    blocks = sums_in_blocks(strata, features, draws, np.random.default_rng(1), add)
    return np.concatenate([finish(sums) for sums in blocks])


def anew(effect, codes, strata, draws):
    """Estimate of the outcome, and of the indicator of who is treated in truth, under each assignment."""
    cells, found = effect._cells, []
    for assignment in reassignments(strata, len(cells.districts), draws, np.random.default_rng(1)):
        both = []
        for y in (cells.y, cells.treated * cells.observed * 1.0):
            other = replace(cells, cohort=codes[assignment], y=y, left_out=())
            try:
                both.append(effect._anew(other).att)
            except yr.DataError:
                both.append(np.nan)
        found.append(both)
    return np.array(found)


def check(panel, estimator, options, draws=3):
    effect = estimator(panel, outcome="y", **options)
    assert adds_up(effect)
    codes, cohort = np.unique(effect._cells.cohort, return_inverse=True)
    strata = make_strata(cohort, np.arange(len(cohort)) % 2)
    ours, theirs = (f(effect, codes, strata, draws) for f in (by_sums, anew))
    defined = np.isfinite(theirs)
    assert (np.isfinite(ours) | ~defined).all()
    np.testing.assert_allclose(ours[defined], theirs[defined], atol=1e-9)
    return int((np.isfinite(ours) & ~defined).sum())


@pytest.mark.parametrize("options", sweep(WITH[2], slow=[WITH[0], WITH[1], WITH[3]]))
@pytest.mark.parametrize("gaps", [0.0, 0.1])
@pytest.mark.parametrize("estimator", ESTIMATORS, ids=lambda f: f.__name__)
def test_sums_give_what_estimating_anew_gives(estimator, gaps, options):
    panel = make_panel(1, gaps)
    if estimator not in SEEN_WITH_GAPS and gaps:
        assert not adds_up(estimator(panel, outcome="y", **options))
    else:
        assert check(panel, estimator, options) == 0


@pytest.mark.parametrize(
    "kind",
    sweep(KINDS[3], slow=[KINDS[k] for k in (0, 1, 2, 4, 5, 6, 7)]),
    ids=lambda kind: "-".join(kind.values()),
)
def test_every_average_of_staggered_did(kind):
    for gaps, options in ((0.0, WITH[0]), (0.15, WITH[1])):
        assert check(make_panel(2, gaps), yr.staggered_did, {**kind, **options}) == 0


@pytest.mark.slow
@pytest.mark.parametrize("estimator", ESTIMATORS, ids=lambda f: f.__name__)
def test_on_many_panels(estimator):
    """With controls and gaps `staggered_did` refuses for pairs before treatment too; att needs none."""
    more = 0
    for seed in range(5):
        for gaps in (0.0, 0.15) if estimator in SEEN_WITH_GAPS else (0.0,):
            panel = make_panel(seed, gaps)
            for kind in KINDS if estimator is yr.staggered_did else [{}]:
                for options in WITH:
                    beyond = check(panel, estimator, {**kind, **options}, draws=4)
                    assert not beyond or (gaps and "controls" in options and kind)
                    more += beyond
    assert more < 10


def test_controls_that_say_the_same_are_left_to_the_estimator():
    panel = make_panel(1, 0.0)
    twice = panel[panel["indicator"] == "x"]
    twice = twice.assign(indicator="double", value=2 * twice["value"])
    assert not adds_up(yr.imputation_did(pd.concat([panel, twice]), outcome="y", controls=["x", "double"]))


@pytest.mark.slow
@pytest.mark.parametrize("estimator", sweep(yr.event_study, slow=[yr.sun_abraham]), ids=lambda f: f.__name__)
def test_what_does_not_add_up_is_estimated_anew(estimator):
    panel = make_panel(3, 0.1)
    effect = estimator(panel, outcome="y", population="people")
    assert not adds_up(effect)
    test = effect.randomization(draws=5, seed=1)
    assert test.draws + test.undefined == 5 and not test.exact
    codes, cohort = np.unique(effect._cells.cohort, return_inverse=True)
    slow = anew(effect, codes, make_strata(cohort, np.zeros(len(cohort), dtype=int)), 5)[:, 0]
    assert test.distribution == pytest.approx(slow[np.isfinite(slow)], abs=1e-9)


def test_doubly_robust_estimates_are_held_against_others_like_them():
    """The distribution was that by regression, in which the actual estimate itself had no place."""
    table = random_table(5, districts=9, periods=2)
    pilot = table.loc[table["g"] > 0, "district"].iloc[0]
    panel = panel_of(table[table["g"].eq(0) | table["district"].eq(pilot)])
    effect = yr.staggered_did(panel, outcome="y", controls=["x"], method="dr")
    test = effect.randomization()
    codes, cohort = np.unique(effect._cells.cohort, return_inverse=True)
    slow = []
    for assignment in reassignments(make_strata(cohort, 0 * cohort), len(cohort)):
        with suppress(yr.DataError):
            slow.append(effect._anew(replace(effect._cells, cohort=codes[assignment])).att)
    assert (
        test.distribution == pytest.approx(slow, abs=1e-9) and test.undefined == len(cohort) - len(slow) > 0
    )
    assert test.p_value == np.mean(np.abs(slow) >= abs(effect.att) - 1e-9)
    assert test.distribution[test.place] == pytest.approx(effect.att)
    assert adds_up(yr.staggered_did(panel, outcome="y", method="dr"))  # nothing to be robust to


@pytest.mark.slow
def test_event_times_put_together_and_two_bases():
    panel = make_panel(5, 0.0)
    check(panel, yr.event_study, {"window": (-2, 1), "population": "people"})
    check(panel, yr.event_study, {"base": (-1, -2), "controls": ["x"]})

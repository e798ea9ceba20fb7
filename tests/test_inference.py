"""Randomisation tests against least squares for every assignment, one by one, and published ones."""

from contextlib import suppress
from dataclasses import replace
from functools import partial
from itertools import combinations, permutations
from math import comb

import numpy as np
import pandas as pd
import pytest
from oracles import panel_of, random_table
from sweeps import sweep

import youthresearch as yr
from youthresearch.cells import make_cells
from youthresearch.effects import LINEAR, did
from youthresearch.inference import randomize, reassigned_path
from youthresearch.moments import Moments, interval


def small_table(seed, waves=(2, 1), n=8, t=4, gaps=0.0):
    """Few districts: waves[k] of them begin in 2002 + k; effects, a trend within districts, two regions."""
    rng = np.random.default_rng(seed)
    begins = np.concatenate([np.full(k, 2002 + i) for i, k in enumerate(waves)])
    who = rng.permutation(np.append(begins, np.zeros(n - len(begins), dtype=int)))
    table = pd.DataFrame(
        {
            "district": np.repeat([f"d{i}" for i in range(n)], t),
            "period": np.tile(np.arange(2001, 2001 + t), n),
            "g": np.repeat(who, t),
            "region": np.repeat(np.where(np.arange(n) < n // 2, "east", "west"), t),
        }
    )
    table["cohort"] = table["g"].astype("Int64").replace(0, pd.NA)
    treated = (table["g"] > 0) & (table["period"] >= table["g"])
    table["y"] = 30 + rng.normal(size=(n, t)).cumsum(axis=1).ravel() + treated * rng.normal()
    table["x"] = rng.normal(size=n * t)
    return table[rng.uniform(size=n * t) >= gaps].reset_index(drop=True)


def least_squares(table, dealt, y):
    """Coefficient of treatment with dummies for districts and periods, for every dict of who begins when."""
    dummies = pd.get_dummies(table[["district", "period"]].astype(str), dtype=float).to_numpy()
    districts, period = table["district"].tolist(), table["period"].to_numpy()
    found = []
    for begins in dealt:
        g = np.array([begins[d] for d in districts])
        x = np.column_stack([(g > 0) & (period >= g), dummies])
        found.append(np.linalg.lstsq(x, y, rcond=None)[0][0])
    return np.array(found)


def all_assignments(table, column=None):
    """Every distinct way of dealing the cohorts anew, within the column's groups."""
    first = table.drop_duplicates("district")
    groups = first.groupby(first[column] if column else np.zeros(len(first)))
    dealt = [{}]
    for _, rows in groups:
        names = list(rows["district"])
        ways = sorted(set(permutations(rows["g"])))
        dealt = [d | dict(zip(names, way, strict=True)) for d in dealt for way in ways]
    return dealt


def slow_p(table, tau=0.0, column=None):
    """Share of assignments with an estimate as far out, once tau is taken off the treated cells."""
    own = dict(zip(table["district"], table["g"], strict=True))
    treated = (table["g"] > 0) & (table["period"] >= table["g"])
    y = (table["y"] - tau * treated).to_numpy()
    dealt = all_assignments(table, column)
    actual, *estimates = np.abs(least_squares(table, [own, *dealt], y))
    return (np.array(estimates) >= actual - 1e-9).mean(), len(dealt)


def keep_region(table):
    return yr.as_panel(
        table, district="district", period="period", cohort="cohort", outcomes=["y", "x"], keep=["region"]
    )


@pytest.mark.slow
@pytest.mark.parametrize("seed", sweep(0, slow=[1, 2, 3]))
@pytest.mark.parametrize("waves", [(1,), (3,), (2, 1)])
def test_exact_p_is_that_of_least_squares_under_every_assignment(seed, waves):
    table = small_table(seed, waves, n=7)
    test = yr.randomization_test(yr.did, panel_of(table), outcome="y", seed=1)
    p, ways = slow_p(table)
    assert test.exact and test.draws == ways
    assert test.p_value == pytest.approx(p, abs=1e-12)
    assert test.att == yr.did(panel_of(table), outcome="y").att


@pytest.mark.slow
def test_the_unit_of_the_outcome_does_not_matter():
    """Yuan or a billion of them: the same p, the interval in proportion."""
    table = small_table(1, (2,), n=20)
    one = yr.randomization_test(yr.did, panel_of(table), outcome="y", seed=1)
    huge = yr.randomization_test(yr.did, panel_of(table.assign(y=table["y"] * 1e12)), outcome="y", seed=1)
    assert huge.p_value == one.p_value and np.isfinite(huge.distribution).all()
    assert [huge.low, huge.high] == pytest.approx([1e12 * one.low, 1e12 * one.high])


@pytest.mark.slow
@pytest.mark.parametrize("seed", sweep(0, slow=[1, 2]))
def test_strata_keep_their_numbers(seed):
    table = small_table(seed, (2, 1))
    test = yr.randomization_test(yr.did, keep_region(table), outcome="y", strata="region", seed=1)
    p, ways = slow_p(table, column="region")
    assert (test.p_value, test.draws) == (pytest.approx(p, abs=1e-12), ways)
    by_series = table.drop_duplicates("district").set_index("district")["region"]
    again = yr.randomization_test(yr.did, panel_of(table), outcome="y", strata=by_series, seed=1)
    assert repr(again) == repr(test) and "stratum (2 by region)" in repr(test)


@pytest.mark.slow
@pytest.mark.parametrize("seed", sweep(0, slow=[1, 2]))
def test_gaps_are_estimated_anew(seed):
    table = small_table(seed, (2,), n=7, t=5, gaps=0.08)
    test = yr.randomization_test(yr.did, panel_of(table), outcome="y", seed=1)
    assert test.p_value == pytest.approx(slow_p(table)[0], abs=1e-12)


@pytest.mark.slow
@pytest.mark.parametrize("waves, level", [((2,), 0.9), ((2, 1), 0.9), ((1,), 0.8)])
@pytest.mark.parametrize("seed", sweep(0, slow=[1]))
def test_interval_has_the_effects_that_are_not_rejected(waves, level, seed):
    table = small_table(seed, waves, n=7)
    test = yr.randomization_test(yr.did, panel_of(table), outcome="y", level=level, seed=1)
    assert np.isfinite([test.low, test.high]).all() and test.low < test.att < test.high
    for end, out in ((test.low, -1), (test.high, 1)):
        assert slow_p(table, end + out * 1e-5)[0] <= 1 - level + 1e-12
        assert slow_p(table, end - out * 1e-5)[0] > 1 - level


def t_statistic(change, treated):
    """Difference of two means over its error (unequal variances); a group of one has none of its own."""
    groups = change[treated], change[~treated]
    square = sum(np.var(g, ddof=1) / len(g) for g in groups if len(g) > 1)
    return (groups[0].mean() - groups[1].mean()) / np.sqrt(square)


def collapsed(table, tau=0.0):
    """Mean change of every district at the wave's beginning, less tau where it is treated."""
    table = table.assign(after=table["period"] >= 2002)
    mean = table.pivot_table(index="district", columns="after", values="y")
    treated = (table.groupby("district")["g"].first() > 0).to_numpy()
    return (mean[True] - mean[False]).to_numpy() - tau * treated, treated


def slow_t_p(table, tau=0.0):
    change, treated = collapsed(table, tau)
    away = []
    for chosen in combinations(range(len(change)), treated.sum()):
        away.append(abs(t_statistic(change, np.isin(np.arange(len(change)), chosen))))
    return (np.array(away) >= abs(t_statistic(change, treated)) - 1e-9).mean()


@pytest.mark.slow
@pytest.mark.parametrize("treated", [1, 3])
@pytest.mark.parametrize("seed", sweep(0, slow=[1, 2]))
def test_studentised_is_the_t_test_of_two_means_dealt_anew(treated, seed):
    table = small_table(seed, (treated,), n=9)
    test = yr.randomization_test(
        yr.did, panel_of(table), outcome="y", statistic="studentized", level=0.8, seed=1
    )
    change, who = collapsed(table)
    assert test.observed == pytest.approx(t_statistic(change, who), rel=1e-9)
    assert test.p_value == pytest.approx(slow_t_p(table), abs=1e-12)
    for end, out in ((test.low, -1), (test.high, 1)):
        if np.isfinite(end):
            assert slow_t_p(table, end + out * 1e-5) <= 0.2 + 1e-12
            assert slow_t_p(table, end - out * 1e-5) > 0.2


@pytest.mark.parametrize(
    "estimator",
    [yr.staggered_did, yr.imputation_did, yr.sun_abraham, yr.event_study],
    ids=lambda f: f.__name__,
)
@pytest.mark.slow
def test_scores_give_what_estimating_anew_gives(estimator):
    """The same draws through the panel: every assignment written into the table and estimated from it."""
    table = small_table(5, (2, 1))
    test = yr.randomization_test(estimator, panel_of(table), outcome="y", seed=1)
    slow = []
    for begins in all_assignments(table):
        g = table["district"].map(begins)
        dealt = table.assign(cohort=g.astype("Int64").replace(0, pd.NA))
        slow.append(estimator(panel_of(dealt), outcome="y").att)
    assert np.sort(test.distribution) == pytest.approx(np.sort(slow), abs=1e-10)


@pytest.mark.slow
def test_population_and_options_reach_the_estimator():
    table = small_table(2, (2,), n=5)
    table["people"] = table["district"].map({f"d{i}": 1.0 + i for i in range(5)})
    panel = yr.as_panel(
        table, district="district", period="period", cohort="cohort", outcomes=["y"], keep=["people"]
    )
    test = yr.randomization_test(yr.did, panel, outcome="y", population="people", seed=1)
    slow = []
    for begins in all_assignments(table):
        g = table["district"].map(begins).astype("Int64").replace(0, pd.NA)
        dealt = panel.merge(table.assign(dealt=g)[["district", "period", "dealt"]])
        slow.append(did(dealt.assign(cohort=dealt["dealt"]), outcome="y", population="people").att)
    assert np.sort(test.distribution) == pytest.approx(np.sort(slow), abs=1e-10)


@pytest.mark.slow
def test_drawn_p_is_near_the_exact_one_and_never_zero():
    """25 choose 5 is 53,130: just too many to take all, so that the draws can be held against them."""
    rng = np.random.default_rng(3)
    change = rng.normal(size=25) + np.where(np.arange(25) < 5, 1.0, 0)
    table = pd.DataFrame(
        {
            "district": np.repeat([f"d{i:02d}" for i in range(25)], 2),
            "period": np.tile([2001, 2002], 25),
            "y": np.column_stack([np.zeros(25), change]).ravel(),
        }
    )
    table["cohort"] = pd.array(np.where(np.arange(50) < 10, 2002, 0), dtype="Int64")
    table["cohort"] = table["cohort"].replace(0, pd.NA)
    panel = yr.as_panel(table, district="district", period="period", cohort="cohort", outcomes=["y"])
    test = yr.randomization_test(yr.did, panel, outcome="y", draws=4000, seed=1)
    chosen = np.array(list(combinations(range(25), 5)))
    sums = change[chosen].sum(axis=1)
    att = np.abs(sums / 5 - (change.sum() - sums) / 20)
    exact = (att >= att[0] - 1e-12).mean()
    assert len(chosen) == comb(25, 5) and not test.exact and test.draws == 4000
    assert abs(test.p_value - exact) < 4 * np.sqrt(exact * (1 - exact) / 4000)
    far = panel.assign(value=panel["value"] + 100 * (panel["cohort"] == panel["period"]).fillna(False))
    least = yr.randomization_test(yr.did, far, outcome="y", draws=199, seed=1)
    assert least.p_value == least.smallest_p == 1 / 200


@pytest.mark.slow
def test_draws_deal_every_assignment_equally_often():
    from youthresearch.reassign import make_strata, reassignments

    cohort, stratum = np.array([0, 1, 2, 2, 2, 0, 2]), np.array([0, 0, 0, 0, 0, 1, 1])
    strata = make_strata(cohort, stratum)
    drawn = list(reassignments(strata, 7, 8000, np.random.default_rng(1)))
    ways, times = np.unique(drawn, axis=0, return_counts=True)
    assert len(ways) == 5 * 4 * 2
    assert (np.sort(ways[:, :5], axis=1) == [0, 1, 2, 2, 2]).all()
    chi_square = ((times - 200) ** 2 / 200).sum()
    assert chi_square < 72.1  # 99.9% of chi-square with 39 degrees of freedom


@pytest.mark.slow
def test_organ_donation_clustered_against_randomisation():
    """California alone changed its register's question (Kessler and Roth 2014): 27 states, p = 5/27."""
    panel = yr.read_study("organ_donations")
    outcome = panel["indicator"].iloc[0]
    effect = yr.did(panel, outcome=outcome)
    from scipy import stats

    clustered = 2 * stats.t.sf(abs(effect.att / effect.se), 26)
    assert clustered < 0.005
    test = yr.randomization_test(yr.did, panel, outcome=outcome, seed=1)
    wide = panel.pivot(index="district", columns="period", values="value")
    begin = panel["cohort"].dropna().iloc[0]
    change = wide.loc[:, wide.columns >= begin].mean(axis=1) - wide.loc[:, wide.columns < begin].mean(axis=1)
    each = np.array([change[s] - change.drop(s).mean() for s in change.index])
    california = each[change.index.get_loc("California")]
    assert test.exact and test.draws == 27
    assert test.p_value == (np.abs(each) >= abs(california) - 1e-12).mean() == 5 / 27
    assert test.smallest_p == pytest.approx(1 / 27)
    assert "0.1852" in repr(test) and "as likely a pilot as any other" in repr(test)


def test_a_test_that_cannot_reject_says_so():
    table = small_table(1, (1,), n=7)
    test = yr.randomization_test(yr.did, panel_of(table), outcome="y", seed=1)
    assert test.smallest_p == pytest.approx(1 / 7)
    assert "can never reject" in repr(test) and (test.low, test.high) == (-np.inf, np.inf)


@pytest.mark.slow
@pytest.mark.parametrize("gaps", [0.0, 0.05])
def test_the_order_of_categories_deals_no_cohort_otherwise(gaps):
    """Districts and strata as text, and as categories in an order of their own."""
    table = random_table(1, districts=25, gaps=gaps)
    panel, names = panel_of(table), sorted(table["district"].unique())
    half = pd.Series(np.where(np.arange(25) < 12, "a", "b"), names)
    turned = panel.assign(district=pd.Categorical(panel["district"], categories=names[::-1], ordered=True))
    run = partial(yr.randomization_test, yr.did, outcome="y", draws=300, seed=1)
    one = run(panel, strata=half)
    for other, strata in (
        (turned, half),
        (turned.sort_values(["district", "period"]), half),
        (panel, half.astype(pd.CategoricalDtype(["b", "a"]))),
    ):
        again = run(other, strata=strata)
        assert not again.exact and (again.distribution == one.distribution).all()
        assert again.dealt == one.dealt and list(again.by_stratum["stratum"]) == ["a", "b"]


@pytest.mark.slow
@pytest.mark.parametrize("statistic", ["att", "studentized"])
def test_the_smallest_p_is_of_the_assignments_and_not_of_the_outcome(statistic):
    """One of twelve, and every change is one up or one down: all tie here, but another outcome may give 1/12.

    Four of eight: change sides and the statistic changes its sign, whatever the outcome; so two of 70.
    """
    table = small_table(1, (1,), n=12)
    change = np.where(table["district"].str[1:].astype(int) % 2, 1.0, -1.0)
    table["y"] = change * (table["period"] >= 2002)
    test = yr.randomization_test(yr.did, panel_of(table), outcome="y", statistic=statistic, seed=1)
    assert test.smallest_p == pytest.approx(1 / 12) and "smallest p   0.083: can never" in repr(test)
    few = yr.few_treated(panel_of(table), outcome="y", seed=1).set_index("method")
    assert test.smallest_p == pytest.approx(few.loc["conley_taber", "smallest_p"])
    half = few_of(4, n=8).randomization(statistic=statistic)
    assert half.smallest_p == pytest.approx(2 / 70)
    with_gaps = yr.did(panel_of(small_table(1, (4,), n=8, gaps=0.05)), outcome="y").randomization()
    assert with_gaps.draws == 70 and with_gaps.smallest_p == pytest.approx(2 / 70)


@pytest.mark.slow
def test_two_runs_are_the_same_and_seeds_differ():
    panel = panel_of(random_table(1, districts=25, gaps=0.0))
    run = partial(yr.randomization_test, yr.staggered_did, panel, outcome="y", draws=700)
    one, two, other = run(seed=1), run(seed=1), run(seed=2)
    assert not one.exact and (one.distribution == two.distribution).all()
    assert (one.distribution != other.distribution).any()


@pytest.mark.slow
def test_size_is_nominal_with_two_treated_and_the_clustered_test_is_not():
    """300 panels without any effect, errors AR(1) with .5: 2 of 30 treated, needs.md's design in small."""
    rng = np.random.default_rng(2024)
    rejected = {"randomised": 0, "clustered": 0}
    for _ in range(300):
        e = rng.normal(size=(30, 4))
        for t in range(1, 4):
            e[:, t] = 0.5 * e[:, t - 1] + np.sqrt(0.75) * e[:, t]
        table = pd.DataFrame({"district": np.repeat(np.arange(30).astype(str), 4), "y": e.ravel()})
        table["period"] = np.tile(np.arange(2001, 2005), 30)
        table["cohort"] = pd.array([2003] * 8 + [None] * 112, dtype="Int64")
        panel = yr.as_panel(table, district="district", period="period", cohort="cohort", outcomes=["y"])
        test = yr.randomization_test(yr.did, panel, outcome="y", seed=1)
        effect = yr.did(panel, outcome="y")
        rejected["randomised"] += test.p_value <= 0.05
        rejected["clustered"] += abs(effect.att / effect.se) > 2.045  # t with 29 degrees of freedom
    assert rejected["randomised"] <= 300 * 0.05 + 3 * np.sqrt(300 * 0.05 * 0.95)
    assert rejected["clustered"] > 300 * 0.15


@pytest.mark.parametrize(
    "options, said",
    [
        ({"strata": "nowhere"}, "no column 'nowhere'"),
        ({"strata": "value"}, "varies within districts"),
        ({"statistic": "t"}, "choose one of 'att', 'studentized'"),
        ({"strata": "district"}, "nothing can be reassigned"),
        ({"strata": pd.Series({"d0": "a"})}, "7 districts have no stratum"),
        ({"draws": 0}, "at least 1"),
    ],
)
def test_refusals(options, said):
    table = small_table(1, (2,))
    with pytest.raises(yr.DataError, match=said):
        yr.randomization_test(yr.did, panel_of(table), outcome="y", seed=1, **options)


@pytest.mark.slow
@pytest.mark.parametrize("estimator", sweep(yr.did, slow=[yr.staggered_did]), ids=lambda f: f.__name__)
def test_studentised_anew_is_that_at_once(estimator):
    """A population of one everywhere but for the last digits: the estimator runs for each assignment."""
    table = small_table(1, (3,), n=8)
    table["people"] = 1 + 1e-11 * (table["district"] == "d0")
    panel = yr.as_panel(
        table, district="district", period="period", cohort="cohort", outcomes=["y"], keep=["people"]
    )
    run = partial(yr.randomization_test, estimator, panel, outcome="y", statistic="studentized", seed=1)
    once, anew = run(), run(population="people")
    assert anew.distribution == pytest.approx(once.distribution, rel=1e-6)
    assert [anew.low, anew.high] == pytest.approx([once.low, once.high], rel=1e-5)


@pytest.mark.slow
@pytest.mark.parametrize("treated", sweep(1, slow=[3]))
def test_studentised_with_gaps_is_the_weighted_mean_over_the_spread_of_scores(treated):
    """Each district's weighted sum about its cohort's mean, weights by least squares (Frisch and Waugh)."""
    table = small_table(2, (treated,), n=8, gaps=0.1)
    test = yr.randomization_test(yr.did, panel_of(table), outcome="y", statistic="studentized", seed=1)
    dummies = pd.get_dummies(table[["district", "period"]].astype(str), dtype=float).to_numpy()
    slow = []
    for begins in all_assignments(table):
        g = table["district"].map(begins).to_numpy()
        d = ((g > 0) & (table["period"].to_numpy() >= g)).astype(float)
        left = d - dummies @ np.linalg.lstsq(dummies, d, rcond=None)[0]
        if left @ left < 1e-9:
            continue  # nothing of treatment is left over
        score = (left / (left @ left) * table["y"]).groupby(table["district"]).sum()
        groups = [score[[begins[k] > 0 for k in score.index]], score[[begins[k] == 0 for k in score.index]]]
        square = sum(len(s) * np.var(s, ddof=1) for s in groups if len(s) > 1)
        slow.append(score.sum() / np.sqrt(square))
    assert np.sort(test.distribution) == pytest.approx(np.sort(slow), abs=1e-8)


def test_assignments_without_an_estimate_are_left_out_and_counted():
    """A district that is seen after 2002 alone cannot be the only one treated from then on."""
    table = small_table(1, (1,), n=7)
    table = table[(table["district"] != "d6") | (table["period"] >= 2002)]
    assert table.loc[table["district"] == "d6", "g"].eq(0).all()
    test = yr.randomization_test(yr.did, panel_of(table), outcome="y", seed=1)
    assert (test.draws, test.undefined, test.smallest_p) == (6, 1, pytest.approx(1 / 6))
    assert "1 without an estimate left out" in repr(test)
    own = dict(zip(table["district"], table["g"], strict=True))
    dealt = [dict.fromkeys(own, 0) | {k: 2002} for k in own if k != "d6"]
    estimates = np.abs(least_squares(table, dealt, table["y"]))
    assert test.p_value == pytest.approx((estimates >= abs(test.att) - 1e-9).mean())


# ---- gaps, sizes and controls make weights go by more than the cohort


def shared_gap(name):
    """Cells in which all districts of a cohort lack the same year, or each is a cohort of its own size."""
    sized = name == "each a size"
    table = small_table(4, (2, 1) if name == "a wave's" else (1, 1), n=3 if sized else 4, t=5)
    lost = {"the others'": table["g"] == 0, "each a size": table["g"] < 0}.get(name, table["g"] == 2002)
    table["people"] = 1.0 + table["district"].str[1:].astype(int) * sized
    columns = {"district": "district", "period": "period", "cohort": "cohort"}
    panel = yr.as_panel(
        table[~(lost & (table["period"] == 2004))], **columns, outcomes=["y"], keep=["people"]
    )
    return make_cells(panel, "y", population="people")


def dealt_anew(estimator, cells, y):
    """Effects on an outcome of every assignment, estimated one by one, of those that have one."""
    found = []
    for cohort in sorted(set(permutations(cells.cohort.tolist()))):
        with suppress(yr.DataError):
            found.append(estimator(replace(cells, y=y, cohort=np.array(cohort)), outcome="y"))
    return found


OWN_WEIGHTS = sweep(
    (yr.staggered_did, "the others'"),
    slow=[
        (estimator, gaps)
        for estimator in (*LINEAR.values(), partial(yr.staggered_did, control="notyet"))
        for gaps in ("one pilot's", "a wave's", "the others'", "each a size")
        if (estimator, gaps) != (yr.sun_abraham, "the others'")  # which refuses it
    ],
)


@pytest.mark.slow
@pytest.mark.parametrize("estimator, gaps", OWN_WEIGHTS)
def test_a_gap_that_a_cohort_shares_is_no_outcome_of_zero(estimator, gaps):
    """Whatever is added to all cells, p, interval and paths are those of all assignments one by one."""
    cells = shared_gap(gaps)
    effect, high = (
        estimator(replace(cells, y=cells.y + level * cells.observed), outcome="y") for level in (0, 1000)
    )
    slow = dealt_anew(estimator, cells, cells.y)
    att = np.array([e.att for e in slow])
    pull = [e.att for e in dealt_anew(estimator, cells, 1.0 * (cells.treated & cells.observed))]
    ends = interval(Moments(att, np.array(pull)), Moments(np.array([effect.att]), np.ones(1)), 0.2, True)
    test, paths = high.randomization(level=0.8), reassigned_path(high)[0]
    assert test.p_value == np.mean(np.abs(att) >= abs(effect.att) - 1e-9)
    assert np.sort(test.distribution) == pytest.approx(np.sort(att), abs=1e-8)
    assert [test.low, test.high] == pytest.approx(ends)
    rows = [e.path.set_index("event_time")["att"].reindex(effect.path["event_time"]) for e in slow]
    slow = np.array([np.append(e.att, row) for e, row in zip(slow, rows, strict=True)])
    slow = slow[np.isfinite(slow).all(axis=1)]
    assert paths[paths[:, 0].argsort()] == pytest.approx(slow[slow[:, 0].argsort()], abs=1e-8)


def one_pilot(lost):
    """District d2 of six begins in 2003; without these cells."""
    table = small_table(4, (0, 1), n=6, t=5)
    assert set(table.loc[table["g"] > 0, "district"]) == {"d2"}
    return table[[cell not in lost for cell in zip(table["district"], table["period"], strict=True)]]


def test_other_assignments_are_those_seen_at_the_event_times_of_the_path():
    """The pilot has no 2005, so that nobody needs it; one has no 2004, and one no base."""
    table = one_pilot([("d2", 2005), ("d1", 2004), ("d4", 2002)])
    effect = yr.staggered_did(panel_of(table), outcome="y", base="universal")
    assert effect.path["event_time"].tolist() == [-2, -1, 0, 1]
    ours, how = reassigned_path(effect)
    assert how == "all 4 assignments, 2 without an estimate left out"
    wide = table.pivot(index="district", columns="period", values="y")
    change = wide.sub(wide[2002], axis=0)[[2001, 2003, 2004]]
    slow = [change.loc[d] - change.drop(d).mean() for d in ("d2", "d0", "d3", "d5")]
    assert ours[:, [1, 3, 4]] == pytest.approx(np.array(slow))
    for shown in (yr.pretrend_test(effect), yr.honest_did(effect, m=1)):
        assert how in repr(shown) and shown.inference == "randomization"
    assert yr.confidence_bands(effect).attrs["how"] == how


def test_where_no_other_assignment_has_the_path_there_is_nothing_to_compare_with():
    """The pilot and one that lacks the base were seen in 2001; the others were not."""
    table = one_pilot([("d0", 2002), *((d, 2001) for d in ("d1", "d3", "d4", "d5"))])
    effect = yr.event_study(panel_of(table), outcome="y")
    with pytest.raises(yr.DataError, match="None of the other 5 assignments"):
        yr.confidence_bands(effect)


# ---- what an effect shows of itself


def few_of(treated, n=40, seed=1, **options):
    return yr.did(panel_of(small_table(seed, (treated,), n=n)), outcome="y", **options)


def lines_of(thing):
    """The names of the lines that a result prints, in their order, and their texts."""
    lines = repr(thing).splitlines()[1:]
    return [line[2:14].strip() for line in lines], dict((line[2:14].strip(), line[15:]) for line in lines)


@pytest.mark.slow
@pytest.mark.parametrize("treated", sweep(2, 9, slow=[1, 3]))
def test_with_few_treated_the_randomisation_test_comes_first(treated):
    effect = few_of(treated)
    test = yr.randomization_test(yr.did, panel_of(small_table(1, (treated,), n=40)), outcome="y", seed=2024)
    order, said = lines_of(effect)
    assert order[:4] == ["att", "p", "smallest p", "95% interval"]
    assert said["p"].startswith(f"{test.p_value:.4f}") and said["assumed"] == lines_of(test)[1]["assumed"]
    assert f"unreliable with {treated} treated" in said["se"] and "clustered" in said["se"]
    assert ("seed 2024" in said["p"]) == (comb(40, treated) > 50_000)


@pytest.mark.slow
def test_with_ten_treated_the_clustered_error_stands():
    order, said = lines_of(few_of(10))
    assert order[:2] == ["att", "districts"]
    assert "clustered by district" in said["att"] and "unreliable" not in repr(few_of(10))


def test_an_estimate_that_a_constant_effect_does_not_move_by_its_size_has_no_interval():
    moments, actual = Moments(np.arange(9.0), np.full(9, 0.5)), Moments(np.array([3.0]), np.array([0.5]))
    assert np.isnan(interval(moments, actual, 0.05, True)).all()
    test = replace(few_of(2).randomization(), low=np.nan, high=np.nan)
    assert "none: the estimate would not move by the size" in lines_of(test)[1]["95% interval"]


@pytest.mark.slow
def test_no_estimate_waits_for_a_test_that_nobody_looks_at(monkeypatch):
    ran = []
    monkeypatch.setattr(
        "youthresearch.effects.Effect.randomization",
        lambda effect, **options: ran.append(1) or randomize(effect, **options),
    )
    effect = few_of(2)
    assert not ran
    first = repr(effect)
    assert repr(effect) == first and effect._repr_html_() and len(ran) == 1


def test_printing_never_estimates_anew(monkeypatch):
    """With gaps each of 999 assignments is a regression: half a minute for a line that nobody asked for."""
    gaps = yr.event_study(panel_of(small_table(1, (2,), n=8, gaps=0.1)), outcome="y")
    monkeypatch.setattr(
        "youthresearch.effects.Effect.randomization", lambda *given, **options: pytest.fail("estimated")
    )
    order, said = lines_of(gaps)
    assert order[:3] == ["att", "p", "se"] and "ask for randomization()" in said["p"]
    assert "unreliable with" in said["se"] and gaps._repr_html_()


@pytest.mark.slow
def test_tables_choose_and_can_be_told():
    few, many = few_of(2), few_of(12)
    table = yr.compare_effects([few, many])
    test = few.randomization()
    assert table["inference"].tolist() == ["randomization", "clustered"]
    assert table.loc[0, ["p_value", "low", "high", "smallest_p"]].tolist() == [
        test.p_value, test.low, test.high, test.smallest_p,
    ]  # fmt: skip
    assert table["caution"].str.contains("unreliable").tolist() == [True, False]
    for inference, both in (("se", "clustered"), ("randomization", "randomization")):
        assert set(yr.compare_effects([few, many], inference=inference)["inference"]) == {both}
    with pytest.raises(ValueError, match="inference='stars'"):
        yr.compare_effects([few], inference="stars")
    strata = pd.Series(["a", "b"] * 20, [f"d{i}" for i in range(40)], name="half")
    with pytest.raises(yr.DataError, match="knows no strata"):
        yr.compare_effects([few], inference="se", strata=strata)
    within = yr.compare_effects([few], strata=strata)
    assert within["p_value"][0] == few.randomization(strata=strata).p_value != table["p_value"][0]


@pytest.mark.slow
def test_p_does_not_depend_on_the_level_of_the_interval():
    """1,001 assignments, each an estimation of its own: as many are drawn for a table as for the test."""
    effect = yr.imputation_did(panel_of(small_table(3, (4,), n=14, t=3, gaps=0.05)), outcome="y")
    test = effect.randomization()
    assert (test.exact, test.draws + test.undefined) == (False, 999)
    for level in (0.95, 0.9):
        table = yr.compare_effects([effect], level=level)
        assert table.loc[0, ["p_value", "smallest_p"]].tolist() == [test.p_value, test.smallest_p]
    assert table["low"][0] > test.low and table["high"][0] < test.high


@pytest.mark.parametrize(
    "level, said", sweep((0.975, "97.5%"), (0.29, "29%"), slow=[(0.999, "99.9%"), (0.9, "90%")])
)
def test_a_level_is_printed_with_all_its_digits(level, said):
    effect = few_of(1, n=20)  # the smallest p is 1/20
    table = yr.effect_table([effect], level=level)
    assert f"{said} interval" in table and ("≥ 0.050" in table["p"][0]) == (level > 0.95)
    assert f"{said} interval" in repr(effect.randomization(level=level))
    assert f"{said} interval" in repr(yr.wild_bootstrap(effect, draws=99, level=level, seed=1))


def test_an_effect_that_no_test_can_be_had_of_keeps_its_row_and_the_others():
    """Every district is a stratum of its own."""
    alone = pd.Series([f"s{i}" for i in range(40)], [f"d{i}" for i in range(40)], name="own")
    idle, other = few_of(2, strata=alone), few_of(2)
    table = yr.compare_effects([idle, other])
    assert table.loc[0, ["p_value", "low", "high", "smallest_p"]].isna().all()
    assert table["inference"].tolist() == ["none", "randomization"] and table["att"][0] == idle.att
    assert "unreliable with 2 treated" in table["caution"][0]
    assert "no randomisation test: No stratum has districts of two cohorts" in table["caution"][0]
    assert table["p_value"][1] == other.randomization().p_value
    shown = yr.effect_table([idle, other])
    assert shown.loc[0, ["p", "95% interval"]].tolist() == ["–", "–"]
    assert shown["Inference"].tolist() == ["none: no other assignment to compare with", "randomisation"]
    assert yr.effect_table([idle], lang="zh")["推断依据"][0].startswith("无")
    assert yr.plot_effects(table).axes
    for tell in (yr.compare_effects, yr.effect_table):
        with pytest.raises(yr.DataError, match="nothing can be reassigned"):
            tell([idle, other], inference="randomization")
        with pytest.raises(yr.DataError, match="have no stratum"):
            tell([idle, other], strata=alone.iloc[:5])


@pytest.mark.slow
def test_printed_tables_mark_the_error_and_what_can_never_reject():
    powerless = few_of(1, n=7)
    shown = yr.effect_table([powerless, few_of(12)])
    assert shown["Inference"].tolist() == ["randomisation", "clustered errors"]
    assert shown["Std. error"].str.contains("too few treated: unreliable").tolist() == [True, False]
    assert "≥ 0.143" in shown["p"][0] and "≥" not in shown["p"][1]
    assert shown["95% interval"][0] == "(-∞, ∞)"
    assert not shown.astype(str).apply(lambda column: column.str.contains(r"\*", regex=True)).any(axis=None)
    by_name = yr.effect_table([powerless], inference="se", lang="zh")
    assert by_name["推断依据"][0] == "聚类标准误" and "不可靠" in by_name["标准误"][0]


def test_other_errors_are_marked_too_and_a_test_that_cannot_be_had():
    table = small_table(1, (2,), n=8)
    effect = yr.did(panel_of(table), outcome="y", errors="iid")
    assert "independent over time" in lines_of(effect)[1]["se"]
    gaps = yr.event_study(panel_of(small_table(1, (2,), n=8, gaps=0.1)), outcome="y")
    with pytest.raises(yr.DataError):
        replace(gaps, _anew=None).randomization()


@pytest.mark.slow
def test_proposition_99_is_second_of_39():
    """Arkhangelsky et al. 2021: 38 donors; all placebos taken, California's effect is the second largest."""
    effect = yr.synthetic_did(yr.read_study("prop99"), outcome="cigarettes")
    test = yr.randomization_test(yr.synthetic_did, yr.read_study("prop99"), outcome="cigarettes", seed=1)
    assert test.p_value == effect.randomization().p_value == pytest.approx(2 / 39)
    assert test.exact and test.draws == 39 and test.smallest_p == pytest.approx(1 / 39)
    order, said = lines_of(effect)
    assert order[1] == "p" and "0.0513" in said["p"] and "placebos to be normal" in said["se"]
    others = test.distribution[1:]
    assert np.std(others) == pytest.approx(effect.se)
    inside = (np.abs(others) >= abs(effect.att - test.high) - 1e-9).sum()
    assert 1 + inside >= 2 and test.low < effect.att < test.high


def test_placebos_of_several_treated_districts_are_drawn():
    table = small_table(3, (2,), n=12)
    panel = panel_of(table)
    effect = yr.synthetic_did(panel, outcome="y", seed=5, placebos=19)
    test = effect.randomization()
    assert (test.exact, test.draws, test.smallest_p) == (False, 19, 1 / 20) and test.seed == 5
    assert test.p_value == pytest.approx((1 + (np.abs(test.distribution) >= abs(effect.att)).sum()) / 20)
    halves = pd.Series(["a", "b"] * 6, sorted(table["district"].unique()))
    with pytest.raises(yr.DataError, match="drawn without strata"):
        effect.randomization(strata=halves)
    with pytest.raises(yr.DataError, match="no studentized placebos"):
        effect.randomization(statistic="studentized")
    alone = yr.synthetic_did(panel_of(small_table(3, (1,), n=12)), outcome="y")
    assert alone.randomization(strata=halves).draws == 6


@pytest.mark.slow
def test_few_sets_of_placebos_are_each_taken_once():
    """Five never-treated districts have ten pairs, however many draws are asked for."""
    table = small_table(3, (2,), n=7)
    panel = panel_of(table)
    test = yr.synthetic_control(panel, outcome="y").randomization()
    begins = table.loc[table["g"] > 0, "g"].iloc[0]
    never = sorted(set(table["district"]) - set(table.loc[table["g"] > 0, "district"]))
    others = panel[panel["district"].isin(never)]
    slow = []
    for pair in combinations(never, 2):
        cohort = pd.Series(begins, others.index, "Int64").where(others["district"].isin(pair))
        slow.append(yr.synthetic_control(others.assign(cohort=cohort), outcome="y").att)
    assert np.sort(test.distribution) == pytest.approx(np.sort(slow), abs=1e-9)
    assert test.p_value == (1 + (np.abs(slow) >= abs(test.att)).sum()) / 11
    assert test.smallest_p == 1 / 11 and test.seed is None
    assert "10 sets of placebos" in repr(test) and "few beside them" in repr(test)


def test_the_test_says_where_the_pilots_are():
    table = small_table(1, (2,), n=40)
    region = pd.Series(np.repeat(["a", "b", "c", "d"], 10), [f"d{i}" for i in range(40)], name="quarter")
    test = yr.randomization_test(yr.did, panel_of(table), outcome="y", strata=region, seed=1)
    treated = table[table["g"] > 0].groupby("district")["g"].first().index
    counted = region[treated].value_counts().reindex(list("abcd"), fill_value=0)
    assert test.by_stratum["treated"].tolist() == counted.tolist()
    assert test.by_stratum["assignments"].prod() == test.draws
    idle = (test.by_stratum["assignments"] == 1).sum()
    assert f"nothing to reassign in {idle}" in lines_of(test)[1]["strata"]


def bands_by_hand(panel, begin, level):
    """One treated district: each other one's change since the year before, its own path taken off."""
    wide = panel.pivot(index="district", columns="period", values="value")
    treated = panel.groupby("district")["cohort"].first().notna()
    years = wide.columns[wide.columns != begin - 1]
    change = wide[years].sub(wide[begin - 1], axis=0)
    att = change[treated].mean() - change[~treated].mean()
    change.loc[treated, years >= begin] -= att[years >= begin]
    others = pd.DataFrame({d: change.loc[d] - change.drop(d).mean() for d in change.index[~treated]}).T
    place = int(np.floor((1 - level) * len(change) + 1e-9))
    scaled = others.abs() / np.sqrt((others**2).mean())
    alone = scaled.apply(lambda column: np.sort(np.append(column, np.inf))[::-1][place])
    together = np.sort(np.append(scaled.max(axis=1), np.inf))[::-1][place]
    return att, np.sqrt((others**2).mean()) * alone, np.sqrt((others**2).mean()) * together


@pytest.mark.slow
@pytest.mark.parametrize("level", [0.9, 0.8])
def test_bands_of_few_treated_are_those_of_reassigned_paths(level):
    panel = panel_of(small_table(4, (1,), n=20)).query("indicator == 'y'")
    effect = yr.event_study(panel, outcome="y")
    bands = yr.confidence_bands(effect, level=level, seed=1)
    assert (bands["inference"] == "randomization").all()
    att, alone, together = bands_by_hand(panel, 2002, level)
    shown = bands[bands["event_time"] != -1]
    assert shown["att"].tolist() == pytest.approx(att.tolist())
    assert (shown["high"] - shown["att"]).tolist() == pytest.approx(alone.tolist())
    assert (shown["band_high"] - shown["att"]).tolist() == pytest.approx(together.tolist())
    assert bands.loc[bands["event_time"] == -1, ["se", "low", "high"]].isna().all(axis=None)


def test_bands_by_name_and_where_there_are_too_few_assignments():
    few = yr.event_study(panel_of(small_table(1, (1,), n=7)), outcome="y")
    bands = yr.confidence_bands(few, seed=1)
    assert np.isposinf(bands["high"].dropna()).all()
    own = yr.confidence_bands(few, inference="se", seed=1)
    assert np.isfinite(own["high"].dropna()).all() and (own["inference"] == "clustered").all()
    many = yr.event_study(panel_of(small_table(1, (12,), n=40)), outcome="y")
    assert (yr.confidence_bands(many, seed=1)["inference"] == "clustered").all()
    for drawn in (bands, own):
        low, high = yr.plot_event_study(drawn).axes[0].get_ylim()
        assert np.isfinite([low, high]).all()
    by_cohort = yr.staggered_did(panel_of(small_table(1, (1,), n=7)), outcome="y", aggregate="cohort")
    with pytest.raises(yr.DataError, match="path by event time"):
        yr.confidence_bands(by_cohort, seed=1)


@pytest.mark.slow
@pytest.mark.parametrize("estimator", sweep(yr.did, slow=[yr.staggered_did, yr.event_study, yr.sun_abraham]))
def test_ties_are_found_on_a_high_level_and_in_tenths(estimator):
    """Whole numbers tie; a thousand million more in every cell, or tenths of them, change no p-value."""
    table = small_table(4, waves=(2,), n=10)
    table["y"] = np.random.default_rng(5).integers(0, 3, len(table)).astype(float)
    tables = [table.assign(y=y) for y in (table["y"], table["y"] + 1e9, table["y"] / 10 + 7.7)]
    one, *others = (yr.randomization_test(estimator, panel_of(t), outcome="y", seed=1) for t in tables)
    assert [other.p_value for other in others] == [one.p_value] * 2
    assert len(np.unique(one.distribution.round(9))) < len(one.distribution)


@pytest.mark.parametrize("column", [None, "region"])
def test_the_actual_assignment_is_found_among_all(column):
    test = yr.randomization_test(
        yr.did, panel_of(small_table(2)).merge(regions(small_table(2))), outcome="y", strata=column, seed=1
    )
    assert test.distribution[test.place] == pytest.approx(test.observed)
    assert test.assignments["statistic"][0] == test.observed
    assert len(test.assignments) == len(test.distribution) == len(all_assignments(small_table(2), column))


def regions(table):
    return table[["district", "region"]].drop_duplicates()


@pytest.mark.slow
@pytest.mark.parametrize("seed", [33, 93])
def test_a_studentized_interval_ends_where_the_first_effect_is_rejected(seed):
    """Heavy tails: from some effect on p is at most 5%, and farther out above it again."""
    rng = np.random.default_rng(seed)
    n, treated = 8 + seed % 5, 2 + seed % 3
    table = pd.DataFrame({"district": np.repeat([f"d{i:02d}" for i in range(n)], 4)})
    table["period"] = np.tile(np.arange(2001, 2005), n)
    table["y"] = (rng.standard_t(2, size=(n, 4)) * np.exp(rng.normal(size=(n, 1)))).ravel()
    table["cohort"] = pd.array([2003] * treated * 4 + [None] * (n - treated) * 4, dtype="Int64")
    columns = {"district": "district", "period": "period", "cohort": "cohort", "outcomes": ["y"]}
    panel = yr.as_panel(table, **columns)
    begun = (panel["period"] >= panel["cohort"]).fillna(False).astype(float).to_numpy()

    def p_without(tau):
        less = panel.assign(value=panel["value"] - tau * begun, low=-np.inf, high=np.inf)
        return yr.randomization_test(yr.did, less, outcome="y", statistic="studentized", seed=1).p_value

    test = yr.randomization_test(yr.did, panel, outcome="y", statistic="studentized", seed=1)
    for end in (test.low, test.high):
        steps = test.att + (end - test.att) * np.array([*np.linspace(0.1, 0.9, 8), 1 - 1e-6, 1 + 1e-6])
        *within, beyond = (p_without(tau) for tau in steps)
        assert min(within) > 0.05 + 1e-9 > beyond


@pytest.mark.slow
@pytest.mark.parametrize(
    "estimator", sweep(yr.did, yr.staggered_did, slow=[yr.event_study, yr.imputation_did])
)
def test_without_any_noise_the_studentized_interval_is_the_effect_itself(estimator):
    """One of 220 assignments is the actual one; under every effect but the true one the others have error."""
    table = pd.DataFrame([(f"d{i:02d}", t) for i in range(12) for t in range(2010, 2016)], columns=["d", "t"])
    pilot = table["d"] < "d03"
    table["y"] = table["d"].str[1:].astype(float) + 0.1 * table["t"] + 2.0 * (pilot & (table["t"] >= 2014))
    table["cohort"] = np.where(pilot, 2014, 0)
    panel = yr.as_panel(table, district="d", period="t", outcomes="y", cohort="cohort")
    test = estimator(panel, outcome="y").randomization(statistic="studentized")
    assert test.p_value == 1 / 220
    assert (test.low, test.high) == (pytest.approx(2, abs=1e-6), pytest.approx(2, abs=1e-6))


def test_a_draw_without_estimate_and_error_is_not_far_out():
    """Of four draws it leaves the actual one alone beyond the last root: alpha = 1/4 has finite ends."""
    spread = np.array([[1.0, 0, 0], [0, 0, 0], [1, 0, 0], [1, 0, 0]])
    draws = Moments(np.array([2.0, 0, 0.5, -0.5]), np.array([1.0, 0, 0.5, -0.5]), spread)
    actual = Moments(draws.att[:1], draws.pull[:1], spread[:1])
    low, high = interval(draws, actual, 0.25, True)
    # |2 - tau| > |0.5 - 0.5 tau| = |-0.5 + 0.5 tau| outside of 5/3 to 3
    assert (low, high) == (pytest.approx(5 / 3), pytest.approx(3))


@pytest.mark.parametrize("far", [3.0, 1e3, 1e6])
def test_an_end_many_errors_away_is_found(far):
    """Of two draws with errors of one the other estimates `far` whatever is taken off: half until then."""
    draws = Moments(np.array([0.0, far]), np.array([1.0, 0.0]), np.array([[1.0, 0, 0], [1, 0, 0]]))
    actual = Moments(draws.att[:1], draws.pull[:1], draws.spread[:1])
    assert interval(draws, actual, 0.5, True) == (pytest.approx(-far), pytest.approx(far))


@pytest.mark.parametrize("exact", [True, False])
@pytest.mark.parametrize("alpha", [0.03, 0.2])
def test_effects_inside_the_ends_are_kept_and_those_beyond_rejected(exact, alpha):
    """Of 100 draws, or of 99 with the actual one counted once more, by counting anew under each effect."""
    rng = np.random.default_rng(5)
    att, pull = rng.normal(size=100), rng.uniform(-0.5, 0.5, size=100)
    att[0], pull[0] = 0.4, 1.0
    drawn = slice(None) if exact else slice(1, None)

    def p(tau):
        far = np.abs(att - tau * pull)
        return (far[drawn] >= far[0] - 1e-12).sum() / 100 + (0.0 if exact else 0.01)

    for end in interval(Moments(att[drawn], pull[drawn]), Moments(att[:1], pull[:1]), alpha, exact):
        outward = np.sign(end - 0.4) * 1e-6
        assert p(end - outward) > alpha + 1e-9 >= p(end + outward)

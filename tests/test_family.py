"""Families of tests against a slow step-down, Holm in statsmodels, and families without any effect."""

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from sweeps import sweep

import youthresearch as yr

OUTCOMES = ["a", "b", "c", "d"]


def family_panel(seed, n=12, t=4, treated=3, effects=(0, 0, 0, 0), shared=0.5):
    """Outcomes that go together, on scales far apart; the first districts are treated."""
    rng = np.random.default_rng(seed)
    common = rng.normal(size=n * t)
    table = pd.DataFrame({"district": np.repeat([f"d{i:02d}" for i in range(n)], t)})
    table["period"] = np.tile(np.arange(2001, 2001 + t), n)
    table["cohort"] = pd.array(np.repeat(np.where(np.arange(n) < treated, 2003, 0), t), dtype="Int64")
    on = (table["cohort"] > 0) & (table["period"] >= 2003)
    for k, (name, effect) in enumerate(zip(OUTCOMES, effects, strict=True)):
        noise = shared * common + (1 - shared) * rng.normal(size=n * t)
        table[name] = 10.0**k * (noise + effect * on)
    return yr.as_panel(table, district="district", period="period", cohort="cohort", outcomes=OUTCOMES)


def results_of(panel, **options):
    return [yr.randomization_test(yr.did, panel, outcome=o, **{"seed": 1, **options}) for o in OUTCOMES]


def slow(tests, farness):
    """Westfall and Young's step-down as it is told: take the farthest, compare, leave it out, go on."""
    statistics = np.array([t.assignments["statistic"] for t in tests])  # the actual assignment first
    measures = np.array([farness(row) for row in statistics])
    left, adjusted, last = list(range(len(tests))), {}, 0.0
    while left:
        k = max(left, key=lambda k: measures[k, 0])
        beyond = [
            max(measures[j, b] for j in left) >= measures[k, 0] - 1e-12 for b in range(len(measures[0]))
        ]
        adjusted[k] = last = max(last, np.mean(beyond))
        left.remove(k)
    return [adjusted[k] for k in range(len(tests))]


def one_less_p(row):
    size = np.abs(row)
    return np.array([1 - np.mean(size >= s - 1e-9 * size.max()) for s in size])


@pytest.mark.slow
@pytest.mark.parametrize("seed", sweep(0, slow=[1, 2]))
@pytest.mark.parametrize("options", [{}, {"statistic": "studentized"}])
def test_smallest_p_is_that_of_the_slow_step_down(seed, options):
    tests = results_of(family_panel(seed, effects=(1, 0, 0.5, 0)), **options)
    table = yr.adjust_family(tests)
    assert table["p_adjusted"].tolist() == pytest.approx(slow(tests, one_less_p))
    assert tests[0].exact and len(tests[0].assignments) == 220


@pytest.mark.slow
@pytest.mark.parametrize("statistic", ["att", "studentized"])
def test_largest_statistic_is_that_of_the_slow_step_down(statistic):
    tests = results_of(family_panel(5, effects=(1, 0, 0.5, 0)), statistic=statistic)
    scale = iter([np.std(t.distribution) if statistic == "att" else 1 for t in tests])
    table = yr.adjust_family(tests, method="maxt")
    assert table["p_adjusted"].tolist() == pytest.approx(slow(tests, lambda row: np.abs(row) / next(scale)))


@pytest.mark.parametrize("seed", sweep(0, 1, slow=range(2, 6)))
@pytest.mark.parametrize("method", ["minp", "maxt"])
def test_outcomes_with_ties_go_together_assignment_by_assignment(seed, method):
    """Yes or no, none to two, and a number: from the outcomes' changes, with every pair as the pilots."""
    rng = np.random.default_rng(seed)
    n, pilots = 9, np.sort(rng.choice(9, 2, replace=False))
    change = np.stack([rng.integers(0, 2, n), rng.integers(0, 3, n), rng.normal(size=n)]).astype(float)
    table = pd.DataFrame({"district": np.repeat([f"d{i}" for i in range(n)], 2)})
    table["period"] = np.tile([2001, 2002], n)
    table["cohort"] = pd.array(np.repeat(np.where(np.isin(range(n), pilots), 2002, 0), 2), dtype="Int64")
    for name, moved in zip("abc", change, strict=True):
        table[name] = np.column_stack([np.zeros(n), moved]).ravel()
    columns = {"district": "district", "period": "period", "cohort": "cohort"}
    panel = yr.as_panel(table, outcomes=list("abc"), **columns)

    pairs = list(combinations(range(n), 2))
    att = np.array([change[:, p].mean(axis=1) - np.delete(change, p, axis=1).mean(axis=1) for p in pairs]).T
    far = np.abs(att).round(9) / (att.std(axis=1, keepdims=True) if method == "maxt" else 1)
    if method == "minp":
        far = np.array([[np.mean(row < one) for one in row] for row in far])
    actual, last, adjusted = pairs.index(tuple(pilots)), 0.0, {}
    order = sorted(range(3), key=lambda k: -far[k, actual])
    for step, k in enumerate(order):
        rivals = far[order[step:]].max(axis=0)
        adjusted[k] = last = max(last, np.mean(rivals >= far[k, actual] - 1e-12))
    tests = [yr.randomization_test(yr.did, panel, outcome=name, seed=1) for name in "abc"]
    found = yr.adjust_family(tests, method=method)["p_adjusted"]
    assert found.tolist() == pytest.approx([adjusted[k] for k in range(3)])


@pytest.mark.slow
@pytest.mark.parametrize("shared", [0.0, 0.5, 0.9])
def test_between_the_p_values_and_holm(shared):
    """Dependence can only help: Holm (1979) allows for the worst."""
    from statsmodels.stats.multitest import multipletests

    table = yr.adjust_family(results_of(family_panel(7, effects=(0.8, 0, 0.8, 0), shared=shared)))
    holm = multipletests(table["p_value"], method="holm")[1]
    assert (table["p_adjusted"] >= table["p_value"] - 1e-12).all()
    assert (table["p_adjusted"] <= holm + 1e-12).all()


@pytest.mark.slow
def test_one_outcome_said_in_four_units_is_one_test():
    panel = family_panel(3, shared=1.0)
    for method in ("minp", "maxt"):
        table = yr.adjust_family(results_of(panel), method=method)
        assert table["p_adjusted"].tolist() == pytest.approx(table["p_value"].tolist())


@pytest.mark.slow
def test_drawn_families_count_the_actual_assignment_and_are_the_same_twice():
    panel = family_panel(2, n=30, treated=8, effects=(50, 0, 0, 0))
    for method, least in (("minp", 4 / 200), ("maxt", 1 / 200)):  # some draw is each outcome's farthest
        one, two = (yr.adjust_family(results_of(panel, draws=199), method=method) for _ in range(2))
        pd.testing.assert_frame_equal(one, two)
        assert one["p_value"][0] == 1 / 200 <= one["p_adjusted"][0] <= least


@pytest.mark.slow
def test_no_false_rejection_in_more_than_the_level():
    """150 families without any effect: some outcome is rejected at 5% in about a sixth, adjusted in 5%."""
    plain = adjusted = 0
    for seed in range(150):
        table = yr.adjust_family(results_of(family_panel(seed, shared=0.2)))
        plain += (table["p_value"] <= 0.05).any()
        adjusted += (table["p_adjusted"] <= 0.05).any()
    assert plain > 150 * 0.1
    assert adjusted <= 150 * 0.05 + 3 * np.sqrt(150 * 0.05 * 0.95)


@pytest.mark.slow
def test_tests_without_estimates_for_other_assignments_are_refused():
    """One district alone has an outcome in the first period: as a pilot it leaves nobody to compare with."""
    panel = family_panel(1, n=6, t=2, treated=2).replace({"cohort": {2003: 2002}})
    late = panel["period"] == 2002
    tests = []
    for outcome, known in (("a", ["d00", "d03"]), ("b", ["d00", "d04"])):
        rows = panel[(panel["indicator"] == outcome) & (late | panel["district"].isin(known))]
        tests.append(yr.randomization_test(yr.staggered_did, rows, outcome=outcome, seed=1))
    assert tests[0].undefined == tests[1].undefined > 0
    with pytest.raises(yr.DataError, match="gaps leave out the same"):
        yr.adjust_family(tests)


def test_tests_that_dealt_otherwise_are_refused():
    panel = family_panel(1)
    tests = results_of(panel)
    fewer = panel[(panel["indicator"] != "b") | (panel["district"] != "d11")]
    halves = pd.Series(["a", "b"] * 6, sorted(panel["district"].unique()))
    many = family_panel(1, n=40, treated=8)
    run = yr.randomization_test
    for family in (
        [tests[0], run(yr.did, fewer, outcome="b", seed=1)],
        [tests[0], run(yr.did, panel, outcome="b", statistic="studentized", seed=1)],
        [tests[0], run(yr.did, panel, outcome="b", strata=halves, seed=1)],
        [tests[0], run(yr.did, panel, outcome="b", level=0.9, seed=1)],
        [run(yr.did, many, outcome="a", draws=99, seed=seed) for seed in (1, 2)],
        [
            run(yr.did, many, outcome="a", draws=9, seed=1),
            yr.synthetic_control(many, outcome="b", placebos=9, seed=1).randomization(),
        ],
    ):
        with pytest.raises(yr.DataError, match="not of one family"):
            yr.adjust_family(family)
    with pytest.raises(yr.DataError, match="No tests"):
        yr.adjust_family([])
    assert yr.adjust_family(tests[0])["p_adjusted"].item() == pytest.approx(tests[0].p_value)
    with pytest.raises(yr.DataError, match="Effect is no randomisation test"):
        yr.adjust_family([yr.did(panel, outcome="a")])
    with pytest.raises(yr.DataError, match="choose one of 'minp', 'maxt'"):
        yr.adjust_family(tests, method="holm")

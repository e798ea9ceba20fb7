"""Which districts an estimate rests on, counted by hand, and what the default inference makes of few."""

import numpy as np
import pandas as pd
import pytest
from oracles import panel_of
from scipy.stats import binom
from sweeps import sweep

import youthresearch as yr
from youthresearch.enough import few_rows, too_few

BY_EVENT = {
    "event_study": (yr.event_study, {}),
    "sun_abraham": (yr.sun_abraham, {}),
    "staggered_did": (yr.staggered_did, {"base": "universal"}),
    "imputation_did": (yr.imputation_did, {}),
}
LEADS = [name for name in BY_EVENT if name != "imputation_did"]  # with coefficients before treatment


def study(waves, n=40, periods=10, seed=0):
    """Noise in districts of which the first ones are treated; it carries over from period to period."""
    rng = np.random.default_rng(seed)
    begins = np.repeat([*waves, 0], [*waves.values(), n - sum(waves.values())])
    noise = rng.normal(size=(n, periods))
    for t in range(1, periods):
        noise[:, t] = 0.5 * noise[:, t - 1] + np.sqrt(0.75) * noise[:, t]
    table = pd.DataFrame({"district": np.repeat([f"d{i:02d}" for i in range(n)], periods)})
    table = table.assign(period=np.tile(np.arange(2001, 2001 + periods), n), y=noise.ravel(), x=0.0)
    table["cohort"] = pd.Series(np.repeat(begins, periods)).astype("Int64").replace(0, pd.NA)
    return table


def estimate(name, table):
    estimator, options = BY_EVENT[name]
    return estimator(panel_of(table), outcome="y", **options)


@pytest.mark.parametrize("name", BY_EVENT)
def test_a_row_rests_on_the_treated_districts_at_its_event_time(name):
    """Two began in 2006 and twelve in 2007: event time 4 is of the two alone, -6 of the twelve."""
    table = study({2006: 2, 2007: 12})
    effect = estimate(name, table)
    event = (table["period"] - table["cohort"]).dropna().astype(int)
    behind = table["district"].groupby(event).nunique().reindex(effect.path["event_time"])
    assert set(behind) == {14, 12, 2} - ({12} if name == "imputation_did" else set())
    expected = (behind < 10).to_numpy() & effect.path["se"].notna().to_numpy()
    assert few_rows(effect).tolist() == expected.tolist()
    assert not effect.caution
    last = len(effect.path) - 1
    assert too_few(effect, [last]) == ("treated", "2 treated at event time 4")


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", sweep("event_study", "staggered_did", slow=["sun_abraham", "imputation_did"])
)
def test_bands_are_of_other_assignments_where_a_row_rests_on_few(name):
    few = yr.confidence_bands(estimate(name, study({2004: 2, 2007: 12})), draws=99)
    many = yr.confidence_bands(estimate(name, study({2004: 12, 2007: 12})), draws=99)
    named = yr.confidence_bands(estimate(name, study({2004: 2, 2007: 12})), inference="se", draws=99)
    assert [bands["inference"].unique().tolist() for bands in (few, many, named)] == [
        ["randomization"],
        ["clustered"],
        ["clustered"],
    ]
    shown = [
        bands.loc[bands["se"].notna(), ["low", "high", "band_low", "band_high"]] for bands in (few, named)
    ]
    assert all(np.isfinite(ends).all(axis=None) for ends in shown)


def test_those_that_a_window_puts_together_count_together():
    effect = yr.event_study(panel_of(study({2004: 2, 2007: 12})), outcome="y", window=(-3, 3))
    assert not few_rows(effect).any()


@pytest.mark.slow
@pytest.mark.parametrize("name", sweep("event_study", slow=["sun_abraham", "staggered_did"]))
def test_coefficients_before_treatment_that_rest_on_few_are_reassigned(name):
    """Twelve began in 2004 and two in 2007, so that event times -6 to -4 are of the two."""
    effect = estimate(name, study({2004: 12, 2007: 2}))
    assert not effect.caution
    for judge in (yr.pretrend_test, yr.honest_did):
        result = judge(effect, draws=99)
        assert (result.inference, result.caution) == ("randomization", "")
        by_error = judge(effect, inference="se")
        assert by_error.caution.startswith("unreliable with 2 treated at event time -6, too few")
        assert judge(estimate(name, study({2004: 12, 2007: 12}))).inference == "clustered"


def test_a_row_that_is_no_event_time_has_no_ends_where_it_rests_on_few():
    effect = yr.staggered_did(panel_of(study({2004: 2, 2007: 12})), outcome="y", aggregate="cohort")
    bands = yr.confidence_bands(effect, draws=99)
    ends = bands[["low", "high", "band_low", "band_high"]]
    assert np.isinf(ends.iloc[0]).all() and np.isfinite(ends.iloc[1]).all()
    assert np.isfinite(yr.confidence_bands(effect, inference="se", draws=99)["high"]).all()


@pytest.mark.parametrize("estimator", [yr.did, yr.staggered_did, yr.imputation_did, yr.event_study])
def test_districts_that_stop_when_the_pilot_begins_are_no_controls(estimator):
    table = study({2006: 12}, n=30)
    stops = table["cohort"].isna() & (table["district"] >= "d15") & (table["period"] >= 2006)
    effect = estimator(panel_of(table[~stops]), outcome="y")
    assert (effect.n_treated, effect.n_control) == (12, 3)
    assert effect.caution.startswith("unreliable with 3 untreated")


@pytest.mark.slow
@pytest.mark.parametrize("estimator", [yr.did, yr.staggered_did])
def test_one_large_district_among_those_compared_with_makes_few_of_many(estimator):
    table = study({2006: 12})
    panel = panel_of(table).assign(youth=lambda p: np.where(p["district"] == "d39", 50.0, 1.0))
    assert not estimator(panel, outcome="y").caution
    effect = estimator(panel, outcome="y", population="youth")
    assert f"with 28 untreated, by their weights {77**2 / (50**2 + 27):.1f}, too few" in effect.caution
    assert yr.compare_effects([effect])["inference"].item() == "randomization"


@pytest.mark.slow
def test_where_all_are_treated_in_the_end_those_not_treated_yet_are_counted():
    """Thirty began in 2004; they are compared with three that began in 2008, or with twelve."""
    few, many = (yr.did(panel_of(study({2004: 40 - k, 2008: k}, periods=7)), outcome="y") for k in (3, 12))
    assert few.caution.startswith("unreliable with 3 untreated") and not many.caution


def rarely(share, number):
    """Most that chance would make of a share in so many studies, but for once in a million."""
    return binom.ppf(1 - 1e-6, number, share)


@pytest.mark.slow
@pytest.mark.parametrize("name", LEADS)
def test_a_true_null_before_treatment_is_rejected_as_often_as_stated(name):
    """Twenty pilots began in 2004 and two in 2008; by the clustered error it was rejected 9 times in 10."""
    rejected = 0
    for seed in range(40):
        effect = estimate(name, study({2004: 20, 2008: 2}, n=60, seed=seed))
        rejected += yr.pretrend_test(effect, draws=499).p_value <= 0.05
    assert rejected <= rarely(0.05, 40)


@pytest.mark.slow
@pytest.mark.parametrize("name", BY_EVENT)
def test_a_row_of_two_pilots_has_the_truth_as_often_as_stated(name):
    """Event times 4 to 6 are of two pilots; by the clustered error 3 to 4 of ten intervals missed zero."""
    missed = []
    for seed in range(40):
        bands = yr.confidence_bands(estimate(name, study({2004: 2, 2008: 20}, n=60, seed=seed)), draws=499)
        rows = bands[bands["event_time"].isin([4, 5, 6])]
        missed.append(((rows["low"] > 0) | (rows["high"] < 0)).to_numpy())
    # The two differ somewhat from what the assignments mix them with: a tenth is allowed for 5%.
    assert (np.sum(missed, axis=0) <= rarely(0.1, 40)).all()

"""Every estimator against other packages on random panels, its identity att == sum(w * y), and refusals."""

import re
import sys
from dataclasses import replace
from functools import cache
from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from oracles import (
    dense,
    did_imputation,
    diff_diff,
    diff_diff_path,
    dummies,
    imputed,
    moderndid,
    panel_of,
    pyfixest,
    random_design,
    random_table,
    without_single_cells,
)
from sweeps import sweep

import youthresearch as yr
from youthresearch.cells import NEVER, make_cells
from youthresearch.comparisons import OVERLAP, _logit
from youthresearch.inference import inference_for, weights_by_cohort
from youthresearch.results import fixed
from youthresearch.synthetic import synthetic_weights

POINT, ERROR = 1e-8, 1e-6
seeds = st.integers(0, 10**6)
FEW = settings(  # two panels each, twenty in the slow suite
    max_examples=max(2, settings.default.max_examples // 10),
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
gaps = st.sampled_from([0.0, 0.1])
ESTIMATORS = {
    "did": yr.did,
    "event_study": yr.event_study,
    "sun_abraham": yr.sun_abraham,
    "imputation_did": yr.imputation_did,
    "staggered_did": yr.staggered_did,
}
BOTH_WAYS = sweep(  # a regression on all cells, and comparisons of two
    "event_study", "staggered_did", slow=["did", "sun_abraham", "imputation_did"]
)


@cache
def any_panel():
    """Make a panel for calls that are refused."""
    return panel_of(random_table(2))


@cache
def reassigned_any_panel():
    return yr.did(any_panel(), outcome="y").randomization()


def same_path(effect, theirs, key="event_time"):
    """Compare the rows that both have; the base has no error here."""
    ours = effect.path.set_index(key)
    common = [k for k in ours.index if k in theirs]
    assert common
    for k in common:
        assert ours.loc[k, "att"] == pytest.approx(theirs[k][0], abs=POINT)
        if np.isfinite(ours.loc[k, "se"]):
            assert ours.loc[k, "se"] == pytest.approx(theirs[k][1], abs=ERROR)
    return set(theirs) ^ set(ours.index)


def same(effect, att, se, point=POINT, error=ERROR):
    """Compare att and se."""
    assert effect.att == pytest.approx(att, abs=point)
    assert effect.se == pytest.approx(se, abs=error)


# ---- two-way fixed effects: a dense regression, which is pyfixest's (R's fixest) and statsmodels'


@pytest.mark.slow
@FEW
@given(seed=seeds, gaps=gaps, never=st.booleans())
def test_the_dense_regression_is_pyfixests_and_statsmodels(seed, gaps, never):
    table = random_table(seed, gaps=gaps, never=never).assign(size=lambda t: 1 + t["x"] ** 2)
    for options in ({}, {"errors": "iid"}, {"weights": "size"}, {"errors": "iid", "weights": "size"}):
        for ours, theirs in zip(
            dense(table, ["d", "x"], **options), pyfixest(table, ["d", "x"], **options), strict=True
        ):
            np.testing.assert_allclose(ours, theirs, rtol=2e-5, atol=POINT)
    for ours, theirs in zip(
        dense(table, ["d", "x"], small_sample="full"), dummies(table, ["d", "x"]), strict=True
    ):
        np.testing.assert_allclose(ours, theirs, rtol=1e-9)


def check_did(seed, gaps, never, singles):
    table = random_table(seed, gaps=gaps, never=never, singles=singles)
    panel = panel_of(table)
    treated = table.groupby("district")["d"]
    if (treated.min() == treated.max()).all():  # gaps can leave no district before and after treatment
        with pytest.raises(yr.DataError, match="no two districts are observed before and after treatment"):
            yr.did(panel, outcome="y")
        return
    for controls in ([], ["x"]):
        regressors = ["d", *controls]
        for errors, name in (("clustered", "CRV1"), ("iid", "iid")):
            beta, vcov = dense(table, regressors, errors=name)
            same(yr.did(panel, outcome="y", controls=controls, errors=errors), beta[0], vcov[0, 0] ** 0.5)
        beta, vcov = dense(table, regressors, small_sample="full")
        same(yr.did(panel, outcome="y", controls=controls, small_sample="full"), beta[0], vcov[0, 0] ** 0.5)


def check_event_study(seed, gaps):
    table = random_table(seed, gaps=gaps)
    event = (table["period"] - table["g"]).where(table["g"] > 0)
    times = sorted(set(event.dropna().astype(int)) - {-1})
    names = [f"e{'m' if e < 0 else ''}{abs(e)}" for e in times]
    table = table.assign(**{n: (event == e).astype(float) for n, e in zip(names, times, strict=True)})
    effect = yr.event_study(panel_of(table), outcome="y")
    beta, vcov = dense(table, names)
    same_path(effect, dict(zip(times, zip(beta, np.sqrt(np.diag(vcov)), strict=True), strict=True)))
    post = (np.array(times) >= 0) / sum(e >= 0 for e in times)
    same(effect, post @ beta, np.sqrt(post @ vcov @ post))
    full = yr.event_study(panel_of(table), outcome="y", small_sample="full")
    beta, vcov = dense(table, names, small_sample="full")
    same_path(full, dict(zip(times, zip(beta, np.sqrt(np.diag(vcov)), strict=True), strict=True)))


@pytest.mark.parametrize(("seed", "gaps"), sweep((4, 0.1), slow=[(1, 0.0)]))
def test_event_study_puts_what_is_beyond_its_window_together(seed, gaps):
    table = random_table(seed, periods=7, gaps=gaps)
    event = (table["period"] - table["g"]).where(table["g"] > 0).clip(-3, 1)
    names = {f"e{k}": e for k, e in enumerate(sorted(set(event.dropna()) - {-1}))}
    assert {-3, 0} <= set(names.values())
    table = table.assign(**{n: (event == e).astype(float) for n, e in names.items()})
    effect = yr.event_study(panel_of(table), outcome="y", window=(-3, 1))
    beta, vcov = dense(table, list(names))
    theirs = zip(beta, np.sqrt(np.diag(vcov)), strict=True)
    assert same_path(effect, dict(zip(names.values(), theirs, strict=True))) == {-1}
    assert effect.convention["window"] == "-3 and before, 1 and after put together"
    assert effect.path["event_time"].isin(range(-3, 2)).all()


@pytest.mark.slow
def test_event_study_with_two_bases_where_nobody_is_never_treated():
    table = random_table(9, never=False, periods=6)
    event = table["period"] - table["g"]
    times = sorted(set(event) - {-1, -2})
    names = [f"e{k}" for k in range(len(times))]
    table = table.assign(**{n: (event == e).astype(float) for n, e in zip(names, times, strict=True)})
    effect = yr.event_study(panel_of(table), outcome="y", base=(-1, -2))
    beta, vcov = dense(table, names)
    theirs = zip(beta, np.sqrt(np.diag(vcov)), strict=True)
    assert same_path(effect, dict(zip(times, theirs, strict=True))) == {-1, -2}


# ---- Sun and Abraham: diff-diff, and least squares on the interactions


def check_sun_abraham(seed, gaps):
    table = random_table(seed, gaps=gaps)
    effect = yr.sun_abraham(panel_of(table), outcome="y")
    table = without_single_cells(table)
    fit = diff_diff(table, "SunAbraham")
    same(effect, fit.overall_att, fit.overall_se)
    assert same_path(effect, diff_diff_path(fit)) <= {-1}

    event = table["period"] - table["g"]
    cells = table.loc[(table["g"] > 0) & (event != -1), ["g"]].assign(event=event).drop_duplicates()
    cells = cells.sort_values(["g", "event"]).reset_index(drop=True)
    names = [f"i{k}" for k in cells.index]
    table = table.assign(
        **{
            n: ((table["g"] == c.g) & (event == c.event)).astype(float)
            for n, c in zip(names, cells.itertuples(), strict=True)
        }
    )
    beta, vcov = dense(table, names)
    share = table[names].sum().to_numpy() * (cells["event"] >= 0)
    share /= share.sum()
    same(effect, share @ beta, np.sqrt(share @ vcov @ share))


# ---- imputation: diff-diff, did-imputation, and dense dummies


def check_imputation(seed, gaps, never, singles):
    table = random_table(seed, gaps=gaps, never=never, singles=singles)
    panel = panel_of(table)
    effect = yr.imputation_did(panel, outcome="y")
    fit = diff_diff(table, "ImputationDiD")
    if not len(effect.refused):  # diff-diff averages its missing effects in another way
        same(effect, fit.overall_att, fit.overall_se)
        assert same_path(effect, diff_diff_path(fit)) <= {-1}
        same(effect, imputed(table).mean(), effect.se)
        fit = diff_diff(table, "ImputationDiD", controls=["x"])
        same(yr.imputation_did(panel, outcome="y", controls=["x"]), fit.overall_att, fit.overall_se)


@pytest.mark.slow
@pytest.mark.parametrize("gaps", [0.0, 0.08])
def test_imputation_is_did_imputation(gaps):
    """Its alternating projections stop early: four digits of a point are its own, not ours (1e-6 here)."""
    table = random_table(4, gaps=gaps)
    effect = yr.imputation_did(panel_of(table), outcome="y")
    assert not len(effect.refused)
    same(effect, *did_imputation(table, False)[0], point=2e-6, error=2e-6)
    theirs = did_imputation(table, True)
    assert set(theirs) == set(effect.path["event_time"])
    for row in effect.path.itertuples():
        assert (row.att, row.se) == pytest.approx(theirs[row.event_time], abs=2e-6)


@pytest.mark.parametrize("gaps", sweep(0.1, slow=[0.0]))
def test_pretrends_of_imputation_are_a_regression_on_untreated_cells(gaps):
    table = random_table(4, periods=6, gaps=gaps)
    effect = yr.imputation_did(panel_of(table), outcome="y", pretrends=2)
    event = (table["period"] - table["g"]).where(table["g"] > 0)
    leads = {f"lead{h}": (event == -h).astype(float) for h in (2, 1)}
    untreated = without_single_cells(table.assign(**leads)[table["d"] == 0])
    beta, vcov = dense(untreated, list(leads))
    before = effect.path[effect.path["event_time"] < 0]
    assert before["event_time"].tolist() == [-2, -1]
    np.testing.assert_allclose(before["att"], beta, atol=POINT)
    np.testing.assert_allclose(before["se"], np.sqrt(np.diag(vcov)), atol=ERROR)
    np.testing.assert_allclose(effect.vcov[1:3, 1:3], vcov, atol=ERROR)
    plain = yr.imputation_did(panel_of(table), outcome="y")
    assert (effect.att, effect.se) == (plain.att, plain.se)
    np.testing.assert_array_equal(effect.path["se"][2:], plain.path["se"])
    assert effect.convention["pretrends"].startswith("event times -2 to -1 against earlier ones")


@pytest.mark.slow
@pytest.mark.parametrize("gaps", [0.0, 0.1])
def test_pretrends_are_did_imputations(gaps):
    """Its factor counts one coefficient fewer than fixest's and reghdfe's."""
    table = random_table(4, periods=6, gaps=gaps)
    before = yr.imputation_did(panel_of(table), outcome="y", pretrends=2).path[:2]
    theirs = np.array([did_imputation(table, True, pretrends=2)[h] for h in (-2, -1)])
    np.testing.assert_allclose(before["att"], theirs[:, 0], atol=POINT)
    untreated = without_single_cells(table[table["d"] == 0])
    left = len(untreated) - untreated["period"].nunique() - 2
    np.testing.assert_allclose(before["se"], theirs[:, 1] * np.sqrt((left + 1) / left), atol=ERROR)


def test_pretrends_that_nothing_lies_before_are_refused():
    table = random_table(9, never=False, periods=4)
    with pytest.raises(yr.DataError, match="Take fewer pretrends"):
        yr.imputation_did(panel_of(table), outcome="y", pretrends=3)


# ---- Callaway and Sant'Anna: diff-diff and moderndid, both R's did

CONTROL = {"never": ("never_treated", "nevertreated"), "notyet": ("not_yet_treated", "notyettreated")}


def check_staggered(seed, control, base, singles):
    table = random_table(seed, singles=singles)
    panel = panel_of(table)
    theirs = CONTROL[control][0]
    fit = diff_diff(table, "CallawaySantAnna", control_group=theirs, base_period=base)
    effect = yr.staggered_did(panel, outcome="y", control=control, base=base)
    same(effect, fit.overall_att, fit.overall_se)
    assert not same_path(effect, diff_diff_path(fit))
    fit = diff_diff(
        table,
        "CallawaySantAnna",
        control_group=theirs,
        base_period=base,
        estimation_method="reg",
        controls=["x"],
    )
    effect = yr.staggered_did(panel, outcome="y", control=control, base=base, controls=["x"])
    same(effect, fit.overall_att, fit.overall_se)


def check_aggregations(seed, control, base, singles):
    table = random_table(seed, singles=singles)
    panel = panel_of(table)
    modern = CONTROL[control][1]
    for kind, ours, key in (
        ("dynamic", "event", "event_time"),
        ("group", "cohort", "cohort"),
        ("calendar", "calendar", "period"),
    ):
        att, se, path = moderndid(table, kind, modern, base_period=base)
        effect = yr.staggered_did(panel, outcome="y", control=control, base=base, aggregate=ours)
        same(effect, att, se)
        assert not same_path(effect, path, key)
    att, se, _ = moderndid(table, "simple", modern, base_period=base, xformla="~x")
    same(yr.staggered_did(panel, outcome="y", control=control, base=base, controls=["x"]), att, se)


def check_doubly_robust(seed, control):
    """moderndid, R's DRDID in Python; diff-diff 3.13 is a few parts in 10,000 off both."""
    table = random_table(seed, districts=40)
    options = {"outcome": "y", "control": control, "controls": ["x"], "method": "dr"}
    try:
        effect = yr.staggered_did(panel_of(table), **options)
    except yr.DataError as refused:
        assert "the propensity is beyond 0.995" in str(refused)
        return
    same(effect, *moderndid(table, "simple", CONTROL[control][1], "dr", xformla="~x")[:2])
    cells = table.merge(effect.weights, on=["district", "period"])
    assert (cells["weight"] * cells["y"]).sum() == pytest.approx(effect.att, abs=1e-11)


def test_doubly_robust_with_a_population_of_two_is_two_districts():
    table = random_table(11, districts=60)
    double = table[table["district"] < "d25"].assign(district=lambda t: "copy " + t["district"])
    panel = panel_of(table)
    panel["size"] = np.where(panel["district"] < "d25", 2.0, 1.0)
    options = {"outcome": "y", "controls": ["x"], "method": "dr"}
    weighted = yr.staggered_did(panel, population="size", **options)
    copied = yr.staggered_did(panel_of(pd.concat([table, double], ignore_index=True)), **options)
    assert weighted.att == pytest.approx(copied.att, abs=1e-10)


@pytest.mark.slow
def test_doubly_robust_needs_districts_alike():
    """A control that tells the treated from the others leaves nobody to compare with."""
    table = random_table(11)
    apart = panel_of(table.assign(x=table["x"] + 100 * (table["g"] > 0)))
    with pytest.raises(yr.DataError, match=r'Cohort 200\d: The controls tell .* or method="reg"'):
        yr.staggered_did(apart, outcome="y", controls=["x"], method="dr")
    assert np.isfinite(yr.staggered_did(apart, outcome="y", controls=["x"]).att)


def check_staggered_without_never(seed):
    """The last cohort is the control group, as in did; diff-diff has a row for its periods before, too."""
    table = random_table(seed, never=False)
    effect = yr.staggered_did(panel_of(table), outcome="y", control="notyet")
    fit = diff_diff(table, "CallawaySantAnna", control_group="not_yet_treated")
    same(effect, fit.overall_att, fit.overall_se)
    assert set(effect.refused["reason"]) == {f"from {table['g'].max()} on all are treated"}


def check_staggered_with_gaps(seed):
    """Each ATT(g, t) takes available pairs, as diff-diff does.

    Averages differ: diff-diff counts the pairs of each cell, ours (and did's) the districts of the cohort.
    """
    table = random_table(seed, gaps=0.1)
    effect = yr.staggered_did(panel_of(table), outcome="y", aggregate="group_time")
    cells = diff_diff(table, "CallawaySantAnna").group_time_effects
    ours = effect.path.set_index(["cohort", "period"])
    assert set(ours.index) == {k for k, r in cells.items() if np.isfinite(r["effect"])}
    for key, row in ours.iterrows():
        assert row["att"] == pytest.approx(cells[key]["effect"], abs=POINT)
        assert row["se"] == pytest.approx(cells[key]["se"], abs=ERROR)
    size = table.groupby("g")["district"].nunique()
    post = [k for k in ours.index if k[1] >= k[0]]
    weights = np.array([size[g] for g, _ in post], dtype=float)
    assert effect.att == pytest.approx(
        np.average([cells[k]["effect"] for k in post], weights=weights), abs=POINT
    )


@FEW
@given(seed=seeds, gaps=gaps, never=st.booleans(), singles=st.booleans())
def test_did(seed, gaps, never, singles):
    check_did(seed, gaps, never or singles, singles)


@FEW
@given(seed=seeds, gaps=gaps)
def test_event_study(seed, gaps):
    check_event_study(seed, gaps)


@FEW
@given(seed=seeds, gaps=gaps)
def test_sun_abraham(seed, gaps):
    check_sun_abraham(seed, gaps)


@FEW
@given(seed=seeds, gaps=gaps, never=st.booleans(), singles=st.booleans())
def test_imputation(seed, gaps, never, singles):
    check_imputation(seed, gaps, never or singles, singles)


@FEW
@given(
    seed=seeds,
    control=st.sampled_from(["never", "notyet"]),
    base=st.sampled_from(["varying", "universal"]),
    singles=st.booleans(),
)
def test_staggered(seed, control, base, singles):
    check_staggered(seed, control, base, singles)


@pytest.mark.slow
@FEW
@given(seed=seeds)
def test_staggered_with_gaps_or_without_never(seed):
    check_staggered_with_gaps(seed)
    check_staggered_without_never(seed)


@pytest.mark.slow
@FEW
@given(
    seed=seeds,
    control=st.sampled_from(["never", "notyet"]),
    base=st.sampled_from(["varying", "universal"]),
    singles=st.booleans(),
)
def test_staggered_as_moderndid_has_it(seed, control, base, singles):
    check_aggregations(seed, control, base, singles)
    check_doubly_robust(seed, control)


# ---- what all have in common


@pytest.mark.parametrize("name", ESTIMATORS)
@pytest.mark.parametrize("options", sweep({"controls": ["x"]}, {"population": "size"}, slow=[{}]))
@pytest.mark.parametrize("gaps", sweep(0.1, slow=[0.0]))
def test_att_is_the_weighted_sum_of_the_cells(name, options, gaps):
    table = random_table(sum(map(ord, name)) + len(options), gaps=gaps)
    panel = panel_of(table)
    panel["size"] = panel.groupby("district", sort=True).ngroup() % 3 + 1.0
    effect = ESTIMATORS[name](panel, outcome="y", **options)
    cells = panel[panel["indicator"] == "y"].merge(effect.weights, how="left", validate="1:1")
    assert (cells["weight"].fillna(0) * cells["value"]).sum() == pytest.approx(effect.att, abs=1e-11)
    again = ESTIMATORS[name](panel.sample(frac=1, random_state=1), outcome="y", **options)
    assert (again.att, again.se) == (effect.att, effect.se)
    assert again.weights.equals(effect.weights)
    sums = cells.groupby(["cohort", "period"], dropna=False)["weight"].sum()
    ours = effect.cohort_weights
    if not len(effect.refused):
        theirs = pytest.approx(sums.to_numpy(), abs=1e-12)
        assert ours.set_index(["cohort", "period"])["weight"].to_numpy() == theirs


@pytest.mark.slow
@FEW
@given(seed=seeds, gaps=gaps)
def test_population_weights_are_those_of_least_squares(seed, gaps):
    table = random_table(seed, gaps=gaps)
    table["size"] = pd.factorize(table["district"])[0] % 3 + 1.0
    panel = yr.as_panel(
        table, district="district", period="period", cohort="cohort", outcomes=["y", "x"], keep=["size"]
    )
    beta, vcov = dense(table, ["d", "x"], weights="size")
    same(yr.did(panel, outcome="y", controls=["x"], population="size"), beta[0], vcov[0, 0] ** 0.5)
    beta, vcov = dense(table, ["d"], errors="iid", weights="size")
    same(yr.did(panel, outcome="y", population="size", errors="iid"), beta[0], vcov[0, 0] ** 0.5)


@pytest.mark.slow
def test_errors_of_imputation_with_unequal_populations_are_equations_7_and_8():
    """Dense: weights v, residuals of treated cells about the mean by cohort and period, by v squared."""
    table = random_table(14, districts=24, periods=6)
    sizes = np.exp(np.random.default_rng(3).normal(size=24))
    table["size"] = sizes[pd.factorize(table["district"])[0]]
    names = {"district": "district", "period": "period", "cohort": "cohort"}
    panel = yr.as_panel(table, outcomes=["y"], keep=["size"], **names)
    effect = yr.imputation_did(panel, outcome="y", population="size")
    treated, w, y = table["d"].to_numpy() > 0, table["size"].to_numpy(), table["y"].to_numpy()
    both = [pd.get_dummies(table["district"]), pd.get_dummies(table["period"]).iloc[:, 1:]]
    x = np.hstack(both).astype(float)
    free, own = x[~treated], x[treated]
    gram = np.linalg.inv(free.T @ (w[~treated, None] * free))
    beta = gram @ (free.T @ (w[~treated] * y[~treated]))
    share = w[treated] / w[treated].sum()
    table["left"] = y - x @ beta
    assert effect.att == pytest.approx(share @ table.loc[treated, "left"])
    table.loc[treated, "v"] = share
    table.loc[~treated, "v"] = -w[~treated] * (free @ (gram @ (own.T @ share)))
    part = table[treated].assign(square=lambda t: t["v"] ** 2, moved=lambda t: t["v"] ** 2 * t["left"])
    sums = part.groupby(["g", "period"])[["square", "moved"]].transform("sum")
    table.loc[treated, "left"] -= sums["moved"] / sums["square"]
    scores = (table["v"] * table["left"]).groupby(table["district"]).sum()
    assert effect.se == pytest.approx(np.sqrt((scores**2).sum()))


@pytest.mark.parametrize("base", ["varying", "universal"])
def test_the_not_yet_treated_are_so_in_both_periods(base):
    """Mean changes of every cohort and period by hand, before treatment and after it."""
    table = random_table(21, districts=26, periods=7)
    g = np.repeat([2003, 2005, 2007, 0], [6, 6, 6, 8])
    table["g"] = table["district"].map(dict(zip(sorted(table["district"].unique()), g, strict=True)))
    table["cohort"] = table["g"].astype("Int64").replace(0, pd.NA)
    wide = table.pivot(index="district", columns="period", values="y")
    options = {"control": "notyet", "base": base, "aggregate": "group_time"}
    path = yr.staggered_did(panel_of(table), outcome="y", **options).path
    assert len(path) == 3 * (7 - (base == "varying"))
    for row in path.itertuples():
        before = row.cohort - 1 if base == "universal" or row.event_time >= 0 else row.period - 1
        change = (wide[row.period] - wide[before]).to_numpy()
        later = ((g == 0) | (g > max(row.period, before))) & (g != row.cohort)
        assert row.att == pytest.approx(change[g == row.cohort].mean() - change[later].mean(), abs=1e-12)


def few_by(panel, estimator=yr.did, **options):
    return estimator(panel, outcome="y", **options).caution


@pytest.mark.slow
def test_nine_are_few_and_ten_are_not_however_they_are_counted():
    """By number; by weight, (sum w)^2 / sum w^2, which one large of twelve makes 9.4 or 9.6; by cohort."""
    table = random_table(4, districts=30, periods=6).assign(x=0.0)
    number = table["district"].str[1:].astype(int)
    starts = pd.Series(2003, table.index, dtype="Int64")
    for treated in (9, 10, 20, 21):
        caution = few_by(panel_of(table.assign(cohort=starts.where(number < treated))))
        assert bool(caution) == (treated in (9, 21))
    names = {"district": "district", "period": "period", "cohort": "cohort"}
    for alike in (9.4, 9.6):
        # (11 + a)^2 = alike (11 + a^2)
        large = max(np.roots([1 - alike, 22, 121 - 11 * alike]))
        sized = table.assign(cohort=starts.where(number < 12), size=np.where(number == 0, large, 1.0))
        panel = yr.as_panel(sized, outcomes=["y"], keep=["size"], **names)
        assert bool(few_by(panel, population="size")) == (alike == 9.4)
    for treated in (11, 12):
        waves = (2003 + number % 4).astype("Int64").where(number < treated)
        panel = panel_of(table.assign(cohort=waves))
        for estimator in (yr.imputation_did, yr.sun_abraham):
            assert ("in 4 cohorts" in few_by(panel, estimator)) == (treated == 11)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["imputation_did", "staggered_did", "sun_abraham"])
def test_a_population_of_two_is_two_districts(name):
    """Points only: a doubled district is one cluster, two districts are two."""
    table = random_table(11)
    double = table[table["district"] < "d05"].assign(district=lambda t: "copy " + t["district"])
    twice = pd.concat([table, double], ignore_index=True)
    panel = panel_of(table)
    panel["size"] = np.where(panel["district"] < "d05", 2.0, 1.0)
    weighted, copied = (
        ESTIMATORS[name](panel, outcome="y", population="size"),
        ESTIMATORS[name](panel_of(twice), outcome="y"),
    )
    assert weighted.att == pytest.approx(copied.att, abs=1e-12)
    np.testing.assert_allclose(weighted.path["att"], copied.path["att"], atol=1e-12)


@pytest.mark.slow
@pytest.mark.parametrize("name", BOTH_WAYS)
def test_quarters_months_and_years_give_the_same_effect(name):
    table = random_table(3)
    years = ESTIMATORS[name](panel_of(table), outcome="y")
    for freq in ("Q", "M"):
        steps = table.assign(
            period=[pd.Period("2017-01", freq) + int(p - 2001) for p in table["period"]],
            cohort=[pd.Period("2017-01", freq) + int(g - 2001) if g else pd.NaT for g in table["g"]],
        )
        effect = ESTIMATORS[name](panel_of(steps), outcome="y")
        assert (effect.att, effect.se) == (years.att, years.se)
        assert effect.path["event_time"].equals(years.path["event_time"])
        assert isinstance(effect.periods, pd.PeriodIndex)
        assert effect.weights["period"].dtype == f"period[{'Q-DEC' if freq == 'Q' else 'M'}]"


@pytest.mark.parametrize(
    "name", sweep("event_study", "staggered_did", slow=["did", "sun_abraham", "imputation_did"])
)
def test_every_other_year_is_every_year_with_event_times_doubled(name):
    table = random_table(3)
    sparse = table.assign(period=2 * table["period"], cohort=2 * table["cohort"])
    base = {"base": -2} if name in ("event_study", "sun_abraham") else {}
    yearly, biennial = (
        ESTIMATORS[name](panel_of(table), outcome="y"),
        ESTIMATORS[name](panel_of(sparse), outcome="y", **base),
    )
    assert (biennial.att, biennial.se) == (yearly.att, yearly.se)
    assert biennial.path["event_time"].equals(2 * yearly.path["event_time"])


@pytest.mark.parametrize("name", ESTIMATORS)
def test_two_periods_one_treated_district(name):
    """The difference of two differences, and nothing else it could be."""
    table = pd.DataFrame(
        {"district": list("aabbcc"), "period": [1, 2] * 3, "y": [1.0, 5.0, 2.0, 3.0, 4.0, 7.0], "x": 0.0}
    )
    table["cohort"] = table["district"].map({"a": 2}).astype("Int64")
    effect = ESTIMATORS[name](panel_of(table), outcome="y")
    assert effect.att == pytest.approx(4 - (1 + 3) / 2, abs=1e-13)
    assert (effect.n_treated, effect.n_control) == (1, 2)
    assert "unreliable with 1 treated" in repr(effect)


@pytest.mark.parametrize("name", BOTH_WAYS)
def test_a_constant_outcome_has_no_effect_and_no_error(name):
    effect = ESTIMATORS[name](panel_of(random_table(5).assign(y=3.0)), outcome="y")
    assert effect.att == pytest.approx(0, abs=1e-13)
    assert effect.se == pytest.approx(0, abs=1e-13)


@pytest.mark.parametrize("name", ["sun_abraham", "imputation_did", "staggered_did"])
def test_robust_estimators_find_effects_that_differ_between_cohorts(name):
    """Without noise they are exact; two-way fixed effects are not."""
    table = random_table(7)
    event = (table["period"] - table["g"]) * table["d"]
    table["y"] = (
        table["period"] ** 1.5
        + pd.factorize(table["district"])[0]
        + table["d"] * (1 + event * (table["g"] - 2000))
    )
    truth = (1 + event * (table["g"] - 2000))[table["d"] == 1].mean()
    panel = panel_of(table)
    assert ESTIMATORS[name](panel, outcome="y").att == pytest.approx(truth, abs=1e-9)
    assert abs(yr.did(panel, outcome="y").att - truth) > 0.05


def test_several_waves_make_some_weights_negative():
    """In the first cohort's late periods, with three in four of the districts treated early."""
    table = random_table(7, periods=7)
    table["g"] = (
        table["district"].rank(method="dense").mod(4).map({0: 0, 1: 2002, 2: 2002, 3: 2004}).astype(int)
    )
    table["cohort"] = table["g"].astype("Int64").replace(0, pd.NA)
    table["d"] = ((table["g"] > 0) & (table["period"] >= table["g"])).astype(float)
    panel = panel_of(table)
    effect = yr.did(panel, outcome="y")
    weight = effect.weights.merge(table, on=["district", "period"])
    weight = weight.loc[weight["d"] == 1, "weight"]
    assert effect.negative_share == pytest.approx(-weight[weight < 0].sum() / weight.abs().sum())
    assert effect.negative_share > 0
    late = effect.cohort_weights.query("cohort == 2002 and period >= 2004")
    assert (late["weight"] < 0).all()
    assert yr.imputation_did(panel, outcome="y").negative_share == 0


@FEW
@given(seed=seeds, never=st.booleans())
def test_goodman_bacon_adds_up_and_is_diff_diffs(seed, never):
    import diff_diff as dd

    table = random_table(seed, never=never)
    panel = panel_of(table)
    bacon = yr.goodman_bacon(panel, outcome="y")
    assert bacon["weight"].sum() == pytest.approx(1)
    assert (bacon["weight"] * bacon["estimate"]).sum() == pytest.approx(dense(table, ["d"])[0][0], abs=POINT)
    fit = dd.BaconDecomposition().fit(table, outcome="y", unit="district", time="period", first_treat="g")
    theirs = {(c.treated_group, str(c.control_group)): (c.weight, c.estimate) for c in fit.comparisons}
    assert len(theirs) == len(bacon)
    for row in bacon.itertuples():
        other = "never_treated" if row.control is pd.NA else str(row.control)
        assert (row.weight, row.estimate) == pytest.approx(theirs[row.treated, other], abs=POINT)


def test_goodman_bacon_leaves_out_cohorts_between_which_there_is_no_period():
    """2002 and 2003 begin in one period of 2001, 2004, 2007: no comparison of theirs, and none is missing."""
    table = random_table(2, districts=14, periods=3)
    number = table["district"].str[1:].astype(int)
    table["cohort"] = number.map({0: 2002, 1: 2002, 2: 2003, 3: 2003}).astype("Int64")
    panel = panel_of(table.assign(period=3 * table["period"] - 4002))
    pairs = yr.goodman_bacon(panel, outcome="y")
    assert set(pairs["kind"]) == {"never"} and len(pairs) == 2
    att = yr.did(panel, outcome="y").att
    assert (pairs["weight"].to_numpy() * pairs["estimate"].to_numpy()).sum() == pytest.approx(att)


def test_goodman_bacon_takes_districts_that_are_always_treated_for_controls():
    panel = panel_of(random_table(3, never=True))
    panel.loc[panel["district"] == panel["district"].iloc[0], "cohort"] = 1999
    bacon = yr.goodman_bacon(panel, outcome="y")
    assert "always" in set(bacon["kind"]) and bacon["weight"].sum() == pytest.approx(1)
    att = yr.did(panel, outcome="y").att
    assert (bacon["weight"] * bacon["estimate"]).sum() == pytest.approx(att, abs=POINT)


# ---- the words of a result, and bands


@pytest.mark.slow
def test_repr_is_the_same_each_time_and_has_no_address():
    panel = panel_of(random_table(1))
    first, second = (yr.staggered_did(panel, outcome="y", control="notyet") for _ in range(2))
    assert repr(first) == repr(second)
    assert "0x" not in repr(first) + first._repr_html_()
    odd = panel.assign(indicator=panel["indicator"].replace("y", "a<b>"))
    assert "did: a&lt;b&gt;" in yr.did(odd, outcome="a<b>")._repr_html_()
    for word in ("staggered_did: y", "not yet treated", "varying", "influence functions"):
        assert word in repr(first)


@pytest.mark.parametrize(
    ("value", "se", "text"),
    [
        (-0.03654894, 0.0132652, "-0.0365"),
        (1234567.8, 3210.0, "1,234,568"),
        (0.5, 0.0, "0.5000"),
        (0.5, 1e-17, "0.5000"),
        (2.0, np.nan, "2.0000"),
    ],
)
def test_digits_follow_the_error(value, se, text):
    assert fixed(value, se) == text


@pytest.mark.slow
def test_bands_hold_the_path_together():
    effect = yr.event_study(panel_of(random_table(2, districts=40)), outcome="y")
    bands = yr.confidence_bands(effect, seed=1)
    known = bands.dropna()
    from scipy import stats

    width = (known["high"] - known["low"]) / 2 / known["se"]
    np.testing.assert_allclose(width, stats.t.ppf(0.975, effect.df))
    assert (known["band_low"] < known["low"]).all() and (known["band_high"] > known["high"]).all()
    bonferroni = stats.t.ppf(1 - 0.025 / len(known), effect.df) * known["se"]
    assert ((known["band_high"] - known["att"]) <= bonferroni * 1.01).all()
    pd.testing.assert_frame_equal(bands, yr.confidence_bands(effect, seed=1))


def test_sup_t_of_one_estimate_is_the_normal_one():
    table = random_table(1, periods=3)
    effect = yr.imputation_did(panel_of(table), outcome="y")
    one = effect.path.iloc[:1]
    bands = yr.confidence_bands(replace(effect, path=one, vcov=effect.vcov[:2, :2]), inference="se", seed=3)
    assert (bands["band_high"] - bands["att"])[0] == pytest.approx(1.96 * one["se"][0], rel=0.01)


@pytest.mark.slow
def test_sup_t_of_one_coefficient_is_that_of_its_t():
    """Nine degrees of freedom: 2.262, not 1.96; and draws may not make it narrower than the row alone."""
    effect = yr.event_study(panel_of(random_table(3, periods=2, districts=10)), outcome="y")
    assert (effect.df, len(effect.path)) == (9, 2)
    for seed in range(6):
        bands = yr.confidence_bands(effect, inference="se", draws=20_000, seed=seed).iloc[1]
        reach = (bands[["high", "band_high"]] - bands["att"]) / bands["se"]
        assert reach["high"] == pytest.approx(2.2622, abs=1e-4)
        assert reach["high"] - 1e-12 <= reach["band_high"] == pytest.approx(2.2622, rel=0.03)


# ---- gaps, and what is refused


def test_pilots_that_are_not_observed_when_treated_are_named():
    rows = [
        (d, t, g, t, 0) for d, g in (("a", 3), ("b", 0), ("c", 0)) for t in range(1, 5) if d > "a" or t < 3
    ]
    table = pd.DataFrame(rows, columns=["district", "period", "cohort", "y", "x"])
    with pytest.raises(yr.DataError, match="not observed from then on: a"):
        yr.did(panel_of(table), outcome="y")


@pytest.mark.parametrize("name", ["did", "event_study", "sun_abraham", "imputation_did"])
def test_a_control_that_never_moves_is_refused_where_it_would_do_nothing(name):
    table = random_table(3, periods=5)
    table["x"] = table["district"].str[1:].astype(float)
    with pytest.raises(yr.DataError, match=r"Controls \['x'\] never change within a district"):
        ESTIMATORS[name](panel_of(table), outcome="y", controls=["x"])
    assert np.isfinite(yr.staggered_did(panel_of(table), outcome="y", controls=["x"]).att)


@pytest.mark.slow
def test_did_says_that_pilots_never_seen_untreated_are_its_controls():
    design = [("a", 3, 1), ("b", 3, 3), ("c", 0, 1), ("d", 0, 1)]
    rows = [(d, t, g, i * t % 5, 0) for i, (d, g, first) in enumerate(design) for t in range(first, 6)]
    table = pd.DataFrame(rows, columns=["district", "period", "cohort", "y", "x"])
    said = "1 districts treated in all their periods serve as controls"
    assert said in repr(yr.did(panel_of(table), outcome="y"))
    assert said not in repr(yr.did(panel_of(table[table["district"] != "b"]), outcome="y"))


def test_a_pilot_without_its_base_period_is_listed():
    """It has no weight in att, and would be missed by nobody."""
    design = [("a", 3), ("b", 3), ("c", 0), ("d", 0)]
    table = pd.DataFrame([(d, t, g, i + t) for i, (d, g) in enumerate(design) for t in range(1, 6)])
    table = table.set_axis(["district", "period", "cohort", "y"], axis=1).assign(x=0.0)
    panel = panel_of(table.drop(index=1))
    effect = yr.staggered_did(panel, outcome="y")
    assert effect.n_treated == 1
    assert effect.refused[["district", "cells"]].to_numpy().tolist() == [["a", 3]]
    assert "3 cells of 1 districts: not observed in the base period" in repr(effect)


ALL = {
    "did": (yr.did, {}),
    "did, controls": (yr.did, {"controls": ["x"]}),
    "did, population": (yr.did, {"population": "size"}),
    "event_study": (yr.event_study, {}),
    "event_study, two bases": (yr.event_study, {"base": (-1, -2)}),
    "event_study, pre": (yr.event_study, {"base": "pre"}),
    "sun_abraham": (yr.sun_abraham, {}),
    "sun_abraham, population": (yr.sun_abraham, {"population": "size"}),
    "imputation_did": (yr.imputation_did, {"pretrends": 1}),
    "imputation_did, controls": (yr.imputation_did, {"controls": ["x"]}),
    "imputation_did, population": (yr.imputation_did, {"population": "size"}),
    "staggered_did": (yr.staggered_did, {}),
    "staggered_did, not yet": (yr.staggered_did, {"control": "notyet", "base": "universal"}),
    "staggered_did, events": (yr.staggered_did, {"control": "notyet", "aggregate": "event"}),
    "staggered_did, controls": (yr.staggered_did, {"controls": ["x"]}),
    "staggered_did, robust": (yr.staggered_did, {"controls": ["x"], "method": "dr"}),
    "staggered_did, population": (yr.staggered_did, {"population": "size"}),
    "synthetic_did": (yr.synthetic_did, {"seed": 1, "placebos": 5}),
    "synthetic_control": (yr.synthetic_control, {"seed": 1, "placebos": 5}),
}


def check_any_design(seed):
    """Trends run parallel, without noise: every estimator finds the effect exactly, or says why it cannot.

    A synthetic control has no district effects, and misses where no weighted mean reaches the level.
    """
    panel, effect = random_design(seed)
    found = 0
    for name, (estimator, options) in ALL.items():
        try:
            ours = estimator(panel, outcome="y", **options)
        except yr.DataError as refused:
            assert len(str(refused).splitlines()[0]) > 30, name
            continue
        found += 1
        cells = panel[panel["indicator"] == "y"].merge(ours.weights, how="left", validate="1:1")
        total = (cells["weight"].fillna(0) * cells["value"]).sum()
        assert ours.att == pytest.approx(total, abs=1e-8), name
        assert 0 <= ours.se < np.inf, name
        assert name == "synthetic_control" or ours.att == pytest.approx(effect, abs=1e-7), name
    return found


@pytest.mark.slow
@pytest.mark.filterwarnings("error")
def test_estimators_are_right_or_refuse_on_any_design():
    assert sum(check_any_design(seed) for seed in range(8)) > 25


@pytest.mark.slow
@pytest.mark.filterwarnings("error")
def test_estimators_are_right_or_refuse_on_many_designs():
    assert sum(check_any_design(seed) for seed in range(8, 120)) > 400


def test_cells_that_cannot_be_imputed_are_left_out_and_listed():
    table = random_table(9, never=False)
    last = table["g"].max()
    effect = yr.imputation_did(panel_of(table), outcome="y")
    assert set(effect.refused["reason"]) == {"cannot be imputed"}
    lost = table[(table["d"] == 1) & (table["period"] >= last)]
    assert effect.refused["cells"].sum() == len(lost)
    rest = table.loc[(table["period"] < last)]
    assert effect.att == pytest.approx(imputed(rest).mean(), abs=POINT)


@pytest.mark.slow
def test_districts_with_a_single_cell_are_left_out_and_listed():
    table = random_table(2)
    lonely = table[(table["district"] != "d01") | (table["period"] == 2001)]
    effect = yr.did(panel_of(lonely), outcome="y")
    assert effect.refused.to_dict("records") == [{"district": "d01", "cells": 1, "reason": "a single cell"}]
    rest = yr.did(panel_of(lonely[lonely["district"] != "d01"]), outcome="y")
    assert (effect.att, effect.se) == (rest.att, rest.se)


def test_a_cell_without_a_control_is_left_out_and_listed():
    table = random_table(2)
    table.loc[3, "x"] = np.nan
    effect = yr.did(panel_of(table), outcome="y", controls=["x"])
    assert effect.refused["cells"].tolist() == [1]
    assert effect.refused["reason"].tolist() == ["no value of a control"]
    same(effect, dense(table.dropna(subset="x"), ["d", "x"])[0][0], effect.se)


def test_districts_treated_from_their_first_period_on():
    """A panel with a late start for one indicator: they cannot be compared, and are listed."""
    table = random_table(7, periods=6)
    first = table["g"][table["g"] > 0].min()
    panel = panel_of(table)
    late = panel[(panel["indicator"] == "y") & (panel["period"] >= first)]
    effect = yr.staggered_did(late, outcome="y")
    assert set(effect.refused["reason"]) == {"no period before treatment"}
    assert set(effect.refused["district"]) == set(table.loc[table["g"] == first, "district"])


def refusal(table, name, **options):
    """Return the words of a refusal."""
    with pytest.raises(yr.DataError) as refused:
        ESTIMATORS[name](panel_of(table), outcome="y", **options)
    return str(refused.value)


@pytest.mark.parametrize("name", BOTH_WAYS)
def test_nobody_treated_or_all_at_once(name):
    table = random_table(2)
    assert "No cell of 'y' is treated" in refusal(table.assign(cohort=pd.NA), name)
    assert "from 2002 on" in refusal(table.assign(cohort=2002), name)


@pytest.mark.parametrize("name", ESTIMATORS)
def test_an_unknown_outcome_names_the_known(name):
    with pytest.raises(yr.DataError, match="no indicator 'z'; it has 'x', 'y'"):
        ESTIMATORS[name](panel_of(random_table(2)), outcome="z")


def test_no_never_treated():
    table = random_table(9, never=False)
    assert 'control="notyet"' in refusal(table, "staggered_did")
    assert "base=(-1, -2)" in refusal(table, "event_study")
    assert np.isfinite(yr.event_study(panel_of(table), outcome="y", base=(-1, -2)).att)


def test_a_control_that_moves_with_treatment():
    table = random_table(2)
    assert "a control moves with treatment" in refusal(table.assign(x=table["d"]), "did", controls=["x"])


def test_a_base_that_is_no_event_time():
    assert "it has [" in refusal(random_table(2), "event_study", base=-40)
    assert "No cohort has a period at event time -40" in refusal(random_table(2), "sun_abraham", base=-40)


@pytest.mark.slow
def test_a_period_with_one_district_counts_in_n_and_k():
    """Its cell has a coefficient of its own: dropped, n and k fall by one, and n - k stays."""
    table = random_table(5, districts=20, periods=6)
    last = table["period"] == table["period"].max()
    alone = table[~last | (table["district"] == table.loc[table["cohort"].isna(), "district"].iloc[0])]
    n = len(alone)
    kept, dropped = (yr.did(panel_of(t), outcome="y") for t in (alone, table[~last]))
    assert kept.att == pytest.approx(dropped.att)
    assert (kept.se / dropped.se) ** 2 == pytest.approx((n - 1) / (n - 2))


def test_bad_rows_are_shown():
    panel = panel_of(random_table(2))
    with pytest.raises(yr.DataError, match="share district and period") as refused:
        yr.did(pd.concat([panel, panel.iloc[[0, 1]]]), outcome="y")
    assert "d00" in str(refused.value)
    with pytest.raises(yr.DataError, match="no finite value"):
        yr.did(panel.assign(value=np.nan), outcome="y")
    for value in (panel["value"] > 0, panel["value"] + 0j):
        with pytest.raises(yr.DataError, match=r"must be numeric, and is (bool|complex)"):
            yr.did(panel.assign(value=value), outcome="y")
        with pytest.raises(yr.DataError, match=r"must be numeric, and is (bool|complex)"):
            panel_of(random_table(2).assign(y=value))
    undated = panel["period"].astype("Int64").where(panel.index != 3)
    with pytest.raises(yr.DataError, match="no period") as refused:
        yr.did(panel.assign(period=undated), outcome=panel["indicator"][3])
    assert refused.value.rows.index.tolist() == [3]
    for never in (0, np.inf):  # as_panel reads them as never treated
        filled = panel.assign(cohort=panel["cohort"].astype(float).fillna(never))
        with pytest.raises(yr.DataError, match="as_panel reads 0 and infinity as never") as refused:
            yr.imputation_did(filled, outcome="y")
        assert len(refused.value.rows) == (panel["cohort"].isna() & (panel["indicator"] == "y")).sum()
        table = random_table(2)
        again = table.assign(cohort=table["cohort"].astype(float).fillna(never))
        pd.testing.assert_frame_equal(panel_of(again), panel)
    torn = panel.copy()
    torn.loc[1, "cohort"] = 2003 if torn.loc[1, "cohort"] is pd.NA else pd.NA
    with pytest.raises(yr.DataError, match="several cohorts"):
        yr.did(torn, outcome=torn.loc[1, "indicator"])
    with pytest.raises(yr.DataError, match="one positive number a district"):
        yr.did(panel.assign(size=0.0), outcome="y", population="size")
    holes = panel_of(random_table(2, gaps=0.2))
    with pytest.raises(yr.DataError, match="without gaps") as refused:
        yr.goodman_bacon(holes, outcome="y")
    known = holes[holes["indicator"] == "y"].groupby("district").size()
    missing = refused.value.rows.set_index("district")["missing"]
    assert missing.to_dict() == (known.max() - known)[known < known.max()].to_dict()


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("staggered_did", {"control": "all"}),
        ("staggered_did", {"base": "first"}),
        ("did", {"errors": "hc1"}),
        ("did", {"small_sample": "x"}),
    ],
)
def test_unknown_options_name_the_known(name, options):
    with pytest.raises(ValueError, match="choose one of"):
        ESTIMATORS[name](panel_of(random_table(2)), outcome="y", **options)


# ---- synthetic difference in differences: synthdid-py, R's synthdid in Python


def check_synthetic(panel, outcome, **options):
    """Compare points; placebo errors are draws, but with one treated district they can all be taken."""
    import synthdid

    effect = yr.synthetic_did(panel, outcome=outcome, **options)
    wide = panel[panel["indicator"] == outcome].pivot(index="district", columns="period", values="value")
    cohort = panel.groupby("district")["cohort"].first()[wide.index]
    control = wide[cohort.isna()].to_numpy()
    y = np.vstack([control, wide[cohort.notna()].to_numpy()])
    before = int((wide.columns < cohort.min()).sum())
    fit = synthdid.synthdid_estimate(y, len(control), before)
    assert effect.att == pytest.approx(float(fit), abs=1e-6 * np.abs(y).max())
    weights = effect.weights.merge(panel[panel["indicator"] == outcome])
    assert (weights["weight"] * weights["value"]).sum() == pytest.approx(
        effect.att, abs=1e-9 * np.abs(y).max()
    )
    assert effect.path["att"].mean() == pytest.approx(effect.att)
    return effect, synthdid, control, before


@pytest.mark.slow
def test_synthetic_did_is_synthdid_with_one_treated_district():
    table = random_table(3, districts=14, periods=7)
    table["cohort"] = table["district"].map({"d00": 2005}).astype("Int64")
    effect, synthdid, control, before = check_synthetic(panel_of(table), "y")
    theirs = [
        float(
            synthdid.synthdid_estimate(
                np.vstack([np.delete(control, i, axis=0), control[i]]), len(control) - 1, before
            )
        )
        for i in range(len(control))
    ]
    assert effect.se == pytest.approx(np.std(theirs), rel=1e-3)  # its solver stops at 1e-5 of the noise
    assert "each never-treated district once" in repr(effect)
    further = 1 + sum(abs(t) >= abs(effect.att) for t in theirs)
    assert effect.randomization().p_value == pytest.approx(further / 14)


@pytest.mark.slow
def test_synthetic_did_with_several_treated_districts():
    table = random_table(3, districts=20, periods=7)
    table["cohort"] = table["district"].map(dict.fromkeys(["d00", "d01", "d02"], 2005)).astype("Int64")
    panel = panel_of(table)
    effect = check_synthetic(panel, "y", seed=1, placebos=20)[0]
    again = yr.synthetic_did(panel, outcome="y", seed=1, placebos=20)
    assert (effect.se, effect.n_treated) == (again.se, 3)
    other = yr.synthetic_did(panel, outcome="y", seed=2, placebos=20)
    assert other.se != effect.se and other.convention["placebos"] == "drawn, seed 2"


def test_bands_of_synthetic_estimators_are_of_their_placebos():
    """Two pilots, 10 pairs of five: beyond the farthest of ten placebos where eleven are too few for 95%."""
    table = random_table(3, districts=14, periods=6)
    table = table[table["district"] < "d07"]
    table["cohort"] = table["district"].map({"d00": 2004, "d01": 2004}).astype("Int64")
    panel = panel_of(table)
    effect = yr.synthetic_control(panel, outcome="y")
    slow = []
    for pair in combinations([f"d0{k}" for k in range(2, 7)], 2):
        cohort = panel["district"].map(dict.fromkeys(pair, 2004)).astype("Int64")
        rows = panel.assign(cohort=cohort)[~panel["district"].isin(["d00", "d01"])]
        slow.append(yr.synthetic_control(rows, outcome="y").path["att"])
    bands = yr.confidence_bands(effect, level=0.9)
    farthest = np.abs(slow).max(axis=0)
    assert bands["high"].to_numpy() == pytest.approx(effect.path["att"].to_numpy() + farthest, abs=1e-9)
    assert bands.attrs["how"] == "10 sets of placebos" and np.isinf(yr.confidence_bands(effect)["low"]).all()
    halves = pd.Series(["a", "b"] * 3 + ["a"], sorted(table["district"].unique()))
    with pytest.raises(yr.DataError, match="drawn without strata"):
        yr.confidence_bands(effect, strata=halves)


@pytest.mark.parametrize("donors", [1, 3, 40])
def test_weights_of_placebos_are_best(donors):
    """Kuhn and Tucker: the slope is one number where there is weight, and no smaller elsewhere."""
    rng = np.random.default_rng(donors)
    y = rng.normal(size=(donors + 1, 9)).cumsum(axis=1) + 5 * rng.normal(size=(donors + 1, 1))
    before, after, target = y[1:, :6], y[1:, 6:], y[0, :6]
    best, steps = (synthetic_weights(before, after, target, 1, best=way)[0] for way in (True, False))
    assert best.sum() == pytest.approx(1) and (best >= 0).all()
    a, b = (before - before.mean(axis=1, keepdims=True)).T, target - target.mean()
    zeta = 3**0.25 * np.diff(before, axis=1).std(ddof=1)  # of Arkhangelsky and others (2021), eq. 5
    slope = a.T @ (a @ best - b) / 6 + zeta**2 * best
    some = best > 0
    assert slope[some] == pytest.approx(slope[some].mean(), abs=1e-9)
    assert (slope >= slope[some].mean() - 1e-9).all()
    assert best == pytest.approx(steps, abs=0.01)


@pytest.mark.slow
def test_synthetic_did_refuses_waves_gaps_and_too_few_donors():
    with pytest.raises(yr.DataError, match="takes one wave"):
        yr.synthetic_did(panel_of(random_table(7, periods=6)), outcome="y", seed=1)
    table = random_table(3, periods=6)
    table["cohort"] = table["district"].map({"d00": 2004}).astype("Int64")
    with pytest.raises(yr.DataError, match="without gaps"):
        yr.synthetic_did(panel_of(table.drop(index=7)), outcome="y")
    table["cohort"] = (table["district"] > "d05").map({True: 2004, False: pd.NA}).astype("Int64")
    as_many = table[table["district"].isin(["d00", "d01", "d06", "d07"])]
    for rows in (table, as_many):
        with pytest.raises(yr.DataError, match="cannot both stand in"):
            yr.synthetic_did(panel_of(rows), outcome="y", seed=1)


def wide_with(panel, *indicators):
    """Districts by (indicator, period), and who is treated."""
    tables = [
        panel[panel["indicator"] == i].pivot(index="district", columns="period", values="value")
        for i in indicators
    ]
    return tables, panel.groupby("district")["cohort"].first()[tables[0].index].notna().to_numpy()


def donor_weights(effect):
    """Weight of each never-treated district in the synthetic control."""
    last = effect.weights[effect.weights["period"] == effect.periods[-1]].set_index("district")["weight"]
    return -last[last <= 0] * len(effect.path)


@pytest.mark.slow
@pytest.mark.parametrize("controls", sweep(["x"], slow=[([],)]))
def test_synthetic_control_is_the_nearest_there_is(controls):
    """Karush, Kuhn and Tucker: no donor with weight is worse than one without."""
    table = random_table(3, districts=14, periods=9)
    table = table[table["district"] < "d08"]
    table["cohort"] = table["district"].map({"d00": 2007}).astype("Int64")
    panel = panel_of(table)
    effect = yr.synthetic_control(panel, outcome="y", controls=controls)
    (y, x), treated = wide_with(panel, "y", "x")
    before = y.columns < 2007
    blocks = [y.loc[:, before]] + [x.loc[:, before].mean(axis=1).to_frame("x") for _ in controls]
    features = pd.concat([b / np.sqrt(b.var().mean()) for b in blocks], axis=1)
    donors, target = features[~treated].T, features[treated].iloc[0]
    weights = donor_weights(effect)[donors.columns]
    assert weights.sum() == pytest.approx(1, abs=1e-12) and (weights >= 0).all()
    slope = donors.T @ (donors @ weights - target)
    assert slope[weights > 1e-9].to_numpy() == pytest.approx(slope.min(), abs=1e-10)
    assert (weights > 1e-9).sum() > 1
    gap = (y[treated].iloc[0] - weights @ y[~treated])[~before]
    assert effect.att == pytest.approx(gap.mean(), abs=1e-12)
    assert effect.path["att"].to_numpy() == pytest.approx(gap.to_numpy(), abs=1e-12)
    if controls:  # variances are those of all districts; without controls only their ratio would matter
        return
    others = panel[panel["district"] != "d00"]
    cohorts = [pd.Series(2007, others.index, "Int64").where(others["district"] == d) for d in donors.columns]
    placebos = [yr.synthetic_control(others.assign(cohort=c), outcome="y").att for c in cohorts]
    assert effect.se == pytest.approx(np.std(placebos), rel=1e-12)


def test_synthetic_control_keeps_its_controls_where_other_districts_are_treated():
    """Bands and `breakdown` were refused, since the cells that are estimated anew had no controls."""
    table = random_table(3, districts=14, periods=5)
    table = table[table["district"] < "d06"]
    table["cohort"] = table["district"].map({"d00": 2004}).astype("Int64")
    panel = panel_of(table)
    effect = yr.synthetic_control(panel, outcome="y", controls="x")
    cells = effect._cells
    for district in cells.districts:
        cohort = pd.Series(2004, panel.index, "Int64").where(panel["district"] == district)
        other = yr.synthetic_control(panel.assign(cohort=cohort), outcome="y", controls="x")
        anew = effect._anew(replace(cells, cohort=np.where(cells.districts == district, 2004, NEVER)))
        assert [anew.att, *anew.path["att"]] == pytest.approx([other.att, *other.path["att"]], abs=1e-9)
    assert np.isinf(yr.confidence_bands(effect)["high"]).all()  # one of six
    assert yr.breakdown(effect, panel)["threat"].tolist() == ["none", "inflation", "vague", "hidden_pilots"]
    with pytest.raises(yr.DataError, match="cells are without them"):
        yr.synthetic_control(make_cells(panel, "y"), outcome="y", controls="x")


@pytest.mark.slow
def test_synthetic_control_is_pysyncons():
    """Which stops at 1e-6 of its loss."""
    import pysyncon

    table = random_table(3, districts=14, periods=9)
    table["cohort"] = table["district"].map({"d00": 2007}).astype("Int64")
    panel = panel_of(table)
    weights = donor_weights(yr.synthetic_control(panel, outcome="y"))
    (y,), treated = wide_with(panel, "y")
    before = y.loc[:, y.columns < 2007].T
    donors, target = before.loc[:, ~treated], before["d00"]
    theirs = pysyncon.Synth()
    unscaled = before.std(axis=1).to_numpy() ** 2  # it divides each period by its deviation
    theirs.fit(X0=donors, X1=target, Z0=donors, Z1=target, custom_V=unscaled)
    assert weights[donors.columns].to_numpy() == pytest.approx(np.asarray(theirs.W), abs=2e-3)


@pytest.mark.slow
def test_synthetic_control_that_fits_exactly_takes_the_donors_it_is_made_of():
    table = random_table(3, districts=14, periods=20)
    table["cohort"] = table["district"].map({"d00": 2018}).astype("Int64")
    wide = table.pivot(index="period", columns="district", values="y")
    made = 0.3 * wide["d03"] + 0.7 * wide["d08"]
    mine = table["district"] == "d00"
    table.loc[mine, "y"] = (made + 2.5 * (made.index >= 2018)).to_numpy()
    effect = yr.synthetic_control(panel_of(table), outcome="y")
    assert effect.att == pytest.approx(2.5, abs=1e-8)
    weights = donor_weights(effect)
    assert weights[weights > 1e-6].round(6).to_dict() == {"d03": 0.3, "d08": 0.7}
    assert "off before treatment" in repr(effect) and "depend on the outcome" in repr(effect)


def test_a_level_out_of_reach_that_passes_for_an_effect_is_told():
    """The pilot is 3 above the highest of the others in every period: no effect, and an estimate of 3."""
    y = np.array([[1.0, 2, 1, 2], [4, 4, 5, 5], [2, 3, 2, 3], [1, 0, 1, 0]])
    y = np.vstack([y.max(axis=0) + 3, y])
    table = pd.DataFrame({"period": np.tile([1, 2, 3, 4], 5), "y": y.ravel(), "x": 0.0, "d": 0.0})
    table["district"] = np.repeat([f"d{i}" for i in range(5)], 4)
    table["cohort"] = pd.Series(np.where(table["district"] == "d0", 3, 0)).astype("Int64").replace(0, pd.NA)
    effect = yr.synthetic_control(panel_of(table), outcome="y")
    assert effect.att == pytest.approx(3) and effect.convention["fit"].startswith("3 off")
    assert effect.convention["poor fit"].startswith("3 was there before treatment")
    assert "3 was there before" in yr.compare_effects(effect)["caution"][0]
    told = yr.effect_table([effect, yr.did(panel_of(table), outcome="y")])["Synthetic weights"]
    assert told[0].startswith("part of the effect was there before") and told[1] == ""
    near = panel_of(table.assign(y=table["y"] + 20 * (table["cohort"] <= table["period"]).fillna(False)))
    near = yr.synthetic_control(near, outcome="y")
    assert "poor fit" not in near.convention
    assert "Synthetic weights" not in yr.effect_table(yr.did(panel_of(table), outcome="y"))


@pytest.mark.slow
def test_of_many_synthetic_controls_that_fit_exactly_it_is_the_most_even_one():
    """Against a quadratic programme; the range that is told is that over all that fit."""
    from scipy.optimize import minimize

    rng = np.random.default_rng(6)
    y = rng.normal(size=(9, 4)).round(2)
    mixed = rng.dirichlet(np.full(8, 0.3))
    y[0, :3] = mixed @ y[1:, :3]
    donors, target = y[1:, :3], y[0, :3]
    rules = {"type": "eq", "fun": lambda w: np.append(w @ donors - target, w.sum() - 1)}
    options = {"maxiter": 500, "ftol": 1e-15}
    slow = minimize(
        lambda w: w @ w, mixed, method="SLSQP", bounds=[(0, 1)] * 8, constraints=rules, options=options
    )
    assert slow.success and (slow.x < 1e-9).any()
    table = pd.DataFrame({"period": np.tile([1, 2, 3, 4], 9), "y": y.ravel(), "x": 0.0, "d": 0.0})
    ends = []
    for order in (range(9), range(8, -1, -1)):
        names = np.array([f"d{i}" for i in order])
        table["district"] = np.repeat(names, 4)
        table["cohort"] = pd.Series(np.where(table["district"] == names[0], 4, 0)).replace(0, pd.NA)
        effect = yr.synthetic_control(panel_of(table.astype({"cohort": "Int64"})), outcome="y")
        assert effect.att == pytest.approx(y[0, 3] - slow.x @ y[1:, 3], abs=1e-6)
        assert effect.convention["fit"].startswith("0 off")
        assert effect.convention["not unique"] in yr.compare_effects(effect)["caution"][0]
        ends.append([float(n) for n in re.findall(r"-?[\d.]+(?= to|;)", effect.convention["not unique"])])
    assert ends[0] == ends[1]
    vertices = []  # of the weights that fit: as many donors as equations
    for some in map(list, combinations(range(8), 4)):
        weights = np.linalg.solve(np.vstack([donors[some].T, np.ones(4)]), np.append(target, 1))
        if (weights >= 0).all():
            vertices.append(y[0, 3] - weights @ y[1:, 3][some])
    assert ends[0] == pytest.approx([min(vertices), max(vertices)], abs=1e-3)
    assert np.ptp(vertices) > 0.1


def test_synthetic_control_refuses_waves_gaps_and_controls_without_a_past():
    with pytest.raises(yr.DataError, match="synthetic_control takes one wave"):
        yr.synthetic_control(panel_of(random_table(7, periods=6)), outcome="y", seed=1)
    table = random_table(3, periods=6)
    table["cohort"] = table["district"].map({"d00": 2004}).astype("Int64")
    with pytest.raises(yr.DataError, match="without gaps"):
        yr.synthetic_control(panel_of(table.drop(index=7)), outcome="y")
    past = (table["district"] == "d02") & (table["period"] < 2004)
    panel = panel_of(table.assign(x=table["x"].mask(past)))
    with pytest.raises(yr.DataError, match=r"without a value of 'x' before treatment.*d02"):
        yr.synthetic_control(panel, outcome="y", controls=["x"])
    effect = yr.synthetic_control(panel, outcome="y")
    assert not yr.interval_bounds(effect, panel).exact  # at these weights, which follow the outcome


def test_without_diff_diff_all_but_synthetic_did_works(monkeypatch):
    """The adapter can be dropped: no other result needs it."""
    monkeypatch.setitem(sys.modules, "diff_diff", None)  # the import system's way to say that it is not there
    table = pd.DataFrame({"d": list("aabbcc"), "t": [1, 2] * 3, "y": [1.0, 5, 2, 3, 4, 7]})
    table["g"] = [2, 2, 0, 0, 0, 0]
    panel = yr.as_panel(table, district="d", period="t", cohort="g", outcomes="y")
    assert yr.did(panel, outcome="y").att == pytest.approx(2.0)
    assert yr.synthetic_control(panel, outcome="y").att == 5 - 3  # b is the nearest
    with pytest.raises(ImportError, match=r"diff-diff: pip install 'youthresearch\[synthetic\]'"):
        yr.synthetic_did(panel, outcome="y")


def test_averages_by_cohort_are_those_of_the_table():
    table = random_table(6, gaps=0.2)
    ours = yr.average_by_cohort(panel_of(table), outcome="y")
    theirs = table.groupby(["cohort", "period"], dropna=False)["y"].agg(["mean", "size"])
    observed = ours[ours["districts"] > 0]
    assert len(observed) == len(theirs)
    assert observed["value"].to_numpy() == pytest.approx(theirs["mean"].to_numpy())
    assert observed["districts"].tolist() == theirs["size"].tolist()


def test_effects_side_by_side():
    from scipy.stats import norm

    panel = panel_of(random_table(6))
    effects = [yr.did(panel, outcome="y"), yr.staggered_did(panel, outcome="y")]
    table = yr.compare_effects(effects, inference="se")
    assert table["estimator"].tolist() == ["did", "staggered_did"]
    assert table["att"].tolist() == [e.att for e in effects]
    assert table["high"][1] == pytest.approx(effects[1].att + 1.959964 * effects[1].se, abs=1e-6)
    assert table["high"][0] - table["att"][0] > 1.96 * effects[0].se  # t, not normal
    assert table["p_value"][1] == pytest.approx(2 * norm.sf(abs(effects[1].att / effects[1].se)))


@pytest.fixture(scope="module")
def simulated():
    """Simulate once."""
    return yr.simulate_panel(seed=1, districts=40, periods=12, waves={"2018Q3": 0.5})


@pytest.mark.parametrize("name", BOTH_WAYS)
def test_simulated_data_say_so(name, simulated):
    panel, truth = simulated
    effect = ESTIMATORS[name](panel, outcome="orgs_per_10k_youth_14_28")
    assert "simulated data" in repr(effect) and "simulated data" in effect._repr_html_()
    tables = [effect.path, effect.cohort_weights, yr.compare_effects([effect])]
    assert all(t.attrs["simulated"] for t in tables)
    reacting = truth[(truth["effect"] != 0) & (truth["indicator"] == "orgs_per_10k_youth_14_28")]
    assert abs(effect.att - reacting["effect"].mean()) < 4 * effect.se


# ---- what the randomisation test builds on


@pytest.mark.parametrize(
    "name", sweep("event_study", "imputation_did", "staggered_did", slow=["did", "sun_abraham"])
)
def test_reassigned_cohorts_are_a_choice_among_scores(name):
    """Estimating anew with shuffled cohorts gives what the scores under each cohort's weights add up to."""
    panel = panel_of(random_table(8, districts=20))
    effect = ESTIMATORS[name](panel, outcome="y")
    cells, cohorts, weights = weights_by_cohort(effect)
    scores = cells.y @ weights.T
    shuffled = np.random.default_rng(1).permutation(cells.cohort)
    drawn = scores[np.arange(len(shuffled)), np.searchsorted(cohorts, shuffled)].sum()
    by_district = dict(zip(cells.districts, shuffled, strict=True))
    labels = panel["district"].map(by_district).where(lambda g: g != NEVER).astype("Int64")
    assert drawn == pytest.approx(ESTIMATORS[name](panel.assign(cohort=labels), outcome="y").att, abs=1e-10)
    again = ESTIMATORS[name](replace(cells, cohort=shuffled), outcome="y")
    assert again.att == pytest.approx(drawn, abs=1e-10)


def test_weights_that_differ_within_a_cohort_are_refused():
    effect = yr.did(panel_of(random_table(8, gaps=0.2)), outcome="y")
    with pytest.raises(yr.DataError, match="estimate anew"):
        weights_by_cohort(effect)


@pytest.mark.slow
@pytest.mark.parametrize(
    "method, unit",
    sweep(("dr", 1e9), slow=[("reg", 1e-9), ("reg", 1e9), ("dr", 1e-9), ("reg", 1e3), ("dr", 1e3)]),
)
def test_a_control_may_be_in_any_unit(method, unit):
    """Yuan or hundred millions, from zero or far above it: a regression with a constant is the same."""
    table = random_table(3, districts=24, periods=5)
    level = table.assign(x=unit * (table["x"] + 300))
    given = {"outcome": "y", "controls": ["x"], "method": method}
    one, two = (yr.staggered_did(panel_of(t), **given) for t in (table, level))
    assert two.att == pytest.approx(one.att, rel=1e-8)
    assert two.se == pytest.approx(one.se, rel=1e-7)
    tests = [
        yr.randomization_test(yr.staggered_did, panel_of(t), draws=49, seed=1, outcome="y", controls=["x"])
        for t in (table, level)
    ]
    assert tests[0].undefined == tests[1].undefined
    np.testing.assert_allclose(tests[0].distribution, tests[1].distribution, rtol=1e-6, atol=1e-9)


REGRESSIONS = (yr.did, yr.event_study, yr.sun_abraham, yr.imputation_did)


@pytest.mark.slow
@pytest.mark.parametrize(
    "estimator, unit",
    sweep(
        *zip(REGRESSIONS, (1e-9, 1e9, 1e-9, 1e9), strict=True),
        slow=[*zip(REGRESSIONS, (1e9, 1e-9, 1e9, 1e-9), strict=True)],
    ),
)
@pytest.mark.parametrize("gaps", sweep(0.1, slow=[0.0]))
def test_regressions_take_a_control_in_any_unit(estimator, unit, gaps):
    table = random_table(3, districts=24, periods=5, gaps=gaps)
    level = table.assign(x=unit * (table["x"] + 300))
    one, two = (estimator(panel_of(t), outcome="y", controls=["x"]) for t in (table, level))
    assert two.att == pytest.approx(one.att, rel=1e-8)
    assert two.se == pytest.approx(one.se, rel=1e-7)


@pytest.mark.parametrize("name", [*ESTIMATORS, "synthetic_control"])
def test_an_outcome_is_no_control_of_itself(name):
    """What is left over then is rounding, and a test of it would find a p of 0.002 as soon as any other."""
    panel = panel_of(random_table(2))
    with pytest.raises(yr.DataError, match="'y' is the outcome, and cannot be a control"):
        getattr(yr, name)(panel, outcome="y", controls=["x", "y"])


@pytest.mark.slow
def test_one_control_may_be_named_alone():
    panel = panel_of(random_table(2))
    listed = (["x"], ("x",), pd.Index(["x"]), np.array(["x"]), pd.Series(["x"], index=[7]))
    for estimator in (yr.did, yr.staggered_did):
        one, *others = (estimator(panel, outcome="y", controls=names) for names in ("x", *listed))
        assert all(other.att == one.att and other.se == one.se for other in others)
        assert estimator(panel, outcome="y", controls=pd.Index([])).att != one.att
    for wrong in (3, [None], [3.5]):
        with pytest.raises(yr.DataError, match=r"controls=.* must be a name, or a list"):
            yr.did(panel, outcome="y", controls=wrong)


@pytest.mark.parametrize(
    ("panel", "outcome", "message"),
    [
        (
            yr.simulate_panel(districts=10, periods=8, waves={"2018Q1": 2}, seed=1),
            "orgs",
            "tuple is no table of the panel",
        ),
        (None, "orgs", "NoneType is no table of the panel"),
        (panel_of(random_table(2)), ["y"], r"\['y'\] is no name of an indicator"),
        (panel_of(random_table(2)).head(0), "y", "it has no rows"),
    ],
)
def test_what_is_no_panel_or_no_outcome(panel, outcome, message):
    with pytest.raises(yr.DataError, match=message):
        yr.did(panel, outcome=outcome)


def test_what_is_compared_are_effects():
    effect = yr.did(panel_of(random_table(2)), outcome="y")
    for compared, message in (
        ([], "No effects to compare"),
        ([effect, effect.randomization()], "A RandomizationTest is no Effect"),
    ):
        with pytest.raises(yr.DataError, match=message):
            yr.compare_effects(compared)
        with pytest.raises(yr.DataError, match=message):
            yr.effect_table(compared)
    for compare in (yr.compare_effects, yr.effect_table):
        pd.testing.assert_frame_equal(compare(effect), compare([effect]))


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("event_study", {"base": 0}, "must lie before treatment"),
        ("event_study", {"base": (-1, 1)}, "must lie before treatment"),
        ("event_study", {"base": "first"}, "must lie before treatment"),
        ("sun_abraham", {"base": 1}, "must lie before treatment"),
        ("event_study", {"window": 3}, "must be the first and the last event time"),
        ("event_study", {"window": (2, -2)}, "one before treatment and one not"),
        ("event_study", {"window": (-3, -1)}, "one before treatment and one not"),
        ("event_study", {"window": (-3, 2.5)}, "the last event time, whole numbers"),
        ("event_study", {"window": (-3, float("nan"))}, "the last event time, whole numbers"),
        ("event_study", {"window": ("a", 2)}, "the last event time, whole numbers"),
        ("event_study", {"base": -1.0}, "must lie before treatment"),
        ("sun_abraham", {"base": (-1, -2)}, "must be one event time"),
        ("sun_abraham", {"base": [-1]}, "must be one event time"),
        ("imputation_did", {"pretrends": -1}, "pretrends=-1 must be a whole number"),
        ("imputation_did", {"pretrends": 1.5}, "pretrends=1.5 must be a whole number"),
        ("imputation_did", {"pretrends": 2.0}, "pretrends=2.0 must be a whole number"),
        ("imputation_did", {"pretrends": True}, "pretrends=True must be a whole number"),
        ("did", {"population": ["size"]}, "population is of type list, and no text"),
    ],
)
def test_effects_are_against_a_time_before_treatment(name, options, message):
    with pytest.raises(yr.DataError) as refused:
        ESTIMATORS[name](any_panel(), outcome="y", **options)
    assert message in str(refused.value)


@pytest.mark.slow
def test_one_placebo_has_no_spread():
    panel = yr.simulate_panel(districts=12, periods=8, waves={"2018Q1": 2}, seed=1)[0]
    for placebos in (0, 1, 2.5):
        with pytest.raises(yr.DataError, match="must be a whole number, at least 2"):
            yr.synthetic_control(panel, outcome="orgs", placebos=placebos, seed=1)


@pytest.mark.parametrize(
    "call",
    [
        lambda effect, **k: yr.randomization_test(yr.did, any_panel(), outcome="y", **k),
        yr.wild_bootstrap,
        yr.confidence_bands,
        lambda effect, **k: yr.honest_did(effect, inference="randomization", **k),
        lambda effect, **k: yr.pretrend_test(effect, inference="randomization", **k),
    ],
)
def test_draws_and_seeds_are_whole_numbers(call):
    """Without a seed a study would give other numbers each time."""
    effect = yr.event_study(panel_of(random_table(8, districts=24, periods=6)), outcome="y")
    for draws in (99.0, True, 0, "many"):
        with pytest.raises(yr.DataError, match=f"draws={draws!r} must be a whole number, at least 1"):
            call(effect, draws=draws, seed=1)
    for seed in ("a", -1, 1.0, None, True):
        with pytest.raises(yr.DataError, match=f"seed={seed!r} must be a whole number, at least 0"):
            call(effect, draws=99, seed=seed)


@pytest.mark.parametrize(
    "call",
    [
        yr.pretrend_test,
        yr.honest_did,
        lambda thing: yr.confidence_bands(thing, seed=1),
        lambda thing: yr.wild_bootstrap(thing, seed=1),
        lambda thing: yr.interval_bounds(thing, any_panel()),
        lambda thing: yr.breakdown(thing, any_panel()),
    ],
)
def test_what_asks_for_an_effect_says_so(call):
    for thing in (any_panel(), reassigned_any_panel()):
        with pytest.raises(yr.DataError, match=f"A {type(thing).__name__} is no Effect"):
            call(thing)


@pytest.mark.slow
def test_few_untreated_districts_are_as_few_as_few_treated_ones():
    """Change sides and the estimate changes its sign, and nothing else: three are too few on either.

    With 57 of 60 treated the clustered test of 400 simulated studies (rho 0.5) rejected a true null 21% of
    the time at 5%, as with three treated (`load_size`).
    """
    table = random_table(4, districts=24, periods=6, never=True)
    number = table["district"].str[1:].astype(int)
    cohorts = [pd.Series(np.where(here, 2003, 0)).astype("Int64") for here in (number < 3, number >= 3)]
    panels = [panel_of(table.assign(cohort=c.replace(0, pd.NA))) for c in cohorts]
    few, many = (yr.did(panel, outcome="y") for panel in panels)
    assert (many.att, many.se) == (pytest.approx(-few.att), pytest.approx(few.se))
    assert many.caution.startswith("unreliable with 3 untreated") and "3 treated" in few.caution
    compared = yr.compare_effects([few, many])
    assert compared["inference"].tolist() == ["randomization"] * 2
    assert compared["p_value"][0] == compared["p_value"][1]
    assert compared["low"][0] == pytest.approx(-compared["high"][1])
    shown = yr.effect_table(iter([few, many]))["Std. error"]
    assert ["treated" in shown[0], "untreated" in shown[0], "untreated" in shown[1]] == [True, False, True]
    for effect, panel in zip((few, many), panels, strict=True):
        assert "(randomisation, all 2,024 assignments" in repr(effect)
        assert yr.interval_bounds(effect, panel).inference == "randomization"


def test_a_panel_without_cohorts_says_where_they_come_from():
    panel = panel_of(random_table(2)).drop(columns="cohort")
    with pytest.raises(yr.DataError, match="give it cohorts with assign_cohorts"):
        yr.did(panel, outcome="y")


def waves_of(size, waves=12):
    """Forty districts in 15 periods; waves of so many a period, the others never treated."""
    rng = np.random.default_rng(8)
    begins = np.append(np.repeat(np.arange(2003, 2003 + waves), size), np.zeros(40 - size * waves, int))
    table = pd.DataFrame({"district": [f"d{i:02d}" for i in range(40)], "cohort": begins}).merge(
        pd.DataFrame({"period": np.arange(2001, 2016)}), how="cross"
    )
    table["cohort"] = table["cohort"].astype("Int64").replace(0, pd.NA)
    return table.assign(y=rng.normal(size=len(table)), x=0.0, d=0.0)


@pytest.mark.parametrize("name", sweep("imputation_did", slow=["sun_abraham"]))
def test_a_cohort_of_one_district_leaves_nothing_to_learn_an_error_from(name):
    """The error does not see what treated cells do, so a test must not rest on it."""
    table, found = waves_of(1), {}
    noisy = table["cohort"].notna() & (table["period"] >= table["cohort"])
    for noise in (0, 100):
        wild = table.assign(y=table["y"] + noise * noisy * np.random.default_rng(1).normal(size=len(table)))
        found[noise] = ESTIMATORS[name](panel_of(wild), outcome="y")
    assert found[100].se == pytest.approx(found[0].se) and abs(found[100].att) > 5 * found[0].se
    assert "12 treated in 12 cohorts" in found[0].caution
    assert yr.compare_effects([found[0]])["inference"].item() == "randomization"
    assert "too few in a cohort: unreliable" in yr.effect_table([found[0]])["Std. error"].item()
    assert "12 treated in 6 cohorts" in ESTIMATORS[name](panel_of(waves_of(2, waves=6)), outcome="y").caution
    assert not ESTIMATORS[name](panel_of(waves_of(3, waves=4)), outcome="y").caution


@pytest.mark.parametrize(
    ("aggregate", "few"),
    sweep(("cohort", False), ("event", True), slow=[("simple", False), ("calendar", True)]),
)
def test_treated_districts_count_by_their_weights(aggregate, few):
    """One began in 2004, twenty in 2012: see `too_few` for how often a true null is rejected then.

    By event time the one is the last eight of twelve rows, and a 21st of four; by period all of the first
    eight, and a 21st of the last four.
    """
    table = waves_of(1, waves=1).replace({"cohort": {2003: 2004}})
    late = table["district"].isin([f"d{i:02d}" for i in range(1, 21)])
    effect = yr.staggered_did(
        panel_of(table.assign(cohort=table["cohort"].mask(late, 2012))), outcome="y", aggregate=aggregate
    )
    assert bool(effect.caution) == few
    assert inference_for(effect, None) == ("randomization" if few else effect.errors)
    if few:
        one, others = (8 + 4 / 21) / 12, 4 / 21 / 12
        alike = 1 / (one**2 + 20 * others**2)
        assert f"with 21 treated, by their weights {alike:.1f}, too few" in effect.caution
        assert "too few treated: unreliable" in yr.effect_table([effect])["Std. error"].item()


@pytest.mark.slow
def test_one_large_district_makes_few_of_many():
    table = waves_of(12, waves=1)
    panel = panel_of(table.assign(x=np.where(table["district"] == "d00", 100.0, 1.0)))
    assert yr.did(panel, outcome="y").caution == ""
    weighted = yr.did(panel, outcome="y", population="x")
    assert f"by their weights {111**2 / (100**2 + 11):.1f}" in weighted.caution


@pytest.mark.parametrize("name", ESTIMATORS)
def test_districts_that_were_never_seen_before_treatment_are_no_treated_ones(name):
    """Twelve pilots, ten of which report from the pilot on only: two have a say, and two are few."""
    table = waves_of(12, waves=1)
    late = table["cohort"].notna() & ~table["district"].isin(["d00", "d01"])
    effect = ESTIMATORS[name](panel_of(table[~late | (table["period"] >= 2003)]), outcome="y")
    assert (effect.n_treated, effect.n_control) == (2, 28)
    assert effect.caution.startswith("unreliable with 2 treated")
    assert inference_for(effect, None) == "randomization"


@pytest.mark.filterwarnings("error")
def test_groups_that_a_control_tells_apart_are_refused_without_a_warning():
    """The slope of the propensity grows without bound, and its exponential must not overflow."""
    x = np.array([-0.01914789, 0.47791287, 0.49925484])
    propensity, _ = _logit(np.column_stack([np.ones(3), x]), np.ones(3), np.array([False, False, True]))
    assert propensity[2] > OVERLAP and propensity[:2].max() < 1 - OVERLAP


WITH_WEIGHTS = [yr.did, yr.event_study, yr.imputation_did, yr.staggered_did, yr.sun_abraham, yr.synthetic_did]


def with_intervals(ends):
    """Make a panel in which some figures are intervals: district, period, low, high."""
    years = range(2015, 2021)
    rows = [(f"d{k}", t, 2018 if k < 2 else None, 10.0 * k + k * t % 7) for k in range(8) for t in years]
    table = pd.DataFrame(rows, columns=["d", "t", "g", "camps"]).assign(low=np.nan, high=np.nan)
    for district, period, low, high in ends:
        here = (table["d"] == district) & (table["t"] == period)
        value = table.loc[here, "camps"]
        table.loc[here, "low"], table.loc[here, "high"] = value + low, value + high
    names = {"district": "d", "period": "t", "cohort": "g", "low": "low", "high": "high"}
    return yr.as_panel(table, **names, outcomes="camps")


VAGUE = [("d0", 2019, 0, np.inf), ("d1", 2019, -2, 2), ("d3", 2016, -np.inf, 1), ("d5", 2020, -1, 0)]


@pytest.mark.parametrize("estimate", WITH_WEIGHTS)
def test_an_effect_counts_the_intervals_that_bounds_are_of(estimate):
    panel = with_intervals(VAGUE)
    effect = estimate(panel, outcome="camps")
    bounds = yr.interval_bounds(effect, panel, inference="se")
    assert (effect.vague, effect.unbounded) == (bounds.vague, len(bounds.open))
    assert effect.vague >= 2 and effect.unbounded >= 1


def test_an_effect_says_what_it_makes_of_intervals_and_only_then():
    vague, exact = with_intervals(VAGUE), with_intervals([])
    effects = [yr.did(panel, outcome="camps") for panel in (vague, exact)]
    assert [(e.vague, e.unbounded) for e in effects] == [(4, 2), (0, 0)]
    assert effects[0].att == effects[1].att
    assert re.search("vague +4 cells.*, 2 of them without a bound;.* interval_bounds", repr(effects[0]))
    assert "vague" not in repr(effects[1])
    one = yr.did(with_intervals(VAGUE[1:2]), outcome="camps")
    assert re.search("vague +1 cells.*; att", repr(one))
    category = vague.assign(district=vague["district"].astype("category"), indicator="camps")
    assert yr.did(category, outcome="camps").vague == 4


@pytest.mark.parametrize(
    ("lang", "column", "both"),
    [("en", "Vague figures", "4, 2 without a bound"), ("zh", "约数", "4，其中2个缺上限或下限")],
)
def test_effect_table_tells_effects_of_intervals(lang, column, both):
    vague, exact = (yr.did(with_intervals(ends), outcome="camps") for ends in (VAGUE, []))
    table = yr.effect_table([vague, exact], lang=lang)
    (name,) = [c for c in table if column in c]
    assert "interval_bounds" in name and table[name].tolist() == [both, "0"]
    assert not any("interval_bounds" in c for c in yr.effect_table(exact, lang=lang))


def test_an_effect_says_that_controls_and_populations_are_intervals():
    other = with_intervals(VAGUE[1:3]).assign(indicator="halls", value=lambda t: t["value"] + t["period"] % 3)
    panel = pd.concat([with_intervals([]), other.assign(low=other["low"], high=other["high"] + 3)])
    for options in ({"controls": ["halls"]}, {"population": "halls"}):
        assert "48 figures of halls are intervals" in repr(yr.did(panel, outcome="camps", **options))
    assert "also vague" not in repr(yr.did(panel, outcome="camps"))


def test_effects_side_by_side_tell_how_many_figures_are_vague():
    effects = [yr.did(with_intervals(ends), outcome="camps") for ends in (VAGUE, [])]
    table = yr.compare_effects(effects)
    assert table[["vague", "unbounded"]].to_numpy().tolist() == [[4, 2], [0, 0]]


@pytest.mark.parametrize(
    "call",
    [
        lambda panel: yr.did(panel, outcome="y"),
        lambda panel: yr.did(panel, outcome="x", controls="y"),
        lambda panel: yr.average_by_cohort(panel, outcome="y"),
        lambda panel: yr.sigma_convergence(panel, outcome="y"),
        lambda panel: yr.strata_by(panel, by="level", outcome="y", n=2),
        lambda panel: yr.composite_table(panel, ["y"]),
    ],
)
def test_the_whole_of_a_district_is_no_series_with_a_part_of_it(call):
    """From 2003 on one district is known by its subdistricts alone: no cell stands twice."""
    table = random_table(2, districts=14, periods=5).assign(scope="")
    table[["y", "x"]] = table[["y", "x"]].abs() + 1
    part = (table["district"] == "d03") & (table["period"] > 2003)
    names = {"district": "district", "period": "period", "cohort": "cohort", "outcomes": ["y", "x"]}
    panel = yr.as_panel(table.assign(scope=np.where(part, "街道", "")), scope="scope", **names)
    with pytest.raises(yr.DataError, match=r"several scopes, .*街道.*not of the same places"):
        call(panel)
    call(panel[panel["district"] != "d03"])


def test_a_factor_on_clustered_errors_is_none_on_others():
    with pytest.raises(yr.DataError, match="factor on clustered errors"):
        yr.did(panel_of(random_table(2)), outcome="y", errors="iid", small_sample="full")


def test_intervals_without_weight_are_not_counted():
    """A panel has other outcomes, and a district that is left out has no weight."""
    panel = with_intervals(VAGUE)
    other = panel.assign(indicator="halls", low=panel["value"] - 5)
    alone = panel.head(1).assign(district="d9", low=0.0)
    effect = yr.did(pd.concat([panel, other, alone], ignore_index=True), outcome="camps")
    assert effect.vague == 4 and effect.refused["district"].tolist() == ["d9"]

"""Other packages' opinions on the same panel, in one form: att, se, and a path as event_time -> (att, se).

`table` is wide: district, period, cohort (missing = never), d (treated or not), x, y. Each oracle is checked
before it is believed: what is known to be wrong in one is worked around here, by name.
"""

import contextlib
import io
import warnings

import numpy as np
import pandas as pd

import youthresearch as yr


def random_table(seed, *, districts=None, periods=None, never=True, gaps=0.0, singles=False):
    """Draw a panel: a few cohorts of two districts or more (or of one), effects that differ, AR errors."""
    rng = np.random.default_rng(seed)
    n = districts or int(rng.integers(14, 26))
    t = periods or int(rng.integers(3, 8))
    count = int(rng.integers(1 if never else 2, min(3, t - 1) + 1))
    begins = np.sort(rng.choice(np.arange(1, t), count, replace=False)) + 2001
    cohorts = np.append(begins, 0) if never else begins
    who = np.append(np.repeat(begins, 1 if singles else 2), np.repeat(cohorts[-1], 6))
    who = np.append(who, rng.choice(cohorts if not singles else cohorts[-1:], n - len(who)))
    table = pd.DataFrame(
        {
            "district": np.repeat([f"d{i:02d}" for i in range(n)], t),
            "period": np.tile(np.arange(2001, 2001 + t), n),
            "g": np.repeat(who, t),
        }
    )
    table["cohort"] = table["g"].astype("Int64").replace(0, pd.NA)
    table["d"] = ((table["g"] > 0) & (table["period"] >= table["g"])).astype(float)
    shocks = rng.normal(size=(n, t)).cumsum(axis=1) * 0.5
    table["x"] = rng.normal(size=n * t) + shocks.ravel()
    event = (table["period"] - table["g"]).clip(lower=0) * table["d"]
    table["y"] = (
        5 + rng.normal(size=n).repeat(t) + shocks.ravel() + table["d"] + 0.4 * event + rng.normal(size=n * t)
    )
    return table[rng.uniform(size=n * t) >= gaps].reset_index(drop=True)


def random_design(seed):
    """Draw a panel that may be awkward, without noise, and the effect in it.

    Two periods or more, cohorts of a single district, cohorts after the end, nobody or everybody treated at
    last, gaps, quarters, a constant outcome. Columns x (noise) and size are for controls and population.
    """
    rng = np.random.default_rng(seed)
    t, n = int(rng.choice([2, 3, 5, 7])), int(rng.integers(2, 14))
    who = rng.choice(rng.choice([*range(2002, 2003 + t), 0, 0], int(rng.integers(1, 4))), n)
    table = pd.DataFrame(
        {
            "district": np.repeat([f"d{i:02d}" for i in range(n)], t),
            "period": np.tile(np.arange(2001, 2001 + t), n),
            "g": np.repeat(who, t),
            "size": np.repeat(rng.uniform(0.5, 3, n), t),
            "x": rng.normal(size=n * t),
            "y": np.repeat(5 * rng.normal(size=n), t) + np.tile(rng.normal(size=t), n),
        }
    )
    table["y"] += 2 * ((table["g"] > 0) & (table["period"] >= table["g"]))
    effect = 2.0
    if rng.random() < 0.15:
        table["y"], effect = 3.0, 0.0
    table["cohort"] = table["g"].astype("Int64").replace(0, pd.NA)
    if rng.random() < 0.3:
        first = pd.Period("2018Q1")
        table["period"] = [first + int(p - 2001) for p in table["period"]]
        table["cohort"] = pd.PeriodIndex(
            [first + int(g - 2001) if g else pd.NaT for g in who.repeat(t)], freq="Q"
        )
    table = table[rng.uniform(size=n * t) >= rng.choice([0, 0, 0.1, 0.4])]
    names = {"district": "district", "period": "period", "cohort": "cohort"}
    return yr.as_panel(table, outcomes=["y", "x"], keep=["size"], **names), effect


def panel_of(table):
    """Turn the table into the package's panel."""
    panel = yr.as_panel(table, district="district", period="period", cohort="cohort", outcomes=["y", "x"])
    return panel


@contextlib.contextmanager
def quiet():
    """Keep what the other packages print and warn of out of the tests' output."""
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        yield


def without_single_cells(table):
    """Drop districts with one cell, as fixest does by default and ours: they add to n, k and shares alone."""
    return table[table.groupby("district")["y"].transform("size") > 1]


def pyfixest(table, regressors, errors="CRV1", weights=None):
    """Coefficients, covariance. Fixed effects in alphabetical order: else 0.60 counts the nested wrongly."""
    import pyfixest as pf

    formula = f"y ~ {' + '.join(regressors)} | district + period"
    vcov = "iid" if errors == "iid" else {errors: "district"}
    with quiet():
        fit = pf.feols(formula, table, vcov=vcov, weights=weights)
    names = list(fit._coefnames)
    assert names == list(regressors), "pyfixest dropped a regressor"
    return np.asarray(fit._beta_hat), np.asarray(fit._vcov)


def dense(table, regressors, *, errors="CRV1", weights=None, small_sample="fixest"):
    """Least squares on dummies: coefficients, covariance, with the small-sample factor of fixest or of OLS.

    Clustered by district, fixest counts the periods but not the districts, which lie within the clusters;
    least squares counts all dummies. The slow suite compares it with pyfixest and statsmodels, whose import
    takes two seconds.
    """
    table = without_single_cells(table)
    y, k = table["y"].to_numpy(), len(regressors)
    both = [pd.get_dummies(table["district"]), pd.get_dummies(table["period"]).iloc[:, 1:]]
    x = np.hstack([table[list(regressors)], *both]).astype(float)
    assert np.linalg.matrix_rank(x) == x.shape[1], "a regressor says nothing of its own"
    w = np.ones(len(y)) if weights is None else table[weights].to_numpy(float)
    bread = np.linalg.inv(x.T @ (w[:, None] * x))
    beta = bread @ (x.T @ (w * y))
    scores = x * (w * (y - x @ beta))[:, None]
    if errors == "iid":
        vcov = bread * (w @ (y - x @ beta) ** 2) / (len(y) - x.shape[1])
    else:
        sums = pd.DataFrame(scores).groupby(table["district"].to_numpy()).sum().to_numpy()
        n, count = len(sums), x.shape[1] - (len(sums) - 1) * (small_sample == "fixest")
        vcov = bread @ sums.T @ sums @ bread * n / (n - 1) * (len(y) - 1) / (len(y) - count)
    return beta[:k], vcov[:k, :k]


def dummies(table, regressors):
    """Least squares on dummies in statsmodels, clustered by district (its k counts all dummies)."""
    import statsmodels.api as sm

    table = without_single_cells(table)
    both = [pd.get_dummies(table["district"]), pd.get_dummies(table["period"]).iloc[:, 1:]]
    design = np.hstack([table[list(regressors)], *both]).astype(float)
    groups = pd.factorize(table["district"])[0]
    fit = sm.OLS(table["y"].to_numpy(), design).fit(cov_type="cluster", cov_kwds={"groups": groups})
    k = len(regressors)
    return fit.params[:k], fit.cov_params()[:k, :k]


def imputed(table):
    """Effect of each treated cell: y less what dummies fitted to the untreated cells predict (dense)."""
    design = pd.get_dummies(table[["district", "period"]].astype(str), dtype=float)
    free = table["d"] == 0
    params = np.linalg.lstsq(design[free], table.loc[free, "y"], rcond=None)[0]
    return (table["y"] - design @ params)[~free]


def diff_diff(table, name, controls=None, **options):
    """CallawaySantAnna, SunAbraham or ImputationDiD of diff-diff: the fit."""
    import diff_diff as dd

    more = {} if name == "SunAbraham" else {"aggregate": "event_study"}
    with quiet():
        return getattr(dd, name)(**options).fit(
            table, outcome="y", unit="district", time="period", first_treat="g", covariates=controls, **more
        )


def diff_diff_path(fit):
    """Event time -> (att, se) of a fit of diff-diff."""
    return {
        int(e): (r["effect"], r["se"]) for e, r in fit.event_study_effects.items() if np.isfinite(r["effect"])
    }


def moderndid(table, kind, control, method="reg", **options):
    """att_gt and aggte of moderndid, R's `did` in Python: att, se, path. Districts with gaps are dropped."""
    import moderndid as md

    data = table.assign(id=pd.factorize(table["district"])[0] + 1.0, g=table["g"].astype(float))
    with quiet():
        groups = md.att_gt(
            data=data,
            yname="y",
            tname="period",
            idname="id",
            gname="g",
            control_group=control,
            est_method=method,
            cband=False,
            **options,
        )
        fit = md.aggte(groups, type=kind, cband=False)
    if fit.event_times is None:
        return fit.overall_att, fit.overall_se, {}
    rows = zip(fit.att_by_event, fit.se_by_event, strict=True)
    return fit.overall_att, fit.overall_se, dict(zip(map(int, fit.event_times), rows, strict=True))


def did_imputation(table, horizons, pretrends=0):
    """Borusyak, Jaravel and Spiess in did-imputation: horizon -> (att, se), or the mean alone under 0."""
    from did_imputation import did_imputation as fit

    data = table.assign(id=pd.factorize(table["district"])[0], Ei=table["g"].where(table["g"] > 0))
    data = data[["id", "period", "Ei", "y"]].copy()
    with quiet():
        fit = fit(data, "y", "id", "period", "Ei", allhorizons=horizons, minn=0, pretrends=pretrends)
    found = {
        (int(k.removeprefix("tau")) if horizons else 0): (v, fit.std_errors[k])
        for k, v in fit.estimates.items()
    }
    before = fit.pretrends_estimates or {}
    return found | {-int(k.removeprefix("pre")): (v, fit.pretrends_std_errors[k]) for k, v in before.items()}

"""Estimators side by side: ours and other packages, on one panel, in one run; run with `make bench`.

Each pair of task and package runs in a process of its own: once to warm up, then three times, and again while
two seconds are not over, from the user's call on a table in memory to points and clustered errors; the least
time (of twenty at most) and the peak memory of the process are told. All must give the same number, or the
row says so. The table goes to benchmarks/README.md.
"""

import contextlib
import io
import json
import os
import platform
import resource
import subprocess
import sys
import time
import warnings
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import numpy as np
import pandas as pd

SIZES = {"60 x 24": (60, 24), "2,844 x 40": (2844, 40)}
LIMIT = 240  # seconds for a process
TABLE = Path(__file__).resolve().parent / "README.md"
READING = "reading the long table"  # what every estimator of ours begins with
SLOW = {
    ("imputation", "pyfixest"),
    ("imputation", "did-imputation"),
}  # minutes and gigabytes on the large panel


def make_table(districts, periods, seed=2024):
    """Make a panel without gaps: waves of 2 to 18% of the districts, the rest never treated; AR shocks."""
    rng = np.random.default_rng(seed)
    begins = (np.array([0.3, 0.35, 0.45, 0.55, 0.65, 0.75]) * periods).astype(int) + 1
    sizes = (np.array([0.05, 0.05, 0.15, 0.15, 0.15, 0.15]) * districts).astype(int)
    cohort = np.zeros(districts, dtype="int64")
    cohort[: sizes.sum()] = np.repeat(begins, sizes)
    time_ = np.arange(1, periods + 1)
    event = time_[None, :] - np.where(cohort > 0, cohort, 10**6)[:, None]
    y = rng.normal(size=(districts, 1)) + 0.5 * rng.normal(size=(districts, periods)).cumsum(axis=1)
    y += (event >= 0) * (1 + 0.05 * np.maximum(event, 0))
    return pd.DataFrame(
        {
            "district": np.repeat([f"d{i:05d}" for i in range(districts)], periods),
            "unit": np.repeat(np.arange(districts), periods),
            "period": np.tile(time_, districts),
            "g": np.repeat(cohort, periods),
            "d": (event >= 0).ravel().astype(float),
            "y": y.ravel(),
        }
    )


def ours(task):
    """Time the package itself."""

    def prepare(table):
        import youthresearch as yr
        from youthresearch.cells import make_cells

        table["cohort"] = table["g"].astype("Int64").where(table["g"] > 0)
        panel = yr.as_panel(table, district="district", period="period", cohort="cohort", outcomes="y")
        estimator = {
            "fixed effects": yr.did,
            "event study": yr.event_study,
            "Callaway-Sant'Anna": yr.staggered_did,
            "imputation": yr.imputation_did,
            "Sun-Abraham": yr.sun_abraham,
        }.get(task)

        def run():
            effect = estimator(panel, outcome="y")
            return effect.att, effect.se

        def read():
            make_cells(panel, "y")
            return np.nan, np.nan

        return read if task == READING else run

    return prepare


def with_events(table):
    """Add a column for each event time but -1; return their names and those from 0 on."""
    event = (table["period"] - table["g"]).where(table["g"] > 0)
    times = sorted(set(event.dropna().astype(int)) - {-1})
    names = [f"e{'m' if e < 0 else ''}{abs(e)}" for e in times]
    columns = {n: (event == e).astype(float) for n, e in zip(names, times, strict=True)}
    return table.assign(**columns), names, [n for n, e in zip(names, times, strict=True) if e >= 0]


def mean_of(names, params, vcov):
    """Average coefficients and give the error of the average."""
    at = [list(params.index).index(n) for n in names]
    return params.iloc[at].mean(), np.sqrt(np.asarray(vcov)[np.ix_(at, at)].sum()) / len(at)


def pyfixest_did(table):
    import pyfixest as pf

    def run():
        fit = pf.feols("y ~ d | district + period", table, vcov={"CRV1": "district"})
        return fit.coef()["d"], fit.se()["d"]

    return run


def pyfixest_events(table):
    import pyfixest as pf

    table, names, post = with_events(table)
    formula = f"y ~ {' + '.join(names)} | district + period"

    def run():
        fit = pf.feols(formula, table, vcov={"CRV1": "district"})
        return mean_of(post, fit.coef(), fit._vcov)

    return run


def pyfixest_sun_abraham(table):
    import pyfixest as pf

    def run():
        fit = pf.event_study(
            table, yname="y", idname="unit", tname="period", gname="g", estimator="saturated", att=False
        )
        path = fit.aggregate()
        return path.loc[path.index.astype(float) >= 0, "Estimate"].mean(), np.nan

    return run


def pyfixest_did2s(table):
    import pyfixest as pf

    def run():
        fit = pf.did2s(
            table,
            yname="y",
            first_stage="~ 0 | unit + period",
            second_stage="~ d",
            treatment="d",
            cluster="unit",
        )
        return fit.coef()["d"], fit.se()["d"]

    return run


def linearmodels_did(table, names=("d",), post=("d",)):
    from linearmodels import PanelOLS

    table = table.set_index(["unit", "period"])

    def run():
        fit = PanelOLS(table["y"], table[list(names)], entity_effects=True, time_effects=True)
        fit = fit.fit(cov_type="clustered", cluster_entity=True)
        return mean_of(list(post), fit.params, fit.cov)

    return run


def linearmodels_events(table):
    table, names, post = with_events(table)
    return linearmodels_did(table, names, post)


def statsmodels_did(table):
    """Least squares on demeaned data, the fastest a user of statsmodels gets; right without gaps only."""
    import statsmodels.api as sm

    def run():
        data = table[["y", "d"]]
        unit, period = (data.groupby(table[k]).transform("mean") for k in ("unit", "period"))
        data = data - unit - period + data.mean()
        fit = sm.OLS(data["y"], data[["d"]]).fit(
            cov_type="cluster", cov_kwds={"groups": table["unit"].to_numpy()}
        )
        return fit.params["d"], fit.bse["d"]

    return run


def diff_diff(name):
    def prepare(table):
        import diff_diff as dd

        more = {} if name == "SunAbraham" else {"aggregate": "event_study"}

        def run():
            fit = getattr(dd, name)().fit(
                table, outcome="y", unit="unit", time="period", first_treat="g", **more
            )
            return fit.overall_att, fit.overall_se

        return run

    return prepare


def csdid(table):
    from csdid.att_gt import ATTgt

    def run():
        fit = ATTgt(
            yname="y", tname="period", idname="unit", gname="g", data=table, control_group="nevertreated"
        )
        fit.fit(est_method="reg", bstrap=False)
        fit.aggte("dynamic", bstrap=False, cband=False)
        fit.aggte("simple", bstrap=False, cband=False)
        return fit.atte["overall_att"], fit.atte["overall_se"]

    return run


def moderndid(table):
    import moderndid as md

    table = table.assign(g=table["g"].astype(float), unit=table["unit"] + 1.0)

    def run():
        groups = md.att_gt(
            data=table, yname="y", tname="period", idname="unit", gname="g", est_method="reg", cband=False
        )
        md.aggte(groups, type="dynamic", cband=False)
        fit = md.aggte(groups, type="simple", cband=False)
        return fit.overall_att, fit.overall_se

    return run


def differences(table):
    from differences import ATTgt

    indexed = table.assign(g=table["g"].where(table["g"] > 0)).set_index(["unit", "period"])

    def run():
        fit = ATTgt(data=indexed, cohort_column="g").fit("y", progress_bar=False)
        fit.aggregate("event")
        simple = pd.to_numeric(fit.aggregate("simple").iloc[0], errors="coerce").to_numpy()
        return simple[0], simple[1]

    return run


def statspai(name):
    def prepare(table):
        import statspai as sp

        calls = {
            "fixed effects": lambda: sp.feols("y ~ d | district + period", table, vcov={"CRV1": "district"}),
            "Callaway-Sant'Anna": lambda: sp.callaway_santanna(
                table, y="y", g="g", t="period", i="unit", estimator="reg", base_period="varying"
            ),
            "imputation": lambda: sp.did_imputation(
                table, y="y", group="unit", time="period", first_treat="g", cluster="unit"
            ),
            "Sun-Abraham": lambda: sp.sun_abraham(table, y="y", g="g", t="period", i="unit", cluster="unit"),
        }

        def run():
            fit = calls[name]()
            if name == "fixed effects":
                return fit.params["d"], fit.std_errors["d"]
            return fit.estimate, fit.se

        return run

    return prepare


def did_imputation(table):
    from did_imputation import did_imputation as fit_it

    began = table["g"].where(table["g"] > 0).astype(float)
    table = table.assign(Ei=began)[["unit", "period", "Ei", "y"]]

    def run():
        fit = fit_it(table.copy(), "y", "unit", "period", "Ei", minn=0)
        return fit.estimates["tau_ate"], fit.std_errors["tau_ate"]

    return run


JOBS = {
    (READING, "youthresearch"): ours(READING),
    ("fixed effects", "youthresearch"): ours("fixed effects"),
    ("fixed effects", "pyfixest"): pyfixest_did,
    ("fixed effects", "linearmodels"): linearmodels_did,
    ("fixed effects", "statsmodels"): statsmodels_did,
    ("fixed effects", "statspai"): statspai("fixed effects"),
    ("event study", "youthresearch"): ours("event study"),
    ("event study", "pyfixest"): pyfixest_events,
    ("event study", "linearmodels"): linearmodels_events,
    ("Callaway-Sant'Anna", "youthresearch"): ours("Callaway-Sant'Anna"),
    ("Callaway-Sant'Anna", "diff-diff"): diff_diff("CallawaySantAnna"),
    ("Callaway-Sant'Anna", "statspai"): statspai("Callaway-Sant'Anna"),
    ("Callaway-Sant'Anna", "csdid"): csdid,
    ("Callaway-Sant'Anna", "moderndid"): moderndid,
    ("Callaway-Sant'Anna", "differences"): differences,
    ("imputation", "youthresearch"): ours("imputation"),
    ("imputation", "diff-diff"): diff_diff("ImputationDiD"),
    ("imputation", "statspai"): statspai("imputation"),
    ("imputation", "pyfixest"): pyfixest_did2s,
    ("imputation", "did-imputation"): did_imputation,
    ("Sun-Abraham", "youthresearch"): ours("Sun-Abraham"),
    ("Sun-Abraham", "diff-diff"): diff_diff("SunAbraham"),
    ("Sun-Abraham", "pyfixest"): pyfixest_sun_abraham,
    ("Sun-Abraham", "statspai"): statspai("Sun-Abraham"),
}


def measure(task, package, size):
    """Run one job and print what it took, as JSON; called in a process of its own."""
    warnings.simplefilter("ignore")
    seconds = []
    with contextlib.redirect_stdout(io.StringIO()):
        run = JOBS[task, package](make_table(*SIZES[size]))
        while len(seconds) < 4 or (len(seconds) < 21 and sum(seconds[1:]) < 2):
            start = time.perf_counter()
            att, se = run()
            seconds.append(time.perf_counter() - start)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)
    told = {"seconds": min(seconds[1:]), "peak": peak, "att": float(att), "se": float(se)}
    print(json.dumps(told | {"version": version(package)}))


def measured(task, package, size):
    """Start the process of one job; return what it told, or why there is nothing to tell."""
    if (task, package) in SLOW and size == "2,844 x 40":
        return {"trouble": "not run: minutes, gigabytes"}
    try:
        version(package)
    except PackageNotFoundError:
        return {"trouble": "not installed"}
    environment = os.environ | {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "PYTHONHASHSEED": "0"}
    command = [sys.executable, __file__, task, package, size]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=LIMIT, env=environment)
    except subprocess.TimeoutExpired:
        return {"trouble": f"more than {LIMIT} s"}
    if done.returncode:
        return {"trouble": done.stderr.strip().splitlines()[-1][:60]}
    return json.loads(done.stdout.strip().splitlines()[-1])


def row_of(task, package, size, told, reference):
    """One line of the table."""
    if "trouble" in told:
        return f"| {task} | {size} | {package} | {told['trouble']} | | | | |"
    if task == READING:
        return f"| {task} | {size} | {package} {told['version']} | {1000 * told['seconds']:,.1f} ms | | | | |"
    same = "yes" if abs(told["att"] - reference["att"]) < 1e-6 else f"no: {told['att']:.6f}"
    error = "yes" if abs(told["se"] / reference["se"] - 1) < 1e-4 else f"{told['se'] / reference['se']:.4f} x"
    error = "none" if np.isnan(told["se"]) else error
    ratio = told["seconds"] / reference["seconds"]
    return (
        f"| {task} | {size} | {package} {told['version']} | {1000 * told['seconds']:,.1f} ms | {ratio:,.1f} "
        f"| {told['peak']:,.0f} MB | {same} | {error} |"
    )


HEAD = """# Benchmarks

`make bench` runs the scripts of this folder; the table below is written by [effects.py](effects.py), whose
first lines say what is measured. Seconds depend on the machine and on what else it does: read the ratios.
Columns that users of another package would have anyway are made before the clock starts.

| estimator | panel | package | time | times ours | peak memory | same point | same error |
| --- | --- | --- | ---: | ---: | ---: | --- | --- |
"""
FOOT = """
{machine}, Python {python}, pandas {pandas}, numpy {numpy}; one thread.

Ours are mostly the reading of the table, the score of every district, and pandas: a few milliseconds that no
panel of this size gets below. "Same" means: the point to 1e-6, the error to four digits; else the ratio to
ours. linearmodels and statsmodels use other small-sample factors (`small_sample=` of `did`). pyfixest
(averaged here) and statspai average event times where ours averages cells, hence another point for
Sun-Abraham; pyfixest's did2s stops its iterations early and has Gardner's error. {million}
"""
MILLION = """
import resource, sys, time, numpy as np, pandas as pd, youthresearch as yr
n, t = 10**6, 40
rng = np.random.default_rng(2024)
names = pd.Index([f"d{i:07d}" for i in range(n)])
district = pd.Categorical.from_codes(np.repeat(np.arange(n, dtype="int32"), t), names)
cohort = pd.Series(np.repeat(np.repeat([0, 11, 18, 22, 30], n // 5), t), dtype="Int64")
panel = pd.DataFrame({
    "district": district,
    "period": np.tile(np.arange(1, t + 1), n),
    "indicator": pd.Categorical.from_codes(np.zeros(n * t, dtype="int8"), ["y"]),
    "value": rng.normal(size=n * t),
    "cohort": cohort.where(cohort > 0),
}, copy=False)
del cohort, district
start = time.perf_counter()
yr.staggered_did(panel, outcome="y")
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**30 if sys.platform == "darwin" else 2**20)
size = panel.memory_usage(deep=True).sum() / 2**30
print(f"A million districts x 40 periods: staggered_did takes {time.perf_counter() - start:.1f} s;",
      f"the process peaks at {peak:.2f} GB, {size:.2f} GB of them the panel itself.")
"""


def main():
    """Run all jobs and write the table."""
    rows = []
    for size in SIZES:
        reference = None
        for task, package in JOBS:
            told = measured(task, package, size)
            reference = told if package == "youthresearch" else reference
            rows.append(row_of(task, package, size, told, reference))
            print(rows[-1], flush=True)
    million = subprocess.run(
        [sys.executable, "-c", MILLION], capture_output=True, text=True, check=True
    ).stdout
    print(million)
    foot = FOOT.format(
        machine=f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}",
        python=platform.python_version(),
        pandas=version("pandas"),
        numpy=version("numpy"),
        million=million.strip(),
    )
    TABLE.write_text(HEAD + "\n".join(rows) + "\n" + foot, encoding="utf-8")


if __name__ == "__main__":
    measure(*sys.argv[1:]) if len(sys.argv) > 1 else main()

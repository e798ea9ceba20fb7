"""Draws and what follows from them are the same on one thread or two, whatever the hash seed."""

import os
import subprocess
import sys

import pytest

RUN = """
from hashlib import sha256
import numpy as np, youthresearch as yr
from youthresearch.reassign import drawn_assignments, make_strata

outcome = "orgs_per_10k_youth_14_28"
panel, _ = yr.simulate_panel(seed=3, districts=400, periods=20, waves={"2018Q3": 30, "2019Q3": 40})
strata = yr.strata_by(panel, by=["province", "level"], outcome=outcome, n=2)
cohort = np.repeat([0, 1, 2], [30, 40, 330])
drawn = list(drawn_assignments(make_strata(cohort, np.arange(400) % 3), 400, 2000, np.random.default_rng(1)))
print(sha256(np.array(drawn).tobytes()).hexdigest())
for estimator in (yr.did, yr.imputation_did, yr.staggered_did):
    for options in ({}, {"population": "youth"}):
        test = yr.randomization_test(
            estimator, panel, outcome=outcome, strata=strata, draws=2000, seed=1, **options
        )
        print(repr(test), test.p_value, test.dealt, f"{test.low:.10g} {test.high:.10g}")
        print(sha256(np.round(test.distribution, 9).tobytes()).hexdigest())
for weights in ("webb", "rademacher"):
    test = yr.wild_bootstrap(yr.event_study(panel, outcome=outcome), weights=weights, seed=1)
    print(repr(test), test.p_value, f"{test.low:.10g} {test.high:.10g}")
family = [
    yr.randomization_test(yr.did, panel, outcome=o, strata=strata, draws=2000, seed=1)
    for o in (outcome, "members", "cadres")
]
print(yr.adjust_family(family).to_string())
"""


@pytest.mark.slow
def test_results_do_not_depend_on_threads_or_the_hash_seed():
    said = []
    for threads, seed in (("1", "1"), ("2", "77")):
        names = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
        environment = {**os.environ, **dict.fromkeys(names, threads), "PYTHONHASHSEED": seed}
        environment["PYTHONUTF8"] = "1"
        options = {"env": environment, "capture_output": True, "encoding": "utf-8", "check": True}
        run = subprocess.run([sys.executable, "-c", RUN], **options)
        said.append(run.stdout)
    assert len(said[0].splitlines()) > 50
    assert said[0] == said[1]

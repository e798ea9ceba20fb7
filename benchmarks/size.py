"""How often a true null is rejected at 5%, and an effect found: `python benchmarks/size.py [SIMULATIONS]`.

Sixty districts of given sizes, eight periods, simulated AR(1) shocks of variance 1 on average, no effect. In
every simulation the pilots are drawn anew, and with them the shocks. Without arguments the table that
`load_size` reads is made again, data/size.csv: the same bytes. It takes about twenty minutes of one core.

noise   same: one variance; large, small: variance grows with size, or falls with it (0.3 + 1.5 / size)
pilots  any: every district as likely; largest: by chance among the largest third (20 pilots: the largest
        half); likelier: by chance, with odds proportional to size
test    clustered: t test with the estimator's standard error; randomization: `randomization_test` over all
        districts; strata: the same within thirds by size (halves where pilots are from the largest half);
        fine_strata: within sixths, ten districts each (one wave); exact_t, conley_taber, ferman_pinto:
        `few_treated` (one wave, rho 0.5)
"""

import sys
from dataclasses import replace
from itertools import product

import numpy as np
import pandas as pd
from scipy.stats import norm, t

import youthresearch as yr
from youthresearch.cells import NEVER, make_cells
from youthresearch.design import deal, found_share, undetected
from youthresearch.inference import weights_by_cohort
from youthresearch.loaders import DATA
from youthresearch.reassign import count, make_strata

DISTRICTS, PERIODS, SEED, LEVEL, DRAWS = 60, 8, 2024, 0.95, 999
TREATED = (1, 2, 3, 5, 10, 20)
WAVES = {1: (5,), 2: (3, 5), 3: (3, 5, 7)}
SCENARIOS = (
    *(("same", "any"), ("large", "any"), ("small", "any"), ("large", "largest"), ("small", "largest")),
    *(("large", "likelier"), ("small", "likelier")),
)
EFFECT = 1.0  # of which power is told, in standard deviations of a shock
TOGETHER = 100  # simulations that share their drawn assignments, as with one seed
SIZES = np.exp(0.6 * norm.ppf((np.arange(DISTRICTS) + 0.5) / DISTRICTS))
VARIANCE = {"same": np.ones(DISTRICTS), "large": SIZES, "small": 0.3 + 1.5 / SIZES}


def designs():
    """Yield every row of the table but its results."""
    for (noise, pilots), rho, staggered, treated in product(SCENARIOS, (0.5, 0.8), (False, True), TREATED):
        if (staggered and treated == 1) or (pilots == "likelier" and (staggered or rho == 0.8)):
            continue
        waves = min(treated, 3) if staggered else 1
        yield {"noise": noise, "pilots": pilots, "rho": rho, "waves": waves, "treated": treated}


def study(design, simulations, seed):
    """Simulate one design.

    Parameters
    ----------
    design : dict
        As from `designs`.
    simulations, seed : int

    Returns
    -------
    pandas.DataFrame
        One row is one test: the design, test, size, power (of EFFECT), smallest_p (in the worst draw of
        pilots), simulations.
    """
    rows = []
    for name, (low, high, smallest) in ends(design, *simulate(design, simulations, seed), seed).items():
        size, power = found_share(low, high, [0.0, EFFECT])
        rows.append({**design, "test": name, "size": size, "power": power, "smallest_p": smallest})
    return pd.DataFrame(rows).assign(simulations=simulations)


def simulate(design, simulations, seed):
    """Draw shocks, shape (S, N, T), and the first treated period of each district, shape (S, N)."""
    rng = np.random.default_rng(seed)
    y = rng.normal(size=(simulations, DISTRICTS, PERIODS))
    for p in range(1, PERIODS):
        y[:, :, p] = design["rho"] * y[:, :, p - 1] + np.sqrt(1 - design["rho"] ** 2) * y[:, :, p]
    variance = VARIANCE[design["noise"]]
    y *= np.sqrt(variance / variance.mean())[:, None]
    chance = {"any": np.zeros(DISTRICTS), "likelier": np.log(SIZES)}.get(design["pilots"])
    if chance is None:
        pool = DISTRICTS // (2 if design["treated"] == 20 else 3)
        chance = np.where(np.arange(DISTRICTS) < DISTRICTS - pool, -np.inf, 0)
    order = np.argsort(-chance - rng.gumbel(size=(simulations, DISTRICTS)), axis=1)  # weighted, one by one
    cohort = np.full((simulations, DISTRICTS), NEVER)
    begins = np.resize(WAVES[design["waves"]], design["treated"])
    np.put_along_axis(cohort, order[:, : design["treated"]], begins, axis=1)
    return y, cohort


def blank(design):
    """Make the cells of a design, without an outcome, and its strata by size: of each test."""
    table = pd.DataFrame({"district": np.repeat([f"d{i:02d}" for i in range(DISTRICTS)], PERIODS)})
    table["period"], table["size"] = np.tile(np.arange(1, PERIODS + 1), DISTRICTS), np.repeat(SIZES, PERIODS)
    table["y"], table["cohort"] = 0.0, pd.array([pd.NA] * len(table), dtype="Int64")
    columns = {"district": "district", "period": "period", "cohort": "cohort"}
    panel = yr.as_panel(table, **columns, outcomes=["y"], keep=["size"])
    half = design["pilots"] == "largest" and design["treated"] == 20
    groups = {"strata": 2 if half else 3} | ({"fine_strata": 6} if design["waves"] == 1 else {})
    strata = {test: yr.strata_by(panel, by="size", n=n) for test, n in groups.items()}
    return make_cells(panel, "y"), {"randomization": pd.Series("all", strata["strata"].index)} | strata


def ends(design, y, cohort, seed):
    """Effects that each test would not reject in each simulation: lower and upper ends, smallest p."""
    cells, strata = blank(design)
    estimator = yr.did if design["waves"] == 1 else yr.staggered_did
    found = {"clustered": _clustered(estimator, cells, y, cohort)}
    for name, groups in strata.items():
        found[name] = randomized(estimator, cells, y, cohort, pd.factorize(groups, sort=True)[0], seed)
    if design["waves"] == 1 and design["rho"] == 0.5:
        found |= _few(cells, y, cohort)
    return found


def _clustered(estimator, cells, y, cohort):
    effects = [estimator(replace(cells, y=a, cohort=b), outcome="y") for a, b in zip(y, cohort, strict=True)]
    att, se = (np.array([getattr(e, name) for e in effects]) for name in ("att", "se"))
    reach = t.ppf(0.5 + LEVEL / 2, effects[0].df) * se
    return att - reach, att + reach, 0.0


def randomized(estimator, cells, y, cohort, stratum, seed):
    """Invert `randomization_test(..., draws=999, seed=seed + block)`, block from 1 on, in each simulation.

    Simulations with the same number of each cohort in each stratum have the same assignments to compare
    with; of these a hundred share those drawn.
    """
    _, weights = weights_by_cohort(estimator(replace(cells, cohort=cohort[0]), outcome="y"))[1:]
    _, code = np.unique(cohort, return_inverse=True)
    code = code.reshape(cohort.shape)
    score = np.einsum("snt,gt->gns", y, weights)
    treated = (cells.time >= np.unique(cohort)[:, None]) @ weights.T  # (cohort it has, cohort it takes)
    pull = treated[code].transpose(2, 1, 0)
    low, high, worst = np.empty(len(y)), np.empty(len(y)), 0.0
    for k, rows in enumerate(alike(code, stratum), 1):
        groups = make_strata(code[rows[0]], stratum)
        dealt = deal(groups, DISTRICTS, DRAWS, np.random.default_rng(seed + k))
        each = (score[:, :, rows], pull[:, :, rows], code[rows].T)
        low[rows], high[rows] = undetected(*dealt, *each, level=LEVEL)
        worst = max(worst, 1 / count(groups) if dealt[1] else 1 / (1 + DRAWS))
    return low, high, worst


def alike(code, stratum):
    """Yield blocks of simulations with the same number of each cohort in each stratum."""
    place = stratum * (code.max() + 1) + code
    counts = np.stack([np.bincount(row, minlength=place.max() + 1) for row in place])
    kind = np.unique(counts, axis=0, return_inverse=True)[1].ravel()
    for k in range(kind.max() + 1):
        members = np.flatnonzero(kind == k)
        yield from np.split(members, range(TOGETHER, len(members), TOGETHER))


def _few(cells, y, cohort):
    tables = []
    for outcome, begins in zip(y, cohort, strict=True):
        now = replace(cells, y=outcome, cohort=begins, size=SIZES / SIZES.mean())
        tables.append(yr.few_treated(now, outcome="y", population="size", draws=DRAWS, seed=SEED))
    methods = tables[0]["method"]
    low, high = (np.stack([one[end] for one in tables], axis=1) for end in ("low", "high"))
    return {m: (low[k], high[k], tables[0]["smallest_p"][k]) for k, m in enumerate(methods)}


def main(simulations=None):
    """Print the table, and store it if the number of simulations is not given."""
    tables = []
    for k, design in enumerate(designs()):
        tables.append(study(design, simulations or 2000, SEED + 10_000 * k))
        print(tables[-1].to_string(header=k == 0, index=False, float_format="{:.4f}".format), flush=True)
    if simulations is None:
        pd.concat(tables).to_csv(DATA / "size.csv", index=False, lineterminator="\n", float_format="%.6g")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))

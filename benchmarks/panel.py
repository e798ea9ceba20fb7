"""How long a panel of the whole country takes: 2,844 districts x 60 years x 20 indicators, 3.4 million cells.

Run with `make bench`: processor seconds of one fresh process for each way, its memory on top of the input's,
and the ratio to what a user would write in pandas instead, a sort and `drop_duplicates`, which checks and
refuses nothing. The bound that is promised: under 10 seconds and 2 GB.
"""

import resource
import subprocess
import sys
import time

import numpy as np
import pandas as pd

import youthresearch as yr

DISTRICTS, YEARS, INDICATORS = 2844, 60, 20
KEY = ["district", "period_end", "indicator", "scope"]


def wide_table():
    """Make a researcher's table: one row is one district in one year, 20 columns of outcomes."""
    rng = np.random.default_rng(2024)
    cohort = np.where(np.arange(DISTRICTS) % 5 == 0, 1990, 0)
    table = pd.DataFrame(
        {
            "district": np.repeat(np.arange(100_000, 100_000 + DISTRICTS), YEARS),
            "year": np.tile(np.arange(1965, 1965 + YEARS), DISTRICTS),
            "cohort": np.repeat(cohort, YEARS),
        }
    )
    numbers = pd.DataFrame(
        rng.normal(size=(len(table), INDICATORS)), columns=[f"x{i}" for i in range(INDICATORS)]
    )
    return pd.concat([table, numbers], axis=1).sample(frac=1, random_state=1)


def fact_table():
    """Make coded facts in random order: a level for each cell, and a second source for one cell in fifty."""
    rng = np.random.default_rng(2024)
    book = yr.load_indicators()
    names = book.loc[book["unit"].isin(["item", "person"]) & (book["flow"] == "stock"), "indicator"].head(
        INDICATORS
    )
    number = DISTRICTS * YEARS * INDICATORS
    order = rng.permutation(
        np.concatenate([np.arange(number), rng.choice(number, number // 50, replace=False)])
    )
    place, rest = np.divmod(order, YEARS * INDICATORS)
    year, which = np.divmod(rest, INDICATORS)
    value = rng.integers(100, 5000, len(order)).astype(float)
    hedge = np.where(rng.uniform(size=len(order)) < 0.3, "odd", "exact")
    unit = book.set_index("indicator").loc[names, "unit"].map({"item": "个", "person": "人"}).to_numpy()
    facts = pd.DataFrame({"fact_id": np.char.add("f", np.arange(len(order)).astype(str))})
    facts = facts.assign(
        source_id="s1", value=value, value_max=np.nan, hedge=hedge, resolution=1.0, start=0, end=5
    )
    facts[["low", "high"]] = np.stack([value, value + 100 * (hedge == "odd")], axis=1)
    facts["district"] = pd.array((100_000 + np.arange(DISTRICTS)).astype(str), dtype="str").take(place)
    facts["period_end"] = pd.array((1965 + np.arange(YEARS)).astype(str), dtype="str").take(year)
    facts["indicator"] = pd.array(names.to_numpy(), dtype="str").take(which)
    facts["unit"] = pd.array(unit, dtype="str").take(which)
    same = {"kind": "level", "flow": "stock", "status": "achieved", "token": "100个", "coder": "c"}
    return facts.assign(**same, **dict.fromkeys(["scope", "baseline", "period_start", "part_of", "note"], ""))


def build():
    """Build the panel from facts."""
    facts = fact_table()
    return facts, lambda: yr.build_panel(facts)


def plain():
    """Do in pandas what comes nearest: sort, and keep the last row of each key."""
    facts = fact_table()
    return facts, lambda: facts.sort_values([*KEY, "fact_id"]).drop_duplicates(KEY, keep="last")


def own():
    """Read a researcher's own wide table."""
    table, outcomes = wide_table(), [f"x{i}" for i in range(INDICATORS)]
    return table, lambda: yr.as_panel(
        table, district="district", period="year", cohort="cohort", outcomes=outcomes
    )


WAYS = {"build": build, "plain": plain, "own": own}


def measure(name):
    """Print seconds, GB of peak memory on top of the input's and rows of one way."""
    _, run = WAYS[name]()
    yr.load_divisions(), yr.load_indicators(), yr.load_units()  # read once, uncounted
    before, start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
    rows = len(run())
    seconds = time.process_time() - start
    print(seconds, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1e6, rows)


def main():
    """Measure each way in its own process and print the table."""
    found = {}
    for name in WAYS:
        done = subprocess.run([sys.executable, __file__, name], capture_output=True, text=True, check=True)
        found[name] = [float(x) for x in done.stdout.split()]
    labels = {"build": "build_panel", "plain": "pandas sort + drop_duplicates", "own": "as_panel, wide table"}
    for name, (seconds, memory, rows) in found.items():
        ratio = seconds / found["plain"][0]
        print(
            f"{labels[name]:30} {seconds:5.1f} s  {memory:4.1f} GB  {rows:9,.0f} rows  {ratio:4.1f} x plain"
        )


if __name__ == "__main__":
    measure(sys.argv[1]) if len(sys.argv) > 1 else main()

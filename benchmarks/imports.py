"""What `import youthresearch` costs beside `import pandas`: whole processes, in turn, the ratio pair by pair.

Run with `make bench`. The package is to cost at most 1.3 times pandas with its everyday functions in hand.
"""

import statistics
import subprocess
import sys
import time

PAIRS = 15
BASE = "import pandas"
CASES = {
    "import youthresearch": "import youthresearch",
    "... and its audit, metrics and figures": "import youthresearch as yr; yr.audit_facts, yr.save_figure",
    "... and load_facts()": "import youthresearch as yr; yr.load_facts()",
    "... and an estimate with its interval": (
        "import youthresearch as yr; panel, _ = yr.simulate_panel(seed=1, districts=30); "
        "repr(yr.did(panel, outcome='orgs'))"
    ),
}


def seconds(statement):
    """Time one fresh interpreter that runs a statement."""
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", statement], check=True)
    return time.perf_counter() - start


def main():
    """Print the median ratio of each case to pandas, with its range."""
    seconds(BASE), *map(seconds, CASES.values())  # compiled and cached once, uncounted
    for name, statement in CASES.items():
        ratios = [seconds(statement) / seconds(BASE) for _ in range(PAIRS)]
        low, middle, high = min(ratios), statistics.median(ratios), max(ratios)
        print(f"{name:42} {middle:5.2f} x pandas ({low:.2f} to {high:.2f}, {PAIRS} pairs)")


if __name__ == "__main__":
    main()

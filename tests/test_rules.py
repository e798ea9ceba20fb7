"""The formulas: true figures are never in conflict however they are printed, and solving keeps the truth."""

from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sweeps import sweep
from test_audit import facts

import youthresearch as yr
from youthresearch.rules import RULES, SUMS, WRONG, solve


def printed(value, digits, how):
    """Print an exact fraction as a report would, rounded or cut; return value and resolution."""
    step = Decimal(1).scaleb(-digits)
    return float(value.quantize(step, rounding=how)), float(step)


def hedged(value, word):
    """Say a count vaguely and truly: 23.4万 is 23万余, 近24万, 超过23万."""
    unit = 10 ** (len(str(value)) - 1)
    down, up = value // unit * unit, -(-value // unit) * unit
    said = {"exact": value, "odd": down, "over": down, "nearly": up}[word]
    return said, {"hedge": word, "resolution": float(unit if word != "exact" else 1)}


def many(size, **draw):
    """Draw many cases; each name has a function of the generator."""
    rng = np.random.default_rng(2024)
    return [{name: one(rng) for name, one in draw.items()} for _ in range(size)]


def count(rng):
    """Draw a count up to a million, as many small ones as large."""
    return round(10 ** rng.uniform(0, 6))


def some(*options):
    return lambda rng: options[rng.integers(len(options))]


many_cases = pytest.mark.parametrize("size", sweep(150, slow=[400]))


def conflicts(rows):
    """Audit many cases at once, each a source and a place of its own; return the sources in conflict."""
    numbered = [
        (f"{c['source_id']}-{i}", kind, value, unit, c | {"district": c["source_id"]})
        for i, kind, value, unit, c in rows
    ]
    findings = yr.audit_facts(facts(*numbered))
    assert len(findings) > len(rows) / 20  # something was checked
    return findings.loc[findings["verdict"].isin(WRONG), "source_id"].tolist()


@pytest.mark.slow
@many_cases
def test_true_growth_is_never_in_conflict(size):
    digits, how = some(0, 1, 2), some(ROUND_HALF_UP, ROUND_DOWN)
    rows, word = [], some("exact", "odd", "over")
    for n, c in enumerate(many(size, before=count, after=count, digits=digits, how=how, word=word)):
        growth, place = printed(
            Decimal(100 * (c["after"] - c["before"])) / c["before"], c["digits"], c["how"]
        )
        level, said = hedged(c["after"], c["word"])
        own = {"source_id": str(n)}
        rows += [
            ("l", "level", level, "人", said | own),
            ("d", "change", c["after"] - c["before"], "人", own),
            ("g", "growth", growth, "%", {"resolution": place} | own),
        ]
    assert conflicts(rows) == []
    assert conflicts([r for r in rows if r[0] != "d"]) == []


@pytest.mark.slow
@many_cases
def test_a_true_share_is_never_in_conflict(size):
    digits, how = some(0, 1, 2), some(ROUND_HALF_UP, ROUND_DOWN)
    rows, word = [], some("exact", "nearly")
    for n, c in enumerate(
        many(size, whole=count, of=lambda r: r.uniform(), digits=digits, how=how, word=word)
    ):
        part = round(c["whole"] * c["of"])
        share, place = printed(Decimal(100 * part) / c["whole"], c["digits"], c["how"])
        size, said = hedged(c["whole"], c["word"])
        own = {"source_id": str(n), "part_of": f"{n}-w", "indicator": "cadres_party"}
        rows += [
            ("w", "level", size, "人", said | {"source_id": str(n)}),
            ("p", "level", part, "人", own),
            ("s", "share", share, "%", own | {"resolution": place}),
        ]
    assert conflicts(rows) == []
    assert conflicts([r for r in rows if r[0] != "p"]) == []


@pytest.mark.slow
@many_cases
def test_parts_rounded_each_by_itself_still_add_up(size):
    """Five parts printed to the thousand may differ from their rounded sum by two thousand, and agree."""
    rows, sizes = [], lambda rng: [1000 + count(rng) for _ in range(rng.integers(2, 7))]
    for n, c in enumerate(many(size, parts=sizes, digits=some(0, 1, 2, 3))):
        step = 10 ** c["digits"]
        said = {"source_id": str(n), "resolution": float(step)}
        total = round(sum(c["parts"]) / step) * step
        rows.append(("w", "level", total, "人", said | {"indicator": "members"}))
        for name, part in enumerate(c["parts"]):
            own = said | {"indicator": f"members_{name}", "part_of": f"{n}-w"}
            rows.append((str(name), "level", round(part / step) * step, "人", own))
    assert conflicts(rows) == []


VALUES = st.floats(0.5, 1e6)
FORMULAS = {  # written here anew, from the definitions
    "growth": lambda level, change: 100 * change / (level - change),
    "change": lambda level, previous: level - previous,
    "growth_between": lambda level, previous: 100 * (level - previous) / previous,
    "growth_of_base": lambda previous, change: 100 * change / previous,
    "share": lambda part, whole: 100 * part / whole,
    "mean": lambda total, count: total / count,
    "multiple": lambda level, previous: level / previous,
    "points": lambda share, previous: share - previous,
}


@pytest.mark.slow
@pytest.mark.parametrize("rule", FORMULAS)
@given(one=VALUES, other=VALUES, width=st.lists(st.floats(0, 0.2), min_size=6, max_size=6))
def test_solving_for_a_role_keeps_the_truth(rule, one, other, width):
    if rule == "growth":
        one, other = one + other, other  # the change is part of the level
    truth = np.array([one, other, FORMULAS[rule](one, other)])
    spread = np.abs(truth)[:, None] * np.array(width).reshape(3, 2)
    bounds = pd.DataFrame({"low": truth - spread[:, 0], "high": truth + spread[:, 1]})
    for j, role in enumerate(RULES[rule].roles):
        allowed = solve(rule, role, np.array([[0, 1, 2]]), bounds).iloc[0]
        dust = 1e-6 * max(1, abs(truth[j]))
        assert not allowed["low"] > truth[j] + dust and not allowed["high"] < truth[j] - dust


def test_a_sum_is_solved_for_whole_and_parts():
    bounds = pd.DataFrame({"low": [100, 30, 60], "high": [100, 32, 65.0]})
    members = np.array([[0, 1, 2]])
    assert solve("sum", "whole", members, bounds).iloc[0].tolist() == [90, 97]
    assert solve("sum", "part_1", members, bounds).iloc[0].tolist() == [35, 40]


def test_every_rule_is_tried_here_or_has_no_inverse():
    assert set(FORMULAS) | set(SUMS) == {r for r, rule in RULES.items() if len(rule.solve) > 2 or r in SUMS}

"""The formulas: true figures are never in conflict however they are printed, and solving keeps the truth."""

from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_audit import facts

import youthresearch as yr
from youthresearch.rules import RULES, SUMS, WRONG, solve

counts = st.integers(1, 10**6)
places = st.sampled_from([0, 1, 2])
rounding = st.sampled_from([ROUND_HALF_UP, ROUND_DOWN])


def printed(value, digits, how):
    """Print an exact fraction as a report would, rounded or cut; return value and resolution."""
    step = Decimal(1).scaleb(-digits)
    return float(value.quantize(step, rounding=how)), float(step)


def hedged(value, word):
    """Say a count vaguely and truly: 23.4万 is 23万余, 近24万, 超过23万, 约23万."""
    unit = 10 ** (len(str(value)) - 1)
    down, up = value // unit * unit, -(-value // unit) * unit
    said = {"exact": value, "odd": down, "over": down, "at_least": down, "nearly": up, "at_most": up}[word]
    return said, {"hedge": word, "resolution": float(unit if word != "exact" else 1)}


@settings(deadline=None, max_examples=25)
@given(
    before=counts, after=counts, digits=places, how=rounding, word=st.sampled_from(["exact", "odd", "over"])
)
def test_true_growth_is_never_in_conflict(before, after, digits, how, word):
    growth, place = printed(Decimal(100 * (after - before)) / before, digits, how)
    level, said = hedged(after, word)
    table = facts(
        ("l", "level", level, "人", said),
        ("d", "change", after - before, "人", {}),
        ("g", "growth", growth, "%", {"resolution": place}),
    )
    assert not set(yr.audit_facts(table)["verdict"]) & set(WRONG)
    assert not set(yr.audit_facts(table.drop(1))["verdict"]) & set(WRONG)


@settings(deadline=None, max_examples=25)
@given(
    whole=counts, of=st.floats(0, 1), digits=places, how=rounding, word=st.sampled_from(["exact", "nearly"])
)
def test_a_true_share_is_never_in_conflict(whole, of, digits, how, word):
    part = round(whole * of)
    share, place = printed(Decimal(100 * part) / whole, digits, how)
    size, said = hedged(whole, word)
    own = {"part_of": "w", "indicator": "cadres_party"}
    table = facts(
        ("w", "level", size, "人", said),
        ("p", "level", part, "人", own),
        ("s", "share", share, "%", own | {"resolution": place}),
    )
    assert not set(yr.audit_facts(table)["verdict"]) & set(WRONG)
    assert not set(yr.audit_facts(table.drop(1))["verdict"]) & set(WRONG)


@settings(deadline=None, max_examples=25)
@given(st.lists(counts, min_size=2, max_size=6), st.integers(0, 3))
def test_parts_rounded_each_by_itself_still_add_up(parts, digits):
    """Five parts printed to the thousand may differ from their rounded sum by two thousand, and agree."""
    step = 10**digits
    names = [
        "members_student",
        "members_enterprise",
        "members_gov_inst",
        "members_rural",
        "members_urban",
        "x",
    ]
    rows = [
        (
            n,
            "level",
            round(p / step) * step,
            "人",
            {"indicator": n, "part_of": "w", "resolution": float(step)},
        )
        for n, p in zip(names, parts, strict=False)
    ]
    total = round(sum(parts) / step) * step
    whole = ("w", "level", total, "人", {"indicator": "members", "resolution": float(step)})
    if all(r[2] > 0 for r in rows) and total > 0:
        assert not set(yr.audit_facts(facts(whole, *rows))["verdict"]) & set(WRONG)


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


@pytest.mark.parametrize("rule", FORMULAS)
@settings(deadline=None, max_examples=25)
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

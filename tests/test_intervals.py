"""The interval policy, and arithmetic on intervals against brute force."""

import numpy as np
import pandas as pd
import pytest

from youthresearch.intervals import (
    before_from_change,
    before_from_growth,
    corners,
    growth_from_change,
    hedge_interval,
    last_digit_unit,
    overlap,
    ratio,
    rounding_interval,
    subtract,
)

INF = np.inf
# What the words mean, by the policy that data/README.md states. 23万余 and 30余万 are read the same way
# by JioNLP 1.5.31 (parse_money).
READINGS = [
    (1100, "exact", 1100, 1100),
    (30000, "odd", 30000, 40000),  # 3万余
    (230000, "odd", 230000, 240000),  # 23万余
    (300000, "odd", 300000, 400000),  # 30余万
    (300, "nearly", 200, 300),  # 近300
    (28000, "about", 27500, 28500),  # 约2.8万
    (20, "about", 15, 25),  # 20左右
    (230000, "over", 230000, INF),  # 超过23万
    (1000, "at_least", 1000, INF),  # 上千
    (12, "under", 0, 12),  # 不足12
    (110000000.00000001, "odd", 110000000, 120000000),  # 1.1亿余, with floating-point noise
    (30, "at_most", 0, 30),  # 30%以内
    (0, "exact", 0, 0),
    (-30000, "odd", -40000, -30000),  # 减少3万余
]


def interval(*pairs):
    """Make an interval column."""
    return pd.DataFrame(pairs, columns=["low", "high"], dtype=float)


@pytest.mark.parametrize(
    ("value", "unit"), [(3000, 1000), (1200, 100), (66000, 1000), (62.76, 0.01), (266000, 1000), (26.6, 0.1)]
)
def test_last_digit_unit(value, unit):
    assert last_digit_unit(pd.Series([value])).item() == unit


@pytest.mark.parametrize(("value", "hedge", "low", "high"), READINGS)
def test_policy(value, hedge, low, high):
    assert hedge_interval(pd.Series([float(value)]), pd.Series([hedge])).loc[0].tolist() == pytest.approx(
        [low, high]
    )


def test_ranges_and_masks():
    table = hedge_interval(
        pd.Series([9.0, np.nan]), pd.Series(["range", "masked"]), pd.Series([21.0, np.nan])
    )
    assert table.loc[0].tolist() == [9, 21]
    assert table.loc[1].isna().all()


def test_a_cap_closes_only_open_words():
    values, words = pd.Series([230000.0, 1000.0, 300.0]), pd.Series(["over", "at_least", "nearly"])
    assert hedge_interval(values, words, cap="next_unit")["high"].tolist() == [240000, 2000, 300]


@pytest.mark.parametrize(
    ("value", "hedge", "cap", "said"),
    [
        ([1.0], ["roughly"], None, "roughly"),
        ([1.0], ["over"], "double", "next_unit"),
        ([np.nan], ["exact"], None, "Rows"),
        ([0.0], ["odd"], None, "Rows"),
        ([9.0], ["range"], None, "Rows"),
        ([float("inf")], ["exact"], None, "Rows"),
    ],
)
def test_what_has_no_reading_is_refused(value, hedge, cap, said):
    with pytest.raises(ValueError, match=said):
        hedge_interval(pd.Series(value), pd.Series(hedge), cap=cap)


def test_rounding_widens_exact_figures_only():
    figures, place = interval((62.76, 62.76), (200, 300), (-0.4, -0.4)), pd.Series([0.01, 1, 0.1])
    half = rounding_interval(figures, place)
    cut = rounding_interval(figures, place, rule="truncated")
    assert half.to_numpy() == pytest.approx(np.array([[62.755, 62.765], [200, 300], [-0.45, -0.35]]))
    assert cut.to_numpy() == pytest.approx(np.array([[62.76, 62.77], [200, 300], [-0.5, -0.4]]))


BOXES = [
    ((190, 240), (30, 40)),
    ((1100, 1100), (418, 418)),
    ((900, 1000), (-50, -20)),
    ((500, 900), (-10, 30)),
]


@pytest.mark.parametrize(("level", "change"), BOXES)
def test_bounds_are_sharp(level, change):
    """No point of the box lies outside the bounds, and both bounds are reached: 200 x 200 points tried."""
    levels, changes = np.meshgrid(np.linspace(*level, 200), np.linspace(*change, 200))
    tried = {
        growth_from_change: 100 * changes / (levels - changes),
        subtract: levels - changes,
        before_from_growth: levels / (1 + changes / 100),
    }
    for function, values in tried.items():
        bounds = function(interval(level), interval(change))
        assert bounds.loc[0].tolist() == pytest.approx([values.min(), values.max()]), function.__name__


def test_a_fall_by_more_than_half_leaves_at_least_the_double():
    """下降超过50%, to 100: there were at least 200; nothing falls by more than all of it."""
    base = before_from_growth(interval((100, 100)), interval((-INF, -50)))
    assert base.loc[0].tolist() == [200, INF]
    assert before_from_growth(interval((5, 5)), interval((-100.5, -99.5))).loc[0].tolist() == pytest.approx(
        [1000, INF]
    )


def test_open_level_and_open_growth_leave_any_base():
    assert before_from_growth(interval((230000, INF)), interval((15, INF))).loc[0].tolist() == [0, INF]
    assert ratio(interval((1, INF)), interval((2, INF))).loc[0].tolist() == [0, INF]


def test_after_a_fall_by_all_any_level_may_have_been():
    all_gone = interval((-100, -100))
    assert before_from_growth(interval((0, 0)), all_gone).loc[0].tolist() == [0, INF]
    assert before_from_growth(interval((3, 3)), all_gone).isna().all(axis=None)
    assert before_from_growth(interval((np.nan, np.nan)), all_gone).isna().all(axis=None)


def test_no_level_before_is_negative():
    assert before_from_change(interval((1000, 1000)), interval((300, INF))).loc[0].tolist() == [0, 700]
    assert before_from_change(interval((10, 10)), interval((20, 20))).isna().all(axis=None)
    assert before_from_change(interval((10, 10)), interval((10, 10))).loc[0].tolist() == [
        0,
        0,
    ]  # from nothing
    growth = growth_from_change(interval((1000, 1000)), interval((300, INF)))
    assert growth.loc[0].tolist() == pytest.approx([100 * 300 / 700, INF])


def test_columns_of_different_rows_are_not_combined():
    with pytest.raises(ValueError, match="index"):
        corners(lambda a, b: a + b, interval((1, 2)), interval((1, 2)).set_axis([5]))


def test_series_of_different_rows_are_not_combined():
    values = pd.Series([3000.0, 2000.0])
    for hedges, tops in ((["odd"], None), (["odd", "exact"], values.set_axis([1, 2]))):
        with pytest.raises(ValueError, match="different indexes"):
            hedge_interval(values, pd.Series(hedges), tops)
    with pytest.raises(ValueError, match="different indexes"):
        rounding_interval(interval((1, 1)), pd.Series([1.0], index=[5]))


def test_what_can_be_no_interval_is_refused():
    with pytest.raises(ValueError, match="above high"):
        subtract(interval((10, 5)), interval((1, 2)))
    with pytest.raises(ValueError, match="negative"):
        ratio(interval((-10, 5)), interval((1, 2)))
    with pytest.raises(ValueError, match="below zero"):
        rounding_interval(interval((1, 1)), pd.Series([-1.0]))


def test_an_open_level_leaves_growth_bounded():
    """超过23万 with 增加3万余: growth up to 40,000 on 190,000, and no lower end but zero."""
    growth = growth_from_change(interval((230000, INF)), interval((30000, 40000)))
    assert growth.loc[0].tolist() == pytest.approx([0, 100 * 4 / 19])


def test_growth_from_nothing_is_not_a_number():
    assert growth_from_change(interval((10, 10)), interval((10, 10))).isna().all(axis=None)


def test_a_ratio_needs_a_positive_denominator():
    assert ratio(interval((10, 12)), interval((2, 4))).loc[0].tolist() == [2.5, 6]
    with pytest.raises(ValueError, match="zero"):
        ratio(interval((1, 2)), interval((0, 2)))


def test_corners_takes_any_number_of_columns():
    box = corners(lambda a, b, c: a - b + c, interval((0, 1)), interval((0, 2)), interval((5, 6)))
    assert box.loc[0].tolist() == [3, 7]


def test_overlap_forgives_noise_only():
    assert overlap(interval((0.1 + 0.2, 1)), interval((0, 0.3))).all()
    assert not overlap(interval((0.3001, 1)), interval((0, 0.3))).any()
    assert overlap(interval((0, 1e9)), interval((1e9 + 0.5, np.inf))).all()
    assert not overlap(interval((0, 1e9)), interval((1e9 + 1.5, np.inf))).any()

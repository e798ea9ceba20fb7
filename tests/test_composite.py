"""Composite indices against other packages and a published table."""

import numpy as np
import pandas as pd
import pytest

import youthresearch as yr

# A common example of TOPSIS (price is a cost); pymcdm 1.4.0 and scikit-learn 1.9.1 gave the values below.
TABLE = pd.DataFrame(
    [[250, 16, 12, 5], [200, 16, 8, 3], [300, 32, 16, 4], [275, 32, 8, 4], [225, 16, 16, 2]],
    columns=["price", "storage", "camera", "looks"],
)


@pytest.mark.parametrize(
    ("normalisation", "scores"),
    [
        ("vector", [0.53427686, 0.30836777, 0.69163223, 0.53473658, 0.40104612]),
        ("minmax", [0.5, 0.40269975, 0.59730025, 0.48689056, 0.46535165]),
    ],
)
def test_topsis_agrees_with_pymcdm(normalisation, scores):
    found = yr.topsis(TABLE, cost=["price"], normalisation=normalisation)
    assert found.scores.tolist() == pytest.approx(scores, abs=5e-9)
    equal = yr.topsis(TABLE, cost=["price"], normalisation=normalisation, weights=dict.fromkeys(TABLE, 0.25))
    assert equal.scores.tolist() == found.scores.tolist()
    assert normalisation in found.formula


def test_entropy_weights_agree_with_pymcdm():
    weights = yr.entropy_weights(TABLE)
    assert weights.tolist() == pytest.approx([0.06391538, 0.37883128, 0.28792061, 0.26933272], abs=5e-9)


def test_zeros_need_no_shift():
    """0 ln 0 is 0: the weights are the limit of those with a small number added."""
    scaled = yr.normalise(TABLE)
    assert (scaled == 0).any().all()
    shifted = yr.entropy_weights(scaled + 1e-12)
    assert yr.entropy_weights(scaled).tolist() == pytest.approx(shifted.tolist(), abs=1e-9)


def test_first_component_agrees_with_scikit_learn():
    found = yr.pca_index(TABLE)
    assert found.weights.tolist() == pytest.approx([0.66065579, 0.59579487, 0.09231971, 0.44725772], abs=5e-9)
    scores = [0.12753671, -1.78713279, 1.94265058, 1.26906324, -1.55211774]
    assert found.scores.tolist() == pytest.approx(scores, abs=5e-8)
    assert found.notes["variance"] == pytest.approx(0.55017957)


def test_kmo_of_three_equally_correlated_indicators():
    """With all correlations r, each partial correlation is r / (1 + r), so KMO = 1 / (1 + 1 / (1 + r)^2)."""
    from youthresearch.composite import _kmo

    r = 0.5
    correlation = np.full((3, 3), r) + (1 - r) * np.eye(3)
    assert _kmo(correlation) == pytest.approx(1 / (1 + 1 / (1 + r) ** 2))


def test_kmo_is_missing_where_indicators_follow_from_each_other():
    """Partial correlations of six indicators in four rows, or of a sum beside its parts, are undefined."""
    rows = np.random.default_rng(0).normal(size=(9, 6))
    few, sums = pd.DataFrame(rows[:4]), pd.DataFrame(np.column_stack([rows[:, :2], rows[:, :2].sum(axis=1)]))
    for table in (few, sums):
        assert np.isnan(yr.pca_index(table).notes["kmo"])
    assert 0 < yr.pca_index(pd.DataFrame(rows)).notes["kmo"] < 1


def test_normalising_within_years_makes_years_incomparable_and_is_no_default():
    index = pd.MultiIndex.from_product([["a", "b"], [2018, 2019]], names=["district", "period"])
    table = pd.DataFrame({"x": [1.0, 11, 3, 13], "cost": [4.0, 2, 2, 0]}, index=index)
    pooled = yr.normalise(table, cost=["cost"])
    assert pooled["x"].tolist() == pytest.approx([0, 10 / 12, 2 / 12, 1])
    assert pooled["cost"].tolist() == pytest.approx([0, 0.5, 0.5, 1])
    assert yr.normalise(table, cost=["cost"], by="period")["x"].tolist() == [0, 0, 1, 1]
    assert "pooled over all rows" in yr.entropy_index(table).formula
    assert "within each period" in yr.entropy_index(table, by="period").formula


def test_entropy_index_is_the_weighted_sum_and_shows_itself():
    found = yr.entropy_index(TABLE, cost=["price"])
    by_hand = yr.normalise(TABLE, cost=["price"]).to_numpy() @ found.weights.to_numpy()
    assert found.scores.tolist() == pytest.approx(by_hand.tolist())
    assert repr(found).splitlines()[:2] == [
        "composite index: min-max pooled over all rows, entropy weights, weighted sum",
        "  rows         5",
    ]


def test_coupling_of_two_systems():
    table = yr.coupling_coordination(pd.DataFrame({"a": [0.2, 0.5, 0.0], "b": [0.8, 0.5, 0.6]}))
    assert table["coupling"].tolist() == pytest.approx([2 * np.sqrt(0.16) / 1, 1, 0])
    assert table["development"].tolist() == pytest.approx([0.5, 0.5, 0.3])
    assert table["coordination"].tolist() == pytest.approx([np.sqrt(0.8 * 0.5), np.sqrt(0.5), 0])
    weighted = yr.coupling_coordination(pd.DataFrame({"a": [0.2], "b": [0.8]}), weights=[3, 1])
    assert weighted["coupling"].tolist() == pytest.approx([0.8]) and weighted["development"].tolist() == [
        pytest.approx(0.35)
    ]


# Coupling of ecology and economy in 13 cities in 2008, by the standard and by the modified formula
# (Wang et al. 2021, table 8).
STANDARD = [
    0.9989,
    0.9935,
    0.8868,
    0.9073,
    0.6821,
    0.8328,
    0.6816,
    0.7789,
    0.6871,
    0.6101,
    0.8017,
    0.7867,
    0.7191,
]
MODIFIED = [
    0.9404,
    0.8660,
    0.5440,
    0.5769,
    0.3006,
    0.4780,
    0.3344,
    0.4171,
    0.3278,
    0.2700,
    0.4374,
    0.4196,
    0.3738,
]


def test_both_formulas_reproduce_the_published_pairs():
    """The paper prints no scores; those that give the first value must give the second, within 0..1."""
    root = (1 - np.sqrt(1 - np.square(STANDARD))) / STANDARD  # of U1 / U2, from 2 sqrt(r) / (1 + r)
    r = root**2
    gap = 1 - np.square(MODIFIED) / r  # U2 - U1, from sqrt((1 - gap) r)
    larger = gap / (1 - r)
    systems = pd.DataFrame({"ecology": r * larger, "economy": larger})
    assert systems.stack().between(0, 1).all()
    found = {f: yr.coupling_coordination(systems, formula=f) for f in ("standard", "wang2021")}
    assert found["standard"]["coupling"].tolist() == pytest.approx(STANDARD, abs=5e-5)
    assert found["wang2021"]["coupling"].tolist() == pytest.approx(MODIFIED, abs=5e-5)
    assert found["wang2021"]["formula"].unique().tolist() == ["wang2021"]


def test_the_modified_formula_for_three_systems():
    u = pd.DataFrame({"a": [0.2], "b": [0.4], "c": [0.8]})
    apart, alike = 1 - (0.2 + 0.6 + 0.4) / 3, np.sqrt(0.25 * 0.5)
    assert yr.coupling_coordination(u, formula="wang2021")["coupling"].tolist() == pytest.approx(
        [np.sqrt(apart * alike)]
    )
    assert yr.coupling_coordination(u)["coupling"].tolist() == pytest.approx([0.064 ** (1 / 3) / (1.4 / 3)])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: yr.coupling_coordination(TABLE), "scored from 0 to 1"),
        (lambda: yr.coupling_coordination(TABLE / 1000, formula="sqrt"), "choose one of"),
        (lambda: yr.normalise(TABLE.assign(flat=1)), r"\['flat'\] do not vary"),
        (lambda: yr.normalise(TABLE, cost=["prize"]), r"cost=\['prize'\] must be columns"),
        (lambda: yr.entropy_weights(-TABLE), "nothing negative"),
        (lambda: yr.topsis(TABLE, normalisation="rank"), "choose one of 'vector', 'minmax'"),
        (lambda: yr.topsis(TABLE, weights=pd.Series({"price": 1.0})), "Weights are for"),
        (lambda: yr.pca_index(TABLE.assign(flat=0.1).head(3)), r"\['flat'\] do not vary"),
        (lambda: yr.pca_index(TABLE.assign(flat=[0.3, 0.1 + 0.2, 0.3, 0.3, 0.3])), r"\['flat'\] do not vary"),
        (lambda: yr.normalise(TABLE.assign(flat=[0.3, 0.1 + 0.2, 0.3, 0.3, 0.3])), r"\['flat'\] do not vary"),
        (lambda: yr.pca_index(TABLE.assign(flat=1)), r"\['flat'\] do not vary"),
        (lambda: yr.pca_index(TABLE.assign(price=np.nan)), "missing or infinite"),
        (lambda: yr.pca_index(TABLE[["price"]]), "1 indicators in 5 rows have no common component"),
        (lambda: yr.topsis(TABLE, cost=["prize"]), r"cost=\['prize'\] must be columns"),
        (lambda: yr.topsis(TABLE, cost=3), "cost=3 must be a name, or a list"),
        (lambda: yr.topsis(TABLE.assign(none=0)), r"\['none'\] are zero throughout"),
        (lambda: yr.topsis(TABLE, weights=dict.fromkeys(TABLE, -1.0)), "at least zero"),
        (lambda: yr.topsis(TABLE, weights=dict.fromkeys(TABLE, 0.0)), "not all zero"),
        (lambda: yr.normalise(TABLE, by="year"), "by='year' is not known"),
        (
            lambda: yr.coupling_coordination(TABLE[["price", "looks"]] / 1000, weights=[1]),
            "must be 2 numbers",
        ),
    ],
)
def test_what_cannot_be_an_index_is_refused(call, message):
    with pytest.raises(yr.DataError, match=message):
        call()


def test_a_table_with_gaps_is_refused_with_its_rows():
    own = pd.DataFrame({"d": ["a", "a"], "y": [2018, 2019], "g": 0, "x": [1.0, 2], "z": [3.0, np.nan]})
    panel = yr.as_panel(own, district="d", period="y", cohort="g", outcomes=["x", "z"])
    assert yr.composite_table(panel, ["x"]).index.tolist() == [("a", 2018), ("a", 2019)]
    with pytest.raises(yr.DataError, match=r"1 of 2 rows lack an indicator[\s\S]*2019"):
        yr.composite_table(panel, ["x", "z"])
    with pytest.raises(yr.DataError, match=r"No indicators \['w'\]"):
        yr.composite_table(panel, ["w"])


def test_an_index_of_intervals_says_so():
    own = pd.DataFrame({"d": list("abc"), "y": 2018, "g": 0, "x": [1.0, 2, 4], "z": [3.0, 1, 2]})
    own = own.assign(xl=own["x"], xh=own["x"] + [0, 1, np.inf], zl=own["z"], zh=own["z"])
    names = {"district": "d", "period": "y", "cohort": "g", "low": ["xl", "zl"], "high": ["xh", "zh"]}
    panel = yr.as_panel(own, outcomes=["x", "z"], **names)
    for index in (yr.entropy_index, yr.topsis, yr.pca_index):
        found = index(yr.composite_table(panel, ["x", "z"]))
        assert found.vague == 2 and "2 figures are intervals" in repr(found)
        exact = index(yr.composite_table(panel.assign(high=panel["value"]), ["x", "z"]))
        assert exact.vague == 0 and "intervals" not in repr(exact)


def test_weights_of_systems_go_by_their_names():
    """By hand: T of (.2, .8) with .25 and .75 is .65."""
    systems = pd.DataFrame({"a": [0.2], "b": [0.8]})
    for weights in ([0.25, 0.75], pd.Series({"b": 3.0, "a": 1.0}), {"b": 3.0, "a": 1.0}):
        found = yr.coupling_coordination(systems, weights=weights)
        assert found["development"].tolist() == pytest.approx([0.65])
    with pytest.raises(yr.DataError, match="Weights are for"):
        yr.coupling_coordination(systems, weights=pd.Series([0.25, 0.75]))

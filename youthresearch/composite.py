"""Composite indices: several indicators in one number, with every choice on its face.

A table has one row per district and period and one column per indicator (`composite_table`). Point values
only: an index moves with every cell of its column, so bounds of one cell do not give bounds of the index.
"""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from .results import Result
from .schema import (
    SIMULATED,
    DataError,
    as_list,
    as_names,
    check_choice,
    check_columns,
    check_once,
    has_numbers,
    is_number,
    is_simulated,
    mark_simulated,
)

FORMULAS = ("standard", "wang2021")
ROUNDING = 1e-12  # of the largest number of a column: what moves by less does not vary


@dataclass(frozen=True, eq=False, repr=False)
class Composite(Result):
    """A composite index and how it was made.

    Attributes
    ----------
    formula : str
        Named in full: normalisation, weights, distance.
    scores : pandas.Series
        One value for each row of the table.
    weights : pandas.Series
        One value for each column.
    notes : dict
        What else a reader must know (share of variance, KMO).
    vague : int
        Figures of the table that are intervals, as `composite_table` counts them; one value of each enters.
    """

    formula: str
    scores: pd.Series
    weights: pd.Series
    notes: dict = field(default_factory=dict)
    vague: int = 0

    @property
    def simulated(self):
        """Whether the indicators were not observed."""
        return is_simulated(self.scores)

    @property
    def _title(self):
        return f"composite index: {self.formula}"

    def _said(self):
        weights = ", ".join(f"{name} {w:.3f}" for name, w in self.weights.items())
        notes = [(name, f"{value:.3f}") for name, value in self.notes.items()]
        said = [("rows", f"{len(self.scores):,}"), ("weights", weights), *notes]
        if self.vague:
            said.append(("caution", f"{self.vague} figures are intervals, and one value of each is taken"))
        return said


def composite_table(panel, indicators):
    """Lay out indicators side by side.

    Parameters
    ----------
    panel : pandas.DataFrame
        As from `build_panel`, `as_panel` or `add_metrics`; one scope.
    indicators : str or list of str

    Returns
    -------
    pandas.DataFrame
        One row is one district in one period (the index; with a level `simulated` where the panel is), one
        column one indicator. ``attrs["vague"]``: how many of its figures are intervals.

    Raises
    ------
    DataError
        If a cell is missing: an index of what happens to be known cannot be compared between districts.
    """
    needed = ["district", "period", "indicator", "value"]
    check_columns("panel", panel, needed, "make it with build_panel or as_panel")
    indicators = as_names(indicators, "indicators")
    if not indicators:
        raise DataError("indicators= names none: name those that stand side by side.")
    absent = sorted(set(indicators) - set(panel["indicator"]))
    if absent:
        raise DataError(f"No indicators {absent} in the panel; it has {sorted(panel['indicator'].unique())}.")
    rows = panel[panel["indicator"].isin(indicators)]
    check_once("An indicator", rows, ["district", "period", "indicator"])
    table = rows.pivot(index=["district", "period"], columns="indicator", values="value")[indicators]
    gaps = table[table.isna().any(axis=1)]
    if len(gaps):
        raise DataError(
            f"{len(gaps)} of {len(table)} rows lack an indicator: choose districts, periods or indicators "
            "that are known throughout (see `coverage`).",
            gaps,
        )
    table.columns.name = None
    if is_simulated(panel):  # every column is an indicator: the mark is of the index
        table = table.assign(**{SIMULATED: True}).set_index(SIMULATED, append=True)
    if all(c in rows and has_numbers(rows[c]) for c in ("low", "high")):
        table.attrs["vague"] = int((rows["low"] < rows["high"]).sum())
    return mark_simulated(table, is_simulated(panel))


def normalise(table, *, cost=(), by=None):
    """Scale each column to 0..1: (x - min) / (max - min), or (max - x) / (max - min) for costs.

    Parameters
    ----------
    table : pandas.DataFrame
        As from `composite_table`.
    cost : str or list of str
        Columns of which less is better.
    by : str, optional
        A level of the index within which to scale ("period"). None pools all rows, so that values can be
        compared over the years; within years they cannot.

    Returns
    -------
    pandas.DataFrame

    Raises
    ------
    DataError
        If a column does not vary, `cost` names another one, or `by` is no level of the index.
    """
    _check_indicators(table)
    cost = _check_cost(table, cost)
    check_choice("by", by, (None, *table.index.names))
    signed = table.astype(float).assign(**{c: -table[c].astype(float) for c in cost})
    groups = signed if by is None else signed.groupby(level=by)
    low, high = (
        (groups.min(), groups.max()) if by is None else (groups.transform("min"), groups.transform("max"))
    )
    size = table.astype(float).abs().max()
    flat = (high - low) <= ROUNDING * size if by is None else ((high - low) <= ROUNDING * size).any()
    if flat.any():
        raise DataError(f"{list(flat[flat].index)} do not vary, so they cannot be scaled: leave them out.")
    return (signed - low) / (high - low)


def _check_indicators(table):
    """Refuse what is no table of numbers, such as a panel, whose rows hold one indicator each."""
    check_columns("indicators", table, [], "make the table with composite_table")
    text = [c for c in table if not pd.api.types.is_numeric_dtype(table[c])]
    if text:
        raise DataError(f"Columns {text} hold no numbers: make the table with composite_table(panel, [...]).")


def _check_cost(table, cost):
    cost = as_names(cost, "cost")
    if not set(cost) <= set(table):
        raise DataError(f"cost={cost} must be columns of the table; it has {list(table)}.")
    return cost


def entropy_weights(scaled):
    """Weigh columns by information entropy (熵权法).

    p = x / sum x, e = -sum p ln p / ln n, w = (1 - e) / sum(1 - e). A column in which districts differ more
    weighs more (Shannon 1948; Zeleny 1982). 0 ln 0 is taken as its limit 0, so that no constant need be added
    to zeros. The weights belong to these rows: other districts or years give others. A noisy indicator weighs
    more than a steady one, which may not be what is meant.

    Parameters
    ----------
    scaled : pandas.DataFrame, shape (n, k)
        Not negative, as from `normalise`.

    Returns
    -------
    pandas.Series, shape (k,)
        Sum to 1.

    Raises
    ------
    DataError
        If a value is negative or missing, a column is all zero, or no column varies.
    """
    x = _numbers(scaled)
    if (x < 0).any() or (x.sum(axis=0) == 0).any() or len(x) < 2:
        raise DataError(
            "Entropy weights need two rows or more, nothing negative, no column of zeros: normalise first."
        )
    p = x / x.sum(axis=0)
    entropy = -np.sum(p * np.log(np.where(p > 0, p, 1)), axis=0) / np.log(len(x))
    spread = 1 - entropy
    if np.allclose(spread, 0):
        raise DataError("No column varies, so entropy gives no weights.")
    return mark_simulated(pd.Series(spread / spread.sum(), index=scaled.columns), is_simulated(scaled))


def entropy_index(table, *, cost=(), by=None):
    """Weighted sum of scaled indicators with entropy weights; arguments as `normalise`.

    Returns
    -------
    Composite
        Scores from 0 to 1.
    """
    scaled = normalise(table, cost=cost, by=by)
    weights = entropy_weights(scaled)
    where = "pooled over all rows" if by is None else f"within each {by}"
    how = f"min-max {where}, entropy weights, weighted sum"
    return Composite(how, _scores(table, scaled @ weights), weights, vague=table.attrs.get("vague", 0))


def topsis(table, *, weights=None, cost=(), normalisation="vector"):
    """Score rows by closeness to the best and distance from the worst: D- / (D+ + D-) (Hwang and Yoon 1981).

    Parameters
    ----------
    table : pandas.DataFrame
        As from `composite_table`.
    weights : pandas.Series or dict, optional
        One for each column, not below zero; equal by default. `entropy_weights(normalise(table))` is the
        common choice (熵权 TOPSIS).
    cost : str or list of str
        Columns of which less is better.
    normalisation : {"vector", "minmax"}
        x / sqrt(sum x^2), as in the source, or `normalise`. Pooled over all rows.

    Returns
    -------
    Composite

    Raises
    ------
    DataError
        As `normalise`, or if weights and columns differ, a weight is below zero or a column zero throughout.
    """
    _check_indicators(table)
    weights = dict.fromkeys(table.columns, 1 / table.shape[1]) if weights is None else weights
    weights = _by_column(pd.Series(weights), table)
    if not (weights >= 0).all() or not weights.any():
        raise DataError(f"Weights must be at least zero, and not all zero: {weights.to_dict()}.")
    cost = _check_cost(table, cost)
    check_choice("normalisation", normalisation, ("vector", "minmax"))
    if normalisation == "vector":
        x = _numbers(table)
        signs = np.where(table.columns.isin(cost), -1, 1)
        size = np.sqrt((x**2).sum(axis=0))
        if (size == 0).any():
            raise DataError(f"{list(table.columns[size == 0])} are zero throughout: leave them out.")
        scaled = signs * x / size
    else:
        scaled = _numbers(normalise(table, cost=cost))
    v = scaled * weights.to_numpy()
    best, worst = (np.sqrt(((v - end) ** 2).sum(axis=1)) for end in (v.max(axis=0), v.min(axis=0)))
    if not (best + worst).all():
        raise DataError("All rows are the same, so none is better.", table)
    scores = _scores(table, pd.Series(worst / (best + worst), index=table.index))
    how = f"TOPSIS, {normalisation} normalisation pooled over all rows"
    weights = mark_simulated(weights, is_simulated(table))
    return Composite(how, scores, weights, vague=table.attrs.get("vague", 0))


def _by_column(weights, table):
    """Put weights in the order of the columns that they are for."""
    if set(weights.index) != set(table.columns) or weights.index.has_duplicates:
        raise DataError(f"Weights are for {list(weights.index)}, the table has {list(table.columns)}.")
    return weights.loc[table.columns]


def pca_index(table):
    """First principal component of the standardised indicators, positive where most of them are high.

    Returns
    -------
    Composite
        Weights are the loadings (unit length); notes have the share of variance and the KMO measure
        (Kaiser 1974), under 0.5 of which the indicators share too little for one index. It is missing where
        one indicator follows from the others, as with no more rows than indicators.

    Raises
    ------
    DataError
        If a column does not vary, or there is one alone.
    """
    x = _numbers(table)
    if x.shape[1] < 2 or len(x) < 2:
        raise DataError(
            f"{x.shape[1]} indicators in {len(x)} rows have no common component: give two or more."
        )
    still = np.ptp(x, axis=0) <= ROUNDING * np.abs(x).max(axis=0)
    if still.any():
        raise DataError(f"{list(table.columns[still])} do not vary: leave them out.")
    z = (x - x.mean(axis=0)) / x.std(axis=0)
    _, size, axes = np.linalg.svd(z, full_matrices=False)
    loading = axes[0] * (1 if axes[0].sum() >= 0 else -1)
    notes = {"variance": float(size[0] ** 2 / np.sum(size**2)), "kmo": _kmo(np.corrcoef(x, rowvar=False))}
    scores = pd.Series(z @ loading, index=table.index)
    weights = mark_simulated(pd.Series(loading, index=table.columns), is_simulated(table))
    how = "first principal component of standardised indicators"
    return Composite(how, _scores(table, scores), weights, notes, table.attrs.get("vague", 0))


def _kmo(correlation):
    """Squared correlations over themselves plus squared partial ones; missing where these are undefined."""
    if np.linalg.matrix_rank(correlation, hermitian=True) < len(correlation):
        return np.nan
    inverse = np.linalg.inv(correlation)
    scale = np.sqrt(np.outer(np.diag(inverse), np.diag(inverse)))
    off = ~np.eye(len(correlation), dtype=bool)
    simple, partial = np.sum(correlation[off] ** 2), np.sum((inverse / scale)[off] ** 2)
    return float(simple / (simple + partial))


def coupling_coordination(systems, *, weights=None, formula="standard"):
    """Coupling coordination degree (耦合协调度) of k systems scored 0..1: D = sqrt(C T), T = sum a U.

    Formulas of the coupling degree C:

    - standard: C = [prod U / (mean U)^k]^(1/k); for two systems 2 sqrt(U1 U2) / (U1 + U2).
    - wang2021: C = sqrt{[1 - sum_{i<j} |U_i - U_j| / (k (k - 1) / 2)] [prod U_i / max U]^(1/(k-1))}, the
      product over all but the largest (Wang Shujia et al. 2021, 自然资源学报 36(3):793).

    The same paper lists the misuses: misprinted formulas; the coefficient k lost, so that C cannot reach 1;
    weights put into C; and C read as a level although it is near 1 wherever the systems are alike, however
    poor. Scores depend on the sample and on how U was scaled: D of two studies cannot be compared.

    Parameters
    ----------
    systems : pandas.DataFrame, shape (n, k)
        Scores of k >= 2 systems from 0 to 1, as from `entropy_index`.
    weights : list of float, pandas.Series or dict, optional
        a, of T alone, one for each system, not below zero; they are divided by their sum. A list is in the
        order of the columns, a Series or dict goes by their names. Equal by default.
    formula : {"standard", "wang2021"}

    Returns
    -------
    pandas.DataFrame
        coupling (C), development (T), coordination (D), formula, on the index of the systems. C is 0 where a
        system scores 0.

    Raises
    ------
    DataError
        If a score lies outside 0..1, weights are not one a system, or the formula is not known.
    """
    check_choice("formula", formula, FORMULAS)
    u = _numbers(systems)
    k = u.shape[1]
    outside = ((u < 0) | (u > 1)).any(axis=1)
    if outside.any() or k < 2:
        raise DataError("Coupling needs two systems or more, scored from 0 to 1:", systems[outside])
    named = isinstance(weights, (pd.Series, dict))
    weights = _by_column(pd.Series(weights), systems) if named else weights
    weights = np.ones(k) if weights is None else as_list(weights)
    a = np.array([weight if is_number(weight) else np.nan for weight in weights])
    if a.shape != (k,) or not (a >= 0).all() or not a.any():
        raise DataError(f"weights={weights} must be {k} numbers, none below zero and not all zero.")
    a = a / a.sum()
    top, mean = u.max(axis=1), u.mean(axis=1)
    if formula == "standard":
        coupling = np.prod(u / np.where(mean > 0, mean, 1)[:, None], axis=1) ** (1 / k)
    else:
        i, j = np.triu_indices(k, 1)
        apart = np.abs(u[:, i] - u[:, j]).mean(axis=1)
        alike = np.prod(u / np.where(top > 0, top, 1)[:, None], axis=1) ** (1 / (k - 1))
        coupling = np.sqrt((1 - apart) * alike)
    development = u @ a
    table = pd.DataFrame(
        {
            "coupling": coupling,
            "development": development,
            "coordination": np.sqrt(coupling * development),
            "formula": formula,
        },
        index=systems.index,
    )
    return mark_simulated(table, is_simulated(systems))


def _numbers(table):
    _check_indicators(table)
    x = table.to_numpy(dtype=float)
    if not np.isfinite(x).all():
        raise DataError("The table has missing or infinite values:", table[~np.isfinite(x).all(axis=1)])
    return x


def _scores(table, scores):
    return mark_simulated(scores.rename("score"), is_simulated(table))

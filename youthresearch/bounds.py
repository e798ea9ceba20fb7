"""What vague figures allow: bounds of an estimate over reported intervals, and the facts that decide it."""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from .cells import NONE
from .inference import SEED, check_effect, degrees_of_freedom, effect_on_cells, inference_for
from .results import OfEffect, as_percent, fixed, said_of_sample
from .schema import DataError, check_columns, check_count, check_number, check_share, mark_simulated

ROUNDS = 1000  # of taking off means in turn, at most
SOURCE = ["token", "source_id", "start", "end"]  # of a fact: the words and their place in the report


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Bounds(OfEffect):
    """The smallest and the largest estimate that the reported intervals allow.

    Attributes
    ----------
    estimator, outcome, att, n_treated, n_control, periods, simulated
        As in `Effect`; att is with the panel's values.
    low, high : float
        Each is reached with every figure at an end of its interval. Infinite where an open one counts.
    interval_low, interval_high : float
        Imbens and Manski's interval, which covers the effect with chance `level`, sampling error included.
    level : float
    cap : float or None
    vague : int
        Cells with weight whose figure is no single number.
    shared : int
        Those that rest on a fact of another one, such as a level and the level before it, computed from it.
    open : pandas.DataFrame
        One row is one cell with weight and without a bound: district, period, weight, low, high, fact_ids.
    exact : bool
        Whether low and high are sharp. Not where the weights follow the outcome (`synthetic_did`,
        `synthetic_control`): the bounds then hold at these weights. Nor where cells are `shared`: each is
        bounded by itself, though one figure moves them together, so that the bounds hold but may be wider
        than what the reports allow.
    inference : str
        What the sampling error is from: randomization (the spread over other assignments), or the effect's
        own error, clustered, iid or placebo.
    how : str
        The same, with the assignments.
    caution : str
        Why the sampling error is unreliable; empty if it is not.
    """

    low: float
    high: float
    interval_low: float
    interval_high: float
    level: float
    cap: float | None
    vague: int
    shared: int
    open: pd.DataFrame
    exact: bool
    inference: str
    how: str
    caution: str

    @property
    def _title(self):
        return f"bounds of {self.estimator}: {self.outcome}"

    def _said(self):
        scale = self.interval_high - self.interval_low
        scale = scale / 4 if np.isfinite(scale) and scale > 0 else abs(self.att) / 100
        low, high, start, end = (
            fixed(v, scale) for v in (self.low, self.high, self.interval_low, self.interval_high)
        )
        said = [
            ("att", fixed(self.att, scale)),
            ("bounds", f"{low} to {high}, {self.vague} vague figures with weight"),
            (f"{as_percent(self.level)} interval", f"{start} to {end}, sampling error: {self.how}"),
        ]
        if self.cap is not None:
            said.append(("cap", f"an open figure is taken to be at most {self.cap:g} times its lower bound"))
        for row in self.open.head(3).itertuples():
            said.append(("open", f"{row.district} in {row.period}: {row.low:g} to {row.high:g}"))
        if len(self.open) > 3:
            said.append(("open", f"and {len(self.open) - 3} more"))
        if self.shared:
            why = f"{self.shared} vague cells rest on facts of each other, and are bounded one by one"
            said.append(("not sharp", why))
        if self.inference == "placebo":
            said.append(("weights", "follow the outcome: the bounds hold at these weights only"))
        if self.caution:
            said.append(("caution", f"sampling error {self.caution}"))
        return [*said, *said_of_sample(self)]


def interval_bounds(
    effect, panel, *, cap=None, inference=None, strata=None, draws=None, level=0.95, seed=SEED
):
    """Bound an estimate over all outcomes within the reported intervals.

    An estimate is ``sum(weight * value)`` with weights that do not depend on the outcome; so the smallest has
    each figure at the low end of its interval where the weight is positive and at the high end where it is
    negative. Controls and populations are held at their values. Figures are taken to lie in their intervals
    independently of each other; a report's level and the level before it that is computed from it do not.

    Parameters
    ----------
    effect : Effect
        The weights of `synthetic_did` and `synthetic_control` follow the outcome: their bounds hold at the
        weights that they have.
    panel : pandas.DataFrame
        That of the effect, with low and high.
    cap : float, optional
        Takes a figure without an upper bound ("over 3,000") to be at most cap times its lower bound, which
        is the researcher's claim. Without it the bounds are infinite where such a figure has weight.
    inference : {None, "se", "randomization"}
        What the sampling error is from: the effect's own, or the spread of the estimates over the other
        assignments of the cohorts, each at that end and once the effect estimated there is taken off the
        treated cells (else a large effect would pass for a large error). None chooses the latter where
        districts are too few for the former (`Effect.caution`).
    strata, draws, seed
        For "randomization", as in `Effect.randomization`.
    level : float

    Returns
    -------
    Bounds
        The interval is that of Imbens and Manski (2004): ``[low - c se_l, high + c se_h]`` with
        ``Phi(c + (high - low) / max(se_l, se_h)) - Phi(-c) = level``. It holds for narrow bounds too, since
        low <= high by construction (Stoye 2009, lemma 3). The spread over other assignments is learned from
        few districts, so Phi is then the t distribution with districts less cohorts (the never treated are
        one) degrees of freedom, summed over the strata in which something can be reassigned: exact for one
        treated district among others of the same normal spread, and open where each cohort is one district.
        The effect's own error at an end is se times the ratio of the spread of the districts' scores about
        their cohort's mean, there and at the values.

    Raises
    ------
    DataError
        If the panel is not the one of the effect, a bound is missing or excludes the value, cap is below one,
        or reassignment is asked for by name where weights follow the outcome.
    """
    check_share(level=level)
    cells = cells_with_weight(effect, panel)
    low, high = cells["low"].to_numpy(float), closed_high(cells, cap)
    weight = cells["weight"].to_numpy()
    least, most = np.where(weight > 0, low, high), np.where(weight > 0, high, low)
    ends = effect._cells.without_noise([weight @ least, weight @ most]).tolist()
    by = inference_for(effect, inference, strata=strata)
    if effect._follows and inference == "randomization":
        raise DataError(
            f"The placebos of {effect.estimator} are no other assignments of the bounds: leave inference= "
            "out."
        )
    by = effect.errors if effect._follows else by
    if by == "randomization":
        test = {"strata": strata, "draws": draws, "seed": seed}
        scale, how = _spread_over_assignments(effect, cells, (least, most), test)
        df = degrees_of_freedom(effect, strata)
    else:
        scale, how, df = [_error_at(effect, cells, y) for y in (least, most)], effect.errors, np.inf
    interval = _imbens_manski(*ends, *scale, level, df)
    cells, shared = cells.assign(high=high), count_shared(cells.assign(high=high))
    rows = cells[np.isinf(low) | np.isinf(high)].reset_index(drop=True)
    names = [c for c in ("district", "period", "weight", "low", "high", "fact_ids") if c in rows]
    return Bounds.of(
        effect,
        low=ends[0],
        high=ends[1],
        interval_low=interval[0],
        interval_high=interval[1],
        level=level,
        cap=cap,
        vague=int((high > low).sum()),
        shared=shared,
        open=mark_simulated(rows[names], effect.simulated),
        exact=not effect._follows and not shared,
        inference=by,
        how=how,
        caution="" if by == "randomization" else effect.caution,
    )


def cells_with_weight(effect, panel):
    """Rows of the panel that count in an estimate, with their weight."""
    check_effect(effect)
    needed = ["district", "period", "indicator", "value", "low", "high"]
    check_columns("panel", panel, needed, "make it with as_panel or build_panel")
    rows = panel[panel["indicator"] == effect.outcome].drop(columns="weight", errors="ignore")
    weights = effect.weights
    twice = rows.duplicated(["district", "period"], keep=False)
    if twice.any():
        raise DataError("The panel is not that of the effect: cells stand more than once.", rows[twice])
    kinds = [getattr(table["period"].dtype, "freq", None) for table in (rows, weights)]
    if kinds[0] != kinds[1]:
        raise DataError(
            f"The panel is not that of the effect: its periods are {rows['period'].dtype}, the effect's "
            f"{weights['period'].dtype}."
        )
    cells = weights.merge(rows, on=["district", "period"], how="left", validate="one_to_one")
    parts = (cells["weight"] * cells["value"]).where(np.isfinite(cells["value"]), 0.0)
    total, size = parts.sum(), parts.abs().sum()
    if not np.isfinite(cells["value"]).all() or abs(total - effect.att) > 1e-6 * size:
        raise DataError(
            f"This panel is not that of the effect: its figures of {effect.outcome!r} give {total:g} under "
            f"the weights, and not {effect.att:g}."
        )
    return cells[cells["weight"].abs() > NONE * cells["weight"].abs().max()].reset_index(drop=True)


def count_shared(cells):
    """Count the vague cells that rest on a fact of another vague one."""
    vague = cells[cells["high"] > cells["low"]]
    if "fact_ids" not in vague:
        return 0
    facts = vague["fact_ids"].astype("str").fillna("").str.split().explode().dropna()
    return int(facts.index[facts.duplicated(keep=False)].nunique())


def closed_high(cells, cap):
    """Give the upper bounds, open ones closed at cap times the lower; check that bounds enclose the value."""
    if cap is not None:
        check_number(at_least=1, cap=cap)
    low, high = cells["low"].to_numpy(float), cells["high"].to_numpy(float)
    bad = ~(low <= cells["value"]) | ~(cells["value"] <= high)
    if bad.any():
        raise DataError("Cells have a value outside their bounds, or none: mend these rows.", cells[bad])
    if cap is None:
        return high
    return np.where(np.isposinf(high) & (low > 0), np.maximum(cap * low, cells["value"]), high)


def with_outcome(effect, cells, y):
    """Estimate an effect anew with y in these cells, all else as it is."""
    given = effect._cells
    at = given.districts.get_indexer(cells["district"]), given.periods.get_indexer(cells["period"])
    changed = given.y.copy()
    changed[at] = y
    return effect._anew(replace(given, y=changed))


def _spread_over_assignments(effect, cells, outcomes, test):
    """Root mean square of the other assignments' estimates, had each outcome no effect; and over which."""
    spread, how = [np.nan] * len(outcomes), "spread over other assignments"
    for k, y in enumerate(outcomes):
        if np.isfinite(y).all():
            at_end = with_outcome(effect, cells, y)
            null = effect._anew(replace(at_end._cells, y=at_end._cells.y - effect_on_cells(at_end)))
            found = null.randomization(**test)
            spread[k] = float(np.sqrt(np.mean(found.assignments["statistic"][1:] ** 2)))
            how = f"spread over {found.how}"
    return spread, how


def _error_at(effect, cells, y):
    """Give the effect's standard error, were the outcome y; nan where that is not finite, or is none."""
    if effect._follows:
        return effect.se
    if not np.isfinite(y).all() or effect.se == 0:
        return np.nan
    base = _spread(effect, cells, cells["value"].to_numpy(float))
    return effect.se * np.sqrt(_spread(effect, cells, y) / base) if base > 0 else effect.se


def _spread(effect, cells, y):
    """Sum of the squares of the districts' scores about the mean of their cohort."""
    cohort = pd.Series(effect._cells.cohort, index=effect._cells.districts)
    score = (cells["weight"] * y).groupby(cells["district"]).sum()
    return float(((score - score.groupby(cohort.reindex(score.index)).transform("mean")) ** 2).sum())


def _imbens_manski(low, high, se_low, se_high, level, df=np.inf):
    """Interval that covers the parameter, not the whole set, with chance level; df: of the t distribution."""
    from scipy.optimize import brentq
    from scipy.special import stdtr, stdtrit

    if df < 1:  # a district a cohort: nothing tells how far one strays
        return -np.inf, np.inf
    if not np.isfinite([low, high, se_low, se_high]).all():
        one_sided = stdtrit(df, level)
        start = low - one_sided * se_low if np.isfinite(low) else -np.inf
        return start, high + one_sided * se_high if np.isfinite(high) else np.inf
    width = (high - low) / max(se_low, se_high) if max(se_low, se_high) > 0 else np.inf
    c = brentq(lambda c: stdtr(df, c + width) - stdtr(df, -c) - level, 0, 2 * stdtrit(df, (1 + level) / 2))
    return low - c * se_low, high + c * se_high


def trace(effect, panel, facts, *, top=10):
    """List the facts that decide an estimate.

    Parameters
    ----------
    effect : Effect
        The weights of `synthetic_did` and `synthetic_control` are those that they have.
    panel : pandas.DataFrame
        That of the effect, with low, high and fact_ids.
    facts : pandas.DataFrame
        As from `load_facts`.
    top : int
        Rows to give.

    Returns
    -------
    pandas.DataFrame
        One row is one fact behind one cell (several, where a cell is made of several facts): fact_id,
        district, period, weight, value, low, high (of the cell), contribution, swing, token, source_id,
        start, end. contribution is weight times what the value stands above or below its district and its
        period (its period alone in `synthetic_control`), both fitted by least squares to the cells with
        weight, and adds up to att over all cells; swing is
        ``|weight| (high - low)``, by how much the figure's vagueness alone moves att, if no other cell rests
        on the same fact (a level and the level before it move together). Largest contribution or swing first.

    Raises
    ------
    DataError
        If the panel is not that of the effect, names no facts, or one that is not among the facts.
    """
    check_columns("panel", panel, ["fact_ids"], "make it with build_panel")
    check_columns("facts", facts, ["fact_id", *SOURCE], "load them with load_facts")
    check_count(top=top)
    cells = cells_with_weight(effect, panel)
    unknown = cells["fact_ids"].isna() | (cells["fact_ids"] == "")
    if unknown.any():
        raise DataError(
            f"{unknown.sum()} of the {len(cells)} cells with weight name no fact that they rest on: trace "
            "needs a panel from build_panel (as_panel takes figures without evidence).",
            cells[unknown],
        )
    cells["contribution"] = cells["weight"] * _above_levels(cells)
    cells["swing"] = cells["weight"].abs() * (cells["high"] - cells["low"])
    order = cells[["contribution", "swing"]].abs().max(axis=1).sort_values(ascending=False, kind="stable")
    chosen = cells.loc[order.index].assign(fact_id=cells["fact_ids"].str.split(" "))
    chosen = chosen.explode("fact_id").head(top)
    lost = ~chosen["fact_id"].isin(facts["fact_id"])
    if lost.any():
        raise DataError("Cells of the panel rest on facts that are not among these facts:", chosen[lost])
    names = ["fact_id", "district", "period", "weight", "value", "low", "high", "contribution", "swing"]
    chosen = mark_simulated(chosen[names], effect.simulated)
    return chosen.merge(facts[["fact_id", *SOURCE]], on="fact_id", how="left", validate="many_to_one")


def _above_levels(cells):
    """Take off each value the level of its district and of its period, where their weights sum to zero.

    Means are taken off in turn until nothing is left of either: once is enough without gaps.
    """
    largest = cells["weight"].abs().max()
    sums = {name: cells.groupby(name)["weight"].sum().abs().max() for name in ("district", "period")}
    groups = [cells[name] for name, total in sums.items() if total <= NONE * len(cells) * largest]
    above, scale = cells["value"], cells["value"].abs().max()
    for _ in range(ROUNDS):
        largest = 0.0
        for group in groups:
            mean = above.groupby(group).transform("mean")
            above, largest = above - mean, max(largest, mean.abs().max())
        if largest <= 1e-13 * scale or len(groups) < 2:
            break
    return above

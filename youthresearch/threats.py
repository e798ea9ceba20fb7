"""What would have to be true for a conclusion to fall: one table over everything that it rests on."""

from dataclasses import dataclass
from functools import reduce

import numpy as np
import pandas as pd

from .bounds import cells_with_weight, closed_high, count_shared, with_outcome
from .cells import NEVER, only
from .cohorts import READINGS, assign_cohorts
from .honest import honest_did
from .inference import SEED, NoReassignmentError, check_effect, inference_for, p_by_error
from .reassign import TIE
from .repair import apply_repair
from .schema import DataError, check_callable, check_columns, check_frame, check_share, mark_simulated

ALL = 0.99  # a report of which this share is not there is made up altogether
COLUMNS = [
    *("threat", "what", "unit", "sign_at", "significance_at"),
    *("sign_goes", "significance_goes", "att", "p_value", "note"),
]


def breakdown(
    effect,
    panel,
    *,
    others=None,
    path=None,
    logs=False,
    cap=None,
    strata=None,
    draws=None,
    level=0.95,
    significant=None,
    seed=SEED,
):
    """Say what would have to be true for a conclusion to fall.

    Parameters
    ----------
    effect : Effect
    panel : pandas.DataFrame
        That of the effect, with low and high.
    others : dict of str to dict of str to pandas.DataFrame, optional
        Threat -> what it is -> the panel that the study would have had: as from `repaired_panels` and
        `panels_by_reading`. The effect is estimated anew from each, with the same options.
    path : Effect, optional
        One that `honest_did` takes, of the same outcome; the effect itself if it does. Without either there
        is no row for unlike trends.
    logs : bool
        Whether the outcome is a logarithm: reports that are too large by a share then add to it.
    cap : float, optional
        As in `interval_bounds`.
    strata, draws, seed
        Of the randomisation tests, as in `Effect.randomization`; 9,999 draws, or 999 where each is an
        estimation of its own (gaps, controls, a population).
    level : float
        One less the level at which the effect counts as significant.
    significant : callable, optional
        Effect -> p-value. By default that of the randomisation test where districts are too few for the
        effect's own error (`Effect.caution`), else of that error.

    Returns
    -------
    pandas.DataFrame
        One row is one threat: threat, what, unit; sign_at and significance_at, the value in this unit at
        which the sign and the significance go (0 where there is none to begin with, inf where none within
        reach does it, missing where it is yes or no); sign_goes and significance_goes, whether they do
        (missing where that is for the reader to judge, or there is none to begin with); att and p_value
        under the threat, where it is one panel; note. The rows:

        - none: the effect as it is;
        - inflation: reports of treated districts from treatment on exceed the truth by a share (negative:
          fall short of it), ``att - (1 - 1/(1 + share)) sum(weight * value)`` over treated cells;
        - vague: figures lie, in the worst way, a part of the way from their value to the ends of their
          intervals (100%: at the ends, `interval_bounds`);
        - hidden_pilots: some of the never-treated districts were pilots too, and are left out: those that
          hold the effect up most, or (for the significance alone) those nearest to the mean of all, which
          leaves the spread. So many suffice. For the sign they are the fewest there are where never-treated
          districts have one weight (one wave); for the significance other choices may need fewer: where all
          can be tried (two pilots beside nine others) these were the fewest in 33 of 40 panels, and up to
          three too many in the others. As many are tried as leave the estimator enough to compare with;
        - trends: M of `honest_did`, at the coefficients as they are for the sign, by its intervals for the
          significance;
        - those of `others`.

    Raises
    ------
    DataError
        If the panel is not that of the effect, path is of another outcome, or the estimate is zero to
        rounding, as of an outcome that never moves: there is no conclusion to fall.

    Notes
    -----
    Where the sign goes is exact, since the estimate is a weighted sum. Where the significance goes is found
    by bisection, to one part in 10,000, with the effect estimated and tested anew at each step: the
    significance is there just before, and gone just behind; should it go and come back on the way, that may
    be the second place.
    """
    check_share(level=level)
    check_effect(effect)
    _check_others(others)
    if path is not None:
        check_effect(path)
        if path.outcome != effect.outcome:
            raise DataError(f"path= is of {path.outcome!r}, and the effect of {effect.outcome!r}.")
    if significant is not None:
        check_callable("significant", significant, "give one that takes an effect and returns its p-value")
    if effect.att == 0:
        raise DataError(
            f"The estimate of {effect.outcome!r} is zero, to rounding: no conclusion can fall. Where the "
            "outcome never moves, choose another."
        )
    judge = _Judge(significant or _default_p(strata, draws, seed), 1 - level, np.sign(effect.att))
    cells = cells_with_weight(effect, panel)
    rows = [{"threat": "none", "what": "as estimated", "att": effect.att, "p_value": judge.p_value(effect)}]
    rows.append(_inflation(effect, cells, judge, logs))
    rows.append(_vague(effect, cells, judge, cap))
    rows.append(_hidden(effect, judge))
    rows.append(_trends(effect if path is None else path, path is not None, strata, draws, level, seed))
    for threat, panels in (others or {}).items():
        rows += [_other(effect, judge, threat, what, other) for what, other in panels.items()]
    table = pd.DataFrame([r for r in rows if r], columns=COLUMNS)
    table = table.astype({"sign_goes": "boolean", "significance_goes": "boolean"})
    table[["unit", "note"]] = table[["unit", "note"]].fillna("")
    return mark_simulated(table, effect.simulated)


def _check_others(others):
    kinds = [others or {}, *(others.values() if isinstance(others, dict) else [])]
    for given in kinds:
        if not isinstance(given, dict):
            raise DataError(
                f"others= holds a {type(given).__name__}: give threat -> what it is -> panel, such as "
                "{'repairs': repaired_panels(...)}."
            )


def _default_p(strata, draws, seed):
    def p_value(effect):
        if inference_for(effect, None) == "randomization":
            return effect.randomization(strata=strata, draws=draws, seed=seed).p_value
        return p_by_error(effect)

    return p_value


@dataclass(frozen=True)
class _Judge:
    """What counts as the conclusion: the sign, and a p-value of no more than alpha."""

    p_value: object
    alpha: float
    sign: float

    def stands(self, effect):
        return np.sign(effect.att) == self.sign and self.p_value(effect) <= self.alpha + TIE

    def first(self, at, gone, most):
        """Find where, on the way from 0 to `gone` (the sign has gone) or `most`, the conclusion falls."""
        if not self.stands(at(0.0)):
            return 0.0
        inside, out = 0.0, min(gone, most, key=abs)
        if abs(gone) > abs(most) and self.stands(at(most)):
            return np.inf
        while abs(out - inside) > 1e-4 * abs(out):
            middle = (inside + out) / 2
            inside, out = (middle, out) if self.stands(at(middle)) else (inside, middle)
        return float(out)


def _inflation(effect, cells, judge, logs):
    cohort = effect._cells.cohort[effect._cells.districts.get_indexer(cells["district"])]
    treated = effect._cells.time[effect._cells.periods.get_indexer(cells["period"])] >= cohort
    value = cells["value"].to_numpy(float)
    part = np.where(treated, 1.0 if logs else value, 0.0)
    pull = float(cells["weight"] @ part)
    gone = effect.att / pull if pull else np.inf  # share of the figures that is not there; in logs, off them
    most = np.inf if logs or gone < 0 else ALL
    falls = judge.first(lambda s: with_outcome(effect, cells, value - s * part), gone, most)
    gone = np.inf if gone > most else gone
    inflate = np.expm1 if logs else (lambda s: s / (1 - s) if np.isfinite(s) else s)
    way = "exceed" if gone > 0 else "fall short of"
    return {
        "threat": "inflation",
        "what": f"treated districts' reports {way} the truth",
        "unit": "% of the truth",
        "sign_at": 100 * inflate(gone),
        "significance_at": 100 * inflate(falls),
        "note": _at_weights(effect),
    }


def _vague(effect, cells, judge, cap):
    low, high = cells["low"].to_numpy(float), closed_high(cells, cap)
    weight, value = cells["weight"].to_numpy(), cells["value"].to_numpy(float)
    worst = np.where(weight * judge.sign > 0, low, high)
    row = {"threat": "vague", "what": "vague figures lie towards interval ends"}
    shared = count_shared(cells.assign(high=high))
    apart = (
        f"{shared} cells rest on facts of each other and are moved apart: it may take more" if shared else ""
    )
    row |= {"unit": "% of the way", "note": _at_weights(effect) or apart}
    if not np.isfinite(worst).all():
        first = cells[~np.isfinite(worst)].iloc[0]
        said = f"an open figure decides ({first['district']} in {first['period']}): cap= closes it"
        row["note"] = f"{said}; {apart}" if apart else said
        return row | {"sign_at": 0.0, "significance_at": 0.0, "sign_goes": True, "significance_goes": True}
    toll = judge.sign * (effect.att - float(weight @ worst))
    gone = abs(effect.att) / toll if toll > 0 else np.inf
    falls = judge.first(lambda s: with_outcome(effect, cells, value + s * (worst - value)), gone, 1.0)
    return row | {
        "sign_at": 100 * (gone if gone <= 1 else np.inf),
        "significance_at": 100 * falls,
        "sign_goes": bool(gone <= 1),
        "significance_goes": bool(falls <= 1) if judge.stands(effect) else pd.NA,
    }


def _at_weights(effect):
    return "at these weights, which follow the outcome" if effect._follows else ""


def _hidden(effect, judge):
    """Leave out never-treated districts until the conclusion falls, in the orders most likely to do it."""
    cells = effect._cells
    never = np.flatnonzero(cells.cohort == NEVER)
    if len(never) < 3:
        return None

    def without(left):
        keep = np.ones(len(cells.districts), bool)
        keep[left] = False
        try:
            return effect._anew(only(cells, keep, left_out=()))
        except DataError:  # too few for controls, or for placebos
            return None

    def turns(left):
        other = without(left)
        return other is not None and np.sign(other.att) != judge.sign

    def falls(left):
        other = without(left)
        try:
            return other is not None and not judge.stands(other)
        except NoReassignmentError:  # the pilots' stratum has nobody left to compare with
            return True

    orders = [order[: _most(order, without)] for order in _orders(effect, never, judge.sign)]
    sign = _enough(orders[0], turns)
    significance = min(_enough(order, falls) for order in orders) if judge.stands(effect) else 0.0
    return {
        "threat": "hidden_pilots",
        "what": f"pilots hidden among {len(never)} never-treated",
        "unit": "districts",
        "sign_at": sign,
        "significance_at": significance,
        "note": "at most: so many, left out, suffice",
    }


def _orders(effect, never, sign):
    """Never-treated districts, those first that hold the effect up most, and those nearest to their mean."""
    score = (effect._by_cell * effect._cells.y).sum(axis=1)[never]
    weight = np.abs(effect._by_cell).sum(axis=1)[never]
    held = sign * (score - weight / weight.sum() * score.sum())
    return never[np.argsort(-held, kind="stable")], never[np.argsort(np.abs(held), kind="stable")]


def _most(order, without):
    """Find how many, from the beginning of an order, can be left out before the estimator does not apply."""
    most = len(order) - 2
    if without(order[:most]) is not None:
        return most
    fine = 0
    while most - fine > 1:
        middle = (fine + most) // 2
        fine, most = (fine, middle) if without(order[:middle]) is None else (middle, most)
    return fine


def _enough(order, gone):
    """Find how many, left out from the beginning of an order, are enough, by bisection; inf if not all."""
    if not gone(order):
        return np.inf
    inside, out = 0, len(order)
    while out - inside > 1:
        middle = (inside + out) // 2
        inside, out = (inside, middle) if gone(order[:middle]) else (middle, out)
    return float(out)


def _trends(path, asked, strata, draws, level, seed):
    row = {"threat": "trends", "what": "trends differ more after than before", "unit": "M"}
    try:
        honest = honest_did(path, m=[0], strata=strata, draws=draws, level=level, seed=seed)
    except DataError:
        if asked:
            raise
        return None
    times = path.path["event_time"]
    reach = honest.unit * np.arange(1, (times >= 0).sum() + 1).mean()  # of the mean over event times
    return row | {
        "sign_at": abs(honest.att) / reach,
        "significance_at": honest.breakdown,
        "note": f"of {path.estimator}; M = 1 is a change of {honest.unit:.3g} a period",
    }


def _other(effect, judge, threat, what, panel):
    row = {"threat": threat, "what": what}
    try:
        other = effect._anew(panel)
        p_value = judge.p_value(other)
    except DataError as error:
        return row | {"note": str(error).partition("\n")[0]}
    stands = np.sign(other.att) == judge.sign
    return row | {
        "sign_goes": not stands,
        "significance_goes": not (stands and p_value <= judge.alpha + TIE) if judge.stands(effect) else pd.NA,
        "att": other.att,
        "p_value": p_value,
        "note": "the same estimate" if abs(other.att - effect.att) <= 1e-9 * abs(effect.att) else "",
    }


def repaired_panels(facts, repairs, *steps):
    """Build the panel anew under each proposed repair.

    Parameters
    ----------
    facts : pandas.DataFrame
        As from `load_facts`.
    repairs : pandas.DataFrame
        As from `propose_repairs`; choose among them first, such as those of rank 1.
    *steps : callable
        What made the study's own panel of the facts, each taking what the one before it gives, such as
        ``build_panel, partial(assign_cohorts, pilots=pilots)``.

    Returns
    -------
    dict of str to pandas.DataFrame
        One entry is one proposal; its name has the document, and what is put for what.

    Raises
    ------
    DataError
        From `apply_repair` and the steps.
    """
    needed = ["source_id", "relation", "fact_ids", "rank", "fact_id", "to_value", "from_text", "to_text"]
    check_columns("repairs", repairs, needed, "make them with propose_repairs")
    for step in steps:
        check_callable("A step", step, "give what makes the panel of the facts, such as build_panel")
    panels = {}
    for (source, _, _, _), edits in repairs.groupby(["source_id", "relation", "fact_ids", "rank"], sort=True):
        changed, names = facts, []
        for edit in edits.itertuples():
            changed = apply_repair(changed, edit.fact_id, edit.to_value, reason="what if")
            names.append(f"{edit.from_text} -> {edit.to_text}")
        panels[f"{source}: {', '.join(names)}"] = reduce(lambda made, step: step(made), steps, changed)
    return panels


def panels_by_reading(panel, pilots, *, reading="notice", **options):
    """Give the panel the cohorts of every other reading of the pilot register.

    Parameters
    ----------
    panel : pandas.DataFrame
        As from `build_panel`.
    pilots : pandas.DataFrame
        As from `load_pilots`; claims whose column reading is "inferred" are left out once.
    reading : str
        That of the study.
    **options
        Passed to `assign_cohorts`, such as ``unlisted="never"``.

    Returns
    -------
    dict of str to pandas.DataFrame
        One entry is one reading; one that gives the study's own cohorts has none.

    Raises
    ------
    DataError
        As from `assign_cohorts`.
    """
    check_frame("register", pilots, "see load_pilots")
    ways = {f"treated from the {r} on": (pilots, {"reading": r}) for r in READINGS if r != reading}
    if "reading" in pilots:
        ways["without inferred claims"] = pilots[pilots["reading"] != "inferred"], {}
    for side in ("earliest", "latest"):
        ways[f"{side} of conflicting claims"] = pilots, {"treat_conflicts": side}
    given = {"reading": reading} | options
    panels = {what: assign_cohorts(panel, claims, **(given | way)) for what, (claims, way) in ways.items()}
    own = assign_cohorts(panel, pilots, **given)
    return {what: other for what, other in panels.items() if not _same_cohorts(own, other)}


def _same_cohorts(one, other):
    columns = ["district", "cohort"]
    one, other = (panel[columns].drop_duplicates(ignore_index=True) for panel in (one, other))
    return one.equals(other)

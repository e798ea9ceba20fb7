"""Whether the districts behind an estimate are enough to learn its own error from.

A district counts by its weight: a treated one by that on its treated cells, another by that in the periods of
these. The rule is the same for att and for each row of the path, for the treated and for those compared with.
"""

import numpy as np

from .cells import NEVER, NONE

FEW = 10  # districts, treated or untreated; below it the clustered standard error is far too small
IN_A_COHORT = 3  # districts, on average, for those of OWN_MEANS
OWN_MEANS = ("sun_abraham", "imputation_did")  # fit each cohort its own effects
_UNRELIABLE = {  # why, with few districts on a side
    "clustered": "too few to learn their spread from",
    "iid": "and it takes a district's errors to be independent over time",
    "placebo": "and it takes the placebos to be normal",
    "other": "and it is made for many",
}


def caution_of(effect, rows=()):
    """Say why an effect's own errors are unreliable, of att and of some rows of the path; empty if not."""
    few = too_few(effect, rows)
    return f"unreliable with {few[1]}, {_UNRELIABLE[effect.errors]}" if few else ""


def too_few(effect, rows=()):
    """Say which districts are too few to learn the effect's own error from: a kind and a text, or None.

    Three on one side are as bad as three on the other; where all are treated in the end, others compare with
    them before they are. `sun_abraham` and `imputation_did` fit each cohort its own mean, so that k districts
    show ``(k - 1) / k`` of their variance: with twelve pilots in twelve waves a true null was rejected 66 and
    51% of the time at 5% (60 districts, 16 periods, rho 0.5, 300 simulations), in five waves of four 10 and
    11%.

    Districts count by their weights: equal ones would be ``(sum |w|)^2 / sum w^2`` (compare Carter, Schnepel
    and Steigerwald 2017). One that began long before the twenty others is the later event times, so that
    `staggered_did(aggregate="event")` leans on it: 21 are those of 4.5, and a true null was rejected 48% of
    the time. With twenty weighted by population and those of 7 and 4, `did` rejected it 11 and 18%. It is the
    same on the other side: with 3 of 30 never-treated districts left when 20 pilots begin, or one of 45 that
    is 60 times as large as the others, intervals of 95% had the truth 73 to 84% of the time.

    A row of the path rests on those who are at its event time: with two pilots in 2013 and twenty in 2017,
    intervals for the event times that only the two have reached had the truth 62 to 72% of the time; with
    twenty and two, a test of the coefficients before treatment, of which the earliest are of the two alone,
    rejected a true null 93% of the time.

    Parameters
    ----------
    effect : Effect
    rows : sequence of int
        Of the path, those that are used besides att.

    Returns
    -------
    tuple of str, or None
        ("treated", "untreated" or "cohorts", how many they are); of rows that of the fewest, att first.
    """
    few = _few(effect, effect._by_unit, effect._units.treated(effect._cells.time))
    if few:
        return few[1:]
    found = [(few, row) for row, few in zip(rows, _few_of_rows(effect, rows), strict=True) if few]
    if not found:
        return None
    (_, side, said), row = min(found, key=lambda few: few[0][0])
    times = effect.path.get("event_time")
    return side, said if times is None else f"{said} at event time {times[row]}"


def few_rows(effect):
    """Say which rows of the path rest on too few districts, bool, shape (K,)."""
    return np.array([few is not None for few in _few_of_rows(effect, range(len(effect.path)))], dtype=bool)


def count_sides(cells, units, weight):
    """Count the treated districts behind an estimate, and the never-treated ones.

    Parameters
    ----------
    cells : Cells
    units : Units
    weight : ndarray, shape (U, T)

    Returns
    -------
    n_treated, n_control : int
    """
    treated, others = _sides(cells, units, weight, units.treated(cells.time))
    others = np.where(units.cohort == NEVER, others, 0.0)
    return _number(units, treated), _number(units, others)


def alike_sides(effect):
    """Count the treated and the untreated districts behind att as so many of equal weight."""
    units = effect._units
    sides = _sides(effect._cells, units, effect._by_unit, units.treated(effect._cells.time))
    return tuple(_alike(units, part) if part.any() else np.inf for part in sides)


def _few(effect, weight, own):
    """As `too_few`, of one estimate, with the number before it; the base rests on nobody."""
    units = effect._units
    treated, others = _sides(effect._cells, units, weight, own)
    if effect._follows:  # a synthetic one is meant to lean on a few of those it compares with
        others = np.where(units.cohort == NEVER, 1.0, 0.0)
    parts = [(part, side) for part, side in ((treated, "treated"), (others, "untreated")) if part.any()]
    if not parts:
        return None
    sides = [(_number(units, part), side, _alike(units, part)) for part, side in parts]
    number, side, _ = min(sides)
    if number < FEW:
        return number, side, f"{number} {side}"
    number, cohorts = sides[0][0], len(np.unique(units.cohort[treated > 0]))
    if effect.estimator in OWN_MEANS and number < IN_A_COHORT * cohorts:
        return number, "cohorts", f"{number} treated in {cohorts} cohorts"
    number, side, alike = min(sides, key=lambda of: of[2])
    return (alike, side, f"{number} {side}, by their weights {alike:.1f}") if round(alike) < FEW else None


def _few_of_rows(effect, rows):
    if effect._follows:  # the rows of a synthetic one rest on the same districts as att
        return [None] * len(rows)
    own = _cells_of_rows(effect)
    return [_few(effect, effect._path_by_unit[row], own[row]) for row in rows]


def _cells_of_rows(effect):
    """Treated districts' cells at the event time of each row; all treated cells where it has none."""
    cells, units = effect._cells, effect._units
    if "event_time" not in effect.path:
        return [units.treated(cells.time)] * len(effect.path)
    times = effect.path["event_time"].to_numpy()
    event = cells.time - units.cohort[:, None]
    if "window" in effect.convention:  # those beyond are put together with its ends
        event = np.clip(event, min(times.min(), -1), times.max())
    return (event == times[:, None, None]) & (units.cohort != NEVER)[:, None]


def _sides(cells, units, weight, own):
    """Weight of a district on its own cells, and of others while untreated in the same periods, (U,) each.

    Others are the never-treated; those not treated yet where no never-treated one has weight.
    """
    weight = np.where(np.abs(weight) > NONE * np.abs(weight).max(initial=0), np.abs(weight), 0.0)
    treated = (weight * own).sum(axis=1)
    beside = weight * ~(own | units.treated(cells.time)) * (weight * own).any(axis=0)
    others = beside.sum(axis=1)
    never = np.where(units.cohort == NEVER, others, 0.0)
    return treated, never if never.any() else others


def _number(units, part):
    return int(np.bincount(units.of)[part > 0].sum())


def _alike(units, part):
    """Count districts as so many of equal weight."""
    return float((part @ units.n) ** 2 / (part**2 @ units.n_squared))

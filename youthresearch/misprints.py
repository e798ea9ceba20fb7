"""Relations that one slip keeps from holding: what belongs together though its arithmetic does not show it.

A figure that one digit or two swapped ones would put right, in a list whose others agree, is misprinted; one
that nothing so small puts right may be of something else, and is left alone.
"""

from collections import Counter
from itertools import islice

import numpy as np

from .slips import PLAIN, slips_of

COLUMNS = ("value", "resolution", "unit", "hedge")
FINE = 0.1  # a share printed no more coarsely than this agrees with a wrong whole seldom
CHANCE = 1e-3  # of agreeing with any of the wholes that a slip could have been
TRIED = 200  # of those wholes
HALF = 0.5 + 1e-9  # of a printed place
PERSONS = ("个", "人", "名", "位", "人次")
BEFORE = 5  # levels before a list among which its whole is sought


def is_misprinted_sum(members, columns):
    """Tell whether a list of parts fails to add up by one slip in one figure, beyond what chance explains.

    columns: the `COLUMNS` of facts as arrays, since these are asked of many members.
    """
    value, place, _, hedge = (column[list(members)] for column in columns)
    large, several = value[0] >= 1000 * place[0], len(members) > 3
    if not (hedge == "exact").all() or value[0] < 100 * place[0] or not (large or several):
        return False  # two parts miss many a small total by what a slip explains
    gap = value[0] - value[1:].sum()
    needed = [value[0] - gap, *(value[1:] + gap)]
    return any(
        round(n, 6) in (slips_of(v, p) if large and several and v >= 1000 * p else _plain(v, p))
        for n, v, p in zip(needed, value, place, strict=True)
        if v >= 100 * p
    )


def misprinted_shares(facts, shares, holding):
    """Find the shares of a draft that a slip keeps from agreeing with the whole of their list.

    The slip is in one of them, or in its part, where other shares agree with the whole; or in the whole,
    where all would agree with another.

    Parameters
    ----------
    facts : pandas.DataFrame
        As from `relations.prepare`.
    shares : list of list of int
        Part, whole and share; -1 where a part or whole is not known.
    holding : list of list of int
        Those that agree.

    Returns
    -------
    list of list of int
    """
    columns = ("value", "resolution", "source_id", "hedge", "draft")
    value, place, source, hedge, draft = (facts[c].to_numpy() for c in columns)
    whole_of = {share: whole for _, whole, share in holding}
    times = Counter(whole_of.values())
    fine = draft & (place <= FINE) & (hedge == "exact") & (value > 0)
    order = [(part, share) for part, _, share in shares]
    lost = [part >= 0 and hedge[part] == "exact" and fine[s] and s not in whole_of for part, s in order]
    found, run = [], []
    for at, (part, share) in enumerate(order):
        if not lost[at]:
            run = []
            continue
        run = run if run and source[run[-1][1]] == source[share] else []
        run.append((part, share))
        beside = {whole_of.get(order[i][1], -1) for i in (at - 1, at + 1) if 0 <= i < len(order)}
        enough = 0 if place[share] < FINE else 1
        told = [w for w in beside if w >= 0 and source[w] == source[share] and times[w] > enough]
        found += [[part, w, share] for w in told if _is_slip(value, place, part, w, share)]
        ends = at + 1 == len(order) or not lost[at + 1] or source[order[at + 1][1]] != source[share]
        luck = TRIED * np.prod([2 * place[s] / value[s] for _, s in run])
        found += _of_misprinted_whole(facts, run) if ends and luck < CHANCE else []
    return found


def _is_slip(value, place, part, whole, share):
    """Tell whether a plain slip in a part or its share makes them agree with the whole."""
    return any(
        abs(100 * p / value[whole] - s) <= HALF * place[share]
        for p, s in (
            *((value[part], v) for v in _plain(value[share], place[share], counted=False)),
            *((v, value[share]) for v in _plain(value[part], place[part])),
        )
    )


def is_misprinted_rate(part, whole, share):
    """Tell whether a plain slip in a rate or one of its two counts, as rows, makes them agree."""
    value, place = zip(*((r.value, r.resolution) for r in (part, whole, share)), strict=True)
    wholes = _plain(whole.value, whole.resolution)
    by_whole = any(abs(100 * part.value / v - share.value) <= HALF * share.resolution for v in wholes)
    return by_whole or _is_slip(value, place, 0, 1, 2)


def _plain(value, place, *, counted=True):
    """List what a figure may have been before a plain slip."""
    return [v for v, kind in slips_of(value, place, counted=counted).items() if kind in PLAIN]


def _of_misprinted_whole(facts, run):
    """Find the whole before a list of shares with which all agree once a slip in it is put right."""
    value, place, source, kind, hedge = (
        facts[c].to_numpy() for c in ("value", "resolution", "source_id", "kind", "hedge")
    )
    parts, shares = np.array(run).T
    levels = (i for i in _back_from(parts.min(), source) if kind[i] == "level")
    for whole in islice(levels, BEFORE):
        if hedge[whole] != "exact":
            continue
        for right in (value[whole], *_plain(value[whole], place[whole])):
            if np.all(np.abs(100 * value[parts] / right - value[shares]) <= place[shares]):
                return [[p, whole, s] for p, s in run]
    return []


def _back_from(at, source):
    """Go through the figures of a source before one, the nearest first."""
    before = at - 1
    while before >= 0 and source[before] == source[at]:
        yield before
        before -= 1


def is_misprinted_mean(members, columns):
    """Tell whether one slip keeps a total, a count and a mean, of units that fit, from agreeing.

    A mean in round numbers (每人500元) is a rate that was set, of whatever count. columns: as before.
    """
    value, place, unit, hedge = (column[list(members)] for column in columns)
    of, _, per = unit[2].partition("/")
    fits = unit[0] == of and (unit[1] == per or {unit[1], per} <= set(PERSONS))
    digits = f"{value[2] / (place[2] or 1):.0f}".rstrip("0")
    if not fits or len(digits) < 3 or not (hedge == "exact").all() or not (value > 0).all():
        return False
    return any(
        abs(total / count - mean) <= HALF * place[2]
        for total, count, mean in (
            *((v, value[1], value[2]) for v in _plain(value[0], place[0])),
            *((value[0], v, value[2]) for v in _plain(value[1], place[1])),
            *((value[0], value[1], v) for v in _plain(value[2], place[2], counted=False)),
        )
    )

"""A statistic under every draw, as a function of the effect that is taken off: its p-value and its interval.

Shapes: B draws (assignments, or signs of a bootstrap).
"""

from dataclasses import dataclass

import numpy as np

from .reassign import TIE


@dataclass(frozen=True, eq=False)
class Moments:
    """Each draw's estimate if an effect tau is taken off the treated cells, ``att - tau * pull``.

    Attributes
    ----------
    att, pull : ndarray, shape (B,)
    spread : ndarray, shape (B, 3), or None
        The square of its error is ``s0 - 2 tau s1 + tau^2 s2``; None where the statistic is the estimate.
    """

    att: np.ndarray
    pull: np.ndarray
    spread: np.ndarray | None = None

    def at(self, tau):
        """Return the statistic once an effect of tau is taken off, shape (B,)."""
        top = self.att - tau * self.pull
        if self.spread is None:
            return top
        square = self.spread @ np.array([1.0, -2 * tau, tau**2])
        scale = np.abs(self.att).max() + np.abs(tau * self.pull).max()
        flat = square <= (TIE * scale) ** 2  # no spread at all: any estimate but zero is infinitely far
        far = np.where(np.abs(top) <= TIE * scale, 0.0, np.where(top > 0, np.inf, -np.inf))
        return np.where(flat, far, top / np.sqrt(np.where(flat, 1.0, square)))


def p_value(statistics, actual, exact):
    """Two-sided p-value, and the smallest that the most extreme draw would get.

    Parameters
    ----------
    statistics : ndarray, shape (B,)
    actual : float
    exact : bool
        Whether the draws are all there are, the actual one among them; else it counts as one more.
    """
    away = np.abs(statistics)
    finite = away[np.isfinite(away)]
    tie = TIE * finite.max(initial=0)
    beyond = int((away >= abs(actual) - tie).sum()) if np.isfinite(actual) else int(np.isinf(away).sum())
    if exact:
        return beyond / len(away), max(1, int((away >= away.max() - tie).sum())) / len(away)
    return (1 + beyond) / (1 + len(away)), 1 / (1 + len(away))


def interval(moments, actual, alpha, exact):
    """Constant effects that are not rejected, from low to high; of the actual estimate `actual`, B = 1."""
    if abs(actual.pull[0] - 1) > 1e-6:
        return np.nan, np.nan  # the estimate is no average of effects: it has no constant effect to test
    if moments.spread is not None:
        return _ends_by_bisection(moments, actual, alpha, exact)
    ends = ends_of_att(moments.att, moments.pull, actual.att[0], alpha, exact)
    return float(ends[0]), float(ends[1])


def ends_of_att(big, b, a, alpha, exact):
    """Give the ends for the statistic "att": every assignment is as far out on one interval of effects.

    ``|A - tau B| >= |a - tau|`` for the effects between its two roots, a among them, if ``|B| < 1``; for all
    of a half-line if ``|B| = 1``. If ``|B| > 1`` all effects are taken, which makes the interval longer.

    Parameters
    ----------
    big, b : ndarray, shape (B,) or (S, B)
        A and B of every assignment, for one outcome or for S of them (`design`).
    a : float, or ndarray, shape (S, 1)
        The estimates.
    alpha : float
    exact : bool
        Whether the actual assignment is among the B.

    Returns
    -------
    low, high : ndarray, shape () or (S,)
    """
    big, b = np.broadcast_arrays(big, b)
    a = np.broadcast_to(a, big.shape)
    with np.errstate(divide="ignore", invalid="ignore"):
        one, two = (a - big) / (1 - b), (a + big) / (1 + b)
    low, high = np.minimum(one, two), np.maximum(one, two)
    odd = np.abs(b) > 1 - TIE
    tie = TIE * np.maximum(np.abs(a).max(-1, keepdims=True), np.abs(big).max(-1, keepdims=True))
    tie = np.broadcast_to(tie, big.shape)[odd]
    low[odd], high[odd] = _half_lines(big[odd], b[odd], a[odd], one[odd], two[odd], tie)
    # If they were drawn, the actual assignment counts once more.
    rank = int(np.floor(alpha * (big.shape[-1] + (not exact)) + TIE)) - (not exact)
    if rank < 0:
        return np.full(big.shape[:-1], -np.inf), np.full(big.shape[:-1], np.inf)
    low.partition(rank, axis=-1)
    high.partition(big.shape[-1] - 1 - rank, axis=-1)
    return low[..., rank], high[..., -1 - rank]


def _half_lines(big, b, a, one, two, tie):
    """Give the ends where ``|B| >= 1``: from the midpoint on, on the side where the estimate is nearer."""
    same, mirror = np.abs(1 - b) < TIE, np.abs(1 + b) < TIE
    one = np.where(same, np.where(big > a + tie, -np.inf, np.inf), one)
    two = np.where(mirror, np.where(big > -a + tie, np.inf, -np.inf), two)
    every = (np.abs(b) > 1 + TIE) | (same & (np.abs(big - a) <= tie)) | (mirror & (np.abs(big + a) <= tie))
    return np.where(every, -np.inf, np.minimum(one, two)), np.where(every, np.inf, np.maximum(one, two))


def _ends_by_bisection(moments, actual, alpha, exact):
    """Find where the p-value first falls to alpha on the way from the estimate, to nine digits."""

    def kept(tau):
        p, _ = p_value(moments.at(tau), actual.at(tau)[0], exact)
        return p > alpha + 1e-12

    ends = []
    for side in (-1, 1):
        step = max(np.sqrt(actual.spread[0, 0]), TIE * abs(actual.att[0]), np.finfo(float).tiny)
        inside, out = 0.0, step
        while kept(actual.att[0] + side * out) and out < 1e9 * step:
            inside, out = out, 2 * out
        if out >= 1e9 * step:
            ends.append(side * np.inf)
            continue
        while out - inside > TIE * step:
            middle = (inside + out) / 2
            inside, out = (middle, out) if kept(actual.att[0] + side * middle) else (inside, middle)
        ends.append(float(actual.att[0] + side * inside))
    return tuple(ends)

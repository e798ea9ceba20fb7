"""A statistic under every draw, as a function of the effect that is taken off: its p-value and its interval.

Shapes: B draws (assignments, or signs of a bootstrap).
"""

from dataclasses import dataclass

import numpy as np

from .reassign import TIE

FARTHEST = 1e9  # errors from the estimate: an end beyond is none
NOISE = 1e-10  # of a polynomial, in units of its terms: two draws that are one differ by no more


@dataclass(frozen=True, eq=False)
class Moments:
    """Each draw's estimate if an effect tau is taken off the treated cells, ``att - tau * pull``.

    Attributes
    ----------
    att, pull : ndarray, shape (B,)
    spread : ndarray, shape (B, 3), or None
        The square of its error is ``s0 - 2 tau s1 + tau^2 s2``; None where the statistic is the estimate.
    rounding : float
        Estimates and errors no larger may be rounding alone.
    """

    att: np.ndarray
    pull: np.ndarray
    spread: np.ndarray | None = None
    rounding: float = 0.0

    def settled(self, rounding):
        """Put zero for estimates and errors that may be rounding alone."""
        att, spread = np.where(np.abs(self.att) <= rounding, 0.0, self.att), self.spread
        if spread is not None:
            flat = spread[:, :1] <= rounding**2  # nor does it move with what is taken off
            spread = np.where(flat & (np.arange(3) < 2), 0.0, spread)
        return Moments(att, self.pull, spread, rounding)

    def at(self, tau):
        """Return the statistic once an effect of tau is taken off, shape (B,)."""
        top = self.att - tau * self.pull
        if self.spread is None:
            return top
        square = self.spread @ np.array([1.0, -2 * tau, tau**2])
        scale = np.abs(self.att).max() + np.abs(tau * self.pull).max()
        least = max(TIE * scale, self.rounding)
        flat = square <= least**2  # no spread at all: any estimate but zero is infinitely far
        far = np.where(np.abs(top) <= least, 0.0, np.where(top > 0, np.inf, -np.inf))
        return np.where(flat, far, top / np.sqrt(np.where(flat, 1.0, square)))


def p_value(moments, actual, exact):
    """Two-sided p-value: the share of draws at least as far out, ties among them.

    Parameters
    ----------
    moments, actual : Moments
        Of the B draws, and of the actual one, B = 1.
    exact : bool
        Whether the draws are all there are, the actual one among them; else it counts as one more.
    """
    away, actual = np.abs(moments.at(0.0)), actual.at(0.0)[0]
    near = abs(actual) - _tie(moments, away)
    beyond = int((away >= near).sum()) if np.isfinite(actual) else int(np.isinf(away).sum())
    if exact:  # rounding may part the actual one from itself among them
        return max(1, beyond) / len(away)
    return (1 + beyond) / (1 + len(away))


def smallest_p(moments, exact):
    """p-value of the farthest draw; where these are not all there are, of an actual one beyond them."""
    if not exact:
        return 1 / (1 + len(moments.att))
    away = np.abs(moments.at(0.0))
    return max(1, int((away >= away.max() - _tie(moments, away)).sum())) / len(away)


def _tie(moments, away):
    """How near two statistics are that are the same but for rounding."""
    tie = TIE * away[np.isfinite(away)].max(initial=0)
    return max(tie, moments.rounding) if moments.spread is None else tie


def interval(moments, actual, alpha, exact):
    """Constant effects that are not rejected, from low to high; of the actual estimate `actual`, B = 1."""
    if abs(actual.pull[0] - 1) > 1e-6:
        return np.nan, np.nan  # the estimate is no average of effects: it has no constant effect to test
    if moments.spread is not None:
        return _ends_of_studentized(moments, actual, alpha, exact)
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


def _ends_of_studentized(moments, actual, alpha, exact):
    """Find where p first falls to alpha on either side of the estimate, exactly.

    A draw is as far out as the actual one where ``(A - tau B)^2 q_a(tau) >= (a - tau)^2 q_b(tau)``, q the
    squares of the errors: a polynomial of degree four, so that p changes at its roots alone.
    """
    unit = np.sqrt(max(_about(actual)[0, 0], 0.0)) or max(abs(actual.att[0]), 1.0)
    terms, size = _quartics(moments, actual, unit)
    ends = []
    for side in (-1, 1):
        turned = terms * float(side) ** np.arange(5)
        ends.append(float(actual.att[0] + side * unit * _first_fall(turned, size, alpha, exact)))
    return tuple(ends)


def _about(moments, a=None):
    """Give the square of each error as a polynomial in tau - a, shape (B, 3)."""
    a = moments.att[0] if a is None else a
    s0, s1, s2 = moments.spread.T
    return np.stack([s0 - 2 * a * s1 + a**2 * s2, 2 * (a * s2 - s1), s2], axis=1)


def _quartics(moments, actual, unit):
    """Coefficients of ``((tau - a) / unit)^k``, shape (B, 5), and how large their terms are, for rounding."""
    a, power = actual.att[0], unit ** np.arange(3)
    own, q = _about(actual)[0] / unit**2 * power, _about(moments, a) / unit**2 * power
    c, b = (moments.att - a * moments.pull) / unit, moments.pull
    square = np.stack([c**2, -2 * c * b, b**2], axis=1)
    terms, size = np.zeros((2, len(c), 5))
    for i in range(3):
        terms[:, i : i + 3] += square * own[i]
        size[:, i : i + 3] += np.abs(square * own[i])
    terms[:, 2:] -= q
    size[:, 2:] += np.abs(q)
    scale = size.max(axis=1)
    terms[np.abs(terms).max(axis=1) <= NOISE * scale] = 0.0  # the actual one, or its mirror image
    nothing = (np.abs(c) <= TIE * np.abs(c).max()) & (np.abs(b) <= TIE) & (scale <= TIE * scale.max())
    terms[nothing, 0] = -scale.max() or -1.0  # no estimate and no error: never far out
    return terms, size


def _first_fall(terms, size, alpha, exact):
    """Smallest x >= 0 beyond which no more than a share alpha of the polynomials is at least zero; or inf."""
    roots = np.sort(_positive_roots(terms, size), axis=1)
    ends = np.column_stack([np.zeros(len(roots)), roots, np.full(len(roots), np.inf)])
    left, right = ends[:, :-1], ends[:, 1:]
    middle = np.where(np.isfinite(right), (left + right) / 2, 2 * np.where(np.isfinite(left), left, 0) + 1)
    powers = middle[:, :, None] ** np.arange(5)
    far = np.einsum("bjk,bk->bj", powers, terms) >= -NOISE * np.einsum("bjk,bk->bj", powers, size)
    change = np.diff(far.astype(int), axis=1)
    at = np.nonzero(change & np.isfinite(roots))
    place, change = roots[at], change[at]
    order = np.lexsort((-change, place))
    place = np.append(0.0, place[order])  # at once, where the actual one has no error at all
    count = np.cumsum(np.append(far[:, 0].sum(), change[order]))
    low = (count + (not exact)) / (len(terms) + (not exact)) <= alpha + TIE
    apart = np.append(place[1:], np.inf) > place * (1 + NOISE)  # the last of the changes at one place
    return next(iter(place[low & apart]), np.inf)


def _positive_roots(terms, size):
    """Where the polynomials may change sign, shape (B, 4); inf where they have fewer such places.

    Real parts of complex roots are among them: signs are read between.
    """
    inverse = np.full((len(terms), 4), -1.0)  # the roots in 1 / x
    usual = np.abs(terms[:, 0]) > TIE * size.sum(axis=1)
    companion = np.zeros((usual.sum(), 4, 4))
    companion[:, 0] = -terms[usual, 1:] / terms[usual, :1]
    companion[:, [1, 2, 3], [0, 1, 2]] = 1
    inverse[usual] = np.linalg.eigvals(companion).real
    for k in np.flatnonzero(~usual):
        few = np.roots(np.where(np.abs(terms[k]) > TIE * size[k], terms[k], 0.0)).real
        inverse[k, : len(few)] = few
    return np.where(inverse > 1 / FARTHEST, 1 / np.where(inverse > 0, inverse, 1), np.inf)

"""Estimates under other assignments from sums over districts, where weights differ within cohorts.

With gaps, controls or a population an estimate is no choice among scores; but what it is made of (the
normal equations of a regression, means of groups) still adds up over districts. So each district's part
under every cohort is computed once, and each assignment costs a sum and small algebra.
Shapes: N districts, T periods, G cohorts, P controls, F features, B draws. Two outcomes: the actual one, and
the indicator of actually treated cells, which tells by how much a constant effect moves the estimate.
"""

import numpy as np

from .cells import NEVER, make_units
from .reassign import sums_of_constants, sums_over_all
from .weights import less_mean, two_way

FLAT = 1e-9  # a normal matrix this small, relative to its size before controls, determines nothing


def additive_parts(effect, codes):
    """Say how estimates of other assignments add up.

    Parameters
    ----------
    effect : Effect
        Of which `adds_up` is true.
    codes : ndarray of int64, shape (G,)
        Ordinals of the cohorts, `NEVER` last.

    Returns
    -------
    features : ndarray, shape (G, N, F)
        A district's part, would it be of each cohort.
    add : callable
        How they are summed: `sums_over_all` or `sums_of_constants`.
    finish : callable
        These sums -> the two outcomes' estimates, shape (B, 2); nan where an estimate is not determined.
    """
    return _MAKERS[effect.estimator](effect, codes)


def adds_up(effect):
    """Say whether estimates of other assignments are sums over districts.

    With gaps those of `event_study`, `sun_abraham` and `imputation_did` are not, nor those of the last
    without never-treated districts or with collinear controls; nor doubly robust ones, whose propensities
    are fitted to each assignment.
    """
    if effect.convention.get("controls") == "doubly robust":
        return False
    if effect.estimator == "imputation_did":
        return _full_rank_without_treated(effect._cells)
    if effect.estimator in ("event_study", "sun_abraham"):
        return bool(effect._cells.observed.all())
    return effect.estimator in _MAKERS


def _full_rank_without_treated(cells):
    """Say whether untreated cells determine every period effect and control, and there are no gaps."""
    if not cells.observed.all() or not (cells.cohort == NEVER).any():
        return False
    units = make_units(cells, alone=True)
    return (
        two_way(units, cells.controls, ~cells.treated).rank == len(cells.time) - 1 + cells.controls.shape[2]
    )


def _outcomes(cells):
    """Stack the outcome and who is treated, each district's mean taken off, shape (2, N, T)."""
    return less_mean(np.stack([cells.y, cells.treated.astype(float)]), cells.observed)


def _of_did(effect, codes):
    """Coefficient of treatment: its normal equation less what period dummies and controls explain."""
    cells = effect._cells
    y = _outcomes(cells)
    model = two_way(make_units(cells, alone=True), cells.controls)
    size = cells.size[:, None]
    treated = cells.time >= codes[:, None]
    d = less_mean(np.broadcast_to(treated[:, None, :], (len(codes), *cells.y.shape)), cells.observed)
    by_control = np.einsum("gnt,ntp->gnp", d, model.x)
    square = (d * d).sum(axis=2, keepdims=True)
    features = np.concatenate([np.einsum("gnt,knt->gnk", d, y), square, d, by_control], axis=2) * size
    known = np.concatenate(
        [
            np.einsum("nt,knt->tk", size * np.ones_like(cells.y), y),
            np.einsum("ntp,knt->pk", model.x * size[..., None], y),
        ]
    )  # (T + P, 2)

    def finish(total):
        top, square, crossed = total[:, :2], total[:, 2], total[:, 3:]
        explained = crossed @ model.inverse
        left = square - (explained * crossed).sum(axis=1)
        determined = left > FLAT * square
        estimate = (top - explained @ known) / np.where(determined, left, 1.0)[:, None]
        return np.where(determined[:, None], estimate, np.nan)

    return features, sums_over_all, finish


def _of_regression(effect, codes):
    """Combine several coefficients; no gaps, so that regressors depend on the cohort alone."""
    cells = effect._cells
    p = cells.controls.shape[2]
    units = make_units(cells, alone=True)
    model = two_way(units, cells.controls)
    first = [np.flatnonzero(effect._units.cohort == code)[0] for code in codes]
    x = effect._regressors[first][:, :, : effect._regressors.shape[2] - p]  # (G, T, K)
    x = x - x.mean(axis=1, keepdims=True)
    target, y = effect._target[: x.shape[2]], _outcomes(cells)
    features = _constants(cells, y, model.x, codes)
    known = np.concatenate(
        [np.einsum("n,knt->tk", cells.size, y), np.einsum("n,ntp,knt->pk", cells.size, model.x, y)]
    )
    square = np.einsum("gtk,gtl->gkl", x, x)

    def finish(sums):
        size, sums = sums[:, :, 0], sums[:, :, 1:].reshape(*sums.shape[:2], len(cells.time), 2 + p)
        top, by_control = np.split(np.einsum("gtk,bgtq->bkq", x, sums, optimize=True), [2], axis=2)
        crossed = np.concatenate([np.einsum("bg,gtk->bkt", size, x), by_control], axis=2)
        explained = crossed @ model.inverse
        whole = np.einsum("bg,gkl->bkl", size, square)
        left = whole - explained @ np.swapaxes(crossed, 1, 2)
        determined = _is_determined(left, whole)
        left = np.where(determined[:, None, None], left, np.eye(len(target)))
        coefficients = np.linalg.solve(left, top - explained @ known)
        return np.where(determined[:, None], np.einsum("k,bkq->bq", target, coefficients), np.nan)

    return features, sums_of_constants, finish


def _constants(cells, y, x, codes):
    """Size, outcomes and controls of a district, the same under every cohort, shape (G, N, 1 + T (2 + P))."""
    parts = np.concatenate([np.moveaxis(y, 0, 2), x], axis=2).reshape(len(cells.y), -1)
    features = np.column_stack([np.ones(len(parts)), parts]) * cells.size[:, None]
    return np.broadcast_to(features, (len(codes), *features.shape))


def _of_saturated(effect, codes):
    """Average as `sun_abraham`: its dummies take up all between cohorts, controls are fitted within them.

    What is left is each cohort's mean change since the base, less that of the never-treated.
    """
    cells = effect._cells
    y, x = _outcomes(cells), less_mean(np.moveaxis(cells.controls, 2, 0), cells.observed)
    x = np.moveaxis(x, 0, 2)
    features, p = _constants(cells, y, x, codes), x.shape[2]
    xx = np.einsum("n,ntp,ntq->pq", cells.size, x, x)
    xy = np.einsum("n,ntp,knt->pk", cells.size, x, y)
    base = effect._anew.keywords.get("base", -1)
    begun = codes != NEVER
    at = np.searchsorted(cells.time, np.where(begun, codes + base, cells.time[0]))
    event = np.where(begun[:, None], cells.time - np.where(begun, codes, 0)[:, None], -1)
    counted = (event >= 0) & (event != base)  # (G, T)

    def finish(sums):
        size, sums = sums[:, :, 0], sums[:, :, 1:].reshape(*sums.shape[:2], len(cells.time), 2 + p)
        mean = sums / size[:, :, None, None]
        mean_y, mean_x = mean[..., :2], mean[..., 2:]
        within = xx - np.einsum("bg,bgtp,bgtq->bpq", size, mean_x, mean_x, optimize=True)
        determined = _is_determined(within, np.broadcast_to(xx, within.shape))
        within = np.where(determined[:, None, None], within, np.eye(p))
        slope = np.linalg.solve(
            within, xy - np.einsum("bgtp,bgtk->bpk", sums[..., 2:], mean_y, optimize=True)
        )
        change = mean_y - np.einsum("bgtp,bpk->bgtk", mean_x, slope, optimize=True)
        change = change - np.take_along_axis(change, at[None, :, None, None], axis=2)
        never = mean_y[:, -1] - np.einsum("btp,bpk->btk", mean_x[:, -1], slope)
        effects = change - (never[:, None] - never[:, at][:, :, None])
        weight = size[:, :, None] * counted
        att = np.einsum("bgt,bgtk->bk", weight, effects) / weight.sum(axis=(1, 2))[:, None]
        return np.where(determined[:, None], att, np.nan)

    return features, sums_of_constants, finish


def _of_staggered(effect, codes):
    """Average of ATT(g, t) by outcome regression on the base period's controls, each from its own sums."""
    cells = effect._cells
    y = _outcomes(cells)
    notyet = effect.convention["control"] != "never treated"
    pairs = [
        (g, t, int(np.searchsorted(cells.time, start)) - 1)
        for g, start in enumerate(codes)
        if start != NEVER
        for t in range(int(np.searchsorted(cells.time, start)), len(cells.time))
    ]
    spans = sorted({(t, b) for _, t, b in pairs})
    n, k = len(cells.y), 1 + cells.controls.shape[2]
    parts = np.empty((n, len(spans), k, k + 2))
    for s, (t, b) in enumerate(spans):
        both = (cells.observed[:, t] & cells.observed[:, b]) * cells.size
        x = np.column_stack([np.ones(n), cells.controls[:, b]])
        right = np.concatenate([x, (y[:, :, t] - y[:, :, b]).T], axis=1)
        parts[:, s] = both[:, None, None] * x[:, :, None] * right[:, None, :]
    features = np.concatenate([cells.size[:, None], parts.reshape(n, -1)], axis=1)
    features = np.broadcast_to(features, (len(codes), *features.shape))
    cohort = np.array([g for g, _, _ in pairs])
    span = np.array([spans.index((t, b)) for _, t, b in pairs])
    time = np.array([cells.time[t] for _, t, _ in pairs])
    against = (codes > time[:, None]) & (codes != codes[cohort][:, None]) if notyet else codes == NEVER
    against = np.broadcast_to(against, (len(pairs), len(codes))).astype(float)
    aggregate = effect.convention["aggregate"]
    keys = {"event": time - codes[cohort], "calendar": time, "cohort": cohort}.get(aggregate)

    def finish(sums):
        districts, sums = sums[:, :, 0], sums[:, :, 1:].reshape(*sums.shape[:2], len(spans), k, k + 2)
        others = np.einsum("bgpij,pg->bpij", sums[:, :, span], against, optimize=True)
        att = _att(sums[:, cohort, span], others, k)
        averaged = _averaged(att, districts[:, cohort], keys, aggregate)
        return np.where(np.isfinite(averaged), averaged, np.nan)

    return features, sums_of_constants, finish


def _att(own, others, k):
    """Mean change of a cohort less what the others' regression predicts for it, shape (B, pairs, 2).

    nan if there is no such pair; infinite if the others are too few for the controls.
    """
    count, moment = own[..., 0, 0], others[..., :k]
    there = (count > FLAT) & (
        others[..., 0, 0] > FLAT
    )  # sizes are one on average; sums of them may not end at 0
    usable = there & _has_full_rank(moment)
    slope = np.linalg.solve(np.where(usable[..., None, None], moment, np.eye(k)), others[..., k:])
    predicted = np.einsum("bpi,bpik->bpk", own[..., 0, :k], slope)
    att = (own[..., 0, k:] - predicted) / np.where(there, count, 1.0)[..., None]
    return np.where(usable[..., None], att, np.where(there, np.inf, np.nan)[..., None])


def _has_full_rank(moment):
    """Say whether normal matrices, brought to one scale, have a determinant."""
    scale = np.sqrt(np.maximum(np.einsum("...ii->...i", moment), 0))
    scale = np.where(scale > 0, scale, 1.0)
    return np.linalg.det(moment / (scale[..., :, None] * scale[..., None, :])) > 1e-12


def _averaged(att, districts, keys, aggregate):
    """Average pairs as `staggered_did` does; pairs that do not exist (nan) count for nothing."""
    there = ~np.isnan(att[:, :, 0])
    weight = districts * there
    values = np.where(there[:, :, None], att, 0)
    if keys is None:
        return _mean(values, weight)
    groups = [keys == key for key in np.unique(keys)]
    means = np.stack([_mean(values[:, m], weight[:, m]) for m in groups], axis=1)
    has = ~np.isnan(means[:, :, 0])
    size = np.stack([districts[:, m].max(axis=1) for m in groups], axis=1) if aggregate == "cohort" else 1.0
    return _mean(np.where(has[:, :, None], means, 0), has * size)


def _mean(values, weight):
    total = weight.sum(axis=1)[:, None]
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(total > 0, np.einsum("bpk,bp->bk", values, weight) / total, np.nan)


def _of_imputation(effect, codes):
    """Mean of treated cells less what the untreated cells of all districts predict; no gaps."""
    cells = effect._cells
    y = _outcomes(cells)
    _, t, p = cells.controls.shape
    free = cells.time < codes[:, None]  # (G, T): untreated
    share = free / np.maximum(free.sum(axis=1, keepdims=True), 1)
    after = (~free & free.any(axis=1, keepdims=True)).astype(float)  # what can be imputed
    groups = len(codes)
    features = np.array(
        [_imputed_parts(cells, y, free[g], share[g], after[g], np.eye(groups)[g]) for g in range(groups)]
    )
    by_period = np.array([np.diag(f) - np.outer(s, f) for f, s in zip(free * 1.0, share, strict=True)])
    asked = after - after.sum(axis=1, keepdims=True) * share  # (G, T)
    ends = np.cumsum([groups, t * p, p * p, t * 2, p * 2, p])

    def finish(sums):
        b = len(sums)
        size, x, xx, y, xy, asked_x, top = np.split(sums, ends, axis=1)
        x, xx = x.reshape(b, t, p)[:, 1:], xx.reshape(b, p, p)  # the first period is the zero of the others
        y, xy = y.reshape(b, t, 2)[:, 1:], xy.reshape(b, p, 2)
        gram = np.einsum("bg,gtu->btu", size, by_period)[:, 1:, 1:]
        solved = np.linalg.solve(gram, np.concatenate([x, y], axis=2))
        left = xx - np.swapaxes(x, 1, 2) @ solved[:, :, :p]
        determined = _is_determined(left, xx)
        left = np.where(determined[:, None, None], left, np.eye(p))
        slope = np.linalg.solve(left, xy - np.swapaxes(x, 1, 2) @ solved[:, :, p:])
        period = solved[:, :, p:] - solved[:, :, :p] @ slope
        predicted = np.einsum("bt,btk->bk", (size @ asked)[:, 1:], period)
        predicted += np.einsum("bp,bpk->bk", asked_x, slope)
        att = (top - predicted) / (size @ after.sum(axis=1))[:, None]
        return np.where(determined[:, None], att, np.nan)

    return features, sums_over_all, finish


def _imputed_parts(cells, y, free, share, after, cohort):
    """Each district's part of the untreated regression and of what is asked of it, shape (N, F)."""
    n = len(cells.y)
    x_mean = np.einsum("t,ntp->np", share, cells.controls)
    y_mean = np.einsum("t,knt->nk", share, y)
    x = (cells.controls - x_mean[:, None, :]) * free[:, None]
    left = np.moveaxis((y - y_mean.T[:, :, None]) * free, 0, 2)  # (N, T, 2)
    parts = [
        np.tile(cohort, (n, 1)),  # the size of each cohort
        x,
        np.einsum("ntp,ntq->npq", x, x),
        left,
        np.einsum("ntp,ntk->npk", x, left),
        np.einsum("t,ntp->np", after, cells.controls) - after.sum() * x_mean,
        np.einsum("t,knt->nk", after, y) - after.sum() * y_mean,
    ]
    return np.concatenate([part.reshape(n, -1) for part in parts], axis=1) * cells.size[:, None]


def _is_determined(left, whole):
    """Say whether controls' normal matrices keep something once period effects are taken out, shape (B,)."""
    scale = np.sqrt(np.einsum("bpp->bp", whole))
    scale = np.where(scale > 0, scale, 1.0)
    values = np.linalg.eigvalsh(left / (scale[:, :, None] * scale[:, None, :]))
    return (values > FLAT).all(axis=1)


_MAKERS = {
    "did": _of_did,
    "event_study": _of_regression,
    "imputation_did": _of_imputation,
    "staggered_did": _of_staggered,
    "sun_abraham": _of_saturated,
}

"""Screens over many documents: what to look at before believing figures, never proof of anything.

Templates, texts that were used twice, figures that are products of a target, heaping on round numbers,
and indicators that only one side reports. Each screen returns a table with a plain ``verdict``, and
refuses to judge where there is too little to judge by.
"""

import random
import re
from collections import Counter
from functools import lru_cache
from math import ceil

import numpy as np
import pandas as pd

from .intervals import last_digit_unit
from .schema import (
    DataError,
    as_names,
    check_choice,
    check_columns,
    check_count,
    check_number,
    check_share,
    is_simulated,
    mark_simulated,
    with_refused,
)

LOAD = "load them with load_facts, or join what you group by"
PILOTS = ("provincial-2019", "national-2019", "national-2021")  # the full roll-out is no pilot
NO_PRODUCTS = ("%", "百分点", "岁", "年")  # units whose figures are no product of units and duty
NO_COUNTS = (*NO_PRODUCTS, "元", "美元", "小时", "吨", "公斤", "亩", "公顷", "公里", "平方米", "平方公里")

_MASK = r"(?:(?<![A-Za-z0-9/._:=@-])[xXｘＸ×]{1,4}(?![A-Za-z0-9/._:=@-])|\*{1,4}|_{2,}|□{1,4}|某{2,4})"
_COUNTED = (
    r"(?:[个名次条件元户万亿期篇份批台套组]|人(?!民|才|大|社|力|事|员|物)|家(?!庭|园|乡|长)"
    r"|支(?!部|行|持)|场(?!馆|所|地)|项(?!目)|[%％])"
)
PLACEHOLDERS = {  # sort -> what stands for a date, a figure or a name; the first that fits wins
    "date": r"(?<!\d)(?:19|20)(?:\d[xX×*]|[xX×*]{2})(?!\d)(?:年度?)?"
    rf"|{_MASK}年(?:{_MASK}月)?(?:{_MASK}[日号])?|(?:{_MASK}|(?<!\d)\d{{1,2}})月{_MASK}[日号]"
    rf"|{_MASK}月份?|{_MASK}日|某年某月(?:某日)?|某月某日",
    "figure": rf"(?!某){_MASK}[余多]?{_COUNTED}",
    "name": r"(?<![A-Za-z0-9/._:=@-])[xXｘＸ×]{2,4}(?![A-Za-z0-9/._:=@-])|某{2,4}|(?<=[\u4e00-\u9fff])_{2,}",
}
_SORTS = "|".join(f"(?P<{sort}>{text})" for sort, text in PLACEHOLDERS.items())
_PLACEHOLDER = re.compile(rf"(?=[\dxXｘＸ×*_□某])(?:{_SORTS})")  # a quick look first: four times faster
_FIGURE = re.compile(
    r"(?=[\d一二两三四五六七八九])(?:"
    r"(?<![\d.])(?:19|20)\d{2}(?:年|[-/.]\d)|\d{1,2}月|\d{1,2}[日号]"  # dates, which are no figures
    r"|(?P<figure>\d+(?:[.,]\d+)*"
    r"|[一二两三四五六七八九][十百千万亿][一二三四五六七八九十百千万零]*(?=[个名人次场支家项元户])))"
)
_NUMBER = re.compile(
    r"[\d〇零一二两三四五六七八九十百千万亿]+(?:[.,]\d+)*|(?<![A-Za-z])[xX×]{1,4}(?![A-Za-z])|\*{1,4}"
)
_NO_WORD = re.compile(r"[\W_]+")
_PIECE = re.compile(rf"(?P<number>{_NUMBER.pattern})|[^\W_]")
_PLACE = ("source_id", "district", "scope", "period_end", "part_of")
HASHES = 128  # of a signature
BLOCK = 4096  # shingles hashed at a time, so that a long document needs no more memory than a short one


def find_templates(documents):
    """Find texts whose dates and figures are placeholders (201x年, x月x日, 新建团支部xx个).

    Parameters
    ----------
    documents : pandas.DataFrame
        Columns source_id and text, as from `load_documents`.

    Returns
    -------
    pandas.DataFrame
        One row is one document, the most placeholders first: source_id, characters, figures (printed
        numbers that are no dates), masked_figures, masked_dates, masked_names (xx区, 某某), figures_per_1000
        (characters), examples (the first five, each with its offsets), verdict.
        Verdicts: `template` (two or more dates or figures are masked, and they are no fewer than the
        printed figures), `partly masked` (the same, but more figures are printed), `too few to judge`
        (one masked, none printed), `names masked` (whoever copied it hid the place: its figures may be
        real), `no figures`, `no placeholders`.

    Notes
    -----
    A pattern match, not a model: what is counted is listed in `PLACEHOLDERS`. Place names and persons are
    often masked in genuine reports, so that names alone make no template.

    Raises
    ------
    DataError
        If a column is missing or a source_id stands twice.
    """
    _check_documents(documents)
    rows = [_placeholders(s, t) for s, t in zip(documents["source_id"], documents["text"], strict=True)]
    columns = ["source_id", "characters", "figures", "masked_figures", "masked_dates", "masked_names"]
    columns += ["figures_per_1000", "examples", "verdict"]
    table = pd.DataFrame(rows, columns=columns)
    masked = table["masked_figures"] + table["masked_dates"]
    order = pd.DataFrame({"a": -masked, "b": -table["masked_names"], "c": table["source_id"]})
    return mark_simulated(
        table.loc[order.sort_values(["a", "b", "c"]).index].reset_index(drop=True), is_simulated(documents)
    )


def _placeholders(source_id, text):
    found = list(_PLACEHOLDER.finditer(text))
    sorts = Counter(m.lastgroup for m in found)
    masks = [m.span() for m in found if m.lastgroup != "name"]
    figures = [m.start() for m in _FIGURE.finditer(text) if m["figure"]]
    figures = sum(not any(a <= start < b for a, b in masks) for start in figures)
    return {
        "source_id": source_id,
        "characters": len(text),
        "figures": figures,
        "masked_figures": sorts["figure"],
        "masked_dates": sorts["date"],
        "masked_names": sorts["name"],
        "figures_per_1000": 1000 * figures / len(text) if text else 0.0,
        "examples": "; ".join(f"{m[0]} [{m.start()}:{m.end()}]" for m in found[:5]),
        "verdict": _template_verdict(sorts["figure"] + sorts["date"], sorts["name"], figures),
    }


def _template_verdict(masked, names, figures):
    if masked >= 2:
        return "template" if masked >= figures else "partly masked"
    if masked:
        return "partly masked" if figures else "too few to judge"
    if names:
        return "names masked"
    return "no placeholders" if figures else "no figures"


def find_near_duplicates(documents, *, similarity=0.5, shingle=8, smallest=100, crowd=50):
    """Find pairs of documents with the same wording, whatever their figures.

    All numbers and placeholders are first made one sign, and punctuation is dropped, so that a template that
    was filled in twice, with other figures, is found. Similarity is Jaccard's, of the sets of character
    shingles: shared shingles over all shingles of the two (Broder 1997, resemblance and containment).

    Parameters
    ----------
    documents : pandas.DataFrame
        Columns source_id and text, as from `load_documents`.
    similarity : float
        Least similarity of a pair, above 0 and at most 1.
    shingle : int
        Characters of a shingle.
    smallest : int
        Shingles that a document needs to be compared; shorter ones are left out and listed.
    crowd : int
        Where more documents than this meet under one key, each is compared with the first of them alone, so
        that a form that thousands filled in gives thousands of rows and not millions; ``group`` holds them
        together.

    Returns
    -------
    pandas.DataFrame
        One row is one pair, the most similar first: source_a, source_b, similarity, contained (shared
        shingles over those of the shorter), figures_shared (Jaccard of the printed numbers, each as often as
        it stands; missing if one has fewer than five), group (number of the set of documents that pairs
        connect), passage (beginning of a long stretch that both share) with start_a, end_a, start_b, end_b,
        verdict: `copy` (all figures the same), `changed copy` (half or more), `same wording, other figures`,
        `same wording, too few figures to judge`.
        `list_refused` names the documents too short to be compared (source_id, reason); ``attrs["missed"]``:
        the probability that a pair of exactly the least similarity is overlooked.

    Notes
    -----
    Candidates by MinHash signatures and banding (Broder 1997; Indyk and Motwani 1998; Leskovec, Rajaraman
    and Ullman 2014, chapter 3); every reported similarity is then computed exactly from the two texts.
    No hash depends on PYTHONHASHSEED.

    Raises
    ------
    DataError
        If a column is missing, a source_id stands twice or similarity is not in (0, 1].
    """
    _check_documents(documents)
    check_number(above=0, at_most=1, similarity=similarity)
    check_count(shingle=shingle, smallest=smallest, crowd=crowd)
    ids, texts = documents["source_id"].tolist(), documents["text"].tolist()
    signatures, long_enough = _signatures(texts, shingle, smallest)
    rows, least = _rows_per_band(similarity), _least_agreement(similarity)
    pairs = long_enough[_candidates(signatures[long_enough], rows, least, crowd)]
    table = _compare_pairs(pairs, ids, texts, shingle, similarity)
    short = pd.DataFrame({"source_id": sorted(set(ids) - {ids[i] for i in long_enough})}, dtype="str")
    table = with_refused(
        table, short.assign(reason=f"fewer than {smallest} shingles of {shingle} characters")
    )
    table.attrs["missed"] = _missed(similarity, rows, least)
    return mark_simulated(table, is_simulated(documents))


def _neutral(text):
    """Make every number and placeholder one sign and drop what is no character of a word."""
    return _NO_WORD.sub("", _NUMBER.sub("0", text))


def _places(text):
    """Offsets in the text of the characters of `_neutral`; one row is start, end."""
    return np.array([m.span() for m in _PIECE.finditer(text)]).reshape(-1, 2)


@lru_cache
def _constants(name, count):
    """Odd 64-bit numbers, the same on every machine."""
    drawn = random.Random(name)
    return np.array([drawn.getrandbits(64) | 1 for _ in range(count)], dtype=np.uint64)


def _shingles(neutral, shingle):
    """64-bit hashes of the shingles in order, shape (characters - shingle + 1,)."""
    codes = np.frombuffer(neutral.encode("utf-32-le", "surrogatepass"), "<u4").astype(np.uint64)
    count = max(len(codes) - shingle + 1, 0)
    sums = np.zeros(count, np.uint64)
    for j, factor in enumerate(_constants("shingle", shingle)):
        sums += codes[j : j + count] * factor
    sums = (sums ^ (sums >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)  # splitmix64 (Steele et al. 2014)
    sums = (sums ^ (sums >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return sums ^ (sums >> np.uint64(31))


def _signatures(texts, shingle, smallest):
    """MinHash signatures, shape (documents, HASHES), and the places of the documents with shingles enough."""
    factors, shifts = _constants("factor", HASHES)[:, None], _constants("shift", HASHES)[:, None]
    signatures = np.full((len(texts), HASHES), np.iinfo(np.uint32).max, np.uint32)
    long_enough = []
    for i, text in enumerate(texts):
        hashes = _shingles(_neutral(text), shingle)
        if len(hashes) < smallest:
            continue
        long_enough.append(i)
        for at in range(0, len(hashes), BLOCK):
            lowest = (hashes[None, at : at + BLOCK] * factors + shifts).min(axis=1) >> np.uint64(32)
            np.minimum(signatures[i], lowest.astype(np.uint32), out=signatures[i])
    return signatures, np.array(long_enough, dtype=np.int64)


def _met(similarity, rows, bands):
    """Probability to meet in one of b bands of r rows: 1 - (1 - s^r)^b (Leskovec et al. 2014, 3.4.2)."""
    return 1 - (1 - similarity**rows) ** bands


def _rows_per_band(similarity):
    """Take the longest band that still lets 99 of 100 pairs of the least similarity meet."""
    fits = [r for r in range(1, HASHES + 1) if _met(similarity, r, HASHES // r) >= 0.99]
    return max(fits, default=1)


def _least_agreement(similarity):
    """Signature places in which a pair must agree to be compared: four standard errors below what is due."""
    return max(ceil(HASHES * similarity - 4 * np.sqrt(HASHES * similarity * (1 - similarity))), 1)


def _missed(similarity, rows, least):
    """Upper bound on the probability that a pair of this similarity is overlooked."""
    from scipy.special import bdtr

    return float(1 - _met(similarity, rows, HASHES // rows) + bdtr(least - 1, HASHES, similarity))


def _candidates(signatures, rows, least, crowd):
    """Pairs that meet in a band and agree in enough places, shape (pairs, 2), in order."""
    count, found = len(signatures), np.empty(0, np.int64)
    factors = _constants("band", rows)
    for start in range(0, HASHES - rows + 1, rows):
        keys = (signatures[:, start : start + rows].astype(np.uint64) * factors).sum(axis=1, dtype=np.uint64)
        order = np.argsort(keys, kind="stable")
        borders = np.flatnonzero(np.diff(keys[order])) + 1
        sizes = np.diff(np.r_[0, borders, count])
        crowds = [order[at : at + n] for at, n in zip(np.r_[0, borders], sizes, strict=True) if n > 1]
        pairs = [_pairs_within(c, crowd) for c in crowds]
        if pairs:
            a, b = np.concatenate(pairs).T
            agree = np.concatenate(
                [
                    (signatures[a[i : i + BLOCK]] == signatures[b[i : i + BLOCK]]).sum(axis=1)
                    for i in range(0, len(a), BLOCK)
                ]
            )
            found = np.union1d(found, (a * count + b)[agree >= least])
    return np.column_stack([found // max(count, 1), found % max(count, 1)])


def _pairs_within(members, crowd):
    """All pairs of a few documents; of a crowd, the first with each other one."""
    if len(members) > crowd:
        return np.column_stack([np.full(len(members) - 1, members[0]), members[1:]])
    a, b = np.triu_indices(len(members), k=1)
    return np.column_stack([members[a], members[b]])


def _compare_pairs(pairs, ids, texts, shingle, similarity):
    """Compute the exact similarity of each candidate; keep and describe those that reach the least."""

    @lru_cache(maxsize=1024)
    def shingles(i):
        return np.unique(_shingles(_neutral(texts[i]), shingle))

    rows, kept = [], []
    for i, j in pairs.tolist():
        shared = len(np.intersect1d(shingles(i), shingles(j), assume_unique=True))
        sizes = len(shingles(i)), len(shingles(j))
        jaccard = shared / (sum(sizes) - shared)
        if jaccard >= similarity:
            row = {"source_a": ids[i], "source_b": ids[j], "similarity": jaccard}
            row |= {"contained": shared / min(sizes), "figures_shared": _figures_shared(texts[i], texts[j])}
            rows.append(row | _passage(texts[i], texts[j], shingle))
            kept.append((i, j))
    columns = ["source_a", "source_b", "similarity", "contained", "figures_shared", "group"]
    columns += ["passage", "start_a", "end_a", "start_b", "end_b", "verdict"]
    if not rows:
        return pd.DataFrame(columns=columns)
    table = pd.DataFrame(rows).assign(group=_groups(kept, len(ids)))
    table["verdict"] = table["figures_shared"].map(_wording_verdict)
    order = ["similarity", "source_a", "source_b"]
    return table.sort_values(order, ascending=[False, True, True], ignore_index=True)[columns]


def _figures_shared(a, b):
    """Jaccard similarity of the printed numbers of two texts, each counted as often as it stands."""
    one, other = (Counter(m["figure"] for m in _FIGURE.finditer(t) if m["figure"]) for t in (a, b))
    few = min(one.total(), other.total()) < 5
    return np.nan if few else (one & other).total() / (one | other).total()


def _wording_verdict(shared):
    if np.isnan(shared):
        return "same wording, too few figures to judge"
    if shared == 1:
        return "copy"
    return "changed copy" if shared >= 0.5 else "same wording, other figures"


def _passage(a, b, shingle):
    """Find a long stretch of wording that both texts share, with its offsets in both.

    The longest run of shingles that follow each other in both, taking each shingle of b where it first
    stands: in time n log n, so a longer stretch may exist where a text repeats itself.
    """
    ours, theirs = (_shingles(_neutral(t), shingle) for t in (a, b))
    known, first = np.unique(theirs, return_index=True)
    at = np.searchsorted(known, ours).clip(max=len(known) - 1)
    there = np.where(known[at] == ours, first[at], -len(ours) - len(theirs))
    shift = there - np.arange(len(ours))
    borders = np.flatnonzero(np.diff(shift)) + 1
    starts, ends = np.r_[0, borders], np.r_[borders, len(ours)]
    best = np.argmax(np.where(there[starts] >= 0, ends - starts, 0))
    start, count = int(starts[best]), int(ends[best] - starts[best]) + shingle - 1
    places, other = _places(a), _places(b)
    begin, end = int(places[start, 0]), int(places[start + count - 1, 1])
    start_b = int(there[start])
    return {
        "passage": a[begin : min(end, begin + 30)] + ("…" if end > begin + 30 else ""),
        "start_a": begin,
        "end_a": end,
        "start_b": int(other[start_b, 0]),
        "end_b": int(other[start_b + count - 1, 1]),
    }


def _groups(pairs, count):
    """Give the sets of documents that pairs connect numbers from 1, in the order of their first documents."""
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    a, b = np.array(pairs).T
    _, label = connected_components(
        coo_matrix((np.ones(len(a)), (a, b)), shape=(count, count)), directed=False
    )
    return pd.Series(pd.factorize(label[a])[0] + 1)


def find_multiples(facts, *, largest_duty=12, level=0.95):
    """Find figures that are an exact product of a number of units and a small duty of each (366 = 61 x 6).

    Such a figure may have been multiplied out of a target and not counted. Or it is a fact: where a rule was
    kept to the letter, counting gives the product too.

    Parameters
    ----------
    facts : pandas.DataFrame
        As from `load_facts`.
    largest_duty : int
        Largest duty of a unit that is looked at, from 2.
    level : float
        One less the level of the verdict, for each source.

    Returns
    -------
    pandas.DataFrame
        One row is one exact product, the least likely first: source_id, district, indicator, value,
        count_indicator, count, duty, stated (whether the source states that duty of a unit, as one
        figure or as the sum of its figures in one unit), chance, p_adjusted, fact_ids, verdict.
        Verdicts: `product of a stated duty` and `product` (p_adjusted below 1 - level), `may be chance`,
        `too few to judge` (so few units that a product proves nothing).
        ``attrs``: tested (figures that had a number of units beside them), found, and expected, the
        number that chance alone would make products.

    Raises
    ------
    DataError
        If a column is missing or holds the wrong sort of thing.

    Notes
    -----
    Compared are exact whole levels of one source, place, scope and year, with the last digit printed.
    ``chance`` takes the figure as any number of its roundness between 2 and ``largest_duty`` + 1 times the
    count: a number c divides it with probability gcd(c, u) / c or less, u the unit of its last digit that is
    not zero (so 3000 is never suspect for 100 units), and by a stated duty so much less as there are other
    duties. With several counts it is the chance that any of them fits. p_adjusted is Holm's (1979) over the
    figures of a source that could have been found, however they turned out (Tarone 1990).
    """
    check_columns(
        "facts",
        facts,
        [*_PLACE, "fact_id", "indicator", "kind", "hedge", "value", "resolution", "unit"],
        LOAD,
    )
    alpha = _alpha(level)
    check_count(least=2, largest_duty=largest_duty)
    pairs = _units_and_figures(facts, largest_duty)
    pairs["chance"] = pairs["by_duty"].where(pairs["stated"], pairs["by_any"])
    pairs["p"] = pairs["chance"].where(pairs["exact"], 1.0)
    pairs["least"] = pairs["by_any"].where(pairs["by_duty"] == 0, pairs["by_duty"])
    tested = pairs.groupby("fact_id", sort=True)[["source_id", "p", "least", "by_any"]].min()
    possible = tested[tested["least"] < alpha]
    adjusted = _holm(possible["p"], possible["source_id"])
    table = pairs[pairs["exact"]].copy()
    table["p_adjusted"] = table["fact_id"].map(adjusted).astype(float)
    table["verdict"] = _multiple_verdicts(table, alpha)
    table["fact_ids"] = table["fact_id"] + " " + table["count_id"]
    table = table.sort_values(["chance", "fact_ids"], ignore_index=True)
    found, expected = table["fact_id"].nunique(), float(tested["by_any"].sum())
    columns = ["source_id", "district", "indicator", "value", "count_indicator", "count", "duty", "stated"]
    table = table[[*columns, "chance", "p_adjusted", "fact_ids", "verdict"]]
    table.attrs = {"tested": len(tested), "found": found, "expected": expected}
    return mark_simulated(table, is_simulated(facts))


def _units_and_figures(facts, largest_duty):
    """Pair whole figures with the numbers of units that may have made them; one row is one such pair.

    by_any: the chance that any number of units divides the figure; by_duty: the same by a stated duty.
    """
    facts = facts.assign(
        scope=facts["scope"].astype("str").fillna(""), year=facts["period_end"].fillna("").str[:4]
    )
    whole = facts[(facts["hedge"] == "exact") & (facts["value"] > 0) & (facts["value"] % 1 == 0)]
    levels = whole[(whole["kind"] == "level") & (whole["resolution"] == 1) & ~whole["unit"].isin(NO_PRODUCTS)]
    place = ["source_id", "district", "scope", "year"]
    counts = levels.loc[~levels["unit"].isin(NO_COUNTS), [*place, "fact_id", "indicator", "value", "part_of"]]
    counts = counts.set_axis([*place, "count_id", "count_indicator", "count", "whole"], axis=1)
    # Of each two values one pair is kept, no whole with its part: what is stated a thousand times need not be
    # paired a million times.
    counts = counts.drop_duplicates([*place, "count", "whole"])
    counts = counts.groupby([*place, "count"], dropna=False).head(2)
    levels = levels.groupby([*place, "value"], dropna=False).head(2)
    pairs = levels[[*place, "fact_id", "indicator", "value"]].merge(counts, on=place)
    pairs["duty"] = pairs["value"] / pairs["count"]
    near = pairs["duty"].ge(2) & pairs["duty"].lt(largest_duty + 1)
    pairs = pairs[near & (pairs["whole"] != pairs["fact_id"])]
    pairs = pairs.drop_duplicates([*place, "value", "count"]).reset_index(drop=True)
    duties = _stated_duties(facts, largest_duty)
    known = [duties.get(source, ()) for source in pairs["source_id"]]
    unit = np.maximum(last_digit_unit(pairs["value"]), 1)
    fits = np.gcd(pairs["count"].astype(int), unit.astype(int)) / pairs["count"]
    chances = {"by_any": fits, "by_duty": fits * [len(k) for k in known] / (largest_duty - 1)}
    chances = {n: 1 - (1 - c).groupby(pairs["fact_id"]).transform("prod") for n, c in chances.items()}
    stated = [d in k for d, k in zip(pairs["duty"], known, strict=True)]
    return pairs.assign(
        exact=pairs["value"] % pairs["count"] == 0, stated=pd.Series(stated, dtype=bool), **chances
    )


def _stated_duties(facts, largest_duty):
    """Duties of a unit (不少于3个/人) that each source states, singly and summed over one unit, as sets."""
    means = facts[(facts["kind"] == "mean") & facts["unit"].fillna("").str.contains("/")]
    means = means[means["hedge"].isin(["exact", "at_least"])]
    sums = means.groupby(["source_id", "unit"], as_index=False)["value"].sum()
    duties = pd.concat([means[["source_id", "value"]], sums[["source_id", "value"]]])
    duties = duties[duties["value"].between(2, largest_duty)]
    return duties.groupby("source_id")["value"].agg(frozenset).to_dict()


def _multiple_verdicts(table, alpha):
    verdict = np.where(table["stated"], "product of a stated duty", "product")
    verdict = np.where(table["p_adjusted"] < alpha, verdict, "may be chance")
    return np.where(table["p_adjusted"].isna(), "too few to judge", verdict)


def find_heaping(facts, by=None, *, smallest=100, at_least=300, level=0.95):
    """Find figures that end in 0 and 5, or in any digit, too often to have been counted.

    Parameters
    ----------
    facts : pandas.DataFrame
        As from `load_facts`; join what you group by.
    by : str or list of str, optional
        Columns to group by; without it all facts are one group.
    smallest : int
        Smaller figures are left out: the last digit of a small count is not uniform.
    at_least : int
        Figures below which a group is not judged: no p-value is computed. With 300, a true share of
        27 per cent ending in 0 or 5 instead of 20 is found four times in five.
    level : float
        One less the level of the verdict, over all groups judged.

    Returns
    -------
    pandas.DataFrame
        One row is one group: the columns of ``by``, n (figures with a last digit), vague (figures without
        one: hedged, or printed in 万), share_0, share_5, share_0_5 (ending in either; 0.1, 0.1 and 0.2 are
        due), chi2 and p_digits (Pearson's chi-square test of ten equal digits), p_round (exact binomial test
        of share_0_5 against 0.2, one-sided), p_adjusted (Holm 1979, of p_digits and p_round over all groups
        judged; the smaller of the two), verdict: `heaped` (on 0 and 5), `uneven` (otherwise), `no sign`,
        `too few to judge`.

    Raises
    ------
    DataError
        If a column is missing or holds the wrong sort of thing.

    Notes
    -----
    Last digits of counts are uniform wherever counts spread over more than a few tens (Mosimann, Wiseman
    and Edelman 1995; Beber and Scacco 2012). Only exact whole levels whose last digit is printed count;
    a figure that is said again by one source counts once. Planned figures are left out: whoever sets a
    target makes it round. Uneven digits are no proof of falsification (rounding by hand does it too).
    """
    columns, alpha = as_names(by, "by"), _alpha(level)
    check_number(above=0, smallest=smallest)
    check_count(least=0, at_least=at_least)
    needed = ["source_id", "indicator", "kind", "status", "hedge", "value", "resolution", "unit"]
    needed += ["period_end", *columns]
    check_columns("facts", facts, needed, LOAD)
    levels = facts[
        (facts["kind"] == "level") & (facts["status"] == "achieved") & (facts["value"] >= smallest)
    ]
    levels = levels[~levels["unit"].isin(NO_PRODUCTS)].drop_duplicates(
        ["source_id", "indicator", "period_end", "value"]
    )
    sharp = (levels["hedge"] == "exact") & (levels["resolution"] == 1) & (levels["value"] % 1 == 0)
    levels = levels.assign(sharp=sharp)
    groups = levels.groupby(columns, dropna=False) if columns else [((), levels)]
    rows = [dict(zip(columns, key, strict=True)) | _digits(group, at_least) for key, group in groups]
    table = pd.DataFrame(rows, columns=[*columns, *_DIGIT_COLUMNS])
    return mark_simulated(_judge_digits(table, table["n"] >= at_least, alpha), is_simulated(facts))


def _judge_digits(table, judged, alpha):
    """Adjust the p-values of the groups that are judged for their number, and give each group its verdict."""
    both = table.loc[judged, ["p_digits", "p_round"]].astype(float)
    adjusted = _holm(pd.Series(both.to_numpy().ravel(), dtype=float)).to_numpy().reshape(-1, 2)
    adjusted = pd.DataFrame(adjusted, index=both.index, columns=both.columns)
    table["p_adjusted"] = adjusted.min(axis=1).reindex(table.index)
    heaped, uneven = (
        (adjusted[c] < alpha).reindex(table.index, fill_value=False) for c in ("p_round", "p_digits")
    )
    words = ["too few to judge", "heaped", "uneven"]
    table["verdict"] = np.select([~judged, heaped, uneven], words, "no sign")
    return table


_DIGIT_COLUMNS = ["n", "vague", "share_0", "share_5", "share_0_5", "chi2", "p_digits", "p_round"]


def _digits(group, at_least):
    """Count and test the last digits of one group, as `scipy.stats.chisquare` and `binomtest` would."""
    from scipy.special import bdtrc, chdtrc

    counts = np.bincount((group.loc[group["sharp"], "value"] % 10).astype(int), minlength=10)
    n = int(counts.sum())
    row = {"n": n, "vague": len(group) - n}
    if n:
        row |= {"share_0": counts[0] / n, "share_5": counts[5] / n, "share_0_5": (counts[0] + counts[5]) / n}
    if n >= max(at_least, 1):
        chi2 = float(((counts - n / 10) ** 2).sum() / (n / 10))
        row |= {
            "chi2": chi2,
            "p_digits": chdtrc(9, chi2),
            "p_round": bdtrc(counts[0] + counts[5] - 1, n, 0.2),
        }
    return row


def find_selective_reporting(facts, sources, *, by="pilot", unit="district", at_least=5, level=0.95):
    """Find indicators that one group of places reports and the others do not.

    Parameters
    ----------
    facts, sources : pandas.DataFrame
        As from `load_facts` and `load_sources`. Filter sources by class first: what a template or a
        machine-written page leaves out says nothing of a place.
    by : str
        ``"pilot"``: places of a pilot wave (`PILOTS`) against those with pilot_status none; unknown status
        and the roll-out are left out. Or a column of the sources (class, pilot_status): each of its values
        against all others. National sources (district CN) are always left out.
    unit : {"district", "source_id"}
        What counts as one: a place (it reports what any of its sources does) or a source. Sources of one
        place are not independent, so the place is the default.
    at_least : int
        Places or sources that each side needs to be judged.
    level : float
        One less the level of the verdict, over all indicators and groups judged.

    Returns
    -------
    pandas.DataFrame
        One row is one indicator and group: group, indicator, n and reporting (in the group), n_others and
        reporting_others, share, share_others, difference, p_value (Fisher's exact test, two-sided),
        p_adjusted (Holm 1979), verdict: `group reports more`, `group reports less`, `no sign`,
        `too few to judge` (a side has fewer than ``at_least``, or even the most lopsided split would not
        reach 1 - level alone). `list_refused` names the sources in no group: source_id, reason.

    Notes
    -----
    Fisher (1935) on the two-by-two table of reporting by group. Indicators whose smallest possible p-value
    is not below 1 - level cannot be found and are not counted in the correction (Tarone 1990); that depends
    on the margins alone. A source reports an indicator if it states any figure of it that is not masked. A
    place with sources in two groups counts as one in each.
    Long reports state more than short ones: a difference is a reason to look, not yet a choice.

    Raises
    ------
    DataError
        If a column is missing, a fact's source is not among the sources, or by or unit is not known.
    """
    check_columns("facts", facts, ["source_id", "indicator", "status"], LOAD)
    check_columns("sources", sources, ["source_id", "district"], "load them with load_sources")
    lost = facts[~facts["source_id"].isin(sources["source_id"])]
    if len(lost):
        raise DataError("No source for these facts: give the sources that they come from.", lost)
    check_count(least=0, at_least=at_least)
    members, left_out = _members(sources, by, unit)
    stated = facts.loc[facts["status"] != "masked", ["source_id", "indicator"]].merge(members, on="source_id")
    sizes = members.groupby("group")["unit"].nunique()
    compared = ["pilot"] if by == "pilot" else sizes.index
    tables = [_reporting(stated, members, group) for group in compared if group in sizes]
    table = pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=_REPORTING)
    table = _fisher(table, at_least, _alpha(level))
    table = with_refused(table, left_out)
    return mark_simulated(table, is_simulated(facts))


_REPORTING = ["group", "indicator", "n", "reporting", "n_others", "reporting_others"]


def _members(sources, by, unit):
    """Say to which place (or source) and group each source belongs, and which belong to none."""
    column = "pilot_status" if by == "pilot" else by
    check_choice("by", by, ("pilot", *sources.columns))
    check_choice("unit", unit, ("district", "source_id"))
    group = sources[column].where(sources["district"] != "CN")
    if by == "pilot":
        group = group.map(dict.fromkeys(PILOTS, "pilot") | {"none": "not pilot"})
    members = pd.DataFrame({"source_id": sources["source_id"], "unit": sources[unit], "group": group})
    lost = sources.loc[group.isna(), ["source_id", "district"]].sort_values("source_id")
    reason = np.where(lost["district"] == "CN", "of the nation, no place", f"in no group by {column}")
    return members.dropna(), lost[["source_id"]].assign(reason=reason)


def _reporting(stated, members, group):
    """Count, for each indicator, the places of a group and of all others that report it."""
    counts = {}
    for side, inside in (("", True), ("_others", False)):
        here = members[(members["group"] == group) == inside]
        rows = stated[(stated["group"] == group) == inside]
        counts[f"reporting{side}"] = rows.groupby("indicator")["unit"].nunique()
        counts[f"n{side}"] = here["unit"].nunique()
    table = pd.DataFrame(counts, index=sorted(stated["indicator"].unique())).rename_axis("indicator")
    table = table.fillna({"reporting": 0, "reporting_others": 0}).astype(int).reset_index()
    return table.assign(group=group)[_REPORTING]


def _fisher(table, at_least, alpha):
    """Add shares, tests and verdicts to counts of reporting."""
    cells = table[_REPORTING[2:]].astype(int)
    table["share"] = cells["reporting"] / cells["n"]
    table["share_others"] = cells["reporting_others"] / cells["n_others"]
    table["difference"] = table["share"] - table["share_others"]
    tests = [_split_test(*row) for row in cells.itertuples(index=False)]
    p, least = pd.DataFrame(tests, columns=["p", "least"], index=table.index).astype(float).T.to_numpy()
    judged = (cells[["n", "n_others"]].min(axis=1) >= at_least) & (least < alpha)
    table["p_value"] = pd.Series(p, index=table.index).where(judged)
    table["p_adjusted"] = _holm(table.loc[judged, "p_value"]).reindex(table.index)
    found = table["p_adjusted"] < alpha
    more, less = (found & (sign * table["difference"] > 0) for sign in (1, -1))
    words = ["too few to judge", "group reports more", "group reports less"]
    table["verdict"] = np.select([~judged, more, less], words, "no sign")
    order = ["p_adjusted", "p_value", "indicator", "group"]
    return table.sort_values(order, ignore_index=True)


@lru_cache(maxsize=4096)
def _split_test(n, reporting, others, reporting_others):
    """Fisher's p-value of a split, and the smallest that any split with its margins can have.

    As `scipy.stats.fisher_exact`, whose import takes longer than all else here.
    """
    from scipy.special import gammaln

    total = reporting + reporting_others
    k = np.arange(max(0, total - others), min(n, total) + 1)
    cells = (k, n - k, total - k, others - total + k)
    chance = -sum(gammaln(cell + 1) for cell in cells)
    chance = np.exp(chance - chance.max())
    p = [chance[chance <= chance[at] * (1 + 1e-7)].sum() / chance.sum() for at in (reporting - k[0], 0, -1)]
    return p[0], min(p)


def _alpha(level):
    """Level of a test, without the noise of the subtraction."""
    check_share(level=level)
    return round(1 - level, 12)


def _holm(p, family=0):
    """Adjust p-values for the number in their family (Holm 1979); all of them at once, on the index of p."""
    table = pd.DataFrame({"p": p, "family": family}).sort_values("p", kind="stable")
    ranks = table.groupby("family")["p"]
    table["p"] = (table["p"] * (ranks.transform("size") - ranks.cumcount())).clip(upper=1)
    return table.groupby("family")["p"].cummax().reindex(p.index)


def _check_documents(documents):
    check_columns("documents", documents, ["source_id", "text"], "load them with load_documents")
    empty = documents["text"].isna()
    if empty.any():
        raise DataError("Documents have no text: drop these rows, or read them.", documents[empty])
    twice = documents["source_id"].duplicated(keep=False)
    if twice.any():
        raise DataError("A source_id stands more than once; give every document its own.", documents[twice])

"""Relations of a draft that fail because they were misread: these are not held against the report.

A draft knows of each figure its number and a noun. Where the noun does not show that figures belong together,
only arithmetic can, so a relation that fails there shows nothing but that it was wrongly made.
"""

import numpy as np

from .misprints import is_misprinted_rate
from .rules import WRONG, check

UNTOLD = ("", "item")  # sorts of things, of which a list may hold some that are no parts
ROUND = 5  # a share in such steps is often a rule of thumb
STEM = 2  # characters of a rate that is named by what was done (到岗率)
ITS_COUNTS = 30  # characters from one of two counts to the other, both of which a rate may be of


def well_founded(found, facts, rows, figures):
    """Keep the relations that hold or are coded, and of those of a draft that fail the well-founded ones.

    Parameters
    ----------
    found : list of tuple
        Relations, as rows of `relations.find_relations`.
    facts, rows, figures
        As `relations.prepare`, `relations.rows_of` and `rules.figures_of` make them.

    Returns
    -------
    list of tuple
    """
    if not facts["draft"].any():
        return found
    failed = _failed(found, figures)
    holding = [relation for relation, no in zip(found, failed, strict=True) if not no]
    held = {
        "share": {m[-1] for rule, m, _ in holding if rule == "share"},
        "granularity": {m[0] for rule, m, _ in holding if rule == "granularity"},
        "sum": [set(m[1:]) for rule, m, _ in holding if rule == "sum"],
    }
    return [
        relation
        for relation, no in zip(found, failed, strict=True)
        if not (no and rows[relation[1][0]].draft and _misread(*relation, rows, held, figures))
    ]


def _failed(found, figures):
    """Tell of each relation whether its figures contradict each other."""
    failed, shapes = np.zeros(len(found), bool), {}
    for at, (rule, members, _) in enumerate(found):
        shapes.setdefault((rule, len(members)), []).append(at)
    for (rule, _), some in shapes.items():
        verdict = check(rule, np.array([found[at][1] for at in some]), figures)["verdict"]
        failed[some] = verdict.isin(WRONG)
    return failed


def _misread(rule, members, how, rows, held, figures):
    """Tell whether a relation that fails was more likely misread than misprinted."""
    of = [rows[i] for i in members]
    if rule == "share":
        other = members[-1] in held["share"] or _of_other_counts(*of, how)
        return other or (how == "named" and _of_another_level(*of, rows, figures))
    if rule == "granularity":
        return members[0] not in held["granularity"] and _of_another_whole(*of)
    if rule == "sum":
        return any(set(members[1:]) <= parts for parts in held["sum"])
    if rule == "growth":
        return _of_another_rate(*of, rows)
    if rule == "base":
        return _one_of_a_list(of[0], rows)
    return rule == "part" and _of_another_sort(*of)


def _of_other_counts(part, whole, share, how):
    """Tell whether a share is of other counts: persons and 个, or a rate not plainly named and misprinted."""
    if how == "sums":
        return False
    if how == "named":  # what its part is part of may be told of that alone
        unlike = part.unit != whole.unit and "" in (part.sort, whole.sort)
        return unlike or share.part_of != whole.fact_id
    return not is_misprinted_rate(part, whole, share) or len(share.called.removesuffix("率")) > STEM


def _of_another_level(part, whole, share, rows, figures):
    """Tell whether a share is all of the figure before it (均为), or of a level nearer than its whole."""
    nearer = [r.Index for r in rows[whole.Index + 1 : share.Index] if r.kind == "level" and r != part]
    tried = np.array([(part.Index, at, share.Index) for at in nearer], int).reshape(-1, 3)
    return share.value == 100 or not check("share", tried, figures)["verdict"].isin(WRONG).all()


def _of_another_rate(level, change, growth, rows):
    """Tell whether a growth rate is of a share between it and the level, or runs against the change."""
    between = rows[level.Index + 1 : growth.Index]
    shares = [r for r in between if r.kind == "share" and r.named > max(level.end, growth.named)]
    return bool(shares) or change.value * growth.value < 0


def _of_another_whole(whole, share):
    """Tell whether a share may be of another whole than the count that its list is of."""
    thumb = share.resolution >= 1 and share.value % ROUND == 0
    return thumb or (whole.sort != "person" and _head(whole) != _head(share))


def _of_another_sort(part, whole):
    """Tell whether parts have another name than a whole of things (98个地市, 含710个县), or a vague one."""
    untold = (part.sort in UNTOLD and whole.sort in UNTOLD) or whole.hedge != "exact"
    return untold and _head(part) != _head(whole)


def _one_of_a_list(level, rows):
    """Tell whether a level goes on from one right before it, so that the rate may be of both."""
    before = rows[level.Index - 1] if level.Index else None
    same = before and (before.kind, before.source_id) == ("level", level.source_id)
    return bool(same) and level.part_of != before.fact_id and level.start - before.end <= ITS_COUNTS


def _head(row):
    return row.called[-2:]

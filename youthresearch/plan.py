"""A study's plan, written down before its results, and what the results do otherwise.

The hash of a plan is worth as much as the place where it was left before the outcome was known: print it in a
registry, a letter or a commit. The file alone shows changes only to those who know the hash.
"""

import json
from dataclasses import asdict, dataclass, field, fields
from datetime import date as calendar
from hashlib import sha256
from html import escape
from pathlib import Path

import numpy as np
import pandas as pd

from . import effects
from .cells import NEVER, make_cells
from .design import planned_cohorts
from .inference import RandomizationTest, stratum_of
from .loaders import load_labels
from .schema import DataError
from .strata import of_column

FORMAT = "youthresearch study plan 1"
ESTIMATORS = ("did", "event_study", "imputation_did", "staggered_did", "sun_abraham")
READ_TO_PEOPLE = (  # in this order; the file has all of it
    *("question", "date", "outcomes", "estimator", "options", "cohorts", "first", "register"),
    *("strata_by", "statistic", "level", "draws", "seed", "detectable", "note"),
)


@dataclass(frozen=True, repr=False)
class StudyPlan:
    """What will be done, before the outcome is known.

    Attributes
    ----------
    question : str
    outcomes : tuple of str
    estimator : str
    options : dict
        Of the estimator.
    cohorts : dict
        District -> first treated period as text; empty for never.
    first : str
        Period in which treatment begins: the outcome before it enters `before`.
    before : dict
        Outcome -> SHA-256 of its cells before treatment.
    strata_by : str
        What the strata of the randomisation test are made of; empty without strata.
    strata : dict
        District -> stratum.
    statistic, level, draws, seed
        Of `randomization_test`.
    register : str
        How the treatment register is read: which of its conflicting claims hold.
    detectable : dict
        Outcome -> minimum detectable effect, and what it was found with.
    note : str
    date : str
        2019-09-01.
    """

    question: str
    outcomes: tuple
    estimator: str
    options: dict
    cohorts: dict
    first: str
    before: dict
    strata_by: str
    strata: dict
    statistic: str
    level: float
    draws: int
    seed: int
    register: str
    detectable: dict
    note: str
    date: str
    sha256: str = field(init=False, compare=False)

    def __post_init__(self):
        """Hash the canonical text: keys sorted, no blanks, UTF-8."""
        object.__setattr__(self, "sha256", sha256(_canonical(self).encode()).hexdigest())

    def __repr__(self):
        """Show the plan in short, with its hash."""
        return "\n".join([f"study plan of {self.date}", *(f"  {k:<12} {v}" for k, v in self._said())])

    def _repr_html_(self):
        rows = "".join(f"<tr><th>{escape(n)}</th><td>{escape(v)}</td></tr>" for n, v in self._said())
        return f"<table><caption>study plan of {escape(self.date)}</caption>{rows}</table>"

    def _said(self):
        said = [(name, _shown(self, name)) for name in READ_TO_PEOPLE if name != "date"]
        return [*((name, text) for name, text in said if text), ("sha256", self.sha256)]


def _canonical(plan):
    content = {name: value for name, value in _content(plan).items() if name != "sha256"}
    return json.dumps(
        {"format": FORMAT, **content},
        ensure_ascii=False,
        sort_keys=True,
        separators=(",", ":"),
        allow_nan=False,
    )


def _content(plan):
    return {f.name: getattr(plan, f.name) for f in fields(plan) if f.init}


def _shown(plan, name):
    """Write one entry for a reader; districts are counted, not listed."""
    value = getattr(plan, name)
    if name == "cohorts":
        waves = pd.Series(list(value.values())).value_counts().sort_index()
        return ", ".join(f"{begins or 'never'}: {n}" for begins, n in waves.items())
    if name == "strata_by":
        sizes = pd.Series(list(plan.strata.values())).value_counts().sort_index()
        return f"{value}: {', '.join(f'{s} ({n})' for s, n in sizes.items())}" if value else "none"
    if name == "detectable":
        return "; ".join(f"{k}: {v['effect']:.4g} ({v['power']:.0%} power)" for k, v in value.items())
    if isinstance(value, dict):
        return ", ".join(f"{k}={v!r}" for k, v in sorted(value.items()))
    return ", ".join(value) if isinstance(value, tuple) else str(value)


def study_plan(
    panel,
    *,
    question,
    outcomes,
    estimator=effects.did,
    strata=None,
    statistic="att",
    level=0.95,
    draws=9999,
    seed,
    register="",
    detectable=(),
    note="",
    date=None,
    until=None,
    **options,
):
    """Write down what a study will do, before its results.

    Parameters
    ----------
    panel : pandas.DataFrame
        As from `as_panel`, with every district's cohort. Of the outcomes only cells before the first cohort
        are read, so that the panel may end there.
    question : str
    outcomes : str or list of str
        All that will be reported.
    estimator : callable
        `did`, `staggered_did` or another of `effects` but `synthetic_did`.
    strata : str or pandas.Series, optional
        As for `randomization_test`; as from `strata_by`.
    statistic, level, draws, seed
        As for `randomization_test`.
    register : str
        Which of the conflicting claims on who was a pilot, and from when, are followed.
    detectable : DetectableEffect, or a sequence of them
        From `minimum_detectable_effect`.
    note : str
    date : str or datetime.date, optional
        Today by default.
    until : int or str, optional
        Last period of the study, where the panel ends before a cohort begins.
    **options
        Of the estimator.

    Returns
    -------
    StudyPlan
        `save_plan` writes it; `compare_with_plan` holds results against it.

    Raises
    ------
    DataError
        If nothing is asked, an outcome is not in the panel, the panel has no period before treatment, or
        strata are missing for districts.
    """
    outcomes = (outcomes,) if isinstance(outcomes, str) else tuple(outcomes)
    if not question.strip() or not outcomes:
        raise DataError("A plan needs a question and at least one outcome.")
    if estimator.__name__ not in ESTIMATORS:
        raise DataError(f"estimator={estimator.__name__} is none of {', '.join(ESTIMATORS)}.")
    if statistic not in ("att", "studentized") or not 0 < level < 1 or draws < 1:
        raise DataError(f"No test has statistic={statistic!r}, level={level} and draws={draws}.")
    cells = {name: make_cells(panel, name) for name in outcomes}
    periods, cohorts = _cohorts(panel, cells, until)
    first = min(begins for begins in cohorts.values() if begins)
    if isinstance(strata, str):
        strata = of_column(panel, pd.Index(list(cohorts)), strata)
    code, names = stratum_of(pd.Index(list(cohorts)), strata)
    found = detectable if isinstance(detectable, (list, tuple)) else [detectable]
    return StudyPlan(
        question=question.strip(),
        outcomes=outcomes,
        estimator=estimator.__name__,
        options=_plain(options),
        cohorts=cohorts,
        first=first,
        before={name: _digest(one, periods.index(first)) for name, one in cells.items()},
        strata_by="" if strata is None else str(strata.name or "given"),
        strata={} if strata is None else {d: str(names[c]) for d, c in zip(cohorts, code, strict=True)},
        statistic=statistic,
        level=float(level),
        draws=int(draws),
        seed=int(seed),
        register=register,
        detectable={one.design.outcome: _detectable(one) for one in found},
        note=note,
        date=str(date or calendar.today()),
    )

"""A study's plan, written down before its results, and what the results do otherwise.

The hash of a plan is worth as much as the place where it was left before the outcome was known: print it in a
registry, a letter or a commit. The file alone shows changes only to those who know the hash.
"""

import inspect
import json
from dataclasses import dataclass, field, fields
from datetime import date as calendar
from hashlib import sha256
from math import isfinite

import pandas as pd

from .cells import NEVER, make_cells
from .design import DetectableEffect, stated_cohorts
from .effects import LINEAR, Effect, did
from .inference import DRAWS, FEWER_DRAWS, SEED, RandomizationTest, draws_for, is_quick, stratum_of
from .loaders import load_labels
from .results import Result, as_percent
from .schema import (
    SAID,
    SIMULATED,
    DataError,
    as_list,
    as_names,
    as_path,
    check_choice,
    check_draws,
    check_estimator,
    check_text,
    mark_simulated,
)
from .strata import of_column

FORMAT = "youthresearch study plan 1"
READ_TO_PEOPLE = (  # in this order; the file has all of it
    *("question", "date", "outcomes", "estimator", "options", "cohorts", "first", "register"),
    *("strata_by", "statistic", "level", "draws", "seed", "detectable", "note", "simulated"),
)


@dataclass(frozen=True, repr=False)
class StudyPlan(Result):
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
        Of `randomization_test`; draws is None where it is to choose.
    register : str
        How the treatment register is read: which of its conflicting claims hold.
    detectable : dict
        Outcome -> minimum detectable effect, and what it was found with.
    note : str
    date : str
        2019-09-01.
    simulated : bool
        Whether the panel was not observed.
    sha256 : str
        Of all of the above, in one canonical text.
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
    draws: int | None
    seed: int
    register: str
    detectable: dict
    note: str
    date: str
    simulated: bool
    sha256: str = field(init=False, compare=False)

    def __post_init__(self):
        """Hash the canonical text: keys sorted, no blanks, UTF-8."""
        object.__setattr__(self, "sha256", sha256(_canonical(self).encode()).hexdigest())

    @property
    def _title(self):
        return f"study plan of {self.date}"

    def _said(self):
        said = [(name, _shown(self, name)) for name in READ_TO_PEOPLE if name not in ("date", "simulated")]
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


def _check_plan(plan):
    if not isinstance(plan, StudyPlan):
        raise DataError(f"A {type(plan).__name__} is no plan: make one with study_plan, or read_plan.")


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
        return "; ".join(f"{k}: {v['effect']} ({as_percent(v['power'])} power)" for k, v in value.items())
    if name == "draws" and value is None:
        return f"{DRAWS:,}, or {FEWER_DRAWS} where each is an estimation of its own"
    if name == "simulated":
        return SAID if value else ""
    if isinstance(value, dict):
        return ", ".join(f"{k}={v!r}" for k, v in sorted(value.items()))
    return ", ".join(value) if isinstance(value, tuple) else str(value)


def study_plan(
    panel,
    *,
    question,
    outcomes,
    estimator=did,
    strata=None,
    statistic="att",
    draws=None,
    level=0.95,
    seed=SEED,
    register="",
    detectable=(),
    note="",
    date=None,
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
        `did`, `staggered_did` or another of `effects` but the `synthetic_` ones.
    strata : str or pandas.Series, optional
        As for `randomization_test`; as from `strata_by`.
    statistic, draws, level, seed
        As for `randomization_test`.
    register : str
        Which of the conflicting claims on who was a pilot, and from when, are followed.
    detectable : DetectableEffect or list of DetectableEffect
        From `minimum_detectable_effect`, one for an outcome.
    note : str
    date : str or datetime.date, optional
        Today by default.
    **options
        Of the estimator.

    Returns
    -------
    StudyPlan
        `save_plan` writes it; `compare_with_plan` holds results against it.

    Raises
    ------
    DataError
        If nothing is asked, an outcome is not in the panel, the estimator has no such option, the panel has
        no period before treatment, strata are missing for districts, or date is no day.
    """
    outcomes = tuple(as_names(outcomes, "outcomes"))
    _check_words(outcomes, question=question, register=register, note=note)
    _check_means(estimator, options, statistic, level, draws, seed)
    cells = {name: make_cells(panel, name) for name in outcomes}
    cohorts, first = _cohorts(panel, cells)
    strata_by, strata = _strata(panel, cohorts, strata)
    return StudyPlan(
        question=question.strip(),
        outcomes=outcomes,
        estimator=estimator.__name__,
        options=_plain(options),
        cohorts=cohorts,
        first=_label(next(iter(cells.values())), first),
        before={name: _digest(one, one.time < first) for name, one in cells.items()},
        strata_by=strata_by,
        strata=strata,
        statistic=statistic,
        level=float(level),
        draws=None if draws is None else int(draws),
        seed=int(seed),
        register=register,
        detectable=_detectable(detectable, outcomes),
        note=note,
        date=_day(date or calendar.today()),
        simulated=any(one.simulated for one in cells.values()),
    )


def _check_words(outcomes, **words):
    for name, text in words.items():
        check_text(name, text, "say it in words")
    if not words["question"].strip() or not outcomes:
        raise DataError("A plan needs a question and at least one outcome.")


def _check_means(estimator, options, statistic, level, draws, seed):
    check_estimator(estimator)
    if estimator.__name__ not in LINEAR:
        raise DataError(f"estimator={estimator.__name__} is none of {', '.join(LINEAR)}.")
    known = [n for n in inspect.signature(estimator).parameters if n not in ("panel", "outcome", "strata")]
    if unknown := sorted(set(options) - set(known)):
        raise DataError(f"{estimator.__name__} has no options {unknown}; it has {known}.")
    check_choice("statistic", statistic, ("att", "studentized"))
    check_draws(DRAWS if draws is None else draws, seed, level)


def _cohorts(panel, cells):
    """Return the cohort of every district, written out, and the first one, which every outcome precedes."""
    begins = {name: stated_cohorts(panel, one) for name, one in cells.items()}
    first = min(ordinal.min() for ordinal in begins.values())
    cohorts = {}
    for name, one in cells.items():
        if first == NEVER or one.time[0] >= first:
            raise DataError(f"{name!r} has no period before the first cohort, so that there is no study yet.")
        cohorts |= {str(d): _label(one, g) for d, g in zip(one.districts, begins[name], strict=True)}
    return dict(sorted(cohorts.items())), first


def _strata(panel, cohorts, strata):
    """Return what the strata are by, and that of every district; nothing where there are none."""
    districts = pd.Index(list(cohorts))
    strata = of_column(panel, districts, strata) if isinstance(strata, str) else strata
    code, names = stratum_of(districts, strata)
    if strata is None:
        return "", {}
    return str(strata.name or "given"), {d: str(names[c]) for d, c in zip(districts, code, strict=True)}


def _day(date):
    try:
        return calendar.fromisoformat(date if isinstance(date, str) else date.isoformat()[:10]).isoformat()
    except (ValueError, AttributeError):
        raise DataError(f"date={date!r} is no day: write 2019-09-01.") from None


def _label(cells, ordinal):
    return "" if ordinal == NEVER else str(cells.label(ordinal))


def _plain(options):
    try:
        return json.loads(json.dumps(options, sort_keys=True, allow_nan=False))
    except (TypeError, ValueError) as error:
        raise DataError(f"An option cannot be written down ({error}): give text, numbers or lists.") from None


def _digest(cells, chosen):
    """Hash cells of some periods: lines ``district,period,value``, a value in the digits that restore it."""
    hashed = sha256()
    periods = [str(p) for p in cells.periods]
    for district, values, known in zip(cells.districts, cells.y, cells.observed & chosen, strict=True):
        for t in known.nonzero()[0]:
            hashed.update(f"{district},{periods[t]},{float(values[t])!r}\n".encode())
    return hashed.hexdigest()


def _detectable(given, outcomes):
    """Tell by outcome what was found to be detectable."""
    found = as_list(given)
    for one in found:
        if not isinstance(one, DetectableEffect):
            raise DataError(
                f"detectable= holds a {type(one).__name__}: give what minimum_detectable_effect returns."
            )
    of = [one.design.outcome for one in found]
    if len(set(of)) < len(of) or not set(of) <= set(outcomes):
        raise DataError(
            f"detectable= holds effects on {of}: give one for each of the outcomes {list(outcomes)} "
            "(design_study(outcome=...) names it)."
        )
    return {one.design.outcome: _told(one) for one in found}


def _told(found):
    """Write what was found to six digits: the last ones of a simulation differ between processors."""
    names = ("effect", "low", "high", "power", "level", "test", "estimator", "simulations", "draws", "seed")
    told = {name: getattr(found, name) for name in names}
    told |= {
        "rho": found.design.rho,
        "noise": found.design.noise,
        "strata_by": found.design.strata.name or "",
    }
    return {k: _six_digits(v) if isinstance(v, float) else v for k, v in told.items()}


def _six_digits(value):
    return float(f"{value:.6g}") if isfinite(value) else "none"


def save_plan(plan, path):
    """Write a plan to a text file that people read, in Chinese and English, and `read_plan` checks.

    Parameters
    ----------
    plan : StudyPlan
    path : path
        A file that does not exist yet: a plan is not written over.

    Returns
    -------
    pathlib.Path

    Raises
    ------
    DataError
        If there is such a file, or no folder for it.
    """
    _check_plan(plan)
    path = as_path("path", path)
    if not path.parent.is_dir():
        raise DataError(f"There is no folder {path.parent}: make it first.")
    if path.exists():
        raise DataError(f"{path} exists: a plan is not written over; choose another name.")
    path.write_text(_rendered(plan), encoding="utf-8", newline="\n")
    return path


def read_plan(path):
    """Read a plan, and refuse one of which anything was changed since it was written.

    Parameters
    ----------
    path : path

    Returns
    -------
    StudyPlan
        Compare its `sha256` with the one that was left elsewhere before the study.

    Raises
    ------
    DataError
        If there is no such file, it is no plan, or not the one that was saved.
    """
    try:
        text = as_path("path", path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"{path} cannot be read as a plan ({error}): check the path.") from None
    _, mark, stored = text.partition("\n{\n")
    try:
        content = json.loads(mark + stored)
        if content.pop("format") != FORMAT:
            raise KeyError("format")
        saved = content.pop("sha256")
        plan = StudyPlan(**(content | {"outcomes": tuple(content["outcomes"])}))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise DataError(f"{path} is no plan that save_plan wrote ({error}).") from None
    if plan.sha256 != saved:
        raise DataError(f"{path} was changed: its hash is {plan.sha256}, and it says {saved}. It is no plan.")
    if text != _rendered(plan):
        raise DataError(
            f"{path} was changed: what it tells people is not what the plan {saved} says. It is no plan."
        )
    return plan


def _rendered(plan):
    """Write the file's text: entries in both languages, then everything as JSON."""
    words = load_labels().set_index("key")
    lines = [f"{words.loc['plan_title', 'label_zh']} · {words.loc['plan_title', 'label_en']}", ""]
    for name in (*READ_TO_PEOPLE, "sha256"):
        said = _shown(plan, name) or "-"
        label = words.loc[f"plan_{name}"]
        lines.append(f"{label['label_zh']} · {label['label_en']}: {' '.join(said.split())}")
    content = {"format": FORMAT, "sha256": plan.sha256, **_content(plan)}
    return "\n".join([*lines, "", json.dumps(content, ensure_ascii=False, sort_keys=True, indent=1), ""])


def compare_with_plan(plan, results):
    """Say of every result what was planned and what was done, and where these differ.

    Parameters
    ----------
    plan : StudyPlan
    results : Effect, RandomizationTest, or list of them
        All that are reported. A test brings its effect along.

    Returns
    -------
    pandas.DataFrame
        One row is one item of one result, or one outcome that is not reported: result (its place in the list,
        from 1; missing where there is none), outcome, item, planned, done, follows (bool). Items: outcome,
        estimator, options, cohorts, before (the outcome before treatment), test, statistic, strata, level,
        draws, seed. ``table[~table["follows"]]`` are the deviations.

    Raises
    ------
    DataError
        If a result is neither an effect nor a test.
    """
    _check_plan(plan)
    rows = []
    for k, result in enumerate(as_list(results), 1):
        test = result if isinstance(result, RandomizationTest) else None
        effect = test._effect if test else result
        if not isinstance(effect, Effect):
            raise DataError(f"Result {k} is a {type(result).__name__}, neither an Effect nor its test.")
        items = [
            ("outcome", *_same("planned", "planned" if effect.outcome in plan.outcomes else "not planned"))
        ]
        if effect.outcome in plan.outcomes:
            items += [*_of_effect(plan, effect), *_of_test(plan, test)]
        rows += [(k, effect.outcome, *item, effect.simulated) for item in items]
    told = {row[1] for row in rows}
    rows += [
        (None, name, "outcome", "planned", "not reported", False, plan.simulated)
        for name in plan.outcomes
        if name not in told
    ]
    table = pd.DataFrame(rows, columns=["result", "outcome", "item", "planned", "done", "follows", SIMULATED])
    return mark_simulated(table.drop(columns=SIMULATED), table[SIMULATED]).astype({"result": "Int64"})


def _same(planned, done):
    return str(planned), str(done), planned == done


def _of_effect(plan, effect):
    yield "estimator", *_same(plan.estimator, effect.estimator)
    if effect._anew is not None and effect.estimator in LINEAR:
        options = {k: v for k, v in effect._anew.keywords.items() if k not in ("outcome", "strata")}
        planned, done = _whole(effect.estimator, plan.options), _whole(effect.estimator, _plain(options))
        differ = sorted(k for k in planned | done if planned.get(k) != done.get(k))
        told = [", ".join(f"{k}={one.get(k)!r}" for k in differ) or "as planned" for one in (planned, done)]
        yield "options", *told, not differ
    yield "cohorts", "as planned", *_cohorts_done(plan, effect._cells)
    yield "before", "as planned", *_before_done(plan, effect._cells)


def _whole(estimator, options):
    """Add the estimator's own defaults."""
    known = inspect.signature(LINEAR[estimator]).parameters.values()
    defaults = {p.name: p.default for p in known if p.default is not p.empty}
    return _plain(defaults) | options


def _cohorts_done(plan, cells):
    done = {str(d): _label(cells, g) for d, g in zip(cells.districts, cells.cohort, strict=True)}
    planned, last = plan.cohorts, max(plan.cohorts.values(), key=_in_time)
    stands_in = "" not in planned.values()  # the last cohort serves as control where nobody is never treated
    other = sum(g != planned.get(d) and not (stands_in and planned.get(d) == last) for d, g in done.items())
    lost = len(planned.keys() - done.keys())
    if not other and not lost:
        return "as planned", True
    return f"{other} districts otherwise, {lost} left out", False


def _in_time(label):
    """Order labels of one frequency, and numbers (9 before 10)."""
    return len(label), label


def _before_done(plan, cells):
    first = _ordinal(plan.first, cells.periods)
    if first is None or not cells.time[0] < first <= cells.time[-1]:
        return f"no period {plan.first}", False
    same = _digest(cells, cells.time < first) == plan.before[cells.outcome]
    return ("as planned" if same else "other values, districts or periods"), same


def _ordinal(label, periods):
    """Place of a period in time, by its name, be it one of these or between them; none of another kind."""
    if len(label) != len(str(periods[0])) and isinstance(periods, pd.PeriodIndex):
        return None
    try:
        return pd.Period(label, periods.freq).ordinal if isinstance(periods, pd.PeriodIndex) else int(label)
    except ValueError:
        return None


def _of_test(plan, test):
    yield "test", *_same("randomization", "randomization" if test else "none")
    if test is None:
        return
    yield "statistic", *_same(plan.statistic, test.statistic)
    done = {} if test._strata is None else {str(d): str(s) for d, s in test._strata.items()}
    planned = {d: s for d, s in plan.strata.items() if d in done} if done else plan.strata
    told = plan.strata_by or "none", test.strata or "none"
    if planned != done and told[0] == told[1]:
        told = told[0], f"{told[1]}, with other districts in them"
    yield "strata", *told, planned == done
    yield "level", *_same(plan.level, round(test.level, 12))
    if not test.exact:  # else no draws were needed
        planned = draws_for(plan.draws, is_quick(test._effect, test.statistic))
        yield "draws", *_same(planned, test.draws + test.undefined)
        yield "seed", *_same(plan.seed, test.seed)

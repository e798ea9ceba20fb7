"""What a user gets wrong first: a wrong table is refused by name, never by an error from inside.

Each mistake is made with the table that a function takes; it must give a result, or a DataError.
"""

import warnings
from functools import cache

import numpy as np
import pandas as pd
import pytest
from sweeps import sweep

import youthresearch as yr
from youthresearch.effects import LINEAR

RATE = "orgs_per_10k_youth_14_28"


@cache
def given():
    """Give the tables that the mistakes are made with."""
    panel, _ = yr.simulate_panel(seed=1, districts=9, periods=6, waves={"2018Q1": 3})
    facts = yr.load_facts()
    return {
        "panel": panel[panel["indicator"].isin([RATE, "orgs", "members"])],
        "facts": facts[facts["source_id"] == "nanshan-2021"].head(9),
        "pilots": yr.load_pilots(),
        "identities": yr.load_identities(),
        "divisions": yr.load_divisions(),
        "national": yr.load_national(),
        "documents": yr.load_documents().head(4),
        "own": pd.DataFrame(
            {"place": ["a", "a", "b", "b"], "year": [1, 2, 1, 2], "y": [1.0, 2, 3, 4], "g": 2}
        ),
    }


@cache
def effect():
    return yr.did(given()["panel"], outcome=RATE)


def assigned(panel, pilots):
    return yr.assign_cohorts(panel, pilots, divisions=given()["divisions"])


def own_panel(table):
    return yr.as_panel(table, district="place", period="year", cohort="g", outcomes="y")


CALLS = {
    "did": ("panel", lambda t: yr.did(t, outcome=RATE)),
    "event_study": ("panel", lambda t: yr.event_study(t, outcome=RATE)),
    "sun_abraham": ("panel", lambda t: yr.sun_abraham(t, outcome=RATE)),
    "imputation_did": ("panel", lambda t: yr.imputation_did(t, outcome=RATE)),
    "staggered_did": ("panel", lambda t: yr.staggered_did(t, outcome=RATE)),
    "synthetic_control": ("panel", lambda t: yr.synthetic_control(t, outcome=RATE, placebos=3, seed=1)),
    "goodman_bacon": ("panel", lambda t: yr.goodman_bacon(t, outcome=RATE)),
    "average_by_cohort": ("panel", lambda t: yr.average_by_cohort(t, outcome=RATE)),
    "few_treated": ("panel", lambda t: yr.few_treated(t, outcome=RATE, seed=1)),
    "placebo_in_time": ("panel", lambda t: yr.placebo_in_time(yr.did, t, outcome=RATE, draws=9, seed=1)),
    "strata_by": ("panel", lambda t: yr.strata_by(t, by="level", outcome=RATE)),
    "interval_bounds": ("panel", lambda t: yr.interval_bounds(effect(), t)),
    "trace": ("panel", lambda t: yr.trace(effect(), t, given()["facts"])),
    "estimate_design": ("panel", lambda t: yr.estimate_design(t, outcome=RATE)),
    "coverage": ("panel", yr.coverage),
    "find_breaks": ("panel", yr.find_breaks),
    "add_metrics": ("panel", yr.add_metrics),
    "composite_table": ("panel", lambda t: yr.composite_table(t, ["orgs", "members"])),
    "sigma_convergence": ("panel", lambda t: yr.sigma_convergence(t, outcome=RATE)),
    "beta_convergence": ("panel", lambda t: yr.beta_convergence(t, outcome=RATE)),
    "assign_cohorts": ("panel", lambda t: assigned(t, given()["pilots"])),
    "build_panel": ("facts", lambda t: yr.build_panel(t, divisions=given()["divisions"])),
    "audit_facts": ("facts", lambda t: yr.audit_facts(t, given()["identities"])),
    "audit_report": ("facts", lambda t: yr.audit_report(t, given()["identities"])),
    "derive_before": ("facts", yr.derive_before),
    "compute_metrics": ("facts", yr.compute_metrics),
    "find_heaping": ("facts", yr.find_heaping),
    "find_multiples": ("facts", yr.find_multiples),
    "compare_codings": ("facts", lambda t: yr.compare_codings(t, given()["facts"])),
    "a register": ("pilots", lambda t: assigned(given()["panel"], t)),
    "identities": ("identities", lambda t: yr.audit_facts(given()["facts"], t)),
    "series_growth": ("national", lambda t: yr.series_growth(t, 2017, 2021)),
    "find_templates": ("documents", yr.find_templates),
    "as_panel": ("own", own_panel),
}
OTHER = {"None": None, "a path": "panel.csv", "a list": [1], "a dict": {"district": ["a"]}}


def mistakes(table):
    """Yield what is wrong, and the table with it."""
    yield from OTHER.items()
    yield "a Series", table.iloc[:, 0]
    yield "no rows", table.head(0)
    yield "one row", table.head(1)
    yield "another order", table.iloc[::-1]
    yield "rows twice", pd.concat([table, table.head(3)])
    yield "one row label", table.set_axis([0] * len(table))
    yield "a column as index", table.set_index(table.columns[0])
    if "district" in table:
        yield "one district", table[table["district"] == table["district"].iloc[0]]
    for column in table:
        yield f"{column} missing", table.drop(columns=column)
        yield f"{column} empty", table.assign(**{column: np.nan})
        yield f"{column} text", table.assign(**{column: "x"})
    for column in table.select_dtypes("number"):
        yield f"{column} infinite", table.assign(**{column: np.inf})
        yield f"{column} nothing", table.assign(**{column: 0.0})


@pytest.mark.parametrize("step", sweep(97, slow=[1]))
@pytest.mark.parametrize("name", CALLS)
def test_a_mistake_gives_a_result_or_is_refused_by_name(name, step):
    kind, call = CALLS[name]
    made = list(mistakes(given()[kind]))
    some = slice(5 * list(CALLS).index(name) % min(step, len(made)), None, step)  # others for each function
    for what, table in made[some]:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            try:
                repr(call(table))
            except ValueError as error:  # a DataError, or one from the columns of `intervals`
                assert what not in OTHER or isinstance(error, yr.DataError), what
            except Exception as error:
                pytest.fail(f"{what}: {type(error).__name__}: {error}")


@pytest.mark.parametrize("name", CALLS)
def test_what_is_no_table_is_never_taken(name):
    for what in OTHER.values():
        if what is None and name == "identities":
            continue  # without any
        with pytest.raises(yr.DataError, match=type(what).__name__):
            CALLS[name][1](what)


OWN = {  # what pandas and a researcher's own files make of columns
    "Arrow": lambda t: t.convert_dtypes(dtype_backend="pyarrow"),
    "nullable": lambda t: t.convert_dtypes(),
    "categories": lambda t: t.astype({c: "category" for c in t.select_dtypes("str")}),
    "objects": lambda t: t.astype({c: object for c in t.select_dtypes("str")}),
}


@pytest.mark.slow
@pytest.mark.parametrize("kind", sweep("Arrow", slow=["nullable", "categories", "objects"]))
def test_the_same_in_columns_of_another_type_gives_the_same(kind):
    for call in (yr.audit_facts, yr.build_panel, yr.compute_metrics, yr.coverage, bounds_open):
        name = "panel" if call in (yr.coverage, bounds_open) else "facts"
        table = spelled_out(call(OWN[kind](given()[name])))
        pd.testing.assert_frame_equal(table, from_plain_columns(call, name), check_dtype=False)


def bounds_open(panel):
    return yr.interval_bounds(effect(), panel).open


@cache
def from_plain_columns(call, name):
    return call(given()[name])


def spelled_out(table):
    return table.astype({c: "str" for c in table.select_dtypes("category")})


@pytest.mark.slow
def test_columns_without_a_value_tables_without_a_row_and_codes_in_numbers_are_taken():
    facts, panel = given()["facts"], given()["panel"]
    gaps = facts.assign(part_of=np.nan, baseline=None, start=None, end=None)
    assert len(yr.audit_facts(gaps)) >= 0 and yr.audit_facts(pd.DataFrame(columns=facts.columns)).empty
    assert yr.build_panel(pd.DataFrame(columns=facts.columns)).empty
    coded = facts[facts["district"] != "CN"]
    numbered = coded.assign(district=coded["district"].astype(int))
    pd.testing.assert_frame_equal(yr.build_panel(numbered), yr.build_panel(coded))
    pd.testing.assert_frame_equal(yr.audit_facts(numbered), yr.audit_facts(coded))
    coded = panel.assign(district=panel["district"].factorize()[0])
    assert yr.interval_bounds(yr.did(coded, outcome=RATE), coded).vague >= 0
    with pytest.raises(yr.DataError, match=r"int64 \(.astype\({'period_end': str}\) makes it so\)"):
        yr.audit_facts(facts.assign(period_end=2021))


def test_a_table_of_another_library_is_named_in_full():
    class DataFrame:
        __module__ = "polars.dataframe.frame"

    with pytest.raises(yr.DataError, match=r"polars.DataFrame is no table of the facts; its to_pandas\(\)"):
        yr.audit_facts(DataFrame())


@pytest.mark.parametrize("name", [n for n in yr.__all__ if n.startswith("plot_")])
def test_a_figure_says_what_it_is_drawn_from(name):
    plot = getattr(yr, name)
    with pytest.raises(yr.DataError, match=f"The {name} figure lacks the columns .*; give it "):
        plot(pd.DataFrame({"x": [1]}))
    with pytest.raises(yr.DataError, match=f"str is no table of the {name} figure"):
        plot("table.csv")
    with pytest.raises(yr.DataError, match="lang='cn' is not known"):
        plot(pd.DataFrame({"x": [1]}), lang="cn")


def test_a_figure_needs_a_row_and_a_function():
    with pytest.raises(yr.DataError, match="no rows"):
        yr.plot_trends(yr.average_by_cohort(given()["panel"], outcome=RATE).head(0))
    with pytest.raises(yr.DataError, match="plot='trends' is no function"):
        yr.save_figure("trends", "x", given()["panel"])


def test_options_of_the_wrong_sort_are_refused_by_name():
    for wrong, call in {
        "cap='next_unit'": lambda: yr.interval_bounds(effect(), given()["panel"], cap="next_unit"),
        "measure is of type float, and no function": lambda: yr.audit_report(given()["facts"], measure=-1.5),
        "cells stand more than once": lambda: yr.interval_bounds(effect(), pd.concat([given()["panel"]] * 2)),
        "text or codes, and is float64": lambda: yr.coverage(given()["panel"].assign(district=np.nan)),
        "level=95%": lambda: yr.interval_bounds(effect(), given()["panel"], level="95%"),
        "waves=3": lambda: yr.design_study(districts=9, periods=4, waves=3, rho=0.5),
        "nobody to compare with": lambda: yr.design_study(districts=2, periods=4, waves={3: 2}, rho=0.5),
    }.items():
        with pytest.raises(yr.DataError, match=wrong):
            call()


NONE_OF_THEM = {"a number": -1.5, "a list": [], "a word": "x", "a dict": {"x": 1}, "an object": object()}
TESTS = {"strata": None, "draws": 9, "level": 0.9, "seed": 1}
OPTIONS = {  # what a user may set beside the table
    "did": {"controls": None, "population": None, "errors": "iid", "small_sample": "nested", "strata": None},
    "event_study": {"base": -1, "window": (-2, 1)},
    "sun_abraham": {"base": -1},
    "imputation_did": {"pretrends": 0},
    "staggered_did": {"control": "notyet", "base": "varying", "aggregate": "event", "method": "reg"},
    "synthetic_control": {"placebos": 5, "seed": 1},
    "few_treated": {"population": None, "draws": 9, "level": 0.9, "seed": 1},
    "estimate_design": {"strata": None, "until": None, "rho": 0.5},
    "strata_by": {"by": "province", "n": 2},
    "sigma_convergence": {"population": None},
    "study_plan": {"question": "?", "outcomes": RATE, "detectable": (), "note": "", "date": None} | TESTS,
    "add_metrics": {"metrics": "members_per_org", "youth": None},
    "coverage": {"by": "period"},
    "build_panel": dict.fromkeys(("scope", "sources", "findings", "indicators", "units", "divisions")),
    "compute_metrics": {"indicators": None, "units": None},
    "audit_report": {
        "identities": None,
        "districts": None,
        "measure": None,
        "indicators": None,
        "units": None,
    },
    "find_heaping": {"by": None, "smallest": 100, "at_least": 300, "level": 0.9},
    "find_multiples": {"largest_duty": 12, "level": 0.9},
    "find_breaks": {"smallest": 3, "spread": 5},
    "compare_effects": {"inference": None} | TESTS,
    "effect_table": {"lang": "zh", "inference": None} | TESTS,
    "confidence_bands": {"inference": None} | TESTS,
    "pretrend_test": {"test": "joint", "inference": None, "power": 0.5} | TESTS,
    "wild_bootstrap": {"weights": "webb", "draws": 9, "level": 0.9, "seed": 1},
    "minimum_detectable_effect": {
        "power": 0.8,
        "test": "exact_t",
        "simulations": 5,
        "draws": 9,
        "level": 0.9,
    },
    "power_curve": {"effects": 1.0, "estimator": yr.did, "simulations": 5, "draws": 9},
}
OF_OUTCOME = ("sigma_convergence", "few_treated", "estimate_design", "strata_by")


@cache
def first_of(name):
    """Give what stands first in the call of a function."""
    if name in ("compare_effects", "effect_table", "confidence_bands", "pretrend_test", "wild_bootstrap"):
        return yr.event_study(given()["panel"], outcome=RATE)
    if name in ("minimum_detectable_effect", "power_curve"):
        return yr.design_study(districts=9, periods=6, waves={4: 3}, rho=0.5)
    facts = ("build_panel", "compute_metrics", "audit_report", "find_heaping", "find_multiples")
    return given()["facts" if name in facts else "panel"]


@pytest.mark.parametrize("name", sweep(*[n for n in OPTIONS if n != "audit_report"], slow=["audit_report"]))
def test_an_option_of_the_wrong_sort_is_refused_as_such(name):
    """It gives a result, or an error that says what is wrong; never one from inside."""
    outcome = {"outcome": RATE} if name in (*LINEAR, *OF_OUTCOME, "synthetic_control") else {}
    right = outcome | OPTIONS[name]
    getattr(yr, name)(first_of(name), **right)
    for option in right:
        for what, wrong in NONE_OF_THEM.items():
            try:
                getattr(yr, name)(first_of(name), **right | {option: wrong})
            except yr.DataError as error:
                assert len(str(error)) > 20, (option, what)
            except Exception as error:
                pytest.fail(f"{option}={what}: {type(error).__name__}: {error}")


def test_what_is_no_document_plan_or_programme_is_refused_by_name(tmp_path):
    panel, facts = given()["panel"], given()["facts"]
    (tmp_path / "a.txt").write_text("团员100名。", encoding="utf-8")
    for said, call in {
        "document is of type NoneType": lambda: yr.show_evidence(None, facts),
        "NoneType is no table of the facts": lambda: yr.show_evidence("团员", None),
        "A NoneType is no plan": lambda: yr.save_plan(None, tmp_path / "plan.json"),
        "A str is no plan": lambda: yr.compare_with_plan("plan.json", []),
        "NoneType is no table of the programmes": lambda: yr.add_programmes(panel, None),
        "NoneType is no table of the documents": lambda: yr.check_evidence(facts, None),
        "limits={'bytes': 1} are none": lambda: yr.read_report(tmp_path / "a.txt", limits={"bytes": 1}),
        "hold no numbers": lambda: yr.normalise(panel),
        "no table of the indicators": lambda: yr.topsis(None),
        "needs a list of numbers": lambda: yr.gini(None),
        "waves=3 must say": lambda: yr.simulate_panel(seed=1, waves=3),
        "lead nowhere": lambda: yr.extract_corpus(tmp_path / "b.txt"),
    }.items():
        with pytest.raises(yr.DataError, match=said):
            call()


def scores(*rows):
    return pd.DataFrame(list(rows), columns=["a", "b"], dtype=float)


def two(panel):
    """Keep one treated and one untreated district."""
    return panel[panel["district"].isin(panel.groupby(panel["cohort"].notna())["district"].first())]


RARE = {  # what hardly anybody gives, and what is said of it
    r"keep=\['value'\] are columns that every panel has": lambda p: yr.as_panel(
        given()["own"].assign(value=1), district="place", period="year", outcomes="y", keep="value"
    ),
    r"several columns \['y'\]": lambda p: own_panel(given()["own"][["place", "year", "g", "y", "y"]]),
    "have no district": lambda p: yr.did(p.assign(district=p["district"].where(p.index > 0)), outcome=RATE),
    "periods are whole numbers": lambda p: yr.did(p.assign(period=p["period"].astype(str)), outcome=RATE),
    "Cohorts are of type str": lambda p: yr.did(p.assign(cohort=p["cohort"].astype("str")), outcome=RATE),
    "Cohorts are str": lambda p: yr.strata_by(
        p.assign(cohort=p["cohort"].astype("str")), by="level", outcome=RATE
    ),
    "Districts without a cell of 'orgs'": lambda p: yr.did(
        p[(p["indicator"] == RATE) | (p["district"] > p["district"].min())], outcome=RATE, population="orgs"
    ),
    "population='orgs' must be positive": lambda p: yr.did(
        p.assign(value=p["value"].where(p["indicator"] == RATE, 0.0)), outcome=RATE, population="orgs"
    ),
    "No district is left": lambda p: yr.did(
        p.assign(district=p["district"] + p["indicator"]), outcome=RATE, controls="orgs"
    ),
    "indicators= names none": lambda p: yr.composite_table(p, []),
    "No column varies": lambda p: yr.entropy_weights(scores((1, 2), (1, 2))),
    "All rows are the same": lambda p: yr.topsis(scores((1, 2), (1, 2))),
    "its periods are int64": lambda p: yr.interval_bounds(
        effect(), p.assign(period=p["period"].astype("int64"))
    ),
    "Every value needs a group": lambda p: yr.decompose_inequality([1.0, 2], ["a", None]),
    f"'{RATE}' has several rows": lambda p: yr.sigma_convergence(pd.concat([p, p]), outcome=RATE),
    "'orgs' has several rows": lambda p: yr.strata_by(pd.concat([p, p]), by="orgs"),
    r"lacks the columns? \['period'\]": lambda p: yr.strata_by(p.drop(columns="period"), by="youth"),
    "until='' is no period": lambda p: yr.estimate_design(p, outcome=RATE, until=""),
    "until=nan is no period": lambda p: yr.estimate_design(
        own_panel(given()["own"]), outcome="y", until=np.nan
    ),
    "is not a finite number": lambda p: yr.strata_by(p.assign(size=np.inf), by="size"),
    "several values for a district": lambda p: effect().randomization(
        strata=pd.Series("a", index=effect().weights["district"])
    ),
    "held is of type list": lambda p: yr.meeting_compliance([1]),
    "no periods": lambda p: own_panel(given()["own"].assign(year=[1j, 2j, 1j, 2j])),
    "numbers is of type list": lambda p: yr.save_numbers("x", [1]),
    "is no path": lambda p: yr.read_plan(3),
    "must be one column, not several": lambda p: yr.coverage(pd.concat([p, p["period"]], axis=1)),
    "'period_end' must be a date": lambda p: yr.build_panel(given()["facts"].assign(period_end="May 2021")),
    "need a resolution above zero": lambda p: yr.build_panel(given()["facts"].assign(resolution=0.0)),
    "Documents have no text": lambda p: yr.find_templates(given()["documents"].assign(text=None)),
    "reporting=3 must say": lambda p: yr.simulate_panel(seed=1, reporting=3),
    "others= holds a list": lambda p: yr.breakdown(effect(), p, others={"repairs": [p]}),
    "12 cells for 12 coefficients": lambda p: yr.event_study(two(p), outcome=RATE, small_sample="full"),
}


@pytest.mark.parametrize("said", RARE)
def test_what_is_rarely_given_is_refused_by_name(said):
    with pytest.raises(yr.DataError, match=said):
        RARE[said](given()["panel"].reset_index(drop=True))

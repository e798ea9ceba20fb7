"""The house: who may import whom, what `import youthresearch` costs, and that public names are documented."""

import ast
import inspect
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import youthresearch as yr

ROOT = Path(__file__).resolve().parents[1]
MODULES = sorted(p for p in (ROOT / "youthresearch").glob("*.py") if p.stem != "__init__")
MAY_IMPORT = {
    "intervals": set(),
    "schema": set(),
    "datapackage": {"schema"},
    "results": {"schema"},
    "loaders": {"datapackage", "intervals", "schema"},
    "slips": set(),
    "rules": {"intervals"},
    "sorts": set(),
    "doubts": {"misprints", "rules"},
    "misprints": {"slips"},
    "relations": {"doubts", "loaders", "misprints", "rules", "schema", "sorts"},
    "repair": {"intervals", "rules", "schema", "slips"},
    "audit": {"intervals", "metrics", "relations", "repair", "rules", "schema"},
    "screens": {"intervals", "schema"},
    "coding": {"intervals", "quantities", "schema"},
    "cells": {"periods", "schema"},
    "weights": {"cells"},
    "additive": {"cells", "reassign", "weights"},
    "synthetic": {"cells", "effects", "inference", "schema", "weights"},
    "bacon": {"cells", "schema"},
    "breaks": {"panel", "schema"},
    "bands": {"enough", "inference", "reassign", "schema"},
    "comparisons": {"cells", "schema", "weights"},
    "enough": {"cells"},
    "effects": {"cells", "comparisons", "enough", "inference", "results", "schema", "strata", "weights"},
    "bootstrap": {"enough", "inference", "moments", "reassign", "results", "schema", "weights"},
    "pretrends": {"cells", "enough", "inference", "reassign", "results", "schema"},
    "honest": {"enough", "inference", "results", "schema"},
    "bounds": {"cells", "inference", "results", "schema"},
    "threats": {"bounds", "cells", "cohorts", "honest", "inference", "reassign", "repair", "schema"},
    "reassign": set(),
    "strata": {"schema"},
    "family": {"inference", "reassign", "schema"},
    "few": {"cells", "inference", "reassign", "schema"},
    "moments": {"reassign"},
    "design": {
        "cells",
        "effects",
        "few",
        "inference",
        "moments",
        "periods",
        "reassign",
        "results",
        "schema",
        "strata",
    },
    "plan": {"cells", "design", "effects", "inference", "loaders", "results", "schema", "strata"},
    "inference": {"additive", "enough", "moments", "reassign", "results", "schema", "strata"},
    "placebo": {"inference", "periods", "schema"},
    "published": {
        "effects",
        "loaders",
        "panel",
        "schema",
        "synthetic",
    },  # cells that no package ships are data
    "levels": {"loaders"},
    "metrics": {"intervals", "levels", "loaders", "schema"},
    "lettering": set(),
    "figures": {"lettering", "loaders", "periods", "schema"},  # their words are data
    "composite": {"results", "schema"},
    "districts": {"loaders", "schema"},
    "inequality": {"periods", "results", "schema", "strata"},
    "periods": {"schema"},
    "cohorts": {"districts", "loaders", "periods", "schema"},  # the history of codes is data
    "panel": {"audit", "cohorts", "districts", "intervals", "levels", "loaders", "periods", "schema"},
    "paper": {"schema"},
    "report": {"enough", "inference", "loaders", "paper", "reassign", "results", "schema"},
    "writing": set(),
    # the national series and the words are data
    "simulate": {"intervals", "loaders", "panel", "periods", "schema", "writing"},
    "boilerplate": {"paragraphs"},
    "deadline": set(),
    "paragraphs": {"schema"},
    "decoding": {"paragraphs"},
    "webpage": {"deadline", "paragraphs"},
    "docx": {"deadline", "paragraphs"},
    "pdf": {"boilerplate", "deadline", "paragraphs"},
    "layout": set(),
    "documents": {
        *("boilerplate", "deadline", "decoding", "docx", "layout", "paragraphs", "pdf", "rows", "webpage"),
    },
    "words": {"intervals", "loaders", "schema"},
    "quantities": {"intervals", "loaders", "schema", "words"},  # their words are data
    "tokens": {"places", "words"},
    "phrases": {"tokens", "words"},
    "following": {"phrases", "tokens", "words"},
    "nouns": {"following", "phrases", "tokens", "words"},
    "norms": {"words"},
    "refusals": {"intervals", "quantities", "words"},
    "dates": set(),
    "rows": set(),
    "labels": {"dates", "quantities", "rates", "tokens", "words"},
    "tables": {"dates", "labels", "nouns", "quantities", "rows", "tokens", "words"},
    "places": {"loaders"},
    "headings": {"norms"},
    "signs": {"tokens", "words"},
    "rates": {"loaders", "quantities", "words"},
    "clauses": {"dates", "quantities", "signs", "words"},
    "kinds": {"clauses", "quantities", "rates", "words"},
    "statuses": {"clauses", "words"},
    "codebook": {"loaders", "places", "quantities", "tokens", "words"},
    "extract": {
        *("clauses", "codebook", "dates", "headings", "intervals", "kinds", "layout", "norms"),
        *("nouns", "statuses"),
        *(
            "places",
            "phrases",
            "quantities",
            "rates",
            "refusals",
            "schema",
            "signs",
            "sorts",
            "tables",
            "tokens",
            "wholes",
        ),
        "words",
    },
    "wholes": {"quantities", "sorts", "tokens", "words"},
    "files": {"dates", "paragraphs", "schema"},
    "workers": set(),
    "corpus": {"documents", "extract", "files", "loaders", "schema", "words", "workers"},
    "evidence": {"datapackage", "loaders", "schema"},
    "__main__": {
        *(
            "audit",
            "coding",
            "datapackage",
            "dates",
            "documents",
            "evidence",
            "extract",
            "files",
            "intervals",
            "loaders",
            "rules",
        ),
        *("schema", "words"),
    },
}
HEAVY = {"statsmodels", "matplotlib", "scipy", "IPython", "nbformat", "pytest"}
READ_OR_WRITE = (
    "read_csv",
    "read_text",
    "read_json",
    "to_csv",
    "write_text",
    "savefig",
    "print_png",
    "print_pdf",
    "open",
)


def own_imports(path):
    """Return the modules of the package that a module imports."""
    return set(re.findall(r"^ *from \.(\w*) import ", path.read_text(encoding="utf-8"), re.MULTILINE))


def test_modules_import_only_what_stands_below_them():
    beyond = {path.stem: own_imports(path) - MAY_IMPORT[path.stem] for path in MODULES}
    assert {module: names for module, names in beyond.items() if names} == {}


def reads_or_writes(function):
    calls = (n.func for n in ast.walk(function) if isinstance(n, ast.Call))
    return any(getattr(call, "attr", None) in READ_OR_WRITE for call in calls)


def test_only_loaders_read_and_only_save_functions_write():
    texts = (path.read_text(encoding="utf-8") for path in MODULES)
    trees = [ast.parse(text) for text in texts if re.search(rf"\.({'|'.join(READ_OR_WRITE)})\b", text)]
    functions = [f for tree in trees for f in tree.body if isinstance(f, ast.FunctionDef)]
    allowed = ("load_", "read_", "save_", "_read", "table_schema")
    assert [f.name for f in functions if reads_or_writes(f) and not f.name.startswith(allowed)] == []
    assert any(reads_or_writes(f) for f in functions)


ESTIMATE = """
panel, _ = yr.simulate_panel(seed=1, districts=30, periods=8, waves={"2018Q1": 12})
repr(yr.did(panel, outcome="orgs")), repr(yr.event_study(panel, outcome="orgs"))
yr.confidence_bands(yr.event_study(panel, outcome="orgs"), seed=1)
"""
STEPS = {
    "package": "import youthresearch as yr",
    "pandas": "import pandas",
    "names": "yr.growth, yr.audit_facts, yr.save_figure",
    "estimate": ESTIMATE,
}


@pytest.fixture(scope="module")
def loaded():
    """Take the steps one after the other in a fresh interpreter; return the modules that each loads."""
    code = ["import sys", "seen = set(sys.modules)"]
    for step in STEPS.values():
        code += [step, "print(*set(sys.modules) - seen)", "seen |= set(sys.modules)"]
    fresh = [sys.executable, "-c", "\n".join(code)]
    lines = subprocess.run(fresh, capture_output=True, encoding="utf-8", check=True).stdout.splitlines()
    return dict(zip(STEPS, map(set, map(str.split, lines)), strict=True))


def test_importing_the_package_loads_nothing_heavy(loaded):
    assert "youthresearch" in loaded["package"]
    assert not loaded["package"] & (HEAVY | {"pandas", "numpy"})


def test_intervals_and_metrics_cost_no_more_than_pandas(loaded):
    assert "youthresearch.metrics" in loaded["names"]
    assert not loaded["names"] & HEAVY


def test_an_estimate_with_its_intervals_loads_neither_scipy_stats_nor_statsmodels(loaded):
    """Each takes longer to import than pandas; quantiles are scipy.special's."""
    assert "scipy.special" in loaded["estimate"]
    assert not loaded["estimate"] & {"scipy.stats", "statsmodels"}


IN_A_WHEEL = """
import youthresearch as yr
facts = yr.load_facts()
yr.extract_facts(yr.read_report("youthresearch/data/documents/heshan-2023.txt"))
yr.save_numbers("01-facts", {"facts": len(facts)})
"""


@pytest.mark.slow
def test_a_wheel_finds_its_data_and_writes_where_its_user_is(tmp_path):
    wheel = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["hatch"]["build"]
    inside = wheel["targets"]["wheel"]["force-include"]
    shutil.copytree(ROOT / "youthresearch", tmp_path / "youthresearch")
    for source, place in inside.items():
        shutil.copytree(ROOT / source, tmp_path / place)
    subprocess.run([sys.executable, "-c", IN_A_WHEEL], cwd=tmp_path, check=True)
    assert (tmp_path / "figures" / "01-facts.numbers.csv").exists()


def test_public_names_are_there_and_sorted():
    assert yr.__all__ == sorted(set(yr.__all__))
    assert all(getattr(yr, name).__module__.startswith("youthresearch.") for name in yr.__all__)
    assert set(yr.__all__) <= set(dir(yr))
    with pytest.raises(AttributeError, match="did_it_work"):
        yr.did_it_work  # noqa: B018


def test_public_names_are_documented():
    things = {name: getattr(yr, name) for name in yr.__all__}
    assert [name for name, thing in things.items() if not inspect.getdoc(thing)] == []
    known = ("audit", "coding", "figures", "report", "screens")
    told = [t for t in things.values() if inspect.isfunction(t) and t.__module__.endswith(known)]
    told = [t for t in told if inspect.signature(t).parameters]
    assert (
        told and [t.__name__ for t in told if not {"Parameters", "Returns"} <= set(t.__doc__.split())] == []
    )

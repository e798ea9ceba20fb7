"""What nbval does not look at: that the notebooks were run before they were stored, that they are short and
plain enough to read, and that every figure has its files.

A check takes a notebook as stored (a dict) and returns what it has to complain of. The second half of this
file tries the checks on notebooks that are wrong in one way each.
"""

import ast
import asyncio
import io
import json
import re
import tokenize
from collections import Counter
from copy import deepcopy
from pathlib import Path

import pytest

from notebooks import run

ROOT = Path(__file__).resolve().parents[1]
FIGURES = ROOT / "figures"
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
FIGURE_ENDINGS = ("zh.png", "en.png", "csv")
ENDINGS_OF = {  # what each function leaves for a reader
    "save_figure": FIGURE_ENDINGS,
    "save_table": ("zh.docx", "en.docx", "zh.tex", "en.tex"),
    "save_brief": ("zh.docx", "en.docx", "zh.md", "en.md"),
    "save_numbers": ("numbers.csv",),
}

LOCAL_PATH = re.compile(
    r"site-packages|ipykernel_\d|(?<![\w.])/(home|Users|root|tmp|opt|usr|var)/|\b[A-Z]:\\"
)
NOT_PLAIN = (ast.FunctionDef, ast.ClassDef, ast.Lambda, ast.For, ast.While)
FORBIDDEN_CODE = {
    r"\bsys\.path\b": "changes sys.path",
    r"\.\./": "has a relative path",
    r"""["'](?:~?/[A-Za-z]|[A-Za-z]:[\\/])""": "has an absolute path",
    r"\bwarnings\.\w|\b(?:import|from) warnings\b": "handles warnings",
}
FORBIDDEN_MARKS = ("NBVAL_SKIP", "NBVAL_IGNORE_OUTPUT")
MOST_CELLS, MOST_LINES, MOST_LINES_IN_CELL = 12, 80, 12


def load(path):
    """Read a notebook as it is stored."""
    return json.loads(path.read_text(encoding="utf-8"))


def source(cell):
    """Return the text of a cell."""
    return "".join(cell["source"])


def code_cells(notebook):
    """Return the code cells in order."""
    return [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]


def code_lines(cell):
    """Return the lines that are neither blank nor a comment."""
    return [line for line in source(cell).splitlines() if line.strip() and not line.strip().startswith("#")]


def text_of(output):
    """Return what an output shows as text; pictures and the like are left out."""
    shown = [output.get("text", ""), *(v for k, v in output.get("data", {}).items() if k.startswith("text/"))]
    return "\n".join("".join(part) for part in shown)


def calls_to_save(notebook):
    """Return the name of each `save_...` function called in a notebook, and the strings it was given."""
    calls = []
    for cell in code_cells(notebook):
        for node in ast.walk(ast.parse(source(cell))):
            name = ast.unparse(node.func).rpartition(".")[2] if isinstance(node, ast.Call) else ""
            if name.startswith("save_"):
                given = [*node.args, *(keyword.value for keyword in node.keywords)]
                strings = [x.value for x in given if isinstance(x, ast.Constant) and isinstance(x.value, str)]
                calls.append((name, strings))
    return calls


def check_stored(notebook):
    """The notebook was run once, from top to bottom, and nothing went wrong."""
    cells = code_cells(notebook)
    if [cell["execution_count"] for cell in cells] != list(range(1, len(cells) + 1)):
        yield "is not stored as run: the cells are not numbered 1, 2, 3, ..."
    if notebook["metadata"].get("kernelspec", {}).get("name") != "python3":
        yield "has another kernel than python3"
    for number, cell in enumerate(cells, 1):
        for output in cell["outputs"]:
            if output["output_type"] == "error":
                yield f"cell {number} stores an error"
            if output.get("name") == "stderr":
                yield f"cell {number} stores a warning"
            if found := LOCAL_PATH.search(text_of(output)):
                yield f"cell {number} shows a path of one machine: {found.group()}"


def check_code(notebook):
    """The cells only say what is done; how it is done belongs in the package."""
    for number, cell in enumerate(code_cells(notebook), 1):
        code = source(cell)
        if any(tag.startswith("nbval") or "raises" in tag for tag in cell["metadata"].get("tags", [])):
            yield f"cell {number} has a tag that lets it go uncompared"
        for mark in FORBIDDEN_MARKS:
            if mark in code:
                yield f"cell {number} goes uncompared: {mark}"
        try:
            tree = ast.parse(code)
        except SyntaxError:
            yield f"cell {number} is not plain Python (a magic?)"
            continue
        if any(token.string == ";" for token in tokenize.generate_tokens(io.StringIO(code).readline)):
            yield f"cell {number} has a semicolon, which hides an output"
        for node in ast.walk(tree):
            if isinstance(node, NOT_PLAIN):
                yield f"cell {number} has a {type(node).__name__}, which belongs in the package"
        without_comments = ast.unparse(tree)
        for pattern, trouble in FORBIDDEN_CODE.items():
            if re.search(pattern, without_comments):
                yield f"cell {number} {trouble}"


def check_length(notebook):
    """A reader takes it in at one sitting."""
    lines = [len(code_lines(cell)) for cell in code_cells(notebook)]
    if len(lines) > MOST_CELLS:
        yield f"has {len(lines)} code cells, more than {MOST_CELLS}"
    if sum(lines) > MOST_LINES:
        yield f"has {sum(lines)} lines of code, more than {MOST_LINES}"
    for number, count in enumerate(lines, 1):
        if count > MOST_LINES_IN_CELL:
            yield f"cell {number} has {count} lines, more than {MOST_LINES_IN_CELL}"


def check_frame(notebook):
    """It opens with the question, what it reads and writes; it closes with what it does not show."""
    first, last = notebook["cells"][0], notebook["cells"][-1]
    if {first["cell_type"], last["cell_type"]} != {"markdown"}:
        yield "does not open and close with text"
        return
    opening, closing = source(first), source(last)
    if not re.search(r"^# \S", opening, re.MULTILINE):
        yield "does not open with a heading"
    if not re.search(r"[\u4e00-\u9fff]", opening):
        yield "does not ask its question in Chinese too"
    for word in ("Reads", "Writes"):
        if not re.search(rf"^[-*_ ]*{word}\b", opening, re.MULTILINE):
            yield f"has no line that starts with {word!r} in its first cell"
    if not re.search(r"\bnot\b[*_]*\sshow|不能?说明", closing):
        yield "does not close with what it does not show"


def check_figures(notebook, folder=FIGURES):
    """What was saved is saved under a name written out in the cell, and its files are there."""
    try:
        calls = calls_to_save(notebook)
    except SyntaxError:  # check_code complains of it
        return
    for name, strings in calls:
        if not strings:
            yield f"calls {name} without a stem written out"
        for stem in strings[:1]:
            for ending in ENDINGS_OF.get(name, ()):
                if not (folder / f"{stem}.{ending}").exists():
                    yield f"has not made figures/{stem}.{ending}"


def check_stems(notebooks, folder=FIGURES):
    """Every file under figures/ is written by a notebook, and by one only."""
    stems = [{s for _, strings in calls_to_save(notebook) for s in strings[:1]} for notebook in notebooks]
    written = Counter(stem for one in stems for stem in one)
    for stem in sorted({path.name.partition(".")[0] for path in folder.glob("*.*")} - written.keys()):
        yield f"figures/{stem}.* is written by no notebook"
    for stem in sorted(stem for stem, count in written.items() if count > 1):
        yield f"figures/{stem}.* is written by more than one notebook"


def check_pictures(notebook):
    """A cell that saves a figure stored its picture, too: nbval compares none."""
    for number, cell in enumerate(code_cells(notebook), 1):
        try:
            saved = [name for name, _ in calls_to_save({"cells": [cell]})].count("save_figure")
        except SyntaxError:  # check_code complains of it
            return
        if saved > sum("image/png" in output.get("data", {}) for output in cell["outputs"]):
            yield f"cell {number} saves a figure and stores no picture of it"


MADE_UP = {"simulate_panel", "simulate_reports", "load_size", "power_curve", "minimum_detectable_effect"}


def names_in(node):
    """Return every name and attribute that an expression mentions."""
    return {n.id if isinstance(n, ast.Name) else n.attr for n in ast.walk(node) if hasattr(n, "ctx")
            and isinstance(n, (ast.Name, ast.Attribute))}  # fmt: skip


def shown_by(tree):
    """Return what a cell displays, what it prints, and the numbers that it saves by their names."""
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    given = {
        name: [a for c in calls if ast.unparse(c.func) == name for a in c.args]
        for name in ("display", "print")
    }
    last = tree.body[-1].value if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    done = ast.unparse(last.func) if isinstance(last, ast.Call) else ""
    if last is not None and done not in (
        "display",
        "print",
        "yr.save_figure",
        "yr.save_numbers",
        "yr.use_style",
    ):
        given["display"].append(last)
    saved = [c.args[1] for c in calls if ast.unparse(c.func) == "yr.save_numbers"]
    tables = [node for one in saved for node in ast.walk(one) if isinstance(node, ast.Dict)]
    named = [pair for table in tables for pair in zip(table.keys, table.values, strict=True)]
    return given["display"], given["print"], named


def check_simulated(notebook):
    """Whatever is shown or saved of simulated data says so: each table in it, each number in its name."""
    made_up = set(MADE_UP)
    for number, cell in enumerate(code_cells(notebook), 1):
        try:
            tree = ast.parse(source(cell))
        except SyntaxError:  # check_code complains of it
            return
        for step in tree.body:
            if isinstance(step, ast.Assign):
                names = {n.id for target in step.targets for n in ast.walk(target) if isinstance(n, ast.Name)}
                made_up = made_up | names if names_in(step.value) & made_up else made_up - names
        displayed, printed, numbers = shown_by(tree)
        marked = [bool(re.search("simulat|模拟", text_of(output))) for output in cell["outputs"]]
        if sum(marked) < sum(bool(names_in(one) & made_up) for one in displayed):
            yield f"cell {number} shows what is simulated, and does not say so"
        if any(names_in(one) & made_up for one in printed) and not any(marked):
            yield f"cell {number} prints what is simulated, and does not say so"
        for name, value in numbers:
            told = ast.unparse(name or value)
            if names_in(value) & made_up and "simulated_" not in told:
                yield f"cell {number} saves a simulated number under a name that does not say so: {told}"


CHECKS = (check_stored, check_code, check_length, check_frame, check_simulated, check_pictures, check_figures)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebook(path, check):
    assert list(check(load(path))) == []


def test_every_figure_is_written_by_one_notebook():
    assert list(check_stems([load(path) for path in NOTEBOOKS])) == []


def test_there_are_notebooks():
    assert len(NOTEBOOKS) >= 4


# The checks themselves, on a notebook that passes and on others that are wrong in one way each.

OPENING = """# 01 Facts 事实

What do the reports state? 报告说了什么？

- **Reads** data/facts.csv
- **Writes** figures/01-facts"""
CLOSING = """## Limits

This does *not* show what the pilot changed."""
STREAM = {"output_type": "stream", "name": "stdout", "text": ["1100\n"]}
PICTURE = {"output_type": "display_data", "data": {"image/png": "", "text/plain": "<Figure size 600x200>"}}


def markdown(text):
    """Make a markdown cell."""
    return {"cell_type": "markdown", "metadata": {}, "source": text}


def code(text, number, *outputs):
    """Make a code cell as it is stored."""
    return {
        "cell_type": "code",
        "execution_count": number,
        "metadata": {},
        "outputs": [*outputs],
        "source": text,
    }


GOOD = {
    "metadata": {"kernelspec": {"name": "python3"}},
    "cells": [
        markdown(OPENING),
        code("import youthresearch as yr\nfacts = yr.load_facts()  # no warnings. No ../paths; none", 1),
        code("print(facts.value.max())", 2, STREAM),
        code('figure = yr.plot_facts(facts)\nyr.save_figure(figure, "01-facts", data=facts)', 3, PICTURE),
        markdown(CLOSING),
    ],
}
ENDINGS = [f"01-facts.{ending}" for ending in FIGURE_ENDINGS]


@pytest.fixture
def folder(tmp_path):
    """Make a figures folder with the files of GOOD."""
    for name in [*ENDINGS, "01-facts.numbers.csv"]:
        (tmp_path / name).touch()
    return tmp_path


def complaints(notebook, folder):
    """Return what all the checks of one notebook say."""
    return [c for check in CHECKS[:-1] for c in check(notebook)] + list(check_figures(notebook, folder))


def with_cell(index, cell):
    """Return the good notebook with another cell in one place."""
    notebook = deepcopy(GOOD)
    notebook["cells"][index] = cell
    return notebook


def with_output(**output):
    """Return the good notebook with another output under its second code cell."""
    return with_cell(2, code("facts", 2, output))


def with_tag(tag):
    """Return the good notebook with a tag on a code cell."""
    notebook = deepcopy(GOOD)
    notebook["cells"][2]["metadata"]["tags"] = [tag]
    return notebook


def with_code(text):
    """Return the good notebook with another text in its second code cell."""
    return with_cell(2, code(text, 2))


def display(mime, text):
    """Return the good notebook showing something of one media type."""
    return with_output(output_type="execute_result", data={mime: text}, metadata={}, execution_count=2)


TABLE, MARKED = (
    {"output_type": "display_data", "data": {"text/plain": text}}
    for text in ("att 1", "att 1 simulated True")
)


def with_simulated(text, *outputs):
    """Return the good notebook showing something of a simulated panel in its second code cell."""
    start = "panel, truth = yr.simulate_panel(seed=1)\nrows = panel.head()\n"
    return with_cell(2, code(start + text, 2, *outputs))


def with_code_cells(count, lines):
    """Return the good notebook with so many code cells of so many lines each."""
    cells = [code("facts\n" * lines, number) for number in range(1, count + 1)]
    return GOOD | {"cells": [markdown(OPENING), *cells, markdown(CLOSING)]}


BAD = [
    (with_cell(2, code("facts", None)), "numbered"),
    (with_cell(2, code("facts", 7)), "numbered"),
    (GOOD | {"metadata": {"kernelspec": {"name": "conda-env-py"}}}, "another kernel"),
    (GOOD | {"metadata": {}}, "another kernel"),
    (with_output(output_type="error", ename="DataError", evalue="", traceback=[]), "stores an error"),
    (with_output(output_type="stream", name="stderr", text=["UserWarning"]), "stores a warning"),
    (display("text/plain", "PosixPath('/home/li/data')"), "path of one machine"),
    (display("text/html", ["<td>C:\\Users\\li</td>"]), "path of one machine"),
    (display("text/plain", "lib/python3.11/site-packages/pandas"), "path of one machine"),
    (with_tag("nbval-skip"), "uncompared"),
    (with_tag("raises-exception"), "uncompared"),
    (with_code("# NBVAL_IGNORE_OUTPUT\nfacts"), "uncompared"),
    (with_code("#NBVAL_SKIP\nfacts"), "uncompared"),
    (with_code("%matplotlib inline"), "not plain Python"),
    (with_code("%%time\nfacts"), "not plain Python"),
    (with_code("!ls"), "not plain Python"),
    (with_code("facts;"), "semicolon"),
    (with_code("facts;  # hidden"), "semicolon"),
    (with_code("def f():\n    return 1"), "FunctionDef"),
    (with_code("class Facts:\n    pass"), "ClassDef"),
    (with_code("for f in facts:\n    f"), "For"),
    (with_code("while facts:\n    facts"), "While"),
    (with_code("facts.apply(lambda f: f)"), "Lambda"),
    (with_code("import sys\nsys.path.append('x')"), "sys.path"),
    (with_code('yr.load_facts("../data/facts.csv")'), "relative path"),
    (with_code("yr.load_facts('/home/li/facts.csv')"), "absolute path"),
    (with_code('yr.load_facts(f"/data/{name}.csv")'), "absolute path"),
    (with_code("yr.load_facts('~/facts.csv')"), "absolute path"),
    (with_code("yr.load_facts('C:\\\\facts.csv')"), "absolute path"),
    (with_code("import warnings"), "handles warnings"),
    (with_code("np.warnings.filterwarnings('ignore')"), "handles warnings"),
    (with_code("facts\n" * 13), "13 lines, more than 12"),
    (with_code_cells(13, 1), "13 code cells, more than 12"),
    (with_code_cells(9, 9), "81 lines of code, more than 80"),
    (GOOD | {"cells": GOOD["cells"][1:]}, "open and close with text"),
    (GOOD | {"cells": GOOD["cells"][:-1]}, "open and close with text"),
    (with_cell(0, markdown(OPENING.replace("# 01", "## 01"))), "open with a heading"),
    (with_cell(0, markdown(OPENING.replace("事实", "").replace("报告说了什么", ""))), "in Chinese"),
    (with_cell(0, markdown(OPENING.replace("Reads", "It needs"))), "starts with 'Reads'"),
    (with_cell(0, markdown(OPENING.replace("Writes", "It makes"))), "starts with 'Writes'"),
    (with_cell(4, markdown("## The end")), "close with"),
    (with_cell(2, code('yr.save_figure(figure, "02-other")', 2, PICTURE)), "figures/02-other."),
    (with_cell(2, code("yr.save_figure(figure, stem)", 2, PICTURE)), "without a stem"),
    (with_cell(3, code('yr.save_figure(figure, "01-facts")', 3)), "no picture of it"),
    (with_simulated("rows", TABLE), "shows what is simulated"),
    (with_simulated("display(rows, rows)", MARKED, TABLE), "shows what is simulated"),
    (with_simulated("print(rows)", STREAM), "prints what is simulated"),
    (with_simulated('yr.save_numbers("01-facts", {"rows": len(rows)})'), "saves a simulated number"),
]


def test_a_good_notebook_passes(folder):
    assert complaints(GOOD, folder) == []
    assert list(check_stems([GOOD], folder)) == []


def test_what_says_that_it_is_simulated_passes():
    said = with_simulated('display(rows, rows)\nyr.save_numbers("01-facts", {"simulated_rows": len(rows)})')
    said["cells"][2]["outputs"] = [MARKED, MARKED]
    assert list(check_simulated(said)) == []
    again = with_simulated("rows = yr.load_facts()\nrows", TABLE)
    assert list(check_simulated(again)) == []


@pytest.mark.parametrize(("notebook", "expected"), BAD, ids=[expected for _, expected in BAD])
def test_a_bad_notebook_is_noticed(notebook, expected, folder):
    found = complaints(notebook, folder)
    assert found
    assert all(expected in complaint for complaint in found)


@pytest.mark.parametrize("name", ENDINGS)
def test_a_missing_figure_file_is_noticed(name, folder):
    (folder / name).unlink()
    assert complaints(GOOD, folder) == [f"has not made figures/{name}"]


def test_a_figure_that_no_notebook_writes_is_noticed(folder):
    (folder / "09-old.zh.png").touch()
    assert list(check_stems([GOOD], folder)) == ["figures/09-old.* is written by no notebook"]


def test_a_figure_that_two_notebooks_write_is_noticed(folder):
    [complaint] = check_stems([GOOD, GOOD], folder)
    assert complaint == "figures/01-facts.* is written by more than one notebook"


@pytest.mark.parametrize("failed", [False, True])
def test_what_reads_numbers_runs_last_and_never_on_those_of_before(tmp_path, monkeypatch, failed):
    paths = [tmp_path / name for name in ("0-brief.ipynb", "1-facts.ipynb", "2-audit.ipynb")]
    for path, text in zip(paths, ("yr.read_numbers()", "facts", "audit"), strict=True):
        path.write_text(text, encoding="utf-8")
    ran = []

    async def note(path, slot):
        ran.append(path.name)
        return 1.0, "in code cell 1" if failed and path == paths[2] else None

    monkeypatch.setattr(run, "run", note)
    results = asyncio.run(run.run_all(paths))
    assert set(ran[:2]) == {"1-facts.ipynb", "2-audit.ipynb"} and ran[2:] == ["0-brief.ipynb"] * (not failed)
    assert bool(results[paths[0]][1]) == failed and set(results) == set(paths)

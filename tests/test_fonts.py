"""The bundled font has every character of the labels, and matplotlib draws it without complaint."""

import csv
import warnings
from io import BytesIO
from pathlib import Path

import pytest
from matplotlib.figure import Figure
from matplotlib.font_manager import fontManager
from matplotlib.ft2font import FT2Font

ROOT = Path(__file__).resolve().parents[1]
FONT = ROOT / "youthresearch" / "fonts" / "NotoSansSC-Subset.ttf"
LABEL_COLUMNS = {"label_zh", "label_en", "name_zh", "name_en", "title_zh"}
TABLES = sorted((ROOT / "data").rglob("*.csv"))


def labels(path):
    """Return every label in a table."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return [row[column] for row in csv.DictReader(file) for column in LABEL_COLUMNS & row.keys()]


def complaints_of_drawing(text, families, logged):
    """Draw a text; return what matplotlib said of it: in warnings or, beside a `$formula$`, in its log."""
    figure = Figure()
    figure.text(0.1, 0.5, text, family=families)
    logged.clear()
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        figure.savefig(BytesIO(), format="png")
    return [str(w.message) for w in caught] + logged


@pytest.fixture
def family():
    """Make the font known to matplotlib for one test, and return its name."""
    known = list(fontManager.ttflist)
    fontManager.addfont(FONT)
    yield FT2Font(FONT).family_name
    fontManager.ttflist[:] = known


def test_some_table_has_labels():
    assert any(labels(path) for path in TABLES)


@pytest.mark.parametrize("path", TABLES, ids=lambda p: p.name)
def test_every_character_of_the_labels_is_in_the_font(path):
    characters = set("".join(labels(path)))
    missing = characters - {chr(code) for code in FT2Font(FONT).get_charmap()}
    assert not missing, f"add {''.join(sorted(missing))} to the font: youthresearch/fonts/README.md says how"


@pytest.mark.slow
def test_chinese_is_drawn_without_complaint(family, logged):
    text = "共青团基层组织改革：社会领域团组织1100个，增长61.29%（β̂ ≥ 0）"
    assert complaints_of_drawing(text, ["DejaVu Sans", family], logged) == []


@pytest.mark.slow
def test_a_missing_character_is_noticed(family, logged):
    """Else the test above would prove nothing: Chinese without the font warns, beside a formula it logs."""
    assert complaints_of_drawing("共青团", ["DejaVu Sans"], logged)
    assert complaints_of_drawing("共青团 $x^2$", ["DejaVu Sans", family], logged)

"""Tables and texts in the forms that papers take: Word, and LaTeX with booktabs, tabularx and xltabular."""

import re
from html import unescape
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import numpy as np
import pandas as pd

from .schema import DataError

LATIN, HAN, HAN_BOLD = "Times New Roman", "宋体", "黑体"
STYLES = {  # of Word: size in points, Chinese font
    **{"Normal": (10.5, HAN), "Caption": (9, HAN_BOLD), "Title": (18, HAN_BOLD)},
    **{"Heading 1": (14, HAN_BOLD), "Heading 2": (12, HAN_BOLD), "Heading 3": (10.5, HAN_BOLD)},
}
SMALL = 9  # points: tables and notes
HEAVY, LIGHT = 12, 6  # the three lines, in eighths of a point: top and bottom, below the head
WIDTH = 15.9  # cm between the margins of A4
LONG = 24  # width of a cell that is text, and stands left; a Chinese character is two wide
DIGITS, EXACT = 3, 10  # of numbers: as a paper prints them, and all that every processor agrees on
LINE, PAGE = 70, 36  # of LaTeX: characters in a line, lines of a table in a page
BETWEEN = 3  # characters: the space between columns
PICTURES = (".png", ".jpg", ".jpeg", ".gif", ".bmp", ".tif", ".tiff")
_NEGATIVE = re.compile(r"(?:^|(?<=[\s(\[,<>≥≤“（，]))-(?=[\d.∞])")  # a sign, not a hyphen or a range
_CHINESE = re.compile("[\u3000-\u9fff\uff00-\uffef“”‘’…—]")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")
_GREEK = {  # of formulas
    **{"α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "varepsilon", "θ": "theta", "λ": "lambda"},
    **{"μ": "mu", "π": "pi", "ρ": "rho", "σ": "sigma", "τ": "tau", "φ": "varphi", "χ": "chi", "ω": "omega"},
    **{"Δ": "Delta", "Σ": "Sigma", "Ω": "Omega"},
}
_LATEX = str.maketrans(
    {
        **{c: f"\\{c}" for c in "&%$#_{}"},
        **{"~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "\\": r"\textbackslash{}", "–": "--"},
        **{"<": "$<$", ">": "$>$", "≤": r"$\leq$", "≥": r"$\geq$", "≠": r"$\neq$", "≈": r"$\approx$"},
        **{"−": "$-$", "±": r"$\pm$", "×": r"$\times$", "∞": r"$\infty$"},
        **{letter: f"$\\{name}$" for letter, name in _GREEK.items()},
    }
)


def table_as_latex(table, title, note, digits=DIGITS):
    """Write a table for LaTeX: three lines, as wide as the text, its caption above, its note below.

    One that does not fit on a page goes on over several, with its head on each.
    """
    rows = _rows(table, digits)
    head, *body = [" & ".join(map(as_latex, row)) + r" \\" for row in rows]
    head = [r"\toprule", head, r"\midrule"]
    first = r">{\raggedright\arraybackslash}X" if any(_width(row[0]) > LONG for row in rows) else "l"
    columns = first + r">{\centering\arraybackslash}X" * (len(rows[0]) - 1)
    caption = rf"\caption{{{as_latex(title)}}}" if title else ""
    form = _over_pages if sum(map(_lines, rows)) > PAGE else _on_a_page
    return "\n".join([*filter(None, form(columns, caption, head, body, as_latex(note))), ""])


def _lines(row):
    """Estimate how many lines a row takes, in columns of one width."""
    width = max(LINE // len(row) - BETWEEN, 1)
    return max(-(-_width(cell) // width) or 1 for cell in row)


def _on_a_page(columns, caption, head, body, note):
    return [
        *(r"\begin{table}[htbp]", r"\centering", caption),
        *(rf"\begin{{tabularx}}{{\textwidth}}{{{columns}}}", *head, *body, r"\bottomrule", r"\end{tabularx}"),
        *(note and rf"\par\smallskip\footnotesize {note}", r"\end{table}"),
    ]


def _over_pages(columns, caption, head, body, note):
    return [
        *(rf"\begin{{xltabular}}{{\textwidth}}{{{columns}}}", caption and rf"{caption} \\"),
        *(*head, r"\endfirsthead", *head, r"\endhead", r"\bottomrule", r"\endfoot", *body),
        *(r"\end{xltabular}", note and rf"{{\noindent\footnotesize {note}\par}}"),
    ]


def as_latex(text):
    """Write text so that LaTeX prints it as it is, also at the start of a row."""
    text = re.sub(r"\s*\n\s*", " ", text)
    begun, text = (text[0], text[1:]) if text[:1] in ("[", "*") else ("", text)  # \\[ and \\* are commands
    return (f"{{{begun}}}" if begun else "") + text.translate(_LATEX)


def table_as_docx(table, title, note, digits=DIGITS):
    """Set a table out in a document of its own, as the bytes of a Word file."""
    document = _blank()
    _add_table(document, _rows(table, digits), title, note)
    return _packed(document)


def text_as_docx(markdown, folder):
    """Set a text out as the bytes of a Word file.

    Parameters
    ----------
    markdown : str
        Headings down to ####, paragraphs, lists, tables, bold, italics, links; a picture stands in a
        paragraph of its own. Anything else is refused.
    folder : path
        Where the pictures are, by their file names.
    """
    document = _blank()
    for token in _needed("mistune").create_markdown(renderer=None, plugins=["table"])(markdown):
        _add(document, token, folder)
    return _packed(document)


def _needed(name):
    """Import a package of the extra, or say how to install it."""
    from importlib import import_module

    try:
        return import_module(name)
    except ImportError as error:
        raise ImportError(f"Word files need {name} ({error}): pip install youthresearch[paper]") from None


def _rows(table, digits):
    """List the rows of a table as text, its head first; with its index, unless that only counts them.

    Head and index are names, and have all their digits.
    """
    if not table.size:
        raise DataError("The table is empty: give one that has rows and columns.")
    if table.columns.nlevels > 1:
        raise DataError(f"The table has {table.columns.nlevels} rows of headers: join them into one.")
    index = table.index
    counts = isinstance(index, pd.RangeIndex) and index.name is None
    names = [] if counts else ["" if name is None else name for name in index.names]
    labels = [() if counts else label if isinstance(label, tuple) else (label,) for label in index]
    body = zip(labels, table.itertuples(index=False, name=None), strict=True)
    head = [_cell(value, EXACT) for value in (*names, *table.columns)]
    return [
        head,
        *([*(_cell(v, EXACT) for v in label), *(_cell(v, digits) for v in row)] for label, row in body),
    ]


def _width(text):
    return len(text) + len(_CHINESE.findall(text))


def _cell(value, digits):
    """Write one cell: numbers to some digits, a missing one as a dash, signs as such."""
    if pd.api.types.is_scalar(value) and pd.isna(value):
        return "–"
    if isinstance(value, float | np.floating):
        value = _rounded(float(value), digits)
    elif isinstance(value, pd.Timestamp) and value == value.normalize():
        value = f"{value:%Y-%m-%d}"
    text = str(value)
    if _CONTROL.search(text):
        raise DataError(f"A cell holds a character that cannot be printed: {text!r}.")
    return _NEGATIVE.sub("−", text)


def _rounded(value, digits):
    """Write a number to so many digits from the first that is not zero; those before the point are all kept.

    A zero at the end is one that was rounded to: 5.1003 is 5.10 with three digits, and 0.5 is 0.5.
    """
    if not 1e-4 <= abs(value) < 1e15:
        return f"{value + 0.0:.{digits}g}".replace("inf", "∞")
    places = digits - 1 - int(f"{value:.{digits - 1}e}".partition("e")[2])
    printed = len(f"{value:.{EXACT}g}".partition(".")[2]) if abs(value) < 1e10 else 0
    return f"{value:.{max(0, min(places, printed))}f}"


def _blank():
    """Open a Word document on A4, in the fonts of a Chinese paper."""
    docx = _needed("docx")
    from docx.oxml.ns import qn
    from docx.shared import Cm, Pt, RGBColor

    document = docx.Document()
    document.core_properties.author = document.core_properties.comments = ""  # the template's
    page = document.sections[0]
    page.page_width, page.page_height = Cm(21), Cm(29.7)
    page.left_margin = page.right_margin = Cm((21 - WIDTH) / 2)
    for name, (size, han) in STYLES.items():
        style = document.styles[name]
        style.font.name, style.font.size, style.font.color.rgb = LATIN, Pt(size), RGBColor(0, 0, 0)
        fonts = style.element.rPr.rFonts
        for theme in [key for key in fonts.attrib if key.endswith("Theme")]:
            del fonts.attrib[theme]  # else the theme's font goes before the one that is named
        fonts.set(qn("w:eastAsia"), han)
        for rule in style.element.xpath("w:pPr/w:pBdr"):
            rule.getparent().remove(rule)  # the template's blue line below a title
    for spoken in document.styles.element.xpath("w:docDefaults//w:lang"):
        spoken.set(qn("w:eastAsia"), "zh-CN")
    return document


def _add(document, token, folder):
    """Add one block of a text, as Markdown is parsed."""
    kind, parts, told = token["type"], token.get("children", []), token.get("attrs", {})
    if kind == "heading" and told["level"] <= 4:
        _add_words(document.add_heading(level=told["level"] - 1), parts)
    elif kind == "paragraph" and [part["type"] for part in parts] == ["image"]:
        name = Path(unquote(parts[0]["attrs"]["url"])).name
        _add_picture(document, folder / name, _words(parts[0]["children"]))
    elif kind == "paragraph":
        _add_words(document.add_paragraph(), parts)
    elif kind == "list" and all(len(item["children"]) == 1 for item in parts):
        for number, item in enumerate(parts, told.get("start", 1)):
            style = "List Paragraph" if told["ordered"] else "List Bullet"
            paragraph = document.add_paragraph(f"{number}. " if told["ordered"] else "", style=style)
            _add_words(paragraph, item["children"][0]["children"])
    elif kind == "table":
        head, body = parts
        rows = [head, *body["children"]]
        _add_table(document, [[_words(cell["children"]) for cell in row["children"]] for row in rows], "", "")
    elif kind != "blank_line":
        _refuse(f"{kind} {told.get('level', '')}".strip(), _words([token], every=True))


def _refuse(what, said):
    raise DataError(
        f"The brief has what goes into no Word file ({what.replace('_', ' ')}): write headings down to ####, "
        "paragraphs, lists of one level, tables, bold, italics, links, pictures in paragraphs of their own; "
        f"here: {said.strip()[:60]!r}."
    )


def _add_words(paragraph, parts, *, bold=None, italic=None):
    for part, after in pairwise([*parts, None]):
        kind, inner = part["type"], part.get("children", [])
        if kind == "text":
            _run(paragraph, unescape(part["raw"]), bold=bold, italic=italic)
        elif kind == "softbreak":
            ends = paragraph.text[-1:], _words([after], every=True)[:1]
            _run(paragraph, "" if all(map(_CHINESE.match, ends)) else " ")
        elif kind == "linebreak":
            paragraph.add_run().add_break()
        elif kind in ("strong", "emphasis", "link"):
            strong, slanted = kind == "strong" or bold, kind == "emphasis" or italic
            _add_words(paragraph, inner, bold=strong, italic=slanted)
            if kind == "link":
                _run(paragraph, f" ({part['attrs']['url']})", bold=bold, italic=italic)
        else:
            _refuse(kind, _words([part], every=True))


def _words(parts, *, every=False):
    """Return the text of some parts; those that are more than text are refused, unless all are wanted."""
    said = ""
    for part in parts:
        if not every and part["type"] not in ("text", "strong", "softbreak"):
            _refuse(part["type"], _words([part], every=True))
        said += (
            _words(part["children"], every=every) if "children" in part else unescape(part.get("raw", " "))
        )
    return said


def _run(paragraph, text, *, size=None, bold=None, italic=None):
    """Add words; where they are Chinese, so are the quotation marks among them."""
    from docx.oxml.ns import qn
    from docx.shared import Pt

    run = paragraph.add_run(text)
    run.bold, run.italic = bold, italic
    if size:
        run.font.size = Pt(size)
    if _CHINESE.search(text):
        run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:hint"), "eastAsia")


def _add_picture(document, path, caption):
    from docx.shared import Cm

    if not path.is_file():
        raise DataError(
            f"The brief shows {path.name}, and there is none in {path.parent}: save the figure first."
        )
    if path.suffix.lower() not in PICTURES:
        raise DataError(f"The brief shows {path.name}, which Word cannot: name a picture such as a PNG.")
    document.add_picture(str(path), width=Cm(WIDTH))._inline.docPr.set("descr", caption)
    _add_caption(document, caption)


def _add_caption(document, text):
    from docx.enum.text import WD_ALIGN_PARAGRAPH

    paragraph = document.add_paragraph(style="Caption")
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _run(paragraph, text)
    return paragraph


def _add_table(document, rows, title, note):
    """Add a table of three lines, with its caption above and its note below; its head on every page."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.oxml import OxmlElement
    from docx.shared import Pt

    if title:
        _add_caption(document, title).paragraph_format.keep_with_next = True
    table = document.add_table(len(rows), len(rows[0]))
    wide = [column == 0 or any(_width(row[column]) > LONG for row in rows) for column in range(len(rows[0]))]
    for number, (row, cells) in enumerate(zip(rows, table.rows, strict=True)):
        for text, cell, left in zip(row, cells.cells, wide, strict=True):
            paragraph = cell.paragraphs[0]
            _run(paragraph, text, size=SMALL)
            paragraph.paragraph_format.space_after = Pt(0)
            paragraph.alignment = WD_ALIGN_PARAGRAPH.LEFT if left else WD_ALIGN_PARAGRAPH.CENTER
        for mark in ("w:cantSplit", "w:tblHeader")[: 1 + (number == 0)]:
            cells._tr.get_or_add_trPr().append(OxmlElement(mark))
    _rule(table._tbl.tblPr, "w:tblBorders", top=HEAVY, bottom=HEAVY)
    for cell in table.rows[0].cells:
        _rule(cell._tc.get_or_add_tcPr(), "w:tcBorders", bottom=LIGHT)
    _run(document.add_paragraph(), note, size=SMALL)


def _rule(properties, kind, **lines):
    """Draw lines at the edges of a table or a cell."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    borders = OxmlElement(kind)
    for edge, width in lines.items():
        line = OxmlElement(f"w:{edge}")
        for key, value in {"val": "single", "sz": width, "space": 0, "color": "000000"}.items():
            line.set(qn(f"w:{key}"), str(value))
        borders.append(line)
    properties.insert_element_before(borders, "w:tblLook")  # Word wants them in order


def _packed(document):
    """Pack a document into the same bytes on every run and system: else each part is dated."""
    dated, packed = BytesIO(), BytesIO()
    document.save(dated)
    with ZipFile(dated) as parts, ZipFile(packed, "w") as undated:
        for name in parts.namelist():
            part = ZipInfo(name)
            part.create_system = 3
            undated.writestr(part, parts.read(name), ZIP_DEFLATED)
    return packed.getvalue()

"""Tables and texts in the forms that papers take: Word, and LaTeX with booktabs and tabularx."""

import re
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from pandas import NA

from .schema import DataError

LATIN, HAN, HAN_BOLD = "Times New Roman", "宋体", "黑体"
HEAVY, LIGHT = 12, 6  # the three lines, in eighths of a point: top and bottom, below the head
NEGATIVE = re.compile(r"(?<![\w.])-(?=[\d.∞])")  # a sign, not a hyphen
WIDTH = 15.9  # cm between the margins of A4
LATEX = str.maketrans(
    {
        **{c: f"\\{c}" for c in "&%$#_{}"},
        **{"~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "\\": r"\textbackslash{}"},
        **{"<": "$<$", ">": "$>$", "≤": r"$\leq$", "≥": r"$\geq$", "∞": r"$\infty$", "−": "$-$", "–": "--"},
    }
)


def table_as_latex(table, title, note):
    """Write a table for LaTeX: three lines, as wide as the text, its caption above, its note below."""
    rows = _rows(table)
    head, *body = [" & ".join(as_latex(cell) for cell in row) + r" \\" for row in rows]
    columns = "l" + r">{\centering\arraybackslash}X" * (len(rows[0]) - 1)
    lines = [r"\begin{table}[htbp]", r"\centering"]
    lines += [rf"\caption{{{as_latex(title)}}}"] if title else []
    lines += [
        rf"\begin{{tabularx}}{{\textwidth}}{{{columns}}}",
        r"\toprule",
        head,
        r"\midrule",
        *body,
        r"\bottomrule",
    ]
    lines += [r"\end{tabularx}", *([rf"\par\smallskip\footnotesize {as_latex(note)}"] if note else [])]
    return "\n".join([*lines, r"\end{table}", ""])


def as_latex(text):
    """Write text so that LaTeX prints it as it is."""
    return text.translate(LATEX)


def table_as_docx(table, title, note):
    """Set a table out on a page of its own, as the bytes of a Word file."""
    document = _blank()
    _add_table(document, _rows(table), title, note)
    return _packed(document)


def text_as_docx(markdown, folder):
    """Set a text out as the bytes of a Word file.

    Parameters
    ----------
    markdown : str
        Headings, paragraphs, lists, tables, **bold**; a picture stands in a paragraph of its own. Anything
        else is refused.
    folder : path
        Where the pictures are, by their file names.
    """
    from mistune import create_markdown

    document = _blank()
    for token in create_markdown(renderer=None, plugins=["table"])(markdown):
        _add(document, token, folder)
    return _packed(document)


def _rows(table):
    """List the rows of a table as text, its head first; an index with a name is part of it."""
    table = table if table.index.names == [None] else table.reset_index()
    return [[_cell(value) for value in row] for row in [table.columns, *table.itertuples(index=False)]]


def _cell(value):
    if isinstance(value, float):
        value = "–" if value != value else f"{value:.10g}"
    return NEGATIVE.sub("−", "–" if value is None or value is NA else str(value))


def _blank():
    """Open a Word document on A4, in the fonts of a Chinese paper."""
    try:
        from docx import Document
    except ImportError as error:
        raise ImportError(
            f"Word files need python-docx ({error}): pip install youthresearch[paper]"
        ) from None
    from docx.oxml.ns import qn
    from docx.shared import Cm, Pt, RGBColor

    document = Document()
    document.core_properties.author = document.core_properties.comments = ""  # the template's
    page = document.sections[0]
    page.page_width, page.page_height = Cm(21), Cm(29.7)
    page.left_margin = page.right_margin = Cm((21 - WIDTH) / 2)
    for name, size, han in (
        *(("Normal", 10.5, HAN), ("Title", 18, HAN_BOLD)),
        *(("Heading 1", 14, HAN_BOLD), ("Heading 2", 12, HAN_BOLD), ("Heading 3", 10.5, HAN_BOLD)),
    ):
        style = document.styles[name]
        style.font.name, style.font.size, style.font.color.rgb = LATIN, Pt(size), RGBColor(0, 0, 0)
        fonts = style.element.rPr.rFonts
        for theme in [key for key in fonts.attrib if key.endswith("Theme")]:
            del fonts.attrib[theme]  # else the theme's font goes before the one that is named
        fonts.set(qn("w:eastAsia"), han)
    return document


def _add(document, token, folder):
    """Add one block of a text, as Markdown is parsed."""
    kind, parts = token["type"], token.get("children", [])
    if kind == "heading":
        level = token["attrs"]["level"]
        _add_words(document.add_heading(level=level - 1), parts)
    elif kind == "paragraph" and [part["type"] for part in parts] == ["image"]:
        _add_picture(document, folder / Path(parts[0]["attrs"]["url"]).name, _words(parts[0]["children"]))
    elif kind == "paragraph":
        _add_words(document.add_paragraph(), parts)
    elif kind == "list" and all(item["children"][0] is item["children"][-1] for item in parts):
        style = "List Number" if token["attrs"]["ordered"] else "List Bullet"
        for item in parts:
            _add_words(document.add_paragraph(style=style), item["children"])
    elif kind == "table":
        head, body = parts
        rows = [head, *body["children"]]
        _add_table(document, [[_words(cell["children"]) for cell in row["children"]] for row in rows], "", "")
    elif kind != "blank_line":
        what = "a list inside a list" if kind == "list" else f"a {kind}"
        raise DataError(
            f"The brief has {what}, which goes into no Word file: write headings, paragraphs, lists, tables, "
            f"**bold**, pictures; here: {_words([token]).strip()[:60]!r}."
        )


def _add_words(paragraph, parts, *, bold=None):
    for part in parts:
        if "children" in part:
            _add_words(paragraph, part["children"], bold=bold or part["type"] == "strong" or None)
        else:
            paragraph.add_run(part.get("raw", " ")).bold = bold


def _words(parts):
    return "".join(_words(part["children"]) if "children" in part else part.get("raw", " ") for part in parts)


def _add_picture(document, path, caption):
    from docx.shared import Cm

    if not path.is_file():
        raise DataError(
            f"The brief shows {path.name}, and there is none in {path.parent}: save the figure first."
        )
    document.add_picture(str(path), width=Cm(WIDTH))
    _centred(document, caption, size=9)


def _centred(document, text, size):
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Pt

    paragraph = document.add_paragraph()
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    paragraph.add_run(text).font.size = Pt(size)
    return paragraph


def _add_table(document, rows, title, note):
    """Add a table of three lines, with its caption above and its note below."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Pt

    if title:
        _centred(document, title, size=10.5).paragraph_format.keep_with_next = True
    table = document.add_table(len(rows), len(rows[0]))
    for row, cells in zip(rows, table.rows, strict=True):
        for column, (text, cell) in enumerate(zip(row, cells.cells, strict=True)):
            paragraph = cell.paragraphs[0]
            paragraph.add_run(text).font.size = Pt(9)
            paragraph.paragraph_format.space_after = Pt(0)
            paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER if column else WD_ALIGN_PARAGRAPH.LEFT
    _rule(table._tbl.tblPr, "w:tblBorders", top=HEAVY, bottom=HEAVY)
    for cell in table.rows[0].cells:
        _rule(cell._tc.get_or_add_tcPr(), "w:tcBorders", bottom=LIGHT)
    below = document.add_paragraph()
    below.add_run(note).font.size = Pt(9)


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

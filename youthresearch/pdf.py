"""PDF files with a text layer: lines joined to paragraphs, running heads and page numbers flagged."""

import re
from collections import Counter
from io import BytesIO
from math import hypot

from .boilerplate import FIGURE
from .deadline import within
from .paragraphs import (
    LINE_ENDS,
    RAISED,
    STARTS,
    WIDE,
    Block,
    ReportError,
    check_characters,
    joined,
    refused,
    shorten,
    width,
)

OPENED = "Open it with its password and print it to PDF"


def read_pdf(data, where, limits):
    """Return the blocks of a PDF, no encoding, and which pages have no text."""
    import logging

    import pypdf

    logging.getLogger("pypdf").addHandler(logging.NullHandler())  # its warnings name no file
    if b"%%EOF" not in data[-4096:]:
        raise refused(where, "the PDF is cut short: its end mark is missing", "Download or export it again")
    if data.count(b"z") > max(len(data) // 10, 100_000):  # each is four bytes to ASCII85, which has no limit
        raise refused(where, "the PDF unpacks to more than the limits allow", "Print it to PDF anew")
    try:
        with pypdf.apply_configuration(**_pdf_limits(limits)):
            pages = within(limits.seconds, lambda: _pages(pypdf.PdfReader(BytesIO(data)), where, limits))
    except ReportError:
        raise
    except pypdf.errors.LimitReachedError as error:
        what = f"the PDF unpacks to more than the limits allow ({error})"
        raise refused(where, what, "If it is a report, print it to PDF anew") from None
    except Exception as error:  # a damaged PDF can fail anywhere in the parser
        if b"/Encrypt" in data and isinstance(error, pypdf.errors.DependencyError | NotImplementedError):
            what = f"the PDF is encrypted ({shorten(str(error), 100)})"
            raise refused(where, what, OPENED) from None
        what = f"the PDF is damaged ({type(error).__name__}: {shorten(str(error), 100)})"
        raise refused(where, what, "Print it to PDF anew") from None
    _check_text_layer(pages, where)
    bare = [str(i) for i, page in enumerate(pages, 1) if not page.strip()]
    decided_by = "character maps of the fonts" + ("; no text on pages " + ", ".join(bare) if bare else "")
    return _pdf_blocks(pages), "", decided_by


def _pdf_limits(limits):
    names = ("zlib", "lzw", "run_length", "array_based_stream")
    return {f"{name}_maximum_output_length": limits.unpacked for name in names}


def _pages(reader, where, limits):
    if reader.is_encrypted and not reader.decrypt(""):
        raise refused(where, "the PDF is encrypted", OPENED)
    if len(reader.pages) > limits.pages:
        raise refused(where, f"{len(reader.pages):,} pages, limit {limits.pages:,}", "Raise limits.pages")
    pages, length = [], 0
    for page in reader.pages:
        pages.append(_text_of(page))
        length += len(pages[-1])
        check_characters(length, where, limits)
    return pages


def _text_of(page):
    """Return the text of a page; small digits behind larger ones are raised, no digits of the same number."""
    pieces, shown = [], [("", 0.0)]
    text = page.extract_text(
        visitor_text=lambda piece, cm, tm, _, size: pieces.append((piece, size * _scale(cm) * _scale(tm)))
    )
    for piece, size in pieces:
        before, large = shown[-1]
        if NOTE.fullmatch(piece) and before[-1:].isdecimal() and size <= 0.8 * large:
            piece = piece.translate(RAISED["superscript"])
        shown += [(piece, size)] if piece else []
    return "".join(piece for piece, _ in shown) if "".join(p for p, _ in pieces) == text else text


NOTE = re.compile(r"\d\d?")


def _scale(matrix):
    return hypot(*matrix[2:4])


def _check_text_layer(pages, where):
    whole = "".join(pages)
    letters = len(re.findall(r"[^\W\d_]", whole))
    if not letters:
        what = "the PDF has no text layer; it is scanned"
        raise refused(where, what, "Add the text with OCR and check its figures")
    if len(re.findall("[\ufffd\ue000-\uf8ff]", whole)) > letters:
        what = "the fonts of the PDF do not say which characters they draw"
        raise refused(where, what, "Use the original, or OCR")


def _pdf_blocks(pages):
    """Join the lines of a paragraph, over page ends too; running heads and page numbers stay apart."""
    split = [LINE_ENDS.sub("\n", page).split("\n") for page in pages]
    lines = [(line.rstrip(), i) for i, page in enumerate(split, 1) for line in page if line.strip()]
    lines = _parted(lines)
    furniture = _running_lines(lines, len(pages))
    widths = sorted(width(text) for text, _ in lines)
    full = 0.85 * widths[int(0.9 * (len(widths) - 1))]  # a shorter line ends its paragraph
    blocks, waiting, current = [], [], []
    for i, (text, page) in enumerate(lines):
        if i in furniture:
            waiting.append(Block(text, f"page {page}", "boilerplate"))
            continue
        above = current[-1][0] if current else ""
        if width(above) < full or STARTS.match(text) or GAP in text or GAP in above:
            blocks += [*_joined(current), *waiting]
            waiting, current = [], []
        current.append((text, page))
    return [*blocks, *_joined(current), *waiting]


GAP = "  "  # as of the cells of a row in plain text
ROW = re.compile(
    rf"(?=.*{WIDE.pattern})\s*[^\s，。；：、！？]{{1,12}}(?:\s+[^\s，。；：、！？]{{1,12}}){{2,}}\s*"
)


def _parted(lines):
    """Put the cells of lines apart that are rows of a table: such as stand beside another."""
    rows = [[], *(_cells(text) for text, _ in lines), []]
    return [
        (GAP.join(row) if row and (above or below) else text, page)
        for (text, page), above, row, below in zip(lines, rows, rows[1:], rows[2:], strict=False)
    ]


def _cells(line):
    """Return the cells of a line that may be a row: three or more, no sentence, none with its unit apart."""
    cells = line.split()
    letters = WIDE.fullmatch(cells[0])  # 团 员 3 4 名
    return cells if ROW.fullmatch(line) and not letters and not FIGURE.search(line) else []


def _running_lines(lines, pages):
    """Return which lines are page numbers, or stand first or last on at least three pages."""
    numbers = [0, *(page for _, page in lines), 0]
    edges = [i for i in range(len(lines)) if len(set(numbers[i : i + 3])) > 1]
    edges = [i for i in edges if len(lines[i][0]) <= 40 and not FIGURE.search(lines[i][0])]
    masked = {i: re.sub(r"\d+", "0", lines[i][0].strip()) for i in edges}
    often = Counter(masked.values())
    return {
        i for i, text in masked.items() if often[text] >= 3 or (pages > 1 and PAGE_NUMBER.fullmatch(text))
    }


PAGE_NUMBER = re.compile(r"\W*(?:第\s*)?0(?:\s*页)?(?:\W*(?:共\s*)?0\s*页?)?\W*")


def _joined(lines):
    """Return the lines as one block, in a list."""
    if not lines:
        return []
    first, last = lines[0][1], lines[-1][1]
    place = f"page {first}" if first == last else f"pages {first}-{last}"
    return [Block(joined([line for line, _ in lines]), place)]

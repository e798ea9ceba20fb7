"""What every format is read into: paragraphs, within limits, or a refusal with the reason."""

import re
from dataclasses import dataclass

from .schema import DataError


class ReportError(DataError):
    """A report that cannot be read: which file, why, and what to do (`parts`)."""

    parts = ()


@dataclass(frozen=True)
class Limits:
    """What a report may cost; whatever needs more is refused.

    Parameters
    ----------
    bytes : int
        Size of the file.
    unpacked : int
        Bytes that one part of a DOCX or one stream of a PDF may unpack to.
    ratio : float
        Unpacked size over packed size of a part of a DOCX larger than a megabyte (Word stays below 100).
    members : int
        Files in a DOCX.
    nesting : int
        Depth of open elements in HTML and DOCX.
    attributes : int
        Attributes of one HTML tag.
    elements : int
        Block elements of an HTML page.
    pages : int
        Pages of a PDF.
    paragraphs : int
        Paragraphs, empty ones of a DOCX included.
    characters : int
        Length of the text.
    seconds : float
        Time for parsing an HTML page, a DOCX or a PDF.
    """

    bytes: int = 50_000_000
    unpacked: int = 50_000_000
    ratio: float = 200
    members: int = 5_000
    nesting: int = 250
    attributes: int = 1_000
    elements: int = 200_000
    pages: int = 2_000
    paragraphs: int = 200_000
    characters: int = 20_000_000
    seconds: float = 30


ROLES = ("heading", "body", "table", "boilerplate")
DEFAULT = Limits()


def refused(where, what, remedy):
    """Make the error that says which file, why, and what to do."""
    error = ReportError(f"{where}: {what}. {remedy}.")
    error.parts = where, what, remedy
    return error


@dataclass
class Block:
    """A paragraph on its way into a Document."""

    text: str
    place: str
    role: str = "body"
    row: tuple | None = None  # (table, row)
    cell: int = 0
    linked: int = 0  # characters inside links


WIDE = re.compile("[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\u2018-\u201d\u2026]")
_WIDE_RUN = re.compile(f"{WIDE.pattern}+")
RAISED = {  # set as digits, the mark of a note or a power would run into the number before it: 1100¹
    "superscript": str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹"),
    "subscript": str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉"),
}
LINE_ENDS = re.compile("[\r\x0b\x0c\x85\u2028\u2029](?:(?<=\r)\n)?")


STARTS = re.compile(
    r"\s*(?:第?[一二三四五六七八九十百]{1,4}[、章节]|[（(][一二三四五六七八九十\d]{1,3}[)）]|\d{1,2}[、.．]\s*\D|[①-⑳])"
)
_BROKEN = re.compile(r"\d(?:[.,]?\n\d|\n[.,]\d)")
_YEAR = re.compile(r"(?:19|20)\d\d ?年")  # after a number, it begins a line of a list
_CLOSED = re.compile(r"[。！？；：!?;:]\s*$")
_APART = re.compile(r"[\t|｜│]|\S[ \u3000\xa0]{2}")  # cells


def text_blocks(text, where, limits):
    """Return the paragraphs of a plain text: its lines that are not blank, those of equal width joined."""
    return _unwrapped(_lines(text, where, limits))


def _unwrapped(blocks):
    """Join lines that an editor broke at one width, in the middle of sentences and of numbers."""
    full = max((_full_lines(blocks, size, least) for size, least in ((width, 40), (len, 20))), key=len)
    groups = []
    for i, block in enumerate(blocks):
        begins = block.text[0].isspace() or STARTS.match(block.text) or _APART.search(block.text)
        begins = begins or (i and blocks[i - 1].text.rstrip()[-1:].isdecimal() and _YEAR.match(block.text))
        if i - 1 in full and not begins and _number(block) == _number(blocks[i - 1]) + 1:
            groups[-1].append(block)
        else:
            groups.append([block])
    return [_one(group) if len(group) > 1 else group[0] for group in groups]


def _full_lines(blocks, size, least):
    """Return which lines go to the end, if most long ones do and most of these end in no sentence's end."""
    sizes = [size(b.text.rstrip()) for b in blocks]
    most = max(sizes, default=0)
    full = {i for i, n in enumerate(sizes) if n > most - 4 and WIDE.search(blocks[i].text)}
    full -= {i for i in full if _APART.search(blocks[i].text)}
    long = sum(2 * n >= most for n in sizes)
    open_ = sum(not _CLOSED.search(blocks[i].text) for i in full)
    listed = len(full) == len(blocks)  # no paragraph ends short of the width
    broken = (
        most >= least and len(full) >= 4 and 2 * len(full) >= long and 2 * open_ > len(full) and not listed
    )
    return full if broken else set()


def _one(group):
    return Block(joined([b.text for b in group]), f"lines {_number(group[0])}-{_number(group[-1])}")


def _number(block):
    return int(block.place.removeprefix("line "))


def joined(lines):
    """Put the lines of a paragraph together; a blank parts words, no Chinese, and no halves of a number."""
    parts = [lines[0]]
    for line in lines[1:]:
        line = line.strip()
        parts[-1] = parts[-1].rstrip()
        parts += [line] if _is_seamless(parts[-1], line) else [" ", line]
    return "".join(parts)


def _is_seamless(line, after):
    """Tell whether no blank parts two lines: a number that begins where one ended is its other half."""
    if WIDE.search(line) and WIDE.search(after) and _BROKEN.search(f"{line[-2:]}\n{after[:2]}"):
        return True
    return not (line[-1].isascii() and after[0].isascii())


def width(text):
    """Return how wide a text is drawn, a Chinese character being two wide."""
    return len(text) + sum(map(len, _WIDE_RUN.findall(text)))


def _lines(text, where, limits):
    check_characters(len(text), where, limits)
    text, line, last, blocks = LINE_ENDS.sub("\n", text), 1, 0, []
    for found in re.finditer(r"[^\n]+", text):
        line += text.count("\n", last, found.start())
        last = found.start()
        if not found[0].isspace():
            blocks.append(Block(found[0], f"line {line}"))
            check_paragraphs(len(blocks), where, limits)
    return blocks


def check_paragraphs(count, where, limits):
    """Refuse more paragraphs than the limits allow."""
    if count > limits.paragraphs:
        what = f"more than {limits.paragraphs:,} paragraphs"
        raise refused(where, what, "Raise limits.paragraphs")


def check_characters(count, where, limits):
    """Refuse more text than the limits allow."""
    if count > limits.characters:
        what = f"more than {limits.characters:,} characters"
        raise refused(where, what, "Raise limits.characters")


def merge_rows(blocks, layout, widths):
    """Join the cells of a table row with " | "; leave tables alone that only lay out a page.

    `widths` are the last cells of rows, where these may be empty or reach down from a row above.
    """
    rows = {}
    for block in blocks:
        if block.row and block.row not in layout:
            rows.setdefault(block.row, {}).setdefault(block.cell, []).append(block)
    rows = {key: cells for key, cells in rows.items() if not _is_layout(cells)}
    merged, done = [], set()
    for block in blocks:
        if block.row not in rows:
            merged.append(block)
        elif block.row not in done:
            done.add(block.row)
            merged.append(_merged(rows[block.row], widths.get(block.row, 0)))
    return merged


def _is_layout(cells):
    """Tell whether a row has one cell, or a cell with more text than a table of figures has."""
    texts = [[b.text for b in blocks if b.text.strip()] for blocks in cells.values()]
    lengths = [(len(t), sum(map(len, t))) for t in texts]
    return max(cells) < 2 or any(n > 400 or (n > 100 and several > 1) for several, n in lengths)


_TWO_NUMBERS = re.compile(r"(?<=\d)\s*\n\s*(?=\d)")  # lines of one cell, that a blank would make 120 850


def _merged(cells, width):
    width = max(width, *cells)
    texts = ("\n".join(b.text for b in cells.get(i, [])) for i in range(1, width + 1))
    blocks = [b for part in cells.values() for b in part]
    role = "boilerplate" if all(b.role == "boilerplate" for b in blocks) else "table"
    text = " | ".join(" ".join(_TWO_NUMBERS.sub("；", LINE_ENDS.sub("\n", t)).split()) for t in texts)
    text = text if text.strip(" |") else ""
    return Block(text, blocks[0].place, role, linked=sum(b.linked for b in blocks))


def shorten(text, length):
    """Cut a text for a message."""
    return text if len(text) <= length else text[: length - 1] + "…"

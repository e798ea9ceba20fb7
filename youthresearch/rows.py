"""Lines of text that are rows of a table: cells apart by bars, by tabs, or by two or more blanks.

Or by one, where a line of headers with their units says so: 指标 年末数(万人) 比重(%).

This is the one place that says what a table in plain text is: `documents` marks its lines, `tables` reads
them. The text may be folded or not.
"""

import re
from collections import Counter
from itertools import pairwise
from typing import NamedTuple

WIDEST = 60  # cells
LONGEST = 1_000  # characters of a row
LABEL = 40  # characters of a first cell; more are a sentence
NEAR = 4  # lines from one row to the next: such lines and a drawn one stand between
SECTIONS = 2  # lines of one cell between two rows (二、机构情况)
_SIGNS = ("  ", "\t", "|", "｜", "│", "\u3000\u3000", "\u3000 ", " \u3000", "\xa0")
_BLANKS = frozenset("".join(_SIGNS))
_SIGN = re.compile("[\t|｜│]|[ \u3000\xa0]{2}")
_BAR = re.compile(r"[|｜│]")
_MARKED = re.compile(r"[|｜│\t]")  # where a cell may be empty and still be seen
_GAP = re.compile(r"[ \u3000\xa0]{2,}")
_ENDS = tuple(  # of a line of headers; two, since `re` searches for one first character at once
    re.compile(rf"{bracket}[ \u3000][^\s()（）]{{1,12}}[(（][^()（）\s]{{1,6}}[)）]\s*?(?:\n|$)")
    for bracket in (r"\)", "）")
)
_UNITED = re.compile(r" 单 ?位 \S{1,8}(?: \S)?\s*?\n")
_HEADERS = re.compile(
    r"[^\s()（）]{1,12}(?:[ \u3000][^\s()（）]{1,12}[(（][^()（）\s]{1,6}[)）]){2,12}"
    r"|\S{0,4}(?:指 ?标|项 ?目|名 ?称) 单 ?位(?: [^\s\d]{1,8}| \d{4}年?){1,12}"
)
_FIGURES = re.compile(
    r"(?=\S*[\u4e00-\u9fff])\S{1,40}(?:(?:[ \u3000][+-]?\d[\d,.]*[%％]?){2,12}"
    r"| [^\s\d]{1,6}(?: [+-]?\d[\d,.]*){1,12})"
)
_ONE = re.compile("[ \u3000]")
_RULE = re.compile(r"[\s|｜│+:=\-─━┄—┌┐└┘├┤┬┴┼]{3,}")  # a line drawn between rows
_FRAMED = re.compile(r"(?! [|｜│])\s*[|｜│]")  # bars before the first cell too, as Markdown has them
_SENTENCE = re.compile(r"[,，。;；!！?？]")
_GOES_ON = re.compile(r"[,，、。;；!！?？]$")  # what a cell before another one does not end in
_LISTED = re.compile(r"[(（]?(?:\d{1,2}|[一二三四五六七八九十]{1,3})[)）.．、]+|[①-⑳•·●■◆▲]|第.{1,3}[章节条]")
_FIGURE = re.compile(
    r"[约近超逾≥≤]?[-+−]?(?:\d{1,3}(?: \d{3})+|\d[\d,，.．]*)[%％‰余多]?[十百千万亿]*[^\W\d_]{0,3}"
)
_YEAR = re.compile(r"(?:19|20)\d\d(?: ?年[度底末]?)?")
_UNIT = re.compile(r"单\s*位\s*[:：]")
_REMARK = re.compile("备注|说明")
_LETTERS = re.compile(r"[\u4e00-\u9fff]{2}(?:[(（][^()（）]{1,6}[)）])?")
_NAME = re.compile("[\u4e00-\u9fff]{2}|(?:19|20)\\d\\d(?: ?年)?$")  # what a header has above figures
_SPACED = re.compile(r"[\u4e00-\u9fff](?:\s+[\u4e00-\u9fff])+")  # 合 计


class Cell(NamedTuple):
    """One cell: its text, without the blanks between the letters of 合 计, and where it stands."""

    text: str
    start: int
    end: int


class Line(NamedTuple):
    """A line of text: where it starts, and its text."""

    start: int
    text: str


def may_hold_rows(text):
    """Tell, at once for most texts, whether two lines near each other have what may part cells."""
    if any(ends.search(text) for ends in _ENDS) or (" 单" in text and _UNITED.search(text)):
        return True
    signs = [sign for sign in _SIGNS if sign in text]
    if not signs:
        return False
    lines = enumerate(filter(None, text.split("\n")))
    parted = [i for i, line in lines for sign in signs if sign in line and sign in line.strip()]
    return any(0 < b - a <= NEAR for a, b in pairwise(parted))


def cells_of(text, start=0):
    """Cut a line into its cells, with where they stand."""
    if _BAR.search(text):
        cells = _cut(text, _BAR, start)
        framed = _FRAMED.match(text) and not cells[-1].text
        return cells[1:-1] if framed else cells
    if "\t" in text:
        return _cut(text, re.compile("\t"), start)
    left, line = len(text) - len(text.lstrip()), text.strip()
    return _cut(line, _ONE if _HEADERS.fullmatch(line) or _FIGURES.fullmatch(line) else _GAP, start + left)


def _cut(text, sign, start):
    cells, at = [], 0
    for end, after in [*(m.span() for m in sign.finditer(text)), (len(text), 0)]:
        part = text[at:end]
        left = start + at + len(part) - len(part.lstrip())
        part = part.strip()
        word = "".join(part.split()) if _SPACED.fullmatch(part) else part
        cells.append(Cell(word, left, left + len(part)))
        at = after
    return cells


def runs_of(lines):
    """Find the tables among lines of text.

    Parameters
    ----------
    lines : list of Line or None
        Without blank lines; None where something else stands between.

    Returns
    -------
    list of dict
        Each a table: the number of a line, and its cells. A line inside a table that heads a part of it is a
        row of one cell. Two rows or more have as many cells, and somewhere there is a digit.
    """
    runs, heads, figured = [{}], {}, False  # the last run is the open one; it has a figure
    for i, line in enumerate(lines):
        run = runs[-1]
        if not run and not (line and _may_be_row(line.text)):
            continue  # prose, most of all lines
        if line and _RULE.fullmatch(line.text):
            continue
        cells = _row(line, bool(run) and _is_spaced(lines[next(iter(run))].text)) if line else None
        if cells:
            figures = _has_figure(cells)
            if figured and not figures and _begins(cells, run, heads):
                runs.append({})
                heads, figured = {}, False
            runs[-1].update(heads | {i: cells})
            heads, figured = {}, figured or figures
        elif run and line and len(heads) < SECTIONS and heads_part(line.text):
            alone = cells_of(line.text, line.start) if _MARKED.search(line.text) else []
            alone = [cell for cell in alone if cell.text]  # 二、养老机构 | | |
            heads[i] = (
                alone if len(alone) == 1 else [Cell(line.text, line.start, line.start + len(line.text))]
            )
        elif run:
            runs.append({})
            heads, figured = {}, False
    return [found for found in (_aligned(run, lines) for run in runs) if found]


def _is_spaced(text):
    """Tell a line of headers with units, one blank apart."""
    return bool(_HEADERS.fullmatch(text.strip()))


def _row(line, spaced):
    """Return the cells of a line that may be a row; None for a sentence with blanks in it or before it.

    spaced: whether one blank is enough, as in the line of headers.
    """
    start, text = line
    if len(text) > LONGEST or not _may_be_row(text):
        return None
    if not (_SIGN.search(text) or _is_spaced(text) or (spaced and _FIGURES.fullmatch(text.strip()))):
        return None
    cells = cells_of(text, start)
    filled = [cell.text for cell in cells if cell.text]
    if not 2 <= len(filled) <= len(cells) <= WIDEST:
        return None
    if len(filled[0]) > LABEL or _SENTENCE.search(filled[0]) or any(map(_GOES_ON.search, filled[:-1])):
        return None
    return None if len(filled) == 2 and _LISTED.fullmatch(filled[0]) else cells


def _may_be_row(text):
    return not _BLANKS.isdisjoint(text)


def is_figure(text):
    """Tell a cell that may be a figure: a number with at most its unit, and no year."""
    return bool(_FIGURE.fullmatch(text)) and not _YEAR.fullmatch(text)


def _has_figure(cells):
    return any(is_figure(cell.text) for cell in cells)


def heads_part(text):
    """Tell a line that may head a part of a table: short, no sentence, no unit for what follows."""
    return len(text.strip()) <= LABEL and not _SENTENCE.search(text) and not _UNIT.search(text)


def _begins(cells, run, heads):
    """Tell whether a row without figures is the header of another table than the rows before it."""
    last = run[next(reversed(run))]
    if heads or len(cells) != len(last):
        return True
    named = [
        _NAME.search(cell.text) for cell, above in zip(cells, last, strict=True) if is_figure(above.text)
    ]
    return bool(named) and all(named)


def _aligned(run, lines):
    """Give the rows of a run their columns; empty if they have none in common."""
    marked = sum(bool(_MARKED.search(lines[i].text)) for i in run) > 1
    while run:
        first = next(iter(run))
        titled = marked and not _MARKED.search(lines[first].text)  # 表3  人员情况
        if not titled and not _UNIT.search("".join(c.text for c in run[first])):
            break
        run.pop(first)  # 表一  单位:万元
    rows = {i: cells for i, cells in run.items() if len(cells) > 1}
    if not any(re.search(r"\d", c.text) for cells in rows.values() for c in cells):
        return {}
    rows = _compact(rows)
    (width, often), *_ = Counter(map(len, rows.values())).most_common(1) or [(0, 0)]
    first = next(iter(rows), None)
    header = first is not None and not _has_figure(rows[first])
    indented = header and lines[first].text[0].isspace()
    if (
        indented
        and len(rows[first]) == width - 1
        and len(rows) > 1
        and _leaves_first_free(rows, first, width)
    ):
        rows[first] = [Cell("", rows[first][0].start, rows[first][0].start), *rows[first]]
        often += 1
    if header and len(rows) > 1:  # a shorter row lacks a cell, and nobody can tell which
        width = max(width, len(rows[first]) - bool(_REMARK.fullmatch(rows[first][-1].text)))
    if often < 2:
        return {}
    known = {i for i, cells in rows.items() if len(cells) >= width or not _has_figure(cells)}
    known |= {i for i in rows if _MARKED.search(lines[i].text)} | run.keys() - rows.keys()
    if len(known & rows.keys()) < 2:
        return {}
    return {i: rows.get(i, cells) for i, cells in run.items() if i in known}


def _compact(rows):
    """Put the letters of 合  计 together."""
    joined = {i: _joined(cells) for i, cells in rows.items()}
    either = (
        len(cells) for i in rows for cells in ({len(rows[i]): rows[i], len(joined[i]): joined[i]}).values()
    )
    width = max(Counter(either).items(), key=lambda item: (item[1], item[0]))[0]
    return {i: joined[i] if len(joined[i]) == width else cells for i, cells in rows.items()}


def _joined(cells):
    """Join two cells of one character each: 合  计; the second may name a unit: 金  额(万元)."""
    joined = []
    for cell in cells:
        last = joined[-1] if joined else None
        if last and len(last.text) == 1 and _LETTERS.fullmatch(last.text + cell.text):
            joined[-1] = Cell(last.text + cell.text, last.start, cell.end)
        else:
            joined.append(cell)
    return joined


def _leaves_first_free(rows, first, width):
    """Tell whether a header with one cell too few lacks the one above the labels."""
    full = [cells for i, cells in rows.items() if i != first and len(cells) == width]
    return all(is_figure(cells[-1].text) and not is_figure(cells[0].text) for cells in full)

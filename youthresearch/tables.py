"""Figures in tables, of a document or in plain text: each read with its column's header and its row's label.

A table is read where its first row is a header (or where each row is a label and a number); what it says of
unit and date may stand in the header, in brackets, in a column of units, in the row's label, in a line that
heads a part of it, or in the caption (单位：万元). A cell that holds a sentence is left to be read as prose.
"""

import re
from decimal import Decimal
from itertools import groupby, pairwise
from math import nan
from typing import NamedTuple

from .dates import iso, time_of
from .labels import (
    MARK,
    PLACE,
    TAKEN,
    TOTAL,
    WHEN,
    YEAR,
    Said,
    headers,
    is_measure,
    merged,
    name_and_unit,
    said_of,
    unit_of,
)
from .nouns import find_above, find_sum, find_title
from .quantities import scan_folded, signed
from .rows import Cell, Line, cells_of, heads_part, may_hold_rows, runs_of
from .tokens import ends_in, is_person
from .words import units_of

_WHOLE = r"(?:\d{1,3}(?:,\d{3})+|[1-9]\d{0,2}(?: \d{3})+|\d+)"
_PLAIN = rf"{_WHOLE}(?:\.\d+)?"
_NUMBER = re.compile(rf"[-+]?{_WHOLE}(\.\d+)?")
_DIALLED = re.compile(r"0\d+|1[3-9]\d{9}")  # telephones, codes
_RANGE = re.compile(rf"(?P<least>{_PLAIN})(?:-|–|—{{1,2}}|~|至)(?P<most>{_PLAIN})")
_NOTE = re.compile(r"(?<=[\d%])(?:(?<!\b10)[¹²³⁴⁵⁶⁷⁸⁹]+|[①-⑳]|\[\d\d?\]|\(?注[\d①-⑳一二三四五六七八九]?\)?)$")
_PART = re.compile(
    rf"([^()]+)\((?!注)(?:其中|含)?[:,]?([\u4e00-\u9fff]{{1,8}}?):?({_PLAIN}[\u4e00-\u9fff]?)\)"
)
_PARTED = re.compile(r"\d \d")
_TWO = re.compile(
    r"[\u4e00-\u9fff]{2,}(?:\([^()]*\))? [\u4e00-\u9fff]{2}.*|男[ 、/]?女.*"
)  # two headers in one
_CAPTION_UNIT = re.compile(r"(?:计量)?单位 ?: ?([^\s,;)|]{1,12})")
_OF_WHICH = re.compile("其中|[内含][:、]")
_ALL = re.compile("(?:合|总|共)计|全[\u4e00-\u9fff]")
_ALLOTTED = re.compile(r"(?:名额|任务|计划|指标)(?:分配|分解|下达)[^,。;:\n]{0,6}(?:\n|$)")
_TASK = re.compile(  # what is to be done, of how many
    r"(?:[\u4e00-\u9fff]{2}){1,2}\d+(?P<unit>[\u4e00-\u9fff])(?P<noun>[^\d,。;:的年月日岁]{2,20})"
)
_PAID = re.compile(  # 按月发放津贴:
    r"[每按]个?(月|年|学年|学期|季度)[^,。;:\d]{0,10}(?:津贴|补[贴助]|工资|标准)[^,。;:\d]{0,6}:?$"
)


_EACH = re.compile("每([百千万](?:名学生|户|人|[常住户籍]{0,4}人口))")
_PERSONS = re.compile("人数(?:统计|情况|一览|明细)?(?:如下)?表?:?$")


class Column(NamedTuple):
    """What a column holds, and what its header says.

    sort: label, text, place, when, unit, number; order and code of numbers that are no figures; score of what
    an action is worth.
    """

    sort: str
    said: Said = Said()


class Table(NamedTuple):
    """What holds for a whole table: its columns, the lines above it, date and the document's date.

    unit: of its figures; units: several, where the caption names them (所、万人); paid: when money is; each:
    of how many it says to be (百户); counts: the unit where nothing says another; status: where the caption
    tells it (名额分配表); part: the last line that heads a part (专任教师).
    """

    columns: list
    caption: list
    unit: tuple
    units: list
    paid: str
    each: str
    counts: str
    status: str
    date: str
    document: str
    part: Cell | None = None


def read_tables(lines, folded, document):
    """Read the figures of every table that can be read.

    Parameters
    ----------
    lines : list of tuple
        (start, end, role, place) of each paragraph, as of a `Document`; or as from `lines_of`.
    folded : str
        The text, folded.
    document : str
        ISO date of the document.

    Returns
    -------
    figures : list of dict
        One for each figure, with what `extract` needs to propose it.
    spans : list of tuple
        (start, end) of what was read.
    folded : str
        The text, with each cell that holds a sentence on a line of its own.
    """
    figures, spans, ends = [], [], []
    for rows, caption in _tables(lines, folded):
        found, read, cuts = _read_table(rows, caption, document)
        figures += found
        spans += read
        ends += cuts
    folded = _parted(folded, sorted(ends))
    spans = [(folded.rfind("\n", 0, start) + 1, end) for start, end in sorted(spans)]
    return sorted(figures, key=lambda f: f["start"]), spans, folded


def lines_of(folded):
    """Return the lines of a text that is no `Document`, as its paragraphs; none where no line has cells."""
    if not may_hold_rows(folded):
        return []
    lines, start = [], 0
    for line in folded.split("\n"):
        if line and not line.isspace():
            lines.append((start, start + len(line.rstrip()), "body", ""))
        start += len(line) + 1
    return lines


def _parted(folded, gaps):
    """Put the end of a line into the gaps between some cells."""
    parts, at = [], 0
    for start, end in gaps:
        if at <= start < end:
            parts += [folded[at:start], " " * (end - start - 1), "\n"]
            at = end
    return "".join([*parts, folded[at:]]) if parts else folded


def _tables(lines, folded):
    """Gather the rows of each table, as lists of cells, with what stands in the two lines before it."""
    tables, plain, last = {}, [], -1
    for start, end, role, place in lines:
        name, row, _ = place.rpartition(", row") if place else ("", "", "")
        line = Line(start, folded[start:end])
        if row and name in tables and role in ("body", "heading") and heads_part(line.text):
            tables[name][0].append([Cell(line.text, start, end)])
        elif row and role == "table":
            if name not in tables:
                tables[name] = [], _caption(plain[-2:])
            tables[name][0].append(cells_of(line.text, start))
            plain += [None, None]  # no caption of the next table
        else:
            plain.append(line if role != "boilerplate" else None)
    for run in runs_of(plain) if may_hold_rows(folded) else []:
        first = min(run)
        tables[first] = list(run.values()), _caption(plain[max(last + 1, first - 2) : first])
        last = max(run)
    return tables.values()


def _caption(lines):
    """Keep short lines, and of a long one that announces the table, its last sentence."""
    caption = []
    for line in filter(None, lines):
        cut = line.text.rfind("。") + 1 if len(line.text) >= 60 and line.text.endswith(":") else 0
        if len(line.text) - cut < 60:
            caption.append(Line(line.start + cut, line.text[cut:]))
    return caption


def _read_table(rows, caption, document):
    """Read one table, as (figures, spans of what was read, gaps before and after cells that hold a sentence).

    Nothing is read where it has no header.
    """
    while rows and _is_title(*rows[:2]):
        caption, rows = [*caption, *(Line(c.start, c.text) for c in rows[0])], rows[1:]
    columns, body = _columns(rows, document)
    sorts = {c.sort for c in columns}
    if "score" in sorts:
        return [], [(r[0].start, r[-1].end) for r in rows], []  # what actions are worth, no record of them
    if not columns or columns[0].sort == "number" or sorts.isdisjoint(("number", "code")):
        headed = not columns and rows and _is_header(rows[0])  # it may yet be told whose figures they are
        return [], [] if headed else _bare(rows), _gaps(rows, [])
    figures, read, others = _read_rows(body, _table(columns, caption, document))
    if not figures and "code" not in sorts:
        return [], _bare(rows), _gaps(rows, [])
    spans = [(r[0].start, r[-1].end) for r in rows if r[0].start < body[0][0].start]
    spans += [span for row in read for span in _read_spans(row, columns)]
    return figures, spans, _gaps(read, columns) + _gaps(others, [])


def _is_title(row, below=()):
    """Tell whether a row is no header: one cell, or a title with the date or unit of what is below."""
    if sum(bool(c.text) for c in row) == 1:
        return True
    last = row[-1].text.replace(" ", "")
    return len(row) == 2 < len(below) and bool(WHEN.fullmatch(last) or _CAPTION_UNIT.match(last))


def _bare(rows):
    """Return where the cells stand that hold a number alone (120, 3-2), of which nothing says what it is."""
    cells = (pair for row in rows for pair in pairwise([*row, Cell("", 0, 0)]))
    alone = ((c, after) for c, after in cells if _NUMBER.fullmatch(c.text) or _RANGE.fullmatch(c.text))
    return [(c.start, c.end) for c, after in alone if not unit_of(after.text[:1])[0]]


def _table(columns, caption, document):
    text = "\n".join(line.text for line in caption)
    unit, year, paid = _CAPTION_UNIT.search(text), re.search(r"(?:19|20)\d\d年", text), _PAID.search(text)
    each = _EACH.search(text)
    units = [found for name in unit[1].split("、") if (found := unit_of(name))[0]] if unit else []
    if not unit and caption and caption[-1].text.endswith(")"):  # 收入情况(万元)
        units = [name_and_unit(caption[-1].text)[1:]]
    return Table(
        columns,
        caption,
        units[0] if len(units) == 1 else ("", 1),
        units if len(units) > 1 else [],
        paid[1] if paid else "",
        each[1] if each else "",
        "人" if caption and _PERSONS.search(caption[-1].text) else "",
        "planned" if _ALLOTTED.search(text) else "",
        iso(year[0]) if year else document,
        document,
    )


def _one_of(units, said, fraction):
    """Choose of several units of a table that of a figure, as its noun and a fraction of it allow."""
    if said.kind not in ("level", "mean") or (said.implied and said.implied not in dict(units)):
        return "", 1  # a share, or what brings its own
    person = said.implied == "人" or is_person(said.noun) or said.noun.endswith("生")
    fit = [u for u in units if (u[0] in units_of("person")) == person] or units
    if len(fit) > 1:  # 万张、张: thousands of them, and so many to each
        fit = [u for u in fit if (u[1] > 1) == (not said.per)]
    if fraction and not said.per and any(factor > 1 for _, factor in units):
        fit = [u for u in units if u[1] > 1]
    return fit[0] if len(fit) == 1 else ("", 1)


def _read_rows(body, table):
    """Return the figures of the rows below the header, the rows that were read, and those that were not."""
    figures, read, others, above, whole, joined = [], [], [], table.unit, None, {}
    for row in body:
        if len(row) == 1 or _heads_part(row, table.columns):
            dated = WHEN.fullmatch(row[0].text) and time_of(row[0].text, table.document)
            _, *unit = name_and_unit(row[0].text)  # 二、优抚安置(万人)
            table = table._replace(date=dated or table.date, unit=tuple(unit) if unit[0] else above)
            table = table._replace(part=row[0])
            read += [row] * (len(row) > 1)
        elif _agrees(row, table.columns):
            part = any(_OF_WHICH.match(cell.text) for cell in row)
            filled = _filled(row, joined, table.columns)
            figures += _read_row(filled, _in_unit_of(whole, table) if part and whole else table)
            whole = whole if part else row
            read.append(row)
        else:
            others.append(row)
    return figures, read, others


def _heads_part(row, columns):
    """Tell whether a row is a label without any figure beside it (二、养老机构 | | |)."""
    return columns[0].sort == "label" and bool(row[0].text) and not any(c.text for c in row[1:])


def _filled(row, joined, columns):
    """Give a row the place and the time that one cell of a row above holds for it too (kept in `joined`)."""
    if any(_ALL.fullmatch(cell.text) for cell in row):  # of all places
        return row
    heads = [i for i, c in enumerate(columns[: len(row)]) if c.sort in ("place", "when")]
    joined |= {i: row[i] for i in heads if row[i].text}
    return [joined.get(i, cell) if i in heads else cell for i, cell in enumerate(row)]


def _in_unit_of(whole, table):
    """Give a table the unit that a row names, for the rows of its parts that name none (其中:女性)."""
    said, _ = _row_says(_by_sort(whole, table.columns), table.document)
    return table._replace(unit=(said.unit, said.factor)) if said.unit else table


def _read_spans(row, columns):
    """Return the stretches of a row between the cells that hold a sentence."""
    alone = _sentences(row, columns)
    together = groupby(row, lambda cell: cell in alone)
    stretches = [list(cells) for apart, cells in together if not apart]
    return [(cells[0].start, cells[-1].end) for cells in stretches]


def _gaps(rows, columns):
    """Return the gaps that part cells that hold a sentence from their neighbours."""
    gaps = []
    for row in rows:
        alone = _sentences(row, columns)
        gaps += [(a.end, b.start) for a, b in pairwise(row) if a in alone or b in alone]
    return gaps


def _sentences(row, columns):
    """Return the cells of a row that hold a sentence with a quantity, in no column that is read."""
    read = {i for i, c in enumerate(columns) if c.sort not in ("label", "text", "number")}
    return {cell for i, cell in enumerate(row) if i not in read and _is_sentence(cell.text)}


def _is_sentence(text):
    return not _is_number(text) and any(m["sort"] == "quantity" for m in scan_folded(text))


def _columns(rows, document):
    """Say what each column holds, and which rows are below the header."""
    full = [r for r in rows if len(r) > 1]
    if _is_listed(full):
        turns = [r[i : i + 2] for r in rows for i in range(0, len(r), 2)]
        return [Column("label"), Column("number")], turns
    if _are_answers(full):
        return [Column("label"), Column("number"), Column("number")], rows
    if _are_measured(full):
        return [Column("label"), Column("unit"), Column("number")], rows
    if _is_labelled(full):
        firsts = [r[0].text for r in full if r[0].text]
        first = "order" if all(map(_is_number, firsts)) else "text"
        first = "place" if all(map(PLACE.fullmatch, firsts)) else first
        return [Column(first), Column("label"), Column("number")], rows
    if len(full) < 2 or not _is_header(full[0]):
        return [], []
    header, below = full[0], full[1:]
    second = _second(header, below)
    if second is None:
        return [], []
    tops, header = second or ([None] * len(header), header)
    body = rows[rows.index(full[bool(second)]) + 1 :]
    half = len(header) // 2
    if half > 1 and [c.text for c in header[:half]] == [c.text for c in header[half:]]:  # 收入 beside 支出
        tops, header = [None] * half, header[:half]
        body = [r[i : i + half] for r in body for i in range(0, len(r), half)]
    filled = [[r[i].text for r in body if i < len(r) > 1 and r[i].text] for i in range(len(header))]
    parts = zip(header, tops, filled, strict=True)
    columns = [_column(c, top, texts, document) for c, top, texts in parts]
    if _is_on_its_side(columns, header, filled):
        columns[0] = Column("label")
    if any(c.sort == "number" and not (h.text or t) for h, t, c in zip(header, tops, columns, strict=True)):
        return [], []  # what its numbers are is not known
    columns = _one_label(_in_one_sum(columns), [len(set(texts)) for texts in filled], len(body))
    return _placed(columns, header), body


def _is_header(row):
    return not any(_is_number(c.text) and not YEAR.fullmatch(c.text) for c in row)


def _one_label(columns, different, rows):
    """Keep the first column of labels that differ in every row, or else the first; the others are text.

    So are all that stand after what is counted in places: they are remarks.
    """
    sorts = [c.sort for c in columns]
    ends = sorts.index("number") if "place" in sorts and "number" in sorts else len(sorts)
    labels = [i for i, sort in enumerate(sorts[:ends]) if sort == "label"]
    kept = next((i for i in labels if different[i] == rows), labels[0] if labels else None)
    return [c._replace(sort="text") if c.sort == "label" and i != kept else c for i, c in enumerate(columns)]


def _is_listed(rows):
    """Tell a table without header, of labels and numbers in turn."""
    width = max(map(len, rows), default=0)
    if not rows or any(len(r) % 2 for r in rows) or YEAR.fullmatch(rows[0][1].text):
        return False
    turns = [(r[i].text, r[i + 1].text) for r in rows for i in range(0, len(r), 2)]
    if any(_is_number(label) for label, _ in turns):
        return False
    numbers = [text for _, text in turns if _is_number(text)]
    pure = len(numbers) == len(turns)
    told = any(not _is_number(t) and re.search(r"\w", t) for _, t in turns[1:])
    mixed = width == 2 and told and not _headed(rows)
    return bool(numbers) and (pure or mixed) and not _is_contents(turns)


def _are_answers(rows):
    """Tell a table without header, of labels, how many there are, and which share that is (同意 | 9 | 6%)."""
    return len(rows) > 1 and all(
        len(r) == 3 and not _is_number(r[0].text) and _NUMBER.fullmatch(r[1].text) and r[2].text[-1:] == "%"
        for r in rows
    )


def _are_measured(rows):
    """Tell a table without header, of labels, units and figures (农村低保户数 | 户 | 27400)."""
    return len(rows) > 1 and all(
        len(r) == 3 and not _is_number(r[0].text) and unit_of(r[1].text)[0] and _NUMBER.fullmatch(r[2].text)
        for r in rows
    )


def _is_labelled(rows):
    """Tell a table of three columns without header: what may hold for several rows, label, figure."""
    if len(rows) < 2 or {len(r) for r in rows} != {3} or not all(r[1].text for r in rows):
        return False
    labels = [r[1].text for r in rows]
    return (
        all(_is_number(r[2].text) and not _NUMBER.fullmatch(r[2].text) for r in rows)
        and not any(_is_number(text) or PLACE.fullmatch(text) for text in labels)
        and bool(rows[0][0].text)
    )


def _headed(rows):
    """Tell whether the first row of two cells is a header: its second says that numbers follow."""
    name, unit, _ = name_and_unit(rows[0][1].text)
    return bool(unit or YEAR.fullmatch(name) or name.endswith(tuple("数率额量值度")) or is_measure(name))


def _is_contents(turns):
    """Tell a table of contents: numbered headings, and pages that go up."""
    pages = [text for _, text in turns]
    if len(pages) < 2 or not all(p.isdecimal() for p in pages) or not all(MARK.match(t)[0] for t, _ in turns):
        return False
    return all(int(a) <= int(b) for a, b in pairwise(pages))


def _second(header, below):
    """Read the second line of a header: (cells above, cells below), or nothing if there is none.

    None where it cannot be told which cell of the first stands above which of the second.
    """
    sub, width = below[0], max(map(len, [header, *below]))
    if not _is_header(sub) or len(below) < 2:
        return []
    if all(unit_of(c.text.strip("()"))[0] for c in sub if c.text):
        return _padded(header, width), _padded(sub, width, left=len(sub) < len(header))
    header, sub = _padded(header, width), _padded(sub, width)
    return _grouped(header, sub) if not all(c.text for c in header[1:]) else []


def _grouped(header, sub):
    """Read a header whose cells stand above several of a second line, the same under each of them."""
    groups, tops = [], []
    for top, cell in zip(header, sub, strict=True):
        if not cell.text:
            tops.append(None)
            continue
        if top.text or not groups:
            groups.append((top, []))
        groups[-1][1].append(cell.text)
        tops.append(groups[-1][0] if groups[-1][0].text else None)
    if len({tuple(names) for top, names in groups if top.text}) > 1:
        return None
    return tops, [c if c.text else top for top, c in zip(header, sub, strict=True)]


def _padded(row, width, left=False):
    missing = [Cell("", row[-1].end, row[-1].end)] * (width - len(row))
    return missing + row if left else row + missing


def _agrees(row, columns):
    """Tell whether a row has no cell beyond the columns, and no number in those of labels."""
    if any(cell.text for cell in row[len(columns) :]):
        return False
    return all(c.sort != "label" or not _is_number(cell.text) for cell, c in zip(row, columns, strict=False))


def _in_one_sum(columns):
    """Give sums whose header names no unit that of the other sums, if all have one (收入(万元), 结余)."""
    units = {(c.said.unit, c.said.factor) for c in columns if c.said.unit == "元"}
    if len(units) != 1:
        return columns
    unit, factor = units.pop()
    return [c._replace(said=c.said._replace(unit=unit, factor=factor)) if _is_sum(c) else c for c in columns]


def _is_sum(column):
    said = column.said
    money = ends_in(said.noun, "money") or said.noun.endswith(("结余", "结转"))
    return money and column.sort == "number" and said.kind == "level" and not said.unit


def _is_on_its_side(columns, header, filled):
    """Tell a table whose years are columns; its first header is of them, not of the labels below (年份)."""
    return (
        columns[0].sort == "when"
        and all(YEAR.fullmatch(cell.text) for cell in header[1:])
        and not any(map(WHEN.fullmatch, filled[0]))
    )


def _column(header, top, filled, document):
    """Say what a column holds, by its header, what stands above that, and what its cells are filled with."""
    said = said_of(header, document)
    if top:
        said = merged(said, said_of(top, document))
    name, is_, numbers = name_and_unit(header.text)[0], headers(), any(map(_is_number, filled))
    if is_["order"].fullmatch(name) or (numbers and is_["group"].fullmatch(name)):
        return Column("order")
    if filled and (all if not is_["place"].fullmatch(name) else any)(unit_of(t)[0] for t in filled):
        return Column("unit")
    if is_["score"].fullmatch(name):
        return Column("score")
    if is_["when"].fullmatch(name) or (
        len(filled) > 1 and not said.unit and all(map(YEAR.fullmatch, filled))
    ):
        return Column("when")
    days = is_["dated"].fullmatch(name) and all(map(WHEN.fullmatch, filter(_is_number, filled)))
    pairs = _TWO.fullmatch(header.text) and any(map(_PARTED.search, filled))  # 班级 人数: 3 120
    if is_["code"].fullmatch(name) or (numbers and (days or pairs)):
        return Column("code")  # 入团时间: 2019.05
    if not numbers:
        places = filled and all(PLACE.fullmatch(t) for t in filled if not TOTAL.fullmatch(t))
        return Column("place" if places or is_["place"].fullmatch(name) else "label")
    return Column("number", said)


def _placed(columns, header):
    """Take headers that name places for what their columns are of: the labels then say what is counted."""
    numbers = [i for i, c in enumerate(columns) if c.sort == "number" and not TOTAL.search(header[i].text)]
    if len(numbers) < 2 or not all(PLACE.fullmatch(header[i].text) for i in numbers):
        return columns
    places = {i: Said(place=header[i].text) for i in numbers}
    return [c._replace(said=places.get(i, c.said)) for i, c in enumerate(columns)]


def _read_row(row, table):
    """Read the figures of one row; what its label does not name is its scope."""
    by = _by_sort(row, table.columns)
    label = by.get("label")
    if label and headers()["code"].fullmatch(name_and_unit(label.text.rstrip(":"))[0]):
        return
    said, date = _row_says(by, table.document)
    head = by.get("place") or label
    places = [cell.text for cell, c in zip(row, table.columns, strict=False) if c.sort == "place"]
    name = " ".join(filter(None, places)) or (said.noun if said.own else "")
    persons = _persons_above(said, table)
    if persons:
        said = said._replace(own=False, implied="人")
    elif table.part and label and (part := _of_part(said, table)):
        said, name = part, ""
    for cell, column in zip(row, table.columns, strict=False):
        whole, noun, part = _whole_and_part(cell)
        value = _value(whole) if column.sort == "number" else None
        if value:
            both = _both_say(column.said, said, persons or head, table)
            counted = head and both.span and head.start <= both.span[0] < head.end
            both = both._replace(status=both.status or table.status)
            if table.paid and not both.per:
                both = both._replace(per=table.paid if "元" in (value[1], table.unit[0]) else "")
            if table.each and both.kind == "level" and not both.per:
                both = both._replace(per=table.each)
            units = [(s.unit, s.factor) for s in (column.said, said)] + [table.unit, (both.implied, 1)]
            units.append((table.counts if both.kind == "level" else "", 1))
            if table.units:
                units.insert(2, _one_of(table.units, both, value[2] < 1))
            unit = next((u for u in units if u[0]), units[-1])
            place = both.place if counted else name or both.place
            at = column.said.at or date or table.date
            yield _figure(whole, value, both, unit, at, place)
            value = _value(part) if part else None
            if value:
                yield _figure(part, value, both._replace(span=noun), unit, at, place) | {"whole": whole.start}


def _persons_above(said, table):
    """Return the line above a row whose label only says where the persons are that it names (小学)."""
    where = (
        ends_in(said.noun, "organisation") and not said.unit and table.unit[0] in {"", *units_of("person")}
    )
    return table.part if where and table.part and is_person(table.part.text) else None


def _of_part(said, table):
    """Give a row that says no more than how many the noun of the line above it (养老机构: 机构数)."""
    part = said_of(table.part, table.document)
    same = said.noun and part.noun.endswith(said.noun) and part.noun != said.noun
    told = part.own and (same or not said.own)
    return said._replace(noun=part.noun, span=part.span, own=True) if told else None


def _by_sort(row, columns):
    """Return the first cell of each sort of columns, where it is not empty."""
    by = {}
    for cell, column in zip(row, columns, strict=False):
        if cell.text:
            by.setdefault(column.sort, cell)
    return by


def _row_says(by, document):
    """Return what the label of a row says, with the unit beside it, and the date of the row."""
    label, when = by.get("label"), by.get("when")
    said = _task_says(label) or said_of(label, document) if label else Said()
    dated = label is not None and bool(WHEN.fullmatch(label.text))  # 2021年 is no noun
    if dated:
        said = Said(unit=said.unit, factor=said.factor, at=said.at)
    if "unit" in by:
        unit, factor = unit_of(by["unit"].text)
        said = said._replace(unit=unit, factor=factor)
    return said, time_of((when or label).text, document) if when or dated else said.at


def _task_says(label):
    """Return what a label says that is a task with its own number (新增60张养老床位): unit and noun."""
    task = _TASK.fullmatch(label.text)
    read = task and unit_of(task["unit"])[0]
    if not read or len(label.text) != label.end - label.start:
        return None
    return Said(task["noun"], (label.start + task.start("noun"), label.end), own=True, unit=read)


def _both_say(column, row, head, table):
    """Join what a column's header and a row's label say.

    Where the header does not name what is counted, the label does; whom 人数 counts, and what sum a total is
    of, a line above may, too, as may the title where no label does.
    """
    both = merged(column, row._replace(status="" if row.own else row.status))
    if column.own or TAKEN.fullmatch(column.noun):
        return both
    if both.implied == "人" and (column.implied or not row.own or is_person(row.noun)):
        lines = [*([head] if head else []), *reversed(table.caption)]
        found = (find_above(line.text, line.start, "人") for line in lines)
    else:
        lines = reversed(table.caption) if head and TOTAL.fullmatch(head.text) else []
        found = (find_sum(line.text, line.start) for line in lines)
    above = next(filter(None, found), None)
    named = None if head or TOTAL.fullmatch(both.noun) else both.span  # 年度 | 收入(万元)
    return both._replace(span=above or row.span or named or _title_says(table))


def _title_says(table):
    """Find what the title of a table names (就业率对比表)."""
    titles = (line for line in reversed(table.caption) if not _CAPTION_UNIT.search(line.text))
    line = next(titles, None)
    span = find_title(line.text, line.start) if line else None
    cell = Cell(line.text[span[0] - line.start : span[1] - line.start], *span) if span else None
    return said_of(cell, table.document).span if cell else None


def _figure(cell, value, said, unit, at, scope):
    number, own, place_value, hedge, top = value
    least, most = signed(Decimal(str(number)), Decimal(str(top)), said.sign)
    name, factor = (own, 1) if own else unit
    name, _, per = name.partition("/")
    per, kind = per or said.per, said.kind
    since, _, at = at.rpartition("/")
    if name == "%" and kind in ("level", "change"):
        kind = "share" if kind == "level" else "growth"
    return {
        "number": cell.start,
        "start": cell.start,
        "end": cell.end,
        "value": float(least * factor),
        "value_max": float(most * factor),
        "hedge": hedge,
        "resolution": float(Decimal(str(place_value)) * factor),
        "unit": name,
        "per": per if name else "",
        "kind": "mean" if per and kind == "level" else kind,
        "status": said.status,
        "baseline": said.baseline,
        "at": at,
        "since": since,
        **dict.fromkeys(("cumulative", "event", "new", "each"), False),
        **{"noun": said.span, "rule": "table", "other": None, "whole": None},
        "scope": "" if TOTAL.fullmatch(scope) else scope,
    }


def _value(cell):
    """Read a cell that holds one number: value, unit, resolution, hedge and upper value; else nothing."""
    if _DIALLED.fullmatch(cell.text):
        return None
    plain = _NUMBER.fullmatch(cell.text)
    if plain:
        return _decimal(cell.text), "", _place_value(plain), "exact", nan
    between = _RANGE.fullmatch(cell.text)
    if between:
        least, most = (_decimal(between[name]) for name in ("least", "most"))
        place_value = _place_value(_NUMBER.fullmatch(between["most"]))
        return (least, "", place_value, "range", most) if least < most else None
    found = scan_folded(cell.text)
    if len(found) != 1 or found[0]["sort"] not in ("quantity", "bare") or found[0]["hedge"] == "masked":
        return None
    read = found[0]
    if (read["start"], read["end"]) != (0, len(cell.text)):
        return None
    return read["value"], read["unit"], read["resolution"], read["hedge"], read["value_max"]


def _decimal(text):
    return Decimal(text.replace(",", "").replace(" ", ""))


def _place_value(number):
    return Decimal(1).scaleb(1 - len(number[1]) if number[1] else 0)


def _whole_and_part(cell):
    """Part 320(女生150人) into its number, and where the noun stands and the number of a part, if any."""
    cell = _without_note(cell)
    match = _PART.fullmatch(cell.text)
    if not match or len(cell.text) != cell.end - cell.start:
        return cell, None, None
    whole, noun, part = (
        Cell(match[i], cell.start + match.start(i), cell.start + match.end(i)) for i in (1, 2, 3)
    )
    return whole, (noun.start, noun.end), part


def _without_note(cell):
    """Leave out the mark of a note behind a number (1,300①); behind 10 a raised digit may be a power."""
    note = _NOTE.search(cell.text)
    if not note or len(cell.text) != cell.end - cell.start:
        return cell
    return Cell(cell.text[: note.start()], cell.start, cell.start + note.start())


def _is_number(text):
    """Tell a cell with a number and no more, but for a part of it in brackets."""
    if not text or text[0] not in "+-0123456789≥≤近约超":
        return False
    return bool(_NUMBER.fullmatch(text) or _value(_whole_and_part(Cell(text, 0, len(text)))[0]))

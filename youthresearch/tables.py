"""Figures in the tables of a document: each cell read with its column's header and its row's label.

A table is read where its first row is a header (or where each row is a label and a number) and the others
have as many cells; what it says of unit and date may stand in the header, in brackets, in a column of
units, in the row's label, or in the caption (单位：万元).
"""

import re
from decimal import Decimal
from functools import cache, lru_cache
from math import nan
from typing import NamedTuple

from .dates import iso
from .quantities import counted_units, lexicon_codes, scan_folded

_FACTORS = {"": 1, "十": 10, "百": 100, "千": 1000, "万": 10**4, "十万": 10**5, "百万": 10**6, "千万": 10**7}
_FACTORS |= {"亿": 10**8}
_NUMBER = re.compile(r"[-+]?(?:\d{1,3}(?:,\d{3})+|\d+)(\.\d+)?")
_YEAR = re.compile(
    r"((?:19|20)\d\d)年?(?:度|([底末]|年底|年末))?(?:数|数量|人数|实际|实绩|完成数?|[决预]算数?)?"
)
_CHANGE = re.compile(r"增长|增幅|增减|增加|减少|下降|提高|同比|变化|较上年|比上年")
_SHARE = re.compile(r"(?:率|占比|比例|比重)$")
_PLAN = re.compile(r"计划|目标|预算|任务")
_CAPTION_UNIT = re.compile(r"(?:计量)?单位 ?: ?([^\s,;)|]{1,6})")


WORDS = 2**12  # cells kept in mind with the unit they are, if any


class Cell(NamedTuple):
    """One cell: its folded text and where it stands in the document."""

    text: str
    start: int
    end: int


class Column(NamedTuple):
    """What a header says of its column.

    sort: label, place, when, unit, order or number; name: where its noun stands, or nothing; unit, factor:
    of its numbers (万元: 元, 10000); implied: unit where nothing says one (人数: 人); at: ISO date or
    nothing; kind, baseline, planned: of its figures.
    """

    sort: str
    name: tuple | None
    unit: str
    factor: int
    implied: str
    at: str
    kind: str
    baseline: str
    planned: bool


_PLAIN = Column("number", None, "", 1, "", "", "level", "", False)
_IMPLIED = {"人数": "人", "金额": "元", "率": "%", "占比": "%", "比例": "%", "比重": "%"}


def read_tables(paragraphs, folded, document):
    """Read the figures of every table that can be read.

    Parameters
    ----------
    paragraphs : pandas.DataFrame
        As of a `Document`.
    folded : str
        Its text, folded.
    document : str
        ISO date of the document.

    Returns
    -------
    figures : list of dict
        One for each figure, with what `extract` needs to propose it.
    spans : list of tuple
        (start, end) of the rows that were read.
    """
    figures, spans = [], []
    for rows, caption in _tables(paragraphs, folded):
        found, read = _read_table(rows, caption, document)
        figures += found
        spans += read
    return figures, spans


def _tables(paragraphs, folded):
    """Gather the rows of each table, as lists of cells, with what stands in the two lines before it."""
    tables, before = {}, []
    rows = paragraphs[["start", "end", "role", "place"]].itertuples(index=False)
    for start, end, role, place in rows:
        if role != "table":
            before = [*before, folded[start:end]][-2:]
            continue
        name = place.rpartition(", row")[0]
        tables.setdefault(name, ([], "\n".join(t for t in before if len(t) < 60)))[0].append(
            _cells(folded, start, end)
        )
        before = []
    return tables.values()


def _cells(folded, start, end):
    cells, at = [], start
    for part in folded[start:end].split(" | "):
        left = len(part) - len(part.lstrip())
        cells.append(Cell(part.strip(), at + left, at + left + len(part.strip())))
        at += len(part) + 3
    return cells


def _read_table(rows, caption, document):
    """Read one table, as (figures, spans of the rows that were read); nothing where it has no header."""
    while rows and sum(bool(c.text) for c in rows[0]) == 1:
        caption, rows = f"{caption}\n{rows[0][0].text}", rows[1:]
    columns, body = _columns(rows, document)
    if not columns or columns[0].sort == "number" or all(c.sort != "number" for c in columns):
        return [], []
    header = rows[0] if len(body) < len(rows) else []
    if any(c.sort == "number" and not h.text for h, c in zip(header, columns, strict=False)):
        return [], []  # joined cells above a second line of header: what its numbers are is not known
    unit = _unit((_CAPTION_UNIT.search(caption) or ["", ""])[1])
    year = re.search(r"(?:19|20)\d\d年", caption)
    date = iso(year[0]) if year else document
    read = [r for r in body if _agrees(r, columns)]
    figures = [f for r in read for f in _read_row(r, columns, unit, date)]
    shown = read if len(body) == len(rows) else [rows[0], *read]
    return (figures, [(r[0].start, r[-1].end) for r in shown]) if figures else ([], [])


def _columns(rows, document):
    """Say what each column holds, and which rows are below the header."""
    header = rows[0] if len(rows) > 1 else []
    if not any(_is_number(c.text) and not _YEAR.fullmatch(c.text) for c in header):
        filled = [[r[i].text for r in rows[1:] if i < len(r) and r[i].text] for i in range(len(header))]
        return [_column(c, texts, document) for c, texts in zip(header, filled, strict=True)], rows[1:]
    if all(len(r) == 2 and not _is_number(r[0].text) for r in rows):
        return [_PLAIN._replace(sort="label"), _PLAIN], rows
    return [], []


def _agrees(row, columns):
    """Tell whether a row has a number or nothing in each column of numbers, and none in those of labels."""
    if any(cell.text for cell in row[len(columns) :]):
        return False
    sorts = [(c.sort, _is_number(cell.text)) for cell, c in zip(row, columns, strict=False)]
    return all(not number or sort != "label" for sort, number in sorts)


def _column(header, filled, document):
    """Say what a column holds, by its header and what its cells are filled with."""
    name, unit, factor = _name_and_unit(header.text)
    plain = _PLAIN._replace(unit=unit, factor=factor)
    if _headers()["order"].fullmatch(name):
        return plain._replace(sort="order")
    if filled and all(_unit(t)[0] for t in filled):
        return plain._replace(sort="unit")
    if _headers()["when"].fullmatch(name):
        return plain._replace(sort="when")
    if not any(_is_number(t) for t in filled):
        return plain._replace(sort="place" if _headers()["place"].fullmatch(name) else "label")
    year = _YEAR.fullmatch(name)
    at = iso(f"{year[1]}年", year[2] or "") if year else _relative(name, document)
    change = _CHANGE.search(name)
    noun = name[: change.start()] if change else name
    kind = ("growth" if unit == "%" else "change") if change else "share" if _SHARE.search(name) else "level"
    baseline = next((code for word, code in lexicon_codes("baseline").items() if change and word in name), "")
    own = not year and not at and not _headers()["number"].fullmatch(noun)
    return plain._replace(
        name=(header.start, header.start + len(noun)) if own else None,
        implied=next((u for end, u in _IMPLIED.items() if name.endswith(end)), ""),
        at=at,
        kind=kind,
        baseline=baseline,
        planned=bool(_PLAN.search(name)),
    )


def _relative(name, document):
    """Return the year that 本年 or 上年 means in a document of some date."""
    if not document or not re.match(r"本年|今年|当年|上年|去年", name):
        return ""
    return str(int(document[:4]) - (name[0] in "上去"))


def _read_row(row, columns, unit, date):
    """Read the figures of one row; what its label does not name is its scope."""
    by = {}
    for cell, column in zip(row, columns, strict=False):
        if cell.text:
            by.setdefault(column.sort, cell)
    label = by.get("label")
    name, *label_unit = _name_and_unit(label.text) if label else ("", "", 1)
    row_unit = _unit(by["unit"].text) if "unit" in by else label_unit
    when = iso((by.get("when") or label or Cell("", 0, 0)).text)
    for cell, column in zip(row, columns, strict=False):
        value = _value(cell) if column.sort == "number" else None
        if value:
            noun = column.name or ((label.start, label.start + len(name)) if name and not when else None)
            scope = by["place"].text if "place" in by else name if column.name and not when else ""
            units = [(column.unit, column.factor), row_unit, unit]
            found = next((u for u in units if u[0]), (column.implied, 1))
            yield _figure(cell, value, column, noun, found, column.at or when or date, scope)


def _figure(cell, value, column, noun, unit, at, scope):
    number, own, place_value, hedge, top = value
    name, factor = (own, 1) if own else unit
    kind = "share" if name == "%" and column.kind == "level" else column.kind
    return {
        "number": cell.start,
        "start": cell.start,
        "end": cell.end,
        "value": float(Decimal(str(number)) * factor),
        "value_max": float(Decimal(str(top)) * factor) if top == top else nan,
        "hedge": hedge,
        "resolution": float(Decimal(str(place_value)) * factor),
        "unit": name,
        "kind": kind,
        "status": "masked" if hedge == "masked" else "planned" if column.planned else "achieved",
        "baseline": column.baseline,
        "at": at,
        "since": "",
        "cumulative": False,
        "event": False,
        "new": False,
        "each": False,
        "noun": noun,
        "rule": "table",
        "other": None,
        "whole": None,
        "scope": "" if scope in ("合计", "总计") else scope,
    }


def _value(cell):
    """Read a cell that holds one number: value, unit, resolution, hedge and upper value; else nothing."""
    plain = _NUMBER.fullmatch(cell.text)
    if plain:
        digits = len(plain[1]) - 1 if plain[1] else 0
        return Decimal(cell.text.replace(",", "")), "", Decimal(1).scaleb(-digits), "exact", nan
    found = scan_folded(cell.text)
    if len(found) != 1 or found[0]["sort"] not in ("quantity", "bare") or found[0]["hedge"] == "masked":
        return None
    read = found[0]
    if (read["start"], read["end"]) != (0, len(cell.text)):
        return None
    return read["value"], read["unit"], read["resolution"], read["hedge"], read["value_max"]


def _is_number(text):
    return bool(_NUMBER.fullmatch(text)) or bool(
        text and text[0] in "0123456789近约超" and _value(Cell(text, 0, 0))
    )


def _name_and_unit(text):
    """Split 经费(万元) or 团员数/人 into name, unit and factor; other brackets stay in the name."""
    match = re.fullmatch(r"(.*?) ?(?:\((?:单位:?)?([^()]{1,6})\)|[/:]([^/:()]{1,4}))", text)
    unit, factor = _unit(match[2] or match[3]) if match else ("", 1)
    return (match[1], unit, factor) if unit else (text, "", 1)


@lru_cache(WORDS)
def _unit(text):
    """Read 万元 as (元, 10000); nothing where it is no unit."""
    match = re.fullmatch(r"(十万|百万|千万|[十百千万亿]?)(.*)", text.strip())
    if match and match[2] in counted_units():
        return match[2], _FACTORS[match[1]]
    return "", 1


@cache
def _headers():
    """Patterns of the headers that name no noun, by what they say of their column, from the lexicon."""
    words = {}
    for word, code in lexicon_codes("header").items():
        words.setdefault(code, []).append(re.escape(word))
    either = {code: "|".join(sorted(found, key=len, reverse=True)) for code, found in words.items()}
    return {
        "order": re.compile(f"(?:{either['order']})"),
        "when": re.compile(f"(?:{either['when']})"),
        "place": re.compile(rf"(?:所[在属])?(?:{either['place']})(?:\(.*\))?(?:名称|名)?"),
        "number": re.compile(f"(?:{either['of']})?(?:{either['number']})?"),
    }

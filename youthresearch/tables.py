"""Figures in tables, of a document or in plain text: each read with its column's header and its row's label.

A table is read where its first row is a header (or where each row is a label and a number); what it says of
unit and date may stand in the header, in brackets, in a column of units, in the row's label, in a line that
heads a part of it, or in the caption (单位：万元). A cell that holds a sentence is left to be read as prose.
"""

import re
from decimal import Decimal
from functools import cache, lru_cache
from itertools import pairwise
from math import nan
from typing import NamedTuple

from .dates import iso
from .quantities import counted_units, lexicon_codes, lexicon_words, scan_folded
from .rates import each_of
from .rows import Cell, Line, cells_of, heads_part, may_hold_rows, runs_of

_FACTORS = {"": 1, "十": 10, "百": 100, "千": 1000, "万": 10**4, "十万": 10**5, "百万": 10**6, "千万": 10**7}
_FACTORS |= {"亿": 10**8}
_NUMBER = re.compile(r"[-+]?(?:\d{1,3}(?:,\d{3})+|\d+)(\.\d+)?")
_DIALLED = re.compile(r"0\d+|1[3-9]\d{9}")  # telephones, codes
_YEAR = re.compile(
    r"((?:19|20)\d\d)年?(?:度|([底末]|年底|年末))?(?:数|数量|人数|实际|实绩|完成数?|[决预]算数?)?"
)
_DATED = re.compile(r"((?:19|20)\d\d)年(?:度|([底末]))?")
_CHANGE = re.compile(
    r"(?:同?比|较)(?:上一?年|去年|上期|同期|(?:19|20)\d\d年)+度?(?:同期)?|增长|增幅|增减|增加|减少|下降|降幅|提高|同比|变化"
)
_DOWN = re.compile("(?:减少|下降|降幅)(?<!增减少)")
_SHARE = re.compile(r"(?:率|占比|比例|比重)$")
_PLAN = re.compile(r"计划|目标|预算|任务|名额|拟[招聘录选]|招[聘录募][\u4e00-\u9fff]{0,2}(?:数|名额)")
_DONE = re.compile("决算|执行|完成|实际|实绩|现有|实有|累计|已")
_CAPTION_UNIT = re.compile(r"(?:计量)?单位 ?: ?([^\s,;)|]{1,6})")
_LISTED = re.compile(  # what goes before a label
    r"(?:(?:[一二三四五六七八九十]{1,3}、|\([一二三四五六七八九十\d]{1,3}\)|\d{1,2}[.、](?!\d)|[A-Z][.、]|[①-⑳#*]|[-—·]+)\s*)*"
    r"(?:(?:其中|含|内)[:,、]?\s*(?=..))?"
)
_COUNTED = re.compile("(?<=[^总人户次件场例]{2})数$")
_TOTAL = re.compile("(?:合计|总计|小计)$")
_RELATIVE = re.compile("[本今当上去]年")

_WITH_UNIT = re.compile(r"(.*?) ?(?:\((?:单位:?)?([^()]{1,6})\)|[/:]([^/:()]{1,4})|(?<=.)([%‰]))")

WORDS = 2**12  # cells kept in mind with the unit they are, if any


class Said(NamedTuple):
    """What a header says of its column, or a label of its row.

    noun: what it names, and where that stands, if it does; unit, factor: of its numbers (万元: 元, 10000); implied: unit
    where nothing says one (人数: 人); per: what a mean is of one of; at: ISO date or nothing; kind, baseline, status: of its figures, status
    only where it is said; sign: -1 where a positive number is a decrease; own: it says more than 数量.
    """

    noun: str = ""
    name: tuple | None = None
    unit: str = ""
    factor: int = 1
    implied: str = ""
    per: str = ""
    at: str = ""
    kind: str = "level"
    baseline: str = ""
    status: str = ""
    sign: int = 1
    own: bool = False


class Column(NamedTuple):
    """What a column holds: label, text, place, when, unit, order, code, score or number; what its header says."""

    sort: str
    said: Said = Said()


_IMPLIED = {"人数": "人", "金额": "元", "率": "%", "占比": "%", "比例": "%", "比重": "%"}


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
    tables, before, plain, captions = {}, [], [], []
    for start, end, role, place in lines:
        name, _, row = place.rpartition(", row")
        if row and name in tables and role in ("body", "heading") and heads_part(folded[start:end]):
            tables[name][0].append([Cell(folded[start:end], start, end)])
        elif not row or role != "table":
            before = [*before, folded[start:end]][-2:]
            plain.append(Line(start, folded[start:end]) if role != "boilerplate" else None)
        else:
            tables.setdefault(name, ([], _caption(before)))[0].append(cells_of(folded[start:end], start))
            before = []
            plain.append(None)
    for run in runs_of(plain) if may_hold_rows(folded) else []:
        first, last = min(run), captions[-1] if captions else -1
        captions.append(max(run))
        lead = [line.text for line in plain[max(last + 1, first - 2) : first] if line]
        tables[first] = list(run.values()), _caption(lead)
    return tables.values()


def _caption(lines):
    return "\n".join(line for line in lines if len(line) < 60)


def _read_table(rows, caption, document):
    """Read one table, as (figures, spans of what was read, gaps before and after cells that hold a sentence).

    Nothing is read where it has no header.
    """
    while rows and sum(bool(c.text) for c in rows[0]) == 1:
        caption, rows = f"{caption}\n{rows[0][0].text}", rows[1:]
    columns, body = _columns(rows, document)
    if any(c.sort == "score" for c in columns):
        return [], [(r[0].start, r[-1].end) for r in rows], []  # what actions are worth, no record of them
    if not columns or columns[0].sort == "number" or all(c.sort != "number" for c in columns):
        return [], [], _gaps(rows, [])
    unit = _unit((_CAPTION_UNIT.search(caption) or ["", ""])[1])
    year = re.search(r"(?:19|20)\d\d年", caption)
    date = iso(year[0]) if year else document
    head = rows[: rows.index(body[0])] if body[0] in rows else []
    figures, others, read = [], [], []
    for row in body:
        if len(row) == 1:
            date = iso(row[0].text) if _DATED.fullmatch(row[0].text) else date
        elif _agrees(row, columns):
            figures += _read_row(row, columns, unit, date, document)
            read.append(row)
        else:
            others.append(row)
    if not figures:
        return [], [], _gaps(rows, [])
    spans = [(r[0].start, r[-1].end) for r in head]
    spans += [span for row in read for span in _read_spans(row, columns)]
    return figures, spans, _gaps(read, columns) + _gaps(others, [])


def _read_spans(row, columns):
    """Return the stretches of a row between the cells that hold a sentence."""
    spans, start = [], row[0].start
    for cell in _sentences(row, columns):
        spans.append((start, cell.start))
        start = cell.end + 1
    return [(a, b) for a, b in [*spans, (start, row[-1].end)] if a < b]


def _gaps(rows, columns):
    """Return the gaps that part cells that hold a sentence from their neighbours."""
    gaps = []
    for row in rows:
        alone = _sentences(row, columns)
        gaps += [(a.end, b.start) for a, b in pairwise(row) if a in alone or b in alone]
    return gaps


def _sentences(row, columns):
    """List the cells of a row that hold a sentence with a quantity, if they are in no column that is read."""
    read = {i for i, c in enumerate(columns) if c.sort not in ("text", "number")}
    return [cell for i, cell in enumerate(row) if i not in read and _is_sentence(cell.text)]


def _is_sentence(text):
    return not _is_number(text) and any(m["sort"] == "quantity" for m in scan_folded(text))


def _columns(rows, document):
    """Say what each column holds, and which rows are below the header."""
    full = [r for r in rows if len(r) > 1]
    if _is_listed(full):
        turns = [r[i : i + 2] for r in rows for i in range(0, len(r), 2)]
        return [Column("label"), Column("number")], turns
    if len(full) < 2 or not _is_header(full[0]):
        return [], []
    header, below = full[0], full[1:]
    second = _second(header, below)
    if second is None:
        return [], []
    tops, header = second or ([None] * len(header), header)
    body = rows[rows.index(full[1]) + bool(second) :]
    filled = [[r[i].text for r in body if i < len(r) > 1 and r[i].text] for i in range(len(header))]
    columns = [_column(c, top, texts, document) for c, top, texts in zip(header, tops, filled, strict=True)]
    if any(c.sort == "number" and not (h.text or t) for h, t, c in zip(header, tops, columns, strict=True)):
        return [], []  # what its numbers are is not known
    return _one_label(columns), body


def _is_header(row):
    return not any(_is_number(c.text) and not _YEAR.fullmatch(c.text) for c in row)


def _one_label(columns):
    """Keep the first column of labels; the others are text."""
    labels = [i for i, c in enumerate(columns) if c.sort == "label"]
    return [c._replace(sort="text") if i in labels[1:] else c for i, c in enumerate(columns)]


def _is_listed(rows):
    """Tell a table without header, of labels and numbers in turn."""
    width = max(map(len, rows), default=0)
    if not rows or any(len(r) % 2 for r in rows) or _YEAR.fullmatch(rows[0][1].text):
        return False
    turns = [(r[i].text, r[i + 1].text) for r in rows for i in range(0, len(r), 2)]
    if any(_is_number(label) for label, _ in turns):
        return False
    numbers = [text for _, text in turns if _is_number(text)]
    pure = len(numbers) == len(turns)
    told = any(not _is_number(t) and re.search(r"\w", t) for _, t in turns[1:])
    mixed = width == 2 and told and not _headed(rows)
    return bool(numbers) and (pure or mixed) and not _is_contents(turns)


def _headed(rows):
    """Tell whether the first row of two cells is a header: its second says that numbers follow."""
    name, unit, _ = _name_and_unit(rows[0][1].text)
    return bool(unit or _YEAR.fullmatch(name) or name.endswith(tuple("数率额量值度")) or _is_measure(name))


def _is_contents(turns):
    """Tell a table of contents: numbered headings, and pages that go up."""
    pages = [text for _, text in turns]
    if (
        len(pages) < 2
        or not all(p.isdecimal() for p in pages)
        or not all(_LISTED.match(t)[0] for t, _ in turns)
    ):
        return False
    return all(int(a) <= int(b) for a, b in pairwise(pages))


def _second(header, below):
    """Read the second line of a header: (cells above, cells below), or nothing if there is none.

    None where it cannot be told which cell of the first stands above which of the second.
    """
    sub, width = below[0], max(len(r) for r in below)
    if not _is_header(sub) or len(below) < 2:
        return []
    if all(_unit(c.text.strip("()"))[0] for c in sub if c.text):
        return header, _padded(sub, width)
    if len(header) == width == len(sub) + 1 or len(header) < width and len(sub) < width:
        return _under_each(header, sub, width)
    header, sub = _padded(header, width), _padded(sub, width)
    if all(c.text for c in header[1:]):
        return []
    groups, tops = [], []
    for top, cell in zip(header, sub, strict=True):
        if not cell.text:
            tops.append(None)
            continue
        if top.text or not groups:
            groups.append((top, []))
        groups[-1][1].append(cell.text)
        tops.append(groups[-1][0] if groups[-1][0].text else None)
    names = [below for top, below in groups if top.text]
    if len({tuple(n) for n in names}) > 1:
        return None
    return tops, [c if c.text else top for top, c in zip(header, sub, strict=True)]


def _under_each(header, sub, width):
    """Spread a header without empty cells over a second line that repeats itself under each of its cells."""
    tops, each = header[1:], len(sub) // max(len(header) - 1, 1)
    names = [c.text for c in sub]
    if len(sub) != width - 1 or not each or names != names[:each] * len(tops):
        return []
    return [None, *(top for top in tops for _ in range(each))], [header[0], *sub]


def _padded(row, width):
    return row + [Cell("", row[-1].end, row[-1].end)] * (width - len(row))


def _agrees(row, columns):
    """Tell whether a row has a number or nothing in each column of numbers, and none in those of labels."""
    if any(cell.text for cell in row[len(columns) :]):
        return False
    return all(c.sort != "label" or not _is_number(cell.text) for cell, c in zip(row, columns, strict=False))


def _column(header, top, filled, document):
    """Say what a column holds, by its header, what stands above that, and what its cells are filled with."""
    said = _said(header, document)
    if top:
        said = _merged(said, _said(top, document))
    name, is_, numbers = _name_and_unit(header.text)[0], _headers(), any(map(_is_number, filled))
    if is_["order"].fullmatch(name):
        return Column("order")
    if filled and (all if not is_["place"].fullmatch(name) else any)(_unit(t)[0] for t in filled):
        return Column("unit")
    if is_["score"].fullmatch(name):
        return Column("score")
    if is_["when"].fullmatch(name) or (not name and filled and all(map(_YEAR.fullmatch, filled))):
        return Column("when")
    if is_["code"].fullmatch(name):
        return Column("code")
    if not numbers:
        return Column("place" if is_["place"].fullmatch(name) else "label")
    return Column("number", said)


def _said(cell, document):
    """Read a header or a label."""
    if _unit(cell.text.strip("()"))[0] and not _is_measure(cell.text):
        unit, factor = _unit(cell.text.strip("()"))
        return Said(unit=unit, factor=factor)
    skipped = _LISTED.match(cell.text).end()
    name, unit, factor = _name_and_unit(cell.text[skipped:].rstrip(":"))
    dated = _YEAR.fullmatch(name) or _DATED.match(name)
    at = iso(f"{dated[1]}年", dated[2] or "") if dated else _relative(name, document)
    past = dated.end() if dated else 2 if _RELATIVE.match(name) else 0
    skipped, name = skipped + past, name[past:]
    change = _CHANGE.search(name)
    full = name[: change.start()] if change else name
    noun = _noun(full)
    kind = ("growth" if unit == "%" else "change") if change else "share" if _SHARE.search(name) else "level"
    each = each_of(name, "") if "每" in name or "均" in name else None
    start = cell.start + skipped
    spaced = len(cell.text) != cell.end - cell.start
    return Said(
        noun=noun,
        name=((cell.start, cell.end) if spaced else (start, start + len(noun))) if noun else None,
        unit=unit,
        factor=factor,
        implied=next((u for end, u in _IMPLIED.items() if name.endswith(end)), ""),
        per=each.unit if each else "",
        at=at,
        kind="mean" if kind == "level" and (each or "平均" in name) else kind,
        baseline=next(
            (code for word, code in lexicon_codes("baseline").items() if change and word in name), ""
        ),
        status="achieved" if _DONE.search(name) else "planned" if _PLAN.search(name) else "",
        sign=-1 if _DOWN.search(name) and "增" not in name else 1,
        own=not _is_measure(full) and not _is_measure(noun),
    )


def _noun(name):
    """Leave out what says no more than that a noun is counted: 床位数, 团员合计; not 人数, 户数."""
    name = _TOTAL.sub("", name) or name
    return _COUNTED.sub("", name)


def _is_measure(name):
    """Tell a name that says what is measured, not of what: 数量, 产量, 完成数."""
    return bool(_headers()["number"].fullmatch(name))


def _merged(said, other):
    """Join what two headers say, or a header and a label; what the first does not say, the second does."""
    unit = said if said.unit else other
    named = said if said.own or not other.own else other
    return Said(
        noun=named.noun,
        name=named.name,
        unit=unit.unit,
        factor=unit.factor,
        implied=said.implied or other.implied,
        per=said.per or other.per,
        at=said.at or other.at,
        kind=said.kind if said.kind != "level" else other.kind,
        baseline=said.baseline or other.baseline,
        status=said.status or other.status,
        sign=said.sign * other.sign,
        own=said.own or other.own,
    )


def _relative(name, document):
    """Return the year that 本年 or 上年 means in a document of some date."""
    if not document or not _RELATIVE.match(name):
        return ""
    return str(int(document[:4]) - (name[0] in "上去"))


def _read_row(row, columns, unit, date, document):
    """Read the figures of one row; what its label does not name is its scope."""
    by = {}
    for cell, column in zip(row, columns, strict=False):
        if cell.text:
            by.setdefault(column.sort, cell)
    label = by.get("label")
    said = _said(label, document) if label else Said()
    if label and _headers()["code"].fullmatch(_name_and_unit(label.text.rstrip(":"))[0]):
        return
    when = iso((by.get("when") or label or Cell("", 0, 0)).text)
    dated = bool(when) and "when" not in by  # 2021年 is no noun
    row_unit = _unit(by["unit"].text) if "unit" in by else (said.unit, said.factor)
    place = by["place"].text if "place" in by else ""
    for cell, column in zip(row, columns, strict=False):
        value = _value(cell) if column.sort == "number" else None
        if value:
            of = column.said
            both = _merged(of, said._replace(status="" if said.own else said.status))
            noun = of.name if of.own else None if dated else said.name
            scope = place or (said.noun if said.own and of.own and not dated else "")
            units = [(of.unit, of.factor), row_unit, unit]
            found = next((u for u in units if u[0]), (both.implied, 1))
            yield _figure(cell, value, both, noun, found, of.at or when or said.at or date, scope)


def _figure(cell, value, said, noun, unit, at, scope):
    number, own, place_value, hedge, top = value
    name, factor = (own, 1) if own else unit
    name, _, per = name.partition("/")
    per, kind = per or said.per, said.kind
    if name == "%" and kind in ("level", "change"):
        kind = "share" if kind == "level" else "growth"
    return {
        "number": cell.start,
        "start": cell.start,
        "end": cell.end,
        "value": said.sign * float(Decimal(str(number)) * factor),
        "value_max": float(Decimal(str(top)) * factor) if top == top else nan,
        "hedge": hedge,
        "resolution": float(Decimal(str(place_value)) * factor),
        "unit": name,
        "per": per if name else "",
        "kind": "mean" if per and kind == "level" else kind,
        "status": said.status,
        "baseline": said.baseline,
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
        "scope": "" if _TOTAL.fullmatch(scope) else scope,
    }


def _value(cell):
    """Read a cell that holds one number: value, unit, resolution, hedge and upper value; else nothing."""
    if _DIALLED.fullmatch(cell.text):
        return None
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
    """Split 经费(万元), 团员数/人 or 增长% into name, unit and factor; other brackets stay in the name."""
    match = _WITH_UNIT.fullmatch(text)
    unit, factor = _unit(match[2] or match[3] or match[4]) if match else ("", 1)
    return (match[1], unit, factor) if unit else (text, "", 1)


@lru_cache(WORDS)
def _unit(text):
    """Read 万元 as (元, 10000) and 元/人 as (元/人, 1); nothing where it is no unit."""
    match = re.fullmatch(
        r"(十万|百万|千万|[十百千万亿]?)([^/]*)(?:/(每?[\u4e00-\u9fff·]{1,6}))?", text.strip()
    )
    if match and match[2] in counted_units():
        return match[2] + (f"/{match[3]}" if match[3] else ""), _FACTORS[match[1]]
    return "", 1


@cache
def _headers():
    """Patterns of the headers that name no noun, by what they say of their column, from the lexicon."""
    words = {}
    for word, code in lexicon_codes("header").items():
        words.setdefault(code, []).append(re.escape(word))
    either = {code: "|".join(sorted(found, key=len, reverse=True)) for code, found in words.items()}
    measures = "|".join([either["number"], *lexicon_words("measure")])
    return {
        "order": re.compile(f"(?:{either['order']})"),
        "when": re.compile(f"(?:{either['when']})"),
        "place": re.compile(rf"(?:所[在属])?(?:{either['place']})(?:\(.*\))?(?:名称|名)?"),
        "number": re.compile(f"(?:{either['of']})?(?:{measures})?"),
        "code": re.compile(f"(?!平均).*(?:{either['code']})"),
        "score": re.compile(f".*(?:{either['score']})"),
    }

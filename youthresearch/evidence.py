"""Facts shown where they stand: the text with its figures marked and their codes on hover.

Everything shown comes from files that others wrote, so every piece of it is escaped, in one place.
"""

import html
import os
import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import cache
from operator import itemgetter
from pathlib import Path

import pandas as pd

from .datapackage import table_schema
from .loaders import load_indicators, load_labels
from .schema import NO_FACTS, DataError, check_columns, check_text, save_whole

INK, MUTED = "#222222", "#666666"
KINDS = {  # Paul Tol's "light" scheme: colour-blind safe, made for backgrounds of dark text
    "level": "#77aadd",
    "change": "#ee8866",
    "growth": "#eedd88",
    "share": "#44bb99",
    "mean": "#ffaabb",
    "rank": "#bbcc33",
}
OTHER_KIND = "#dddddd"
STATUS = {  # seen without colour too
    "planned": f"border:2px dashed {INK};",
    "masked": f"border:2px dotted {INK};font-style:italic;",
}
ROLES = {
    "boilerplate": f'<span style="color:{MUTED};background:#f2f2f2;">',
    "heading": '<span style="font-weight:bold;">',
}
NEEDED = ["fact_id", "kind", "status", "token", "start", "end"]
CODED = ["kind", "flow", "hedge", "status", "baseline", "rule", "confidence"]  # shown in words
CODES = ["indicator", "kind", "flow", "value", "interval", "hedge", "noun", "status", "district", "scope"]
CODES += ["baseline", "period_start", "period_end", "part_of", "rule"]
ON_HOVER = ["fact_id", *CODES, "alternatives", "confidence", "note"]
IN_TABLE = ["fact_id", "token", *CODES, "confidence", "place"]
UNSHOWABLE = re.compile(  # no HTML, or turns the text around, so that something else seems to stand there
    "[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"
)
STYLE = (
    "body{font-family:sans-serif;line-height:1.6;max-width:60em;margin:2em auto;padding:0 1em;"
    f"color:{INK};background:#ffffff}}"
    "table{border-collapse:collapse;font-size:.85em}"
    "th,td{border:1px solid #cccccc;padding:.2em .5em;text-align:left;vertical-align:top}"
    "a{color:inherit}:target{outline:3px solid #0072b2}summary{cursor:pointer}.wide{overflow-x:auto}"
)


@dataclass(frozen=True, eq=False, repr=False)
class Evidence:
    """A report with its facts marked where they stand; a notebook shows it as HTML.

    Parameters
    ----------
    document : Document or str
        What the offsets point into.
    facts : pandas.DataFrame
        In the order of the text.
    refused : pandas.DataFrame
        Numbers that are no facts: start, end, token, reason.
    lang : {"zh", "en"}
        Language of the legend and of the names of the codes.
    """

    document: object
    facts: pd.DataFrame
    refused: pd.DataFrame
    lang: str

    def __repr__(self):
        """Give counts only, the same on every machine."""
        statuses = self.facts["status"].value_counts()
        counts = ", ".join(f"{statuses[s]} {s}" for s in ("achieved", *STATUS) if s in statuses)
        return (
            f"Evidence: {len(self.facts):,} facts{f' ({counts})' if counts else ''} in "
            f"{len(_text(self.document)):,} characters; {len(self.refused):,} numbers refused"
        )

    def _repr_html_(self):
        box = "max-height:36em;overflow:auto;border:1px solid #cccccc;padding:.5em;"
        return f"<div>{_legend(self)}{_body(self, box, linked=False)}</div>"


def show_evidence(document, facts, *, lang="en"):
    """Show a text with the token of each fact marked and its codes on hover.

    Colour says the kind, a dashed frame planned, a dotted one masked; nouns are underlined and
    boilerplate is grey. Facts that share characters share one mark.

    Parameters
    ----------
    document : Document or str
        The text that ``start`` and ``end`` of the facts point into.
    facts : pandas.DataFrame
        As from `extract_facts`, or the rows of one source from `load_facts`.
    lang : {"zh", "en"}

    Returns
    -------
    Evidence

    Raises
    ------
    DataError
        With the facts whose token does not stand at its offsets.
    """
    if lang not in ("zh", "en"):
        raise ValueError(f"lang is {lang!r}; it must be 'zh' or 'en'.")
    check_text("document", _text(document), "pass a text, or what read_report returns")
    check_columns("facts", facts, NEEDED, "make them with extract_facts or load_facts", untyped=NEEDED)
    refused = pd.DataFrame(facts.attrs.get("refused", []), columns=NO_FACTS)
    plain = facts.copy()
    plain.attrs = {}  # pandas copies them at every step
    _check_places(_text(document), plain)
    plain = plain.sort_values(["start", "end"], kind="stable", ignore_index=True)
    return Evidence(document, plain, refused, lang)


def save_evidence(document, facts, path, *, lang="en"):
    """Save a text with its facts marked as one HTML page that needs nothing else.

    Below the text stands a table of the facts, linked with their marks, and the numbers that were
    refused, with the reasons. The page holds no scripts and is the same bytes on every run.

    Parameters
    ----------
    document, facts, lang
        As for `show_evidence`.
    path : str or path
        The file; it is written whole or not at all.

    Returns
    -------
    Evidence
    """
    evidence = show_evidence(document, facts, lang=lang)
    save_text(_page(evidence), path)
    return evidence


def save_text(text, path):
    """Save a text as UTF-8, whole or not at all; a link stays a link, a device is written to."""
    path = Path(os.path.realpath(path))
    if path.exists() and not path.is_file():
        path.write_bytes(text.encode("utf-8"))
    else:
        save_whole(path, text.encode("utf-8"))


def _text(document):
    return getattr(document, "text", document)


def _check_places(text, facts):
    nouns = [c for c in ("noun_start", "noun_end") if c in facts]
    places = facts[["start", "end", *nouns]].apply(pd.to_numeric, errors="coerce")
    whole = (places[["start", "end"]].notna() & (places[["start", "end"]] % 1 == 0)).all(axis=1)
    inside = whole & (places["start"] >= 0) & (places["end"] <= len(text)) & (places["start"] < places["end"])
    inside &= ~((places[nouns] < 0) | (places[nouns] > len(text))).any(axis=1)
    spans = zip(inside, places["start"], places["end"], strict=True)
    found = [text[int(a) : int(b)] if ok else None for ok, a, b in spans]
    bad = [f is None or f != t for f, t in zip(found, facts["token"], strict=True)]
    if any(bad):
        names = ", ".join(map(str, facts.loc[bad, "fact_id"][:10]))
        rows = facts.loc[bad, ["fact_id", "token", "start", "end", *nouns]]
        rows = rows.assign(found=[f for f, b in zip(found, bad, strict=True) if b])
        what = f"The token does not stand at its offsets in this text ({len(text):,} characters): {names}"
        raise DataError(
            f"{what}. Pass the text that the facts were taken from, or correct the offsets.", rows
        )


# Marks -----------------------------------------------------------------------------------------------------


def _body(evidence, style, linked):
    """Return the text with marks around tokens, roles and nouns, nested in this order."""
    text, records = _text(evidence.document), _records(evidence)
    marks = [_mark(evidence, group, i if linked else 0) for i, group in enumerate(_groups(records), 1)]
    roles = [(a, b, ROLES[r], "</span>") for a, b, r, _ in _paragraphs(evidence.document) if r in ROLES]
    spans = sorted((r["noun_start"], r["noun_end"], None) for r in records if r["noun_start"] < r["noun_end"])
    underline = f'<span style="border-bottom:1px solid {MUTED};">'
    nouns = [(a, b, underline, "</span>") for a, b, _ in _merge(spans)]
    inside = _nest(text, 0, len(text), [marks, roles, nouns])
    return f'<div lang="zh" style="white-space:pre-wrap;overflow-wrap:anywhere;{style}">{inside}</div>'


def _records(evidence):
    """Facts as dicts, each with its row in the table, its interval and its place in the file."""
    records = evidence.facts.to_dict("records")
    paragraphs = _paragraphs(evidence.document)
    for row, record in enumerate(records, 1):
        record |= {"row": row, "start": int(record["start"]), "end": int(record["end"])}
        for name in ("noun_start", "noun_end"):
            record[name] = 0 if pd.isna(record.get(name)) else int(record[name])
        record["interval"] = "..".join(filter(None, (_shown(record.get(c)) for c in ("low", "high"))))
        value, unit = (_shown(record.get(c)) for c in ("value", "unit"))
        record["value"] = f"{value} {unit}".strip() if value else ""
        i = bisect_right(paragraphs, record["start"], key=itemgetter(1))
        inside = i < len(paragraphs) and paragraphs[i][0] <= record["start"]
        record["place"] = _place(paragraphs[i][3], evidence.lang) if inside else ""
    return records


def _in_words(record, name, lang):
    """Write a cell for a reader: codes by their words, an indicator by its label and its code."""
    shown, words = _shown(record.get(name)), _words()[lang]
    if name in CODED:
        return words.get(f"evidence_{name}_{shown}") or words.get(f"{name}_{shown}") or shown
    if name == "indicator" and shown in (labels := _indicators()[lang]):
        return f"{labels[shown]}（{shown}）" if lang == "zh" else f"{labels[shown]} ({shown})"
    return shown


def _place(place, lang):
    """Write a place in a file (table 2, row 3) in words of the language."""
    words = _words()[lang]
    parts = [part.partition(" ") for part in place.split(", ")]
    said = [(words.get(f"evidence_place_{word}"), number, word) for word, _, number in parts]
    comma = "" if lang == "zh" else ", "
    return comma.join(form.format(n=n) if form else f"{word} {n}".strip() for form, n, word in said)


def _paragraphs(document):
    """Return (start, end, role, place) of the paragraphs; a plain string has none."""
    table = getattr(document, "paragraphs", None)
    return [] if table is None else sorted(table[["start", "end", "role", "place"]].itertuples(index=False))


@cache
def _indicators():
    """Labels of the project's indicators per language."""
    book = load_indicators().set_index("indicator")
    return {lang: book[f"label_{lang}"].to_dict() for lang in ("zh", "en")}


def _groups(records):
    """Return the facts of each mark: those that share characters."""
    return [group for _, _, group in _merge([(r["start"], r["end"], r) for r in records])]


def _merge(spans):
    """Merge sorted spans that overlap: (start, end, what they carry)."""
    merged = []
    for start, end, carried in spans:
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]), [*merged[-1][2], carried])
        else:
            merged.append((start, end, [carried]))
    return merged


def _mark(evidence, group, number):
    """Return start, end, opening and closing tag of the mark of these facts; number 0 is not linked."""
    codes = escape("\n\n".join(_codes(record, evidence.lang) for record in group))
    attributes = f'style="{_style(group)}" title="{codes}"'
    start, end = group[0]["start"], max(record["end"] for record in group)
    if not number:
        return start, end, f"<mark {attributes}>", "</mark>"
    link = f'<a id="mark-{group[0]["row"]}" href="#fact-{group[0]["row"]}" style="text-decoration:none;">'
    return start, end, f"{link}<mark {attributes}>", "</mark></a>"


def _style(group):
    colour = KINDS.get(group[0]["kind"], OTHER_KIND)
    frame = next((STATUS[r["status"]] for r in group if r["status"] in STATUS), "")
    return f"color:{INK};background:{colour};padding:0 2px;border-radius:3px;{frame}"


def _codes(record, lang):
    """Return the codes of a fact, one a line; those it lacks are left out."""
    colon = "：" if lang == "zh" else ": "
    shown = {name: _in_words(record, name, lang) for name in ON_HOVER}
    return "\n".join(f"{label(name, lang)}{colon}{value}" for name, value in shown.items() if value)


def _nest(text, start, end, layers):
    """Return the text from start to end, escaped, with the tags of each layer inside those of the one before.

    Spans of one layer do not overlap; a span that crosses the edge of an outer one is opened twice.
    """
    if not layers:
        return escape(text[start:end])
    layer, rest = layers[0], layers[1:]
    pieces, at = [], start
    for i in range(bisect_right(layer, start, key=itemgetter(1)), len(layer)):
        first, last, opening, closing = layer[i]
        if first >= end:
            break
        first, last = max(first, at), min(last, end)
        pieces += [_nest(text, at, first, rest), opening, _nest(text, first, last, rest), closing]
        at = last
    return "".join([*pieces, _nest(text, at, end, rest)])


def escape(text):
    """Make a text safe inside HTML and its attributes; what HTML cannot hold becomes U+FFFD."""
    return html.escape(UNSHOWABLE.sub("\ufffd", str(text)), quote=True)


def _shown(value):
    """Write a cell as a reader would: no exponent, no trailing zeros, nothing where it is missing."""
    if isinstance(value, str):
        return value
    if value is None or pd.isna(value):
        return ""
    return f"{value:,.15g}".replace("inf", "∞")


# The page --------------------------------------------------------------------------------------------------


def _legend(evidence):
    """Return the kinds and statuses that occur, with their marks and counts."""
    kinds, statuses = evidence.facts["kind"].value_counts(), evidence.facts["status"].value_counts()
    shown = [({"kind": k, "status": ""}, k, kinds[k]) for k in KINDS if k in kinds]
    shown += [({"kind": "", "status": s}, s, statuses[s]) for s in STATUS if s in statuses]
    marks = [
        f'<mark style="{_style([like])}">{escape(label(name, evidence.lang))}</mark> {count:,}'
        for like, name, count in shown
    ]
    refused = f"{escape(label('refused', evidence.lang))} {len(evidence.refused):,}"
    return f"<p>{' &nbsp; '.join([*marks, refused])}</p>"


def _page(evidence):
    lang, facts = evidence.lang, evidence.facts
    sources = facts["source_id"].dropna().unique() if "source_id" in facts else []
    title = escape(" · ".join([label("title", lang), *filter(None, sources)]))
    digest = getattr(evidence.document, "sha256", "")
    return "\n".join(
        [
            f'<!DOCTYPE html>\n<html lang="{"zh-CN" if lang == "zh" else "en"}">\n<head>',
            '<meta charset="utf-8">',
            """<meta http-equiv="Content-Security-Policy" content="default-src 'none'; """
            """style-src 'unsafe-inline'">""",
            f"<title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<h1>{title}</h1>",
            f"<p>SHA-256 {escape(digest)}</p>" if digest else "",
            _legend(evidence),
            _body(evidence, "", linked=True),
            f"<h2>{escape(label('facts', lang))}</h2>\n{_facts_table(evidence)}",
            f"<details>\n<summary>{escape(label('refused', lang))} ({len(evidence.refused):,})</summary>",
            f"{_refused_table(evidence)}\n</details>\n</body>\n</html>\n",
        ]
    )


def _facts_table(evidence):
    """Return one row a fact; its number links to the mark, which links back."""
    rows = []
    for group in _groups(_records(evidence)):
        for record in group:
            cells = [escape(_in_words(record, name, evidence.lang)) for name in IN_TABLE]
            cells[0] = f'<a href="#mark-{group[0]["row"]}">{cells[0]}</a>'
            rows.append(f'<tr id="fact-{record["row"]}"><td>{"</td><td>".join(cells)}</td></tr>')
    return _html_table(IN_TABLE, rows, evidence.lang)


def _refused_table(evidence):
    rows = [
        f"<tr><td>{escape(_shown(start))}</td><td>{escape(_shown(token))}</td>"
        f"<td>{escape(_reason(reason, evidence.lang))}</td></tr>"
        for start, _, token, reason in evidence.refused.itertuples(index=False)
    ]
    return _html_table(["start", "token", "reason"], rows, evidence.lang)


def _reason(reason, lang):
    key = f"evidence_reason_{_shown(reason)}"
    return _words()[lang].get(key, _shown(reason))


def _html_table(names, rows, lang):
    head = "</th><th>".join(escape(label(name, lang)) for name in names)
    return f'<div class="wide"><table>\n<tr><th>{head}</th></tr>\n' + "\n".join(rows) + "\n</table></div>"


@cache
def _words():
    """Words per language: the project's labels, and the names of the columns of facts."""
    labels = load_labels().set_index("key")
    fields = {f["name"]: f for f in table_schema("facts")["fields"]}
    titles = {"zh": "title_zh", "en": "title"}
    return {
        lang: {n: f[titles[lang]] for n, f in fields.items()} | labels[f"label_{lang}"].to_dict()
        for lang in titles
    }


def label(name, lang):
    """Return the project's word for a code; the code itself where the labels have none."""
    words = _words()[lang]
    return words.get(f"evidence_{name}", words.get(name, name))


def in_language(message, lang):
    """Return a message or an error as text in a language: in English where the labels have no other words."""
    if lang == "en":
        return str(message)
    if parts := getattr(message, "parts", ()):
        return "{}：{}。{}。".format(parts[0], *map(in_chinese, parts[1:]))
    return in_chinese(str(message))


def in_chinese(text):
    """Return a message in Chinese, and what it names, by the templates (`message_`) of the labels."""
    for pattern, words in _templates():
        if found := pattern.fullmatch(text):
            return words.format(*map(in_chinese, found.groups()))
    return text


@cache
def _templates():
    labels = load_labels().set_index("key").filter(regex="^message_", axis=0)
    patterns = (re.sub(r"\\\{\d\\\}", "(.+)", re.escape(text)) for text in labels["label_en"])
    return [(re.compile(p, re.S), words) for p, words in zip(patterns, labels["label_zh"], strict=True)]

"""Facts proposed from a report, with evidence, for a coder to confirm.

Numbers are found and read by `quantities`; here each quantity gets its kind, its noun and its context from
the words around it: `_propose` reads tables (`tables`) and prose. Of prose it parts the numbers of each
sentence into figures and others (`_sift`, by `refusals` and `norms`), and gives a figure its kind (`kinds`),
noun (`nouns`), status (`statuses`) and baseline (`clauses`), in `_fact`, then its whole (`wholes`), place
(`places`) and indicator (`codebook`), which make a row of the table (`_row`). A rule's name stands beside
every proposal, and what was refused, and why, comes with the table: "not stated" and "not extracted" are
different things.
"""

import re
from bisect import bisect_left
from decimal import Decimal
from functools import cache, lru_cache
from itertools import accumulate
from math import inf
from operator import itemgetter
from os.path import isfile

import numpy as np
import pandas as pd

from .clauses import baseline_of, course_of, hedge_of, said_of, share_hedges
from .codebook import NOTHING, indicator_of, project_book, read_book, unquoted
from .dates import ISO, dates_of, document_date
from .headings import paragraph_says, title_says
from .intervals import bounds_of
from .kinds import kind_of
from .layout import lay_out
from .norms import NORMS, SET, may_hold_norms, norm_of
from .nouns import find_above, find_among, find_noun
from .phrases import TOTALS
from .places import child_of, district_of, first_foreign, part_of, place_of, scope_of
from .quantities import area_after, fold, scan_folded, signed
from .rates import each_of
from .refusals import refusal_of
from .schema import NO_FACTS, DataError, Listing, check_columns, check_frame, check_text
from .signs import inside, tokens_of
from .sorts import YEARLY
from .statuses import is_broken, is_intended_before, is_least, is_promised, is_surpassed, status_of
from .tables import lines_of, read_tables
from .tokens import NUMBER, SETTINGS, WORDS, ends_in, is_counted, is_person, is_verb
from .wholes import follow, share_of, whole_of, wholes_of
from .words import lexicon_pattern, roles, units_of, words_of

COLUMNS = [
    *("fact_id", "source_id", "district", "scope", "indicator", "kind", "flow"),
    *("value", "value_max", "hedge", "resolution", "unit", "low", "high", "baseline"),
    *("period_start", "period_end", "status", "token", "start", "end", "part_of"),
    *("coder", "reviewer", "note"),
    *("noun", "noun_start", "noun_end", "rule", "alternatives", "confidence"),
]
NUMBERS = ("value", "value_max", "resolution", "low", "high")
PLACES = ("start", "end", "noun_start", "noun_end")
_NORMED = frozenset({"", *NORMS})  # reasons of numbers that norms are told from
_KEPT_IN_MIND = frozenset({*NORMS, SET})  # for the next number
_ORDER, _in_order = tuple(COLUMNS), itemgetter(*COLUMNS)
_IN_PERCENT = {"倍": Decimal(100), "‰": Decimal("0.1")}  # units in which growth is told as well
PIECE = 1500  # characters: a longer sentence is cut, so that time stays linear
_SENTENCE_ENDS = "。!?;\n"
COUNTED_KINDS = ("level", "change", "mean")
_SEEN = re.compile("(?:浏览|点击|阅读|播放|访问|观看|点赞|转发)(?:总?[量数率])?$")  # counted in times
_BARE = re.compile(r"[“”\"' ]")
CARRIED, WHEN = ("结转", "结余"), ("上年", "年初", "年末", "期初", "期末", "本年")


def extract_facts(document_or_text, *, source_id="", date="", indicators=None, data=None):
    """Propose the facts that a report states, each with the characters that state it.

    Parameters
    ----------
    document_or_text : Document or str
        As from `read_report`; or a text.
    source_id : str
        For fact_id and source_id of the proposals.
    date : str
        ISO date of the document (2021, 2021-06 or 2021-06-30), for figures whose sentences name none; the
        year in the title of a report (2021年度工作总结) goes before it, and without it a day in the first or
        last lines is taken.
    indicators : pandas.DataFrame, optional
        Code book; the project's by default. An indicator is filled in where the noun is one of its
        labels or aliases, or ends in one, and the unit fits it; not where the noun is a part of what the
        indicator is the whole of (社区团员 are no members).
    data : path, optional
        A folder of your own words: lexicon.csv and units.csv, whose rows are added to the project's, and
        indicators.csv, which takes the place of its code book. Columns and roles: data/README.md.

    Returns
    -------
    pandas.DataFrame
        One row is one proposed fact, in the columns of facts (`load_facts`; a bare number has the unit of
        what it counts, 6万志愿者: 人), and: noun with its offsets,
        rule (how the noun was found: right or left of the number, object of a verb of becoming, event,
        inherited from the figure before, topic of the clause before, header or label of a table),
        alternatives (the other candidate), confidence (high: the noun is the very name of the indicator,
        whose flow fits; medium, low).
        ``text[start:end]`` is the token, for the text as given or ``document.text``.
        `list_refused` names the numbers that are no facts: start, end, token, reason.

    Raises
    ------
    DataError
        If what is given is no text, or the name of a file, the date is none, or the folder holds no words.
    """
    check_text("source_id", source_id, "name the document")
    if indicators is not None:
        check_frame("indicators", indicators, "load them with load_indicators")
    proposals, refused = propose(document_or_text, source_id, indicators, date, data)
    facts = tabulate(proposals)
    facts.attrs["refused"] = Listing({c: [row[c] for row in refused] for c in NO_FACTS})
    return facts


def propose(document_or_text, source_id="", indicators=None, date="", data=None):
    """Return the proposals of one document and what was refused, as dicts: what `extract_facts` tabulates."""
    if not isinstance(date, str) or (date and not ISO.fullmatch(date)):
        raise DataError(f"{date!r} is no date of a document: write '2021', '2021-06' or '2021-06-30'.")
    with words_of(data):
        return _propose(document_or_text, source_id, indicators, date)


def _propose(document_or_text, source_id, indicators, date):
    text = getattr(document_or_text, "text", document_or_text)
    check_text("document_or_text", text, "pass a text, or what read_report returns")
    if len(text) < 1000 and "." in text[-6:] and isfile(text):
        raise DataError(f"{text!r} is a file, no text: pass what read_report({text!r}) returns.")
    folded, paragraphs = fold(text), _paragraphs(document_or_text)
    own = _without_ends(folded, paragraphs)
    date, place = document_date(own, date), place_of(own)
    furniture = [(start, end) for start, end, role, _ in paragraphs if role == "boilerplate"]
    lines = paragraphs or lines_of(folded)
    tabled, tables, folded = read_tables(lines, folded, date.at) if lines else ([], [], folded)
    sifted, refused = _sifted(folded, date, title_says(own), furniture, tables, tabled)
    rows = _rows(sifted, folded, place)
    if tabled:
        rows += [
            row | {"district": _district_in_table(row, place), "within": date.within * (row["at"] == date.at)}
            for row in tabled
        ]
        rows.sort(key=lambda r: r["start"])
    book = project_book() if indicators is None else read_book(indicators)
    ids = {r["number"]: f"{source_id or 'draft'}-{i:03d}" for i, r in enumerate(rows, 1)}
    proposals = [_row(r, text, folded, source_id, ids, book) for r in rows]
    return proposals, [
        {"start": a, "end": b, "token": text[a:b], "reason": reason} for a, b, reason in refused
    ]


def _sifted(folded, date, title, furniture, tables, tabled):
    """Part the numbers of a text into sentences with those that may be facts, and those refused.

    A sentence takes along what its paragraph says (`paragraph_says`), and a dict of what the sentences before
    it in the paragraph said.
    """
    sifted, refused, paragraph = [], [], {}
    shown = {i: figure for figure in tabled for i in range(figure["start"], figure["end"])}
    says = {"plan": False, "items": False, "rule": ""}
    for sentence, starts_paragraph in _sentences(folded, scan_folded(folded)):
        if starts_paragraph:
            paragraph = {}
            says = paragraph_says(folded[sentence["start"] : sentence["end"]], says, title)
        if not sentence["mentions"]:
            continue
        unread = _unread(sentence, furniture, tables, shown)
        if unread is not None:
            _tell_plans(sentence["mentions"], shown, says)
            refused += unread
            continue
        kept, not_kept = _sift(sentence, folded, paragraph, says["ruled"], date)
        refused += not_kept
        if kept:
            sifted.append(sentence | {"kept": kept, "paragraph": paragraph} | says)
    return sifted, refused


def _rows(sifted, folded, place):
    """Read the figures of sentences, each with the place that it is of."""
    part, rows, told, was = part_of(folded), [], False, False
    for sentence, tokens in zip(sifted, tokens_of(folded, sifted), strict=True):
        start, least = sentence["start"], sentence["kept"][0]["hedge"] == "at_least"
        # a plan may go on in the next paragraph: where it is of the least, or where a sentence heads it
        on = least or (not was and folded[start - 1] != "\n")
        sentence["paragraph"].setdefault("told", told and on)
        facts = _facts_of(sentence, folded, tokens)
        foreign = first_foreign(place, folded, start, facts[-1]["number"])
        for row in facts:
            row["district"] = district_of(place, foreign, folded, start, row["number"], row["kind"])
            if part is not None:
                row["scope"] = scope_of(part, folded, start, row["number"], row["kind"])
        rows += facts
        told, was = sentence["paragraph"]["told"], sentence["paragraph"].get("was")
    return rows


def _unread(sentence, furniture, tables, shown):
    """List the numbers of boilerplate, and those of a table that its cells do not show; None for prose."""
    if not furniture and not tables:
        return None
    mentions = sentence["mentions"]
    if inside(sentence["start"], furniture):
        return [(m["start"], m["end"], "boilerplate") for m in mentions]
    if not inside(sentence["start"], tables):
        return None
    return [
        (m["start"], m["end"], "table" if m["sort"] in ("quantity", "bare") else m["sort"])
        for m in mentions
        if m["start"] not in shown
    ]


def _tell_plans(mentions, shown, says):
    """Say of the figures of a table whether they shall be, where neither header nor label says it."""
    for figure in (shown[m["start"]] for m in mentions if m["start"] in shown):
        planned = says["planned"] or (says["budget"] and figure["unit"] in units_of("budget"))
        figure["status"] = figure["status"] or ("planned" if planned else "achieved")


def tabulate(proposals):
    """Lay out the proposals of one document or many as a table of facts."""
    fields = zip(*map(_in_order, proposals), strict=True) if proposals else [()] * len(COLUMNS)
    columns = dict(zip(COLUMNS, fields, strict=True))
    numbers = [
        (names, np.array([columns.pop(name) for name in names], dtype=dtype))
        for names, dtype in ((NUMBERS, float), (PLACES, "int64"))
    ]
    return lay_out(_ORDER, numbers, columns)


_LAYERS = ("value", "hedge", "unit", "kind")


def score_extraction(coded, proposed, nouns):
    """Compare proposals with facts coded by hand, layer by layer.

    Parameters
    ----------
    coded : pandas.DataFrame
        Facts of one or more sources, as from `load_facts`.
    proposed : pandas.DataFrame
        Proposals for the same sources, as from `extract_facts`.
    nouns : pandas.DataFrame
        As from `load_nouns`.

    Returns
    -------
    pandas.DataFrame
        One row is one coded fact: fact_id, source_id, token; proposal (its fact_id, missing if none
        shares a character); value, hedge, unit, kind, noun, head (the noun's last two characters): True
        where the proposal agrees, missing where there is none or no noun was coded. Words for persons
        are one unit; quotation marks and blanks in nouns do not count. Precision is the rows with a
        proposal over all proposals.

    Raises
    ------
    DataError
        If one of them is no table, or lacks a column.
    """
    needed = ["fact_id", "source_id", *_LAYERS, "start", "end"]
    check_columns("coded facts", coded, [*needed, "token"], "load them with load_facts")
    check_columns("proposed facts", proposed, [*needed, "noun"], "make them with extract_facts")
    check_columns("nouns", nouns, ["fact_id", "noun"], "load them with load_nouns")
    gold = nouns.set_index("fact_id")["noun"].fillna("")
    rows, free = [], {s: t.to_dict("records") for s, t in proposed.groupby("source_id", sort=False)}
    for fact in coded.drop_duplicates(["source_id", "start", "token"]).to_dict("records"):
        drafts = free.get(fact["source_id"], [])
        draft = next((d for d in drafts if d["start"] < fact["end"] and fact["start"] < d["end"]), None)
        if draft:
            drafts.remove(draft)
        rows.append(_score(fact, draft, gold.get(fact["fact_id"])))
    return pd.DataFrame(rows)


def _score(fact, draft, noun):
    row = {k: fact[k] for k in ("fact_id", "source_id", "token")} | {"proposal": draft and draft["fact_id"]}
    if not draft:
        return row | dict.fromkeys((*_LAYERS, "noun", "head"))
    near = 1e-9 * abs(fact["value"])
    empty = pd.isna(fact["value"]) and pd.isna(draft["value"])
    same = bool(empty or abs(draft["value"] - fact["value"]) <= near)
    people = {"名": "人", "位": "人"}
    units = ["/".join(people.get(u, u) for u in f["unit"].split("/")) for f in (fact, draft)]
    row |= {"value": same, "hedge": draft["hedge"] == fact["hedge"], "kind": draft["kind"] == fact["kind"]}
    row |= {"unit": units[0] == units[1]}
    if noun is None:
        return row | {"noun": None, "head": None}
    own, coded = (_BARE.sub("", fold(n)) for n in (draft["noun"], noun))
    return row | {"noun": own == coded, "head": own[-2:] == coded[-2:]}


def _district_in_table(row, place):
    """Return the code of a figure in a table: that of the place its row names, else that of the text."""
    return child_of(place, row["scope"]) if row.get("scope") else place.code if place else ""


def _paragraphs(document):
    """Return (start, end, role, place) of the paragraphs of a document, in order; a text has none."""
    table = getattr(document, "paragraphs", None)
    if table is None:
        return []
    columns = (table[name].tolist() for name in ("start", "end", "role", "place"))
    return sorted(zip(*columns, strict=True))


def _without_ends(folded, paragraphs):
    """Leave out the boilerplate before and after a text, which says nothing of its date, place and sort."""
    own = [(start, end) for start, end, role, _ in paragraphs if role != "boilerplate"]
    return folded[own[0][0] : own[-1][1]] if own else folded


def _sentences(folded, mentions):
    """Cut the text into sentences of bounded length, each with its numbers; skip those without any."""
    marked = folded
    for mark in _SENTENCE_ENDS[1:]:
        marked = marked.replace(mark, _SENTENCE_ENDS[0])
    lengths = map(len, marked.split(_SENTENCE_ENDS[0]))
    ends = [end + i for i, end in enumerate(accumulate(lengths), 1)]
    ends[-1] = len(folded)  # the last may have no mark
    starts = [m["start"] for m in mentions] + [inf]
    start, i, fresh = 0, 0, True
    for end in ends:
        if start < end <= starts[i] and not fresh and end - start <= PIECE:  # most have no number
            start, fresh = end, folded[end - 1] == "\n"
            continue
        while start < end:
            stop = end if end - start <= PIECE else start + PIECE
            first, i = i, bisect_left(starts, stop, i)
            if i > first:
                stop = max(stop, mentions[i - 1]["end"])
            yield {"start": start, "end": stop, "mentions": mentions[first:i]}, fresh
            fresh = folded[stop - 1] == "\n"
            start = stop


def _sift(sentence, folded, paragraph, ruled, document):
    """Part the numbers of a sentence into those that may be facts, with their dates, and those refused."""
    kept, refused, before = [], [], paragraph.get("norm")
    mentions, start, end = sentence["mentions"], sentence["start"], sentence["end"]
    dates, paragraph["dated"] = dates_of(sentence, folded, paragraph.get("dated"), document)
    reasons = [refusal_of(mention, folded) for mention in mentions]
    normed = not _NORMED.isdisjoint(reasons) and (before or may_hold_norms(folded, start, end, ruled))
    for mention, dated, reason in zip(mentions, dates, reasons, strict=True):
        norm = reason
        if normed and not reason:
            norm = norm_of(mention, folded, sentence, ruled, before)
        if norm in _KEPT_IN_MIND:
            before = (mention["end"], norm, mention["unit"])
        elif not norm:
            before = None
        if norm and norm != SET:
            refused.append((mention["start"], mention["end"], norm))
        else:
            mention["at"], mention["since"], mention["within"] = dated
            mention |= {"year": document.at[:4], "set": norm == SET}
            kept.append(mention)
    paragraph["norm"] = before
    return kept, refused


def _facts_of(sentence, folded, tokens):
    """Read one sentence; what holds for the next goes into its paragraph."""
    numbers = {t.start: i for i, t in enumerate(tokens) if t.word == NUMBER}
    paragraph, before, rows = sentence["paragraph"], sentence["start"], []
    context = {"noun": None, "nouns": [], "counted": [], "above": {}, "paragraph": paragraph}
    context |= {"levels": [], "scopes": [[(), ()]], "parts": {}, "start": sentence["start"]}
    context["among"] = _among(folded, sentence, tokens)
    context["bound"] = sentence["planned"] or sentence["ruled"]
    least = is_least(folded, sentence)
    paragraph["told"] = paragraph.get("told") or least
    context["intent"] = context["begun"] = (
        paragraph.get("ahead")
        or least
        or is_intended_before(folded, sentence["start"])
        or is_promised(folded, sentence["start"], sentence["end"])
    )
    if folded.find("分别", sentence["start"], sentence["end"]) >= 0:
        share_hedges(sentence["kept"], folded)
    for mention in sentence["kept"]:
        planned = (
            sentence["planned"]
            or mention["set"]
            or (sentence["budget"] and mention["unit"] in units_of("budget"))
        )
        number = numbers.get(mention["start"])
        rows.append(_fact(mention, folded, tokens, number, before, context, planned))
        before = mention["end"]
    if rows[0]["noun"] and rows[0]["kind"] == "level":
        paragraph["subject"] = rows[0]["noun"], rows[0]["unit"]
        if rows[0]["unit"] in units_of("person") and is_person(folded[slice(*rows[0]["noun"])]):
            paragraph.setdefault("persons", rows[0]["noun"])
    paragraph["wholes"] = wholes_of(sentence, folded, context)
    return rows


def _among(folded, sentence, tokens):
    """Find the persons that a sentence tells apart, or those of which it goes on to do so (其中,...)."""
    paragraph = sentence["paragraph"]
    if "中" in folded[sentence["start"] : sentence["end"]]:
        goes_on = folded.startswith("其中", sentence["start"]) and "subject" in paragraph
        subject, unit = paragraph["subject"] if goes_on else (None, "")
        among = find_among(tokens) or (subject if unit in units_of("person") else None)
        paragraph["among"] = among or paragraph.get("among")
    return paragraph.get("among")


def _fact(mention, folded, tokens, number, before, context, planned):
    """Give one quantity its kind, noun and context.

    number: index of its token; before: where the last figure ends; context: what its sentence said so far
    (see `clauses` and `find_noun`); planned: whether its paragraph says that it shall be.
    """
    said, unit = said_of(mention, folded, before), mention["unit"]
    if mention["hedge"] in ("over", "under") and is_surpassed(said):
        mention |= {"hedge": "exact", "aim": True}
    elif mention["hedge"] == "exact" or is_broken(mention, said):
        mention["hedge"] = hedge_of(mention, said)
    kind, sign, attached = kind_of(mention, said, context)
    if kind == "change" and unit == "个" and mention["resolution"] < 1:
        unit = mention["unit"] = "百分点"  # 下降2.9个
    follow(said.lead, context["start"], context)
    noun, rule, other = _noun_of(mention, kind, folded, tokens, number, context)
    area = "" if unit else area_after(folded, mention["end"])
    if area:  # 德钦等三县团干部: the counties are counted
        noun, rule, other = (mention["end"], mention["end"] + len(area)), "right", None
    value, value_max = signed(mention["value"], mention["value_max"], sign)
    row = mention | {
        "number": mention["start"],
        "start": mention["start"] - attached,
        "value": value,
        "value_max": value_max,
        "kind": kind,
        "status": status_of(mention, said, planned, context),
        "baseline": baseline_of(kind, said, attached, mention["at"], context),
        **course_of(said, noun, mention["start"], rule, context),
        "each": said.clause.rstrip().endswith(("各", "每")),
        "yearly": kind == "growth" and any(map(said.clause.__contains__, YEARLY)),
        "per": context["per"],
        **{"noun": noun, "rule": rule, "other": other},
    }
    if not unit and kind != "rank":
        row["unit"] = "个" if area else _unsaid_unit(noun, folded, row)
        each = kind == "mean" and row["unit"] and each_of(said.clause, "")
        row["per"] = each.unit if each else row["per"]  # 年均参训人次达12万
    if "当年" in said.clause:
        row |= {"at": mention["at"][:4], "since": "", "within": ()}
    if kind == "growth" and unit in _IN_PERCENT:
        row |= _in_percent(row, _IN_PERCENT[unit])
    _tell_whole(row, said.lead, folded, context)
    _remember(row, unit, context)
    return row


def _in_percent(row, factor):
    names = ("value", "value_max", "resolution")
    return {n: float(Decimal(repr(row[n])) * factor) for n in names} | {"unit": "%"}


def _tell_whole(row, lead, folded, context):
    """Say of what number a figure is a part; a share has part and whole before it (120个,占300个的40%)."""
    row["whole"] = whole_of(row, folded, context)
    shared = row["kind"] == "share" and share_of(row, lead, folded, context)
    if shared:
        part, whole, contained = shared
        whole["whole"], part["whole"] = None, whole["number"] if contained else part["whole"]
        row |= {"whole": whole["number"], "noun": part["noun"]}


def _unsaid_unit(noun, folded, row):
    """Find the unit of a bare number: that of its noun (参与人数, 青年数)."""
    name = folded[slice(*noun)] if noun else ""
    if name.endswith("人次"):
        return "人次"
    if name.endswith("人数") or (name.endswith("数") and is_person(name[:-1])):
        return "人"
    return _unit_of(name, row["value"]) if row["kind"] in COUNTED_KINDS else ""


def _noun_of(mention, kind, folded, tokens, number, context):
    """Find the noun that a figure counts, as `find_noun` does, and else in what was said before."""
    start, unit = mention["start"], mention["unit"]
    if kind == "share" and number and mention["hedge"] in ("at_most", "at_least"):
        number = _before_bound(tokens, number)
    noun, rule, other = find_noun(tokens, number, mention, kind, context)
    subject, counted = context["paragraph"].get("subject", (None, ""))
    further = ("inherited",) if kind == "mean" else ("inherited", "topic", "none")
    if kind in ("change", "growth", "mean") and rule in further and context.get("averaged"):
        return context["averaged"], "inherited", noun  # 人均收入9万元,增长8%,高于以前的人均6万元
    if not noun and kind in ("change", "growth"):  # 收入80万元;较上年增加5万元
        noun, rule = subject, "inherited"
    if not noun or (rule == "event" and unit in ("个", "家", "支") and noun[1] <= start):
        above = _above(folded, tokens[0].start, unit, context["above"])
        noun, rule = (above, "topic") if above else (noun, rule)
    if not noun and unit and counted == unit:
        noun, rule = subject, "inherited"
    return noun and _carried(_without_total(noun, unit, kind, folded), folded), rule, other


def _before_bound(tokens, number):
    """Find where a bound apart from its number begins (团干部不超过团员总数的8%): its noun is before that."""
    for i in range(number - 1, max(-1, number - 10), -1):
        if tokens[i].sort == "x":
            break
        if tokens[i].word[0] == "不":
            return i
    return number


def _carried(noun, folded):
    """Let the name of a balance begin with when it is from (上年结转)."""
    start, end = noun
    dated = folded.startswith(CARRIED, start) and folded[start - 2 : start] in WHEN
    return (start - 2, end) if dated else noun


def _without_total(noun, unit, kind, folded):
    """Leave the word for a total out of what is counted (团员总数), unless it is all there is."""
    start, end = noun
    if folded[end - 1] not in "数量额值目例模务标":
        return noun
    total = next((t for t in TOTALS if folded.endswith(t, start, end)), "")
    if folded[end - 1] == "数" and folded.startswith("新增", start - 2):
        return noun  # 新增用户数 is of the number
    if folded[end - 4 : end] in roles("noun"):  # 零售总额, 团青比例
        return noun
    if total == "数量" and is_verb(folded[end - 4 : end - 2]):  # 获奖数量, 志愿者注册数量
        return (start, end - 4) if is_person(folded[start : end - 4]) else noun
    total = total or _says_no_more(folded[start:end], unit, kind)
    return (start, end - len(total)) if len(total) < end - start - 1 else noun


def _says_no_more(name, unit, kind):
    """Return the end of a name that says no more than its figure: 志愿者人数, 案件数 in 件."""
    if name.endswith("人数"):
        return "人数" if is_person(name[:-2]) else ""
    if name.endswith("比例"):  # but of 党员比例提高5个百分点 the share itself has changed
        return "比例" if kind == "share" and is_counted(name[:-2]) else ""
    if name.endswith("规模"):
        return "规模" if is_counted(name[:-2]) or ends_in(name[:-2], "money") else ""
    if name.endswith(("任务", "指标")) and unit not in {"%", "个", "项", *units_of("event")}:  # 改厕任务60座
        return name[-2:]
    if name.endswith("价值"):
        return "价值" if name[:-2].endswith(("物", "物资", "品", "设备", "款")) else ""
    counted = unit in ("件", "张") or (unit in roles("counts") and is_counted(name[:-1]))
    return "数" if counted and name[-1] == "数" else ""


def _remember(row, unit, context):
    """Keep of a figure what the next ones of its sentence, or of its paragraph, may leave out."""
    noun, kind = row["noun"], row["kind"]
    if kind in ("level", "mean"):
        context["averaged"] = noun if kind == "mean" else None
    if noun and kind != "mean":
        context |= {"noun": noun, "unit": unit}
        context["counted"].append((noun, unit))
    if kind == "level":
        context["levels"].append(row)
        context["nouns"] += [noun] if noun else []


def _above(folded, start, unit, found):
    """Find the noun of a figure in the sentence before its own, or in the heading above its paragraph.

    It is the same for all figures of a sentence that have one unit, so it is kept in ``found``, by unit.
    """
    if unit not in found:
        start -= folded[start - 1 : start] == "\n"
        first = max(folded.rfind("\n", max(0, start - 60), start) + 1, start - 60)
        found[unit] = find_above(folded[first:start], first, unit) if first < start else None
    return found[unit]


def _row(row, text, folded, source_id, ids, book):
    """One proposal in the columns of facts."""
    noun_start, noun_end = row["noun"] or (row["start"], row["start"])
    noun = text[noun_start:noun_end].replace("\n", "")
    named = folded[noun_start:noun_end].replace("\n", "")
    honoured = _is_honour(named)
    if not row["unit"] and row["kind"] in COUNTED_KINDS:
        row["unit"] = _unit_of(named, row["value"])  # of a table, or of what stands above
    indicator, usual, sure = NOTHING
    if unquoted(named)[-2:] in book.ends:
        first = min(noun_start, row["start"])
        indicator, usual, sure = indicator_of(named, folded[max(0, first - 6) : first], row, honoured, book)
    flow = _flow(row, honoured, usual)
    low, high = bounds_of(row["value"], row["hedge"], row["value_max"])
    began, ended = _period(row, flow)
    return row | {
        "fact_id": ids[row["number"]],
        "source_id": source_id,
        "scope": row.get("scope", ""),
        "indicator": indicator,
        "flow": flow,
        "unit": f"{row['unit']}/{row['per']}" if row.get("per") else row["unit"],
        **{"low": low, "high": high},
        **{"period_start": began, "period_end": ended},
        "token": text[row["start"] : row["end"]],
        "part_of": ids.get(row["whole"], ""),
        **{"coder": "extract", "reviewer": ""},
        "note": "each" if row["each"] else YEARLY[0] if row.get("yearly") else "",
        **{"noun": noun, "noun_start": noun_start, "noun_end": noun_end},
        "alternatives": text[slice(*row["other"])] if row["other"] else "",
        "confidence": _confidence(row["rule"], sure and indicator and flow == book.flows[indicator]),
    }


def _unit_of(name, value):
    """Return the unit of a bare number by what it counts, as coders fill it in: 6万志愿者 are 人.

    Sums are told bare in round numbers only (放贷10亿).
    """
    name = name.removesuffix("量") if is_person(name[:-1]) else name  # 粉丝量
    if is_person(name) or name.endswith("人口"):
        return "人"
    if _SEEN.search(name):
        return "次"
    if ends_in(name, "money"):
        return "元" if value >= 1e4 else ""
    return "个" if ends_in(name, "organisation") and name not in SETTINGS else ""


def _confidence(rule, sure):
    if rule in ("none", "inherited", "topic"):
        return "low"
    return "high" if sure else "medium"


def _period(row, flow):
    """Say from when a figure counts and until when; what happened in a year or month began with it."""
    if flow == "flow":
        return row["within"] or (row["since"] or row["at"], row["at"])
    return "" if flow == "stock" else row["since"], row["at"]


def _flow(row, honoured, usual):
    """Tell stock, flow and running total apart; what the code book counts on a day stays a stock."""
    if row["cumulative"] and usual != "stock":
        return "cumulative"
    if row["unit"] in units_of("flow") or honoured:
        return "flow"
    if usual == "stock":
        return "flow" if row["new"] else "stock"
    return "flow" if row["event"] else usual or "stock"


@lru_cache(WORDS)
def _is_honour(name):
    """Tell whether a noun names what is awarded within a period (优秀共青团员, 五四红旗团委)."""
    return bool(name and _honours().search(name))


@cache
def _honours():
    return re.compile(
        rf"(?:{lexicon_pattern('honour')})[”\"’]?$"
        r"|^[“\"‘]?(?:全[国省市县区]|[省市县区镇校]级?)?(?:优秀|先进|模范|杰出|十佳|最美)"
        r"(?:共青团|团|少先队|辅导员|志愿者|青年志愿者|集体|个人|基层|单位|组织|项目)"
    )

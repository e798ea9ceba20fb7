"""Facts proposed from a report, with evidence, for a coder to confirm.

Numbers are found and read by `quantities`; here each quantity gets its kind, its noun and its context
from the words around it. A rule's name stands beside every proposal, and what was refused, and why,
comes with the table: "not stated" and "not extracted" are different things.
"""

import re
from bisect import bisect_right
from functools import cache
from math import inf, nan

import numpy as np
import pandas as pd
from pandas.api.internals import create_dataframe_from_blocks

from .dates import ISO, dates_of, document_date, iso
from .intervals import hedge_bounds
from .norms import NORMS, gives_orders, is_rule, is_titled_rule, may_hold_norms, norm_of
from .nouns import OCCASIONS, TOTALS, find_above, find_noun
from .places import child_of, district_of, place_of, scope_of, town_of
from .quantities import either, fold, lexicon_codes, lexicon_pattern, lexicon_words, scan_folded
from .rates import each_of, each_of_all
from .refusals import is_at_least, refusal_of
from .schema import DataError
from .tables import read_tables
from .tokens import AGE, BODY, BRACKET, BREAK, GROUP, NAME, NOUN, NUMBER, OTHER, classify, tagger
from .words import word_table, words_of

COLUMNS = [
    *("fact_id", "source_id", "district", "scope", "indicator", "kind", "flow"),
    *("value", "value_max", "hedge", "resolution", "unit", "low", "high", "baseline"),
    *("period_start", "period_end", "status", "token", "start", "end", "part_of"),
    *("coder", "reviewer", "note"),
    *("noun", "noun_start", "noun_end", "rule", "alternatives", "confidence"),
]
BOUNDS, NUMBERS = ("low", "high"), ("value", "value_max", "resolution")
_AS_READ = (*NUMBERS, "kind", "hedge", "unit", "baseline", "status", "start", "end", "rule")
PLACES = ("start", "end", "noun_start", "noun_end")
_NORMED = frozenset({"", *NORMS})  # reasons of numbers that norms are told from
_WORD = pd.StringDtype(na_value=nan)  # what "str" means to pandas
FLOWS = (  # units of what happens
    *("人次", "小时", "场", "次", "期", "篇", "场次", "节", "课时", "学时"),
    *("元", "册", "份", "件", "吨", "起", "单"),
)
PLANNED_BY_BUDGETS = ("元", "%", "百分点", "倍")  # staff and offices are as they are
WHOLE = ("人", "名", "位", "个", "家", "户")  # units of what comes in whole numbers
PIECE = 1500  # characters: a longer sentence is cut, so that time stays linear


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
        labels or aliases, or ends in one.
    data : path, optional
        A folder of your own words: lexicon.csv and units.csv, whose rows are added to the project's, and
        indicators.csv, which takes the place of its code book. Columns and roles: data/README.md.

    Returns
    -------
    pandas.DataFrame
        One row is one proposed fact, in the columns of facts (`load_facts`), and: noun with its offsets,
        rule (how the noun was found: right or left of the number, object of a verb of becoming, event,
        inherited from the figure before, topic of the clause before, header or label of a table),
        alternatives (the other candidate), confidence (high, medium, low).
        ``text[start:end]`` is the token, for the text as given or ``document.text``.
        ``attrs["refused"]`` lists the numbers that are no facts, one record each: start, end, token,
        reason; ``pandas.DataFrame(facts.attrs["refused"])`` makes a table of it.

    Raises
    ------
    DataError
        If the date is none, or the folder holds no words.
    """
    proposals, refused = propose(document_or_text, source_id, indicators, date, data)
    facts = tabulate(proposals)
    facts.attrs["refused"] = refused  # records, since pandas cannot join frames that carry frames
    return facts


def propose(document_or_text, source_id="", indicators=None, date="", data=None):
    """Return the proposals of one document and what was refused, as dicts: what `extract_facts` tabulates."""
    if date and not ISO.fullmatch(date):
        raise DataError(f"{date!r} is no date of a document: write 2021, 2021-06 or 2021-06-30.")
    with words_of(data):
        return _propose(document_or_text, source_id, indicators, date)


def _propose(document_or_text, source_id, indicators, date):
    text = getattr(document_or_text, "text", document_or_text)
    folded, paragraphs = fold(text), _paragraphs(document_or_text)
    furniture = [(start, end) for start, end, role in paragraphs if role == "boilerplate"]
    sifted, refused, paragraph = [], [], {}
    date, place, town = document_date(folded, date), place_of(folded), town_of(folded)
    title, says = _title_says(folded), {"plan": False, "rule": ""}
    has_tables = any(role == "table" for *_, role in paragraphs)
    tabled, spans = read_tables(document_or_text.paragraphs, folded, date) if has_tables else ([], [])
    shown = {figure["start"] for figure in tabled}
    for sentence, starts_paragraph in _sentences(folded, scan_folded(folded)):
        if starts_paragraph:
            paragraph = {}
            says = _paragraph_says(folded[sentence["start"] : sentence["end"]], says, title)
        if not sentence["mentions"]:
            continue
        unread = _unread(sentence, furniture, spans, shown)
        if unread is not None:
            refused += unread
            continue
        kept, not_kept = _sift(sentence, folded, paragraph, says["ruled"], date)
        refused += not_kept
        if kept:
            sifted.append(sentence | {"kept": kept, "paragraph": paragraph} | says)
    rows = [
        row
        | {
            "district": district_of(place, folded, sentence["start"], row["number"], row["kind"]),
            "scope": scope_of(town, folded, sentence["start"], row["number"]),
        }
        for sentence, tokens in zip(sifted, _tokens(folded, sifted), strict=True)
        for row in _facts_of(sentence, folded, tokens)
    ]
    tabled = [row | {"district": _district_in_table(row, place)} for row in tabled]
    rows = sorted(rows + tabled, key=lambda r: r["start"]) if tabled else rows
    lookup, flows = _code_book() if indicators is None else _lookup(indicators)
    ids = {r["number"]: f"{source_id or 'draft'}-{i:03d}" for i, r in enumerate(rows, 1)}
    proposals = [_row(r, text, folded, source_id, ids, lookup, flows) for r in rows]
    return proposals, [
        {"start": a, "end": b, "token": text[a:b], "reason": reason} for a, b, reason in refused
    ]


def _unread(sentence, furniture, tables, shown):
    """List the numbers of boilerplate, and those of a table that its cells do not show; None for prose."""
    mentions = sentence["mentions"]
    if _inside(sentence["start"], furniture):
        return [(m["start"], m["end"], "boilerplate") for m in mentions]
    if not _inside(sentence["start"], tables):
        return None
    return [
        (m["start"], m["end"], "table" if m["sort"] in ("quantity", "bare") else m["sort"])
        for m in mentions
        if m["start"] not in shown
    ]


def tabulate(proposals):
    """Lay out the proposals of one document or many as a table of facts, with their intervals."""
    numbers, places = _array(proposals, NUMBERS, float), _array(proposals, PLACES, "int64")
    hedges = np.array([p["hedge"] for p in proposals], dtype=object)
    bounds = hedge_bounds(numbers[NUMBERS.index("value")], hedges, numbers[NUMBERS.index("value_max")])
    blocks = [(np.vstack([*numbers, *bounds]), _at((*NUMBERS, *BOUNDS))), (places, _at(PLACES))]
    blocks += [(words, _at((name,))) for name, words in _words(proposals).items()]
    # for a small table the usual constructor would take as long as all else together
    return create_dataframe_from_blocks(blocks, pd.RangeIndex(len(proposals)), _column_index())


def _array(proposals, names, dtype):
    """Return the named fields, one row each."""
    return np.array([[p[name] for p in proposals] for name in names], dtype=dtype)


def _words(proposals):
    """Return the columns of text, cut from one array: a column costs pandas more than its words."""
    names, size = [c for c in COLUMNS if c not in (*BOUNDS, *NUMBERS, *PLACES)], len(proposals)
    try:
        words = pd.array([p[name] for name in names for p in proposals], dtype=_WORD)
    except UnicodeEncodeError:  # half a character, which such columns may not hold
        return {name: _array(proposals, (name,), object) for name in names}
    return {name: words[i * size : (i + 1) * size] for i, name in enumerate(names)}


@cache
def _column_index():
    return pd.Index(COLUMNS)


@cache
def _at(names):
    """Return the places of columns."""
    return np.array([COLUMNS.index(name) for name in names])


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
    """
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
    layers = ("value", "hedge", "unit", "kind", "noun", "head")
    if not draft:
        return row | dict.fromkeys(layers)
    near = 1e-9 * abs(fact["value"])
    empty = pd.isna(fact["value"]) and pd.isna(draft["value"])
    same = bool(empty or abs(draft["value"] - fact["value"]) <= near)
    people = {"名": "人", "位": "人"}
    units = ["/".join(people.get(u, u) for u in f["unit"].split("/")) for f in (fact, draft)]
    row |= {"value": same, "hedge": draft["hedge"] == fact["hedge"], "kind": draft["kind"] == fact["kind"]}
    row |= {"unit": units[1] in (units[0], "")}
    if noun is None:
        return row | {"noun": None, "head": None}
    own, coded = (_marks()["bare"].sub("", fold(n)) for n in (draft["noun"], noun))
    return row | {"noun": own == coded, "head": own[-2:] == coded[-2:]}


def _district_in_table(row, place):
    """Return the code of a figure in a table: that of the place its row names, else that of the text."""
    return child_of(place, row["scope"]) if row.get("scope") else place.code if place else ""


def _paragraphs(document):
    """Return (start, end, role) of the paragraphs of a document, in order; a text has none."""
    table = getattr(document, "paragraphs", None)
    if table is None:
        return []
    return sorted(zip(*(table[name].tolist() for name in ("start", "end", "role")), strict=True))


def _inside(place, spans):
    """Tell whether a place lies in one of some stretches, in order, that do not overlap."""
    i = bisect_right(spans, (place, inf)) - 1
    return i >= 0 and place < spans[i][1]


def _sentences(folded, mentions):
    """Cut the text into sentences of bounded length, each with its numbers; skip those without any."""
    ends = [m.end() for m in _marks()["sentence"].finditer(folded)] + [len(folded)]
    spans = [(m["start"], m["end"]) for m in mentions] + [(inf, inf)]
    start, i, fresh = 0, 0, True
    for end in ends:
        while start < end:
            stop = end if end - start <= PIECE else start + PIECE
            first = i
            while spans[i][0] < stop:
                stop = max(stop, spans[i][1])
                i += 1
            if i > first or fresh:
                yield {"start": start, "end": stop, "mentions": mentions[first:i]}, fresh
            fresh = folded[stop - 1] == "\n"
            start = stop


def _title_says(folded):
    """Say what the head of a document makes of all its figures: a call for candidates, a budget, a rule."""
    marks, head = _marks(), folded[:200]
    ordered, agenda = gives_orders(folded), marks["agenda"].search(head)
    return {
        "budget": bool(marks["budget"].search(head)),
        "call": ordered or bool(marks["call"].search(head)),
        "rule": (ordered and not agenda) or is_titled_rule(folded),
    }


def _paragraph_says(opening, before, title):
    """Say what the first sentence of a paragraph, or a heading above it, makes of the figures in it."""
    plan, rule = title["call"] or _is_plan(opening, before["plan"]), is_rule(opening, before["rule"])
    return {
        "plan": plan,
        "rule": rule,
        "planned": plan or (":" in opening and bool(_marks()["announced"].match(opening))),
        "ruled": bool(title["rule"] or rule),
        "budget": title["budget"] or bool(_marks()["budgeted"].search(opening[:40])),
    }


def _is_plan(paragraph, planned):
    """Tell whether a paragraph is of the plan for the coming year: one heading opens it, another ends it."""
    marks, head = _marks(), paragraph[:40]
    if (marks["plan"].search(head) or marks["goal"].match(head)) and not marks["past"].search(head):
        return True
    return planned and not marks["review"].search(head)


def _sift(sentence, folded, paragraph, ruled, document):
    """Part the numbers of a sentence into those that may be facts, with their dates, and those refused."""
    kept, refused, before = [], [], paragraph.get("norm")
    mentions, start, end = sentence["mentions"], sentence["start"], sentence["end"]
    dates, paragraph["dated"] = dates_of(mentions, folded, paragraph.get("dated"), document)
    reasons = [refusal_of(mention, folded) for mention in mentions]
    normed = not _NORMED.isdisjoint(reasons) and (before or may_hold_norms(folded, start, end, ruled))
    for mention, (at, since), reason in zip(mentions, dates, reasons, strict=True):
        if normed and not reason:
            reason = norm_of(mention, folded, sentence, ruled, before)
        if reason in NORMS:
            before = (mention["end"], reason, mention["unit"])
        if reason:
            refused.append((mention["start"], mention["end"], reason))
        else:
            before = None
            mention |= {"at": at, "since": since, "year": document[:4]}
            kept.append(mention)
    paragraph["norm"] = before
    return kept, refused


def _facts_of(sentence, folded, tokens):
    """Read one sentence; what holds for the next goes into its paragraph."""
    numbers = {t.start: i for i, t in enumerate(tokens) if t.word == NUMBER}
    paragraph, before, rows = sentence["paragraph"], sentence["start"], []
    context = {"noun": None, "nouns": [], "counted": [], "above": {}, "whole": None, "paragraph": paragraph}
    context["bound"] = sentence["planned"] or sentence["ruled"]
    context["intent"] = _is_intended_before(folded, sentence["start"])
    for mention in sentence["kept"]:
        planned = sentence["planned"] or (sentence["budget"] and mention["unit"] in PLANNED_BY_BUDGETS)
        rows.append(_fact(mention, folded, tokens, numbers, before, context, planned))
        before = mention["end"]
    if rows[0]["noun"] and rows[0]["kind"] == "level":
        paragraph["subject"] = rows[0]["noun"]
    return rows


_SPANS = {"baseline": OTHER, "joined": GROUP, "quote": NOUN, "body": BODY, "bracket": BRACKET}


def _tokens(folded, sentences):
    """Tag sentences, all in one go, with what `_signs` finds replaced by single signs; yield their tokens."""
    signs, texts = [_signs(folded, sentence) for sentence in sentences], []
    for sentence, spans in zip(sentences, signs, strict=True):
        at = sentence["start"]
        for start, end, sign in spans:
            texts += (folded[at:start], sign)
            at = end
        texts += (folded[at : sentence["end"]], BREAK)
    tagged = iter(tagger().tag("".join(texts), hmm=False))  # that model glues 率 to 为, 线 to 达
    for sentence, spans in zip(sentences, signs, strict=True):
        yield classify(tagged, sentence["start"], {start: end for start, end, _ in spans})


def _signs(folded, sentence):
    """Find numbers, age limits, baselines and names of a sentence, as (start, end, what stands for it)."""
    first, last = sentence["start"], sentence["end"]
    counted = {m["start"] for m in sentence["kept"]}
    signs = [(m["start"], m["end"], _sign(m, folded, m["start"] in counted)) for m in sentence["mentions"]]
    names = {name: [m.span() for m in _marks()[name].finditer(folded, first, last)] for name in _SPANS}
    quoted = names["quote"]
    spans = [s for s in signs if s[2] and s[2] != NAME and (s[2] == NUMBER or not _inside(s[0], quoted))]
    taken = bytearray(last - first)  # 1 where a sign stands
    for start, end, _ in spans:
        taken[start - first : end - first] = b"\1" * (end - start)
    others = [(*span, sign) for name, sign in _SPANS.items() for span in names[name]]
    for start, end, sign in others + [s for s in signs if s[2] == NAME]:
        if 1 not in taken[start - first : end - first]:
            taken[start - first : end - first] = b"\1" * (end - start)
            spans.append((start, end, sign))
    return sorted(spans)


def _sign(mention, folded, counted):
    """Return what stands for a number; names without digits are left to the tagger."""
    if counted:
        return NUMBER
    token = folded[mention["start"] : mention["end"]]
    if mention["sort"] == "age":
        return GROUP if token[-1] == "后" else AGE if _marks()["limit"].search(token) else OTHER
    if mention["sort"] != "name":
        return OTHER
    if token[0] in '“《"‘':
        return ""
    return NAME if token[0].isdigit() or lexicon_codes("name").get(token) == "noun" else ""


def _fact(mention, folded, tokens, numbers, before, context, planned):
    """Give one quantity its kind, noun and context."""
    start = mention["start"]
    lead = folded[before:start]
    clause = lead[max(map(lead.rfind, ",。;:\n")) + 1 :] if lead else ""
    clause = _marks()["quoted"].sub("", clause)
    rest = folded[mention["end"] : mention["end"] + 24]
    if mention["hedge"] == "exact" and is_at_least(clause):
        mention["hedge"] = "at_least"  # 至少召开2次
    each = each_of(clause, rest)
    kind, sign, attached = _kind(mention, clause, each, context)
    kind, sign = _with_the_last(kind, sign, mention["unit"] == "%", lead, context)
    owed = _is_owed(mention, clause, rest, each, context)
    listed = _is_listed_with(context, mention, lead)
    still = context.get("owed") and (listed or mention["hedge"] == "at_least")
    if kind == "level" and (listed or owed or (still and context["per"])):
        kind = "mean"
    least = _is_bounded(mention) or (listed and context["least"] and mention["hedge"] == "exact")
    if least:
        mention["hedge"] = "at_least"  # 每人联系不少于1个支部、2个班级
    owed = still or (owed and "了" not in clause)
    per = _per(mention, kind, clause, each, owed, listed or still, context)
    context |= {"mean": mention if kind == "mean" else None, "owed": owed, "per": per, "least": least}
    noun, rule, other = find_noun(tokens, numbers.get(start), mention, kind, context)
    if not noun and kind in ("change", "growth"):  # 收入80万元;较上年增加5万元
        noun, rule = context["paragraph"].get("subject"), "inherited"
    if not noun or (rule == "event" and mention["unit"] in ("个", "家", "支") and noun[1] <= start):
        above = _above(folded, tokens[0].start if tokens else start, mention["unit"], context["above"])
        noun, rule = (above, "topic") if above else (noun, rule)
    if _marks()["part"].search(lead):
        context["whole"] = context.get("level")
    at, since = (mention["at"][:4], "") if "当年" in clause else (mention["at"], mention["since"])
    row = mention | {
        "number": start,
        "value": sign * mention["value"],
        "kind": kind,
        "start": start - attached,
        "status": _status(mention, lead, clause, rest, planned or owed, context),
        "baseline": _baseline(lead, mention["at"])
        or _origin(kind, clause, rest[:10])
        or _same_baseline(lead[: len(lead) - attached], kind, context),
        "at": at,
        "since": since,
        **_course(_before_noun(clause, noun, start), rest[:14], rule, context),
        "each": clause.rstrip().endswith(("各", "每")),
        "per": per,
        "noun": noun,
        "rule": rule,
        "other": other,
        "whole": context["whole"],
    }
    if kind == "growth" and mention["unit"] == "倍":
        row |= {"value": 100 * row["value"], "resolution": 100 * row["resolution"], "unit": "%"}
    _remember(row, mention["unit"], context)
    return row


def _remember(row, unit, context):
    """Keep of a figure what the next ones of its sentence, or of its paragraph, may leave out."""
    noun, kind = row["noun"], row["kind"]
    context["baseline"] = row["baseline"]
    if kind in ("change", "growth"):
        context["paragraph"]["baseline"] = row["baseline"]
    if noun and kind != "mean":
        context |= {"noun": noun, "unit": unit}
        context["counted"].append((noun, unit))
    if kind == "level":
        context["level"] = row["number"]
        context["nouns"] += [noun] if noun else []


def _with_the_last(kind, sign, rate, lead, context):
    """Kind and sign of what may share the verb of a change (分别增长5%和3%, 增配书记2名、委员5名)."""
    moved = context.get("moved")
    if moved and kind in ("level", "share") and moved[2] == rate and _marks()["and"].fullmatch(lead):
        kind, sign = moved[:2]
    context["moved"] = (kind, sign, rate) if kind in ("change", "growth") else None
    return kind, sign


def _above(folded, start, unit, found):
    """Find the noun of a figure in the sentence before its own, or in the heading above its paragraph.

    It is the same for all figures of a sentence that have one unit, so it is kept in ``found``, by unit.
    """
    if unit not in found:
        start -= folded[start - 1 : start] == "\n"
        first = max(folded.rfind("\n", max(0, start - 60), start) + 1, start - 60)
        found[unit] = find_above(folded[first:start], first, unit) if first < start else None
    return found[unit]


def _status(mention, lead, clause, rest, planned, context):
    """Tell what is from what shall be; a word of intent holds for its sentence, unless 已 ends it."""
    if mention["hedge"] == "masked":
        return "masked"
    marks = _marks()
    done = marks["now"].search(lead)
    intent = (
        marks["planned"].search(clause if done else lead)
        or _is_ahead(lead, mention["year"])
        or (marks["aim"].match(rest) and (mention["hedge"] == "at_least" or marks["aims"].search(clause)))
    )
    if marks["task"].search(clause):
        return "planned"  # of this figure only
    now = done and marks["now"].search(clause)
    if intent or done:
        context["intent"] = bool(intent) and not now
    return "planned" if (planned and not now) or context.get("intent") else "achieved"


def _is_intended_before(folded, start):
    """Tell whether the part of a sentence before a semicolon says what shall be."""
    if folded[start - 1 : start] != ";":
        return False
    said = re.split("[。!?\n]", folded[max(0, start - 200) : start])[-1]
    return bool(_marks()["planned"].search(said)) and not _marks()["now"].search(said)


def _is_owed(mention, clause, rest, each, context):
    """Tell what each unit owes (每名干部联系不少于10名, 每个乡镇至少建2个) from what each has done."""
    if each and each.period and _is_frequency(mention) and not _marks()["kept_up"].search(clause):
        return True  # 每月召开一次例会
    if context["bound"] and _marks()["every"].search(clause):
        return True
    if not (each or _marks()["per"].search(clause)):
        return False
    return bool(_is_bounded(mention) or _marks()["owed"].search(clause) or _marks()["asked"].match(rest))


def _is_bounded(mention):
    """Tell whether a word before a number makes it the least there may be (不少于10名)."""
    return mention["start"] != mention["number_start"] and mention["hedge"] == "at_least"


def _per(mention, kind, clause, each, owed, listed, context):
    """Name the unit under the line of a rate: its own, that of those who owe it, or its list's."""
    if kind != "mean" or mention["unit"] in ("%", "岁", "倍", ""):
        return ""
    return each.unit if each else (owed and each_of_all(clause)) or (listed and context.get("per")) or ""


def _is_listed_with(context, mention, lead):
    """Tell whether a figure is listed with one for each unit, and so is one itself (1个示范村、2个示范户)."""
    first = context.get("mean")
    if not first or not _marks()["listed"].fullmatch(lead):
        return False
    return (
        mention["unit"] == first["unit"]
        or context["owed"]
        or mention["hedge"] == first["hedge"] == "at_least"
    )


def _is_ahead(lead, year):
    """Tell whether a figure is for a year to come: after that of its document (到2025年), or within some."""
    if "年" not in lead:
        return False
    by = _marks()["by"].search(lead)
    return bool((by and year > "1990" and by[1] > year) or _marks()["within"].search(lead))


def _before_noun(clause, noun, start):
    """Return what a clause says before its noun, which may hold a verb itself (团组织数)."""
    return clause[: max(0, len(clause) - (start - noun[0]))] if noun and noun[0] < start else clause


def _course(clause, rest, rule, context):
    """Tell whether a figure is of events or summed up.

    One that shares the noun or the verb of the figure before (新建团支部5个、青年之家3个) is as that one is.
    """
    marks = _marks()
    happened = rule in ("object", "event") or bool(marks["event_after"].match(rest))
    event = bool(marks["event"].search(clause))
    course = {
        "cumulative": bool(marks["cumulative"].search(clause)),
        "event": event or happened,
        "new": happened or (event and bool(marks["new"].search(clause))),  # its words are of events too
    }
    if "course" in context and (rule == "inherited" or clause[:1] in ("、", "和", "及")):
        course = {word: course[word] or context["course"][word] for word in course}
    context["course"] = course
    return course


def _kind(mention, clause, each, context):
    """Kind, sign, and how many characters of a verb of change stand directly before the quantity."""
    marks, unit = _marks(), mention["unit"]
    if mention["sort"] == "rank":
        return "rank", 1, 0
    moved = marks["moved"].search(clause)
    verb = moved["verb"] if moved else ""
    sign = -1 if verb in _roles("down") else 1
    attached = len(moved[0]) if moved else 0
    if verb and moved["to"]:
        rate = unit == "%" and verb[-1] in "幅速"  # 增幅达12%
        return ("growth" if rate else "share" if unit == "%" else "level"), sign if rate else 1, 0
    if unit == "百分点":
        return "change", sign, attached
    if mention.get("double"):
        return "growth", 1, 0
    if unit in ("%", "倍") and verb:
        ratio = marks["ratio"].search(clause[: moved.start()])
        return ("change" if ratio and unit == "%" else "growth"), sign, attached
    if unit == "%" or (not unit and marks["held"].search(clause)):
        held = marks["share"].search(clause)
        return "share", 1, len(held[0]) if held else 0
    if marks["mean"].search(clause) or (each and (not each.period or _is_frequency(mention))):
        return "mean", 1, 0
    if verb:
        return "change", sign, attached
    if mention["resolution"] < 1 and unit in WHOLE:
        return "mean", 1, 0  # 1985.26人
    far = marks["far"].search(clause)  # 增配副书记9名
    return ("change", -1 if far[0] in _roles("down") else 1, 0) if far else ("level", 1, 0)


def _is_frequency(mention):
    """Tell how often from how many in a time: 每月2次, but 每月300人次."""
    return mention["unit"] in OCCASIONS and mention["value"] <= 12


def _baseline(lead, at):
    """Name what a figure is compared with: by its word, or by its year (比2018年底: 2018-12-31)."""
    year = _marks()["year"].search(lead)
    if year:
        date = iso(f"{year[1]}年", year[2] or "")
        return "previous_year" if at[:4].isdigit() and int(at[:4]) - int(date[:4]) == 1 else date
    for match in _marks()["baseline"].finditer(lead):
        return next((code for word, code in lexicon_codes("baseline").items() if word in match[0]), "")
    return ""


def _origin(kind, clause, rest):
    """Tell whether a level is the one that a change starts from (由682个增加到1100个), and of when."""
    if kind not in ("level", "share") or not _marks()["origin"].search(clause):
        return ""
    if not _marks()["onward"].match(rest):
        return ""
    date = _marks()["origin_date"].search(clause)
    return (date and iso(date[0])) or "before"


def _same_baseline(between, kind, context):
    """Take the baseline of the figure before, where only a mark stands between (增加418个，增长62.76%).

    A change that names none is against what the last change of its paragraph is against.
    """
    same = "" if between.strip(",、 ") else context.get("baseline", "")
    return same or (context["paragraph"].get("baseline", "") if kind in ("change", "growth") else "")


def _row(row, text, folded, source_id, ids, lookup, flows):
    """One proposal in the columns of facts."""
    noun_start, noun_end = row["noun"] or (row["start"], row["start"])
    noun = text[noun_start:noun_end].replace("\n", "")
    indicator = _indicator(folded[noun_start:noun_end].replace("\n", ""), lookup)
    flow = _flow(row, noun, flows.get(indicator))
    return {
        **{name: row[name] for name in _AS_READ},
        "unit": f"{row['unit']}/{row['per']}" if row.get("per") else row["unit"],
        "fact_id": ids[row["number"]],
        "source_id": source_id,
        "district": row["district"],
        "scope": row.get("scope", ""),
        "indicator": indicator,
        "flow": flow,
        "period_start": _period_start(row, flow),
        "period_end": row["at"],
        "token": text[row["start"] : row["end"]],
        "part_of": ids.get(row["whole"], ""),
        "coder": "extract",
        "reviewer": "",
        "note": "each" if row["each"] else "",
        "noun": noun,
        "noun_start": noun_start,
        "noun_end": noun_end,
        "alternatives": text[slice(*row["other"])] if row["other"] else "",
        "confidence": _confidence(row["rule"], indicator),
    }


@cache
def _code_book():
    return _lookup(word_table("indicators"))


def _lookup(indicators):
    """Labels and aliases of a code book with their indicators, and each indicator's usual flow."""
    lookup = {}
    for name, label, aliases in (
        indicators[["indicator", "label_zh", "aliases"]].fillna("").itertuples(index=False)
    ):
        for word in [label, *aliases.split(";")]:
            if len(word) > 1:
                lookup.setdefault(fold(word), name)
    return lookup, dict(zip(indicators["indicator"], indicators["flow"], strict=True))


def _confidence(rule, indicator):
    if rule in ("none", "inherited", "topic"):
        return "low"
    return "high" if indicator else "medium"


def _period_start(row, flow):
    """Say from when a figure counts; what happened in a year or month began with it."""
    if flow == "stock":
        return ""
    return row["since"] or (row["at"] if flow == "flow" else "")


def _flow(row, noun, usual):
    """Tell stock, flow and running total apart; what the code book counts on a day stays a stock."""
    if row["cumulative"] and usual != "stock":
        return "cumulative"
    if row["unit"] in FLOWS or _marks()["honour"].search(noun):
        return "flow"
    if usual == "stock":
        return "flow" if row["new"] else "stock"
    return "flow" if row["event"] else usual or "stock"


def _indicator(noun, lookup):
    """Find the indicator whose label or alias is the folded noun or its longest ending; a total counts it."""
    ends = (noun[i:] for i in range(len(noun) - 1))
    found = next((lookup[end] for end in ends if end in lookup), "")
    if found or not noun.endswith(TOTALS):
        return found
    return _indicator(noun.removesuffix(next(t for t in TOTALS if noun.endswith(t))), lookup)


def _plain_verbs():
    """Return the verbs that are no nouns as well: 将 before them speaks of what shall be (将举办)."""
    nouns = frozenset().union(*map(_roles, ("compound", "noun", "takes_verb")))
    return {verb for verb in _roles("head_verb") - nouns if len(verb) > 1}


@cache
def _roles(role):
    return frozenset(lexicon_codes(role))


@cache
def _marks():
    """Patterns of the words around a number, from the lexicon.

    Where every branch begins with a character, `re` searches at once; so a look-behind stands after it.
    """
    words = lexicon_pattern
    when, than = "(?:相比|相较|时|末|底)?", ("较", "比(?![例赛重率])")
    verbs = "|".join(f"{w[0]}(?<!新{w[0]}){w[1:]}" for w in lexicon_words("up", "down"))
    digits = r"[\d一二三四五六七八九十]"
    agenda = "(?:工作|年)(?:思路|计划|打算|安排|展望|要点)"
    return {
        "sentence": re.compile(r"[。!?;\n]"),
        "plan": re.compile(
            rf"{agenda}|下一步|展望未来|今后|任务书"
            r"|招(?:聘|录|生)(?:人数|计划|职数|岗位|名额|单位)|招募(?:人数|规模|公告|启事|简章)|实施规模"
        ),
        "agenda": re.compile(agenda),
        "announced": re.compile(  # 2023年十件实事包括:为...募集岗位20万个;...
            "(?=[^。;:\n]{0,80}+:)(?:(?!完成|落实|办结|兑现|实现|已|了)[^。;:\n]){0,40}(?:实事|任务清单|行动计划)"
            "(?:(?!完成|落实|办结|兑现|实现|已|了)[^。;:\n]){0,30}(?:包括|分别是|如下|有):"
        ),
        "goal": re.compile(
            r"(?=[^,。;:\n]*+[:\n])(?:(?!完成|实现|达成)[^,。;\n]){0,16}"
            r"(?:目标(?:任务)?|名额(?:分配|安排|设置)?(?:[和及]要求)?|奖项设置|奖励设置"
            r"|竞[聘选](?:职务|岗位|职位)|(?:岗位|职位)设置|职务人数)[:\n]"
        ),
        "past": re.compile(
            r"总结|回顾|(?:按照?|根据)[^,。;]{0,24}(?:安排|要点|计划|打算),"
        ),  # 2018年工作总结和2019年工作计划
        "budget": re.compile(r"(?:部门|单位|年度?|收支)预算(?!执行|完成|调整)"),
        "budgeted": re.compile("(?:收入|支出|收支)预算|年初预算数"),  # heads a paragraph of one
        "call": re.compile(  # for candidates
            r"^[^。\n《]{0,30}关于(?!公布|表彰|通报|命名|[^。\n]{0,60}(?:结果|情况))[^。\n《]{0,30}?(?:评选|推荐|选拔|招募|遴选|推报|申报|选聘|招聘)"
            r"[^。\n]{0,90}?的(?:通知|公告|通告)",
            re.M,
        ),
        "review": re.compile(r"^ {0,4}[一二三四五六七八九十]、|总结|回顾"),
        "baseline": re.compile(
            "|".join(
                [rf"{lead}[\u4e00-\u9fff]{{0,3}}(?:{words('baseline')}){when}" for lead in (*than, *"同与跟")]
                + [f"{word}{when}" for word in lexicon_words("baseline")]
                + [rf"{lead}[\u4e00-\u9fff]{{1,8}}(?=[增减提下上降多少翻净])" for lead in than]
            )
        ),
        "joined": re.compile(words("joined")),
        "year": re.compile(
            r"[比较同与和跟](?:(?<=[比较])|(?=\d{4}年[^,。;]{0,4}(?:相比|比)))(\d{4})年(年?[底末])?"
        ),
        "quote": re.compile(r"“[^“”\n,。;]{1,16}”|\"[^\"\n,。;]{1,16}\"|《[^《》\n]{1,40}》"),
        "bracket": re.compile(
            r"\((?<=[\u4e00-\u9fff]\()(?!不含)(?:[\u4e00-\u9fff、]{1,8}\)(?=[\u4e00-\u9fff])"
            r"|[\u4e00-\u9fff、]{0,5}[部所委村区道工总队团会组班社乡镇市县旗厂校园院站场街]\))"
        ),
        "body": re.compile(
            r"(?:共青团|团|中共)[\u4e00-\u9fff]{0,8}?(?:[省市县区州旗镇乡校]委|团工委)(?!员|组|班|副?书记|机关|委员)"
        ),
        "moved": re.compile(rf"(?P<verb>{verbs})(?P<to>{words('to')})?了?(?: |了|约)?$"),
        "ratio": re.compile(r"(?:率|团青比|比例|占比|比重)[^,。;]{0,12}$"),
        "share": re.compile(r"(?:占比|占)(?:达|为)? ?$"),
        "held": re.compile(r"(?:占|占比|率|比例|比重)[^,。;]{0,10}$"),
        "quoted": re.compile(r"“[^“”]*”|《[^《》]*》"),
        "mean": re.compile(
            f"{words('mean')}|各$"
            r"|各(?![级类地界族项种行自])[\u4e00-\u9fff()]{1,10}(?:配备|配齐|设立?|选派|确定|明确)(?:了|有)?$"
        ),
        "far": re.compile(r"(?:增配|增核|净增|追加|核增|精简|核减|裁减)(?=[^到至为,。;、]{2,10}$)"),
        "part": re.compile(
            r"其中|内有|包括|含(?<!不含)|中,(?<=[\u4e00-\u9fff]{2}中,)(?<!过程中,|工作中,|活动中,)"
        ),
        "planned": re.compile(
            rf"{either(lexicon_codes('planned'))}|将(?:{either(_plain_verbs())})|计划(?=\d)|设(?:[一二三特]等|[金银铜]|优秀)奖"
            r"|要(?<![主重只需想还]要)(?:占|达到?|完成|实现|新?建|培训|突破|超过|覆盖)"
            r"|决定[^,。;\d]{0,16}(?:招聘|招募|招录|选聘|选拔|评选|遴选)"
        ),
        "task": re.compile(
            "(?:任务|计划|目标)(?:数|值|量|指标)(?:为|是)?$|(?:目标|计划)任务$"
            "|(?:全年|年度|年初|[省市县]定|下达)的?(?:目标|任务|计划)$"
        ),
        "within": re.compile(  # 用3年时间培训, 五年内募集; but 近三年内, 用3年时间建成了
            rf"(?:[过用]用? ?{digits}{{1,2}}年(?:左右)?的?时间"
            rf"|{digits}(?<![近前过去这].){digits}?年(?:之|以)?内(?!容))[^了已]*$"
        ),
        "by": re.compile(r"[到至](?<![截直].)(\d{4})年"),
        "now": re.compile(
            r"已|目前|截至|截止|现有|累计|完成[^,。;]{0,6}目标|占[^,。;]{0,6}(?:目标|任务|计划)|实际[达完建有到]"
            r"|了(?<![为除]了)(?<!提出了|下达了|明确了|制定了|确定了)(?!解)"
            r"|按照?[^,。;]{0,8}要求|根据[^,。;]{0,8}要求|按计划"
        ),
        "aim": re.compile(r"[^,。;]{0,14}的?(?:工作)?(?:目标|任务)"),  # 完成不少于100个的目标
        "aims": re.compile(r"(?:提出|下达|确定|明确|定下|制定|给|交给)[^,。;]{0,24}$"),
        "every": re.compile(r"每[名位个人]|各[^,。;\d]{0,10}(?:推荐|推报|选报|申报|上报|报送|推选)(?!的)"),
        "kept_up": re.compile("了|已|坚持|平均|共[^青同产]|累计"),
        "and": re.compile(r"[、和及与](?:(?![占率达到为共计有新]|比[例重])[^,。;:、\d]){0,12}"),
        "per": re.compile(r"每|各(?![级类地界族项种行自])|平均"),
        "owed": re.compile(
            "至少|请各|(?:一般|原则上|应(?![届急聘征用邀试])|须|要(?![求素闻点务]))[^,。;]{0,8}[每各]"
            r"|[每各][^,。;\d]{0,16}(?:一般|原则上|应(?![届急聘征用邀试])|须|要(?![求素闻点务])|(?:推荐|推报|选报|申报|上报|报送|推选)$)"
            r"|每一?[名位个人][^,。;\d了已共]{0,24}(?:联系|结对|结对帮扶|包联|认领|挂钩)$"
        ),
        "asked": re.compile(r"[^,。;]{0,12},要求"),
        "listed": re.compile(r"[^,。;:、\d]{0,12}(?:、|和)[^,。;:、\d]{0,8}"),
        "cumulative": re.compile(r"累计|共计|总计|迄今|至今|以来|截至目前"),
        "event": re.compile(words("happens")),
        "new": re.compile("|".join(w for w, code in lexicon_codes("happens").items() if code == "any")),
        "event_after": re.compile(rf"[^,。;:、\d]{{0,8}}?(?:{words('event', 'becomes')})"),
        "honour": re.compile(
            rf"(?:{words('honour')})[”\"’]?$"
            r"|^[“\"‘]?(?:全[国省市县区]|[省市县区镇校]级?)?(?:优秀|先进|模范|杰出|十佳|最美)"
            r"(?:共青团|团|少先队|辅导员|志愿者|青年志愿者|集体|个人|基层|单位|组织|项目)"
        ),
        "origin": re.compile(r"(?:[比较由从]|是)[^,。;:由从比较是]{0,14}$"),
        "origin_date": re.compile(r"\d{4}年(?:\d{1,2}月)?"),
        "onward": re.compile(rf"(?:的?[^,。;:、]{{0,4}})?(?:{words('up', 'down', 'to')})|的[\d.①]*倍"),
        "bare": re.compile(r"[“”\"' ]"),
        "limit": re.compile(r"以[上下内]|(?:至|到|-|~|—)"),
    }

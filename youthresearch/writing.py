"""Sentences of work reports with known figures, as the districts of a simulated panel would publish them."""

import re
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from itertools import pairwise

import numpy as np

CLASSIFIERS = {  # base unit -> classifiers
    "item": ["个"],
    "person": ["名", "人"],
    "person_time": ["人次"],
    "hour": ["小时"],
    "yuan": ["元"],
    "percent": ["%"],
    "year": ["岁"],
}
_PARTS = {"orgs": "orgs_of_a_county", "members": "members_by_field_2022"}  # data/identities.csv
_WORDING = {
    "exact": ["{n}{u}"],
    "odd": ["{n}余{u}", "{n}多{u}"],
    "nearly": ["近{n}{u}", "将近{n}{u}"],
    "about": ["约{n}{u}", "{n}{u}左右", "大约{n}{u}"],
    "over": ["超过{n}{u}", "逾{n}{u}", "突破{n}{u}"],
    "at_least": ["不少于{n}{u}", "{n}{u}以上", "至少{n}{u}"],
    "under": ["不足{n}{u}", "不到{n}{u}"],
    "at_most": ["不超过{n}{u}", "{n}{u}以内"],
    "range": ["{n}—{top}{u}", "{n}至{top}{u}"],
    "masked": ["xx{u}", "××{u}"],
}
_VERBS = {
    True: (["增加", "净增"], ["增长", "上升"]),
    False: (["减少"], ["下降", "降低"]),
}  # of counts, of rates
_YEAR_BEFORE = {  # words for it, by whether the periods are years
    True: ("previous_year", ["比上年", "较上年", "比去年", "较上年末"], ["上年", "去年"]),
    False: ("same_period_previous_year", ["比上年同期", "较去年同期"], ["上年同期", "去年同期"]),
}
_PLANS = ("orgs_new", "branches_new", "members_new")
_STEMS, _BRANCHES = "甲乙丙丁戊己庚辛壬癸", "子丑寅卯辰巳午未申酉戌亥"
_HAN = "零一二三四五六七八九十"
_END = ("", [])  # of a paragraph


def words_of_reports(book, identities, templates):
    """Nouns, units, flows and pillars of the code book, parts of each whole, templates of each role."""
    words = {column: book[column].to_dict() for column in ("unit", "flow", "pillar")}
    words["nouns"] = _nouns(book)
    parts = identities[identities["role"] == "part"].groupby("identity")["indicator"].agg(list)
    words["parts"] = {whole: parts[identity] for whole, identity in _PARTS.items()}
    words["templates"] = templates.groupby("role")["text"].agg(list).to_dict()
    return words


def _nouns(book):
    """List the names of each indicator that a sentence can have: its label, and aliases that end alike."""
    nouns, labels = {}, set(book["label_zh"])
    for name, label, aliases in book[["label_zh", "aliases"]].fillna({"aliases": ""}).itertuples():
        plain = [alias for alias in aliases.split(";") if alias.isalpha()]
        first = label if label.isalpha() or not plain else plain[0]
        nouns[name] = [first, *(a for a in plain if a[-2:] == first[-2:] and a not in labels)]
    return nouns


def place_name(i):
    """Name a place that is none, after the sexagenary cycle."""
    turn = "".join(_HAN[int(d)] for d in str(i // 60)) if i >= 60 else ""
    return f"{_STEMS[i % 10]}{_BRANCHES[i % 12]}{turn}县"


def _is_year(period):
    return isinstance(period, int | np.integer)


def _pick(options, rng):
    return options[rng.integers(len(options))]


def write_report(rows, period, place, words, shares, rng):
    """Write one report as a list of sentences (text, figures); an empty text ends a paragraph.

    Parameters
    ----------
    rows : list of dict
        Its levels, how they are printed, and those of a year before.
    period : int or pandas.Period
    place : str
        As from `place_name`.
    words : dict
        As from `words_of_reports`.
    shares : dict
        error -> share of the sentences with figures that get it; None is any error that fits.
    rng : numpy.random.Generator
    """
    year = getattr(period, "year", period)
    general = {"place": place, "year": str(year), "next": str(year + 1)}
    held = {row["indicator"]: row for row in rows}

    def say(role, **slots):
        return _fill(_pick(words["templates"][role], rng), general | slots)

    sentences = [say("title"), _END, say("opening"), _END]
    groups = {}
    for row in rows:
        groups.setdefault(words["pillar"][row["indicator"]], []).append(row)
    for number, (pillar, own) in enumerate(groups.items(), 1):
        heading = f"heading_{pillar}"
        heading = heading if heading in words["templates"] else "heading_other"
        sentences += [say(heading, number=_numeral(number)), _END]
        for i in rng.permutation(len(own)):
            role, slots = _slots(own[i], held, period, words, rng)
            _plant(role, slots, shares, rng)
            sentences.append(say(role, **slots))
            if rng.uniform() < 0.4:
                sentences.append(say("filler"))
        sentences.append(_END)
    return sentences + _outlook(say, len(groups) + 1, period, words, rng)


def _outlook(say, number, period, words, rng):
    """Write the end of a report: a placeholder, and the plan for the next year."""
    plan, nouns = _pick(_PLANS, rng), words["nouns"]
    year = getattr(period, "year", period)
    planned = _figure(plan, rng.integers(5, 80), year + 1, words, rng, status="planned")
    masked = _figure("youth_houses", np.nan, period, words, rng, hedge="masked", status="masked")
    return [
        *(say("masked", noun=nouns["youth_houses"][0], masked=masked), _END),
        *(say("heading_plan", number=_numeral(number)), _END),
        *(say("plan", noun=nouns[plan][0], planned=planned), _END, say("closing")),
    ]


def _numeral(number):
    return _HAN[number] if number <= 10 else f"十{_HAN[number - 10]}"


def _figure(indicator, value, period, words, rng, **known):
    """One figure: the columns of a fact, with `n`, its digits, and `u`, its unit, as they are printed."""
    end = str(period) if _is_year(period) else f"{period.year}-{period.month:02d}"
    flow = words["flow"].get(indicator, "stock")
    figure = {
        "indicator": indicator,
        "kind": "level",
        "flow": flow,
        "value": float(value),
        "value_max": np.nan,
        "hedge": "exact",
        "resolution": 1.0,
        "unit": _pick(CLASSIFIERS[words["unit"].get(indicator, "item")], rng),
        "baseline": "",
        "period_start": end if flow == "flow" else "",
        "period_end": end,
        "status": "achieved",
        "part_of": "",
        "relation": "",
        "planted": None,
        **known,
    }
    return _printed(figure, rng)


def _printed(figure, rng):
    """Write the number of a figure in digits, with 万 where it is rounded to more than a unit."""
    value, place = abs(figure["value"]), figure["resolution"]
    wan = value >= 1e4 and (place > 1 or figure["hedge"] != "exact")
    if not wan and figure["hedge"] != "masked":
        figure["resolution"] = place = min(place, 1.0)
    figure["n"], figure["top"] = (_digits(v, place, wan) for v in (value, figure["value_max"]))
    if wan:
        figure["resolution"] = _place(figure["n"])
    figure["wording"] = _pick(_WORDING[figure["hedge"]], rng)
    figure["resolution"] = np.nan if figure["hedge"] == "masked" else figure["resolution"]
    return figure


def _digits(value, place, wan):
    if np.isnan(value):
        return ""
    if wan:
        return f"{value / 1e4:.{max(0, 4 - round(np.log10(place)))}f}万"
    return f"{value:.{max(0, -round(np.log10(place)))}f}"


def _place(digits):
    """Size of the last printed place: 26.6万 -> 1000."""
    decimals = digits.rstrip("万").partition(".")[2]
    return (1e4 if digits.endswith("万") else 1.0) * 10.0 ** -len(decimals)


def _amount(digits):
    return float(Decimal(digits.rstrip("万")) * (10000 if digits.endswith("万") else 1))


def _token(figure):
    return figure["wording"].format(n=figure["n"], top=figure["top"], u=figure["unit"])


def _per_cent(part, whole, places, rounding=ROUND_HALF_UP):
    """100 * part / whole, rounded as a reader would by hand."""
    exact = Decimal(100) * Decimal(int(part)) / Decimal(int(whole))
    return exact.quantize(Decimal(1).scaleb(-places), rounding=rounding)


def _slots(row, held, period, words, rng):
    """Choose what a sentence says of one level: its role and its slots."""
    printed = {name: row[name] for name in ("hedge", "resolution", "value_max")}
    level = _figure(row["indicator"], row["nominal"], period, words, rng, **printed)
    noun = words["nouns"][row["indicator"]]
    slots = {"when": _when(period, level["flow"], rng), "noun": _pick(noun, rng), "level": level}
    _, base, past = _YEAR_BEFORE[_is_year(period)]
    slots |= {"base": _pick(base, rng), "past": _pick(past, rng)}
    if row["unit"] == "year":
        return "mean", slots | {"mean": level | {"kind": "mean"}}
    change = row["value"] - row["before"]
    moved, grew = _VERBS[bool(change > 0)]
    slots |= {"moved": _pick(moved, rng), "grew": _pick(grew, rng)}
    if row["unit"] == "percent":
        return _in_points(row, change, slots, period, words, rng)
    role = _pick(_roles(row, change, words), rng)
    if role == "sum":
        return role, slots | _parts(row, held, level, period, words, rng)
    if role == "share":
        return role, slots | _one_part(row, held, level, period, words, rng)
    return role, slots | _since(role, row, change, period, words, rng)


def _roles(row, change, words):
    """List what may be said of a count, as often as it is likely to be."""
    roles = ["level", "level"]
    if np.isfinite(change) and change and row["before"] > 0:
        roles += ["level_change", "level_growth", "growth", "growth", "growth"]
        roles += ["from_to"] * (row["hedge"] == "exact")
    if row["indicator"] in words["parts"] and row["value"] >= 20:
        roles += ["share", "share", "sum", "sum"]
    return roles


def _in_points(row, change, slots, period, words, rng):
    """Say a rate, and perhaps its change in percentage points."""
    slots["level"]["kind"] = "share"
    if not abs(change) >= 0.1 or rng.uniform() < 0.4:
        return "percent", slots
    known = {"kind": "change", "resolution": 0.1, "baseline": _YEAR_BEFORE[_is_year(period)][0]}
    points = _figure(row["indicator"], round(change, 1), period, words, rng, **known)
    return "points", slots | {"change": points | {"unit": "个百分点"}}


def _since(role, row, change, period, words, rng):
    """Say what became of a count since the year before: change, growth, the level then."""
    name, before, slots = row["indicator"], row["before"], {}
    yearly = _is_year(period)
    later = {"baseline": _YEAR_BEFORE[yearly][0]}
    if role in ("level_change", "growth"):
        slots["change"] = _figure(name, change, period, words, rng, kind="change", **later)
    if role in ("level_growth", "growth", "from_to"):
        slots["growth"] = _growth(name, row["value"], before, period, words, rng, **later)
    if role == "from_to":
        slots["before"] = _figure(name, before, period - (1 if yearly else 0), words, rng)
        if not yearly:
            slots["before"] |= {"period_end": f"{period.year - 1}-{period.month:02d}"}
    return slots


def _growth(indicator, value, before, period, words, rng, **known):
    places = int(rng.integers(1, 3))
    rate = _per_cent(value - before, before, places)
    cut = _per_cent(value - before, before, places, ROUND_DOWN)
    wrong = _per_cent(value - before, value, places) if value else rate
    figure = _figure(
        indicator, float(rate), period, words, rng, kind="growth", resolution=10.0**-places, **known
    )
    return figure | {"unit": "%", "cut": f"{abs(cut)}", "wrong_base": f"{abs(wrong)}"}


def _parts(row, held, level, period, words, rng):
    """All parts of a whole: the panel's, or drawn."""
    names = words["parts"][row["indicator"]]
    if all(name in held for name in names):
        values = [held[name]["value"] for name in names]
    else:
        values = np.floor(row["value"] * rng.dirichlet(np.full(len(names), 2.0)))
        values[0] += row["value"] - values.sum()
    parts = {}
    for i, (name, value) in enumerate(zip(names, values, strict=True)):
        parts[f"part_{i}_noun"] = words["nouns"][name][0]
        parts[f"part_{i}"] = _figure(name, value, period, words, rng, part_of="level", relation="sum")
    level["relation"] = "sum"
    return {"parts": "、".join(f"{{part_{i}_noun}}{{part_{i}}}" for i in range(len(names)))} | parts


def _one_part(row, held, level, period, words, rng):
    """One part of a whole, with its share."""
    name = _pick(words["parts"][row["indicator"]], rng)
    value = held[name]["value"] if name in held else np.rint(row["value"] * rng.uniform(0.05, 0.9))
    places = int(rng.integers(1, 3))
    share = _figure(
        name,
        float(_per_cent(value, row["value"], places)),
        period,
        words,
        rng,
        kind="share",
        resolution=10.0**-places,
        part_of="level",
        relation="share",
    )
    cut = f"{_per_cent(value, row['value'], places, ROUND_DOWN)}"
    level["relation"] = "share"
    return {
        "part_noun": words["nouns"][name][0],
        "part": _figure(name, value, period, words, rng, part_of="level", relation="share"),
        "share": share | {"unit": "%", "cut": cut},
    }


def _when(period, flow, rng):
    if flow == "flow":
        return f"{period}年，"
    if _is_year(period):
        return _pick([f"截至{period}年底，", f"{period}年，", f"到{period}年末，"], rng)
    return _pick([f"截至{period.year}年{period.month}月底，", f"到{period.year}年{period.month}月末，"], rng)


def _plant(role, slots, shares, rng):
    """Perhaps misprint one figure of a sentence, in place; say in each figure what relation it is part of."""
    figures = [f for f in slots.values() if isinstance(f, dict)]
    tie = {"growth": "growth", "level_growth": "base", "from_to": "from_to"}.get(role)
    if tie:
        for figure in figures:
            figure["relation"] = tie
    draw, total = rng.uniform(), 0.0
    for error, share in shares.items():
        total += share
        if draw < total:
            _misprint_one(figures, error, rng)
            return


def _misprint_one(figures, error, rng):
    """Misprint one of some figures, if an error fits it: this one, or any for None."""
    fits = {}
    for figure in figures:
        for kind, wrong in _misprints(figure, rng).items():
            if error in (None, kind):
                fits.setdefault(kind, []).append((figure, kind, wrong))
    if fits:
        _misprint(*_pick(_pick(list(fits.values()), rng), rng))


def _misprint(figure, error, wrong):
    right = _token(figure)
    printed = {"unit": "%"} if error == "percent_for_points" else {"n": wrong}
    sign = -1 if figure["value"] < 0 else 1
    value, figure_value = figure["value"], sign * _amount(printed.get("n", figure["n"]))
    figure |= printed | {"value": figure_value, "resolution": _place(printed.get("n", figure["n"]))}
    figure["planted"] = {
        "error": error,
        "relation": figure["relation"],
        "right": right,
        "printed": _token(figure),
        "right_value": value,
        "printed_value": figure_value,
    }


def _misprints(figure, rng):
    """Each error that fits a figure, with the digits it would leave: only exact ones can be wrong."""
    if figure["hedge"] != "exact":
        return {}
    digits = figure["n"]
    found = _wrong_digits(digits, rng) | {"shifted": _shifted(digits)}
    if digits.endswith("万"):
        found["lost_wan"] = digits[:-1]
    if "wrong_base" in figure:
        found["wrong_base"] = figure["wrong_base"]
    if figure["unit"] == "%" and figure["kind"] in ("growth", "share"):
        wrong = Decimal(digits) + Decimal(int(rng.integers(6, 95))) / 10
        found["wrong_percent"] = f"{wrong.quantize(Decimal(digits))}"
        found["truncated"] = figure.get("cut", digits)
    found = {error: wrong for error, wrong in found.items() if wrong != digits}
    return found | ({"percent_for_points": digits} if figure["unit"] == "个百分点" else {})


def _wrong_digits(digits, rng):
    """Write another digit for one, and two neighbours the other way round, where that leaves a number."""
    places, found = [i for i, c in enumerate(digits) if c.isdigit()], {}
    i = _pick(places, rng)
    others = [d for d in "123456789" if d != digits[i]] + (["0"] if i and digits[i] != "0" else [])
    if len(places) > 1:
        found["digit"] = digits[:i] + _pick(others, rng) + digits[i + 1 :]
    swaps = [(a, b) for a, b in pairwise(places) if digits[a] != digits[b]]
    swaps = [(a, b) for a, b in swaps if a or digits[b] != "0"]
    if swaps:
        a, b = _pick(swaps, rng)
        swapped = list(digits)
        swapped[a], swapped[b] = swapped[b], swapped[a]
        found["transposed"] = "".join(swapped)
    return found


def _shifted(digits):
    """Move the decimal point one place to the right; a whole number gets a zero."""
    number, wan = digits.rstrip("万"), "万" * digits.endswith("万")
    whole, point, decimals = number.partition(".")
    if not point:
        return f"{number}0{wan}"
    moved = f"{whole}{decimals[0]}".lstrip("0") or "0"
    return moved + (f".{decimals[1:]}" if decimals[1:] else "") + wan


def _fill(template, slots):
    """Fill a template; figures come with the place of their token, brackets make it longer than the slot.

    Returns
    -------
    text : str
    figures : list of (slot, figure), with start and end in the text
    """
    template = template.replace("{parts}", slots.get("parts", ""))
    text, figures, opened, inside = "", [], None, []
    for piece in re.split(r"(\{\w+\}|[\[\]])", template):
        if piece == "[":
            opened = len(text)
        elif piece == "]":
            for figure in inside:
                figure |= {"start": opened, "end": len(text)}
            opened, inside = None, []
        elif piece[:1] == "{":
            filled = slots[piece[1:-1]]
            if isinstance(filled, dict):
                token = _token(filled)
                filled |= {"start": len(text), "end": len(text) + len(token)}
                figures.append((piece[1:-1], filled))
                if opened is not None:
                    inside.append(filled)
                filled = token
            text += filled
        else:
            text += piece
    return text, figures


def assemble(sentences, source, district):
    """Join sentences to a text, and give their figures offsets in it and ids."""
    pieces, facts, at = [], [], 0
    for text, figures in sentences:
        ids = {slot: f"{source}-{len(facts) + i:03d}" for i, (slot, _) in enumerate(figures, 1)}
        for slot, figure in figures:
            token = text[figure["start"] : figure["end"]]
            fact = figure | {"fact_id": ids[slot], "source_id": source, "district": district, "token": token}
            fact |= {"start": at + figure["start"], "end": at + figure["end"], "scope": ""}
            fact |= {"part_of": ids.get(figure["part_of"], ""), "reviewer": "", "note": ""}
            facts.append(fact)
        pieces.append(text or "\n")
        at += len(pieces[-1])
    return "".join(pieces), facts

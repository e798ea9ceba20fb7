"""The screens against cases made by hand, slow independent counts, published values and the documents."""

import os
import random
import subprocess
import sys
import time
from difflib import SequenceMatcher
from fractions import Fraction
from math import comb

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sweeps import sweep

import youthresearch as yr
from youthresearch import screens

FACTS, SOURCES, DOCUMENTS = yr.load_facts(), yr.load_sources(), yr.load_documents()
TEXTS = DOCUMENTS.set_index("source_id")["text"]


def documents(*texts):
    return pd.DataFrame({"source_id": [f"d{i}" for i in range(len(texts))], "text": list(texts)})


def facts(*figures, **common):
    """Make facts from (value, unit) and whatever differs from an exact achieved level."""
    usual = {"source_id": "s", "district": "440305", "scope": None, "indicator": "orgs", "kind": "level"}
    usual |= {
        "hedge": "exact",
        "resolution": 1.0,
        "period_end": "2020",
        "status": "achieved",
        "part_of": None,
    }
    rows = [usual | common | {"value": float(v), "unit": u} | more for v, u, more in figures]
    return pd.DataFrame(rows).assign(fact_id=[f"f{i}" for i in range(len(rows))])


# --- templates ---------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def templates():
    return yr.find_templates(DOCUMENTS).set_index("source_id")


def test_the_one_template_among_the_documents_is_found(templates):
    assert templates.index[templates["verdict"] == "template"].tolist() == ["template-xx"]
    assert templates.loc["template-xx", ["masked_figures", "masked_dates", "masked_names"]].tolist() == [
        1,
        2,
        1,
    ]


def test_documents_that_only_hide_something_are_no_templates(templates):
    """Three copies from text banks: XX县 and XX镇 beside figures; 20xx年 and *多名 beside ten figures."""
    masked = templates[~templates["verdict"].isin(["no placeholders", "no figures"])]
    assert masked["verdict"].drop("template-xx").to_dict() == {
        "c024": "partly masked",
        "c027": "names masked",
        "c029": "names masked",
    }


def test_examples_stand_at_their_offsets(templates):
    found = 0
    for source, examples in templates["examples"].items():
        for example in filter(None, examples.split("; ")):
            token, _, place = example.rpartition(" ")
            start, end = map(int, place.strip("[]").split(":"))
            assert TEXTS[source][start:end] == token
            found += 1
    assert found == 8  # four in template-xx, two in c024, one each in c027 and c029


@pytest.mark.parametrize(
    ("text", "sort"),
    [
        ("新建团支部xx个", "masked_figures"),
        ("招募志愿者××余名", "masked_figures"),
        ("覆盖率达XX%", "masked_figures"),
        ("发展团员**名", "masked_figures"),
        ("团委201x年度工作报告", "masked_dates"),
        ("20××年以来", "masked_dates"),
        ("x月份开展了评选", "masked_dates"),
        ("x月x日举行仪式", "masked_dates"),
        ("3月x日举行仪式", "masked_dates"),
        ("____年__月", "masked_dates"),
        ("共青团xx区委", "masked_names"),
        ("某某同志主持会议", "masked_names"),
    ],
)
def test_each_sort_of_placeholder_counts_once(text, sort):
    row = yr.find_templates(documents(text)).loc[0]
    counts = row[["masked_figures", "masked_dates", "masked_names"]]
    assert counts.sum() == counts[sort] == 1


@pytest.mark.parametrize(
    "text",
    [
        "4×100米接力赛",
        "场地20×30米，共3处",
        "详见www.example.gov.cn/xxgk/xx.html",
        "广西某县级市的某个村，某些青年",
        "X光检查和x射线",
        "二〇〇五年团员1200名",
        "Windows XP系统，XXL号T恤20件",
        "2019年12月3日",
    ],
)
def test_what_is_no_placeholder(text):
    row = yr.find_templates(documents(text)).loc[0]
    assert row[["masked_figures", "masked_dates", "masked_names"]].sum() == 0


def test_a_report_turns_into_a_template_when_its_figures_are_masked():
    real = "2019年3月15日，举办活动23次，参加1200人，发放资料300份。"
    blank = "201x年x月x日，举办活动xx次，参加xx人，发放资料xx份。"
    half = "2019年3月15日，举办活动xx次，参加xx人，发放资料300份，走访20户，结对16个。"
    table = yr.find_templates(documents(real, blank, half, "新建支部xx个。", "推进改革。")).set_index(
        "source_id"
    )
    wanted = ["no placeholders", "template", "partly masked", "too few to judge", "no figures"]
    assert table["verdict"].sort_index().tolist() == wanted
    assert table.loc[["d0", "d1", "d2"], "figures"].tolist() == [3, 0, 3]
    assert table.loc["d0", "figures_per_1000"] == pytest.approx(1000 * 3 / len(real))


# --- near-duplicates ---------------------------------------------------------------------------------


def shingled(text, size=8):
    """Shingles as plain strings, as slow as can be."""
    neutral = screens._neutral(text)
    return {neutral[i : i + size] for i in range(len(neutral) - size + 1)}


def every_pair(table, similarity):
    """Every pair of documents that reach a similarity, by Python's own sets."""
    sets = {s: shingled(t) for s, t in zip(table["source_id"], table["text"], strict=True)}
    sets = {s: c for s, c in sets.items() if len(c) >= 100}
    pairs = {(a, b): len(sets[a] & sets[b]) / len(sets[a] | sets[b]) for a in sets for b in sets if a < b}
    return {pair: jaccard for pair, jaccard in pairs.items() if jaccard >= similarity}


def refilled(text, seed):
    """The same text with other digits."""
    rng = random.Random(seed)
    return "".join(str(rng.randint(1, 9)) if c.isdigit() else c for c in text)


@pytest.fixture(scope="module")
def collection():
    """The project's documents, two of them filled in again, one with every second sentence of another."""
    nanshan, longhua = TEXTS["nanshan-2021"].split("。"), TEXTS["longhua-2018"].split("。")
    again = {
        "nanshan-again": refilled(TEXTS["nanshan-2021"], 1),
        "c004-again": refilled(TEXTS["c004"], 2),
        "longhua-cut": "。".join(longhua[: 3 * len(longhua) // 4]),
        "mixed": "。".join(nanshan[: len(nanshan) // 2] + longhua[: len(longhua) // 4]),
    }
    return pd.concat([DOCUMENTS, pd.DataFrame({"source_id": list(again), "text": list(again.values())})])


@pytest.mark.slow
@pytest.mark.parametrize("similarity", [0.3, 0.5, 0.8])
def test_pairs_are_those_of_plain_sets(collection, similarity):
    wanted = every_pair(collection, similarity)
    found = yr.find_near_duplicates(collection, similarity=similarity)
    pairs = [tuple(sorted(p)) for p in zip(found["source_a"], found["source_b"], strict=True)]
    assert dict(zip(pairs, found["similarity"], strict=True)) == pytest.approx(wanted)
    assert len(wanted) >= 2


def test_a_document_inside_a_longer_one_is_contained_in_it():
    part, more = TEXTS["longhua-2018"], TEXTS["c004"]
    row = yr.find_near_duplicates(documents(part, more + "。" + part)).loc[0]
    assert row["contained"] == 1  # all shingles of the part
    assert row["similarity"] == pytest.approx(len(shingled(part)) / len(shingled(more + "。" + part)))


def test_a_form_filled_in_twice_is_told_from_a_copy():
    text = TEXTS["longhua-2018"]
    blank = "".join("x" if c.isdigit() else c for c in text)
    table = yr.find_near_duplicates(documents(text, refilled(text, 3), text + "。", blank))
    verdicts = dict(zip(table["source_a"] + table["source_b"], table["verdict"], strict=True))
    assert (verdicts["d0d1"], verdicts["d0d2"]) == ("same wording, other figures", "copy")
    assert verdicts["d0d3"] == "same wording, too few figures to judge"
    most = 4 * len(text) // 5
    changed = text[:most] + refilled(text[most:], 3)
    row = yr.find_near_duplicates(documents(text, changed)).loc[0]
    assert row["verdict"] == "changed copy" and 0.5 <= row["figures_shared"] < 1 and row["similarity"] == 1


@pytest.mark.slow
def test_no_two_of_the_projects_documents_are_duplicates():
    assert len(yr.find_near_duplicates(DOCUMENTS)) == 0
    closest = yr.find_near_duplicates(DOCUMENTS, similarity=0.1).loc[0]
    assert {closest["source_a"], closest["source_b"]} == {"c005", "c074"}  # one bulletin's form, two years


def test_the_shared_passage_is_the_longest_and_stands_at_its_offsets():
    a = "一、组织建设。" + TEXTS["c049"]
    b = TEXTS["c086"] + "。" + refilled(TEXTS["c049"][:300], 4) + TEXTS["c097"]
    row = yr.find_near_duplicates(documents(a, b), similarity=0.2).loc[0]
    shared = screens._neutral(a[row["start_a"] : row["end_a"]])
    assert shared == screens._neutral(b[row["start_b"] : row["end_b"]])
    one, other = screens._neutral(a), screens._neutral(b)
    longest = SequenceMatcher(None, one, other, autojunk=False).find_longest_match()
    assert len(shared) == longest.size
    assert a[row["start_a"] :].startswith(row["passage"].rstrip("…"))


@pytest.mark.parametrize(
    ("text", "neutral"),
    [
        ("全区1100个，增长62.76%", "全区0个增长0"),
        ("团员1,016人、xx个", "团员0人0个"),
        ("三十二名和 32 名", "0名和0名"),
        ("发展**名(示范)_A", "发展0名示范A"),
    ],
)
def test_numbers_become_one_sign(text, neutral):
    assert screens._neutral(text) == neutral


@given(st.text(alphabet="团员，。 1２.,xX×*_一万A😀\n", max_size=60))
def test_places_lead_back_to_the_text(text):
    neutral, places = screens._neutral(text), screens._places(text)
    assert len(neutral) == len(places)
    kept = [text[a:b] for a, b in places]
    assert all(n in ("0", k) for n, k in zip(neutral, kept, strict=True))


def test_odds_of_meeting_are_those_of_the_textbook():
    """Leskovec, Rajaraman and Ullman (2014), figure 3.8: 20 bands of 5 rows."""
    known = {0.2: 0.006, 0.3: 0.047, 0.4: 0.186, 0.5: 0.470, 0.6: 0.802, 0.7: 0.975, 0.8: 0.9996}
    for similarity, odds in known.items():
        assert screens._met(similarity, 5, 20) == pytest.approx(odds, abs=5e-4)


def half_alike(rng):
    """Two random texts whose Jaccard similarity is a half: two thirds of each are shared."""
    characters = [chr(0x4E00 + rng.randrange(20000)) for _ in range(800)]
    shared, one, other = characters[:400], characters[400:600], characters[600:]
    return "".join(shared + one), "".join(shared + other)


@pytest.mark.slow
@pytest.mark.parametrize("n", [40, 100, 300])
def test_pairs_at_the_least_similarity_are_overlooked_as_seldom_as_stated(n):
    rng = random.Random(5)
    pairs = [half_alike(rng) for _ in range(n)]
    table = documents(*[text for pair in pairs for text in pair])
    found = yr.find_near_duplicates(table, similarity=0.49)
    assert 0 < found.attrs["missed"] < 0.01
    assert len(found) >= n * (1 - found.attrs["missed"]) - 3
    assert found["similarity"].between(0.49, 0.51).all()
    signatures, _ = screens._signatures(table["text"].tolist(), 8, 100)
    agree = (signatures[::2] == signatures[1::2]).mean(axis=1)
    standard_error = (0.25 / screens.HASHES / n) ** 0.5
    assert agree.mean() == pytest.approx(found["similarity"].mean(), abs=4 * standard_error)


def test_a_crowd_is_held_together_by_its_first():
    text = TEXTS["c001"]
    table = documents(*[refilled(text, seed) for seed in range(15)])
    few, all_pairs = (yr.find_near_duplicates(table, crowd=c) for c in (10, 15))
    assert len(few) == 14 and set(few["source_a"]) == {"d0"}
    assert len(all_pairs) == comb(15, 2)
    assert set(few["group"]) == set(all_pairs["group"]) == {1}


@pytest.mark.slow
def test_groups_are_the_sets_that_pairs_connect(collection):
    table = yr.find_near_duplicates(collection, similarity=0.3)
    by_group = table.groupby("group")
    found = [set(pairs["source_a"]) | set(pairs["source_b"]) for _, pairs in by_group]
    connected = []
    for pair in every_pair(collection, 0.3):
        meeting = [group for group in connected if group & set(pair)]
        connected = [g for g in connected if g not in meeting] + [set(pair).union(*meeting)]
    assert sorted(map(sorted, found)) == sorted(map(sorted, connected))
    assert list(by_group.groups) == list(range(1, len(connected) + 1)) and len(connected) >= 2


def test_short_documents_are_listed_and_not_compared():
    table = yr.find_near_duplicates(documents("新建团支部3个。", "新建团支部5个。", TEXTS["c001"]))
    assert len(table) == 0 and yr.list_refused(table)["source_id"].tolist() == ["d0", "d1"]


def test_long_documents_are_hashed_in_pieces(monkeypatch):
    texts = [TEXTS["longhua-2018"]]
    whole, _ = screens._signatures(texts, 8, 100)
    monkeypatch.setattr(screens, "BLOCK", 97)
    assert (screens._signatures(texts, 8, 100)[0] == whole).all()


@pytest.mark.slow
def test_the_result_depends_on_no_hash_seed():
    code = (
        "import youthresearch as yr; d = yr.load_documents();"
        "print(yr.find_near_duplicates(d, similarity=0.05).to_csv(), yr.find_templates(d).to_csv(),"
        "yr.find_multiples(yr.load_facts()).to_csv())"
    )
    outputs = [
        subprocess.run(
            [sys.executable, "-c", code],
            capture_output=True,
            check=True,
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONUTF8": "1"},
        ).stdout
        for seed in ("1", "2")
    ]
    assert outputs[0] == outputs[1] and len(outputs[0]) > 5000


# --- multiples ---------------------------------------------------------------------------------------


@pytest.mark.slow
def test_the_golden_multiple_is_found_and_nothing_else_is_accused():
    """c092: 61 members of staff, each bound to 1 + 2 + 3 pairings, and 366 pairings; checked by hand."""
    table = yr.find_multiples(FACTS)
    accused = table[table["verdict"].isin(["product of a stated duty", "product"])]
    assert accused["source_id"].tolist() == ["c092"]
    row = accused.squeeze()
    assert (row["value"], row["count"], row["duty"], row["stated"]) == (366, 61, 6, True)
    assert row["chance"] == pytest.approx(3 / 671)  # of 671 figures from 122 to 792, three are 61 x 2, 3 or 6


def test_without_the_duties_the_chance_is_one_in_61():
    table = yr.find_multiples(FACTS[(FACTS["source_id"] == "c092") & (FACTS["kind"] == "level")])
    assert table.loc[0, ["chance", "stated", "verdict"]].tolist() == [pytest.approx(1 / 61), False, "product"]


@pytest.mark.parametrize(
    ("count", "figure", "chance", "verdict"),
    [
        (61, 366, 1 / 61, "product"),
        (3, 6, 1 / 3, "too few to judge"),
        (19, 57, 1 / 19, "too few to judge"),
        (100, 300, 1, "too few to judge"),  # both round
        (120, 600, 20 / 120, "too few to judge"),  # a sixth of the round hundreds are multiples of 120
    ],
)
def test_small_and_round_numbers_are_not_accused(count, figure, chance, verdict):
    table = yr.find_multiples(facts((count, "个", {}), (figure, "次", {})))
    assert table.loc[0, "chance"] == pytest.approx(chance)
    assert table.loc[0, "verdict"] == verdict


@pytest.mark.parametrize(
    "changed",
    [
        {"hedge": "odd"},
        {"resolution": 100.0},
        {"value": 367.0},
        {"value": 61.0 * 13},
        {"value": 61.0},
        {"unit": "%"},
        {"source_id": "t"},
        {"district": "440309"},
        {"period_end": "2019"},
        {"kind": "change"},
    ],
)
def test_what_is_no_exact_product_of_one_place_and_year(changed):
    table = yr.find_multiples(facts((61, "个", {}), (366, "次", changed)))
    assert len(table) == 0


@pytest.mark.slow
def test_what_is_stated_thousands_of_times_is_paired_once():
    """The pairs of 6,000 facts are 9 million, and were made before all but one were dropped (10 s, 1 GB)."""
    began = time.thread_time()
    table = yr.find_multiples(facts(*[(61, "个", {}), (366, "次", {})] * 3_000))
    assert time.thread_time() - began < 4
    assert table[["value", "count", "duty", "fact_ids"]].to_numpy().tolist() == [[366, 61, 6, "f1 f0"]]
    parts = facts((456, "名", {}), *[(228, "名", {"part_of": "f0"})] * 5, (456, "名", {}))
    assert yr.find_multiples(parts)["fact_ids"].tolist() == ["f6 f1"]  # no part of this one


@pytest.mark.slow
def test_half_of_a_whole_is_no_duty():
    table = facts((228, "名", {"part_of": "f1"}), (456, "名", {}))
    assert len(yr.find_multiples(table)) == 0
    assert len(yr.find_multiples(table.assign(part_of=None))) == 1


@pytest.mark.slow
@pytest.mark.parametrize("count", sweep(7, 20, 61, slow=[11, 13, 50]))
def test_the_stated_chance_is_never_below_that_of_counting_out_all_figures(count):
    """All figures of one roundness between 2 and 13 times the count, and which of them it divides."""
    for place in (1, 10):
        figures = [n for n in range(2 * count, 13 * count) if n % place == 0 and n % (10 * place)]
        divided = Fraction(sum(n % count == 0 for n in figures), len(figures))
        example = next((n for n in figures if n % count == 0), None)
        if example:
            stated = yr.find_multiples(facts((count, "个", {}), (example, "次", {}))).loc[0, "chance"]
            assert stated >= float(divided) - 0.02
            if count % 2 and count % 5:
                assert stated == pytest.approx(1 / count)


@pytest.mark.slow
def test_random_figures_are_accused_as_seldom_as_stated():
    rng = np.random.default_rng(6)
    figures = [
        (v, "个", {"source_id": f"s{i}"})
        for i in range(500)
        for v in [*rng.integers(20, 90, 2), *rng.integers(100, 1000, 4)]
    ]
    found = yr.find_multiples(facts(*figures))
    expected = found.attrs["expected"]
    assert abs(found.attrs["found"] - expected) < 3 * expected**0.5
    accused = found.loc[found["verdict"] == "product", "source_id"].nunique()
    assert 0 < accused <= 500 * 0.05 + 3 * (500 * 0.05 * 0.95) ** 0.5


@pytest.mark.slow
def test_the_documents_hold_no_more_products_than_chance_makes():
    attrs = yr.find_multiples(FACTS).attrs
    assert abs(attrs["found"] - attrs["expected"]) < 2 * attrs["expected"] ** 0.5


# --- heaping -----------------------------------------------------------------------------------------


def counts(values, **common):
    return facts(*[(v, "个", {"indicator": f"i{i}"} | common) for i, v in enumerate(values)])


@pytest.mark.slow
def test_the_projects_own_figures_are_too_few():
    table = yr.find_heaping(FACTS)
    assert table.loc[0, "verdict"] == "too few to judge" and table.loc[0, "n"] < 300
    assert table[["chi2", "p_digits", "p_round", "p_adjusted"]].isna().all(axis=None)
    by_class = yr.find_heaping(FACTS.merge(SOURCES[["source_id", "class"]]), by="class")
    assert by_class["n"].sum() == table.loc[0, "n"] and set(by_class["class"]) == set(SOURCES["class"])
    assert set(by_class["verdict"]) == {"too few to judge"}


@pytest.mark.slow
def test_the_volumes_of_the_nile_are_heaped():
    """Cobb (1978), in statsmodels: volumes above 1000 were rounded to tens. The tests by hand."""
    from statsmodels.datasets import nile

    volumes = nile.load_pandas().data["volume"].astype(int)
    row = yr.find_heaping(counts(volumes), at_least=100).loc[0]
    last = [int(str(v)[-1]) for v in volumes]
    observed = [last.count(d) for d in range(10)]
    n, round_ = len(last), observed[0] + observed[5]
    tail = sum(comb(n, k) * Fraction(1, 5) ** k * Fraction(4, 5) ** (n - k) for k in range(round_, n + 1))
    assert row["n"] == n == 100
    assert row["share_0_5"] == pytest.approx(round_ / n)
    assert row["chi2"] == pytest.approx(sum((o - n / 10) ** 2 / (n / 10) for o in observed))
    assert row["p_round"] == pytest.approx(float(tail))
    assert row["p_adjusted"] <= 2 * float(tail) and row["verdict"] == "heaped"


def test_even_digits_give_no_sign_and_other_digits_are_uneven():
    even, sevens = range(100, 500), [n for n in range(100, 1700) if n % 10 in (7, 3)]
    table = pd.concat([counts(even, district="1"), counts(sevens, district="2")])
    found = yr.find_heaping(table, by="district")
    assert found["verdict"].tolist() == ["no sign", "uneven"]
    assert found.loc[0, "chi2"] == 0 and found.loc[0, "p_digits"] == 1


def test_only_printed_last_digits_count():
    table = counts(range(100, 110))
    more = [
        {"hedge": "odd"},
        {"hedge": "over"},
        {"resolution": 100.0},
        {"value": 123.5, "resolution": 0.1},
        {"value": 99.0},
        {"status": "planned"},
        {"unit": "%"},
        {"kind": "change"},
        {"indicator": "i0", "value": 100.0},  # said again
    ]
    extra = facts(*[(200 + i, "个", {"indicator": f"x{i}"} | m) for i, m in enumerate(more)])
    row = yr.find_heaping(pd.concat([table, extra])).loc[0]
    assert (row["n"], row["vague"]) == (10, 4)


@pytest.mark.slow
def test_last_digits_are_tested_as_scipy_does():
    from scipy.stats import binomtest, chisquare

    rng = np.random.default_rng(5)
    for p in (None, [0.2, *[0.1] * 4, 0.15, *[0.0625] * 4]):
        digits = rng.choice(10, 300, p=p)
        row = yr.find_heaping(counts(100 + digits + 10 * np.arange(300)), at_least=250).iloc[0]
        count, round_ones = np.bincount(digits), int(np.isin(digits, (0, 5)).sum())
        assert [row["chi2"], row["p_digits"]] == pytest.approx(list(chisquare(count)))
        assert row["p_round"] == pytest.approx(binomtest(round_ones, 300, 0.2, alternative="greater").pvalue)


@pytest.mark.slow
def test_uniform_digits_are_seldom_called_heaped():
    rng = np.random.default_rng(7)
    n = 40
    table = pd.concat([counts(rng.integers(100, 10000, 300), district=str(i)) for i in range(n)])
    found = yr.find_heaping(table, by="district", at_least=250)
    assert (found["p_round"] < 0.05).mean() <= 0.05 + 3 * (0.05 * 0.95 / n) ** 0.5
    assert (found["verdict"] == "no sign").all()


@pytest.mark.slow
def test_the_power_that_the_docstring_states():
    """27 per cent instead of 20, 300 figures, one group: Holm over two tests means a level of 0.025."""
    tail = lambda k, p: sum(comb(300, j) * p**j * (1 - p) ** (300 - j) for j in range(k, 301))  # noqa: E731
    critical = next(k for k in range(301) if tail(k, 0.2) < 0.025)
    assert tail(critical, 0.27) == pytest.approx(0.8, abs=0.01)


# --- selective reporting -----------------------------------------------------------------------------


def reports(*groups):
    """Make sources and facts from (status, places, of which report the indicator)."""
    sources, rows = [], []
    for status, places, reporting in groups:
        for i in range(places):
            name = f"{status}-{i}"
            sources.append({"source_id": name, "district": f"{status}{i}", "pilot_status": status})
            rows.append((1, "个", {"source_id": name, "indicator": "always"}))
            if i < reporting:
                rows.append((1, "个", {"source_id": name, "indicator": "some"}))
    return facts(*rows), pd.DataFrame(sources)


@pytest.mark.slow
def test_fishers_own_example():
    """Fisher (1970): 10 of 13 identical twins of convicts, 2 of 17 others; R's fisher.test: p = 0.0005367."""
    table = yr.find_selective_reporting(*reports(("national-2019", 13, 10), ("none", 17, 2)))
    row = table.set_index("indicator").loc["some"]
    assert row["p_value"] == pytest.approx(0.0005367, abs=5e-8)
    assert row["p_adjusted"] == row["p_value"]  # `always` could not be found, so nothing is adjusted for
    assert row[["n", "reporting", "n_others", "reporting_others"]].tolist() == [13, 10, 17, 2]
    assert row["difference"] == pytest.approx(10 / 13 - 2 / 17)
    assert row["verdict"] == "group reports more"
    assert table.set_index("indicator").loc["always", "verdict"] == "too few to judge"


@pytest.mark.slow
def test_any_split_has_the_p_value_of_scipy():
    from scipy.stats import fisher_exact

    rng = np.random.default_rng(3)
    drawn = [(*pair, *rng.integers(0, pair + 1)) for pair in rng.integers(1, 60, (12, 2))]
    tied = [(2, 17, 0, 6), (2, 20, 1, 6), (2, 20, 2, 9)]  # two splits of one chance, but for rounding
    for n, others, here, there in drawn + tied:
        total = here + there
        splits = range(max(0, total - others), min(n, total) + 1)
        p = {k: fisher_exact([[k, n - k], [total - k, others - total + k]]).pvalue for k in splits}
        expected = (p[here], min(p.values()))
        assert screens._split_test(n, here, others, there) == pytest.approx(expected, rel=1e-9)


@pytest.mark.slow
def test_less_and_no_sign_and_too_few():
    verdict = {}
    for groups in [(13, 2, 17, 15), (13, 6, 17, 8), (4, 4, 17, 0), (5, 1, 5, 0)]:
        a, b, c, d = groups
        table = yr.find_selective_reporting(*reports(("national-2019", a, b), ("none", c, d)))
        verdict[groups] = table.set_index("indicator").loc["some", "verdict"]
    assert list(verdict.values()) == [
        "group reports less",
        "no sign",
        "too few to judge",
        "too few to judge",
    ]


def test_holm_by_hand():
    """Three testable indicators: the smallest p three times, the next twice, the largest once."""
    parts = []
    for name, reporting in {"a": 12, "b": 10, "c": 8}.items():
        table, sources = reports(("national-2019", 13, reporting), ("none", 17, 2))
        parts.append(table[table["indicator"] == "some"].assign(indicator=name))
    found = yr.find_selective_reporting(pd.concat(parts), sources).set_index("indicator")
    a, b, c = found.loc[["a", "b", "c"], "p_value"]
    by_hand = np.maximum.accumulate([3 * a, 2 * b, c])
    assert found.loc[["a", "b", "c"], "p_adjusted"].tolist() == pytest.approx(by_hand)


@pytest.mark.slow
@settings(max_examples=15, deadline=None)  # statsmodels collects garbage in full each time
@given(st.lists(st.tuples(st.floats(0, 1), st.sampled_from("ab")), min_size=1, max_size=30))
def test_holm_is_that_of_statsmodels_in_each_family(drawn):
    from statsmodels.stats.multitest import multipletests

    p, family = (
        pd.Series(list(column), index=range(7, 7 + len(drawn))) for column in zip(*drawn, strict=True)
    )
    ours = screens._holm(p, family)
    assert ours.index.equals(p.index)
    for name in set(family):
        here = family == name
        assert ours[here].to_numpy() == pytest.approx(multipletests(p[here], method="holm")[1])


def test_roll_out_and_unknown_and_the_nation_are_left_out():
    table, sources = reports(
        ("national-2019", 6, 6), ("none", 6, 0), ("rollout-2022", 3, 3), ("unknown", 2, 2)
    )
    nation = pd.DataFrame([{"source_id": "cn", "district": "CN", "pilot_status": "none"}])
    found = yr.find_selective_reporting(table, pd.concat([sources, nation]))
    lost = yr.list_refused(found).set_index("source_id")["reason"]
    assert len(lost) == 6 and lost["cn"] == "of the nation, no place"
    assert found["n"].eq(6).all() and found["n_others"].eq(6).all()


@pytest.mark.slow
def test_places_are_counted_once_and_masked_figures_are_not_reported():
    table, sources = reports(("national-2019", 6, 6), ("none", 6, 0))
    sources.loc[:2, "district"] = "one place"
    found = yr.find_selective_reporting(table, sources, at_least=3).set_index("indicator").loc["some"]
    assert found[["n", "reporting"]].tolist() == [4, 4]
    by_source = yr.find_selective_reporting(table, sources, unit="source_id").set_index("indicator")
    assert by_source.loc["some", ["n", "reporting"]].tolist() == [6, 6]
    masked = table.assign(status=np.where(table["indicator"] == "some", "masked", "achieved"))
    assert "some" not in set(yr.find_selective_reporting(masked, sources, at_least=3)["indicator"])


@pytest.mark.slow
def test_the_projects_pilots_report_reform_tasks():
    """Counted out in plain loops over places."""
    table = yr.find_selective_reporting(FACTS, SOURCES).set_index("indicator")
    pilots, others, reporting = set(), set(), set()
    for source in SOURCES.to_dict("records"):
        if source["district"] != "CN":
            pilots |= {source["district"]} if source["pilot_status"] in screens.PILOTS else set()
            others |= {source["district"]} if source["pilot_status"] == "none" else set()
    places = SOURCES[SOURCES["pilot_status"] != "unknown"].set_index("source_id")["district"]
    for fact in FACTS.to_dict("records"):
        if fact["indicator"] == "reform_tasks" and fact["source_id"] in places:
            reporting.add(places[fact["source_id"]])
    row = table.loc["reform_tasks"]
    assert row[["n", "n_others"]].tolist() == [len(pilots), len(others)]
    assert row[["reporting", "reporting_others"]].tolist() == [
        len(reporting & pilots),
        len(reporting & others),
    ]
    assert row["verdict"] == "group reports more"


@pytest.mark.slow
def test_every_class_is_compared_with_the_others():
    table = yr.find_selective_reporting(FACTS, SOURCES, by="class", unit="source_id")
    here = SOURCES[SOURCES["district"] != "CN"]
    sizes = here["class"].value_counts()
    assert table.groupby("group")["n"].first().to_dict() == sizes.to_dict()
    assert (table["n"] + table["n_others"] == len(here)).all()
    small = table[table["group"].map(sizes) < 5]
    assert len(small) and small["verdict"].eq("too few to judge").all() and small["p_value"].isna().all()


# --- all ---------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_empty_tables_give_empty_results():
    nothing, none = FACTS.head(0), DOCUMENTS.head(0)
    assert len(yr.find_templates(none)) == len(yr.find_near_duplicates(none)) == 0
    assert len(yr.find_multiples(nothing)) == len(yr.find_heaping(nothing, by="indicator")) == 0
    assert len(yr.find_selective_reporting(nothing, SOURCES)) == 0
    assert yr.find_heaping(nothing)["verdict"].tolist() == ["too few to judge"]


def test_what_cannot_be_used_is_refused():
    with pytest.raises(yr.DataError, match="more than once"):
        yr.find_templates(pd.concat([DOCUMENTS, DOCUMENTS.head(1)]))
    with pytest.raises(yr.DataError, match=r"lack the columns \['text'\]"):
        yr.find_near_duplicates(DOCUMENTS[["source_id"]])
    with pytest.raises(ValueError, match="similarity"):
        yr.find_near_duplicates(DOCUMENTS, similarity=0)
    with pytest.raises(yr.DataError, match="class"):
        yr.find_heaping(FACTS, by="class")
    with pytest.raises(yr.DataError, match="hedge"):
        yr.find_multiples(FACTS.drop(columns="hedge"))
    with pytest.raises(yr.DataError, match="No source"):
        yr.find_selective_reporting(FACTS, SOURCES.head(3))
    with pytest.raises(yr.DataError, match="by='colour' is not known; choose one of 'pilot'"):
        yr.find_selective_reporting(FACTS, SOURCES, by="colour")
    with pytest.raises(yr.DataError, match="unit='place' is not known"):
        yr.find_selective_reporting(FACTS, SOURCES, unit="place")


@pytest.mark.slow
@pytest.mark.parametrize("shift", sweep(500, slow=[0]))
def test_inputs_stay_as_they_are(shift):
    given_facts, given_documents = FACTS.copy(), DOCUMENTS.copy()
    given_facts.index += shift
    before = given_facts.copy(), given_documents.copy()
    yr.find_templates(given_documents), yr.find_near_duplicates(given_documents)
    results = (
        yr.find_multiples(given_facts),
        yr.find_heaping(given_facts),
        yr.find_selective_reporting(given_facts, SOURCES),
    )
    pd.testing.assert_frame_equal(given_facts, before[0])
    pd.testing.assert_frame_equal(given_documents, before[1])
    pd.testing.assert_frame_equal(results[0], yr.find_multiples(FACTS))


@pytest.mark.slow
def test_short_texts_and_small_figures_are_compared_if_it_is_asked_for():
    texts = pd.DataFrame({"source_id": ["a", "b"], "text": ["全县共有团员三百名，团支部十二个。"] * 2})
    assert yr.find_near_duplicates(texts).empty
    pairs = yr.find_near_duplicates(texts, shingle=3, smallest=5)
    assert pairs[["source_a", "source_b", "similarity"]].values.tolist() == [["a", "b", 1.0]]
    facts = yr.load_facts()
    counted = [yr.find_heaping(facts, smallest=least)["n"].item() for least in (1, 100)]
    whole = facts.query("kind == 'level' and status == 'achieved' and hedge == 'exact' and resolution == 1")
    whole = whole[~whole["unit"].isin(["%", "百分点", "岁", "年"]) & (whole["value"] >= 1)]
    once = whole.drop_duplicates(["source_id", "indicator", "period_end", "value"])
    assert counted == [len(once), (once["value"] >= 100).sum()]

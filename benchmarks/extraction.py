"""How fast facts are read out of report text, and that the time per kB does not grow with its length.

Run with `python benchmarks/extraction.py [REPORT...]`; with files, the speed on these reports comes too. CPU
seconds of this process. The packages a user would take instead read numbers only, or tag only; so the measure
beside ours is what any reader of Chinese pays first, tagging the same text with rjieba.
"""

import random
import sys
import time

import rjieba
from texts import density, draw_text, load_sentences

import youthresearch as yr
from youthresearch import tokens
from youthresearch.quantities import scan

REPORT, REPORTS = 13_000, 20  # bytes, as the five original reports have on average; how many
LAYERS = {"rjieba, tags only": rjieba.tag, "scan": scan, "extract_facts": yr.extract_facts}
ENDLESS = {  # what a text without end is made of, all but the last few one sentence
    "figures": "团员3名参加活动",
    "no figure": "团员参加志愿服务活动",
    "digits": "7",
    "decimals": "3.5,",
    "Chinese numerals": "三百万",
    "masks": "xx个",
    "ranges": "3—5人至",
    "opening quotes": "“团",
    "brackets": "(所)团3",
    "baselines": "较去年3",
    "parts": "其中3名,",
    "tabs": "\t",
    "rows of empty cells": "甲\t乙\t\n",
    "rows": "团支部\t12\n",
    "rows apart by blanks": "团支部  12  \n",
    "headers and rows": "指标\t数量\n团支部\t12\n",
}


def seconds(function, texts):
    """Return the CPU seconds of one pass."""
    start = time.process_time()
    for text in texts:
        function(text)
    return time.process_time() - start


def forget_words():
    """Forget the classes of all words met so far, so that what a text gains from those before it is seen."""
    for made in vars(tokens).values():
        if made is tokens._words or (hasattr(made, "cache_info") and made.cache_info().maxsize):
            made.cache_clear()


def seconds_of_new_words(texts):
    """Return the CPU seconds of one pass in which every text is the first that is read."""
    total = 0
    for text in texts:
        forget_words()
        total += seconds(yr.extract_facts, [text])
    return total


def print_rates(name, texts):
    """Print MB of UTF-8 a second, in the first pass over texts not met before and in the best."""
    size = sum(len(text.encode()) for text in texts) / 1e6
    for layer, function in LAYERS.items():
        first, *later = (size / seconds(function, texts) for _ in range(6))
        print(f"{name:20} {layer:20} {first:6.2f} MB/s in the first pass, {max(later):6.2f} in the best")
    new = max(size / seconds_of_new_words(texts) for _ in range(6))
    print(f"{name:20} {'with new words only':20} {new:6.2f} MB/s in the best pass")
    drafts = [yr.extract_facts(text) for text in texts]
    counts = sum(map(len, drafts)), sum(len(yr.list_refused(d)) for d in drafts)
    print(f"{name:20} {density(*counts, sum(map(len, texts)))}")


def print_growth(name, unit, sizes=(100, 200, 400)):
    """Print the time per kB of one text of 100 kB, and how it changes with its length; 1 is linear."""
    per_kb = {}
    for kb in sizes:
        text = unit * (1000 * kb // len(unit.encode()))
        per_kb[kb] = 1000 * seconds(yr.extract_facts, [text]) / kb
    ratios = ", ".join(f"{time_ / per_kb[100]:.2f} at {kb} kB" for kb, time_ in per_kb.items() if kb > 100)
    print(f"nothing but {name:20} {per_kb[100]:6.2f} ms per kB at 100 kB; times {ratios}")


def main(paths):
    """Print the speed on texts as dense as real reports, on reports, and on texts that grow."""
    sentences, rng = load_sentences(), random.Random(2024)  # these load words and tagger, uncounted
    like = [draw_text(sentences, REPORT, rng) for _ in range(REPORTS)]
    print_rates("like reports", like)
    print_rates("the same, one text", ["\n".join(like)])  # one table instead of one for each
    print_rates("coded documents", list(yr.load_documents()["text"]))
    if paths:
        print_rates("given reports", [yr.read_report(path).text for path in paths])
    for name, unit in ENDLESS.items():
        print_growth(name, unit)
    print_growth("figures", ENDLESS["figures"], (100, 1000))


if __name__ == "__main__":
    main(sys.argv[1:])

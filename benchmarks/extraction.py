"""How fast facts are read out of dense report text, and that the time per kB does not grow with its length.

Run with `make bench`. CPU seconds of this process, best of three; other packages do not do the whole job, so
the measure beside it is what any reader of Chinese pays first: tagging the same text with rjieba.
"""

import time

import rjieba

import youthresearch as yr
from youthresearch.quantities import scan


def best(function, text):
    """Return MB of UTF-8 text a CPU second, best of three."""
    seconds = []
    for _ in range(3):
        start = time.process_time()
        function(text)
        seconds.append(time.process_time() - start)
    return len(text.encode()) / 1e6 / min(seconds)


def main():
    """Print the throughput of each layer, and of one sentence without punctuation that grows."""
    documents = yr.load_documents()
    dense = "\n".join(documents.loc[documents["source_id"].isin(["longhua-2018", "nanshan-2021"]), "text"])
    text = dense * (500_000 // len(dense.encode()))
    yr.extract_facts(dense)  # loads words and tagger, uncounted
    for name, function in {
        "rjieba, tags only": rjieba.tag,
        "scan": scan,
        "extract_facts": yr.extract_facts,
    }.items():
        print(f"{name:24} {best(function, text):6.2f} MB/s")
    start = time.process_time()
    facts = len(yr.extract_facts(text))
    rate, apart = facts / (time.process_time() - start), len(text) / facts
    print(f"{'':24} {rate:6.0f} facts a second; this text has one in {apart:.0f} characters")
    for kilobytes in (10, 100, 1000):
        sentence = ("团员3名参加活动" * kilobytes * 50)[: kilobytes * 340]
        rate = best(yr.extract_facts, sentence)
        print(f"one sentence, {kilobytes:5} kB    {rate:6.2f} MB/s")


if __name__ == "__main__":
    main()

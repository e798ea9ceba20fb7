"""How many reports `extract_corpus` reads in a second with one process and with two, and whether it stays so.

Run with `python benchmarks/corpus.py [DOCUMENTS]`. Each document has about 10 kB, as dense in figures as real
reports (texts.py), and is written to a temporary folder. The target is 40,000 such documents in three
minutes on two cores, which is 9 ms of CPU a document: all that this process and its workers use is counted,
their start, reading, the facts and the Parquet files included. As a measure of the machine, tagging alone.
"""

import random
import resource
import sys
import tempfile
import time
from pathlib import Path

import dask
import rjieba
from texts import density, draw_text, load_sentences

from youthresearch.corpus import extract_corpus, read_corpus
from youthresearch.schema import list_refused

SIZE = 10_000  # bytes
GOAL = 40_000


def write_documents(folder, count, seed=2024):
    """Write so many documents; return how many characters they have."""
    rng, sentences, total = random.Random(seed), load_sentences(), 0
    for number in range(count):
        text = draw_text(sentences, SIZE, rng)
        path = folder / f"{number % 100:02d}" / f"report-{number:06d}.txt"
        path.parent.mkdir(exist_ok=True, parents=True)
        path.write_text(text, encoding="utf-8")
        total += len(text)
    return total


def cpu():
    """Return CPU seconds of this process and of the children that have ended."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(u.ru_utime + u.ru_stime for u in used)


def timed(paths, workers, output):
    """Read the paths with so many processes; return seconds, CPU seconds and the peak of a process in MB."""
    clock, before = time.perf_counter(), cpu()
    with dask.config.set(scheduler="processes", num_workers=workers):
        documents = extract_corpus(paths, output=output)
    assert len(documents) == len(paths) and (documents["status"] == "read").all()
    peaks = [resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return time.perf_counter() - clock, cpu() - before, max(peaks) / 1000


def tagging(paths):
    """Return the CPU seconds that rjieba takes to tag these texts."""
    texts = [path.read_text(encoding="utf-8") for path in paths]
    rjieba.tag(texts[0])
    start = time.process_time()
    for text in texts:
        rjieba.tag(text)
    return time.process_time() - start


def main():
    """Print the time with one process and with two, for a quarter, half and all of the documents."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 4_000
    with tempfile.TemporaryDirectory() as place:
        characters = write_documents(Path(place, "reports"), count)
        paths, used = sorted(Path(place, "reports").rglob("*.txt")), {}
        print(
            "| documents | processes | time | CPU | peak of a process |\n| ---: | ---: | ---: | ---: | ---: |"
        )
        for part, workers in ((1, 1), (4, 2), (2, 2), (1, 2)):
            some, output = paths[: count // part], Path(place, f"output-{part}-{workers}")
            seconds, used[len(some)], peak = timed(some, workers, output)
            row = f"{seconds:.1f} s | {used[len(some)]:.1f} s | {peak:.0f} MB"
            print(f"| {len(some):,} | {workers} | {row} |", flush=True)
        each = (used[count] - used[count // 4]) / (count - count // 4)
        start = used[count] - each * count
        print(f"\n{start:.1f} s of CPU to start two processes, then {1000 * each:.2f} ms a document, while")
        tags = 1000 * tagging(paths[:500]) / len(paths[:500])
        print(f"{tags:.2f} ms is what tagging the same text with rjieba takes.")
        print(f"{GOAL:,} documents on two cores: {(start + each * GOAL) / 2:.0f} s of CPU each.")
        facts = read_corpus(output)
        print(f"There are {density(len(facts), len(list_refused(facts)), characters)}.")


if __name__ == "__main__":
    main()

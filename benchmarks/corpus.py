"""How many reports a second `extract_corpus` reads, with one process and with two.

Run with `python benchmarks/corpus.py [DOCUMENTS]`. Each document is about 10 kB: sentences of data/documents
in another order each time, with other figures, written to a temporary folder. The target is 40,000 such
documents in three minutes on two cores: 222 a second, 2.2 MB/s.
"""

import random
import re
import sys
import tempfile
import time
from pathlib import Path

import dask

import youthresearch as yr
from youthresearch.corpus import extract_corpus

SIZE = 10_000  # bytes
TARGET = 40_000 / 180


def write_documents(folder, count, seed=2024):
    """Write so many documents of about `SIZE` bytes; return how many bytes they are."""
    rng = random.Random(seed)
    texts = "\n".join(yr.load_documents()["text"])
    sentences = [s for s in re.split(r"(?<=[。;；\n])", texts) if s.strip()]
    total = 0
    for number in range(count):
        parts, size = [], 0
        while size < SIZE:
            parts.append(re.sub(r"\d", lambda _: str(rng.randint(1, 9)), rng.choice(sentences)))
            size += len(parts[-1].encode())
        path = folder / f"{number % 100:02d}" / f"report-{number:06d}.txt"
        path.parent.mkdir(exist_ok=True)
        path.write_text("".join(parts), encoding="utf-8")
        total += path.stat().st_size
    return total


def timed(folder, workers, output):
    """Time one run with its results written; return seconds and facts."""
    start = time.perf_counter()
    with dask.config.set(scheduler="processes", num_workers=workers):
        documents = extract_corpus(folder, output=output)
    assert (documents["status"] == "read").all()
    return time.perf_counter() - start, documents["facts"].sum()


def main():
    """Print the speed with one process and with two, the start of the processes included."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place, "reports")
        folder.mkdir()
        size = write_documents(folder, count)
        for workers in (1, 2):
            seconds, facts = timed(folder, workers, Path(place, f"output-{workers}"))
            rate = count / seconds
            print(
                f"{workers} process(es): {count:,} documents, {facts:,} facts in {seconds:.1f} s; "
                f"{rate:.0f} documents/s ({rate / TARGET:.0%} of the target for two), "
                f"{size / seconds / 1e6:.2f} MB/s"
            )


if __name__ == "__main__":
    main()

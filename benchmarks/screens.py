"""How many documents a second the screens of texts take, beside datasketch, which a user would take instead.

Run with `python benchmarks/screens.py [DOCUMENTS]`. Documents as in benchmarks/corpus.py, about 10 kB each;
one in twenty is another one with other figures. datasketch (`pip install datasketch`) is given the same
shingles, signatures of the same length and the same threshold; without it only our own speed is printed.
"""

import random
import re
import sys
import time

import pandas as pd

import youthresearch as yr
from youthresearch.screens import HASHES, _neutral

SIZE = 10_000  # bytes
SHINGLE, SIMILARITY = 8, 0.5


def write_documents(count, seed=2024):
    """Make so many documents of about `SIZE` bytes; the last twentieth are the first with other figures."""
    rng = random.Random(seed)
    sentences = [s for s in re.split(r"(?<=[。;；\n])", "\n".join(yr.load_documents()["text"])) if s.strip()]
    texts = []
    for _ in range(count - count // 20):
        parts, size = [], 0
        while size < SIZE:
            parts.append(rng.choice(sentences))
            size += len(parts[-1].encode())
        texts.append("".join(parts))
    texts += texts[: count // 20]
    texts = [re.sub(r"\d", lambda _: str(rng.randint(1, 9)), text) for text in texts]
    return pd.DataFrame({"source_id": [f"report-{i:06d}" for i in range(count)], "text": texts})


def pairs_of_datasketch(documents):
    """Pairs that datasketch finds among the same shingles."""
    from datasketch import MinHash, MinHashLSH

    index, pairs = MinHashLSH(threshold=SIMILARITY, num_perm=HASHES), set()
    for source, text in zip(documents["source_id"], documents["text"], strict=True):
        neutral, signature = _neutral(text), MinHash(num_perm=HASHES)
        signature.update_batch({neutral[i : i + SHINGLE].encode() for i in range(len(neutral) - SHINGLE + 1)})
        pairs |= {(other, source) for other in index.query(signature)}
        index.insert(source, signature)
    return pairs


def seconds(function, documents):
    """Return CPU seconds of this process, and what the function returns."""
    start = time.process_time()
    result = function(documents)
    return time.process_time() - start, result


def main():
    """Print documents a second of both screens of texts, and how long datasketch takes for one of them."""
    documents = write_documents(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000)
    yr.find_near_duplicates(documents.head(20))  # loads scipy, uncounted
    spent, _ = seconds(yr.find_templates, documents)
    print(f"find_templates        {len(documents) / spent:7.0f} documents/s")
    ours, found = seconds(yr.find_near_duplicates, documents)
    print(f"find_near_duplicates  {len(documents) / ours:7.0f} documents/s, {len(found)} pairs")
    try:
        theirs, pairs = seconds(pairs_of_datasketch, documents)
    except ImportError:
        print("datasketch is not installed: no comparison.")
    else:
        print(f"datasketch            {theirs / ours:7.1f} times as long, {len(pairs)} pairs")


if __name__ == "__main__":
    main()

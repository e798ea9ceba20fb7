"""The words that extraction reads: the project's, and a researcher's own beside them.

Each word of data/lexicon.csv has a role, and some a code; `roles`, `coded` and `purely` are the sets of them,
`lexicon_pattern`, `either` and `compiled` make patterns of them.

What the readers make of the words (patterns, tagger, code book) is kept, and made anew when others are to
be read.
"""

import re
import sys
from contextlib import contextmanager
from functools import cache
from os import PathLike
from pathlib import Path
from threading import RLock

import pandas as pd

from .intervals import HEDGES
from .loaders import load_indicators, load_lexicon, load_units
from .schema import DataError

APPROXIMATE = tuple(hedge for hedge in HEDGES if hedge not in ("range", "masked"))  # codes of such words
LOADERS = {"lexicon": load_lexicon, "units": load_units, "indicators": load_indicators}
# All that these cache is made of the words.
_READERS = (
    *("quantities", "rates", "norms", "refusals", "tokens", "phrases", "nouns", "signs", "clauses", "labels"),
    *("kinds", "statuses", "codebook", "extract", "wholes", "words"),
)
_CAPITALS = re.compile("[A-Z][A-Z_]+")
_LOCK = RLock()  # one thread at a time, since what is made of the words is the process's
_now = {"state": ()}


@contextmanager
def words_of(data):
    """Read with the words of a folder beside the project's; with those alone if it is None.

    Parameters
    ----------
    data : path or None
        A folder with lexicon.csv, units.csv or indicators.csv. Rows of the first two are added to the
        project's and go before them; a code book takes the place of the project's, as everywhere.

    Raises
    ------
    DataError
        If the folder has none of the three, one of them breaks the data package, or a word of approximation
        or comparison has no code that is known.
    """
    with _LOCK:
        state = state_of(data)
        if state != _now["state"]:
            for path, *_ in state:
                _check_codes(LOADERS[Path(path).stem](Path(path).parent), path)
            _forget()
            _now["state"] = state
        yield


def state_of(data):
    """Return what changes when a folder's words do: path, size and time of change of each of its files."""
    if data is None:
        return ()
    files = own_files(data)
    return tuple((str(f), f.stat().st_size, f.stat().st_mtime_ns) for f in files)


def own_files(data):
    """List the files of a folder that hold words."""
    if not isinstance(data, str | PathLike):
        raise DataError(f"data={data!r} is no folder: pass the path of one that holds your own words.")
    files = [Path(data).absolute() / f"{name}.csv" for name in LOADERS]
    found = [file for file in files if file.is_file()]
    if not found:
        raise DataError(
            f"No words in {data}: put lexicon.csv, units.csv or indicators.csv there (see data/README.md)."
        )
    return found


def word_table(name):
    """Return a table of words: one's own first, then the project's that it does not hold."""
    table = LOADERS[name]
    folder = next((Path(path).parent for path, *_ in _now["state"] if Path(path).stem == name), None)
    if name == "indicators" or folder is None:
        return table(folder)
    keys = ["word", "role"] if name == "lexicon" else ["unit"]
    return pd.concat([table(folder), table()], ignore_index=True).drop_duplicates(keys)


def lexicon_codes(role):
    """Return the words of one role of the lexicon with their codes, as a dict."""
    return _lexicon()[role]


@cache
def _lexicon():
    """Sort the words of the lexicon by their roles, in one reading."""
    table, codes = word_table("lexicon"), {}
    for word, role, code in zip(table["word"], table["role"], table["code"], strict=True):
        codes.setdefault(role, {})[word] = code
    return codes


@cache
def roles(role):
    """Return the words of a role in the lexicon."""
    return frozenset(lexicon_codes(role))


@cache
def coded(role, code):
    """Return the words of a role that have a code."""
    return frozenset(word for word, its in lexicon_codes(role).items() if its == code)


@cache
def purely(role, *others):
    """Return the words of a role that have none of the others."""
    return roles(role).difference(*map(roles, others))


@cache
def units_of(*classes):
    """Return the units of some classes (event: 场, 次, 期), which are roles unit_... of the lexicon."""
    return frozenset().union(*(roles(f"unit_{name}") for name in classes))


def lexicon_words(*names):
    """Return the words of some roles, escaped for a pattern, the longest first."""
    words = {word for role in names for word in lexicon_codes(role)}
    return list(map(re.escape, sorted(words, key=lambda w: (-len(w), w))))


def lexicon_pattern(*names):
    """Return the words of some roles as one alternation."""
    return "|".join(lexicon_words(*names))


def compiled(patterns, names):
    """Compile patterns, a dict, in which capitals stand for a text of `names` or a role of the lexicon."""

    def spelt(pattern):
        return _CAPITALS.sub(
            lambda m: spelt(names[m[0]]) if m[0] in names else lexicon_pattern(m[0].lower()), pattern
        )

    return {name: re.compile(spelt(pattern)) for name, pattern in patterns.items()}


def either(words, unless=None, first=()):
    """Return words as one alternation, the longest first; by first characters, so that few are tried.

    unless: what must not follow some of them, as patterns; first: characters in the order to try them.
    """
    rest, unless = {c: [] for c in first}, unless or {}
    for word in sorted(words, key=lambda w: (-len(w), w)):
        rest.setdefault(word[0], []).append(re.escape(word[1:]) + unless.get(word, ""))
    return "|".join(re.escape(c) + (f"(?:{'|'.join(r)})" if r != [""] else "") for c, r in rest.items() if r)


def _check_codes(table, path):
    """Check the codes that become values of facts."""
    if Path(path).stem != "lexicon":
        return
    unknown = table["role"].str.startswith("hedge_") & ~table["code"].isin(APPROXIMATE)
    wrong = table[unknown | ((table["role"] == "baseline") & table["code"].isna())]
    if len(wrong):
        what = f"{path}: these words have no code, or one that is none; hedges are {', '.join(APPROXIMATE)}"
        raise DataError(f"{what}.", wrong)


def _forget():
    """Forget what the readers made of other words."""
    loaded = [sys.modules.get(f"{__package__}.{name}") for name in _READERS]
    for made in [made for module in loaded if module for made in vars(module).values()]:
        if hasattr(made, "cache_clear"):
            made.cache_clear()

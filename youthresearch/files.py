"""Which files are the reports of a corpus: found, named, dated, told apart by their bytes."""

import hashlib
import os
import stat
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from .dates import ISO
from .paragraphs import DEFAULT, shorten
from .schema import DataError, composed

SUFFIXES = (".txt", ".htm", ".html", ".shtml", ".xhtml", ".docx", ".docm", ".pdf")
# Refused with the remedy, rather than not seen.
SUFFIXES += (".doc", ".wps", ".rtf", ".mht", ".mhtml", ".odt", ".xls", ".xlsx", ".et", ".ppt", ".pptx")
PAGE = ".evidence.html"  # what the command line writes, perhaps beside the reports


class Item(NamedTuple):
    """One document to do."""

    source_id: str
    path: str
    size: int
    sha256: str  # empty if the file cannot be read
    duplicate_of: str  # source_id of the document with the same bytes that is read instead
    date: str = ""  # ISO, as the caller knows it
    deadly: bool = False  # it killed its worker: a failure, not to be tried again


def find_all(paths):
    """List the files, each once, as sorted absolute paths."""
    if isinstance(paths, str | bytes | os.PathLike):
        paths = [paths]
    named = list(paths) if pd.api.types.is_list_like(paths) else [paths]
    if not all(isinstance(path, str | bytes | os.PathLike) for path in named):
        raise DataError(f"paths={shorten(repr(paths), 80)} must be a file or a folder, or a list of them.")
    named = pd.DataFrame({"path": [os.path.abspath(os.fsdecode(path)) for path in named]}, dtype=object)
    lost = named[~named["path"].map(os.path.lexists).astype(bool)]
    _refuse(lost, "Some paths lead nowhere (patterns such as *.txt are not expanded): correct or drop them")
    found = set()
    for path in named["path"]:
        found.update(_files_below(path) if os.path.isdir(path) else [path])
    if len(named) and not found:
        _refuse(named, f"No folder holds a report, a file in {', '.join(SUFFIXES)}: check the path")
    return sorted(found)


def find_files(folder):
    """List the reports in a folder, to the bottom, sorted, as paths that begin as the folder's does."""
    return sorted(_files_below(os.fspath(folder)), key=by_parts)


def find_others(folder):
    """List what `find_files` passes over in a folder, sorted, without hidden files, locks and evidence."""
    names = (name for name in _all_below(os.fspath(folder), []) if not name.lower().endswith(SUFFIXES))
    return sorted(names)


def by_parts(path):
    """Sort key of a path: folder by folder, so that the order does not depend on what parts them."""
    return Path(path).parts


def _files_below(folder):
    closed = []  # folders that cannot be listed end as failures, not as silence
    yield from (name for name in _all_below(folder, closed) if name.lower().endswith(SUFFIXES))
    yield from closed


def _all_below(folder, closed):
    for place, _, names in os.walk(folder, onerror=lambda error: closed.append(error.filename)):
        seen = (name for name in names if not name.startswith((".", "~$")) and not name.endswith(PAGE))
        yield from (os.path.join(place, name) for name in seen)


def items_of(files):
    """Name the documents and find the duplicates; sorted by source_id."""
    with ThreadPoolExecutor(4) as threads:
        prints = list(threads.map(_fingerprint, files))
    first, items = {}, []
    for source_id, path, (size, sha256) in sorted(zip(source_ids(files), files, prints, strict=True)):
        same = first.setdefault(sha256, source_id) if sha256 else source_id
        items.append(Item(source_id, path, size, sha256, same if same != source_id else ""))
    return items


def dated(items, dates):
    """Give each document the date that the caller knows."""
    if dates is None:
        return items
    if isinstance(dates, pd.DataFrame) or not hasattr(dates, "items"):
        raise DataError(f"dates is a {type(dates).__name__}: pass a mapping or a Series, path to ISO date.")
    table = pd.DataFrame([(p, _written(d)) for p, d in dates.items()], columns=["path", "date"], dtype=object)
    keys = table["path"].map(lambda path: isinstance(path, str | bytes | os.PathLike)).astype(bool)
    _refuse(table[~keys], "Some keys of dates are no paths: let the paths be the keys, or the index")
    table["path"] = [composed(os.path.abspath(os.fsdecode(path))) for path in table["path"]]
    table = table[table["date"] != ""].drop_duplicates()
    wrong = ~table["date"].map(lambda date: bool(ISO.fullmatch(date))).astype(bool)
    _refuse(table[wrong], "Some dates are none: write 2021, 2021-06 or 2021-06-30")
    _refuse(table[table["path"].duplicated(keep=False)], "Some documents have two dates: give each one")
    astray = ~table["path"].isin([composed(item.path) for item in items])
    _refuse(table[astray], "Some dates are of no document: their paths are not among those to read")
    known = dict(zip(table["path"], table["date"], strict=True))
    return [item._replace(date=known.get(composed(item.path), "")) for item in items]


def _written(date):
    """Write a date as text, and one that is missing as nothing."""
    if pd.api.types.is_scalar(date) and pd.isna(date):
        return ""
    if isinstance(date, float) and date.is_integer():
        return str(int(date))  # a column of years, one of which is missing
    return date.isoformat()[:10] if hasattr(date, "isoformat") else str(date)


def _refuse(rows, what):
    if len(rows):
        raise DataError(f"{what}.", rows)


def _fingerprint(path):
    """Size and SHA-256 of what `read_report` would read."""
    try:
        status = os.stat(path)
        if not stat.S_ISREG(status.st_mode) or status.st_size > DEFAULT.bytes:
            return 0, ""
        with open(path, "rb") as file:
            return status.st_size, hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return 0, ""


def source_ids(files):
    """Name files by their stems, blanks as hyphens; where several share one, with digits of a SHA-256.

    The names are the same on every system: macOS may take letters and their accents apart, and where case
    does not tell files apart, neither do names that differ in nothing else.

    Parameters
    ----------
    files : list of str
        Absolute paths, none twice.
    """
    stems = [composed(os.path.splitext(os.path.basename(file))[0]) for file in files]
    stems = ["-".join(printable(stem).split()) for stem in stems]  # blanks part fact_ids
    often = Counter(map(str.casefold, stems))
    return [
        stem if often[stem.casefold()] == 1 else f"{stem}-{digest(place)[:8]}"
        for stem, place in zip(stems, _places(files), strict=True)
    ]


def _places(files):
    """Return paths below the folder common to all, as every system writes them."""
    try:
        folder = os.path.commonpath([os.path.dirname(file) for file in files])
    except ValueError:  # no files, or files on two drives
        return [file.replace(os.sep, "/") for file in files]
    return [os.path.relpath(file, folder).replace(os.sep, "/") for file in files]


def printable(text):
    """Names in another encoding than the system's hold surrogates, which no table can store."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def digest(*parts):
    """Hash texts and bytes, which no other parts have together."""
    data = (p if isinstance(p, bytes) else p.encode("utf-8", "surrogatepass") for p in parts)
    return hashlib.sha256(b"\0".join(data)).hexdigest()

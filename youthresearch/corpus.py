"""Facts of many reports: read in parallel, written as they come, resumed where a run stopped.

Documents are handled in chunks. A chunk is one task for Dask and one file in each table of the output;
its file in ``documents`` is written last, so a chunk counts as finished or is not there at all.
"""

import os
import re
from functools import cache, partial
from importlib import metadata
from itertools import chain
from pathlib import Path
from uuid import uuid4

import pandas as pd

from .documents import read_report
from .extract import COLUMNS, propose, tabulate
from .files import dated, digest, find_all, items_of, printable
from .loaders import DATA
from .schema import DataError, put_in_place
from .words import own_files, words_of
from .workers import local_runner, on_cluster, progress_bar

CHUNK_BYTES = 1_000_000  # about a second of work, beside which sending a task and writing its files is little
CHUNK_DOCUMENTS = 1_000  # posts are short
_NUMBERS = dict.fromkeys(("value", "value_max", "resolution", "low", "high"), "float64")
_PLACES = dict.fromkeys(("start", "end", "noun_start", "noun_end"), "Int64")
TABLES = {  # explicit, so that a chunk without facts or a column without values changes no type
    "facts": dict.fromkeys(COLUMNS, "str") | _NUMBERS | _PLACES,
    "refused": {"source_id": "str", "start": "Int64", "end": "Int64", "token": "str", "reason": "str"},
    "failures": dict.fromkeys(("source_id", "path", "error", "reason"), "str"),
    "documents": {
        **dict.fromkeys(("source_id", "path", "sha256", "status"), "str"),
        "facts": "Int64",
        **dict.fromkeys(("reason", "duplicate_of", "date", "extractor"), "str"),
    },
}
STATE = ["source_id", "sha256", "duplicate_of", "date", "extractor"]
SUMMARY = ["source_id", "path", "sha256", "status", "facts", "reason"]
_WORDS = ("divisions", "indicators", "lexicon", "traditional", "units")
_LIBRARIES = ("youthresearch", "charset-normalizer", "pypdf", "rjieba", "trafilatura")
_IMPORTED = re.compile(rb"^from \.(\w+) import", re.M)
_CHUNK_FILE = re.compile(r"chunk-[0-9a-f]{20}\.parquet")
_UNFINISHED = re.compile(r"\.chunk-[0-9a-f]{20}-[0-9a-f]{32}\.tmp")


def extract_corpus(paths, *, dates=None, data=None, client=None, output=None, progress=True):
    """Propose the facts of many reports, on all cores or on a cluster.

    Parameters
    ----------
    paths : path, or iterable of paths
        Files and folders, in any order. Folders are searched to the bottom for txt, HTML, DOCX and PDF, and
        for what could be a report but cannot be read, such as .doc or .xlsx, which ends in failures; other
        files, hidden ones, Word's lock files (``~$``), pages of evidence and links to folders are passed
        over. A path must lead somewhere.
    dates : mapping or pandas.Series, optional
        Path -> ISO date of the document (2021, 2021-06 or 2021-06-30), for figures whose sentences name none;
        as `date` of `extract_facts`. A path that is missing, or has no date, is dated by its own text.
    data : path, optional
        A folder of your own words, as for `extract_facts`; workers must see it too.
    client : distributed.Client, optional
        A Dask cluster whose workers see the same files. Default: Dask's local scheduler, with processes
        where there is work for them; ``dask.config.set(scheduler=..., num_workers=...)`` is heeded.
        A script whose corpus is large enough for processes needs ``if __name__ == "__main__":``.
    output : path, optional
        A folder for the results; one run at a time. A run that was interrupted, or that finds new or changed
        documents, does only what is missing. Recommended from some thousand documents on: without it all
        facts are held in memory.
    progress : bool
        Draw a bar where standard error is a terminal.

    Returns
    -------
    pandas.DataFrame
        Without `output`: the facts, one row one proposed fact, as from `extract_facts`, sorted by source_id
        and start. With `output`: one row is one document, with source_id, path, sha256, status, facts (how
        many) and reason; the facts are on the disk.

    Raises
    ------
    DataError
        If a path leads nowhere or no folder holds a report, `output` holds the results of other documents
        only, a date is none or is of no document or of one with another, or the folder of words holds none or
        breaks the data package.
    ImportError
        Without Dask and PyArrow.

    See Also
    --------
    read_corpus : the facts from the output folder, sorted, in the same columns and types.

    Notes
    -----
    **Identity.** source_id is the file's stem, blanks as hyphens; where several files share one, each gets a
    hyphen and eight digits of the SHA-256 of its path below the folder common to all. Files with the same
    bytes are read once, under the first source_id in order; the others have status duplicate, no facts, and
    the first one's name as reason, so that no fact counts twice.

    **Failures.** A document that cannot be read has status failed and is a row in ``attrs["failures"]`` and
    in output/failures: source_id, path, error, reason. So is one that kills its worker again and again,
    which is found by running the documents of its chunk one by one. A failure is tried again when its file
    or the extractor changes. Without `output`, ``attrs`` also holds documents and refused. These are
    tables, with which ``to_parquet`` fails: give `output`, which is Parquet, or empty ``attrs`` of a copy.

    **Output.** ``facts``, ``refused`` (numbers that are no facts), ``failures`` and ``documents`` are Parquet
    data sets with one file a chunk, for `read_corpus` or ``pandas.read_parquet(output / "facts")``. A chunk
    is done again if one of its documents has gone or has other bytes or another date, or if the extractor
    has changed (code, word lists, your own among them, or libraries). So when a run ends, the output is
    what `paths` give, and nothing else.
    """
    _need_dask()
    with words_of(data):  # what is wrong with them is said now, and not once a document
        items = dated(items_of(find_all(paths)), dates)
    draw = progress_bar(len(items), progress)
    if output is None:
        return _assembled(_run(_extract_chunk, _chunked(items), client, draw, data))
    output = Path(os.path.abspath(output))
    extractor = _extractor(data)
    finished, chunks = _resume(output, items, extractor)
    draw(len(items) - sum(map(len, chunks)), 0)
    _run(partial(_save_chunk, output=str(output)), chunks, client, draw, data)
    _clear(output, finished | {_name(chunk, extractor) for chunk in chunks})
    return _summary(output, items)


def read_corpus(output):
    """Read the facts that `extract_corpus` wrote; one row is one proposed fact.

    Parameters
    ----------
    output : path
        The output folder, of a run that is finished or not.

    Returns
    -------
    pandas.DataFrame
        As `extract_corpus` returns it without `output`; documents, failures and refused are in ``attrs``.

    Raises
    ------
    DataError
        If no output is there.
    """
    _need_dask()
    output = Path(output)
    names = _finished_names(output)
    if not names:
        raise DataError(f"No finished chunk in {output}: pass the output folder of extract_corpus.")
    return _with_attrs({name: _read_table(output, name, names) for name in TABLES})


def _need_dask():
    try:
        import dask  # noqa: F401
        import pyarrow  # noqa: F401
    except ImportError as error:
        what = f"extract_corpus needs Dask and PyArrow ({error}): pip install youthresearch[corpus]"
        raise ImportError(what) from None


def _chunked(items):
    """Cut the documents into chunks; without any there is one empty chunk, so that tables have columns."""
    chunks, size = [[]], 0
    for item in items:
        size += item.size
        if chunks[-1] and (size > CHUNK_BYTES or len(chunks[-1]) == CHUNK_DOCUMENTS):
            chunks.append([])
            size = item.size
        chunks[-1].append(item)
    return chunks


# One chunk -------------------------------------------------------------------------------------------------


def _extract_chunk(chunk, extractor, data):
    """Return how many documents a chunk has, how many of them failed, and its tables by name."""
    if extractor != _extractor(data):
        raise RuntimeError(
            "A worker has other code, libraries or word lists than the client: install the same everywhere, "
            "and start workers and session anew after a change."
        )
    results = [_extract_one(item, extractor, data) for item in chunk]
    try:
        tables = _tables(results)
    except Exception:  # the rows of some document make no table
        results = [_tested(item, result, extractor) for item, result in zip(chunk, results, strict=True)]
        tables = _tables(results)
    return len(chunk), len(tables["failures"]), tables


def _tables(results):
    rows = {name: list(chain.from_iterable(r.get(name, ()) for r in results)) for name in TABLES}
    facts = {"facts": tabulate(rows.pop("facts"))}
    return {name: _typed(name, [table]) for name, table in (facts | rows).items()}


def _tested(item, result, extractor):
    try:
        _tables([result])
    except Exception as error:
        return _failure(item, extractor, type(error).__name__, printable(str(error)))
    return result


def _extract_one(item, extractor, data):
    """Return the rows that one document adds to each table."""
    if item.duplicate_of:
        return _outcome(item, extractor, "duplicate", reason=f"the same bytes as {item.duplicate_of}")
    if item.deadly:
        told = "its worker process died each time, maybe for want of memory"
        return _failure(item, extractor, "KilledWorker", told)
    try:
        document = read_report(item.path)
        facts, refused = propose(document, source_id=item.source_id, date=item.date, data=data)
    except Exception as error:  # whatever it is, it is this document's and the rest goes on
        return _failure(item, extractor, type(error).__name__, printable(str(error)))
    refused = [{"source_id": item.source_id, **row} for row in refused]
    return _outcome(item, extractor, "read", facts=facts, refused=refused)


def _failure(item, extractor, error, message):
    row = {"source_id": item.source_id, "path": printable(item.path), "error": error, "reason": message}
    return _outcome(item, extractor, "failed", reason=f"{error}: {message}", failures=[row])


def _outcome(item, extractor, status, *, reason="", **tables):
    row = {
        "source_id": item.source_id,
        "path": printable(item.path),
        "sha256": item.sha256,
        "status": status,
        "facts": len(tables.get("facts", ())),
        "reason": reason,
        "duplicate_of": item.duplicate_of,
        "date": item.date,
        "extractor": extractor,
    }
    return tables | {"documents": [row]}


def _typed(name, tables):
    """Stack tables, or lists of rows, in the columns and types of `TABLES`."""
    types = TABLES[name]
    tables = [pd.DataFrame(table, columns=list(types)) for table in tables if len(table)]
    filled = tables or [pd.DataFrame(columns=list(types))]
    return pd.concat(filled, ignore_index=True).astype(types)


def _extractor(data):
    """Fingerprint what decides which facts a document gives; own words may change at any time."""
    own = () if data is None else [part for f in own_files(data) for part in (f.name, f.read_bytes())]
    return digest(_own_code(), *own)[:20] if own else _own_code()


def _code():
    """Return the code of this module and of all that it imports of ours, by name."""
    code, left = {}, {"corpus"}
    while left:
        name = left.pop()
        code[name] = Path(__file__).with_name(f"{name}.py").read_bytes()
        left |= {found.decode() for found in _IMPORTED.findall(code[name])} - code.keys()
    return dict(sorted(code.items()))


@cache
def _own_code():
    """Fingerprint the code, the words of the project and the libraries."""
    parts = [*_code().values(), *((DATA / f"{name}.csv").read_bytes() for name in _WORDS)]
    for name in _LIBRARIES:
        try:
            parts.append(f"{name} {metadata.version(name)}")
        except metadata.PackageNotFoundError:
            parts.append(name)
    return digest(*parts)[:20]


# Running chunks --------------------------------------------------------------------------------------------


def _run(job, chunks, client, draw, data):
    """Run a job on every chunk, whatever happens to the workers; return the results in any order."""
    data = None if data is None else os.path.abspath(data)  # workers may have another working directory
    read = {"extractor": _extractor(data), "data": data}
    results, job = [], partial(job, **read)
    run = partial(on_cluster, client) if client is not None else local_runner(len(chunks))

    def done(result):
        results.append(result)
        draw(*result[:2])

    suspects = run(job, chunks, done)
    deadly = run(
        partial(_probe, **read),
        [[item] for chunk in suspects for item in chunk],
        lambda result: None,
        alone=True,
    )
    marked = [[item._replace(deadly=[item] in deadly) for item in chunk] for chunk in suspects]
    left = run(job, marked, done, alone=True)
    # these kill only in company, and which of them do cannot be told: none is read
    run(job, [[item._replace(deadly=True) for item in chunk] for chunk in left], done, alone=True)
    return results


def _probe(chunk, extractor, data):
    for item in chunk:
        _extract_one(item, extractor, data)


# Output ----------------------------------------------------------------------------------------------------


def _save_chunk(chunk, extractor, data, output):
    """Write the tables of a chunk; return its counts."""
    documents, failed, tables = _extract_chunk(chunk, extractor, data)
    for name in TABLES:  # documents comes last: with it the chunk is finished
        _save_table(tables[name], name, Path(output, name, _name(chunk, extractor)))
    return documents, failed, None


def _save_table(table, name, path):
    """Write a file under another name, then rename it: readers see all of it or nothing."""
    import pyarrow
    import pyarrow.parquet

    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.stem}-{uuid4().hex}.tmp")  # hidden files belong to no data set
    try:
        arrow = pyarrow.Table.from_pandas(table, schema=_arrow_schema(name), preserve_index=False)
        pyarrow.parquet.write_table(arrow, unfinished)
        put_in_place(unfinished, path)
    finally:
        unfinished.unlink(missing_ok=True)


def _arrow_schema(name):
    import pyarrow

    kinds = {"str": pyarrow.string(), "float64": pyarrow.float64(), "Int64": pyarrow.int64()}
    return pyarrow.schema([(column, kinds[kind]) for column, kind in TABLES[name].items()])


def _name(chunk, extractor):
    """File name of a chunk: the same for the same documents and the same extractor."""
    states = (part for item in chunk for part in _state(item, extractor))
    return f"chunk-{digest(*states, extractor)[:20]}.parquet"


def _state(item, extractor):
    """Return what must be unchanged for a document to count as done."""
    return item.source_id, item.sha256, item.duplicate_of, item.date, extractor


def _resume(output, items, extractor):
    """Keep the chunks that still hold and clear the rest away; return their names and the chunks to do."""
    stored = {name: _states(output, name) for name in _finished_names(output)}
    _check_same_corpus(output, set().union(*stored.values()), items)
    state = partial(_state, extractor=extractor)
    wanted, finished, done = set(map(state, items)), set(), set()
    for name, states in stored.items():
        if states <= wanted and not states & done:
            finished.add(name)
            done |= states
    _clear(output, finished)
    chunks, rest = [], []
    for chunk in _chunked(items):  # cut as the first time, so that a run resumed writes the same files
        if done.isdisjoint(map(state, chunk)):
            chunks.append(chunk)
        else:
            rest += [item for item in chunk if state(item) not in done]
    return finished, chunks + (_chunked(rest) if rest else [])


def _finished_names(output):
    """Names of the chunks that have a file in every table, sorted."""
    names = [{file.name for file in Path(output, name).glob("chunk-*.parquet")} for name in TABLES]
    return sorted(name for name in set.intersection(*names) if _CHUNK_FILE.fullmatch(name))


def _states(output, name):
    """States of the documents of a finished chunk; one that is wanted nowhere if its file is damaged."""
    import pyarrow

    try:
        table = _read_table(output, "documents", [name])
    except (OSError, pyarrow.ArrowInvalid):
        return {("", "", "", "", "damaged")}
    return set(table[STATE].itertuples(index=False, name=None))


def _check_same_corpus(output, stored, items):
    """Refuse to replace the results of another corpus."""
    ids, prints = {item.source_id for item in items}, {item.sha256 for item in items} - {""}
    if stored and not any(state[0] in ids or state[1] in prints for state in stored):
        others = pd.DataFrame(sorted(stored), columns=STATE)
        raise DataError(
            f"{output} holds the results of other documents, none of which is among the paths. Choose "
            "another folder, or pass the paths of all documents: those that are done are skipped.",
            others[["source_id", "sha256"]],
        )


def _clear(output, kept):
    """Remove the files of other chunks and of interrupted writing; first those that make a chunk finished."""
    for name in reversed(TABLES):
        for file in Path(output, name).glob("*chunk-*"):
            chunk = _CHUNK_FILE.fullmatch(file.name)
            if (chunk and file.name not in kept) or _UNFINISHED.fullmatch(file.name):
                file.unlink(missing_ok=True)


def _read_table(output, name, names):
    """Read one table of some chunks, in the columns and types of `TABLES`."""
    import pyarrow.parquet

    files = [str(Path(output, name, file)) for file in names]
    table = pyarrow.parquet.read_table(files, partitioning=None, schema=_arrow_schema(name)).to_pandas()
    return _sorted(table.astype(TABLES[name]))


def _sorted(table):
    return table.sort_values(
        [c for c in ("source_id", "start") if c in table], kind="stable", ignore_index=True
    )


def _summary(output, items):
    """One row is one document, with the path it has now."""
    names = _finished_names(output)
    documents = _read_table(output, "documents", names)
    now = {item.source_id: printable(item.path) for item in items}
    documents["path"] = documents["source_id"].map(now).astype("str")
    documents = documents[SUMMARY]
    documents.attrs["failures"] = _Attached(_read_table(output, "failures", names))
    return documents


def _assembled(results):
    """Put the chunks' tables together."""
    return _with_attrs(
        {name: _sorted(_typed(name, [tables[name] for *_, tables in results])) for name in TABLES}
    )


def _with_attrs(tables):
    facts = tables["facts"]
    facts.attrs["failures"] = _Attached(tables["failures"])
    facts.attrs["documents"] = _Attached(tables["documents"][SUMMARY])
    facts.attrs["refused"] = _Attached(tables["refused"])
    return facts


class _Attached(pd.DataFrame):
    """A table in ``attrs``, which pandas copies at every step and compares when it joins tables.

    So it is its own copy, and comparing it gives one answer instead of a table of them.
    """

    @property
    def _constructor(self):
        return pd.DataFrame  # what is made from it is an ordinary table

    def __eq__(self, other):
        return self is other or (isinstance(other, pd.DataFrame) and pd.DataFrame(self).equals(other))

    __hash__ = None

    def __deepcopy__(self, memo=None):
        return self

"""The command line: reports in, proposed facts or an audit out."""

import argparse
import errno
import glob
import io
import os
import re
import shutil
import sys
import unicodedata
from pathlib import Path

from youthresearch import __version__

EXAMPLES = {
    "": """examples:
  youthresearch extract reports/*.docx -o facts.csv --evidence evidence
  youthresearch audit report.pdf --lang zh

Each command has its own help: youthresearch extract -h""",
    "extract": """examples:
  youthresearch extract report.docx                        the facts on standard output
  youthresearch extract a.pdf reports -o facts.csv         the facts of a file and of a folder's
  youthresearch extract *.txt -o f.csv --evidence pages    and a page per report that shows them
  youthresearch extract a.txt --date 2021-06               figures that name no date are of June 2021
  youthresearch extract a.txt --data my-words              with your own lexicon.csv and units.csv

exit status: 0 every file was read, 2 some file could not be (the others are in the table)""",
    "audit": """examples:
  youthresearch audit report.docx        read, extract and check
  youthresearch audit facts.csv          a table that `extract` wrote and a coder corrected
  youthresearch audit data               a folder with facts.csv, and sources.csv if it is coded

exit status: 0 nothing conflicts, 1 something conflicts or has no whole-number solution,
             2 some file could not be read (whatever the others hold)""",
}
_ZH = ((r"(\S+) of (\S+)", r"\2 中的 \1"), ("; or ", "；或 "), (" and ", " 与 "), ("not defined", "无定义"))


def main(arguments=None):
    """Run a command.

    Parameters
    ----------
    arguments : list of str, optional
        Those of the process by default.

    Returns
    -------
    int
        Exit status: 0 all is well, 1 something conflicts, 2 a file could not be read or written.
    """
    options = _parser().parse_args(arguments)
    from .schema import DataError

    folders = [path for path in options.files if path.is_dir()]
    files = [file for path in options.files for file in _named(path, options.run is _audit)]
    options.files = list({os.path.abspath(path): path for path in files}.values())  # each once
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")  # a terminal without Chinese must not stop a run
    try:
        status = options.run(options)
        sys.stdout.flush()
        _tell_others(folders, options)
        return status
    except KeyboardInterrupt:
        print(file=sys.stderr)
        _tell_why("stopped; the table is written when all files are read", options.lang)
        return 130
    except (OSError, DataError) as error:
        if _is_closed_pipe(error):  # the reader has seen enough
            with io.FileIO(os.devnull, "w") as nowhere:
                os.dup2(nowhere.fileno(), sys.stdout.fileno())
            return 141  # as a shell reports it
        _tell_why(error, options.lang)
        return 2


def _is_closed_pipe(error):
    """Windows calls it an invalid argument, of no file."""
    gone = isinstance(error, OSError) and error.errno == errno.EINVAL and error.filename is None
    return gone or isinstance(error, BrokenPipeError)


def _named(path, audited):
    """List the files that an argument names: one, those of a folder, or those that fit a pattern.

    A folder of coded facts is audited as it is; a shell that expands no patterns hands them over.
    """
    from .files import by_parts, find_files

    if path.is_dir() and not (audited and (path / "facts.csv").exists()):
        return [Path(file) for file in find_files(path)] or [path]
    if not os.path.lexists(path) and glob.has_magic(str(path)):
        fits = sorted(map(Path, glob.glob(str(path))), key=by_parts)
        return [file for found in fits for file in _named(found, audited)] or [path]
    return [path]


def _tell_others(folders, options):
    """Name what is in the folders and was not read: no report by its name, and not written by this run."""
    from .files import find_others

    written = os.path.abspath(getattr(options, "output", "-"))
    others = [
        Path(file) for path in folders for file in find_others(path) if os.path.abspath(file) != written
    ]
    others = [file for file in others if file not in options.files and file.parent not in options.files]
    if others:
        shown = ", ".join(map(str, others[:10])) + " ..." * (len(others) > 10)
        _tell("told_others", options.lang, files=_counted(len(others), "file", options.lang), names=shown)


def _tell(name, lang, **words):
    """Print a line on what was done, beside the output."""
    from .evidence import label

    print(_printable(label(name, lang).format(**words)), file=sys.stderr)


def _tell_why(message, lang):
    """Print why nothing was done."""
    from .evidence import in_language

    print(f"youthresearch: {_printable(in_language(message, lang))}", file=sys.stderr)


def _parser():
    layout = {"formatter_class": argparse.RawDescriptionHelpFormatter}
    about = "Facts proposed from Chinese work reports, and whether their figures agree."
    parser = argparse.ArgumentParser("youthresearch", description=about, epilog=EXAMPLES[""], **layout)
    parser.add_argument("--version", action="version", version=f"youthresearch {__version__}")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    for name, run, what in [
        ("extract", _extract, "propose the facts that reports state, as CSV for a coder to confirm"),
        ("audit", _audit, "check the figures of reports against each other"),
    ]:
        command = commands.add_parser(name, help=what, description=what, epilog=EXAMPLES[name], **layout)
        command.set_defaults(run=run)
        files = "txt, HTML, DOCX or PDF with text, or a folder of them"
        files += "; or a facts table" if name == "audit" else ""
        command.add_argument("files", metavar="FILE", nargs="+", type=Path, help=files)
        command.add_argument("--lang", choices=["zh", "en"], default="en", help="language of what is shown")
        date = "date of the reports, for figures whose sentences name none"
        command.add_argument("--date", metavar="YYYY[-MM[-DD]]", type=_date, help=date)
        words = "folder of your own words: lexicon.csv, units.csv, indicators.csv"
        command.add_argument("--data", metavar="DIR", type=_words, help=words)
    extract = commands.choices["extract"]
    extract.add_argument("-o", "--output", default="-", help="CSV to write; - (default): standard output")
    extract.add_argument("--evidence", metavar="DIR", type=Path, help="folder for one HTML page per file")
    return parser


def _date(text):
    from .dates import ISO

    if not ISO.fullmatch(text):
        raise argparse.ArgumentTypeError(f"{text!r} is no date: write 2021, 2021-06 or 2021-06-30")
    return text


def _words(text):
    from .schema import DataError
    from .words import own_files

    try:
        own_files(text)
    except DataError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
    return Path(text)


# The commands ----------------------------------------------------------------------------------------------


def _extract(options):
    pages = [_page(options, source) for _, source in _sources(options.files) if options.evidence]
    trouble = _obstacle(options, pages)
    if trouble:
        _tell_why(trouble, options.lang)
        return 2
    tables, failures = _each(options.files, lambda path, source: _proposals(path, source, options))
    if tables:
        save_facts(tables, options.output)
        shown = "" if options.output == "-" else f" -> {options.output}"
        facts = _counted(sum(map(len, tables)), "fact", options.lang)
        files = _counted(len(tables), "file", options.lang)
        _tell("told_facts", options.lang, facts=facts, files=files, where=shown)
    return _told(failures, len(options.files), options.lang)


def _proposals(path, source_id, options):
    from .evidence import save_evidence
    from .extract import extract_facts

    document = _read(path)
    facts = extract_facts(document, source_id=source_id, date=options.date or "", data=options.data)
    if options.evidence:
        options.evidence.mkdir(parents=True, exist_ok=True)
        save_evidence(document, facts, _page(options, source_id), lang=options.lang)
    return facts


def _page(options, source_id):
    from .files import PAGE

    return options.evidence / f"{source_id}{PAGE}"


def _obstacle(options, pages):
    """Say what would be lost or in vain, before hours of reading; empty if nothing."""
    output = None if options.output == "-" else Path(options.output)
    written = [os.path.realpath(path) for path in [*pages, *filter(None, [output])]]
    inputs = {os.path.realpath(path) for path in options.files}
    lost = next((path for path in written if path in inputs or written.count(path) > 1), "")
    cases = {
        f"{lost} would be overwritten: write somewhere else.": lost,
        f"{output} is a folder: name a file in it.": output and output.is_dir(),
        f"{output} cannot be written: close it where it is open, or write somewhere else.": output
        and _read_only(output),
        f"there is no folder for {output}: make it first.": output and not output.parent.is_dir(),
        f"{options.evidence} is no folder: name one.": pages
        and options.evidence.exists()
        and not options.evidence.is_dir(),
    }
    return next((message for message, holds in cases.items() if holds), "")


def _read_only(path):
    """Tell whether a file must not be written, as while a spreadsheet has it open on Windows."""
    try:
        if path.is_file():
            os.close(os.open(path, os.O_RDWR))
    except PermissionError:
        return True
    return False


def save_facts(tables, output):
    """Save tables of facts as one CSV in UTF-8, with the mark by which spreadsheets know it.

    "-" is standard output, without the mark.
    """
    from .evidence import save_text

    text = _in_one(tables).to_csv(index=False, lineterminator="\n", float_format="%.15g")
    if output == "-":
        sys.stdout.flush()
        sys.stdout.buffer.write(text.encode("utf-8"))
    else:
        save_text(f"\ufeff{text}", output)


def _audit(options):
    import pandas as pd

    from .evidence import label
    from .rules import VERDICTS, WRONG

    tables, failures = _audited(options)
    left_out, unlike = ([row for t in tables for row in t.attrs.pop(k)] for k in ("left_out", "unlike"))
    findings = pd.concat([t for t in tables if len(t)] or [pd.DataFrame({"verdict": []})], ignore_index=True)
    if len(findings):  # what is wrong first, what says least last
        findings = findings.sort_values("relation", key=lambda r: r.eq("part"), kind="stable")
    findings = findings.sort_values("verdict", key=lambda v: v.map(VERDICTS.index), kind="stable")
    if len(findings):
        _print_rows(_readable(findings, options.lang))
    repairs = findings[findings["repairs"] != ""] if len(findings) else findings
    if len(repairs):
        print(label("repairs", options.lang))
        _print_rows(_readable(repairs, options.lang, ["source_id", "arithmetic", "repairs"])[1:])
    if left_out:
        print(label("left_out", options.lang))
        _print_rows(left_out)
    if unlike:
        print(label("unlike_token", options.lang))
        _print_rows(unlike)
    counts = findings["verdict"].value_counts()
    told = [f"{label(f'verdict_{v}', options.lang)} {counts[v]:,}" for v in VERDICTS if v in counts]
    count = sum(len(ids.split(" ")) for *_, ids in left_out)
    told += [f"{label('left_out', options.lang)} {count:,}"] * (count > 0)
    told += [f"{label('unlike_token', options.lang)} {len(unlike):,}"] * bool(unlike)
    if tables:
        print(" · ".join([f"{label('checked', options.lang)} {len(findings):,}", *told]))
    status = _told(failures, len(options.files), options.lang)
    return status or int(findings["verdict"].isin(WRONG).any())


def _audited(options):
    """Audit files; return tables of findings, and why there are no others.

    All reports go into one audit, which relates no figures of different drafts: each costs a tenth of a
    second, however few its facts.
    """
    read, failures = _each(
        options.files, lambda path, source: (path, _facts(path, source, options.date or "", options.data))
    )
    coded = {path: facts for path, facts in read if path.is_dir() or path.suffix.lower() == ".csv"}
    drafts = {path: facts for path, facts in read if path not in coded}
    tables, faults = _each(list(coded), lambda path, _: _findings(coded[path], options.data, path))
    try:
        tables += [_findings(_in_one(list(drafts.values())), options.data)] if drafts else []
    except Exception:  # a fault of ours in one report must not cost the others
        found, more = _each(list(drafts), lambda path, _: _findings(drafts[path], options.data))
        tables, faults = tables + found, faults + more
    return tables, failures + faults


def _in_one(tables):
    import pandas as pd

    return pd.concat([t for t in tables if len(t)] or tables[:1], ignore_index=True)


def _print_rows(rows):
    print("\n".join(_aligned(rows)), end="\n\n")


def _findings(facts, data, path=None):
    """Audit facts, coded ones with their path; the findings carry the tokens that they are about."""
    from .audit import OF_SEVERAL, TWICE, audit_facts
    from .coding import reread_tokens
    from .loaders import load_districts, load_identities
    from .schema import list_refused
    from .words import LOADERS, word_table, words_of

    tokens = facts.set_index("fact_id")["token"]
    named = facts.set_index("fact_id").get("noun", tokens.iloc[:0]).fillna("")
    own = path if path and (path / "sources.csv").exists() else None  # a folder's own tables, as its facts
    with words_of(None if own else data):
        book = {name: LOADERS[name](own) if own else word_table(name) for name in ("indicators", "units")}
    findings = audit_facts(facts, load_identities(own), load_districts(own), **book)
    unclear = list_refused(findings)
    unclear = unclear[unclear["reason"].isin([TWICE, OF_SEVERAL])]
    findings.attrs = {
        "left_out": _left_out(unclear, tokens),
        "unlike": _unlike(reread_tokens(facts)) if path else [],  # a draft's values are those of its tokens
    }
    shown = [_told_of(ids.split(" "), tokens, named) for ids in findings["fact_ids"]]
    return findings.assign(tokens=shown)


def _told_of(ids, tokens, named):
    """Put the figures of a finding in one line as they are printed, each after its noun where that is new."""
    told, last = [], ""
    for i in [i for i in ids if i in tokens]:
        noun = named.get(i, "")
        told.append(tokens[i] if noun in ("", last) else f"{noun} {tokens[i]}")
        last = noun or last
    return " · ".join(told)


def _left_out(unclear, tokens):
    """Put what one source says of one thing, in so many values that none is chosen, in a row each."""
    about = ["source_id", "district", "scope", "indicator", "period_end", "kind"]
    groups = unclear.groupby(about, sort=False, dropna=False)["fact_ids"]
    return [
        [_printable(cell) for cell in (source, " · ".join(tokens[i] for i in ids), " ".join(ids))]
        for (source, *_), ids in groups
    ]


def _unlike(facts):
    """Put what is coded with another value than its token states in a row each."""
    return [
        [_printable(cell) for cell in (row.source_id, row.token, f"{row.value:,.12g}", row.fact_id)]
        for row in facts.itertuples()
    ]


def _facts(path, source_id, date="", data=None):
    from .extract import extract_facts
    from .loaders import load_facts

    if (path / "facts.csv").exists():
        return load_facts(path) if (path / "sources.csv").exists() else read_facts(path / "facts.csv")
    if path.suffix.lower() == ".csv" and path.exists():
        return read_facts(path)
    return extract_facts(_read(path), source_id=source_id, date=date, data=data)


def _read(path):
    from .documents import read_report
    from .files import SUFFIXES
    from .schema import DataError

    if path.is_dir():  # of one that holds reports, these are read
        raise DataError(
            f"{path}: nothing in this folder can be read: put files in it ({', '.join(SUFFIXES[:8])})."
        )
    return read_report(path)


def read_facts(path):
    """Read one table of facts, coded or proposed, checked like that of `load_facts`.

    A proposal may still lack its district, unit and indicator; those are no table of their own here.
    """
    from .datapackage import key_faults, read_table, refuse, table_schema
    from .extract import COLUMNS
    from .intervals import hedge_interval
    from .loaders import _read_csv, value_faults

    raw = _read_csv(path)
    names = {f["name"] for f in table_schema("facts")["fields"]}
    own = raw.drop(columns=[c for c in COLUMNS if c in raw and c not in names])
    if "noun" in raw:
        nouns = raw["noun"].fillna(raw.get("fact_id"))
        filled = {"district": "-", "unit": "-", "indicator": nouns}
        own = own.fillna({c: filled[c] for c in filled if c in own})
    facts, faults = read_table(own, "facts", where=str(path))
    lost = [fault for fault in key_faults(facts, "facts", {}) if fault[1].name == "part_of"]
    refuse([*faults, *lost, *value_faults(facts)], facts, "facts", str(path))
    facts[["low", "high"]] = hedge_interval(facts["value"], facts["hedge"], facts["value_max"])[
        ["low", "high"]
    ]
    return facts.join(raw[[c for c in ("noun", "noun_start", "noun_end") if c in raw]])


# Many files ------------------------------------------------------------------------------------------------


def _sources(paths):
    """Name each file as `extract_corpus` does; return pairs of path and source_id."""
    from .files import source_ids

    return list(zip(paths, source_ids([os.path.abspath(path) for path in paths]), strict=True))


def _each(paths, work):
    """Do the work for each file; return the results and, for files that failed, why."""
    from .schema import DataError

    results, failures = [], []
    for i, (path, source_id) in enumerate(_sources(paths)):
        _show_progress(i, len(paths))
        try:
            results.append(work(path, source_id))
        except (DataError, OSError) as error:
            failures.append(error)
        except Exception as error:  # a fault of ours in one file must not cost the others
            failures.append(f"{path}: {type(error).__name__}: {error}. Please report this, with the file.")
    _show_progress(len(paths), len(paths))
    return results, failures


def _show_progress(done, total):
    """Draw a bar on a terminal, and nowhere else; it is gone when all is done."""
    if not (total and sys.stderr.isatty()):
        return
    width = max(10, min(40, shutil.get_terminal_size().columns - 24))
    bar = "#" * (width * done // total)
    line = f"[{bar:<{width}}] {done}/{total}"
    sys.stderr.write(f"\r{line}" if done < total else "\r" + " " * len(line) + "\r")
    sys.stderr.flush()


def _told(failures, total, lang):
    """Print which files could not be read, and why; return the exit status."""
    from .evidence import in_language

    if not failures:
        return 0
    sys.stdout.flush()  # errors come last
    _tell("told_failed", lang, failed=f"{len(failures):,}", files=_counted(total, "file", lang))
    for failure in failures:
        first, *rest = in_language(failure, lang).splitlines()
        print(
            "\n".join(_printable(line) for line in [f"  {first}", *(f"    {r}" for r in rest)]),
            file=sys.stderr,
        )
    return 2


# A table to read -------------------------------------------------------------------------------------------


def _readable(findings, lang, names=("verdict", "relation", "source_id", "arithmetic", "tokens")):
    """Return rows of cells, the header first."""
    from .evidence import label

    rows = [[label(name, lang) for name in names]]
    for finding in findings.to_dict("records"):
        words = {name: label(f"{name}_{finding[name]}", lang) for name in ("verdict", "relation")}
        words |= {name: _in_words(finding[name], lang) for name in ("arithmetic", "repairs")}
        rows.append([_printable({**finding, **words}[name]) for name in names])
    return rows


def _in_words(text, lang):
    """Write the few words in a sum or a repair in the language of the table."""
    if lang == "zh":
        for pattern, words in _ZH:
            text = re.sub(pattern, words, text)
    return text


def _counted(number, noun, lang):
    return f"{number:,}" if lang == "zh" else f"{number:,} {noun}{'s' * (number != 1)}"


def _aligned(rows):
    """Pad the cells of each column to one width, as a terminal draws it."""
    widths = [max(map(_width, column)) for column in zip(*rows, strict=True)]
    padded = [
        "  ".join(cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True))
        for row in rows
    ]
    return [line.rstrip() for line in padded]


def _width(text):
    """Columns that a terminal needs: two for a Chinese character, none for a combining one."""
    return sum(0 if unicodedata.combining(c) else 1 + (unicodedata.east_asian_width(c) in "WF") for c in text)


def _printable(text):
    """Show control characters instead of sending them to the terminal."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in str(text))


if __name__ == "__main__":
    sys.exit(main())

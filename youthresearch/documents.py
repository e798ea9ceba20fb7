"""Reports as text: txt, HTML, DOCX and PDF become one `Document`, or are refused with the reason.

Nothing a file holds may hang or crash the caller. What can be checked beforehand is checked by one linear
pass (sizes, ratios, attributes, nesting); pypdf brings limits of its own; a timer stops what is left.
"""

import html
import os
import re
import stat
from dataclasses import dataclass
from hashlib import sha256

import numpy as np
import pandas as pd

from .boilerplate import flag_boilerplate, flag_headings
from .deadline import OutOfTime
from .decoding import decode
from .docx import read_docx
from .layout import lay_out
from .paragraphs import (
    DEFAULT,
    LINE_ENDS,
    ROLES,
    Block,
    Limits,
    ReportError,
    check_characters,
    check_paragraphs,
    refused,
    shorten,
    text_blocks,
)
from .pdf import read_pdf
from .rows import Line, may_hold_rows, runs_of
from .webpage import html_blocks, looks_like_html


@dataclass(frozen=True, eq=False, repr=False)
class Document:
    """A report as text, with where each paragraph stood in the file.

    Parameters
    ----------
    text : str
        The paragraphs, one line each. Characters are the file's own; line ends are one newline, and
        control characters, invisible format characters, blank lines and trailing blanks are gone.
    paragraphs : pandas.DataFrame
        One row is one paragraph: start, end, role, place. ``text[start:end]`` is the paragraph; role is
        heading, body, table (one row of it, cells apart by " | ", in plain text as they stand) or
        boilerplate; place says where in the file (line, paragraph, table and row, page).
    sha256 : str
        Of the file's bytes.
    media_type : str
        Decided by content, not by the name.
    encoding : str
        Python's name of it; empty for a PDF.
    decided_by : str
        How the encoding was decided.
    """

    text: str
    paragraphs: pd.DataFrame
    sha256: str
    media_type: str
    encoding: str
    decided_by: str

    def __repr__(self):
        """One line, the same on every machine."""
        roles = self.paragraphs["role"].value_counts()
        counts = ", ".join(f"{roles[r]} {r}" for r in ROLES if r in roles)
        how = f"{self.encoding} ({self.decided_by})" if self.encoding else self.decided_by
        return (
            f"Document: {len(self.text):,} characters, {len(self.paragraphs):,} paragraphs ({counts}); "
            f"{self.media_type}, {how}; sha256 {self.sha256[:12]}"
        )

    def _repr_html_(self):
        rows = "".join(
            f"<tr><td>{html.escape(p.place)}</td><td>{p.role}</td>"
            f"<td>{html.escape(shorten(self.text[p.start : p.end], 60))}</td></tr>"
            for p in self.paragraphs.head(5).itertuples()
        )
        return (
            f"<p>{html.escape(repr(self))}</p>"
            f"<table><tr><th>place</th><th>role</th><th>text</th></tr>{rows}</table>"
        )


def read_report(path, *, limits=DEFAULT):
    """Read a report from a txt, HTML, DOCX or PDF file (a PDF needs a text layer).

    Parameters
    ----------
    path : str or path
        The file. What it is, is decided by its content; links are followed.
    limits : Limits
        What the file may cost.

    Returns
    -------
    Document
        With boilerplate (navigation, related headlines, comments, footers) flagged, never dropped.

    Raises
    ------
    ReportError
        If the file cannot be read, with the reason and the remedy: missing, no regular file, empty,
        oversized, binary, encrypted, scanned, damaged, a legacy .doc, or made to exhaust the reader.

    Notes
    -----
    Encodings are decided in this order: byte order mark, strict UTF-8, the charset an HTML page declares,
    NUL bytes as UTF-16 leaves them, then charset-normalizer, with gb18030 for gb2312 and gbk. A text with
    bad bytes is refused, a page if they stand in its text; so is one that was saved after it had been read in
    a wrong encoding.
    Lines of a plain text that an editor broke at one width are joined to paragraphs, as those of a PDF are.
    Raised and lowered digits of HTML and DOCX become such characters (1100¹), since they are no digits of the
    number before them; in a PDF so do small digits behind larger ones.
    Not read: headers, footers, footnotes, comments, formulas, hidden text, automatic numbering and whole
    files put inside (altChunk) of a DOCX;
    text that a page hides inside a line; pictures. A PDF is read in the order in which it was drawn: two
    columns drawn line by line come out so.
    """
    if not isinstance(path, str | bytes | os.PathLike):  # a number would be taken for an open file
        raise refused(repr(path), "this is no path", "Pass the path of a file")
    where = os.fsdecode(path)
    if not isinstance(limits, Limits):
        raise refused(where, f"limits={limits!r} are none", "Pass yr.Limits(seconds=60), for instance")
    data = read_bytes(path, where, limits)
    media_type = _media_type(data, where)
    try:
        blocks, encoding, decided_by = READERS[media_type](data, where, limits)
        if media_type == "text/plain" and looks_like_html(blocks):
            media_type = "text/html"
            blocks = html_blocks(blocks, where, limits)
            _check_bytes(blocks, where)
        elif media_type == "text/plain":
            blocks = text_blocks(blocks, where, limits)
    except OutOfTime:
        raise refused(
            where, f"reading takes more than {limits.seconds:g} s", "Raise limits.seconds"
        ) from None
    return _document(blocks, data, where, limits, media_type, encoding, decided_by)


def _check_bytes(blocks, where):
    """Refuse a page with bad bytes in its text; many sites cut a summary in <meta> inside a character."""
    bad = next((b for b in blocks if b.role != "boilerplate" and SURROGATE.search(b.text)), None)
    if bad:
        what = f"bytes that are no character stand in its text ({bad.place})"
        raise refused(where, what, "Download it again")


def read_bytes(path, where, limits):
    """Read a regular file whole, after a look at its size."""
    try:
        status = os.stat(path)
        if not stat.S_ISREG(status.st_mode):  # opening a pipe or a device may block
            raise refused(where, f"this is {_kind(status.st_mode)}, not a file", "Pass the path of a file")
        if status.st_size <= limits.bytes:
            with open(path, "rb") as file:
                data = file.read(limits.bytes + 1)
    except (OSError, ValueError) as error:
        if isinstance(error, ReportError):
            raise
        raise refused(where, *_unreachable(path, error)) from None
    if status.st_size > limits.bytes or len(data) > limits.bytes:
        size = max(status.st_size, limits.bytes + 1)
        raise refused(where, f"{size:,} bytes, limit {limits.bytes:,}", "Split it or raise limits.bytes")
    if not data:
        raise refused(where, "the file is empty", "Download or export it again")
    return data


def _kind(mode):
    kinds = {stat.S_ISDIR: "a folder", stat.S_ISFIFO: "a pipe", stat.S_ISSOCK: "a socket"}
    return next((name for test, name in kinds.items() if test(mode)), "a device")


def _unreachable(path, error):
    no_name = getattr(error, "winerror", None) == 123  # what Windows says of *.txt
    if isinstance(error, FileNotFoundError) or no_name:
        try:
            target = os.readlink(path)
        except (OSError, ValueError):
            return "there is no such file", "Check the path"
        return f"the link leads to {target}, which is not there", "Mend the link or pass the file itself"
    reason = getattr(error, "strerror", None) or str(error)
    return f"the file cannot be opened ({reason})", "Check the path and its permissions"


DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PDF = "application/pdf"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
UNREADABLE = {
    b"{\\rtf": ("a rich text file (RTF)", "Save it as DOCX"),
    b"MIME-Version:": ("a web archive (MHTML)", "Save the page as 'HTML only'"),
    b"From: <Saved by": ("a web archive (MHTML)", "Save the page as 'HTML only'"),
    **dict.fromkeys(
        (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"II*\0", b"MM\0*"),
        ("a picture", "Read its text with OCR and check it"),
    ),
    b"\x1f\x8b": ("a gzip archive", "Unpack it first"),
    b"Rar!": ("a RAR archive", "Unpack it first"),
    b"7z\xbc\xaf\x27\x1c": ("a 7z archive", "Unpack it first"),
    b"PK\x05\x06": ("an empty zip archive", "Download or export it again"),
}


def _media_type(data, where):
    head = data[:1024].lstrip(b"\xef\xbb\xbf\0\t\r\n ")
    if head.startswith(b"%PDF-"):
        return PDF
    if data.startswith(b"PK\x03\x04"):
        return DOCX
    if data.startswith(OLE):
        raise refused(where, *_ole(data))
    for magic, (what, remedy) in UNREADABLE.items():
        if data.startswith(magic):
            raise refused(where, f"this is {what}, not txt, HTML, DOCX or PDF", remedy)
    return "text/plain"


def _ole(data):
    """Name an OLE2 file by its streams, whose names it holds in UTF-16."""
    if "EncryptedPackage".encode("utf-16-le") in data:
        return "the document is encrypted", "Open it with its password and save it without"
    if "WordDocument".encode("utf-16-le") in data:
        return "this is a legacy Word file (.doc)", "Open it in Word or LibreOffice and save it as DOCX"
    return "this is a legacy Office file (OLE2)", "Save it as DOCX or PDF"


INVISIBLE = re.compile(
    "[\0-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]"
)
SURROGATE = re.compile("[\ud800-\udfff]")
UNCLEAN = re.compile(f"{INVISIBLE.pattern[:-1]}\n\r\x0b\x0c\x85\u2028\u2029\ud800-\udfff]")


def _document(blocks, data, where, limits, media_type, encoding, decided_by):
    blocks = _clean(blocks, where, limits)
    check_characters(sum(len(b.text) + 1 for b in blocks), where, limits)
    if not blocks:
        remedy = "Check that this is the report"
        if media_type == "text/html":  # of frames, or drawn by a script
            remedy = "Save the page, or the frame with the report, from a browser that shows it"
        raise refused(where, "there is no text in it", remedy)
    flag_rows(blocks)
    flag_boilerplate(blocks, edges=media_type.startswith("text/"))
    flag_headings(blocks)
    text = "\n".join(b.text for b in blocks)
    return Document(text, _table(blocks), sha256(data).hexdigest(), media_type, encoding, decided_by)


def flag_rows(blocks):
    """Flag the lines of text that are rows of a table."""
    if may_hold_rows("\n".join(b.text for b in blocks)):
        for run in runs_of([Line(0, b.text) if b.role == "body" else None for b in blocks]):
            for i in run:
                blocks[i].role = "table"


def _clean(blocks, where, limits):
    """Make each block one line or several, without control characters and trailing blanks."""
    cleaned = []
    for block in blocks:
        lines = _clean_lines(block.text) if UNCLEAN.search(block.text) else [block.text]
        cleaned += [Block(line.rstrip(), block.place, block.role) for line in lines if line.strip()]
        check_paragraphs(len(cleaned), where, limits)
    return cleaned


def _clean_lines(text):
    lines = LINE_ENDS.sub("\n", text).split("\n")
    return [SURROGATE.sub("\ufffd", INVISIBLE.sub("", line)) for line in lines]


def _table(blocks):
    lengths = np.array([len(b.text) for b in blocks], dtype="int64")
    end = np.cumsum(lengths + 1) - 1
    words = {"role": [b.role for b in blocks], "place": [b.place for b in blocks]}
    return lay_out(
        ("start", "end", "role", "place"), [(("start", "end"), np.stack([end - lengths, end]))], words
    )


READERS = {"text/plain": decode, DOCX: read_docx, PDF: read_pdf}

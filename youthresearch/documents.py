"""Reports as text: txt, HTML, DOCX and PDF become one `Document`, or are refused with the reason.

Nothing a file holds may hang or crash the caller. What can be checked beforehand is checked by one linear
pass (sizes, ratios, attributes, nesting); pypdf brings limits of its own; a timer stops what is left.
"""

import gc
import html
import os
import re
import stat
import sys
import threading
import weakref
import zipfile
from contextvars import copy_context
from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO
from xml.parsers import expat

import numpy as np
import pandas as pd

from .schema import DataError


class ReportError(DataError):
    """A report that cannot be read: which file, why, and what to do."""


@dataclass(frozen=True)
class Limits:
    """What a report may cost; whatever needs more is refused.

    Parameters
    ----------
    bytes : int
        Size of the file.
    unpacked : int
        Bytes that one part of a DOCX or one stream of a PDF may unpack to.
    ratio : float
        Unpacked size over packed size of a part of a DOCX larger than a megabyte (Word stays below 100).
    members : int
        Files in a DOCX.
    nesting : int
        Depth of open elements in HTML and DOCX.
    attributes : int
        Attributes of one HTML tag.
    elements : int
        Block elements of an HTML page.
    pages : int
        Pages of a PDF.
    paragraphs : int
        Paragraphs, empty ones of a DOCX included.
    characters : int
        Length of the text.
    seconds : float
        Time for parsing an HTML page, a DOCX or a PDF.
    """

    bytes: int = 50_000_000
    unpacked: int = 50_000_000
    ratio: float = 200
    members: int = 5_000
    nesting: int = 250
    attributes: int = 1_000
    elements: int = 200_000
    pages: int = 2_000
    paragraphs: int = 200_000
    characters: int = 20_000_000
    seconds: float = 30


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
        heading, body, table (one row of it, cells apart by " | ") or boilerplate; place says where in
        the file (line, paragraph, table and row, page).
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
            f"<td>{html.escape(_shorten(self.text[p.start : p.end], 60))}</td></tr>"
            for p in self.paragraphs.head(5).itertuples()
        )
        return (
            f"<p>{html.escape(repr(self))}</p>"
            f"<table><tr><th>place</th><th>role</th><th>text</th></tr>{rows}</table>"
        )


ROLES = ("heading", "body", "table", "boilerplate")
DEFAULT = Limits()


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
    NUL bytes as UTF-16 leaves them, then charset-normalizer, with gb18030 for gb2312 and gbk.
    Not read: headers, footers, footnotes, comments and automatic numbering of a DOCX; pictures.
    """
    where = str(path)
    data = read_bytes(path, where, limits)
    media_type = _media_type(data, where)
    try:
        blocks, encoding, decided_by = READERS[media_type](data, where, limits)
        if media_type == "text/plain" and _looks_like_html(blocks):
            media_type = "text/html"
            blocks = _html_blocks(blocks, where, limits)
        elif media_type == "text/plain":
            blocks = _text_blocks(blocks, where, limits)
    except _OutOfTime:
        raise _refused(
            where, f"reading takes more than {limits.seconds:g} s", "Raise limits.seconds"
        ) from None
    return _document(blocks, data, where, limits, media_type, encoding, decided_by)


def read_bytes(path, where, limits):
    """Read a regular file whole, after a look at its size."""
    try:
        status = os.stat(path)
        if not stat.S_ISREG(status.st_mode):  # opening a pipe or a device may block
            raise _refused(where, f"this is {_kind(status.st_mode)}, not a file", "Pass the path of a file")
        if status.st_size <= limits.bytes:
            with open(path, "rb") as file:
                data = file.read(limits.bytes + 1)
    except (OSError, ValueError) as error:
        if isinstance(error, ReportError):
            raise
        raise _refused(where, *_unreachable(path, error)) from None
    if status.st_size > limits.bytes or len(data) > limits.bytes:
        size = max(status.st_size, limits.bytes + 1)
        raise _refused(where, f"{size:,} bytes, limit {limits.bytes:,}", "Split it or raise limits.bytes")
    if not data:
        raise _refused(where, "the file is empty", "Download or export it again")
    return data


def _refused(where, what, remedy):
    return ReportError(f"{where}: {what}. {remedy}.")


def _kind(mode):
    kinds = {stat.S_ISDIR: "a folder", stat.S_ISFIFO: "a pipe", stat.S_ISSOCK: "a socket"}
    return next((name for test, name in kinds.items() if test(mode)), "a device")


def _unreachable(path, error):
    if isinstance(error, FileNotFoundError):
        try:
            target = os.readlink(path)
        except (OSError, ValueError):
            return "there is no such file", "Check the path"
        return f"the link leads to {target}, which is not there", "Mend the link or pass the file itself"
    reason = getattr(error, "strerror", None) or str(error)
    return f"the file cannot be opened ({reason})", "Check the path and its permissions"


# What it is ------------------------------------------------------------------------------------------------

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
PACKAGES = {
    "xl/workbook.xml": ("an Excel workbook", "Save the sheet's text as DOCX or txt"),
    "ppt/presentation.xml": ("a PowerPoint file", "Export it as PDF with text"),
    "mimetype": ("an OpenDocument or EPUB file", "Save it as DOCX"),
}


def _media_type(data, where):
    head = data[:1024].lstrip(b"\xef\xbb\xbf\0\t\r\n ")
    if head.startswith(b"%PDF-"):
        return PDF
    if data.startswith(b"PK\x03\x04"):
        return DOCX
    if data.startswith(OLE):
        raise _refused(where, *_ole(data))
    for magic, (what, remedy) in UNREADABLE.items():
        if data.startswith(magic):
            raise _refused(where, f"this is {what}, not txt, HTML, DOCX or PDF", remedy)
    return "text/plain"


def _ole(data):
    """Name an OLE2 file by its streams, whose names it holds in UTF-16."""
    if "EncryptedPackage".encode("utf-16-le") in data:
        return "the document is encrypted", "Open it with its password and save it without"
    if "WordDocument".encode("utf-16-le") in data:
        return "this is a legacy Word file (.doc)", "Open it in Word or LibreOffice and save it as DOCX"
    return "this is a legacy Office file (OLE2)", "Save it as DOCX or PDF"


class _OutOfTime(BaseException):
    """Not an Exception, so that no parser swallows it."""


def _within(seconds, read, *args):
    """Return ``read(*args)``; raise _OutOfTime if that takes more than so many seconds.

    It runs in a thread of its own, which is stopped by an exception set into it: the code runs at full
    speed, and nothing can fire into the caller. C code is not interrupted: it is only given what has been
    checked for size; what still does not end is left behind after 100 attempts.
    """
    import ctypes  # some builds of Python lack it; they can still read plain text

    fire = ctypes.pythonapi.PyThreadState_SetAsyncExc
    gate, ended, outcome, context = threading.Lock(), [], [], copy_context()

    def work():
        try:
            outcome.append((context.run(read, *args), None))
        except BaseException as error:  # handed on to the caller
            outcome.append((None, error))
        while not ended:
            try:
                with gate:  # nothing is fired from here on
                    ended.append(True)
                for _ in range(100):  # one fired just before arrives here, at the end of a round
                    pass
            except _OutOfTime:
                pass

    def stop():
        with gate:
            if not ended:
                fire(ctypes.c_ulong(thread.ident), ctypes.py_object(_OutOfTime))

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    try:
        thread.join(seconds)
    finally:  # after Ctrl-C too
        _stop_until_ended(thread, stop)
    result, error = outcome[0] if outcome else (None, _OutOfTime())
    if error is not None:
        raise error
    return result


def _stop_until_ended(thread, stop, attempts=100):
    """Stop a thread, time and again: an exception that falls into a destructor is lost, and cuts it short."""
    for _ in range(attempts):
        for _ in range(20):
            if not thread.is_alive():
                return
            if not _in_destructor(thread.ident):
                break
            thread.join(0.005)
        stop()
        thread.join(0.1)


CALLBACKS = {c.__init__.__code__.co_filename for c in (weakref.WeakKeyDictionary, weakref.WeakSet)}


def _in_destructor(ident):
    """Tell whether a thread is in a `__del__` or a callback of weakref or gc: an exception would be lost."""
    hooks = {getattr(callback, "__code__", None) for callback in gc.callbacks}
    frame = sys._current_frames().get(ident)
    while frame:
        code = frame.f_code
        if code.co_name == "__del__" or code.co_filename in CALLBACKS or code in hooks:
            return True
        frame = frame.f_back
    return False


# Encodings -------------------------------------------------------------------------------------------------

MARKS = {
    b"\xef\xbb\xbf": "utf-8-sig",
    b"\xff\xfe\0\0": "utf-32",
    b"\0\0\xfe\xff": "utf-32",
    b"\xff\xfe": "utf-16",
    b"\xfe\xff": "utf-16",
}
SUPERSETS = dict.fromkeys(["gb2312", "gbk", "gb18030", "cp936", "gb_2312", "gb_2312_80"], "gb18030")
SUPERSETS |= dict.fromkeys(["big5", "big5hkscs", "big5_hkscs", "cp950", "x_x_big5"], "big5hkscs")
SUPERSETS |= {"iso_8859_1": "cp1252", "windows_1252": "cp1252"}
SUPERSETS |= {name: name for name in ("utf_8", "shift_jis", "euc_jp", "euc_kr", "cp1252", "hz")}
CANDIDATES = ["gb18030", "big5", "big5hkscs", "utf_16_le", "utf_16_be", "shift_jis", "euc_kr", "cp1252"]
CHARSET = re.compile(
    rb"<meta[^>]{0,300}?charset\s*=\s*[\"']?\s*([-\w]{2,30})|<\?xml[^>]{0,100}?encoding=[\"']([-\w]{2,30})",
    re.I,
)
EXPECTED = re.compile(
    "[\t\n\r\f -~\u00a0\u00a7\u00b0\u00b1\u00b7\u00d7\u00f7\u2010-\u2060\u2190-\u27bf"
    "\u3000-\u30ff\u4e00-\u9fff\uff00-\uffef]"
)
CONTROL = re.compile("[\0-\x08\x0e-\x1a\x1c-\x1f\x7f-\x84\x86-\x9f]")
COMMON = (
    "的一是在了有和人中大上国年月日团青工作全市委会新学支部名区組織員動團國個為區學業組织动员个为业，。、"
)
RESAVE = "Open it in an editor that shows it right and save it as UTF-8"


def _read_text(data, where, limits):
    """Decode and return the text, the encoding, and how it was decided."""
    encoding, decided_by = _encoding(data, where)
    try:
        text = data.decode(encoding)
    except (UnicodeDecodeError, LookupError) as error:
        raise _refused(where, f"this is not valid {encoding}: {error}", RESAVE) from None
    controls = len(CONTROL.findall(text))
    if controls > len(text) // 100 or "\0" in text:
        raise _refused(where, "this is a binary file, not a text", "Pass a txt, HTML, DOCX or PDF file")
    return text, encoding.removesuffix("-sig"), decided_by


def _encoding(data, where):
    marked = next((name for mark, name in MARKS.items() if data.startswith(mark)), None)
    if marked:
        return marked, "byte order mark"
    if b"\0" in data:
        return _two_bytes(data, where), "NUL bytes"
    try:
        data.decode("utf-8")
        return "utf-8", "valid UTF-8"
    except UnicodeDecodeError as error:
        _check_damaged(data, error, where)
    declared = _declared(data)
    if declared:
        return declared, "declared in the page"
    return _guessed(data, where), "charset-normalizer"


def _two_bytes(data, where):
    """Tell the two byte orders of UTF-16 apart; a text has blanks, digits or line ends to see it by."""
    for name in ("utf-16-le", "utf-16-be"):
        if len(data) % 2 == 0 and _expected(data, name) > 0.9:
            return name
    raise _refused(where, "this is a binary file, not a text", "Pass a txt, HTML, DOCX or PDF file")


def _check_damaged(data, error, where):
    """Refuse UTF-8 with a few bad bytes: read as another encoding it would be nonsense."""
    text = data.decode("utf-8", errors="replace")
    bad, wide = text.count("\ufffd"), len(re.findall("[\u2e80-\u9fff\uff00-\uffef]", text))
    cut = error.end == len(data) and error.reason == "unexpected end of data"
    if bad * 20 < wide or (cut and wide):
        reason = "cut short inside a character" if cut else "UTF-8 with bad bytes"
        raise _refused(where, f"the text is {reason} (byte {error.start:,})", "Download or export it again")


def _declared(data):
    found = CHARSET.search(data, 0, 4096)
    if not found:
        return None
    name = (found[1] or found[2]).decode("ascii").lower().replace("-", "_")
    name = SUPERSETS.get(name)  # a known one: Python has codecs that are quadratic, or no encodings at all
    return name if name and _expected(data, name) > 0.8 else None


def _expected(data, encoding):
    """Share of the characters that a Chinese or English text is made of; 0 if it does not decode."""
    try:
        text = data.decode(encoding)
    except (UnicodeDecodeError, LookupError):
        return 0
    sample = text[:20_000]
    return len(EXPECTED.findall(sample)) / max(len(sample), 1) if isinstance(text, str) else 0


def _common(data, encoding):
    """Share of the commonest characters of reports: texts read in a wrong encoding have none."""
    sample = data.decode(encoding)[:20_000]
    return sum(map(sample.count, COMMON)) / max(len(sample), 1)


def _guessed(data, where):
    """Ask charset-normalizer, and let common characters decide where it takes GBK for Big5 or the reverse."""
    from charset_normalizer import from_bytes

    sample = data[:20_000]
    if len(data) > len(sample):  # no second byte of GBK or Big5 is a blank or a line end: cut there
        sample = sample[: max(map(sample.rfind, (b" ", b"\n", b"\r"))) + 1] or sample[:-1]
    best = from_bytes(sample, cp_isolation=CANDIDATES).best()
    names = [SUPERSETS.get(best.encoding, best.encoding)] if best else []
    fit = {
        name: _common(data, name) for name in [*names, "gb18030", "big5hkscs"] if _expected(data, name) > 0.8
    }
    if fit and (len(data) < 1_000 or max(fit.values()) > 0.01 or names == ["cp1252"]):
        return max(fit, key=lambda name: (fit[name], name == "gb18030" and len(data) < 100))
    raise _refused(where, "no encoding makes a text of these bytes; the file is binary or damaged", RESAVE)


# Plain text ------------------------------------------------------------------------------------------------


@dataclass
class _Block:
    """A paragraph on its way into a Document."""

    text: str
    place: str
    role: str = "body"
    row: tuple | None = None  # (table, row)
    cell: int = 0
    linked: int = 0  # characters inside links


LINE_ENDS = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")


def _text_blocks(text, where, limits):
    _check_characters(len(text), where, limits)
    text, line, last, blocks = LINE_ENDS.sub("\n", text), 1, 0, []
    for found in re.finditer(r"[^\n]+", text):
        line += text.count("\n", last, found.start())
        last = found.start()
        if not found[0].isspace():
            blocks.append(_Block(found[0], f"line {line}"))
            _check_paragraphs(len(blocks), where, limits)
    return blocks


def _check_paragraphs(count, where, limits):
    if count > limits.paragraphs:
        what = f"more than {limits.paragraphs:,} paragraphs"
        raise _refused(where, what, "Raise limits.paragraphs")


def _check_characters(count, where, limits):
    if count > limits.characters:
        what = f"more than {limits.characters:,} characters"
        raise _refused(where, what, "Raise limits.characters")


# HTML ------------------------------------------------------------------------------------------------------
# The page is cut into tags by regular expressions that cannot backtrack, and written anew with nothing but
# block elements, links, class and id. So the parser behind trafilatura never sees what makes it quadratic
# (attributes by the hundred thousand), and paragraphs keep their order, main text or not.

MARKUP = re.compile("<(?=/?[a-zA-Z]|[!?])")
TAG = re.compile(
    r"""<(/?)([a-zA-Z][^\s/>]*+)"""
    r"""((?:[\s/]++|=|[^\s/>=]++(?:\s*+=\s*+(?:"[^"]*+"|'[^']*+'|[^\s>"'][^\s>]*+|))?+)*+)>"""
)
ATTRIBUTE = re.compile(r"""([^\s/>=]++)(?:\s*+=\s*+("[^"]*+"|'[^']*+'|[^\s>"'][^\s>]*+))?+""")
HTML_START = re.compile(
    r"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)?<(?:!doctype\s+html|html|head|body|meta|title|div|p|table|"
    r"h[1-6]|article|section|span|center|font)\b",
    re.I | re.S,
)
HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
CELLS = {"td", "th"}
TABLE = CELLS | {"table", "thead", "tbody", "tfoot", "tr", "caption"}
BLOCKS = HEADINGS | TABLE
BLOCKS |= {"address", "article", "aside", "blockquote", "body", "center", "dd", "details", "div", "dl", "dt"}
BLOCKS |= {"fieldset", "figcaption", "figure", "footer", "form", "header", "li", "main", "nav", "ol", "p"}
BLOCKS |= {"pre", "section", "summary", "ul"}
VOID = {"area", "base", "col", "embed", "img", "input", "link", "meta", "param", "source", "track", "wbr"}
RAW = {"script", "style", "textarea", "title", "xmp", "noembed", "noframes", "iframe"}  # no tags inside
SKIPPED = RAW | {"math", "select", "svg", "template"}
FURNITURE = {"nav", "footer", "aside"}
CLOSES = {  # end tags that HTML lets a writer leave out
    "li": {"li", "p"},
    "dt": {"dt", "dd", "p"},
    "dd": {"dt", "dd", "p"},
    "td": {"td", "th", "p"},
    "th": {"td", "th", "p"},
    "tr": {"tr", "td", "th", "p"},
    "tbody": {"thead", "tbody", "tr", "td", "th", "p"},
    "tfoot": {"tbody", "tr", "td", "th", "p"},
}
WIDE = re.compile("[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\u2018-\u201d\u2026]")


def _looks_like_html(text):
    return HTML_START.match(text[:5_000].lstrip("\ufeff")) is not None


def _html_blocks(text, where, limits):
    page = _Page(where, limits)
    _within(limits.seconds, page.feed, text)
    blocks = _merge_rows(page.blocks, page.layout)
    _flag_outside(blocks, "".join(page.anew), page.nested, limits)
    return blocks


class _Page:
    """Walks through the tags of a page and collects paragraphs and the page written anew."""

    def __init__(self, where, limits):
        self.where, self.limits = where, limits
        self.blocks, self.anew, self.parts = [], [], []
        self.open, self.opened, self.tables, self.layout = [], {}, [], set()
        self.counts, self.counted, self.numbered, self.nested, self.inline = {}, 0, 0, 0, 0
        self.furniture, self.linked, self.link, self.unclosed = 0, 0, None, set()
        self.place = "start"

    def feed(self, text):
        at = 0
        while found := MARKUP.search(text, at):
            self.characters(text[at : found.start()])
            at = self.markup(text, found.start())
        self.characters(text[at:])
        self.close(0)

    def markup(self, text, start):
        """Take the markup at `start`; return where it ends."""
        if text.startswith(("<!", "<?"), start):
            mark = "-->" if text.startswith("<!--", start) else ">"
            end = text.find(mark, start + 2)
            return end + len(mark) if end >= 0 else len(text)
        tag = TAG.match(text, start)
        if not tag:  # the pattern takes anything but the end of the file
            raise _refused(self.where, "the page breaks off inside a tag", "Download it again")
        return self.tag(tag, text)

    def tag(self, tag, text):
        name, attributes = tag[2].lower(), tag[3]
        if len(attributes) > self.limits.attributes:
            self.check_attributes(attributes, name)
        if tag[1]:
            self.end(name)
        elif name in SKIPPED and not attributes.endswith("/"):
            return self.skip(name, text, tag.end())
        else:
            self.start(name, attributes)
        return tag.end()

    def check_attributes(self, attributes, name):
        count = sum(1 for _ in ATTRIBUTE.finditer(attributes))
        if count > self.limits.attributes:
            what = f"a <{name[:20]}> tag has {count:,} attributes, limit {self.limits.attributes:,}"
            raise _refused(self.where, what, "This is no report; save its text as txt")

    def skip(self, name, text, at):
        """Return where an element without text of the report ends; look for each end tag once in vain."""
        ends = None if name in self.unclosed else re.compile(f"</{name}(?=[\\s/>])", re.I).search(text, at)
        if ends:
            end = text.find(">", ends.end())
            return end + 1 if end >= 0 else len(text)
        self.unclosed.add(name)
        return len(text) if name in RAW else at

    def start(self, name, attributes):
        if name == "br":
            self.parts.append("\n")
            self.anew.append("<br>")
        elif name == "hr":
            self.flush()
        elif name == "a" and "href" in attributes.lower():
            self.end_link()
            self.anew.append('<a href="#">')
            self.link = len(self.open)
        elif name in BLOCKS:
            self.start_block(name, attributes)
        elif name not in VOID:
            self.inline += 1
            self.check_nesting(self.inline, 40 * self.limits.nesting)  # many pages never close <font>

    def start_block(self, name, attributes):
        self.flush()
        while self.open and self.open[-1][0] in CLOSES.get(name, {"p"}):
            self.close(len(self.open) - 1)
        self.count(name)
        kept = {k.lower(): v.strip("\"'") for k, v in ATTRIBUTE.findall(attributes) if len(v) < 300}
        style = kept.get("style", "").replace(" ", "").lower()
        hidden = name in FURNITURE or "hidden" in kept or "display:none" in style
        self.furniture += hidden
        self.open.append((name, hidden))
        self.opened[name] = self.opened.get(name, 0) + 1
        shown = "".join(f' {k}="{html.escape(kept[k])}"' for k in ("class", "id") if k in kept)
        self.anew.append(f"<{name}{shown}>")
        self.start_cell(name)

    def start_cell(self, name):
        """Keep count of table, row and cell; an outer table around a table is there for layout."""
        if name == "table":
            self.layout |= {tuple(self.tables[-1][:2])} if self.tables else set()
            self.numbered += 1
            self.tables.append([self.numbered, 0, 0])
        elif name == "tr" and self.tables:
            self.tables[-1][1:] = [self.tables[-1][1] + 1, 0]
        elif name in CELLS and self.tables:
            self.tables[-1][2] += 1

    def count(self, name):
        self.counted += 1
        self.nested += len(self.open)
        self.counts[name] = self.counts.get(name, 0) + 1
        self.place = f"{name} {self.counts[name]}"
        if self.counted > self.limits.elements:
            what = f"more than {self.limits.elements:,} elements"
            raise _refused(self.where, what, "Raise limits.elements")
        self.check_nesting(len(self.open) + 1, self.limits.nesting)

    def check_nesting(self, depth, limit):
        if depth > limit:
            what = f"elements nested deeper than {limit:,}"
            raise _refused(self.where, what, "This is no report; save its text as txt")

    def end(self, name):
        if name == "a":
            self.end_link()
        elif name == "br":
            self.parts.append("\n")
        elif name in BLOCKS and self.opened.get(name):
            self.end_block(name)
        elif name in BLOCKS:
            self.flush()
        else:
            self.inline = max(self.inline - 1, 0)

    def end_link(self):
        if self.link is not None:
            self.anew.append("</a>")
        self.link = None

    def end_block(self, name):
        for depth in range(len(self.open) - 1, -1, -1):
            if self.open[depth][0] == name:
                return self.close(depth)
            if self.open[depth][0] in TABLE and name not in TABLE:
                return None  # a stray </div> in a cell does not end the table
        return None

    def close(self, depth):
        """Close all elements from `depth` on."""
        self.flush()
        if self.link is not None and self.link > depth:  # left open inside
            self.end_link()
        while len(self.open) > depth:
            name, hidden = self.open.pop()
            self.furniture -= hidden
            self.opened[name] -= 1
            self.anew.append(f"</{name}>")
            if name == "table":
                self.tables.pop()

    def characters(self, text):
        if not text:
            return
        if "&" in text:  # int() refuses numbers of thousands of digits
            text = html.unescape(re.sub("&#[xX]?[0-9a-fA-F]{9,}+;?", "\ufffd", text))
        if not any(name == "pre" for name, _ in self.open[-3:]):
            text = re.sub("[ \t\r\n\f]+", lambda m: "\r" if "\n" in m[0] or "\r" in m[0] else " ", text)
        self.parts.append(text)
        self.linked += len(text) if self.link is not None else 0
        self.anew.append(html.escape(text.replace("\r", " ").replace("\0", ""), quote=False))

    def flush(self):
        text = re.sub("[ \r]+", _soft_break, "".join(self.parts)).strip()
        if text:
            table, row, cell = self.tables[-1] if self.tables else (0, 0, 0)
            place = f"table {table}, row {row}" if table else self.place
            heading = any(name in HEADINGS for name, _ in self.open[-2:])
            role = "boilerplate" if self.furniture else "heading" if heading else "body"
            self.blocks.append(_Block(text, place, role, (table, row) if cell else None, cell, self.linked))
        self.parts, self.linked = [], 0


def _soft_break(found):
    """Drop a line break of the source between two Chinese characters; make any other run one blank."""
    start, end = found.span()
    before, after = found.string[max(start - 1, 0) : start], found.string[end : end + 1]
    return "" if "\r" in found[0] and WIDE.match(before) and WIDE.match(after) else " "


def _flag_outside(blocks, page, nested, limits):
    """Flag what lies outside the main text.

    The main text is what trafilatura takes for it, and whatever lies between its first and its last
    paragraph without being mostly links. trafilatura's time is quadratic in elements and depth, so pages
    beyond the size of any report are judged by their links alone.
    """
    usual = len(blocks) < 3_000 and nested < 30_000 and len(page) < 2_000_000
    inside = _main_blocks(blocks, _main_text(page, limits) if usual else "")
    long = [i for i in inside if len(blocks[i].text) >= 10] or list(inside)
    first, last = (long[0], long[-1]) if long else (0, len(blocks))
    for i, block in enumerate(blocks):
        title = block.role == "heading" and first - 6 <= i < first
        linked = block.linked * 2 > len(block.text)
        if linked if first <= i <= last else not title:
            block.role = "boilerplate" if linked or i not in inside else block.role


def _main_blocks(blocks, main):
    """Return the numbers of the blocks that stand in the main text, in order."""
    lines, whole = {_squeeze(line) for line in main.split("\n")}, _squeeze(main)
    keys = [_squeeze(b.text) if b.role != "boilerplate" else "" for b in blocks]
    return {i: None for i, k in enumerate(keys) if k and (k in lines or (len(k) > 20 and k in whole))}


def _main_text(page, limits):
    import trafilatura

    try:
        found = _within(
            limits.seconds,
            lambda: trafilatura.bare_extraction(
                page, with_metadata=False, include_comments=False, include_tables=True, favor_recall=True
            ),
        )
    except Exception:  # whatever it stumbles over: links then decide
        return ""
    return (found.text or "") if found else ""


def _squeeze(text):
    return re.sub(r"[\s|\-\u200b\ufeff]+", "", text)


# DOCX ------------------------------------------------------------------------------------------------------

WORD = (
    "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "http://purl.oclc.org/ooxml/wordprocessingml/main",
)
LEFT_OUT = {"del", "moveFrom", "Fallback", "rt"}  # deleted, moved away, said twice, pronunciation
PART = re.compile(
    r"wordprocessingml\.(document|template)\.main\+xml|ms-word\.(document|template)\.macroEnabled"
)


def _read_docx(data, where, limits):
    if data.count(b"PK\x01\x02") > limits.members:  # before zipfile makes an object of each
        raise _refused(where, f"the zip holds more than {limits.members:,} files", "This is no report")
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            word = _within(limits.seconds, _word, archive, where, limits)
    except ReportError:
        raise
    except Exception as error:  # zipfile and zlib raise whatever the damage leads to
        what = f"the DOCX is damaged or cut short ({_shorten(str(error), 100)})"
        raise _refused(where, what, "Download or save it again") from None
    for block in word.blocks:
        block.text = "".join(block.text)
    return _merge_rows(word.blocks, word.layout), "utf-8", "DOCX is XML"


def _word(archive, where, limits):
    main = _main_part(archive, where, limits)
    styles, name = _Styles(), f"{main.rpartition('/')[0]}/styles.xml"
    if name in archive.namelist():
        _parse(read_part(archive, name, where, limits), styles, where, limits)
    word = _Word(styles.roles(), where, limits)
    _parse(read_part(archive, main, where, limits), word, where, limits)
    return word


def read_part(archive, name, where, limits):
    """Read one part of a DOCX, no further than the limits."""
    info = archive.getinfo(name)
    if info.flag_bits & 1:
        raise _refused(where, f"part {name} is encrypted", "Save the document without a password")
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise _refused(where, f"part {name} is packed in a way Word never uses", "Open and save it in Word")
    large = info.file_size > 1_000_000 and info.file_size > limits.ratio * max(info.compress_size, 1)
    if info.file_size > limits.unpacked or large:
        what = (
            f"part {name} unpacks from {info.compress_size:,} to {info.file_size:,} bytes "
            f"(limits: {limits.unpacked:,} and {limits.ratio:g}-fold), as zip bombs do"
        )
        raise _refused(where, what, "If it is a report, open and save it in Word or raise the limits")
    with archive.open(info) as part:  # zipfile stops at the size it declares, and checks the sum
        return part.read()


def _main_part(archive, where, limits):
    names = set(archive.namelist())
    if "[Content_Types].xml" in names:
        types = _Types()
        _parse(read_part(archive, "[Content_Types].xml", where, limits), types, where, limits)
        if types.main in names:
            return types.main
    what, remedy = next(
        (told for name, told in PACKAGES.items() if name in names),
        ("a zip archive", "Unpack it and pass the files inside"),
    )
    raise _refused(where, f"this is {what}, not a Word document", remedy)


def _parse(data, handler, where, limits):
    """Send XML through a handler with start, end and characters; refuse DTDs, the way to entity bombs."""
    parser, depth = expat.ParserCreate(namespace_separator=" "), 0

    def start(name, attributes):
        nonlocal depth
        depth += 1
        if depth > limits.nesting:
            what = f"elements nested deeper than {limits.nesting:,}"
            raise _refused(where, what, "Open and save it in Word")
        space, _, local = name.rpartition(" ")
        handler.start(local, {k.rpartition(" ")[2]: v for k, v in attributes.items()}, space)

    def end(name):
        nonlocal depth
        depth -= 1
        handler.end(name.rpartition(" ")[2])

    def doctype(*_):
        what = "the XML declares a DTD, where entity bombs are defined; Word never does"
        raise _refused(where, what, "Open and save it in Word")

    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler, parser.StartDoctypeDeclHandler = handler.characters, doctype
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        what = f"the XML in the DOCX is damaged ({error})"
        raise _refused(where, what, "Open and save it in Word") from None


class _Types:
    """Finds the name of the main part."""

    main = None

    def start(self, name, attributes, space):
        if name == "Override" and PART.search(attributes.get("ContentType", "")):
            self.main = attributes.get("PartName", "").lstrip("/")

    def end(self, name):
        pass

    characters = end


class _Styles:
    """Collects name, outline level and parent of each paragraph style."""

    def __init__(self):
        self.found, self.style = {}, None

    def start(self, name, attributes, space):
        if name == "style":
            self.style = self.found.setdefault(attributes.get("styleId", ""), {})
        elif self.style is not None and name in ("name", "outlineLvl", "basedOn"):
            self.style[name] = attributes.get("val", "")

    def end(self, name):
        if name == "style":
            self.style = None

    def characters(self, text):
        pass

    def roles(self):
        """Return the role of each style that is a heading or a table of contents."""
        roles = {}
        for key, style in self.found.items():
            name = style.get("name", "").lower()
            if name.startswith(("toc ", "目录")):
                roles[key] = "boilerplate"
            elif self.level(key) in LEVELS or re.match("heading|标题|title|subtitle|副标题", name):
                roles[key] = "heading"
        return roles

    def level(self, key):
        """Return a style's outline level, its own or the nearest that it inherits."""
        for _ in range(20):  # styles may be based on each other in a circle
            style = self.found.get(key, {})
            if "outlineLvl" in style or "basedOn" not in style:
                return style.get("outlineLvl")
            key = style["basedOn"]
        return None


LEVELS = set("012345678")


class _Word:
    """Collects the paragraphs of a Word document, with text as a list of pieces."""

    def __init__(self, roles, where, limits):
        self.roles, self.where, self.limits = roles, where, limits
        self.blocks, self.open, self.tables, self.layout = [], [], [], set()
        self.counted = self.numbered = self.length = self.left_out = self.boxes = 0
        self.in_text = False

    def start(self, name, attributes, space):
        if self.left_out or name in LEFT_OUT:
            self.left_out += 1
        elif space not in WORD:
            return
        elif name == "p":
            self.start_paragraph()
        elif name in ("tbl", "tr", "tc", "txbxContent"):
            self.start_cell(name)
        elif self.open:
            self.start_inside(name, attributes, self.open[-1])

    def start_inside(self, name, attributes, block):
        if name == "t":
            self.in_text = True
        elif name in ("tab", "ptab") and "pos" not in attributes:  # a tab stop has a position
            block.text.append("\t")
        elif name in ("br", "cr"):
            block.text.append("\n")
        elif name == "noBreakHyphen":
            block.text.append("-")
        elif name == "pStyle":
            block.role = self.roles.get(attributes.get("val"), block.role)
        elif name == "outlineLvl" and attributes.get("val") in LEVELS:
            block.role = "heading"

    def start_cell(self, name):
        """Keep count of table, row and cell; a text box stands outside the table that holds it."""
        if name == "tbl":
            self.layout |= {tuple(self.tables[-1][:2])} if self.tables else set()
            self.numbered += 1
            self.tables.append([self.numbered, 0, 0])
        elif name == "txbxContent":
            self.boxes += 1
            self.tables.append([0, 0, 0])
        elif self.tables and name == "tr":
            self.tables[-1][1:] = [self.tables[-1][1] + 1, 0]
        elif self.tables:
            self.tables[-1][2] += 1

    def start_paragraph(self):
        self.counted += 1
        _check_paragraphs(self.counted, self.where, self.limits)
        table, row, cell = self.tables[-1] if self.tables else (0, 0, 0)
        place = f"table {table}, row {row}" if table else f"paragraph {self.counted}"
        place += ", text box" if self.boxes else ""
        self.open.append(_Block([], place, row=(table, row) if cell else None, cell=cell))
        self.blocks.append(self.open[-1])

    def end(self, name):
        if self.left_out:
            self.left_out -= 1
        elif name == "t":
            self.in_text = False
        elif name == "p" and self.open:
            self.open.pop()
        elif name in ("tbl", "txbxContent") and self.tables:
            self.tables.pop()
            self.boxes -= name == "txbxContent"

    def characters(self, text):
        if self.in_text and not self.left_out and self.open:
            self.length += len(text)
            self.open[-1].text.append(text)
            _check_characters(self.length, self.where, self.limits)


def _merge_rows(blocks, layout):
    """Join the cells of a table row with " | "; leave tables alone that only lay out a page."""
    rows = {}
    for block in blocks:
        if block.row and block.row not in layout:
            rows.setdefault(block.row, {}).setdefault(block.cell, []).append(block)
    rows = {key: cells for key, cells in rows.items() if not _is_layout(cells)}
    merged, done = [], set()
    for block in blocks:
        if block.row not in rows:
            merged.append(block)
        elif block.row not in done:
            done.add(block.row)
            merged.append(_merged(rows[block.row]))
    return merged


def _is_layout(cells):
    """Tell whether a row has one cell, or a cell with more text than a table of figures has."""
    texts = [[b.text for b in blocks if b.text.strip()] for blocks in cells.values()]
    lengths = [(len(t), sum(map(len, t))) for t in texts]
    return max(cells) < 2 or any(n > 400 or (n > 100 and several > 1) for several, n in lengths)


def _merged(cells):
    texts = (" ".join(b.text for b in cells.get(i, [])) for i in range(1, max(cells) + 1))
    blocks = [b for part in cells.values() for b in part]
    role = "boilerplate" if all(b.role == "boilerplate" for b in blocks) else "table"
    text = " | ".join(" ".join(t.split()) for t in texts)
    text = text if text.strip(" |") else ""
    return _Block(text, blocks[0].place, role, linked=sum(b.linked for b in blocks))


# PDF -------------------------------------------------------------------------------------------------------


def _read_pdf(data, where, limits):
    import logging

    import pypdf

    logging.getLogger("pypdf").addHandler(logging.NullHandler())  # its warnings name no file
    if b"%%EOF" not in data[-4096:]:
        raise _refused(where, "the PDF is cut short: its end mark is missing", "Download or export it again")
    try:
        with pypdf.apply_configuration(**_pdf_limits(limits)):
            pages = _within(limits.seconds, lambda: _pages(pypdf.PdfReader(BytesIO(data)), where, limits))
    except ReportError:
        raise
    except pypdf.errors.LimitReachedError as error:
        what = f"the PDF unpacks to more than the limits allow ({error})"
        raise _refused(where, what, "If it is a report, print it to PDF anew") from None
    except Exception as error:  # a damaged PDF can fail anywhere in the parser
        what = f"the PDF is damaged ({type(error).__name__}: {_shorten(str(error), 100)})"
        raise _refused(where, what, "Print it to PDF anew") from None
    _check_text_layer(pages, where)
    bare = [str(i) for i, page in enumerate(pages, 1) if not page.strip()]
    decided_by = "character maps of the fonts" + ("; no text on pages " + ", ".join(bare) if bare else "")
    return _pdf_blocks(pages), "", decided_by


def _pdf_limits(limits):
    names = ("zlib", "lzw", "run_length", "array_based_stream")
    return {f"{name}_maximum_output_length": limits.unpacked for name in names}


def _pages(reader, where, limits):
    if reader.is_encrypted and not reader.decrypt(""):
        raise _refused(where, "the PDF is encrypted", "Open it with its password and print it to PDF")
    if len(reader.pages) > limits.pages:
        raise _refused(where, f"{len(reader.pages):,} pages, limit {limits.pages:,}", "Raise limits.pages")
    pages, length = [], 0
    for page in reader.pages:
        pages.append(page.extract_text())
        length += len(pages[-1])
        _check_characters(length, where, limits)
    return pages


def _check_text_layer(pages, where):
    whole = "".join(pages)
    letters = len(re.findall(r"[^\W\d_]", whole))
    if not letters:
        what = "the PDF has no text layer; it is scanned"
        raise _refused(where, what, "Add the text with OCR and check its figures")
    if len(re.findall("[\ufffd\ue000-\uf8ff]", whole)) > letters:
        what = "the fonts of the PDF do not say which characters they draw"
        raise _refused(where, what, "Use the original, or OCR")


def _pdf_blocks(pages):
    """Join the lines of a paragraph, over page ends too; running heads and page numbers stay apart."""
    split = [LINE_ENDS.sub("\n", page).split("\n") for page in pages]
    lines = [(line.rstrip(), i) for i, page in enumerate(split, 1) for line in page if line.strip()]
    furniture = _running_lines(lines, len(pages))
    widths = sorted(_width(text) for text, _ in lines)
    full = 0.85 * widths[int(0.9 * (len(widths) - 1))]  # a shorter line ends its paragraph
    blocks, waiting, current = [], [], []
    for i, (text, page) in enumerate(lines):
        if i in furniture:
            waiting.append(_Block(text, f"page {page}", "boilerplate"))
            continue
        if not current or _width(current[-1][0]) < full or STARTS.match(text):
            blocks += [*_joined(current), *waiting]
            waiting, current = [], []
        current.append((text, page))
    return [*blocks, *_joined(current), *waiting]


def _running_lines(lines, pages):
    """Return which lines are page numbers, or stand first or last on at least three pages."""
    numbers = [0, *(page for _, page in lines), 0]
    edges = [i for i in range(len(lines)) if len(set(numbers[i : i + 3])) > 1]
    edges = [i for i in edges if len(lines[i][0]) <= 40 and not FIGURE.search(lines[i][0])]
    masked = {i: re.sub(r"\d+", "0", lines[i][0].strip()) for i in edges}
    often = pd.Series(list(masked.values()), dtype="str").value_counts()
    return {
        i for i, text in masked.items() if often[text] >= 3 or (pages > 1 and PAGE_NUMBER.fullmatch(text))
    }


PAGE_NUMBER = re.compile(r"\W*(?:第\s*)?0(?:\s*页)?(?:\W*(?:共\s*)?0\s*页?)?\W*")


def _width(text):
    return len(text) + len(WIDE.findall(text))


def _joined(lines):
    """Return the lines as one block, in a list; blanks only part what is not Chinese on both sides."""
    if not lines:
        return []
    parts = [lines[0][0]]
    for line, _ in lines[1:]:
        line = line.strip()
        parts += [" ", line] if parts[-1][-1].isascii() and line[0].isascii() else [line]
    first, last = lines[0][1], lines[-1][1]
    return [_Block("".join(parts), f"page {first}" if first == last else f"pages {first}-{last}")]


# Roles -----------------------------------------------------------------------------------------------------

ENDS = re.compile(
    r"\W*(?:相关(?:推荐|阅读|新闻|文章|内容|报道|资讯)|(?:热点|热门|猜你|为你|编辑)(?:推荐|喜欢|文章|新闻|排行)|"
    r"推荐阅读|延伸阅读|其他文献|相似文献|(?:阅读|查看|展开)(?:全文|全部)|(?:精选|网友|最新|全部|热门)(?:留言|评论)|"
    r"我要(?:留言|评论)|发表评论|往期回顾|头条要闻)[^\u4e00-\u9fff]{0,12}(?:更多|全部|换一换)?\W*|"
    r"\W*(?:特别声明|免责声明|版权声明|声明|Notice)\s*[:：].*|\W*[上下]一[篇条]\s*[:：].*",
    re.S,
)
MARKED = re.compile(
    r"\s*(?:来源|文章来源|信息来源|稿源|责任编辑|编辑|校对|审核|浏览次数|点击数|访问量|阅读量|字体|字号|分享|"
    r"当前位置|您的位置|本文标题|链接地址)\s*[:：]|.*(?:被引量|上传用户|下载(?:到本地|全文|文档)|版权所有|ICP备|"
    r"公网安备|Copyright|论文部分内容|预览(?:阅读)?已结束|全文或代笔|联系(?:客服|老师))|\s*https?://\S+\s*$",
    re.I | re.S,
)
MARKED_BARE = re.compile(  # these words are also said in a report, so only in a line that is no sentence
    r"分享[到至]|扫一扫|扫码|登录|登陆|无障碍浏览|打赏|赞赏|二维码|首页\s*[>»›|]|"
    r"^\W*(?:打印(?:本页)?|关闭(?:窗口)?|收藏|点赞|评论|举报)\W*$"
)
STAMP = re.compile(r"\s*(?:\d{1,7}|\d{4}-\d\d?-\d\d?(?:\s+\d\d?:\d\d(?::\d\d)?)?(?:\s+\d+)?)\s*")
FIGURE = re.compile(r"[0-9０-９xX×][余多]?[万亿千百]?\s*[个名人家场支期篇项次元户条位％%]")
STARTS = re.compile(
    r"\s*(?:第?[一二三四五六七八九十百]{1,4}[、章节]|[（(][一二三四五六七八九十\d]{1,3}[)）]|\d{1,2}[、.．]\s*\D|[①-⑳])"
)
BYLINE = re.compile(r"\W*(?:撰文|作者|记者|通讯员|文|图)\s*[:：/]")
WORDS = re.compile(r"(?:[^\W\d_].*){4}")  # more letters than 年月日
SENTENCE = re.compile(r"[。！？；!?;，,]")
SIGNED = re.compile(r"委员会|团[县区市省工]?委|\d{4}年|附件")


def _is_prose(text):
    return len(text) >= 30 and SENTENCE.search(text) is not None


def _flag_boilerplate(blocks, edges):
    """Flag what surrounds a report, by rules a reader can check; never drop it.

    1. Once there has been a sentence of body, a line such as 相关推荐, 其他文献 or 特别声明: ends the report.
    2. A short line with a mark of page furniture (来源:, 分享至, 上传用户, 版权所有) is furniture.
    3. In saved pages, before the first sentence: bare numbers, time stamps, three or more lines in a row of
       eight characters or fewer; after the last one: five lines or more without figure or signature.
    """
    prose = [i for i, b in enumerate(blocks) if b.role != "boilerplate" and _is_prose(b.text)]
    ended = False
    for i, block in enumerate(blocks):
        ends = len(block.text) <= 300 and ENDS.fullmatch(block.text.strip()) is not None
        ended = ended or (ends and bool(prose) and prose[0] < i)
        if ended or ends or _is_marked(block.text):
            block.role = "boilerplate"
    prose = [i for i in prose if blocks[i].role != "boilerplate"]
    if edges and prose:
        _flag_edges(blocks, prose[0], prose[-1])


def _is_marked(text):
    if len(text) > 80 or "。" in text[:-1]:
        return False
    sentence = SENTENCE.search(text) or FIGURE.search(text)
    return bool(MARKED.match(text)) or (not sentence and bool(MARKED_BARE.search(text)))


def _flag_edges(blocks, first, last):
    for block in blocks[:first] + blocks[last + 1 :]:
        if STAMP.fullmatch(block.text) and block.role == "body":
            block.role = "boilerplate"
    run = []
    for block in blocks[: first + 1]:
        if len(block.text.strip()) <= 8 and not STARTS.match(block.text) and block.role == "body":
            run.append(block)
            continue
        if len(run) >= 3:
            _set_role(run, "boilerplate")
        run = []
    tail = [b for b in blocks[last + 1 :] if b.role == "body" and not FIGURE.search(b.text)]
    tail = [b for b in tail if not STARTS.match(b.text) and not SIGNED.search(b.text)]
    if len(tail) >= 5:
        _set_role(tail, "boilerplate")


def _set_role(blocks, role):
    for block in blocks:
        block.role = role


def _flag_headings(blocks):
    """Flag short lines without a figure that lead into prose, within three paragraphs."""
    kept = [b for b in blocks if b.role != "boilerplate"]
    for i, block in enumerate(kept):
        text = block.text.strip()
        short = len(text) <= 40 and text[-1] not in "。；;！!，,、…：:" and "。" not in text
        if block.role == "body" and short and WORDS.search(text) and not FIGURE.search(text):
            leads = STARTS.match(text) or any(_is_prose(b.text) for b in kept[i + 1 : i + 4])
            block.role = "heading" if leads and i + 1 < len(kept) and not BYLINE.match(text) else "body"


# The document ----------------------------------------------------------------------------------------------

INVISIBLE = re.compile(
    "[\0-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]"
)
SURROGATE = re.compile("[\ud800-\udfff]")


def _document(blocks, data, where, limits, media_type, encoding, decided_by):
    blocks = _clean(blocks, where, limits)
    _check_characters(sum(len(b.text) + 1 for b in blocks), where, limits)
    if not blocks:
        raise _refused(where, "there is no text in it", "Check that this is the report")
    _flag_boilerplate(blocks, edges=media_type.startswith("text/"))
    _flag_headings(blocks)
    text = "\n".join(b.text for b in blocks)
    return Document(text, _table(blocks), sha256(data).hexdigest(), media_type, encoding, decided_by)


def _clean(blocks, where, limits):
    """Make each block one line or several, without control characters and trailing blanks."""
    cleaned = []
    for block in blocks:
        for line in LINE_ENDS.sub("\n", block.text).split("\n"):
            text = SURROGATE.sub("\ufffd", INVISIBLE.sub("", line)).rstrip()
            if text:
                cleaned.append(_Block(text, block.place, block.role))
        _check_paragraphs(len(cleaned), where, limits)
    return cleaned


def _table(blocks):
    lengths = np.array([len(b.text) for b in blocks], dtype="int64")
    end = np.cumsum(lengths + 1) - 1
    roles, places = ([getattr(b, name) for b in blocks] for name in ("role", "place"))
    return pd.DataFrame({"start": end - lengths, "end": end, "role": roles, "place": places})


def _shorten(text, length):
    return text if len(text) <= length else text[: length - 1] + "…"


READERS = {"text/plain": _read_text, DOCX: _read_docx, PDF: _read_pdf}

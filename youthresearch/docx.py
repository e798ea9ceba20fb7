"""DOCX files: paragraphs and tables of the main text, read as a stream."""

import re
import zipfile
from io import BytesIO
from xml.parsers import expat

from .deadline import within
from .paragraphs import (
    RAISED,
    Block,
    ReportError,
    check_characters,
    check_paragraphs,
    merge_rows,
    refused,
    shorten,
)

PACKAGES = {
    "xl/workbook.xml": ("an Excel workbook", "Save the sheet's text as DOCX or txt"),
    "ppt/presentation.xml": ("a PowerPoint file", "Export it as PDF with text"),
    "mimetype": ("an OpenDocument or EPUB file", "Save it as DOCX"),
}
NAMED = re.compile(rb"PK\x03\x04.{26}(word|xl|ppt|mimetype)", re.S)  # in front of each file of a zip
WORD = (
    "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "http://purl.oclc.org/ooxml/wordprocessingml/main",
)
LEFT_OUT = {"del", "moveFrom", "Fallback", "rt"}  # deleted, moved away, said twice, pronunciation
LEFT_OUT |= {"pPrChange", "rPrChange", "tcPrChange", "trPrChange"}  # what a format was before it was changed
PART = re.compile(
    r"wordprocessingml\.(document|template)\.main\+xml|ms-word\.(document|template)\.macroEnabled"
)


def read_docx(data, where, limits):
    """Return the blocks of the main text, the encoding, and how it was decided."""
    if data.count(b"PK\x01\x02") > limits.members:  # before zipfile makes an object of each
        raise refused(where, f"the zip holds more than {limits.members:,} files", "This is no report")
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            word = within(limits.seconds, _word, archive, where, limits)
    except ReportError:
        raise
    except Exception as error:  # zipfile and zlib raise whatever the damage leads to
        raise _damaged(data, error, where) from None
    for block in word.blocks:
        block.text = "".join(block.text)
    return merge_rows(word.blocks, word.layout, {}), "utf-8", "DOCX is XML"


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
        raise refused(where, f"part {name} is encrypted", "Save the document without a password")
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise refused(where, f"part {name} is packed in a way Word never uses", "Open and save it in Word")
    large = info.file_size > 1_000_000 and info.file_size > limits.ratio * max(info.compress_size, 1)
    if info.file_size > limits.unpacked or large:
        what = (
            f"part {name} unpacks from {info.compress_size:,} to {info.file_size:,} bytes "
            f"(limits: {limits.unpacked:,} and {limits.ratio:g}-fold), as zip bombs do"
        )
        raise refused(where, what, "If it is a report, open and save it in Word or raise the limits")
    with archive.open(info) as part:  # zipfile stops at the size it declares, and checks the sum
        return part.read()


def _main_part(archive, where, limits):
    names = set(archive.namelist())
    if "[Content_Types].xml" in names:
        types = _Types()
        _parse(read_part(archive, "[Content_Types].xml", where, limits), types, where, limits)
        found = next((name for name in (types.main, "word/document.xml") if name in names), None)
        if found:
            return found
    what, remedy = next(
        (told for name, told in PACKAGES.items() if name in names),
        ("a zip archive", "Unpack it and pass the files inside"),
    )
    raise refused(where, f"this is {what}, not a Word document", remedy)


def _damaged(data, error, where):
    """Make the error of a zip file that breaks off, named by the first of its files that tells what it is."""
    named = NAMED.search(data)
    kind, remedy = ("a DOCX" if named else "a zip archive"), "Download or save it again"
    for part, told in PACKAGES.items():
        if named and part.startswith(named[1].decode()):
            kind, remedy = told
    return refused(where, f"this is {kind}, damaged or cut short ({shorten(str(error), 100)})", remedy)


def _parse(data, handler, where, limits):
    """Send XML through a handler with start, end and characters; refuse DTDs, the way to entity bombs."""
    parser, depth = expat.ParserCreate(namespace_separator=" "), 0

    def start(name, attributes):
        nonlocal depth
        depth += 1
        if depth > limits.nesting:
            what = f"elements nested deeper than {limits.nesting:,}"
            raise refused(where, what, "Open and save it in Word")
        space, _, local = name.rpartition(" ")
        handler.start(local, {k.rpartition(" ")[2]: v for k, v in attributes.items()}, space)

    def end(name):
        nonlocal depth
        depth -= 1
        space, _, local = name.rpartition(" ")
        handler.end(local, space)

    def doctype(*_):
        what = "the XML declares a DTD, where entity bombs are defined; Word never does"
        raise refused(where, what, "Open and save it in Word")

    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler, parser.StartDoctypeDeclHandler = handler.characters, doctype
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        what = f"the XML in the DOCX is damaged ({error})"
        raise refused(where, what, "Open and save it in Word") from None


class _Types:
    """Finds the name of the main part."""

    main = None

    def start(self, name, attributes, space):
        if name == "Override" and PART.search(attributes.get("ContentType", "")):
            self.main = attributes.get("PartName", "").lstrip("/")

    def end(self, name, space):
        pass

    def characters(self, text):
        pass


class _Styles:
    """Collects name, outline level and parent of each paragraph style."""

    def __init__(self):
        self.found, self.style = {}, None

    def start(self, name, attributes, space):
        if name == "style":
            self.style = self.found.setdefault(attributes.get("styleId", ""), {})
        elif self.style is not None and name in ("name", "outlineLvl", "basedOn"):
            self.style[name] = attributes.get("val", "")

    def end(self, name, space):
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
        self.in_text = self.hidden = self.in_mark = False
        self.run_on = None  # the last paragraph, if its mark is deleted: the next one goes on with it
        self.raised = {}

    def start(self, name, attributes, space):
        if self.in_mark and not self.left_out and name in ("del", "moveFrom"):
            self.run_on = self.open[-1]
        if self.left_out or name in LEFT_OUT:
            self.left_out += 1
        elif space not in WORD:
            return
        elif name == "p":
            self.start_paragraph()
        elif name in ("tbl", "tr", "tc", "txbxContent"):
            self.start_cell(name)
        elif name in ("gridSpan", "gridBefore") and self.tables:
            width = attributes.get("val", "")  # of a joined cell, or left free before the first
            width = int(width) if re.fullmatch("[1-9][0-9]?", width) else 1
            self.tables[-1][3] = width - (name == "gridSpan")
        elif self.open:
            self.start_inside(name, attributes, self.open[-1])

    def start_inside(self, name, attributes, block):
        if name == "t":
            self.in_text = True
        elif name == "pPr":
            self.in_mark = True
        elif name in ("tab", "ptab") and "pos" not in attributes:  # a tab stop has a position
            block.text.append("\t")
        elif name in ("br", "cr"):
            block.text.append("\n")
        elif name == "noBreakHyphen":
            block.text.append("-")
        elif name == "sym":  # of a font of symbols: a tick, a box
            block.text.append(" ")
        elif name == "r":
            self.hidden, self.raised = False, {}
        elif name == "vertAlign":
            self.raised = RAISED.get(attributes.get("val"), {})
        elif name == "vanish" and attributes.get("val") not in ("0", "false", "off"):
            self.hidden = True  # a reader of the document does not see this run
        elif name == "pStyle":
            block.role = self.roles.get(attributes.get("val"), block.role)
        elif name == "outlineLvl" and attributes.get("val") in LEVELS:
            block.role = "heading"

    def start_cell(self, name):
        """Keep count of table, row and cell; a text box stands outside the table that holds it."""
        if name == "tbl":
            self.layout |= {tuple(self.tables[-1][:2])} if self.tables else set()
            self.numbered += 1
            self.tables.append([self.numbered, 0, 0, 0])
        elif name == "txbxContent":
            self.boxes += 1
            self.tables.append([0, 0, 0, 0])
        elif self.tables and name == "tr":
            self.tables[-1][1:] = [self.tables[-1][1] + 1, 0, 0]
        elif self.tables:
            number, row, cell, joined = self.tables[-1]
            self.tables[-1] = [number, row, cell + 1 + joined, 0]
            self.count(3 * (1 + joined))  # the marks between cells, before any row is put together

    def start_paragraph(self):
        self.counted += 1
        check_paragraphs(self.counted, self.where, self.limits)
        table, row, cell, _ = self.tables[-1] if self.tables else (0, 0, 0, 0)
        place = f"table {table}, row {row}" if table else f"paragraph {self.counted}"
        place += ", text box" if self.boxes else ""
        block, before = Block([], place, row=(table, row) if cell else None, cell=cell), self.run_on
        if before and all(before is not other for other in self.open):  # else this one is inside it
            self.run_on = None
            if (before.row, before.cell) == (block.row, block.cell):
                self.open.append(before)
                return
        self.open.append(block)
        self.blocks.append(block)

    def end(self, name, space):
        if self.left_out:
            self.left_out -= 1
        elif space not in WORD:
            return  # drawings have paragraphs and tables of their own
        elif name == "t":
            self.in_text = False
        elif name == "pPr":
            self.in_mark = False
        elif name == "p" and self.open:
            self.open.pop()
        elif name in ("tbl", "txbxContent") and self.tables:
            self.tables.pop()
            self.boxes -= name == "txbxContent"

    def characters(self, text):
        if self.in_text and not (self.left_out or self.hidden) and self.open:
            self.count(len(text))
            self.open[-1].text.append(text.translate(self.raised))

    def count(self, characters):
        self.length += characters
        check_characters(self.length, self.where, self.limits)

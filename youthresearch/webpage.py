"""HTML pages: their blocks in order, with what is no part of the report flagged."""

import html
import re

from .deadline import within
from .paragraphs import RAISED, WIDE, Block, check_characters, merge_rows, refused

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
SKIPPED = RAW | {"math", "noscript", "select", "svg", "template"}
SCRIPTS = {"sup": RAISED["superscript"], "sub": RAISED["subscript"]}
FURNITURE = {"nav", "footer", "aside"}
WIDEST = 200  # cells in a row with joined ones
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


def looks_like_html(text):
    """Tell a page from plain text by its beginning."""
    return HTML_START.match(text[:5_000].lstrip("\ufeff")) is not None


def html_blocks(text, where, limits):
    """Return the blocks of a page, in order."""
    page = _Page(where, limits)
    within(limits.seconds, page.feed, text)
    rows = {block.row for block in page.blocks if block.row} - page.layout
    check_characters(3 * sum(page.widths.get(row, 0) for row in rows), where, limits)  # marks between cells
    blocks = merge_rows(page.blocks, page.layout, page.widths)
    _flag_outside(blocks, "".join(page.anew), page.nested, limits)
    return blocks


class _Page:
    """Walks through the tags of a page and collects paragraphs and the page written anew."""

    def __init__(self, where, limits):
        self.where, self.limits = where, limits
        self.blocks, self.anew, self.parts = [], [], []
        self.open, self.opened, self.layout, self.widths = [], {}, set(), {}
        self.tables = []  # of those open: number, row, cell
        self.spans = []  # of each: cells joined with the current one; last row that a cell above reaches to
        self.counts, self.counted, self.numbered, self.nested, self.inline = {}, 0, 0, 0, 0
        self.furniture, self.linked, self.link, self.unclosed = 0, 0, None, set()
        self.place, self.raised, self.unseen = "start", {}, 0

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
            if end < 0:
                raise refused(self.where, "the page breaks off inside a comment", "Download it again")
            return end + len(mark)
        tag = TAG.match(text, start)
        if not tag:  # the pattern takes anything but the end of the file
            raise refused(self.where, "the page breaks off inside a tag", "Download it again")
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
            raise refused(self.where, what, "This is no report; save its text as txt")

    def skip(self, name, text, at):
        """Return where an element without text of the report ends; look for each end tag once in vain."""
        ends = None if name in self.unclosed else re.compile(f"</{name}(?=[\\s/>])", re.I).search(text, at)
        if ends:
            end = text.find(">", ends.end())
            return end + 1 if end >= 0 else len(text)
        if name in RAW:  # all that follows would be lost
            raise refused(self.where, f"the page breaks off inside a <{name}>", "Download it again")
        self.unclosed.add(name)
        return at

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
        elif name not in VOID and name != "a":
            self.inline += 1
            self.unseen += self.unseen > 0 or ("none" in attributes and _is_hidden(_kept(attributes)))
            self.raised = SCRIPTS.get(name, self.raised)
            self.check_nesting(self.inline, 40 * self.limits.nesting)  # many pages never close <font>

    def start_block(self, name, attributes):
        self.flush()
        while self.open and self.open[-1][0] in CLOSES.get(name, {"p"}):
            self.close(len(self.open) - 1)
        self.count(name)
        kept = _kept(attributes)
        hidden = name in FURNITURE or "hidden" in kept or _is_hidden(kept)
        self.furniture += hidden
        self.open.append((name, hidden))
        self.opened[name] = self.opened.get(name, 0) + 1
        shown = "".join(f' {k}="{html.escape(kept[k])}"' for k in ("class", "id") if k in kept)
        self.anew.append(f"<{name}{shown}>")
        self.start_cell(name, kept)

    def start_cell(self, name, kept):
        """Keep count of table, row and cell; an outer table around a table is there for layout."""
        if name == "table":
            self.layout |= {tuple(self.tables[-1][:2])} if self.tables else set()
            self.numbered += 1
            self.tables.append([self.numbered, 0, 0])
            self.spans.append([0, {}])
        elif name == "tr" and self.tables:
            self.tables[-1][1:] = [self.tables[-1][1] + 1, 0]
            self.spans[-1][0] = 0
            self.widen(0)
        elif name in CELLS and self.tables:
            self.next_cell(kept)

    def next_cell(self, kept):
        """Go on to the next free cell of the row, beyond what is joined with the last or reaches down."""
        (_, row, cell), (joined, down) = self.tables[-1], self.spans[-1]
        cell += 1 + joined
        while down.get(cell, -1) >= row:
            cell += 1
        across, rows = (_span(kept.get(name, "")) for name in ("colspan", "rowspan"))
        if cell + across > WIDEST:  # no table of a report, and quadratic
            across = rows = 1
        down |= dict.fromkeys(range(cell, cell + across), row + rows - 1) if rows > 1 else {}
        self.tables[-1][2], self.spans[-1][0] = cell, across - 1
        self.widen(cell)

    def widen(self, cell):
        """Note that a row goes as far as this cell, and as those that reach down to it."""
        row, down = tuple(self.tables[-1][:2]), self.spans[-1][1]
        reaching = (c for c, last in down.items() if last >= row[1]) if not cell else ()
        self.widths[row] = max(self.widths.get(row, 0), cell, *reaching)

    def count(self, name):
        self.counted += 1
        self.nested += len(self.open)
        self.counts[name] = self.counts.get(name, 0) + 1
        self.place = f"{name} {self.counts[name]}"
        if self.counted > self.limits.elements:
            what = f"more than {self.limits.elements:,} elements"
            raise refused(self.where, what, "Raise limits.elements")
        self.check_nesting(len(self.open) + 1, self.limits.nesting)

    def check_nesting(self, depth, limit):
        if depth > limit:
            what = f"elements nested deeper than {limit:,}"
            raise refused(self.where, what, "This is no report; save its text as txt")

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
            self.unseen = max(self.unseen - 1, 0)
            self.raised = {} if name in SCRIPTS else self.raised

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
                self.spans.pop()

    def characters(self, text):
        if not text or self.unseen:  # what a reader does not see inside a line is no part of it
            return
        if "&" in text:  # int() refuses numbers of thousands of digits
            text = html.unescape(re.sub("&#[xX]?[0-9a-fA-F]{9,}+;?", "\ufffd", text))
        if not any(name == "pre" for name, _ in self.open[-3:]):
            text = re.sub("[ \t\r\n\f]+", lambda m: "\r" if "\n" in m[0] or "\r" in m[0] else " ", text)
        text = text.translate(self.raised) if self.raised else text
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
            self.blocks.append(Block(text, place, role, (table, row) if cell else None, cell, self.linked))
        self.parts, self.linked, self.raised, self.unseen = [], 0, {}, 0


def _kept(attributes):
    """Return attributes by name, but for long ones."""
    return {k.lower(): v.strip("\"'") for k, v in ATTRIBUTE.findall(attributes) if len(v) < 300}


def _is_hidden(kept):
    return "display:none" in kept.get("style", "").replace(" ", "").lower()


def _span(value):
    return int(value) if re.fullmatch("[1-9][0-9]{0,2}", value.strip()) else 1


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
        found = within(
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

"""Bytes as text: which encoding they are in, and how that was decided."""

import re

from .paragraphs import refused

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
WIDE = re.compile("[\u2e80-\u9fff\uff00-\uffef]")
LOST = re.compile(  # words; a single one in English may be an apostrophe or an accent
    f"\ufffd{{2,}}|(?<={WIDE.pattern})\ufffd|\ufffd(?={WIDE.pattern})"
)
PAGE = re.compile(rb"\s*<(?:!doctype\s+html|\?xml|html|head|meta)", re.I)
GARBLED = [(wrong, right) for wrong in ("cp1252", "latin-1") for right in ("gb18030", "utf-8")]
GARBLED += [("gb18030", "utf-8")]
RESAVE = "Open it in an editor that shows it right and save it as UTF-8"


def decode(data, where, limits):
    """Decode and return the text, the encoding, and how it was decided.

    Bad bytes of a page are kept as lone surrogates: whether they stand in its text is for the reader to say.
    """
    errors = "surrogateescape" if PAGE.match(data[:1024]) else "strict"
    encoding, decided_by = _encoding(data, where, errors)
    try:
        text = data.decode(encoding, errors)
    except (UnicodeDecodeError, LookupError) as error:
        raise refused(where, f"this is not valid {encoding}: {error}", RESAVE) from None
    _check_garbled(text, where)
    controls = len(CONTROL.findall(text))
    if controls > len(text) // 100 or "\0" in text:
        raise refused(where, "this is a binary file, not a text", "Pass a txt, HTML, DOCX or PDF file")
    return text, encoding.removesuffix("-sig"), decided_by


def _encoding(data, where, errors):
    marked = next((name for mark, name in MARKS.items() if data.startswith(mark)), None)
    if marked:
        return marked, "byte order mark"
    if b"\0" in data:
        return _two_bytes(data, where), "NUL bytes"
    try:
        data.decode("utf-8")
        return "utf-8", "valid UTF-8"
    except UnicodeDecodeError as error:
        damaged = _damage(data, error)
    if damaged and errors == "strict":
        raise refused(where, damaged, "Download or export it again")
    if damaged:
        return "utf-8", "valid UTF-8 but for some bytes"
    declared = _declared(data, errors)
    if declared:
        return declared, "declared in the page"
    return _guessed(data, where), "charset-normalizer"


def _two_bytes(data, where):
    """Tell the two byte orders of UTF-16 apart; a text has blanks, digits or line ends to see it by."""
    for name in ("utf-16-le", "utf-16-be"):
        if len(data) % 2 == 0 and _expected(data, name) > 0.9:
            return name
    raise refused(where, "this is a binary file, not a text", "Pass a txt, HTML, DOCX or PDF file")


def _damage(data, error):
    """Say what is wrong with UTF-8 that has a few bad bytes: in another encoding it would be nonsense."""
    text = data.decode("utf-8", errors="replace")
    bad, wide = text.count("\ufffd"), len(WIDE.findall(text))
    cut = error.end == len(data) and error.reason == "unexpected end of data"
    if bad * 20 < wide or (cut and wide):
        reason = "cut short inside a character" if cut else "UTF-8 with bad bytes"
        return f"the text is {reason} (byte {error.start:,})"
    return ""


def _check_garbled(text, where):
    """Refuse a text that was read in a wrong encoding once, and saved: it has its figures, not its words."""
    sample = _telling(text)[:4_000]
    lost = "\ufffd" in text and sum(map(len, LOST.findall(text)))
    if lost and lost * 20 > len(WIDE.findall(text)):
        raise refused(where, "characters are lost in it, replaced by \ufffd", "Download or export it again")
    if sample.isascii() or _share_common(sample) > 0.01:
        return
    for wrong, right in GARBLED:
        meant = sample.encode(wrong, errors="ignore").decode(right, errors="ignore")
        if len(WIDE.findall(meant)) * 5 > len(meant) and _share_common(meant) > 0.05:
            what = f"this is {right} that was read as {wrong} and saved so: it begins {sample[:12]!r}"
            raise refused(where, what, "Download or export it again")


def _declared(data, errors):
    found = CHARSET.search(data, 0, 4096)
    if not found:
        return None
    name = (found[1] or found[2]).decode("ascii").lower().replace("-", "_")
    name = SUPERSETS.get(name)  # a known one: Python has codecs that are quadratic, or no encodings at all
    if name and errors == "surrogateescape" and _fits_but_for_some(data, name):
        return name
    return name if name and _expected(data, name) > 0.8 else None


def _fits_but_for_some(data, encoding):
    """Tell whether less than one byte in 500 is bad: in a wrong encoding it would be every tenth."""
    try:
        text = data.decode(encoding, "surrogateescape")
    except (UnicodeDecodeError, LookupError):
        return False
    return len(re.findall("[\udc80-\udcff]", text)) * 500 < len(data) and _share_common(_telling(text)) > 0.01


def _expected(data, encoding):
    """Share of the characters that a Chinese or English text is made of; 0 if it does not decode."""
    try:
        text = data.decode(encoding)
    except (UnicodeDecodeError, LookupError):
        return 0
    sample = _telling(text)
    return len(EXPECTED.findall(sample)) / max(len(sample), 1)


def _common(data, encoding):
    """Share of the commonest characters of reports: texts read in a wrong encoding have none."""
    return _share_common(_telling(data.decode(encoding)))


def _share_common(text):
    return sum(map(text.count, COMMON)) / max(len(text), 1)


def _telling(text):
    """Cut out the part that tells encodings apart: scripts of a page may go on for long before any text."""
    first = re.search(r"[^\0-\x7f]", text)
    start = max(first.start() - 500, 0) if first else 0
    return text[start : start + 20_000]


def _guessed(data, where):
    """Ask charset-normalizer, and let common characters decide where it takes GBK for Big5 or the reverse."""
    from charset_normalizer import from_bytes

    start = max(re.search(rb"[\x80-\xff]", data).start() - 500, 0)
    sample = data[start : start + 20_000]
    if len(data) > start + len(sample):  # no second byte of GBK or Big5 is a blank or a line end: cut there
        sample = sample[: max(map(sample.rfind, (b" ", b"\n", b"\r"))) + 1] or sample[:-1]
    best = from_bytes(sample, cp_isolation=CANDIDATES).best()
    names = [SUPERSETS.get(best.encoding, best.encoding)] if best else []
    fit = {
        name: _common(data, name) for name in [*names, "gb18030", "big5hkscs"] if _expected(data, name) > 0.8
    }
    if fit and (len(data) < 1_000 or max(fit.values()) > 0.01 or names == ["cp1252"]):
        return max(fit, key=lambda name: (fit[name], name == "gb18030" and len(data) < 100))
    raise refused(where, "no encoding makes a text of these bytes; the file is binary or damaged", RESAVE)

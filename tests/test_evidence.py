"""Evidence is shown where it stands, escaped, nested right and the same on every run."""

import html
import re
from html.parser import HTMLParser

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from youthresearch.documents import read_report
from youthresearch.evidence import UNSHOWABLE, save_evidence, save_text, show_evidence
from youthresearch.extract import extract_facts
from youthresearch.schema import DataError

REPORT = "2019年底，全区共有团干部520名，比试点前增加120名，增长30%。下一步计划新建团支部15个，其中社区xx个。"
HOSTILE = (
    "<script>alert(1)</script>\"onmouseover='x' &amp; &lt; ]]> --> \0 \ud800 \x1b[31m \u202e </mark></title>"
)
VOID = {"meta", "br", "link"}


class Page(HTMLParser):
    """Check that tags nest, and collect the text of the report, the tags and their attributes."""

    def __init__(self, page):
        super().__init__()
        self.open, self.tags, self.text, self.within = [], [], [], 0
        self.feed(page)
        self.close()
        assert not self.open

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        assert len(dict(attrs)) == len(attrs)
        if tag not in VOID:
            self.open.append(tag)
        if tag == "div" and dict(attrs).get("lang") == "zh":
            self.within = len(self.open)

    def handle_endtag(self, tag):
        if len(self.open) == self.within:
            self.within = 0
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.within:
            self.text.append(data)

    def marks(self):
        return [a for t, a in self.tags if t == "mark" and "title" in a]


def facts_at(text, *spans, **columns):
    """Make facts that stand at these places."""
    rows = [
        {"fact_id": f"f{i}", "kind": "level", "status": "achieved", "token": text[a:b], "start": a, "end": b}
        for i, (a, b) in enumerate(spans)
    ]
    names = ["fact_id", "kind", "status", "token", "start", "end"]
    columns = {name: pd.Series(cells, dtype=object) for name, cells in columns.items()}
    return pd.DataFrame(rows, columns=names, dtype=object).assign(**columns)


def shown(text):
    return UNSHOWABLE.sub("\ufffd", text)


def test_each_fact_is_marked_where_it_stands():
    facts = extract_facts(REPORT, source_id="own")
    page = Page(show_evidence(REPORT, facts)._repr_html_())
    assert "".join(page.text) == REPORT
    titles = "\n".join(mark["title"] for mark in page.marks())
    assert len(page.marks()) == len(facts)
    assert all(f"own-{i:03d}" in titles for i in range(1, len(facts) + 1))
    assert "520 名" in titles and "520..520" in titles and "low" in titles and "团干部" in titles
    assert "border-bottom" in str(page.tags)


def test_status_and_kind_are_seen():
    text = "甲1个乙2个丙3%"
    kinds, statuses = ["level", "change", "growth"], ["achieved", "planned", "masked"]
    facts = facts_at(text, (1, 3), (4, 6), (7, 9), kind=kinds, status=statuses)
    styles = [mark["style"] for mark in Page(show_evidence(text, facts)._repr_html_()).marks()]
    assert len({re.search("background:[^;]*", style)[0] for style in styles}) == 3
    assert ["dashed" in s for s in styles] == [False, True, False]
    assert ["dotted" in s for s in styles] == [False, False, True]


def test_repr_is_counts_only():
    facts = extract_facts(REPORT, source_id="own")
    evidence = show_evidence(REPORT, facts)
    assert re.fullmatch(
        r"Evidence: \d facts \(\d achieved, \d planned, 1 masked\) in \d+ characters; \d+ numbers refused",
        repr(evidence),
    )
    assert repr(show_evidence("", facts_at(""))) == "Evidence: 0 facts in 0 characters; 0 numbers refused"


@pytest.mark.slow
def test_a_document_shows_its_boilerplate_in_grey(tmp_path):
    path = tmp_path / "report.html"
    body = f"<p>{REPORT}</p>" * 3
    footer = "<p>版权所有：某某网 &lt;b&gt;</p>"
    path.write_text(f"<html><body><h1>工作报告</h1>{body}{footer}</body></html>", encoding="utf-8")
    document = read_report(path)
    facts = extract_facts(document, source_id="own")
    evidence = save_evidence(document, facts, tmp_path / "page.html")
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert "".join(Page(page).text) == document.text
    assert re.search(r'<span style="color:#666666[^>]*>版权所有', page)
    assert document.sha256 in page and document.paragraphs["place"].iloc[1] in page
    assert "".join(Page(evidence._repr_html_()).text) == document.text


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_page_stands_alone(tmp_path, lang):
    facts = extract_facts(REPORT, source_id="own")
    path = tmp_path / "page.html"
    save_evidence(REPORT, facts, path, lang=lang)
    data = path.read_bytes()
    page = Page(data.decode("utf-8"))
    assert page.tags[0] == ("html", {"lang": {"en": "en", "zh": "zh-CN"}[lang]})
    assert ("meta", {"charset": "utf-8"}) in page.tags and b"\r" not in data
    names = {name for name, _ in page.tags}
    assert not names & {"script", "link", "img", "iframe", "object"} and "details" in names
    assert not [a for _, attributes in page.tags for a in attributes if a == "src" or a.startswith("on")]
    ids = [a["id"] for _, a in page.tags if "id" in a]
    targets = {a["href"] for _, a in page.tags if "href" in a}
    assert len(ids) == len(set(ids)) == 2 * len(facts) and targets == {f"#{i}" for i in ids}
    assert "2019年底" in data.decode().split("<details>")[1]
    save_evidence(REPORT, facts, path, lang=lang)
    assert path.read_bytes() == data
    assert [p.name for p in tmp_path.iterdir()] == ["page.html"]


def test_everything_shown_is_escaped(tmp_path):
    text = f"共{HOSTILE}有5个{HOSTILE}"
    at = text.index("5个")
    names = ["fact_id", "kind", "status", "indicator", "noun", "rule", "hedge", "unit", "note", "source_id"]
    cells = {name: [HOSTILE, "'><b>"] for name in names} | {"value": [5.0, 6.0]}
    facts = facts_at(text, (at, at + 2), (1, at), noun_start=[1, 1], noun_end=[at + 1, at], **cells)
    facts.attrs["refused"] = {"start": [0], "end": [3], "token": ["]]>"], "reason": ["<script>"]}
    save_evidence(text, facts, tmp_path / "page.html")
    page = (tmp_path / "page.html").read_bytes().decode("utf-8")
    parsed = Page(page)
    assert "".join(parsed.text) == shown(text)
    assert not {"script", "b"} & {t for t, _ in parsed.tags}
    assert not [a for _, attributes in parsed.tags for a in attributes if a.startswith("on")]
    assert not UNSHOWABLE.search(page)
    assert shown(HOSTILE) in parsed.marks()[1]["title"]
    assert html.escape("<script>") in page.split("<details>")[1]
    assert repr(show_evidence(text, facts)).isprintable()


def test_facts_that_share_characters_share_a_mark():
    text = "支部3—5个，共100余名"
    facts = facts_at(text, (2, 6), (2, 6), (3, 4), (5, 8), (8, 13))
    marks = Page(show_evidence(text, facts)._repr_html_()).marks()
    assert [sum(f"f{i}" in mark["title"] for i in range(5)) for mark in marks] == [4, 1]


def test_overlapping_nouns_and_paragraphs_nest():
    text = "全市团组织\n达12个"
    facts = facts_at(text, (4, 7), (7, 10), noun_start=[2, 3], noun_end=[8, 5])
    page = Page(show_evidence(text, facts)._repr_html_())
    assert "".join(page.text) == text and len(page.marks()) == 2


@pytest.mark.slow
@given(st.data(), st.text(max_size=40))
def test_any_text_keeps_its_characters(data, text):
    spans = data.draw(st.lists(st.tuples(*[st.integers(0, len(text))] * 2).map(sorted), max_size=6))
    spans = [(a, b) for a, b in spans if a < b]
    nouns = {"noun_start": [b - 1 for _, b in spans], "noun_end": [len(text)] * len(spans)}
    page = show_evidence(text, facts_at(text, *spans, **nouns))._repr_html_()
    assert "".join(Page(page).text) == shown(text)


@pytest.mark.parametrize(
    ("changed", "value"),
    [
        *(("start", wrong) for wrong in (-1, 3, 1.5, "x", None)),
        *(("end", wrong) for wrong in (10**9, 2, 3, None)),
        *(("token", wrong) for wrong in ("6个", "", None)),
        ("noun_start", -1),
        ("noun_end", 99),
    ],
)
def test_a_token_that_does_not_stand_there_is_named(tmp_path, changed, value):
    text = "共有5个支部"
    facts = facts_at(text, (2, 4), (2, 4), noun_start=[4, 4], noun_end=[6, 6])
    facts.loc[1, changed] = value
    with pytest.raises(DataError, match="f1") as refused:
        save_evidence(text, facts, tmp_path / "page.html")
    assert list(refused.value.rows["fact_id"]) == ["f1"]
    assert not list(tmp_path.iterdir())


def test_other_tables_and_languages_are_refused():
    with pytest.raises(DataError, match="start"):
        show_evidence("", pd.DataFrame({"fact_id": []}))
    with pytest.raises(ValueError, match="lang"):
        show_evidence("", facts_at(""), lang="fr")


def test_a_page_is_written_whole_or_not_at_all(tmp_path, monkeypatch):
    path = tmp_path / "page.html"
    path.write_text("before", encoding="utf-8")

    def full(*_):
        raise OSError("no space left")

    with monkeypatch.context() as patched, pytest.raises(OSError):
        patched.setattr("os.replace", full)
        save_text("after", path)
    assert path.read_text(encoding="utf-8") == "before" and len(list(tmp_path.iterdir())) == 1


def test_a_link_stays_a_link(tmp_path, link):
    link(tmp_path / "link.html", tmp_path / "page.html")
    save_text("after", tmp_path / "link.html")
    assert (tmp_path / "link.html").is_symlink()
    assert (tmp_path / "page.html").read_text(encoding="utf-8") == "after"


def cells(path, lang):
    """Return the rows of the table of facts on the page of a report, as dicts of texts."""
    save_evidence(*drafted(path), path.with_suffix(".html"), lang=lang)
    page = path.with_suffix(".html").read_text(encoding="utf-8")
    table = re.search(r"<table>(.*?)</table>", page, re.S)[1]
    texts = [re.findall(r"<t[hd]>(.*?)</t[hd]>", row) for row in table.split("</tr>") if "<t" in row]
    names, *rows = [[html.unescape(re.sub("<.*?>", "", cell)) for cell in row] for row in texts]
    return [dict(zip(names, row, strict=True)) for row in rows]


def drafted(path):
    path.write_text("宝安区某街道2019年工作总结\n" + REPORT, encoding="utf-8")
    document = read_report(path)
    return document, extract_facts(document, source_id="one")


@pytest.mark.slow
def test_the_table_shows_in_words_all_that_a_coder_has_to_confirm(tmp_path):
    chinese, english = (cells(tmp_path / "report.txt", lang) for lang in ("zh", "en"))
    first = chinese[0]
    assert {"地区", "范围", "时点或时期", "期初", "期末", "指标"} <= first.keys()
    assert first["指标"] == "团干部（cadres）" and first["文件中位置"] == "第2行"
    assert first["约数词"] == "确数" and chinese[1]["比较基准"] == "试点前"
    told = {v for row in chinese for k, v in row.items() if k not in ("数据编号", "指标", "所属总体")}
    assert not [v for v in told if re.search("[a-z]{3}", v)]
    assert english[0]["Place in the file"] == "line 2" and english[1]["Kind"] == "change"

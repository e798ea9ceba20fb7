"""Reports as text: every format and encoding gives a Document, every hostile file a ReportError in time."""

import gc
import os
import pickle
import threading
import time
import weakref
import zipfile
import zlib
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO

import matplotlib as mpl
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import youthresearch
from youthresearch import deadline
from youthresearch.documents import read_report
from youthresearch.extract import extract_facts
from youthresearch.paragraphs import Limits, ReportError, width
from youthresearch.pdf import _pdf_blocks

FONT = os.path.join(os.path.dirname(youthresearch.__file__), "fonts", "NotoSansSC-Subset.ttf")
TITLE = "河湾区团委年度工作总结"
BODY = (
    "今年以来，全区新建社会领域团组织125个，较试点前增加40个，增长47.06%。",
    "组织青年志愿服务活动3000余场，参与人次近26.6万，覆盖12个街道。",
)
LONG = (
    "团区委坚持服务青年、服务大局，把团的工作延伸到园区、社区和新兴领域，"
    "团干部队伍不断充实，基层团组织的吸引力进一步增强。"
)
REPORT = "\n".join((TITLE, *BODY, LONG))
TRADITIONAL = (
    "今年以來，全區新建青年團組織一百二十五個，參與服務的青年志願者超過三千人。\n"
    "團區委將繼續推動基層組織改革。\n"
)


def write(folder, name, content):
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
    return path


def read(folder, content):
    return read_report(write(folder, "report", content))


def lines(document):
    return [document.text[p.start : p.end] for p in document.paragraphs.itertuples()]


def roles(document):
    return dict(zip(lines(document), document.paragraphs["role"], strict=True))


def check(document):
    """Check what holds for every Document: paragraphs tile the text, one newline apart."""
    table = document.paragraphs
    assert list(table.columns) == ["start", "end", "role", "place"]
    assert document.text == "\n".join(lines(document))
    assert all(line.rstrip() == line != "" and "\n" not in line for line in lines(document))
    assert table["start"].iloc[0] == 0 and table["end"].iloc[-1] == len(document.text)
    assert (table["start"].iloc[1:].to_numpy() == table["end"].iloc[:-1].to_numpy() + 1).all()
    assert set(table["role"]) <= {"heading", "body", "table", "boilerplate"}
    assert len(document.sha256) == 64
    document.text.encode("utf-8")
    return document


def refused(path, *words, **limits):
    """Check that a file is refused in time, and that the message names file, reason and remedy."""
    began = time.perf_counter()
    with pytest.raises(ReportError) as caught:
        read_report(path, limits=Limits(**limits))
    assert time.perf_counter() - began < 10
    told = str(caught.value)
    assert told.startswith(f"{path}: ") and told.endswith(".") and told.count(". ") >= 1
    assert all(word in told for word in words), told
    return told


# Plain text and encodings


@pytest.mark.parametrize(
    ("codec", "encoding", "decided_by"),
    [
        ("utf-8", "utf-8", "valid UTF-8"),
        ("utf-8-sig", "utf-8", "byte order mark"),
        ("utf-16", "utf-16", "byte order mark"),
        ("utf-16-le", "utf-16-le", "NUL bytes"),
        ("utf-16-be", "utf-16-be", "NUL bytes"),
        ("utf-32", "utf-32", "byte order mark"),
        ("gbk", "gb18030", "charset-normalizer"),
        ("gb18030", "gb18030", "charset-normalizer"),
    ],
)
def test_encodings(tmp_path, codec, encoding, decided_by):
    document = check(read_report(write(tmp_path, "a.txt", REPORT.encode(codec))))
    assert document.text == REPORT
    assert (document.encoding, document.decided_by) == (encoding, decided_by)
    assert document.media_type == "text/plain"


@pytest.mark.parametrize("repeat", [1, 300])
def test_big5(tmp_path, repeat):
    document = read_report(write(tmp_path, "a.txt", (TRADITIONAL * repeat).encode("big5")))
    assert document.text == (TRADITIONAL * repeat).rstrip("\n") and document.encoding == "big5hkscs"


@pytest.mark.parametrize("length", [5, 11, 40, 5_000])
def test_gbk_of_any_length(tmp_path, length):
    text = (REPORT.replace("\n", "") * 60)[:length]
    assert read_report(write(tmp_path, "a.txt", text.encode("gbk"))).text == text


def test_line_ends_blank_lines_and_control_characters(tmp_path):
    raw = f"\ufeff  {TITLE} \u3000\r\n\r\n{BODY[0][:9]}\u200b{BODY[0][9:]}\x07\r\t\n{LONG}\u2028完"
    document = check(read_report(write(tmp_path, "a.txt", raw)))
    assert lines(document) == [f"  {TITLE}", BODY[0], LONG, "完"]
    assert list(document.paragraphs["place"]) == ["line 1", "line 3", "line 5", "line 6"]


def wrapped(text, size, at):
    """Break a text into lines of one size, by characters or by columns of a terminal."""
    rows = [""]
    for c in text:
        if size(rows[-1] + c) > at:
            rows.append("")
        rows[-1] += c
    return "\n".join(rows)


@pytest.mark.parametrize(("size", "at"), [(len, 29), (width, 60)])
def test_lines_broken_at_one_width_are_joined(tmp_path, size, at):
    first, second = BODY[0] * 2 + LONG * 2, BODY[1] * 2 + LONG
    text = (
        f"{TITLE}\n\n{wrapped(first, size, at)}\n{wrapped('　　' + second, size, at)}\n一、团组织\n团支部36个"
    )
    document = check(read(tmp_path, text))
    assert lines(document) == [TITLE, first, f"　　{second}", "一、团组织", "团支部36个"]
    assert document.paragraphs["place"].iloc[1].startswith("lines 3-")
    apart = "\n\n".join([LONG[:40]] * 6)
    assert lines(read(tmp_path, apart)) == [LONG[:40]] * 6  # each a paragraph


def test_a_number_that_a_line_end_cuts_is_whole(tmp_path):
    text = "\n".join(
        ["今年全区各级团组织围绕中心服务大局共有团员12"]
        + ["00名今年全区各级团组织围绕中心服务共有团员12"] * 4
    )
    facts = extract_facts(read(tmp_path, text + "\n00名。"))
    assert facts["value"].tolist() == [1200] * 5


@pytest.mark.parametrize(
    "text",
    [
        "\n".join(["今年以来全区各级团组织围绕中心服务大局有团员36名。"] * 9),  # each a sentence
        "\n".join(["团委12个", "支部36个", "干部48名", "团员50名", "义工60名"]),  # a list
        "\n".join(f"某县某镇某某村团支部今年以来联系青年志愿者共计{n}人" for n in range(60, 69)),
        "历年人数\n"
        + "\n".join(
            f"{year}年全县新发展团员人数达到历史新高总计完成发展{year - 1950}" for year in range(2011, 2020)
        ),
        "\n".join([LONG, BODY[0], BODY[1], TITLE, LONG, BODY[0]]),  # of any length
        "\n".join(
            ["城东街道团工委及所属各级团组织  1200  360", "城西街道团工委及所属各级团组织  1100  350"] * 4
        ),
    ],
)
def test_lines_that_end_where_they_should_stay_lines(tmp_path, text):
    assert lines(read(tmp_path, text)) == text.split("\n")


def test_boilerplate_of_a_saved_page_is_flagged_and_kept(tmp_path):
    top = ["首页 > 新闻 > 正文", TITLE, "0", "分享至", "来源：区团委 | 被引量：0次 | 上传用户：abc"]
    end = [
        "相关推荐",
        "某地举行足球比赛，吸引观众3万人，场面十分热烈，赛后球迷久久不愿离去，交口称赞。",
        "2024-01-02 10:11:12",
    ]
    heading = "一、夯实基层基础"
    document = check(read_report(write(tmp_path, "a.txt", "\n\n".join([*top, BODY[0], heading, LONG, *end]))))
    found = roles(document)
    assert [found[t] for t in top] == ["boilerplate", "heading", *["boilerplate"] * 3]
    assert [found[t] for t in end] == ["boilerplate"] * 3
    assert (found[heading], found[BODY[0]], found[LONG]) == ("heading", "body", "body")


@pytest.mark.parametrize("line", ["阅读 1234 赞 56 在看 7", "阅读数：1.2万+　点赞 30", "浏览1023"])
def test_counters_of_a_page_are_boilerplate(tmp_path, line):
    document = read_report(write(tmp_path, "a.txt", "\n".join([TITLE, *BODY, LONG, line])))
    assert roles(document)[line] == "boilerplate"


@pytest.mark.slow
def test_readers_counted_in_a_table_are_figures_of_the_report(tmp_path):
    rows = "".join(f"<tr><td>{a}</td><td>{b}</td></tr>" for a, b in [("指标", "数值"), ("阅读量", "12000")])
    page = f"<html><body><p>{BODY[0]}</p><table>{rows}</table><p>{LONG}</p></body></html>"
    assert roles(read_report(write(tmp_path, "a.html", page)))["阅读量 | 12000"] == "table"


@pytest.mark.parametrize(
    "line",
    [
        "制作团组织二维码，方便青年扫码登录。",
        "新建团支部12个",
        "1100",
        "共青团河湾区委员会",
        "2023年12月30日",
        "附件：团组织名单",
        "点赞活动参与1234人次，转发56次",
        "阅读1234册图书",
        "阅读量1.2万，点赞3000。",
    ],
)
def test_lines_of_a_report_are_no_boilerplate(tmp_path, line):
    document = read_report(write(tmp_path, "a.txt", "\n".join([TITLE, *BODY, line, LONG, line])))
    found = document.paragraphs["role"]
    assert list(found.iloc[[1, 2, 4]]) == ["body"] * 3
    assert found.iloc[3] in ("body", "heading") and (found.iloc[5] == "body" or line == "1100")


def test_the_mark_of_an_end_before_any_body_ends_nothing(tmp_path):
    found = roles(read_report(write(tmp_path, "a.txt", "\n".join(["阅读全文", TITLE, *BODY]))))
    assert found["阅读全文"] == "boilerplate" and found[BODY[1]] == "body"


@pytest.mark.parametrize(("before", "after"), [(3, 5), (2, 4)])
def test_three_short_lines_before_a_report_and_five_after_it_are_of_the_page(tmp_path, before, after):
    top, end = ["首页要览", "政务公开", "互动交流"][:before], [f"友情站点{c}" for c in "甲乙丙丁戊"][:after]
    found = roles(read_report(write(tmp_path, "a.txt", "\n".join([*top, TITLE, *BODY, LONG, *end]))))
    assert {found[t] == "boilerplate" for t in top} == {before == 3}
    assert {found[t] == "boilerplate" for t in end} == {after == 5}
    assert found[BODY[0]] == found[LONG] == "body"


# HTML

MENU = "".join(f'<li><a href="/{i}">栏目{i}</a></li>' for i in range(12))
RELATED = "".join(f'<li><a href="/n{i}">第{i}届读书节在某市举行</a></li>' for i in range(15))
PAGE = f"""<!DOCTYPE html><html><head><meta charset="CHARSET"><title>x</title><style>p{{}}</style></head>
<body>
<div class="nav"><ul>{MENU}</ul></div>
<div class="content"><h1>{TITLE}</h1>
<p>&#12288;{BODY[0][:20]}
{BODY[0][20:]}</p><p>{BODY[1]}<br>{LONG}</p>
<table><tr><th>指标<th>数量<tr><td>团组织</td><td></td><td>1&nbsp;&lt; 125个</td></tr></table>
<p>{LONG}</p></div><script>var a = "<p>假的</p>";</script>
<div class="related"><h3>相关新闻</h3><ul>{RELATED}</ul></div>
<footer>版权所有 某网站</footer></body></html>"""


@pytest.mark.parametrize("charset", ["utf-8", "gb2312", "gbk", "big5", "utf-16"])
def test_html_in_every_encoding(tmp_path, charset):
    text = PAGE.replace("CHARSET", charset)
    if charset == "big5":
        text = text.encode("big5", errors="xmlcharrefreplace").decode("big5")
    document = check(read_report(write(tmp_path, "page.txt", text.encode(charset))))
    found = roles(document)
    assert document.media_type == "text/html"
    assert lines(document).count(LONG) == 2 and "假的" not in document.text
    assert (found[TITLE], found[BODY[0]], found[BODY[1]]) == ("heading", "body", "body")
    assert (found["指标 | 数量"], found["团组织 |  | 1 < 125个"]) == ("table", "table")
    assert found["栏目3"] == found["第3届读书节在某市举行"] == found["版权所有 某网站"] == "boilerplate"
    if charset.startswith("gb"):
        assert (document.encoding, document.decided_by) == ("gb18030", "declared in the page")


def test_html_places(tmp_path):
    document = read_report(write(tmp_path, "a.html", PAGE.replace("CHARSET", "utf-8")))
    place = dict(zip(lines(document), document.paragraphs["place"], strict=True))
    assert place[TITLE] == "h1 1" and place[BODY[1]] == "p 2"
    assert place["指标 | 数量"] == "table 1, row 1"


def test_a_layout_table_is_no_table(tmp_path):
    cell = f"<td><p>{BODY[0]}</p><p>{LONG * 2}</p></td>"
    page = f"<html><body><table><tr>{cell}<td>a</td></tr></table></body></html>"
    assert roles(read_report(write(tmp_path, "a.html", page)))[BODY[0]] == "body"


JOINED = [  # as a county's table of two years has them
    "单位 | 团组织 |  | 团员",
    " | 2020年 | 2021年 | 2021年",
    "城东街道 | 12个 | 15个 | 310名",
    "城西街道 | 8个 |  | 290名",
]


def test_cells_joined_in_a_page_keep_the_columns_of_the_others(tmp_path):
    page = f"""<html><body><p>{LONG}</p><table>
        <tr><td rowspan="2">单位<td colspan=2>团组织<td>团员
        <tr><td>2020年<td>2021年<td>2021年
        <tr><td>城东街道<td>12个<td>15个<td>310名
        <tr><td>城西街道<td colspan="2">8个<td>290名</table><p>{LONG}</p></body></html>"""
    assert lines(read(tmp_path, page))[1:-1] == JOINED
    document = read(tmp_path, f"<html><p>{LONG}</p><table><td>甲<td>1,100</table></html>")  # without a row
    assert lines(document)[1] == "甲 | 1,100"
    last = page.replace("<td>团员\n", '<td rowspan="2">团员\n').replace("<td>2021年<td>2021年", "<td>2021年")
    assert lines(read(tmp_path, last))[2] == " | 2020年 | 2021年 |"  # the cell that reaches down is the last
    for odd in ("0", "-1", "x", "1e9", "99999"):
        document = read(tmp_path, page.replace('rowspan="2"', f'rowspan="{odd}" colspan="{odd}"'))
        assert lines(document)[1] == JOINED[0]


def test_cells_joined_in_a_docx_keep_the_columns_of_the_others(tmp_path):
    def cell(text, properties=""):
        return f"<w:tc><w:tcPr>{properties}</w:tcPr>{p(text)}</w:tc>"

    two, below = '<w:gridSpan w:val="2"/>', "<w:vMerge/>"
    rows = [
        cell("单位", '<w:vMerge w:val="restart"/>') + cell("团组织", two) + cell("团员"),
        cell("", below) + cell("2020年") + cell("2021年") + cell("2021年"),
        cell("城东街道") + cell("12个") + cell("15个") + cell("310名"),
        cell("城西街道") + cell("8个", two) + cell("290名"),
    ]
    body = p(LONG) + "<w:tbl>" + "".join(f"<w:tr>{row}</w:tr>" for row in rows) + "</w:tbl>"
    assert lines(read_report(docx(tmp_path, body)))[1:] == JOINED


RAISED = "团员1100¹名，占地300m²，团支部36[²]个，用CO₂灭火器12只。"


@pytest.mark.slow
def test_raised_digits_of_a_page_do_not_run_into_a_number(tmp_path):
    marked = RAISED.translate({ord(c): f"<sup>{d}</sup>" for c, d in zip("¹²", "12", strict=True)})
    page = f"<html><body><p>{LONG}</p><p>{marked.replace('₂', '<sub>2</sub>')}</p><p>{LONG}</p></body></html>"
    assert lines(read(tmp_path, page))[1] == RAISED
    assert lines(read(tmp_path, f"<html><p>{LONG}<sup>1<p>团员36名</html>"))[1] == "团员36名"  # left open


def test_two_numbers_in_the_lines_of_a_cell_stay_two(tmp_path):
    page = f"<html><p>{LONG}</p><table><tr><td>团员<br>人数<td>120<br>850人</table><p>{LONG}</p></html>"
    assert lines(read(tmp_path, page))[1] == "团员 人数 | 120；850人"
    cell = f"<w:tc>{p('120')}{p('850人')}</w:tc>"
    body = f"<w:tbl><w:tr><w:tc>{p('团员')}</w:tc>{cell}</w:tr></w:tbl>"
    facts = extract_facts(read_report(docx(tmp_path, body)))
    assert 120850 not in facts["value"].tolist() and 850 in facts["value"].tolist()


def test_what_a_page_hides_inside_a_line_is_no_part_of_it(tmp_path):
    hidden = '<span style="display: none">99<b>8</b>8</span>'
    page = f"<html><body><p>{LONG}</p><p>团员12{hidden}<b>36</b>名。</p><p>{LONG}</p></body></html>"
    assert lines(read(tmp_path, page))[1] == "团员1236名。"
    left_open = page.replace("</b>8</span>", "</b>8")
    assert lines(read(tmp_path, left_open))[1:] == [
        "团员12",
        LONG,
    ]  # to the end of the paragraph, as a browser


def test_raised_digits_and_symbols_of_a_docx_do_not_run_into_a_number(tmp_path):
    def run(text, place):
        return f'<w:r><w:rPr><w:vertAlign w:val="{place}"/></w:rPr><w:t>{text}</w:t></w:r>'

    body = p(RAISED + "达标12")
    for sign, shown, place in [("¹", "1", "superscript"), ("²", "2", "superscript"), ("₂", "2", "subscript")]:
        body = body.replace(sign, f"</w:t></w:r>{run(shown, place)}<w:r><w:t>")
    tick = '<w:r><w:sym w:font="Wingdings" w:char="F0FC"/><w:t>34</w:t></w:r>'
    document = read_report(docx(tmp_path, body.removesuffix("</w:p>") + tick + "</w:p>"))
    assert document.text == RAISED + "达标12 34"


@pytest.mark.parametrize(
    "shown",
    [
        '<b title="display:none">团员12名</b>。',
        '<a name="x" title="display:none"></a>团员12名。',
        '<span style="display:none">9<a name="x">9</a></span>团员12名。',
    ],
)
def test_what_stands_beside_hidden_text_of_a_page_is_read(shown, tmp_path):
    page = f"<html><body><p>{LONG}</p><p>{shown}</p><p>{LONG}</p></body></html>"
    assert lines(read(tmp_path, page))[1] == "团员12名。"


def test_hidden_text_is_no_part_of_a_docx(tmp_path):
    hidden = "<w:r><w:rPr><w:vanish/></w:rPr><w:t>另有700个。</w:t></w:r>"
    shown = hidden.replace("<w:vanish/>", '<w:vanish w:val="0"/>')
    body = f"<w:p><w:pPr><w:rPr><w:vanish/></w:rPr></w:pPr><w:r><w:t>{LONG}</w:t></w:r>{hidden}{shown}</w:p>"
    assert read_report(docx(tmp_path, body)).text == LONG + "另有700个。"
    before = '<w:rPrChange w:id="1"><w:rPr><w:vanish/></w:rPr></w:rPrChange>'  # it was hidden once
    body = p(LONG).replace("</w:p>", hidden.replace("<w:vanish/>", before) + "</w:p>")
    assert read_report(docx(tmp_path, body)).text == LONG + "另有700个。"


@pytest.mark.parametrize("end", ["<!-- a comment", "<script>var a = 1;", "<style>p {"])
def test_a_page_cut_short_is_refused(tmp_path, end):
    """What follows is lost without a trace: a browser shows an empty page."""
    refused(write(tmp_path, "a.html", f"<html><body><p>{LONG}</p>{end}<p>{LONG}</p>"), "breaks off inside a")


def test_a_page_without_text_of_its_own_says_what_to_save(tmp_path):
    script = "<div id=app></div><script>draw()</script><noscript>请启用JavaScript</noscript>"
    frames = "<frameset><frame src=a.html><noframes>不支持框架</noframes></frameset>"
    for body in (script, frames):
        refused(write(tmp_path, "a.html", f"<html>{body}</html>"), "from a browser that shows it")


@pytest.mark.slow
def test_a_large_page_is_judged_by_its_links(tmp_path):
    link = '<p><a href="/x">某地举行读书节活动</a></p>'
    page = f"<html><body>{link * 10}{f'<p>{BODY[0]}</p>' * 4_000}</body></html>"
    document = check(read_report(write(tmp_path, "a.html", page)))
    assert document.paragraphs["role"].value_counts().to_dict() == {"body": 4_000, "boilerplate": 10}


@pytest.mark.parametrize(("charset", "codec"), [("utf-8", "utf-8"), ("gb2312", "gb18030")])
def test_bad_bytes_of_a_page_matter_in_its_text_alone(tmp_path, charset, codec):
    """Many sites cut the summary in <meta> at so many bytes, inside a character."""
    text = ("社会领域团组织全区共有1100个，较试点前增加418个。" * 30).encode(codec)
    head = f"<html><head><meta charset={charset}><meta name=description content='".encode()
    page = head + "总结团".encode(codec)[:-1] + b"'></head><body><p>" + text
    document = read(tmp_path, page + b"</p></body></html>")
    assert document.text.startswith("社会领域") and document.encoding == codec
    with pytest.raises(ReportError, match="bytes that are no character stand in its text"):
        read(tmp_path, page + "团".encode(codec)[:-1] + b"</p></body></html>")


@pytest.mark.parametrize("codec", ["gb18030", "big5hkscs"])
def test_an_encoding_is_told_by_the_text_and_not_by_the_script_before_it(tmp_path, codec):
    text = "臺北市青年組織達1100個，較試點前增加418個。為國家發展貢獻青春力量，學業與就業兩不誤。" * 5
    page = b"<html><script>" + b"var a = 1;\n" * 5_000 + b"</script><p>" + text.encode(codec)
    document = read(tmp_path, page)
    assert document.encoding == codec and document.text == text


@pytest.mark.parametrize("text", ["社会领域团组织全区共有1100个，较试点前增加418个。\n团员26551名。\n" * 3])
@pytest.mark.parametrize(
    ("right", "wrong"), [("gb18030", "cp1252"), ("utf-8", "gb18030"), ("gb18030", "latin-1")]
)
def test_a_text_saved_in_a_wrong_encoding_is_refused(tmp_path, text, right, wrong):
    """Its figures would be found, and every noun beside them be nonsense."""
    garbled = text.encode(right).decode(wrong, errors="ignore")
    with pytest.raises(ReportError, match=f"{right} that was read as|characters are lost"):
        read(tmp_path, garbled.encode())
    for fine in (
        "镕喆翀玥璟琰珺婧祎煜晟" * 9,
        "ÀÉÎÕÜ été déjà, Straße, über, año 1100",
        "組織は1100団体です。",
    ):
        assert read(tmp_path, fine.encode()).text == fine


def test_a_text_that_lost_its_characters_is_refused(tmp_path):
    with pytest.raises(ReportError, match="characters are lost in it"):
        read(tmp_path, "共青\ufffd组织达1100个，\ufffd员26551名".encode())
    english = "The League\ufffds members are 73 million, in 3.6 million organisations \ufffd 2021."
    assert read(tmp_path, english.encode()).text == english


def test_a_wrongly_declared_charset_is_not_believed(tmp_path):
    page = f'<html><meta charset="iso-8859-1"><body><p>{BODY[0]}</p><p>{LONG}</p></body></html>'
    assert read_report(write(tmp_path, "a.html", page.encode("gbk"))).encoding == "gb18030"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("page", "words"),
    [
        (lambda: "<html><div " + " ".join(f"a{i}=1" for i in range(300_000)) + ">报告", "300,000 attributes"),
        (
            lambda: "<html><div " + " ".join(f'a{i}=">"' for i in range(300_000)) + ">报告",
            "300,000 attributes",
        ),
        (lambda: "<html>" + "<div>" * 200_000 + "报告", "nested deeper"),
        (lambda: "<html>" + "<b>" * 200_000 + "报告", "nested deeper"),
        (lambda: "<html>" + "<table><tr><td>" * 60_000 + "报告", "nested deeper"),
        (lambda: "<html>报告" + "<a " * 500_000, "breaks off inside a tag"),
        (lambda: "<html><p>报告</p><!-- " + "<p>" * 9 + "</p", "breaks off inside a comment"),
        (lambda: "<html>报告" + "<" * 1_000_000, None),
        (lambda: "<html>报告" + "<!-- " * 300_000, "breaks off inside a comment"),
        (lambda: "<html>报告" + "<svg>" * 9_000, None),
        (lambda: "<html>报告&#" + "9" * 1_000_000 + ";", None),
        (lambda: "<html>报告" + " " * 3_000_000 + "告", None),
        (lambda: "<html>" + "<div><p>新建团组织12个，很好</p></div>" * 2_900, None),
        (
            lambda: '<!DOCTYPE html [<!ENTITY a SYSTEM "file:///etc/hostname">]><html><p>报告&a;</p></html>',
            None,
        ),
    ],
)
def test_hostile_pages(tmp_path, page, words):
    path = write(tmp_path, "a.html", page())
    if words:
        refused(path, words)
    else:
        began = time.perf_counter()
        check(read_report(path))
        assert time.perf_counter() - began < 10


def test_cells_that_reach_down_are_counted_before_a_row_is_put_together(tmp_path, monkeypatch):
    """Two hundred of them above a hundred thousand rows are 60 megabytes of marks, made outside the time."""
    tall = "<tr>" + "<td rowspan=999>1</td>" * 50 + "</tr>"
    path = write(tmp_path, "a.html", f"<html><p>{LONG}</p><table>{tall}{'<tr><td>2</td></tr>' * 100}</table>")
    assert read_report(path).text.count("|") > 5_000
    monkeypatch.setattr("youthresearch.webpage.merge_rows", None)
    refused(path, "8,000 characters", characters=8_000)


# DOCX

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    f'<Override PartName="/word/document.xml" ContentType="{MAIN}"/></Types>'
)


def p(text, properties=""):
    return f"<w:p>{properties}<w:r><w:t>{text}</w:t></w:r></w:p>"


def docx(folder, body, *, head="", members=()):
    path = folder / "a.docx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", TYPES)
        archive.writestr("word/document.xml", f"{head}<w:document {W}><w:body>{body}</w:body></w:document>")
        for name, content in members:
            archive.writestr(name, content)
    return path


def test_docx(tmp_path):
    styles = (
        f'<w:styles {W}><w:style w:styleId="a1"><w:name w:val="heading 1"/></w:style>'
        '<w:style w:styleId="a2"><w:basedOn w:val="a1"/><w:name w:val="小标题"/></w:style>'
        '<w:style w:styleId="b1"><w:pPr><w:outlineLvl w:val="1"/></w:pPr></w:style>'
        '<w:style w:styleId="b2"><w:basedOn w:val="b1"/></w:style>'
        '<w:style w:styleId="c1"><w:basedOn w:val="c1"/></w:style></w:styles>'
    )
    box = "<w:txbxContent>" + p("文本框里有团干部36名。") + "</w:txbxContent>"
    alternate = (
        '<mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006">'
        f"<mc:Choice>{box}</mc:Choice><mc:Fallback>{box}</mc:Fallback></mc:AlternateContent>"
    )
    body = (
        p("工作总结", '<w:pPr><w:pStyle w:val="a1"/></w:pPr>')
        + p("新建团组织12个。", '<w:pPr><w:pStyle w:val="b2"/></w:pPr>')
        + p("覆盖3个街道。", '<w:pPr><w:pStyle w:val="c1"/><w:tabs><w:tab w:pos="9"/></w:tabs></w:pPr>')
        + "<w:p><w:r><w:t>团员</w:t></w:r><w:del><w:r><w:delText>99</w:delText></w:r></w:del>"
        "<w:ins><w:r><w:t>350</w:t></w:r></w:ins><w:moveFrom><w:r><w:t>旧</w:t></w:r></w:moveFrom>"
        "<w:r><w:tab/><w:t>名</w:t><w:br/><w:t>第二行</w:t></w:r></w:p>"
        + f"<w:p><w:r><w:t>框前</w:t>{alternate}<w:t>框后。</w:t></w:r></w:p>"
        + f"<w:tbl><w:tr><w:tc>{p('指标')}</w:tc><w:tc>{p('数量')}</w:tc></w:tr>"
        f"<w:tr><w:tc>{p('团')}{p('支部')}</w:tc><w:tc>{p('18')}</w:tc></w:tr></w:tbl>"
        + f"<w:tbl><w:tr><w:tc>{p(LONG)}{p(BODY[0])}</w:tc></w:tr></w:tbl>"
    )
    document = check(read_report(docx(tmp_path, body, members=[("word/styles.xml", styles)])))
    expected = ["工作总结", "新建团组织12个。", "覆盖3个街道。", "团员350\t名", "第二行", "框前框后。"]
    expected += ["文本框里有团干部36名。", "指标 | 数量", "团 支部 | 18", LONG, BODY[0]]
    assert lines(document) == expected
    found = roles(document)
    assert found["工作总结"] == found["新建团组织12个。"] == "heading" and found["覆盖3个街道。"] == "body"
    assert found["指标 | 数量"] == found["团 支部 | 18"] == "table" and found[LONG] == "body"
    assert list(document.paragraphs["place"].iloc[[0, 6, 8]]) == [
        "paragraph 1",
        "paragraph 6, text box",
        "table 1, row 2",
    ]


def test_a_paragraph_whose_mark_is_deleted_goes_on_in_the_next(tmp_path):
    """As Word shows it with all changes accepted; 20名 would be no figure of the text."""
    gone = '<w:pPr><w:rPr><w:del w:id="1" w:author="x"/></w:rPr></w:pPr>'
    row = f"<w:tc>{p('团员', gone)}</w:tc><w:tc>{p('3')}</w:tc>"
    body = p("团干部1", gone) + p("20名。") + p("完。", gone) + f"<w:tbl><w:tr>{row}</w:tr></w:tbl>"
    document = check(read_report(docx(tmp_path, body + p("末", gone))))
    assert lines(document) == ["团干部120名。", "完。", "团员 | 3", "末"]


def test_paragraphs_and_tables_of_a_drawing_end_none_of_the_text(tmp_path):
    drawing = (
        '<a:tbl xmlns:a="u"><a:tr><a:tc><a:p><a:pPr/><a:r><a:t>图</a:t></a:r></a:p></a:tc></a:tr></a:tbl>'
    )
    runs = ("<w:t>团员</w:t>", f"<w:drawing>{drawing}</w:drawing>", "<w:t>数</w:t>")
    cell = f"<w:p>{''.join(f'<w:r>{run}</w:r>' for run in runs)}</w:p>"
    body = f"<w:tbl><w:tr><w:tc>{cell}</w:tc><w:tc>{p('350')}</w:tc></w:tr></w:tbl>"
    assert lines(check(read_report(docx(tmp_path, body)))) == ["团员数 | 350"]


@pytest.mark.slow
def test_hostile_docx(tmp_path):
    entities = '<!DOCTYPE l [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    external = '<!DOCTYPE l [<!ENTITY a SYSTEM "file:///etc/hostname">]>'
    refused(docx(tmp_path, "<w:p/>" * 3_000_000), "zip bombs", "word/document.xml")
    refused(docx(tmp_path, "<w:p/>" * 210_000), "200,000 paragraphs", ratio=10_000)
    refused(docx(tmp_path, p("团" * 20_000_000)), "zip bombs")
    refused(docx(tmp_path, p("团" * 9_000)), "8,000 characters", characters=8_000)
    refused(docx(tmp_path, p("&b;"), head=entities), "DTD")
    refused(docx(tmp_path, p("&a;"), head=external), "DTD")
    refused(docx(tmp_path, "<w:tbl><w:tr><w:tc>" * 20_000), "nested deeper than 250")
    refused(docx(tmp_path, p("团") + "</w:x>"), "damaged")
    refused(docx(tmp_path, p("团"), members=[(f"{i}", "") for i in range(6_000)]), "more than 5,000 files")
    refused(docx(tmp_path, "<w:p/>"), "no text")


def test_joined_cells_of_a_docx_are_counted_before_a_row_is_put_together(tmp_path, monkeypatch):
    """A million cells, each joined of 99, would be hundreds of megabytes by then."""
    joined = '<w:tc><w:tcPr><w:gridSpan w:val="99"/></w:tcPr></w:tc>' * 30
    path = docx(tmp_path, f"<w:tbl><w:tr>{joined}<w:tc>{p('1')}</w:tc></w:tr></w:tbl>")
    assert read_report(path).text.count("|") == 30 * 99
    monkeypatch.setattr("youthresearch.docx.merge_rows", None)
    refused(path, "8,000 characters", characters=8_000)


@pytest.mark.parametrize("cut", [30, 200, -60, -1])
def test_a_docx_cut_short_is_refused(tmp_path, cut):
    data = docx(tmp_path, p(LONG)).read_bytes()
    refused(write(tmp_path, "cut.docx", data[:cut]), "cut short")


def test_a_docx_with_a_wrong_check_sum_is_refused(tmp_path):
    with zipfile.ZipFile(docx(tmp_path, p(LONG)), "a", zipfile.ZIP_STORED) as archive:
        archive.writestr("word/styles.xml", f"<w:styles {W}/>")
    data = (tmp_path / "a.docx").read_bytes().replace(b"<w:styles ", b"<w:stylez ")
    refused(write(tmp_path, "bad.docx", data), "damaged")


@pytest.mark.parametrize(
    ("member", "words"),
    [
        ("xl/workbook.xml", "Excel"),
        ("ppt/presentation.xml", "PowerPoint"),
        ("mimetype", "OpenDocument"),
        ("a.txt", "a zip"),
    ],
)
def test_other_zip_files_are_refused(tmp_path, member, words):
    path = tmp_path / "a.docx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(member, "x")
    refused(path, words, "not a Word document")


@pytest.mark.parametrize(
    ("member", "words"),
    [
        ("xl/workbook.xml", "an Excel workbook, damaged or cut short"),
        ("ppt/presentation.xml", "a PowerPoint file, damaged"),
        ("mimetype", "an OpenDocument or EPUB file, damaged"),
        ("word/document.xml", "a DOCX, damaged"),
        ("a.txt", "a zip archive, damaged"),
    ],
)
def test_a_damaged_zip_file_is_named_by_what_is_left_of_it(tmp_path, member, words):
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "xl/ppt/")
        archive.writestr(member, "x" * 99)
    refused(write(tmp_path, "a.docx", out.getvalue()[:-30]), words)


# PDF


def pdf(content, *, filters=b"/FlateDecode", extra=(), resources=b""):
    """Return a PDF of one page with this (packed) content."""
    stream = b"<</Length %d/Filter[%s]>>\nstream\n%s\nendstream" % (len(content), filters, content)
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>%s>>>>"
        % resources,
        stream,
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
        *extra,
    ]
    out, offsets = b"%PDF-1.4\n", []
    for number, item in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, item)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    size = len(objects) + 1
    return (
        b"%sxref\n0 %d\n0000000000 65535 f \n%strailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n"
        % (out, size, table, size, len(out))
    )


TEXT = b"BT /F 12 Tf (125 new groups) Tj ET"


@pytest.fixture(scope="session")
def chinese_pdf(tmp_path_factory):
    """Two pages of 9 and 4 full lines, each with a running page number."""
    from matplotlib.backends.backend_pdf import PdfPages
    from matplotlib.figure import Figure
    from matplotlib.font_manager import FontProperties

    font = FontProperties(fname=FONT)
    path = tmp_path_factory.mktemp("pdf") / "a.pdf"
    with mpl.rc_context({"pdf.fonttype": 42}), PdfPages(path) as pages:
        for number, rows in enumerate(
            (
                ["团组织数量增长情况"] + ["全区团组织数量增长到一千个"] * 8,
                ["全区团组织数量增长到一千个"] * 3 + ["团员1100人。"],
            ),
            1,
        ):
            figure = Figure()
            for i, row in enumerate([*rows, f"- {number} -"]):
                figure.text(0.1, 0.9 - 0.06 * i, row, fontproperties=font)
            pages.savefig(figure)
    return path


@pytest.mark.slow
def test_a_table_of_a_pdf_is_read_unless_a_row_lacks_a_cell(tmp_path):
    from matplotlib.figure import Figure
    from matplotlib.font_manager import FontProperties

    def page(*rows):
        figure = Figure()
        for i, row in enumerate(["2021年各街道团员情况（单位：人）", *rows]):
            for j, cell in enumerate(row.split() if i else [row]):
                figure.text(0.1 + 0.2 * j, 0.9 - 0.06 * i, cell, fontproperties=FontProperties(fname=FONT))
        with mpl.rc_context({"pdf.fonttype": 42}):
            figure.savefig(tmp_path / "a.pdf")
        facts = extract_facts(read_report(tmp_path / "a.pdf"))
        return facts[["scope", "noun", "value", "unit"]].to_numpy().tolist()

    assert page("街道 男团员 女团员", "城东街道 120 130", "城西街道 90 87")[:2] == [
        ["城东街道", "男团员", 120, "人"],
        ["城东街道", "女团员", 130, "人"],
    ]
    short = page("街道 男团员 女团员 团干部", "城东街道 120 12", "城西街道 90 7")
    assert not {"女团员", "团干部"} & {noun for _, noun, *_ in short}


@pytest.mark.slow
def test_pdf_lines_are_joined_over_pages(chinese_pdf):
    document = check(read_report(chinese_pdf))
    line = "全区团组织数量增长到一千个"
    assert lines(document) == ["团组织数量增长情况", line * 11 + "团员1100人。", "- 1 -", "- 2 -"]
    assert list(document.paragraphs["role"]) == ["heading", "body", "boilerplate", "boilerplate"]
    assert list(document.paragraphs["place"]) == ["page 1", "pages 1-2", "page 1", "page 2"]
    assert document.media_type == "application/pdf" and document.encoding == ""


@pytest.mark.parametrize(("pages", "running"), [(3, True), (2, False)])
def test_a_line_at_the_head_of_three_pages_is_no_part_of_the_text(pages, running):
    page = f"河湾区团委工作简报\n{LONG}\n{BODY[0]}"
    heads = [b for b in _pdf_blocks([page] * pages) if b.text.startswith("河湾区")]
    assert [b.role == "boilerplate" for b in heads] == [running] * pages


def test_rows_of_a_table_are_not_joined_to_a_paragraph():
    rows = ["街道 男 女 新发展 合计", "城东街道 1200 1130 120 2330", "城西街道 900 870 85 1770"]
    found = [b.text for b in _pdf_blocks(["2021年各街道团员情况（单位：人）\n" + "\n".join(rows)])]
    assert found == ["2021年各街道团员情况（单位：人）", *(row.replace(" ", "  ") for row in rows)]
    for apart in ("工 作 总 结", "团 委1 2 个", "发展团员 1200 名", "城东街道 120 130"):  # no cells, or alone
        assert [b.text for b in _pdf_blocks([apart])] == [apart]
    units = "发展团员 1200 名\n培训干部 300 人"
    assert "\n".join(b.text for b in _pdf_blocks([units])).count("  ") == 0


def test_a_number_that_the_end_of_a_line_cuts_is_one_number():
    cut = [
        "今年以来全区各级团组织共有团员110",
        "0名比去年同期增加了一百名增长9.",
        "9%其中女团员500名有团支部12",
        "0个",
    ]
    assert [b.text for b in _pdf_blocks(["\n".join(cut)])] == ["".join(cut)]
    latin = ["The league had founded groups by the end of 2021", "36 of them in the year 2020 alone."]
    assert [b.text for b in _pdf_blocks(["\n".join(latin)])] == [" ".join(latin)]


@pytest.mark.slow  # as pyarrow then keeps the text of tables
def test_halves_of_characters_in_a_pdf_are_replaced(tmp_path):
    """A font may map its codes to lone surrogates, which no table of strings can hold."""
    names = b"1 begincodespacerange <0000> <ffff> endcodespacerange\n3 beginbfchar\n"
    names += b"<0001> <d800>\n<0002> <dc00>\n<0003> <56e2>\nendbfchar"
    own = b"<</Type/Font/Subtype/Type0/Encoding/Identity-H/ToUnicode 7 0 R/DescendantFonts[8 0 R]>>"
    extra = [own, b"<</Length %d>>\nstream\n%s\nendstream" % (len(names), names)]
    extra += [b"<</Type/Font/Subtype/CIDFontType2/BaseFont/X/CIDSystemInfo<<>>/DW 1000>>"]
    shown = zlib.compress(b"BT /F 12 Tf <000100020003> Tj ET")
    data = pdf(shown, extra=extra).replace(b"/F 5 0 R", b"/F 6 0 R")
    assert check(read_report(write(tmp_path, "a.pdf", data))).text == "\ufffd\ufffd团"


@pytest.mark.parametrize(("sizes", "text"), [((12, 8), "1100¹"), ((12, 12), "11001")])
def test_small_digits_of_a_pdf_do_not_run_into_a_number(tmp_path, sizes, text):
    shown = [b"BT /F 1 Tf %d 0 0 %d 50 700 Tm (1100) Tj ET" % (sizes[0], sizes[0])]
    shown += [b"BT /F 1 Tf %d 0 0 %d 76.7 704 Tm (1) Tj ET" % (sizes[1], sizes[1])]
    shown += [b"BT /F 1 Tf 12 0 0 12 84 700 Tm (new groups) Tj ET"]
    document = read_report(write(tmp_path, "a.pdf", pdf(zlib.compress(b"\n".join(shown)))))
    assert document.text.startswith(text)


def test_latin_lines_are_joined_with_a_blank(tmp_path):
    content = b"BT /F 12 Tf 14 TL (The league has founded many) Tj T* (new groups in all districts) Tj ET"
    document = read_report(write(tmp_path, "a.pdf", pdf(zlib.compress(content))))
    assert document.text == "The league has founded many new groups in all districts"


def bomb(megabytes):
    packer = zlib.compressobj(9)
    return b"".join(packer.compress(b" " * 10**6) for _ in range(megabytes)) + packer.flush()


@pytest.mark.slow
def test_hostile_pdf(tmp_path):
    head = b"<</Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</A %d 0 R>>>>/Length 60>>\n"
    forms = [head % (i + 7) + b"stream\n" + b"/A Do " * 10 + b"\nendstream" for i in range(12)]
    calls = pdf(zlib.compress(b"/A Do"), extra=forms, resources=b"/XObject<</A 6 0 R>>")
    refused(write(tmp_path, "a.pdf", pdf(bomb(60))), "unpacks to more than the limits")
    refused(
        write(tmp_path, "a.pdf", pdf(zlib.compress(bomb(300)), filters=b"/FlateDecode/FlateDecode")),
        "unpacks",
    )
    refused(write(tmp_path, "a.pdf", calls), "takes more than 0.5 s", seconds=0.5)
    refused(write(tmp_path, "a.pdf", pdf(zlib.compress(b"q Q"))), "no text layer", "OCR")
    refused(write(tmp_path, "a.pdf", pdf(zlib.compress(TEXT)).replace(b"Kids[3", b"Kids[2")), "damaged")
    refused(write(tmp_path, "a.pdf", pdf(zlib.compress(TEXT))[:-30]), "cut short")
    refused(write(tmp_path, "a.pdf", b"%PDF-1.4\n" + b"<<" * 100_000 + b"%%EOF"), "damaged")


def test_a_pdf_that_unpacks_without_a_filter_s_limit_is_refused(tmp_path):
    bomb = b"%PDF-1.7\n4 0 obj\n<< /Filter /ASCII85Decode >>\nstream\n" + b"z" * 2_000_000 + b"~>\n%%EOF"
    refused(write(tmp_path, "a.pdf", bomb), "unpacks to more than the limits")


@pytest.mark.parametrize(("password", "reads"), [("secret", False), ("", True)])
def test_encrypted_pdf(tmp_path, chinese_pdf, password, reads):
    import pypdf

    writer = pypdf.PdfWriter()
    writer.append(pypdf.PdfReader(chinese_pdf))
    writer.encrypt(password, owner_password="owner", algorithm="RC4-128")
    out = BytesIO()
    writer.write(out)
    path = write(tmp_path, "a.pdf", out.getvalue())
    if reads:
        assert "1100" in read_report(path).text
    else:
        refused(path, "encrypted", "password")


@pytest.mark.parametrize(
    "cipher",
    [
        b"/V 5/R 6/CF<</StdCF<</CFM/AESV3/Length 32>>>>/StmF/StdCF/StrF/StdCF/Length 256"
        b"/OE<%b>/UE<%b>/Perms<%b>" % (b"00" * 32, b"00" * 32, b"00" * 16),
        b"/V 99/R 99",  # none that anybody knows
    ],
)
def test_a_pdf_in_a_cipher_that_cannot_be_opened_is_called_encrypted(tmp_path, cipher):
    """Most encrypted files are AES, for which pypdf needs a package of its own."""
    encrypted = b"/Encrypt<</Filter/Standard%b/O<%b>/U<%b>/P -4>>/ID[<00><00>]>>\nstartxref" % (
        cipher,
        b"00" * 48,
        b"00" * 48,
    )
    data = pdf(zlib.compress(TEXT)).replace(b">>\nstartxref", encrypted).replace(b">>startxref", encrypted)
    assert b"/Encrypt" in data
    refused(write(tmp_path, "a.pdf", data), "the PDF is encrypted", "password")


def test_time_is_kept_in_any_thread_and_nothing_fires_afterwards(tmp_path):
    path = write(tmp_path, "a.html", "<html>" + "<p>团组织，很好</p>" * 20_000)
    with ThreadPoolExecutor(4) as pool:
        for future in [pool.submit(read_report, path, limits=Limits(seconds=0.04 * i)) for i in range(1, 4)]:
            assert future.exception() is None or "takes more than" in str(future.exception())
        assert list(pool.map(sum, [range(10_000)] * 400)) == [49_995_000] * 400


def test_what_is_read_in_time_comes_back_and_so_does_its_error():
    assert deadline.within(60, divmod, 7, 2) == (3, 1)
    with pytest.raises(ZeroDivisionError):
        deadline.within(60, divmod, 7, 0)


class Fading:
    """Takes a while to go."""

    def __del__(self):
        idle(0.01)


def idle(seconds):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        pass


def dying_objects():
    Fading()
    idle(0.01)


def swallowing():
    try:
        idle(0.3)
    except BaseException:
        SWALLOWED.append(1)
        if len(SWALLOWED) > 2:
            raise


SWALLOWED = []


@pytest.mark.slow
@pytest.mark.parametrize("step", [dying_objects, swallowing])
def test_one_lost_exception_does_not_lift_the_limit(step):
    def read():
        end = time.monotonic() + 30  # so that a lifted limit fails the test instead of hanging it
        while time.monotonic() < end:
            step()

    SWALLOWED.clear()
    threads = threading.active_count()
    with pytest.raises(deadline.OutOfTime):
        deadline.within(0.05, read)
    assert threading.active_count() == threads  # it has ended, and is not left behind


class Held:
    """Waits in its destructor, if asked to, until it is let go."""

    def __init__(self, wait=None):
        self.wait = wait

    def __del__(self):
        if self.wait:
            self.wait()


def wait_in_destructor(wait):
    Held(wait)


def wait_in_callback(wait):
    weakref.finalize(held := Held(), wait)
    del held


def wait_in_collection(wait):
    """As hypothesis' clock of the garbage collector, in which an exception is printed and lost."""

    def hook(phase, info):
        if threading.current_thread() is thread and phase == "start":
            wait()

    thread = threading.current_thread()
    gc.callbacks.append(hook)
    try:
        gc.collect(0)
    finally:
        gc.callbacks.remove(hook)


@pytest.mark.parametrize(
    ("work", "there"),
    [
        (wait_in_destructor, True),
        (wait_in_callback, True),
        (wait_in_collection, True),
        (lambda wait: wait(), False),
    ],
)
def test_no_exception_is_aimed_at_a_destructor(work, there):
    entered, leave = threading.Event(), threading.Event()
    thread = threading.Thread(target=work, args=[lambda: entered.set() or leave.wait(30)])
    thread.start()
    assert entered.wait(30)
    found = deadline._in_destructor(thread.ident)
    leave.set()
    thread.join()
    assert found == there


# Files that are no reports

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b" \r\n\n", "no text"),
        (b"\xef\xbb\xbf", "no text"),
        (bytes(range(256)) * 40, "binary"),
        (b"\x89PNG\r\n\x1a\n" + bytes(99), "picture"),
        (b"\x1f\x8b" + bytes(99), "gzip"),
        (b"{\\rtf1 abc}", "RTF"),
        (b"MIME-Version: 1.0\n", "MHTML"),
        (OLE + "WordDocument".encode("utf-16-le"), ".doc"),
        (OLE + "EncryptedPackage".encode("utf-16-le"), "encrypted"),
        (OLE, "legacy Office"),
        (REPORT.encode()[:-1], "cut short"),
        (REPORT.encode().replace("团".encode(), b"\xe5\xff", 1), "UTF-8 with bad bytes"),
        (b"\xff\xfe" + REPORT.encode("utf-16-le")[:-1], "not valid utf-16"),
        (bytes(0x81 + (i * i * 7919 + i // 3) % 0x7D for i in range(9_000)), "no encoding"),
    ],
)
def test_refused_by_content(tmp_path, content, words):
    refused(write(tmp_path, "report.txt", content), words)


def test_refused_by_kind(tmp_path):
    refused(tmp_path / "missing.txt", "no such file")
    refused(tmp_path, "a folder")
    refused("a\0b", "cannot be opened")


def test_links_that_lead_nowhere_are_refused(tmp_path, link):
    link(tmp_path / "dangling", "nowhere")
    link(tmp_path / "loop", "loop")
    refused(tmp_path / "dangling", "nowhere", "link")
    refused(tmp_path / "loop", "cannot be opened")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes on this system")
def test_pipes_and_devices_are_not_opened(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    refused(tmp_path / "pipe", "a pipe")
    refused(os.devnull, "a device")


@pytest.mark.skipif(os.name == "nt", reason="all of it would be written there")
@pytest.mark.parametrize("magic", [b"", b"PK\x03\x04", b"%PDF-1.7", b"<html>"])
def test_a_sparse_file_of_10_gb_is_refused_by_its_size(tmp_path, magic):
    path = write(tmp_path, "a.txt", magic)
    os.truncate(path, 10 * 2**30)
    refused(path, "10,737,418,240 bytes", "limits.bytes")


@pytest.mark.slow
def test_limits_hold_for_plain_text(tmp_path):
    path = write(tmp_path, "a.txt", "团\n" * 1_000_000)
    refused(path, "200,000 paragraphs")
    refused(path, "limits.paragraphs", paragraphs=3)
    refused(path, "10 characters", characters=10, paragraphs=10**7)
    refused(path, "limit 100", bytes=100)


def test_a_link_to_a_report_is_followed(tmp_path, link):
    link(tmp_path / "link", write(tmp_path, "a.txt", REPORT))
    assert read_report(str(tmp_path / "link")).text == REPORT


# The Document itself


def test_documents_show_themselves_shortly_and_escaped(tmp_path):
    text = f"{TITLE}\n<script>alert(1)</script>，{LONG}"
    document = read_report(write(tmp_path, "a.txt", text))
    assert repr(document) == (
        f"Document: {len(text)} characters, 2 paragraphs (1 heading, 1 body); "
        f"text/plain, utf-8 (valid UTF-8); sha256 {document.sha256[:12]}"
    )
    shown = document._repr_html_()
    assert "<script>" not in shown and "&lt;script&gt;" in shown and str(tmp_path) not in shown


def test_documents_and_errors_travel_between_processes(tmp_path):
    document = read_report(write(tmp_path, "a.txt", REPORT))
    again = pickle.loads(pickle.dumps(document))
    assert again.text == REPORT
    pd.testing.assert_frame_equal(again.paragraphs, document.paragraphs)
    with pytest.raises(ReportError) as caught:
        read_report(tmp_path / "missing")
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)


# Any bytes at all

MARKUP = (
    b"<p>|</p>|<table><tr><td>|</td>|<div class='a>|"
    b"<td rowspan=9>|<td colspan=9>|</tr>|</table>|<!--|<script>|&#x;|<html>|PK\x03\x04|%PDF-1.4\n|%%EOF"
)
TEXTS = [BODY[0].encode(), BODY[1].encode("gbk"), TRADITIONAL.encode("big5"), "团".encode("utf-16-le")]
TEXTS += [b"\r", b"\n\n", b" ", b"\xff\xfe", b"\xef\xbb\xbf", b"\0", TEXT, "相关推荐\n".encode()]
PIECES = st.sampled_from(MARKUP.split(b"|") + TEXTS)
SEARCH = settings(deadline=5_000, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.mark.slow
@SEARCH
@given(
    st.one_of(st.binary(max_size=300), st.lists(PIECES | st.binary(max_size=4), max_size=12).map(b"".join))
)
def test_any_bytes_give_a_document_or_a_report_error(tmp_path, data):
    try:
        check(read_report(write(tmp_path, "any", data)))
    except ReportError as error:
        assert str(tmp_path / "any") in str(error)


@SEARCH
@given(st.text(max_size=200))
def test_any_text_is_kept_character_by_character(tmp_path, text):
    try:
        document = check(read_report(write(tmp_path, "any", f"题{text}".encode("utf-8", "replace"))))
    except ReportError:
        return
    if document.media_type == "text/plain":
        assert set(document.text) <= set(f"题{text}\n?")


@SEARCH
@given(st.integers(0, 2_000), st.binary(min_size=1, max_size=3))
def test_a_damaged_docx_or_pdf_never_crashes(tmp_path, at, damage):
    for data in (docx(tmp_path, p(LONG) + p(BODY[0])).read_bytes(), pdf(zlib.compress(TEXT))):
        at %= len(data)
        try:
            check(read_report(write(tmp_path, "any", data[:at] + damage + data[at + len(damage) :])))
        except ReportError:
            continue

"""Which paragraphs are headings, and which are no part of the report."""

import re

from .paragraphs import STARTS

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
COUNTERS = re.compile(  # of a page itself: 阅读 1234 赞 56 在看 7; with commas they are a report's
    r"(?:[^\w。；，;]*+(?:阅读|浏览|播放|点击|点?赞|在看|喜欢|评论|留言|收藏|转发|分享)(?:数|量|次数)?[^\w。；，;]*+"
    r"\d[\d.,]*+[万wW]?\+?)++[^\w。；，;]*+"
)
STAMP = re.compile(r"\s*(?:\d{1,7}|\d{4}-\d\d?-\d\d?(?:\s+\d\d?:\d\d(?::\d\d)?)?(?:\s+\d+)?)\s*")
FIGURE = re.compile(r"[0-9０-９xX×][余多]?[万亿千百]?\s*[个名人家场支期篇项次元户条位％%]")
BYLINE = re.compile(r"\W*(?:撰文|作者|记者|通讯员|文|图)\s*[:：/]")
WORDS = re.compile(r"(?:[^\W\d_].*){4}")  # more letters than 年月日
SENTENCE = re.compile(r"[。！？；!?;，,]")
SIGNED = re.compile(r"委员会|团[县区市省工]?委|\d{4}年|附件")


def _is_prose(text):
    return len(text) >= 30 and SENTENCE.search(text) is not None


def flag_boilerplate(blocks, edges):
    """Flag what surrounds a report, by rules a reader can check; never drop it.

    1. Once there has been a sentence of body, a line such as 相关推荐, 其他文献 or 特别声明: ends the report.
    2. A short line with a mark of page furniture (来源:, 分享至, 上传用户, 版权所有) is furniture; so is one
       that only counts its readers, if it is in no table.
    3. In saved pages, before the first sentence: bare numbers, time stamps, three or more lines in a row of
       eight characters or fewer; after the last one: five lines or more without figure or signature.
    """
    prose = [i for i, b in enumerate(blocks) if b.role != "boilerplate" and _is_prose(b.text)]
    ended = False
    for i, block in enumerate(blocks):
        ends = len(block.text) <= 300 and ENDS.fullmatch(block.text.strip()) is not None
        ended = ended or (ends and bool(prose) and prose[0] < i)
        counts = block.role == "body" and COUNTERS.fullmatch(block.text) is not None
        if ended or ends or counts or _is_marked(block.text):
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


def flag_headings(blocks):
    """Flag short lines without a figure that lead into prose, within three paragraphs."""
    kept = [b for b in blocks if b.role != "boilerplate"]
    for i, block in enumerate(kept):
        text = block.text.strip()
        short = len(text) <= 40 and text[-1] not in "。；;！!，,、…：:" and "。" not in text
        if block.role == "body" and short and WORDS.search(text) and not FIGURE.search(text):
            leads = STARTS.match(text) or any(_is_prose(b.text) for b in kept[i + 1 : i + 4])
            block.role = "heading" if leads and i + 1 < len(kept) and not BYLINE.match(text) else "body"

"""What the title of a document and the headings of its parts make of the figures below them."""

import re

from .norms import gives_orders, is_rule, is_titled_rule

HEAD = 200  # characters of a document in which its title is looked for
HEADING = 40  # characters of a paragraph in which its heading is looked for
_AGENDAS = "思路|计划|打算|安排|展望|要点"
# Where every branch begins with a character, `re` searches at once.
_AGENDA = re.compile(f"工作(?:{_AGENDAS})|年(?:{_AGENDAS})")
_BUDGET = re.compile(r"(?:部门|单位|(?<!全)年度?|收支)预算(?!执行|完成|调整|的)")
_SPENT = re.compile("绩效|自评|决算")
_BUDGETED = re.compile(  # heads a paragraph of one
    "(?:收入预算|支出预算|收支预算|经费预算(?=安排|总计|合计|[为是共]|情况|说明)|年初预算数(?<![成占]年初预算数)"
    "|财政拨款安排)(?!执行|完成|调整)"
)
_CALL = re.compile(  # for candidates
    r"^[^。\n《]{0,30}关于(?!公布|表彰|通报|命名|[^。\n]{0,60}(?:结果|情况))[^。\n《]{0,30}?(?:评选|推荐|选拔|招募|遴选|推报|申报|选聘|招聘|做好|举办)"
    r"[^。\n]{0,90}?的(?:通知|公告|通告)",
    re.M,
)
_PLANNED = re.compile(  # for a quick look
    f"{_AGENDA.pattern}|下一?步|下一?阶段|下半年|打算|努力方向|计划安排|展望|今后|任务书|招|实施规模"
)
_PLAN = re.compile(  # a heading, with nothing counted in it: not 全年安排资金300万元
    rf"(?:{_AGENDA.pattern}|下一步|展望未来|今后|任务书|招(?:聘|录|生)(?:岗位|单位)|招募(?:公告|启事|简章))"
    r"[^,;:。\d]{0,20}(?:[:。\n]|$)"
    r"|(?:^|(?<=[、.) ,:]))(?:下一步|展望未来|今后(?!工作需要))"
    r"|(?:^|(?<=[、.) ,:及和]))(?:下一?步|下一?阶段|下半年|努力方向)[^,;:。\d]{0,12}[:\n]"
    r"|^[^,;:。]{0,12}(?:打算|计划安排)[:\n]"
    r"|招(?:聘|录|生)(?:人数|计划|职数|名额)(?!\d|由|[^|\n\d]{0,12}\| ?\d+[个名人])"
    r"|招募(?:岗位数|人数|规模)(?![;,。])|实施规模(?=[:\n]|$)"
)
_ANNOUNCES = re.compile(rf"(?:提出|明确|部署)了?[^,。;:]{{0,12}}(?:{_AGENDA.pattern})[^,。;:]{{0,8}}:$")
_GOAL = re.compile(
    r"(?=[^,。;:\n]*+[:\n])(?:(?!完成|(?<!要)实现(?!的)|达成)[^,。;\n]){0,30}"
    r"(?:目标(?:任务)?(?:是|为|申报)?|预期指标|(?:名额(?!完成)|[评推]选(?:项目|数量|范围))[^,。;:\n\d]{0,10}|奖项设置|奖励设置|招[聘考录][^,。;:\n]{0,8}人数"
    r"|竞[聘选](?:职务|岗位|职位)|(?:岗位|职位)设置|职务人数)(?:一览)?表?(?:\([^()\n]*\))?[:\n]"
)
_PAST = re.compile(  # 2018年工作总结和2019年工作计划
    r"总结|回顾|按照?[^,。;]{0,24}(?:安排|要点|计划|打算),|根据[^,。;]{0,24}(?:安排|要点|计划|打算),"
)
_REVIEW = re.compile(r"^ {0,4}[一二三四五六七八九十]、|总结|回顾|^ {0,4}(?:据统计|据了解|截[至止]|目前)")
_ANNOUNCED = re.compile(  # what the rest of its paragraph lists
    r"[^。;:\n]{0,40}(?:确定|决定|提出|明确)了?[^。;:\n\d]{0,4}\d{1,2}项[^。;:\n\d]{0,6}(?:措施|举措):"
    r"|[^。;:\n]*?(?:今年|明年|全年|本年度?|下半年|下一步)的?(?:主要|重点|目标|工作){0,2}任务(?:有|是|为|共|包括)[^,。;:\n]{0,6}:"
)
_PROGRAMME = re.compile(  # 2023年民生实事安排如下:, 今年将办好十件实事, 任务分解表
    r"(?![^。;:\n]*(?:完成|落实|办结|兑现|实现|已|了|情况|进展|列入))[^。;:\n]{0,40}?"
    r"(?:(?:将[^。;:\n]{0,12}(?:办|做|实施|推[进出])|提出|确定|决定|安排|[发公]布|推出)[^。;:\n]{0,24}实事[^。;:\n\d]{0,14}(?:$|[。:\n])"
    r"|[^。;:\n]{0,20}实事(?:项目|清单)?[^,。;:\n]{0,10}(?:印发|[发公]布|出炉|敲定)"
    r"|第[一二三四五六七八九十]件实事(?:是|:)"
    r"|(?:实事|任务清单|任务分解|任务安排|行动计划)[^。;:\n\d]{0,14}(?:如下。|[:\n]))"
)
_ITEM = re.compile(  # of a programme: 一、, (2), 3., 一是, ①, a row
    r" {0,4}(?:[一二三四五六七八九十]{1,3}[、是]|[(][一二三四五六七八九十\d]{1,3}[)]"
    r"|\d{1,3}[.、 |\t]|[①-⑳—·●]|序号)"
    r"|[^,。;:]*+$"  # a cell
)


def title_says(folded):
    """Say what the head of a document makes of all its figures: a call for candidates, a budget, a rule."""
    head, ordered = folded[:HEAD], gives_orders(folded)
    return {
        "budget": bool(_BUDGET.search(head)) and not _SPENT.search(head),
        "call": ordered or bool(_CALL.search(head)),
        "rule": (ordered and not _AGENDA.search(head)) or is_titled_rule(folded),
    }


def paragraph_says(opening, before, title):
    """Say what the first sentence of a paragraph, or a heading above it, makes of the figures in it.

    Parameters
    ----------
    opening : str
        The first sentence.
    before : dict
        What was returned for the paragraph before; first, plan and items are False and rule empty.
    title : dict
        As from `title_says`.

    Returns
    -------
    dict
        plan, items, rule: of the plan for the coming year, of a programme or its items, or of a rule, and so
        those below may be; planned, ruled: the same of this one alone; budget.
    """
    plan, rule = title["call"] or _is_plan(opening, before["plan"]), is_rule(opening, before["rule"])
    items = _is_programme(opening) or (before["items"] and bool(_ITEM.match(opening)))
    return {
        "plan": plan,
        "rule": rule,
        "items": items,
        "planned": plan or items or (":" in opening and bool(_ANNOUNCED.match(opening))),
        "ruled": bool(title["rule"] or rule),
        "budget": title["budget"] or bool("决算" not in opening and _BUDGETED.search(opening[:HEADING])),
    }


def _is_programme(opening):
    """Tell whether a paragraph announces what shall be done, which the items below it then list."""
    if "实事" not in opening and "任务" not in opening and "行动计划" not in opening:
        return False
    return bool(_PROGRAMME.match(opening))


def _is_plan(paragraph, planned):
    """Tell whether a paragraph is of the plan for the coming year: one heading opens it, another ends it."""
    head = paragraph[:HEADING]
    titled = ":" in head or "\n" in head
    plan = (_PLANNED.search(head) and _PLAN.search(head)) or (titled and _GOAL.match(head))
    if (plan and not _PAST.search(head)) or (":" in paragraph[-2:] and _ANNOUNCES.search(paragraph)):
        return True
    return planned and not _REVIEW.search(head)

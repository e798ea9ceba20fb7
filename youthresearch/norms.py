"""Numbers of rules: from where on something holds, or what may not be passed. They measure nothing.

Work reports quote rules. A threshold has its consequence in the sentence (满30小时的，授予...), a limit
says what one may take or spend, or caps what is told already (每人最多3次, 40元/人; 由3至5人组成，一般
不超过7人: the 7). But what a rule sets is planned, so a figure: seats of a body (由3至5人组成, 设书记1名),
quotas of what is real (评选不超过10名, 女职工不少于20%), benefits (可享受每月2000元的补贴). So is what each
unit owes (每名干部联系不少于10名青年), which is no matter of this module.

`_FORMS` holds what is known, by groups, one row a form of words; the first that fits tells the norm.
"""

from functools import cache
from typing import NamedTuple

from .words import compiled

NORMS = ("threshold", "limit")
SET = "set"  # no norm, but what a rule sets
COUNTS = ("个", "名", "人", "项", "支", "篇", "张", "份", "次")
REACH = 60  # characters before and after a number in which its condition and its consequence are looked for
TITLE = 160  # characters of a document in which its title is looked for
BEGINNING = 1500  # characters of a document of which it is asked whether they give orders
OPENING = 400  # characters of a document in which it names itself (本办法)
HEADING = 40  # characters of a paragraph in which its heading is looked for


def is_rule(paragraph, held):
    """Tell whether a paragraph is of a rule: its heading names conditions or standards, or one before did.

    Parameters
    ----------
    paragraph : str
        Its first sentence.
    held : str
        What was returned for the paragraph before, first an empty text.

    Returns
    -------
    str
        Empty if it is of none; else how far that holds: heading (to the next heading) or list (over the
        items below 应具备下列条件:).
    """
    marks, head = _marks(), paragraph[:HEADING]
    if marks["article"].match(head):
        return "heading"
    if marks["condition"].search(head) or ":" in paragraph[-3:]:
        if marks["conditions"].match(head):
            return "heading"
        if marks["following"].search(paragraph):
            return "list"
    return "" if held and marks[held].match(head) else held


def is_titled_rule(folded):
    """Tell whether a document is a rule: by a line of its head (管理办法), or by what it calls itself."""
    marks, lines = _marks(), folded[:TITLE].split("\n")[:3]
    titles = {title for line in lines for title in (line, line.partition(" ")[0])}
    return any(map(marks["title"].fullmatch, titles)) or bool(marks["itself"].search(folded[:OPENING]))


def gives_orders(folded):
    """Tell whether a document says what is to be done and not what was, as rules and notices do.

    It has at least four words of orders at its beginning, and three to each word of what happened.
    """
    marks, head = _marks(), folded[:BEGINNING]
    orders = len(marks["orders"].findall(head))
    return orders >= 4 and orders >= 3 * len(marks["happened"].findall(head))


def may_hold_norms(folded, start, end, ruled):
    """Tell at a glance whether a sentence has a word of rules."""
    return bool(ruled or _marks()["glance"].search(folded, start, end))


def norm_of(mention, folded, sentence, ruled, before=None):
    """Say what norm a quantity states, or nothing.

    Parameters
    ----------
    mention : dict
        As from `quantities.scan_folded`, of sort quantity or bare, or a rank, which is never a norm.
    folded : str
    sentence : dict
        start and end of its sentence.
    ruled : bool
        Whether the sentence is of a rule or of its conditions.
    before : tuple, optional
        End, norm and unit of the last quantity of the paragraph, if it was one (see `_like_the_last`).

    Returns
    -------
    str
        threshold or limit; set for a figure that the rule sets, empty for any other.
    """
    if mention["sort"] == "rank":
        return ""
    marks, start, end = _marks(), mention["start"], mention["end"]
    lead = folded[max(sentence["start"], start - REACH) : start]
    rest = folded[end : min(sentence["end"], end + REACH)]
    if folded.startswith(("不得", "不能", "不应"), start):
        if (
            mention["hedge"] == "at_least"
            and mention["unit"] not in ("%", "元")
            and marks["regular"].search(lead)
        ):
            return ""  # 每学期不得少于两次, 走访农户不得少于6户
        lead += folded[start : start + 2]
    if marks["full"].search(lead):
        return "threshold"
    if marks["surplus"].match(rest):
        return SET
    if before and lead.endswith(("(含", "(包括")):
        return before[1] if before[1] != SET else "limit"
    if before and before[2] in (mention["unit"], "") and marks["joined"].fullmatch(folded, before[0], start):
        return before[1]
    reached = folded.startswith("最多达", start) and mention["unit"] != "元"  # 场均参与人数最多达300人
    if reached or (marks["done"].search(lead) and not marks["made_of"].search(lead)):
        return ""
    if folded.startswith(("不小于", "不大于"), start):  # nobody measures so
        return "threshold"
    if folded.startswith(("不超过", "不多于"), start) and mention["unit"] in COUNTS:
        if marks["quota"].search(lead):
            return SET
        if marks["measured"].search(lead):
            return ""
        return SET if marks["capped"].search(lead) else "limit"
    norm = _by_words(mention, lead, rest)
    if before and not norm:
        since = folded[max(before[0], start - REACH) : start]
        norm = _like_the_last(before, mention, since, before[0] > sentence["start"])
    return norm or (_of_rule(mention, lead, rest) if ruled else "")


def _like_the_last(before, mention, since, together):
    """Say what a number is that comes after a norm: what a threshold grants, a bounded share."""
    grants = before[1] == "threshold" and mention["unit"] != "次"  # 获得表彰3次 happened
    if together and grants and _marks()["granted"].search(since):
        return "limit"
    if mention["hedge"] in _BOUNDS and mention["unit"] == "%" and (together or before[2] == "%"):
        return before[1]
    return ""


def _by_words(mention, lead, rest):
    """Return the norm of the first form that fits."""
    hedge, unit = mention["hedge"], mention["unit"]
    if mention["resolution"] != mention["resolution"] and unit == "%":
        hedge = "part"  # 半数, 三分之二
    for norm, form in _rules(hedge, unit):
        if form.before.search(lead) and form.after.match(rest):
            return norm
    return "limit" if mention["value"] == 1 and _marks()["equals"].match(rest) else ""


def _of_rule(mention, lead, rest):
    """Say what a number in a rule states: what it sets (设主席1名), or a bound, unless somebody owes it."""
    marks, measured = _marks(), mention["unit"] in ("%", "元", "倍", "小时")
    if marks["seat"].search(lead) or _is_set(mention, lead, rest):
        return SET
    if marks["means"].search(lead):
        return ""
    if not measured and marks["owing"].search(lead) and not marks["size"].search(lead):
        return ""
    # a number of persons may be a quota, so planned
    return "threshold" if mention["hedge"] in _BOUNDS or measured else ""


def _is_set(mention, lead, rest):
    """Tell whether a rule sets a share of persons, of money that is passed on, or what is to be paid."""
    marks, exact = _marks(), mention["hedge"] == "exact"
    if mention["unit"] == "%":
        return bool(
            marks["passed_on"].match(rest)
            or (mention["hedge"] in _BOUNDS and marks["who"].search(lead))
            or mention["hedge"] == "about"
            or (exact and marks["parted"].search(lead))
        )
    return mention["unit"] == "元" and exact and bool(marks["dues"].search(lead))


_BOUNDS = frozenset({"at_least", "at_most", "under", "over"})
_LOW, _HIGH, _RANGE = frozenset({"at_least", "over"}), frozenset({"at_most"}), frozenset({"range"})
_PART = frozenset({"part"})  # 半数, 三分之二
_EXACT = frozenset({"exact"})
_COUNTED = frozenset((*COUNTS, "%"))
_GIVEN = frozenset(("元", "项", "种"))  # what one may have but once; times have an end
_YUAN, _PERCENT, _HOURS, _TIMES = map(frozenset, (["元"], ["%"], ["小时"], ["次", "人次"]))


class Form(NamedTuple):
    """A form of words that makes a number a norm: what stands on either side, how it is hedged, its unit.

    before: searched for 60 characters back in its sentence; after: what follows at once. Both are patterns
    with names of `_NAMES` in them.
    """

    before: str
    after: str = ""
    hedges: frozenset | None = None  # any
    units: frozenset | None = None


_NAMES = {
    "CONSEQUENCE": (  # 满30小时的,授予...
        r"[^。;]{0,40}?(?:的|者|及以上)[^,。;]{0,6},(?:由|均|分别|一律)?(?:GRANTS)"
        r"|[^,。;]{0,20}(?:的|者)[^,。;\d]{0,14}(?:,[^,。;\d]{1,8})?,?"
        r"(?:将|则|一律)?(?:均?可(?!以?[见持])|不得(?!不)|须|不[能予]|不参评|取消|注销|免予|视为)"
        r"|[^,。;]{0,20}(?:,|(?<!展示))(?:[方才][可能]|始得)|,(?:分别|即)?可(?:享受|获|申|领|评|认定)"
        r"|(?:、[\d.]{1,6}(?:小时|次|个|场)?){0,8}[\u4e00-\u9fff]{0,3},?(?:可以?)?(?<=[可以,])分别(?:再次)?"
        r"(?:授予|认定|评为|评定|给予|奖励|参加|晋升)|[^,。;]{0,14}后,可以?(?:申请|参加|认定|获|享)"
    ),
    "SETS_UP": (  # 超过50名、100名的,分别建立
        r"(?:、[\d.]{1,6}[\u4e00-\u9fff]{0,2}){0,3}的,(?:分别|均|一律|即|则|就)?"
        r"(?:建立|[成设]立|设置|组建|纳入|实行)(?![^,。;]{0,14}\d)"
    ),
    "LINE": "的?NEAR{0,6}(?:控制(?:目标|线|指标|数)|警戒线)",  # 低于5%的控制目标
    "MAY": r"(?:可(?:以|(?=单独|享|获|申|领|评|认定))(?![谓说见持])|应当|须|不得(?!不))",
    "THAN_MORE": "(?:超过|高于|多于|大于)",
    "THAN_LESS": "(?:少于|低于|小于)",
    "QUOTA": "评选|表彰|推荐|推报|推选|选树|名额|比例",
    "VOTE": "赞成|同意|表决|到会|得票",
    "NEAR": r"[^,。;、\d]",  # of the same clause
    "NUMBER": r"[\d一二三四五六七八九十]{1,3}",
    "ITEM": r"^ {0,4}(?:[(]?NUMBER[)]|NUMBER[、.])? {0,2}",
    "CHAPTER": r"^ {0,4}(?:[一二三四五六七八九十]{1,3}[、.]|第[一二三四五六七八九十百]{1,4}[条章]",
}
_FORMS = {  # group -> norm and forms; of all groups the first form that fits tells the norm
    "a consequence or a permission follows": (
        "threshold",
        [
            Form("", "CONSEQUENCE", _BOUNDS),
            Form("(?:达到?|累计|超过)$", "CONSEQUENCE"),
            Form("", r"[^,。;\d]{0,6},MAY", _BOUNDS),
            Form("", r"的,?(?:每[人月年次户]|按照?|一次性|给予|奖励|补[贴助])", _BOUNDS | _RANGE),
            Form("", "者[,。]", _BOUNDS | _RANGE),
            Form("(?:不够|达到?|满)$", "时,"),
            Form("", "SETS_UP", _BOUNDS | {"nearly"}),
            Form("", "NEAR{0,4}[即便]可"),
            Form("", "LINE", _BOUNDS),
            Form("", "时,", _BOUNDS),
            Form("", "NEAR{0,6}以上的?可以?(?:建|设|成立|组成)"),
        ],
    ),
    "what a rule sets: 由5至12名组成, 设委员3至5名, 不超过团员总数的5%, 按5%的比例推荐, 可享受2000元": (
        SET,
        [
            Form("^(?!.*(?:组建|成立|建立)[^,。;]*$)", "(?:的?[^,。;]{0,8})组成", _BOUNDS | _RANGE),
            Form(r"(?<![增建])设(?![立有计施])[^,。;\d]{0,12}$", hedges=_RANGE),
            Form("设[^。;]{0,24}(?:总?[监计唱]票人|总监票)$"),
            Form(
                r"(?<![增建])设NEAR{1,10}$", "NEAR{0,2},?由NEAR{1,14}(?:担任|兼任)", _EXACT | _RANGE, _COUNTED
            ),
            Form("(?:一般|原则上|可以?)(?:配备?|配置|设置?|设立)NEAR{0,6}$", "", _EXACT | _RANGE, _COUNTED),
            Form(
                "(?<!额度)(?<!金额)(?<!贷款)不(?:得|应|能)?(?:THAN_MORE|THAN_LESS)"
                "NEAR{1,20}(?:的|[数量额]) ?$",
                units=_PERCENT,
            ),
            Form("名额NEAR{0,10}$", "", _RANGE, _COUNTED),
            Form("(?:ORGANISATION|委)(?:人数|编制)?一般(?:为|设|有)?$", "", _RANGE, _COUNTED),
            Form("(?<!分)配(?:备|齐|有)?NEAR{0,12}$", "", _RANGE, _COUNTED),
            Form(r"标准(?:为|是|提高到|按)?[^,。;\d]{0,14}的$", units=_PERCENT),
            Form(
                r"按照?(?!计划|要求|规定)[^,。;]{0,40}$",
                "以[上内下]的|的?(?:比例|标准|幅度|差额)|[给予]予|补|推|评|选|提|划|拨|缴|上[交报]|申报|返还|留|发展|确定|配",
                units=_PERCENT,
            ),
            Form(r"^(?!.*(?:最[多高]|不超过)).*(?<![许认计])可以?享受[^,。;\d]{0,8}$", "", _EXACT, _GIVEN),
            Form(
                r"(?<![许认计])可[以再]?(?:一次性|按月|分别)?(?:给予|发放|补[助贴]|奖励)NEAR{0,14}$",
                "",
                _EXACT,
                _YUAN,
            ),
        ],
    ),
    "what has to be: 人数一般应在6人以上, 必须有1名教师, 必须超过总数的20%": (
        "threshold",
        [
            Form("(?:应该?|应当|一般|通常|原则上)(?:应该?|应当|需|须)?(?:在|为|是|达到)?$", hedges=_LOW),
            Form(r"^(?!.*[每各][^,。;]*$).*(?:必须|须|应当?)(?:具有|有|由)$"),
            Form("(?:必须|须|应当?)(?:超过|达到|占)NEAR{1,20}的 ?$"),
            Form("最[少低]$", hedges=_LOW),
            Form("(?:身高|(?<!具)体重|视力|绩点)NEAR{0,6}$", hedges=_BOUNDS),
            Form("", "的?(?:视?为|算)(?:不?合格|达标|通过)"),
        ],
    ),
    "who qualifies: 排名班级前50%, 二星级志愿者要求服务时长为300小时": (
        "threshold",
        [
            Form(r"(?:排名|成绩|专业|班级|年级)NEAR{0,6}前$", units=_PERCENT),
            Form(r"[一二三四五]星[^,。;]*(?:要求|应|需|达到?|满|超过|为|在)[^,。;\d]{0,12}$", units=_HOURS),
        ],
    ),
    "votes": (
        "threshold",
        [
            Form("VOTE", "[^。;]*(?:必须|须|应当|有效(?!投?票)|当选)", _BOUNDS, _PERCENT),
            Form("(?:VOTE)[^。;]*(?:必须|须|应当)", hedges=_BOUNDS, units=_PERCENT),
            Form("VOTE", "", _PART, _PERCENT),
            Form("", "[^。;]{0,8}(?:VOTE|有选举权)", _PART, _PERCENT),
        ],
    ),
    "points and fines": (
        "threshold",
        [
            Form("", r"[^。;]*(?:扣 ?\d|[加得] ?\d(?:[-—~]\d{1,2})? ?分(?![\u4e00-\u9fff]))"),
            Form("", "[^,。;]{0,14}(?:罚款|罚金)", units=_TIMES),
            Form("", "[^,。;]{0,14}(?:罚款|罚金)", _BOUNDS, _YUAN),
        ],
    ),
    "what may not be passed: 不得超过40%, 可给予600元, 每次最长为2小时, 不超过团员总数的5%": (
        "limit",
        [
            Form(r"(?<![舍了])不得(?![不已])NEAR{0,24}$"),
            Form("不能$", hedges=_HIGH),
            Form(
                r"(?<![许认计])可[以再]?(?:一次性|按月|分别)?(?:享受|获得?|给予|发放|申请|申报|领取|报销|兑换|补助)"
                r"[^,。;]{0,18}(?<![达有共])$"
            ),
            Form(r"(?:最长|最多)(?:为|是|可达?|不得?超过)$|最高(?:可|不得?超过)$"),
            Form(
                "(?:最多|至多|最高)(?:可以?|只?能)?"
                "(?:享受|申[请报领]|领取|参加|获得?|报[名销]|补[贴助]|推荐|选择|使用|连任|上浮)NEAR{0,6}$"
            ),
            Form("", "NEAR{0,8}为限"),
            Form("最高(?:新台币|人民币)$", units=_YUAN),
            Form("限(?:报|推荐?|招|申报|填|选|购|领|借)NEAR{0,4}$"),
            Form("(?:额度|贷款|补[贴助]|奖[金励]|资助)NEAR{0,8}最高(?:可达|达|为)?$", units=_YUAN),
            Form("最高(?:奖金|奖励|补贴|补助|资助|额度|贷款)(?:可达|为|可)?$", units=_YUAN),
            Form(r"不(?:得|应|能)?(?:THAN_MORE)NEAR{1,20}的 ?$"),
            Form("(?:封顶线|上限|起付线)[^,。;]{0,14}$", units=_YUAN),
        ],
    ),
    "usual sizes: 一般不超过3名, 每队不超过5人; but 每人联系1至2个 is owed": (
        "limit",
        [
            Form(
                r"(?:一般|原则上|最多|最高可?|金额|通常|建议(?<![出集纳见求到、]建议)|应(?![届急])(?<![响供适相反对]应))"
                r"(?!NEAR*(?:每人|人均))NEAR{0,14}$",
                hedges=_HIGH | _RANGE,
            ),
            Form(r"(?:每人|人均)NEAR{0,14}$", hedges=_HIGH | _RANGE, units=_YUAN),
            Form(
                r"(?:每[名位个人队组]|QUOTA|申报|奖励|额度|标准|单价|限额|字数|篇幅|人数)"
                r"NEAR{0,10}$",
                hedges=_HIGH,
            ),
        ],
    ),
    "rates of pay and sizes: 误餐费40元/人, 每队人数为5至8人": (
        "limit",
        [
            Form(r"(?<!经)费(?:标准)?[^,。;\d每]{0,4}$", " ?/", units=_YUAN),
            Form(
                r"按照?(?:标准)?[^,。;\d每]{0,4}$",
                " ?/(?!NEAR{0,8}(?:发放|给予|补[助贴]|奖励))",
                units=_YUAN,
            ),
            Form("每(?:(?!参[与加])[^,。;]){0,10}(?:人数|数量|规模)(?:为|在|应|控制)*$", hedges=_RANGE),
        ],
    ),
    "weights and units of reckoning: 分值占比85%, 每天8小时来计算": (
        "limit",
        [
            Form(
                r"(?:分值|权重|总分|总成绩)NEAR{0,6}$|(?:得分|成绩|分数)(?:各|分别)?占(?:比|总分的?)?$",
                units=_PERCENT,
            ),
            Form("按照?$", "计入|折算", units=_PERCENT),
            Form("", "来?(?:计算|折算)|为(?:一个?)?(?:循环|周期|单位|标准|限|起点|基数)"),
        ],
    ),
}


_HANDED_IN = ("报送", "提交", "上报", "申报", "推荐")
_MARKS = {  # what stands in a rule or beside a number; capitals: see `words.compiled`
    # sentences; each begins with a letter, no group or class, so that the search runs over all others at once
    "glance": (
        r"满|罚|为限|扣\d|得\d|加\d|赞成|同意|表决|到会|得票|元/|按|不[得超少低小高多大足]|不能[超高多大]|即可|便可|须|者,|的,|以上,|之上,|上可|上的可|方可|才能"
        r"|身高|体重|视力|绩点|为合格|为不合格|为达标|为通过|算合格|算通过|人时,|名时,|个时,|次时,|取消|注销|可享|可获|可给|可一|可报|可申|可领|限[报推招申填选购领借]|组成|一般|原则上|通常|建议|最多|最高|最长|应[在该为当有由]|以下者|以上者"
        r"|分别|控制[目指线数]|警戒线|等于|折算|计算|星级|星志|票人|始得|封顶|上限|起付|标准|分值|权重|总分|总成绩|得分[占各分]|绩占|分数占|人数[为在应]|名前|级前|业前|绩前|设[主副会一]"
    ),
    # documents
    "title": (
        r"(?! *[(]?NUMBER[、.)]| *(?:健全|完善|落实|严格|建立|强化|规范|坚持|制定)"
        # 我市出台...办法 is news
        r"|[^\n]*?(?:出台|印发|发布|推出|推行|探索|解读|实行|落实|贯彻|推进|宣传))"
        r"[^,。;:]{2,60}(?:RULE)(?:\([^()]{2,12}\))?[。:]? *"
    ),
    "itself": "(?:^|\n) {0,4}第一条|制定(?:本|如下)(?:办法|规定|细则|制度|条例|章程|规则|规程)",
    # each branch of these two begins with a character, as those of "glance"
    "orders": (
        r"应当|须(?!知)|不得(?!不)|一律|凡|请各|请于|原则上|视为|不予|取消|加 ?\d{1,2} ?分|扣 ?\d\d? ?分"
        + "".join(rf"|{w}(?<![已共]{w})(?!了|[^,。;]{{0,10}}\d)" for w in _HANDED_IN)
        + r"|可(?:以|申|推|享|给|增|获)|附件|每(?:学年|学期|项|队|个|名|人|次)|不(?:超过|少于|低于)"
        r"|者,|以上的|以下的|满\d[^,。]{0,6}的|达到\d[^,。]{0,6}的"
    ),
    "happened": (
        r"了(?<![为除]了)(?!解)|已|共(?![青同产])|累计|截至|目前|取得|获|增长|达\d|开展|举办|召开|覆盖|发放|吸引"
        r"|建成|新建|成立|突破|近\d|超\d|余(?<=\d余)(?<![达近超]\d余)|多(?<=\d多)(?<![达近超]\d多)"
    ),
    # paragraphs
    "article": r" {0,4}第[一二三四五六七八九十百\d]{1,4}条",
    "condition": "条件|资格|要求|标准|办法|细则|范围",  # a quick look
    "conditions": (
        r"ITEM(?:[\u4e00-\u9fff“”]{0,10}(?:CONDITIONS)[:]?(?=\n|$| |\d|[(])"
        r"|(?:CONDITIONS):)"
    ),
    "following": (
        r"(?:具备|符合|满足|达到)[^。;:]{0,10}(?:下列|以下|如下)[^。;:]{0,6}(?:条件|要求|标准)"
        r"|(?:具备|符合)的?条件[:(]"
    ),
    "heading": r"CHAPTER|[(][一二三四五六七八九十]{1,3}[)](?! ?“))",
    "list": r"CHAPTER)",
    # numbers
    "regular": (
        r"每(?:[两二三半]|\d{1,2})?个?(?:年|学期|学年|季度?|月|周|星期)度?[^,。;]*$"
        r"|(?:走访|联系|结对|开展|组织|举办|召开|慰问|撰写|上报|服务)[^,。;\d人]{0,8}$"
    ),
    "full": r"(?<![已期坐挤装住爆充圆报招录筹凑])满(?:[\d.、]{1,40})?$",
    "surplus": "的?差额",  # 含20%差额数
    "joined": (
        r"(?:、[\d.]{1,7}){0,9}[^,。;:、\d]{0,14}(?:、|和|及|,?或者?|,(?=[设副]|常务|委员|[\u4e00-\u9fff]{2,4}(?:助理|委员|秘书|干事)))[\u4e00-\u9fff]{0,8}"
    ),
    "done": (
        r"(?:已|目前|截至|截止|现有|累计(?!达到?|满|不|最|超|志愿|服务|$)|共(?![同青享])|了|实际(?:完成|到位|建成|达)|仅)[^,:;]*$"
    ),
    "made_of": r"由[^,。;\d]*共$",
    "quota": r"(?:QUOTA)[^,。;:、\d]{0,10}$",
    "measured": r"(?:达到?|共|有|支出|全[年市县区省国])[^,。;]*$",
    # 工作部门不超过6个, 每个部门成员不超过5人; but 每队参赛人员不超过5人
    "capped": (
        r"^(?!.*每(?:[名位人队组项次]|个(?!ORGANISATION))).*(?:PERSON|ORGANISATION)"
        r"(?:\([^()]*\))?(?:人?数)?(?:一般|原则上)?$"
    ),
    "granted": r"(?:获得?|推荐|增加|给予|奖励|发放|享受|领取|(?<!参)加|扣|(?<!书)记)[^,。;]{0,18}$",
    "equals": r" ?(?:等同?于|折算成?为?|可?兑换|可?抵|计|换算成?为?) ?\d",  # 1小时等于2积分
    # numbers of rules
    "seat": (  # 代表名额为60名, 女代表不少于9名
        r"(?<![增建])设(?![立有计施])[^,。;\d]{0,12}$|由[^,。;\d]{0,2}$"
        r"|(?:名额|总人数)(?:共|一?般)?为$|(?:代表|委员|候选人)$"
    ),
    "means": (  # 每月交20元, 人均50元
        r"每(?:月|学?年|季度|学期)[^,。;\d]{0,8}[交缴]纳?[^,。;\d]{0,3}$|[人户校班](?<!每[人户校班])均$"
    ),
    "owing": r"(?:每[名位个人年月周季]|各)[^。;]{2,40}$",  # 每名干部联系3个以上的支部
    "size": "(?:人数|数量|规模|名额|字数)(?:为|在|应|控制)*$",
    "passed_on": "[上缴留划拨提返](?:[缴交纳留存归付取还拨]|(?=本|[省市县区]))|归|用[于作]",
    "who": r"(?:PERSON)(?:\([^()]*\))?(?:人?数)?占?(?:的?比例)?$",  # 女职工, 单位负责人(含正副职), 女代表比例
    # 标准提高20%, 第一学期约占20%
    "parted": r"(?:提高|上浮|上调|增加|下调|降低|(?<![分绩])约?占(?:比|到)?)$",
    "dues": (  # 会费为5元, 高级工每人1800元, 每孩每月补贴500元, 补助标准为500元
        r"费(?:标准)?(?:一般|统一)?(?:为|是)$|(?:补[助贴]|津贴|奖励|资助)标准(?:为|是)$"
        r"|每[人户名生孩]每?(?:学?年|月|次|学期)?[^,。;:\d]{0,2}(?:补[助贴]|奖励|资助|发放|给予)?$"
    ),
}


@cache
def _rules(hedge, unit):
    """Return the forms of a number with some hedge and unit, in order, each as its norm and itself."""
    return [
        (norm, form)
        for norm, form in _compiled()
        if (not form.hedges or hedge in form.hedges) and (not form.units or unit in form.units)
    ]


@cache
def _compiled():
    """Return the forms in order, each as its norm and itself with its patterns compiled."""
    forms = [(norm, form) for norm, forms in _FORMS.values() for form in forms]
    sides = [compiled({"before": f.before, "after": f.after}, _NAMES) for _, f in forms]
    return [(norm, form._replace(**side)) for (norm, form), side in zip(forms, sides, strict=True)]


@cache
def _marks():
    return compiled(_MARKS, _NAMES)

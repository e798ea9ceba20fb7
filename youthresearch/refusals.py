"""Numbers that are no figures though they look it: rhetoric, enumerations, codes, papers to hand in.

`refusal_of` gives the reason; what rules say in numbers is told from figures in `norms`.
"""

from functools import cache
from math import nan

from .intervals import NEEDS_A_DIGIT
from .quantities import areas, is_at_least
from .words import compiled, lexicon_codes, purely, units_of

_FACTORS = "十百千万亿数几"  # what a numeral in words begins with where its digit is blank
_HAN_DIGITS = "一二两三四五六七八九十几数"
_SPOKEN = _HAN_DIGITS + "百千万"
_OF_A_SIZE = ("米", "m", "吨", "瓦", "V")  # units of which something is so many 级
_BOUNDS = frozenset({"at_least", "at_most", "under"})
THREE_DAYS = 72  # hours: what takes no longer may be told by how long it took


def refusal_of(mention, folded):
    """Say why a number is no figure: the first reason that holds, or nothing.

    Parameters
    ----------
    mention : dict
        As from `quantities.scan_folded`. An ordinal that ranks becomes a rank in it.
    folded : str

    Returns
    -------
    str
        A sort of `scan_folded` that is no quantity, or one of: vague zero, age, unit, blank, threshold, form,
        enumeration, name, rhetorical, article, number, ratio, no unit. Empty for what may be a figure.
    """
    sort, start, end = mention["sort"], mention["start"], mention["end"]
    if sort not in ("quantity", "bare", "ordinal"):
        return sort
    lead, rest, unit = folded[max(0, start - 12) : start], folded[end : end + 14], mention.get("unit", "")
    if sort == "ordinal":
        token = folded[start:end]
        return _as_rank(mention, token) if _is_ranked(token, lead, rest) else sort
    vague = mention["hedge"] in NEEDS_A_DIGIT or (mention["hedge"] == "range" and unit in units_of("person"))
    if vague and mention["value"] == 0:
        return "vague zero"  # 约0人: how far from nothing, nobody can say; 推荐0至2人
    if (
        unit in ("名", "位", "强")
        and not _marks()["digits"].search(lead)
        and _becomes_rank(mention, folded, lead)
    ):
        return "ordinal" if _marks()["topmost"].match(rest) else ""
    token = folded[mention["number_start"] : end]
    if token[0] in _FACTORS and start == mention["number_start"] and _marks()["blank"].search(lead):
        return "blank"  # 投入  万元
    if _is_under_the_line(mention, folded, lead, rest):
        return "unit"
    if sort == "bare":
        said = lead + folded[start : mention["number_start"]]
        return _no_count(lead, token, rest.lstrip(" ")) or _no_unit(mention, said, rest.lstrip(" "))
    if lead.endswith("±"):
        return "number"  # an error
    if lead.endswith("每") or (
        lead.endswith("/") and (lead[-2:-1].isdigit() or mention["value"] in (1e4, 1e5))
    ):
        return "ratio"  # 每10名青年中有1名, 35人/10万人; 3/5个
    if ("+" in rest or "+" in lead) and _marks()["joined"].search(folded, max(0, start - 24), end + 24):
        return "name"  # 1名书记+2名干事+3名志愿者
    reason = _by_its_unit(mention, token, lead, rest)
    if reason or unit in units_of("led"):
        return reason
    if mention["hedge"] in _BOUNDS and _is_condition(mention, folded, lead, rest):
        return "threshold"
    if _is_enumerated(mention, token, lead, rest):
        return "enumeration"
    if token[0] in _SPOKEN:
        return _figure_of_speech(mention, token, folded[max(0, start - 40) : start], rest)
    return ""


def _becomes_rank(mention, folded, lead):
    """Make a rank of 前5名, which are the first to the fifth, and of 35位 in 排名由35位升至20位."""
    start = mention["start"]
    if mention["value"] >= 1 and _marks()["top"].search(lead):
        last = max(mention["value"], mention["value_max"])  # 前三至五名: of five
        mention |= {"sort": "rank", "value": 1.0, "value_max": last, "hedge": "range", "unit": "名"}
        return True
    if not lead.endswith(("至", "到", "的", "由", "从")):
        return False
    if _marks()["ranked"].search(folded, max(0, start - 40), start):
        mention["sort"] = "rank"
        return True
    return False


def _is_under_the_line(mention, folded, lead, rest):
    """Tell whether a number is of what others are a mean (每四个孩子中有一个, 平均1名委员联系9人)."""
    if (
        lead.endswith(("每", "平均"))
        and mention["hedge"] == "exact"
        and _marks()["under"].match(folded, mention["end"])
    ):
        return True
    return mention["value"] == 1 and "每" in lead and _is_each(lead, rest)


def _by_its_unit(mention, token, lead, rest):
    """Say why a number with some unit is no figure, by what stands beside it."""
    marks, unit = _marks(), mention["unit"]
    if unit == "周":
        if rest[:1] == "岁":
            return "age"  # 年龄不超过35周岁
        return "" if lead.endswith("连续") else "duration"  # 连续2周 at the top are counted
    if len(token) == 2 and unit != "个" and token[0] in _HAN_DIGITS and marks["town"].match(rest):
        return "name"  # 五台县, 三元区
    if _only_unit(token, unit, lead):
        return "unit"
    if rest[:1] == "级" and (token[0] in _SPOKEN + "亿" or unit.endswith(_OF_A_SIZE)):
        return "name"  # 千万吨级油田, 16m级隧道
    if _is_address(mention, lead, rest):
        return "number"
    if unit == "班" and (mention["value"] >= 100 or rest[:1] == "等" or marks["classed"].search(lead)):
        return "name"  # 应用化学专业1班, 高一2班, 材料11201班, 动力6班等5个班
    if _says_which(mention, token, lead, rest):
        return "threshold"
    if unit == "期" and token[0] in _HAN_DIGITS and _is_phase(mention, lead, rest):
        return "ordinal"
    if unit == "小时" and _is_time_taken(mention, lead):
        return "duration"
    if unit == "届" and not marks["held"].search(lead):
        return "ordinal"  # 十四届, 22届毕业生
    if unit == "份" and lead.endswith(("共印", "存档", "各执", "各持", "各存")):
        return "form"
    if unit in units_of("paper") and mention["value"] <= 10 and _is_form(lead, rest):
        return "form"
    if token == "万元" and mention["start"] == mention["number_start"] and rest[:1] not in ("", *",。;、)\n"):
        return "unit"  # 万元GDP能耗
    if mention["hedge"] in _BOUNDS | {"over"} and _is_of_size(mention, lead, rest):
        return "threshold"
    return ""


def _says_which(mention, token, lead, rest):
    """Tell whether a size or sum only says which are counted (20万元以上的有4家, 40平方米活动室3处)."""
    marks, unit = _marks(), mention["unit"]
    if unit.endswith(("米", "m")) and (marks["sized"].match(rest) or _is_height(mention, rest)):
        return True
    if unit in ("%", "元") and rest[:1] == "的" and _is_such(mention, lead, rest):
        return True
    bound = mention["hedge"] in ("over", "at_least", "range", "under")
    large = token[0] in "百千万亿" and token.strip("百千万亿") == "元"  # 亿元项目6个
    if (large or (bound and unit == "元")) and marks["worth"].match(rest):
        return True
    return bound and bool(marks["having"].match(rest))


def _is_address(mention, lead, rest):
    """Tell whether a number is of an address, of a place so far off, or of digits."""
    marks, unit = _marks(), mention["unit"]
    if unit in ("栋", "幢", "座", "单元"):  # 20号3栋501室, 3号楼2单元
        return bool(marks["housed"].search(lead) or marks["numbered"].match(rest))
    if unit == "室":  # 8号楼302室, 3室2厅
        return mention["value"] >= 100 or rest[1:2] == "厅"
    if unit == "位":  # 身份证号后4位, 两位小数
        return bool(marks["digits"].search(lead)) or rest.startswith(("小数", "有效数", "数字"))
    far = rest[:1] == "处" and rest[1:2] in ("", *",。;、)的有")  # 东北6公里处
    return unit in ("米", "公里") and (far or lead[-1:] in tuple("东南西北侧行"))  # 桥西100米


def _is_height(mention, rest):
    """Tell whether metres say how tall those are of whom a rule speaks (1.2米以下儿童)."""
    return mention["hedge"] in _BOUNDS and mention["value"] < 3 and bool(_marks()["tall"].match(rest))


def _is_time_taken(mention, lead):
    """Tell whether hours say how long something took (前后花了不到1个小时), not how much of it there was."""
    marks = _marks()
    if marks["took"].search(lead):
        return True
    return mention["value"] <= THREE_DAYS and not marks["served"].search(lead)


def _is_such(mention, lead, rest):
    """Tell whether a bound only says which are counted (发生率在20%以上的村92个)."""
    marks = _marks()
    return (
        mention["hedge"] in _BOUNDS | {"over"}
        and bool(marks["such"].match(rest))
        and bool(marks["measured"].search(lead))
    )


def _is_each(lead, rest):
    """Tell whether one is that for each of which something is given (每带动1人, 每招用1人补贴500元)."""
    marks = _marks()
    return bool(
        marks["each_done"].search(lead) or (marks["each_two"].search(lead) and marks["given"].match(rest))
    )


def _is_ranked(token, lead, rest):
    """Tell whether an ordinal is a rank (位居全省第三, 全市第一, 获得第二名)."""
    lead = _marks()["ranks"].sub("", lead)  # 分别居第2位、第3位
    if token[-1] in "名位" and _marks()["placed"].search(lead):
        return True
    if token == "首位":
        return bool(_marks()["first"].search(lead))
    alone = rest[:1] in ("", *",。;、)")
    return _marks()["rank"].search(lead) or (alone and _marks()["best"].search(lead))


def _only_unit(token, unit, lead):
    """Tell whether a numeral belongs to a unit that stands alone: 经费(万元)."""
    return not token.strip("十百千万亿" + unit) and _marks()["unit"].search(lead)


def _no_unit(mention, lead, rest):
    """Say why a number without a unit is no figure, or nothing: none is stated, and it is not large."""
    if not _marks()["stated"].search(lead):
        large = mention["resolution"] > 1 or mention["hedge"] != "exact"
        large |= lead[-1:] in (",", "、") and rest.startswith(("先进", "优秀"))  # 先进集体3个,10先进个人
        if not (large or _marks()["admin"].match(rest)):
            return "no unit"
    return ""


def _is_phase(mention, lead, rest):
    """Tell whether a number is the phase of what is built (新校建设二期, 二期工程)."""
    marks = _marks()
    return mention["value"] <= 5 and bool(marks["phased"].search(lead) or marks["phase"].match(rest))


def _is_form(lead, rest):
    """Tell whether a number says how many papers to hand in (一式三份, 照片2张), and counts nothing."""
    marks, clause = _marks(), lead[max(map(lead.rfind, ",。;:\n")) + 1 :]
    if marks["after_others"].search(clause):
        return False
    return bool(
        (marks["form"].search(clause) or marks["of_form"].match(rest)) and not marks["got"].search(clause)
    )


def _is_condition(mention, folded, lead, rest):
    """Tell whether a bound says of what size something has to be (30人以上的企业), and counts nothing."""
    counted = ("个", "家", "场", "次", "项", "条", "支", "件", "期")
    marks, start = _marks(), mention["start"]
    if folded[start] == "上":  # 上万人次的
        return False
    if rest[:1] == "的" and mention["unit"] in counted:
        return False
    if not marks["threshold"].match(rest) or marks["made"].search(lead):
        return False
    return not marks["owing"].search(folded, max(0, start - 60), start)


def _is_of_size(mention, lead, rest):
    """Tell whether a bound only says which are counted (50万元以上设备3台, 收入10万元以上的村占60%).

    Their number stands on either side (50头以上养殖户8户, 3家超百亿元企业).
    """
    marks, unit = _marks(), mention["unit"]
    if marks["got_it"].search(lead):
        return False
    if unit in units_of("size") and mention["hedge"] == "at_least" and marks["of_size"].match(rest):
        return True
    if unit == "%":
        return False
    before, after = marks["so_many"].search(lead), marks["counting"].match(rest)
    return bool((before and before[1] != unit and marks["whose"].match(rest)) or (after and after[1] != unit))


def _is_enumerated(mention, token, lead, rest):
    """Tell whether a number only counts what its text goes on to list (四个方面, 两个渠道)."""
    marks = _marks()
    if mention["hedge"] != "exact" or is_at_least(lead):
        return False
    if (mention["unit"] not in units_of("person") and marks["constituent"].match(rest)) or (
        mention["unit"] in ("条", "节") and marks["text"].search(lead)
    ):
        return True  # 40项指标, 办法共45条
    if mention["value"] >= 13 or mention["unit"] in units_of("held"):
        return False
    if token[-1] == "大" and lead.endswith("等"):
        return True  # 康复、托养等4大工程
    if marks["enumeration"].match(rest):
        if marks["fields"].match(rest):
            return bool(marks["about"].search(lead))  # 围绕三个领域, but 监测三个领域
        return not (marks["qualifying"].match(rest) or marks["fared"].match(rest))
    return token[0] in _HAN_DIGITS and (
        (mention["unit"] == "个" and rest[2:3] in ("", *",。;、:和)") and rest[:2] in _doings())
        or marks["kept_to"].search(lead)
        or (marks["divided"].search(lead) and not marks["parts"].match(rest))
        or marks["core"].match(rest)
        or marks["abstract"].match(rest)
        or _is_listed(mention, lead, rest)
    )


@cache
def _doings():
    """Return the verbs that are no nouns: 四个落实 are a slogan, 三个培训 are none."""
    return purely("head_verb", "compound", "happens", "event", "noun", "takes_verb")


def _is_listed(mention, lead, rest):
    """Tell whether a number only counts what is listed beside it: 统贷、转贷、直贷三种模式, 议程有三项：."""
    if mention["unit"] not in ("种", "类", "项", "点", "级"):
        return False
    if rest[:1] == "“":
        return False  # 荣获一项“...”、两项“...”
    items = lead[max(map(lead.rfind, ",。;:(的")) + 1 :]
    return rest[:1] == ":" or items.count("、") + 1 == mention["value"] > 1


def _figure_of_speech(mention, token, lead, rest):
    """Say what a Chinese numeral is that counts nothing, or nothing: a name, rhetoric, an article."""
    at_end = not rest or rest[0] in ",。;、)\n" or rest.startswith("组成")
    if token[0] in _HAN_DIGITS and (reason := _of_digits(mention, token, lead, rest)):
        return reason
    round_ = token[0] in "百千万" and len(token) == 2 and mention["hedge"] == "exact"
    if round_ and (not at_end or mention["unit"] in ("家", "户")):  # 惠及万家
        counted = _marks()["made"].search(lead) and rest[:1] not in tuple("百千万")
        return "" if counted and not at_end else "rhetorical"  # 招募千名志愿者, but 百名博士进百企
    if token[0] != "一" or mention["value"] != 1 or mention["hedge"] == "range":
        return ""
    if rest.startswith(("也没有", "都没有")):
        mention |= {"value": 0.0}  # 支部一个也没有
        return ""
    return "" if _is_one(mention, lead, rest, at_end) else "article"  # 开展一场活动


def _of_digits(mention, token, lead, rest):
    """Say what a numeral such as 五 is beside what makes it a name or rhetoric, or nothing."""
    marks, unit = _marks(), mention["unit"]
    if lead[-1:] == "”" and marks["scheme"].match(rest):
        return "name"  # “...”六项行动
    slogan = mention["value"] < 13 and marks["slogan"].search(lead)
    named = (
        rest[:1] == "“"
        and unit != "届"
        and not (lead[-1:] == "了" and unit in units_of("real"))
        and not marks["one_after_another"].search(lead)
        and not any(marks[so].search(lead) for so in ("won", "often", "founded"))
    )
    return "rhetorical" if slogan or token[:-1] in ("几", "数") or named else ""


def _is_one(mention, lead, rest, at_end):
    """Tell whether 一 counts: it stands in a list, is owed by each or in turn, or one was founded or won."""
    marks, unit = _marks(), mention["unit"]
    if at_end and (unit in units_of("stocked") or marks["counted"].search(lead)):
        return True
    if _is_listed_with(unit, lead, rest) or any(marks[so].search(lead) for so in ("often", "owes", "handed")):
        return True  # 每月召开一次
    if marks["given_away"].search(lead) and marks["and_one"].match(rest):
        return True  # 捐赠一个书包和一套文具
    if mention["hedge"] == "at_least" and (marks["each"].search(lead) or marks["amid"].search(lead)):
        return True  # 每名干部至少联系一家, 成员中至少有一名妇女
    if unit in units_of("founded") and marks["founded"].search(lead) and not marks["idea"].match(rest):
        return True
    return unit in units_of("person") and bool(marks["honoured"].match(rest))


def _is_listed_with(unit, lead, rest):
    """Tell whether one is listed with others that are counted (4个部室和一个阵地, 一张桌子、一部电话)."""
    last = _marks()["listed"].search(lead)
    if last and last[1] == unit:
        return True
    named = rest[:1] == "“" and _marks()["before_named"].match(rest)
    if named or unit not in units_of("plain"):
        return bool(named) and named[1] == unit  # 荣获一项“...”、两项“...”
    beside = _marks()["before_others"].match(rest) or _marks()["after_others"].search(lead)
    return bool(beside) and beside[1] in units_of("plain")


def _no_count(lead, token, rest):
    """Say why a number without a unit counts nothing, or nothing: a code, an age, a ratio, a size."""
    marks = _marks()
    large = token.rstrip("+")[-1] in "万亿" and lead[-1:] not in (" ", ":")  # 阅读量超5万
    coded = marks["coded"].search(lead) and not large
    if coded or marks["long"].match(token) or rest[:1] in tuple("度分字页伏级版℃°"):
        return "number"
    if token[0] == "0" and token[1:2].isdigit():
        return "number"  # 028
    if marks["to"].match(rest) or marks["for"].search(lead):
        return "ratio"
    return "name" if rest[:1].isascii() and rest[:1].isalpha() else ""


def _as_rank(mention, token):
    """Read 第三 after 排名 or 位居 as a rank; the mention becomes a quantity."""
    digits = _marks()["ordinal"].fullmatch(token.replace("首", "第一"))
    if not digits:
        return "ordinal"
    numeral = digits[1]
    value = float(numeral) if numeral.isdigit() else float("零一二三四五六七八九十".find(numeral))
    if value < 1:
        return "ordinal"
    mention |= {"sort": "rank", "number_start": mention["start"], "value": value, "value_max": nan}
    mention |= {"hedge": "exact", "resolution": 1.0, "unit": "名"}
    if token[0] == "前":
        mention |= {"value": 1.0, "value_max": value, "hedge": "range"}
    return ""


_NAMES = {
    "THING": rf"[^,。;、:\d“”{_HAN_DIGITS}]",  # no 一户一策
    "GIVE": "捐|捐赠|赠送?|送[上去给]|发放|购[置买]|添置",
    "SOME": rf"\d+|[{_HAN_DIGITS}]+",
}
_MARKS = {  # what stands beside a number, by what is asked of it; capitals: see `words.compiled`
    # blanks, units, ratios
    "blank": (  # what stands where a digit is missing; but heads end in one (青春同行 百名青年)
        r"(?:[xX×*○□△_▲●■?…·﹍A-Za-z]|某|若干|[(] *[)]|(?<=[入出收资款金额值约达为共计]) {1,9}"
        r"|余|(?<![更许众很颇])多)(?:左右|余|多|来)?$"
    ),
    "under": r"[\u4e00-\u9fff][^,。;:]{0,30}[\d一二两三四五六七八九十]",
    "each_two": r"每[\u4e00-\u9fff]{2}$",
    "each_done": r"每(?:HEAD_VERB|UP|HAPPENS)$",
    "given": r"[^。;,\d]{0,10},?(?:给予|奖励|补[助贴])",
    "unit": r"(?:[(|/]|(?<![\u4e00-\u9fff])(?:计量)?单位:[^\n\d]{0,9})(?:人民币)? ?$",
    "joined": r"\d[\u4e00-\u9fff][^,。;、\d+]{1,14}\+(?:\d|[NnXx])[\u4e00-\u9fff]",
    "to": r" ?[:比] ?\d",
    "for": r"\d ?[:比] ?$",
    # what has no unit: stated, or a code, an age
    "stated": r"(?:(?<![高初中平对一二三优特同])等|为|是|达"
    r"|达到|共|计|有|约|近|超|总数|合计|数|人口|人次|:|\||占|[\u4e00-\u9fff] )(?:了)? ?$",
    "admin": r"(?:AREAS|校)(?![\u4e00-\u9fff]*号)|部门",
    "coded": (
        r"(?:CODED|邮 {1,4}编|电 {1,4}话|传 {1,4}真)(?:号码?|量|数)?(?:[后末].位)?(?:为|是)? ?:? ?$"
        r"|[\u4e00-\u9fff]号码?:$"
    ),
    "long": r"\d{9}",
    # ranks
    "ordinal": r"[第前] ?(\d{1,4}|[一二三四五六七八九十])[名位]?",
    "rank": (
        r"(?:排[名位行]|位列|位居|名列)[^,。;]{0,6}$|名次由[^,。;]{0,10}$|(?:列|居|排|进入|跻身|保持|挺进)(?:全[国省市区县州球]|中国|世界|亚洲|国内)?$"
        r"|[,;:。]列[^,。;、\d]{2,8}$"
    ),
    "ranks": r"(?:第 ?(?:\d{1,3}|[一二三四五六七八九十]{1,3})[名位][、和及与])+$",
    "top": "(?<![目以此之])前$",
    "topmost": (  # but 进入前五名
        "的?(?:院校|高校|学校|选手|单位|队|团队|作品|项目|企业|学生|[\u4e00-\u9fff]{0,3}者|考生)"
    ),
    "ranked": (
        r"(?:排名|名次|位次)[由从](?:\d{4}年的)?(?:[^。;]{2,20}(?:[上跃提]?升|[下]?降|进|退)[至到](?:\d{4}年的)?)?$"
    ),
    "first": r"(?:居|列|排名?)[^,。;]{0,10}$",  # 人数居全省高校首位
    "placed": (
        r"(?:获得?|夺得|取得|总分|得分|成绩|考核|综合|团体|排序?)[^,。;、\d]{0,8}$"
        r"|(?:[上跃]升|前[移进]|提升|下[降滑]|后移|退)(?:[到至]|了)?(?:全[国省市县])?$"
    ),
    "best": r"全[国省市区县州](?:系统|同类)?$",  # 全市第一
    # sizes, conditions, papers
    "threshold": r"[\u4e00-\u9fff]{0,8}(?:“[^”]{1,10}”)?[\u4e00-\u9fff]{0,4}的|(?:企业|单位|村(?!民)|社区)",
    "made": "(?:MADE)[起出成]?$",
    "owing": r"每[名位个][^。;\n]{2,}$",  # 每名干部联系3个以上的支部
    "sized": r"(?:以上)?的?(?![和及与])[\u4e00-\u9fff]{1,8}\d",  # 40平方米活动室3处
    # 超过500件的有3个, 20万元以上的有某厂等4家
    "having": (
        r"(?:/[年月人户])?(?:以上)?的,?(?:共?有|达|共|占)(?:[^,。;\d]{1,12}等)?[\d一两三四五六七八九十]"
    ),
    "worth": (  # 超亿元项目2个
        r"(?:以上)?的?[\u4e00-\u9fff]{0,4}?(?:项目|企业|工程|户|合作社|村|乡镇|楼宇|园区)"
        r" ?(?:[达共有]到? ?)?\d"
        r"|(?:(?:以上)?的,?(?:共|占)?)?\d+[个家户]"  # 年产值超千万元的12家, 5千万元以上1家
    ),
    "such": r"的[^,。;:、\d了]{1,10}\d[\d.]*[万余多]?[\u4e00-\u9fff]{1,2}(?![\u4e00-\u9fff])",
    "measured": "(?:率|收入|产值|比例|比重|占比|面积|规模)(?:均|都)?(?:[在达为]|达到)?$",
    "of_size": r"的?[\u4e00-\u9fff]{1,8}(?<![和及与])(?:\d|占\d|[达有共]\d)",
    "counting": (
        r"(?:的[^,。;:、\d了和及与]{0,10}?|(?!HEAD_VERB)[\u4e00-\u9fff]{1,8}?(?<![和及与]))"
        r"(?:[达有共占]到?)?\d[\d.]*[余多]?([个家户名所支座处])(?!百分)"
    ),
    "housed": "号楼?$",
    "tall": "(?:的|\\(含\\))?(?:PERSON|男|女)",
    "digits": "(?:号码?|尾号|编号|密码|电话|手机|身份证)[前后末最]{0,2}(?<![话机证])$",
    "so_many": (
        r"[\d一二两三四五六七八九十][余多]?([个家户名所支座处])"
        "(?:年?总?(?:销售|营收|产值|纳税|税收|投资|资产|面积|收入)(?:收入|额)?)?$"
    ),
    "whose": r"的?[\u4e00-\u9fff]",
    "got_it": "发放|投入|[筹募]集|拨付|落实|争取|节约|[增创]收|实现|完成|获得?|资助|投资|补",
    "form": r"(?:FORM)(?:[^,。;]{0,4}[)])?(?:各|共|需|须|不少于|至少|一式|约|为|[(]| )*$",
    "of_form": r"[^,。;、\d]{0,8}?(?:FORM)",
    "got": "[了收征发展拍办补换赠]|审(?![批核]表)|印(?!件)|整理|制作|共",  # no 复印件, 审批表
    "took": "(?:[只仅]|花费?了|[历耗费]时|[只仅]需|[只仅]用了?|[要等]了)$",
    "served": "(?:服务|时[间长数]|[工课学]时|[课开授]|培训|累计|共|总|[每均])[^,。;:]*$",
    # 连续举办六届
    "held": "(?:组织|举[办行]|[承主联协]办|召开|开展|评选|连续|共有?|已有?|历经|经历)[了过]?$",
    "one_after_another": "连续(?:举办|开展|召开|推出)了?$",  # 连续举办两期“...”
    "phase": "(?:等[^,。;:0-9]{0,6}?)?(?:工程|项目|建设(?!者)|扩建|改造|校区|园区|厂区|投资)",
    "phased": "(?:工程|建设|扩建|改造|新建|小区|校区|园区|中心|基地|大厦)$",
    "numbered": r"\d{1,4}(?:室|号|单元|层)",
    # what is told one by one: four aspects, of which no figure speaks
    "enumeration": (  # but 3个条件较好的村
        "(?:ENUMERATION)(?!(?:[较更最相比不]|成熟|具备|艰苦|困难|突出|落后|薄弱|集中)[^,。;]{0,4}的)"
    ),
    "qualifying": (  # 4个工作室, 3个主题党日, 2个提升项目
        "(?:ENUMERATION)(?!建|组成)[\u4e00-\u9fff]?"
        "(?:ORGANISATION|TEAM|项目|活动|学习|工程|产业|专班|岗|室|[党团队]日|班会|公园"
        r"|展(?<!开展)|试点)(?<![重要]点)(?<!发展)"
    ),
    "fared": (  # 9项工作在全省推广, 8个问题全部整改: what became of each, not what each is
        "(?:ENUMERATION)[^,。;:、\\d]{0,4}?(?:已?全部|[均都已被获]|未(?!来)|荣获|[入评获]选|受到|得到|通过|走在"
        "|在全[国省市区县州]|位[居列]|[名排]列?[居第]|列[居第]|整改|办结|销号|推广)"
    ),
    "about": "(?:围绕|聚焦|紧扣|突出|按照|从)[^,。;]*$|(?<![现正存])在$",
    "fields": "(?:OF_FIELDS)",
    "constituent": r"[\u4e00-\u9fff]{0,4}?(?:OF_ANY_SIZE)",
    "text": (
        "(?:稿(?<![发投供]稿)|办法|条例|意见(?=[》共分全包])|方案|细则|规定|章程|规划|纲要|制度|全文)》?(?:共|分|共有|全文|包括|分为)*$"
    ),
    "core": r"[^,。;]{0,6}为(?:重点|主|核心|抓手|载体|支撑|目标|引领|牵引)",
    "abstract": (  # 两个渠道, 五个新成效: what such a numeral counts is told one by one
        r"[\u4e00-\u9fff]{0,4}?(?:ABSTRACT)(?:建设|改革|创新)?(?=[,。;、:和]|分别|$)"
    ),
    "kept_to": "(?:坚持|做到|践行|牢记)$",  # 坚持四个规范
    "divided": r"(?<![得评满百])分(?:为|成)?$",  # 方法分七种
    "parts": (
        r"[\u4e00-\u9fff]{0,4}(?:(?:区域?|室|馆|站|队|小?组|班|支部|赛区)(?![\u4e00-\u9fff])|组(?![织建成]))"
    ),
    # names, rhetoric, articles
    "town": r"[县市区乡镇](?![镇村区县级办])",
    "classed": r"(?:专业|\d级|年级|[高初大][一二三四])$",
    "scheme": "(?:行动|工程|计划|工作法|机制)",
    "slogan": r"“[^”。;\d]*$",
    "won": (
        r"(?:获得?|评为|授予|命名|创建|建成)(?:(?:、?[一二两三四五六七八九十]{1,2}[项个家名]“[^”]{2,16}”)*、)?$"
    ),
    "often": r"每(?:[一两二三半]|\d{1,2})?个?(?:年|学期|学年|季度?|月|周|星期)度?[^,。;\n]*$",
    "owes": (  # 每名干部联系一个支部, 正副队长各一名
        r"每一?[名位个人家支村户校镇所班][^,。;了]{0,24}(?:联系|结对|帮扶|包联|认领|选[出派]?|必须有|须有|应有|推荐|推报|配备|选派)$"
        r"|各[^,。;了]{1,16}(?:选举|指定|确定|推荐|选派|上报)出?$|各(?![级类地界族项种行自方])(?:[\u4e00-\u9fff]{2}|[设建派配聘])?[出了有]?$"
    ),
    "handed": (  # 每人送上一个书包, 为每个乡镇配备了一名
        r"每一?[名位个人家户村校所班][^,。;\d]{0,12}(?:送[上去来给]?|赠|赠送|发[放给]|配[备发]|奖励|领到)了?"
        r"(?:一[\u4e00-\u9fff][^,。;、\d]{1,9}[、和及与])*$"
        r"|(?:GIVE)了?一[\u4e00-\u9fff][^,。;、\d]{1,9}[、和及与]$"
    ),
    "given_away": "(?:GIVE)了?$",
    "and_one": r"THING{1,9}[、和及与]一[\u4e00-\u9fff]",
    "each": r"每[^,。;\n]*$",
    "amid": r"中(?:应当?|必?须|要)?$",
    "founded": (  # 组建一支, 全资捐助四川一所
        r"(?:组建|成立|[设建]立|[新创]建|建[成起]|[捐援]建|捐助|资助|[创开]办|培[树育])[了起出]?(?:[\u4e00-\u9fff]{2,3})?$"
    ),
    "idea": (
        r"[^,。;]{0,10}(?:机制|体系|平台|格局|氛围|环境|制度|模式|网络|力量)"
        r"|[^,。;由]{0,6}(?:高素质|专业|过硬|稳定|精干|优秀)"
    ),
    "honoured": r"[^,。;、\d只仅可能不]{1,10}(?:荣?获(?!得感)|[当入]选|被[评授])",  # 一名志愿者荣获
    "counted": r"[委部会队站家心地处室赛校园团织组员基记长任席事者师功奖][”\"]?$",
    "listed": r"\d[余多]?([\u4e00-\u9fff])[^,。;、\d]{1,14}[和及]$",
    "before_named": r"“[^”]{1,16}”[、和及与](?:SOME)([\u4e00-\u9fff])",
    "before_others": r"THING{1,12}[、和及与](?:SOME)([\u4e00-\u9fff])",
    "after_others": r"(?:SOME)([\u4e00-\u9fff])THING{1,9}[、和及与]$",
}


@cache
def _marks():
    words = lexicon_codes("enumeration").items()
    sized, fields = ("|".join(w for w, code in words if code == wanted) for wanted in ("any", "about"))
    return compiled(_MARKS, _NAMES | {"OF_ANY_SIZE": sized, "OF_FIELDS": fields, "AREAS": areas()})

"""Errors that one slip explains are found in own sentences, and what is no error is left alone."""

import pandas as pd
import pytest

import youthresearch as yr

LIST = (
    "团干部{}名，平均年龄29.5岁，党员212人，占{}%；女干部305人，占47.66%；"
    "大专以上408人，占63.75%；返乡的77人，占12.03%。"
)

MISPRINTED = [  # text, relation, how many conflicts, and what is among the first three repairs of each
    ("职工8347人，其中在职职工6290人，退休职工2138人。", "sum", 1, "6290人 -> 6209人"),
    ("咨询409个，其中心理咨询206个，法律咨询142个，其他咨询151个。", "sum", 1, "409个 -> 499个"),
    (LIST.format(640, "31.33"), "share", 1, "31.33% -> 33.13%"),  # 212 of 640
    (LIST.format(460, "33.13"), "share", 4, "460名 -> 640名"),  # no share agrees with 460
    ("志愿者125人，服务总时长3691小时，人均服务时长25.9小时。", "mean", 1, "25.9小时/人 -> 29.5小时/人"),
    ("培训社工491人，完成年度任务500人的89.2%。", "share", 1, "89.2% -> 98.2%"),
    ("毕业生10800人，其中本科生4320人（占42.0%）、硕士生6480人（占60.0%）。", "share", 1, "42.0% -> 40.0%"),
    ("岗位500个，到岗439人，到岗率98.6%。", "share", 1, "439人 -> 493人"),
    ("现有团员6120名，与2015年的5100名相比，增加1200名。", "change", 1, "1200名 -> 1020名"),
]


RIGHT = [
    "职工8347人，其中在职职工6005人，退休职工1211人。",  # others are left out
    "成员9人，其中书记1人，副书记4人。",
    LIST.format(640, "33.13").replace("占12.03%", "占全镇返乡青年的45.2%"),
    "慰问职工53名，发放21200元，并慰问2名退休职工，每人500元。",
    "现有团员6120名，比上年增加1020名，年均增长3.7%。",
]


@pytest.fixture(scope="module")
def audited():
    """Return the audit of all these sentences, each a source of its own, by text."""
    texts = [text for text, *_ in MISPRINTED] + RIGHT
    drafts = [yr.extract_facts(text, source_id=f"s{i}") for i, text in enumerate(texts)]
    findings = yr.audit_facts(pd.concat(drafts, ignore_index=True))
    return {text: findings[findings["source_id"] == f"s{i}"] for i, text in enumerate(texts)}


@pytest.mark.parametrize(("text", "relation", "count", "repair"), MISPRINTED)
def test_what_one_slip_explains_is_a_conflict(text, relation, count, repair, audited):
    wrong = audited[text][audited[text]["verdict"] == "conflict"]
    repairs = wrong.loc[wrong["relation"] == relation, "repairs"].str.split("; or ")
    assert len(repairs) == count and all(repair in some for some in repairs)


@pytest.mark.parametrize("text", RIGHT)
def test_what_no_slip_explains_is_no_conflict(text, audited):
    assert not audited[text]["verdict"].isin(["conflict", "infeasible"]).any()


@pytest.mark.slow
def test_a_level_that_is_compared_with_is_of_its_own_date():
    facts = yr.extract_facts("现有团员6120名，与2015年的5100名相比，增加1020名，增长20%。")
    assert facts["baseline"].tolist()[:2] == ["", "2015"]
    findings = yr.audit_facts(facts)
    assert sorted(findings["relation"]) == ["change", "growth", "growth_between"]
    assert set(findings["verdict"]) == {"holds"}


@pytest.mark.slow
def test_what_was_done_is_a_share_of_what_was_planned_and_no_part_of_it():
    facts = yr.extract_facts("培训社工491人，完成年度任务500人的98.2%。")
    assert facts["part_of"].tolist() == ["", "", facts["fact_id"][1]]
    assert yr.audit_facts(facts)["relation"].tolist() == ["share"]


def test_a_growth_rate_by_the_year_says_so():
    facts = yr.extract_facts("团员14500名，五年来年均增长2.5%，比上年增长3%。")
    assert facts["note"].tolist() == ["", "年均", ""]

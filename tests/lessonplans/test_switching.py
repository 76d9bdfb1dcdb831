"""修订 about what is switched where it stands: a cell that would be a heading, a task that would be done."""

from __future__ import annotations

import pytest

from tests.lessonplans.test_formats import hand, place, written
from tests.lessonplans.test_grid import cell, grid, plan, table
from yanxiu.lessonplans.document.html import render_html, render_proposed
from yanxiu.lessonplans.document.nodes import Node, doc, tasks
from yanxiu.lessonplans.document.remarks import count_suggestions
from yanxiu.lessonplans.document.suggesting import as_accepted, as_undecided, has_suggestions
from yanxiu.lessonplans.document.ydoc import json_from_state, state_from_json
from yanxiu.lessonplans.word_import import arranged

pytestmark = pytest.mark.once


def switched(number: str, *, on: bool, name: str = "王丽") -> Node:
    return {**hand(number, name), "on": on}


def kinds(document: Node) -> list[list[str]]:
    [found] = [block for block in document["content"][0]["content"] if block["type"] == "table"]
    return [[each["type"] for each in row["content"]] for row in found["content"]]


def suggested_plan() -> Node:
    """A row that would be one of headings and a heading that would be none; two tasks that would be switched."""
    row, off = {"header": switched("h", on=True)}, {"header": switched("o", on=False, name="李强")}
    rows = table([cell("环节", **row), cell("教师", **row)], [{**cell("读", **off), "type": "tableHeader"}, cell("听")])
    todo = tasks((False, "带书"), (True, "带笔"), (False, "带尺"))
    for item, tick in zip(todo["content"], (switched("t", on=True), switched("u", on=False)), strict=False):
        item["attrs"] = {**item["attrs"], "tick": tick}
    return plan(rows, todo)


def test_a_cell_and_a_task_are_switched_only_once_that_is_accepted():
    suggested = suggested_plan()
    kept = json_from_state(state_from_json(suggested))
    assert (has_suggestions(kept), count_suggestions([kept])) == (True, 4)
    cells, heads = ["tableCell", "tableCell"], ["tableHeader", "tableHeader"]
    plain = as_undecided(kept)
    assert kinds(plain) == [cells, ["tableHeader", "tableCell"]]
    assert render_html(kept) == render_html(plain)
    assert render_html(kept).count('data-done="true"') == 1
    assert not has_suggestions(plain)
    accepted = as_accepted(kept)
    assert kinds(accepted) == [heads, cells]
    assert [item["attrs"] for item in accepted["content"][0]["content"][1]["content"]] == [
        {"checked": True},
        {"checked": False},
        {"checked": False},
    ]
    assert not has_suggestions(accepted)
    # Cells that are merged first become headings then; a task that moves on keeps what it would be.
    both = {"merge": hand("m"), "header": switched("h", on=True)}
    merged = as_accepted(plan(table([cell("甲", **both), cell("乙", merge=hand("m"))])))
    assert (grid(merged), kinds(merged)) == ([[("甲/乙", 2, 1)]], [["tableHeader"]])
    todo = tasks((False, "带书"), (False, "带笔"))
    item = todo["content"][1]
    item["attrs"]["tick"] = switched("t", on=True)
    item["content"][0]["attrs"] = {"relist": {**hand("r"), **place("taskList", 1), "was": place("taskList", 0)}}
    assert 'data-done="true"></span><div><p>带笔</p>' in render_html(as_accepted(plan(todo)))
    # What is neither on nor off says nothing.
    odd = [cell("甲", header={**hand("h"), "on": value}) for value in (None, 1, "true")]
    assert not has_suggestions(plan(table(odd)))
    assert kinds(as_accepted(plan(table([*odd, cell("乙", merge=hand("m"))])))) == [["tableCell"] * 4]


def test_in_word_a_comment_says_what_would_be_switched(tmp_path):
    suggested = suggested_plan()
    assert render_proposed(suggested).count("data-notes") == 4
    read = written(tmp_path, suggested)
    assert [(each["name"], each["text"].split("。")[0]) for each in read["comments"]] == [
        ("王丽", "修订建议：从这一格起，2 格作表头"),
        ("李强", "修订建议：从这一格起，1 格不作表头"),
        ("王丽", "修订建议：这一项任务勾选完成"),
        ("王丽", "修订建议：这一项任务取消勾选"),
    ]
    back = doc(arranged(read["blocks"]).section("process"))
    assert count_suggestions([back]) == 0
    assert render_html(back).count('data-done="true"') == 1

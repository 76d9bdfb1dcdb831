"""修订 about the cells of a table that would be merged or split, in the plan, in Word and back; two hands in one paragraph."""

from __future__ import annotations

import re

import pytest
from docx import Document
from docx.oxml.ns import qn

from tests.lessonplans.test_formats import file_of, hand, listed, moved, place, side, written
from tests.lessonplans.test_suggesting import text
from yanxiu.lessonplans.document.html import plain_text, render_html, render_proposed
from yanxiu.lessonplans.document.nodes import Node, doc, paragraph, section, tasks
from yanxiu.lessonplans.document.remarks import count_suggestions, without_comments
from yanxiu.lessonplans.document.suggesting import as_accepted, as_undecided, has_suggestions
from yanxiu.lessonplans.document.ydoc import json_from_state, state_from_json
from yanxiu.lessonplans.word_import import arranged
from yanxiu.resources.extraction.word_blocks import read_blocks

pytestmark = pytest.mark.once


def cell(words: str, **attrs: object) -> Node:
    return {"type": "tableCell", "attrs": {"colspan": 1, "rowspan": 1, **attrs}, "content": [paragraph(words)]}


def table(*rows: list[Node]) -> Node:
    return {"type": "table", "content": [{"type": "tableRow", "content": row} for row in rows]}


def plan(*blocks: Node) -> Node:
    return doc(section("process", "教学过程", "", *blocks, paragraph("完")))


def grid(document: Node) -> list[list[tuple[str, int, int]]]:
    """The words, width and height of each cell of the first table, by rows."""
    [found] = [block for block in document["content"][0]["content"] if block["type"] == "table"]
    return [
        [
            ("/".join(plain_text(each).split()), each["attrs"]["colspan"], each["attrs"]["rowspan"])
            for each in row["content"]
        ]
        for row in found["content"]
    ]


def test_cells_are_merged_and_split_only_once_that_is_accepted():
    together, apart = {"merge": hand("m")}, {"split": hand("s", "李强")}
    suggested = plan(
        table(
            [
                cell("甲", **together),
                cell("乙", **together),
                cell("宽高", colspan=2, rowspan=2, colwidth=[50, 60], **apart),
            ],
            [cell("", **together), cell("丁", **together)],
            [cell("戊"), cell("己"), cell("庚"), cell("辛")],
        )
    )
    kept = json_from_state(state_from_json(suggested))
    assert (has_suggestions(kept), count_suggestions([kept])) == (True, 2)
    assert grid(as_undecided(kept))[0] == [("甲", 1, 1), ("乙", 1, 1), ("宽高", 2, 2)]
    assert not has_suggestions(as_undecided(kept))
    assert "merge" not in render_html(kept)
    accepted = as_accepted(kept)
    assert grid(accepted) == [
        [("甲/乙/丁", 2, 2), ("宽高", 1, 1), ("", 1, 1)],
        [("", 1, 1), ("", 1, 1)],
        [("戊", 1, 1), ("己", 1, 1), ("庚", 1, 1), ("辛", 1, 1)],
    ]
    assert not has_suggestions(accepted)
    assert accepted["content"][0]["content"][0]["content"][0]["content"][2]["attrs"]["colwidth"] == [60]


def test_what_is_no_rectangle_any_more_stays_and_rows_and_columns_are_settled_first():
    one, other = {"merge": hand("m")}, {"merge": hand("n", "李强")}
    cut = plan(table([cell("甲", **one), cell("乙", colspan=2)], [cell("丙"), cell("丁", **one), cell("戊")]))
    crossed = plan(
        table(
            [cell("甲", **one), cell("乙", **other), cell("丙", **one)], [cell("丁"), cell("戊", **other), cell("己")]
        )
    )
    assert grid(as_accepted(cut)) == grid(as_undecided(cut))
    assert grid(as_accepted(crossed)) == [[("甲", 1, 1), ("乙/戊", 1, 2), ("丙", 1, 1)], [("丁", 1, 1), ("己", 1, 1)]]
    put = {"type": "tableRow", "attrs": {"insertion": hand("r")}, "content": [cell("新"), cell("行")]}
    between = table([cell("甲", **one), cell("乙")], [cell("丙", **one), cell("丁")])
    between["content"].insert(1, put)
    assert grid(as_accepted(plan(between))) == [[("甲/新/丙", 1, 3), ("乙", 1, 1)], [("行", 1, 1)], [("丁", 1, 1)]]
    two = table([cell("甲", **one), cell("乙", **one), cell("丙", **other), cell("丁", **other)])
    assert grid(as_accepted(plan(two))) == [[("甲/乙", 2, 1), ("丙/丁", 2, 1)]]
    gone = table(
        [cell("甲", **one), cell("乙", **one, deletion=hand("d"))], [cell("丙"), cell("丁", deletion=hand("d"))]
    )
    assert grid(as_accepted(plan(gone))) == [[("甲", 1, 1)], [("丙", 1, 1)]]


def test_word_holds_what_is_merged_downwards_and_a_comment_says_the_rest(tmp_path):
    down, across, apart = {"merge": hand("m")}, {"merge": hand("n", "李强")}, {"split": hand("s", "李强")}
    suggested = plan(
        table(
            [cell("环节", **down), cell("甲", **across), cell("乙", **across)],
            [cell("", **down), cell("宽", colspan=2, **apart)],
        )
    )
    read = written(tmp_path, suggested)
    body = Document(str(tmp_path / "plan.docx")).element.body
    told = [(each.get(qn("w:vMerge")), each.get(qn("w:author"))) for each in body.iter(qn("w:cellMerge"))]
    assert told == [("rest", "王丽"), ("cont", "王丽")]
    assert [(each["name"], each["text"].split("。")[0]) for each in read["comments"]] == [
        ("李强", "修订建议：从这一格起，把 1 行 2 列的格子合并成一格"),
        ("李强", "修订建议：把这一格拆成 2 格"),
    ]
    assert read["decided"] == []
    back = doc(arranged(read["blocks"]).section("process"))
    assert count_suggestions([back]) == 1
    assert grid(as_accepted(back))[0] == [("环节", 1, 2), ("甲", 1, 1), ("乙", 1, 1)]
    # Words below would be hidden by Word; another hand below is no merge of these.
    below = plan(table([cell("甲", **down)], [cell("乙", **down)]))
    assert ("data-merge" in render_proposed(below), "data-notes" in render_proposed(below)) == (False, True)
    merges = "".join(
        f"<w:tr><w:tc><w:tcPr><w:cellMerge w:id='1' w:author='{name}' w:vMerge='{part}'/></w:tcPr><w:p/></w:tc></w:tr>"
        for name, part in (("王丽", "rest"), ("李强", "cont"))
    )
    read = read_blocks(file_of(tmp_path, f"<w:tbl>{merges}</w:tbl>"), str(tmp_path))
    assert dict(read["decided"]) == {"merge": 2}


def test_a_file_names_each_hand_that_suggests_about_a_paragraph(tmp_path):
    both = side("重点", "center")
    both["attrs"]["realign"]["at"] += 1000
    both["attrs"]["reshape"] = {**hand("h"), "type": "heading", "level": 3}
    listed = {**side("难点", "right"), "content": [text("难点")]}
    listed["attrs"]["relist"] = {**hand("l"), **place("bulletList", 0), "was": place("", 0), "at": 1}
    read = written(tmp_path, plan(both, listed))
    changes = [*Document(str(tmp_path / "plan.docx")).element.iter(qn("w:pPrChange"))]
    assert [each.get(qn("w:author")) for each in changes] == ["王丽", "王丽"]
    assert all(each.getparent().find(qn("w:jc")) is None for each in changes)
    assert [(each["name"], each["text"].split("。")[0]) for each in read["comments"]] == [
        ("李强", "修订建议：居中"),
        ("李强", "修订建议：右对齐"),
    ]
    back = doc(arranged(read["blocks"]).section("process"))
    assert "<h3>重点</h3><ul><li><p>难点</p></li></ul>" in render_html(as_accepted(without_comments(back)))
    stored = plan({"type": "paragraph", "attrs": {"notes": [["坏人", 1, "假"]]}, "content": [text("字")]})
    assert "data-notes" not in render_proposed(json_from_state(state_from_json(stored)))


def test_a_task_comes_and_goes_as_a_suggestion(tmp_path):
    task, none = place("taskList", 0), place("", 0)
    suggested = plan(
        moved("带书", "a", none, task),
        paragraph("隔开"),
        listed("bulletList", moved("带笔", "b", place("bulletList", 0), task), paragraph("带尺")),
        paragraph("再隔开"),
        tasks((True, "订正"), (False, "背诵"), (False, "抄写")),
    )
    for item, change in zip(
        suggested["content"][0]["content"][4]["content"], (none, place("orderedList", 0)), strict=False
    ):
        item["content"] = [moved(plain_text(item).strip(), "c" + change["list"], task, change)]
    kept = json_from_state(state_from_json(suggested))
    assert count_suggestions([kept]) == 4
    accepted = render_html(as_accepted(kept))
    words = re.sub(r"<span class=.task-box.[^>]*>", "□", accepted)
    assert words.endswith(
        '<ul class="task-list"><li>□</span><div><p>带书</p></div></li></ul><p>隔开</p>'
        '<ul class="task-list"><li>□</span><div><p>带笔</p></div></li></ul><ul><li><p>带尺</p></li></ul><p>再隔开</p>'
        "<p>订正</p><ol><li><p>背诵</p></li></ol>"
        '<ul class="task-list"><li>□</span><div><p>抄写</p></div></li></ul><p>完</p></div></section>'
    )
    read = written(tmp_path, suggested)
    assert (read["decided"], read["comments"]) == ([], [])
    body = Document(str(tmp_path / "plan.docx")).element.body
    signs = [
        each.getparent().getparent() for each in body.iter(qn("w:t"), qn("w:delText")) if each.text in ("☐ ", "☑ ")
    ]
    names = ["ins", "ins", "del", "del", "p"]
    assert [each.tag for each in signs] == [qn(f"w:{name}") for name in names]
    back = doc(arranged(read["blocks"]).section("process"))
    assert render_html(as_accepted(back)) == accepted
    assert render_html(back) == render_html(suggested)
    assert count_suggestions([back]) == 4

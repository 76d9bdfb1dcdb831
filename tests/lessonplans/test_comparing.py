"""What changed between two states of a plan: by section, block, cell and character."""

from __future__ import annotations

import math
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yanxiu.lessonplans.demo import caochuan
from yanxiu.lessonplans.document import nodes
from yanxiu.lessonplans.document.comparing import Piece, compare, pieces_between
from yanxiu.lessonplans.document.records import ONLY_A_PICTURE, words_of
from yanxiu.lessonplans.document.sections import SectionChange, missing_sections, section_differences
from yanxiu.lessonplans.document.ydoc import json_from_state, state_from_json

pytestmark = pytest.mark.once


def plan(*blocks: nodes.Node, key: str = "goals", title: str = "教学目标") -> nodes.Node:
    return nodes.doc(nodes.section(key, title, "", *blocks))


def told(pieces: tuple[Piece, ...]) -> str:
    """Removed in [-…-], added in {+…+}."""
    around = {"same": "{}", "removed": "[-{}-]", "added": "{{+{}+}}"}
    return "".join(around[piece.state].format(piece.text) for piece in pieces)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("读懂课文，复述故事。", "读懂课文，简要复述故事。", "读懂课文，{+简要+}复述故事。"),
        ("用时40分钟", "用时35分钟", "用时[-40-]{+35+}分钟"),
        ("学生自由朗读", "学生分组默读", "学生[-自由朗-]{+分组默+}读"),
        ("他说好", "她听好", "[-他说-]{+她听+}好"),
        ("甲的乙", "丙的丁", "[-甲的乙-]{+丙的丁+}"),
        ("", "新写的", "{+新写的+}"),
        ("一样", "一样", "一样"),
    ],
)
def test_text_is_compared_by_characters_without_crumbs(before, after, expected):
    assert told(pieces_between(before, after)) == expected


@given(st.text("甲乙丙ab 1，。", max_size=30), st.text("甲乙丙ab 1，。", max_size=30))
@settings(max_examples=60, deadline=None)
def test_each_side_can_be_read_off_the_pieces(before, after):
    pieces = pieces_between(before, after)
    assert "".join(p.text for p in pieces if p.state != "added") == before
    assert "".join(p.text for p in pieces if p.state != "removed") == after
    assert all(p.text for p in pieces)


def test_blocks_are_changed_added_removed_or_left_alone():
    before = plan(nodes.paragraph("能读懂课文内容"), nodes.paragraph("要删掉的一整段"), nodes.bullets("复述故事"))
    after = plan(nodes.paragraph("能读懂课文的主要内容"), nodes.bullets("复述故事", "说出人物特点"))
    [section] = compare(before, after)
    assert [(b.state, b.sign, told(b.pieces)) for b in section.blocks] == [
        ("changed", "", "能读懂课文{+的主要+}内容"),
        ("removed", "", "[-要删掉的一整段-]"),
        ("same", "•", "复述故事"),
        ("added", "•", "{+说出人物特点+}"),
    ]
    assert (section.state, section.added, section.removed) == ("changed", 9, 7)


def test_sections_that_come_and_go_keep_their_place():
    one = nodes.doc(
        *(nodes.section(key, title, "", nodes.paragraph(title)) for key, title in (("a", "甲"), ("b", "乙")))
    )
    other = nodes.doc(
        *(nodes.section(key, title, "", nodes.paragraph(title)) for key, title in (("c", "丙"), ("a", "甲")))
    )
    assert [(s.key, s.state) for s in compare(one, other)] == [("c", "added"), ("a", "same"), ("b", "removed")]


def test_tables_are_compared_by_cells_also_when_rows_and_columns_move():
    before = plan(nodes.table(("环节", "教师活动"), [("导入", "播放录像"), ("小结", "提问")]))
    after = plan(
        nodes.table(
            ("环节", "时间", "教师活动"), [("导入", "5", "播放图片"), ("探究", "20", "巡视"), ("小结", "5", "提问")]
        )
    )
    [block] = compare(before, after)[0].blocks
    assert [(row.state, [(c.state, told(c.pieces)) for c in row.cells]) for row in block.rows] == [
        ("changed", [("same", "环节"), ("added", "{+时间+}"), ("same", "教师活动")]),
        ("changed", [("same", "导入"), ("added", "{+5+}"), ("changed", "播放[-录像-]{+图片+}")]),
        ("added", [("added", "{+探究+}"), ("added", "{+20+}"), ("added", "{+巡视+}")]),
        ("changed", [("same", "小结"), ("added", "{+5+}"), ("same", "提问")]),
    ]


def test_a_change_of_form_alone_is_a_change_without_characters():
    [section] = compare(plan(nodes.paragraph("重点")), plan(nodes.paragraph("**重点**")))
    assert (section.state, section.blocks[0].is_form_only, section.added, section.removed) == ("changed", True, 0, 0)


def test_what_is_drawn_is_something_and_a_change():
    boards = [
        {"type": "board", "content": [{"type": "stroke", "attrs": {"points": points}}]}
        for points in ("1,1 2,2", "1,1 9,9")
    ]
    [section] = compare(*map(plan, boards))
    assert (section.state, section.blocks[0].is_form_only) == ("changed", True)
    formula = {"type": "paragraph", "content": [{"type": "formula", "attrs": {"tex": "x^2"}}]}
    for block in (boards[0], formula):
        assert missing_sections(plan(block), None, ["goals"]) == []
    assert missing_sections(plan(nodes.paragraph()), None, ["goals"]) == ["教学目标"]
    assert section_differences(plan(nodes.paragraph()), plan(formula))[0].after == "x^2"
    assert words_of(plan(boards[0])["content"][0]) == ONLY_A_PICTURE


def test_a_list_that_begins_with_no_number_begins_with_one():
    listed = nodes.numbered("复述故事")
    for start in (math.nan, "三", 10**9, True):
        [section] = compare(plan(), plan({**listed, "attrs": {"start": start}}))
        assert [block.sign for block in section.blocks] == ["1."]


@pytest.mark.parametrize(("unit", "count"), [("好", 2400), ("一句。", 9000)])
def test_what_would_take_too_long_is_told_as_replaced(unit, count):
    before, after = f"头{unit * count}甲尾", f"头{unit * (count + 1)}乙尾"
    started = time.process_time()
    pieces = pieces_between(before, after)
    letters = SectionChange("a", "甲", before, after).pieces
    assert time.process_time() - started < 1
    assert pieces[0].state == "same"
    for side, text in (("added", before), ("removed", after)):
        assert "".join(piece.text for piece in pieces if piece.state != side) == text
    for side, text in (("in", before), ("out", after)):
        assert "".join(piece.text for piece in letters if piece.fate != side) == text


def test_the_same_plan_read_from_its_state_has_no_changes():
    document = json_from_state(state_from_json(caochuan.second_version()))
    assert {section.state for section in compare(document, document)} == {"same"}


def test_two_long_versions_are_compared_in_no_time():
    long = nodes.doc(
        *(
            nodes.section(f"s{n}", "节", "", *(nodes.paragraph(f"第{n}节第{k}段" * 20) for k in range(10)))
            for n in range(10)
        )
    )
    other = nodes.doc(
        *(
            nodes.section(f"s{n}", "节", "", *(nodes.paragraph(f"第{n}节第{k}段" * 19) for k in range(1, 11)))
            for n in range(10)
        )
    )
    started = time.process_time()
    assert {section.state for section in compare(long, other)} == {"changed"}
    assert time.process_time() - started < 2

"""Suggested changes in a document: what a reading copy, the counts and a comparison make of them."""

from __future__ import annotations

import pytest

from yanxiu.lessonplans.authorship import adopted
from yanxiu.lessonplans.collab.awareness import signed_state
from yanxiu.lessonplans.document import nodes
from yanxiu.lessonplans.document.comparing import compare
from yanxiu.lessonplans.document.html import count_characters, plain_text, render_html, render_proposed
from yanxiu.lessonplans.document.nodes import Node, doc, paragraph, section
from yanxiu.lessonplans.document.remarks import count_suggestions
from yanxiu.lessonplans.document.restoring import restoring_update
from yanxiu.lessonplans.document.suggesting import as_accepted, as_undecided, has_suggestions
from yanxiu.lessonplans.document.ydoc import json_from_state, load, state_from_json

pytestmark = pytest.mark.once

BOLD: Node = {"type": "bold"}


def by(kind: str) -> Node:
    return {"type": kind, "attrs": {"id": "7-a", "author": 7, "name": "李强", "at": 1790000000000}}


def text(words: str, *marks: Node) -> Node:
    return {"type": "text", "text": words, **({"marks": list(marks)} if marks else {})}


def plan(*texts: Node) -> Node:
    return doc(section("goals", "教学目标", "", {"type": "paragraph", "content": list(texts)}))


SUGGESTED = plan(
    text("默读课文，", BOLD),
    text("了解", BOLD, by("deletion")),
    text("说清¶楚", BOLD, by("insertion")),
    text("故事", BOLD),
    text("梗概", by("insertion"), by("deletion")),
)
UNDECIDED = plan(text("默读课文，了解故事", BOLD))


def test_a_reading_copy_is_the_text_of_which_nothing_was_accepted():
    assert as_undecided(SUGGESTED) == UNDECIDED
    assert render_html(SUGGESTED) == render_html(UNDECIDED)
    assert plain_text(SUGGESTED) == plain_text(UNDECIDED)
    assert count_characters(SUGGESTED) == len("默读课文，了解故事")
    assert {change.state for change in compare(UNDECIDED, SUGGESTED)} == {"same"}
    author: Node = {"type": "author", "attrs": {"id": 7, "tone": 0}}
    assert adopted(plan(text("原文", author), text("新词", author, by("insertion")))) == {7: 2}


def whole(node: Node, **by_kind: str) -> Node:
    """A row or a picture that somebody would put in or take out."""
    changes = {kind: {**by(kind)["attrs"], "id": number} for kind, number in by_kind.items()}
    return {**node, "attrs": {**node.get("attrs", {}), **changes}}


def with_rows(*rows: tuple[str, dict[str, str]]) -> Node:
    table = nodes.table(("环节",), [[words] for words, _changes in rows])
    head, *body = table["content"]
    return {**table, "content": [head, *(whole(row, **c) for row, (_w, c) in zip(body, rows, strict=True))]}


def picture(number: int, **changes: str) -> Node:
    return whole({"type": "image", "attrs": {"src": f"/lesson-plans/1/images/{number}"}}, **changes)


def test_rows_and_pictures_are_put_in_and_taken_out_as_a_whole():
    put, out, both = {"insertion": "a"}, {"deletion": "b"}, {"insertion": "c", "deletion": "d"}
    blocks = [
        with_rows(("导入", {}), ("新课", put), ("练习", out), ("板演", both)),
        picture(1, **put),
        picture(2, **out),
    ]
    suggested = doc(section("process", "教学过程", "", *blocks))
    undecided = doc(section("process", "教学过程", "", with_rows(("导入", {}), ("练习", {})), picture(2)))
    accepted = doc(section("process", "教学过程", "", with_rows(("导入", {}), ("新课", {})), picture(1)))
    for kept in (suggested, json_from_state(state_from_json(suggested))):
        assert has_suggestions(kept)
        assert json_from_state(state_from_json(as_undecided(kept))) == json_from_state(state_from_json(undecided))
        assert json_from_state(state_from_json(as_accepted(kept))) == json_from_state(state_from_json(accepted))
        assert render_html(kept) == render_html(undecided)
        assert plain_text(kept) == plain_text(undecided)
        assert count_suggestions([kept]) == 4
    html = render_proposed(suggested)
    assert html.count('<tr data-row="ins" data-change="李强"') == 2
    assert html.count('<tr data-row="del"') == 1
    assert html.count("<ins ") == html.count("<del ") == 1
    assert (
        as_accepted(doc(section("a", "", "", with_rows(("导入", out)))))["content"][0]["content"][0]["type"] == "table"
    )
    odd = [{**picture(3), "attrs": {"src": "/a", "insertion": value}} for value in ("x", 7, {}, {"id": 1}, ["id"])]
    assert not any(map(has_suggestions, odd))


def test_a_formula_is_text_until_it_is_accepted():
    tex: Node = {"type": "tex", "attrs": {"key": "k", "display": False}}
    formula: Node = {"type": "formula", "attrs": {"tex": "x^2", "display": False}}
    suggested = plan(text("边长"), text("y^2", by("insertion"), tex), text("，"), whole(formula, deletion="b"))
    later = {**formula, "attrs": {"tex": "y^2", "display": False}}
    for kept in (suggested, json_from_state(state_from_json(suggested))):
        assert as_undecided(kept) == plan(text("边长，"), formula)
        assert as_accepted(kept) == plan(text("边长"), later, text("，"))
        assert count_suggestions([kept]) == 2
        html = render_proposed(kept)
        assert '<ins data-change="李强"' in html
        assert html.count("<math") == html.count("<msup>") == 2
        assert '<del data-change="李强"' in html
        assert "y" not in plain_text(kept)
    gone = doc(
        section("goals", "", "", paragraph("一"), {"type": "paragraph", "content": [whole(formula, deletion="b")]})
    )
    assert as_accepted(gone) == doc(section("goals", "", "", paragraph("一")))


def test_a_paragraph_is_a_heading_only_once_that_is_accepted():
    change = by("insertion")["attrs"]
    becomes = {
        "type": "paragraph",
        "attrs": {"reshape": {**change, "type": "heading", "level": 4}},
        "content": [text("重点")],
    }
    back = {
        "type": "heading",
        "attrs": {"level": 3, "reshape": {**change, "type": "paragraph"}},
        "content": [text("难点")],
    }
    suggested = doc(
        section("focus", "重难点", "", becomes, back, {**back, "attrs": {"level": 3, "reshape": {"id": "x"}}})
    )
    html = render_html(suggested)
    assert "<p>重点</p><h3>难点</h3><h3>难点</h3>" in html
    proposed = render_proposed(suggested)
    assert '<h4 data-was="p" data-change="李强"' in proposed
    assert '<p data-was="h3"' in proposed
    assert "<h4>重点</h4><p>难点</p><h3>难点</h3>" in render_html(as_accepted(suggested))
    assert has_suggestions(json_from_state(state_from_json(suggested)))


def test_a_cell_that_reaches_into_a_row_that_goes_becomes_shorter():
    table = with_rows(("导入", {}), ("新课", {"insertion": "a"}))
    table["content"][1]["content"][0]["attrs"] = {"colspan": 1, "rowspan": 2}
    [first, second] = as_undecided({"type": "doc", "content": [table]})["content"][0]["content"]
    assert (len(first["content"]), second["content"][0]["attrs"]["rowspan"]) == (1, 1)


def test_a_section_with_nothing_but_suggested_words_reads_as_empty():
    only = plan(text("设想", by("insertion")))
    assert "data-empty" in render_html(only)
    assert has_suggestions(only)
    assert not has_suggestions(as_undecided(only))


def test_a_version_keeps_its_suggestions_and_brings_them_back():
    state = state_from_json(SUGGESTED)
    kept = json_from_state(state)
    assert has_suggestions(kept)
    later = load(state)
    later.apply_update(restoring_update(state, doc(section("goals", "教学目标", "", paragraph("后来的")))))
    later.apply_update(restoring_update(later.get_update(), kept))
    assert json_from_state(later.get_update()) == kept


def test_only_writers_can_say_which_section_they_take_on():
    state = {"section": "goals", "cursor": {}}
    assert signed_state(state, {"id": 7}, may_write=True)["section"] == "goals"
    assert signed_state(state, {"id": 7}, may_write=False) == {"user": {"id": 7}}
    for odd in ("", "很" * 41, 7, ["goals"]):
        assert "section" not in signed_state({"section": odd}, {"id": 7}, may_write=True)

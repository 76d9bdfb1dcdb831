"""What somebody sends who suggests changes in a plan, and what somebody sends who would do more than that."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pycrdt import Doc, Map, Text, XmlElement, XmlFragment, XmlText

from yanxiu.lessonplans.document.adding import MOST_ELEMENTS
from yanxiu.lessonplans.document.honest import MOST_CHARACTERS
from yanxiu.lessonplans.document.nodes import Node, doc, paragraph, section, table, tasks
from yanxiu.lessonplans.document.ydoc import FIELD, append_node, state_from_json

ME, NAME = 7, "李强"


def signed(author: int = ME, number: str = "a1", name: str = NAME, **more: Any) -> Node:
    return {"id": f"{author}-{number}", "author": author, "name": name, "at": 1790000000000} | more


def text(words: str, **marks: Node) -> Node:
    return {"type": "text", "text": words, "marks": [{"type": kind, "attrs": attrs} for kind, attrs in marks.items()]}


THEIRS = signed(8, "b1", "王丽")
LINES = paragraph("春天来了，**花**开了")
PROPOSED: Node = {
    "type": "paragraph",
    "content": [
        {"type": "text", "text": "默读"},
        text("课文", deletion=THEIRS),
        text("全文", insertion=THEIRS),
        text("了", insertion=signed()),
    ],
}
TABLE = table(["环节", "教师"], [["读", "听"], ["写", "看"]])
FORMULA: Node = {"type": "formula", "attrs": {"tex": "x^2", "display": False}}
FORMULA_LINE: Node = {"type": "paragraph", "content": [{"type": "text", "text": "边长"}, FORMULA]}
STATE = state_from_json(
    doc(section("a", "甲", "", LINES, PROPOSED), section("b", "乙", "", TABLE, tasks((False, "带书")), FORMULA_LINE))
)

TEX = {"key": "k", "display": False}

Change = Callable[[Doc, XmlFragment], Any]


def first(root: XmlFragment) -> XmlElement:
    return root.children[0].children[0]


def words(root: XmlFragment) -> XmlText:
    return first(root).children[0]


def others(root: XmlFragment) -> XmlText:
    return root.children[0].children[1].children[0]


def row(root: XmlFragment) -> XmlElement:
    return root.children[1].children[0].children[1]


def cell(root: XmlFragment) -> XmlElement:
    return row(root).children[0]


def task(root: XmlFragment) -> XmlElement:
    return root.children[1].children[1].children[0]


def formula_line(root: XmlFragment) -> XmlElement:
    return root.children[1].children[2]


def behind_the_formula(_doc: Doc, root: XmlFragment) -> None:
    formula_line(root).children.append(XmlText()).insert(0, "真", {"insertion": signed()})


def texts_beside_a_formula_replaced(_doc: Doc, root: XmlFragment) -> None:
    del formula_line(root).children[0]
    formula_line(root).children.insert(0, XmlText("边长"))


def attribute(find: Callable[[XmlFragment], XmlElement], name: str, value: Any) -> Change:
    return lambda _doc, root: find(root).attributes.__setitem__(name, value)


def put(words_: str, at: int = 3, **marks: Any) -> Change:
    return lambda _doc, root: words(root).insert(at, words_, marks)


def new_cell(*content: Node, **attrs: Any) -> Node:
    return {"type": "tableCell", "attrs": attrs, "content": list(content) or [{"type": "paragraph"}]}


def new_row(*cells: Node, **attrs: Any) -> Node:
    return {
        "type": "tableRow",
        "attrs": {"insertion": signed()} | attrs,
        "content": list(cells or (new_cell(), new_cell())),
    }


def picture(**attrs: Any) -> Node:
    return {"type": "image", "attrs": {"src": MINE, "insertion": signed(), **attrs}}


def the_table(root: XmlFragment) -> XmlElement:
    return root.children[1].children[0]


def added(node: Node, find: Callable[[XmlFragment], Any] = the_table, at: int = 1) -> Change:
    return lambda _doc, root: append_node(find(root), node, at)


def new_column(*signatures: Node, at: int = 1, **attrs: Any) -> Change:
    """A cell in each row, as many as there are signatures."""

    def change(_doc: Doc, root: XmlFragment) -> None:
        for each, signature in zip(the_table(root).children, signatures, strict=False):
            append_node(each, new_cell(**attrs, insertion=signature), at)

    return change


def withdrawn(_doc: Doc, root: XmlFragment) -> None:
    del others(root)[len("默读课文全文".encode()) : len("默读课文全文了".encode())]


def typed_and_taken_back(_doc: Doc, root: XmlFragment) -> None:
    words(root).insert(3, "𠮷甲乙", {"insertion": signed()})
    del words(root)[7:10]


MINE = "/lesson-plans/1/images/1"
SECTION: Callable[[XmlFragment], XmlElement] = lambda root: root.children[0]  # noqa: E731
MARKED: Node = {"type": "paragraph", "content": [text("新", insertion=signed())]}
PICTURES: dict[str, Change] = {
    "a picture": added(picture(), SECTION, 1),
    "a picture with words, half as wide": added(picture(alt="示意图", size="half"), SECTION, 0),
    "a picture in a cell": added(picture(), cell, 1),
}
HONEST: dict[str, Change] = {
    "words put in": put("真", insertion=signed()),
    "words in bold with a link": put("真", insertion=signed(), bold={}, link={"href": "https://example.org"}),
    "a break": put("¶", insertion=signed()),
    "words that would go": lambda _doc, root: words(root).format(0, 6, {"deletion": signed()}),
    "others' words that would go": lambda _doc, root: others(root).format(12, 18, {"deletion": signed()}),
    "own words taken back": withdrawn,
    "typed and taken back at once": typed_and_taken_back,
    "a heading": attribute(first, "reshape", signed(type="heading", level=3)),
    "in the middle": attribute(first, "realign", signed(align="center", was="left")),
    "an item": attribute(first, "relist", signed(list="bulletList", level=0, was={"list": "", "level": 0})),
    "cells merged": attribute(cell, "merge", signed()),
    "a column that would go": attribute(cell, "deletion", signed()),
    "a row that would go": attribute(row, "deletion", signed()),
    "a cell that would be a heading": attribute(cell, "header", signed(on=True)),
    "a task that would be done": attribute(task, "tick", signed(on=True)),
    "a formula": put("x^2", insertion=signed(), tex=TEX),
    "a formula that would go": attribute(lambda root: formula_line(root).children[1], "deletion", signed()),
    "words behind a formula": behind_the_formula,
    "a row": added(new_row()),
    "a row at the end with words": added(new_row(new_cell(MARKED), new_cell()), at=3),
    "a column": new_column(*[signed()] * 3),
    "a row that lacks a cell": added(new_row(new_cell())),
    "a column that a row lacks": new_column(*[signed(number="d")] * 2),
    "a column at the end": new_column(*[signed(number="c")] * 3, at=2),
}


def deleted(find: Callable[[XmlFragment], Any], start: int, end: int) -> Change:
    def change(_doc: Doc, root: XmlFragment) -> None:
        del find(root)[start:end]

    return change


def replaced(_doc: Doc, root: XmlFragment) -> None:
    """The same words again, as one's own: whoever is just typing there would type into nothing."""
    del first(root).children[0]
    made = first(root).children.insert(0, XmlText())
    made.insert(0, "春天来了，")
    made.insert(len(made), "花", {"bold": {}})
    made.insert(len(made), "开了", {"bold": None})


def accepted(_doc: Doc, root: XmlFragment) -> None:
    others(root).format(12, 18, {"insertion": None})


def moved(_doc: Doc, root: XmlFragment) -> None:
    del root.children[0].children[0]
    root.children[1].children.append(XmlElement("paragraph")).children.append(XmlText("春天来了，花开了"))


def replaced_by_the_same(_doc: Doc, root: XmlFragment) -> None:
    """An element that says the same, with what is new beside it."""
    append_node(SECTION(root), picture(), 1)
    del first(root).children[0]
    del SECTION(root).children[0]
    append_node(SECTION(root), LINES, 0)


def with_a_row_and_more(*more: Change) -> Change:
    def change(made: Doc, root: XmlFragment) -> None:
        append_node(the_table(root), new_row(), 1)
        for each in more:
            each(made, root)

    return change


def in_a_table(_doc: Doc, root: XmlFragment) -> None:
    root.children[1].children[0].children.append(XmlText()).insert(0, "字", {"insertion": signed()})


HOSTILE: dict[str, Change] = {
    "plain words": put("真"),
    "plain words deleted": deleted(words, 0, 6),
    "words replaced by the same": replaced,
    "words in bold": lambda _doc, root: words(root).format(0, 6, {"bold": {}}),
    "another author": put("真", insertion=signed(8)),
    "another's suggestion": put("真", insertion={**signed(), "id": "8-b1"}),
    "another name": put("真", insertion=signed(name="王丽")),
    "no number of a person": put("真", insertion={**signed(), "author": "7"}),
    "true for a number": put("真", insertion={**signed(), "author": True}),
    "no time": put("真", insertion={**signed(), "at": "now"}),
    "more than a signature": put("真", insertion=signed(more=1)),
    "a mark in another's name on own words": put("真", insertion=signed(), deletion=signed(8, "b2", "王丽")),
    "a second mark under another name": put("真", **{"insertion": signed(), "insertion--AAAAAAA=": THEIRS}),
    "a mark that no page knows": put("真", insertion=signed(), sparkle={}),
    "a link that leads nowhere": put("真", insertion=signed(), link={}),
    "others' suggestion accepted": accepted,
    "others' suggestion refused": deleted(others, 12, 18),
    "others' suggestion to delete taken off": lambda _doc, root: others(root).format(6, 12, {"deletion": None}),
    "a paragraph moved": moved,
    "a paragraph deleted": lambda _doc, root: root.children[0].children.__delitem__(0),
    "a paragraph put in": lambda _doc, root: root.children[0].children.insert(0, XmlElement("paragraph")),
    "a formula at once": added(FORMULA, first, 1),
    "a formula called one's own": added({**FORMULA, "attrs": {"tex": "x", "insertion": signed()}}, first, 1),
    "another formula": attribute(lambda root: formula_line(root).children[1], "tex", "x^3"),
    "words that would be a formula": lambda _doc, root: words(root).format(0, 6, {"tex": TEX}),
    "words beside a formula replaced by the same": texts_beside_a_formula_replaced,
    "a row without cells": added({"type": "tableRow", "attrs": {"insertion": signed()}}),
    "a row that is nobody's": added({"type": "tableRow", "content": new_row()["content"]}),
    "a row of another": added(new_row(insertion=THEIRS)),
    "a row in a section": added(new_row(), SECTION),
    "a row in a cell": added(new_row(), cell),
    "a wide row": added(new_row(new_cell(), new_cell(), new_cell())),
    "a row with a wide cell": added(new_row(new_cell(colspan=2))),
    "a row with a high cell": added(new_row(new_cell(rowspan=2), new_cell())),
    "a row that says more": added(new_row(sparkle=1)),
    "a row with plain words": added(new_row(new_cell(paragraph("新")), new_cell())),
    "a row with a heading": added(new_row(new_cell({"type": "heading", "attrs": {"level": 3}}), new_cell())),
    "a row with a table": added(new_row(new_cell(TABLE), new_cell())),
    "a row with a cell of another's column": added(new_row(new_cell(insertion=THEIRS), new_cell())),
    "a row with a filler of nothing": added(new_row(new_cell(filler=1), new_cell())),
    "a cell without a row": added(new_cell(insertion=signed())),
    "a column of others": new_column(*[THEIRS] * 3),
    "a column that another would take out": new_column(*[signed()] * 3, deletion=signed(8, "b2", "王丽")),
    "a column with a deletion that is none": new_column(*[signed()] * 3, deletion="x"),
    "a column of cells that are true wide": new_column(*[signed()] * 3, colspan=True),
    "a row of a cell that is true high": added(new_row(new_cell(rowspan=True), new_cell())),
    "a column without a number": new_column(*[{**signed(), "id": None}] * 3),
    "a column with a list for its number": new_column(*[{**signed(), "id": ["a"]}] * 3),
    "a crooked column": lambda _doc, root: [
        append_node(each, new_cell(insertion=signed()), at)
        for each, at in zip(the_table(root).children, (0, 1, 2), strict=True)
    ],
    "a column that is nobody's": new_column(*[signed()] * 3, colspan=2),
    "a row and the words of another one deleted": with_a_row_and_more(deleted(words, 0, 6)),
    "a row and a side": with_a_row_and_more(attribute(first, "textAlign", "center")),
    "a paragraph in a row that is put in": with_a_row_and_more(
        lambda _doc, root: append_node(the_table(root).children[1].children[0], paragraph("新"))
    ),
    "a picture in a paragraph": added(picture(), first, 1),
    "a picture in a table": added(picture(), the_table, 1),
    "a picture that is nobody's": added({"type": "image", "attrs": {"src": MINE}}, SECTION),
    "a picture of elsewhere": added(picture(src="https://example.org/a.png"), SECTION),
    "another's picture": added(picture(src="/lesson-plans/1/images/2"), SECTION),
    "a picture without an address": added({"type": "image", "attrs": {"insertion": signed()}}, SECTION),
    "a picture with more words than anybody says": added(picture(alt="长" * 201), SECTION),
    "a picture of no size": added(picture(size="huge"), SECTION),
    "a picture that says more": added(picture(onerror="x"), SECTION),
    "a picture that another would take out": added(picture(deletion=THEIRS), SECTION),
    "a picture with something in it": added({**picture(), "content": [LINES]}, SECTION),
    "a paragraph called one's own": added({**LINES, "attrs": {"insertion": signed()}}, SECTION),
    "a section called one's own": added(
        {"type": "planSection", "attrs": {"insertion": signed()}}, lambda root: root, 0
    ),
    "a paragraph in the place of the same": replaced_by_the_same,
    "an element where pages expect a number": attribute(cell, "rowspan", XmlElement("tableRow")),
    "more rows than anybody suggests": lambda _doc, root: [
        append_node(the_table(root), new_row(), 1) for _ in range(MOST_ELEMENTS // 5 + 1)
    ],
    "a side": attribute(first, "textAlign", "center"),
    "cells merged at once": attribute(cell, "colspan", 2),
    "a row called one's own": attribute(row, "insertion", signed()),
    "a wide cell called one's own": attribute(cell, "insertion", signed()),
    "a task done at once": attribute(task, "checked", True),
    "a task not done as a number": attribute(task, "checked", 0),
    "true where pages expect a number": attribute(cell, "colspan", True),
    "neither done nor not": attribute(task, "tick", signed(on="yes")),
    "a task to be a heading": attribute(task, "header", signed(on=True)),
    "no such side": attribute(first, "realign", signed(align="up", was="left")),
    "no such place": attribute(first, "relist", signed(list="table", level=0, was={"list": "", "level": 0})),
    "a section renamed": attribute(lambda root: root.children[0], "title", "丙"),
    "words where no words go": in_a_table,
    "a text beside another": lambda _doc, root: first(root).children.append(XmlText()),
    "a text between the sections": lambda _doc, root: root.children.append(XmlText()),
    "something within the words": lambda _doc, root: words(root).insert_embed(3, {"a": 1}, {"insertion": signed()}),
    "an attribute of a text": lambda _doc, root: words(root).attributes.__setitem__("a", "1"),
    "a day that no calendar has": attribute(first, "reshape", signed(type="heading", level=3, at=1e300)),
    "bytes": attribute(first, "reshape", signed(type="heading", level=3, at=b"now")),
    "nothing where pages expect a number": attribute(cell, "colspan", None),
    "a text where pages expect a number": attribute(cell, "rowspan", XmlText("1")),
    "notes of who accepted what": lambda made, _root: made.get("decided", type=Map).__setitem__("x by 1", [0, 9]),
    "another map": lambda made, _root: made.get("other", type=Map).__setitem__("a", 1),
    "another text": lambda made, _root: made.get("more", type=Text).insert(0, "x"),
    "more than anybody suggests": put("长" * (MOST_CHARACTERS + 1), insertion=signed()),
}


def update_of(change: Change, state: bytes = STATE, writer: int | None = None) -> bytes:
    made: Doc = Doc(client_id=writer)
    made.apply_update(state)
    before = made.get_state()
    change(made, made.get(FIELD, type=XmlFragment))
    return made.get_update(before)

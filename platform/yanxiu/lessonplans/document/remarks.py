"""Comments and suggestions that came along in a file: whose they are, and which words they are about. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from hashlib import sha256
from zlib import crc32

from yanxiu.lessonplans.document.mark_names import COMMENT
from yanxiu.lessonplans.document.nodes import Node
from yanxiu.lessonplans.document.suggesting import DELETION, INSERTION, add_text, changes_of

LOST = "原文已删去："
"""Begins the line of a file that a comment is about whose words are gone."""
NO_WORDS = "（没有选中文字）"
MOST_QUOTED = 300


def words_about(blocks: Iterable[Node]) -> dict[str, str]:
    """The words of each comment, by its number."""
    found: dict[str, str] = {}
    for text in _texts(blocks):
        for number in _numbers(text):
            found[number] = found.get(number, "") + str(text["text"])
    return {number: words.removeprefix(LOST)[:MOST_QUOTED] for number, words in found.items()}


def sections_about(document: Node) -> dict[str, str]:
    """The key of the section in which the words of each comment begin."""
    found: dict[str, str] = {}
    for section in document.get("content", ()):
        key = str((section.get("attrs") or {}).get("key", ""))
        for number in words_about([section]):
            found.setdefault(number, key)
    return found


def is_lost(block: Node) -> bool:
    """Whether a paragraph only says what a comment was about."""
    content = block.get("content") or [{}]
    return str(content[0].get("text", "")).startswith(LOST) and all(map(_numbers, content))


def with_comments(node: Node, anchors: Mapping[str, str]) -> Node:
    """The node with other numbers for its comments; those that have none are left out."""

    def renamed(mark: Node) -> Node | None:
        if mark.get("type") != COMMENT:
            return mark
        anchor = anchors.get(str(mark["attrs"]["cid"]))
        return {**mark, "attrs": {"cid": anchor}} if anchor else None

    return _with_marks(node, renamed)


def without_comments(node: Node) -> Node:
    """The node as it reads."""
    return with_comments(node, {})


def with_people(node: Node, people: Mapping[str, int]) -> Node:
    """The node with the numbers of those who suggested, by their names; nobody's name gives a number of nobody."""

    def known(change: Node) -> Node:
        if change.get("author"):
            return change  # what stands in the plan already is whose it was
        name = str(change.get("name", ""))
        return {**change, "author": people.get(name, -1 - crc32(name.encode()) % 10**9)}

    return _with_changes(node, known)


def with_own_numbers(node: Node, file: str) -> Node:
    """The node with numbers of `file`'s own for what was suggested in it: every file begins to count at one."""
    prefix = sha256(file.encode()).hexdigest()[:8]

    return _with_changes(node, lambda change: {**change, "id": f"{prefix}-{change['id']}"})


def _with_changes(node: Node, changed: Callable[[Node], Node]) -> Node:
    """The node with what it says about whose suggestions it has changed: marks, and attributes of rows and pictures."""

    def marked(mark: Node) -> Node:
        return {**mark, "attrs": changed(mark["attrs"])} if mark.get("type") in (INSERTION, DELETION) else mark

    def whole(part: Node) -> Node:
        found = {kind: changed(change) for kind, change in changes_of(part).items()}
        made = {**part, "attrs": {**part["attrs"], **found}} if found else part
        return {**made, "content": [whole(child) for child in made["content"]]} if "content" in made else made

    return whole(_with_marks(node, marked))


def suggestions_in(blocks: Iterable[Node]) -> list[tuple[str, str]]:
    """What is suggested, in the order of the text: the kind and the words, then rows and pictures by what they are."""
    blocks = list(blocks)
    marked = ((text, mark) for text in _texts(blocks) for mark in text.get("marks", ()))
    said = [(mark["type"], text["text"]) for text, mark in marked if mark.get("type") in (INSERTION, DELETION)]
    return said + [(kind, str(node["type"])) for node, kind, _change in _whole_changes(blocks)]


def count_suggestions(blocks: Iterable[Node]) -> int:
    """How many can be decided on by themselves."""
    blocks = list(blocks)
    marks = (mark for text in _texts(blocks) for mark in text.get("marks", ()))
    texts = {mark["attrs"]["id"] for mark in marks if mark.get("type") in (INSERTION, DELETION)}
    return len(texts | {change["id"] for _node, _kind, change in _whole_changes(blocks)})


def _whole_changes(blocks: Iterable[Node]) -> Iterator[tuple[Node, str, Node]]:
    for block in blocks:
        for kind, change in changes_of(block).items():
            yield block, kind, change
        yield from _whole_changes(block.get("content", ()))


def _with_marks(node: Node, change: Callable[[Node], Node | None]) -> Node:
    if "content" not in node:
        return node
    content: list[Node] = []
    for child in node["content"]:
        if child.get("type") != "text":
            content.append(_with_marks(child, change))
            continue
        marks = [made for mark in child.get("marks", ()) if (made := change(mark)) is not None]
        rest = {key: value for key, value in child.items() if key != "marks"}
        add_text(content, {**rest, "marks": marks} if marks else rest)
    return {**node, "content": content}


def _texts(blocks: Iterable[Node]) -> Iterator[Node]:
    for block in blocks:
        if block.get("type") == "text":
            yield block
        else:
            yield from _texts(block.get("content", ()))


def _numbers(text: Node) -> list[str]:
    return [str(mark["attrs"]["cid"]) for mark in text.get("marks", ()) if mark.get("type") == COMMENT]

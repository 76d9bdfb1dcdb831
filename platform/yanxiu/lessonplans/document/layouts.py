"""Which part of a plan stands where a layout names it. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from yanxiu.lessonplans.document.html import plain_text
from yanxiu.lessonplans.document.naming import bare, names_of
from yanxiu.lessonplans.document.nodes import Node
from yanxiu.lessonplans.document.sections import key_of, says_something, sections_of, title_of
from yanxiu.lessonplans.document.suggesting import has_suggestions
from yanxiu.lessonplans.document.templates import TemplateSection

TEXTS = ("课题", "学科", "学段", "年级", "教材版本", "册次", "单元", "课时", "主备人", "学校", "日期")
"""What is one line; these may stand in headers and footers too."""
REST = ("其他内容", "其余内容")
"""All that stands nowhere else, with its titles."""


@dataclass(frozen=True)
class LaidOut:
    """The blocks for each name, and what no name took, as sections."""

    parts: Mapping[str, list[Node]]
    rest: list[Node]


def known_names(sections: Iterable[TemplateSection]) -> set[str]:
    """Every name that a layout may use: lines of the card, sections, and what stands under a heading of one."""
    shown = list(sections)
    parts = {bare(part) for section in shown for part in section.parts}
    return {*TEXTS, *REST, *names_of([(section.key, section.title) for section in shown]), *parts}


def laid_out(
    document: Node, names: Sequence[str], empty: Mapping[str, Node] | None = None, *, proposed: bool = False
) -> LaidOut:
    """Give each name its blocks. A name is a section's title, a heading inside of one, or another word for a section.

    What says no more than the template's `empty` sections is not left for the rest; `proposed`: 修订 say something too.
    """
    sections = sections_of(document)
    titles = {bare(title_of(node)): key for key, node in sections.items()}
    words = names_of([(key, title_of(node)) for key, node in sections.items()])
    headed = {name: found for node in sections.values() for name, found in _headed(node).items()}
    parts: dict[str, list[Node]] = {}
    placed: set[int] = set()
    for name in names:
        if name in TEXTS or name in REST:
            continue
        blocks, taken = _found(bare(name), sections, titles, headed, words)
        parts[name] = blocks
        placed.update(map(id, taken))
    nothing = empty or {}
    rest = [(node, {**node, "content": _unplaced(node, placed)}) for node in _all(document)]
    said = [left for node, left in rest if _says(left, nothing.get(key_of(node)), proposed)]
    return LaidOut(parts, said)


def _found(
    name: str,
    sections: Mapping[str, Node],
    titles: Mapping[str, str],
    headed: Mapping[str, list[Node]],
    words: Mapping[str, str],
) -> tuple[list[Node], list[Node]]:
    """The blocks to print, and those that are dealt with by it."""
    if name not in titles and name in headed:
        return headed[name][1:], headed[name]
    section = sections.get(titles.get(name) or words.get(name, ""))
    blocks = list(section.get("content", ())) if section is not None else []
    return blocks, blocks


def _headed(section: Node) -> dict[str, list[Node]]:
    """What stands under each heading of a section, the heading first."""
    found: dict[str, list[Node]] = {}
    current: list[Node] | None = None
    for block in section.get("content", ()):
        if block.get("type") == "heading" and block.get("attrs", {}).get("level") != 4:
            current = found.setdefault(bare(plain_text(block)), [])
        if current is not None:
            current.append(block)
    return found


def _all(document: Node) -> list[Node]:
    """The sections, and what stands outside of one as if it were one."""
    loose = [node for node in document.get("content", ()) if node.get("type") != "planSection"]
    found = [node for node in document.get("content", ()) if node.get("type") == "planSection"]
    return [*found, *([{"type": "planSection", "attrs": {"key": "", "title": ""}, "content": loose}] if loose else [])]


def _unplaced(section: Node, placed: set[int]) -> list[Node]:
    return [block for block in section.get("content", ()) if id(block) not in placed]


def _says(section: Node, empty: Node | None, proposed: bool) -> bool:
    return says_something(section, empty) or (proposed and has_suggestions(section))


def missing_from(names: Iterable[str], sections: Iterable[TemplateSection]) -> list[str]:
    """Titles of the sections that a layout with these names has no place for."""
    told = {bare(name) for name in names}
    if told & set(REST):
        return []
    words = names_of([(section.key, section.title) for section in sections])
    keys = {words[name] for name in told if name in words}
    parts = {key_of_section.key for key_of_section in sections if told & {bare(part) for part in key_of_section.parts}}
    return [section.title for section in sections if section.key not in keys | parts]

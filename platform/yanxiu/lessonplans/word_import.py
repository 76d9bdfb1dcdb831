"""A Word document put into the sections of a plan: what can be told goes where it belongs, everything else is kept."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from os import PathLike
from pathlib import Path
from typing import Any

from yanxiu.core import clock
from yanxiu.lessonplans.document import nodes
from yanxiu.lessonplans.document.html import plain_text
from yanxiu.lessonplans.document.naming import KEYS, OTHER, bare
from yanxiu.lessonplans.document.nodes import Node
from yanxiu.lessonplans.document.remarks import NO_WORDS, count_suggestions, is_lost, words_about
from yanxiu.lessonplans.document.suggesting import changes_of
from yanxiu.lessonplans.document.templates import LITERACY, PlanTemplate, filled_document

WordReader = Callable[[PathLike[str]], AbstractContextManager[tuple[dict[str, Any], Path]]]
"""Give a file, get its blocks and the folder with its pictures; read in a child process with limits."""

OTHER_TITLE = "其他内容"
_NUMBER = re.compile(
    r"^\s*(?:第?[一二三四五六七八九十]{1,3}[、.．]|[(（][一二三四五六七八九十\d]{1,3}[)）]|\d{1,2}[、.．])?\s*"
)
_LONGEST = 16
DECIDED = {
    "break": "段落里换行的增删（增的、删的都留着）",
    "formula": "公式的增删和改动（增的、删的都留着）",
    "look": "字体、字号、颜色等文字格式",
    "merge": "合并、拆分单元格",
    "merged-column": "合并单元格上的整列增删",
    "other": "别的格式",
    "page": "页面设置（这里的页面都一样）",
    "paragraph": "缩进、行距等段落格式",
    "split": "表格前后的分段",
    "table": "表格的宽窄、边框等格式",
}
"""The kinds of changes that `resources.extraction.word_decided` tells apart, as a teacher knows them."""
_BOXES = {"☑": True, "☐": False}
_reader: list[WordReader] = []


def use_word_reader(reader: WordReader) -> None:
    """Say who opens Word files; done once by `wiring`."""
    _reader[:] = [reader]


def read_word(path: PathLike[str]) -> AbstractContextManager[tuple[dict[str, Any], Path]]:
    """Open a Word file in the child."""
    return _reader[0](path)


@dataclass(frozen=True)
class FileVoice:
    """What somebody said in a file; `at` is None where the file does not say when."""

    name: str
    at: datetime | None
    text: str


@dataclass(frozen=True)
class FileThread:
    """A comment of a file with its answers, and the words it was about there."""

    number: str
    quote: str
    voices: tuple[FileVoice, ...]
    is_done: bool


@dataclass(frozen=True)
class Arranged:
    """What a file said, by sections in the order of the template; `title` is empty if it had none.

    Words that were commented on carry the mark `comment` with the number of one of `threads`.
    """

    title: str
    parts: dict[str, list[Node]]
    threads: tuple[FileThread, ...] = ()
    left: int = 0
    """How many comments of the file were too many to be read."""
    decided: tuple[tuple[str, int], ...] = ()
    """Changes that no plan can hold open, by kind in words: they are read as they stand in the file."""

    def document(self, template: PlanTemplate) -> Node:
        """The plan, with what could not be placed in a section at the end; other sections are as the template's."""
        keys = {section.key for section in template.sections}
        known = filled_document(template, {key: found for key, found in self.parts.items() if key in keys})
        return nodes.doc(*known["content"], *(self.section(key) for key in self.parts if key not in keys))

    def threads_about(self, blocks: Iterable[Node]) -> list[FileThread]:
        """The comments that words of these blocks carry."""
        numbers = words_about(blocks)
        return [thread for thread in self.threads if thread.number in numbers]

    def threads_nowhere(self) -> list[FileThread]:
        """The comments whose words are in no part: about a title, a heading, or no words at all."""
        numbers = words_about(block for blocks in self.parts.values() for block in blocks)
        return [thread for thread in self.threads if thread.number not in numbers]

    def section(self, key: str) -> Node:
        """One part as a section of its own."""
        return nodes.section(key, title_of_part(key), "", *self.parts[key])


def title_of_part(key: str) -> str:
    """What a section is called where the plan has none for it."""
    return next((section.title for section in LITERACY.sections if section.key == key), OTHER_TITLE)


def threads_in(result: Mapping[str, Any]) -> tuple[FileThread, ...]:
    """The comments of a file that was read."""
    words, comments = words_about(result["blocks"]), result["comments"]
    return tuple(
        FileThread(
            each["id"],
            words.get(each["id"], "").strip() or NO_WORDS,
            tuple(map(_voice, (each, *(other for other in comments if other["parent"] == each["id"])))),
            each["done"],
        )
        for each in comments
        if not each["parent"]
    )


def decided_in(result: Mapping[str, Any], found: Arranged) -> tuple[tuple[str, int], ...]:
    """Which changes of a file are none of the plan any more: those a plan cannot hold open, and those in its titles."""
    kept = count_suggestions(block for blocks in found.parts.values() for block in blocks)
    told = [(DECIDED[kind], count) for kind, count in result["decided"]]
    lost = count_suggestions(result["blocks"]) - kept
    return (*told, *([("课题和各部分标题里的修订", lost)] if lost > 0 else ()))


def _voice(comment: Mapping[str, Any]) -> FileVoice:
    at = datetime.fromtimestamp(comment["at"] / 1000, UTC) if comment["at"] else None
    return FileVoice(comment["name"], at if at is None or at < clock.now() else None, comment["text"])


def arranged(blocks: Sequence[Node], names: Mapping[str, str] = KEYS, threads: tuple[FileThread, ...] = ()) -> Arranged:
    """Put blocks into sections by the titles that stand over them or in the first column of a table."""
    parts: dict[str, list[Node]] = {}
    current, rank, title = OTHER, 9, ""
    for block in blocks:
        if block.get("title") and not title and not parts:
            title = plain_text(block).strip()
            continue
        if threads and is_lost(block):
            continue
        found = _section_named(block, names)
        if found is not None:
            current, rank, rest = found[0], int(block.get("heading", 9)), found[1]
            parts.setdefault(current, []).extend(rest)
            continue
        if int(block.get("heading", 99)) <= rank and rank < 9:
            current = OTHER
        for key, node in _by_first_column(block, names) if block["type"] == "table" else [(current, block)]:
            parts.setdefault(key or current, []).append(node)
    shaped = {key: _without_empty_ends(list(_shaped(found))) for key, found in parts.items()}
    return Arranged(title[:100], {key: found for key, found in shaped.items() if found}, threads)


def _section_named(block: Node, names: Mapping[str, str]) -> tuple[str, list[Node]] | None:
    """The section whose title a paragraph is, and what of it is more than the title."""
    if block["type"] != "paragraph" or any(node["type"] != "text" for node in block["content"]):
        return None
    words = plain_text(block).strip()
    title = _NUMBER.sub("", words, count=1)
    label, colon, _rest = title.replace(":", "：").partition("：")
    key = names.get(bare(label)) if len(label) <= _LONGEST else None
    if key is None:
        return None
    if colon and title[len(label) + 1 :].strip():
        return key, [block]
    return key, [nodes.heading(label.strip())] if key == "focus" and "与" not in label and "重难" not in label else []


def _by_first_column(table: Node, names: Mapping[str, str]) -> Iterator[tuple[str, Node]]:
    """The rows of a form, each where its first cell says; rows between them stay a table. "" is where one is."""
    rows = table["content"]
    keys = [_key_of_row(row, names) for row in rows]
    spans = any(cell["attrs"]["rowspan"] > 1 for row in rows for cell in row["content"])
    proposed = any(key and _is_proposed(row) for row, key in zip(rows, keys, strict=True))
    if not any(keys) or spans or proposed:
        yield "", table
        return
    kept: list[Node] = []
    for row, key in zip(rows, keys, strict=True):
        if not key:
            kept.append(row)
            continue
        if kept:
            yield OTHER, {**table, "content": kept}
            kept = []
        label = plain_text(row["content"][0]).strip()
        if key == "focus":
            yield key, nodes.heading(label)
        for cell in row["content"][1:]:
            yield from ((key, block) for block in cell["content"])
    if kept:
        yield OTHER, {**table, "content": kept}


def _is_proposed(row: Node) -> bool:
    """Whether a row, or a column it has a cell of, is only proposed."""
    return any(changes_of(part) for part in (row, *row["content"]))


def _key_of_row(row: Node, names: Mapping[str, str]) -> str:
    if len(row["content"]) < 2:
        return ""
    words = _NUMBER.sub("", plain_text(row["content"][0]).strip(), count=1)
    return names.get(bare(words), "")


def _shaped(blocks: Sequence[Node]) -> Iterator[Node]:
    """Blocks as the editor has them: items gathered into lists, headings of two ranks."""
    items: list[Node] = []
    tasks: list[Node] = []
    for block in blocks:
        task = _task(block)
        if tasks and task is None:
            yield {"type": "taskList", "content": tasks}
            tasks = []
        if "list" in block and "heading" not in block:
            items.append(block)
            continue
        yield from _lists(items)
        items = []
        if task is None:
            yield _plain(block)
        else:
            tasks.append(task)
    if tasks:
        yield {"type": "taskList", "content": tasks}
    yield from _lists(items)


def _task(block: Node) -> Node | None:
    """A paragraph that begins with a box, ticked or not, as an item of what is to be done."""
    words = block.get("content") or [{}]
    box = str(words[0].get("text", ""))[:1] if block["type"] == "paragraph" and "list" not in block else ""
    if box not in _BOXES:
        return None
    rest = words[0]["text"][1:].lstrip()
    said = [{**words[0], "text": rest}, *words[1:]] if rest else words[1:]
    paragraph = {"type": "paragraph", "content": said, **({"attrs": block["attrs"]} if "attrs" in block else {})}
    return {"type": "taskItem", "attrs": {"checked": _BOXES[box]}, "content": [paragraph]}


def _plain(block: Node) -> Node:
    kept: Node = {name: block[name] for name in ("type", "attrs", "content") if name in block}
    if "heading" in block:
        return {
            **kept,
            "type": "heading",
            "attrs": {**block.get("attrs", {}), "level": 4 if block["heading"] > 3 else 3},
        }
    if block["type"] in ("table", "tableRow"):
        return {**kept, "content": [_plain(child) for child in block["content"]]}
    if block["type"] in ("tableCell", "tableHeader"):
        return {**kept, "content": list(_shaped(block["content"]))}
    return kept


def _lists(items: Sequence[Node]) -> Iterator[Node]:
    """Items one after another as lists, deeper ones inside of the item before them."""
    at = 0
    while at < len(items):
        kind, level, number, start = items[at]["list"]
        end = at + 1
        while end < len(items) and (items[end]["list"][1] > level or items[end]["list"][1:3] == [level, number]):
            end += 1
        made: Node = {"type": kind, "content": list(_items(items[at:end], level))}
        yield {**made, "attrs": {"start": start}} if kind == "orderedList" else made
        at = end


def _items(items: Sequence[Node], level: int) -> Iterator[Node]:
    starts = [at for at, item in enumerate(items) if item["list"][1] == level]
    for at, until in zip(starts, [*starts[1:], len(items)], strict=True):
        yield {"type": "listItem", "content": [_plain(items[at]), *_lists(items[at + 1 : until])]}


def _without_empty_ends(blocks: list[Node]) -> list[Node]:
    while blocks and blocks[0]["type"] == "paragraph" and not blocks[0]["content"]:
        del blocks[0]
    while blocks and blocks[-1]["type"] == "paragraph" and not blocks[-1]["content"]:
        del blocks[-1]
    return blocks

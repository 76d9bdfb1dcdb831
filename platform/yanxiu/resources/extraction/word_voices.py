"""What people said and proposed in a Word file: its comments, and who changed what when. Runs in the child."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from typing import Any

from yanxiu.resources.extraction.word_decided import SPLIT, Decided
from yanxiu.resources.extraction.word_package import parsed

Block = dict[str, Any]

MOST_COMMENTS = 2000
MOST_CHARACTERS, LONGEST_NAME = 2000, 40
BREAK = "¶"
"""Within an insertion: a new paragraph begins here."""
JOIN = "\u204b"
"""Within an insertion, at the end of a paragraph: the next one joins on."""
KINDS = {"ins": "insertion", "moveTo": "insertion", "del": "deletion", "moveFrom": "deletion"}
CELL_KINDS = {"cellIns": "insertion", "cellDel": "deletion"}
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_W14 = "{http://schemas.microsoft.com/office/word/2010/wordml}"
_W15 = "{http://schemas.microsoft.com/office/word/2012/wordml}"
_LOCAL = timezone(timedelta(hours=8))
_FIRST_YEAR, _LAST_YEAR = 1990, 2100


class Proposals:
    """The changes a reader is within, and which of them are decided on together: those of one hand side by side."""

    def __init__(self) -> None:
        self.marks: list[Block] = []
        self._hand: tuple[str, int] | None = None
        self._count = 0
        self._muted: frozenset[tuple[str, str]] = frozenset()
        self._columns: dict[tuple[object, ...], Block] = {}

    def mark(self, element: Any) -> Block:
        """The mark of a change."""
        return {"type": KINDS[element.tag.removeprefix(_W)], "attrs": self._attrs(element)}

    def _attrs(self, element: Any) -> Block:
        name, at = _name(element), moment(element.get(f"{_W}date"))
        if self._hand != (name, at):
            self._hand = (name, at)
            self._count += 1
        return {"id": f"w{self._count}", "author": 0, "name": name, "at": at}

    def enter(self, element: Any) -> list[Block]:
        """Go into a change; return the marks to come back to."""
        before = self.marks
        if (KINDS[element.tag.removeprefix(_W)], _name(element)) in self._muted:
            return before
        mark = self.mark(element)
        self.marks = [*(each for each in before if each["type"] != mark["type"]), mark]
        return before

    @contextmanager
    def row(self, row: Any) -> Iterator[Block]:
        """Read a row that was put in or taken out as a whole: what the same hand did to its words is part of that."""
        about = row.find(f"{_W}trPr")
        changes = [] if about is None else [*about.iterchildren(f"{_W}ins", f"{_W}del")]
        found: Block = {}
        for change in changes:
            self._hand = None
            mark = self.mark(change)
            found[mark["type"]] = mark["attrs"]
        with self._as_part_of(found):
            yield found

    @contextmanager
    def cell(self, about: Any, column: tuple[int, int]) -> Iterator[Block]:
        """Read a cell that comes or goes with its column, which is decided on together; `column` says which one of all."""
        found: Block = {}
        for change in [] if about is None else about.iterchildren(*(f"{_W}{name}" for name in CELL_KINDS)):
            kind = CELL_KINDS[change.tag.removeprefix(_W)]
            self._hand = None
            attrs = self._attrs(change)
            found[kind] = self._columns.setdefault((kind, attrs["name"], attrs["at"], *column), attrs)
        with self._as_part_of(found):
            yield found

    @contextmanager
    def _as_part_of(self, found: Block) -> Iterator[None]:
        before, own = self._muted, {(kind, attrs["name"]) for kind, attrs in found.items()}
        self._muted = before | own
        yield
        self._muted = before
        if found:
            self._hand = None

    def reshaping(self, change: Any) -> Block:
        """Whose it is that a paragraph becomes a heading, or the other way round: decided on by itself."""
        self._hand = None
        attrs = self._attrs(change)
        self._hand = None
        return attrs

    def looks(self, change: Any) -> tuple[Block, Block]:
        """The marks of words in their old look, which go, and in the new one."""
        attrs = self._attrs(change)
        return {"type": "deletion", "attrs": attrs}, {"type": "insertion", "attrs": attrs}

    def interrupt(self) -> None:
        """Words nobody proposed: what comes next is another change."""
        if not self.marks:
            self._hand = None

    def broken(self, about: Any) -> Block | None:
        """The mark of a paragraph's end that was put in."""
        ends = about.find(f"{_W}rPr") if about is not None else None
        if ends is None or ends.find(f"{_W}del") is not None:
            return None
        put = ends.find(f"{_W}ins")
        return self.mark(put) if put is not None and ("insertion", _name(put)) not in self._muted else None

    def joining(self, about: Any, content: list[Block]) -> Block | None:
        """What says that a paragraph's end goes. One of which all words go, goes with them."""
        gone = about.find(f"{_W}rPr/{_W}del") if about is not None else None
        stays = [node for node in content if not any(mark["type"] == "deletion" for mark in node.get("marks", ()))]
        if gone is None or (content and not stays) or ("deletion", _name(gone)) in self._muted:
            return None
        mark = {**self.mark(gone), "type": "insertion"}
        return {"type": "text", "text": JOIN, "marks": [mark]}


def joined(blocks: Iterator[Block], proposals: Proposals, decided: Decided) -> Iterator[Block]:
    """Blocks with paragraphs whose break was only put in as one, the break in it; before a table it can be in none."""
    waiting: Block | None = None
    for block in blocks:
        if waiting is not None and "broken" in waiting and block["type"] == "paragraph":
            waiting = _one(waiting, block)
            continue
        if waiting is not None:
            decided.note(SPLIT, int("broken" in waiting))
            yield _done(waiting)
        waiting = block
    if waiting is not None:
        decided.note(SPLIT, int("broken" in waiting))
        yield _done(waiting)
    proposals.interrupt()


def _one(first: Block, second: Block) -> Block:
    """It looks like the first that has words which are not only proposed."""
    shape = second if not _stands(first) and _stands(second) else first
    between = {"type": "text", "text": BREAK, "marks": [first["broken"]]}
    made = {**shape, "content": [*first["content"], between, *second["content"]]}
    made.pop("broken", None)
    return {**made, "broken": second["broken"]} if "broken" in second else made


def _stands(block: Block) -> bool:
    return any(all(mark["type"] != "insertion" for mark in node.get("marks", ())) for node in block["content"])


def _done(block: Block) -> Block:
    return {name: value for name, value in block.items() if name != "broken"}


def comments_of(document: Any) -> tuple[list[Block], int]:
    """The comments of a file, answers behind what they answer, and how many more there are; of each not more than some."""
    root = _part(document, "comments")
    found = [] if root is None else root.findall(f"{_W}comment")
    parents, done = _threads(document)
    numbers = {_last_paragraph(each): str(each.get(f"{_W}id") or "") for each in found}
    comments: list[Block] = []
    left = 0
    for each in found:
        paragraph, text = _last_paragraph(each), _said(each)
        if not text or len(comments) >= MOST_COMMENTS:
            left += bool(text)
            continue
        comments.append(
            {
                "id": str(each.get(f"{_W}id") or "")[:20],
                "name": _name(each),
                "at": moment(each.get(f"{_W}date")),
                "text": text[:MOST_CHARACTERS],
                "parent": numbers.get(parents.get(paragraph, ""), "")[:20],
                "done": paragraph in done,
            }
        )
    return comments, left


def moment(said: str | None) -> int:
    """Milliseconds since 1970; Word writes the hours of the clock on the wall. 0 where it says nothing sensible."""
    try:
        at = datetime.fromisoformat((said or "")[:19]).replace(tzinfo=_LOCAL)
    except ValueError:
        return 0
    return int(at.timestamp()) * 1000 if _FIRST_YEAR <= at.year < _LAST_YEAR else 0


def _name(element: Any) -> str:
    words = "".join(each if each.isprintable() else " " for each in element.get(f"{_W}author") or "")
    return " ".join(words.split())[:LONGEST_NAME] or "未署名"


def _part(document: Any, kind: str) -> Any:
    for relation in document.part.rels.values():
        if not relation.is_external and relation.reltype.rpartition("/")[2] == kind:
            return parsed(relation.target_part.blob)
    return None


def _threads(document: Any) -> tuple[dict[str, str], set[str]]:
    """Which paragraph answers which, and those of threads that are done."""
    root = _part(document, "commentsExtended")
    rows = [] if root is None else root.findall(f"{_W15}commentEx")
    told = {str(row.get(f"{_W15}paraId")): row for row in rows}
    parents = {
        name: str(row.get(f"{_W15}paraIdParent")) for name, row in told.items() if row.get(f"{_W15}paraIdParent")
    }
    return parents, {name for name, row in told.items() if row.get(f"{_W15}done") in ("1", "true")}


def _last_paragraph(comment: Any) -> str:
    paragraphs = comment.findall(f".//{_W}p")
    return str(paragraphs[-1].get(f"{_W14}paraId") or id(comment)) if paragraphs else str(id(comment))


def _said(comment: Any) -> str:
    lines = []
    for paragraph in comment.iter(f"{_W}p"):
        pieces = [(each.text or "") if each.tag == f"{_W}t" else "\n" for each in paragraph.iter(f"{_W}t", f"{_W}br")]
        lines.append("".join(pieces))
    return "\n".join(lines).strip()

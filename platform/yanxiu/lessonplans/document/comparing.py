"""What changed from one state of a document to another: by section, block, and character; tables by cells.

Pure: document JSON in, frozen dataclasses out. Chinese has no spaces between words, so text is compared character by
character (Latin words and numbers as wholes), and islands of a single character between two changes are given up:
“把甲改成乙” reads better than a row of crumbs.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from yanxiu.lessonplans.document.html import first_number, plain_text
from yanxiu.lessonplans.document.matching import steps_between
from yanxiu.lessonplans.document.nodes import Node
from yanxiu.lessonplans.document.suggesting import as_undecided

State = Literal["same", "changed", "added", "removed"]
Pair = tuple[int | None, int | None]

LISTS = {"bulletList", "orderedList", "taskList"}
SIGNS = {"bulletList": "•", "taskList": "☐"}
ALIKE = 0.35
"""Share of common characters from which two blocks count as one that was changed."""
WIDEST = 40
LONGEST = 2500
"""More pieces than this are compared by sentences."""

_PIECES = re.compile(r"[A-Za-z0-9]+|\s+|.", re.DOTALL)
_SENTENCES = re.compile(r"[^。！？；\n]+[。！？；\n]*|[。！？；\n]+")


@dataclass(frozen=True)
class Piece:
    """A stretch of text that is the same on both sides, or only on one."""

    state: Literal["same", "added", "removed"]
    text: str


@dataclass(frozen=True)
class CellChange:
    """One cell of a table."""

    state: State
    pieces: tuple[Piece, ...]


@dataclass(frozen=True)
class RowChange:
    """One row of a table."""

    state: State
    cells: tuple[CellChange, ...]


@dataclass(frozen=True)
class BlockChange:
    """A paragraph, list item, picture or table. `sign` is what stands before a list item.

    A changed block without added or removed pieces differs in its form only.
    """

    state: State
    before: Node | None
    after: Node | None
    pieces: tuple[Piece, ...] = ()
    rows: tuple[RowChange, ...] = ()
    sign: str = ""

    @property
    def is_table(self) -> bool:
        return bool(self.rows)

    @property
    def is_form_only(self) -> bool:
        return self.state == "changed" and not any(piece.state != "same" for piece in self.all_pieces())

    def all_pieces(self) -> Iterator[Piece]:
        yield from self.pieces
        for row in self.rows:
            for cell in row.cells:
                yield from cell.pieces


@dataclass(frozen=True)
class SectionChange:
    """A section; what stands outside of any has the key "". `added` and `removed` count characters, no white space."""

    key: str
    title: str
    state: State
    blocks: tuple[BlockChange, ...]
    added: int
    removed: int


@dataclass(frozen=True)
class _Section:
    key: str
    title: str
    content: Sequence[Node]


@dataclass(frozen=True)
class _Block:
    node: Node
    text: str
    sign: str = ""


def compare(before: Node, after: Node) -> tuple[SectionChange, ...]:
    """Return every section of both, as undecided, in the order of `after`, removed ones where they stood."""
    old, new = _sections(as_undecided(before)), _sections(as_undecided(after))
    pairs = _aligned([part.key for part in old], [part.key for part in new])
    return tuple(_section(old[i] if i is not None else None, new[j] if j is not None else None) for i, j in pairs)


def _sections(document: Node) -> list[_Section]:
    found: list[_Section] = []
    for node in document.get("content", ()):
        if node.get("type") == "planSection":
            attrs = node.get("attrs", {})
            found.append(_Section(str(attrs.get("key", "")), str(attrs.get("title", "")), node.get("content", ())))
        elif found and found[-1].key == "":
            found[-1] = _Section("", "", [*found[-1].content, node])
        else:
            found.append(_Section("", "", [node]))
    return found


def _section(old: _Section | None, new: _Section | None) -> SectionChange:
    one, other = list(_blocks(old.content if old else ())), list(_blocks(new.content if new else ()))
    pairs = _paired([block.text for block in one], [block.text for block in other], _alike)
    blocks = tuple(_block(one[i] if i is not None else None, other[j] if j is not None else None) for i, j in pairs)
    named = new or old
    assert named is not None
    added, removed = (sum(_count(block, side) for block in blocks) for side in ("added", "removed"))
    state = _state_of(old, new, all(block.state == "same" for block in blocks) and (old and old.title) == named.title)
    return SectionChange(named.key, named.title, state, blocks, added, removed)


def _state_of(old: object | None, new: object | None, is_same: bool) -> State:
    if old is None:
        return "added"
    if new is None:
        return "removed"
    return "same" if is_same else "changed"


def _count(block: BlockChange, side: str) -> int:
    return sum(not char.isspace() for piece in block.all_pieces() if piece.state == side for char in piece.text)


def _blocks(nodes: Sequence[Node], sign: str = "") -> Iterator[_Block]:
    """Lists fall apart into their items, quotes into their paragraphs; tables, pictures and boards stay whole."""
    for node in nodes:
        kind = node.get("type")
        if kind in LISTS:
            yield from _items(node)
        elif kind == "blockquote":
            yield from _blocks(node.get("content", ()), sign)
        elif kind == "table":
            yield _Block(node, "\n".join(" ".join(row) for row in _rows(node)), sign)
        elif kind == "image":
            attrs = node.get("attrs", {})
            yield _Block(node, f"［图 {attrs.get('alt') or '插图'}］", sign)
        elif kind == "board":
            yield _Block(node, f"［板书］{plain_text(node).rstrip()}", sign)
        elif (text := plain_text(node).rstrip("\n")) or sign:
            yield _Block(node, text, sign)


def _items(node: Node) -> Iterator[_Block]:
    kind = str(node.get("type"))
    for number, item in enumerate(node.get("content", ()), start=first_number(node)):
        sign = SIGNS.get(kind, f"{number}.")
        if item.get("attrs", {}).get("checked") is True:
            sign = "☑"
        for index, block in enumerate(_blocks(item.get("content", ()), sign)):
            yield block if index == 0 else _Block(block.node, block.text, "" if block.sign == sign else block.sign)


def _rows(table: Node) -> list[tuple[str, ...]]:
    return [tuple(plain_text(cell).rstrip("\n") for cell in row.get("content", ())) for row in table.get("content", ())]


def _block(old: _Block | None, new: _Block | None) -> BlockChange:
    before, after = old.node if old else None, new.node if new else None
    block = new or old
    assert block is not None
    is_same = old is not None and new is not None and (old.node, old.sign) == (new.node, new.sign)
    state, sign = _state_of(old, new, is_same), block.sign
    if block.node.get("type") == "table" and (
        old is None or new is None or old.node.get("type") == new.node.get("type")
    ):
        return BlockChange(state, before, after, rows=_row_changes(_rows(before or {}), _rows(after or {})), sign=sign)
    return BlockChange(
        state, before, after, pieces_between(old.text if old else "", new.text if new else ""), sign=sign
    )


def _row_changes(old: list[tuple[str, ...]], new: list[tuple[str, ...]]) -> tuple[RowChange, ...]:
    texts = [[" ".join(row) for row in rows] for rows in (old, new)]
    return tuple(
        _row(old[i] if i is not None else None, new[j] if j is not None else None)
        for i, j in _paired(texts[0], texts[1], _alike)
    )


def _row(old: tuple[str, ...] | None, new: tuple[str, ...] | None) -> RowChange:
    pairs = _paired(list(old or ()), list(new or ()), lambda one, other: ALIKE + _alike(one, other))
    cells = tuple(
        _cell(old[i] if old and i is not None else None, new[j] if new and j is not None else None) for i, j in pairs
    )
    return RowChange(_state_of(old, new, old == new), cells)


def _cell(old: str | None, new: str | None) -> CellChange:
    return CellChange(_state_of(old, new, old == new), pieces_between(old or "", new or ""))


# ---- which belongs to which --------------------------------------------------------------------------------------------


def _aligned(old: Sequence[str], new: Sequence[str]) -> list[Pair]:
    """Pair equal ones only."""
    return _paired(old, new, lambda _one, _other: 0.0)


def _paired(old: Sequence[str], new: Sequence[str], alike: Callable[[str, str], float]) -> list[Pair]:
    """Pair what is equal, and between that what is alike enough, both in order."""
    pairs: list[Pair] = []
    for tag, i, i_end, j, j_end in steps_between(old, new):
        if tag == "equal":
            pairs += zip(range(i, i_end), range(j, j_end), strict=True)
        else:
            pairs += [
                (None if a is None else i + a, None if b is None else j + b)
                for a, b in _best_pairs(old[i:i_end], new[j:j_end], alike)
            ]
    return pairs


def _best_pairs(old: Sequence[str], new: Sequence[str], alike: Callable[[str, str], float]) -> list[Pair]:
    """The pairing in order with the greatest sum of likeness; what is left over stands alone."""
    if not old or not new or max(len(old), len(new)) > WIDEST:
        return [*((i, None) for i in range(len(old))), *((None, j) for j in range(len(new)))]
    likeness = [[value if (value := alike(a, b)) >= ALIKE else 0.0 for b in new] for a in old]
    best = [[0.0] * (len(new) + 1) for _ in range(len(old) + 1)]
    for i in range(len(old) - 1, -1, -1):
        for j in range(len(new) - 1, -1, -1):
            together = best[i + 1][j + 1] + likeness[i][j] if likeness[i][j] else 0.0
            best[i][j] = max(together, best[i + 1][j], best[i][j + 1])
    return _walked(likeness, best)


def _walked(likeness: list[list[float]], best: list[list[float]]) -> list[Pair]:
    pairs: list[Pair] = []
    i = j = 0
    height, width = len(likeness), len(likeness[0])
    while i < height and j < width:
        if likeness[i][j] and best[i][j] == best[i + 1][j + 1] + likeness[i][j]:
            pairs.append((i, j))
            i, j = i + 1, j + 1
        elif best[i][j] == best[i + 1][j]:
            pairs.append((i, None))
            i += 1
        else:
            pairs.append((None, j))
            j += 1
    return [*pairs, *((k, None) for k in range(i, height)), *((None, k) for k in range(j, width))]


def _alike(one: str, other: str) -> float:
    """Share of characters that both have."""
    if not one or not other:
        return 0.0
    return 2 * sum((Counter(one) & Counter(other)).values()) / (len(one) + len(other))


# ---- text --------------------------------------------------------------------------------------------------------------


def pieces_between(before: str, after: str) -> tuple[Piece, ...]:
    """Return what is the same, removed and added, in reading order, removed before added."""
    old, new = _tokens(before, after)
    raw: list[tuple[str, str]] = []
    for tag, i, i_end, j, j_end in steps_between(old, new):
        if tag == "equal":
            raw.append(("same", "".join(old[i:i_end])))
            continue
        raw += [
            (state, text)
            for state, text in (("removed", "".join(old[i:i_end])), ("added", "".join(new[j:j_end])))
            if text
        ]
    return tuple(_without_crumbs(raw))


def _tokens(before: str, after: str) -> tuple[list[str], list[str]]:
    old, new = _PIECES.findall(before), _PIECES.findall(after)
    if max(len(old), len(new)) > LONGEST:
        return _SENTENCES.findall(before), _SENTENCES.findall(after)
    return old, new


def _without_crumbs(raw: list[tuple[str, str]]) -> Iterator[Piece]:
    """Join changes that only a single character holds apart."""
    removed = added = ""
    for index, (state, text) in enumerate(raw):
        is_crumb = state == "same" and len(text) == 1 and 0 < index < len(raw) - 1
        if state == "same" and not is_crumb:
            yield from _changes(removed, added)
            removed = added = ""
            yield Piece("same", text)
            continue
        removed += text if state != "added" else ""
        added += text if state != "removed" else ""
    yield from _changes(removed, added)


def _changes(removed: str, added: str) -> Iterator[Piece]:
    if removed:
        yield Piece("removed", removed)
    if added:
        yield Piece("added", added)

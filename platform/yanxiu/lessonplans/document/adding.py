"""What somebody who only suggests may put in as a whole: which elements, where, and saying what. Pure.

Such an element says in its attribute `insertion` whose it is and goes as a whole when it is refused. What may stand where is
what the pages' schema allows (`static/src/editor/schema.js`): a page deletes what it cannot show, with all around it. Words
within carry a mark of the person's themselves. A table must be as even with what is new as without: pages fill up what is
uneven, and that would be nobody's suggestion.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from yanxiu.lessonplans.document.nodes import Node
from yanxiu.lessonplans.document.suggesting import DELETION, INSERTION
from yanxiu.lessonplans.document.tables import CELLS, Rect, rects_of

ROW, TABLE, IMAGE = "tableRow", "table", "image"
SIZES = ("small", "half")
MOST_ELEMENTS = 1_000
"""So many elements one person may have suggested in a document and not decided on, cells and their paragraphs included."""
LONGEST_ALT = 200
_BLOCKS = frozenset({"doc", "planSection", "blockquote", "listItem", "taskItem", *CELLS})
_PLACES = {IMAGE: _BLOCKS, ROW: frozenset({TABLE}), **dict.fromkeys(CELLS, frozenset({ROW}))}
"""What may be put in by itself, and into what."""
_WITHIN = {ROW: frozenset(CELLS), **dict.fromkeys(CELLS, frozenset({"paragraph"}))}
"""What may stand within something else that is put in."""
_FREE = {IMAGE: frozenset({"alt", "size"})}
"""What of one's own suggestion one may say anew."""

_NOBODYS = (None, None)

_Place = tuple[int, Rect, Node]
"""The number of a row, what one of its cells covers, and that cell."""
MayShow = Callable[[str], bool]
"""Whether this person may put a picture with this address into the document."""


class NotAddedError(Exception):
    """Something is put in that cannot be suggested; the message says what, for the log."""


@dataclass(frozen=True)
class Added:
    """An element that this person suggests to put in: in what it stands, and all that is in it but what of that is
    suggested by itself."""

    parent: str
    tag: str
    attributes: dict[str, Any]
    children: list[Any]

    @property
    def said(self) -> str:
        """All of it, as something that can be counted."""
        return json.dumps([self.parent, self.tag, self.attributes, self.children], sort_keys=True)

    @property
    def fixed(self) -> Any:
        """What of it may not change."""
        free = _FREE.get(self.tag, frozenset())
        return self.tag, {key: value for key, value in self.attributes.items() if key not in free}, self.children


def is_within(left: Sequence[Added], whole: Sequence[Added]) -> bool:
    """Whether `left` is what is left of `whole` when some of it goes."""
    rest = iter(whole)
    return all(any(one.fixed == other.fixed for other in rest) for one in left)


def check_added(now: Sequence[Added], known: Sequence[Added], may_show: MayShow) -> None:
    """Raise NotAddedError unless each element that is new, or says something new, is one that may be put in."""
    left = Counter(one.said for one in known)
    for one in now:
        left[one.said] -= 1
        if left[one.said] < 0:
            _check(one.parent, one.tag, one.attributes, one.children, _PLACES.get(one.tag, frozenset()), may_show)


def _check(
    parent: str, tag: str, attributes: dict[str, Any], children: list[Any], places: frozenset[str], may_show: MayShow
) -> None:
    if parent not in places:
        raise NotAddedError(f"{tag} in {parent}")
    if not _says(tag, attributes, may_show):
        raise NotAddedError(f"what it says of a {tag}")
    if not children and tag in (ROW, *CELLS):
        raise NotAddedError(f"an empty {tag}")
    for child in children:
        if len(child) != 3 or child[0] not in _WITHIN.get(tag, ()):
            raise NotAddedError(f"something in a {tag}")
        _check(tag, child[0], child[1], child[2], frozenset({tag}), may_show)


def _says(tag: str, attributes: dict[str, Any], may_show: MayShow) -> bool:
    if tag == IMAGE:
        return _is_picture(attributes, may_show)
    if tag in CELLS:
        one = all(type(span := attributes.get(name)) is int and span == 1 for name in ("colspan", "rowspan"))
        allowed = {"colspan", "rowspan", "colwidth", "filler", INSERTION, DELETION}
        return one and set(attributes) <= allowed and attributes.get("filler", True) is True and _is_width(attributes)
    return not attributes


def _is_picture(attributes: dict[str, Any], may_show: MayShow) -> bool:
    alt, source = attributes.get("alt", ""), attributes.get("src")
    is_told = isinstance(alt, str) and len(alt) <= LONGEST_ALT and attributes.get("size", SIZES[0]) in SIZES
    return set(attributes) <= {"src", "alt", "size"} and is_told and isinstance(source, str) and may_show(source)


def _is_width(attributes: dict[str, Any]) -> bool:
    width = attributes.get("colwidth", [1])
    return isinstance(width, list) and len(width) == 1 and type(width[0]) is int and 0 <= width[0] < 3000


def check_tables(rest: Node, after: Node, author: int) -> None:
    """Raise NotAddedError unless pages find each table in which something is new as they would with none of it, or fill it up
    within what is suggested (`mending.js`). `rest`: the document without what is new.

    A row that is wider than the others would make these wider; one that lacks a cell, because somebody else is just adding a
    column, is filled up itself. So is a column that a row lacks which somebody else is just adding.
    """
    known = list(_tables(rest))
    for table in _tables(after):
        if table not in known:
            _check_table(table["content"], author)


def _check_table(rows: list[Node], author: int) -> None:
    rects = rects_of(rows)
    covered = [
        (at, column)
        for rect in rects.values()
        for at in range(rect.top, rect.bottom)
        for column in range(rect.left, rect.right)
    ]
    if len(set(covered)) != len(covered):
        raise NotAddedError("cells over others")
    own = {at for at, row in enumerate(rows) if _author(row) == author}
    wide = Counter(at for at, _column in covered)
    widest = max((wide[at] for at in range(len(rows)) if at not in own), default=0)
    if widest and any(wide[at] > widest for at in own):
        raise NotAddedError("a row that is wider than others")
    full = {at for at in range(len(rows)) if wide[at] == widest}
    cells = [(at, rect, rows[at]["content"][n]) for (at, n), rect in rects.items()]
    _check_columns(cells, full, author)
    _check_rows(cells, full, own)


def _check_columns(cells: list[_Place], full: set[int], author: int) -> None:
    columns: dict[str, dict[int, int]] = defaultdict(dict)
    for at, rect, cell in cells:
        if _author(cell) == author and rect.wide == 1:
            column = columns[str(cell["attrs"][INSERTION].get("id"))]
            if at in column:
                raise NotAddedError("two cells of a column in a row")
            column[at] = rect.left
    if any(len({left for at, left in lefts.items() if at in full}) > 1 for lefts in columns.values()):
        raise NotAddedError("a column that is none")


def _check_rows(cells: list[_Place], full: set[int], own: set[int]) -> None:
    """A cell of a new row comes and goes with the column it stands in; one of a row that lacks a cell says nothing of that."""
    said: dict[int, list[tuple[Any, Any]]] = defaultdict(list)
    for at, rect, cell in cells:
        if at not in own and rect.wide == 1:
            said[rect.left].append(_changes(cell))
    for at, rect, cell in cells:
        of_column = said[rect.left] if at in full else []
        if at in own and _changes(cell) not in (of_column or [_NOBODYS]):
            raise NotAddedError("a cell that would not go with its column")


def _changes(cell: Node) -> tuple[Any, Any]:
    attrs = cell.get("attrs") or {}
    return attrs.get(INSERTION), attrs.get(DELETION)


def _author(node: Node) -> Any:
    change = (node.get("attrs") or {}).get(INSERTION)
    return change.get("author") if isinstance(change, dict) else None


def _tables(node: Node) -> Iterable[Node]:
    for child in node.get("content", ()):
        if child.get("type") == TABLE:
            yield child
        yield from _tables(child)

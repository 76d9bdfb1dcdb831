"""Reading the catalog of textbooks: what may be chosen, what stands below a node, what a remap would move."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, case, func, literal, or_, select
from sqlalchemy.orm import joinedload

from yanxiu.accounts.catalog import EDITIONS, GRADES, STAGES, SUBJECTS
from yanxiu.accounts.permissions import Viewer
from yanxiu.core.audit import AuditEntry
from yanxiu.core.db import db
from yanxiu.resources.catalog import LEVELS, STAGE_OF_GRADE, VOLUMES
from yanxiu.resources.models import Resource, TextbookNode, TextbookRemap
from yanxiu.resources.queries import visible_resources

COLUMNS = tuple(LEVELS)
BOOK = 4
"""The level down to which a county's catalog is read whole for a page of choices: some hundreds of books."""
FIXED: dict[str, tuple[str, ...]] = {
    "stage": STAGES,
    "grade": GRADES,
    "subject": SUBJECTS,
    "edition": EDITIONS,
    "volume": VOLUMES,
}
MOST_TARGETS = 500
SHORTEST_NAME = 2
"""Characters of a lesson's name below which finding it in the name of a file says nothing (手, 绿)."""
RECENT_REMAPS = 20
EQUIPPED = "textbook.equipped"
"""What the audit calls it when a county had no catalog and the shipped one came by itself."""


@dataclass(frozen=True)
class Shelf:
    """The books of a county, to choose from step by step. Rows are (level, position, five names)."""

    rows: Sequence[tuple[int, int, tuple[str, ...]]] = ()

    def names(self, column: str, chosen: Mapping[str, str]) -> list[str]:
        """Return what may be chosen next to `chosen`; where the catalog says nothing, the fixed vocabulary."""
        level = COLUMNS.index(column)
        wanted = [(at, chosen.get(name, "")) for at, name in enumerate(COLUMNS[:level]) if chosen.get(name)]
        found: dict[str, int] = {}
        for row_level, position, names in self.rows:
            if row_level == level and all(names[at] == value for at, value in wanted):
                found.setdefault(names[level], position)
        if not found:
            return self._fixed(column, chosen.get("stage", ""))
        order = {name: at for at, name in enumerate(FIXED[column])}
        return sorted(found, key=lambda name: (order.get(name, len(order)), found[name], name))

    def knows(self, column: str, name: str) -> bool:
        """Tell whether a name is used at that level at all."""
        level = COLUMNS.index(column)
        return name in FIXED[column] or any(row[0] == level and row[2][level] == name for row in self.rows)

    def _fixed(self, column: str, stage: str) -> list[str]:
        if column == "grade" and stage:
            fitting = [grade for grade in GRADES if STAGE_OF_GRADE.get(grade) == stage]
            return fitting or list(GRADES)
        return list(FIXED[column])


def shelf_of(county_id: int | None, *, with_retired: bool = False) -> Shelf:
    """Read a county's books in one query; retired ones are for finding what is old."""
    if county_id is None:
        return Shelf()
    names = [getattr(TextbookNode, column) for column in COLUMNS[: BOOK + 1]]
    statement = select(TextbookNode.level, TextbookNode.position, *names)
    statement = statement.where(TextbookNode.county_id == county_id, TextbookNode.level <= BOOK)
    if not with_retired:
        statement = statement.where(TextbookNode.retired_at.is_(None))
    ordered = statement.order_by(TextbookNode.level, TextbookNode.position, TextbookNode.id)
    return Shelf([(row[0], row[1], tuple(row[2:])) for row in db.session.execute(ordered)])


def names_in_book(county_id: int | None, column: str, chosen: Mapping[str, str]) -> list[str]:
    """Return the units or lessons of the book that was chosen, in its order; none before there is one."""
    if county_id is None or not (chosen.get("subject") and chosen.get("grade") and chosen.get("volume")):
        return []
    level = COLUMNS.index(column)
    wanted = [getattr(TextbookNode, name) == chosen[name] for name in COLUMNS[:level] if chosen.get(name)]
    at_level = TextbookNode.county_id == county_id, TextbookNode.level == level, TextbookNode.retired_at.is_(None)
    statement = select(getattr(TextbookNode, column)).where(*at_level, *wanted)
    rows = db.session.scalars(statement.order_by(TextbookNode.parent_id, TextbookNode.position, TextbookNode.id))
    return list(dict.fromkeys(rows))


def book_names(county_id: int | None, chosen: Mapping[str, str]) -> dict[str, list[str]]:
    """Return what may be chosen at each level next to what is chosen above it."""
    shelf = shelf_of(county_id)
    names = {column: shelf.names(column, chosen) for column in FIXED}
    return names | {column: names_in_book(county_id, column, chosen) for column in COLUMNS[len(FIXED) :]}


def is_book_name(county_id: int | None, column: str, name: str) -> bool:
    """Tell whether a county's catalog has a name at that level."""
    return shelf_of(county_id).knows(column, name)


def deepest_node(county_id: int | None, names: Mapping[str, str]) -> TextbookNode | None:
    """Return the lowest node that these names lead to; a lesson is also found where its unit was not given.

    On PostgreSQL the row is locked against a new name until the commit, so that what is published under it meanwhile
    does not keep the old one.
    """
    if county_id is None:
        return None
    same = [or_(getattr(TextbookNode, c) == "", getattr(TextbookNode, c) == names.get(c, "")) for c in COLUMNS]
    if not names.get("unit") and names.get("lesson"):
        same[COLUMNS.index("unit")] = or_(TextbookNode.unit == "", TextbookNode.lesson == names["lesson"])
    statement = select(TextbookNode).where(TextbookNode.county_id == county_id, *same)
    statement = statement.order_by(TextbookNode.level.desc(), TextbookNode.id).limit(1)
    return db.session.scalars(statement.with_for_update(read=True)).first()


def books_naming(
    county_id: int | None, name: str, known: Mapping[str, str], likely: Mapping[str, str]
) -> dict[str, str]:
    """Return what the catalog says about a file by the lesson its name carries; only what all that fit agree on.

    `known` was read in the name and must be met; `likely` (the person's own subject and stage) decides where several fit.
    """
    said = literal(name).contains(TextbookNode.lesson)
    lessons = TextbookNode.county_id == county_id, TextbookNode.level == len(COLUMNS) - 1
    columns = [getattr(TextbookNode, column) for column in COLUMNS]
    statement = select(*columns).where(*lessons, TextbookNode.retired_at.is_(None), said)
    statement = statement.where(func.length(TextbookNode.lesson) >= SHORTEST_NAME).order_by(TextbookNode.id).limit(100)
    fitting = [dict(zip(COLUMNS, row, strict=True)) for row in db.session.execute(statement)]
    fitting = [names for names in fitting if _agrees(names, known)]
    longest = max((len(names["lesson"]) for names in fitting), default=0)
    fitting = [names for names in fitting if len(names["lesson"]) == longest]
    fitting = [names for names in fitting if _agrees(names, likely)] or fitting
    return {column: fitting[0][column] for column in COLUMNS if len({names[column] for names in fitting}) == 1}


def _agrees(names: Mapping[str, str], said: Mapping[str, str]) -> bool:
    return all(names[column] == said[column] for column in COLUMNS if said.get(column))


def find_node(county_id: int | None, node_id: int) -> TextbookNode | None:
    """Return a node of this county's catalog."""
    mine = TextbookNode.id == node_id, TextbookNode.county_id == county_id
    return db.session.scalars(select(TextbookNode).where(*mine)).first()


def find_child(parent: TextbookNode | None, county_id: int, name: str) -> TextbookNode | None:
    """Return the node of that name under a parent, or at the top."""
    chain = (*(parent.chain if parent else ()), name)
    return _find_chain(county_id, chain)


def _find_chain(county_id: int, chain: Sequence[str]) -> TextbookNode | None:
    names = [*chain, *[""] * (len(COLUMNS) - len(chain))]
    same = [getattr(TextbookNode, column) == name for column, name in zip(COLUMNS, names, strict=True)]
    return db.session.scalars(select(TextbookNode).where(TextbookNode.county_id == county_id, *same)).first()


def children_of(county_id: int, parent: TextbookNode | None) -> Sequence[TextbookNode]:
    """Return what stands directly below a node, or the stages, in their order."""
    inside = TextbookNode.parent_id == parent.id if parent else TextbookNode.parent_id.is_(None)
    statement = select(TextbookNode).where(TextbookNode.county_id == county_id, inside)
    return db.session.scalars(statement.order_by(TextbookNode.position, TextbookNode.id)).all()


def path_to(node: TextbookNode) -> list[TextbookNode]:
    """Return the nodes from the stage down to this one, read in one query."""
    columns = [getattr(TextbookNode, column) for column in COLUMNS]
    ways = []
    for level in range(node.level + 1):
        names = [*node.chain[: level + 1], *[""] * (len(COLUMNS) - level - 1)]
        ways.append(and_(*(column == name for column, name in zip(columns, names, strict=True))))
    statement = select(TextbookNode).where(TextbookNode.county_id == node.county_id, or_(*ways))
    return list(db.session.scalars(statement.order_by(TextbookNode.level)))


def below(node: TextbookNode) -> ColumnElement[bool]:
    """The node and everything under it."""
    same = [getattr(TextbookNode, column) == name for column, name in zip(COLUMNS, node.chain, strict=False)]
    return and_(TextbookNode.county_id == node.county_id, *same)


def resources_below(node: TextbookNode) -> ColumnElement[bool]:
    """The resources that are filed at a node or under it."""
    return Resource.textbook_id.in_(select(TextbookNode.id).where(below(node)))


def counts_below(
    viewer: Viewer, workshop_ids: Collection[int], county_id: int, parent: TextbookNode | None
) -> dict[str, int]:
    """Return how many resources this viewer may see are filed under each child, by the child's name."""
    level = 0 if parent is None else parent.level + 1
    if level >= len(COLUMNS):
        return {}
    column = getattr(Resource, COLUMNS[level])
    inside = resources_below(parent) if parent else Resource.county_id == county_id
    statement = select(column, func.count()).where(inside, visible_resources(viewer, workshop_ids))
    return {row[0]: row[1] for row in db.session.execute(statement.group_by(column)) if row[0]}


def targets_for(node: TextbookNode) -> Sequence[TextbookNode]:
    """Return what everything under a node could be taken over to: its like, of the same stage and subject."""
    alike = [TextbookNode.county_id == node.county_id, TextbookNode.level == node.level, TextbookNode.id != node.id]
    if node.level >= COLUMNS.index("grade"):
        alike.append(TextbookNode.stage == node.stage)
    if node.level >= COLUMNS.index("subject"):
        alike.append(TextbookNode.subject == node.subject)
    near = case((TextbookNode.grade == node.grade, 0), else_=1)
    statement = select(TextbookNode).where(*alike, TextbookNode.retired_at.is_(None))
    order = near, *(getattr(TextbookNode, column) for column in COLUMNS[:5]), TextbookNode.position, TextbookNode.id
    return db.session.scalars(statement.order_by(*order).limit(MOST_TARGETS)).all()


def parents_for(node: TextbookNode) -> Sequence[TextbookNode]:
    """Return where a node could be moved: nodes one level above it, for a unit or a lesson of the same grade and subject."""
    if node.level == 0:
        return []
    alike = [TextbookNode.county_id == node.county_id, TextbookNode.level == node.level - 1]
    if node.level > COLUMNS.index("edition"):
        alike += [TextbookNode.stage == node.stage, TextbookNode.subject == node.subject]
    if node.level > COLUMNS.index("volume"):
        alike.append(TextbookNode.grade == node.grade)
    statement = select(TextbookNode).where(*alike, TextbookNode.id != node.parent_id)
    order = *(getattr(TextbookNode, column) for column in COLUMNS[:5]), TextbookNode.position, TextbookNode.id
    return db.session.scalars(statement.order_by(*order).limit(MOST_TARGETS)).all()


@dataclass(frozen=True)
class RemapOutlook:
    """What a remap would do to the resources the viewer may see: how many move, and how many of them lose their place
    below the target because nothing there has the same name (they keep their unit and lesson as words).
    """

    moving: int
    unmatched: int


def remap_outlook(
    viewer: Viewer, workshop_ids: Collection[int], source: TextbookNode, target: TextbookNode
) -> RemapOutlook:
    """Count before anything is written."""
    depths = (TextbookNode.id, *(getattr(TextbookNode, column) for column in COLUMNS))
    standing = select(*depths, func.count(Resource.id)).join(Resource, Resource.textbook_id == TextbookNode.id)
    standing = standing.where(below(source), visible_resources(viewer, workshop_ids)).group_by(*depths)
    there = {chain for _id, chain in chains_below(target)}
    moving = unmatched = 0
    for row in db.session.execute(standing):
        tail = tuple(row[1 : len(COLUMNS) + 1])[source.level + 1 :]
        moving += row[-1]
        if any(tail) and padded(target, tail) not in there:
            unmatched += row[-1]
    return RemapOutlook(moving, unmatched)


def chains_below(node: TextbookNode) -> Iterable[tuple[int, tuple[str, ...]]]:
    """Return id and all seven names of a node and what is under it."""
    columns = [getattr(TextbookNode, column) for column in COLUMNS]
    for row in db.session.execute(select(TextbookNode.id, *columns).where(below(node))):
        yield row[0], tuple(row[1:])


def padded(target: TextbookNode, tail: Sequence[str]) -> tuple[str, ...]:
    """Return the seven names of a place under the target."""
    return (*target.chain, *tail)


def equipped_at(county_id: int) -> datetime | None:
    """Return when the shipped catalog came by itself; None if it did not, or somebody has changed the catalog since."""
    came = AuditEntry.action == EQUIPPED, AuditEntry.object_id == county_id
    entry = db.session.scalars(select(AuditEntry).where(*came).order_by(AuditEntry.id.desc()).limit(1)).first()
    if entry is None:
        return None
    mine = TextbookNode.county_id == county_id
    count, newest = db.session.execute(select(func.count(), func.max(TextbookNode.updated_at)).where(mine)).one()
    remapped = select(TextbookRemap.id).where(TextbookRemap.county_id == county_id).limit(1)
    is_as_it_came = count == entry.data["new"] and newest is not None and newest <= entry.at
    return entry.at if is_as_it_came and db.session.scalar(remapped) is None else None


def recent_remaps(county_id: int) -> Sequence[TextbookRemap]:
    """Return the newest remaps of a county."""
    statement = select(TextbookRemap).where(TextbookRemap.county_id == county_id)
    statement = statement.options(joinedload(TextbookRemap.actor)).order_by(TextbookRemap.id.desc())
    return db.session.scalars(statement.limit(RECENT_REMAPS)).all()


def find_remap(county_id: int | None, remap_id: int) -> TextbookRemap | None:
    """Return a remap of this county."""
    mine = TextbookRemap.id == remap_id, TextbookRemap.county_id == county_id
    return db.session.scalars(select(TextbookRemap).where(*mine)).first()

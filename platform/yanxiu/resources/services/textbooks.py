"""Changing the catalog of textbooks. Whoever is renamed or moved takes resources along; nothing is ever deleted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.attributes import flag_modified

from yanxiu.accounts.models import User
from yanxiu.core import clock
from yanxiu.core.audit import record_audit
from yanxiu.core.db import db, hold
from yanxiu.core.errors import ConflictError, InvalidError, NotFoundError
from yanxiu.core.events import record
from yanxiu.resources.catalog import LEVELS, LONGEST
from yanxiu.resources.events import BooksPutBack, BooksRemapped, BooksRenamed, ResourcesFiled
from yanxiu.resources.models import Resource, TextbookNode, TextbookRemap, TextbookRemapStep
from yanxiu.resources.queries.textbooks import (
    COLUMNS,
    below,
    chains_below,
    children_of,
    deepest_node,
    find_child,
    padded,
    path_to,
    resources_below,
)
from yanxiu.resources.textbooks import shipped_chains

Chain = tuple[str, ...]
INSTALL_BOOKS = "resources.install_books"


def add_node(actor: User, county_id: int, parent: TextbookNode | None, name: str) -> TextbookNode:
    """Add a node as the last under its parent; what was filed above and says this name moves down to it.

    All that it stands under is held, from the top: whoever renames one of them meanwhile renames this one, too.
    """
    for above in (*path_to(parent)[:-1], parent) if parent else ():
        _hold(above)
    level = 0 if parent is None else parent.level + 1
    _check_name(level, name)
    taken = ConflictError(f"这里已经有“{name}”了", field="name")
    if find_child(parent, county_id, name) is not None:
        raise taken
    chain = (*(parent.chain if parent else ()), name)
    ids = {parent.chain: parent.id} if parent else {}
    node = _new(county_id, ids, chain, _last(county_id, parent) + 1)
    node.retired_at = parent.retired_at if parent else None
    db.session.add(node)
    try:
        db.session.flush()
    except IntegrityError as error:
        raise taken from error
    _move_down(node)
    record_audit(actor, "textbook.add", "textbook", node.id, name=node.label)
    return node


def _move_down(node: TextbookNode) -> None:
    """What was filed at the parent and carries this name stands at the new node now."""
    above = Resource.county_id == node.county_id, Resource.textbook_id.is_not_distinct_from(node.parent_id)
    rows = update(Resource).where(*above, getattr(Resource, node.column) == node.name)
    values = {"textbook_id": node.id, "updated_at": Resource.updated_at}
    db.session.execute(rows.values(values).execution_options(synchronize_session=False))
    db.session.expire_all()


def rename_node(actor: User, node: TextbookNode, name: str) -> None:
    """Give a node another name; the resources under it carry it at once and are indexed again."""
    _hold(node)
    if name == node.name:
        return
    _check_name(node.level, name)
    chain = (*node.chain[:-1], name)
    _refuse_taken(node.county_id, chain)
    before = node.label
    _rechain(node, chain)
    record_audit(actor, "textbook.rename", "textbook", node.id, before=before, after=node.label)


def move_node(actor: User, node: TextbookNode, parent: TextbookNode) -> None:
    """Put a node with everything under it below another parent of the right level."""
    _hold(node)
    _hold(parent)
    if parent.level != node.level - 1 or parent.county_id != node.county_id:
        raise InvalidError("只能移到上一级目录下面", field="parent_id")
    if parent.id == node.parent_id:
        return
    chain = (*parent.chain, node.name)
    _refuse_taken(node.county_id, chain)
    before, position = node.label, _last(node.county_id, parent) + 1
    _rechain(node, chain)
    node.parent_id, node.position = parent.id, position
    db.session.flush()
    record_audit(actor, "textbook.move", "textbook", node.id, before=before, after=node.label)


def step_node(actor: User, node: TextbookNode, step: int) -> None:
    """Let a node change places with the one before (-1) or after it (+1); at the end nothing happens."""
    _hold(node)
    parent = None if node.parent_id is None else db.session.get(TextbookNode, node.parent_id)
    row = list(children_of(node.county_id, parent))
    at = row.index(node)
    to = at + step
    if not 0 <= to < len(row):
        return
    row[at], row[to] = row[to], row[at]
    for position, sibling in enumerate(row):
        sibling.position = position
    db.session.flush()
    record_audit(actor, "textbook.order", "textbook", node.id, name=node.label)


def retire_node(actor: User, node: TextbookNode, retired: bool) -> None:
    """Offer a node and everything under it no longer, or again. What is filed there stays and is found."""
    _hold(node)
    if retired == (node.retired_at is not None):
        return
    if not retired and node.parent_id is not None:
        parent = db.session.get(TextbookNode, node.parent_id)
        if parent is not None and parent.retired_at is not None:
            raise InvalidError("上一级目录停用了，请先恢复上一级")
    moment = clock.now() if retired else None
    db.session.execute(update(TextbookNode).where(below(node)).values(retired_at=moment))
    db.session.refresh(node)
    record_audit(actor, "textbook.retire" if retired else "textbook.reinstate", "textbook", node.id, name=node.label)


def remap_node(actor: User, source: TextbookNode, target: TextbookNode) -> TextbookRemap:
    """File everything under `source` under `target`: by the names below where they are the same, else as deep as
    they are, the rest kept as words. Nothing is lost, and each step is kept to be taken back.
    """
    _hold(source)
    _hold(target)
    if target.county_id != source.county_id or target.level != source.level or target.id == source.id:
        raise InvalidError("请选择同一级的另一个目录", field="target_id")
    labels = {"source_label": source.label, "target_label": target.label}
    made = TextbookRemap(
        county_id=source.county_id, actor_id=actor.id, source_id=source.id, target_id=target.id, **labels
    )
    db.session.add(made)
    db.session.flush()
    places = {chain: node_id for node_id, chain in chains_below(target)}
    moved = []
    for resource in db.session.scalars(_filed(resources_below(source))):
        before = place_of(resource)
        _put(resource, _place_under(source, target, resource, places))
        step = {"before": before, "after": place_of(resource)}
        db.session.add(TextbookRemapStep(remap_id=made.id, resource_id=resource.id, **step))
        moved.append(resource.id)
    db.session.flush()
    record(ResourcesFiled(tuple(moved)))
    record(BooksRemapped(made.id, source.county_id, source.chain, target.chain))
    record_audit(actor, "textbook.remap", "textbook", source.id, before=source.label, after=target.label)
    return made


def undo_remap(actor: User, remap: TextbookRemap) -> int:
    """Take a remap back; return how many resources stay because somebody has filed them anew since.

    Nodes may have got other names meanwhile: places are compared and given back by node and by the words below it.
    """
    _hold(remap)
    if remap.undone_at is not None:
        raise ConflictError("这次换目录已经撤销过了")
    remap.undone_at = clock.now()
    steps = {step.resource_id: step for step in _steps(remap)}
    back, stayed = [], 0
    resources = db.session.scalars(_filed(Resource.id.in_(_step_ids(remap)))).all()
    chains = {node_id: chain for node_id, chain, _position in _all_chains(remap.county_id)}
    for resource in resources:
        step = steps[resource.id]
        if place_of(resource) == _as_named_now(step.after, chains):
            _put(resource, _as_named_now(step.before, chains))
            back.append(resource.id)
        else:
            stayed += 1
    db.session.flush()
    record(ResourcesFiled(tuple(back)))
    record(BooksPutBack(remap.id))
    labels = {"before": remap.target_label, "after": remap.source_label}
    record_audit(actor, "textbook.remap_undone", "textbook", remap.source_id, **labels)
    return stayed


@dataclass(frozen=True)
class ImportOutcome:
    """How many nodes a sheet adds and how many were there already; `added` are the first of the new ones, in words."""

    new: int
    known: int
    added: tuple[str, ...]


def import_chains(actor: User | None, county_id: int, chains: Sequence[Chain], *, dry: bool = False) -> ImportOutcome:
    """Add the chains that are missing, parents before children. `dry` only counts. Running it again adds nothing."""
    known = {chain: (node_id, position) for node_id, chain, position in _all_chains(county_id)}
    last: dict[Chain, int] = {}
    for chain, (_id, position) in known.items():
        last[chain[:-1]] = max(last.get(chain[:-1], -1), position)
    fresh: dict[tuple[str, ...], int] = {}
    met = {tuple(whole[: level + 1]): None for whole in chains for level in range(len(whole))}
    for chain in met:
        if chain not in known:
            _check_name(len(chain) - 1, chain[-1])
            fresh[chain] = last[chain[:-1]] = last.get(chain[:-1], -1) + 1
    if fresh and not dry:
        _insert_all(county_id, {chain: node_id for chain, (node_id, _position) in known.items()}, fresh)
        adopt_resources(county_id)
        if actor is not None:
            record_audit(actor, "textbook.import", "textbook", None, new=len(fresh))
    return ImportOutcome(len(fresh), len(met) - len(fresh), tuple(" › ".join(chain) for chain in list(fresh)[:50]))


def _insert_all(county_id: int, ids: dict[Chain, int], fresh: Mapping[tuple[str, ...], int]) -> None:
    """Insert level by level, so that parents have their ids and each level is one statement."""
    for depth in range(1, len(COLUMNS) + 1):
        made = {
            chain: _new(county_id, ids, chain, position) for chain, position in fresh.items() if len(chain) == depth
        }
        db.session.add_all(made.values())
        db.session.flush()
        ids.update({chain: node.id for chain, node in made.items()})


def _new(county_id: int, ids: Mapping[Chain, int], chain: Chain, position: int) -> TextbookNode:
    names: dict[str, Any] = dict(zip(COLUMNS, chain, strict=False))
    place = {"parent_id": ids.get(chain[:-1]), "level": len(chain) - 1, "position": position}
    return TextbookNode(county_id=county_id, **place, **names)


def install_shipped_textbooks(actor: User | None, county_id: int) -> ImportOutcome:
    """Add the shipped catalog to a county's own; what is there stays as it is."""
    return import_chains(actor, county_id, shipped_chains())


def adopt_resources(county_id: int) -> None:
    """File the county's resources at the deepest node that their names lead to; text stays as it is."""
    for level, column in enumerate(COLUMNS):
        same = [getattr(TextbookNode, name) == getattr(Resource, name) for name in COLUMNS[: level + 1]]
        found = select(TextbookNode.id).where(TextbookNode.county_id == county_id, TextbookNode.level == level, *same)
        place = found.correlate(Resource).scalar_subquery()
        rows = Resource.county_id == county_id, getattr(Resource, column) != "", place.is_not(None)
        values = {"textbook_id": place, "updated_at": Resource.updated_at}
        db.session.execute(update(Resource).where(*rows).values(values).execution_options(synchronize_session=False))
    db.session.expire_all()


def textbook_for(county_id: int | None, names: Mapping[str, str]) -> int | None:
    """Return the id of the node at which something with these names is filed."""
    node = deepest_node(county_id, names)
    return None if node is None else node.id


def place_of(resource: Resource) -> dict[str, Any]:
    """Where a resource is filed: the node and the seven names, as JSON can hold them."""
    return {"textbook_id": resource.textbook_id, **{column: getattr(resource, column) for column in COLUMNS}}


def _as_named_now(place: Mapping[str, Any], chains: Mapping[int, Chain]) -> dict[str, Any]:
    """A place kept earlier, with the names its node has by now; a level that was left out stays so."""
    chain = zip(COLUMNS, chains[place["textbook_id"]], strict=False)
    return {**place, **{column: name for column, name in chain if place[column]}}


def _put(resource: Resource, place: Mapping[str, Any]) -> None:
    for name, value in place.items():
        setattr(resource, name, value)
    flag_modified(resource, "updated_at")  # written as it is: filed elsewhere is not changed


def _place_under(
    source: TextbookNode, target: TextbookNode, resource: Resource, places: Mapping[tuple[str, ...], int]
) -> dict[str, Any]:
    tail = [str(getattr(resource, column)) for column in COLUMNS[source.level + 1 :]]
    names = dict(zip(COLUMNS, padded(target, tail), strict=True))
    for kept in range(len(tail), -1, -1):
        chain = padded(target, [*tail[:kept], *[""] * (len(tail) - kept)])
        if chain in places:
            return {"textbook_id": places[chain], **names}
    return {"textbook_id": target.id, **names}


def _filed(which: Any) -> Any:
    return select(Resource).where(which).order_by(Resource.id).with_for_update(key_share=True, of=Resource)


def _steps(remap: TextbookRemap) -> Sequence[TextbookRemapStep]:
    return db.session.scalars(select(TextbookRemapStep).where(TextbookRemapStep.remap_id == remap.id)).all()


def _step_ids(remap: TextbookRemap) -> Any:
    return select(TextbookRemapStep.resource_id).where(TextbookRemapStep.remap_id == remap.id)


def _rechain(node: TextbookNode, chain: Chain) -> None:
    """Write another chain into a node, what is below it, and what is filed there."""
    before = node.chain
    ids = tuple(db.session.scalars(select(Resource.id).where(resources_below(node)).order_by(Resource.id)))
    values = dict(zip(COLUMNS, chain, strict=False))
    plain: dict[str, Any] = {"synchronize_session": False}
    kept = {**values, "updated_at": Resource.updated_at}
    db.session.execute(update(Resource).where(resources_below(node)).values(kept).execution_options(**plain))
    db.session.execute(update(TextbookNode).where(below(node)).values(values).execution_options(**plain))
    db.session.expire_all()
    db.session.refresh(node)
    record(ResourcesFiled(ids))
    record(BooksRenamed(node.county_id, before, tuple(chain)))


def _refuse_taken(county_id: int, chain: Chain) -> None:
    names = dict(zip(COLUMNS, [*chain, *[""] * (len(COLUMNS) - len(chain))], strict=True))
    same = [getattr(TextbookNode, column) == name for column, name in names.items()]
    if db.session.scalar(select(TextbookNode.id).where(TextbookNode.county_id == county_id, *same)) is not None:
        raise ConflictError(f"那里已经有“{chain[-1]}”了；要合到一起，请用“换到另一个目录”", field="name")


def _check_name(level: int, name: str) -> None:
    if level >= len(COLUMNS):
        raise InvalidError("课题下面不能再分", field="name")
    column = COLUMNS[level]
    if not name:
        raise InvalidError(f"请填写{LEVELS[column]}名称", field="name")
    if len(name) > LONGEST[column]:
        raise InvalidError(f"{LEVELS[column]}名称最多 {LONGEST[column]} 个字：{name[:20]}…", field="name")


def _last(county_id: int, parent: TextbookNode | None) -> int:
    inside = TextbookNode.parent_id == parent.id if parent else TextbookNode.parent_id.is_(None)
    statement = select(func.max(TextbookNode.position)).where(TextbookNode.county_id == county_id, inside)
    found = db.session.scalar(statement)
    return -1 if found is None else found


def chains_of(county_id: int) -> set[Chain]:
    """Return every place of a county's catalog by its names, retired ones too."""
    return {chain for _id, chain, _position in _all_chains(county_id)}


def _all_chains(county_id: int) -> Sequence[tuple[int, tuple[str, ...], int]]:
    columns = [getattr(TextbookNode, column) for column in COLUMNS]
    statement = select(TextbookNode.id, TextbookNode.level, TextbookNode.position, *columns)
    rows = db.session.execute(statement.where(TextbookNode.county_id == county_id)).all()
    return [(row[0], tuple(row[3 : 4 + row[1]]), row[2]) for row in rows]


def _hold(row: TextbookNode | TextbookRemap) -> None:
    if not hold(row):
        raise NotFoundError

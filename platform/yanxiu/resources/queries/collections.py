"""Reading collections. What a viewer may not see of one is neither listed nor counted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence

from sqlalchemy import ColumnElement, and_, false, func, or_, select
from sqlalchemy.orm import joinedload

from yanxiu.accounts.permissions import Viewer
from yanxiu.core.db import db
from yanxiu.core.paging import Page, paginate
from yanxiu.resources.models import CollectionItem, Resource, ResourceCollection, ResourceFile
from yanxiu.resources.queries import OVERSEERS, visible_resources
from yanxiu.workshops.models import Workshop

LARGEST = 200
"""So many resources are in a collection at most: it is read whole."""
OWN_SHOWN = 50


def visible_collections(viewer: Viewer) -> ColumnElement[bool]:
    """The rows `permissions.can_view_collection` allows, the deleted left out."""
    choices: list[ColumnElement[bool]] = [ResourceCollection.visibility == "public"]
    if viewer.is_authenticated:
        choices.append(ResourceCollection.owner_id == viewer.user_id)
        choices.append(and_(ResourceCollection.visibility == "school", _schools_of(viewer)))
        if viewer.county_id is not None:
            same = ResourceCollection.county_id == viewer.county_id
            choices.append(and_(ResourceCollection.visibility == "county", same))
    return and_(ResourceCollection.removed_at.is_(None), or_(*choices))


def _schools_of(viewer: Viewer) -> ColumnElement[bool]:
    paths = sorted({held.org_path for held in viewer.held if held.role in OVERSEERS})
    overseen = [ResourceCollection.org_path.startswith(path, autoescape=True) for path in paths]
    own = ResourceCollection.school_id == viewer.school_id if viewer.school_id is not None else false()
    return or_(own, *overseen)


def collections_page(viewer: Viewer, cursor: str | None = None, *, mine: bool = False) -> Page[ResourceCollection]:
    """Return a page of collections, the newest first; `mine` are one's own."""
    rows = select(ResourceCollection).where(visible_collections(viewer))
    if mine:
        rows = rows.where(ResourceCollection.owner_id == viewer.user_id)
    rows = rows.options(joinedload(ResourceCollection.owner), joinedload(ResourceCollection.school))
    return paginate(rows, ResourceCollection.created_at.desc(), ResourceCollection.id.desc(), cursor=cursor)


def sizes_of(viewer: Viewer, workshop_ids: Collection[int], collection_ids: Sequence[int]) -> dict[int, int]:
    """Return how many resources this viewer sees in each."""
    rows = select(CollectionItem.collection_id, func.count()).join(Resource, Resource.id == CollectionItem.resource_id)
    rows = rows.where(CollectionItem.collection_id.in_(collection_ids), visible_resources(viewer, workshop_ids))
    return {row[0]: row[1] for row in db.session.execute(rows.group_by(CollectionItem.collection_id))}


def find_collection(collection_id: int) -> ResourceCollection | None:
    """Return a collection with its owner; the caller asks the predicate."""
    rows = select(ResourceCollection).where(ResourceCollection.id == collection_id)
    load = (
        joinedload(ResourceCollection.owner),
        joinedload(ResourceCollection.school),
        joinedload(ResourceCollection.cover),
    )
    return db.session.scalars(rows.options(*load)).first()


def resources_in(viewer: Viewer, workshop_ids: Collection[int], collection_id: int) -> Sequence[Resource]:
    """Return what this viewer may see of a collection, in its order."""
    rows = select(Resource).join(CollectionItem, CollectionItem.resource_id == Resource.id)
    rows = rows.where(CollectionItem.collection_id == collection_id, visible_resources(viewer, workshop_ids))
    rows = rows.options(
        joinedload(Resource.owner),
        joinedload(Resource.school),
        joinedload(Resource.current_file).joinedload(ResourceFile.stored_file),
    )
    ordered = rows.order_by(CollectionItem.position, CollectionItem.id).limit(LARGEST)
    return db.session.scalars(ordered).unique().all()


def items_of(collection_id: int) -> list[CollectionItem]:
    """Return all items in their order, for moving them."""
    rows = select(CollectionItem).where(CollectionItem.collection_id == collection_id)
    return list(db.session.scalars(rows.order_by(CollectionItem.position, CollectionItem.id)))


def own_collections(viewer: Viewer) -> Sequence[tuple[int, str]]:
    """Return (id, title) of one's own collections, the newest first, to put something in."""
    mine = ResourceCollection.owner_id == viewer.user_id, ResourceCollection.removed_at.is_(None)
    rows = select(ResourceCollection.id, ResourceCollection.title).where(*mine)
    found = db.session.execute(rows.order_by(ResourceCollection.id.desc()).limit(OWN_SHOWN))
    return [(row[0], row[1]) for row in found]


def collections_with(viewer: Viewer, resource_id: int, limit: int = 5) -> Sequence[tuple[int, str]]:
    """Return (id, title) of the visible collections in which a resource stands."""
    rows = select(ResourceCollection.id, ResourceCollection.title).join(CollectionItem)
    rows = rows.where(CollectionItem.resource_id == resource_id, visible_collections(viewer))
    found = db.session.execute(rows.order_by(ResourceCollection.id.desc()).limit(limit))
    return [(row[0], row[1]) for row in found]


def collection_ids_with(resource_id: int) -> list[int]:
    """Return the ids of all collections in which a resource stands, for search to hear of a change."""
    rows = select(CollectionItem.collection_id).where(CollectionItem.resource_id == resource_id)
    return list(db.session.scalars(rows.order_by(CollectionItem.collection_id)))


def contents_of(collection_ids: Sequence[int]) -> dict[int, list[Resource]]:
    """Return what stands in each in its order, with what says who may see it; for search, which asks no viewer."""
    rows = select(CollectionItem.collection_id, Resource).join(Resource, Resource.id == CollectionItem.resource_id)
    rows = rows.where(CollectionItem.collection_id.in_(collection_ids), Resource.removed_at.is_(None))
    rows = rows.options(joinedload(Resource.workshop).joinedload(Workshop.organization))
    items: dict[int, list[Resource]] = defaultdict(list)
    for collection_id, resource in db.session.execute(rows.order_by(CollectionItem.position, CollectionItem.id)):
        items[collection_id].append(resource)
    return items

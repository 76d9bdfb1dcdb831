"""Making and ordering collections. The caller is inside a unit of work and has asked the predicate."""

from __future__ import annotations

from yanxiu.accounts.models import User
from yanxiu.accounts.queries import viewer_of
from yanxiu.core import clock
from yanxiu.core.audit import record_audit
from yanxiu.core.db import db, hold
from yanxiu.core.errors import InvalidError, NotFoundError
from yanxiu.core.events import record
from yanxiu.core.storage import ReceivedFile, keep_file
from yanxiu.resources.events import CollectionChanged
from yanxiu.resources.models import CollectionItem, Resource, ResourceCollection
from yanxiu.resources.queries.collections import LARGEST, items_of
from yanxiu.resources.services import drop_files

VISIBLE_TO = ("public", "county", "school", "private")


def create_collection(
    actor: User, title: str, introduction: str = "", visibility: str = "county"
) -> ResourceCollection:
    """Begin a collection."""
    home = viewer_of(actor)
    made = ResourceCollection(
        title=title,
        introduction=introduction,
        visibility=visibility,
        owner_id=actor.id,
        school_id=home.school_id,
        county_id=home.county_id,
        org_path=home.org_path,
    )
    db.session.add(made)
    db.session.flush()
    record(CollectionChanged(made.id))
    return made


def update_collection(
    actor: User,
    collection: ResourceCollection,
    *,
    title: str,
    introduction: str,
    visibility: str,
    cover: ReceivedFile | None = None,
) -> None:
    """Change what is said about it; a new cover takes the place of the old one."""
    _hold(collection)
    collection.title, collection.introduction, collection.visibility = title, introduction, visibility
    if cover is not None:
        old = collection.cover
        collection.cover = keep_file(cover, actor.id)
        db.session.flush()
        if old is not None:
            drop_files([old])
    if actor.id != collection.owner_id:
        record_audit(actor, "collection.update", "collection", collection.id, title=collection.title)
    db.session.flush()
    record(CollectionChanged(collection.id, narrowed=True))


def put_in_collection(actor: User, collection: ResourceCollection, resource: Resource) -> bool:
    """Put a resource at the end; tell whether it was not there yet."""
    _hold(collection)
    items = items_of(collection.id)
    if any(item.resource_id == resource.id for item in items):
        return False
    if len(items) >= LARGEST:
        raise InvalidError(f"一个资源包最多放 {LARGEST} 份，请另建一个", field="collection_id")
    db.session.add(CollectionItem(collection_id=collection.id, resource_id=resource.id, position=len(items)))
    db.session.flush()
    record(CollectionChanged(collection.id))
    return True


def take_from_collection(actor: User, collection: ResourceCollection, resource_id: int) -> None:
    """Take a resource out; it stays in the library."""
    _hold(collection)
    items = items_of(collection.id)
    gone = next((item for item in items if item.resource_id == resource_id), None)
    if gone is None:
        return
    items.remove(gone)
    db.session.delete(gone)
    _number(items)
    record(CollectionChanged(collection.id, narrowed=True))


def place_in_collection(actor: User, collection: ResourceCollection, resource_id: int, before_id: int | None) -> None:
    """Put a resource before another one of the collection, or at the end."""
    _hold(collection)
    items = items_of(collection.id)
    moved = next((item for item in items if item.resource_id == resource_id), None)
    if moved is None or before_id == resource_id:
        raise NotFoundError
    items.remove(moved)
    at = next((at for at, item in enumerate(items) if item.resource_id == before_id), len(items))
    items.insert(at, moved)
    _number(items)


def remove_collection(actor: User, collection: ResourceCollection) -> None:
    """Delete a collection; its resources stay, and it can be fetched back."""
    _hold(collection)
    if collection.removed_at is None:
        collection.removed_at = clock.now()
        record(CollectionChanged(collection.id, narrowed=True))
        record_audit(actor, "collection.remove", "collection", collection.id, title=collection.title)


def restore_collection(actor: User, collection: ResourceCollection) -> None:
    """Fetch a deleted collection back."""
    _hold(collection)
    if collection.removed_at is not None:
        collection.removed_at = None
        record(CollectionChanged(collection.id))
        record_audit(actor, "collection.restore", "collection", collection.id, title=collection.title)


def _number(items: list[CollectionItem]) -> None:
    for position, item in enumerate(items):
        item.position = position
    db.session.flush()


def _hold(collection: ResourceCollection) -> None:
    if not hold(collection):
        raise NotFoundError

"""What search may know of the library: what is said about a resource and the text inside its file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import joinedload

from yanxiu.accounts.permissions import Viewer
from yanxiu.accounts.queries import ids_below
from yanxiu.core import clock
from yanxiu.core.db import db
from yanxiu.core.search_queue import (
    PUBLIC,
    IndexDocument,
    IndexSource,
    PrincipalSource,
    acl_county,
    acl_roles,
    acl_school,
    acl_user,
    acl_workshop,
)
from yanxiu.core.search_rights import ASKED, seen_by
from yanxiu.resources.catalog import GRADINGS, KINDS, ORIGINS
from yanxiu.resources.catalog import SOURCES as MADE
from yanxiu.resources.models import Resource, ResourceCollection
from yanxiu.resources.queries import OVERSEERS, visible_resources
from yanxiu.resources.queries.collections import contents_of, visible_collections
from yanxiu.resources.queries.searched import rows_for_search
from yanxiu.resources.standards import words_of
from yanxiu.workshops.permissions import OVERSEEING_ROLES
from yanxiu.workshops.queries import workshop_ids_below
from yanxiu.workshops.queries.teams import visible_workshops


def load_documents(ids: Sequence[int]) -> list[IndexDocument]:
    """Describe resources for search; those in the bin are left out."""
    return [_document(row) for row in rows_for_search(ids)]


def _document(row: Any) -> IndexDocument:
    cues = row.cues or []
    said = "\n".join(words.replace("\n", " ") for _from, _until, words in cues)
    return IndexDocument(
        kind="resource",
        object_id=row.id,
        title=row.title,
        url=f"/resources/{row.id}",
        acl=_acl(row, row.host_path),
        body=row.summary,
        attachment=said or row.text or "",
        tags=_tags(row),
        seconds=tuple(begins // 1000 for begins, _until, _words in cues),
        place=row.school_label,
        subject=row.subject,
        stage=row.stage,
        grade=row.grade,
        edition=row.edition,
        volume=row.volume,
        type=KINDS.get(row.kind, ""),
        school=row.school_name,
        author=row.author or row.owner_name,
        year=str(row.year or ""),
        theme=row.theme,
        literacy="、".join(words_of(row.literacies)),
        grading=GRADINGS.get(row.grading, ""),
        origin=ORIGINS.get(row.origin, ""),
        date=row.created_at,
        extra={"source": MADE.get(row.source, ""), "file": (row.extension or "").lstrip(".")},
    )


def _tags(row: Any) -> tuple[str, ...]:
    own = *row.tags.split("、"), *row.literacies.split("、")
    return tuple(word for word in (row.unit, row.lesson, row.theme, *own) if word)


def _acl(resource: Any, host_path: str | None) -> frozenset[str]:
    """Mirrors `permissions.can_view_resource`; `host_path` is that of the organization its workshop belongs to."""
    owner = frozenset({acl_user(resource.owner_id)})
    if resource.visibility == "public":
        return owner | {PUBLIC}
    if resource.visibility == "county" and resource.county_id is not None:
        return owner | {acl_county(resource.county_id)}
    if resource.visibility == "school":
        own = frozenset() if resource.school_id is None else frozenset({acl_school(resource.school_id)})
        return owner | own | acl_roles(OVERSEERS, resource.org_path)
    if resource.visibility == "workshop" and resource.workshop_id is not None and host_path is not None:
        return owner | {acl_workshop(resource.workshop_id)} | acl_roles(OVERSEEING_ROLES, host_path)
    return owner


def _all_ids() -> Iterator[int]:
    statement = select(Resource.id).where(Resource.removed_at.is_(None)).order_by(Resource.id)
    yield from db.session.scalars(statement.execution_options(yield_per=1000))


def _visible(viewer: Viewer) -> Select[int]:
    return select(Resource.id).where(Resource.id.in_(ASKED), visible_resources(viewer, visible_workshops(viewer)))


def _below(path: str) -> Select[int]:
    shared = Resource.workshop_id.in_(workshop_ids_below(path))
    published = Resource.org_path.startswith(path, autoescape=True)
    return select(Resource.id).where(or_(Resource.school_id.in_(ids_below(path)), shared, published))


def load_collections(ids: Sequence[int]) -> list[IndexDocument]:
    """Describe collections by title, introduction and what they hold; deleted ones are left out."""
    rows = select(ResourceCollection).where(ResourceCollection.id.in_(ids), ResourceCollection.removed_at.is_(None))
    load = joinedload(ResourceCollection.owner), joinedload(ResourceCollection.school)
    found = db.session.scalars(rows.options(*load)).unique().all()
    items = contents_of([one.id for one in found])
    return [_collection_document(one, items[one.id]) for one in found]


def _collection_document(collection: ResourceCollection, items: Sequence[Resource]) -> IndexDocument:
    """Its words are only of what whoever may open the collection may see: else a search would tell of the rest."""
    readers = _collection_acl(collection)
    titles = [one.title for one in items if _opens_to(one, collection, readers)]
    school = collection.school
    return IndexDocument(
        kind="collection",
        object_id=collection.id,
        title=collection.title,
        url=f"/collections/{collection.id}",
        acl=readers,
        body="\n".join(filter(None, (collection.introduction, " · ".join(titles)))),
        place=school.label if school is not None else "",
        type="资源包",
        school=school.name if school is not None else "",
        author=collection.owner.name,
        year=str(collection.created_at.astimezone(clock.LOCAL_ZONE).year),
        date=collection.created_at,
    )


def _opens_to(resource: Resource, collection: ResourceCollection, readers: frozenset[str]) -> bool:
    """Whether everybody who may open a collection may see this resource in it; its owner put it in."""
    acl = _acl(resource, _host_path(resource))
    if PUBLIC in acl:
        return True
    of_county = collection.county_id is not None and acl_county(collection.county_id) in acl
    if collection.visibility != "public" and of_county:
        return True
    others = readers - {acl_user(collection.owner_id)}
    school = set() if collection.school_id is None else {acl_school(collection.school_id)}
    return others <= acl if others else bool(acl & (readers | school))


def _host_path(resource: Resource) -> str | None:
    if resource.visibility != "workshop" or resource.workshop is None:
        return None
    return resource.workshop.organization.path


def _collection_acl(collection: ResourceCollection) -> frozenset[str]:
    """Mirrors `permissions.can_view_collection`."""
    owner = frozenset({acl_user(collection.owner_id)})
    if collection.visibility == "public":
        return owner | {PUBLIC}
    if collection.visibility == "county" and collection.county_id is not None:
        return owner | {acl_county(collection.county_id)}
    if collection.visibility == "school":
        own = frozenset() if collection.school_id is None else frozenset({acl_school(collection.school_id)})
        return owner | own | acl_roles(OVERSEERS, collection.org_path)
    return owner


def _all_collection_ids() -> Iterator[int]:
    statement = select(ResourceCollection.id).where(ResourceCollection.removed_at.is_(None))
    yield from db.session.scalars(statement.order_by(ResourceCollection.id).execution_options(yield_per=1000))


def _visible_collections(viewer: Viewer) -> Select[int]:
    return select(ResourceCollection.id).where(ResourceCollection.id.in_(ASKED), visible_collections(viewer))


def _collections_below(path: str) -> Select[int]:
    published = ResourceCollection.org_path.startswith(path, autoescape=True)
    return select(ResourceCollection.id).where(or_(ResourceCollection.school_id.in_(ids_below(path)), published))


SOURCES: tuple[IndexSource, ...] = (
    IndexSource("resource", "资源", load_documents, _all_ids, seen_by(_visible), _below),
    IndexSource(
        "collection",
        "资源包",
        load_collections,
        _all_collection_ids,
        seen_by(_visible_collections),
        _collections_below,
        in_parts=True,
    ),
)
PRINCIPALS: tuple[PrincipalSource, ...] = ()

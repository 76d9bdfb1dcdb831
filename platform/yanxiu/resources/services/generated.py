"""Resources whose file is made here: of a plan, a lesson, the record of an activity. The caller is inside a unit of work."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import fields

from sqlalchemy import ColumnElement, select

from yanxiu.accounts.models import User
from yanxiu.core.db import db
from yanxiu.core.errors import ConflictError
from yanxiu.core.live import bump
from yanxiu.resources.extraction.intake import CheckedFile
from yanxiu.resources.models import Resource
from yanxiu.resources.services import (
    ResourceDetails,
    add_version,
    drop_unkept,
    publish_resource,
    receive_upload,
    remove_resource,
    update_resource,
)

TAKEN_DOWN = "资源库里的这一份已被下架，要恢复请联系教研员"


def publish_generated(actor: User, checked: CheckedFile, details: ResourceDetails) -> Resource:
    """Put a file that was made here into the library."""
    return publish_resource(actor, receive_upload(actor, checked), details, source="generated")


def publish_or_renew(
    actor: User,
    known: Resource | None,
    checked: CheckedFile,
    details: ResourceDetails,
    note: str,
    thing: ColumnElement[bool],
) -> Resource:
    """Put a file into the library, or make it the newer version of what it is there already. ConflictError where what was
    made of the same `thing` (what tells its resources from others) was taken down.
    """
    if known is None:
        if is_taken_down(thing):
            raise ConflictError(TAKEN_DOWN)
        return publish_generated(actor, checked, details)
    bring_up_to_date(actor, known, checked, note)
    _describe_again(actor, known, details)
    return known


def bring_up_to_date(actor: User, known: Resource, checked: CheckedFile, note: str) -> None:
    """Add a newer version to what the actor put there before. The very file that is there already is no newer version: a
    button may be pressed twice. ConflictError where somebody else put it there.
    """
    if known.owner_id != actor.id:
        raise ConflictError("这一份已经由别的老师放进资源库了")
    current = known.current_file
    if current is not None and current.stored_file.sha256 == checked.received.sha256:
        drop_unkept(checked)
    else:
        add_version(actor, known, checked, note)


def is_taken_down(thing: ColumnElement[bool]) -> bool:
    """Tell whether what was made of a thing was taken down: only those who may take down fetch it back."""
    down = Resource.removed_at.is_not(None), Resource.takedown_reason != ""
    return db.session.scalar(select(Resource.id).where(thing, *down).limit(1)) is not None


def _describe_again(actor: User, known: Resource, details: ResourceDetails) -> None:
    """Change what is said of a resource, if anything is said otherwise."""
    if details != ResourceDetails(**{field.name: getattr(known, field.name) for field in fields(ResourceDetails)}):
        update_resource(actor, known, details)


def of_lessons(lesson_ids: Collection[int]) -> list[Resource]:
    """Return the cards of lessons that are not in the bin."""
    standing = Resource.taught_lesson_id.in_(lesson_ids), Resource.removed_at.is_(None)
    return list(db.session.scalars(select(Resource).where(*standing).order_by(Resource.id)))


def tell_pages(lesson_id: int) -> None:
    """Have open pages of a lesson's card ask again whether its recording is to be seen."""
    for resource in of_lessons([lesson_id]):
        bump(f"resource:{resource.id}", "film", resource.id)


def leave_with(lesson_ids: Collection[int]) -> int:
    """Put the cards of lessons into the bin whose owners wished it so; return how many."""
    leaving = [resource for resource in of_lessons(lesson_ids) if resource.leaves_with_lesson]
    for resource in leaving:
        remove_resource(resource.owner, resource)
    return len(leaving)

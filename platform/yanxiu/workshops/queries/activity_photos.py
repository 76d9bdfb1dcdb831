"""Photos of activities, to be shown in a bulletin: from what was announced, recorded, answered and thought afterwards."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, exists, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from yanxiu.accounts.models import User
from yanxiu.core.db import db
from yanxiu.core.storage import StoredFile
from yanxiu.workshops.models import (
    Activity,
    ActivityRecord,
    ActivityReflection,
    Debate,
    Post,
    PostAttachment,
    Topic,
    WorkshopPicture,
)

SHOWN, LOOKED_THROUGH = 8, 300
"""Photos for one activity, and posts that are looked through for them."""

RecordImages = Callable[[Collection[int]], Sequence[tuple[int, str, int]]]
"""Give activities, get the pictures of the documents their records are written in: activity, address, stored file."""

_record_images: list[RecordImages] = []


def register_record_images(source: RecordImages) -> None:
    """Say who knows the pictures in records; done once by `wiring`."""
    _record_images[:] = [source]


_PICTURE = re.compile(r"/workshops/(\d{1,9})/pictures/(\d{1,9})")


@dataclass(frozen=True)
class Photo:
    """A picture of the workshop, and where it is from; `private` where only the team has seen it so far."""

    picture_id: int
    activity_id: int
    address: str
    alt: str
    where: str
    private: bool = False


@dataclass(frozen=True)
class _Source:
    activity_id: int
    where: str
    html: str
    private: bool = False
    files: tuple[int, ...] = ()


def photos_of(workshop_id: int, activities: Sequence[Activity]) -> list[Photo]:
    """Return the photos of some activities, those that members see first; a fixed number of queries."""
    sources = list(_sources(workshop_id, activities))
    by_file = _pictures_of_files(workshop_id, {file_id for source in sources for file_id in source.files})
    titles = {activity.id: activity.title for activity in activities}
    found: dict[int, Photo] = {}
    counts: dict[int, int] = defaultdict(int)
    for source in sources:
        for picture_id in [*_pictures_in(workshop_id, source.html), *(by_file.get(one, 0) for one in source.files)]:
            if picture_id and picture_id not in found and counts[source.activity_id] < SHOWN:
                counts[source.activity_id] += 1
                address = f"/workshops/{workshop_id}/pictures/{picture_id}"
                alt = f"{titles[source.activity_id]}　{source.where}"
                found[picture_id] = Photo(
                    picture_id, source.activity_id, address, alt, source.where, private=source.private
                )
    there = _standing(workshop_id, found)
    return [photo for photo in found.values() if photo.picture_id in there]


def files_to_adopt(workshop_id: int, activities: Sequence[Activity]) -> list[int]:
    """Return the image files of records and answers that are no picture of the workshop yet."""
    sources = [*_records([activity.id for activity in activities]), *_answers(workshop_id, activities)]
    files = [file_id for source in sources for file_id in source.files]
    known = _pictures_of_files(workshop_id, files)
    return [file_id for file_id in dict.fromkeys(files) if file_id not in known][: SHOWN * max(1, len(activities))]


def _pictures_in(workshop_id: int, html: str) -> Iterator[int]:
    for found in _PICTURE.finditer(html):
        if int(found[1]) == workshop_id:
            yield int(found[2])


def _pictures_of_files(workshop_id: int, file_ids: Collection[int]) -> dict[int, int]:
    pictures = select(WorkshopPicture.file_id, WorkshopPicture.id).where(WorkshopPicture.workshop_id == workshop_id)
    rows = db.session.execute(pictures.where(WorkshopPicture.file_id.in_(file_ids)).order_by(WorkshopPicture.id.desc()))
    return {row[0]: row[1] for row in rows}


def _standing(workshop_id: int, picture_ids: Collection[int]) -> set[int]:
    found = select(WorkshopPicture.id).where(WorkshopPicture.workshop_id == workshop_id)
    return set(db.session.scalars(found.where(WorkshopPicture.id.in_(picture_ids))))


def _sources(workshop_id: int, activities: Sequence[Activity]) -> Iterator[_Source]:
    ids = [activity.id for activity in activities]
    for activity in activities:
        yield _Source(activity.id, "活动说明", activity.html)
    yield from _records(ids)
    yield from _answers(workshop_id, activities)
    written = (
        select(ActivityReflection.activity_id, ActivityReflection.html, User.name)
        .join(User, User.id == ActivityReflection.author_id)
        .where(ActivityReflection.activity_id.in_(ids), _shows(ActivityReflection.html))
        .order_by(ActivityReflection.id)
    )
    for activity_id, html, name in db.session.execute(written):
        yield _Source(activity_id, f"{name}的反思", html, private=True)


def _records(ids: Collection[int]) -> Iterator[_Source]:
    """The records as they read; a record that is written as a document has pictures of its own."""
    own: dict[int, dict[str, int]] = defaultdict(dict)
    for source in _record_images:
        for activity_id, address, file_id in source(ids):
            own[activity_id][address] = file_id
    shown = select(ActivityRecord.activity_id, ActivityRecord.html).where(ActivityRecord.activity_id.in_(ids))
    for activity_id, html in db.session.execute(shown):
        files = tuple(number for address, number in own[activity_id].items() if f'"{address}"' in html)
        yield _Source(activity_id, "活动记录", html, files=files)


def _shows(column: InstrumentedAttribute[str]) -> ColumnElement[bool]:
    return column.contains("/pictures/")


def _answers(workshop_id: int, activities: Sequence[Activity]) -> list[_Source]:
    """Posts of the topic an activity is about, and posts that link to an activity."""
    about = {activity.about_id: activity.id for activity in activities if activity.about_kind == "topic"}
    links = {f"/workshops/{workshop_id}/activities/{activity.id}": activity.id for activity in activities}
    rows = db.session.execute(_posts_with_photos(workshop_id, about, links)).all()
    files: dict[int, list[int]] = defaultdict(list)
    images = select(PostAttachment.post_id, PostAttachment.file_id).join(PostAttachment.file)
    of_them = images.where(PostAttachment.post_id.in_([row[0] for row in rows]), StoredFile.mime.like("image/%"))
    for post_id, file_id in db.session.execute(of_them.order_by(PostAttachment.post_id, PostAttachment.position)):
        files[post_id].append(file_id)
    found = []
    for post_id, topic_id, html, name in rows:
        linked = next((one for link, one in links.items() if re.search(rf"{link}(?!\d)", html)), None)
        activity_id = about.get(topic_id) or linked
        if activity_id is not None:
            found.append(_Source(activity_id, name, html, files=tuple(files[post_id])))
    return found


def _posts_with_photos(
    workshop_id: int, about: Collection[int | None], links: Collection[str]
) -> Select[int, int, str, str]:
    """A debate is left out: what is said there may be sealed."""
    sent = exists().where(PostAttachment.post_id == Post.id)
    return (
        select(Post.id, Post.topic_id, Post.html, User.name)
        .join(Topic, Topic.id == Post.topic_id)
        .join(User, User.id == Post.author_id)
        .where(
            Topic.workshop_id == workshop_id,
            Topic.deleted_at.is_(None),
            Post.withdrawn_at.is_(None),
            ~exists().where(Debate.topic_id == Topic.id),
            or_(Topic.id.in_(about), *(Post.html.contains(link) for link in links)),
            or_(_shows(Post.html), sent),
        )
        .order_by(Post.id.desc())
        .limit(LOOKED_THROUGH)
    )

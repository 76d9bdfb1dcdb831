"""Files that come with a post, and pictures inside its text."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass

from sqlalchemy import or_, select, update

from yanxiu.accounts.models import User
from yanxiu.accounts.queries import viewer_of
from yanxiu.core.db import db
from yanxiu.core.errors import InvalidError
from yanxiu.core.storage import ReceivedFile, StoredFile, keep_file
from yanxiu.workshops.models import PicturePlace, Post, PostAttachment, Workshop, WorkshopPicture
from yanxiu.workshops.queries.pictures import may_see
from yanxiu.workshops.services.voices import queue_voice

MAX_FILES = 9
_PICTURE = r"/workshops/{}/pictures/(\d{{1,9}})"
Attachment = tuple[ReceivedFile, ReceivedFile | None]
"""A received file and, for an image, its thumbnail."""


@dataclass(frozen=True)
class Place:
    """The text in which a picture is put: one of these that is for some only; without any, one for all members."""

    submission_id: int | None = None
    reflection_id: int | None = None
    bulletin_id: int | None = None


EVERYBODY = Place()


def attach_files(actor: User, post: Post, files: Sequence[Attachment], *, after: int = -1) -> None:
    """Add files to a post, behind position `after`."""
    for position, (received, small) in enumerate(files, start=after + 1):
        file = keep_file(received, actor.id)
        thumbnail = None if small is None else keep_file(small, actor.id)
        attachment = PostAttachment(post_id=post.id, file=file, thumbnail=thumbnail, position=position)
        db.session.add(attachment)
        db.session.flush()
        queue_voice(attachment)


def change_files(actor: User, post: Post, files: Sequence[Attachment], dropped: Collection[int]) -> bool:
    """Take the `dropped` attachments (by id) off a post and add files; tell whether anything changed."""
    leaving = [attachment for attachment in post.attachments if attachment.id in dropped]
    if not leaving and not files:
        return False
    if len(post.attachments) - len(leaving) + len(files) > MAX_FILES:
        raise InvalidError(f"一条发言最多 {MAX_FILES} 个附件，请先移除几个", field="files")
    last = max((attachment.position for attachment in post.attachments), default=-1)
    for attachment in leaving:
        db.session.delete(attachment)
    attach_files(actor, post, files, after=last)
    db.session.expire(post, ["attachments"])
    return True


def add_picture(actor: User, workshop: Workshop, received: ReceivedFile) -> WorkshopPicture:
    """Keep a picture that is being written into a text; others see it once the text is sent."""
    picture = WorkshopPicture(workshop_id=workshop.id, file=keep_file(received, actor.id), is_draft=True)
    db.session.add(picture)
    db.session.flush()
    return picture


def put_in_use(actor: User, html: str, place: Place = EVERYBODY) -> None:
    """Show the pictures of a text that is being sent to those who read it, if it was its writer who uploaded them.

    What is for some only stays so when others who may see it put it into one more text for some.
    """
    numbers = {int(found) for found in re.findall(_PICTURE.format(r"\d+"), html)}
    if not numbers:
        return
    own = (
        select(StoredFile.id).where(StoredFile.id == WorkshopPicture.file_id, StoredFile.owner_id == actor.id).exists()
    )
    hidden = or_(WorkshopPicture.is_draft, WorkshopPicture.is_restricted)
    mine = update(WorkshopPicture).where(WorkshopPicture.id.in_(numbers), own, hidden)
    db.session.execute(mine.values(is_draft=False, is_restricted=place != EVERYBODY))
    if place != EVERYBODY:
        _add_places(actor, numbers, place)


def _add_places(actor: User, numbers: Collection[int], place: Place) -> None:
    found = db.session.scalars(
        select(WorkshopPicture)
        .where(WorkshopPicture.id.in_(numbers), WorkshopPicture.is_restricted)
        .order_by(WorkshopPicture.id)
        .execution_options(populate_existing=True)
    ).all()
    viewer = viewer_of(actor) if found else None
    for picture in found:
        known = any(all(getattr(one, name) == value for name, value in asdict(place).items()) for one in picture.places)
        if viewer is not None and not known and may_see(viewer, picture):
            db.session.add(PicturePlace(picture_id=picture.id, **asdict(place)))
    db.session.flush()
    for picture in found:
        db.session.expire(picture, ["places"])


def with_own_pictures(html: str, source: Workshop, workshop: Workshop) -> str:
    """Pictures in a text belong to their workshop: another one gets them under addresses of its own.

    What its writer did not send yet, or only to some, stays where it is, whoever wrote its address into a text.
    """

    def moved(found: re.Match[str]) -> str:
        picture = db.session.get(WorkshopPicture, int(found[1]))
        hidden = picture is None or picture.is_draft or picture.is_restricted
        if picture is None or hidden or picture.workshop_id != source.id:
            return found[0]
        own = WorkshopPicture(workshop_id=workshop.id, file_id=picture.file_id)
        db.session.add(own)
        db.session.flush()
        return f"/workshops/{workshop.id}/pictures/{own.id}"

    return re.sub(_PICTURE.format(source.id), moved, html)

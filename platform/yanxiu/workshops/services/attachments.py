"""Files that come with a post, and pictures inside its text."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from yanxiu.accounts.models import User
from yanxiu.core.db import db
from yanxiu.core.errors import InvalidError
from yanxiu.core.storage import ReceivedFile, keep_file
from yanxiu.workshops.models import Post, PostAttachment, Workshop, WorkshopPicture
from yanxiu.workshops.services.voices import queue_voice

MAX_FILES = 9
_PICTURE = r"/workshops/{}/pictures/(\d+)"
Attachment = tuple[ReceivedFile, ReceivedFile | None]
"""A received file and, for an image, its thumbnail."""


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
    """Keep a picture that is being written into a post."""
    picture = WorkshopPicture(workshop_id=workshop.id, file=keep_file(received, actor.id))
    db.session.add(picture)
    db.session.flush()
    return picture


def with_own_pictures(html: str, source: Workshop, workshop: Workshop) -> str:
    """Pictures in a text belong to their workshop: another one gets them under addresses of its own."""

    def moved(found: re.Match[str]) -> str:
        picture = db.session.get(WorkshopPicture, int(found[1]))
        if picture is None or picture.workshop_id != source.id:
            return found[0]
        own = WorkshopPicture(workshop_id=workshop.id, file_id=picture.file_id)
        db.session.add(own)
        db.session.flush()
        return f"/workshops/{workshop.id}/pictures/{own.id}"

    return re.sub(_PICTURE.format(source.id), moved, html)

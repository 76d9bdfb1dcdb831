"""What people change about themselves."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from sqlalchemy import delete

from yanxiu.accounts.catalog import STAGES, SUBJECTS, TITLES
from yanxiu.accounts.events import UserChanged
from yanxiu.accounts.models import User
from yanxiu.core.db import db
from yanxiu.core.errors import InvalidError
from yanxiu.core.events import record
from yanxiu.core.html import without_invisible
from yanxiu.core.storage import ReceivedFile, StoredFile, keep_file, storage
from yanxiu.core.unit_of_work import current_unit_of_work

MAX_BIO = 500


@dataclass(frozen=True)
class ProfileData:
    """The part of a profile its owner writes; name, school and numbers are the administrator's."""

    subject: str = ""
    stage: str = ""
    title: str = ""
    bio: str = ""


def edit_profile(actor: User, data: ProfileData) -> None:
    """Change one's own subject, stage, title and introduction."""
    for field, allowed in (("subject", SUBJECTS), ("stage", STAGES), ("title", TITLES)):
        value = getattr(data, field)
        if value and value not in allowed and value != getattr(actor, field):
            raise InvalidError("请从列表中选择", field=field)
        setattr(actor, field, value)
    bio = without_invisible(data.bio).replace("\r\n", "\n").strip()
    if len(bio) > MAX_BIO:
        raise InvalidError(f"简介最多 {MAX_BIO} 个字，现在有 {len(bio)} 个字", field="bio")
    actor.bio = bio
    record(UserChanged(actor.id))


def change_photo(actor: User, picture: ReceivedFile) -> StoredFile:
    """Make an already re-encoded picture one's photo, in place of the one before."""
    before, file = actor.photo_id, keep_file(picture, actor.id)
    actor.photo_id = file.id
    _drop(before)
    record(UserChanged(actor.id))
    return file


def remove_photo(actor: User) -> None:
    """Go back to the letter in a circle."""
    before, actor.photo_id = actor.photo_id, None
    _drop(before)
    record(UserChanged(actor.id))


def _drop(photo_id: int | None) -> None:
    """Take a photo that nobody shows any more out of the store; what cannot be deleted now is swept later."""
    if photo_id is None:
        return
    photo = db.session.get_one(StoredFile, photo_id)
    db.session.flush()
    db.session.execute(delete(StoredFile).where(StoredFile.id == photo_id))
    unit = current_unit_of_work()
    if unit is not None:
        unit.after_commit(partial(storage().delete, photo.key))


def set_large_type(actor: User, large_type: bool) -> None:
    """Choose the type size of all pages."""
    actor.large_type = large_type

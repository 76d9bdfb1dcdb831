"""What people change about themselves."""

from __future__ import annotations

from dataclasses import dataclass

from yanxiu.accounts.catalog import STAGES, SUBJECTS, TITLES
from yanxiu.accounts.events import UserChanged
from yanxiu.accounts.models import User
from yanxiu.core.errors import InvalidError
from yanxiu.core.events import record
from yanxiu.core.html import without_invisible
from yanxiu.core.storage import ReceivedFile, StoredFile, keep_file

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
    """Make an already re-encoded picture one's photo."""
    file = keep_file(picture, actor.id)
    actor.photo_id = file.id
    record(UserChanged(actor.id))
    return file


def remove_photo(actor: User) -> None:
    """Go back to the letter in a circle."""
    actor.photo_id = None
    record(UserChanged(actor.id))


def set_large_type(actor: User, large_type: bool) -> None:
    """Choose the type size of all pages."""
    actor.large_type = large_type

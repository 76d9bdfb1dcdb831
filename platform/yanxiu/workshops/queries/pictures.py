"""Pictures inside texts: which there are, and who may see those that stand only in texts for some."""

from __future__ import annotations

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import contains_eager

from yanxiu.accounts.permissions import Viewer
from yanxiu.core.db import db
from yanxiu.core.storage import StoredFile
from yanxiu.workshops.models import PeerReview, PicturePlace, WorkshopMember, WorkshopPicture
from yanxiu.workshops.permissions.activities import can_read_attendance
from yanxiu.workshops.permissions.bulletins import can_view_bulletin
from yanxiu.workshops.permissions.tasks import can_see_work
from yanxiu.workshops.queries.debates import hides_picture
from yanxiu.workshops.queries.teams import membership_of


def find_picture(workshop_id: int, picture_id: int, viewer_id: int | None = None) -> WorkshopPicture | None:
    """Return a picture of this workshop; one that was not sent yet is there for its writer alone."""
    return db.session.scalar(
        select(WorkshopPicture)
        .join(WorkshopPicture.file)
        .options(contains_eager(WorkshopPicture.file))
        .where(WorkshopPicture.workshop_id == workshop_id, WorkshopPicture.id == picture_id)
        .where(or_(WorkshopPicture.is_draft.is_(False), StoredFile.owner_id == viewer_id))
    )


def visible_picture(viewer: Viewer, workshop_id: int, picture_id: int) -> WorkshopPicture | None:
    """Return a picture of a workshop whose inside the viewer sees, if it stands in a text that they may read."""
    found = find_picture(workshop_id, picture_id, viewer.user_id)
    if found is None or found.file.owner_id == viewer.user_id:
        return found
    return found if may_see(viewer, found) and not hides_picture(workshop_id, picture_id, viewer.user_id) else None


def may_see(viewer: Viewer, picture: WorkshopPicture) -> bool:
    """Tell whether somebody may read one of the texts in which a picture stands, if it stands in none for all."""
    if picture.file.owner_id == viewer.user_id:
        return True
    if picture.is_draft or not picture.is_restricted:
        return not picture.is_draft
    member = membership_of(picture.workshop_id, viewer.user_id)
    return any(_may_read(viewer, place, member) for place in picture.places)


def _may_read(viewer: Viewer, place: PicturePlace, member: WorkshopMember | None) -> bool:
    if place.bulletin is not None:
        return can_view_bulletin(viewer, place.bulletin, member)
    if place.reflection is not None:
        own = place.reflection.author_id == viewer.user_id
        return own or can_read_attendance(viewer, place.reflection.activity, member)
    if place.submission is None:
        return False
    return can_see_work(viewer, place.submission, member) or _reviews(place.submission.id, viewer.user_id)


def _reviews(submission_id: int, user_id: int | None) -> bool:
    """Whoever was asked to review a work sees the pictures in it, without a name."""
    asked = exists().where(
        PeerReview.submission_id == submission_id,
        PeerReview.reviewer_id == user_id,
        PeerReview.given_up_at.is_(None),
    )
    return bool(db.session.scalar(select(asked)))

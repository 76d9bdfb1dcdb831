"""Pictures inside the texts of a workshop, and the texts that are not for everybody in which they stand."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from yanxiu.core.clock import now
from yanxiu.core.db import Id, Model, UtcDateTime
from yanxiu.core.storage import StoredFile
from yanxiu.workshops.models.activities import ActivityReflection
from yanxiu.workshops.models.bulletins import Bulletin
from yanxiu.workshops.models.tasks import Submission


class WorkshopPicture(Model):
    """A picture placed inside a text; seen by whoever sees the workshop. While `is_draft` it was put into a text that was not
    sent yet, and only its owner sees it; while `is_restricted` its owner does, and who may read one of its `places`.
    """

    __tablename__ = "workshop_picture"

    id: Mapped[Id]
    workshop_id: Mapped[int] = mapped_column(ForeignKey("workshop.id", ondelete="CASCADE"), index=True)
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"))
    is_draft: Mapped[bool] = mapped_column(default=False)
    is_restricted: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)

    file: Mapped[StoredFile] = relationship()
    places: Mapped[list[PicturePlace]] = relationship(viewonly=True, order_by="PicturePlace.id")


class PicturePlace(Model):
    """A text for some in which a picture stands, or stood in an earlier copy: a work, a reflection or an issue; one of the three."""

    __tablename__ = "workshop_picture_place"

    id: Mapped[Id]
    picture_id: Mapped[int] = mapped_column(ForeignKey("workshop_picture.id", ondelete="CASCADE"), index=True)
    submission_id: Mapped[int | None] = mapped_column(
        ForeignKey("workshop_submission.id", ondelete="CASCADE"), index=True
    )
    reflection_id: Mapped[int | None] = mapped_column(
        ForeignKey("activity_reflection.id", ondelete="CASCADE"), index=True
    )
    bulletin_id: Mapped[int | None] = mapped_column(ForeignKey("bulletin.id", ondelete="CASCADE"), index=True)

    submission: Mapped[Submission | None] = relationship()
    reflection: Mapped[ActivityReflection | None] = relationship()
    bulletin: Mapped[Bulletin | None] = relationship()

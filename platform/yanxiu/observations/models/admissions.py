"""People who scanned a lesson's code and are no observers of it."""

from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from yanxiu.accounts.models import User
from yanxiu.core.clock import now
from yanxiu.core.db import Id, Model, UtcDateTime


class AdmissionRequest(Model):
    """Somebody at the door of a lesson. The row goes once they are let in; of who was not, it stays, so that the host hears
    of nobody twice."""

    __tablename__ = "lesson_admission_request"
    __table_args__ = (UniqueConstraint("lesson_id", "user_id"),)

    id: Mapped[Id]
    lesson_id: Mapped[int] = mapped_column(ForeignKey("lesson.id", ondelete="CASCADE"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    refused_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """None while they wait."""

    user: Mapped[User] = relationship()

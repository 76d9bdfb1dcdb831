"""Asking a colleague whether one may observe a lesson (申请听课)."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from yanxiu.accounts.models import User
from yanxiu.core.db import Id, Model, Timestamps, UtcDateTime
from yanxiu.observations.models.lessons import Lesson


class RequestState(StrEnum):
    """What became of a request."""

    WAITING = "waiting"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"

    @property
    def label(self) -> str:
        return {"waiting": "等回复", "accepted": "同意了", "declined": "这次不方便", "withdrawn": "已撤回"}[self.value]


class ObservationRequest(Model, Timestamps):
    """That somebody would like to observe a lesson of a teacher around `wished_at`; accepted, it has become a lesson."""

    __tablename__ = "observation_request"
    __table_args__ = (Index("ix_observation_request_teacher", "teacher_id", "state"),)

    id: Mapped[Id]
    asker_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    teacher_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    wished_at: Mapped[datetime] = mapped_column(UtcDateTime)
    words: Mapped[str] = mapped_column(String(300), default="")
    state: Mapped[str] = mapped_column(String(12), default=RequestState.WAITING)
    answer: Mapped[str] = mapped_column(String(300), default="")
    lesson_id: Mapped[int | None] = mapped_column(ForeignKey("lesson.id", ondelete="SET NULL"))

    asker: Mapped[User] = relationship(foreign_keys=[asker_id])
    teacher: Mapped[User] = relationship(foreign_keys=[teacher_id])
    lesson: Mapped[Lesson | None] = relationship()

    @property
    def state_of(self) -> RequestState:
        return RequestState(self.state)

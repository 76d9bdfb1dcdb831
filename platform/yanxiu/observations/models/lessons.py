"""A lesson taught once (课例) and the people around it."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from yanxiu.accounts.models import Organization, User
from yanxiu.core.clock import now
from yanxiu.core.db import Id, Model, Timestamps, UtcDateTime
from yanxiu.observations.models.cycle import LessonPhase


class LessonVisibility(StrEnum):
    """Who may watch besides the teacher and the invited."""

    WORKSHOP = "workshop"
    SCHOOL = "school"
    INVITED = "invited"

    @property
    def label(self) -> str:
        return {"workshop": "工作坊成员", "school": "本校老师", "invited": "仅受邀的人"}[self.value]


class LessonRole(StrEnum):
    """What somebody does around a lesson."""

    TEACHER = "teacher"
    OBSERVER = "observer"
    HOST = "host"
    EXPERT = "expert"

    @property
    def label(self) -> str:
        return {"teacher": "授课教师", "observer": "观察者", "host": "主持", "expert": "专家"}[self.value]


class Consent(StrEnum):
    """What covers the pupils in the picture."""

    NOT_NEEDED = "not_needed"
    SCHOOL = "school"
    WRITTEN = "written"

    @property
    def label(self) -> str:
        return {
            "not_needed": "画面认不出学生，不需要",
            "school": "学校已统一告知家长",
            "written": "已取得家长书面同意",
        }[self.value]


class ClipConsent(StrEnum):
    """Whether others may cut stretches of a lesson for their sets of clips; those who decide about it always may."""

    GIVEN = "given"
    REFUSED = "refused"

    @property
    def label(self) -> str:
        return {"given": "同意，能看这节课的老师可以摘取", "refused": "不同意，只有授课教师和登记的人可以摘取"}[
            self.value
        ]


class Lesson(Model, Timestamps):
    """One taught lesson. `organization_id` is the school where it was taught, kept when the teacher moves on."""

    __tablename__ = "lesson"
    __table_args__ = (
        Index("ix_lesson_newest", "created_at", "id"),
        Index("ix_lesson_workshop", "workshop_id", "created_at"),
        Index("ix_lesson_school", "organization_id", "visibility"),
    )

    id: Mapped[Id]
    title: Mapped[str] = mapped_column(String(120))
    teacher_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    creator_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    organization_id: Mapped[int | None] = mapped_column(ForeignKey("organization.id"))
    class_name: Mapped[str] = mapped_column(String(40), default="")
    subject: Mapped[str] = mapped_column(String(20), default="")
    stage: Mapped[str] = mapped_column(String(20), default="")
    grade: Mapped[str] = mapped_column(String(20), default="")
    lesson_type: Mapped[str] = mapped_column(String(20), default="")
    taught_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    place: Mapped[str] = mapped_column(String(80), default="")
    focus: Mapped[str] = mapped_column(String(500), default="")
    workshop_id: Mapped[int | None] = mapped_column(ForeignKey("workshop.id", ondelete="SET NULL"))
    lesson_plan_id: Mapped[int | None] = mapped_column(index=True)
    visibility: Mapped[str] = mapped_column(String(12), default=LessonVisibility.INVITED)
    pupils_recognizable: Mapped[bool] = mapped_column(default=False)
    consent: Mapped[str] = mapped_column(String(12), default=Consent.NOT_NEEDED)
    consent_until: Mapped[date | None]
    clip_consent: Mapped[str] = mapped_column(String(8), default=ClipConsent.GIVEN)
    rubric_version_id: Mapped[int | None] = mapped_column(ForeignKey("rubric_version.id"))
    phase: Mapped[str] = mapped_column(String(12), default=LessonPhase.TEACHING)
    phase_due: Mapped[date | None]
    deleted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    teacher: Mapped[User] = relationship(foreign_keys=[teacher_id])
    creator: Mapped[User] = relationship(foreign_keys=[creator_id])
    organization: Mapped[Organization | None] = relationship()
    members: Mapped[list["LessonMember"]] = relationship(
        back_populates="lesson", cascade="all, delete-orphan", order_by="LessonMember.id"
    )

    @property
    def topic(self) -> str:
        """Name of the live topic everybody on the page follows."""
        return f"lesson:{self.id}"

    @property
    def phase_of(self) -> LessonPhase:
        return LessonPhase(self.phase)

    @property
    def audience(self) -> LessonVisibility:
        return LessonVisibility(self.visibility)

    @property
    def declaration(self) -> Consent:
        return Consent(self.consent)

    def has_expired(self, today: date) -> bool:
        """Return whether the agreed time of showing pupils is over."""
        return self.consent_until is not None and self.consent_until < today


class LessonMember(Model):
    """Somebody who was asked to a lesson."""

    __tablename__ = "lesson_member"
    __table_args__ = (UniqueConstraint("lesson_id", "user_id"),)

    id: Mapped[Id]
    lesson_id: Mapped[int] = mapped_column(ForeignKey("lesson.id", ondelete="CASCADE"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    role: Mapped[str] = mapped_column(String(12), default=LessonRole.OBSERVER)
    attended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)

    lesson: Mapped[Lesson] = relationship(back_populates="members")
    user: Mapped[User] = relationship()

    @property
    def role_of(self) -> LessonRole:
        return LessonRole(self.role)


class Watching(Model):
    """That somebody watched a lesson in which pupils can be recognized, on one day: the log the law asks for."""

    __tablename__ = "lesson_watching"
    __table_args__ = (UniqueConstraint("lesson_id", "user_id", "day"),)

    id: Mapped[Id]
    lesson_id: Mapped[int] = mapped_column(ForeignKey("lesson.id", ondelete="CASCADE"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    day: Mapped[date]
    first_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)

"""Divided observation (分工观察): what is watched in a lesson, who watches it, what was found."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from yanxiu.accounts.models import Organization, User
from yanxiu.core.clock import now
from yanxiu.core.db import Id, Model, Timestamps, UtcDateTime
from yanxiu.observations.models.lessons import Lesson

OWN = "own."


class LessonPerspective(Model, Timestamps):
    """A perspective (视角) chosen for a lesson; `prompts` are lines saying what to look for.

    `key` says where it is from: `licc.` and its name, `section.` and that of the plan's section, `own.` and its first words.
    A row never changes what is to be seen: who changes that makes the next `number` of the key, and the one before is retired
    with all that was written under it. A newest one that is retired can be restored.
    """

    __tablename__ = "lesson_perspective"
    __table_args__ = (UniqueConstraint("lesson_id", "key", "number"),)

    id: Mapped[Id]
    lesson_id: Mapped[int] = mapped_column(ForeignKey("lesson.id", ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(String(60))
    dimension: Mapped[str] = mapped_column(String(20), default="")
    name: Mapped[str] = mapped_column(String(40))
    prompts: Mapped[str] = mapped_column(Text, default="")
    instrument: Mapped[str] = mapped_column(String(40), default="")
    """The scheme of codes by which it is recorded, by its slug; empty where words do."""
    position: Mapped[int] = mapped_column(default=0)
    number: Mapped[int] = mapped_column(default=1)
    retired_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    lesson: Mapped[Lesson] = relationship()
    watchers: Mapped[list["PerspectiveWatcher"]] = relationship(
        back_populates="perspective", cascade="all, delete-orphan", order_by="PerspectiveWatcher.id"
    )

    @property
    def full_name(self) -> str:
        """学生学习·倾听; one's own words have no dimension."""
        return f"{self.dimension}·{self.name}" if self.dimension else self.name

    @property
    def label(self) -> str:
        """The name as it stands in a report, where also what was retired is read."""
        return self.name if self.retired_at is None else f"{self.name}（第 {self.number} 版，已停用）"

    @property
    def is_own(self) -> bool:
        """Whether somebody of the school wrote it: only such can be changed."""
        return self.key.startswith(OWN)

    @property
    def lines(self) -> list[str]:
        return self.prompts.splitlines()

    def is_watched_by(self, user_id: int | None) -> bool:
        return any(watcher.user_id == user_id for watcher in self.watchers)


class PerspectiveWatcher(Model):
    """That somebody watches a perspective; claimed when `dealer_id` is the watcher."""

    __tablename__ = "perspective_watcher"
    __table_args__ = (UniqueConstraint("perspective_id", "user_id"),)

    id: Mapped[Id]
    perspective_id: Mapped[int] = mapped_column(ForeignKey("lesson_perspective.id", ondelete="CASCADE"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    dealer_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)

    perspective: Mapped[LessonPerspective] = relationship(back_populates="watchers")
    user: Mapped[User] = relationship(foreign_keys=[user_id])

    @property
    def is_claimed(self) -> bool:
        return self.dealer_id == self.user_id


class PerspectiveFinding(Model):
    """观察结果与建议 of one observer under one perspective; others read it from 议课 on."""

    __tablename__ = "perspective_finding"
    __table_args__ = (UniqueConstraint("perspective_id", "author_id"),)

    id: Mapped[Id]
    perspective_id: Mapped[int] = mapped_column(ForeignKey("lesson_perspective.id", ondelete="CASCADE"))
    author_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    body: Mapped[str] = mapped_column(Text)
    written_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)

    perspective: Mapped[LessonPerspective] = relationship()
    author: Mapped[User] = relationship()


class KeptPerspective(Model, Timestamps):
    """我的视角: a perspective in somebody's own words that they use again; lessons take a copy of it.

    With a `school_id` the colleagues of that school use it too, until its owner or an administrator of the school takes
    it away there.
    """

    __tablename__ = "kept_perspective"
    __table_args__ = (UniqueConstraint("owner_id", "name"), Index("ix_kept_perspective_school", "school_id", "id"))

    id: Mapped[Id]
    owner_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(40))
    prompts: Mapped[str] = mapped_column(Text, default="")
    instrument: Mapped[str] = mapped_column(String(40), default="")
    school_id: Mapped[int | None] = mapped_column(ForeignKey("organization.id", ondelete="SET NULL"))

    owner: Mapped[User] = relationship()
    school: Mapped[Organization | None] = relationship()

    @property
    def lines(self) -> list[str]:
        return self.prompts.splitlines()

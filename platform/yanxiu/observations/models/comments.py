"""Comments tied to a moment or a stretch of a recording (时间点点评)."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from yanxiu.accounts.models import User
from yanxiu.core.db import Id, Model, Timestamps, UtcDateTime
from yanxiu.observations.drawings import drawing_words
from yanxiu.observations.models.lessons import Lesson
from yanxiu.observations.models.perspectives import LessonPerspective


class CommentKind(StrEnum):
    """What a comment is about, as teachers sort their remarks."""

    HIGHLIGHT = "highlight"
    QUESTION = "question"
    SUGGESTION = "suggestion"
    EVIDENCE = "evidence"
    TECHNIQUE = "technique"

    @property
    def label(self) -> str:
        return {
            "highlight": "亮点",
            "question": "疑问",
            "suggestion": "建议",
            "evidence": "证据",
            "technique": "技术",
        }[self.value]

    @property
    def tone(self) -> str:
        """Return the color a comment of this kind has everywhere."""
        return {
            "highlight": "green",
            "question": "red",
            "suggestion": "amber",
            "evidence": "blue",
            "technique": "violet",
        }[self.value]


class CommentVisibility(StrEnum):
    """Who reads a comment besides its author."""

    EVERYBODY = "everybody"
    TEACHER = "teacher"
    PRIVATE = "private"

    @property
    def label(self) -> str:
        return {"everybody": "公开", "teacher": "仅授课教师", "private": "私密"}[self.value]


class TimedComment(Model, Timestamps):
    """A comment or, with `parent_id`, an answer to one. Times are integer milliseconds of media time.

    One taken in the classroom has `taken_at`, its moment by the clock of this server. It is on no recording (`version_id` is
    None, `start_ms` 0) until a sync mark says which moment of the recording that was.

    A thread is fetched as a whole, so `seq` counts on the first comment of the thread; an answer shares its place in
    time and who may read it with the comment it answers.
    """

    __tablename__ = "timed_comment"
    __table_args__ = (
        UniqueConstraint("author_id", "client_uuid"),
        Index("ix_timed_comment_thread", "lesson_id", "parent_id", "start_ms"),
        Index("ix_timed_comment_seq", "lesson_id", "seq"),
    )

    id: Mapped[Id]
    lesson_id: Mapped[int] = mapped_column(ForeignKey("lesson.id", ondelete="CASCADE"))
    version_id: Mapped[int | None] = mapped_column(ForeignKey("recording_version.id"))
    author_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("timed_comment.id", ondelete="CASCADE"), index=True)
    start_ms: Mapped[int]
    end_ms: Mapped[int | None]
    kind: Mapped[str] = mapped_column(String(12), default=CommentKind.HIGHLIGHT)
    perspective_id: Mapped[int | None] = mapped_column(
        ForeignKey("lesson_perspective.id", ondelete="SET NULL"), index=True
    )
    visibility: Mapped[str] = mapped_column(String(12), default=CommentVisibility.EVERYBODY)
    body: Mapped[str] = mapped_column(Text)
    drawing: Mapped[list[dict[str, Any]] | None] = mapped_column(JSON(none_as_null=True))
    """What was drawn on the still at `start_ms`, as `drawings` has it."""
    client_uuid: Mapped[str] = mapped_column(String(36))
    seq: Mapped[int] = mapped_column(default=0)
    taken_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    edited_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    resolved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    resolved_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))

    lesson: Mapped[Lesson] = relationship()
    author: Mapped[User] = relationship(foreign_keys=[author_id])
    resolved_by: Mapped[User | None] = relationship(foreign_keys=[resolved_by_id])
    perspective: Mapped[LessonPerspective | None] = relationship()
    parent: Mapped["TimedComment | None"] = relationship(back_populates="replies", remote_side="TimedComment.id")
    replies: Mapped[list["TimedComment"]] = relationship(back_populates="parent", order_by="TimedComment.id")

    @property
    def kind_of(self) -> CommentKind:
        return CommentKind(self.kind)

    @property
    def audience(self) -> CommentVisibility:
        return CommentVisibility(self.visibility)

    @property
    def is_placed(self) -> bool:
        """Whether it stands at a moment of a recording."""
        return self.version_id is not None

    @property
    def url(self) -> str:
        """Where it is read: at its moment, or in the list by the clock."""
        moment = f"?t={self.start_ms // 1000}" if self.is_placed else ""
        return f"/lessons/{self.lesson_id}{moment}#comment-{self.parent_id or self.id}"

    @property
    def drawn(self) -> str:
        """What was drawn on the picture, in words; empty for nothing."""
        return drawing_words(self.drawing)

    @property
    def thread(self) -> "TimedComment":
        """The first comment of the thread: itself, or what it answers."""
        return self.parent or self

    @property
    def live_replies(self) -> list["TimedComment"]:
        return [reply for reply in self.replies if reply.withdrawn_at is None]

"""Tasks of a workshop and what members hand in for them.

A member has one submission for a task. Each sending adds a copy with the next number; earlier copies stay and are shown.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from yanxiu.accounts.models import User
from yanxiu.core.clock import now
from yanxiu.core.db import Id, Model, UtcDateTime
from yanxiu.core.storage import StoredFile
from yanxiu.workshops.models.teams import Workshop


class Scale(StrEnum):
    """How a task is marked: with points, or with one of three words."""

    POINTS = "points"
    GRADES = "grades"


class Standing(StrEnum):
    """Where a submission stands. Whoever has sent nothing has no submission."""

    HANDED_IN = "handed_in"
    RETURNED = "returned"
    MARKED = "marked"


class Task(Model):
    """Something the leader team asks the members to hand in by a moment.

    `seq` is the number of its last change in the live list `tasks:<workshop id>`; `reminded_for` is the due moment of
    which those who had not handed in were reminded. With `reviewers` above 0 each work is read by that many other
    authors until `review_until`, without names.
    """

    __tablename__ = "workshop_task"
    __table_args__ = (
        UniqueConstraint("author_id", "client_uuid"),
        Index("ix_workshop_task_due", "workshop_id", "due_at", "id"),
        Index("ix_workshop_task_seq", "workshop_id", "seq"),
    )

    id: Mapped[Id]
    workshop_id: Mapped[int] = mapped_column(ForeignKey("workshop.id", ondelete="CASCADE"))
    author_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    title: Mapped[str] = mapped_column(String(80))
    html: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    asks_text: Mapped[bool] = mapped_column(default=True)
    asks_files: Mapped[bool] = mapped_column(default=False)
    required: Mapped[bool] = mapped_column(default=True)
    scale: Mapped[str] = mapped_column(String(10), default=Scale.POINTS.value)
    points: Mapped[int] = mapped_column(default=100)
    reviewers: Mapped[int] = mapped_column(default=0)
    review_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    client_uuid: Mapped[str] = mapped_column(String(36))
    reminded_for: Mapped[datetime | None] = mapped_column(UtcDateTime)
    deleted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    seq: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    edited_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    workshop: Mapped[Workshop] = relationship()
    author: Mapped[User] = relationship()
    files: Mapped[list[TaskFile]] = relationship(order_by="TaskFile.position")


class TaskFile(Model):
    """A file that comes with the task itself."""

    __tablename__ = "workshop_task_file"

    id: Mapped[Id]
    task_id: Mapped[int] = mapped_column(ForeignKey("workshop_task.id", ondelete="CASCADE"), index=True)
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"))
    position: Mapped[int] = mapped_column(default=0)

    file: Mapped[StoredFile] = relationship()


class Submission(Model):
    """What one member has handed in for a task, and what was said about it.

    `handed_in_at` is the moment of the newest copy, `late` whether the first one came after the due moment. `seq` is the
    number of its last change in the live list `task:<task id>`.
    """

    __tablename__ = "workshop_submission"
    __table_args__ = (
        UniqueConstraint("task_id", "user_id"),
        Index("ix_workshop_submission_queue", "task_id", "standing", "id"),
        Index("ix_workshop_submission_seq", "task_id", "seq"),
    )

    id: Mapped[Id]
    task_id: Mapped[int] = mapped_column(ForeignKey("workshop_task.id", ondelete="CASCADE"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    standing: Mapped[str] = mapped_column(String(10), default=Standing.HANDED_IN.value)
    copies_count: Mapped[int] = mapped_column(default=0)
    handed_in_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    late: Mapped[bool] = mapped_column(default=False)
    score: Mapped[int | None]
    grade: Mapped[str | None] = mapped_column(String(10))
    comment: Mapped[str] = mapped_column(Text, default="")
    marked_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    marked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    excellent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    seq: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)

    task: Mapped[Task] = relationship()
    user: Mapped[User] = relationship(foreign_keys=[user_id])
    marked_by: Mapped[User | None] = relationship(foreign_keys=[marked_by_id])
    copies: Mapped[list[SubmissionCopy]] = relationship(
        back_populates="submission", order_by="SubmissionCopy.number.desc()"
    )


class SubmissionCopy(Model):
    """One sending of a submission. `return_reason` is why the leader asked for another one, if that happened."""

    __tablename__ = "workshop_submission_copy"
    __table_args__ = (
        UniqueConstraint("submission_id", "number"),
        UniqueConstraint("submission_id", "client_uuid"),
    )

    id: Mapped[Id]
    submission_id: Mapped[int] = mapped_column(ForeignKey("workshop_submission.id", ondelete="CASCADE"))
    number: Mapped[int]
    html: Mapped[str] = mapped_column(Text, default="")
    text: Mapped[str] = mapped_column(Text, default="")
    client_uuid: Mapped[str] = mapped_column(String(36))
    return_reason: Mapped[str] = mapped_column(Text, default="")
    returned_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    returned_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)

    submission: Mapped[Submission] = relationship(back_populates="copies")
    returned_by: Mapped[User | None] = relationship()
    files: Mapped[list[SubmissionFile]] = relationship(back_populates="copy", order_by="SubmissionFile.position")


class SubmissionFile(Model):
    """A file of one copy; a file that is kept for the next copy has a row for each."""

    __tablename__ = "workshop_submission_file"

    id: Mapped[Id]
    copy_id: Mapped[int] = mapped_column(ForeignKey("workshop_submission_copy.id", ondelete="CASCADE"), index=True)
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"))
    position: Mapped[int] = mapped_column(default=0)

    copy: Mapped[SubmissionCopy] = relationship(back_populates="files")
    file: Mapped[StoredFile] = relationship()


class PeerReview(Model):
    """Somebody was asked to review a work. Undone at the end of its time it is given up and somebody else is asked."""

    __tablename__ = "workshop_peer_review"
    __table_args__ = (
        UniqueConstraint("submission_id", "reviewer_id"),
        Index("ix_workshop_peer_review_reviewer", "reviewer_id", "task_id"),
    )

    id: Mapped[Id]
    task_id: Mapped[int] = mapped_column(ForeignKey("workshop_task.id", ondelete="CASCADE"), index=True)
    submission_id: Mapped[int] = mapped_column(ForeignKey("workshop_submission.id", ondelete="CASCADE"))
    reviewer_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    until: Mapped[datetime] = mapped_column(UtcDateTime)
    score: Mapped[int | None]
    grade: Mapped[str | None] = mapped_column(String(10))
    comment: Mapped[str] = mapped_column(Text, default="")
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    given_up_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)

    task: Mapped[Task] = relationship()
    submission: Mapped[Submission] = relationship()
    reviewer: Mapped[User] = relationship()

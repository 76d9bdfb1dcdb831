"""批注: what is said about words of a plan."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from yanxiu.accounts.models import User
from yanxiu.core import clock
from yanxiu.core.db import Id, Model
from yanxiu.lessonplans.models.plans import LessonPlan
from yanxiu.lessonplans.models.rounds import Suggestion


class PlanComment(Model):
    """A comment on words of a plan or, with `parent_id`, an answer to one.

    The words carry a mark with `anchor` in the document; here they are kept as they were (`quote`), for when they are
    gone. `suggestion_id` is what became of the comment, once somebody decided. A thread is fetched as a whole, so `seq`
    counts on its first comment. What came along in a Word file is `said_by` somebody whose name stands in the file;
    `author_id` is who read the file in.
    """

    __tablename__ = "plan_comment"
    __table_args__ = (
        UniqueConstraint("author_id", "client_uuid"),
        UniqueConstraint("plan_id", "anchor"),
        Index("ix_plan_comment_seq", "plan_id", "seq"),
    )

    id: Mapped[Id]
    plan_id: Mapped[int] = mapped_column(ForeignKey("lesson_plan.id"))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("plan_comment.id", ondelete="CASCADE"), index=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    anchor: Mapped[str | None] = mapped_column(String(16))
    section: Mapped[str] = mapped_column(String(40), default="")
    quote: Mapped[str] = mapped_column(String(300), default="")
    body: Mapped[str] = mapped_column(Text)
    said_by: Mapped[str] = mapped_column(String(40), default="")
    resolved_at: Mapped[datetime | None]
    resolved_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    suggestion_id: Mapped[int | None] = mapped_column(ForeignKey("plan_suggestion.id"), unique=True)
    withdrawn_at: Mapped[datetime | None]
    client_uuid: Mapped[str] = mapped_column(String(36))
    seq: Mapped[int] = mapped_column(BigInteger, default=0)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)

    plan: Mapped[LessonPlan] = relationship()
    author: Mapped[User] = relationship(foreign_keys=[author_id])
    resolved_by: Mapped[User | None] = relationship(foreign_keys=[resolved_by_id])
    suggestion: Mapped[Suggestion | None] = relationship()
    parent: Mapped[PlanComment | None] = relationship(back_populates="replies", remote_side="PlanComment.id")
    replies: Mapped[list[PlanComment]] = relationship(back_populates="parent", order_by="PlanComment.id")

    @property
    def speaker(self) -> str:
        """The name of whose words these are."""
        return self.said_by or self.author.name

    @property
    def live_replies(self) -> list[PlanComment]:
        """The answers that were not withdrawn."""
        return [reply for reply in self.replies if reply.withdrawn_at is None]

    @property
    def verdict(self) -> str:
        """`adopted`, `declined`, or nothing as long as nobody decided."""
        state = self.suggestion.state if self.suggestion is not None else ""
        return state if state in ("adopted", "declined") else ""

"""Where topics and posts went when a team put a discussion in order."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from yanxiu.accounts.models import User
from yanxiu.core.clock import now
from yanxiu.core.db import Id, Model, UtcDateTime
from yanxiu.workshops.models.teams import Workshop
from yanxiu.workshops.models.threads import Topic


class TopicRelocation(Model):
    """One step: a topic moved to another workshop, merged into another topic, or posts split off into a new one.

    `workshop_id` and `topic_id` are the old address, `target_id` is where it leads now, `post_id` the post at which what
    came begins there, `title` the old topic's title then. `seq` is the number of the step in the live list
    `workshop:<workshop_id>`, by which open pages learn that a row left. `before` is what it takes to undo the step, which may be
    done until `undo_until`; what undoing did is a step too, so that every address still leads somewhere.
    """

    __tablename__ = "topic_relocation"
    __table_args__ = (Index("ix_topic_relocation_address", "workshop_id", "topic_id"),)

    id: Mapped[Id]
    kind: Mapped[str] = mapped_column(String(10))
    workshop_id: Mapped[int] = mapped_column(ForeignKey("workshop.id", ondelete="CASCADE"))
    topic_id: Mapped[int] = mapped_column(ForeignKey("topic.id", ondelete="CASCADE"), index=True)
    target_id: Mapped[int] = mapped_column(ForeignKey("topic.id", ondelete="CASCADE"), index=True)
    post_id: Mapped[int | None] = mapped_column(ForeignKey("post.id", ondelete="SET NULL"))
    title: Mapped[str] = mapped_column(String(80))
    posts_count: Mapped[int] = mapped_column(default=0)
    seq: Mapped[int] = mapped_column(default=0)
    before: Mapped[dict[str, Any] | None] = mapped_column(JSON, deferred=True)
    undo_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    undone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    actor_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)

    actor: Mapped[User] = relationship()
    workshop: Mapped[Workshop] = relationship()
    topic: Mapped[Topic] = relationship(foreign_keys=[topic_id])
    target: Mapped[Topic] = relationship(foreign_keys=[target_id])

    def can_be_undone(self, at: datetime) -> bool:
        """Whether it is not too late."""
        return self.undone_at is None and self.undo_until is not None and at < self.undo_until

"""Where topics and posts went when a team put a discussion in order."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
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
    `workshop:<workshop_id>`, by which open pages learn that a row left.
    """

    __tablename__ = "topic_relocation"
    __table_args__ = (Index("ix_topic_relocation_address", "workshop_id", "topic_id"),)

    id: Mapped[Id]
    kind: Mapped[str] = mapped_column(String(8))
    workshop_id: Mapped[int] = mapped_column(ForeignKey("workshop.id", ondelete="CASCADE"))
    topic_id: Mapped[int] = mapped_column(ForeignKey("topic.id", ondelete="CASCADE"), index=True)
    target_id: Mapped[int] = mapped_column(ForeignKey("topic.id", ondelete="CASCADE"), index=True)
    post_id: Mapped[int | None] = mapped_column(ForeignKey("post.id", ondelete="SET NULL"))
    title: Mapped[str] = mapped_column(String(80))
    posts_count: Mapped[int] = mapped_column(default=0)
    seq: Mapped[int] = mapped_column(default=0)
    actor_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)

    actor: Mapped[User] = relationship()
    workshop: Mapped[Workshop] = relationship()
    topic: Mapped[Topic] = relationship(foreign_keys=[topic_id])
    target: Mapped[Topic] = relationship(foreign_keys=[target_id])

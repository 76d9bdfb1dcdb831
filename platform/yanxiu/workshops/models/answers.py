"""Questions and the one answer that was accepted (采纳)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from yanxiu.core.clock import now
from yanxiu.core.db import Model, UtcDateTime


class AcceptedAnswer(Model):
    """The answer that solved a question; at most one for a topic.

    It counts only while the post stands in this topic: whoever asks joins the post (`queries.answers`).
    """

    __tablename__ = "accepted_answer"

    topic_id: Mapped[int] = mapped_column(ForeignKey("topic.id", ondelete="CASCADE"), primary_key=True)
    post_id: Mapped[int] = mapped_column(ForeignKey("post.id", ondelete="CASCADE"), index=True)
    accepted_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    accepted_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)

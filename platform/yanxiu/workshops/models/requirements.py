"""What a topic asks of every member (回帖要求): so many answers to it, so many to each other, and points for both."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from yanxiu.core.clock import now
from yanxiu.core.db import Model, UtcDateTime


class TopicRequirement(Model):
    """Numbers of main replies (主帖回复) and of answers to peers (回应同伴), the characters that make one count,
    and the points for each. `total_points` is what the points are meant to add up to; 0 means not said. `due_at`: until when;
    `reminded_for` is the end of which those who owed replies were told the day before.
    """

    __tablename__ = "topic_requirement"

    topic_id: Mapped[int] = mapped_column(ForeignKey("topic.id", ondelete="CASCADE"), primary_key=True)
    posts: Mapped[int] = mapped_column(default=1)
    answers: Mapped[int] = mapped_column(default=0)
    min_length: Mapped[int] = mapped_column(default=0)
    post_points: Mapped[int] = mapped_column(default=0)
    answer_points: Mapped[int] = mapped_column(default=0)
    total_points: Mapped[int] = mapped_column(default=0)
    changed_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reminded_for: Mapped[datetime | None] = mapped_column(UtcDateTime)

    @property
    def sum_of_points(self) -> int:
        """What a member earns who does all of it."""
        return self.posts * self.post_points + self.answers * self.answer_points

    @property
    def adds_up(self) -> bool:
        """Whether the points make the total that was said; saying none is no contradiction."""
        return not self.total_points or self.total_points == self.sum_of_points

"""Debates (辩论): two named sides, where each person stands, and who changed."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from yanxiu.accounts.models import User
from yanxiu.core.clock import now
from yanxiu.core.db import Id, Model, UtcDateTime


class Side(StrEnum):
    """正方 and 反方."""

    FOR = "a"
    AGAINST = "b"


class Debate(Model):
    """The sides of a topic. `views_first`: a member states a view before reading the others'."""

    __tablename__ = "debate"

    topic_id: Mapped[int] = mapped_column(ForeignKey("topic.id", ondelete="CASCADE"), primary_key=True)
    side_a: Mapped[str] = mapped_column(String(30))
    side_b: Mapped[str] = mapped_column(String(30))
    views_first: Mapped[bool] = mapped_column(default=True)

    def name_of(self, side: str) -> str:
        """Return what a side holds."""
        return self.side_a if side == Side.FOR else self.side_b


class DebateStand(Model):
    """Where a person stands now; made with their first post in the debate."""

    __tablename__ = "debate_stand"

    topic_id: Mapped[int] = mapped_column(ForeignKey("debate.topic_id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), primary_key=True, index=True)
    side: Mapped[str] = mapped_column(String(1))
    stated_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


class DebateMove(Model):
    """That somebody changed sides, for all to see."""

    __tablename__ = "debate_move"
    __table_args__ = (Index("ix_debate_move_latest", "topic_id", "id"),)

    id: Mapped[Id]
    topic_id: Mapped[int] = mapped_column(ForeignKey("debate.topic_id", ondelete="CASCADE"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    from_side: Mapped[str] = mapped_column(String(1))
    to_side: Mapped[str] = mapped_column(String(1))
    moved_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)

    user: Mapped[User] = relationship()


class PostSide(Model):
    """The side for which a post was written; it stays when its author changes sides."""

    __tablename__ = "post_side"

    post_id: Mapped[int] = mapped_column(ForeignKey("post.id", ondelete="CASCADE"), primary_key=True)
    side: Mapped[str] = mapped_column(String(1))

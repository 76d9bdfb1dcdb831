"""Tables of what people say of a resource: stars, and comments with answers."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from yanxiu.accounts.models import User
from yanxiu.core import clock
from yanxiu.core.db import Id, Model


class ResourceRating(Model):
    """How good one person finds a resource: 1 to 5 stars."""

    __tablename__ = "resource_rating"

    resource_id: Mapped[int] = mapped_column(ForeignKey("resource.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), primary_key=True, index=True)
    stars: Mapped[int]


class ResourceComment(Model):
    """Something said about a resource; an answer has a `parent`. `seq` is the number of the live list, kept on the parent."""

    __tablename__ = "resource_comment"
    __table_args__ = (
        UniqueConstraint("author_id", "client_uuid"),
        Index("ix_resource_comment_resource_id_seq", "resource_id", "seq"),
    )

    id: Mapped[Id]
    resource_id: Mapped[int] = mapped_column(ForeignKey("resource.id"))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("resource_comment.id"), index=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    body: Mapped[str] = mapped_column(Text)
    client_uuid: Mapped[str] = mapped_column(String(36))
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    withdrawn_at: Mapped[datetime | None]
    seq: Mapped[int] = mapped_column(BigInteger, default=0)

    author: Mapped[User] = relationship()
    parent: Mapped[ResourceComment | None] = relationship(remote_side="ResourceComment.id", back_populates="replies")
    replies: Mapped[list[ResourceComment]] = relationship(back_populates="parent", order_by="ResourceComment.id")

    @property
    def live_replies(self) -> list[ResourceComment]:
        """The answers that were not taken back."""
        return [reply for reply in self.replies if reply.withdrawn_at is None]

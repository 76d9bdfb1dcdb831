"""The inbox of each person."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import JSON, Date, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from yanxiu.accounts.models import User
from yanxiu.core import clock
from yanxiu.core.db import Id, Model

UNREAD = text("read_at IS NULL")


class Notification(Model):
    """A message to one person. It names things by title and address only: what they say is read where they are.

    Further events of the same kind at the same address raise `count` of the unread message instead of adding
    another; `at` is the last of them.
    """

    __tablename__ = "notification"
    __table_args__ = (
        Index("ix_notification_user_read", "user_id", "read_at"),
        Index("ix_notification_user_at", "user_id", "at", "id"),
        Index("ix_notification_unread_topic", "topic", sqlite_where=UNREAD, postgresql_where=UNREAD),
    )

    id: Mapped[Id]
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    kind: Mapped[str] = mapped_column(String(24))
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    count: Mapped[int] = mapped_column(default=1)
    place: Mapped[str] = mapped_column(String(120))
    place_url: Mapped[str] = mapped_column(String(200))
    headline: Mapped[str] = mapped_column(String(160))
    url: Mapped[str] = mapped_column(String(255))
    topic: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime] = mapped_column(default=clock.now)
    read_at: Mapped[datetime | None]

    actor: Mapped[User | None] = relationship(foreign_keys=[actor_id])


class NotificationChoice(Model):
    """What a person does not want to hear of; who never chose has no row and hears everything."""

    __tablename__ = "notification_choice"

    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), primary_key=True)
    off_kinds: Mapped[list[str]] = mapped_column(JSON, default=list)
    mail: Mapped[str] = mapped_column(String(8), default="off")
    """off, daily or weekly."""
    mailed_on: Mapped[date | None] = mapped_column(Date, index=True)
    mailed_until: Mapped[datetime | None]
    """The day of the last digest and up to when it told."""


class MutedTopic(Model):
    """A thing (`topic` as in `Notification`) of which a person wants to hear only when named in it."""

    __tablename__ = "muted_topic"

    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), primary_key=True)
    topic: Mapped[str] = mapped_column(String(80), primary_key=True)
    headline: Mapped[str] = mapped_column(String(160))
    url: Mapped[str] = mapped_column(String(255))
    at: Mapped[datetime] = mapped_column(default=clock.now)


class MailDigest(Model):
    """One mail to one person: what was unread between two moments. The constraint allows one a day.

    `state` goes waiting → sending → sent. A refused one waits again; `empty` had nothing to say; `unknown` was cut off
    while the server took it, and is not sent again: better not at all than twice.
    """

    __tablename__ = "mail_digest"
    __table_args__ = (UniqueConstraint("user_id", "day"),)

    id: Mapped[Id]
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    day: Mapped[date] = mapped_column(Date)
    since: Mapped[datetime]
    until: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(8), default="waiting")

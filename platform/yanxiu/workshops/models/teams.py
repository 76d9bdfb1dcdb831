"""Workshops, their members and groups, and the two ways in that need an answer."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Date, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from yanxiu.accounts.models import Organization, User
from yanxiu.core.clock import now
from yanxiu.core.db import Id, Model, Timestamps, UtcDateTime
from yanxiu.core.storage import StoredFile


class JoinMode(StrEnum):
    """How a teacher becomes a member."""

    OPEN = "open"
    APPLY = "apply"
    INVITE = "invite"


class Role(StrEnum):
    """What a member is in a workshop; the leader team has at most three leaders."""

    LEADER = "leader"
    FACILITATOR = "facilitator"
    MENTOR = "mentor"
    MEMBER = "member"


class Kind(StrEnum):
    """What a workshop is to the county: of a project, a model for others, or somebody's own."""

    PROJECT = "project"
    MODEL = "model"
    PERSONAL = "personal"


class Right(StrEnum):
    """What a facilitator may do; a leader may do all of it and says who else may."""

    ADMIT = "admit"
    MODERATE = "moderate"
    ANNOUNCE = "announce"
    PLAN = "plan"
    ACTIVITIES = "activities"
    GRADE = "grade"


class Answer(StrEnum):
    """Where an application or an invitation stands."""

    PENDING = "pending"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


def _one_pending(name: str) -> Index:
    """Let a person have at most one unanswered row of this table in a workshop."""
    pending = text("state = 'pending'")
    return Index(
        name,
        "workshop_id",
        "user_id",
        unique=True,
        sqlite_where=pending,
        postgresql_where=pending,
    )


class Workshop(Model, Timestamps):
    """A team of teachers around a theme, owned by an organization for one term.

    Archived, it is there to be read and takes nothing new. `source_id` is the workshop of the term before from which
    it was made.
    """

    __tablename__ = "workshop"

    id: Mapped[Id]
    name: Mapped[str] = mapped_column(String(60))
    theme: Mapped[str] = mapped_column(String(200), default="")
    subject: Mapped[str] = mapped_column(String(20), index=True)
    stage: Mapped[str] = mapped_column(String(10), index=True)
    term: Mapped[str] = mapped_column(String(30))
    organization_id: Mapped[int] = mapped_column(ForeignKey("organization.id"), index=True)
    join_mode: Mapped[str] = mapped_column(String(10), default=JoinMode.APPLY.value)
    members_may_publish: Mapped[bool] = mapped_column(default=True)
    introduction: Mapped[str] = mapped_column(Text, default="")
    cover_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    created_by: Mapped[int] = mapped_column(ForeignKey("user.id"))
    members_count: Mapped[int] = mapped_column(default=0)
    bulletins_count: Mapped[int] = mapped_column(default=0)
    kind: Mapped[str] = mapped_column(String(10), default=Kind.PERSONAL.value, index=True)
    archived_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    source_id: Mapped[int | None] = mapped_column(ForeignKey("workshop.id", ondelete="SET NULL"), index=True)

    organization: Mapped[Organization] = relationship(lazy="joined", innerjoin=True)
    cover: Mapped[StoredFile | None] = relationship()


class WorkshopPromotion(Model):
    """The county made a workshop one of another kind: who, when and why."""

    __tablename__ = "workshop_promotion"

    id: Mapped[Id]
    workshop_id: Mapped[int] = mapped_column(ForeignKey("workshop.id", ondelete="CASCADE"), index=True)
    actor_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    kind_before: Mapped[str] = mapped_column(String(10))
    kind: Mapped[str] = mapped_column(String(10))
    reason: Mapped[str] = mapped_column(String(300))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)

    actor: Mapped[User] = relationship()


class WorkshopGroup(Model):
    """A part of a workshop's members, named by its leaders (高段组, 第一组)."""

    __tablename__ = "workshop_group"
    __table_args__ = (UniqueConstraint("workshop_id", "name"),)

    id: Mapped[Id]
    workshop_id: Mapped[int] = mapped_column(ForeignKey("workshop.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(30))


class WorkshopMember(Model):
    """A person's place in a workshop. Leaving deletes the row; what was written stays.

    `rights` are those of a facilitator, with commas between; None means all of them.
    """

    __tablename__ = "workshop_member"
    __table_args__ = (UniqueConstraint("workshop_id", "user_id"),)

    id: Mapped[Id]
    workshop_id: Mapped[int] = mapped_column(ForeignKey("workshop.id", ondelete="CASCADE"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    role: Mapped[str] = mapped_column(String(12), default=Role.MEMBER.value)
    group_id: Mapped[int | None] = mapped_column(ForeignKey("workshop_group.id", ondelete="SET NULL"), index=True)
    rights: Mapped[str | None] = mapped_column(String(100))
    joined_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    visited_on: Mapped[date | None] = mapped_column(Date)
    """The last day (Asia/Shanghai) on which the member opened a page of the workshop."""

    user: Mapped[User] = relationship()
    group: Mapped[WorkshopGroup | None] = relationship()


class Application(Model):
    """A teacher asks to join; a leader approves, or refuses with a reason."""

    __tablename__ = "workshop_application"
    __table_args__ = (_one_pending("uq_workshop_application_pending"),)

    id: Mapped[Id]
    workshop_id: Mapped[int] = mapped_column(ForeignKey("workshop.id", ondelete="CASCADE"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    message: Mapped[str] = mapped_column(String(300), default="")
    state: Mapped[str] = mapped_column(String(10), default=Answer.PENDING.value)
    reason: Mapped[str] = mapped_column(String(300), default="")
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)

    user: Mapped[User] = relationship(foreign_keys=[user_id])


class Invitation(Model):
    """A leader asks a teacher in; only the invited person can answer."""

    __tablename__ = "workshop_invitation"
    __table_args__ = (_one_pending("uq_workshop_invitation_pending"),)

    id: Mapped[Id]
    workshop_id: Mapped[int] = mapped_column(ForeignKey("workshop.id", ondelete="CASCADE"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    inviter_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    state: Mapped[str] = mapped_column(String(10), default=Answer.PENDING.value)
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)

    workshop: Mapped[Workshop] = relationship()
    user: Mapped[User] = relationship(foreign_keys=[user_id])
    inviter: Mapped[User] = relationship(foreign_keys=[inviter_id])

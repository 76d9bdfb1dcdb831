"""The card of a lesson plan and its people."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from yanxiu.accounts.models import Organization, User
from yanxiu.core import clock
from yanxiu.core.db import Id, Model, Timestamps
from yanxiu.workshops.models import Activity, Workshop

PRIVATE, WORKSHOP, SCHOOL, COUNTY = "private", "workshop", "school", "county"


VISIBILITIES = {PRIVATE: "仅自己和受邀的人", WORKSHOP: "工作坊", SCHOOL: "本校", COUNTY: "本县"}


WRITER, READER = "writer", "reader"


MEMBER_ROLES = {WRITER: "一起写", READER: "只看和批注"}


class LessonPlan(Timestamps, Model):
    """A co-edited 教学设计: what it is about, whose it is and who may see it.

    `school_id` and `county_id` are the owner's when the plan was made; visibility is judged by them.
    With `activity_id` it is no plan but the record of that activity, written with the same editor: its rights are the
    activity's, and no list, count or search of plans knows it.
    `edited_at` moves with the text, `updated_at` with the card; `seq` is the number of the last change in the live list
    of its workshop.
    """

    __tablename__ = "lesson_plan"
    __table_args__ = (
        Index("ix_lesson_plan_owner_id_edited_at", "owner_id", "edited_at", "id"),
        Index("ix_lesson_plan_workshop_id_edited_at", "workshop_id", "edited_at", "id"),
        Index("ix_lesson_plan_edited_at", "edited_at", "id"),
    )

    id: Mapped[Id]
    title: Mapped[str] = mapped_column(String(100))
    subject: Mapped[str] = mapped_column(String(20), default="")
    stage: Mapped[str] = mapped_column(String(10), default="")
    grade: Mapped[str] = mapped_column(String(10), default="")
    edition: Mapped[str] = mapped_column(String(20), default="")
    volume: Mapped[str] = mapped_column(String(20), default="")
    unit: Mapped[str] = mapped_column(String(60), default="")
    lesson: Mapped[str] = mapped_column(String(60), default="")
    """The lesson of the book; with the six names before it the place in the county's catalog, which it follows."""
    periods: Mapped[int] = mapped_column(default=1)
    template: Mapped[str] = mapped_column(String(30))
    template_version_id: Mapped[int | None]
    """The version of a school's template it was made from. No foreign key: a plan that moves to another county with the
    archive of its workshop leaves the school's template behind."""
    visibility: Mapped[str] = mapped_column(String(10), default=PRIVATE)
    workshop_writes: Mapped[bool] = mapped_column(default=True)
    readers_propose: Mapped[bool] = mapped_column(default=False)
    """Whether those who may comment and not write may suggest changes (修订) in the text."""
    owner_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    organization_id: Mapped[int] = mapped_column(ForeignKey("organization.id"))
    school_id: Mapped[int | None] = mapped_column(ForeignKey("organization.id"), index=True)
    county_id: Mapped[int | None] = mapped_column(ForeignKey("organization.id"), index=True)
    workshop_id: Mapped[int | None] = mapped_column(ForeignKey("workshop.id"))
    activity_id: Mapped[int | None] = mapped_column(ForeignKey("activity.id"), unique=True)
    edited_at: Mapped[datetime] = mapped_column(default=clock.now)
    edited_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    phase: Mapped[str] = mapped_column(String(10), default="")
    """Where 集体备课 stands (`models.preparations.PHASES`); empty where nobody asked for one."""
    seq: Mapped[int] = mapped_column(BigInteger, default=0)
    deleted_at: Mapped[datetime | None]

    owner: Mapped[User] = relationship(foreign_keys=[owner_id])
    edited_by: Mapped[User | None] = relationship(foreign_keys=[edited_by_id])
    organization: Mapped[Organization] = relationship(foreign_keys=[organization_id])
    workshop: Mapped[Workshop | None] = relationship()
    activity: Mapped[Activity | None] = relationship()
    members: Mapped[list[PlanMember]] = relationship(back_populates="plan", order_by="PlanMember.id")

    @property
    def is_record(self) -> bool:
        """Whether it is the record of an activity."""
        return self.activity_id is not None

    @property
    def placed(self) -> str:
        """Subject, grade and volume on one line, what is known of it."""
        return " ".join(part for part in (self.grade or self.stage, self.subject, self.edition, self.volume) if part)


class PlanDeparture(Model):
    """A plan was moved out of a workshop: its live list, where number `seq` says so, has to let go of it."""

    __tablename__ = "plan_departure"
    __table_args__ = (Index("ix_plan_departure_seq", "workshop_id", "seq"),)

    workshop_id: Mapped[int] = mapped_column(ForeignKey("workshop.id", ondelete="CASCADE"), primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("lesson_plan.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger)


class PlanPlaceStep(Model):
    """A plan that a remap of the catalog took along: the names it had and got, from the stage down. The number of the
    remap is all that is known of it here.
    """

    __tablename__ = "plan_place_step"

    remap_id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("lesson_plan.id"), primary_key=True, index=True)
    before: Mapped[list[str]] = mapped_column(JSON)
    after: Mapped[list[str]] = mapped_column(JSON)


class PlanMember(Model):
    """Somebody invited to a plan. `seen_at` is None until they open it: it waits for them."""

    __tablename__ = "plan_member"
    __table_args__ = (UniqueConstraint("plan_id", "user_id"), Index("ix_plan_member_user_id", "user_id", "plan_id"))

    id: Mapped[Id]
    plan_id: Mapped[int] = mapped_column(ForeignKey("lesson_plan.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    role: Mapped[str] = mapped_column(String(10))
    invited_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    seen_at: Mapped[datetime | None]

    plan: Mapped[LessonPlan] = relationship(back_populates="members")
    user: Mapped[User] = relationship(foreign_keys=[user_id])


class PlanContributor(Model):
    """Somebody whose edits were stored. Authorship comes from here, never from Yjs client ids."""

    __tablename__ = "plan_contributor"

    plan_id: Mapped[int] = mapped_column(ForeignKey("lesson_plan.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), primary_key=True)
    first_at: Mapped[datetime] = mapped_column(default=clock.now)
    last_at: Mapped[datetime] = mapped_column(default=clock.now)

    user: Mapped[User] = relationship()

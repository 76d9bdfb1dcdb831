"""Activities (研修活动): the four things fixed before (四定), and what is checked after (三查)."""

from __future__ import annotations

import secrets
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from yanxiu.accounts.models import User
from yanxiu.core.clock import now
from yanxiu.core.db import Id, Model, Timestamps, UtcDateTime
from yanxiu.workshops.models.teams import Workshop


class ActivityKind(StrEnum):
    """What is done together; the Chinese names are in `activity_words`."""

    SEMINAR = "seminar"
    PREPARATION = "preparation"
    OBSERVATION = "observation"
    LECTURE = "lecture"
    READING = "reading"
    SAME_LESSON = "same_lesson"
    OUTREACH = "outreach"
    OPEN_DAY = "open_day"


class Presence(StrEnum):
    """Whether somebody was there: 出席, 迟到, 请假, 缺席."""

    PRESENT = "present"
    LATE = "late"
    EXCUSED = "excused"
    ABSENT = "absent"


class Activity(Model, Timestamps):
    """One meeting of a workshop.

    `speaker` is the main speaker's name, `speaker_id` the member it belongs to, if any. `key` is what the rotating
    sign-in code is made of. `about_…` names what is discussed, by kind and id like an item of the plan. `sequence` is raised whenever time, place, speaker or title change (RFC 5545); together with
    `client_uuid`, of which the calendar's UID is made, a calendar finds the entry again. `seq` is the number of its last
    change in the live list `activities:<workshop id>`.
    """

    __tablename__ = "activity"
    __table_args__ = (
        UniqueConstraint("author_id", "client_uuid"),
        Index("ix_activity_time", "workshop_id", "ends_at", "id"),
        Index("ix_activity_starts", "starts_at"),
    )

    id: Mapped[Id]
    workshop_id: Mapped[int] = mapped_column(ForeignKey("workshop.id", ondelete="CASCADE"))
    author_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    kind: Mapped[str] = mapped_column(String(16))
    title: Mapped[str] = mapped_column(String(80))
    html: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    speaker: Mapped[str] = mapped_column(String(60))
    speaker_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), index=True)
    is_online: Mapped[bool] = mapped_column(default=False)
    place: Mapped[str] = mapped_column(String(200))
    grace_minutes: Mapped[int] = mapped_column(default=10)
    key: Mapped[str] = mapped_column(String(64), default=lambda: secrets.token_hex(32))
    about_kind: Mapped[str] = mapped_column(String(16), default="")
    about_id: Mapped[int | None]
    about_title: Mapped[str] = mapped_column(String(100), default="")
    client_uuid: Mapped[str] = mapped_column(String(36))
    sequence: Mapped[int] = mapped_column(default=0)
    seq: Mapped[int] = mapped_column(default=0)
    cancelled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    cancelled_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    cancel_reason: Mapped[str] = mapped_column(String(300), default="")
    reminded_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    workshop: Mapped[Workshop] = relationship()
    author: Mapped[User] = relationship(foreign_keys=[author_id])
    main_speaker: Mapped[User | None] = relationship(foreign_keys=[speaker_id])

    @property
    def phase(self) -> str:
        """`cancelled`, `coming`, `running` or `over`, by the clock."""
        if self.cancelled_at is not None:
            return "cancelled"
        moment = now()
        if moment < self.starts_at:
            return "coming"
        return "running" if moment < self.ends_at else "over"


class Attendance(Model):
    """Whether one person came: at most one row for a person and an activity, however often it is sent.

    `arrived_at` is when the person was at the door, `signed_at` when the own sign-in reached us (a phone without a line
    sends it later); without `signed_at` it is since when the page of an on-line activity was open. Both are None where
    only the host's word stands. `seq` counts in `activity:<id>`.
    """

    __tablename__ = "attendance"
    __table_args__ = (UniqueConstraint("activity_id", "user_id"), Index("ix_attendance_seq", "activity_id", "seq"))

    id: Mapped[Id]
    activity_id: Mapped[int] = mapped_column(ForeignKey("activity.id", ondelete="CASCADE"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    state: Mapped[str] = mapped_column(String(8), default="")
    arrived_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    signed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    marked_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    marked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    seq: Mapped[int] = mapped_column(default=0)

    user: Mapped[User] = relationship(foreign_keys=[user_id])
    marked_by: Mapped[User | None] = relationship(foreign_keys=[marked_by_id])


class ActivityRecord(Model):
    """The written record of an activity (活动记录) as it read when it last came to rest: a copy for reading, printing,
    searching and counting. It is written elsewhere, in the co-edited document. `html` is what the document's own writer
    put out; sections nobody has written in are left out.
    """

    __tablename__ = "activity_record"

    activity_id: Mapped[int] = mapped_column(ForeignKey("activity.id", ondelete="CASCADE"), primary_key=True)
    html: Mapped[str] = mapped_column(Text)
    written_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)

    parts: Mapped[list[RecordPart]] = relationship(order_by="RecordPart.number", viewonly=True)
    writers: Mapped[list[User]] = relationship(secondary="activity_record_writer", order_by="User.id", viewonly=True)


class RecordPart(Model):
    """One section of the record; `text` is empty where nobody has written."""

    __tablename__ = "activity_record_part"

    activity_id: Mapped[int] = mapped_column(
        ForeignKey("activity_record.activity_id", ondelete="CASCADE"), primary_key=True
    )
    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    number: Mapped[int]
    title: Mapped[str] = mapped_column(String(60))
    text: Mapped[str] = mapped_column(Text)


class RecordWriter(Model):
    """Somebody who wrote in the record."""

    __tablename__ = "activity_record_writer"

    activity_id: Mapped[int] = mapped_column(
        ForeignKey("activity_record.activity_id", ondelete="CASCADE"), primary_key=True
    )
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), primary_key=True)


class ActivityReflection(Model):
    """What a participant thinks afterwards (反思): one for a person and an activity, handed in again to change it."""

    __tablename__ = "activity_reflection"
    __table_args__ = (UniqueConstraint("activity_id", "author_id"),)

    id: Mapped[Id]
    activity_id: Mapped[int] = mapped_column(ForeignKey("activity.id", ondelete="CASCADE"))
    author_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    html: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
    handed_in_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    changed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    author: Mapped[User] = relationship()
    activity: Mapped[Activity] = relationship()

"""Behavior codings (行为编码): what one coder saw of a lesson, stretch by stretch, and what two coders agreed on."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from yanxiu.accounts.models import User
from yanxiu.core.clock import now
from yanxiu.core.db import Id, Model, Timestamps, UtcDateTime
from yanxiu.observations.instruments.questions import KNOWN
from yanxiu.observations.instruments.sampling import Span
from yanxiu.observations.instruments.schemes import Scheme
from yanxiu.observations.models.lessons import Lesson
from yanxiu.observations.models.schemes import SchemeVersion


class CodingState(StrEnum):
    """A coding is its coder's own until it is finished; then it does not change any more."""

    DRAFT = "draft"
    DONE = "done"


class CodingSession(Model, Timestamps):
    """One coder's coding of a lesson with one scheme. `reached_ms` is how far in media time the last code holds.

    `definition_id` is the version of a scheme that is not shipped.

    `is_blind`: begun while the coder could see nobody else's coding of this lesson with this scheme.
    """

    __tablename__ = "coding_session"
    __table_args__ = (UniqueConstraint("lesson_id", "scheme", "coder_id"),)

    id: Mapped[Id]
    lesson_id: Mapped[int] = mapped_column(ForeignKey("lesson.id", ondelete="CASCADE"))
    version_id: Mapped[int] = mapped_column(ForeignKey("recording_version.id"), index=True)
    coder_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    scheme: Mapped[str] = mapped_column(String(12))
    scheme_version: Mapped[int] = mapped_column(default=1)
    definition_id: Mapped[int | None] = mapped_column(ForeignKey("coding_scheme_version.id"), index=True)
    interval_ms: Mapped[int]
    state: Mapped[str] = mapped_column(String(12), default=CodingState.DRAFT)
    is_blind: Mapped[bool] = mapped_column(default=True)
    reached_ms: Mapped[int] = mapped_column(default=0)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    lesson: Mapped[Lesson] = relationship()
    coder: Mapped[User] = relationship()
    definition: Mapped[SchemeVersion | None] = relationship()
    intervals: Mapped[list["CodeInterval"]] = relationship(
        back_populates="session", cascade="all, delete-orphan", order_by="(CodeInterval.start_ms, CodeInterval.id)"
    )

    @property
    def is_done(self) -> bool:
        return self.state == CodingState.DONE

    @property
    def scheme_of(self) -> Scheme:
        return self.definition.scheme if self.definition is not None else KNOWN[self.scheme]

    @property
    def kept(self) -> list["CodeInterval"]:
        """The stretches that were not taken back, in order of time."""
        return [interval for interval in self.intervals if not interval.is_gone]

    def spans(self) -> list[Span]:
        return [Span(interval.start_ms, interval.end_ms, interval.code) for interval in self.kept]


class CodeInterval(Model):
    """A stretch in which one code holds: it begins with the press of a key and ends with the next one.

    Rows are only added and marked as gone, never changed by the coder, so batches may come twice and in any order.
    """

    __tablename__ = "code_interval"
    __table_args__ = (
        UniqueConstraint("session_id", "client_uuid"),
        Index("ix_code_interval", "session_id", "start_ms"),
    )

    id: Mapped[Id]
    session_id: Mapped[int] = mapped_column(ForeignKey("coding_session.id", ondelete="CASCADE"))
    client_uuid: Mapped[str] = mapped_column(String(36))
    code: Mapped[str] = mapped_column(String(4))
    start_ms: Mapped[int]
    end_ms: Mapped[int]
    is_gone: Mapped[bool] = mapped_column(default=False)

    session: Mapped[CodingSession] = relationship(back_populates="intervals")


class Adjudication(Model):
    """What two coders agreed on for a stretch that they had coded differently. Their own codes stay as they were.

    Where a window may have several codes it is said for each by itself: `label` is the code that one of them gave, `code`
    says whether it holds (`HOLDS`, `HOLDS_NOT`). Of a question in a ledger `label` says what was disputed: whether it was
    asked, or one of its `TRAITS`. Else `label` is empty and `code` is what holds.
    """

    __tablename__ = "adjudication"
    __table_args__ = (UniqueConstraint("first_id", "second_id", "start_ms", "label"),)

    id: Mapped[Id]
    first_id: Mapped[int] = mapped_column(ForeignKey("coding_session.id", ondelete="CASCADE"))
    second_id: Mapped[int] = mapped_column(ForeignKey("coding_session.id", ondelete="CASCADE"), index=True)
    start_ms: Mapped[int]
    end_ms: Mapped[int]
    label: Mapped[str] = mapped_column(String(4), default="")
    code: Mapped[str] = mapped_column(String(4))
    decided_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    decided_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)

    decided_by: Mapped[User] = relationship()

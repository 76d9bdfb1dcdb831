"""Rubrics in versions, and the evaluations that keep the version they used."""

from datetime import datetime
from enum import StrEnum
from functools import cached_property
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from yanxiu.accounts.models import User
from yanxiu.core.db import Id, Model, Timestamps, UtcDateTime
from yanxiu.observations.models.comments import TimedComment
from yanxiu.observations.models.lessons import Lesson
from yanxiu.observations.models.recordings import RecordingVersion
from yanxiu.observations.rubrics.scoring import Sheet, sheet_from


class EvaluationState(StrEnum):
    """An evaluation is the observer's own until it is submitted."""

    DRAFT = "draft"
    SUBMITTED = "submitted"


class RubricTemplate(Model, Timestamps):
    """A rubric by name; `organization_id` is None for those shipped with the product."""

    __tablename__ = "rubric_template"

    id: Mapped[Id]
    slug: Mapped[str | None] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(80))
    origin: Mapped[str] = mapped_column(String(200), default="")
    organization_id: Mapped[int | None] = mapped_column(ForeignKey("organization.id"), index=True)

    versions: Mapped[list["RubricVersion"]] = relationship(
        back_populates="template", cascade="all, delete-orphan", order_by="RubricVersion.number"
    )


class RubricVersion(Model, Timestamps):
    """One state of a rubric. Once an evaluation uses it, it never changes: see services.rubrics.revise_rubric."""

    __tablename__ = "rubric_version"
    __table_args__ = (UniqueConstraint("template_id", "number"),)

    id: Mapped[Id]
    template_id: Mapped[int] = mapped_column(ForeignKey("rubric_template.id", ondelete="CASCADE"))
    number: Mapped[int] = mapped_column(default=1)
    body: Mapped[dict[str, Any]] = mapped_column(JSON)

    template: Mapped[RubricTemplate] = relationship(back_populates="versions")

    @cached_property
    def sheet(self) -> Sheet:
        return sheet_from(self.body)


class Evaluation(Model, Timestamps):
    """What one observer makes of one lesson; `total` is in hundredths of a point and set on submission."""

    __tablename__ = "evaluation"
    __table_args__ = (UniqueConstraint("lesson_id", "observer_id"),)

    id: Mapped[Id]
    lesson_id: Mapped[int] = mapped_column(ForeignKey("lesson.id", ondelete="CASCADE"))
    observer_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("rubric_version.id"), index=True)
    state: Mapped[str] = mapped_column(String(12), default=EvaluationState.DRAFT)
    strengths: Mapped[str] = mapped_column(Text, default="")
    advice: Mapped[str] = mapped_column(Text, default="")
    total: Mapped[int | None]
    submitted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    lesson: Mapped[Lesson] = relationship()
    observer: Mapped[User] = relationship()
    version: Mapped[RubricVersion] = relationship()
    scores: Mapped[list["Score"]] = relationship(back_populates="evaluation", cascade="all, delete-orphan")
    evidence: Mapped[list["ScoreEvidence"]] = relationship(
        back_populates="evaluation", cascade="all, delete-orphan", order_by="ScoreEvidence.id"
    )

    def values(self) -> dict[str, int]:
        """Return the score of each line judged so far, by its key."""
        return {score.item_key: score.value for score in self.scores}


class Score(Model):
    """The judgement of one line."""

    __tablename__ = "score"
    __table_args__ = (UniqueConstraint("evaluation_id", "item_key"),)

    id: Mapped[Id]
    evaluation_id: Mapped[int] = mapped_column(ForeignKey("evaluation.id", ondelete="CASCADE"))
    item_key: Mapped[str] = mapped_column(String(40))
    value: Mapped[int]

    evaluation: Mapped[Evaluation] = relationship(back_populates="scores")


class ScoreEvidence(Model):
    """What a judgement of a criterion rests on: a stretch of the recording, a comment of the lesson, or a remark on what was seen.

    The place is written down also for a comment, so that it stays when the comment cannot go along (into an archive). A live
    note that is on no recording yet has `taken_at`, its moment by the clock. So has a remark of a phone; it is part of the evaluation and
    read by whoever reads that, and `client_uuid` tells it when it comes a second time.
    """

    __tablename__ = "score_evidence"

    id: Mapped[Id]
    evaluation_id: Mapped[int] = mapped_column(ForeignKey("evaluation.id", ondelete="CASCADE"), index=True)
    criterion_key: Mapped[str] = mapped_column(String(40))
    version_id: Mapped[int | None] = mapped_column(ForeignKey("recording_version.id"), index=True)
    comment_id: Mapped[int | None] = mapped_column(ForeignKey("timed_comment.id", ondelete="SET NULL"), index=True)
    start_ms: Mapped[int]
    end_ms: Mapped[int | None]
    taken_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    remark: Mapped[str] = mapped_column(Text, default="")
    client_uuid: Mapped[str | None] = mapped_column(String(36))

    evaluation: Mapped[Evaluation] = relationship(back_populates="evidence")
    comment: Mapped[TimedComment | None] = relationship()
    version: Mapped[RecordingVersion | None] = relationship()

    @property
    def source(self) -> "ScoreEvidence | TimedComment":
        """Return what says where it is: the comment once it stands on a recording, for a sync mark may move it."""
        return self.comment if self.comment is not None and self.comment.is_placed else self

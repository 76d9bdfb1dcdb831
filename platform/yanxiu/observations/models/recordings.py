"""Recordings and what is made of them: versions of the file, renditions to watch, segments of the lesson."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from yanxiu.core.clock import now
from yanxiu.core.db import Id, Model, Timestamps, UtcDateTime
from yanxiu.core.storage import StoredFile
from yanxiu.observations.models.lessons import Lesson


class VersionState(StrEnum):
    """Where an uploaded file is on its way to being watched."""

    WAITING = "waiting"
    PROCESSING = "processing"
    READY = "ready"
    FAILED = "failed"


class RenditionKind(StrEnum):
    """What was made of an upload."""

    SOURCE = "source"
    P480 = "480p"
    P720 = "720p"
    LEAN = "lean"
    POSTER = "poster"
    SPRITE = "sprite"
    PEAKS = "peaks"


class PhaseKind(StrEnum):
    """What a phase of a lesson is for; `words` in its name tell the kind where nobody chose one."""

    OPENING = "opening"
    TEACHING = "teaching"
    ACTIVITY = "activity"
    DISCUSSION = "discussion"
    PRACTICE = "practice"
    SUMMARY = "summary"
    OTHER = "other"

    @property
    def label(self) -> str:
        return {
            "opening": "导入",
            "teaching": "讲授",
            "activity": "活动",
            "discussion": "讨论",
            "practice": "练习",
            "summary": "小结",
            "other": "其他",
        }[self.value]

    @property
    def words(self) -> tuple[str, ...]:
        return {
            "opening": ("导入", "引入", "激趣", "谈话", "课前"),
            "teaching": ("讲授", "讲解", "新授", "示范"),
            "activity": ("活动", "探究", "实验", "读", "品", "理线索", "表演"),
            "discussion": ("讨论", "合作", "小组", "交流", "汇报", "辩论"),
            "practice": ("练习", "训练", "检测", "作业", "巩固"),
            "summary": ("小结", "总结", "回顾", "拓展"),
            "other": (),
        }[self.value]

    @classmethod
    def named(cls, label: str) -> "PhaseKind":
        """Return the kind whose word comes first in a name."""
        found = [(label.find(word), kind) for kind in cls for word in kind.words if word in label]
        return min(found)[1] if found else cls.OTHER


WATCHABLE = (RenditionKind.SOURCE, RenditionKind.P720, RenditionKind.P480)
PLAYED = (*WATCHABLE, RenditionKind.LEAN)
"""What is watched; the lean one, sound over stills, is a choice beside a film and none without it."""


class Recording(Model, Timestamps):
    """The video of a lesson; a better file of the same lesson becomes a new version of it."""

    __tablename__ = "recording"

    id: Mapped[Id]
    lesson_id: Mapped[int] = mapped_column(ForeignKey("lesson.id", ondelete="CASCADE"), unique=True)

    lesson: Mapped[Lesson] = relationship()
    versions: Mapped[list["RecordingVersion"]] = relationship(
        back_populates="recording", cascade="all, delete-orphan", order_by="RecordingVersion.number"
    )
    segments: Mapped[list["Segment"]] = relationship(cascade="all, delete-orphan", order_by="Segment.start_ms")
    subtitles: Mapped["RecordingSubtitles | None"] = relationship(cascade="all, delete-orphan")

    @property
    def duration_ms(self) -> int:
        """How far its phases may reach: the end of the longest version."""
        return max((version.duration_ms or 0 for version in self.versions), default=0)


class RecordingSubtitles(Model):
    """What is said in a lesson, as [from, until, text] in milliseconds of media time; read from a file that is not kept.

    Like the phases they are the recording's: a better film of the same lesson has the same times.
    """

    __tablename__ = "recording_subtitles"

    recording_id: Mapped[int] = mapped_column(ForeignKey("recording.id", ondelete="CASCADE"), primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    cues: Mapped[list[tuple[int, int, str]]] = mapped_column(JSON)
    uploader_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


class RecordingVersion(Model, Timestamps):
    """One uploaded file. `upload_id` names the tus upload it came from, so that handing it over twice is harmless.

    The sync mark says that at `synced_ms` of media time the clock showed `synced_at`.
    """

    __tablename__ = "recording_version"
    __table_args__ = (UniqueConstraint("recording_id", "number"),)

    id: Mapped[Id]
    recording_id: Mapped[int] = mapped_column(ForeignKey("recording.id", ondelete="CASCADE"))
    number: Mapped[int]
    upload_id: Mapped[str] = mapped_column(String(32), unique=True)
    uploader_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    original_name: Mapped[str] = mapped_column(String(200))
    size: Mapped[int] = mapped_column(BigInteger)
    state: Mapped[str] = mapped_column(String(12), default=VersionState.WAITING)
    progress: Mapped[int] = mapped_column(default=0)
    reason: Mapped[str] = mapped_column(String(200), default="")
    original_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    sha256: Mapped[str | None] = mapped_column(String(64))
    is_first_look: Mapped[bool] = mapped_column(default=False)
    """Sound and stills that came before the film, with its times; any film that can be watched takes its place."""
    duration_ms: Mapped[int | None]
    facts: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    ready_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    lean_tried_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When making the lean rendition afterwards began, or it failed: it is not tried a second time."""
    synced_ms: Mapped[int | None]
    synced_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    synced_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))

    recording: Mapped[Recording] = relationship(back_populates="versions")
    original: Mapped[StoredFile | None] = relationship()
    renditions: Mapped[list["Rendition"]] = relationship(back_populates="version", cascade="all, delete-orphan")

    def rendition(self, kind: str) -> "Rendition | None":
        return next((rendition for rendition in self.renditions if rendition.kind == kind), None)

    def watchable(self) -> list["Rendition"]:
        """Return what can be played, the best first."""
        found = (self.rendition(kind) for kind in WATCHABLE)
        return [rendition for rendition in found if rendition is not None]


class Rendition(Model):
    """A file made from a version: something to watch, a poster, the stills in one picture, how loud it is (peaks)."""

    __tablename__ = "rendition"
    __table_args__ = (UniqueConstraint("version_id", "kind"),)

    id: Mapped[Id]
    version_id: Mapped[int] = mapped_column(ForeignKey("recording_version.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(12))
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"))
    width: Mapped[int]
    height: Mapped[int]
    layout: Mapped[dict[str, Any] | None] = mapped_column(JSON)

    version: Mapped[RecordingVersion] = relationship(back_populates="renditions")
    file: Mapped[StoredFile] = relationship()


class Segment(Model):
    """A phase of the lesson (环节) in media time."""

    __tablename__ = "segment"

    id: Mapped[Id]
    recording_id: Mapped[int] = mapped_column(ForeignKey("recording.id", ondelete="CASCADE"), index=True)
    start_ms: Mapped[int]
    end_ms: Mapped[int]
    label: Mapped[str] = mapped_column(String(20))
    kind: Mapped[str] = mapped_column(String(12), default=PhaseKind.OTHER)

    @property
    def kind_of(self) -> PhaseKind:
        return PhaseKind(self.kind)

"""Tables of the library: resources, their versions, what was read out of them, who used them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, String, Text, UniqueConstraint, event
from sqlalchemy.orm import Mapped, mapped_column, relationship

from yanxiu.accounts.models import Organization, User
from yanxiu.core import clock
from yanxiu.core.alphabet import LONGEST_KEY, sort_key
from yanxiu.core.db import Id, Model, Timestamps
from yanxiu.core.storage import StoredFile
from yanxiu.resources.catalog import KINDS
from yanxiu.resources.models.collections import CollectionItem, ResourceCollection
from yanxiu.resources.models.copies import ResourceCopy, ResourceView
from yanxiu.resources.models.imports import ResourceImport, ResourceImportRow
from yanxiu.resources.models.reviews import ResourceReview
from yanxiu.resources.models.standards import SubjectStandard
from yanxiu.resources.models.textbooks import TextbookNode, TextbookRemap, TextbookRemapStep
from yanxiu.resources.models.voices import ResourceComment, ResourceRating
from yanxiu.workshops.models import Workshop

__all__ = [
    "FAILED",
    "NONE",
    "READY",
    "WAITING",
    "CollectionItem",
    "PreviewImage",
    "Resource",
    "ResourceBand",
    "ResourceCollection",
    "ResourceComment",
    "ResourceContent",
    "ResourceCopy",
    "ResourceDownload",
    "ResourceFavorite",
    "ResourceFile",
    "ResourceImport",
    "ResourceImportRow",
    "ResourceRating",
    "ResourceReview",
    "ResourceSubtitles",
    "ResourceUpload",
    "ResourceUse",
    "ResourceView",
    "SubjectStandard",
    "TextbookNode",
    "TextbookRemap",
    "TextbookRemapStep",
]

WAITING, READY, NONE, FAILED = "waiting", "ready", "none", "failed"


class Resource(Timestamps, Model):
    """One thing in the library. School, county and path are those of the owner when it was published.

    `download_count` counts a person once a day; `removed_at` is set while it lies in the bin.
    """

    __tablename__ = "resource"
    __table_args__ = (
        Index("ix_resource_created_at_id", "created_at", "id"),
        Index("ix_resource_download_count_id", "download_count", "id"),
        Index("ix_resource_rating_score_id", "rating_score", "id"),
        Index("ix_resource_title_key_id", "title_key", "id"),
        Index("ix_resource_subject_created_at", "subject", "created_at"),
        Index("ix_resource_subject_download_count", "subject", "download_count", "id"),  # what a subject uses most
        Index("ix_resource_lesson_subject", "lesson", "subject"),
        Index("ix_resource_review_step_review_since", "review_step", "review_since", "id"),
        Index(
            "ix_resource_counting",  # all that counting for the filters reads: `queries.counting`
            *("visibility", "removed_at", "subject", "county_id", "grading", "origin", "theme", "literacies"),
            *("kind", "stage", "grade", "edition", "volume", "school_id", "owner_id", "workshop_id", "org_path"),
        ),
    )

    id: Mapped[Id]
    title: Mapped[str] = mapped_column(String(120))
    title_key: Mapped[str] = mapped_column(String(LONGEST_KEY), default="")
    """By which lists stand in the order of their names; kept by `_note_key`."""
    summary: Mapped[str] = mapped_column(Text, default="")
    kind: Mapped[str] = mapped_column(String(16))
    stage: Mapped[str] = mapped_column(String(10), default="")
    grade: Mapped[str] = mapped_column(String(10), default="")
    subject: Mapped[str] = mapped_column(String(20), default="")
    edition: Mapped[str] = mapped_column(String(20), default="")
    volume: Mapped[str] = mapped_column(String(10), default="")
    unit: Mapped[str] = mapped_column(String(60), default="")
    lesson: Mapped[str] = mapped_column(String(60), default="")
    tags: Mapped[str] = mapped_column(String(120), default="")
    """Words of its author's own, parted by 、."""
    literacies: Mapped[str] = mapped_column(String(200), default="")
    theme: Mapped[str] = mapped_column(String(60), default="")
    """核心素养 of the standards, parted by 、, and one 学习任务群 or 领域—主题: words of `standards`."""
    textbook_id: Mapped[int | None] = mapped_column(ForeignKey("textbook_node.id"), index=True)
    """The deepest node of the county's catalog that the seven names above lead to; they follow it when it is renamed."""
    author: Mapped[str] = mapped_column(String(60), default="")
    year: Mapped[int | None]
    source: Mapped[str] = mapped_column(String(16), default="upload")
    origin: Mapped[str] = mapped_column(String(10), default="upload")
    """Which of `catalog.ORIGINS` it is, by the columns that say what it was made of; kept by `_note_origin`."""
    license: Mapped[str] = mapped_column(String(16), default="county")
    visibility: Mapped[str] = mapped_column(String(16), default="county")
    workshop_id: Mapped[int | None] = mapped_column(ForeignKey("workshop.id"), index=True)
    owner_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    school_id: Mapped[int | None] = mapped_column(ForeignKey("organization.id"), index=True)
    county_id: Mapped[int | None] = mapped_column(ForeignKey("organization.id"), index=True)
    org_path: Mapped[str] = mapped_column(String(255), default="")
    current_file_id: Mapped[int | None]
    """The newest of `files`; without a foreign key, because two tables that need each other cannot both come first."""
    download_count: Mapped[int] = mapped_column(default=0)
    favorite_count: Mapped[int] = mapped_column(default=0)
    plan_id: Mapped[int | None] = mapped_column(index=True)
    plan_revision: Mapped[int | None]
    """The finished lesson plan it was made from and the number of its version; the library knows it only so."""
    taught_lesson_id: Mapped[int | None] = mapped_column(index=True)
    tells_reflection: Mapped[bool] = mapped_column(default=False)
    leaves_with_lesson: Mapped[bool] = mapped_column(default=False)
    """The lesson whose card it is (课例卡), by its number only; whether the card has the teacher's reflection, and whether
    it goes into the bin once the lesson is taken down or may no longer be shown."""
    activity_id: Mapped[int | None] = mapped_column(index=True)
    """The activity whose record it is, by its number only."""
    grading: Mapped[str] = mapped_column(String(10), default="")
    """The level reviews have given: `catalog.GRADINGS`, empty before the first."""
    review_step: Mapped[str] = mapped_column(String(10), default="")
    """Who has it before them: `catalog.REVIEW_STEPS`; empty for what is not shared with school or county."""
    review_since: Mapped[datetime] = mapped_column(default=clock.now)
    use_count: Mapped[int] = mapped_column(default=0)
    """How often somebody said they had taught with it."""
    rating_count: Mapped[int] = mapped_column(default=0)
    rating_sum: Mapped[int] = mapped_column(default=0)
    rating_score: Mapped[int] = mapped_column(default=350)
    """Stars times 100, as the library ranks them: `services.voices`."""
    takedown_reason: Mapped[str] = mapped_column(String(300), default="")
    """Why school or county took it down, while it is in the bin for that: its owner alone cannot fetch it back then."""
    removed_at: Mapped[datetime | None]
    seq: Mapped[int] = mapped_column(BigInteger, default=0)

    owner: Mapped[User] = relationship(foreign_keys=[owner_id])
    school: Mapped[Organization | None] = relationship(foreign_keys=[school_id])
    workshop: Mapped[Workshop | None] = relationship()
    current_file: Mapped[ResourceFile | None] = relationship(
        primaryjoin="foreign(Resource.current_file_id) == ResourceFile.id", post_update=True
    )
    files: Mapped[list[ResourceFile]] = relationship(
        back_populates="resource", foreign_keys="ResourceFile.resource_id", order_by="ResourceFile.number.desc()"
    )

    @property
    def kind_label(self) -> str:
        """The type in words."""
        return KINDS.get(self.kind, "")


@event.listens_for(Resource, "before_insert")
@event.listens_for(Resource, "before_update")
def _note_key(_mapper: object, _connection: object, resource: Resource) -> None:
    resource.title_key = sort_key(resource.title)


@event.listens_for(Resource, "before_insert")
@event.listens_for(Resource, "before_update")
def _note_origin(_mapper: object, _connection: object, resource: Resource) -> None:
    """A column of its own, because counting by it reads an index only."""
    if resource.plan_id is not None:
        resource.origin = "plan"
    elif resource.taught_lesson_id is not None:
        resource.origin = "lesson"
    else:
        of_workshop = resource.activity_id is not None or resource.workshop_id is not None
        resource.origin = "workshop" if of_workshop else "upload"


class ResourceFile(Model):
    """One version of a resource, numbered from 1 and never changed. `state` tells how far its preview is."""

    __tablename__ = "resource_file"
    __table_args__ = (UniqueConstraint("resource_id", "number"), UniqueConstraint("resource_id", "arrival_id"))

    id: Mapped[Id]
    resource_id: Mapped[int] = mapped_column(ForeignKey("resource.id"))
    number: Mapped[int]
    stored_file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"))
    extension: Mapped[str] = mapped_column(String(10))
    note: Mapped[str] = mapped_column(String(200), default="")
    uploader_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    pages: Mapped[int | None]
    duration_ms: Mapped[int | None] = mapped_column(BigInteger)
    state: Mapped[str] = mapped_column(String(10), default=WAITING)
    plan_revision: Mapped[int | None]
    """The number of the version of the resource's plan that it was drawn from; None for what somebody uploaded."""
    arrival_id: Mapped[str | None] = mapped_column(String(32))
    """The resumable upload it came as, so that a repeated last step finds the version and makes no second."""

    resource: Mapped[Resource] = relationship(back_populates="files", foreign_keys=[resource_id])
    stored_file: Mapped[StoredFile] = relationship()
    uploader: Mapped[User] = relationship()
    content: Mapped[ResourceContent | None] = relationship(
        back_populates="file", foreign_keys="ResourceContent.file_id"
    )
    subtitles: Mapped[ResourceSubtitles | None] = relationship(back_populates="file")


class ResourceContent(Model):
    """What the worker read out of a version: its text for search, its preview for the page.

    `preview_html` is clean; `preview_data` holds plain values the templates escape.
    """

    __tablename__ = "resource_content"

    file_id: Mapped[int] = mapped_column(ForeignKey("resource_file.id"), primary_key=True)
    text: Mapped[str] = mapped_column(Text, default="")
    preview_kind: Mapped[str] = mapped_column(String(16), default="none")
    preview_html: Mapped[str] = mapped_column(Text, default="")
    preview_data: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    message: Mapped[str] = mapped_column(String(200), default="")
    near_file_id: Mapped[int | None] = mapped_column(ForeignKey("resource_file.id"), index=True)
    near_percent: Mapped[int] = mapped_column(default=0)
    """The earlier file of another resource whose text is closest, and how close: shared runs of all runs, in percent."""

    file: Mapped[ResourceFile] = relationship(back_populates="content", foreign_keys=[file_id])


class ResourceBand(Model):
    """One band of the signature of a version's text (`core.signatures`); files that share one are compared."""

    __tablename__ = "resource_band"
    __table_args__ = ({"sqlite_with_rowid": False},)

    key: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    file_id: Mapped[int] = mapped_column(ForeignKey("resource_file.id"), primary_key=True, index=True)


class ResourceSubtitles(Model):
    """What is said in a video, as [from, until, text] in milliseconds; read from a file that is not kept."""

    __tablename__ = "resource_subtitles"

    file_id: Mapped[int] = mapped_column(ForeignKey("resource_file.id"), primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    cues: Mapped[list[tuple[int, int, str]]] = mapped_column(JSON)
    uploader_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    created_at: Mapped[datetime] = mapped_column(default=clock.now)

    file: Mapped[ResourceFile] = relationship(back_populates="subtitles")


class PreviewImage(Model):
    """A picture made for the preview of a version: a page, or an illustration of a document."""

    __tablename__ = "resource_preview_image"
    __table_args__ = (UniqueConstraint("file_id", "number"),)

    id: Mapped[Id]
    file_id: Mapped[int] = mapped_column(ForeignKey("resource_file.id"))
    number: Mapped[int]
    stored_file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"))

    stored_file: Mapped[StoredFile] = relationship()


class ResourceUpload(Model):
    """A file that arrived and waits for its owner to confirm title and the rest.

    `guess` holds what was read from name and text, `proposals` what the text says with the reason, by column; the row
    goes when it is published, discarded or a week old.
    `arrival_key` is the resumable upload it came as, so that a repeated last step finds the row and makes no second.
    Jobs and rows of imports know it by its number a week long, so no number is given twice.
    """

    __tablename__ = "resource_upload"
    __table_args__ = (UniqueConstraint("owner_id", "arrival_key"), {"sqlite_autoincrement": True})

    id: Mapped[Id]
    owner_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    stored_file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"))
    extension: Mapped[str] = mapped_column(String(10))
    pages: Mapped[int | None]
    duration_ms: Mapped[int | None] = mapped_column(BigInteger)
    guess: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    proposals: Mapped[dict[str, dict[str, str]]] = mapped_column(JSON, default=dict)
    import_id: Mapped[int | None] = mapped_column(ForeignKey("resource_import.id"), index=True)
    path: Mapped[str] = mapped_column(String(400), default="")
    """The import it belongs to and where it lay in the folder that was sent; such a file waits for no card."""
    arrival_key: Mapped[str | None] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(default=clock.now)

    stored_file: Mapped[StoredFile] = relationship()


class ResourceFavorite(Model):
    """Somebody keeps a resource at hand."""

    __tablename__ = "resource_favorite"

    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), primary_key=True)
    resource_id: Mapped[int] = mapped_column(ForeignKey("resource.id"), primary_key=True, index=True)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)


class ResourceUse(Model):
    """我上过了: somebody taught with a resource on a day, and perhaps what they changed."""

    __tablename__ = "resource_use"
    __table_args__ = (UniqueConstraint("resource_id", "user_id", "taught_on"),)

    id: Mapped[Id]
    resource_id: Mapped[int] = mapped_column(ForeignKey("resource.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    taught_on: Mapped[date]
    note: Mapped[str] = mapped_column(String(300), default="")
    created_at: Mapped[datetime] = mapped_column(default=clock.now)

    user: Mapped[User] = relationship()


class ResourceDownload(Model):
    """Somebody downloaded a resource on a day (Asia/Shanghai): the key that keeps the count honest."""

    __tablename__ = "resource_download"

    resource_id: Mapped[int] = mapped_column(ForeignKey("resource.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), primary_key=True, index=True)
    day: Mapped[date] = mapped_column(primary_key=True)

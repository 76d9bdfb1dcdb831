"""Resources of a workshop in its archive: their files under their titles. Text and previews are made anew."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from yanxiu.accounts.models import Organization
from yanxiu.core.db import db
from yanxiu.core.tasks import enqueue
from yanxiu.resources.models import (
    WAITING,
    CollectionItem,
    PreviewImage,
    Resource,
    ResourceBand,
    ResourceCollection,
    ResourceComment,
    ResourceContent,
    ResourceCopy,
    ResourceDownload,
    ResourceFavorite,
    ResourceFile,
    ResourceImport,
    ResourceImportRow,
    ResourceRating,
    ResourceReview,
    ResourceSubtitles,
    ResourceUse,
    ResourceView,
    SubjectStandard,
    TextbookNode,
    TextbookRemap,
    TextbookRemapStep,
)
from yanxiu.resources.services.textbooks import adopt_resources
from yanxiu.workshops.models import Workshop
from yanxiu.workshops.queries.archive_parts import ArchivePart, Kept, Left, Row, Shelf

READING = ("resources.extract_text", "resources.make_preview")
_SHARED = (Resource.removed_at.is_(None)) & (Resource.visibility != "private")


def unread(row: Row) -> Row:
    return {**row, "state": WAITING}


def without_path(row: Row) -> Row:
    return {**row, "org_path": "", "textbook_id": None, "review_step": "", "grading": ""}


def read_again(ids: Sequence[int]) -> None:
    """Queue what a new file sets off."""
    for file_id in ids:
        for kind in READING:
            enqueue(kind, {"file_id": file_id}, key=f"{kind}:{file_id}")


def find_places(ids: Sequence[int]) -> None:
    """Say below which places the owners' schools are here, and where in the catalogs of their counties."""
    found = select(Resource, Organization.path).join(Organization, Organization.id == Resource.school_id)
    for resource, path in db.session.execute(found.where(Resource.id.in_(ids))):
        resource.org_path = path
    db.session.flush()
    for county_id in db.session.scalars(select(Resource.county_id).where(Resource.id.in_(ids)).distinct()).all():
        if county_id is not None:
            adopt_resources(county_id)


def fill_resources(shelf: Shelf, workshop: Workshop) -> None:
    """Put the newest file of each resource."""
    mine = select(Resource).where(Resource.workshop_id == workshop.id, _SHARED).order_by(Resource.id)
    files = selectinload(Resource.files).joinedload(ResourceFile.stored_file)
    for resource in db.session.scalars(mine.options(files, joinedload(Resource.owner))).all():
        for file in resource.files[:1]:
            path = shelf.place(file.stored_file, "资源", f"{resource.title}.{file.extension.lstrip('.')}")
            shelf.tell("资源", resource.title, path, f"{resource.kind_label}　{resource.owner.name}")


ARCHIVE_PARTS: tuple[ArchivePart, ...] = (
    ArchivePart(
        kept=(
            Kept(
                Resource,
                "workshop_id",
                _SHARED,
                points={
                    "current_file_id": "resource_file",
                    "plan_id": "lesson_plan",
                    "taught_lesson_id": "lesson",
                    "activity_id": "activity",
                },
                word="resources",
                live=("resource",),
                index="resource",
                arriving=without_path,
                placed=find_places,
            ),
            Kept(ResourceFile, "resource_id", arriving=unread, placed=read_again),
            Kept(ResourceSubtitles, "file_id"),
        ),
        left=(
            Left(ResourceCollection, "a person's own, also of what is not the workshop's"),
            Left(CollectionItem, "a person's own, also of what is not the workshop's"),
            Left(ResourceImport, "how somebody brought many at once, of other workshops too"),
            Left(ResourceImportRow, "how somebody brought many at once, of other workshops too"),
            Left(ResourceRating, "what people of the old server think of it"),
            Left(ResourceComment, "talk in the library, not of the workshop"),
            Left(ResourceReview, "the judgement of the old server's school and county"),
            Left(SubjectStandard, "the words of the standards are the county's"),
            Left(TextbookNode, "the catalog is the county's"),
            Left(TextbookRemap, "the catalog is the county's"),
            Left(TextbookRemapStep, "the catalog is the county's"),
            Left(ResourceContent, "read out of the file again"),
            Left(ResourceBand, "taken of the text again"),
            Left(PreviewImage, "drawn from the file again"),
            Left(ResourceFavorite, "what people of the old server kept at hand for themselves"),
            Left(ResourceUse, "what people of the old server said; the count goes along"),
            Left(ResourceCopy, "plans that people of the old server made for themselves"),
            Left(ResourceView, "who of the old server looked"),
            Left(ResourceDownload, "keeps a count honest; the count goes along"),
        ),
        fill=fill_resources,
    ),
)

"""Reading the library. `workshop_ids` are the workshops whose inside the viewer may see."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, false, func, literal, or_, select, true
from sqlalchemy.orm import contains_eager, defer, joinedload, selectinload
from sqlalchemy.sql.base import ExecutableOption as ORMOption

from yanxiu.accounts.catalog import ADMIN_ROLES, RESEARCH_ROLES
from yanxiu.accounts.permissions import Viewer
from yanxiu.core.db import db
from yanxiu.core.paging import Page, paginate
from yanxiu.core.storage import StoredFile
from yanxiu.resources.catalog import LEVELS
from yanxiu.resources.models import (
    PreviewImage,
    Resource,
    ResourceContent,
    ResourceDownload,
    ResourceFavorite,
    ResourceFile,
    ResourceSubtitles,
    ResourceUpload,
)

PAGE_SIZE = 20
OVERSEERS = RESEARCH_ROLES | ADMIN_ROLES


def _row() -> tuple[ORMOption, ...]:
    """What a line of a list shows beside the resource itself."""
    return (
        joinedload(Resource.owner),
        joinedload(Resource.school),
        joinedload(Resource.current_file).joinedload(ResourceFile.stored_file),
    )


@dataclass(frozen=True)
class LibraryFilter:
    """What the address asks for; empty means any. `mine` is uploads, favorites, removed or empty."""

    kind: str = ""
    stage: str = ""
    grade: str = ""
    subject: str = ""
    edition: str = ""
    volume: str = ""
    unit: str = ""
    lesson: str = ""
    grading: str = ""
    origin: str = ""
    literacy: str = ""
    theme: str = ""
    sort: str = "newest"
    mine: str = ""
    workshop_id: int | None = None

    @property
    def narrows(self) -> int:
        """How many things were chosen beside the order and whose the list is."""
        return sum(map(bool, (self.kind, self.grading, self.origin, self.literacy, self.theme, *self.names.values())))

    @property
    def address(self) -> dict[str, str]:
        """What of it stands in an address."""
        said = ("kind", "grading", "origin", "literacy", "theme", "mine")
        order = {} if self.sort == "newest" else {"sort": self.sort}
        return {
            **{name: value for name in said if (value := getattr(self, name))},
            **{name: value for name, value in self.names.items() if value},
            **order,
        }

    @property
    def names(self) -> dict[str, str]:
        """The names of the catalog that were chosen, by level."""
        return {column: getattr(self, column) for column in LEVELS}


def visible_resources(viewer: Viewer, workshop_ids: Collection[int] | Select[int]) -> ColumnElement[bool]:
    """The rows `permissions.can_view_resource` allows, those in the bin left out; `workshop_ids`: the workshops whose
    inside the viewer sees, or the statement that selects them."""
    choices: list[ColumnElement[bool]] = [Resource.visibility == "public"]
    if viewer.is_authenticated:
        choices.append(Resource.owner_id == viewer.user_id)
        choices.append(and_(Resource.visibility == "school", schools_of(viewer)))
        if viewer.county_id is not None:
            choices.append(and_(Resource.visibility == "county", Resource.county_id == viewer.county_id))
        known = workshop_ids if isinstance(workshop_ids, Select) else sorted(workshop_ids)
        if isinstance(known, Select) or known:
            inside = Resource.workshop_id.in_(known)
            choices.append(and_(Resource.visibility == "workshop", inside))
    return and_(Resource.removed_at.is_(None), or_(*choices))


def schools_of(viewer: Viewer) -> ColumnElement[bool]:
    """What comes from the viewer's school, or from below a place they look after."""
    paths = {held.org_path for held in viewer.held if held.role in OVERSEERS}
    overseen = [Resource.org_path.startswith(path, autoescape=True) for path in sorted(paths)]
    own = Resource.school_id == viewer.school_id if viewer.school_id is not None else false()
    return or_(own, *overseen)


def library_page(
    viewer: Viewer,
    workshop_ids: Collection[int],
    wanted: LibraryFilter,
    cursor: str | None = None,
    size: int = PAGE_SIZE,
) -> Page[Resource]:
    """Return one page of the library as the address asks."""
    asked = scope_of(viewer, workshop_ids, wanted), *narrowing(wanted)
    statement = select(Resource).options(*_row()).where(*asked)
    if wanted.sort == "name":
        return paginate(statement, Resource.title_key, Resource.id, cursor=cursor, size=size)
    first = {"popular": Resource.download_count, "rated": Resource.rating_score}.get(wanted.sort, Resource.created_at)
    return paginate(statement, first.desc(), Resource.id.desc(), cursor=cursor, size=size)


def narrowing(wanted: LibraryFilter) -> list[ColumnElement[bool]]:
    """What the address asks for beside whose resources."""
    found: list[ColumnElement[bool]] = []
    for column, value in (
        (Resource.kind, wanted.kind),
        (Resource.grading, wanted.grading),
        (Resource.origin, wanted.origin),
        (Resource.theme, wanted.theme),
        (Resource.workshop_id, wanted.workshop_id),
        *((getattr(Resource, column), value) for column, value in wanted.names.items()),
    ):
        if value:
            found.append(column == value)
    if wanted.literacy:
        words = literal("、") + Resource.literacies + "、"
        found.append(words.contains(f"、{wanted.literacy}、", autoescape=True))
    return found


def scope_of(viewer: Viewer, workshop_ids: Collection[int], wanted: LibraryFilter) -> ColumnElement[bool]:
    """Whose resources the list is of: all the viewer may see, their own, their favorites or their bin."""
    if wanted.mine == "removed":
        return and_(Resource.owner_id == viewer.user_id, Resource.removed_at.is_not(None))
    visible = visible_resources(viewer, workshop_ids)
    if wanted.mine == "uploads":
        return and_(visible, Resource.owner_id == viewer.user_id)
    if wanted.mine == "favorites":
        kept = select(ResourceFavorite.resource_id).where(ResourceFavorite.user_id == viewer.user_id)
        return and_(visible, Resource.id.in_(kept))
    return visible


def find_resource(resource_id: int) -> Resource | None:
    """Return a resource with owner, school, versions and the current content; the caller asks the predicate."""
    statement = (
        select(Resource)
        .where(Resource.id == resource_id)
        .options(
            *_row(),
            joinedload(Resource.workshop),
            joinedload(Resource.current_file).joinedload(ResourceFile.content).defer(ResourceContent.text),
            joinedload(Resource.current_file).joinedload(ResourceFile.subtitles).defer(ResourceSubtitles.cues),
            selectinload(Resource.files).joinedload(ResourceFile.stored_file),
            selectinload(Resource.files).joinedload(ResourceFile.uploader),
        )
    )
    return db.session.scalars(statement).unique().first()


def find_version(resource_id: int, file_id: int) -> ResourceFile | None:
    """Return a version of a resource with its file and preview, the long text left aside."""
    statement = (
        select(ResourceFile)
        .where(ResourceFile.id == file_id, ResourceFile.resource_id == resource_id)
        .options(
            joinedload(ResourceFile.stored_file),
            joinedload(ResourceFile.content).options(defer(ResourceContent.text)),
        )
    )
    return db.session.scalars(statement).unique().first()


def find_arrived_version(resource_id: int, arrival_id: str) -> ResourceFile | None:
    """Return the version of a resource that came as this resumable upload."""
    mine = ResourceFile.resource_id == resource_id, ResourceFile.arrival_id == arrival_id
    return db.session.scalar(select(ResourceFile).where(*mine))


def find_preview_image(file_id: int, number: int) -> PreviewImage | None:
    """Return a picture of a version's preview."""
    statement = select(PreviewImage).where(PreviewImage.file_id == file_id, PreviewImage.number == number)
    return db.session.scalars(statement.options(joinedload(PreviewImage.stored_file))).first()


def related_resources(
    viewer: Viewer, workshop_ids: Collection[int], resource: Resource, limit: int = 6
) -> Sequence[Resource]:
    """Return others of the same lesson; without a lesson, of the same subject and grade."""
    if resource.lesson:
        same = Resource.lesson == resource.lesson
    elif resource.subject and resource.grade:
        same = and_(Resource.subject == resource.subject, Resource.grade == resource.grade)
    else:
        return []
    statement = (
        select(Resource)
        .options(*_row())
        .where(visible_resources(viewer, workshop_ids), same, Resource.id != resource.id)
        .order_by(Resource.download_count.desc(), Resource.id.desc())
        .limit(limit)
    )
    return db.session.scalars(statement).unique().all()


def newest_resources(
    viewer: Viewer,
    workshop_ids: Collection[int],
    *,
    subject: str = "",
    workshop_id: int | None = None,
    owner_id: int | None = None,
    limit: int = 6,
) -> Sequence[Resource]:
    """Return the newest resources this viewer may see, of a subject, a workshop or a person if given."""
    statement = (
        select(Resource)
        .options(*_row())
        .where(visible_resources(viewer, workshop_ids))
        .where(Resource.subject == subject if subject else true())
        .where(Resource.workshop_id == workshop_id if workshop_id else true())
        .where(Resource.owner_id == owner_id if owner_id else true())
        .order_by(Resource.created_at.desc(), Resource.id.desc())
        .limit(limit)
    )
    return db.session.scalars(statement).unique().all()


def popular_resources(
    viewer: Viewer, workshop_ids: Collection[int], subject: str = "", limit: int = 4
) -> Sequence[Resource]:
    """Return the most downloaded resources this viewer may see, of a subject if given."""
    wanted = LibraryFilter(subject=subject, sort="popular")
    return library_page(viewer, workshop_ids, wanted, size=limit).items


def favorites_among(viewer: Viewer, resource_ids: Iterable[int]) -> set[int]:
    """Return which of these the viewer keeps."""
    if not viewer.is_authenticated:
        return set()
    statement = select(ResourceFavorite.resource_id).where(
        ResourceFavorite.user_id == viewer.user_id, ResourceFavorite.resource_id.in_(list(resource_ids))
    )
    return set(db.session.scalars(statement))


MOST_WAITING = 60
"""Files that one person may have waiting: more would not fit on the page that describes them."""


def waiting_uploads(user_id: int | None, limit: int = MOST_WAITING) -> Sequence[ResourceUpload]:
    """Return the files somebody sent and has not described yet, in the order they came."""
    statement = (
        select(ResourceUpload)
        .where(ResourceUpload.owner_id == user_id, ResourceUpload.import_id.is_(None))
        .options(joinedload(ResourceUpload.stored_file))
        .order_by(ResourceUpload.id)
        .limit(limit)
    )
    return db.session.scalars(statement).all()


def count_waiting(user_id: int) -> int:
    """Return how many files of somebody wait to be described."""
    mine = (ResourceUpload.owner_id == user_id) & ResourceUpload.import_id.is_(None)
    return db.session.scalar(select(func.count()).select_from(ResourceUpload).where(mine)) or 0


def find_arrival(user_id: int, arrival_key: str) -> ResourceUpload | None:
    """Return the waiting file of somebody that came as this resumable upload."""
    mine = select(ResourceUpload).where(ResourceUpload.owner_id == user_id, ResourceUpload.arrival_key == arrival_key)
    return db.session.scalar(mine)


def find_waiting_twin(user_id: int, sha256: str) -> ResourceUpload | None:
    """Return a waiting file of somebody with these very bytes, the oldest one."""
    twins = select(ResourceUpload).join(ResourceUpload.stored_file).options(contains_eager(ResourceUpload.stored_file))
    twins = twins.where(ResourceUpload.owner_id == user_id, ResourceUpload.import_id.is_(None))
    mine = twins.where(StoredFile.sha256 == sha256)
    return db.session.scalars(mine.order_by(ResourceUpload.id).limit(1)).first()


def find_upload(upload_id: int) -> ResourceUpload | None:
    """Return a waiting upload; the caller asks the predicate."""
    return db.session.get(ResourceUpload, upload_id, options=[joinedload(ResourceUpload.stored_file)])


def resource_of_plan(viewer: Viewer, workshop_ids: Collection[int], plan_id: int) -> Resource | None:
    """Return what was made of a finished lesson plan, if the viewer may see it."""
    of_plan = select(Resource).where(Resource.plan_id == plan_id, visible_resources(viewer, workshop_ids))
    return db.session.scalars(of_plan.order_by(Resource.id.desc())).first()


def visible_ids(viewer: Viewer, workshop_ids: Collection[int], resource_ids: Sequence[int]) -> set[int]:
    """Return which of these the viewer may see now."""
    statement = select(Resource.id).where(Resource.id.in_(resource_ids), visible_resources(viewer, workshop_ids))
    return set(db.session.scalars(statement))


def downloaded_by(resource_ids: Collection[int], user_ids: Collection[int]) -> set[tuple[int, int]]:
    """Return (resource, person) of who has taken which of these resources home."""
    found = select(ResourceDownload.resource_id, ResourceDownload.user_id).distinct()
    found = found.where(ResourceDownload.resource_id.in_(resource_ids), ResourceDownload.user_id.in_(user_ids))
    return {(row[0], row[1]) for row in db.session.execute(found)}

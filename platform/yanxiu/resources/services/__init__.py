"""Writing to the library. The caller is inside a unit of work and has asked the predicate."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from yanxiu.accounts.models import User
from yanxiu.accounts.queries import viewer_of
from yanxiu.core import clock
from yanxiu.core.audit import record_audit
from yanxiu.core.db import db, hold, is_sqlite
from yanxiu.core.errors import ConflictError, InvalidError, NotFoundError
from yanxiu.core.events import record
from yanxiu.core.live import bump
from yanxiu.core.storage import ReceivedFile, StoredFile, keep_file, storage
from yanxiu.core.unit_of_work import current_unit_of_work
from yanxiu.observations.queries.cards import no_longer_shown
from yanxiu.resources.events import (
    ResourceOpened,
    ResourcePublished,
    ResourceRemoved,
    ResourceRestored,
    ResourceTextRead,
    ResourceUpdated,
    ResourceVersionAdded,
    UploadReceived,
)
from yanxiu.resources.extraction.guessing import guess_from_folder
from yanxiu.resources.extraction.intake import CheckedFile
from yanxiu.resources.models import (
    FAILED,
    NONE,
    READY,
    PreviewImage,
    Resource,
    ResourceBand,
    ResourceCollection,
    ResourceContent,
    ResourceDownload,
    ResourceFavorite,
    ResourceFile,
    ResourceUpload,
)
from yanxiu.resources.queries.guesses import guessed
from yanxiu.resources.services.reviews import renew_review, settle_review
from yanxiu.resources.services.textbooks import textbook_for
from yanxiu.workshops.queries import membership_of

UPLOAD_LIFETIME = timedelta(days=7)


@dataclass(frozen=True)
class ResourceDetails:
    """What a person says about a resource. Keys as in `catalog`; empty means unknown."""

    title: str
    kind: str
    summary: str = ""
    stage: str = ""
    grade: str = ""
    subject: str = ""
    edition: str = ""
    volume: str = ""
    unit: str = ""
    lesson: str = ""
    tags: str = ""
    literacies: str = ""
    theme: str = ""
    author: str = ""
    year: int | None = None
    license: str = "county"
    visibility: str = "county"
    workshop_id: int | None = None


def receive_upload(
    actor: User,
    checked: CheckedFile,
    arrival_key: str | None = None,
    *,
    import_id: int | None = None,
    path: str = "",
    folder: str = "",
) -> ResourceUpload:
    """Keep a checked file until its owner describes it, or until the import it belongs to is confirmed.

    What is guessed of the files of an import has nothing to do with the person: they may be anybody's. The `folder` a file
    was sent with knows more than the person does, and less than its own name and text.
    """
    file = keep_file(checked.received, actor.id)
    person = {} if import_id else {"subject": actor.subject, "stage": actor.stage}
    known = {**person, **guess_from_folder(folder)}
    guess, proposals = guessed(viewer_of(actor).county_id, file.name, checked.head, known)
    upload = ResourceUpload(
        owner_id=actor.id,
        stored_file=file,
        extension=checked.extension,
        pages=checked.pages,
        duration_ms=checked.duration_ms,
        guess=guess,
        proposals=proposals,
        import_id=import_id,
        path=path,
        arrival_key=arrival_key,
    )
    db.session.add(upload)
    db.session.flush()
    record(UploadReceived(upload.id, actor.id))
    return upload


def discard_upload(actor: User | None, upload: ResourceUpload) -> None:
    """Drop a waiting file with its bytes; who published or dropped it a moment ago was first."""
    if not hold(upload):
        return
    file = upload.stored_file
    db.session.delete(upload)
    db.session.flush()
    drop_files([file])


def publish_resource(actor: User, upload: ResourceUpload, details: ResourceDetails, source: str = "upload") -> Resource:
    """Turn a waiting upload into a resource with version 1, once."""
    if not hold(upload):
        raise ConflictError("这个文件刚刚已经发布，请到“我上传的”里查看")
    home = viewer_of(actor)
    values = _checked(actor, details)
    resource = Resource(
        **values,
        textbook_id=textbook_for(home.county_id, values),
        source=source,
        owner_id=actor.id,
        school_id=home.school_id,
        county_id=home.county_id,
        org_path=home.org_path,
    )
    db.session.add(resource)
    db.session.flush()
    checked = _Arrived(upload.stored_file_id, upload.extension, upload.pages, upload.duration_ms)
    file = _add_file(actor, resource, checked, number=1, note="")
    settle_review(resource)
    db.session.delete(upload)
    record(ResourcePublished(resource.id, file.id, actor.id, resource.workshop_id))
    return resource


def update_resource(actor: User, resource: Resource, details: ResourceDetails) -> None:
    """Change what is said about a resource; who is not the owner leaves a trace in the audit log."""
    _hold(resource)
    values = _checked(actor, details, before=resource.workshop_id)
    for name, value in values.items():
        setattr(resource, name, value)
    resource.textbook_id = textbook_for(resource.county_id, values)
    settle_review(resource)
    resource.seq = bump(f"resource:{resource.id}", "resource", resource.id)
    if actor.id != resource.owner_id:
        record_audit(actor, "resource.update", "resource", resource.id, title=resource.title)
    record(ResourceUpdated(resource.id, actor.id))


def add_version(actor: User, resource: Resource, checked: CheckedFile, note: str) -> ResourceFile:
    """Add a newer version; older ones stay."""
    _hold(resource)
    stored = keep_file(checked.received, actor.id)
    last = db.session.scalar(select(func.max(ResourceFile.number)).where(ResourceFile.resource_id == resource.id))
    number = 1 + (last or 0)
    arrived = _Arrived(stored.id, checked.extension, checked.pages, checked.duration_ms)
    file = _add_file(actor, resource, arrived, number, note.strip()[:200])
    renew_review(resource)
    record(ResourceVersionAdded(resource.id, file.id, actor.id))
    return file


def remove_resource(actor: User, resource: Resource) -> None:
    """Put a resource in the bin, from where it can come back."""
    _hold(resource)
    if resource.removed_at is not None:
        return
    resource.removed_at = clock.now()
    resource.seq = bump(f"resource:{resource.id}", "resource", resource.id)
    record_audit(actor, "resource.remove", "resource", resource.id, title=resource.title)
    record(ResourceRemoved(resource.id, actor.id))


def restore_resource(actor: User, resource: Resource) -> None:
    """Fetch a resource back from the bin."""
    _hold(resource)
    if resource.removed_at is None:
        return
    resource.removed_at, resource.takedown_reason = None, ""
    if resource.leaves_with_lesson and actor.id == resource.owner_id:  # nobody else withdraws the owner's wish
        resource.leaves_with_lesson = not no_longer_shown({resource.taught_lesson_id or 0})
    resource.seq = bump(f"resource:{resource.id}", "resource", resource.id)
    record_audit(actor, "resource.restore", "resource", resource.id, title=resource.title)
    record(ResourceRestored(resource.id, actor.id))


def _hold(resource: Resource) -> None:
    """Keep other writers of this resource out until the commit, and read it again."""
    if not hold(resource):
        raise NotFoundError


def follow_organization(old_path: str, new_path: str) -> None:
    """A branch moved: what was published from it belongs to those above its new place."""
    for kind in (Resource, ResourceCollection):
        moved = new_path + func.substr(kind.org_path, len(old_path) + 1)
        statement = update(kind).where(kind.org_path.startswith(old_path, autoescape=True))
        statement = statement.values(org_path=moved, updated_at=kind.updated_at)
        db.session.execute(statement.execution_options(synchronize_session=False))


def set_favorite(actor: User, resource: Resource, wanted: bool) -> None:
    """Keep a resource at hand or let it go; saying it twice changes nothing."""
    if wanted:
        changed = insert_new(ResourceFavorite, user_id=actor.id, resource_id=resource.id, created_at=clock.now())
    else:
        statement = delete(ResourceFavorite).where(
            ResourceFavorite.user_id == actor.id, ResourceFavorite.resource_id == resource.id
        )
        changed = bool(db.session.execute(statement.returning(ResourceFavorite.resource_id)).first())
    if changed:
        step = 1 if wanted else -1
        counter = {"favorite_count": Resource.favorite_count + step, "updated_at": Resource.updated_at}
        db.session.execute(update(Resource).where(Resource.id == resource.id).values(counter))


def note_opening(actor: User, resource_id: int) -> None:
    """Say that a resource was opened, to whoever waits for it."""
    record(ResourceOpened(resource_id, actor.id))


def count_download(actor: User, resource_id: int) -> None:
    """Count a download: each person once a day."""
    if insert_new(ResourceDownload, resource_id=resource_id, user_id=actor.id, day=clock.today()):
        counter = {"download_count": Resource.download_count + 1, "updated_at": Resource.updated_at}
        db.session.execute(update(Resource).where(Resource.id == resource_id).values(counter))


def note_text(file: ResourceFile, text: str, keys: Collection[int] = (), near: tuple[int, int] | None = None) -> None:
    """Keep the text read out of a version, for search, with its bands and the earlier file it is close to."""
    content = _content_of(file)
    content.text = text
    content.near_file_id, content.near_percent = near or (None, 0)
    db.session.execute(delete(ResourceBand).where(ResourceBand.file_id == file.id))
    if keys:
        db.session.execute(insert(ResourceBand), [{"key": key, "file_id": file.id} for key in sorted(keys)])
    db.session.flush()
    record(ResourceTextRead(file.resource_id, file.id))


def note_preview(
    file: ResourceFile, kind: str, html: str, data: dict[str, Any], images: Sequence[ReceivedFile], message: str = ""
) -> None:
    """Keep the preview of a version, in place of an earlier one; those who wait on the page hear of it."""
    content = _content_of(file)
    _drop_preview_images(file)
    _keep_preview_images(file, images)
    content.preview_kind, content.message = kind, message
    content.preview_data = {**data, "shown": len(images)}
    content.preview_html = html.replace('src="/p/', f'src="/resources/{file.resource_id}/files/{file.id}/images/')
    file.state = FAILED if message else (NONE if kind == "none" else READY)
    db.session.flush()
    bump(f"resource:{file.resource_id}", "preview", file.id)


def _keep_preview_images(file: ResourceFile, images: Sequence[ReceivedFile]) -> None:
    for number, received in enumerate(images, start=1):
        stored = keep_file(received, None)
        db.session.add(PreviewImage(file_id=file.id, number=number, stored_file=stored))


def _drop_preview_images(file: ResourceFile) -> None:
    old = db.session.scalars(select(PreviewImage).where(PreviewImage.file_id == file.id)).all()
    files = [image.stored_file for image in old]
    for image in old:
        db.session.delete(image)
    db.session.flush()
    drop_files(files)


def _content_of(file: ResourceFile) -> ResourceContent:
    content = db.session.get(ResourceContent, file.id)
    if content is None:
        content = ResourceContent(file_id=file.id)
        db.session.add(content)
        db.session.flush()
    return content


@dataclass(frozen=True)
class _Arrived:
    stored_file_id: int
    extension: str
    pages: int | None
    duration_ms: int | None


def _add_file(actor: User, resource: Resource, arrived: _Arrived, number: int, note: str) -> ResourceFile:
    file = ResourceFile(resource_id=resource.id, number=number, note=note, uploader_id=actor.id, **asdict(arrived))
    db.session.add(file)
    db.session.flush()
    resource.current_file_id = file.id
    resource.seq = bump(f"resource:{resource.id}", "resource", resource.id)
    db.session.flush()
    return file


def _checked(actor: User, details: ResourceDetails, before: int | None = None) -> dict[str, Any]:
    """Hold a workshop to what the actor belongs to; forget it where nothing is shared with one."""
    values = asdict(details)
    if details.visibility != "workshop":
        values["workshop_id"] = None
    elif details.workshop_id is None:
        raise InvalidError("请选择共享到哪个工作坊", field="workshop_id")
    elif details.workshop_id != before and membership_of(details.workshop_id, actor.id) is None:
        raise InvalidError("您不在这个工作坊里，请选择自己参加的工作坊", field="workshop_id")
    return values


def insert_new(model: type[Any], **values: Any) -> bool:
    """Insert a row unless its key is there already; tell whether it was new."""
    dialect = sqlite.insert if is_sqlite() else postgresql.insert
    statement = dialect(model).values(**values).on_conflict_do_nothing().returning(*model.__table__.primary_key)
    return db.session.execute(statement).first() is not None


def drop_files(files: Sequence[StoredFile]) -> None:
    """Delete rows now, bytes once the transaction is on disk."""
    keys = [file.key for file in files]
    for file in files:
        db.session.delete(file)
    db.session.flush()
    unit = current_unit_of_work()
    if unit is not None:
        unit.after_commit(lambda: _delete_bytes(keys))


@contextmanager
def gone_unless_kept(checked: CheckedFile) -> Iterator[None]:
    """Around the unit of work that gives a file its row: when that fails, bytes that no row holds are deleted."""
    try:
        yield
    except Exception:
        key = checked.received.key
        if (
            db.session.scalar(select(StoredFile.id).where(StoredFile.key == key)) is None
        ):  # the commit may have broken off
            storage().delete(key)
        raise


def drop_unkept(checked: CheckedFile) -> None:
    """Delete the bytes of a file that needs no row, once the transaction is on disk."""
    unit = current_unit_of_work()
    if unit is not None:
        unit.after_commit(lambda: _delete_bytes([checked.received.key]))


def _delete_bytes(keys: Sequence[str]) -> None:
    for key in keys:
        storage().delete(key)

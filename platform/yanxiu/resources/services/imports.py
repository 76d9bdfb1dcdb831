"""Bringing many resources at once by a sheet. The caller is inside a unit of work and has asked the predicate."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import delete, func, select

from yanxiu.accounts.models import User
from yanxiu.core import clock
from yanxiu.core.audit import record_audit
from yanxiu.core.db import db, hold
from yanxiu.core.errors import ConflictError, InvalidError, NotFoundError, TooLargeError, YanxiuError
from yanxiu.core.resumable.store import GIB
from yanxiu.core.storage import StoredFile
from yanxiu.core.tasks import enqueue
from yanxiu.resources.extraction.formats import in_words
from yanxiu.resources.extraction.intake import CheckedFile
from yanxiu.resources.import_sheet import SheetRow
from yanxiu.resources.models import (
    CollectionItem,
    Resource,
    ResourceCopy,
    ResourceDownload,
    ResourceFavorite,
    ResourceFile,
    ResourceImport,
    ResourceImportRow,
    ResourceReview,
    ResourceUpload,
    ResourceUse,
)
from yanxiu.resources.models.imports import BROKEN, DRAFT, FINISHED, RUNNING, UNDOING, UNDONE, UNPACKING
from yanxiu.resources.models.voices import ResourceComment, ResourceRating
from yanxiu.resources.queries.imports import NEW, Outlook, waiting_bytes
from yanxiu.resources.services import (
    ResourceDetails,
    discard_upload,
    drop_files,
    publish_resource,
    receive_upload,
    remove_resource,
)

UNPACK, PUBLISH, UNDO = "imports.unpack", "imports.publish", "imports.undo"
MAX_FILES = 800
AT_ONCE = 3
"""Rows a transaction: everybody else waits meanwhile."""
MAX_DRAFTS = 20
MOST_REFUSED = 200
"""Of more files of a ZIP it is not told why they were not taken."""
QUEUED, MADE, FAILED, KEPT, TAKEN_BACK = "queued", "made", "failed", "kept", "undone"
_NOTHING = "这次导入刚刚已经确认过了，请刷新页面看结果"


def begin_import(actor: User, name: str, rows: Sequence[SheetRow]) -> ResourceImport:
    """Keep a sheet that was read; files follow."""
    refuse_many_drafts(actor)
    found = ResourceImport(owner_id=actor.id, name=name)
    db.session.add(found)
    db.session.flush()
    _add_rows(found, rows)
    return found


def begin_unpacking(actor: User, checked: CheckedFile, arrival_key: str | None = None) -> ResourceImport:
    """Keep a ZIP with a sheet and its files; the worker unpacks it."""
    refuse_many_drafts(actor)
    found = ResourceImport(owner_id=actor.id, name=checked.received.name, state=UNPACKING)
    db.session.add(found)
    db.session.flush()
    upload = receive_upload(actor, checked, arrival_key, import_id=found.id, path="/")
    enqueue(UNPACK, {"import_id": found.id, "upload_id": upload.id}, key=f"{UNPACK}:{found.id}")
    return found


def note_unpacked(found: ResourceImport, progress: dict[str, int], refused: Sequence[Sequence[str]]) -> None:
    """Say how far a ZIP is unpacked, and what was not taken of the part that came last; the next worker goes on there."""
    _hold(found)
    if found.state != UNPACKING:
        raise NotFoundError
    found.progress = progress
    found.refused = [*found.refused, *([str(name)[:400], str(why)[:300]] for name, why in refused)][:MOST_REFUSED]


def settle_unpacking(found: ResourceImport, upload_id: int, rows: Sequence[SheetRow], message: str = "") -> None:
    """A ZIP was read: it is a draft now, or a `message` says why it cannot be one. The ZIP itself goes."""
    _hold(found)
    if found.state != UNPACKING:
        return
    found.state, found.message = (BROKEN, message[:300]) if message else (DRAFT, "")
    _add_rows(found, rows)
    upload = db.session.get(ResourceUpload, upload_id)
    if upload is not None and upload.import_id == found.id:
        discard_upload(None, upload)


def replace_sheet(actor: User, found: ResourceImport, name: str, rows: Sequence[SheetRow]) -> None:
    """Read the sheet anew; the files that have arrived stay."""
    _hold_draft(found)
    db.session.execute(delete(ResourceImportRow).where(ResourceImportRow.import_id == found.id))
    found.name = name
    _add_rows(found, rows)


def add_file(
    actor: User, found: ResourceImport, checked: CheckedFile, path: str, arrival_key: str | None = None
) -> ResourceUpload:
    """Take a file into an import; one that lay at the same place before gives way."""
    _hold(found)
    if found.state not in (DRAFT, UNPACKING):
        raise ConflictError(_NOTHING)
    mine = ResourceUpload.import_id == found.id
    for old in db.session.scalars(select(ResourceUpload).where(mine, ResourceUpload.path == path)).all():
        discard_upload(actor, old)
    if (db.session.scalar(select(func.count()).where(mine)) or 0) >= MAX_FILES:
        raise InvalidError(f"一次导入最多 {MAX_FILES} 个文件，请分几次")
    return receive_upload(actor, checked, arrival_key, import_id=found.id, path=path)


def confirm_import(actor: User, found: ResourceImport, outlook: Outlook) -> int:
    """Let the rows that can be resources become some; return how many. The others keep why they are left out."""
    _hold_draft(found)
    rows = {row.number: row for row in _rows(found)}
    if {row.number: row.cells for row in rows.values()} != {line.number: line.cells for line in outlook.lines}:
        raise ConflictError("表格刚刚换过，请看过新的检查结果再确认")
    wanted = [line for line in outlook.lines if line.verdict == NEW]
    if not wanted:
        raise InvalidError("没有可以导入的行，请先按提示改好表格，或者补上文件")
    for line in outlook.lines:
        row = rows[line.number]
        row.outcome = QUEUED if line.verdict == NEW else line.verdict
        row.message = "；".join([*line.errors, *line.notes])
        row.details = {**line.details, "author": line.details.get("author") or actor.name}
        row.upload_id = line.upload_id
        row.resource_id = line.same_id if line.verdict != NEW else None
    found.state = RUNNING
    found.unused = [upload.path or upload.stored_file.name for upload in outlook.unused][:200]
    enqueue(PUBLISH, {"import_id": found.id}, key=f"{PUBLISH}:{found.id}")
    record_audit(actor, "resource.import", "resource_import", found.id, name=found.name, rows=len(wanted))
    return len(wanted)


def publish_next_rows(import_id: int) -> bool:
    """Publish the next few rows of a confirmed import; False once none is left. Running it again makes nothing twice."""
    found = db.session.get(ResourceImport, import_id)
    if found is None or not hold(found) or found.state != RUNNING:
        return False
    rows = _rows(found, QUEUED, AT_ONCE)
    for row in rows:
        _publish(found.owner, row)
    if rows:
        db.session.flush()
        return True
    _drop_files(found)
    found.state, found.finished_at = FINISHED, clock.now()
    return False


def _publish(owner: User, row: ResourceImportRow) -> None:
    upload = None if row.upload_id is None else db.session.get(ResourceUpload, row.upload_id)
    if upload is None or upload.import_id != row.import_id:
        row.outcome, row.message = FAILED, "文件已经不在了（传上来的文件保留 7 天），请再导入一次"
        return
    try:
        made = publish_resource(owner, upload, ResourceDetails(**row.details))
    except YanxiuError as error:
        row.outcome, row.message = FAILED, error.message
        return
    row.outcome, row.resource_id, row.upload_id = MADE, made.id, None


def undo_import(actor: User, found: ResourceImport) -> None:
    """Take an import back: the worker puts into the bin what nobody else has used since."""
    _hold(found)
    if found.state != FINISHED:
        raise ConflictError("这次导入还没有完成，或者已经撤销过了")
    found.state = UNDOING
    enqueue(UNDO, {"import_id": found.id}, key=f"{UNDO}:{found.id}")
    record_audit(actor, "resource.import_undone", "resource_import", found.id, name=found.name)


def undo_next_rows(import_id: int) -> bool:
    """Take the next few resources of an import back; False once none is left."""
    found = db.session.get(ResourceImport, import_id)
    if found is None or not hold(found) or found.state != UNDOING:
        return False
    rows = _rows(found, MADE, AT_ONCE)
    ids = [row.resource_id for row in rows if row.resource_id is not None]
    used = used_since(ids)
    for row in rows:
        resource = None if row.resource_id is None else db.session.get(Resource, row.resource_id)
        if resource is None or resource.removed_at is not None:
            row.outcome = TAKEN_BACK
        elif resource.id in used:
            row.outcome, row.message = KEPT, used[resource.id]
        else:
            remove_resource(found.owner, resource)
            row.outcome = TAKEN_BACK
    if rows:
        db.session.flush()
        return True
    found.state, found.finished_at = UNDONE, clock.now()
    return False


def used_since(resource_ids: Sequence[int]) -> dict[int, str]:
    """Return, by resource, how somebody but its owner has used it, in words; those nobody used are left out."""
    mine = Resource.id.in_(resource_ids)
    signs = (
        ("有人下载过", select(Resource.id).join(ResourceDownload, ResourceDownload.resource_id == Resource.id)
         .where(ResourceDownload.user_id != Resource.owner_id)),
        ("有人收藏了", select(Resource.id).join(ResourceFavorite, ResourceFavorite.resource_id == Resource.id)
         .where(ResourceFavorite.user_id != Resource.owner_id)),
        ("有人用它上过课", select(Resource.id).join(ResourceUse, ResourceUse.resource_id == Resource.id)),
        ("有人评过分", select(Resource.id).join(ResourceRating, ResourceRating.resource_id == Resource.id)
         .where(ResourceRating.user_id != Resource.owner_id)),
        ("有人评论过", select(Resource.id).join(ResourceComment, ResourceComment.resource_id == Resource.id)
         .where(ResourceComment.author_id != Resource.owner_id, ResourceComment.withdrawn_at.is_(None))),
        ("有人复制改编过", select(Resource.id).join(ResourceCopy, ResourceCopy.resource_id == Resource.id)
         .where(ResourceCopy.user_id != Resource.owner_id)),
        ("收进了资源包", select(Resource.id).join(CollectionItem, CollectionItem.resource_id == Resource.id)),
        ("已经审核过", select(Resource.id).join(ResourceReview, ResourceReview.resource_id == Resource.id)),
        ("后来更新过文件", select(Resource.id).join(ResourceFile, ResourceFile.resource_id == Resource.id)
         .where(ResourceFile.number > 1)),
    )  # fmt: skip
    found: dict[int, list[str]] = {}
    for words, statement in signs:
        for resource_id in db.session.scalars(statement.where(mine).distinct()):
            found.setdefault(resource_id, []).append(words)
    return {resource_id: "、".join(words) + "，没有动" for resource_id, words in found.items()}


def drop_import(actor: User, found: ResourceImport) -> None:
    """Give up what was not confirmed, with its files; nothing of it was in the library."""
    _hold(found)
    if found.state not in (DRAFT, UNPACKING, BROKEN):
        raise ConflictError(_NOTHING)
    _drop_files(found)
    db.session.execute(delete(ResourceImportRow).where(ResourceImportRow.import_id == found.id))
    db.session.delete(found)
    db.session.flush()


def _drop_files(found: ResourceImport) -> None:
    uploads = ResourceUpload.import_id == found.id
    ids = select(ResourceUpload.stored_file_id).where(uploads)
    files = db.session.scalars(select(StoredFile).where(StoredFile.id.in_(ids)).order_by(StoredFile.id)).all()
    db.session.execute(delete(ResourceUpload).where(uploads).execution_options(synchronize_session="fetch"))
    drop_files(files)


def _rows(found: ResourceImport, outcome: str | None = None, limit: int | None = None) -> Sequence[ResourceImportRow]:
    rows = select(ResourceImportRow).where(ResourceImportRow.import_id == found.id)
    if outcome is not None:
        rows = rows.where(ResourceImportRow.outcome == outcome)
    return db.session.scalars(rows.order_by(ResourceImportRow.number).limit(limit)).all()


def _add_rows(found: ResourceImport, rows: Sequence[SheetRow]) -> None:
    db.session.add_all(ResourceImportRow(import_id=found.id, number=row.number, cells=row.cells) for row in rows)
    db.session.flush()


def refuse_beyond_quota(user_id: int, length: int, quota_gb: int) -> None:
    """Raise TooLargeError where `length` more bytes and what waits of somebody's files are more than the quota in GiB."""
    waiting = waiting_bytes(user_id)
    if waiting and waiting + length > quota_gb * GIB:
        said = f"您等着确认和发布的文件已有 {in_words(waiting)}，一共最多 {quota_gb} GB"
        raise TooLargeError(f"{said}。请先确认或放弃几次导入，再传这个")


def refuse_many_drafts(actor: User) -> None:
    """Raise InvalidError for who has too many imports waiting; to be asked also before a large file is read."""
    if not hold(actor):
        raise NotFoundError
    waiting = ResourceImport.owner_id == actor.id, ResourceImport.state.in_((DRAFT, UNPACKING, BROKEN))
    if (db.session.scalar(select(func.count()).where(*waiting)) or 0) >= MAX_DRAFTS:
        raise InvalidError("没有确认的导入太多了，请先确认或放弃几个", field="sheet")


def _hold(found: ResourceImport) -> None:
    if not hold(found):
        raise NotFoundError


def _hold_draft(found: ResourceImport) -> None:
    _hold(found)
    if found.state != DRAFT:
        raise ConflictError(_NOTHING)

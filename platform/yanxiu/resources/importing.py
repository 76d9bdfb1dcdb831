"""Background work of imports: unpack a ZIP, publish the rows of a confirmed sheet, take an import back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from yanxiu.core.db import db
from yanxiu.core.errors import InvalidError, NotFoundError, TooLargeError, YanxiuError
from yanxiu.core.html import without_invisible
from yanxiu.core.resumable.store import GIB
from yanxiu.core.spreadsheets import read_rows
from yanxiu.core.storage import refuse_when_full, storage
from yanxiu.core.tasks import LEASE_S, JobContext, JobHandler, WorkerStoppingError
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.resources.extraction.intake import take_in_file
from yanxiu.resources.extraction.sandbox import UNPACK_WALL_SECONDS, NoTurnError, examined
from yanxiu.resources.extraction.unpacking import MAX_SHEET_BYTES, MAX_SHEETS, OVER, PROGRESS, Wish
from yanxiu.resources.import_sheet import MAX_COLUMNS, MAX_ROWS, SheetRow, parse_sheet
from yanxiu.resources.models import ResourceImport, ResourceUpload
from yanxiu.resources.models.imports import UNPACKING
from yanxiu.resources.queries.imports import files_of
from yanxiu.resources.services import gone_unless_kept
from yanxiu.resources.services.imports import (
    PUBLISH,
    UNDO,
    UNPACK,
    add_file,
    note_unpacked,
    publish_next_rows,
    refuse_beyond_quota,
    settle_unpacking,
    undo_next_rows,
)

LONGEST_PATH = 400
PART_FILES = 50
"""Files of a ZIP that are unpacked at a time: so often its page hears how far it is."""
NO_SHEET = "压缩包里没有导入用的表格（第一行有“文件名”的 .xlsx）。请把填好的表格一起压缩，或者分开上传"


def read_sheet(path: Path) -> list[SheetRow]:
    """Read a stranger's workbook in the confined child. Raises InvalidError or TooLargeError in words."""
    return parse_sheet(read_rows(path, max_rows=MAX_ROWS, max_columns=MAX_COLUMNS))


def tidy_path(raw: str) -> str:
    """A file's place in the folder that was sent, on one line and with plain slashes."""
    parts = [" ".join(without_invisible(part).split()) for part in raw.replace("\\", "/").split("/")]
    return "/".join(part for part in parts if part not in ("", ".", ".."))[-LONGEST_PATH:]


def unpack(payload: dict[str, Any], job: JobContext) -> None:
    """Unpack a ZIP into the rows of its sheet and the files of its import. Run again it goes on where it was."""
    import_id, upload_id = int(payload["import_id"]), int(payload["upload_id"])
    found, upload = db.session.get(ResourceImport, import_id), db.session.get(ResourceUpload, upload_id)
    if found is None or upload is None or found.state != UNPACKING:
        return
    key = upload.stored_file.key
    db.session.rollback()
    rows: list[SheetRow] = []
    message = ""
    try:
        with storage().local_copy(key) as path:
            sheet_name, rows = _sheet_in(Path(path))
            _take_all(Path(path), import_id, sheet_name, job)
    except (NoTurnError, WorkerStoppingError):
        raise
    except YanxiuError as error:
        message = error.message
    except FileNotFoundError:
        message = "压缩包已经不在了，请再上传一次"
    with unit_of_work():
        found = db.session.get(ResourceImport, import_id)
        if found is not None:
            settle_unpacking(found, upload_id, rows, message)


def _sheet_in(path: Path) -> tuple[str, list[SheetRow]]:
    """Find the sheet before anything else is unpacked: the workbook nearest to the top that has the columns of one."""
    said: YanxiuError | None = None
    with examined("unpack", ".zip", path, Wish(sheets=True, most=MAX_SHEETS * MAX_SHEET_BYTES).as_file()) as found:
        result, folder = found
        for plain, name in result["files"]:
            try:
                return tidy_path(str(name)), read_sheet(folder / str(plain))
            except (InvalidError, TooLargeError) as error:
                said = said or error
    raise InvalidError(NO_SHEET) from said


def _take_all(path: Path, import_id: int, sheet_name: str, job: JobContext) -> None:
    """Unpack part by part in the confined child; the worker itself reads only plain files, and has each of them checked."""
    config = job.app.config["YANXIU"]
    packed = path.stat().st_size  # what waits of the person's files without the ZIP, which goes once it is unpacked
    found = _unpacking(import_id)
    while (at := found.progress.get("next", 0)) != OVER:
        unpacked, known = found.progress.get("unpacked", 0), {each.path for each in files_of(found)} | {sheet_name}
        refuse_beyond_quota(found.owner_id, -packed, config.upload_quota_gb)
        refuse_when_full(path.parent)
        db.session.rollback()
        job.extend(UNPACK_WALL_SECONDS + LEASE_S)
        wish = Wish(at, unpacked, config.upload_max_gb * GIB, PART_FILES)
        with examined("unpack", ".zip", path, wish.as_file()) as (result, folder):
            refused = [(tidy_path(str(raw)), why) for raw, why in result["refused"]]
            for plain, raw in result["files"]:
                if job.stopping.is_set():
                    raise WorkerStoppingError
                job.extend()
                name = tidy_path(str(raw))
                if name and name not in known:
                    refused.extend((name, why) for why in _take(folder / str(plain), name, import_id))
        with unit_of_work():
            note_unpacked(_unpacking(import_id), {key: int(result[key]) for key in PROGRESS}, refused)
        found = _unpacking(import_id)


def _unpacking(import_id: int) -> ResourceImport:
    """The import as it is now; NotFoundError once it was given up, for nothing more is to be unpacked then."""
    found = db.session.get(ResourceImport, import_id, populate_existing=True)
    if found is None or found.state != UNPACKING:
        raise NotFoundError
    return found


def _take(file: Path, name: str, import_id: int) -> list[str]:
    """Take in one file, or return why it is refused."""
    try:
        checked = take_in_file(file, name)
    except NoTurnError:
        raise
    except YanxiuError as error:
        return [error.message]
    with gone_unless_kept(checked), unit_of_work():
        found = db.session.get(ResourceImport, import_id)
        if found is None:
            raise NotFoundError
        add_file(found.owner, found, checked, name)
    return []


def _in_steps(step: Callable[[int], bool]) -> JobHandler:
    def run(payload: dict[str, Any], job: JobContext) -> None:
        """A few rows a transaction; running it twice does nothing twice."""
        for _more in _steps(step, int(payload["import_id"])):
            if job.stopping.is_set():
                raise WorkerStoppingError
            job.extend()

    return run


def _steps(step: Callable[[int], bool], import_id: int) -> Iterator[None]:
    more = True
    while more:
        with unit_of_work():
            more = step(import_id)
        yield


JOBS: dict[str, JobHandler] = {UNPACK: unpack, PUBLISH: _in_steps(publish_next_rows), UNDO: _in_steps(undo_next_rows)}

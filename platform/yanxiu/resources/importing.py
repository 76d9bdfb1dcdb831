"""Background work of imports: unpack a ZIP, publish the rows of a confirmed sheet, take an import back."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from yanxiu.core.db import db
from yanxiu.core.errors import InvalidError, NotFoundError, TooLargeError, YanxiuError
from yanxiu.core.html import without_invisible
from yanxiu.core.spreadsheets import read_rows
from yanxiu.core.storage import storage
from yanxiu.core.tasks import JobContext, JobHandler, WorkerStoppingError
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.resources.extraction.archives import is_leftover
from yanxiu.resources.extraction.intake import take_in
from yanxiu.resources.extraction.sandbox import NoTurnError, examined
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
    publish_next_rows,
    settle_unpacking,
    undo_next_rows,
)

log = logging.getLogger(__name__)
MAX_SHEET_BYTES = 5 * 1024 * 1024
LONGEST_PATH = 400
NO_SHEET = "压缩包里没有导入用的表格（第一行有“文件名”的 .xlsx）。请把填好的表格一起压缩，或者分开上传"


def read_sheet(path: Path) -> list[SheetRow]:
    """Read a stranger's workbook in the confined child. Raises InvalidError or TooLargeError in words."""
    return parse_sheet(read_rows(path, max_rows=MAX_ROWS, max_columns=MAX_COLUMNS))


def tidy_path(raw: str) -> str:
    """A file's place in the folder that was sent, on one line and with plain slashes."""
    parts = [" ".join(without_invisible(part).split()) for part in raw.replace("\\", "/").split("/")]
    return "/".join(part for part in parts if part not in ("", ".", ".."))[-LONGEST_PATH:]


def unpack(payload: dict[str, Any], job: JobContext) -> None:
    """Unpack a ZIP into the files of its import and the rows of its sheet. Run twice, it goes on where it was."""
    import_id, upload_id = int(payload["import_id"]), int(payload["upload_id"])
    found, upload = db.session.get(ResourceImport, import_id), db.session.get(ResourceUpload, upload_id)
    if found is None or upload is None or found.state != UNPACKING:
        return
    key, known = upload.stored_file.key, {each.path for each in files_of(found)}
    db.session.rollback()
    rows: list[SheetRow] = []
    message = ""
    try:
        with storage().local_copy(key) as path:
            rows = _unpacked(Path(path), import_id, known, job)
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


def _unpacked(path: Path, import_id: int, known: set[str], job: JobContext) -> list[SheetRow]:
    """Unpack in the confined child; the worker itself reads only plain files, and has each of them checked."""
    with examined("unpack", ".zip", path) as (result, folder):
        entries = [(tidy_path(str(name)), folder / str(plain)) for plain, name in result["files"]]
        entries = [(name, file) for name, file in entries if name and not is_leftover(name)]
        sheet_name, rows = _sheet_among(entries)
        for name, file in entries:
            if name in known or name == sheet_name:
                continue
            if job.stopping.is_set():
                raise WorkerStoppingError
            job.extend()
            _take(file, name, import_id)
    return rows


def _sheet_among(entries: list[tuple[str, Path]]) -> tuple[str, list[SheetRow]]:
    """Find the sheet: the workbook nearest to the top that has the columns of one."""
    books = [(name, file) for name, file in entries if name.lower().endswith(".xlsx")]
    said: YanxiuError | None = None
    for name, file in sorted(books, key=lambda each: (each[0].count("/"), each[0]))[:5]:
        if file.stat().st_size > MAX_SHEET_BYTES:
            continue
        try:
            return name, read_sheet(file)
        except (InvalidError, TooLargeError) as error:
            said = said or error
    raise InvalidError(NO_SHEET) from said


def _take(file: Path, name: str, import_id: int) -> None:
    """Take in one file; one that is refused is missing in the dry run, which says so."""
    try:
        with file.open("rb") as source:
            checked = take_in(source, name)
    except NoTurnError:
        raise
    except YanxiuError as error:
        log.info("a file of import %s was refused: %s", import_id, error.message)
        return
    with gone_unless_kept(checked), unit_of_work():
        found = db.session.get(ResourceImport, import_id)
        if found is None:
            raise NotFoundError  # it was given up meanwhile, and nothing more is to be unpacked
        add_file(found.owner, found, checked, name)


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

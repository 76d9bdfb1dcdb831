"""批量导入: a sheet and a folder, first as a dry run, then with a report that can be taken back."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

from flask import Response, current_app, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from yanxiu.core.errors import InvalidError, NotFoundError, TooLargeError, YanxiuError
from yanxiu.core.paging import page_of
from yanxiu.core.scratch import scratch_folder
from yanxiu.core.storage import base_name
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.extensions import limiter
from yanxiu.resources import catalog
from yanxiu.resources.extraction.archives import is_leftover
from yanxiu.resources.extraction.formats import ACCEPT
from yanxiu.resources.extraction.intake import take_in, take_in_bundle
from yanxiu.resources.extraction.unpacking import MAX_SHEET_BYTES
from yanxiu.resources.import_arrivals import forget_import
from yanxiu.resources.import_sheet import COLUMNS, XLSX, SheetRow, report_book, template_book
from yanxiu.resources.importing import read_sheet, tidy_path
from yanxiu.resources.models import ResourceImport
from yanxiu.resources.models.imports import DRAFT, RUNNING, UNDOING, UNPACKING
from yanxiu.resources.permissions import can_use_import
from yanxiu.resources.queries.imports import (
    FAULTY,
    MISSING,
    NEW,
    SAME,
    count_files,
    find_import,
    imports_page,
    offered_words,
    outcomes_of,
    outlook_of,
    rows_of,
)
from yanxiu.resources.services import gone_unless_kept
from yanxiu.resources.services.imports import (
    FAILED,
    KEPT,
    MADE,
    QUEUED,
    TAKEN_BACK,
    add_file,
    begin_import,
    begin_unpacking,
    confirm_import,
    drop_import,
    publish_next_rows,
    refuse_many_drafts,
    replace_sheet,
    undo_import,
    undo_next_rows,
)
from yanxiu.resources.unfinished import open_import_store
from yanxiu.resources.views.blueprint import bp, viewer_workshops
from yanxiu.resources.views.import_arrivals import unfinished_of
from yanxiu.web.auth import current_actor, current_viewer, wants_fragment
from yanxiu.web.filters import filesize

PATIENCE_S = 3.0
"""So long the person waits for a small import; the rest is the worker's."""
MAX_AT_ONCE = 100
MAX_HINTED = 50
"""Rows of a dry run a page: to find what was meant by a wrong name takes a while for each."""
LABELS = {
    NEW: ("新建", "green"),
    SAME: ("同名同内容已有", "gray"),
    MISSING: ("缺文件", "amber"),
    FAULTY: ("有错", "red"),
    QUEUED: ("等着导入", "blue"),
    MADE: ("已导入", "green"),
    FAILED: ("没有导入", "red"),
    KEPT: ("没有撤销", "amber"),
    TAKEN_BACK: ("已撤销", "gray"),
}
STATES = {
    "draft": ("待确认", "amber"),
    "unpacking": ("正在拆开压缩包", "blue"),
    "broken": ("压缩包不能用", "red"),
    "running": ("正在导入", "blue"),
    "done": ("已导入", "green"),
    "undoing": ("正在撤销", "blue"),
    "undone": ("已撤销", "gray"),
}
BUSY = frozenset({UNPACKING, RUNNING, UNDOING})


def _load(import_id: int) -> ResourceImport:
    found = find_import(import_id)
    if found is None or not can_use_import(current_viewer(), found):
        raise NotFoundError
    return found


@bp.get("/resources/imports")
def imports() -> str:
    """Where a sheet is sent, and one's earlier imports."""
    return _front()


@bp.get("/resources/imports/template.xlsx")
def import_template() -> Response:
    """The empty sheet with the county's words to choose from."""
    return _download(template_book(offered_words(current_viewer().county_id)), "资源导入模板.xlsx")


@bp.post("/resources/imports")
@limiter.limit("20/minute")
def begin() -> ResponseReturnValue:
    """Read a sheet, or take a ZIP that holds one; nothing is in the library by that."""
    try:
        upload = request.files.get("sheet")
        name = base_name(upload.filename) if upload is not None and upload.filename else ""
        if upload is not None and name.lower().endswith(".zip"):
            with unit_of_work():
                refuse_many_drafts(current_actor())
            with scratch_folder() as folder:
                upload.save(folder / "bundle.zip")
                checked = take_in_bundle(folder / "bundle.zip", name)
            with gone_unless_kept(checked), unit_of_work():
                import_id = begin_unpacking(current_actor(), checked).id
        else:
            rows = _sheet_sent()
            with unit_of_work():
                import_id = begin_import(current_actor(), name, rows).id
    except (InvalidError, TooLargeError) as error:
        return _front(error.message), error.status
    return redirect(url_for("resources.import_page", import_id=import_id))


@bp.get("/resources/imports/<int:import_id>")
def import_page(import_id: int) -> str:
    """The dry run, how far it is, or the report."""
    found = _load(import_id)
    only, cursor = request.args.get("only", ""), request.args.get("cursor")
    values: dict[str, object] = {
        "found": found, "labels": LABELS, "states": STATES, "busy": found.state in BUSY, "only": only,
        "accept": ACCEPT, "columns": COLUMNS, "catalog": catalog,
    }  # fmt: skip
    if found.state == DRAFT:
        outlook = outlook_of(current_viewer(), viewer_workshops(), found)
        lines = [line for line in outlook.lines if only in ("", line.verdict)]
        page = page_of(lines, lambda line: (line.number,), cursor, MAX_HINTED)
        page = replace(page, items=[outlook.hinted(line) for line in page.items])
        values |= {"outlook": outlook, "counts": outlook.counts, "unfinished": unfinished_of(found.id)}
        return render_template("resources/import.html", page=page, **values)
    rows = [row for row in rows_of(found) if only in ("", row.outcome)]
    rows_page = page_of(rows, lambda row: (row.number,), cursor, MAX_AT_ONCE)
    return render_template("resources/import_report.html", counts=outcomes_of(found), page=rows_page, **values)


@bp.get("/resources/imports/<int:import_id>/progress")
def import_progress(import_id: int) -> Response:
    """How far the worker is, for the page that waits."""
    found = _load(import_id)
    counts = outcomes_of(found)
    left = counts[QUEUED] if found.state == RUNNING else counts[MADE]
    said = _unpacked_in_words(found) if found.state == UNPACKING else ""
    return jsonify(ok=True, busy=found.state in BUSY, done=counts.total() - left, total=counts.total(), said=said)


@bp.post("/resources/imports/<int:import_id>/files")
@limiter.limit("300/minute")
def import_files(import_id: int) -> ResponseReturnValue:
    """Take files in; `path` says where each lay in its folder. One that is refused harms none of the others."""
    found = _load(import_id)
    files = [file for file in request.files.getlist("files") if file.filename]
    paths = request.form.getlist("path")
    if not files:
        raise InvalidError("请先选择文件", field="files")
    refused: list[dict[str, str]] = []
    for at, file in enumerate(files):
        path = tidy_path(paths[at] if at < len(paths) else file.filename or "")
        if is_leftover(path):
            continue
        try:
            checked = take_in(file.stream, file.filename or "")  # type: ignore[arg-type]
            with gone_unless_kept(checked), unit_of_work():
                add_file(current_actor(), _load(import_id), checked, path)
        except YanxiuError as error:
            refused.append({"name": path, "message": error.message})
    if wants_fragment():
        if refused and len(refused) == len(files):
            return jsonify(ok=False, code="invalid", message=refused[0]["message"], refused=refused), 422
        return jsonify(ok=True, refused=refused)
    for one in refused:
        flash(f"“{one['name']}”没有收下：{one['message']}", "error")
    return redirect(_url(found.id))


@bp.post("/resources/imports/<int:import_id>/sheet")
@limiter.limit("20/minute")
def import_sheet(import_id: int) -> ResponseReturnValue:
    """Another sheet in place of the one that has faults; the files stay."""
    _load(import_id)
    try:
        rows = _sheet_sent()
        upload = request.files["sheet"]
        with unit_of_work():
            replace_sheet(current_actor(), _load(import_id), base_name(upload.filename or ""), rows)
        flash("已换成新的表格", "success")
    except (InvalidError, TooLargeError) as error:
        flash(error.message, "error")
    return redirect(_url(import_id))


@bp.post("/resources/imports/<int:import_id>/confirmation")
def confirm_resources(import_id: int) -> ResponseReturnValue:
    """Let what the dry run showed come true."""
    outlook = outlook_of(current_viewer(), viewer_workshops(), _load(import_id))
    with unit_of_work():
        confirm_import(current_actor(), _load(import_id), outlook)
    _forget_rest(import_id)
    if _go_on(publish_next_rows, import_id):
        flash("资源较多，正在后台导入，可以离开本页，稍后回来看结果", "info")
    return redirect(_url(import_id))


@bp.post("/resources/imports/<int:import_id>/undoing")
def undo_resources(import_id: int) -> ResponseReturnValue:
    """Put what it made into the bin, unless somebody has used it since."""
    with unit_of_work():
        undo_import(current_actor(), _load(import_id))
    _go_on(undo_next_rows, import_id)
    return redirect(_url(import_id))


@bp.post("/resources/imports/<int:import_id>/removal")
def drop_resources(import_id: int) -> ResponseReturnValue:
    """Give up an import that was not confirmed."""
    with unit_of_work():
        drop_import(current_actor(), _load(import_id))
    _forget_rest(import_id)
    flash("已放弃这次导入，资源库里什么都没有变", "success")
    return redirect(url_for("resources.imports"))


@bp.get("/resources/imports/<int:import_id>/report.xlsx")
def import_report(import_id: int) -> Response:
    """What became of each row, as a workbook."""
    found = _load(import_id)
    lines = []
    for row in rows_of(found):
        link = url_for("resources.show", resource_id=row.resource_id, _external=True) if row.resource_id else ""
        title = str(row.details.get("title") or row.cells.get("title", ""))
        label = LABELS[row.outcome][0] if row.outcome else ""
        lines.append((str(row.number), row.cells.get("file", ""), title, label, row.message, link))
    return _download(report_book(f"{found.name} 导入结果", lines, found.unused), f"导入结果-{found.id}.xlsx")


def _unpacked_in_words(found: ResourceImport) -> str:
    """How far a ZIP is unpacked; empty before the first part."""
    packed, of = found.progress.get("packed", 0), found.progress.get("of", 0)
    if not of:
        return ""
    taken = count_files(found) - 1  # the ZIP itself is one
    return f"已拆开 {packed * 100 // of}%（{filesize(of)} 中的 {filesize(packed)}），收下 {taken} 个文件"


def _go_on(step: Callable[[int], bool], import_id: int) -> bool:
    """Do what a few seconds carry; tell whether something is left for the worker."""
    deadline, more = time.monotonic() + PATIENCE_S, True
    while more and time.monotonic() < deadline:
        with unit_of_work():
            more = step(import_id)
    return more


def _sheet_sent() -> list[SheetRow]:
    upload = request.files.get("sheet")
    if upload is None or not upload.filename:
        raise InvalidError("请选择填好的表格", field="sheet")
    if not upload.filename.lower().endswith(".xlsx"):
        raise InvalidError("请上传 .xlsx 表格；旧的 .xls 请用 Excel 或 WPS 另存为 .xlsx", field="sheet")
    with scratch_folder() as folder:
        path = Path(folder) / "sheet.xlsx"
        data = upload.stream.read(MAX_SHEET_BYTES + 1)
        if len(data) > MAX_SHEET_BYTES:
            raise TooLargeError("表格超过 5 MB，请只保留要导入的内容", field="sheet")
        path.write_bytes(data)
        return read_sheet(path)


def _front(error: str = "") -> str:
    page = imports_page(current_viewer(), request.args.get("cursor"))
    unfinished = unfinished_of(0)
    largest = current_app.config["YANXIU"].upload_max_gb
    return render_template(
        "resources/imports.html", page=page, states=STATES, error=error, unfinished=unfinished, largest=largest
    )


def _forget_rest(import_id: int) -> None:
    """What is still on its way has nothing to arrive at any more."""
    forget_import(open_import_store(current_app.config["YANXIU"]), import_id)


def _url(import_id: int) -> str:
    return url_for("resources.import_page", import_id=import_id)


def _download(content: bytes, name: str) -> Response:
    answer = Response(content, mimetype=XLSX)
    answer.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    answer.headers["Cache-Control"] = "no-store"
    return answer

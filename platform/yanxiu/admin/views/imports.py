"""导入教师: upload, look at the check, confirm, see what became of each row, hand out first passwords."""

from __future__ import annotations

import time
from urllib.parse import quote

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from yanxiu.accounts.identity import masked_id_number, masked_phone
from yanxiu.accounts.models import TeacherImport
from yanxiu.accounts.queries import import_counts, import_rows, imports_page, own_import, reach_of
from yanxiu.accounts.roster import check_roster, parse_roster
from yanxiu.accounts.services import (
    apply_next_rows,
    cancel_import,
    confirm_import,
    hand_out_passwords,
    keep_checked_list,
)
from yanxiu.admin.forms import ImportForm
from yanxiu.admin.sheets import XLSX, account_sheet, template_sheet
from yanxiu.admin.views.blueprint import bp, query_text, tabs
from yanxiu.core import clock
from yanxiu.core.errors import InvalidError, NotFoundError, TooLargeError
from yanxiu.core.scratch import scratch_folder
from yanxiu.core.spreadsheets import read_rows
from yanxiu.core.storage import base_name
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.extensions import limiter
from yanxiu.web.auth import current_actor, current_viewer
from yanxiu.web.forms import REFUSALS

MAX_ROWS = 5_000
MAX_BYTES = 10 * 1024 * 1024
PATIENCE_S = 3.0
"""How long the confirming request applies rows itself; a school's list is done by then, the worker does the rest."""

LABELS = {
    "new": ("新建", "green"),
    "update": ("更新", "blue"),
    "error": ("有错误", "red"),
    "created": ("已新建", "green"),
    "updated": ("已更新", "blue"),
    "unchanged": ("没有变化", ""),
    "failed": ("未导入", "red"),
}


@bp.route("/imports", methods=["GET", "POST"])
@limiter.limit("20 per minute", methods=["POST"])
def imports() -> ResponseReturnValue:
    """Upload a list; the lists of before."""
    form = ImportForm()
    if form.validate_on_submit():
        try:
            return redirect(url_for("admin.teacher_import", import_id=_checked_upload()))
        except REFUSALS as error:
            form.refuse(error)
    page = imports_page(current_viewer(), request.args.get("cursor"))
    return render_template("admin/imports.html", form=form, page=page, admin_tabs=tabs(current_viewer())), form.status


@bp.get("/imports/template.xlsx")
def import_template() -> ResponseReturnValue:
    """The empty list with headings, choices and explanations."""
    return _download(template_sheet(), "教师名单模板.xlsx")


@bp.get("/imports/<int:import_id>")
def teacher_import(import_id: int) -> ResponseReturnValue:
    """What was found, or what became of each row."""
    found = _own(import_id)
    only = query_text("only")
    return render_template(
        "admin/import.html",
        admin_tabs=tabs(current_viewer()),
        teacher_import=found,
        counts=import_counts(found),
        page=import_rows(found, only=only, cursor=request.args.get("cursor")),
        only=only,
        labels=LABELS,
        masked_id_number=masked_id_number,
        masked_phone=masked_phone,
    )


@bp.post("/imports/<int:import_id>/confirmation")
def confirm_teacher_import(import_id: int) -> ResponseReturnValue:
    """Apply the good rows: at once as far as a few seconds carry, then in the background."""
    with unit_of_work():
        confirm_import(current_actor(), _own(import_id))
    deadline, more = time.monotonic() + PATIENCE_S, True
    while more and time.monotonic() < deadline:
        with unit_of_work():
            more = apply_next_rows(import_id)
    if more:
        flash("名单较长，正在后台导入，可以离开本页，稍后回来查看", "info")
    return redirect(url_for("admin.teacher_import", import_id=import_id))


@bp.post("/imports/<int:import_id>/cancellation")
def cancel_teacher_import(import_id: int) -> ResponseReturnValue:
    """Drop a list that was only checked."""
    with unit_of_work():
        cancel_import(current_actor(), _own(import_id))
    flash("已放弃这次导入，没有建立任何账号", "success")
    return redirect(url_for("admin.imports"))


@bp.post("/imports/<int:import_id>/passwords")
def hand_out_import_passwords(import_id: int) -> ResponseReturnValue:
    """A sheet of accounts with new one-time passwords, for those who never signed in."""
    with unit_of_work():
        issued = hand_out_passwords(current_actor(), _own(import_id))
    return _download(account_sheet(issued), f"账号和初始密码-{clock.today():%Y%m%d}.xlsx")


def _checked_upload() -> int:
    """Read and judge the uploaded list; return the id under which it waits for confirmation."""
    upload = request.files.get("file")
    if upload is None or not upload.filename:
        raise InvalidError("请选择要上传的名单文件", field="file")
    if not upload.filename.lower().endswith(".xlsx"):
        raise InvalidError("请上传 .xlsx 文件，旧的 .xls 请用 Excel 或 WPS 另存为 .xlsx", field="file")
    with scratch_folder() as folder:
        path = folder / "list.xlsx"
        data = upload.stream.read(MAX_BYTES + 1)
        if len(data) > MAX_BYTES:
            raise TooLargeError("文件超过 10 MB，请只保留名单内容后再上传", field="file")
        path.write_bytes(data)
        rows = parse_roster(read_rows(path, max_rows=MAX_ROWS))
    checked = check_roster(rows, reach_of(current_viewer(), rows))
    with unit_of_work():
        return keep_checked_list(current_actor(), base_name(upload.filename), checked).id


def _own(import_id: int) -> TeacherImport:
    found = own_import(current_viewer(), import_id)
    if found is None:
        raise NotFoundError
    return found


def _download(content: bytes, name: str) -> Response:
    answer = Response(content, mimetype=XLSX)
    answer.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    answer.headers["Cache-Control"] = "no-store"
    return answer

"""系统状态: jobs, disk, database, index, and whether the audit log is whole."""

from __future__ import annotations

from flask import current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from yanxiu.accounts.permissions import can_read_audit
from yanxiu.admin.job_names import job_name
from yanxiu.admin.queries import system_state
from yanxiu.admin.views.blueprint import bp, tabs
from yanxiu.core.audit import record_audit, verify_audit
from yanxiu.core.audit_mark import lost_head
from yanxiu.core.errors import NotFoundError
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.web.auth import current_actor, current_viewer

LOW_DISK = 0.10
"""Share of free disk below which the page warns; uploads stop at 5 % or 2 GiB."""


@bp.get("/system")
def system() -> ResponseReturnValue:
    """How the house is."""
    _require_county()
    state = system_state(current_app.config["YANXIU"].instance_path)
    return render_template(
        "admin/system.html",
        admin_tabs=tabs(current_viewer()),
        state=state,
        job_name=job_name,
        disk_is_low=state.disk_free < state.disk_total * LOW_DISK,
    )


@bp.post("/system/audit-check")
def check_system_audit() -> ResponseReturnValue:
    """Walk the whole audit chain."""
    _require_county()
    broken_at, lost = verify_audit(), lost_head()
    intact = broken_at is None and lost is None
    with unit_of_work():
        record_audit(current_actor(), "audit.verified", "audit", broken_at, intact=intact)
    if intact:
        flash("操作记录完整，没有被改动过", "success")
    elif lost is not None:
        flash(f"操作记录少了最新的几条（写到过第 {lost.entry_id} 条），请保留现场并联系技术人员", "error")
    else:
        flash(f"操作记录从第 {broken_at} 条起对不上，可能有人直接改动过数据库，请保留现场并联系技术人员", "error")
    return redirect(url_for("admin.system"))


def _require_county() -> None:
    if not can_read_audit(current_viewer()):
        raise NotFoundError

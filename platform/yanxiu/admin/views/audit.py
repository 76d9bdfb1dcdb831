"""操作记录: who did what, filters, export."""

from __future__ import annotations

from datetime import date

from flask import render_template, request
from flask.typing import ResponseReturnValue

from yanxiu.accounts.permissions import Viewer, can_read_audit
from yanxiu.admin.actions import ACTION_GROUPS, action_label
from yanxiu.admin.queries import AuditFilter, AuditLine, all_audit_lines, audit_page
from yanxiu.admin.views.blueprint import bp, query_text, tabs
from yanxiu.admin.views.downloads import send_csv
from yanxiu.core import clock
from yanxiu.core.audit import record_audit
from yanxiu.core.errors import NotFoundError
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.web.auth import current_actor, current_viewer

HEADING = ("编号", "时间", "办理人", "操作", "对象", "对象编号", "涉及的人", "详情")


@bp.get("/audit")
def audit() -> ResponseReturnValue:
    """The log of the county."""
    viewer = _reader()
    wanted = _filter()
    return render_template(
        "admin/audit.html",
        admin_tabs=tabs(viewer),
        page=audit_page(viewer, wanted, request.args.get("cursor")),
        wanted=wanted,
        groups=ACTION_GROUPS,
        label_of=action_label,
    )


@bp.get("/audit.csv")
def audit_csv() -> ResponseReturnValue:
    """The same as a file; that it was taken out is an entry of its own."""
    viewer, wanted = _reader(), _filter()
    with unit_of_work():
        record_audit(current_actor(), "audit.exported", "audit", None)
    rows = (_row(line) for line in all_audit_lines(viewer, wanted))
    return send_csv(f"audit-{clock.today():%Y%m%d}.csv", HEADING, rows)


def _row(line: AuditLine) -> tuple[object, ...]:
    entry = line.entry
    moment = f"{entry.at.astimezone(clock.LOCAL_ZONE):%Y-%m-%d %H:%M:%S}"
    about = (entry.object_kind, entry.object_id, line.subject, line.details)
    return (entry.id, moment, line.actor, action_label(entry.action), *about)


def _reader() -> Viewer:
    viewer = current_viewer()
    if not can_read_audit(viewer):
        raise NotFoundError
    return viewer


def _filter() -> AuditFilter:
    return AuditFilter(action=query_text("action"), actor=query_text("actor"), since=_day("since"), until=_day("until"))


def _day(name: str) -> date | None:
    try:
        day = date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return None
    return day if clock.is_in_our_time(day) else None

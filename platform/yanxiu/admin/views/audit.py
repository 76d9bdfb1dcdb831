"""操作记录: who did what, filters, export."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Iterator
from datetime import date
from typing import IO

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue

from yanxiu.accounts.permissions import Viewer, can_read_audit
from yanxiu.admin.actions import ACTION_GROUPS, action_label
from yanxiu.admin.queries import AuditFilter, AuditLine, all_audit_lines, audit_page
from yanxiu.admin.views.blueprint import bp, query_text, tabs
from yanxiu.core import clock
from yanxiu.core.audit import record_audit
from yanxiu.core.errors import NotFoundError
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.web.auth import current_actor, current_viewer

SPOOL_BYTES = 4 * 1024 * 1024
"""A longer file waits on disk, not in memory."""
BOM = "\ufeff"
"""Excel reads a CSV file as UTF-8 only if it begins with this."""


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
    file = tempfile.SpooledTemporaryFile(max_size=SPOOL_BYTES)  # noqa: SIM115 - _read_and_close does
    for part in _csv(all_audit_lines(viewer, wanted)):
        file.write(part.encode("utf-8", "replace"))
    file.seek(0)
    answer = Response(_read_and_close(file), mimetype="text/csv")
    answer.headers.set("Content-Disposition", "attachment", filename=f"audit-{clock.today():%Y%m%d}.csv")
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _read_and_close(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while part := file.read(64 * 1024):
            yield part


def _csv(lines: Iterator[AuditLine]) -> Iterator[str]:
    out = io.StringIO()
    writer = csv.writer(out)
    yield BOM
    writer.writerow(["编号", "时间", "办理人", "操作", "对象", "对象编号", "涉及的人", "详情"])
    for line in lines:
        entry = line.entry
        moment = f"{entry.at.astimezone(clock.LOCAL_ZONE):%Y-%m-%d %H:%M:%S}"
        row = [entry.id, moment, line.actor, action_label(entry.action), entry.object_kind, entry.object_id]
        writer.writerow([_as_text(cell) for cell in (*row, line.subject, line.details)])
        yield out.getvalue()
        out.seek(0)
        out.truncate()


def _as_text(cell: object) -> str:
    """A spreadsheet must not take a name for a formula."""
    text = "" if cell is None else str(cell)
    return "'" + text if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


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

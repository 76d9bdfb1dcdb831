"""The archive of a whole workshop: ask for it, see how far it is, fetch it."""

from __future__ import annotations

from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from yanxiu.core.errors import NotFoundError
from yanxiu.core.live import current_seq
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.web.auth import current_actor, current_viewer
from yanxiu.web.files import send_stored
from yanxiu.workshops import permissions
from yanxiu.workshops.queries import archives as queries
from yanxiu.workshops.queries.teams import Seat
from yanxiu.workshops.services import archives as services
from yanxiu.workshops.views.frame import bp, done_in_place, frame, open_seat, require, since_argument
from yanxiu.workshops.views.topics import fragment


def _leading(workshop_id: int) -> Seat:
    seat = open_seat(workshop_id)
    allowed = permissions.can_archive_workshop(current_viewer(), seat.workshop, seat.member)
    require(allowed, "工作坊档案由坊主和县级管理员导出")
    return seat


@bp.get("/workshops/<int:workshop_id>/archives")
def archives(workshop_id: int) -> ResponseReturnValue:
    """List the archives that were asked for. With `?since=` only the rows that changed."""
    seat = _leading(workshop_id)
    seq = current_seq(f"archives:{workshop_id}")
    if "since" in request.args:
        rows = queries.archives_since(workshop_id, since_argument())
        return fragment(render_template("workshops/archives/_rows.html", **_context(seat, rows)), seq, None)
    context = _context(seat, queries.archives_of(workshop_id))
    return render_template("workshops/archives/index.html", seq=seq, **context)


def _context(seat: Seat, rows: Any) -> dict[str, Any]:
    return frame(seat, "settings") | {"rows": rows, "kept_days": services.KEPT_DAYS}


@bp.post("/workshops/<int:workshop_id>/archives")
def request_archive(workshop_id: int) -> ResponseReturnValue:
    """Have an archive made."""
    with unit_of_work():
        seat = _leading(workshop_id)
        services.request_archive(current_actor(), seat.workshop)
    return done_in_place(url_for(".archives", workshop_id=workshop_id), "开始制作，做好后会通知您")


@bp.get("/workshops/<int:workshop_id>/archives/<int:archive_id>/file")
def archive_file(workshop_id: int, archive_id: int) -> ResponseReturnValue:
    """Send an archive; who fetched it is written down."""
    with unit_of_work():
        _leading(workshop_id)
        found = queries.find_archive(workshop_id, archive_id)
        if found is None:
            raise NotFoundError
        file = services.fetch_archive(current_actor(), found)
    return send_stored(file, inline=False, max_age=0)

"""Who has done what of a term's plan: ticking one's own, and the table for those who lead."""

from __future__ import annotations

from urllib.parse import quote

from flask import Response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from yanxiu.core.clock import today
from yanxiu.core.errors import NotFoundError
from yanxiu.core.paging import Page, page_of
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.web.auth import current_actor, current_viewer
from yanxiu.workshops import permissions
from yanxiu.workshops.forms.termplan import TickForm
from yanxiu.workshops.models import WorkshopMember
from yanxiu.workshops.plan_sheet import MIME, NOTE, progress_sheet
from yanxiu.workshops.queries import termplan
from yanxiu.workshops.queries.members import TEAM_ROLES
from yanxiu.workshops.queries.plan_progress import Progress, progress_of
from yanxiu.workshops.queries.plan_targets import kind_names
from yanxiu.workshops.queries.teams import Seat
from yanxiu.workshops.services import termplan as services
from yanxiu.workshops.views.frame import bp, done_in_place, frame, number_argument, open_seat, require, require_valid

SIZE = 50


@bp.get("/workshops/<int:workshop_id>/plan/progress")
def plan_progress(workshop_id: int) -> ResponseReturnValue:
    """Show who has done what in a stage; `?format=xlsx` sends the whole plan as a file."""
    seat = open_seat(workshop_id)
    allowed = permissions.can_see_insights(current_viewer(), seat.workshop, seat.member)
    require(allowed, "坊主团队和管理员才能查看完成情况")
    plan = termplan.line_of(workshop_id, today())
    places = {planned.stage.id: place for place, planned in enumerate(plan)}
    items = [item for item in termplan.items_of(workshop_id) if item.stage_id in places]
    items.sort(key=lambda item: places[item.stage_id])
    progress = progress_of(workshop_id, items)
    if request.args.get("format") == "xlsx":
        return _file(seat, progress)
    running = termplan.running_of(plan) or (plan[0] if plan else None)
    asked = number_argument("stage")
    stage_id = asked if asked in places else running.stage.id if running else 0
    return render_template(
        "workshops/plan/progress.html",
        **frame(seat, "plan"),
        progress=progress,
        stages=[planned.stage for planned in plan],
        stage_id=stage_id,
        items=[item for item in items if item.stage_id == stage_id],
        page=_page(progress),
        kinds=kind_names(),
        note=NOTE,
    )


def _page(progress: Progress) -> Page[WorkshopMember]:
    team = {role: place for place, role in enumerate(TEAM_ROLES)}

    def place(member: WorkshopMember) -> tuple[int, int, int]:
        joined = int(member.joined_at.timestamp() * 1_000_000)
        return team.get(member.role, len(team)), joined, member.id

    return page_of(progress.people, place, request.args.get("cursor"), SIZE)


def _file(seat: Seat, progress: Progress) -> Response:
    response = Response(progress_sheet(seat.workshop, progress, kind_names()), mimetype=MIME)
    name = quote(f"{seat.workshop.name}学期计划完成表.xlsx", safe="")
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{name}"
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.post("/workshops/<int:workshop_id>/plan/ticks")
def tick_plan_item(workshop_id: int) -> ResponseReturnValue:
    """Note that one has done an item, or take it back."""
    form = TickForm()
    with unit_of_work():
        seat = open_seat(workshop_id)
        require(permissions.takes_part(current_viewer(), seat.workshop, seat.member), "加入工作坊以后才能标记")
        require_valid(form)
        item = termplan.find_item(workshop_id, form.id.data)
        if item is None:
            raise NotFoundError
        done = form.on.data == "1"
        services.tick_item(current_actor(), item, done=done)
    return done_in_place(url_for("workshops.plan", workshop_id=workshop_id), "已标为做完" if done else "已改回没做完")

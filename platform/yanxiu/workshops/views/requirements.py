"""What a topic asks of every member: saying it, and who has done it."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from flask import Response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from yanxiu.core.clock import now
from yanxiu.core.errors import YanxiuError
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.web.auth import current_actor, current_viewer
from yanxiu.workshops.forms.requirements import RequirementForm, filled_form
from yanxiu.workshops.gradebook import MIME
from yanxiu.workshops.matters import Matter
from yanxiu.workshops.models import Topic, TopicRequirement
from yanxiu.workshops.permissions import can_remind
from yanxiu.workshops.permissions.requirements import can_require, can_see_progress
from yanxiu.workshops.queries import requirements as queries
from yanxiu.workshops.queries.attention import reminded_today
from yanxiu.workshops.queries.teams import Seat
from yanxiu.workshops.requirement_sheet import draw_progress, said_of
from yanxiu.workshops.services.requirements import require_of_members
from yanxiu.workshops.standings import until_words
from yanxiu.workshops.views.frame import bp, done, form_page, frame, open_topic, require

SHOWS = {queries.EVERYBODY: "全部", queries.OPEN: "还没完成", queries.MET: "已完成"}
PAGE = "workshops/kinds/progress.html"


@bp.get("/workshops/<int:workshop_id>/topics/<int:topic_id>/progress")
def progress(workshop_id: int, topic_id: int) -> ResponseReturnValue:
    """Show who has done what the topic asks, and what it asks; `?format=xlsx` sends the list as a file."""
    seat, topic = _overseen(workshop_id, topic_id)
    requirement = queries.requirement_of(topic_id)
    if requirement is not None and request.args.get("format") == "xlsx":
        return _sheet(topic, requirement)
    return render_template(PAGE, form=filled_form(requirement), **_context(seat, topic, requirement))


def _overseen(workshop_id: int, topic_id: int) -> tuple[Seat, Topic]:
    seat, topic = open_topic(workshop_id, topic_id)
    require(can_see_progress(current_viewer(), seat.workshop, seat.member), "坊主和指导教师才能查看完成情况")
    return seat, topic


def _context(seat: Seat, topic: Topic, requirement: TopicRequirement | None) -> dict[str, Any]:
    show = request.args.get("show", queries.EVERYBODY)
    show = show if show in SHOWS else queries.EVERYBODY
    found: dict[str, Any] = {"page": None, "progress": {}, "reach": None}
    if requirement is not None:
        page = queries.people_page(topic, requirement, show, request.args.get("cursor"))
        found = {
            "page": page,
            "progress": queries.progress_of(requirement, [person.user_id for person in page.items]),
            "reach": queries.reach_of(topic, requirement),
        }
    may_require = can_require(current_viewer(), seat.workshop, seat.member)
    shown: dict[str, Any] = {"topic": topic, "requirement": requirement, "show": show, "shows": SHOWS}
    due = requirement.due_at if requirement else None
    said = {"said_of": said_of, "asked_until": until_words(due, now()) if due else "", "may_require": may_require}
    return frame(seat, "topics") | shown | found | said | _reminding(seat, topic, found["reach"])


def _reminding(seat: Seat, topic: Topic, reach: queries.Reach | None) -> dict[str, bool]:
    """Nobody is reminded where nobody owes anything, or where answering has ended."""
    may = can_remind(current_viewer(), seat.workshop, seat.member) and topic.locked_at is None
    if not may or reach is None or not reach.open:
        return {"may_remind": False, "reminded": False}
    matter = (seat.workshop.id, Matter.REPLIES.value, topic.id)
    return {"may_remind": True, "reminded": matter in reminded_today([seat.workshop.id])}


def _sheet(topic: Topic, requirement: TopicRequirement) -> Response:
    people = queries.everybody_asked(topic, requirement)
    found = queries.progress_of(requirement, [seat.user_id for seat in people])
    response = Response(draw_progress(topic, people, found), mimetype=MIME)
    name = quote(f"{topic.title}回帖完成情况.xlsx", safe="")
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{name}"
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.post("/workshops/<int:workshop_id>/topics/<int:topic_id>/requirement")
def require_replies(workshop_id: int, topic_id: int) -> ResponseReturnValue:
    """Ask something of every member in a topic, or nothing more."""
    form = RequirementForm()
    seat, topic = open_topic(workshop_id, topic_id)
    require(can_require(current_viewer(), seat.workshop, seat.member), "回帖要求由坊主和管理成员确定")
    if not form.validate():
        return form_page(PAGE, form, **_context(seat, topic, queries.requirement_of(topic_id)))
    try:
        with unit_of_work():
            seat, topic = open_topic(workshop_id, topic_id)
            require(can_require(current_viewer(), seat.workshop, seat.member))
            require_of_members(current_actor(), topic, form.asked())
    except YanxiuError as error:
        seat, topic = open_topic(workshop_id, topic_id)
        return form_page(PAGE, form, error, **_context(seat, topic, queries.requirement_of(topic_id)))
    target = url_for("workshops.progress", workshop_id=workshop_id, topic_id=topic_id)
    return done(target, form.points_note() or ("回帖要求已保存" if form.asked() else "已取消回帖要求"))

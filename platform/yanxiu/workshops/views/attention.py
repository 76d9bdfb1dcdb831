"""The three-minute list, who has opened an announcement, and reminding."""

from __future__ import annotations

from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from yanxiu.core.clock import LOCAL_ZONE, today
from yanxiu.core.errors import NotFoundError
from yanxiu.core.live import current_seqs
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.web.auth import current_actor, current_viewer
from yanxiu.workshops import permissions
from yanxiu.workshops.forms.attention import ReminderForm
from yanxiu.workshops.matters import QUIET_DAYS, UNANSWERED_AFTER, Matter
from yanxiu.workshops.queries import announcements, attention, threads
from yanxiu.workshops.queries import members as roster
from yanxiu.workshops.queries.tasks import work_waiting_for
from yanxiu.workshops.queries.teams import Seat
from yanxiu.workshops.services import nudges
from yanxiu.workshops.services.nudges import Reminded
from yanxiu.workshops.views.frame import (
    bp,
    done,
    done_in_place,
    frame,
    number_argument,
    open_seat,
    open_topic,
    require,
    require_valid,
)

NAMED = 3
FIGURES_FROM = ("workshop", "tasks", "activities", "desk")
TERMS = {"quiet_days": QUIET_DAYS, "unanswered_hours": int(UNANSWERED_AFTER.total_seconds() // 3600)}


def three_minutes(seat: Seat) -> dict[str, Any] | None:
    """Return the lines of the list for whoever is in the team; nobody else has one."""
    viewer, workshop = current_viewer(), seat.workshop
    may_remind = permissions.can_remind(viewer, workshop, seat.member)
    if not may_remind and not permissions.has_role(viewer, workshop, seat.member, permissions.TEAM):
        return None
    news = news_marks(workshop.id)
    due = attention.things_due([workshop.id])
    matters = {line.matter for line in due}
    return TERMS | {
        "due": due,
        "news": news,
        "calm": [] if due else attention.calm_words(workshop.id),
        "may_remind": may_remind,
        "applications": roster.count_applications(workshop.id) if may_remind else 0,
        "unmarked": work_waiting_for(viewer.user_id, workshop.id),
        "unanswered": threads.topics_page(workshop.id, threads.UNANSWERED, size=NAMED).items,
        "quiet": {
            matter.value: attention.quiet_members(workshop.id, matter, NAMED)
            for matter in (Matter.AWAY, Matter.SILENT)
            if matter in matters
        },
        "reminded": attention.reminded_today([workshop.id]),
    }


def news_marks(workshop_id: int) -> str:
    """Return the live lists on which figures depend, each with its number: `desk:7=3 tasks:7=0`; read before the figures."""
    marks = current_seqs(*(f"{name}:{workshop_id}" for name in FIGURES_FROM))
    return " ".join(f"{topic}={seq}" for topic, seq in marks.items())


@bp.get("/workshops/<int:workshop_id>/topics/<int:topic_id>/readers")
def readers(workshop_id: int, topic_id: int) -> ResponseReturnValue:
    """Show who has opened an announcement and who has not, by member, group and school."""
    seat, topic = open_topic(workshop_id, topic_id)
    viewer = current_viewer()
    require(permissions.can_see_insights(viewer, seat.workshop, seat.member), "坊主和指导教师才能查看阅读情况")
    opened = request.args.get("show") == "read"
    group_id, school_id = number_argument("group") or None, number_argument("school") or None
    cursor = request.args.get("cursor")
    page = announcements.readers_page(topic, opened=opened, group_id=group_id, organization_id=school_id, cursor=cursor)
    return render_template(
        "workshops/attention/readers.html",
        **frame(seat, "topics"),
        topic=topic,
        opened=opened,
        narrowed=bool(group_id or school_id),
        page=page,
        times=announcements.opened_at(topic_id, [member.user_id for member in page.items]) if opened else {},
        reach=announcements.reach_of([topic_id])[topic_id],
        groups=announcements.reach_by_group(topic),
        schools=announcements.reach_by_school(topic),
        reminded=(workshop_id, Matter.ANNOUNCEMENT.value, topic_id) in attention.reminded_today([workshop_id]),
    )


@bp.post("/workshops/<int:workshop_id>/reminders")
def remind(workshop_id: int) -> ResponseReturnValue:
    """Remind everybody whom a matter concerns."""
    form = ReminderForm()
    with unit_of_work():
        seat = open_seat(workshop_id)
        require(permissions.can_remind(current_viewer(), seat.workshop, seat.member))
        require_valid(form)
        matter, item_id = Matter(form.matter.data), form.item_id.data or 0
        reminded = nudges.remind_members(current_actor(), seat.workshop, matter, item_id)
        undo = url_for("workshops.take_back_reminder", workshop_id=workshop_id, nudge_id=reminded.nudge.id)
    return done_in_place(_place_of(workshop_id, matter, item_id), _said(reminded), undo={"url": undo, "text": "撤销"})


def _place_of(workshop_id: int, matter: Matter, item_id: int) -> str:
    """Return the page of the thing, to which a form without JavaScript comes back."""
    if matter is Matter.TASK:
        return url_for("workshops.task", workshop_id=workshop_id, task_id=item_id)
    if matter is Matter.REPLIES:
        return url_for("workshops.progress", workshop_id=workshop_id, topic_id=item_id)
    if matter is Matter.BULLETIN:
        return url_for("workshops.bulletin", workshop_id=workshop_id, bulletin_id=item_id)
    if matter is Matter.ANNOUNCEMENT:
        return url_for("workshops.readers", workshop_id=workshop_id, topic_id=item_id)
    return url_for("workshops.home", workshop_id=workshop_id)


def _said(reminded: Reminded) -> str:
    """Say who hears of it, and when."""
    told = f"已提醒{_people(reminded.awake)}"
    if reminded.wakes_at is None:
        return told
    local = reminded.wakes_at.astimezone(LOCAL_ZONE)
    when = f"{'今天' if local.date() == today() else '明天'} {local:%H:%M} 以后"
    resting = f"{_people(reminded.resting)}在休息时段，{when}送到"
    return resting if not reminded.awake else f"{told}；{resting}"


def _people(names: list[str]) -> str:
    first = "、".join(names[:NAMED])
    return first if len(names) <= NAMED else f"{first}等 {len(names)} 位老师"


@bp.post("/workshops/<int:workshop_id>/reminders/<int:nudge_id>/withdrawal")
def take_back_reminder(workshop_id: int, nudge_id: int) -> ResponseReturnValue:
    """Take a reminder back before it has left."""
    with unit_of_work():
        seat = open_seat(workshop_id)
        require(permissions.can_remind(current_viewer(), seat.workshop, seat.member))
        nudge = attention.find_nudge(workshop_id, nudge_id)
        if nudge is None:
            raise NotFoundError
        nudges.take_back_reminder(current_actor(), nudge)
    return done(url_for("workshops.home", workshop_id=workshop_id), "提醒已撤销")

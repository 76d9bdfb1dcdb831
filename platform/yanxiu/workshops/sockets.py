"""Live rooms of workshops: whoever may open the page may follow its list."""

from __future__ import annotations

from collections.abc import Callable

from yanxiu.accounts.permissions import Viewer
from yanxiu.core.db import db
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.web.live import RoomPredicate, who_stays
from yanxiu.web.sockets import SocketEvent
from yanxiu.workshops.permissions import (
    can_archive_workshop,
    can_read_attendance,
    can_see_insights,
    can_view_activity,
    can_view_bulletin,
    can_view_topic,
    can_view_workshop,
)
from yanxiu.workshops.permissions.tasks import can_view_task
from yanxiu.workshops.queries.activities import activity_by_id
from yanxiu.workshops.queries.bulletins import bulletin_by_id
from yanxiu.workshops.queries.tasks import task_by_id
from yanxiu.workshops.queries.teams import find_seat, membership_of
from yanxiu.workshops.queries.threads import topic_by_id
from yanxiu.workshops.services.attendance import newly_present, note_staying


def _may_follow_workshop(viewer: Viewer, workshop_id: int) -> bool:
    seat = find_seat(viewer, workshop_id)
    return seat is not None and can_view_workshop(viewer, seat.workshop, seat.member)


def _may_follow_desk(viewer: Viewer, workshop_id: int) -> bool:
    seat = find_seat(viewer, workshop_id)
    return seat is not None and can_see_insights(viewer, seat.workshop, seat.member)


def _may_follow_archives(viewer: Viewer, workshop_id: int) -> bool:
    seat = find_seat(viewer, workshop_id)
    return seat is not None and can_archive_workshop(viewer, seat.workshop, seat.member)


def _may_follow_topic(viewer: Viewer, topic_id: int) -> bool:
    topic = topic_by_id(topic_id)
    if topic is None:
        return False
    return can_view_topic(viewer, topic, membership_of(topic.workshop_id, viewer.user_id))


def _may_follow_activity(viewer: Viewer, activity_id: int) -> bool:
    activity = activity_by_id(activity_id)
    if activity is None:
        return False
    return can_view_activity(viewer, activity, membership_of(activity.workshop_id, viewer.user_id))


def _may_follow_task(viewer: Viewer, task_id: int) -> bool:
    task = task_by_id(task_id)
    return task is not None and can_view_task(viewer, task, membership_of(task.workshop_id, viewer.user_id))


def _may_follow_attendance(viewer: Viewer, activity_id: int) -> bool:
    activity = activity_by_id(activity_id)
    if activity is None:
        return False
    return can_read_attendance(viewer, activity, membership_of(activity.workshop_id, viewer.user_id))


def _may_follow_readers(viewer: Viewer, bulletin_id: int) -> bool:
    """Who has read an issue is for those who may see figures by name."""
    bulletin = bulletin_by_id(bulletin_id)
    if bulletin is None:
        return False
    member = membership_of(bulletin.workshop_id, viewer.user_id)
    return can_view_bulletin(viewer, bulletin, member) and can_see_insights(viewer, bulletin.workshop, member)


LIVE_ROOMS: dict[str, RoomPredicate] = {
    "workshop": _may_follow_workshop,
    "termplan": _may_follow_workshop,
    "archives": _may_follow_archives,
    "desk": _may_follow_desk,
    "topic": _may_follow_topic,
    "activities": _may_follow_workshop,
    "activity": _may_follow_activity,
    "tasks": _may_follow_workshop,
    "task": _may_follow_task,
    "attendance": _may_follow_attendance,
    "bulletins": _may_follow_workshop,
    "bulletin": _may_follow_readers,
}
EVENTS: tuple[SocketEvent, ...] = ()


def note_those_who_stay() -> None:
    """Note who has had the page of an on-line activity open for long enough; nothing is written where nobody is new."""
    for activity_id, since in who_stays("activity").items():
        found = activity_by_id(activity_id)
        if found is None or not newly_present(found, since):
            continue
        with unit_of_work():
            again = activity_by_id(activity_id)
            if again is not None:
                note_staying(again, since)
    db.session.rollback()


ROUNDS: tuple[Callable[[], None], ...] = (note_those_who_stay,)

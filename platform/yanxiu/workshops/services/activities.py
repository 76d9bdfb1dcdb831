"""Fixing an activity, changing and cancelling it, and reminding of it the day before."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update

from yanxiu.accounts.models import User
from yanxiu.core.audit import record_audit
from yanxiu.core.clock import is_in_our_time, now
from yanxiu.core.db import db, hold
from yanxiu.core.errors import ConflictError, InvalidError
from yanxiu.core.events import record
from yanxiu.core.html import without_invisible
from yanxiu.core.live import bump
from yanxiu.workshops.events import ActivityApproaching, ActivityCancelled, ActivityChanged, ActivityPublished
from yanxiu.workshops.models import Activity, ActivityKind, Workshop, WorkshopMember
from yanxiu.workshops.services import posts
from yanxiu.workshops.services.attachments import put_in_use

TITLE_LENGTH, SPEAKER_LENGTH, PLACE_LENGTH, REASON_LENGTH = 80, 60, 200, 300
ABOUT_LENGTH = 100
LONGEST = timedelta(days=14)
MOST_GRACE = 120


@dataclass(frozen=True)
class ActivityDetails:
    """The four things fixed before (四定), with what they are called; `html` is the content."""

    kind: str
    title: str
    html: str
    starts_at: datetime
    ends_at: datetime
    speaker: str
    place: str
    is_online: bool = False
    grace_minutes: int = 10
    about_kind: str = ""
    about_id: int | None = None
    about_title: str = ""


@dataclass(frozen=True)
class _Fixed:
    """Details that passed the rules, as columns."""

    kind: str
    title: str
    html: str
    text: str
    starts_at: datetime
    ends_at: datetime
    speaker: str
    speaker_id: int | None
    place: str
    is_online: bool
    grace_minutes: int
    about_kind: str
    about_id: int | None
    about_title: str


MOVING = ("kind", "title", "starts_at", "ends_at", "speaker", "speaker_id", "place", "is_online")
"""What those who come must know, and what a calendar shows."""


def create_activity(
    actor: User, workshop: Workshop, details: ActivityDetails, *, client_uuid: str | None = None
) -> Activity:
    """Fix an activity; sending the same form twice returns the activity it made."""
    client_uuid = posts.checked_uuid(client_uuid)
    hold(workshop)
    fixed = _fixed(workshop, details)
    before = _sent_before(actor, client_uuid)
    if before is not None and before.workshop_id == workshop.id and before.title == fixed.title:
        return before
    if before is not None:
        client_uuid = posts.checked_uuid(None)
    activity = Activity(**asdict(fixed), workshop=workshop, author_id=actor.id, client_uuid=client_uuid)
    db.session.add(activity)
    db.session.flush()
    put_in_use(actor, activity.html)
    touch_activity(activity)
    record(ActivityPublished(activity.id, workshop.id, actor.id))
    record_audit(actor, "activity.created", "activity", activity.id, title=activity.title)
    return activity


def _sent_before(actor: User, client_uuid: str) -> Activity | None:
    return db.session.scalar(
        select(Activity).where(Activity.author_id == actor.id, Activity.client_uuid == client_uuid)
    )


def change_activity(actor: User, activity: Activity, details: ActivityDetails) -> None:
    """Change what was fixed; a new time is reminded of again."""
    hold_activity(activity)
    fixed = asdict(_fixed(activity.workshop, details))
    moved = any(getattr(activity, name) != fixed[name] for name in MOVING)
    if activity.starts_at != fixed["starts_at"]:
        activity.reminded_at = None
    for name, value in fixed.items():
        setattr(activity, name, value)
    put_in_use(actor, activity.html)
    activity.sequence += 1 if moved else 0
    touch_activity(activity)
    record(ActivityChanged(activity.id, activity.workshop_id, actor.id, moved))
    record_audit(actor, "activity.changed", "activity", activity.id, title=activity.title, moved=moved)


def cancel_activity(actor: User, activity: Activity, reason: str) -> None:
    """Call an activity off, with a reason that the members read; doing it again changes nothing."""
    if not hold(activity):
        raise ConflictError("这个活动刚刚被删除了")
    if activity.cancelled_at is not None:
        return
    activity.cancel_reason = _line(reason, "reason", "请写明取消的原因，成员会看到", REASON_LENGTH)
    activity.cancelled_at, activity.cancelled_by_id = now(), actor.id
    activity.sequence += 1
    touch_activity(activity)
    record(ActivityCancelled(activity.id, activity.workshop_id, actor.id))
    record_audit(actor, "activity.cancelled", "activity", activity.id, reason=activity.cancel_reason)


def remind_of_activity(activity_id: int) -> None:
    """Tell the members that an activity is near, once."""
    waiting = update(Activity).where(Activity.id == activity_id, Activity.reminded_at.is_(None))
    marked = db.session.execute(
        waiting.where(Activity.cancelled_at.is_(None)).values(reminded_at=now()).returning(Activity.workshop_id)
    ).scalar()
    if marked is not None:
        record(ActivityApproaching(activity_id, marked))


def hold_activity(activity: Activity) -> None:
    """Keep other writers of this activity out until the commit; ConflictError if it was called off meanwhile."""
    if not hold(activity) or activity.cancelled_at is not None:
        raise ConflictError("这个活动已经取消了")


def touch_activity(activity: Activity) -> None:
    """Tell whoever looks at the list of activities, or at this one."""
    db.session.flush()
    activity.seq = bump(f"activities:{activity.workshop_id}", "activity", activity.id)
    bump(f"activity:{activity.id}", "activity", activity.id)


def _fixed(workshop: Workshop, details: ActivityDetails) -> _Fixed:
    if details.kind not in set(ActivityKind):
        raise InvalidError("请选择活动类型", field="kind")
    _check_time(details)
    content = posts.checked_content(details.html)
    speaker = _line(details.speaker, "speaker", "请填写主讲人", SPEAKER_LENGTH)
    missing = "请填写会议链接或会议号" if details.is_online else "请填写地点"
    return _Fixed(
        kind=details.kind,
        title=_line(details.title, "title", "请填写活动名称", TITLE_LENGTH),
        html=content.html,
        text=content.text,
        starts_at=details.starts_at,
        ends_at=details.ends_at,
        speaker=speaker,
        speaker_id=speaker_among(workshop.id, speaker),
        place=_line(details.place, "place", missing, PLACE_LENGTH),
        is_online=details.is_online,
        grace_minutes=max(0, min(details.grace_minutes, MOST_GRACE)),
        about_kind=details.about_kind if details.about_id else "",
        about_id=details.about_id,
        about_title=details.about_title[:ABOUT_LENGTH] if details.about_id else "",
    )


def _check_time(details: ActivityDetails) -> None:
    if not is_in_our_time(details.starts_at.date()) or not is_in_our_time(details.ends_at.date()):
        raise InvalidError("请核对年份", field="starts_at")
    if details.ends_at <= details.starts_at:
        raise InvalidError("结束时间要晚于开始时间", field="ends_at")
    if details.ends_at - details.starts_at > LONGEST:
        raise InvalidError(f"一次活动最长 {LONGEST.days} 天，请核对结束时间", field="ends_at")


def _line(text: str, field: str, missing: str, length: int) -> str:
    text = " ".join(without_invisible(text).split())
    if not text:
        raise InvalidError(missing, field=field)
    if len(text) > length:
        raise InvalidError(f"请控制在 {length} 字以内", field=field)
    return text


def speaker_among(workshop_id: int, speaker: str) -> int | None:
    """Return the member of this name; None for guests, and where two members share the name."""
    members = select(User.id).join(WorkshopMember, WorkshopMember.user_id == User.id)
    found = db.session.scalars(
        members.where(WorkshopMember.workshop_id == workshop_id, User.name == speaker).limit(2)
    ).all()
    return found[0] if len(found) == 1 else None

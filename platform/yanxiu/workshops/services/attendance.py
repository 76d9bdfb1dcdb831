"""Who came: people sign in with the code of the host's screen, or the host says so. One row for a person and an activity."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from sqlalchemy import select

from yanxiu.accounts.models import User
from yanxiu.core.audit import record_audit
from yanxiu.core.clock import now
from yanxiu.core.db import db
from yanxiu.core.errors import ConflictError, InvalidError, NotFoundError
from yanxiu.core.events import record
from yanxiu.core.live import bump
from yanxiu.workshops.codes import STEP_S, is_code, step_of
from yanxiu.workshops.events import AttendanceNoted
from yanxiu.workshops.models import Activity, Attendance, Presence, WorkshopMember
from yanxiu.workshops.queries.attendance import CAME
from yanxiu.workshops.services.activities import hold_activity

OPENS_BEFORE = timedelta(minutes=60)
CLOSES_AFTER = timedelta(minutes=30)
DELIVERED_WITHIN = timedelta(hours=12)
"""How long a phone that had no line may keep a sign-in for us."""
PROMPT = timedelta(seconds=2 * STEP_S)
"""What comes later than this after the code was read was kept on the phone."""
STAYS = timedelta(minutes=5)
"""Who has the page of an on-line activity open that long while it runs was there."""

WRONG = "签到码不对或已经过期，请看屏幕上最新的六位数字"


def opens_at(activity: Activity) -> datetime:
    """Return from when on one may sign in."""
    return activity.starts_at - OPENS_BEFORE


def closes_at(activity: Activity) -> datetime:
    """Return until when one may have come."""
    return activity.ends_at + CLOSES_AFTER


def sign_in(
    actor: User, activity: Activity, code: str, *, elapsed: timedelta = timedelta(0), step: int | None = None
) -> Attendance:
    """Note that somebody is at the door; doing it again changes nothing.

    `step` is the half minute that the scanned picture names; else the code was read `elapsed` ago by the phone's clock.
    A phone without a line sends later what it read, so both may lie back, though not longer than `DELIVERED_WITHIN`.
    """
    hold_activity(activity)
    row = _row(activity, actor.id)
    if row is not None and row.signed_at is not None:
        return row
    arrived = _arrival(activity, code, elapsed, step)
    _refuse_untimely(activity, arrived)
    if row is None:
        row = Attendance(activity_id=activity.id, user_id=actor.id, state="")
        db.session.add(row)
    row.arrived_at, row.signed_at = min(arrived, row.arrived_at or arrived), now()
    if row.state not in CAME or row.marked_by_id is None:  # noted by itself it gives way to an earlier arrival
        row.state = state_at(activity, row.arrived_at)
    _touch(activity, row)
    return row


def state_at(activity: Activity, arrived: datetime) -> str:
    """Return 出席, or 迟到 for whoever came after the time of grace."""
    late = arrived > activity.starts_at + timedelta(minutes=activity.grace_minutes)
    return Presence.LATE.value if late else Presence.PRESENT.value


def _arrival(activity: Activity, code: str, elapsed: timedelta, step: int | None) -> datetime:
    """Return when the code was read; InvalidError if it was not shown then."""
    moment = now()
    if step is not None:
        step = min(step, step_of(moment) + 9)  # what no clock of ours will show for minutes is wrong, not an error
        read, steps = datetime.fromtimestamp(step * STEP_S, tz=moment.tzinfo), range(step, step + 1)
    else:
        read = moment - elapsed
        slack = 1 if elapsed > PROMPT else 0  # two clocks that ran apart, and the time on the way
        steps = range(step_of(read) - 1 - slack, step_of(read) + 1 + slack)
    if not code.isdecimal() or not code.isascii() or read > moment + PROMPT or not is_code(activity.key, code, steps):
        raise InvalidError(WRONG, field="code")
    if moment - read > DELIVERED_WITHIN:
        raise InvalidError("这次签到存得太久了，请联系坊主补登", field="code")
    return min(read, moment)


def _refuse_untimely(activity: Activity, arrived: datetime) -> None:
    if arrived < opens_at(activity):
        raise ConflictError(f"还没到签到时间，开始前 {OPENS_BEFORE.seconds // 60} 分钟可以签到", field="code")
    if arrived > closes_at(activity):
        raise ConflictError("签到时间已经过了，请联系坊主补登", field="code")


def mark_attendance(actor: User, activity: Activity, user_id: int, state: str) -> str:
    """Say for somebody whether he came; an empty state takes it back. Returns what it was before."""
    hold_activity(activity)
    if state and state not in set(Presence):
        raise InvalidError("请选择出席、迟到、请假或缺席", field="state")
    row = _row(activity, user_id)
    if row is None:
        if not _is_expected(activity, user_id):
            raise NotFoundError
        row = Attendance(activity_id=activity.id, user_id=user_id, state="")
        db.session.add(row)
    before = row.state
    if before != state:
        _mark(actor, row, state)
        _touch(activity, row)
        record_audit(actor, "attendance.marked", "activity", activity.id, user_id=user_id, before=before, after=state)
    return before


def mark_here(actor: User, activity: Activity, here: Collection[int]) -> int:
    """Note those who have the page of an on-line activity open and are not noted yet; returns how many.

    Like a sign-in at the door it is for the hours of signing in, and late after the time of grace.
    """
    hold_activity(activity)
    moment = now()
    _refuse_untimely(activity, moment)
    found = _not_noted(activity, here)
    _mark_all(actor, activity, found, state_at(activity, moment))
    if found:
        record_audit(actor, "attendance.online", "activity", activity.id, user_ids=sorted(found))
    return len(found)


def newly_present(activity: Activity, since: Mapping[int, datetime]) -> dict[int, datetime]:
    """Return who, of those who have the page of an activity open since then, is present by that, and since when.

    The rule: while an on-line activity runs, `STAYS` after its start. Nobody of whom anything is noted or was noted by a
    host: what people say stands.
    """
    moment = now()
    running = activity.starts_at <= moment <= activity.ends_at
    if not (running and activity.is_online and activity.cancelled_at is None and activity.workshop.archived_at is None):
        return {}
    arrived = {user_id: max(came, activity.starts_at) for user_id, came in since.items()}
    stayed = {user_id for user_id, came in arrived.items() if moment - came >= STAYS}
    spoken_for = {row.user_id for row in _rows(activity) if row.marked_by_id is not None}
    return {user_id: arrived[user_id] for user_id in _not_noted(activity, stayed) if user_id not in spoken_for}


def note_staying(activity: Activity, since: Mapping[int, datetime]) -> int:
    """Note them; returns how many. Another process may have noted somebody a moment ago: the activity is held first."""
    hold_activity(activity)
    arrived = newly_present(activity, since)
    if not arrived:
        return 0
    seq = bump(f"attendance:{activity.id}", "attendance", activity.id)
    rows = _not_noted(activity, arrived)
    for user_id, row in rows.items():
        row.state, row.arrived_at, row.seq = state_at(activity, arrived[user_id]), arrived[user_id], seq
    db.session.add_all(rows.values())
    db.session.flush()
    bump(f"activity:{activity.id}", "attendance", activity.id)
    record_audit(None, "attendance.stayed", "activity", activity.id, user_ids=sorted(rows))
    record(AttendanceNoted(activity.id, activity.workshop_id))
    return len(rows)


def mark_rest_absent(actor: User, activity: Activity) -> int:
    """Say of everybody who is expected and not noted that he was absent; returns how many."""
    hold_activity(activity)
    if activity.starts_at > now():
        raise ConflictError("活动还没开始，开始以后再登记缺席")
    missing = _not_noted(activity)
    _mark_all(actor, activity, missing, Presence.ABSENT.value)
    if missing:
        record_audit(actor, "attendance.rest_absent", "activity", activity.id, user_ids=sorted(missing))
    return len(missing)


def _not_noted(activity: Activity, among: Collection[int] | None = None) -> dict[int, Attendance]:
    """Return a row for each member who is expected and not noted, old or new."""
    noted = {row.user_id: row for row in _rows(activity)}
    members = select(WorkshopMember.user_id).where(WorkshopMember.workshop_id == activity.workshop_id)
    wanted = [i for i in db.session.scalars(members) if among is None or i in among]
    missing = [i for i in wanted if i not in noted or not noted[i].state]
    return {i: noted.get(i) or Attendance(activity_id=activity.id, user_id=i) for i in missing}


def _mark_all(actor: User, activity: Activity, rows: dict[int, Attendance], state: str) -> None:
    if not rows:
        return
    seq = bump(f"attendance:{activity.id}", "attendance", activity.id)
    for row in rows.values():
        _mark(actor, row, state)
        row.seq = seq
    db.session.add_all(rows.values())
    record(AttendanceNoted(activity.id, activity.workshop_id))


def _mark(actor: User, row: Attendance, state: str) -> None:
    row.state, row.marked_by_id, row.marked_at = state, actor.id, now()


def _rows(activity: Activity) -> list[Attendance]:
    return list(db.session.scalars(select(Attendance).where(Attendance.activity_id == activity.id)))


def _row(activity: Activity, user_id: int) -> Attendance | None:
    return db.session.scalar(
        select(Attendance).where(Attendance.activity_id == activity.id, Attendance.user_id == user_id)
    )


def _is_expected(activity: Activity, user_id: int) -> bool:
    mine = select(WorkshopMember.id).where(WorkshopMember.workshop_id == activity.workshop_id)
    return db.session.scalar(mine.where(WorkshopMember.user_id == user_id)) is not None


def _touch(activity: Activity, row: Attendance) -> None:
    db.session.flush()
    row.seq = bump(f"attendance:{activity.id}", "attendance", row.user_id)
    record(AttendanceNoted(activity.id, activity.workshop_id))

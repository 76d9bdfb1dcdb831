"""Giving tasks: publishing once, changing, taking back, and reminding of what is due."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from sqlalchemy import select

from yanxiu.accounts.models import User
from yanxiu.core.audit import record_audit
from yanxiu.core.clock import LOCAL_ZONE, now
from yanxiu.core.db import db, hold
from yanxiu.core.errors import ConflictError, InvalidError
from yanxiu.core.events import record
from yanxiu.core.live import bump
from yanxiu.core.storage import ReceivedFile, keep_file
from yanxiu.core.tasks import enqueue
from yanxiu.workshops.events import TaskChanged, TaskDeleted, TaskDueSoon, TaskPublished, TaskRestored
from yanxiu.workshops.models import PeerReview, Scale, Submission, Task, TaskFile, Workshop
from yanxiu.workshops.queries.tasks import missing_members
from yanxiu.workshops.services.attachments import put_in_use
from yanxiu.workshops.services.posts import checked_content, checked_uuid

MAX_FILES = 9
MAX_POINTS = 1000
MAX_REVIEWERS = 5
REMINDER = "workshops.task_due"
REVIEWS = "workshops.peer_reviews"
REMINDED_AT = time(8, 0)
"""The day before a task is due, at this hour, those who have not handed in are reminded."""


@dataclass(frozen=True)
class TaskDetails:
    """What the leader says about a task."""

    title: str
    html: str
    due_at: datetime
    asks_text: bool = True
    asks_files: bool = False
    required: bool = True
    scale: str = Scale.POINTS.value
    points: int = 100
    reviewers: int = 0
    review_until: datetime | None = None


def publish_task(
    actor: User,
    workshop: Workshop,
    details: TaskDetails,
    *,
    client_uuid: str | None = None,
    files: Sequence[ReceivedFile] = (),
) -> Task:
    """Give a task; sending the same form again returns the task it made."""
    client_uuid = checked_uuid(client_uuid)
    hold(workshop)
    _check(details, now())
    before = _sent_before(actor, client_uuid)
    if before is not None and before.workshop_id == workshop.id and before.title == details.title:
        return before
    task = Task(
        workshop=workshop,
        author_id=actor.id,
        client_uuid=checked_uuid(None) if before is not None else client_uuid,
        **_columns(details),
    )
    db.session.add(task)
    db.session.flush()
    put_in_use(actor, task.html)
    _add_files(actor, task, files)
    touch_task(task)
    plan_reminder(task)
    plan_reviews(task, task.due_at)
    record(TaskPublished(task.id, workshop.id, actor.id))
    return task


def _sent_before(actor: User, client_uuid: str) -> Task | None:
    return db.session.scalar(select(Task).where(Task.author_id == actor.id, Task.client_uuid == client_uuid))


def _check(details: TaskDetails, earliest: datetime | None) -> None:
    if not details.asks_text and not details.asks_files:
        raise InvalidError("请选择要交文字还是附件", field="asks_text")
    if details.scale == Scale.POINTS and not 1 <= details.points <= MAX_POINTS:
        raise InvalidError(f"满分请填 1 到 {MAX_POINTS} 之间的整数", field="points")
    if not 0 <= details.reviewers <= MAX_REVIEWERS:
        raise InvalidError(f"互评份数请填 0 到 {MAX_REVIEWERS}", field="reviewers")
    if details.reviewers and (details.review_until is None or details.review_until <= details.due_at):
        raise InvalidError("互评截止要晚于作业截止时间", field="review_until")
    if earliest is not None and details.due_at <= earliest:
        raise InvalidError("截止时间已经过去，请选一个将来的时间", field="due_at")


def _columns(details: TaskDetails) -> dict[str, object]:
    content = checked_content(details.html)
    return {
        "title": details.title,
        "html": content.html,
        "text": content.text,
        "due_at": details.due_at,
        "asks_text": details.asks_text,
        "asks_files": details.asks_files,
        "required": details.required,
        "scale": details.scale,
        "points": details.points,
        "reviewers": details.reviewers,
        "review_until": details.review_until if details.reviewers else None,
    }


def _add_files(actor: User, task: Task, files: Sequence[ReceivedFile]) -> None:
    if len(task.files) + len(files) > MAX_FILES:
        raise InvalidError(f"最多 {MAX_FILES} 个附件，请先移除几个", field="files")
    last = max((item.position for item in task.files), default=-1)
    for position, received in enumerate(files, start=last + 1):
        db.session.add(TaskFile(task_id=task.id, file=keep_file(received, actor.id), position=position))
    db.session.flush()
    db.session.expire(task, ["files"])


def touch_task(task: Task) -> None:
    """Tell everybody who looks at the list of tasks that this row changed."""
    db.session.flush()
    task.seq = bump(f"tasks:{task.workshop_id}", "task", task.id)


def hold_task(task: Task) -> None:
    """Keep other writers of this task out until the commit."""
    if not hold(task) or task.deleted_at is not None:
        raise ConflictError("这项任务刚刚被删除了")


def change_task(
    actor: User,
    task: Task,
    details: TaskDetails,
    *,
    files: Sequence[ReceivedFile] = (),
    dropped: Collection[int] = (),
) -> None:
    """Change a task. The way of marking stays once somebody was marked by it; a moved end counts for what comes later."""
    hold_task(task)
    moved = details.due_at != task.due_at
    _check(details, now() if moved else None)
    _keep_scale(task, details)
    _keep_reviewers(task, details)
    for name, value in _columns(details).items():
        setattr(task, name, value)
    put_in_use(actor, task.html)
    for item in [item for item in task.files if item.id in dropped]:
        db.session.delete(item)
    db.session.flush()
    db.session.expire(task, ["files"])
    _add_files(actor, task, files)
    task.edited_at = now()
    touch_task(task)
    bump(f"task:{task.id}", "task", task.id)
    if moved:
        plan_reminder(task)
    plan_reviews(task, task.due_at)
    record(TaskChanged(task.id, task.workshop_id, actor.id))


def _keep_scale(task: Task, details: TaskDetails) -> None:
    if (details.scale, details.points) == (task.scale, task.points):
        return
    marked = select(Submission.id).where(Submission.task_id == task.id, Submission.marked_at.is_not(None)).limit(1)
    if db.session.scalar(marked) is not None:
        raise InvalidError("已经有作业批改过了，计分方式和满分不能再改", field="scale")


def _keep_reviewers(task: Task, details: TaskDetails) -> None:
    if (details.reviewers, details.review_until if details.reviewers else None) == (task.reviewers, task.review_until):
        return
    if db.session.scalar(select(PeerReview.id).where(PeerReview.task_id == task.id).limit(1)) is not None:
        raise InvalidError("互评已经分配，份数和互评截止不能再改", field="reviewers")


def delete_task(actor: User, task: Task) -> None:
    """Take a task with everything handed in for it out of sight."""
    hold_task(task)
    task.deleted_at = now()
    touch_task(task)
    bump(f"task:{task.id}", "task", task.id)
    record_audit(actor, "task.deleted", "workshop_task", task.id, workshop_id=task.workshop_id, title=task.title)
    record(TaskDeleted(task.id, task.workshop_id, actor.id))


def restore_task(actor: User, task: Task) -> None:
    """Bring a deleted task back with everything handed in for it; what fell due meanwhile is taken up again."""
    if not hold(task) or task.deleted_at is None:
        return
    task.deleted_at = None
    touch_task(task)
    bump(f"task:{task.id}", "task", task.id)
    plan_reminder(task)
    plan_reviews(task, max(task.due_at, now()))
    record_audit(actor, "task.restored", "workshop_task", task.id, workshop_id=task.workshop_id, title=task.title)
    record(TaskRestored(task.id, task.workshop_id, actor.id))


def plan_reminder(task: Task) -> None:
    """Queue the reminder for the day before, unless that moment is past: then the task itself was news enough."""
    day = task.due_at.astimezone(LOCAL_ZONE).date() - timedelta(days=1)
    at = datetime.combine(day, REMINDED_AT, LOCAL_ZONE).astimezone(UTC)
    wait = (at - now()).total_seconds()
    if wait > 0:
        due = task.due_at.isoformat()
        enqueue(REMINDER, {"task_id": task.id, "due": due}, key=f"{REMINDER}:{task.id}:{due}", delay_s=wait)


def plan_reviews(task: Task, at: datetime) -> None:
    """Look at the reviews of a task at a moment: to allocate them, or to ask others for what was not done."""
    if task.reviewers:
        key = f"{REVIEWS}:{task.id}:{at.isoformat()}"
        enqueue(REVIEWS, {"task_id": task.id}, key=key, delay_s=max(0.0, (at - now()).total_seconds()) + 1)


def remind_of_due(task: Task, due: str) -> None:
    """Tell those who have sent nothing that a task is due tomorrow; once for each due moment, never for an old one.

    In a workshop that has ended nobody can hand in.
    """
    if not hold(task) or task.deleted_at is not None or task.workshop.archived_at is not None:
        return
    if task.due_at.isoformat() != due or task.reminded_for == task.due_at or task.due_at <= now():
        return
    task.reminded_for = task.due_at
    missing = tuple(member.user_id for member in missing_members(task))
    if missing and task.required:
        record(TaskDueSoon(task.id, task.workshop_id, missing))

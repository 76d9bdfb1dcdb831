"""What members hand in: sending copies, marking, asking for another one, choosing the excellent (推优)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from yanxiu.accounts.models import User
from yanxiu.core.audit import record_audit
from yanxiu.core.clock import now
from yanxiu.core.db import db, hold
from yanxiu.core.errors import ConflictError, InvalidError
from yanxiu.core.events import record
from yanxiu.core.html import clean_html, text_of
from yanxiu.core.live import bump
from yanxiu.core.storage import ReceivedFile, StoredFile, keep_file
from yanxiu.workshops.events import WorkChosen, WorkHandedIn, WorkMarked, WorkReturned
from yanxiu.workshops.models import (
    Scale,
    Standing,
    Submission,
    SubmissionCopy,
    SubmissionFile,
    Task,
)
from yanxiu.workshops.services.attachments import Place, put_in_use
from yanxiu.workshops.services.posts import MAX_HTML, MAX_TEXT, Content, checked_uuid
from yanxiu.workshops.services.tasks import MAX_FILES, hold_task, touch_task
from yanxiu.workshops.standings import GRADES

MAX_COMMENT = 2000
MAX_REASON = 500


@dataclass(frozen=True)
class Mark:
    """What the leader says about a copy: points or a word (by the task's scale), a comment, and whether all shall see it."""

    score: int | None = None
    grade: str | None = None
    comment: str = ""
    excellent: bool = False


def hand_in(
    actor: User,
    task: Task,
    html: str,
    *,
    client_uuid: str | None = None,
    files: Sequence[ReceivedFile] = (),
    dropped: Collection[int] = (),
) -> Submission:
    """Send a copy. Files of the copy before come along unless `dropped`; the same form again changes nothing."""
    client_uuid = checked_uuid(client_uuid)
    hold_task(task)
    submission = _submission_of(actor, task)
    content = _content(html) if task.asks_text else Content("", "")
    last = _last_copy(submission)
    kept = [item.file for item in last.files if item.id not in dropped] if last else []
    if last is not None and _is_sent_again(submission, last, content, client_uuid, files, dropped):
        return submission
    _check_open(task, submission)
    _check_parts(task, content, len(kept) + len(files))
    put_in_use(actor, content.html, Place(submission_id=submission.id))
    copy = _add_copy(actor, submission, content, client_uuid, [*kept, *(keep_file(f, actor.id) for f in files)])
    submission.standing, submission.handed_in_at = Standing.HANDED_IN.value, copy.created_at
    _touch(submission)
    record(WorkHandedIn(submission.id, task.id, task.workshop_id, actor.id, copy.number))
    return submission


def _submission_of(actor: User, task: Task) -> Submission:
    found = db.session.scalar(
        select(Submission)
        .where(Submission.task_id == task.id, Submission.user_id == actor.id)
        .execution_options(populate_existing=True)
    )
    if found is None:
        found = Submission(task=task, user_id=actor.id, late=now() > task.due_at)
        db.session.add(found)
        db.session.flush()
    return found


def _content(html: str) -> Content:
    if len(html) > MAX_HTML:
        raise InvalidError("内容太长，请把一部分放进附件", field="html")
    cleaned = clean_html(html)
    text = text_of(cleaned)
    if len(text) > MAX_TEXT:
        raise InvalidError(f"正文请控制在 {MAX_TEXT} 字以内，更长的请放进附件", field="html")
    return Content(cleaned if text or "<img" in cleaned else "", text)


def _last_copy(submission: Submission) -> SubmissionCopy | None:
    newest = select(SubmissionCopy).where(SubmissionCopy.submission_id == submission.id)
    return db.session.scalar(newest.order_by(SubmissionCopy.number.desc()).limit(1))


def _is_sent_again(
    submission: Submission,
    last: SubmissionCopy,
    content: Content,
    client_uuid: str,
    files: Sequence[ReceivedFile],
    dropped: Collection[int],
) -> bool:
    """A known identifier with known words, or nothing changed while nobody asked for another copy."""
    known = select(SubmissionCopy.html).where(
        SubmissionCopy.submission_id == submission.id, SubmissionCopy.client_uuid == client_uuid
    )
    if db.session.scalar(known) == content.html:
        return True
    waits = submission.standing == Standing.HANDED_IN
    changed = files or any(item.id in dropped for item in last.files) or content.html != last.html
    return waits and not changed


def _check_open(task: Task, submission: Submission) -> None:
    if submission.standing == Standing.MARKED:
        raise ConflictError("这份作业已经批改，不能再改；需要重做请联系坊主退回")
    if submission.copies_count and submission.standing == Standing.HANDED_IN and now() > task.due_at:
        raise ConflictError("已经截止，不能再改；需要重做请联系坊主退回")


def _check_parts(task: Task, content: Content, files: int) -> None:
    if files > MAX_FILES:
        raise InvalidError(f"最多交 {MAX_FILES} 个附件，请先移除几个", field="files")
    if task.asks_text and not task.asks_files and not content.html:
        raise InvalidError("请写点内容再提交", field="html")
    if task.asks_files and not task.asks_text and not files:
        raise InvalidError("请选择要交的文件", field="files")
    if not content.html and not files:
        raise InvalidError("请写点内容，或者添加附件", field="html")


def _add_copy(
    actor: User, submission: Submission, content: Content, client_uuid: str, files: Sequence[StoredFile]
) -> SubmissionCopy:
    taken = select(SubmissionCopy.id).where(
        SubmissionCopy.submission_id == submission.id, SubmissionCopy.client_uuid == client_uuid
    )
    copy = SubmissionCopy(
        submission=submission,
        number=submission.copies_count + 1,
        html=content.html,
        text=content.text,
        client_uuid=client_uuid if db.session.scalar(taken) is None else checked_uuid(None),
    )
    db.session.add(copy)
    db.session.flush()
    db.session.add_all(SubmissionFile(copy=copy, file=file, position=n) for n, file in enumerate(files))
    submission.copies_count = copy.number
    db.session.flush()
    db.session.expire(submission, ["copies"])
    return copy


def _touch(submission: Submission) -> None:
    db.session.flush()
    submission.seq = bump(f"task:{submission.task_id}", "submission", submission.id)
    touch_task(submission.task)


def _hold_copy(submission: Submission, number: int) -> SubmissionCopy:
    """Lock a submission; ConflictError if its newest copy is not the one that was read."""
    hold_task(submission.task)
    if not hold(submission) or submission.copies_count != number:
        raise ConflictError("这位老师刚刚又交了一份，请看过新的再批改")
    copy = _last_copy(submission)
    if copy is None:
        raise ConflictError("还没有可以批改的内容")
    return copy


def mark_work(actor: User, submission: Submission, number: int, mark: Mark) -> None:
    """Mark the copy with this number; marking again replaces the mark, and both are in the audit log."""
    _hold_copy(submission, number)
    task = submission.task
    check_mark(task, mark)
    submission.score = mark.score if task.scale == Scale.POINTS else None
    submission.grade = mark.grade if task.scale == Scale.GRADES else None
    submission.comment = mark.comment
    submission.marked_by_id, submission.marked_at = actor.id, now()
    submission.standing = Standing.MARKED.value
    chosen = mark.excellent and submission.excellent_at is None
    if mark.excellent != (submission.excellent_at is not None):
        submission.excellent_at = now() if mark.excellent else None
    _touch(submission)
    said = {"score": submission.score, "grade": submission.grade, "excellent": mark.excellent, "copy": number}
    record_audit(actor, "work.marked", "workshop_submission", submission.id, **said)
    ids = (submission.id, task.id, task.workshop_id, submission.user_id, actor.id)
    record(WorkMarked(*ids))
    if chosen:
        record(WorkChosen(*ids))


def check_mark(task: Task, mark: Mark) -> None:
    if len(mark.comment) > MAX_COMMENT:
        raise InvalidError(f"评语请控制在 {MAX_COMMENT} 字以内", field="comment")
    if task.scale == Scale.POINTS and (mark.score is None or not 0 <= mark.score <= task.points):
        raise InvalidError(f"请填 0 到 {task.points} 之间的整数", field="score")
    if task.scale == Scale.GRADES and mark.grade not in GRADES:
        raise InvalidError("请选择等级", field="grade")


def return_work(actor: User, submission: Submission, number: int, reason: str) -> None:
    """Ask for another copy. What was sent stays, with the reason beside it; a mark given before goes."""
    if not reason:
        raise InvalidError("请写明退回的原因，老师会看到", field="reason")
    if len(reason) > MAX_REASON:
        raise InvalidError(f"原因请控制在 {MAX_REASON} 字以内", field="reason")
    copy = _hold_copy(submission, number)
    copy.return_reason, copy.returned_by_id, copy.returned_at = reason, actor.id, now()
    submission.standing = Standing.RETURNED.value
    submission.score = submission.grade = submission.excellent_at = None
    submission.marked_at = submission.marked_by_id = None
    submission.comment = ""
    _touch(submission)
    record_audit(actor, "work.returned", "workshop_submission", submission.id, reason=reason, copy=number)
    record(WorkReturned(submission.id, submission.task_id, submission.task.workshop_id, submission.user_id, actor.id))

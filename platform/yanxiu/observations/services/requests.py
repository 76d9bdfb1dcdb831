"""Asking to observe, answering, taking back."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select

from yanxiu.accounts.models import User
from yanxiu.core import clock
from yanxiu.core.db import db, hold
from yanxiu.core.errors import ConflictError, InvalidError
from yanxiu.core.events import record
from yanxiu.observations.events import ObservationAsked, ObservationDeclined
from yanxiu.observations.models import LessonRole, ObservationRequest, RequestState
from yanxiu.observations.services.lessons import LessonDraft, create_lesson, invite_member

MOST_WAITING = 20


def ask_to_observe(actor: User, teacher: User, wished_at: datetime, words: str) -> ObservationRequest:
    """Ask a teacher for a lesson to observe; one request waits with a teacher at a time."""
    if wished_at <= clock.now():
        raise InvalidError("请选今天以后的时间", field="wished_on")
    hold(actor)  # two requests at once would not count each other
    waiting = (ObservationRequest.asker_id == actor.id, ObservationRequest.state == RequestState.WAITING)
    counted = select(ObservationRequest.teacher_id, func.count()).where(*waiting)
    by_teacher = {row[0]: row[1] for row in db.session.execute(counted.group_by(ObservationRequest.teacher_id))}
    if teacher.id in by_teacher:
        raise ConflictError(f"您已向{teacher.name}申请过，请等回复，或先撤回那一条")
    if sum(by_teacher.values()) >= MOST_WAITING:
        raise ConflictError(f"最多同时有 {MOST_WAITING} 条申请等回复")
    asked = ObservationRequest(asker_id=actor.id, teacher_id=teacher.id, wished_at=wished_at, words=words.strip())
    db.session.add(asked)
    db.session.flush()
    record(ObservationAsked(asked.id, actor.id, teacher.id))
    return asked


def accept_request(actor: User, asked: ObservationRequest, title: str, answer: str) -> None:
    """Say yes: the lesson is entered for the time that was wished, and whoever asked is invited to it."""
    _hold_waiting(asked)
    if not title.strip():
        raise InvalidError("请填写课题，之后还能改", field="title")
    lesson = create_lesson(actor, actor, LessonDraft(title, taught_at=asked.wished_at))
    invite_member(actor, lesson, asked.asker, LessonRole.OBSERVER)
    asked.state, asked.answer, asked.lesson_id = RequestState.ACCEPTED, answer.strip(), lesson.id


def decline_request(actor: User, asked: ObservationRequest, answer: str) -> None:
    """Say no, with a word why."""
    _hold_waiting(asked)
    if not answer.strip():
        raise InvalidError("请写一句说明，例如哪天方便", field="answer")
    asked.state, asked.answer = RequestState.DECLINED, answer.strip()
    record(ObservationDeclined(asked.id, asked.asker_id, actor.id))


def withdraw_request(_actor: User, asked: ObservationRequest) -> None:
    """Take a request back; one that was answered meanwhile stays answered."""
    _hold_waiting(asked)
    asked.state = RequestState.WITHDRAWN


def _hold_waiting(asked: ObservationRequest) -> None:
    if not hold(asked) or asked.state != RequestState.WAITING:
        raise ConflictError("这条申请刚刚已经有了结果，请刷新后再看")

"""What the teacher of a lesson and those who comment on it are told, and what stays private."""

from __future__ import annotations

from uuid import uuid4

from sqlalchemy import select

from tests.support.observations import make_lesson, make_ready_version, some_comment
from yanxiu.core.db import db
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.notifications.models import Notification
from yanxiu.observations.services.comments import CommentDraft, reply_to_comment


def kinds_of(user_id: int) -> list[str]:
    rows = select(Notification.kind).where(Notification.user_id == user_id).order_by(Notification.id)
    return list(db.session.scalars(rows))


def a_lesson(cast):
    lesson = make_lesson(cast.user("teacher"), visibility="school")
    return lesson, make_ready_version(lesson)


def test_a_comment_is_told_to_the_teacher_with_its_moment(ctx, cast):
    with unit_of_work():
        lesson, version = a_lesson(cast)
        comment = some_comment(cast.user("colleague"), lesson, version)
    message = db.session.scalars(select(Notification).where(Notification.kind == "comment")).one()
    assert message.user_id == cast.teacher.id
    assert message.url == f"/lessons/{lesson.id}?t=12#comment-{comment.id}"
    assert message.headline == lesson.title


def test_an_answer_is_told_to_the_one_it_answers(ctx, cast):
    with unit_of_work():
        lesson, version = a_lesson(cast)
        comment = some_comment(cast.user("colleague"), lesson, version)
    with unit_of_work():
        draft = CommentDraft("谢谢提醒，下次再等一秒。", str(uuid4()))
        reply_to_comment(cast.user("teacher"), lesson, comment, draft)
    assert kinds_of(cast.colleague.id) == ["comment_reply"]


def test_a_private_comment_is_told_to_nobody(ctx, cast):
    with unit_of_work():
        lesson, version = a_lesson(cast)
        some_comment(cast.user("colleague"), lesson, version, visibility="private")
    assert "comment" not in kinds_of(cast.teacher.id)


def test_the_one_who_uploaded_hears_that_the_recording_can_be_watched(ctx, cast):
    with unit_of_work():
        a_lesson(cast)
    assert kinds_of(cast.teacher.id) == ["recording_ready"]

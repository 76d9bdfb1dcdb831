"""Reads for archives: those that were asked for, and all of a workshop in the order in which it is read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from yanxiu.accounts.models import User
from yanxiu.core.db import db
from yanxiu.workshops.models import (
    Activity,
    ActivityReflection,
    ArchiveState,
    Post,
    PostAttachment,
    Submission,
    SubmissionCopy,
    SubmissionFile,
    Topic,
    Workshop,
    WorkshopArchive,
    WorkshopOrigin,
)

AT_ONCE = 200


def archives_of(workshop_id: int, limit: int = 20) -> Sequence[WorkshopArchive]:
    """Return the archives that were asked for, the newest first."""
    found = select(WorkshopArchive).where(WorkshopArchive.workshop_id == workshop_id)
    who = (joinedload(WorkshopArchive.actor), joinedload(WorkshopArchive.file))
    return db.session.scalars(found.options(*who).order_by(WorkshopArchive.id.desc()).limit(limit)).all()


def archives_since(workshop_id: int, seq: int) -> Sequence[WorkshopArchive]:
    """Return those that changed after `seq`."""
    found = select(WorkshopArchive).where(WorkshopArchive.workshop_id == workshop_id, WorkshopArchive.seq > seq)
    who = (joinedload(WorkshopArchive.actor), joinedload(WorkshopArchive.file))
    return db.session.scalars(found.options(*who).order_by(WorkshopArchive.id)).all()


def find_archive(workshop_id: int, archive_id: int) -> WorkshopArchive | None:
    found = select(WorkshopArchive).options(joinedload(WorkshopArchive.file))
    return db.session.scalar(found.where(WorkshopArchive.id == archive_id, WorkshopArchive.workshop_id == workshop_id))


def archive_by_id(archive_id: int) -> WorkshopArchive | None:
    return db.session.get(WorkshopArchive, archive_id)


def waiting_archive(workshop_id: int) -> WorkshopArchive | None:
    """Return the archive that is being made."""
    waiting = WorkshopArchive.state == ArchiveState.WAITING.value
    return db.session.scalar(select(WorkshopArchive).where(WorkshopArchive.workshop_id == workshop_id, waiting))


def expired_archives(at: datetime, limit: int = 50) -> Sequence[WorkshopArchive]:
    """Return archives whose file has been kept long enough."""
    over = (WorkshopArchive.expires_at <= at) & WorkshopArchive.file_id.is_not(None)
    found = select(WorkshopArchive).options(joinedload(WorkshopArchive.file)).where(over)
    return db.session.scalars(found.order_by(WorkshopArchive.id).limit(limit)).all()


def read_back_from(archive_key: str) -> Workshop | None:
    """Return the workshop that was made from an archive."""
    origin = select(WorkshopOrigin.workshop_id).where(WorkshopOrigin.archive_key == archive_key)
    return db.session.scalar(select(Workshop).where(Workshop.id.in_(origin)))


def every_topic(workshop_id: int) -> Sequence[Topic]:
    """Return all topics, the oldest first."""
    found = select(Topic).where(Topic.workshop_id == workshop_id, Topic.deleted_at.is_(None))
    return db.session.scalars(found.options(joinedload(Topic.author)).order_by(Topic.created_at, Topic.id)).all()


def every_post(topic_id: int) -> Iterator[Post]:
    """Yield the posts of a topic by number, some at a time."""
    after = 0
    files = selectinload(Post.attachments).joinedload(PostAttachment.file)
    who = joinedload(Post.author).joinedload(User.organization)
    while True:
        more = select(Post).where(Post.topic_id == topic_id, Post.number > after).order_by(Post.number).limit(AT_ONCE)
        found = db.session.scalars(more.options(who, files)).all()
        yield from found
        if len(found) < AT_ONCE:
            return
        after = found[-1].number


def every_activity(workshop_id: int) -> Sequence[Activity]:
    """Return all activities in the order of time, also cancelled ones."""
    found = select(Activity).where(Activity.workshop_id == workshop_id)
    return db.session.scalars(found.order_by(Activity.starts_at, Activity.id)).all()


def every_reflection(activity_id: int) -> Sequence[ActivityReflection]:
    found = select(ActivityReflection).where(ActivityReflection.activity_id == activity_id)
    who = joinedload(ActivityReflection.author).joinedload(User.organization)
    return db.session.scalars(found.options(who).order_by(ActivityReflection.id)).all()


def every_work(task_id: int) -> Iterator[Submission]:
    """Yield what was handed in for a task, with all its copies and files, some at a time."""
    after = 0
    copies = selectinload(Submission.copies)
    files = copies.selectinload(SubmissionCopy.files).joinedload(SubmissionFile.file)
    who = (joinedload(Submission.user).joinedload(User.organization), joinedload(Submission.marked_by))
    while True:
        more = select(Submission).where(Submission.task_id == task_id, Submission.id > after)
        some = (
            more.order_by(Submission.id)
            .limit(AT_ONCE)
            .options(*who, files, copies.joinedload(SubmissionCopy.returned_by))
        )
        found = db.session.scalars(some).all()
        yield from found
        if len(found) < AT_ONCE:
            return
        after = found[-1].id

"""Which of the workshop's own tables go along into its archive, which stay and why."""

from __future__ import annotations

import secrets
from collections.abc import Sequence

from sqlalchemy import or_, select

from yanxiu.core.clock import now
from yanxiu.core.db import db
from yanxiu.workshops.models import (
    AcceptedAnswer,
    Activity,
    ActivityRecord,
    ActivityReflection,
    Application,
    Attendance,
    Bulletin,
    BulletinReading,
    BulletinSection,
    Debate,
    DebateMove,
    DebateStand,
    FileText,
    Invitation,
    Nudge,
    NudgeRecipient,
    PeerReview,
    PicturePlace,
    Poll,
    PollBallot,
    PollChoice,
    PollOption,
    Post,
    PostAttachment,
    PostEdit,
    PostLike,
    PostMention,
    PostSide,
    RecordPart,
    RecordWriter,
    Submission,
    SubmissionCopy,
    SubmissionFile,
    Task,
    TaskFile,
    TermItem,
    TermStage,
    TermTick,
    TextBand,
    TextSignature,
    Topic,
    TopicRelocation,
    TopicRequirement,
    TopicVisit,
    Workshop,
    WorkshopArchive,
    WorkshopGroup,
    WorkshopMember,
    WorkshopOrigin,
    WorkshopPicture,
    WorkshopPromotion,
    WorkshopVisit,
)
from yanxiu.workshops.queries.archive_parts import Kept, Left, Row, Wish
from yanxiu.workshops.services.tasks import plan_reminder, plan_reviews

IN_PLAN = {
    "topic": "topic",
    "activity": "activity",
    "task": "workshop_task",
    "lesson_plan": "lesson_plan",
    "lesson": "lesson",
    "resource": "resource",
}
OF_NUDGES = {
    "announcement": "topic",
    "unanswered": "topic",
    "replies": "topic",
    "task": "workshop_task",
    "bulletin": "bulletin",
}


def without_withdrawn(row: Row, _wish: Wish) -> Row:
    """What was taken back has its place in the numbering, and no words."""
    return row if row["withdrawn_at"] is None else {**row, "html": "", "text": ""}


def without_way_back(row: Row, _wish: Wish) -> Row:
    """A step is undone where it was done."""
    return {**row, "before": None, "undo_until": None}


def without_key(row: Row, _wish: Wish) -> Row:
    """What sign-in codes are made of stays."""
    return {**row, "key": ""}


def with_new_key(row: Row) -> Row:
    return {**row, "key": secrets.token_hex(32)}


def without_ballot_key(row: Row, _wish: Wish) -> Row:
    return {**row, "ballot_key": ""}


def closed_if_anonymous(row: Row) -> Row:
    """Without the key nobody can tell who has voted, so nobody votes any more."""
    return {**row, "closed_at": row["closed_at"] or (now() if row["anonymous"] else None)}


def without_trace(row: Row, _wish: Wish) -> Row:
    """The mark of an anonymous ballot is drawn anew: not even the key could say whose it was."""
    return row if row["voter_id"] is not None else {**row, "voter_mark": secrets.token_hex(32)}


def marked_anew(row: Row) -> Row:
    """A named ballot is found by the number its voter has here."""
    return row if row["voter_id"] is None else {**row, "voter_mark": str(row["voter_id"])}


def resume_tasks(ids: Sequence[int]) -> None:
    """Those that are not over remind of their end and go on with their reviews."""
    for task in db.session.scalars(select(Task).where(Task.id.in_(ids))):
        if task.due_at > now():
            plan_reminder(task)
        end = max(task.due_at, task.review_until or task.due_at)
        if end > now():
            plan_reviews(task, task.due_at if task.due_at > now() else end)


_STANDING_TOPICS = select(Topic.id).where(Topic.deleted_at.is_(None))
_STANDING_TASKS = select(Task.id).where(Task.deleted_at.is_(None))
_STANDING_ISSUES = select(Bulletin.id).where(Bulletin.deleted_at.is_(None))
_STANDING_POSTS = select(Post.id).where(Post.withdrawn_at.is_(None))

KEPT: tuple[Kept, ...] = (
    Kept(
        Workshop,
        word="workshops",
        live=("workshop", "activities", "tasks", "termplan", "workshop-plans", "bulletins"),
        index="workshop",
    ),
    Kept(WorkshopPromotion, "workshop_id"),
    Kept(WorkshopGroup, "workshop_id"),
    Kept(WorkshopMember, "workshop_id"),
    Kept(Application, "workshop_id"),
    Kept(Invitation, "workshop_id"),
    Kept(WorkshopVisit, "workshop_id"),
    Kept(WorkshopPicture, "workshop_id", WorkshopPicture.is_draft.is_(False), word="pictures"),
    Kept(Topic, "workshop_id", Topic.deleted_at.is_(None), word="topics", live=("topic",), index="topic"),
    Kept(TopicVisit, "topic_id"),
    Kept(Post, "topic_id", word="posts", leaving=without_withdrawn, index="post"),
    Kept(PostAttachment, "post_id", PostAttachment.post_id.in_(_STANDING_POSTS), word="attachments"),
    Kept(PostMention, "post_id", PostMention.post_id.in_(_STANDING_POSTS)),
    Kept(PostLike, "post_id"),
    Kept(Poll, "topic_id", leaving=without_ballot_key, arriving=closed_if_anonymous),
    Kept(PollOption, "topic_id"),
    Kept(PollBallot, "topic_id", leaving=without_trace, arriving=marked_anew),
    Kept(PollChoice, "ballot_id"),
    Kept(AcceptedAnswer, "topic_id"),
    Kept(Debate, "topic_id"),
    Kept(DebateStand, "topic_id"),
    Kept(DebateMove, "topic_id"),
    Kept(PostSide, "post_id"),
    Kept(TopicRequirement, "topic_id"),
    Kept(TopicRelocation, "workshop_id", leaving=without_way_back),
    Kept(PostEdit, "post_id", PostEdit.post_id.in_(_STANDING_POSTS)),
    Kept(
        Activity,
        "workshop_id",
        word="activities",
        live=("activity", "attendance"),
        index="activity",
        leaving=without_key,
        arriving=with_new_key,
        points={"about_id": ("about_kind", IN_PLAN)},
    ),
    Kept(Attendance, "activity_id"),
    Kept(ActivityRecord, "activity_id"),
    Kept(RecordPart, "activity_id"),
    Kept(RecordWriter, "activity_id"),
    Kept(ActivityReflection, "activity_id"),
    Kept(
        Task,
        "workshop_id",
        Task.deleted_at.is_(None),
        word="tasks",
        live=("task",),
        index="task",
        placed=resume_tasks,
    ),
    Kept(TaskFile, "task_id"),
    Kept(Submission, "task_id", word="submissions"),
    Kept(SubmissionCopy, "submission_id"),
    Kept(SubmissionFile, "copy_id"),
    Kept(PeerReview, "task_id"),
    Kept(
        Bulletin,
        "workshop_id",
        Bulletin.deleted_at.is_(None),
        word="bulletins",
        live=("bulletin",),
        index="bulletin",
    ),
    Kept(BulletinSection, "bulletin_id"),
    Kept(BulletinReading, "bulletin_id"),
    Kept(
        PicturePlace,
        "picture_id",
        or_(
            PicturePlace.reflection_id.is_not(None),
            PicturePlace.bulletin_id.in_(_STANDING_ISSUES),
            PicturePlace.submission_id.in_(select(Submission.id).where(Submission.task_id.in_(_STANDING_TASKS))),
        ),
    ),
    Kept(TermStage, "workshop_id", TermStage.deleted_at.is_(None)),
    Kept(
        TermItem,
        "workshop_id",
        TermItem.deleted_at.is_(None),
        points={"target_id": ("kind", IN_PLAN)},
        index="term_item",
    ),
    Kept(TermTick, "item_id"),
    Kept(
        Nudge,
        "workshop_id",
        or_(
            Nudge.matter.not_in(OF_NUDGES),
            (Nudge.matter == "task") & Nudge.item_id.in_(_STANDING_TASKS),
            (Nudge.matter == "bulletin") & Nudge.item_id.in_(_STANDING_ISSUES),
            Nudge.matter.not_in(("task", "bulletin")) & Nudge.item_id.in_(_STANDING_TOPICS),
        ),
        points={"item_id": ("matter", OF_NUDGES)},
    ),
    Kept(NudgeRecipient, "nudge_id", points={"item_id": ("matter", OF_NUDGES)}),
)

LEFT: tuple[Left, ...] = (
    Left(TextSignature, "made anew from posts and works after they were brought, by one job"),
    Left(FileText, "read anew from the files when their works are signed"),
    Left(TextBand, "belongs to a signature, which is made anew"),
    Left(WorkshopArchive, "an archive does not hold the archives made before it"),
    Left(WorkshopOrigin, "where the workshop came from is said anew where it is brought"),
)

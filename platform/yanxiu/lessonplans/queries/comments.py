"""Comments on the text of a plan. Whoever may see the plan may read them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import ColumnElement, Select, case, func, literal, or_, select
from sqlalchemy.orm import aliased, joinedload, selectinload

from yanxiu.accounts.models import User
from yanxiu.accounts.permissions import Viewer
from yanxiu.core.db import db
from yanxiu.lessonplans.document.anchors import Passage, passages_in
from yanxiu.lessonplans.document.ydoc import load
from yanxiu.lessonplans.models import COUNTY, PRIVATE, SCHOOL, LessonPlan, PlanMember
from yanxiu.lessonplans.models.comments import PlanComment
from yanxiu.lessonplans.models.rounds import ADOPTED, Suggestion
from yanxiu.lessonplans.queries.documents import stored_document
from yanxiu.lessonplans.queries.plans import visible_to
from yanxiu.workshops.models import WorkshopMember

MOST = 300
"""Threads of one plan that are shown."""
CATCH_UP_LIMIT = 100
MOST_PEOPLE = 300


@dataclass(frozen=True)
class CommentChanges:
    """What is newer than a number: threads to show again, ids of those to take away, how far it reaches if not to the
    end."""

    threads: Sequence[PlanComment]
    gone: list[int] = field(default_factory=list)
    seq: int | None = None


@dataclass(frozen=True)
class Said:
    """One voice of a thread, as a file has it."""

    author: str
    at: datetime
    text: str


@dataclass(frozen=True)
class CommentOnText:
    """A comment for whoever writes a file of the plan: the mark in the document is `comment` with `cid` = `anchor`.

    `passage` is None where the words are gone; what they were is `quote`.
    """

    anchor: str
    passage: Passage | None
    quote: str
    said: tuple[Said, ...]
    resolved: bool


def threads_of(plan_id: int) -> Sequence[PlanComment]:
    """Return the threads of a plan in the order they were begun; of very many, the open and the newest."""
    settled = case((PlanComment.resolved_at.is_(None), 0), else_=1)
    shown = _threads(plan_id).where(PlanComment.withdrawn_at.is_(None)).order_by(settled, PlanComment.id.desc())
    return sorted(db.session.scalars(shown.limit(MOST)), key=lambda thread: thread.id)


def threads_since(plan_id: int, seq: int) -> CommentChanges:
    """Return what changed after `seq`."""
    statement = _threads(plan_id).where(PlanComment.seq > seq).order_by(PlanComment.seq).limit(CATCH_UP_LIMIT)
    changed = db.session.scalars(statement).all()
    return CommentChanges(
        [thread for thread in changed if thread.withdrawn_at is None],
        [thread.id for thread in changed if thread.withdrawn_at is not None],
        changed[-1].seq if len(changed) == CATCH_UP_LIMIT else None,
    )


def _threads(plan_id: int) -> Select[PlanComment]:
    return (
        select(PlanComment)
        .where(PlanComment.plan_id == plan_id, PlanComment.parent_id.is_(None))
        .options(
            joinedload(PlanComment.author),
            joinedload(PlanComment.resolved_by),
            joinedload(PlanComment.suggestion).joinedload(Suggestion.decided_by),
            selectinload(PlanComment.replies).joinedload(PlanComment.author),
        )
    )


def every_thread_of(plan_id: int) -> Sequence[PlanComment]:
    """Return all threads of a plan, also those that were withdrawn, oldest first."""
    return db.session.scalars(_threads(plan_id).order_by(PlanComment.id)).all()


def numbers_by_name(plan: LessonPlan) -> dict[str, int]:
    """Return who is meant by a name among the colleagues of a plan; namesakes are left out."""
    people = people_to_mention(plan)
    names = Counter(user.name for user in people)
    return {user.name: user.id for user in people if names[user.name] == 1}


def find_comment(plan_id: int, comment_id: int) -> PlanComment | None:
    """Return a comment or an answer that stands, with what was decided on it."""
    both = joinedload(PlanComment.author), joinedload(PlanComment.suggestion), joinedload(PlanComment.parent)
    here = PlanComment.plan_id == plan_id, PlanComment.id == comment_id, PlanComment.withdrawn_at.is_(None)
    return db.session.scalars(select(PlanComment).where(*here).options(*both)).first()


def comment_sent(author_id: int, client_uuid: str) -> PlanComment | None:
    """Return what was sent under this number before."""
    same = PlanComment.author_id == author_id, PlanComment.client_uuid == client_uuid
    return db.session.scalars(select(PlanComment).where(*same)).first()


def open_threads_by(plan_id: int, author_id: int) -> int:
    """Count the threads that one person began in a plan and nobody resolved yet."""
    begun = PlanComment.plan_id == plan_id, PlanComment.author_id == author_id, PlanComment.parent_id.is_(None)
    standing = PlanComment.resolved_at.is_(None), PlanComment.withdrawn_at.is_(None), PlanComment.said_by == ""
    return db.session.scalar(select(func.count()).where(*begun, *standing)) or 0


def comment_behind(suggestion_id: int) -> PlanComment | None:
    """Return the comment that a suggestion was made from."""
    return db.session.scalars(select(PlanComment).where(PlanComment.suggestion_id == suggestion_id)).first()


def voices_in(thread_id: int) -> set[int]:
    """Return who takes part in a thread."""
    both = or_(PlanComment.id == thread_id, PlanComment.parent_id == thread_id)
    statement = select(PlanComment.author_id).where(both, PlanComment.withdrawn_at.is_(None))
    return set(db.session.scalars(statement))


def people_to_mention(plan: LessonPlan) -> Sequence[User]:
    """Return colleagues who may see the plan and can be told of a comment: its people first, then its workshop, its school.

    Of very many the nearest: they are offered behind an @. Whoever types a name is understood (`people_named_in`).
    """
    near, meant = _people_of(plan)
    rank = case((or_(*near), 0), else_=1)
    statement = select(User).where(or_(*meant), User.is_active).order_by(rank, User.name_key, User.id)
    return db.session.scalars(statement.limit(MOST_PEOPLE)).all()


def people_named_in(plan: LessonPlan, body: str) -> Sequence[User]:
    """Return those of the colleagues whose names stand behind an @, however many there are."""
    _near, meant = _people_of(plan)
    named = literal(body).contains("@" + User.name)
    return db.session.scalars(select(User).where(or_(*meant), User.is_active, named).order_by(User.id)).all()


def _people_of(plan: LessonPlan) -> tuple[list[ColumnElement[bool]], list[ColumnElement[bool]]]:
    """Who writes it or shares its workshop, and all who may see it at its school."""
    own = select(PlanMember.user_id).where(PlanMember.plan_id == plan.id)
    near: list[ColumnElement[bool]] = [User.id == plan.owner_id, User.id.in_(own)]
    if plan.workshop_id is not None and plan.visibility != PRIVATE:
        members = select(WorkshopMember.user_id).where(WorkshopMember.workshop_id == plan.workshop_id)
        near.append(User.id.in_(members))
    if plan.visibility in (SCHOOL, COUNTY) and plan.school_id is not None:
        return near, [*near, User.organization_id == plan.school_id]
    return near, near


def adopted_voices(plan_id: int, until: datetime | None = None) -> list[tuple[User, int]]:
    """Return whose suggestions and comments were adopted (by then) and how many, most first.

    Comments that came along in a Word file count for nobody: a name in a file is no proof.
    """
    brought = select(PlanComment.suggestion_id).where(PlanComment.plan_id == plan_id, PlanComment.said_by != "")
    theirs = brought.where(PlanComment.suggestion_id.is_not(None))
    adopted = [Suggestion.plan_id == plan_id, Suggestion.state == ADOPTED, Suggestion.id.not_in(theirs)]
    if until is not None:
        adopted.append(Suggestion.decided_at <= until)
    number = func.count(Suggestion.id)
    statement = (
        select(User, number)
        .join(Suggestion, Suggestion.author_id == User.id)
        .where(*adopted)
        .group_by(User.id)
        .order_by(number.desc(), User.id)
    )
    return [(row[0], row[1]) for row in db.session.execute(statement)]


def comments_for_file(plan_id: int) -> list[CommentOnText]:
    """Return the comments of a plan for a file of it: in the order of the text, those whose words are gone at the end."""
    stored, threads = stored_document(plan_id), threads_of(plan_id)
    passages = passages_in(load(stored.merged())) if stored is not None and threads else {}
    found = [_for_file(thread, passages.get(thread.anchor or "")) for thread in threads]
    return sorted(found, key=lambda comment: (comment.passage is None, comment.passage.order if comment.passage else 0))


def _for_file(thread: PlanComment, passage: Passage | None) -> CommentOnText:
    said = [Said(row.speaker, row.created_at, row.body) for row in (thread, *thread.live_replies)]
    return CommentOnText(thread.anchor or "", passage, thread.quote, tuple(said), thread.resolved_at is not None)


def comment_ids_of(plan_ids: Collection[int]) -> list[int]:
    """Return every comment of these plans, for the search queue."""
    return list(db.session.scalars(select(PlanComment.id).where(PlanComment.plan_id.in_(plan_ids))))


def answers_to(thread_id: int) -> list[int]:
    """Return a comment and every answer to it, for the search queue."""
    both = or_(PlanComment.id == thread_id, PlanComment.parent_id == thread_id)
    return list(db.session.scalars(select(PlanComment.id).where(both)))


def visible_comments(viewer: Viewer) -> Select[int]:
    """Select the ids of the comments the viewer may read now."""
    thread = aliased(PlanComment)
    return (
        select(PlanComment.id)
        .join(LessonPlan, LessonPlan.id == PlanComment.plan_id)
        .outerjoin(thread, thread.id == PlanComment.parent_id)
        .where(visible_to(viewer), PlanComment.withdrawn_at.is_(None), thread.withdrawn_at.is_(None))
    )

"""What search may know of things that only some inside a workshop may read: comments on works, and reflections on activities."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from sqlalchemy import Select, and_, exists, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from yanxiu.accounts.permissions import Viewer
from yanxiu.core.db import db
from yanxiu.core.search_queue import IndexDocument, IndexSource, acl_hosts, acl_roles, acl_team
from yanxiu.core.search_rights import ASKED, seen_by
from yanxiu.workshops.models import (
    Activity,
    ActivityReflection,
    Right,
    Submission,
    SubmissionCopy,
    Task,
    Workshop,
    WorkshopMember,
)
from yanxiu.workshops.permissions import OVERSEEING_ROLES
from yanxiu.workshops.permissions.tasks import MARKING_ROLES
from yanxiu.workshops.queries.members import holders_of
from yanxiu.workshops.queries.teams import overseen_workshops, visible_workshops, workshop_ids_below

BATCH = 500


def acl_own(workshop_id: int, user_id: int | None) -> str:
    """One person, as long as they are a member of a workshop."""
    return f"own{workshop_id}u{user_id}"


def acl_speaks(workshop_id: int, user_id: int | None) -> str:
    """One person, as long as they take part in a workshop that goes on."""
    return f"speaks{workshop_id}u{user_id}"


def _commented() -> Select[Submission]:
    """Works on which whoever marks has said something."""
    returned = exists().where(SubmissionCopy.submission_id == Submission.id, SubmissionCopy.return_reason != "")
    said = or_(Submission.comment != "", returned)
    return select(Submission).join(Submission.task).where(Task.deleted_at.is_(None), said)


def _load_comments(ids: Sequence[int]) -> Iterable[IndexDocument]:
    found = _commented().where(Submission.id.in_(ids))
    eager = (contains_eager(Submission.task).joinedload(Task.workshop), joinedload(Submission.marked_by))
    works = db.session.scalars(found.options(*eager, joinedload(Submission.user))).unique().all()
    reasons: dict[int, list[str]] = defaultdict(list)
    returned = select(SubmissionCopy.submission_id, SubmissionCopy.return_reason).where(
        SubmissionCopy.submission_id.in_(ids), SubmissionCopy.return_reason != ""
    )
    for work_id, reason in db.session.execute(returned.order_by(SubmissionCopy.number.desc())):
        reasons[work_id].append(reason)
    for work in works:
        workshop = work.task.workshop
        overseers = acl_roles(OVERSEEING_ROLES, workshop.organization.path)
        yield IndexDocument(
            kind="work_comment",
            object_id=work.id,
            title=f"评语：{work.task.title}（{work.user.name}）",
            url=f"/workshops/{workshop.id}/tasks/{work.task_id}/submissions/{work.id}",
            acl=overseers | {acl_own(workshop.id, work.user_id), acl_team(workshop.id)},
            body="\n".join([work.comment, *reasons[work.id]]).strip(),
            place=workshop.name,
            subject=workshop.subject,
            stage=workshop.stage,
            author=work.marked_by.name if work.marked_by else "",
            date=work.marked_at or work.handed_in_at,
        )


def _visible_comments(viewer: Viewer) -> Select[int]:
    mine = and_(WorkshopMember.workshop_id == Task.workshop_id, WorkshopMember.user_id == viewer.user_id)
    reads = or_(
        Submission.user_id == viewer.user_id, WorkshopMember.role.in_(MARKING_ROLES), WorkshopMember.id.is_(None)
    )
    found = _commented().outerjoin(WorkshopMember, mine).where(Submission.id.in_(ASKED), reads)
    inside = found.where(Task.workshop_id.in_(visible_workshops(viewer)))
    return inside.with_only_columns(Submission.id)


def _all_comments() -> Iterator[int]:
    ids = _commented().with_only_columns(Submission.id).order_by(Submission.id)
    yield from db.session.scalars(ids.execution_options(yield_per=BATCH))


def _comments_below(path: str) -> Select[int]:
    return select(Submission.id).join(Submission.task).where(Task.workshop_id.in_(workshop_ids_below(path)))


def _load_reflections(ids: Sequence[int]) -> Iterable[IndexDocument]:
    rows = db.session.execute(
        select(ActivityReflection, Activity)
        .join(Activity, Activity.id == ActivityReflection.activity_id)
        .options(joinedload(ActivityReflection.author), joinedload(Activity.workshop))
        .where(ActivityReflection.id.in_(ids))
    )
    for reflection, activity in rows.unique():
        workshop = activity.workshop
        yield IndexDocument(
            kind="reflection",
            object_id=reflection.id,
            title=f"反思：{activity.title}",
            url=f"/workshops/{workshop.id}/activities/{activity.id}#reflection-{reflection.id}",
            acl=_readers(activity, workshop, reflection),
            body=reflection.text,
            place=workshop.name,
            subject=workshop.subject,
            stage=workshop.stage,
            author=reflection.author.name,
            date=reflection.changed_at or reflection.handed_in_at,
        )


def _readers(activity: Activity, workshop: Workshop, reflection: ActivityReflection) -> frozenset[str]:
    """Its author, who organizes the activities, the main speaker who is a member, and overseers."""
    readers = {acl_own(workshop.id, reflection.author_id), acl_hosts(workshop.id)}
    if activity.speaker_id is not None and activity.cancelled_at is None:
        readers.add(acl_speaks(workshop.id, activity.speaker_id))
    return acl_roles(OVERSEEING_ROLES, workshop.organization.path) | readers


def _visible_reflections(viewer: Viewer) -> Select[int]:
    mine = and_(WorkshopMember.workshop_id == Activity.workshop_id, WorkshopMember.user_id == viewer.user_id)
    speaks = and_(Activity.speaker_id == viewer.user_id, Activity.cancelled_at.is_(None))
    hosts = and_(Workshop.archived_at.is_(None), or_(holders_of(Right.ACTIVITIES), speaks))
    inside = and_(WorkshopMember.id.is_not(None), or_(ActivityReflection.author_id == viewer.user_id, hosts))
    return (
        select(ActivityReflection.id)
        .join(Activity, Activity.id == ActivityReflection.activity_id)
        .join(Workshop, Workshop.id == Activity.workshop_id)
        .outerjoin(WorkshopMember, mine)
        .where(ActivityReflection.id.in_(ASKED), or_(inside, Activity.workshop_id.in_(overseen_workshops(viewer))))
    )


def _all_reflections() -> Iterator[int]:
    ids = select(ActivityReflection.id).order_by(ActivityReflection.id)
    yield from db.session.scalars(ids.execution_options(yield_per=BATCH))


def _reflections_below(path: str) -> Select[int]:
    inside = select(Activity.id).where(Activity.workshop_id.in_(workshop_ids_below(path)))
    return select(ActivityReflection.id).where(ActivityReflection.activity_id.in_(inside))


INNER_SOURCES: tuple[IndexSource, ...] = (
    IndexSource("work_comment", "评语", _load_comments, _all_comments, seen_by(_visible_comments), _comments_below),
    IndexSource(
        "reflection", "反思", _load_reflections, _all_reflections, seen_by(_visible_reflections), _reflections_below
    ),
)

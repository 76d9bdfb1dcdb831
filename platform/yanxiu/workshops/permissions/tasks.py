"""Who gives tasks, hands in, marks, and sees what others handed in."""

from __future__ import annotations

from datetime import datetime

from yanxiu.accounts.permissions import Viewer
from yanxiu.workshops.models import Right, Role, Standing, Submission, Task, Workshop, WorkshopMember
from yanxiu.workshops.permissions.teams import LEADER_TEAM, can_view_workshop, has_right, has_role, is_member

MARKING_ROLES = LEADER_TEAM | {Role.MENTOR.value}
HANDING_IN = frozenset({Role.MEMBER.value})
"""The team that leads and guides gives tasks and marks them; the members do them."""


def can_give_tasks(viewer: Viewer, workshop: Workshop, member: WorkshopMember | None) -> bool:
    """Leaders, and helpers who have the right."""
    return has_right(viewer, workshop, member, Right.GRADE)


def can_view_task(viewer: Viewer, task: Task, member: WorkshopMember | None) -> bool:
    """Whoever sees the inside of the workshop; a deleted task does not exist."""
    return task.deleted_at is None and can_view_workshop(viewer, task.workshop, member)


def must_hand_in(viewer: Viewer, workshop: Workshop, member: WorkshopMember | None) -> bool:
    """Whether tasks of this workshop are for this person; after its end nobody hands in."""
    return workshop.archived_at is None and has_role(viewer, workshop, member, HANDING_IN)


def can_hand_in(
    viewer: Viewer, task: Task, member: WorkshopMember | None, submission: Submission | None, at: datetime
) -> bool:
    """Members: a first copy at any time (it may be late), another one until the task is due or after it was returned."""
    if task.deleted_at is not None or not must_hand_in(viewer, task.workshop, member):
        return False
    if submission is None or submission.standing == Standing.RETURNED:
        return True
    return submission.standing == Standing.HANDED_IN and at <= task.due_at


def can_see_all_work(viewer: Viewer, workshop: Workshop, member: WorkshopMember | None) -> bool:
    """Who marks, and who oversees the workshop from outside; members see their own work and what was chosen."""
    if has_role(viewer, workshop, member, MARKING_ROLES):
        return True
    return not is_member(viewer, workshop, member) and can_view_workshop(viewer, workshop, member)


def can_see_work(viewer: Viewer, submission: Submission, member: WorkshopMember | None) -> bool:
    """One's own, what was chosen as excellent, and everything for those who see all."""
    if not can_view_task(viewer, submission.task, member):
        return False
    own = submission.user_id == viewer.user_id
    return own or submission.excellent_at is not None or can_see_all_work(viewer, submission.task.workshop, member)


def can_mark(viewer: Viewer, workshop: Workshop, member: WorkshopMember | None) -> bool:
    """Leaders, helpers who have the right, and the mentors."""
    mentor = has_role(viewer, workshop, member, frozenset({Role.MENTOR.value}))
    return (mentor and workshop.archived_at is None) or has_right(viewer, workshop, member, Right.GRADE)


def can_mark_work(viewer: Viewer, submission: Submission, member: WorkshopMember | None) -> bool:
    """Nobody marks what is one's own, from the time before one joined the team."""
    task = submission.task
    return task.deleted_at is None and submission.user_id != viewer.user_id and can_mark(viewer, task.workshop, member)

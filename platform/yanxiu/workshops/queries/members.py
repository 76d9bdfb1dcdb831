"""Reads about members, groups, applications and invitations."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from yanxiu.accounts.models import User
from yanxiu.core.db import db
from yanxiu.core.paging import Page, paginate
from yanxiu.workshops.models import (
    Application,
    Invitation,
    Post,
    Right,
    Role,
    Topic,
    Workshop,
    WorkshopGroup,
    WorkshopMember,
)

TEAM_ROLES = (Role.LEADER.value, Role.FACILITATOR.value, Role.MENTOR.value)
TEAM_LIMIT = 60


def holders_of(right: Right) -> ColumnElement[bool]:
    """Who of the joined members has a right: leaders, and helpers to whom it was left or given."""
    helps = WorkshopMember.role == Role.FACILITATOR.value
    ticked = or_(WorkshopMember.rights.is_(None), WorkshopMember.rights.contains(right.value))
    return or_(WorkshopMember.role == Role.LEADER.value, and_(helps, ticked))


def leader_ids(workshop_id: int) -> list[int]:
    """Return the ids of those who answer applications: leaders, and the helpers who may."""
    admitting = select(WorkshopMember.user_id).where(WorkshopMember.workshop_id == workshop_id, holders_of(Right.ADMIT))
    return list(db.session.scalars(admitting))


def member_ids(workshop_id: int) -> list[int]:
    """Return the ids of everybody in a workshop."""
    return list(db.session.scalars(select(WorkshopMember.user_id).where(WorkshopMember.workshop_id == workshop_id)))


def _members(workshop_id: int, q: str = "", group_id: int | None = None) -> Select[WorkshopMember]:
    statement = (
        select(WorkshopMember)
        .join(WorkshopMember.user)
        .options(
            contains_eager(WorkshopMember.user).joinedload(User.organization),
            joinedload(WorkshopMember.group),
        )
        .where(WorkshopMember.workshop_id == workshop_id)
    )
    if q:
        statement = statement.where(User.name.contains(q, autoescape=True))
    if group_id is not None:
        statement = statement.where(WorkshopMember.group_id == group_id)
    return statement


def team_members(workshop_id: int, q: str = "", group_id: int | None = None) -> Sequence[WorkshopMember]:
    """Return leaders, facilitators and mentors, in this order."""
    found = db.session.scalars(
        _members(workshop_id, q, group_id)
        .where(WorkshopMember.role.in_(TEAM_ROLES))
        .order_by(WorkshopMember.joined_at, WorkshopMember.id)
        .limit(TEAM_LIMIT)
    ).all()
    return sorted(found, key=lambda member: TEAM_ROLES.index(member.role))


def count_plain_members(workshop_id: int) -> int:
    """Return how many members have no role in the team."""
    plain = (WorkshopMember.workshop_id == workshop_id, WorkshopMember.role == Role.MEMBER.value)
    return db.session.scalar(select(func.count()).where(*plain)) or 0


def plain_members_after(workshop_id: int, user_id: int, limit: int) -> Sequence[User]:
    """Return members without a role in the team by their ids, some at a time."""
    plain = (WorkshopMember.workshop_id == workshop_id, WorkshopMember.role == Role.MEMBER.value)
    people = select(User).join(WorkshopMember, WorkshopMember.user_id == User.id).where(*plain, User.id > user_id)
    return db.session.scalars(people.order_by(User.id).limit(limit)).all()


def members_page(
    workshop_id: int,
    q: str = "",
    group_id: int | None = None,
    cursor: str | None = None,
    size: int = 30,
) -> Page[WorkshopMember]:
    """Return the members without a role in the team, in the order they joined."""
    return paginate(
        _members(workshop_id, q, group_id).where(WorkshopMember.role.not_in(TEAM_ROLES)),
        WorkshopMember.joined_at.asc(),
        WorkshopMember.id.asc(),
        cursor=cursor,
        size=size,
    )


def all_members(workshop_id: int) -> Sequence[WorkshopMember]:
    """Return every member for the list on paper: the team first, then by joining."""
    found = db.session.scalars(_members(workshop_id).order_by(WorkshopMember.joined_at, WorkshopMember.id)).all()
    order = {role: place for place, role in enumerate(TEAM_ROLES)}
    return sorted(found, key=lambda member: order.get(member.role, len(order)))


def written_counts(workshop_id: int, user_ids: Collection[int] | None = None) -> dict[int, tuple[int, int]]:
    """Return for each author, or for these, (topics, answers) in a workshop, withdrawn ones left out."""
    statement = (
        select(
            Post.author_id,
            func.count().filter(Post.number == 1),
            func.count().filter(Post.number > 1),
        )
        .join(Topic, Topic.id == Post.topic_id)
        .where(
            Topic.workshop_id == workshop_id,
            Topic.deleted_at.is_(None),
            Post.withdrawn_at.is_(None),
        )
        .group_by(Post.author_id)
    )
    if user_ids is not None:
        statement = statement.where(Post.author_id.in_(user_ids))
    rows = db.session.execute(statement)
    return {row[0]: (row[1], row[2]) for row in rows}


def member_names(workshop_id: int, q: str = "", limit: int = 8) -> Sequence[User]:
    """Return members whose name contains `q`, for @ and other choices."""
    statement = (
        select(User)
        .join(WorkshopMember, WorkshopMember.user_id == User.id)
        .options(joinedload(User.organization))
        .where(WorkshopMember.workshop_id == workshop_id)
        .order_by(User.name_key, User.id)
        .limit(limit)
    )
    if q:
        statement = statement.where(User.name.contains(q, autoescape=True))
    return db.session.scalars(statement).all()


@dataclass(frozen=True)
class GroupSize:
    """A group and how many members it has."""

    group: WorkshopGroup
    size: int


def groups_of(workshop_id: int) -> list[GroupSize]:
    """Return the groups of a workshop with their sizes, in the order they were made."""
    rows = db.session.execute(
        select(WorkshopGroup, func.count(WorkshopMember.id))
        .outerjoin(WorkshopMember, WorkshopMember.group_id == WorkshopGroup.id)
        .where(WorkshopGroup.workshop_id == workshop_id)
        .group_by(WorkshopGroup.id)
        .order_by(WorkshopGroup.id)
    )
    return [GroupSize(row[0], row[1]) for row in rows]


def find_group(workshop_id: int, group_id: int) -> WorkshopGroup | None:
    """Return a group of this workshop."""
    return db.session.scalar(
        select(WorkshopGroup).where(WorkshopGroup.workshop_id == workshop_id, WorkshopGroup.id == group_id)
    )


def pending_applications(workshop_id: int, cursor: str | None = None, size: int = 20) -> Page[Application]:
    """Return who waits for an answer, the longest first."""
    waiting = (
        select(Application)
        .options(joinedload(Application.user).joinedload(User.organization))
        .where(Application.workshop_id == workshop_id, Application.state == "pending")
    )
    return paginate(waiting, Application.created_at.asc(), Application.id.asc(), cursor=cursor, size=size)


def count_applications(workshop_id: int) -> int:
    """Return how many wait for an answer."""
    waiting = select(func.count()).where(Application.workshop_id == workshop_id, Application.state == "pending")
    return db.session.scalar(waiting) or 0


def find_application(workshop_id: int, application_id: int) -> Application | None:
    """Return an application to this workshop."""
    return db.session.scalar(
        select(Application).where(Application.workshop_id == workshop_id, Application.id == application_id)
    )


def last_application(workshop_id: int, user_id: int | None) -> Application | None:
    """Return a person's newest application, to show where it stands."""
    return db.session.scalar(
        select(Application)
        .where(Application.workshop_id == workshop_id, Application.user_id == user_id)
        .order_by(Application.id.desc())
        .limit(1)
    )


def pending_invitations(workshop_id: int, cursor: str | None = None, size: int = 20) -> Page[Invitation]:
    """Return invitations nobody has answered yet, the newest first."""
    waiting = (
        select(Invitation)
        .options(joinedload(Invitation.user).joinedload(User.organization))
        .where(Invitation.workshop_id == workshop_id, Invitation.state == "pending")
    )
    return paginate(waiting, Invitation.id.desc(), cursor=cursor, size=size)


def count_invitations(workshop_id: int) -> int:
    """Return how many invitations nobody has answered yet."""
    waiting = select(func.count()).where(Invitation.workshop_id == workshop_id, Invitation.state == "pending")
    return db.session.scalar(waiting) or 0


def find_invitation(workshop_id: int, invitation_id: int) -> Invitation | None:
    """Return an invitation to this workshop."""
    return db.session.scalar(
        select(Invitation).where(Invitation.workshop_id == workshop_id, Invitation.id == invitation_id)
    )


def invitation_for(workshop_id: int, user_id: int | None) -> Invitation | None:
    """Return the unanswered invitation of a person to a workshop."""
    return db.session.scalar(
        select(Invitation)
        .options(joinedload(Invitation.inviter))
        .where(
            Invitation.workshop_id == workshop_id,
            Invitation.user_id == user_id,
            Invitation.state == "pending",
        )
    )


def invitations_of(user_id: int | None, limit: int = 20) -> Sequence[Invitation]:
    """Return a person's unanswered invitations, the newest first."""
    return db.session.scalars(
        select(Invitation)
        .options(joinedload(Invitation.workshop), joinedload(Invitation.inviter))
        .where(Invitation.user_id == user_id, Invitation.state == "pending")
        .order_by(Invitation.id.desc())
        .limit(limit)
    ).all()


def places_taken(workshop_id: int, user_ids: Iterable[int]) -> dict[int, str]:
    """Say which of these people are members or invited already (`member`, `invited`)."""
    wanted = list(user_ids)
    members = db.session.scalars(
        select(WorkshopMember.user_id).where(
            WorkshopMember.workshop_id == workshop_id, WorkshopMember.user_id.in_(wanted)
        )
    )
    invited = db.session.scalars(
        select(Invitation.user_id).where(
            Invitation.workshop_id == workshop_id,
            Invitation.state == "pending",
            Invitation.user_id.in_(wanted),
        )
    )
    return dict.fromkeys(invited, "invited") | dict.fromkeys(members, "member")


@dataclass(frozen=True)
class WaitingApplications:
    """A workshop I lead and how many people wait to be let in."""

    workshop_id: int
    name: str
    count: int


def applications_waiting_for(user_id: int | None) -> list[WaitingApplications]:
    """Return the workshops in which this person has applications to answer."""
    rows = db.session.execute(
        select(Workshop.id, Workshop.name, func.count(Application.id))
        .join(Application, Application.workshop_id == Workshop.id)
        .join(WorkshopMember, WorkshopMember.workshop_id == Workshop.id)
        .where(
            Application.state == "pending",
            WorkshopMember.user_id == user_id,
            Workshop.archived_at.is_(None),
            holders_of(Right.ADMIT),
        )
        .group_by(Workshop.id, Workshop.name)
        .order_by(Workshop.id)
    )
    return [WaitingApplications(row[0], row[1], row[2]) for row in rows]

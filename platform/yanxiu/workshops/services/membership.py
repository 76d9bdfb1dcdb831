"""Coming in, going out, roles and groups.

Every function locks the workshop's row first, so that two people answering the same
application, or two leaders stepping down together, are served one after the other.
"""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select, update

from yanxiu.accounts.models import User
from yanxiu.core.audit import record_audit
from yanxiu.core.clock import now
from yanxiu.core.db import db, hold
from yanxiu.core.errors import ConflictError, InvalidError, NotFoundError
from yanxiu.core.events import record
from yanxiu.workshops.events import (
    ApplicationDecided,
    ApplicationSubmitted,
    InvitationAnswered,
    InvitationSent,
    MemberJoined,
    MemberRemoved,
    MemberRoleChanged,
    RightsChanged,
)
from yanxiu.workshops.models import (
    Application,
    Invitation,
    Right,
    Role,
    Workshop,
    WorkshopMember,
)
from yanxiu.workshops.models.teams import Answer
from yanxiu.workshops.permissions import MAX_LEADERS
from yanxiu.workshops.queries.members import invitation_for
from yanxiu.workshops.queries.teams import membership_of
from yanxiu.workshops.services.counts import add_to


def _lock(workshop: Workshop) -> None:
    """Hold other writers of this workshop's membership back until the commit."""
    if not hold(workshop):
        raise NotFoundError


def add_member(workshop: Workshop, user_id: int, *, role: str = Role.MEMBER.value, how: str) -> WorkshopMember:
    """Make somebody a member; who is one already stays what they are."""
    _lock(workshop)
    member = membership_of(workshop.id, user_id)
    if member is not None:
        return member
    if workshop.archived_at is not None:
        raise ConflictError("这个工作坊已经结束，不再接收新成员")
    member = WorkshopMember(workshop_id=workshop.id, user_id=user_id, role=role, joined_at=now())
    db.session.add(member)
    add_to(workshop, Workshop.members_count, 1)
    record(MemberJoined(workshop.id, user_id, how))
    _close_open_questions(workshop.id, user_id)
    return member


def _close_open_questions(workshop_id: int, user_id: int) -> None:
    """Who is in needs no answer any more, whichever way they came."""
    for table in (Application, Invitation):
        db.session.execute(
            update(table)
            .where(
                table.workshop_id == workshop_id,
                table.user_id == user_id,
                table.state == Answer.PENDING.value,
            )
            .values(state=Answer.ACCEPTED.value, decided_at=now())
        )


def join_workshop(actor: User, workshop: Workshop) -> WorkshopMember:
    """Walk into an open workshop."""
    return add_member(workshop, actor.id, how="open")


def apply_to_workshop(actor: User, workshop: Workshop, message: str) -> Application:
    """Ask to be let in; asking again while waiting changes the message."""
    _lock(workshop)
    waiting = _pending_application(workshop.id, actor.id)
    if waiting is not None:
        waiting.message = message
        return waiting
    if membership_of(workshop.id, actor.id) is not None:
        raise ConflictError("您已经是这个工作坊的成员了")
    application = Application(workshop_id=workshop.id, user_id=actor.id, message=message)
    db.session.add(application)
    db.session.flush()
    record(ApplicationSubmitted(application.id, workshop.id, actor.id))
    return application


def _pending_application(workshop_id: int, user_id: int) -> Application | None:
    return db.session.scalar(
        select(Application).where(
            Application.workshop_id == workshop_id,
            Application.user_id == user_id,
            Application.state == Answer.PENDING.value,
        )
    )


def withdraw_application(actor: User, workshop: Workshop) -> None:
    """Take one's own question back; there being none is no error."""
    _lock(workshop)
    waiting = _pending_application(workshop.id, actor.id)
    if waiting is not None:
        waiting.state = Answer.WITHDRAWN.value
        waiting.decided_at = now()


def decide_application(
    actor: User, workshop: Workshop, application: Application, *, accept: bool, reason: str = ""
) -> None:
    """Let somebody in or refuse with a reason; the first answer counts."""
    _lock(workshop)
    db.session.refresh(application)
    if application.state != Answer.PENDING.value:
        raise ConflictError("这份申请已经有人处理过了")
    if not accept and not reason.strip():
        raise InvalidError("请写一句不同意的理由，申请人会看到", field="reason")
    application.state = Answer.ACCEPTED.value if accept else Answer.REFUSED.value
    application.reason = reason
    application.decided_by = actor.id
    application.decided_at = now()
    record(ApplicationDecided(application.id, workshop.id, application.user_id, actor.id, accept))
    if accept:
        add_member(workshop, application.user_id, how="application")


def invite_person(actor: User, workshop: Workshop, person: User) -> Invitation:
    """Ask a teacher in. A teacher who has applied meanwhile is let in at once."""
    _lock(workshop)
    if membership_of(workshop.id, person.id) is not None:
        raise ConflictError(f"{person.name}已经是成员了")
    invitation = invitation_for(workshop.id, person.id)
    if invitation is not None:
        return invitation
    invitation = Invitation(workshop_id=workshop.id, user_id=person.id, inviter_id=actor.id)
    db.session.add(invitation)
    db.session.flush()
    application = _pending_application(workshop.id, person.id)
    if application is not None:
        decide_application(actor, workshop, application, accept=True)
    else:
        record(InvitationSent(invitation.id, workshop.id, person.id, actor.id))
    return invitation


def answer_invitation(actor: User, workshop: Workshop, invitation: Invitation, *, accept: bool) -> None:
    """Accept or decline; only the invited person can."""
    if invitation.user_id != actor.id:
        raise NotFoundError
    _lock(workshop)
    db.session.refresh(invitation)
    if invitation.state != Answer.PENDING.value:
        raise ConflictError("这份邀请已经失效")
    invitation.state = Answer.ACCEPTED.value if accept else Answer.REFUSED.value
    invitation.decided_at = now()
    record(InvitationAnswered(invitation.id, workshop.id, actor.id, invitation.inviter_id, accept))
    if accept:
        add_member(workshop, actor.id, how="invitation")


def revoke_invitation(actor: User, workshop: Workshop, invitation: Invitation) -> None:
    """Take an unanswered invitation back; one already answered stays as it is."""
    _lock(workshop)
    db.session.refresh(invitation)
    if invitation.state == Answer.PENDING.value:
        invitation.state = Answer.WITHDRAWN.value
        invitation.decided_at = now()


def leave_workshop(actor: User, workshop: Workshop) -> None:
    """Go; the last leader hands over first."""
    member = membership_of(workshop.id, actor.id)
    if member is None:
        return
    remove_member(actor, workshop, member)


def remove_member(actor: User, workshop: Workshop, member: WorkshopMember) -> None:
    """End a membership. What the person wrote stays; the person sees nothing more. Who is gone already is no error."""
    user_id = member.user_id
    _lock(workshop)
    if not hold(member):
        return
    _keep_a_leader(workshop, member)
    db.session.delete(member)
    add_to(workshop, Workshop.members_count, -1)
    record(MemberRemoved(workshop.id, user_id, actor.id))
    record_audit(actor, "workshop.member_removed", "workshop", workshop.id, user_id=user_id)


def _leaders_besides(workshop: Workshop, member: WorkshopMember) -> int:
    leaders = db.session.scalars(
        select(WorkshopMember.id).where(
            WorkshopMember.workshop_id == workshop.id,
            WorkshopMember.role == Role.LEADER.value,
            WorkshopMember.id != member.id,
        )
    )
    return len(leaders.all())


def _keep_a_leader(workshop: Workshop, member: WorkshopMember) -> None:
    if member.role == Role.LEADER.value and _leaders_besides(workshop, member) == 0:
        raise ConflictError("工作坊至少要有一位坊主，请先请另一位成员担任坊主")


def change_role(actor: User, workshop: Workshop, member: WorkshopMember, role: str) -> None:
    """Give a member a role: at most three leaders, never none."""
    _lock(workshop)
    if not hold(member):
        raise ConflictError("这位老师刚刚离开了工作坊，请刷新成员名单")
    if role == member.role:
        return
    if role == Role.LEADER.value and _leaders_besides(workshop, member) >= MAX_LEADERS:
        raise ConflictError(f"坊主最多 {MAX_LEADERS} 位")
    _keep_a_leader(workshop, member)
    member.role, member.rights = Role(role).value, None
    record(MemberRoleChanged(workshop.id, member.user_id, actor.id, role))
    record_audit(
        actor,
        "workshop.role_changed",
        "workshop",
        workshop.id,
        user_id=member.user_id,
        role=role,
    )


def set_rights(actor: User, workshop: Workshop, member: WorkshopMember, rights: Collection[str]) -> None:
    """Say what a helper may do; all of it is as if nothing had been said."""
    _lock(workshop)
    if not hold(member) or member.role != Role.FACILITATOR.value:
        raise ConflictError("只有管理成员可以分配权限，请刷新成员名单")
    ticked = [right.value for right in Right if right.value in rights]
    member.rights = None if len(ticked) == len(Right) else ",".join(ticked)
    record(RightsChanged(workshop.id, member.user_id, actor.id))
    record_audit(actor, "workshop.rights_changed", "workshop", workshop.id, user_id=member.user_id, rights=ticked)

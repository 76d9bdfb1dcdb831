"""The same workshop in the next term: what is taken along, and what never is (answers, marks, anybody's work)."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select

from yanxiu.accounts.models import User
from yanxiu.core.audit import record_audit
from yanxiu.core.db import db, hold
from yanxiu.core.errors import NotFoundError
from yanxiu.core.tasks import enqueue
from yanxiu.workshops.models import Invitation, Role, TermItem, TermStage, Topic, Workshop
from yanxiu.workshops.permissions import MAX_LEADERS
from yanxiu.workshops.queries.members import groups_of, team_members
from yanxiu.workshops.queries.teams import membership_of
from yanxiu.workshops.queries.termplan import items_in, stages_of
from yanxiu.workshops.queries.threads import opener_of, pinned_topics
from yanxiu.workshops.services import groups, membership, termplan, topics
from yanxiu.workshops.services.attachments import with_own_pictures
from yanxiu.workshops.services.workshops import WorkshopDetails, create_workshop

INVITE_ONWARD = "workshops.invite_onward"
OF_THE_TERM = frozenset({"topic", "activity", "task"})
"""What belongs to the old term: in the new plan only its title is left, until there is a new one."""


@dataclass(frozen=True)
class Taken:
    """What the next term's workshop takes along; every day of the plan moves by `days`."""

    name: str
    term: str
    days: int = 0
    introduction: bool = True
    team: bool = True
    groups: bool = True
    invite: bool = False
    plan: bool = True
    pinned: bool = True


def clone_workshop(actor: User, source: Workshop, taken: Taken) -> Workshop:
    """Found the workshop of the next term; one of the same name and term that was made of this one already is returned."""
    if not hold(source):
        raise NotFoundError
    made = select(Workshop).where(
        Workshop.source_id == source.id, Workshop.name == taken.name, Workshop.term == taken.term
    )
    before = db.session.scalar(made)
    if before is not None:
        return before
    workshop = create_workshop(actor, source.organization, _details(source, taken))
    workshop.source_id = source.id
    if taken.introduction:
        workshop.cover_id = source.cover_id
    if taken.team:
        _bring_team(actor, source, workshop)
    if taken.groups:
        _bring_groups(actor, source, workshop)
    carried = _bring_pinned(actor, source, workshop) if taken.pinned else {}
    if taken.plan:
        _bring_plan(actor, source, workshop, timedelta(days=taken.days), carried)
    if taken.invite:
        payload = {"workshop_id": workshop.id, "source_id": source.id, "actor_id": actor.id}
        enqueue(INVITE_ONWARD, payload, key=f"{INVITE_ONWARD}:{workshop.id}")
    record_audit(actor, "workshop.cloned", "workshop", workshop.id, source_id=source.id, days=taken.days)
    db.session.flush()
    return workshop


def _details(source: Workshop, taken: Taken) -> WorkshopDetails:
    return WorkshopDetails(
        name=taken.name,
        subject=source.subject,
        stage=source.stage,
        term=taken.term,
        theme=source.theme if taken.introduction else "",
        join_mode=source.join_mode,
        introduction=source.introduction if taken.introduction else "",
        members_may_publish=source.members_may_publish,
    )


def _bring_team(actor: User, source: Workshop, workshop: Workshop) -> None:
    """Leaders, helpers with their rights, mentors. The founder is a leader already, so one of four may lead no more."""
    leaders = 1
    for seat in team_members(source.id):
        if seat.user_id == actor.id or not seat.user.is_active:
            continue
        member = membership.add_member(workshop, seat.user_id, how="cloned")
        db.session.flush()
        leads = seat.role == Role.LEADER.value
        role = Role.FACILITATOR.value if leads and leaders >= MAX_LEADERS else seat.role
        leaders += role == Role.LEADER.value
        membership.change_role(actor, workshop, member, role)
        member.rights = seat.rights


def _bring_groups(actor: User, source: Workshop, workshop: Workshop) -> None:
    """The groups, and in them whoever came along."""
    made = {}
    for row in groups_of(source.id):
        made[row.group.id] = groups.create_group(actor, workshop, row.group.name)
    for seat in team_members(source.id):
        member = membership_of(workshop.id, seat.user_id)
        if member is not None and seat.group_id in made:
            groups.assign_group(actor, member, made[seat.group_id])


def _bring_pinned(actor: User, source: Workshop, workshop: Workshop) -> dict[int, int]:
    """The words of the announcements as new topics, without their answers; returns new ids by old ones."""
    carried = {}
    for topic in reversed(pinned_topics(source.id)):
        opener = opener_of(topic.id)
        if opener is None:
            continue
        html = with_own_pictures(opener.html, source, workshop)
        made = topics.publish_topic(actor, workshop, topic.title, html)
        carried[topic.id] = made.id
        _pin(actor, made)
    return carried


def _pin(actor: User, topic: Topic) -> None:
    opener = opener_of(topic.id)
    if opener is not None:
        topics.pin_topic(actor, topic, opener, pinned=True)


def _bring_plan(
    actor: User, source: Workshop, workshop: Workshop, distance: timedelta, carried: Mapping[int, int]
) -> None:
    for old in stages_of(source.id):
        details = termplan.StageDetails(
            old.name, old.goal, _later(old.starts_on, distance), _later(old.ends_on, distance)
        )
        stage = termplan.add_stage(actor, workshop, details, str(uuid.uuid4()))
        db.session.flush()
        for position, item in enumerate(items_in(old.id, source.id), start=1):
            _copy_item(actor, item, stage, position, distance, carried)
        db.session.flush()
        termplan.touch_plan(actor, workshop, items=items_in(stage.id, workshop.id))


def _copy_item(
    actor: User, old: TermItem, stage: TermStage, position: int, distance: timedelta, carried: Mapping[int, int]
) -> None:
    target = carried.get(old.target_id or 0) if old.kind == "topic" else old.target_id
    if old.kind in OF_THE_TERM and old.kind != "topic":
        target = None
    db.session.add(
        TermItem(
            workshop_id=stage.workshop_id,
            stage_id=stage.id,
            kind=old.kind,
            title=old.title,
            target_id=target,
            url=old.url,
            starts_on=_later(old.starts_on, distance),
            ends_on=_later(old.ends_on, distance),
            required=old.required,
            position=position,
            client_uuid=str(uuid.uuid4()),
            created_by=actor.id,
        )
    )


def _later(day: date | None, distance: timedelta) -> date | None:
    return None if day is None else day + distance


def invite_onward(actor: User, workshop: Workshop, people: list[User]) -> None:
    """Invite members of the term before; whoever was asked once, whatever the answer, is not asked again."""
    asked = set(
        db.session.scalars(
            select(Invitation.user_id).where(
                Invitation.workshop_id == workshop.id, Invitation.user_id.in_([person.id for person in people])
            )
        )
    )
    for person in people:
        if person.is_active and person.id not in asked and membership_of(workshop.id, person.id) is None:
            membership.invite_person(actor, workshop, person)

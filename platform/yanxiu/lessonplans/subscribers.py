"""Reactions and background jobs of lesson plans."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from yanxiu.accounts.events import (
    AppointmentChanged,
    OrganizationMoved,
    SessionRevoked,
    UserChanged,
    UserDeactivated,
)
from yanxiu.core import clock
from yanxiu.core.db import db
from yanxiu.core.events import Moment, Subscription
from yanxiu.core.search_queue import enqueue_index, enqueue_index_many
from yanxiu.core.tasks import JobContext, JobHandler, enqueue
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.lessonplans import events
from yanxiu.lessonplans.collab.updates import MalformedUpdateError, compacted
from yanxiu.lessonplans.document.ydoc import json_from_state
from yanxiu.lessonplans.queries import (
    edits_behind_text,
    find_plan,
    plan_ids_in,
    plans_behind_their_log,
    plans_to_keep,
    stored_document,
)
from yanxiu.lessonplans.services import keep_rested, note_edits, write_text
from yanxiu.lessonplans.sockets import recheck_documents
from yanxiu.lessonplans.thinning import thin_out_versions
from yanxiu.workshops.events import MemberRemoved, MemberRoleChanged, WorkshopChanged, WorkshopEnded

log = logging.getLogger(__name__)

RENDER = "lessonplans.render"
CATCH_UP = "lessonplans.catch_up"
CATCH_UP_S = 300
REST = timedelta(minutes=10)
"""After so long without an edit, what is there is kept as a version by itself."""


def _index(event: events.PlanCreated | events.PlanRestored) -> None:
    enqueue_index("plan", event.plan_id)


def _index_changed(event: events.PlanChanged) -> None:
    enqueue_index("plan", event.plan_id, narrowed=event.narrowed)


def _unindex(event: events.PlanDeleted) -> None:
    enqueue_index("plan", event.plan_id, deleted=True)


def _index_people(event: events.PlanMemberInvited | events.PlanMemberChanged | events.PlanHandedOver) -> None:
    enqueue_index("plan", event.plan_id)


def _index_without(event: events.PlanMemberRemoved) -> None:
    enqueue_index("plan", event.plan_id, narrowed=True)


def _index_of_workshop(event: WorkshopChanged) -> None:
    """A plan is found by the name of its workshop; a workshop has tens of plans, not thousands."""
    if event.relabeled:
        enqueue_index_many("plan", plan_ids_in(event.workshop_id))


def _render_later(event: events.PlanEdited) -> None:
    enqueue(RENDER, {"plan_id": event.plan_id}, key=f"{RENDER}:{event.plan_id}")


def render_plan(payload: dict[str, Any], job: JobContext) -> None:
    """Write the plan's HTML and text as they are now, and let search know. Runs twice without harm."""
    plan_id = int(payload["plan_id"])
    stored = stored_document(plan_id)
    db.session.rollback()
    if stored is None:
        return
    document = json_from_state(stored.merged())
    with unit_of_work():
        write_text(plan_id, epoch=stored.epoch, seq=stored.seq, document=document)
        enqueue_index("plan", plan_id)


def catch_up(_payload: dict[str, Any], _job: JobContext) -> None:
    """Note the edits that were stored by a process that died before it could tell the program, and keep what rests.

    Then once in a while again. An edit may be noted a little early, which does no harm.
    """
    for plan_id in plans_behind_their_log():
        with unit_of_work():
            _note_forgotten(plan_id)
    for plan_id in plans_to_keep(clock.now() - REST):
        _keep_rested(plan_id)
    with unit_of_work():
        schedule_catch_up(CATCH_UP_S)


def _note_forgotten(plan_id: int) -> None:
    plan, (editors, last) = find_plan(plan_id), edits_behind_text(plan_id)
    if plan is None:
        return
    if last is not None and plan.edited_at < last:
        note_edits(plan, editors, at=last)
    else:
        enqueue(RENDER, {"plan_id": plan_id}, key=f"{RENDER}:{plan_id}")


def _keep_rested(plan_id: int) -> None:
    stored = stored_document(plan_id)
    db.session.rollback()
    if stored is None:
        return
    try:
        state = compacted([stored.snapshot, *stored.log])
    except MalformedUpdateError:
        log.error("lesson plan %s cannot be read and is not kept as a version", plan_id)
        return
    with unit_of_work():
        plan = find_plan(plan_id)
        if plan is not None and plan.edited_at < clock.now() - REST:
            keep_rested(plan, state, stored.seq)


def schedule_catch_up(delay_s: int = 0) -> None:
    """Queue the next look for forgotten edits; inside a unit of work. Called when a worker starts."""
    turn = int(clock.now().timestamp()) // CATCH_UP_S if delay_s else "start"
    enqueue(CATCH_UP, {}, key=f"{CATCH_UP}:{turn}", delay_s=delay_s)


def _recheck_plan(event: Any) -> None:
    """Rights in one plan changed: look again at everybody who has it open, before the answer goes out."""
    recheck_documents(plan_id=event.plan_id)


def _recheck_user(event: Any) -> None:
    recheck_documents(user_id=event.user_id)


def _recheck_all(event: OrganizationMoved | WorkshopEnded) -> None:
    recheck_documents()


AFTER = Moment.AFTER_COMMIT

SUBSCRIPTIONS: tuple[Subscription, ...] = (
    Subscription(events.PlanCreated, _index),
    Subscription(events.PlanRestored, _index),
    Subscription(events.PlanChanged, _index_changed),
    Subscription(events.PlanDeleted, _unindex),
    Subscription(events.PlanMemberInvited, _index_people),
    Subscription(events.PlanMemberChanged, _index_people),
    Subscription(events.PlanMemberRemoved, _index_without),
    Subscription(events.PlanHandedOver, _index_people),
    Subscription(events.PlanEdited, _render_later),
    Subscription(WorkshopChanged, _index_of_workshop),
    Subscription(events.PlanChanged, _recheck_plan, AFTER),
    Subscription(events.PlanDeleted, _recheck_plan, AFTER),
    Subscription(events.PlanMemberChanged, _recheck_plan, AFTER),
    Subscription(events.PlanHandedOver, _recheck_plan, AFTER),
    Subscription(events.PlanMemberRemoved, _recheck_plan, AFTER),
    Subscription(WorkshopEnded, _recheck_all, AFTER),
    Subscription(MemberRemoved, _recheck_user, AFTER),
    Subscription(MemberRoleChanged, _recheck_user, AFTER),
    Subscription(SessionRevoked, _recheck_user, AFTER),
    Subscription(UserDeactivated, _recheck_user, AFTER),
    Subscription(AppointmentChanged, _recheck_user, AFTER),
    Subscription(UserChanged, _recheck_user, AFTER),
    Subscription(OrganizationMoved, _recheck_all, AFTER),
)
CHORES: tuple[Callable[[], int], ...] = (thin_out_versions,)
JOBS: dict[str, JobHandler] = {RENDER: render_plan, CATCH_UP: catch_up}

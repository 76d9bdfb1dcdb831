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
from yanxiu.core.db import db, hold
from yanxiu.core.events import Moment, Subscription, record
from yanxiu.core.search_queue import enqueue_index, enqueue_index_many
from yanxiu.core.tasks import JobContext, JobHandler, enqueue
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.lessonplans import events
from yanxiu.lessonplans.collab.store import Stored
from yanxiu.lessonplans.collab.updates import MalformedUpdateError, compacted
from yanxiu.lessonplans.document.nodes import Node
from yanxiu.lessonplans.document.records import reading_html, sections_of
from yanxiu.lessonplans.document.ydoc import json_from_state
from yanxiu.lessonplans.events.comments import PlanCommentChanged, PlanCommented, PlanCommentsBrought
from yanxiu.lessonplans.events.preparations import PlanMoved
from yanxiu.lessonplans.models import LessonPlan
from yanxiu.lessonplans.queries import (
    edits_behind_text,
    find_plan,
    find_record,
    plan_ids_in,
    plans_behind_their_log,
    plans_to_keep,
    shares_in,
    stored_document,
    writers_of,
)
from yanxiu.lessonplans.queries.comments import answers_to, comment_ids_of
from yanxiu.lessonplans.services import keep_rested, note_edits, note_shares, rename_record, write_text
from yanxiu.lessonplans.services.adaptations import ask_for_reflections, note_content
from yanxiu.lessonplans.services.places import follow_place, put_back
from yanxiu.lessonplans.sockets import recheck_documents
from yanxiu.lessonplans.thinning import forget_imports, thin_out_history, thin_out_versions
from yanxiu.resources.events import BooksPutBack, BooksRemapped, BooksRenamed
from yanxiu.workshops.events import (
    ActivityCancelled,
    ActivityChanged,
    MemberRemoved,
    MemberRoleChanged,
    RecordSection,
    RecordWritten,
    WorkshopChanged,
    WorkshopEnded,
)

log = logging.getLogger(__name__)

RENDER = "lessonplans.render"
CATCH_UP = "lessonplans.catch_up"
CATCH_UP_S = 300
COUNT_SHARES = "lessonplans.count_shares"
WAKING = range(8, 21)
"""Nobody is asked for a reflection at night."""
REST = timedelta(minutes=10)
"""After so long without an edit, what is there is kept as a version by itself."""


def _index(event: events.PlanCreated | events.PlanRestored) -> None:
    _index_plan(event.plan_id)


def _index_changed(event: events.PlanChanged) -> None:
    _index_plan(event.plan_id, urgent=event.narrowed)


def _unindex(event: events.PlanDeleted) -> None:
    _index_plan(event.plan_id, urgent=True)


def _index_people(event: events.PlanMemberInvited | events.PlanMemberChanged | events.PlanHandedOver) -> None:
    _index_plan(event.plan_id)


def _index_without(event: events.PlanMemberRemoved) -> None:
    _index_plan(event.plan_id, urgent=True)


def _index_plan(plan_id: int, *, urgent: bool = False) -> None:
    """A plan and the comments on its text are seen by the same people."""
    enqueue_index_many("plan", (plan_id,), urgent=urgent)
    enqueue_index_many("plan_comment", comment_ids_of((plan_id,)), urgent=urgent)


def _index_comment(event: PlanCommented) -> None:
    enqueue_index("plan_comment", event.comment_id)


def _index_brought(event: PlanCommentsBrought) -> None:
    enqueue_index_many("plan_comment", event.comment_ids)


def _index_comment_changed(event: PlanCommentChanged) -> None:
    """With a comment its answers go."""
    if event.what == "withdrawn":
        enqueue_index_many("plan_comment", answers_to(event.comment_id), urgent=True)


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
        plan = find_plan(plan_id)
        if plan is not None and plan.is_record:
            tell_record(plan, stored, document)
        else:
            write_text(plan_id, epoch=stored.epoch, seq=stored.seq, document=document)
            note_content(plan_id, document)
            enqueue_index("plan", plan_id)


def tell_record(plan: LessonPlan, stored: Stored, document: Node) -> None:
    """Keep how the record of an activity reads and hand it to the workshop; inside a unit of work. The activity is held
    first, as by everybody else who writes about it."""
    if plan.activity is None or not hold(plan.activity):
        return
    if write_text(plan.id, epoch=stored.epoch, seq=stored.seq, document=document):
        sections = tuple(RecordSection(*section) for section in sections_of(document))
        html = reading_html(document).replace("\0", "")
        record(RecordWritten(plan.activity.id, html, sections, tuple(writers_of(plan.id))))


def _rename_record(event: ActivityChanged) -> None:
    found = find_record(event.activity_id)
    if found is not None and found.activity is not None:
        rename_record(found, found.activity)


def catch_up(_payload: dict[str, Any], _job: JobContext) -> None:
    """Note the edits that were stored by a process that died before it could tell the program, and keep what rests.

    Then once in a while again. An edit may be noted a little early, which does no harm.
    """
    for plan_id in plans_behind_their_log():
        with unit_of_work():
            _note_forgotten(plan_id)
    for plan_id in plans_to_keep(clock.now() - REST):
        _keep_rested(plan_id)
    if clock.now().astimezone(clock.LOCAL_ZONE).hour in WAKING:
        with unit_of_work():
            ask_for_reflections()
    with unit_of_work():
        schedule_catch_up(CATCH_UP_S)


def _note_forgotten(plan_id: int) -> None:
    plan, (editors, last) = find_plan(plan_id), edits_behind_text(plan_id)
    if plan is None:
        return
    if last is not None and editors and plan.edited_at < last:
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


def _count_shares_later(event: events.RevisionKept) -> None:
    enqueue(COUNT_SHARES, {"revision_id": event.revision_id}, key=f"{COUNT_SHARES}:{event.revision_id}")


def count_shares(payload: dict[str, Any], _job: JobContext) -> None:
    """Count whose characters stand in a version. Runs twice without harm."""
    counted = shares_in(int(payload["revision_id"]))
    db.session.rollback()
    if counted is not None:
        with unit_of_work():
            note_shares(int(payload["revision_id"]), counted)


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


def _recheck_record(event: ActivityCancelled) -> None:
    """Nobody writes any more about what did not take place."""
    found = find_record(event.activity_id)
    if found is not None:
        recheck_documents(plan_id=found.id)


AFTER = Moment.AFTER_COMMIT

SUBSCRIPTIONS: tuple[Subscription, ...] = (
    Subscription(events.PlanCreated, _index),
    Subscription(events.PlanRestored, _index),
    Subscription(BooksRenamed, lambda e: follow_place(e.county_id, e.before, e.after)),
    Subscription(BooksRemapped, lambda e: follow_place(e.county_id, e.before, e.after, e.remap_id)),
    Subscription(BooksPutBack, lambda e: put_back(e.remap_id)),
    Subscription(events.PlanChanged, _index_changed),
    Subscription(events.PlanDeleted, _unindex),
    Subscription(events.PlanMemberInvited, _index_people),
    Subscription(events.PlanMemberChanged, _index_people),
    Subscription(events.PlanMemberRemoved, _index_without),
    Subscription(events.PlanHandedOver, _index_people),
    Subscription(PlanCommented, _index_comment),
    Subscription(PlanCommentChanged, _index_comment_changed),
    Subscription(PlanCommentsBrought, _index_brought),
    Subscription(events.PlanEdited, _render_later),
    Subscription(events.RevisionKept, _count_shares_later),
    Subscription(WorkshopChanged, _index_of_workshop),
    Subscription(ActivityChanged, _rename_record),
    Subscription(ActivityCancelled, _recheck_record, AFTER),
    Subscription(events.PlanChanged, _recheck_plan, AFTER),
    Subscription(events.PlanDeleted, _recheck_plan, AFTER),
    Subscription(events.PlanMemberChanged, _recheck_plan, AFTER),
    Subscription(events.PlanHandedOver, _recheck_plan, AFTER),
    Subscription(events.PlanMemberRemoved, _recheck_plan, AFTER),
    Subscription(PlanMoved, _recheck_plan, AFTER),
    Subscription(WorkshopEnded, _recheck_all, AFTER),
    Subscription(MemberRemoved, _recheck_user, AFTER),
    Subscription(MemberRoleChanged, _recheck_user, AFTER),
    Subscription(SessionRevoked, _recheck_user, AFTER),
    Subscription(UserDeactivated, _recheck_user, AFTER),
    Subscription(AppointmentChanged, _recheck_user, AFTER),
    Subscription(UserChanged, _recheck_user, AFTER),
    Subscription(OrganizationMoved, _recheck_all, AFTER),
)
CHORES: tuple[Callable[[], int], ...] = (thin_out_versions, thin_out_history, forget_imports)
JOBS: dict[str, JobHandler] = {RENDER: render_plan, CATCH_UP: catch_up, COUNT_SHARES: count_shares}

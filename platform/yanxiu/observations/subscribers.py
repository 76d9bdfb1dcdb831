"""Background work of lessons: preparing and converting recordings, sweeping old uploads, telling search."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

from yanxiu.accounts.queries import find_user
from yanxiu.core import clock
from yanxiu.core.db import db
from yanxiu.core.events import Moment, Subscription, record
from yanxiu.core.search_queue import enqueue_index, enqueue_index_many
from yanxiu.core.tasks import JobContext, JobHandler, enqueue
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.observations import events
from yanxiu.observations.jobs import prepare_recording, sweep_uploads, transcode_recording
from yanxiu.observations.lean_job import LEAN_JOB, make_missing_lean
from yanxiu.observations.models import Lesson, TextKey
from yanxiu.observations.packing_job import check_pack, make_pack
from yanxiu.observations.queries.clip_sets import set_ids_with
from yanxiu.observations.queries.comments import thread_ids_of
from yanxiu.observations.queries.cycle import texts_of
from yanxiu.observations.queries.lessons import lesson_at_hand
from yanxiu.observations.queries.perspectives import findings_of
from yanxiu.observations.services import cycle
from yanxiu.observations.services.packs import CHECK_JOB, PACK_JOB
from yanxiu.observations.services.recordings import PREPARE_JOB, TRANSCODE_JOB
from yanxiu.observations.uploads.copies import SWEEP_JOB as COPY_SWEEP
from yanxiu.observations.uploads.copies import sweep_copies
from yanxiu.observations.uploads.folder import SWEEP_JOB
from yanxiu.web.live import recheck_rooms
from yanxiu.workshops.events import ThingOpened

EXPIRY_JOB = "observations.expire"


def index_lesson(event: events.LessonCreated | events.RecordingReady | events.SubtitlesChanged) -> None:
    enqueue_index("lesson", event.lesson_id)


def index_changed_lesson(event: events.LessonChanged) -> None:
    _index_all(event.lesson_id, urgent=event.narrowed)


def index_removed_lesson(event: events.LessonDeleted | events.LessonRestored) -> None:
    _index_all(event.lesson_id, urgent=isinstance(event, events.LessonDeleted))


def _index_all(lesson_id: int, *, urgent: bool) -> None:
    enqueue_index("lesson", lesson_id, narrowed=urgent)
    _index_what_is_said(lesson_id, urgent=urgent)
    _index_clip_sets(lesson_id, urgent=urgent)


def plan_expiry(event: events.LessonCreated | events.LessonChanged) -> None:
    """Nobody does anything on the day from which a lesson may not be shown any more: search has to hear of it by itself."""
    lesson = lesson_at_hand(event.lesson_id)
    if lesson is not None and lesson.consent_until is not None and not lesson.has_expired(clock.today()):
        over = datetime.combine(lesson.consent_until, time.max, clock.LOCAL_ZONE)
        delay_s = (over - clock.now()).total_seconds() + 1
        key = f"{EXPIRY_JOB}:{lesson.id}:{lesson.consent_until.isoformat()}"
        enqueue(EXPIRY_JOB, {"lesson_id": lesson.id}, key=key, delay_s=delay_s)


def index_expired(payload: dict[str, Any], _job: JobContext) -> None:
    """Let search read a lesson again whose time is over; harmless where it was given more time."""
    with unit_of_work():
        _index_all(payload["lesson_id"], urgent=True)


def index_members(event: events.LessonMemberInvited | events.LessonMemberRemoved) -> None:
    narrowed = isinstance(event, events.LessonMemberRemoved)
    enqueue_index("lesson", event.lesson_id, narrowed=narrowed)
    _index_what_is_said(event.lesson_id, urgent=narrowed)


def _index_what_is_said(lesson_id: int, *, urgent: bool) -> None:
    """Whoever may see the lesson reads it, more or less."""
    enqueue_index_many("comment", thread_ids_of(lesson_id), urgent=urgent)
    _index_report(lesson_id, urgent=urgent)


def _index_clip_sets(lesson_id: int, *, urgent: bool) -> None:
    """What is said about its clips is told with the set as far as the lesson may be watched."""
    enqueue_index_many("clip_set", set_ids_with(lesson_id), urgent=urgent)


def index_clip_set(event: events.ClipSetChanged) -> None:
    enqueue_index("clip_set", event.clip_set_id, narrowed=event.narrowed)


def index_clip_consent(event: events.ClipConsentChanged) -> None:
    _index_clip_sets(event.lesson_id, urgent=event.refused)


def _index_report(lesson_id: int, *, urgent: bool) -> None:
    enqueue_index_many("finding", (one.id for one in findings_of(lesson_id)), urgent=urgent)
    conclusion = texts_of(lesson_id).get(TextKey.CONCLUSION)
    if conclusion is not None:
        enqueue_index("conclusion", conclusion.id, narrowed=urgent)


def index_report(event: events.LessonMoved) -> None:
    """What observers found is told from 议课 on, and no longer when the lesson goes back behind it."""
    _index_report(event.lesson_id, urgent=event.is_back)


def index_finding(event: events.FindingWritten) -> None:
    enqueue_index("finding", event.finding_id, deleted=event.is_gone)


def index_conclusion(event: events.ConclusionChanged) -> None:
    enqueue_index("conclusion", event.text_id, deleted=event.is_gone)


def index_comment(event: events.TimedCommentPosted | events.TimedCommentChanged) -> None:
    enqueue_index("comment", event.comment_id)


def index_restored_comment(event: events.TimedCommentRestored) -> None:
    """The answers come back with what they answer."""
    enqueue_index("comment", event.comment_id)
    enqueue_index_many("comment", thread_ids_of(event.lesson_id, event.comment_id))


def unindex_comment(event: events.TimedCommentWithdrawn) -> None:
    enqueue_index("comment", event.comment_id, deleted=True)
    enqueue_index_many("comment", thread_ids_of(event.lesson_id, event.comment_id), urgent=True)


def close_rooms(event: events.LessonMemberRemoved | events.LessonChanged | events.LessonDeleted) -> None:
    """Who may not watch any more hears no more: everybody in the lesson's room is asked again, before the answer."""
    if not isinstance(event, events.LessonChanged) or event.narrowed:
        recheck_rooms(topic=f"lesson:{event.lesson_id}")
        recheck_rooms(topic=f"cowatch:{event.lesson_id}")
        recheck_rooms(topic=f"packs:{event.lesson_id}")


def close_watching_together(event: events.LessonMoved) -> None:
    """A lesson is watched together in some steps of its cycle only."""
    recheck_rooms(topic=f"cowatch:{event.lesson_id}")


def index_placed_notes(event: events.LiveNotesPlaced) -> None:
    """Their addresses name other moments now."""
    enqueue_index_many("comment", thread_ids_of(event.lesson_id))


def begin_watching(event: events.RecordingReady) -> None:
    uploader = find_user(event.uploader_id)
    if uploader is not None:
        cycle.begin_watching(event.lesson_id, uploader)


def plan_reminder(event: events.LessonCreated | events.LessonChanged) -> None:
    lesson = db.session.get(Lesson, event.lesson_id)
    if lesson is not None:
        cycle.remind_before(lesson)


def remind(payload: dict[str, Any], _job: JobContext) -> None:
    """Tell whom a lesson waits for."""
    with unit_of_work():
        cycle.remind(payload["lesson_id"], payload.get("taught"), payload.get("due"))


def tell_plans(event: events.LessonWatched) -> None:
    record(ThingOpened("lesson", event.lesson_id, event.user_id))


SUBSCRIPTIONS: tuple[Subscription, ...] = (
    Subscription(events.LessonCreated, index_lesson),
    Subscription(events.LessonWatched, tell_plans),
    Subscription(events.RecordingReady, index_lesson),
    Subscription(events.SubtitlesChanged, index_lesson),
    Subscription(events.RecordingReady, begin_watching),
    Subscription(events.LessonCreated, plan_reminder),
    Subscription(events.LessonChanged, plan_reminder),
    Subscription(events.LessonCreated, plan_expiry),
    Subscription(events.LessonChanged, plan_expiry),
    Subscription(events.LessonChanged, index_changed_lesson),
    Subscription(events.LessonDeleted, index_removed_lesson),
    Subscription(events.LessonRestored, index_removed_lesson),
    Subscription(events.LessonMemberInvited, index_members),
    Subscription(events.LessonMemberRemoved, index_members),
    Subscription(events.TimedCommentPosted, index_comment),
    Subscription(events.TimedCommentChanged, index_comment),
    Subscription(events.TimedCommentRestored, index_restored_comment),
    Subscription(events.TimedCommentWithdrawn, unindex_comment),
    Subscription(events.LiveNotesPlaced, index_placed_notes),
    Subscription(events.ClipSetChanged, index_clip_set),
    Subscription(events.ClipConsentChanged, index_clip_consent),
    Subscription(events.LessonMoved, index_report),
    Subscription(events.FindingWritten, index_finding),
    Subscription(events.ConclusionChanged, index_conclusion),
    Subscription(events.LessonMemberRemoved, close_rooms, Moment.AFTER_COMMIT),
    Subscription(events.LessonChanged, close_rooms, Moment.AFTER_COMMIT),
    Subscription(events.LessonDeleted, close_rooms, Moment.AFTER_COMMIT),
    Subscription(events.LessonMoved, close_watching_together, Moment.AFTER_COMMIT),
)
JOBS: dict[str, JobHandler] = {
    PREPARE_JOB: prepare_recording,
    TRANSCODE_JOB: transcode_recording,
    SWEEP_JOB: sweep_uploads,
    cycle.REMIND_JOB: remind,
    PACK_JOB: make_pack,
    CHECK_JOB: check_pack,
    COPY_SWEEP: sweep_copies,
    LEAN_JOB: make_missing_lean,
    EXPIRY_JOB: index_expired,
}

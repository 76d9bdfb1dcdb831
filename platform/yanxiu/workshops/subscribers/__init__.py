"""What the workshops do when something happens: tell search, remind of activities, and close rooms to who left."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import InstrumentedAttribute

from yanxiu.accounts.models import User
from yanxiu.core import clock
from yanxiu.core.db import db
from yanxiu.core.events import Moment, Subscription
from yanxiu.core.live import bump
from yanxiu.core.search_queue import enqueue_index, enqueue_index_many
from yanxiu.core.tasks import JobContext, JobHandler, enqueue
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.web.live import recheck_rooms
from yanxiu.workshops import desk, events
from yanxiu.workshops.models import (
    Activity,
    ActivityReflection,
    Bulletin,
    Post,
    PostAttachment,
    Submission,
    Task,
    TermItem,
    Topic,
    Workshop,
)
from yanxiu.workshops.queries.activities import activities_to_announce, activity_by_id
from yanxiu.workshops.queries.bulletins import published_ids
from yanxiu.workshops.queries.debates import sealing_kind
from yanxiu.workshops.queries.members import plain_members_after
from yanxiu.workshops.queries.polls import poll_of
from yanxiu.workshops.queries.tasks import task_by_id, tasks_with_reviews
from yanxiu.workshops.queries.threads import topic_by_id
from yanxiu.workshops.services.activities import remind_of_activity
from yanxiu.workshops.services.cloning import INVITE_ONWARD, invite_onward
from yanxiu.workshops.services.nudges import REMIND, deliver_reminder
from yanxiu.workshops.services.peers import look_after_reviews
from yanxiu.workshops.services.polls import CLOSE, close_poll_in_time
from yanxiu.workshops.services.records import keep_record
from yanxiu.workshops.services.requirements import REMINDER as REPLIES_DUE
from yanxiu.workshops.services.requirements import remind_of_replies
from yanxiu.workshops.services.tasks import REMINDER, REVIEWS, plan_reviews, remind_of_due
from yanxiu.workshops.services.termplan import PLAN_NEWS, tell_of_changes
from yanxiu.workshops.services.voices import CONTAINERS, VOICE, converted_voice, replace_voice

REINDEX = "workshops.reindex"
ANNOUNCE = "workshops.announce_activities"
ANNOUNCE_EVERY_S = 3600
ANNOUNCE_BEFORE = timedelta(hours=24)
AT_ONCE = 500
INVITED_AT_ONCE = 20


def _index_workshop(event: events.WorkshopCreated | events.WorkshopChanged) -> None:
    enqueue_index("workshop", event.workshop_id, narrowed=isinstance(event, events.WorkshopChanged))


def _index_contents(event: events.WorkshopChanged) -> None:
    """Name, subject and stage of a workshop stand with everything inside it: years of talk, so not in this request."""
    if event.relabeled:
        enqueue(REINDEX, {"workshop_id": event.workshop_id}, key=f"{REINDEX}:{event.workshop_id}")


def _index_answers(event: events.TopicChanged) -> None:
    """Every answer carries the title of its topic; those of a debate are found by everybody once it is locked."""
    if event.renamed or sealing_kind(event.topic_id):
        enqueue(REINDEX, {"topic_id": event.topic_id}, key=f"{REINDEX}:topic:{event.topic_id}")


def reindex_contents(payload: dict[str, Any], job: JobContext) -> None:
    """Queue the topics and answers of a workshop, or the answers of a topic, some at a time. Harmless twice."""
    inside = Topic.id == payload["topic_id"] if "topic_id" in payload else Topic.workshop_id == payload["workshop_id"]
    if "workshop_id" in payload:
        _queue_all(
            "activity", select(Activity.id).where(Activity.workshop_id == payload["workshop_id"]), Activity.id, job
        )
        _queue_all("topic", select(Topic.id).where(inside), Topic.id, job)
        _queue_all("bulletin", published_ids(payload["workshop_id"]), Bulletin.id, job)
        _queue_all(
            "term_item", select(TermItem.id).where(TermItem.workshop_id == payload["workshop_id"]), TermItem.id, job
        )
        _queue_all("task", select(Task.id).where(Task.workshop_id == payload["workshop_id"]), Task.id, job)
        works = select(Submission.id).join(Submission.task).where(Task.workshop_id == payload["workshop_id"])
        _queue_all("work_comment", works, Submission.id, job)
        held = select(Activity.id).where(Activity.workshop_id == payload["workshop_id"])
        thought = select(ActivityReflection.id).where(ActivityReflection.activity_id.in_(held))
        _queue_all("reflection", thought, ActivityReflection.id, job)
    _queue_all("post", select(Post.id).join(Post.topic).where(inside, Post.number > 1), Post.id, job)


def _queue_all(kind: str, statement: Select[int], key: InstrumentedAttribute[int], job: JobContext) -> None:
    last = 0
    while True:
        with unit_of_work():
            ids = db.session.scalars(statement.where(key > last).order_by(key).limit(AT_ONCE)).all()
            enqueue_index_many(kind, ids)
        if len(ids) < AT_ONCE:
            return
        last = ids[-1]
        job.extend()


def _index_topic(event: events.TopicPublished | events.TopicChanged) -> None:
    enqueue_index("topic", event.topic_id)


def _forget_topic(event: events.TopicDeleted) -> None:
    enqueue_index("topic", event.topic_id, deleted=True)
    answers = select(Post.id).where(Post.topic_id == event.topic_id, Post.number > 1)
    enqueue_index_many("post", db.session.scalars(answers).all(), urgent=True)


def _index_restored_topic(event: events.TopicRestored) -> None:
    enqueue_index("topic", event.topic_id)
    standing = select(Post.id).where(Post.topic_id == event.topic_id, Post.number > 1, Post.withdrawn_at.is_(None))
    enqueue_index_many("post", db.session.scalars(standing).all())


def _index_moved(event: events.TopicMoved) -> None:
    """Others may see it from now on, and those from before no longer."""
    enqueue_index("topic", event.topic_id, narrowed=True)
    answers = select(Post.id).where(Post.topic_id == event.topic_id, Post.number > 1)
    enqueue_index_many("post", db.session.scalars(answers).all(), urgent=True)


def _index_merged(event: events.TopicsMerged) -> None:
    """What was the text of a topic is an answer now, and the answers carry another title."""
    enqueue_index("topic", event.gone_id, deleted=True)
    enqueue(REINDEX, {"topic_id": event.topic_id}, key=f"{REINDEX}:topic:{event.topic_id}")


def _index_split(event: events.TopicSplit) -> None:
    """What was an answer is the text of a topic now."""
    enqueue_index("topic", event.topic_id)
    enqueue_index("post", event.opener_id, deleted=True)
    enqueue(REINDEX, {"topic_id": event.topic_id}, key=f"{REINDEX}:topic:{event.topic_id}")


def _recheck_topic(event: events.TopicMoved) -> None:
    """Who follows the topic and does not belong to its new place hears nothing more of it."""
    recheck_rooms(topic=f"topic:{event.topic_id}")


def _index_post(event: events.PostPublished | events.PostRestored) -> None:
    enqueue_index("post", event.post_id)


def _index_edit(event: events.PostEdited) -> None:
    """The opener's text is found as its topic, any other post as itself."""
    number = db.session.scalar(select(Post.number).where(Post.id == event.post_id))
    if number == 1:
        enqueue_index("topic", event.topic_id)
    else:
        enqueue_index("post", event.post_id)


def _forget_post(event: events.PostWithdrawn) -> None:
    enqueue_index("post", event.post_id, deleted=True)


def remind(payload: dict[str, Any], _job: JobContext) -> None:
    """Let a reminder reach the people it was queued for."""
    with unit_of_work():
        deliver_reminder(payload)


def close_poll(payload: dict[str, Any], _job: JobContext) -> None:
    """End a poll whose time is over, and throw away what could tell whose ballot is whose."""
    with unit_of_work():
        topic, poll = topic_by_id(payload["topic_id"]), poll_of(payload["topic_id"])
        if topic is not None and poll is not None:
            close_poll_in_time(topic, poll)


def _keep_record(event: events.RecordWritten) -> None:
    """It is found by what it says as well."""
    activity = activity_by_id(event.activity_id)
    if activity is not None:
        keep_record(activity, event.html, event.sections, event.editor_ids)
        bump(f"desk:{activity.workshop_id}", "desk", activity.workshop_id)
        enqueue_index("activity", event.activity_id)


def _index_activity(event: events.ActivityPublished | events.ActivityChanged) -> None:
    enqueue_index("activity", event.activity_id)


def announce_activities(_payload: dict[str, Any], job: JobContext) -> None:
    """Tell the members of what takes place tomorrow, by day; then look again in an hour."""
    if is_daytime(clock.now()):
        for activity_id in activities_to_announce(clock.now() + ANNOUNCE_BEFORE):
            with unit_of_work():
                remind_of_activity(activity_id)
            job.extend()
    with unit_of_work():
        schedule_reminders(ANNOUNCE_EVERY_S)


def is_daytime(moment: datetime) -> bool:
    """Nobody is told anything by a clock between nine in the evening and seven in the morning."""
    return 7 <= moment.astimezone(clock.LOCAL_ZONE).hour < 21


def invite_members_onward(payload: dict[str, Any], job: JobContext) -> None:
    """Invite the members of the term before, some at a time. Run twice it asks nobody twice."""
    last = 0
    while True:
        with unit_of_work():
            workshop, actor = (
                db.session.get(Workshop, payload["workshop_id"]),
                db.session.get(User, payload["actor_id"]),
            )
            people = list(plain_members_after(payload["source_id"], last, INVITED_AT_ONCE))
            if workshop is None or actor is None or not people:
                return
            invite_onward(actor, workshop, people)
            last = people[-1].id
        job.extend()


def schedule_reminders(delay_s: int = 0) -> None:
    """Queue the next look for activities to remind of; inside a unit of work. Called when a worker starts."""
    turn = int(clock.now().timestamp()) // ANNOUNCE_EVERY_S if delay_s else "start"
    enqueue(ANNOUNCE, {}, key=f"{ANNOUNCE}:{turn}", delay_s=delay_s)


def _close_rooms(event: events.MemberRemoved) -> None:
    """Every room is asked again, also those of the lessons and plans inside the workshop."""
    recheck_rooms(event.user_id)


def _index_task(event: events.TaskPublished | events.TaskChanged | events.TaskRestored) -> None:
    enqueue_index("task", event.task_id)
    enqueue_index_many("work_comment", _works_of(event.task_id))


def _forget_task(event: events.TaskDeleted) -> None:
    enqueue_index("task", event.task_id, deleted=True)
    enqueue_index_many("work_comment", _works_of(event.task_id), urgent=True)


def _works_of(task_id: int) -> Sequence[int]:
    return db.session.scalars(select(Submission.id).where(Submission.task_id == task_id)).all()


def _index_comment(event: events.WorkMarked | events.WorkReturned) -> None:
    enqueue_index("work_comment", event.submission_id)


def _index_reflection(event: events.ReflectionHandedIn) -> None:
    enqueue_index("reflection", event.reflection_id)


def _index_reflections(event: events.ActivityChanged | events.ActivityCancelled) -> None:
    """They carry the title of their activity, and its speaker reads them."""
    found = select(ActivityReflection.id).where(ActivityReflection.activity_id == event.activity_id)
    enqueue_index_many("reflection", db.session.scalars(found).all(), urgent=True)


def _index_plan(event: events.PlanItemsChanged) -> None:
    enqueue_index_many("term_item", event.item_ids)


def tell_of_plan(payload: dict[str, Any], _job: JobContext) -> None:
    """Tell the members of a day's changes to the plan."""
    with unit_of_work():
        workshop = db.session.get(Workshop, payload["workshop_id"])
        if workshop is not None:
            tell_of_changes(workshop, payload["actor_id"])


def remind_of_task(payload: dict[str, Any], _job: JobContext) -> None:
    """Remind of a task that is due tomorrow; nothing happens for one that was moved or deleted meanwhile."""
    with unit_of_work():
        task = task_by_id(payload["task_id"])
        if task is not None:
            remind_of_due(task, payload["due"])


def remind_of_asked_replies(payload: dict[str, Any], _job: JobContext) -> None:
    """Remind of replies that are due tomorrow; nothing happens where the end was moved or the topic is gone."""
    with unit_of_work():
        topic = topic_by_id(payload["topic_id"])
        if topic is not None and topic.deleted_at is None:
            remind_of_replies(topic, payload["due"])


def _go_on_with_reviews(event: events.WorkshopEnded) -> None:
    """What rested while the workshop had ended is looked at again."""
    if not event.ended:
        for task in tasks_with_reviews(event.workshop_id):
            plan_reviews(task, clock.now())


def look_after_peers(payload: dict[str, Any], _job: JobContext) -> None:
    """Allocate the reviews of a task, or ask others for what was not done in time."""
    with unit_of_work():
        task = task_by_id(payload["task_id"])
        if task is not None:
            look_after_reviews(task)


def _index_bulletin(event: events.BulletinPublished) -> None:
    enqueue_index("bulletin", event.bulletin_id)


def _forget_bulletin(event: events.BulletinWithdrawn) -> None:
    enqueue_index("bulletin", event.bulletin_id, deleted=True)


def convert_voice(payload: dict[str, Any], _job: JobContext) -> None:
    """Make a spoken reply playable everywhere. Harmless twice; what was taken off meanwhile is left alone."""
    waiting = db.session.get(PostAttachment, payload["attachment_id"])
    if waiting is None or waiting.file.mime not in CONTAINERS:
        return
    received = converted_voice(waiting.file)
    if received is None:
        return
    with unit_of_work():
        attachment = db.session.get(PostAttachment, payload["attachment_id"])
        if attachment is not None:
            replace_voice(attachment, received)


SUBSCRIPTIONS: tuple[Subscription, ...] = (
    Subscription(events.WorkshopCreated, _index_workshop),
    Subscription(events.WorkshopChanged, _index_workshop),
    Subscription(events.WorkshopChanged, _index_contents),
    Subscription(events.TopicPublished, _index_topic),
    Subscription(events.TopicChanged, _index_topic),
    Subscription(events.TopicChanged, _index_answers),
    Subscription(events.TopicDeleted, _forget_topic),
    Subscription(events.TopicRestored, _index_restored_topic),
    Subscription(events.TopicMoved, _index_moved),
    Subscription(events.TopicsMerged, _index_merged),
    Subscription(events.TopicSplit, _index_split),
    Subscription(events.TopicMoved, _recheck_topic, Moment.AFTER_COMMIT),
    Subscription(events.PostPublished, _index_post),
    Subscription(events.PostRestored, _index_post),
    Subscription(events.PostEdited, _index_edit),
    Subscription(events.PostWithdrawn, _forget_post),
    Subscription(events.ActivityPublished, _index_activity),
    Subscription(events.ActivityChanged, _index_activity),
    Subscription(events.RecordWritten, _keep_record),
    Subscription(events.TaskPublished, _index_task),
    Subscription(events.TaskChanged, _index_task),
    Subscription(events.TaskRestored, _index_task),
    Subscription(events.TaskDeleted, _forget_task),
    Subscription(events.WorkMarked, _index_comment),
    Subscription(events.WorkReturned, _index_comment),
    Subscription(events.ReflectionHandedIn, _index_reflection),
    Subscription(events.ActivityChanged, _index_reflections),
    Subscription(events.ActivityCancelled, _index_reflections),
    Subscription(events.PlanItemsChanged, _index_plan),
    Subscription(events.BulletinPublished, _index_bulletin),
    Subscription(events.BulletinWithdrawn, _forget_bulletin),
    Subscription(events.WorkshopEnded, _go_on_with_reviews),
    *desk.SUBSCRIPTIONS,
    Subscription(events.MemberRemoved, _close_rooms, Moment.AFTER_COMMIT),
)
JOBS: dict[str, JobHandler] = {
    REINDEX: reindex_contents,
    REMIND: remind,
    INVITE_ONWARD: invite_members_onward,
    ANNOUNCE: announce_activities,
    REMINDER: remind_of_task,
    REPLIES_DUE: remind_of_asked_replies,
    PLAN_NEWS: tell_of_plan,
    REVIEWS: look_after_peers,
    CLOSE: close_poll,
    VOICE: convert_voice,
}

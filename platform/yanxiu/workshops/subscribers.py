"""What the workshops do when something happens: tell search, and close rooms to who left."""

from __future__ import annotations

from sqlalchemy import select

from yanxiu.core.db import db
from yanxiu.core.events import Moment, Subscription
from yanxiu.core.search_queue import enqueue_index, enqueue_index_many
from yanxiu.core.tasks import JobHandler
from yanxiu.web.live import recheck_rooms
from yanxiu.workshops import events
from yanxiu.workshops.models import Post, Topic


def _index_workshop(event: events.WorkshopCreated | events.WorkshopChanged) -> None:
    enqueue_index("workshop", event.workshop_id, narrowed=isinstance(event, events.WorkshopChanged))


def _index_contents(event: events.WorkshopChanged) -> None:
    """The workshop's name and subject are shown with everything inside it."""
    topics = db.session.scalars(select(Topic.id).where(Topic.workshop_id == event.workshop_id)).all()
    enqueue_index_many("topic", topics)


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


def _close_rooms(event: events.MemberRemoved) -> None:
    """Every room is asked again, also those of the lessons and plans inside the workshop."""
    recheck_rooms(event.user_id)


SUBSCRIPTIONS: tuple[Subscription, ...] = (
    Subscription(events.WorkshopCreated, _index_workshop),
    Subscription(events.WorkshopChanged, _index_workshop),
    Subscription(events.WorkshopChanged, _index_contents),
    Subscription(events.TopicPublished, _index_topic),
    Subscription(events.TopicChanged, _index_topic),
    Subscription(events.TopicDeleted, _forget_topic),
    Subscription(events.TopicRestored, _index_restored_topic),
    Subscription(events.PostPublished, _index_post),
    Subscription(events.PostRestored, _index_post),
    Subscription(events.PostEdited, _index_edit),
    Subscription(events.PostWithdrawn, _forget_post),
    Subscription(events.MemberRemoved, _close_rooms, Moment.AFTER_COMMIT),
)
JOBS: dict[str, JobHandler] = {}

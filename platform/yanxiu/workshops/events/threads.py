"""What was said in a workshop, and taken back."""

from __future__ import annotations

from dataclasses import dataclass

from yanxiu.core.events import Event


@dataclass(frozen=True)
class TopicPublished(Event):
    topic_id: int
    post_id: int
    workshop_id: int
    author_id: int


@dataclass(frozen=True)
class TopicChanged(Event):
    """Title, pin, digest or lock changed; `renamed`: the title, by which the answers are found too."""

    topic_id: int
    workshop_id: int
    actor_id: int
    renamed: bool = False


@dataclass(frozen=True)
class TopicPinned(Event):
    """A topic became an announcement."""

    topic_id: int
    workshop_id: int
    author_id: int
    actor_id: int


@dataclass(frozen=True)
class TopicDigested(Event):
    """A topic was marked as one of the best."""

    topic_id: int
    workshop_id: int
    author_id: int
    actor_id: int


@dataclass(frozen=True)
class TopicDeleted(Event):
    topic_id: int
    workshop_id: int
    actor_id: int


@dataclass(frozen=True)
class TopicRestored(Event):
    """A deleted topic is back, with its answers."""

    topic_id: int
    workshop_id: int
    actor_id: int


@dataclass(frozen=True)
class PostPublished(Event):
    """An answer. `answered_ids` are the people whose words it answers or quotes."""

    post_id: int
    topic_id: int
    workshop_id: int
    author_id: int
    topic_author_id: int
    answered_ids: tuple[int, ...]


@dataclass(frozen=True)
class PostEdited(Event):
    post_id: int
    topic_id: int
    workshop_id: int
    actor_id: int


@dataclass(frozen=True)
class PostWithdrawn(Event):
    post_id: int
    topic_id: int
    workshop_id: int
    author_id: int
    actor_id: int


@dataclass(frozen=True)
class PostRestored(Event):
    post_id: int
    topic_id: int
    workshop_id: int
    actor_id: int


@dataclass(frozen=True)
class PostLiked(Event):
    post_id: int
    topic_id: int
    workshop_id: int
    author_id: int
    actor_id: int


@dataclass(frozen=True)
class PersonMentioned(Event):
    post_id: int
    topic_id: int
    workshop_id: int
    user_id: int
    actor_id: int


@dataclass(frozen=True)
class RepliesDueSoon(Event):
    """What a topic asks of its members is due tomorrow; `user_ids` have not done it."""

    topic_id: int
    workshop_id: int
    user_ids: tuple[int, ...]

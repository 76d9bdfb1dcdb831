"""Messages from workshops: answers, mentions, likes, people coming in."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from yanxiu.accounts.permissions import ANONYMOUS
from yanxiu.core.events import Subscription
from yanxiu.core.tasks import JobContext, JobHandler, enqueue
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.notifications.services import Message, notify, told_already
from yanxiu.workshops.events import (
    AnswerAccepted,
    ApplicationDecided,
    ApplicationSubmitted,
    InvitationAnswered,
    InvitationSent,
    MemberJoined,
    MemberRoleChanged,
    MembersReminded,
    PersonMentioned,
    PostLiked,
    PostPublished,
    RepliesDueSoon,
    TopicDigested,
    TopicPinned,
)
from yanxiu.workshops.queries import find_seat, find_topic
from yanxiu.workshops.queries.bulletins import bulletin_by_id
from yanxiu.workshops.queries.members import leader_ids, member_ids
from yanxiu.workshops.queries.tasks import task_by_id

ANNOUNCE = "notifications.announce"
AT_ONCE = 50


def _on_post(event: PostPublished) -> None:
    answered = {*event.answered_ids, event.topic_author_id}
    _tell_members(answered, "reply", event.author_id, event.workshop_id, event.topic_id, event.post_id)


def _on_mention(event: PersonMentioned) -> None:
    _tell_members({event.user_id}, "mention", event.actor_id, event.workshop_id, event.topic_id, event.post_id)


def _on_like(event: PostLiked) -> None:
    _tell_members({event.author_id}, "like", event.actor_id, event.workshop_id, event.topic_id, event.post_id)


def _on_digest(event: TopicDigested) -> None:
    _tell_members({event.author_id}, "digest", event.actor_id, event.workshop_id, event.topic_id, None)


def _on_acceptance(event: AnswerAccepted) -> None:
    people = {event.author_id}
    _tell_members(people, "answer_accepted", event.actor_id, event.workshop_id, event.topic_id, event.post_id)


def _on_pin(event: TopicPinned) -> None:
    _tell_members({event.author_id}, "pinned", event.actor_id, event.workshop_id, event.topic_id, None)


def _on_replies_due(event: RepliesDueSoon) -> None:
    _tell_members(event.user_ids, "replies_due", None, event.workshop_id, event.topic_id, None)


def _on_announcement(event: TopicPinned) -> None:
    """Hundreds of inboxes take a while, so not in this request."""
    people = sorted(set(member_ids(event.workshop_id)) - {event.actor_id, event.author_id})
    for start in range(0, len(people), AT_ONCE):
        payload = {"topic_id": event.topic_id, "workshop_id": event.workshop_id, "actor_id": event.actor_id}
        enqueue(ANNOUNCE, payload | {"user_ids": people[start : start + AT_ONCE]})


def announce(payload: dict[str, Any], _job: JobContext) -> None:
    """Tell some members of an announcement; not those who were told and have not read it. Harmless twice."""
    with unit_of_work():
        topic = find_topic(payload["workshop_id"], payload["topic_id"])
        if topic is None or topic.pinned_at is None:
            return
        home = f"/workshops/{topic.workshop_id}"
        url = f"{home}/topics/{topic.id}"
        about = f"topic:{topic.id}"
        message = Message("announcement", payload["actor_id"], topic.workshop.name, home, topic.title, url, about)
        people = set(payload["user_ids"]) & set(member_ids(topic.workshop_id))
        notify(people - told_already(people, message), message)


def _on_reminder(event: MembersReminded) -> None:
    seat = find_seat(ANONYMOUS, event.workshop_id)
    if seat is None:
        return
    home = f"/workshops/{event.workshop_id}"
    headline, url = seat.workshop.name, home
    if event.matter in ("announcement", "replies"):
        topic = find_topic(event.workshop_id, event.item_id)
        headline, url = (topic.title if topic else headline), f"{home}/topics/{event.item_id}"
    elif event.matter == "task":
        task = task_by_id(event.item_id)
        headline, url = (task.title if task else headline), f"{home}/tasks/{event.item_id}"
    elif event.matter == "bulletin":
        issue = bulletin_by_id(event.item_id)
        headline, url = (issue.name if issue else headline), f"{home}/bulletins/{event.item_id}"
    elif event.matter == "unanswered":
        url = f"{home}/topics?sort=unanswered"
    kind, about = f"nudge_{event.matter}", f"nudge:{event.workshop_id}:{event.item_id}"
    notify(event.user_ids, Message(kind, event.actor_id, seat.workshop.name, home, headline, url, about))


def _tell_members(
    user_ids: Iterable[int], kind: str, actor_id: int | None, workshop_id: int, topic_id: int, post_id: int | None
) -> None:
    """Tell those who are still members; whoever left hears nothing of what is said inside."""
    topic = find_topic(workshop_id, topic_id)
    if topic is None:
        return
    at = "" if post_id is None else f"?at={post_id}#post-{post_id}"
    message = Message(
        kind=kind,
        actor_id=actor_id,
        place=topic.workshop.name,
        place_url=f"/workshops/{workshop_id}",
        headline=topic.title,
        url=f"/workshops/{workshop_id}/topics/{topic_id}{at}",
        topic=f"topic:{topic_id}",
    )
    notify(set(user_ids) & set(member_ids(workshop_id)), message)


def _on_application(event: ApplicationSubmitted) -> None:
    target = f"/workshops/{event.workshop_id}/members#applications"
    _tell_about_workshop(leader_ids(event.workshop_id), "application", event.user_id, event.workshop_id, target)


def _on_decision(event: ApplicationDecided) -> None:
    kind = "accepted" if event.accepted else "refused"
    _tell_about_workshop([event.user_id], kind, event.actor_id, event.workshop_id)


def _on_invitation(event: InvitationSent) -> None:
    _tell_about_workshop([event.user_id], "invitation", event.actor_id, event.workshop_id)


def _on_answer(event: InvitationAnswered) -> None:
    if event.accepted:
        target = f"/workshops/{event.workshop_id}/members"
        _tell_about_workshop([event.inviter_id], "invitation_accepted", event.user_id, event.workshop_id, target)


def _on_joining(event: MemberJoined) -> None:
    """Who walked in by the open door; the other ways in were somebody's answer, and that one hears of it."""
    if event.how == "open":
        target = f"/workshops/{event.workshop_id}/members"
        _tell_about_workshop(leader_ids(event.workshop_id), "joined", event.user_id, event.workshop_id, target)


def _on_role(event: MemberRoleChanged) -> None:
    _tell_about_workshop([event.user_id], "role", event.actor_id, event.workshop_id)


def _tell_about_workshop(
    user_ids: Iterable[int], kind: str, actor_id: int, workshop_id: int, url: str | None = None
) -> None:
    seat = find_seat(ANONYMOUS, workshop_id)
    if seat is None:
        return
    home = f"/workshops/{workshop_id}"
    name = seat.workshop.name
    notify(user_ids, Message(kind, actor_id, name, home, name, url or home, f"workshop:{workshop_id}"))


SUBSCRIPTIONS: tuple[Subscription, ...] = (
    Subscription(PostPublished, _on_post),
    Subscription(PersonMentioned, _on_mention),
    Subscription(PostLiked, _on_like),
    Subscription(TopicDigested, _on_digest),
    Subscription(AnswerAccepted, _on_acceptance),
    Subscription(TopicPinned, _on_pin),
    Subscription(TopicPinned, _on_announcement),
    Subscription(MembersReminded, _on_reminder),
    Subscription(RepliesDueSoon, _on_replies_due),
    Subscription(ApplicationSubmitted, _on_application),
    Subscription(ApplicationDecided, _on_decision),
    Subscription(InvitationSent, _on_invitation),
    Subscription(InvitationAnswered, _on_answer),
    Subscription(MemberJoined, _on_joining),
    Subscription(MemberRoleChanged, _on_role),
)
JOBS: dict[str, JobHandler] = {ANNOUNCE: announce}

"""Messages from the library: what became of a review, who taught with it, what was taken down."""

from __future__ import annotations

from yanxiu.core.events import Subscription
from yanxiu.notifications.services import Message, notify, place_name
from yanxiu.resources.events import ResourceCommented, ResourceReviewed, ResourceTakenDown, ResourceTaught
from yanxiu.resources.queries import find_resource

KIND_OF = {"": "resource_returned", "fine": "resource_fine"}


def _on_review(event: ResourceReviewed) -> None:
    kind = KIND_OF.get(event.grading, "resource_accepted")
    _tell(kind, event.resource_id, event.reviewer_id, event.owner_id, "#review")


def _on_use(event: ResourceTaught) -> None:
    if event.user_id != event.owner_id:
        _tell("resource_taught", event.resource_id, event.user_id, event.owner_id, "#uses")


def _on_comment(event: ResourceCommented) -> None:
    for person in sorted(event.told):
        _tell("resource_comment", event.resource_id, event.actor_id, person, f"#comment-{event.thread_id}")


def _on_takedown(event: ResourceTakenDown) -> None:
    _tell("resource_taken_down", event.resource_id, event.actor_id, event.owner_id)


def _tell(kind: str, resource_id: int, actor_id: int, owner_id: int, part: str = "") -> None:
    resource = find_resource(resource_id)
    if resource is None:
        return
    url, title = f"/resources/{resource.id}", resource.title
    message = Message(kind, actor_id, place_name("资源", title), url, title, url + part, f"resource:{resource.id}")
    notify([owner_id], message)


SUBSCRIPTIONS: tuple[Subscription, ...] = (
    Subscription(ResourceReviewed, _on_review),
    Subscription(ResourceTaught, _on_use),
    Subscription(ResourceCommented, _on_comment),
    Subscription(ResourceTakenDown, _on_takedown),
)

"""Messages from the library: what became of a review."""

from __future__ import annotations

from yanxiu.core.events import Subscription
from yanxiu.notifications.services import Message, notify, place_name
from yanxiu.resources.events import ResourceReviewed
from yanxiu.resources.queries import find_resource

KIND_OF = {"": "resource_returned", "fine": "resource_fine"}


def _on_review(event: ResourceReviewed) -> None:
    resource = find_resource(event.resource_id)
    if resource is None:
        return
    url = f"/resources/{resource.id}"
    kind = KIND_OF.get(event.grading, "resource_accepted")
    place = place_name("资源", resource.title)
    message = Message(kind, event.reviewer_id, place, url, resource.title, f"{url}#review", f"resource:{resource.id}")
    notify([event.owner_id], message)


SUBSCRIPTIONS: tuple[Subscription, ...] = (Subscription(ResourceReviewed, _on_review),)

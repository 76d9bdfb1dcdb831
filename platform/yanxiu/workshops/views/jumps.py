"""Going to a floor of a long topic."""

from __future__ import annotations

from flask import request, url_for

from yanxiu.workshops.models import Topic
from yanxiu.workshops.queries import threads
from yanxiu.workshops.views.frame import number_argument


def asked_floor(topic: Topic) -> str | None:
    """Return the address of the post that `?floor=<n>` or `?at=last` asks for; a topic nobody answered has none."""
    floor, last = number_argument("floor"), request.args.get("at") == "last"
    if not floor and not last:
        return None
    post_id = threads.post_near(topic.id, None if last else min(floor, topic.last_number) + 1)
    if post_id is None:
        return None
    anchor = f"post-{post_id}"
    return url_for("workshops.topic", workshop_id=topic.workshop_id, topic_id=topic.id, at=post_id, _anchor=anchor)

"""What tasks put on other pages: what is due and what waits for a mark, on the workshop's home and on 工作台."""

from __future__ import annotations

from typing import Any

from yanxiu.accounts.permissions import Viewer
from yanxiu.core.clock import now
from yanxiu.web.slots import Filler
from yanxiu.workshops import standings
from yanxiu.workshops.models import Workshop
from yanxiu.workshops.queries import peers
from yanxiu.workshops.queries import tasks as queries
from yanxiu.workshops.queries.reply_attention import topics_waiting_for
from yanxiu.workshops.requirement_sheet import said_of


def _waiting(viewer: Viewer, workshop_id: int | None = None) -> dict[str, Any] | None:
    """On a workshop's home what waits for a mark stands in the three-minute list."""
    at = now()
    due = queries.tasks_waiting_for(viewer.user_id, at, workshop_id)
    unmarked = queries.work_waiting_for(viewer.user_id) if workshop_id is None else []
    reviews = peers.reviews_waiting_for(viewer.user_id, workshop_id)
    replies = topics_waiting_for(viewer.user_id, workshop_id)
    if not due and not unmarked and not reviews and not replies:
        return None
    return {
        "due": due,
        "unmarked": unmarked,
        "reviews": reviews,
        "replies": replies,
        "said_of": said_of,
        "until_words": standings.until_words,
        "at": at,
        "due_mark": standings.due_mark,
        "due_words": standings.due_words,
    }


def _today(viewer: Viewer) -> dict[str, Any] | None:
    return _waiting(viewer)


def _home(viewer: Viewer, workshop: Workshop) -> dict[str, Any] | None:
    return _waiting(viewer, workshop.id)


SLOTS: dict[str, Filler] = {
    "dashboard_today": ("workshops/tasks/_today.html", _today),
    "workshop_home_main": ("workshops/tasks/_home.html", _home),
}

"""What the workshops put on the 工作台: what waits for me, and what is new where I belong."""

from __future__ import annotations

from typing import Any

from yanxiu.accounts.permissions import Viewer
from yanxiu.web.slots import Filler
from yanxiu.workshops.queries import members as roster
from yanxiu.workshops.queries import threads


def _today(viewer: Viewer) -> dict[str, Any] | None:
    invitations = roster.invitations_of(viewer.user_id)
    waiting = roster.applications_waiting_for(viewer.user_id)
    if not invitations and not waiting:
        return None
    return {"invitations": invitations, "waiting": waiting}


def _news(viewer: Viewer) -> dict[str, Any] | None:
    rows = threads.topics_with_news(viewer.user_id)
    return {"rows": rows} if rows else None


SLOTS: dict[str, Filler] = {
    "dashboard_today": ("workshops/_dashboard_today.html", _today),
    "dashboard_news": ("workshops/_dashboard_news.html", _news),
}

"""What the workshops put on the 工作台: what waits for me, and what is new where I belong."""

from __future__ import annotations

from typing import Any

from yanxiu.accounts.permissions import Viewer
from yanxiu.web.slots import Filler
from yanxiu.workshops.queries import attention, teams, threads
from yanxiu.workshops.queries import members as roster
from yanxiu.workshops.views.attention import TERMS


def _today(viewer: Viewer) -> dict[str, Any] | None:
    invitations = roster.invitations_of(viewer.user_id)
    waiting = roster.applications_waiting_for(viewer.user_id)
    due = attention.things_due(attention.led_workshop_ids(viewer.user_id))
    if not invitations and not waiting and not due:
        return None
    names = teams.workshop_names(line.workshop_id for line in due)
    return {"invitations": invitations, "waiting": waiting, "due": due, "names": names, **TERMS}


def _news(viewer: Viewer) -> dict[str, Any] | None:
    rows = threads.topics_with_news(viewer.user_id)
    return {"rows": rows} if rows else None


SLOTS: dict[str, Filler] = {
    "dashboard_today": ("workshops/_dashboard_today.html", _today),
    "dashboard_news": ("workshops/_dashboard_news.html", _news),
}

"""What the workshops put on the 工作台: what waits for me, and what is new where I belong."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from yanxiu.accounts.permissions import Viewer
from yanxiu.web.slots import Filler
from yanxiu.workshops.queries import activities, attention, teams, threads
from yanxiu.workshops.queries import members as roster
from yanxiu.workshops.queries.debates import sealed_among
from yanxiu.workshops.views.activities import words
from yanxiu.workshops.views.attention import TERMS

EXPECTED_WITHIN = timedelta(days=2)


def _today(viewer: Viewer) -> dict[str, Any] | None:
    invitations = roster.invitations_of(viewer.user_id)
    waiting = roster.applications_waiting_for(viewer.user_id)
    due = attention.things_due(attention.led_workshop_ids(viewer.user_id))
    expected = activities.my_next_activities(viewer.user_id, EXPECTED_WITHIN)
    if not invitations and not waiting and not due and not expected:
        return None
    names = teams.workshop_names(line.workshop_id for line in due)
    found = {"invitations": invitations, "waiting": waiting, "due": due, "names": names, "expected": expected}
    return {**found, **TERMS, **words()}


def _news(viewer: Viewer) -> dict[str, Any] | None:
    rows = threads.topics_with_news(viewer.user_id)
    # Of a sealed debate only its text is news, and that only to who has not opened it.
    sealed = sealed_among((row.topic for row in rows), viewer.user_id)
    shown = [row for row in rows if row.topic.id not in sealed or row.unread == row.topic.last_number]
    return {"rows": shown, "sealed_rows": sealed} if shown else None


SLOTS: dict[str, Filler] = {
    "dashboard_today": ("workshops/_dashboard_today.html", _today),
    "dashboard_news": ("workshops/_dashboard_news.html", _news),
}

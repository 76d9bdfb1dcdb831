"""What the page of a lesson shows of watching together."""

from __future__ import annotations

from typing import Any

from yanxiu.core import clock
from yanxiu.observations.permissions import can_watch_together, leads_lesson
from yanxiu.observations.queries import LessonView
from yanxiu.observations.sockets import watched_together
from yanxiu.web.auth import current_viewer


def together_panel(found: LessonView) -> dict[str, Any]:
    """Return how the recording is watched together now, and whether the viewer may take part and lead."""
    viewer = current_viewer()
    may = can_watch_together(viewer, found.lesson, found.access, clock.today())
    watch = watched_together(found.lesson.id) if may else None
    return {
        "may_watch_together": may,
        "may_lead_watching": leads_lesson(viewer, found.lesson, found.access),
        "watch": watch and watch.told(),
    }

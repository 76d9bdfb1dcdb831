"""What the viewer watches in a lesson: shown where one watches and where one notes."""

from __future__ import annotations

from typing import Any

from yanxiu.observations.instruments.shipped import SCHEMES
from yanxiu.observations.models import Lesson
from yanxiu.observations.queries.perspectives import perspectives_of
from yanxiu.web.auth import current_viewer

INSTRUMENTS = {slug: scheme.name for slug, scheme in SCHEMES.items()}


def perspective_panel(lesson: Lesson) -> dict[str, Any]:
    """Return the perspectives of a lesson, and the viewer's own among them."""
    perspectives = perspectives_of(lesson.id)
    user_id = current_viewer().user_id
    return {
        "perspectives": perspectives,
        "instruments": INSTRUMENTS,
        "own_perspectives": [one for one in perspectives if one.is_watched_by(user_id)],
    }

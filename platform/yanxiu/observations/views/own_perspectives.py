"""What the viewer watches in a lesson: shown where one watches and where one notes."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from yanxiu.core import clock
from yanxiu.observations.instruments.shipped import SCHEMES
from yanxiu.observations.models import Lesson, VersionState
from yanxiu.observations.permissions import can_code_lesson, can_view_codings
from yanxiu.observations.queries import LessonView, current_version, recording_of
from yanxiu.observations.queries.perspectives import perspectives_of
from yanxiu.observations.queries.recorded import standings_with
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


def recording_means(found: LessonView, slugs: Collection[str]) -> dict[str, Any]:
    """Return how far the codings with these schemes are, and whether the viewer may record with them or see their results."""
    viewer, lesson = current_viewer(), found.lesson
    standings = standings_with(lesson.id, slugs, viewer.user_id)
    version = current_version(recording_of(lesson.id)) if slugs else None
    is_ready = version is not None and version.state == VersionState.READY
    return {
        "standings": standings,
        "may_record": is_ready and can_code_lesson(viewer, lesson, found.access, clock.today()),
        "results_seen": {
            slug
            for slug, one in standings.items()
            if one.coders and can_view_codings(viewer, lesson, found.access, one.own)
        },
    }

"""What lessons put into the pages of others."""

from __future__ import annotations

from typing import Any

from yanxiu.accounts.permissions import Viewer
from yanxiu.observations.models import VersionState
from yanxiu.observations.queries import (
    current_version,
    find_lesson,
    lessons_waiting_for,
    my_newest_lessons,
    newest_lessons_of_workshop,
    recording_of,
)
from yanxiu.observations.views.lessons import cards
from yanxiu.observations.views.recordings import sources_of
from yanxiu.web.slots import Filler


def workshop_lessons(viewer: Viewer, workshop: Any) -> dict[str, Any] | None:
    """The newest lessons of a workshop on its home page; nothing when there are none."""
    lessons = newest_lessons_of_workshop(viewer, workshop.id)
    return {"lessons": lessons, **cards(lessons)} if lessons else None


def lessons_to_watch(viewer: Viewer, **_things: Any) -> dict[str, Any] | None:
    """今天等我处理: lessons one was asked to and has not evaluated."""
    lessons = lessons_waiting_for(viewer)
    return {"lessons": lessons} if lessons else None


def lessons_going_on(viewer: Viewer, **_things: Any) -> dict[str, Any] | None:
    """继续: lessons of one's own."""
    lessons = my_newest_lessons(viewer)
    return {"lessons": lessons} if lessons else None


def lesson_film(viewer: Viewer, lesson_id: int, **_things: Any) -> dict[str, Any]:
    """The recording of a lesson on a page that is about it; whoever may not see the lesson is told so, whatever the reason."""
    found = find_lesson(viewer, lesson_id)
    if found is None:
        return {"lesson": None}
    recording = recording_of(lesson_id)
    version = current_version(recording)
    is_ready = version is not None and version.state == VersionState.READY
    sources = sources_of(lesson_id, version)
    film = {"recording": recording, "version": version, "is_ready": is_ready and bool(sources), "sources": sources}
    return {"lesson": found.lesson, **film}


def workshop_tab(viewer: Viewer, workshop: Any) -> dict[str, Any]:
    """The tab is always there: where no lesson is yet, the first one is entered behind it."""
    return {}


SLOTS: dict[str, Filler] = {
    "workshop_tabs": ("observations/_workshop_tab.html", workshop_tab),
    "workshop_home_main": ("observations/_workshop_lessons.html", workshop_lessons),
    "lesson_film": ("observations/_film.html", lesson_film),
    "dashboard_continue": ("observations/_going_on.html", lessons_going_on),
    "dashboard_today": ("observations/_to_watch.html", lessons_to_watch),
}

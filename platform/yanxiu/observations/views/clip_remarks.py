"""What belongs to one clip of a set while it plays: its task, its note, and what was said about its moments."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from yanxiu.core import clock
from yanxiu.core.live import current_seq
from yanxiu.observations.models import CommentKind, CommentVisibility
from yanxiu.observations.permissions import can_speak
from yanxiu.observations.queries.clip_sets import ShownClip, remarks_on
from yanxiu.observations.queries.lessons import access_of
from yanxiu.web.auth import current_viewer


def panel_of(shown: ShownClip) -> dict[str, Any]:
    """Return what the panel beside the film shows of a clip whose lesson the viewer may watch.

    Said about it is said about the lesson, so the lesson's rules hold; of a film that another one has replaced nothing is said.
    """
    viewer, lesson = current_viewer(), shown.lesson
    assert lesson is not None
    speaks = shown.is_current and can_speak(viewer, lesson, access_of(viewer, lesson), clock.today())
    remarks, has_more = remarks_on(viewer, shown.clip, lesson)
    return {
        "shown": shown,
        "clip": shown.clip,
        "lesson": lesson,
        "seq": current_seq(lesson.topic),
        "remarks": remarks,
        "has_more": has_more,
        "may_speak": speaks,
        "kinds": list(CommentKind),
        "visibilities": list(CommentVisibility),
        "fresh_uuid": str(uuid4()),
    }

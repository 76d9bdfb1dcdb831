"""Live rooms of lessons: whoever may watch may follow. Watching a recording together has events of its own.

`cowatch_state` answers with where the film stands and the server's clock, `cowatch_steer` moves the film, `cowatch_lead` says
who moves it. All pages of the lesson hear `cowatch`; only those in the room `cowatch:<lesson>` act on it.
"""

from __future__ import annotations

import math
import time
from typing import Any

from yanxiu.accounts.permissions import Viewer
from yanxiu.accounts.queries import find_user
from yanxiu.core import clock
from yanxiu.core.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError
from yanxiu.core.unit_of_work import write_if_possible
from yanxiu.extensions import socketio
from yanxiu.observations.permissions import can_pack_lesson, can_watch_together, leads_lesson
from yanxiu.observations.queries import LessonView, find_lesson, may_watch
from yanxiu.observations.services.watching import tell_of_watching_together
from yanxiu.observations.together.watch import MAX_POS_MS, RATES, Scene, Watch, begun
from yanxiu.observations.together.watches import Watches
from yanxiu.web.live import NAMESPACE, RoomPredicate, people_here
from yanxiu.web.siblings import siblings
from yanxiu.web.sockets import SocketEvent

MAX_ID = 2**31 - 1
ROOM = "cowatch"
PAUSE_MS = 10 * 60 * 1000
"""Who is alone with a film that was touched less long ago has only opened the page again: the same watching goes on."""
OVER = "现在没有人在一起看这节课"
watches = Watches(siblings.ask)


def may_watch_together(viewer: Viewer, lesson_id: int) -> bool:
    """Tell whether the viewer may take part in watching a lesson together now."""
    found = find_lesson(viewer, lesson_id)
    return found is not None and can_watch_together(viewer, found.lesson, found.access, clock.today())


def watched_together(lesson_id: int) -> Watch | None:
    """Return how the film of a lesson is watched together now; None where nobody is there any more."""
    watch = watches.of(lesson_id, _now_ms())
    return watch if watch is not None and people_here(f"{ROOM}:{lesson_id}") else None


def _now_ms() -> int:
    return round(time.time() * 1000)


def _state(viewer: Viewer, message: dict[str, Any]) -> dict[str, Any]:
    found = _lesson_of(viewer, message)
    watch = watches.of(found.lesson.id, _now_ms())
    return {"state": watch and watch.told(), "now_ms": _now_ms()}


def _steer(viewer: Viewer, message: dict[str, Any]) -> dict[str, Any]:
    found = _lesson_of(viewer, message)
    scene = _scene_in(message)

    def change(watch: Watch | None) -> Watch:
        if watch is None:
            raise ConflictError(OVER)
        if not watch.may_steer(viewer.user_id):
            raise ForbiddenError(f"现在由{watch.leader}带大家看")
        return watch.steered(scene, _now_ms())

    return _told(found.lesson.id, watches.change(found.lesson.id, change))


def _lead(viewer: Viewer, message: dict[str, Any]) -> dict[str, Any]:
    """Take the lead (and begin), give it to somebody, let everybody move the film, end it."""
    found, what = _lesson_of(viewer, message), message.get("what")
    leads = leads_lesson(viewer, found.lesson, found.access)
    if what == "take":
        return _take(viewer, found, message, leads=leads)
    to = _receiver(found.lesson.id, message.get("to")) if what == "give" else None
    everybody = message.get("on") is True
    if what not in ("give", "everybody", "end"):
        raise InvalidError

    def change(watch: Watch | None) -> Watch | None:
        if watch is None:
            raise ConflictError(OVER)
        if not leads and viewer.user_id != watch.leader_id:
            raise ForbiddenError(f"现在由{watch.leader}带大家看")
        if to is not None:
            return watch.led_by(to["id"], to["name"], _now_ms())
        return watch.open_to_everybody(everybody, _now_ms()) if what == "everybody" else None

    return _told(found.lesson.id, watches.change(found.lesson.id, change))


def _take(viewer: Viewer, found: LessonView, message: dict[str, Any], *, leads: bool) -> dict[str, Any]:
    if not leads:
        raise ForbiddenError("由授课教师或主持带大家看")
    name, scene, user_id = _name_of(viewer, found), _scene_in(message), viewer.user_id or 0
    lesson_id, is_new = found.lesson.id, False
    alone = all(person["id"] == user_id for person in people_here(f"{ROOM}:{lesson_id}"))

    def change(watch: Watch | None) -> Watch:
        nonlocal is_new
        is_new = watch is None or (alone and _now_ms() - watch.at_ms > PAUSE_MS)
        if watch is None or alone:
            return begun(user_id, name, scene, _now_ms())
        return watch.led_by(user_id, name, _now_ms())

    answer = _told(lesson_id, watches.change(lesson_id, change))
    if is_new:
        write_if_possible(lambda: _tell_the_others(user_id, lesson_id))
    return answer


def _tell_the_others(user_id: int, lesson_id: int) -> None:
    actor = find_user(user_id)
    if actor is not None:
        tell_of_watching_together(actor, lesson_id, [person["id"] for person in people_here(f"lesson:{lesson_id}")])


def _told(lesson_id: int, watch: Watch | None) -> dict[str, Any]:
    """Tell every page of the lesson, and answer the same to whoever asked."""
    state = watch and watch.told()
    message = {"lesson": lesson_id, "state": state, "now_ms": _now_ms()}
    socketio.emit("cowatch", message, to=f"lesson:{lesson_id}", namespace=NAMESPACE)
    return {"state": state, "now_ms": message["now_ms"]}


def _lesson_of(viewer: Viewer, message: dict[str, Any]) -> LessonView:
    lesson_id = message.get("lesson")
    if type(lesson_id) is not int or not 0 < lesson_id <= MAX_ID:
        raise InvalidError
    found = find_lesson(viewer, lesson_id)
    if found is None or not can_watch_together(viewer, found.lesson, found.access, clock.today()):
        raise NotFoundError
    return found


def _scene_in(message: dict[str, Any]) -> Scene:
    playing, pos_ms, rate = (message.get(name) for name in ("playing", "pos_ms", "rate"))
    if type(playing) is not bool or type(pos_ms) is not int or not 0 <= pos_ms <= MAX_POS_MS:
        raise InvalidError
    if not isinstance(rate, (int, float)) or not any(math.isclose(rate, one) for one in RATES):
        raise InvalidError
    return Scene(playing, pos_ms, float(rate))


def _receiver(lesson_id: int, user_id: object) -> dict[str, Any]:
    """Return who shall lead: somebody who is in the room, whose right was asked at its door."""
    for person in people_here(f"{ROOM}:{lesson_id}"):
        if person["id"] == user_id:
            return person
    raise ConflictError("这位老师已经不在一起看了")


def _name_of(viewer: Viewer, found: LessonView) -> str:
    people = (found.lesson.teacher, found.lesson.creator, *(member.user for member in found.lesson.members))
    return next(person.name for person in people if person.id == viewer.user_id)


def may_follow_packs(viewer: Viewer, lesson_id: int) -> bool:
    """Tell whether the viewer may follow the packs of a lesson; of others' they hear only that something changed."""
    found = find_lesson(viewer, lesson_id)
    return found is not None and can_pack_lesson(viewer, found.lesson, found.access)


LIVE_ROOMS: dict[str, RoomPredicate] = {"lesson": may_watch, ROOM: may_watch_together, "packs": may_follow_packs}
EVENTS: tuple[SocketEvent, ...] = (
    SocketEvent("cowatch_state", _state),
    SocketEvent("cowatch_steer", _steer),
    SocketEvent("cowatch_lead", _lead),
)

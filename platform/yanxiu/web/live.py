"""Socket.IO namespace `/live`: joining live lists, hearing `changed`, who is here.

A socket belongs to a sign-in. It joins a list by name after the same predicate as the page; losing the sign-in or the
right puts it out at once, in other processes as soon as they hear of it, and every minute the right is asked again.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from flask import Flask, request
from flask_login import current_user

from yanxiu.accounts.permissions import Viewer
from yanxiu.accounts.queries import find_session, viewer_of
from yanxiu.accounts.services import hash_token
from yanxiu.core.bucket import Bucket
from yanxiu.core.clock import now
from yanxiu.core.db import db
from yanxiu.core.live import Changed, current_seq
from yanxiu.extensions import socketio
from yanxiu.web.notices import Notices
from yanxiu.web.presence import everyone, note_people
from yanxiu.web.siblings import BEAT, siblings
from yanxiu.web.throttle import Throttle

log = logging.getLogger(__name__)
NAMESPACE = "/live"
MAX_ROOMS = 40
RECHECK_S = 60
JOINS_PER_S, JOIN_BURST = 10.0, 80
"""Joining and leaving costs queries and a message to the whole room; a page joins each of its lists at once."""

HERE_EVERY_S, NAMED = 1.0, 50
"""Who is in a room is told at most that often, and so many by name: the rest is a number."""
GAP = timedelta(seconds=90)
"""Whoever comes back within that, after a reload or a bad line, has stayed."""

INCOMPLETE = {"ok": False, "code": "invalid", "message": "送来的内容不完整"}
NOT_FOUND = {"ok": False, "code": "not_found", "message": "没有找到您要的内容"}
TOO_OFTEN = {"ok": False, "code": "rate_limited", "message": "操作太快了，请等一分钟再试"}
_clock = time.monotonic

RoomPredicate = Callable[[Viewer, int], bool]


@dataclass
class Connection:
    """One socket: whose it is and which lists it follows."""

    sid: str
    user_id: int
    name: str
    session_id: int
    token: str
    topics: set[str] = field(default_factory=set)
    joins: Bucket = field(default_factory=lambda: Bucket(JOINS_PER_S, JOIN_BURST))


@dataclass
class Stay:
    """Since when a person follows a list, and when the last of the person's sockets left it."""

    since: datetime
    left_at: datetime | None = None


class LiveHub:
    """The sockets of this process. All methods may be called from any thread."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._by_sid: dict[str, Connection] = {}
        self._by_topic: dict[str, set[str]] = defaultdict(set)
        self._stays: dict[tuple[str, int], Stay] = {}

    def add(self, connection: Connection) -> None:
        """Note a new socket."""
        with self._lock:
            self._by_sid[connection.sid] = connection

    def get(self, sid: str) -> Connection | None:
        """Return a socket by id."""
        with self._lock:
            return self._by_sid.get(sid)

    def knock(self, sid: str, topic: str) -> bool:
        """Note that a socket wants to follow a list, before its right is asked: whoever takes the right away meanwhile
        finds it here. False when it follows too many."""
        with self._lock:
            connection = self._by_sid.get(sid)
            if connection is None or len(connection.topics - {topic}) >= MAX_ROOMS:
                return False
            connection.topics.add(topic)
            return True

    def enter(self, sid: str, topic: str) -> bool:
        """Note that a socket which knocked follows the list; False when it was put out since."""
        with self._lock:
            connection = self._by_sid.get(sid)
            if connection is None or topic not in connection.topics:
                return False
            self._by_topic[topic].add(sid)
            self._stay(topic, connection.user_id)
            return True

    def exit(self, sid: str, topic: str) -> None:
        """Note that a socket left a list."""
        with self._lock:
            connection = self._by_sid.get(sid)
            if connection is not None:
                connection.topics.discard(topic)
            self._by_topic[topic].discard(sid)
            if not self._by_topic[topic]:
                del self._by_topic[topic]
            if connection is not None:
                self._go(topic, connection.user_id)

    def remove(self, sid: str) -> Connection | None:
        """Forget a socket; return what it was."""
        with self._lock:
            connection = self._by_sid.pop(sid, None)
            for topic in list(connection.topics) if connection else []:
                self._by_topic[topic].discard(sid)
                if not self._by_topic[topic]:
                    del self._by_topic[topic]
                if connection is not None:
                    self._go(topic, connection.user_id)
            return connection

    def _stay(self, topic: str, user_id: int) -> None:
        stay = self._stays.get((topic, user_id))
        if stay is None or (stay.left_at is not None and now() - stay.left_at > GAP):
            stay = self._stays[topic, user_id] = Stay(now())
        stay.left_at = None

    def _go(self, topic: str, user_id: int) -> None:
        """One of a person's sockets left; the person has once none is left."""
        stay = self._stays.get((topic, user_id))
        followed = (self._by_sid.get(sid) for sid in self._by_topic.get(topic, ()))
        if stay is not None and all(other is None or other.user_id != user_id for other in followed):
            stay.left_at = now()

    def staying(self, prefix: str) -> dict[int, dict[int, datetime]]:
        """Return since when people follow the lists of a kind, by the number of the list; forget who left."""
        found: dict[int, dict[int, datetime]] = defaultdict(dict)
        with self._lock:
            gone = [key for key, stay in self._stays.items() if stay.left_at and now() - stay.left_at > GAP]
            for key in gone:
                del self._stays[key]
            for (topic, user_id), stay in self._stays.items():
                word, _, number = topic.partition(":")
                if word == prefix and stay.left_at is None:
                    found[int(number)][user_id] = stay.since
        return found

    def people_in(self, topic: str) -> list[dict[str, Any]]:
        """Return who follows a list, each person once, by name."""
        with self._lock:
            found = {c.user_id: c.name for sid in self._by_topic.get(topic, ()) if (c := self._by_sid.get(sid))}
        return [{"id": user_id, "name": name} for user_id, name in sorted(found.items(), key=lambda p: p[1])]

    def follows(self, token: str | None, topic: str) -> bool:
        """Tell whether a socket of this sign-in follows a list now."""
        return self.follower(token, topic) is not None

    def follower(self, token: str | None, topic: str) -> int | None:
        """Return whose sign-in this is if a socket of it follows a list now, else None."""
        with self._lock:
            for sid in self._by_topic.get(topic, ()) if token is not None else ():
                connection = self._by_sid.get(sid)
                if connection is not None and connection.token == token:
                    return connection.user_id
        return None

    def topics(self) -> list[str]:
        """Return the lists that somebody follows."""
        with self._lock:
            return list(self._by_topic)

    def where(self, keep: Callable[[Connection], bool]) -> list[Connection]:
        """Return the sockets for which `keep` holds."""
        with self._lock:
            return [c for c in self._by_sid.values() if keep(c)]


hub = LiveHub()
_shown: dict[str, list[dict[str, Any]]] = {}
_rooms: dict[str, RoomPredicate] = {}
_rounds: list[Callable[[], None]] = []
_app: Flask | None = None


def init_live(app: Flask, rooms: dict[str, RoomPredicate], rounds: Sequence[Callable[[], None]] = ()) -> None:
    """Bind the namespace to the application. `rooms` maps a topic's prefix to the predicate for joining it; `rounds` are
    done once a minute in every server process."""
    global _app
    _app = app
    _rooms.clear()
    _rooms.update(rooms)
    _rounds[:] = rounds
    socketio.on_event("connect", _connect, namespace=NAMESPACE)
    socketio.on_event("disconnect", _disconnect, namespace=NAMESPACE)
    socketio.on_event("join", _join, namespace=NAMESPACE)
    socketio.on_event("leave", _leave, namespace=NAMESPACE)
    siblings.hear("session_ended", _close_session)
    siblings.hear("user_out", _close_user)
    siblings.hear("look_again", recheck_own_rooms)
    siblings.hear("here", _show_here)
    siblings.hear(BEAT, _refresh_here)


def who_follows(topic: str) -> set[int]:
    """Return the ids of the people who have a list open now, in all processes."""
    return {person["id"] for person in people_here(topic)}


def people_here(topic: str) -> list[dict[str, Any]]:
    """Return who has a list open now, in all processes, as `{"id", "name"}`, each person once."""
    return everyone(topic, hub.people_in(topic))


def who_stays(prefix: str) -> dict[int, dict[int, datetime]]:
    """Return since when the people of this process have the lists of a kind open, by the number of the list."""
    return hub.staying(prefix)


def broadcast_change(event: Changed) -> None:
    """After the commit: tell the room that there is something newer. Ids only, never text."""
    notices.note(event)


def _broadcast(event: Changed) -> None:
    message = {"topic": event.topic, "seq": event.seq, "what": event.what, "id": event.item_id}
    socketio.emit("changed", message, to=event.topic, namespace=NAMESPACE)


def disconnect_session(session_id: int) -> None:
    """Close every socket of a sign-in."""
    siblings.tell("session_ended", session_id=session_id)
    _close_session(session_id)


def _close_session(session_id: int) -> None:
    _disconnect_all(hub.where(lambda c: c.session_id == session_id))


def disconnect_user(user_id: int) -> None:
    """Close every socket of a person."""
    siblings.tell("user_out", user_id=user_id)
    _close_user(user_id)


def _close_user(user_id: int) -> None:
    _disconnect_all(hub.where(lambda c: c.user_id == user_id))


def recheck_rooms(user_id: int | None = None, topic: str | None = None) -> None:
    """Ask for every socket (or those of one person, in one list) whether sign-in and rights still hold.

    Who lost the sign-in is disconnected, who lost the right is put out: here before this returns, in the other processes
    as soon as they hear of it.
    """
    siblings.tell("look_again", user_id=user_id, topic=topic)
    recheck_own_rooms(user_id, topic)


def recheck_own_rooms(user_id: int | None = None, topic: str | None = None) -> None:
    """The same for the sockets of this process alone."""
    for connection in hub.where(lambda c: user_id in (None, c.user_id) and (topic is None or topic in c.topics)):
        session = find_session(hash_token(connection.token))
        if session is None:
            _disconnect_all([connection])
            continue
        viewer = viewer_of(session.user)
        for followed in list(connection.topics) if topic is None else [topic]:
            if not _may_join(viewer, followed):
                _put_out(connection.sid, followed)


def make_rounds() -> None:
    """Do what features do once a minute with those who are here; inside an application context."""
    for go_round in _rounds:
        try:
            go_round()
        except Exception:
            db.session.rollback()
            log.exception("a round through the live rooms failed")


def _connect(auth: Any = None) -> bool:
    if not current_user.is_authenticated:
        return False
    user, sid = current_user.user, _sid()
    hub.add(Connection(sid, user.id, user.name, current_user.session_id, current_user.token))
    return True


def _disconnect(*_reason: Any) -> None:
    connection = hub.remove(_sid())
    for topic in connection.topics if connection else ():
        _announce(topic)


def _join(message: Any = None) -> dict[str, Any]:
    topic = message.get("topic") if isinstance(message, dict) else None
    connection = hub.get(_sid())
    if not isinstance(topic, str) or connection is None:
        return INCOMPLETE
    if not connection.joins.take(_clock()):
        return TOO_OFTEN
    if not hub.knock(connection.sid, topic):
        return {"ok": False, "code": "busy", "message": "打开的页面太多，请关闭一些"}
    refusal = _refusal(connection, topic)
    if refusal is not None:
        _leave_quietly(connection.sid, topic)
        return refusal
    socketio.server.enter_room(connection.sid, topic, namespace=NAMESPACE)
    if not hub.enter(connection.sid, topic):  # put out between the question and the room
        _leave_quietly(connection.sid, topic)
        return NOT_FOUND
    _announce(topic)
    people = everyone(topic, hub.people_in(topic))
    return {"ok": True, "seq": current_seq(topic), "here": people[:NAMED], "count": len(people)}


def _refusal(connection: Connection, topic: str) -> dict[str, Any] | None:
    """Ask sign-in and right as they are now, in a transaction that began after the knock; None if both hold."""
    db.session.rollback()
    session = find_session(hash_token(connection.token))
    if session is None:
        return {"ok": False, "code": "sign_in_required", "message": "请重新登录"}
    return None if _may_join(viewer_of(session.user), topic) else NOT_FOUND


def _leave(message: Any = None) -> dict[str, Any]:
    topic = message.get("topic") if isinstance(message, dict) else None
    connection = hub.get(_sid())
    if not isinstance(topic, str) or connection is None:
        return INCOMPLETE
    if not connection.joins.take(_clock()):
        return TOO_OFTEN
    _put_out(_sid(), topic, tell=False)
    return {"ok": True}


def _may_join(viewer: Viewer, topic: str) -> bool:
    prefix, _, number = topic.partition(":")
    predicate = _rooms.get(prefix)
    if predicate is None or not number.isdecimal() or len(number) > 12:
        return False
    return predicate(viewer, int(number))


def _put_out(sid: str, topic: str, *, tell: bool = True) -> None:
    _leave_quietly(sid, topic)
    if tell:
        socketio.emit("ejected", {"topic": topic}, to=sid, namespace=NAMESPACE)
    _announce(topic)


def _leave_quietly(sid: str, topic: str) -> None:
    """First the note, then the room: who enters in between finds the note gone and leaves again."""
    hub.exit(sid, topic)
    socketio.server.leave_room(sid, topic, namespace=NAMESPACE)


def _announce(topic: str) -> None:
    """Who follows a list has changed here. It is noted at once, for whoever comes next at another server; all who
    follow it are told in every process."""
    note_people(topic, hub.people_in(topic))
    _show(topic, "changed")


def _show_here(topic: str) -> None:
    """It has changed in another process."""
    _show(topic, "heard")


def _refresh_here() -> None:
    """Note again who is here, and show where another process has come, gone or been killed."""
    for topic in hub.topics():
        _show(topic, "beat")


def _show(topic: str, why: str) -> None:
    """Tell who follows a list, at most once a second for each list: three hundred who come at once are few messages."""
    _telling.ask(topic, why)


def _show_one(topic: str, why: set[str]) -> None:
    own = hub.people_in(topic)
    if why & {"changed", "beat"}:
        note_people(topic, own)
    if "changed" in why:
        siblings.tell("here", topic=topic)
    if not own:
        _shown.pop(topic, None)
        return
    people = everyone(topic, own)
    if why != {"beat"} or people != _shown.get(topic):
        _shown[topic] = people
        message = {"topic": topic, "users": people[:NAMED], "count": len(people)}
        socketio.emit("here", message, to=topic, namespace=NAMESPACE, ignore_queue=True)


_telling = Throttle(HERE_EVERY_S, _show_one)
notices = Notices(_broadcast)


def _disconnect_all(connections: list[Connection]) -> None:
    for connection in connections:
        try:
            socketio.server.disconnect(connection.sid, namespace=NAMESPACE)
        except KeyError:
            log.info("socket %s had gone already", connection.sid)


def _sid() -> str:
    return str(request.sid)  # type: ignore[attr-defined]

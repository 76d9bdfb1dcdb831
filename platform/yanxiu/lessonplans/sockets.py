"""Live rooms of lesson plans, and the document protocol `/rt` bound to the Socket.IO server."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Flask, current_app, request
from flask_login import current_user

from yanxiu.accounts.permissions import Viewer
from yanxiu.accounts.queries import viewers_of
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.extensions import db, socketio
from yanxiu.lessonplans.collab.fanout import Transport
from yanxiu.lessonplans.collab.hub import Hub
from yanxiu.lessonplans.collab.neighbors import HERE, WHO
from yanxiu.lessonplans.collab.protocol import Role
from yanxiu.lessonplans.collab.rights import Answer, Moment
from yanxiu.lessonplans.collab.room import Visitor
from yanxiu.lessonplans.collab.store import DocumentStore
from yanxiu.lessonplans.collab.wire import EventServer, Guest, SocketTransport, Wire
from yanxiu.lessonplans.permissions import role_in
from yanxiu.lessonplans.queries import (
    find_live_sessions,
    find_plan,
    find_plans_for_rights,
    seat_of,
    seats_of,
    visible_plan,
)
from yanxiu.lessonplans.services import note_edits
from yanxiu.web.auth import current_viewer
from yanxiu.web.live import RoomPredicate
from yanxiu.web.siblings import siblings
from yanxiu.web.sockets import SocketEvent
from yanxiu.workshops.queries import find_workshop

EXTENSION = "yanxiu_documents"
MAX_ID = 2**63 - 1


def _may_follow_workshop(viewer: Viewer, workshop_id: int) -> bool:
    return find_workshop(viewer, workshop_id) is not None


def _may_follow_comments(viewer: Viewer, plan_id: int) -> bool:
    return visible_plan(viewer, plan_id) is not None


LIVE_ROOMS: dict[str, RoomPredicate] = {"workshop-plans": _may_follow_workshop, "plan-comments": _may_follow_comments}
EVENTS: tuple[SocketEvent, ...] = ()


class DatabaseAuthority:
    """Rights as the database has them now, each time in a session of its own."""

    def __init__(self, app: Flask) -> None:
        self._app = app

    def role_of(self, visitor: Visitor, plan_id: int) -> Role | None:
        """None without a living sign-in or without the right to see the plan."""
        return self.roles_of([(visitor, plan_id)])[0]

    def roles_of(self, asked: Sequence[tuple[Visitor, int]]) -> list[Role | None]:
        """The same for many at once, in the order asked, with the same number of queries."""
        with self._app.app_context():
            viewers = _viewers_behind([visitor for visitor, _plan_id in asked])
            plans = find_plans_for_rights({plan_id for visitor, plan_id in asked if visitor in viewers})
            pairs = {
                each: (viewers[each[0]], plans[each[1]]) for each in asked if each[0] in viewers and each[1] in plans
            }
            seats = dict(zip(pairs, seats_of(list(pairs.values())), strict=True))
            return [role_in(*pairs[each], seats[each]) if each in pairs else None for each in asked]

    def exists(self, visitor: Visitor, plan_id: int) -> bool:
        """A plan one may not see does not exist for one; only a sign-in that ended is told apart."""
        with self._app.app_context():
            return not _viewers_behind([visitor])


def _viewers_behind(visitors: Sequence[Visitor]) -> dict[Visitor, Viewer]:
    """Those whose sign-in still lives."""
    sessions = find_live_sessions({each.session_id for each in visitors if each.session_id is not None})
    alive = {each: sessions[each.session_id].user for each in visitors if each.session_id in sessions}
    viewers = viewers_of(alive.values()) if alive else {}
    return {each: viewers[user.id] for each, user in alive.items() if user.id == each.user_id}


def init_documents(app: Flask) -> None:
    """Bind the document protocol `/rt` to the Socket.IO server."""
    bind_documents(app, socketio.server, SocketTransport(socketio.server))


def bind_documents(app: Flask, server: EventServer, transport: Transport, **loop: Any) -> Wire:
    """Open the document server of this process: events come from `server`, messages leave by `transport`.

    Where an event loop runs, `loop` holds its `alarm` and says how `busy` it is, as the hub wants them.
    """
    with app.app_context():
        store = DocumentStore(db.engine)

    def identify(environ: dict[str, Any]) -> Guest | None:
        with app.request_context(environ):
            since = hub.rights.now()
            if not current_user.is_authenticated:
                return None
            visitor = Visitor(current_user.user.id, current_user.user.name, current_user.session_id)
            return Guest(visitor, _early_answer(since))

    def settled(plan_id: int, editor_ids: tuple[int, ...]) -> None:
        with app.app_context(), unit_of_work():
            plan = find_plan(plan_id)
            if plan is not None:
                note_edits(plan, editor_ids)

    def grown(rows: dict[int, tuple[int, int]]) -> None:
        if rows:
            siblings.tell("documents_grew", rows=[[plan_id, *ends] for plan_id, ends in rows.items()])

    def grew(rows: list[list[int]]) -> None:
        for plan_id, first, last in rows:
            hub.grew(plan_id, first, last)

    hub = Hub(store, transport, DatabaseAuthority(app), on_settled=settled, on_grown=grown, tell=siblings.tell, **loop)
    app.extensions[EXTENSION] = hub
    siblings.hear("look_again_at_documents", hub.recheck)
    siblings.hear("documents_grew", grew)
    siblings.hear(WHO, hub.neighbors.asked)
    siblings.hear(HERE, hub.neighbors.heard)
    return Wire(server, hub, identify)


def _early_answer(since: Moment) -> Answer | None:
    """What they may do in the document that the address names, for whom the database is being asked anyway."""
    plan_id = request.args.get("doc", 0, type=int)
    if not 0 < plan_id <= MAX_ID:
        return None
    plan = find_plans_for_rights([plan_id]).get(plan_id)
    viewer = current_viewer()
    return None if plan is None else Answer(plan_id, role_in(viewer, plan, seat_of(viewer, plan)), since)


def rehearse_documents(app: Flask, visitor: Visitor, plan_id: int) -> None:
    """Ask what joining asks, so that the first who joins need not wait for it."""
    DatabaseAuthority(app).role_of(visitor, plan_id)
    hub: Hub = app.extensions[EXTENSION]
    hub.whole(plan_id)


def documents() -> Hub:
    """Return the document server of this application."""
    hub: Hub = current_app.extensions[EXTENSION]
    return hub


def recheck_documents(*, plan_id: int | None = None, user_id: int | None = None) -> None:
    """Rights changed: look again at everybody concerned, here before this returns, elsewhere as soon as they hear of it."""
    siblings.tell("look_again_at_documents", plan_id=plan_id, user_id=user_id)
    documents().recheck(plan_id=plan_id, user_id=user_id)

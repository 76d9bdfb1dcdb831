"""消息: what happened to me, grouped by place."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Blueprint, Response, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from yanxiu.accounts.permissions import Viewer
from yanxiu.core.errors import InvalidError, NotFoundError
from yanxiu.core.live import current_seq
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.notifications.catalog import KINDS, sentence
from yanxiu.notifications.permissions import can_read_notification
from yanxiu.notifications.queries import find_notification, read_page, unread_count, unread_places, waiting_messages
from yanxiu.notifications.services import mark_all_read, mark_read
from yanxiu.web.auth import current_actor, current_viewer, wants_fragment
from yanxiu.web.frame import register_counter
from yanxiu.web.slots import Filler

bp = Blueprint("notifications", __name__)
blueprints = (bp,)
register_counter("unread", unread_count)
EPOCH, MICROSECOND = datetime(1970, 1, 1, tzinfo=UTC), timedelta(microseconds=1)
WORDS = {"kinds": KINDS, "sentence": sentence}


@bp.get("/notifications")
def index() -> str:
    """Unread messages by place, then what was read before."""
    user_id = current_viewer().user_id
    page = read_page(user_id, request.args.get("cursor"))
    return render_template("notifications/index.html", page=page, seq=current_seq(f"user:{user_id}"), **_unread())


@bp.get("/notifications/unread")
def unread() -> Response:
    """The unread messages as a fragment, for a page that is open."""
    seq = current_seq(f"user:{current_viewer().user_id}")
    return Response(render_template("notifications/_unread.html", **_unread()), headers={"X-Seq": str(seq)})


def _unread() -> dict[str, Any]:
    places = unread_places(current_viewer().user_id)
    newest = max((message.at for place in places for message in place.messages), default=EPOCH)
    return {"places": places, "newest": (newest - EPOCH) // MICROSECOND, **WORDS}


@bp.get("/notifications/count")
def count() -> Response:
    """The number in the bell."""
    return jsonify(ok=True, unread=unread_count(current_actor().id))


@bp.post("/notifications/reading")
def read_all() -> ResponseReturnValue:
    """全部已读: up to the newest that was on the page (`until`, its moment in microseconds)."""
    until = request.form.get("until", type=int)
    if until is None or not 0 <= until < 2**53:
        raise InvalidError("请刷新页面后再点“全部已读”")
    with unit_of_work():
        marked = mark_all_read(current_actor(), EPOCH + until * MICROSECOND)
    if wants_fragment():
        return jsonify(ok=True, marked=marked, toast="已全部设为已读")
    flash("已全部设为已读", "success")
    return redirect(url_for("notifications.index"))


@bp.post("/notifications/<int:notification_id>/reading")
def read(notification_id: int) -> ResponseReturnValue:
    """Note that a message was read, and go where it points."""
    with unit_of_work():
        notification = find_notification(notification_id)
        if notification is None or not can_read_notification(current_viewer(), notification):
            raise NotFoundError
        mark_read(current_actor(), notification)
        target = notification.url
    return jsonify(ok=True) if wants_fragment() else redirect(target)


def waiting_for_me(viewer: Viewer, **_things: Any) -> dict[str, Any] | None:
    """On 工作台: unread messages that ask for an answer."""
    messages = waiting_messages(viewer.user_id)
    return {"messages": messages, **WORDS} if messages else None


SLOTS: dict[str, Filler] = {"dashboard_today": ("notifications/_waiting.html", waiting_for_me)}

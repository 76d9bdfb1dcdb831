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
from yanxiu.notifications.catalog import KINDS, kinds_by_group, sentence
from yanxiu.notifications.choices import (
    choose_kinds,
    choose_mail,
    choose_quiet_hours,
    is_muted,
    mail_choice_of,
    mute,
    muted_topics,
    off_kinds_of,
    unmute,
)
from yanxiu.notifications.forms import ChoicesForm, MuteForm
from yanxiu.notifications.mailing import mailing
from yanxiu.notifications.permissions import can_read_notification
from yanxiu.notifications.queries import find_notification, read_page, unread_count, unread_places, waiting_messages
from yanxiu.notifications.services import mark_all_read, mark_read
from yanxiu.web.auth import current_actor, current_viewer, wants_fragment
from yanxiu.web.forms import accepted
from yanxiu.web.frame import register_counter
from yanxiu.web.settings import settings_tabs
from yanxiu.web.slots import Filler
from yanxiu.workshops.permissions import can_view_topic
from yanxiu.workshops.queries import membership_of
from yanxiu.workshops.queries.threads import topic_by_id

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


@bp.route("/settings/notifications", methods=["GET", "POST"])
def choices() -> ResponseReturnValue:
    """设置 · 通知: what to hear of, and when nothing is to be sent."""
    me = current_actor()
    off = off_kinds_of(me.id)
    form = ChoicesForm(
        kinds=sorted(set(KINDS) - off),
        quiet_from=me.quiet_from,
        quiet_until=me.quiet_until,
        mail=mail_choice_of(me.id),
    )
    if mailing() is None:
        del form.mail
    if accepted(form, lambda: _choose(form)):
        flash("通知设置已保存", "success")
        return redirect(url_for("notifications.choices"))
    page = render_template(
        "notifications/choices.html",
        form=form,
        wanted=set(form.kinds.data or ()),
        groups=kinds_by_group(),
        words=KINDS,
        muted=muted_topics(me.id),
        address=me.email,
        tabs_of_settings=settings_tabs("notifications"),
    )
    return page, form.status


def _choose(form: ChoicesForm) -> None:
    actor = current_actor()
    choose_kinds(actor, form.kinds.data or ())
    choose_quiet_hours(actor, form.quiet_from.data, form.quiet_until.data)
    if form.mail is not None:
        choose_mail(actor, form.mail.data)


@bp.post("/notifications/muted/topics/<int:topic_id>")
def mute_topic(topic_id: int) -> ResponseReturnValue:
    """Hear of a topic only when named in it, or of all that is said there again."""
    form = MuteForm()
    with unit_of_work():
        url, title = _named_topic(topic_id)
        if not form.validate():
            raise InvalidError("请求的内容不完整，请刷新页面再试")
        muted = form.on.data == "1"
        if muted:
            mute(current_actor(), f"topic:{topic_id}", title, url)
        else:
            unmute(current_actor(), f"topic:{topic_id}")
    said = "这个话题不再通知您，有人提到您时除外" if muted else "这个话题的动静会通知您"
    if wants_fragment():
        return jsonify(ok=True, toast=said, redirect=url)
    flash(said, "success")
    return redirect(url)


def _named_topic(topic_id: int) -> tuple[str, str]:
    """Return address and title of a topic that one may see; what one muted before may be forgotten in any case."""
    topic, viewer = topic_by_id(topic_id), current_viewer()
    if topic is None:
        raise NotFoundError
    if can_view_topic(viewer, topic, membership_of(topic.workshop_id, viewer.user_id)):
        return f"/workshops/{topic.workshop_id}/topics/{topic_id}", topic.title
    if not is_muted(viewer.user_id, f"topic:{topic_id}"):
        raise NotFoundError
    return url_for("notifications.choices"), ""


def mute_button(viewer: Viewer, topic: Any, member: Any) -> dict[str, Any] | None:
    """On a topic's page: members may mute it."""
    return None if member is None else {"muted": is_muted(viewer.user_id, f"topic:{topic.id}")}


def waiting_for_me(viewer: Viewer, **_things: Any) -> dict[str, Any] | None:
    """On 工作台: unread messages that ask for an answer."""
    messages = waiting_messages(viewer.user_id)
    return {"messages": messages, **WORDS} if messages else None


SLOTS: dict[str, Filler] = {
    "dashboard_today": ("notifications/_waiting.html", waiting_for_me),
    "topic_bar": ("notifications/_mute.html", mute_button),
}

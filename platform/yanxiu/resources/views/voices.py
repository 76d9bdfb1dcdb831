"""Stars and comments of a resource."""

from __future__ import annotations

from collections.abc import Sequence

from flask import flash, jsonify, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from yanxiu.accounts.permissions import can_view_person
from yanxiu.core.errors import ForbiddenError, NotFoundError
from yanxiu.core.live import current_seq
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.resources.models import Resource
from yanxiu.resources.models.voices import ResourceComment
from yanxiu.resources.permissions import can_rate_resource, can_take_down, can_withdraw_comment
from yanxiu.resources.queries.voices import find_comment, stars_of, talk_about, talk_since
from yanxiu.resources.services import voices as services
from yanxiu.resources.views.blueprint import bp, load_resource
from yanxiu.web.auth import current_actor, current_viewer, wants_fragment
from yanxiu.web.limits import speaks


def voices_of(resource: Resource) -> dict[str, object]:
    """Return what the part of the page below the preview shows; nothing of it is for visitors."""
    viewer = current_viewer()
    if not viewer.is_authenticated:
        return {}
    talk = talk_about(resource.id)
    return {
        "talk": talk,
        "seen_people": _seen_among(talk),
        "talk_seq": current_seq(services.topic_of(resource.id)),
        "stars": stars_of(viewer.user_id, resource.id),
        "may_rate": can_rate_resource(viewer, resource),
        "may_hide": can_take_down(viewer, resource),
    }


@bp.get("/resources/<int:resource_id>/comments")
def comments(resource_id: int) -> ResponseReturnValue:
    """Answer what changed after `?since=`, for the live list."""
    resource = load_resource(resource_id)
    seq = current_seq(services.topic_of(resource.id))
    talk = talk_since(resource.id, max(0, min(request.args.get("since", 0, type=int), seq)))
    may_hide, seen = can_take_down(current_viewer(), resource), _seen_among(talk.threads)
    html = render_template(
        "resources/_voice_items.html", resource=resource, changes=talk, may_hide=may_hide, seen_people=seen
    )
    response = make_response(html)
    response.headers["X-Seq"] = str(seq if talk.seq is None else talk.seq)
    if talk.seq is not None:
        response.headers["X-More"] = "1"
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.post("/resources/<int:resource_id>/rating")
def rate(resource_id: int) -> ResponseReturnValue:
    """Give stars (`stars` 1 to 5), or take them back (0)."""
    given = request.form.get("stars", "")
    stars = int(given) if given.isascii() and given.isdecimal() and len(given) == 1 else -1
    with unit_of_work():
        resource = load_resource(resource_id)
        if not can_rate_resource(current_viewer(), resource):
            raise ForbiddenError("自己的资源，请别人来评")
        services.rate(current_actor(), resource, stars)
    flash("谢谢您的评分" if stars else "已取消评分", "success")
    return redirect(url_for("resources.show", resource_id=resource_id, _anchor="voices"))


@bp.post("/resources/<int:resource_id>/comments")
@speaks
def comment(resource_id: int) -> ResponseReturnValue:
    """Say something about a resource, or with `parent` answer what was said."""
    parent = request.form.get("parent", "")
    body, uuid = request.form.get("body", "")[:10_000], request.form.get("client_uuid", "")[:36]
    with unit_of_work():
        resource = load_resource(resource_id)
        thread = _thread(resource_id, parent) if parent else None
        number = services.comment(current_actor(), resource, body, uuid, thread)
    return _said(resource_id, number, "已发表")


@bp.post("/resources/<int:resource_id>/comments/<int:comment_id>/removal")
def withdraw_comment(resource_id: int, comment_id: int) -> ResponseReturnValue:
    """Take back what one said; whoever looks after research there may take away what does not belong there."""
    with unit_of_work():
        resource = load_resource(resource_id)
        row = find_comment(resource_id, comment_id)
        if row is None:
            raise NotFoundError
        if not can_withdraw_comment(current_viewer(), resource, row):
            raise ForbiddenError("只能撤回自己写的评论")
        number = services.withdraw_comment(current_actor(), row)
    return _said(resource_id, number, "已撤回")


def _seen_among(threads: Sequence[ResourceComment]) -> set[int]:
    """Whose names the viewer may read: those of another county stay unnamed."""
    people = {row.author for thread in threads for row in (thread, *thread.replies)}
    return {person.id for person in people if can_view_person(current_viewer(), person)}


def _thread(resource_id: int, number: str) -> ResourceComment:
    row = find_comment(resource_id, int(number) if number.isdecimal() and len(number) < 10 else 0)
    if row is None:
        raise NotFoundError("这条评论已经撤回了")
    return row.parent or row


def _said(resource_id: int, number: int, words: str) -> ResponseReturnValue:
    if wants_fragment():
        return jsonify(ok=True, id=number)
    flash(words, "success")
    return redirect(url_for("resources.show", resource_id=resource_id, _anchor=f"comment-{number}"))

"""The poll of a topic: voting, the list of a named one, closing. The figures stand on the topic's page."""

from __future__ import annotations

from urllib.parse import quote

from flask import Response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from yanxiu.core.clock import now
from yanxiu.core.errors import NotFoundError
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.web.auth import current_actor, current_viewer
from yanxiu.workshops.forms.polls import VoteForm
from yanxiu.workshops.gradebook import MIME
from yanxiu.workshops.models import Poll, Topic
from yanxiu.workshops.permissions import polls as may
from yanxiu.workshops.poll_sheet import draw_ballots
from yanxiu.workshops.queries import polls as queries
from yanxiu.workshops.queries.teams import Seat
from yanxiu.workshops.services import polls as services
from yanxiu.workshops.views.frame import bp, done_in_place, frame, open_topic, require, require_valid
from yanxiu.workshops.views.topics import topic_url


def _open_poll(workshop_id: int, topic_id: int) -> tuple[Seat, Topic, Poll]:
    seat, topic = open_topic(workshop_id, topic_id)
    poll = queries.poll_of(topic_id)
    if poll is None:
        raise NotFoundError
    return seat, topic, poll


@bp.get("/workshops/<int:workshop_id>/topics/<int:topic_id>/poll")
def ballots(workshop_id: int, topic_id: int) -> ResponseReturnValue:
    """Show who voted for what in a named poll; `?format=xlsx` sends it as a file. An anonymous one has no such page."""
    seat, topic, poll = _open_poll(workshop_id, topic_id)
    if poll.anonymous:
        raise NotFoundError
    require(may.can_see_ballots(current_viewer(), poll, topic, seat.member), "坊主和指导教师才能查看投票明细")
    found = queries.named_ballots(poll)
    if request.args.get("format") == "xlsx":
        return _sheet(topic, draw_ballots(topic, poll, found))
    return render_template(
        "workshops/kinds/ballots.html", **frame(seat, "topics"), topic=topic, poll=poll, ballots=found
    )


def _sheet(topic: Topic, content: bytes) -> Response:
    response = Response(content, mimetype=MIME)
    name = quote(f"{topic.title}投票结果.xlsx", safe="")
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{name}"
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.post("/workshops/<int:workshop_id>/topics/<int:topic_id>/poll")
def vote(workshop_id: int, topic_id: int) -> ResponseReturnValue:
    """Vote, or change one's vote."""
    form = VoteForm()
    with unit_of_work():
        seat, topic, poll = _open_poll(workshop_id, topic_id)
        allowed = may.can_vote(current_viewer(), poll, topic, seat.member, now())
        require(allowed, "投票已经截止" if may.is_over(poll, topic, now()) else "加入工作坊以后才能投票")
        require_valid(form)
        services.cast_vote(current_actor(), topic, poll, form.choice.data or [])
        target = topic_url(topic, _anchor="kind-panel")
    return done_in_place(target, "已投票，截止之前可以改")


@bp.post("/workshops/<int:workshop_id>/topics/<int:topic_id>/poll/closing")
def close_poll(workshop_id: int, topic_id: int) -> ResponseReturnValue:
    """End a poll now."""
    with unit_of_work():
        seat, topic, poll = _open_poll(workshop_id, topic_id)
        require(may.can_close_poll(current_viewer(), topic, seat.member), "由发起投票的老师或坊主截止")
        services.close_poll(current_actor(), topic, poll)
        target = url_for("workshops.topic", workshop_id=workshop_id, topic_id=topic_id)
    return done_in_place(target, "投票已截止")

"""Putting discussions in order: moving, merging and splitting topics."""

from __future__ import annotations

from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from yanxiu.core.clock import now
from yanxiu.core.errors import ForbiddenError, NotFoundError, YanxiuError
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.web.auth import current_actor, current_viewer
from yanxiu.web.forms import Form
from yanxiu.workshops import permissions
from yanxiu.workshops.forms.relocations import MergeForm, MoveForm, SplitForm
from yanxiu.workshops.models import Topic, Workshop
from yanxiu.workshops.queries import relocations as reads
from yanxiu.workshops.queries import teams, threads
from yanxiu.workshops.queries.teams import Seat
from yanxiu.workshops.services import relocations as services
from yanxiu.workshops.services import undoing
from yanxiu.workshops.views.frame import bp, done, form_page, frame, open_topic, require
from yanxiu.workshops.views.seals import STATE_FIRST, is_sealed
from yanxiu.workshops.views.topics import topic_url

NAMED = 80


@bp.get("/workshops/<int:workshop_id>/topics/<int:topic_id>/arrangement")
def arrangement(workshop_id: int, topic_id: int) -> ResponseReturnValue:
    """Show what can be done to put a topic in order."""
    seat, topic = _open(workshop_id, topic_id)
    forms = {"form": SplitForm(formdata=None), "merge_form": MergeForm(formdata=None)}
    return render_template("workshops/relocations/arrangement.html", **forms, **_context(seat, topic))


def _open(workshop_id: int, topic_id: int) -> tuple[Seat, Topic]:
    seat, topic = open_topic(workshop_id, topic_id)
    require(permissions.can_rearrange(current_viewer(), topic, seat.member), "管理话题的老师才能整理话题")
    require(not is_sealed(seat, topic), STATE_FIRST)
    return seat, topic


def _context(seat: Seat, topic: Topic) -> dict[str, Any]:
    viewer, named = current_viewer(), request.args.get("named", "").strip()[:NAMED]
    places = [
        place.workshop
        for place in reads.team_places(viewer.user_id)
        if place.workshop.id != topic.workshop_id and permissions.can_take_in(viewer, place.workshop, place.member)
    ]
    return frame(seat, "topics") | {
        "topic": topic,
        "named": named,
        "others": reads.other_topics(topic, named),
        "places": places,
        "outside": reads.authors_outside(topic.id, [place.id for place in places]),
        "page": reads.standing_answers(topic.id, request.args.get("cursor")),
        "chosen": set(request.form.getlist("posts")),
        "mergeable": topic.kind in reads.MERGEABLE,
        "undoable": [step for step in reads.steps_of(topic.id) if step.can_be_undone(now())],
    }


def _again(workshop_id: int, topic_id: int, form: Form, error: YanxiuError | None = None) -> ResponseReturnValue:
    seat, topic = _open(workshop_id, topic_id)
    context = _context(seat, topic) | {"merge_form": form if isinstance(form, MergeForm) else MergeForm(formdata=None)}
    return form_page("workshops/relocations/arrangement.html", form, error, **context)


@bp.post("/workshops/<int:workshop_id>/topics/<int:topic_id>/relocation")
def move_topic(workshop_id: int, topic_id: int) -> ResponseReturnValue:
    """Move a topic to another workshop in whose team one is."""
    _open(workshop_id, topic_id)
    form = MoveForm()
    if not form.validate():
        return _again(workshop_id, topic_id, form)
    try:
        with unit_of_work():
            _seat, topic = _open(workshop_id, topic_id)
            target = _place_for(form.workshop_id.data)
            step = services.move_topic(current_actor(), topic, target)
            url, name, undo = topic_url(topic), target.name, _undo_of(topic) if step else None
    except YanxiuError as error:
        if error.status in (403, 404):
            raise
        return _again(workshop_id, topic_id, form, error)
    return done(url, f"已移到“{name}”", undo=undo)


def _place_for(workshop_id: int) -> Workshop:
    """Return the workshop if the viewer is in its team; any other one is as if it were not there."""
    viewer = current_viewer()
    seat = teams.find_seat(viewer, workshop_id)
    if seat is None or not permissions.can_take_in(viewer, seat.workshop, seat.member):
        raise ForbiddenError("话题只能移到您自己也管理的工作坊")
    return seat.workshop


@bp.post("/workshops/<int:workshop_id>/topics/<int:topic_id>/merger")
def merge_topics(workshop_id: int, topic_id: int) -> ResponseReturnValue:
    """Make one topic of two."""
    _open(workshop_id, topic_id)
    form = MergeForm()
    if not form.validate():
        return _again(workshop_id, topic_id, form)
    try:
        with unit_of_work():
            _seat, topic = _open(workshop_id, topic_id)
            other = threads.find_topic(workshop_id, form.topic_id.data)
            kept = services.merge_topics(current_actor(), topic, other or topic)
            url, undo = topic_url(kept), _undo_of(kept)
    except YanxiuError as error:
        if error.status in (403, 404):
            raise
        return _again(workshop_id, topic_id, form, error)
    return done(url, "两个话题已合并", undo=undo)


@bp.post("/workshops/<int:workshop_id>/topics/<int:topic_id>/division")
def split_topic(workshop_id: int, topic_id: int) -> ResponseReturnValue:
    """Make a topic of its own out of chosen posts."""
    _open(workshop_id, topic_id)
    form = SplitForm()
    if not form.validate():
        return _again(workshop_id, topic_id, form)
    chosen = {int(value) for value in request.form.getlist("posts") if value.isdecimal() and len(value) <= 15}
    try:
        with unit_of_work():
            _seat, topic = _open(workshop_id, topic_id)
            made = services.split_topic(current_actor(), topic, form.title.data, chosen)
            url, undo = topic_url(made), _undo_of(made)
    except YanxiuError as error:
        if error.status in (403, 404):
            raise
        return _again(workshop_id, topic_id, form, error)
    return done(url, "已分成新话题", undo=undo)


def _undo_of(topic: Topic) -> dict[str, str] | None:
    """Return how the step just done to a topic is taken back."""
    steps = reads.steps_of(topic.id)
    if not steps:
        return None
    step_id = steps[0].id
    url = url_for("workshops.undo_arrangement", workshop_id=topic.workshop_id, topic_id=topic.id, step_id=step_id)
    return {"url": url, "text": "撤销"}


@bp.post("/workshops/<int:workshop_id>/topics/<int:topic_id>/arrangement/<int:step_id>/reversal")
def undo_arrangement(workshop_id: int, topic_id: int, step_id: int) -> ResponseReturnValue:
    """Undo a step within a day; a move also needs the place to which the topic goes back."""
    with unit_of_work():
        seat, topic = _open(workshop_id, topic_id)
        step = reads.find_step(topic.id, step_id)
        if step is None:
            raise NotFoundError
        source = _place_for(step.workshop_id) if step.kind == "move" else seat.workshop
        url = topic_url(undoing.undo_step(current_actor(), step, source))
    return done(url, "已撤销")

"""Changing a topic: its title and text, and, as far as that is honest, its kind and the rules of its kind."""

from __future__ import annotations

from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue

from yanxiu.core.errors import YanxiuError
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.web.auth import current_actor, current_viewer
from yanxiu.workshops import permissions
from yanxiu.workshops.forms.kinds import EditTopicForm, filled_kind
from yanxiu.workshops.models import Topic
from yanxiu.workshops.queries.debates import debate_of
from yanxiu.workshops.queries.kinds import has_begun
from yanxiu.workshops.queries.polls import poll_of
from yanxiu.workshops.queries.teams import Seat
from yanxiu.workshops.services import reshaping
from yanxiu.workshops.services import topics as services
from yanxiu.workshops.views.frame import bp, done, dropped_files, form_page, frame, open_topic, received_files, require
from yanxiu.workshops.views.topics import is_filled_in, opening_post, topic_url, typed_html


@bp.get("/workshops/<int:workshop_id>/topics/<int:topic_id>/edit")
def edit_topic(workshop_id: int, topic_id: int) -> ResponseReturnValue:
    """Show a topic's title, text and kind for changing."""
    seat, found = open_topic(workshop_id, topic_id)
    require(permissions.can_edit_topic(current_viewer(), found, seat.member))
    kind = filled_kind(found, poll_of(topic_id), debate_of(topic_id))
    form = EditTopicForm(formdata=None, title=found.title, html=opening_post(topic_id).html, **kind)
    return render_template("workshops/edit_topic.html", form=form, **_context(seat, found))


def _context(seat: Seat, found: Topic) -> dict[str, Any]:
    shown = {"topic": found, "opener": opening_post(found.id), "dropped": dropped_files()}
    return frame(seat, "topics") | shown | {"begun": has_begun(found)}


@bp.post("/workshops/<int:workshop_id>/topics/<int:topic_id>/edit")
def change_topic(workshop_id: int, topic_id: int) -> ResponseReturnValue:
    """Change a topic's title, text, files and kind."""
    seat, found = open_topic(workshop_id, topic_id)
    require(permissions.can_edit_topic(current_viewer(), found, seat.member))
    form = EditTopicForm()
    if not is_filled_in(form):
        return form_page("workshops/edit_topic.html", form, **_context(seat, found))
    try:
        files = received_files()
        with unit_of_work():
            seat, found = open_topic(workshop_id, topic_id)
            require(permissions.can_edit_topic(current_viewer(), found, seat.member))
            services.edit_topic(
                current_actor(),
                found,
                opening_post(topic_id),
                form.title.data,
                typed_html(form.html.data),
                files=files,
                dropped=dropped_files(),
            )
            # A form without the choice of a kind leaves it as it is.
            if form.kind.data:
                reshaping.reshape_topic(current_actor(), found, form.shape(may_require=False))
    except YanxiuError as error:
        seat, found = open_topic(workshop_id, topic_id)
        return form_page("workshops/edit_topic.html", form, error, **_context(seat, found))
    return done(topic_url(found), "修改已保存")

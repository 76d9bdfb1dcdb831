"""Changing sides in a debate. The first view is stated with a post (`posts`)."""

from __future__ import annotations

from flask.typing import ResponseReturnValue

from yanxiu.core.errors import NotFoundError
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.web.auth import current_actor, current_viewer
from yanxiu.workshops import permissions
from yanxiu.workshops.forms.debates import SideForm
from yanxiu.workshops.models import TopicKind
from yanxiu.workshops.queries.debates import debate_of
from yanxiu.workshops.services import debates as services
from yanxiu.workshops.views.frame import bp, done_in_place, open_topic, require, require_valid
from yanxiu.workshops.views.topics import topic_url


@bp.post("/workshops/<int:workshop_id>/topics/<int:topic_id>/side")
def change_side(workshop_id: int, topic_id: int) -> ResponseReturnValue:
    """Go over to the other side of a debate, openly."""
    form = SideForm()
    with unit_of_work():
        seat, topic = open_topic(workshop_id, topic_id)
        debate = debate_of(topic_id) if topic.kind == TopicKind.DEBATE else None
        if debate is None:
            raise NotFoundError
        require(permissions.can_reply(current_viewer(), topic, seat.member), "讨论已经结束，不能再改变立场")
        require_valid(form)
        moved = services.change_side(current_actor(), topic, form.side.data or "")
        name, target = debate.name_of(form.side.data or ""), topic_url(topic)
    return done_in_place(target, f"您改站“{name}”" if moved else "")

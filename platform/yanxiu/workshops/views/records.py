"""Handing in a reflection. The record itself is written in the co-edited document that fills the slot `activity_record`."""

from __future__ import annotations

from flask import url_for
from flask.typing import ResponseReturnValue

from yanxiu.core.errors import YanxiuError
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.web.auth import current_actor, current_viewer
from yanxiu.workshops import permissions
from yanxiu.workshops.forms.activities import ReflectionForm
from yanxiu.workshops.models import Activity
from yanxiu.workshops.queries.teams import Seat
from yanxiu.workshops.services import records as services
from yanxiu.workshops.views.activities import activity_page, open_activity
from yanxiu.workshops.views.frame import bp, done, form_page, require
from yanxiu.workshops.views.topics import typed_html


def _joined(workshop_id: int, activity_id: int) -> tuple[Seat, Activity]:
    seat, found = open_activity(workshop_id, activity_id)
    require(found.cancelled_at is None, "活动已经取消")
    allowed = permissions.can_join_activity(current_viewer(), found, seat.member)
    require(allowed, "加入工作坊以后才能写反思")
    return seat, found


@bp.post("/workshops/<int:workshop_id>/activities/<int:activity_id>/reflection")
def hand_in_reflection(workshop_id: int, activity_id: int) -> ResponseReturnValue:
    """Hand in a reflection, or change it."""
    seat, found = _joined(workshop_id, activity_id)
    form = ReflectionForm()
    try:
        with unit_of_work():
            seat, found = _joined(workshop_id, activity_id)
            services.hand_in_reflection(current_actor(), found, typed_html(form.html.data))
            target = url_for("workshops.activity", workshop_id=workshop_id, activity_id=activity_id) + "#reflection"
    except YanxiuError as error:
        seat, found = open_activity(workshop_id, activity_id)
        page = activity_page(seat, found) | {"reflection_form": form}
        return form_page("workshops/activities/show.html", form, error, **page)
    return done(target, "反思已提交")

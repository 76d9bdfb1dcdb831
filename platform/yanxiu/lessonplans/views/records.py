"""The record of an activity, written by several at once; and its place on the page of the activity."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from yanxiu.core.errors import NotFoundError
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.lessonplans import queries, services
from yanxiu.lessonplans.document.records import reading_html
from yanxiu.lessonplans.document.ydoc import json_from_state
from yanxiu.lessonplans.forms import RevisionForm
from yanxiu.lessonplans.views.doors import bp, open_document, rights
from yanxiu.lessonplans.views.plans import readable
from yanxiu.web.auth import current_actor, current_viewer
from yanxiu.web.slots import Filler
from yanxiu.workshops.permissions import can_join_activity, can_view_activity
from yanxiu.workshops.queries import membership_of
from yanxiu.workshops.queries.activities import find_activity


@bp.get("/workshops/<int:workshop_id>/activities/<int:activity_id>/record")
def record(workshop_id: int, activity_id: int) -> ResponseReturnValue:
    """Show the record: for those who may write, the editor takes over; the first of them begins it."""
    plan_id = _record_of(workshop_id, activity_id)
    if plan_id is None:
        return redirect(url_for("workshops.activity", workshop_id=workshop_id, activity_id=activity_id))
    plan, seat = open_document(plan_id)
    html, sections = readable(plan)
    return render_template(
        "lessonplans/record.html",
        plan=plan,
        may=rights(current_viewer(), plan, seat),
        html=html,
        sections=sections,
        contributors=queries.contributors_of(plan_id),
        revisions=queries.revisions_page(plan_id, by_people=True, size=8),
        revision_form=RevisionForm(formdata=None),
    )


def _record_of(workshop_id: int, activity_id: int) -> int | None:
    """Return the record, begun now if the viewer may write it; None if there is nothing yet for them to read."""
    viewer = current_viewer()
    activity = find_activity(workshop_id, activity_id)
    place = membership_of(workshop_id, viewer.user_id)
    if activity is None or not can_view_activity(viewer, activity, place):
        raise NotFoundError
    known = queries.find_record(activity_id)
    if known is not None or not can_join_activity(viewer, activity, place):
        return known.id if known is not None else None
    with unit_of_work():
        activity = find_activity(workshop_id, activity_id)
        if activity is None or not can_join_activity(viewer, activity, membership_of(workshop_id, viewer.user_id)):
            raise NotFoundError
        return services.begin_record(current_actor(), activity).id


def _on_activity(activity: Any, **_more: Any) -> dict[str, Any]:
    """How the record reads at this moment and who wrote it. It is drawn from the document itself: only what our own
    writer puts out is shown, whatever an archive brought along."""
    found = queries.find_record(activity.id)
    stored = queries.stored_document(found.id) if found is not None else None
    writers = queries.contributors_of(found.id) if found is not None else []
    if stored is None or not (writers or stored.seq):
        return {"html": ""}
    html = Markup(reading_html(json_from_state(stored.merged())))
    return {"record": found, "html": html, "writers": writers}


def _door(activity: Any, may_join: bool, **_more: Any) -> dict[str, Any] | None:
    return {} if may_join else None


SLOTS: dict[str, Filler] = {
    "activity_record": ("lessonplans/_activity_record.html", _on_activity),
    "activity_record_door": ("lessonplans/_activity_record_door.html", _door),
}

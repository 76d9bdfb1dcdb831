"""Writing the record of an activity together, and handing in a reflection."""

from __future__ import annotations

from typing import Any

from flask import jsonify, render_template, request, url_for
from flask.typing import ResponseReturnValue

from yanxiu.core.errors import YanxiuError
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.web.auth import current_actor, current_viewer, wants_fragment
from yanxiu.workshops import permissions
from yanxiu.workshops.activity_words import RECORD_PARTS, SHORT_PARTS
from yanxiu.workshops.forms.activities import RecordForm, ReflectionForm
from yanxiu.workshops.models import Activity
from yanxiu.workshops.queries import records as queries
from yanxiu.workshops.queries.teams import Seat
from yanxiu.workshops.services import records as services
from yanxiu.workshops.views.activities import activity_page, activity_url, open_activity, words
from yanxiu.workshops.views.frame import bp, done, done_in_place, form_page, frame, require
from yanxiu.workshops.views.topics import typed_html


def _joined(workshop_id: int, activity_id: int) -> tuple[Seat, Activity]:
    seat, found = open_activity(workshop_id, activity_id)
    require(found.cancelled_at is None, "活动已经取消")
    allowed = permissions.can_join_activity(current_viewer(), found, seat.member)
    require(allowed, "加入工作坊以后才能一起写")
    return seat, found


@bp.get("/workshops/<int:workshop_id>/activities/<int:activity_id>/record")
def record_form(workshop_id: int, activity_id: int) -> ResponseReturnValue:
    """Show the record for writing; `?part=now` answers what it says, for those who have it open."""
    seat, found = _joined(workshop_id, activity_id)
    texts = _texts(activity_id)
    if request.args.get("part") == "now":
        return jsonify({"ok": True, "texts": texts})
    form = RecordForm(formdata=None, **texts)
    return render_template("workshops/activities/record.html", form=form, **_context(seat, found, texts, {}))


def _texts(activity_id: int) -> dict[str, str]:
    parts = queries.record_of(activity_id)
    return {name: parts[name].text if name in parts else "" for name in RECORD_PARTS}


def _context(seat: Seat, found: Activity, bases: dict[str, str], clashes: dict[str, str]) -> dict[str, Any]:
    return {
        **frame(seat, "activities"),
        **words(),
        "activity": found,
        "parts": RECORD_PARTS,
        "short_parts": SHORT_PARTS,
        "bases": bases,
        "clashes": clashes,
    }


@bp.post("/workshops/<int:workshop_id>/activities/<int:activity_id>/record")
def save_record(workshop_id: int, activity_id: int) -> ResponseReturnValue:
    """Write what was changed; what a colleague wrote in the same lines is never lost, it is shown beside."""
    seat, found = _joined(workshop_id, activity_id)
    form = RecordForm()
    bases = {name: form[f"base_{name}"].data or "" for name in RECORD_PARTS}
    if not form.validate():
        return form_page("workshops/activities/record.html", form, **_context(seat, found, bases, {}))
    written = {name: (bases[name], form[name].data or "") for name in RECORD_PARTS if name in request.form}
    try:
        with unit_of_work():
            seat, found = _joined(workshop_id, activity_id)
            saved = services.save_record(current_actor(), found, written)
            target = activity_url(found)
    except YanxiuError as error:
        seat, found = open_activity(workshop_id, activity_id)
        return form_page("workshops/activities/record.html", form, error, **_context(seat, found, bases, {}))
    if wants_fragment():
        return done_in_place(target, texts=saved.texts, clashes=saved.clashes)
    if saved.clashes:
        seat, found = open_activity(workshop_id, activity_id)
        # Both are on the page now: what is sent from there is sent knowing what a colleague wrote.
        context = _context(seat, found, bases | saved.texts | saved.clashes, saved.clashes)
        return render_template("workshops/activities/record.html", form=form, **context), 409
    return done(target, "记录已保存")


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

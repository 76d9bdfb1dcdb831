"""Making the workshop of the next term out of this one: choose, look, then make it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from yanxiu.core.clock import is_in_our_time, today
from yanxiu.core.errors import InvalidError, YanxiuError
from yanxiu.core.terms import days_between, next_term, terms_around
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.web.auth import current_actor, current_viewer
from yanxiu.workshops import permissions
from yanxiu.workshops.forms.cloning import CloneForm
from yanxiu.workshops.models import TermStage
from yanxiu.workshops.queries import members as roster
from yanxiu.workshops.queries import termplan, threads
from yanxiu.workshops.queries.teams import Seat
from yanxiu.workshops.services.cloning import Taken, clone_workshop
from yanxiu.workshops.views.frame import bp, done, form_page, frame, open_seat, require

TAKEN_AT_FIRST = {"introduction": True, "team": True, "groups": True, "plan": True, "pinned": True}


def _ending(workshop_id: int) -> Seat:
    seat = open_seat(workshop_id)
    require(permissions.can_end_workshop(current_viewer(), seat.workshop, seat.member))
    return seat


def _form(seat: Seat, **more: Any) -> CloneForm:
    form = CloneForm(**more)
    following = next_term(seat.workshop.term)
    form.term.choices = {term: term for term in sorted({following, *terms_around(today())})}
    return form


def _distance(seat: Seat, form: CloneForm, stages: list[TermStage]) -> int:
    """Return by how many days the plan moves: to the chosen day, or by the distance of the terms' first Mondays."""
    first = min((stage.starts_on for stage in stages if stage.starts_on), default=None)
    if form.starts_on.data and first:
        return (form.starts_on.data - first).days
    return days_between(seat.workshop.term, form.term.data or "")


def _preview(seat: Seat, form: CloneForm) -> dict[str, Any]:
    """Return what would be taken along, with the days as they would be."""
    workshop_id = seat.workshop.id
    stages = list(termplan.stages_of(workshop_id))
    distance = timedelta(days=_distance(seat, form, stages))

    def later(day: date | None) -> date | None:
        moved = day + distance if day else None
        if moved is not None and not is_in_our_time(moved):
            raise InvalidError("请核对开始日期的年份", field="starts_on")
        return moved

    return {
        "days": distance.days,
        "stages": [{"name": s.name, "starts_on": later(s.starts_on), "ends_on": later(s.ends_on)} for s in stages],
        "items": len(termplan.items_of(workshop_id)),
        "team": [seat.user for seat in roster.team_members(workshop_id)],
        "groups": roster.groups_of(workshop_id),
        "pinned": threads.pinned_topics(workshop_id),
        "members": roster.count_plain_members(workshop_id),
    }


@bp.get("/workshops/<int:workshop_id>/next-term")
def next_term_form(workshop_id: int) -> ResponseReturnValue:
    """Show what the next term's workshop would take along."""
    seat = _ending(workshop_id)
    values = {"name": seat.workshop.name, "term": next_term(seat.workshop.term), **TAKEN_AT_FIRST}
    form = _form(seat, formdata=None, **values)
    context = frame(seat, "settings")
    return render_template("workshops/next_term.html", **context, form=form, preview=_preview(seat, form))


@bp.post("/workshops/<int:workshop_id>/next-term")
def make_next_term(workshop_id: int) -> ResponseReturnValue:
    """Show the choice again with its preview, or make the workshop."""
    seat = _ending(workshop_id)
    form = _form(seat)
    valid = form.validate()
    try:
        preview = _preview(seat, form)
    except YanxiuError as error:
        return form_page("workshops/next_term.html", form, error, **frame(seat, "settings"), preview=None)
    if not valid:
        return form_page("workshops/next_term.html", form, **frame(seat, "settings"), preview=preview)
    if form.step.data == "preview":
        return render_template("workshops/next_term.html", **frame(seat, "settings"), form=form, preview=preview)
    with unit_of_work():
        seat = _ending(workshop_id)
        made = clone_workshop(current_actor(), seat.workshop, _taken(form, preview["days"]))
        target = url_for("workshops.home", workshop_id=made.id)
    return done(target, "下一学期的工作坊建好了")


def _taken(form: CloneForm, days: int) -> Taken:
    return Taken(
        name=form.name.data,
        term=form.term.data,
        days=days,
        introduction=bool(form.introduction.data),
        team=bool(form.team.data),
        groups=bool(form.groups.data),
        invite=bool(form.invite.data),
        plan=bool(form.plan.data),
        pinned=bool(form.pinned.data),
    )

"""集体备课 of a plan: where it stands, whose turn it is, the next step; making one's own copy."""

from __future__ import annotations

from typing import Any

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from yanxiu.accounts.permissions import Viewer
from yanxiu.core import clock
from yanxiu.core.errors import ConflictError, ForbiddenError, InvalidError
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.lessonplans.cycle import steps_of, turn_of
from yanxiu.lessonplans.document.sections import missing_sections
from yanxiu.lessonplans.document.ydoc import json_from_state
from yanxiu.lessonplans.forms.preparations import MoveForm
from yanxiu.lessonplans.models import LessonPlan
from yanxiu.lessonplans.models.preparations import ALONE, DRAFT, PHASES, REVIEW
from yanxiu.lessonplans.permissions import Seat, rests_with_workshop
from yanxiu.lessonplans.permissions.preparations import (
    LEAD,
    MOVES,
    Move,
    can_adapt_plan,
    can_follow_adaptations,
    moves_open_to,
    parts_of,
)
from yanxiu.lessonplans.queries import adaptations as queries
from yanxiu.lessonplans.queries.documents import stored_document
from yanxiu.lessonplans.queries.lessons import lessons_of
from yanxiu.lessonplans.queries.plans import visible_ids
from yanxiu.lessonplans.queries.rounds import suggestion_counts
from yanxiu.lessonplans.queries.templates import template_of
from yanxiu.lessonplans.services.adaptations import make_adaptation
from yanxiu.lessonplans.services.preparations import Kept, move_plan
from yanxiu.lessonplans.views.doors import bp, done, open_plan
from yanxiu.lessonplans.views.revisions import current_state
from yanxiu.web.auth import current_actor, current_viewer

SAID = {
    "draft": "集体备课开始了，写好初案就请大家评议",
    "review": "大家可以评议了，已经告诉组里的老师",
    "agreed": "已定为共案，老师们可以做个案了",
    "final": "已定案",
    "": "已改回一个人备课",
}


def progress_of(viewer: Viewer, plan: LessonPlan, seat: Seat) -> dict[str, Any] | None:
    """Return the line of steps for a plan that is prepared together, and what the viewer is to do."""
    if plan.phase == ALONE:
        return None
    today = clock.today()
    tally = queries.tally_of(plan.id, today)
    mine = queries.adaptation_by(plan.id, viewer.user_id)
    if mine is not None and mine.plan.deleted_at is not None:
        mine = None
    adapts = can_adapt_plan(viewer, plan, seat)
    leads = bool(parts_of(viewer, plan, seat))
    return {
        "steps": steps_of(plan.phase, tally.made, tally.taught, tally.reflected, len(queries.group_ids(plan))),
        "turn": turn_of(
            plan.phase,
            plan.owner.name,
            leads=leads,
            adapts=adapts,
            mine=mine,
            rests=rests_with_workshop(plan),
            today=today,
        ),
        "mine": mine,
        "adapts": adapts,
        "moves": moves_open_to(viewer, plan, seat),
    }


@bp.get("/lesson-plans/<int:plan_id>/preparation")
def preparation(plan_id: int) -> ResponseReturnValue:
    """Show where the preparation stands: steps, whose turn, the 共案, everybody's 个案, the lessons."""
    plan, seat = open_plan(plan_id)
    viewer = current_viewer()
    follows = can_follow_adaptations(viewer, plan, seat)
    everyone = queries.adaptations_of(plan_id)
    open_ids = visible_ids(viewer, [row.plan_id for row in everyone])
    made = [row for row in everyone if follows or row.plan_id in open_ids]
    return render_template(
        "lessonplans/preparations/show.html",
        plan=plan,
        progress=progress_of(viewer, plan, seat),
        moves=moves_open_to(viewer, plan, seat),
        preparation=queries.find_preparation(plan_id),
        made=made,
        open_ids=open_ids,
        suggested=suggestion_counts(plan_id),
        gaps=_gaps(plan),
        missing=queries.people_without(plan, everyone) if follows and plan.phase != ALONE else [],
        follows=follows,
        lessons=lessons_of(viewer, [plan_id, *open_ids]),
        today=clock.today(),
        phases=PHASES,
    )


def _gaps(plan: LessonPlan) -> list[str]:
    """The required sections that say nothing yet, while the text can still change."""
    if plan.phase not in (DRAFT, REVIEW):
        return []
    stored, template = stored_document(plan.id), template_of(plan)
    if stored is None or template is None:
        return []
    required = [section.key for section in template.sections if section.required]
    return missing_sections(json_from_state(stored.merged()), template, required)


@bp.post("/lesson-plans/<int:plan_id>/preparation")
def move_preparation(plan_id: int) -> ResponseReturnValue:
    """Take a step; what the group agrees on is kept as a version."""
    form = MoveForm()
    if not form.validate():
        raise InvalidError("请刷新后再试")
    _asked(plan_id, form)
    kept = Kept(*current_state(plan_id))
    with unit_of_work():
        plan, move = _asked(plan_id, form)
        move_plan(current_actor(), plan, move, kept)
    return done(url_for(".preparation", plan_id=plan_id), SAID[move.goal])


def _asked(plan_id: int, form: MoveForm) -> tuple[LessonPlan, Move]:
    plan, seat = open_plan(plan_id)
    wanted = (form.start.data or "", form.goal.data or "")
    move = next((move for move in MOVES if (move.start, move.goal) == wanted), None)
    if move is None:
        raise InvalidError("没有这一步，请刷新后再看")
    if not move.who & parts_of(current_viewer(), plan, seat):
        who = "主备人" if move.who == {LEAD} else "主备人或牵头的老师"
        raise ForbiddenError(f"这一步由{who}来做")
    return plan, move


@bp.post("/lesson-plans/<int:plan_id>/adaptations")
def adapt(plan_id: int) -> ResponseReturnValue:
    """Make an own copy of the 共案 and open it."""
    with unit_of_work():
        plan, seat = open_plan(plan_id)
        if not can_adapt_plan(current_viewer(), plan, seat):
            if seat.member_role is None and not seat.in_workshop and plan.owner_id != current_viewer().user_id:
                raise ForbiddenError("个案由一起备课的老师来做")
            raise ConflictError("共案还没有定下来，定了以后再做个案")
        copy_id = make_adaptation(current_actor(), current_viewer(), plan).plan_id
    return done(url_for(".show", plan_id=copy_id), "这是您的个案，可以按自己的班级改了")

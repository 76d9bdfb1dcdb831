"""The plan of the term: its page, its stages and items, and their order."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from yanxiu.core.clock import today
from yanxiu.core.errors import InvalidError, NotFoundError, YanxiuError
from yanxiu.core.live import current_seq
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.web.auth import current_actor, current_viewer
from yanxiu.workshops import permissions
from yanxiu.workshops.forms.termplan import ArrangeForm, ItemForm, RemovalForm, StageForm
from yanxiu.workshops.models import TermItem, TermStage
from yanxiu.workshops.permissions.tasks import HANDING_IN
from yanxiu.workshops.queries import termplan
from yanxiu.workshops.queries.plan_progress import done_pairs, done_words, is_known, known_pairs
from yanxiu.workshops.queries.plan_targets import READING, kind_names, plan_target
from yanxiu.workshops.queries.teams import Seat
from yanxiu.workshops.services import termplan as services
from yanxiu.workshops.services.posts import checked_uuid
from yanxiu.workshops.services.termplan import ItemDetails, StageDetails
from yanxiu.workshops.views.frame import (
    bp,
    done,
    done_in_place,
    form_page,
    frame,
    number_argument,
    open_seat,
    require,
    require_valid,
    since_argument,
)

MOVED = {"up": "已上移", "down": "已下移"}


def _plan_url(workshop_id: int, **more: Any) -> str:
    return url_for("workshops.plan", workshop_id=workshop_id, **more)


def _planning(workshop_id: int) -> Seat:
    seat = open_seat(workshop_id)
    require(permissions.can_plan(current_viewer(), seat.workshop, seat.member))
    return seat


def _stage(workshop_id: int, stage_id: int | None, *, deleted: bool = False) -> TermStage:
    found = termplan.find_stage(workshop_id, stage_id, deleted=deleted) if stage_id else None
    if found is None:
        raise NotFoundError
    return found


def _item(workshop_id: int, item_id: int, *, deleted: bool = False) -> TermItem:
    found = termplan.find_item(workshop_id, item_id, deleted=deleted)
    if found is None:
        raise NotFoundError
    return found


def line_context(seat: Seat, day: date) -> dict[str, Any]:
    """Return what the home shows of the plan: the line, where we are, what comes next."""
    line = termplan.line_of(seat.workshop.id, day)
    coming = termplan.next_items(current_viewer(), seat.workshop.id, day) if line else []
    return {"line": line, "running": termplan.running_of(line), "coming": coming, "kinds": kind_names()}


@bp.get("/workshops/<int:workshop_id>/plan")
def plan(workshop_id: int) -> ResponseReturnValue:
    """Show the plan of the term."""
    seat = open_seat(workshop_id)
    return render_template(
        "workshops/plan/plan.html",
        **frame(seat, "plan"),
        **_board(seat),
        seq=current_seq(f"termplan:{workshop_id}"),
        form=StageForm(formdata=None, client_uuid=checked_uuid(None)),
    )


def _board(seat: Seat) -> dict[str, Any]:
    stages = termplan.plan_of(current_viewer(), seat.workshop.id, today())
    return {"stages": stages, "running": termplan.running_of(stages), "kinds": kind_names(), "own": _own(seat, stages)}


def _own(seat: Seat, stages: list[termplan.PlannedStage]) -> dict[str, Any] | None:
    """Return what a member has done, and whether more can be ticked; whoever leads, guides or looks is not asked."""
    if seat.member is None or seat.member.role not in HANDING_IN:
        return None
    items = [planned.item for stage in stages for planned in stage.items]
    done = done_pairs(items, [seat.member.user_id]) if items else set()
    by_itself = known_pairs(items, [seat.member.user_id]) if items else set()
    may_tick = permissions.takes_part(current_viewer(), seat.workshop, seat.member)
    return {
        "done": {pair[0] for pair in done},
        "by_itself": {pair[0] for pair in by_itself},
        "may_tick": may_tick,
        "is_known": is_known,
        "words": done_words(),
    }


@bp.get("/workshops/<int:workshop_id>/plan/changes")
def plan_changes(workshop_id: int) -> ResponseReturnValue:
    """Answer the whole plan, or with `?view=line` what the home shows of it: an order has no single changed row."""
    seat = open_seat(workshop_id)
    since_argument()
    seq = current_seq(f"termplan:{workshop_id}")
    may = {"plan": permissions.can_plan(current_viewer(), seat.workshop, seat.member)}
    if request.args.get("view") == "line":
        html = render_template(
            "workshops/plan/_line_changes.html", workshop=seat.workshop, **line_context(seat, today())
        )
    else:
        html = render_template("workshops/plan/_changes.html", workshop=seat.workshop, may=may, **_board(seat))
    response = Response(html, mimetype="text/html")
    response.headers["X-Seq"] = str(seq)
    response.headers["Cache-Control"] = "no-store"
    return response


def _stage_details(form: StageForm) -> StageDetails:
    return StageDetails(form.name.data, form.goal.data or "", form.starts_on.data, form.ends_on.data)


@bp.post("/workshops/<int:workshop_id>/plan/stages")
def create_stage(workshop_id: int) -> ResponseReturnValue:
    """Add a stage."""
    seat = _planning(workshop_id)
    form = StageForm()
    if not form.validate():
        return _stage_page(seat, form)
    try:
        with unit_of_work():
            seat = _planning(workshop_id)
            uuid = checked_uuid(form.client_uuid.data)
            stage = services.add_stage(current_actor(), seat.workshop, _stage_details(form), uuid)
            target = _plan_url(workshop_id, _anchor=f"stage-{stage.id}")
    except YanxiuError as error:
        return _stage_page(seat, form, error=error)
    return done(target, "阶段已添加")


def _stage_page(
    seat: Seat, form: StageForm, stage: TermStage | None = None, error: YanxiuError | None = None
) -> ResponseReturnValue:
    return form_page("workshops/plan/stage.html", form, error, **frame(seat, "plan"), term_stage=stage)


@bp.get("/workshops/<int:workshop_id>/plan/stages/<int:stage_id>")
def edit_stage(workshop_id: int, stage_id: int) -> ResponseReturnValue:
    """Show the form of a stage."""
    seat = _planning(workshop_id)
    stage = _stage(workshop_id, stage_id)
    context = frame(seat, "plan")
    return render_template("workshops/plan/stage.html", **context, form=StageForm(obj=stage), term_stage=stage)


@bp.post("/workshops/<int:workshop_id>/plan/stages/<int:stage_id>")
def change_stage(workshop_id: int, stage_id: int) -> ResponseReturnValue:
    """Change a stage."""
    seat = _planning(workshop_id)
    form, stage = StageForm(), _stage(workshop_id, stage_id)
    if not form.validate():
        return _stage_page(seat, form, stage)
    try:
        with unit_of_work():
            seat = _planning(workshop_id)
            stage = _stage(workshop_id, stage_id)
            services.change_stage(current_actor(), seat.workshop, stage, _stage_details(form))
    except YanxiuError as error:
        return _stage_page(seat, form, stage, error)
    return done(_plan_url(workshop_id, _anchor=f"stage-{stage_id}"), "阶段已保存")


def _item_form(seat: Seat, asked: str, /, **more: Any) -> ItemForm:
    """Return the form of an item of a kind, with what can be chosen for it."""
    form, target = ItemForm(**more), plan_target(asked)
    chosen = target.choices(current_viewer(), seat.workshop.id) if target else []
    item = more.get("obj")
    kept = {item.target_id: item.title} if item is not None and item.target_id else {}
    form.kind.choices = kind_names()
    form.target_id.choices = {"": "先不指定"} | kept | dict(chosen)
    form.stage_id.choices = {stage.id: stage.name for stage in termplan.stages_of(seat.workshop.id)}
    return form


def _item_page(
    seat: Seat, form: ItemForm, kind: str, item: TermItem | None = None, error: YanxiuError | None = None
) -> ResponseReturnValue:
    context = {"kinds": kind_names(), "kind": kind, "item": item, "reading": READING}
    if error is None and not form.errors:
        return render_template("workshops/plan/item.html", **frame(seat, "plan"), form=form, **context)
    return form_page("workshops/plan/item.html", form, error, **frame(seat, "plan"), **context)


def _asked_kind(source: Any) -> str:
    names = kind_names()
    kind = source.get("kind", "")
    return kind if kind in names else next(iter(names))


@bp.get("/workshops/<int:workshop_id>/plan/items/new")
def new_plan_item(workshop_id: int) -> ResponseReturnValue:
    """Show the form for a new item; `?kind=` and `?stage=` say of what and where."""
    seat = _planning(workshop_id)
    kind = _asked_kind(request.args)
    stage = _stage(workshop_id, number_argument("stage"))
    uuid = checked_uuid(None)
    form = _item_form(seat, kind, formdata=None, kind=kind, stage_id=stage.id, client_uuid=uuid)
    return _item_page(seat, form, kind)


def _may_name(kind: str, target_id: int) -> bool:
    target = plan_target(kind)
    return target is not None and target_id in target.visible(current_viewer(), [target_id])


def _item_details(form: ItemForm, kind: str, kept_id: int | None = None) -> ItemDetails:
    """Read the form. What it stands for must be open to the one who plans, or be what it was."""
    target_id = None if kind == READING else form.target_id.data
    if target_id is not None and target_id != kept_id and not _may_name(kind, target_id):
        raise InvalidError("没有找到这项内容，请重新选择", field="target_id")
    title = form.title.data or (dict(form.target_id.choices).get(target_id, "") if target_id else "")
    if not title:
        raise InvalidError("请填写标题", field="title")
    return ItemDetails(
        kind=kind,
        title=title[:100],
        target_id=target_id,
        url=form.url.data or "" if kind == READING else "",
        starts_on=form.starts_on.data,
        ends_on=form.ends_on.data,
        required=bool(form.required.data),
    )


@bp.post("/workshops/<int:workshop_id>/plan/items")
def create_plan_item(workshop_id: int) -> ResponseReturnValue:
    """Add an item."""
    seat = _planning(workshop_id)
    kind = _asked_kind(request.form)
    form = _item_form(seat, kind)
    if not form.validate():
        return _item_page(seat, form, kind)
    try:
        details = _item_details(form, kind)
        with unit_of_work():
            seat = _planning(workshop_id)
            stage, uuid = _stage(workshop_id, form.stage_id.data), checked_uuid(form.client_uuid.data)
            item = services.add_item(current_actor(), seat.workshop, stage, details, uuid)
            target = _plan_url(workshop_id, _anchor=f"plan-item-{item.id}")
    except YanxiuError as error:
        return _item_page(seat, form, kind, error=error)
    return done(target, f"已加入“{stage.name}”")


@bp.get("/workshops/<int:workshop_id>/plan/items/<int:item_id>")
def edit_plan_item(workshop_id: int, item_id: int) -> ResponseReturnValue:
    """Show the form of an item."""
    seat = _planning(workshop_id)
    item = _item(workshop_id, item_id)
    return _item_page(seat, _item_form(seat, item.kind, formdata=None, obj=item), item.kind, item)


@bp.post("/workshops/<int:workshop_id>/plan/items/<int:item_id>")
def change_plan_item(workshop_id: int, item_id: int) -> ResponseReturnValue:
    """Change an item; its kind stays."""
    seat = _planning(workshop_id)
    item = _item(workshop_id, item_id)
    kind = item.kind
    form = _item_form(seat, kind, obj=item)
    form.kind.data = kind
    if not form.validate():
        return _item_page(seat, form, kind, item)
    try:
        details = _item_details(form, kind, item.target_id)
        with unit_of_work():
            seat, item = _planning(workshop_id), _item(workshop_id, item_id)
            stage = _stage(workshop_id, form.stage_id.data)
            services.change_item(current_actor(), seat.workshop, item, details, stage)
    except YanxiuError as error:
        return _item_page(seat, form, kind, item, error)
    return done(_plan_url(workshop_id, _anchor=f"plan-item-{item_id}"), "内容已保存")


@bp.post("/workshops/<int:workshop_id>/plan/order")
def arrange_plan(workshop_id: int) -> ResponseReturnValue:
    """Move a stage or an item a step, or put it to a place."""
    form = ArrangeForm()
    with unit_of_work():
        seat = _planning(workshop_id)
        require_valid(form)
        if form.kind.data == "stage":
            _move_stage(seat, form)
        else:
            _move_item(seat, form)
    return done_in_place(_plan_url(workshop_id), MOVED.get(form.step.data, "顺序已保存"))


def _move_stage(seat: Seat, form: ArrangeForm) -> None:
    stage = _stage(seat.workshop.id, form.id.data)
    if form.step.data:
        services.step_stage(current_actor(), seat.workshop, stage, form.step.data)
    else:
        services.place_stage(current_actor(), seat.workshop, stage, form.before_id.data)


def _move_item(seat: Seat, form: ArrangeForm) -> None:
    item = _item(seat.workshop.id, form.id.data)
    if form.step.data:
        services.step_item(current_actor(), seat.workshop, item, form.step.data)
        return
    stage = _stage(seat.workshop.id, form.stage_id.data)
    services.place_item(current_actor(), seat.workshop, item, stage, form.before_id.data)


@bp.post("/workshops/<int:workshop_id>/plan/removal")
def remove_from_plan(workshop_id: int) -> ResponseReturnValue:
    """Take a stage or an item out; the undo of the notice asks with `?on=0`."""
    form = RemovalForm(formdata=MultiDict({**request.args, **request.form}))
    with unit_of_work():
        seat = _planning(workshop_id)
        require_valid(form)
        kind, number, out = form.kind.data, form.id.data, form.on.data == "1"
        find = _stage if kind == "stage" else _item
        row = find(workshop_id, number, deleted=True)
        services.take_out(current_actor(), seat.workshop, row, out=out)
        name = row.name if isinstance(row, TermStage) else row.title
    undo = url_for("workshops.remove_from_plan", workshop_id=workshop_id, kind=kind, id=number, on="0")
    if not out:
        return done_in_place(_plan_url(workshop_id), "已恢复")
    return done_in_place(_plan_url(workshop_id), f"已移除“{name}”", undo={"url": undo, "text": "撤销"})

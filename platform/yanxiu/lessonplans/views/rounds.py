"""磨课 of a plan: its rounds, the suggestions for it, and why each passage is as it is."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from yanxiu.core.errors import ForbiddenError, InvalidError, NotFoundError
from yanxiu.core.html import without_invisible
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.lessonplans import queries
from yanxiu.lessonplans.document.html import render_html
from yanxiu.lessonplans.document.marking import says, with_anchors, with_passages
from yanxiu.lessonplans.document.nodes import Node, doc
from yanxiu.lessonplans.document.sections import sections_of, title_of
from yanxiu.lessonplans.document.suggesting import as_undecided
from yanxiu.lessonplans.document.ydoc import json_from_doc, load
from yanxiu.lessonplans.forms.rounds import DecisionForm, RoundForm, RoundLessonForm, SuggestionForm
from yanxiu.lessonplans.models import LessonPlan
from yanxiu.lessonplans.models.rounds import ADOPTED, COMMENT, OPEN, WITHDRAWN, Suggestion
from yanxiu.lessonplans.permissions import Seat, rests_with_workshop
from yanxiu.lessonplans.permissions.rounds import can_decide, can_suggest, can_withdraw
from yanxiu.lessonplans.queries import rounds as found
from yanxiu.lessonplans.queries.lessons import Remark, TaughtLesson, lessons_of, remarks_on
from yanxiu.lessonplans.services import rounds as services
from yanxiu.lessonplans.services.preparations import Kept
from yanxiu.lessonplans.views.doors import bp, done, open_plan
from yanxiu.lessonplans.views.revisions import current_state
from yanxiu.web.auth import current_actor, current_viewer


def _text_of(plan: LessonPlan, *, comments: bool = False) -> Node:
    stored = queries.stored_document(plan.id)
    if stored is None:
        raise NotFoundError
    return as_undecided(json_from_doc(load(stored.merged()), comments=comments))


@bp.get("/lesson-plans/<int:plan_id>/suggestions")
def suggestions(plan_id: int) -> ResponseReturnValue:
    """Show rounds and suggestions; with `?show=why` the text with what was adopted for each passage."""
    arguments = {name: without_invisible(request.args.get(name, ""))[:300] for name in ("section", "quote")}
    form = SuggestionForm(formdata=None, client_uuid=str(uuid4()), **arguments)
    return _page(plan_id, form)


def _page(plan_id: int, form: SuggestionForm, wrong: tuple[int, DecisionForm] | None = None) -> str:
    plan, seat = open_plan(plan_id)
    viewer = current_viewer()
    why = request.args.get("show") == "why"
    sections = sections_of(_text_of(plan, comments=why))
    titles = [(key, title_of(node)) for key, node in sections.items()]
    form.section.choices = [("", "整份教案"), *titles]
    rows, rounds = found.suggestions_of(plan_id), found.rounds_of(plan_id)
    lessons = lessons_of(viewer, [plan_id])
    decides = can_decide(viewer, plan, seat)
    return render_template(
        "lessonplans/rounds/show.html",
        plan=plan,
        form=form,
        wrong=wrong,
        why=why,
        titles=dict(titles),
        passages=_reasons(sections, rows) if why else [],
        suggestions=rows,
        own={row.id for row in rows if can_withdraw(viewer, row)},
        rounds=rounds,
        round_name=found.round_name,
        lessons=lessons,
        lessons_by_id={lesson.id: lesson for lesson in lessons},
        remarks=_remarks(rows, lessons) if decides else [],
        fresh_uuid=uuid4,
        decides=decides,
        suggests=can_suggest(viewer, plan, seat),
        round_form=RoundForm(formdata=None),
        decision_form=_decision_form,
    )


def _decision_form(row: Suggestion, titles: dict[str, str], wrong: tuple[int, DecisionForm] | None) -> DecisionForm:
    """The form of one suggestion, with ids of its own; `wrong` is what was sent and cannot be."""
    if wrong is not None and wrong[0] == row.id:
        form = wrong[1]
    else:
        state = ADOPTED if row.state == OPEN else row.state
        values = {"section": row.section, "outcome": row.outcome, "reason": row.reason}
        form = DecisionForm(formdata=None, state=state, **values)
    form.section.choices = [("", "整份教案"), *titles.items()]
    for field in form:
        field.id = f"s{row.id}-{field.name}"
    return form


def _reasons(sections: dict[str, Node], rows: Any) -> list[dict[str, Any]]:
    """Each section as it reads, the passages that come from suggestions marked, and those suggestions.

    The words of a comment carry its mark, so they are found wherever later edits took them.
    """
    adopted = [row for row in rows if row.state == ADOPTED]
    parts = []
    for key, node in sections.items():
        mine = [row for row in adopted if row.section == key]
        marked = with_anchors(node, {row.anchor for row in mine if row.source == COMMENT})
        marked = with_passages(marked, [row.outcome for row in mine if row.outcome and row.source != COMMENT])
        parts.append({"key": key, "html": Markup(render_html(doc(marked))), "suggestions": mine})
    return parts


def _remarks(rows: Any, lessons: list[TaughtLesson]) -> list[Remark]:
    """What was said about the lessons of this plan and not taken over yet."""
    taken = {row.remark_id for row in rows if row.remark_id is not None}
    remarks = remarks_on(current_viewer(), [lesson.id for lesson in lessons])
    return [remark for remark in remarks if remark.id not in taken]


def _suggestible(plan_id: int) -> tuple[LessonPlan, Seat]:
    plan, seat = open_plan(plan_id)
    if not can_suggest(current_viewer(), plan, seat):
        ended = rests_with_workshop(plan)
        raise ForbiddenError("工作坊已经结束，不再收建议" if ended else "这份教案已经定案，不再收建议")
    return plan, seat


def _deciding(plan_id: int) -> LessonPlan:
    plan, seat = open_plan(plan_id)
    if not can_decide(current_viewer(), plan, seat):
        raise ForbiddenError("建议由主备人或牵头的老师来处理")
    return plan


@bp.post("/lesson-plans/<int:plan_id>/suggestions")
def suggest(plan_id: int) -> ResponseReturnValue:
    """Write a suggestion down, or take over what was said about the lesson."""
    _suggestible(plan_id)
    form = SuggestionForm()
    if not form.validate():
        return _page(plan_id, form), 422
    remark = _chosen_remark(plan_id, form.remark.data) if form.remark.data else None
    try:
        with unit_of_work():
            plan, _seat = _suggestible(plan_id)
            values = {name: form[name].data or "" for name in ("body", "client_uuid", "section", "quote", "anchor")}
            services.suggest(current_actor(), plan, services.Draft(**values), remark)
    except InvalidError as error:
        form.body.errors = [*form.body.errors, error.message]
        return _page(plan_id, form), 422
    return done(url_for(".suggestions", plan_id=plan_id), "建议已记下，处理以后会告诉您")


def _chosen_remark(plan_id: int, number: str) -> Remark:
    _deciding(plan_id)
    lessons = lessons_of(current_viewer(), [plan_id])
    for remark in remarks_on(current_viewer(), [lesson.id for lesson in lessons]):
        if str(remark.id) == number:
            return remark
    raise InvalidError("没有找到这条点评，请刷新后再看")


@bp.post("/lesson-plans/<int:plan_id>/suggestions/<int:suggestion_id>")
def settle_suggestion(plan_id: int, suggestion_id: int) -> ResponseReturnValue:
    """Adopt or decline with a reason, take a decision back, or withdraw one's own suggestion."""
    if request.form.get("state") == WITHDRAWN:
        return _withdraw(plan_id, suggestion_id)
    plan = _deciding(plan_id)
    form = DecisionForm()
    try:
        if not form.validate():
            raise InvalidError("", field=None)
        decision = services.Decision(
            form.state.data or "", form.reason.data or "", form.section.data or "", form.outcome.data or ""
        )
        _check_passage(plan, decision)
        with unit_of_work():
            _deciding(plan_id)
            services.decide(current_actor(), _open(plan_id, suggestion_id), decision)
    except InvalidError as error:
        if error.field:
            form[error.field].errors = [*form[error.field].errors, error.message]
        return _page(plan_id, SuggestionForm(formdata=None, client_uuid=str(uuid4())), (suggestion_id, form)), 422
    words = {ADOPTED: "已采纳，告诉了提建议的老师", OPEN: "已改回待处理"}.get(
        decision.state, "已标为不采纳，理由告诉了提建议的老师"
    )
    return done(url_for(".suggestions", plan_id=plan_id, _anchor=f"suggestion-{suggestion_id}"), words)


def _check_passage(plan: LessonPlan, decision: services.Decision) -> None:
    """The passage one points to is one that is there."""
    if decision.state != ADOPTED or not decision.outcome:
        return
    node = sections_of(_text_of(plan)).get(decision.section)
    if node is None:
        raise InvalidError("请选择这一句在哪个部分", field="section")
    if not says(node, decision.outcome):
        raise InvalidError("这一部分的正文里没有找到这句话，请照正文抄一句", field="outcome")


def _open(plan_id: int, suggestion_id: int) -> Suggestion:
    row = found.find_suggestion(plan_id, suggestion_id)
    if row is None:
        raise NotFoundError
    return row


def _withdraw(plan_id: int, suggestion_id: int) -> ResponseReturnValue:
    open_plan(plan_id)
    with unit_of_work():
        row = _open(plan_id, suggestion_id)
        if not can_withdraw(current_viewer(), row):
            raise ForbiddenError("只能收回自己提的、还没有处理的建议")
        services.withdraw(current_actor(), row)
    return done(url_for(".suggestions", plan_id=plan_id), "建议已收回")


@bp.post("/lesson-plans/<int:plan_id>/rounds")
def keep_round(plan_id: int) -> ResponseReturnValue:
    """Keep the plan as it is as the next round."""
    _deciding(plan_id)
    form = RoundForm()
    if not form.validate():
        raise InvalidError("说明请控制在 300 字以内", field="note")
    kept = Kept(*current_state(plan_id))
    with unit_of_work():
        number = services.keep_round(current_actor(), _deciding(plan_id), kept, form.note.data or "").number
    return done(url_for(".suggestions", plan_id=plan_id), f"已留下{found.round_name(number)}，上完课再来记大家的建议")


@bp.post("/lesson-plans/<int:plan_id>/rounds/<int:number>")
def tie_lesson(plan_id: int, number: int) -> ResponseReturnValue:
    """Say in which lesson a round was taught."""
    _deciding(plan_id)
    form = RoundLessonForm()
    sent = form.lesson.data or ""
    chosen = int(sent) if sent.isdecimal() and len(sent) < 11 else None
    if (sent and chosen is None) or (
        chosen is not None and chosen not in {lesson.id for lesson in lessons_of(current_viewer(), [plan_id])}
    ):
        raise InvalidError("请从列表里选择课例", field="lesson")
    with unit_of_work():
        _deciding(plan_id)
        row = found.find_round(plan_id, number)
        if row is None:
            raise NotFoundError
        services.tie_lesson(current_actor(), row, chosen)
    return done(url_for(".suggestions", plan_id=plan_id), "已记下这一稿的课")

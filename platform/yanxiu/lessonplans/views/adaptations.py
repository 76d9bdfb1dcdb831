"""A teacher's own copy (个案): what differs from the shared plan, what is newer there, the day of the lesson."""

from __future__ import annotations

from collections.abc import Sequence

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from yanxiu.core.errors import ConflictError, InvalidError, NotFoundError
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.extensions import db
from yanxiu.lessonplans import queries
from yanxiu.lessonplans.authorship import credits_after_pulling
from yanxiu.lessonplans.collab.room import Visitor
from yanxiu.lessonplans.document.merging import Standing, ThreeWay, three_ways
from yanxiu.lessonplans.document.nodes import Node
from yanxiu.lessonplans.document.restoring import restoring_update
from yanxiu.lessonplans.document.sections import with_section
from yanxiu.lessonplans.document.ydoc import json_from_state
from yanxiu.lessonplans.forms.preparations import LessonDayForm, SectionsForm
from yanxiu.lessonplans.models import Adaptation, LessonPlan, Revision
from yanxiu.lessonplans.queries.adaptations import find_adaptation, find_preparation, shared_document, taken_over
from yanxiu.lessonplans.queries.lessons import lessons_of
from yanxiu.lessonplans.services.adaptations import bring_pictures, note_bases, note_lesson
from yanxiu.lessonplans.services.revisions import keep_before_pulling
from yanxiu.lessonplans.sockets import documents
from yanxiu.lessonplans.views.documents import NotStoredError
from yanxiu.lessonplans.views.doors import bp, done, open_plan, own_plan, rights, writable_document
from yanxiu.lessonplans.views.revisions import current_state
from yanxiu.web.auth import current_actor, current_session_id, current_viewer

TAKE, KEEP = "take", "keep"


def open_adaptation(plan: LessonPlan) -> tuple[Adaptation, Revision]:
    """Return what makes the plan a copy, and the 共案 as it is now; there is none for who may not see the shared plan."""
    adaptation = find_adaptation(plan.id)
    if adaptation is None or queries.visible_plan(current_viewer(), adaptation.source_id) is None:
        raise NotFoundError
    preparation = find_preparation(adaptation.source_id)
    if preparation is None or preparation.agreed is None:
        raise NotFoundError
    return adaptation, preparation.agreed


def _sections(adaptation: Adaptation, shared: Revision, mine: Node) -> list[ThreeWay]:
    return three_ways(taken_over(adaptation), mine, shared_document(adaptation, shared))


def _text_of(plan_id: int) -> Node:
    stored = queries.stored_document(plan_id)
    if stored is None:
        raise NotFoundError
    return json_from_state(stored.merged())


@bp.get("/lesson-plans/<int:plan_id>/adaptation")
def adaptation(plan_id: int) -> ResponseReturnValue:
    """Show what a copy says otherwise than the shared plan, section by section, and what is newer there."""
    return _page(plan_id, None)


def _page(plan_id: int, form: LessonDayForm | None) -> str:
    plan, seat = open_plan(plan_id)
    found, shared = open_adaptation(plan)
    sections = _sections(found, shared, _text_of(plan_id))
    may = rights(current_viewer(), plan, seat)
    return render_template(
        "lessonplans/preparations/adaptation.html",
        plan=plan,
        adaptation=found,
        shared=shared,
        may=may,
        differing=[part for part in sections if part.standing != Standing.SAME],
        newer=[part for part in sections if part.standing is Standing.NEWER],
        lessons=lessons_of(current_viewer(), [plan_id]),
        form=form or LessonDayForm(formdata=None, taught_on=found.taught_on),
    )


@bp.post("/lesson-plans/<int:plan_id>/adaptation/sections")
def settle_sections(plan_id: int) -> ResponseReturnValue:
    """Take sections from the shared plan, or keep one's own and be done with the difference."""
    writable_document(plan_id)
    form = SectionsForm()
    if not form.validate() or form.how.data not in (TAKE, KEEP):
        raise InvalidError("请选择用共案的，还是保留自己的")
    if form.how.data == TAKE:
        return _take(plan_id, form)
    with unit_of_work():
        found, shared, parts = _chosen(plan_id, form, _text_of(plan_id))
        note_bases(found, [part.key for part in parts], shared.number)
    return done(url_for(".adaptation", plan_id=plan_id), "保留了您的写法")


def _chosen(plan_id: int, form: SectionsForm, mine: Node) -> tuple[Adaptation, Revision, list[ThreeWay]]:
    """What was asked for, of a copy that the viewer may write; asked again inside of the transaction."""
    plan, _seat = writable_document(plan_id)
    found, shared = open_adaptation(plan)
    if str(shared.number) != form.number.data:
        raise ConflictError("共案刚刚又有更新，请刷新后再看")
    parts = [part for part in _sections(found, shared, mine) if part.key in set(form.keys.data or ())]
    if not parts:
        raise InvalidError("请先选要处理的部分")
    return found, shared, parts


def _take(plan_id: int, form: SectionsForm) -> ResponseReturnValue:
    """Write the sections of the shared plan into the copy; that they were taken is noted once they are there."""
    state, seq = current_state(plan_id)
    mine, marked = json_from_state(state), queries.authored(plan_id, state)
    db.session.rollback()
    with unit_of_work():
        found, shared, parts = _chosen(plan_id, form, mine)
        keys, number = [part.key for part in parts], shared.number
        wanted = _taken(found, shared, mine, parts)
        update = restoring_update(state, wanted)
        credits = credits_after_pulling(update, mine, wanted, marked, keys)
        keep_before_pulling(current_actor(), found.plan, state, seq, credits)
    visitor = Visitor(current_actor().id, current_actor().name, current_session_id())
    db.session.rollback()
    if not documents().write(visitor, plan_id, update):
        raise NotStoredError
    with unit_of_work():
        written = find_adaptation(plan_id)
        if written is not None:
            note_bases(written, keys, number)
    return done(url_for(".adaptation", plan_id=plan_id), "已换成共案的内容，换之前的内容也存成了一个版本")


def _taken(found: Adaptation, shared: Revision, mine: Node, parts: Sequence[ThreeWay]) -> Node:
    """The copy with these sections as the shared plan has them."""
    order = [str(node.get("attrs", {}).get("key", "")) for node in shared_document(found, shared)["content"]]
    for part in parts:
        theirs = part.theirs
        if theirs is not None:
            theirs = bring_pictures(current_actor(), found.source, found.plan, theirs)
        mine = with_section(mine, part.key, theirs, order)
    return mine


@bp.post("/lesson-plans/<int:plan_id>/adaptation")
def note_lesson_day(plan_id: int) -> ResponseReturnValue:
    """Note the day on which the copy is taught."""
    plan = own_plan(plan_id)
    open_adaptation(plan)
    form = LessonDayForm()
    if not form.validate():
        return _page(plan_id, form), 422
    try:
        with unit_of_work():
            plan = own_plan(plan_id)
            found, _shared = open_adaptation(plan)
            note_lesson(current_actor(), found, form.taught_on.data)
    except InvalidError as error:
        form.taught_on.errors = [*form.taught_on.errors, error.message]
        return _page(plan_id, form), 422
    return done(url_for(".adaptation", plan_id=plan_id), "上课日期已记下")

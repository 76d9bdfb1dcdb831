"""Putting an observed lesson or the record of an activity into the library; the recording on the page of a lesson's card."""

from __future__ import annotations

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from yanxiu.core import clock
from yanxiu.core.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError
from yanxiu.core.live import current_seq
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.extensions import limiter
from yanxiu.observations.queries.cards import LessonCard, card_of
from yanxiu.resources import catalog
from yanxiu.resources.forms import CardForm, DetailsForm, details_of
from yanxiu.resources.from_activities import KINDS as RECORD_KINDS
from yanxiu.resources.from_activities import draw_record, own_record, publish_record
from yanxiu.resources.from_activities import proposed as record_proposal
from yanxiu.resources.from_lessons import KINDS, Wishes, card_in_library, draw_card, proposed, publish_card
from yanxiu.resources.models import Resource
from yanxiu.resources.permissions import can_publish_lesson
from yanxiu.resources.services import gone_unless_kept
from yanxiu.resources.views.blueprint import bp, load_resource
from yanxiu.resources.views.editing import offered
from yanxiu.web.auth import current_actor, current_viewer, public
from yanxiu.workshops.permissions.activities import can_host_activity
from yanxiu.workshops.queries.record_papers import RecordPaper, record_paper

RENEWED = "资源库里的这一份已更新，原来的版本只有您自己能打开"
EXPIRED = "学生出镜的展示期已经到了，先在课例设置里更新家长同意，再放进资源库"


@bp.get("/resources/from-lessons/<int:lesson_id>")
def new_card(lesson_id: int) -> str:
    """What the lesson and its plan say, to be looked at before it goes into the library."""
    card = _own_card(lesson_id)
    return _page(card, _form(card, card_in_library(lesson_id)))


@bp.post("/resources/from-lessons/<int:lesson_id>")
@limiter.limit("20/minute")
def publish_lesson(lesson_id: int) -> ResponseReturnValue:
    """Put the lesson into the library, or a newer version of its card."""
    card = _own_card(lesson_id)
    form = _form(card, card_in_library(lesson_id))
    if "narrow" in request.form:
        return _page(card, form)
    if not form.validate():
        return _page(card, form), 422
    wishes = Wishes(form.tells_reflection.data, form.leaves_with_lesson.data == "1")
    checked = draw_card(card, _links(card), wishes)
    try:
        with gone_unless_kept(checked), unit_of_work():
            made = publish_card(current_actor(), _own_card(lesson_id), checked, form.details(), wishes)
            resource_id, fresh = made.id, len(made.files) <= 1
    except (InvalidError, ConflictError) as error:
        form.refuse(error)
        return _page(_own_card(lesson_id), form), form.status
    return _shown(resource_id, "课例已放进资源库" if fresh else RENEWED)


@bp.get("/resources/<int:resource_id>/film")
@public
def film(resource_id: int) -> Response:
    """The recording as a fragment: whoever has the page open asks again when others may see the lesson."""
    resource = load_resource(resource_id)
    if resource.taught_lesson_id is None:
        raise NotFoundError
    html = render_template("resources/_film.html", resource=resource, start=0)
    seq = str(current_seq(f"resource:{resource.id}"))
    return Response(html, headers={"X-Seq": seq, "Cache-Control": "no-store"})


@bp.get("/resources/from-activities/<int:activity_id>")
def new_record(activity_id: int) -> str:
    """What an activity and its workshop say, to be looked at before the record goes into the library."""
    paper = _led_record(activity_id)
    return _record_page(paper, _record_form(paper))


@bp.post("/resources/from-activities/<int:activity_id>")
@limiter.limit("20/minute")
def publish_activity(activity_id: int) -> ResponseReturnValue:
    """Put the record of an activity into the library, or a newer version of it."""
    paper = _led_record(activity_id)
    form = _record_form(paper)
    if "narrow" in request.form:
        return _record_page(paper, form)
    if not form.validate():
        return _record_page(paper, form), 422
    checked = draw_record(current_viewer(), paper)
    try:
        with gone_unless_kept(checked), unit_of_work():
            made = publish_record(current_actor(), _led_record(activity_id), checked, form.details())
            resource_id, fresh = made.id, len(made.files) <= 1
    except (InvalidError, ConflictError) as error:
        form.refuse(error)
        return _record_page(_led_record(activity_id), form), form.status
    return _shown(resource_id, "活动记录已放进资源库" if fresh else RENEWED)


def _led_record(activity_id: int) -> RecordPaper:
    paper = record_paper(current_viewer(), activity_id)
    if paper is None:
        raise NotFoundError
    if not can_host_activity(current_viewer(), paper.activity, paper.member):
        raise ForbiddenError
    return paper


def _record_form(paper: RecordPaper) -> DetailsForm:
    known = own_record(paper.activity.id, current_viewer().user_id)
    said = details_of(known) if known is not None else record_proposal(paper)
    form = offered(DetailsForm(data=said), known)
    form.offer_kinds(RECORD_KINDS, known.kind if known is not None else "")
    return form


def _record_page(paper: RecordPaper, form: DetailsForm) -> str:
    known = own_record(paper.activity.id, current_viewer().user_id)
    return render_template("resources/record.html", activity=paper.activity, form=form, known=known, catalog=catalog)


def _shown(resource_id: int, said: str) -> ResponseReturnValue:
    flash(said, "success")
    return redirect(url_for("resources.show", resource_id=resource_id))


def _own_card(lesson_id: int) -> LessonCard:
    card = card_of(current_viewer(), lesson_id)
    if card is None:
        raise NotFoundError
    if not can_publish_lesson(current_viewer(), card.lesson, clock.today()):
        raise ForbiddenError(EXPIRED if card.lesson.teacher_id == current_viewer().user_id else None)
    return card


def _form(card: LessonCard, known: Resource | None) -> CardForm:
    wishes = {"tells_reflection": bool(card.reflection), "leaves_with_lesson": "0"}
    if known is not None:
        wishes = {"tells_reflection": known.tells_reflection, "leaves_with_lesson": str(int(known.leaves_with_lesson))}
    said = details_of(known) if known is not None else proposed(card)
    form = offered(CardForm(data={**said, **wishes}), known)
    form.offer_kinds(KINDS, known.kind if known is not None else "")
    return form


def _links(card: LessonCard) -> list[tuple[str, str]]:
    found = [("课例", url_for("observations.lesson", lesson_id=card.lesson.id, _external=True))]
    if card.plan is not None:
        found.append(("教案", url_for("lessonplans.show", plan_id=card.plan.id, _external=True)))
    return found


def _page(card: LessonCard, form: CardForm) -> str:
    known = card_in_library(card.lesson.id)
    return render_template("resources/card.html", card=card, form=form, known=known, catalog=catalog)

"""申请听课: asking a colleague, and answering."""

from __future__ import annotations

from collections.abc import Sequence

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from yanxiu.accounts.models import User
from yanxiu.accounts.queries import find_user, users_named
from yanxiu.core.errors import ForbiddenError, InvalidError, NotFoundError, YanxiuError
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.observations.forms import RequestForm, whole_number
from yanxiu.observations.models import ObservationRequest
from yanxiu.observations.permissions import can_answer_request, can_ask_to_observe, can_withdraw_request
from yanxiu.observations.queries.requests import find_request, requests_by, requests_to
from yanxiu.observations.services import requests as service
from yanxiu.observations.views.blueprint import bp, done, posted, posted_form
from yanxiu.web.auth import current_actor, current_viewer

NAMESAKES = 8


@bp.route("/observation-requests", methods=["GET", "POST"])
def observation_requests() -> ResponseReturnValue:
    """Who asks me, whom I asked, and asking somebody."""
    form = RequestForm(posted_form())
    candidates: Sequence[User] = []
    if form.is_submitted() and form.validate():
        candidates = [person for person in _named(form) if can_ask_to_observe(current_viewer(), person)]
        exact = [person for person in candidates if person.name == form.person.data]
        person_id = whole_number(posted("person_id")) or (exact[0].id if len(exact) == 1 else None)
        if person_id is None:
            form.person.errors = ["请从下面选一位" if candidates else "本县没有找到这位老师，请核对姓名"]
        else:
            try:
                return _ask(form, person_id)
            except YanxiuError as error:
                form.refuse(error)
    page = render_template(
        "observations/requests.html",
        form=form,
        candidates=candidates,
        asked_of_me=requests_to(current_viewer()),
        asked_by_me=requests_by(current_viewer()),
    )
    return page, 422 if form.errors else 200


def _named(form: RequestForm) -> Sequence[User]:
    return users_named(form.person.data or "", current_viewer(), limit=NAMESAKES)


def _ask(form: RequestForm, person_id: int) -> ResponseReturnValue:
    with unit_of_work():
        teacher = find_user(person_id)
        if teacher is None or not can_ask_to_observe(current_viewer(), teacher):
            raise InvalidError("请写本县另一位老师的姓名", field="person")
        service.ask_to_observe(current_actor(), teacher, form.wished_at(), form.words.data or "")
        saved = f"已告诉{teacher.name}，等回复"
    return done(url_for(".observation_requests"), saved)


@bp.post("/observation-requests/<int:request_id>/answer")
def answer_request(request_id: int) -> ResponseReturnValue:
    """The teacher says yes, which enters the lesson, or no."""
    with unit_of_work():
        asked = _load(request_id)
        if not can_answer_request(current_viewer(), asked):
            raise ForbiddenError
        if posted("decision") == "accept":
            service.accept_request(current_actor(), asked, posted("title", 120), posted("answer", 300))
            target, saved = url_for(".lesson", lesson_id=asked.lesson_id), "约好了，可以继续填写班级、地点"
        else:
            service.decline_request(current_actor(), asked, posted("answer", 300))
            target, saved = url_for(".observation_requests"), "已回复"
    return done(target, saved, redirect=target)


@bp.post("/observation-requests/<int:request_id>/withdrawal")
def withdraw_request(request_id: int) -> ResponseReturnValue:
    """Whoever asked takes it back."""
    with unit_of_work():
        asked = _load(request_id)
        if not can_withdraw_request(current_viewer(), asked):
            raise ForbiddenError
        service.withdraw_request(current_actor(), asked)
    return done(url_for(".observation_requests"), "申请已撤回")


def _load(request_id: int) -> ObservationRequest:
    asked = find_request(current_viewer(), request_id)
    if asked is None:
        raise NotFoundError
    return asked

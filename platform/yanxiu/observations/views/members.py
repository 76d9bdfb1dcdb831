"""Who is asked to a lesson."""

from __future__ import annotations

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from yanxiu.accounts.queries import find_user, users_named
from yanxiu.core.errors import InvalidError, NotFoundError
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.observations.forms import MemberForm, whole_number
from yanxiu.observations.models import LessonMember
from yanxiu.observations.permissions import can_edit_lesson
from yanxiu.observations.queries import LessonView
from yanxiu.observations.queries.watching import watchers_of
from yanxiu.observations.services import lessons as service
from yanxiu.observations.views.blueprint import bp, done, load_editable, load_lesson, load_own_card, posted, posted_form
from yanxiu.web.auth import current_actor, current_viewer


@bp.route("/lessons/<int:lesson_id>/members", methods=["GET", "POST"])
def member_list(lesson_id: int) -> ResponseReturnValue:
    """Who watches, and asking further people."""
    form = MemberForm(posted_form())
    found = load_lesson(lesson_id)
    may_edit = can_edit_lesson(current_viewer(), found.lesson, found.access)
    watchers = watchers_of(lesson_id) if found.lesson.pupils_recognizable and may_edit else None
    candidates = []
    if request.method == "POST":
        load_editable(lesson_id)
        if form.validate():
            candidates = list(users_named(form.person.data or "", current_viewer(), limit=8))
            exact = [person for person in candidates if person.name == form.person.data]
            person_id = whole_number(posted("person_id")) or (exact[0].id if len(exact) == 1 else None)
            if person_id is not None:
                return _invite(lesson_id, person_id, form.role.data)
            form.person.errors = ["请从下面选一位" if candidates else "本县没有找到这位老师，请核对姓名"]
    page = render_template(
        "observations/members.html",
        lesson=found.lesson,
        form=form,
        may_edit=may_edit,
        candidates=candidates,
        watchers=watchers,
    )
    return page, 422 if form.errors else 200


def member_of(found: LessonView, member_id: int) -> LessonMember:
    """Return somebody who was asked to the lesson, else NotFoundError."""
    member = next((member for member in found.lesson.members if member.id == member_id), None)
    if member is None:
        raise NotFoundError
    return member


def members_url(lesson_id: int) -> str:
    """Return the address of the list."""
    return url_for(".member_list", lesson_id=lesson_id)


def _invite(lesson_id: int, person_id: int, role: str) -> ResponseReturnValue:
    with unit_of_work():
        found = load_editable(lesson_id)
        person = find_user(person_id)
        if person is None or not person.organization.path.startswith(current_viewer().county_path or "/none/"):
            raise InvalidError("请邀请本县的老师", field="person")
        service.invite_member(current_actor(), found.lesson, person, role)
        saved = f"已邀请{person.name}"
    return done(url_for(".member_list", lesson_id=lesson_id), saved)


@bp.post("/lessons/<int:lesson_id>/members/<int:member_id>/removal")
def remove_member(lesson_id: int, member_id: int) -> ResponseReturnValue:
    """Withdraw an invitation."""
    with unit_of_work():
        found = load_own_card(lesson_id)
        member = member_of(found, member_id)
        saved = f"已移出{member.user.name}"
        service.remove_member(current_actor(), found.lesson, member)
    return done(url_for(".member_list", lesson_id=lesson_id), saved)

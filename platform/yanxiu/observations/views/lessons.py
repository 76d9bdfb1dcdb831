"""Lists of lessons, entering and changing one, the lesson page itself."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import uuid4

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from yanxiu.accounts.catalog import STAGES, SUBJECTS
from yanxiu.accounts.models import User
from yanxiu.accounts.queries import find_user, users_named
from yanxiu.core import clock
from yanxiu.core.errors import ForbiddenError, InvalidError, NotFoundError
from yanxiu.core.html import without_invisible
from yanxiu.core.live import current_seq
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.lessonplans.queries import plans_to_link, visible_plan
from yanxiu.observations.forms import LessonForm, whole_number
from yanxiu.observations.models import CommentKind, CommentVisibility, Lesson
from yanxiu.observations.permissions import (
    can_change_card,
    can_decide_audience,
    can_edit_lesson,
    can_enter_lesson_for,
    can_evaluate_lesson,
)
from yanxiu.observations.queries import (
    current_version,
    recording_of,
    rubric_choices,
    workshop_choices,
)
from yanxiu.observations.queries.clip_sets import count_sets_with
from yanxiu.observations.queries.comments import counts_by_lesson
from yanxiu.observations.queries.evaluations import default_rubric_version, find_rubric_version, usable_rubric
from yanxiu.observations.queries.lessons import LIST_VIEWS, LessonFilter, lessons_page, workshop_lessons_page
from yanxiu.observations.queries.recordings import newest_posters
from yanxiu.observations.rubrics.sheets import DEFAULT_SLUG
from yanxiu.observations.services import lessons as service
from yanxiu.observations.views.blueprint import bp, done, load_lesson, load_own_card, log_watching, posted_form
from yanxiu.observations.views.codings import coding_panel
from yanxiu.observations.views.comments import comment_panel
from yanxiu.observations.views.cycle import cycle_panel
from yanxiu.observations.views.evaluations import evaluation_panel
from yanxiu.observations.views.live_notes import live_panel
from yanxiu.observations.views.own_perspectives import perspective_panel
from yanxiu.observations.views.recordings import recording_panel
from yanxiu.observations.views.second_teachings import teachings_panel
from yanxiu.observations.views.sweeps import sweep_panel
from yanxiu.observations.views.together import together_panel
from yanxiu.web.auth import current_actor, current_viewer
from yanxiu.workshops.queries import workshop_head_for

MAX_WORDS = 60
NAMESAKES = 50


@bp.get("/lessons")
def index() -> ResponseReturnValue:
    """观课: to watch, mine, of my workshops."""
    view = request.args.get("view", "watch")
    view = view if view in LIST_VIEWS else "watch"
    wanted = _wanted()
    page = lessons_page(current_viewer(), view, wanted, request.args.get("cursor"))
    choices = {"subjects": [(name, name) for name in SUBJECTS], "stages": [(name, name) for name in STAGES]}
    return render_template(
        "observations/lessons.html", view=view, wanted=wanted, page=page, **choices, **cards(page.items)
    )


def _wanted() -> LessonFilter:
    subject, stage = (request.args.get(name, "") for name in ("subject", "stage"))
    words = without_invisible(request.args.get("q", ""))[:MAX_WORDS]
    return LessonFilter(words, subject if subject in SUBJECTS else "", stage if stage in STAGES else "")


@bp.get("/workshops/<int:workshop_id>/lessons")
def workshop_lessons(workshop_id: int) -> ResponseReturnValue:
    """The lessons of one workshop."""
    viewer = current_viewer()
    head = workshop_head_for(viewer, workshop_id)
    if head is None:
        raise NotFoundError
    page = workshop_lessons_page(viewer, workshop_id, request.args.get("cursor"))
    return render_template("observations/workshop_lessons.html", **head, page=page, **cards(page.items))


def cards(lessons: Sequence[Lesson]) -> dict[str, object]:
    """Return what the rows of a list show besides the lessons, in a constant number of queries."""
    ids = [lesson.id for lesson in lessons]
    return {"posters": newest_posters(ids), "comment_counts": counts_by_lesson(ids)}


@bp.route("/lessons/new", methods=["GET", "POST"])
def new_lesson() -> ResponseReturnValue:
    """Enter a lesson; the next step is its recording."""
    form = _offered(LessonForm(posted_form()))
    candidates: Sequence[User] = []
    if request.method == "GET":
        form.teacher.data = current_viewer().name
        form.subject.data, form.stage.data = current_actor().subject or "", current_actor().stage or ""
        workshop_id = whole_number(request.args.get("workshop_id"))
        form.workshop_id.data = str(workshop_id or "")
        form.visibility.data = "workshop" if workshop_id else "invited"
        rubric = default_rubric_version(DEFAULT_SLUG)
        form.rubric_version_id.data = str(rubric.id) if rubric else ""
        form.lesson_plan_id.data = str(whole_number(request.args.get("lesson_plan_id")) or "")
    elif form.validate():
        teacher_id, candidates = _who_taught(form.teacher.data or "")
        try:
            return redirect(url_for(".lesson", lesson_id=_create(form, teacher_id)), code=303)
        except InvalidError as error:
            form.refuse(error)
    page = render_template("observations/lesson_form.html", form=form, lesson=None, candidates=candidates)
    return page, 422 if form.errors else 200


def _who_taught(name: str) -> tuple[int | None, Sequence[User]]:
    """Return the teacher of that name, None when it is nobody or several; and among whom to choose."""
    viewer = current_viewer()
    people = [person for person in users_named(name, viewer, NAMESAKES) if can_enter_lesson_for(viewer, person)]
    exact = [person for person in people if person.name == name]
    if not name or (name == viewer.name and len(exact) < 2):
        return viewer.user_id, []
    chosen = whole_number(request.form.get("taught_by"))
    if chosen in [person.id for person in people]:
        return chosen, people
    return (exact[0].id if len(exact) == 1 else None), (exact or people)


def _create(form: LessonForm, teacher_id: int | None) -> int:
    with unit_of_work():
        actor = current_actor()
        teacher = actor if teacher_id == actor.id else find_user(teacher_id or 0)
        if teacher is None or not can_enter_lesson_for(current_viewer(), teacher):
            raise InvalidError("请写本校老师的姓名；同名的从下面选一位", field="teacher")
        draft = form.draft()
        _check_plan(draft.lesson_plan_id)
        _check_rubric(draft.rubric_version_id)
        return service.create_lesson(actor, teacher, draft).id


@bp.get("/lessons/<int:lesson_id>")
def lesson(lesson_id: int) -> ResponseReturnValue:
    """The recording, what was said about its moments, and the rubric."""
    viewer = current_viewer()
    found = load_lesson(lesson_id)
    seq = current_seq(found.lesson.topic)
    recording = recording_of(lesson_id)
    version = current_version(recording)
    page = render_template(
        "observations/lesson.html",
        lesson=found.lesson,
        seq=seq,
        **comment_panel(found.lesson),
        kinds=list(CommentKind),
        visibilities=list(CommentVisibility),
        fresh_uuid=str(uuid4()),
        clip_sets_with=count_sets_with(viewer, found.lesson) if can_decide_audience(viewer, found.lesson) else 0,
        plan=visible_plan(viewer, found.lesson.lesson_plan_id) if found.lesson.lesson_plan_id else None,
        may_edit=can_edit_lesson(viewer, found.lesson, found.access),
        may_set=can_change_card(viewer, found.lesson, found.access),
        rests=found.access.rests,
        ended=found.access.ended,
        may_evaluate=can_evaluate_lesson(viewer, found.lesson, found.access, clock.today()),
        **recording_panel(found, recording, version),
        **evaluation_panel(found, version),
        **coding_panel(found),
        **sweep_panel(found),
        **live_panel(found, version),
        **cycle_panel(found),
        **together_panel(found),
        **teachings_panel(found),
        **perspective_panel(found.lesson),
    )
    log_watching(found.lesson)
    return page


@bp.route("/lessons/<int:lesson_id>/settings", methods=["GET", "POST"])
def lesson_settings(lesson_id: int) -> ResponseReturnValue:
    """Change the details; the audience is the teacher's to decide."""
    found = load_own_card(lesson_id)
    form = _offered(LessonForm(posted_form()))
    may_decide, rests = can_decide_audience(current_viewer(), found.lesson), found.access.rests
    if rests:
        form.keep_title(found.lesson)
    if request.method == "GET":
        form.show(found.lesson)
        _offered(form)
    elif form.validate():
        try:
            _update(lesson_id, form)
        except InvalidError as error:
            form.refuse(error)
        else:
            flash("课例信息已保存")
            return redirect(url_for(".lesson", lesson_id=lesson_id), code=303)
    context = {"form": form, "lesson": found.lesson, "may_decide": may_decide, "rests": rests}
    page = render_template("observations/lesson_form.html", **context)
    return page, 422 if form.errors else 200


def _update(lesson_id: int, form: LessonForm) -> None:
    with unit_of_work():
        found = load_own_card(lesson_id)
        draft = form.draft()
        if found.access.rests:
            draft = service.with_details_of(found.lesson, draft)
        if draft.lesson_plan_id != found.lesson.lesson_plan_id:
            _check_plan(draft.lesson_plan_id)
        if draft.rubric_version_id != found.lesson.rubric_version_id:
            _check_rubric(draft.rubric_version_id)
        may_decide = can_decide_audience(current_viewer(), found.lesson)
        service.update_lesson(current_actor(), found.lesson, draft, may_decide=may_decide)


@bp.post("/lessons/<int:lesson_id>/removal")
def remove_lesson(lesson_id: int) -> ResponseReturnValue:
    """Take a lesson down in one step; it can be undone."""
    with unit_of_work():
        found = load_lesson(lesson_id)
        if not can_decide_audience(current_viewer(), found.lesson):
            raise ForbiddenError
        service.delete_lesson(current_actor(), found.lesson)
    return redirect(url_for(".removed_lesson", lesson_id=lesson_id), code=303)


@bp.get("/lessons/<int:lesson_id>/removal")
def removed_lesson(lesson_id: int) -> ResponseReturnValue:
    """What is left of a removed lesson: the way back."""
    found = load_lesson(lesson_id, deleted=True)
    if found.lesson.deleted_at is None:
        return redirect(url_for(".lesson", lesson_id=lesson_id))
    return render_template("observations/removed.html", lesson=found.lesson)


@bp.post("/lessons/<int:lesson_id>/restoration")
def restore_lesson(lesson_id: int) -> ResponseReturnValue:
    """Undo a removal."""
    with unit_of_work():
        found = load_lesson(lesson_id, deleted=True)
        if not can_decide_audience(current_viewer(), found.lesson):
            raise ForbiddenError
        if found.lesson.deleted_at is not None:
            service.restore_lesson(current_actor(), found.lesson)
    target = url_for(".lesson", lesson_id=lesson_id)
    return done(target, "课例已恢复", redirect=target)


def _offered(form: LessonForm) -> LessonForm:
    viewer = current_viewer()
    form.offer(workshop_choices(viewer), plans_to_link(viewer), rubric_choices(viewer))
    return form


def _check_plan(plan_id: int | None) -> None:
    if plan_id is not None and visible_plan(current_viewer(), plan_id) is None:
        raise InvalidError("请从列表里选择教案", field="lesson_plan_id")


def _check_rubric(version_id: int | None) -> None:
    """Refuse the rubric of another school: the page of the lesson would show it."""
    version = find_rubric_version(version_id)
    if version_id is not None and (version is None or usable_rubric(current_viewer(), version.template_id) is None):
        raise InvalidError("请从列表里选择量表", field="rubric_version_id")

"""分工观察: choosing what is watched, dealing it out, claiming it, and who watches what."""

from __future__ import annotations

from collections.abc import Sequence

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from yanxiu.core import clock
from yanxiu.core.errors import ForbiddenError, InvalidError, NotFoundError, YanxiuError
from yanxiu.core.live import current_seq
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.lessonplans.queries import visible_plan
from yanxiu.lessonplans.queries.templates import template_of
from yanxiu.observations.forms import whole_number
from yanxiu.observations.models import Lesson, LessonPerspective
from yanxiu.observations.permissions import can_claim_perspective, can_deal_perspectives, can_use_perspective
from yanxiu.observations.perspectives.licc import BY_KEY, DIMENSIONS, LICC
from yanxiu.observations.queries import LessonView, find_lesson
from yanxiu.observations.queries.kept_perspectives import find_kept, find_own, kept_by, led_with_own, shared_with
from yanxiu.observations.queries.perspectives import all_perspectives_of, coverage_of, histories_of, perspectives_of
from yanxiu.observations.queries.recorded import slugs_of
from yanxiu.observations.services import perspectives as service
from yanxiu.observations.services.kept_perspectives import keep
from yanxiu.observations.services.perspectives import PerspectiveDraft, of_licc, own_words
from yanxiu.observations.views.blueprint import bp, done, load_lesson, posted, why_rests
from yanxiu.observations.views.own_perspectives import INSTRUMENTS, perspective_panel, recording_means
from yanxiu.web.auth import current_actor, current_viewer, wants_fragment

SECTION = "section."
PARTS = {"matrix": "observations/_perspective_matrix.html", "own": "observations/_own_perspectives.html"}


@bp.get("/lessons/<int:lesson_id>/perspectives")
def perspective_page(lesson_id: int) -> ResponseReturnValue:
    """The page; `?part=matrix` and `?part=own` are what changes while others deal and claim."""
    found = load_lesson(lesson_id)
    part = request.args.get("part", "")
    if part not in PARTS:
        return _page(found)
    seq = current_seq(found.lesson.topic)
    headers = {"X-Seq": str(seq), "Cache-Control": "no-store"}
    told = perspective_panel(found.lesson) if part == "own" else {**_matrix(found), "instruments": INSTRUMENTS}
    return render_template(PARTS[part], lesson=found.lesson, is_fragment=True, **told), headers


def _page(found: LessonView, refused: YanxiuError | None = None, refused_at: int | None = None) -> str:
    told = perspective_panel(found.lesson)
    return render_template(
        "observations/perspectives.html",
        lesson=found.lesson,
        seq=current_seq(found.lesson.topic),
        licc=[(name, [one for one in LICC if one.dimension == name]) for name in DIMENSIONS],
        sections=_sections(found.lesson),
        chosen={one.key for one in told["perspectives"]},
        histories=histories_of(found.lesson.id),
        refused_at=refused_at,
        refused=refused,
        typed={name: posted(name) if refused else "" for name in ("name", "prompts", "instrument")},
        names={one.name for one in told["perspectives"] if one.is_own},
        **_offered(found.lesson),
        **_matrix(found),
        **told,
    )


def _offered(lesson: Lesson) -> dict[str, object]:
    """Own words that were used before: kept by the viewer, by colleagues for the school, or in another lesson (`?from=`)."""
    viewer = current_viewer()
    chosen = whole_number(request.args.get("from"))
    other = find_lesson(viewer, chosen) if chosen is not None and chosen != lesson.id else None
    return {
        "kept": kept_by(viewer.user_id),
        "shared": shared_with(viewer),
        "others": led_with_own(viewer, besides=lesson.id),
        "other": other.lesson if other is not None else None,
        "brought": [one for one in perspectives_of(other.lesson.id) if one.is_own] if other is not None else [],
    }


def _matrix(found: LessonView) -> dict[str, object]:
    viewer, coverage = current_viewer(), coverage_of(found.lesson)
    return {
        "coverage": coverage,
        "may_deal": can_deal_perspectives(viewer, found.lesson, found.access),
        "may_claim": can_claim_perspective(viewer, found.lesson, found.access, clock.today()),
        **recording_means(found, slugs_of([row.perspective for row in coverage.rows])),
    }


def _sections(lesson: Lesson) -> Sequence[PerspectiveDraft]:
    """The sections of the lesson's plan as its template names them, where the viewer sees the plan."""
    plan = visible_plan(current_viewer(), lesson.lesson_plan_id) if lesson.lesson_plan_id else None
    template = template_of(plan) if plan is not None else None
    if template is None:
        return []
    return [
        PerspectiveDraft(f"{SECTION}{one.key}"[:60], one.title[:40], "\n".join((one.hint, *one.parts)).strip(), "教案")
        for one in template.sections
    ]


@bp.post("/lessons/<int:lesson_id>/perspectives")
def add_perspectives(lesson_id: int) -> ResponseReturnValue:
    """Add those ticked (`pick`), or one in one's own words (`name`, `prompts`)."""
    try:
        with unit_of_work():
            found = _load_to_deal(lesson_id)
            count = service.add_perspectives(current_actor(), found.lesson, _drafts(found.lesson))
    except YanxiuError as error:
        if wants_fragment() or error.field is None:
            raise
        return _page(load_lesson(lesson_id), error), error.status
    return done(_url(lesson_id), f"加了 {count} 个视角" if count else "这些视角已经在里面了", redirect=_url(lesson_id))


def _drafts(lesson: Lesson) -> list[PerspectiveDraft]:
    sections = {one.key: one for one in _sections(lesson)}
    drafts = []
    for key in request.form.getlist("pick")[: 2 * service.MOST]:
        if key in BY_KEY:
            drafts.append(of_licc(key))
        elif key in sections:
            drafts.append(sections[key])
        else:
            drafts.append(_used_before(key))
    if "name" in request.form and (posted("name").strip() or posted("prompts").strip()):
        drafts.append(own_words(posted("name"), posted("prompts"), posted("instrument")))
    if not drafts:
        raise InvalidError("请先勾选要看的视角，或写一个自己的", field="pick")
    return drafts


def _used_before(key: str) -> PerspectiveDraft:
    """A copy of what somebody kept (`kept.`), or of what is watched in another lesson that the viewer sees (`from.`)."""
    origin, _, number = key.partition(".")
    chosen, viewer = whole_number(number), current_viewer()
    if origin == "kept" and chosen is not None:
        kept = find_kept(chosen)
        if kept is not None and can_use_perspective(viewer, kept):
            return own_words(kept.name, kept.prompts, kept.instrument)
    if origin == "from" and chosen is not None:
        other = find_own(chosen)
        if other is not None and find_lesson(viewer, other.lesson_id) is not None:
            return own_words(other.name, other.prompts, other.instrument)
    raise InvalidError("选的视角有的刚刚被收回或去掉了，请刷新页面再选", field="pick")


@bp.post("/lessons/<int:lesson_id>/perspectives/<int:perspective_id>/keeping")
def keep_perspective(lesson_id: int, perspective_id: int) -> ResponseReturnValue:
    """存为我的视角: whoever sees the lesson keeps a copy of somebody's own words in it."""
    with unit_of_work():
        perspective = _of(load_lesson(lesson_id).lesson, perspective_id)
        if not perspective.is_own:
            raise InvalidError("通用的视角随时可以选，不用另存")
        draft = own_words(perspective.name, perspective.prompts, perspective.instrument)
        keep(current_actor(), draft)
    return done(_url(lesson_id), f"“{draft.name}”已存进我的视角，别的课例里可以直接选")


@bp.post("/lessons/<int:lesson_id>/perspectives/deal")
def deal_perspectives(lesson_id: int) -> ResponseReturnValue:
    """轮流分配; with `anew=1` what was dealt before is taken back first."""
    with unit_of_work():
        found = _load_to_deal(lesson_id)
        count = service.deal_in_turn(current_actor(), found.lesson, anew=posted("anew") == "1")
    return done(_url(lesson_id), f"分好了，新分 {count} 份" if count else "都有人看了，没有要分的")


@bp.post("/lessons/<int:lesson_id>/perspectives/instrument")
def choose_instrument(lesson_id: int) -> ResponseReturnValue:
    """Say with which scheme of codes a `perspective` is recorded in this lesson; an empty `instrument` for words."""
    with unit_of_work():
        found = _load_to_deal(lesson_id)
        chosen, number = posted("instrument"), whole_number(posted("perspective"))
        if number is None:
            raise InvalidError("请选一个视角")
        name = service.choose_instrument(current_actor(), found.lesson, number, chosen).name
    how = f"用“{INSTRUMENTS[chosen]}”记录" if chosen else "用文字点评记录"
    return done(_url(lesson_id), f"“{name}”{how}")


@bp.post("/lessons/<int:lesson_id>/perspectives/watchers")
def set_perspective_watcher(lesson_id: int) -> ResponseReturnValue:
    """`cell` is perspective-person-1 (or -0 to take back); `from` is who gives it up in the same step."""
    numbers = [whole_number(part) for part in posted("cell").split("-")]
    if "cell" not in request.form:
        numbers = [whole_number(posted("perspective")), whole_number(posted("person")), 1]
    if len(numbers) != 3 or numbers[0] is None or numbers[1] is None:
        raise InvalidError("请选视角和老师")
    with unit_of_work():
        found = _load_to_deal(lesson_id)
        before = whole_number(posted("from"))
        service.set_watcher(
            current_actor(), found.lesson, numbers[0], numbers[1], on=numbers[2] == 1, instead_of=before
        )
    return done(_url(lesson_id))


@bp.post("/lessons/<int:lesson_id>/perspectives/<int:perspective_id>/claim")
def claim_perspective(lesson_id: int, perspective_id: int) -> ResponseReturnValue:
    """我来看这个, with who was `seen` to watch it; `on=0` gives back what one claimed."""
    with unit_of_work():
        found = load_lesson(lesson_id)
        perspective = _of(found.lesson, perspective_id)
        if not can_claim_perspective(current_viewer(), found.lesson, found.access, clock.today()):
            raise ForbiddenError(why_rests(found) or "授课教师不观察自己的课")
        if posted("on") == "0":
            service.give_up_perspective(current_actor(), found.lesson, perspective.id)
        else:
            seen = [whole_number(number) for number in posted("seen").split(",")]
            known = {number for number in seen if number is not None}
            service.claim_perspective(current_actor(), found.lesson, perspective.id, known)
    return done(_url(lesson_id))


@bp.post("/lessons/<int:lesson_id>/perspectives/<int:perspective_id>/revision")
def revise_perspective(lesson_id: int, perspective_id: int) -> ResponseReturnValue:
    """Say in other words what is watched: the next version of one's own perspective."""
    try:
        with unit_of_work():
            found = _load_to_deal(lesson_id)
            perspective = _of(found.lesson, perspective_id)
            draft = own_words(posted("name"), posted("prompts"))
            changed = service.revise_perspective(current_actor(), found.lesson, perspective, draft)
    except YanxiuError as error:
        if wants_fragment() or error.field is None:
            raise
        return _page(load_lesson(lesson_id), error, perspective_id), error.status
    return done(
        _url(lesson_id), "改好了，原来的一版和写在下面的都还在" if changed else "没有改动", redirect=_url(lesson_id)
    )


@bp.post("/lessons/<int:lesson_id>/perspectives/<int:perspective_id>/retirement")
def retire_perspective(lesson_id: int, perspective_id: int) -> ResponseReturnValue:
    """Let a perspective be watched no more; `on=0` takes it up again."""
    with unit_of_work():
        found = _load_to_deal(lesson_id)
        perspective = _of(found.lesson, perspective_id)
        saved = f"已恢复“{perspective.name}”" if posted("on") == "0" else f"已停用“{perspective.name}”"
        act = service.restore_perspective if posted("on") == "0" else service.retire_perspective
        act(current_actor(), found.lesson, perspective)
    return done(_url(lesson_id), saved, redirect=_url(lesson_id))


@bp.post("/lessons/<int:lesson_id>/perspectives/<int:perspective_id>/removal")
def remove_perspective(lesson_id: int, perspective_id: int) -> ResponseReturnValue:
    """Take a perspective away under which nobody has written."""
    with unit_of_work():
        found = _load_to_deal(lesson_id)
        perspective = _of(found.lesson, perspective_id)
        saved = f"已拿掉“{perspective.name}”"
        service.remove_perspective(current_actor(), found.lesson, perspective)
    return done(_url(lesson_id), saved, redirect=_url(lesson_id))


def _load_to_deal(lesson_id: int) -> LessonView:
    found = load_lesson(lesson_id)
    if not can_deal_perspectives(current_viewer(), found.lesson, found.access):
        raise ForbiddenError(why_rests(found))
    return found


def _of(lesson: Lesson, perspective_id: int) -> LessonPerspective:
    found = next((one for one in all_perspectives_of(lesson.id) if one.id == perspective_id), None)
    if found is None:
        raise NotFoundError
    return found


def _url(lesson_id: int) -> str:
    return url_for(".perspective_page", lesson_id=lesson_id)
